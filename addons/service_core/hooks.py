from .demo import dealership


def post_init_hook(env):
    """Give every existing warehouse its workshop operation types and rule."""
    env["stock.warehouse"].search([("company_id", "!=", False)])._service_setup()
    if dealership.is_wanted(env, "service_core"):
        dealership.build(env)


def uninstall_hook(env):
    """Take back what the post-init hook made outside our own models."""
    env["stock.warehouse"]._service_teardown()
