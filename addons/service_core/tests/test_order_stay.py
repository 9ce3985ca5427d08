from odoo.exceptions import UserError
from odoo.tests import tagged

from odoo.addons.service_core.tests.common import ServiceCommon


@tagged("post_install", "-at_install")
class TestOrderStay(ServiceCommon):
    def setUp(self):
        super().setUp()
        orders = self.make_order("in_repair") | self.make_order("in_repair")
        self.orders = orders.with_user(self.user_receptionist)

    def clocks(self, code, state="running"):
        return self.env["service.deadline"].search(
            [
                ("rule_id.code", "=", code),
                ("res_id", "in", self.orders.ids),
                ("state", "=", state),
            ]
        )

    def test_who_waits_in_the_lounge_starts_the_clock_of_silence(self):
        self.orders.action_lounge()
        self.assertEqual(set(self.orders.mapped("stay")), {"lounge"})
        self.assertEqual(len(self.clocks("silence")), 2)

    def test_who_leaves_is_reachable_and_has_a_way(self):
        with self.assertRaisesRegex(UserError, "phone"):
            self.orders.action_left()
        self.orders.mobile_today = "+1 555 0177"
        with self.assertRaisesRegex(UserError, "how the customer leaves"):
            self.orders.action_left()
        self.orders.transport = "public"
        self.orders.action_left()
        self.assertEqual(set(self.orders.mapped("stay")), {"left"})
        self.assertFalse(self.clocks("taxi"))

    def test_a_taxi_is_a_task_until_it_is_called(self):
        self.orders.write({"mobile_today": "+1 555 0177", "transport": "taxi"})
        self.orders.action_left()
        self.assertEqual(len(self.clocks("taxi")), 2)
        self.orders.action_taxi_called()
        self.assertEqual(len(self.clocks("taxi", "met")), 2)

    def test_updates_are_logged_with_channel_and_wind_the_clock_up_again(self):
        self.orders.action_lounge()
        self.orders.action_told_in_person()
        self.assertTrue(all(self.orders.mapped("told_at")))
        self.assertEqual(len(self.clocks("silence", "met")), 2)
        self.assertEqual(len(self.clocks("silence")), 2)
        self.orders.action_told_by_phone()
        for order in self.orders:
            bodies = " ".join(order.message_ids.mapped("body"))
            self.assertIn("in person", bodies)
            self.assertIn("by phone", bodies)
            self.assertIn("is being worked on", bodies)

    def test_a_text_that_went_out_winds_the_clock_up_again(self):
        self.orders.action_lounge()
        self.orders.contact_id.sudo().email = "ada@customer.example.com"
        told = self.orders._tell("service_core.sms_template_route")
        self.assertEqual(set(told.values()), {"mail"})
        self.assertEqual(len(self.clocks("silence", "met")), 2)
        self.assertEqual(len(self.clocks("silence")), 2)

    def test_a_task_to_tell_him_is_no_news_yet(self):
        self.orders.action_lounge()
        self.orders.contact_id.sudo().email = False
        self.orders.partner_id.sudo().email = False
        told = self.orders._tell("service_core.sms_template_route")
        self.assertEqual(set(told.values()), {"activity"})
        self.assertFalse(self.clocks("silence", "met"))

    def test_who_left_is_reached_at_the_phone_he_carries(self):
        order = self.orders[0]
        on_file = order.contact_phone
        order.write({"mobile_today": "+1 555 0177", "transport": "foot"})
        self.assertEqual(order._phone_now(), on_file)
        order.action_left()
        self.assertEqual(order._phone_now(), "+1 555 0177")

    def test_nobody_waits_for_a_car_that_is_not_here(self):
        order = self.make_order("booked").with_user(self.user_receptionist)
        with self.assertRaisesRegex(UserError, "not in the house"):
            order.action_lounge()

    def test_the_clocks_end_with_the_visit(self):
        self.orders.action_lounge()
        self.orders[0].with_user(self.user_advisor)._stop("Sold instead")
        self.assertEqual(self.clocks("silence").res_id, self.orders[1].id)
