from odoo.tests import BaseCase, tagged

from ..rules import call_script


@tagged("post_install", "-at_install")
class TestCallScript(BaseCase):
    def test_gaps_are_filled(self):
        self.assertEqual(
            call_script.fill(
                "This is {agent} from {company}.", {"agent": "Ana", "company": "Norte"}
            ),
            "This is Ana from Norte.",
        )

    def test_a_gap_without_value_shows_an_ellipsis(self):
        self.assertEqual(call_script.fill("Your {vehicle}", {"vehicle": False}), "Your …")

    def test_nothing_is_evaluated(self):
        text = "{customer.__class__} {0} {{agent}}"
        self.assertEqual(call_script.fill(text, {"agent": "Ana"}), "{customer.__class__} {0} {Ana}")

    def test_a_value_with_braces_is_not_filled_again(self):
        self.assertEqual(call_script.fill("{customer}", {"customer": "{agent}"}), "{agent}")

    def test_unknown_gaps_are_named(self):
        self.assertEqual(call_script.unknown_gaps("{agent} {wage} {customer}"), ["wage"])

    def test_no_text_is_no_script(self):
        self.assertEqual(call_script.fill(False, {}), "")
        self.assertEqual(call_script.unknown_gaps(None), [])
