from odoo import fields, models


class ServiceVehicleSystem(models.Model):
    """A part of the car that operations and faults are grouped by: brakes, engine, body."""

    _name = "service.vehicle.system"
    _description = "Vehicle System"
    _order = "sequence, name"

    name = fields.Char(required=True, translate=True)
    code = fields.Char(required=True)
    sequence = fields.Integer(default=10)
    active = fields.Boolean(default=True)
    operation_ids = fields.One2many("service.operation", "system_id", string="Operations")

    _code_uniq = models.Constraint("UNIQUE(code)", "Another system has this code.")
