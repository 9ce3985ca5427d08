from odoo.tests import tagged

from .common import ROAD, ServiceCommon


@tagged("post_install", "-at_install")
class TestProgressCard(ServiceCommon):
    def test_the_card_turns_from_red_to_yellow_to_green(self):
        """S0-87."""
        order = self.make_order(kind_id=self.kind_repair.id)
        colors = {}
        for state in ROAD:
            self.drive(order, state)
            colors[state] = order.progress_color
        self.assertEqual(
            colors,
            {
                "draft": False,
                "booked": False,
                **dict.fromkeys(("received", "diagnosed", "quoted", "agreed"), "red"),
                "in_repair": "yellow",
                **dict.fromkeys(("in_inspection", "washing", "ready", "settled"), "green"),
                "delivered": False,
            },
        )

    def test_a_car_that_waits_for_parts_is_red_though_in_repair(self):
        order = self.make_order("in_repair", jobs=[{"parts": [(self.scarce_part, 1)]}])
        self.assertEqual((order.waiting_for, order.progress_color), ("parts", "red"))
