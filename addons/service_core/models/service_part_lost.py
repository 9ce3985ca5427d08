from odoo import api, fields, models

from .service_order import PRICE_GROUPS


class ServicePartLost(models.Model):
    """What a customer wanted and did not get from us: why, how much, worth what.

    What was lost for lack of stock counts as demand when minimum stocks are proposed.
    """

    _name = "service.part.lost"
    _description = "Lost Demand"
    _order = "date desc, id desc"
    _check_company_auto = True

    name = fields.Char(
        string="Part Asked For",
        compute="_compute_name",
        store=True,
        readonly=False,
        precompute=True,
        required=True,
    )
    date = fields.Datetime(required=True, default=fields.Datetime.now, index=True)
    reason = fields.Selection(
        [("stock", "Not in stock"), ("price", "Too expensive"), ("time", "Too late")],
        required=True,
        default="stock",
    )
    product_id = fields.Many2one("product.product", string="Part", index="btree_not_null")
    product_uom_qty = fields.Float(
        string="Quantity", required=True, default=1.0, digits="Product Unit"
    )
    currency_id = fields.Many2one(related="company_id.currency_id")
    value = fields.Monetary(
        compute="_compute_value",
        store=True,
        readonly=False,
        groups=PRICE_GROUPS,
        help="Quantity times list price, without tax; may be corrected.",
    )
    partner_id = fields.Many2one("res.partner", string="Customer", index="btree_not_null")
    vehicle_id = fields.Many2one("service.vehicle", index="btree_not_null")
    order_id = fields.Many2one(
        "service.order", string="Work Order", check_company=True, index="btree_not_null"
    )
    question_id = fields.Many2one(
        "service.part.question", string="Asked As", readonly=True, index="btree_not_null"
    )
    user_id = fields.Many2one(
        "res.users", string="Written Down By", readonly=True, default=lambda self: self.env.user
    )
    company_id = fields.Many2one(
        "res.company",
        string="Branch",
        required=True,
        index=True,
        default=lambda self: self.env.company,
    )

    _quantity_positive = models.Constraint(
        "CHECK(product_uom_qty > 0)", "Lost demand needs a quantity above zero."
    )

    @api.depends("product_id")
    def _compute_name(self):
        for lost in self:
            lost.name = lost.name or lost.product_id.display_name

    @api.depends("product_id", "product_uom_qty")
    def _compute_value(self):
        for lost in self:
            price = lost.product_id.with_company(lost.company_id).lst_price
            lost.value = lost.product_uom_qty * price
