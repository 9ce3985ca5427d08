from datetime import timedelta

from odoo.exceptions import AccessError, UserError, ValidationError
from odoo.tests import tagged

from odoo.addons.service_core.models.sale_order import SERVICE_KEY

from .common import SIGNATURE, ServiceCommon

# What the front of the house must not get past (matrix e9) -> requirements it answers.
GATES = {
    "confirm booking": "S0-43",
    "open work order": "S4-39 S4-40 S0-57",
    "start diagnosis": "S0-64",
    "issue estimate": "S0-66",
    "enter repair zone": "S0-75 S4-46 S4-44 S0-77",
    "clock on": "S2-68",
    "execute added item": "S2-62",
    "final inspection": "S0-94 S0-95",
    "start wash": "S0-104 S0-110",
    "announce ready": "S2-87",
    "settle": "S2-63 S0-116 S2-119",
    "close work order": "S0-117 S0-121",
}


@tagged("post_install", "-at_install")
class TestFrontGates(ServiceCommon):
    """One car walks the whole road; at every gate it is refused with a sentence, then let through.

    The permit in front of an assignment and the telephone visit after delivery are the upper
    addons' gates and are walked there.
    """

    def refused(self, gate, user, sentence, say, error=UserError):
        """``say`` is refused to ``user``, and the car stays where it is."""
        self.met.add(gate)
        state = self.order.state
        with self.subTest(gate=gate, sentence=sentence):
            with self.assertRaisesRegex(error, sentence), self.cr.savepoint():
                say(self.order.with_user(user))
            self.assertEqual(self.order.state, state)

    def spoiled(self, gate, user, sentence, values, say):
        """Refused with ``values`` written, let through once they are as they were."""
        before = {name: self.order[name] for name in values}
        self.order.write(values)
        self.refused(gate, user, sentence, say)
        self.order.write(before)

    def test_one_car_is_refused_at_every_gate_and_then_let_through(self):
        self.met = set()
        order = self.order = self.make_order(kind_id=self.kind_repair.id)
        job = order.job_ids
        receptionist, advisor = self.user_receptionist, self.user_advisor
        leader, cashier = self.user_team_leader, self.user_cashier

        gate = "confirm booking"
        book = type(order).action_book
        for name, label in (
            ("departure_time", "Departure"),
            ("eta", "Arrival"),
            ("model_name", "Model"),
            ("license_plate", "Plate"),
        ):
            before = order[name]
            order[name] = False
            if not order[name]:
                self.refused(gate, receptionist, f"still to ask: .*{label}", book)
            order[name] = before
        self.spoiled(gate, receptionist, "Read Back", {"booking_confirmed": False}, book)
        book(order.with_user(receptionist))

        gate = "open work order"
        receive = type(order).action_receive
        for name, label in (("contact_phone", "Phone Today"), ("odometer", "Odometer")):
            self.spoiled(gate, receptionist, f"fill in: {label}", {name: False}, receive)
        for name in ("licence_custody", "manual_custody"):
            self.spoiled(gate, receptionist, "record that they are missing", {name: False}, receive)
        receive(order.with_user(receptionist))

        gate = "start diagnosis"
        diagnose = type(order).action_diagnose
        job.is_read_back = False
        self.refused(gate, self.user_technician, "back to the customer", diagnose)
        job.is_read_back = True
        diagnose(order.with_user(self.user_technician))

        gate = "issue estimate"
        quote = type(order).action_quote
        job.cause = False
        self.refused(gate, advisor, "write down the cause", quote)
        job.write({"cause": "Worn pads", "diagnosis_result": "inconclusive"})
        self.refused(gate, advisor, "inconclusive: write down the detailed one", quote)
        job.with_user(self.user_technician).detailed_diagnosis = "Runout measured: disc warped"
        quote(order.with_user(advisor))

        gate = "enter repair zone"
        agree = type(order).action_agree
        self.refused(gate, advisor, "has not answered yet", agree)
        self.approve(order, channel="signature")
        order.approval_ids.channel = "phone"
        self.refused(gate, advisor, "signature or an answer by link", agree)
        order.approval_ids.channel = "signature"
        for sentence, values in (
            ("promise a completion time", {"promised_date": False}),
            ("takes long", {"promised_date": order.planned_start + timedelta(days=20)}),
            ("way of payment", {"payment_method": False}),
            ("read the invoice name", {"invoice_read_back": False}),
            ("look on the shelf", {"parts_checked_at": False}),
        ):
            self.spoiled(gate, advisor, sentence, values, agree)
        self.refused(gate, leader, "possible only while", type(order).action_start)
        agree(order.with_user(advisor))
        order.with_user(leader).action_start()

        gate = "clock on"
        clockings = self.env["service.clocking"].with_user(self.user_technician)
        other = self.make_order("in_repair", kind_id=self.kind_express.id)
        running = clockings._clock_on(other.job_ids, self.technician)
        self.refused(
            gate,
            self.user_technician,
            "still clocked on",
            lambda _order: clockings._clock_on(job, self.technician),
        )
        running._clock_off()
        clockings._clock_on(job, self.technician)._clock_off()

        gate = "execute added item"
        extra = self.make_job(order, parts=[(self.part, 1)])
        order.with_user(advisor).action_ask()
        self.refused(
            gate,
            self.user_technician,
            "not approved",
            lambda _order: clockings._clock_on(extra, self.technician),
        )
        added = extra.line_ids.filtered(lambda line: line.kind == "part")
        self.refused(
            gate, self.user_parts, "reserved for", lambda order: order._issue_parts({added: 1})
        )
        self.refused(gate, leader, "still waits for its answer", type(order).action_finish)
        self.approve(order, channel="phone")
        clockings._clock_on(extra, self.technician)._clock_off()
        order.with_user(self.user_parts).action_issue_parts()
        self.assertEqual(added.issued_qty, 1)
        order.with_user(leader).action_finish()

        gate = "final inspection"
        sign = type(order).action_pass
        self.assertEqual(order._next_level(), "technician")
        self.refused(gate, self.user_inspector, "somebody of that role", sign, AccessError)
        sign(order.with_user(self.user_technician))
        self.refused(gate, self.user_inspector, "somebody of that role", sign, AccessError)
        sign(order.with_user(leader))
        # who repaired the car is an inspector as well
        self.user_technician.group_ids += self.env.ref("service_core.group_service_inspector")
        self.refused(gate, self.user_technician, "another inspector", sign, ValidationError)
        self.refused("start wash", receptionist, "possible only", type(order).action_wash_done)
        sign(order.with_user(self.user_inspector))
        self.assertTrue(order.wash_accepted)
        sign(order.with_user(advisor))

        gate = "start wash"
        self.assertEqual(order.state, "washing")
        self.refused(gate, receptionist, "No metal", type(order).action_wash_done)
        order.no_metal = True
        order.with_user(receptionist).action_wash_done()

        settle = type(order).action_settle
        self.refused("settle", cashier, "answer the check lists|explain the charges", settle)
        order.with_user(cashier)._sign_settlement("Ada Owner", SIGNATURE)
        self.refused("announce ready", cashier, "answer the check lists first", settle)
        order.with_user(advisor)._tick("delivery_data")

        gate = "settle"
        order.with_user(cashier).action_settle()
        order.with_user(self.user_manager)._unsettle("To be explained again")
        self.refused(gate, cashier, "explain the charges", settle)
        order.with_user(cashier)._sign_settlement("Ada Owner", SIGNATURE)
        # dearer than what was approved
        sold = order.line_ids.sale_line_id[:1].with_context(service_key=SERVICE_KEY)
        sold.price_unit += 1
        self.refused(gate, cashier, "approved are", settle)
        sold.price_unit -= 1
        settle(order.with_user(cashier))

        gate = "close work order"
        deliver = type(order).action_deliver
        self.pay(order)
        order.with_user(advisor)._tick("delivery_pre")
        self.refused(gate, advisor, "answer the check lists first", deliver)
        order.with_user(advisor)._tick("departure")
        self.refused(gate, advisor, "return keys, licence, manual", deliver)
        order.custody_returned = True
        deliver(order.with_user(advisor))
        self.assertEqual(order.state, "delivered")
        self.assertEqual(self.met, set(GATES))
