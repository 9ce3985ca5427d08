from odoo import fields, models


class SurveySurvey(models.Model):
    _inherit = "survey.survey"

    service_skill_id = fields.Many2one(
        "hr.skill",
        string="Certificate",
        domain="[('skill_type_id.is_certification', '=', True)]",
        index="btree_not_null",
        help="Passing this test gives the employee this certificate, for the months entered as "
        "its validity (S3-21).",
    )
