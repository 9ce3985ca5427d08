from dateutil.relativedelta import relativedelta

from odoo import api, fields, models
from odoo.exceptions import UserError
from odoo.fields import Domain

from ..rules import plate as plate_rule
from ..rules import vin as vin_rule
from .service_vehicle_model import FUELS


class ServiceVehicle(models.Model):
    """A customer's car: one card for all branches, known by its plate or its VIN (S4-40).

    Owner, driver and who orders the work are different people; plates and owners change, and
    both histories are kept.
    """

    _name = "service.vehicle"
    _description = "Vehicle"
    _inherit = ["mail.thread", "mail.activity.mixin"]
    _order = "license_plate, id"
    _rec_names_search = ["license_plate", "plate_key", "vin", "owner_id.name"]

    active = fields.Boolean(default=True, tracking=True)
    vin = fields.Char(
        string="VIN",
        copy=False,
        tracking=True,
        index="trigram",
        help="Vehicle identification number. Spaces and dashes do not matter.",
    )
    is_vin_standard = fields.Boolean(
        string="Standard VIN",
        compute="_compute_is_vin_standard",
        store=True,
        help="17 characters without I, O and Q. Old and special vehicles may carry other numbers.",
    )
    vin_warning = fields.Char(compute="_compute_vin_warning")
    license_plate = fields.Char(copy=False, tracking=True, index="trigram")
    plate_key = fields.Char(
        string="Plate (compared)",
        compute="_compute_plate_key",
        store=True,
        index="trigram",
        export_string_translation=False,
    )
    country_id = fields.Many2one(
        "res.country",
        string="Plate Country",
        default=lambda self: self.env.company.country_id,
        help="The same plate may exist in two countries.",
    )
    plate_clash_id = fields.Many2one(
        "service.vehicle", string="Plate Is Now On", compute="_compute_plate_clash_id"
    )
    confirm_plate_move = fields.Boolean(
        string="The plate has moved to this car",
        store=False,
        help="Takes the plate off the other car and writes it into both histories.",
    )
    model_id = fields.Many2one("service.vehicle.model", index="btree_not_null", tracking=True)
    brand_id = fields.Many2one(related="model_id.brand_id", store=True, index="btree_not_null")
    variant = fields.Char(help="Engine, body, trim: whatever tells two cars of a model apart.")
    fuel = fields.Selection(
        FUELS, compute="_compute_fuel", store=True, readonly=False, precompute=True
    )
    color = fields.Char()
    status = fields.Selection(
        [
            ("customer", "Customer Vehicle"),
            ("house", "House Vehicle"),
            ("gone", "Sold or Scrapped"),
        ],
        required=True,
        default="customer",
        tracking=True,
    )
    owner_id = fields.Many2one(
        "res.partner",
        index="btree_not_null",
        tracking=True,
        help="Whose car it is. Orders, prints and warranty claims stand in this name.",
    )
    driver_id = fields.Many2one(
        "res.partner", index="btree_not_null", tracking=True, help="Who usually brings the car."
    )
    first_registration = fields.Date()
    warranty_until = fields.Date(
        compute="_compute_warranty", store=True, readonly=False, precompute=True, tracking=True
    )
    warranty_odometer = fields.Integer(
        string="Warranty Up To (km)",
        compute="_compute_warranty",
        store=True,
        readonly=False,
        precompute=True,
        help="0: no limit of kilometers.",
    )
    odometer = fields.Integer(
        string="Odometer (km)",
        compute="_compute_odometer",
        inverse="_inverse_odometer",
        store=True,
        help="The latest reading. Typing a number adds a reading; a lower one needs a correction.",
    )
    last_service_date = fields.Date(string="Last Service", tracking=True)
    next_service_date = fields.Date(index="btree_not_null", tracking=True)
    next_service_odometer = fields.Integer(string="Next Service (km)")
    note = fields.Html()
    plate_ids = fields.One2many("service.vehicle.plate", "vehicle_id", string="Plate History")
    ownership_ids = fields.One2many("service.vehicle.owner", "vehicle_id", string="Owner History")
    odometer_ids = fields.One2many("service.vehicle.odometer", "vehicle_id", string="Readings")
    order_ids = fields.One2many("service.order", "vehicle_id", string="Work Orders")
    order_count = fields.Integer(compute="_compute_order_count")

    _plate_or_vin = models.Constraint(
        "CHECK(vin IS NOT NULL OR license_plate IS NOT NULL)",
        "A vehicle needs its plate or its VIN.",
    )
    _vin_uniq = models.UniqueIndex(
        "(vin) WHERE vin IS NOT NULL", "A vehicle with this VIN already has a card."
    )
    _plate_uniq = models.UniqueIndex(
        "(plate_key, COALESCE(country_id, 0)) WHERE active AND plate_key IS NOT NULL",
        "This plate is on another active vehicle of the same country.",
    )

    # === COMPUTES === #

    @api.depends("vin")
    def _compute_is_vin_standard(self):
        for vehicle in self:
            vehicle.is_vin_standard = vin_rule.is_standard(vin_rule.normalise(vehicle.vin))

    @api.depends("vin")
    def _compute_vin_warning(self):
        for vehicle in self:
            vin = vin_rule.normalise(vehicle.vin)
            if not vin or vin_rule.has_check_digit(vin):
                vehicle.vin_warning = False
            elif not vin_rule.is_standard(vin):
                vehicle.vin_warning = self.env._(
                    "%(count)s characters or I, O, Q in it: not a standard VIN. Read it again; an "
                    "old or special vehicle may have one.",
                    count=len(vin),
                )
            else:
                vehicle.vin_warning = self.env._(
                    "The check digit does not fit. European cars often have none; others may have "
                    "been misread."
                )

    @api.depends("license_plate")
    def _compute_plate_key(self):
        for vehicle in self:
            vehicle.plate_key = plate_rule.normalise(vehicle.license_plate) or False

    @api.depends("plate_key", "country_id", "active")
    def _compute_plate_clash_id(self):
        for vehicle in self:
            vehicle.plate_clash_id = (
                vehicle._find_plate(vehicle.plate_key, vehicle.country_id) - vehicle._origin
                if vehicle.active
                else False
            )

    @api.depends("model_id")
    def _compute_fuel(self):
        for vehicle in self:
            vehicle.fuel = vehicle.fuel or vehicle.model_id.fuel

    @api.depends("model_id", "first_registration")
    def _compute_warranty(self):
        """From the model's terms, as long as nobody wrote the car's own."""
        for vehicle in self:
            model = vehicle.model_id
            if not vehicle.warranty_until and vehicle.first_registration and model.warranty_months:
                vehicle.warranty_until = vehicle.first_registration + relativedelta(
                    months=model.warranty_months
                )
            else:
                vehicle.warranty_until = vehicle.warranty_until
            vehicle.warranty_odometer = vehicle.warranty_odometer or model.warranty_km

    @api.depends("odometer_ids.value", "odometer_ids.read_on")
    def _compute_odometer(self):
        for vehicle in self:
            vehicle.odometer = vehicle._latest_reading().value

    def _latest_reading(self):
        self.ensure_one()
        # sorted here: a reading just added stands last in the cache, whatever its date
        return self.odometer_ids.filtered("read_on").sorted(
            lambda reading: (reading.read_on, reading._origin.id or 0)
        )[-1:]

    def _inverse_odometer(self):
        for vehicle in self:
            if vehicle.odometer:
                vehicle._log_odometer(vehicle.odometer)

    def _compute_order_count(self):
        counts = dict(
            self.env["service.order"]._read_group(
                [("vehicle_id", "in", self.ids)], ["vehicle_id"], ["__count"]
            )
        )
        for vehicle in self:
            vehicle.order_count = counts.get(vehicle, 0)

    @api.depends("license_plate", "vin", "model_id.display_name")
    def _compute_display_name(self):
        for vehicle in self:
            vehicle.display_name = " · ".join(
                filter(None, [vehicle.license_plate or vehicle.vin, vehicle.model_id.display_name])
            )

    @api.model
    def _search_display_name(self, operator, value):
        """A plate is found by its tail however it is typed: ``ab-12`` finds ``B AB 12``."""
        domain = super()._search_display_name(operator, value)
        if operator in ("ilike", "=ilike") and isinstance(value, str):
            key = plate_rule.normalise(value)
            if key:
                domain = Domain(domain) | Domain("plate_key", "ilike", key)
        return domain

    # === CRUD === #

    @api.model_create_multi
    def create(self, vals_list):
        vals_list = [dict(vals) for vals in vals_list]
        for vals in vals_list:
            self._tidy_values(vals)
        taken = self._taken_plates([vals.get("license_plate") for vals in vals_list])
        for vals in vals_list:
            moved = vals.pop("confirm_plate_move", False)
            country = vals.get("country_id", self.env.company.country_id.id)
            key = (plate_rule.normalise(vals.get("license_plate")), country)
            if key in taken and vals.get("active", True):
                self._make_room_for_plate(vals["license_plate"], country, moved)
        vehicles = super().create(vals_list)
        vehicles._write_history({"license_plate", "owner_id"})
        return vehicles

    def write(self, vals):
        vals = dict(vals)
        self._tidy_values(vals)
        moved = vals.pop("confirm_plate_move", False)
        # the import has asked for all plates at once and writes the histories of all cars together
        importing = self.env.context.get("service_import")
        if not importing and {"license_plate", "country_id", "active"} & set(vals):
            for vehicle in self:
                plate = vals.get("license_plate", vehicle.license_plate)
                if plate and vals.get("active", vehicle.active):
                    country = vals.get("country_id", vehicle.country_id.id)
                    vehicle._make_room_for_plate(plate, country, moved)
        before = {
            name: {vehicle: vehicle[name] for vehicle in self}
            for name in ("license_plate", "owner_id")
            if name in vals and not importing
        }
        res = super().write(vals)
        for name, values in before.items():
            self.filtered(lambda v, n=name, old=values: v[n] != old[v])._write_history({name})
        return res

    @api.model
    def _tidy_values(self, vals):
        """Write what was typed the way it is compared; nothing is NULL, never an empty text."""
        if "vin" in vals:
            vals["vin"] = vin_rule.normalise(vals["vin"]) or False
        if "license_plate" in vals:
            vals["license_plate"] = plate_rule.tidy(vals["license_plate"]) or False

    @api.model
    def _find_plate(self, plate, country):
        """Active vehicles that carry this plate in this country."""
        key = plate_rule.normalise(plate)
        if not key:
            return self.browse()
        country_id = country if isinstance(country, int) else country.id
        return self.search([("plate_key", "=", key), ("country_id", "=", country_id)], limit=1)

    @api.model
    def _taken_plates(self, plates):
        """``{(key, country id)}`` of those plates that active vehicles carry, in one question."""
        keys = {plate_rule.normalise(plate) for plate in plates} - {""}
        if not keys:
            return set()
        return {
            (vehicle.plate_key, vehicle.country_id.id)
            for vehicle in self.search([("plate_key", "in", list(keys))])
        }

    def _make_room_for_plate(self, plate, country_id, moved):
        """Ask whether the plate has moved; when it has, take it off the other car."""
        other = self._find_plate(plate, country_id) - self
        if not other:
            return
        if not moved:
            raise UserError(
                self.env._(
                    "Plate %(plate)s is on %(vehicle)s of %(owner)s. Has it moved? If so, tick "
                    '"The plate has moved to this car"; if not, open that vehicle instead.',
                    plate=plate,
                    vehicle=other.display_name,
                    owner=other.owner_id.display_name or self.env._("an unknown owner"),
                )
            )
        other.message_post(body=self.env._("Plate %s has moved to another vehicle.", plate))
        if other.vin:
            other.write({"license_plate": False})
        else:
            # without plate and VIN nobody could find it again
            other._close_history("license_plate")
            other.write({"active": False})
        # the database must let go of the plate before it takes it for this car
        other.flush_recordset(["active", "license_plate", "plate_key"])

    def _write_history(self, names):
        """Close the running line of each history and open the next."""
        today = fields.Date.context_today(self)
        if "license_plate" in names:
            self._close_history("license_plate")
            # sudo: the histories are written by the vehicle only
            self.env["service.vehicle.plate"].sudo().create(
                [
                    {
                        "vehicle_id": vehicle.id,
                        "license_plate": vehicle.license_plate,
                        "plate_key": vehicle.plate_key,
                        "country_id": vehicle.country_id.id,
                        "date_from": today,
                    }
                    for vehicle in self
                    if vehicle.license_plate
                ]
            )
        if "owner_id" in names:
            self._close_history("owner_id")
            # sudo: the histories are written by the vehicle only
            self.env["service.vehicle.owner"].sudo().create(
                [
                    {
                        "vehicle_id": vehicle.id,
                        "owner_id": vehicle.owner_id.id,
                        "date_from": today,
                    }
                    for vehicle in self
                    if vehicle.owner_id
                ]
            )

    def _close_history(self, name):
        history = {"license_plate": "plate_ids", "owner_id": "ownership_ids"}[name]
        # sudo: the histories are written by the vehicle only
        self.sudo()[history].filtered(lambda line: not line.date_to).write(
            {"date_to": fields.Date.context_today(self)}
        )

    # === ACTIONS === #

    def action_view_orders(self):
        self.ensure_one()
        return {
            "type": "ir.actions.act_window",
            "name": self.env._("Work Orders"),
            "res_model": "service.order",
            "view_mode": "list,form",
            "domain": [("vehicle_id", "=", self.id)],
            "context": {"default_vehicle_id": self.id},
        }

    # === BUSINESS === #

    def _log_odometer(self, value, order=None, read_on=None):
        """Add a reading; the same number twice adds nothing.

        :raises ValidationError: when the number is lower than an earlier reading
        """
        self.ensure_one()
        latest = self._latest_reading()
        if latest.value == value and not order:
            return latest
        # sudo: whoever receives a car reads its odometer, whatever he may change on the card
        return (
            self.env["service.vehicle.odometer"]
            .sudo()
            .create(
                {
                    "vehicle_id": self.id,
                    "value": value,
                    "order_id": order.id if order else False,
                    "read_on": read_on or fields.Datetime.now(),
                    "user_id": self.env.uid,
                }
            )
        )

    def _under_warranty(self, on_date, odometer=None):
        """Whether the manufacturer's warranty covers the car on that day at that reading."""
        self.ensure_one()
        if not self.warranty_until or on_date > self.warranty_until:
            return False
        reading = self.odometer if odometer is None else odometer
        return not self.warranty_odometer or reading <= self.warranty_odometer

    def _plan_next_service(self, on_date, interval=None):
        """After a service: when the next one is due.

        :param tuple interval: ``(months, km)``; by default those of each car's model
        """
        for vehicle in self:
            model = vehicle.model_id
            months, km = interval or (model.interval_months, model.interval_km)
            values = {"last_service_date": on_date}
            if months:
                values["next_service_date"] = on_date + relativedelta(months=months)
            if km:
                values["next_service_odometer"] = vehicle.odometer + km
            vehicle.write(values)
