from psycopg2 import IntegrityError

from odoo.exceptions import AccessError
from odoo.tests import tagged
from odoo.tools import mute_logger

from .common import RatingCommon


@tagged("post_install", "-at_install")
class TestTraining(RatingCommon):
    """The library, the sessions, and what each person took from them (S1-65, S4-03)."""

    def course(self, code):
        return self.env.ref(f"service_rating.course_{code}")

    def session(self, code, people=(), user=None, **values):
        return (
            self.env["service.training"]
            .with_user(user or self.user_technical_manager)
            .create(
                {
                    "course_id": self.course(code).id,
                    "attendance_ids": [(0, 0, vals) for vals in people],
                    **values,
                }
            )
        )

    def test_regular_and_irregular_each_with_a_result_per_colleague(self):
        people = [{"employee_id": self.technician.id}, {"employee_id": self.technician_2.id}]
        for regularity in ("regular", "irregular"):
            session = self.session("permit", people, regularity=regularity)
            first, second = session.attendance_ids
            second.state = "absent"
            session.action_held()
            self.assertEqual(
                (session.state, first.state, second.state), ("held", "attended", "absent")
            )
            first.write({"theory": 80, "practice": 95, "result": "passed"})
            self.assertEqual(first.evaluator_id, self.user_technical_manager)
            self.assertTrue(first.evaluated_at)
            with self.assertRefused("not planned"):
                session.action_held()
            with self.assertRefused("not cancelled"):
                session.action_cancel()

    def test_reception_has_a_score_of_its_own(self):
        session = self.session("reception", [{"employee_id": self.advisor.id}])
        row = session.attendance_ids
        row.write({"theory": 90, "practice": 80, "reception": 40, "result": "failed"})
        self.assertEqual((row.theory, row.practice, row.reception), (90, 80, 40))
        with self.assertRaises(IntegrityError), mute_logger("odoo.sql_db"):
            row.reception = 101
            row.flush_recordset()

    def test_nobody_evaluates_himself(self):
        me = self.env["hr.employee"].create(
            {"name": "TM", "user_id": self.user_technical_manager.id, "company_id": self.company.id}
        )
        session = self.session("permit", [{"employee_id": me.id}])
        with self.assertRefused("Nobody evaluates himself"):
            session.attendance_ids.result = "passed"
        with self.assertRefused("Nobody evaluates himself"):
            self.session("permit", [{"employee_id": me.id, "result": "passed"}])

    def test_patrol_staff_learns_three_things(self):
        topics = self.course("patrol").topics.splitlines()
        self.assertEqual(len(topics), 3)

    def test_customers_and_dealers_are_taught_too(self):
        dealer = self.env["res.partner"].create({"name": "Dealer"})
        for code, person, values in (
            ("customers", self.customer, {"form": "practice"}),
            ("dealers", dealer, {"form": "guidance", "place": "onsite", "partner_id": dealer.id}),
        ):
            session = self.session(code, [{"partner_id": person.id}], **values)
            session.action_held()
            self.assertEqual(session.attendance_ids.partner_id, person)
            self.assertEqual(session.attendance_ids.state, "attended")
        found = self.env["service.training"].search(
            [("audience", "in", ("customer", "dealer")), ("state", "=", "held")]
        )
        self.assertGreaterEqual(len(found), 2)

    def test_an_attendance_is_of_one_person(self):
        with self.assertRaises(IntegrityError), mute_logger("odoo.sql_db"):
            self.session("permit", [{}])
        with self.assertRefused("took part"):
            self.session("permit").action_held()
        session = self.session("permit")
        session.action_cancel()
        self.assertEqual(session.state, "cancelled")

    # === READ AND ACKNOWLEDGE === #

    def test_a_newcomer_reads_the_standards_of_his_role_and_says_so(self):
        course = self.course("advisor").with_user(self.user_officer)
        course.action_give_to_read()
        known = course.attendance_ids
        self.assertIn(self.advisor, known.employee_id)
        self.assertNotIn(self.technician, known.employee_id)
        newcomer = self.make_user("newcomer", "service_core.group_service_advisor")
        employee = self.env["hr.employee"].create(
            {"name": "Newcomer", "user_id": newcomer.id, "company_id": self.company.id}
        )
        course.action_give_to_read()
        self.assertEqual((course.attendance_ids - known).employee_id.ids, employee.ids)
        mine = self.env["service.training.attendance"].with_user(newcomer).search([])
        self.assertEqual(mine.employee_id, employee)
        self.assertTrue(mine.body)
        with self.assertRefused("Only the person himself"):
            mine.with_user(self.user_officer).action_acknowledge()
        with self.assertRefused("Only the person himself"):
            mine.with_user(self.user_officer).acknowledged_at = "2026-01-01"
        with self.assertRaises(AccessError):
            mine.write({"state": "attended"})
        mine.action_acknowledge()
        self.assertTrue(mine.acknowledged_at)
        self.assertEqual(mine.state, "attended")
        course.invalidate_recordset()
        self.assertEqual((course.attendance_count, course.open_count), (1, len(known)))

    def test_a_new_standard_is_given_time_to_be_learnt(self):
        course = (
            self.env["service.course"]
            .with_user(self.user_manager)
            .create(
                {"name": "New standard", "kind": "standard", "role": "technician", "hours": 1.5}
            )
        )
        action = course.action_introduce()
        session = (
            self.env["service.training"]
            .with_user(self.user_manager)
            .with_context(**action["context"])
            .create({})
        )
        self.assertEqual(session.hours, 1.5)
        self.assertLessEqual(
            self.technician | self.technician_2, session.attendance_ids.employee_id
        )
        session.action_held()
        self.assertEqual(set(session.attendance_ids.mapped("state")), {"attended"})

    def test_everybody_sees_his_own_list_only(self):
        self.session(
            "permit", [{"employee_id": self.technician.id}, {"employee_id": self.technician_2.id}]
        )
        rows = self.env["service.training.attendance"].with_user(self.user_technician).search([])
        self.assertEqual(rows.employee_id, self.technician)
        self.assertFalse(rows.with_user(self.user_advisor).search([]))

    # === TRAINING, TEST, PERMIT === #

    def test_the_test_gives_the_permit_only_after_the_training(self):
        novice = self.make_technician(permit=False, name="Novice")
        novice.work_contact_id = self.env["res.partner"].create({"name": "Novice"})
        survey = self.env["survey.survey"].create(
            {
                "title": "Permit test",
                "scoring_type": "scoring_without_answers",
                "scoring_success_min": 0.0,
                "certification": True,
                "service_skill_id": self.env.ref("service_core.skill_work_permit").id,
                "service_course_id": self.course("permit").id,
            }
        )

        def sit():
            survey._create_answer(partner=novice.work_contact_id)._mark_done()

        sit()
        self.assertFalse(novice.employee_skill_ids)
        session = self.session("permit", [{"employee_id": novice.id}])
        session.action_held()
        sit()
        self.assertFalse(novice.employee_skill_ids)
        session.attendance_ids.result = "passed"
        sit()
        permit = novice.employee_skill_ids
        self.assertTrue(permit.service_number)
        self.company.certification_gate = "block"
        job = self.make_order("in_repair").job_ids
        self.assertTrue(
            self.env["service.clocking"].with_user(self.user_team_leader)._clock_on(job, novice)
        )

    def test_the_department_holds_the_shipped_test(self):
        survey = self.env.ref("service_rating.survey_permit").with_user(self.user_officer)
        self.assertEqual(survey.service_course_id, self.course("permit"))
        novice = self.make_technician(permit=False, name="Novice")
        novice.work_contact_id = self.env["res.partner"].create({"name": "Novice"})
        session = self.session("permit", [{"employee_id": novice.id, "result": "passed"}])
        session.action_held()
        for right in (3, 4):
            attempt = survey._create_answer(partner=novice.work_contact_id).sudo()
            for number, question in enumerate(survey.question_ids):
                answers = question.suggested_answer_ids
                answer = (
                    answers.filtered("is_correct")
                    if number < right
                    else answers.filtered(lambda one: not one.is_correct)[0]
                )
                attempt._save_lines(question, str(answer.id))
            attempt._mark_done()
            self.assertEqual(bool(novice.employee_skill_ids), right == 4)
