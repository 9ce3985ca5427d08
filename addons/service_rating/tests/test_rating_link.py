from datetime import timedelta

from odoo import fields
from odoo.exceptions import AccessError
from odoo.tests import freeze_time, tagged

from .common import RatingCommon


@tagged("post_install", "-at_install")
class TestRatingLink(RatingCommon):
    """A link is made on delivery and goes to the customer only."""

    def mails(self):
        return self.env["mail.mail"].search([("subject", "like", "how did we do?")])

    def test_delivery_makes_one_link_and_sends_nothing(self):
        before = self.env["mail.mail"].search_count([])
        order = self.make_order("delivered")
        rating = order.rating_ids
        self.assertEqual(len(rating), 1)
        self.assertEqual(rating.state, "sent")
        self.assertEqual(rating.project_group, "aftersales")
        self.assertEqual(rating.partner_id, order.contact_id)
        self.assertFalse(rating.sent_at)
        self.assertEqual(order.rating_progress, "open")
        self.assertEqual(self.env["mail.mail"].search_count([]), before)
        self.assertEqual(rating.expires_at.date(), fields.Date.today() + timedelta(days=30))
        self.assertEqual(order.job_ids.difficulty_ids.mapped("grade"), [False])

    def test_two_deliveries_make_two_links(self):
        orders = self.make_order("settled") | self.make_order("settled")
        for order in orders:
            self.pay(order)
            order.custody_returned = True
        orders.with_user(self.user_advisor).action_deliver()
        orders._run_aftercare()
        self.assertEqual(orders.mapped("rating_ids.order_id"), orders)
        tokens = orders.rating_ids.mapped("access_token")
        self.assertEqual(len(set(tokens)), 2)

    def test_internal_work_is_rated_by_nobody(self):
        order = self.make_order(kind_id=self.env.ref("service_core.service_order_kind_internal").id)
        order._open_ratings()
        self.assertFalse(order.rating_ids)

    def test_a_second_delivery_hook_makes_no_second_link(self):
        order = self.make_order()
        order._open_ratings()
        order._open_ratings()
        self.assertEqual(len(order.rating_ids), 1)

    def test_the_advisor_sends_the_link_and_cannot_read_it(self):
        orders = self.make_order() | self.make_order()
        orders._open_ratings()
        orders.with_user(self.user_advisor).action_send_rating_link()
        mails = self.mails()
        self.assertEqual(mails.mapped("email_to"), ["ada@customer.example.com"] * 2)
        self.assertEqual(set(mails.mapped("state")), {"outgoing"})
        for order in orders:
            token = order.rating_ids.access_token
            self.assertTrue(any(f"/service/rate/{token}" in (m.body_html or "") for m in mails))
            texts = order.rating_ids.message_ids.mapped("body") + order.message_ids.mapped("body")
            self.assertFalse([text for text in texts if token in text])
        messages = mails.mail_message_id.with_user(self.user_advisor)
        self.assertFalse(messages._filtered_access("read"))
        with self.assertRaises(AccessError):
            mails.with_user(self.user_advisor).read(["body_html"])
        self.assertEqual(orders.mapped("rating_progress"), ["sent", "sent"])
        self.assertEqual(orders.rating_ids.sent_by_id, self.user_advisor)

    def test_the_template_chosen_by_hand_shows_no_link(self):
        rating = self.make_rating()
        template = self.env.ref("service_rating.mail_template_rating_link")
        for user in (self.user_officer, self.env.ref("base.user_admin")):
            body = template.with_user(user)._render_field("body_html", rating.ids)[rating.id]
            self.assertIn("Rate our service", body)
            self.assertNotIn("/service/rate/", body)
            with self.assertRaises(AccessError):
                rating.with_user(user)._rating_url()

    # === THE ROAD === #

    def give_provider(self):
        """A registered account, as after the owner signed up; nothing is sent in tests."""
        self.env["iap.account"].create(
            {"service_id": self.env.ref("sms.iap_service_sms").id, "state": "registered"}
        )
        self.customer.phone = "+353209121259"

    def test_where_a_provider_stands_the_link_goes_by_text_and_nobody_reads_it(self):
        self.give_provider()
        orders = self.make_order() | self.make_order()
        orders._open_ratings()
        orders.with_user(self.user_advisor).action_send_rating_link()
        texts = self.env["sms.sms"].search([("number", "=", "+353209121259")])
        self.assertEqual(len(texts), 2)
        self.assertFalse(self.mails())
        for order in orders:
            rating = order.rating_ids
            self.assertTrue(any(rating.access_token in text.body for text in texts))
            self.assertEqual(rating.sent_channel, "sms")
            shown = rating.message_ids.mapped("body") + order.message_ids.mapped("body")
            self.assertFalse([words for words in shown if rating.access_token in words])
            self.assertIn("by text message", rating.message_ids[0].body)
        self.assertEqual(
            texts.mail_message_id.mapped("record_company_id") or orders.company_id, self.company
        )
        for user in (self.user_advisor, self.user_manager, self.user_officer):
            with self.assertRaises(AccessError):
                texts.with_user(user).read(["body"])

    def test_a_colleagues_number_gets_no_text(self):
        self.give_provider()
        self.advisor.mobile_phone = "00353 20 912 1259"
        order = self.make_order()
        order._open_ratings()
        with self.assertRefused("number of a colleague"):
            order.with_user(self.user_advisor).action_send_rating_link()
        self.assertFalse(order.rating_ids.sent_at)

    def test_the_branch_may_have_its_links_sent_by_themselves(self):
        self.company.service_rating_send = "auto"
        asked = self.make_order("delivered")
        self.assertEqual(self.mails().email_to, "ada@customer.example.com")
        self.assertEqual((asked.rating_progress, asked.rating_ids.sent_channel), ("sent", "mail"))
        self.customer.email = False
        silent = self.make_order("delivered")
        self.assertEqual(silent.rating_progress, "open")
        self.assertIn("e-mail address", "".join(silent.rating_ids.message_ids.mapped("body")))

    def test_a_contact_changed_before_the_link_is_flagged_even_if_changed_back(self):
        self.customer.phone = "+353 20 912 1259"
        order = self.make_order("received")
        rating = self.make_rating(order)
        self.customer.email = "friend@customer.example.com"
        order.with_user(self.user_advisor).action_send_rating_link()
        self.customer.email = "ada@customer.example.com"
        bodies = "".join(rating.message_ids.mapped("body"))
        self.assertIn("Changed on the contact", bodies)
        self.assertIn("friend@customer.example.com", bodies)
        rating._submit(200, 200, None, "hash")
        self.assertEqual(rating.flag_ids.mapped("kind"), ["contact_changed"])
        self.assertEqual(rating.hold, "held")

    def test_a_number_changed_on_the_order_is_flagged_and_one_added_is_told(self):
        self.customer.email = False
        order = self.make_order("received")
        rating = self.make_rating(order)
        self.customer.email = "ada@customer.example.com"
        rating._send_link()
        self.assertIn("Changed on the contact", "".join(rating.message_ids.mapped("body")))
        self.assertFalse(rating.flag_ids)
        order.contact_phone = "+353 20 000 0000"
        rating._submit(100, 100, None, "hash")
        self.assertEqual(rating.flag_ids.mapped("kind"), ["contact_changed"])

    def test_nobody_reads_the_token(self):
        rating = self.make_rating()
        for user in (self.user_manager, self.user_officer, self.env.ref("base.user_admin")):
            with self.assertRaises(AccessError):
                rating.with_user(user).read(["access_token"])
            with self.assertRaises(AccessError):
                rating.with_user(user).search([("access_token", "!=", False)])

    def test_who_is_not_advisor_sends_no_link(self):
        order = self.make_order()
        order._open_ratings()
        for user in (self.user_technician, self.user_officer, self.user_cashier):
            with self.assertRaises(AccessError):
                order.with_user(user).action_send_rating_link()

    def test_before_delivery_there_is_no_link_to_send(self):
        with self.assertRefused("no rating link"):
            self.make_order().with_user(self.user_advisor).action_send_rating_link()

    def test_without_the_customers_address_no_link_is_sent(self):
        self.customer.email = False
        order = self.make_order()
        order._open_ratings()
        with self.assertRefused("e-mail address"):
            order.with_user(self.user_advisor).action_send_rating_link()

    def test_a_colleagues_address_gets_no_link(self):
        self.user_technician.email = "tech@house.example.com"
        self.customer.email = "Tech@House.example.com"
        order = self.make_order()
        order._open_ratings()
        with self.assertRefused("colleague"):
            order.with_user(self.user_advisor).action_send_rating_link()

    def test_a_used_link_is_not_sent_again(self):
        order = self.make_order()
        order._open_ratings()
        self.vote(order.rating_ids)
        with self.assertRefused("closed"):
            order.with_user(self.user_advisor).action_send_rating_link()

    def test_an_expired_link_is_not_sent_again(self):
        order = self.make_order()
        order._open_ratings()
        with freeze_time(order.rating_ids.expires_at + timedelta(seconds=1)):
            order.invalidate_recordset()
            self.assertEqual(order.rating_progress, "expired")
            self.assertTrue(order.rating_ids.is_expired)
            self.assertIn(
                order.rating_ids, self.env["service.rating"].search([("is_expired", "=", True)])
            )
            self.assertNotIn(
                order.rating_ids, self.env["service.rating"].search([("is_expired", "=", False)])
            )
            with self.assertRefused("closed"):
                order.with_user(self.user_advisor).action_send_rating_link()

    def test_unknown_expired_and_used_links_open_nothing(self):
        ratings = self.env["service.rating"]
        rating = self.make_rating()
        token = rating.access_token
        self.assertEqual(ratings._by_token(token), rating)
        self.assertFalse(ratings._by_token("unknown"))
        with freeze_time(rating.expires_at):
            self.assertFalse(ratings._by_token(token))
        self.vote(rating)
        self.assertFalse(ratings._by_token(token))

    def test_unknown_expired_and_used_links_take_the_same_queries(self):
        rating = self.make_rating()
        expired = self.make_rating(expires_at=fields.Datetime.now() - timedelta(days=1))
        used = self.vote(self.make_rating())
        tokens = [rating.access_token, expired.access_token, used.access_token, "guessed"]
        self.env.flush_all()
        for token in tokens:
            self.env.invalidate_all()
            with self.assertQueryCount(1):
                self.env["service.rating"]._by_token(token)
