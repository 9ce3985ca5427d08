"""A case's road from the caller's words to the customer's own confirmation (S3-52..S3-67).

The department that solves a problem feeds the hotline back; only the hotline answers the
customer, and only the customer's word, or a manager's recorded reason, ends the case.
"""

from odoo.addons.service_core.rules.lifecycle import Lifecycle

DRAFT = "draft"
RECORDED = "recorded"
DIRECT = "direct"
ROUTED = "routed"
RETURNED = "returned"
REPLIED = "replied"
CALLED_BACK = "called_back"
DONE = "done"

STATES = [
    (DRAFT, "New"),
    (RECORDED, "Recorded"),
    (DIRECT, "Solved Directly"),
    (ROUTED, "With Department"),
    (RETURNED, "Department Answered"),
    (REPLIED, "Customer Answered"),
    (CALLED_BACK, "Called Back"),
    (DONE, "Closed"),
]

# The customer has his answer, only his confirmation is missing.
ANSWERED = (REPLIED, CALLED_BACK)
OPEN = (DRAFT, RECORDED, DIRECT, ROUTED, RETURNED, *ANSWERED)

CASE = Lifecycle(
    DRAFT,
    {
        "record": {DRAFT: (RECORDED,)},
        "direct": {RECORDED: (DIRECT,)},
        # the wrong department hands it on, a useless answer goes back
        "route": {
            RECORDED: (ROUTED,),
            DIRECT: (ROUTED,),
            ROUTED: (ROUTED,),
            RETURNED: (ROUTED,),
        },
        "return": {ROUTED: (RETURNED,)},
        "reply": {DIRECT: (REPLIED,), RETURNED: (REPLIED,)},
        "call_back": {REPLIED: (CALLED_BACK,)},
        "close": {REPLIED: (DONE,), CALLED_BACK: (DONE,)},
        # not satisfied, or the trouble came back
        "reopen": {REPLIED: (ROUTED,), CALLED_BACK: (ROUTED,), DONE: (ROUTED,)},
    },
)


def verb_between(from_state, to_state):
    """The verb that leads from one state straight to the other, or None.

    What dragging a card means.
    """
    for verb in CASE.verbs:
        if to_state in CASE.targets(verb, from_state):
            return verb
    return None
