from odoo import fields, models


class ServicePerformance(models.Model):
    """What a person did in the month, beside what customers said of it (S1-49)."""

    # one file for one job, the model is the sum of them
    _inherit = "service.performance"  # pylint: disable=consider-merging-classes-inherited

    work_job_count = fields.Integer(string="Jobs", compute="_compute_work")
    work_hours = fields.Float(string="Clocked Hours", compute="_compute_work")
    work_call_count = fields.Integer(string="Calls", compute="_compute_work")
    work_training_count = fields.Integer(string="Trainings", compute="_compute_work")
    summary_ids = fields.Many2many(
        "service.review",
        string="Work Summary",
        compute="_compute_work",
        help="The person's own words about the month.",
    )

    def _compute_work(self):
        """Counted from the service records of each month; one read per record and month."""
        for month, months in self.grouped("month").items():
            for company, rows in months.grouped("company_id").items():
                rows._count_work(*company._service_month_bounds(month))

    def _count_work(self, first, last):
        # sudo: the figures are shown to who may read the month, not the records behind them
        env = self.sudo().env
        people = [("employee_id", "in", self.employee_id.ids)]
        clocked = {
            employee: (hours, jobs)
            for employee, hours, jobs in env["service.clocking"]._read_group(
                [*people, ("start", ">=", first), ("start", "<", last)],
                ["employee_id"],
                ["duration:sum", "job_id:count_distinct"],
            )
        }
        calls = dict(
            env["service.call"]._read_group(
                [*people, ("started", ">=", first), ("started", "<", last)],
                ["employee_id"],
                ["__count"],
            )
        )
        trained = dict(
            env["service.training.attendance"]._read_group(
                [
                    *people,
                    ("state", "=", "attended"),
                    ("training_id.start", ">=", first),
                    ("training_id.start", "<", last),
                ],
                ["employee_id"],
                ["__count"],
            )
        )
        words = dict(
            env["service.review"]._read_group(
                [
                    *people,
                    ("kind", "=", "summary"),
                    ("state", "=", "done"),
                    ("month", "=", self[:1].month),
                ],
                ["employee_id"],
                ["id:recordset"],
            )
        )
        for row in self:
            employee = row.sudo().employee_id
            row.work_hours, row.work_job_count = clocked.get(employee, (0.0, 0))
            row.work_call_count = calls.get(employee, 0)
            row.work_training_count = trained.get(employee, 0)
            row.summary_ids = words.get(employee, env["service.review"]).sudo(False)

    def action_write_summary(self):
        """The person writes what the month was for him."""
        self.ensure_one()
        begun = self.env["service.review"].search(
            [
                ("kind", "=", "summary"),
                ("month", "=", self.month),
                ("employee_id", "=", self.employee_id.id),
            ],
            limit=1,
        )
        return {
            "type": "ir.actions.act_window",
            "name": self.env._("Monthly Work Summary"),
            "res_model": "service.review",
            "view_mode": "form",
            "res_id": begun.id,
            "context": {
                "default_template_id": self.env.ref("service_rating.review_summary").id,
                "default_employee_id": self.employee_id.id,
                "default_company_id": self.company_id.id,
                "default_month": self.month,
            },
        }
