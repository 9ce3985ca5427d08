from psycopg2 import IntegrityError

from odoo.tests import Form, freeze_time, tagged
from odoo.tools import mute_logger

from .common import ServiceCommon


@tagged("post_install", "-at_install")
@freeze_time("2026-03-02 08:00:00")
class TestAssignment(ServiceCommon):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.order = cls.make_order(state="agreed")
        cls.job = cls.order.job_ids
        cls.assignments = cls.env["service.assignment"].with_user(cls.user_team_leader)

    def assign(self, employee=None, job=None, **values):
        return self.assignments.create(
            {
                "job_id": (job or self.job).id,
                "employee_id": (employee or self.technician).id,
                **values,
            }
        )

    def test_the_plan_starts_with_the_order(self):
        assignment = self.assign()
        self.assertEqual(assignment.planned_start, self.order.planned_start)
        self.assertEqual(self.job.technician_ids, self.technician)
        self.assertIn(self.technician.name, assignment.display_name)

    def test_leader_assigns_from_the_job(self):
        action = self.job.with_user(self.user_team_leader).action_assign()
        with Form(self.assignments.with_context(**action["context"])) as form:
            form.employee_id = self.technician
        self.assertEqual(self.job.technician_ids, self.technician)

    @mute_logger("odoo.sql_db")
    def test_nobody_is_assigned_twice(self):
        self.assign()
        with self.assertRaises(IntegrityError):
            self.assign()

    @mute_logger("odoo.sql_db")
    def test_work_does_not_end_before_it_starts(self):
        with self.assertRaises(IntegrityError):
            self.assign(planned_start="2026-03-02 10:00:00", planned_end="2026-03-02 09:00:00")

    def test_overlaps_are_shown_not_forbidden(self):
        second = self.make_order(state="agreed").job_ids
        one = self.assign(planned_start="2026-03-02 10:00:00", planned_end="2026-03-02 12:00:00")
        two = self.assign(
            job=second, planned_start="2026-03-02 11:00:00", planned_end="2026-03-02 13:00:00"
        )
        third = self.assign(
            employee=self.make_technician(name="Third"),
            planned_start="2026-03-02 11:00:00",
            planned_end="2026-03-02 13:00:00",
        )
        (one | two | third).invalidate_recordset(["is_overlapping"])
        self.assertEqual((one | two | third).mapped("is_overlapping"), [True, True, False])

    def test_one_after_the_other_is_no_overlap(self):
        second = self.make_order(state="agreed").job_ids
        one = self.assign(planned_start="2026-03-02 10:00:00", planned_end="2026-03-02 12:00:00")
        two = self.assign(
            job=second, planned_start="2026-03-02 12:00:00", planned_end="2026-03-02 13:00:00"
        )
        self.assertEqual((one | two).mapped("is_overlapping"), [False, False])

    def test_a_missing_permit_is_noted_on_the_order(self):
        rookie = self.make_technician(name="Rookie", permit=False)
        self.assign(employee=rookie)
        self.assertIn("Rookie has no valid Work Permit", self.order.message_ids[0].body)

    def test_the_permit_is_looked_at_on_the_day_of_the_work(self):
        rookie = self.make_technician(name="Rookie", permit=False)
        self.give_permit(rookie, valid_from="2026-03-05")
        before = len(self.order.message_ids)
        assignment = self.assign(employee=rookie, planned_start="2026-03-06 08:00:00")
        self.assertEqual(len(self.order.message_ids), before)
        assignment.planned_start = "2026-03-04 08:00:00"
        self.assertEqual(len(self.order.message_ids), before + 1)

    def test_handing_over_to_somebody_without_permit_is_noted(self):
        assignment = self.assign()
        assignment.employee_id = self.make_technician(name="Rookie", permit=False)
        self.assertIn("Rookie", self.order.message_ids[0].body)
