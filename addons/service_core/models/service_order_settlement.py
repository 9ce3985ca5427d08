from odoo import fields, models
from odoo.exceptions import AccessError, UserError

from .sale_order import SERVICE_KEY


class ServiceOrder(models.Model):
    """From delivered work to the bill and the customer's drive home."""

    # one file for one job, the model is the sum of them
    _inherit = "service.order"  # pylint: disable=consider-merging-classes-inherited

    def _billable_lines(self):
        """Lines of which something was delivered and somebody outside the house pays."""
        return self.line_ids.filtered(
            lambda line: (
                line.payer != "internal"
                and line.claim_result != "refused"
                and line.sale_line_id
                and line.sale_line_id.qty_delivered
            )
        )

    def _approved_total(self, partner):
        """What ``partner`` approved, tax included: the ceiling of his bill.

        Two rounds on one bill may round their taxes to a cent more than each alone; he approved
        the lines, so the higher of the two sums counts.
        """
        self.ensure_one()
        rounds = self.approval_ids.filtered(
            lambda a: a.state == "answered" and a.payer_id == partner
        )
        lines = self.env["service.order.line"].union(*(a._approved_lines() for a in rounds))
        return max(sum(rounds.mapped("amount_approved")), lines._total_with_tax())

    def _deliver_labour(self, worked_only=False):
        """Approved labour counts as delivered: standard hours, whatever the clock says.

        :param bool worked_only: the order stops mid-way, bill at most the hours worked
        """
        lines = self.line_ids.filtered(
            lambda line: (
                line.sale_line_id
                and line.job_id.approval == "approved"
                and line.sale_line_id.qty_delivered_method == "manual"
            )
        )
        # shares last: they follow what was done of the rest
        shares = lines.filtered("share_pair_id")
        for group in (lines - shares, shares):
            delivered = {}
            for line in group:
                hours = line.product_uom_qty
                if line.share_pair_id:
                    hours *= line._share_delivered()
                elif worked_only:
                    hours = min(hours, line.job_id.clocked_hours) if line.kind == "labour" else 0.0
                if line.sale_line_id.qty_delivered != hours:
                    delivered.setdefault(hours, self.env["sale.order.line"])
                    delivered[hours] |= line.sale_line_id
            for hours, sold in delivered.items():
                sold.with_context(service_key=SERVICE_KEY).qty_delivered = hours

    def _invoice_payer(self, payer):
        """One posted invoice over what was delivered for ``payer``; empty when it is nothing."""
        self.ensure_one()
        return self._invoice_payers({self: payer})

    def _invoice_payers(self, payers):
        """One posted invoice per order and payer over what was delivered, made in one go.

        :param dict payers: ``{order: partners}``
        """
        sales = self.env["sale.order"]
        for order, partners in payers.items():
            sales |= order.line_ids.sale_line_id.order_id.filtered(
                lambda sale, partners=partners: (
                    sale.partner_invoice_id in partners
                    and sale.state == "sale"
                    and any(line.qty_to_invoice for line in sale.order_line)
                )
            )
        if not sales:
            return self.env["account.move"]
        # no mail to the advisor that a bill is his: he sent the car to the cashier himself
        invoices = sales.with_context(
            service_bill_per_order=True, mail_auto_subscribe_no_notify=True
        )._create_invoices(final=True)
        invoices.action_post()
        return invoices

    def action_sign_settlement(self):
        """Open the settlement form to explain the charges and take the signature."""
        return self._ask_reason("sign")

    def _sign_settlement(self, signed_by, signature=False):
        """The customer signs the settlement form after the charges were explained (S0-116)."""
        self.ensure_one()
        self.check_access("read")
        if not self.env.user.has_groups(
            "service_core.group_service_advisor,service_core.group_service_cashier"
        ):
            raise AccessError(
                self.env._("Advisors and cashiers explain the charges and have them signed.")
            )
        if self.state != "ready":
            raise UserError(
                self.env._("%s: the settlement form is signed when the car is ready.", self.name)
            )
        if not (signed_by or "").strip():
            raise UserError(self.env._("Say who signed."))
        # sudo: cashiers read orders, they do not write them
        self.sudo().write(
            {
                "charges_explained": True,
                "settlement_signed_by": signed_by.strip(),
                "settlement_signature": signature,
                "settlement_signed_on": fields.Datetime.now(),
            }
        )

    def action_settle(self):
        """One invoice per payer over delivered quantities; claims for those who pay on
        acceptance (S2-119)."""
        orders = self._begin("settle")
        billable = {order: order._billable_lines() for order in orders}
        orders._invoice_payers(
            {
                order: (
                    lines.filtered(lambda line: line.payer == "customer").payer_id
                    # what was paid ahead for work that is not billed goes back
                    | order._open_deposits().partner_id
                )
                - lines.order_id._collective_payers()
                for order, lines in billable.items()
            }
        )
        for order, lines in billable.items():
            claimed = lines.filtered(lambda line: line.payer != "customer" and not line.claim_id)
            for (payer, partner), group in claimed.grouped(
                lambda line: (line.payer, line.payer_id)
            ).items():
                claim = order.claim_ids.filtered(
                    lambda claim, p=partner: claim.payer_id == p and claim.state != "refused"
                )
                group.claim_id = claim or self.env["service.claim"].sudo().create(
                    {"order_id": order.id, "payer": payer, "payer_id": partner.id}
                )
        for order, lines in billable.items():
            if lines.order_id._collective_payers():
                order.collective_month = order._month()
        orders._lifecycle_move("settle")
        return True

    def action_unsettle(self):
        """Open the form in which a manager says why the bill is taken back."""
        return self._ask_reason("unsettle")

    def _unsettle(self, reason):
        """Credit notes for the customer's bills; the order is ready again (manager, reason)."""
        if not (reason or "").strip():
            raise UserError(self.env._("Say why the bill is taken back."))
        orders = self._begin("unsettle")
        claimed = orders.claim_ids.invoice_id
        invoices = orders.invoice_ids.filtered(
            lambda move: (
                move.move_type == "out_invoice"
                and move.state == "posted"
                # what was paid ahead stays paid, the next bill takes it off again
                and not move._is_downpayment()
                # a bill that was paid stays paid beside its credit note
                and not move.reversal_move_ids.filtered(lambda note: note.state == "posted")
                and move not in claimed
            )
        )
        collective = orders.filtered("collective_month")
        for order in collective:
            for move in order.invoice_ids.filtered(
                lambda move: move.move_type == "out_invoice" and move.state == "posted"
            ):
                held = move.line_ids.sale_line_ids.order_id.service_order_id
                if len(held) > 1:
                    # the other cars on the collective invoice stay billed
                    invoices -= move
                    if not order.currency_id.is_zero(order._billed_on(move)):
                        order._credit_collective(move, reason)
        if invoices:
            today = fields.Date.context_today(self)
            invoices._reverse_moves(
                [{"ref": reason, "invoice_date": today} for _invoice in invoices], cancel=True
            )
        orders.write(
            {
                "charges_explained": False,
                "collective_month": False,
                "settlement_signature": False,
                "settlement_signed_by": False,
                "settlement_signed_on": False,
            }
        )
        orders._message_log_batch(
            dict.fromkeys(orders.ids, self.env._("Bill taken back: %s", reason))
        )
        orders._lifecycle_move("unsettle")
        return True

    def action_deliver(self):
        """The customer has his car, his papers and his next service date (S0-117)."""
        orders = self._begin("deliver")
        today = fields.Date.context_today(self)
        orders.filtered(lambda order: not order.is_stopped)._plan_next_service(today)
        orders._lifecycle_move("deliver", values={"delivered_date": fields.Datetime.now()})
        return True
