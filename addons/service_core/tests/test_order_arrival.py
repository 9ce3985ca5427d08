from datetime import timedelta

from odoo import fields
from odoo.exceptions import AccessError, UserError
from odoo.tests import Form, freeze_time, tagged

from odoo.addons.service_core.tests.common import ServiceCommon

ETA = fields.Datetime.to_datetime("2026-03-03 09:00:00")


@tagged("post_install", "-at_install")
@freeze_time("2026-03-02 06:00:00")
class TestOrderArrival(ServiceCommon):
    """Twenty minutes before: is he on his way, does he know it, where does he park."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.cron = cls.env.ref("service_core.ir_cron_booking")
        cls.task = cls.env.ref("service_core.mail_activity_data_arrival")
        cls.env["service.bay"].search([("kind", "=", "parking")]).active = False
        cls.bay = cls.env["service.bay"].create({"name": "P1", "kind": "parking"})
        cls.guard = cls.make_user("gate", "service_core.group_service_user")
        cls.company.service_gate_user_id = cls.guard

    def run_cron(self):
        with self.enter_registry_test_mode():
            self.cron.method_direct_trigger()
        self.env.invalidate_all()

    def booked(self, eta=ETA, **values):
        order = self.make_order(
            "booked", eta=eta, departure_time=eta - timedelta(hours=1), planned_start=eta, **values
        )
        self.run_cron()
        return order

    def tasks(self, order):
        return order.activity_ids.filtered(lambda task: task.activity_type_id == self.task)

    def answer(self, order, **values):
        form = Form(
            self.env["service.arrival.answer"]
            .with_user(self.user_receptionist)
            .with_context(**order.action_ask_arrival()["context"])
        )
        for name, value in values.items():
            setattr(form, name, value)
        return form.save().action_confirm()

    # === THE QUESTION === #

    def test_the_question_is_due_twenty_minutes_before_and_not_earlier(self):
        order = self.booked()
        self.assertEqual(order.arrival_check_due, ETA - timedelta(minutes=20))
        self.assertTrue(
            self.env["ir.cron.trigger"].search(
                [("cron_id", "=", self.cron.id), ("call_at", "=", order.arrival_check_due)]
            )
        )
        with freeze_time("2026-03-03 08:39:00"):
            self.run_cron()
            self.assertFalse(self.tasks(order))
        with freeze_time("2026-03-03 08:40:00"):
            self.run_cron()
            self.run_cron()
            self.assertEqual(len(self.tasks(order)), 1)
            self.assertEqual(self.tasks(order).user_id, self.user_advisor)

    def test_the_question_moves_with_the_arrival_and_each_one_is_kept(self):
        order = self.booked()
        with freeze_time("2026-03-03 08:40:00"):
            self.run_cron()
            self.answer(
                order,
                outcome="late",
                eta=ETA + timedelta(hours=1),
                route_known=True,
                address_known=True,
            )
            self.assertFalse(self.tasks(order))
            self.assertEqual(order.arrival_check_due, ETA + timedelta(minutes=40))
        with freeze_time("2026-03-03 09:40:00"):
            self.run_cron()
            self.assertEqual(len(self.tasks(order)), 1)
            order.with_user(self.user_receptionist).eta = ETA + timedelta(hours=2)
            self.assertFalse(self.tasks(order))
        self.assertEqual(
            order.eta_ids.mapped(lambda told: (told.outcome, told.eta_before, told.eta)),
            [
                ("changed", ETA + timedelta(hours=1), ETA + timedelta(hours=2)),
                ("late", ETA, ETA + timedelta(hours=1)),
            ],
        )

    def test_on_time_ends_the_question_and_two_ticks_are_kept(self):
        order = self.booked()
        with freeze_time("2026-03-03 08:40:00"):
            self.run_cron()
            sent = order.route_sent_at
            self.answer(order, outcome="on_time", route_known=True, address_known=True)
            self.run_cron()
        self.assertFalse(self.tasks(order) or order.arrival_check_due)
        told = order.eta_ids
        self.assertEqual(
            (told.outcome, told.route_known, told.address_known, told.user_id),
            ("on_time", True, True, self.user_receptionist),
        )
        self.assertEqual(order.route_sent_at, sent, "he knows the way")

    def test_who_does_not_know_the_way_gets_it_once_more(self):
        self.customer.email = "ada@example.com"
        order = self.booked()
        with freeze_time("2026-03-03 08:40:00"):
            self.answer(order, outcome="on_time", route_known=True)
            self.assertEqual(order.route_sent_at, fields.Datetime.now())

    def test_who_does_not_come_frees_hours_and_bay(self):
        order = self.booked()
        self.assertTrue(order.parking_ids)
        self.answer(order, outcome="cancelled")
        self.assertEqual(order.state, "cancelled")
        self.assertFalse(order.parking_ids or order.activity_ids or order.arrival_check_due)
        self.assertFalse(self.env["service.capacity.booking"].search([("order_id", "=", order.id)]))
        self.assertEqual(order.eta_ids.outcome, "cancelled")

    def test_answers_that_make_no_sense_are_refused(self):
        one, two = self.booked(), self.booked()
        both = (one | two).with_user(self.user_receptionist)
        with self.assertRaisesRegex(UserError, "ask for the new time"):
            both._answer_arrival("late", ETA)
        with self.assertRaisesRegex(AccessError, "Reception and advisors"):
            both.with_user(self.user_technician)._answer_arrival("on_time")
        both._answer_arrival("on_time", route_known=True, address_known=True)
        self.assertFalse(both.filtered("arrival_check_due"))
        one.with_user(self.user_advisor).action_receive()
        with self.assertRaisesRegex(UserError, "does not wait"):
            both._answer_arrival("on_time")

    def test_who_has_arrived_is_not_asked(self):
        order = self.booked()
        order.with_user(self.user_receptionist).action_arrive()
        self.assertFalse(order.arrival_check_due)
        self.assertEqual(order.arrival_bay_id, self.bay)

    # === PARKING === #

    def test_a_bay_is_kept_free_and_the_gate_is_told(self):
        order = self.booked()
        self.assertEqual(order.parking_bay_id, self.bay)
        self.assertLess(order.parking_ids.start, ETA)
        self.assertGreater(order.parking_ids.stop, ETA)
        task = order.activity_ids.filtered(lambda task: task.user_id == self.guard)
        self.assertIn("P1", task.summary)
        self.assertIn(order.license_plate, task.summary)

    def test_the_bay_moves_with_the_arrival(self):
        order = self.booked()
        order.eta = ETA + timedelta(hours=3)
        self.assertEqual(order.parking_ids.start, ETA + timedelta(hours=3) - timedelta(minutes=15))
        self.assertEqual(
            len(order.activity_ids.filtered(lambda task: task.user_id == self.guard)), 1
        )

    def test_one_bay_is_never_kept_for_two(self):
        first, second = self.booked(), self.booked(eta=ETA + timedelta(minutes=30))
        self.assertTrue(first.parking_ids)
        self.assertFalse(second.parking_ids, "there is only one bay")
        self.env["service.bay"].create({"name": "P2", "kind": "parking"})
        second.sudo()._reserve_parking()
        self.assertEqual(second.parking_bay_id.name, "P2")
        with self.assertRaisesRegex(UserError, "already kept free"):
            second.parking_ids.with_user(self.user_receptionist).bay_id = self.bay

    # === NOTHING COMES BY ITSELF WHERE NOTHING IS DUE === #

    def test_drafts_are_neither_asked_nor_parked(self):
        order = self.make_order(eta=ETA, departure_time=ETA - timedelta(hours=1), planned_start=ETA)
        with freeze_time(ETA):
            self.run_cron()
        self.assertFalse(order.eta_ids or order.parking_ids or order.arrival_check_due)
        self.assertFalse(order.activity_ids)
