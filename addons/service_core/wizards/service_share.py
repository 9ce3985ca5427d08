from odoo import api, fields, models
from odoo.exceptions import UserError

from ..models.service_payer import PAYERS


class ServiceShare(models.TransientModel):
    """Who takes what of a job: a deductible, goodwill, partial warranty (S4-35)."""

    _name = "service.share"
    _description = "Share a Job"

    job_id = fields.Many2one("service.order.job", required=True, readonly=True)
    currency_id = fields.Many2one(related="job_id.currency_id")
    owner_id = fields.Many2one(related="job_id.payer_id", string="Paid By So Far")
    payer = fields.Selection(PAYERS, string="Also Pays", required=True, default="customer")
    payer_id = fields.Many2one(
        "res.partner",
        string="Name",
        compute="_compute_payer_id",
        store=True,
        precompute=True,
        readonly=False,
        required=True,
    )
    mode = fields.Selection(
        [("percent", "Percent"), ("amount", "Amount")], required=True, default="percent"
    )
    percent = fields.Float(string="Share (%)", default=50.0)
    amount = fields.Monetary(string="Share, Tax Included")

    @api.depends("payer", "job_id")
    def _compute_payer_id(self):
        for wizard in self:
            order = wizard.job_id.order_id
            wizard.payer_id = self.env["service.payer"]._payer_partner(order, wizard.payer)

    def action_share(self):
        """Make the pair of lines."""
        self.ensure_one()
        job = self.job_id
        if (self.payer, self.payer_id) == (job.payer, job.payer_id):
            raise UserError(self.env._("%s pays this job already.", self.payer_id.display_name))
        if job.payer == "internal":
            raise UserError(
                self.env._(
                    "Internal work has no price to share: name another payer on the job first."
                )
            )
        lines = job.line_ids.filtered(
            lambda line: (line.payer, line.payer_id) == (job.payer, job.payer_id)
        )
        # what was given away before is taken off: what is left is shared
        total = lines._total_with_tax()
        ratio = self.percent / 100
        if self.mode == "amount":
            other = sum(
                line._map_taxes(self.payer_id).compute_all(
                    line._share_price_for(line.price_unit, self.payer_id),
                    currency=line.currency_id,
                    quantity=line.product_uom_qty,
                )["total_included"]
                for line in lines
            )
            ratio = self.amount / other if other else 0.0
        if not total or not 0 < ratio <= 1:
            raise UserError(
                self.env._("A share lies above zero and within what %s pays.", job.payer_id.name)
            )
        lines._share(self.payer, self.payer_id, ratio)
        return {"type": "ir.actions.act_window_close"}
