import html
from datetime import timedelta
from unittest.mock import patch

from freezegun import freeze_time

from odoo import fields
from odoo.tests import tagged

from odoo.addons.service_core.models.service_order_verbs import VERB_ROLES
from odoo.addons.service_core.tests.common import ServiceCommon


@tagged("post_install", "-at_install")
class TestOrderProgress(ServiceCommon):
    def clocks(self, order, state):
        return self.env["service.deadline"].search_count(
            [
                ("rule_id.code", "=", "extra_work"),
                ("res_id", "=", order.id),
                ("state", "=", state),
            ]
        )

    def quiet(self, orders):
        orders.invalidate_recordset(["is_quiet"])
        found = orders.search([("is_quiet", "=", True), ("id", "in", orders.ids)])
        self.assertEqual(found, orders.filtered("is_quiet"))
        return found

    def test_a_car_without_news_is_flagged_after_the_hours_of_its_branch(self):
        orders = self.make_order("in_repair") | self.make_order("in_repair")
        home = self.make_order("delivered")
        self.company.service_quiet_hours = 3
        self.assertFalse(self.quiet(orders | home))
        with freeze_time(fields.Datetime.now() + timedelta(hours=4)):
            self.assertEqual(self.quiet(orders | home), orders)
            orders[0].with_user(self.user_receptionist).action_told_by_phone()
            self.assertEqual(self.quiet(orders), orders[1])
            self.drive(orders[1], "in_inspection")
            self.assertFalse(self.quiet(orders))
            self.company.service_quiet_hours = 30

    def test_the_wash_is_announced_with_the_areas_that_need_care(self):
        order = self.make_order(
            "in_inspection",
            jobs=[{"name": "Rear bumper", "parts": [(self.part, 1)]}, {"name": "Left door"}],
        )
        order.with_user(self.user_receptionist).washer_id = self.user_receptionist
        self.assertEqual(order.wash_areas, "Rear bumper, Left door")
        told = []
        with patch.object(
            self.env.registry["res.users"],
            "_bus_send",
            lambda user, kind, message, **kwargs: told.append((user, message["message"])),
        ):
            self._drive_in_inspection(order)
        self.assertEqual(order.state, "washing")
        self.assertEqual(
            {user for user, _words in told},
            {self.user_advisor, self.user_team_leader, self.user_receptionist},
        )
        for _user, words in told:
            self.assertIn("Rear bumper, Left door", words)

    def test_added_work_is_told_at_once_and_late_telling_is_seen(self):
        orders = self.make_order("in_repair") | self.make_order("in_repair")
        prompt, late = orders
        for order in orders:
            self.make_job(order, name="Brake hose", parts=[(self.part, 1)])
            self.assertEqual(self.clocks(order, "running"), 1)
        prompt.with_user(self.user_advisor).action_ask()
        self.assertEqual(self.clocks(prompt, "met"), 1)
        with freeze_time(fields.Datetime.now() + timedelta(hours=2)):
            late.with_user(self.user_advisor).action_ask()
        self.assertEqual(self.clocks(late, "missed"), 1)

    def test_each_item_is_confirmed_as_ordered_and_in_time(self):
        order = self.make_order("in_repair", jobs=[{}, {}])
        declined = self.make_job(order)
        order.with_user(self.user_advisor).action_ask()
        self.approve(order, "declined", channel="phone")
        self.drive(order, "in_inspection")
        jobs = order.job_ids - declined
        self.assertFalse(any(jobs.mapped("confirmed_at")))
        self._drive_in_inspection(order)
        self.assertEqual(jobs.confirmed_by_id, self.user_advisor)
        self.assertFalse(declined.confirmed_at)
        self.assertTrue(all(jobs.mapped("is_in_time")))
        order.promised_date = jobs[0].confirmed_at - timedelta(minutes=1)
        self.assertFalse(any(jobs.mapped("is_in_time")))

    def test_the_customer_hears_time_and_cost_before_he_comes(self):
        order = self.make_order("washing", jobs=[{"parts": [(self.part, 1)]}])
        order.pickup_at = self.next_workday(days=9)
        order.with_user(self.user_receptionist).action_pickup_told()
        body = order.message_ids.sorted("id")[-1].body
        self.assertIn("We expect you on", body)
        self.assertIn(order.currency_id.format(order.amount_quoted), html.unescape(str(body)))

    def test_everybody_named_for_the_hand_over_has_his_part(self):
        """Technician, team leader, reception, outside professional, cashier."""
        sublet = self.env["product.product"].create(
            {"name": "Alignment by a specialist", "type": "service", "list_price": 60}
        )
        order = self.make_order("in_repair", jobs=[{"parts": [(self.part, 1)]}])
        job = self.make_job(order, operation_id=False)
        self.env["service.order.line"].create(
            {"job_id": job.id, "kind": "sublet", "product_id": sublet.id, "price_unit": 60}
        )
        order.with_user(self.user_advisor).action_ask()
        self.approve(order, channel="phone")
        self.drive(order, "in_inspection")
        order.with_user(self.user_technician).action_old_parts_placed()
        self._drive_in_inspection(order)
        order.with_user(self.user_receptionist).action_pickup_told()
        order.no_metal = True
        self.assertIn("team_leader", VERB_ROLES["wash_done"])
        order.with_user(self.user_team_leader).action_wash_done()
        self.tick_lists(order)
        # the outside work stands apart on the form that the cashier explains
        page = self.env["ir.actions.report"]._render_qweb_html(
            "service_core.report_settlement", order.ids
        )[0]
        self.assertIn("Of this done by other workshops", page.decode())
        order.with_user(self.user_cashier)._sign_settlement("Ada Owner")
        self.assertTrue(order.charges_explained)
        order.with_user(self.user_cashier).action_settle()
        self.assertEqual(order.state, "settled")
