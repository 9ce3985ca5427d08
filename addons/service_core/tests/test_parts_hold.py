from odoo.tests import tagged

from .common_parts import PartsCommon


@tagged("post_install", "-at_install")
class TestPartsHold(PartsCommon):
    """What was ordered ahead and comes before the customer's yes is kept for his car."""

    def ahead(self, quantity=1, state="quoted"):
        order = self.order_parts((self.scarce_part, quantity), state=state)
        line = self.part_line(order)
        line.with_user(self.user_parts).action_preorder()
        return line

    def come(self, line, quantities=None):
        self.receive(line.bought_line_ids.order_id, quantities)
        self.settle_cache()

    def test_a_part_that_comes_early_is_kept_from_other_cars(self):
        line = self.ahead()
        rival = self.part_line(self.order_parts((self.scarce_part, 1)))
        self.come(line, {line.bought_line_ids: 1})
        self.assertEqual((line.availability, line.reserved_qty), ("available", 1))
        self.assertNotEqual(rival.availability, "available")
        self.assertEqual(self.warehouse._service_free(self.scarce_part)[self.scarce_part.id], 0)
        later = self.part_line(self.order_parts((self.scarce_part, 1)))
        self.assertEqual(later.purchase_line_ids.product_qty, 1)
        # ordered ahead once more: nothing is missing
        self.assertFalse(line._service_preorder())

    def test_the_agreement_takes_what_was_kept(self):
        line = self.ahead(quantity=2)
        self.come(line)
        self.approve(line.order_id)
        self.assertEqual(line.reserved_qty, 2)
        line.order_id.with_user(self.user_advisor).action_agree()
        move = self.issue_moves(line.sale_line_id)
        self.assertEqual((move.state, move.quantity), ("assigned", 2))
        self.assertEqual((line.availability, line.reserved_qty), ("available", 2))
        self.assertFalse(line._service_open_holds())
        # bought once
        self.assertEqual(sum(line.purchase_line_ids.mapped("product_qty")), 2)
        line.order_id.with_user(self.user_parts).action_issue_parts()
        self.assertEqual(self.scarce_part.qty_available, 0)

    def test_a_part_that_comes_in_two_steps_is_kept_on_the_shelf(self):
        self.warehouse.reception_steps = "two_steps"
        line = self.ahead()
        self.come(line)
        put_away = self.env["stock.move"].search(
            [
                ("product_id", "=", self.scarce_part.id),
                ("location_dest_id", "=", self.warehouse.lot_stock_id.id),
                ("state", "=", "assigned"),
            ]
        )
        self.assertFalse(line._service_open_holds())
        put_away.picked = True
        put_away.picking_id.button_validate()
        self.assertEqual(line._service_held_qty(), 1)

    def test_half_of_it_is_kept_and_half_is_awaited(self):
        line = self.ahead(quantity=2)
        self.come(line, {line.bought_line_ids: 1})
        self.assertEqual(line.reserved_qty, 1)
        self.assertIn(line.availability, ("expected", "late"))
        self.assertFalse(line._service_preorder())

    def test_a_refused_part_goes_to_the_car_that_waits(self):
        line = self.ahead()
        self.come(line)
        rival = self.part_line(self.order_parts((self.scarce_part, 1)))
        self.approve(line.order_id, "declined")
        self.assertFalse(line._service_open_holds())
        self.assertEqual((rival.availability, rival.reserved_qty), ("available", 1))

    def test_whatever_ends_the_wish_ends_the_hold(self):
        def delete(line):
            line.unlink()

        def less(line):
            line.product_uom_qty = 1

        def other(line):
            line.product_id = self.part

        def stop(line):
            line.order_id.with_user(self.user_advisor)._stop("Too expensive")

        for end in (delete, less, other, stop):
            with self.subTest(end=end.__name__):
                line = self.ahead(quantity=2, state="received")
                self.come(line)
                holds = line._service_open_holds()
                self.assertEqual(holds.state, "assigned")
                end(line)
                self.assertEqual(holds.exists().mapped("state"), ["cancel"])
                self.stock_up(self.scarce_part, -self.scarce_part.qty_available)

    def test_a_deleted_draft_keeps_nothing(self):
        line = self.ahead(state="draft")
        self.come(line)
        holds = line._service_open_holds()
        line.order_id.with_user(self.user_manager).unlink()
        self.assertEqual(holds.state, "cancel")
