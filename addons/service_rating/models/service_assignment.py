from odoo import fields, models


class ServiceAssignment(models.Model):
    _inherit = "service.assignment"

    service_level = fields.Selection(
        string="Level",
        related="employee_id.service_level",
        groups="service_core.group_service_user",
        help="The technician's professional level (S2-07).",
    )
