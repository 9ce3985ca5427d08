from odoo.exceptions import AccessError, UserError
from odoo.fields import Command
from odoo.tests import Form, tagged

from odoo.addons.service_core.tests.common import SIGNATURE, ServiceCommon


@tagged("post_install", "-at_install")
class TestOrderApproval(ServiceCommon):
    def asked(self, order):
        return order.approval_ids.filtered(lambda a: a.state == "asked")

    def answer(self, approval, decisions, channel="signature", name="Ada Owner", user=None):
        """Answer ``approval`` job by job; one word answers for all jobs."""
        if isinstance(decisions, str):
            decisions = dict.fromkeys(approval.job_ids.ids, decisions)
        approval.with_user(user or self.user_advisor)._answer(
            decisions, channel, name, SIGNATURE if channel == "signature" else False
        )

    def extra_work(self, order, **values):
        """A job found in repair and asked for."""
        job = self.make_job(order, customer_words=False, cause="Worn disc", **values)
        order.with_user(self.user_advisor).action_ask()
        return job

    # === ASKING === #

    def test_estimate_opens_one_question_per_payer(self):
        order = self.make_order(
            "quoted",
            jobs=[
                {"parts": [(self.part, 1)]},
                {"parts": [(self.part, 2)]},
                {"payer": "manufacturer", "parts": [(self.part, 1)]},
            ],
        )
        asked = self.asked(order)
        self.assertEqual(asked.mapped("payer_id"), self.customer | self.oem)
        by_payer = {approval.payer: approval for approval in asked}
        self.assertEqual(len(by_payer["customer"].job_ids), 2)
        self.assertEqual(len(by_payer["manufacturer"].job_ids), 1)
        self.assertEqual(order.waiting_for, "customer")
        self.answer(by_payer["customer"], "approved")
        self.assertEqual(order.waiting_for, "payer")

    def test_payer_with_an_open_question_is_not_asked_again(self):
        order = self.make_order("in_repair")
        self.extra_work(order)
        self.make_job(order)
        with self.assertRaisesRegex(UserError, "already being asked"):
            order.with_user(self.user_advisor).action_ask()
        self.assertEqual(len(self.asked(order)), 1)

    def test_estimate_needs_a_price_for_every_job(self):
        order = self.make_order("received", jobs=[{}, {"operation_id": False}])
        with self.assertRaisesRegex(UserError, "neither labour nor parts"):
            order.with_user(self.user_advisor).action_quote()
        empty = self.make_order("received", jobs=[{"operation_id": False}])
        with self.assertRaisesRegex(UserError, "no priced job"):
            empty.with_user(self.user_advisor).action_quote()

    def test_estimate_needs_to_know_who_pays(self):
        order = self.make_order("received", jobs=[{"payer": "insurer"}])
        order.job_ids.payer_id = False
        with self.assertRaisesRegex(UserError, "who pays"):
            order.with_user(self.user_advisor).action_quote()
        insurer = self.make_customer(name="Insurance")
        order.job_ids.payer_id = insurer
        order.with_user(self.user_advisor).action_quote()
        self.assertEqual(self.asked(order).payer_id, insurer)

    # === ANSWERING === #

    def test_question_is_answered_once(self):
        order = self.make_order("quoted")
        approval = self.asked(order)
        self.answer(approval, "approved")
        with self.assertRaisesRegex(UserError, "already answered"):
            self.answer(approval, "declined")
        self.assertEqual(order.job_ids.approval, "approved")
        with self.assertRaisesRegex(UserError, "already answered"):
            approval.with_user(self.user_advisor).action_answer()

    def test_every_job_needs_an_answer(self):
        order = self.make_order("quoted", jobs=[{}, {}])
        approval = self.asked(order)
        first = approval.job_ids[0]
        for decisions in (
            {},
            {first.id: "approved"},
            dict.fromkeys(approval.job_ids.ids, "maybe"),
        ):
            with self.assertRaisesRegex(UserError, "Choose approve, decline or later"):
                self.answer(approval, decisions)
        self.assertEqual(approval.state, "asked")

    def test_answer_carries_a_name_and_a_signature(self):
        order = self.make_order("quoted")
        approval = self.asked(order)
        with self.assertRaisesRegex(UserError, "who answered"):
            self.answer(approval, "approved", name="  ")
        with self.assertRaisesRegex(UserError, "signature is missing"):
            approval.with_user(self.user_advisor)._answer(
                dict.fromkeys(approval.job_ids.ids, "approved"), "signature", "Ada", False
            )
        self.answer(approval, "approved", name=" Ada ")
        self.assertEqual(approval.answered_by, "Ada")
        self.assertTrue(approval.answered_at)
        self.assertEqual(approval.user_id, self.user_advisor)
        self.assertTrue(approval.is_signed)

    def test_first_approval_by_phone_is_refused_and_nothing_is_used_up(self):
        order = self.make_order("quoted")
        approval = self.asked(order)
        for channel in ("phone", "message", "in_person"):
            with self.assertRaisesRegex(UserError, "signature or an answer by link"):
                self.answer(approval, "approved", channel=channel)
        self.assertEqual(approval.state, "asked")
        self.answer(approval, "approved", channel="link")
        order.with_user(self.user_advisor).action_agree()
        self.assertEqual(order.state, "agreed")

    def test_first_refusal_may_come_by_phone(self):
        order = self.make_order("quoted")
        self.answer(self.asked(order), "declined", channel="phone")
        self.assertEqual(order.job_ids.approval, "declined")

    def test_payers_other_than_the_customer_answer_by_message(self):
        order = self.make_order("quoted", jobs=[{"payer": "manufacturer"}])
        self.answer(self.asked(order), "approved", channel="message", name="Warranty desk")
        order.with_user(self.user_advisor).action_agree()
        self.assertEqual(order.sale_order_ids.partner_id, self.oem)

    def test_later_approval_by_phone_keeps_name_time_and_listener(self):
        order = self.make_order("in_repair")
        self.extra_work(order)
        approval = self.asked(order)
        self.answer(approval, "approved", channel="phone", name="Ada's husband")
        self.assertEqual(
            (approval.channel, approval.answered_by, approval.user_id),
            ("phone", "Ada's husband", self.user_advisor),
        )
        self.assertTrue(approval.answered_at)
        self.assertFalse(approval.is_signed)
        self.assertIn("Ada's husband", order.message_ids[0].body)

    def test_answer_wizard_writes_the_answer_down(self):
        order = self.make_order("quoted", jobs=[{}, {}])
        action = self.asked(order).with_user(self.user_advisor).action_answer()
        with Form(
            self.env[action["res_model"]]
            .with_user(self.user_advisor)
            .with_context(**action["context"])
        ) as form:
            self.assertEqual(form.answered_by, "Ada Owner")
            form.signature = SIGNATURE
            with form.line_ids.edit(1) as line:
                line.decision = "deferred"
        form.record.action_confirm()
        self.assertEqual(order.job_ids.mapped("approval"), ["approved", "deferred"])

    def test_awaited_answer_is_one_button_away(self):
        order = self.make_order("quoted", jobs=[{"payer": "manufacturer"}, {}])
        for payer in ("customer", "manufacturer"):
            action = order.with_user(self.user_advisor).action_record_answer()
            asked = self.env["service.approval"].browse(action["context"]["default_approval_id"])
            self.assertEqual(asked.payer, payer)
            self.answer(asked, "approved", channel="link")
        with self.assertRaisesRegex(UserError, "nobody is being asked"):
            order.with_user(self.user_advisor).action_record_answer()

    def test_only_advisors_answer_ask_and_take_back(self):
        order = self.make_order("in_repair")
        self.extra_work(order)
        approval = self.asked(order).with_user(self.user_technician)
        for method in (approval.action_answer, approval.action_withdraw):
            with self.assertRaises(AccessError):
                method()
        with self.assertRaises(AccessError):
            order.with_user(self.user_technician).action_ask()

    # === WHAT AN ANSWER DOES === #

    def test_partial_approval_orders_only_what_was_approved(self):
        order = self.make_order("quoted", jobs=[{"parts": [(self.part, 1)]}, {}, {}])
        yes, no, later = order.job_ids
        approval = self.asked(order)
        self.answer(approval, {yes.id: "approved", no.id: "declined", later.id: "deferred"})
        order.with_user(self.user_advisor).action_agree()
        self.assertEqual(order.job_ids.mapped("approval"), ["approved", "declined", "deferred"])
        self.assertEqual(order.line_ids.filtered("sale_line_id").job_id, yes)
        self.assertEqual(order.sale_order_ids.amount_total, approval.amount_approved)
        self.assertLess(approval.amount_approved, approval.amount_total)
        self.assertEqual(order.amount_quoted, approval.amount_approved)
        self.assertEqual(order.amount_total, approval.amount_approved)

    def test_refusing_everything_leaves_by_the_stop(self):
        order = self.make_order("quoted")
        self.answer(self.asked(order), "declined")
        self.assertEqual(order.state, "quoted")
        self.assertTrue(order.activity_ids.filtered(lambda a: a.user_id == self.user_advisor))
        with self.assertRaisesRegex(UserError, "nothing was approved"):
            order.with_user(self.user_advisor).action_agree()
        order.with_user(self.user_advisor)._stop("Too expensive")
        self.assertEqual((order.state, order.is_stopped), ("ready", True))
        self.assertFalse(order.sale_order_ids)

    def test_agreement_waits_for_the_last_payer(self):
        order = self.make_order("quoted", jobs=[{}, {"payer": "manufacturer"}])
        customer = self.asked(order).filtered(lambda a: a.payer == "customer")
        self.answer(customer, "approved")
        with self.assertRaisesRegex(UserError, "Car Maker has not answered"):
            order.with_user(self.user_advisor).action_agree()

    def test_revising_voids_questions_answers_and_sale_orders(self):
        order = self.make_order("agreed")
        sale, approval = order.sale_order_ids, order.approval_ids
        order.with_user(self.user_advisor).action_revise()
        self.assertEqual(order.state, "diagnosed")
        self.assertEqual(approval.state, "void")
        self.assertEqual(order.job_ids.approval, "pending")
        self.assertEqual(sale.state, "cancel")
        self.assertFalse(order.sale_order_ids)
        self.assertEqual(order.amount_quoted, 0)
        order.job_ids.line_ids.filtered(lambda line: line.kind == "part").product_uom_qty = 2
        order.with_user(self.user_advisor).action_quote()
        self.approve(order)
        order.with_user(self.user_advisor).action_agree()
        self.assertEqual(order.sale_order_ids.amount_total, order.amount_quoted)

    def test_revising_is_refused_once_parts_are_issued(self):
        order = self.make_order("agreed")
        order.with_user(self.user_parts).action_issue_parts()
        with self.assertRaisesRegex(UserError, "already issued"):
            order.with_user(self.user_advisor).action_revise()
        self.assertEqual(order.approval_ids.state, "answered")

    def test_two_payers_get_two_sale_orders_that_do_not_see_each_other(self):
        order = self.make_order(
            "agreed",
            jobs=[
                {"parts": [(self.part, 1)]},
                {"payer": "manufacturer", "parts": [(self.part, 2)]},
            ],
        )
        sales = order.sale_order_ids
        self.assertEqual(len(sales), 2)
        for sale in sales:
            self.assertEqual(sale.state, "sale")
            self.assertEqual(sale.partner_invoice_id, sale.partner_id)
            self.assertEqual(sale.partner_shipping_id, self.customer)
            self.assertFalse(sale.require_signature or sale.require_payment)
        self.assertEqual(sales.partner_id, self.customer | self.oem)
        warranty = sales.filtered(lambda sale: sale.partner_id == self.oem)
        self.assertEqual(warranty.order_line, order.job_ids[1].line_ids.sale_line_id)
        portal_user = self.env["res.users"].create(
            {
                "name": "Ada Owner",
                "login": "ada.owner",
                "partner_id": self.customer.id,
                "group_ids": [Command.set(self.env.ref("base.group_portal").ids)],
            }
        )
        with self.assertRaises(AccessError):
            warranty.with_user(portal_user).read(["amount_total"])
        with self.assertRaises(AccessError):
            order.with_user(portal_user).read(["name"])

    def test_a_shared_job_asks_each_payer_for_his_own_lines(self):
        order = self.make_order("received", jobs=[{"payer": "manufacturer"}])
        self.env["service.order.line"].create(
            {
                "job_id": order.job_ids.id,
                "product_id": self.part.id,
                "payer": "customer",
                "price_unit": 50,
            }
        )
        order.with_user(self.user_advisor).action_quote()
        amounts = {approval.payer: approval.amount_total for approval in self.asked(order)}
        self.assertEqual(amounts["customer"], 50)
        self.assertEqual(set(amounts), {"customer", "manufacturer"})

    def test_internal_work_is_free_answers_itself_and_keeps_its_value(self):
        order = self.make_order("ready", jobs=[{"payer": "internal", "parts": [(self.part, 1)]}])
        part = order.line_ids.filtered(lambda line: line.kind == "part")
        self.assertEqual((part.price_unit, part.internal_value), (0, 80))
        self.assertEqual(order.approval_ids.state, "answered")
        self.assertEqual(order.sale_order_ids.amount_total, 0)
        self.assertEqual(part.issued_qty, 1)
        order.with_user(self.user_cashier).action_settle()
        self.assertFalse(order.invoice_ids)
        self.assertFalse(order.claim_ids)

    def test_extra_work_is_a_round_of_its_own_and_the_car_stays_in_repair(self):
        order = self.make_order("in_repair")
        first = order.sale_order_ids
        self.extra_work(order, parts=[(self.part, 1)])
        self.assertEqual((order.state, order.waiting_for), ("in_repair", "customer"))
        self.assertEqual(order.progress_color, "red")
        with self.assertRaisesRegex(UserError, "still waits for its answer"):
            order.with_user(self.user_team_leader).action_finish()
        self.answer(self.asked(order), "approved", channel="phone")
        self.assertEqual((order.state, order.waiting_for), ("in_repair", False))
        extra = order.sale_order_ids - first
        self.assertEqual((len(extra), extra.state), (1, "sale"))
        self.assertEqual(order.amount_quoted, first.amount_total + extra.amount_total)

    def test_extra_work_is_asked_for_only_while_work_is_on(self):
        for state in ("received", "ready"):
            order = self.make_order(state)
            with self.assertRaisesRegex(UserError, "agreed or in repair"):
                order.with_user(self.user_advisor).action_ask()

    def test_two_orders_ask_together(self):
        orders = self.make_order("in_repair") | self.make_order("agreed")
        for order in orders:
            self.make_job(order)
        orders.with_user(self.user_advisor).action_ask()
        self.assertEqual(len(self.asked(orders)), 2)
        self.asked(orders).with_user(self.user_advisor).action_withdraw()
        self.assertFalse(self.asked(orders))

    def test_question_taken_back_is_changed_and_asked_again(self):
        order = self.make_order("in_repair")
        job = self.extra_work(order)
        with self.assertRaisesRegex(UserError, "being asked of Ada Owner"):
            job.line_ids[0].product_uom_qty = 9
        approval = self.asked(order)
        approval.with_user(self.user_advisor).action_withdraw()
        self.assertEqual((approval.state, job.approval), ("void", "pending"))
        job.line_ids[0].product_uom_qty = 2
        order.with_user(self.user_advisor).action_ask()
        self.assertGreater(self.asked(order).amount_total, approval.amount_total)
        with self.assertRaisesRegex(UserError, "already answered or was changed"):
            approval.with_user(self.user_advisor).action_withdraw()

    def test_first_estimate_is_revised_not_taken_back(self):
        order = self.make_order("quoted")
        with self.assertRaisesRegex(UserError, "revise the estimate"):
            self.asked(order).with_user(self.user_advisor).action_withdraw()

    # === FROZEN === #

    def test_what_is_asked_or_approved_cannot_change(self):
        for state in ("quoted", "agreed"):
            order = self.make_order(state)
            other = self.make_job(self.make_order()).line_ids[0]
            job, line = order.job_ids, order.line_ids[0]
            as_advisor = line.with_user(self.user_advisor)
            changes = {
                "quantity": lambda line=as_advisor: line.write({"product_uom_qty": 5}),
                "price": lambda line=as_advisor: line.write({"price_unit": 1}),
                "product": lambda line=as_advisor: line.write({"product_id": self.scarce_part.id}),
                "payer": lambda line=as_advisor: line.write({"payer": "internal"}),
                "delete line": as_advisor.unlink,
                "add line": lambda job=job: (
                    self.env["service.order.line"]
                    .with_user(self.user_advisor)
                    .create({"job_id": job.id, "product_id": self.part.id})
                ),
                "move line in": lambda job=job, other=other: other.write({"job_id": job.id}),
                "job payer": lambda job=job: job.with_user(self.user_advisor).write(
                    {"payer": "internal"}
                ),
                "operation": lambda job=job: job.with_user(self.user_advisor).write(
                    {"operation_id": False}
                ),
                "delete job": job.with_user(self.user_advisor).unlink,
                "customer": lambda order=order: order.with_user(self.user_advisor).write(
                    {"partner_id": self.oem.id}
                ),
                "kind": lambda order=order: order.with_user(self.user_advisor).write(
                    {"kind_id": self.kind_express.id}
                ),
            }
            for name, change in changes.items():
                with (
                    self.subTest(state=state, change=name),
                    self.assertRaises(UserError),
                    self.cr.savepoint(),
                ):
                    change()

    def test_answers_are_written_by_nobody(self):
        order = self.make_order("quoted")
        approval = self.asked(order).with_user(self.user_manager)
        with self.assertRaises(AccessError):
            approval.write({"state": "answered", "amount_approved": 9999})
        with self.assertRaises(AccessError):
            self.env["service.approval"].with_user(self.user_manager).create(
                {"order_id": order.id, "payer": "customer", "payer_id": self.customer.id}
            )
        with self.assertRaises(AccessError):
            approval.unlink()
        for context in ({}, {"service_approval_key": True}):
            job = order.job_ids.with_user(self.user_manager).with_context(**context)
            with self.assertRaisesRegex(UserError, "payer's answer only"):
                job.approval = "approved"
            with self.assertRaisesRegex(UserError, "payer's answer only"):
                job.create({"order_id": order.id, "approval": "approved"})

    def test_line_is_tied_to_a_sale_line_by_approval_only(self):
        sale_line = self.make_order("agreed").line_ids.sale_line_id[0]
        order = self.make_order()
        line = order.line_ids[0].with_user(self.user_advisor)
        with self.assertRaisesRegex(UserError, "approval only"):
            line.sale_line_id = sale_line
        with self.assertRaisesRegex(UserError, "approval only"):
            line.create(
                {
                    "job_id": order.job_ids.id,
                    "product_id": self.part.id,
                    "sale_line_id": sale_line.id,
                }
            )

    def test_sale_order_moves_by_the_work_order_only(self):
        order = self.make_order("agreed")
        sale = order.sale_order_ids.with_user(self.user_manager)
        labour = sale.order_line.filtered(lambda line: line.qty_delivered_method == "manual")
        changes = {
            "confirm": sale.action_confirm,
            "cancel": sale.action_cancel,
            "draft": sale.action_draft,
            "state": lambda: sale.write({"state": "cancel"}),
            "partner": lambda: sale.write({"partner_id": self.oem.id}),
            "line": lambda: sale.write(
                {"order_line": [Command.create({"product_id": self.part.id})]}
            ),
            "price": lambda: sale.order_line[0].write({"price_unit": 1}),
            "delivered": lambda: labour.write({"qty_delivered": 99}),
            "new line": lambda: (
                self.env["sale.order.line"]
                .with_user(self.user_manager)
                .create({"order_id": sale.id, "product_id": self.part.id})
            ),
            "unlink": lambda: sale.order_line[0].unlink(),
            "claim one": lambda: (
                self.env["sale.order"]
                .with_user(self.user_manager)
                .create({"partner_id": self.customer.id, "service_order_id": order.id})
            ),
        }
        for name, change in changes.items():
            with (
                self.subTest(change=name),
                self.assertRaisesRegex(UserError, "work order|approval|Set the quantity to 0"),
                self.cr.savepoint(),
            ):
                change()

    # === MONEY === #

    def tax(self, amount, **values):
        return self.env["account.tax"].create(
            {"name": f"Test {amount}", "amount": amount, "type_tax_use": "sale", **values}
        )

    def taxed_order(self, tax, prices, **values):
        """Two rounds' worth of a customer's lines under ``tax``, quoted."""
        labour = self.env.ref("service_core.product_labour")
        labour.taxes_id = tax
        self.part.taxes_id = tax
        order = self.make_order("received", jobs=[{"operation_id": False} for _price in prices])
        self.env["service.order.line"].create(
            [
                {
                    "job_id": job.id,
                    "product_id": self.part.id,
                    "product_uom_qty": quantity,
                    "price_unit": price,
                }
                for job, (price, quantity) in zip(order.job_ids, prices, strict=True)
            ]
        )
        order.with_user(self.user_advisor).action_quote()
        return order

    def test_asked_total_is_the_sale_order_total_to_the_cent(self):
        prices = [(19.99, 3), (0.03, 1), (33.33, 0.33), (7.77, 7), (1.01, 1.5)]
        taxes = (
            self.tax(15, price_include_override="tax_excluded"),
            self.tax(15, price_include_override="tax_included", name="Inside 15"),
            self.tax(8.25, price_include_override="tax_excluded"),
        )
        for rounding in ("round_per_line", "round_globally"):
            self.company.tax_calculation_rounding_method = rounding
            for tax in taxes:
                with self.subTest(rounding=rounding, tax=tax.name):
                    savepoint = self.env.cr.savepoint()
                    order = self.taxed_order(tax, prices)
                    asked = order.approval_ids.amount_total
                    self.approve(order)
                    order.with_user(self.user_advisor).action_agree()
                    self.assertGreater(order.sale_order_ids.amount_tax, 0)
                    self.assertEqual(asked, order.sale_order_ids.amount_total)
                    self.assertEqual(asked, order.approval_ids.amount_approved)
                    savepoint.close(rollback=True)
                    self.env.invalidate_all(flush=False)

    def test_discount_of_a_price_list_is_given_once(self):
        self.env.user.group_ids += self.env.ref("sale.group_discount_per_so_line")
        self.user_advisor.group_ids += self.env.ref("sale.group_discount_per_so_line")
        self.env["res.config.settings"].create(
            {"group_product_pricelist": True, "group_discount_per_so_line": True}
        ).execute()
        self.customer.property_product_pricelist = self.env["product.pricelist"].create(
            {
                "name": "Fleet",
                "item_ids": [Command.create({"compute_price": "percentage", "percent_price": 10})],
            }
        )
        order = self.make_order("agreed")
        part = order.line_ids.filtered(lambda line: line.kind == "part")
        self.assertEqual(part.price_unit, 72)
        self.assertEqual(part.sale_line_id.price_total, 72)
        order.with_user(self.user_advisor)._stop("Sold the car")
        self.assertEqual(part.sale_line_id.price_unit, 72)
        self.assertEqual(part.sale_line_id.discount, 0)

    def test_foreign_price_list_does_not_turn_the_approved_price_into_another_currency(self):
        currency = self.env.ref("base.EUR")
        currency.active = True
        self.customer.property_product_pricelist = self.env["product.pricelist"].create(
            {"name": "Abroad", "currency_id": currency.id}
        )
        order = self.make_order("agreed")
        self.assertEqual(order.sale_order_ids.currency_id, self.company.currency_id)
        self.assertEqual(order.sale_order_ids.amount_total, order.amount_quoted)

    def test_price_agreed_by_hand_outlives_a_new_quantity(self):
        self.env["res.config.settings"].create({"group_product_pricelist": True}).execute()
        self.customer.property_product_pricelist = self.env["product.pricelist"].create(
            {
                "name": "Ten and more",
                "item_ids": [
                    Command.create(
                        {
                            "compute_price": "percentage",
                            "percent_price": 10,
                            "min_quantity": 10,
                        }
                    )
                ],
            }
        )
        order = self.make_order(jobs=[{"parts": [(self.part, 1)]}])
        line = order.line_ids.filtered(lambda line: line.kind == "part")
        line = line.with_user(self.user_advisor)
        self.assertEqual(line.price_unit, 80)
        line.product_uom_qty = 10
        self.assertEqual(line.price_unit, 72)
        line.price_unit = 50
        line.product_uom_qty = 2
        self.assertEqual(line.price_unit, 50)
        line.payer = "internal"
        line.product_uom_qty = 3
        self.assertEqual(line.price_unit, 0)

    def test_form_keeps_the_price_agreed_by_hand(self):
        order = self.make_order(jobs=[{"parts": [(self.part, 1)]}])
        line = order.line_ids.filtered(lambda line: line.kind == "part")
        line.price_unit = 50
        index = order.line_ids.ids.index(line.id)
        with (
            Form(order.with_user(self.user_advisor)) as form,
            form.line_ids.edit(index) as edited,
        ):
            edited.product_uom_qty = 4
        self.assertEqual((line.product_uom_qty, line.price_unit), (4, 50))
