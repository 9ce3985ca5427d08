from odoo import api, fields, models


class ServiceApprovalAnswer(models.TransientModel):
    """The payer's answer as the advisor heard it: job by job, by whom, how."""

    _name = "service.approval.answer"
    _description = "Answer to an Estimate"

    approval_id = fields.Many2one("service.approval", required=True, readonly=True)
    currency_id = fields.Many2one(related="approval_id.currency_id")
    amount_total = fields.Monetary(related="approval_id.amount_total")
    channel = fields.Selection(
        [
            ("signature", "Signature"),
            ("phone", "Phone"),
            ("message", "Message"),
            ("in_person", "In person"),
        ],
        required=True,
        default="signature",
        help="A first approval of the customer is signed here or answered by his own link.",
    )
    answered_by = fields.Char(
        required=True, compute="_compute_answered_by", store=True, readonly=False
    )
    signature = fields.Binary()
    payer = fields.Selection(related="approval_id.payer")
    reference = fields.Char(
        string="Authorisation", help="The manufacturer's or insurer's number of the yes."
    )
    amount_limit = fields.Monetary(string="Up To", help="The most he authorised, tax included.")
    line_ids = fields.One2many(
        "service.approval.answer.line",
        "wizard_id",
        compute="_compute_line_ids",
        store=True,
        readonly=False,
    )

    @api.depends("approval_id")
    def _compute_answered_by(self):
        for wizard in self:
            approval = wizard.approval_id
            wizard.answered_by = (
                approval.order_id.contact_id.name
                if approval.payer == "customer"
                else approval.payer_id.name
            )

    @api.depends("approval_id")
    def _compute_line_ids(self):
        for wizard in self:
            wizard.line_ids = [fields.Command.clear()] + [
                fields.Command.create({"job_id": job.id}) for job in wizard.approval_id.job_ids
            ]

    def action_confirm(self):
        """Write the answer down."""
        self.ensure_one()
        self.approval_id._answer(
            {line.job_id.id: line.decision for line in self.line_ids},
            self.channel,
            self.answered_by,
            self.signature if self.channel == "signature" else False,
            {
                "reference": self.reference,
                "limit": self.amount_limit,
                "jobs": {
                    line.job_id.id: {
                        "answer_reason": line.answer_reason,
                        "propose_again_on": line.propose_again_on,
                    }
                    for line in self.line_ids
                    if line.decision != "approved"
                },
            },
        )
        return {"type": "ir.actions.act_window_close"}


class ServiceApprovalAnswerLine(models.TransientModel):
    _name = "service.approval.answer.line"
    _description = "Answer for One Job"

    wizard_id = fields.Many2one(
        "service.approval.answer", required=True, ondelete="cascade", index=True
    )
    job_id = fields.Many2one("service.order.job", required=True)
    currency_id = fields.Many2one(related="job_id.currency_id")
    amount_total = fields.Monetary(
        string="Total", compute="_compute_amount_total", help="What this payer would pay for it."
    )
    decision = fields.Selection(
        [("approved", "Approved"), ("declined", "Declined"), ("deferred", "Later")],
        required=True,
        default="approved",
    )
    answer_reason = fields.Char(string="Why Not Now")
    propose_again_on = fields.Date(string="Propose Again")

    @api.depends("job_id", "wizard_id.approval_id")
    def _compute_amount_total(self):
        for line in self:
            lines = line.job_id._lines_of(line.wizard_id.approval_id)
            line.amount_total = lines._total_with_tax()
