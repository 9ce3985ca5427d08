from odoo import fields, models


class ServiceVehiclePlate(models.Model):
    """Which plate was on which car, from when to when. Written by the vehicle."""

    _name = "service.vehicle.plate"
    _description = "Plate History"
    _order = "date_from desc, id desc"
    _rec_name = "license_plate"

    vehicle_id = fields.Many2one(
        "service.vehicle", required=True, readonly=True, ondelete="cascade", index=True
    )
    license_plate = fields.Char(required=True, readonly=True)
    plate_key = fields.Char(required=True, readonly=True, index=True)
    country_id = fields.Many2one("res.country", readonly=True)
    date_from = fields.Date(required=True, readonly=True)
    date_to = fields.Date(readonly=True)
