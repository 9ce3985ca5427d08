from odoo import api, fields, models

DAYS = [
    ("0", "Monday"),
    ("1", "Tuesday"),
    ("2", "Wednesday"),
    ("3", "Thursday"),
    ("4", "Friday"),
    ("5", "Saturday"),
    ("6", "Sunday"),
]


class ServiceRushHour(models.Model):
    """When the streets around a branch are full: no car is promised for these hours (S0-103)."""

    _name = "service.rush.hour"
    _description = "Rush Hour"
    _order = "company_id, dayofweek, hour_from"

    company_id = fields.Many2one(
        "res.company",
        string="Branch",
        required=True,
        index=True,
        default=lambda self: self.env.company,
    )
    dayofweek = fields.Selection(DAYS, string="Day", required=True, default="0")
    hour_from = fields.Float(string="From", required=True, default=17.0)
    hour_to = fields.Float(string="Until", required=True, default=18.5)

    _hours = models.Constraint(
        "CHECK(hour_from >= 0 AND hour_to <= 24 AND hour_from < hour_to)",
        "Rush hours begin before they end, between 0 and 24 o'clock.",
    )

    @api.depends("dayofweek", "hour_from", "hour_to")
    def _compute_display_name(self):
        days = dict(self._fields["dayofweek"]._description_selection(self.env))
        for rush in self:
            rush.display_name = (
                f"{days.get(rush.dayofweek, '')} {_clock(rush.hour_from)} - {_clock(rush.hour_to)}"
            )


def _clock(hours):
    minutes = round(hours * 60)
    return f"{minutes // 60:02d}:{minutes % 60:02d}"
