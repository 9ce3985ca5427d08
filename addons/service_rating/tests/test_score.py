from decimal import Decimal
from fractions import Fraction
from random import Random

from hypothesis import given, settings
from hypothesis import strategies as st

from odoo.tests import BaseCase, tagged

from ..rules import score
from . import arithmetic

CENT = Decimal("0.01")

answers = st.lists(
    st.tuples(
        st.integers(1, 30),
        st.sampled_from([score.TECHNICAL, score.ATTITUDE]),
        st.integers(1, 10**6).map(lambda n: Decimal(n).scaleb(-6)),
        st.sampled_from(list(score.CHOICES)),
    ),
    max_size=60,
)
policies = st.integers(0, 100).map(
    lambda technical: {score.TECHNICAL: technical, score.ATTITUDE: 100 - technical}
)
means = st.integers(-50 * 10**6, 200 * 10**6).map(lambda n: Decimal(n).scaleb(-6))
shrinkages = st.integers(0, 1000).map(lambda n: Decimal(n).scaleb(-2))


def shares_of(rows):
    return [score.Share(key, *row) for key, row in enumerate(rows)]


def held_by(votes, person):
    """The shares of one person, as our rules want them."""
    return [
        score.Share((rating, dimension), rating, dimension, weights[person], value)
        for rating, dimension, weights, value in votes
        if person in weights
    ]


@tagged("post_install", "-at_install")
class TestScore(BaseCase):
    """The arithmetic of a month against an independent calculation (design 17, 18)."""

    @settings(max_examples=500, deadline=None, database=None, derandomize=True)
    @given(st.integers(0, 2**32))
    def test_ten_thousand_months_equal_an_independent_calculation(self, seed):
        """Twenty months from each of 500 seeds, every extreme among them."""
        rng = Random(seed)
        every = list(score.CHOICES)
        for answers, values in [(0, every), (1, every), (3, [-50]), (3, [200])] + [
            (rng.randint(1, 5), every) for _number in range(16)
        ]:
            self.check_month(rng, answers, values)

    def check_month(self, rng, answers, values):
        technical = rng.choice((0, 100, 50, rng.randint(1, 99)))
        policy = {score.TECHNICAL: technical, score.ATTITUDE: 100 - technical}
        k, minimum = Decimal(rng.randint(0, 1000)).scaleb(-2), rng.choice((1, 1, 2, 3))
        everybody = list(range(rng.randint(1, 3)))
        votes = arithmetic.make_month(rng, everybody, answers, values)
        held = {person: held_by(votes, person) for person in everybody}
        mean = score.unit_mean(
            score.sums_of([share for shares in held.values() for share in shares]), policy
        )
        self.assertEqual(mean, arithmetic.unit_of(votes, policy))
        for person, shares in held.items():
            month = score.month_of(shares, policy, mean, k, minimum=minimum)
            self.assertEqual(
                (month.answer_count, month.raw, month.score),
                arithmetic.month_of(votes, person, policy, k, minimum, mean),
            )
            self.assertTrue(-50 <= month.score <= 200)
            if len(values) == 1:
                self.assertEqual(month.score, values[0])
            lines = sum(month.share_points.values(), month.unit_points)
            self.assertEqual(lines + month.limit_points, month.score)

    @settings(max_examples=100, deadline=None, database=None)
    @given(answers, policies, means, shrinkages, st.lists(st.integers(-250, 250), max_size=3))
    def test_every_line_adds_up_to_the_score(self, rows, policy, mean, k, corrections):
        month = score.month_of(shares_of(rows), policy, mean, k, corrections)
        total = (
            sum(month.share_points.values(), Decimal(0))
            + month.unit_points
            + sum(map(Decimal, corrections), Decimal(0))
            + month.limit_points
        )
        self.assertEqual(total, month.score)

    @settings(max_examples=100, deadline=None, database=None)
    @given(answers, policies, means, shrinkages, st.lists(st.integers(-250, 250), max_size=3))
    def test_a_score_never_leaves_its_bounds(self, rows, policy, mean, k, corrections):
        month = score.month_of(shares_of(rows), policy, mean, k, corrections)
        self.assertTrue(-50 <= month.score <= 200)

    @settings(max_examples=100, deadline=None, database=None)
    @given(
        st.dictionaries(st.integers(), st.floats(0, 10**6, allow_nan=False), max_size=40),
        st.integers(0, 9),
    )
    def test_weights_add_up_to_exactly_one(self, parts, digits):
        weights = score.split(parts, digits)
        self.assertEqual(set(weights), set(parts))
        self.assertEqual(sum(weights.values(), Decimal(0)), 1 if parts else 0)
        self.assertTrue(all(weight >= 0 for weight in weights.values()))

    @settings(max_examples=100, deadline=None, database=None)
    @given(
        st.integers(0, 10**8).map(lambda n: Decimal(n).scaleb(-2)),
        st.integers(-5000, 20000).map(lambda n: Decimal(n).scaleb(-2)),
        st.integers(-50, 200),
        st.integers(0, 3),
    )
    def test_amount_is_rounded_once_and_never_below_the_floor(self, base, points, floor, digits):
        amount = score.amount_of(base, points, floor, digits)
        exact = Fraction(base) * max(Fraction(points), floor) / 100
        self.assertEqual(amount, arithmetic.half_up(exact, digits))
        self.assertGreaterEqual(amount, arithmetic.half_up(Fraction(base) * floor / 100, digits))

    @settings(max_examples=100, deadline=None, database=None)
    @given(st.fractions(-(10**6), 10**6), st.integers(0, 8))
    def test_rounding_goes_half_away_from_zero(self, value, digits):
        self.assertEqual(score.round_half_up(value, digits), arithmetic.half_up(value, digits))

    def test_one_answer_is_steadied_by_the_unit(self):
        month = score.month_of(
            [score.Share(1, 1, score.TECHNICAL, 1, 200)],
            {score.TECHNICAL: 50, score.ATTITUDE: 50},
            Decimal(100),
            5,
        )
        self.assertEqual(month.raw, 200)
        # (1 x 200 + 5 x 100) / 6
        self.assertEqual(month.score, Decimal("116.67"))

    def test_without_answers_the_month_is_the_unit_mean(self):
        month = score.month_of([], {score.TECHNICAL: 100}, Decimal("87.5"), 5)
        self.assertEqual((month.answer_count, month.raw, month.score), (0, None, Decimal("87.50")))
        self.assertEqual(month.unit_points, Decimal("87.50"))

    def test_a_unit_without_answers_counts_as_expected(self):
        self.assertEqual(score.unit_mean({}, {score.TECHNICAL: 100}), 100)

    def test_everybody_at_the_worst_stays_at_the_worst(self):
        shares = [score.Share(n, n, score.TECHNICAL, 1, -50) for n in range(9)]
        policy = {score.TECHNICAL: 50, score.ATTITUDE: 50}
        mean = score.unit_mean(score.sums_of(shares), policy)
        self.assertEqual(score.month_of(shares, policy, mean, 5).score, -50)

    def test_everybody_at_the_best_stays_at_the_best(self):
        shares = [score.Share(n, n, score.ATTITUDE, 1, 200) for n in range(9)]
        policy = {score.TECHNICAL: 50, score.ATTITUDE: 50}
        mean = score.unit_mean(score.sums_of(shares), policy)
        self.assertEqual(score.month_of(shares, policy, mean, 5).score, 200)

    def test_a_dimension_of_no_weight_counts_nothing(self):
        shares = [score.Share(1, 1, score.ATTITUDE, 1, -50)]
        policy = {score.TECHNICAL: 100, score.ATTITUDE: 0}
        month = score.month_of(shares, policy, Decimal(100), 5)
        self.assertEqual((month.answer_count, month.score), (0, 100))

    def test_the_choices_run_from_minus_50_to_200(self):
        self.assertEqual((min(score.CHOICES), max(score.CHOICES)), (-50, 200))
        self.assertIn(score.EXPECTED, score.CHOICES)
        self.assertEqual(len(score.CHOICES), 26)
