from . import helpdesk_ticket_intake
from . import helpdesk_ticket_feedback
from . import helpdesk_ticket_callback
from . import helpdesk_ticket_reason
