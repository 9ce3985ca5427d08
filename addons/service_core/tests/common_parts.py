from odoo.fields import Command

from .common import ServiceCommon


class PartsCommon(ServiceCommon):
    """Cars that need parts, and plain sale orders on the workshop's route."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.route = cls.env["stock.warehouse"]._service_route()
        cls.settle_cache()

    @classmethod
    def settle_cache(cls):
        """What is created and used in one transaction keeps a cache the database would not give."""
        cls.env.flush_all()
        cls.env.invalidate_all()

    @classmethod
    def make_sale(cls, *parts, confirm=True, **values):
        """A sale order on our route, as an approval makes it, without a work order."""
        sale = cls.env["sale.order"].create(
            {
                "partner_id": cls.customer.id,
                "warehouse_id": cls.warehouse.id,
                "order_line": [
                    Command.create(
                        {
                            "product_id": product.id,
                            "product_uom_qty": quantity,
                            "route_ids": [Command.set(cls.route.ids)],
                        }
                    )
                    for product, quantity in parts
                ],
                **values,
            }
        )
        if confirm:
            cls.settle_cache()
            sale.action_confirm()
        return sale

    @classmethod
    def order_parts(cls, *parts, state="agreed", **values):
        """A work order whose one job needs ``parts``: ``(product, quantity)``."""
        cls.settle_cache()
        return cls.make_order(state, jobs=[{"parts": list(parts)}], **values)

    @classmethod
    def part_line(cls, order, part=None):
        lines = order.line_ids.filtered(lambda line: line.kind == "part")
        return lines.filtered(lambda line: line.product_id == part) if part else lines

    @classmethod
    def bought(cls, lines):
        """Purchase lines of sale lines or work order lines, cancelled ones left out."""
        return lines.purchase_line_ids.filtered(lambda line: line.order_id.state != "cancel")

    @classmethod
    def receive(cls, purchase, quantities=None):
        """Confirm ``purchase`` if need be, and receive all of it or ``{line: quantity}``."""
        if purchase.state in ("draft", "sent"):
            purchase.button_confirm()
        picking = purchase.picking_ids.filtered(lambda p: p.state not in ("done", "cancel"))
        for move in picking.move_ids:
            move.quantity = (
                move.product_uom_qty
                if quantities is None
                else quantities.get(move.purchase_line_id, 0.0)
            )
            move.picked = bool(move.quantity)
        picking.with_context(skip_backorder=True).button_validate()
        return picking

    @classmethod
    def issue_moves(cls, sale_lines):
        return sale_lines.move_ids.filtered(
            lambda move: (
                move.state not in ("done", "cancel") and move.location_dest_id.usage == "customer"
            )
        )
