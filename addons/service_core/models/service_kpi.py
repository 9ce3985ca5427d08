from odoo import fields, models
from odoo.tools import SQL


class ServiceKpi(models.Model):
    """One number the house is led by: its formula in words and what it should be."""

    _name = "service.kpi"
    _description = "Key Figure"
    _order = "sequence, id"

    sequence = fields.Integer(default=10)
    name = fields.Char(required=True, translate=True)
    code = fields.Selection(
        [
            ("on_time", "On-Time Promise"),
            ("estimate", "Estimate Against Final"),
            ("stalled", "Stalled Estimates"),
            ("first_time", "Fixed First Time"),
            ("fill", "Fill Rate"),
        ],
        required=True,
        readonly=True,
    )
    formula = fields.Text(translate=True, readonly=True)
    target = fields.Float(string="Target (%)", required=True)
    is_low_good = fields.Boolean(string="Low Is Good", readonly=True)
    value = fields.Float(
        string="Last 30 Days (%)", compute="_compute_value", digits=(5, 1), compute_sudo=False
    )
    count = fields.Integer(string="Counted", compute="_compute_value", compute_sudo=False)
    verdict = fields.Selection(
        [("good", "On target"), ("bad", "Off target"), ("none", "Nothing yet")],
        compute="_compute_value",
        compute_sudo=False,
    )

    _code_uniq = models.Constraint("UNIQUE(code)", "This key figure is already there.")

    def _compute_value(self):
        """The last thirty days of the user's own branches, one read for all figures."""
        since = fields.Datetime.subtract(fields.Datetime.now(), days=30)
        found = {
            kpi.id: (value, count)
            for kpi, value, count in self.env["service.kpi.fact"]._read_group(
                [("kpi_id", "in", self.ids), ("at", ">=", since)],
                ["kpi_id"],
                ["value:avg", "__count"],
            )
        }
        for kpi in self:
            value, count = found.get(kpi.id, (0.0, 0))
            kpi.value, kpi.count = value or 0.0, count
            if not count:
                kpi.verdict = "none"
            elif kpi.is_low_good:
                kpi.verdict = "good" if kpi.value <= kpi.target else "bad"
            else:
                kpi.verdict = "good" if kpi.value >= kpi.target else "bad"

    def action_open(self):
        """The trend by month, down to the orders behind it."""
        self.ensure_one()
        action = self.env["ir.actions.act_window"]._for_xml_id(
            "service_core.service_kpi_fact_action"
        )
        return {
            **action,
            "name": self.name,
            "domain": [("kpi_id", "=", self.id)],
        }


class ServiceKpiFact(models.Model):
    """One order's (or part line's) share in a figure: 100 or 0, or a rate; averages are the figure.

    The rows are drawn from stored columns, so a figure can always be followed to its orders.
    """

    _name = "service.kpi.fact"
    _description = "Key Figure by Order"
    _auto = False
    _order = "at desc, id desc"
    _rec_name = "order_id"

    kpi_id = fields.Many2one("service.kpi", string="Key Figure", readonly=True)
    order_id = fields.Many2one("service.order", string="Work Order", readonly=True)
    company_id = fields.Many2one("res.company", string="Branch", readonly=True)
    advisor_id = fields.Many2one("res.users", readonly=True)
    at = fields.Datetime(string="Counted On", readonly=True)
    value = fields.Float(string="Value (%)", readonly=True, aggregator="avg", digits=(5, 1))
    target = fields.Float(string="Target (%)", readonly=True, aggregator="avg")

    _depends = {
        "service.kpi": ["code", "target"],
        "service.order": [
            "state",
            "company_id",
            "advisor_id",
            "promised_date",
            "delivered_date",
            "amount_total",
            "amount_quoted",
            "vehicle_id",
            "origin_order_id",
            "is_stopped",
        ],
        "service.approval": ["order_id", "company_id", "state", "asked_at", "answered_at"],
        "res.company": ["service_stalled_days"],
        "service.transition": ["res_model", "res_id", "to_state", "at"],
        "service.inspection": ["order_id", "result"],
        "service.order.job": ["order_id", "kind"],
        "account.move": ["state", "move_type"],
        "account.move.line": ["price_total", "move_id"],
        "sale.order.line": ["invoice_lines"],
        "service.order.line": ["agreed_at", "kind", "product_uom_qty", "shelf_qty", "sale_line_id"],
    }

    @property
    def _table_query(self):
        # raw SQL: a figure is a handful of columns of other tables, kept nowhere a second time
        return SQL(
            """
            SELECT fact.id * 16 + mod(kpi.id, 16) AS id, kpi.id AS kpi_id, fact.order_id,
                   work.company_id, work.advisor_id, fact.at, fact.value, kpi.target
              FROM (
                SELECT 'on_time' AS code, o.id::bigint AS id, o.id AS order_id,
                       o.delivered_date AS at,
                       CASE WHEN COALESCE(ready.at, o.delivered_date) <= o.promised_date
                            THEN 100.0 ELSE 0.0 END AS value
                  FROM service_order o
                  LEFT JOIN LATERAL (
                       SELECT MAX(t.at) AS at FROM service_transition t
                        WHERE t.res_model = 'service.order' AND t.res_id = o.id
                          AND t.to_state = 'ready'
                  ) ready ON TRUE
                 WHERE o.state = 'delivered' AND o.promised_date IS NOT NULL
                       AND NOT COALESCE(o.is_stopped, FALSE)
                UNION ALL
                SELECT 'estimate', o.id, o.id, o.delivered_date,
                       100.0 * bill.amount / o.amount_quoted
                  FROM service_order o
                  JOIN LATERAL (
                       SELECT SUM(CASE WHEN m.move_type = 'out_refund' THEN -item.price_total
                                       ELSE item.price_total END) AS amount
                         FROM service_order_line l
                         JOIN sale_order_line_invoice_rel rel ON rel.order_line_id = l.sale_line_id
                         JOIN account_move_line item ON item.id = rel.invoice_line_id
                         JOIN account_move m ON m.id = item.move_id
                        WHERE l.order_id = o.id AND m.state = 'posted'
                  ) bill ON bill.amount IS NOT NULL
                 WHERE o.state = 'delivered' AND o.amount_quoted > 0
                       AND NOT COALESCE(o.is_stopped, FALSE)
                UNION ALL
                SELECT 'stalled', a.id, a.order_id, a.asked_at,
                       CASE WHEN COALESCE(a.answered_at, now() AT TIME ZONE 'UTC')
                                 > a.asked_at
                                   + make_interval(days => branch.service_stalled_days)
                            THEN 100.0 ELSE 0.0 END
                  FROM service_approval a
                  JOIN res_company branch ON branch.id = a.company_id
                 WHERE a.state IN ('asked', 'answered')
                UNION ALL
                SELECT 'first_time', o.id, o.id, o.delivered_date,
                       CASE WHEN EXISTS (
                                SELECT 1 FROM service_inspection i
                                 WHERE i.order_id = o.id AND i.result = 'fail'
                            ) OR EXISTS (
                                SELECT 1 FROM service_order again
                                  JOIN service_order_job job ON job.order_id = again.id
                                 WHERE again.vehicle_id = o.vehicle_id AND again.id > o.id
                                   AND again.state NOT IN ('draft', 'booked', 'cancelled')
                                   AND again.origin_order_id IS DISTINCT FROM o.id
                                   AND job.kind = 'repair'
                                   AND again.create_date
                                       < o.delivered_date + INTERVAL '30 days'
                            ) THEN 0.0 ELSE 100.0 END
                  FROM service_order o
                 WHERE o.state = 'delivered' AND NOT COALESCE(o.is_stopped, FALSE)
                UNION ALL
                SELECT 'fill', l.id, l.order_id, l.agreed_at,
                       100.0 * l.shelf_qty / l.product_uom_qty
                  FROM service_order_line l
                 WHERE l.kind = 'part' AND l.agreed_at IS NOT NULL AND l.product_uom_qty > 0
              ) fact
              JOIN service_kpi kpi ON kpi.code = fact.code
              JOIN service_order work ON work.id = fact.order_id
            """
        )

    def action_open_order(self):
        """Go to the order behind the row."""
        self.ensure_one()
        return {
            "type": "ir.actions.act_window",
            "res_model": "service.order",
            "res_id": self.order_id.id,
            "view_mode": "form",
        }


class ServiceOrder(models.Model):
    """What the figures are drawn from is found without reading every order."""

    # one file for one job, the model is the sum of them
    _inherit = "service.order"  # pylint: disable=consider-merging-classes-inherited

    _delivered_idx = models.Index("(delivered_date) WHERE delivered_date IS NOT NULL")
