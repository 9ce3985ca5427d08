"""Minimum and maximum stock of a part from what was asked for in twelve months.

Plain Python: the numbers and the words of the reason come from the same place.
"""

import math

MONTHS = 12
PHASE_IN = 3  # demands in twelve months from which a part is worth a place on the shelf
SAFETY = 1.65  # standard deviations: nineteen of twenty months are covered
COVER_DAYS = 30  # one order brings a month's demand


def propose(monthly, demands, lead_days):
    """What the shelf should hold.

    :param list monthly: pieces asked for in each of the last twelve months
    :param int demands: how many times somebody asked
    :param float lead_days: days from the order to the arrival
    :return: ``{minimum, maximum, safety, daily, phase}``, phase being in | out
    """
    total = sum(monthly)
    if demands < PHASE_IN or total <= 0:
        return {"minimum": 0, "maximum": 0, "safety": 0.0, "daily": 0.0, "phase": "out"}
    daily = total / 365
    mean = total / MONTHS
    deviation = math.sqrt(sum((month - mean) ** 2 for month in monthly) / MONTHS)
    safety = SAFETY * deviation * math.sqrt(max(lead_days, 1) / 30)
    # what is used while the order is on its way, and what an unusual month takes
    minimum = max(math.ceil(round(daily * lead_days + safety, 6)), 1)
    maximum = minimum + max(math.ceil(round(daily * COVER_DAYS, 6)), 1)
    return {
        "minimum": minimum,
        "maximum": maximum,
        "safety": safety,
        "daily": daily,
        "phase": "in",
    }
