from freezegun import freeze_time

from odoo.exceptions import AccessError, UserError
from odoo.tests import tagged

from odoo.addons.service_core.tests.common import ServiceCommon


@tagged("post_install", "-at_install")
class TestOrderCollective(ServiceCommon):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.fleet = cls.env["res.partner"].create(
            {"name": "Fleet Company", "is_company": True, "service_collective": True}
        )
        cls.fleet.property_payment_term_id = cls.env.ref("account.account_payment_term_30days")

    def fleet_order(self, state="settled", **values):
        """Owner, orderer, driver and payer of a fleet car are different people."""
        lessor = self.make_customer(name="Leasing Company")
        driver = self.make_customer(name="Driver", phone="+1 555 0199")
        vehicle = self.make_vehicle(owner=lessor, driver_id=driver.id)
        order = self.make_order(
            state,
            vehicle_id=vehicle.id,
            partner_id=self.fleet.id,
            payment_method="account",
            **values,
        )
        self.assertEqual(
            (order.owner_id, order.contact_id, order.line_ids.payer_id),
            (lessor, driver, self.fleet),
        )
        return order

    def run_cron(self):
        with self.enter_registry_test_mode():
            self.env.ref("service_core.cron_service_collective").method_direct_trigger()

    def deliver(self, order):
        order.custody_returned = True
        self.tick_lists(order)
        order.with_user(self.user_advisor).action_deliver()

    def test_one_bill_a_month_holds_all_cars_of_the_fleet(self):
        with freeze_time("2026-10-12 10:00:00"):
            orders = self.fleet_order() | self.fleet_order()
            self.assertFalse(orders.invoice_ids)
            self.assertEqual(set(orders.mapped("collective_month")), {orders[0]._month()})
            for order in orders:
                self.deliver(order)
            self.assertEqual(set(orders.mapped("state")), {"delivered"})
            self.run_cron()
            self.assertFalse(orders.invoice_ids)
        with freeze_time("2026-11-01 10:00:00"):
            self.run_cron()
            bill = orders.invoice_ids
            self.assertEqual((len(bill), bill.state, bill.partner_id), (1, "posted", self.fleet))
            self.assertEqual(bill.amount_total, sum(orders.mapped("amount_quoted")))
            self.assertNotIn("to invoice", orders.sale_order_ids.mapped("invoice_status"))
            self.run_cron()
            self.assertEqual(orders.invoice_ids, bill)

    def test_collective_bill_is_made_by_the_cashier_on_demand(self):
        orders = self.fleet_order() | self.fleet_order()
        with self.assertRaisesRegex(AccessError, "Cashiers make"):
            orders.with_user(self.user_advisor).action_invoice_collective()
        orders.with_user(self.user_cashier).action_invoice_collective()
        self.assertEqual(len(orders.invoice_ids), 1)
        with self.assertRaisesRegex(UserError, "Nothing waits"):
            orders.with_user(self.user_cashier).action_invoice_collective()

    def test_taking_one_car_back_leaves_the_others_on_the_bill(self):
        orders = self.fleet_order() | self.fleet_order()
        orders.with_user(self.user_cashier).action_invoice_collective()
        bill = orders.invoice_ids
        first, second = orders
        first.with_user(self.user_manager)._unsettle("Wrong car")
        note = first.invoice_ids - bill
        self.assertEqual((note.move_type, note.state), ("out_refund", "posted"))
        self.assertEqual(note.amount_total, first.amount_quoted)
        self.assertEqual(bill.amount_residual, second.amount_quoted)
        self.assertFalse(first.collective_month)
        second.with_user(self.user_manager)._unsettle("Wrong as well")
        self.assertEqual(bill.amount_residual, 0)

    def test_fleet_above_its_credit_limit_stays(self):
        self.company.account_use_credit_limit = True
        self.fleet.use_partner_credit_limit = True
        self.fleet.credit_limit = 1
        order = self.fleet_order()
        with self.assertRaisesRegex(UserError, "above the credit limit"):
            self.deliver(order)
        order.with_user(self.user_manager)._release("Paid yesterday")
        self.deliver(order)
        self.assertEqual(order.state, "delivered")

    def test_cashier_of_a_fresh_branch_takes_a_payment(self):
        branch = self.env["res.company"].create(
            {"name": "Fresh Branch", "parent_id": self.company.id}
        )
        self.env.cr.precommit.run()
        cashier = self.make_user(
            "branch_cashier",
            "service_core.group_service_cashier",
            company_id=branch.id,
            company_ids=[(6, 0, branch.ids)],
        )
        bill = (
            self.env["account.move"]
            .with_company(branch)
            .create(
                {
                    "move_type": "out_invoice",
                    "company_id": branch.id,
                    "partner_id": self.customer.id,
                    "invoice_line_ids": [
                        (0, 0, {"name": "Work", "price_unit": 100, "tax_ids": []})
                    ],
                }
            )
        )
        bill.action_post()
        self.env["account.payment.register"].with_user(cashier).with_context(
            active_model="account.move", active_ids=bill.ids, allowed_company_ids=branch.ids
        ).create({}).action_create_payments()
        self.assertIn(bill.payment_state, ("paid", "in_payment"))
