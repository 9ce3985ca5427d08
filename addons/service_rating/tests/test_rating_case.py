from odoo.exceptions import AccessError
from odoo.tests import BaseCase, tagged

from ..rules import dissatisfaction
from .common import RatingCommon


@tagged("post_install", "-at_install")
class TestDissatisfactionRules(BaseCase):
    def test_words_are_found_as_people_write_them(self):
        for word, comment in (
            ("never again", "NEVER\n  again!"),
            ("disgust*", "Disgusting."),
            ("骗子", "你们都是骗子,再也不来"),
            ("возмутительн*", "Это Возмутительно!"),
            ("nunca más", "Nunca más vuelvo"),
            ("ＲＩＰ", "a rip of sorts"),
        ):
            self.assertEqual(dissatisfaction.found([word], comment), [word], comment)

    def test_a_word_inside_another_is_none(self):
        for word, comment in (
            ("rip", "a fine trip"),
            ("liar", "a familiar face"),
            ("худш", "худшее"),
            ("*", "anything"),
            ("", "anything"),
            ("worst", None),
        ):
            self.assertEqual(dissatisfaction.found([word], comment), [], comment)

    def test_each_word_is_told_once(self):
        self.assertEqual(dissatisfaction.found(["worst", "worst"], "worst of the worst"), ["worst"])


@tagged("post_install", "-at_install")
class TestRatingCase(RatingCommon):
    """Words and a low score propose, an agent decides, and the complaint keeps its rating."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.user_hotline = cls.make_user("hotline", "service_complaint.group_hotline_user")
        cls.hotline = cls.env["helpdesk.ticket.team"]._hotline(cls.company)
        cls.hotline.sudo().user_id = cls.user_hotline

    def rated(self, comment="Never again, you are swindlers!", technical=-20, **said):
        rating = self.make_rating()
        rating._submit(technical, 150, comment, "hash", None, said)
        return rating

    def officer(self, rating):
        return rating.with_user(self.user_officer)

    def test_words_of_four_languages_and_a_low_score_propose(self):
        """The house's words come with the addon, in the languages of its customers (S3-39)."""
        languages = self.env["service.rating.word"].search([]).mapped("language")
        self.assertEqual(set(languages), {"en", "es", "ru", "zh"})
        for comment in (
            "Never again.",
            "¡Una estafa!",
            "太差了,再也不来",
            "Это возмутительно",
        ):
            rating = self.rated(comment)
            self.assertEqual(rating.case_state, "proposed", comment)
            self.assertTrue(rating.case_words)
            self.assertIn("Proposed as a complaint", rating.message_ids[0].body)
        self.assertEqual(self.rated("Fine", proposal="Outrageous wait").case_state, "proposed")

    def test_words_alone_and_a_low_score_alone_propose_nothing(self):
        for comment, technical in (("The worst noise is gone", 120), ("Too slow", -50), (None, 0)):
            rating = self.rated(comment, technical)
            self.assertFalse(rating.case_state)
            self.assertFalse(rating.ticket_id)

    def test_the_branch_says_what_a_low_score_is(self):
        self.company.service_rating_low = -50
        self.assertFalse(self.rated().case_state)
        self.company.service_rating_low = 100
        self.assertEqual(self.rated(technical=100).case_state, "proposed")

    def test_a_confirmed_proposal_is_the_hotlines_complaint_linked_both_ways(self):
        rating = self.rated(proposal="I want my money back")
        action = self.officer(rating).action_make_case()
        case = rating.ticket_id
        self.assertEqual(action["res_id"], case.id)
        self.assertEqual(case.rating_id, rating)
        self.assertEqual(
            (case.team_id, case.user_id, case.order_id, case.partner_id, case.is_complaint),
            (self.hotline, self.user_hotline, rating.order_id, self.customer, True),
        )
        self.assertEqual(case.verbatim, "Never again, you are swindlers!\n\nI want my money back")
        self.assertTrue(case.announced_at)
        self.assertEqual(rating.case_state, "confirmed")
        self.assertEqual(rating.case_decided_by_id, self.user_officer)
        self.assertIn(self.user_officer.name, rating.message_ids[0].body)
        self.assertIn(self.user_officer.name, "".join(case.message_ids.mapped("body")))
        self.assertEqual((rating.technical_score, rating.state), (-20, "submitted"))
        with self.assertRefused("already is a complaint"):
            self.officer(rating).action_make_case()
        with self.assertRefused("already is a complaint"):
            self.officer(rating).action_no_case()

    def test_a_refused_proposal_keeps_its_reason(self):
        ratings = self.rated() | self.rated()
        action = self.officer(ratings).action_no_case()
        wizard = self.env["service.rating.no.case"].with_user(self.user_officer)
        wizard = wizard.with_context(**action["context"])
        with self.assertRefused("Say why"):
            wizard.create({"reason": "   "}).action_confirm()
        wizard.create({"reason": "He meant the road, not us."}).action_confirm()
        self.assertEqual(ratings.mapped("case_state"), ["refused"] * 2)
        self.assertEqual(ratings.mapped("case_reason"), ["He meant the road, not us."] * 2)
        self.assertIn("He meant the road", ratings[0].message_ids[0].body)
        self.assertFalse(ratings.ticket_id)
        with self.assertRefused("not proposed"):
            self.officer(ratings)._refuse_case("Again")

    def test_an_agent_makes_complaints_of_any_comment_two_at_once(self):
        ratings = self.rated("Too slow", 100) | self.rated()
        self.officer(ratings).action_make_case()
        self.assertEqual(len(ratings.ticket_id), 2)
        self.assertEqual(ratings.mapped("case_state"), ["confirmed"] * 2)

    def test_who_is_no_agent_decides_nothing_and_nothing_is_made_of_silence(self):
        rating = self.rated()
        for user in (self.user_manager, self.user_advisor, self.user_hotline):
            with self.assertRefused("customer-service department decides"):
                rating.with_user(user).action_make_case()
        with self.assertRefused("no comment"):
            self.officer(self.rated(None)).action_make_case()
        with self.assertRefused("not rated yet"):
            self.officer(self.make_rating()).action_make_case()
        with self.assertRaises(AccessError):
            rating.with_user(self.user_officer).write({"case_state": "refused"})
