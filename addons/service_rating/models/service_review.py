from odoo import api, fields, models
from odoo.exceptions import UserError, ValidationError
from odoo.tools import format_date

from ..rules import reviews

MANAGER = "service_core.group_service_manager"
PLANNERS = (
    "service_rating.group_performance_officer",
    "service_rating.group_technical_manager",
    MANAGER,
)
# Answered by the person himself.
OWN_WORDS = ("self", "summary", "staff")
WEAK = 60.0
# What is still written once the answers are final: the conversation about them.
_CONVERSATION = ("message_", "activity_", "website_message_")


class ServiceReview(models.Model):
    """One filled-in questionnaire: who looked at whom, what he saw, what follows from it.

    Apart from pay. Seen by management, by who filled it in and by the person it is about; tests
    by HR and the person only (S4-29, S4-30).
    """

    _name = "service.review"
    _description = "Review"
    _inherit = ["mail.thread", "mail.activity.mixin"]
    _order = "date desc, id desc"
    _mail_post_access = "read"

    template_id = fields.Many2one(
        "service.review.template",
        string="Questionnaire",
        required=True,
        index=True,
        ondelete="restrict",
    )
    kind = fields.Selection(related="template_id.kind", store=True, precompute=True, index=True)
    subject = fields.Selection(related="template_id.subject")
    description = fields.Text(related="template_id.description")
    date = fields.Date(required=True, default=fields.Date.context_today, index=True)
    month = fields.Date(help="The month a work summary is about; its first day.")
    company_id = fields.Many2one(
        "res.company",
        string="Branch",
        required=True,
        index=True,
        default=lambda self: self.env.company,
    )
    employee_id = fields.Many2one("hr.employee", string="Colleague", index="btree_not_null")
    partner_id = fields.Many2one("res.partner", string="Dealer or Customer", index="btree_not_null")
    order_id = fields.Many2one("service.order", string="Work Order", index="btree_not_null")
    call_id = fields.Many2one("service.call", index="btree_not_null")
    ticket_id = fields.Many2one("helpdesk.ticket", string="Case", index="btree_not_null")
    reviewer_id = fields.Many2one(
        "res.users", required=True, index=True, default=lambda self: self.env.user
    )
    scenario = fields.Text(help="What the visitor is to do and to ask, provocative questions too.")
    recording_url = fields.Char(string="Recording", help="Where the telephone system keeps it.")
    transcript = fields.Text(help="What was said, or the chat.")
    line_ids = fields.One2many("service.review.line", "review_id", string="Answers")
    conclusions = fields.Text()
    score = fields.Float(
        string="Result (%)",
        compute="_compute_score",
        store=True,
        digits=(5, 1),
        aggregator="avg",
        help="0 to 100; by expectation classes where the items carry them.",
    )
    is_scored = fields.Boolean(compute="_compute_score", store=True)
    target = fields.Float(related="template_id.target")
    training_ids = fields.One2many("service.training", "review_id", string="Trainings")
    state = fields.Selection(
        [("planned", "Planned"), ("done", "Done")],
        string="Status",
        required=True,
        readonly=True,
        default="planned",
        copy=False,
        index=True,
        tracking=True,
    )
    done_at = fields.Datetime(readonly=True, copy=False)

    @api.depends("template_id", "employee_id", "partner_id", "company_id", "date")
    @api.depends_context("lang")
    def _compute_display_name(self):
        for review in self:
            whom = review.employee_id or review.partner_id or review.company_id
            review.display_name = ", ".join(
                filter(
                    None,
                    [
                        review.template_id.name,
                        whom.display_name,
                        review.date and format_date(self.env, review.date),
                    ],
                )
            )

    @api.depends("line_ids.value", "line_ids.is_scored")
    def _compute_score(self):
        for review in self:
            total = reviews.total(
                (
                    line.value if line.is_scored else None,
                    line.item_id.weight,
                    line.expectation_id.id or None,
                    line.expectation_id.weight,
                )
                for line in review.line_ids
            )
            review.score = total or 0.0
            review.is_scored = total is not None

    @api.onchange("template_id")
    def _onchange_template_id(self):
        """The questions come with the questionnaire."""
        wanted = self.template_id.item_ids
        self.line_ids = [
            fields.Command.clear(),
            *(
                fields.Command.create({"item_id": item.id, "sequence": item.sequence})
                for item in wanted
            ),
        ]

    # === CRUD === #

    @api.model_create_multi
    def create(self, vals_list):
        for vals in vals_list:
            vals.pop("state", None)
        created = super().create(vals_list)
        created._ask_questions()
        return created

    def write(self, vals):
        ours = {name for name in vals if not name.startswith(_CONVERSATION)}
        if "state" in ours and not self.env.su:
            raise UserError(self.env._("A review is finished by its button."))
        if ours:
            self.check_access("write")
        if ours - {"state", "done_at", "training_ids"} and self.filtered(
            lambda review: review.state == "done"
        ):
            raise UserError(
                self.env._("This review is finished: a manager reopens it before it is changed.")
            )
        return super().write(vals)

    @api.ondelete(at_uninstall=False)
    def _unlink_except_done(self):
        if self.filtered(lambda review: review.state == "done"):
            raise UserError(self.env._("A finished review stays."))

    @api.constrains("employee_id", "reviewer_id", "template_id")
    def _check_reviewer(self):
        for review in self:
            # sudo: whose user an employee is may not be readable to the reviewer
            own = review.sudo().employee_id.user_id == review.reviewer_id
            if review.employee_id and own and review.kind not in OWN_WORDS:
                raise ValidationError(self.env._("Nobody reviews himself here."))

    def _ask_questions(self):
        """The questions of the questionnaire, where the form has not brought them."""
        self.env["service.review.line"].create(
            [
                {"review_id": review.id, "item_id": item.id, "sequence": item.sequence}
                for review in self
                if not review.line_ids
                for item in review.template_id.item_ids
            ]
        )

    # === VERBS === #

    def _guard_reviewer(self):
        if not self.env.user.has_groups(",".join(PLANNERS)) and self.filtered(
            lambda review: review.reviewer_id != self.env.user
        ):
            raise UserError(self.env._("Who reviews finishes the review."))
        self.check_access("write")

    def action_done(self):
        """The answers are final; the person may read them now."""
        self._guard_reviewer()
        for review in self:
            if review.state == "done":
                raise UserError(self.env._("%s is already finished.", review.display_name))
            if review.subject == "employee" and not review.employee_id:
                raise UserError(self.env._("Say which colleague %s is about.", review.display_name))
            if review.subject == "partner" and not review.partner_id:
                raise UserError(
                    self.env._("Say which dealer or customer %s is about.", review.display_name)
                )
            missing = review.line_ids.filtered(lambda line: not line.is_answered)
            if missing:
                raise UserError(self.env._("Still to answer: %s", missing[0].name))
            if review.kind == "shopper" and not (review.conclusions or "").strip():
                raise UserError(self.env._("A visit ends with its conclusions: write them down."))
        # sudo: the status is closed to everybody, the guard above is the permission
        self.sudo().write({"state": "done", "done_at": fields.Datetime.now()})
        self.sudo().activity_unlink(["mail.mail_activity_data_todo"])

    def action_reopen(self):
        """A manager lets the reviewer correct what he wrote."""
        if not self.env.user.has_group(MANAGER):
            raise UserError(self.env._("A manager reopens a review."))
        self.check_access("read")
        # sudo: as in action_done
        self.sudo().write({"state": "planned", "done_at": False})

    def action_mail_reviewer(self):
        """Send the conversation to who reviews it (S4-31)."""
        self.check_access("write")
        template = self.env.ref("service_rating.mail_template_review")
        for review in self:
            if not (review.transcript or review.recording_url or review.message_attachment_count):
                raise UserError(self.env._("There is no recording and no transcript to send."))
            if not review.reviewer_id.email:
                raise UserError(
                    self.env._("%s has no mail address.", review.reviewer_id.display_name)
                )
            # sudo: the template and the attachments are the system's own
            template.sudo().send_mail(
                review.id,
                email_values={
                    "email_to": review.reviewer_id.email_formatted,
                    "attachment_ids": [
                        fields.Command.set(review.sudo()._get_mail_thread_data_attachments().ids)
                    ],
                },
            )

    def action_plan_training(self):
        """A training of the weak points, planned at once (S4-28)."""
        self.ensure_one()
        weak = self.line_ids.filtered(lambda line: line.is_scored and line.value < WEAK)
        return {
            "type": "ir.actions.act_window",
            "name": self.env._("Training"),
            "res_model": "service.training",
            "view_mode": "form",
            "context": {
                "default_review_id": self.id,
                "default_regularity": "irregular",
                "default_company_id": self.company_id.id,
                "default_partner_id": self.partner_id.id,
                "default_note": "\n".join(line.name for line in weak),
                "default_attendance_ids": [
                    fields.Command.create({"employee_id": employee.id})
                    for employee in self.employee_id
                ],
            },
        }

    # === PLANNING === #

    @api.model
    def _ask_staff(self, template, employees, date):
        """Each of these colleagues answers for himself, and finds it in his activities (S4-69).

        :return: the planned reviews; who has no login cannot be asked
        """
        # sudo: who is whose user is asked for a planner who may not read employees
        askable = employees.sudo().filtered("user_id")
        planned = self.create(
            [
                {
                    "template_id": template.id,
                    "employee_id": employee.id,
                    "company_id": employee.company_id.id,
                    "reviewer_id": employee.user_id.id,
                    "date": date,
                }
                for employee in askable
            ]
        )
        planned._remind_reviewers()
        return planned

    def _remind_reviewers(self):
        for review in self:
            # an entry in the list of who answers, no mail
            review.with_context(mail_activity_quick_update=True).activity_schedule(
                "mail.mail_activity_data_todo",
                date_deadline=review.date,
                summary=review.template_id.name,
                user_id=review.reviewer_id.id,
            )

    @api.model
    def _cron_plan(self):
        """Plan what is due again in each branch: one at a time (S4-68, S2-122)."""
        today = fields.Date.context_today(self)
        templates = self.env["service.review.template"].search(
            [("months", ">", 0), ("subject", "=", "branch")]
        )
        companies = self.env["res.company"]._service_workshops()
        latest = {
            (template, company): (date, "planned" in states)
            for template, company, date, states in self._read_group(
                [("template_id", "in", templates.ids)],
                ["template_id", "company_id"],
                ["date:max", "state:array_agg"],
            )
        }
        vals_list = []
        for company in companies:
            manager = company._service_people(MANAGER)[:1]
            for template in templates if manager else templates.browse():
                date, is_open = latest.get((template, company), (None, False))
                due = date and fields.Date.add(date, months=template.months)
                if is_open or (due and due > today):
                    continue
                vals_list.append(
                    {
                        "template_id": template.id,
                        "company_id": company.id,
                        "reviewer_id": manager.id,
                        "date": fields.Date.add(today, days=14),
                    }
                )
        planned = self.create(vals_list)
        planned._remind_reviewers()
        return planned


class ServiceReviewLine(models.Model):
    """One answer, with the tags of its item, so that answers can be grouped by them."""

    _name = "service.review.line"
    _description = "Review Answer"
    _order = "review_id, sequence, id"
    _rec_name = "item_id"

    review_id = fields.Many2one("service.review", required=True, ondelete="cascade", index=True)
    item_id = fields.Many2one(
        "service.review.item", required=True, readonly=True, ondelete="restrict", index=True
    )
    sequence = fields.Integer(readonly=True)
    section = fields.Char(related="item_id.section")
    name = fields.Char(related="item_id.name", string="Question")
    answer = fields.Selection(related="item_id.answer")
    yes_no = fields.Selection([("yes", "Yes"), ("no", "No")], string="Yes / No")
    score = fields.Selection(reviews.CHOICES, string="0 - 10")
    expected = fields.Selection(reviews.CHOICES)
    perceived = fields.Selection(reviews.CHOICES)
    note = fields.Text(string="Words")
    value = fields.Float(
        string="Result (%)",
        compute="_compute_value",
        store=True,
        digits=(5, 1),
        aggregator="avg",
    )
    gap = fields.Integer(compute="_compute_value", store=True, aggregator="avg")
    verdict = fields.Selection(
        [("satisfied", "Satisfied"), ("dissatisfied", "Dissatisfied")],
        compute="_compute_value",
        store=True,
        help="Perceived at least as good as expected.",
    )
    is_scored = fields.Boolean(compute="_compute_value", store=True)
    is_answered = fields.Boolean(compute="_compute_value", store=True)
    # what answers are grouped by, and what the access rules look at
    kind = fields.Selection(related="review_id.kind", store=True, precompute=True)
    state = fields.Selection(related="review_id.state", store=True, precompute=True)
    date = fields.Date(related="review_id.date", store=True, precompute=True)
    company_id = fields.Many2one(
        related="review_id.company_id", store=True, precompute=True, index=True
    )
    employee_id = fields.Many2one(
        related="review_id.employee_id", store=True, precompute=True, index="btree_not_null"
    )
    reviewer_id = fields.Many2one(related="review_id.reviewer_id", store=True, precompute=True)
    s_value = fields.Selection(related="item_id.s_value", store=True, precompute=True)
    e_aim = fields.Selection(related="item_id.e_aim", store=True, precompute=True)
    expectation_id = fields.Many2one(
        related="item_id.expectation_id", store=True, precompute=True, index="btree_not_null"
    )
    sense = fields.Selection(related="item_id.sense", store=True, precompute=True)
    aspect = fields.Selection(related="item_id.aspect", store=True, precompute=True)

    _once = models.Constraint("UNIQUE(review_id, item_id)", "A question is answered once.")

    @api.depends("item_id.answer", "yes_no", "score", "expected", "perceived", "note")
    def _compute_value(self):
        for line in self:
            worth = reviews.worth(line.answer, line.yes_no, line.score, line.perceived)
            gap = reviews.gap(line.expected, line.perceived) if line.answer == "gap" else None
            line.value = worth or 0.0
            line.is_scored = worth is not None
            line.gap = gap or 0
            line.verdict = gap is not None and ("satisfied" if gap >= 0 else "dissatisfied")
            line.is_answered = line.answer == reviews.TEXT or (
                gap is not None if line.answer == reviews.GAP else worth is not None
            )

    @api.model_create_multi
    def create(self, vals_list):
        lines = super().create(vals_list)
        lines._refuse_done()
        return lines

    def write(self, vals):
        if not self.env.su:
            self._refuse_done()
        return super().write(vals)

    @api.ondelete(at_uninstall=False)
    def _unlink_except_done(self):
        self._refuse_done()

    def _refuse_done(self):
        if self.review_id.filtered(lambda review: review.state == "done"):
            raise UserError(
                self.env._("This review is finished: a manager reopens it before it is changed.")
            )

    def action_open_review(self):
        """Go to the whole questionnaire."""
        self.ensure_one()
        return {
            "type": "ir.actions.act_window",
            "res_model": "service.review",
            "res_id": self.review_id.id,
            "view_mode": "form",
        }
