from odoo import api, fields, models
from odoo.exceptions import UserError
from odoo.tools import format_datetime

from ..models.service_capacity import MOMENT

OFFERED = 6
FACTS = ("departure", "eta", "plate", "model")


class ServiceBooking(models.TransientModel):
    """The sheet filled in while the customer is on the phone (S0-47, S2-37).

    Whose car, what for, which of the free times, and the four facts read back one by one.
    """

    _name = "service.booking"
    _description = "New Appointment"

    order_id = fields.Many2one("service.order", readonly=True)
    call_id = fields.Many2one("service.call", readonly=True)
    company_id = fields.Many2one(
        "res.company", string="Branch", required=True, default=lambda self: self.env.company
    )
    vehicle_id = fields.Many2one("service.vehicle")
    license_plate = fields.Char(string="Plate", compute="_compute_car", store=True, readonly=False)
    model_name = fields.Char(string="Model", compute="_compute_car", store=True, readonly=False)
    partner_id = fields.Many2one(
        "res.partner", string="Customer", compute="_compute_car", store=True, readonly=False
    )
    caller_name = fields.Char(string="Name as Told")
    contact_phone = fields.Char(
        string="Phone", compute="_compute_contact_phone", store=True, readonly=False
    )
    no_show_count = fields.Integer(related="partner_id.no_show_count", string="Missed Before")
    is_customer_confirmed = fields.Boolean(
        string="Name, phone and address confirmed", help="Asked of known customers too (S2-29)."
    )
    kind_id = fields.Many2one(
        "service.order.kind",
        required=True,
        default=lambda self: self.env["service.order.kind"].search([], limit=1),
    )
    wish = fields.Text(string="Customer's Words")
    operation_id = fields.Many2one("service.operation", string="Known Work")
    hours = fields.Float(
        compute="_compute_hours",
        store=True,
        readonly=False,
        help="Standard hours to keep free; half an hour as long as nobody knows.",
    )
    from_date = fields.Datetime(
        string="Free Times From", required=True, default=fields.Datetime.now
    )
    slot_ids = fields.Many2many("service.booking.slot", compute="_compute_slot_ids", store=True)
    slot_id = fields.Many2one("service.booking.slot", string="Free Times")
    departure_time = fields.Datetime(string="Leaves Home")
    eta = fields.Datetime(string="Arrives", compute="_compute_eta", store=True, readonly=False)
    booking_odometer = fields.Integer(
        string="Mileage (km)", compute="_compute_car", store=True, readonly=False
    )
    last_service_date = fields.Date(
        string="Last Maintenance", compute="_compute_car", store=True, readonly=False
    )
    is_service_unknown = fields.Boolean(string="None known")
    extra_needs = fields.Char(help="What the customer asks for beside the work (S2-31).")
    possible_situations = fields.Char(
        string="May Come Up", help="What was told beforehand (S2-32)."
    )
    advice_given = fields.Char(help="What we advised (S2-35).")
    agreement = fields.Char(help="What we promised beside the work; it is kept or broken (S2-33).")
    is_explained = fields.Boolean(
        string="Work explained item by item", help="Asked of every appointment (S2-39)."
    )
    is_departure_read = fields.Boolean(string="Departure read back")
    is_eta_read = fields.Boolean(string="Arrival read back")
    is_plate_read = fields.Boolean(string="Plate read back")
    is_model_read = fields.Boolean(string="Model read back")

    @api.depends("vehicle_id")
    def _compute_car(self):
        for sheet in self:
            vehicle = sheet.vehicle_id
            sheet.license_plate = vehicle.license_plate or sheet.license_plate
            sheet.model_name = vehicle.model_id.display_name or sheet.model_name
            sheet.partner_id = vehicle.owner_id or sheet.partner_id
            sheet.booking_odometer = sheet.booking_odometer or vehicle.odometer
            sheet.last_service_date = sheet.last_service_date or vehicle.last_service_date

    @api.depends("partner_id", "vehicle_id")
    def _compute_contact_phone(self):
        for sheet in self:
            contact = sheet.vehicle_id.driver_id or sheet.partner_id
            sheet.contact_phone = contact.phone or sheet.contact_phone

    @api.depends("operation_id", "order_id")
    def _compute_hours(self):
        for sheet in self:
            known = sheet.order_id._required_hours() if sheet.order_id else 0.5
            sheet.hours = max(sheet.operation_id.standard_hours, known)

    @api.depends("company_id", "hours", "from_date")
    def _compute_slot_ids(self):
        """The next free receptions whose day has the hours left: a choice, not an order (S2-38)."""
        slot_model = self.env["service.booking.slot"]
        for sheet in self:
            sheet.slot_ids = slot_model
            if not (sheet.company_id and sheet.from_date):
                continue
            start = max(sheet.from_date, fields.Datetime.now())
            free = self.env["service.capacity"]._free_slots(
                sheet.company_id, sheet.hours, start, count=OFFERED
            )
            sheet.slot_ids = slot_model.create(
                [{"start": moment, "company_id": sheet.company_id.id} for moment in free]
            )

    @api.depends("slot_id")
    def _compute_eta(self):
        for sheet in self:
            sheet.eta = sheet.slot_id.start or sheet.eta

    @api.onchange("from_date", "hours", "company_id")
    def _onchange_offer(self):
        """Another offer: the old choice may not be in it."""
        if self.slot_id not in self.slot_ids:
            self.slot_id = False

    # what changes has not been read back

    @api.onchange("departure_time")
    def _onchange_departure_time(self):
        self.is_departure_read = False

    @api.onchange("eta")
    def _onchange_eta(self):
        self.is_eta_read = False

    @api.onchange("license_plate")
    def _onchange_license_plate(self):
        self.is_plate_read = False

    @api.onchange("model_name")
    def _onchange_model_name(self):
        self.is_model_read = False

    def action_book(self):
        """Write the order and take the time; refused, the sheet stays as it was typed."""
        self.ensure_one()
        if not self.slot_id:
            raise UserError(self.env._("Choose one of the free times."))
        unread = [
            self._fields[f"is_{fact}_read"]._description_string(self.env)
            for fact in FACTS
            if not self[f"is_{fact}_read"]
        ]
        if unread:
            raise UserError(
                self.env._("Read back to the customer and tick: %s.", ", ".join(unread))
            )
        order = self._write_order(confirmed=True)
        # on the phone all four are asked, also where the kind of order would not insist
        missing = order._gate_booking_facts()
        if missing:
            raise UserError(missing[:1].upper() + missing[1:])
        order.action_book()
        order._tick_booking_tasks()
        return self._open(order)

    def action_draft(self):
        """Keep what was told as a draft; nothing is booked yet."""
        self.ensure_one()
        return self._open(self._write_order())

    def _write_order(self, confirmed=False):
        values = self._prepare_order()
        values["booking_confirmed"] = confirmed
        order = self.order_id
        if order:
            order.write(values)
        else:
            order = self.env["service.order"].create({**values, "booking_source": "phone"})
        if self.wish or self.operation_id:
            self.env["service.order.job"].create(
                {
                    "order_id": order.id,
                    "customer_words": self.wish,
                    "operation_id": self.operation_id.id,
                    **({"standard_hours": self.hours} if not self.operation_id else {}),
                }
            )
        if (self.agreement or "").strip():
            self.env["service.promise"].create(
                {"order_id": order.id, "text": self.agreement.strip()}
            )
        self.call_id.order_id = order
        # the phone told today stays, whatever the customer's card says
        if self.contact_phone:
            order.contact_phone = self.contact_phone
        return order

    def _prepare_order(self):
        values = {
            "company_id": self.company_id.id,
            "kind_id": self.kind_id.id,
            "vehicle_id": self.vehicle_id.id,
            "partner_id": self.partner_id.id,
            "caller_name": self.caller_name,
            "planned_start": self.slot_id.start,
            "departure_time": self.departure_time,
            "eta": self.eta or self.slot_id.start,
            "booking_odometer": self.booking_odometer,
            "last_service_date": self.last_service_date,
            "is_service_unknown": self.is_service_unknown,
            "extra_needs": self.extra_needs,
            "possible_situations": self.possible_situations,
            "advice_given": self.advice_given,
            "booking_explained": self.is_explained,
        }
        if not self.vehicle_id:
            values.update(license_plate=self.license_plate, model_name=self.model_name)
        if self.is_customer_confirmed:
            values["customer_confirmed_on"] = fields.Date.context_today(self)
        return values

    def _open(self, order):
        return {
            "type": "ir.actions.act_window",
            "res_model": "service.order",
            "res_id": order.id,
            "view_mode": "form",
        }


class ServiceBookingSlot(models.TransientModel):
    """One time offered on the sheet; it is free until somebody books it."""

    _name = "service.booking.slot"
    _description = "Free Time"
    _order = "start"
    _rec_name = "start"

    start = fields.Datetime(required=True)
    company_id = fields.Many2one("res.company", required=True)

    @api.depends("start", "company_id")
    def _compute_display_name(self):
        for slot in self:
            slot.display_name = format_datetime(
                self.env, slot.start, tz=slot.company_id._service_tz().zone, dt_format=MOMENT
            )
