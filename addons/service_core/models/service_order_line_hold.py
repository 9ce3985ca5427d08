from odoo import api, fields, models

from ..rules import order_lifecycle as life
from .service_order_line_parts import REFUSED


class ServiceOrderLine(models.Model):
    """A part ordered ahead that comes before its payer has agreed is kept for its car.

    The hold is a reserved move without a transfer: nobody can issue it, no other car is given the
    piece, and every forecast counts it. It ends with the agreement, which reserves the piece by
    itself, or when the part is not wanted any more.
    """

    # one file for one job, the model is the sum of them
    _inherit = "service.order.line"  # pylint: disable=consider-merging-classes-inherited

    hold_move_ids = fields.One2many(
        "stock.move", "service_hold_line_id", string="Kept For It", groups="stock.group_stock_user"
    )

    @api.depends("hold_move_ids.state", "hold_move_ids.quantity")
    def _compute_parts(self):
        return super()._compute_parts()

    def _service_open_holds(self):
        # sudo: whoever looks at an estimate need not read stock moves
        return self.sudo().hold_move_ids.filtered(lambda move: move.state not in ("done", "cancel"))

    def _service_held_qty(self):
        """Pieces on the shelf that are kept for this line; only what was bought for it can be."""
        self.ensure_one()
        if not self.sudo().bought_line_ids:
            return 0.0
        return sum(move._service_reserved_qty() for move in self._service_open_holds())

    def _service_waits_for_yes(self):
        """Whether the part may still be agreed to."""
        self.ensure_one()
        return (
            self.job_id.approval not in REFUSED
            and self.order_id.state in (life.DRAFT, life.BOOKED, *life.STOPPABLE)
            and self.sale_line_id.state != "sale"
        )

    def _service_hold(self, quantity, location):
        """Keep ``quantity`` pieces at ``location`` for this line."""
        self.ensure_one()
        quantity = min(quantity, self.product_uom_qty - self._service_held_qty())
        if quantity <= 0:
            return
        warehouse = location.warehouse_id
        # sudo: the storekeeper's receipt keeps the part, whoever he is
        move = (
            self.env["stock.move"]
            .sudo()
            .create(
                {
                    "product_id": self.product_id.id,
                    "product_uom_qty": quantity,
                    "location_id": warehouse.lot_stock_id.id,
                    "location_dest_id": warehouse.service_issue_type_id.default_location_dest_id.id,
                    "company_id": self.company_id.id,
                    "origin": self.order_id.name,
                    "service_hold_line_id": self.id,
                }
            )
        )
        move._action_confirm(merge=False)
        move._action_assign()

    def _service_release_holds(self, give_on=True):
        """Nothing is kept for these lines any more.

        :param bool give_on: cars that wait for such a piece are served with it at once
        """
        holds = self._service_open_holds()
        if not holds:
            return
        products, places = holds.product_id, holds.location_id
        holds._action_cancel()
        if give_on:
            self.env["stock.move"].sudo().search(  # sudo: see _service_hold
                [
                    ("product_id", "in", products.ids),
                    ("state", "in", ("confirmed", "partially_available")),
                    ("location_id", "in", places.ids),
                    ("picking_type_id.service_workshop", "=", "issue"),
                ]
            )._action_assign()

    def _service_give_up_preorders(self):
        res = super()._service_give_up_preorders()
        # sudo: an advisor gives the part up without reading purchases
        self.filtered(lambda line: line.sudo().bought_line_ids)._service_release_holds()
        return res

    def write(self, vals):
        """A hold is for this part and this quantity."""
        if {"product_id", "product_uom_qty"} & set(vals):
            # sudo: who changes the estimate need not read purchases
            self.filtered(
                lambda line: (
                    (
                        ("product_id" in vals and line.product_id.id != vals["product_id"])
                        or vals.get("product_uom_qty", line.product_uom_qty) < line.product_uom_qty
                    )
                    and line.sudo().bought_line_ids
                )
            )._service_release_holds()
        return super().write(vals)


class ServiceOrder(models.Model):
    # one file for one job, the model is the sum of them
    _inherit = "service.order"  # pylint: disable=consider-merging-classes-inherited

    @api.ondelete(at_uninstall=False)
    def _unlink_give_up_preorders(self):
        """The database deletes the lines with their order; what is kept for them is freed here."""
        self.line_ids._service_give_up_preorders()


class SaleOrderLine(models.Model):
    # one file for one job, the model is the sum of them
    _inherit = "sale.order.line"  # pylint: disable=consider-merging-classes-inherited

    def _service_adopt_purchases(self):
        """The agreement reserves for itself what was kept for it."""
        res = super()._service_adopt_purchases()
        # sudo: the storekeeper who receives need not read purchases
        lines = self.service_line_ids.filtered(lambda line: line.sudo().bought_line_ids)
        lines._service_release_holds(give_on=False)
        return res


class StockMove(models.Model):
    # one file for one job, the model is the sum of them
    _inherit = "stock.move"  # pylint: disable=consider-merging-classes-inherited

    service_hold_line_id = fields.Many2one(
        "service.order.line",
        string="Kept for Work Order Line",
        readonly=True,
        copy=False,
        ondelete="set null",
        index="btree_not_null",
    )

    def _trigger_assign(self):
        """Before anybody else is served, keep what was ordered ahead for its car."""
        for move in self:
            # sudo: a storekeeper who receives need not read purchases and work orders
            sources = (move | self.browse(move._rollup_move_origs())).sudo()
            place = move.location_dest_id
            stock = place.warehouse_id.lot_stock_id
            if move.state != "done" or not stock or not place._child_of(stock):
                continue
            left = move._service_reserved_qty()
            for line in sources.purchase_line_id.service_line_id:
                if left > 0 and line._service_waits_for_yes():
                    line._service_hold(left, place)
                    left -= line._service_held_qty()
        return super()._trigger_assign()
