import re
from datetime import timedelta
from unittest.mock import patch

from odoo import fields
from odoo.tests import HttpCase, tagged
from odoo.tools import mute_logger

from odoo.addons.service_core.controllers.status import NAME_LIMIT, SIGNATURE_LIMIT
from odoo.addons.service_core.models import service_public_throttle
from odoo.addons.service_core.tests.common import SIGNATURE, ServiceFactory

DRAWN = f"data:image/png;base64,{SIGNATURE}"


@tagged("post_install", "-at_install")
class TestStatusPage(ServiceFactory, HttpCase):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.setup_service()

    def setUp(self):
        super().setUp()
        # each test starts with an empty counter; the limit has a test of its own
        self.env["service.public.throttle"].search([]).unlink()

    # === HELPERS === #

    def url(self, order, tail=""):
        return f"/service/status/{order.access_token}{tail}"

    def page(self, order):
        response = self.url_open(self.url(order))
        self.assertEqual(response.status_code, 200)
        return response.text

    def asked(self, order):
        return order.approval_ids.filtered(lambda a: a.state == "asked")

    def post(self, order, answer="approved", **values):
        """Answer as the page's form does; ``None`` leaves a field out."""
        token = re.search(r'name="csrf_token" value="([^"]+)"', self.url_open(self.url(order)).text)
        data = {
            "csrf_token": token and token.group(1),
            "approval": self.asked(order)[:1].id,
            "name": "Ada Owner",
            **{f"job_{job.id}": answer for job in order.job_ids},
            **values,
        }
        response = self.url_open(
            self.url(order, "/answer"),
            data={key: value for key, value in data.items() if value is not None},
        )
        self.env.invalidate_all()
        return response

    # === READING === #

    def test_reading_changes_nothing(self):
        order = self.make_order("quoted")
        self.env.flush_all()
        self.env.invalidate_all()
        before = order.read()[0], order.approval_ids.read()[0]
        transitions = self.env["service.transition"].search_count([])
        text = self.page(order)
        self.env.invalidate_all()
        self.assertEqual((order.read()[0], order.approval_ids.read()[0]), before)
        self.assertEqual(self.env["service.transition"].search_count([]), transitions)
        self.assertIn("Our estimate", text)
        self.assertIn(order.license_plate, text)

    def test_every_state_has_its_words(self):
        for state, words in {
            "booked": "Your appointment is booked.",
            "received": "is being looked at",
            "in_repair": "is being worked on",
            "ready": "Your car is ready.",
            "delivered": "back with you",
        }.items():
            with self.subTest(state=state):
                self.assertIn(words, self.page(self.make_order(state)))

    def test_missing_part_is_told_with_its_date(self):
        order = self.make_order("in_repair", jobs=[{"parts": [(self.scarce_part, 1)]}])
        self.assertIn("We are waiting for parts", self.page(order))

    def test_link_is_a_key_and_is_not_handed_on(self):
        response = self.url_open(self.url(self.make_order("booked")))
        self.assertEqual(response.headers["Referrer-Policy"], "no-referrer")
        self.assertIn("no-store", response.headers["Cache-Control"])
        self.assertEqual(response.headers["X-Robots-Tag"], "noindex")

    def test_unknown_cancelled_and_expired_links_look_the_same(self):
        cancelled = self.make_order("booked")
        cancelled.with_user(self.user_receptionist)._cancel("Not coming")
        expired = self.make_order("delivered")
        expired.delivered_date = fields.Datetime.now() - timedelta(days=31)
        pages = set()
        for path in (
            "/service/status/nobody",
            f"/service/status/{'x' * 2000}",
            "/service/status/%00%27%20OR%201=1",
            self.url(cancelled),
            self.url(expired),
        ):
            response = self.url_open(path)
            self.assertEqual(response.status_code, 404)
            pages.add(re.sub(r'csrf_token: "[^"]*"', "", response.text))
        self.assertEqual(len(pages), 1)
        page = pages.pop()
        self.assertIn("This page is not available", page)
        self.assertNotIn(cancelled.license_plate, page)

    def test_delivered_order_is_shown_for_a_month(self):
        order = self.make_order("delivered")
        order.delivered_date = fields.Datetime.now() - timedelta(days=29)
        self.assertIn("back with you", self.page(order))

    def test_job_of_another_payer_is_not_shown(self):
        order = self.make_order(
            "quoted",
            jobs=[
                {"name": "New pads"},
                {"name": "Recalled airbag", "payer": "manufacturer"},
                {"name": "Polish for the showroom", "payer": "internal"},
            ],
        )
        text = self.page(order)
        self.assertIn("New pads", text)
        self.assertNotIn("Recalled airbag", text)
        self.assertNotIn("Polish for the showroom", text)
        self.assertNotIn(self.oem.name, text)
        self.approve(order)
        text = self.page(order)
        self.assertIn("New pads", text)
        self.assertNotIn("Recalled airbag", text)

    def test_another_order_is_not_shown(self):
        other = self.make_order("quoted", jobs=[{"name": "Somebody else's gearbox"}])
        text = self.page(self.make_order("quoted"))
        self.assertNotIn("gearbox", text)
        self.assertNotIn(other.name, text)

    def test_words_of_the_customer_are_escaped(self):
        evil = "<script>alert('boo')</script><img src=x onerror=alert(1)>"
        order = self.make_order(
            "quoted", jobs=[{"customer_words": evil, "name": evil, "cause": evil}]
        )
        text = self.page(order)
        self.assertNotIn("<script>alert", text)
        self.assertNotIn("<img src=x", text)
        self.assertIn("&lt;script&gt;alert", text)
        self.post(order, name=evil[:90])
        self.assertEqual(order.approval_ids.answered_by, evil[:90])
        body = str(order.message_ids.filtered(lambda m: "answered" in m.body).body)
        self.assertNotIn("<script>", body)
        self.assertNotIn("<img", body)

    def test_page_speaks_the_language_of_the_contact(self):
        self.env["res.lang"]._activate_lang("fr_FR")
        view = self.env.ref("service_core.status_page")
        view.update_field_translations("arch_db", {"fr_FR": {"Our estimate": "Notre devis"}})
        order = self.make_order("quoted")
        self.assertIn("Our estimate", self.page(order))
        order.contact_id.lang = "fr_FR"
        text = self.page(order)
        self.assertIn("Notre devis", text)
        self.assertIn('lang="fr-FR"', text)

    # === ANSWERING === #

    def test_approval_by_link_agrees_the_order_by_itself(self):
        order = self.make_order("quoted")
        response = self.post(order)
        self.assertEqual(response.status_code, 200)
        self.assertIn("Thank you, we have your answer", response.text)
        self.assertEqual(order.state, "agreed")
        self.assertEqual(order.sale_order_ids.state, "sale")
        approval = order.approval_ids
        self.assertEqual((approval.channel, approval.answered_by), ("link", "Ada Owner"))
        self.assertFalse(approval.user_id)
        self.assertTrue(approval.answered_at)
        self.assertEqual(order._last_transition().verb, "agree")

    def test_drawn_signature_is_kept(self):
        order = self.make_order("quoted")
        self.post(order, signature=DRAWN)
        approval = order.approval_ids
        self.assertEqual(approval.channel, "signature")
        self.assertEqual(approval.signature.decode(), SIGNATURE)

    def test_job_by_job(self):
        order = self.make_order("quoted", jobs=[{}, {}, {}])
        yes, no, later = order.job_ids
        self.post(order, **{f"job_{no.id}": "declined", f"job_{later.id}": "deferred"})
        self.assertEqual(
            (yes | no | later).mapped("approval"), ["approved", "declined", "deferred"]
        )
        self.assertEqual(order.state, "agreed")

    def test_refusing_all_waits_for_the_advisor(self):
        order = self.make_order("quoted")
        self.post(order, answer="declined")
        self.assertEqual(order.state, "quoted")
        self.assertTrue(order.activity_ids.filtered(lambda a: a.user_id == self.user_advisor))

    def test_answer_counts_even_when_the_order_cannot_be_agreed_yet(self):
        order = self.make_order("quoted", promised_date=False)
        self.post(order)
        self.assertEqual((order.state, order.approval_ids.state), ("quoted", "answered"))
        self.assertIn("promise a completion time", order.activity_ids.note)
        order.promised_date = order.planned_start
        order.with_user(self.user_advisor).action_agree()
        self.assertEqual(order.state, "agreed")

    def test_extra_work_is_answered_by_the_same_link(self):
        order = self.make_order("in_repair")
        self.make_job(order, name="Brake hose")
        order.with_user(self.user_advisor).action_ask()
        self.assertIn("Brake hose", self.page(order))
        self.post(order)
        self.assertEqual(order.state, "in_repair")
        self.assertEqual(set(order.job_ids.mapped("approval")), {"approved"})
        self.assertEqual(len(order.sale_order_ids), 2)

    def test_second_answer_is_refused_with_a_sentence(self):
        order = self.make_order("in_repair")
        answered = order.approval_ids
        job = self.make_job(order, name="Brake hose")
        order.with_user(self.user_advisor).action_ask()
        asked = self.asked(order)
        response = self.post(order, approval=answered.id)
        self.assertIn("already answered or was changed", response.text)
        self.assertEqual(asked.state, "asked")
        self.post(order, answer="declined")
        self.assertEqual(job.approval, "declined")

    def test_the_form_sent_twice_counts_once(self):
        order = self.make_order("quoted", jobs=[{}, {}])
        approval = self.asked(order)
        first = self.url_open(self.url(order)).text
        csrf = re.search(r'name="csrf_token" value="([^"]+)"', first).group(1)
        for answer in ("approved", "declined"):
            response = self.url_open(
                self.url(order, "/answer"),
                data={
                    "csrf_token": csrf,
                    "approval": approval.id,
                    "name": "Ada",
                    **{f"job_{job.id}": answer for job in order.job_ids},
                },
            )
        self.env.invalidate_all()
        self.assertIn("already answered or was changed", response.text)
        self.assertEqual(set(order.job_ids.mapped("approval")), {"approved"})

    def test_answer_to_a_revised_estimate_is_refused(self):
        order = self.make_order("quoted")
        old = self.asked(order)
        order.with_user(self.user_advisor).action_revise()
        order.job_ids.line_ids[0].product_uom_qty = 5
        order.with_user(self.user_advisor).action_quote()
        response = self.post(order, approval=old.id)
        self.assertIn("already answered or was changed", response.text)
        self.assertEqual(order.job_ids.approval, "pending")

    def test_post_without_csrf_token_is_refused(self):
        order = self.make_order("quoted")
        with mute_logger("odoo.http"):
            response = self.post(order, csrf_token=None)
        self.assertEqual(response.status_code, 400)
        self.assertEqual(order.approval_ids.state, "asked")

    def test_answer_is_not_a_link_to_click(self):
        order = self.make_order("quoted")
        with mute_logger("odoo.http"):
            response = self.url_open(self.url(order, "/answer"))
        self.assertEqual(response.status_code, 405)

    def test_unknown_link_takes_no_answer(self):
        order = self.make_order("quoted")
        csrf = re.search(r'name="csrf_token" value="([^"]+)"', self.page(order)).group(1)
        response = self.url_open("/service/status/nobody/answer", data={"csrf_token": csrf})
        self.assertEqual(response.status_code, 404)

    def test_staff_cannot_answer_for_the_customer(self):
        order = self.make_order("quoted")
        for login in ("test_advisor", "test_manager"):
            self.authenticate(login, login)
            response = self.post(order)
            self.assertEqual(response.status_code, 403)
            self.assertIn("Staff cannot answer for the customer", response.text)
            self.assertEqual(order.approval_ids.state, "asked")

    def test_portal_user_answers_like_anybody_with_the_link(self):
        order = self.make_order("quoted")
        self.env["res.users"].create(
            {
                "name": "Ada Owner",
                "login": "ada_portal",
                "password": "ada_portal",
                "partner_id": self.customer.id,
                "group_ids": [(6, 0, self.env.ref("base.group_portal").ids)],
            }
        )
        self.authenticate("ada_portal", "ada_portal")
        self.post(order)
        self.assertEqual(order.state, "agreed")
        self.assertFalse(order.approval_ids.user_id)

    def test_bad_signature_is_refused_and_nothing_is_lost(self):
        order = self.make_order("quoted", jobs=[{}, {}])
        first, second = order.job_ids
        for signature in (
            "data:image/png;base64," + "A" * SIGNATURE_LIMIT,
            "data:image/png;base64,@@@@",
            "data:image/png;base64,aGVsbG8=",
            DRAWN[:70],
            "data:image/svg+xml;base64,PHN2Zy8+",
            "javascript:alert(1)",
        ):
            with self.subTest(signature=signature[:40]):
                response = self.post(
                    order,
                    name="Ada B. Owner",
                    signature=signature,
                    **{f"job_{second.id}": "deferred"},
                )
                self.assertEqual(response.status_code, 200)
                self.assertIn("please sign again", response.text)
                self.assertIn('value="Ada B. Owner"', response.text)
                for job, answer in ((first, "approved"), (second, "deferred")):
                    choice = re.search(
                        rf'<input[^>]*id="job_{job.id}_{answer}"[^>]*>', response.text
                    ).group(0)
                    self.assertIn("checked", choice)
                self.assertEqual(order.approval_ids.state, "asked")
        self.post(order, signature=DRAWN)
        self.assertEqual(order.state, "agreed")

    def test_missing_name_or_answer_is_refused_with_a_sentence(self):
        order = self.make_order("quoted", jobs=[{}, {}])
        self.assertIn("Say who answered", self.post(order, name="  ").text)
        job = order.job_ids[1]
        response = self.post(order, **{f"job_{job.id}": None})
        self.assertIn("Choose approve, decline or later", response.text)
        self.assertEqual(order.approval_ids.state, "asked")

    def test_malformed_values_change_nothing(self):
        order = self.make_order("quoted")
        other = self.make_order("quoted")
        job = order.job_ids
        for values in (
            {"approval": "abc"},
            {"approval": None},
            {"approval": self.asked(other).id},
            {f"job_{job.id}": "free"},
            {f"job_{job.id}": None, "job_x": "approved", "job_": "approved", "job_-1": "approved"},
            {f"job_{job.id}": None, f"job_{other.job_ids.id}": "approved"},
        ):
            with self.subTest(values=values):
                response = self.post(order, **values)
                self.assertEqual(response.status_code, 200)
                self.assertIn("alert-danger", response.text)
                self.assertEqual(order.approval_ids.state, "asked")
                self.assertEqual(other.approval_ids.state, "asked")

    def test_long_name_is_cut(self):
        order = self.make_order("quoted")
        self.post(order, name="A" * 5000)
        self.assertEqual(order.approval_ids.answered_by, "A" * NAME_LIMIT)

    def test_guessing_is_slowed_down(self):
        order = self.make_order("quoted")
        limits = {"status": (3, 60), "approve": (2, 60)}
        with patch.dict(service_public_throttle.LIMITS, limits):
            for _count in range(3):
                self.assertEqual(self.url_open("/service/status/guess").status_code, 404)
            response = self.url_open(self.url(order))
        self.assertEqual(response.status_code, 429)
        self.assertNotIn(order.license_plate, response.text)
        stored = self.env["service.public.throttle"].search([])
        self.assertNotIn("127.0.0.1", stored.mapped("origin_hash"))

    def test_answers_are_slowed_down(self):
        order = self.make_order("quoted")
        with patch.dict(service_public_throttle.LIMITS, {"approve": (1, 60)}):
            self.post(order, name=" ")
            response = self.post(order)
        self.assertEqual(response.status_code, 429)
        self.assertEqual(order.approval_ids.state, "asked")

    # === PHOTOS AND BILLS === #

    def test_only_released_photos_of_this_car_are_shown(self):
        order, other = self.make_order("in_repair"), self.make_order("in_repair")
        shown, hidden, foreign = self.env["service.walkround.mark"].create(
            [
                {"order_id": order.id, "photo": SIGNATURE, "is_released": True},
                {"order_id": order.id, "photo": SIGNATURE},
                {"order_id": other.id, "photo": SIGNATURE, "is_released": True},
            ]
        )
        text = self.page(order)
        self.assertIn(f"/photo/{shown.id}", text)
        self.assertNotIn(f"/photo/{hidden.id}", text)
        picture = self.url_open(self.url(order, f"/photo/{shown.id}"))
        self.assertEqual(picture.status_code, 200)
        self.assertTrue(picture.headers["Content-Type"].startswith("image/"))
        for mark in (hidden, foreign):
            answer = self.url_open(self.url(order, f"/photo/{mark.id}"))
            self.assertEqual(answer.status_code, 404)

    def test_the_customer_sees_his_bill_and_nobody_elses(self):
        order = self.make_order(
            "settled", jobs=[{"parts": [(self.part, 1)]}, {"payer": "manufacturer"}]
        )
        text = self.page(order)
        mine = order.invoice_ids.filtered(lambda move: move.partner_id == order.partner_id)
        others = order.invoice_ids - mine
        self.assertTrue(mine)
        for move in mine.filtered(lambda move: move.state == "posted"):
            self.assertIn(move.name, text)
        for move in others.filtered(lambda move: move.name and move.name != "/"):
            self.assertNotIn(move.name, text)

    # === PROGRESS AND FINDINGS === #

    def test_the_way_of_the_car_is_shown_step_by_step(self):
        order = self.make_order("booked")
        for state, words in (
            ("booked", "Booked"),
            ("received", "Received"),
            ("quoted", "Estimate"),
            ("in_repair", "In work"),
            ("in_inspection", "Checked"),
            ("ready", "Ready"),
        ):
            with self.subTest(state=state):
                self.drive(order, state)
                now = [word for word, place in order._status_steps() if place == "now"]
                self.assertEqual(now, [words])
        text = self.page(order)
        self.assertEqual(text.count('aria-current="step"'), 1)
        self.assertIn("Next service:", text)
        self.assertIn("Replaced parts are in the boot: Brake Pads", " ".join(text.split()))
        self.assertFalse(self.make_order("draft")._status_steps())

    def test_findings_are_shown_once_they_were_told_and_never_another_payers(self):
        order = self.make_order("received", kind_id=self.kind_repair.id)
        findings = self.env["service.health.finding"].create(
            [
                {"order_id": order.id, "name": name, "color": color, "photo": SIGNATURE}
                for name, color in (
                    ("Front discs", "red"),
                    ("Wiper blades", "yellow"),
                    ("Recalled airbag", "red"),
                    ("Good lights", "green"),
                    ("Nobody told him", "red"),
                )
            ]
        )
        red, yellow, foreign, green, untold = findings
        for finding, payer in ((red, "customer"), (foreign, "manufacturer")):
            finding.job_id = self.make_job(
                order, name=finding.name, payer=payer, parts=[(self.part, 1)]
            )
        yellow.job_id = self.make_job(order, name="Blades", parts=[(self.part, 1)])
        # the house's own way to find a fault is nobody else's business
        method = self.env.ref("service_core.health_template_diagnosis").point_ids[0]
        inner = findings.create(
            {"order_id": order.id, "name": method.name, "color": "green", "point_id": method.id}
        )
        hidden = red | yellow | foreign | untold
        text = self.page(order)
        for finding in hidden:
            self.assertNotIn(f"/finding/{finding.id}", text)
        self.drive(order, "quoted")
        text = self.page(order)
        for finding in red | yellow | green:
            self.assertIn(f"/finding/{finding.id}", text)
            picture = self.url_open(self.url(order, f"/finding/{finding.id}"))
            self.assertTrue(picture.headers["Content-Type"].startswith("image/"))
        self.assertNotIn(inner.name, text)
        for finding in foreign | untold:
            self.assertNotIn(finding.name, text)
            answer = self.url_open(self.url(order, f"/finding/{finding.id}"))
            self.assertEqual(answer.status_code, 404)
        other = self.make_order("booked")
        self.assertEqual(self.url_open(self.url(other, f"/finding/{green.id}")).status_code, 404)

    def test_the_agreed_pickup_is_shown(self):
        order = self.make_order("washing")
        self.assertNotIn("Pick-up agreed", self.page(order))
        order.pickup_at = self.next_workday(days=9)
        self.assertIn("Pick-up agreed", self.page(order))
