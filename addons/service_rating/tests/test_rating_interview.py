from datetime import datetime

from odoo.tests import tagged

from .common import IN_MONTH, RatingCommon


@tagged("post_install", "-at_install")
class TestRatingInterview(RatingCommon):
    """Asked by telephone, apart from pay; and what callbacks say about an engineer."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.user_caller = cls.make_user("caller", "service_followup.group_followup_user")
        cls.company.write({"service_ask_csat": True, "service_ask_ces": True})
        cls.company.write({"service_ask_nps": False})

    def make_call(self, order=None, **values):
        order = order or self.make_worked_order()
        return self.env["service.call"].create(
            {
                "partner_id": self.customer.id,
                "order_id": order.id,
                "company_id": self.company.id,
                "result": "answered",
                **values,
            }
        )

    def interview(self, call, **answers):
        action = call.with_user(self.user_caller).action_interview()
        wizard = self.env[action["res_model"]].with_user(self.user_caller)
        return wizard.with_context(**action["context"]).create(answers)

    def test_a_phone_interview_keeps_its_answers_apart_from_pay(self):
        """By telephone, by a social network, by mail or on the website (S4-72)."""
        ratings = self.env["service.rating"].search_count([])
        call = self.make_call()
        interview = self.interview(call, csat="4", nps="10")
        self.assertEqual(interview.questions, "csat,ces")
        interview.action_keep()
        answer = call.answer_ids
        self.assertEqual((answer.instrument, answer.value, answer.channel), ("csat", 4, "phone"))
        self.assertEqual((answer.order_id, answer.partner_id), (call.order_id, self.customer))
        self.assertFalse(answer.rating_id)
        self.assertEqual(self.env["service.rating"].search_count([]), ratings)
        again = self.interview(call, csat="1", ces="7")
        self.assertEqual(again.questions, "ces")
        again.action_keep()
        self.assertEqual(
            {one.instrument: one.value for one in call.answer_ids}, {"csat": 4, "ces": 7}
        )
        with self.assertRefused("nothing to ask"):
            call.with_user(self.user_caller).action_interview()

    def test_who_does_not_call_customers_asks_nothing(self):
        call = self.make_call()
        for user in (self.user_technician, self.user_manager):
            with self.assertRefused("Who calls customers"):
                call.with_user(user).action_interview()
        with self.assertRefused("Name the customer"):
            self.make_call(order_id=False).with_user(self.user_caller).action_interview()

    def test_callback_results_stand_beside_the_engineers_month(self):
        """Evidence for praise and for correction, changing no score by itself (S3-104)."""
        mine = self.make_worked_order()
        self.env["service.assignment"].create(
            {"job_id": mine.job_ids.id, "employee_id": self.technician.id}
        )
        others = self.make_worked_order({self.technician_2: 1.0})
        said = {
            verdict: self.make_call(mine, started=IN_MONTH, satisfied=verdict)
            for verdict in ("yes", "no", "unknown")
        }
        self.make_call(others, started=IN_MONTH, satisfied="no")
        self.make_call(mine, started=datetime(2026, 4, 2), satisfied="no")
        month = self.close_month(self.make_month(), "draft")
        score = month.score
        month = month.with_user(self.user_officer)
        self.assertEqual(month.callback_count, 2)
        found = self.env["service.call"].search(month.action_view_callbacks()["domain"])
        self.assertEqual(found, said["yes"] | said["no"])
        self.assertEqual(self.close_month(month, "draft").score, score)
        action = said["no"].with_user(self.user_officer).action_merit()
        merit = self.env["service.merit"].with_user(self.user_officer)
        merit = merit.with_context(**action["context"]).create({"reason": "Came back twice."})
        self.assertEqual((merit.kind, merit.order_id), ("sanction", mine))
        self.assertEqual(merit.sudo().employee_id, self.technician)
        advisor = self.close_month(self.make_month(self.advisor), "draft")
        self.assertEqual(advisor.callback_count, 3)
