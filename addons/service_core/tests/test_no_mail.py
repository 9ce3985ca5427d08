from unittest.mock import patch

from odoo import modules
from odoo.tests import tagged

from odoo.addons.service_core.tests.common import ServiceCommon


@tagged("post_install", "-at_install")
class TestNoMail(ServiceCommon):
    """Nothing goes out to the customer that nobody asked for."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.customer.email = "ada@example.com"
        # what a careless administrator would switch on
        cls.company.stock_move_email_validation = True
        cls.company.stock_text_confirmation = True
        cls.company.stock_sms_confirmation_template_id = cls.env["sms.template"].search([], limit=1)

    def reached(self):
        """Messages of any kind that reach the customer or the payer."""
        people = self.customer | self.oem
        return (
            self.env["mail.mail"].search_count(
                [
                    "|",
                    ("recipient_ids", "in", people.ids),
                    ("email_to", "ilike", self.customer.email),
                ]
            ),
            self.env["sms.sms"].search_count(
                ["|", ("partner_id", "in", people.ids), ("number", "ilike", "5550100")]
            ),
            self.env["mail.notification"].search_count([("res_partner_id", "in", people.ids)]),
        )

    def drive_outside_test_mode(self, order, state):
        # texts are silent in tests only: here the rules of a real server count
        with patch.object(modules.module, "current_test", False):
            self.drive(order, state)

    def real(self, order):
        """The order as a real session sees it, with tracking on."""
        return order.with_env(self.env(context={}))

    def test_main_road_reaches_nobody_by_itself(self):
        order = self.real(
            self.make_order(
                kind_id=self.kind_repair.id,
                jobs=[
                    {"parts": [(self.part, 1)]},
                    {"payer": "manufacturer", "parts": [(self.part, 1)]},
                ],
            )
        )
        self.drive_outside_test_mode(order, "delivered")
        self.assertEqual(order.state, "delivered")
        self.assertEqual(self.reached(), (0, 0, 0))
        self.assertNotIn(self.customer, order.message_partner_ids)

    def test_ways_out_reach_nobody_by_themselves(self):
        stopped = self.real(self.make_order("in_repair"))
        revised = self.real(self.make_order("agreed"))
        settled = self.real(self.make_order("settled"))
        cancelled = self.real(self.make_order("booked"))
        with patch.object(modules.module, "current_test", False):
            stopped.with_user(self.user_advisor)._stop("Sold the car")
            revised.with_user(self.user_advisor).action_revise()
            settled.with_user(self.user_manager)._unsettle("Wrong")
            cancelled.with_user(self.user_receptionist)._cancel("Did not come")
        self.assertEqual(self.reached(), (0, 0, 0))
