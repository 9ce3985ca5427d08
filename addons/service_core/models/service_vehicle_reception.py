from odoo import api, fields, models
from odoo.fields import Domain
from odoo.tools import format_date

from ..rules import order_lifecycle as life
from ..rules import plate as plate_rule
from ..rules import vin as vin_rule

TAIL = 2  # so many last characters find a car; three find it by any part


class ServiceVehicle(models.Model):
    """How the counter finds a car, and what it should know before it says good morning."""

    # one file for one job, the model is the sum of them
    _inherit = "service.vehicle"  # pylint: disable=consider-merging-classes-inherited

    vin_proposal = fields.Char(
        string="VIN Says",
        compute="_compute_vin_proposal",
        help="Make and model year as the VIN tells them: a proposal, nothing is overwritten.",
    )

    @api.depends("vin")
    def _compute_vin_proposal(self):
        for vehicle in self:
            vehicle.vin_proposal = self._vin_proposal(vehicle.vin)

    @api.model
    def _vin_proposal(self, vin):
        """What a VIN tells of its car, in one line; nothing when it tells nothing."""
        told = vin_rule.decode(vin_rule.normalise(vin), fields.Date.today().year)
        if not told:
            return False
        make, year = told
        if not year:
            return make
        return self.env._("%(make)s, model year %(year)s", make=make, year=year)

    # === SEARCH === #

    @api.model
    def name_search(self, name="", domain=None, operator="ilike", limit=100):
        """The tail of a plate or VIN first, then any part of it, then the owner's name.

        Each question is answered by a trigram index of its own; asked in one domain the owner's
        name would make the database read every car.
        """
        key = plate_rule.normalise(name)
        if operator != "ilike" or len(key) < TAIL:
            return super().name_search(name, domain, operator, limit)
        within = Domain(domain or Domain.TRUE)
        cars = self._search_key("=ilike", f"%{key}", within, limit)
        if len(key) > TAIL and (not limit or len(cars) < limit):
            left = limit and limit - len(cars)
            cars |= self._search_key("ilike", key, within & Domain("id", "not in", cars.ids), left)
        if not cars:
            cars = self.search(within & Domain("owner_id.name", "ilike", name), limit=limit)
        # sudo: the name of a car that was found is no secret
        return [(car.id, car.display_name) for car in cars.sudo()]

    @api.model
    def _search_key(self, operator, key, within, limit):
        return self.search(
            within & (Domain("plate_key", operator, key) | Domain("vin", operator, key)),
            limit=limit,
        )

    def _is_plate(self, text):
        """Whether a plate typed by anybody is this car's."""
        self.ensure_one()
        return bool(self.plate_key) and plate_rule.normalise(text) == self.plate_key

    @api.model
    def _tidy_vin(self, vin):
        return vin_rule.normalise(vin)

    def _lock_reception(self):
        """Two counters with the same car: the second waits and then meets the first one's order.

        The row is written, not only locked: what waits for a written row is tried again on a
        fresh snapshot, so it cannot miss the order that was just opened.
        """
        self.ensure_one()
        self.flush_recordset()
        # raw SQL: the ORM writes no row that does not change
        self.env.cr.execute(
            "UPDATE service_vehicle SET write_date = write_date WHERE id = %s", [self.id]
        )

    # === WHAT RECEPTION SHOULD KNOW === #

    def _reception_notes(self):
        """Hook: sentences shown when the car stands at the counter; upper addons add theirs."""
        self.ensure_one()
        notes = []
        today = fields.Date.context_today(self)
        if self._under_warranty(today):
            notes.append(
                self.env._(
                    "Under manufacturer's warranty until %s.",
                    format_date(self.env, self.warranty_until),
                )
            )
        overdue = self.next_service_date and self.next_service_date <= today
        if overdue or 0 < self.next_service_odometer <= self.odometer:
            notes.append(self.env._("The next service is due."))
        return notes

    def _left_undone(self):
        """Jobs of earlier visits that the customer declined or put off, latest first."""
        return self.env["service.order.job"].search(
            [
                ("order_id.vehicle_id", "in", self.ids),
                ("order_id.state", "in", (life.READY, life.SETTLED, life.DELIVERED)),
                ("approval", "in", ("declined", "deferred")),
            ],
            order="id desc",
            limit=10,
        )
