from odoo import api, fields, models
from odoo.exceptions import AccessError, UserError

from ..rules import order_lifecycle as life
from .sale_order import SERVICE_KEY
from .service_order import PRICE_GROUPS

CASHIERS = "service_core.group_service_cashier,service_core.group_service_manager"


class ServiceOrder(models.Model):
    """Money the customer pays ahead: core's down payment, inside what he approved (design 5)."""

    # one file for one job, the model is the sum of them
    _inherit = "service.order"  # pylint: disable=consider-merging-classes-inherited

    deposit_total = fields.Monetary(
        string="Deposit",
        compute="_compute_deposit_total",
        compute_sudo=True,
        groups=PRICE_GROUPS,
        help="Billed ahead and not given back, tax included; taken off the bill.",
    )

    @api.depends("invoice_ids")
    def _compute_deposit_total(self):
        for order in self:
            order.deposit_total = sum(
                move.amount_total
                for move in order._deposits()
                if not move.reversal_move_ids.filtered(lambda note: note.state == "posted")
            )

    def _deposits(self):
        """Posted bills that hold nothing but a deposit."""
        return self.invoice_ids.filtered(
            lambda move: (
                move.state == "posted"
                and move.move_type == "out_invoice"
                and move._is_downpayment()
            )
        )

    def _open_deposits(self):
        """Deposits that no bill has taken off and that were not given back."""
        return self._deposits().filtered(
            lambda move: any(
                line.qty_to_invoice for line in move.line_ids.sale_line_ids if line.is_downpayment
            )
        )

    def action_deposit(self):
        """Open the form in which a cashier takes a deposit."""
        self.ensure_one()
        return {
            "type": "ir.actions.act_window",
            "name": self.env._("Take a Deposit"),
            "res_model": "service.deposit",
            "view_mode": "form",
            "target": "new",
            "context": {"default_order_id": self.id},
        }

    def _take_deposit(self, amount):
        """One posted down payment over ``amount``, tax included, to the customer.

        :raises UserError: for no amount, for more than he approved and has not paid ahead yet
        """
        self.ensure_one()
        self.check_access("read")
        if not self.env.user.has_groups(CASHIERS):
            raise AccessError(self.env._("Cashiers take deposits."))
        self._lock()
        # sudo: cashiers read orders and sales, the guard is above
        order = self.sudo()
        if order.state not in (life.AGREED, life.IN_REPAIR, life.IN_INSPECTION, life.WASHING):
            raise UserError(
                self.env._(
                    "%s: a deposit is taken once the work is agreed and before the car is ready.",
                    order.display_name,
                )
            )
        sale = order.line_ids.sale_line_id.order_id.filtered(
            lambda sale: sale.state == "sale" and sale.partner_invoice_id == order.partner_id
        )[:1]
        if order.currency_id.compare_amounts(amount, 0) <= 0:
            raise UserError(self.env._("Say how much the customer pays ahead."))
        room = order._approved_total(order.partner_id) - order.deposit_total
        if not sale or order.currency_id.compare_amounts(amount, min(room, sale.amount_total)) > 0:
            raise UserError(
                self.env._(
                    "%(order)s: at most %(amount)s can be paid ahead, that is what the customer "
                    "approved and has not paid yet.",
                    order=order.display_name,
                    amount=order.currency_id.format(min(room, sale.amount_total)),
                )
            )
        wizard = (
            self.env["sale.advance.payment.inv"]
            .sudo()
            .with_context(service_key=SERVICE_KEY, mail_auto_subscribe_no_notify=True)
            .create(
                {
                    "sale_order_ids": [fields.Command.set(sale.ids)],
                    "advance_payment_method": "fixed",
                    "fixed_amount": amount,
                }
            )
        )
        invoice = wizard._create_invoices(sale.with_env(wizard.env))
        invoice.action_post()
        order.invalidate_recordset(["invoice_ids", "deposit_total"])
        return invoice.with_env(self.env)

    def action_return_deposit(self):
        """The customer gets his deposit back: a credit note over each that is still open."""
        self.check_access("read")
        if not self.env.user.has_groups(CASHIERS):
            raise AccessError(self.env._("Cashiers give deposits back."))
        self._lock()
        # sudo: cashiers read orders, the guard is above
        deposits = self.sudo()._open_deposits()
        if not deposits:
            raise UserError(self.env._("No deposit is open here."))
        today = fields.Date.context_today(self)
        deposits._reverse_moves([{"invoice_date": today} for _move in deposits], cancel=True)
        self.invalidate_recordset(["invoice_ids"])
        return True

    def action_revise(self):
        """The sale that a deposit hangs on goes: it is given back first."""
        # sudo: whoever revises may not read bills, he is only stopped by them
        for order in self.sudo():
            if order.sale_order_ids.order_line.filtered(
                lambda line: line.is_downpayment and line.qty_to_invoice
            ):
                raise UserError(
                    self.env._(
                        "%s: give the deposit back before revising the estimate.",
                        order.display_name,
                    )
                )
        return super().action_revise()
