import io
import re
from datetime import date
from decimal import ROUND_HALF_UP, Decimal

from openpyxl import load_workbook

from odoo.tests import HttpCase, tagged

from ..reports.performance_workbook import FIRST_ROW, performance_workbook
from .common import MONTH, RatingFactory

TOKEN = re.compile(r"[A-Z]\d+:[A-Z]\d+|[A-Z]\d+|IF\(|\d+(?:\.\d+)?|=")


@tagged("post_install", "-at_install")
class TestWorkbook(RatingFactory, HttpCase):
    """HR's workbook: live formulas whose cached values are the ledger's and the payslip's."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.setup_service()
        cls.setup_rating()
        cls.policy.write({"difficulty_rate": 3.33, "floor": 40.0})
        cls.pay_employee(cls.technician, base=1234.56)
        cls.pay_employee(cls.technician_2, base=987.65)
        cls.pay_employee(cls.advisor, base=1100.0)
        for technical, attitude in ((150, 90), (-50, 10), (70, 200)):
            hours = {cls.technician: 1.0, cls.technician_2: 2.0}
            cls.vote(cls.make_rating(cls.make_worked_order(hours)), technical, attitude)
        difficulty = cls.env["service.difficulty"].create(
            {"job_id": cls.env["service.order.job"].search([], order="id desc", limit=1).id}
        )
        difficulty.with_user(cls.user_technical_manager).action_grade_5()
        cls.env.flush_all()
        cls.env.cr.execute(
            "UPDATE service_difficulty SET graded_at = '2026-03-05' WHERE id = %s",
            (difficulty.id,),
        )
        difficulty.invalidate_recordset()
        cls.months = cls.env["service.performance"]
        for employee in (cls.technician, cls.technician_2, cls.advisor):
            cls.months |= cls.make_month(employee)
        cls.close_month(cls.months)
        cls.months = cls.months.with_user(cls.user_hr)

    def sheets(self, content):
        """The sheet with formulas, and as a reader without recalculation sees it."""
        return [
            load_workbook(io.BytesIO(content), data_only=cached).active for cached in (False, True)
        ]

    def rows(self, sheet):
        return {sheet[f"A{row}"].value: row for row in range(FIRST_ROW, sheet.max_row + 1)}

    def cents(self, value):
        return Decimal(str(value)).quantize(Decimal("0.01"), ROUND_HALF_UP)

    def evaluate(self, formulas, cell, values):
        """What a spreadsheet makes of a cell: the few functions our formulas use, no more."""
        value = formulas[cell].value
        if not isinstance(value, str) or not value.startswith("="):
            return Decimal(str(value or 0))
        if cell not in values:
            names = {
                "D": Decimal,
                "V": lambda name: self.evaluate(formulas, name, values),
                "ROUND": lambda number, digits: number.quantize(
                    Decimal(1).scaleb(-int(digits)), ROUND_HALF_UP
                ),
                "MIN": min,
                "MAX": max,
                "SUM": sum,
                "IF_": lambda test, yes, no: yes if test else no,
            }
            # eval: the formulas are our own, this is their second reading
            values[cell] = eval(TOKEN.sub(self.translate, value[1:]), names)
        return values[cell]

    def translate(self, match):
        """One token of a formula in Python's words."""
        text = match.group()
        if ":" in text:
            column = text[0]
            first, last = (int(cell[1:]) for cell in text.split(":"))
            cells = ", ".join(f'V("{column}{row}")' for row in range(first, last + 1))
            return f"[{cells}]"
        if text[0].isdigit():
            return f'D("{text}")'
        return {"=": "==", "IF(": "IF_("}.get(text) or f'V("{text}")'

    def test_every_formula_recalculated_equals_its_cached_value(self):
        formulas, cached = self.sheets(performance_workbook(self.months))
        values = {}
        checked = 0
        for row in formulas.iter_rows(min_row=FIRST_ROW):
            for cell in row:
                if isinstance(cell.value, str) and cell.value.startswith("="):
                    result = self.evaluate(formulas, cell.coordinate, values)
                    shown = Decimal(str(cached[cell.coordinate].value))
                    self.assertEqual(round(result, 6), round(shown, 6), cell.coordinate)
                    checked += 1
        self.assertEqual(checked, 3 * 4 + 6)

    def test_ledger_board_workbook_and_payslip_agree_to_the_cent(self):
        env = self.env(user=self.user_hr)
        run = env["hr.payslip.run"].create(
            {"name": "March", "date_start": MONTH, "date_end": date(2026, 3, 31)}
        )
        wizard = env["hr.payslip.employees"].with_context(active_id=run.id)
        wizard.create({"employee_ids": [(6, 0, self.months.employee_id.ids)]}).compute_sheet()
        _formulas, before = self.sheets(performance_workbook(self.months))
        for slip in run.slip_ids:
            slip.action_payslip_done()
        self.months.invalidate_recordset()
        _formulas, after = self.sheets(performance_workbook(self.months))
        rows = self.rows(after)
        total = Decimal(0)
        for month in self.months:
            row = rows[month.employee_id.name]
            slip = run.slip_ids.filtered(lambda slip, m=month: slip.employee_id == m.employee_id)
            paid = self.cents(slip.get_salary_line_total("SERVICE_SCORE"))
            hard = self.cents(slip.get_salary_line_total("SERVICE_DIFFICULTY"))
            total += paid + hard
            ledger = sum(
                self.cents(line.points * 10**4)
                for line in month.line_ids.filtered(lambda line: line.kind != "difficulty")
            ) / Decimal(10**4)
            self.assertEqual(month.payslip_id, slip)
            self.assertEqual(self.cents(ledger), self.cents(month.score))
            for sheet in (before, after):
                self.assertEqual(self.cents(sheet[f"H{row}"].value), self.cents(month.score))
                self.assertEqual(self.cents(sheet[f"K{row}"].value), paid)
                self.assertEqual(self.cents(sheet[f"N{row}"].value), hard)
                self.assertEqual(self.cents(sheet[f"O{row}"].value), paid + hard)
            self.assertEqual(self.cents(month.amount), paid)
            self.assertEqual(self.cents(month.difficulty_amount), hard)
        self.assertEqual(self.cents(after[f"O{rows['Total']}"].value), total)

    def test_the_same_month_gives_the_same_bytes(self):
        self.assertEqual(performance_workbook(self.months), performance_workbook(self.months))

    def test_an_empty_month_is_an_empty_sheet(self):
        formulas, cached = self.sheets(performance_workbook(self.months.browse()))
        self.assertEqual(cached[f"A{FIRST_ROW}"].value, "Total")
        self.assertEqual(cached[f"O{FIRST_ROW}"].value, 0)

    def test_a_name_that_looks_like_a_formula_stays_a_name(self):
        self.technician.name = "=1+1"
        formulas, _cached = self.sheets(performance_workbook(self.months))
        row = self.rows(formulas)["=1+1"]
        self.assertEqual(formulas[f"A{row}"].data_type, "s")

    # === DOOR === #

    def url(self, **values):
        values = {"company_id": self.company.id, "month": "2026-03", **values}
        query = "&".join(f"{name}={value}" for name, value in values.items())
        return f"/service/performance/xlsx?{query}"

    def test_hr_fetches_the_workbook(self):
        action = self.months.action_workbook()
        self.authenticate("test_hr", "test_hr")
        page = self.url_open(action["url"])
        self.assertEqual(page.status_code, 200)
        self.assertIn("performance-", page.headers["Content-Disposition"])
        formulas, _cached = self.sheets(page.content)
        self.assertIn(self.technician.name, self.rows(formulas))

    def test_one_branch_and_one_month_at_a_time(self):
        other = self.make_month(month=date(2026, 4, 1)).with_user(self.user_hr)
        with self.assertRefused("one branch and one month"):
            (self.months | other).action_workbook()

    def test_who_is_not_hr_gets_no_workbook(self):
        with self.assertRefused("HR fetches"):
            self.months.with_user(self.user_officer).action_workbook()
        self.authenticate("test_officer", "test_officer")
        with self.assertLogs("odoo.http", level="WARNING"):
            self.assertEqual(self.url_open(self.url()).status_code, 403)

    def test_nonsense_is_not_found(self):
        other = self.env["res.company"].create({"name": "Other Branch"})
        self.authenticate("test_hr", "test_hr")
        for values in (
            {"month": "March"},
            {"company_id": "x"},
            {"company_id": 0},
            {"company_id": other.id},
        ):
            self.assertEqual(self.url_open(self.url(**values)).status_code, 404, values)
