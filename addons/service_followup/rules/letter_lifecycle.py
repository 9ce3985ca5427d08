"""A letter is a draft until it is printed for posting; from then on it is a record."""

from odoo.addons.service_core.rules.lifecycle import Lifecycle

DRAFT = "draft"
SENT = "sent"
CANCELLED = "cancelled"

STATES = [(DRAFT, "Draft"), (SENT, "Sent"), (CANCELLED, "Cancelled")]

NOTIFICATION = "notification"
INVITATION = "invitation"
REPLY = "reply"

TYPES = [(NOTIFICATION, "Notification"), (INVITATION, "Invitation"), (REPLY, "Reply")]

LETTER = Lifecycle(
    DRAFT,
    {
        "send": {DRAFT: (SENT,)},
        "cancel": {DRAFT: (CANCELLED,)},
        "redraft": {CANCELLED: (DRAFT,)},
    },
)
