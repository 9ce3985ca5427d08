from odoo import fields, models


class ServiceOrderEta(models.Model):
    """What a customer said about when he comes, each time he was asked or called (S0-53)."""

    _name = "service.order.eta"
    _description = "Arrival as Told"
    _order = "id desc"
    _rec_name = "eta"

    order_id = fields.Many2one(
        "service.order", required=True, readonly=True, ondelete="cascade", index=True
    )
    company_id = fields.Many2one(
        related="order_id.company_id", store=True, precompute=True, index=True
    )
    at = fields.Datetime(string="Told At", readonly=True, default=fields.Datetime.now)
    user_id = fields.Many2one(
        "res.users", string="Told To", readonly=True, default=lambda self: self.env.user
    )
    outcome = fields.Selection(
        [
            ("on_time", "On Time"),
            ("late", "Late"),
            ("cancelled", "Does Not Come"),
            ("changed", "Changed"),
        ],
        required=True,
        readonly=True,
        default="changed",
    )
    eta_before = fields.Datetime(string="Before", readonly=True)
    eta = fields.Datetime(string="Arrival (ETA)", readonly=True)
    route_known = fields.Boolean(string="Knows the Way", readonly=True)
    address_known = fields.Boolean(string="Knows the Address", readonly=True)
