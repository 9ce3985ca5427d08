from unittest.mock import patch

from odoo import fields
from odoo.exceptions import UserError
from odoo.tests import tagged
from odoo.tools import mute_logger

from .common import ServiceCommon

BACKGROUND = "odoo.addons.service_core.models.service_order_background"


@tagged("post_install", "-at_install")
class TestOrderHandover(ServiceCommon):
    """The counter does not wait for what is done after delivery, and none of it is lost."""

    def delivered(self):
        order = self.make_order("settled")
        self.pay(order)
        order.custody_returned = True
        order.with_user(self.user_advisor).action_deliver()
        return order

    def run_cron(self):
        cron = self.env.ref("service_core.ir_cron_after_delivery")
        with self.enter_registry_test_mode():
            cron.method_direct_trigger()
        self.env.invalidate_all()

    def test_delivery_wakes_the_job_and_the_job_runs_once(self):
        order = self.delivered()
        self.assertTrue(order.is_aftercare_due)
        cron = self.env.ref("service_core.ir_cron_after_delivery")
        self.assertTrue(self.env["ir.cron.trigger"].search([("cron_id", "=", cron.id)]))
        seen = []
        hook = self.env.registry["service.order"]._after_delivery
        with patch.object(
            self.env.registry["service.order"],
            "_after_delivery",
            lambda orders: seen.append(orders.ids) or hook(orders),
        ):
            self.run_cron()
            self.run_cron()
        self.assertEqual([ids for ids in seen if order.id in ids], [[order.id]])
        self.assertFalse(order.is_aftercare_due)

    def test_one_order_that_fails_does_not_stop_the_others(self):
        good, bad = self.delivered(), self.delivered()
        hook = self.env.registry["service.order"]._after_delivery

        def fails(orders):
            if bad.id in orders.ids:
                raise ValueError("broken")
            return hook(orders)

        with (
            patch.object(self.env.registry["service.order"], "_after_delivery", fails),
            mute_logger(BACKGROUND),
        ):
            self.run_cron()
        self.assertFalse(good.is_aftercare_due)
        self.assertTrue(bad.is_aftercare_due)

    def test_an_order_somebody_is_writing_comes_up_again_soon(self):
        order = self.delivered()
        cron = self.env.ref("service_core.ir_cron_after_delivery")
        triggers = self.env["ir.cron.trigger"]
        triggers.search([("cron_id", "=", cron.id)]).unlink()
        now = fields.Datetime.now()
        with patch.object(
            self.env.registry["service.order"],
            "try_lock_for_update",
            lambda orders, **_kwargs: orders.browse(),
        ):
            # the house's log would show the server's complaint about a run that did nothing
            self.run_cron()
        self.assertTrue(order.is_aftercare_due)
        self.assertGreater(triggers.search([("cron_id", "=", cron.id)]).call_at, now)
        self.run_cron()
        self.assertFalse(order.is_aftercare_due)

    def test_nobody_sets_the_mark_by_hand(self):
        order = self.make_order()
        with self.assertRaisesRegex(UserError, "buttons only"):
            order.with_user(self.user_manager).is_aftercare_due = True
