from odoo import api, fields, models


class HrVersion(models.Model):
    _inherit = "hr.version"

    service_performance_base = fields.Monetary(
        string="Performance Pay at 100 %",
        groups="hr.group_hr_manager",
        tracking=True,
        help='The money of a month when customers rate the work "as expected". Paid is this '
        "times the month's locked score (S3-36).",
    )

    _service_performance_base_positive = models.Constraint(
        "CHECK(service_performance_base IS NULL OR service_performance_base >= 0)",
        "Performance pay cannot be negative.",
    )

    @api.model
    def _get_whitelist_fields_from_template(self):
        return [*super()._get_whitelist_fields_from_template(), "service_performance_base"]
