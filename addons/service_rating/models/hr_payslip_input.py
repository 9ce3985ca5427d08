from odoo import fields, models


class HrPayslipInput(models.Model):
    _inherit = "hr.payslip.input"

    service_performance_id = fields.Many2one(
        "service.performance",
        string="Performance Month",
        readonly=True,
        # a refund copies the inputs, it does not pay the month again
        copy=False,
        ondelete="restrict",
        index="btree_not_null",
    )
    service_base_amount = fields.Float(
        string="Base at 100 %",
        digits="Payroll",
        readonly=True,
        help="The performance pay of the contract at the time, kept for later questions.",
    )
