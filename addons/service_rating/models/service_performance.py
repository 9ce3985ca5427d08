from decimal import Decimal

from dateutil.relativedelta import relativedelta

from odoo import api, fields, models
from odoo.exceptions import UserError
from odoo.tools import format_date

from ..rules import performance_lifecycle as life
from ..rules import score as scoring

# An object, because a remote caller can send any context key but never this value.
PAID_KEY = object()

OFFICER = "service_rating.group_performance_officer"
MANAGER = "service_core.group_service_manager"
HR_MANAGER = "hr.group_hr_manager"

# What may still be written on a locked month: the conversation about it.
_CONVERSATION = ("message_", "activity_", "website_message_")


class ServicePerformance(models.Model):
    """One employee's month: what the customers gave, explained line by line, then paid.

    Computed from the ratings as they are (S3-35); checked by one person, locked by another,
    handed to payroll (S3-36). From the lock on nothing changes.
    """

    _name = "service.performance"
    _description = "Monthly Performance"
    _inherit = ["mail.thread", "service.lifecycle"]
    _order = "month desc, company_id, employee_id, id"
    _rec_names_search = ["employee_id.name"]
    _mail_post_access = "read"
    _lifecycle = life.PERFORMANCE

    employee_id = fields.Many2one(
        "hr.employee", required=True, readonly=True, ondelete="restrict", index=True
    )
    company_id = fields.Many2one(
        "res.company", string="Branch", required=True, readonly=True, index=True
    )
    currency_id = fields.Many2one(related="company_id.currency_id")
    month = fields.Date(required=True, readonly=True, index=True, help="Its first day.")
    month_name = fields.Char(compute="_compute_month_name")
    state = fields.Selection(
        life.STATES,
        string="Status",
        required=True,
        readonly=True,
        default=life.DRAFT,
        index=True,
        copy=False,
    )
    policy_id = fields.Many2one(
        "service.performance.policy", readonly=True, ondelete="restrict", index="btree_not_null"
    )
    answer_count = fields.Integer(
        string="Answers", readonly=True, help="Ratings the person holds a share of (n)."
    )
    raw_score = fields.Float(
        string="Raw Score (%)",
        readonly=True,
        digits=(12, scoring.MEAN_DIGITS),
        aggregator="avg",
        help="Mean of the person's shares, the two dimensions weighted by policy.",
    )
    unit_mean = fields.Float(
        string="Unit Mean (%)",
        readonly=True,
        digits=(12, scoring.MEAN_DIGITS),
        aggregator="avg",
        help="The same mean over the whole branch; 100 where nobody answered.",
    )
    score = fields.Float(
        string="Score (%)",
        readonly=True,
        digits=(6, scoring.SCORE_DIGITS),
        aggregator="avg",
        help="(n x raw + k x unit mean) / (n + k), plus corrections, within -50 and 200.",
    )
    correction_points = fields.Float(
        string="Corrections", readonly=True, digits=(6, scoring.SCORE_DIGITS)
    )
    difficulty_points = fields.Float(
        readonly=True,
        digits=(12, 2),
        help="Grades of the month's repairs, shared by clocked hours.",
    )
    is_unit_head = fields.Boolean(
        string="Head of Unit",
        readonly=True,
        copy=False,
        help="Scored by the mean of the unit, as the employee was when the month was computed.",
    )
    counted = fields.Json(
        readonly=True,
        copy=False,
        groups=fields.NO_ACCESS,
        help="The points of the ledger's rating shares by their ids; a late one's in a list.",
    )
    graded = fields.Json(
        readonly=True,
        copy=False,
        groups=fields.NO_ACCESS,
        help="The person's part of the ledger's difficulty grades and his place, by their ids.",
    )
    unit_points = fields.Float(
        readonly=True,
        copy=False,
        digits=(12, scoring.POINT_DIGITS),
        groups=fields.NO_ACCESS,
        help="What the unit mean adds; takes up the rounding of the lines.",
    )
    limit_points = fields.Float(
        readonly=True,
        copy=False,
        digits=(12, scoring.SCORE_DIGITS),
        groups=fields.NO_ACCESS,
        help="What is cut off at -50 % or 200 %.",
    )
    explanation = fields.Char(compute="_compute_explanation")
    is_own = fields.Boolean(compute="_compute_is_own")
    line_ids = fields.One2many(
        "service.performance.line", "performance_id", string="Ledger", readonly=True
    )
    score_line_ids = fields.One2many(
        "service.performance.line",
        "performance_id",
        string="Score Lines",
        domain=[("kind", "!=", "difficulty")],
        readonly=True,
    )
    difficulty_line_ids = fields.One2many(
        "service.performance.line",
        "performance_id",
        string="Difficulty Lines",
        domain=[("kind", "=", "difficulty")],
        readonly=True,
    )
    base_amount = fields.Monetary(
        string="Base (100 %)",
        compute="_compute_amounts",
        groups=HR_MANAGER,
        help="The money of this month at 100 %, from the employee's contract.",
    )
    amount = fields.Monetary(
        string="Performance Pay", compute="_compute_amounts", groups=HR_MANAGER
    )
    difficulty_amount = fields.Monetary(
        string="Difficulty Pay", compute="_compute_amounts", groups=HR_MANAGER
    )
    payslip_id = fields.Many2one(
        "hr.payslip",
        string="Paid On",
        readonly=True,
        copy=False,
        ondelete="restrict",
        index="btree_not_null",
        groups="hr.group_hr_user,payroll.group_payroll_user",
    )
    computed_at = fields.Datetime(readonly=True, copy=False)
    computed_by_id = fields.Many2one("res.users", readonly=True, copy=False)
    checked_at = fields.Datetime(readonly=True, copy=False)
    checked_by_id = fields.Many2one("res.users", readonly=True, copy=False)
    locked_at = fields.Datetime(readonly=True, copy=False)
    locked_by_id = fields.Many2one("res.users", readonly=True, copy=False)

    _month_uniq = models.Constraint(
        "UNIQUE(employee_id, month)", "This employee's month already exists."
    )
    _first_day = models.Constraint(
        "CHECK(EXTRACT(DAY FROM month) = 1)", "A month is written as its first day."
    )
    _score_range = models.Constraint(
        "CHECK(score BETWEEN -50 AND 200)", "A score lies between -50 % and 200 %."
    )
    _two_people = models.Constraint(
        "CHECK(state <> 'locked' OR (checked_by_id IS NOT NULL AND locked_by_id IS NOT NULL "
        "AND checked_by_id <> locked_by_id))",
        "Who checks a month does not lock it.",
    )
    _paid_locked = models.Constraint(
        "CHECK(payslip_id IS NULL OR state = 'locked')", "Only a locked month is paid."
    )

    # === COMPUTES === #

    @api.depends("month")
    @api.depends_context("lang")
    def _compute_month_name(self):
        for performance in self:
            performance.month_name = performance.month and format_date(
                self.env, performance.month, date_format="MMMM yyyy"
            )

    @api.depends("employee_id", "month")
    @api.depends_context("lang")
    def _compute_display_name(self):
        for performance in self:
            performance.display_name = ", ".join(
                filter(None, [performance.employee_id.display_name, performance.month_name])
            )

    @api.depends(
        "answer_count", "raw_score", "unit_mean", "correction_points", "policy_id", "is_unit_head"
    )
    def _compute_explanation(self):
        for performance in self:
            if not performance.computed_at:
                performance.explanation = self.env._("Not computed yet.")
            elif performance.is_unit_head:
                performance.explanation = self.env._(
                    "The head of a unit is scored by the mean of the unit."
                )
            elif not performance.answer_count:
                performance.explanation = self.env._(
                    "No customer answered: the month counts as the unit mean."
                )
            # sudo: the engineer reads how his own score was made, not the policy itself
            elif (
                performance.answer_count < (policy := performance.sudo().policy_id).minimum_answers
            ):
                performance.explanation = self.env._(
                    "Fewer than %s customers answered: the month counts as the unit mean.",
                    policy.minimum_answers,
                )
            else:
                performance.explanation = self.env._(
                    "(%(n)s x %(raw)s + %(k)s x %(mean)s of the unit) / (%(n)s + %(k)s)",
                    n=performance.answer_count,
                    raw=f"{performance.raw_score:.2f}",
                    k=f"{policy.shrinkage:g}",
                    mean=f"{performance.unit_mean:.2f}",
                )
            if performance.computed_at and performance.correction_points:
                performance.explanation += self.env._(
                    "; corrections %s", f"{performance.correction_points:+.2f}"
                )

    @api.depends("employee_id")
    @api.depends_context("uid")
    def _compute_is_own(self):
        for performance in self:
            # sudo: whose user an employee is may not be readable to himself
            performance.is_own = performance.sudo().employee_id.user_id == self.env.user

    def _compute_amounts(self):
        pays = self._pay()
        for performance in self:
            pay = pays[performance]
            performance.base_amount = pay["base"]
            performance.amount = pay["amount"]
            performance.difficulty_amount = pay["difficulty"]

    # === CRUD === #

    def write(self, vals):
        ours = {name for name in vals if not name.startswith(_CONVERSATION)}
        if "payslip_id" in ours:
            if self.env.context.get("service_paid_key") is not PAID_KEY:
                raise UserError(self.env._("A month is paid by confirming its payslip only."))
            ours.discard("payslip_id")
        locked = self.filtered(lambda performance: performance.state == life.LOCKED)
        if ours and locked:
            raise UserError(
                self.env._(
                    "%s is locked: record a correction, the next open month takes it up.",
                    locked[0].display_name,
                )
            )
        return super().write(vals)

    @api.ondelete(at_uninstall=False)
    def _unlink_except_draft(self):
        for performance in self:
            if performance.state != life.DRAFT:
                raise UserError(
                    self.env._("%s is checked or locked and stays.", performance.display_name)
                )

    # === GUARDS === #

    def _guard(self, groups, sentence):
        if not self.env.user.has_groups(",".join(groups)):
            raise UserError(sentence)
        self.check_access("read")

    def _guard_not_own(self):
        # sudo: whose user an employee is may not be readable to the officer
        own = self.sudo().filtered(
            lambda performance: performance.employee_id.user_id == self.env.user
        )
        if own:
            raise UserError(
                self.env._(
                    "%s is your own month: somebody else checks and locks it.",
                    own[0].display_name,
                )
            )

    # === VERBS === #

    def action_compute(self):
        """Compute open months from the ratings as they are, as often as wanted."""
        self._guard((OFFICER,), self.env._("The customer-service department computes the month."))
        self._lifecycle_check("compute")
        # sudo: ratings, clockings and employees are read for an officer who may not read them all
        self.sudo()._do_compute()
        return True

    def action_check(self):
        """Sign that the month is right; another person locks it."""
        self._guard((OFFICER,), self.env._("The customer-service department checks the month."))
        self._lifecycle_check("check")
        self._guard_not_own()
        if stale := self._stale()[:1]:
            raise UserError(
                self.env._(
                    "Compute %s again first: when it was computed the month had not ended, "
                    "or its policy or grades have changed since.",
                    stale.display_name,
                )
            )
        # sudo: nobody has write access to months; the guards above are the permission
        self.sudo()._lifecycle_move(
            "check", values={"checked_at": fields.Datetime.now(), "checked_by_id": self.env.uid}
        )
        return True

    def _stale(self):
        """Those whose figures are older than the end of the month or than what they rest on."""
        stale = self.browse()
        # sudo: who checks a month may not read every policy
        for (company, month), performances in (
            self.sudo().grouped(lambda one: (one.company_id, one.month)).items()
        ):
            end = company._service_month_bounds(month)[1]
            policy = self.env["service.performance.policy"]._policy_for(company, month)
            stale |= performances.filtered(
                lambda one, end=end, policy=policy: (
                    not one.computed_at or one.computed_at < end or one.policy_id != policy
                )
            )
        return stale.with_env(self.env)

    def _make_stale(self):
        """What these months rest on has changed: open ones are computed again before a check."""
        # sudo: called by whoever changes a policy or a grade
        drafts = self.sudo().filtered(lambda performance: performance.state == life.DRAFT)
        drafts.write({"computed_at": False})

    def action_reopen(self):
        """Take a check back, so that the month can be computed again."""
        self._guard(
            (OFFICER, MANAGER), self.env._("The customer-service department reopens a month.")
        )
        # sudo: as above
        self.sudo()._lifecycle_move("reopen", values={"checked_at": False, "checked_by_id": False})
        return True

    def action_lock(self):
        """Freeze checked months for payroll; never by the one who checked."""
        self._guard(
            (OFFICER, MANAGER, HR_MANAGER),
            self.env._("The department's officer, the service manager or HR locks the month."),
        )
        self._lifecycle_check("lock")
        self._guard_not_own()
        for performance in self:
            if performance.checked_by_id == self.env.user:
                raise UserError(
                    self.env._("You checked %s: somebody else locks it.", performance.display_name)
                )
        # sudo: as above
        months = self.sudo()
        months.lock_for_update()
        months._lifecycle_move(
            "lock", values={"locked_at": fields.Datetime.now(), "locked_by_id": self.env.uid}
        )
        return True

    def action_workbook(self):
        """HR's one-sheet workbook of the month these records belong to."""
        self._guard((HR_MANAGER,), self.env._("HR fetches the workbook of the month."))
        months = {(performance.company_id, performance.month) for performance in self}
        if len(months) != 1:
            raise UserError(self.env._("Choose records of one branch and one month."))
        [(company, month)] = months
        return {
            "type": "ir.actions.act_url",
            "url": f"/service/performance/xlsx?company_id={company.id}&month={month:%Y-%m}",
            "target": "download",
        }

    def action_view_payslip(self):
        self.ensure_one()
        return {
            "type": "ir.actions.act_window",
            "res_model": "hr.payslip",
            "view_mode": "form",
            "res_id": self.payslip_id.id,
        }

    def action_dispute(self):
        """The window in which an engineer objects to a rating of his own month."""
        self.ensure_one()
        return {
            "type": "ir.actions.act_window",
            "name": self.env._("Dispute a Rating"),
            "res_model": "service.performance.dispute.open",
            "view_mode": "form",
            "target": "new",
            "context": {"default_performance_id": self.id},
        }

    def action_print_statement(self):
        return self.env.ref("service_rating.action_report_performance_statement").report_action(
            self
        )

    # === A MONTH IN OTHER CIRCUMSTANCES === #

    def _held_shares(self):
        """The rating shares in this month's ledger, as the arithmetic wants them."""
        self.ensure_one()
        return [
            scoring.Share(
                line.share_id.id,
                line.share_id.rating_id.id,
                line.dimension,
                line.weight,
                line.given,
            )
            for line in self.line_ids
            if line.kind == "rating"
        ]

    def _corrected_points(self):
        self.ensure_one()
        return [line.points for line in self.line_ids if line.kind == "correction"]

    def _score_without(self, share):
        """The month's score had ``share`` not been in it, all else as it was locked."""
        self.ensure_one()
        policy = self.policy_id
        return scoring.exact(
            scoring.month_of(
                [held for held in self._held_shares() if held.key != share.id],
                policy._dimension_weights(),
                self.unit_mean,
                policy.shrinkage,
                self._corrected_points(),
                policy.minimum_answers,
            ).score
        )

    def _what_if(self, policy):
        """Rows of ``service.performance.whatif.line``: these months had ``policy`` been theirs."""
        weights = policy._dimension_weights()
        rows = []
        pays = self._pay()
        for (company, month), performances in self.grouped(
            lambda performance: (performance.company_id, performance.month)
        ).items():
            sums = self._unit_sums(company, company._service_month_bounds(month))
            mean = scoring.unit_mean(sums, weights)
            digits = company.currency_id.decimal_places
            for performance in performances:
                result = scoring.month_of(
                    performance._held_shares(),
                    weights,
                    mean,
                    policy.shrinkage,
                    performance._corrected_points(),
                    policy.minimum_answers,
                )
                pay = pays[performance]
                points = scoring.exact(performance.difficulty_points)
                after = scoring.amount_of(pay["base"], result.score, policy.floor, digits)
                after += scoring.round_half_up(
                    points * scoring.exact(policy.difficulty_rate), digits
                )
                rows.append(
                    self.env["service.performance.whatif.line"]._row(
                        performance, pay["amount"] + pay["difficulty"], after, result
                    )
                )
        return rows

    # === PAY === #

    def _statement_pay(self):
        """Pay as the statement shows it: to HR, and to the person whose month it is."""
        self.ensure_one()
        # sudo: whose user an employee is may not be readable to himself
        own = self.sudo().employee_id.user_id == self.env.user
        if not own and not self.env.user.has_group(HR_MANAGER):
            return None
        return {name: float(amount) for name, amount in self._pay()[self].items()}

    def _pay(self):
        """{month: base, amount, difficulty} as Decimals: what payslip, board and workbook show.

        1. What is paid is read from its payslip, whatever the contract says today.
        2. What is not is base x max(score, floor) / 100, rounded once to the currency's cents.
        """
        pays = {}
        # sudo: wages are read for the payslip of a payroll clerk and for HR's own screens
        for month, performances in self.sudo().grouped("month").items():
            contracts = performances.employee_id._get_contracts(
                month, month + relativedelta(months=1, days=-1)
            )
            for performance in performances:
                version = contracts[performance.employee_id.id][:1]
                pays[performance] = performance._pay_by(version)
        return {performance: pays[performance.sudo()] for performance in self}

    def _pay_by(self, version):
        """Pay of one month under a contract's version."""
        self.ensure_one()
        digits = self.currency_id.decimal_places
        base = scoring.round_half_up(version.service_performance_base or 0.0, digits)
        inputs = self.payslip_id.input_line_ids.filtered(
            lambda line: line.service_performance_id == self
        )
        if inputs:
            paid = {line.code: scoring.round_half_up(line.amount, digits) for line in inputs}
            return {
                "base": scoring.round_half_up(inputs[0].service_base_amount, digits),
                "amount": paid.get("SERVICE_SCORE", Decimal(0)),
                "difficulty": paid.get("SERVICE_DIFFICULTY", Decimal(0)),
            }
        policy = self.policy_id
        return {
            "base": base,
            "amount": scoring.amount_of(base, self.score, policy.floor, digits),
            "difficulty": scoring.round_half_up(
                scoring.exact(self.difficulty_points) * scoring.exact(policy.difficulty_rate),
                digits,
            ),
        }

    @api.model
    def _for_payslips(self, employees, date_from, date_to, slips=None):
        """The locked months inside the period that no slip but these has paid, earliest first.

        One slip pays one month: inputs are keyed by code, two would overwrite each other.
        """
        return self.search(
            [
                ("employee_id", "in", employees.ids),
                ("month", ">=", date_from),
                ("month", "<=", date_to),
                ("state", "=", life.LOCKED),
                ("payslip_id", "in", (False, *(slips.ids if slips else ()))),
            ],
            order="month, id",
        )

    # === JOB === #

    @api.model
    def _cron_compute_month(self):
        """Open and compute the month that has just ended, a branch at a time; draft rows only."""
        companies = self.env["res.company"].search([("active", "=", True)])
        self.env["ir.cron"]._commit_progress(remaining=len(companies))
        for company in companies:
            today = company._service_local_date(fields.Datetime.now())
            month = today.replace(day=1) - relativedelta(months=1)
            rows = self.with_company(company)._open_month(company, month).sudo()
            rows.filtered(lambda row: row.state == life.DRAFT)._stale()._do_compute()
            if not self.env["ir.cron"]._commit_progress(1):
                break
