from odoo.tests import BaseCase, tagged

from ..rules import plate


@tagged("post_install", "-at_install")
class TestRulesPlate(BaseCase):
    def test_shown_in_capitals_with_single_spaces(self):
        self.assertEqual(plate.tidy("  b-ab   12e "), "B-AB 12E")

    def test_compared_without_separators(self):
        self.assertEqual(plate.normalise("b-ab 12.e"), "BAB12E")

    def test_either_keyboard_gives_the_same_russian_plate(self):
        self.assertEqual(plate.normalise("а123вс 77"), plate.normalise("a123bc77"))

    def test_chinese_plates_keep_their_province(self):
        self.assertEqual(plate.normalise("京A·12345"), "京A12345")

    def test_full_width_digits_are_digits(self):
        self.assertEqual(plate.normalise("京A１２３４５"), "京A12345")

    def test_nothing_is_nothing(self):
        self.assertEqual(plate.normalise(False), "")
