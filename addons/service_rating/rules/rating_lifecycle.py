"""A rating's road: the link goes out, the customer votes once, the department answers."""

from odoo.addons.service_core.rules.lifecycle import Lifecycle

SENT = "sent"
SUBMITTED = "submitted"
PROCESSED = "processed"

STATES = [(SENT, "Waiting for the Customer"), (SUBMITTED, "Submitted"), (PROCESSED, "Processed")]

RATING = Lifecycle(
    SENT,
    {
        "submit": {SENT: (SUBMITTED,)},
        "process": {SUBMITTED: (PROCESSED,)},
    },
)
