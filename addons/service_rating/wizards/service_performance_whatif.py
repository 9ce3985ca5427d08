from decimal import Decimal

from dateutil.relativedelta import relativedelta

from odoo import api, fields, models
from odoo.exceptions import UserError
from odoo.fields import Command

from ..rules import performance_lifecycle as life
from ..rules import score as scoring


class ServicePerformanceWhatif(models.TransientModel):
    """A policy run over past months: who would have got what, before anybody is paid by it.

    Reads the ledgers as they are and writes nothing but its own rows.
    """

    _name = "service.performance.whatif"
    _description = "What If"

    policy_id = fields.Many2one(
        "service.performance.policy",
        required=True,
        default=lambda self: self.env["service.performance.policy"].search([], limit=1),
    )
    company_id = fields.Many2one(
        "res.company", string="Branch", required=True, default=lambda self: self.env.company
    )
    month_from = fields.Date(
        string="From Month",
        required=True,
        default=lambda self: fields.Date.today().replace(day=1) - relativedelta(months=3),
    )
    month_to = fields.Date(
        string="To Month",
        required=True,
        default=lambda self: fields.Date.today().replace(day=1) - relativedelta(months=1),
    )
    currency_id = fields.Many2one(related="company_id.currency_id")
    line_ids = fields.One2many("service.performance.whatif.line", "whatif_id", readonly=True)
    payroll_before = fields.Monetary(compute="_compute_payroll")
    payroll_after = fields.Monetary(compute="_compute_payroll")
    payroll_change = fields.Monetary(compute="_compute_payroll")

    @api.depends("line_ids.amount_before", "line_ids.amount_after")
    def _compute_payroll(self):
        for whatif in self:
            whatif.payroll_before = sum(whatif.line_ids.mapped("amount_before"))
            whatif.payroll_after = sum(whatif.line_ids.mapped("amount_after"))
            whatif.payroll_change = whatif.payroll_after - whatif.payroll_before

    def action_run(self):
        """Compute every locked month of the span again, under the chosen policy."""
        self.ensure_one()
        if not self.env.user.has_group("hr.group_hr_manager"):
            raise UserError(self.env._("HR tries out a policy: it shows everybody's pay."))
        months = self.env["service.performance"].search(
            [
                ("company_id", "=", self.company_id.id),
                ("month", ">=", self.month_from.replace(day=1)),
                ("month", "<=", self.month_to),
                ("state", "=", life.LOCKED),
            ]
        )
        if not months:
            raise UserError(self.env._("No month of this span is locked yet."))
        # sudo: HR reads the pay on the months but not every rating behind it
        rows = months.sudo()._what_if(self.policy_id.sudo())
        self.line_ids = [Command.clear(), *(Command.create(row) for row in rows)]
        return {
            "type": "ir.actions.act_window",
            "name": self.env._("What If"),
            "res_model": self._name,
            "res_id": self.id,
            "view_mode": "form",
        }


class ServicePerformanceWhatifLine(models.TransientModel):
    """One person's month under another policy."""

    _name = "service.performance.whatif.line"
    _description = "What If Line"
    _order = "month desc, employee_id"

    whatif_id = fields.Many2one(
        "service.performance.whatif", required=True, ondelete="cascade", index=True
    )
    currency_id = fields.Many2one(related="whatif_id.currency_id")
    employee_id = fields.Many2one("hr.employee", readonly=True)
    month = fields.Date(readonly=True)
    answer_count = fields.Integer(string="Answers", readonly=True)
    score_before = fields.Float(readonly=True, digits=(6, scoring.SCORE_DIGITS), aggregator="avg")
    score_after = fields.Float(readonly=True, digits=(6, scoring.SCORE_DIGITS), aggregator="avg")
    score_change = fields.Float(readonly=True, digits=(6, scoring.SCORE_DIGITS))
    amount_before = fields.Monetary(readonly=True)
    amount_after = fields.Monetary(readonly=True)
    amount_change = fields.Monetary(readonly=True)

    @api.model
    def _row(self, month, before, after, result):
        """Values of one line; amounts as Decimals of the currency."""
        return {
            "employee_id": month.employee_id.id,
            "month": month.month,
            "answer_count": result.answer_count,
            "score_before": month.score,
            "score_after": result.score,
            "score_change": result.score - Decimal(str(month.score)),
            "amount_before": before,
            "amount_after": after,
            "amount_change": after - before,
        }
