from datetime import date, datetime, timedelta

from odoo import fields
from odoo.exceptions import AccessError
from odoo.tests import freeze_time, tagged

from .common import RatingCommon


@tagged("post_install", "-at_install")
class TestPermit(RatingCommon):
    """Nobody works on a car without a permit, and nobody gives himself one (S3-21, S3-22)."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.company.certification_gate = "block"
        cls.novice = cls.make_technician(permit=False, name="Novice")
        cls.skill = cls.env.ref("service_core.skill_work_permit")
        cls.job = cls.make_order("in_repair").job_ids

    def assign(self, employee, job=None, when=False):
        return (
            self.env["service.assignment"]
            .with_user(self.user_team_leader)
            .create(
                {
                    "job_id": (job or self.job).id,
                    "employee_id": employee.id,
                    "planned_start": when or fields.Datetime.now(),
                }
            )
        )

    def clock_on(self, employee, job=None):
        return (
            self.env["service.clocking"]
            .with_user(self.user_team_leader)
            ._clock_on(job or self.job, employee)
        )

    # === GATE === #

    def test_without_a_permit_nobody_is_assigned(self):
        with self.assertRefused("Novice has no valid Work Permit"):
            self.assign(self.novice)

    def test_without_a_permit_nobody_clocks_on(self):
        with self.assertRefused("Novice has no valid Work Permit"):
            self.clock_on(self.novice)

    def test_with_a_permit_work_begins(self):
        self.assign(self.technician)
        self.assertTrue(self.clock_on(self.technician))

    def test_a_permit_that_lapsed_since_planning_stops_clocking_on(self):
        expiring = self.make_technician(permit=False, name="Expiring")
        today = fields.Date.today()
        permit = self.give_permit(expiring, valid_to=today)
        self.assign(expiring)
        permit.valid_to = today - timedelta(days=1)
        with self.assertRefused("no valid"):
            self.clock_on(expiring)

    def test_a_permit_must_be_valid_on_the_day_of_the_work(self):
        today = fields.Date.today()
        self.give_permit(self.novice, valid_from=today, valid_to=today + timedelta(days=1))
        with self.assertRefused("no valid"):
            self.assign(self.novice, when=fields.Datetime.now() + timedelta(days=3))

    def test_the_operations_certificates_are_asked_for_too(self):
        self.operation.required_skill_ids = self.env.ref("service_core.skill_high_voltage")
        with self.assertRefused("High-Voltage"):
            self.assign(self.technician)
        self.give_permit(self.technician, skill=self.env.ref("service_core.skill_high_voltage"))
        self.assign(self.technician)

    def test_reassigning_looks_again(self):
        assignment = self.assign(self.technician)
        with self.assertRefused("no valid"):
            assignment.employee_id = self.novice

    def test_warn_lets_work_and_says_so_on_the_order(self):
        self.company.certification_gate = "warn"
        self.assign(self.novice)
        self.assertIn("Novice has no valid", self.job.order_id.message_ids[0].body)

    def test_off_says_nothing(self):
        self.company.certification_gate = "off"
        before = self.job.order_id.message_ids
        self.assign(self.novice)
        self.assertEqual(self.job.order_id.message_ids, before)

    def test_before_the_start_date_the_gate_warns(self):
        today = fields.Date.today()
        self.company.certification_gate_start = today + timedelta(days=2)
        self.assign(self.novice)
        self.assertIn("Novice has no valid", self.job.order_id.message_ids[0].body)
        self.company.certification_gate_start = today
        with self.assertRefused("no valid"):
            self.clock_on(self.novice)

    def test_the_start_date_is_the_branchs_own_day(self):
        self.company.partner_id.tz = "Pacific/Auckland"
        self.company.certification_gate_start = date(2026, 6, 2)
        # 13:00 in London is already the next day in Auckland
        self.assertTrue(self.company._service_permit_blocks(datetime(2026, 6, 1, 13, 0)))
        self.assertFalse(self.company._service_permit_blocks(datetime(2026, 6, 1, 11, 0)))

    def test_a_fresh_install_warns(self):
        self.assertEqual(self.env["res.company"].create({"name": "New"}).certification_gate, "warn")

    # === NOBODY CERTIFIES HIMSELF === #

    def own_skills(self, user):
        return self.env["hr.employee.skill"].with_user(user)

    def values(self, employee):
        return {
            "employee_id": employee.id,
            "skill_type_id": self.skill.skill_type_id.id,
            "skill_id": self.skill.id,
            "skill_level_id": self.env.ref("service_core.skill_level_service_valid").id,
            "valid_from": "2026-01-01",
            "valid_to": "2099-12-31",
        }

    def test_nobody_gives_himself_a_certificate(self):
        with self.assertRefused("Nobody certifies himself"):
            self.own_skills(self.user_technician).create(self.values(self.technician))

    def test_nobody_extends_or_drops_his_own_certificate(self):
        permit = self.technician.employee_skill_ids.with_user(self.user_technician)
        with self.assertRaises(AccessError):
            permit.valid_to = "2099-12-31"
        with self.assertRaises(AccessError):
            permit.unlink()

    def test_nobody_turns_an_ordinary_skill_into_a_certificate(self):
        plain_type = self.env["hr.skill.type"].create(
            {
                "name": "Languages",
                "skill_ids": [(0, 0, {"name": "English"})],
                "skill_level_ids": [(0, 0, {"name": "Good", "level_progress": 100})],
            }
        )
        skill = self.own_skills(self.user_technician).create(
            {
                "employee_id": self.technician.id,
                "skill_type_id": plain_type.id,
                "skill_id": plain_type.skill_ids.id,
                "skill_level_id": plain_type.skill_level_ids.id,
                "valid_from": "2026-01-01",
            }
        )
        vals = self.values(self.technician)
        with self.assertRefused():
            skill.write(vals)

    def test_not_even_hr_certifies_himself(self):
        employee = self.env["hr.employee"].create({"name": "HR", "user_id": self.user_hr.id})
        with self.assertRefused("Nobody certifies himself"):
            self.own_skills(self.user_hr).create(self.values(employee))
        with self.assertRefused("Nobody certifies himself"):
            self.own_skills(self.user_hr).sudo().create(self.values(employee))
        self.assertTrue(self.own_skills(self.user_hr).create(self.values(self.novice)))

    def test_the_department_gives_a_permit_to_others(self):
        self.own_skills(self.user_officer).create(self.values(self.novice))
        self.assign(self.novice)

    def test_a_colleague_without_the_role_gives_none(self):
        with self.assertRaises(AccessError):
            self.own_skills(self.user_advisor).create(self.values(self.novice))

    # === EXAM === #

    def exam(self, months=12):
        return self.env["survey.survey"].create(
            {
                "title": "Work permit test",
                "scoring_type": "scoring_without_answers",
                "scoring_success_min": 80.0,
                "certification": True,
                "certification_validity_months": months,
                "service_skill_id": self.skill.id,
                "question_and_page_ids": [
                    (
                        0,
                        0,
                        {
                            "title": "Jack point?",
                            "question_type": "simple_choice",
                            "suggested_answer_ids": [
                                (0, 0, {"value": "Sill", "is_correct": True, "answer_score": 10}),
                                (0, 0, {"value": "Sump", "answer_score": 0}),
                            ],
                        },
                    )
                ],
            }
        )

    def sit(self, survey, partner, right=True, test_entry=False):
        question = survey.question_ids
        attempt = survey._create_answer(partner=partner, test_entry=test_entry)
        answer = question.suggested_answer_ids[0 if right else 1]
        attempt._save_lines(question, str(answer.id))
        attempt._mark_done()
        return attempt

    @freeze_time("2026-05-20 10:00:00")
    def test_a_passed_test_gives_the_permit_with_explicit_dates(self):
        user = self.make_user("novice", "service_core.group_service_technician")
        self.novice.user_id = user
        survey = self.exam()
        self.sit(survey.with_user(user).sudo(), user.partner_id)
        permit = self.novice.employee_skill_ids
        self.assertEqual(
            (permit.valid_from, permit.valid_to), (date(2026, 5, 20), date(2027, 5, 20))
        )
        self.assertEqual(permit.skill_id, self.skill)

    @freeze_time("2026-05-20 10:00:00")
    def test_two_sit_the_test_and_each_gets_his_own(self):
        other = self.make_technician(permit=False, name="Other Novice")
        survey = self.exam(months=0)
        for employee in (self.novice, other):
            employee.work_contact_id = self.env["res.partner"].create({"name": employee.name})
            self.sit(survey, employee.work_contact_id)
        for employee in (self.novice, other):
            self.assertEqual(employee.employee_skill_ids.mapped("valid_to"), [False])

    def test_passing_twice_on_one_day_is_one_certificate(self):
        self.novice.work_contact_id = self.env["res.partner"].create({"name": "Novice"})
        survey = self.exam()
        self.sit(survey, self.novice.work_contact_id)
        self.sit(survey, self.novice.work_contact_id)
        self.assertEqual(len(self.novice.employee_skill_ids), 1)

    def test_a_failed_test_gives_nothing(self):
        self.novice.work_contact_id = self.env["res.partner"].create({"name": "Novice"})
        self.sit(self.exam(), self.novice.work_contact_id, right=False)
        self.assertFalse(self.novice.employee_skill_ids)

    def test_a_test_entry_gives_nothing(self):
        self.novice.work_contact_id = self.env["res.partner"].create({"name": "Novice"})
        self.sit(self.exam(), self.novice.work_contact_id, test_entry=True)
        self.assertFalse(self.novice.employee_skill_ids)

    def test_an_anonymous_attempt_gives_nothing(self):
        before = self.env["hr.employee.skill"].search_count([])
        self.sit(self.exam(), self.env["res.partner"])
        self.assertEqual(self.env["hr.employee.skill"].search_count([]), before)

    # === LIST === #

    def test_the_list_says_who_lacks_a_permit(self):
        today = fields.Date.today()
        soon = self.make_technician(permit=False, name="Soon")
        self.give_permit(soon, valid_to=today + timedelta(days=30))
        gone = self.make_technician(permit=False, name="Gone")
        self.give_permit(gone, today - timedelta(days=90), today - timedelta(days=1))
        renewed = self.make_technician(permit=False, name="Renewed")
        self.give_permit(renewed, today - timedelta(days=90), today + timedelta(days=1))
        self.give_permit(renewed, today + timedelta(days=2), today + timedelta(days=400))
        rows = self.env["service.permit"].with_user(self.user_officer).search([])
        states = {row.employee_id: row.state for row in rows}
        expected = {
            self.technician: "valid",
            self.novice: "missing",
            soon: "expiring",
            gone: "expired",
            # the next certificate begins before the running one ends
            renewed: "valid",
        }
        self.assertEqual({employee: states[employee] for employee in expected}, expected)
        lacking = rows.search([("state", "in", ("expired", "missing"))])
        self.assertLessEqual({self.novice, gone}, set(lacking.employee_id))
        self.assertNotIn(soon, lacking.employee_id)
        self.assertFalse(self.advisor & rows.employee_id)

    def test_the_list_leads_to_the_certificates(self):
        row = self.env["service.permit"].search([("employee_id", "=", self.technician.id)])
        action = row.action_certificates()
        found = self.env["hr.employee.skill"].search(action["domain"])
        self.assertEqual(found.employee_id, self.technician)
