"""A planned contact's road from the plan to the customer's words."""

from odoo.addons.service_core.rules.lifecycle import Lifecycle

PLANNED = "planned"
MISSED = "missed"
DONE = "done"
UNREACHED = "unreached"
EXPIRED = "expired"
CANCELLED = "cancelled"

STATES = [
    (PLANNED, "Planned"),
    (MISSED, "Missed"),
    (DONE, "Done"),
    (UNREACHED, "No Conversation"),
    (EXPIRED, "Expired"),
    (CANCELLED, "Cancelled"),
]

# Somebody still has to call.
OPEN = (PLANNED, MISSED)
CLOSED = (DONE, UNREACHED, EXPIRED, CANCELLED)

FOLLOWUP = Lifecycle(
    PLANNED,
    {
        # one call: answered, or to be tried again, or given up
        "record": {
            PLANNED: (PLANNED, DONE, UNREACHED),
            MISSED: (MISSED, DONE, UNREACHED),
        },
        # the window has closed; the call is still worth making and counts as late
        "miss": {PLANNED: (MISSED,)},
        # too late to be of use to anybody
        "expire": {PLANNED: (EXPIRED,), MISSED: (EXPIRED,)},
        "cancel": {PLANNED: (CANCELLED,), MISSED: (CANCELLED,)},
        "reopen": {UNREACHED: (PLANNED,), EXPIRED: (PLANNED,), CANCELLED: (PLANNED,)},
    },
)
