from odoo import api, fields, models
from odoo.exceptions import UserError, ValidationError

from ..rules import performance_lifecycle
from ..rules import score as scoring


class ServicePerformancePolicy(models.Model):
    """How a month is scored and paid, by effective date.

    A policy that a month was checked or locked by is never changed: make the next one.
    """

    _name = "service.performance.policy"
    _description = "Performance Policy"
    _order = "date_from desc, company_id, id"

    name = fields.Char(required=True, translate=True)
    date_from = fields.Date(
        string="Effective From", required=True, help="Months beginning on or after this day."
    )
    company_id = fields.Many2one(
        "res.company", string="Branch", index="btree_not_null", help="Empty: every branch."
    )
    technical_weight = fields.Float(
        string="Technical Level (%)", required=True, default=50.0, digits=(5, 2)
    )
    attitude_weight = fields.Float(
        string="Service Attitude (%)", required=True, default=50.0, digits=(5, 2)
    )
    attitude_advisor_percent = fields.Float(
        string="Advisor's Part (%)",
        required=True,
        default=70.0,
        digits=(5, 2),
        help="The advisor's part of the attitude score where others received the customer or "
        "handed the car over; they share the rest equally.",
    )
    shrinkage = fields.Float(
        string="Unit Mean Counts As (answers)",
        required=True,
        default=5.0,
        digits=(6, 2),
        help="k: the mean of the unit counts as this many answers, so that one angry or one "
        "enthusiastic customer does not make a month.",
    )
    minimum_answers = fields.Integer(
        required=True,
        default=1,
        help="With fewer answers a month counts as the unit mean.",
    )
    floor = fields.Float(
        string="Floor (%)",
        required=True,
        default=0.0,
        digits=(5, 2),
        help="Performance pay is never computed below this score; base wage is never touched.",
    )
    case_cap = fields.Float(
        string="Most One Case Takes (%)",
        required=True,
        default=20.0,
        digits=(5, 2),
        help="Points that the corrections of one work order take from one person at most.",
    )
    comeback_points = fields.Float(
        string="A Comeback Takes (%)",
        required=True,
        default=5.0,
        digits=(5, 2),
        help="Proposed for those who repaired the car last time; enters once a manager confirms.",
    )
    difficulty_rate = fields.Monetary(string="Pay per Difficulty Point", required=True, default=0.0)
    currency_id = fields.Many2one("res.currency", compute="_compute_currency_id")
    link_days = fields.Integer(
        string="Link Valid (days)", required=True, default=30, help="After delivery."
    )

    dispute_days = fields.Integer(
        string="Disputes (days)",
        required=True,
        default=10,
        help="How long after the lock an engineer may dispute a rating, and how long the "
        "department has to decide.",
    )

    _dispute_days_positive = models.Constraint(
        "CHECK(dispute_days > 0)", "A dispute needs at least one day."
    )
    _weights = models.Constraint(
        "CHECK(technical_weight >= 0 AND attitude_weight >= 0 "
        "AND technical_weight + attitude_weight = 100)",
        "The weights of technical level and service attitude add up to 100 %.",
    )
    _advisor = models.Constraint(
        "CHECK(attitude_advisor_percent BETWEEN 0 AND 100)",
        "The advisor's part lies between 0 and 100 %.",
    )
    _shrinkage_positive = models.Constraint(
        "CHECK(shrinkage >= 0)", "The unit mean cannot count as less than no answer."
    )
    _minimum_positive = models.Constraint(
        "CHECK(minimum_answers > 0)", "A score needs at least one answer."
    )
    _case_range = models.Constraint(
        "CHECK(case_cap BETWEEN 0 AND 250 AND comeback_points BETWEEN 0 AND 50)",
        "A case takes between 0 and 250 points, a comeback between 0 and 50.",
    )
    _floor_range = models.Constraint(
        "CHECK(floor BETWEEN -50 AND 200)", "The floor lies between -50 % and 200 %."
    )
    _rate_positive = models.Constraint(
        "CHECK(difficulty_rate >= 0)", "Pay per difficulty point cannot be negative."
    )
    _link_days_positive = models.Constraint(
        "CHECK(link_days > 0)", "A link is valid for at least one day."
    )
    _date_uniq = models.UniqueIndex(
        "(COALESCE(company_id, 0), date_from)", "Another policy begins on this day."
    )

    @api.depends("company_id")
    def _compute_currency_id(self):
        for policy in self:
            policy.currency_id = (policy.company_id or self.env.company).currency_id

    @api.constrains("date_from")
    def _check_date_from(self):
        for policy in self:
            if policy.date_from.day != 1:
                raise ValidationError(self.env._("A policy begins on the first day of a month."))

    def write(self, vals):
        if not set(vals) - {"name"}:
            return super().write(vals)
        self._refuse_used()
        res = super().write(vals)
        # sudo: months are closed to those who set policies
        months = self.env["service.performance"].sudo().search([("policy_id", "in", self.ids)])
        months._make_stale()
        return res

    @api.ondelete(at_uninstall=False)
    def _unlink_except_used(self):
        self._refuse_used()

    def _refuse_used(self):
        # sudo: months are closed to those who set policies
        used = (
            self.env["service.performance"]
            .sudo()
            .search(
                [("policy_id", "in", self.ids), ("state", "!=", performance_lifecycle.DRAFT)],
                limit=1,
            )
        )
        if used:
            raise UserError(
                self.env._(
                    'Months were checked by "%s": make a policy with a later date instead.',
                    used.policy_id.name,
                )
            )

    @api.model
    def _policy_for(self, company, day):
        """The policy in force in ``company`` on ``day``; a branch's own goes before the common."""
        # sudo: rules are needed by whoever computes or votes, they are no secret
        policy = self.sudo().search(
            [("date_from", "<=", day), ("company_id", "in", (company.id, False))],
            order="date_from desc, company_id, id",
        )
        own = policy.filtered("company_id")
        if not policy:
            raise UserError(
                self.env._("No performance policy is in force on %s: make one first.", day)
            )
        return (own or policy)[0]

    def _dimension_weights(self):
        """{dimension: weight}, as the arithmetic wants them."""
        self.ensure_one()
        return {
            scoring.TECHNICAL: scoring.exact(self.technical_weight),
            scoring.ATTITUDE: scoring.exact(self.attitude_weight),
        }
