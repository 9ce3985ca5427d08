from odoo.exceptions import AccessError, UserError
from odoo.tests import freeze_time, tagged

from .common import ComplaintCommon


@tagged("post_install", "-at_install")
class TestCaseClosing(ComplaintCommon):
    """The gates of the end: answered, confirmed by the customer, or a manager's recorded reason."""

    def test_an_enquiry_closes_on_the_customers_word(self):
        case = self.make_case("replied")
        with self.assertRaisesRegex(UserError, "has not confirmed"):
            case.action_close()
        case.confirmed_satisfied = True
        case.action_close()
        self.assertEqual(case.case_state, "done")
        self.assertTrue(case.closed_date)

    def test_a_complaint_closes_only_after_he_was_called_back(self):
        case = self.make_case("replied", is_complaint=True)
        case.confirmed_satisfied = True
        with self.assertRaisesRegex(UserError, "call the customer back"):
            case.action_close()
        case._case_call_back("Yes, fine now.", True)
        case.action_close()
        self.assertEqual(case.case_state, "done")

    def test_a_complaint_called_back_in_vain_stays_open(self):
        case = self.make_case("replied", is_complaint=True)
        case._case_call_back("No, it still jerks.", False)
        with self.assertRaisesRegex(UserError, "has not confirmed"):
            case.action_close()

    def test_the_manager_closes_with_a_recorded_reason(self):
        case = self.make_case("replied", is_complaint=True).with_user(self.user_hotline_manager)
        action = case.action_close()
        self.assertEqual(action["res_model"], "helpdesk.ticket.reason")
        with self.assertRaises(UserError):
            case._case_close("   ")
        self.wizard(
            action, user=self.user_hotline_manager, reason="Moved abroad, not reachable."
        ).action_apply()
        self.assertEqual(case.case_state, "done")
        self.assertEqual(case.closed_reason, "Moved abroad, not reachable.")
        self.assertFalse(case.confirmed_satisfied)

    def test_an_agent_has_no_reason_of_his_own(self):
        case = self.make_case("replied")
        with self.assertRaises(UserError):
            case.action_close()
        with self.assertRaisesRegex(AccessError, "hotline manager"):
            case._case_close("I am tired of it.")

    def test_a_confirmed_case_needs_no_reason(self):
        case = self.make_case("called_back").with_user(self.user_hotline_manager)
        case._case_close("Not needed")
        self.assertFalse(case.closed_reason)

    def test_no_reason_closes_an_unanswered_case(self):
        for state in ("recorded", "direct", "routed", "returned"):
            case = self.make_case(state).with_user(self.user_hotline_manager)
            with self.assertRaises(UserError):
                case._case_close("Enough.")

    def test_the_call_back_is_a_call_in_his_words(self):
        case = self.make_case("replied", is_complaint=True)
        wizard = self.wizard(case.action_call_back(), verbatim="Runs well, thanks.")
        wizard.action_satisfied()
        call = case.call_ids
        self.assertEqual(call.verbatim, "Runs well, thanks.")
        self.assertEqual((call.direction, call.purpose, call.result), ("out", "case", "answered"))
        self.assertEqual(call.satisfied, "yes")
        self.assertEqual(call.partner_id, self.customer)
        self.assertEqual(case.case_state, "done")
        self.assertTrue(case.confirmed_satisfied)

    def test_a_call_back_without_words_is_none(self):
        case = self.make_case("replied")
        with self.assertRaisesRegex(UserError, "in his own words"):
            case._case_call_back(" ", True)
        self.assertFalse(case.call_ids)

    def test_nobody_answered_leaves_the_case_waiting(self):
        case = self.make_case("replied")
        wizard = self.wizard(case.action_call_back())
        with self.assertRaisesRegex(UserError, "no conversation"):
            wizard.action_not_reached()
        wizard.result = "busy"
        wizard.action_not_reached()
        self.assertEqual(case.case_state, "replied")
        self.assertEqual(case.call_ids.result, "busy")
        self.assertFalse(case.confirmed_satisfied)

    def test_not_satisfied_goes_back_to_a_department(self):
        case = self.make_case("replied", is_complaint=True)
        self.wizard(case.action_call_back(), verbatim="Still jerks!").action_unsatisfied()
        self.assertEqual(case.case_state, "routed")
        self.assertEqual(case.reopen_count, 1)
        self.assertFalse(case.answer)
        self.assertFalse(case.department_feedback)
        self.assertIn("Still jerks!", "".join(case.sudo().message_ids.mapped("body")))
        self.assertEqual(case.call_ids.satisfied, "no")

    def test_a_case_solved_directly_waits_for_a_type_before_it_is_routed(self):
        case = self.make_case("direct", problem_type=False)
        case.action_reply()
        self.wizard(case.action_call_back(), verbatim="No.").action_unsatisfied()
        self.assertEqual(case.case_state, "called_back")
        wizard = self.wizard(case.action_reopen(), reason="Not solved.", problem_type="service")
        wizard.action_apply()
        self.assertEqual(case.case_state, "routed")
        self.assertEqual(
            case.team_id, self.env.ref("service_complaint.helpdesk_ticket_team_customer_service")
        )

    def test_a_closed_case_opens_again_with_a_reason(self):
        case = self.make_case("done")
        with self.assertRaisesRegex(UserError, "why the case is opened again"):
            case._case_reopen(" ")
        self.wizard(case.action_reopen(), reason="It is back.").action_apply()
        self.assertEqual(case.case_state, "routed")
        self.assertFalse(case.closed_date)
        self.assertFalse(case.confirmed_satisfied)
        self.assertEqual(case.problem_type, "technical")

    def test_the_first_answer_is_the_one_that_is_measured(self):
        with freeze_time("2026-03-02 08:00:00"):
            case = self.make_case("returned")
            self.env.cr.execute(
                "UPDATE helpdesk_ticket SET create_date = %s WHERE id = %s",
                ("2026-03-02 08:00:00", case.id),
            )
            case.invalidate_recordset(["create_date"])
        case.answer = "First"
        with freeze_time("2026-03-02 11:30:00"):
            case.action_reply()
        self.assertEqual(case.hours_to_reply, 3.5)
        first = case.replied_at
        with freeze_time("2026-03-05 11:30:00"):
            case._case_reopen("Back again.")
            case._case_return("Once more.")
            case.answer = "Second"
            case.action_reply()
        self.assertEqual(case.hours_to_reply, 3.5)
        self.assertEqual(case.replied_at, first)

    def test_a_complaint_reminds_its_owner_to_call(self):
        case = self.make_case("replied", is_complaint=True)
        mine = case.sudo().activity_ids.filtered(lambda a: a.user_id == self.user_hotline)
        self.assertEqual(
            mine.activity_type_id, self.env.ref("service_complaint.mail_activity_type_answer")
        )
        case._case_call_back("Good.", True)
        case.action_close()
        self.assertFalse(case.sudo().activity_ids)

    def test_the_case_is_printed_with_its_whole_story(self):
        """S3-65: the customer problem handling form."""
        cases = self.make_case("done", is_complaint=True) | self.make_case("recorded")
        html, _kind = (
            self.env["ir.actions.report"]
            .with_user(self.user_hotline)
            ._render_qweb_html("service_complaint.report_helpdesk_ticket", cases.ids)
        )
        text = html.decode()
        for words in (
            cases[0].verbatim,
            cases[0].department_feedback,
            cases[0].answer,
            cases[0].call_ids.verbatim,
            cases[1].number,
        ):
            self.assertIn(words, text)
