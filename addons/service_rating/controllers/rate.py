from odoo import http
from odoo.http import request

from odoo.addons.service_core.controllers.status import ServicePublicPage

from ..models.service_rating import COMMENT_LENGTH
from ..rules import score as scoring


class ServiceRate(ServicePublicPage):
    """The customer's rating page: reading changes nothing, one post writes once (S3-26..S3-32)."""

    @http.route(
        "/service/rate/<string:token>",
        type="http",
        auth="public",
        methods=["GET"],
        sitemap=False,
    )
    def service_rate(self, token, **_kwargs):
        return self._rating_open(token, self._rating_form)

    @http.route(
        "/service/rate/<string:token>",
        type="http",
        auth="public",
        methods=["POST"],
        sitemap=False,
    )
    def service_rate_submit(self, token, **post):
        return self._rating_open(token, lambda rating: self._rating_vote(rating, post))

    def _rating_open(self, token, answer):
        """Answer an open link; staff, guessers and closed links get no further."""
        if self._too_many("rate"):
            return self._rating_headers(self._unavailable(429))
        if request.env.user._is_internal():
            return self._rating_page("service_rating.rate_page_staff", {}, 403)
        rating = request.env["service.rating"]._by_token(token)
        if not rating:
            return self._rating_headers(self._unavailable())
        lang = rating.partner_id.lang or request.env.lang
        return answer(
            rating.with_context(lang=lang, allowed_company_ids=rating.company_id.ids).with_company(
                rating.company_id
            )
        )

    def _rating_vote(self, rating, post):
        if post.get("button") == "cancel":
            return self._rating_page("service_rating.rate_page_cancelled", {"rating": rating})
        scores = [rating._read_score(post.get(name)) for name in ("technical", "attitude")]
        if None in scores:
            return self._rating_form(rating, post, 400)
        if not rating._submit(
            *scores, post.get("comment"), self._origin(), request.httprequest.remote_addr
        ):
            return self._rating_headers(self._unavailable())
        return self._rating_page("service_rating.rate_page_thanks", {"rating": rating})

    def _rating_form(self, rating, post=None, status=200):
        post = post or {}
        values = {
            "rating": rating,
            "post": post,
            "choices": sorted(scoring.CHOICES, reverse=True),
            "expected": scoring.EXPECTED,
            "comment_length": COMMENT_LENGTH,
            "missing": status != 200
            and {
                name
                for name in ("technical", "attitude")
                if rating._read_score(post.get(name)) is None
            },
        }
        return self._rating_page("service_rating.rate_page", values, status)

    def _rating_page(self, template, values, status=200):
        if rating := values.get("rating"):
            request.update_context(lang=rating.env.lang)
        response = request.render(template, values)
        response.status_code = status
        return self._rating_headers(response)

    def _rating_headers(self, response):
        # the link is a key: it is not handed on to other sites nor kept by caches
        response.headers["Referrer-Policy"] = "no-referrer"
        response.headers["Cache-Control"] = "no-store"
        response.headers["X-Robots-Tag"] = "noindex"
        return response
