from contextlib import contextmanager

from odoo.exceptions import UserError
from odoo.tests import tagged

from ..rules import case_lifecycle as life
from .common import ComplaintCommon
from .test_rules_case_lifecycle import TABLE

VERBS = {
    "record": lambda case: case.action_record(),
    "direct": lambda case: case.action_direct(),
    "route": lambda case: case.action_route(),
    "return": lambda case: case._case_return("Found and repaired."),
    "reply": lambda case: case.action_reply(),
    "call_back": lambda case: case._case_call_back("Fine.", True),
    "close": lambda case: case._case_close(),
    "reopen": lambda case: case._case_reopen("It is back."),
}


@tagged("post_install", "-at_install")
class TestCaseLifecycle(ComplaintCommon):
    def test_every_verb_in_every_state(self):
        """Allowed and refused as the table says, on real records, by a real agent."""
        for state, _label in life.STATES:
            case = self.make_case(state)
            # everything else that a verb could miss is there
            if state in ("recorded", "returned"):
                case.answer = "Come by tomorrow."
            if state == "replied":
                case.confirmed_satisfied = True
            for verb, say in VERBS.items():
                with self.subTest(state=state, verb=verb), self.undone():
                    targets = TABLE.get((state, verb))
                    if targets:
                        say(case)
                        self.assertIn(case.case_state, targets)
                    else:
                        with self.assertRaises(UserError):
                            say(case)
                        self.assertEqual(case.case_state, state)

    @contextmanager
    def undone(self):
        """Take back what the block did, so that the next verb finds the same case."""
        savepoint = self.env.cr.savepoint()
        try:
            yield
        finally:
            savepoint.close(rollback=True)
            self.env.invalidate_all(flush=False)

    def test_the_main_road_leaves_one_line_a_verb(self):
        case = self.make_case("done")
        self.assertEqual(
            self.logged(case),
            [
                ("record", "draft", "recorded"),
                ("route", "recorded", "routed"),
                ("return", "routed", "returned"),
                ("reply", "returned", "replied"),
                ("call_back", "replied", "called_back"),
                ("close", "called_back", "done"),
            ],
        )

    def test_the_log_names_who_said_the_verb(self):
        case = self.make_case("returned")
        line = self.env["service.transition"].search(
            [("res_model", "=", "helpdesk.ticket"), ("res_id", "=", case.id)], limit=1
        )
        self.assertEqual(line.user_id, self.user_department)

    def test_the_stage_follows_every_step(self):
        for state, _label in life.STATES:
            case = self.make_case(state)
            self.assertEqual(case.stage_id.case_state, state)
            self.assertEqual(case.closed, state == "done")

    def test_the_step_is_not_written_by_hand(self):
        case = self.make_case("recorded")
        for vals in ({"case_state": "done"}, {"case_state": "done", "stage_id": 1}):
            with self.assertRaisesRegex(UserError, "moved by its buttons"):
                case.write(vals)
            with self.assertRaisesRegex(UserError, "moved by its buttons"):
                case.sudo().write(vals)
        self.assertEqual(case.case_state, "recorded")

    def test_a_new_case_starts_at_its_first_step(self):
        with self.assertRaisesRegex(UserError, "starts at its first step"):
            self.make_case(case_state="replied")
        stage = self.env.ref("service_complaint.helpdesk_ticket_stage_done")
        self.assertEqual(self.make_case(stage_id=stage.id).stage_id.case_state, "draft")

    def test_two_cases_are_moved_at_once(self):
        cases = self.make_case() | self.make_case(user_id=False)
        cases.action_record()
        self.assertEqual(cases.mapped("case_state"), ["recorded"] * 2)
        self.assertEqual(cases.user_id, self.user_hotline)
        cases.action_route()
        self.assertEqual(cases.mapped("case_state"), ["routed"] * 2)
        cases.with_user(self.user_department)._case_return("Both done.")
        cases.answer = "Both done."
        cases.action_reply()
        cases.confirmed_satisfied = True
        cases.action_close()
        self.assertEqual(cases.mapped("case_state"), ["done"] * 2)

    def test_the_direct_road_needs_no_department(self):
        case = self.make_case("direct")
        self.assertTrue(case.is_direct)
        case.action_reply()
        case.confirmed_satisfied = True
        case.action_close()
        self.assertEqual(case.case_state, "done")
        self.assertEqual(case.team_id, self.team_hotline)
