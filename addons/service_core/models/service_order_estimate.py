from collections import Counter
from datetime import timedelta

import pytz

from odoo import api, fields, models
from odoo.exceptions import AccessError, UserError
from odoo.fields import Domain
from odoo.tools import format_datetime

from ..rules import order_lifecycle as life

MARGIN_GROUP = "service_core.group_service_margin"
# before the work is agreed, and while it is done, a time can still be promised
PROMISABLE = (life.RECEIVED, life.DIAGNOSED, life.QUOTED, life.AGREED, life.IN_REPAIR)
MOMENT = "EEE d MMM HH:mm"


class ServiceOrder(models.Model):
    """What the estimate says besides money: when, to whom the bill goes, and who was told what."""

    # one file for one job, the model is the sum of them
    _inherit = "service.order"  # pylint: disable=consider-merging-classes-inherited

    promise_reason = fields.Char(
        string="Why Then", readonly=True, copy=False, help="What the proposed time rests on."
    )
    promise_calculated_at = fields.Datetime(readonly=True, copy=False)
    is_long_job = fields.Boolean(compute="_compute_is_long_job")
    long_job_told_at = fields.Datetime(
        string="Told That It Takes Long",
        readonly=True,
        copy=False,
        help="When the customer was warned, before the work began (S0-77).",
    )
    long_job_told_by_id = fields.Many2one("res.users", readonly=True, copy=False)
    invoice_name_caps = fields.Char(
        string="Invoice Name",
        compute="_compute_invoice_caps",
        help="In capitals, to be read back letter by letter; the record itself stays as it is.",
    )
    invoice_vat_caps = fields.Char(string="Tax Number", compute="_compute_invoice_caps")
    invoice_address_caps = fields.Char(string="Address on Bill", compute="_compute_invoice_caps")
    invoice_read_back = fields.Boolean(
        string="Invoice Data Read Back",
        copy=False,
        help="Name and tax number on the bill were read back to the customer (S0-74, S0-78).",
    )
    parts_check_result = fields.Char(
        readonly=True, copy=False, help="What the look on the shelf said, newest first."
    )
    is_stalled = fields.Boolean(compute="_compute_is_stalled", search="_search_is_stalled")
    margin = fields.Float(compute="_compute_margin", groups=MARGIN_GROUP, digits="Product Price")
    margin_percent = fields.Float(compute="_compute_margin", groups=MARGIN_GROUP)

    # === COMPUTES === #

    @api.depends("promised_date", "planned_start", "company_id")
    def _compute_is_long_job(self):
        for order in self:
            begin = order.planned_start or fields.Datetime.now()
            days = order.company_id.service_long_job_days
            order.is_long_job = bool(
                days and order.promised_date and order.promised_date - begin > timedelta(days=days)
            )

    @api.depends("partner_id")
    def _compute_invoice_caps(self):
        for order in self:
            partner = order.partner_id.commercial_partner_id
            address = partner._display_address(without_company=True) if partner else ""
            order.invoice_name_caps = (partner.name or "").upper()
            order.invoice_vat_caps = (partner.vat or "").upper()
            order.invoice_address_caps = ", ".join(
                filter(None, (line.strip() for line in address.splitlines()))
            ).upper()

    @api.depends("line_ids.product_uom_qty", "line_ids.price_unit", "job_ids.approval")
    def _compute_margin(self):
        for order in self:
            lines = order.line_ids.filtered(
                lambda line: line.job_id.approval not in ("declined", "deferred")
            )
            sold = sum(lines.mapped("price_subtotal"))
            order.margin = sum(lines.mapped("margin"))
            order.margin_percent = order.margin / sold if sold else 0.0

    def _stalled_domain(self):
        """Estimates that nobody has answered for as long as their branch allows."""
        return Domain.OR(
            Domain("state", "=", life.QUOTED)
            & Domain("company_id", "=", company.id)
            & Domain(
                "approval_ids",
                "any",
                [
                    ("state", "=", "asked"),
                    (
                        "asked_at",
                        "<",
                        fields.Datetime.now() - timedelta(days=company.service_stalled_days),
                    ),
                ],
            )
            # sudo: the branches' settings are no secret, the orders stay behind their rule
            for company in self.env["res.company"].sudo().search([])
        )

    @api.depends("state", "approval_ids.state", "approval_ids.asked_at")
    def _compute_is_stalled(self):
        stalled = self.filtered_domain(self._stalled_domain())
        for order in self:
            order.is_stalled = order in stalled

    def _search_is_stalled(self, operator, value):
        if operator != "in":
            return NotImplemented
        domain = self._stalled_domain()
        return domain if True in value else ~domain

    # === PROMISE === #

    def action_propose_promise(self):
        """Propose a completion time from the parts' arrival and the free hours (S0-71, S4-44)."""
        self.check_access("read")
        if not self.env.user.has_group("service_core.group_service_advisor"):
            raise AccessError(self.env._("Advisors promise a completion time."))
        for order in self:
            if order.state not in PROMISABLE:
                raise UserError(
                    self.env._(
                        "%s: a completion time is promised from reception until the work is done.",
                        order.display_name,
                    )
                )
            when, reason = order._promise_proposal()
            # sudo: the reason is closed to everybody's write, the guard is above
            order.sudo().write(
                {
                    "promised_date": when,
                    "promise_reason": reason,
                    "promise_calculated_at": fields.Datetime.now(),
                }
            )
        return True

    def _promise_proposal(self):
        """``(time, reason)``: the last part, then the first free hours, then the work itself."""
        self.ensure_one()
        order = self.sudo()  # sudo: calendars and purchases are closed to the desk
        company, hours = order.company_id, order._required_hours()
        begin = max(order.planned_start or fields.Datetime.now(), fields.Datetime.now())
        reasons = [self.env._("%s h of work", f"{hours:g}")]
        arrival, line = order._last_part()
        if arrival and arrival > begin:
            reasons.append(
                self.env._(
                    "%(part)s expected %(when)s",
                    part=line.product_id.display_name,
                    when=order._promise_words(arrival),
                )
            )
            begin = arrival
        capacity = self.env["service.capacity"].sudo()  # sudo: see above
        held = order.planned_start and capacity._local_date(
            company, order.planned_start
        ) == capacity._local_date(company, begin)
        if not held:
            slot = (capacity._free_slots(company, hours, begin, 1) or [begin])[0]
            if slot > begin:
                reasons.append(
                    self.env._("first free workshop time %s", order._promise_words(slot))
                )
            begin = max(begin, slot)
        end = company.resource_calendar_id.plan_hours(
            hours, pytz.utc.localize(begin), compute_leaves=True
        )
        end = (
            end.astimezone(pytz.utc).replace(tzinfo=None) if end else begin + timedelta(hours=hours)
        )
        return end.replace(microsecond=0), ", ".join(reasons) + "."

    def _last_part(self):
        """When the last open part is here, and which one it is."""
        self.ensure_one()
        now, latest = fields.Datetime.now(), (False, self.line_ids.browse())
        for line in self.line_ids:
            if line.job_id.approval in ("declined", "deferred") or not line.product_id.is_storable:
                continue
            if line.availability in ("available", "issued"):
                continue
            arrival = line.expected_date
            if not arrival:
                sellers = line.product_id.seller_ids
                arrival = now + timedelta(days=sellers[:1].delay) if sellers else False
            if arrival and (not latest[0] or arrival > latest[0]):
                latest = (arrival, line)
        return latest

    def _promise_words(self, moment):
        return format_datetime(
            self.env, moment, tz=self.company_id._service_tz().zone, dt_format=MOMENT
        )

    def action_tell_long_job(self):
        """Record that the customer was told in advance that it takes long (S0-77)."""
        self.check_access("read")
        if not self.env.user.has_group("service_core.group_service_receptionist"):
            raise AccessError(self.env._("The desk tells the customer."))
        # sudo: the record of it is closed to everybody's write, the guard is above
        self.sudo().write(
            {"long_job_told_at": fields.Datetime.now(), "long_job_told_by_id": self.env.uid}
        )
        for order in self:
            order.message_post(
                body=self.env._("The customer was told in advance that the work takes long.")
            )
        return True

    # === PARTS CHECKED AGAIN === #

    def action_quote(self):
        """The shelf is looked at again after the diagnosis; result and time stay (S4-42)."""
        res = super().action_quote()
        # sudo: the verb is guarded; the record of the look is nobody's to write
        for order in self.sudo():
            order.write(
                {
                    "parts_checked_at": fields.Datetime.now(),
                    "parts_checked_by": self.env.uid,
                    "parts_check_result": order._shelf_words(),
                }
            )
        return res

    def _shelf_words(self):
        labels = dict(
            self.env["service.order.line"]._fields["availability"]._description_selection(self.env)
        )
        counts = Counter(
            self.line_ids.filtered(lambda line: line.kind == "part").mapped("availability")
        )
        return ", ".join(
            f"{count} {labels[availability].lower()}"
            for availability, count in sorted(counts.items(), key=str)
            if availability
        )

    # === CONFIRMED IN WRITING === #

    def _answer_words(self):
        """The last answer by phone, job by job, as the customer gets it in writing."""
        self.ensure_one()
        last = self.approval_ids.filtered(
            lambda a: a.state == "answered" and a.channel == "phone" and a.payer == "customer"
        )[-1:]
        labels = dict(
            self.env["service.order.job"]._fields["approval"]._description_selection(self.env)
        )
        lines = [f"{job.name}: {labels[job.approval]}" for job in last.job_ids]
        lines.append(
            self.env._("Approved in total: %s", self.currency_id.format(last.amount_approved))
        )
        return "\n".join(lines)

    # === STALLED === #

    @api.model
    def _cron_stalled(self):
        """An estimate that nobody answers becomes its advisor's task, once for each round."""
        orders = self.search(
            self._stalled_domain()
            & Domain("approval_ids", "any", [("state", "=", "asked"), ("chased_at", "=", False)])
        )
        for order in orders:
            rounds = order.approval_ids.filtered(lambda a: a.state == "asked" and not a.chased_at)
            order.activity_schedule(
                "mail.mail_activity_data_call",
                user_id=order._desk_user().id,
                summary=self.env._("Estimate without an answer"),
                note=self.env._(
                    "%s has not answered yet: call and ask.",
                    ", ".join(rounds.payer_id.mapped("display_name")),
                ),
            )
            rounds.write({"chased_at": fields.Datetime.now()})


class ServiceOrderLine(models.Model):
    """What a line leaves over its cost, for those who may see it."""

    # one file for one job, the model is the sum of them
    _inherit = "service.order.line"  # pylint: disable=consider-merging-classes-inherited

    margin = fields.Float(
        compute="_compute_margin",
        groups=MARGIN_GROUP,
        digits="Product Price",
        help="Untaxed price less the product's cost.",
    )

    @api.depends("product_id", "product_uom_qty", "price_subtotal")
    def _compute_margin(self):
        for line in self:
            # sudo: costs are read by stock and sales users only; the group guards the result
            cost = line.sudo().product_id.with_company(line.company_id).standard_price
            line.margin = line.price_subtotal - cost * line.product_uom_qty
