from odoo import fields, models

SERVICE_LEVELS = [
    ("1", "1 - apprentice"),
    ("2", "2 - junior"),
    ("3", "3 - skilled"),
    ("4", "4 - senior"),
    ("5", "5 - master"),
]


class HrEmployee(models.Model):
    _inherit = "hr.employee"

    service_level = fields.Selection(
        SERVICE_LEVELS,
        string="Professional Level",
        groups="hr.group_hr_user",
        tracking=True,
        help="Compared with what the operation asks for when somebody is assigned (S2-07).",
    )

    service_unit_head = fields.Boolean(
        string="Head of Unit",
        groups="hr.group_hr_user",
        tracking=True,
        help="His month is scored by the mean of the unit, not by the ratings he holds a share of.",
    )

    def _service_skill_domain(self, skills, on_date):
        """A withdrawn certificate counts from its withdrawal on no more (S3-22)."""
        return [
            *super()._service_skill_domain(skills, on_date),
            "|",
            ("withdrawn_on", "=", False),
            ("withdrawn_on", ">", on_date),
        ]

    def _service_level_gap(self, job):
        """What each employee's level lacks for ``job``: ``{employee: sentence or False}`` (S2-07)."""
        wanted = job.operation_id.service_level
        labels = dict(
            self.env["service.operation"]._fields["service_level"]._description_selection(self.env)
        )
        gaps = {}
        # sudo: a planner sees that the level is too low, not the person's file
        for employee in self.sudo():
            level = employee.service_level
            gaps[employee.sudo(False)] = (
                self.env._(
                    '"%(job)s" asks for level %(wanted)s; %(employee)s has level %(level)s.',
                    job=job.name,
                    wanted=labels[wanted],
                    employee=employee.display_name,
                    level=labels.get(level) or self.env._("none"),
                )
                if wanted and (level or "0") < wanted
                else False
            )
        return gaps
