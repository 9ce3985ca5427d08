from odoo import api, fields, models
from odoo.exceptions import AccessError
from odoo.tools import SQL

REMIND_DAYS = 3  # before the supplier takes the part back no more


class ServicePartUnclaimed(models.Model):
    """Special orders that came and were not fitted: how old, and until when they can go back.

    One row per purchase line bought for a car, received and not handed out, whose piece is still
    in the house.
    """

    _name = "service.part.unclaimed"
    _description = "Unclaimed Special Order"
    _auto = False
    _order = "return_by, id"
    _rec_name = "product_id"

    purchase_line_id = fields.Many2one(
        "purchase.order.line", readonly=True, groups="purchase.group_purchase_user"
    )
    line_id = fields.Many2one("service.order.line", readonly=True)
    order_id = fields.Many2one("service.order", string="Work Order", readonly=True)
    company_id = fields.Many2one("res.company", string="Branch", readonly=True)
    product_id = fields.Many2one("product.product", string="Part", readonly=True)
    vendor_id = fields.Many2one("res.partner", string="Supplier", readonly=True)
    contact_id = fields.Many2one("res.partner", readonly=True)
    advisor_id = fields.Many2one("res.users", readonly=True)
    quantity = fields.Float(
        string="Lying Here",
        readonly=True,
        digits="Product Unit",
        help="Received for the car and not handed out, at most what is on the shelf; of what is not "
        "wanted any more, at most what no other car has reserved.",
    )
    received_at = fields.Datetime(string="Received", readonly=True)
    age = fields.Integer(string="Age (days)", readonly=True, aggregator="avg")
    return_by = fields.Date(
        readonly=True, help="Received plus the days in which this supplier takes parts back."
    )
    reason = fields.Selection(
        [
            ("refused", "Not wanted any more"),
            ("not_back", "Car has not come back"),
            ("waiting", "Waits for the work"),
        ],
        string="Why",
        readonly=True,
    )

    _depends = {
        "service.order": ["state", "is_stopped", "contact_id", "advisor_id"],
        "service.order.job": ["approval"],
        "service.order.line": ["issued_qty", "order_id", "job_id", "company_id"],
        "purchase.order": ["partner_id", "state"],
        "purchase.order.line": [
            "order_id",
            "product_id",
            "product_qty",
            "product_uom_qty",
            "qty_received",
            "service_line_id",
        ],
        "res.partner": ["service_return_days"],
        "stock.move": ["purchase_line_id", "state", "date"],
        "stock.quant": ["product_id", "location_id", "quantity", "reserved_quantity"],
        "stock.location": ["usage", "company_id"],
    }

    @property
    def _table_query(self):
        return SQL(
            """
            WITH came AS (
                SELECT item.id, item.product_id, item.service_line_id, purchase.partner_id,
                       item.product_uom_qty * item.qty_received
                           / NULLIF(item.product_qty, 0) AS received_qty,
                       (SELECT MAX(move.date) FROM stock_move move
                         WHERE move.purchase_line_id = item.id AND move.state = 'done')
                           AS received_at
                  FROM purchase_order_line item
                  JOIN purchase_order purchase ON purchase.id = item.order_id
                 WHERE item.service_line_id IS NOT NULL AND item.qty_received > 0
                   AND purchase.state <> 'cancel'
            ),
            lying AS (
                SELECT came.*, line.order_id, line.company_id, job.approval, work.state,
                       work.is_stopped, work.contact_id, work.advisor_id,
                       LEAST(
                           came.received_qty - COALESCE(line.issued_qty, 0),
                           (SELECT SUM(CASE WHEN job.approval IN ('declined', 'deferred')
                                             OR work.state = 'cancelled'
                                            THEN quant.quantity - quant.reserved_quantity
                                            ELSE quant.quantity END)
                              FROM stock_quant quant
                              JOIN stock_location location ON location.id = quant.location_id
                             WHERE quant.product_id = came.product_id
                               AND location.usage = 'internal'
                               AND location.company_id = line.company_id)
                       ) AS quantity
                  FROM came
                  JOIN service_order_line line ON line.id = came.service_line_id
                  JOIN service_order_job job ON job.id = line.job_id
                  JOIN service_order work ON work.id = line.order_id
                 WHERE came.received_qty > COALESCE(line.issued_qty, 0)
            )
            SELECT lying.id, lying.id AS purchase_line_id, lying.service_line_id AS line_id,
                   lying.order_id, lying.company_id, lying.product_id,
                   lying.partner_id AS vendor_id, lying.contact_id, lying.advisor_id,
                   lying.quantity, lying.received_at,
                   (%(today)s - lying.received_at::date) AS age,
                   lying.received_at::date + vendor.service_return_days AS return_by,
                   CASE WHEN lying.approval IN ('declined', 'deferred')
                          OR lying.state IN ('washing', 'ready', 'settled', 'delivered', 'cancelled')
                        THEN 'refused'
                        WHEN lying.state IN ('draft', 'booked') THEN 'not_back'
                        ELSE 'waiting' END AS reason
              FROM lying
              JOIN res_partner vendor ON vendor.id = lying.partner_id
             WHERE lying.quantity > 0
            """,
            today=fields.Date.context_today(self),
        )

    @api.depends("product_id", "order_id")
    def _compute_display_name(self):
        for row in self:
            row.display_name = f"{row.product_id.display_name} / {row.order_id.display_name}"

    def action_open_order(self):
        self.ensure_one()
        return {
            "type": "ir.actions.act_window",
            "res_model": "service.order",
            "view_mode": "form",
            "res_id": self.order_id.id,
        }

    def action_return(self):
        """Open core's return of the receipt that brought it."""
        self.ensure_one()
        if not (self.env.su or self.env.user.has_group("service_core.group_service_parts")):
            raise AccessError(self.env._("Parts staff send parts back to the supplier."))
        receipt = self.purchase_line_id.move_ids.filtered(
            lambda move: move.state == "done" and move.location_id.usage == "supplier"
        ).picking_id[-1:]
        return {
            "type": "ir.actions.act_window",
            "name": self.env._("Return to Supplier"),
            "res_model": "stock.return.picking",
            "view_mode": "form",
            "target": "new",
            "context": {"active_id": receipt.id, "active_model": "stock.picking"},
        }

    @api.model
    def _cron_remind(self):
        """Parts nobody wants, whose time to go back is nearly over, are laid on the buyer's desk."""
        today = fields.Date.context_today(self)
        limit = fields.Date.add(today, days=REMIND_DAYS)
        rows = self.search([("reason", "!=", "waiting"), ("return_by", "<=", limit)])
        due = rows.filtered(lambda row: not row.purchase_line_id.service_return_reminded)
        for purchase, lines in due.grouped(lambda row: row.purchase_line_id.order_id).items():
            purchase._service_tell_buyer(
                self.env._(
                    "Nobody has claimed %(parts)s: the supplier takes it back until %(date)s.",
                    parts=", ".join(lines.product_id.mapped("display_name")),
                    date=fields.Date.to_string(min(lines.mapped("return_by"))),
                )
            )
        due.purchase_line_id.service_return_reminded = True


class PurchaseOrderLine(models.Model):
    # one file for one job, the model is the sum of them
    _inherit = "purchase.order.line"  # pylint: disable=consider-merging-classes-inherited

    service_return_reminded = fields.Boolean(
        readonly=True, copy=False, export_string_translation=False
    )
