from datetime import datetime, timedelta
from unittest.mock import patch

from freezegun import freeze_time

from odoo import fields
from odoo.tests import tagged

from odoo.addons.service_core.tests.common import ServiceCommon

FRIDAY = datetime(2026, 3, 6, 15, 0)


@tagged("post_install", "-at_install")
class TestDeadline(ServiceCommon):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.rule = cls.env["service.deadline.rule"].create(
            {
                "name": "Test clock",
                "code": "test_clock",
                "model_id": cls.env["ir.model"]._get_id("service.order"),
                "offset": 2,
                "unit": "hours",
                "text": "Ring the bell",
                "is_activity": True,
                "user_id": cls.user_advisor.id,
                "escalation_user_id": cls.user_manager.id,
            }
        )
        cls.orders = cls.make_order("draft") | cls.make_order("draft")
        cls.deadlines = cls.env["service.deadline"]

    def run_cron(self):
        # the progress of the job is committed outside of tests only
        with patch.object(
            type(self.env["ir.cron"]), "_commit_progress", lambda *_args, **_kwargs: 1e9
        ):
            self.deadlines._cron_missed()

    @freeze_time(FRIDAY)
    def test_a_clock_starts_moves_and_is_met(self):
        first = self.deadlines._start("test_clock", self.orders)
        self.assertEqual(set(first.mapped("due")), {FRIDAY + timedelta(hours=2)})
        self.assertEqual(first.activity_id.user_id, self.user_advisor)
        self.rule.offset = 3
        self.assertEqual(self.deadlines._start("test_clock", self.orders), first)
        self.assertEqual(set(first.mapped("due")), {FRIDAY + timedelta(hours=3)})
        self.deadlines._meet("test_clock", self.orders)
        self.assertEqual(set(first.mapped("state")), {"met"})
        self.assertFalse(first.activity_id.exists())

    def test_a_missed_clock_goes_to_who_must_know_once(self):
        with freeze_time(FRIDAY):
            clocks = self.deadlines._start("test_clock", self.orders)
        with freeze_time(FRIDAY + timedelta(hours=3)):
            self.run_cron()
            self.run_cron()
            self.assertEqual(set(clocks.mapped("state")), {"missed"})
            activities = self.orders.activity_ids.filtered(lambda a: "Ring" in a.summary)
            self.assertEqual(len(activities), 2)
            self.assertEqual(activities.user_id, self.user_manager)
            self.deadlines._meet("test_clock", self.orders)
        self.assertEqual(set(clocks.mapped("state")), {"missed"}, "late stays late")
        self.assertTrue(all(clocks.mapped("met_at")))
        self.assertFalse(activities.exists())

    @freeze_time(FRIDAY)
    def test_working_days_leave_the_weekend_out(self):
        self.rule.write({"unit": "work_days", "offset": 2})
        clock = self.deadlines._start("test_clock", self.orders[0])
        # the rest of Friday is the first of the two days
        self.assertEqual(clock.due.weekday(), 0)
        self.rule.write({"unit": "work_hours", "offset": 8})
        self.deadlines._start("test_clock", self.orders[0])
        self.assertEqual(clock.due.weekday(), 0)

    @freeze_time(FRIDAY)
    def test_a_clock_counts_from_a_field_and_backwards(self):
        self.orders[0].eta = FRIDAY + timedelta(days=1)
        self.rule.write({"start_field": "eta", "unit": "minutes", "offset": -20})
        clock = self.deadlines._start("test_clock", self.orders[0])
        self.assertEqual(clock.due, FRIDAY + timedelta(days=1, minutes=-20))

    def test_a_cancelled_clock_is_not_missed(self):
        with freeze_time(FRIDAY):
            clock = self.deadlines._start("test_clock", self.orders[0])
            self.deadlines._cancel("test_clock", self.orders)
        with freeze_time(FRIDAY + timedelta(days=1)):
            self.run_cron()
        self.assertEqual(clock.state, "cancelled")

    def test_a_rule_put_away_starts_nothing(self):
        self.rule.active = False
        self.assertFalse(self.deadlines._start("test_clock", self.orders))
        self.assertFalse(self.deadlines._start("test_nothing", self.orders))

    def test_the_clock_leads_to_its_record(self):
        clock = self.deadlines._start("test_clock", self.orders[0])
        self.assertEqual(clock.action_open_record()["res_id"], self.orders[0].id)
        self.assertGreater(clock.due, fields.Datetime.now())
