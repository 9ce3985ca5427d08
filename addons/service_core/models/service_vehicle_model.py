from odoo import api, fields, models

FUELS = [
    ("petrol", "Petrol"),
    ("diesel", "Diesel"),
    ("hybrid", "Hybrid"),
    ("plugin", "Plug-in Hybrid"),
    ("electric", "Electric"),
    ("gas", "Gas"),
]


class ServiceVehicleModel(models.Model):
    """A model of the catalogue: service intervals and warranty hang on it (S2-118)."""

    _name = "service.vehicle.model"
    _description = "Vehicle Model"
    _order = "brand_id, name"
    _rec_names_search = ["name", "brand_id.name"]

    name = fields.Char(required=True, index="trigram")
    brand_id = fields.Many2one(
        "service.vehicle.brand", required=True, ondelete="restrict", index=True
    )
    active = fields.Boolean(default=True)
    fuel = fields.Selection(FUELS)
    interval_months = fields.Integer(
        string="Service Every (months)",
        default=12,
        help="The next service is due after these months or these kilometers, whichever comes first.",
    )
    interval_km = fields.Integer(string="Service Every (km)", default=15000)
    warranty_months = fields.Integer(string="Warranty (months)", default=36)
    warranty_km = fields.Integer(
        string="Warranty (km)", default=100000, help="0: no limit of kilometers."
    )
    warranty_terms = fields.Text(
        translate=True, help="What the manufacturer covers; shown when a warranty line is chosen."
    )

    _name_uniq = models.UniqueIndex(
        "(brand_id, lower(name))", "This model is already in the catalogue."
    )
    _not_negative = models.Constraint(
        "CHECK(interval_months >= 0 AND interval_km >= 0"
        " AND warranty_months >= 0 AND warranty_km >= 0)",
        "Months and kilometers cannot be negative.",
    )

    @api.depends("name", "brand_id.name")
    def _compute_display_name(self):
        for model in self:
            model.display_name = " ".join(filter(None, [model.brand_id.name, model.name]))
