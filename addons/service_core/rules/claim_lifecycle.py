"""A claim to the manufacturer or insurer."""

from .lifecycle import Lifecycle

STATES = [
    ("draft", "Draft"),
    ("sent", "Sent"),
    ("accepted", "Accepted"),
    ("refused", "Refused"),
]

CLAIM = Lifecycle(
    "draft",
    {
        "send": {"draft": ("sent",)},
        "accept": {"sent": ("accepted",)},
        "refuse": {"sent": ("refused",)},
    },
)
