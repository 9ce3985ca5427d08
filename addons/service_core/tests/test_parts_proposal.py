from datetime import timedelta

from odoo import fields
from odoo.exceptions import AccessError, UserError
from odoo.tests import tagged

from .common_parts import PartsCommon


@tagged("post_install", "-at_install")
class TestPartsProposal(PartsCommon):
    """Minimum and maximum from demand, lead time and safety; never bought twice."""

    def use(self, part, *quantities):
        for quantity in quantities:
            self.make_sale((part, quantity)).picking_ids.button_validate()

    def proposal(self, part):
        self.env["service.part.proposal"].with_user(self.user_parts).action_compute()
        return self.env["service.part.proposal"].search([("product_id", "=", part.id)])

    def test_three_demands_put_a_part_on_the_shelf(self):
        part = self.make_part("Fast Mover", stock=50)
        self.use(part, 2, 2)
        self.assertFalse(self.proposal(part))
        self.use(part, 2)
        proposal = self.proposal(part)
        self.assertEqual((proposal.demand_count, proposal.demand_qty), (3, 6))
        self.assertEqual((proposal.lead_days, proposal.phase), (3, "in"))
        self.assertIn("3 times", proposal.reason)
        self.assertGreater(proposal.max_qty, proposal.min_qty)
        self.assertTrue(proposal.is_change)

    def test_what_came_back_does_not_count_and_what_was_lost_does(self):
        part = self.make_part("Fast Mover", stock=50)
        order = self.order_parts((part, 4))
        order.with_user(self.user_parts).action_issue_parts()
        self.part_line(order)._return_issued(3)
        self.use(part, 2)
        for reason in ("stock", "stock", "price"):
            self.env["service.part.lost"].create(
                {"product_id": part.id, "reason": reason, "product_uom_qty": 5}
            )
        self.env["service.part.lost"].create(
            {
                "product_id": part.id,
                "product_uom_qty": 99,
                "date": fields.Datetime.now() - timedelta(days=400),
            }
        )
        proposal = self.proposal(part)
        self.assertEqual((proposal.demand_count, proposal.demand_qty), (4, 13))

    def test_one_click_makes_the_rule_and_the_next_changes_it(self):
        part = self.make_part("Fast Mover", stock=50)
        self.use(part, 2, 2, 2)
        proposal = self.proposal(part).with_user(self.user_parts)
        proposal.action_apply()
        rule = self.env["stock.warehouse.orderpoint"].search([("product_id", "=", part.id)])
        self.assertEqual(
            (rule.product_min_qty, rule.product_max_qty), (proposal.min_qty, proposal.max_qty)
        )
        self.assertEqual((proposal.state, proposal.is_change), ("applied", False))
        # the same numbers ask nothing again, new ones do
        self.proposal(part)
        self.assertEqual(proposal.state, "applied")
        self.use(part, 20)
        self.proposal(part)
        self.assertEqual((proposal.state, proposal.is_change), ("open", True))
        proposal.max_qty = 77
        proposal.action_apply()
        self.assertEqual(rule.product_max_qty, 77)
        self.assertEqual(len(rule.search([("product_id", "=", part.id)])), 1)

    def test_a_rule_nobody_needs_is_proposed_away_and_may_be_kept(self):
        self.env["stock.warehouse.orderpoint"].create(
            {
                "product_id": self.part.id,
                "warehouse_id": self.warehouse.id,
                "location_id": self.warehouse.lot_stock_id.id,
                "product_min_qty": 4,
                "product_max_qty": 8,
            }
        )
        proposal = self.proposal(self.part).with_user(self.user_parts)
        self.assertEqual((proposal.phase, proposal.max_qty, proposal.current_max), ("out", 0, 8))
        proposal.action_keep()
        self.proposal(self.part)
        self.assertEqual(proposal.state, "kept")

    def test_the_rule_never_orders_what_a_car_has_ordered(self):
        part = self.make_part("Fast Mover", stock=6)
        self.use(part, 2, 2, 2)
        proposal = self.proposal(part).with_user(self.user_parts)
        proposal.write({"min_qty": 2, "max_qty": 5})
        proposal.action_apply()
        order = self.order_parts((part, 3))
        car = self.part_line(order)
        self.env["stock.rule"].run_scheduler()
        bought = self.env["purchase.order.line"].search([("product_id", "=", part.id)])
        self.assertEqual(sum(car.purchase_line_ids.mapped("product_qty")), 3)
        # three for the car, five for the shelf, and not one more
        self.assertEqual(sum(bought.mapped("product_qty")), 8)
        self.env["stock.rule"].run_scheduler()
        bought = self.env["purchase.order.line"].search([("product_id", "=", part.id)])
        self.assertEqual(sum(bought.mapped("product_qty")), 8)

    def test_refusals(self):
        part = self.make_part("Fast Mover", stock=50)
        self.use(part, 2, 2, 2)
        proposal = self.proposal(part)
        for say in ("action_apply", "action_keep", "action_compute"):
            with self.assertRaises(AccessError):
                getattr(proposal.with_user(self.user_advisor), say)()
        with self.assertRaises(UserError):
            proposal.with_user(self.user_parts).state = "applied"

    def test_the_weekly_look_and_its_queries(self):
        part = self.make_part("Fast Mover", stock=50)
        self.use(part, 1, 1, 1)
        with self.enter_registry_test_mode():
            self.env.ref("service_core.cron_service_part_proposal").method_direct_trigger()
        self.assertTrue(self.env["service.part.proposal"].search([("product_id", "=", part.id)]))
