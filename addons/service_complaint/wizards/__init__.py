from . import (
    helpdesk_ticket_callback,
    helpdesk_ticket_feedback,
    helpdesk_ticket_intake,
    helpdesk_ticket_reason,
)
