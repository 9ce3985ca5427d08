from odoo import fields, models


class ResConfigSettings(models.TransientModel):
    _inherit = "res.config.settings"

    service_buffer_percent = fields.Integer(
        related="company_id.service_buffer_percent", readonly=False
    )
    service_slot_minutes = fields.Integer(related="company_id.service_slot_minutes", readonly=False)
    service_quiet_hours = fields.Integer(related="company_id.service_quiet_hours", readonly=False)
    service_parallel_receptions = fields.Integer(
        related="company_id.service_parallel_receptions", readonly=False
    )
    service_book_online = fields.Boolean(related="company_id.service_book_online", readonly=False)
    service_gate_user_id = fields.Many2one(
        related="company_id.service_gate_user_id", readonly=False
    )
    service_route_text = fields.Text(related="company_id.service_route_text", readonly=False)
    service_map_url = fields.Char(related="company_id.service_map_url", readonly=False)
    service_dispatch_target = fields.Float(
        related="company_id.service_dispatch_target", readonly=False
    )
    service_ceiling_tolerance = fields.Float(
        related="company_id.service_ceiling_tolerance", readonly=False
    )
    service_stalled_days = fields.Integer(related="company_id.service_stalled_days", readonly=False)
    service_long_job_days = fields.Integer(
        related="company_id.service_long_job_days", readonly=False
    )
    service_contract_terms = fields.Text(
        related="company_id.service_contract_terms", readonly=False
    )
    group_service_margin = fields.Boolean(
        string="Advisors See the Margin",
        group="service_core.group_service_advisor",
        implied_group="service_core.group_service_margin",
    )
