"""What an answer of a questionnaire is worth, and what a questionnaire comes to; plain Python."""

YES_NO, SCORE, GAP, TEXT = "yes_no", "score", "gap", "text"
HIGHEST = 10

ANSWERS = [
    (YES_NO, "Yes / no"),
    (SCORE, "0 to 10"),
    (GAP, "Expected and perceived, 0 to 10"),
    (TEXT, "Words"),
]
CHOICES = [(str(number), str(number)) for number in range(HIGHEST + 1)]


def worth(answer, yes_no=None, score=None, perceived=None):
    """0 to 100 for one answer, or None where nothing is scored or nothing was answered."""
    if answer == YES_NO and yes_no:
        return 100.0 if yes_no == "yes" else 0.0
    given = {SCORE: score, GAP: perceived}.get(answer)
    return 100.0 * int(given) / HIGHEST if given else None


def gap(expected, perceived):
    """How much better the service was felt than expected, or None (S2-107)."""
    return int(perceived) - int(expected) if expected and perceived else None


def total(values):
    """The mean of a questionnaire, 0 to 100, or None.

    :param values: ``(worth, item weight, expectation class or None, weight of the class)``.
        Where items carry expectation classes, each class is a mean of its own and the classes
        count by their weights; items outside a class then count in none (S2-01).
    """
    classes = {}
    for value, weight, key, share in values:
        if value is not None and weight:
            classes.setdefault((key, share), []).append((value, weight))
    named = {key: found for key, found in classes.items() if key[0]}
    classes = named or classes
    shares = sum(share for _key, share in classes) if named else len(classes)
    if not shares:
        return None
    return (
        sum(
            (share if named else 1)
            * sum(value * weight for value, weight in found)
            / sum(weight for _value, weight in found)
            for (_key, share), found in classes.items()
        )
        / shares
    )
