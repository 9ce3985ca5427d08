from datetime import date

from odoo.exceptions import UserError
from odoo.tests import Form, freeze_time, tagged

from .common import FollowupCommon


@tagged("post_install", "-at_install")
@freeze_time("2026-11-07 10:00:00")
class TestFollowupCall(FollowupCommon):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        with freeze_time("2026-11-03 10:00:00"):
            cls.order = cls.make_delivered()
            cls.first = cls.order.followup_ids

    def second(self):
        return self.order.followup_ids - self.first

    # === CONVERSATION === #

    def test_conversation_closes_the_contact_with_the_customers_words(self):
        call = self.log(self.first)
        self.assertEqual(self.first.state, "done")
        self.assertEqual(self.first.call_id, call)
        self.assertEqual(self.first.verbatim, "Runs like new, thank you.")
        self.assertEqual(call.order_id, self.order)
        self.assertEqual(call.purpose, "follow_up")
        self.assertEqual(self.first.timing, "on_time")

    def test_words_are_frozen_once_saved(self):
        call = self.log(self.first)
        with self.assertRaises(UserError):
            call.with_user(self.user_caller).verbatim = "He was delighted"
        with self.assertRaisesRegex(UserError, "not changed"):
            call.with_user(self.user_followup_manager).satisfied = "no"

    def test_record_of_a_call_is_not_rewritten(self):
        self.no_answer(self.first)
        call = self.first.call_id.with_user(self.user_caller)
        for name, value in (
            ("result", "answered"),
            ("started", "2026-11-01 10:00:00"),
            ("phone", "1"),
            ("followup_ids", False),
        ):
            with self.subTest(field=name), self.assertRaisesRegex(UserError, "not changed"):
                call[name] = value
        call.note = "Sounded like an answering machine"

    def test_facts_of_a_contact_are_not_entered_by_hand(self):
        for name, value in (
            ("attempts", 0),
            ("timing", "on_time"),
            ("next_attempt", "2026-12-24"),
            ("satisfied", "yes"),
            ("cancel_reason", "Did not feel like it"),
        ):
            with self.subTest(field=name), self.assertRaisesRegex(UserError, "by hand"):
                self.first.with_user(self.user_followup_manager)[name] = value
        with self.assertRaisesRegex(UserError, "by hand"):
            self.env["service.followup"].with_user(self.user_caller).create(
                {"partner_id": self.customer.id, "attempts": -100}
            )

    def test_first_conversation_plans_the_second_within_seven_days_of_it(self):
        self.log(self.first)
        second = self.second()
        self.assertEqual(second.kind, "second")
        self.assertEqual(second.previous_id, self.first)
        self.assertEqual((second.due_from, second.due_to), (date(2026, 11, 8), date(2026, 11, 14)))

    def test_second_counts_from_the_actual_call_even_when_it_was_late(self):
        with freeze_time("2026-11-20 10:00:00"):
            self.log(self.first)
        self.assertEqual(self.first.timing, "late")
        self.assertEqual(self.second().due_to, date(2026, 11, 27))

    def test_two_first_calls_of_one_customer_plan_two_seconds(self):
        with freeze_time("2026-11-03 10:00:00"):
            other = self.make_delivered()
        self.log(self.first + other.followup_ids)
        self.assertEqual(len(other.followup_ids), 2)
        self.assertEqual(len(self.order.followup_ids), 2)
        self.assertEqual(other.followup_ids[0].call_id, self.first.call_id)

    def test_the_second_plans_nothing_more(self):
        self.log(self.first)
        with freeze_time("2026-11-10 10:00:00"):
            self.log(self.second(), topic_ids=self.topic_advice.ids)
        self.assertEqual(len(self.order.followup_ids), 2)
        self.assertEqual(self.second().state, "done")

    def test_second_must_not_repeat_the_first(self):
        self.log(self.first)
        with freeze_time("2026-11-10 10:00:00"):
            with self.assertRaisesRegex(UserError, "repeats"):
                self.log(self.second())
            self.log(self.second(), topic_ids=(self.topic_use + self.topic_advice).ids)
        self.assertEqual(self.second().state, "done")

    def test_script_of_the_second_differs_and_quotes_the_first(self):
        self.log(self.first)
        second = self.second().with_user(self.user_caller)
        self.assertNotEqual(second.script, self.first.with_user(self.user_caller).script)
        self.assertIn("Runs like new", second.script)
        self.assertNotEqual(second.topic_ids, self.first.topic_ids)

    def test_script_is_filled_from_the_order(self):
        script = self.first.with_user(self.user_caller).script
        self.assertIn(self.customer.name, script)
        self.assertIn(self.order.vehicle_id.license_plate, script)
        self.assertIn(self.company.name, script)
        self.assertNotIn("{", script)

    def test_conversation_needs_words_verdict_car_use_and_topic(self):
        for missing, sentence in (
            ("verbatim", "own words"),
            ("satisfied", "satisfied"),
            ("car_use", "running"),
            ("topic_ids", "topic"),
        ):
            with self.subTest(missing=missing), self.assertRaisesRegex(UserError, sentence):
                self.log(self.first, **{missing: False})
        self.assertEqual(self.first.state, "planned")

    def test_reminder_without_order_needs_no_car_use(self):
        followup = self.make_followup(partner_id=self.make_customer(phone="2").id)
        self.log(followup, car_use=False)
        self.assertEqual(followup.state, "done")

    def test_early_call_is_flagged(self):
        with freeze_time("2026-11-04 10:00:00"):
            self.log(self.first)
        self.assertEqual(self.first.timing, "early")

    def test_dissatisfied_customer_is_announced_once(self):
        heard = []
        self.patch(
            type(self.env["service.followup"]),
            "_on_dissatisfied",
            lambda followups, call: heard.append((followups, call)),
        )
        call = self.log(self.first, satisfied="no", complaint="Still squeaks")
        self.assertEqual(heard, [(self.first, call)])

    def test_content_customer_is_not_announced(self):
        heard = []
        self.patch(
            type(self.env["service.followup"]),
            "_on_dissatisfied",
            lambda followups, call: heard.append(call),
        )
        self.log(self.first)
        self.no_answer(self.make_followup(partner_id=self.make_customer(phone="2").id))
        self.assertFalse(heard)

    def test_hook_on_its_own_does_nothing(self):
        self.log(self.first, satisfied="no")
        self.assertEqual(self.first.satisfied, "no")

    # === NO CONVERSATION === #

    def test_unanswered_call_is_tried_again_tomorrow(self):
        self.no_answer(self.first)
        self.assertEqual(self.first.state, "planned")
        self.assertEqual(self.first.attempts, 1)
        self.assertEqual(self.first.next_attempt, date(2026, 11, 8))
        self.assertFalse(self.second())

    def test_customer_may_name_the_day(self):
        self.no_answer(self.first, result="busy", retry_on=date(2026, 11, 9))
        self.assertEqual(self.first.next_attempt, date(2026, 11, 9))

    def test_attempts_are_capped(self):
        for day in (7, 8, 9):
            with freeze_time(f"2026-11-{day:02} 10:00:00"):
                self.no_answer(self.first)
        self.assertEqual(self.first.state, "unreached")
        self.assertEqual(len(self.first.call_ids), 3)
        self.assertFalse(self.second())

    def test_refusal_leaves_the_customer_in_peace(self):
        self.no_answer(self.first, result="refused")
        self.assertEqual(self.first.state, "unreached")
        self.assertFalse(self.second())

    # === CAPS === #

    def test_a_number_is_rung_once_a_day(self):
        other = self.make_followup(phone=self.first.phone)
        self.no_answer(self.first)
        with self.assertRaisesRegex(UserError, "already called that day"):
            self.no_answer(other)

    def test_a_number_rung_by_a_sister_branch_is_not_rung_again(self):
        branch, stranger = self.make_branch()
        theirs = self.make_followup(company_id=branch.id)
        self.no_answer(theirs, user=stranger)
        with self.assertRaisesRegex(UserError, "already called that day"):
            self.no_answer(self.first)

    def test_a_call_entered_later_counts_on_the_day_it_was_made(self):
        other = self.make_followup(phone=self.first.phone)
        self.no_answer(self.first, started="2026-11-06 09:00:00")
        with self.assertRaisesRegex(UserError, "already called that day"):
            self.no_answer(other, started="2026-11-06 17:00:00")
        self.no_answer(other)
        self.assertEqual(other.attempts, 1)

    def test_a_call_is_not_logged_before_it_is_made(self):
        with self.assertRaisesRegex(UserError, "after it was made"):
            self.no_answer(self.first, started="2026-11-08 09:00:00")

    def test_the_customer_may_ring_us_whenever_he_likes(self):
        self.no_answer(self.first)
        self.log(self.first, direction="in")
        self.assertEqual(self.first.state, "done")
        self.assertEqual(self.first.attempts, 1)

    def test_who_wants_no_call_cannot_be_called(self):
        self.customer.with_context(tracking_disable=True).service_do_not_call = True
        late = self.make_followup()
        with self.assertRaisesRegex(UserError, "does not want"):
            self.no_answer(late)

    def test_wish_said_on_the_phone_takes_everything_off_the_list(self):
        other = self.make_followup()
        self.log(self.first, do_not_call=True)
        self.assertTrue(self.customer.service_do_not_call)
        self.assertEqual(other.state, "cancelled")
        self.assertFalse(self.second())

    def test_a_call_needs_a_number(self):
        nameless = self.make_followup(partner_id=self.make_customer(phone=False).id)
        with self.assertRaisesRegex(UserError, "telephone number"):
            self.no_answer(nameless)

    def test_one_call_serves_one_number(self):
        other = self.make_followup(partner_id=self.make_customer(phone="2").id)
        with self.assertRaisesRegex(UserError, "one telephone number"):
            self.log(self.first + other)

    # === FORM === #

    def wizard(self, followup=None):
        action = (followup or self.first).with_user(self.user_caller).action_log_call()
        return Form(
            self.env["service.followup.log"]
            .with_user(self.user_caller)
            .with_context(**action["context"])
        )

    def test_form_logs_the_call_and_what_else_was_due_for_the_number(self):
        other = self.make_followup()
        form = self.wizard()
        form.car_use = "Fine"
        form.verbatim = "All good"
        form.satisfied = "yes"
        form.save().action_log()
        self.assertEqual((self.first + other).mapped("state"), ["done", "done"])
        self.assertEqual(self.first.call_id, other.call_id)
        self.assertEqual(self.first.call_id.topic_ids, self.first.topic_ids)

    def test_form_keeps_a_corrected_number(self):
        form = self.wizard()
        form.phone = "+1 555 0777"
        form.result = "no_answer"
        form.save().action_log()
        self.assertEqual(self.first.phone, "+1 555 0777")
        self.assertEqual(self.first.call_id.phone, "+1 555 0777")

    def test_form_goes_on_to_the_next_contact(self):
        following = self.make_followup(partner_id=self.make_customer(name="Bo", phone="2").id)
        form = self.wizard()
        form.result = "busy"
        action = form.save().action_log_next()
        self.assertEqual(action["res_id"], following.id)

    def test_form_returns_to_the_list_after_the_last_contact(self):
        form = self.wizard()
        form.result = "busy"
        action = form.save().action_log_next()
        self.assertEqual(action["path"], "todays-contacts")

    def test_cancelling_needs_a_reason(self):
        with self.assertRaisesRegex(UserError, "Say why"):
            self.first._cancel(" ")
        wizard = (
            self.env["service.followup.cancel"]
            .with_user(self.user_caller)
            .create({"followup_ids": self.first.ids, "reason": "Car sold"})
        )
        wizard.action_confirm()
        self.assertEqual(self.first.state, "cancelled")
        self.assertEqual(self.first.cancel_reason, "Car sold")

    def test_manager_reopens_a_closed_contact_for_today(self):
        self.first._cancel("By mistake")
        with self.assertRaisesRegex(UserError, "manager"):
            self.first.with_user(self.user_caller).action_reopen()
        self.first.with_user(self.user_followup_manager).action_reopen()
        self.assertEqual(self.first.state, "planned")
        self.assertEqual(self.first.next_attempt, date(2026, 11, 7))
        self.assertFalse(self.first.cancel_reason)
