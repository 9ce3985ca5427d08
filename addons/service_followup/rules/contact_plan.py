"""When to call a customer, and when to leave him alone.

Plain Python on dates: no database, no clock of its own, so each rule is read and tested in a minute.
``is_working_day`` is any callable that takes a date; the caller brings the branch's calendar.
"""

from datetime import timedelta

# Kinds of planned contact, with the labels people see.
CALLBACK = "callback"
FIRST = "first"
SECOND = "second"
CAMPAIGN = "campaign"
REMINDER = "reminder"
KINDS = [
    (CALLBACK, "Next-day Callback"),
    (FIRST, "First Call"),
    (SECOND, "Second Call"),
    (CAMPAIGN, "Campaign"),
    (REMINDER, "Service Reminder"),
]

# What became of a call.
ANSWERED = "answered"
NO_ANSWER = "no_answer"
BUSY = "busy"
REFUSED = "refused"
WRONG_NUMBER = "wrong_number"

EARLY = "early"
ON_TIME = "on_time"
LATE = "late"
TIMINGS = [(EARLY, "Early"), (ON_TIME, "On Time"), (LATE, "Late")]

# A number is told apart by its last digits: +49 176 1234567 and 0176 1234567 ring the same phone.
# Two phones of different countries that share them wait a day for each other, which harms nobody.
PHONE_DIGITS = 9

# A calendar that never works would otherwise be searched for ever.
MAX_SHIFT_DAYS = 31


def next_working_day(day, is_working_day):
    """``day`` itself or the first working day after it."""
    for shift in range(MAX_SHIFT_DAYS):
        candidate = day + timedelta(days=shift)
        if is_working_day(candidate):
            return candidate
    return day


def last_working_day(day, earliest, is_working_day):
    """``day`` itself or the last working day before it, never before ``earliest``."""
    candidate = day
    while candidate >= earliest:
        if is_working_day(candidate):
            return candidate
        candidate -= timedelta(days=1)
    return earliest


def contact_window(start, days_from, days_to, is_working_day):
    """First and last day of a call that is due ``days_from`` to ``days_to`` days after ``start``.

    1. Days are calendar days (S1-19: "three days to one week").
    2. The window opens on a working day: a closed day moves the opening forward.
    3. The window closes on a working day inside it: a closed day moves the closing backward, so that
       "within 7 days" stays true.
    4. Where the whole window is closed (the works holidays), the first working day after it is both.
    """
    due_from = next_working_day(start + timedelta(days=days_from), is_working_day)
    due_to = start + timedelta(days=days_to)
    if due_from > due_to:
        return due_from, due_from
    return due_from, last_working_day(due_to, due_from, is_working_day)


def add_days(start, days, is_working_day, working_days_only=False):
    """Day ``days`` after ``start``, counted in calendar days or in working days (S1-01)."""
    if not working_days_only:
        return start + timedelta(days=days)
    day = start
    for _count in range(days):
        day = next_working_day(day + timedelta(days=1), is_working_day)
    return day


def next_attempt(today, retry_days, is_working_day):
    """Day of the next attempt after one that was not answered: never the same day (S3-98)."""
    return next_working_day(today + timedelta(days=max(retry_days, 1)), is_working_day)


def outcome(result, attempts, max_attempts):
    """State a contact is in after its ``attempts``-th call ended with ``result``.

    1. An answered call is done.
    2. A customer who refuses to talk is left in peace.
    3. Anything else is tried again, until the attempts are used up.
    """
    if result == ANSWERED:
        return "done"
    if result == REFUSED or attempts >= max_attempts:
        return "unreached"
    return "planned"


def timing(called_on, due_from, due_to):
    """Whether a call came before, in or after its window (S1-19)."""
    if called_on < due_from:
        return EARLY
    if called_on > due_to:
        return LATE
    return ON_TIME


def phone_key(phone):
    """What makes two written numbers the same telephone; empty when there is no number."""
    return "".join(char for char in phone or "" if char.isdigit())[-PHONE_DIGITS:]


def one_per_number(contacts, called):
    """Contacts of the day's list: a number stands in it once, and not at all once it was called.

    :param contacts: ``(id, phone key)`` in the order of urgency; contacts without a number all stay,
        somebody has to find the number
    :param called: phone keys called today
    """
    taken = set(called)
    chosen = []
    for contact_id, key in contacts:
        if key and key in taken:
            continue
        taken.add(key)
        chosen.append(contact_id)
    return chosen


def best_match(rows, wanted):
    """The most specific row that fits ``wanted``, or None.

    :param rows: ``(key, value)``; a key is a tuple in which a falsy part fits everything. A part
        further left weighs more than all parts to its right.
    :param tuple wanted: the key to fit
    """
    best, best_score = None, None
    for key, value in rows:
        if any(part and part != want for part, want in zip(key, wanted, strict=True)):
            continue
        score = tuple(bool(part) for part in key)
        if best_score is None or score > best_score:
            best, best_score = value, score
    return best
