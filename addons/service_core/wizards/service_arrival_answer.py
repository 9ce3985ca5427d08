from odoo import fields, models


class ServiceArrivalAnswer(models.TransientModel):
    """The call before the arrival: does he come, and does he know the way (S0-49, S0-50)."""

    _name = "service.arrival.answer"
    _description = "Call Before Arrival"

    order_id = fields.Many2one("service.order", required=True, readonly=True)
    contact_phone = fields.Char(related="order_id.contact_phone")
    outcome = fields.Selection(
        [("on_time", "On time"), ("late", "Late"), ("cancelled", "Does not come")],
        required=True,
        default="on_time",
    )
    eta = fields.Datetime(string="New Arrival")
    route_known = fields.Boolean(string="Knows the way")
    address_known = fields.Boolean(string="Knows the address")

    def action_confirm(self):
        """Keep the answer; what he does not know is sent once more."""
        self.ensure_one()
        self.order_id._answer_arrival(self.outcome, self.eta, self.route_known, self.address_known)
        return {"type": "ir.actions.act_window_close"}
