from odoo import models
from odoo.exceptions import UserError


class SaleOrder(models.Model):
    """The goods half of a payer's order: reserved once, bought once, taken back in full."""

    # one file for one job, the model is the sum of them
    _inherit = "sale.order"  # pylint: disable=consider-merging-classes-inherited

    def _action_confirm(self):
        lines = self.order_line._service_part_lines()
        if lines:
            lines._service_check_warehouse()
            lines._service_adopt_purchases()
            lines._service_lock_stock()
        return super()._action_confirm()

    def _action_cancel(self):
        """Issued parts come back first; purchases of the rest are taken off or flagged (H6)."""
        # reached through a computed field they would be read one by one once core clears the cache
        self = self.with_prefetch()
        lines = self.order_line._service_part_lines()
        issued = lines.filtered(lambda line: line.qty_delivered > 0)
        if issued:
            raise UserError(
                self.env._(
                    "%(order)s: %(parts)s were already issued, return them first.",
                    order=issued[0].order_id.name,
                    parts=", ".join(issued.product_id.mapped("display_name")),
                )
            )
        res = super()._action_cancel()
        # sudo: purchases are written by purchase users only
        lines.sudo().purchase_line_ids._service_give_up(
            lambda bought: bought.sale_line_id._service_label()
        )
        return res
