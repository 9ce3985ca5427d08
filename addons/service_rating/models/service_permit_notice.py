from datetime import timedelta

from odoo import api, fields, models

OFFICER = "service_rating.group_performance_officer"
STEPS = (7, 30, 60)


class ServicePermitNotice(models.Model):
    """A permit that runs out: told once at 60, 30 and 7 days, with the hours the house would lose.

    One row per permit and step, so that a run that is repeated tells nobody twice.
    """

    _name = "service.permit.notice"
    _description = "Permit Running Out"
    _inherit = ["mail.thread", "mail.activity.mixin"]
    _order = "valid_to, days, id"

    certificate_id = fields.Many2one(
        "hr.employee.skill", required=True, readonly=True, ondelete="cascade", index=True
    )
    employee_id = fields.Many2one(
        "hr.employee", string="Technician", required=True, readonly=True, ondelete="cascade"
    )
    company_id = fields.Many2one(
        "res.company", string="Branch", required=True, readonly=True, index=True
    )
    days = fields.Selection(
        [("60", "60 days"), ("30", "30 days"), ("7", "7 days")],
        string="Step",
        required=True,
        readonly=True,
    )
    valid_to = fields.Date(string="Valid Until", required=True, readonly=True)
    weekly_hours = fields.Float(
        string="Hours a Week",
        readonly=True,
        help="Workshop hours that are lost from the day after.",
    )
    is_open = fields.Boolean(
        readonly=True, default=True, help="Neither renewed nor withdrawn nor told again later."
    )

    _once = models.Constraint(
        "UNIQUE(certificate_id, valid_to, days)", "This step was already told."
    )

    @api.depends("employee_id", "valid_to", "weekly_hours")
    def _compute_display_name(self):
        for notice in self:
            notice.display_name = self.env._(
                "%(who)s until %(day)s, %(hours)s h a week",
                who=notice.employee_id.display_name,
                day=notice.valid_to,
                hours=f"{notice.weekly_hours:g}",
            )

    @api.model
    def _cron_warn(self):
        """Tell what runs out within sixty days, and close what has been dealt with."""
        today = fields.Date.context_today(self)
        skill = self.env.ref("service_core.skill_work_permit")
        # one row per technician, with the permit that reaches furthest
        rows = self.env["service.permit"].search(
            [("valid_to", ">=", today), ("valid_to", "<=", today + timedelta(days=max(STEPS)))]
        )
        running = self._running_out(rows, skill)
        told = {
            (notice.certificate_id.id, notice.valid_to, notice.days): notice
            for notice in self.search([("certificate_id", "in", running.certificate_id.ids)])
        }
        fresh = []
        keep = self.browse()
        for row in running:
            left = (row.valid_to - today).days
            step = str(next(step for step in STEPS if left <= step))
            known = told.get((row.certificate_id.id, row.valid_to, step))
            if known:
                keep |= known
                continue
            fresh.append(
                {
                    "certificate_id": row.certificate_id.id,
                    "employee_id": row.employee_id.id,
                    "company_id": row.company_id.id,
                    "days": step,
                    "valid_to": row.valid_to,
                    "weekly_hours": row.weekly_hours,
                }
            )
        notices = self.create(fresh)
        over = self.search([("is_open", "=", True)]) - keep - notices
        over.is_open = False
        over.activity_unlink(["mail.mail_activity_data_todo"])
        notices._ask_department()

    def _running_out(self, rows, skill):
        """Of ``rows`` those without another permit that begins in time."""
        found = rows.browse()
        for valid_to, same_day in rows.grouped("valid_to").items():
            covered = same_day.employee_id._service_certified(skill, valid_to + timedelta(days=1))
            found |= same_day.filtered(lambda row, covered=covered: row.employee_id not in covered)
        return found

    def _ask_department(self):
        """An entry in the department's list; nobody is mailed about it."""
        for company, notices in self.grouped("company_id").items():
            officers = company._service_people(OFFICER)
            for notice in notices:
                # nobody renews his own permit
                other = officers.filtered(
                    lambda user, one=notice: one.employee_id not in user.employee_ids
                )[:1]
                if other:
                    notice.with_context(mail_activity_quick_update=True).activity_schedule(
                        "mail.mail_activity_data_todo",
                        date_deadline=notice.valid_to,
                        summary=self.env._(
                            "Permit of %(who)s runs out on %(day)s: %(hours)s hours a week are at "
                            "stake",
                            who=notice.employee_id.name,
                            day=notice.valid_to,
                            hours=f"{notice.weekly_hours:g}",
                        ),
                        user_id=other.id,
                    )
