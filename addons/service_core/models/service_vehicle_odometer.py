from odoo import api, fields, models
from odoo.exceptions import ValidationError


class ServiceVehicleOdometer(models.Model):
    """One reading of one car. Readings are added, never changed; a correction is a new one.

    A replaced instrument cluster starts lower: that reading is marked as a correction and says why.
    """

    _name = "service.vehicle.odometer"
    _description = "Odometer Reading"
    _order = "read_on desc, id desc"
    _rec_name = "value"

    vehicle_id = fields.Many2one("service.vehicle", required=True, ondelete="cascade", index=True)
    value = fields.Integer(string="Kilometers", required=True)
    read_on = fields.Datetime(required=True, default=fields.Datetime.now)
    is_correction = fields.Boolean(
        string="Correction",
        help="Lower than before, for a reason: a new cluster, a misread number.",
    )
    reason = fields.Char()
    order_id = fields.Many2one("service.order", string="Work Order", index="btree_not_null")
    user_id = fields.Many2one(
        "res.users", string="Read By", readonly=True, default=lambda self: self.env.user
    )

    _not_negative = models.Constraint("CHECK(value >= 0)", "The odometer cannot be negative.")

    @api.constrains("value", "read_on", "is_correction", "reason", "vehicle_id")
    def _check_progress(self):
        # the latest first, for all cars in one question
        others = self.search([("vehicle_id", "in", self.vehicle_id.ids)]).grouped("vehicle_id")
        for reading in self:
            if reading.is_correction:
                if not (reading.reason or "").strip():
                    raise ValidationError(
                        self.env._(
                            "Say why the odometer is corrected: a new cluster, a misread number."
                        )
                    )
                continue
            before = next(
                (
                    other
                    for other in others[reading.vehicle_id]
                    if other != reading and other.read_on <= reading.read_on
                ),
                self.browse(),
            )
            if before and before.value > reading.value:
                raise ValidationError(
                    self.env._(
                        "%(vehicle)s stood at %(before)s km on %(date)s and cannot stand at "
                        "%(value)s km later. Check the number, or add a correction with its reason "
                        "on the vehicle.",
                        vehicle=reading.vehicle_id.display_name,
                        before=before.value,
                        date=before.read_on.date(),
                        value=reading.value,
                    )
                )
