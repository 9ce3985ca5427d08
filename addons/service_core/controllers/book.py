import re
from datetime import UTC, timedelta

from odoo import fields, http
from odoo.exceptions import UserError
from odoo.http import request
from odoo.tools import format_date, format_datetime

from .status import ServicePublicPage

# characters; what is longer is no answer to the question
LIMITS = {"name": 100, "phone": 40, "plate": 20, "model": 80, "wish": 2000}
REQUIRED = ("name", "phone", "plate", "wish")
BODY_LIMIT = 32_000  # bytes of a whole request
OFFERED = 6
NOTICE = timedelta(hours=2)  # nobody is booked in for the next minute
HORIZON = timedelta(days=120)
# what a keyboard cannot type, line breaks aside
UNTYPED = re.compile(r"[\x00-\x09\x0b-\x1f\x7f]")
PHONE = re.compile(r"(?:\D*\d){5,20}\D*")


class ServiceBook(ServicePublicPage):
    """An appointment asked for by anybody: it is written down as typed, nothing is looked up.

    Whether car or customer are known is never read here, so nothing can be learned; the desk
    says later with one click who it is.
    """

    @http.route(
        "/service/book",
        type="http",
        auth="public",
        methods=["GET"],
        sitemap=True,
        max_content_length=BODY_LIMIT,
    )
    def service_book(self, branch=None, **_kwargs):
        if self._too_many("book_page"):
            return self._unavailable(429)
        company = self._branch(branch)
        if not company:
            return self._unavailable()
        return self._form(company)

    @http.route(
        "/service/book",
        type="http",
        auth="public",
        methods=["POST"],
        sitemap=False,
        max_content_length=BODY_LIMIT,
    )
    def service_book_send(self, branch=None, **post):
        # leafing through later days is reading; only asking counts as asking
        if self._too_many("book_page" if "later" in post else "book"):
            return self._unavailable(429)
        company = self._branch(branch)
        if not company:
            return self._unavailable()
        typed = {name: self._typed(post, name) for name in LIMITS}
        if "later" in post:
            return self._form(company, typed, start=self._moment(post["later"]))
        # a field that people do not see; who fills it in gets the same thanks as everybody
        if post.get("website"):
            return request.redirect("/service/book/thanks", code=303)
        try:
            with request.env.cr.savepoint():
                self._book(company, typed, self._moment(post.get("slot")))
        except UserError as error:
            return self._form(
                company, typed, self._moment(post.get("from")), str(error), post.get("slot")
            )
        return request.redirect("/service/book/thanks", code=303)

    @http.route("/service/book/thanks", type="http", auth="public", methods=["GET"], sitemap=False)
    def service_book_thanks(self, **_kwargs):
        return self._closed(request.render("service_core.book_thanks", {}))

    # === WHAT WAS SENT === #

    def _branches(self):
        # sudo: the branches that may be booked on the web, by name and nothing else
        return request.env["res.company"].sudo().search([("service_book_online", "=", True)])

    def _branch(self, branch):
        """The branch asked for, else the first one; empty where none may be booked."""
        branches = self._branches()
        if branch is None:
            return branches[:1]
        return branches.filtered(lambda company: str(company.id) == branch)[:1]

    def _typed(self, post, name):
        """What was typed into a field, without what nobody types; too long shows as too long."""
        value = post.get(name)
        if not isinstance(value, str):
            return ""
        return UNTYPED.sub(" ", value.replace("\r\n", "\n")).strip()[: LIMITS[name] + 1]

    def _moment(self, text):
        """A time of ours that came back from the form, or nothing."""
        try:
            return fields.Datetime.to_datetime(text[:19]) if text else None
        except (TypeError, ValueError):
            return None

    def _book(self, company, typed, slot):
        """Write the request down as a draft (S2-38): no slot is taken until the desk books it."""
        env = request.env
        labels = self._labels()
        for name in REQUIRED:
            if not typed[name]:
                raise UserError(env._("Please fill in: %s.", labels[name]))
        for name, limit in LIMITS.items():
            if len(typed[name]) > limit:
                raise UserError(
                    env._(
                        "%(field)s is too long: at most %(limit)s characters.",
                        field=labels[name],
                        limit=limit,
                    )
                )
        if not PHONE.fullmatch(typed["phone"]):
            raise UserError(env._("Please give a phone number that we can call."))
        if not slot:
            raise UserError(env._("Please choose a time."))
        # sudo: a visitor may write nothing else than this one draft
        order_model = env["service.order"].sudo().with_company(company)
        if slot not in self._free(company, slot, count=1):
            raise UserError(env._("This time has just been taken. Please choose another one."))
        order = order_model.with_context(mail_create_nosubscribe=True).create(
            {
                "company_id": company.id,
                "booking_source": "web",
                "caller_name": typed["name"],
                "contact_phone": typed["phone"],
                "license_plate": typed["plate"],
                "model_name": typed["model"],
                "planned_start": slot,
                "advisor_id": False,
                "job_ids": [fields.Command.create({"customer_words": typed["wish"]})],
            }
        )
        order._ask_desk_to_call()

    def _labels(self):
        env = request.env
        return {
            "name": env._("Your name"),
            "phone": env._("Phone"),
            "plate": env._("Number plate"),
            "model": env._("Make and model"),
            "wish": env._("What shall we do?"),
        }

    # === WHAT IS SHOWN === #

    def _free(self, company, start, count):
        """Free reception slots of this branch; looks at capacity only, never at a customer."""
        now = fields.Datetime.now()
        start = max(start or now, now + NOTICE)
        if start > now + HORIZON:
            return []
        # sudo: days are closed to the public, the page shows their free slots only
        return request.env["service.capacity"].sudo()._free_slots(company, 0.5, start, count=count)

    def _form(self, company, typed=None, start=None, error=None, chosen=None):
        slots = self._free(company, start, OFFERED)
        if not slots and start:
            slots = self._free(company, None, OFFERED)
        env, tz = request.env, company._service_tz()
        days = {}
        for slot in slots:
            local = self._local(slot, tz)
            days.setdefault(local.date(), []).append(
                {
                    "value": fields.Datetime.to_string(slot),
                    "time": format_datetime(env, slot, tz=tz.zone, dt_format="HH:mm"),
                }
            )
        response = request.render(
            "service_core.book_page",
            {
                "company": company,
                "branches": self._branches(),
                "typed": typed or {},
                "limits": LIMITS,
                "labels": self._labels(),
                "days": [
                    (format_date(env, day, date_format="EEEE d MMMM"), times)
                    for day, times in days.items()
                ],
                "first": fields.Datetime.to_string(slots[0]) if slots else "",
                "later": fields.Datetime.to_string(self._next_day(slots[-1], tz)) if slots else "",
                "chosen": chosen or "",
                "error": error,
                "lang": (env.lang or "en_US").replace("_", "-"),
            },
        )
        return self._closed(response)

    def _local(self, moment, tz):
        return fields.Datetime.context_timestamp(
            request.env["service.capacity"].with_context(tz=tz.zone), moment
        )

    def _next_day(self, slot, tz):
        """Midnight after the last slot shown, so that leafing on repeats no day."""
        local = self._local(slot, tz)
        midnight = local.replace(hour=0, minute=0, second=0, tzinfo=None) + timedelta(days=1)
        return tz.localize(midnight).astimezone(UTC).replace(tzinfo=None)

    def _closed(self, response):
        response.headers["Referrer-Policy"] = "same-origin"
        response.headers["Cache-Control"] = "no-store"
        return response
