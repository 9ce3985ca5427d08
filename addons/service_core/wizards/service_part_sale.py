from odoo import fields, models
from odoo.exceptions import AccessError, UserError
from odoo.fields import Command


class ServicePartSale(models.TransientModel):
    """A part over the counter, without a car in the house: sold, handed out and billed at once.

    Only what lies free on the shelf is sold here; what cars have reserved is theirs.
    """

    _name = "service.part.sale"
    _description = "Counter Sale"

    partner_id = fields.Many2one("res.partner", string="Customer", required=True)
    line_ids = fields.One2many("service.part.sale.line", "sale_id", string="Parts")
    company_id = fields.Many2one(
        "res.company", string="Branch", required=True, default=lambda self: self.env.company
    )

    def action_sell(self):
        """Order, issue and bill in one step, or one sentence and nothing done."""
        self.ensure_one()
        if not self.env.user.has_group("service_core.group_service_parts"):
            raise AccessError(self.env._("Parts staff sell over the counter."))
        if not self.line_ids:
            raise UserError(self.env._("Say which part is sold."))
        # sudo: a parts clerk sells here without being a salesman or an accountant
        own = self.sudo()
        warehouse = (
            own.env["stock.warehouse"]._service_warehouses(self.company_id).get(self.company_id)
        )
        if not warehouse:
            raise UserError(self.env._("%s has no warehouse.", self.company_id.display_name))
        sale = own.env["sale.order"].create(
            {
                "partner_id": self.partner_id.id,
                "company_id": self.company_id.id,
                "warehouse_id": warehouse.id,
                "user_id": self.env.uid,
                "require_signature": False,
                "require_payment": False,
                "order_line": [
                    Command.create(
                        {
                            "product_id": line.product_id.id,
                            "product_uom_qty": line.product_uom_qty,
                        }
                    )
                    for line in self.line_ids
                ],
            }
        )
        # two clerks at one shelf: the second waits and then meets what is left
        sale.order_line._service_lock_stock()
        free = warehouse._service_free(sale.order_line.product_id)
        for line in sale.order_line.filtered("product_id.is_storable"):
            left = free[line.product_id.id]
            if left < line.product_uom_qty:
                raise UserError(
                    self.env._(
                        "%(part)s: only %(left)s free on the shelf.",
                        part=line.product_id.display_name,
                        left=f"{left:g}",
                    )
                )
            free[line.product_id.id] -= line.product_uom_qty
        sale.action_confirm()
        for picking in sale.picking_ids:
            for move in picking.move_ids:
                move.quantity = move.product_uom_qty
                move.picked = True
            picking.with_context(skip_backorder=True, skip_sms=True).button_validate()
        invoice = sale._create_invoices()
        invoice.action_post()
        return {
            "type": "ir.actions.act_window",
            "name": self.env._("Counter Sale"),
            "res_model": "stock.picking",
            "view_mode": "form",
            "res_id": sale.picking_ids[:1].id,
        }


class ServicePartSaleLine(models.TransientModel):
    _name = "service.part.sale.line"
    _description = "Counter Sale Line"

    sale_id = fields.Many2one("service.part.sale", required=True, ondelete="cascade")
    product_id = fields.Many2one(
        "product.product", string="Part", required=True, domain=[("sale_ok", "=", True)]
    )
    product_uom_qty = fields.Float(
        string="Quantity", required=True, default=1.0, digits="Product Unit"
    )

    _quantity_positive = models.Constraint(
        "CHECK(product_uom_qty > 0)", "A line needs a quantity above zero."
    )
