from datetime import date, timedelta

from odoo.tests import BaseCase, tagged

from ..rules import contact_plan as plan

# Tuesday; the Sunday after it is 8 November.
START = date(2026, 11, 3)


def every_day(_day):
    return True


def no_sunday(day):
    return day.weekday() != 6


def weekdays(day):
    return day.weekday() < 5


def never(_day):
    return False


@tagged("post_install", "-at_install")
class TestContactPlan(BaseCase):
    def test_window_is_day_three_to_seven(self):
        self.assertEqual(
            plan.contact_window(START, 3, 7, every_day), (date(2026, 11, 6), date(2026, 11, 10))
        )

    def test_window_opens_forward_on_a_closed_day(self):
        # D+3 of a Thursday is a Sunday
        start = date(2026, 11, 5)
        self.assertEqual(
            plan.contact_window(start, 3, 7, no_sunday), (date(2026, 11, 9), date(2026, 11, 12))
        )

    def test_window_closes_backward_on_a_closed_day(self):
        # D+7 of a Sunday delivery is a Sunday
        start = date(2026, 11, 1)
        self.assertEqual(
            plan.contact_window(start, 3, 7, no_sunday), (date(2026, 11, 4), date(2026, 11, 7))
        )

    def test_window_inside_works_holidays_is_the_first_day_after(self):
        holidays = {START + timedelta(days=count) for count in range(1, 20)}
        expected = START + timedelta(days=20)
        self.assertEqual(
            plan.contact_window(START, 3, 7, lambda day: day not in holidays), (expected, expected)
        )

    def test_window_of_every_start_day_stays_in_order_and_in_reach(self):
        for calendar in (every_day, no_sunday, weekdays):
            for shift in range(14):
                start = START + timedelta(days=shift)
                due_from, due_to = plan.contact_window(start, 3, 7, calendar)
                self.assertLessEqual(due_from, due_to)
                self.assertGreaterEqual(due_from, start + timedelta(days=3))
                self.assertLessEqual(due_to, start + timedelta(days=7))
                self.assertTrue(calendar(due_from) and calendar(due_to))

    def test_window_of_a_calendar_that_never_works_is_not_searched_for_ever(self):
        self.assertEqual(
            plan.contact_window(START, 3, 7, never), (date(2026, 11, 6), date(2026, 11, 6))
        )

    def test_file_is_due_in_calendar_days_by_default(self):
        friday = date(2026, 11, 6)
        self.assertEqual(plan.add_days(friday, 2, weekdays), date(2026, 11, 8))

    def test_file_is_due_in_working_days_by_choice(self):
        friday = date(2026, 11, 6)
        self.assertEqual(
            plan.add_days(friday, 2, weekdays, working_days_only=True), date(2026, 11, 10)
        )

    def test_next_attempt_is_never_today(self):
        self.assertEqual(plan.next_attempt(START, 0, every_day), date(2026, 11, 4))

    def test_next_attempt_skips_the_weekend(self):
        friday = date(2026, 11, 6)
        self.assertEqual(plan.next_attempt(friday, 1, weekdays), date(2026, 11, 9))

    def test_outcome_of_every_result(self):
        table = {
            (plan.ANSWERED, 1): "done",
            (plan.ANSWERED, 3): "done",
            (plan.REFUSED, 1): "unreached",
            (plan.NO_ANSWER, 1): "planned",
            (plan.NO_ANSWER, 3): "unreached",
            (plan.BUSY, 2): "planned",
            (plan.BUSY, 3): "unreached",
            (plan.WRONG_NUMBER, 2): "planned",
            (plan.WRONG_NUMBER, 3): "unreached",
        }
        for (result, attempts), state in table.items():
            with self.subTest(result=result, attempts=attempts):
                self.assertEqual(plan.outcome(result, attempts, 3), state)

    def test_timing_on_each_side_of_the_window(self):
        first, last = date(2026, 11, 6), date(2026, 11, 10)
        day = timedelta(days=1)
        self.assertEqual(plan.timing(first - day, first, last), plan.EARLY)
        self.assertEqual(plan.timing(first, first, last), plan.ON_TIME)
        self.assertEqual(plan.timing(last, first, last), plan.ON_TIME)
        self.assertEqual(plan.timing(last + day, first, last), plan.LATE)

    def test_the_same_telephone_however_written(self):
        self.assertEqual(plan.phone_key("+49 176 1234567"), plan.phone_key("0176/123 45 67"))
        self.assertNotEqual(plan.phone_key("0176 1234567"), plan.phone_key("0176 1234568"))

    def test_no_number_has_no_key(self):
        for phone in (None, False, "", "unknown"):
            self.assertEqual(plan.phone_key(phone), "")

    def test_a_number_stands_once_in_the_list(self):
        contacts = [(1, "600"), (2, "700"), (3, "600"), (4, ""), (5, "")]
        self.assertEqual(plan.one_per_number(contacts, ()), [1, 2, 4, 5])

    def test_a_number_called_today_is_not_in_the_list(self):
        self.assertEqual(plan.one_per_number([(1, "600"), (2, "700")], ["600"]), [2])

    def test_the_most_specific_row_wins(self):
        rows = [((0, 0), "any"), ((0, 7), "kind"), ((5, 0), "branch"), ((5, 7), "both")]
        self.assertEqual(plan.best_match(rows, (5, 7)), "both")
        self.assertEqual(plan.best_match(rows, (5, 8)), "branch")
        self.assertEqual(plan.best_match(rows, (6, 7)), "kind")
        self.assertEqual(plan.best_match(rows, (6, 8)), "any")
        self.assertIsNone(plan.best_match(rows[1:], (6, 8)))
