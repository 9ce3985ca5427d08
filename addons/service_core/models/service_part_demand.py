from odoo import api, fields, models
from odoo.exceptions import UserError
from odoo.tools import SQL

from ..rules import order_lifecycle as life
from .service_order_line_parts import AVAILABILITY

# States in which a part is still owed to a car.
OPEN_STATES = (life.DRAFT, life.BOOKED, *life.STOPPABLE)

# Of one purchase line, in the product's unit: asked for and not received.
OPEN_QTY = SQL(
    """
    (item.product_uom_qty
     - item.product_uom_qty * COALESCE(item.qty_received, 0) / NULLIF(item.product_qty, 0))
    """
)
# Pieces of the row's part in its warehouse, or coming there, that are for nobody in particular:
# also what was bought for a car that has got its piece from the shelf meanwhile.
LOOSE = SQL(
    """
    COALESCE((
        SELECT SUM(quant.quantity - quant.reserved_quantity)
          FROM stock_quant quant
          JOIN stock_location location ON location.id = quant.location_id
         WHERE quant.product_id = line.product_id
           AND location.usage = 'internal'
           AND location.warehouse_id = sale.warehouse_id
    ), 0) + COALESCE((
        SELECT SUM(GREATEST(move.product_qty - CASE
                   WHEN item.sale_line_id IS NULL AND item.service_line_id IS NULL THEN 0
                   WHEN own.availability IN ('expected', 'late', 'missing')
                   THEN own.product_uom_qty - COALESCE(own.issued_qty, 0)
                        - COALESCE(own.reserved_qty, 0)
                   ELSE 0 END, 0))
          FROM stock_move move
          JOIN purchase_order_line item ON item.id = move.purchase_line_id
     LEFT JOIN service_order_line own ON own.id = item.service_line_id
          JOIN stock_location target
            ON target.id = COALESCE(move.location_final_id, move.location_dest_id)
         WHERE move.product_id = line.product_id
           AND move.state IN ('waiting', 'confirmed', 'partially_available', 'assigned')
           AND move.purchase_line_id IS NOT NULL
           AND target.usage = 'internal'
           AND target.warehouse_id = sale.warehouse_id
    ), 0)
    """
)


class ServicePartDemand(models.Model):
    """The parts board: every part that is still owed to a car. It only shows (S4-42, S4-43).

    One row per open part line. ``uncovered_qty`` is what nobody has ordered of an agreed line:
    not reserved, not on a purchase of its own, and not brought by stock or purchases that are for
    nobody in particular, which are given to the lines in the order in which core serves them.
    """

    _name = "service.part.demand"
    _description = "Part Demand"
    _auto = False
    _order = "promised_date, order_id, id"
    _rec_name = "product_id"
    _check_company_auto = True

    line_id = fields.Many2one("service.order.line", readonly=True)
    order_id = fields.Many2one("service.order", string="Work Order", readonly=True)
    order_state = fields.Selection(life.STATES, string="Order Status", readonly=True)
    job_id = fields.Many2one("service.order.job", readonly=True)
    product_id = fields.Many2one("product.product", string="Part", readonly=True)
    product_uom_id = fields.Many2one(related="product_id.uom_id", string="Unit")
    company_id = fields.Many2one("res.company", string="Branch", readonly=True)
    vehicle_id = fields.Many2one("service.vehicle", readonly=True)
    contact_id = fields.Many2one(
        "res.partner", readonly=True, help="Who waits for the car and is told when the part is in."
    )
    advisor_id = fields.Many2one("res.users", readonly=True)
    promised_date = fields.Datetime(string="Promised", readonly=True)
    is_agreed = fields.Boolean(
        string="Agreed", readonly=True, help="The payer approved it; before that nothing is owed."
    )
    availability = fields.Selection(
        AVAILABILITY, readonly=True, group_expand="_group_expand_availability"
    )
    expected_date = fields.Datetime(string="Expected", readonly=True)
    confirmed = fields.Boolean(readonly=True, help="Parts staff confirmed every arrival date.")
    demand_qty = fields.Float(string="Needed", readonly=True, digits="Product Unit")
    reserved_qty = fields.Float(string="Reserved", readonly=True, digits="Product Unit")
    issued_qty = fields.Float(string="Issued", readonly=True, digits="Product Unit")
    ordered_qty = fields.Float(
        string="On Order",
        readonly=True,
        digits="Product Unit",
        help="Requested or bought for this line and not received yet.",
    )
    uncovered_qty = fields.Float(
        string="Uncovered",
        readonly=True,
        digits="Product Unit",
        help="Owed to the car and ordered by nobody.",
    )

    _depends = {
        "service.order": [
            "state",
            "company_id",
            "vehicle_id",
            "contact_id",
            "advisor_id",
            "promised_date",
        ],
        "service.order.job": ["approval"],
        "service.order.line": [
            "kind",
            "order_id",
            "job_id",
            "product_id",
            "product_uom_qty",
            "sale_line_id",
            "availability",
            "expected_date",
            "reserved_qty",
            "issued_qty",
        ],
        "sale.order": ["state", "warehouse_id"],
        "sale.order.line": ["order_id"],
        "purchase.order": ["state"],
        "purchase.order.line": [
            "order_id",
            "service_line_id",
            "sale_line_id",
            "product_qty",
            "product_uom_qty",
            "qty_received",
            "service_confirmed_date",
        ],
        "stock.quant": ["product_id", "location_id", "quantity", "reserved_quantity"],
        "stock.location": ["usage", "warehouse_id"],
        "stock.move": [
            "product_id",
            "product_qty",
            "state",
            "purchase_line_id",
            "location_dest_id",
            "location_final_id",
            "date",
            "priority",
            "sale_line_id",
        ],
    }

    @property
    def _table_query(self):
        """Rows are cheap, figures are worked out for the rows that are read.

        What is bought and what is uncovered are sub-selects of the row, not joins: a board that
        counts and sorts does not pay for them, and the history of old orders is never looked at.
        """
        return SQL(
            """
            SELECT line.id, line.id AS line_id, line.order_id, work.state AS order_state,
                   line.job_id, line.product_id, line.company_id, work.vehicle_id,
                   work.contact_id, work.advisor_id, work.promised_date,
                   COALESCE(sale.state = 'sale', FALSE) AS is_agreed,
                   line.availability, line.expected_date,
                   line.product_uom_qty AS demand_qty,
                   COALESCE(line.reserved_qty, 0) AS reserved_qty,
                   COALESCE(line.issued_qty, 0) AS issued_qty,
                   COALESCE((
                       SELECT BOOL_AND(item.service_confirmed_date IS NOT NULL)
                         FROM purchase_order_line item
                         JOIN purchase_order purchase ON purchase.id = item.order_id
                        WHERE item.service_line_id = line.id
                          AND purchase.state <> 'cancel'
                          AND %(open_qty)s > 0
                   ), FALSE) AS confirmed,
                   %(ordered)s AS ordered_qty,
                   CASE WHEN sale.state = 'sale' AND line.availability <> 'available'
                   THEN COALESCE((
                       SELECT LEAST(short.quantity, GREATEST(
                                  short.running - GREATEST(%(loose)s, 0), 0
                              ))
                         FROM (
                           SELECT other.id, other.quantity,
                                  SUM(other.quantity) OVER (
                                      ORDER BY other.needed, other.id
                                  ) AS running
                             FROM (
                               SELECT owed.id,
                                      GREATEST(
                                          owed.product_uom_qty - COALESCE(owed.issued_qty, 0)
                                          - COALESCE(owed.reserved_qty, 0) - %(owed_ordered)s, 0
                                      ) AS quantity,
                                      (SELECT MIN(move.date) FROM stock_move move
                                        WHERE move.sale_line_id = owed.sale_line_id
                                          AND move.state NOT IN ('done', 'cancel')) AS needed
                                 FROM service_order_line owed
                                 JOIN service_order owing ON owing.id = owed.order_id
                                 JOIN sale_order_line sold ON sold.id = owed.sale_line_id
                                 JOIN sale_order seller ON seller.id = sold.order_id
                                WHERE owed.product_id = line.product_id
                                  AND owed.kind = 'part'
                                  AND owed.availability IN ('expected', 'late', 'missing')
                                  AND owing.state IN %(states)s
                                  AND seller.state = 'sale'
                                  AND seller.warehouse_id = sale.warehouse_id
                                  ) other
                            WHERE other.quantity > 0
                              ) short
                        WHERE short.id = line.id
                   ), 0) ELSE 0 END AS uncovered_qty
              FROM service_order_line line
              JOIN service_order work ON work.id = line.order_id
         LEFT JOIN sale_order_line sale_line ON sale_line.id = line.sale_line_id
         LEFT JOIN sale_order sale ON sale.id = sale_line.order_id
             WHERE line.kind = 'part'
               AND line.availability IN ('available', 'expected', 'late', 'missing')
               AND work.state IN %(states)s
            """,
            states=OPEN_STATES,
            open_qty=OPEN_QTY,
            ordered=self._sql_ordered(SQL("line")),
            owed_ordered=self._sql_ordered(SQL("owed")),
            loose=LOOSE,
        )

    @api.model
    def _sql_ordered(self, line):
        """Pieces requested or bought for the row ``line`` and not received yet."""
        return SQL(
            """
            COALESCE((
                SELECT SUM(GREATEST(%s, 0))
                  FROM purchase_order_line item
                  JOIN purchase_order purchase ON purchase.id = item.order_id
                 WHERE item.service_line_id = %s.id AND purchase.state <> 'cancel'
            ), 0)
            """,
            *(OPEN_QTY, line),
        )

    @api.model
    def _group_expand_availability(self, values, domain):
        """The board always shows its columns, empty ones too."""
        return ["missing", "late", "expected", "available"]

    @api.depends("product_id", "order_id")
    def _compute_display_name(self):
        for row in self:
            row.display_name = f"{row.product_id.display_name} / {row.order_id.display_name}"

    # === ACTIONS === #

    def action_order_now(self):
        """One click: buy what nobody has ordered of these rows, agreed or not (S4-43)."""
        self.line_id._service_check_parts_user()
        # sudo: ordering needs rules, vendors and moves; the guard above decides
        rows = self.sudo()
        agreed = rows.filtered("is_agreed")
        agreed.line_id._service_order_uncovered({row.line_id: row.uncovered_qty for row in agreed})
        asked = (rows - agreed).filtered(lambda row: row.availability != "available").line_id
        nobody = asked._parts_without_vendor()
        if nobody:
            raise UserError(nobody._service_no_vendor_message())
        ordered = asked._service_preorder()
        if not ordered and not agreed.filtered("uncovered_qty"):
            raise UserError(
                self.env._("Nothing to order: everything is in stock or on order already.")
            )
        return True

    def action_confirm_date(self):
        """Open the small form in which parts staff write down the vendor's date."""
        self.line_id._service_check_parts_user()
        return {
            "type": "ir.actions.act_window",
            "name": self.env._("Confirm Arrival"),
            "res_model": "service.part.confirm",
            "view_mode": "form",
            "target": "new",
            "context": {"default_line_ids": [fields.Command.set(self.line_id.ids)]},
        }

    def action_open_purchase(self):
        """The requests and purchases that bring these parts."""
        orders = self.line_id.purchase_line_ids.order_id
        if not orders:
            raise UserError(self.env._("Nothing is ordered for this part yet."))
        action = {
            "type": "ir.actions.act_window",
            "name": self.env._("Purchases"),
            "res_model": "purchase.order",
            "view_mode": "list,form",
            "domain": [("id", "in", orders.ids)],
        }
        if len(orders) == 1:
            action.update(view_mode="form", res_id=orders.id)
        return action

    def action_open_order(self):
        self.ensure_one()
        return {
            "type": "ir.actions.act_window",
            "res_model": "service.order",
            "view_mode": "form",
            "res_id": self.order_id.id,
        }

    def action_issue(self):
        """Hand out what is reserved for these rows' cars."""
        for order, rows in self.grouped("order_id").items():
            order._issue_parts({row.line_id: row.reserved_qty for row in rows})
        return True

    # === NIGHTLY CHECK === #

    @api.model
    def _cron_check(self):
        """Look at every open part again: dates pass, stock comes and goes.

        What is agreed and ordered by nobody is laid on a parts clerk's desk, once.
        """
        order_ids = self.env["service.order"].search([("state", "in", OPEN_STATES)]).ids
        self.env["ir.cron"]._commit_progress(remaining=len(order_ids))
        for order in self.env["service.order"].browse(order_ids):
            # fresh, so that a commit does not read the whole list again
            order = order.with_prefetch()
            order.line_ids._service_check_stock()
            order._service_flag_uncovered()
            if not self.env["ir.cron"]._commit_progress(1):
                break
