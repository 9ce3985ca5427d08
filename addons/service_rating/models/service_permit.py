from datetime import timedelta

from odoo import api, fields, models
from odoo.tools import SQL

EXPIRING_DAYS = 60


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
    state = fields.Selection(
        [
            ("valid", "Valid"),
            ("expiring", "Expires Soon"),
            ("expired", "Expired"),
            ("missing", "None"),
        ],
        string="Permit",
        compute="_compute_state",
        search="_search_state",
        help="Expires soon: within 60 days.",
    )

    @property
    def _table_query(self):
        return SQL(
            """
            SELECT employee.id, employee.id AS employee_id, employee.company_id,
                   permit.valid_from, permit.valid_to
              FROM hr_employee employee
              LEFT JOIN LATERAL (
                   SELECT valid_from, valid_to
                     FROM hr_employee_skill
                    WHERE employee_id = employee.id AND skill_id = %s
                    ORDER BY valid_to DESC NULLS FIRST, valid_from DESC
                    LIMIT 1
                   ) permit ON TRUE
             WHERE employee.active AND employee.service_technician
            """,
            self.env.ref("service_core.skill_work_permit").id,
        )

    @api.depends("employee_id", "valid_to")
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
