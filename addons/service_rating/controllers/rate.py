import re

from odoo import http
from odoo.http import request

from odoo.addons.service_core.controllers.status import ServicePublicPage

from ..models.service_rating import COMMENT_LENGTH
from ..models.service_rating_form import LINE_LENGTH
from ..rules import instruments
from ..rules import score as scoring

BODY_LIMIT = 64_000  # bytes of a whole request: two long texts in Chinese and the rest
SCORES = ("technical", "attitude")
LINES = ("place", "organization", "rater", "praise")
# what a keyboard cannot type, line breaks aside
UNTYPED = re.compile(r"[\x00-\x09\x0b-\x1f\x7f]")


class ServiceRatingPage(ServicePublicPage):
    """What the rating pages share: the visitor's language, the staff's refusal, no traces."""

    def _refused(self, scope):
        """The answer to guessers and to staff, or None for everybody else."""
        if self._too_many(scope):
            return self._rating_headers(self._unavailable(429))
        if request.env.user._is_internal():
            return self._rating_page("service_rating.rate_page_staff", {}, 403)
        return None

    def _rating_typed(self, post, name, limit):
        """What was typed into a field, without what nobody types."""
        value = post.get(name)
        if not isinstance(value, str):
            return ""
        return UNTYPED.sub(" ", value.replace("\r\n", "\n")).strip()[:limit]

    def _speak(self, known=None):
        """Answer in the language asked for, else the customer's, else the browser's."""
        installed = [code for code, _name in request.env["res.lang"].get_installed()]
        wishes = [request.params.get("lang"), known, request.best_lang, request.env.lang]
        for wish in filter(None, wishes):
            near = [code for code in installed if code.split("_")[0] == wish.split("_")[0]]
            if wish in installed or near:
                lang = wish if wish in installed else near[0]
                request.update_context(lang=lang)
                return lang
        return request.env.lang

    def _languages(self):
        """``(code, name, link)`` of this page in each language, where there is a choice."""
        installed = request.env["res.lang"].get_installed()
        source = request.params.get("from")
        tail = f"&from={source}" if source in ("social", "onsite") else ""
        path = request.httprequest.path
        return [
            (code.replace("_", "-"), name.split(" / ")[-1], f"{path}?lang={code}{tail}")
            for code, name in installed
            if len(installed) > 1
        ]

    def _rating_page(self, template, values, status=200):
        response = request.render(template, values)
        response.status_code = status
        return self._rating_headers(response)

    def _rating_headers(self, response):
        # the link is a key: it is not handed on to other sites nor kept by caches
        response.headers["Referrer-Policy"] = "no-referrer"
        response.headers["Cache-Control"] = "no-store"
        response.headers["X-Robots-Tag"] = "noindex"
        return response


class ServiceRate(ServiceRatingPage):
    """The customer's rating page: reading changes nothing, one post writes once (S3-26..S3-32).

    The form is opened by a link, or by a ticket for who has proved himself another way.
    """

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
        max_content_length=BODY_LIMIT,
    )
    def service_rate_submit(self, token, **post):
        return self._rating_open(token, lambda *opened: self._rating_vote(*opened, post))

    @http.route(
        "/service/rate/go/<string:ticket>",
        type="http",
        auth="public",
        methods=["GET"],
        sitemap=False,
    )
    def service_rate_go(self, ticket, **_kwargs):
        return self._ticket_open(ticket, self._rating_form)

    @http.route(
        "/service/rate/go/<string:ticket>",
        type="http",
        auth="public",
        methods=["POST"],
        sitemap=False,
        max_content_length=BODY_LIMIT,
    )
    def service_rate_go_submit(self, ticket, **post):
        return self._ticket_open(ticket, lambda *opened: self._rating_vote(*opened, post))

    # === WHO MAY === #

    def _rating_open(self, token, answer):
        """Answer an open link; staff, guessers and closed links get no further."""
        if refused := self._refused("rate"):
            return refused
        return self._answer_open(request.env["service.rating"]._by_token(token), None, answer)

    def _ticket_open(self, ticket, answer):
        if refused := self._refused("rate"):
            return refused
        return self._answer_open(*request.env["service.rating"]._by_ticket(ticket), answer)

    def _answer_open(self, rating, way, answer):
        if not rating:
            return self._rating_headers(self._unavailable())
        company = rating.company_id
        lang = self._speak(rating.partner_id.lang)
        rating = rating.with_context(lang=lang, allowed_company_ids=company.ids)
        return answer(rating.with_company(company), way)

    # === THE FORM === #

    def _rating_vote(self, rating, way, post):
        if post.get("button") == "cancel":
            return self._rating_page(
                "service_rating.rate_page_cancelled",
                {"rating": rating, "action": request.httprequest.path},
            )
        scores = [rating._read_score(post.get(name)) for name in SCORES]
        if None in scores:
            return self._rating_form(rating, way, post, 400)
        comment = self._rating_typed(post, "comment", COMMENT_LENGTH)
        said = self._said(rating, way, post)
        if not rating._submit(
            *scores, comment, self._origin(), request.httprequest.remote_addr, said
        ):
            return self._rating_headers(self._unavailable())
        return self._rating_page("service_rating.rate_page_thanks", {"rating": rating})

    def _said(self, rating, way, post):
        """What else was answered, and only what this branch asks."""
        company = rating.company_id
        said = {name: self._rating_typed(post, name, LINE_LENGTH) for name in LINES}
        said["channel"] = way
        said["projects"] = {
            group: next(
                (one.id for one in projects if str(one.id) == post.get(f"project_{group}")), False
            )
            for group, projects in self._projects(rating).items()
        }
        if company.service_ask_suits:
            said["suits"] = post.get("suits") if post.get("suits") in ("yes", "no") else False
            said["proposal"] = self._rating_typed(post, "proposal", COMMENT_LENGTH)
        else:
            said["praise"] = False
        said["answers"] = {
            name: instruments.read(name, post.get(name))
            for name in company._service_instruments(rating.partner_id)
        }
        return said

    def _projects(self, rating):
        return rating.env["service.rating.project"]._offered(rating.company_id)

    def _rating_form(self, rating, _way, post=None, status=200):
        missing = status != 200 and {
            name for name in SCORES if rating._read_score(post.get(name)) is None
        }
        values = {
            "rating": rating,
            "action": request.httprequest.path,
            "languages": self._languages(),
            "post": post or {},
            "known": rating._known_rater(),
            "choices": sorted(rating._score_choices(), reverse=True),
            "expected": scoring.EXPECTED,
            "comment_length": COMMENT_LENGTH,
            "line_length": LINE_LENGTH,
            "projects": self._projects(rating),
            "instruments": {
                name: instruments.choices(name)
                for name in rating.company_id._service_instruments(rating.partner_id)
            },
            "missing": missing,
        }
        return self._rating_page("service_rating.rate_page", values, status)
