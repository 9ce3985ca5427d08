from collections import Counter
from datetime import timedelta

from odoo.tests import tagged

from .common import SIGNATURE
from .common_parts import PartsCommon


@tagged("post_install", "-at_install")
class TestWaysOut(PartsCommon):
    """Each way off the main road, walked by the people who walk it, with its money and its goods.

    At the end of each the same questions are asked of core's own documents: what each payer was
    billed, what left the shelf, what is still reserved, sold, or on order.
    """

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.insurer = cls.env["res.partner"].create({"name": "Insurance", "is_company": True})
        cls.fleet = cls.env["res.partner"].create(
            {
                "name": "Fleet Company",
                "is_company": True,
                "service_collective": True,
                "phone": "+1 555 0190",
            }
        )
        cls.fleet.property_payment_term_id = cls.env.ref("account.account_payment_term_30days")

    def setUp(self):
        super().setUp()
        self.shelf = self.on_hand()

    def on_hand(self):
        self.settle_cache()
        return {part: part.qty_available for part in (self.part, self.scarce_part)}

    def assert_reconciled(self, orders, bills, gone, on_order=0):
        """Money and goods of ``orders`` agree.

        :param dict bills: ``{payer: posted bills less credit notes}``, payers of nothing left out
        :param dict gone: ``{part: pieces the shelf has less, what was received counted in}``
        :param int on_order: pieces the buyer was told about, because they come for nobody
        """
        self.settle_cache()
        self.assertFalse(orders.invoice_ids.filtered(lambda move: move.state == "draft"))
        billed = Counter()
        for move in orders.invoice_ids.filtered(lambda move: move.state == "posted"):
            sign = -1 if move.move_type == "out_refund" else 1
            billed[move.partner_id] += sign * move.amount_total
        self.assertEqual(
            {payer: round(total, 2) for payer, total in billed.items() if round(total, 2)}, bills
        )
        # goods: what moved is what the lines say, and what the sale says
        for line in orders.line_ids.filtered(lambda line: line.kind == "part"):
            moves = line.sale_line_id.move_ids.filtered(lambda move: move.state == "done")
            moved = sum(
                move.quantity * (1 if move.location_dest_id.usage == "customer" else -1)
                for move in moves
            )
            self.assertEqual(line.issued_qty, moved)
            self.assertEqual(line.sale_line_id.qty_delivered, moved)
            self.assertLessEqual(moved, line.product_uom_qty)
        now = self.on_hand()
        self.assertEqual(
            {part: self.shelf[part] - now[part] for part in now if self.shelf[part] != now[part]},
            gone,
        )
        # nothing is promised, kept or asked for any more
        sold = orders.sale_order_ids.order_line
        self.assertFalse(sold._service_open_moves())
        quants = self.env["stock.quant"].search(
            [
                ("product_id", "in", [part.id for part in self.shelf]),
                ("location_id", "child_of", self.warehouse.view_location_id.id),
            ]
        )
        self.assertEqual(sum(quants.mapped("reserved_quantity")), 0)
        bought = self.env["purchase.order.line"].search(
            [("product_id", "in", [part.id for part in self.shelf])]
        )
        self.assertEqual(sum(line._service_open_qty() for line in bought), on_order)
        self.assertEqual(len(bought.order_id.activity_ids) > 0, on_order > 0)
        self.assertNotIn("to invoice", orders.sale_order_ids.mapped("invoice_status"))
        for line in sold.filtered(lambda line: line.state == "sale" and line.qty_to_invoice):
            self.fail(f"{line.name} waits for a bill")

    def home(self, order):
        """From ``ready`` the car leaves as every car leaves."""
        self.drive(order, "delivered")
        self.assertEqual(order.state, "delivered")

    def test_refused_estimate(self):
        order = self.make_order(
            "received", jobs=[{"parts": [(self.part, 2), (self.scarce_part, 1)]}]
        )
        scarce = self.part_line(order, self.scarce_part)
        scarce.with_user(self.user_parts).action_preorder()
        request = scarce.bought_line_ids.order_id
        order.with_user(self.user_advisor).action_quote()
        self.approve(order, "declined")
        order.with_user(self.user_advisor)._stop("Too expensive")
        self.assertEqual((order.state, order.amount_quoted), ("ready", 0))
        # the request lost its only line; the buyer was told before it was closed
        self.assertEqual(request.state, "cancel")
        self.assertIn(order.display_name, request.activity_ids.note)
        request.activity_ids.unlink()
        self.home(order)
        self.assertFalse(order.sale_order_ids or order.picking_ids)
        self.assert_reconciled(order, {}, {})

    def test_stopped_midway(self):
        order = self.make_order(
            "in_repair",
            jobs=[{"operation_id": False, "parts": [(self.part, 3), (self.scarce_part, 2)]}],
        )
        pads, rack = self.part_line(order, self.part), self.part_line(order, self.scarce_part)
        purchase = rack.purchase_line_ids.order_id
        self.receive(purchase, {rack.purchase_line_ids: 1})
        order.with_user(self.user_parts)._issue_parts({pads: 2, rack: 1})
        order.with_user(self.user_advisor)._stop("Sold the car")
        self.assertEqual((pads.sale_line_id.product_uom_qty, rack.issued_qty), (2, 1))
        self.home(order)
        # two pads and one rack; the second rack is bought and the buyer knows that nobody wants it
        self.assertIn(order.display_name, purchase.activity_ids.note)
        self.assert_reconciled(order, {self.customer: 2 * 80 + 400}, {self.part: 2}, on_order=1)

    def test_split_for_a_second_visit(self):
        order = self.make_order(
            "in_repair",
            jobs=[
                {"operation_id": False, "parts": [(self.part, 2)]},
                {"operation_id": False, "parts": [(self.scarce_part, 1), (self.part, 1)]},
            ],
        )
        total = order.amount_quoted
        order.with_user(self.user_advisor).action_split()
        visit = order.next_visit_ids
        self.home(order)
        self.assertEqual(order.invoice_ids.amount_total, 160)
        self.receive(visit.line_ids.purchase_line_ids.order_id)
        visit.with_user(self.user_receptionist).write(
            {
                "planned_start": self.next_workday(days=4),
                "odometer": 42100,
                "licence_custody": "taken",
                "manual_custody": "taken",
                "promised_date": self.next_workday(days=4) + timedelta(hours=8),
            }
        )
        visit.with_user(self.user_receptionist).action_receive()
        self.home(visit)
        self.assert_reconciled(order | visit, {self.customer: total}, {self.part: 3})
        self.assertEqual(total, 3 * 80 + 400)

    def test_settlement_taken_back(self):
        order = self.make_order(
            "settled", jobs=[{"operation_id": False, "parts": [(self.part, 3)]}]
        )
        bill = order.invoice_ids
        order.with_user(self.user_manager)._unsettle("One piece was not needed")
        self.assertEqual(sum(order.invoice_ids.mapped("amount_total_signed")), 0)
        order.line_ids.with_user(self.user_parts)._return_issued(1)
        self.home(order)
        again = order.invoice_ids.filtered(lambda move: move.move_type == "out_invoice") - bill
        self.assertEqual(again.amount_total, 160)
        self.assert_reconciled(order, {self.customer: 160}, {self.part: 2})

    def test_refused_claim(self):
        order = self.make_order(
            "delivered",
            jobs=[
                {
                    "payer": "manufacturer",
                    "operation_id": False,
                    "parts": [(self.part, 2), (self.part, 1), (self.part, 4)],
                }
            ],
        )
        claim = order.claim_ids.with_user(self.user_cashier)
        claim.action_send()
        paid, signed, kept = order.line_ids.sorted("id")
        (signed | kept).with_user(self.user_cashier).action_claim_refuse()
        claim.action_accept()
        signed.with_user(self.user_manager)._decide_refused(
            "customer", "Wear is not covered", "Ada Owner", SIGNATURE
        )
        kept.with_user(self.user_manager)._decide_refused("internal", "Our own mistake")
        self.assertEqual((paid.claim_result, kept.payer), ("accepted", "internal"))
        self.assertEqual(kept.internal_value, 320)
        self.assert_reconciled(order, {self.oem: 160, self.customer: 80}, {self.part: 7})

    def test_shared_bill(self):
        order = self.make_order(
            "received",
            jobs=[
                {
                    "payer": "insurer",
                    "payer_id": self.insurer.id,
                    "operation_id": False,
                    "parts": [(self.part, 5)],
                }
            ],
        )
        self.env["service.share"].with_user(self.user_advisor).create(
            {"job_id": order.job_ids.id, "payer": "customer", "mode": "amount", "amount": 150}
        ).action_share()
        self.drive(order, "delivered")
        claim = order.claim_ids.with_user(self.user_cashier)
        claim.action_send()
        claim.action_accept()
        self.assert_reconciled(order, {self.customer: 150, self.insurer: 250}, {self.part: 5})

    def test_collective_invoice(self):
        orders = self.env["service.order"]
        for pieces in (1, 2, 3):
            orders |= self.make_order(
                "settled",
                jobs=[{"operation_id": False, "parts": [(self.part, pieces)]}],
                vehicle_id=self.make_vehicle(owner=self.make_customer(name="Leasing")).id,
                partner_id=self.fleet.id,
                payment_method="account",
            )
        self.assertFalse(orders.invoice_ids)
        wrong = orders[0]
        orders.with_user(self.user_cashier).action_invoice_collective()
        bill = orders.invoice_ids
        self.assertEqual((len(bill), bill.partner_id, bill.amount_total), (1, self.fleet, 480))
        # one car is taken off the bill, its part comes back, and it is billed anew on the next
        wrong.with_user(self.user_manager)._unsettle("Wrong part")
        wrong.line_ids.with_user(self.user_parts)._return_issued(1)
        for order in orders:
            self.home(order)
        self.assertEqual(set((orders - wrong).mapped("collective_month")), {wrong._month()})
        self.assert_reconciled(orders, {self.fleet: 400}, {self.part: 5})
