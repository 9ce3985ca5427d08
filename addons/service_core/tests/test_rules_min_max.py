from odoo.tests import BaseCase, tagged

from odoo.addons.service_core.rules import min_max


@tagged("post_install", "-at_install")
class TestMinMax(BaseCase):
    def test_a_part_is_stocked_from_three_demands_on(self):
        self.assertEqual(min_max.propose([2] + [0] * 11, 2, 3)["phase"], "out")
        self.assertEqual(min_max.propose([2] + [0] * 11, 2, 3)["maximum"], 0)
        self.assertEqual(min_max.propose([3] + [0] * 11, 3, 3)["phase"], "in")

    def test_an_even_demand_needs_no_safety_stock(self):
        advice = min_max.propose([30] * 12, 120, 10)
        self.assertEqual(advice["safety"], 0)
        # 360 / 365 a day, ten days, rounded up; a month's demand on top
        self.assertEqual((advice["minimum"], advice["maximum"]), (10, 40))

    def test_an_uneven_demand_and_a_slow_supplier_need_more(self):
        even = min_max.propose([10] * 12, 40, 7)
        uneven = min_max.propose([0, 20] * 6, 40, 7)
        slow = min_max.propose([0, 20] * 6, 40, 30)
        self.assertLess(even["minimum"], uneven["minimum"])
        self.assertLess(uneven["minimum"], slow["minimum"])
        self.assertEqual(round(slow["safety"], 1), 16.5)

    def test_what_came_back_in_full_is_no_demand(self):
        self.assertEqual(min_max.propose([0] * 12, 5, 3)["phase"], "out")
