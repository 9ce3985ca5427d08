from odoo import api, fields, models
from odoo.exceptions import UserError, ValidationError

# An object, because a remote caller can send any context key but never this value.
EXAM_KEY = object()


# Written by our verbs only.
_PERMIT_FIELDS = frozenset(
    ("service_number", "withdrawn_on", "withdrawn_by_id", "withdrawn_reason")
)


class HrEmployeeSkill(models.Model):
    _inherit = "hr.employee.skill"

    service_number = fields.Char(
        string="Permit Number", readonly=True, copy=False, groups="base.group_user"
    )
    withdrawn_on = fields.Date(
        readonly=True,
        copy=False,
        groups="base.group_user",
        help="From this day on the certificate counts no more.",
    )
    withdrawn_by_id = fields.Many2one(
        "res.users", readonly=True, copy=False, groups="base.group_user"
    )
    withdrawn_reason = fields.Char(
        readonly=True,
        copy=False,
        groups="service_rating.group_performance_officer,service_rating.group_technical_manager,"
        "service_core.group_service_manager,hr.group_hr_user",
    )

    @api.model_create_multi
    def create(self, vals_list):
        if not self.env.su and any(_PERMIT_FIELDS & set(vals) for vals in vals_list):
            raise UserError(self.env._("A permit's number is given by the program."))
        skills = super().create(vals_list)
        skills._number_permits()
        return skills

    def write(self, vals):
        if not self.env.su and _PERMIT_FIELDS & set(vals):
            raise UserError(self.env._("A permit is withdrawn by its button, with a reason."))
        return super().write(vals)

    def _number_permits(self):
        """Every workshop certificate has its number, also the one given before this addon came."""
        kind = self.env.ref("service_core.skill_type_service", raise_if_not_found=False)
        # sudo: numbers come from a sequence that whoever certifies may not read
        for skill in self.sudo():
            if skill.skill_type_id == kind and not skill.service_number:
                skill.service_number = self.env["ir.sequence"].sudo().next_by_code("service.permit")

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
