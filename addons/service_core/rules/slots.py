"""Reception slots and how a booking's hours fall on days. Plain arithmetic, no clock."""

from datetime import timedelta


def slot_start(moment, minutes):
    """The beginning of the slot that ``moment`` falls in; slots are counted from midnight."""
    midnight = moment.replace(hour=0, minute=0, second=0, microsecond=0)
    passed = int((moment - midnight).total_seconds() // 60)
    return midnight + timedelta(minutes=passed - passed % minutes)


def slots_between(start, stop, minutes):
    """Beginnings of the slots that lie wholly between ``start`` and ``stop``."""
    moment = slot_start(start, minutes)
    if moment < start:
        moment += timedelta(minutes=minutes)
    found = []
    while moment + timedelta(minutes=minutes) <= stop:
        found.append(moment)
        moment += timedelta(minutes=minutes)
    return found


def after_buffer(hours, percent):
    """Hours that may be booked when ``percent`` stays free for those who come unannounced."""
    return round(hours * (100 - percent) / 100, 2)


def spread(needed, days):
    """Hand ``needed`` hours out over ``days``, or tell that they do not fit.

    1. A job that fits into a whole day is done on one day: the first, or not at all.
    2. A bigger one begins on the first day and takes what is free on each following day.

    :param float needed: hours of the booking
    :param list days: ``(total, free)`` hours of the day wanted and of those after it
    :return: hours taken per day, as long as ``days`` need be, or ``None``
    """
    total, free = days[0]
    if needed <= total:
        return [needed] if needed <= free + 0.001 else None
    taken = []
    for _total, free in days:
        share = min(max(free, 0.0), needed)
        if not taken and share <= 0:
            return None
        taken.append(share)
        needed = round(needed - share, 2)
        if needed <= 0:
            return taken
    return None
