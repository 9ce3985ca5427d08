from datetime import date

from odoo.exceptions import UserError
from odoo.tests import Form, freeze_time, tagged

from .common import FollowupCommon


@tagged("post_install", "-at_install")
@freeze_time("2026-11-03 10:00:00")
class TestFollowupPlanning(FollowupCommon):
    def test_the_real_road_ends_in_a_planned_first_call(self):
        order = self.make_order(state="delivered")
        first = order.followup_ids
        self.assertEqual(first.kind, "first")
        self.assertEqual(first.state, "planned")
        self.assertEqual(first.partner_id, order.partner_id)

    def test_first_call_is_due_from_day_three_to_day_seven(self):
        first = self.make_delivered().followup_ids
        self.assertEqual(first.due_from, date(2026, 11, 6))
        self.assertEqual(first.due_to, date(2026, 11, 10))

    def test_each_order_of_a_batch_gets_its_own_call(self):
        orders = self.make_order() + self.make_order()
        self.set_state(orders, "settled")
        orders._lifecycle_move("deliver", values={"delivered_date": "2026-11-03 10:00:00"})
        orders._run_aftercare()
        for order in orders:
            self.assertEqual(order.followup_ids.vehicle_id, order.vehicle_id)
            self.assertEqual(order.followup_ids.phone, order.contact_phone)

    def test_day_of_delivery_is_the_branchs_day(self):
        self.company.partner_id.tz = "Asia/Shanghai"
        with freeze_time("2026-11-03 17:00:00"):  # 1 o'clock on the 4th in Shanghai
            first = self.make_delivered().followup_ids
        self.assertEqual(first.due_from, date(2026, 11, 7))

    def test_window_avoids_the_branchs_closed_days(self):
        self.company.resource_calendar_id = self.env["resource.calendar"].create(
            {"name": "Weekdays", "company_id": self.company.id, "tz": "UTC"}
        )
        with freeze_time("2026-11-04 10:00:00"):  # D+3 is a Saturday
            first = self.make_delivered().followup_ids
        self.assertEqual((first.due_from, first.due_to), (date(2026, 11, 9), date(2026, 11, 11)))

    def test_window_avoids_the_branchs_holidays(self):
        self.company.resource_calendar_id = self.env["resource.calendar"].create(
            {"name": "Weekdays", "company_id": self.company.id, "tz": "UTC"}
        )
        self.env["resource.calendar.leaves"].create(
            {
                "name": "Closed",
                "calendar_id": self.company.resource_calendar_id.id,
                "company_id": self.company.id,
                "date_from": "2026-11-06 00:00:00",
                "date_to": "2026-11-06 23:59:59",
            }
        )
        first = self.make_delivered().followup_ids
        self.assertEqual(first.due_from, date(2026, 11, 9))

    def test_policy_of_the_kind_overrides_the_general_one(self):
        self.policy.copy({"kind_id": self.kind_express.id, "first_from": 1, "first_to": 2})
        express = self.make_delivered(kind_id=self.kind_express.id).followup_ids
        other = self.make_delivered().followup_ids
        self.assertEqual(express.due_to, date(2026, 11, 5))
        self.assertEqual(other.due_to, date(2026, 11, 10))

    def test_policy_of_the_branch_overrides_the_kinds(self):
        self.policy.copy({"kind_id": self.kind_express.id, "first_from": 1, "first_to": 2})
        self.policy.copy({"company_id": self.company.id, "first_from": 2, "first_to": 4})
        first = self.make_delivered(kind_id=self.kind_express.id).followup_ids
        self.assertEqual(first.due_to, date(2026, 11, 7))

    def test_without_any_policy_the_shipped_days_apply(self):
        self.env["service.contact.policy"].search([("first_to", ">", 0)]).unlink()
        first = self.make_delivered().followup_ids
        self.assertEqual((first.due_from, first.due_to), (date(2026, 11, 6), date(2026, 11, 10)))

    def test_kind_without_callback_plans_no_call(self):
        self.kind_maintenance.callback = False
        self.assertFalse(self.make_delivered().followup_ids)

    def test_customer_who_wants_no_call_gets_none(self):
        self.customer.service_do_not_call = True
        self.assertFalse(self.make_delivered().followup_ids)

    def test_people_of_a_company_that_wants_no_call_get_none(self):
        fleet = self.make_customer(name="Fleet", is_company=True, service_do_not_call=True)
        driver = self.make_customer(name="Driver", parent_id=fleet.id)
        order = self.make_delivered(partner_id=driver.id, contact_id=driver.id)
        self.assertFalse(order.followup_ids)

    def test_do_not_call_takes_planned_calls_off_the_list(self):
        first = self.make_delivered().followup_ids
        other = self.make_followup(partner_id=self.make_customer(name="Bo", phone="2").id)
        self.customer.service_do_not_call = True
        self.assertEqual(first.state, "cancelled")
        self.assertTrue(first.cancel_reason)
        self.assertEqual(other.state, "planned")

    def test_the_person_who_brought_the_car_is_called(self):
        driver = self.make_customer(name="Driver", phone="+1 555 0199")
        first = self.make_delivered(contact_id=driver.id).followup_ids
        self.assertEqual(first.contact_id, driver)
        self.assertEqual(first.partner_id, self.customer)
        self.assertEqual(first.phone, "+1 555 0199")

    def test_customers_own_caller_goes_before_the_policys(self):
        order = self.make_delivered()
        self.policy.user_id = self.user_followup_manager
        self.assertEqual(self.make_delivered().followup_ids.user_id, self.user_followup_manager)
        file = self.env["service.customer.file"].search([("vehicle_id", "=", order.vehicle_id.id)])
        file.user_id = self.user_caller
        again = self.make_delivered(vehicle_id=order.vehicle_id.id)
        self.assertEqual(again.followup_ids.user_id, self.user_caller)

    def test_caller_of_another_branch_is_not_designated(self):
        order = self.make_delivered()
        _branch, stranger = self.make_branch()
        file = self.env["service.customer.file"].search([("vehicle_id", "=", order.vehicle_id.id)])
        file.user_id = stranger
        again = self.make_delivered(vehicle_id=order.vehicle_id.id)
        self.assertFalse(again.followup_ids.user_id)

    def test_an_order_is_never_planned_twice(self):
        order = self.make_delivered()
        self.env["service.followup"]._plan_after_delivery(order)
        self.assertEqual(len(order.followup_ids), 1)

    def test_delivery_sends_nothing(self):
        before = self.env["mail.mail"].search_count([]), self.env["sms.sms"].search_count([])
        order = self.make_delivered()
        self.log(order.followup_ids)
        self.assertEqual(
            (self.env["mail.mail"].search_count([]), self.env["sms.sms"].search_count([])), before
        )
        self.assertFalse(order.followup_ids.message_partner_ids)

    def test_contact_planned_by_hand_gets_a_window_and_a_number(self):
        form = Form(self.env["service.followup"].with_user(self.user_caller))
        form.partner_id = self.customer
        form.kind = "callback"
        followup = form.save()
        self.assertEqual(
            (followup.due_from, followup.due_to), (date(2026, 11, 4), date(2026, 11, 4))
        )
        self.assertEqual(followup.phone, self.customer.phone)

    def test_only_the_manager_designates_others(self):
        followup = self.make_followup()
        with self.assertRaisesRegex(UserError, "designates"):
            followup.with_user(self.user_caller).user_id = self.user_followup_manager
        followup.with_user(self.user_caller).user_id = self.user_caller
        self.assertEqual(followup.user_id, self.user_caller)
        followup.with_user(self.user_followup_manager).user_id = self.user_followup_manager
        with self.assertRaisesRegex(UserError, "designates"):
            followup.with_user(self.user_caller).user_id = self.user_caller
        with self.assertRaisesRegex(UserError, "designates"):
            self.env["service.followup"].with_user(self.user_caller).create(
                {"partner_id": self.customer.id, "user_id": self.user_followup_manager.id}
            )

    def test_only_the_manager_moves_a_window(self):
        followup = self.make_followup()
        with self.assertRaisesRegex(UserError, "window"):
            followup.with_user(self.user_caller).due_to = "2026-12-24"
        followup.with_user(self.user_followup_manager).due_to = "2026-12-24"
        self.assertEqual(followup.due_to, date(2026, 12, 24))

    def test_a_closed_contact_stays_as_it_is(self):
        followup = self.make_followup()
        followup._cancel("Sold the car")
        with self.assertRaisesRegex(UserError, "closed"):
            followup.phone = "1"
