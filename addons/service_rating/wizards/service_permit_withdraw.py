from odoo import fields, models


class ServicePermitWithdraw(models.TransientModel):
    """Why somebody may not work on cars any more."""

    _name = "service.permit.withdraw"
    _description = "Withdraw a Work Permit"

    permit_id = fields.Many2one("service.permit", required=True, readonly=True)
    reason = fields.Char(required=True)

    def action_confirm(self):
        self.permit_id._withdraw(self.reason)
        return {"type": "ir.actions.act_window_close"}
