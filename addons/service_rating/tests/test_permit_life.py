from datetime import date, timedelta

from odoo import fields
from odoo.exceptions import AccessError
from odoo.tests import freeze_time, tagged

from .common import RatingCommon


@tagged("post_install", "-at_install")
class TestPermitLife(RatingCommon):
    """A permit from its number to its end: printed, running out, withdrawn, let pass (S3-22)."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.company.certification_gate = "block"
        cls.novice = cls.make_technician(permit=False, name="Novice")
        cls.order = cls.make_order("in_repair")
        cls.job = cls.order.job_ids

    def row(self, employee, user=None):
        permits = self.env["service.permit"].with_user(user or self.user_officer)
        return permits.search([("employee_id", "=", employee.id)])

    def clock_on(self, employee):
        clockings = self.env["service.clocking"].with_user(self.user_team_leader)
        return clockings._clock_on(self.job, employee)

    def override(self, user=None, employee=None, **values):
        return (
            self.env["service.permit.override"]
            .with_user(user or self.user_manager)
            .create(
                {
                    "job_id": self.job.id,
                    "employee_id": (employee or self.novice).id,
                    "reason": "The only one who knows this gearbox",
                    **values,
                }
            )
        )

    # === NUMBER AND PRINT === #

    def test_each_permit_has_its_own_number_that_nobody_writes(self):
        numbers = [self.row(self.technician).number, self.row(self.technician_2).number]
        self.assertTrue(all(number.startswith("WP/") for number in numbers))
        self.assertNotEqual(*numbers)
        permit = self.technician.employee_skill_ids.with_user(self.user_officer)
        with self.assertRefused("withdrawn by its button"):
            permit.write({"service_number": "WP/1"})
        with self.assertRefused("given by the program"):
            permit.create({"employee_id": self.novice.id, "service_number": "WP/1"})

    def test_the_permit_is_printed_with_number_and_validity(self):
        today = fields.Date.today()
        self.give_permit(self.novice, today, today + timedelta(days=90))
        row = self.row(self.novice)
        action = row.action_print()
        html = (
            self.env["ir.actions.report"]
            .with_user(self.user_officer)
            ._render_qweb_html(action["report_name"], row.ids)[0]
            .decode()
        )
        self.assertIn(row.number, html)
        self.assertIn("Novice", html)
        self.assertIn(str((today + timedelta(days=90)).year), html)
        self.assertIn("until", html)

    def test_there_is_nothing_to_print_without_a_permit(self):
        with self.assertRefused("no valid permit"):
            self.row(self.novice).action_print()

    # === WITHDRAWAL === #

    def test_a_withdrawn_permit_stops_assignment_and_clocking_on(self):
        self.env["service.assignment"].create(
            {"job_id": self.job.id, "employee_id": self.technician.id}
        )
        wizard = self.env["service.permit.withdraw"].with_user(self.user_officer)
        row = self.row(self.technician)
        self.assertEqual(row.action_withdraw()["res_model"], wizard._name)
        wizard.create({"permit_id": row.id, "reason": "Wheel nuts left loose"}).action_confirm()
        self.assertEqual(self.row(self.technician).state, "withdrawn")
        self.assertIn("assign", self.order.message_ids[0].body)
        with self.assertRefused("no valid Work Permit"):
            self.clock_on(self.technician)
        other = self.make_order("in_repair").job_ids
        with self.assertRefused("no valid Work Permit"):
            self.env["service.assignment"].create(
                {"job_id": other.id, "employee_id": self.technician.id}
            )
        permit = self.technician.employee_skill_ids
        self.assertEqual(permit.withdrawn_by_id, self.user_officer)
        with self.assertRefused("no valid permit to withdraw"):
            self.row(self.technician)._withdraw("again")
        # a new one opens the gate again
        self.give_permit(self.technician, fields.Date.today())
        self.assertTrue(self.clock_on(self.technician))

    def test_who_may_withdraw(self):
        row = self.row(self.technician)
        for user in (self.user_team_leader, self.user_manager):
            with self.assertRefused("department or the technical manager"):
                row.with_user(user)._withdraw("no")
        with self.assertRefused("Say why"):
            row._withdraw("  ")
        own = self.make_technician(user=self.user_technical_manager)
        with self.assertRefused("his own permit"):
            self.row(own, self.user_technical_manager)._withdraw("no")

    # === OVERRIDE === #

    def test_a_manager_lets_one_job_pass_and_the_order_prints_it(self):
        with self.assertRefused("no valid"):
            self.clock_on(self.novice)
        override = self.override(user_id=self.user_officer.id)
        self.assertEqual(override.user_id, self.user_manager)
        self.assertIn("no valid Work Permit", override.missing)
        self.assertIn("gearbox", self.order.message_ids[0].body)
        self.assertTrue(self.clock_on(self.novice))
        html = (
            self.env["ir.actions.report"]
            .with_user(self.user_advisor)
            ._render_qweb_html("service_core.report_estimate", self.order.ids)[0]
            .decode()
        )
        self.assertIn("The only one who knows this gearbox", html)
        self.assertIn(self.user_manager.name, html)
        # for this job only
        other = self.make_order("in_repair").job_ids
        with self.assertRefused("no valid"):
            self.env["service.assignment"].create(
                {"job_id": other.id, "employee_id": self.novice.id}
            )

    def test_an_override_is_a_managers_and_stays(self):
        with self.assertRaises(AccessError):
            self.override(self.user_team_leader)
        own = self.make_technician(user=self.user_manager, permit=False)
        with self.assertRefused("Nobody allows himself"):
            self.override(employee=own)
        with self.assertRefused("Say why"):
            self.override(reason=" ")
        override = self.override()
        with self.assertRaises(AccessError):
            override.write({"reason": "none"})
        with self.assertRaises(AccessError):
            override.unlink()
        action = self.job.with_user(self.user_manager).action_permit_override()
        self.assertEqual(action["res_model"], override._name)

    # === RUNNING OUT === #

    @freeze_time("2026-05-04 08:00:00")
    def test_sixty_thirty_and_seven_days_ahead_the_department_is_told_once(self):
        today = date(2026, 5, 4)
        self.give_permit(self.novice, today, today + timedelta(days=60))
        late = self.make_technician(permit=False, name="Late")
        self.give_permit(late, today, today + timedelta(days=20))
        far = self.make_technician(permit=False, name="Far")
        self.give_permit(far, today, today + timedelta(days=61))
        notices = self.env["service.permit.notice"]
        mine = [("employee_id", "in", (self.novice | late | far).ids)]
        notices._cron_warn()
        notices._cron_warn()
        found = notices.search(mine)
        self.assertEqual(
            {(notice.employee_id, notice.days) for notice in found},
            {(self.novice, "60"), (late, "30")},
        )
        hours = self.novice.resource_calendar_id.hours_per_week
        self.assertGreater(hours, 0)
        self.assertEqual(found.mapped("weekly_hours"), [hours, hours])
        self.assertEqual(len(found.activity_ids), 2)
        self.assertIn(f"{hours:g} hours", found.activity_ids[0].summary)
        self.assertEqual(found.with_user(self.user_officer).mapped("is_open"), [True, True])
        for day, expected in ((32, 3), (55, 5), (56, 5)):
            with freeze_time(today + timedelta(days=day)):
                notices._cron_warn()
                self.assertEqual(
                    notices.search_count([("employee_id", "in", (self.novice | far).ids)]),
                    expected,
                    f"day {day}",
                )
        steps = notices.search([("employee_id", "=", self.novice.id)])
        self.assertEqual(set(steps.mapped("days")), {"60", "30", "7"})
        # only the last word is open
        self.assertEqual(steps.filtered("is_open").days, "7")
        self.assertEqual(len(steps.activity_ids), 1)

    @freeze_time("2026-05-04 08:00:00")
    def test_what_is_renewed_in_time_is_told_no_more(self):
        today = date(2026, 5, 4)
        self.give_permit(self.novice, today, today + timedelta(days=10))
        notices = self.env["service.permit.notice"]
        notices._cron_warn()
        notice = notices.search([("employee_id", "=", self.novice.id)])
        self.assertTrue(notice.activity_ids)
        self.give_permit(self.novice, today + timedelta(days=11), today + timedelta(days=400))
        notices._cron_warn()
        self.assertFalse(notice.is_open)
        self.assertFalse(notice.activity_ids)
        self.assertEqual(notices.search([("employee_id", "=", self.novice.id)]), notice)

    # === LEVEL === #

    def test_a_job_above_somebodys_level_is_noted_at_assignment(self):
        self.operation.service_level = "4"
        self.technician.service_level = "2"
        assignments = self.env["service.assignment"].with_user(self.user_team_leader)
        assignment = assignments.create({"job_id": self.job.id, "employee_id": self.technician.id})
        self.assertEqual(assignment.service_level, "2")
        self.assertIn("asks for level 4 - senior", self.order.message_ids[0].body)
        before = self.order.message_ids
        self.technician_2.service_level = "5"
        assignments.create({"job_id": self.job.id, "employee_id": self.technician_2.id})
        self.assertEqual(self.order.message_ids, before)
        self.assertEqual(self.row(self.technician).service_level, "2")
