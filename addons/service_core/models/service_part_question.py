from odoo import api, fields, models
from odoo.exceptions import AccessError, UserError

CLOCK = "part_question"  # the rule that says what a customer in a hurry is promised (S0-23)

# Who may answer for the parts counter.
ANSWERERS = ",".join(
    f"service_core.group_service_{role}" for role in ("parts", "advisor", "manager")
)


class ServicePartQuestion(models.Model):
    """Somebody needs a part quickly and wants to know now: yes or no, when, for how much (S0-23).

    The clock runs from the registration, within open hours, and is stopped by the answer.
    """

    _name = "service.part.question"
    _description = "Urgent Parts Question"
    _inherit = ["mail.thread", "mail.activity.mixin"]
    _order = "asked_at desc, id desc"
    _check_company_auto = True

    name = fields.Char(
        string="Part Asked For", required=True, help="In the words of who asks; the number helps."
    )
    product_id = fields.Many2one("product.product", string="Part", index="btree_not_null")
    product_uom_qty = fields.Float(string="Quantity", default=1.0, digits="Product Unit")
    partner_id = fields.Many2one("res.partner", string="Asked By", index="btree_not_null")
    phone = fields.Char(compute="_compute_phone", store=True, readonly=False)
    vehicle_id = fields.Many2one("service.vehicle", index="btree_not_null")
    order_id = fields.Many2one(
        "service.order", string="Work Order", check_company=True, index="btree_not_null"
    )
    company_id = fields.Many2one(
        "res.company",
        string="Branch",
        required=True,
        index=True,
        default=lambda self: self.env.company,
    )
    asked_at = fields.Datetime(
        string="Registered", required=True, readonly=True, default=fields.Datetime.now
    )
    due = fields.Datetime(
        string="Answer By",
        compute="_compute_due",
        store=True,
        help="As the deadline rule says, by default five open minutes after the registration.",
    )
    responsible_id = fields.Many2one("res.users", compute="_compute_responsible_id")
    answer = fields.Text(help="What the customer was told: here or not, when, for how much.")
    answered_at = fields.Datetime(readonly=True, copy=False)
    answered_by = fields.Many2one("res.users", readonly=True, copy=False)
    state = fields.Selection(
        [("open", "Open"), ("answered", "Answered")],
        compute="_compute_state",
        store=True,
        string="Status",
    )
    minutes = fields.Float(
        string="Minutes to Answer",
        compute="_compute_state",
        store=True,
        aggregator="avg",
        help="Time of the answer less time of the registration.",
    )
    is_late = fields.Boolean(
        string="Late",
        compute="_compute_state",
        store=True,
        help="Answered after its time. An open one that is over time is shown in red.",
    )
    late_rate = fields.Float(
        string="Late (%)",
        compute="_compute_state",
        store=True,
        aggregator="avg",
        help="Late answers per hundred answers.",
    )
    free_qty = fields.Float(
        string="Free on the Shelf", compute="_compute_free_qty", digits="Product Unit"
    )
    lost_ids = fields.One2many("service.part.lost", "question_id", string="Lost Demand")

    _state_idx = models.Index("(company_id, state, due)")

    # === COMPUTES === #

    @api.depends("partner_id")
    def _compute_phone(self):
        for question in self:
            question.phone = question.phone or question.partner_id.phone

    @api.depends("asked_at", "company_id")
    def _compute_due(self):
        rules = self.env["service.deadline.rule"]
        # sudo: whoever asks may not read calendars
        rule = rules.sudo().browse(rules._of(CLOCK) or ())
        for question in self:
            question.due = rule and rule._due(question)

    @api.depends("company_id")
    def _compute_responsible_id(self):
        """Somebody of the branch's parts counter: he hears of a question nobody has answered."""
        # sudo: whoever asks may not read who works where
        counter = self.env.ref("service_core.group_service_parts").sudo().all_user_ids
        for question in self:
            question.responsible_id = counter.filtered(
                lambda user, branch=question.company_id: user.active and branch in user.company_ids
            )[:1]

    @api.depends("answered_at", "asked_at", "due")
    def _compute_state(self):
        for question in self:
            done = question.answered_at
            question.state = "answered" if done else "open"
            question.minutes = (done - question.asked_at).total_seconds() / 60 if done else 0.0
            question.is_late = bool(done and question.due and done > question.due)
            question.late_rate = 100.0 * question.is_late

    @api.depends("product_id", "company_id")
    def _compute_free_qty(self):
        self.free_qty = 0.0
        warehouses = self.env["stock.warehouse"]._service_warehouses(self.company_id)
        for company, questions in self.filtered("product_id").grouped("company_id").items():
            if company in warehouses:
                # sudo: whoever answers need not be a stock user
                free = warehouses[company]._service_free(questions.product_id.sudo())
                for question in questions:
                    question.free_qty = free[question.product_id.id]

    # === THE ANSWER === #

    def write(self, vals):
        if {"answered_at", "answered_by", "asked_at"} & set(vals) and not self.env.su:
            raise UserError(self.env._("Times are written by the buttons only."))
        if "answer" in vals and self.filtered("answered_at") and not self.env.su:
            raise UserError(self.env._("What the customer was told stays as it was told."))
        return super().write(vals)

    @api.model_create_multi
    def create(self, vals_list):
        for vals in vals_list:
            if not self.env.su:
                # the clock is the server's, whatever a caller sends
                for name in ("asked_at", "answered_at", "answered_by"):
                    vals.pop(name, None)
        questions = super().create(vals_list)
        self.env["service.deadline"]._start(CLOCK, questions)
        return questions

    def action_answer(self):
        """The customer has his answer; the clock stops, late or not."""
        self._check_answerer()
        for question in self:
            if question.answered_at:
                raise UserError(self.env._("%s is answered already.", question.name))
            if not (question.answer or "").strip():
                raise UserError(
                    self.env._(
                        '%s: write down what you told the customer in "Answer".', question.name
                    )
                )
        # sudo: times are closed to everybody's write, the guard is above
        self.sudo().write({"answered_at": fields.Datetime.now(), "answered_by": self.env.uid})
        self.env["service.deadline"]._meet(CLOCK, self)
        return True

    def action_lost_stock(self):
        """One click: it was not here."""
        return self._lose("stock")

    def action_lost_price(self):
        """One click: too expensive."""
        return self._lose("price")

    def action_lost_time(self):
        """One click: it would have taken too long."""
        return self._lose("time")

    def _lose(self, reason):
        """Write the lost demand down; that it went elsewhere is an answer, too."""
        self._check_answerer()
        labels = dict(
            self.env["service.part.lost"]._fields["reason"]._description_selection(self.env)
        )
        for question in self:
            if question.lost_ids:
                raise UserError(self.env._("%s is written down as lost already.", question.name))
            self.env["service.part.lost"].create(
                {
                    "name": question.name,
                    "reason": reason,
                    "question_id": question.id,
                    "product_id": question.product_id.id,
                    "product_uom_qty": question.product_uom_qty,
                    "partner_id": question.partner_id.id,
                    "vehicle_id": question.vehicle_id.id,
                    "order_id": question.order_id.id,
                    "company_id": question.company_id.id,
                }
            )
            if not question.answered_at:
                question.answer = question.answer or labels[reason]
                question.action_answer()
        return True

    def _check_answerer(self):
        self.check_access("read")
        if not (self.env.su or self.env.user.has_groups(ANSWERERS)):
            raise AccessError(self.env._("Parts staff and advisors answer parts questions."))
