from datetime import timedelta
from unittest.mock import patch

from odoo import fields
from odoo.exceptions import UserError
from odoo.fields import Command
from odoo.tests import tagged

from .common_parts import PartsCommon


@tagged("post_install", "-at_install")
class TestPartsProcurement(PartsCommon):
    """From the customer's yes to the vendor's request. Each hook of parts.md has its test."""

    def test_demand_five_on_hand_two_reserves_two_and_requests_three(self):
        part = self.make_part("Short Part", stock=2)
        sale = self.make_sale((part, 5))
        move = self.issue_moves(sale.order_line)
        self.assertEqual(move.picking_type_id, self.warehouse.service_issue_type_id)
        self.assertEqual((move.state, move.quantity), ("partially_available", 2))
        bought = self.bought(sale.order_line)
        self.assertEqual((bought.product_qty, bought.order_id.state), (3, "draft"))
        self.assertEqual(bought.sale_line_id, sale.order_line)
        self.receive(bought.order_id)
        self.assertEqual((move.state, move.quantity), ("assigned", 5))

    # --- H1: one request line per demand --- #

    def test_h1_two_lines_of_one_part_are_two_request_lines(self):
        sale = self.make_sale((self.scarce_part, 1), (self.scarce_part, 2))
        self.assertEqual(
            [self.bought(line).mapped("product_qty") for line in sale.order_line], [[1], [2]]
        )
        self.assertEqual(len(self.bought(sale.order_line).order_id), 1)

    def test_h1_orders_confirmed_in_one_call_keep_their_links_and_references(self):
        first = self.make_sale((self.scarce_part, 1), confirm=False)
        second = self.make_sale((self.scarce_part, 2), confirm=False)
        self.settle_cache()
        (first | second).action_confirm()
        self.assertEqual(self.bought(first.order_line).product_qty, 1)
        self.assertEqual(self.bought(second.order_line).product_qty, 2)
        request = self.bought(first.order_line).order_id
        self.assertEqual(request, self.bought(second.order_line).order_id)
        self.assertEqual(
            request.reference_ids, first.stock_reference_ids | second.stock_reference_ids
        )

    def test_one_request_per_vendor_however_he_is_set_up_and_whoever_opens_it(self):
        other = self.make_part("Other Part")
        first = self.make_sale((self.scarce_part, 1))
        request = self.bought(first.order_line).order_id
        request.user_id = self.user_parts
        promised = fields.Datetime.now() + timedelta(days=9)
        second = self.make_sale((other, 1), commitment_date=promised)
        self.assertEqual(self.bought(second.order_line).order_id, request)

    def test_the_cut_off_closes_the_days_request_and_asks_the_buyer_to_send_it(self):
        first = self.make_sale((self.scarce_part, 1))
        request = self.bought(first.order_line).order_id
        with self.enter_registry_test_mode():
            self.env.ref("service_core.cron_service_cut_off").method_direct_trigger()
        self.assertTrue(request.service_cutoff_at)
        self.assertEqual(request.state, "draft")
        self.assertEqual(
            request.activity_ids.activity_type_id,
            self.env.ref("service_core.mail_activity_type_parts"),
        )
        second = self.make_sale((self.scarce_part, 2))
        later = self.bought(second.order_line).order_id
        self.assertNotEqual(later, request)
        with self.assertRaisesRegex(UserError, "Only an open request"):
            request.action_service_cut_off()
        later.action_service_cut_off()
        self.assertTrue(later.service_cutoff_at)

    def test_cut_off_names_what_came_from_elsewhere_meanwhile(self):
        sale = self.make_sale((self.scarce_part, 1))
        request = self.bought(sale.order_line).order_id
        self.stock_up(self.scarce_part, 1)
        self.issue_moves(sale.order_line)._action_assign()
        request.action_service_cut_off()
        self.assertIn("perhaps not needed", request.activity_ids.note)

    # --- H2: merging keeps the links --- #

    def test_h2_merge_keeps_every_line_for_its_own_car(self):
        sales = self.env["sale.order"]
        for quantity in (1, 2, 3):
            sale = self.make_sale((self.scarce_part, quantity))
            self.bought(sale.order_line).order_id.action_service_cut_off()
            sales |= sale
        requests = self.bought(sales.order_line).order_id
        self.assertEqual(len(requests), 3)
        requests.action_merge()
        target = self.bought(sales.order_line).order_id
        self.assertEqual(len(target), 1)
        for sale, quantity in zip(sales, (1, 2, 3), strict=True):
            self.assertEqual(self.bought(sale.order_line).product_qty, quantity)
            self.assertIn(sale.stock_reference_ids, target.reference_ids)
        self.assertEqual(set((requests - target).mapped("state")), {"cancel"})

    def test_h2_plain_requests_still_merge_as_core_does(self):
        vals = {
            "partner_id": self.vendor.id,
            "order_line": [Command.create({"product_id": self.part.id, "product_qty": 2})],
        }
        requests = self.env["purchase.order"].create([vals, vals])
        requests.action_merge()
        alive = requests.filtered(lambda order: order.state != "cancel")
        self.assertEqual(alive.order_line.product_qty, 4)

    # --- H3: an unbuyable part never stops a signature --- #

    def test_h3_a_part_without_vendor_is_confirmed_and_stays_uncovered(self):
        orphan = self.make_part("Orphan", vendor=False)
        sale = self.make_sale((orphan, 1))
        self.assertEqual(sale.state, "sale")
        self.assertFalse(sale.order_line.purchase_line_ids)
        self.assertEqual(self.issue_moves(sale.order_line).state, "confirmed")

    def test_h3_a_consumable_is_not_bought_for_each_car(self):
        self.vendor.group_rfq = "all"
        rag = self.make_part("Rag", is_storable=False)
        sale = self.make_sale((rag, 3))
        self.assertFalse(sale.order_line.purchase_line_ids)

    # --- H4: the vendor's date --- #

    def test_h4_a_request_says_when_the_vendor_can_deliver(self):
        now = fields.Datetime.now()
        sale = self.make_sale((self.scarce_part, 1))
        bought = self.bought(sale.order_line)
        self.assertGreaterEqual(bought.date_planned, now + timedelta(days=3))
        self.assertGreaterEqual(bought.order_id.date_order, now.replace(microsecond=0))
        sale.order_line.product_uom_qty = 2
        self.assertEqual(bought.product_qty, 2)
        self.assertGreaterEqual(bought.date_planned, now + timedelta(days=3))

    def test_h4_the_receipt_follows_the_vendors_new_date(self):
        sale = self.make_sale((self.scarce_part, 1))
        bought = self.bought(sale.order_line)
        bought.order_id.button_confirm()
        later = fields.Datetime.now().replace(microsecond=0) + timedelta(days=20)
        bought.date_planned = later
        self.assertEqual(bought.move_ids.date, later)

    # --- H4a, H5: never twice --- #

    def test_h4a_a_fall_below_the_open_request_leaves_no_negative_line(self):
        sale = self.make_sale((self.scarce_part, 3))
        line = sale.order_line
        first = self.bought(line).order_id
        first.button_confirm()
        line.product_uom_qty = 5
        request = self.bought(line).order_id - first
        self.assertEqual(request.order_line.product_qty, 2)
        line.product_uom_qty = 2
        self.assertEqual(request.order_line.product_qty, 0)
        self.assertTrue(request.order_line.product_uom_id)
        request.button_confirm()

    def test_h5_down_and_up_again_orders_nothing_anew(self):
        sale = self.make_sale((self.scarce_part, 3))
        line = sale.order_line
        self.bought(line).order_id.button_confirm()
        line.product_uom_qty = 1
        line.product_uom_qty = 3
        self.assertEqual(sum(self.bought(line).mapped("product_qty")), 3)
        line.product_uom_qty = 4
        self.assertEqual(sum(self.bought(line).mapped("product_qty")), 4)

    def test_h5_a_sent_request_still_counts(self):
        sale = self.make_sale((self.scarce_part, 3))
        line = sale.order_line
        self.bought(line).order_id.write({"state": "sent"})
        line.product_uom_qty = 1
        line.product_uom_qty = 3
        self.assertEqual(sum(self.bought(line).mapped("product_qty")), 3)

    def test_h5_a_confirmed_refill_covers_the_need(self):
        refill = self.env["purchase.order"].create(
            {
                "partner_id": self.vendor.id,
                "order_line": [
                    Command.create({"product_id": self.scarce_part.id, "product_qty": 10})
                ],
            }
        )
        refill.button_confirm()
        sale = self.make_sale((self.scarce_part, 3))
        self.assertFalse(self.bought(sale.order_line))
        self.receive(refill)
        self.assertEqual(self.issue_moves(sale.order_line).state, "assigned")

    def test_h5_anothers_request_is_not_ours(self):
        first = self.make_sale((self.scarce_part, 3))
        second = self.make_sale((self.scarce_part, 2))
        self.assertEqual(self.bought(first.order_line).product_qty, 3)
        self.assertEqual(self.bought(second.order_line).product_qty, 2)

    def test_h5_a_refill_for_nobody_is_not_promised_away_by_a_requested_car(self):
        """Car A has its request; a refill of 3 comes: car B takes the refill, nothing is bought."""
        self.make_sale((self.scarce_part, 3))
        refill = self.env["purchase.order"].create(
            {
                "partner_id": self.vendor.id,
                "order_line": [
                    Command.create({"product_id": self.scarce_part.id, "product_qty": 3})
                ],
            }
        )
        refill.button_confirm()
        second = self.make_sale((self.scarce_part, 3))
        self.assertFalse(self.bought(second.order_line))

    # --- H6, less demand: never silence --- #

    def test_h6_a_cancelled_order_takes_its_lines_off_the_request(self):
        sale = self.make_sale((self.scarce_part, 3))
        other = self.make_sale((self.scarce_part, 1))
        request = self.bought(sale.order_line).order_id
        sale._action_cancel()
        self.assertEqual(request.order_line.sale_line_id, other.order_line)
        self.assertIn("taken off", request.activity_ids.note)
        other._action_cancel()
        self.assertEqual(request.state, "cancel")

    def test_h6_cancelled_and_confirmed_again_is_ordered_once(self):
        sale = self.make_sale((self.scarce_part, 3))
        sale._action_cancel()
        sale.action_draft()
        self.settle_cache()
        sale.action_confirm()
        self.assertEqual(sum(self.bought(sale.order_line).mapped("product_qty")), 3)

    def test_h6_what_is_on_order_is_flagged_to_the_buyer(self):
        self.vendor.buyer_id = self.user_parts
        sale = self.make_sale((self.scarce_part, 3))
        purchase = self.bought(sale.order_line).order_id
        purchase.button_confirm()
        sale._action_cancel()
        self.assertEqual(purchase.state, "purchase")
        self.assertEqual(purchase.activity_ids.user_id, self.user_parts)
        self.assertIn("still on order", purchase.activity_ids.note)

    def test_h6_issued_parts_come_back_before_an_order_is_cancelled(self):
        sale = self.make_sale((self.part, 1))
        sale.picking_ids.button_validate()
        with self.assertRaisesRegex(UserError, "return them first"):
            sale._action_cancel()

    def test_less_demand_on_a_confirmed_purchase_tells_the_buyer(self):
        sale = self.make_sale((self.scarce_part, 3))
        purchase = self.bought(sale.order_line).order_id
        purchase.button_confirm()
        sale.order_line.product_uom_qty = 1
        self.assertIn("2 ×", purchase.activity_ids.note)

    def test_less_demand_on_a_closed_request_lowers_it(self):
        sale = self.make_sale((self.scarce_part, 3))
        bought = self.bought(sale.order_line)
        bought.order_id.service_cutoff_at = fields.Datetime.now()
        sale.order_line.product_uom_qty = 1
        self.assertEqual(bought.product_qty, 1)

    def test_less_demand_that_was_on_the_shelf_tells_nobody(self):
        part = self.make_part("Shelf And Vendor", stock=2)
        sale = self.make_sale((part, 5))
        bought = self.bought(sale.order_line)
        sale.order_line.product_uom_qty = 4
        self.assertEqual(bought.product_qty, 2)
        self.assertFalse(bought.order_id.activity_ids)

    # --- H7: the car it was bought for --- #

    def test_h7_the_part_goes_to_the_line_it_was_bought_for(self):
        first = self.make_sale((self.scarce_part, 1))
        second = self.make_sale((self.scarce_part, 1))
        mine = self.bought(second.order_line)
        request = mine.order_id
        self.assertEqual(request, self.bought(first.order_line).order_id)
        self.receive(request, {mine: 1})
        self.assertEqual(self.issue_moves(second.order_line).state, "assigned")
        self.assertEqual(self.issue_moves(first.order_line).state, "confirmed")

    def test_h7_holds_through_a_two_step_receipt(self):
        self.warehouse.reception_steps = "two_steps"
        first = self.make_sale((self.scarce_part, 1))
        second = self.make_sale((self.scarce_part, 1))
        mine = self.bought(second.order_line)
        self.receive(mine.order_id, {mine: 1})
        shelf = self.env["stock.move"].search(
            [
                ("product_id", "=", self.scarce_part.id),
                ("location_dest_id", "=", self.warehouse.lot_stock_id.id),
                ("state", "=", "assigned"),
            ]
        )
        shelf.picked = True
        shelf.picking_id.with_context(skip_backorder=True).button_validate()
        self.assertEqual(self.issue_moves(second.order_line).state, "assigned")
        self.assertEqual(self.issue_moves(first.order_line).state, "confirmed")

    # --- H8: nothing unapproved --- #

    def test_h8_more_than_approved_is_not_issued(self):
        sale = self.make_sale((self.part, 1))
        move = self.issue_moves(sale.order_line)
        move.quantity = 2
        move.picked = True
        with self.assertRaisesRegex(UserError, "Have more approved"):
            move.picking_id.button_validate()

    def test_h8_a_part_nobody_approved_is_not_issued(self):
        sale = self.make_sale((self.part, 1))
        picking = sale.picking_ids
        other = self.make_part("Stranger", stock=5)
        self.env["stock.move"].create(
            {
                "picking_id": picking.id,
                "product_id": other.id,
                "product_uom_qty": 1,
                "quantity": 1,
                "picked": True,
                "location_id": picking.location_id.id,
                "location_dest_id": picking.location_dest_id.id,
            }
        )
        picking.move_ids.picked = True
        with self.assertRaisesRegex(UserError, "not on an approved estimate"):
            picking.button_validate()

    def test_h8_a_second_move_cannot_carry_the_same_piece(self):
        sale = self.make_sale((self.part, 1))
        picking = sale.picking_ids
        twin = self.issue_moves(sale.order_line).copy(
            {"picking_id": picking.id, "sale_line_id": sale.order_line.id}
        )
        twin._action_confirm(merge=False)
        twin.quantity = 1
        picking.move_ids.picked = True
        with self.assertRaisesRegex(UserError, "Have more approved"):
            picking.button_validate()

    # --- H9: the last piece --- #

    def test_h9_confirming_locks_the_shelf_rows_before_it_reserves_them(self):
        part = self.make_part("Last Piece", stock=1)
        sale = self.make_sale((part, 1), confirm=False)
        self.settle_cache()
        seen = []
        cursor = type(self.env.cr)
        execute = cursor.execute

        def spy(cr, query, params=None, log_exceptions=True):
            text = str(getattr(query, "code", query))
            if "stock_quant" in text:
                seen.append((text, params))
            return execute(cr, query, params, log_exceptions)

        with patch.object(cursor, "execute", spy):
            sale.action_confirm()
            self.env.flush_all()
        locks = [i for i, (text, _p) in enumerate(seen) if "FOR UPDATE OF quant" in text]
        writes = [i for i, (text, _p) in enumerate(seen) if 'UPDATE "stock_quant"' in text]
        self.assertTrue(locks, "no lock on the shelf")
        self.assertIn(part.id, seen[locks[0]][1][0])
        self.assertLess(locks[0], writes[0])

    def test_h2_a_mixed_selection_merges_each_vendor_its_own_way(self):
        sales = self.env["sale.order"]
        for quantity in (1, 2):
            sale = self.make_sale((self.scarce_part, quantity))
            self.bought(sale.order_line).order_id.action_service_cut_off()
            sales |= sale
        other = self.env["res.partner"].create({"name": "Office Vendor"})
        vals = {
            "partner_id": other.id,
            "order_line": [Command.create({"product_id": self.part.id, "product_qty": 2})],
        }
        plain = self.env["purchase.order"].create([vals, vals])
        (self.bought(sales.order_line).order_id | plain).action_merge()
        self.assertEqual(self.bought(sales.order_line).mapped("product_qty"), [1, 2])
        alive = plain.filtered(lambda order: order.state != "cancel")
        self.assertEqual(alive.order_line.product_qty, 4)

    def test_opening_a_request_makes_a_second_agreement_of_that_vendor_wait(self):
        locked = []
        rule_class = type(self.env["stock.rule"])
        lock = rule_class._service_lock_vendors

        def spy(rules, vendors):
            locked.append(vendors)
            self.assertFalse(sale.order_line.purchase_line_ids, "too late")
            return lock(rules, vendors)

        sale = self.make_sale((self.scarce_part, 1), confirm=False)
        self.settle_cache()
        with patch.object(rule_class, "_service_lock_vendors", spy):
            sale.action_confirm()
        self.assertEqual(locked, [self.vendor])
        self.assertFalse(self.env["stock.rule"]._service_lock_vendors(self.vendor.browse()))

    def test_h4_a_far_promise_does_not_put_the_order_off(self):
        now = fields.Datetime.now()
        sale = self.make_sale((self.scarce_part, 1), commitment_date=now + timedelta(days=40))
        bought = self.bought(sale.order_line)
        self.assertLess(bought.date_planned, now + timedelta(days=4))
        self.assertLess(bought.order_id.date_order, now + timedelta(days=1))
