from odoo.exceptions import AccessError, UserError
from odoo.tests import tagged

from odoo.addons.service_core.rules import order_lifecycle as life
from odoo.addons.service_core.tests.common import SIGNATURE, ServiceCommon

STATES = [state for state, _label in life.STATES]

# verb -> how its right user says it
SAY = {
    "book": lambda case, order: order.with_user(case.user_receptionist).action_book(),
    "receive": lambda case, order: order.with_user(case.user_advisor).action_receive(),
    "diagnose": lambda case, order: order.with_user(case.user_technician).action_diagnose(),
    "quote": lambda case, order: order.with_user(case.user_advisor).action_quote(),
    "agree": lambda case, order: case.say_agree(order),
    "start": lambda case, order: order.with_user(case.user_team_leader).action_start(),
    "finish": lambda case, order: order.with_user(case.user_team_leader).action_finish(),
    "pass": lambda case, order: order.with_user(case.user_technician).action_pass(),
    "fail": lambda case, order: order.with_user(case.user_team_leader)._fail("Rattles"),
    "wash_done": lambda case, order: order.with_user(case.user_receptionist).action_wash_done(),
    "settle": lambda case, order: case.say_settle(order),
    "deliver": lambda case, order: case.say_deliver(order),
    "revise": lambda case, order: order.with_user(case.user_advisor).action_revise(),
    "stop": lambda case, order: order.with_user(case.user_advisor)._stop("Too expensive"),
    "split": lambda case, order: case.say_split(order),
    "cancel": lambda case, order: order.with_user(case.user_receptionist)._cancel("Sold the car"),
    "unsettle": lambda case, order: order.with_user(case.user_manager)._unsettle("Wrong payer"),
    "undo": lambda case, order: order.with_user(case.user_manager).action_undo(),
}


@tagged("post_install", "-at_install")
class TestOrderLifecycle(ServiceCommon):
    def say_agree(self, order):
        if order.state == "quoted":
            self.approve(order)
        order.with_user(self.user_advisor).action_agree()

    def say_settle(self, order):
        if order.state == "ready":
            order.with_user(self.user_cashier)._sign_settlement("Ada Owner", SIGNATURE)
        order.with_user(self.user_cashier).action_settle()

    def say_deliver(self, order):
        self.pay(order)
        order.custody_returned = True
        order.with_user(self.user_advisor).action_deliver()

    def say_split(self, order):
        if order.state in ("agreed", "in_repair"):
            # the piece on the shelf was meant for this car, and breaks
            order.picking_ids.do_unreserve()
        order.with_user(self.user_advisor).action_split()

    def order_in(self, state):
        """A repair order in ``state``; cancelled is reached by its own verb."""
        values = {"kind_id": self.kind_repair.id, "no_metal": True}
        if state == "cancelled":
            order = self.make_order("booked", **values)
            order.with_user(self.user_receptionist)._cancel("Not coming")
            return order
        return self.make_order(state, **values)

    def test_table_covers_every_verb_and_state_of_the_design(self):
        self.assertEqual(set(SAY), set(life.ORDER.verbs))
        self.assertEqual(set(STATES), set(life.ORDER.states))

    def test_every_state_answers_every_verb_as_the_table_says(self):
        for state in STATES:
            order = self.order_in(state)
            self.assertEqual(order.state, state)
            for verb, say in SAY.items():
                with self.subTest(state=state, verb=verb):
                    # what the verb did is taken back, so that each verb meets the same order
                    savepoint = self.env.cr.savepoint(flush=True)
                    try:
                        if life.ORDER.allows(verb, state):
                            self.assertAllowed(order, verb, say)
                        else:
                            with self.assertRaises(UserError) as refused:
                                say(self, order)
                            self.assertIn(order.name, str(refused.exception))
                            self.assertEqual(order.state, state)
                    finally:
                        savepoint.close(rollback=True)
                        self.env.invalidate_all(flush=False)

    def assertAllowed(self, order, verb, say):
        state = order.state
        targets = life.ORDER.targets(verb, state)
        if verb == "undo" and state == "ready":
            # its last step was the washing, which may be taken back
            targets = ("washing",)
        if verb == "quote" and state == "received":
            # only where the kind needs no diagnosis
            order.kind_id = self.kind_maintenance
        say(self, order)
        self.assertIn(order.state, targets)
        last = order._last_transition()
        self.assertEqual((last.verb, last.from_state, last.to_state), (verb, state, order.state))

    def test_state_cannot_be_written_or_created_past_the_table(self):
        order = self.make_order()
        for context in ({}, {"service_lifecycle_key": True}):
            with self.assertRaises(UserError):
                order.with_context(**context).write({"state": "delivered"})
            with self.assertRaises(UserError):
                order.with_context(**context).create(
                    {"vehicle_id": order.vehicle_id.id, "state": "ready"}
                )

    def test_transitions_are_kept_for_good(self):
        order = self.make_order("booked")
        transition = order._last_transition()
        with self.assertRaises(UserError):
            transition.verb = "receive"
        with self.assertRaises(UserError):
            transition.unlink()

    def test_two_orders_say_each_verb_together(self):
        orders = self.make_order() | self.make_order()
        orders.with_user(self.user_receptionist).action_book()
        orders.with_user(self.user_advisor).action_receive()
        orders.with_user(self.user_advisor).action_quote()
        for order in orders:
            self.approve(order)
        orders.with_user(self.user_advisor).action_agree()
        orders.with_user(self.user_team_leader).action_start()
        orders.with_user(self.user_parts).action_issue_parts()
        orders.with_user(self.user_team_leader).action_finish()
        for user in (self.user_technician, self.user_team_leader, self.user_advisor):
            orders.with_user(user).action_pass()
        orders.no_metal = True
        orders.with_user(self.user_receptionist).action_wash_done()
        self.tick_lists(orders)
        for order in orders:
            order.with_user(self.user_cashier)._sign_settlement("Ada Owner")
        orders.with_user(self.user_cashier).action_settle()
        self.assertEqual(len(orders.invoice_ids), 2)
        for order in orders:
            self.pay(order)
        orders.custody_returned = True
        orders.with_user(self.user_advisor).action_deliver()
        self.assertEqual(set(orders.mapped("state")), {"delivered"})

    def test_verb_of_another_role_is_refused(self):
        order = self.make_order("booked")
        for verb in ("receive", "cancel"):
            with self.subTest(verb=verb), self.assertRaises(AccessError):
                method = order.with_user(self.user_technician)
                method.action_receive() if verb == "receive" else method._cancel("No")

    def test_begun_order_cannot_be_deleted(self):
        order = self.make_order("booked")
        with self.assertRaises(UserError):
            order.with_user(self.user_manager).unlink()
        draft = self.make_order()
        draft.with_user(self.user_manager).unlink()
        self.assertFalse(draft.exists())
