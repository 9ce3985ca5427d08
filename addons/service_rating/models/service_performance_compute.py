from decimal import Decimal

from dateutil.relativedelta import relativedelta

from odoo import api, fields, models
from odoo.tools import SQL

from ..rules import score as scoring

# How far back an open month looks for votes that counted nowhere: submitted while the month was
# being locked, or released by a decision after it.
LATE_MONTHS = 3


def half_up(numerator, denominator, digits):
    """``numerator / denominator`` rounded as :func:`scoring.round_half_up` does it, in SQL.

    Numerics divide inexactly in PostgreSQL but for DIV(): the quotient is taken in whole units of
    the last digit, so that a half is seen as a half whatever comes before it.
    """
    return SQL(
        "SIGN(%(n)s) * DIV(2 * ABS(%(n)s) * %(scale)s + %(d)s, 2 * %(d)s) * %(unit)s",
        n=numerator,
        d=denominator,
        scale=10**digits,
        unit=Decimal(1).scaleb(-digits),
    )


class ServicePerformance(models.Model):
    """The compute step of a month: one statement, whatever its size.

    Raw SQL on purpose: a big branch's month has twenty thousand votes and twice as many ledger
    lines, and record by record that took a hundred times as long as counting them. The sentences
    are those of ``rules/score.py`` in exact decimals; a test holds the two against each other.
    """

    # one file for one job, the model is the sum of them
    _inherit = "service.performance"  # pylint: disable=consider-merging-classes-inherited

    # === OPENING === #

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
        wanted |= self._scored_in(bounds) & set(staff.ids)
        months = self.sudo()
        existing = months.search([("employee_id", "in", list(wanted)), ("month", "=", month)])
        wanted -= set(existing.employee_id.ids)
        created = months.with_context(tracking_disable=True, mail_create_nosubscribe=True).create(
            [
                {"employee_id": employee_id, "company_id": company.id, "month": month}
                for employee_id in sorted(wanted)
            ]
        )
        return (existing | created).filtered(lambda row: row.company_id == company).sudo(False)

    def _scored_in(self, bounds):
        """Ids of the employees who hold a share of a vote or of a grade of the time."""
        self.env.flush_all()
        return {
            row[0]
            for row in self.env.execute_query(
                SQL(
                    """
                    SELECT share.employee_id
                      FROM service_rating rating
                      JOIN service_rating_share share ON share.rating_id = rating.id
                     WHERE rating.submitted_at >= %s AND rating.submitted_at < %s
                     UNION
                    SELECT part.employee_id FROM (%s) part
                    """,
                    *bounds,
                    self._difficulty_parts(bounds),
                )
            )
        }

    # === COMPUTING === #

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
        # what follows reads votes, locks, disputes and policies straight from the database
        self.env.flush_all()
        self.env.cr.execute(self._compute_statement(company, month, policy))
        self.invalidate_recordset()
        self.env["service.performance.line"].invalidate_model()
        self.env["service.performance.correction"].invalidate_model(["counted_in"])

    def _difficulty_parts(self, bounds):
        """Query of who did which graded work: ``difficulty_id, employee_id, hours``.

        By clocked hours; the assigned equally where nobody clocked; the agent of a phone fix.
        """
        return SQL(
            """
            WITH graded AS (
                SELECT id, job_id, ticket_id FROM service_difficulty
                 WHERE graded_at >= %s AND graded_at < %s
            ), clocked AS (
                SELECT graded.id, clocking.employee_id,
                       SUM(EXTRACT(EPOCH FROM clocking.stop - clocking.start)) AS hours
                  FROM graded
                  JOIN service_clocking clocking ON clocking.job_id = graded.job_id
                 WHERE clocking.stop > clocking.start
                 GROUP BY graded.id, clocking.employee_id
            )
            SELECT id AS difficulty_id, employee_id, hours FROM clocked
             UNION ALL
            SELECT DISTINCT graded.id, assignment.employee_id, 1
              FROM graded
              JOIN service_assignment assignment ON assignment.job_id = graded.job_id
             WHERE NOT EXISTS (SELECT FROM clocked WHERE clocked.id = graded.id)
             UNION ALL
            SELECT graded.id, MIN(employee.id), 1
              FROM graded
              JOIN helpdesk_ticket ticket ON ticket.id = graded.ticket_id
              JOIN hr_employee employee ON employee.user_id = ticket.user_id
             GROUP BY graded.id
            """,
            *bounds,
        )

    def _difficulty_query(self, bounds):
        """Query of ``difficulty_id, employee_id, weight, place``: the parts of each add up to one.

        The rounding residue goes to the last, as :func:`scoring.split` has it.
        """
        return SQL(
            """
            SELECT difficulty_id, employee_id, place,
                   CASE WHEN place = 0
                        THEN 1 - SUM(weight) OVER (PARTITION BY difficulty_id) + weight
                        ELSE weight END AS weight
              FROM (SELECT difficulty_id, employee_id,
                           DIV(hours * %s, SUM(hours) OVER (PARTITION BY difficulty_id)) * %s
                               AS weight,
                           ROW_NUMBER() OVER (
                               PARTITION BY difficulty_id ORDER BY employee_id DESC) - 1 AS place
                      FROM (%s) parts) part
            """,
            10**scoring.WEIGHT_DIGITS,
            Decimal(1).scaleb(-scoring.WEIGHT_DIGITS),
            self._difficulty_parts(bounds),
        )

    def _votes(self, bounds):
        """Query of the votes of a time with the credit for them.

        The credit is looked up vote by vote, so that the cost follows the month: left to itself
        the planner reads the credit of all years.
        """
        return SQL(
            """
            SELECT share.id AS share_id, share.employee_id, share.dimension, share.weight,
                   rating.id AS rating_id, rating.company_id, rating.submitted_at,
                   CASE share.dimension WHEN 'technical' THEN rating.technical_score
                        ELSE rating.attitude_score END AS given
              FROM service_rating rating
        CROSS JOIN LATERAL (
                   SELECT id, employee_id, dimension, weight FROM service_rating_share
                    WHERE rating_id = rating.id OFFSET 0) share
             WHERE rating.submitted_at >= %s AND rating.submitted_at < %s
               AND (rating.hold IS NULL OR rating.hold = 'counted')
            """,
            *bounds,
        )

    def _late_votes(self, company, month):
        """Query of the votes of earlier, locked months that may have been missed by their lock.

        Only what was written since the month was computed can have been: a vote that came in
        while it was, one that a manager released later, one whose dispute was rejected later. The
        day taken off is for transactions that began before the computing and ended after it.
        """
        spans = [month - relativedelta(months=back) for back in range(1, LATE_MONTHS + 1)]
        return SQL(
            """
            SELECT share.id AS share_id, share.employee_id, share.dimension, share.weight,
                   rating.id AS rating_id,
                   CASE share.dimension WHEN 'technical' THEN rating.technical_score
                        ELSE rating.attitude_score END AS given
              FROM (SELECT span.month, span.since, span.until,
                           MIN(locked.computed_at) - interval '1 day' AS missed_since
                      FROM (VALUES %s) span (month, since, until)
                      JOIN service_performance locked ON locked.month = span.month::date
                      JOIN month ON month.employee_id = locked.employee_id
                     WHERE locked.state = 'locked'
                     GROUP BY span.month, span.since, span.until) span
              JOIN service_rating rating
                ON rating.submitted_at >= span.since::timestamp
               AND rating.submitted_at < span.until::timestamp
               AND (rating.write_date >= span.missed_since OR rating.id IN (
                       SELECT held.rating_id
                         FROM service_performance_dispute dispute
                         JOIN service_rating_share held ON held.id = dispute.share_id
                        WHERE dispute.state = 'rejected'))
        CROSS JOIN LATERAL (
                   SELECT id, employee_id, dimension, weight FROM service_rating_share
                    WHERE rating_id = rating.id OFFSET 0) share
              JOIN service_performance locked
                ON locked.employee_id = share.employee_id AND locked.state = 'locked'
               AND locked.month = span.month::date
             WHERE (rating.hold IS NULL OR rating.hold = 'counted')
               AND NOT EXISTS (
                   SELECT FROM service_performance other
                    WHERE other.employee_id = share.employee_id AND other.month >= span.month::date
                      AND other.id NOT IN (SELECT id FROM month)
                      AND other.counted ? share.id::text)
            """,
            SQL(", ").join(
                SQL("(%s, %s, %s)", span, *company._service_month_bounds(span)) for span in spans
            ),
        )

    def _compute_statement(self, company, month, policy):
        """The score of every person and what makes it, written in one statement.

        The steps bear the names of ``rules/score.py``: what counts, the unit's mean, a person's
        raw score, his score, the points of each line, the limit.
        """
        bounds = company._service_month_bounds(month)
        raw = half_up(SQL("raw_numerator"), SQL("raw_denominator"), scoring.MEAN_DIGITS)
        shrinkage = SQL("%s::numeric", str(policy.shrinkage))
        return SQL(
            """
            WITH month AS MATERIALIZED (
                SELECT performance.id, performance.employee_id,
                       COALESCE(employee.service_unit_head, FALSE) AS is_head
                  FROM service_performance performance
                  JOIN hr_employee employee ON employee.id = performance.employee_id
                 WHERE performance.id IN %(ids)s AND performance.state = 'draft'
            ), policy (dimension, share) AS (
                SELECT dimension, share FROM (VALUES ('technical', %(technical)s),
                                                     ('attitude', %(attitude)s)) p (dimension, share)
                 WHERE share > 0
            ), vote AS MATERIALIZED (
                %(votes)s
            ), fact AS MATERIALIZED (
                SELECT month.id, vote.share_id, vote.rating_id, vote.dimension, policy.share,
                       vote.weight, vote.given, FALSE AS is_late
                  FROM vote
                  JOIN policy ON policy.dimension = vote.dimension
                  JOIN month ON month.employee_id = vote.employee_id
                       -- only at a month's edges can another month have it: the time zone of a
                       -- branch may change
                 -- the head of a unit is paid by its mean, not by his own votes
                 WHERE NOT month.is_head
                   AND (vote.submitted_at BETWEEN %(start)s + interval '1 day'
                                              AND %(end)s - interval '1 day'
                        OR NOT EXISTS (
                           SELECT FROM service_performance other
                            WHERE other.employee_id = vote.employee_id
                              AND other.id NOT IN (SELECT id FROM month)
                              AND other.counted ? vote.share_id::text))
                   AND vote.share_id NOT IN (
                       SELECT share_id FROM service_performance_dispute
                        WHERE state IN ('open', 'accepted'))
                 UNION ALL
                SELECT month.id, late.share_id, late.rating_id, late.dimension, policy.share,
                       late.weight, late.given, TRUE
                  FROM (%(late_votes)s) late
                  JOIN policy ON policy.dimension = late.dimension
                  JOIN month ON month.employee_id = late.employee_id
                 WHERE NOT month.is_head
                   AND late.share_id NOT IN (
                       SELECT share_id FROM service_performance_dispute
                        WHERE state IN ('open', 'accepted'))
            ), unit_sums AS (
                SELECT vote.dimension, policy.share, SUM(vote.weight * vote.given) AS points,
                       SUM(vote.weight) AS weights
                  FROM vote
                  JOIN policy ON policy.dimension = vote.dimension
                 WHERE vote.company_id = %(company)s
                 GROUP BY vote.dimension, policy.share
            ), unit AS MATERIALIZED (
                SELECT CASE WHEN raw_denominator IS NULL THEN %(expected)s ELSE %(raw)s END AS mean
                  FROM (SELECT SUM(mine.share * mine.points * COALESCE(other.weights, 1))
                                   AS raw_numerator,
                               SUM(mine.share) * MIN(mine.weights * COALESCE(other.weights, 1))
                                   AS raw_denominator
                          FROM unit_sums mine
                     LEFT JOIN unit_sums other ON other.dimension <> mine.dimension) sums
            ), person_sums AS MATERIALIZED (
                SELECT id, COUNT(DISTINCT rating_id) AS answers,
                       SUM(weight) FILTER (WHERE dimension = 'technical') AS technical,
                       SUM(weight) FILTER (WHERE dimension = 'attitude') AS attitude,
                       SUM(weight * given) FILTER (WHERE dimension = 'technical')
                           AS technical_points,
                       SUM(weight * given) FILTER (WHERE dimension = 'attitude')
                           AS attitude_points
                  FROM fact
                 GROUP BY id
            ), person AS MATERIALIZED (
                SELECT id, is_head, answers, technical, attitude, answered, mean, raw, trusted,
                       divisor, %(score)s AS score
                  FROM (SELECT month.id, month.is_head, COALESCE(answers, 0) AS answers, technical, attitude,
                               answered, unit.mean,
                               CASE WHEN answers > 0 THEN %(raw)s END AS raw,
                               CASE WHEN answers >= %(minimum)s THEN answers ELSE 0 END AS trusted,
                               CASE WHEN answers >= %(minimum)s THEN answers + %(shrinkage)s
                                    ELSE 1 END AS divisor
                          FROM month
                    CROSS JOIN unit
                     LEFT JOIN person_sums sums ON sums.id = month.id
                 LEFT JOIN LATERAL (
                           SELECT CASE WHEN technical > 0 THEN %(technical)s ELSE 0 END
                                + CASE WHEN attitude > 0 THEN %(attitude)s ELSE 0 END AS answered
                           ) weighted ON TRUE
                 LEFT JOIN LATERAL (
                           SELECT COALESCE(%(technical)s * technical_points
                                           * COALESCE(attitude, 1), 0)
                                + COALESCE(%(attitude)s * attitude_points
                                           * COALESCE(technical, 1), 0) AS raw_numerator,
                                  answered * COALESCE(technical, 1) * COALESCE(attitude, 1)
                                      AS raw_denominator
                           ) exact ON TRUE) trust
            ), line AS MATERIALIZED (
                SELECT fact.id, fact.share_id, fact.is_late,
                       CASE WHEN trusted = 0 THEN 0 ELSE %(points)s END AS points
                  FROM fact
                  JOIN person ON person.id = fact.id
            CROSS JOIN LATERAL (
                       SELECT CASE fact.dimension WHEN 'technical' THEN technical
                                   ELSE attitude END AS dimension_weights) dimension
            ), explained AS MATERIALIZED (
                SELECT id, SUM(points) AS points,
                       JSONB_OBJECT_AGG(share_id, CASE WHEN is_late THEN jsonb_build_array(points)
                                                       ELSE to_jsonb(points) END) AS counted
                  FROM line
                 GROUP BY id
            ), corrected AS (
                UPDATE service_performance_correction correction
                   SET counted_in = month.id
                  FROM month
                 WHERE month.employee_id = correction.employee_id
                   AND correction.corrected_month < %(month)s
                   AND (correction.counted_in IS NULL
                        OR correction.counted_in IN (SELECT id FROM month))
             RETURNING month.id, correction.points
            ), graded AS MATERIALIZED (
                SELECT month.id, ROUND(SUM(part.weight * difficulty.grade::int), 2) AS points,
                       JSONB_OBJECT_AGG(difficulty.id, jsonb_build_array(part.weight, part.place))
                           AS graded
                  FROM (%(difficulties)s) part
                  JOIN month ON month.employee_id = part.employee_id
                  JOIN service_difficulty difficulty ON difficulty.id = part.difficulty_id
                 GROUP BY month.id
            ), result AS (
                SELECT person.*, explained.counted, graded.graded,
                       COALESCE(graded.points, 0) AS difficulty_points,
                       COALESCE(corrections.points, 0) AS correction_points,
                       person.score - COALESCE(explained.points, 0) AS unit_points,
                       LEAST(GREATEST(person.score + COALESCE(corrections.points, 0), %(lowest)s),
                             %(highest)s) AS paid
                  FROM person
             LEFT JOIN explained ON explained.id = person.id
             LEFT JOIN graded ON graded.id = person.id
             LEFT JOIN (SELECT id, SUM(points) AS points FROM corrected GROUP BY id) corrections
                    ON corrections.id = person.id
            )
            UPDATE service_performance performance
               SET policy_id = %(policy)s, is_unit_head = result.is_head, answer_count = result.answers,
                   raw_score = COALESCE(result.raw, 0), unit_mean = result.mean,
                   score = result.paid, correction_points = result.correction_points,
                   difficulty_points = result.difficulty_points, counted = result.counted,
                   graded = result.graded,
                   unit_points = CASE WHEN result.unit_points <> 0 OR result.trusted = 0
                                      THEN result.unit_points END,
                   limit_points = result.paid - result.score - result.correction_points,
                   computed_at = %(now)s, computed_by_id = %(user)s,
                   write_date = %(now)s, write_uid = %(user)s
              FROM result
             WHERE result.id = performance.id
            """,
            ids=tuple(self.ids),
            company=company.id,
            month=month,
            start=bounds[0],
            end=bounds[1],
            votes=self._votes(bounds),
            late_votes=self._late_votes(company, month),
            technical=SQL("%s::numeric", str(policy.technical_weight)),
            attitude=SQL("%s::numeric", str(policy.attitude_weight)),
            shrinkage=shrinkage,
            minimum=max(policy.minimum_answers, 1),
            expected=SQL("%s::numeric", str(scoring.EXPECTED)),
            lowest=scoring.MINIMUM,
            highest=scoring.MAXIMUM,
            raw=raw,
            score=half_up(
                SQL(
                    "(CASE WHEN trusted = 0 THEN mean ELSE trusted * raw + %s * mean END)",
                    shrinkage,
                ),
                SQL("divisor"),
                scoring.SCORE_DIGITS,
            ),
            points=half_up(
                SQL("(trusted * fact.share * fact.weight * fact.given)"),
                SQL("(divisor * answered * dimension_weights)"),
                scoring.POINT_DIGITS,
            ),
            difficulties=self._difficulty_query(bounds),
            policy=policy.id,
            now=fields.Datetime.now(),
            user=self.env.uid,
        )

    def _unit_sums(self, company, bounds):
        """{dimension: (sum of weight x score, sum of weights)} over a branch's ratings."""
        rows = self.env.execute_query(
            SQL(
                """
                SELECT dimension, SUM(weight * given)::text, SUM(weight)::text
                  FROM (%s) vote
                 WHERE company_id = %s
                 GROUP BY dimension
                """,
                self._votes(bounds),
                company.id,
            )
        )
        return {
            dimension: (scoring.exact(points), scoring.exact(w)) for dimension, points, w in rows
        }
