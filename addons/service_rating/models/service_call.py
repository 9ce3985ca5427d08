from odoo import fields, models


class ServiceCall(models.Model):
    _inherit = "service.call"

    review_ids = fields.One2many(
        "service.review", "call_id", string="Reviews", groups="service_core.group_service_user"
    )

    def action_review(self):
        """Look at how a call was led; the answers are the reviewer's (S4-70)."""
        self.ensure_one()
        return {
            "type": "ir.actions.act_window",
            "name": self.env._("Call Review"),
            "res_model": "service.review",
            "view_mode": "form",
            "res_id": self.review_ids[:1].id,
            "context": {
                "default_template_id": self.env.ref("service_rating.review_call").id,
                "default_call_id": self.id,
                "default_company_id": self.company_id.id,
                "default_employee_id": self.employee_id.id,
                "default_partner_id": self.partner_id.id,
                "default_order_id": self.order_id.id,
                "default_transcript": self.verbatim,
            },
        }
