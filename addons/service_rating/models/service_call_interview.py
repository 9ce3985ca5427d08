from odoo import fields, models
from odoo.exceptions import UserError

INTERVIEWERS = "service_followup.group_followup_user,service_complaint.group_hotline_user"


class ServiceCall(models.Model):
    """The questions apart from pay, asked by telephone; the scores are the customer's alone."""

    # one file for one job, the model is the sum of them
    _inherit = "service.call"  # pylint: disable=consider-merging-classes-inherited

    answer_ids = fields.One2many(
        "service.rating.answer",
        "call_id",
        string="Apart From Pay",
        groups="service_rating.group_performance_officer,service_rating.group_technical_manager,"
        "service_core.group_service_manager",
    )

    def action_interview(self):
        """Open the window with the questions this customer is asked today (S4-72)."""
        self.ensure_one()
        self._guard_interview()
        asked = self._interview_questions()
        if not asked:
            raise UserError(
                self.env._("There is nothing to ask: the questions are off, or answered already.")
            )
        return {
            "type": "ir.actions.act_window",
            "name": self.env._("What the Customer Answers"),
            "res_model": "service.rating.interview",
            "view_mode": "form",
            "target": "new",
            "context": {"default_call_id": self.id},
        }

    def _interview_questions(self):
        """Instruments the branch asks and this call has not answered."""
        self.ensure_one()
        # sudo: the settings of the branch and what is answered are no secret to the caller
        asked = self.company_id.sudo()._service_instruments(self.partner_id)
        answered = self.sudo().answer_ids.mapped("instrument")
        return [name for name in asked if name not in answered]

    def _guard_interview(self):
        if not self.env.user.has_groups(INTERVIEWERS):
            raise UserError(self.env._("Who calls customers up asks these questions."))
        self.check_access("read")
        if not self.partner_id or not self.order_id:
            raise UserError(self.env._("Name the customer and the work order of the call first."))

    def _keep_interview(self, answers):
        """Keep the answers to this call, each question once."""
        self.ensure_one()
        self._guard_interview()
        asked = self._interview_questions()
        self.env["service.rating.answer"]._record(
            {name: value for name, value in answers.items() if name in asked},
            self.order_id,
            self.partner_id,
            "phone",
            call=self,
        )
