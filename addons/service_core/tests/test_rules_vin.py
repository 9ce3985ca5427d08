from odoo.tests import BaseCase, tagged

from ..rules import vin


@tagged("post_install", "-at_install")
class TestRulesVin(BaseCase):
    def test_separators_and_case_do_not_matter(self):
        self.assertEqual(vin.normalise(" 1m8-gdm9a.xkp 042788 "), "1M8GDM9AXKP042788")

    def test_nothing_is_nothing(self):
        self.assertEqual(vin.normalise(None), "")
        self.assertEqual(vin.normalise(" - "), "")

    def test_seventeen_legal_characters_are_standard(self):
        self.assertTrue(vin.is_standard("1M8GDM9AXKP042788"))

    def test_i_o_and_q_are_not_standard(self):
        for char in "IOQ":
            self.assertFalse(vin.is_standard("1M8GDM9AXKP04278" + char))

    def test_other_lengths_are_not_standard(self):
        self.assertFalse(vin.is_standard("1M8GDM9AXKP04278"))
        self.assertFalse(vin.is_standard("1M8GDM9AXKP0427881"))

    def test_letters_of_other_alphabets_are_not_standard(self):
        self.assertFalse(vin.is_standard("1M8GDM9АXKP042788"))  # a Cyrillic A

    def test_check_digit_of_the_textbook(self):
        self.assertEqual(vin.check_digit("1M8GDM9AXKP042788"), "X")
        self.assertEqual(vin.check_digit("1" * 17), "1")

    def test_wrong_check_digit_is_told(self):
        self.assertTrue(vin.has_check_digit("1M8GDM9AXKP042788"))
        self.assertFalse(vin.has_check_digit("1M8GDM9A1KP042788"))

    def test_swapped_neighbours_are_told(self):
        self.assertFalse(vin.has_check_digit("1M8GDM9AXKP047288"))

    def test_odd_numbers_have_no_check_digit(self):
        self.assertFalse(vin.has_check_digit("W1234"))

    def test_make_and_model_year_are_told(self):
        self.assertEqual(vin.decode("JTDBR32E720012345", 2026), ("Toyota", 2002))
        self.assertEqual(vin.decode("KMHCT4AE5EU123456", 2026), ("Hyundai", 2014))

    def test_the_year_comes_round_and_is_never_in_the_future(self):
        self.assertEqual(vin.decode("WBA3A5C51CF256651", 2026)[1], 2012)
        self.assertEqual(vin.decode("WBA3A5C51CF256651", 2010)[1], 1982)

    def test_what_says_nothing_tells_nothing(self):
        for number in ("", "SHORT", "11111111111111111", "1M8GDM9АXKP042788"):
            self.assertFalse(vin.decode(number, 2026), number)
