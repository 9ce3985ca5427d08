from datetime import datetime

from odoo.tests import BaseCase, tagged

from ..rules import slots


@tagged("post_install", "-at_install")
class TestRulesSlots(BaseCase):
    def test_a_moment_falls_into_its_slot(self):
        self.assertEqual(
            slots.slot_start(datetime(2026, 3, 2, 9, 44, 30), 30), datetime(2026, 3, 2, 9, 30)
        )

    def test_slots_lie_wholly_inside_the_opening(self):
        found = slots.slots_between(datetime(2026, 3, 2, 8, 10), datetime(2026, 3, 2, 9, 45), 30)
        self.assertEqual(found, [datetime(2026, 3, 2, 8, 30), datetime(2026, 3, 2, 9, 0)])

    def test_buffer_is_kept_free(self):
        self.assertEqual(slots.after_buffer(16, 20), 12.8)
        self.assertEqual(slots.after_buffer(16, 0), 16)

    def test_a_small_job_fits_or_it_does_not(self):
        self.assertEqual(slots.spread(3, [(8, 3)]), [3])
        self.assertIsNone(slots.spread(3, [(8, 2.5)]))

    def test_a_small_job_is_never_split(self):
        self.assertIsNone(slots.spread(3, [(8, 2.5), (8, 8)]))

    def test_a_big_job_takes_the_days_it_needs(self):
        self.assertEqual(slots.spread(20, [(8, 6), (0, 0), (8, 8), (8, 8)]), [6, 0, 8, 6])

    def test_a_big_job_begins_on_the_day_wanted(self):
        self.assertIsNone(slots.spread(20, [(8, 0), (8, 8), (8, 8), (8, 8)]))

    def test_a_job_beyond_the_horizon_is_refused(self):
        self.assertIsNone(slots.spread(20, [(8, 8), (8, 8)]))

    def test_nobody_works_that_day(self):
        self.assertIsNone(slots.spread(1, [(0, 0)]))
