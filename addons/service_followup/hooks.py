from odoo.addons.service_core.demo.dealership import is_wanted

from .demo import contacts


def post_init_hook(env):
    """With demo data: what followed the visits of the demo dealership."""
    if is_wanted(env, "service_followup"):
        contacts.build(env)
