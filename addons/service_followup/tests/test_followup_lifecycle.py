from odoo.exceptions import UserError
from odoo.tests import tagged

from ..rules import followup_lifecycle as life
from ..rules import letter_lifecycle
from .common import FollowupCommon


@tagged("post_install", "-at_install")
class TestFollowupLifecycle(FollowupCommon):
    def put(self, followup, state):
        self.env.flush_all()
        self.env.cr.execute(
            "UPDATE service_followup SET state = %s WHERE id = %s", (state, followup.id)
        )
        followup.invalidate_recordset(["state"])

    def test_every_verb_in_every_state(self):
        followup = self.make_followup()
        for verb in life.FOLLOWUP.verbs:
            for state, _label in life.STATES:
                with self.subTest(verb=verb, state=state):
                    self.put(followup, state)
                    if life.FOLLOWUP.allows(verb, state):
                        target = life.FOLLOWUP.targets(verb, state)[0]
                        followup._lifecycle_move(verb, target)
                        self.assertEqual(followup.state, target)
                    else:
                        with self.assertRaises(UserError):
                            followup._lifecycle_move(verb)
                        self.assertEqual(followup.state, state)

    def test_open_and_closed_states_are_all_states(self):
        states = {state for state, _label in life.STATES}
        self.assertEqual(states, set(life.OPEN) | set(life.CLOSED))
        self.assertEqual(states, set(life.FOLLOWUP.states))

    def test_letter_states_are_the_tables(self):
        self.assertEqual(
            {state for state, _label in letter_lifecycle.STATES},
            set(letter_lifecycle.LETTER.states),
        )

    def test_buttons_refuse_closed_contacts(self):
        followup = self.make_followup()
        followup._cancel("Car sold")
        for button in ("action_log_call", "action_cancel"):
            with self.subTest(button=button), self.assertRaises(UserError):
                getattr(followup, button)()

    def test_state_is_not_written_directly(self):
        followup = self.make_followup()
        with self.assertRaises(UserError):
            followup.state = "done"
        with self.assertRaises(UserError):
            self.make_followup(state="done")

    def test_moves_leave_a_log(self):
        followups = self.make_followup() + self.make_followup()
        followups._cancel("Car sold")
        log = self.env["service.transition"].search(
            [("res_model", "=", "service.followup"), ("res_id", "in", followups.ids)]
        )
        self.assertEqual(log.mapped("verb"), ["cancel", "cancel"])
