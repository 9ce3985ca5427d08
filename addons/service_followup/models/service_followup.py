from datetime import timedelta

from odoo import api, fields, models
from odoo.exceptions import UserError
from odoo.fields import Command, Domain
from odoo.tools.misc import format_date

from ..rules import call_script
from ..rules import contact_plan as plan
from ..rules import followup_lifecycle as life

# Long enough for every window of a policy and the search for an open day behind it.
CALENDAR_DAYS = 120

# A closed contact is a record.
FROZEN = frozenset(
    (
        "kind",
        "order_id",
        "partner_id",
        "contact_id",
        "vehicle_id",
        "company_id",
        "phone",
        "due_from",
        "due_to",
        "next_attempt",
        "topic_ids",
    )
)


class ServiceFollowup(models.Model):
    """One planned contact with a customer: when, about what, by whom, and what became of it.

    Planned by the delivery of a car (first call) or by the first conversation (second call); a
    call made for it is logged in the customer's words. Nothing is sent by itself.
    """

    _name = "service.followup"
    _description = "Follow-up"
    _inherit = ["mail.thread", "mail.activity.mixin", "service.lifecycle", "service.contact.guard"]
    _order = "due_to, id"
    _rec_names_search = ["partner_id.name", "vehicle_id.license_plate", "order_id.name", "phone"]
    _check_company_auto = True
    _lifecycle = life.FOLLOWUP
    _guarded_fields = frozenset(
        (
            "attempts",
            "call_id",
            "call_ids",
            "cancel_reason",
            "expires_on",
            "next_attempt",
            "previous_id",
            "satisfied",
            "timing",
        )
    )

    kind = fields.Selection(plan.KINDS, required=True, default=plan.REMINDER, index=True)
    state = fields.Selection(
        life.STATES, required=True, readonly=True, copy=False, default=life.PLANNED
    )
    company_id = fields.Many2one(
        "res.company",
        string="Branch",
        required=True,
        index=True,
        default=lambda self: self.env.company,
    )
    user_id = fields.Many2one(
        "res.users",
        string="Caller",
        index="btree_not_null",
        help="Designated by the follow-up manager (S1-18). Empty: anybody of the team may call.",
    )

    # Whom, about what
    partner_id = fields.Many2one("res.partner", string="Customer", required=True, index=True)
    contact_id = fields.Many2one(
        "res.partner",
        string="Ask For",
        index="btree_not_null",
        help="The person to talk to, where it is not the customer himself.",
    )
    phone = fields.Char(
        compute="_compute_phone", store=True, readonly=False, precompute=True, copy=False
    )
    phone_key = fields.Char(
        compute="_compute_phone_key",
        store=True,
        precompute=True,
        index="btree_not_null",
        export_string_translation=False,
    )
    order_id = fields.Many2one(
        "service.order", string="Work Order", check_company=True, index="btree_not_null"
    )
    vehicle_id = fields.Many2one(
        "service.vehicle",
        compute="_compute_vehicle_id",
        store=True,
        readonly=False,
        precompute=True,
        index="btree_not_null",
    )
    topic_ids = fields.Many2many(
        "service.contact.topic",
        string="Planned Topics",
        help="What the call is to be about (S1-09).",
    )
    previous_id = fields.Many2one(
        "service.followup",
        string="Follows",
        readonly=True,
        copy=False,
        index="btree_not_null",
        help="The conversation before; this one must not repeat it (S1-27).",
    )

    # When
    due_from = fields.Date(
        compute="_compute_due",
        store=True,
        readonly=False,
        precompute=True,
        required=True,
        help="Calls before this day count as early.",
    )
    due_to = fields.Date(
        string="Due",
        compute="_compute_due",
        store=True,
        readonly=False,
        precompute=True,
        required=True,
        help="Calls after this day count as late.",
    )
    next_attempt = fields.Date(
        compute="_compute_next_attempt",
        store=True,
        readonly=False,
        precompute=True,
        required=True,
        copy=False,
        help="The contact comes on the list of this day.",
    )
    expires_on = fields.Date(
        compute="_compute_expires_on",
        store=True,
        readonly=False,
        precompute=True,
        copy=False,
        help="A missed contact is given up after this day.",
    )
    urgency = fields.Selection(
        [("overdue", "Overdue"), ("today", "Last Day"), ("open", "Open"), ("later", "Later")],
        compute="_compute_urgency",
    )
    is_today = fields.Boolean(
        string="Today's Contact",
        compute="_compute_is_today",
        search="_search_is_today",
        help="To be called today: due, and the first one of its telephone number.",
    )

    # What became of it
    attempts = fields.Integer(readonly=True, copy=False)
    call_id = fields.Many2one(
        "service.call",
        string="Last Call",
        readonly=True,
        copy=False,
        index="btree_not_null",
        help="The conversation, or the latest attempt.",
    )
    call_ids = fields.Many2many(
        "service.call",
        "service_followup_call_rel",
        "followup_id",
        "call_id",
        string="Calls",
        readonly=True,
        copy=False,
    )
    called_on = fields.Datetime(related="call_id.started", string="Called")
    result = fields.Selection(related="call_id.result")
    verbatim = fields.Text(related="call_id.verbatim", string="Customer's Words")
    satisfied = fields.Selection(
        related="call_id.satisfied", store=True, index="btree_not_null", string="Verdict"
    )
    timing = fields.Selection(
        plan.TIMINGS,
        readonly=True,
        copy=False,
        help="Whether the conversation came before, in or after its window (S1-19).",
    )
    cancel_reason = fields.Char(readonly=True, copy=False)

    # What the caller reads
    work_done = fields.Text(compute="_compute_work_done")
    previous_verbatim = fields.Text(
        related="previous_id.verbatim", string="What the customer said before"
    )
    previous_topic_ids = fields.Many2many(
        related="previous_id.call_id.topic_ids", string="Already talked about"
    )
    script = fields.Text(compute="_compute_script")
    script_thanks = fields.Text(compute="_compute_script")
    script_apology = fields.Text(compute="_compute_script")
    other_ids = fields.Many2many(
        "service.followup",
        string="Same Number",
        compute="_compute_other_ids",
        help="Other open contacts of this telephone: one call serves them all (S3-98).",
    )

    _window_order = models.Constraint(
        "CHECK(due_from <= due_to)", "The window of a call must open before it closes."
    )
    _once_uniq = models.UniqueIndex(
        "(order_id, kind) WHERE order_id IS NOT NULL AND kind IN ('first', 'second')"
        " AND state <> 'cancelled'",
        "This work order already has such a call.",
    )
    _board_idx = models.Index("(company_id, due_to) WHERE state IN ('planned', 'missed')")

    # === COMPUTES === #

    @api.depends("kind", "partner_id.name", "vehicle_id.license_plate")
    def _compute_display_name(self):
        labels = dict(self._fields["kind"]._description_selection(self.env))
        for followup in self:
            followup.display_name = " · ".join(
                filter(
                    None,
                    [
                        labels.get(followup.kind),
                        followup.vehicle_id.license_plate,
                        followup.partner_id.name,
                    ],
                )
            )

    @api.depends("partner_id", "contact_id", "order_id")
    def _compute_phone(self):
        """The number of this visit, else the person's; a number typed by the caller stays."""
        for followup in self:
            followup.phone = (
                followup.phone
                or followup.order_id.contact_phone
                or followup.contact_id.phone
                or followup.partner_id.phone
            )

    @api.depends("phone")
    def _compute_phone_key(self):
        for followup in self:
            followup.phone_key = plan.phone_key(followup.phone) or False

    @api.depends("order_id")
    def _compute_vehicle_id(self):
        for followup in self:
            followup.vehicle_id = followup.order_id.vehicle_id or followup.vehicle_id

    @api.depends("kind", "company_id", "order_id")
    def _compute_due(self):
        """The window a contact planned by hand gets by policy, counted from today."""
        resolve = self._policies_of(self)
        for followup in self:
            company = followup.company_id or self.env.company
            today = company._contact_today()
            policy = resolve(company, followup.order_id.kind_id)
            followup.update(
                self._prepare_window(
                    followup.kind,
                    policy,
                    today,
                    company._contact_working_days(today, CALENDAR_DAYS),
                )
            )

    @api.depends("due_from")
    def _compute_next_attempt(self):
        """The list's day opens with the window; a day agreed with the customer stays."""
        for followup in self:
            followup.next_attempt = (
                max(followup.due_from, followup.next_attempt)
                if followup.attempts and followup.next_attempt
                else followup.due_from
            )

    @api.depends("due_to")
    def _compute_expires_on(self):
        resolve = self._policies_of(self)
        for followup in self:
            policy = resolve(followup.company_id, followup.order_id.kind_id)
            followup.expires_on = followup.due_to and followup.due_to + timedelta(
                days=policy.expiry_days
            )

    @api.depends("due_from", "due_to", "state")
    def _compute_urgency(self):
        for followup in self:
            today = (followup.company_id or self.env.company)._contact_today()
            if followup.state not in life.OPEN or not followup.due_to:
                followup.urgency = False
            elif followup.due_to < today:
                followup.urgency = "overdue"
            elif followup.due_to == today:
                followup.urgency = "today"
            else:
                followup.urgency = "open" if followup.due_from <= today else "later"

    def _compute_is_today(self):
        todays = set(self._todays_ids())
        for followup in self:
            followup.is_today = followup.id in todays

    def _search_is_today(self, operator, value):
        if operator != "in":
            return NotImplemented
        return [("id", "in", self._todays_ids())]

    @api.depends("order_id")
    def _compute_work_done(self):
        for followup in self:
            jobs = followup.order_id.job_ids.filtered(
                lambda job: job.approval not in ("declined", "deferred")
            )
            followup.work_done = "\n".join(jobs.mapped("name"))

    @api.depends("kind", "order_id", "vehicle_id", "partner_id", "contact_id", "previous_id")
    @api.depends_context("uid", "lang")
    def _compute_script(self):
        resolve = self.env["service.call.script"]._resolver(self.company_id, self.order_id.kind_id)
        for followup in self:
            script = resolve(followup.kind, followup.company_id, followup.order_id.kind_id)
            values = followup._script_values() if script else {}
            followup.script = call_script.fill(script.opening, values)
            followup.script_thanks = call_script.fill(script.thanks, values)
            followup.script_apology = call_script.fill(script.apology, values)

    @api.depends("phone_key", "state")
    def _compute_other_ids(self):
        keys = {followup.phone_key for followup in self if followup.phone_key}
        by_key = self.search([("phone_key", "in", list(keys)), ("state", "in", life.OPEN)]).grouped(
            "phone_key"
        )
        for followup in self:
            same = by_key.get(followup.phone_key) if followup.phone_key else None
            followup.other_ids = (same - followup._origin) if same else False

    # === CRUD === #

    @api.model_create_multi
    def create(self, vals_list):
        self._check_designation(vals_list)
        return super().create(vals_list)

    def write(self, vals):
        self._check_designation([vals])
        if {"due_from", "due_to"} & set(vals):
            self._check_manager(
                self.env._("Only the follow-up manager moves the window of a planned call.")
            )
        if FROZEN & set(vals):
            for followup in self:
                if followup.state not in life.OPEN:
                    raise UserError(
                        self.env._(
                            "%s is closed and stays as it is; plan a new contact instead.",
                            followup.display_name,
                        )
                    )
        return super().write(vals)

    def _check_manager(self, sentence):
        if not self.env.su and not self.env.user.has_group(
            "service_followup.group_followup_manager"
        ):
            raise UserError(sentence)

    def _check_designation(self, vals_list):
        """A caller may take a contact for himself; only the manager designates others (S1-18)."""
        named = {vals.get("user_id") for vals in vals_list} - {None, False, self.env.uid}
        taken_away = any("user_id" in vals for vals in vals_list) and self.user_id - self.env.user
        if named or taken_away:
            self._check_manager(
                self.env._("Only the follow-up manager designates who calls a customer.")
            )

    # === ACTIONS === #

    def action_log_call(self):
        """Open the call form."""
        self.ensure_one()
        self._lifecycle_check("record")
        return {
            "type": "ir.actions.act_window",
            "name": self.env._("Log Call"),
            "res_model": "service.followup.log",
            "view_mode": "form",
            "target": "new",
            "context": {"default_followup_id": self.id},
        }

    def action_cancel(self):
        """Ask why."""
        self._lifecycle_check("cancel")
        return {
            "type": "ir.actions.act_window",
            "name": self.env._("Cancel Follow-up"),
            "res_model": "service.followup.cancel",
            "view_mode": "form",
            "target": "new",
            "context": {"default_followup_ids": self.ids},
        }

    def action_reopen(self):
        """Call after all: a closed contact comes back on today's list."""
        self._check_manager(self.env._("Only the follow-up manager reopens a closed contact."))
        self._lifecycle_check("reopen")
        self._check_wanted()
        self._guarded()._lifecycle_move("reopen", values={"attempts": 0, "cancel_reason": False})
        policies = self._policies_of(self)
        for followup in self:
            company = followup.company_id
            today = company._contact_today()
            window = self._prepare_window(
                followup.kind,
                policies(company, followup.order_id.kind_id),
                today,
                company._contact_working_days(today, CALENDAR_DAYS),
            )
            followup.write({**window, "due_from": today})

    def action_view_calls(self):
        self.ensure_one()
        return {
            **self.env["ir.actions.act_window"]._for_xml_id(
                "service_followup.service_call_action_register"
            ),
            "domain": [("followup_ids", "in", self.ids)],
            "context": {"create": False},
        }

    def action_view_order(self):
        self.ensure_one()
        return {
            "type": "ir.actions.act_window",
            "res_model": "service.order",
            "view_mode": "form",
            "res_id": self.order_id.id,
        }

    # === PLANNING === #

    @api.model
    def _policies_of(self, followups):
        return self.env["service.contact.policy"]._resolver(
            followups.company_id, followups.order_id.kind_id
        )

    @api.model
    def _prepare_window(self, kind, policy, start, is_working_day):
        """Values of a contact whose reason is of the day ``start``."""
        due_from, due_to = plan.contact_window(start, *policy._days(kind), is_working_day)
        return {"due_from": due_from, "due_to": due_to}

    @api.model
    def _plan_after_delivery(self, orders):
        """Plan the first call of every delivered order that wants one (S1-19, S2-98, S2-102).

        1. The kind of order asks for it, there is somebody to call, and he did not forbid it.
        2. The window is the policy's, counted from the day the car left, on the branch's clock.
        3. The customer's own caller is designated, else the policy's, else nobody yet.
        4. An order that already has its first call gets no second one.

        A batch of orders takes the same number of queries as one.
        """
        # one read for all, the question below is put order by order
        people = orders.partner_id | orders.contact_id
        (people | people.commercial_partner_id).fetch(["service_do_not_call"])
        orders = orders.filtered(
            lambda order: (
                order.kind_id.callback
                and order.partner_id
                and not (order.partner_id | order.contact_id)._wants_no_call()
            )
        )
        planned = self.search(
            [
                ("order_id", "in", orders.ids),
                ("kind", "=", plan.FIRST),
                ("state", "!=", life.CANCELLED),
            ]
        ).order_id
        orders -= planned
        if not orders:
            return self.browse()
        policies = self.env["service.contact.policy"]._resolver(orders.company_id, orders.kind_id)
        scripts = self.env["service.call.script"]._resolver(orders.company_id, orders.kind_id)
        callers = self.env["service.customer.file"]._callers_of(orders)
        vals_list = []
        for company, branch_orders in orders.grouped("company_id").items():
            days = {
                order: company._contact_date(order.delivered_date or fields.Datetime.now())
                for order in branch_orders
            }
            working = company._contact_working_days(min(days.values()), CALENDAR_DAYS)
            for order in branch_orders:
                policy = policies(company, order.kind_id)
                vals_list.append(
                    {
                        "kind": plan.FIRST,
                        "order_id": order.id,
                        "company_id": company.id,
                        "partner_id": order.partner_id.id,
                        "contact_id": (order.contact_id - order.partner_id).id,
                        "vehicle_id": order.vehicle_id.id,
                        "phone": order.contact_phone,
                        "user_id": (callers.get(order) or policy.user_id).id,
                        "topic_ids": [
                            Command.set(scripts(plan.FIRST, company, order.kind_id).topic_ids.ids)
                        ],
                        **self._prepare_window(plan.FIRST, policy, days[order], working),
                    }
                )
        # the transitions tell who delivered and when; a creation note on each would be noise
        return self.with_context(mail_create_nolog=True, mail_create_nosubscribe=True).create(
            vals_list
        )

    def _plan_second(self):
        """Plan the second call after a first conversation, from the day it took place (S1-26)."""
        firsts = self.filtered(
            lambda followup: (
                followup.kind == plan.FIRST
                and not (followup.partner_id | followup.contact_id)._wants_no_call()
            )
        )
        if not firsts:
            return self.browse()
        policies = self._policies_of(firsts)
        scripts = self.env["service.call.script"]._resolver(
            firsts.company_id, firsts.order_id.kind_id
        )
        vals_list = []
        for followup in firsts:
            company, order_kind = followup.company_id, followup.order_id.kind_id
            start = company._contact_date(followup.call_id.started)
            working = company._contact_working_days(start, CALENDAR_DAYS)
            topics = scripts(plan.SECOND, company, order_kind).topic_ids
            vals_list.append(
                {
                    "kind": plan.SECOND,
                    "previous_id": followup.id,
                    "order_id": followup.order_id.id,
                    "company_id": company.id,
                    "partner_id": followup.partner_id.id,
                    "contact_id": followup.contact_id.id,
                    "vehicle_id": followup.vehicle_id.id,
                    "phone": followup.phone,
                    "user_id": followup.user_id.id,
                    "topic_ids": [Command.set(topics.ids)],
                    **self._prepare_window(
                        plan.SECOND, policies(company, order_kind), start, working
                    ),
                }
            )
        # sudo: the second call keeps the caller of the first, whoever logged the conversation
        return self.sudo().with_context(mail_create_nosubscribe=True).create(vals_list).sudo(False)

    def _todays_ids(self):
        """Contacts to be made today: each branch's own day, each number once (S3-98)."""
        domain = Domain.OR(
            Domain("company_id", "=", company.id)
            & Domain("due_from", "<=", company._contact_today())
            & Domain("next_attempt", "<=", company._contact_today())
            for company in self.env.companies
        ) & Domain("state", "in", life.OPEN)
        # read from the root: the list is of the day, not of the records at hand
        due = self.env["service.followup"].search_fetch(domain, ["phone_key"], order="due_to, id")
        return plan.one_per_number(
            [(followup.id, followup.phone_key) for followup in due],
            self._called_on(
                self.env.company._contact_today(), due.mapped("phone_key"), self.env.company
            ),
        )

    @api.model
    def _called_on(self, day, phone_keys, company):
        """Those of the numbers that were rung on a branch's day, by whatever branch."""
        begin, end = company._contact_day_bounds(day)
        # sudo: who was called by a sister branch this morning was called this morning
        calls = (
            self.env["service.call"]
            .sudo()
            .search_fetch(
                [
                    ("phone_key", "in", [key for key in phone_keys if key]),
                    ("direction", "=", "out"),
                    ("followup_ids", "!=", False),
                    ("started", ">=", begin),
                    ("started", "<", end),
                ],
                ["phone_key"],
            )
        )
        return set(calls.mapped("phone_key"))

    # === BUSINESS === #

    def _check_wanted(self):
        for followup in self:
            if (followup.partner_id | followup.contact_id)._wants_no_call():
                raise UserError(
                    self.env._(
                        "%s does not want to be called. Write a letter instead.",
                        followup.contact_id.name or followup.partner_id.name,
                    )
                )

    def _log_call(self, values):
        """Record one call made for these contacts, and what follows from it.

        1. One call serves several contacts of one telephone number; they must all be open.
        2. We ring nobody who forbade it, and no number twice a day (S3-98). Customers may ring
           us whenever they like.
        3. A conversation is recorded in the customer's words with his verdict; a first one asks
           how the car runs (S1-20), a second one must have a content of its own (S1-27).
        4. A conversation closes the contacts; a first one plans the second (S1-26).
        5. No conversation: another attempt another day, until the attempts are used up.
        6. A dissatisfied customer is announced to whoever handles complaints (S3-97).

        :param dict values: values of the ``service.call``; ``retry_on`` (date) and
            ``do_not_call`` (bool) may be among them
        :return: the ``service.call``
        """
        values = dict(values)
        retry_on = values.pop("retry_on", False)
        do_not_call = values.pop("do_not_call", False)
        self.check_access("write")
        self._lifecycle_check("record")
        if len(self.company_id) > 1 or len(set(self.mapped("phone_key"))) > 1:
            raise UserError(
                self.env._("One call serves the contacts of one telephone number in one branch.")
            )
        values.setdefault("started", fields.Datetime.now())
        values.setdefault("phone", self[:1].phone)
        self._lock_number(values["phone"])
        self._check_started(values["started"])
        if values.get("direction", "out") == "out":
            self._check_wanted()
            self._check_number_free(values["phone"], values["started"])
        if values["result"] == plan.ANSWERED:
            self._check_conversation(values)
        call = self._create_call(values)
        self._record(call, retry_on)
        if do_not_call:
            # sudo: noting the customer's wish must not need the right to edit customers
            (self.contact_id or self.partner_id).sudo().service_do_not_call = True
        if values["result"] == plan.ANSWERED:
            self._plan_second()
        if call.satisfied == "no":
            self._on_dissatisfied(call)
        return call

    def _lock_number(self, phone):
        """Two callers who log the same number at the same moment come one after the other."""
        # sudo: a sister branch may be ringing the same customer
        contacts = self.sudo()
        if plan.phone_key(phone):
            contacts |= contacts.search(
                [("phone_key", "=", plan.phone_key(phone)), ("state", "in", life.OPEN)]
            )
        contacts.lock_for_update()

    def _check_started(self, started):
        if fields.Datetime.to_datetime(started) > fields.Datetime.now() + timedelta(minutes=5):
            raise UserError(self.env._("A call is logged after it was made: correct its time."))

    def _check_number_free(self, phone, started):
        key = plan.phone_key(phone)
        if not key:
            raise UserError(self.env._("Enter the telephone number that was called."))
        company = self.company_id or self.env.company
        day = company._contact_date(fields.Datetime.to_datetime(started))
        if self._called_on(day, [key], company):
            raise UserError(
                self.env._(
                    "%s was already called that day. A customer is called once a day; try again "
                    "another day.",
                    phone,
                )
            )

    def _check_conversation(self, values):
        if not (values.get("verbatim") or "").strip():
            raise UserError(
                self.env._("Write down what the customer said, in the customer's own words.")
            )
        if not values.get("satisfied"):
            raise UserError(self.env._("Say whether the customer is satisfied."))
        if (
            plan.FIRST in self.mapped("kind")
            and self.order_id
            and not (values.get("car_use") or "").strip()
        ):
            raise UserError(self.env._("Ask how the car has been running, and write it down."))
        topics = set(values.get("topic_ids") or ())
        if not topics:
            raise UserError(self.env._("Choose at least one topic that was talked about."))
        for followup in self.filtered(lambda followup: followup.kind == plan.SECOND):
            if topics == set(followup.previous_topic_ids.ids):
                raise UserError(
                    self.env._(
                        "The second call repeats the topics of the first one. Talk about something "
                        "else, too, and choose it."
                    )
                )

    def _create_call(self, values):
        topics = values.pop("topic_ids", None) or ()
        # sudo: a caller reads his own employee card only
        employee = self.env.user.sudo().employee_id
        leading = self[:1]
        return self.env["service.call"].create(
            {
                "company_id": leading.company_id.id,
                "partner_id": (leading.contact_id or leading.partner_id).id,
                "direction": "out",
                "purpose": leading._call_purpose(),
                "order_id": self.order_id[:1].id,
                "employee_id": employee.id,
                **values,
                "topic_ids": [Command.set(list(topics))],
                "followup_ids": [Command.set(self.ids)],
            }
        )

    def _call_purpose(self):
        self.ensure_one()
        return "follow_up"

    def _record(self, call, retry_on=False):
        """Count the call on each contact and move it to where the result leads."""
        policies = self._policies_of(self)
        by_target = {}
        for followup in self:
            company = followup.company_id
            policy = policies(company, followup.order_id.kind_id)
            today = company._contact_date(call.started)
            # a customer who rings us and is not served has used up no attempt of ours
            attempts = followup.attempts + (call.direction == "out")
            target = plan.outcome(call.result, attempts, policy.max_attempts)
            values = {"attempts": attempts, "call_id": call.id}
            if target == "planned":
                target = followup.state
                values["next_attempt"] = max(
                    retry_on or today,
                    plan.next_attempt(
                        today,
                        policy.retry_days,
                        company._contact_working_days(today, CALENDAR_DAYS),
                    ),
                )
            elif target == "done":
                values["timing"] = plan.timing(today, followup.due_from, followup.due_to)
            followup._guarded()._lifecycle_move("record", target, values)
            by_target[followup.id] = target
        return by_target

    def _cancel(self, reason):
        """Take planned contacts off the list, with the reason."""
        if not (reason or "").strip():
            raise UserError(self.env._("Say why the customer is not called."))
        self._guarded()._lifecycle_move("cancel", values={"cancel_reason": reason.strip()})

    @api.model
    def _cancel_unwanted(self, partners):
        """Partners asked not to be called: their planned contacts are taken off the list."""
        open_contacts = self.search(
            [
                ("state", "in", life.OPEN),
                "|",
                ("partner_id", "child_of", partners.ids),
                ("contact_id", "child_of", partners.ids),
            ]
        )
        if open_contacts:
            open_contacts._cancel(self.env._("The customer does not want to be called."))

    def _script_values(self):
        """What fills the gaps of a script."""
        self.ensure_one()
        # sudo: who worked on the car is told to the customer; wages and the like are not read
        order = self.order_id.sudo()
        vehicle = self.vehicle_id
        delivered = order.delivered_date and self.company_id._contact_date(order.delivered_date)
        return {
            "customer": (self.contact_id or self.partner_id).name,
            "agent": self.env.user.name,
            "company": self.company_id.name,
            "phone": self.company_id.phone,
            "vehicle": vehicle.model_id.display_name or order.model_name,
            "plate": vehicle.license_plate or order.license_plate,
            "delivered": delivered and format_date(self.env, delivered),
            "engineer": ", ".join(order.job_ids.technician_ids.mapped("name"))
            or self.env._("Our workshop"),
            "advisor": order.advisor_id.name,
            "work": ", ".join((self.work_done or "").split("\n")),
            "first_words": self.previous_verbatim,
            "next_service": vehicle.next_service_date
            and format_date(self.env, vehicle.next_service_date),
        }

    # === CRONS === #

    @api.model
    def _cron_miss(self, batch_size=200):
        """A window has closed without a conversation."""
        self._cron_move("miss", [("state", "=", life.PLANNED)], "due_to", batch_size)

    @api.model
    def _cron_expire(self, batch_size=200):
        """A missed contact has become too old to be of use."""
        self._cron_move("expire", [("state", "in", life.OPEN)], "expires_on", batch_size)

    @api.model
    def _cron_move(self, verb, domain, date_field, batch_size):
        """Move what lies before its branch's today, a batch at a time."""
        companies = self.env["res.company"].search([("active", "=", True)])
        past = Domain(domain) & Domain.OR(
            Domain("company_id", "in", branches.ids) & Domain(date_field, "<", today)
            for today, branches in companies.grouped(
                lambda company: company._contact_today()
            ).items()
        )
        followups = self.search(past, limit=batch_size, order="id").try_lock_for_update()
        if followups:
            followups._lifecycle_move(verb)
        self.env["ir.cron"]._commit_progress(
            len(followups), remaining=self.search_count(past) if followups else 0
        )

    # === HOOKS === #

    def _on_dissatisfied(self, call):
        """Hook: the customer said in ``call`` that he is not satisfied (S3-97).

        service_complaint opens a case here; on its own the call stands in the register.
        """
