"""The arithmetic of a month, from a customer's two numbers to an amount of money.

Plain Python on fractions: nothing is rounded on the way, only where a figure is shown, stored
or paid, and then half away from zero, as a spreadsheet does.

1. raw = per dimension the mean of the person's shares, the dimensions weighted by policy.
2. score = (n x raw + k x unit mean) / (n + k), kept within -50..200.
3. A unit without answers counts as 100; a person with fewer answers than the policy wants is paid
   at the unit mean.
4. amount = base x max(score, floor) / 100, rounded once.
"""

from collections import defaultdict
from dataclasses import dataclass, field
from decimal import Decimal
from fractions import Fraction

TECHNICAL = "technical"
ATTITUDE = "attitude"
DIMENSIONS = [(TECHNICAL, "Technical Level"), (ATTITUDE, "Service Attitude")]

MINIMUM = -50
MAXIMUM = 200
EXPECTED = 100
STEP = 10
CHOICES = range(MINIMUM, MAXIMUM + 1, STEP)


def choices(step=STEP):
    """The scores a customer chooses from; ``step`` divides 50, so that 100 is among them."""
    return range(MINIMUM, MAXIMUM + 1, int(step))


WEIGHT_DIGITS = 6  # of a share of a rating
MEAN_DIGITS = 6  # of the raw score and the unit mean
POINT_DIGITS = 6  # of one line of the explanation
SCORE_DIGITS = 2


def exact(value):
    """The fraction a person means by a float read from the database (0.1 is one tenth)."""
    return value if isinstance(value, Fraction) else Fraction(str(value))


def round_half_up(value, digits):
    """``value`` as a Decimal with ``digits`` places, a half going away from zero."""
    scaled = exact(value) * 10**digits
    whole = (2 * abs(scaled.numerator) + scaled.denominator) // (2 * scaled.denominator)
    return Decimal(whole if scaled >= 0 else -whole).scaleb(-digits)


def split(parts, digits=WEIGHT_DIGITS):
    """Split one whole in proportion to ``parts``; the rounding residue goes to the last.

    :param dict parts: any key -> a number, negative never
    :return: key -> Decimal, summing to exactly 1; empty when there is nobody
    """
    parts = {key: exact(part) for key, part in parts.items()}
    total = sum(parts.values())
    if parts and not total:
        # nothing tells them apart: equally
        parts, total = dict.fromkeys(parts, Fraction(1)), Fraction(len(parts))
    weights = {}
    rest = Decimal(1)
    last = next(reversed(parts), None)
    for key, part in parts.items():
        if key == last:
            weights[key] = rest
        else:
            # down, so that the last never falls below zero
            weights[key] = Decimal(int(part * 10**digits / total)).scaleb(-digits)
            rest -= weights[key]
    return weights


@dataclass(frozen=True)
class Share:
    """What one person holds of one score of one rating."""

    key: object  # whatever the caller finds the line by
    rating: object
    dimension: str
    weight: object
    score: int


@dataclass
class Month:
    """One person's month, with the points each of its causes contributed."""

    answer_count: int
    raw: Decimal | None
    score: Decimal
    share_points: dict = field(default_factory=dict)
    unit_points: Decimal = Decimal(0)
    limit_points: Decimal = Decimal(0)


def sums_of(shares):
    """{dimension: (sum of weight x score, sum of weights)} of ``shares``."""
    sums = defaultdict(lambda: (Fraction(0), Fraction(0)))
    for share in shares:
        points, weights = sums[share.dimension]
        weight = exact(share.weight)
        sums[share.dimension] = (points + weight * share.score, weights + weight)
    return sums


def weighted_mean(sums, policy):
    """Mean over the dimensions that were answered, weighted by ``policy``; None without any.

    :param dict sums: as :func:`sums_of` gives it, from Python or straight from the database
    :param dict policy: dimension -> weight
    """
    points = weights = Fraction(0)
    for dimension, (dimension_points, dimension_weights) in sums.items():
        weight = exact(policy.get(dimension, 0))
        if weight and dimension_weights:
            points += weight * exact(dimension_points) / exact(dimension_weights)
            weights += weight
    return round_half_up(points / weights, MEAN_DIGITS) if weights else None


def unit_mean(sums, policy):
    """Mean of a unit; a unit nobody answered counts as expected."""
    mean = weighted_mean(sums, policy)
    return round_half_up(EXPECTED, MEAN_DIGITS) if mean is None else mean


def within(score):
    """``score`` kept inside what a customer can give."""
    return min(max(score, Decimal(MINIMUM)), Decimal(MAXIMUM))


def month_of(shares, policy, mean, shrinkage, corrections=(), minimum=1):
    """The month of one person, explained.

    :param list shares: the person's :class:`Share`
    :param dict policy: dimension -> weight
    :param Decimal mean: of the unit
    :param shrinkage: k, the number of answers that the unit mean counts for
    :param corrections: points added for what was confirmed after an earlier month was locked
    :param minimum: with fewer answers the month counts as the unit mean
    """
    shares = [share for share in shares if exact(policy.get(share.dimension, 0))]
    sums = sums_of(shares)
    raw = weighted_mean(sums, policy)
    count = len({share.rating for share in shares})
    k = exact(shrinkage)
    trust = Fraction(count) / (count + k) if count >= max(minimum, 1) else Fraction(0)
    score = trust * exact(raw or 0) + (1 - trust) * exact(mean)
    score = round_half_up(score, SCORE_DIGITS)

    answered = sum(exact(policy[dimension]) for dimension in sums)
    points = {
        share.key: round_half_up(
            trust
            * exact(policy[share.dimension])
            / answered
            * exact(share.weight)
            * share.score
            / sums[share.dimension][1],
            POINT_DIGITS,
        )
        for share in shares
    }
    before = score + sum((round_half_up(extra, SCORE_DIGITS) for extra in corrections), Decimal(0))
    return Month(
        answer_count=count,
        raw=raw,
        score=within(before),
        share_points=points,
        # takes up the rounding of the lines, so that they add up to the score
        unit_points=score - sum(points.values(), Decimal(0)),
        limit_points=within(before) - before,
    )


def amount_of(base, score, floor, digits):
    """Performance pay: ``base`` is the money of a month at 100 %, rounded once."""
    return round_half_up(exact(base) * max(exact(score), exact(floor)) / 100, digits)
