import re
from datetime import timedelta
from unittest.mock import patch

from odoo import fields
from odoo.exceptions import UserError
from odoo.tests import HttpCase, tagged
from odoo.tools import mute_logger

from odoo.addons.service_core.controllers import book
from odoo.addons.service_core.models import service_public_throttle
from odoo.addons.service_core.tests.common import ServiceFactory

TYPED = {
    "name": "Ada <b>Owner</b>",
    "phone": "+1 555 0100",
    "plate": "web 77",
    "model": "Old Wagon",
    "wish": "It squeaks & rattles",
}


@tagged("post_install", "-at_install")
class TestBookPage(ServiceFactory, HttpCase):
    """Asked for by anybody: written down as typed, nothing of ours shown or changed."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.setup_service()
        cls.env["res.company"].search([("id", "!=", cls.company.id)]).service_book_online = False
        cls.company.service_book_online = True

    def setUp(self):
        super().setUp()
        # each test starts with an empty counter; the limit has a test of its own
        self.env["service.public.throttle"].search([]).unlink()

    def page(self, query=""):
        response = self.url_open(f"/service/book{query}")
        self.assertEqual(response.status_code, 200)
        return response.text

    def slots(self, page):
        return re.findall(r'name="slot"[^>]*value="([^"]+)"', page)

    def post(self, page=None, **values):
        page = page or self.page()
        data = {
            "csrf_token": re.search(r'name="csrf_token" value="([^"]+)"', page).group(1),
            "branch": self.company.id,
            "slot": self.slots(page)[0],
            **TYPED,
            **values,
        }
        return self.url_open(
            "/service/book", data={key: value for key, value in data.items() if value is not None}
        )

    def made(self):
        self.env.invalidate_all()
        return self.env["service.order"].search([("booking_source", "=", "web")])

    # === A REQUEST === #

    def test_two_or_more_slots_are_offered_and_the_request_is_a_draft_as_typed(self):
        page = self.page()
        self.assertGreaterEqual(len(self.slots(page)), 2)
        response = self.post(page)
        self.assertTrue(response.url.endswith("/service/book/thanks"))
        order = self.made()
        self.assertEqual(order.state, "draft")
        self.assertEqual(order.caller_name, TYPED["name"])
        self.assertEqual(order.contact_phone, TYPED["phone"])
        self.assertEqual(order.license_plate, TYPED["plate"])
        self.assertEqual(order.model_name, TYPED["model"])
        self.assertEqual(order.job_ids.customer_words, TYPED["wish"])
        self.assertEqual(order.planned_start, fields.Datetime.to_datetime(self.slots(page)[0]))
        self.assertTrue(
            order.activity_ids.user_id.has_group("service_core.group_service_receptionist")
        )
        self.assertFalse(
            self.env["service.capacity.booking"].search([("order_id", "=", order.id)]),
            "a request takes no capacity",
        )

    def test_a_known_car_and_customer_are_neither_shown_nor_changed(self):
        vehicle = self.make_vehicle(plate="WEB 77")
        before = vehicle.read()[0], self.customer.read()[0]
        known = self.post()
        order = self.made()
        self.assertFalse(order.vehicle_id | order.match_vehicle_id.browse())
        self.assertFalse(order.partner_id | order.contact_id)
        unknown = self.post(plate="NOBODY 1", phone="+1 555 9999")
        self.assertEqual((known.status_code, known.url), (unknown.status_code, unknown.url))
        strip = re.compile(r"csrf_token[^,}>]*|nonce=\S*")
        self.assertEqual(strip.sub("", known.text), strip.sub("", unknown.text))
        self.assertNotIn(self.customer.name, known.text)
        self.env.invalidate_all()
        self.assertEqual(before, (vehicle.read()[0], self.customer.read()[0]))

    def test_the_desk_says_with_one_click_which_car_and_who_it_is(self):
        vehicle = self.make_vehicle(plate="WEB 77")
        self.post(phone="+1 555 4242")
        order = self.made().with_user(self.user_receptionist)
        self.assertEqual(order.match_vehicle_id, vehicle)
        order.action_match_vehicle()
        self.assertEqual((order.vehicle_id, order.partner_id), (vehicle, self.customer))
        self.assertEqual(order.contact_phone, "+1 555 4242", "as typed")
        with self.assertRaisesRegex(UserError, "nothing we know fits"):
            order.action_match_vehicle()

    def test_a_known_phone_and_a_new_customer(self):
        self.post(plate="NOBODY 1")
        self.post(plate="NOBODY 2", phone="+1 555 777 8888")
        stranger, known = self.made().with_user(self.user_receptionist)
        self.assertEqual(known.match_partner_id, self.customer)
        known.action_match_partner()
        self.assertEqual(known.contact_id, self.customer)
        self.assertFalse(stranger.match_partner_id)
        stranger.action_new_customer()
        self.assertEqual(stranger.partner_id.name, TYPED["name"])
        self.assertEqual(stranger.partner_id.phone, "+1 555 777 8888")
        with self.assertRaisesRegex(UserError, "already has a customer"):
            stranger.action_new_customer()
        nameless = stranger.create({"license_plate": "X 1"})
        with self.assertRaisesRegex(UserError, "caller's name first"):
            nameless.action_new_customer()

    # === REFUSALS KEEP WHAT WAS TYPED === #

    def test_mistakes_are_told_and_nothing_typed_is_lost(self):
        too_late = fields.Datetime.to_string(fields.Datetime.now() - timedelta(days=1))
        cases = [
            ({"wish": ""}, "Please fill in"),
            ({"phone": "call me"}, "phone number that we can call"),
            ({"slot": None}, "choose a time"),
            ({"slot": "tomorrow"}, "choose a time"),
            ({"slot": too_late}, "just been taken"),
            ({"plate": "X" * 200}, "is too long"),
        ]
        for values, sentence in cases:
            with self.subTest(sentence=sentence):
                self.env["service.public.throttle"].search([]).unlink()
                response = self.post(**values)
                self.assertEqual(response.status_code, 200)
                self.assertIn(sentence, response.text)
                self.assertIn("Ada &lt;b&gt;Owner&lt;/b&gt;", response.text)
        self.assertFalse(self.made())

    def test_later_days_keep_what_was_typed_and_go_on(self):
        page = self.page()
        later = re.search(r'name="later"[^>]*value="([^"]+)"', page).group(1)
        text = self.post(page, later=later, slot=None).text
        self.assertIn("It squeaks &amp; rattles", text)
        self.assertGreater(min(self.slots(text)), max(self.slots(page)))
        self.assertFalse(self.made())

    def test_a_full_slot_is_not_offered(self):
        self.company.service_parallel_receptions = 1
        first = self.slots(self.page())[0]
        order = self.make_order(
            planned_start=first, departure_time=False, eta=False, booking_confirmed=True
        )
        order.write({"eta": first, "departure_time": first})
        order.with_user(self.user_receptionist).action_book()
        page = self.page()
        self.assertNotIn(first, self.slots(page))
        self.assertIn("just been taken", self.post(page, slot=first).text)

    # === WHO MAY NOT === #

    def test_a_robot_gets_thanks_and_leaves_nothing(self):
        response = self.post(website="http://spam.example")
        self.assertTrue(response.url.endswith("/service/book/thanks"))
        self.assertFalse(self.made())

    def test_too_many_requests_are_slowed_down(self):
        page = self.page()
        with patch.dict(service_public_throttle.LIMITS, {"book": (2, 3600)}):
            self.post(page)
            self.post(page)
            self.assertEqual(self.post(page).status_code, 429)
        self.assertEqual(len(self.made()), 2)

    @mute_logger("odoo.http")
    def test_without_the_forms_token_or_with_a_huge_body_nothing_is_made(self):
        self.assertEqual(self.post(csrf_token="wrong").status_code, 400)
        self.assertEqual(self.post(wish="x" * (book.BODY_LIMIT * 2)).status_code, 413)
        self.assertFalse(self.made())

    def test_control_characters_do_no_harm(self):
        self.post(name="Ada\x00Owner", wish="first line\r\nsecond\x07line")
        self.assertEqual(self.made().caller_name, "Ada Owner")
        self.assertEqual(self.made().job_ids.customer_words, "first line\nsecond line")

    def test_a_branch_that_is_not_booked_on_the_web_answers_neutrally(self):
        other = self.env["res.company"].create({"name": "Branch B", "service_book_online": False})
        for query in (f"?branch={other.id}", "?branch=0", "?branch=x"):
            response = self.url_open(f"/service/book{query}")
            self.assertEqual(response.status_code, 404)
            self.assertNotIn("Branch B", response.text)
        other.service_book_online = True
        page = self.page(f"?branch={other.id}")
        self.assertIn("Branch B", page)
        self.post(page, branch=other.id)
        self.assertEqual(self.made().company_id, other)

    def test_the_page_works_without_scripts(self):
        self.assertNotIn("service_core/static/src/public", self.page())
