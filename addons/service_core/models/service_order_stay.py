from odoo import fields, models
from odoo.exceptions import UserError

from ..rules import order_lifecycle as life

SILENCE = "silence"
TAXI = "taxi"


class ServiceOrder(models.Model):
    """While the car is with us: where its customer is and when he last heard from us.

    He waits in the lounge or leaves for now (S0-80), with the way he leaves (S0-85) and the
    phone he carries today (S0-86); every update is logged with time and channel (S0-81).
    """

    # one file for one job, the model is the sum of them
    _inherit = "service.order"  # pylint: disable=consider-merging-classes-inherited

    stay = fields.Selection(
        [("lounge", "Waits in the lounge"), ("left", "Has left for now")],
        string="Customer",
        copy=False,
        tracking=True,
    )
    mobile_today = fields.Char(
        string="Phone Carried Today",
        copy=False,
        help="The number that reaches the customer today, whatever is on file.",
    )
    transport = fields.Selection(
        [
            ("taxi", "Taxi"),
            ("public", "Bus or train"),
            ("fetched", "Is picked up"),
            ("loan", "Loan car"),
            ("foot", "On foot"),
            ("none", "No way yet"),
        ],
        string="Leaves By",
        copy=False,
    )
    told_at = fields.Datetime(string="Last Told", readonly=True, copy=False)

    _left_reachable = models.Constraint(
        "CHECK(stay IS DISTINCT FROM 'left' OR mobile_today IS NOT NULL)",
        "Ask for the phone the customer carries today before he leaves.",
    )

    def action_lounge(self):
        """The customer waits here and hears from us while he does (S0-80, S0-81)."""
        return self._stays("lounge")

    def action_left(self):
        """The customer leaves for now: reachable today, and a taxi called if he takes one."""
        return self._stays("left")

    def _stays(self, stay):
        self.check_access("write")
        for order in self:
            if order.state not in life.IN_HOUSE:
                raise UserError(self.env._("%s: the car is not in the house.", order.display_name))
            if stay == "left" and not order.mobile_today:
                raise UserError(
                    self.env._(
                        "%s: ask for the phone the customer carries today.", order.display_name
                    )
                )
            if stay == "left" and not order.transport:
                raise UserError(self.env._("%s: ask how the customer leaves.", order.display_name))
        self.write({"stay": stay})
        deadlines = self.env["service.deadline"]
        taxi = self.filtered(lambda order: stay == "left" and order.transport == "taxi")
        deadlines._start(TAXI, taxi)
        deadlines._cancel(TAXI, self - taxi)
        deadlines._start(SILENCE, self)
        return True

    def action_taxi_called(self):
        """The taxi is on its way (S0-85)."""
        self.check_access("write")
        self.env["service.deadline"]._meet(TAXI, self)
        for order in self:
            order.message_post(body=self.env._("A taxi is called."))
        return True

    def _told(self, channel, text):
        """Log that the customer heard how far his car is; the clock of silence starts again."""
        self.check_access("write")
        for order in self:
            order.message_post(
                body=self.env._("Customer told (%(channel)s): %(text)s", channel=channel, text=text)
            )
        self._heard_from_us()

    def _heard_from_us(self):
        """The customer knows something new; the clock of silence starts again."""
        # sudo: the moment is closed to everybody's write, whoever told him was guarded
        self.sudo().told_at = fields.Datetime.now()
        deadlines = self.env["service.deadline"]
        deadlines._meet(SILENCE, self)
        deadlines._start(
            SILENCE, self.filtered(lambda order: order.stay and order.state in life.IN_HOUSE)
        )

    def _phone_now(self):
        """Who left for now is reached where he is, not at the number on file (S0-86)."""
        left = self.stay == "left" and self.mobile_today
        return left or super()._phone_now()

    def _tell(self, template_xmlid):
        """A text that went out is news too (S0-81); a task for somebody to tell is not yet."""
        told = super()._tell(template_xmlid)
        self.filtered(
            lambda order: order.stay and told.get(order.id) in ("sms", "mail")
        )._heard_from_us()
        return told

    def action_told_in_person(self):
        """One click: the customer was told in the lounge where his car stands (S0-81)."""
        for order in self:
            order._told(self.env._("in person"), order._status_words())
        return True

    def action_told_by_phone(self):
        """One click: the customer was told by phone where his car stands (S0-81)."""
        for order in self:
            order._told(self.env._("by phone"), order._status_words())
        return True

    def _on_transition(self, verb, from_states):
        """Nobody waits any more once the car is back or the visit is off."""
        res = super()._on_transition(verb, from_states)
        if verb in ("deliver", "cancel", "stop"):
            waiting = self.filtered("stay")
            if waiting:
                self.env["service.deadline"]._cancel(SILENCE, waiting)
                self.env["service.deadline"]._cancel(TAXI, waiting)
        return res
