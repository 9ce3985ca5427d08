from datetime import timedelta
from decimal import Decimal

from odoo import fields
from odoo.tests import freeze_time, tagged

from ..rules import score as scoring
from .common import MONTH, RatingCommon

NEXT = MONTH.replace(month=4)


@tagged("post_install", "-at_install")
class TestDispute(RatingCommon):
    """An engineer objects; the points wait; a locked month never changes."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.low = cls.vote(cls.make_rating(), technical=-50)
        cls.high = cls.vote(cls.make_rating(), technical=150)
        cls.month = cls.make_month()

    def line(self, month=None, rating=None):
        share = (rating or self.low).share_ids.filtered(
            lambda share: share.employee_id == self.technician
        )
        return (month or self.month).line_ids.filtered(lambda line: line.share_id == share)

    def dispute(self, user=None, line=None, reason="The part was wrong, not the work."):
        return (
            self.env["service.performance.dispute"]
            .with_user(user or self.user_technician)
            ._open_for((line or self.line()).with_user(user or self.user_technician), reason)
        )

    def compute(self, month=None):
        (month or self.month).with_user(self.user_officer).action_compute()

    def test_a_disputed_rating_waits(self):
        self.close_month(self.month, "draft")
        before = self.month.score
        dispute = self.dispute()
        self.assertEqual(dispute.state, "open")
        self.assertFalse(self.month.computed_at)
        self.compute()
        self.assertEqual(self.month.answer_count, 1)
        self.assertGreater(self.month.score, before)
        self.assertTrue(dispute.activity_ids)

    def test_a_rejected_dispute_counts_again(self):
        self.close_month(self.month, "draft")
        before = self.month.score
        dispute = self.dispute()
        dispute.with_user(self.user_officer)._decide(False, "The work order says otherwise.")
        self.compute()
        self.assertEqual(self.month.score, before)
        self.assertFalse(dispute.activity_ids)

    def test_an_accepted_dispute_never_counts(self):
        self.close_month(self.month, "draft")
        dispute = self.dispute()
        dispute.with_user(self.user_officer)._decide(True, "Supplier's fault.")
        self.compute()
        self.assertEqual(self.month.answer_count, 1)
        self.assertFalse(dispute.correction_id)
        self.assertEqual(self.low.technical_score, -50)

    def test_a_checked_month_is_opened_again(self):
        self.close_month(self.month, "checked")
        self.dispute()
        self.assertEqual(self.month.state, "draft")
        self.assertFalse(self.month.checked_by_id)

    def test_an_accepted_dispute_of_a_locked_month_is_a_correction(self):
        self.close_month(self.month)
        locked = self.month.score
        with freeze_time(self.month.locked_at + timedelta(days=3)):
            dispute = self.dispute()
            dispute.with_user(self.user_officer)._decide(True, "Supplier's fault.")
        self.assertEqual(self.month.score, locked)
        shares = [share for share in self.month._held_shares() if share.key != dispute.share_id.id]
        without = scoring.month_of(
            shares,
            {scoring.TECHNICAL: 50, scoring.ATTITUDE: 50},
            self.month.unit_mean,
            self.month.policy_id.shrinkage,
        ).score
        points = Decimal(str(dispute.correction_id.points))
        self.assertEqual(points, without - Decimal(str(locked)))
        following = self.make_month(month=NEXT)
        self.compute(following)
        self.assertEqual(following.correction_points, dispute.correction_id.points)

    def test_a_dispute_open_at_the_lock_and_rejected_counts_in_the_next_month(self):
        self.close_month(self.month, "draft")
        dispute = self.dispute()
        self.close_month(self.month)
        self.assertEqual(self.month.answer_count, 1)
        dispute.with_user(self.user_officer)._decide(False, "The work order says otherwise.")
        following = self.make_month(month=NEXT)
        self.compute(following)
        self.assertEqual(following.line_ids.share_id, dispute.share_id)
        self.assertEqual(following.answer_count, 1)

    def test_the_deadline_runs_from_the_lock(self):
        self.close_month(self.month)
        late = self.month.locked_at + timedelta(days=self.policy.dispute_days, minutes=1)
        with freeze_time(late), self.assertRefused("can no longer be disputed"):
            self.dispute()

    def test_who_may_dispute_what(self):
        self.close_month(self.month, "draft")
        with self.assertRefused("your own month"):
            self.dispute(self.user_officer)
        unit = self.month.line_ids.filtered(lambda line: line.kind == "unit")
        with self.assertRefused("Choose a rating"):
            self.dispute(line=unit)
        with self.assertRefused("Say why"):
            self.dispute(reason="  ")
        self.dispute()
        with self.assertRefused("already disputed"):
            self.dispute()

    def test_who_may_decide(self):
        self.close_month(self.month, "draft")
        dispute = self.dispute()
        with self.assertRefused("department decides"):
            dispute.with_user(self.user_technician)._decide(True, "Of course")
        with self.assertRefused("Give the reason"):
            dispute.with_user(self.user_officer)._decide(True, " ")
        self.technician.user_id = self.user_officer_2
        with self.assertRefused("own dispute"):
            dispute.with_user(self.user_officer_2)._decide(True, "Of course")
        dispute.with_user(self.user_officer)._decide(True, "Supplier's fault.")
        with self.assertRefused("already decided"):
            dispute.with_user(self.user_officer)._decide(False, "Changed my mind")

    def test_the_two_windows(self):
        self.close_month(self.month, "draft")
        action = self.month.with_user(self.user_technician).action_dispute()
        self.env["service.performance.dispute.open"].with_user(self.user_technician).with_context(
            **action["context"]
        ).create({"line_id": self.line().id, "reason": "Not my work."}).action_confirm()
        dispute = self.env["service.performance.dispute"].search([])
        action = dispute.with_user(self.user_officer).action_decide()
        self.env["service.performance.dispute.answer"].with_user(self.user_officer).with_context(
            **action["context"]
        ).create({"answer": "reject", "decision": "It was."}).action_confirm()
        self.assertEqual(dispute.state, "rejected")
        self.assertEqual(dispute.decided_by_id, self.user_officer)

    def test_an_engineer_sees_his_own_disputes(self):
        self.close_month(self.month, "draft")
        dispute = self.dispute()
        disputes = self.env["service.performance.dispute"]
        self.assertEqual(disputes.with_user(self.user_technician).search([]), dispute)
        self.assertFalse(disputes.with_user(self.user_advisor).search([]))
        self.assertEqual(disputes.with_user(self.user_officer).search([]), dispute)


@tagged("post_install", "-at_install")
class TestWhatIf(RatingCommon):
    """A policy run over past months before it is anybody's."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.pay_employee(cls.technician, base=1000.0)
        cls.vote(cls.make_rating(), technical=200)
        cls.month = cls.close_month(cls.make_month())
        cls.other = cls.policy.copy(
            {"name": "Bolder", "date_from": "2030-01-01", "shrinkage": 0.0, "floor": 0.0}
        )

    def run_it(self, user=None, policy=None):
        wizard = (
            self.env["service.performance.whatif"]
            .with_user(user or self.user_hr)
            .create(
                {
                    "policy_id": (policy or self.other).id,
                    "company_id": self.company.id,
                    "month_from": MONTH,
                    "month_to": MONTH,
                }
            )
        )
        wizard.action_run()
        return wizard

    def test_another_policy_tells_its_change_and_pays_nothing(self):
        before = self.month.score
        line = self.run_it().line_ids
        self.assertEqual(line.employee_id, self.technician)
        self.assertEqual(line.score_before, before)
        # without the unit's steadying the one answer of 200 is the month
        self.assertEqual(line.score_after, 200.0)
        self.assertEqual(line.amount_after, 2000.0)
        self.assertAlmostEqual(line.amount_change, line.amount_after - line.amount_before)
        self.assertEqual(self.month.score, before)

    def test_the_same_policy_changes_nothing(self):
        wizard = self.run_it(policy=self.policy)
        self.assertEqual(wizard.line_ids.score_change, 0.0)
        self.assertEqual(wizard.payroll_change, 0.0)

    def test_only_hr_tries_and_only_what_is_locked(self):
        with self.assertRefused("No month of this span"):
            wizard = self.env["service.performance.whatif"].with_user(self.user_hr)
            wizard.create(
                {"policy_id": self.other.id, "month_from": NEXT, "month_to": NEXT}
            ).action_run()
        wizard = self.env["service.performance.whatif"].create({"policy_id": self.other.id})
        with self.assertRefused("HR tries out"):
            wizard.with_user(self.user_officer).action_run()


@tagged("post_install", "-at_install")
class TestQuarterAndStatement(RatingCommon):
    def lock(self, number):
        month = self.make_month(month=MONTH.replace(month=number))
        at = f"2026-{number:02d}-10 12:00:00"
        self.vote(
            self.make_rating(), technical=100 + 10 * number, at=fields.Datetime.to_datetime(at)
        )
        return self.close_month(month)

    def quarters(self):
        self.env.flush_all()
        return self.env["service.performance.quarter"].with_user(self.user_officer).search([])

    def test_a_quarter_is_three_locked_months(self):
        months = self.lock(1) | self.lock(2)
        self.assertFalse(self.quarters())
        months |= self.lock(3)
        quarter = self.quarters()
        self.assertEqual(quarter.employee_id, self.technician)
        self.assertEqual(str(quarter.quarter), "2026-01-01")
        self.assertEqual(quarter.answer_count, 3)
        mean = sum(Decimal(str(month.score)) for month in months) / 3
        self.assertAlmostEqual(Decimal(str(quarter.score)), mean, 2)
        self.assertEqual((quarter.worst, quarter.best), (months[0].score, months[2].score))

    def test_the_statement_prints_every_line_and_the_own_pay(self):
        self.pay_employee(self.technician, base=1000.0)
        month = self.lock(3)
        report = self.env["ir.actions.report"]
        name = "service_rating.report_performance_statement"
        html = str(report.with_user(self.user_technician)._render_qweb_html(name, month.ids)[0])
        self.assertIn(month.line_ids.order_id.name, html)
        self.assertIn(f"{month.score:.2f}", html)
        self.assertIn("Performance pay", html)
        html = str(report.with_user(self.user_officer)._render_qweb_html(name, month.ids)[0])
        self.assertNotIn("Performance pay", html)
        action = month.with_user(self.user_technician).action_print_statement()
        self.assertEqual(action["report_name"], name)
