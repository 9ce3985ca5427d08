import re
from pathlib import Path

import polib

from odoo.modules import Manifest
from odoo.tools.translate import TranslationModuleReader

LANGUAGES = ("es", "zh_CN", "ru")
# what a program fills in, and the tags around words; a tag's own words are translated
FILLED = re.compile(r"%\([a-zA-Z_0-9]+\)[sdif]|%[sdif%]|\{\{.*?\}\}|</?[a-zA-Z][^>]*>")
SPOKEN = re.compile(r'\s(?:title|aria-label|placeholder|alt)="[^"]*"')


def filled_in(text):
    return sorted(SPOKEN.sub("", part) for part in FILLED.findall(text))


class TranslationFacts:
    """One addon speaks four languages; each addon's own class names it in ``addon``."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.folder = Path(Manifest.for_addon(cls.addon).path) / "i18n"
        reader = TranslationModuleReader(cls.env.cr, modules=[cls.addon])
        cls.sources = {row[4] for row in reader}

    def entries(self, name):
        return {entry.msgid: entry.msgstr for entry in polib.pofile(str(self.folder / name))}

    def test_template_holds_what_the_addon_says_today(self):
        self.assertEqual(set(self.entries(f"{self.addon}.pot")), self.sources)

    def test_every_word_is_translated_into_every_language(self):
        for lang in LANGUAGES:
            with self.subTest(lang=lang):
                spoken = self.entries(f"{lang}.po")
                self.assertFalse({text for text in self.sources if not spoken.get(text)})

    def test_what_is_filled_in_and_the_tags_stay(self):
        for lang in LANGUAGES:
            with self.subTest(lang=lang):
                spoken = self.entries(f"{lang}.po").items()
                self.assertFalse(
                    [text for text, said in spoken if filled_in(said) != filled_in(text)]
                )
