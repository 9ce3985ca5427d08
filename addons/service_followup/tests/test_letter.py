from datetime import date

from odoo.exceptions import AccessError, UserError
from odoo.tests import freeze_time, tagged

from .common import FollowupCommon


@tagged("post_install", "-at_install")
@freeze_time("2026-11-07 10:00:00")
class TestLetter(FollowupCommon):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.customer.write({"street": "Main Street 1", "city": "Springfield", "zip": "12345"})

    def letter(self, **values):
        return (
            self.env["service.letter"]
            .with_user(self.user_caller)
            .create(
                {
                    "partner_id": self.customer.id,
                    "subject": "Your winter check",
                    "body": "<p>Dear Ada, winter is near.</p>",
                    **values,
                }
            )
        )

    def test_sending_numbers_prints_and_registers(self):
        letter = self.letter()
        letter.action_send()
        self.assertEqual(letter.state, "sent")
        self.assertTrue(letter.name.startswith("LT/2026/"))
        self.assertEqual(letter.sent_date, date(2026, 11, 7))
        self.assertEqual(letter.sent_by_id, self.user_caller)
        self.assertEqual(letter.attachment_id.res_id, letter.id)
        self.assertIn(str(letter.attachment_id.id), letter.action_print()["url"])

    def test_print_carries_addressee_number_date_and_content(self):
        letter = self.letter()
        letter.action_send()
        html = letter.attachment_id.raw.decode()
        for text in (
            "Ada Owner",
            "Main Street 1",
            letter.name,
            "7 November 2026",
            "winter is near",
        ):
            self.assertIn(text, html)

    def test_number_and_date_of_sending_are_not_entered_by_hand(self):
        letter = self.letter()
        for name, value in (("name", "LT/1"), ("sent_date", "2026-01-01")):
            with self.subTest(field=name), self.assertRaisesRegex(UserError, "by hand"):
                letter[name] = value

    def test_two_letters_get_two_numbers(self):
        letters = self.letter() + self.letter(subject="Second")
        letters.action_send()
        self.assertEqual(len(set(letters.mapped("name"))), 2)
        self.assertEqual(len(letters.attachment_id), 2)

    def test_letter_needs_content_date_and_address(self):
        homeless = self.make_customer(name="Bo", phone="2")
        for values, sentence in (
            ({"body": "<p><br></p>"}, "content"),
            ({"letter_date": False}, "date"),
            ({"partner_id": homeless.id}, "address"),
        ):
            with self.subTest(lacks=sentence):
                letter = self.letter(**values)
                with self.assertRaisesRegex(UserError, sentence):
                    letter.action_send()
                self.assertEqual(letter.state, "draft")
                self.assertFalse(letter.name)

    def test_invitation_says_when_and_where(self):
        letter = self.letter(letter_type="invitation")
        with self.assertRaisesRegex(UserError, "date of the activity, place of the activity"):
            letter.action_send()
        letter.write({"activity_date": "2026-12-01", "activity_place": "Our yard"})
        letter.action_send()
        self.assertEqual(letter.state, "sent")
        self.assertIn("Our yard", letter.attachment_id.raw.decode())

    def test_one_incomplete_letter_stops_the_batch(self):
        letters = self.letter() + self.letter(body=False)
        with self.assertRaises(UserError):
            letters.action_send()
        self.assertEqual(letters.mapped("state"), ["draft", "draft"])

    def test_what_was_sent_stays(self):
        letter = self.letter()
        letter.action_send()
        for user in (self.user_caller, self.user_followup_manager):
            with self.assertRaisesRegex(UserError, "stays as it is"):
                letter.with_user(user).body = "<p>Other</p>"
            with self.assertRaises(AccessError):
                letter.with_user(user).unlink()
            with self.assertRaises(AccessError):
                letter.attachment_id.with_user(user).raw = b"other"
        with self.assertRaisesRegex(UserError, "stays in the register"):
            letter.sudo().unlink()

    def test_sent_letter_keeps_the_address_of_then(self):
        letter = self.letter()
        letter.action_send()
        self.customer.street = "New Street 2"
        self.assertIn("Main Street 1", letter.address)

    def test_a_note_about_a_sent_letter_is_possible(self):
        letter = self.letter()
        letter.action_send()
        message = letter.message_post(body="He thanked for it")
        self.assertIn(message, letter.message_ids)

    def test_draft_is_previewed_cancelled_and_taken_up_again(self):
        letter = self.letter()
        self.assertEqual(letter.action_print()["type"], "ir.actions.report")
        letter.action_cancel()
        with self.assertRaises(UserError):
            letter.action_send()
        letter.action_redraft()
        self.assertEqual(letter.state, "draft")

    def test_nothing_is_mailed(self):
        before = self.env["mail.mail"].search_count([])
        self.letter().action_send()
        self.assertEqual(self.env["mail.mail"].search_count([]), before)
