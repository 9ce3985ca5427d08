from datetime import timedelta

from odoo import fields
from odoo.exceptions import AccessError, UserError
from odoo.tests import tagged

from odoo.addons.service_core.tests.common import ServiceCommon


@tagged("post_install", "-at_install")
class TestOrderEstimate(ServiceCommon):
    """Diagnosis, promise, invoice data, long jobs, stalled estimates and what was put off."""

    def put_off(self, order, answer="deferred", **words):
        approval = order.approval_ids.filtered(lambda a: a.state == "asked")
        approval.with_user(self.user_advisor)._answer(
            dict.fromkeys(approval.job_ids.ids, answer),
            "phone",
            "Ada Owner",
            details={"jobs": {job.id: words for job in approval.job_ids}} if words else None,
        )

    # === DIAGNOSIS === #

    def test_an_inconclusive_diagnosis_needs_the_detailed_one_before_the_estimate(self):
        order = self.make_order("received", kind_id=self.kind_repair.id)
        job = order.job_ids
        job.with_user(self.user_technician).diagnosis_result = "inconclusive"
        self.assertEqual(job.diagnosed_by_id, self.user_technician)
        self.assertTrue(job.diagnosed_at)
        order.with_user(self.user_technician).action_diagnose()
        self.assertEqual(job.diagnosis_result, "inconclusive")
        with self.assertRaisesRegex(UserError, "write down the detailed one"):
            order.with_user(self.user_advisor).action_quote()
        job.with_user(self.user_technician).detailed_diagnosis = "Runout measured: disc warped"
        order.with_user(self.user_advisor).action_quote()
        self.assertEqual(order.state, "quoted")

    def test_a_cause_without_another_word_was_conclusive(self):
        orders = self.make_order("received", kind_id=self.kind_repair.id) | self.make_order(
            "received", kind_id=self.kind_repair.id
        )
        orders.with_user(self.user_technician).action_diagnose()
        self.assertEqual(set(orders.job_ids.mapped("diagnosis_result")), {"conclusive"})

    def test_a_wrong_diagnosis_is_counted_per_technician_and_system(self):
        system = self.env["service.vehicle.system"].search([], limit=1)
        self.operation.system_id = system
        order = self.make_order("received", kind_id=self.kind_repair.id)
        order.with_user(self.user_technician).action_diagnose()
        job = order.job_ids
        with self.assertRaises(AccessError):
            job.with_user(self.user_technician).is_misdiagnosed = True
        job.with_user(self.user_team_leader).write(
            {"is_misdiagnosed": True, "misdiagnosis_note": "It was the bearing"}
        )
        [(user, of_system, wrong)] = self.env["service.order.job"]._read_group(
            [("id", "in", job.ids)],
            ["diagnosed_by_id", "system_id"],
            ["misdiagnosis_count:sum"],
        )
        self.assertEqual((user, of_system, wrong), (self.user_technician, system, 1))

    # === TIME === #

    def test_the_promise_follows_the_last_part_and_names_it(self):
        order = self.make_order(
            "received",
            jobs=[{"parts": [(self.scarce_part, 1)]}],
            promised_date=False,
            planned_start=self.next_workday(),
            departure_time=False,
            eta=False,
            kind_id=self.kind_express.id,
        )
        order.with_user(self.user_advisor).action_propose_promise()
        self.assertGreater(order.promised_date, fields.Datetime.now() + timedelta(days=2))
        self.assertIn("Steering Rack", order.promise_reason)
        self.assertTrue(order.promise_calculated_at)

    def test_the_promise_of_work_without_missing_parts_is_the_work_itself(self):
        orders = self.make_order("received", promised_date=False) | self.make_order(
            "received", promised_date=False
        )
        orders.with_user(self.user_advisor).action_propose_promise()
        for order in orders:
            self.assertGreaterEqual(order.promised_date, order.planned_start + timedelta(hours=1.5))
            self.assertIn("1.5 h", order.promise_reason)
        with self.assertRaises(AccessError):
            orders.with_user(self.user_technician).action_propose_promise()

    def test_a_long_job_is_told_before_it_is_agreed(self):
        order = self.make_order("quoted")
        self.approve(order)
        order.promised_date = order.planned_start + timedelta(days=9)
        with self.assertRaisesRegex(UserError, "takes long"):
            order.with_user(self.user_advisor).action_agree()
        with self.assertRaises(UserError):
            order.with_user(self.user_advisor).long_job_told_at = fields.Datetime.now()
        order.with_user(self.user_advisor).action_tell_long_job()
        self.assertEqual(order.long_job_told_by_id, self.user_advisor)
        order.with_user(self.user_advisor).action_agree()
        self.assertEqual(order.state, "agreed")

    def test_the_shelf_is_looked_at_again_with_the_estimate(self):
        order = self.make_order(
            "received", jobs=[{"parts": [(self.part, 1), (self.scarce_part, 1)]}]
        )
        order.with_user(self.user_advisor).action_quote()
        self.assertTrue(order.parts_checked_at)
        self.assertEqual(order.parts_checked_by, self.user_advisor)
        self.assertIn("1 in stock", order.parts_check_result)

    # === INVOICE DATA === #

    def test_invoice_data_is_shown_in_capitals_and_kept_as_it_is(self):
        self.customer.write({"name": "Ada McOwner", "vat": "be0477472701"})
        order = self.make_order("quoted", invoice_read_back=False)
        self.assertEqual(order.invoice_name_caps, "ADA MCOWNER")
        self.assertEqual(order.invoice_vat_caps, self.customer.vat.upper())
        self.assertEqual(self.customer.name, "Ada McOwner")
        self.approve(order)
        with self.assertRaisesRegex(UserError, "read the invoice name"):
            order.with_user(self.user_advisor).action_agree()
        order.with_user(self.user_advisor).invoice_read_back = True
        order.with_user(self.user_advisor).action_agree()

    # === MARGIN === #

    def test_the_margin_is_for_those_who_may_see_it(self):
        order = self.make_order("received", jobs=[{"parts": [(self.part, 2)]}])
        line = order.line_ids.filtered(lambda line: line.product_id == self.part)
        self.assertEqual(line.with_user(self.user_manager).margin, 80)
        self.assertGreater(order.with_user(self.user_manager).margin, 80)
        for user in (self.user_advisor, self.user_technician, self.user_parts):
            with self.assertRaises(AccessError):
                line.with_user(user).read(["margin"])
        self.user_advisor.group_ids += self.env.ref("service_core.group_service_margin")
        line.with_user(self.user_advisor).read(["margin"])

    # === UNANSWERED === #

    def test_an_unanswered_estimate_becomes_one_task_and_no_message(self):
        order = self.make_order("quoted")
        written = [("partner_ids", "in", self.customer.ids)]
        before = self.env["mail.message"].search_count(written)
        self.env["service.order"]._cron_stalled()
        self.assertFalse(order.is_stalled)
        order.approval_ids.asked_at -= timedelta(days=3)
        self.assertTrue(order.is_stalled)
        self.assertIn(order, self.env["service.order"].search([("is_stalled", "=", True)]))
        for _again in range(2):
            self.env["service.order"]._cron_stalled()
        tasks = order.activity_ids.filtered(lambda a: a.summary == "Estimate without an answer")
        self.assertEqual(len(tasks), 1)
        self.assertEqual(tasks.user_id, self.user_advisor)
        self.assertEqual(self.env["mail.message"].search_count(written), before)

    # === ANSWERS === #

    def test_an_answer_by_phone_is_confirmed_in_writing(self):
        order = self.make_order("in_repair")
        self.make_job(order, parts=[(self.part, 1)], customer_words="Change the wipers too")
        order.with_user(self.user_advisor).action_ask()
        self.customer.email = "ada@example.com"
        self.approve(order, channel="phone")
        mail = self.env["mail.mail"].search([("email_to", "=", "ada@example.com")], limit=1)
        self.assertIn("Approved", mail.body_html)

    def test_an_insurer_authorises_up_to_his_limit(self):
        insurer = self.env["res.partner"].create({"name": "Insurer"})
        order = self.make_order(
            "quoted",
            jobs=[{"payer": "insurer", "payer_id": insurer.id, "parts": [(self.part, 1)]}],
        )
        approval = order.approval_ids.with_user(self.user_advisor)
        decisions = dict.fromkeys(approval.job_ids.ids, "approved")
        with self.assertRaisesRegex(UserError, "authorised"):
            approval._answer(
                decisions, "message", "Desk", details={"reference": "A-17", "limit": 10}
            )
        self.assertEqual(approval.state, "asked")
        approval._answer(decisions, "message", "Desk", details={"reference": "A-17", "limit": 5000})
        self.assertEqual((approval.reference, approval.amount_limit), ("A-17", 5000))

    def test_put_off_work_stands_in_crm_once_and_is_won_when_it_comes_back(self):
        order = self.make_order("quoted")
        self.put_off(order, answer_reason="After the holidays", propose_again_on="2030-01-07")
        job = order.job_ids
        self.assertEqual((job.approval, job.answer_reason), ("deferred", "After the holidays"))
        self.assertTrue(job.put_off_at)
        jobs = self.env["service.order.job"]
        for _again in range(2):
            jobs.search([("is_lead_due", "=", True)])._follow_in_crm()
        lead = job.opportunity_id
        self.assertEqual(lead.service_vehicle_id, order.vehicle_id)
        self.assertEqual(lead.partner_id, self.customer)
        self.assertEqual(self.env["crm.lead"].search_count([("service_job_id", "=", job.id)]), 1)
        order.with_user(self.user_advisor)._stop("Comes back", "deferred")
        with self.assertRaises(AccessError):
            job.with_user(self.user_technician).action_revive()
        job.with_user(self.user_advisor).action_revive()
        again = job.revived_job_ids
        self.assertNotEqual(again.order_id, order)
        self.assertEqual(again.order_id.vehicle_id, order.vehicle_id)
        self.assertEqual(
            again.line_ids.mapped(lambda line: (line.product_id, line.product_uom_qty)),
            job.line_ids.mapped(lambda line: (line.product_id, line.product_uom_qty)),
        )
        with self.assertRaisesRegex(UserError, "taken up already"):
            job.with_user(self.user_advisor).action_revive()
        # declined once more: the same opportunity goes on
        again.order_id.write(
            {
                "odometer": 43000,
                "licence_custody": "taken",
                "manual_custody": "taken",
                "payment_method": "cash",
                "invoice_read_back": True,
                "promised_date": fields.Datetime.now() + timedelta(hours=8),
            }
        )
        self.drive(again.order_id, "quoted")
        self.approve(again.order_id)
        jobs.search([("is_lead_due", "=", True)])._follow_in_crm()
        self.assertEqual(again.opportunity_id, lead)
        self.assertEqual(lead.probability, 100)

    # === CATALOGUE === #

    def test_a_model_has_its_own_hours(self):
        self.env["service.operation.time"].create(
            {
                "operation_id": self.operation.id,
                "model_id": self.model.id,
                "standard_hours": 2.25,
            }
        )
        order = self.make_order("received")
        self.assertEqual(order.job_ids.standard_hours, 2.25)
        labour = order.line_ids.filtered(lambda line: line.kind == "labour")
        self.assertEqual(labour.product_uom_qty, 2.25)

    # === PAPER === #

    def test_contract_and_valuation_are_printed_from_the_order(self):
        order = self.make_order("agreed")
        reports = self.env["ir.actions.report"].with_user(self.user_advisor)
        for name, words in (
            ("contract", ("Work Contract", "ADA OWNER", "Agreed total")),
            ("valuation", ("Valuation Sheet", "Labour", "Parts")),
        ):
            html = reports._render_qweb_html(f"service_core.report_{name}", order.ids)[0].decode()
            for word in words:
                self.assertIn(word, html)
