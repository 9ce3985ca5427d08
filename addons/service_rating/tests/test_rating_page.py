import re
from datetime import timedelta

from odoo import fields
from odoo.tests import HttpCase, tagged

from .common import RatingFactory


@tagged("post_install", "-at_install")
class TestRatingPage(RatingFactory, HttpCase):
    """The customer's page: reading changes nothing, one post writes once."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.setup_service()
        cls.setup_rating()
        cls.rating = cls.make_rating()
        cls.url = f"/service/rate/{cls.rating.access_token}"

    def setUp(self):
        super().setUp()
        self.env["service.public.throttle"].search([]).unlink()

    def csrf(self, page):
        return re.search(r'name="csrf_token" value="([^"]+)"', page.text).group(1)

    def post(self, url=None, **values):
        page = self.url_open(url or self.url)
        token = self.csrf(page) if page.status_code == 200 else "none"
        return self.url_open(url or self.url, data={"csrf_token": token, **values})

    def assertUnchanged(self, rating=None):
        rating = rating or self.rating
        rating.invalidate_recordset()
        self.assertEqual(rating.state, "sent")
        self.assertFalse(rating.share_ids)

    # === READING === #

    def test_the_form_asks_both_questions_without_a_default(self):
        page = self.url_open(self.url)
        self.assertEqual(page.status_code, 200)
        for name in ("technical", "attitude"):
            select = re.search(rf'<select[^>]*name="{name}".*?</select>', page.text, re.S).group(0)
            self.assertIn("required", select)
            self.assertNotIn("selected", select)
            values = re.findall(r'<option value="(-?\d*)"', select)
            self.assertEqual(values, ["", *[str(n) for n in range(200, -60, -10)]])
            self.assertRegex(select, r"100 %\s*– as expected")
            self.assertIn(f'<label class="form-label" for="{name}">', page.text)
        # the projects, the two scores, and whether the service suits
        self.assertEqual(page.text.count("<fieldset"), 4)
        self.assertEqual(page.text.count("<legend"), 4)
        self.assertIn('maxlength="2000"', page.text)
        self.assertIn("After-sales Service", page.text)
        self.assertIn(self.rating.order_id.license_plate, page.text)
        self.assertIn("Ada Owner", page.text)

    def test_the_form_greets_and_names_place_organization_rater_and_date(self):
        """What the source's form asks for is known from the visit and shown (S3-27)."""
        self.company.partner_id.city = "Dublin"
        firm = self.env["res.partner"].create({"name": "Ada's Firm", "is_company": True})
        self.customer.parent_id = firm
        self.rating.order_id.delivered_date = "2026-03-09 12:00:00"
        page = self.url_open(self.url).text
        facts = dict(re.findall(r"<dt>([^<]+)</dt>\s*<dd>(.*?)</dd>", page, re.S))
        facts = {
            name: " ".join(re.sub("<[^>]+>", " ", text).split()) for name, text in facts.items()
        }
        self.assertIn("Welcome", page)
        self.assertEqual(facts["Place"], "Dublin")
        self.assertEqual(facts["Organization"], "Ada&#39;s Firm")
        self.assertEqual(facts["Rated by"], "Ada Owner")
        self.assertEqual(facts["Date"], "03/09/2026")

    def test_reading_changes_nothing(self):
        stamp = self.rating.write_date
        for _visit in range(3):
            self.url_open(self.url)
        self.url_open(self.url, method="HEAD")
        self.assertUnchanged()
        self.assertEqual(self.rating.write_date, stamp)

    def test_the_link_is_not_handed_on_nor_kept(self):
        headers = self.url_open(self.url).headers
        self.assertEqual(headers["Referrer-Policy"], "no-referrer")
        self.assertEqual(headers["Cache-Control"], "no-store")
        self.assertEqual(headers["X-Robots-Tag"], "noindex")

    def test_the_customers_language_is_spoken(self):
        self.env["res.lang"]._activate_lang("fr_FR")
        self.customer.lang = "fr_FR"
        self.assertIn('lang="fr-FR"', self.url_open(self.url).text)

    # === VOTING === #

    def test_ok_stores_the_vote_once(self):
        page = self.post(technical="150", attitude="-50", comment="Fast but rude", button="ok")
        self.assertEqual(page.status_code, 200)
        self.assertIn("Thank you", page.text)
        self.rating.invalidate_recordset()
        self.assertEqual(self.rating.state, "submitted")
        self.assertEqual((self.rating.technical_score, self.rating.attitude_score), (150, -50))
        self.assertEqual(self.rating.comment, "Fast but rude")
        self.assertEqual(len(self.rating.origin_hash), 64)
        self.assertTrue(self.rating.share_ids)

    def test_a_second_vote_is_refused_like_an_unknown_link(self):
        page = self.url_open(self.url)
        data = {"csrf_token": self.csrf(page), "button": "ok"}
        self.url_open(self.url, data={**data, "technical": "100", "attitude": "100"})
        again = self.url_open(self.url, data={**data, "technical": "200", "attitude": "200"})
        unknown = self.url_open(
            "/service/rate/unknown", data={**data, "technical": "200", "attitude": "200"}
        )
        self.assertEqual((again.status_code, unknown.status_code), (404, 404))
        self.assertEqual(self.plain(again), self.plain(unknown))
        self.rating.invalidate_recordset()
        self.assertEqual((self.rating.technical_score, self.rating.attitude_score), (100, 100))

    def plain(self, page):
        """A page without what differs between any two requests."""
        return re.sub(r'csrf_token: "[^"]+"', "", page.text)

    def test_cancel_stores_nothing_and_the_link_still_works(self):
        page = self.post(technical="150", attitude="150", comment="no", button="cancel")
        self.assertIn("Nothing was stored", page.text)
        self.assertUnchanged()
        self.assertEqual(self.url_open(self.url).status_code, 200)

    def test_a_missing_score_keeps_what_was_typed(self):
        page = self.post(technical="150", attitude="", comment="Half <b>done</b>", button="ok")
        self.assertEqual(page.status_code, 400)
        self.assertIn("Both scores are needed", page.text)
        self.assertIn('id="attitude_error"', page.text)
        self.assertNotIn('id="technical_error"', page.text)
        self.assertRegex(page.text, r'<option value="150" selected="[^"]*">')
        self.assertIn("Half &lt;b&gt;done&lt;/b&gt;", page.text)
        self.assertUnchanged()

    def test_a_score_outside_the_choices_is_refused(self):
        for value in ("-60", "210", "101", "NaN"):
            page = self.post(technical=value, attitude="100", button="ok")
            self.assertEqual(page.status_code, 400, value)
            self.assertUnchanged()

    def test_a_post_without_the_forms_token_is_refused(self):
        data = {"technical": "100", "attitude": "100", "button": "ok"}
        with self.assertLogs("odoo.http", level="WARNING"):
            page = self.url_open(self.url, data=data)
        self.assertEqual(page.status_code, 400)
        self.assertUnchanged()

    # === CLOSED LINKS === #

    def test_unknown_expired_and_used_links_answer_alike(self):
        expired = self.make_rating(expires_at=fields.Datetime.now() - timedelta(seconds=1))
        used = self.vote(self.make_rating())
        pages = [
            self.url_open(f"/service/rate/{token}")
            for token in ("unknown", expired.access_token, used.access_token)
        ]
        self.assertEqual([page.status_code for page in pages], [404] * 3)
        self.assertEqual(len({self.plain(page) for page in pages}), 1)

    def test_an_expired_link_stores_nothing(self):
        page = self.url_open(self.url)
        data = {"csrf_token": self.csrf(page), "technical": "100", "attitude": "100"}
        self.env.cr.execute(
            "UPDATE service_rating SET expires_at = %s WHERE id = %s",
            (fields.Datetime.now() - timedelta(seconds=1), self.rating.id),
        )
        self.rating.invalidate_recordset()
        self.assertEqual(self.url_open(self.url, data=data).status_code, 404)
        self.assertUnchanged()

    def test_staff_neither_see_the_form_nor_vote(self):
        self.authenticate("test_advisor", "test_advisor")
        page = self.url_open(self.url)
        self.assertEqual(page.status_code, 403)
        self.assertNotIn("<form", page.text)
        token = re.search(r'csrf_token: "([^"]+)"', page.text).group(1)
        data = {"csrf_token": token, "technical": "200", "attitude": "200", "button": "ok"}
        self.assertEqual(self.url_open(self.url, data=data).status_code, 403)
        self.assertUnchanged()

    def test_a_portal_customer_may_vote(self):
        self.make_portal_user()
        self.authenticate("test_portal", "test_portal")
        page = self.post(technical="100", attitude="100", button="ok")
        self.assertIn("Thank you", page.text)

    def test_guessing_is_slowed_down(self):
        statuses = [self.url_open(f"/service/rate/guess{n}").status_code for n in range(22)]
        self.assertEqual(statuses, [404] * 20 + [429] * 2)
        self.assertEqual(self.url_open(self.url).status_code, 429)
