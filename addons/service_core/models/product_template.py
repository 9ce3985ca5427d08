from odoo import api, fields, models

# What the after-sales warehouse reports about by name (S1-59).
PART_CATEGORIES = [
    ("engine", "Engine"),
    ("controller", "Controller"),
    ("rear_axle", "Rear axle"),
    ("differential", "Differential"),
    ("frame", "Frame"),
    ("front_shock", "Front shock absorber"),
    ("rim_welding", "Wheel-rim welding"),
    ("other", "Other"),
]


class ProductTemplate(models.Model):
    """Where a part comes from and which of the watched groups it belongs to (S1-59, S2-120)."""

    _inherit = "product.template"

    service_part_category = fields.Selection(
        PART_CATEGORIES,
        string="Watched Part Group",
        copy=False,
        groups="service_core.group_service_user",
        help="Failures of these groups are reported to the quality inspection by name.",
    )
    service_origin = fields.Selection(
        [("genuine", "Genuine"), ("other", "Other Maker")],
        string="Origin",
        copy=False,
        groups="service_core.group_service_user",
        help="Whether the part is the car maker's own.",
    )

    @api.model
    def get_import_templates(self):
        """The house's own table for parts, beside what others offer."""
        return [
            *super().get_import_templates(),
            {
                "label": self.env._("Import Template for Parts"),
                "template": "/service_core/static/import/parts.csv",
            },
        ]


class ProductProduct(models.Model):
    _inherit = "product.product"

    service_failure_ids = fields.One2many(
        "service.part.failure",
        "product_id",
        string="Failures",
        groups="service_core.group_service_user",
    )
    service_failure_rate = fields.Float(
        string="Failure Rate (%)",
        compute="_compute_service_failure_rate",
        groups="service_core.group_service_user",
        help="Pieces that failed per hundred pieces issued by the workshop.",
    )

    @api.depends("service_failure_ids.quantity")
    def _compute_service_failure_rate(self):
        failed = dict(
            self.env["service.part.failure"]._read_group(
                [("product_id", "in", self.ids)], ["product_id"], ["quantity:sum"]
            )
        )
        issued = dict(
            self.env["service.order.line"]._read_group(
                [("product_id", "in", self.ids), ("kind", "=", "part")],
                ["product_id"],
                ["issued_qty:sum"],
            )
        )
        for product in self:
            pieces = issued.get(product, 0.0)
            product.service_failure_rate = (
                100.0 * failed.get(product, 0.0) / pieces if pieces else 0.0
            )
