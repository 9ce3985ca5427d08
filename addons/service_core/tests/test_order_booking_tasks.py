from datetime import timedelta

from odoo import fields
from odoo.exceptions import AccessError, UserError
from odoo.tests import Form, freeze_time, tagged

from odoo.addons.service_core.tests.common import ServiceCommon


@tagged("post_install", "-at_install")
@freeze_time("2026-03-02 06:00:00")
class TestOrderBookingTasks(ServiceCommon):
    """What booking asks for, what it leaves behind, and who prepares the visit."""

    # === THE CAR, ASKED ON THE PHONE === #

    def gate(self, level, kind=None):
        line = (kind or self.kind_maintenance).gate_ids.filtered(
            lambda line: line.gate == "booking_vehicle"
        )
        line.level = level

    def test_mileage_and_last_maintenance_are_asked_as_strictly_as_the_kind_says(self):
        bare = {"booking_odometer": 0, "last_service_date": False}
        held = self.make_order(**bare).with_user(self.user_receptionist)
        with self.assertRaisesRegex(UserError, "ask about the car: Mileage.*, Last Maintenance"):
            held.action_book()
        held.booking_odometer = 42000
        with self.assertRaisesRegex(UserError, "ask about the car: Last Maintenance"):
            held.action_book()
        held.is_service_unknown = True
        held.action_book()
        self.assertEqual(held.state, "booked")
        known = self.make_order(**bare)
        known.vehicle_id.write({"odometer": 9000, "last_service_date": "2026-01-05"})
        known.with_user(self.user_receptionist).action_book()
        self.gate("off")
        off = self.make_order(**bare)
        off.with_user(self.user_receptionist).action_book()
        self.assertNotIn("Mileage", "".join(off.message_ids.mapped("body")))
        self.assertNotIn("mileage", off.preparation_missing)
        self.gate("warn")
        warned = self.make_order(**bare).with_user(self.user_receptionist)
        warned.action_book()
        self.assertEqual(warned.state, "booked")
        self.assertIn("Mileage as Told", "".join(warned.message_ids.mapped("body")))
        self.assertIn("mileage", warned.preparation_missing)

    # === THE SHEET === #

    def test_what_else_was_said_stays_with_the_booking_and_its_tasks_are_ticked(self):
        vehicle = self.make_vehicle()
        with Form(self.env["service.booking"].with_user(self.user_receptionist)) as form:
            form.vehicle_id = vehicle
            form.wish = "It pulls to the left"
            form.booking_odometer = 51000
            form.last_service_date = "2025-05-05"
            form.is_customer_confirmed = True
            form.is_explained = True
            form.extra_needs = "A child seat"
            form.possible_situations = "The part may take a day"
            form.advice_given = "Do not drive far"
            form.agreement = "A loan car"
            form.slot_id = form.slot_ids[0]
            form.departure_time = form.slot_ids[0].start - timedelta(minutes=40)
            for fact in ("departure", "eta", "plate", "model"):
                setattr(form, f"is_{fact}_read", True)
        order = self.env["service.order"].browse(form.record.action_book()["res_id"])
        self.assertEqual(
            (order.extra_needs, order.possible_situations, order.advice_given),
            ("A child seat", "The part may take a day", "Do not drive far"),
        )
        self.assertEqual(order.booking_odometer, 51000)
        self.assertTrue(order.booking_explained)
        self.assertEqual((order.promise_ids.text, order.promise_ids.state), ("A loan car", "open"))
        ticked = order.check_ids.filtered(lambda check: check.checklist_id.code == "booking")
        self.assertEqual(
            ticked.item_id,
            self.env["service.checklist.item"].union(
                *(
                    self.env.ref(f"service_core.service_checklist_booking_{name}")
                    for name in ("vehicle", "customer", "problem", "agreements")
                )
            ),
            "the estimate was not asked for and is not ticked",
        )
        self.assertEqual(ticked.user_id, self.user_receptionist)

    def test_the_list_of_booking_names_its_five_tasks_and_the_first_one_the_telephone(self):
        booking = self.env.ref("service_core.service_checklist_booking")
        self.assertEqual((booking.step_id.sequence, len(booking.item_ids)), (2, 5))
        telephone = self.env.ref("service_core.service_checklist_telephone")
        self.assertEqual(telephone.step_id.sequence, 1)
        self.assertIn("the moment it rang", telephone.item_ids[0].name)
        self.assertIn(telephone, self.make_order("booked").checklist_ids)

    def test_broken_agreements_are_reported(self):
        order = self.make_order("booked")
        kept, broken = self.env["service.promise"].create(
            [{"order_id": order.id, "text": text} for text in ("Loan car", "Call at noon")]
        )
        kept.with_user(self.user_advisor).action_keep()
        broken.with_user(self.user_advisor).action_break()
        groups = self.env["service.promise"].formatted_read_group(
            [("order_id", "=", order.id)], ["state"], ["__count"]
        )
        self.assertEqual(
            {group["state"]: group["__count"] for group in groups}, {"kept": 1, "broken": 1}
        )
        action = self.env.ref("service_core.service_promise_action_broken")
        found = self.env["service.promise"].search(
            [("order_id", "=", order.id), ("state", "=", "broken")]
        )
        self.assertEqual(found, broken)
        self.assertIn("pivot", action.view_mode)

    # === A PRICE ON THE PHONE === #

    def test_a_telephone_estimate_is_a_sheet_that_asks_for_nothing(self):
        order = self.make_order("booked").with_user(self.user_advisor)
        action = order.action_phone_estimate()
        self.assertEqual(action["report_name"], "service_core.report_estimate")
        self.assertEqual(order.phone_estimate_by_id, self.user_advisor)
        self.assertEqual(order.phone_estimate_total, order.amount_total)
        self.assertFalse(order.approval_ids or order.sale_order_ids or order.picking_ids)
        html = str(
            self.env["ir.actions.report"]._render_qweb_html(
                "service_core.report_estimate", order.ids
            )[0]
        )
        self.assertIn("Telephone Estimate", html)
        self.assertIn("Brake Pads", html)
        self.assertNotIn("signature of the customer", html)
        seen = self.make_order("quoted")
        html = str(
            self.env["ir.actions.report"]._render_qweb_html(
                "service_core.report_estimate", seen.ids
            )[0]
        )
        self.assertIn("signature of the customer", html)
        with self.assertRaisesRegex(UserError, "use the estimate of the visit"):
            seen.with_user(self.user_advisor).action_phone_estimate()
        bare = self.make_order(jobs=[])
        with self.assertRaisesRegex(UserError, "there is no price yet"):
            (order | bare).with_user(self.user_advisor).action_phone_estimate()
        with self.assertRaisesRegex(AccessError, "Advisors tell prices"):
            order.with_user(self.user_receptionist).action_phone_estimate()

    def test_the_sheet_is_sent_only_on_request_and_to_an_address(self):
        order = self.make_order().with_user(self.user_advisor)
        before = self.env["mail.mail"].search([])
        order.action_phone_estimate()
        self.assertFalse(self.env["mail.mail"].search([]) - before, "told, not sent")
        with self.assertRaisesRegex(UserError, "write down the customer's mail address"):
            order.action_send_phone_estimate()
        self.customer.email = "ada@example.com"
        order.action_send_phone_estimate()
        mail = self.env["mail.mail"].search([]) - before
        self.assertEqual(mail.recipient_ids.mapped("email"), ["ada@example.com"])
        self.assertEqual(len(mail.attachment_ids), 1)
        self.assertEqual(order.phone_estimate_sent_at, fields.Datetime.now())
        self.assertEqual(order.state, "draft")

    # === WHO PREPARES THE VISIT === #

    def test_reception_leads_fixed_work_only(self):
        fixed = self.make_order("booked")
        repair = self.make_order("booked", kind_id=self.kind_repair.id)
        for order in (fixed, repair):
            self.assertNotEqual(order.preparation_color, "red")
        fixed.with_user(self.user_receptionist).action_prepared()
        self.assertEqual(fixed.prepared_by_id, self.user_receptionist)
        with self.assertRaisesRegex(AccessError, "reception prepares fixed work only"):
            repair.with_user(self.user_receptionist).action_prepared()
        repair.with_user(self.user_advisor).action_prepared()
        self.assertEqual(repair.prepared_at, fields.Datetime.now())
        with self.assertRaisesRegex(AccessError, "reception prepares fixed work only"):
            fixed.with_user(self.user_technician).action_prepared()

    def test_what_would_stop_the_visit_is_not_called_prepared(self):
        bare, draft = self.make_order("booked", jobs=[]), self.make_order()
        with self.assertRaisesRegex(UserError, "is not ready: no work written down"):
            bare.with_user(self.user_advisor).action_prepared()
        with self.assertRaisesRegex(UserError, "is not booked"):
            draft.with_user(self.user_advisor).action_prepared()

    # === A CAR THAT COMES BACK === #

    def test_a_comeback_is_booked_in_one_click_from_the_delivered_order(self):
        last = self.make_order("delivered").with_user(self.user_receptionist)
        action = last.action_come_back()
        again = last.comeback_ids
        self.assertEqual(action["res_model"], "service.booking")
        self.assertEqual(action["context"]["default_order_id"], again.id)
        self.assertEqual(
            (again.comeback_of_id, again.is_comeback, again.vehicle_id, again.partner_id),
            (last, True, last.vehicle_id, last.partner_id),
        )
        self.assertFalse(again.origin_order_id, "a comeback is no planned second visit")
        self.assertFalse(again._gate_booking_vehicle(), "what this visit knows is not asked")
        self.assertEqual((again.state, last.comeback_count), ("draft", 1))
        last.action_come_back()
        self.assertEqual(last.comeback_ids, again, "a second click goes on with the same one")
        with self.assertRaisesRegex(UserError, "buttons only"):
            again.with_user(self.user_advisor).comeback_of_id = False


@tagged("post_install", "-at_install")
@freeze_time("2026-03-02 06:00:00")
class TestCapacityReserve(ServiceCommon):
    """Hours kept for special work are gone for everybody but its order."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.env["hr.employee"].search(
            [("service_technician", "=", True), ("id", "!=", cls.technician.id)]
        ).service_technician = False
        cls.start = cls.next_workday(5)

    def keep(self, hours, **values):
        return (
            self.env["service.capacity.reserve"]
            .with_user(self.user_advisor)
            .create({"name": "Gearbox out", "date": self.start.date(), "hours": hours, **values})
        )

    def order(self, hours, **values):
        return self.make_order(
            jobs=[{"operation_id": False, "name": "Work", "standard_hours": hours}],
            planned_start=self.start,
            eta=self.start,
            **values,
        )

    def test_kept_hours_are_for_their_order_alone(self):
        reserve = self.keep(6)
        day = reserve.capacity_id
        self.assertEqual((day.reserved, day.free), (6, 2))
        with self.assertRaisesRegex(UserError, "free workshop hours left"):
            self.order(4).with_user(self.user_receptionist).action_book()
        self.assertNotIn(
            self.start.date(),
            [
                slot.date()
                for slot in self.env["service.capacity"]._free_slots(self.company, 4, self.start)
            ],
        )
        special = self.order(6, reserve_id=reserve.id)
        special.with_user(self.user_receptionist).action_book()
        self.assertTrue(reserve.is_used)
        self.assertEqual((day.booked, day.reserved, day.free), (6, 0, 2))
        with self.assertRaisesRegex(UserError, "move its work order"):
            reserve.hours = 7
        self.order(2).with_user(self.user_receptionist).action_book()
        special.with_user(self.user_receptionist)._cancel("Sold the car")
        self.assertFalse(reserve.is_used)
        self.assertEqual((day.booked, day.reserved, day.free), (2, 6, 0))
        reserve.unlink()
        self.assertEqual((day.reserved, day.free), (0, 6))

    def test_what_is_not_free_is_not_kept(self):
        reserve = self.keep(8)
        with self.assertRaisesRegex(UserError, "8.0 free workshop hours, 9.0 cannot be kept"):
            reserve.hours = 9

    def test_a_trainee_is_reserved_without_taking_technicians_hours(self):
        trainee = self.env["hr.employee"].create({"name": "Trainee"})
        reserve = self.keep(8, employee_id=trainee.id)
        self.assertEqual(reserve.employee_id, trainee)
        self.assertEqual(reserve.capacity_id.free, 8)

    def test_a_reserve_that_moves_frees_its_old_day(self):
        reserve = self.keep(3)
        before = reserve.capacity_id
        reserve.date = self.next_workday(6).date()
        self.assertEqual((before.reserved, reserve.capacity_id.reserved), (0, 3))
        self.assertNotEqual(before, reserve.capacity_id)
