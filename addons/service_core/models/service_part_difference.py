from odoo import api, fields, models
from odoo.tools import SQL

from .service_payer import PAYERS


class ServicePartDifference(models.Model):
    """Parts that went out and are not on a bill, or are on a bill and did not go out.

    Empty when everything is right. A line is looked at once its bill is due: the customer's from
    the settlement on, a manufacturer's or insurer's once he has accepted the claim.
    """

    _name = "service.part.difference"
    _description = "Issued against Billed"
    _auto = False
    _order = "order_id desc, id"
    _rec_name = "product_id"

    line_id = fields.Many2one("service.order.line", readonly=True)
    order_id = fields.Many2one("service.order", string="Work Order", readonly=True)
    company_id = fields.Many2one("res.company", string="Branch", readonly=True)
    product_id = fields.Many2one("product.product", string="Part", readonly=True)
    payer = fields.Selection(PAYERS, readonly=True)
    payer_id = fields.Many2one("res.partner", string="Paid By", readonly=True)
    issued_qty = fields.Float(string="Issued", readonly=True, digits="Product Unit")
    billed_qty = fields.Float(string="Billed", readonly=True, digits="Product Unit")
    difference_qty = fields.Float(
        string="Difference", readonly=True, digits="Product Unit", help="Issued less billed."
    )
    kind = fields.Selection(
        [("not_billed", "Issued, not billed"), ("not_issued", "Billed, not issued")],
        string="What Is Wrong",
        readonly=True,
    )

    _depends = {
        "service.order": ["state"],
        "service.order.line": [
            "issued_qty",
            "kind",
            "order_id",
            "payer",
            "payer_id",
            "product_id",
            "sale_line_id",
            "company_id",
        ],
        "sale.order.line": ["qty_invoiced"],
        "service.claim": ["order_id", "payer_id", "state", "invoice_id"],
    }

    @property
    def _table_query(self):
        return SQL(
            """
            SELECT line.id, line.id AS line_id, line.order_id, line.company_id, line.product_id,
                   line.payer, line.payer_id,
                   COALESCE(line.issued_qty, 0) AS issued_qty,
                   COALESCE(sale_line.qty_invoiced, 0) AS billed_qty,
                   COALESCE(line.issued_qty, 0) - COALESCE(sale_line.qty_invoiced, 0)
                       AS difference_qty,
                   CASE WHEN COALESCE(line.issued_qty, 0) > COALESCE(sale_line.qty_invoiced, 0)
                        THEN 'not_billed' ELSE 'not_issued' END AS kind
              FROM service_order_line line
              JOIN service_order work ON work.id = line.order_id
              JOIN sale_order_line sale_line ON sale_line.id = line.sale_line_id
             WHERE line.kind = 'part' AND line.payer <> 'internal'
               AND work.state IN ('settled', 'delivered')
               AND ABS(COALESCE(line.issued_qty, 0) - COALESCE(sale_line.qty_invoiced, 0)) > 0.0001
               AND (line.payer = 'customer' OR EXISTS (
                    SELECT 1 FROM service_claim claim
                     WHERE claim.order_id = line.order_id AND claim.payer_id = line.payer_id
                       AND claim.invoice_id IS NOT NULL AND claim.state <> 'refused'))
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
