from datetime import date

from psycopg2 import IntegrityError

from odoo.exceptions import UserError
from odoo.tests import Form, freeze_time, tagged
from odoo.tools import mute_logger

from .common import MONTH, RatingCommon

APRIL = date(2026, 4, 1)
MARCH_END = date(2026, 3, 31)


@tagged("post_install", "-at_install")
class TestPayslip(RatingCommon):
    """The locked month on the payslip: by batch and by form, to the same cents, paid once (S3-36)."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.policy.write({"shrinkage": 0.0, "difficulty_rate": 2.5})
        cls.pay_employee(cls.technician, base=1234.5)
        cls.pay_employee(cls.technician_2, base=800.0)

    def rated_month(self, technical=117, employee=None, state="locked"):
        employee = employee or self.technician
        rating = self.make_rating(self.make_worked_order({employee: 1.0}))
        # between the choices of the form, to see the rounding
        self.vote(rating, technical, 100)
        return self.close_month(self.make_month(employee), state)

    def run_batch(self, employees=None, start=MONTH, end=MARCH_END):
        """The real batch wizard of the payroll addon, as a payroll manager uses it."""
        env = self.env(user=self.user_hr)
        run = env["hr.payslip.run"].create({"name": "Run", "date_start": start, "date_end": end})
        employees = employees or self.technician | self.technician_2
        wizard = (
            env["hr.payslip.employees"]
            .with_context(active_id=run.id)
            .create({"employee_ids": [(6, 0, employees.ids)]})
        )
        wizard.compute_sheet()
        return run.slip_ids.sorted("employee_id")

    def slip_of(self, slips, employee=None):
        return slips.filtered(lambda slip: slip.employee_id == (employee or self.technician))

    def inputs(self, slip):
        return {line.code: (line.amount_qty, line.amount) for line in slip.input_line_ids}

    def total(self, slip, code="SERVICE_SCORE"):
        return sum(slip.line_ids.filtered(lambda line: line.code == code).mapped("total"))

    # === PAID === #

    def test_the_batch_wizard_pays_the_locked_score(self):
        month = self.rated_month()
        slip = self.slip_of(self.run_batch())
        # 1234.50 x 117 / 100 = 1444.365, half away from zero
        self.assertEqual(self.inputs(slip)["SERVICE_SCORE"], (117.0, 1444.37))
        self.assertEqual(self.total(slip), 1444.37)
        self.assertEqual(self.total(slip, "SERVICE_WAGE"), 3000.0)
        self.assertEqual(slip.input_line_ids.service_performance_id, month)

    def test_each_is_paid_his_own_month(self):
        self.rated_month(150)
        self.rated_month(60, self.technician_2)
        slips = self.run_batch()
        self.assertEqual(self.total(self.slip_of(slips)), 1851.75)
        self.assertEqual(self.total(self.slip_of(slips, self.technician_2)), 480.0)

    def test_a_slip_made_by_hand_pays_the_same(self):
        self.rated_month()
        # the form proposes the current month
        with freeze_time("2026-03-31 12:00:00"):
            form = Form(self.env["hr.payslip"].with_user(self.user_hr))
            form.employee_id = self.technician
            slip = form.save()
        slip.compute_sheet()
        self.assertEqual(self.total(slip), 1444.37)
        self.assertEqual(len(slip.input_line_ids), 2)

    def test_a_bare_slip_is_paid_on_computing(self):
        self.rated_month()
        slip = self.env["hr.payslip"].create(
            {
                "employee_id": self.technician.id,
                "date_from": MONTH,
                "date_to": MARCH_END,
                "contract_id": self.technician.version_id.id,
                "struct_id": self.technician.version_id.struct_id.id,
            }
        )
        self.assertFalse(slip.input_line_ids)
        slip.compute_sheet()
        self.assertEqual(self.total(slip), 1444.37)

    def test_recomputing_changes_nothing(self):
        self.rated_month()
        slip = self.slip_of(self.run_batch())
        before = (self.inputs(slip), slip.line_ids.mapped("total"), slip.input_line_ids)
        for _again in range(3):
            slip.compute_sheet()
        self.assertEqual(
            before, (self.inputs(slip), slip.line_ids.mapped("total"), slip.input_line_ids)
        )

    def test_difficulty_is_paid_by_the_policys_rate(self):
        order = self.make_worked_order({self.technician: 3.0, self.technician_2: 1.0})
        difficulty = self.env["service.difficulty"].create({"job_id": order.job_ids.id})
        difficulty.with_user(self.user_technical_manager).action_grade_5()
        self.env.flush_all()
        self.env.cr.execute(
            "UPDATE service_difficulty SET graded_at = '2026-03-05' WHERE id = %s",
            (difficulty.id,),
        )
        difficulty.invalidate_recordset()
        self.close_month(self.make_month())
        slip = self.slip_of(self.run_batch())
        self.assertEqual(self.inputs(slip)["SERVICE_DIFFICULTY"], (3.75, 9.38))
        self.assertEqual(self.total(slip, "SERVICE_DIFFICULTY"), 9.38)

    def test_a_negative_score_takes_pay_to_its_floor_never_the_wage(self):
        self.rated_month(-50)
        slip = self.slip_of(self.run_batch())
        self.assertEqual(self.inputs(slip)["SERVICE_SCORE"], (-50.0, 0.0))
        self.assertEqual(self.total(slip, "SERVICE_WAGE"), 3000.0)

    def test_the_policys_floor_is_paid_at_least(self):
        self.policy.floor = 80.0
        self.rated_month(20)
        self.assertEqual(self.total(self.slip_of(self.run_batch())), 987.6)

    def test_a_month_without_answers_is_paid_at_the_unit_mean(self):
        self.close_month(self.make_month())
        self.assertEqual(self.total(self.slip_of(self.run_batch())), 1234.5)

    # === NOT PAID === #

    def test_an_unlocked_month_pays_nothing(self):
        for state in ("draft", "checked"):
            month = self.rated_month(state=state) if state == "draft" else None
            if month is None:
                month = self.env["service.performance"].search(
                    [("employee_id", "=", self.technician.id)]
                )
                month.with_user(self.user_officer).action_check()
            slip = self.slip_of(self.run_batch())
            self.assertFalse(slip.input_line_ids, state)
            self.assertFalse(self.total(slip), state)

    def test_a_slip_without_its_month_says_so(self):
        self.rated_month(state="checked")
        slips = self.run_batch()
        for slip in slips:
            slip.action_payslip_done()
        notes = self.slip_of(slips).message_ids.mapped("body")
        self.assertTrue([note for note in notes if "is not locked" in note])
        silent = self.slip_of(slips, self.technician_2).message_ids.mapped("body")
        self.assertFalse([note for note in silent if "is not locked" in note])

    def test_a_month_locked_meanwhile_is_paid_on_recomputing(self):
        month = self.rated_month(state="checked")
        slip = self.slip_of(self.run_batch())
        self.assertFalse(self.total(slip))
        month.with_user(self.user_officer_2).action_lock()
        slip.compute_sheet()
        self.assertEqual(self.total(slip), 1444.37)

    def test_another_month_is_not_paid(self):
        self.rated_month()
        self.assertFalse(
            self.slip_of(self.run_batch(start=APRIL, end=date(2026, 4, 30))).input_line_ids
        )

    def test_without_a_contract_nothing_is_paid(self):
        self.rated_month()
        self.technician.version_id.contract_date_start = False
        slip = self.env["hr.payslip"].create(
            {"employee_id": self.technician.id, "date_from": MONTH, "date_to": MARCH_END}
        )
        slip.compute_sheet()
        self.assertFalse(slip.input_line_ids)
        self.assertFalse(slip.line_ids)

    # === ONCE === #

    def test_a_month_is_paid_once(self):
        month = self.rated_month()
        first = self.slip_of(self.run_batch())
        second = self.slip_of(self.run_batch())
        first.action_payslip_done()
        self.assertEqual(month.payslip_id, first)
        # the second draft gives it up when it is confirmed
        second.action_payslip_done()
        self.assertFalse(second.input_line_ids)
        self.assertFalse(self.total(second))
        self.assertFalse(self.slip_of(self.run_batch()).input_line_ids)

    def test_a_slip_confirmed_without_computing_is_stopped(self):
        self.rated_month()
        first = self.slip_of(self.run_batch())
        second = self.slip_of(self.run_batch())
        first.action_payslip_done()
        with self.assertRefused("was paid on"):
            second.with_context(without_compute_sheet=True).action_payslip_done()

    def test_two_slips_are_confirmed_by_the_payroll_wizard(self):
        months = self.rated_month() | self.rated_month(90, self.technician_2)
        slips = self.run_batch()
        wizard = (
            self.env["hr.payslip.change.state"]
            .with_user(self.user_hr)
            .with_context(active_ids=slips.ids)
            .create({"state": "done"})
        )
        wizard.change_state_confirm()
        self.assertEqual(months.payslip_id, slips)

    def test_a_raised_base_does_not_reach_a_paid_month(self):
        month = self.rated_month()
        slip = self.slip_of(self.run_batch())
        self.technician.version_id.service_performance_base = 2000.0
        slip.action_payslip_done()
        self.assertEqual(self.total(slip), 2340.0)
        self.technician.version_id.service_performance_base = 9999.0
        month.invalidate_recordset()
        paid = month.with_user(self.user_hr)
        self.assertEqual((paid.base_amount, paid.amount), (2000.0, 2340.0))

    def test_a_cancelled_slip_frees_its_month(self):
        self.env["ir.config_parameter"].sudo().set_param("payroll.allow_cancel_payslips", "1")
        month = self.rated_month()
        slip = self.slip_of(self.run_batch())
        slip.action_payslip_done()
        slip.action_payslip_cancel()
        self.assertFalse(month.payslip_id)
        self.assertEqual(self.total(self.slip_of(self.run_batch())), 1444.37)

    def test_a_refunded_slip_frees_its_month(self):
        month = self.rated_month()
        slip = self.slip_of(self.run_batch())
        slip.action_payslip_done()
        slip.refund_sheet()
        refund = slip.refunded_id
        self.assertEqual(self.total(refund), 1444.37)
        self.assertFalse(refund.input_line_ids.service_performance_id)
        self.assertFalse(month.payslip_id)
        again = self.slip_of(self.run_batch())
        again.action_payslip_done()
        self.assertEqual(month.payslip_id, again)

    def test_a_month_is_marked_paid_by_the_slip_only(self):
        month = self.rated_month()
        slip = self.slip_of(self.run_batch())
        with self.assertRefused("payslip only"):
            month.sudo().with_context(service_paid_key=True).payslip_id = slip

    # === CONTRACTS === #

    def test_every_branch_has_our_structure_once(self):
        branch = self.env["res.company"].create({"name": "New Branch"})
        structure = branch._service_payroll_structure()
        self.assertEqual(structure.company_id, branch)
        self.assertEqual(structure.rule_ids, self.technician.version_id.struct_id.rule_ids)
        self.assertEqual(branch._service_payroll_structure(), structure)
        both = (branch | self.company)._service_payroll_structure()
        self.assertEqual(both.company_id, branch | self.company)

    def test_two_contracts_in_a_month_pay_once(self):
        self.rated_month()
        first = self.technician.version_id
        first.contract_date_end = date(2026, 3, 15)
        self.technician.create_version(
            {
                "date_version": date(2026, 3, 16),
                "contract_date_start": date(2026, 3, 16),
                "contract_date_end": False,
            }
        )
        slip = self.env["hr.payslip"].create(
            {
                "employee_id": self.technician.id,
                "date_from": MONTH,
                "date_to": MARCH_END,
                "struct_id": first.struct_id.id,
            }
        )
        slip.compute_sheet()
        self.assertEqual(len(slip._get_employee_contracts()), 2)
        self.assertEqual(self.total(slip), 1444.37)

    def test_a_new_version_within_the_month_counts_at_its_end(self):
        self.rated_month(100)
        self.technician.create_version({"date_version": date(2026, 3, 16)}).write(
            {"service_performance_base": 1500.0}
        )
        self.assertEqual(self.total(self.slip_of(self.run_batch())), 1500.0)

    def test_an_input_declared_by_another_house_is_filled_not_doubled(self):
        rule = self.env.ref("service_rating.salary_rule_score")
        rule.input_ids = [(0, 0, {"name": "Score", "code": "SERVICE_SCORE"})]
        self.rated_month()
        slip = self.slip_of(self.run_batch())
        codes = slip.input_line_ids.mapped("code")
        self.assertEqual(codes.count("SERVICE_SCORE"), 1)
        self.assertEqual(self.total(slip), 1444.37)

    def test_performance_pay_is_never_negative_in_the_contract(self):
        with self.assertRaises(IntegrityError), mute_logger("odoo.sql_db"):
            self.technician.version_id.service_performance_base = -1.0
            self.env.flush_all()

    def test_who_is_not_hr_reads_no_pay(self):
        month = self.rated_month()
        for user in (self.user_officer, self.user_technician, self.user_manager):
            for name in ("amount", "base_amount", "difficulty_amount"):
                with self.assertRaises(UserError):
                    month.with_user(user).read([name])
