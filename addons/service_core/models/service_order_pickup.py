from datetime import timedelta

import pytz

from odoo import api, fields, models
from odoo.exceptions import UserError

from ..rules import order_lifecycle as life

# Who waits in the lounge is fetched while his car is washed, who left is told while it is
# inspected, who left it for days is called in advance.
CLOCKS = {
    "pickup_waiting": "service_core.sms_template_pickup_waiting",
    "pickup_left": "service_core.sms_template_pickup_left",
    "pickup_advance": "service_core.sms_template_pickup_advance",
}
TELLABLE = (
    life.AGREED,
    life.IN_REPAIR,
    life.IN_INSPECTION,
    life.WASHING,
    life.READY,
    life.SETTLED,
)
OVER_NIGHT = timedelta(days=1)
TRAFFIC = "service_core.service_checklist_pickup_risks_traffic"


class ServiceOrder(models.Model):
    """When the customer comes for his car, and that he was told in time (S0-99 to S0-103)."""

    # one file for one job, the model is the sum of them
    _inherit = "service.order"  # pylint: disable=consider-merging-classes-inherited

    pickup_at = fields.Datetime(
        string="Pick-up Agreed",
        copy=False,
        tracking=True,
        help="When the customer comes for the car, as agreed with him.",
    )
    pickup_warning = fields.Char(compute="_compute_pickup_warning")
    pickup_told_at = fields.Datetime(
        string="Told to Pick Up",
        readonly=True,
        copy=False,
        help="When the customer was told that he can come for the car.",
    )

    @api.depends("pickup_at", "promised_date", "company_id")
    def _compute_pickup_warning(self):
        for order in self:
            order.pickup_warning = order.pickup_at and order._pickup_objection()

    def _pickup_objection(self):
        """Why the agreed time is a bad one, as a sentence; nothing when it is a good one."""
        self.ensure_one()
        # sudo: hours of a branch are no secret, a calendar is closed to most roles
        company = self.company_id.sudo()
        local = pytz.utc.localize(self.pickup_at).astimezone(company._service_tz())
        calendar = company.resource_calendar_id
        if (
            calendar
            and not calendar._work_intervals_batch(local, local + timedelta(minutes=1))[False]
        ):
            return self.env._("The branch is closed then.")
        if self.promised_date and self.pickup_at < self.promised_date:
            return self.env._("The car is promised for later.")
        hour = local.hour + local.minute / 60
        rush = (
            self.env["service.rush.hour"]
            .sudo()
            .search(
                [
                    ("company_id", "=", company.id),
                    ("dayofweek", "=", str(local.weekday())),
                    ("hour_from", "<=", hour),
                    ("hour_to", ">", hour),
                ],
                limit=1,
            )
        )
        if rush:
            return self.env._(
                "Rush hour (%s): the customer may be held up, agree on another time.",
                rush.display_name,
            )
        return False

    # === THE MESSAGES === #

    def _pickup_case(self):
        """Which of the three messages fits where car and customer are."""
        self.ensure_one()
        if self.state in (life.AGREED, life.IN_REPAIR):
            return "pickup_advance"
        if self.stay == "lounge" and self.state in (life.WASHING, life.READY, life.SETTLED):
            return "pickup_waiting"
        return "pickup_left"

    def _pickup_words(self):
        """When he is expected and, once the work is done, what he pays; in his language (S2-77)."""
        self.ensure_one()
        if self.pickup_at:
            when = self.env._("We expect you on %s.", self._moment_words(self.pickup_at))
        else:
            when = self.env._("Please tell us when you would like to come.")
        return " ".join(filter(None, [when, self._bill_words()]))

    def _bill_words(self):
        """What the customer pays, as far as it is known; nothing while the car is worked on."""
        self.ensure_one()
        if self.state not in (life.WASHING, life.READY, life.SETTLED):
            return ""
        # sudo: prices are closed to the desk, the customer hears his own
        lines = self.sudo()._billable_lines().filtered(lambda line: line.payer == "customer")
        total = lines._totals(delivered=True)["total"] if lines else 0.0
        if self.currency_id.is_zero(total):
            return ""
        return self.env._("Your bill comes to %s.", self.currency_id.format(total))

    def action_tell_pickup(self):
        """Write to the customers that they can come for their cars, or soon can."""
        self._check_pickup()
        for case, orders in self.grouped(lambda order: order._pickup_case()).items():
            routes = orders._tell(CLOCKS[case])
            # with a task to call him he has heard nothing yet
            orders.filtered(
                lambda order, routes=routes: routes[order.id] != "activity"
            )._note_pickup_told()
        return True

    def action_pickup_told(self):
        """One click: the customer was told in the lounge or by phone that he can come."""
        self._check_pickup()
        for order in self:
            order._told(
                self.env._("in person or by phone"),
                f"{order._status_words()} {order._pickup_words()}",
            )
        self._note_pickup_told()
        return True

    def _check_pickup(self):
        self.check_access("write")
        for order in self:
            if order.state not in TELLABLE:
                raise UserError(
                    self.env._(
                        "%s: a pick-up is agreed once the work is, and until the car has left.",
                        order.display_name,
                    )
                )

    def _note_pickup_told(self):
        # sudo: the moment is closed to everybody's write, whoever told him was guarded
        self.sudo().pickup_told_at = fields.Datetime.now()
        for code in CLOCKS:
            self.env["service.deadline"]._meet(code, self)

    def action_pickup_delayed(self):
        """The customer is held up on his way: counted, and another time is to be agreed (S0-102)."""
        self._check_pickup()
        self._record_risk(TRAFFIC, self.env._("The customer could not come at the time agreed."))
        self.pickup_at = False
        return True

    # === THE CLOCKS === #

    def _start_pickup_clocks(self):
        """Begin to count where a message is due and has not gone out."""
        waiting = self.filtered(lambda order: not order.pickup_told_at)
        deadlines = self.env["service.deadline"]
        deadlines._start(
            "pickup_waiting",
            waiting.filtered(
                lambda order: order.stay == "lounge" and order.state in (life.WASHING, life.READY)
            ),
        )
        deadlines._start(
            "pickup_left",
            waiting.filtered(
                lambda order: (
                    order.stay == "left"
                    and order.state in (life.IN_INSPECTION, life.WASHING, life.READY)
                )
            ),
        )

    def _start_pickup_advance(self):
        """A car that stays over night: its customer is asked before when he comes (S0-101)."""
        self.env["service.deadline"]._start(
            "pickup_advance",
            self.filtered(
                lambda order: (
                    not order.pickup_told_at
                    and order.state in (life.AGREED, life.IN_REPAIR)
                    and order._stays_over_night()
                )
            ),
        )

    def _stays_over_night(self):
        self.ensure_one()
        begin = self.arrived_at or self.planned_start or self.create_date
        return bool(self.promised_date and self.promised_date - begin > OVER_NIGHT)

    def _stays(self, stay):
        res = super()._stays(stay)
        self._start_pickup_clocks()
        return res

    def write(self, vals):
        """A promise that moves takes the call before it along."""
        res = super().write(vals)
        if vals.get("promised_date"):
            self._start_pickup_advance()
        return res

    def _on_transition(self, verb, from_states):
        """Each message is due at its own step; back in the workshop it is due anew."""
        res = super()._on_transition(verb, from_states)
        if verb == "agree":
            self._start_pickup_advance()
        elif verb in ("finish", "pass"):
            self._start_pickup_clocks()
        elif verb == "fail":
            # sudo: the verb was guarded
            self.filtered("pickup_told_at").sudo().pickup_told_at = False
        elif verb in ("deliver", "stop"):
            due = self.filtered(
                lambda order: not order.pickup_told_at and (order.stay or order._stays_over_night())
            )
            for code in CLOCKS if due else ():
                self.env["service.deadline"]._cancel(code, due)
        return res
