from odoo import api, fields, models


class ServiceOperation(models.Model):
    """A piece of work of the catalogue: how long it takes, what it sells as, who may do it."""

    _name = "service.operation"
    _description = "Operation"
    _order = "code"
    _rec_names_search = ["code", "name"]

    code = fields.Char(required=True, index="trigram")
    name = fields.Char(required=True, translate=True)
    active = fields.Boolean(default=True)
    system_id = fields.Many2one("service.vehicle.system", index="btree_not_null")
    standard_hours = fields.Float(
        default=1.0,
        help="What is planned and billed. The hours actually clocked never change the bill.",
    )
    product_id = fields.Many2one(
        "product.product",
        string="Sold As",
        domain="[('type', '=', 'service')]",
        index="btree_not_null",
        help="Labour product on the customer's bill; empty: workshop labour.",
    )
    required_skill_ids = fields.Many2many(
        "hr.skill",
        string="Required Certificates",
        domain="[('skill_type_id.is_certification', '=', True)]",
        help="On top of the work permit, which every technician needs.",
    )
    description = fields.Text(translate=True)

    _code_uniq = models.Constraint("UNIQUE(code)", "Another operation has this code.")
    _hours_positive = models.Constraint(
        "CHECK(standard_hours >= 0)", "Standard hours cannot be negative."
    )

    @api.depends("code", "name")
    def _compute_display_name(self):
        for operation in self:
            operation.display_name = " ".join(filter(None, [operation.code, operation.name]))
