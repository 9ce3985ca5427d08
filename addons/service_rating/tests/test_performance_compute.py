from datetime import date
from decimal import Decimal
from random import Random

from dateutil.relativedelta import relativedelta

from odoo.tests import tagged
from odoo.tools import SQL

from ..rules import score as scoring
from . import arithmetic
from .common import RatingCommon

# profiles of a generated month: answers, values
PROFILES = (
    [(0, scoring.CHOICES), (1, scoring.CHOICES), (6, (-50,)), (6, (200,)), (1, (-50,))]
    + [(number, scoring.CHOICES) for number in (2, 3, 5, 8, 13, 21)] * 2
    + [(9, (0, 10)), (11, (-50, 200)), (40, scoring.CHOICES)]
)


@tagged("post_install", "-at_install")
class TestPerformanceCompute(RatingCommon):
    """The statement that computes a month against the sentence on fractions, person by person."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.people = [cls.make_technician(name=f"Person {number}") for number in range(5)]

    def test_the_database_computes_as_the_sentence_says(self):
        rng = Random(20260301)
        policies = self.env["service.performance.policy"]
        rows = self.env["service.performance"]
        months = {}
        for number, (answers, values) in enumerate(PROFILES):
            month = date(2024, 1, 1) + relativedelta(months=number)
            technical = rng.choice((0, 100, 50, 50, 37.25, 80))
            policy = policies.create(
                {
                    "name": f"Policy {number}",
                    "date_from": month,
                    "company_id": self.company.id,
                    "technical_weight": technical,
                    "attitude_weight": 100 - technical,
                    "shrinkage": rng.choice((0, 1, 5, 2.75)),
                    "minimum_answers": rng.choice((1, 1, 1, 3)),
                }
            )
            votes = arithmetic.make_month(rng, list(range(len(self.people))), answers, values)
            self.vote_all(votes, month, self.people)
            months[month] = (votes, policy)
            for person in self.people:
                rows |= self.make_month(person, month)
        rows.with_user(self.user_officer).action_compute()
        for row in rows:
            votes, policy = months[row.month]
            weights = {
                "technical": Decimal(str(policy.technical_weight)),
                "attitude": Decimal(str(policy.attitude_weight)),
            }
            k = Decimal(str(policy.shrinkage))
            mean = arithmetic.unit_of(votes, weights)
            person = self.people.index(row.employee_id)
            answers, raw, score = arithmetic.month_of(
                votes, person, weights, k, policy.minimum_answers, mean
            )
            shown = (row.answer_count, f"{row.raw_score:.6f}", f"{row.score:.2f}")
            self.assertEqual(shown, (answers, f"{raw or 0:.6f}", f"{score:.2f}"), row.month)
            self.assertEqual(f"{row.unit_mean:.6f}", f"{mean:.6f}", row.month)
            # line by line as the rules in Python explain it
            again = scoring.month_of(
                row._held_shares(),
                weights,
                Decimal(f"{row.unit_mean:.6f}"),
                k,
                minimum=policy.minimum_answers,
            )
            lines = {
                line.share_id.id or line.kind: Decimal(f"{line.points:.6f}")
                for line in row.score_line_ids
            }
            self.assertEqual(lines.pop("unit", Decimal(0)), again.unit_points)
            self.assertEqual(lines, again.share_points)

    def test_difficulty_is_shared_as_the_rules_split_it(self):
        rng = Random(5)
        parts = {}
        for _number in range(12):
            workers = rng.sample(self.people, rng.randint(1, 4))
            hours = {worker: rng.randint(1, 400) / 60 for worker in workers}
            order = self.make_worked_order(hours)
            difficulty = self.env["service.difficulty"].create({"job_id": order.job_ids.id})
            difficulty.with_user(self.user_technical_manager)._grade(str(rng.randint(1, 5)))
            seconds = {worker.id: round(part * 3600) for worker, part in hours.items()}
            parts[difficulty] = scoring.split(dict(sorted(seconds.items())))
        graded = self.env["service.difficulty"].concat(*parts)
        self.env.flush_all()
        self.env.cr.execute(
            SQL(
                "UPDATE service_difficulty SET graded_at = '2026-03-05' WHERE id IN %s",
                tuple(graded.ids),
            )
        )
        graded.invalidate_recordset()
        rows = self.env["service.performance"]
        for person in self.people:
            rows |= self.make_month(person)
        rows.with_user(self.user_officer).action_compute()
        for row in rows:
            weights = {
                line.difficulty_id: Decimal(f"{line.weight:.6f}")
                for line in row.difficulty_line_ids
            }
            mine = {
                difficulty: split[row.employee_id.id]
                for difficulty, split in parts.items()
                if row.employee_id.id in split
            }
            self.assertEqual(weights, mine)
            points = sum(weight * int(one.grade) for one, weight in mine.items())
            self.assertEqual(row.difficulty_points, float(scoring.round_half_up(points, 2)))
        for difficulty, split in parts.items():
            self.assertEqual(sum(split.values()), 1, difficulty)
