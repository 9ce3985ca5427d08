from odoo import api, fields, models

from ..models.service_order_line_claim import DECISIONS


class ServiceClaimDecision(models.TransientModel):
    """Who carries what the payer of a claim refused."""

    _name = "service.claim.decision"
    _description = "Decision on Refused Lines"

    claim_id = fields.Many2one("service.claim", required=True, readonly=True)
    line_ids = fields.Many2many(
        "service.order.line",
        string="Refused",
        compute="_compute_line_ids",
        store=True,
        readonly=False,
    )
    decision = fields.Selection(DECISIONS, required=True, default="internal")
    reason = fields.Char(required=True)
    signed_by = fields.Char()
    signature = fields.Binary()

    @api.depends("claim_id")
    def _compute_line_ids(self):
        for wizard in self:
            wizard.line_ids = wizard.claim_id._undecided_lines()

    def action_decide(self):
        """Write the decision down and let the money follow it."""
        self.ensure_one()
        self.line_ids._decide_refused(self.decision, self.reason, self.signed_by, self.signature)
        return {"type": "ir.actions.act_window_close"}
