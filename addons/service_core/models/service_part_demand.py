from odoo import api, fields, models
from odoo.exceptions import UserError
from odoo.tools import SQL

from ..rules import order_lifecycle as life
from .service_order_line_parts import AVAILABILITY

# States in which a part is still owed to a car.
OPEN_STATES = (life.DRAFT, life.BOOKED, *life.STOPPABLE)


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
        return SQL(
            """
            WITH owed AS (
                SELECT line.id, line.order_id, line.job_id, line.product_id, line.company_id,
                       line.availability, line.expected_date,
                       line.product_uom_qty AS demand_qty,
                       COALESCE(line.reserved_qty, 0) AS reserved_qty,
                       COALESCE(line.issued_qty, 0) AS issued_qty,
                       line.sale_line_id,
                       COALESCE(sale.state = 'sale', FALSE) AS is_agreed,
                       sale.warehouse_id,
                       work.state AS order_state, work.vehicle_id, work.contact_id,
                       work.advisor_id, work.promised_date
                  FROM service_order_line line
                  JOIN service_order work ON work.id = line.order_id
                  JOIN service_order_job job ON job.id = line.job_id
             LEFT JOIN sale_order_line sale_line ON sale_line.id = line.sale_line_id
             LEFT JOIN sale_order sale ON sale.id = sale_line.order_id
                 WHERE line.kind = 'part'
                   AND line.availability IN ('available', 'expected', 'late', 'missing')
                   AND job.approval IN ('pending', 'approved')
                   AND work.state IN %(states)s
            ),
            bought AS (
                SELECT owed.id,
                       SUM(purchase.open_qty) AS ordered_qty,
                       BOOL_AND(purchase.is_confirmed) AS confirmed
                  FROM owed
                  JOIN (
                    SELECT item.service_line_id,
                           item.service_confirmed_date IS NOT NULL AS is_confirmed,
                           item.product_uom_qty
                           - item.product_uom_qty * COALESCE(item.qty_received, 0)
                             / NULLIF(item.product_qty, 0) AS open_qty
                      FROM purchase_order_line item
                      JOIN purchase_order purchase ON purchase.id = item.order_id
                     WHERE item.service_line_id IS NOT NULL AND purchase.state <> 'cancel'
                       ) purchase ON purchase.service_line_id = owed.id AND purchase.open_qty > 0
              GROUP BY owed.id
            ),
            loose AS (
                SELECT product_id, warehouse_id, SUM(quantity) AS quantity
                  FROM (
                    SELECT quant.product_id, location.warehouse_id,
                           quant.quantity - quant.reserved_quantity AS quantity
                      FROM stock_quant quant
                      JOIN stock_location location ON location.id = quant.location_id
                     WHERE location.usage = 'internal'
                       AND quant.product_id IN (SELECT product_id FROM owed)
                     UNION ALL
                    SELECT move.product_id, target.warehouse_id, move.product_qty
                      FROM stock_move move
                      JOIN purchase_order_line item ON item.id = move.purchase_line_id
                      JOIN stock_location target
                        ON target.id = COALESCE(move.location_final_id, move.location_dest_id)
                     WHERE move.state NOT IN ('draft', 'done', 'cancel')
                       AND item.sale_line_id IS NULL
                       AND item.service_line_id IS NULL
                       AND target.usage = 'internal'
                       AND move.product_id IN (SELECT product_id FROM owed)
                       ) supply
              GROUP BY product_id, warehouse_id
            ),
            short AS (
                SELECT owed.id, owed.product_id, owed.warehouse_id,
                       GREATEST(
                           owed.demand_qty - owed.issued_qty - owed.reserved_qty
                           - COALESCE(bought.ordered_qty, 0), 0
                       ) AS quantity,
                       (SELECT MIN(move.date) FROM stock_move move
                         WHERE move.sale_line_id = owed.sale_line_id
                           AND move.state NOT IN ('done', 'cancel')) AS needed
                  FROM owed
             LEFT JOIN bought ON bought.id = owed.id
                 WHERE owed.is_agreed
            ),
            uncovered AS (
                SELECT short.id,
                       LEAST(short.quantity, GREATEST(
                           SUM(short.quantity) OVER (
                               PARTITION BY short.product_id, short.warehouse_id
                               ORDER BY short.needed, short.id
                           ) - GREATEST(COALESCE(loose.quantity, 0), 0), 0
                       )) AS quantity
                  FROM short
             LEFT JOIN loose ON loose.product_id = short.product_id
                            AND loose.warehouse_id = short.warehouse_id
                 WHERE short.quantity > 0
            )
            SELECT owed.id, owed.id AS line_id, owed.order_id, owed.order_state, owed.job_id,
                   owed.product_id, owed.company_id, owed.vehicle_id, owed.contact_id,
                   owed.advisor_id, owed.promised_date, owed.is_agreed, owed.availability,
                   owed.expected_date, COALESCE(bought.confirmed, FALSE) AS confirmed,
                   owed.demand_qty, owed.reserved_qty, owed.issued_qty,
                   COALESCE(bought.ordered_qty, 0) AS ordered_qty,
                   COALESCE(uncovered.quantity, 0) AS uncovered_qty
              FROM owed
         LEFT JOIN bought ON bought.id = owed.id
         LEFT JOIN uncovered ON uncovered.id = owed.id
            """,
            states=OPEN_STATES,
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
