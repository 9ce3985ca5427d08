from odoo import fields, models

GROUPS = [
    ("presales", "Pre-sales Support"),
    ("implementation", "Project Implementation"),
    ("aftersales", "After-sales Service"),
]


class ServiceRatingProject(models.Model):
    """What a customer can say he rates, in one of the three groups of the form (S3-28)."""

    _name = "service.rating.project"
    _description = "Rated Project"
    _order = "project_group desc, sequence, id"

    name = fields.Char(required=True, translate=True)
    project_group = fields.Selection(GROUPS, required=True, default="aftersales")
    sequence = fields.Integer(default=10)
    active = fields.Boolean(default=True)
    company_id = fields.Many2one(
        "res.company", string="Branch", index="btree_not_null", help="Empty: every branch."
    )

    def _offered(self, company):
        """{group: projects} a customer of ``company`` chooses from."""
        # sudo: the list is read by a visitor without login, it is no secret
        projects = self.sudo().search([("company_id", "in", (False, company.id))])
        return {
            group: projects.filtered(lambda one, group=group: one.project_group == group)
            for group, _label in GROUPS
        }
