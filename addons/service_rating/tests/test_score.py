from collections import defaultdict
from decimal import Decimal
from fractions import Fraction

from hypothesis import given, settings
from hypothesis import strategies as st

from odoo.tests import BaseCase, tagged

from ..rules import score

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


def independent(rows, policy, mean, k):
    """The same month in other words: straight from the sentence, on fractions."""
    given_by = defaultdict(list)
    for rating, dimension, weight, value in rows:
        if policy[dimension]:
            given_by[dimension].append((rating, Fraction(weight), value))
    n = len({rating for held in given_by.values() for rating, _weight, _value in held})
    if not n:
        return n, None, Fraction(mean)
    top = bottom = Fraction(0)
    for dimension, held in given_by.items():
        total = sum(weight for _rating, weight, _value in held)
        top += policy[dimension] * sum(weight * value for _r, weight, value in held) / total
        bottom += policy[dimension]
    raw = Fraction(score.round_half_up(top / bottom, 6))
    return n, raw, (n * raw + Fraction(k) * Fraction(mean)) / (n + Fraction(k))


def half_up(value, digits):
    """Rounded half away from zero, without our own rounding."""
    shifted = abs(value) * 10**digits
    whole = shifted.numerator // shifted.denominator
    if shifted - whole >= Fraction(1, 2):
        whole += 1
    return Decimal(whole if value >= 0 else -whole).scaleb(-digits)


@tagged("post_install", "-at_install")
class TestScore(BaseCase):
    """The arithmetic of a month against an independent calculation (design 17, 18)."""

    @settings(max_examples=400, deadline=None, database=None)
    @given(answers, policies, means, shrinkages)
    def test_score_equals_an_independent_calculation(self, rows, policy, mean, k):
        month = score.month_of(shares_of(rows), policy, mean, k)
        n, raw, expected = independent(rows, policy, mean, k)
        self.assertEqual(month.answer_count, n)
        self.assertEqual(month.raw, None if raw is None else half_up(raw, 6))
        self.assertEqual(month.score, half_up(expected, 2))

    @settings(max_examples=150, deadline=None, database=None)
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

    @settings(max_examples=150, deadline=None, database=None)
    @given(answers, policies, means, shrinkages, st.lists(st.integers(-250, 250), max_size=3))
    def test_a_score_never_leaves_its_bounds(self, rows, policy, mean, k, corrections):
        month = score.month_of(shares_of(rows), policy, mean, k, corrections)
        self.assertTrue(-50 <= month.score <= 200)

    @settings(max_examples=150, deadline=None, database=None)
    @given(
        st.dictionaries(st.integers(), st.floats(0, 10**6, allow_nan=False), max_size=40),
        st.integers(0, 9),
    )
    def test_weights_add_up_to_exactly_one(self, parts, digits):
        weights = score.split(parts, digits)
        self.assertEqual(set(weights), set(parts))
        self.assertEqual(sum(weights.values(), Decimal(0)), 1 if parts else 0)
        self.assertTrue(all(weight >= 0 for weight in weights.values()))

    @settings(max_examples=150, deadline=None, database=None)
    @given(
        st.integers(0, 10**8).map(lambda n: Decimal(n).scaleb(-2)),
        st.integers(-5000, 20000).map(lambda n: Decimal(n).scaleb(-2)),
        st.integers(-50, 200),
        st.integers(0, 3),
    )
    def test_amount_is_rounded_once_and_never_below_the_floor(self, base, points, floor, digits):
        amount = score.amount_of(base, points, floor, digits)
        exact = Fraction(base) * max(Fraction(points), floor) / 100
        self.assertEqual(amount, half_up(exact, digits))
        self.assertGreaterEqual(amount, half_up(Fraction(base) * floor / 100, digits))

    @settings(max_examples=150, deadline=None, database=None)
    @given(st.fractions(-(10**6), 10**6), st.integers(0, 8))
    def test_rounding_goes_half_away_from_zero(self, value, digits):
        self.assertEqual(score.round_half_up(value, digits), half_up(value, digits))

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
