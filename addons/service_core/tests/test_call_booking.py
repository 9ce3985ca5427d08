from odoo.exceptions import UserError
from odoo.tests import Form, freeze_time, tagged

from odoo.addons.service_core.tests.common import ServiceCommon


@tagged("post_install", "-at_install")
@freeze_time("2026-03-02 08:00:00")
class TestCallBooking(ServiceCommon):
    """A booking call: greeted, in time, sorry where it was late, called back where missed."""

    def call(self, **values):
        return (
            self.env["service.call"]
            .with_user(self.user_receptionist)
            .create({"direction": "in", "purpose": "booking", "result": "answered", **values})
        )

    def test_the_script_names_house_and_agent_and_asks_for_the_name(self):
        call = self.call()
        self.assertIn(self.company.name, call.greeting)
        self.assertIn(self.user_receptionist.name, call.greeting)
        with self.assertRaisesRegex(UserError, "caller's name first"):
            call.action_close()
        call.caller_name = "Bea"
        call.action_close()
        self.assertTrue(call.is_closed)

    def test_after_three_rings_a_call_is_late_and_closes_with_an_apology(self):
        in_time = self.call(rings=3, partner_id=self.customer.id)
        late = self.call(rings=4, partner_id=self.customer.id)
        self.assertEqual((in_time | late).mapped("is_late"), [False, True])
        with self.assertRaisesRegex(UserError, "rang 4 times: confirm that you apologized"):
            (in_time | late).action_close()
        late.apology_given = True
        (in_time | late).action_close()
        with self.assertRaisesRegex(UserError, "closed by its button"):
            late.is_closed = False

    def test_a_missed_call_is_called_back(self):
        missed, busy = self.call(result="no_answer", phone="+1 555 0123"), self.call(result="busy")
        self.assertIn("+1 555 0123", missed.activity_ids.summary)
        self.assertEqual(missed.activity_ids.user_id, self.user_receptionist)
        self.assertFalse(busy.activity_ids)
        busy.result = "no_answer"
        busy.write({"result": "no_answer"})
        self.assertEqual(len(busy.activity_ids), 1)
        self.assertFalse(self.call(direction="out", result="no_answer").activity_ids)

    def test_the_call_and_its_appointment_belong_together(self):
        call = self.call(caller_name="Bea", phone="+1 555 0123", verbatim="It pulls to the left")
        action = call.action_book()
        form = Form(
            self.env["service.booking"]
            .with_user(self.user_receptionist)
            .with_context(**action["context"])
        )
        form.license_plate = "new 12"
        order = self.env["service.order"].browse(form.save().action_draft()["res_id"])
        self.assertEqual(call.order_id, order)
        self.assertEqual(order.contact_phone, "+1 555 0123")
        self.assertEqual(order.job_ids.customer_words, "It pulls to the left")


@tagged("post_install", "-at_install")
class TestPreparation(ServiceCommon):
    """The day before: parts, documents, and cars that come back."""

    def test_readiness_is_red_yellow_or_green_with_words(self):
        ready = self.make_order("booked", documents_ready=True)
        ready.with_user(self.user_receptionist).action_route_spoken()
        self.assertEqual((ready.preparation_color, ready.parts_state), ("green", "ready"))
        self.assertFalse(ready.preparation_missing)
        almost = self.make_order("booked")
        self.assertEqual(almost.preparation_color, "yellow")
        self.assertIn("documents", almost.preparation_missing)
        self.assertIn("way not told", almost.preparation_missing)
        (ready | almost).with_user(self.user_receptionist).action_documents_ready()
        self.assertNotIn("documents", almost.preparation_missing)
        bare = self.make_order("booked", jobs=[])
        self.assertEqual(bare.preparation_color, "red")
        short = self.make_order("booked", jobs=[{"parts": [(self.scarce_part, 1)]}])
        self.assertEqual((short.preparation_color, short.parts_state), ("red", "missing"))

    def test_a_car_that_was_here_lately_is_shown_with_its_visit(self):
        last = self.make_order("delivered")
        again = self.make_order("booked", vehicle_id=last.vehicle_id.id, is_comeback=True)
        self.assertEqual(again.recent_order_id, last)
        self.assertFalse(last.recent_order_id)
        self.assertFalse(self.make_order("booked").recent_order_id)
        last.sudo().delivered_date = "2020-01-01"
        again.invalidate_recordset(["recent_order_id"])
        self.assertFalse(again.recent_order_id)
