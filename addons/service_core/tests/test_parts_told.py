from datetime import timedelta

from odoo import fields
from odoo.exceptions import AccessError, UserError
from odoo.fields import Command
from odoo.tests import tagged

from .common_parts import PartsCommon


@tagged("post_install", "-at_install")
class TestPartsTold(PartsCommon):
    """The customer hears about his parts; the counter sells, takes back and prints."""

    def told(self, order):
        return self.env["mail.mail"].search([("email_to", "=", "ada@example.com")])

    def waiting(self, **values):
        self.customer.email = "ada@example.com"
        order = self.order_parts((self.scarce_part, 1), **values)
        return order, self.part_line(order).purchase_line_ids

    def day(self, days):
        return fields.Datetime.now().replace(microsecond=0) + timedelta(days=days)

    def test_a_confirmed_date_is_told_once_and_again_when_it_slips(self):
        order, bought = self.waiting(tell_parts=True)
        bought.with_user(self.user_parts).action_service_confirm(self.day(5))
        self.assertEqual(len(self.told(order)), 1)
        self.assertIn(order.license_plate, self.told(order).body_html)
        bought.with_user(self.user_parts).action_service_confirm(self.day(5))
        self.assertEqual(len(self.told(order)), 1)
        bought.date_planned = self.day(9)
        self.assertEqual(len(self.told(order)), 2)
        self.assertEqual(order.parts_told.date(), self.day(9).date())

    def test_nobody_hears_who_did_not_wish_it(self):
        order, bought = self.waiting()
        bought.with_user(self.user_parts).action_service_confirm(self.day(5))
        bought.date_planned = self.day(9)
        self.assertFalse(self.told(order))

    def test_an_estimate_is_not_told_before_somebody_confirmed_it(self):
        order, bought = self.waiting(tell_parts=True)
        bought.date_planned = self.day(9)
        self.assertFalse(self.told(order))

    def test_the_slip_names_parts_and_no_price(self):
        order = self.order_parts((self.part, 2), (self.scarce_part, 1))
        html = (
            self.env["ir.actions.report"]
            .with_user(self.user_technician)
            ._render_qweb_html("service_core.report_parts", order.ids)[0]
            .decode()
        )
        for word in (self.part.name, self.scarce_part.name, order.license_plate, "Parts Slip"):
            self.assertIn(word, html)
        self.assertNotIn("400.00", html)

    def test_the_counter_takes_back_what_is_not_billed(self):
        order = self.order_parts((self.part, 2), state="in_repair")
        order.with_user(self.user_parts).action_issue_parts()
        line = self.part_line(order)
        with self.assertRaises(AccessError):
            line.with_user(self.user_technician).action_take_back()
        line.with_user(self.user_parts).action_take_back()
        self.assertEqual((line.issued_qty, self.part.qty_available), (0, 100))
        billed = self.part_line(self.make_order("settled"))
        with self.assertRaisesRegex(UserError, "take the bill back"):
            billed.with_user(self.user_parts).action_take_back()

    def sell(self, part, quantity, user=None):
        return (
            self.env["service.part.sale"]
            .with_user(user or self.user_parts)
            .create(
                {
                    "partner_id": self.customer.id,
                    "line_ids": [
                        Command.create({"product_id": part.id, "product_uom_qty": quantity})
                    ],
                }
            )
        )

    def test_a_part_is_sold_handed_out_and_billed_over_the_counter(self):
        action = self.sell(self.part, 3).action_sell()
        picking = self.env["stock.picking"].browse(action["res_id"])
        self.assertEqual((picking.state, self.part.qty_available), ("done", 97))
        invoice = picking.sale_id.invoice_ids
        self.assertEqual((invoice.state, invoice.amount_untaxed), ("posted", 240))
        self.assertFalse(picking.sale_id.service_order_id)

    def test_what_cars_have_reserved_is_not_sold(self):
        part = self.make_part("Last Piece", stock=1)
        self.order_parts((part, 1))
        with self.assertRaisesRegex(UserError, "only 0 free"), self.cr.savepoint():
            self.sell(part, 1).action_sell()
        self.assertFalse(
            self.env["sale.order.line"].search(
                [("product_id", "=", part.id), ("order_id.service_order_id", "=", False)]
            )
        )

    def test_others_do_not_sell(self):
        with self.assertRaises(AccessError):
            self.sell(self.part, 1, user=self.user_technician)
        with self.assertRaisesRegex(UserError, "which part"):
            self.env["service.part.sale"].with_user(self.user_parts).create(
                {"partner_id": self.customer.id}
            ).action_sell()
