from odoo.exceptions import AccessError, UserError
from odoo.tests import tagged

from odoo.addons.service_core.tests.common import ServiceCommon


@tagged("post_install", "-at_install")
class TestOrderUndo(ServiceCommon):
    def undo(self, order, user=None):
        return order.with_user(user or self.user_receptionist).action_undo()

    def assertUndone(self, order, state):
        self.undo(order)
        self.assertEqual(order.state, state)
        self.assertEqual(order._last_transition().verb, "undo")

    def assertNotUndone(self, order, sentence):
        state = order.state
        with self.assertRaisesRegex(UserError, sentence):
            self.undo(order, self.user_manager)
        self.assertEqual(order.state, state)

    def booked_hours(self, order):
        return self.env["service.capacity.booking"].search([("order_id", "=", order.id)])

    # === ALLOWED === #

    def test_booking_is_taken_back_with_its_hours(self):
        order = self.make_order("booked")
        self.assertTrue(self.booked_hours(order))
        self.assertUndone(order, "draft")
        self.assertFalse(self.booked_hours(order))
        order.with_user(self.user_receptionist).action_book()
        self.assertTrue(self.booked_hours(order))

    def test_reception_goes_back_to_where_it_came_from(self):
        self.assertUndone(self.make_order("received"), "booked")
        walk_in = self.make_order(planned_start=False)
        walk_in.with_user(self.user_advisor).action_receive()
        self.assertUndone(walk_in, "draft")

    def test_diagnosis_is_taken_back(self):
        self.assertUndone(self.make_order("diagnosed", kind_id=self.kind_repair.id), "received")

    def test_unanswered_estimate_is_taken_back_to_where_it_came_from(self):
        for kind, state in ((self.kind_repair, "diagnosed"), (self.kind_maintenance, "received")):
            order = self.make_order("quoted", kind_id=kind.id)
            self.assertUndone(order, state)
            self.assertEqual(order.approval_ids.state, "void")
            self.assertEqual(order.job_ids.approval, "pending")
            order.line_ids[0].with_user(self.user_advisor).product_uom_qty = 3

    def test_own_answer_of_the_house_does_not_hold_the_estimate(self):
        order = self.make_order("quoted", jobs=[{}, {"payer": "internal"}])
        self.assertUndone(order, "received")
        self.assertEqual(set(order.job_ids.mapped("approval")), {"pending"})
        order.with_user(self.user_advisor).action_quote()
        self.assertEqual(
            set(order.approval_ids.filtered(lambda a: a.state != "void").mapped("payer")),
            {"customer", "internal"},
        )

    def test_start_finish_and_wash_are_taken_back(self):
        self.assertUndone(self.make_order("in_repair"), "agreed")
        self.assertUndone(self.make_order("in_inspection"), "in_repair")
        order = self.make_order("ready")
        self.assertUndone(order, "washing")

    def test_two_orders_go_back_together(self):
        orders = self.make_order("booked") | self.make_order("received")
        self.undo(orders)
        self.assertEqual(orders.mapped("state"), ["draft", "booked"])

    # === REFUSED === #

    def test_answered_estimate_is_revised_not_undone(self):
        order = self.make_order("quoted")
        self.approve(order)
        self.assertNotUndone(order, "Revise it instead")

    def test_clocked_work_stays(self):
        order = self.make_order("in_repair")
        self.env["service.clocking"].with_user(self.user_technician)._clock_on(
            order.job_ids, self.technician
        )
        self.assertNotUndone(order, "already clocked")

    def test_clocked_diagnosis_keeps_the_reception(self):
        order = self.make_order(
            "received", kind_id=self.kind_repair.id, jobs=[{"kind": "diagnosis"}]
        )
        self.env["service.clocking"].with_user(self.user_technician)._clock_on(
            order.job_ids, self.technician
        )
        self.assertNotUndone(order, "already clocked")

    def test_issued_parts_keep_the_repair(self):
        order = self.make_order("in_repair")
        order.with_user(self.user_parts).action_issue_parts()
        self.assertNotUndone(order, "already issued")

    def test_signed_inspection_stays(self):
        order = self.make_order("in_inspection")
        order.with_user(self.user_technician).action_pass()
        self.assertNotUndone(order, "cannot be undone")

    def test_signed_settlement_stays(self):
        order = self.make_order("ready")
        order.with_user(self.user_cashier)._sign_settlement("Ada Owner")
        self.assertNotUndone(order, "already signed")

    def test_only_one_step_back(self):
        order = self.make_order("received")
        self.undo(order)
        self.assertNotUndone(order, "cannot be undone")

    def test_decisions_with_a_reason_are_not_undone(self):
        failed = self.make_order("in_inspection")
        failed.with_user(self.user_team_leader)._fail("Rattles")
        self.assertNotUndone(failed, "cannot be undone")
        stopped = self.make_order("received")
        stopped.with_user(self.user_advisor)._stop("Too expensive")
        self.assertNotUndone(stopped, "cannot be undone")
        revised = self.make_order("quoted")
        revised.with_user(self.user_advisor).action_revise()
        self.assertNotUndone(revised, "cannot be undone")
        taken_back = self.make_order("settled")
        taken_back.with_user(self.user_manager)._unsettle("Wrong payer")
        self.assertNotUndone(taken_back, "cannot be undone")

    def test_inspected_car_that_needs_no_wash_stays_ready(self):
        order = self.make_order("ready", kind_id=self.kind_express.id)
        self.assertNotUndone(order, "cannot be undone")

    def test_undo_is_not_for_everybody(self):
        order = self.make_order("booked")
        for user in (self.user_technician, self.user_parts, self.user_cashier):
            with self.assertRaises(AccessError):
                self.undo(order, user)
