from datetime import timedelta

from odoo import fields
from odoo.exceptions import AccessError, UserError
from odoo.tests import Form, freeze_time, tagged

from odoo.addons.service_core.tests.common import ServiceCommon

MORNING = fields.Datetime.to_datetime("2026-03-02 08:00:00")


@tagged("post_install", "-at_install")
@freeze_time(MORNING)
class TestOrderRisks(ServiceCommon):
    """What goes wrong after the estimate: a clock, an incident, somebody's task."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.cron = cls.env.ref("service_core.ir_cron_deadline")

    def run_clocks(self):
        with self.enter_registry_test_mode():
            self.cron.method_direct_trigger()
        self.env.invalidate_all()

    def clocks(self, code, records, state="running"):
        return self.env["service.deadline"].search(
            [
                ("rule_id.code", "=", code),
                ("res_id", "in", records.ids),
                ("state", "=", state),
            ]
        )

    def incidents(self, orders, item):
        item = self.env.ref(f"service_core.service_checklist_{item}")
        return orders.check_ids.filtered(
            lambda check: check.item_id == item and check.result == "incident"
        )

    def overdue(self, orders, text=""):
        return orders.activity_ids.filtered(
            lambda task: "Overdue" in (task.summary or "") and text in task.summary
        )

    # === STEP 7 === #

    def test_work_that_is_not_done_when_promised_is_the_advisors_task_and_an_incident(self):
        promised = self.make_order("agreed").promised_date
        late, moved, done = (
            self.make_order("in_repair", promised_date=promised) for _one in range(3)
        )
        orders = late | moved | done
        self.assertEqual(self.clocks("promise", orders).mapped("due"), [promised] * 3)
        moved.promised_date = promised + timedelta(days=1)
        self.drive(done, "ready")
        self.assertEqual(self.clocks("promise", orders, "met").mapped("res_id"), done.ids)
        with freeze_time(promised + timedelta(minutes=1)):
            self.run_clocks()
            self.assertEqual(self.incidents(orders, "estimate_risks_promise").order_id, late)
            tasks = self.overdue(orders, "agree a new time")
            self.assertEqual((tasks.res_id, tasks.user_id), (late.id, self.user_advisor))
            self.drive(late, "ready")
            self.assertFalse(self.overdue(late, "agree a new time"))
        self.assertEqual(late.state, "ready")

    def test_a_promise_is_missed_though_nobody_has_looked_yet(self):
        order = self.make_order("in_inspection")
        with freeze_time(order.promised_date + timedelta(minutes=1)):
            self.drive(order, "ready")
            self.assertTrue(self.incidents(order, "estimate_risks_promise"))

    def test_a_revised_estimate_promises_anew(self):
        order = self.make_order("agreed")
        order.with_user(self.user_advisor).action_revise()
        with freeze_time(order.promised_date + timedelta(minutes=1)):
            self.run_clocks()
        self.assertFalse(self.overdue(order, "agree a new time"))
        self.assertFalse(self.incidents(order, "estimate_risks_promise"))
        self.assertTrue(self.clocks("promise", order, "cancelled"))

    def test_a_bill_in_another_name_than_read_back_is_held_and_counted(self):
        order = self.make_order("ready")
        order.with_user(self.user_cashier)._sign_settlement("Ada", False)
        order.settlement_signed_by = "Ada"
        self.customer.street = "9 New Road"
        with self.assertRaisesRegex(UserError, "have changed since they were read back"):
            order.with_user(self.user_cashier).action_settle()
        self.assertFalse(self.incidents(order, "estimate_risks_invoice"))
        order.with_user(self.user_advisor).action_read_invoice_data()
        incident = self.incidents(order, "estimate_risks_invoice")
        self.assertEqual(incident.user_id, self.user_advisor)
        self.assertNotIn("9 NEW ROAD", incident.note)
        self.assertIn("9 NEW ROAD", order.invoice_data_read)
        order.with_user(self.user_cashier).action_settle()
        self.assertEqual(order.state, "settled")

    # === STEP 8 === #

    def test_who_has_no_way_to_leave_is_found_one(self):
        order = self.make_order("in_repair").with_user(self.user_receptionist)
        order.write({"mobile_today": "+1 555 0177", "transport": "none"})
        order.action_left()
        clock = self.clocks("transport", order)
        self.assertEqual(clock.due, MORNING + timedelta(minutes=10))
        self.assertIn("Find the customer a way", clock.activity_id.summary)
        self.assertTrue(self.incidents(order, "waiting_risks_transport"))
        order.transport = "loan"
        self.assertTrue(self.clocks("transport", order, "met"))
        self.assertFalse(order.activity_ids.filtered(lambda task: "a way" in task.summary))

    def test_who_left_is_reached_or_it_is_told(self):
        reached, silent = self.make_order("in_repair"), self.make_order("in_repair")
        orders = (reached | silent).with_user(self.user_receptionist)
        with self.assertRaisesRegex(UserError, "has not left"):
            orders.action_reach()
        orders.write({"mobile_today": "+1 555 0177", "transport": "public"})
        orders.action_left()
        orders.with_user(self.user_technician).action_reach()
        self.assertEqual(len(self.clocks("reach", orders).activity_id), 2)
        with freeze_time(MORNING + timedelta(minutes=5)):
            reached.with_user(self.user_receptionist).action_told_by_phone()
        with freeze_time(MORNING + timedelta(minutes=16)):
            self.run_clocks()
        self.assertEqual(self.clocks("reach", orders, "met").res_id, reached.id)
        self.assertEqual(self.incidents(orders, "waiting_risks_reached").order_id, silent)
        self.assertTrue(self.overdue(silent))
        with self.assertRaises(AccessError):
            orders.with_user(self.make_user("nobody", "base.group_user")).action_reach()

    def test_the_risks_of_both_steps_are_there(self):
        for code, step in (("estimate_risks", 7), ("waiting_risks", 8)):
            checklist = self.env["service.checklist"].search([("code", "=", code)])
            self.assertEqual((checklist.step_id.sequence, len(checklist.item_ids)), (step, 2))

    # === GREETING === #

    def test_a_greeting_that_does_not_come_is_somebodys_task(self):
        order = self.make_order("booked")
        order.with_user(self.user_receptionist).action_arrive()
        self.assertEqual(self.clocks("greet", order).due, MORNING + timedelta(minutes=5))
        with freeze_time(MORNING + timedelta(minutes=6)):
            self.run_clocks()
            self.assertEqual(self.overdue(order).user_id, self.user_advisor)
            self.assertTrue(order.is_unattended)
            order.with_user(self.user_advisor).action_greet()
            self.assertFalse(self.overdue(order) or order.is_unattended)
        gone = self.make_order("booked")
        gone.with_user(self.user_receptionist).action_arrive()
        gone.with_user(self.user_receptionist)._cancel("Changed his mind")
        self.assertFalse(self.clocks("greet", gone))

    # === OFFERS WHILE WAITING === #

    def test_an_offer_made_while_waiting_is_an_opportunity_of_the_order(self):
        order = self.make_order("in_repair")
        form = Form(
            self.env["service.offer"]
            .with_user(self.user_receptionist)
            .with_context(default_order_id=order.id)
        )
        form.interest = "Winter tyres"
        form.note = "Asked for 17 inch"
        form.save().action_confirm()
        lead = self.env["crm.lead"].search([("service_order_id", "=", order.id)])
        self.assertEqual(
            (lead.name, lead.type, lead.partner_id, lead.user_id, lead.service_vehicle_id),
            ("Winter tyres", "opportunity", self.customer, self.user_advisor, order.vehicle_id),
        )
        self.assertEqual(order.with_user(self.user_technician).offer_count, 1)
        self.assertEqual(order.action_view_offers()["res_id"], lead.id)
        self.assertIn("Winter tyres", "".join(order.message_ids.mapped("body")))
        with self.assertRaisesRegex(UserError, "what the customer is interested in"):
            order.with_user(self.user_receptionist)._offer(" ")
        with self.assertRaisesRegex(UserError, "who the customer is"):
            self.make_order(
                vehicle_id=self.env["service.vehicle"].create({"license_plate": "NO OWNER"}).id
            ).with_user(self.user_receptionist)._offer("Tyres")
        with self.assertRaisesRegex(AccessError, "make offers"):
            order.with_user(self.user_technician)._offer("Tyres")


@tagged("post_install", "-at_install")
@freeze_time(MORNING)
class TestSiteCheck(ServiceCommon):
    """The signs are looked at in turn, by somebody, and a defect does not get lost."""

    def test_the_signs_have_a_person_a_list_and_a_last_date(self):
        shipped = self.env.ref("service_core.service_site_check_signs")
        self.assertEqual(len(shipped.line_ids), 6)
        self.assertTrue(shipped.user_id)
        check = shipped.copy({"user_id": self.user_receptionist.id, "next_check": "2026-03-02"})
        self.assertFalse(check.last_check)
        self.assertEqual(check.activity_ids.user_id, self.user_receptionist)
        desk = check.with_user(self.user_receptionist)
        with self.assertRaisesRegex(UserError, "still to look at: From the road"):
            desk.action_checked()
        desk.line_ids.write({"result": "fine"})
        desk.line_ids[1].result = "defect"
        with self.assertRaisesRegex(UserError, 'say what is wrong with "At the gate'):
            desk.action_checked()
        desk.line_ids[1].note = "Fallen over"
        desk.action_checked()
        self.assertEqual(str(check.last_check), "2026-03-02")
        self.assertEqual(check.last_user_id, self.user_receptionist)
        self.assertEqual(str(check.next_check), "2026-04-01")
        self.assertIn("Fallen over", "".join(check.message_ids.mapped("body")))
        self.assertIn("At the gate", "".join(check.activity_ids.mapped("summary")))
        self.assertFalse(any(check.line_ids.mapped("result")), "the next walk begins anew")
        clocks = self.env["service.deadline"].search(
            [("res_model", "=", check._name), ("res_id", "=", check.id)]
        )
        self.assertEqual(set(clocks.mapped("state")), {"met", "running"})
        with freeze_time("2026-04-03 08:00:00"):
            check.invalidate_recordset(["is_overdue"])
            self.assertTrue(check.is_overdue)
        check.user_id = self.user_advisor
        self.assertIn(self.user_advisor, check.activity_ids.user_id)
        check.active = False
        self.assertNotIn("running", self.env["service.deadline"].browse(clocks.ids).mapped("state"))
