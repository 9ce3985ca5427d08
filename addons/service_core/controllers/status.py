import base64
import binascii
import hashlib
import io
import re

from PIL import Image

from odoo import http
from odoo.exceptions import UserError
from odoo.http import request
from odoo.tools import consteq

from ..models.service_approval import ANSWERS

TOKEN = re.compile(r"[A-Za-z0-9_-]{1,128}")
SIGNATURE_LIMIT = 200_000  # characters of the drawn signature's data URL
SIGNATURE_PIXELS = 4_000_000
NAME_LIMIT = 100  # characters


class ServicePublicPage(http.Controller):
    """What public pages of the house share: find by token, refuse neutrally, slow down guessers."""

    def _origin(self):
        """A hash of where the request comes from, never the address itself."""
        address = request.httprequest.remote_addr or ""
        secret = request.env["ir.config_parameter"].sudo().get_param("database.secret", "")
        return hashlib.sha256(f"{secret}{address}".encode()).hexdigest()

    def _too_many(self, scope):
        # sudo: the counter is closed to everybody
        return request.env["service.public.throttle"].sudo()._hit(scope, self._origin())

    def _unavailable(self, status=404):
        """The same answer for unknown, expired and used links."""
        response = request.render("service_core.public_link_unavailable", {})
        response.status_code = status
        return response

    def _by_token(self, model, token, field="access_token"):
        """The record behind a link, compared in constant time; empty when there is none."""
        # what was never handed out is not looked up: a NUL would break the search itself
        if not TOKEN.fullmatch(token):
            # sudo: an empty recordset of the same kind as below
            return request.env[model].sudo()
        # sudo: a visitor without login has nothing but the token
        record = request.env[model].sudo().search([(field, "=", token)], limit=1)
        found = record and consteq(record[field], token)
        return record if found else request.env[model].sudo()


class ServiceStatus(ServicePublicPage):
    """Where the car is, why it waits, and the customer's answer to the estimate."""

    @http.route(
        "/service/status/<string:token>",
        type="http",
        auth="public",
        methods=["GET"],
        sitemap=False,
    )
    def service_status(self, token, **_kwargs):
        order = self._order(token)
        if order is None:
            return self._unavailable(429)
        if not order:
            return self._unavailable()
        return self._render(order)

    @http.route(
        "/service/status/<string:token>/answer",
        type="http",
        auth="public",
        methods=["POST"],
        sitemap=False,
    )
    def service_status_answer(self, token, **post):
        order = self._order(token, "approve")
        if order is None:
            return self._unavailable(429)
        if not order:
            return self._unavailable()
        if request.env.user._is_internal():
            return self._render(
                order,
                post,
                order.env._("Staff cannot answer for the customer: log out first."),
                status=403,
            )
        try:
            with request.env.cr.savepoint():
                self._answer(order, post)
        except UserError as error:
            return self._render(order, post, str(error))
        return request.redirect(f"/service/status/{token}?answered=1", code=303)

    @http.route(
        "/service/status/<string:token>/photo/<int:mark_id>",
        type="http",
        auth="public",
        methods=["GET"],
        sitemap=False,
    )
    def service_status_photo(self, token, mark_id, **_kwargs):
        """A released photo of the car of this link, nothing else."""
        return self._photo(token, mark_id, lambda order: order._status_photos())

    @http.route(
        "/service/status/<string:token>/finding/<int:finding_id>",
        type="http",
        auth="public",
        methods=["GET"],
        sitemap=False,
    )
    def service_status_finding(self, token, finding_id, **_kwargs):
        """The photo of a finding that the customer of this link may see."""
        return self._photo(token, finding_id, lambda order: order._status_findings())

    def _photo(self, token, record_id, shown):
        order = self._order(token, "photo")
        if order is None:
            return self._unavailable(429)
        record = order and shown(order).filtered(lambda one: one.id == record_id and one.photo)
        if not record:
            return self._unavailable()
        stream = request.env["ir.binary"]._get_image_stream_from(record, "photo")
        response = stream.get_response()
        response.headers["Cache-Control"] = "no-store"
        response.headers["X-Robots-Tag"] = "noindex"
        return response

    def _order(self, token, scope="status"):
        """The order of this link; empty when there is none, ``None`` when asked too often."""
        if self._too_many(scope):
            return None
        order = self._by_token("service.order", token)
        if not order or not order._status_link_open():
            return order.browse()
        lang = order.contact_id.lang or order.partner_id.lang or request.env.lang
        # the whole page speaks the customer's language, not the browser's
        request.update_context(lang=lang)
        return order.with_context(lang=lang, allowed_company_ids=order.company_id.ids).with_company(
            order.company_id
        )

    def _answer(self, order, post):
        approval = order._customer_question()
        if not approval or str(approval.id) != post.get("approval"):
            raise UserError(order.env._("This estimate is already answered or was changed."))
        decisions = {
            job.id: post.get(f"job_{job.id}")
            for job in approval.job_ids
            if post.get(f"job_{job.id}") in ANSWERS
        }
        signature = self._signature(order, post.get("signature"))
        approval._answer(
            decisions,
            "signature" if signature else "link",
            (post.get("name") or "")[:NAME_LIMIT],
            signature,
        )

    def _signature(self, order, data_url):
        if not data_url:
            return False
        prefix = "data:image/png;base64,"
        payload = data_url[len(prefix) :]
        if (
            not data_url.startswith(prefix)
            or len(data_url) > SIGNATURE_LIMIT
            or not self._is_picture(payload)
        ):
            raise UserError(order.env._("The signature could not be read: please sign again."))
        return payload

    def _is_picture(self, payload):
        """Whether this is a whole PNG of a signature's size: it is printed on documents later."""
        try:
            image = Image.open(
                io.BytesIO(base64.b64decode(payload, validate=True)), formats=["PNG"]
            )
            width, height = image.size
            image.verify()
        # PIL raises SyntaxError for a broken chunk, OSError for what is no picture
        except (binascii.Error, ValueError, OSError, SyntaxError, Image.DecompressionBombError):
            return False
        return width * height <= SIGNATURE_PIXELS

    def _render(self, order, post=None, error=None, status=200):
        response = request.render(
            "service_core.status_page",
            {
                "order": order,
                "token": order.access_token,
                "question": order._customer_question(),
                "jobs": order._customer_jobs(),
                "status": order._status_words(),
                "post": post or {},
                "error": error,
                "answered": request.params.get("answered") and not error,
            },
        )
        response.status_code = status
        # the link is a key: it is not handed on to other sites nor kept by caches
        response.headers["Referrer-Policy"] = "no-referrer"
        response.headers["Cache-Control"] = "no-store"
        response.headers["X-Robots-Tag"] = "noindex"
        return response
