from unittest import SkipTest

from odoo.tests import HttpCase, tagged

from odoo.addons.service_core.tests.common import ServiceFactory


@tagged("post_install", "-at_install")
class TestTours(ServiceFactory, HttpCase):
    """The day in a real browser; without Chromium these fail, they are never passed over."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.setup_service()

    def start_tour(self, *args, **kwargs):
        try:
            return super().start_tour(*args, **kwargs)
        except SkipTest as skipped:
            raise self.failureException(f"The tour could not run: {skipped}") from skipped

    def test_advisor_receives_quotes_and_agrees_a_walk_in(self):
        vehicle = self.make_vehicle("TOUR 7788")
        self.start_tour("/odoo/work-orders", "service_advisor_tour", login="test_advisor")
        order = self.env["service.order"].search([("vehicle_id", "=", vehicle.id)])
        self.assertEqual(order.state, "agreed")
        self.assertEqual(order.advisor_id, self.user_advisor)
        self.assertEqual(order.approval_ids.channel, "signature")
        self.assertTrue(order.approval_ids.is_signed)
        self.assertEqual(order.sale_order_ids.state, "sale")

    def test_known_car_is_received_in_twelve_interactions_without_a_mouse(self):
        vehicle = self.make_vehicle("TOUR 7788")
        self.start_tour("/odoo/work-orders", "service_reception_tour", login="test_advisor")
        order = self.env["service.order"].search([("vehicle_id", "=", vehicle.id)])
        self.assertEqual(order.state, "received")
        self.assertEqual(order.odometer, 43000)
        self.assertTrue(order.job_ids.is_read_back)
        self.assertEqual((order.licence_custody, order.manual_custody), ("taken", "missing"))

    def test_customer_answers_and_signs_on_the_status_page(self):
        order = self.make_order("quoted", jobs=[{"name": "Pads"}, {"name": "Wipers"}])
        self.start_tour(f"/service/status/{order.access_token}", "service_status_tour")
        self.assertEqual(order.job_ids.mapped("approval"), ["approved", "deferred"])
        self.assertEqual(order.approval_ids.channel, "signature")
        self.assertEqual(order.state, "agreed")
