from odoo.exceptions import AccessError, UserError, ValidationError
from odoo.tests import BaseCase, tagged

from ..rules import integrity
from .common import RatingCommon


@tagged("post_install", "-at_install")
class TestIntegrityRules(BaseCase):
    def test_an_address_is_found_in_its_network(self):
        known = "203.0.113.0/24, 2001:db8::/48"
        self.assertTrue(integrity.inside("203.0.113.77", known))
        self.assertTrue(integrity.inside("2001:db8::1", known))
        self.assertFalse(integrity.inside("198.51.100.1", known))

    def test_what_cannot_be_read_lies_nowhere(self):
        for address, known in (("", "203.0.113.0/24"), ("203.0.113.1", ""), ("x", "y")):
            self.assertFalse(integrity.inside(address, known))

    def test_two_spellings_of_a_phone_meet(self):
        self.assertEqual(
            integrity.phone_key("+353 20 912-1259"), integrity.phone_key("0353209121259")
        )
        self.assertNotEqual(
            integrity.phone_key("+353 20 912 1259"), integrity.phone_key("+353 20 912 1250")
        )

    def test_an_extension_is_no_phone(self):
        self.assertIsNone(integrity.phone_key("4711"))
        self.assertIsNone(integrity.phone_key(None))


@tagged("post_install", "-at_install")
class TestIntegrity(RatingCommon):
    """A vote that looks arranged waits, counted apart, for a manager's reasoned word."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.company.service_networks = "203.0.113.0/24"
        cls.customer.phone = "+353 20 912 1259"

    def flags(self, rating):
        return rating.flag_ids.mapped("kind")

    def held(self, **values):
        rating = self.make_rating(**values)
        rating._submit(200, 200, None, "hash", "203.0.113.9")
        self.move_vote(rating, "2026-03-10 12:00:00")
        return rating

    def test_a_vote_from_outside_is_not_held(self):
        rating = self.make_rating()
        rating._submit(100, 100, None, "hash", "198.51.100.1")
        self.assertFalse(rating.flag_ids)
        self.assertFalse(rating.hold)

    def test_a_vote_from_the_own_network_is_held(self):
        rating = self.held()
        self.assertEqual(self.flags(rating), [integrity.OWN_NETWORK])
        self.assertEqual(rating.hold, "held")

    def test_a_colleagues_phone_is_held(self):
        self.advisor.mobile_phone = "00353 20 912 1259"
        rating = self.make_rating()
        rating._submit(200, 200, None, "hash")
        self.assertEqual(self.flags(rating), [integrity.STAFF_PHONE])
        self.assertEqual(rating.flag_ids.detail, "Advisor")

    def test_a_contact_changed_since_reception_is_held(self):
        for change, told in (
            ({"email": "other@customer.example.com"}, "other@customer.example.com"),
            ({"phone": "+353 20 912 0000"}, "0000"),
        ):
            with self.subTest(change=change):
                self.customer.write({"email": "ada@customer.example.com"})
                self.customer.phone = "+353 20 912 1259"
                order = self.make_order("received")
                rating = self.make_rating(order)
                self.customer.write(change)
                rating._submit(200, 200, None, "hash")
                self.assertEqual(self.flags(rating), [integrity.CONTACT_CHANGED])
                self.assertIn(told, rating.flag_ids.detail)

    def test_an_unchanged_contact_is_not_held(self):
        rating = self.make_rating(self.make_order("received"))
        rating._submit(100, 100, None, "hash")
        self.assertFalse(rating.hold)

    def test_a_held_vote_counts_in_no_score_until_it_is_decided(self):
        rating = self.held()
        month = self.close_month(self.make_month(), "draft")
        self.assertEqual((month.answer_count, month.score), (0, 100.0))
        rating.with_user(self.user_manager)._decide_hold("counted", "Called: it was the customer.")
        self.assertFalse(month.computed_at)
        month.with_user(self.user_officer).action_compute()
        self.assertEqual(month.answer_count, 1)
        self.assertGreater(month.score, 100.0)
        self.assertEqual(rating.hold_decided_by_id, self.user_manager)

    def test_a_vote_left_out_never_counts(self):
        rating = self.held()
        rating.with_user(self.user_manager)._decide_hold("excluded", "The washer voted.")
        month = self.close_month(self.make_month(), "draft")
        self.assertEqual(month.answer_count, 0)
        self.assertEqual(rating.technical_score, 200)

    def test_a_vote_released_after_the_lock_counts_in_the_next_open_month(self):
        rating = self.held()
        locked = self.close_month(self.make_month())
        self.assertEqual(locked.answer_count, 0)
        rating.with_user(self.user_manager)._decide_hold("counted", "Called: it was the customer.")
        following = self.make_month(month=locked.month.replace(month=4))
        following.with_user(self.user_officer).action_compute()
        self.assertEqual(following.answer_count, 1)
        self.assertEqual(locked.answer_count, 0)

    def test_a_decision_needs_its_manager_its_reason_and_a_held_vote(self):
        rating = self.held()
        manager = rating.with_user(self.user_manager)
        with self.assertRefused("service manager"):
            rating.with_user(self.user_officer)._decide_hold("counted", "Fine")
        for reason in ("", "   ", None):
            with self.assertRefused("reason"):
                manager._decide_hold("counted", reason)
        manager._decide_hold("counted", "Fine")
        with self.assertRefused("not held"):
            manager._decide_hold("excluded", "Changed my mind")

    def test_nobody_decides_on_his_own_work(self):
        self.technician.user_id = self.user_manager
        rating = self.held()
        with self.assertRefused("your own work"):
            rating.with_user(self.user_manager)._decide_hold("counted", "Fine")

    def test_two_votes_are_decided_at_once(self):
        ratings = self.held() | self.held()
        action = ratings.with_user(self.user_manager).action_decide()
        wizard = (
            self.env["service.rating.hold"]
            .with_user(self.user_manager)
            .with_context(**action["context"])
            .create({"decision": "excluded", "reason": "Both from the front desk"})
        )
        self.assertEqual(len(wizard.flag_ids), 2)
        wizard.action_confirm()
        self.assertEqual(ratings.mapped("hold"), ["excluded", "excluded"])

    def test_not_even_the_system_releases_a_vote_past_its_button(self):
        rating = self.held()
        for vals in ({"hold": False}, {"hold": "counted"}, {"hold_reason": "x"}):
            with self.assertRefused("decided by its button"):
                rating.sudo().write(vals)
        for record in rating.flag_ids:
            with self.assertRefused("never changed"):
                record.sudo().write({"detail": "x"})
            with self.assertRefused("never deleted"):
                record.sudo().unlink()

    def test_the_contact_as_he_was_is_read_by_nobody(self):
        order = self.make_order("received")
        for user in (self.user_advisor, self.user_manager, self.user_officer):
            with self.assertRaises(AccessError):
                order.with_user(user).read(["contact_seen_email"])

    def test_a_network_that_is_none_is_refused(self):
        with self.assertRaisesRegex(ValidationError, "Own networks"):
            self.company.service_networks = "our office"

    def test_coverage_tells_who_was_asked_and_who_answered(self):
        asked, silent = self.make_rating(), self.make_rating()
        self.vote(asked)
        rows = self.env["service.rating.coverage"].with_user(self.user_officer)
        found = rows.search([("order_id", "in", (asked | silent).order_id.ids)])
        by_order = {row.order_id: (row.sent, row.answered, row.held) for row in found}
        self.assertEqual(by_order[asked.order_id], (100, 100, 0))
        self.assertEqual(by_order[silent.order_id], (0, 0, 0))
        [(answered,)] = rows._read_group([("id", "in", found.ids)], [], ["answered:avg"])
        self.assertEqual(answered, 50)

    def test_guards_of_the_window(self):
        rating = self.make_rating()
        with self.assertRaises(UserError):
            rating.with_user(self.user_manager).action_decide()
