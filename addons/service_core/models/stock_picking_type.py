from odoo import fields, models


class StockPickingType(models.Model):
    """Operation types of the workshop: parts go out to a car, and come back from it."""

    _inherit = "stock.picking.type"

    service_workshop = fields.Selection(
        [("issue", "Workshop issues"), ("return", "Workshop returns")],
        string="Workshop Use",
        copy=False,
        help="Set on the operation types that carry the parts of work orders. They never write "
        "to the customer and hand out only what was approved.",
    )
