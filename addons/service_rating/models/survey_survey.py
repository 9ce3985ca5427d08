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
    service_course_id = fields.Many2one(
        "service.course",
        string="After Training",
        domain="[('audience', '=', 'staff')]",
        index="btree_not_null",
        help="The certificate is given only to who passed this training before; empty: no "
        "training is asked for (S3-21).",
    )
