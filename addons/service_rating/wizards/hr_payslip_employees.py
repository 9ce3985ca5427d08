from odoo import models


class HrPayslipEmployees(models.TransientModel):
    _inherit = "hr.payslip.employees"

    def compute_sheet(self):
        """Make the slips of a batch; their months are looked up together when they are computed."""
        later = self.with_context(service_inputs_later=True)
        return super(HrPayslipEmployees, later).compute_sheet()
