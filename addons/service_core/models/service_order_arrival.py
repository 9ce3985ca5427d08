from datetime import timedelta

from odoo import api, fields, models
from odoo.exceptions import UserError

from ..rules import order_lifecycle as life
from .service_order_booking import CRON

CHECK_BEFORE = timedelta(minutes=20)  # S0-49
PARK_BEFORE = timedelta(minutes=15)
PARK_AFTER = timedelta(minutes=60)
ARRIVAL_TASK = "service_core.mail_activity_data_arrival"
PARKING_TASK = "service_core.mail_activity_data_parking"


class ServiceOrder(models.Model):
    """From the booking to the gate: is he on his way, does he know it, where does he park.

    The question is due 20 minutes before the arrival and moves with it; every arrival told is
    kept; a bay is kept free for the plate and moves along.
    """

    # one file for one job, the model is the sum of them
    _inherit = "service.order"  # pylint: disable=consider-merging-classes-inherited

    eta_ids = fields.One2many("service.order.eta", "order_id", string="Arrivals Told")
    arrival_check_due = fields.Datetime(
        string="Ask Whether He Comes",
        compute="_compute_arrival_check_due",
        store=True,
        help="20 minutes before the arrival, as long as nobody has asked (S0-49).",
    )
    # the arrival that was confirmed as on time
    arrival_checked_eta = fields.Datetime(readonly=True, copy=False)
    is_arrival_task = fields.Boolean(readonly=True, copy=False, export_string_translation=False)
    parking_ids = fields.One2many("service.parking", "order_id")
    parking_bay_id = fields.Many2one(
        "service.bay", string="Kept Free", compute="_compute_parking_bay_id"
    )

    _arrival_due_idx = models.Index(
        "(arrival_check_due) WHERE arrival_check_due IS NOT NULL AND is_arrival_task IS NOT TRUE"
    )

    @api.depends("eta", "state", "arrival_checked_eta", "arrived_at")
    def _compute_arrival_check_due(self):
        for order in self:
            waits = order.state == life.BOOKED and order.eta and not order.arrived_at
            order.arrival_check_due = (
                waits and order.arrival_checked_eta != order.eta and order.eta - CHECK_BEFORE
            )

    @api.depends("parking_ids.bay_id")
    def _compute_parking_bay_id(self):
        for order in self:
            order.parking_bay_id = order.parking_ids[:1].bay_id

    # === THE ARRIVAL MOVES === #

    def write(self, vals):
        """Keep each arrival told; question and bay follow the new one."""
        if "eta" not in vals:
            return super().write(vals)
        before = {order.id: order.eta for order in self}
        res = super().write(vals)
        moved = self.filtered(
            lambda order: order.state == life.BOOKED and order.eta != before[order.id]
        )
        if moved:
            told = self.env.context.get("service_arrival_told") or {}
            moved._log_arrival(told if isinstance(told, dict) else {}, before)
            moved._arrival_moved()
        return res

    def _log_arrival(self, told, before):
        known = self.env["service.order.eta"]._fields
        # sudo: the history is closed to everybody's write
        self.env["service.order.eta"].sudo().create(
            [
                {
                    **{name: value for name, value in told.items() if name in known},
                    "order_id": order.id,
                    "eta_before": before[order.id],
                    "eta": order.eta,
                    "user_id": self.env.uid,
                }
                for order in self
            ]
        )

    def _arrival_moved(self):
        """The old question is void, the new one comes in time, the bay is kept for then."""
        orders = self.sudo()  # sudo: marks, tasks and reservations are the house's own
        orders._end_tasks(ARRIVAL_TASK)
        orders.is_arrival_task = False
        orders._wake_for_arrival()
        orders._reserve_parking()

    def _wake_for_arrival(self):
        due = [order.arrival_check_due for order in self if order.arrival_check_due]
        if due:
            # sudo: scheduled actions are closed to most roles
            self.env.ref(CRON).sudo()._trigger(at=due)

    def _end_tasks(self, *xmlids):
        types = self.env["mail.activity.type"].union(*(self.env.ref(name) for name in xmlids))
        self.activity_ids.filtered(lambda task: task.activity_type_id in types).unlink()

    # === WHAT HAPPENS BY ITSELF === #

    def _after_booking(self):
        res = super()._after_booking()
        booked = self.filtered(lambda order: order.state == life.BOOKED)
        booked._wake_for_arrival()
        booked._reserve_parking()
        return res

    def _on_transition(self, verb, from_states):
        """Who has come, or does not come, is not asked any more; his bay is free again."""
        res = super()._on_transition(verb, from_states)
        left = self.sudo().filtered(  # sudo: marks, tasks and reservations are the house's own
            lambda order: from_states[order.id] == life.BOOKED and order.state != life.BOOKED
        )
        asked = left.filtered("is_arrival_task")
        if asked:
            asked._end_tasks(ARRIVAL_TASK)
            asked.is_arrival_task = False
        if verb in ("cancel", "undo") and left:
            left._end_tasks(PARKING_TASK, "service_core.mail_activity_data_tell")
            left.parking_ids.unlink()
        return res

    def _booking_work(self):
        now = fields.Datetime.now()
        return [
            *super()._booking_work(),
            (
                [("arrival_check_due", "<=", now), ("is_arrival_task", "=", False)],
                "_ask_arrival",
            ),
        ]

    def _ask_arrival(self):
        """Somebody calls the customer: is he on his way, does he know it."""
        for order in self:
            order.activity_schedule(
                ARRIVAL_TASK,
                user_id=order._desk_user().id,
                summary=self.env._("Ask whether the customer arrives in time"),
                note=self.env._(
                    "Expected at %(time)s: %(customer)s, %(phone)s. Does he know the address and "
                    "the way?",
                    time=order._moment_words(order.eta),
                    customer=order.contact_id.name or order.caller_name or "",
                    phone=order.contact_phone or "",
                ),
            )
        self.is_arrival_task = True

    # === THE ANSWER === #

    def action_ask_arrival(self):
        """Open the form for what the customer says about his arrival."""
        self.ensure_one()
        return {
            "type": "ir.actions.act_window",
            "name": self.env._("Is the Customer on His Way?"),
            "res_model": "service.arrival.answer",
            "view_mode": "form",
            "target": "new",
            "context": {"default_order_id": self.id, "default_eta": self.eta},
        }

    def _answer_arrival(self, outcome, eta=False, route_known=False, address_known=False):
        """What the customer said: on time, late with a new time, or he does not come (S0-49)."""
        self._guard_desk()
        self._lock()
        for order in self:
            if order.state != life.BOOKED:
                raise UserError(
                    self.env._("%s does not wait for its customer.", order.display_name)
                )
            if outcome == "late" and (not eta or eta <= order.eta):
                raise UserError(
                    self.env._("%s: ask for the new time of arrival.", order.display_name)
                )
        told = {
            "outcome": outcome,
            "route_known": route_known,
            "address_known": address_known,
        }
        orders = self.sudo()  # sudo: guarded above
        if outcome == "late":
            orders.with_context(service_arrival_told=told).eta = eta
        else:
            orders._log_arrival(told, {order.id: order.eta for order in orders})
            for order in orders:
                order.arrival_checked_eta = order.eta
            orders._end_tasks(ARRIVAL_TASK)
            orders.is_arrival_task = False
        if outcome == "cancelled":
            self._cancel(self.env._("Customer does not come, told when asked before arrival"))
        elif not (route_known and address_known):
            orders._tell_route()
        return True

    def action_arrive(self):
        """Who has arrived stands in the bay that was kept free, unless somebody says otherwise."""
        res = super().action_arrive()
        for order in self.filtered(lambda order: not order.arrival_bay_id):
            order.arrival_bay_id = order.parking_bay_id
        return res

    # === PARKING === #

    def _reserve_parking(self):
        """Keep a bay free around the arrival, and tell who watches the gate (S0-54)."""
        for order in self.filtered("eta"):
            start, stop = order.eta - PARK_BEFORE, order.eta + PARK_AFTER
            held = order.parking_ids
            if held and held.start == start:
                continue
            bay_model = self.env["service.bay"]
            free = bay_model._free_parking(order.company_id, start, stop)
            # its own bay, when nobody else wants it then
            rivals = self.env["service.parking"].search(
                [
                    ("bay_id", "=", held.bay_id.id),
                    ("id", "!=", held.id),
                    ("start", "<", stop),
                    ("stop", ">", start),
                ],
                limit=1,
            )
            bay = held.bay_id if held and not rivals else free[:1]
            order._end_tasks(PARKING_TASK)
            if not bay:
                held.unlink()
                continue
            values = {"bay_id": bay.id, "start": start, "stop": stop}
            if held:
                held.write(values)
            else:
                self.env["service.parking"].create({**values, "order_id": order.id})
            order._tell_gate(bay)

    def _tell_gate(self, bay):
        guard = self.company_id.service_gate_user_id
        if not guard:
            return
        zone = self.company_id._service_tz()
        self.activity_schedule(
            PARKING_TASK,
            user_id=guard.id,
            date_deadline=fields.Datetime.context_timestamp(
                self.with_context(tz=zone.zone), self.eta
            ).date(),
            summary=self.env._(
                "Keep %(bay)s free for %(plate)s, %(time)s",
                bay=bay.name,
                plate=self.license_plate or self.name,
                time=self._moment_words(self.eta),
            ),
        )
