from odoo import fields, models


class ServiceCapacityBooking(models.Model):
    """What one order takes out of one day; a big job has one line per day."""

    _name = "service.capacity.booking"
    _description = "Workshop Booking"
    _order = "start, id"
    _rec_name = "order_id"

    capacity_id = fields.Many2one(
        "service.capacity",
        string="Day",
        required=True,
        readonly=True,
        ondelete="cascade",
        index=True,
    )
    company_id = fields.Many2one(
        related="capacity_id.company_id", store=True, precompute=True, index=True
    )
    order_id = fields.Many2one(
        "service.order", required=True, readonly=True, ondelete="cascade", index=True
    )
    start = fields.Datetime(
        string="Reception", readonly=True, help="Empty on the days after the first."
    )
    hours = fields.Float(readonly=True)

    _once = models.Constraint(
        "UNIQUE(capacity_id, order_id)", "This order is already booked on this day."
    )
