from odoo import models
from odoo.exceptions import UserError


class StockMove(models.Model):
    """Parts of a work order: bought once, given to the car they were bought for, never unapproved.

    The hooks are those of parts.md (H3, H5, H7, H8); each acts on workshop moves only.
    """

    _inherit = "stock.move"

    # what is coming, among years of what has come
    _service_supply_idx = models.Index(
        "(product_id) WHERE purchase_line_id IS NOT NULL"
        " AND state IN ('waiting', 'confirmed', 'partially_available', 'assigned')"
    )

    def _service_reserved_qty(self):
        """Reserved pieces, in the product's unit."""
        self.ensure_one()
        return self.product_uom._compute_quantity(
            self.quantity, self.product_id.uom_id, rounding_method="HALF-UP"
        )

    # === BUYING (H3, H5) === #

    def _prepare_procurement_qty(self):
        """How much of each move must be bought.

        Core compares with what is free on the shelf; the workshop also counts what is already on
        its way, and never lets an unbuyable part stop a customer's signature: such a part is
        "uncovered" and stands on the parts board instead.
        """
        quantities = super()._prepare_procurement_qty()
        wanted = dict(zip(self, quantities, strict=True))
        demand = self.filtered(lambda move: move._service_is_demand() and move.product_qty > 0)
        demand_short = demand.filtered(lambda move: wanted[move] > 0)
        if not demand_short:
            return quantities
        # pieces that nobody has been promised, used up as the moves are looked at
        free = {
            warehouse: warehouse._service_pool(demand_short_here.product_id)
            for warehouse, demand_short_here in demand_short.grouped(
                lambda move: move._service_warehouse()
            ).items()
        }
        # pieces already requested above what the line waits for: a request that was not lowered
        spare = {}
        for move in demand:
            need = move.product_qty - move._service_take(
                free.get(move._service_warehouse(), {}), move.product_id.id, move.product_qty
            )
            # sudo: whoever agrees with a customer need not read purchases
            line = move.sudo().sale_line_id
            if line and wanted[move] > 0:
                if line not in spare:
                    spare[line] = line._service_spare_request_qty()
                need -= move._service_take(spare, line, need)
            if move.product_id.is_storable and need > 0 and move._service_can_be_bought(need):
                need = move.product_id.uom_id._compute_quantity(
                    need, move.product_uom, rounding_method="HALF-UP"
                )
                wanted[move] = min(wanted[move], need)
            else:
                wanted[move] = 0.0
        return [wanted[move] for move in self]

    @staticmethod
    def _service_take(stock, key, quantity):
        """Take at most ``quantity`` out of ``stock[key]`` and say how much was there."""
        taken = max(min(stock.get(key, 0.0), quantity), 0.0)
        if taken:
            stock[key] -= taken
        return taken

    def _service_is_demand(self):
        self.ensure_one()
        return (
            self.picking_type_id.service_workshop == "issue"
            and self.rule_id.procure_method == "mts_else_mto"
        )

    def _service_warehouse(self):
        self.ensure_one()
        return self.warehouse_id or self.picking_type_id.warehouse_id

    def _service_can_be_bought(self, quantity):
        """Whether somebody would deliver this part; if not, confirming must not fail (H3)."""
        self.ensure_one()
        return self._service_warehouse()._service_can_get(self.product_id, quantity)

    # === RECEIVING (H7) === #

    def _trigger_assign(self):
        """The part goes to the line it was bought for, then core's order (priority, date)."""
        sources = self | self.browse(self._rollup_move_origs())
        # sudo: a storekeeper who receives need not read sale orders
        lines = sources.sudo().purchase_line_id.sale_line_id
        if lines:
            lines.move_ids.filtered(
                lambda move: (
                    move.state in ("confirmed", "partially_available")
                    and move.picking_type_id.service_workshop == "issue"
                    and move.location_id in self.location_dest_id
                )
            )._action_assign()
        return super()._trigger_assign()

    # === ISSUING (H8) === #

    def _action_done(self, cancel_backorder=False):
        self._service_lock_shelf()
        self._service_check_approved()
        return super()._action_done(cancel_backorder=cancel_backorder)

    def _service_lock_shelf(self):
        """Two clerks at one shelf hand out one after the other.

        Core skips a row that somebody else holds, writes a second one below zero, and takes the
        missing piece from what is reserved for other cars.
        """
        # sudo: a storekeeper who issues need not read sale orders
        lines = (
            self.filtered(
                lambda move: (
                    move.state not in ("done", "cancel")
                    and move.picking_type_id.service_workshop == "issue"
                )
            )
            .sudo()
            .sale_line_id
        )
        if lines:
            lines._service_lock_stock()

    def _service_check_approved(self):
        """Nothing leaves for a car that its payer has not approved, neither part nor piece."""
        issued = {}
        for move in self:
            # sudo: a storekeeper who issues need not read sale orders
            line = move.sudo().sale_line_id
            if (
                not move.picked
                or move.state in ("done", "cancel")
                or move.location_dest_id.usage != "customer"
                or not (
                    move.picking_type_id.service_workshop == "issue"
                    or move.sudo().picking_id.sale_id.service_order_id
                )
            ):
                continue
            if not line or line.product_id != move.product_id:
                raise UserError(
                    self.env._(
                        "%(part)s is not on an approved estimate: add it to the work order and "
                        "have it approved first.",
                        part=move.product_id.display_name,
                    )
                )
            quantity = move.product_uom._compute_quantity(move.quantity, line.product_uom_id)
            issued[line] = issued.get(line, 0.0) + quantity
        for line, quantity in issued.items():
            total = line.qty_delivered + quantity
            if line.product_uom_id.compare(total, line.product_uom_qty) > 0:
                raise UserError(
                    self.env._(
                        "%(part)s: %(approved)s approved, %(issued)s issued. Have more approved "
                        "before you issue more.",
                        part=line.product_id.display_name,
                        approved=line.product_uom_qty,
                        issued=total,
                    )
                )

    def _service_issue(self, take):
        """Validate these moves' pickings for ``take``; everything else becomes a back-order.

        :param dict take: ``{move: pieces in the product's unit}``
        """
        for picking, moves in self.grouped("picking_id").items():
            picking.move_ids.filtered(
                lambda move: move.state not in ("done", "cancel")
            ).picked = False
            for move in moves:
                quantity = move.product_id.uom_id._compute_quantity(
                    take[move], move.product_uom, rounding_method="HALF-UP"
                )
                if move.product_uom.compare(quantity, move.quantity):
                    move.quantity = quantity
                move.picked = True
        self.picking_id.with_context(
            skip_backorder=True, picking_ids_not_to_backorder=[]
        ).button_validate()

    # === RETURNING === #

    def _service_returnable_qty(self):
        """Issued by this move and not back yet, in the product's unit."""
        self.ensure_one()
        back = self.returned_move_ids.filtered(lambda move: move.state != "cancel")
        return self._service_reserved_qty() - sum(move._service_reserved_qty() for move in back)

    def _service_return(self, quantity):
        """Bring ``quantity`` (product's unit) of this done issue back to the shelf."""
        self.ensure_one()
        wizard = (
            self.env["stock.return.picking"]
            .with_context(active_id=self.picking_id.id, active_model="stock.picking")
            .create({"picking_id": self.picking_id.id})
        )
        for line in wizard.product_return_moves:
            own = line.move_id == self
            line.quantity = (
                self.product_id.uom_id._compute_quantity(quantity, self.product_uom) if own else 0.0
            )
            line.to_refund = True
        picking = wizard._create_return()
        for move in picking.move_ids:
            move.quantity = move.product_uom_qty
            move.picked = True
        picking.button_validate()
        return picking
