import re

from odoo.tests import tagged

from odoo.addons.service_core.tests.common import ServiceCommon


@tagged("post_install", "-at_install")
class TestOrderReports(ServiceCommon):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.part.taxes_id = cls.env["account.tax"].create(
            {
                "name": "Fifteen",
                "amount": 15,
                "type_tax_use": "sale",
                "price_include_override": "tax_excluded",
            }
        )

    def text(self, report, order, user=None):
        """The printed words of a report, as the person who prints it."""
        html, _kind = (
            self.env["ir.actions.report"]
            .with_user(user or self.user_advisor)
            ._render_qweb_html(f"service_core.report_{report}", order.ids)
        )
        return re.sub(r"\s+", " ", re.sub(r"<[^>]+>", " ", html.decode())).replace("\xa0", " ")

    def money(self, amount):
        return self.company.currency_id.format(amount).replace("\xa0", " ")

    def test_estimate_tells_the_customer_his_words_jobs_and_total(self):
        order = self.make_order(
            "quoted",
            jobs=[
                {"parts": [(self.part, 3)], "name": "New pads"},
                {"payer": "manufacturer", "name": "Recalled airbag"},
            ],
        )
        text = self.text("estimate", order)
        self.assertIn("It squeaks when I brake", text)
        self.assertIn("New pads", text)
        self.assertNotIn("Recalled airbag", text)
        asked = order.approval_ids.filtered(lambda a: a.payer == "customer")
        self.assertIn(f"Total, tax included {self.money(asked.amount_total)}", text)
        self.assertIn("signature of the customer", text)

    def test_declined_job_is_named_but_not_added_up(self):
        order = self.make_order("quoted", jobs=[{"name": "New pads"}, {"name": "New wipers"}])
        yes, no = order.job_ids
        approval = order.approval_ids
        approval.with_user(self.user_advisor)._answer(
            {yes.id: "approved", no.id: "declined"}, "link", "Ada Owner"
        )
        text = self.text("estimate", order)
        self.assertRegex(text, r"New wipers \( ?Declined ?\)")
        self.assertIn(f"Total, tax included {self.money(approval.amount_approved)}", text)
        self.assertIn("Approved by Ada Owner", text)
        self.assertNotIn("signature of the customer", text)

    def test_settlement_form_tells_what_the_bill_will_be(self):
        order = self.make_order("in_repair", jobs=[{"parts": [(self.part, 3)]}])
        line = order.line_ids.filtered(lambda line: line.product_id == self.part)
        order.with_user(self.user_parts)._issue_parts({line: 1})
        order.with_user(self.user_advisor)._stop("Sold the car")
        text = self.text("settlement", order, self.user_cashier)
        order.with_user(self.user_cashier)._sign_settlement("Ada Owner")
        order.with_user(self.user_cashier).action_settle()
        bill = order.invoice_ids
        self.assertLess(bill.amount_total, order.amount_quoted)
        self.assertIn(f"Total, tax included {self.money(bill.amount_total)}", text)
        self.assertIn(f"You approved, tax included {self.money(order.amount_quoted)}", text)
        self.assertIn("signed: Ada Owner", self.text("settlement", order, self.user_cashier))

    def test_settlement_window_shows_the_same_amount(self):
        order = self.make_order("ready", jobs=[{"parts": [(self.part, 2)]}])
        action = order.with_user(self.user_cashier).action_sign_settlement()
        wizard = (
            self.env[action["res_model"]]
            .with_user(self.user_cashier)
            .with_context(**action["context"])
            .create({})
        )
        self.assertEqual(wizard.signed_by, "Ada Owner")
        amount = wizard.amount_due
        wizard.action_confirm()
        order.with_user(self.user_cashier).action_settle()
        self.assertEqual(order.invoice_ids.amount_total, amount)

    def test_settlement_of_nothing_says_so(self):
        order = self.make_order("received")
        order.with_user(self.user_advisor)._stop("Too expensive")
        self.assertIn("Nothing is charged", self.text("settlement", order, self.user_cashier))

    def test_two_orders_print_together(self):
        orders = self.make_order("quoted") | self.make_order("quoted")
        text = self.text("estimate", orders)
        for order in orders:
            self.assertIn(order.name, text)
