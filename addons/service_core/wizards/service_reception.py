from odoo import api, fields, models
from odoo.exceptions import UserError
from odoo.fields import Command, Domain

from ..models.service_order import PRICE_GROUPS
from ..rules import plate as plate_rule

HISTORY = 5  # earlier visits shown at the counter


class ServiceReception(models.TransientModel):
    """Receive a car: five facts at the counter, all else is known, defaulted or asked later.

    The car is found by the tail of its plate or VIN; what the house knows of it stands beside
    the questions. Today's appointment of that car is received, else a walk-in is opened.
    """

    _name = "service.reception"
    _description = "Receive a Car"

    company_id = fields.Many2one(
        "res.company", required=True, default=lambda self: self.env.company
    )
    currency_id = fields.Many2one(related="company_id.currency_id")

    # The car
    vehicle_id = fields.Many2one("service.vehicle", string="Car")
    is_new = fields.Boolean(string="Not in our files")
    license_plate = fields.Char(string="Plate")
    vin = fields.Char(string="VIN")
    vin_proposal = fields.Char(string="VIN Says", compute="_compute_vin_proposal")
    model_id = fields.Many2one("service.vehicle.model")
    plate_clash_id = fields.Many2one(
        "service.vehicle", string="Plate Is Now On", compute="_compute_plate_clash_id"
    )
    confirm_plate_move = fields.Boolean(string="The plate has moved to this car")

    # Who brings it
    contact_id = fields.Many2one(
        "res.partner",
        string="Brought By",
        compute="_compute_contact_id",
        store=True,
        readonly=False,
    )
    contact_name = fields.Char(string="New Customer", help="Somebody who has no card yet.")
    contact_phone = fields.Char(
        string="Phone Today", compute="_compute_contact_phone", store=True, readonly=False
    )

    # Today
    odometer = fields.Integer(string="Odometer (km)")
    customer_words = fields.Text(string="Complaint")
    is_unclear = fields.Boolean(string="Hard to describe")
    is_read_back = fields.Boolean(string="Read back to the customer")
    kind_id = fields.Many2one(
        "service.order.kind", compute="_compute_kind_id", store=True, readonly=False
    )
    key_count = fields.Integer(string="Keys", default=1)
    has_licence = fields.Boolean(string="Licence", help="Not ticked: recorded as not brought.")
    has_manual = fields.Boolean(string="Manual", help="Not ticked: recorded as not brought.")
    belongings = fields.Char(help="Things left in the car, separated by commas.")
    fuel_level = fields.Selection(
        selection=lambda self: self.env["service.order"]._fields["fuel_level"].selection
    )
    warning_lamps = fields.Char()

    # What the house knows
    order_id = fields.Many2one("service.order", string="Booked Today", compute="_compute_order_id")
    planned_start = fields.Datetime(string="Booked For", related="order_id.planned_start")
    booked_job_ids = fields.Many2many(
        "service.order.job", string="Booked Work", compute="_compute_order_id"
    )
    promise_ids = fields.Many2many("service.promise", string="Agreed", compute="_compute_order_id")
    in_house_id = fields.Many2one(
        "service.order", string="Already Here", compute="_compute_in_house_id"
    )
    owner_id = fields.Many2one(related="vehicle_id.owner_id", string="Owner")
    driver_id = fields.Many2one(related="vehicle_id.driver_id", string="Driver")
    last_odometer = fields.Integer(string="Last Reading (km)", related="vehicle_id.odometer")
    history_ids = fields.Many2many(
        "service.order", string="Last Visits", compute="_compute_history_ids"
    )
    undone_job_ids = fields.Many2many(
        "service.order.job", string="Not Done Last Time", compute="_compute_undone_job_ids"
    )
    notes = fields.Text(string="To Know", compute="_compute_notes")
    no_show_count = fields.Integer(string="No-shows", related="contact_id.no_show_count")
    unpaid_count = fields.Integer(string="Unpaid Bills", compute="_compute_unpaid")
    unpaid_amount = fields.Monetary(string="To Pay", compute="_compute_unpaid", groups=PRICE_GROUPS)

    _key_count_positive = models.Constraint(
        "CHECK(key_count >= 0)", "The number of keys cannot be negative."
    )

    # === COMPUTES === #

    @api.depends("vin")
    def _compute_vin_proposal(self):
        for reception in self:
            reception.vin_proposal = self.env["service.vehicle"]._vin_proposal(reception.vin)

    @api.depends("license_plate", "is_new")
    def _compute_plate_clash_id(self):
        vehicles = self.env["service.vehicle"]
        for reception in self:
            reception.plate_clash_id = (
                vehicles._find_plate(reception.license_plate, reception.company_id.country_id)
                if reception.is_new
                else False
            )

    @api.depends("vehicle_id")
    def _compute_order_id(self):
        orders = self.env["service.order"]
        for reception in self:
            vehicle = reception.vehicle_id
            reception.order_id = orders._booking_today(vehicle) if vehicle else False
            reception.booked_job_ids = reception.order_id.job_ids
            reception.promise_ids = reception.order_id.promise_ids.filtered(
                lambda promise: promise.state == "open"
            )

    @api.depends("vehicle_id")
    def _compute_in_house_id(self):
        orders = self.env["service.order"]
        for reception in self:
            vehicle = reception.vehicle_id
            here = orders._in_house(vehicle) if vehicle else orders
            # another branch's order is named when it is tried, not opened
            reception.in_house_id = here.with_user(self.env.user)._filtered_access("read")

    @api.depends("vehicle_id")
    def _compute_contact_id(self):
        for reception in self:
            vehicle = reception.vehicle_id
            known = reception.order_id.contact_id or vehicle.driver_id or vehicle.owner_id
            reception.contact_id = known or reception.contact_id

    @api.depends("contact_id")
    def _compute_contact_phone(self):
        for reception in self:
            booked = reception.order_id
            same = booked.contact_id == reception.contact_id
            reception.contact_phone = (
                (same and booked.contact_phone)
                or reception.contact_id.phone
                or reception.contact_phone
            )

    @api.depends("vehicle_id")
    def _compute_kind_id(self):
        first = self.env["service.order.kind"].search([], limit=1)
        for reception in self:
            reception.kind_id = reception.order_id.kind_id or reception.kind_id or first

    @api.depends("vehicle_id")
    def _compute_history_ids(self):
        for reception in self:
            reception.history_ids = (
                self.env["service.order"].search(
                    [
                        ("vehicle_id", "=", reception.vehicle_id.id),
                        ("id", "!=", reception.order_id.id),
                    ],
                    limit=HISTORY,
                )
                if reception.vehicle_id
                else False
            )

    @api.depends("vehicle_id")
    def _compute_undone_job_ids(self):
        for reception in self:
            reception.undone_job_ids = reception.vehicle_id._left_undone()

    @api.depends("vehicle_id")
    def _compute_notes(self):
        for reception in self:
            vehicle = reception.vehicle_id
            reception.notes = "\n".join(vehicle._reception_notes()) if vehicle else False

    @api.depends("vehicle_id", "contact_id")
    def _compute_unpaid(self):
        for reception in self:
            people = reception.contact_id | reception.owner_id
            # sudo: that something is unpaid is told to whoever receives; the sum has its groups
            totals = (
                self.env["account.move"]
                .sudo()
                ._read_group(
                    Domain("commercial_partner_id", "in", people.commercial_partner_id.ids)
                    & Domain("company_id", "=", reception.company_id.id)
                    & Domain("move_type", "=", "out_invoice")
                    & Domain("state", "=", "posted")
                    & Domain("payment_state", "in", ("not_paid", "partial")),
                    [],
                    ["__count", "amount_residual_signed:sum"],
                )[0]
            )
            reception.unpaid_count = totals[0]
            reception.unpaid_amount = totals[1]

    # === ACTIONS === #

    def action_open_here(self):
        """Open the order of a car that is already in the house."""
        self.ensure_one()
        return self._open(self.in_house_id)

    def action_receive(self):
        """Receive today's appointment of this car, or open a walk-in with five facts."""
        self.ensure_one()
        self._check_facts()
        vehicle = self.vehicle_id or self._make_vehicle()
        vehicle._lock_reception()
        here = self.env["service.order"]._in_house(vehicle)
        if here:
            raise UserError(
                self.env._(
                    "%(car)s is already here on %(order)s, received by %(user)s. Add the complaint "
                    "to that order.",
                    car=vehicle.display_name,
                    order=here.name,
                    user=here._received_by().name,
                )
            )
        order = self.env["service.order"]._booking_today(vehicle)
        values = self._prepare_order_values(vehicle)
        if order:
            order.write(values)
        else:
            order = self.env["service.order"].create({"company_id": self.company_id.id, **values})
        order.action_receive()
        return self._open(order)

    def _open(self, order):
        return {
            "type": "ir.actions.act_window",
            "res_model": "service.order",
            "res_id": order.id,
            "view_mode": "form",
            "views": [(False, "form")],
            "target": "main",
        }

    # === HELPERS === #

    def _check_facts(self):
        """Name what is still missing, all of it at once."""
        labels = {
            name: self._fields[name]._description_string(self.env)
            for name in ("vehicle_id", "contact_id", "contact_phone", "odometer", "customer_words")
        }
        given = {
            "vehicle_id": self.vehicle_id or (self.is_new and (self.license_plate or self.vin)),
            "contact_id": self.contact_id or (self.contact_name or "").strip(),
            "contact_phone": (self.contact_phone or "").strip(),
            "odometer": self.odometer > 0,
            "customer_words": (self.customer_words or "").strip() or self.booked_job_ids,
        }
        missing = [label for name, label in labels.items() if not given[name]]
        if missing:
            raise UserError(self.env._("Still to ask: %s.", ", ".join(missing)))

    def _make_contact(self):
        """The card of who brings the car; a new one gets the phone of today."""
        if self.contact_id:
            return self.contact_id
        # sudo: reception opens a customer's card with name and phone, nothing else of it
        partner = (
            self.env["res.partner"]
            .sudo()
            .create({"name": self.contact_name.strip(), "phone": self.contact_phone})
        )
        self.contact_id = partner.with_env(self.env)
        return self.contact_id

    def _make_vehicle(self):
        """The card of a car we have not seen; a plate that has moved is taken off the other."""
        known = self.env["service.vehicle"]
        if self.vin:
            known = known.search([("vin", "=", self.env["service.vehicle"]._tidy_vin(self.vin))])
        if known:
            raise UserError(
                self.env._(
                    "This VIN already has a card: %(car)s of %(owner)s. Choose that car instead.",
                    car=known.display_name,
                    owner=known.owner_id.display_name or self.env._("an unknown owner"),
                )
            )
        if self.plate_clash_id and not self.confirm_plate_move:
            raise UserError(
                self.env._(
                    'Plate %(plate)s is on %(car)s. Has it moved? If so, tick "%(tick)s"; if not, '
                    "choose that car.",
                    plate=plate_rule.tidy(self.license_plate),
                    car=self.plate_clash_id.display_name,
                    tick=self._fields["confirm_plate_move"]._description_string(self.env),
                )
            )
        contact = self._make_contact()
        return known.create(
            {
                "license_plate": self.license_plate,
                "vin": self.vin,
                "model_id": self.model_id.id,
                "owner_id": contact.id,
                "country_id": self.company_id.country_id.id,
                "confirm_plate_move": self.confirm_plate_move,
            }
        )

    def _prepare_order_values(self, vehicle):
        """Values of the order, a booked one's answers are replaced by today's."""
        self.ensure_one()
        contact = self._make_contact()
        values = {
            "vehicle_id": vehicle.id,
            "kind_id": self.kind_id.id,
            "contact_id": contact.id,
            "contact_phone": self.contact_phone,
            "odometer": self.odometer,
            "licence_custody": "taken" if self.has_licence else "missing",
            "manual_custody": "taken" if self.has_manual else "missing",
            "belongings": self.belongings,
            "fuel_level": self.fuel_level,
            "warning_lamps": self.warning_lamps,
            "custody_ids": [
                Command.create({"kind": "key", "quantity": self.key_count})
                for _once in range(bool(self.key_count))
            ],
        }
        if not vehicle.owner_id:
            values["partner_id"] = contact.id
        if (self.customer_words or "").strip():
            values["job_ids"] = [
                Command.create(
                    {
                        "customer_words": self.customer_words.strip(),
                        "is_unclear": self.is_unclear,
                        "is_read_back": self.is_read_back,
                    }
                )
            ]
        return values
