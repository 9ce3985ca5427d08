from odoo import api, fields, models
from odoo.tools import SQL

from .service_payer import PAYERS


class ServicePartFill(models.Model):
    """How well the shelf served the workshop: one row per part line its payer agreed to.

    Rates are averages over lines, so they may be grouped by payer, part, branch or month.
    """

    _name = "service.part.fill"
    _description = "Parts Service Level"
    _auto = False
    _order = "agreed_at desc, id desc"
    _rec_name = "product_id"

    line_id = fields.Many2one("service.order.line", readonly=True)
    order_id = fields.Many2one("service.order", string="Work Order", readonly=True)
    company_id = fields.Many2one("res.company", string="Branch", readonly=True)
    product_id = fields.Many2one("product.product", string="Part", readonly=True)
    payer = fields.Selection(PAYERS, readonly=True)
    payer_id = fields.Many2one("res.partner", string="Paid By", readonly=True)
    advisor_id = fields.Many2one("res.users", readonly=True)
    agreed_at = fields.Datetime(string="Agreed", readonly=True)
    demand_qty = fields.Float(string="Needed", readonly=True, digits="Product Unit")
    shelf_qty = fields.Float(string="From the Shelf", readonly=True, digits="Product Unit")
    first_pick_rate = fields.Float(
        string="First Pick (%)",
        readonly=True,
        aggregator="avg",
        help="Lines that were complete on the shelf the moment they were agreed, per hundred "
        "agreed lines.",
    )
    fill_rate = fields.Float(
        string="Fill Rate (%)",
        readonly=True,
        aggregator="avg",
        help="Pieces reserved from the shelf the moment they were agreed, per hundred pieces "
        "needed; the average of the lines.",
    )
    wait_days = fields.Float(
        string="Wait (days)",
        readonly=True,
        aggregator="avg",
        help="From the agreement until the last piece was in; empty while it is awaited.",
    )
    request_hours = fields.Float(
        string="Request (hours)",
        readonly=True,
        aggregator="avg",
        help="From the agreement until the last piece was handed out (S4-49).",
    )
    dispatch_accuracy = fields.Float(
        string="Right Part (%)",
        readonly=True,
        aggregator="avg",
        help="Lines handed out of which nothing came back, per hundred lines handed out (S1-52).",
    )
    dispatch_target = fields.Float(
        string="Target (%)",
        readonly=True,
        aggregator="avg",
        help="The branch's own target of right parts.",
    )

    _depends = {
        "service.order": ["advisor_id", "company_id"],
        "service.order.job": ["approval"],
        "service.order.line": [
            "agreed_at",
            "here_at",
            "issued_at",
            "issued_qty",
            "kind",
            "order_id",
            "job_id",
            "payer",
            "payer_id",
            "product_id",
            "product_uom_qty",
            "sale_line_id",
            "shelf_qty",
        ],
        "res.company": ["service_dispatch_target"],
        "stock.move": ["sale_line_id", "state", "location_id"],
        "stock.location": ["usage"],
    }

    @property
    def _table_query(self):
        return SQL(
            """
            SELECT line.id, line.id AS line_id, line.order_id, line.company_id, line.product_id,
                   line.payer, line.payer_id, work.advisor_id, line.agreed_at,
                   line.product_uom_qty AS demand_qty, line.shelf_qty,
                   CASE WHEN line.shelf_qty >= line.product_uom_qty THEN 100.0 ELSE 0.0 END
                       AS first_pick_rate,
                   100.0 * line.shelf_qty / line.product_uom_qty AS fill_rate,
                   EXTRACT(EPOCH FROM line.here_at - line.agreed_at) / 86400 AS wait_days,
                   EXTRACT(EPOCH FROM line.issued_at - line.agreed_at) / 3600 AS request_hours,
                   CASE WHEN line.issued_at IS NULL THEN NULL
                        WHEN EXISTS (
                            SELECT 1 FROM stock_move move
                              JOIN stock_location source ON source.id = move.location_id
                             WHERE move.sale_line_id = line.sale_line_id
                               AND move.state = 'done' AND source.usage = 'customer'
                        ) THEN 0.0 ELSE 100.0 END AS dispatch_accuracy,
                   company.service_dispatch_target AS dispatch_target
              FROM service_order_line line
              JOIN service_order work ON work.id = line.order_id
              JOIN res_company company ON company.id = line.company_id
             WHERE line.kind = 'part' AND line.agreed_at IS NOT NULL
               AND line.product_uom_qty > 0
            """
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
