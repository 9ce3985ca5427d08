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
    time_ids = fields.One2many("service.operation.time", "operation_id", string="Hours by Model")
    description = fields.Text(translate=True)

    _code_uniq = models.Constraint("UNIQUE(code)", "Another operation has this code.")
    _hours_positive = models.Constraint(
        "CHECK(standard_hours >= 0)", "Standard hours cannot be negative."
    )

    @api.depends("code", "name")
    def _compute_display_name(self):
        for operation in self:
            operation.display_name = " ".join(filter(None, [operation.code, operation.name]))

    def _hours_for(self, model):
        """Standard hours on a car of ``model``: its own where the table names it."""
        if not self:
            return 0.0
        own = self.time_ids.filtered(lambda time: time.model_id == model)[:1] if model else None
        return own.standard_hours if own else self.standard_hours


class ServiceOperationTime(models.Model):
    """How long one operation takes on one model, where it differs from the catalogue."""

    _name = "service.operation.time"
    _description = "Operation Hours by Model"
    _order = "operation_id, model_id"

    operation_id = fields.Many2one(
        "service.operation", required=True, ondelete="cascade", index=True
    )
    model_id = fields.Many2one(
        "service.vehicle.model", required=True, ondelete="cascade", index=True
    )
    standard_hours = fields.Float(required=True, default=1.0)

    _model_uniq = models.Constraint(
        "UNIQUE(operation_id, model_id)", "This model already has its hours for the operation."
    )
    _hours_positive = models.Constraint(
        "CHECK(standard_hours > 0)", "An operation takes more than no time."
    )
