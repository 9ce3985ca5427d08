from datetime import timedelta

from odoo.exceptions import UserError
from odoo.tests import Form, freeze_time, tagged

from odoo.addons.service_core.tests.common import ServiceCommon


@tagged("post_install", "-at_install")
@freeze_time("2026-03-02 06:00:00")
class TestBookingSheet(ServiceCommon):
    """An appointment made while the customer is on the phone."""

    def sheet(self, **values):
        """The form as the receptionist fills it in; the chosen time is the second offered."""
        with Form(self.env["service.booking"].with_user(self.user_receptionist)) as form:
            form.license_plate = "new 12"
            form.model_name = "Old Wagon"
            form.caller_name = "Bea"
            form.contact_phone = "+1 555 0123"
            form.wish = "It pulls to the left"
            form.slot_id = form.slot_ids[1]
            form.departure_time = form.slot_ids[1].start - timedelta(minutes=40)
            for name, value in values.items():
                setattr(form, name, value)
        return form.record

    def read_back(self, sheet):
        sheet.write({f"is_{fact}_read": True for fact in ("departure", "eta", "plate", "model")})

    def test_two_or_more_free_times_are_offered_and_the_chosen_one_is_booked(self):
        sheet = self.sheet()
        self.assertGreaterEqual(len(sheet.slot_ids), 2)
        self.read_back(sheet)
        order = self.env["service.order"].browse(sheet.action_book()["res_id"])
        self.assertEqual(order.state, "booked")
        self.assertEqual(order.planned_start, sheet.slot_ids[1].start)
        self.assertEqual(order.eta, order.planned_start)
        self.assertEqual(
            (order.license_plate, order.model_name, order.caller_name, order.contact_phone),
            ("new 12", "Old Wagon", "Bea", "+1 555 0123"),
        )
        self.assertEqual(order.job_ids.customer_words, "It pulls to the left")
        self.assertTrue(order.booking_confirmed)
        self.assertEqual(order.booking_source, "phone")

    def test_each_fact_is_read_back_before_anything_is_booked(self):
        sheet = self.sheet()
        for fact in ("departure", "eta", "plate", "model"):
            with self.subTest(fact=fact):
                self.read_back(sheet)
                sheet[f"is_{fact}_read"] = False
                with self.assertRaisesRegex(UserError, "Read back to the customer and tick"):
                    sheet.action_book()
        self.read_back(sheet)
        sheet.departure_time = False
        with self.assertRaisesRegex(UserError, "Still to ask: Departure"):
            sheet.action_book()
        sheet.slot_id = False
        with self.assertRaisesRegex(UserError, "Choose one of the free times"):
            sheet.action_book()

    def test_a_fact_that_changes_has_to_be_read_back_again(self):
        with Form(self.env["service.booking"].with_user(self.user_receptionist)) as form:
            form.license_plate = "new 12"
            form.slot_id = form.slot_ids[0]
            form.is_plate_read = form.is_eta_read = True
            form.license_plate = "new 21"
            self.assertFalse(form.is_plate_read)
            self.assertTrue(form.is_eta_read)
            form.eta = form.eta + timedelta(minutes=30)
            self.assertFalse(form.is_eta_read)

    def test_a_known_car_brings_its_owner_and_the_hours_their_offer(self):
        vehicle = self.make_vehicle()
        long_work = self.env["service.operation"].create(
            {"code": "LONG", "name": "Engine out", "standard_hours": 6}
        )
        self.env["hr.employee"].search(
            [("service_technician", "=", True), ("id", "!=", self.technician.id)]
        ).service_technician = False
        other = self.make_order("booked", jobs=[{"standard_hours": 5}])
        with Form(self.env["service.booking"].with_user(self.user_receptionist)) as form:
            form.vehicle_id = vehicle
            self.assertEqual(form.partner_id, self.customer)
            self.assertEqual(form.contact_phone, "+1 555 0100")
            short = form.slot_ids[:].mapped("start")
            form.operation_id = long_work
            self.assertEqual(form.hours, 6)
            days = {start.date() for start in form.slot_ids[:].mapped("start")}
            form.is_customer_confirmed = True
        self.assertIn(other.planned_start.date(), {start.date() for start in short})
        self.assertNotIn(other.planned_start.date(), days)
        order = self.env["service.order"].browse(form.record.action_draft()["res_id"])
        self.assertEqual((order.state, order.vehicle_id), ("draft", vehicle))
        self.assertEqual(str(order.customer_confirmed_on), "2026-03-02")
        self.assertEqual(order.job_ids.operation_id, long_work)

    def test_times_for_a_draft_that_is_already_there(self):
        order = self.make_order(booking_confirmed=False).with_user(self.user_receptionist)
        action = order.action_offer_times()
        with Form(
            self.env["service.booking"]
            .with_user(self.user_receptionist)
            .with_context(**action["context"])
        ) as form:
            self.assertEqual(form.hours, 1.5)
            form.slot_id = form.slot_ids[0]
        sheet = form.record
        sheet.departure_time = sheet.slot_id.start - timedelta(minutes=30)
        self.read_back(sheet)
        self.assertEqual(sheet.action_book()["res_id"], order.id)
        self.assertEqual(order.state, "booked")
        self.assertEqual(len(order.job_ids), 1)
        with self.assertRaisesRegex(UserError, "already booked"):
            order.action_offer_times()

    def test_a_time_taken_meanwhile_is_refused_with_others(self):
        self.company.service_parallel_receptions = 1
        sheet = self.sheet()
        self.read_back(sheet)
        rival = self.sheet(license_plate="new 13")
        self.read_back(rival)
        rival.action_book()
        with self.assertRaisesRegex(UserError, "is full. Free: "):
            sheet.action_book()
        self.assertEqual(sheet.license_plate, "new 12", "what was typed stays")

    def test_missed_appointments_show_at_the_next_booking(self):
        missed = self.make_order("booked")
        missed.with_user(self.user_receptionist)._cancel("Did not come", no_show=True)
        with Form(self.env["service.booking"].with_user(self.user_receptionist)) as form:
            form.vehicle_id = missed.vehicle_id
            self.assertEqual(form.no_show_count, 1)
        self.assertEqual(self.make_order(vehicle_id=missed.vehicle_id.id).no_show_count, 1)
