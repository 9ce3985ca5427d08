from datetime import timedelta

from odoo import api, fields, models
from odoo.exceptions import AccessError

from ..rules import order_lifecycle as life

CRON = "service_core.ir_cron_booking"
PAPERS_BEFORE = timedelta(hours=1)  # time to look for the papers before he leaves (S0-61)
CHANNELS = [("sms", "Text Message"), ("mail", "Mail"), ("spoken", "Told in Person")]
FACTS = ("departure_time", "eta", "license_plate", "model_name")


class ServiceOrder(models.Model):
    """What follows a booking: the way to us at once, the papers before the customer leaves home.

    Whoever books does not wait for it: the verb leaves a mark, a job that starts at once does it.
    """

    # one file for one job, the model is the sum of them
    _inherit = "service.order"  # pylint: disable=consider-merging-classes-inherited

    is_booking_due = fields.Boolean(readonly=True, copy=False, export_string_translation=False)
    route_sent_at = fields.Datetime(
        string="Way Told",
        readonly=True,
        copy=False,
        help="When the customer got our address and the way to us (S0-44).",
    )
    route_channel = fields.Selection(CHANNELS, string="Way Told By", readonly=True, copy=False)
    reminder_at = fields.Datetime(
        string="Papers Reminded",
        readonly=True,
        copy=False,
        help="When the customer was reminded to bring the vehicle licence and the manual.",
    )
    booking_missing = fields.Char(
        string="Still to Ask",
        compute="_compute_booking_missing",
        help="What an appointment is not complete without (S0-45).",
    )

    _booking_due_idx = models.Index("(id) WHERE is_booking_due")
    _reminder_idx = models.Index("(departure_time) WHERE state = 'booked' AND reminder_at IS NULL")

    @api.depends(*FACTS, "booking_confirmed", "state", "planned_start")
    def _compute_booking_missing(self):
        for order in self:
            # who walks in has no appointment to complete
            is_appointment = order.state == life.BOOKED or (
                order.state == life.DRAFT and order.planned_start
            )
            order.booking_missing = is_appointment and order._gate_booking_facts()

    # === AFTER THE CALL === #

    def _on_transition(self, verb, from_states):
        """Mark the orders just booked, and wake the job that writes to their customers."""
        res = super()._on_transition(verb, from_states)
        if verb == "book":
            # sudo: the mark is closed to everybody's write, scheduled actions to their read
            self.sudo().is_booking_due = True
            self.env["ir.cron"].sudo().browse(
                self.env["ir.model.data"]._xmlid_to_res_id(CRON)
            )._trigger()
        return res

    @api.model
    def _cron_booking(self):
        """Tell the way after a booking, and remind of the papers before the customer leaves."""
        self._work_off(CRON, self._booking_work())

    def _booking_work(self):
        """What is due now around appointments: ``(domain, method)``, in the order it is done."""
        now = fields.Datetime.now()
        return [
            ([("is_booking_due", "=", True)], "_run_after_booking"),
            (
                [
                    ("state", "=", life.BOOKED),
                    ("departure_time", "<=", now + PAPERS_BEFORE),
                    # who is on his way does not turn back for them
                    ("departure_time", ">", now),
                    ("reminder_at", "=", False),
                ],
                "_remind_papers",
            ),
        ]

    def _run_after_booking(self):
        """Do what booking left to be done for these orders, once."""
        due = self.filtered("is_booking_due")
        if due:
            due._after_booking()
            due.is_booking_due = False

    def _after_booking(self):
        """Hook: these orders were just booked; called as superuser."""
        self.filtered(
            lambda order: order.state == life.BOOKED and not order.route_sent_at
        )._tell_route()

    def _tell_route(self):
        told = self._tell("service_core.sms_template_route")
        for channel in ("sms", "mail"):
            orders = self.filtered(lambda order, c=channel: told[order.id] == c)
            # sudo: the fields are closed to everybody's write, callers are guarded
            orders.sudo().write({"route_sent_at": fields.Datetime.now(), "route_channel": channel})

    def action_tell_route(self):
        """Send address and way once more, or for the first time."""
        self._guard_desk()
        self._tell_route()
        return True

    def action_route_spoken(self):
        """The customer was told address and way in person."""
        self._guard_desk()
        # sudo: the fields are closed to everybody's write, the guard is above
        orders = self.sudo()
        orders.write({"route_sent_at": fields.Datetime.now(), "route_channel": "spoken"})
        orders.activity_ids.filtered(
            lambda activity: (
                activity.activity_type_id == self.env.ref("service_core.mail_activity_data_tell")
            )
        ).action_feedback(feedback=self.env._("Told in person"))
        return True

    def _guard_desk(self):
        """Whoever may book may also talk to the customer about it."""
        self.check_access("read")
        if not self.env.su and not self.env.user.has_group(
            "service_core.group_service_receptionist"
        ):
            raise AccessError(self.env._("Reception and advisors look after appointments."))

    def _remind_papers(self):
        """The customer is about to leave home: bring the licence and the manual (S0-61)."""
        self._tell("service_core.sms_template_papers")
        self.write({"reminder_at": fields.Datetime.now()})
