from odoo import api, fields, models
from odoo.exceptions import AccessError, UserError

from .service_payer import PAYERS

# An object, because a remote caller can send any context key but never this value.
APPROVAL_KEY = object()

# What technicians and team leaders fill in.
WORKSHOP_FIELDS = {
    "assignment_ids",
    "cause",
    "correction",
    "detailed_diagnosis",
    "diagnosed_at",
    "diagnosed_by_id",
    "diagnosis_result",
    "is_misdiagnosed",
    "misdiagnosis_note",
    "sequence",
    "system_id",
}


class ServiceOrderJob(models.Model):
    """One complaint of the customer, what was found, what was done and who pays for it."""

    _name = "service.order.job"
    _description = "Work Order Job"
    _inherit = ["service.payer"]
    _order = "order_id, sequence, id"
    # a leader knows the car on the lift, not the title of the job
    _rec_names_search = ["name", "order_id"]

    order_id = fields.Many2one("service.order", required=True, ondelete="cascade", index=True)
    company_id = fields.Many2one(related="order_id.company_id", store=True, index=True)
    currency_id = fields.Many2one(related="order_id.currency_id")
    state = fields.Selection(related="order_id.state", string="Order Status")
    sequence = fields.Integer(default=10)
    name = fields.Char(
        required=True, compute="_compute_name", store=True, readonly=False, precompute=True
    )
    kind = fields.Selection(
        [("repair", "Repair"), ("diagnosis", "Diagnosis")], required=True, default="repair"
    )
    customer_words = fields.Text(help="What the customer said, word for word (S0-63).")
    is_read_back = fields.Boolean(
        string="Read Back", help="The words were repeated and the customer agreed (S0-64)."
    )
    is_unclear = fields.Boolean(
        string="Unclear", help="The customer finds it hard to describe; ask and look (S0-63)."
    )
    extra_info = fields.Text(
        string="More About It",
        help="When, how often, cold or warm: what the customer could add (S0-64).",
    )
    cause = fields.Text(help="What the diagnosis found.")
    correction = fields.Text(help="What was or will be done.")
    operation_id = fields.Many2one("service.operation", index="btree_not_null")
    payer = fields.Selection(
        PAYERS, required=True, compute="_compute_payer", store=True, readonly=False, precompute=True
    )
    payer_id = fields.Many2one(
        "res.partner",
        compute="_compute_payer_id",
        store=True,
        readonly=False,
        precompute=True,
    )
    approval = fields.Selection(
        [
            ("pending", "Pending"),
            ("approved", "Approved"),
            ("declined", "Declined"),
            ("deferred", "Deferred"),
        ],
        required=True,
        readonly=True,
        default="pending",
        copy=False,
        help="Moves only by the payer's answer.",
    )
    standard_hours = fields.Float(
        compute="_compute_standard_hours", store=True, readonly=False, precompute=True
    )
    assignment_ids = fields.One2many("service.assignment", "job_id", string="Assignments")
    technician_ids = fields.Many2many(
        "hr.employee",
        string="Technicians",
        compute="_compute_technician_ids",
        # plain users may not read employees; the names of who works are no secret
        compute_sudo=True,
    )
    clocking_ids = fields.One2many("service.clocking", "job_id", string="Clockings")
    clocked_hours = fields.Float(compute="_compute_clocked_hours")
    is_clocked = fields.Boolean(string="Somebody Is On It", compute="_compute_clocked_hours")
    line_ids = fields.One2many("service.order.line", "job_id", string="Lines")
    amount_total = fields.Monetary(
        compute="_compute_amount_total",
        groups="service_core.group_service_advisor,service_core.group_service_parts,"
        "service_core.group_service_cashier,service_core.group_service_manager",
    )

    _hours_positive = models.Constraint(
        "CHECK(standard_hours >= 0)", "Standard hours cannot be negative."
    )

    # === COMPUTES === #

    @api.depends("operation_id", "customer_words")
    def _compute_name(self):
        """The operation names the job, else the customer's words; a name somebody typed stays."""
        untitled = self.env._("Job")
        for job in self:
            words = self._title_of(job.customer_words)
            before = job._origin
            ours = (
                untitled,
                words,
                before.operation_id.name,
                self._title_of(before.customer_words),
            )
            if not job.name or job.name in ours:
                job.name = job.operation_id.name or words or untitled

    @staticmethod
    def _title_of(words):
        return (words or "").strip().split("\n")[0][:80]

    @api.depends("order_id.order_type", "order_id.kind_id")
    def _compute_payer(self):
        for job in self:
            if job.payer:
                continue
            if job.order_id.kind_id.is_internal:
                job.payer = "internal"
            elif job.order_id.order_type == "warranty":
                job.payer = "manufacturer"
            else:
                job.payer = "customer"

    @api.depends("payer", "order_id.partner_id", "order_id.vehicle_id")
    def _compute_payer_id(self):
        for job in self:
            if job.approval in ("approved", "declined"):
                continue
            job.payer_id = self._payer_partner(job.order_id, job.payer) or job.payer_id

    @api.depends("operation_id")
    def _compute_standard_hours(self):
        for job in self:
            hours = job.operation_id._hours_for(job.order_id.vehicle_id.model_id)
            job.standard_hours = hours or job.standard_hours

    @api.depends("assignment_ids.employee_id")
    def _compute_technician_ids(self):
        for job in self:
            job.technician_ids = job.assignment_ids.employee_id

    @api.depends("clocking_ids.start", "clocking_ids.stop")
    def _compute_clocked_hours(self):
        for job in self:
            # sudo: the sum is shown to people who may not read each person's times
            clockings = job.sudo().clocking_ids
            job.clocked_hours = sum(clockings.mapped("duration"))
            job.is_clocked = bool(clockings.filtered(lambda c: c.start and not c.stop))

    @api.depends("line_ids.price_total")
    def _compute_amount_total(self):
        for job in self:
            job.amount_total = sum(job.line_ids.mapped("price_total"))

    # === CRUD === #

    @api.model_create_multi
    def create(self, vals_list):
        self._refuse_foreign_approval(vals_list)
        jobs = super().create(vals_list)
        closed = jobs.order_id.filtered(
            lambda order: order.state in ("washing", "ready", "settled", "delivered", "cancelled")
        )
        if closed:
            raise UserError(
                self.env._(
                    "%s is no longer open for work: open a new work order.",
                    closed[0].display_name,
                )
            )
        jobs._add_labour_line()
        return jobs

    def write(self, vals):
        self._refuse_foreign_approval([vals])
        if (
            not self.env.su
            and set(vals) - WORKSHOP_FIELDS
            and not self.env.user.has_group("service_core.group_service_receptionist")
        ):
            raise AccessError(
                self.env._("The workshop writes cause, correction and who works on it.")
            )
        frozen = {"payer", "payer_id", "operation_id", "standard_hours", "kind"} & set(vals)
        if frozen and self.env.context.get("service_approval_key") is not APPROVAL_KEY:
            self._refuse_approved_change()
        res = super().write(vals)
        if "operation_id" in vals:
            self._add_labour_line()
        return res

    @api.ondelete(at_uninstall=False)
    def _unlink_except_approved(self):
        self._refuse_approved_change()

    def _refuse_foreign_approval(self, vals_list):
        if self.env.context.get("service_approval_key") is APPROVAL_KEY:
            return
        if any(vals.get("approval", "pending") != "pending" for vals in vals_list):
            raise UserError(
                self.env._("A job is approved, declined or deferred by its payer's answer only.")
            )

    def _refuse_approved_change(self):
        """What was approved stays as it was signed; what is being asked stays as it is shown."""
        for job in self:
            if job.approval == "approved":
                raise UserError(
                    self.env._(
                        '"%s" is approved: revise the estimate before changing it.', job.name
                    )
                )
        # sudo: whoever changes a job may not read the rounds; the freeze holds anyway
        asked = (
            self.env["service.approval"]
            .sudo()
            .search([("job_ids", "in", self.ids), ("state", "=", "asked")], limit=1)
        )
        if asked:
            raise UserError(
                self.env._(
                    '"%(job)s" is being asked of %(payer)s: take the question back before '
                    "changing it.",
                    job=(asked.job_ids & self.sudo())[:1].name,
                    payer=asked.payer_id.display_name,
                )
            )

    def _add_labour_line(self):
        """A job with standard hours bills them; the actual hours never change the bill."""
        # sudo: a receptionist names the operation but does not write prices
        jobs = self.sudo().filtered(
            lambda job: (
                job.operation_id
                and job.approval == "pending"
                and not job.line_ids.filtered(lambda line: line.kind == "labour")
            )
        )
        labour = self.env.ref("service_core.product_labour")
        diagnosis = self.env.ref("service_core.product_diagnosis")
        self.env["service.order.line"].sudo().create(
            [
                {
                    "order_id": job.order_id.id,
                    "job_id": job.id,
                    "kind": "labour",
                    "name": job.operation_id.name,
                    "product_id": (
                        job.operation_id.product_id
                        or (diagnosis if job.kind == "diagnosis" else labour)
                    ).id,
                    "product_uom_qty": job.standard_hours or job.operation_id.standard_hours,
                }
                for job in jobs
            ]
        )

    def _lines_of(self, approval):
        """Lines of these jobs that the payer of ``approval`` is asked for."""
        return self.line_ids.filtered(
            lambda line: line.payer == approval.payer and line.payer_id == approval.payer_id
        )

    # === BUTTONS === #

    def action_assign(self):
        """The window in which a team leader names who does the job (S0-88)."""
        self.ensure_one()
        return {
            "type": "ir.actions.act_window",
            "name": self.env._("Assign %s", self.name),
            "res_model": "service.assignment",
            "view_mode": "form",
            "target": "new",
            "context": {"default_job_id": self.id},
        }

    # === HOOKS === #

    def _check_permits(self, employees, when):
        """Look whether ``employees`` may do these jobs at ``when``; here a missing permit warns.

        service_rating makes it block (S3-22).
        """
        for job in self:
            gaps = employees._service_permit_gap(job, when)
            for sentence in gaps.values():
                if sentence:
                    # sudo: the note is the system's own, whoever assigns
                    job.order_id.sudo().message_post(body=sentence)
