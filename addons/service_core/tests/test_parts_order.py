from datetime import timedelta
from unittest.mock import patch

from odoo import fields
from odoo.exceptions import AccessError, UserError
from odoo.fields import Command
from odoo.tests import Form, tagged

from .common_parts import PartsCommon


@tagged("post_install", "-at_install")
class TestPartsOrder(PartsCommon):
    """Parts of a work order: where they are, ordering ahead, issuing, taking back, letting go."""

    # --- availability --- #

    def test_a_missing_part_walks_from_missing_to_issued(self):
        order = self.order_parts((self.scarce_part, 2), state="received")
        line = self.part_line(order)
        self.assertEqual(line.availability, "missing")
        order.promised_date = fields.Datetime.now() + timedelta(days=30)
        self.drive(order, "agreed")
        self.assertEqual(line.availability, "expected")
        bought = line.purchase_line_ids
        self.assertEqual(bought.service_line_id, line)
        self.assertEqual(bought.sale_line_id, line.sale_line_id)
        self.assertEqual(line.expected_date, bought.date_planned)
        self.assertEqual(order.waiting_for, "parts")
        self.receive(bought.order_id, {bought: 1})
        self.assertEqual((line.availability, line.reserved_qty), ("expected", 1))
        self.receive(bought.order_id)
        self.assertEqual((line.availability, line.reserved_qty), ("available", 2))
        self.assertFalse(line.expected_date)
        self.assertFalse(order.waiting_for)
        order.with_user(self.user_parts).action_issue_parts()
        self.assertEqual((line.availability, line.issued_qty), ("issued", 2))
        self.assertEqual(line.sale_line_id.qty_delivered, 2)

    def test_a_part_that_comes_after_the_promise_is_late(self):
        order = self.order_parts((self.scarce_part, 1))
        line = self.part_line(order)
        order.promised_date = line.expected_date + timedelta(days=1)
        self.assertEqual(line.availability, "expected")
        order.promised_date = line.expected_date - timedelta(hours=1)
        self.assertEqual(line.availability, "late")

    def test_a_part_without_purchase_is_missing_until_somebody_orders_it(self):
        orphan = self.make_part("Orphan", vendor=False, stock=1)
        order = self.order_parts((orphan, 1), state="quoted")
        # the last piece goes elsewhere before the customer says yes
        self.stock_up(orphan, -1)
        self.drive(order, "agreed")
        line = self.part_line(order)
        self.assertEqual((line.availability, line.expected_date), ("missing", False))

    def test_labour_has_no_availability(self):
        order = self.order_parts((self.part, 1), state="received")
        labour = order.line_ids.filtered(lambda line: line.kind == "labour")
        self.assertFalse(labour.availability)

    def test_a_refused_part_is_owed_to_nobody(self):
        order = self.order_parts((self.scarce_part, 1), state="quoted")
        self.approve(order, "declined")
        self.assertFalse(self.part_line(order).availability)

    def test_a_refill_that_will_do_counts_as_expected(self):
        refill = self.env["purchase.order"].create(
            {
                "partner_id": self.vendor.id,
                "order_line": [
                    Command.create({"product_id": self.scarce_part.id, "product_qty": 5})
                ],
            }
        )
        refill.button_confirm()
        order = self.order_parts(
            (self.scarce_part, 2), promised_date=fields.Datetime.now() + timedelta(days=30)
        )
        line = self.part_line(order)
        self.assertFalse(line.purchase_line_ids)
        self.assertEqual(line.availability, "expected")
        self.assertEqual(line.expected_date, refill.picking_ids.move_ids.date)
        self.env.flush_all()
        row = self.env["service.part.demand"].browse(line.id)
        self.assertEqual(row.uncovered_qty, 0)

    def test_checking_the_shelf_leaves_time_and_name(self):
        order = self.order_parts((self.scarce_part, 1), state="received")
        line = self.part_line(order)
        self.assertEqual(line.availability, "missing")
        self.stock_up(self.scarce_part, 1)
        order.with_user(self.user_advisor).action_check_parts()
        self.assertEqual(line.availability, "available")
        self.assertEqual(order.parts_checked_by, self.user_advisor)
        self.assertTrue(order.parts_checked_at)

    def test_parts_of_two_orders_are_computed_in_one_batch(self):
        orders = self.env["service.order"]
        for _n in range(2):
            orders |= self.order_parts((self.scarce_part, 1))
        lines = self.part_line(orders)
        request = self.bought(lines).order_id
        self.assertEqual(len(request), 1)
        calls = []
        compute = type(lines)._compute_parts

        def spy(records):
            calls.append(records.ids)
            return compute(records)

        with patch.object(type(lines), "_compute_parts", spy):
            self.receive(request)
            self.env.flush_all()
        self.assertEqual(lines.mapped("availability"), ["available", "available"])
        touching = [set(ids) for ids in calls if set(ids) & set(lines.ids)]
        self.assertTrue(touching)
        self.assertTrue(all(ids >= set(lines.ids) for ids in touching))

    def test_a_technician_sees_where_the_part_is_without_reading_purchases(self):
        order = self.order_parts((self.scarce_part, 1))
        self.settle_cache()
        line = self.part_line(order).with_user(self.user_technician)
        self.assertIn(line.availability, ("expected", "late"))
        self.assertTrue(line.expected_date)
        with self.assertRaises(AccessError):
            line.bought_line_ids.mapped("product_qty")

    # --- all parts are here --- #

    def ready_orders(self):
        """Patch the hook, run the commit's own callbacks; a list of ids per call."""
        called = []
        order_class = type(self.env["service.order"])
        patcher = patch.object(
            order_class, "_on_parts_ready", lambda orders: called.append(orders.ids)
        )
        patcher.start()
        self.addCleanup(patcher.stop)
        return called

    def test_the_last_part_in_calls_the_order_once(self):
        order = self.order_parts((self.scarce_part, 1), (self.part, 1))
        self.env.cr.precommit.run()
        called = self.ready_orders()
        line = self.part_line(order, self.scarce_part)
        self.receive(line.purchase_line_ids.order_id)
        self.issue_moves(line.sale_line_id)._do_unreserve()
        self.issue_moves(line.sale_line_id)._action_assign()
        self.env.flush_all()
        self.env.cr.precommit.run()
        self.assertEqual(called, [order.ids])
        self.env.cr.precommit.run()
        self.assertEqual(called, [order.ids])

    def test_not_while_another_part_is_awaited(self):
        other = self.make_part("Other Missing")
        order = self.order_parts((self.scarce_part, 1), (other, 1))
        self.env.cr.precommit.run()
        called = self.ready_orders()
        line = self.part_line(order, self.scarce_part)
        self.receive(line.purchase_line_ids.order_id, {line.purchase_line_ids: 1})
        self.env.flush_all()
        self.env.cr.precommit.run()
        self.assertFalse(called)

    def test_not_when_it_was_here_all_along(self):
        called = self.ready_orders()
        self.order_parts((self.part, 1))
        self.env.flush_all()
        self.env.cr.precommit.run()
        self.assertFalse(called)

    def test_the_advisor_gets_an_activity(self):
        order = self.order_parts((self.scarce_part, 1))
        self.env.cr.precommit.run()
        self.receive(self.part_line(order).purchase_line_ids.order_id)
        self.env.flush_all()
        self.env.cr.precommit.run()
        self.assertIn(self.user_advisor, order.activity_ids.user_id)

    # --- before the quote --- #

    def test_a_part_nobody_delivers_is_named_before_the_quote(self):
        orphan = self.make_part("Orphan", vendor=False)
        order = self.order_parts((orphan, 1), (self.part, 1), state="received")
        self.assertEqual(order.line_ids._parts_without_vendor(), self.part_line(order, orphan))
        with self.assertRaisesRegex(UserError, "Orphan"):
            order.with_user(self.user_advisor).action_quote()

    def test_enough_on_the_shelf_needs_no_vendor(self):
        orphan = self.make_part("Orphan", vendor=False, stock=1)
        order = self.order_parts((orphan, 1), state="received")
        self.assertFalse(order.line_ids._parts_without_vendor())

    def test_an_archived_vendor_delivers_nothing(self):
        self.vendor.active = False
        order = self.order_parts((self.scarce_part, 1), state="received")
        self.assertEqual(order.line_ids._parts_without_vendor(), self.part_line(order))

    # --- ordering ahead --- #

    def test_a_preorder_is_chained_on_agreement_and_not_bought_twice(self):
        order = self.order_parts((self.scarce_part, 2), state="received")
        line = self.part_line(order)
        line.with_user(self.user_parts).action_preorder()
        bought = line.purchase_line_ids
        self.assertEqual((bought.product_qty, bought.service_line_id), (2, line))
        self.assertIn(line.availability, ("expected", "late"))
        bought.order_id.button_confirm()
        self.drive(order, "agreed")
        self.assertEqual(line.purchase_line_ids, bought)
        self.assertEqual(bought.sale_line_id, line.sale_line_id)
        self.receive(bought.order_id)
        self.assertEqual(line.availability, "available")

    def test_a_preorder_still_in_draft_is_chained_too(self):
        order = self.order_parts((self.scarce_part, 2), state="received")
        line = self.part_line(order)
        line.with_user(self.user_parts).action_preorder()
        self.drive(order, "agreed")
        self.assertEqual(sum(line.purchase_line_ids.mapped("product_qty")), 2)

    def test_a_preorder_covers_no_other_car(self):
        order = self.order_parts((self.scarce_part, 2), state="received")
        line = self.part_line(order)
        line.with_user(self.user_parts).action_preorder()
        line.purchase_line_ids.order_id.button_confirm()
        other = self.part_line(self.order_parts((self.scarce_part, 2)))
        self.assertEqual(other.purchase_line_ids.product_qty, 2)

    def test_two_preorders_of_one_part_are_two_lines_of_one_request(self):
        lines = self.env["service.order.line"]
        for quantity in (1, 2):
            lines |= self.part_line(
                self.order_parts((self.scarce_part, quantity), state="received")
            )
        lines.with_user(self.user_parts).action_preorder()
        self.assertEqual([line.purchase_line_ids.product_qty for line in lines], [1, 2])
        self.assertEqual(len(lines.purchase_line_ids.order_id), 1)

    def test_preorder_refusals(self):
        order = self.order_parts((self.scarce_part, 1), state="received")
        line = self.part_line(order)
        with self.assertRaises(AccessError):
            line.with_user(self.user_advisor).action_preorder()
        line.with_user(self.user_parts).action_preorder()
        with self.assertRaisesRegex(UserError, "Nothing to order"):
            line.with_user(self.user_parts).action_preorder()
        orphan = self.make_part("Orphan", vendor=False)
        nobody = self.part_line(self.order_parts((orphan, 1), state="received"))
        with self.assertRaisesRegex(UserError, "No supplier delivers Orphan"):
            nobody.with_user(self.user_parts).action_preorder()
        self.drive(order, "agreed")
        with self.assertRaisesRegex(UserError, "agreed already"):
            line.with_user(self.user_parts).action_preorder()

    def test_a_refused_preorder_is_given_up_and_flagged(self):
        order = self.order_parts((self.scarce_part, 1), state="received")
        line = self.part_line(order)
        line.with_user(self.user_parts).action_preorder()
        purchase = line.purchase_line_ids.order_id
        purchase.button_confirm()
        order.with_user(self.user_advisor).action_quote()
        self.approve(order, "declined")
        self.assertIn("still on order", purchase.activity_ids.note)

    def test_a_deleted_part_line_takes_its_preorder_along(self):
        order = self.order_parts((self.scarce_part, 1), state="received")
        line = self.part_line(order)
        line.with_user(self.user_parts).action_preorder()
        request = line.purchase_line_ids.order_id
        line.unlink()
        self.assertFalse(request.order_line)
        self.assertEqual(request.state, "cancel")

    def test_a_cancelled_visit_gives_its_preorder_up(self):
        order = self.order_parts((self.scarce_part, 1), state="booked")
        line = self.part_line(order)
        line.with_user(self.user_parts).action_preorder()
        request = line.purchase_line_ids.order_id
        order.with_user(self.user_receptionist)._cancel("Sold the car")
        self.assertEqual(request.state, "cancel")

    def test_a_revised_estimate_takes_its_purchase_along(self):
        order = self.order_parts((self.scarce_part, 2), kind_id=self.kind_repair.id)
        line = self.part_line(order)
        bought = line.purchase_line_ids
        bought.order_id.button_confirm()
        order.with_user(self.user_advisor).action_revise()
        self.assertEqual(line.purchase_line_ids, bought)
        self.drive(order, "agreed")
        self.assertEqual(line.purchase_line_ids, bought)
        self.assertEqual(bought.sale_line_id, line.sale_line_id)

    # --- the vendor's date --- #

    def test_parts_staff_confirm_a_date(self):
        order = self.order_parts((self.scarce_part, 1))
        line = self.part_line(order)
        bought = line.purchase_line_ids
        self.assertFalse(bought.service_confirmed_date)
        date = fields.Datetime.now().replace(microsecond=0) + timedelta(days=12)
        bought.with_user(self.user_parts).action_service_confirm(date)
        self.assertEqual(bought.service_confirmed_date, date)
        self.assertEqual(bought.service_confirmed_by, self.user_parts)
        self.assertTrue(bought.service_confirmed_at)
        self.assertEqual(line.expected_date, date)
        bought.product_qty = 4
        self.assertEqual(bought.date_planned, date)
        bought.order_id.button_confirm()
        self.assertEqual(bought.move_ids.date, date)
        self.assertIn("confirmed", order.message_ids[0].body)

    def test_a_new_vendor_date_voids_the_confirmation(self):
        line = self.part_line(self.order_parts((self.scarce_part, 1)))
        bought = line.purchase_line_ids
        date = fields.Datetime.now().replace(microsecond=0) + timedelta(days=12)
        bought.with_user(self.user_parts).action_service_confirm(date)
        bought.date_planned = date + timedelta(days=5)
        self.assertFalse(bought.service_confirmed_date)
        self.assertFalse(bought.service_confirmed_by)
        self.assertEqual(line.expected_date, date + timedelta(days=5))

    def test_a_date_typed_on_the_request_is_signed_too(self):
        bought = self.part_line(self.order_parts((self.scarce_part, 1))).purchase_line_ids
        date = fields.Datetime.now().replace(microsecond=0) + timedelta(days=7)
        with (
            Form(bought.order_id.with_user(self.user_parts)) as form,
            form.order_line.edit(0) as row,
        ):
            row.service_confirmed_date = date
        self.assertEqual(bought.service_confirmed_by, self.user_parts)
        self.assertEqual(bought.date_planned, date)
        bought.service_confirmed_date = False
        self.assertFalse(bought.service_confirmed_by)

    def test_confirmation_refusals(self):
        line = self.part_line(self.order_parts((self.scarce_part, 1)))
        bought = line.purchase_line_ids
        tomorrow = fields.Datetime.now() + timedelta(days=1)
        with self.assertRaises(AccessError):
            bought.with_user(self.user_advisor).sudo(False).action_service_confirm(tomorrow)
        parts = bought.with_user(self.user_parts)
        with self.assertRaisesRegex(UserError, "not over yet"):
            parts.action_service_confirm(fields.Datetime.now() - timedelta(days=2))
        with self.assertRaisesRegex(UserError, "Say for which date"):
            parts.action_service_confirm(False)
        self.receive(bought.order_id)
        with self.assertRaisesRegex(UserError, "not expected any more"):
            parts.action_service_confirm(tomorrow)

    def test_the_vendors_own_lateness_reaches_the_line(self):
        order = self.order_parts((self.scarce_part, 1))
        bought = self.part_line(order).purchase_line_ids
        bought.order_id.button_confirm()
        later = fields.Datetime.now().replace(microsecond=0) + timedelta(days=40)
        bought._update_date_planned(later)
        self.assertEqual(self.part_line(order).expected_date, later)
        self.assertEqual(self.part_line(order).availability, "late")

    # --- issuing --- #

    def test_a_partial_issue_leaves_a_back_order_and_no_second_request(self):
        order = self.order_parts((self.part, 5))
        line = self.part_line(order)
        picking = line.with_user(self.user_parts)._issue(2)
        self.assertEqual(picking.state, "done")
        self.assertEqual((line.issued_qty, line.reserved_qty), (2, 3))
        self.assertEqual(line.availability, "available")
        self.assertEqual(line.sale_line_id.qty_delivered, 2)
        self.assertEqual(line.sale_line_id.qty_to_invoice, 2)
        self.assertFalse(line.purchase_line_ids)
        order.with_user(self.user_parts).action_issue_parts()
        self.assertEqual(line.availability, "issued")

    def test_issuing_one_line_leaves_the_other_reserved(self):
        other = self.make_part("Other", stock=4)
        order = self.order_parts((self.part, 1), (other, 4))
        self.part_line(order, self.part).with_user(self.user_parts)._issue()
        left = self.part_line(order, other)
        self.assertEqual((left.availability, left.reserved_qty), ("available", 4))

    def test_issue_refusals(self):
        order = self.order_parts((self.part, 1))
        line = self.part_line(order)
        with self.assertRaises(AccessError):
            order.with_user(self.user_technician).action_issue_parts()
        with self.assertRaisesRegex(UserError, "only 1 reserved"):
            line.with_user(self.user_parts)._issue(2)
        self.issue_moves(line.sale_line_id)._do_unreserve()
        with self.assertRaisesRegex(UserError, "nothing to issue"):
            order.with_user(self.user_parts).action_issue_parts()
        early = self.order_parts((self.part, 1), state="quoted")
        with self.assertRaisesRegex(UserError, "while work is agreed"):
            early.with_user(self.user_parts).action_issue_parts()

    def test_a_part_of_another_order_is_not_issued(self):
        order = self.order_parts((self.part, 1))
        other = self.part_line(self.order_parts((self.part, 1)))
        with self.assertRaisesRegex(UserError, "only 1 reserved"):
            order.with_user(self.user_parts)._issue_parts({other: 1})

    def test_two_orders_are_issued_in_one_click(self):
        orders = self.order_parts((self.part, 1)) | self.order_parts((self.part, 2))
        orders.with_user(self.user_parts).action_issue_parts()
        self.assertEqual(set(self.part_line(orders).mapped("availability")), {"issued"})

    # --- taking back --- #

    def test_a_returned_part_is_billed_no_more_and_serves_the_next_car(self):
        part = self.make_part("Only One", stock=1)
        first = self.order_parts((part, 1))
        line = self.part_line(first)
        line.with_user(self.user_parts)._issue()
        waiting = self.part_line(self.order_parts((part, 1)))
        self.assertNotEqual(waiting.availability, "available")
        picking = line.with_user(self.user_parts)._return_issued()
        self.assertEqual(picking.picking_type_id, self.warehouse.service_return_type_id)
        self.assertEqual(line.sale_line_id.qty_delivered, 0)
        self.assertEqual(line.issued_qty, 0)
        self.assertEqual(waiting.availability, "available")

    def test_return_refusals(self):
        order = self.order_parts((self.part, 2))
        line = self.part_line(order)
        with self.assertRaisesRegex(UserError, "cannot come back"):
            line.with_user(self.user_parts)._return_issued()
        line.with_user(self.user_parts)._issue()
        with self.assertRaises(AccessError):
            line.with_user(self.user_technician)._return_issued()
        with self.assertRaisesRegex(UserError, "cannot come back"):
            line.with_user(self.user_parts)._return_issued(3)
        line.with_user(self.user_parts)._return_issued(1)
        self.assertEqual(line.issued_qty, 1)

    # --- letting go --- #

    def test_a_stopped_order_bills_what_was_issued_and_flags_the_rest(self):
        order = self.order_parts((self.part, 5), (self.scarce_part, 3))
        pads, rack = (self.part_line(order, part) for part in (self.part, self.scarce_part))
        pads.with_user(self.user_parts)._issue(2)
        purchase = rack.purchase_line_ids.order_id
        purchase.button_confirm()
        order.with_user(self.user_advisor)._stop("Customer sells the car")
        self.assertEqual(pads.sale_line_id.product_uom_qty, 2)
        self.assertEqual(rack.sale_line_id.product_uom_qty, 0)
        self.assertEqual(pads.availability, "issued")
        self.assertFalse(rack.availability)
        self.assertFalse(
            order.picking_ids.filtered(lambda picking: picking.state not in ("done", "cancel"))
        )
        self.assertIn("3 ×", purchase.activity_ids.note)
        self.assertEqual(pads.sale_line_id.qty_to_invoice, 2)

    def test_a_stopped_order_lowers_the_open_request(self):
        order = self.order_parts((self.scarce_part, 3))
        bought = self.part_line(order).purchase_line_ids
        order.with_user(self.user_advisor)._stop("Customer sells the car")
        self.assertEqual(sum(bought.exists().mapped("product_qty")), 0)

    def test_a_locked_sale_order_is_released_too(self):
        order = self.order_parts((self.part, 3))
        line = self.part_line(order)
        line.sale_line_id.order_id.locked = True
        order.line_ids._release_unissued()
        self.assertEqual(line.sale_line_id.product_uom_qty, 0)

    def test_nobody_signs_a_date_in_anothers_name(self):
        bought = self.part_line(self.order_parts((self.scarce_part, 1))).purchase_line_ids
        date = fields.Datetime.now().replace(microsecond=0) + timedelta(days=7)
        bought.with_user(self.user_parts).write(
            {"service_confirmed_date": date, "service_confirmed_by": self.user_manager.id}
        )
        self.assertEqual(bought.service_confirmed_by, self.user_parts)
        bought.with_user(self.user_parts).service_confirmed_by = self.user_manager
        self.assertEqual(bought.service_confirmed_by, self.user_parts)

    def test_a_consumable_is_issued_like_a_part_and_writes_to_nobody(self):
        oil = self.make_part("Grease", is_storable=False)
        order = self.order_parts((oil, 2))
        line = self.part_line(order)
        self.assertEqual(line.availability, "available")
        picking = order.picking_ids
        self.assertFalse(picking._service_without_workshop())
        picking.move_ids.quantity = 3
        picking.move_ids.picked = True
        with self.assertRaisesRegex(UserError, "Have more approved"):
            picking.button_validate()
        picking.move_ids.quantity = 2
        order.with_user(self.user_parts).action_issue_parts()
        self.assertEqual(line.availability, "issued")

    def test_a_later_preorder_or_refill_does_not_grow_anothers_line(self):
        lines = self.env["service.order.line"]
        for quantity in (1, 2):
            line = self.part_line(self.order_parts((self.scarce_part, quantity), state="received"))
            line.with_user(self.user_parts).action_preorder()
            lines |= line
        self.assertEqual([line.purchase_line_ids.product_qty for line in lines], [1, 2])
        request = lines.purchase_line_ids.order_id
        self.assertEqual(len(request), 1)
        self.vendor.write({"group_rfq": "all", "buyer_id": request.user_id.id})
        self.env["stock.rule"].run(
            [
                self.env["stock.rule"].Procurement(
                    self.scarce_part,
                    7,
                    self.scarce_part.uom_id,
                    self.warehouse.lot_stock_id,
                    "Refill",
                    "Refill",
                    self.company,
                    {"warehouse_id": self.warehouse, "date_planned": fields.Datetime.now()},
                )
            ]
        )
        self.assertEqual(sorted(request.order_line.mapped("product_qty")), [1, 2, 7])
