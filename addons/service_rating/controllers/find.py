import hashlib

from odoo import http
from odoo.exceptions import UserError
from odoo.http import request

from .rate import ServiceRatingPage

NUMBER_LENGTH = 64
PHONE_LENGTH = 40
BODY_LIMIT = 8_000  # bytes of a whole request
# how a visitor may come to the website's form
SOURCES = ("web", "social", "onsite")


class ServiceRateFind(ServiceRatingPage):
    """To the form without a link: by the website, or by the QR code on the settlement form.

    What is asked is answered alike whether the order does not exist, has another phone or is
    rated already; the number of tries is limited (S3-26).
    """

    @http.route("/service", type="http", auth="public", methods=["GET"], sitemap=True)
    def service_center(self, **_kwargs):
        """The customer-service center: where everything a customer wants begins."""
        if self._too_many("center"):
            return self._unavailable(429)
        self._speak()
        # sudo: names and numbers of the branches are on their doors
        branches = request.env["res.company"].sudo().search([])
        values = {
            "languages": self._languages(),
            "bookable": any(branches.mapped("service_book_online")),
            "phones": [(one.name, one.phone) for one in branches if one.phone],
        }
        return request.render("service_rating.center_page", values)

    # === BY ORDER NUMBER AND PHONE === #

    @http.route("/service/rate", type="http", auth="public", methods=["GET"], sitemap=True)
    def service_rate_find(self, **_kwargs):
        if refused := self._refused("rate_page"):
            return refused
        self._speak()
        return self._find_form({})

    @http.route(
        "/service/rate",
        type="http",
        auth="public",
        methods=["POST"],
        sitemap=False,
        max_content_length=BODY_LIMIT,
    )
    def service_rate_found(self, **post):
        if refused := self._refused("rate_find"):
            return refused
        self._speak()
        number = self._rating_typed(post, "number", NUMBER_LENGTH)
        phone = self._rating_typed(post, "phone", PHONE_LENGTH)
        rating = request.env["service.rating"]._by_visit(number, phone)
        source = post.get("from") if post.get("from") in SOURCES else "web"
        if not rating._may_come_by(source):
            return self._find_form({"number": number, "phone": phone, "failed": True}, 404)
        if source == "onsite" or rating.company_id.service_rating_web == "form":
            return self._to_the_form(rating, source)
        self._send_link(rating)
        return self._rating_page("service_rating.rate_page_sent", {})

    def _find_form(self, values, status=200):
        source = request.params.get("from")
        values = {
            "languages": self._languages(),
            "source": source if source in SOURCES else "web",
            "action": "/service/rate",
            **values,
        }
        return self._rating_page("service_rating.find_page", values, status)

    # === BY THE QR CODE === #

    @http.route(
        "/service/rate/visit/<string:code>",
        type="http",
        auth="public",
        methods=["GET"],
        sitemap=False,
    )
    def service_rate_visit(self, code, **_kwargs):
        """The same page for every code: scanning tells nothing."""
        if refused := self._refused("rate_page"):
            return refused
        self._speak()
        return self._visit_form()

    @http.route(
        "/service/rate/visit/<string:code>",
        type="http",
        auth="public",
        methods=["POST"],
        sitemap=False,
        max_content_length=BODY_LIMIT,
    )
    def service_rate_visit_proved(self, code, **post):
        if refused := self._refused("rate_visit"):
            return refused
        self._speak()
        order = self._visit_order(code)
        scope = "rate_send" if post.get("button") == "send" else "rate_visit"
        # four digits are ten thousand tries: counted per visit too, wherever they come from
        # sudo: the counter is closed to everybody
        if request.env["service.public.throttle"].sudo()._hit(scope, self._visit_hash(order)):
            return self._rating_headers(self._unavailable(429))
        ratings = request.env["service.rating"]
        if post.get("button") == "send":
            self._send_link(ratings._open_of(order))
            return self._rating_page("service_rating.rate_page_sent", {})
        rating = ratings._by_digits(order.id or 0, post.get("digits"))
        if not rating:
            return self._visit_form(True, 404)
        return self._to_the_form(rating, "qr")

    def _visit_order(self, code):
        # sudo: a visitor without login has nothing but the signed code
        orders = request.env["service.order"].sudo()
        order = orders.browse(request.env["service.rating"]._visit_of(code) or []).exists()
        # the car may be home before the job behind the delivery has come round
        order._run_aftercare()
        return order

    def _visit_hash(self, order):
        return hashlib.sha256(f"visit {order.id or 0}".encode()).hexdigest()

    def _visit_form(self, failed=False, status=200):
        values = {
            "languages": self._languages(),
            "action": request.httprequest.path,
            "failed": failed,
        }
        return self._rating_page("service_rating.visit_page", values, status)

    # === ONWARD === #

    def _to_the_form(self, rating, way):
        lang = request.params.get("lang")
        tail = f"?lang={lang}" if lang and lang == request.env.lang else ""
        location = f"/service/rate/go/{rating._ticket(way)}{tail}"
        return self._rating_headers(request.redirect(location, code=303))

    def _send_link(self, rating):
        """Send the link to what the house knows of the customer; the page says the same always."""
        try:
            rating._send_link()
        except UserError:
            # nothing reaches him: that is the desk's business, not the visitor's
            return
