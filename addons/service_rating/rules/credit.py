"""Who is credited with a rating: those who turned the wrench and those who met the customer."""

from fractions import Fraction

from .score import ATTITUDE, TECHNICAL, exact, split


def technical(clocked_hours, assigned):
    """By clocked hours; where nobody clocked, the assigned equally.

    :param dict clocked_hours: person -> hours
    :param assigned: persons
    """
    clocked = {person: hours for person, hours in clocked_hours.items() if hours > 0}
    return split(clocked or dict.fromkeys(assigned, 1))


def attitude(advisor, others, advisor_percent):
    """The advisor's part by policy, the rest equally among the others who met the customer.

    :param advisor: a person or None
    :param others: persons, the advisor not among them
    :param advisor_percent: 0..100
    """
    others = [person for person in others if person != advisor]
    if advisor and not others:
        return split({advisor: 1})
    parts = {advisor: advisor_percent} if advisor else {}
    rest = 100 - exact(advisor_percent) if advisor else Fraction(100)
    parts.update({person: rest / len(others) for person in others})
    return split({person: part for person, part in parts.items() if part > 0})


def shares(clocked_hours, assigned, advisor, others, advisor_percent):
    """{dimension: {person: weight}}, each dimension that has anybody summing to exactly 1."""
    return {
        TECHNICAL: technical(clocked_hours, assigned),
        ATTITUDE: attitude(advisor, others, advisor_percent),
    }


def reason(dimension, person, facts):
    """Why this person is credited: basis and, by clocked hours, how many.

    :param dict facts: what :func:`shares` was given
    """
    if dimension == ATTITUDE:
        return {"basis": "advisor" if person == facts["advisor"] else "met"}
    hours = facts["clocked_hours"].get(person, 0)
    return {"basis": "clocked", "hours": hours} if hours > 0 else {"basis": "assigned"}
