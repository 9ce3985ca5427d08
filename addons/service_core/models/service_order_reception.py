from odoo import api, fields, models
from odoo.exceptions import UserError
from odoo.fields import Command, Domain

from ..rules import order_lifecycle as life

GREET = "greet"


class ServiceOrder(models.Model):
    """Reception: who comes, what is handed over, how the car looks (documents 000 steps 3 to 5)."""

    # one file for one job, the model is the sum of them
    _inherit = "service.order"  # pylint: disable=consider-merging-classes-inherited

    # Arrival
    arrived_at = fields.Datetime(string="Arrived", readonly=True, copy=False, tracking=True)
    guide_id = fields.Many2one(
        "res.users",
        string="Guided By",
        readonly=True,
        copy=False,
        help="Who showed the customer to a parking place (S0-51).",
    )

    greeted_at = fields.Datetime(string="Greeted", readonly=True, copy=False)
    is_unattended = fields.Boolean(
        string="Not Greeted",
        compute="_compute_is_unattended",
        search="_search_is_unattended",
        help="The customer has been here for a while and nobody has noticed (S0-58).",
    )
    arrival_bay_id = fields.Many2one(
        "service.bay",
        string="Parked At",
        domain="[('kind', '=', 'parking')]",
        check_company=True,
        copy=False,
        index="btree_not_null",
    )

    # Custody
    custody_ids = fields.One2many("service.custody.item", "order_id", string="Custody List")
    licence_custody = fields.Selection(
        [("taken", "Taken"), ("missing", "Not brought")],
        string="Vehicle Licence",
        compute="_compute_custody",
        inverse="_inverse_licence_custody",
        store=True,
        copy=False,
        help="Papers taken into custody, or recorded as not brought (S0-57).",
    )
    manual_custody = fields.Selection(
        [("taken", "Taken"), ("missing", "Not brought")],
        string="Maintenance Manual",
        compute="_compute_custody",
        inverse="_inverse_manual_custody",
        store=True,
        copy=False,
    )
    belongings = fields.Char(
        compute="_compute_custody",
        inverse="_inverse_belongings",
        store=True,
        copy=False,
        help="Things the customer leaves in the car, separated by commas.",
    )
    custody_returned = fields.Boolean(
        string="Everything Returned",
        compute="_compute_custody",
        inverse="_inverse_custody_returned",
        store=True,
        copy=False,
        help="Keys, licence, manual and belongings are back with the customer (S0-117).",
    )
    custody_signed_by = fields.Char(string="List Signed By", copy=False)
    custody_signature = fields.Binary(string="Signature for the List", copy=False, attachment=True)

    # Agreements
    promise_ids = fields.One2many("service.promise", "order_id", string="Agreements")

    # Walk-round
    mark_ids = fields.One2many("service.walkround.mark", "order_id", string="Mark or Photo")
    warning_lamps = fields.Char(copy=False, help="Lamps that were lit when the car came.")

    # === COMPUTES === #

    @api.depends("arrived_at", "greeted_at")
    def _compute_is_unattended(self):
        waiting = self.filtered(lambda order: order.arrived_at and not order.greeted_at)
        late = self.env["service.deadline"]._overdue(GREET, waiting) if waiting else waiting
        for order in self:
            order.is_unattended = order._origin in late

    def _search_is_unattended(self, operator, value):
        if operator != "in":
            return NotImplemented
        return Domain("id", "in", self.env["service.deadline"]._overdue(GREET, self).ids)

    @api.depends(
        "custody_ids.kind", "custody_ids.name", "custody_ids.status", "custody_ids.is_returned"
    )
    def _compute_custody(self):
        for order in self:
            items = order.custody_ids
            by_kind = items.grouped("kind")
            taken = items.filtered(lambda item: item.status == "taken")
            order.licence_custody = by_kind.get("licence", items.browse())[:1].status
            order.manual_custody = by_kind.get("manual", items.browse())[:1].status
            order.belongings = ", ".join(by_kind.get("belonging", items.browse()).mapped("name"))
            order.custody_returned = bool(taken) and all(taken.mapped("is_returned"))

    def _inverse_licence_custody(self):
        self._write_paper("licence", "licence_custody")

    def _inverse_manual_custody(self):
        self._write_paper("manual", "manual_custody")

    def _write_paper(self, kind, name):
        """One line of the list for a paper, as its short answer says; no answer, no line."""
        commands = {}
        for order in self:
            item = order.custody_ids.filtered(lambda line: line.kind == kind)
            status = order[name]
            if item and not status:
                commands[order] = [Command.delete(item.id)]
            elif item and item.status != status:
                commands[order] = [Command.update(item.id, {"status": status})]
            elif status and not item:
                commands[order] = [Command.create({"kind": kind, "status": status})]
        for order, values in commands.items():
            order.custody_ids = values

    def _inverse_belongings(self):
        for order in self:
            names = [name.strip() for name in (order.belongings or "").split(",") if name.strip()]
            lines = order.custody_ids.filtered(lambda line: line.kind == "belonging")
            gone = lines.filtered(lambda line, kept=names: line.name not in kept)
            known = lines.mapped("name")
            order.custody_ids = [Command.delete(line.id) for line in gone] + [
                Command.create({"kind": "belonging", "name": name})
                for name in names
                if name not in known
            ]

    def _inverse_custody_returned(self):
        for returned, orders in self.grouped("custody_returned").items():
            orders.custody_ids.filtered(
                lambda line, done=returned: line.status == "taken" and line.is_returned != done
            ).write({"is_returned": returned})

    # === GATES === #

    def _gate_custody_returned(self):
        """Everything on the list is back, ticked item by item (S0-117)."""
        kept = self.custody_ids.filtered(
            lambda item: item.status == "taken" and not item.is_returned
        )
        if kept:
            return self.env._(
                "return keys, licence, manual and belongings, and tick it. Still here: %s.",
                ", ".join(kept.mapped("name")),
            )
        return False

    # === ARRIVAL === #

    def action_arrive(self):
        """The customer stands in the yard: time and guide are kept, the advisor's bell rings."""
        self.check_access("write")
        self._lock()
        for order in self:
            if order.state not in (life.DRAFT, life.BOOKED):
                raise UserError(
                    self.env._("%s: the car has already been received.", order.display_name)
                )
            if order.arrived_at:
                raise UserError(
                    self.env._(
                        "%(order)s: %(user)s has already noted the arrival.",
                        order=order.display_name,
                        user=order.guide_id.name,
                    )
                )
        # sudo: who stood there when is written by this button only, the guard is above
        orders = self.sudo()
        orders.write({"arrived_at": fields.Datetime.now(), "guide_id": self.env.uid})
        # parked where a bay was kept free, unless somebody wrote another one down
        for order in orders.filtered(lambda order: not order.arrival_bay_id):
            order.arrival_bay_id = order.parking_bay_id
        for order in self:
            order._ring_advisor()
        self.env["service.deadline"]._start(GREET, orders)
        return True

    def action_greet(self):
        """The customer is welcomed; the waiting ends here, the paperwork comes after."""
        self.check_access("write")
        for order in self:
            if not order.arrived_at:
                raise UserError(self.env._("%s: note the arrival first.", order.display_name))
        self.filtered("is_unattended")._record_risk(
            "service_core.service_checklist_reception_risks_noticed",
            self.env._("Nobody greeted the customer in time."),
        )
        # sudo: written by this button only, the guard is above
        self.sudo().filtered(lambda order: not order.greeted_at).write(
            {"greeted_at": fields.Datetime.now()}
        )
        self.env["service.deadline"]._meet(GREET, self)
        return True

    def _on_transition(self, verb, from_states):
        """A car that was received was greeted as well, at the latest now."""
        res = super()._on_transition(verb, from_states)
        if verb == "receive":
            self._record_reception_risks()
            late = self.filtered(lambda order: order.arrived_at and not order.greeted_at)
            if late:
                # sudo: the verb was guarded
                late.sudo().write({"greeted_at": fields.Datetime.now()})
                self.env["service.deadline"]._meet(GREET, late)
        elif verb == "cancel":
            gone = self.filtered(lambda order: order.arrived_at and not order.greeted_at)
            if gone:
                self.env["service.deadline"]._cancel(GREET, gone)
        return res

    def _record_reception_risks(self):
        """What went wrong at reception is counted without anybody writing it down (S0-58, S0-59)."""
        self.filtered(lambda order: order.manual_custody == "missing")._record_risk(
            "service_core.service_checklist_reception_risks_manual",
            self.env._("The customer came without the manual."),
        )
        self.filtered("is_unattended")._record_risk(
            "service_core.service_checklist_reception_risks_noticed",
            self.env._("Nobody greeted the customer in time."),
        )

    def _record_risk(self, xmlid, note):
        item = self and self.env.ref(xmlid, raise_if_not_found=False)
        # a house that does not use the list has no incidents of it
        if item and item.checklist_id.active:
            self._tick(item.checklist_id.code, "incident", items=item, note=note)

    def _ring_advisor(self):
        """The bell: the advisor sees who has come, wherever he is in the system (S0-60)."""
        self.ensure_one()
        # sudo: the order's own advisor is told, whoever guides the customer
        self.advisor_id.sudo()._bus_send(
            "simple_notification",
            {
                "title": self.env._("Your customer has arrived"),
                "message": self.env._(
                    "%(customer)s, %(order)s",
                    customer=self.contact_id.name or self.partner_id.name or self.contact_phone,
                    order=self.display_name,
                ),
                "type": "info",
                "sticky": True,
            },
        )

    # === RECEPTION === #

    @api.model
    def _in_house(self, vehicle):
        """The open order of a car that stands in one of our houses, or an empty recordset."""
        # sudo: the car is shared by the branches, where it stands is no secret
        return self.sudo().search(
            [("vehicle_id", "=", vehicle.id), ("state", "in", life.IN_HOUSE)], limit=1
        )

    @api.model
    def _booking_today(self, vehicle):
        """Today's appointment of a car in this branch, also one booked by its plate only."""
        company = self.env.company
        start, end = company._service_day(fields.Datetime.now())
        orders = self.search(
            [
                ("company_id", "=", company.id),
                ("state", "in", (life.DRAFT, life.BOOKED)),
                ("planned_start", ">=", start),
                ("planned_start", "<", end),
                "|",
                ("vehicle_id", "=", vehicle.id),
                "&",
                ("vehicle_id", "=", False),
                ("license_plate", "!=", False),
            ],
            order="planned_start, id",
        )
        own = orders.filtered(lambda order: order.vehicle_id)
        return (own or orders.filtered(lambda order: vehicle._is_plate(order.license_plate)))[:1]

    def _received_by(self):
        """Who received the car; nobody when it was never received."""
        self.ensure_one()
        # sudo: whoever is refused at the counter learns whom to ask
        return (
            self.env["service.transition"]
            .sudo()
            .search(
                [
                    ("res_model", "=", self._name),
                    ("res_id", "=", self.id),
                    ("verb", "=", "receive"),
                ],
                order="id desc",
                limit=1,
            )
            .user_id
        )
