import threading
from datetime import timedelta
from unittest.mock import patch

from odoo import SUPERUSER_ID, api, fields
from odoo.exceptions import UserError
from odoo.modules.registry import Registry
from odoo.service.model import retrying
from odoo.tests import BaseCase, freeze_time, tagged
from odoo.tests.common import get_db_name
from odoo.tools import mute_logger

from .common import ServiceCommon


@tagged("post_install", "-at_install")
@freeze_time("2026-03-02 06:00:00")
class TestCapacity(ServiceCommon):
    """One technician, eight hours a day, Monday to Friday; 2 March 2026 is a Monday."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.company.partner_id.tz = "UTC"
        cls.calendar = cls.env["resource.calendar"].create(
            {"name": "Workshop", "tz": "UTC", "company_id": cls.company.id}
        )
        cls.company.resource_calendar_id = cls.calendar
        cls.env["hr.employee"].search(
            [("service_technician", "=", True), ("id", "!=", cls.technician.id)]
        ).service_technician = False
        cls.technician.resource_calendar_id = cls.calendar
        cls.capacity = cls.env["service.capacity"]
        cls.monday = fields.Datetime.to_datetime("2026-03-02 09:00:00")

    def day(self, start=None):
        return self.capacity.search(
            [
                ("company_id", "=", self.company.id),
                ("date", "=", (start or self.monday).date()),
            ]
        )

    def booked_order(self, hours=1.0, start=None):
        start = start or self.monday
        order = self.make_order(
            jobs=[{"standard_hours": hours}],
            planned_start=start,
            departure_time=start - timedelta(hours=1),
            eta=start,
        )
        order.with_user(self.user_receptionist).action_book()
        return order

    # === HOURS === #

    def test_a_booking_takes_its_hours_and_its_slot(self):
        order = self.booked_order(2)
        self.assertEqual(self.day().hours, 8)
        self.assertEqual(self.day().booked, 2)
        self.assertEqual(self.day().free, 6)
        self.assertEqual(self.day().load, 25)
        self.assertEqual(self.day().booking_ids.order_id, order)
        self.assertEqual(self.day().reception_count, 1)

    def test_the_buffer_is_kept_for_those_who_come_unannounced(self):
        self.company.service_buffer_percent = 25
        self.booked_order(6)
        self.assertEqual(self.day().hours, 6)
        with self.assertRaisesRegex(UserError, "0.0? free workshop hours left"):
            self.booked_order(1)

    def test_a_full_day_offers_other_times(self):
        self.booked_order(7)
        with self.assertRaisesRegex(
            UserError, "Mon 2 Mar has 1.0 .* Free: Tue 3 Mar 08:00.*Wed 4 Mar 08:00"
        ):
            self.booked_order(2)
        self.assertEqual(self.day().booked, 7)

    def test_two_orders_are_booked_in_one_go(self):
        orders = self.env["service.order"]
        for _number in range(2):
            orders |= self.make_order(
                jobs=[{"standard_hours": 2}],
                planned_start=self.monday,
                departure_time=self.monday,
                eta=self.monday,
            )
        orders.with_user(self.user_receptionist).action_book()
        self.assertEqual(self.day().booked, 4)
        self.assertEqual(self.day().booking_ids.order_id, orders)

    def test_leave_takes_hours_away(self):
        self.env["resource.calendar.leaves"].create(
            {
                "name": "Ill",
                "calendar_id": self.calendar.id,
                "resource_id": self.technician.resource_id.id,
                "date_from": "2026-03-02 00:00:00",
                "date_to": "2026-03-02 23:59:59",
            }
        )
        with self.assertRaisesRegex(UserError, "0.0? free workshop hours"):
            self.booked_order(1)

    def test_nobody_works_on_sunday(self):
        with self.assertRaisesRegex(UserError, "free workshop hours"):
            self.booked_order(1, self.monday + timedelta(days=6))

    def test_a_job_bigger_than_a_day_runs_on(self):
        order = self.booked_order(20)
        bookings = self.env["service.capacity.booking"].search([("order_id", "=", order.id)])
        self.assertEqual(sum(bookings.mapped("hours")), 20)
        self.assertEqual(bookings.capacity_id.mapped("booked"), [8, 8, 4])
        self.assertEqual(len(bookings.filtered("start")), 1)

    def test_a_job_bigger_than_the_horizon_is_refused(self):
        with self.assertRaisesRegex(UserError, "free workshop hours"):
            self.booked_order(1000)

    def test_people_with_hours_of_their_own_count_for_a_day_not_for_a_night(self):
        self.calendar.write({"flexible_hours": True, "hours_per_day": 8})
        self.booked_order(1)
        self.assertEqual(self.day().hours, 8)

    def test_a_branch_without_technicians_is_not_limited_in_hours(self):
        self.technician.service_technician = False
        self.booked_order(30)
        self.assertEqual(self.day().booked, 30)

    # === SLOTS === #

    def test_a_full_slot_offers_others(self):
        self.company.write({"service_parallel_receptions": 1, "service_slot_minutes": 30})
        self.booked_order(1)
        with self.assertRaisesRegex(UserError, "Mon 2 Mar 09:00 is full. Free: Mon 2 Mar 09:30"):
            self.booked_order(1, self.monday + timedelta(minutes=29))
        self.booked_order(1, self.monday + timedelta(minutes=30))
        self.assertEqual(self.day().reception_count, 2)

    def test_two_free_times_at_least_are_offered(self):
        slots = self.capacity.with_user(self.user_receptionist)._free_slots(
            self.company, 1, self.monday
        )
        self.assertEqual(len(slots), 4)
        self.assertEqual(slots[0], self.monday)
        self.assertEqual({slot.date().isoformat() for slot in slots}, {"2026-03-02", "2026-03-03"})

    def test_looking_takes_nothing(self):
        self.capacity._free_slots(self.company, 1, self.monday)
        self.assertFalse(self.day())

    def test_full_days_are_not_offered(self):
        self.booked_order(8)
        slots = self.capacity._free_slots(self.company, 1, self.monday)
        self.assertNotIn(self.monday.date(), [slot.date() for slot in slots])

    def test_a_big_job_is_offered_days_it_can_begin_on(self):
        slots = self.capacity._free_slots(self.company, 20, self.monday)
        self.assertEqual(slots[0], self.monday)

    def test_nothing_free_says_so(self):
        self.technician.resource_calendar_id.attendance_ids.unlink()
        with self.assertRaisesRegex(UserError, "nothing in the next 30 days"):
            self.booked_order(1)

    # === GIVING BACK === #

    def test_a_cancelled_booking_gives_back(self):
        order, other = self.booked_order(2), self.booked_order(3)
        self.capacity._give_back(order)
        self.assertEqual(self.day().booked, 3)
        self.assertEqual(self.day().booking_ids.order_id, other)

    def test_a_moved_booking_moves_its_hours(self):
        order = self.booked_order(2)
        tuesday = self.monday + timedelta(days=1)
        order.write({"planned_start": tuesday, "eta": tuesday})
        self.assertEqual(self.day().booked, 0)
        self.assertEqual(self.day(tuesday).booked, 2)

    def test_a_refused_move_leaves_the_booking_where_it_was(self):
        order = self.booked_order(2)
        sunday = self.monday + timedelta(days=6)
        with self.assertRaises(UserError), self.env.cr.savepoint():
            order.write({"planned_start": sunday, "eta": sunday})
        self.assertEqual(self.day().booking_ids.order_id, order)

    def test_a_booking_without_a_time_is_refused(self):
        order = self.make_order(planned_start=False, eta=False, departure_time=False)
        with self.assertRaisesRegex(UserError, "Say when"):
            self.capacity._take(order)

    # === BRANCHES AND TIME ZONES === #

    def test_branches_do_not_share_hours(self):
        branch = self.env["res.company"].create({"name": "Other Branch"})
        self.capacity._day(branch, self.monday.date()).hours = 5
        self.booked_order(2)
        self.assertEqual(self.day().booked, 2)

    def test_an_evening_booking_belongs_to_the_local_day(self):
        self.company.partner_id.tz = "Asia/Shanghai"
        self.calendar.tz = "Asia/Shanghai"
        # Monday 17:00 UTC is Tuesday 01:00 in Shanghai
        day = self.capacity._local_date(
            self.company, fields.Datetime.to_datetime("2026-03-02 17:00:00")
        )
        self.assertEqual(day.isoformat(), "2026-03-03")

    # === BOARD === #

    def test_the_night_draws_the_coming_days(self):
        with self.enter_registry_test_mode():
            self.env.ref("service_core.ir_cron_capacity_refresh").method_direct_trigger()
        days = self.capacity.search(
            [("company_id", "=", self.company.id), ("date", ">=", self.monday.date())]
        )
        self.assertEqual(len(days), 30)
        self.assertEqual(days[0].hours, 8)

    def test_a_planner_draws_the_days_anew(self):
        self.booked_order(1)
        self.technician.service_technician = False
        self.day().with_user(self.user_receptionist).action_refresh()
        self.assertEqual(self.day().hours, 0)


@tagged("post_install", "-at_install")
class TestCapacityRace(BaseCase):
    """Two receptionists on the last slot, with real connections and real commits.

    No test transaction here: what it had written would lock the branch for the two.
    """

    START = fields.Datetime.to_datetime("2031-03-03 09:00:00")

    def setUp(self):
        super().setUp()
        self.registry_real = Registry(get_db_name())
        self.addCleanup(self._clean)
        with self.registry_real.cursor() as cr:
            env = api.Environment(cr, SUPERUSER_ID, {"tracking_disable": True})
            company = env.company
            self.receptions = company.service_parallel_receptions
            company.service_parallel_receptions = 1
            self.order_ids = (
                env["service.order"]
                .create([{"company_id": company.id, "planned_start": self.START}] * 2)
                .ids
            )

    def _clean(self):
        with self.registry_real.cursor() as cr:
            env = api.Environment(cr, SUPERUSER_ID, {})
            env["service.order"].browse(self.order_ids).unlink()
            env["service.capacity"].search([("date", "=", self.START.date())]).unlink()
            env.company.service_parallel_receptions = self.receptions

    def _book_at_once(self):
        together = threading.Barrier(2, timeout=20)
        answers = []

        def book(order_id):
            with self.registry_real.cursor() as cr:
                env = api.Environment(cr, SUPERUSER_ID, {"tracking_disable": True})
                env["service.order"].browse(order_id).exists()  # the snapshot begins here
                together.wait()
                try:
                    retrying(
                        lambda: env["service.capacity"]._take(
                            env["service.order"].browse(order_id)
                        ),
                        env,
                    )
                    answers.append("booked")
                except UserError as refusal:
                    cr.rollback()
                    answers.append(str(refusal))

        threads = [threading.Thread(target=book, args=(order_id,)) for order_id in self.order_ids]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join(60)
        return answers

    @mute_logger("odoo.service.model", "odoo.sql_db")
    def test_the_last_slot_of_a_day_nobody_has_drawn_is_given_once(self):
        answers = self._book_at_once()
        self.assertEqual(len(answers), 2)
        self.assertEqual(answers.count("booked"), 1, answers)
        self.assertIn("is full", next(answer for answer in answers if answer != "booked"))

    @mute_logger("odoo.service.model", "odoo.sql_db")
    def test_the_last_slot_of_a_drawn_day_is_given_once(self):
        with self.registry_real.cursor() as cr:
            env = api.Environment(cr, SUPERUSER_ID, {})
            env["service.capacity"]._day(env.company, self.START.date())
        answers = self._book_at_once()
        self.assertEqual(answers.count("booked"), 1, answers)
        with self.registry_real.cursor() as cr:
            env = api.Environment(cr, SUPERUSER_ID, {})
            day = env["service.capacity"].search([("date", "=", self.START.date())])
            self.assertEqual(len(day), 1)
            self.assertEqual(len(day.booking_ids), 1)
            self.assertEqual(day.booked, day.booking_ids.hours)


@tagged("post_install", "-at_install")
class TestBookingRace(BaseCase):
    """Two receptionists book the last hours of a day, fifty times, through the verb itself."""

    START = fields.Datetime.to_datetime("2031-03-10 09:00:00")
    ROUNDS = 50

    def setUp(self):
        super().setUp()
        self.registry_real = Registry(get_db_name())
        self.addCleanup(self._clean)
        with self.registry_real.cursor() as cr:
            env = api.Environment(cr, SUPERUSER_ID, {"tracking_disable": True})
            self.receptions = env.company.service_parallel_receptions
            env.company.service_parallel_receptions = 1
            user = env["res.users"].with_context(no_reset_password=True)
            self.user_ids = user.create(
                [
                    {
                        "name": login,
                        "login": login,
                        "group_ids": [
                            (4, env.ref("service_core.group_service_receptionist").id),
                            (4, env.ref("base.group_user").id),
                        ],
                    }
                    for login in ("race_desk_one", "race_desk_two")
                ]
            ).ids
            self.order_ids = (
                env["service.order"]
                .create(
                    [
                        {
                            "planned_start": self.START + timedelta(days=7 * number),
                            "departure_time": self.START + timedelta(days=7 * number),
                            "eta": self.START + timedelta(days=7 * number),
                            "license_plate": f"RACE {number}",
                            "model_name": "Any",
                            "booking_confirmed": True,
                            "booking_odometer": 100,
                            "is_service_unknown": True,
                        }
                        for number in range(self.ROUNDS)
                        for _desk in range(2)
                    ]
                )
                .ids
            )

    def _clean(self):
        with self.registry_real.cursor() as cr:
            env = api.Environment(cr, SUPERUSER_ID, {"tracking_disable": True})
            orders = env["service.order"].browse(self.order_ids).exists()
            orders.filtered(lambda order: order.state == "booked")._cancel("Race is over")
            # raw SQL: the log is never deleted, but these orders never were
            cr.execute(
                "DELETE FROM service_transition WHERE res_model = 'service.order' AND res_id IN %s",
                [tuple(self.order_ids)],
            )
            orders.unlink()
            env["service.capacity"].search([("date", ">=", self.START.date())]).unlink()
            env["res.users"].browse(self.user_ids).unlink()
            env.company.service_parallel_receptions = self.receptions

    @mute_logger("odoo.service.model", "odoo.sql_db")
    def test_one_wins_the_other_gets_a_sentence_and_nothing_is_half_done(self):
        together = threading.Barrier(2, timeout=60)
        answers = [[], []]

        def desk(number):
            for one in range(self.ROUNDS):
                order_id = self.order_ids[2 * one + number]
                with self.registry_real.cursor() as cr:
                    env = api.Environment(cr, self.user_ids[number], {"tracking_disable": True})
                    order = env["service.order"].browse(order_id)
                    order.mapped("state")  # the snapshot begins here
                    together.wait()
                    try:
                        retrying(order.action_book, env)
                        answers[number].append("booked")
                    except UserError as refusal:
                        cr.rollback()
                        answers[number].append(str(refusal))

        threads = [threading.Thread(target=desk, args=(number,)) for number in range(2)]
        # the loser is replayed at once instead of after a random pause
        with patch("odoo.service.model.random.uniform", return_value=0.005):
            for thread in threads:
                thread.start()
            for thread in threads:
                thread.join(120)
        self.assertEqual([len(own) for own in answers], [self.ROUNDS] * 2, answers)
        for pair in zip(*answers, strict=True):
            self.assertEqual(sorted(answer == "booked" for answer in pair), [False, True], pair)
            self.assertIn("is full", next(answer for answer in pair if answer != "booked"))
        with self.registry_real.cursor() as cr:
            env = api.Environment(cr, SUPERUSER_ID, {})
            orders = env["service.order"].browse(self.order_ids)
            booked = orders.filtered(lambda order: order.state == "booked")
            lost = orders - booked
            self.assertEqual(len(booked), self.ROUNDS)
            self.assertEqual(set(lost.mapped("state")), {"draft"})
            taken = env["service.capacity.booking"].search([("order_id", "in", orders.ids)])
            self.assertEqual(taken.order_id, booked)
            self.assertEqual(len(taken), self.ROUNDS)
            for day in taken.capacity_id:
                self.assertEqual(day.booked, sum(day.booking_ids.mapped("hours")))
            self.assertFalse(lost.filtered("is_booking_due"))
