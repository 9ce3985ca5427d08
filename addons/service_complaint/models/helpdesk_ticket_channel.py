from odoo import fields, models

CHANNELS = [("phone", "Telephone"), ("internet", "Internet")]


class HelpdeskTicketChannel(models.Model):
    _inherit = "helpdesk.ticket.channel"

    service_channel = fields.Selection(
        CHANNELS,
        string="Routed As",
        default="phone",
        required=True,
        help="Which of the two flows a case of this channel takes: telephone and internet route some "
        "problems to different departments.",
    )
