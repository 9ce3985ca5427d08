from datetime import date

from psycopg2 import IntegrityError

from odoo.exceptions import UserError
from odoo.tests import freeze_time, tagged
from odoo.tools import mute_logger

from .common import FollowupCommon


@tagged("post_install", "-at_install")
@freeze_time("2026-11-03 10:00:00")
class TestCustomerFile(FollowupCommon):
    def file_of(self, order):
        return self.env["service.customer.file"].search(
            [
                ("partner_id", "=", order.partner_id.id),
                ("vehicle_id", "=", order.vehicle_id.id),
            ]
        )

    def complete_facts(self, file):
        file.partner_id.write({"street": "Main Street 1", "city": "Springfield"})
        file.write({"services_desired": "Winter tires", "maintenance_items": "Oil, brakes"})

    def test_delivery_opens_a_file_due_in_two_days(self):
        order = self.make_delivered()
        file = self.file_of(order)
        self.assertEqual(file.visit_ids.order_id, order)
        self.assertEqual(file.visit_ids.due_date, date(2026, 11, 5))
        self.assertEqual(file.due_date, date(2026, 11, 5))
        self.assertEqual(file.status, "open")
        self.assertEqual(file.last_visit_date, date(2026, 11, 3))
        self.assertIn("Replace brake pads", file.maintenance_items)

    def test_the_next_visit_enters_the_same_file(self):
        order = self.make_delivered()
        again = self.make_delivered(vehicle_id=order.vehicle_id.id)
        file = self.file_of(order)
        self.assertEqual(file.visit_ids.order_id, order + again)

    def test_two_cars_of_a_batch_have_two_files(self):
        orders = self.make_order() + self.make_order()
        self.set_state(orders, "settled")
        orders._lifecycle_move("deliver", values={"delivered_date": "2026-11-03 10:00:00"})
        orders._run_aftercare()
        files = self.file_of(orders[0]) + self.file_of(orders[1])
        self.assertEqual(files.visit_ids.order_id, orders)
        self.assertEqual(len(files), 2)

    def test_a_customer_has_one_file_for_a_car(self):
        file = self.file_of(self.make_delivered())
        with mute_logger("odoo.sql_db"), self.assertRaises(IntegrityError):
            file.copy()

    def test_a_delivered_order_is_entered_once(self):
        order = self.make_delivered()
        self.env["service.customer.file"]._open_after_delivery(order)
        self.assertEqual(len(self.file_of(order).visit_ids), 1)

    def test_work_for_the_house_opens_no_file(self):
        internal = self.env.ref("service_core.service_order_kind_internal")
        order = self.make_delivered(kind_id=internal.id)
        self.assertFalse(self.file_of(order))

    def test_file_due_in_working_days_by_policy(self):
        self.policy.file_working_days = True
        self.company.resource_calendar_id = self.env["resource.calendar"].create(
            {"name": "Weekdays", "company_id": self.company.id, "tz": "UTC"}
        )
        with freeze_time("2026-11-06 10:00:00"):  # a Friday
            order = self.make_delivered()
        self.assertEqual(self.file_of(order).due_date, date(2026, 11, 10))

    def test_consultation_entered_by_hand_is_due_in_two_days(self):
        file = self.file_of(self.make_delivered())
        visit = (
            self.env["service.customer.visit"]
            .with_user(self.user_caller)
            .create({"file_id": file.id, "kind": "consultation", "visit_date": "2026-11-10"})
        )
        self.assertEqual(visit.due_date, date(2026, 11, 12))
        self.assertIn("Consultation", visit.display_name)

    def test_a_visit_is_completed_by_its_file_only(self):
        visit = self.file_of(self.make_delivered()).visit_ids
        with self.assertRaisesRegex(UserError, "by hand"):
            visit.with_user(self.user_caller).completed_on = "2026-11-03 10:00:00"
        with self.assertRaisesRegex(UserError, "moves the day"):
            visit.with_user(self.user_caller).due_date = "2026-12-24"
        visit.with_user(self.user_followup_manager).due_date = "2026-12-24"
        self.assertEqual(visit.due_date, date(2026, 12, 24))

    def test_overdue_files_are_listed(self):
        file = self.file_of(self.make_delivered())
        with freeze_time("2026-11-06 10:00:00"):
            file.invalidate_recordset(["status"])
            self.assertEqual(file.status, "overdue")
            found = self.env["service.customer.file"].search([("due_date", "<", "2026-11-06")])
        self.assertIn(file, found)

    def test_missing_facts_are_named(self):
        file = self.file_of(self.make_delivered())
        self.assertEqual(file.missing, "address, services desired")

    def test_complete_file_ends_the_waiting(self):
        file = self.file_of(self.make_delivered())
        self.complete_facts(file)
        file.with_user(self.user_caller).action_complete()
        self.assertEqual(file.status, "complete")
        self.assertFalse(file.due_date)
        self.assertEqual(file.visit_ids.completed_by_id, self.user_caller)

    def test_caller_corrects_the_customers_number_in_the_file(self):
        file = self.file_of(self.make_delivered())
        file.with_user(self.user_caller).phone = "+1 555 0222"
        self.assertEqual(file.partner_id.phone, "+1 555 0222")

    def test_incomplete_file_is_refused(self):
        file = self.file_of(self.make_delivered())
        with self.assertRaisesRegex(UserError, "services desired"):
            file.with_user(self.user_caller).action_complete()

    def test_file_without_a_next_call_is_not_complete(self):
        order = self.make_delivered()
        file = self.file_of(order)
        self.complete_facts(file)
        order.followup_ids._cancel("Planned too early")
        with self.assertRaisesRegex(UserError, "next call"):
            file.action_complete()
        self.assertEqual(
            file.action_plan_call()["context"]["default_vehicle_id"], order.vehicle_id.id
        )

    def test_customer_who_wants_no_call_needs_none_planned(self):
        file = self.file_of(self.make_delivered())
        self.complete_facts(file)
        file.partner_id.service_do_not_call = True
        file.action_complete()
        self.assertEqual(file.status, "complete")

    def test_next_service_follows_the_cycle(self):
        file = self.file_of(self.make_delivered())
        file.vehicle_id.next_service_date = False
        file.cycle_months = 6
        self.assertEqual(file.next_service_date, date(2027, 5, 3))

    def test_next_call_is_the_earliest_planned(self):
        order = self.make_delivered()
        self.make_followup(
            vehicle_id=order.vehicle_id.id, due_from="2026-12-01", due_to="2026-12-02"
        )
        self.assertEqual(self.file_of(order).next_followup_id, order.followup_ids)

    def test_only_the_manager_designates_the_caller(self):
        file = self.file_of(self.make_delivered())
        with self.assertRaisesRegex(UserError, "designates"):
            file.with_user(self.user_caller).user_id = self.user_caller
        file.with_user(self.user_followup_manager).user_id = self.user_caller
        self.assertEqual(file.user_id, self.user_caller)

    def test_vehicle_leads_to_its_files(self):
        order = self.make_delivered()
        vehicle = order.vehicle_id.with_user(self.user_caller)
        self.assertEqual(vehicle.customer_file_count, 1)
        found = self.env["service.customer.file"].search(
            vehicle.action_view_customer_files()["domain"]
        )
        self.assertEqual(found, self.file_of(order))
