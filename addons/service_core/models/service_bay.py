from odoo import fields, models


class ServiceBay(models.Model):
    """A place for a car: reserved parking, a lift, the washer, the row of finished cars."""

    _name = "service.bay"
    _description = "Bay"
    _order = "company_id, sequence, name"
    _check_company_auto = True

    name = fields.Char(required=True)
    sequence = fields.Integer(default=10)
    active = fields.Boolean(default=True)
    kind = fields.Selection(
        [
            ("parking", "Customer Parking"),
            ("workshop", "Workshop"),
            ("wash", "Wash"),
            ("ready", "Finished Cars"),
        ],
        required=True,
        default="workshop",
    )
    company_id = fields.Many2one(
        "res.company",
        string="Branch",
        required=True,
        index=True,
        default=lambda self: self.env.company,
    )
    order_ids = fields.One2many(
        "service.order",
        "bay_id",
        string="Cars Here",
        domain=[("state", "not in", ("draft", "delivered", "cancelled"))],
    )
    order_count = fields.Integer(string="Cars", compute="_compute_order_count")

    _name_uniq = models.Constraint(
        "UNIQUE(company_id, name)", "This branch already has a bay of this name."
    )

    def _compute_order_count(self):
        """Two cars on one lift are shown, not forbidden: the shop sorts it out faster."""
        counts = dict(
            self.env["service.order"]._read_group(
                [
                    ("bay_id", "in", self.ids),
                    ("state", "not in", ("draft", "delivered", "cancelled")),
                ],
                ["bay_id"],
                ["__count"],
            )
        )
        for bay in self:
            bay.order_count = counts.get(bay, 0)
