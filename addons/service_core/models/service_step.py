from odoo import fields, models


class ServiceStep(models.Model):
    """The fourteen steps of a visit and the lane each is seen from (S0-07)."""

    _name = "service.step"
    _description = "Service Step"
    _order = "sequence"

    sequence = fields.Integer(required=True)
    name = fields.Char(required=True, translate=True)
    lane = fields.Selection(
        [("customer", "Customer"), ("front", "Front Stage"), ("back", "Back Stage")],
        required=True,
        help="Where the step is seen: by the customer, at the counter, or behind it.",
    )
    purpose = fields.Char(translate=True)

    _sequence_uniq = models.Constraint("UNIQUE(sequence)", "Two steps cannot have the same number.")
