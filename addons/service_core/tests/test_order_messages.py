from datetime import timedelta
from unittest.mock import patch

from odoo import fields
from odoo.exceptions import AccessError, UserError
from odoo.tests import freeze_time, tagged
from odoo.tools import mute_logger

from odoo.addons.service_core.tests.common import ServiceCommon

BACKGROUND = "odoo.addons.service_core.models.service_order_background"


@tagged("post_install", "-at_install")
@freeze_time("2026-03-02 06:00:00")
class TestOrderMessages(ServiceCommon):
    """Text, else mail, else a person: each told once, logged with time and channel."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.company.write(
            {
                "street": "12 Workshop Road",
                "city": "Springfield",
                "country_id": cls.env.ref("base.us").id,
                "service_route_text": "Second gate on the right",
                "service_map_url": "https://maps.example/branch",
            }
        )
        cls.customer.write({"phone": "+1 212 555 0100", "email": "ada@example.com"})
        cls.cron = cls.env.ref("service_core.ir_cron_booking")

    def give_provider(self):
        """A registered account, as after the owner signed up; nothing is sent in tests."""
        self.env["iap.account"].create(
            {"service_id": self.env.ref("sms.iap_service_sms").id, "state": "registered"}
        )

    def run_cron(self):
        with self.enter_registry_test_mode():
            self.cron.method_direct_trigger()
        self.env.invalidate_all()

    def texts(self):
        return self.env["sms.sms"].search([("number", "=", "+12125550100")])

    def mails(self):
        return self.env["mail.mail"].search([("email_to", "=", "ada@example.com")])

    # === CHANNELS === #

    def test_text_message_where_a_provider_stands(self):
        self.give_provider()
        order = self.make_order("booked")
        self.assertTrue(self.env["ir.cron.trigger"].search([("cron_id", "=", self.cron.id)]))
        self.assertFalse(order.route_sent_at)
        self.run_cron()
        self.assertEqual(len(self.texts()), 1)
        for words in ("12 Workshop Road", "Second gate", "https://maps.example/branch"):
            self.assertIn(words, self.texts().body)
        self.assertEqual(order.route_channel, "sms")
        self.assertEqual(order.route_sent_at, fields.Datetime.now())
        self.assertIn("+12125550100", "".join(order.message_ids.mapped("body")))
        self.assertFalse(self.mails())
        self.run_cron()
        self.assertEqual(len(self.texts()), 1, "told once")

    def test_mail_where_no_provider_stands(self):
        order = self.make_order("booked")
        self.run_cron()
        self.assertFalse(self.texts())
        self.assertEqual(len(self.mails()), 1)
        self.assertIn("12 Workshop Road", self.mails().body_html)
        self.assertEqual(order.route_channel, "mail")
        self.assertNotIn(self.customer, order.message_partner_ids)

    def test_a_person_tells_whom_nothing_else_reaches(self):
        self.customer.email = False
        order = self.make_order("booked")
        self.run_cron()
        self.assertFalse(order.route_sent_at)
        self.assertEqual(order.activity_ids.user_id, self.user_advisor)
        self.assertIn("12 Workshop Road", order.activity_ids.note)
        domain = [("state", "=", "booked"), ("route_sent_at", "=", False)]
        self.assertIn(order, order.search(domain))
        order.with_user(self.user_receptionist).action_tell_route()
        self.assertEqual(len(order.activity_ids), 1, "asked again, still one task")
        order.with_user(self.user_receptionist).action_route_spoken()
        self.assertEqual(order.route_channel, "spoken")
        self.assertFalse(order.activity_ids)
        self.assertNotIn(order, order.search(domain))

    def test_a_number_that_is_none_is_not_texted(self):
        self.give_provider()
        self.customer.phone = "ask the neighbour"
        self.make_order("booked")
        self.run_cron()
        self.assertEqual(len(self.mails()), 1)

    def test_the_text_speaks_the_language_of_the_contact(self):
        self.env["res.lang"]._activate_lang("fr_FR")
        template = self.env.ref("service_core.sms_template_route")
        template.with_context(lang="fr_FR").body = "Bonjour {{ object.license_plate }}"
        self.customer.lang = "fr_FR"
        self.make_order("booked")
        self.run_cron()
        self.assertIn("Bonjour", self.mails().body_html)

    # === PAPERS === #

    def test_papers_are_reminded_before_the_customer_leaves(self):
        order = self.make_order("booked", departure_time="2026-03-03 07:00:00")
        self.run_cron()
        with freeze_time("2026-03-03 05:58:00"):
            self.run_cron()
        self.assertFalse(order.reminder_at)
        with freeze_time("2026-03-03 06:02:00"):
            self.run_cron()
            self.assertEqual(order.reminder_at, fields.Datetime.now())
            self.run_cron()
        mails = self.mails().filtered(lambda mail: "licence" in mail.body_html)
        self.assertEqual(len(mails), 1)

    def test_nobody_is_reminded_when_it_is_too_late_or_off(self):
        late = self.make_order("booked")
        gone = self.make_order("booked")
        gone.with_user(self.user_receptionist)._cancel("Sold the car")
        self.run_cron()
        with freeze_time(late.departure_time):
            self.run_cron()
        self.assertFalse((late | gone).filtered("reminder_at"))

    # === FAILURE, RIGHTS === #

    def test_one_message_that_fails_does_not_stop_the_others(self):
        good, bad = self.make_order("booked"), self.make_order("booked")
        tell = self.env.registry["service.order"]._tell

        def fails(orders, template):
            if bad.id in orders.ids:
                raise ValueError("broken")
            return tell(orders, template)

        with (
            patch.object(self.env.registry["service.order"], "_tell", fails),
            mute_logger(BACKGROUND),
        ):
            self.run_cron()
        self.assertTrue(good.route_sent_at)
        self.assertEqual((bad.route_sent_at, bad.is_booking_due), (False, True))

    def test_two_are_told_in_one_go_and_only_by_the_desk(self):
        orders = self.make_order("booked") | self.make_order("booked")
        with self.assertRaisesRegex(AccessError, "Reception and advisors"):
            orders.with_user(self.user_technician).action_tell_route()
        orders.with_user(self.user_receptionist).action_tell_route()
        self.assertEqual(set(orders.mapped("route_channel")), {"mail"})
        with self.assertRaisesRegex(UserError, "buttons only"):
            orders.with_user(self.user_manager).write(
                {"route_sent_at": False, "is_booking_due": True}
            )

    # === COMPLETE OR NOT === #

    def test_an_incomplete_booking_says_what_is_missing(self):
        order = self.make_order(jobs=[], departure_time=False, booking_confirmed=False)
        self.assertIn("Departure", order.booking_missing)
        order.departure_time = order.eta - timedelta(minutes=30)
        self.assertIn("Read Back", order.booking_missing)
        order.booking_confirmed = True
        self.assertFalse(order.booking_missing)
