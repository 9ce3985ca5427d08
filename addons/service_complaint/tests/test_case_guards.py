from odoo.exceptions import AccessError, UserError
from odoo.tests import tagged

from .common import WORDS, ComplaintCommon


@tagged("post_install", "-at_install")
class TestCaseGuards(ComplaintCommon):
    def test_recording_wants_the_words(self):
        for words in (False, "  \n"):
            case = self.make_case(name="Call", description="<p></p>", verbatim=words)
            with self.assertRaisesRegex(UserError, "what the customer of"):
                case.action_record()

    def test_recording_wants_a_caller(self):
        case = self.make_case(partner_id=False, caller_phone=False, vehicle_id=False)
        with self.assertRaisesRegex(UserError, "who called"):
            case.action_record()
        case.caller_phone = "+1 555 0199"
        case.action_record()
        self.assertEqual(case.case_state, "recorded")

    def test_whoever_records_an_orphan_owns_it(self):
        case = self.make_case(user_id=False)
        case.action_record()
        self.assertEqual(case.user_id, self.user_hotline)

    def test_words_may_be_corrected_until_they_are_recorded(self):
        case = self.make_case()
        case.verbatim = "It jerks."
        case.action_record()
        with self.assertRaisesRegex(UserError, "stay as they are"):
            case.verbatim = "All is well."
        with self.assertRaisesRegex(UserError, "stay as they are"):
            case.sudo().verbatim = "All is well."
        case.verbatim = "It jerks."  # the form sends what it has
        self.assertEqual(case.verbatim, "It jerks.")

    def test_a_mail_is_its_own_words(self):
        case = self.make_case(
            verbatim=False, description="<p>My car <b>stinks</b></p>", name="Smell"
        )
        self.assertIn("stinks", case.verbatim)

    def test_the_title_is_taken_from_the_words(self):
        self.assertEqual(self.make_case().name, WORDS[:64])

    def test_a_solution_is_written_before_it_counts(self):
        case = self.make_case("recorded")
        with self.assertRaisesRegex(UserError, "is told first"):
            case.action_direct()
        case = self.make_case("returned")
        with self.assertRaisesRegex(UserError, "is told first"):
            case.action_reply()

    def test_satisfaction_is_confirmed_after_the_answer(self):
        for state in ("draft", "recorded", "direct", "routed", "returned"):
            with self.assertRaisesRegex(UserError, "Answer the customer"):
                self.make_case(state).confirmed_satisfied = True
        with self.assertRaisesRegex(UserError, "written by the buttons"):
            self.make_case(confirmed_satisfied=True)

    def test_what_the_verbs_write_nobody_else_writes(self):
        case = self.make_case("routed")
        for name, value in (
            ("closed_reason", "Because"),
            ("is_direct", True),
            ("transfer_count", 0),
            ("answer_due", "2030-01-01 00:00:00"),
        ):
            with self.assertRaisesRegex(UserError, "written by the buttons"):
                case.write({name: value})
        with self.assertRaisesRegex(UserError, "written by the buttons"):
            self.make_case(closed_reason="Because")

    def test_a_recorded_complaint_stays_one_without_the_manager(self):
        case = self.make_case("recorded", is_complaint=True)
        with self.assertRaisesRegex(UserError, "no complaint after all"):
            case.is_complaint = False
        case.with_user(self.user_hotline_manager).is_complaint = False
        self.assertFalse(case.is_complaint)

    def test_an_open_case_is_not_put_away(self):
        case = self.make_case("replied")
        with self.assertRaisesRegex(UserError, "Close"):
            case.action_archive()
        case.confirmed_satisfied = True
        case.action_close()
        case.action_archive()
        self.assertFalse(case.active)

    def test_a_case_is_answered_not_deleted(self):
        manager = self.user_hotline_manager
        with self.assertRaisesRegex(UserError, "not deleted"):
            self.make_case("recorded").with_user(manager).unlink()
        with self.assertRaisesRegex(UserError, "not deleted"):
            self.make_case(is_complaint=True).with_user(manager).unlink()
        misdial = self.make_case()
        misdial.with_user(manager).unlink()
        self.assertFalse(misdial.exists())

    def test_the_department_moves_nothing_but_its_feedback(self):
        case = self.make_case("routed").with_user(self.user_department)
        for verb in (
            "action_record",
            "action_direct",
            "action_route",
            "action_reply",
            "action_call_back",
            "action_close",
            "action_reopen",
        ):
            with self.subTest(verb=verb), self.assertRaises(AccessError):
                getattr(case, verb)()
        case._case_return("Done.")
        self.assertEqual(case.case_state, "returned")

    def test_rights_lent_by_sudo_make_no_agent(self):
        case = self.make_case("replied")
        case.confirmed_satisfied = True
        with self.assertRaises(AccessError):
            case.with_user(self.user_department).sudo().action_close()

    def test_another_department_gives_no_feedback(self):
        case = self.make_case("routed", problem_type="sales")
        stranger = self.user_department
        self.assertEqual(case.team_id, self.team_sales)
        with self.assertRaises(AccessError):
            case.with_user(stranger)._case_return("I know better.")

    def test_a_helpdesk_colleague_does_not_rewrite_a_case(self):
        colleague = self.make_user("helpdesk", "helpdesk_mgmt.group_helpdesk_user")
        case = self.make_case("routed")
        with self.assertRaisesRegex(AccessError, "belongs to the hotline"):
            case.with_user(colleague).write({"answer": "Nonsense"})
        with self.assertRaisesRegex(AccessError, "belongs to the hotline"):
            case.with_user(colleague).write({"department_feedback": "Nonsense"})
        self.team_technical.user_ids |= colleague
        case.with_user(colleague).write({"department_feedback": "Repaired."})
        self.assertEqual(case.department_feedback, "Repaired.")

    def test_only_the_hotline_writes_to_the_customer(self):
        case = self.make_case("routed")
        with self.assertRaisesRegex(UserError, "hotline answers the customer"):
            case.with_user(self.user_department).message_post(
                body="Dear customer", subtype_xmlid="mail.mt_comment"
            )
        case.with_user(self.user_department).message_post(
            body="For us", subtype_xmlid="mail.mt_note"
        )
        case.message_post(body="Dear customer", subtype_xmlid="mail.mt_comment")
        self.assertEqual(
            case.message_ids.filtered(lambda m: m.message_type == "notification")[:0].ids, []
        )

    def test_an_agent_takes_a_case_over_whatever_department_has_it(self):
        case = self.make_case("routed")
        case.with_user(self.user_hotline_manager).assign_to_me()
        self.assertEqual(case.user_id, self.user_hotline_manager)
        with self.assertRaises(AccessError):
            case.with_user(self.user_department).assign_to_me()
        plain = self.env["helpdesk.ticket"].create(
            {"name": "Printer", "description": "Broken", "team_id": self.team_plain.id}
        )
        with self.assertRaises(AccessError):
            plain.with_user(self.user_hotline).assign_to_me()
