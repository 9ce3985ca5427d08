from datetime import datetime, timedelta

from freezegun import freeze_time

from odoo.exceptions import AccessError, UserError
from odoo.tests import tagged

from .common_parts import PartsCommon

MONDAY = datetime(2026, 6, 1, 9, 0)


@tagged("post_install", "-at_install")
class TestPartsCounter(PartsCommon):
    """Urgent questions, what was lost, what broke."""

    def ask(self, user=None, **values):
        return (
            self.env["service.part.question"]
            .with_user(user or self.user_parts)
            .create({"name": "Front pads", "partner_id": self.customer.id, **values})
        )

    @freeze_time(MONDAY)
    def test_a_question_is_answered_within_five_minutes_or_is_late(self):
        self.company.resource_calendar_id.tz = "UTC"
        quick, slow = self.ask(product_id=self.part.id), self.ask()
        self.assertEqual(quick.due, MONDAY + timedelta(minutes=5))
        self.assertEqual((quick.free_qty, quick.phone), (100, self.customer.phone))
        with self.assertRaisesRegex(UserError, "write down what you told"):
            quick.action_answer()
        (quick | slow).answer = "Two on the shelf"
        with freeze_time(MONDAY + timedelta(minutes=4)):
            quick.action_answer()
        with freeze_time(MONDAY + timedelta(minutes=6)):
            slow.action_answer()
        self.assertEqual((quick.state, quick.minutes, quick.is_late), ("answered", 4, False))
        self.assertEqual((slow.minutes, slow.is_late, slow.late_rate), (6, True, 100))
        self.assertEqual(slow.answered_by, self.user_parts)
        with self.assertRaisesRegex(UserError, "answered already"):
            slow.action_answer()
        with self.assertRaisesRegex(UserError, "as it was told"):
            slow.answer = "Nothing"
        self.assertEqual(
            self.env["service.part.question"]._read_group(
                [("id", "in", (quick | slow).ids)], [], ["late_rate:avg", "minutes:avg"]
            ),
            [(50, 5)],
        )

    @freeze_time(datetime(2026, 6, 1, 22, 0))
    def test_the_clock_stands_still_while_the_house_is_closed(self):
        self.company.resource_calendar_id.tz = "UTC"
        due = self.ask().due
        self.assertEqual((due.day, due.minute), (2, 5))

    def test_a_question_nobody_answers_is_the_counters_task(self):
        with freeze_time(MONDAY):
            question = self.ask(user=self.user_receptionist)
            self.assertTrue(question.responsible_id.has_group("service_core.group_service_parts"))
        with freeze_time(MONDAY + timedelta(days=1)), self.enter_registry_test_mode():
            self.env.ref("service_core.ir_cron_deadline").method_direct_trigger()
        self.env.invalidate_all()
        self.assertEqual(question.activity_ids.user_id, question.responsible_id)
        self.assertIn("Overdue", question.activity_ids.summary)
        question.with_user(self.user_parts).answer = "Two on the shelf"
        question.with_user(self.user_parts).action_answer()
        self.assertFalse(question.activity_ids)

    def test_the_clock_is_the_servers(self):
        question = self.ask(asked_at=MONDAY, answered_at=MONDAY)
        self.assertNotEqual(question.asked_at, MONDAY)
        self.assertEqual(question.state, "open")
        with self.assertRaises(UserError):
            question.answered_at = MONDAY

    def test_technicians_do_not_answer_for_the_counter(self):
        with self.assertRaises(AccessError):
            self.ask().with_user(self.user_technician).action_answer()
        with self.assertRaises(AccessError):
            self.ask().with_user(self.user_receptionist).action_lost_price()

    def test_lost_demand_is_one_click(self):
        question = self.ask(product_id=self.part.id, product_uom_qty=2)
        question.action_lost_price()
        lost = question.lost_ids
        self.assertEqual((lost.reason, lost.product_uom_qty, lost.value), ("price", 2, 160))
        self.assertEqual(lost.partner_id, self.customer)
        self.assertEqual((question.state, question.answer), ("answered", "Too expensive"))
        with self.assertRaisesRegex(UserError, "already"):
            question.action_lost_stock()
        for say, reason in (("action_lost_stock", "stock"), ("action_lost_time", "time")):
            other = self.ask()
            getattr(other, say)()
            self.assertEqual(other.lost_ids.reason, reason)

    def failure(self, days_ago=0, **values):
        return (
            self.env["service.part.failure"]
            .with_user(self.user_technician)
            .create(
                {
                    "product_id": self.part.id,
                    "found_on": MONDAY.date() - timedelta(days=days_ago),
                    **values,
                }
            )
        )

    def test_feedback_knows_group_origin_supplier_and_car(self):
        self.part.write({"service_part_category": "front_shock", "service_origin": "genuine"})
        order = self.make_order()
        failure = self.failure(order_id=order.id)
        self.assertEqual(
            (failure.category, failure.origin, failure.vendor_id, failure.vehicle_id),
            ("front_shock", "genuine", self.vendor, order.vehicle_id),
        )

    def test_three_failures_of_one_batch_are_laid_on_the_inspectors_desk_once(self):
        self.failure(days_ago=200)
        first = self.failure(days_ago=20, batch="B7")
        self.failure(days_ago=10, batch="C1")
        second = self.failure(days_ago=5, batch="B7")
        self.assertFalse((first | second).filtered("is_batch"))
        third = self.failure(batch="B7")
        self.assertEqual((first | second | third).mapped("is_batch"), [True, True, True])
        alert = third.activity_ids
        self.assertEqual(alert.user_id, self.user_inspector)
        self.assertIn("B7", alert.note)
        fourth = self.failure(batch="B7")
        self.assertTrue(fourth.is_batch)
        self.assertFalse(fourth.activity_ids)

    def test_the_failure_rate_is_failures_per_hundred_issued(self):
        order = self.order_parts((self.part, 4))
        order.with_user(self.user_parts).action_issue_parts()
        self.failure()
        self.assertEqual(self.part.service_failure_rate, 25)
        self.assertEqual(self.scarce_part.service_failure_rate, 0)
