from odoo import fields, models


class ServicePerformanceDisputeAnswer(models.TransientModel):
    """The department's decision on a dispute."""

    _name = "service.performance.dispute.answer"
    _description = "Decide a Dispute"

    dispute_id = fields.Many2one("service.performance.dispute", required=True, readonly=True)
    words = fields.Text(related="dispute_id.reason", string="The Engineer's Words")
    answer = fields.Selection(
        [("accept", "Accept: the rating does not count"), ("reject", "Reject: the rating counts")],
        required=True,
    )
    decision = fields.Text(string="Reason", required=True)

    def action_confirm(self):
        self.dispute_id._decide(self.answer == "accept", self.decision)
        return {"type": "ir.actions.act_window_close"}
