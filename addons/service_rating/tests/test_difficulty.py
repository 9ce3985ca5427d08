from psycopg2 import IntegrityError

from odoo.tests import tagged
from odoo.tools import mute_logger

from .common import MONTH, RatingCommon


@tagged("post_install", "-at_install")
class TestDifficulty(RatingCommon):
    """Every repair is graded by the technical manager, never by who did it (S3-49)."""

    def make_difficulty(self, hours=None):
        order = self.make_worked_order(hours)
        return self.env["service.difficulty"].create({"job_id": order.job_ids.id})

    def test_what_waits_for_a_grade_is_listed(self):
        order = self.make_order(jobs=[{}, {"kind": "diagnosis"}, {}])
        repairs = order.job_ids.filtered(lambda job: job.kind == "repair")
        self.drive(order, "agreed")
        order._open_difficulties()
        order._open_difficulties()
        waiting = self.env["service.difficulty"].search(
            [("grade", "=", False), ("order_id", "=", order.id)]
        )
        self.assertEqual(waiting.job_id, repairs)

    def test_the_technical_manager_grades_several_at_once(self):
        waiting = self.make_difficulty() | self.make_difficulty()
        waiting.with_user(self.user_technical_manager).action_grade_4()
        self.assertEqual(waiting.mapped("grade"), ["4", "4"])
        self.assertEqual(waiting.graded_by_id, self.user_technical_manager)

    def test_each_button_gives_its_own_grade(self):
        for grade in "12345":
            waiting = self.make_difficulty().with_user(self.user_technical_manager)
            getattr(waiting, f"action_grade_{grade}")()
            self.assertEqual(waiting.grade, grade)

    def test_a_wrong_grade_is_mended_until_it_is_paid(self):
        waiting = self.make_difficulty()
        waiting.with_user(self.user_technical_manager).action_grade_4()
        waiting.with_user(self.user_technical_manager).action_grade_2()
        self.assertEqual(waiting.grade, "2")

    def test_mending_a_grade_moves_it_into_no_other_month(self):
        waiting = self.make_difficulty()
        self.grade_in_month(waiting, "4")
        at = waiting.graded_at
        month = self.make_month()
        month.with_user(self.user_officer).action_compute()
        waiting.with_user(self.user_technical_manager).action_grade_2()
        self.assertEqual(waiting.graded_at, at)
        with self.assertRefused("Compute .* again first"):
            month.with_user(self.user_officer).action_check()
        month.with_user(self.user_officer).action_compute()
        self.assertEqual(month.difficulty_points, 2.0)

    def test_months_of_many_grades_are_looked_up_together(self):
        graded = self.env["service.difficulty"].union(*(self.make_difficulty() for _one in "1234"))
        self.grade_in_month(graded, "4")
        month = self.make_month()
        month.with_user(self.user_officer).action_compute()
        queries = []
        for some in (graded[:1], graded):
            self.env.invalidate_all()
            before = self.env.cr.sql_log_count
            counting = some._months_counting()
            queries.append(self.env.cr.sql_log_count - before)
            self.assertEqual(counting, dict.fromkeys(some, month))
        self.assertEqual(*queries)

    def test_what_a_locked_month_paid_keeps_its_grade(self):
        waiting = self.make_difficulty()
        waiting.with_user(self.user_technical_manager).action_grade_4()
        self.env.flush_all()
        self.env.cr.execute(
            "UPDATE service_difficulty SET graded_at = '2026-03-05' WHERE id = %s", (waiting.id,)
        )
        waiting.invalidate_recordset()
        month = self.close_month(self.make_month(self.technician, MONTH))
        self.assertEqual(month.difficulty_points, 4.0)
        with self.assertRefused("already counted"):
            waiting.with_user(self.user_technical_manager).action_grade_5()

    def test_nobody_grades_his_own_work(self):
        manager = self.make_technician(user=self.user_technical_manager)
        waiting = self.make_difficulty({manager: 1.0})
        with self.assertRefused("your own work"):
            waiting.with_user(self.user_technical_manager).action_grade_5()

    def test_who_is_not_technical_manager_grades_nothing(self):
        waiting = self.make_difficulty()
        for user in (self.user_officer, self.user_manager, self.user_technician):
            with self.assertRefused("technical manager grades"):
                waiting.with_user(user).action_grade_5()

    def test_a_grade_is_never_written_past_the_buttons(self):
        waiting = self.make_difficulty()
        with self.assertRefused("buttons only"):
            waiting.sudo().write({"grade": "5"})

    def test_a_job_has_one_grade(self):
        waiting = self.make_difficulty()
        with self.assertRaises(IntegrityError), mute_logger("odoo.sql_db"):
            self.env["service.difficulty"].create({"job_id": waiting.job_id.id})

    def test_a_grade_belongs_to_something(self):
        with self.assertRaises(IntegrityError), mute_logger("odoo.sql_db"):
            self.env["service.difficulty"].create({})

    def test_who_did_it_is_shown(self):
        waiting = self.make_difficulty({self.technician: 1.0, self.technician_2: 1.0})
        shown = waiting.with_user(self.user_technical_manager).technician_names
        self.assertEqual(shown, f"{self.technician.name}, {self.technician_2.name}")

    # === POINTS === #

    def points(self, month):
        lines = month.line_ids.filtered(lambda line: line.kind == "difficulty")
        return {line.employee_id: line.points for line in lines}

    def grade_in_month(self, difficulty, grade):
        difficulty.with_user(self.user_technical_manager)._grade(grade)
        self.env.flush_all()
        self.env.cr.execute(
            "UPDATE service_difficulty SET graded_at = '2026-03-05' WHERE id IN %s",
            (difficulty._ids,),
        )
        difficulty.invalidate_recordset()

    def test_points_are_shared_by_clocked_hours(self):
        self.grade_in_month(
            self.make_difficulty({self.technician: 3.0, self.technician_2: 1.0}), "4"
        )
        months = self.make_month(self.technician) | self.make_month(self.technician_2)
        months.with_user(self.user_officer).action_compute()
        self.assertEqual(months.mapped("difficulty_points"), [3.0, 1.0])
        self.assertEqual(self.points(months[0]), {self.technician: 3.0})

    def test_nobody_clocked_then_the_assigned_share_equally(self):
        order = self.make_order(jobs=[{}])
        for employee in (self.technician, self.technician_2):
            self.env["service.assignment"].create(
                {"job_id": order.job_ids.id, "employee_id": employee.id}
            )
        self.grade_in_month(
            self.env["service.difficulty"].create({"job_id": order.job_ids.id}), "5"
        )
        month = self.make_month(self.technician_2)
        month.with_user(self.user_officer).action_compute()
        self.assertEqual(month.difficulty_points, 2.5)

    def test_a_late_grade_counts_in_the_month_it_was_given(self):
        self.make_difficulty().with_user(self.user_technical_manager).action_grade_5()
        month = self.make_month()
        month.with_user(self.user_officer).action_compute()
        self.assertEqual(month.difficulty_points, 0.0)
