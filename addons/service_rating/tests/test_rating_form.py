import re
from datetime import timedelta

from odoo import fields
from odoo.tests import HttpCase, freeze_time, tagged

from .common import RatingFactory


@tagged("post_install", "-at_install")
class TestRatingForm(RatingFactory, HttpCase):
    """What the form asks besides the two scores, and the ways to it without a link."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.setup_service()
        cls.setup_rating()
        cls.customer.phone = "+353 20 912 1259"
        cls.company.write({f"service_ask_{name}": False for name in ("csat", "ces", "nps")})
        cls.rating = cls.make_rating()
        cls.order = cls.rating.order_id
        cls.url = f"/service/rate/{cls.rating.access_token}"
        projects = cls.env["service.rating.project"]._offered(cls.company)
        cls.project = {group: found[:1] for group, found in projects.items()}

    def setUp(self):
        super().setUp()
        self.env["service.public.throttle"].search([]).unlink()

    def csrf(self, page):
        return re.search(r'name="csrf_token" value="([^"]+)"', page.text).group(1)

    def post(self, url, **values):
        """The form opened and sent, as a browser does it; redirects are followed."""
        token = self.csrf(self.url_open(url))
        return self.url_open(url, data={"csrf_token": token, **values})

    def vote_by(self, url, **values):
        scores = {"technical": "100", "attitude": "100", "button": "ok"}
        page = self.post(url, **{**scores, **values})
        self.assertIn("Thank you", page.text)
        self.rating.invalidate_recordset()
        return self.rating

    def assertNothingStored(self):
        self.rating.invalidate_recordset()
        self.assertEqual(self.rating.state, "sent")
        self.assertFalse(self.rating.share_ids)

    # === PROJECTS, RATER === #

    def test_each_group_offers_its_list_and_is_kept_as_its_own_project(self):
        """Three projects named on one form are one vote, credited once (S3-28)."""
        page = self.url_open(self.url).text
        for group, project in self.project.items():
            select = re.search(rf'<select[^>]*id="project_{group}".*?</select>', page, re.S).group(
                0
            )
            self.assertIn(project.name, select)
            self.assertNotIn("selected", select)
            self.assertIn(f'for="project_{group}"', page)
        rating = self.vote_by(
            self.url,
            technical="150",
            **{f"project_{group}": project.id for group, project in self.project.items()},
        )
        kept = rating | rating.further_ids
        self.assertEqual(
            {one.project_group: one.project_id for one in kept},
            self.project,
        )
        self.assertEqual(set(kept.mapped("state")), {"submitted"})
        self.assertEqual(kept.mapped("technical_score"), [150] * 3)
        self.assertEqual(kept.share_ids.rating_id, rating)
        self.assertEqual(rating.order_id.rating_progress, "done")
        coverage = self.env["service.rating.coverage"].search([("order_id", "=", self.order.id)])
        self.assertEqual(len(coverage), 1)
        rating.with_user(self.user_officer)._process(False)
        self.assertEqual(set(kept.mapped("state")), {"processed"})

    def test_what_is_not_on_the_list_of_its_group_is_no_project(self):
        values = {
            "project_presales": self.project["aftersales"].id,
            "project_aftersales": "99999999",
            "project_implementation": "x",
        }
        rating = self.vote_by(self.url, **values)
        self.assertFalse(rating.project_id)
        self.assertFalse(rating.further_ids)

    def test_place_organization_and_name_are_kept_as_known_or_as_corrected(self):
        """The form's identification is stored with the vote (S3-27)."""
        self.customer.city = "Bray"
        rating = self.vote_by(self.url, rater="Ada's daughter", organization="  Liffey Ltd\x00 ")
        self.assertEqual(
            (rating.place, rating.organization, rating.rater),
            ("Bray", "Liffey Ltd", "Ada's daughter"),
        )
        self.assertEqual(rating.channel, "mail")
        with self.assertRefused("customer's"):
            rating.sudo().write({"rater": "Somebody"})

    # === APART FROM PAY === #

    def test_questions_apart_from_pay_stand_on_the_page_where_the_branch_asks_them(self):
        """CSAT, CES, NPS and the direct question: on the same page, in no score (S2-111, S4-74)."""
        plain = self.url_open(self.url).text
        for name in ("csat", "ces", "nps"):
            self.assertNotIn(f'name="{name}"', plain)
        self.company.write(
            {"service_ask_csat": True, "service_ask_ces": True, "service_ask_nps": True}
        )
        page = self.url_open(self.url).text
        for name, values in (("csat", range(1, 6)), ("ces", range(1, 8)), ("nps", range(11))):
            found = re.findall(rf'id="{name}_\d+" name="{name}" value="(\d+)"', page)
            self.assertEqual([int(value) for value in found], list(values))
            self.assertNotRegex(page, rf'name="{name}"[^>]*checked')
        letters = self.env["mail.mail"].search_count([])
        rating = self.vote_by(self.url, csat="5", ces="2", nps="9", suits="no", proposal="Call me")
        answers = {one.instrument: one for one in rating.answer_ids}
        self.assertEqual(
            {name: (one.value, one.points) for name, one in answers.items()},
            {"csat": (5, 100), "ces": (2, 0), "nps": (9, 100)},
        )
        self.assertEqual(answers["csat"].advisor_id, self.order.advisor_id)
        self.assertEqual(answers["ces"].order_id, self.order)
        self.assertFalse(answers["nps"].advisor_id)
        self.assertEqual((rating.suits, rating.proposal), ("no", "Call me"))
        self.assertEqual(self.env["mail.mail"].search_count([]), letters)
        self.assertEqual(set(rating.share_ids.mapped("dimension")), {"technical", "attitude"})
        for record, vals in ((answers["nps"], {"value": 10}), (answers["csat"], {"points": 0})):
            with self.assertRefused("never changed"):
                record.sudo().write(vals)
            with self.assertRefused("never deleted"):
                record.sudo().unlink()
        with self.assertRefused("Only the customer"):
            answers["nps"].sudo().copy()

    def test_the_house_is_asked_about_once_in_a_while_and_answers_may_stay_open(self):
        """NPS belongs to the customer, not to the visit (S4-76)."""
        self.company.service_ask_nps = True
        self.vote_by(self.url, nps="11")
        self.assertFalse(self.rating.answer_ids)
        second = self.make_rating()
        self.post(
            f"/service/rate/{second.access_token}",
            technical="100",
            attitude="100",
            nps="3",
            csat="5",
        )
        self.assertEqual(second.answer_ids.mapped("instrument"), ["nps"])
        third = f"/service/rate/{self.make_rating().access_token}"
        self.assertNotIn('name="nps"', self.url_open(third).text)
        with freeze_time(fields.Datetime.now() + timedelta(days=91)):
            self.assertEqual(self.company._service_instruments(self.customer), ["nps"])

    def test_the_direct_question_asks_whom_to_praise_or_what_to_do_better(self):
        """Does it suit; if so who deserves praise, if not what happened (S4-16, S4-27)."""
        page = self.url_open(self.url).text
        self.assertIn("Does our service suit you?", page)
        for name in ("praise", "proposal"):
            self.assertIn(f'for="{name}"', page)
        rating = self.vote_by(self.url, suits="yes", praise="Sean at the desk")
        self.assertEqual((rating.suits, rating.praise), ("yes", "Sean at the desk"))
        # the department proposes whom the customer named, of those who served him
        action = rating.with_user(self.user_officer).action_commend()
        self.assertEqual(action["context"]["default_kind"], "commendation")
        self.assertEqual(action["context"]["default_order_id"], self.order.id)
        self.assertIn("Sean at the desk", action["context"]["default_reason"])
        self.company.service_ask_suits = False
        other = self.make_rating()
        url = f"/service/rate/{other.access_token}"
        self.assertNotIn("suits", self.url_open(url).text)
        self.post(url, technical="100", attitude="100", suits="no", praise="x", proposal="y")
        self.assertFalse(other.suits or other.praise or other.proposal)

    def test_the_branch_sets_the_steps_of_the_score(self):
        self.company.service_rating_step = "50"
        page = self.url_open(self.url).text
        select = re.search(r'<select[^>]*name="technical".*?</select>', page, re.S).group(0)
        values = re.findall(r'<option value="(-?\d+)"', select)
        self.assertEqual(values, ["200", "150", "100", "50", "0", "-50"])
        data = {"csrf_token": self.csrf(self.url_open(self.url)), "attitude": "100"}
        self.assertEqual(self.url_open(self.url, data={**data, "technical": "90"}).status_code, 400)
        self.assertNothingStored()

    # === LANGUAGE === #

    def test_the_page_speaks_the_visitors_language_and_offers_the_others(self):
        for lang in ("es_ES", "ru_RU"):
            self.env["res.lang"]._activate_lang(lang)
        spoken = re.compile(r'<html[^>]*lang="([^"]+)"')
        for url, header, lang in (
            ("/service/rate", "es-MX,es;q=0.9", "es-ES"),
            ("/service/rate?lang=ru_RU", "es", "ru-RU"),
            ("/service", "ru", "ru-RU"),
            ("/service/rate", "xx", "en-US"),
            (self.url + "?lang=es_ES", "ru", "es-ES"),
        ):
            page = self.url_open(url, headers={"Accept-Language": header}).text
            self.assertEqual(spoken.search(page).group(1), lang, url)
            self.assertIn('hreflang="ru-RU"', page)
        self.customer.lang = "ru_RU"
        self.assertEqual(spoken.search(self.url_open(self.url).text).group(1), "ru-RU")

    # === BY THE WEBSITE === #

    def test_from_the_customer_service_center_to_the_form_and_back_with_a_vote(self):
        """The five steps of the source: site, center, rating, form, confirm (S3-26)."""
        center = self.url_open("/service")
        self.assertEqual(center.status_code, 200)
        self.assertIn('href="/service/rate"', center.text)
        page = self.post("/service/rate", number=self.order.name.lower(), phone="020 9121259")
        self.assertEqual(page.status_code, 200)
        self.assertIn("/service/rate/go/", page.url)
        self.assertNotIn(self.rating.access_token, page.text)
        self.assertIn("Ada Owner", page.text)
        rating = self.vote_by(page.url.replace(self.base_url(), ""), technical="120")
        self.assertEqual((rating.channel, rating.technical_score), ("web", 120))
        self.assertEqual(self.url_open(page.url).status_code, 404)

    def test_a_visit_that_is_not_found_says_nothing_of_why(self):
        used = self.vote(self.make_rating())
        expired = self.make_rating(expires_at=fields.Datetime.now() - timedelta(days=1))
        right = "+353 20 912 1259"
        pages = [
            self.post("/service/rate", number=number, phone=phone)
            for number, phone in (
                ("WO/NONE", right),
                (self.order.name, "+353 20 912 0000"),
                (self.order.name, ""),
                (used.order_id.name, right),
                (expired.order_id.name, right),
            )
        ]
        self.assertEqual({page.status_code for page in pages}, {404})
        texts = {
            re.sub(r'csrf_token: "[^"]+"|value="[^"]*"', "", page.text.replace(right, ""))
            for page in pages
        }
        self.assertEqual(len(texts), 1)
        self.assertNothingStored()

    def test_finding_takes_one_query_whatever_is_found(self):
        used = self.vote(self.make_rating())
        ratings = self.env["service.rating"]
        for number, phone in (
            (self.order.name, "+353 20 912 1259"),
            (self.order.name, "+353 20 912 0000"),
            (used.order_id.name, "+353 20 912 1259"),
            ("WO/NONE", "+353 20 912 1259"),
            ("Ж", "Ж"),
        ):
            self.env.flush_all()
            with self.assertQueryCount(1):
                ratings._by_visit(number, phone)
        for order_id, digits in ((self.order.id, "1259"), (self.order.id, "0000"), (0, "1259")):
            with self.assertQueryCount(1):
                ratings._by_digits(order_id, digits)

    def test_finding_is_slowed_down(self):
        token = self.csrf(self.url_open("/service/rate"))
        data = {"csrf_token": token, "number": self.order.name, "phone": "1"}
        found = [self.url_open("/service/rate", data=data).status_code for _n in range(12)]
        self.assertEqual(found, [404] * 10 + [429] * 2)

    def test_the_branch_may_send_the_link_instead_or_take_no_rating_by_the_website(self):
        self.company.service_rating_web = "link"
        right = {"number": self.order.name, "phone": "+353 20 912 1259"}
        page = self.post("/service/rate", **right)
        self.assertIn("Look at your phone or mail", page.text)
        self.assertEqual(self.rating.sent_channel, "mail")
        self.company.service_rating_web = "off"
        self.assertEqual(self.post("/service/rate", **right).status_code, 404)

    def test_rating_on_site_and_by_a_social_network_are_ways_of_their_own(self):
        """The second way of collecting is there and off until the branch wants it (S3-33)."""
        right = {"number": self.order.name, "phone": "+353 20 912 1259"}
        self.assertFalse(self.company.service_rating_onsite)
        page = self.post("/service/rate?from=onsite", **right, **{"from": "onsite"})
        self.assertEqual(page.status_code, 404)
        self.company.service_rating_onsite = True
        page = self.url_open("/service/rate?from=social")
        self.assertIn('name="from" value="social"', page.text)
        page = self.post("/service/rate?from=onsite", **right, **{"from": "onsite"})
        rating = self.vote_by(page.url.replace(self.base_url(), ""))
        self.assertEqual(rating.channel, "onsite")

    def test_votes_of_many_customers_from_one_place_are_held(self):
        """What opens the website's form is known to colleagues too: too many of them wait."""
        origins = self.env["service.rating"]
        for name in ("Ben", "Cid", "Dan"):
            partner = self.make_customer(name=name, phone="+353 20 000 0001")
            other = self.make_rating(partner_id=partner.id)
            other._submit(200, 200, None, "one place", None, {"channel": "web"})
            origins |= other
        self.assertFalse(origins.flag_ids)
        self.rating._submit(200, 200, None, "one place", None, {"channel": "qr"})
        self.assertEqual(self.rating.flag_ids.mapped("kind"), ["same_origin"])
        self.assertEqual(self.rating.hold, "held")
        by_link = self.make_rating()
        by_link._submit(200, 200, None, "one place")
        self.assertFalse(by_link.hold)

    # === BY THE QR CODE === #

    def test_the_settlement_form_carries_a_code_that_is_no_key(self):
        html = self.env["ir.actions.report"]._render_qweb_html(
            "service_core.report_settlement", self.order.ids
        )[0]
        self.assertIn(b"How did we do?", html)
        self.assertIn(b"data:image/svg+xml;base64,", html)
        url = self.order._rating_page_url()
        self.assertNotIn(self.rating.access_token, url)
        self.assertNotIn(b"Ada Owner", self.url_open(url.replace(self.base_url(), "")).content)
        internal = self.make_order(
            kind_id=self.env.ref("service_core.service_order_kind_internal").id
        )
        self.assertFalse(internal._rating_code())

    def visit_url(self, order=None):
        return f"/service/rate/visit/{self.env['service.rating']._visit_code(order or self.order)}"

    def test_the_code_asks_for_the_last_four_digits(self):
        for digits in ("0000", "", "12590", "١٢٥٩"):
            page = self.post(self.visit_url(), digits=digits, button="digits")
            self.assertEqual(page.status_code, 404)
            self.assertIn("These are not the digits", page.text)
        page = self.post(self.visit_url(), digits="1259", button="digits")
        self.assertIn("/service/rate/go/", page.url)
        rating = self.vote_by(page.url.replace(self.base_url(), ""))
        self.assertEqual(rating.channel, "qr")

    def test_the_digits_are_tried_five_times_an_hour_wherever_the_tries_come_from(self):
        throttle = self.env["service.public.throttle"]
        for _try in range(5):
            page = self.post(self.visit_url(), digits="0000", button="digits")
            self.assertEqual(page.status_code, 404)
            # the next comes from elsewhere: what is counted is the visit
            throttle.search([("origin_hash", "!=", self.visit_hash())]).unlink()
        page = self.post(self.visit_url(), digits="1259", button="digits")
        self.assertEqual(page.status_code, 429)
        self.assertNothingStored()

    def visit_hash(self):
        throttle = self.env["service.public.throttle"]
        hits = throttle.search([("scope", "=", "rate_visit")])
        counted = {}
        for hit in hits:
            counted[hit.origin_hash] = counted.get(hit.origin_hash, 0) + 1
        return max(counted, key=counted.get)

    def test_the_code_may_send_the_link_and_says_the_same_where_it_cannot(self):
        before = self.env["mail.mail"].search([])
        page = self.post(self.visit_url(), button="send")
        self.assertIn("Look at your phone or mail", page.text)
        mail = self.env["mail.mail"].search([]) - before
        self.assertEqual(mail.email_to, "ada@customer.example.com")
        self.assertIn(self.rating.access_token, mail.body_html)
        self.assertNotIn(self.rating.access_token, page.text)
        used = self.vote(self.make_rating()).order_id
        for url in (self.visit_url(used), "/service/rate/visit/unsigned"):
            again = self.post(url, button="send")
            self.assertIn("Look at your phone or mail", again.text)
        self.assertEqual(self.env["mail.mail"].search([]) - before, mail)

    def test_what_nobody_signed_opens_nothing(self):
        ticket = self.rating._ticket("web")
        ratings = self.env["service.rating"]
        self.assertEqual(ratings._by_ticket(ticket), (self.rating, "web"))
        code = ratings._visit_code(self.order)
        bad = ("", "x", "Ж", ticket[:-4] + "AAAA", code, ticket.replace("A", "B", 1))
        for forged in bad:
            self.assertFalse(ratings._by_ticket(forged)[0], forged)
        self.assertFalse(ratings._by_ticket(self.rating._ticket("staff"))[0])
        with freeze_time(fields.Datetime.now() + timedelta(hours=2)):
            self.assertFalse(ratings._by_ticket(ticket)[0])
        self.assertEqual(self.url_open("/service/rate/go/Ж").status_code, 404)
        self.assertEqual(self.url_open("/service/rate/Ж").status_code, 404)

    def test_reading_any_page_changes_nothing_and_staff_get_no_further(self):
        stamp = self.rating.write_date
        urls = (
            self.url,
            f"/service/rate/go/{self.rating._ticket('qr')}",
            self.visit_url(),
            "/service/rate",
        )
        for url in urls:
            for method in ("GET", "HEAD"):
                self.assertEqual(self.url_open(url, method=method).status_code, 200, url)
        self.assertNothingStored()
        self.assertEqual(self.rating.write_date, stamp)
        self.authenticate("test_advisor", "test_advisor")
        for url in urls:
            self.assertEqual(self.url_open(url).status_code, 403, url)
