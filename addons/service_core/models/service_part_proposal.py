from dateutil.relativedelta import relativedelta

from odoo import api, fields, models
from odoo.exceptions import AccessError, UserError
from odoo.tools import SQL

from ..rules import min_max


class ServicePartProposal(models.Model):
    """What the shelf should hold of a part, and why; one click makes it a reordering rule.

    Demand is what left for cars and customers in twelve months, less what came back, plus what
    was lost for lack of stock. Core's rule then counts what cars have on order for themselves,
    so nothing is bought twice.
    """

    _name = "service.part.proposal"
    _description = "Stock Proposal"
    _order = "state, is_change desc, demand_qty desc, id"
    _rec_name = "product_id"
    _check_company_auto = True

    product_id = fields.Many2one(
        "product.product", string="Part", required=True, readonly=True, index=True
    )
    warehouse_id = fields.Many2one(
        "stock.warehouse", required=True, readonly=True, check_company=True
    )
    company_id = fields.Many2one(
        related="warehouse_id.company_id", string="Branch", store=True, index=True
    )
    computed_at = fields.Datetime(string="Looked At", readonly=True)
    demand_qty = fields.Float(string="Demand in 12 Months", readonly=True, digits="Product Unit")
    demand_count = fields.Integer(
        string="Demands", readonly=True, help="How many times somebody needed it."
    )
    lead_days = fields.Float(string="Lead Time (days)", readonly=True)
    safety_stock = fields.Float(
        readonly=True,
        digits="Product Unit",
        help="1.65 standard deviations of a month's demand, over the lead time.",
    )
    min_qty = fields.Float(
        string="Minimum",
        digits="Product Unit",
        help="Demand of the lead time plus the safety stock; at least one piece.",
    )
    max_qty = fields.Float(
        string="Maximum", digits="Product Unit", help="Minimum plus a month's demand."
    )
    orderpoint_id = fields.Many2one(
        "stock.warehouse.orderpoint",
        string="Reordering Rule",
        readonly=True,
        groups="stock.group_stock_user",
    )
    current_min = fields.Float(string="Minimum Now", readonly=True, digits="Product Unit")
    current_max = fields.Float(string="Maximum Now", readonly=True, digits="Product Unit")
    is_change = fields.Boolean(string="Differs", compute="_compute_is_change", store=True)
    phase = fields.Selection(
        [("in", "Stock it"), ("out", "Do not stock it")], string="Advice", readonly=True
    )
    reason = fields.Text(readonly=True)
    state = fields.Selection(
        [("open", "Open"), ("applied", "Applied"), ("kept", "Left As It Is")],
        string="Status",
        default="open",
        required=True,
        readonly=True,
    )

    _once = models.Constraint(
        "UNIQUE(product_id, warehouse_id)", "There is one proposal for a part of a warehouse."
    )
    _range = models.Constraint(
        "CHECK(min_qty >= 0 AND max_qty >= min_qty)",
        "The maximum is not below the minimum, and neither is below zero.",
    )

    @api.depends("min_qty", "max_qty", "current_min", "current_max")
    def _compute_is_change(self):
        for proposal in self:
            proposal.is_change = (proposal.min_qty, proposal.max_qty) != (
                proposal.current_min,
                proposal.current_max,
            )

    # === DEMAND === #

    @api.model
    def _demand(self, warehouses):
        """``{(warehouse id, product id): [count, {months ago: pieces}]}`` of twelve months."""
        now = fields.Datetime.now()
        self.env.flush_all()
        # raw SQL: a year of moves is summed by month; the ORM cannot count months back
        self.env.cr.execute(
            SQL(
                """
                SELECT warehouse_id, product_id, ago, SUM(pieces), SUM(demands)
                  FROM (
                    SELECT kind.warehouse_id, move.product_id,
                           FLOOR(EXTRACT(EPOCH FROM %(now)s - move.date) / 2628000)::int AS ago,
                           CASE WHEN target.usage = 'customer' THEN move.quantity
                                ELSE -move.quantity END AS pieces,
                           CASE WHEN target.usage = 'customer' THEN 1 ELSE 0 END AS demands
                      FROM stock_move move
                      JOIN stock_picking_type kind ON kind.id = move.picking_type_id
                      JOIN stock_location source ON source.id = move.location_id
                      JOIN stock_location target ON target.id = move.location_dest_id
                     WHERE move.state = 'done' AND move.date > %(since)s
                       AND kind.warehouse_id IN %(warehouses)s
                       AND (target.usage = 'customer') <> (source.usage = 'customer')
                     UNION ALL
                    SELECT warehouse.id, lost.product_id,
                           FLOOR(EXTRACT(EPOCH FROM %(now)s - lost.date) / 2628000)::int,
                           lost.product_uom_qty, 1
                      FROM service_part_lost lost
                      JOIN stock_warehouse warehouse
                        ON warehouse.company_id = lost.company_id
                       AND warehouse.id IN %(warehouses)s
                     WHERE lost.reason = 'stock' AND lost.date > %(since)s
                       AND lost.product_id IS NOT NULL
                       ) demand
              GROUP BY warehouse_id, product_id, ago
                """,
                now=now,
                since=now - relativedelta(months=min_max.MONTHS),
                warehouses=tuple(warehouses.ids) or (None,),
            )
        )
        found = {}
        for warehouse, product, ago, pieces, demands in self.env.cr.fetchall():
            entry = found.setdefault((warehouse, product), [0, {}])
            entry[0] += int(demands)
            month = min(max(ago, 0), min_max.MONTHS - 1)
            entry[1][month] = entry[1].get(month, 0.0) + float(pieces)
        return found

    @api.model
    def _propose(self, companies):
        """Look at a year of these branches anew; what nobody decided about is replaced."""
        # sudo: demand is summed over documents its reader may not open
        own = self.sudo()
        per_company = own.env["stock.warehouse"]._service_warehouses(companies)
        warehouses = own.env["stock.warehouse"].union(*per_company.values())
        demand = own._demand(warehouses)
        rules = {
            (rule.warehouse_id.id, rule.product_id.id): rule
            for rule in own.env["stock.warehouse.orderpoint"].search(
                [("warehouse_id", "in", warehouses.ids)], order="id desc"
            )
        }
        known = {
            (old.warehouse_id.id, old.product_id.id): old
            for old in own.search([("warehouse_id", "in", warehouses.ids)])
        }
        keys = set(demand) | set(rules)
        products = own.env["product.product"].browse({product for _warehouse, product in keys})
        stocked = set(products.filtered(lambda p: p.is_storable and p.active).ids)
        create = []
        for warehouse_id, product_id in sorted(keys):
            if product_id not in stocked:
                continue
            key = (warehouse_id, product_id)
            warehouse = own.env["stock.warehouse"].browse(warehouse_id)
            product = products.browse(product_id)
            vals = own._prepare(warehouse, product, demand.get(key, [0, {}]), rules.get(key))
            old = known.get(key)
            if not old:
                if vals["phase"] == "in" or rules.get(key):
                    create.append({"product_id": product_id, "warehouse_id": warehouse_id, **vals})
                continue
            same = (old.demand_qty, old.demand_count, old.lead_days) == (
                vals["demand_qty"],
                vals["demand_count"],
                vals["lead_days"],
            )
            if old.state != "open" and same:
                # decided on these very numbers: it is not asked again
                vals = {name: vals[name] for name in ("current_min", "current_max", "computed_at")}
            else:
                vals["state"] = "open"
            old.write(vals)
        return own.create(create)

    @api.model
    def _prepare(self, warehouse, product, demand, rule):
        count, months = demand
        monthly = [max(months.get(month, 0.0), 0.0) for month in range(min_max.MONTHS)]
        seller = product.seller_ids[:1]
        lead = float(seller.delay if seller else 0)
        advice = min_max.propose(monthly, count, lead)
        if advice["phase"] == "in":
            reason = self.env._(
                "Needed %(count)s times in twelve months, %(total)s pieces, %(daily)s a day. The "
                "supplier takes %(lead)s days, in which %(used)s are used; %(safety)s more for an "
                "unusual month. A month's demand is ordered at a time.",
                count=count,
                total=f"{sum(monthly):g}",
                daily=f"{advice['daily']:.2f}",
                lead=f"{lead:g}",
                used=f"{advice['daily'] * lead:.1f}",
                safety=f"{advice['safety']:.1f}",
            )
        else:
            reason = self.env._(
                "Needed %(count)s times in twelve months: a part is stocked from %(least)s times "
                "on. It is ordered when a car needs it.",
                count=count,
                least=min_max.PHASE_IN,
            )
        return {
            "computed_at": fields.Datetime.now(),
            "demand_qty": sum(monthly),
            "demand_count": count,
            "lead_days": lead,
            "safety_stock": advice["safety"],
            "min_qty": advice["minimum"],
            "max_qty": advice["maximum"],
            "phase": advice["phase"],
            "reason": reason,
            "orderpoint_id": rule.id if rule else False,
            "current_min": rule.product_min_qty if rule else 0.0,
            "current_max": rule.product_max_qty if rule else 0.0,
        }

    @api.model
    def _cron_propose(self):
        companies = self.env["stock.warehouse"].search([("company_id", "!=", False)]).company_id
        self.env["ir.cron"]._commit_progress(remaining=len(companies))
        for company in companies:
            self._propose(company)
            if not self.env["ir.cron"]._commit_progress(1):
                break

    # === DECIDING === #

    @api.model
    def action_compute(self):
        """Look at the year now instead of waiting for the week's end."""
        self._check_parts_user()
        self._propose(self.env.companies)
        return self.env["ir.actions.act_window"]._for_xml_id(
            "service_core.service_part_proposal_action"
        )

    def action_apply(self):
        """One click: the reordering rule follows the proposal."""
        self._check_parts_user()
        self.check_access("read")
        # sudo: reordering rules are written by stock managers only; the guard is above
        for proposal in self.sudo():
            vals = {
                "product_min_qty": proposal.min_qty,
                "product_max_qty": proposal.max_qty,
            }
            rule = proposal.orderpoint_id.exists()
            if rule:
                rule.write(vals)
            else:
                rule = rule.create(
                    {
                        "product_id": proposal.product_id.id,
                        "warehouse_id": proposal.warehouse_id.id,
                        "location_id": proposal.warehouse_id.lot_stock_id.id,
                        "company_id": proposal.company_id.id,
                        "trigger": "auto",
                        **vals,
                    }
                )
            proposal.write(
                {
                    "orderpoint_id": rule.id,
                    "current_min": proposal.min_qty,
                    "current_max": proposal.max_qty,
                    "state": "applied",
                }
            )
        return True

    def action_keep(self):
        """Leave the rule as it is until the demand changes."""
        self._check_parts_user()
        self.check_access("read")
        # sudo: the status is closed to everybody's write, the guard is above
        self.sudo().state = "kept"
        return True

    def write(self, vals):
        if not self.env.su and set(vals) - {"min_qty", "max_qty"}:
            raise UserError(self.env._("Only minimum and maximum of a proposal are changed."))
        return super().write(vals)

    def _check_parts_user(self):
        if not (self.env.su or self.env.user.has_group("service_core.group_service_parts")):
            raise AccessError(self.env._("Parts staff decide what is kept on the shelf."))
