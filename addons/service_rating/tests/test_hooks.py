from datetime import date

from odoo.tests import tagged

from ..hooks import post_init_hook, uninstall_hook
from .common import MONTH, RatingCommon


@tagged("post_install", "-at_install")
class TestHooks(RatingCommon):
    """Coming and going leaves payroll in order."""

    def structures(self):
        return self.env["hr.payroll.structure"].search([("code", "=", "SERVICE")])

    def test_every_branch_gets_its_structure(self):
        branch = self.env["res.company"].create({"name": "Branch"})
        self.structures().filtered(lambda structure: structure.company_id == branch).unlink()
        post_init_hook(self.env)
        self.assertIn(branch, self.structures().company_id)

    def test_leaving_keeps_what_payslips_show(self):
        self.pay_employee(self.technician)
        self.close_month(self.make_month())
        slip = self.env["hr.payslip"].create(
            {
                "employee_id": self.technician.id,
                "date_from": MONTH,
                "date_to": date(2026, 3, 31),
                "contract_id": self.technician.version_id.id,
                "struct_id": self.technician.version_id.struct_id.id,
            }
        )
        slip.compute_sheet()
        rules = slip.line_ids.salary_rule_id
        main = self.env.ref("service_rating.payroll_structure_service")
        uninstall_hook(self.env)
        self.assertEqual(self.structures(), main)
        self.assertFalse(any(rules.mapped("active")))
        names = self.env["ir.model.data"].search([("module", "=", "service_rating")])
        self.assertFalse(names.filtered(lambda data: data.model == "hr.salary.rule"))

    def test_leaving_a_house_without_payslips_leaves_nothing(self):
        uninstall_hook(self.env)
        names = self.env["ir.model.data"].search([("module", "=", "service_rating")])
        self.assertEqual(len(names.filtered(lambda data: data.model == "hr.salary.rule")), 3)
