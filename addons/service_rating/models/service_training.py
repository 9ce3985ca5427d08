from odoo import api, fields, models
from odoo.exceptions import UserError, ValidationError


class ServiceTraining(models.Model):
    """One session: who is taught what, where, by whom, and what came of it (S1-65, S3-20)."""

    _name = "service.training"
    _description = "Training Session"
    _inherit = ["mail.thread", "mail.activity.mixin"]
    _order = "start desc, id desc"
    _rec_name = "course_id"

    course_id = fields.Many2one("service.course", required=True, index=True, ondelete="restrict")
    audience = fields.Selection(related="course_id.audience", store=True, precompute=True)
    topics = fields.Text(related="course_id.topics")
    company_id = fields.Many2one(
        "res.company",
        string="Branch",
        required=True,
        index=True,
        default=lambda self: self.env.company,
    )
    regularity = fields.Selection(
        [("regular", "Regular"), ("irregular", "Irregular")], required=True, default="regular"
    )
    form = fields.Selection(
        [("lecture", "Lecture"), ("practice", "Hands-on"), ("guidance", "On-site guidance")],
        required=True,
        default="lecture",
    )
    place = fields.Selection(
        [("company", "At the company"), ("onsite", "On site")], required=True, default="company"
    )
    start = fields.Datetime(required=True, default=fields.Datetime.now)
    hours = fields.Float(default=1.0)
    trainer_id = fields.Many2one("res.users", default=lambda self: self.env.user)
    partner_id = fields.Many2one("res.partner", string="Dealer or Customer", index="btree_not_null")
    review_id = fields.Many2one(
        "service.review",
        string="Because of",
        readonly=True,
        index="btree_not_null",
        help="The review whose weak points are trained here.",
    )
    note = fields.Text(string="What It Is About")
    attendance_ids = fields.One2many("service.training.attendance", "training_id")
    attendance_count = fields.Integer(string="People", compute="_compute_attendance_count")
    state = fields.Selection(
        [("planned", "Planned"), ("held", "Took Place"), ("cancelled", "Cancelled")],
        string="Status",
        required=True,
        default="planned",
        readonly=True,
        copy=False,
        tracking=True,
    )

    _hours_positive = models.Constraint("CHECK(hours >= 0)", "Hours cannot be negative.")

    def _compute_attendance_count(self):
        counted = dict(
            self.env["service.training.attendance"]._read_group(
                [("training_id", "in", self.ids)], ["training_id"], ["__count"]
            )
        )
        for training in self:
            training.attendance_count = counted.get(training, 0)

    def action_held(self):
        """It took place: who is not marked absent was there."""
        for training in self:
            if training.state != "planned":
                raise UserError(self.env._("%s is not planned.", training.display_name))
            if not training.attendance_ids:
                raise UserError(self.env._("Name who took part."))
        self.attendance_ids.filtered(lambda row: row.state == "invited").write(
            {"state": "attended"}
        )
        self.write({"state": "held"})

    def action_cancel(self):
        """It does not take place."""
        if self.filtered(lambda training: training.state == "held"):
            raise UserError(self.env._("What was held is not cancelled."))
        self.write({"state": "cancelled"})


class ServiceTrainingAttendance(models.Model):
    """One person and one course: read, attended, evaluated (S1-65, S1-66, S4-03)."""

    _name = "service.training.attendance"
    _description = "Training Attendance"
    _order = "id desc"
    _rec_name = "course_id"

    training_id = fields.Many2one("service.training", ondelete="cascade", index="btree_not_null")
    course_id = fields.Many2one(
        "service.course",
        compute="_compute_course_id",
        store=True,
        readonly=False,
        precompute=True,
        required=True,
        index=True,
        ondelete="restrict",
    )
    kind = fields.Selection(related="course_id.kind", store=True, precompute=True)
    body = fields.Html(related="course_id.body")
    topics = fields.Text(related="course_id.topics")
    company_id = fields.Many2one(
        "res.company",
        string="Branch",
        compute="_compute_company_id",
        store=True,
        readonly=False,
        precompute=True,
        required=True,
        index=True,
    )
    employee_id = fields.Many2one("hr.employee", string="Colleague", index="btree_not_null")
    partner_id = fields.Many2one(
        "res.partner", string="Customer or Dealer's Person", index="btree_not_null"
    )
    state = fields.Selection(
        [("invited", "To do"), ("attended", "Done"), ("absent", "Absent")],
        string="Status",
        required=True,
        default="invited",
    )
    acknowledged_at = fields.Datetime(string="Read and Understood", readonly=True, copy=False)
    is_own = fields.Boolean(compute="_compute_is_own")
    theory = fields.Integer(string="Theory (%)", aggregator="avg")
    practice = fields.Integer(string="Practice (%)", aggregator="avg")
    reception = fields.Integer(
        string="Reception (%)",
        aggregator="avg",
        help="How the person really receives customers, apart from knowledge and handwork (S1-66).",
    )
    result = fields.Selection([("passed", "Passed"), ("failed", "Failed")])
    evaluator_id = fields.Many2one("res.users", readonly=True)
    evaluated_at = fields.Datetime(readonly=True)
    note = fields.Char()

    _somebody = models.Constraint(
        "CHECK((employee_id IS NULL) <> (partner_id IS NULL))",
        "Name a colleague, or a customer's or dealer's person.",
    )
    _once = models.UniqueIndex(
        "(training_id, employee_id) WHERE training_id IS NOT NULL AND employee_id IS NOT NULL",
        "This colleague is already on the list.",
    )
    _scores = models.Constraint(
        "CHECK(COALESCE(theory, 0) BETWEEN 0 AND 100 AND COALESCE(practice, 0) BETWEEN 0 AND 100"
        " AND COALESCE(reception, 0) BETWEEN 0 AND 100)",
        "Evaluations lie between 0 and 100 %.",
    )

    @api.depends("training_id.course_id")
    def _compute_course_id(self):
        for row in self:
            row.course_id = row.training_id.course_id or row.course_id

    @api.depends("training_id.company_id")
    def _compute_company_id(self):
        for row in self:
            row.company_id = row.training_id.company_id or row.company_id or self.env.company

    @api.depends("employee_id")
    @api.depends_context("uid")
    def _compute_is_own(self):
        for row in self:
            # sudo: whose user an employee is may not be readable to himself
            row.is_own = bool(row.employee_id) and row.sudo().employee_id.user_id == self.env.user

    # === CRUD === #

    @api.model_create_multi
    def create(self, vals_list):
        rows = super().create([self._signed(vals) for vals in vals_list])
        if any("result" in vals for vals in vals_list):
            rows._refuse_own()
        return rows

    def write(self, vals):
        if {"result", "theory", "practice", "reception"} & set(vals):
            self._refuse_own()
        if "acknowledged_at" in vals and not self.env.su:
            raise UserError(self.env._("Only the person himself says that he has read it."))
        return super().write(self._signed(vals))

    def _signed(self, vals):
        """An evaluation has its author and its time (S1-65)."""
        if vals.get("result"):
            return {
                **vals,
                "evaluator_id": self.env.uid,
                "evaluated_at": fields.Datetime.now(),
            }
        return vals

    def _refuse_own(self):
        if self.filtered("is_own"):
            raise ValidationError(self.env._("Nobody evaluates himself."))

    # === VERBS === #

    def action_acknowledge(self):
        """The person says: read and understood (S4-54)."""
        if self.filtered(lambda row: not row.is_own):
            raise UserError(self.env._("Only the person himself says that he has read it."))
        # sudo: people have no right on the list, that it is their own line is the permission
        self.sudo().filtered(lambda row: not row.acknowledged_at).write(
            {"acknowledged_at": fields.Datetime.now(), "state": "attended"}
        )

    @api.model
    def _passed(self, course, employees):
        """Of ``employees`` those who passed this course."""
        # sudo: asked when a permit is issued, by whoever passed the test
        rows = self.sudo().search(
            [
                ("course_id", "=", course.id),
                ("employee_id", "in", employees.ids),
                ("result", "=", "passed"),
            ]
        )
        return employees & rows.employee_id
