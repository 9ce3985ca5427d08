from odoo import fields, models

from .service_order_line_parts import HERE


class ServiceOrderLine(models.Model):
    """Times and quantities of the parts request, written when they happen (S4-49, S2-11)."""

    # one file for one job, the model is the sum of them
    _inherit = "service.order.line"  # pylint: disable=consider-merging-classes-inherited

    agreed_at = fields.Datetime(
        readonly=True, copy=False, help="When the payer's agreement made it a demand."
    )
    shelf_qty = fields.Float(
        string="From the Shelf",
        readonly=True,
        copy=False,
        digits="Product Unit",
        help="Pieces that were reserved from stock the moment the work was agreed.",
    )
    here_at = fields.Datetime(readonly=True, copy=False, help="When all pieces were in.")
    issued_at = fields.Datetime(readonly=True, copy=False, help="When the last piece went out.")

    def _service_note_agreed(self):
        """The demand begins: what came from the shelf is now known for good."""
        now = fields.Datetime.now()
        for line in self.filtered("availability"):
            line.agreed_at = now
            line.shelf_qty = min(line.reserved_qty, line.product_uom_qty)
            line.here_at = now if line.availability in HERE else False

    def _service_parts_came(self):
        """The wait of these lines is over; see the hook."""
        before = dict(self.env.cr.precommit.data.get("service_core.parts_ready", {}))
        lines = self.browse(before).exists()
        here = lines.filtered(
            lambda line: line.agreed_at and not line.here_at and line.availability in HERE
        )
        here.here_at = fields.Datetime.now()
        # found short after all: the wait goes on
        gone = lines.filtered(
            lambda line: line.here_at and line.availability and line.availability not in HERE
        )
        gone.here_at = False
        res = super()._service_parts_came()
        # the commit's own flush is over
        self.env.flush_all()
        return res


class ServiceApproval(models.Model):
    # one file for one job, the model is the sum of them
    _inherit = "service.approval"  # pylint: disable=consider-merging-classes-inherited

    def _make_sale_orders(self):
        orders = super()._make_sale_orders()
        orders.order_line.service_line_ids._service_note_agreed()
        return orders


class StockMove(models.Model):
    # one file for one job, the model is the sum of them
    _inherit = "stock.move"  # pylint: disable=consider-merging-classes-inherited

    def _action_done(self, cancel_backorder=False):
        moves = super()._action_done(cancel_backorder=cancel_backorder)
        issued = moves.filtered(
            lambda move: (
                move.state == "done"
                and move.picking_type_id.service_workshop == "issue"
                and move.location_dest_id.usage == "customer"
            )
        )
        if issued:
            # sudo: a storekeeper who issues need not write work orders
            issued.sudo().sale_line_id.service_line_ids.issued_at = fields.Datetime.now()
        return moves
