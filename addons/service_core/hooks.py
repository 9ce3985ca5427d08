from odoo.tools import SQL

from .demo import dealership

# What hangs on a work order and would hold it back, before the order itself.
ORDER_TABLES = ("service_claim", "service_clocking", "service_order")

# What Odoo's own addons tell the outside by themselves: who we are, and our customers' addresses.
TALKATIVE = ("mail.ir_cron_module_update_notification", "crm_iap_enrich.ir_cron_lead_enrichment")


def post_init_hook(env):
    """Give every existing warehouse its workshop operation types and rule."""
    env["stock.warehouse"].search([("company_id", "!=", False)])._service_setup()
    _speak_out(env, False)
    if dealership.is_wanted(env, "service_core"):
        dealership.build(env)


def uninstall_hook(env):
    """Take back what the post-init hook made outside our own models, and let the rest go cleanly."""
    env["stock.warehouse"]._service_teardown()
    _speak_out(env, True)
    _leave_used_products(env)
    # raw SQL: the tables are about to be dropped; emptied first, the records of our data files
    # (kinds, bays, systems) can be deleted in whatever order Odoo takes them
    for table in ORDER_TABLES:
        env.cr.execute(SQL("DELETE FROM %s", SQL.identifier(table)))
    env.invalidate_all()


def _leave_used_products(env):
    """Labour that stands on a sale order stays, archived, as the house's own product."""
    labels = env["ir.model.data"].search(
        [
            ("module", "=", "service_core"),
            ("model", "in", ("product.product", "product.template")),
        ]
    )
    products = env["product.product"].browse(
        labels.filtered(lambda label: label.model == "product.product").mapped("res_id")
    )
    used = env["sale.order.line"].search([("product_id", "in", products.ids)]).product_id
    used.action_archive()
    labels.filtered(
        lambda label: (
            label.res_id
            in (used.ids if label.model == "product.product" else used.product_tmpl_id.ids)
        )
    ).unlink()


def _speak_out(env, allowed):
    """Nothing calls out from a fresh install (design 8); whoever wants it switches it on again."""
    for name in TALKATIVE:
        cron = env.ref(name, raise_if_not_found=False)
        if cron:
            cron.active = allowed
    companies = env["res.company"].search([])
    if not allowed and "iap_enrich_auto_done" in companies._fields:
        companies.iap_enrich_auto_done = True
