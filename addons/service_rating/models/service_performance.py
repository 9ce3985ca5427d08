from collections import defaultdict
from decimal import Decimal

from dateutil.relativedelta import relativedelta

from odoo import api, fields, models
from odoo.exceptions import UserError
from odoo.tools import SQL, format_date

from ..rules import performance_lifecycle as life
from ..rules import score as scoring
from .service_performance_line import LEDGER_KEY

# An object, because a remote caller can send any context key but never this value.
PAID_KEY = object()

OFFICER = "service_rating.group_performance_officer"
MANAGER = "service_core.group_service_manager"
HR_MANAGER = "hr.group_hr_manager"

# How far back an open month looks for votes that counted nowhere: submitted while the month was
# being locked, or released by a decision after it.
LATE_MONTHS = 3

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

    @api.depends("answer_count", "raw_score", "unit_mean", "correction_points", "policy_id")
    def _compute_explanation(self):
        for performance in self:
            if not performance.computed_at:
                performance.explanation = self.env._("Not computed yet.")
            elif not performance.answer_count:
                performance.explanation = self.env._(
                    "No customer answered: the month counts as the unit mean."
                )
            else:
                # sudo: the engineer reads how his own score was made, not the policy itself
                policy = performance.sudo().policy_id
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

    def unlink(self):
        # sudo: the ledger of an open month goes with it
        self.line_ids.sudo().with_context(service_ledger_key=LEDGER_KEY).unlink()
        return super().unlink()

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
        for performance in self:
            if performance._is_stale():
                raise UserError(
                    self.env._(
                        "Compute %s again first: when it was computed the month had not ended, "
                        "or its policy or grades have changed since.",
                        performance.display_name,
                    )
                )
        # sudo: nobody has write access to months; the guards above are the permission
        self.sudo()._lifecycle_move(
            "check", values={"checked_at": fields.Datetime.now(), "checked_by_id": self.env.uid}
        )
        return True

    def _is_stale(self):
        """Whether the figures are older than the end of the month or than what they rest on."""
        self.ensure_one()
        end = self.company_id._service_month_bounds(self.month)[1]
        # sudo: who checks a month may not read every policy
        policy = self.env["service.performance.policy"]._policy_for(self.company_id, self.month)
        return not self.computed_at or self.computed_at < end or self.sudo().policy_id != policy

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

    # === COMPUTING A MONTH === #

    @api.model
    def _open_month(self, company, month):
        """Open rows for everybody who is scored or paid in ``month``; existing rows stay.

        1. Who holds a share of a rating or of a graded repair of the month.
        2. Who has performance pay in the contract: without answers he is paid at the unit mean.
        """
        month = month.replace(day=1)
        bounds = company._service_month_bounds(month)
        # sudo: called by the officer and by the nightly job alike
        staff = self.env["hr.employee"].sudo().search([("company_id", "=", company.id)])
        contracts = staff._get_contracts(month, month + relativedelta(months=1, days=-1))
        wanted = {
            employee.id
            for employee in staff
            if any(version.service_performance_base for version in contracts[employee.id])
        }
        wanted |= {
            row[0]
            for row in self.env.execute_query(
                SQL(
                    """
                    SELECT DISTINCT share.employee_id
                      FROM service_rating rating
                      JOIN service_rating_share share ON share.rating_id = rating.id
                     WHERE rating.submitted_at >= %s AND rating.submitted_at < %s
                       AND share.employee_id IN %s
                    """,
                    *bounds,
                    tuple(staff.ids) or (0,),
                )
            )
        }
        points = self.sudo()._difficulty_points(company, bounds)
        wanted |= {employee_id for _difficulty, employee_id in points} & set(staff.ids)
        existing = self.sudo().search([("employee_id", "in", list(wanted)), ("month", "=", month)])
        wanted -= set(existing.employee_id.ids)
        created = (
            self.sudo()
            .with_context(tracking_disable=True, mail_create_nosubscribe=True)
            .create(
                [
                    {"employee_id": employee_id, "company_id": company.id, "month": month}
                    for employee_id in sorted(wanted)
                ]
            )
        )
        return (existing | created).filtered(lambda row: row.company_id == company).sudo(False)

    def _do_compute(self):
        """Write score and ledger of open months anew, a branch and month at a time."""
        self.lock_for_update()
        for (company, month), performances in self.grouped(
            lambda performance: (performance.company_id, performance.month)
        ).items():
            performances._compute_month(company, month)
        self._lifecycle_move("compute")

    def _compute_month(self, company, month):
        policy = self.env["service.performance.policy"]._policy_for(company, month)
        weights = policy._dimension_weights()
        bounds = company._service_month_bounds(month)
        ledger = self.env["service.performance.line"].with_context(service_ledger_key=LEDGER_KEY)
        ledger.browse(self.line_ids.ids).unlink()
        self.invalidate_recordset(["line_ids", "score_line_ids", "difficulty_line_ids"])
        # what follows reads votes, locks and disputes straight from the database
        self.env.flush_all()

        mean = scoring.unit_mean(self._unit_sums(company, bounds), weights)
        shares = self._share_facts(company, bounds)
        corrections = self._open_corrections(month)
        points = self._difficulty_points(company, bounds)

        vals_list = []
        now = fields.Datetime.now()
        for performance in self:
            employee_id = performance.employee_id.id
            facts = shares.get(employee_id, [])
            extra = corrections.get(employee_id, self.env["service.performance.correction"])
            result = scoring.month_of(
                [fact["share"] for fact in facts],
                weights,
                mean,
                policy.shrinkage,
                [correction.points for correction in extra],
            )
            graded = [
                (difficulty, value)
                for (difficulty, worker_id), value in points.items()
                if worker_id == employee_id
            ]
            lines = performance._score_lines(facts, result, extra)
            lines += performance._difficulty_lines(graded)
            vals_list += lines
            performance.write(
                {
                    "policy_id": policy.id,
                    "answer_count": result.answer_count,
                    "raw_score": result.raw or 0.0,
                    "unit_mean": mean,
                    "score": result.score,
                    "correction_points": sum(
                        (line["points"] for line in lines if line["kind"] == "correction"),
                        Decimal(0),
                    ),
                    "difficulty_points": scoring.round_half_up(
                        sum(value for _difficulty, value in graded), 2
                    ),
                    "computed_at": now,
                    "computed_by_id": self.env.uid,
                }
            )
        ledger.create(vals_list)

    def _unit_sums(self, company, bounds):
        """{dimension: (sum of weight x score, sum of weights)} over a branch's ratings."""
        rows = self.env.execute_query(
            SQL(
                """
                SELECT share.dimension,
                       SUM(share.weight * CASE share.dimension WHEN 'technical'
                           THEN rating.technical_score ELSE rating.attitude_score END)::text,
                       SUM(share.weight)::text
                  FROM service_rating rating
                  JOIN service_rating_share share ON share.rating_id = rating.id
                 WHERE rating.submitted_at >= %s AND rating.submitted_at < %s
                   AND rating.company_id = %s
                   AND (rating.hold IS NULL OR rating.hold = 'counted')
                 GROUP BY share.dimension
                """,
                *bounds,
                company.id,
            )
        )
        return {
            dimension: (scoring.exact(points), scoring.exact(w)) for dimension, points, w in rows
        }

    def _share_facts(self, company, bounds):
        """{employee id: facts} of the month, and of those before what their lock had missed."""
        start, end = bounds
        rows = self.env.execute_query(
            SQL(
                """
                SELECT share.id, share.employee_id, share.rating_id, share.dimension,
                       share.weight::text,
                       CASE share.dimension WHEN 'technical'
                            THEN rating.technical_score ELSE rating.attitude_score END,
                       rating.order_id, rating.vehicle_id, rating.submitted_at
                  FROM service_rating rating
                  JOIN service_rating_share share ON share.rating_id = rating.id
                 WHERE rating.submitted_at >= %(since)s AND rating.submitted_at < %(end)s
                   AND share.employee_id IN %(employees)s
                   AND (rating.hold IS NULL OR rating.hold = 'counted')
                   AND (rating.submitted_at >= %(start)s OR EXISTS (
                           SELECT FROM service_performance month
                            WHERE month.employee_id = share.employee_id
                              AND month.state = 'locked'
                              AND month.month = date_trunc('month',
                                  rating.submitted_at AT TIME ZONE 'UTC' AT TIME ZONE %(zone)s
                              )::date))
                   AND NOT EXISTS (
                           SELECT FROM service_performance_line line WHERE line.share_id = share.id)
                   AND NOT EXISTS (
                           SELECT FROM service_performance_dispute dispute
                            WHERE dispute.share_id = share.id
                              AND dispute.state IN ('open', 'accepted'))
                 ORDER BY rating.submitted_at, share.id
                """,
                since=start - relativedelta(months=LATE_MONTHS),
                start=start,
                end=end,
                employees=tuple(self.employee_id.ids) or (0,),
                zone=company._service_tz().zone,
            )
        )
        facts = defaultdict(list)
        for share_id, employee_id, rating_id, dimension, weight, given, order, vehicle, at in rows:
            facts[employee_id].append(
                {
                    "share": scoring.Share(share_id, rating_id, dimension, weight, given),
                    "order_id": order,
                    "vehicle_id": vehicle,
                    "late": at < start,
                }
            )
        return facts

    def _open_corrections(self, month):
        """{employee id: corrections} that no month has taken up yet."""
        corrections = self.env["service.performance.correction"].search(
            [
                ("employee_id", "in", self.employee_id.ids),
                ("corrected_month", "<", month),
                ("line_ids", "=", False),
            ],
            order="id",
        )
        return {
            employee.id: records for employee, records in corrections.grouped("employee_id").items()
        }

    def _difficulty_points(self, company, bounds):
        """{(difficulty, employee id): points} of the repairs graded in the month."""
        graded = self.env["service.difficulty"].search(
            [
                ("graded_at", ">=", bounds[0]),
                ("graded_at", "<", bounds[1]),
                ("company_id", "=", company.id),
            ],
            order="id",
        )
        hours = defaultdict(dict)
        for job, employee, duration in self.env["service.clocking"]._read_group(
            [("job_id", "in", graded.job_id.ids)], ["job_id", "employee_id"], ["duration:sum"]
        ):
            hours[job][employee.id] = duration
        points = {}
        for difficulty in graded:
            workers = hours.get(difficulty.job_id) or {}
            if not any(workers.values()):
                workers = {employee.id: hour for employee, hour in difficulty._workers().items()}
            for employee_id, weight in scoring.split(workers).items():
                points[difficulty, employee_id] = weight * int(difficulty.grade)
        return points

    # === EXPLAINING A MONTH === #

    def _line(self, kind, points, note, **values):
        return {
            "performance_id": self.id,
            "employee_id": self.employee_id.id,
            "company_id": self.company_id.id,
            "month": self.month,
            "kind": kind,
            "points": points,
            "note": note,
            **values,
        }

    def _score_lines(self, facts, result, corrections):
        """The score's lines: every share, the unit mean, what was confirmed late, the limit."""
        self.ensure_one()
        lines = []
        for fact in facts:
            share = fact["share"]
            if share.key not in result.share_points:
                continue
            late = self.env._("Submitted before an earlier month was locked, counted here.")
            lines.append(
                self._line(
                    "rating",
                    result.share_points[share.key],
                    late if fact["late"] else False,
                    sequence=10,
                    share_id=share.key,
                    dimension=share.dimension,
                    weight=share.weight,
                    given=share.score,
                    order_id=fact["order_id"],
                    vehicle_id=fact["vehicle_id"],
                )
            )
        note = (
            self.env._("The unit mean steadies the score of few answers.")
            if result.answer_count
            else self.env._("No customer answered: the month counts as the unit mean.")
        )
        if result.unit_points or not result.answer_count:
            lines.append(self._line("unit", result.unit_points, note, sequence=20))
        lines += [
            self._line(
                "correction",
                scoring.round_half_up(correction.points, scoring.SCORE_DIGITS),
                correction.reason,
                sequence=30,
                correction_id=correction.id,
                order_id=correction.order_id.id,
                vehicle_id=correction.order_id.vehicle_id.id,
            )
            for correction in corrections
        ]
        if result.limit_points:
            lines.append(
                self._line(
                    "limit",
                    result.limit_points,
                    self.env._("A score stays between -50 % and 200 %."),
                    sequence=40,
                )
            )
        return lines

    def _difficulty_lines(self, graded):
        self.ensure_one()
        return [
            self._line(
                "difficulty",
                points,
                difficulty.display_name,
                sequence=50,
                difficulty_id=difficulty.id,
                given=int(difficulty.grade),
                weight=points / int(difficulty.grade),
                order_id=difficulty.order_id.id,
                vehicle_id=difficulty.order_id.vehicle_id.id,
            )
            for difficulty, points in graded
        ]

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
    def _for_payslip(self, employee, date_from, date_to, slip=None):
        """The earliest locked month inside the period that no other slip has paid.

        One slip pays one month: inputs are keyed by code, two would overwrite each other.
        """
        paid_by = [("payslip_id", "in", (False, *(slip.ids if slip else ())))]
        return self.search(
            [
                ("employee_id", "=", employee.id),
                ("month", ">=", date_from),
                ("month", "<=", date_to),
                ("state", "=", life.LOCKED),
                *paid_by,
            ],
            order="month",
            limit=1,
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
            rows.filtered(lambda row: row.state == life.DRAFT and row._is_stale())._do_compute()
            if not self.env["ir.cron"]._commit_progress(1):
                break
