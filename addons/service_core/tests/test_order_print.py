from odoo.tests import tagged

from .common import SIGNATURE, ServiceCommon


@tagged("post_install", "-at_install")
class TestOrderPrint(ServiceCommon):
    def printed(self, report, order):
        html, _type = (
            self.env["ir.actions.report"]
            .with_user(self.user_advisor)
            ._render_qweb_html(f"service_core.{report}", order.ids)
        )
        return html.decode()

    def test_the_estimate_names_customer_car_work_and_total(self):
        order = self.make_order("quoted")
        page = self.printed("report_estimate", order)
        for words in (
            order.name,
            "Ada Owner",
            order.license_plate,
            "Replace brake pads",
            "Brake Pads",
            f"{order.amount_total:,.2f}",
            "signature of the customer",
        ):
            self.assertIn(words, page)

    def test_the_estimate_carries_the_answer_and_its_signature(self):
        page = self.printed("report_estimate", self.make_order("agreed"))
        self.assertIn("Approved by Ada Owner", page)
        self.assertIn("data:image/png;base64", page)

    def test_the_settlement_form_shows_what_was_delivered_and_is_signed(self):
        order = self.make_order("ready")
        self.assertIn("The charges were explained to me", self.printed("report_settlement", order))
        order.with_user(self.user_cashier)._sign_settlement("Ada Owner", SIGNATURE)
        page = self.printed("report_settlement", order)
        self.assertIn("Explained and signed: Ada Owner", page)
        self.assertIn("Brake Pads", page)

    def test_the_settlement_form_names_the_advisor_to_call(self):
        self.user_advisor.write({"name": "Grace Advisor", "email": "grace@shop.example.com"})
        page = self.printed("report_settlement", self.make_order("ready"))
        self.assertIn("Grace Advisor", page)
        self.assertIn("grace@shop.example.com", page)

    def test_the_settlement_form_shows_outside_charges_apart(self):
        order = self.make_order("received")
        outside = self.env["product.product"].create(
            {"name": "Straighten rim", "type": "service", "list_price": 80.0}
        )
        self.assertNotIn("other workshops", self.printed("report_settlement", order))
        self.env["service.order.line"].create(
            {
                "job_id": order.job_ids.id,
                "kind": "sublet",
                "product_id": outside.id,
                "product_uom_qty": 1,
            }
        )
        self.drive(order, "ready")
        page = self.printed("report_settlement", order)
        self.assertIn("other workshops", page)
        self.assertIn("80.00", page)

    def test_two_orders_print_in_one_go(self):
        orders = self.make_order("quoted") | self.make_order("quoted")
        page = self.printed("report_estimate", orders)
        for order in orders:
            self.assertIn(order.name, page)

    def test_the_customers_paper_shows_nothing_of_another_payer(self):
        order = self.make_order(
            "quoted",
            jobs=[
                {"parts": [(self.part, 1)]},
                {"payer": "manufacturer", "parts": [(self.scarce_part, 1)]},
            ],
        )
        self.assertNotIn("Steering Rack", self.printed("report_estimate", order))
