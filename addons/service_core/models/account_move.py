from odoo import models
from odoo.exceptions import UserError


class AccountMove(models.Model):
    _inherit = "account.move"

    def _post(self, soft=True):
        posted = super()._post(soft=soft)
        posted._check_service_ceiling()
        return posted

    def _check_service_ceiling(self):
        """No payer is billed above what he approved, tax and tolerance included (S2-63)."""
        # a credit note only lowers what is billed
        bills = self.filtered(lambda move: move.move_type != "out_refund")
        # sudo: the check reads the work order whoever posts the invoice
        orders = bills.sudo().line_ids.sale_line_ids.order_id.service_order_id
        for order in orders:
            billed = {}
            for move in order.invoice_ids.filtered(lambda move: move.state == "posted"):
                sign = -1 if move.move_type == "out_refund" else 1
                partner = move.partner_id
                billed[partner] = billed.get(partner, 0.0) + sign * move._service_share(order)
            for partner, amount in billed.items():
                approved = order._approved_total(partner)
                ceiling = approved * (1 + order.company_id.service_ceiling_tolerance / 100)
                if order.currency_id.compare_amounts(amount, ceiling) > 0:
                    raise UserError(
                        self.env._(
                            "%(order)s: the bill of %(payer)s would be %(amount)s, approved are "
                            "%(approved)s. Ask for the difference first.",
                            order=order.display_name,
                            payer=partner.display_name,
                            amount=order.currency_id.format(amount),
                            approved=order.currency_id.format(approved),
                        )
                    )

    def _service_share(self, order):
        """What of this bill concerns one work order; lines added by hand count for all."""
        self.ensure_one()
        orders = self.line_ids.sale_line_ids.order_id.service_order_id
        if orders == order:
            return self.amount_total
        lines = self.invoice_line_ids.filtered(
            lambda line: line.sale_line_ids.order_id.service_order_id == order
        )
        return sum(lines.mapped("price_total"))
