from odoo import fields
from odoo.exceptions import AccessError, UserError
from odoo.fields import Command
from odoo.tests import tagged

from odoo.addons.service_core.tests.common import ServiceCommon


@tagged("post_install", "-at_install")
class TestOrderSettlement(ServiceCommon):
    def sign(self, order):
        order.with_user(self.user_cashier)._sign_settlement("Ada Owner")

    def settle(self, order):
        self.sign(order)
        order.with_user(self.user_cashier).action_settle()

    def bills(self, order):
        return order.invoice_ids.filtered(lambda move: move.move_type == "out_invoice")

    def stopped_order(self, state, hours=0.0, **values):
        """An order stopped in ``state`` after ``hours`` of work."""
        order = self.make_order(state, **values)
        if hours:
            start = fields.Datetime.now()
            clocking = (
                self.env["service.clocking"]
                .with_user(self.user_technician)
                ._clock_on(order.job_ids[0], self.technician, start)
            )
            clocking.sudo().write({"stop": fields.Datetime.add(start, hours=hours)})
        order.with_user(self.user_advisor)._stop("Sold the car")
        return order

    # === ONE BILL A PAYER === #

    def test_one_bill_over_all_rounds_of_the_customer(self):
        order = self.make_order("in_repair", jobs=[{"parts": [(self.part, 1)]}])
        self.make_job(order, parts=[(self.part, 2)])
        order.with_user(self.user_advisor).action_ask()
        self.approve(order, channel="phone")
        self.drive(order, "settled")
        self.assertEqual(len(order.sale_order_ids), 2)
        bill = self.bills(order)
        self.assertEqual((len(bill), bill.state), (1, "posted"))
        self.assertEqual(bill.partner_id, self.customer)
        self.assertEqual(bill.amount_total, order.amount_quoted)

    def test_labour_is_billed_by_standard_hours_whatever_the_clock_says(self):
        order = self.make_order("in_repair")
        start = fields.Datetime.now()
        clocking = (
            self.env["service.clocking"]
            .with_user(self.user_technician)
            ._clock_on(order.job_ids, self.technician, start)
        )
        clocking.sudo().write({"stop": fields.Datetime.add(start, hours=7)})
        self.drive(order, "settled")
        labour = self.bills(order).invoice_line_ids.filtered(
            lambda line: line.product_id == self.env.ref("service_core.product_labour")
        )
        self.assertEqual(labour.quantity, 1.5)

    def test_delivered_quantity_is_billed_whatever_the_product_says(self):
        for policy in ("order", "delivery"):
            self.part.invoice_policy = policy
            order = self.make_order("in_repair", jobs=[{"parts": [(self.part, 3)]}])
            line = order.line_ids.filtered(lambda line: line.product_id == self.part)
            order.with_user(self.user_parts)._issue_parts({line: 1})
            order.with_user(self.user_advisor)._stop("Sold the car")
            self.settle(order)
            billed = self.bills(order).invoice_line_ids.filtered(
                lambda line: line.product_id == self.part
            )
            self.assertEqual(billed.quantity, 1)

    def test_two_orders_settle_together_and_apart(self):
        orders = self.make_order("ready") | self.make_order("ready")
        for order in orders:
            self.sign(order)
        orders.with_user(self.user_cashier).action_settle()
        self.assertEqual(set(orders.mapped("state")), {"settled"})
        for order in orders:
            self.assertEqual(self.bills(order).amount_total, order.amount_quoted)
        self.assertFalse(self.bills(orders[0]) & self.bills(orders[1]))

    def test_signature_is_asked_when_the_car_is_ready_and_names_somebody(self):
        order = self.make_order("in_repair")
        with self.assertRaisesRegex(UserError, "when the car is ready"):
            self.sign(order)
        with self.assertRaises(AccessError):
            order.with_user(self.user_technician)._sign_settlement("Ada Owner")
        self.drive(order, "ready")
        with self.assertRaisesRegex(UserError, "Say who signed"):
            order.with_user(self.user_cashier)._sign_settlement(" ")
        self.sign(order)
        self.assertEqual(order.settlement_signed_by, "Ada Owner")
        self.assertTrue(order.settlement_signed_on)

    def test_only_a_cashier_settles(self):
        order = self.make_order("ready")
        self.sign(order)
        with self.assertRaises(AccessError):
            order.with_user(self.user_technician).action_settle()

    # === CEILING === #

    def draft_bill(self, order):
        return order.sale_order_ids._create_invoices(final=True)

    def add_by_hand(self, bill, price):
        bill.invoice_line_ids = [
            Command.create(
                {"name": "Shop supplies", "quantity": 1, "price_unit": price, "tax_ids": []}
            )
        ]

    def test_line_added_by_hand_cannot_be_posted_above_what_was_approved(self):
        order = self.make_order("ready")
        bill = self.draft_bill(order)
        self.add_by_hand(bill, 0.01)
        with self.assertRaisesRegex(UserError, "Ask for the difference first"), self.cr.savepoint():
            bill.with_user(self.user_cashier).action_post()
        self.assertEqual(bill.state, "draft")
        bill.invoice_line_ids.filtered(lambda line: line.name == "Shop supplies").unlink()
        bill.with_user(self.user_cashier).action_post()
        self.assertEqual(bill.state, "posted")

    def test_price_raised_on_the_draft_is_held_at_posting(self):
        order = self.make_order("ready")
        bill = self.draft_bill(order)
        bill.invoice_line_ids[0].price_unit += 10
        with self.assertRaisesRegex(UserError, "approved are"):
            bill.action_post()

    def test_tolerance_lets_a_little_pass(self):
        self.company.service_ceiling_tolerance = 10
        order = self.make_order("ready")
        bill = self.draft_bill(order)
        self.add_by_hand(bill, order.amount_quoted * 0.1)
        bill.action_post()
        self.assertEqual(bill.state, "posted")
        other = self.make_order("ready")
        above = self.draft_bill(other)
        self.add_by_hand(above, other.amount_quoted * 0.1 + 0.01)
        with self.assertRaisesRegex(UserError, "approved are"):
            above.action_post()

    def test_second_bill_for_the_same_work_is_held(self):
        order = self.make_order("settled")
        again = self.bills(order).copy()
        self.assertEqual(again.state, "draft")
        again.invoice_line_ids[0].sale_line_ids = order.line_ids.sale_line_id[:1]
        with self.assertRaisesRegex(UserError, "approved are"):
            again.action_post()

    def test_ceiling_of_one_payer_is_not_lent_to_another(self):
        order = self.make_order(
            "ready", jobs=[{"parts": [(self.part, 1)]}, {"payer": "manufacturer"}]
        )
        own = order.sale_order_ids.filtered(lambda sale: sale.partner_id == self.customer)
        bill = own._create_invoices(final=True)
        self.add_by_hand(bill, 1)
        with self.assertRaisesRegex(UserError, "bill of Ada Owner"):
            bill.action_post()

    def test_rounds_on_one_bill_may_round_to_a_cent_more(self):
        self.company.tax_calculation_rounding_method = "round_globally"
        tax = self.env["account.tax"].create(
            {
                "name": "Fifteen",
                "amount": 15,
                "type_tax_use": "sale",
                "price_include_override": "tax_excluded",
            }
        )
        self.part.taxes_id = tax
        jobs = [{"operation_id": False, "parts": [(self.part, 1)]}]
        order = self.make_order("in_repair", jobs=jobs)
        for _round in range(3):
            job = self.make_job(order, operation_id=False)
            self.env["service.order.line"].create(
                {"job_id": job.id, "product_id": self.part.id, "price_unit": 0.03}
            )
            order.with_user(self.user_advisor).action_ask()
            self.approve(order, channel="link")
        self.drive(order, "ready")
        self.settle(order)
        self.assertGreater(self.bills(order).amount_total, order.amount_quoted)
        self.assertEqual(order.state, "settled")

    # === PAID === #

    def test_unpaid_bill_keeps_the_car(self):
        order = self.make_order("settled")
        order.custody_returned = True
        with self.assertRaisesRegex(UserError, "is not paid"):
            order.with_user(self.user_advisor).action_deliver()
        self.pay(order)
        order.with_user(self.user_advisor).action_deliver()
        self.assertEqual(order.state, "delivered")
        self.assertTrue(order.delivered_date)

    def test_bill_set_back_to_draft_keeps_the_car(self):
        order = self.make_order("settled")
        order.custody_returned = True
        self.bills(order).button_draft()
        with self.assertRaisesRegex(UserError, "not posted"):
            order.with_user(self.user_advisor).action_deliver()
        self.bills(order).button_cancel()
        with self.assertRaisesRegex(UserError, "not on a bill"):
            order.with_user(self.user_advisor).action_deliver()

    def on_account(self, limit=0.0):
        self.customer.property_payment_term_id = self.env.ref("account.account_payment_term_30days")
        self.company.account_use_credit_limit = True
        self.customer.use_partner_credit_limit = bool(limit)
        self.customer.credit_limit = limit
        order = self.make_order("settled", payment_method="account")
        order.custody_returned = True
        return order

    def test_on_account_leaves_within_the_limit(self):
        order = self.on_account(limit=10000)
        order.with_user(self.user_advisor).action_deliver()
        self.assertEqual(order.state, "delivered")

    def test_on_account_above_the_limit_stays(self):
        order = self.on_account(limit=1)
        with self.assertRaisesRegex(UserError, "is not paid"):
            order.with_user(self.user_advisor).action_deliver()
        order.with_user(self.user_manager)._release("Fleet customer")
        order.with_user(self.user_advisor).action_deliver()
        self.assertEqual(order.state, "delivered")

    def test_on_account_needs_terms(self):
        order = self.make_order("settled", payment_method="account")
        order.custody_returned = True
        self.customer.property_payment_term_id = False
        with self.assertRaisesRegex(UserError, "is not paid"):
            order.with_user(self.user_advisor).action_deliver()

    # === TAKEN BACK === #

    def test_taking_back_credits_and_settling_again_bills_again(self):
        order = self.make_order("settled")
        first = self.bills(order)
        order.with_user(self.user_manager)._unsettle("Wrong price told")
        self.assertEqual(order.state, "ready")
        self.assertEqual(first.payment_state, "reversed")
        self.assertFalse(order.settlement_signed_by or order.charges_explained)
        notes = order.invoice_ids - first
        self.assertEqual((notes.move_type, notes.state), ("out_refund", "posted"))
        with self.assertRaisesRegex(UserError, "explain the charges"):
            order.with_user(self.user_cashier).action_settle()
        self.settle(order)
        second = self.bills(order) - first
        self.assertEqual(second.amount_total, first.amount_total)
        self.drive(order, "delivered")

    def test_paid_bill_is_credited_once_however_often_it_is_taken_back(self):
        order = self.make_order("settled")
        self.pay(order)
        for count in (1, 2):
            order.with_user(self.user_manager)._unsettle("Again")
            refunds = order.invoice_ids.filtered(lambda move: move.move_type == "out_refund")
            self.assertEqual(len(refunds), count)
            self.settle(order)
        net = sum(order.invoice_ids.mapped("amount_total_signed"))
        self.assertEqual(net, order.amount_quoted)

    def test_taking_back_is_for_managers_with_a_reason(self):
        order = self.make_order("settled")
        with self.assertRaises(AccessError):
            order.with_user(self.user_cashier)._unsettle("Wrong")
        with self.assertRaisesRegex(UserError, "Say why"):
            order.with_user(self.user_manager)._unsettle("")

    def test_two_orders_are_taken_back_together(self):
        orders = self.make_order("settled") | self.make_order("settled")
        orders.with_user(self.user_manager)._unsettle("Till was wrong")
        self.assertEqual(set(orders.mapped("state")), {"ready"})
        self.assertEqual(set(self.bills(orders).mapped("payment_state")), {"reversed"})

    # === STOPPED === #

    def test_stopped_before_agreement_bills_nothing_and_drives_home(self):
        for state in ("received", "quoted"):
            order = self.stopped_order(state)
            self.assertEqual(set(order.job_ids.mapped("approval")), {"declined"})
            order.with_user(self.user_cashier).action_settle()
            self.assertFalse(order.invoice_ids)
            order.custody_returned = True
            order.with_user(self.user_advisor).action_deliver()
            self.assertEqual(order.state, "delivered")

    def test_stopped_midway_bills_the_hours_worked_and_the_parts_issued(self):
        order = self.make_order(
            "in_repair", jobs=[{"parts": [(self.part, 3)]}, {"parts": [(self.part, 1)]}]
        )
        part = order.job_ids[0].line_ids.filtered(lambda line: line.kind == "part")
        order.with_user(self.user_parts)._issue_parts({part: 2})
        start = fields.Datetime.now()
        clocking = (
            self.env["service.clocking"]
            .with_user(self.user_technician)
            ._clock_on(order.job_ids[0], self.technician, start)
        )
        clocking.sudo().write({"stop": fields.Datetime.add(start, minutes=30)})
        order.with_user(self.user_advisor)._stop("Sold the car")
        self.settle(order)
        billed = {
            (line.product_id.name, line.quantity) for line in self.bills(order).invoice_line_ids
        }
        labour = self.env.ref("service_core.product_labour")
        self.assertEqual(billed, {(self.part.name, 2), (labour.name, 0.5)})
        self.assertLess(self.bills(order).amount_total, order.amount_quoted)

    def test_stopped_midway_never_bills_more_than_standard_hours(self):
        order = self.stopped_order("in_repair", hours=6)
        labour = order.line_ids.filtered(lambda line: line.kind == "labour")
        self.assertEqual(labour.sale_line_id.qty_delivered, 1.5)

    def test_stopping_closes_clockings_and_open_questions(self):
        order = self.make_order("in_repair")
        self.make_job(order)
        order.with_user(self.user_advisor).action_ask()
        clocking = (
            self.env["service.clocking"]
            .with_user(self.user_technician)
            ._clock_on(order.job_ids[0], self.technician)
        )
        order.with_user(self.user_advisor)._stop("Sold the car", "deferred")
        self.assertTrue(clocking.stop)
        self.assertEqual(order.job_ids.mapped("approval"), ["approved", "deferred"])
        self.assertFalse(order.approval_ids.filtered(lambda a: a.state == "asked"))

    def test_stop_says_why_and_what_becomes_of_the_jobs(self):
        order = self.make_order("received")
        with self.assertRaisesRegex(UserError, "Say why"):
            order.with_user(self.user_advisor)._stop(" ")
        with self.assertRaisesRegex(UserError, "declined or deferred"):
            order.with_user(self.user_advisor)._stop("Why", "approved")
        with self.assertRaises(AccessError):
            order.with_user(self.user_technician)._stop("Why")

    def test_cancelled_visit_says_why(self):
        order = self.make_order("booked")
        with self.assertRaisesRegex(UserError, "Say why"):
            order.with_user(self.user_receptionist)._cancel("")
        order.with_user(self.user_receptionist)._cancel("Did not come", no_show=True)
        self.assertEqual((order.state, order.no_show), ("cancelled", True))

    # === CLAIMS === #

    def claimed_order(self):
        order = self.make_order(
            "settled",
            jobs=[
                {"parts": [(self.part, 1)]},
                {"payer": "manufacturer", "parts": [(self.part, 1)]},
            ],
        )
        return order, order.claim_ids

    def test_manufacturer_is_claimed_not_billed_at_settlement(self):
        order, claim = self.claimed_order()
        self.assertEqual(self.bills(order).partner_id, self.customer)
        self.assertEqual((claim.payer_id, claim.state), (self.oem, "draft"))
        self.assertEqual(claim.owner_id, self.customer)
        warranty = order.approval_ids.filtered(lambda a: a.payer == "manufacturer")
        self.assertEqual(claim.amount_total, warranty.amount_approved)

    def test_accepted_claim_is_billed(self):
        order, claim = self.claimed_order()
        with self.assertRaisesRegex(UserError, "possible only while"):
            claim.with_user(self.user_cashier).action_accept()
        claim.with_user(self.user_cashier).action_send()
        claim.with_user(self.user_cashier).action_accept()
        self.assertEqual(claim.invoice_id.partner_id, self.oem)
        self.assertEqual(claim.invoice_id.state, "posted")
        self.assertEqual(claim.invoice_id.amount_total, claim.amount_total)
        self.assertIn(claim.invoice_id, order.invoice_ids)

    def test_refused_claim_is_not_billed(self):
        order, claim = self.claimed_order()
        claim.with_user(self.user_cashier).action_send()
        claim.with_user(self.user_cashier).action_refuse()
        self.assertFalse(claim.invoice_id)
        self.assertEqual(len(self.bills(order)), 1)

    def test_claim_bill_unpaid_does_not_keep_the_car(self):
        order, claim = self.claimed_order()
        claim.with_user(self.user_cashier).action_send()
        claim.with_user(self.user_cashier).action_accept()
        own = self.bills(order) - claim.invoice_id
        self.env["account.payment.register"].with_context(
            active_model="account.move", active_ids=own.ids
        ).create({}).action_create_payments()
        self.assertEqual(claim.invoice_id.payment_state, "not_paid")
        order.custody_returned = True
        order.with_user(self.user_advisor).action_deliver()
        self.assertEqual(order.state, "delivered")

    def test_taking_back_leaves_claims_alone(self):
        order, claim = self.claimed_order()
        claim.with_user(self.user_cashier).action_send()
        claim.with_user(self.user_cashier).action_accept()
        order.with_user(self.user_manager)._unsettle("Customer part was wrong")
        self.assertEqual(claim.invoice_id.payment_state, "not_paid")
        self.settle(order)
        self.assertEqual(order.claim_ids, claim)

    def test_two_claims_move_together(self):
        claims = self.claimed_order()[1] | self.claimed_order()[1]
        claims.with_user(self.user_cashier).action_send()
        claims.with_user(self.user_cashier).action_accept()
        self.assertEqual(len(claims.invoice_id), 2)

    def test_claims_are_handled_by_cashiers_and_advisors(self):
        _order, claim = self.claimed_order()
        with self.assertRaises(UserError):
            claim.with_user(self.user_technician).action_send()
        with self.assertRaises(UserError):
            claim.with_user(self.user_cashier).state = "accepted"
        for values in ({"payer_id": self.customer.id}, {"invoice_id": False}):
            with self.assertRaisesRegex(UserError, "follows its work order"):
                claim.with_user(self.user_cashier).write(values)
        claim.with_user(self.user_cashier).payer_ref = "W-4711"
