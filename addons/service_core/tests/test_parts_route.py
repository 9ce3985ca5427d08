from unittest.mock import patch

from odoo import modules
from odoo.exceptions import UserError
from odoo.tests import tagged

from odoo.addons.service_core import hooks

from .common_parts import PartsCommon


@tagged("post_install", "-at_install")
class TestPartsRoute(PartsCommon):
    def test_every_warehouse_has_its_types_and_its_rule_on_one_route(self):
        for warehouse in self.env["stock.warehouse"].search([]):
            issues, returns = warehouse.service_issue_type_id, warehouse.service_return_type_id
            self.assertEqual((issues.code, issues.service_workshop), ("outgoing", "issue"))
            self.assertEqual((returns.code, returns.service_workshop), ("incoming", "return"))
            self.assertEqual(issues.return_picking_type_id, returns)
            self.assertEqual(issues.create_backorder, "always")
            rule = self.route.rule_ids.filtered(lambda r, w=warehouse: r.warehouse_id == w)
            self.assertEqual(rule, warehouse.service_rule_id)
            self.assertEqual(rule.procure_method, "mts_else_mto")
            self.assertEqual(rule.location_src_id, warehouse.lot_stock_id)
            self.assertEqual(rule.picking_type_id, issues)
            codes = (
                warehouse.env["stock.picking.type"]
                .search([("warehouse_id", "=", warehouse.id)])
                .mapped("sequence_code")
            )
            self.assertEqual(len(codes), len(set(codes)))
        self.assertFalse(self.route.company_id)
        self.assertFalse(self.route.product_selectable)

    def test_a_warehouse_made_later_serves_the_workshop_from_its_own_shelf(self):
        branch = self.env["res.company"].create({"name": "North Branch"})
        self.env["stock.warehouse"].search([("company_id", "=", branch.id)]).action_archive()
        later = self.env["stock.warehouse"].create(
            {"name": "North", "code": "NOR", "company_id": branch.id}
        )
        self.assertTrue(later.service_issue_type_id and later.service_return_type_id)
        self.assertEqual(later.service_rule_id.route_id, self.route)
        second = self.env["stock.warehouse"].create({"name": "Second", "code": "SEC"})
        part = self.make_part("Two Shelves")
        self.stock_up(part, 1, second)
        sale = self.make_sale((part, 1), warehouse_id=second.id)
        self.assertEqual(sale.picking_ids.picking_type_id, second.service_issue_type_id)
        self.assertEqual(sale.picking_ids.location_id, second.lot_stock_id)
        self.assertTrue(sale.picking_ids.name.startswith("SEC/WSI/"))

    def test_hook_sets_up_a_warehouse_that_was_there_before(self):
        hooks.uninstall_hook(self.env)
        self.env["ir.model.data"].search(
            [("module", "=", "service_core"), ("name", "=", "route_workshop")]
        ).unlink()
        route = self.env["stock.route"].create({"name": "Workshop", "sale_selectable": True})
        self.env["ir.model.data"].create(
            {
                "module": "service_core",
                "name": "route_workshop",
                "model": "stock.route",
                "res_id": route.id,
            }
        )
        self.assertFalse(self.warehouse.service_issue_type_id)
        hooks.post_init_hook(self.env)
        self.assertEqual(self.warehouse.service_issue_type_id.service_workshop, "issue")
        self.assertEqual(self.warehouse.service_rule_id.route_id, route)

    def test_uninstall_leaves_nothing_of_ours_and_keeps_history(self):
        order = self.order_parts((self.part, 2), (self.scarce_part, 1))
        self.part_line(order, self.part).with_user(self.user_parts)._issue()
        done = order.picking_ids.filtered(lambda picking: picking.state == "done")
        waiting = order.picking_ids - done
        types = (
            self.env["stock.warehouse"].search([]).service_issue_type_id
            | self.env["stock.warehouse"].search([]).service_return_type_id
        )
        sequences = types.sequence_id
        hooks.uninstall_hook(self.env)
        self.assertFalse(types.exists())
        self.assertFalse(sequences.exists())
        self.assertFalse(self.route.exists())
        self.assertEqual((done | waiting).picking_type_id, self.warehouse.out_type_id)
        self.assertEqual(done.state, "done")

    def test_a_line_of_another_shelf_is_refused(self):
        second = self.env["stock.warehouse"].create({"name": "Second", "code": "SEC"})
        second.service_rule_id.active = False
        sale = self.make_sale((self.part, 1), warehouse_id=second.id, confirm=False)
        self.settle_cache()
        with self.assertRaisesRegex(UserError, "has no workshop rule"):
            sale.action_confirm()

    def test_issues_never_write_to_the_customer(self):
        company = self.company
        company.stock_move_email_validation = True
        company.stock_text_confirmation = True
        company.stock_confirmation_type = "sms"
        order = self.order_parts((self.part, 1))
        line = self.part_line(order)
        texts = self.env["sms.sms"].search_count([])
        # sms of deliveries are silent in tests: this is what a server does
        with patch.object(modules.module, "current_test", False):
            picking = line.with_user(self.user_parts)._issue()
        self.assertEqual(picking.state, "done")
        self.assertEqual(self.env["sms.sms"].search_count([]), texts)
        self.assertFalse(picking.message_ids.filtered(lambda m: m.message_type != "notification"))

    def test_a_plain_delivery_still_asks_core(self):
        picking = self.env["stock.picking"].new({"picking_type_id": self.warehouse.out_type_id.id})
        self.assertEqual(picking._service_without_workshop(), picking)
        picking.picking_type_id = self.warehouse.service_issue_type_id
        self.assertFalse(picking._service_without_workshop())
