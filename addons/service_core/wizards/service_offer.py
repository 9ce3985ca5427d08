from odoo import fields, models


class ServiceOffer(models.TransientModel):
    """What the customer is interested in while he waits, in one line."""

    _name = "service.offer"
    _description = "Offer While Waiting"

    order_id = fields.Many2one("service.order", required=True, readonly=True)
    interest = fields.Char(required=True)
    note = fields.Text()

    def action_confirm(self):
        """Hand it on to whoever follows it up."""
        self.ensure_one()
        self.order_id._offer(self.interest, self.note)
        return {"type": "ir.actions.client", "tag": "soft_reload"}
