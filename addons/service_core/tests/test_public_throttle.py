from datetime import timedelta

from odoo import fields
from odoo.tests import freeze_time, tagged

from ..models.service_public_throttle import DEFAULT_LIMIT, LIMITS
from .common import ServiceCommon


@tagged("post_install", "-at_install")
class TestPublicThrottle(ServiceCommon):
    def setUp(self):
        super().setUp()
        self.throttle = self.env["service.public.throttle"].with_user(
            self.env.ref("base.public_user")
        )

    def test_requests_up_to_the_limit_pass(self):
        limit, _seconds = LIMITS["book"]
        with freeze_time("2026-03-02 08:00:00"):
            answers = [self.throttle._hit("book", "a") for _number in range(limit + 1)]
        self.assertEqual(answers, [False] * limit + [True])

    def test_other_origins_and_pages_are_counted_apart(self):
        limit, _seconds = LIMITS["book"]
        with freeze_time("2026-03-02 08:00:00"):
            for _number in range(limit):
                self.throttle._hit("book", "a")
            self.assertFalse(self.throttle._hit("book", "b"))
            self.assertFalse(self.throttle._hit("rate", "a"))
            self.assertTrue(self.throttle._hit("book", "a"))

    def test_who_waits_gets_in_again(self):
        limit, seconds = DEFAULT_LIMIT
        start = fields.Datetime.to_datetime("2026-03-02 08:00:00")
        with freeze_time(start):
            for _number in range(limit):
                self.throttle._hit("status", "a")
            self.assertTrue(self.throttle._hit("status", "a"))
        with freeze_time(start + timedelta(seconds=seconds)):
            self.assertFalse(self.throttle._hit("status", "a"))

    def test_old_hits_are_swept_away(self):
        with freeze_time("2026-03-01 08:00:00"):
            self.throttle._hit("book", "old")
        with freeze_time("2026-03-02 08:00:01"):
            self.throttle._hit("book", "new")
            self.env["service.public.throttle"]._gc_old_hits()
        left = self.env["service.public.throttle"].search([]).mapped("origin_hash")
        self.assertIn("new", left)
        self.assertNotIn("old", left)
