from odoo import fields, models

from ..rules import gates


class ServiceWaiver(models.Model):
    """A leader let one order pass one check, and said why."""

    _name = "service.waiver"
    _description = "Waived Check"
    _order = "id desc"
    _rec_name = "gate"

    order_id = fields.Many2one(
        "service.order", required=True, readonly=True, ondelete="cascade", index=True
    )
    company_id = fields.Many2one(related="order_id.company_id", store=True, index=True)
    gate = fields.Selection(
        gates.SELECTION,
        string="Check",
        required=True,
        readonly=True,
    )
    reason = fields.Char(required=True, readonly=True)
    user_id = fields.Many2one("res.users", string="Waived By", required=True, readonly=True)

    _once = models.Constraint("UNIQUE(order_id, gate)", "This check is already waived.")
