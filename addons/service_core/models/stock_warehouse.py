from odoo import api, fields, models
from odoo.tools import SQL, ormcache


class StockWarehouse(models.Model):
    """Every warehouse has its two workshop operation types and its rule on the one workshop route.

    They are made the way core makes its own: with the warehouse, whenever that is, and follow
    its name, code and archiving.
    """

    _inherit = "stock.warehouse"

    service_issue_type_id = fields.Many2one(
        "stock.picking.type", string="Workshop Issues", check_company=True, copy=False
    )
    service_return_type_id = fields.Many2one(
        "stock.picking.type", string="Workshop Returns", check_company=True, copy=False
    )
    service_rule_id = fields.Many2one("stock.rule", string="Workshop Rule", copy=False)

    # === CRUD === #

    @api.model_create_multi
    def create(self, vals_list):
        warehouses = super().create(vals_list)
        self.env.registry.clear_cache()
        return warehouses

    def write(self, vals):
        res = super().write(vals)
        if {"active", "company_id", "lot_stock_id", "sequence"} & set(vals):
            self.env.registry.clear_cache()
        return res

    def unlink(self):
        res = super().unlink()
        self.env.registry.clear_cache()
        return res

    # === OPERATION TYPES AND RULE === #

    def _get_sequence_values(self, name=False, code=False):
        values = super()._get_sequence_values(name=name, code=code)
        name = name or self.name
        code = code or self.code
        for field, label, default in (
            ("service_issue_type_id", self.env._("%(name)s Workshop issues", name=name), "WSI"),
            ("service_return_type_id", self.env._("%(name)s Workshop returns", name=name), "WSR"),
        ):
            values[field] = {
                "name": label,
                "prefix": f"{code}/{self[field].sequence_code or default}/",
                "padding": 5,
                "company_id": self.company_id.id,
            }
        return values

    def _get_picking_type_create_values(self, max_sequence):
        data, next_sequence = super()._get_picking_type_create_values(max_sequence)
        customers = self._get_partner_locations()[0]
        data["service_issue_type_id"] = {
            "name": self.env._("Workshop Issues"),
            "code": "outgoing",
            "service_workshop": "issue",
            "use_create_lots": False,
            "use_existing_lots": True,
            "default_location_dest_id": customers.id,
            # what is not issued today is owed to the car: it becomes a back-order, unasked
            "create_backorder": "always",
            "sequence": next_sequence,
            "sequence_code": "WSI",
            "company_id": self.company_id.id,
        }
        # incoming, because only what an incoming transfer brings is reserved for waiting orders
        data["service_return_type_id"] = {
            "name": self.env._("Workshop Returns"),
            "code": "incoming",
            "service_workshop": "return",
            "use_create_lots": False,
            "use_existing_lots": True,
            "default_location_src_id": customers.id,
            "sequence": next_sequence + 1,
            "sequence_code": "WSR",
            "company_id": self.company_id.id,
        }
        return data, next_sequence + 2

    def _get_picking_type_update_values(self):
        data = super()._get_picking_type_update_values()
        barcode = self.code.replace(" ", "").upper()
        data["service_issue_type_id"] = {
            "active": self.active,
            "default_location_src_id": self.lot_stock_id.id,
            "barcode": barcode + "WSI",
        }
        data["service_return_type_id"] = {
            "active": self.active,
            "default_location_dest_id": self.lot_stock_id.id,
            "barcode": barcode + "WSR",
        }
        return data

    def _create_or_update_sequences_and_picking_types(self):
        created = super()._create_or_update_sequences_and_picking_types()
        PickingType = self.env["stock.picking.type"]
        issues = PickingType.browse(created.get("service_issue_type_id")) or (
            self.service_issue_type_id
        )
        returns = PickingType.browse(created.get("service_return_type_id")) or (
            self.service_return_type_id
        )
        if "service_issue_type_id" in created or "service_return_type_id" in created:
            issues.return_picking_type_id = returns
            returns.return_picking_type_id = issues
        return created

    def _generate_global_route_rules_values(self):
        rules = super()._generate_global_route_rules_values()
        customers = self._get_partner_locations()[0]
        rules["service_rule_id"] = {
            "depends": [],
            "create_values": {
                "action": "pull",
                "auto": "manual",
                "procure_method": "mts_else_mto",
                "propagate_carrier": False,
                "company_id": self.company_id.id,
                # False, while the addon is on its way in or out: the rule is left out then
                "route_id": self._service_route().id,
            },
            "update_values": {
                "name": self._format_rulename(self.lot_stock_id, customers, "Workshop"),
                "location_src_id": self.lot_stock_id.id,
                "location_dest_id": customers.id,
                "picking_type_id": self.service_issue_type_id.id,
            },
        }
        return rules

    def _service_setup(self):
        """Give these warehouses what a warehouse made today would have."""
        for warehouse in self:
            created = warehouse._create_or_update_sequences_and_picking_types()
            if created:
                warehouse.write(created)
            warehouse._create_or_update_global_routes_rules()

    @api.model
    def _service_teardown(self):
        """Leave no operation type, rule, route or sequence of ours behind.

        Parts that were issued stay issued: their history moves to the warehouse's own deliveries
        and receipts, open ones go on there.
        """
        # sudo: uninstalling is the system's own doing; archived warehouses have types, too
        everything = self.sudo().with_context(active_test=False)
        warehouses = everything.search([("company_id", "!=", False)])
        route = everything._service_route()
        rules = route.rule_ids | warehouses.service_rule_id
        self.env.flush_all()
        # raw SQL: history is closed to the ORM (done transfers, confirmed lines) and must not
        # be recomputed, only re-labelled, while our fields disappear
        for warehouse in warehouses:
            for ours, core in (
                (warehouse.service_issue_type_id, warehouse.out_type_id),
                (warehouse.service_return_type_id, warehouse.in_type_id),
            ):
                for table in ("stock_picking", "stock_move", "purchase_order"):
                    self.env.cr.execute(
                        SQL(
                            "UPDATE %s SET picking_type_id = %s WHERE picking_type_id = %s",
                            SQL.identifier(table),
                            core.id,
                            ours.id or None,
                        )
                    )
        self.env.cr.execute(
            SQL(
                "UPDATE stock_move SET rule_id = NULL WHERE rule_id IN %s",
                tuple(rules.ids) or (None,),
            )
        )
        relation = self.env["sale.order.line"]._fields["route_ids"]
        self.env.cr.execute(
            SQL(
                "DELETE FROM %s WHERE %s IN %s",
                SQL.identifier(relation.relation),
                SQL.identifier(relation.column2),
                tuple(route.ids) or (None,),
            )
        )
        self.env.invalidate_all()
        types = warehouses.service_issue_type_id | warehouses.service_return_type_id
        sequences = types.sequence_id
        rules.unlink()
        route.unlink()
        types.unlink()
        sequences.unlink()

    # === WHERE THE WORKSHOP TAKES ITS PARTS === #

    @api.model
    def _service_route(self):
        """The one route of the workshop, without company; the order's warehouse picks the rule."""
        # not env.ref, which asks the database each time whether the route still exists
        route_id = self.env["ir.model.data"]._xmlid_to_res_id(
            "service_core.route_workshop", raise_if_not_found=False
        )
        # sudo: whoever agrees with a customer need not be a stock user
        return self.env["stock.route"].sudo().browse(route_id or [])

    @api.model
    def _service_warehouses(self, companies):
        """``{company: its first warehouse}``, without those that have none."""
        # sudo: a branch's stock is asked for by people who are no stock users
        Warehouse = self.sudo()
        found = {company: self._service_warehouse_id(company.id) for company in companies}
        return {company: Warehouse.browse(found[company]) for company in found if found[company]}

    @api.model
    @ormcache("company_id")
    def _service_warehouse_id(self, company_id):
        """Asked by every estimate, changed hardly ever: kept by the server until it changes."""
        # sudo: see _service_warehouses
        Warehouse = self.sudo().with_context(active_test=True)
        return Warehouse.search([("company_id", "=", company_id)], limit=1).id

    @api.model
    @ormcache("warehouse_id")
    def _service_shelf_id(self, warehouse_id):
        # sudo: see _service_warehouses
        return self.sudo().browse(warehouse_id).lot_stock_id.id

    def _service_buyer(self, partner=None):
        """Who is told about parts: the vendor's buyer, else a parts clerk of the branch."""
        self.ensure_one()
        if partner and partner.buyer_id:
            return partner.buyer_id
        # sudo: users are read by settings users only
        clerks = self.env.ref("service_core.group_service_parts").sudo().all_user_ids
        clerks = clerks.filtered(
            lambda user: user.active and not user.share and self.company_id in user.company_ids
        )
        # a clerk before a manager who merely may do a clerk's work
        manager = self.env.ref("service_core.group_service_manager")
        clerks = clerks.sorted(lambda user: (manager in user.all_group_ids, user.id))
        return clerks[:1] or self.env.ref("base.user_admin")

    def _service_can_get(self, product, quantity=1.0):
        """Whether a missing piece of ``product`` would come here: a rule, and a vendor to buy from."""
        self.ensure_one()
        # sudo: vendors and rules are read by purchase and stock users only
        warehouse = self.sudo()
        rule = warehouse.env["stock.rule"]._get_rule(
            product.sudo(),
            warehouse.lot_stock_id,
            {
                "route_ids": warehouse._service_route(),
                "warehouse_id": warehouse,
                "company_id": warehouse.company_id,
            },
        )
        if rule.action != "buy":
            return bool(rule)
        return bool(
            rule._get_matching_supplier(
                product.sudo(), quantity, product.uom_id, warehouse.company_id, {}
            )
        )

    def _service_free(self, products):
        """``{product id: pieces on the shelf that nobody has reserved}``, never below zero."""
        located = self._service_located(products)
        return {product.id: max(product.free_qty, 0.0) for product in located}

    def _service_located(self, products):
        """``products`` as this warehouse's stock sees them, freshly read.

        Core refreshes these numbers when moves change, not when the shelf itself does.
        """
        self.ensure_one()
        # one read of what core would ask for field by field
        products.mapped("uom_id")
        located = products.with_context(location=self._service_shelf_id(self.id))
        located.invalidate_recordset(["free_qty", "virtual_available"], flush=False)
        return located

    def _service_pool(self, products):
        """``{product: pieces that are here or coming and are promised to nobody}``; may be < 0.

        1. Core's forecast of the stock: on hand, plus what confirmed purchases bring, minus all
           waiting demand.
        2. A request for quotation is in no forecast, but it will bring what its own line waits
           for: that much of the line's demand is not looking for a piece any more.
        3. What was pre-ordered for a car whose customer has not agreed yet is that car's.
        """
        self.ensure_one()
        pool = {
            product.id: product.virtual_available for product in self._service_located(products)
        }
        PurchaseLine = self.env["purchase.order.line"].sudo()
        here = [
            ("product_id", "in", products.ids),
            ("order_id.picking_type_id.warehouse_id", "=", self.id),
        ]
        requested = PurchaseLine._read_group(
            [
                *here,
                ("order_id.state", "in", ("draft", "sent", "to approve")),
                ("sale_line_id", "!=", False),
            ],
            ["sale_line_id"],
            ["product_uom_qty:sum"],
        )
        for sale_line, quantity in requested:
            pool[sale_line.product_id.id] += min(quantity, sale_line._service_unbought_qty())
        bought = PurchaseLine.search(
            [
                *here,
                ("order_id.state", "=", "purchase"),
                ("service_line_id.job_id.approval", "=", "pending"),
            ]
        )
        for line in bought.filtered(lambda line: line._service_is_held()):
            pool[line.product_id.id] -= line._service_open_qty()
        return pool
