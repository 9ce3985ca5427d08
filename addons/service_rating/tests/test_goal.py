from datetime import timedelta

from odoo import fields
from odoo.tests import tagged

from .common import RatingCommon


@tagged("post_install", "-at_install")
class TestGoal(RatingCommon):
    """Goals with metric, target and result; trends without a limit (S1-42, S1-51, S4-77)."""

    def goal(self, code, user=None):
        found = self.env.ref(f"service_rating.goal_{code}").with_user(user or self.user_manager)
        found.invalidate_recordset()
        return found

    def facts(self, code):
        facts = self.env["service.goal.fact"].with_user(self.user_manager)
        return facts.search([("goal_id", "=", self.env.ref(f"service_rating.goal_{code}").id)])

    def test_satisfaction_is_measured_against_a_target_that_management_sets(self):
        now = fields.Datetime.now() - timedelta(hours=1)
        for technical, attitude in ((100, 120), (150, 100), (100, 90), (200, 200)):
            self.vote(self.make_rating(), technical, attitude, at=now)
        held = self.vote(self.make_rating(), -50, -50, at=now)
        self.env.cr.execute("UPDATE service_rating SET hold = 'excluded' WHERE id = %s", [held.id])
        held.invalidate_recordset()
        self.make_rating()  # not answered: counts nowhere
        goal = self.goal("satisfaction")
        self.assertEqual((goal.value, goal.count, goal.verdict), (75.0, 4, "bad"))
        goal.target = 70
        self.assertEqual(self.goal("satisfaction").verdict, "good")
        self.assertTrue(goal.target_source)
        fact = self.facts("satisfaction")[0]
        self.assertEqual(fact.action_open_record()["res_model"], "service.rating")
        self.assertEqual(goal.action_open()["domain"], [("goal_id", "=", goal.id)])

    def test_trends_have_no_limit_and_are_compared_with_the_time_before(self):
        order = self.make_order()
        answers = self.env["service.rating.answer"]
        for days, given in (
            (1, {"csat": 5, "ces": 7, "nps": 10}),
            (40, {"csat": 2, "nps": 10}),
            (2, {"nps": 3, "csat": 5}),
        ):
            found = answers._record(given, order, self.customer, "phone")
            self.env.flush_all()
            self.env.cr.execute(
                "UPDATE service_rating_answer SET date = %s WHERE id = ANY(%s)",
                [fields.Date.today() - timedelta(days=days), found.ids],
            )
        csat, nps = self.goal("csat"), self.goal("nps")
        self.assertEqual((csat.value, csat.before, csat.trend), (100.0, 0.0, "up"))
        self.assertEqual((nps.value, nps.before, nps.trend), (0.0, 100.0, "down"))
        for goal in (csat, nps, self.goal("ces")):
            self.assertEqual(goal.verdict, "trend")
        by_month = (
            self.env["service.goal.fact"]
            .with_user(self.user_officer)
            ._read_group(
                [("goal_id.code", "in", ("csat", "ces", "nps", "ltv"))],
                ["goal_id", "at:month"],
                ["value:avg"],
            )
        )
        self.assertGreaterEqual(len({goal for goal, _month, _value in by_month}), 3)

    def test_ltv_is_what_was_invoiced_less_the_cost_of_parts(self):
        order = self.make_order("settled")
        bill = order.sudo().invoice_ids
        row = (
            self.env["service.ltv"]
            .with_user(self.user_manager)
            .search([("partner_id", "=", self.customer.id)])
        )
        self.assertEqual(row.invoiced, bill.amount_untaxed)
        # one set of brake pads, bought for half of what it sells for
        self.assertEqual(row.cost, 40.0)
        self.assertEqual(row.margin, bill.amount_untaxed - 40.0)
        self.assertEqual(row.bill_count, 1)
        self.assertEqual(row.action_open_partner()["res_id"], self.customer.id)
        self.assertEqual(
            self.facts("ltv").filtered(lambda fact: fact.partner_id == self.customer).value,
            row.margin,
        )
        first = row.margin
        self.drive(self.make_order(), "settled")
        row.invalidate_recordset()
        self.assertEqual(row.margin, 2 * first)
        sums = self.facts("ltv").filtered(lambda fact: fact.partner_id == self.customer)
        self.assertEqual(sorted(sums.mapped("value")), [first, 2 * first])
        sales = self.goal("sales")
        self.assertEqual(sales.value, row.invoiced)
        self.assertEqual(self.goal("returns").value, 0.0)

    def test_the_statistics_of_the_house(self):
        calls = self.env["service.call"]
        for duration, result in (
            (20, "answered"),
            (300, "answered"),
            (0, "no_answer"),
            (61, "answered"),
        ):
            calls.create({"direction": "in", "duration": duration, "result": result})
        calls.create({"direction": "out", "duration": 5, "result": "answered"})
        lost = self.goal("first_minute")
        self.assertEqual((lost.value, lost.count, lost.is_low_good), (50.0, 4, True))
        leads = self.env["crm.lead"].create(
            [
                {"name": "Won", "type": "opportunity", "company_id": self.company.id},
                {"name": "Lost", "type": "opportunity", "company_id": self.company.id},
            ]
        )
        leads[0].action_set_won()
        leads[1].action_set_lost()
        self.assertEqual((self.goal("conversion").value, self.goal("conversion").count), (50.0, 2))
        order = self.make_order("booked")
        order.with_user(self.user_advisor)._cancel("Bought another car", False)
        refusals = self.facts("refusals")
        self.assertEqual(refusals.mapped("value"), [100.0])
        self.assertEqual(refusals.res_id, order.id)
        self.assertEqual(self.goal("sales").is_sum, True)

    def test_what_is_not_reached_yet_is_shown_as_a_target(self):
        goal = self.goal("rings")
        self.assertEqual((goal.is_aspiration, goal.verdict), (True, "aim"))
        results = self.env["service.goal.result"].with_user(self.user_manager)
        results.create({"goal_id": goal.id, "value": 100.0})
        self.assertEqual((self.goal("rings").value, self.goal("rings").verdict), (100.0, "aim"))
        goal.is_aspiration = False
        self.assertEqual(self.goal("rings").verdict, "good")
        self.assertEqual(self.facts("rings").value, 100.0)
        self.assertFalse(self.facts("same_day"))

    def test_goals_stand_under_the_four_aims_and_for_both_kinds_of_staff(self):
        goals = self.env["service.goal"].search([])
        self.assertEqual(len(set(goals.mapped("e_aim")) - {False}), 4)
        self.assertEqual(set(goals.mapped("staff_type")) - {False}, {"internal", "external"})
        for goal in goals.filtered("has_target"):
            self.assertTrue(goal.target_source, goal.name)
            self.assertTrue(goal.formula, goal.name)

    def test_a_questionnaire_is_an_indicator_and_compares_branches(self):
        branch = self.env["res.company"].create({"name": "Other Branch"})
        self.user_manager.company_ids = [(4, branch.id)]
        both = [self.company.id, branch.id]
        reviews = self.env["service.review"].with_user(self.user_manager)
        reviews = reviews.with_context(allowed_company_ids=both)
        for company, score in ((self.company, "9"), (branch, "5")):
            review = reviews.create(
                {
                    "template_id": self.env.ref("service_rating.review_call").id,
                    "employee_id": self.technician.id,
                    "company_id": company.id,
                }
            )
            review.line_ids.write({"score": score, "yes_no": "yes"})
            review.action_done()
        goal = self.env.ref("service_rating.goal_calls").with_user(self.user_manager)
        found = dict(
            self.env["service.goal.fact"]
            .with_user(self.user_manager)
            .with_context(allowed_company_ids=both)
            ._read_group([("goal_id", "=", goal.id)], ["company_id"], ["value:avg"])
        )
        self.assertGreater(found[self.company], found[branch])
        # the branches one looks into
        self.assertEqual(goal.with_context(allowed_company_ids=both[:1]).count, 1)

    # === COMMENDATIONS === #

    def merit(self, user=None, **values):
        return (
            self.env["service.merit"]
            .with_user(user or self.user_officer)
            .create(
                {
                    "employee_id": self.technician.id,
                    "date": "2026-03-12",
                    "reason": "Came back on his day off",
                    **values,
                }
            )
        )

    def test_a_commendation_is_confirmed_by_a_manager_and_read_by_whom_it_is_about(self):
        merit = self.merit(self.user_team_leader)
        mine = self.env["service.merit"].with_user(self.user_technician)
        self.assertFalse(mine.search([]))
        with self.assertRefused("A manager confirms"):
            merit.action_confirm()
        with self.assertRefused("by the button"):
            merit.state = "confirmed"
        merit.with_user(self.user_manager).action_confirm()
        self.assertEqual(merit.confirmed_by_id, self.user_manager)
        self.assertEqual(mine.search([]), merit)
        self.assertFalse(mine.with_user(self.user_advisor).search([]))
        with self.assertRefused("stays as it is"):
            merit.reason = "Never mind"
        with self.assertRefused("stays as it is"):
            merit.with_user(self.user_manager).unlink()
        with self.assertRefused("already confirmed"):
            merit.with_user(self.user_manager).action_confirm()

    def test_nobody_commends_himself_and_points_take_two(self):
        own = self.env["hr.employee"].create(
            {"name": "Me", "user_id": self.user_team_leader.id, "company_id": self.company.id}
        )
        with self.assertRefused("Nobody commends"):
            self.merit(self.user_team_leader, employee_id=own.id)
        proposed = self.merit(self.user_manager, points=10)
        with self.assertRefused("another manager"):
            proposed.action_confirm()

    def test_points_enter_only_as_the_correction_of_a_locked_month(self):
        month = self.make_month()
        praise, blame = self.merit(points=10), self.merit(kind="sanction", points=4)
        (praise | blame).with_user(self.user_manager).action_confirm()
        self.assertFalse(praise.correction_id)
        month.with_user(self.user_officer).action_compute()
        self.assertEqual(month.correction_points, 0.0)
        month.with_user(self.user_officer).action_check()
        month.with_user(self.user_officer_2).action_lock()
        locked = month.score
        merits = self.env["service.merit"]
        merits._cron_enter()
        merits._cron_enter()
        self.assertEqual(praise.correction_id.points, 10.0)
        self.assertEqual(blame.correction_id.points, -4.0)
        self.assertIn("day off", praise.correction_id.reason)
        self.assertEqual(month.score, locked)
        following = self.make_month(month=fields.Date.add(month.month, months=1))
        following.with_user(self.user_officer).action_compute()
        self.assertEqual(following.correction_points, 6.0)
        # honor only
        honor = self.merit()
        honor.with_user(self.user_manager).action_confirm()
        self.assertFalse(honor.correction_id)
        late = self.merit(points=3)
        late.with_user(self.user_manager).action_confirm()
        self.assertEqual(late.correction_id.points, 3.0)

    # === THE MONTH'S WORK === #

    def test_the_month_shows_the_work_and_the_persons_own_summary(self):
        order = self.make_worked_order({self.technician: 2.5})
        order.job_ids.clocking_ids.write(
            {"start": "2026-03-10 08:00:00", "stop": "2026-03-10 10:30:00"}
        )
        self.env["service.call"].create(
            {"employee_id": self.technician.id, "started": "2026-03-11 08:00:00"}
        )
        session = self.env["service.training"].create(
            {
                "course_id": self.env.ref("service_rating.course_permit").id,
                "start": "2026-03-12 08:00:00",
                "attendance_ids": [(0, 0, {"employee_id": self.technician.id})],
            }
        )
        session.action_held()
        month = self.make_month()
        mine = month.with_user(self.user_technician)
        self.assertEqual(
            (mine.work_job_count, mine.work_hours, mine.work_call_count, mine.work_training_count),
            (1, 2.5, 1, 1),
        )
        action = mine.action_write_summary()
        review = (
            self.env["service.review"]
            .with_user(self.user_technician)
            .with_context(**action["context"])
            .create({})
        )
        self.assertEqual(mine.action_write_summary()["res_id"], review.id)
        review.line_ids[0].note = "Learnt the new gearbox"
        review.action_done()
        month.invalidate_recordset()
        self.assertEqual(month.with_user(self.user_officer).summary_ids, review)
        self.assertFalse(self.make_month(self.technician_2).summary_ids)
