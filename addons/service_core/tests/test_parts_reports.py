from datetime import timedelta

from odoo import fields
from odoo.exceptions import AccessError
from odoo.tests import tagged

from .common_parts import PartsCommon


@tagged("post_install", "-at_install")
class TestPartsReports(PartsCommon):
    """What was on the shelf at once, what was billed, what nobody claims."""

    def report(self, name, order):
        self.env.flush_all()
        self.env.invalidate_all()
        return self.env[f"service.part.{name}"].search([("order_id", "in", order.ids)])

    # --- service level --- #

    def test_who_is_not_of_the_workshop_makes_contacts_and_users(self):
        clerk = self.make_user("office", "base.group_erp_manager,base.group_partner_manager")
        contact = self.env["res.partner"].with_user(clerk).create({"name": "Supplier"})
        user = self.env["res.users"].with_user(clerk).create({"name": "New", "login": "new"})
        partners = (contact | user.partner_id).sudo()
        self.assertEqual(partners.mapped("service_return_days"), [14, 14])
        partners.service_return_days = 0
        self.assertEqual(partners.mapped("service_return_days"), [0, 0])

    def test_first_pick_and_fill_rate_are_facts_of_the_moment_of_agreement(self):
        half = self.make_part("Half There", stock=1)
        order = self.order_parts((self.part, 2), (self.scarce_part, 1), (half, 4))
        rows = {row.product_id: row for row in self.report("fill", order)}
        self.assertEqual(
            [
                (rows[part].first_pick_rate, rows[part].fill_rate)
                for part in (self.part, self.scarce_part, half)
            ],
            [(100, 100), (0, 0), (0, 25)],
        )
        # what comes later does not change what was there
        self.receive(self.part_line(order).purchase_line_ids.order_id)
        self.env.cr.precommit.run()
        self.assertEqual(self.report("fill", order).mapped("fill_rate"), [25, 0, 100])
        rates = self.env["service.part.fill"]._read_group(
            [("order_id", "=", order.id)], ["payer"], ["first_pick_rate:avg"]
        )
        self.assertEqual([(payer, round(rate)) for payer, rate in rates], [("customer", 33)])

    def test_wait_and_request_are_measured(self):
        order = self.order_parts((self.scarce_part, 1))
        line = self.part_line(order)
        line.agreed_at = fields.Datetime.now() - timedelta(days=2)
        self.assertFalse(line.here_at)
        self.assertFalse(self.report("fill", order).wait_days)
        self.env.cr.precommit.run()
        self.receive(line.purchase_line_ids.order_id)
        self.env.flush_all()
        self.env.cr.precommit.run()
        self.assertTrue(line.here_at)
        order.with_user(self.user_parts).action_issue_parts()
        row = self.report("fill", order)
        self.assertEqual((round(row.wait_days), round(row.request_hours)), (2, 48))

    def test_what_came_back_was_not_the_right_part(self):
        order = self.order_parts((self.part, 2))
        self.assertFalse(self.report("fill", order).dispatch_accuracy)
        order.with_user(self.user_parts).action_issue_parts()
        self.assertEqual(self.report("fill", order).dispatch_accuracy, 100)
        self.part_line(order).with_user(self.user_parts)._return_issued(1)
        row = self.report("fill", order)
        self.assertEqual((row.dispatch_accuracy, row.dispatch_target), (0, 98))

    # --- issued against billed --- #

    def test_nothing_differs_when_everything_is_right(self):
        orders = self.make_order("delivered") | self.make_order(
            "delivered", jobs=[{"parts": [(self.part, 1)], "payer": "manufacturer"}]
        )
        self.assertFalse(self.report("difference", orders))

    def test_what_went_out_unbilled_stands_on_the_list(self):
        order = self.make_order("settled")
        self.part_line(order)._return_issued(1)
        row = self.report("difference", order)
        self.assertEqual(
            (row.kind, row.issued_qty, row.billed_qty, row.difference_qty), ("not_issued", 0, 1, -1)
        )
        self.assertEqual(row.action_open_order()["res_id"], order.id)
        order.with_user(self.user_manager)._unsettle("Part came back")
        self.assertFalse(self.report("difference", order))

    def test_an_unbilled_issue_is_found(self):
        order = self.make_order("settled")
        self.env.flush_all()
        # past all guards, as a fault would
        self.env.cr.execute(
            "UPDATE sale_order_line SET qty_invoiced = 0 WHERE id = %s",
            [self.part_line(order).sale_line_id.id],
        )
        self.env.invalidate_all()
        row = self.env["service.part.difference"].search([("order_id", "=", order.id)])
        self.assertEqual((row.kind, row.difference_qty), ("not_billed", 1))

    # --- never claimed --- #

    def special_order(self, state="quoted"):
        order = self.order_parts((self.scarce_part, 1), state=state)
        line = self.part_line(order)
        line.with_user(self.user_parts).action_preorder()
        self.receive(line.purchase_line_ids.order_id)
        return order

    def test_a_refused_special_order_can_go_back_until_a_date(self):
        self.vendor.service_return_days = 10
        order = self.special_order()
        self.assertEqual(self.report("unclaimed", order).reason, "waiting")
        self.approve(order, "declined")
        row = self.report("unclaimed", order)
        self.assertEqual((row.reason, row.quantity, row.age), ("refused", 1, 0))
        self.assertEqual(row.return_by, row.received_at.date() + timedelta(days=10))
        action = row.with_user(self.user_parts).action_return()
        self.assertEqual(
            self.env["stock.picking"].browse(action["context"]["active_id"]).partner_id, self.vendor
        )
        with self.assertRaises(AccessError):
            row.with_user(self.user_advisor).action_return()

    def test_what_another_car_has_reserved_is_not_unclaimed(self):
        order = self.special_order()
        rival = self.part_line(self.order_parts((self.scarce_part, 1)))
        self.approve(order, "declined")
        self.assertEqual(rival.availability, "available")
        self.assertFalse(self.report("unclaimed", order))

    def test_what_went_back_or_was_fitted_is_on_no_list(self):
        order = self.special_order()
        self.approve(order, "approved")
        order.with_user(self.user_advisor).action_agree()
        order.with_user(self.user_parts).action_issue_parts()
        self.assertFalse(self.report("unclaimed", order))
        other = self.special_order()
        self.approve(other, "declined")
        receipt = self.report("unclaimed", other).action_return()["context"]["active_id"]
        wizard = (
            self.env["stock.return.picking"]
            .with_context(active_id=receipt, active_model="stock.picking")
            .create({"picking_id": receipt})
        )
        wizard.product_return_moves.quantity = 1
        back = wizard._create_return()
        back.move_ids.write({"quantity": 1, "picked": True})
        back.button_validate()
        self.assertFalse(self.report("unclaimed", other))

    def test_a_second_visit_that_does_not_come_is_unclaimed(self):
        order = self.order_parts((self.scarce_part, 1))
        order.with_user(self.user_advisor).action_split()
        visit = order.next_visit_ids
        self.receive(visit.line_ids.purchase_line_ids.order_id)
        self.assertEqual(self.report("unclaimed", visit).reason, "not_back")

    def test_the_buyer_is_reminded_once_before_the_time_is_over(self):
        self.vendor.service_return_days = 2
        order = self.special_order()
        self.approve(order, "declined")
        purchase = self.part_line(order).purchase_line_ids.order_id
        for _night in range(2):
            with self.enter_registry_test_mode():
                self.env.ref("service_core.cron_service_part_unclaimed").method_direct_trigger()
        notes = purchase.activity_ids.filtered(lambda a: "Nobody has claimed" in (a.note or ""))
        self.assertEqual(len(notes), 1)

    def test_a_suppliers_data_are_checked_by_a_name_on_a_day(self):
        self.vendor.with_user(self.user_parts).action_service_verify()
        self.assertEqual(
            (self.vendor.service_verified_by, self.vendor.service_verified_on),
            (self.user_parts, fields.Date.today()),
        )
        with self.assertRaises(AccessError):
            self.vendor.with_user(self.user_technician).action_service_verify()
