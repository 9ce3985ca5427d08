import re

from odoo.tests import tagged

from .common import ServiceCommon

REPORTS = ("estimate", "settlement", "contract", "valuation", "intake")


@tagged("post_install", "-at_install")
class TestPrintLanguages(ServiceCommon):
    """The customer's papers come in his language, whoever prints them."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.env["res.lang"]._activate_lang("ru_RU")
        cls.env["ir.module.module"]._load_module_terms(["service_core"], ["ru_RU"])

    def printed(self, report, order):
        html, _kind = (
            self.env["ir.actions.report"]
            .with_user(self.user_advisor)
            ._render_qweb_html(f"service_core.report_{report}", order.ids)
        )
        page = re.search(r'<div class="page.*', html.decode(), re.DOTALL)[0]
        return set(re.findall(r">\s*([^<>]*[A-Za-zА-я][^<>]*?)\s*<", page))

    def test_no_english_word_of_the_form_is_left_for_a_russian(self):
        order = self.make_order("delivered", jobs=[{"parts": [(self.part, 1)]}])
        for report in REPORTS:
            with self.subTest(report=report):
                english = self.printed(report, order)
                order.partner_id.lang = "ru_RU"
                russian = self.printed(report, order)
                order.partner_id.lang = "en_US"
                self.assertGreater(len(english - russian), 5)
                left = {text for text in english & russian if text in self.words(report)}
                self.assertFalse(left)

    def words(self, report):
        """The form's own words, as they stand in its template."""
        arch = self.env.ref(f"service_core.report_{report}_document").arch_db
        return set(re.findall(r">\s*([^<>]*[A-Za-z][^<>]*?)\s*<", arch))
