from odoo import api, fields, models
from odoo.exceptions import UserError

from .service_order import PRICE_GROUPS
from .service_order_job import APPROVAL_KEY
from .service_payer import PAYERS

FROZEN_FIELDS = {
    "product_id",
    "product_uom_qty",
    "price_unit",
    "payer",
    "payer_id",
    "kind",
    "job_id",
    "order_id",
    "sale_line_id",
}


class ServiceOrderLine(models.Model):
    """A part, an hour of labour, a sublet or a fee of one job, and who pays for it."""

    _name = "service.order.line"
    _description = "Work Order Line"
    _inherit = ["service.payer"]
    _order = "order_id, job_id, sequence, id"

    order_id = fields.Many2one(
        "service.order",
        required=True,
        ondelete="cascade",
        index=True,
        compute="_compute_order_id",
        store=True,
        readonly=False,
        precompute=True,
    )
    company_id = fields.Many2one(
        related="order_id.company_id", store=True, index=True, precompute=True
    )
    currency_id = fields.Many2one(related="order_id.currency_id")
    job_id = fields.Many2one("service.order.job", required=True, ondelete="cascade", index=True)
    sequence = fields.Integer(default=10)
    kind = fields.Selection(
        [("part", "Part"), ("labour", "Labour"), ("sublet", "Sublet"), ("fee", "Fee")],
        required=True,
        compute="_compute_kind",
        store=True,
        readonly=False,
        precompute=True,
    )
    name = fields.Char(
        string="Description", compute="_compute_name", store=True, readonly=False, precompute=True
    )
    product_id = fields.Many2one(
        "product.product", required=True, index=True, domain=[("sale_ok", "=", True)]
    )
    product_uom_qty = fields.Float(string="Quantity", required=True, default=1.0)
    product_uom_id = fields.Many2one(related="product_id.uom_id")
    price_unit = fields.Float(
        digits="Product Price",
        compute="_compute_price_unit",
        store=True,
        readonly=False,
        precompute=True,
        groups=PRICE_GROUPS,
    )
    tax_ids = fields.Many2many(
        "account.tax",
        string="Taxes",
        compute="_compute_tax_ids",
        store=True,
        precompute=True,
        groups=PRICE_GROUPS,
        help="As they were when the line was written: what is quoted is what is billed.",
    )
    price_subtotal = fields.Monetary(
        string="Untaxed", compute="_compute_amounts", store=True, groups=PRICE_GROUPS
    )
    price_total = fields.Monetary(
        string="Total", compute="_compute_amounts", store=True, groups=PRICE_GROUPS
    )
    internal_value = fields.Monetary(
        compute="_compute_amounts",
        store=True,
        groups=PRICE_GROUPS,
        help="What an internal line would have cost at list price.",
    )
    payer = fields.Selection(
        PAYERS, required=True, compute="_compute_payer", store=True, readonly=False, precompute=True
    )
    payer_id = fields.Many2one(
        "res.partner",
        compute="_compute_payer_id",
        store=True,
        readonly=False,
        precompute=True,
    )
    approval = fields.Selection(related="job_id.approval")
    state = fields.Selection(related="order_id.state", string="Order Status")
    sale_line_id = fields.Many2one(
        "sale.order.line",
        readonly=True,
        copy=False,
        ondelete="set null",
        index="btree_not_null",
    )

    _quantity_positive = models.Constraint(
        "CHECK(product_uom_qty > 0)", "A line needs a quantity above zero."
    )

    # === COMPUTES === #

    @api.model
    def default_get(self, fields_list):
        """A line typed into the order belongs to its last open job unless somebody says otherwise."""
        values = super().default_get(fields_list)
        order_id = self.env.context.get("default_order_id")
        if "job_id" in fields_list and not values.get("job_id") and order_id:
            jobs = self.env["service.order"].browse(order_id).job_ids
            values["job_id"] = jobs.filtered(lambda job: job.approval == "pending")[-1:].id
        return values

    @api.depends("job_id")
    def _compute_order_id(self):
        for line in self:
            line.order_id = line.job_id.order_id or line.order_id

    @api.depends("product_id")
    def _compute_kind(self):
        for line in self:
            if not line.kind:
                line.kind = "labour" if line.product_id.type == "service" else "part"

    @api.depends("product_id")
    def _compute_name(self):
        for line in self:
            line.name = line.name or line.product_id.display_name

    @api.depends("job_id.payer")
    def _compute_payer(self):
        for line in self:
            line.payer = line.job_id.payer or "customer"

    @api.depends("payer", "job_id.payer_id")
    def _compute_payer_id(self):
        for line in self:
            if line.payer == line.job_id.payer:
                line.payer_id = line.job_id.payer_id
            else:
                line.payer_id = self._payer_partner(line.order_id, line.payer) or line.payer_id

    @api.depends("product_id", "payer", "payer_id")
    def _compute_price_unit(self):
        """The payer's own price list; internal work has no price (design: internal = 0)."""
        for line in self:
            if line.sale_line_id:
                continue
            line.price_unit = 0.0 if line.payer == "internal" else line._list_price()

    @api.onchange("product_uom_qty")
    def _onchange_product_uom_qty(self):
        """See :meth:`_has_list_price`; the form asks before anything is saved."""
        saved = self._origin
        if self.payer != "internal" and (
            not saved or (self.price_unit == saved.price_unit and saved._has_list_price())
        ):
            self.price_unit = self._list_price()

    def _has_list_price(self):
        """Whether the price still is the list's: one agreed by hand outlives a new quantity."""
        self.ensure_one()
        return (
            self.payer != "internal"
            and not self.sale_line_id
            and self.currency_id.compare_amounts(self.price_unit, self._list_price()) == 0
        )

    def _list_price(self):
        self.ensure_one()
        if not self.product_id:
            return 0.0
        partner = self.payer_id or self.order_id.partner_id
        pricelist = partner.with_company(self.company_id).property_product_pricelist
        if pricelist:
            return pricelist._get_product_price(
                self.product_id, self.product_uom_qty or 1.0, currency=self.currency_id
            )
        return self.product_id.with_company(self.company_id).lst_price

    @api.depends("product_id", "payer_id", "company_id")
    def _compute_tax_ids(self):
        positions = {}
        for line in self:
            company = line.company_id or self.env.company
            partner = line.payer_id or line.order_id.partner_id
            if (partner, company) not in positions:
                positions[partner, company] = (
                    self.env["account.fiscal.position"]
                    .with_company(company)
                    ._get_fiscal_position(partner)
                )
            taxes = line.product_id.taxes_id._filter_taxes_by_company(company)
            line.tax_ids = positions[partner, company].map_tax(taxes)

    @api.depends("product_id", "product_uom_qty", "price_unit", "payer", "payer_id", "tax_ids")
    def _compute_amounts(self):
        for line in self:
            result = line.tax_ids.compute_all(
                line.price_unit,
                currency=line.currency_id,
                quantity=line.product_uom_qty,
                product=line.product_id,
                partner=line.payer_id,
            )
            line.price_subtotal = result["total_excluded"]
            line.price_total = result["total_included"]
            line.internal_value = (
                line._list_price() * line.product_uom_qty if line.payer == "internal" else 0.0
            )

    # === CRUD === #

    @api.model_create_multi
    def create(self, vals_list):
        self._refuse_foreign_sale_line(vals_list)
        lines = super().create(vals_list)
        lines._refuse_approved_change()
        return lines

    def write(self, vals):
        if FROZEN_FIELDS & set(vals):
            self._refuse_approved_change()
        self._refuse_foreign_sale_line([vals])
        listed = self.browse()
        if "product_uom_qty" in vals and "price_unit" not in vals:
            listed = self.filtered(lambda line: line._has_list_price())
        res = super().write(vals)
        for line in listed.filtered(lambda line: line.payer != "internal"):
            line.price_unit = line._list_price()
        if "job_id" in vals:
            self._refuse_approved_change()
        return res

    @api.ondelete(at_uninstall=False)
    def _unlink_except_approved(self):
        self._refuse_approved_change()

    def _refuse_foreign_sale_line(self, vals_list):
        if self.env.context.get("service_approval_key") is not APPROVAL_KEY and any(
            vals.get("sale_line_id") for vals in vals_list
        ):
            raise UserError(self.env._("A line goes on a bill by its payer's approval only."))

    def _refuse_approved_change(self):
        """What was signed stays as it was signed."""
        if self.env.context.get("service_approval_key") is APPROVAL_KEY:
            return
        self.job_id._refuse_approved_change()

    # === MONEY === #

    def _total_with_tax(self):
        """Total of these lines as the payer's own sale order would add them up."""
        return self._totals()["total"]

    def _totals(self, delivered=False):
        """``untaxed``, ``tax`` and ``total`` of these lines as core's documents add them up.

        :param bool delivered: count what was delivered instead of what was asked for
        """
        if not self:
            return {"untaxed": 0.0, "tax": 0.0, "total": 0.0}
        AccountTax = self.env["account.tax"]
        company = self.company_id
        base_lines = [
            AccountTax._prepare_base_line_for_taxes_computation(
                line,
                tax_ids=line.tax_ids,
                quantity=line.sale_line_id.qty_delivered if delivered else line.product_uom_qty,
                price_unit=line.price_unit,
                currency_id=line.currency_id,
                partner_id=line.payer_id,
                product_id=line.product_id,
            )
            for line in self
        ]
        AccountTax._add_tax_details_in_base_lines(base_lines, company)
        AccountTax._round_base_lines_tax_details(base_lines, company)
        totals = AccountTax._get_tax_totals_summary(
            base_lines=base_lines, currency=self.currency_id, company=company
        )
        return {
            "untaxed": totals["base_amount_currency"],
            "tax": totals["tax_amount_currency"],
            "total": totals["total_amount_currency"],
        }

    def _prepare_sale_line(self):
        """Values of the sale order line that carries this line's goods and money."""
        self.ensure_one()
        vals = {
            "product_id": self.product_id.id,
            "name": self.name,
            "product_uom_qty": self.product_uom_qty,
            "price_unit": self.price_unit,
            # the approved price is final: a price list's discount is already in it
            "discount": 0.0,
            "tax_ids": [fields.Command.set(self.tax_ids.ids)],
        }
        if self.product_id.is_storable:
            vals["route_ids"] = [
                fields.Command.set(self.env["stock.warehouse"]._service_route().ids)
            ]
        return vals
