from odoo import api, fields, models
from odoo.exceptions import UserError

from ..rules import performance_lifecycle

_GRADE_FIELDS = frozenset(("grade", "graded_by_id", "graded_at", "job_id", "ticket_id"))

# An object, because a remote caller can send any context key but never this value.
_GRADE_KEY = object()


class ServiceDifficulty(models.Model):
    """How hard a repair or a phone fix was, judged by the technical manager (S3-49, S3-50).

    Counts in the month in which it was graded: a late grade enters the next open month by itself.
    """

    _name = "service.difficulty"
    _description = "Difficulty Grade"
    _order = "grade nulls first, id desc"

    job_id = fields.Many2one(
        "service.order.job", readonly=True, ondelete="restrict", index="btree_not_null"
    )
    ticket_id = fields.Many2one(
        "helpdesk.ticket",
        string="Phone Fix",
        readonly=True,
        ondelete="restrict",
        index="btree_not_null",
    )
    order_id = fields.Many2one(
        "service.order",
        string="Work Order",
        compute="_compute_document",
        store=True,
        index="btree_not_null",
    )
    company_id = fields.Many2one(
        "res.company", string="Branch", compute="_compute_document", store=True, index=True
    )
    technician_names = fields.Char(string="Done By", compute="_compute_technician_names")
    grade = fields.Selection(
        [
            ("1", "1 - routine"),
            ("2", "2 - easy"),
            ("3", "3 - normal"),
            ("4", "4 - hard"),
            ("5", "5 - very hard"),
        ],
        readonly=True,
        copy=False,
        index="btree_not_null",
        help="Empty: not graded yet.",
    )
    graded_by_id = fields.Many2one("res.users", readonly=True, copy=False)
    graded_at = fields.Datetime(readonly=True, copy=False, index="btree_not_null")

    _subject = models.Constraint(
        "CHECK((job_id IS NULL) <> (ticket_id IS NULL))",
        "A grade belongs to one repair or to one phone fix.",
    )
    _graded_whole = models.Constraint(
        "CHECK((grade IS NULL) = (graded_at IS NULL))", "A grade has its time."
    )
    _job_uniq = models.UniqueIndex("(job_id) WHERE job_id IS NOT NULL", "Already graded.")
    _ticket_uniq = models.UniqueIndex("(ticket_id) WHERE ticket_id IS NOT NULL", "Already graded.")

    @api.depends("job_id.order_id", "ticket_id.order_id")
    def _compute_document(self):
        for difficulty in self:
            order = difficulty.job_id.order_id or difficulty.ticket_id.order_id
            difficulty.order_id = order
            difficulty.company_id = (
                order.company_id or difficulty.ticket_id.company_id or self.env.company
            )

    @api.depends("job_id", "ticket_id")
    def _compute_display_name(self):
        for difficulty in self:
            document = difficulty.job_id or difficulty.ticket_id
            difficulty.display_name = document.display_name

    def _compute_technician_names(self):
        for difficulty in self:
            # sudo: names of who worked are shown to people who may not read employees
            workers = difficulty.sudo()._workers()
            difficulty.technician_names = ", ".join(employee.name for employee in workers)

    def write(self, vals):
        if _GRADE_FIELDS & set(vals) and (
            self.env.context.get("service_grade_key") is not _GRADE_KEY
        ):
            raise UserError(self.env._("A grade is given by the technical manager's buttons only."))
        return super().write(vals)

    def _workers(self):
        """{employee: clocked hours} of who did it; the assigned where nobody clocked."""
        self.ensure_one()
        if self.ticket_id:
            users = self.ticket_id.user_id
            return dict.fromkeys(users.employee_ids[:1], 1.0)
        hours = {}
        for clocking in self.job_id.clocking_ids:
            hours[clocking.employee_id] = hours.get(clocking.employee_id, 0.0) + clocking.duration
        if not any(hours.values()):
            hours = dict.fromkeys(self.job_id.assignment_ids.employee_id, 1.0)
        return hours

    def _grade(self, grade):
        """Give ``grade`` to these repairs.

        1. The technical manager grades, and never what he did himself.
        2. What a checked or locked month counted stays.
        3. The first grade says which month it counts in; mending it moves nothing.
        """
        if not self.env.user.has_group("service_rating.group_technical_manager"):
            raise UserError(self.env._("The technical manager grades how hard a repair was."))
        self.check_access("read")
        # sudo: who worked is looked up for a manager who may not read employees
        for difficulty in self.sudo():
            if self.env.user in [worker.user_id for worker in difficulty._workers()]:
                raise UserError(
                    self.env._(
                        "%s is your own work: another technical manager grades it.",
                        difficulty.display_name,
                    )
                )
        counting = self._months_counting()
        for difficulty, months in counting.items():
            if months.filtered(lambda month: month.state != performance_lifecycle.DRAFT):
                raise UserError(
                    self.env._("%s is already counted in a checked month.", difficulty.display_name)
                )
        # sudo: nobody has write access to grades; the guards above are the permission
        graded = self.sudo().with_context(service_grade_key=_GRADE_KEY)
        first = graded.filtered(lambda difficulty: not difficulty.graded_at)
        vals = {"grade": grade, "graded_by_id": self.env.uid}
        first.write({**vals, "graded_at": fields.Datetime.now()})
        (graded - first).write(vals)
        self.env["service.performance"].sudo().union(*counting.values())._make_stale()

    def _months_counting(self):
        """{grade: months that count it}, looked up together in the months they were given in."""
        # sudo: months are closed to the technical manager
        graded = self.sudo().filtered("graded_at")
        given = {
            difficulty: difficulty.company_id._service_local_date(difficulty.graded_at).replace(
                day=1
            )
            for difficulty in graded
        }
        workers = {difficulty: set(difficulty._workers()) for difficulty in graded}
        months = (
            self.env["service.performance"]
            .sudo()
            .search(
                [
                    ("employee_id", "in", [one.id for own in workers.values() for one in own]),
                    ("month", "in", list(set(given.values()))),
                ]
            )
        )
        return {
            difficulty: months.filtered(
                lambda month, difficulty=difficulty: (
                    month.month == given[difficulty]
                    and month.employee_id in workers[difficulty]
                    and str(difficulty.id) in (month.graded or {})
                )
            )
            for difficulty in graded
        }

    def action_grade_1(self):
        """Routine."""
        self._grade("1")

    def action_grade_2(self):
        """Easy."""
        self._grade("2")

    def action_grade_3(self):
        """Normal."""
        self._grade("3")

    def action_grade_4(self):
        """Hard."""
        self._grade("4")

    def action_grade_5(self):
        """Very hard."""
        self._grade("5")
