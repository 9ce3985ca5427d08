from odoo import api, fields, models
from odoo.exceptions import AccessError, UserError, ValidationError

from .service_job_suggestion import TAKES_WORK
from .service_order import PRICE_GROUPS


class ServiceMenu(models.Model):
    """Work sold as one: several operations and parts, at their sum or at one fixed price."""

    _name = "service.menu"
    _description = "Service Menu"
    _order = "code"
    _rec_names_search = ["code", "name"]

    code = fields.Char(required=True)
    name = fields.Char(required=True, translate=True)
    active = fields.Boolean(default=True)
    price_mode = fields.Selection(
        [("sum", "Sum of its lines"), ("fixed", "Fixed price")], required=True, default="sum"
    )
    fixed_price = fields.Float(
        digits="Product Price", groups=PRICE_GROUPS, help="Untaxed, in the branch's currency."
    )
    line_ids = fields.One2many("service.menu.line", "menu_id", string="Content", copy=True)

    _code_uniq = models.Constraint("UNIQUE(code)", "Another menu has this code.")

    @api.depends("code", "name")
    def _compute_display_name(self):
        for menu in self:
            menu.display_name = " ".join(filter(None, [menu.code, menu.name]))

    def action_add(self):
        """One click: the menu becomes one job of the order, with all its lines."""
        order = self.env["service.order"].browse(self.env.context.get("service_order_id"))
        order = order.exists()
        order.check_access("read")
        if not self.env.user.has_group("service_core.group_service_advisor"):
            raise AccessError(self.env._("Advisors put menus on the order."))
        if not order or order.state not in TAKES_WORK:
            raise UserError(
                self.env._("Work is added before the estimate goes out, or while it is done.")
            )
        for menu in self:
            menu._add_to(order)
        return {"type": "ir.actions.act_window_close"}

    def _add_to(self, order):
        self.ensure_one()
        if not self.line_ids:
            raise UserError(self.env._("%s has no content yet.", self.display_name))
        model = order.vehicle_id.model_id
        labour = self.env.ref("service_core.product_labour")
        lines, hours = [], 0.0
        for line in self.line_ids:
            if line.operation_id:
                quantity = line.operation_id._hours_for(model) * line.quantity
                hours += quantity
                lines.append(
                    {
                        "order_id": order.id,
                        "kind": "labour",
                        "name": line.operation_id.name,
                        "product_id": (line.operation_id.product_id or labour).id,
                        "product_uom_qty": quantity or 1.0,
                    }
                )
            else:
                lines.append(
                    {
                        "order_id": order.id,
                        "product_id": line.product_id.id,
                        "product_uom_qty": line.quantity,
                    }
                )
        job = self.env["service.order.job"].create(
            {
                "order_id": order.id,
                "name": self.name,
                "standard_hours": hours,
                "line_ids": [fields.Command.create(vals) for vals in lines],
            }
        )
        if self.price_mode == "fixed" and job.payer != "internal":
            self._spread_price(job)
        return job

    def _spread_price(self, job):
        """The fixed price over the lines by their own prices; the last one takes the cents."""
        digits = self.env["decimal.precision"].precision_get("Product Price")
        lines = job.line_ids.sorted("product_uom_qty", reverse=True)
        total = sum(line.price_unit * line.product_uom_qty for line in lines)
        rest = self.fixed_price
        for line in lines[:-1]:
            share = line.price_unit / total if total else 0.0
            line.price_unit = round(self.fixed_price * share, digits)
            rest -= line.price_unit * line.product_uom_qty
        last = lines[-1:]
        last.price_unit = round(rest / last.product_uom_qty, digits)


class ServiceMenuLine(models.Model):
    """One operation or one part of a menu."""

    _name = "service.menu.line"
    _description = "Service Menu Line"
    _order = "menu_id, sequence, id"

    menu_id = fields.Many2one("service.menu", required=True, ondelete="cascade", index=True)
    sequence = fields.Integer(default=10)
    operation_id = fields.Many2one("service.operation", index="btree_not_null")
    product_id = fields.Many2one(
        "product.product", domain="[('sale_ok', '=', True)]", index="btree_not_null"
    )
    quantity = fields.Float(required=True, default=1.0)

    _quantity_positive = models.Constraint("CHECK(quantity > 0)", "Say how many.")

    @api.constrains("menu_id", "operation_id", "product_id")
    def _check_one(self):
        for line in self:
            if bool(line.operation_id) == bool(line.product_id):
                raise ValidationError(self.env._("Each line is either an operation or a part."))


class ServiceOrder(models.Model):
    """Where menus are put on the order."""

    # one file for one job, the model is the sum of them
    _inherit = "service.order"  # pylint: disable=consider-merging-classes-inherited

    def action_menus(self):
        """The menus of the house, each with a button that adds it here."""
        self.ensure_one()
        return {
            "type": "ir.actions.act_window",
            "name": self.env._("Add a Menu"),
            "res_model": "service.menu",
            "view_mode": "list",
            "views": [(self.env.ref("service_core.service_menu_view_list_pick").id, "list")],
            "target": "new",
            "context": {"service_order_id": self.id},
        }
