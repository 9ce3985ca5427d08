from psycopg2 import IntegrityError

from odoo.exceptions import ValidationError
from odoo.tests import tagged
from odoo.tools import mute_logger

from ..rules import contact_plan as plan
from .common import FollowupCommon


@tagged("post_install", "-at_install")
class TestSetupData(FollowupCommon):
    def test_every_kind_of_contact_has_a_script(self):
        scripts = self.env["service.call.script"].search([("kind_id", "=", False)])
        self.assertEqual(set(scripts.mapped("kind")), {kind for kind, _label in plan.KINDS})
        for script in scripts:
            self.assertTrue(script.thanks and script.apology and script.topic_ids)
            self.assertIn("{customer}", script.gap_help)

    def test_script_with_an_unknown_gap_is_refused(self):
        script = self.env.ref("service_followup.service_call_script_first")
        with self.assertRaisesRegex(ValidationError, "wage"):
            script.opening = "You earn {wage}"

    def test_script_of_the_kind_of_order_goes_first(self):
        self.env.ref("service_followup.service_call_script_first").copy(
            {"kind_id": self.kind_express.id, "opening": "Short one, {customer}?"}
        )
        express = self.make_followup(
            kind="first", order_id=self.make_order(kind_id=self.kind_express.id).id
        )
        other = self.make_followup(kind="first", order_id=self.make_order().id)
        self.assertEqual(express.script, f"Short one, {self.customer.name}?")
        self.assertIn("collected", other.script)

    def test_contact_without_a_script_shows_none(self):
        self.env.ref("service_followup.service_call_script_reminder").active = False
        self.assertEqual(self.make_followup().script, "")

    def test_one_policy_for_a_scope(self):
        with mute_logger("odoo.sql_db"), self.assertRaises(IntegrityError):
            self.policy.copy()

    def test_one_script_for_a_scope(self):
        with mute_logger("odoo.sql_db"), self.assertRaises(IntegrityError):
            self.env.ref("service_followup.service_call_script_first").copy()

    def test_policy_with_a_window_that_closes_before_it_opens_is_refused(self):
        with mute_logger("odoo.sql_db"), self.assertRaises(IntegrityError):
            self.policy.write({"first_from": 8, "first_to": 7})
            self.policy.flush_recordset()

    def test_policies_say_what_they_hold_for(self):
        self.assertEqual(self.policy.display_name, "General Policy")
        special = self.policy.copy({"company_id": self.company.id, "kind_id": self.kind_express.id})
        self.assertEqual(special.display_name, f"{self.company.name}, {self.kind_express.name}")
