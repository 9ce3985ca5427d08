from . import (
    helpdesk_ticket,
    helpdesk_ticket_channel,
    helpdesk_ticket_stage,
    helpdesk_ticket_team,
    helpdesk_ticket_verbs,
    service_call,
    service_followup,
    service_order,
    service_route,
    service_vehicle,
)
