from odoo import api, fields, models
from odoo.exceptions import UserError
from odoo.tools import SQL

from ..rules import score as scoring


class ServicePerformanceLine(models.Model):
    """One plus or minus of a person's month, with its cause.

    Score lines of a month add up to the month's score, difficulty lines to its points. A SQL view
    that only shows: what counts stands on the month itself, which is frozen by its lock, and what
    a customer gave or a manager graded never changes. So nothing is written twice.
    """

    _name = "service.performance.line"
    _description = "Performance Ledger"
    _auto = False
    _order = "performance_id, sequence, id"
    _rec_name = "note"
    _depends = {
        "service.performance": [
            "employee_id",
            "company_id",
            "month",
            "computed_at",
            "counted",
            "graded",
            "unit_points",
            "limit_points",
        ],
        "service.performance.correction": ["counted_in", "points", "order_id"],
        "service.rating.share": ["rating_id", "dimension", "weight"],
        "service.rating": ["technical_score", "attitude_score", "order_id", "vehicle_id"],
        "service.difficulty": ["grade", "order_id"],
        "service.order": ["vehicle_id"],
    }

    performance_id = fields.Many2one("service.performance", readonly=True)
    employee_id = fields.Many2one("hr.employee", readonly=True)
    company_id = fields.Many2one("res.company", string="Branch", readonly=True)
    month = fields.Date(readonly=True)
    sequence = fields.Integer(readonly=True)
    kind = fields.Selection(
        [
            ("rating", "Rating"),
            ("unit", "Unit mean"),
            ("correction", "Correction"),
            ("limit", "Limit"),
            ("difficulty", "Difficulty"),
        ],
        readonly=True,
    )
    dimension = fields.Selection(scoring.DIMENSIONS, readonly=True)
    share_id = fields.Many2one("service.rating.share", string="Rating Share", readonly=True)
    correction_id = fields.Many2one("service.performance.correction", readonly=True)
    difficulty_id = fields.Many2one("service.difficulty", readonly=True)
    order_id = fields.Many2one("service.order", string="Work Order", readonly=True)
    vehicle_id = fields.Many2one("service.vehicle", readonly=True)
    given = fields.Integer(readonly=True, help="The customer's score, or the difficulty grade.")
    weight = fields.Float(
        string="Share", readonly=True, digits=(9, scoring.WEIGHT_DIGITS), aggregator=None
    )
    points = fields.Float(
        readonly=True,
        digits=(12, scoring.POINT_DIGITS),
        help="What this line adds to the month's score, or to its difficulty points.",
    )
    is_late = fields.Boolean(
        readonly=True, help="Submitted before an earlier month was locked, counted here."
    )
    note = fields.Char(compute="_compute_note")

    @api.depends("kind", "correction_id", "difficulty_id", "is_late")
    @api.depends_context("lang")
    def _compute_note(self):
        """Why the line is there, in the reader's language."""
        # sudo: the engineer reads his own ledger, not the corrections and grades behind it
        for line in self.sudo():
            month = line.performance_id
            note = False
            if line.is_late:
                note = self.env._("Submitted before an earlier month was locked, counted here.")
            elif line.kind == "unit":
                note = (
                    month.explanation
                    if month.is_unit_head or month.answer_count < month.policy_id.minimum_answers
                    else self.env._("The unit mean steadies the score of few answers.")
                )
            elif line.kind == "correction":
                note = line.correction_id.reason
            elif line.kind == "limit":
                note = self.env._("A score stays between -50 % and 200 %.")
            elif line.kind == "difficulty":
                note = line.difficulty_id.display_name
            line.note = note

    @property
    def _table_query(self):
        """The lines of every month; ids are those of their causes, eight kinds apart."""
        return SQL(
            """
            SELECT share.id * 8 AS id, month.id AS performance_id, month.employee_id,
                   month.company_id, month.month, 10 AS sequence, 'rating' AS kind,
                   share.dimension, share.id AS share_id, NULL::int AS correction_id,
                   NULL::int AS difficulty_id, rating.order_id, rating.vehicle_id,
                   CASE share.dimension WHEN 'technical' THEN rating.technical_score
                        ELSE rating.attitude_score END AS given,
                   share.weight,
                   -- a late vote's points stand in a list
                   COALESCE(entry.points->>0, entry.points #>> '{}')::numeric AS points,
                   jsonb_typeof(entry.points) = 'array' AS is_late
              FROM service_performance month
        CROSS JOIN LATERAL jsonb_each(month.counted) entry (share_id, points)
              JOIN service_rating_share share ON share.id = entry.share_id::int
              JOIN service_rating rating ON rating.id = share.rating_id
             UNION ALL
            SELECT month.id * 8 + 1, month.id, month.employee_id, month.company_id, month.month,
                   20, 'unit', NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL, month.unit_points,
                   FALSE
              FROM service_performance month
             WHERE month.unit_points IS NOT NULL
             UNION ALL
            SELECT correction.id * 8 + 2, month.id, month.employee_id, month.company_id,
                   month.month, 30, 'correction', NULL, NULL, correction.id, NULL,
                   correction.order_id, ordered.vehicle_id, NULL, NULL, correction.points, FALSE
              FROM service_performance_correction correction
              JOIN service_performance month ON month.id = correction.counted_in
         LEFT JOIN service_order ordered ON ordered.id = correction.order_id
             UNION ALL
            SELECT month.id * 8 + 3, month.id, month.employee_id, month.company_id, month.month,
                   40, 'limit', NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL,
                   month.limit_points, FALSE
              FROM service_performance month
             WHERE month.limit_points <> 0
             UNION ALL
            SELECT (difficulty.id * 16 + (entry.part->>1)::int) * 8 + 4, month.id,
                   month.employee_id, month.company_id, month.month, 50, 'difficulty', NULL, NULL,
                   NULL, difficulty.id, difficulty.order_id, ordered.vehicle_id,
                   difficulty.grade::int, (entry.part->>0)::numeric,
                   (entry.part->>0)::numeric * difficulty.grade::int, FALSE
              FROM service_performance month
        CROSS JOIN LATERAL jsonb_each(month.graded) entry (difficulty_id, part)
              JOIN service_difficulty difficulty ON difficulty.id = entry.difficulty_id::int
         LEFT JOIN service_order ordered ON ordered.id = difficulty.order_id
            """
        )

    # what is only shown is never written: there is nothing that super() may be asked to do
    @api.model_create_multi
    def create(self, vals_list):  # pylint: disable=method-required-super
        raise UserError(self.env._("The ledger is written by computing the month only."))

    def write(self, vals):  # pylint: disable=method-required-super
        raise UserError(self.env._("The ledger is never changed."))

    def unlink(self):  # pylint: disable=method-required-super
        raise UserError(self.env._("The ledger is written by computing the month only."))
