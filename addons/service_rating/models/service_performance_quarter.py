from odoo import fields, models
from odoo.tools import SQL

from ..rules import score as scoring


class ServicePerformanceQuarter(models.Model):
    """The quarterly assessment: three locked months of one person (S3-49).

    A SQL view that only shows; a quarter with an open month is not in it.
    """

    _name = "service.performance.quarter"
    _description = "Quarterly Assessment"
    _auto = False
    _order = "quarter desc, company_id, employee_id"
    _rec_name = "employee_id"

    employee_id = fields.Many2one("hr.employee", readonly=True)
    company_id = fields.Many2one("res.company", string="Branch", readonly=True)
    quarter = fields.Date(readonly=True, help="Its first day.")
    answer_count = fields.Integer(string="Answers", readonly=True)
    score = fields.Float(
        string="Score (%)",
        readonly=True,
        digits=(6, scoring.SCORE_DIGITS),
        aggregator="avg",
        help="Mean of the three locked months.",
    )
    worst = fields.Float(
        string="Worst Month (%)",
        readonly=True,
        digits=(6, scoring.SCORE_DIGITS),
        aggregator="min",
    )
    best = fields.Float(
        string="Best Month (%)",
        readonly=True,
        digits=(6, scoring.SCORE_DIGITS),
        aggregator="max",
    )
    difficulty_points = fields.Float(readonly=True, digits=(12, 2))

    @property
    def _table_query(self):
        return SQL(
            """
            SELECT MIN(id) AS id, employee_id, company_id,
                   date_trunc('quarter', month)::date AS quarter,
                   SUM(answer_count) AS answer_count,
                   ROUND(AVG(score::numeric), 2) AS score,
                   MIN(score) AS worst, MAX(score) AS best,
                   SUM(difficulty_points) AS difficulty_points
              FROM service_performance
             WHERE state = 'locked'
             GROUP BY employee_id, company_id, date_trunc('quarter', month)
            HAVING COUNT(*) = 3
            """
        )
