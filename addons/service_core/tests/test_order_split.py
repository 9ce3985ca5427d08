from odoo.exceptions import AccessError, UserError
from odoo.tests import tagged

from .common import SIGNATURE
from .common_parts import PartsCommon


@tagged("post_install", "-at_install")
class TestOrderSplit(PartsCommon):
    """The car drives off with what is done and comes back when the parts are in."""

    def half_done(self, state="in_repair", **values):
        """One job with a part from the shelf, one whose part is on its way."""
        self.settle_cache()
        return self.make_order(
            state,
            jobs=[{"parts": [(self.part, 2)]}, {"parts": [(self.scarce_part, 1), (self.part, 1)]}],
            **values,
        )

    def split(self, order):
        order.with_user(self.user_advisor).action_split()
        return order.next_visit_ids

    def test_what_waits_moves_with_everything_that_hangs_on_it(self):
        order = self.half_done()
        waiting = order.job_ids[1]
        rack = self.part_line(order, self.scarce_part)
        pads = self.part_line(order, self.part).filtered(lambda line: line.job_id == waiting)
        bought, sale_lines = rack.purchase_line_ids, waiting.line_ids.sale_line_id
        moves = sale_lines.move_ids
        old_sale, total = order.sale_order_ids, order.amount_quoted
        priority = [(move.date, move.priority) for move in moves]
        visit = self.split(order)
        self.assertEqual((visit.state, visit.origin_order_id), ("booked", order))
        self.assertEqual(visit.job_ids, waiting)
        self.assertEqual(visit.line_ids, waiting.line_ids)
        self.assertEqual(visit.waiting_for, "parts")
        self.assertEqual(visit.vehicle_id, order.vehicle_id)
        # the sale is two, each with its own lines; nothing was made anew
        self.assertEqual(waiting.line_ids.sale_line_id, sale_lines)
        sale = visit.sale_order_ids
        self.assertEqual((sale.state, sale.order_line), ("sale", sale_lines))
        self.assertEqual(sale.service_order_id, visit)
        self.assertEqual(order.sale_order_ids, old_sale)
        self.assertEqual(old_sale.amount_total + sale.amount_total, total)
        # goods
        self.assertEqual(sale_lines.move_ids, moves)
        self.assertEqual(moves.picking_id.sale_id, sale)
        self.assertEqual(moves.picking_id, visit.picking_ids)
        self.assertNotIn(visit.picking_ids, order.picking_ids)
        self.assertEqual(moves.reference_ids, sale.stock_reference_ids)
        self.assertEqual([(move.date, move.priority) for move in moves], priority)
        self.assertEqual((pads.availability, pads.reserved_qty), ("available", 1))
        # purchases
        self.assertEqual(rack.purchase_line_ids, bought)
        self.assertEqual((bought.sale_line_id, bought.service_line_id), (rack.sale_line_id, rack))
        self.assertIn(sale.stock_reference_ids, bought.order_id.reference_ids)
        # the answer of the payer
        answer = visit.approval_ids
        self.assertEqual((answer.state, answer.job_ids), ("answered", waiting))
        self.assertEqual((answer.channel, answer.signature), ("signature", SIGNATURE.encode()))
        self.assertEqual(order.approval_ids.job_ids, order.job_ids)
        self.assertEqual(order.amount_quoted + visit.amount_quoted, total)

    def test_money_and_goods_are_the_same_in_two_visits_as_in_one(self):
        order = self.half_done()
        total = order.amount_quoted
        self.assertEqual(self.part.qty_available, 100)
        visit = self.split(order)
        self.assertEqual((order.state, order.waiting_for), ("in_repair", False))
        self.drive(order, "delivered")
        self.assertEqual(self.part.qty_available, 98)
        self.receive(visit.line_ids.purchase_line_ids.order_id)
        self.assertFalse(visit.waiting_for)
        visit.write(
            {
                "planned_start": self.next_workday(days=4),
                "odometer": 42100,
                "licence_custody": "taken",
                "manual_custody": "taken",
                "promised_date": self.next_workday(days=5),
            }
        )
        visit.with_user(self.user_receptionist).action_receive()
        self.assertEqual(visit.state, "agreed")
        self.drive(visit, "delivered")
        bills = (order | visit).invoice_ids
        self.assertEqual(sum(bills.mapped("amount_total")), total)
        self.assertEqual(len(bills), 2)
        self.assertEqual(set(bills.mapped("payment_state")) <= {"paid", "in_payment"}, True)
        self.assertEqual((self.part.qty_available, self.scarce_part.qty_available), (97, 0))
        lines = (order | visit).line_ids.filtered(lambda line: line.kind == "part")
        for line in lines:
            self.assertEqual(line.sale_line_id.qty_invoiced, line.issued_qty)
            self.assertEqual(line.issued_qty, line.product_uom_qty)
        self.assertFalse(lines.sale_line_id._service_open_moves())
        self.assertEqual(sum(self.bought(lines).mapped("product_qty")), 1)

    def test_a_car_with_nothing_else_to_do_is_ready(self):
        order = self.order_parts((self.scarce_part, 1))
        sale = order.sale_order_ids
        approval = order.approval_ids
        visit = self.split(order)
        self.assertEqual((order.state, visit.state), ("ready", "booked"))
        # the whole round moves, not a copy of it
        self.assertEqual((visit.sale_order_ids, visit.approval_ids), (sale, approval))
        self.assertFalse(order.sale_order_ids or order.job_ids or order.amount_quoted)
        self.drive(order, "delivered")
        self.assertFalse(order.invoice_ids)

    def test_a_declined_job_stays_where_it_was_declined(self):
        self.settle_cache()
        order = self.make_order(
            "quoted", jobs=[{"parts": [(self.part, 1)]}, {"parts": [(self.scarce_part, 1)]}]
        )
        kept, waiting = order.job_ids
        order.approval_ids.with_user(self.user_advisor)._answer(
            {kept.id: "declined", waiting.id: "approved"}, "signature", "Ada Owner", SIGNATURE
        )
        order.with_user(self.user_advisor).action_agree()
        sale = order.sale_order_ids
        visit = self.split(order)
        self.assertEqual((order.state, order.job_ids, order.amount_quoted), ("ready", kept, 0))
        self.assertEqual((visit.job_ids, visit.sale_order_ids), (waiting, sale))

    def test_the_second_visit_is_proposed_when_the_last_part_is_in(self):
        other = self.make_part("Tie Rod")
        order = self.order_parts((self.scarce_part, 1), (other, 1))
        visit = self.split(order)
        bought = visit.line_ids.purchase_line_ids
        self.env.cr.precommit.run()
        call = self.env.ref("mail.mail_activity_data_call")
        for line in bought:
            self.assertNotIn(call, visit.activity_ids.activity_type_id)
            self.receive(bought.order_id, {line: 1})
            self.env.flush_all()
            self.env.cr.precommit.run()
        activity = visit.activity_ids.filtered(lambda a: a.activity_type_id == call)
        self.assertEqual(activity.user_id, self.user_advisor)
        self.assertIn(visit.contact_phone, activity.note)
        self.assertRegex(activity.note, r"\d\d:\d\d")

    def test_the_day_of_the_second_visit_takes_its_hours(self):
        visit = self.split(self.order_parts((self.scarce_part, 1)))
        # nobody is written to about a time nobody knows
        self.assertFalse(visit.is_booking_due)
        self.assertFalse(self.env["service.capacity.booking"].search([("order_id", "=", visit.id)]))
        visit.with_user(self.user_receptionist).planned_start = self.next_workday(days=3)
        booking = self.env["service.capacity.booking"].search([("order_id", "=", visit.id)])
        self.assertEqual(sum(booking.mapped("hours")), 1.5)
        self.assertTrue(visit.is_booking_due)

    def test_pieces_handed_out_come_back_first_and_stay_owed_to_the_car(self):
        order = self.half_done()
        waiting = order.job_ids[1]
        pads = self.part_line(order, self.part).filtered(lambda line: line.job_id == waiting)
        pads.with_user(self.user_parts)._issue()
        with self.assertRaisesRegex(UserError, "take them back"):
            order.with_user(self.user_advisor).action_split()
        pads.with_user(self.user_parts)._return_issued()
        visit = self.split(order)
        self.assertEqual(
            (pads.order_id, pads.availability, pads.reserved_qty), (visit, "available", 1)
        )
        self.assertEqual(pads.sale_line_id.qty_delivered, 0)
        self.assertEqual(self.part.qty_available, 100)

    def test_a_cancelled_second_visit_lets_go_of_its_parts(self):
        order = self.half_done()
        visit = self.split(order)
        purchase = visit.line_ids.purchase_line_ids.order_id
        purchase.button_confirm()
        visit.with_user(self.user_receptionist)._cancel("Sold the car")
        self.assertFalse(visit.line_ids.sale_line_id._service_open_moves())
        self.assertIn(visit.name, purchase.activity_ids.note)
        self.drive(order, "delivered")
        self.assertEqual(order.invoice_ids.payment_state in ("paid", "in_payment"), True)

    def test_refusals(self):
        order = self.order_parts((self.part, 1))
        with self.assertRaisesRegex(UserError, "no approved job waits"):
            order.with_user(self.user_advisor).action_split()
        with self.assertRaises(AccessError):
            order.with_user(self.user_technician).action_split()
        waiting = self.order_parts((self.scarce_part, 1), state="quoted")
        with self.assertRaisesRegex(UserError, "possible only while"):
            waiting.with_user(self.user_advisor).action_split()

    def test_two_orders_are_split_together(self):
        orders = self.half_done() | self.half_done()
        orders.with_user(self.user_advisor).action_split()
        self.assertEqual(orders.mapped("state"), ["in_repair", "in_repair"])
        self.assertEqual(len(orders.next_visit_ids), 2)
        for order in orders:
            self.assertEqual(order.next_visit_ids.job_ids.mapped("approval"), ["approved"])
            self.assertEqual(order.next_visit_ids.sale_order_ids.partner_id, order.partner_id)
