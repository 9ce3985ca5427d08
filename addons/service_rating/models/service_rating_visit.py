from odoo import api, fields, models
from odoo.tools import SQL, consteq, hash_sign, verify_hash_signed

from ..rules import instruments, integrity
from ..rules import rating_lifecycle as life

# how long who has proved himself may fill in the form, in hours
TICKET_HOURS = 1
TICKET_SCOPE = "service_rating.ticket"
VISIT_SCOPE = "service_rating.visit"
WAYS = frozenset(way for way, _label in instruments.CHANNELS)


class ServiceRating(models.Model):
    """The ways to the form without a link: by order number and phone, or by the QR code.

    Nothing here tells a guesser whether the order exists, is rated or has another phone: each
    question is one query, answered yes or no.
    """

    # one file for one job, the model is the sum of them
    _inherit = "service.rating"  # pylint: disable=consider-merging-classes-inherited

    @api.model
    def _by_visit(self, number, phone):
        """The open rating of the order ``number`` whose contact has this ``phone``, or none."""
        typed = (number or "").strip()
        return self._proved(
            SQL("service_order.name IN %s", (typed, typed.upper())),
            integrity.phone_key(phone),
            integrity.phone_key,
        )

    @api.model
    def _by_digits(self, order_id, digits):
        """The open rating of this order, where ``digits`` are the last four of the phone."""
        digits = (digits or "").strip()
        if len(digits) != 4 or not (digits.isascii() and digits.isdigit()):
            digits = None
        return self._proved(SQL("service_order.id = %s", order_id), digits, integrity.last_digits)

    @api.model
    def _proved(self, condition, typed, shorten):
        """The rating of a visit whose phone, shortened, is what was typed; one query always."""
        # one statement: through the records an order that is not there would take fewer queries
        self.env.flush_all()
        rows = self.env.execute_query(
            SQL(
                """
                SELECT rating.id, service_order.contact_phone, res_partner.phone,
                       rating.state = %s AND rating.expires_at > %s
                  FROM service_order
                  LEFT JOIN service_rating rating
                         ON rating.order_id = service_order.id AND rating.main_id IS NULL
                  LEFT JOIN res_partner ON res_partner.id = rating.partner_id
                 WHERE %s
                 ORDER BY rating.id DESC
                 LIMIT 10
                """,
                life.SENT,
                fields.Datetime.now(),
                condition,
            )
        )
        typed = typed or "-"
        found = None
        # every number of every row, no matter what was found: the time tells nothing
        for rating_id, *phones, is_open in [*rows, (None, None, None, False)]:
            keys = [(shorten(phone) or "none").encode() for phone in phones]
            matches = [consteq(key, typed.encode()) for key in keys]
            if is_open and any(matches):
                found = found or rating_id
        # sudo: the customer has no login, order and phone are the key
        return self.sudo().browse(found or [])

    # === TICKETS === #

    def _ticket(self, way):
        """What opens the form for an hour; says how the customer came, so that he cannot."""
        self.ensure_one()
        # sudo: the secret of the database signs, nobody reads it
        return hash_sign(self.sudo().env, TICKET_SCOPE, [self.id, way], None, TICKET_HOURS)

    @api.model
    def _by_ticket(self, ticket):
        """``(open rating, way)`` behind a ticket; an empty recordset where there is none."""
        rating_id, way = self._unsigned(TICKET_SCOPE, ticket) or (0, None)
        # sudo: as in _proved
        rating = self.sudo().search_fetch([("id", "=", rating_id)], ["state", "expires_at"])
        is_open = rating.state == life.SENT and rating.expires_at > fields.Datetime.now()
        return (rating if is_open and way in WAYS else self.browse()), way

    @api.model
    def _visit_code(self, order):
        """What the QR on the settlement form carries: which visit, and no more than that."""
        # sudo: as in _ticket
        return hash_sign(self.sudo().env, VISIT_SCOPE, [order.id])

    @api.model
    def _visit_of(self, code):
        """The id of the order behind a QR code, or None."""
        values = self._unsigned(VISIT_SCOPE, code)
        return values[0] if values else None

    @api.model
    def _unsigned(self, scope, payload):
        try:
            # sudo: as in _ticket
            return verify_hash_signed(self.sudo().env, scope, payload)
        except ValueError:
            # what nobody signed need not even be text
            return None

    @api.model
    def _open_of(self, order):
        """The rating of a visit while it can still be given."""
        # sudo: as in _proved
        return self.sudo().search(
            [
                ("order_id", "in", order.ids),
                ("main_id", "=", False),
                ("state", "=", life.SENT),
                ("expires_at", ">", fields.Datetime.now()),
            ],
            limit=1,
        )

    def _may_come_by(self, source):
        """Whether the branch takes ratings on this road; nothing may come to no rating."""
        company = self.company_id
        if source == "onsite":
            return bool(company.service_rating_onsite)
        return bool(self) and company.service_rating_web != "off"
