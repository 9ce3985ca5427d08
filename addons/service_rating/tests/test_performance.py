from datetime import date, datetime
from decimal import Decimal
from fractions import Fraction

from psycopg2 import IntegrityError

from odoo.exceptions import UserError
from odoo.tests import freeze_time, tagged
from odoo.tools import mute_logger

from ..rules import performance_lifecycle as life
from .common import IN_MONTH, MONTH, RatingCommon

APRIL = date(2026, 4, 1)


@tagged("post_install", "-at_install")
class TestPerformance(RatingCommon):
    """A month: computed, explained, checked by one, locked by another."""

    def rate(self, technical=100, attitude=100, at=IN_MONTH, hours=None):
        return self.vote(self.make_rating(self.make_worked_order(hours)), technical, attitude, at)

    def compute(self, *employees, month=MONTH):
        months = self.env["service.performance"]
        for employee in employees or (self.technician,):
            months |= self.make_month(employee, month)
        months.with_user(self.user_officer).action_compute()
        return months

    # === ARITHMETIC === #

    def test_score_follows_the_sentence(self):
        """(n x raw + k x unit mean) / (n + k), from an independent calculation."""
        self.rate(technical=200, attitude=50)
        self.rate(technical=0, attitude=150)
        self.rate(technical=80, attitude=100, hours={self.technician_2: 1.0})
        technician, advisor, second = self.compute(self.technician, self.advisor, self.technician_2)
        technical = Fraction(200 + 0 + 80, 3)
        attitude = Fraction(50 + 150 + 100, 3)
        mean = (technical + attitude) / 2
        self.assertEqual(technician.answer_count, 2)
        self.assertAlmostEqual(technician.raw_score, 100.0)
        self.assertAlmostEqual(technician.unit_mean, float(mean), 6)
        self.assertAlmostEqual(technician.score, round(float((2 * 100 + 5 * mean) / 7), 2))
        self.assertEqual(advisor.answer_count, 3)
        self.assertAlmostEqual(advisor.score, round(float((3 * attitude + 5 * mean) / 8), 2))
        self.assertAlmostEqual(second.score, round(float((80 + 5 * mean) / 6), 2))

    def test_who_holds_both_dimensions_is_weighted_by_policy(self):
        self.policy.write({"technical_weight": 80.0, "attitude_weight": 20.0, "shrinkage": 0.0})
        self.rate(technical=150, attitude=50, hours={self.advisor: 1.0})
        month = self.compute(self.advisor)
        self.assertEqual(month.raw_score, 130.0)
        self.assertEqual(month.score, 130.0)
        self.assertEqual(month.answer_count, 1)

    def test_shares_weigh_a_rating(self):
        self.policy.shrinkage = 0.0
        self.rate(technical=200, hours={self.technician: 3.0, self.technician_2: 1.0})
        self.rate(technical=0)
        month = self.compute()
        # 0.75 of 200 and the whole of 0
        self.assertAlmostEqual(month.score, round(0.75 * 200 / 1.75, 2))

    def test_without_answers_the_unit_mean_is_paid_and_said(self):
        self.rate(technical=60, attitude=60)
        month = self.compute(self.technician_2)
        self.assertEqual((month.answer_count, month.score), (0, 60.0))
        self.assertIn("unit mean", month.explanation)
        self.assertEqual(month.line_ids.mapped("kind"), ["unit"])
        self.assertEqual(month.line_ids.points, 60.0)

    def test_a_unit_without_answers_counts_100(self):
        month = self.compute()
        self.assertEqual((month.unit_mean, month.score), (100.0, 100.0))

    def test_the_ledger_adds_up_to_the_score(self):
        for technical, attitude in ((70, 130), (90, 10), (-50, 200), (110, 110)):
            self.rate(
                technical,
                attitude,
                hours={self.technician: 1.0, self.technician_2: 2.0, self.advisor: 4.0},
            )
        for month in self.compute(self.technician, self.technician_2, self.advisor):
            points = sum(Decimal(f"{line.points:.6f}") for line in month.score_line_ids)
            self.assertEqual(points, Decimal(str(month.score)))

    def test_each_line_names_its_cause(self):
        rating = self.rate(technical=150)
        month = self.compute()
        line = month.line_ids.filtered(lambda line: line.kind == "rating")
        self.assertEqual(line.share_id.rating_id, rating)
        self.assertEqual(line.order_id, rating.order_id)
        self.assertEqual(line.vehicle_id, rating.order_id.vehicle_id)
        self.assertEqual((line.dimension, line.given, line.weight), ("technical", 150, 1.0))
        self.assertIn("1 x 150.00", month.explanation)

    def test_computing_again_gives_the_same_ledger(self):
        self.rate(technical=150)
        month = self.compute()
        before = [(line.kind, line.points, line.share_id) for line in month.line_ids]
        for _again in range(3):
            month.with_user(self.user_officer).action_compute()
        after = [(line.kind, line.points, line.share_id) for line in month.line_ids]
        self.assertEqual(before, after)

    def test_a_new_vote_changes_an_open_month(self):
        self.policy.shrinkage = 0.0
        self.rate(technical=150)
        month = self.compute()
        self.rate(technical=50)
        month.with_user(self.user_officer).action_compute()
        self.assertEqual((month.answer_count, month.score), (2, 100.0))

    def test_a_processed_rating_counts_like_a_submitted_one(self):
        self.policy.shrinkage = 0.0
        rating = self.rate(technical=150)
        rating.with_user(self.user_officer).action_process()
        self.assertEqual(self.compute().score, 150.0)

    # === TIME === #

    def test_a_month_ends_in_the_branchs_own_time_zone(self):
        self.company.partner_id.tz = "Pacific/Auckland"
        self.policy.shrinkage = 0.0
        # the first half hour of April in Auckland, still March in Greenwich
        self.rate(technical=0, at=datetime(2026, 3, 31, 11, 30))
        # the last half hour of March in Auckland
        self.rate(technical=200, at=datetime(2026, 3, 31, 10, 30))
        self.assertEqual(self.compute().score, 200.0)
        self.assertEqual(self.compute(month=APRIL).score, 0.0)

    def test_summer_time_moves_no_vote_into_another_month(self):
        self.company.partner_id.tz = "Europe/Madrid"
        start, end = self.company._service_month_bounds(MONTH)
        self.assertEqual(start, datetime(2026, 2, 28, 23, 0))
        self.assertEqual(end, datetime(2026, 3, 31, 22, 0))

    def test_policies_follow_their_date(self):
        self.env["service.performance.policy"].create(
            {"name": "From April", "date_from": APRIL, "shrinkage": 0.0}
        )
        self.rate(technical=160)
        self.rate(technical=160, at=datetime(2026, 4, 10))
        self.assertEqual(self.compute().policy_id, self.policy)
        self.assertEqual(self.compute(month=APRIL).score, 160.0)

    # === LATE FACTS === #

    def test_a_vote_the_lock_had_missed_enters_the_next_open_month(self):
        self.policy.shrinkage = 0.0
        march = self.close_month(self.make_month())
        self.rate(technical=0)
        self.rate(technical=100, at=datetime(2026, 4, 10))
        april = self.compute(month=APRIL)
        self.assertEqual((april.answer_count, april.score), (2, 50.0))
        late = april.line_ids.filtered("note")
        self.assertIn("before an earlier month was locked", late.note)
        self.assertEqual(march.score, 100.0)

    def test_an_open_months_vote_stays_in_its_month(self):
        self.make_month()
        self.rate(technical=0)
        self.assertEqual(self.compute(month=APRIL).answer_count, 0)

    def correct(self, points, **values):
        return (
            self.env["service.performance.correction"]
            .with_user(self.user_officer)
            .create(
                {
                    "employee_id": self.technician.id,
                    "corrected_month": MONTH,
                    "points": points,
                    "reason": "Comeback confirmed on 2 April",
                    **values,
                }
            )
        )

    def test_a_correction_enters_the_next_open_month_once(self):
        self.close_month(self.make_month())
        correction = self.correct(-12.5)
        april = self.compute(month=APRIL)
        self.assertEqual((april.score, april.correction_points), (87.5, -12.5))
        self.assertEqual(correction.counted_in, april)
        may = self.compute(month=date(2026, 5, 1))
        self.assertEqual(may.score, 100.0)
        april.with_user(self.user_officer).action_compute()
        self.assertEqual(april.score, 87.5)

    def test_corrections_keep_a_score_in_its_bounds(self):
        self.close_month(self.make_month())
        self.correct(150.0)
        april = self.compute(month=APRIL)
        self.assertEqual(april.score, 200.0)
        self.assertEqual(
            {line.kind: line.points for line in april.line_ids},
            {"unit": 100.0, "correction": 150.0, "limit": -50.0},
        )

    def test_only_a_locked_month_is_corrected(self):
        self.make_month()
        with self.assertRefused("Only a locked month"):
            self.correct(5.0)

    def test_nobody_corrects_his_own_score(self):
        own = self.env["hr.employee"].create({"name": "O", "user_id": self.user_officer.id})
        self.close_month_of(own)
        with self.assertRefused("Nobody corrects his own"):
            self.correct(5.0, employee_id=own.id)

    def close_month_of(self, employee):
        month = self.make_month(employee)
        month.with_user(self.user_officer).action_compute()
        month.with_user(self.user_officer_2).action_check()
        month.with_user(self.user_manager).action_lock()
        return month

    def test_a_counted_correction_is_neither_changed_nor_deleted(self):
        self.close_month(self.make_month())
        correction = self.correct(5.0)
        self.compute(month=APRIL)
        with self.assertRefused("already counted"):
            correction.points = 50.0
        with self.assertRefused("already counted"):
            correction.unlink()

    # === WHO === #

    def test_who_checks_does_not_lock(self):
        month = self.compute()
        month.with_user(self.user_officer).action_check()
        with self.assertRefused("You checked"):
            month.with_user(self.user_officer).action_lock()
        month.with_user(self.user_hr).action_lock()
        self.assertEqual(month.state, "locked")
        self.assertEqual(month.checked_by_id, self.user_officer)
        self.assertEqual(month.locked_by_id, self.user_hr)

    def test_the_database_too_wants_two_people(self):
        month = self.close_month(self.make_month(), "checked")
        self.env.flush_all()
        with (
            self.assertRaises(IntegrityError),
            mute_logger("odoo.sql_db"),
            self.env.cr.savepoint(),
        ):
            self.env.cr.execute(
                "UPDATE service_performance SET state = 'locked', locked_by_id = checked_by_id "
                "WHERE id = %s",
                (month.id,),
            )

    def test_nobody_checks_or_locks_his_own_month(self):
        for user in (self.user_officer, self.user_manager):
            self.env["hr.employee"].create({"name": user.name, "user_id": user.id})
        own = self.compute(self.user_officer.employee_ids)
        with self.assertRefused("your own month"):
            own.with_user(self.user_officer).action_check()
        boss = self.compute(self.user_manager.employee_ids)
        boss.with_user(self.user_officer).action_check()
        with self.assertRefused("your own month"):
            boss.with_user(self.user_manager).action_lock()

    def test_verbs_belong_to_roles(self):
        month = self.compute()
        for user in (self.user_advisor, self.user_technician, self.user_manager, self.user_hr):
            for verb in ("compute", "check"):
                with self.assertRaises(UserError):
                    getattr(month.with_user(user), f"action_{verb}")()
        month.with_user(self.user_officer).action_check()
        for user in (self.user_advisor, self.user_technician, self.user_technical_manager):
            for verb in ("lock", "reopen"):
                with self.assertRaises(UserError):
                    getattr(month.with_user(user), f"action_{verb}")()

    def test_a_month_is_checked_after_it_has_ended(self):
        with freeze_time("2026-03-20 12:00:00"):
            month = self.compute()
            with self.assertRefused("the month had not ended"):
                month.with_user(self.user_officer).action_check()
        with freeze_time("2026-04-02 12:00:00"):
            # what was computed before the end is computed again first
            with self.assertRefused("the month had not ended"):
                month.with_user(self.user_officer).action_check()
            month.with_user(self.user_officer).action_compute()
            month.with_user(self.user_officer).action_check()

    def test_a_check_is_taken_back(self):
        month = self.close_month(self.make_month(), "checked")
        month.with_user(self.user_manager).action_reopen()
        self.assertEqual(month.state, "draft")
        self.assertFalse(month.checked_by_id)

    def test_several_months_go_together(self):
        months = self.make_month(self.technician) | self.make_month(self.technician_2)
        self.close_month(months)
        self.assertEqual(months.mapped("state"), ["locked", "locked"])

    def test_every_state_and_verb(self):
        for state, _label in life.STATES:
            month = self.make_month(self.make_technician())
            if state != life.DRAFT:
                self.close_month(month, state)
            for verb in life.PERFORMANCE.verbs:
                if life.PERFORMANCE.allows(verb, state):
                    month._lifecycle_check(verb)
                else:
                    with self.assertRaises(UserError):
                        month._lifecycle_check(verb)
            if state == life.LOCKED:
                for verb in ("compute", "check", "reopen", "lock"):
                    with self.assertRefused("possible only while"):
                        getattr(month.with_user(self.user_officer), f"action_{verb}")()

    # === LOCKED === #

    def test_a_locked_month_is_never_changed(self):
        month = self.close_month(self.make_month())
        for vals in ({"score": 200.0}, {"employee_id": self.advisor.id}, {"month": APRIL}):
            with self.assertRefused("is locked"):
                month.sudo().write(vals)
        with self.assertRefused():
            month.sudo().state = "draft"
        with self.assertRefused("payslip only"):
            month.sudo().payslip_id = False
        with self.assertRefused("stays"):
            month.sudo().unlink()

    def test_the_conversation_about_a_locked_month_goes_on(self):
        month = self.close_month(self.make_month())
        month.with_user(self.user_technician).message_post(body="Why 100?")
        self.assertIn("Why 100?", month.message_ids[0].body)

    def test_the_ledger_is_written_by_computing_only(self):
        month = self.compute()
        line = month.line_ids[0]
        with self.assertRefused("never changed"):
            line.sudo().points = 500.0
        with self.assertRefused("by computing"):
            line.sudo().unlink()
        with self.assertRefused("by computing"):
            line.sudo().create({"performance_id": month.id, "kind": "limit"})

    def test_a_checked_month_is_not_computed(self):
        month = self.close_month(self.make_month(), "checked")
        with self.assertRefused("possible only while"):
            month.with_user(self.user_officer).action_compute()

    def test_a_draft_goes_with_its_ledger(self):
        month = self.compute()
        lines = month.line_ids
        month.unlink()
        self.assertFalse(lines.exists())

    def test_a_person_has_one_row_a_month(self):
        self.make_month()
        with self.assertRaises(IntegrityError), mute_logger("odoo.sql_db"):
            self.make_month()

    def test_a_month_is_its_first_day(self):
        with self.assertRaises(IntegrityError), mute_logger("odoo.sql_db"):
            self.make_month(month=date(2026, 3, 2))

    # === OPENING === #

    def open_month(self, month=MONTH):
        wizard = (
            self.env["service.performance.month"]
            .with_user(self.user_officer)
            .create({"month": month})
        )
        return wizard, wizard.action_compute()

    def test_one_click_opens_everybody_who_is_scored_or_paid(self):
        self.rate()
        self.pay_employee(self.technician_2)
        _wizard, action = self.open_month(date(2026, 3, 17))
        months = self.env["service.performance"].search(action["domain"])
        self.assertEqual(
            set(months.employee_id), {self.technician, self.advisor, self.technician_2}
        )
        self.assertEqual(set(months.mapped("month")), {MONTH})
        self.assertTrue(all(months.mapped("computed_at")))

    def test_opening_again_leaves_checked_rows_alone(self):
        self.rate()
        self.close_month(self.make_month(), "checked")
        _wizard, action = self.open_month()
        states = self.env["service.performance"].search(action["domain"]).grouped("state")
        self.assertEqual(states["checked"].employee_id, self.technician)
        self.assertEqual(states["draft"].employee_id, self.advisor)

    def test_only_the_department_opens_a_month(self):
        wizard, _action = self.open_month()
        with self.assertRefused("customer-service department"):
            wizard.with_user(self.user_manager).sudo().action_compute()

    def test_another_branchs_month_is_not_opened(self):
        other = self.env["res.company"].create({"name": "Other Branch"})
        wizard, _action = self.open_month()
        wizard.sudo().company_id = other
        with self.assertRefused("Switch to this branch"):
            wizard.action_compute()

    def test_the_default_is_the_month_that_has_ended(self):
        with freeze_time("2026-01-03 12:00:00"):
            self.assertEqual(self.env["service.performance.month"].new().month, date(2025, 12, 1))

    def test_the_nightly_job_computes_the_month_that_has_ended(self):
        self.rate(technical=150)
        cron = self.env.ref("service_rating.ir_cron_compute_month")
        with freeze_time("2026-04-02 03:00:00"), self.enter_registry_test_mode():
            cron.method_direct_trigger()
        month = self.env["service.performance"].search(
            [("employee_id", "=", self.technician.id), ("month", "=", MONTH)]
        )
        self.assertEqual((month.state, month.answer_count), ("draft", 1))
        stamp = month.computed_at
        with freeze_time("2026-04-03 03:00:00"), self.enter_registry_test_mode():
            cron.method_direct_trigger()
        self.assertEqual(month.computed_at, stamp)

    # === COST === #

    def test_computing_takes_no_query_per_rating(self):
        for _n in range(3):
            self.rate(hours={self.technician: 1.0})
        # from the second time on there is a ledger to write anew
        month = self.compute()
        self.env.flush_all()
        counts = []
        for _round in range(2):
            self.env.invalidate_all()
            before = self.env.cr.sql_log_count
            month.sudo()._do_compute()
            self.env.flush_all()
            counts.append(self.env.cr.sql_log_count - before)
            for _n in range(4):
                self.rate(hours={self.technician: 1.0})
            self.env.flush_all()
        self.assertLessEqual(counts[1], counts[0] + 2)
