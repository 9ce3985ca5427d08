from odoo.tests import Form, tagged

from odoo.addons.service_core.tests.common import SIGNATURE, ServiceCommon


@tagged("post_install", "-at_install")
class TestOrderReason(ServiceCommon):
    """The window before a step that needs a person's words: each verb by its button."""

    def confirm(self, order, verb, user, **values):
        """Press the button of ``verb``, fill in ``values``, confirm."""
        action = getattr(order.with_user(user), f"action_{verb}")()
        self.assertEqual(action["target"], "new")
        wizards = self.env[action["res_model"]].with_user(user)
        with Form(wizards.with_context(**action["context"])) as form:
            for name, value in values.items():
                form[name] = value
        return form.record.action_confirm()

    def test_cancel(self):
        order = self.make_order("booked")
        self.confirm(order, "cancel", self.user_receptionist, reason="Did not come", no_show=True)
        self.assertEqual((order.state, order.no_show), ("cancelled", True))
        self.assertEqual(order.closed_reason, "Did not come")

    def test_stop(self):
        order = self.make_order("quoted")
        self.confirm(order, "stop", self.user_advisor, reason="Next month", disposition="deferred")
        self.assertEqual((order.state, order.job_ids.approval), ("ready", "deferred"))

    def test_fail(self):
        order = self.make_order("in_inspection")
        self.confirm(order, "fail", self.user_team_leader, reason="Wheel nut loose")
        self.assertEqual(order.state, "in_repair")
        self.assertEqual(order.inspection_ids.cause, "Wheel nut loose")

    def test_sign(self):
        order = self.make_order("ready")
        self.confirm(
            order,
            "sign_settlement",
            self.user_cashier,
            signed_by="Ada's husband",
            signature=SIGNATURE,
        )
        self.assertEqual(order.settlement_signed_by, "Ada's husband")
        self.assertTrue(order.settlement_signature)

    def test_release(self):
        order = self.make_order("settled")
        self.confirm(order, "release", self.user_manager, reason="Pays by transfer")
        self.assertEqual(order.release_reason, "Pays by transfer")

    def test_unsettle(self):
        order = self.make_order("settled")
        self.confirm(order, "unsettle", self.user_manager, reason="Wrong payer")
        self.assertEqual(order.state, "ready")

    def test_waive(self):
        order = self.make_order("booked", manual_custody=False)
        self.confirm(order, "waive", self.user_team_leader, gate="custody", reason="Known car")
        self.assertEqual(order.waiver_ids.gate, "custody")
