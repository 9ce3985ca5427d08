from odoo import fields, models


class ServicePerformanceDisputeOpen(models.TransientModel):
    """An engineer objects to a rating in his own month."""

    _name = "service.performance.dispute.open"
    _description = "Dispute a Rating"

    performance_id = fields.Many2one("service.performance", required=True, readonly=True)
    line_id = fields.Many2one(
        "service.performance.line",
        string="Rating",
        required=True,
        domain="[('performance_id', '=', performance_id), ('kind', '=', 'rating')]",
    )
    reason = fields.Text(required=True, help="What happened, and who can confirm it.")

    def action_confirm(self):
        self.env["service.performance.dispute"]._open_for(self.line_id, self.reason)
        return {"type": "ir.actions.client", "tag": "soft_reload"}
