from odoo import api, fields, models
from odoo.exceptions import AccessError, UserError

from .service_order import PRICE_GROUPS
from .service_order_job import APPROVAL_KEY
from .service_payer import PAYERS

ANSWERS = ("approved", "declined", "deferred")


class ServiceApproval(models.Model):
    """One round of asking one payer: which jobs, how much, and what was answered by whom.

    Closed to every user's write: it is made by the estimate and filled by the answer.
    """

    _name = "service.approval"
    _description = "Approval Round"
    _order = "order_id, id"

    order_id = fields.Many2one(
        "service.order", required=True, readonly=True, ondelete="cascade", index=True
    )
    company_id = fields.Many2one(
        related="order_id.company_id", store=True, index=True, precompute=True
    )
    currency_id = fields.Many2one(related="order_id.currency_id")
    payer = fields.Selection(PAYERS, required=True, readonly=True)
    payer_id = fields.Many2one(
        "res.partner", string="Paid By", required=True, readonly=True, index=True
    )
    job_ids = fields.Many2many("service.order.job", string="Jobs", readonly=True)
    amount_total = fields.Monetary(
        string="Asked",
        readonly=True,
        groups=PRICE_GROUPS,
        help="Total of the jobs asked for, tax included.",
    )
    amount_approved = fields.Monetary(
        string="Approved",
        readonly=True,
        groups=PRICE_GROUPS,
        help="Total of the jobs approved, tax included: what may be invoiced.",
    )
    state = fields.Selection(
        [("asked", "Asked"), ("answered", "Answered"), ("void", "Void")],
        required=True,
        readonly=True,
        default="asked",
    )
    channel = fields.Selection(
        [
            ("signature", "Signature"),
            ("link", "Link"),
            ("phone", "Phone"),
            ("message", "Message"),
            ("in_person", "In person"),
        ],
        readonly=True,
    )
    reference = fields.Char(
        string="Authorisation", readonly=True, help="The payer's own number of his yes."
    )
    amount_limit = fields.Monetary(
        string="Up To",
        readonly=True,
        groups=PRICE_GROUPS,
        help="The most this payer has authorised, tax included; nothing: no limit.",
    )
    chased_at = fields.Datetime(readonly=True, help="When the advisor was sent to ask again.")
    asked_at = fields.Datetime(readonly=True, default=fields.Datetime.now)
    answered_by = fields.Char(readonly=True, help="Name of who answered.")
    answered_at = fields.Datetime(readonly=True)
    user_id = fields.Many2one(
        "res.users", string="Recorded By", readonly=True, help="Empty when it came by the link."
    )
    signature = fields.Binary(readonly=True, attachment=True)
    is_signed = fields.Boolean(compute="_compute_is_signed")
    sale_order_id = fields.Many2one(
        "sale.order", readonly=True, index="btree_not_null", groups=PRICE_GROUPS
    )

    _one_open = models.UniqueIndex(
        "(order_id, payer_id, payer) WHERE state = 'asked'",
        "This payer is already asked: wait for the answer or revise the estimate.",
    )

    @api.depends("signature")
    def _compute_is_signed(self):
        for approval in self:
            approval.is_signed = bool(approval.signature)

    @api.depends("order_id.name", "payer_id")
    def _compute_display_name(self):
        for approval in self:
            approval.display_name = f"{approval.order_id.name} / {approval.payer_id.name}"

    def _answer(self, decisions, channel, answered_by, signature=False, details=None):
        """Write down what the payer answered, job by job; what is approved becomes an order.

        1. Only an open question can be answered, once; every job of it needs an answer.
        2. The customer's first round is signed or answered by his own link; later ones may
           come by phone and are confirmed in writing.
        3. A phone answer carries the name of who spoke and the user who heard it.

        :param dict decisions: ``{job id: approved | declined | deferred}``
        :param dict details: ``reference`` and ``limit`` of a prior authorisation; ``jobs``:
            ``{job id: {answer_reason, propose_again_on}}``
        :raises UserError: a sentence for whatever is missing
        """
        self.ensure_one()
        self.check_access("read")
        # sudo: rounds are closed to everybody's write; the callers guard who may answer
        approval = self.sudo()
        order = approval.order_id
        # two people at the same answer: the second waits, then finds it answered
        order._lock()
        if approval.state != "asked":
            raise UserError(self.env._("This estimate is already answered or was changed."))
        if not (answered_by or "").strip():
            raise UserError(self.env._("Say who answered."))
        missing = approval.job_ids.filtered(lambda job: decisions.get(job.id) not in ANSWERS)
        if missing:
            raise UserError(
                self.env._('Choose approve, decline or later for "%s".', missing[0].name)
            )
        if channel == "signature" and not signature:
            raise UserError(self.env._("The signature is missing."))
        if approval._needs_signature(decisions, channel):
            raise UserError(
                self.env._("The first approval needs a signature or an answer by link.")
            )
        details = details or {}
        approval._check_limit(decisions, details.get("limit"))
        for answer in ANSWERS:
            jobs = approval.job_ids.filtered(
                lambda job, a=answer: (
                    decisions[job.id] == a
                    # a shared job needs the yes of each of its payers: one no is enough
                    and not (a == "approved" and job.approval in ("declined", "deferred"))
                )
            )
            jobs.with_context(service_approval_key=APPROVAL_KEY).write({"approval": answer})
        approved = approval.job_ids.filtered(lambda job: job.approval == "approved")
        approval.write(
            {
                "state": "answered",
                "channel": channel,
                "answered_by": answered_by.strip(),
                "answered_at": fields.Datetime.now(),
                "user_id": self.env.uid if self.env.user._is_internal() else False,
                "signature": signature or False,
                "amount_approved": approved._lines_of(approval)._total_with_tax(),
                "reference": details.get("reference"),
                "amount_limit": details.get("limit"),
            }
        )
        for other in order.approval_ids - approval:
            if other.state == "answered" and other.job_ids & (approval.job_ids - approved):
                other.amount_approved = other._approved_lines()._total_with_tax()
        for job in approval.job_ids & approval.job_ids.browse(details.get("jobs", {})):
            job.write(details["jobs"][job.id])
        if channel == "phone" and approval.payer == "customer":
            # what was said is confirmed in writing (S2-62)
            order._tell("service_core.sms_template_answer")
        order.message_post(
            # a visitor of the link has no name of his own
            author_id=(
                self.env.user.partner_id if self.env.user._is_internal() else order.contact_id
            ).id,
            body=self.env._(
                "%(payer)s answered the estimate (%(channel)s, %(name)s): "
                "%(count)s of %(total)s jobs approved.",
                payer=approval.payer_id.display_name,
                channel=dict(self._fields["channel"]._description_selection(self.env))[channel],
                name=answered_by,
                count=len(approved),
                total=len(approval.job_ids),
            ),
        )
        if order.state in ("agreed", "in_repair"):
            order.approval_ids._make_sale_orders()
        elif order.state == "quoted":
            order._answered()

    def _check_limit(self, decisions, limit):
        """A prior authorisation covers what it names and no more."""
        self.ensure_one()
        wanted = self.job_ids.filtered(lambda job: decisions[job.id] == "approved")
        total = wanted._lines_of(self)._total_with_tax() if limit else 0.0
        if limit and self.currency_id.compare_amounts(total, limit) > 0:
            raise UserError(
                self.env._(
                    "%(payer)s authorised %(limit)s, the approved work comes to %(total)s: "
                    "decline a job or ask for more.",
                    payer=self.payer_id.display_name,
                    limit=self.currency_id.format(limit),
                    total=self.currency_id.format(total),
                )
            )

    def _needs_signature(self, decisions, channel):
        """Whether this answer is the customer's first approval and comes by word only."""
        self.ensure_one()
        return (
            self.payer == "customer"
            and channel not in ("signature", "link")
            and "approved" in decisions.values()
            and self.order_id._gate_blocks("signature")
            and not self.order_id.approval_ids.filtered(
                lambda a: (
                    a.payer == "customer"
                    and a.state == "answered"
                    and a.channel in ("signature", "link")
                )
            )
        )

    def _make_sale_orders(self):
        """One confirmed sale order per round for what its payer approved.

        The payer is the order's partner, so that price list, terms and taxes are his and the
        owner's portal shows nothing of it; the goods go to the customer.
        """
        from .sale_order import SERVICE_KEY

        # what shares a job waits for the answer of whoever else pays for it
        asked = self.order_id.approval_ids.filtered(lambda a: a.state == "asked").job_ids
        rounds = self.filtered(
            lambda a: (
                a.state == "answered"
                and not a.sale_order_id
                and a._approved_lines()
                and not a.job_ids & asked
            )
        )
        vals_list = [approval._prepare_sale_order() for approval in rounds]
        orders = (
            self.env["sale.order"]
            # the advisor knows: it is his order
            .with_context(service_key=SERVICE_KEY, mail_auto_subscribe_no_notify=True)
            .create(vals_list)
        )
        for approval, sale in zip(rounds, orders, strict=True):
            approval.sale_order_id = sale
            for line, sale_line in zip(approval._approved_lines(), sale.order_line, strict=True):
                line.with_context(service_approval_key=APPROVAL_KEY).sale_line_id = sale_line
        # what was only cached is read back as the database has it before goods are reserved
        self.env.flush_all()
        orders.action_confirm()
        return orders

    def _approved_lines(self):
        self.ensure_one()
        return self.job_ids.filtered(lambda job: job.approval == "approved")._lines_of(self)

    def _prepare_sale_order(self):
        self.ensure_one()
        order = self.order_id
        warehouse = self.env["stock.warehouse"]._service_warehouse_id(order.company_id.id)
        pricelist = self.payer_id.with_company(order.company_id).property_product_pricelist
        return {
            "partner_id": self.payer_id.id,
            "partner_invoice_id": self.payer_id.id,
            "partner_shipping_id": order.partner_id.id,
            "company_id": order.company_id.id,
            "warehouse_id": warehouse,
            "user_id": order.advisor_id.id,
            "origin": order.name,
            "client_order_ref": order.client_ref,
            "service_order_id": order.id,
            "commitment_date": order.promised_date,
            # the approved prices are in the house's currency
            "pricelist_id": (pricelist.id if pricelist.currency_id == order.currency_id else False),
            "require_signature": False,
            "require_payment": False,
            "order_line": [
                fields.Command.create(line._prepare_sale_line()) for line in self._approved_lines()
            ],
        }

    def _void(self):
        """A changed estimate voids what was asked and what was answered."""
        # sudo: see _answer
        self.sudo().filtered(lambda a: a.state != "void").write({"state": "void"})
        # the index that allows one open question is asked before the next one is written
        self.flush_recordset(["state"])

    def action_withdraw(self):
        """Take back a question about extra work, to change it and ask again (S2-62)."""
        self.check_access("read")
        if not self.env.user.has_group("service_core.group_service_advisor"):
            raise AccessError(self.env._("Advisors ask the customer."))
        for approval in self:
            approval.order_id._lock()
            if approval.state != "asked":
                raise UserError(self.env._("This estimate is already answered or was changed."))
            if approval.order_id.state not in ("agreed", "in_repair"):
                raise UserError(
                    self.env._("%s: revise the estimate instead.", approval.order_id.display_name)
                )
        self._void()
        return True

    def action_answer(self):
        """Open the form in which the advisor writes down an answer by phone or in person."""
        self.ensure_one()
        if self.state != "asked":
            raise UserError(self.env._("This estimate is already answered or was changed."))
        if not self.env.user.has_group("service_core.group_service_advisor"):
            raise AccessError(self.env._("Advisors write down the customer's answer."))
        return {
            "type": "ir.actions.act_window",
            "name": self.env._("Customer's Answer"),
            "res_model": "service.approval.answer",
            "view_mode": "form",
            "target": "new",
            "context": {"default_approval_id": self.id},
        }
