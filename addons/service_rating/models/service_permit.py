from datetime import timedelta

from odoo import api, fields, models
from odoo.exceptions import UserError
from odoo.tools import SQL

from .hr_employee import SERVICE_LEVELS

EXPIRING_DAYS = 60
MAY_WITHDRAW = (
    "service_rating.group_performance_officer",
    "service_rating.group_technical_manager",
)


class ServicePermit(models.Model):
    """Who may work on cars, for how long, and who may not: one row per technician (S3-21, S3-22).

    Shows only. Whether somebody is allowed is answered by the one date-aware helper, here too.
    """

    _name = "service.permit"
    _description = "Work Permit"
    _auto = False
    _order = "valid_to, employee_id"
    _rec_name = "employee_id"

    employee_id = fields.Many2one("hr.employee", string="Technician", readonly=True)
    company_id = fields.Many2one("res.company", string="Branch", readonly=True)
    valid_from = fields.Date(readonly=True)
    valid_to = fields.Date(string="Valid Until", readonly=True, help="Empty: no end, or none held.")
    certificate_id = fields.Many2one("hr.employee.skill", readonly=True)
    number = fields.Char(readonly=True)
    withdrawn_on = fields.Date(readonly=True)
    employee_name = fields.Char(compute="_compute_person", compute_sudo=True)
    service_level = fields.Selection(
        SERVICE_LEVELS, string="Level", compute="_compute_person", compute_sudo=True
    )
    weekly_hours = fields.Float(
        string="Hours a Week",
        compute="_compute_person",
        compute_sudo=True,
        help="Workshop hours the house has while this person may work.",
    )
    state = fields.Selection(
        [
            ("valid", "Valid"),
            ("expiring", "Expires Soon"),
            ("expired", "Expired"),
            ("withdrawn", "Withdrawn"),
            ("missing", "None"),
        ],
        string="Permit",
        compute="_compute_state",
        search="_search_state",
        help="Expires soon: within 60 days.",
    )

    _depends = {
        "hr.employee": ["active", "company_id", "service_technician"],
        "hr.employee.skill": [
            "employee_id",
            "skill_id",
            "valid_from",
            "valid_to",
            "service_number",
            "withdrawn_on",
        ],
    }

    @property
    def _table_query(self):
        return SQL(
            """
            SELECT employee.id, employee.id AS employee_id, employee.company_id,
                   permit.valid_from, permit.valid_to, permit.id AS certificate_id,
                   permit.service_number AS number, permit.withdrawn_on
              FROM hr_employee employee
              LEFT JOIN LATERAL (
                   SELECT id, valid_from, valid_to, service_number, withdrawn_on
                     FROM hr_employee_skill
                    WHERE employee_id = employee.id AND skill_id = %s
                    ORDER BY withdrawn_on IS NULL DESC, valid_to DESC NULLS FIRST, valid_from DESC
                    LIMIT 1
                   ) permit ON TRUE
             WHERE employee.active AND employee.service_technician
            """,
            self.env.ref("service_core.skill_work_permit").id,
        )

    @api.depends("employee_id")
    def _compute_person(self):
        for row in self:
            row.employee_name = row.employee_id.name
            row.service_level = row.employee_id.service_level
            row.weekly_hours = row.employee_id.resource_calendar_id.hours_per_week

    @api.depends("employee_id", "valid_to", "withdrawn_on")
    def _compute_state(self):
        permit = self.env.ref("service_core.skill_work_permit")
        today = fields.Date.context_today(self)
        # sudo: the list is for people who may not read the employees' files
        employees = self.sudo().employee_id
        now = employees._service_certified(permit, today)
        later = employees._service_certified(permit, today + timedelta(days=EXPIRING_DAYS))
        for row in self:
            if row.employee_id in now:
                row.state = "valid" if row.employee_id in later else "expiring"
            elif row.withdrawn_on:
                row.state = "withdrawn"
            else:
                row.state = "expired" if row.valid_to and row.valid_to < today else "missing"

    def _search_state(self, operator, value):
        if operator != "in":
            return NotImplemented
        return [
            (
                "id",
                "in",
                self.search([("employee_id", "!=", False)])
                .filtered(lambda row: row.state in value)
                .ids,
            )
        ]

    def action_certificates(self):
        """The technician's certificates, where a permit is given or withdrawn."""
        self.ensure_one()
        action = self.env["ir.actions.act_window"]._for_xml_id(
            "service_rating.hr_employee_skill_action_certificate"
        )
        return {
            **action,
            "domain": [
                ("employee_id", "=", self.employee_id.id),
                ("skill_type_id.is_certification", "=", True),
            ],
            "context": {
                "default_employee_id": self.employee_id.id,
                "default_skill_type_id": self.env.ref("service_core.skill_type_service").id,
                "default_skill_id": self.env.ref("service_core.skill_work_permit").id,
            },
        }

    def action_print(self):
        """The permit as a page to hand out, with its number and how long it is valid."""
        held = self.filtered(lambda row: row.state in ("valid", "expiring"))
        if not held:
            raise UserError(self.env._("There is no valid permit to print."))
        # sudo: a permit from before this addon is numbered by whoever prints it
        held.certificate_id.sudo()._number_permits()
        held.invalidate_recordset(["number"])
        return self.env.ref("service_rating.service_permit_report").report_action(held)

    def action_withdraw(self):
        """Ask why the permit is taken back."""
        self.ensure_one()
        self._guard_withdraw()
        return {
            "type": "ir.actions.act_window",
            "name": self.env._("Withdraw the Permit of %s", self.employee_id.display_name),
            "res_model": "service.permit.withdraw",
            "view_mode": "form",
            "target": "new",
            "context": {"default_permit_id": self.id},
        }

    def _guard_withdraw(self):
        if not self.env.user.has_groups(",".join(MAY_WITHDRAW)):
            raise UserError(
                self.env._("The department or the technical manager withdraws a permit.")
            )
        self.check_access("read")
        # sudo: whose user an employee is may not be readable to the officer
        if self.env.user in self.sudo().employee_id.user_id:
            raise UserError(self.env._("Nobody decides about his own permit."))

    def _withdraw(self, reason):
        """From today on the person is neither assigned nor clocks on; where he is planned is told."""
        self._guard_withdraw()
        if not (reason or "").strip():
            raise UserError(self.env._("Say why the permit is withdrawn."))
        today = fields.Date.context_today(self)
        # sudo: the department holds no right on the withdrawal's fields, the guard above is it
        permits = (
            self.env["hr.employee.skill"]
            .sudo()
            .search(
                [
                    ("employee_id", "in", self.employee_id.ids),
                    ("skill_id", "=", self.env.ref("service_core.skill_work_permit").id),
                    ("withdrawn_on", "=", False),
                    "|",
                    ("valid_to", "=", False),
                    ("valid_to", ">=", today),
                ]
            )
        )
        if not permits:
            raise UserError(self.env._("There is no valid permit to withdraw."))
        permits.write(
            {
                "withdrawn_on": today,
                "withdrawn_by_id": self.env.uid,
                "withdrawn_reason": reason.strip(),
            }
        )
        planned = (
            # sudo: orders of people whom the department may not read
            self.env["service.assignment"]
            .sudo()
            .search(
                [
                    ("employee_id", "in", self.employee_id.ids),
                    ("state", "not in", ("ready", "settled", "delivered", "cancelled")),
                ]
            )
        )
        for assignment in planned:
            assignment.order_id.message_post(
                author_id=self.env.user.partner_id.id,
                body=self.env._(
                    'The work permit of %(employee)s was withdrawn: assign "%(job)s" anew.',
                    employee=assignment.employee_id.name,
                    job=assignment.job_id.name,
                ),
            )
        self.invalidate_recordset()
