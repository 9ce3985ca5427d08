from datetime import date

from psycopg2 import IntegrityError

from odoo.tests import tagged
from odoo.tools import mute_logger

from .common import RatingCommon


@tagged("post_install", "-at_install")
class TestPolicy(RatingCommon):
    """How a month is scored and paid, by effective date."""

    def make_policy(self, **values):
        return self.env["service.performance.policy"].create(
            {"name": "Next", "date_from": "2026-01-01", **values}
        )

    def test_the_latest_begun_policy_is_in_force(self):
        policies = self.env["service.performance.policy"]
        january = self.make_policy()
        self.assertEqual(policies._policy_for(self.company, date(2025, 12, 31)), self.policy)
        self.assertEqual(policies._policy_for(self.company, date(2026, 1, 1)), january)

    def test_a_branchs_own_policy_goes_before_the_common_one(self):
        own = self.make_policy(company_id=self.company.id)
        self.make_policy(date_from="2026-02-01")
        policies = self.env["service.performance.policy"]
        self.assertEqual(policies._policy_for(self.company, date(2026, 3, 1)), own)
        other = self.env["res.company"].create({"name": "Other Branch"})
        self.assertNotEqual(policies._policy_for(other, date(2026, 3, 1)), own)

    def test_without_a_policy_nothing_is_computed(self):
        with self.assertRefused("No performance policy"):
            self.env["service.performance.policy"]._policy_for(self.company, date(1999, 1, 1))

    def test_a_policy_begins_on_the_first_of_a_month(self):
        with self.assertRefused("first day"):
            self.make_policy(date_from="2026-01-15")

    def test_what_the_database_refuses(self):
        for values in (
            {"technical_weight": 60.0},
            {"technical_weight": -10.0, "attitude_weight": 110.0},
            {"attitude_advisor_percent": 101.0},
            {"shrinkage": -1.0},
            {"floor": -60.0},
            {"difficulty_rate": -1.0},
            {"link_days": 0},
            {"date_from": "2020-01-01"},
        ):
            with self.assertRaises(IntegrityError, msg=values), mute_logger("odoo.sql_db"):
                self.make_policy(**values)

    def test_a_policy_that_paid_is_never_changed(self):
        self.close_month(self.make_month())
        with self.assertRefused("Months were checked"):
            self.policy.shrinkage = 0.0
        with self.assertRefused("Months were checked"):
            self.policy.unlink()
        self.policy.name = "The first house policy"

    def test_a_changed_policy_wants_open_months_computed_again(self):
        month = self.close_month(self.make_month(), "draft")
        self.policy.shrinkage = 3.0
        with self.assertRefused("Compute .* again first"):
            month.with_user(self.user_officer).action_check()
        month.with_user(self.user_officer).action_compute()
        month.with_user(self.user_officer).action_check()

    def test_a_new_policy_wants_open_months_computed_again(self):
        month = self.close_month(self.make_month(), "draft")
        self.make_policy()
        with self.assertRefused("Compute .* again first"):
            month.with_user(self.user_officer).action_check()

    def test_a_policy_a_checked_month_rests_on_is_never_changed(self):
        self.close_month(self.make_month(), "checked")
        with self.assertRefused("Months were checked"):
            self.policy.floor = 50.0

    def test_an_unused_policy_is_changed_freely(self):
        self.policy.shrinkage = 3.0
        self.assertEqual(self.policy.shrinkage, 3.0)
