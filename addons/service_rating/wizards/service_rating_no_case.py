from odoo import fields, models


class ServiceRatingNoCase(models.TransientModel):
    """Why a proposed complaint is none."""

    _name = "service.rating.no.case"
    _description = "No Complaint"

    rating_ids = fields.Many2many("service.rating", required=True, readonly=True)
    reason = fields.Text(required=True)

    def action_confirm(self):
        self.rating_ids._refuse_case(self.reason)
        return {"type": "ir.actions.act_window_close"}
