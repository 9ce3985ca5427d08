from odoo.tests import TransactionCase, tagged

from odoo.addons.service_core.tests.common_translations import TranslationFacts


@tagged("post_install", "-at_install")
class TestTranslations(TranslationFacts, TransactionCase):
    addon = "service_followup"
