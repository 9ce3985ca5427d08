from odoo import api, fields, models
from odoo.exceptions import UserError

# An object, because a remote caller can send any context key but never this value.
SERVICE_KEY = object()


class SaleOrder(models.Model):
    """A payer's share of a work order. It is moved by the work order's verbs only."""

    # one file for one job, the model is the sum of them
    _inherit = "sale.order"  # pylint: disable=consider-merging-classes-inherited

    service_order_id = fields.Many2one(
        "service.order", string="Work Order", readonly=True, copy=False, index="btree_not_null"
    )

    def _refuse_outside_service(self):
        """Staff add and change work on the work order; the sale order only follows."""
        if self.env.context.get("service_key") is SERVICE_KEY:
            return
        # sudo: a salesman may not read the work order of another branch, the lock holds anyway
        for order in self.sudo().filtered("service_order_id"):
            raise UserError(
                self.env._(
                    "%(sale)s belongs to work order %(order)s: change the work order instead.",
                    sale=order.name,
                    order=order.service_order_id.name,
                )
            )

    @api.model_create_multi
    def create(self, vals_list):
        if self.env.context.get("service_key") is not SERVICE_KEY and any(
            vals.get("service_order_id") for vals in vals_list
        ):
            raise UserError(self.env._("Sale orders of a work order are made by its approval."))
        return super().create(vals_list)

    def write(self, vals):
        if {
            "partner_id",
            "partner_invoice_id",
            "partner_shipping_id",
            "pricelist_id",
            "fiscal_position_id",
            "order_line",
            "service_order_id",
            "state",
            "warehouse_id",
        } & set(vals):
            self._refuse_outside_service()
        return super().write(vals)

    def action_confirm(self):
        self._refuse_outside_service()
        return super().action_confirm()

    def action_cancel(self):
        self._refuse_outside_service()
        return super().action_cancel()

    def action_draft(self):
        self._refuse_outside_service()
        return super().action_draft()

    # === BILLS === #

    def _get_invoice_grouping_keys(self):
        keys = super()._get_invoice_grouping_keys()
        if self.env.context.get("service_bill_per_order"):
            keys = [*keys, "service_order_id"]
        if self.env.context.get("service_bill_collective"):
            # one bill for the fleet, whoever drove which car in
            keys = [key for key in keys if key != "partner_shipping_id"]
        return keys

    def _prepare_invoice(self):
        vals = super()._prepare_invoice()
        if self.env.context.get("service_bill_per_order"):
            vals["service_order_id"] = self.service_order_id.id
        return vals

    def _create_account_invoices(self, invoice_vals_list, final):
        """The work order has parted the bills; a bill itself does not hold it."""
        for vals in invoice_vals_list:
            vals.pop("service_order_id", None)
        return super()._create_account_invoices(invoice_vals_list, final)

    def _should_be_locked(self):
        """Our own guard is the lock; core's would also stop the release of unissued parts."""
        return not self.service_order_id and super()._should_be_locked()


class SaleOrderLine(models.Model):
    # one file for one job, the model is the sum of them
    _inherit = "sale.order.line"  # pylint: disable=consider-merging-classes-inherited

    @api.model_create_multi
    def create(self, vals_list):
        if self.env.context.get("service_key") is not SERVICE_KEY:
            self.env["sale.order"].browse(
                {vals["order_id"] for vals in vals_list if vals.get("order_id")}
            )._refuse_outside_service()
        return super().create(vals_list)

    def write(self, vals):
        if {
            "product_id",
            "product_uom_qty",
            "product_uom_id",
            "price_unit",
            "discount",
            "tax_ids",
            "route_ids",
            "order_id",
        } & set(vals):
            # core keeps the price of a down payment in step with its bill; no work hangs on it
            self.filtered(lambda line: not line.is_downpayment).order_id._refuse_outside_service()
        if "qty_delivered" in vals and self.env.context.get("service_key") is not SERVICE_KEY:
            # labour is delivered by the inspection, goods by their issue
            self.filtered(
                lambda line: line.qty_delivered_method == "manual"
            ).order_id._refuse_outside_service()
        return super().write(vals)

    @api.ondelete(at_uninstall=False)
    def _unlink_except_service(self):
        self.order_id._refuse_outside_service()

    def _compute_price_unit(self):
        """What was approved is the price, also when less is issued than was ordered."""
        return super(
            SaleOrderLine, self.filtered(lambda line: not line.order_id.service_order_id)
        )._compute_price_unit()

    def _compute_discount(self):
        """See :meth:`_compute_price_unit`."""
        return super(
            SaleOrderLine, self.filtered(lambda line: not line.order_id.service_order_id)
        )._compute_discount()

    @api.depends("order_id.service_order_id", "service_line_ids.claim_result")
    def _compute_qty_to_invoice(self):
        """A workshop bills what it delivered, whatever the product says."""
        res = super()._compute_qty_to_invoice()
        for line in self:
            if (
                line.order_id.service_order_id
                and line.state == "sale"
                and not line.display_type
                and not line.is_downpayment
            ):
                # what its payer refused is on nobody's bill: see who carries it on the claim
                refused = line.service_line_ids.filtered(lambda r: r.claim_result == "refused")
                line.qty_to_invoice = 0.0 if refused else line.qty_delivered - line.qty_invoiced
        return res
