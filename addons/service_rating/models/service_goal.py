from odoo import api, fields, models
from odoo.tools import SQL

from .service_review_template import E_AIMS

DAYS = 30

# What customers brought in and what their parts cost, one row per posted bill. Wages are not in
# it; bills to makers and insurers are not a customer's.
BILLS = """
    SELECT move.id, move.company_id, move.commercial_partner_id AS partner_id,
           move.invoice_date, move.amount_untaxed_signed AS invoiced, COALESCE(cost.amount, 0) AS cost,
           move.amount_untaxed_signed - COALESCE(cost.amount, 0) AS margin
      FROM account_move move
      LEFT JOIN LATERAL (
           SELECT SUM(CASE WHEN move.move_type = 'out_refund' THEN -1 ELSE 1 END
                      * item.quantity * unit.cost) AS amount
             FROM account_move_line item
             JOIN sale_order_line_invoice_rel rel ON rel.invoice_line_id = item.id
             JOIN LATERAL (
                  SELECT SUM(CASE WHEN stock.is_in THEN -1 ELSE 1 END * ABS(stock.value))
                         / NULLIF(SUM(CASE WHEN stock.is_in THEN -1 ELSE 1 END * stock.quantity), 0)
                         AS cost
                    FROM stock_move stock
                   WHERE stock.sale_line_id = rel.order_line_id AND stock.state = 'done'
                         AND (stock.is_in OR stock.is_out)
             ) unit ON TRUE
            WHERE item.move_id = move.id
      ) cost ON TRUE
     WHERE move.state = 'posted' AND move.move_type IN ('out_invoice', 'out_refund')
           AND move.commercial_partner_id IS NOT NULL
           AND NOT EXISTS (
               SELECT 1 FROM service_claim claim WHERE claim.payer_id = move.commercial_partner_id
           )
"""

_BILL_FIELDS = {
    "account.move": [
        "state",
        "move_type",
        "invoice_date",
        "company_id",
        "commercial_partner_id",
        "amount_untaxed_signed",
        "reversed_entry_id",
    ],
    "account.move.line": ["move_id", "quantity"],
    "sale.order.line": ["invoice_lines"],
    "stock.move": ["sale_line_id", "state", "is_in", "is_out", "value", "quantity"],
    "service.claim": ["payer_id"],
}

CODES = [
    ("satisfaction", "Ratings: share of contented visits"),
    ("csat", "Satisfaction (CSAT)"),
    ("ces", "Effort (CES)"),
    ("nps", "Recommendation (NPS)"),
    ("ltv", "Value of a customer (LTV)"),
    ("sales", "Invoiced"),
    ("conversion", "Opportunities won"),
    ("first_minute", "Callers lost in the first minute"),
    ("refusals", "Orders refused"),
    ("returns", "Bills taken back"),
    ("review", "Result of a questionnaire"),
    ("manual", "Entered by hand"),
]


class ServiceGoal(models.Model):
    """A goal with what it is measured by, what it should be and what it is (S1-42).

    A goal without a target is a trend: watched, neither good nor bad (S4-77). A goal that is not
    reached yet is a promise to get there, and is shown as a target, not as a fact (S3-23).
    """

    _name = "service.goal"
    _description = "Goal"
    _order = "sequence, id"

    sequence = fields.Integer(default=10)
    name = fields.Char(required=True, translate=True)
    code = fields.Selection(CODES, string="Measured By", required=True, default="manual")
    template_id = fields.Many2one("service.review.template", string="Questionnaire")
    formula = fields.Text(string="How It Is Counted", translate=True)
    unit = fields.Selection(
        [("percent", "%"), ("points", "points"), ("money", "money"), ("number", "number")],
        string="Measured In",
        required=True,
        default="percent",
    )
    is_sum = fields.Boolean(string="Added Up", help="Summed over the time, not averaged.")
    has_target = fields.Boolean(help="Without a target it is a trend only.")
    target = fields.Float()
    target_source = fields.Char(translate=True, help="Who set the target, and when.")
    is_low_good = fields.Boolean(string="Low Is Good")
    is_aspiration = fields.Boolean(
        string="Not Yet Reached",
        help="A commitment still to be achieved: shown as a target, never as a fact (S3-23).",
    )
    staff_type = fields.Selection(
        [("internal", "Internal service staff"), ("external", "External service staff")],
        help="Whose work it tells of: in the house, or out with dealers and customers (S1-48).",
    )
    e_aim = fields.Selection(E_AIMS, string="4E Aim")
    result_ids = fields.One2many("service.goal.result", "goal_id", string="Results")
    value = fields.Float(string="Last 30 Days", compute="_compute_value", compute_sudo=False)
    before = fields.Float(string="30 Days Before", compute="_compute_value", compute_sudo=False)
    count = fields.Integer(string="Counted", compute="_compute_value", compute_sudo=False)
    trend = fields.Selection(
        [("up", "Rising"), ("down", "Falling"), ("flat", "Steady"), ("none", "Nothing to compare")],
        compute="_compute_value",
        compute_sudo=False,
    )
    verdict = fields.Selection(
        [
            ("good", "On target"),
            ("bad", "Off target"),
            ("aim", "Still a target"),
            ("trend", "Trend"),
            ("none", "Nothing yet"),
        ],
        compute="_compute_value",
        compute_sudo=False,
    )
    active = fields.Boolean(default=True)

    _template = models.Constraint(
        "CHECK(code <> 'review' OR template_id IS NOT NULL)", "Say which questionnaire."
    )

    @api.depends_context("uid", "allowed_company_ids")
    def _compute_value(self):
        """Thirty days and the thirty before, two reads for all goals."""
        now = fields.Datetime.now()
        latest = self._between(fields.Datetime.subtract(now, days=DAYS), now)
        earlier = self._between(
            fields.Datetime.subtract(now, days=2 * DAYS), fields.Datetime.subtract(now, days=DAYS)
        )
        for goal in self:
            mean, total, goal.count = latest.get(goal.id, (0.0, 0.0, 0))
            goal.value = (total if goal.is_sum else mean) or 0.0
            mean, total, counted = earlier.get(goal.id, (0.0, 0.0, 0))
            goal.before = (total if goal.is_sum else mean) or 0.0
            if not goal.count or not counted:
                goal.trend = "none"
            else:
                moved = round(goal.value - goal.before, 1)
                goal.trend = "up" if moved > 0 else "down" if moved < 0 else "flat"
            goal.verdict = goal._verdict()

    def _between(self, first, last):
        return {
            goal.id: (mean, total, count)
            for goal, mean, total, count in self.env["service.goal.fact"]._read_group(
                [("goal_id", "in", self.ids), ("at", ">", first), ("at", "<=", last)],
                ["goal_id"],
                ["value:avg", "value:sum", "__count"],
            )
        }

    def _verdict(self):
        self.ensure_one()
        if self.is_aspiration:
            return "aim"
        if not self.count:
            return "none"
        if not self.has_target:
            return "trend"
        reached = self.value <= self.target if self.is_low_good else self.value >= self.target
        return "good" if reached else "bad"

    def action_open(self):
        """The trend by month and branch, down to what was counted."""
        self.ensure_one()
        action = self.env["ir.actions.act_window"]._for_xml_id(
            "service_rating.service_goal_fact_action"
        )
        return {**action, "name": self.name, "domain": [("goal_id", "=", self.id)]}


class ServiceGoalResult(models.Model):
    """A result that no record of ours knows, entered by who is responsible."""

    _name = "service.goal.result"
    _description = "Goal Result"
    _order = "date desc, id desc"
    _rec_name = "goal_id"

    goal_id = fields.Many2one("service.goal", required=True, ondelete="cascade", index=True)
    date = fields.Date(required=True, default=fields.Date.context_today)
    company_id = fields.Many2one(
        "res.company",
        string="Branch",
        required=True,
        index=True,
        default=lambda self: self.env.company,
    )
    value = fields.Float(required=True)
    note = fields.Char()


class ServiceGoalFact(models.Model):
    """What a goal is counted from, one row each: a vote, a bill, a call, a review (S1-51, S4-26).

    Drawn from the records themselves, so that a figure can be followed to them. A SQL view.
    """

    _name = "service.goal.fact"
    _description = "Goal Fact"
    _auto = False
    _order = "at desc, id desc"
    _rec_name = "goal_id"

    goal_id = fields.Many2one("service.goal", readonly=True)
    at = fields.Datetime(string="Counted On", readonly=True)
    company_id = fields.Many2one("res.company", string="Branch", readonly=True)
    partner_id = fields.Many2one("res.partner", string="Customer", readonly=True)
    value = fields.Float(readonly=True, aggregator="avg")
    target = fields.Float(readonly=True, aggregator="avg")
    res_model = fields.Char(readonly=True)
    res_id = fields.Many2oneReference(string="Record", model_field="res_model", readonly=True)

    _depends = {
        **_BILL_FIELDS,
        "service.goal": ["code", "target", "template_id", "active"],
        "service.goal.result": ["goal_id", "date", "company_id", "value"],
        "service.rating": [
            "state",
            "hold",
            "company_id",
            "partner_id",
            "submitted_at",
            "technical_score",
            "attitude_score",
        ],
        "service.rating.answer": ["instrument", "points", "date", "company_id", "partner_id"],
        "service.review": ["state", "is_scored", "score", "date", "company_id", "template_id"],
        "service.call": ["direction", "result", "duration", "started", "company_id", "partner_id"],
        "service.order": ["state", "is_stopped", "delivered_date", "company_id", "partner_id"],
        "service.transition": ["res_model", "res_id", "to_state", "at"],
        "crm.lead": ["won_status", "date_closed", "company_id", "partner_id"],
    }

    @property
    def _table_query(self):
        # raw SQL: a figure is a handful of columns of other tables, kept nowhere a second time
        return SQL(
            """
            WITH bill AS (%s)
            SELECT fact.id * 1024 + mod(goal.id, 1024) AS id, goal.id AS goal_id, fact.at,
                   fact.company_id, fact.partner_id, fact.value, goal.target, fact.res_model,
                   fact.id AS res_id
              FROM (
                SELECT 'satisfaction' AS code, id::bigint AS id, submitted_at AS at, company_id,
                       partner_id,
                       CASE WHEN technical_score >= 100 AND attitude_score >= 100
                            THEN 100.0 ELSE 0.0 END AS value,
                       'service.rating' AS res_model, NULL::int AS template_id, NULL::int AS own_id
                  FROM service_rating
                 WHERE state <> 'sent' AND COALESCE(hold, '') NOT IN ('held', 'excluded')
                UNION ALL
                SELECT instrument, id, date::timestamp, company_id, partner_id, points,
                       'service.rating.answer', NULL, NULL
                  FROM service_rating_answer
                UNION ALL
                SELECT 'ltv', id, invoice_date::timestamp, company_id, partner_id,
                       SUM(margin) OVER (
                           PARTITION BY partner_id, company_id ORDER BY invoice_date, id
                       ),
                       'account.move', NULL, NULL
                  FROM bill
                UNION ALL
                SELECT 'sales', id, invoice_date::timestamp, company_id, partner_id, invoiced,
                       'account.move', NULL, NULL
                  FROM bill
                UNION ALL
                SELECT 'returns', move.id, move.invoice_date::timestamp, move.company_id,
                       move.commercial_partner_id,
                       CASE WHEN EXISTS (
                            SELECT 1 FROM account_move back
                             WHERE back.reversed_entry_id = move.id AND back.state = 'posted'
                       ) THEN 100.0 ELSE 0.0 END,
                       'account.move', NULL, NULL
                  FROM account_move move
                 WHERE move.state = 'posted' AND move.move_type = 'out_invoice'
                UNION ALL
                SELECT 'conversion', id, COALESCE(date_closed, write_date), company_id, partner_id,
                       CASE WHEN won_status = 'won' THEN 100.0 ELSE 0.0 END,
                       'crm.lead', NULL, NULL
                  FROM crm_lead
                 WHERE won_status IN ('won', 'lost') AND type = 'opportunity'
                UNION ALL
                SELECT 'first_minute', id, started, company_id, partner_id,
                       CASE WHEN result <> 'answered' OR duration < 60 THEN 100.0 ELSE 0.0 END,
                       'service.call', NULL, NULL
                  FROM service_call
                 WHERE direction = 'in' AND result IS NOT NULL
                       AND (result <> 'answered' OR duration > 0)
                UNION ALL
                SELECT 'refusals', work.id, COALESCE(work.delivered_date, gone.at),
                       work.company_id, work.partner_id,
                       CASE WHEN work.state = 'cancelled' OR work.is_stopped
                            THEN 100.0 ELSE 0.0 END,
                       'service.order', NULL, NULL
                  FROM service_order work
                  LEFT JOIN LATERAL (
                       SELECT MAX(step.at) AS at FROM service_transition step
                        WHERE step.res_model = 'service.order' AND step.res_id = work.id
                          AND step.to_state = 'cancelled'
                  ) gone ON work.state = 'cancelled'
                 WHERE work.state IN ('delivered', 'cancelled')
                UNION ALL
                SELECT 'review', id, date::timestamp, company_id, partner_id, score,
                       'service.review', template_id, NULL
                  FROM service_review
                 WHERE state = 'done' AND is_scored
                UNION ALL
                SELECT 'manual', id, date::timestamp, company_id, NULL, value,
                       'service.goal.result', NULL, goal_id
                  FROM service_goal_result
              ) fact
              JOIN service_goal goal ON goal.code = fact.code AND goal.active
                   AND (goal.code <> 'review' OR goal.template_id = fact.template_id)
                   AND (goal.code <> 'manual' OR goal.id = fact.own_id)
            """,
            SQL(BILLS),
        )

    def action_open_record(self):
        """Go to what was counted; a customer's own words stay closed to who may not read them."""
        self.ensure_one()
        self.env[self.res_model].browse(self.res_id).check_access("read")
        return {
            "type": "ir.actions.act_window",
            "res_model": self.res_model,
            "res_id": self.res_id,
            "view_mode": "form",
        }


class ServiceLtv(models.Model):
    """What a customer has been worth so far, without asking him anything (S4-73).

    A SQL view over posted bills: what was invoiced without tax, less what the parts cost.
    """

    _name = "service.ltv"
    _description = "Value of a Customer"
    _auto = False
    _order = "margin desc, id"
    _rec_name = "partner_id"

    partner_id = fields.Many2one("res.partner", string="Customer", readonly=True)
    company_id = fields.Many2one("res.company", string="Branch", readonly=True)
    currency_id = fields.Many2one(related="company_id.currency_id")
    since = fields.Date(string="Customer Since", readonly=True)
    latest = fields.Date(string="Last Bill", readonly=True)
    bill_count = fields.Integer(string="Bills", readonly=True)
    invoiced = fields.Monetary(readonly=True)
    cost = fields.Monetary(string="Cost of Parts", readonly=True)
    margin = fields.Monetary(string="Profit so far (LTV)", readonly=True)

    _depends = _BILL_FIELDS

    @property
    def _table_query(self):
        # raw SQL: sums over other tables, kept nowhere a second time
        return SQL(
            """
            SELECT MIN(bill.id) AS id, bill.partner_id, bill.company_id,
                   MIN(bill.invoice_date) AS since, MAX(bill.invoice_date) AS latest,
                   COUNT(*) AS bill_count, SUM(bill.invoiced) AS invoiced, SUM(bill.cost) AS cost,
                   SUM(bill.margin) AS margin
              FROM (%s) bill
             GROUP BY bill.partner_id, bill.company_id
            """,
            SQL(BILLS),
        )

    def action_open_partner(self):
        """Go to the customer."""
        self.ensure_one()
        return {
            "type": "ir.actions.act_window",
            "res_model": "res.partner",
            "res_id": self.partner_id.id,
            "view_mode": "form",
        }
