import secrets
from datetime import timedelta
from unittest.mock import patch

from odoo import fields
from odoo.tests import HttpCase, tagged

from ..models import service_rating
from .common import RatingFactory

GUESSES = 10_000
BY_HTTP = 30


@tagged("post_install", "-at_install")
class TestRatingGuess(RatingFactory, HttpCase):
    """Guessing links: nothing is found, nothing is learned, and soon nobody answers any more."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.setup_service()
        cls.setup_rating()
        cls.rating = cls.make_rating()

    def guesses(self, number):
        """Tokens of the right shape, and some that are nearly the right one."""
        token = self.rating.access_token
        near = [token[:-1], token + "A", token.swapcase(), token[::-1], "", "Ж", "\x00", "%"]
        return near + [secrets.token_urlsafe(32) for _n in range(number - len(near))]

    def test_ten_thousand_guessed_tokens_find_nothing(self):
        ratings = self.env["service.rating"]
        compared = []

        def watched(known, given):
            compared.append(len(known))
            return known == given

        self.env.flush_all()
        with patch.object(service_rating, "consteq", watched), self.assertQueryCount(GUESSES):
            found = [guess for guess in self.guesses(GUESSES) if ratings._by_token(guess)]
        self.assertEqual(found, [])
        # each guess was compared in constant time with something as long as a token
        self.assertEqual(len(compared), GUESSES)
        self.assertEqual(set(compared), {len(self.rating.access_token)})
        self.assertEqual(ratings._by_token(self.rating.access_token), self.rating)

    def test_unknown_expired_and_used_are_compared_alike(self):
        expired = self.make_rating(expires_at=fields.Datetime.now() - timedelta(days=1))
        used = self.vote(self.make_rating())
        self.env.flush_all()
        for token in (
            self.rating.access_token,
            expired.access_token,
            used.access_token,
            secrets.token_urlsafe(32),
        ):
            self.env.invalidate_all()
            with (
                patch.object(service_rating, "consteq", return_value=True) as compare,
                self.assertQueryCount(1),
            ):
                self.env["service.rating"]._by_token(token)
            compare.assert_called_once()

    def test_the_rate_limit_bites_and_guesses_are_answered_alike(self):
        self.env["service.public.throttle"].search([]).unlink()
        pages = [
            self.url_open(f"/service/rate/{guess}") for guess in self.guesses(BY_HTTP) if guess
        ]
        statuses = [page.status_code for page in pages]
        self.assertEqual(set(statuses), {404, 429})
        self.assertLessEqual(statuses.count(404), 21)
        self.assertEqual(statuses[-5:], [429] * 5)
        self.assertEqual(
            self.url_open(f"/service/rate/{self.rating.access_token}").status_code, 429
        )
        self.rating.invalidate_recordset()
        self.assertEqual(self.rating.state, "sent")
