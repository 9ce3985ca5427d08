from odoo import api, fields, models
from odoo.exceptions import AccessError, UserError

from ..rules import order_lifecycle as life
from .sale_order import SERVICE_KEY

AVAILABILITY = [
    ("available", "In stock"),
    ("expected", "Expected"),
    ("late", "Late"),
    ("missing", "Missing"),
    ("issued", "Issued"),
]
# The part is not here yet.
AWAITED = ("expected", "late", "missing")
HERE = ("available", "issued")

# Payers that were asked and said no, or not now.
REFUSED = ("declined", "deferred")

_EVENT = "service_core.parts_ready"


class ServiceOrderLine(models.Model):
    """Where each part of a work order is: on the shelf, on its way, nowhere yet, in the car.

    Quantities are in the product's unit, which is the line's.
    """

    # one file for one job, the model is the sum of them
    _inherit = "service.order.line"  # pylint: disable=consider-merging-classes-inherited

    availability = fields.Selection(
        AVAILABILITY,
        compute="_compute_parts",
        store=True,
        index="btree_not_null",
        help="In stock: reserved for this car, or free on the shelf while the customer has not "
        "agreed yet.\nExpected: on its way, in time.\nLate: on its way, but overdue or after the "
        "promised time.\nMissing: nobody has ordered all of it.",
    )
    expected_date = fields.Datetime(
        string="Expected",
        compute="_compute_parts",
        store=True,
        help="When the last missing piece arrives: the date parts staff confirmed, else the "
        "vendor's planned one.",
    )
    reserved_qty = fields.Float(
        string="Reserved", compute="_compute_parts", store=True, digits="Product Unit"
    )
    issued_qty = fields.Float(
        string="Issued", compute="_compute_parts", store=True, digits="Product Unit"
    )
    bought_line_ids = fields.One2many(
        "purchase.order.line",
        "service_line_id",
        string="Bought For It",
        groups="purchase.group_purchase_user",
    )
    purchase_line_ids = fields.Many2many(
        "purchase.order.line",
        string="Purchase Lines",
        compute="_compute_purchase_line_ids",
        compute_sudo=True,
    )

    _owed_idx = models.Index(
        "(product_id, availability)"
        " WHERE availability IN ('available', 'expected', 'late', 'missing')"
    )

    # === COMPUTES === #

    @api.depends("bought_line_ids", "sale_line_id.purchase_line_ids")
    def _compute_purchase_line_ids(self):
        for line in self:
            # sudo: the advisor may see that a part is ordered without reading purchases
            own = line.sudo()
            line.purchase_line_ids = own.bought_line_ids | own.sale_line_id.purchase_line_ids

    @api.depends(
        "kind",
        "product_id",
        "product_uom_qty",
        "job_id.approval",
        "order_id.promised_date",
        "sale_line_id.state",
        "sale_line_id.move_ids.state",
        "sale_line_id.move_ids.quantity",
        "sale_line_id.move_ids.product_uom_qty",
        "bought_line_ids.order_id.state",
        "bought_line_ids.date_planned",
        "bought_line_ids.service_confirmed_date",
        "bought_line_ids.qty_received",
        "bought_line_ids.product_uom_qty",
    )
    def _compute_parts(self):
        """Runs inside the storekeeper's receipt: only reads, in batches, and never raises."""
        before = {line.id: line.availability for line in self._origin}
        # sudo: stock and purchases are read by their own users only
        parts = self.sudo().filtered(lambda line: line.kind == "part" and line.product_id)
        for line in self - parts.sudo(self.env.su):
            line._service_set_parts(False)
        agreed = parts.filtered(lambda line: line.sale_line_id.state == "sale")
        for line in agreed:
            line._service_compute_agreed()
        (parts - agreed)._service_compute_asked()
        came = self.filtered(
            lambda line: before.get(line._origin.id) in AWAITED and line.availability in HERE
        )
        went = self.filtered(
            lambda line: before.get(line._origin.id) in HERE and line.availability in AWAITED
        )
        (came | went)._service_note_event(before)

    def _service_set_parts(self, availability, expected=False, reserved=0.0, issued=0.0):
        self.availability = availability
        self.expected_date = expected
        self.reserved_qty = reserved
        self.issued_qty = issued

    def _service_compute_agreed(self):
        """A part with a confirmed sale order: its moves and purchases tell."""
        self.ensure_one()
        sale_line = self.sale_line_id
        issued = sale_line._service_issued_qty()
        moves = sale_line._service_open_moves()
        reserved = sum(move._service_reserved_qty() for move in moves)
        waiting = sale_line._service_waiting_qty()
        if not moves:
            self._service_set_parts("issued" if issued > 0 else False, issued=issued)
        elif waiting <= 0:
            self._service_set_parts("available", reserved=reserved, issued=issued)
        else:
            availability, expected = self._service_outlook(waiting, moves[:1]._service_warehouse())
            self._service_set_parts(availability, expected, reserved, issued)

    def _service_compute_asked(self):
        """Parts nobody has agreed to yet: is there enough on the shelf, or pre-ordered?"""
        open_states = (life.DRAFT, life.BOOKED, *life.STOPPABLE)
        asked = self.filtered(
            lambda line: line.job_id.approval not in REFUSED and line.order_id.state in open_states
        )
        for line in self - asked:
            line._service_set_parts(False)
        warehouses = self.env["stock.warehouse"]._service_warehouses(asked.company_id)
        for company, lines in asked.grouped("company_id").items():
            warehouse = warehouses.get(company)
            free = warehouse._service_free(lines.product_id) if warehouse else {}
            for line in lines:
                held = line._service_held_qty()
                short = line.product_uom_qty - held - free.get(line.product_id.id, 0.0)
                if not line.product_id.is_storable or short <= 0:
                    line._service_set_parts("available", reserved=held)
                else:
                    line._service_set_parts(*line._service_outlook(short, warehouse), reserved=held)

    def _service_outlook(self, waiting, warehouse):
        """``(availability, date)`` of ``waiting`` pieces that are not here.

        1. Own purchases count first, and give the date.
        2. What they do not bring may come by a purchase that is for nobody in particular; the
           nightly check looks again.
        3. If neither brings all of it, it is missing, whatever else has a date.
        """
        self.ensure_one()
        bought = self.bought_line_ids.filtered(lambda line: line._service_open_qty() > 0)
        expected = max((line._service_arrival() for line in bought), default=False)
        ordered = sum(line._service_open_qty() for line in bought)
        if self.product_uom_id.compare(ordered, waiting) < 0:
            arrival = self._service_pool_arrival(waiting - ordered, warehouse)
            if not arrival:
                return "missing", expected
            expected = max(filter(None, (expected, arrival)))
        limit = self.order_id.promised_date
        late = expected < fields.Datetime.now() or (limit and expected > limit)
        return ("late" if late else "expected"), expected

    def _service_pool_arrival(self, missing, warehouse):
        """When ``missing`` pieces come by receipts that are for nobody in particular, or False."""
        self.ensure_one()
        if not warehouse or not self.product_id.is_storable:
            return False
        demand = 0.0 if self.sale_line_id.state == "sale" else missing
        if warehouse._service_pool(self.product_id)[self.product_id.id] < demand:
            return False
        receipts = self.env["stock.move"].search(
            [
                ("product_id", "=", self.product_id.id),
                ("state", "in", ("waiting", "confirmed", "partially_available", "assigned")),
                ("location_final_id", "child_of", warehouse.view_location_id.id),
                ("location_id.usage", "in", ("supplier", "transit")),
            ],
            order="date desc",
        )
        loose = receipts.filtered(
            lambda move: (
                not move.purchase_line_id.sale_line_id or move.purchase_line_id._service_is_spare()
            )
        )
        return loose[:1].date

    @api.model_create_multi
    def create(self, vals_list):
        """Take the order from the job beforehand.

        Computed before creation it would stay behind as a half-made line in the order's cache
        and be counted twice until the transaction ends.
        """
        jobs = self.env["service.order.job"].browse(
            {vals["job_id"] for vals in vals_list if vals.get("job_id")}
        )
        orders = {job.id: job.order_id.id for job in jobs}
        return super().create(
            [
                {**vals, "order_id": orders[vals["job_id"]]} if vals.get("job_id") else vals
                for vals in vals_list
            ]
        )

    # === ALL PARTS ARE HERE === #

    def _service_note_event(self, before):
        """Remember what these lines were before this transaction; look once, before it commits."""
        data = self.env.cr.precommit.data
        if _EVENT not in data:
            data[_EVENT] = {}
            self.env.cr.precommit.add(self.env["service.order.line"].sudo()._service_parts_came)
        for line in self:
            data[_EVENT].setdefault(line._origin.id, before[line._origin.id])

    def _service_parts_came(self):
        """Tell the orders whose last awaited part has come in this transaction."""
        before = self.env.cr.precommit.data.pop(_EVENT, {})
        lines = (
            self.browse(before)
            .exists()
            .filtered(
                lambda line: (
                    before[line.id] in AWAITED
                    and line.availability in HERE
                    and line.sale_line_id.state == "sale"
                )
            )
        )
        orders = lines.order_id.filtered(lambda order: order._service_parts_here())
        if orders:
            orders._on_parts_ready()
            # the commit's own flush is over
            self.env.flush_all()

    # === BEFORE THE QUOTE === #

    def _parts_without_vendor(self):
        """Parts of these lines that are not on the shelf and that nobody would deliver.

        Asked when the estimate is made, so that no signature meets an unbuyable part.
        """
        result = self.browse()
        parts = self.sudo().filtered(
            lambda line: (
                line.kind == "part"
                and line.product_id.is_storable
                and line.job_id.approval not in REFUSED
                and not line.sale_line_id
            )
        )
        warehouses = self.env["stock.warehouse"]._service_warehouses(parts.company_id)
        for company, lines in parts.grouped("company_id").items():
            warehouse = warehouses.get(company)
            if not warehouse:
                result |= lines
                continue
            free = warehouse._service_free(lines.product_id)
            for line in lines:
                short = line.product_uom_qty - free[line.product_id.id]
                if short > 0:
                    short -= line._service_held_qty()
                    short -= sum(bought._service_open_qty() for bought in line.bought_line_ids)
                if short > 0 and not warehouse._service_can_get(line.product_id, short):
                    result |= line
        return self & result.sudo(self.env.su)

    def _service_check_stock(self):
        """Look at the shelf again; what is stored on lines nobody has agreed to grows old."""
        # one read of every product, labour too: the estimate's taxes ask for them next
        self.product_id.mapped("uom_id")
        lines = self.filtered(lambda line: line.kind == "part")
        self.env.add_to_compute(self._fields["availability"], lines)
        lines.flush_recordset(["availability", "expected_date", "reserved_qty", "issued_qty"])

    def action_preorder(self):
        """Order these parts before the customer has agreed, for this car only.

        On agreement the purchase is chained to the sale line and nothing is bought anew; if the
        customer says no, the buyer is told.
        """
        self._service_check_parts_user()
        parts = self.filtered(
            lambda line: (
                line.kind == "part"
                and line.product_id.is_storable
                and line.job_id.approval not in REFUSED
            )
        )
        agreed = parts.filtered(lambda line: line.sudo().sale_line_id.state == "sale")
        if agreed:
            raise UserError(
                self.env._(
                    '%s is agreed already: use "Order now" on the parts board.',
                    agreed[0].product_id.display_name,
                )
            )
        nobody = parts._parts_without_vendor()
        if nobody:
            raise UserError(nobody._service_no_vendor_message())
        ordered = parts._service_preorder()
        if not ordered:
            raise UserError(
                self.env._("Nothing to order: it is in stock or ordered for this car already.")
            )
        return True

    def _service_no_vendor_message(self):
        return self.env._(
            "No supplier delivers %s: set one on the product first.",
            ", ".join(self.product_id.mapped("display_name")),
        )

    def _service_preorder(self):
        """Request what is short of these lines from their vendors; return the lines requested."""
        # sudo: parts staff are checked by the callers; rules and quants need more than they have
        parts = self.sudo()
        warehouses = self.env["stock.warehouse"]._service_warehouses(parts.company_id)
        procurements, ordered = [], self.browse()
        Procurement = self.env["stock.rule"].Procurement
        for company, lines in parts.grouped("company_id").items():
            warehouse = warehouses[company]
            free = warehouse._service_free(lines.product_id)
            for line in lines:
                product = line.product_id
                needed = line.product_uom_qty - line._service_held_qty()
                on_shelf = min(free[product.id], needed)
                free[product.id] -= on_shelf
                short = needed - on_shelf
                short -= sum(bought._service_open_qty() for bought in line.bought_line_ids)
                if short <= 0:
                    continue
                ordered |= line
                procurements.append(
                    Procurement(
                        product,
                        short,
                        product.uom_id,
                        warehouse.lot_stock_id,
                        product.display_name,
                        line.order_id.name,
                        company,
                        {
                            "service_line_id": line.id,
                            "route_ids": warehouse._service_route(),
                            "warehouse_id": warehouse,
                            "company_id": company,
                            "date_planned": fields.Datetime.now(),
                            "date_deadline": line.order_id.promised_date,
                        },
                    )
                )
        if procurements:
            self.env["stock.rule"].sudo().run(procurements)
        return ordered

    # === UNCOVERED === #

    def _service_order_uncovered(self, quantities):
        """Buy what nobody has ordered of agreed lines.

        :param dict quantities: ``{line: pieces}``
        """
        lines = self.sudo().filtered(lambda line: quantities.get(line, 0.0) > 0)
        nobody = lines.filtered(
            lambda line: (
                not line.sale_line_id._service_open_moves()[:1]
                ._service_warehouse()
                ._service_can_get(line.product_id, quantities[line])
            )
        )
        if nobody:
            raise UserError(nobody._service_no_vendor_message())
        procurements = []
        for line in lines:
            move = line.sale_line_id._service_open_moves().filtered(
                lambda move: move.state in ("confirmed", "partially_available")
            )[:1]
            values = move._prepare_procurement_values()
            procurements.append(
                self.env["stock.rule"].Procurement(
                    line.product_id,
                    quantities[line],
                    line.product_id.uom_id,
                    move.location_id,
                    move.rule_id.name or "/",
                    move._prepare_procurement_origin(),
                    move.company_id,
                    values,
                )
            )
        if procurements:
            self.env["stock.rule"].sudo().run(procurements)

    # === ISSUE, RETURN, RELEASE === #

    def _issue(self, qty=None):
        """Hand out what is reserved for this line, or ``qty`` of it; the rest stays owed."""
        self.ensure_one()
        return self.order_id._issue_parts({self: self.reserved_qty if qty is None else qty})

    def _return_issued(self, qty=None):
        """Take issued parts back by Workshop Returns: less is delivered, less is billed.

        :param float qty: pieces to take back; all of them by default
        """
        self.ensure_one()
        self._service_check_parts_user()
        # sudo: returning writes pickings and sale lines, the guard above decides
        line = self.sudo()
        wanted = line.issued_qty if qty is None else qty
        if wanted <= 0 or line.product_uom_id.compare(wanted, line.issued_qty) > 0:
            raise UserError(
                self.env._(
                    "%(part)s: %(issued)s issued, %(wanted)s cannot come back.",
                    part=line.product_id.display_name,
                    issued=f"{line.issued_qty:g}",
                    wanted=f"{wanted:g}",
                )
            )
        pickings = self.env["stock.picking"].sudo()
        for move in line.sale_line_id._service_issue_moves().sorted("id", reverse=True):
            back = min(wanted, move._service_returnable_qty())
            if back <= 0:
                continue
            wanted -= back
            pickings |= move._service_return(back)
        return pickings

    def _release_unissued(self):
        """The work ends here: nothing more is owed to the car, what is on order is flagged.

        Sale lines fall to what was issued, which closes the back-orders and leaves the right
        bill; pre-orders nobody agreed to are given up.
        """
        # sudo: the verb that stops or cancels the order has its own guard
        parts = self.sudo().filtered(lambda line: line.kind == "part")
        owed = parts.sale_line_id.with_context(service_key=SERVICE_KEY).filtered(
            lambda line: (
                line.state == "sale"
                and line.product_uom_id.compare(line.product_uom_qty, line.qty_delivered) > 0
            )
        )
        owed.order_id.filtered("locked").action_unlock()
        owed._service_fall_to_issued()
        parts._service_give_up_preorders()

    def _service_give_up_preorders(self):
        """Nobody agreed to these parts: what was ordered ahead is taken off or flagged."""
        # sudo: purchases are written by purchase users only
        self.sudo().bought_line_ids.filtered(
            lambda bought: not bought.sale_line_id
        )._service_give_up(lambda bought: bought.service_line_id.order_id.display_name)

    @api.ondelete(at_uninstall=False)
    def _unlink_give_up_preorders(self):
        """A part taken off the estimate must not go on being bought in silence."""
        self._service_give_up_preorders()

    # === GUARD === #

    def _service_check_parts_user(self):
        if not (self.env.su or self.env.user.has_group("service_core.group_service_parts")):
            raise AccessError(self.env._("Parts staff order, issue and take back parts."))
