from odoo.tests import tagged

from .common import ComplaintCommon

COMPLAINT = "It still squeaks, I am fed up."


@tagged("post_install", "-at_install")
class TestCaseFromFollowup(ComplaintCommon):
    """A dissatisfied answer becomes a complaint at once (S3-97, S1-78)."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.order = cls.make_delivered()
        cls.followup = cls.order.followup_ids[:1]

    def dissatisfied(self, **values):
        return self.log(
            self.followup,
            satisfied="no",
            verbatim=COMPLAINT,
            complaint="Squeaks",
            **values,
        )

    def case_of(self, call):
        return self.env["helpdesk.ticket"].search([("call_id", "=", call.id)])

    def test_a_dissatisfied_answer_opens_a_complaint(self):
        call = self.dissatisfied()
        case = self.case_of(call)
        self.assertEqual(len(case), 1)
        self.assertTrue(case.is_service_case)
        self.assertTrue(case.is_complaint)
        self.assertEqual(case.case_state, "draft")
        self.assertEqual(case.verbatim, COMPLAINT)
        self.assertEqual(case.order_id, self.order)
        self.assertEqual(case.vehicle_id, self.order.vehicle_id)
        self.assertEqual(case.partner_id, call.partner_id)
        self.assertEqual(case.company_id, self.order.company_id)
        self.assertEqual(case.caller_phone, call.phone)
        self.assertEqual(case.call_ids, call)
        self.assertEqual(case.team_id, self.team_hotline)

    def test_a_complaint_has_an_owner_from_its_first_minute(self):
        self.assertEqual(self.case_of(self.dissatisfied()).user_id, self.user_hotline_manager)

    def test_the_leader_and_the_advisor_are_told_at_once_and_in_writing(self):
        case = self.case_of(self.dissatisfied())
        self.assertTrue(case.announced_at)
        note = case.message_ids.filtered("partner_ids")
        self.assertEqual(
            note.partner_ids,
            self.user_hotline_manager.partner_id | self.order.advisor_id.partner_id,
        )
        self.assertEqual(case.activity_ids.user_id, self.user_hotline_manager)

    def test_recording_does_not_announce_it_twice(self):
        case = self.case_of(self.dissatisfied())
        case.with_user(self.user_hotline).action_record()
        self.assertEqual(len(case.message_ids.filtered("partner_ids")), 1)

    def test_a_call_has_one_case(self):
        call = self.dissatisfied()
        again = self.followup._on_dissatisfied(call)
        self.assertIsNone(again)
        self.assertEqual(len(self.case_of(call)), 1)
        case = self.case_of(call)
        self.assertEqual(self.env["helpdesk.ticket"]._open_from_call(call), case)

    def test_a_satisfied_answer_opens_nothing(self):
        call = self.log(self.followup)
        self.assertFalse(self.case_of(call))

    def test_the_case_is_seen_on_the_order_and_the_car(self):
        case = self.case_of(self.dissatisfied())
        order = self.order.with_user(self.user_advisor)
        self.assertEqual(order.ticket_count, 1)
        self.assertEqual(order.open_complaint_count, 1)
        self.assertEqual(order.action_view_cases()["res_id"], case.id)
        self.assertEqual(order.action_view_open_complaints()["res_id"], case.id)
        self.assertEqual(order.vehicle_id.ticket_count, 1)
        self.assertEqual(order.vehicle_id.action_view_cases()["res_id"], case.id)

    def test_the_next_visit_knows_of_the_complaint(self):
        self.dissatisfied()
        visit = self.make_order(vehicle_id=self.order.vehicle_id.id).with_user(self.user_advisor)
        self.assertEqual(visit.ticket_count, 0)
        self.assertEqual(visit.open_complaint_count, 1)

    def test_several_cases_open_as_a_list(self):
        self.make_case(order_id=self.order.id)
        self.make_case(order_id=self.order.id)
        action = self.order.action_view_cases()
        self.assertIn(("order_id", "=", self.order.id), action["domain"])
        self.assertNotIn("res_id", {key for key, value in action.items() if value})

    def test_the_call_leads_to_its_case(self):
        call = self.dissatisfied()
        self.assertEqual(call.action_view_case()["res_id"], self.case_of(call).id)
