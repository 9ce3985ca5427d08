import threading
from unittest.mock import patch

from odoo import SUPERUSER_ID, api
from odoo.exceptions import UserError
from odoo.modules.registry import Registry
from odoo.service.model import retrying
from odoo.tests import BaseCase, tagged
from odoo.tests.common import get_db_name
from odoo.tools import mute_logger

ROUNDS = 50


@tagged("post_install", "-at_install")
class TestSignReviseRace(BaseCase):
    """The customer answers while the advisor revises, with real connections and commits."""

    def setUp(self):
        super().setUp()
        self.registry_real = Registry(get_db_name())
        with self.registry_real.cursor() as cr:
            env = api.Environment(cr, SUPERUSER_ID, {"tracking_disable": True})
            partner = env["res.partner"].create({"name": "Race Owner", "phone": "+1 555 0199"})
            vehicle = env["service.vehicle"].create(
                {"license_plate": "RACE 77", "owner_id": partner.id}
            )
            order = env["service.order"].create(
                {
                    "kind_id": env.ref("service_core.service_order_kind_express").id,
                    "vehicle_id": vehicle.id,
                    "partner_id": partner.id,
                    "contact_phone": "+1 555 0199",
                    "odometer": 100,
                    "licence_custody": "taken",
                    "manual_custody": "taken",
                }
            )
            job = env["service.order.job"].create(
                {"order_id": order.id, "customer_words": "Squeaks", "is_read_back": True}
            )
            env["service.order.line"].create(
                {"job_id": job.id, "product_id": env.ref("service_core.product_labour").id}
            )
            order.action_receive()
            self.ids = order.id, vehicle.id, partner.id
        self.addCleanup(self._clean)

    def _clean(self):
        order_id, vehicle_id, partner_id = self.ids
        with self.registry_real.cursor() as cr:
            env = api.Environment(cr, SUPERUSER_ID, {})
            order = env["service.order"].browse(order_id)
            order.activity_ids.unlink()
            order.message_ids.unlink()
            # SQL: an order that has begun is never deleted, but this one never was
            cr.execute("DELETE FROM service_approval WHERE order_id = %s", [order_id])
            cr.execute("DELETE FROM service_vehicle_odometer WHERE vehicle_id = %s", [vehicle_id])
            cr.execute("DELETE FROM service_order WHERE id = %s", [order_id])
            env.invalidate_all(flush=False)
            env["service.vehicle"].browse(vehicle_id).unlink()
            env["res.partner"].browse(partner_id).unlink()

    def _env(self, cr):
        return api.Environment(cr, SUPERUSER_ID, {"tracking_disable": True})

    def _round(self):
        order_id = self.ids[0]
        with self.registry_real.cursor() as cr:
            self._env(cr)["service.order"].browse(order_id).action_quote()
        together = threading.Barrier(2, timeout=20)
        results = {}

        def act(name, say):
            with self.registry_real.cursor() as cr:
                env = self._env(cr)
                order = env["service.order"].browse(order_id)
                approval = order.approval_ids.filtered(lambda a: a.state == "asked")
                together.wait()
                try:
                    retrying(lambda: say(order, approval), env)
                    results[name] = "done"
                except UserError as refusal:
                    cr.rollback()
                    results[name] = str(refusal)

        def sign(_order, approval):
            approval._answer(dict.fromkeys(approval.job_ids.ids, "declined"), "link", "Owner")

        def revise(order, _approval):
            order.with_context(service_seen=["quoted", "customer"]).action_revise()

        threads = [
            threading.Thread(target=act, args=("sign", sign)),
            threading.Thread(target=act, args=("revise", revise)),
        ]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join(60)
        return results

    # the loser tries again at once: fifty rounds need no seconds of politeness
    @patch("odoo.service.model.random.uniform", lambda _low, _high: 0.01)
    @mute_logger("odoo.service.model", "odoo.sql_db")
    def test_one_wins_and_nothing_is_half_done(self):
        for number in range(ROUNDS):
            results = self._round()
            with self.subTest(round=number), self.registry_real.cursor() as cr:
                order = self._env(cr)["service.order"].browse(self.ids[0])
                last = order.approval_ids.sorted("id")[-1]
                self.assertEqual(list(results.values()).count("done"), 1, results)
                if results["sign"] == "done":
                    self.assertIn("moved on", results["revise"])
                    self.assertEqual(
                        (order.state, last.state, order.job_ids.approval),
                        ("quoted", "answered", "declined"),
                    )
                    order.action_revise()
                else:
                    self.assertIn("answered or was changed", results["sign"])
                    self.assertEqual(
                        (order.state, last.state, order.job_ids.approval),
                        ("diagnosed", "void", "pending"),
                    )
