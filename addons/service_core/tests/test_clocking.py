from datetime import timedelta

from psycopg2 import IntegrityError

from odoo import fields
from odoo.exceptions import AccessError, UserError, ValidationError
from odoo.tests import Form, freeze_time, tagged
from odoo.tools import mute_logger

from .common import ServiceCommon


@tagged("post_install", "-at_install")
@freeze_time("2026-03-02 08:00:00")
class TestClocking(ServiceCommon):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.clockings = cls.env["service.clocking"]
        cls.order = cls.make_order(state="in_repair")
        cls.job = cls.order.job_ids
        cls.other_user = cls.make_user("technician2", "service_core.group_service_technician")
        cls.other = cls.make_technician(user=cls.other_user)

    def on(self, job=None, employee=None, user=None, when=None):
        employee = employee or self.technician
        user = user or self.user_technician
        return self.clockings.with_user(user)._clock_on(
            (job or self.job).with_user(user), employee.with_user(user), when
        )

    # === THE ROAD === #

    def test_on_pause_on_off(self):
        start = fields.Datetime.now()
        first = self.on(when=start)
        self.assertTrue(self.job.is_clocked)
        first._pause("parts", when=start + timedelta(minutes=30))
        second = self.on(when=start + timedelta(minutes=45))
        second._clock_off(when=start + timedelta(minutes=75))
        self.assertEqual(first.pause_reason, "parts")
        self.assertFalse(second.pause_reason)
        self.assertEqual((first | second).mapped("duration"), [0.5, 0.5])
        self.assertEqual(self.job.clocked_hours, 1.0)
        self.assertFalse(self.job.is_clocked)
        self.assertEqual(self.order.clocking_ids, first | second)

    def test_several_technicians_on_one_job(self):
        self.on()
        self.on(employee=self.other, user=self.other_user)
        self.assertEqual(self.job.technician_ids, self.technician | self.other)

    def test_a_helper_is_assigned_by_helping(self):
        self.on(employee=self.other, user=self.other_user)
        self.assertEqual(self.job.assignment_ids.employee_id, self.other)

    def test_who_is_assigned_is_not_assigned_twice(self):
        self.env["service.assignment"].create(
            {"job_id": self.job.id, "employee_id": self.technician.id}
        )
        self.on()
        self.assertEqual(len(self.job.assignment_ids), 1)

    # === ONE AT A TIME === #

    def test_nobody_works_on_two_cars_at_once(self):
        self.on()
        second = self.make_order(state="in_repair")
        with self.assertRaisesRegex(UserError, "still clocked on .* pause it with a reason"):
            self.on(job=second.job_ids)

    @mute_logger("odoo.sql_db")
    def test_the_database_allows_one_running_clocking(self):
        self.on()
        self.env.flush_all()
        with self.assertRaises(IntegrityError):
            self.env.cr.execute(
                """
                INSERT INTO service_clocking (employee_id, job_id, start)
                VALUES (%s, %s, now())
                """,
                (self.technician.id, self.job.id),
            )

    def test_times_of_one_person_do_not_overlap(self):
        start = fields.Datetime.now()
        self.on(when=start)._clock_off(when=start + timedelta(hours=1))
        with self.assertRaisesRegex(ValidationError, "was already on"), self.env.cr.savepoint():
            self.clockings.create(
                {
                    "employee_id": self.technician.id,
                    "job_id": self.job.id,
                    "start": start + timedelta(minutes=59),
                    "stop": start + timedelta(minutes=90),
                }
            )
        self.clockings.create(
            {
                "employee_id": self.technician.id,
                "job_id": self.job.id,
                "start": start + timedelta(minutes=60),
                "stop": start + timedelta(minutes=90),
            }
        )

    def test_a_running_clocking_overlaps_what_comes_after_it(self):
        start = fields.Datetime.now()
        self.on(when=start)
        with self.assertRaisesRegex(ValidationError, "was already on"), self.env.cr.savepoint():
            self.clockings.create(
                {
                    "employee_id": self.technician.id,
                    "job_id": self.job.id,
                    "start": start + timedelta(hours=1),
                    "stop": start + timedelta(hours=2),
                }
            )

    @mute_logger("odoo.sql_db")
    def test_work_does_not_stop_before_it_starts(self):
        clocking = self.on()
        with self.assertRaises(IntegrityError):
            clocking._clock_off(when=fields.Datetime.now() - timedelta(hours=1))

    # === WHO === #

    def test_a_technician_does_not_clock_a_colleague(self):
        with self.assertRaisesRegex(AccessError, "your own work"):
            self.on(employee=self.other)

    def test_a_technician_does_not_pause_or_stop_a_colleague(self):
        clocking = self.on()
        with self.assertRaises(AccessError):
            clocking.with_user(self.other_user)._pause("break")
        with self.assertRaises(AccessError):
            clocking.with_user(self.other_user)._clock_off()

    def test_a_team_leader_clocks_anybody(self):
        clocking = self.on(user=self.user_team_leader)
        clocking.with_user(self.user_team_leader)._clock_off()
        self.assertTrue(clocking.stop)

    def test_a_manager_clocks_anybody(self):
        self.assertTrue(self.on(user=self.user_manager))

    def test_an_advisor_does_not_clock(self):
        with self.assertRaisesRegex(AccessError, "Only technicians"):
            self.on(user=self.user_advisor)

    def test_somebody_without_a_card_clocks_nobody(self):
        stranger = self.make_user("nocard", "service_core.group_service_technician")
        with self.assertRaises(AccessError):
            self.on(user=stranger)

    # === WHEN === #

    def test_a_repair_is_clocked_only_in_repair(self):
        for state in ("draft", "booked", "received", "quoted", "agreed", "in_inspection", "ready"):
            order = self.make_order(state=state)
            with self.assertRaisesRegex(UserError, "not in repair", msg=state):
                self.on(job=order.job_ids)

    def test_a_diagnosis_is_clocked_from_reception(self):
        order = self.make_order(
            state="booked", kind_id=self.kind_repair.id, jobs=[{"kind": "diagnosis"}]
        )
        with self.assertRaisesRegex(UserError, "diagnosis can be clocked"):
            self.on(job=order.job_ids)
        self.drive(order, "received")
        self.on(job=order.job_ids)._clock_off()
        self.drive(order, "quoted")
        self.on(job=order.job_ids)

    def test_work_that_nobody_agreed_to_is_not_clocked(self):
        extra = self.make_job(self.order)
        with self.assertRaisesRegex(UserError, "not approved"):
            self.on(job=extra)

    def test_finishing_the_order_closes_what_runs(self):
        clocking = self.on()
        self.order.with_user(self.user_parts).action_issue_parts()
        self.order.with_user(self.user_team_leader).action_finish()
        self.assertEqual(clocking.stop, fields.Datetime.now())

    def test_a_pause_needs_a_reason_of_the_list(self):
        clocking = self.on()
        for reason in (False, "", "nonsense"):
            with self.assertRaisesRegex(UserError, "Choose the reason"):
                clocking._pause(reason)

    def test_what_does_not_run_is_not_paused_or_stopped(self):
        clocking = self.on()
        clocking._clock_off()
        with self.assertRaisesRegex(UserError, "Nobody is clocked on"):
            clocking._pause("break")
        with self.assertRaisesRegex(UserError, "Nobody is clocked on"):
            clocking._clock_off()

    # === PERMIT === #

    def test_a_lapsed_permit_is_noted_on_the_order_at_clock_on(self):
        self.env["service.assignment"].create(
            {"job_id": self.job.id, "employee_id": self.technician.id}
        )
        self.env["hr.employee.skill"].search(
            [("employee_id", "=", self.technician.id)]
        ).valid_to = "2026-03-01"
        self.on()
        self.assertIn("has no valid Work Permit", self.order.message_ids[0].body)

    # === CORRECTIONS === #

    def test_a_manager_corrects_a_forgotten_time_and_it_shows(self):
        clocking = self.on()
        clocking._clock_off()
        clocking.with_user(self.user_manager).stop = "2026-03-02 09:00:00"
        self.assertEqual(clocking.duration, 1.0)
        self.assertIn("corrected", self.order.message_ids[0].body)

    def test_who_did_what_is_not_corrected(self):
        clocking = self.on()
        with self.assertRaisesRegex(UserError, "Only the times"):
            clocking.with_user(self.user_manager).employee_id = self.other
        with self.assertRaises(AccessError):
            clocking.with_user(self.user_technician).stop = "2026-03-02 09:00:00"

    # === BUTTONS === #

    def test_my_jobs_with_its_three_buttons(self):
        assignment = self.env["service.assignment"].create(
            {"job_id": self.job.id, "employee_id": self.technician.id}
        )
        mine = self.env["service.assignment"].with_user(self.user_technician)
        card = mine.search([("is_mine", "=", True), ("job_id", "=", self.job.id)])
        self.assertEqual(card, assignment)
        self.assertTrue(card.is_mine)
        self.assertFalse(card.with_user(self.other_user).is_mine)
        card.action_clock_on()
        card.invalidate_recordset()
        self.assertTrue(card.is_running)
        action = card.action_pause()
        form = Form(
            self.env[action["res_model"]]
            .with_user(self.user_technician)
            .with_context(**action["context"])
        )
        form.reason = "break"
        form.save().action_pause()
        card.invalidate_recordset()
        self.assertFalse(card.is_running)
        self.assertEqual(self.job.clocking_ids.pause_reason, "break")
        with self.assertRaisesRegex(UserError, "Nobody is clocked on"):
            card.action_pause()
        card.action_clock_on()
        card.action_clock_off()
        self.assertEqual(len(self.job.clocking_ids), 2)

    def test_others_jobs_are_not_mine(self):
        self.env["service.assignment"].create({"job_id": self.job.id, "employee_id": self.other.id})
        mine = self.env["service.assignment"].with_user(self.user_technician)
        self.assertFalse(mine.search([("is_mine", "=", True), ("job_id", "=", self.job.id)]))
        self.assertTrue(mine.search([("is_mine", "=", False), ("job_id", "=", self.job.id)]))
