from odoo import fields, models


class ResCompany(models.Model):
    # one file for one job, the model is the sum of them
    _inherit = "res.company"  # pylint: disable=consider-merging-classes-inherited

    service_pack_email = fields.Char(
        string="HR's Mail",
        help="Where the monthly pack is sent when a month is locked. Empty: to HR's own addresses.",
    )


class ResConfigSettings(models.TransientModel):
    _inherit = "res.config.settings"

    service_pack_email = fields.Char(related="company_id.service_pack_email", readonly=False)
