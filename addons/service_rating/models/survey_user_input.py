from dateutil.relativedelta import relativedelta

from odoo import fields, models

from .hr_employee_skill import EXAM_KEY


class SurveyUserInput(models.Model):
    _inherit = "survey.user_input"

    def _mark_done(self):
        res = super()._mark_done()
        self._issue_service_certificates()
        return res

    def _issue_service_certificates(self):
        """Give the certificate of a passed test: training -> test -> permit (S3-21).

        1. Only real attempts: a test entry of the department proves nothing.
        2. With explicit dates: core's default is the day the server started.
        3. Where the test names a training, only to who passed that first.
        4. Passed twice on one day is one certificate.
        """
        today = fields.Date.context_today(self)
        # sudo: who sits the test may write no certificate, passing it is the permission
        skills = self.env["hr.employee.skill"].sudo().with_context(service_exam_key=EXAM_KEY)
        for attempt in self.sudo():
            skill = attempt.survey_id.service_skill_id
            passed = attempt.survey_id.certification and attempt.scoring_success
            if not skill or not passed or attempt.test_entry:
                continue
            months = attempt.survey_id.certification_validity_months
            level = skill.skill_type_id.skill_level_ids.sorted("level_progress")[-1:]
            employees = attempt._service_employees()
            course = attempt.survey_id.service_course_id
            if course:
                employees = self.env["service.training.attendance"]._passed(course, employees)
            for employee in employees:
                vals = {
                    "employee_id": employee.id,
                    "skill_type_id": skill.skill_type_id.id,
                    "skill_id": skill.id,
                    "skill_level_id": level.id,
                    "valid_from": today,
                    "valid_to": today + relativedelta(months=months) if months else False,
                }
                if not skills.search_count(
                    [(name, "=", value) for name, value in vals.items()], limit=1
                ):
                    skills.create(vals)

    def _service_employees(self):
        """The employee who sat the test; a technician may have no login of his own."""
        self.ensure_one()
        if not self.partner_id:
            return self.env["hr.employee"]
        return self.env["hr.employee"].search(
            [
                "|",
                ("user_id.partner_id", "=", self.partner_id.id),
                ("work_contact_id", "=", self.partner_id.id),
            ]
        )
