from odoo.exceptions import AccessError, UserError
from odoo.tests import tagged

from ..rules import case_lifecycle as life
from .common import ComplaintCommon


@tagged("post_install", "-at_install")
class TestCaseDrag(ComplaintCommon):
    """Dragging a card on the board writes a stage: it says the verb or is refused."""

    def stage(self, state):
        return self.env.ref(f"service_complaint.helpdesk_ticket_stage_{state}").id

    def test_a_drag_says_the_verb(self):
        case = self.make_case()
        case.write({"stage_id": self.stage("recorded")})
        case.write({"stage_id": self.stage("routed"), "sequence": 3})
        self.assertEqual(case.case_state, "routed")
        self.assertEqual(case.team_id, self.team_technical)
        self.assertEqual(case.sequence, 3)
        case.write({"department_feedback": "Done.", "stage_id": self.stage("returned")})
        case.write({"answer": "Done.", "stage_id": self.stage("replied")})
        case.write({"confirmed_satisfied": True, "stage_id": self.stage("done")})
        self.assertEqual(
            [verb for verb, _from, _to in self.logged(case)],
            ["record", "route", "return", "reply", "close"],
        )

    def test_a_drag_meets_the_same_gates_as_the_button(self):
        for state, target, sentence in (
            ("recorded", "direct", "is told first"),
            ("routed", "returned", "found out about"),
            ("returned", "replied", "is told first"),
            ("replied", "done", "has not confirmed"),
            ("replied", "called_back", "Use Call Back"),
            ("called_back", "routed", "Use Re-Open"),
            ("draft", "done", "cannot go straight"),
            ("routed", "recorded", "cannot go straight"),
        ):
            case = self.make_case(state)
            with self.subTest(state=state, target=target):
                with self.assertRaisesRegex(UserError, sentence):
                    case.write({"stage_id": self.stage(target)})
                self.assertEqual(case.case_state, state)
                self.assertEqual(case.stage_id.case_state, state)

    def test_dropping_a_card_where_it_was_changes_nothing(self):
        case = self.make_case("routed")
        case.write({"stage_id": self.stage("routed")})
        self.assertEqual(case.transfer_count, 1)

    def test_a_foreign_stage_is_no_step_of_a_case(self):
        case = self.make_case("replied")
        with self.assertRaisesRegex(UserError, "cannot go straight"):
            case.write({"stage_id": self.env.ref("helpdesk_mgmt.helpdesk_ticket_stage_done").id})

    def test_a_department_drags_its_feedback_and_nothing_else(self):
        case = self.make_case("routed").with_user(self.user_department)
        with self.assertRaises(AccessError):
            case.write({"stage_id": self.stage("routed"), "answer": "Dear customer"})
        case.sudo().department_feedback = "Found."
        case.write({"stage_id": self.stage("returned")})
        self.assertEqual(case.case_state, "returned")
        with self.assertRaises(AccessError):
            case.write({"stage_id": self.stage("replied")})

    def test_the_board_shows_all_steps_and_other_boards_none(self):
        Ticket = self.env["helpdesk.ticket"].with_user(self.user_hotline)
        shown = Ticket.with_context(service_case=True)._read_group_stage_ids(
            self.env["helpdesk.ticket.stage"], []
        )
        self.assertEqual(len(shown.filtered("case_state")), 8)
        self.assertEqual(shown, shown.filtered("case_state"))
        other = Ticket._read_group_stage_ids(self.env["helpdesk.ticket.stage"], [])
        self.assertFalse(other.filtered("case_state"))

    def test_the_columns_stand_in_the_order_of_the_road(self):
        self.make_case("routed")
        self.make_case("replied")
        groups = (
            self.env["helpdesk.ticket"]
            .with_user(self.user_hotline)
            .with_context(service_case=True, read_group_expand=True)
            .web_read_group([("is_service_case", "=", True)], ["stage_id"])["groups"]
        )
        stages = self.env["helpdesk.ticket.stage"].browse(group["stage_id"][0] for group in groups)
        self.assertEqual(stages.mapped("case_state"), [state for state, _label in life.STATES])

    def test_the_columns_of_the_board_are_not_deleted(self):
        stage = self.env["helpdesk.ticket.stage"].browse(self.stage("replied"))
        with self.assertRaisesRegex(UserError, "cannot be deleted"):
            stage.with_user(self.user_hotline_manager).unlink()
