from odoo import fields, models


class ServiceVehicleOwner(models.Model):
    """Whose car it was, from when to when. Written by the vehicle."""

    _name = "service.vehicle.owner"
    _description = "Ownership History"
    _order = "date_from desc, id desc"
    _rec_name = "owner_id"

    vehicle_id = fields.Many2one(
        "service.vehicle", required=True, readonly=True, ondelete="cascade", index=True
    )
    owner_id = fields.Many2one("res.partner", required=True, readonly=True, index=True)
    date_from = fields.Date(required=True, readonly=True)
    date_to = fields.Date(readonly=True)
