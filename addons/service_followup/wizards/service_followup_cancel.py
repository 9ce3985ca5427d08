from odoo import fields, models


class ServiceFollowupCancel(models.TransientModel):
    """Why a customer is not called after all."""

    _name = "service.followup.cancel"
    _description = "Cancel Follow-up"

    followup_ids = fields.Many2many("service.followup", string="Follow-ups", required=True)
    reason = fields.Char(required=True)

    def action_confirm(self):
        """Take the contacts off the list."""
        self.ensure_one()
        self.followup_ids._cancel(self.reason)
        return {"type": "ir.actions.act_window_close"}
