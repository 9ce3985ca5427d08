from datetime import datetime, timedelta

from odoo import fields
from odoo.exceptions import AccessError, UserError
from odoo.tests import Form, tagged

from odoo.addons.service_core.tests.common import ServiceCommon


@tagged("post_install", "-at_install")
class TestOrderPickup(ServiceCommon):
    def clocks(self, code, orders, state="running"):
        return self.env["service.deadline"].search(
            [
                ("rule_id.code", "=", code),
                ("res_id", "in", orders.ids),
                ("state", "=", state),
            ]
        )

    def pair(self, state, **values):
        orders = self.make_order(state, **values) | self.make_order(state, **values)
        return orders.with_user(self.user_receptionist)

    def last_told(self, order):
        return order.message_ids.sorted("id")[-1].body

    # === WHO IS TOLD WHEN === #

    def test_a_waiting_customer_is_fetched_while_the_car_is_washed(self):
        orders = self.pair("in_inspection")
        orders.action_lounge()
        self.assertFalse(self.clocks("pickup_waiting", orders))
        for order in orders:
            self.drive(order.sudo(), "washing")
        running = self.clocks("pickup_waiting", orders)
        self.assertEqual(len(running), 2)
        self.assertEqual(running.user_id, self.user_advisor)
        self.assertTrue(all(running.mapped("activity_id")))
        self.customer.email = "ada@customer.example.com"
        orders.action_tell_pickup()
        self.assertEqual(len(self.clocks("pickup_waiting", orders, "met")), 2)
        self.assertTrue(all(orders.mapped("pickup_told_at")))
        for order in orders:
            self.assertIn("is being washed", self.last_told(order))
            self.assertIn("come to the counter", self.last_told(order))

    def test_who_left_is_told_while_the_car_is_inspected(self):
        orders = self.pair("in_repair")
        orders.write({"mobile_today": "+1 555 0177", "transport": "public"})
        orders.action_left()
        self.assertFalse(self.clocks("pickup_left", orders))
        for order in orders:
            self.drive(order.sudo(), "in_inspection")
        self.assertEqual(len(self.clocks("pickup_left", orders)), 2)
        orders.pickup_at = orders[0].promised_date + timedelta(hours=1)
        orders.action_pickup_told()
        self.assertEqual(len(self.clocks("pickup_left", orders, "met")), 2)
        for order in orders:
            self.assertIn("is being checked", self.last_told(order))
            self.assertIn("We expect you on", self.last_told(order))
        # a car that fails its inspection is not ready: the customer hears of it anew
        orders[0].with_user(self.user_inspector)._fail("Noise is back")
        self.assertFalse(orders[0].pickup_told_at)
        self.drive(orders[0].sudo(), "in_inspection")
        self.assertEqual(self.clocks("pickup_left", orders).res_id, orders[0].id)

    def test_a_message_nobody_could_send_is_a_task_and_not_told(self):
        order = self.pair("washing")[0]
        self.customer.email = False
        order.action_lounge()
        order.action_tell_pickup()
        self.assertFalse(order.pickup_told_at)
        self.assertEqual(len(self.clocks("pickup_waiting", order)), 1)
        self.assertIn("almost ready", " ".join(order.activity_ids.mapped("summary")))

    def test_a_car_that_stays_over_night_is_called_for_in_advance(self):
        short = self.make_order("agreed")
        long = self.make_order("agreed", promised_date=self.next_workday(days=9))
        clock = self.clocks("pickup_advance", short | long)
        self.assertEqual(clock.res_id, long.id)
        self.assertLess(clock.due, long.promised_date)
        first = clock.due
        long.with_user(self.user_advisor).promised_date += timedelta(days=7)
        self.assertEqual(clock.due, first + timedelta(days=7))
        long.with_user(self.user_receptionist).action_pickup_told()
        self.assertEqual(clock.state, "met")
        self.assertIn(
            "will be ready", self.env.ref("service_core.sms_template_pickup_advance").body
        )

    def test_the_clocks_end_when_the_car_leaves(self):
        orders = self.pair("washing")
        orders.action_lounge()
        for order in orders.sudo():
            self.drive(order, "delivered")
        self.assertFalse(self.clocks("pickup_waiting", orders))
        self.assertEqual(len(self.clocks("pickup_waiting", orders, "cancelled")), 2)

    def test_a_pickup_is_agreed_once_the_work_is(self):
        order = self.make_order("received").with_user(self.user_receptionist)
        for verb in ("action_tell_pickup", "action_pickup_told", "action_pickup_delayed"):
            with self.assertRaisesRegex(UserError, "once the work is"):
                getattr(order, verb)()
        with self.assertRaises(AccessError):
            order.with_user(self.user_technician).action_tell_pickup()
        with self.assertRaisesRegex(UserError, "buttons only"):
            order.pickup_told_at = fields.Datetime.now()

    # === THE AGREED TIME === #

    def test_rush_hours_and_closed_hours_warn(self):
        order = self.make_order("in_repair")
        order.company_id.resource_calendar_id.tz = "UTC"
        order.company_id.partner_id.tz = "UTC"
        self.env["service.rush.hour"].with_user(self.user_manager).create(
            {"dayofweek": "0", "hour_from": 9.5, "hour_to": 10.5}
        )
        monday = datetime(2031, 3, 3)
        with Form(order.with_user(self.user_advisor)) as form:
            for hour, minute, words in (
                (9, 0, False),
                (9, 30, "Rush hour (Monday 09:30 - 10:30)"),
                (10, 29, "held up"),
                (10, 30, False),
                (23, 0, "closed"),
            ):
                form.pickup_at = monday.replace(hour=hour, minute=minute)
                self.assertIn(words or "", form.pickup_warning or "")
                self.assertEqual(bool(form.pickup_warning), bool(words), (hour, minute))
            form.pickup_at = datetime(2031, 3, 2, 10)
            self.assertIn("closed", form.pickup_warning)
            form.pickup_at = monday.replace(hour=9)
        self.assertEqual(order.pickup_at, monday.replace(hour=9))
        order.promised_date = monday.replace(hour=15)
        self.assertIn("promised for later", order.pickup_warning)

    def test_a_customer_held_up_in_traffic_is_counted(self):
        orders = self.pair("washing")
        orders.pickup_at = self.next_workday(days=9)
        orders.action_pickup_delayed()
        self.assertFalse(any(orders.mapped("pickup_at")))
        for order in orders:
            check = order.check_ids.filtered(lambda check: check.result == "incident")
            self.assertEqual(check.step_id, self.env.ref("service_core.service_step_11"))
            self.assertEqual(check.user_id, self.user_receptionist)
