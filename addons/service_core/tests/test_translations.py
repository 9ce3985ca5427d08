from odoo.tests import TransactionCase, tagged

from .common_translations import TranslationFacts


@tagged("post_install", "-at_install")
class TestTranslations(TranslationFacts, TransactionCase):
    addon = "service_core"
