from odoo import fields, models

from ..rules import integrity


class ServiceRatingHold(models.TransientModel):
    """The manager's word on votes that look arranged."""

    _name = "service.rating.hold"
    _description = "Decide on Held Ratings"

    rating_ids = fields.Many2many("service.rating", required=True, readonly=True)
    flag_ids = fields.Many2many("service.rating.flag", compute="_compute_flag_ids")
    decision = fields.Selection(
        [pair for pair in integrity.HOLDS if pair[0] != integrity.HELD], required=True
    )
    reason = fields.Text(required=True, help="What was asked, of whom, and what came out.")

    def _compute_flag_ids(self):
        for wizard in self:
            wizard.flag_ids = wizard.rating_ids.flag_ids

    def action_confirm(self):
        self.rating_ids._decide_hold(self.decision, self.reason)
        return {"type": "ir.actions.act_window_close"}
