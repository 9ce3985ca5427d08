"""The arithmetic of a month said a second time, on fractions and without our own rules.

A month here is a list of votes ``(rating, dimension, {person: weight}, value)``.
"""

from decimal import Decimal
from fractions import Fraction

TECHNICAL, ATTITUDE = "technical", "attitude"


def half_up(value, digits):
    """Rounded half away from zero, without our own rounding."""
    shifted = abs(Fraction(value)) * 10**digits
    whole = shifted.numerator // shifted.denominator
    if shifted - whole >= Fraction(1, 2):
        whole += 1
    return Decimal(whole if value >= 0 else -whole).scaleb(-digits)


def mean_of(held, policy):
    """Mean of ``(dimension, weight, value)`` over the dimensions that have any, by policy."""
    top = bottom = Fraction(0)
    for dimension, part in policy.items():
        mine = [(Fraction(weight), value) for name, weight, value in held if name == dimension]
        if mine and part:
            weights = sum(weight for weight, _value in mine)
            top += Fraction(part) * sum(weight * value for weight, value in mine) / weights
            bottom += Fraction(part)
    return half_up(top / bottom, 6) if bottom else None


def unit_of(votes, policy):
    """Mean of everybody's shares; 100 where nobody answered."""
    mean = mean_of(
        [
            (dimension, weight, value)
            for _rating, dimension, weights, value in votes
            for weight in weights.values()
        ],
        policy,
    )
    return Decimal(100) if mean is None else mean


def month_of(votes, person, policy, k, minimum, mean):
    """(answers, raw or None, score before corrections) of one person; ``mean`` of the unit."""
    held = [
        (rating, dimension, weights[person], value)
        for rating, dimension, weights, value in votes
        if person in weights and policy[dimension]
    ]
    mean = Fraction(mean)
    answers = len({rating for rating, *_rest in held})
    raw = mean_of([rest for _rating, *rest in held], policy)
    if answers < minimum or not answers:
        return answers, raw, half_up(mean, 2)
    score = (answers * Fraction(raw) + Fraction(k) * mean) / (answers + Fraction(k))
    return answers, raw, half_up(score, 2)


def make_month(rng, people, answers, values):
    """Votes of a month: ``answers`` customers, each credited to one to three of ``people``."""
    votes = []
    for rating in range(answers):
        for dimension in (TECHNICAL, ATTITUDE):
            held = rng.sample(people, min(len(people), rng.choice((1, 1, 1, 2, 3))))
            rest, weights = 10**6, {}
            for number, person in enumerate(held, 1):
                part = rest if number == len(held) else rng.randint(1, rest - len(held) + number)
                weights[person] = Decimal(part).scaleb(-6)
                rest -= part
            votes.append((rating, dimension, weights, rng.choice(values)))
    return votes
