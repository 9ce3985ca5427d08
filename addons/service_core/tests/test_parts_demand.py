from datetime import timedelta

from odoo import fields
from odoo.exceptions import AccessError, UserError
from odoo.fields import Command
from odoo.tests import Form, tagged

from .common_parts import PartsCommon


@tagged("post_install", "-at_install")
class TestPartsDemand(PartsCommon):
    """The parts board, its buttons, and the net under all purchases: uncovered demand."""

    @classmethod
    def row(cls, line):
        cls.settle_cache()
        return cls.env["service.part.demand"].search([("line_id", "=", line.id)])

    def uncovered_line(self):
        """An agreed part whose request was thrown away."""
        line = self.part_line(self.order_parts((self.scarce_part, 2)))
        line.purchase_line_ids.order_id.button_cancel()
        return line

    def test_one_row_per_open_part_line(self):
        order = self.order_parts((self.part, 1), (self.scarce_part, 2))
        rows = self.env["service.part.demand"].search([("order_id", "=", order.id)])
        self.assertEqual(rows.line_id, self.part_line(order))
        row = rows.filtered(lambda r: r.product_id == self.scarce_part)
        self.assertEqual((row.demand_qty, row.ordered_qty, row.uncovered_qty), (2, 2, 0))
        self.assertEqual(row.vehicle_id, order.vehicle_id)
        self.assertTrue(row.is_agreed)
        self.part_line(order, self.part).with_user(self.user_parts)._issue()
        self.assertFalse(self.row(self.part_line(order, self.part)))

    def test_what_nobody_ordered_is_uncovered(self):
        line = self.uncovered_line()
        self.assertEqual(self.row(line).uncovered_qty, 2)
        self.assertEqual(line.availability, "missing")

    def test_a_part_nobody_agreed_to_is_owed_to_nobody(self):
        line = self.part_line(self.order_parts((self.scarce_part, 2), state="received"))
        row = self.row(line)
        self.assertEqual(
            (row.is_agreed, row.uncovered_qty, row.availability), (False, 0, "missing")
        )

    def test_a_loose_purchase_covers_the_first_in_line_only(self):
        first, second = self.uncovered_line(), self.uncovered_line()
        refill = self.env["purchase.order"].create(
            {
                "partner_id": self.vendor.id,
                "order_line": [
                    Command.create({"product_id": self.scarce_part.id, "product_qty": 3})
                ],
            }
        )
        refill.button_confirm()
        self.assertEqual([self.row(line).uncovered_qty for line in first | second], [0, 1])

    def test_order_now_orders_once(self):
        line = self.uncovered_line()
        row = self.row(line).with_user(self.user_parts)
        row.action_order_now()
        bought = self.bought(line)
        self.assertEqual((bought.product_qty, bought.service_line_id), (2, line))
        row = self.row(line).with_user(self.user_parts)
        self.assertEqual(row.uncovered_qty, 0)
        with self.assertRaisesRegex(UserError, "Nothing to order"):
            row.action_order_now()

    def test_order_now_orders_ahead_what_nobody_agreed_to(self):
        line = self.part_line(self.order_parts((self.scarce_part, 1), state="received"))
        self.row(line).with_user(self.user_parts).action_order_now()
        self.assertEqual(line.purchase_line_ids.product_qty, 1)

    def test_order_now_refusals(self):
        line = self.uncovered_line()
        with self.assertRaises(AccessError):
            self.row(line).with_user(self.user_advisor).action_order_now()
        self.scarce_part.seller_ids.unlink()
        with self.assertRaisesRegex(UserError, "No supplier delivers"):
            self.row(line).with_user(self.user_parts).action_order_now()
        asked = self.part_line(
            self.order_parts((self.make_part("Orphan", vendor=False), 1), state="received")
        )
        with self.assertRaisesRegex(UserError, "No supplier delivers"):
            self.row(asked).with_user(self.user_parts).action_order_now()

    def test_open_purchase(self):
        line = self.part_line(self.order_parts((self.scarce_part, 1)))
        action = self.row(line).with_user(self.user_parts).action_open_purchase()
        self.assertEqual(action["res_id"], line.purchase_line_ids.order_id.id)
        here = self.part_line(self.order_parts((self.part, 1)))
        with self.assertRaisesRegex(UserError, "Nothing is ordered"):
            self.row(here).action_open_purchase()
        self.assertEqual(self.row(line).action_open_order()["res_id"], line.order_id.id)

    def test_confirming_on_the_board_places_the_order(self):
        line = self.part_line(self.order_parts((self.scarce_part, 1)))
        row = self.row(line).with_user(self.user_parts)
        action = row.action_confirm_date()
        date = fields.Datetime.now().replace(microsecond=0) + timedelta(days=6)
        form = Form(
            self.env["service.part.confirm"]
            .with_user(self.user_parts)
            .with_context(**action["context"])
        )
        self.assertEqual(form.date, line.expected_date)
        self.env["service.part.confirm"].with_user(self.user_parts).with_context(
            **action["context"]
        ).create({"date": date}).action_apply()
        bought = line.purchase_line_ids
        self.assertEqual((bought.service_confirmed_date, bought.state), (date, "purchase"))
        self.assertTrue(self.row(line).confirmed)
        with self.assertRaises(AccessError):
            self.row(line).with_user(self.user_advisor).action_confirm_date()

    def test_a_date_for_nothing_ordered_is_refused(self):
        line = self.part_line(self.order_parts((self.part, 1)))
        wizard = self.env["service.part.confirm"].with_user(self.user_parts)
        with self.assertRaisesRegex(UserError, "order them first"):
            wizard.create(
                {"line_ids": [Command.set(line.ids)], "date": fields.Datetime.now()}
            ).action_apply()

    def test_issue_from_the_board(self):
        line = self.part_line(self.order_parts((self.part, 2)))
        self.row(line).with_user(self.user_parts).action_issue()
        self.assertEqual(line.availability, "issued")

    def test_the_nightly_check_lays_uncovered_parts_on_a_desk_once(self):
        line = self.uncovered_line()
        for _night in range(2):
            with self.enter_registry_test_mode():
                self.env.ref("service_core.cron_service_part_demand").method_direct_trigger()
        kind = self.env.ref("service_core.mail_activity_type_parts")
        activities = line.order_id.activity_ids.filtered(lambda a: a.activity_type_id == kind)
        self.assertEqual(len(activities), 1)
        self.assertIn(self.scarce_part.name, activities.note)

    def test_the_nightly_check_finds_overdue_parts(self):
        line = self.part_line(
            self.order_parts(
                (self.scarce_part, 1), promised_date=fields.Datetime.now() + timedelta(days=60)
            )
        )
        self.assertEqual(line.availability, "expected")
        # the days go by
        self.env.flush_all()
        self.env.cr.execute(
            "UPDATE purchase_order_line SET date_planned = now() - interval '2 days' WHERE id = %s",
            [line.purchase_line_ids.id],
        )
        self.env.invalidate_all()
        line.order_id.line_ids._service_check_stock()
        self.assertEqual(line.availability, "late")

    def test_the_buyer_without_a_name_is_a_parts_clerk_of_the_branch(self):
        self.assertEqual(
            self.warehouse._service_buyer(self.vendor).has_group(
                "service_core.group_service_parts"
            ),
            True,
        )
        self.vendor.buyer_id = self.user_manager
        self.assertEqual(self.warehouse._service_buyer(self.vendor), self.user_manager)

    def test_a_board_of_a_hundred_lines_needs_few_queries(self):
        self.make_sale((self.scarce_part, 1))
        lines = self.env["service.order.line"]
        for _n in range(3):
            lines |= self.part_line(self.order_parts((self.scarce_part, 1), (self.part, 1)))
        self.settle_cache()
        with self.assertQueryCount(12):
            self.env["service.part.demand"].search([]).mapped("uncovered_qty")

    def test_the_board_shows_own_branches_only(self):
        line = self.part_line(self.order_parts((self.part, 1)))
        branch = self.env["res.company"].create({"name": "Far Branch"})
        stranger = self.make_user(
            "stranger",
            "service_core.group_service_parts",
            company_id=branch.id,
            company_ids=[Command.set(branch.ids)],
        )
        self.settle_cache()
        rows = self.env["service.part.demand"].with_user(stranger).search([])
        self.assertNotIn(line, rows.line_id)
        order = line.order_id.with_user(stranger)
        for verb in ("action_check_parts", "action_issue_parts"):
            with self.assertRaises(AccessError):
                getattr(order, verb)()
        with self.assertRaises(AccessError):
            line.with_user(stranger).action_preorder()
        row = self.env["service.part.demand"].browse(line.id).with_user(stranger)
        for verb in ("action_order_now", "action_confirm_date", "action_issue"):
            with self.assertRaises(AccessError):
                getattr(row, verb)()
