from odoo import fields, models
from odoo.exceptions import UserError
from odoo.tools import float_compare

from ..rules import order_lifecycle as life
from .service_order_line_parts import AWAITED, HERE, REFUSED

# Parts are handed out while work is agreed or under way.
ISSUE_STATES = (life.AGREED, life.IN_REPAIR, life.IN_INSPECTION)


class ServiceOrder(models.Model):
    """Parts of a work order as its people see them: how many, all here or not, hand them out."""

    # one file for one job, the model is the sum of them
    _inherit = "service.order"  # pylint: disable=consider-merging-classes-inherited

    part_count = fields.Integer(string="Parts", compute="_compute_part_counts")
    part_awaited_count = fields.Integer(string="Awaited", compute="_compute_part_counts")
    part_issuable_count = fields.Integer(compute="_compute_part_counts")
    parts_expected = fields.Datetime(
        string="Last Part Arrives",
        compute="_compute_part_counts",
        help="Latest expected date of the parts that are not here; empty when one has no date.",
    )
    parts_checked_at = fields.Datetime(
        readonly=True, copy=False, help="When the shelf was last looked at for this order (S4-42)."
    )
    parts_checked_by = fields.Many2one("res.users", readonly=True, copy=False)

    def _compute_part_counts(self):
        for order in self:
            lines = order.line_ids.filtered("availability")
            awaited = lines.filtered(lambda line: line.availability in AWAITED)
            order.part_count = len(lines)
            order.part_awaited_count = len(awaited)
            order.part_issuable_count = len(lines.filtered(lambda line: line.reserved_qty > 0))
            dates = awaited.mapped("expected_date")
            order.parts_expected = max(dates) if dates and all(dates) else False

    def _service_parts_here(self):
        """Whether every approved part is reserved or issued."""
        self.ensure_one()
        lines = self.line_ids.filtered(
            lambda line: line.availability and line.job_id.approval not in REFUSED
        )
        return bool(lines) and all(line.availability in HERE for line in lines)

    def _service_parts_owed(self):
        """Lines with a part that is not in the car yet."""
        return self.line_ids.filtered(lambda line: line.availability in (*AWAITED, "available"))

    # === ACTIONS === #

    def action_check_parts(self):
        """Look at the shelf for every part; result and time stay on the order (S4-42)."""
        self.check_access("read")
        # sudo: the check writes a stamp on an order the technician may not write
        orders = self.sudo()
        orders.line_ids._service_check_stock()
        orders._stamp_parts_check()
        return True

    def _stamp_parts_check(self):
        self.write({"parts_checked_at": fields.Datetime.now(), "parts_checked_by": self.env.uid})

    def action_issue_parts(self):
        """The parts clerk's button: hand out everything that is reserved for this car."""
        take = {}
        for order in self.filtered(lambda order: order._service_parts_owed()):
            take.update(order._prepare_issue())
        if take:
            # sudo: as in _issue_parts
            self.env["stock.move"].sudo().union(*take)._service_issue(take)
        return True

    def action_view_parts(self):
        self.ensure_one()
        action = self.env["ir.actions.act_window"]._for_xml_id(
            "service_core.service_part_demand_action"
        )
        action["domain"] = [("order_id", "=", self.id)]
        action["context"] = {}
        return action

    # === ISSUING === #

    def _issue_parts(self, lines_qty=None):
        """Validate the workshop issues of this order for what is reserved, or for ``lines_qty``.

        1. Parts staff issue, while work is agreed or under way.
        2. Nobody issues more than is reserved for the car; what is not issued stays owed as a
           back-order.

        :param dict lines_qty: ``{service.order.line: quantity}``, all reserved by default
        :return: the pickings that were done
        """
        take = self._prepare_issue(lines_qty)
        # sudo: issuing writes pickings and sale lines, the guard in _prepare_issue decides
        moves = self.env["stock.move"].sudo().union(*take)
        moves._service_issue(take)
        return moves.picking_id

    def _prepare_issue(self, lines_qty=None):
        """``{move: pieces}`` that may leave for this car, see :meth:`_issue_parts`."""
        self.ensure_one()
        self.line_ids._service_check_parts_user()
        if self.state not in ISSUE_STATES:
            raise UserError(
                self.env._(
                    "%s: parts are issued while work is agreed or under way.", self.display_name
                )
            )
        # sudo: issuing writes pickings and sale lines, the guard above decides
        order = self.sudo()
        if lines_qty is None:
            lines_qty = {line: line.reserved_qty for line in order.line_ids if line.reserved_qty}
        take = {}
        for line, quantity in lines_qty.items():
            line = order.line_ids.browse(line.id)
            if float_compare(quantity, 0.0, precision_digits=6) <= 0:
                continue
            if (
                line.order_id != order
                or line.product_uom_id.compare(quantity, line.reserved_qty) > 0
            ):
                raise UserError(
                    self.env._(
                        "%(part)s: only %(reserved)s reserved for %(order)s.",
                        part=line.product_id.display_name,
                        reserved=f"{line.reserved_qty:g}",
                        order=order.display_name,
                    )
                )
            for move in line.sale_line_id._service_open_moves().sorted("id"):
                part = min(quantity, move._service_reserved_qty())
                if part > 0:
                    take[move] = part
                    quantity -= part
        if not take:
            raise UserError(
                self.env._("%s: no part is reserved, nothing to issue.", self.display_name)
            )
        return take

    # === UNCOVERED === #

    def _service_flag_uncovered(self):
        """An activity for a parts clerk on each order with parts nobody has ordered; only one."""
        rows = self.env["service.part.demand"].search(
            [("order_id", "in", self.ids), ("uncovered_qty", ">", 0)]
        )
        kind = self.env.ref("service_core.mail_activity_type_parts")
        warehouses = self.env["stock.warehouse"]._service_warehouses(self.company_id)
        for order, uncovered in rows.grouped("order_id").items():
            warehouse = warehouses.get(order.company_id)
            if not warehouse or kind in order.activity_ids.activity_type_id:
                continue
            order.activity_schedule(
                "service_core.mail_activity_type_parts",
                user_id=warehouse._service_buyer().id,
                note=self.env._(
                    "Nobody has ordered: %s.",
                    ", ".join(
                        f"{row.product_id.display_name} × {row.uncovered_qty:g}"
                        for row in uncovered
                    ),
                ),
            )

    # === EVENTS === #

    def _on_transition(self, verb, from_states):
        """The estimate's gates have just looked at the shelf; a cancelled order needs no parts."""
        res = super()._on_transition(verb, from_states)
        if verb == "quote":
            self._stamp_parts_check()
        elif verb == "cancel":
            self.line_ids._release_unissued()
        return res
