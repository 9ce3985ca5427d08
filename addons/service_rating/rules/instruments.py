"""Questions asked on the rating page apart from pay; plain Python.

Each is a trend: nobody's score, nobody's money.
"""

CSAT = "csat"
CES = "ces"
NPS = "nps"

INSTRUMENTS = [
    (CSAT, "Satisfaction (CSAT)"),
    (CES, "Effort (CES)"),
    (NPS, "Recommendation (NPS)"),
]

# lowest and highest answer; more is better in all three
SCALES = {CSAT: (1, 5), CES: (1, 7), NPS: (0, 10)}

# how a customer was asked
CHANNELS = [
    ("mail", "Link by mail"),
    ("sms", "Link by text message"),
    ("qr", "QR on the settlement form"),
    ("web", "Website"),
    ("social", "Social network"),
    ("onsite", "On site"),
    ("phone", "Phone interview"),
]


def choices(instrument):
    """Every answer this question takes, the lowest first."""
    low, high = SCALES[instrument]
    return range(low, high + 1)


def read(instrument, text):
    """The answer a form value stands for, or None: left open or none of the choices."""
    try:
        value = int(text)
    except (TypeError, ValueError):
        return None
    return value if value in choices(instrument) else None


def points(instrument, value):
    """What one answer adds to the index whose mean is shown, in percent.

    1. CSAT: share of 4 and 5.
    2. CES: share of 5, 6 and 7, where 7 is hardly any effort.
    3. NPS: promoters (9, 10) less detractors (0 to 6), from -100 to 100.
    """
    if instrument == CSAT:
        return 100 if value >= 4 else 0
    if instrument == CES:
        return 100 if value >= 5 else 0
    if value >= 9:
        return 100
    return 0 if value >= 7 else -100
