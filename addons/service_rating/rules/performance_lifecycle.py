"""A month's road: computed as often as wanted, checked by one, locked by another."""

from odoo.addons.service_core.rules.lifecycle import Lifecycle

DRAFT = "draft"
CHECKED = "checked"
LOCKED = "locked"

STATES = [(DRAFT, "Draft"), (CHECKED, "Checked"), (LOCKED, "Locked")]

PERFORMANCE = Lifecycle(
    DRAFT,
    {
        "compute": {DRAFT: (DRAFT,)},
        "check": {DRAFT: (CHECKED,)},
        "reopen": {CHECKED: (DRAFT,)},
        "lock": {CHECKED: (LOCKED,)},
    },
)
