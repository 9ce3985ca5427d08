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
    service_rating_step = fields.Selection(
        related="company_id.service_rating_step", readonly=False, required=True
    )
    service_rating_send = fields.Selection(
        related="company_id.service_rating_send", readonly=False, required=True
    )
    service_rating_web = fields.Selection(
        related="company_id.service_rating_web", readonly=False, required=True
    )
    service_rating_onsite = fields.Boolean(
        related="company_id.service_rating_onsite", readonly=False
    )
    service_rating_low = fields.Integer(related="company_id.service_rating_low", readonly=False)
    service_ask_suits = fields.Boolean(related="company_id.service_ask_suits", readonly=False)
    service_ask_csat = fields.Boolean(related="company_id.service_ask_csat", readonly=False)
    service_ask_ces = fields.Boolean(related="company_id.service_ask_ces", readonly=False)
    service_ask_nps = fields.Boolean(related="company_id.service_ask_nps", readonly=False)
    service_nps_days = fields.Integer(related="company_id.service_nps_days", readonly=False)
    service_front_min = fields.Float(related="company_id.service_front_min", readonly=False)
