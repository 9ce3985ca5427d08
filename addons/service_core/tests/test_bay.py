from psycopg2 import IntegrityError

from odoo.tests import tagged
from odoo.tools import mute_logger

from .common import ServiceCommon


@tagged("post_install", "-at_install")
class TestBay(ServiceCommon):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.bay = cls.env["service.bay"].create({"name": "Lift 1"})
        cls.other = cls.env["service.bay"].create({"name": "Lift 2"})

    def test_the_board_shows_which_car_is_where(self):
        order = self.make_order("in_repair", bay_id=self.bay.id)
        bays = (self.bay | self.other).with_user(self.user_team_leader)
        self.assertEqual(bays.mapped("order_count"), [1, 0])
        self.assertEqual(bays.order_ids, order)

    def test_two_cars_on_one_lift_are_shown_not_forbidden(self):
        orders = self.make_order("agreed", bay_id=self.bay.id) | self.make_order(
            "received", bay_id=self.bay.id
        )
        self.assertEqual(self.bay.order_count, 2)
        self.assertEqual(self.bay.order_ids, orders)

    def test_a_car_that_has_left_stands_nowhere(self):
        self.make_order("delivered", bay_id=self.bay.id)
        self.assertEqual(self.bay.order_count, 0)
        self.assertFalse(self.bay.order_ids)

    @mute_logger("odoo.sql_db")
    def test_a_branch_has_each_bay_once(self):
        with self.assertRaises(IntegrityError):
            self.env["service.bay"].create({"name": "Lift 1"})
