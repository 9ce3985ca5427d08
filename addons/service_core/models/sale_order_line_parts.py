from odoo import fields, models
from odoo.exceptions import UserError


class SaleOrderLine(models.Model):
    """Goods of a work order line: what it waits for, what is bought for it, what is too much."""

    # one file for one job, the model is the sum of them
    _inherit = "sale.order.line"  # pylint: disable=consider-merging-classes-inherited

    service_line_ids = fields.One2many(
        "service.order.line", "sale_line_id", string="Work Order Lines"
    )

    def _service_part_lines(self):
        """Lines whose goods leave by Workshop Issues."""
        route = self.env["stock.warehouse"]._service_route()
        return self.filtered(lambda line: route and route in line.sudo().route_ids)

    def _compute_warehouse_id(self):
        """On our route the order's own warehouse has the rule: core need not look for one."""
        route = self.env["stock.warehouse"]._service_route()
        own = self.filtered(
            lambda line: (
                # sudo: a rule is read by stock users only
                line.sudo().route_ids == route
                and line.order_id.warehouse_id.sudo().service_rule_id.active
            )
        )
        for line in own:
            line.warehouse_id = line.order_id.warehouse_id
        return super(SaleOrderLine, self - own)._compute_warehouse_id()

    # === CONFIRMING === #

    def _service_check_warehouse(self):
        """A route must not take the parts from another branch's shelf in silence."""
        for line in self:
            if line.warehouse_id != line.order_id.warehouse_id:
                raise UserError(
                    self.env._(
                        "%(warehouse)s has no workshop rule: %(part)s would be taken from "
                        "%(other)s. Set the warehouse up for the workshop.",
                        warehouse=line.order_id.warehouse_id.display_name,
                        part=line.product_id.display_name,
                        other=line.warehouse_id.display_name,
                    )
                )

    def _service_adopt_purchases(self):
        """What was pre-ordered for these lines becomes theirs: chained, not bought anew."""
        for line in self:
            # sudo: purchases are written by purchase users only
            bought = line.sudo().service_line_ids.bought_line_ids.filtered(
                lambda bought, line=line: (
                    bought.product_id == line.product_id
                    and bought._service_open_qty() > 0
                    and (not bought.sale_line_id or bought.sale_line_id.state == "cancel")
                )
            )
            if not bought:
                continue
            bought.sale_line_id = line
            if not line.order_id.stock_reference_ids:
                self.env["stock.reference"].sudo().create(line._prepare_reference_vals())
            bought.order_id.reference_ids |= line.order_id.stock_reference_ids
            receipts = bought.move_ids.filtered(lambda move: move.state not in ("done", "cancel"))
            receipts.reference_ids |= line.order_id.stock_reference_ids

    def _service_lock_stock(self):
        """Two advisors at once must not both get the last piece (H9).

        The second waits here for the first, then Odoo repeats his request on what is left.
        """
        self.env["stock.quant"].flush_model()
        # raw SQL: the ORM's lock takes known records, these rows must be found and locked at once
        self.env.cr.execute(
            """
            SELECT quant.id
              FROM stock_quant quant
              JOIN stock_location location ON location.id = quant.location_id
             WHERE quant.product_id IN %s
               AND location.usage = 'internal'
             ORDER BY quant.id
               FOR UPDATE OF quant
            """,
            [tuple(sorted(self.product_id.ids))],
        )

    # === QUANTITIES, IN THE PRODUCT'S UNIT === #

    def _service_open_moves(self):
        return self.move_ids.filtered(
            lambda move: (
                move.state not in ("draft", "done", "cancel")
                and move.location_dest_id.usage == "customer"
            )
        )

    def _service_issue_moves(self):
        return self.move_ids.filtered(
            lambda move: move.state == "done" and move.location_dest_id.usage == "customer"
        )

    def _service_issued_qty(self):
        """Handed out and not brought back."""
        self.ensure_one()
        back = self.move_ids.filtered(
            lambda move: move.state == "done" and move.location_id.usage == "customer"
        )
        return sum(move._service_reserved_qty() for move in self._service_issue_moves()) - sum(
            move._service_reserved_qty() for move in back
        )

    def _service_waiting_qty(self):
        """Demanded and not reserved yet."""
        self.ensure_one()
        return sum(
            max(move.product_qty - move._service_reserved_qty(), 0.0)
            for move in self._service_open_moves()
        )

    def _service_ordered_qty(self, states=("draft", "sent", "to approve", "purchase")):
        """Bought for this line and not received yet."""
        self.ensure_one()
        # sudo: purchases are read by purchase users only
        return sum(
            line._service_open_qty()
            for line in self.sudo().purchase_line_ids
            if line.order_id.state in states
        )

    def _service_unbought_qty(self):
        """Waiting for more than confirmed purchases bring."""
        self.ensure_one()
        return max(self._service_waiting_qty() - self._service_ordered_qty(("purchase",)), 0.0)

    def _service_spare_request_qty(self):
        """Requested from a vendor above what this line waits for."""
        self.ensure_one()
        requested = self._service_ordered_qty(("draft", "sent", "to approve"))
        return max(requested - self._service_unbought_qty(), 0.0)

    # === LESS DEMAND === #

    def write(self, vals):
        """Core says nothing to the buyer when less is needed than was bought."""
        if "product_uom_qty" not in vals:
            return super().write(vals)
        before = {
            line: (line.product_uom_qty, line._service_ordered_qty(("draft",)))
            for line in self._service_part_lines()
            if line.state == "sale"
        }
        res = super().write(vals)
        for line, (quantity, requested) in before.items():
            fall = line.product_uom_id._compute_quantity(
                quantity - line.product_uom_qty, line.product_id.uom_id
            )
            # core has already lowered what stood on the open request
            fall -= max(requested - line._service_ordered_qty(("draft",)), 0.0)
            if fall > 0:
                line._service_release_purchases(fall)
        return res

    def _service_fall_to_issued(self):
        """Nothing more is owed of these lines: their open goods are cancelled in one go.

        Core would procure each fall of a quantity backwards, line by line.
        """
        self._service_open_moves()._action_cancel()
        for issued, lines in self.grouped("qty_delivered").items():
            lines.with_context(skip_procurement=True).product_uom_qty = issued

    def _update_line_quantity(self, values):
        """Released goods are told by the work order, not once more on each sale order."""
        released = self.filtered(
            lambda line: self.env.context.get("skip_procurement") and line.order_id.service_order_id
        )
        return super(SaleOrderLine, self - released)._update_line_quantity(values)

    def _service_release_purchases(self, fall):
        """``fall`` pieces are needed no more: take them off requests, else tell the buyer.

        Never more than what is really too much: what is on its way may be needed by the rest.
        """
        self.ensure_one()
        surplus = min(fall, self._service_ordered_qty() - self._service_waiting_qty())
        if surplus <= 0:
            return
        # sudo: purchases are written by purchase users only
        bought = self.sudo().purchase_line_ids.sorted("id", reverse=True)
        drafts = bought.filtered(lambda line: line.order_id.state == "draft")
        surplus -= drafts._service_cut(surplus)
        for line in (bought - drafts).filtered(lambda line: line._service_open_qty() > 0):
            if surplus <= 0:
                break
            pieces = min(surplus, line._service_open_qty())
            surplus -= pieces
            line.order_id._service_tell_buyer(
                self.env._(
                    "%(order)s needs %(quantity)s × %(part)s less, but it is already ordered.",
                    order=self._service_label(),
                    quantity=f"{pieces:g}",
                    part=self.product_id.display_name,
                )
            )

    def _service_label(self):
        """What the buyer calls the demand: the work order, else the sale order."""
        # sudo: see _service_ordered_qty
        works = self.sudo().service_line_ids.order_id
        return ", ".join((works or self.order_id).mapped("display_name"))
