"""Call scripts: text with named gaps. Only the gaps listed here are filled, nothing is evaluated."""

import re

# Gap -> what it stands for, as shown to whoever writes a script.
GAPS = {
    "customer": "the person on the phone",
    "agent": "the caller",
    "company": "the branch",
    "phone": "the branch's telephone",
    "vehicle": "make and model",
    "plate": "licence plate",
    "delivered": "the day the car was collected",
    "engineer": "who worked on the car",
    "advisor": "the service advisor",
    "work": "what was done",
    "first_words": "what the customer said in the call before",
    "next_service": "when the next service is due",
}

UNKNOWN = "…"

_GAP = re.compile(r"\{(\w+)\}")


def unknown_gaps(text):
    """Gaps of ``text`` that nobody can fill, in the order written."""
    return [name for name in _GAP.findall(text or "") if name not in GAPS]


def fill(text, values):
    """``text`` with its gaps filled; a gap without a value shows an ellipsis, never its name."""
    return _GAP.sub(
        lambda found: str(values.get(found[1]) or UNKNOWN) if found[1] in GAPS else found[0],
        text or "",
    )
