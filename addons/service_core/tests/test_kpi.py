from datetime import timedelta

from odoo import fields
from odoo.tests import tagged

from odoo.addons.service_core.tests.common import ServiceCommon


@tagged("post_install", "-at_install")
class TestKpi(ServiceCommon):
    def value(self, code, order):
        self.env.flush_all()
        # a figure is read in a request of its own
        self.env.invalidate_all()
        rows = (
            self.env["service.kpi.fact"]
            .with_user(self.user_manager)
            .search([("kpi_id.code", "=", code), ("order_id", "=", order.id)])
        )
        return rows.mapped("value")

    def test_a_delivered_order_stands_in_every_figure(self):
        order = self.make_order("delivered", jobs=[{"parts": [(self.part, 1)]}])
        order.promised_date = order.delivered_date + timedelta(hours=1)
        self.assertEqual(self.value("on_time", order), [100.0])
        self.assertEqual(self.value("estimate", order), [100.0])
        self.assertEqual(self.value("first_time", order), [100.0])
        self.assertEqual(self.value("fill", order), [100.0])
        self.assertEqual(set(self.value("stalled", order)), {0.0})
        order.promised_date = order.delivered_date - timedelta(days=2)
        self.assertEqual(self.value("on_time", order), [0.0])

    def test_a_car_that_comes_back_was_not_fixed_the_first_time(self):
        order = self.make_order("delivered", jobs=[{"parts": [(self.part, 1)]}])
        self.make_order("received", vehicle_id=order.vehicle_id.id)
        self.assertEqual(self.value("first_time", order), [0.0])

    def test_an_unanswered_estimate_stalls_after_the_days_of_its_branch(self):
        order = self.make_order("quoted")
        self.assertEqual(self.value("stalled", order), [0.0])
        self.env.flush_all()
        # rounds are closed to writes, time is turned back below them
        self.env.cr.execute(
            "UPDATE service_approval SET asked_at = %s WHERE order_id = %s",
            [fields.Datetime.now() - timedelta(days=4), order.id],
        )
        self.env.invalidate_all()
        self.assertEqual(self.value("stalled", order), [100.0])
        # as many days as the branch says, the same as in the list of unanswered estimates
        self.company.service_stalled_days = 9
        self.assertEqual(self.value("stalled", order), [0.0])

    def test_the_board_says_target_value_and_leads_to_the_orders(self):
        order = self.make_order("delivered", jobs=[{"parts": [(self.part, 1)]}])
        self.env.flush_all()
        kpi = self.env.ref("service_core.service_kpi_fill").with_user(self.user_manager)
        self.assertGreaterEqual(kpi.count, 1)
        kpi.target = 0.0
        kpi.invalidate_recordset()
        self.assertEqual(kpi.verdict, "good")
        facts = self.env["service.kpi.fact"].with_user(self.user_manager)
        fact = facts.search([*kpi.action_open()["domain"], ("order_id", "=", order.id)])
        self.assertEqual(fact.action_open_order()["res_id"], order.id)

    def test_every_figure_has_its_formula_in_words(self):
        figures = self.env["service.kpi"].search([])
        self.assertEqual(len(figures), 5)
        self.assertTrue(all(figures.mapped("formula")))
