from odoo import fields, models

from .hr_employee import SERVICE_LEVELS


class ServiceOperation(models.Model):
    _inherit = "service.operation"

    service_level = fields.Selection(
        SERVICE_LEVELS,
        string="Asks for Level",
        help="Who is assigned with a lower level is noted on the order; empty: anybody (S2-07).",
    )
