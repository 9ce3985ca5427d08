from odoo import fields, models


class ResConfigSettings(models.TransientModel):
    _inherit = "res.config.settings"

    certification_gate = fields.Selection(
        related="company_id.certification_gate", readonly=False, required=True
    )
    certification_gate_start = fields.Date(
        related="company_id.certification_gate_start", readonly=False
    )
    service_networks = fields.Char(related="company_id.service_networks", readonly=False)
