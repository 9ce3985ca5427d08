from datetime import date

from psycopg2 import IntegrityError

from odoo.exceptions import AccessError, UserError, ValidationError
from odoo.tests import Form, freeze_time, tagged
from odoo.tools import mute_logger

from .common import ServiceCommon


@tagged("post_install", "-at_install")
@freeze_time("2026-03-02 10:00:00")
class TestVehicle(ServiceCommon):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.vehicles = cls.env["service.vehicle"]

    # === IDENTITY === #

    def test_a_card_is_a_customer_vehicle(self):
        self.assertEqual(self.make_vehicle().status, "customer")

    @mute_logger("odoo.sql_db")
    def test_a_car_without_plate_and_vin_is_refused(self):
        with self.assertRaises(IntegrityError):
            self.vehicles.create({"owner_id": self.customer.id})

    @mute_logger("odoo.sql_db")
    def test_blanks_are_no_plate(self):
        with self.assertRaises(IntegrityError):
            self.vehicles.create({"license_plate": "  ", "vin": " - "})

    def test_vin_alone_is_enough(self):
        vehicle = self.vehicles.create({"vin": "1m8-gdm9a xkp042788"})
        self.assertEqual(vehicle.vin, "1M8GDM9AXKP042788")
        self.assertTrue(vehicle.is_vin_standard)
        self.assertFalse(vehicle.vin_warning)
        self.assertEqual(vehicle.display_name, "1M8GDM9AXKP042788")

    def test_odd_vin_is_marked_not_refused(self):
        vehicle = self.vehicles.create({"vin": "OLDTIMER 7"})
        self.assertFalse(vehicle.is_vin_standard)
        self.assertIn("not a standard VIN", vehicle.vin_warning)

    def test_wrong_check_digit_only_warns(self):
        vehicle = self.vehicles.create({"vin": "1M8GDM9A1KP042788"})
        self.assertTrue(vehicle.is_vin_standard)
        self.assertIn("check digit", vehicle.vin_warning)

    @mute_logger("odoo.sql_db")
    def test_one_vin_one_card(self):
        self.vehicles.create({"vin": "1M8GDM9AXKP042788"})
        with self.assertRaises(IntegrityError):
            self.vehicles.create({"vin": "1M8 GDM9A XKP 042788"})

    def test_many_cars_without_vin(self):
        self.assertEqual(len(self.make_vehicle() | self.make_vehicle()), 2)

    # === PLATE === #

    def test_a_plate_on_another_car_asks_whether_it_has_moved(self):
        self.make_vehicle("B-AB 1234", owner=self.customer)
        with self.assertRaisesRegex(UserError, "Ada Owner. Has it moved"):
            self.make_vehicle("bab1234")

    def test_a_moved_plate_is_in_both_histories(self):
        old = self.make_vehicle("B-AB 1234", vin="OLD1")
        new = self.make_vehicle("B AB 1234", confirm_plate_move=True)
        self.assertFalse(old.license_plate)
        self.assertTrue(old.active)
        self.assertEqual(old.plate_ids.date_to, date(2026, 3, 2))
        self.assertEqual(new.plate_ids.license_plate, "B AB 1234")
        self.assertFalse(new.plate_ids.date_to)

    def test_a_car_that_loses_its_only_name_is_archived(self):
        old = self.make_vehicle("B-AB 1234")
        new = self.make_vehicle(vin="NEW1")
        new.write({"license_plate": "BAB 1234", "confirm_plate_move": True})
        self.assertFalse(old.active)
        self.assertEqual(old.plate_ids.date_to, date(2026, 3, 2))
        self.assertEqual(new.plate_ids.filtered(lambda p: not p.date_to).license_plate, "BAB 1234")
        self.assertEqual(len(new.plate_ids), 2)

    def test_the_form_shows_the_clash_before_saving(self):
        other = self.make_vehicle("B-AB 1234")
        form = Form(self.vehicles.with_user(self.user_receptionist))
        form.license_plate = "bab 1234"
        self.assertEqual(form.plate_clash_id, other)
        form.confirm_plate_move = True
        self.assertEqual(form.save().license_plate, "BAB 1234")

    def test_a_sold_car_leaves_its_plate_to_the_next(self):
        self.make_vehicle("B-AB 1234").action_archive()
        self.assertTrue(self.make_vehicle("B-AB 1234"))

    def test_an_archived_car_does_not_come_back_on_a_taken_plate(self):
        old = self.make_vehicle("B-AB 1234")
        old.action_archive()
        self.make_vehicle("B-AB 1234")
        with self.assertRaisesRegex(UserError, "Has it moved"):
            old.action_unarchive()

    def test_the_same_plate_may_exist_in_two_countries(self):
        one = self.make_vehicle("AB 123", country_id=self.env.ref("base.at").id)
        two = self.make_vehicle("AB 123", country_id=self.env.ref("base.be").id)
        self.assertEqual(one.plate_key, two.plate_key)
        with self.assertRaises(UserError):
            two.country_id = self.env.ref("base.at")

    def test_the_database_keeps_plates_apart_even_without_the_question(self):
        one = self.make_vehicle("AB 123")
        two = self.make_vehicle("AB 124")
        self.env.flush_all()
        with mute_logger("odoo.sql_db"), self.assertRaises(IntegrityError):
            self.env.cr.execute(
                "UPDATE service_vehicle SET plate_key = %s WHERE id = %s", (one.plate_key, two.id)
            )

    def test_a_car_is_found_by_the_tail_of_its_plate(self):
        vehicle = self.make_vehicle("B-ZQ 98-76")
        for typed in ("zq98", "9876", "98-76", "zq 98"):
            found = self.vehicles.name_search(typed)
            self.assertIn(vehicle.id, [row[0] for row in found], typed)

    def test_a_car_is_found_by_its_owner(self):
        vehicle = self.make_vehicle(owner=self.make_customer(name="Zoltan Kodaly"))
        self.assertEqual(self.vehicles.name_search("kodaly")[0][0], vehicle.id)

    # === OWNER === #

    def test_a_change_of_owner_is_kept(self):
        vehicle = self.make_vehicle()
        buyer = self.make_customer(name="Buyer")
        with freeze_time("2026-04-01 10:00:00"):
            vehicle.owner_id = buyer
        self.assertEqual(vehicle.ownership_ids.owner_id, self.customer | buyer)
        self.assertEqual(vehicle.ownership_ids.filtered("date_to").owner_id, self.customer)
        self.assertEqual(vehicle.ownership_ids.filtered("date_to").date_to, date(2026, 4, 1))

    def test_writing_the_same_owner_adds_no_history(self):
        vehicle = self.make_vehicle()
        vehicle.owner_id = self.customer.id
        self.assertEqual(len(vehicle.ownership_ids), 1)

    def test_two_cars_change_hands_at_once(self):
        pair = self.make_vehicle() | self.make_vehicle()
        pair.owner_id = self.make_customer(name="Buyer")
        self.assertEqual([len(vehicle.ownership_ids) for vehicle in pair], [2, 2])

    # === ODOMETER === #

    def test_typing_a_number_adds_a_reading(self):
        vehicle = self.make_vehicle(odometer=1000)
        self.assertEqual(vehicle.odometer_ids.value, 1000)
        vehicle.odometer = 1500
        self.assertEqual(sorted(vehicle.odometer_ids.mapped("value")), [1000, 1500])
        self.assertEqual(vehicle.odometer, 1500)

    def test_two_cars_keep_their_own_odometer(self):
        one, two = self.make_vehicle(odometer=1000), self.make_vehicle(odometer=2000)
        one.odometer = 1100
        self.assertEqual((one.odometer, two.odometer), (1100, 2000))

    def test_the_same_number_adds_nothing(self):
        vehicle = self.make_vehicle(odometer=1000)
        vehicle.odometer = 1000
        self.assertEqual(len(vehicle.odometer_ids), 1)

    def test_a_lower_number_is_refused_with_both_numbers(self):
        vehicle = self.make_vehicle(odometer=1000)
        with self.assertRaisesRegex(ValidationError, "1000 km .* 900 km"):
            vehicle.odometer = 900

    def test_a_new_cluster_starts_lower_with_its_reason(self):
        vehicle = self.make_vehicle(odometer=90000)
        reading = self.env["service.vehicle.odometer"].create(
            {
                "vehicle_id": vehicle.id,
                "value": 12,
                "is_correction": True,
                "reason": "Cluster replaced",
            }
        )
        self.assertEqual(vehicle.odometer, 12)
        self.assertEqual(reading.user_id, self.env.user)
        vehicle.odometer = 40
        self.assertEqual(vehicle.odometer, 40)

    def test_a_correction_says_why(self):
        vehicle = self.make_vehicle(odometer=90000)
        with self.assertRaisesRegex(ValidationError, "Say why"):
            self.env["service.vehicle.odometer"].create(
                {"vehicle_id": vehicle.id, "value": 12, "is_correction": True, "reason": " "}
            )

    def test_a_late_reading_of_an_earlier_day_does_not_turn_the_odometer_back(self):
        vehicle = self.make_vehicle(odometer=5000)
        vehicle._log_odometer(4000, read_on="2026-01-05 08:00:00")
        self.assertEqual(vehicle.odometer, 5000)

    def test_readings_are_never_changed(self):
        reading = self.make_vehicle(odometer=1000).odometer_ids
        for role in ("receptionist", "advisor", "manager"):
            user = getattr(self, f"user_{role}")
            with self.assertRaises(AccessError):
                reading.with_user(user).write({"value": 1})
            with self.assertRaises(AccessError):
                reading.with_user(user).unlink()

    @mute_logger("odoo.sql_db")
    def test_an_odometer_is_not_negative(self):
        with self.assertRaises(IntegrityError):
            self.env["service.vehicle.odometer"].create(
                {"vehicle_id": self.make_vehicle().id, "value": -1}
            )

    # === WARRANTY AND SERVICE === #

    def test_warranty_comes_from_the_model(self):
        self.model.write({"warranty_months": 24, "warranty_km": 50000})
        vehicle = self.make_vehicle(first_registration="2025-01-15")
        self.assertEqual(vehicle.warranty_until, date(2027, 1, 15))
        self.assertEqual(vehicle.warranty_odometer, 50000)

    def test_the_cars_own_warranty_wins(self):
        vehicle = self.make_vehicle(
            first_registration="2025-01-15", warranty_until="2030-01-01", warranty_odometer=7
        )
        self.assertEqual(vehicle.warranty_until, date(2030, 1, 1))
        self.assertEqual(vehicle.warranty_odometer, 7)

    def test_warranty_ends_by_date_or_by_kilometers(self):
        vehicle = self.make_vehicle(warranty_until="2027-01-15", warranty_odometer=50000)
        self.assertTrue(vehicle._under_warranty(date(2027, 1, 15), 50000))
        self.assertFalse(vehicle._under_warranty(date(2027, 1, 16), 1))
        self.assertFalse(vehicle._under_warranty(date(2026, 1, 1), 50001))
        vehicle.warranty_odometer = 0
        self.assertTrue(vehicle._under_warranty(date(2026, 1, 1), 900000))

    def test_the_next_service_is_due_by_the_model(self):
        self.model.write({"interval_months": 12, "interval_km": 15000})
        one, two = self.make_vehicle(odometer=20000), self.make_vehicle(odometer=100)
        (one | two)._plan_next_service(date(2026, 3, 2))
        self.assertEqual(one.next_service_date, date(2027, 3, 2))
        self.assertEqual(one.next_service_odometer, 35000)
        self.assertEqual(two.next_service_odometer, 15100)
        self.assertEqual(one.last_service_date, date(2026, 3, 2))

    # === LINKS === #

    def test_cars_are_shared_by_all_branches(self):
        branch = self.env["res.company"].create({"name": "Other Branch"})
        user = self.make_user(
            "elsewhere",
            "service_core.group_service_receptionist",
            company_id=branch.id,
            company_ids=[branch.id],
        )
        vehicle = self.make_vehicle("B-AB 1234")
        self.assertEqual(vehicle.with_user(user).license_plate, "B-AB 1234")

    def test_the_customer_shows_his_cars_and_orders(self):
        vehicle = self.make_vehicle()
        order = self.make_order(vehicle_id=vehicle.id, jobs=[])
        customer = self.customer.with_user(self.user_advisor)
        self.assertEqual(customer.service_vehicle_count, 1)
        self.assertEqual(customer.service_order_count, 1)
        self.assertEqual(vehicle.with_user(self.user_advisor).order_count, 1)
        self.assertEqual(
            self.env["service.vehicle"].search(customer.action_view_service_vehicles()["domain"]),
            vehicle,
        )
        self.assertEqual(
            self.env["service.order"].search(customer.action_view_service_orders()["domain"]), order
        )
        self.assertEqual(
            self.env["service.order"].search(vehicle.action_view_orders()["domain"]), order
        )

    def test_a_driver_sees_the_car_he_drives(self):
        driver = self.make_customer(name="Driver")
        vehicle = self.make_vehicle(driver_id=driver.id)
        self.assertIn(vehicle, self.env["service.vehicle"].search(driver._service_vehicle_domain()))

    def test_a_missed_appointment_counts(self):
        orders = self.make_order(state="booked") | self.make_order(state="booked")
        orders[0].sudo().no_show = True
        self.assertEqual(self.customer.with_user(self.user_advisor).no_show_count, 1)

    def test_a_user_without_service_rights_opens_a_customer(self):
        user = self.make_user("outsider", "base.group_partner_manager")
        partner = self.customer.with_user(user)
        self.assertEqual(
            (partner.service_vehicle_count, partner.service_order_count, partner.no_show_count),
            (0, 0, 0),
        )

    def test_the_catalogue_has_makes_and_models(self):
        self.assertGreater(self.env["service.vehicle.brand"].search_count([]), 20)
        self.assertGreater(self.env["service.vehicle.model"].search_count([]), 60)
        self.assertEqual(
            self.env.ref("service_core.service_vehicle_model_toyota_corolla").display_name,
            "Toyota Corolla",
        )

    @mute_logger("odoo.sql_db")
    def test_a_make_is_in_the_catalogue_once(self):
        with self.assertRaises(IntegrityError):
            self.env["service.vehicle.brand"].create({"name": "toyota"})
