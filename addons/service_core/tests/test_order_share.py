from odoo.exceptions import UserError
from odoo.fields import Command
from odoo.tests import tagged

from odoo.addons.service_core.tests.common import ServiceCommon


@tagged("post_install", "-at_install")
class TestOrderShare(ServiceCommon):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.insurer = cls.env["res.partner"].create({"name": "Insurance", "is_company": True})

    def share(self, job, payer, partner, **values):
        wizard = (
            self.env["service.share"]
            .with_user(self.user_advisor)
            .create({"job_id": job.id, "payer": payer, "payer_id": partner.id, **values})
        )
        wizard.action_share()
        return job.line_ids.filtered("share_pair_id")

    def insured_order(self, **values):
        order = self.make_order(
            "diagnosed",
            jobs=[
                {
                    "payer": "insurer",
                    "payer_id": self.insurer.id,
                    "operation_id": False,
                    "parts": [(self.part, 5)],
                }
            ],
            kind_id=self.kind_repair.id,
            **values,
        )
        self.assertEqual(order.job_ids.payer_id, self.insurer)
        return order

    def bill_of(self, order, partner):
        return order.invoice_ids.filtered(lambda move: move.partner_id == partner)

    def test_deductible_changes_sides_and_goods_move_once(self):
        order = self.insured_order()
        minus, plus = self.share(
            order.job_ids, "customer", self.customer, mode="amount", amount=150
        ).sorted("price_unit")
        self.assertEqual((minus.price_total, minus.payer_id), (-150, self.insurer))
        self.assertEqual((plus.price_total, plus.payer_id), (150, self.customer))
        self.drive(order, "settled")
        own = self.bill_of(order, self.customer)
        self.assertEqual((own.amount_total, own.state), (150, "posted"))
        claim = order.claim_ids
        self.assertEqual((claim.payer_id, claim.amount_total), (self.insurer, 250))
        claim.with_user(self.user_cashier).action_send()
        claim.with_user(self.user_cashier).action_accept()
        self.assertEqual(claim.invoice_id.amount_total, 250)
        moves = order.picking_ids.move_ids.filtered(lambda move: move.state == "done")
        self.assertEqual(sum(moves.mapped("quantity")), 5)
        self.assertEqual(set(order.sale_order_ids.mapped("invoice_status")), {"invoiced"})
        self.assertEqual(sum(order.invoice_ids.mapped("amount_total")), order.amount_quoted)

    def test_each_pays_the_share_with_his_own_tax(self):
        tax = self.env["account.tax"].create(
            {
                "name": "Ten",
                "amount": 10,
                "type_tax_use": "sale",
                "price_include_override": "tax_excluded",
            }
        )
        self.part.taxes_id = tax
        free = self.env["account.fiscal.position"].create({"name": "Tax free"})
        if "tax_map" in free._fields or "tax_ids" in free._fields:
            zero = self.env["account.tax"].create(
                {
                    "name": "Zero",
                    "amount": 0,
                    "type_tax_use": "sale",
                    "fiscal_position_ids": [Command.set(free.ids)],
                    "original_tax_ids": [Command.set(tax.ids)],
                }
            )
        self.insurer.property_account_position_id = free
        order = self.insured_order()
        self.assertEqual(order.line_ids.tax_ids, zero)
        minus, plus = self.share(order.job_ids, "customer", self.customer, percent=25).sorted(
            "price_unit"
        )
        self.assertEqual((minus.price_total, plus.price_total), (-100, 110))
        self.assertEqual((minus.tax_ids, plus.tax_ids), (zero, tax))

    def test_goodwill_of_the_house_costs_nobody_and_keeps_its_value(self):
        order = self.make_order(
            "diagnosed",
            jobs=[{"operation_id": False, "parts": [(self.part, 5)]}],
            kind_id=self.kind_repair.id,
        )
        lines = self.share(order.job_ids, "internal", self.company.partner_id, percent=50)
        plus = lines.filtered(lambda line: line.payer == "internal")
        self.assertEqual((plus.price_total, plus.internal_value), (0, 200))
        self.drive(order, "settled")
        self.assertEqual(order.invoice_ids.mapped("amount_total"), [200])

    def test_one_no_declines_a_shared_job_for_all(self):
        order = self.insured_order()
        self.share(order.job_ids, "customer", self.customer, percent=50)
        self.drive(order, "quoted")
        first, second = order.approval_ids
        for approval, answer in ((first, "declined"), (second, "approved")):
            approval.with_user(self.user_advisor)._answer(
                {order.job_ids.id: answer}, "link", "Ada Owner"
            )
        self.assertEqual(order.job_ids.approval, "declined")
        self.assertEqual(order.amount_quoted, 0)
        self.assertFalse(order.sale_order_ids)

    def test_a_no_after_a_yes_takes_the_yes_back(self):
        order = self.insured_order()
        self.share(order.job_ids, "customer", self.customer, percent=50)
        self.drive(order, "quoted")
        first, second = order.approval_ids
        for approval, answer in ((first, "approved"), (second, "declined")):
            approval.with_user(self.user_advisor)._answer(
                {order.job_ids.id: answer}, "link", "Ada Owner"
            )
        self.assertEqual(order.job_ids.approval, "declined")
        self.assertEqual(order.amount_quoted, 0)

    def test_stopped_midway_shares_what_was_done(self):
        order = self.insured_order()
        self.share(order.job_ids, "customer", self.customer, percent=50)
        self.drive(order, "in_repair")
        part = order.line_ids.filtered(lambda line: line.product_id == self.part)
        order.with_user(self.user_parts)._issue_parts({part: 2})
        order.with_user(self.user_advisor)._stop("Sold the car")
        self.drive(order, "settled")
        self.assertEqual(self.bill_of(order, self.customer).amount_total, 80)
        self.assertEqual(order.claim_ids.amount_total, 80)

    def test_share_is_taken_back_whole_and_never_edited(self):
        order = self.insured_order()
        lines = self.share(order.job_ids, "customer", self.customer, percent=50)
        with self.assertRaisesRegex(UserError, "share anew"):
            lines[0].with_user(self.user_advisor).price_unit = 1
        lines[0].with_user(self.user_advisor).unlink()
        self.assertFalse(lines.exists())

    def test_share_lies_within_the_job(self):
        order = self.insured_order()
        for values in ({"percent": 0}, {"percent": 101}, {"mode": "amount", "amount": 401}):
            with self.assertRaisesRegex(UserError, "within what"):
                self.share(order.job_ids, "customer", self.customer, **values)
        with self.assertRaisesRegex(UserError, "pays this job already"):
            self.share(order.job_ids, "insurer", self.insurer)
        order.job_ids.payer = "internal"
        with self.assertRaisesRegex(UserError, "no price to share"):
            self.share(order.job_ids, "customer", self.customer)
