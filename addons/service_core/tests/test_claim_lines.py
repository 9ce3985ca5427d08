from odoo.exceptions import AccessError, UserError
from odoo.tests import tagged

from odoo.addons.service_core.tests.common import SIGNATURE, ServiceCommon


@tagged("post_install", "-at_install")
class TestClaimLines(ServiceCommon):
    def sent_claim(self):
        other = self.make_part("Caliper", price=120, stock=5)
        order = self.make_order(
            "settled",
            jobs=[
                {
                    "payer": "manufacturer",
                    "operation_id": False,
                    "parts": [(self.part, 2), (other, 1)],
                }
            ],
        )
        claim = order.claim_ids
        self.assertEqual(claim.line_ids, order.line_ids)
        claim.with_user(self.user_cashier).action_send()
        pads = claim.line_ids.filtered(lambda line: line.product_id == self.part)
        return order, claim, pads, claim.line_ids - pads

    def assert_reconciled(self, order):
        """Nothing waits for a bill, the goods left once, the bills are what was approved."""
        self.assertNotIn("to invoice", order.sale_order_ids.mapped("invoice_status"))
        moves = order.picking_ids.move_ids.filtered(lambda move: move.state == "done")
        self.assertEqual(sum(moves.mapped("quantity")), 3)
        self.assertFalse(order.picking_ids.filtered(lambda p: p.state not in ("done", "cancel")))

    def decide(self, lines, decision, user=None, **values):
        lines.with_user(user or self.user_manager)._decide_refused(
            decision, values.pop("reason", "Out of warranty"), **values
        )

    def test_claim_is_accepted_and_refused_line_by_line(self):
        order, claim, pads, caliper = self.sent_claim()
        caliper.with_user(self.user_cashier).action_claim_refuse()
        claim.with_user(self.user_cashier).action_accept()
        self.assertEqual((pads.claim_result, caliper.claim_result), ("accepted", "refused"))
        self.assertEqual((claim.invoice_id.amount_total, claim.amount_total), (160, 160))
        self.assertTrue(claim.has_undecided)
        self.decide(caliper, "internal")
        self.assertFalse(claim.has_undecided)
        self.assertEqual((caliper.payer, caliper.price_total), ("internal", 0))
        self.assertEqual(caliper.internal_value, 120)
        self.assertEqual(caliper.refusal_user_id, self.user_manager)
        self.assertTrue(caliper.refusal_at and caliper.refusal_reason)
        self.assertEqual(order.invoice_ids, claim.invoice_id)
        self.assert_reconciled(order)

    def test_refused_line_goes_to_the_customer_only_when_he_signed(self):
        order, claim, _pads, caliper = self.sent_claim()
        caliper.with_user(self.user_cashier).action_claim_refuse()
        claim.with_user(self.user_cashier).action_accept()
        with self.assertRaisesRegex(UserError, "only what he signed for"):
            self.decide(caliper, "customer", signed_by="Ada Owner")
        self.decide(caliper, "customer", signed_by="Ada Owner", signature=SIGNATURE)
        bill = order.invoice_ids - claim.invoice_id
        self.assertEqual(
            (bill.partner_id, bill.amount_total, bill.state), (self.customer, 120, "posted")
        )
        approval = order.approval_ids.filtered(lambda a: a.payer == "customer")
        self.assertEqual((approval.channel, approval.amount_approved), ("signature", 120))
        self.assert_reconciled(order)

    def test_refused_claim_is_carried_by_the_house(self):
        order, claim, pads, caliper = self.sent_claim()
        with self.assertRaisesRegex(UserError, "does not wait for a decision"):
            self.decide(pads, "internal")
        claim.with_user(self.user_cashier).action_refuse()
        wizard = (
            self.env["service.claim.decision"]
            .with_user(self.user_manager)
            .create({"claim_id": claim.id, "reason": "Goodwill"})
        )
        self.assertEqual(wizard.line_ids, pads | caliper)
        wizard.action_decide()
        self.assertEqual(set(order.line_ids.mapped("payer")), {"internal"})
        self.assertFalse(order.invoice_ids)
        self.assertEqual(sum(order.line_ids.mapped("internal_value")), 280)
        self.assert_reconciled(order)

    def test_the_decision_is_a_managers_with_a_reason_and_once(self):
        _order, claim, pads, _caliper = self.sent_claim()
        claim.with_user(self.user_cashier).action_refuse()
        with self.assertRaisesRegex(AccessError, "A manager decides"):
            self.decide(pads, "internal", user=self.user_cashier)
        with self.assertRaisesRegex(UserError, "Say why"):
            self.decide(pads, "internal", reason=" ")
        with self.assertRaisesRegex(UserError, "the house or the customer"):
            self.decide(pads, "nobody")
        self.decide(pads, "internal")
        with self.assertRaisesRegex(UserError, "does not wait for a decision"):
            self.decide(pads, "internal")

    def test_lines_are_answered_while_the_claim_is_with_its_payer(self):
        _order, claim, pads, caliper = self.sent_claim()
        with self.assertRaises(UserError):
            pads.with_user(self.user_technician).action_claim_refuse()
        (pads | caliper).with_user(self.user_advisor).action_claim_refuse()
        with self.assertRaisesRegex(UserError, "every line is refused"):
            claim.with_user(self.user_cashier).action_accept()
        pads.with_user(self.user_cashier).action_claim_accept()
        claim.with_user(self.user_cashier).action_accept()
        with self.assertRaisesRegex(UserError, "while the claim is with its payer"):
            pads.with_user(self.user_cashier).action_claim_refuse()
