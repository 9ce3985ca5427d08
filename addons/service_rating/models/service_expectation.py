from odoo import api, fields, models
from odoo.exceptions import ValidationError


class ServiceExpectation(models.Model):
    """What a customer expects, in classes with their weights: together 100 %, one lowered before
    another is raised (S2-01)."""

    _name = "service.expectation"
    _description = "Expectation Class"
    _order = "sequence, id"

    sequence = fields.Integer(default=10)
    name = fields.Char(required=True, translate=True)
    weight = fields.Float(string="Weight (%)", required=True)

    _positive = models.Constraint("CHECK(weight >= 0)", "A weight cannot be negative.")

    @api.depends("name", "weight")
    def _compute_display_name(self):
        for expectation in self:
            expectation.display_name = f"{expectation.name} ({expectation.weight:g} %)"

    @api.constrains("weight")
    def _check_sum(self):
        weights = self.search([("weight", ">", 0)]).mapped("weight")
        if round(sum(weights), 2) > 100:
            raise ValidationError(
                self.env._("The weights of the expectation classes come to more than 100 %.")
            )
