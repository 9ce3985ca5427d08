from odoo.tests import BaseCase, tagged

from ..rules import case_lifecycle as life

# Every cell that is allowed; every other one is refused.
TABLE = {
    ("draft", "record"): ("recorded",),
    ("recorded", "direct"): ("direct",),
    ("recorded", "route"): ("routed",),
    ("direct", "route"): ("routed",),
    ("direct", "reply"): ("replied",),
    ("routed", "route"): ("routed",),
    ("routed", "return"): ("returned",),
    ("returned", "route"): ("routed",),
    ("returned", "reply"): ("replied",),
    ("replied", "call_back"): ("called_back",),
    ("replied", "close"): ("done",),
    ("replied", "reopen"): ("routed",),
    ("called_back", "close"): ("done",),
    ("called_back", "reopen"): ("routed",),
    ("done", "reopen"): ("routed",),
}


@tagged("post_install", "-at_install")
class TestRulesCaseLifecycle(BaseCase):
    def test_every_state_and_verb_is_as_written_down(self):
        for state, _label in life.STATES:
            for verb in life.CASE.verbs:
                with self.subTest(state=state, verb=verb):
                    self.assertEqual(life.CASE.targets(verb, state), TABLE.get((state, verb), ()))

    def test_the_table_knows_no_state_without_a_label(self):
        self.assertEqual(set(life.CASE.states), {state for state, _label in life.STATES})

    def test_an_unanswered_case_has_no_way_to_its_end(self):
        for state in ("draft", "recorded", "direct", "routed", "returned"):
            self.assertFalse(life.CASE.allows("close", state), state)

    def test_a_drag_is_the_verb_between_two_columns(self):
        self.assertEqual(life.verb_between("recorded", "routed"), "route")
        self.assertEqual(life.verb_between("called_back", "done"), "close")
        self.assertIsNone(life.verb_between("draft", "done"))
