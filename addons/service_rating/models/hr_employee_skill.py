from odoo import api, models
from odoo.exceptions import ValidationError

# An object, because a remote caller can send any context key but never this value.
EXAM_KEY = object()


class HrEmployeeSkill(models.Model):
    _inherit = "hr.employee.skill"

    @api.constrains(
        "employee_id", "skill_type_id", "skill_id", "skill_level_id", "valid_from", "valid_to"
    )
    def _check_not_self_certified(self):
        """Nobody certifies himself; a passed test does (S3-21).

        The access rule alone is not enough: an ordinary skill could be turned into a certificate.
        """
        if self.env.context.get("service_exam_key") is EXAM_KEY:
            return
        for skill in self:
            # sudo: whose user an employee is may not be readable to the writer
            own = skill.sudo().employee_id.user_id == self.env.user
            if own and skill.skill_type_id.is_certification:
                raise ValidationError(
                    self.env._("Nobody certifies himself: pass the test, or ask the department.")
                )
