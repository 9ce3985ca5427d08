from collections import defaultdict

from dateutil.relativedelta import relativedelta

from odoo import api, fields, models
from odoo.exceptions import UserError
from odoo.tools import format_date

MANAGER = "service_core.group_service_manager"
TECHNICAL_MANAGER = "service_rating.group_technical_manager"
GRADES = ("1", "2", "3", "4", "5")


class ServiceDifficultyReport(models.Model):
    """The technical manager's written report on a month's grades to the general manager (S3-50).

    Written by button or, where nobody did, by the nightly job after the month; sent once, with
    the page as it was sent kept beside it.
    """

    _name = "service.difficulty.report"
    _description = "Difficulty Report"
    _inherit = ["mail.thread", "mail.activity.mixin"]
    _order = "month desc, company_id, id"

    company_id = fields.Many2one(
        "res.company",
        string="Branch",
        required=True,
        index=True,
        default=lambda self: self.env.company,
    )
    month = fields.Date(
        required=True,
        default=lambda self: (
            fields.Date.context_today(self).replace(day=1) - relativedelta(months=1)
        ),
        help="Its first day.",
    )
    month_name = fields.Char(compute="_compute_month_name")
    author_id = fields.Many2one(
        "res.users", string="Written By", readonly=True, default=lambda self: self.env.user
    )
    note = fields.Text(string="In Words", help="What the figures do not say.")
    graded_count = fields.Integer(string="Graded", compute="_compute_figures")
    ungraded_count = fields.Integer(string="Not Graded", compute="_compute_figures")
    mean_grade = fields.Float(compute="_compute_figures", digits=(3, 1))
    state = fields.Selection(
        [("draft", "Draft"), ("sent", "Sent")],
        string="Status",
        required=True,
        readonly=True,
        default="draft",
        copy=False,
        tracking=True,
    )
    sent_at = fields.Datetime(readonly=True, copy=False)
    sent_to = fields.Char(readonly=True, copy=False)

    _once = models.Constraint(
        "UNIQUE(company_id, month)", "This month's report is already written."
    )
    _first_day = models.Constraint(
        "CHECK(EXTRACT(DAY FROM month) = 1)", "A month is written as its first day."
    )

    @api.depends("month")
    @api.depends_context("lang")
    def _compute_month_name(self):
        for report in self:
            report.month_name = report.month and format_date(
                self.env, report.month, date_format="MMMM yyyy"
            )

    @api.depends("month", "company_id")
    @api.depends_context("lang")
    def _compute_display_name(self):
        for report in self:
            report.display_name = self.env._(
                "Difficulty %(month)s, %(branch)s",
                month=report.month_name,
                branch=report.company_id.name,
            )

    def _compute_figures(self):
        for report in self:
            graded, ungraded = report._difficulties()
            report.graded_count, report.ungraded_count = len(graded), len(ungraded)
            grades = [int(difficulty.grade) for difficulty in graded]
            report.mean_grade = sum(grades) / len(grades) if grades else 0.0

    @api.model_create_multi
    def create(self, vals_list):
        for vals in vals_list:
            if vals.get("month"):
                vals["month"] = fields.Date.to_date(vals["month"]).replace(day=1)
            vals.pop("state", None)
        return super().create(vals_list)

    def write(self, vals):
        if not self.env.su:
            if {"state", "sent_at", "sent_to"} & set(vals):
                raise UserError(self.env._("A report is sent by its button."))
            ours = [name for name in vals if not name.startswith(("message_", "activity_"))]
            if ours and self.filtered(lambda report: report.state == "sent"):
                raise UserError(self.env._("What was sent to the general manager stays."))
        return super().write(vals)

    @api.ondelete(at_uninstall=False)
    def _unlink_except_sent(self):
        if self.filtered(lambda report: report.state == "sent"):
            raise UserError(self.env._("What was sent to the general manager stays."))

    # === FIGURES === #

    def _difficulties(self):
        """What was graded in the month, and what of it or before still waits for a grade."""
        self.ensure_one()
        first, last = self.company_id._service_month_bounds(self.month)
        difficulties = self.env["service.difficulty"]
        branch = [("company_id", "=", self.company_id.id)]
        return (
            difficulties.search([*branch, ("graded_at", ">=", first), ("graded_at", "<", last)]),
            difficulties.search([*branch, ("grade", "=", False), ("create_date", "<", last)]),
        )

    def _figures(self):
        """What the page shows.

        :return: dict of ``people`` (name, count per grade, repairs, mean grade), ``hard`` (the
            repairs graded 4 and 5), ``waiting`` (what is not graded) and ``count`` per grade
        """
        self.ensure_one()
        graded, waiting = self._difficulties()
        people = defaultdict(lambda: defaultdict(int))
        # sudo: the names of who worked, for a manager who may not read employees
        for difficulty in graded.sudo():
            for employee in difficulty._workers():
                people[employee.name][difficulty.grade] += 1
        rows = []
        for name, counts in sorted(people.items()):
            repairs = sum(counts.values())
            points = sum(int(grade) * number for grade, number in counts.items())
            rows.append(
                {
                    "name": name,
                    "counts": [counts.get(grade, 0) for grade in GRADES],
                    "repairs": repairs,
                    "mean": points / repairs,
                }
            )
        return {
            "people": rows,
            "hard": graded.filtered(lambda difficulty: difficulty.grade in ("4", "5")),
            "waiting": waiting,
            "count": [
                len(graded.filtered(lambda difficulty, grade=grade: difficulty.grade == grade))
                for grade in GRADES
            ],
        }

    # === VERBS === #

    def action_print(self):
        """The report as a page."""
        return self.env.ref("service_rating.service_difficulty_report_pdf").report_action(self)

    def action_send(self):
        """Send the page to the managers of the branch; once."""
        if not self.env.user.has_groups(f"{TECHNICAL_MANAGER},{MANAGER}"):
            raise UserError(self.env._("The technical manager sends this report."))
        self.check_access("read")
        self._send()

    def _send(self):
        for report in self:
            if report.state == "sent":
                raise UserError(self.env._("%s is already sent.", report.display_name))
            managers = report.company_id._service_people(MANAGER)
            if not managers:
                raise UserError(
                    self.env._("Nobody in %s is its manager.", report.company_id.display_name)
                )
            # sudo: the page, its copy and the status are the program's own
            own = report.sudo()
            page, kind = (
                self.env["ir.actions.report"]
                .sudo()
                ._render_qweb_pdf("service_rating.report_difficulty", own.ids)
            )
            copy = (
                self.env["ir.attachment"]
                .sudo()
                .create(
                    {
                        "name": f"{report.display_name}.{kind}",
                        "raw": page,
                        "res_model": report._name,
                        "res_id": report.id,
                    }
                )
            )
            mailed = managers.filtered("email")
            if mailed:
                self.env.ref("service_rating.mail_template_difficulty_report").sudo().send_mail(
                    report.id,
                    email_values={
                        "email_to": ", ".join(user.email_formatted for user in mailed),
                        "attachment_ids": [fields.Command.set(copy.ids)],
                    },
                )
            for manager in managers - mailed:
                own.with_context(mail_activity_quick_update=True).activity_schedule(
                    "mail.mail_activity_data_todo",
                    summary=self.env._("Read the difficulty report"),
                    user_id=manager.id,
                )
            own.write(
                {
                    "state": "sent",
                    "sent_at": fields.Datetime.now(),
                    "sent_to": ", ".join(managers.mapped("name")),
                }
            )

    @api.model
    def _cron_send(self):
        """After the month: each branch that repaired has its report sent, written or not."""
        for company in self.env["res.company"]._service_workshops():
            today = company._service_local_date(fields.Datetime.now())
            month = today.replace(day=1) - relativedelta(months=1)
            report = self.search([("company_id", "=", company.id), ("month", "=", month)])
            if report.state == "sent" or not company._service_people(MANAGER):
                continue
            report = report or self.new({"company_id": company.id, "month": month})
            if not any(report._difficulties()):
                continue
            if not report.id:
                writer = company._service_people(TECHNICAL_MANAGER)[:1]
                report = self.create(
                    {
                        "company_id": company.id,
                        "month": month,
                        "author_id": (writer or self.env.user).id,
                    }
                )
            report._send()
