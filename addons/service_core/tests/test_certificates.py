from datetime import date, datetime

from odoo.tests import freeze_time, tagged

from .common import ServiceCommon


@tagged("post_install", "-at_install")
@freeze_time("2026-03-02 08:00:00")
class TestCertificates(ServiceCommon):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.permit = cls.env.ref("service_core.skill_work_permit")
        cls.voltage = cls.env.ref("service_core.skill_high_voltage")
        cls.person = cls.make_technician(name="Person", permit=False)
        cls.colleague = cls.make_technician(name="Colleague", permit=False)

    def holds(self, skills, on_date):
        return (self.person | self.colleague)._service_certified(skills, on_date)

    def test_first_and_last_day_count(self):
        self.give_permit(self.person, valid_from="2026-01-10", valid_to="2026-02-10")
        for day, valid in (
            (date(2026, 1, 9), False),
            (date(2026, 1, 10), True),
            (date(2026, 2, 10), True),
            (date(2026, 2, 11), False),
        ):
            self.assertEqual(bool(self.holds(self.permit, day)), valid, day)

    def test_without_an_end_it_stays_valid(self):
        self.give_permit(self.person, valid_from="2026-01-10")
        self.assertEqual(self.holds(self.permit, date(2040, 1, 1)), self.person)

    def test_any_valid_period_will_do(self):
        self.give_permit(self.person, valid_from="2025-01-01", valid_to="2025-12-31")
        self.give_permit(self.person, valid_from="2026-06-01", valid_to="2026-12-31")
        self.assertFalse(self.holds(self.permit, date(2026, 3, 1)))
        self.assertEqual(self.holds(self.permit, date(2026, 7, 1)), self.person)

    def test_all_of_them_are_needed(self):
        self.give_permit(self.person)
        self.give_permit(self.colleague)
        self.give_permit(self.colleague, skill=self.voltage)
        self.assertEqual(self.holds(self.permit | self.voltage, date(2026, 3, 2)), self.colleague)
        self.assertEqual(self.holds(self.permit, date(2026, 3, 2)), self.person | self.colleague)

    def test_an_ordinary_skill_is_no_certificate(self):
        hobby = self.env["hr.skill.type"].create({"name": "Hobbies"})
        level = self.env["hr.skill.level"].create({"name": "Fan", "skill_type_id": hobby.id})
        skill = self.env["hr.skill"].create({"name": "Welding", "skill_type_id": hobby.id})
        self.env["hr.employee.skill"].create(
            {
                "employee_id": self.person.id,
                "skill_type_id": hobby.id,
                "skill_id": skill.id,
                "skill_level_id": level.id,
                "valid_from": "2020-01-01",
            }
        )
        self.assertFalse(self.holds(skill, date(2026, 3, 2)))

    def test_one_query_for_many(self):
        people = self.env["hr.employee"]
        for number in range(20):
            people |= self.make_technician(name=f"Person {number}")
        self.env.flush_all()
        self.env.invalidate_all()
        with self.assertQueryCount(2):
            self.assertEqual(len(people._service_certified(self.permit, date(2026, 3, 2))), 20)

    def test_the_gap_names_what_is_missing(self):
        self.give_permit(self.colleague)
        self.operation.required_skill_ids = self.voltage
        job = self.make_order().job_ids
        gaps = (self.person | self.colleague)._service_permit_gap(job, datetime(2026, 3, 2, 9))
        self.assertIn("Work Permit, High-Voltage", gaps[self.person])
        self.assertIn("no valid High-Voltage Systems on 2026-03-02", gaps[self.colleague])
        self.give_permit(self.colleague, skill=self.voltage)
        gaps = self.colleague._service_permit_gap(job, datetime(2026, 3, 2, 9))
        self.assertEqual(gaps, {self.colleague: False})

    def test_the_day_is_the_branchs_day(self):
        self.company.partner_id.tz = "Asia/Shanghai"
        self.give_permit(self.person, valid_from="2026-03-03")
        job = self.make_order().job_ids
        evening = datetime(2026, 3, 2, 17)  # the 3rd in Shanghai
        self.assertEqual(self.person._service_permit_gap(job, evening), {self.person: False})
        self.company.partner_id.tz = "UTC"
        self.assertTrue(self.person._service_permit_gap(job, evening)[self.person])

    def test_a_planner_learns_it_without_reading_the_file(self):
        planner = self.env["hr.employee"].with_user(self.user_team_leader)
        job = self.make_order().job_ids.with_user(self.user_team_leader)
        gaps = planner.browse(self.person.id)._service_permit_gap(job, datetime(2026, 3, 2, 9))
        self.assertIn("Person has no valid Work Permit", next(iter(gaps.values())))

    def test_a_technician_is_picked_from_the_public_list(self):
        found = (
            self.env["hr.employee"]
            .with_user(self.user_team_leader)
            .search([("service_technician", "=", True), ("name", "=", "Person")])
        )
        self.assertEqual(found.id, self.person.id)
