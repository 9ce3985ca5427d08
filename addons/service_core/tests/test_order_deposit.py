from odoo.exceptions import AccessError, UserError
from odoo.tests import Form, tagged

from odoo.addons.service_core.tests.common import ServiceCommon


@tagged("post_install", "-at_install")
class TestOrderDeposit(ServiceCommon):
    def deposit(self, order, amount):
        bill = order.with_user(self.user_cashier)._take_deposit(amount)
        self.pay(order)
        return bill

    def received(self, order):
        """What the house got for the order and what it billed, both net of what went back."""
        order.invalidate_recordset(["invoice_ids"])
        bills = order.invoice_ids.filtered(lambda move: move.state == "posted")
        receivable = bills.line_ids.filtered(lambda line: line.account_type == "asset_receivable")
        billed = sum(receivable.mapped("balance"))
        return billed - sum(receivable.mapped("amount_residual")), billed

    def test_a_deposit_is_taken_off_the_bill(self):
        order = self.make_order("agreed")
        approved = order.amount_quoted
        bill = self.deposit(order, 50)
        self.assertEqual((bill.amount_total, bill.payment_state), (50, "paid"))
        self.assertEqual(order.deposit_total, 50)
        self.drive(order, "settled")
        final = order.invoice_ids - bill
        self.assertEqual(final.amount_total, approved - 50)
        self.pay(order)
        self.assertEqual(self.received(order), (approved, approved))
        order.custody_returned = True
        order.with_user(self.user_advisor).action_deliver()
        self.assertEqual(order.state, "delivered")
        # goods left once, whatever way they were paid
        self.assertEqual(
            order.line_ids.filtered(lambda line: line.kind == "part").sale_line_id.qty_delivered, 1
        )

    def test_no_more_is_paid_ahead_than_was_approved(self):
        order = self.make_order("in_repair")
        approved = order.amount_quoted
        for amount in (0, -1):
            with self.assertRaisesRegex(UserError, "how much"):
                order.with_user(self.user_cashier)._take_deposit(amount)
        with self.assertRaisesRegex(UserError, "can be paid ahead"):
            order.with_user(self.user_cashier)._take_deposit(approved + 0.01)
        self.deposit(order, approved - 10)
        with self.assertRaisesRegex(UserError, "can be paid ahead"):
            order.with_user(self.user_cashier)._take_deposit(10.01)
        self.deposit(order, 10)
        self.drive(order, "settled")
        self.assertEqual(self.received(order), (approved, approved))

    def test_a_deposit_is_taken_by_the_cashier_for_agreed_work(self):
        with self.assertRaisesRegex(UserError, "once the work is agreed"):
            self.make_order("quoted").with_user(self.user_cashier)._take_deposit(10)
        order = self.make_order("agreed")
        with self.assertRaises(AccessError):
            order.with_user(self.user_advisor)._take_deposit(10)
        action = order.with_user(self.user_cashier).action_deposit()
        wizards = self.env["service.deposit"].with_user(self.user_cashier)
        with Form(wizards.with_context(**action["context"])) as form:
            self.assertEqual(form.approved, order.amount_quoted)
            form.amount = 20
        self.assertEqual(form.record.action_take()["res_model"], "account.payment.register")
        self.assertEqual(order.deposit_total, 20)

    def test_a_bill_taken_back_leaves_the_deposit(self):
        order = self.make_order("agreed")
        approved = order.amount_quoted
        bill = self.deposit(order, 50)
        self.drive(order, "settled")
        order.with_user(self.user_manager)._unsettle("Wrong price told")
        self.assertEqual(bill.payment_state, "paid")
        self.assertEqual(self.received(order), (50, 50))
        order.with_user(self.user_cashier)._sign_settlement("Ada Owner")
        order.with_user(self.user_cashier).action_settle()
        self.pay(order)
        self.assertEqual(self.received(order), (approved, approved))

    def test_work_that_is_not_done_gives_the_deposit_back(self):
        order = self.make_order("agreed")
        self.deposit(order, 50)
        order.with_user(self.user_advisor)._stop("Sold the car")
        order.with_user(self.user_cashier).action_settle()
        notes = order.invoice_ids.filtered(lambda move: move.move_type == "out_refund")
        self.assertEqual((notes.state, notes.amount_total), ("posted", 50))
        self.assertEqual(self.received(order)[1], 0)
        order.custody_returned = True
        order.with_user(self.user_advisor).action_deliver()
        self.assertEqual(order.state, "delivered")

    def test_a_deposit_is_given_back_before_the_estimate_is_revised(self):
        order = self.make_order("agreed")
        self.deposit(order, 50)
        with self.assertRaisesRegex(UserError, "give the deposit back"):
            order.with_user(self.user_advisor).action_revise()
        with self.assertRaises(AccessError):
            order.with_user(self.user_advisor).action_return_deposit()
        order.with_user(self.user_cashier).action_return_deposit()
        self.assertEqual(order.deposit_total, 0)
        with self.assertRaisesRegex(UserError, "No deposit"):
            order.with_user(self.user_cashier).action_return_deposit()
        order.with_user(self.user_advisor).action_revise()
        self.assertEqual(order.state, "diagnosed")
        order.with_user(self.user_advisor).action_quote()
        self.drive(order, "settled")
        final = order.invoice_ids.sorted("id")[-1]
        self.assertEqual(final.amount_total, order.amount_quoted)
