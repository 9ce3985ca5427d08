from odoo import fields, models

# who has to know a standard: the people who hold this group
ROLES = [
    ("everybody", "Everybody"),
    ("technician", "Technicians"),
    ("receptionist", "Reception"),
    ("advisor", "Advisors"),
    ("parts", "Parts"),
    ("hotline", "Hotline"),
    ("patrol", "Patrol staff"),
]
_GROUPS = {
    "everybody": "service_core.group_service_user",
    "receptionist": "service_core.group_service_receptionist",
    "advisor": "service_core.group_service_advisor",
    "parts": "service_core.group_service_parts",
    "hotline": "service_complaint.group_hotline_user",
}


class ServiceCourse(models.Model):
    """The training library: books, trainings, master classes, posters, standards (S4-03)."""

    _name = "service.course"
    _description = "Training Library"
    _order = "sequence, name, id"

    sequence = fields.Integer(default=10)
    name = fields.Char(required=True, translate=True)
    kind = fields.Selection(
        [
            ("training", "Training"),
            ("class", "Master class"),
            ("book", "Book"),
            ("poster", "Poster"),
            ("standard", "Standard to know"),
        ],
        required=True,
        default="training",
    )
    audience = fields.Selection(
        [("staff", "Staff"), ("customer", "Customers"), ("dealer", "Dealers")],
        required=True,
        default="staff",
    )
    role = fields.Selection(ROLES, string="For", help="Whose job it belongs to.")
    topics = fields.Text(translate=True)
    body = fields.Html(string="Text", translate=True, sanitize_attributes=False)
    hours = fields.Float(default=1.0)
    skill_id = fields.Many2one(
        "hr.skill",
        string="Prepares For",
        domain="[('skill_type_id.is_certification', '=', True)]",
        index="btree_not_null",
    )
    training_ids = fields.One2many("service.training", "course_id", string="Sessions")
    attendance_ids = fields.One2many("service.training.attendance", "course_id")
    attendance_count = fields.Integer(string="Attended", compute="_compute_counts")
    open_count = fields.Integer(string="Still to Read", compute="_compute_counts")
    active = fields.Boolean(default=True)

    _hours_positive = models.Constraint("CHECK(hours >= 0)", "Hours cannot be negative.")

    def _compute_counts(self):
        counted = {
            (course, state): count
            for course, state, count in self.env["service.training.attendance"]._read_group(
                [("course_id", "in", self.ids)], ["course_id", "state"], ["__count"]
            )
        }
        for course in self:
            course.attendance_count = counted.get((course, "attended"), 0)
            course.open_count = counted.get((course, "invited"), 0)

    def _people(self, company):
        """Who in this branch has to know it; patrol staff is named by hand."""
        self.ensure_one()
        # sudo: a planner may not read employees' files
        employees = self.env["hr.employee"].sudo()
        if self.role == "technician":
            return employees._service_technicians(company)
        users = (
            company._service_people(_GROUPS[self.role])
            if self.role in _GROUPS
            else self.env["res.users"]
        )
        return employees.search([("user_id", "in", users.ids), ("company_id", "=", company.id)])

    def action_give_to_read(self):
        """Put it on the list of everybody of the role who has not had it yet (S4-54)."""
        vals_list = []
        company = self.env.company
        for course in self:
            had = course.attendance_ids.filtered(
                lambda row: row.company_id == company and row.state != "absent"
            ).employee_id
            vals_list += [
                {"course_id": course.id, "employee_id": employee.id, "company_id": company.id}
                for employee in course._people(company).sudo(False) - had
            ]
        return self.env["service.training.attendance"].create(vals_list)

    def action_introduce(self):
        """Plan the time in which those concerned learn it (S4-67)."""
        self.ensure_one()
        return {
            "type": "ir.actions.act_window",
            "name": self.env._("Training"),
            "res_model": "service.training",
            "view_mode": "form",
            "context": {
                "default_course_id": self.id,
                "default_hours": self.hours,
                "default_attendance_ids": [
                    fields.Command.create({"employee_id": employee.id})
                    for employee in self._people(self.env.company)
                ],
            },
        }
