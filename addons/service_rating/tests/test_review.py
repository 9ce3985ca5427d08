from datetime import date, timedelta

from odoo import fields
from odoo.exceptions import AccessError
from odoo.tests import Form, freeze_time, tagged
from odoo.tests.common import BaseCase

from ..rules import reviews
from .common import RatingCommon


@tagged("post_install", "-at_install")
class TestReviewRules(BaseCase):
    """What an answer and a questionnaire come to."""

    def test_what_an_answer_is_worth(self):
        self.assertEqual(reviews.worth("yes_no", "yes"), 100.0)
        self.assertEqual(reviews.worth("yes_no", "no"), 0.0)
        self.assertEqual(reviews.worth("score", score="0"), 0.0)
        self.assertEqual(reviews.worth("score", score="7"), 70.0)
        self.assertEqual(reviews.worth("gap", perceived="4"), 40.0)
        self.assertIsNone(reviews.worth("score"))
        self.assertIsNone(reviews.worth("text"))

    def test_the_gap_between_expected_and_perceived(self):
        self.assertEqual(reviews.gap("8", "5"), -3)
        self.assertIsNone(reviews.gap("8", None))

    def test_a_questionnaire_is_a_mean_and_its_classes_count_by_weight(self):
        self.assertIsNone(reviews.total([]))
        plain = [(100.0, 1, None, 0), (0.0, 3, None, 0), (None, 1, None, 0)]
        self.assertEqual(reviews.total(plain), 25.0)
        classed = [(100.0, 1, 1, 70), (0.0, 1, 1, 70), (80.0, 1, 2, 25), (20.0, 1, 3, 5)]
        self.assertAlmostEqual(reviews.total(classed), 0.7 * 50 + 0.25 * 80 + 0.05 * 20)
        # what is not in a class does not dilute the classes, a class nobody answered does not count
        self.assertAlmostEqual(
            reviews.total([(0.0, 1, None, 0), (60.0, 1, 1, 70), (30.0, 1, 3, 5)]),
            (70 * 60 + 5 * 30) / 75,
        )


@tagged("post_install", "-at_install")
class TestReview(RatingCommon):
    """Questionnaires apart from pay: filled in, finished, seen by who it concerns."""

    def template(self, code):
        return self.env.ref(f"service_rating.review_{code}")

    def plan(self, code, user=None, **values):
        values.setdefault("employee_id", self.technician.id)
        return (
            self.env["service.review"]
            .with_user(user or self.user_officer)
            .create({"template_id": self.template(code).id, **values})
        )

    def fill(self, review, score="8"):
        for line in review.line_ids:
            line.write(
                {
                    "yes_no": {"yes_no": {"yes_no": "yes"}},
                    "score": {"score": {"score": score}},
                    "gap": {"gap": {"expected": "7", "perceived": score}},
                    "text": {"text": {"note": "Words"}},
                }[line.answer][line.answer]
            )
        return review

    def finish(self, review, score="8"):
        self.fill(review, score)
        review.conclusions = "Talked it over"
        review.action_done()
        return review

    def names(self, code):
        return " ".join(self.template(code).item_ids.mapped("name")).lower()

    # === SHIPPED === #

    def test_the_shipped_questionnaires_are_complete(self):
        parts = {}
        for item in self.template("self").item_ids:
            parts.setdefault(item.section, []).append(item.answer)
        self.assertEqual([len(found) for found in parts.values()], [9, 9, 5])
        self.assertEqual(set(sum(parts.values(), [])), {"yes_no"})
        call = self.template("call").item_ids.grouped("section")
        self.assertEqual(len(call["Five principles"]), 5)
        self.assertEqual(len(call["Voice"]), 8)
        for word in ("enthusiastic", "smile", "soft", "loud", "low", "clear", "slow", "friendly"):
            self.assertIn(word, " ".join(call["Voice"].mapped("name")).lower())
        conversation = " ".join(call["Conversation"].mapped("name")).lower()
        for word in ("confident", "listens", "convenient", "pressing", "finish", "judgment"):
            self.assertIn(word, conversation)
        for word in ("politeness", "culture", "objections", "needs", "product", "option"):
            self.assertIn(word, self.names("quality"))
        for word in ("listens", "patient", "positive"):
            self.assertIn(word, self.names("communication"))
        values = self.template("values").item_ids
        self.assertEqual(len(set(values.mapped("s_value")) - {False}), 5)
        self.assertEqual(len(set(values.mapped("e_aim")) - {False}), 4)
        shopper = self.template("shopper").item_ids.grouped("section")
        self.assertEqual(len(shopper), 6)
        self.assertIn("provoked", " ".join(shopper["Difficult situation"].mapped("name")))
        self.assertEqual(
            self.env["service.expectation"].search([]).mapped("weight"), [70.0, 25.0, 5.0]
        )

    def test_the_list_of_questions_is_the_houses_own(self):
        template = self.template("self").with_user(self.user_officer)
        template.write(
            {"item_ids": [(0, 0, {"name": "Somebody minds the future", "answer": "yes_no"})]}
        )
        self.assertEqual(len(self.plan("self", employee_id=False).line_ids), 24)
        with self.assertRaises(AccessError):
            template.with_user(self.user_technician).name = "Mine"

    def test_classes_of_expectation_never_exceed_the_whole(self):
        core = self.env["service.expectation"].search([])[0]
        with self.assertRefused("more than 100"):
            core.weight = 71
        core.weight = 60
        self.assertEqual(core.display_name, "Repair to standard (60 %)")

    # === FILLING IN === #

    def test_a_form_brings_its_questions_and_wants_every_answer(self):
        form = Form(self.env["service.review"].with_user(self.user_officer))
        form.template_id = self.template("quality")
        form.employee_id = self.technician
        review = form.save()
        self.assertEqual(len(review.line_ids), 6)
        with self.assertRefused("Still to answer: Politeness"):
            review.action_done()
        self.fill(review, "9").action_done()
        self.assertEqual((review.state, review.score), ("done", 90.0))
        with self.assertRefused("already finished"):
            review.action_done()
        with self.assertRefused("manager reopens"):
            review.line_ids[0].score = "1"
        with self.assertRefused("manager reopens"):
            review.date = "2026-01-01"
        with self.assertRefused("stays"):
            review.unlink()
        with self.assertRefused("A manager reopens"):
            review.action_reopen()
        review.with_user(self.user_manager).action_reopen()
        review.line_ids[0].score = "3"
        self.assertEqual(review.score, 80.0)

    def test_a_review_names_whom_it_is_about_and_nobody_reviews_himself(self):
        with self.assertRefused("which colleague"):
            self.fill(self.plan("quality", employee_id=False)).action_done()
        with self.assertRefused("which dealer"):
            self.fill(self.plan("dealer", employee_id=False)).action_done()
        with self.assertRefused("Nobody reviews himself"):
            self.plan("quality", reviewer_id=self.user_technician.id)
        with self.assertRefused("by its button"):
            self.plan("quality").write({"state": "done"})
        review = self.plan("quality", self.user_team_leader)
        with self.assertRefused("Who reviews finishes"):
            review.with_user(self.user_technician)._guard_reviewer()

    def test_expected_and_perceived_give_a_verdict(self):
        review = self.plan(
            "expectation", employee_id=False, partner_id=self.customer.id, score=False
        )
        lines = review.line_ids
        lines.write({"expected": "8", "perceived": "8"})
        lines[0].perceived = "5"
        self.assertEqual(lines[0].verdict, "dissatisfied")
        self.assertEqual(lines[0].gap, -3)
        self.assertEqual(set(lines[1:].mapped("verdict")), {"satisfied"})
        review.action_done()
        # the core class is a mean of three answers and weighs 70
        self.assertAlmostEqual(review.score, 0.7 * (50 + 80 + 80) / 3 + 0.3 * 80, 1)
        grouped = {
            name: dict(
                self.env["service.review.line"]._read_group(
                    [("review_id", "=", review.id), ("is_scored", "=", True)],
                    [name],
                    ["value:avg"],
                )
            )
            for name in ("aspect", "sense", "expectation_id")
        }
        self.assertEqual(grouped["aspect"], {"delivered": 70.0, "feeling": 80.0})
        self.assertEqual(grouped["sense"], {"rational": 70.0, "emotional": 80.0})
        self.assertEqual(len(grouped["expectation_id"]), 3)

    def test_answers_are_compared_by_value_aim_and_branch(self):
        branch = self.env["res.company"].create({"name": "Other Branch"})
        self.user_officer.company_ids = [(4, branch.id)]
        both = self.env["service.review"].with_context(
            allowed_company_ids=[self.company.id, branch.id]
        )
        for company, score in ((self.company, "8"), (branch, "4")):
            self.finish(
                both.with_user(self.user_officer).create(
                    {
                        "template_id": self.template("values").id,
                        "employee_id": self.technician.id,
                        "company_id": company.id,
                    }
                ),
                score,
            )
        self.assertNotIn("company_id", self.template("values")._fields)
        lines = both.env["service.review.line"].with_user(self.user_officer)
        found = dict(lines._read_group([("kind", "=", "values")], ["company_id"], ["value:avg"]))
        self.assertEqual(
            {one: found[one] for one in (self.company, branch)},
            {
                self.company: 80.0,
                branch: 40.0,
            },
        )
        self.assertEqual(
            len(lines._read_group([("s_value", "!=", False)], ["s_value"], ["__count"])), 5
        )
        self.assertEqual(
            len(lines._read_group([("e_aim", "!=", False)], ["e_aim"], ["__count"])), 4
        )
        action = lines[:0].search([("kind", "=", "values")], limit=1).action_open_review()
        self.assertEqual(action["res_model"], "service.review")

    # === MYSTERY SHOPPER === #

    def test_a_visit_ends_with_conclusions_and_training_of_the_weak_points(self):
        visit = self.plan("shopper", scenario="Ask three times for a discount")
        self.fill(visit, "3")
        with self.assertRefused("ends with its conclusions"):
            visit.action_done()
        visit.conclusions = "Loses patience when asked twice"
        visit.action_done()
        action = visit.action_plan_training()
        context = {
            **action["context"],
            "default_course_id": self.env.ref("service_rating.course_reception").id,
        }
        training = self.env["service.training"].with_user(self.user_officer)
        training = training.with_context(**context).create({})
        self.assertEqual(visit.training_ids, training)
        self.assertEqual(training.regularity, "irregular")
        self.assertIn("provoked", training.note)
        self.assertEqual(training.attendance_ids.employee_id, self.technician)

    # === WHO SEES IT === #

    def seen(self, user, review):
        found = self.env["service.review"].with_user(user).search([("id", "=", review.id)])
        lines = self.env["service.review.line"].with_user(user)
        answers = lines.search([("review_id", "=", review.id)])
        self.assertEqual(bool(found), bool(answers))
        return bool(found)

    def test_results_are_for_management_and_the_person_only(self):
        team_leader = self.env["hr.employee"].create(
            {"name": "Boss", "user_id": self.user_team_leader.id, "company_id": self.company.id}
        )
        self.technician.parent_id = team_leader
        visit = self.plan("shopper")
        self.assertFalse(self.seen(self.user_technician, visit))
        self.finish(visit)
        for user, expected in (
            (self.user_technician, True),
            (self.user_team_leader, True),
            (self.user_manager, True),
            (self.user_technical_manager, True),
            (self.user_officer, True),
            (self.user_hr, True),
            (self.user_advisor, False),
            (self.user_inspector, False),
            (self.user_cashier, False),
        ):
            with self.subTest(user=user.login):
                self.assertEqual(self.seen(user, visit), expected)
        with self.assertRaises(AccessError):
            visit.with_user(self.user_advisor).read(["score"])
        with self.assertRaises(AccessError):
            visit.with_user(self.user_technician).write({"conclusions": "All fine"})

    def test_a_test_is_for_hr_and_the_person_alone(self):
        test = self.plan("test_burnout", self.user_hr)
        self.finish(test)
        for user, expected in (
            (self.user_hr, True),
            (self.user_technician, True),
            (self.user_officer, False),
            (self.user_manager, False),
            (self.user_technical_manager, False),
            (self.user_team_leader, False),
        ):
            with self.subTest(user=user.login):
                self.assertEqual(self.seen(user, test), expected)
        with self.assertRaises(AccessError):
            self.plan("test_picture", self.user_officer)

    def test_staff_plans_nothing_about_colleagues(self):
        with self.assertRaises(AccessError):
            self.plan("quality", self.user_advisor)
        own = self.plan("summary", self.user_technician)
        self.finish(own)
        self.assertTrue(self.seen(self.user_officer, own))

    # === CALLS === #

    def test_a_call_is_reviewed_from_its_recording(self):
        call = self.env["service.call"].create(
            {
                "partner_id": self.customer.id,
                "employee_id": self.technician.id,
                "direction": "in",
                "verbatim": "Where is my car?",
            }
        )
        action = call.with_user(self.user_team_leader).action_review()
        review = (
            self.env["service.review"]
            .with_user(self.user_team_leader)
            .with_context(**action["context"])
            .create({"recording_url": "https://pbx.example.com/7"})
        )
        self.assertEqual(
            (review.call_id, review.employee_id, review.transcript),
            (call, self.technician, "Where is my car?"),
        )
        self.assertEqual(call.action_review()["res_id"], review.id)
        self.assertEqual(len(review.line_ids), 19)
        review.reviewer_id.email = "leader@example.com"
        self.env["ir.attachment"].create(
            {"name": "call.mp3", "raw": b"ID3", "res_model": review._name, "res_id": review.id}
        )
        review.action_mail_reviewer()
        mail = self.env["mail.mail"].search(
            [("model", "=", review._name), ("res_id", "=", review.id)]
        )
        self.assertIn("leader@example.com", mail.email_to)
        self.assertIn("https://pbx.example.com/7", mail.body_html)
        self.assertIn("Where is my car?", mail.body_html)
        self.assertEqual(mail.attachment_ids.mapped("name"), ["call.mp3"])
        empty = self.plan("call")
        with self.assertRefused("no recording"):
            empty.action_mail_reviewer()
        self.finish(review)
        self.assertTrue(review.conclusions)

    # === ASKED === #

    def test_colleagues_are_asked_and_answer_for_themselves(self):
        wizard = (
            self.env["service.review.ask"]
            .with_user(self.user_officer)
            .create({"template_id": self.template("staff").id})
        )
        self.assertIn(self.technician.id, wizard.employee_ids.ids)
        # who has no login cannot be asked
        self.assertNotIn(self.technician_2.id, wizard.employee_ids.ids)
        people = self.technician | self.advisor | self.technician_2
        wizard.employee_ids = self.env["hr.employee.public"].browse(people.ids)
        wizard.action_confirm()
        asked = self.env["service.review"].search([("template_id", "=", self.template("staff").id)])
        self.assertEqual(asked.employee_id, self.technician | self.advisor)
        self.assertEqual(asked.reviewer_id, self.user_technician | self.user_advisor)
        self.assertEqual(asked.activity_ids.user_id, asked.reviewer_id)
        mine = asked.with_user(self.user_technician).search(
            [("reviewer_id", "=", self.user_technician.id)]
        )
        self.finish(mine)
        self.assertFalse(mine.sudo().activity_ids)
        self.assertFalse(mine.is_scored)

    @freeze_time("2026-05-04 08:00:00")
    def test_the_house_asks_itself_again_and_again_but_one_at_a_time(self):
        reviews_ = self.env["service.review"]
        mine = [
            ("company_id", "=", self.company.id),
            ("template_id", "in", (self.template("self") | self.template("standards")).ids),
        ]
        reviews_.search(mine).unlink()
        reviews_._cron_plan()
        reviews_._cron_plan()
        planned = reviews_.search(mine)
        self.assertEqual(len(planned), 2)
        self.assertEqual(set(planned.reviewer_id.mapped("active")), {True})
        self.assertEqual(len(planned.activity_ids), 2)
        for review in planned.with_user(planned[0].reviewer_id):
            self.finish(review)
        reviews_._cron_plan()
        self.assertEqual(reviews_.search(mine), planned)
        with freeze_time(date(2026, 5, 4) + timedelta(days=230)):
            reviews_._cron_plan()
            self.assertEqual(reviews_.search_count(mine), 4)
        questions = self.template("standards").item_ids.mapped("name")
        self.assertIn("Do the staff keep to our standards?", questions)
        self.assertIn("Are they what customers expect?", questions)

    # === DEALERS === #

    def test_patrol_staff_scores_a_dealer_on_the_spot(self):
        dealer = self.env["res.partner"].create({"name": "New Dealer", "is_company": True})
        visit = self.plan("dealer", self.user_advisor, employee_id=False, partner_id=dealer.id)
        self.finish(visit, "4")
        self.assertEqual(
            (visit.score, visit.reviewer_id, visit.partner_id), (40.0, self.user_advisor, dealer)
        )
        self.assertLess(visit.score, visit.target)

    # === FRONT STAGE === #

    def test_an_advisor_without_the_skill_is_pointed_out(self):
        order = self.env["service.order"].new(
            {"company_id": self.company.id, "advisor_id": self.user_advisor.id}
        )
        self.assertIsNone(order._onchange_advisor_skills())
        self.company.service_front_min = 60
        self.assertIn("warning", order._onchange_advisor_skills())
        review = self.plan("communication", employee_id=self.advisor.id)
        self.finish(review, "5")
        self.assertIn("warning", order._onchange_advisor_skills())
        review.with_user(self.user_manager).action_reopen()
        self.finish(review, "9")
        self.assertIsNone(order._onchange_advisor_skills())
        self.assertEqual(fields.Date.today(), review.date)
