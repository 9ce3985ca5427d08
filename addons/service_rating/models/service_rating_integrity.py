from datetime import timedelta

from odoo import api, fields, models
from odoo.exceptions import UserError

from ..rules import integrity
from .service_rating import HOLD_KEY

MANAGER = "service_core.group_service_manager"
# How far back votes from one place are counted together.
SAME_ORIGIN_TIME = timedelta(days=30)


class ServiceRating(models.Model):
    """Votes that look arranged wait for a manager; they are counted apart until then.

    When a rating is money somebody will try: by another phone on the contact, from the shop's own
    network, by a colleague's number.
    """

    # one file for one job, the model is the sum of them
    _inherit = "service.rating"  # pylint: disable=consider-merging-classes-inherited

    _origin_idx = models.Index("(origin_hash, submitted_at) WHERE submitted_at IS NOT NULL")

    flag_ids = fields.One2many("service.rating.flag", "rating_id", string="Flags", readonly=True)
    hold = fields.Selection(
        integrity.HOLDS,
        string="Integrity",
        readonly=True,
        copy=False,
        index="btree_not_null",
        help="A flagged vote counts in no score until a manager has decided with a reason.",
    )
    hold_reason = fields.Text(string="Reason", readonly=True, copy=False)
    hold_decided_at = fields.Datetime(string="Decided At", readonly=True, copy=False)
    hold_decided_by_id = fields.Many2one(
        "res.users", string="Decided By", readonly=True, copy=False
    )

    def _flag_vote(self, address):
        """Look at a vote just stored; whatever is found holds it.

        :param str address: where the post came from; only compared, never kept
        """
        self.ensure_one()
        self._add_flags(self._suspicions(address))
        # sudo: the visitor who votes has no rights
        if self.sudo().flag_ids:
            self.sudo().with_context(service_hold_key=HOLD_KEY).write({"hold": integrity.HELD})

    def _add_flags(self, found):
        """Keep each kind of flag once, with what was first seen.

        :param dict found: kind of flag -> detail
        """
        # sudo: flags are written by the system alone, for whoever sends or votes
        flags = self.sudo().flag_ids
        flags.create(
            [
                {"rating_id": self.id, "kind": kind, "detail": detail or False}
                for kind, detail in found.items()
                if kind not in flags.mapped("kind")
            ]
        )

    def _suspicions(self, address):
        """{kind of flag: detail} of this vote."""
        found = {}
        if changes := self._contact_changes():
            found[integrity.CONTACT_CHANGED] = ", ".join(changes)
        # sudo: a visitor without login reads neither settings nor staff
        company = self.company_id.sudo()
        if address and integrity.inside(address, company.service_networks):
            found[integrity.OWN_NETWORK] = False
        if name := self._colleague_by_phone(*self._rater_phones()):
            found[integrity.STAFF_PHONE] = name
        if others := self._customers_of_this_origin():
            found[integrity.SAME_ORIGIN] = self.env._(
                "Votes of %s other customers in the last month.", others
            )
        return found

    def _customers_of_this_origin(self):
        """How many other customers' votes came from here lately, where that is too many.

        A link was in the customer's hands; who came by order number and phone told only what a
        colleague knows as well.
        """
        if self.channel not in ("web", "social", "qr") or not self.origin_hash:
            return 0
        # sudo: a visitor reads no votes; customers are counted and nothing else
        [(count,)] = self.sudo()._read_group(
            [
                ("origin_hash", "=", self.origin_hash),
                ("submitted_at", ">", fields.Datetime.now() - SAME_ORIGIN_TIME),
                ("partner_id", "!=", self.partner_id.id),
            ],
            aggregates=["partner_id:count_distinct"],
        )
        return count if count >= integrity.SAME_ORIGIN_CUSTOMERS else 0

    def _contact_changes(self):
        """What of the contact is no longer as it was when the car came in."""
        # sudo: the snapshot is closed to everybody, it is compared and nothing else
        order, contact = self.order_id.sudo(), self.partner_id.sudo()
        if not order.contact_seen_at or order.contact_id != contact:
            return []
        changes = []
        if order.contact_seen_email and order.contact_seen_email != contact.email_normalized:
            changes.append(f"{order.contact_seen_email} -> {contact.email_normalized or '-'}")
        before, now = order.contact_seen_phone, contact.phone
        if before and integrity.phone_key(before) != integrity.phone_key(now):
            changes.append(f"{before} -> {now or '-'}")
        # the number on the order itself is where a text message goes
        before, now = order.contact_seen_number, order.contact_phone
        if before and integrity.phone_key(before) != integrity.phone_key(now):
            change = f"{before} -> {now or '-'}"
            changes += [change] if change not in changes else []
        return changes

    def _contact_additions(self):
        """What of the contact was not known when the car came in; usual, so written down only."""
        # sudo: as above
        order, contact = self.order_id.sudo(), self.partner_id.sudo()
        if not order.contact_seen_at or order.contact_id != contact:
            return []
        known = (
            (order.contact_seen_email, contact.email_normalized),
            (order.contact_seen_phone, contact.phone),
        )
        return [f"- -> {now}" for before, now in known if now and not before]

    def _rater_phones(self):
        # sudo: numbers are compared for a visitor who may not read them
        return self.partner_id.sudo().phone, self.order_id.sudo().contact_phone

    @api.model
    def _colleague_by_phone(self, *phones):
        """The name of the colleague who has one of these numbers, if there is one."""
        # sudo: staff's numbers are compared for a visitor who may not read them
        keys = {key for number in phones if (key := integrity.phone_key(number))}
        if not keys:
            return None
        numbers = ("work_phone", "mobile_phone", "private_phone")
        staff = (
            self.env["hr.employee"]
            .sudo()
            .search_fetch(
                ["|", "|", *((name, "!=", False) for name in numbers)], ["name", *numbers]
            )
        )
        return next(
            (
                employee.name
                for employee in staff
                if keys & {integrity.phone_key(employee[name]) for name in numbers}
            ),
            None,
        )

    # === DECISION === #

    def action_decide(self):
        """Open the window in which a manager says whether held votes count."""
        self._guard_hold()
        return {
            "type": "ir.actions.act_window",
            "name": self.env._("Does this vote count?"),
            "res_model": "service.rating.hold",
            "view_mode": "form",
            "target": "new",
            "context": {"default_rating_ids": self.ids},
        }

    def _guard_hold(self):
        if not self.env.user.has_group(MANAGER):
            raise UserError(self.env._("The service manager decides on held ratings."))
        self.check_access("read")
        for rating in self:
            if rating.hold != integrity.HELD:
                raise UserError(self.env._("%s is not held.", rating.display_name))
            # sudo: whose user an employee is may not be readable to the manager
            if self.env.user in rating.sudo().share_ids.employee_id.user_id:
                raise UserError(
                    self.env._(
                        "%s is about your own work: another manager decides.", rating.display_name
                    )
                )

    def _decide_hold(self, decision, reason):
        """A manager's word on held votes.

        :param str decision: ``counted`` or ``excluded``
        :raises UserError: without a reason, on what is not held, on one's own work
        """
        self._guard_hold()
        if not (reason or "").strip():
            raise UserError(self.env._("Give the reason: it is kept with the rating."))
        self.lock_for_update()
        # sudo: nobody has write access to ratings; the guard above is the permission
        ratings = self.sudo()
        ratings.with_context(service_hold_key=HOLD_KEY).write(
            {
                "hold": decision,
                "hold_reason": reason.strip(),
                "hold_decided_at": fields.Datetime.now(),
                "hold_decided_by_id": self.env.uid,
            }
        )
        said = dict(self._fields["hold"]._description_selection(self.env))[decision]
        for rating in ratings:
            rating.message_post(
                body=self.env._("%(decision)s: %(reason)s", decision=said, reason=reason.strip())
            )
        ratings._months_of()._make_stale()

    def _months_of(self):
        """The open months in which these votes may count."""
        months = self.env["service.performance"]
        for rating in self:
            months |= months.search(
                [
                    ("employee_id", "in", rating.share_ids.employee_id.ids),
                    (
                        "month",
                        ">=",
                        rating.company_id._service_local_date(rating.submitted_at).replace(day=1),
                    ),
                ]
            )
        return months
