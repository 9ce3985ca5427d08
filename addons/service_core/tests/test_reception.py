import threading
from datetime import timedelta
from unittest.mock import patch

from odoo import SUPERUSER_ID, api, fields
from odoo.exceptions import AccessError, UserError
from odoo.modules.registry import Registry
from odoo.service.model import retrying
from odoo.tests import BaseCase, Form, freeze_time, get_db_name, tagged
from odoo.tools import mute_logger

from odoo.addons.service_core.tests.common import SIGNATURE, ServiceCommon


class ReceptionFactory:
    def receive(self, vehicle, user=None, **values):
        """The window filled in by a receptionist and confirmed; the order it opened."""
        desk = self.env["service.reception"].with_user(user or self.user_receptionist)
        with Form(desk) as form:
            form.vehicle_id = vehicle
            for name, value in {
                "odometer": 43000,
                "customer_words": "It squeaks when I brake",
                **values,
            }.items():
                setattr(form, name, value)
        action = form.record.action_receive()
        return self.env["service.order"].browse(action["res_id"])


@tagged("post_install", "-at_install")
class TestReception(ReceptionFactory, ServiceCommon):
    # === FIVE FACTS === #

    def test_five_facts_open_a_walk_in(self):
        vehicle = self.make_vehicle("B-ZQ 98-76")
        order = self.receive(vehicle)
        self.assertEqual(order.state, "received")
        self.assertEqual(order.partner_id, self.customer)
        self.assertEqual(order.contact_id, self.customer)
        self.assertEqual(order.contact_phone, "+1 555 0100")
        self.assertEqual(order.odometer, 43000)
        self.assertEqual(vehicle.odometer, 43000)
        self.assertEqual(order.job_ids.customer_words, "It squeaks when I brake")
        self.assertEqual((order.licence_custody, order.manual_custody), ("missing", "missing"))
        self.assertEqual(order.custody_ids.filtered(lambda i: i.kind == "key").quantity, 1)

    def test_every_missing_fact_is_named_at_once(self):
        desk = self.env["service.reception"].with_user(self.user_receptionist).create({})
        with self.assertRaisesRegex(
            UserError, "Car, Brought By, Phone Today, Odometer .*, Complaint"
        ):
            desk.action_receive()

    def test_the_driver_comes_before_the_owner(self):
        driver = self.make_customer(name="Driver", phone="+1 555 0101")
        order = self.receive(self.make_vehicle(driver_id=driver.id))
        self.assertEqual((order.contact_id, order.contact_phone), (driver, "+1 555 0101"))
        self.assertEqual(order.partner_id, self.customer)

    def test_the_phone_of_today_stays_off_the_card(self):
        order = self.receive(self.make_vehicle(), contact_phone="+1 555 7777")
        self.assertEqual(order.contact_phone, "+1 555 7777")
        self.assertEqual(self.customer.phone, "+1 555 0100")

    def test_who_may_not_receive_does_not_open_the_window(self):
        with self.assertRaises(AccessError):
            self.env["service.reception"].with_user(self.user_technician).create({})

    # === TODAY'S BOOKING === #

    def booked_today(self, **values):
        start = fields.Datetime.now() + timedelta(hours=1)
        return self.make_order(
            "booked", planned_start=start, eta=start, departure_time=start, **values
        )

    @freeze_time("2031-03-03 09:00:00")
    def test_todays_booking_is_received(self):
        booked = self.booked_today(licence_custody=False, manual_custody=False)
        order = self.receive(booked.vehicle_id, customer_words=False, has_licence=True)
        self.assertEqual(order, booked)
        self.assertEqual(order.state, "received")
        self.assertEqual((order.licence_custody, order.manual_custody), ("taken", "missing"))
        self.assertEqual(len(order.job_ids), 1)

    @freeze_time("2031-03-03 09:00:00")
    def test_a_further_complaint_is_added_to_the_booked_work(self):
        booked = self.booked_today()
        order = self.receive(booked.vehicle_id, customer_words="And a rattle")
        self.assertEqual(order.job_ids.mapped("name")[-1], "And a rattle")
        self.assertEqual(len(order.job_ids), 2)

    @freeze_time("2031-03-03 09:00:00")
    def test_a_booking_by_plate_only_finds_its_car(self):
        vehicle = self.make_vehicle("B-ZQ 98-76")
        booked = self.booked_today()
        booked.vehicle_id = False
        booked.license_plate = "bzq 9876"
        self.assertEqual(self.receive(vehicle), booked)
        self.assertEqual(booked.vehicle_id, vehicle)

    @freeze_time("2031-03-03 09:00:00")
    def test_tomorrows_booking_waits(self):
        tomorrow = self.make_order("booked", planned_start=fields.Datetime.now() + timedelta(1))
        order = self.receive(tomorrow.vehicle_id)
        self.assertNotEqual(order, tomorrow)
        self.assertEqual(tomorrow.state, "booked")

    # === WHAT IS KNOWN === #

    def test_the_window_shows_what_the_house_knows(self):
        vehicle = self.make_vehicle(warranty_until="2099-01-01")
        earlier = self.make_order("delivered", vehicle_id=vehicle.id)
        refused = self.make_order(
            "quoted", vehicle_id=vehicle.id, jobs=[{"name": "Wipers"}], odometer=42500
        )
        self.approve(refused, "deferred")
        refused.with_user(self.user_advisor)._stop("Later", "deferred")
        missed = self.make_order("booked", vehicle_id=vehicle.id)
        missed.with_user(self.user_receptionist)._cancel("Did not come", no_show=True)
        owed = self.make_order("settled", odometer=42700)
        desk = (
            self.env["service.reception"]
            .with_user(self.user_advisor)
            .create({"vehicle_id": vehicle.id})
        )
        self.assertEqual(desk.owner_id, self.customer)
        self.assertIn(earlier, desk.history_ids)
        self.assertEqual(desk.undone_job_ids, refused.job_ids)
        self.assertEqual(desk.no_show_count, 1)
        self.assertEqual(desk.unpaid_count, 1)
        self.assertEqual(desk.unpaid_amount, owed.invoice_ids.amount_residual)
        self.assertIn("warranty", desk.notes)
        self.assertEqual(desk.last_odometer, vehicle.odometer)

    def test_a_receptionist_learns_that_a_bill_is_open_but_no_sum(self):
        vehicle = self.make_vehicle()
        self.make_order("settled")
        desk = self.env["service.reception"].with_user(self.user_receptionist)
        window = desk.create({"vehicle_id": vehicle.id})
        self.assertEqual(window.unpaid_count, 1)
        with self.assertRaises(AccessError):
            window.read(["unpaid_amount"])

    def test_a_car_in_the_house_is_not_received_twice(self):
        here = self.make_order("received")
        with self.assertRaisesRegex(
            UserError, f"already here on {here.name}, received by .*dvisor"
        ):
            self.receive(here.vehicle_id)
        window = self.env["service.reception"].create({"vehicle_id": here.vehicle_id.id})
        self.assertEqual(window.in_house_id, here)
        self.assertEqual(window.action_open_here()["res_id"], here.id)

    # === NEW CAR, NEW CUSTOMER === #

    def test_a_new_car_of_a_new_customer_in_the_same_window(self):
        with Form(self.env["service.reception"].with_user(self.user_receptionist)) as form:
            form.is_new = True
            form.license_plate = "b-new 1"
            form.vin = "jtdbr32e720012345"
            form.contact_name = "Bela Newman"
            form.contact_phone = "+1 555 0199"
            form.odometer = 10
            form.customer_words = "First service"
            self.assertEqual(form.vin_proposal, "Toyota, model year 2002")
        action = form.record.action_receive()
        order = self.env["service.order"].browse(action["res_id"])
        self.assertEqual(order.state, "received")
        self.assertEqual(order.vehicle_id.license_plate, "B-NEW 1")
        self.assertEqual(order.vehicle_id.vin, "JTDBR32E720012345")
        self.assertFalse(order.vehicle_id.model_id)
        self.assertEqual(order.partner_id.name, "Bela Newman")
        self.assertEqual(order.partner_id.phone, "+1 555 0199")

    def new_car(self, **values):
        return (
            self.env["service.reception"]
            .with_user(self.user_receptionist)
            .create(
                {
                    "is_new": True,
                    "contact_id": self.customer.id,
                    "odometer": 10,
                    "customer_words": "First service",
                    **values,
                }
            )
        )

    def test_a_plate_on_another_car_asks_whether_it_moved(self):
        other = self.make_vehicle("B-ZQ 98-76", vin="WBA3A5C51CF256651")
        window = self.new_car(license_plate="bzq9876")
        self.assertEqual(window.plate_clash_id, other)
        with self.assertRaisesRegex(UserError, "Has it moved"):
            window.action_receive()
        window.confirm_plate_move = True
        order = self.env["service.order"].browse(window.action_receive()["res_id"])
        self.assertFalse(other.license_plate)
        self.assertEqual(order.vehicle_id.plate_ids.plate_key, "BZQ9876")
        self.assertTrue(other.plate_ids.date_to)

    def test_a_known_vin_is_not_made_twice(self):
        self.make_vehicle(vin="WBA3A5C51CF256651")
        with self.assertRaisesRegex(UserError, "already has a card"):
            self.new_car(vin="wba 3a5c5-1cf256651").action_receive()

    # === ARRIVAL === #

    def test_arrival_keeps_time_and_guide_and_rings_the_advisor(self):
        bay = self.env["service.bay"].create({"name": "P1", "kind": "parking"})
        orders = self.make_order("booked") | self.make_order("booked")
        self.env["bus.bus"].search([]).unlink()
        orders[0].arrival_bay_id = bay
        orders.with_user(self.user_receptionist).action_arrive()
        self.assertEqual(orders.guide_id, self.user_receptionist)
        self.assertEqual(orders[0].arrival_bay_id, bay)
        self.assertEqual(orders[1].arrival_bay_id, orders[1].parking_bay_id)
        self.assertTrue(all(orders.mapped("arrived_at")))
        self.cr.precommit.run()
        bells = self.env["bus.bus"].search([]).filtered(lambda b: "has arrived" in b.message)
        self.assertEqual(len(bells), 2)

    def test_an_arrival_is_noted_once_and_before_reception(self):
        order = self.make_order("booked")
        order.with_user(self.user_receptionist).action_arrive()
        with self.assertRaisesRegex(UserError, "already noted"):
            order.with_user(self.user_advisor).action_arrive()
        with self.assertRaisesRegex(UserError, "already been received"):
            self.make_order("received").with_user(self.user_advisor).action_arrive()
        with self.assertRaises(AccessError):
            order.with_user(self.user_technician).action_arrive()

    def test_a_customer_whom_nobody_greets_is_flagged(self):
        orders = self.make_order("booked") | self.make_order("booked")
        now = fields.Datetime.now()
        with freeze_time(now):
            orders.with_user(self.user_receptionist).action_arrive()
        unattended = [("id", "in", orders.ids), ("is_unattended", "=", True)]
        with freeze_time(now + timedelta(minutes=4)):
            self.assertFalse(self.env["service.order"].search(unattended))
        with freeze_time(now + timedelta(minutes=5)):
            self.assertEqual(
                self.env["service.order"].search(unattended), orders.sorted("id")[::-1]
            )
            orders.invalidate_recordset(["is_unattended"])
            self.assertEqual(orders.mapped("is_unattended"), [True, True])
            orders[0].with_user(self.user_advisor).action_greet()
            orders[1].with_user(self.user_advisor).action_receive()
            self.assertEqual(orders[1].greeted_at, now + timedelta(minutes=5))
            self.assertFalse(self.env["service.order"].search(unattended))

    def test_nobody_greets_who_has_not_arrived(self):
        order = self.make_order("booked")
        with self.assertRaisesRegex(UserError, "arrival first"):
            order.with_user(self.user_receptionist).action_greet()
        with self.assertRaises(AccessError):
            order.with_user(self.user_technician).action_greet()
        with self.assertRaisesRegex(UserError, "buttons only"):
            order.with_user(self.user_receptionist).write({"arrived_at": "2020-01-01"})

    def incidents(self, orders, name):
        item = self.env.ref(f"service_core.service_checklist_reception_risks_{name}")
        return orders.check_ids.filtered(
            lambda check: check.item_id == item and check.result == "incident"
        )

    def test_a_forgotten_manual_is_an_incident(self):
        orders = self.make_order("booked", manual_custody="missing") | self.make_order(
            "booked", manual_custody="missing"
        )
        other = self.make_order("booked")
        (orders | other).with_user(self.user_advisor).action_receive()
        self.assertEqual(self.incidents(orders | other, "manual").order_id, orders)
        self.assertEqual(self.incidents(orders, "manual").user_id, self.user_advisor)

    def test_an_arrival_nobody_noticed_is_an_incident(self):
        greeted, received, quick = (self.make_order("booked") for _one in range(3))
        now = fields.Datetime.now()
        with freeze_time(now):
            (greeted | received).with_user(self.user_receptionist).action_arrive()
        with freeze_time(now + timedelta(minutes=20)):
            quick.with_user(self.user_receptionist).action_arrive()
            (greeted | quick).with_user(self.user_advisor).action_greet()
            received.with_user(self.user_advisor).action_receive()
        late = self.incidents(greeted | received | quick, "noticed").order_id
        self.assertEqual(late, greeted | received)

    def test_a_house_without_the_list_records_nothing(self):
        self.env.ref("service_core.service_checklist_reception_risks").active = False
        order = self.receive(self.make_vehicle())
        self.assertFalse(order.check_ids)

    def test_the_lists_of_arrival_and_opening_are_there(self):
        lists = self.env["service.checklist"]
        sizes = {
            code: len(lists.search([("code", "=", code)]).item_ids)
            for code in ("arrival", "reception", "order_opened")
        }
        self.assertEqual(sizes["arrival"], 3)
        self.assertEqual(sizes["order_opened"], 8)
        self.assertTrue(sizes["reception"])
        order = self.make_order("booked")
        order.with_user(self.user_receptionist)._tick(
            "arrival",
            "incident",
            self.env.ref("service_core.service_checklist_arrival_traffic"),
            "Stood on the ring road",
        )
        self.assertEqual(order.check_ids.step_id.sequence, 3)

    # === AGREEMENTS === #

    @freeze_time("2031-03-03 09:00:00")
    def test_what_was_agreed_is_shown_at_the_counter_and_kept_or_broken(self):
        order = self.booked_today()
        promises = self.env["service.promise"].with_user(self.user_receptionist)
        loan, cover = promises.create(
            [{"order_id": order.id, "text": text} for text in ("Loan car", "Seat cover")]
        )
        self.assertEqual(loan.partner_id, self.customer)
        window = (
            self.env["service.reception"]
            .with_user(self.user_receptionist)
            .create({"vehicle_id": order.vehicle_id.id})
        )
        self.assertEqual(window.promise_ids, loan | cover)
        loan.action_keep()
        cover.action_break()
        self.assertEqual((loan.state, cover.state), ("kept", "broken"))
        self.assertEqual(loan.closed_by_id, self.user_receptionist)
        self.assertEqual(loan.closed_at, fields.Datetime.now())
        window.invalidate_recordset()
        self.assertFalse(window.promise_ids)

    def test_an_answered_agreement_stays_as_it_was(self):
        promise = self.env["service.promise"].create({"text": "Loan car"})
        with self.assertRaisesRegex(UserError, "Use the buttons"):
            promise.state = "kept"
        with self.assertRaisesRegex(UserError, "open until"):
            promise.create({"text": "Loan car", "state": "kept"})
        promise.action_keep()
        promise.action_break()
        self.assertEqual(promise.state, "kept")
        with self.assertRaisesRegex(UserError, "stays as it was agreed"):
            promise.text = "A bicycle"

    # === WORDS === #

    def test_an_unclear_complaint_goes_on_with_more_about_it(self):
        order = self.receive(self.make_vehicle(), is_unclear=True)
        self.assertTrue(order.job_ids.is_unclear)
        order.kind_id = self.kind_repair
        with self.assertRaisesRegex(UserError, "back to the customer"):
            order.with_user(self.user_technician).action_diagnose()
        order.job_ids.extra_info = "Only when it is cold"
        order.with_user(self.user_technician).action_diagnose()
        self.assertEqual(order.state, "diagnosed")


@tagged("post_install", "-at_install")
class TestCustody(ReceptionFactory, ServiceCommon):
    def test_the_list_says_who_took_what_and_when(self):
        with freeze_time("2031-03-03 09:00:00"):
            order = self.receive(
                self.make_vehicle(),
                has_licence=True,
                has_manual=True,
                key_count=2,
                belongings="Child seat, Umbrella",
            )
        items = order.custody_ids
        self.assertEqual(
            items.mapped("name"),
            ["Keys", "Vehicle Licence", "Maintenance Manual", "Child seat", "Umbrella"],
        )
        self.assertEqual(items.taken_by_id, self.user_receptionist)
        self.assertEqual(
            set(items.mapped("taken_at")), {fields.Datetime.to_datetime("2031-03-03 09:00:00")}
        )
        self.assertEqual(order.belongings, "Child seat, Umbrella")

    def test_a_stamp_is_not_typed(self):
        order = self.make_order()
        item = order.custody_ids[0].with_user(self.user_receptionist)
        item.write({"is_returned": True, "returned_by_id": self.user_manager.id})
        self.assertEqual(item.returned_by_id, self.user_receptionist)
        item.is_returned = False
        self.assertFalse(item.returned_at)

    def test_short_answers_and_list_agree(self):
        order = self.make_order(licence_custody="taken", manual_custody=False)
        self.assertEqual(order.custody_ids.mapped("kind"), ["licence"])
        order.licence_custody = "missing"
        self.assertEqual(order.custody_ids.status, "missing")
        order.belongings = "Umbrella"
        order.belongings = "Umbrella, Hat"
        self.assertEqual(order.custody_ids.mapped("name")[1:], ["Umbrella", "Hat"])
        order.custody_ids.filtered(lambda i: i.name == "Hat").unlink()
        self.assertEqual(order.belongings, "Umbrella")

    def test_the_car_leaves_when_every_item_is_back(self):
        order = self.make_order("settled", belongings="Umbrella")
        self.pay(order)
        items = order.custody_ids.with_user(self.user_advisor)
        (items - items[-1]).action_return()
        with self.assertRaisesRegex(UserError, "Still here: Umbrella"):
            order.with_user(self.user_advisor).action_deliver()
        items[-1].action_return()
        self.assertTrue(order.custody_returned)
        order.with_user(self.user_advisor).action_deliver()
        self.assertEqual(order.state, "delivered")

    def test_what_was_not_brought_is_not_returned(self):
        order = self.make_order("received", licence_custody="missing")
        order.custody_ids.action_return()
        self.assertEqual(order.custody_ids.filtered("is_returned").mapped("kind"), ["manual"])

    def test_an_item_of_a_car_in_work_stays_on_the_list(self):
        order = self.make_order("quoted")
        with self.assertRaisesRegex(UserError, "custody list"):
            order.custody_ids[0].with_user(self.user_advisor).unlink()

    def test_the_intake_slip_lists_custody_walk_round_and_words(self):
        order = self.receive(
            self.make_vehicle(), has_licence=True, belongings="Umbrella", warning_lamps="ABS"
        )
        order.mark_ids = [
            fields.Command.create(
                {"position": "left", "kind": "scratch", "note": "Rear door", "photo": SIGNATURE}
            )
        ]
        html = (
            self.env["ir.actions.report"]
            ._render_qweb_html("service_core.report_intake", order.ids)[0]
            .decode()
        )
        for text in ("Umbrella", "Not brought", "Rear door", "Scratch", "ABS", "squeaks"):
            self.assertIn(text, html)
        self.assertTrue(order.mark_ids.photo_small)
        self.assertEqual(order.mark_ids.user_id, self.env.user)


@tagged("post_install", "-at_install")
class TestReceptionSearch(ServiceCommon):
    def names(self, text, **options):
        rows = self.env["service.vehicle"].name_search(text, **options)
        return [row[1].split(" · ")[0] for row in rows]

    def test_the_tail_comes_before_the_middle(self):
        self.make_vehicle("ZZ 7418 A")
        self.make_vehicle("ZZ A 7418")
        self.assertEqual(self.names("7418"), ["ZZ A 7418", "ZZ 7418 A"])
        self.assertEqual(self.names("7418", limit=1), ["ZZ A 7418"])

    def test_two_characters_find_a_tail(self):
        self.make_vehicle("ZZ A Q7")
        self.assertIn("ZZ A Q7", self.names("q7"))

    def test_the_tail_of_a_vin_finds_its_car(self):
        vehicle = self.make_vehicle("ZZ 1", vin="WBA3A5C51CF256651")
        for typed in ("256651", "cf-256651"):
            self.assertIn(vehicle.license_plate, self.names(typed))

    def test_a_domain_is_respected(self):
        car = self.make_vehicle("ZZ A 7418")
        self.assertEqual(self.names("7418", domain=[("id", "!=", car.id)]), [])

    def test_the_index_answers_not_the_table(self):
        """Among twenty thousand cars both tails are looked up in their trigram indexes."""
        # raw SQL: the test is about a big table, not about how it came to be
        self.env.cr.execute(
            """
            INSERT INTO service_vehicle (license_plate, plate_key, vin, active, status)
            SELECT 'P' || n, 'P' || n, 'VIN' || MOD(n * 7919, %s), TRUE, 'gone'
              FROM generate_series(100000, 119999) AS n
            """,
            [1000003],
        )
        # what autovacuum does between two days: new entries enter the tree of the index
        self.env.cr.execute(
            "SELECT gin_clean_pending_list(name::regclass) FROM unnest(%s) AS name",
            [["service_vehicle__plate_key_index", "service_vehicle__vin_index"]],
        )
        self.env.cr.execute("ANALYZE service_vehicle")
        query = self.env["service.vehicle"]._search(
            [
                ("active", "=", True),
                "|",
                ("plate_key", "=ilike", "%7418"),
                ("vin", "=ilike", "%7418"),
            ]
        )
        sql = query.select()
        self.env.cr.execute("EXPLAIN " + sql.code, sql.params)
        plan = "\n".join(row[0] for row in self.env.cr.fetchall())
        self.assertIn("service_vehicle__plate_key_index", plan)
        self.assertIn("service_vehicle__vin_index", plan)
        self.assertNotIn("Seq Scan on service_vehicle", plan)


@tagged("post_install", "-at_install")
class TestReceptionRace(BaseCase):
    """Two counters, one car: real connections and real commits, fifty times."""

    ROUNDS = 50

    def setUp(self):
        super().setUp()
        self.registry_real = Registry(get_db_name())
        self.addCleanup(self._clean)
        self.ids = {}
        with self.registry_real.cursor() as cr:
            env = api.Environment(cr, SUPERUSER_ID, {"tracking_disable": True})
            customer = env["res.partner"].create({"name": "Race Owner", "phone": "+1 555 0123"})
            vehicles = env["service.vehicle"].create(
                [
                    {"license_plate": f"RACE {number}", "owner_id": customer.id}
                    for number in range(self.ROUNDS)
                ]
            )
            self.ids = {"vehicles": vehicles.ids, "customer": customer.id}

    def _clean(self):
        with self.registry_real.cursor() as cr:
            env = api.Environment(cr, SUPERUSER_ID, {})
            orders = env["service.order"].search([("vehicle_id", "in", self.ids["vehicles"])])
            for order in orders.filtered(lambda order: order.state == "received"):
                order.action_undo()
            env["service.capacity"].search([("booking_ids.order_id", "in", orders.ids)]).unlink()
            orders.filtered(lambda order: order.state == "booked")._cancel("Test")
            orders.unlink()
            env["service.vehicle"].browse(self.ids["vehicles"]).unlink()
            env["res.partner"].browse(self.ids["customer"]).unlink()

    def _both(self, vehicle_id):
        together = threading.Barrier(2, timeout=20)
        answers = []

        def receive():
            with self.registry_real.cursor() as cr:
                env = api.Environment(cr, SUPERUSER_ID, {"tracking_disable": True})
                # the snapshot begins before the other one's order exists
                env["service.vehicle"].browse(vehicle_id).odometer  # noqa: B018 -- read only
                together.wait()

                def once():
                    window = env["service.reception"].create(
                        {
                            "vehicle_id": vehicle_id,
                            "odometer": 1000,
                            "customer_words": "It squeaks",
                        }
                    )
                    return window.action_receive()

                try:
                    retrying(once, env)
                    answers.append("received")
                except UserError as refusal:
                    cr.rollback()
                    answers.append(str(refusal))

        threads = [threading.Thread(target=receive) for _one in range(2)]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join(60)
        return answers

    @mute_logger("odoo.service.model", "odoo.sql_db")
    # the loser tries again at once: fifty rounds need no seconds of politeness
    @patch("odoo.service.model.random.uniform", lambda _low, _high: 0.01)
    def test_a_car_is_received_once(self):
        for vehicle_id in self.ids["vehicles"]:
            answers = self._both(vehicle_id)
            self.assertEqual(len(answers), 2)
            self.assertEqual(answers.count("received"), 1, answers)
            refusal = next(answer for answer in answers if answer != "received")
            self.assertIn("already here", refusal)
        with self.registry_real.cursor() as cr:
            env = api.Environment(cr, SUPERUSER_ID, {})
            orders = env["service.order"].search([("vehicle_id", "in", self.ids["vehicles"])])
            self.assertEqual(len(orders), self.ROUNDS)

    @mute_logger("odoo.service.model", "odoo.sql_db")
    @patch("odoo.service.model.random.uniform", lambda _low, _high: 0.01)
    def test_a_booking_is_received_once(self):
        with self.registry_real.cursor() as cr:
            env = api.Environment(cr, SUPERUSER_ID, {"tracking_disable": True})
            now = fields.Datetime.now()
            env["service.order"].create(
                [
                    {
                        "vehicle_id": vehicle_id,
                        "planned_start": now,
                        "license_plate": f"RACE {number}",
                    }
                    for number, vehicle_id in enumerate(self.ids["vehicles"])
                ]
            )
        for vehicle_id in self.ids["vehicles"]:
            answers = self._both(vehicle_id)
            self.assertEqual(answers.count("received"), 1, answers)
        with self.registry_real.cursor() as cr:
            env = api.Environment(cr, SUPERUSER_ID, {})
            orders = env["service.order"].search([("vehicle_id", "in", self.ids["vehicles"])])
            self.assertEqual(len(orders), self.ROUNDS)
            self.assertEqual(set(orders.mapped("state")), {"received"})
            self.assertEqual({len(order.job_ids) for order in orders}, {1})
