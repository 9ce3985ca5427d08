from datetime import timedelta

from odoo.exceptions import AccessError, UserError
from odoo.tests import Form, tagged

from odoo.addons.service_core.rules import gates
from odoo.addons.service_core.tests.common import SIGNATURE, ServiceCommon

# gate -> (kind, state it is looked at in, what spoils it, sentence, what mends it); each of the
# two is a function of (case, order).
CASES = {
    "booking_facts": (
        "maintenance",
        "draft",
        lambda case, order: order.write({"departure_time": False}),
        "still to ask: Departure",
        lambda case, order: order.write({"departure_time": order.planned_start}),
    ),
    "booking_vehicle": (
        "maintenance",
        "draft",
        lambda case, order: order.write({"booking_odometer": 0, "last_service_date": False}),
        "ask about the car: Mileage as Told (km), Last Maintenance",
        lambda case, order: order.write({"booking_odometer": 9000, "is_service_unknown": True}),
    ),
    "custody": (
        "express",
        "booked",
        lambda case, order: order.write({"manual_custody": False}),
        "record that they are missing",
        lambda case, order: order.write({"manual_custody": "missing"}),
    ),
    "read_back": (
        "repair",
        "received",
        lambda case, order: order.job_ids.write({"is_read_back": False}),
        "back to the customer",
        lambda case, order: order.job_ids.write({"is_read_back": True}),
    ),
    "read_back_quote": (
        "maintenance",
        "received",
        lambda case, order: order.job_ids.write({"is_read_back": False}),
        "back to the customer",
        lambda case, order: order.job_ids.write({"is_read_back": True}),
    ),
    "diagnosis": (
        "repair",
        "diagnosed",
        lambda case, order: order.job_ids.write({"cause": False}),
        "write down the cause",
        lambda case, order: order.job_ids.write({"cause": "Worn pads"}),
    ),
    "vendor": (
        "maintenance",
        "received",
        lambda case, order: case.add_part(order, case.orphan),
        "has no supplier",
        lambda case, order: order.line_ids.filtered(
            lambda line: line.product_id == case.orphan
        ).unlink(),
    ),
    "promise": (
        "maintenance",
        "quoted",
        lambda case, order: order.write({"promised_date": False}),
        "promise a completion time",
        lambda case, order: order.write({"promised_date": order.planned_start}),
    ),
    "payment": (
        "maintenance",
        "quoted",
        lambda case, order: order.write({"payment_method": False}),
        "way of payment",
        lambda case, order: order.write({"payment_method": "card"}),
    ),
    "invoice_data": (
        "maintenance",
        "quoted",
        lambda case, order: order.write({"invoice_read_back": False}),
        "read the invoice name",
        lambda case, order: order.write({"invoice_read_back": True}),
    ),
    "parts_checked": (
        "maintenance",
        "quoted",
        lambda case, order: order.write({"parts_checked_at": False}),
        "look on the shelf",
        lambda case, order: order.with_user(case.user_advisor).action_check_parts(),
    ),
    "long_job": (
        "maintenance",
        "quoted",
        lambda case, order: order.write({"promised_date": order.planned_start + timedelta(days=9)}),
        "takes long",
        lambda case, order: order.with_user(case.user_advisor).action_tell_long_job(),
    ),
    "signature": (
        "express",
        "quoted",
        lambda case, order: case.answer_by_phone(order),
        "signature or an answer by link",
        lambda case, order: order.approval_ids.write({"channel": "link"}),
    ),
    "no_metal": (
        "maintenance",
        "washing",
        lambda case, order: None,
        "No metal",
        lambda case, order: order.write({"no_metal": True}),
    ),
    "checks_settle": (
        "maintenance",
        "ready",
        lambda case, order: (case.forget_checks(order), case.sign(order)),
        "answer the check lists first: Delivery data complete",
        lambda case, order: order._tick("delivery_data"),
    ),
    "checks_deliver": (
        "maintenance",
        "settled",
        lambda case, order: (
            case.forget_checks(order),
            case.pay(order),
            order.write({"custody_returned": True}),
        ),
        "answer the check lists first: Documents, work order",
        lambda case, order: (order._tick("delivery_pre"), order._tick("departure")),
    ),
    "invoice_unchanged": (
        "maintenance",
        "ready",
        lambda case, order: (case.sign(order), case.move_away(order)),
        "have changed since they were read back",
        lambda case, order: order.with_user(case.user_advisor).action_read_invoice_data(),
    ),
    "explained": (
        "express",
        "ready",
        lambda case, order: order.write({"settlement_signed_by": "Ada"}),
        "explain the charges",
        lambda case, order: order.with_user(case.user_cashier)._sign_settlement("Ada"),
    ),
    "settlement_signed": (
        "express",
        "ready",
        lambda case, order: order.write({"charges_explained": True}),
        "settlement form signed",
        lambda case, order: order.with_user(case.user_cashier)._sign_settlement("Ada", SIGNATURE),
    ),
    "paid": (
        "express",
        "settled",
        lambda case, order: order.write({"custody_returned": True}),
        "is not paid",
        lambda case, order: case.pay(order),
    ),
    "custody_returned": (
        "express",
        "settled",
        lambda case, order: case.pay(order),
        "return keys, licence, manual",
        lambda case, order: order.write({"custody_returned": True}),
    ),
}

# verb -> who says it
SAY = {
    "book": lambda case, order: order.with_user(case.user_receptionist).action_book(),
    "receive": lambda case, order: order.with_user(case.user_receptionist).action_receive(),
    "diagnose": lambda case, order: order.with_user(case.user_technician).action_diagnose(),
    "quote": lambda case, order: order.with_user(case.user_advisor).action_quote(),
    "agree": lambda case, order: case.say_agree(order),
    "wash_done": lambda case, order: order.with_user(case.user_receptionist).action_wash_done(),
    "settle": lambda case, order: order.with_user(case.user_cashier).action_settle(),
    "deliver": lambda case, order: order.with_user(case.user_advisor).action_deliver(),
}


@tagged("post_install", "-at_install")
class TestOrderGates(ServiceCommon):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.orphan = cls.make_part("Emblem", vendor=False)

    def test_a_gate_without_a_line_is_as_strict_as_a_new_kind(self):
        self.kind_express.gate_ids.unlink()
        self.kind_repair.gate_ids.unlink()
        self.assertEqual(self.kind_express._gate_levels()["invoice_data"], "off")
        self.assertEqual(self.kind_express._gate_levels()["signature"], "block")
        self.assertEqual(set(self.kind_repair._gate_levels().values()), {"block"})

    def spoiled(self, code):
        """An order in front of gate ``code`` that fails it."""
        kind, state, spoil, sentence, mend = CASES[code]
        order = self.make_order(state, kind_id=getattr(self, f"kind_{kind}").id)
        spoil(self, order)
        return order, gates.GATES[code][0], sentence, mend

    def forget_checks(self, order):
        """As if nobody had ticked the lists that the factory ticks."""
        order.sudo().check_ids.unlink()

    def sign(self, order):
        order.with_user(self.user_cashier)._sign_settlement("Ada", SIGNATURE)

    def move_away(self, order):
        """The customer's address has changed since it was read back."""
        self.customer.street = f"{order.id} New Road"

    def add_part(self, order, part):
        return self.env["service.order.line"].create(
            {"job_id": order.job_ids[0].id, "product_id": part.id}
        )

    def answer_by_phone(self, order):
        """As if the check had been off when the customer answered."""
        gate = order.kind_id.gate_ids.filtered(lambda line: line.gate == "signature")
        gate.level = "off"
        self.approve(order, channel="phone")
        gate.level = "block"

    def say_agree(self, order):
        self.approve(order)
        order.with_user(self.user_advisor).action_agree()

    def set_level(self, order, code, level):
        order.kind_id.gate_ids.filtered(lambda line: line.gate == code).level = level

    def test_every_gate_has_a_case_here(self):
        self.assertEqual(set(CASES), set(gates.GATES))
        self.assertEqual(set(SAY), {verb for verb, _label in gates.GATES.values()})

    def test_every_gate_refuses_with_its_sentence_and_then_lets_pass(self):
        for code in gates.GATES:
            with self.subTest(gate=code):
                order, verb, sentence, mend = self.spoiled(code)
                state = order.state
                with self.assertRaises(UserError) as refused, self.cr.savepoint():
                    SAY[verb](self, order)
                self.assertIn(order.display_name, str(refused.exception))
                self.assertIn(sentence, str(refused.exception))
                self.assertEqual(order.state, state)
                mend(self, order)
                SAY[verb](self, order)
                self.assertNotEqual(order.state, state)

    def test_every_gate_on_warn_lets_pass_with_a_note(self):
        for code in gates.GATES:
            with self.subTest(gate=code):
                order, verb, sentence, _mend = self.spoiled(code)
                self.set_level(order, code, "warn")
                state = order.state
                SAY[verb](self, order)
                self.assertNotEqual(order.state, state)
                notes = " ".join(str(body) for body in order.message_ids.mapped("body"))
                self.assertIn(sentence, notes)
                self.set_level(order, code, "block")

    def test_every_gate_switched_off_says_nothing(self):
        for code in gates.GATES:
            with self.subTest(gate=code):
                order, verb, sentence, _mend = self.spoiled(code)
                self.set_level(order, code, "off")
                state = order.state
                SAY[verb](self, order)
                self.assertNotEqual(order.state, state)
                notes = " ".join(str(body) for body in order.message_ids.mapped("body"))
                self.assertNotIn(sentence, notes)
                self.set_level(order, code, "block")

    def test_every_gate_is_waived_by_a_leader_with_a_reason(self):
        for code in gates.GATES:
            with self.subTest(gate=code):
                order, verb, _sentence, _mend = self.spoiled(code)
                state = order.state
                waiver = order.with_user(self.user_team_leader)._waive(code, " He is in a hurry ")
                self.assertEqual(
                    (waiver.reason, waiver.user_id), ("He is in a hurry", self.user_team_leader)
                )
                SAY[verb](self, order)
                self.assertNotEqual(order.state, state)

    def test_waiver_is_for_leaders_and_says_why(self):
        order = self.make_order("booked")
        for user in (self.user_technician, self.user_receptionist, self.user_advisor):
            with self.assertRaises(AccessError):
                order.with_user(user)._waive("custody", "Please")
        with self.assertRaisesRegex(UserError, "Say why"):
            order.with_user(self.user_manager)._waive("custody", " ")
        with self.assertRaises(AccessError):
            self.env["service.waiver"].with_user(self.user_manager).create(
                {
                    "order_id": order.id,
                    "gate": "custody",
                    "reason": "By hand",
                    "user_id": self.user_manager.id,
                }
            )

    def test_waiver_by_the_form(self):
        order = self.make_order("booked", manual_custody=False)
        leader = self.user_team_leader
        action = order.with_user(leader).action_waive()
        with Form(
            self.env[action["res_model"]].with_user(leader).with_context(**action["context"])
        ) as form:
            form.gate = "custody"
            form.reason = "Papers come tomorrow"
        form.record.action_confirm()
        order.with_user(self.user_receptionist).action_receive()
        self.assertEqual(order.waiver_ids.gate, "custody")

    def test_waiver_counts_for_its_order_only(self):
        one = self.make_order("booked", manual_custody=False)
        other = self.make_order("booked", manual_custody=False)
        one.with_user(self.user_team_leader)._waive("custody", "Regular customer")
        with self.assertRaisesRegex(UserError, other.name):
            (one | other).with_user(self.user_receptionist).action_receive()

    def test_booking_facts_are_read_back(self):
        order = self.make_order(booking_confirmed=False)
        with self.assertRaisesRegex(UserError, "Read Back"):
            order.with_user(self.user_receptionist).action_book()

    def test_express_passes_five_checks_less(self):
        express = self.kind_express._gate_levels()
        self.assertEqual({code for code in express if express[code] == "block"}, set(gates.EXPRESS))
        repair = self.kind_repair._gate_levels()
        self.assertEqual({code for code in repair if repair[code] == "block"}, set(gates.GATES))

    def test_new_kind_blocks_at_every_gate(self):
        kind = self.env["service.order.kind"].create({"name": "Tyres", "code": "tyres"})
        self.assertEqual(kind._gate_levels(), dict.fromkeys(gates.GATES, "block"))

    def test_manager_releases_an_unpaid_car_with_a_reason(self):
        order = self.make_order("settled")
        order.custody_returned = True
        with self.assertRaises(AccessError):
            order.with_user(self.user_cashier)._release("He pays tomorrow")
        with self.assertRaisesRegex(UserError, "Say why"):
            order.with_user(self.user_manager)._release("")
        order.with_user(self.user_manager)._release("He pays tomorrow")
        order.with_user(self.user_advisor).action_deliver()
        self.assertEqual(order.release_user_id, self.user_manager)

    def test_what_verbs_write_nobody_else_writes(self):
        order = self.make_order("ready")
        for values in (
            {"release_user_id": self.user_manager.id, "release_reason": "Mine"},
            {"charges_explained": True},
            {"settlement_signed_by": "Ada"},
            {"settlement_signature": SIGNATURE},
            {"is_stopped": True},
            {"delivered_date": "2026-01-01"},
            {"no_show": True},
            {"closed_reason": "None"},
        ):
            with self.subTest(values=sorted(values)), self.assertRaisesRegex(UserError, "buttons"):
                order.with_user(self.user_manager).write(values)
        with self.assertRaisesRegex(UserError, "buttons"):
            self.env["service.order"].with_user(self.user_manager).create(
                {"vehicle_id": order.vehicle_id.id, "release_reason": "Mine"}
            )

    def test_waiting_parts_or_questions_hold_the_car_in_repair(self):
        order = self.make_order("in_repair", jobs=[{"parts": [(self.scarce_part, 1)]}])
        with self.assertRaisesRegex(UserError, "approved parts are still missing"):
            order.with_user(self.user_team_leader).action_finish()

    def test_reception_needs_its_five_facts(self):
        order = self.make_order(odometer=0, contact_phone=False)
        with self.assertRaisesRegex(UserError, "Phone Today, Odometer"):
            order.with_user(self.user_advisor).action_receive()
        wordless = self.make_order(jobs=[])
        with self.assertRaisesRegex(UserError, "in his words"):
            wordless.with_user(self.user_advisor).action_receive()

    def test_booking_needs_a_time(self):
        order = self.make_order(planned_start=False)
        with self.assertRaisesRegex(UserError, "choose a reception time"):
            order.with_user(self.user_receptionist).action_book()

    def test_quote_follows_the_diagnosis_where_the_kind_needs_it(self):
        order = self.make_order("received", kind_id=self.kind_repair.id)
        with self.assertRaisesRegex(UserError, "finish the diagnosis"):
            order.with_user(self.user_advisor).action_quote()
