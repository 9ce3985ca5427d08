from odoo import fields, models


class ServiceVehicleBrand(models.Model):
    """A make of cars, and the company behind it that pays its warranty."""

    _name = "service.vehicle.brand"
    _description = "Vehicle Brand"
    _order = "sequence, name"

    name = fields.Char(required=True)
    sequence = fields.Integer(default=10)
    active = fields.Boolean(default=True)
    partner_id = fields.Many2one(
        "res.partner",
        string="Manufacturer",
        index="btree_not_null",
        help="Receives the warranty claims of this brand.",
    )
    model_ids = fields.One2many("service.vehicle.model", "brand_id", string="Models")

    _name_uniq = models.UniqueIndex("(lower(name))", "This brand is already in the catalogue.")
