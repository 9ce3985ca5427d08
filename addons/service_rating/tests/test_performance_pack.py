import base64
import io
from datetime import date
from decimal import Decimal
from random import Random

from dateutil.relativedelta import relativedelta

from odoo.fields import Command
from odoo.tests import freeze_time, tagged
from odoo.tools.pdf import PdfFileReader

from ..reports.performance_pack import SHEETS, pack_workbook
from ..rules import score as scoring
from . import arithmetic
from .common import RatingCommon
from .sheets import Sheets

YEAR = [date(2025, month, 1) for month in range(1, 13)]


def cents(value):
    return Decimal(f"{value:.2f}")


@tagged("post_install", "-at_install")
class TestPerformancePack(RatingCommon):
    """A whole year of months: ledger, statement, PDF, workbook, board and payslip, to the cent."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.policy.write({"difficulty_rate": 3.33, "floor": 40.0, "minimum_answers": 2})
        cls.people = [cls.technician, cls.technician_2, cls.advisor]
        cls.technician.department_id, cls.technician_2.department_id = cls.env[
            "hr.department"
        ].create([{"name": "Mechanics"}, {"name": "=Body"}])
        for employee, base in zip(cls.people, (1234.56, 987.65, 1100.0), strict=True):
            cls.pay_employee(employee, base=base, start=date(2024, 1, 1))
        cls.months = cls.env["service.performance"]
        rng = Random(2025)
        order = cls.make_worked_order({cls.technician: 1.0, cls.technician_2: 2.0})
        cls.difficulty = cls.env["service.difficulty"].create({"job_id": order.job_ids.id})
        with freeze_time("2025-03-07 12:00:00"):
            cls.difficulty.with_user(cls.user_technical_manager)._grade("5")
        for month in YEAR:
            values = [(-50,), (200,)][month.month % 2] if month.month > 10 else scoring.CHOICES
            votes = arithmetic.make_month(rng, [0, 1, 2], month.month % 7, list(values))
            cls.vote_all(votes, month, cls.people)
            if month.month == 6:
                cls.env["service.performance.correction"].with_user(cls.user_officer).create(
                    {
                        "employee_id": cls.technician.id,
                        "corrected_month": YEAR[4],
                        "points": -7.25,
                        "reason": "Comeback confirmed on 2 June",
                        "order_id": order.id,
                    }
                )
            with freeze_time(month + relativedelta(months=1, days=1)):
                rows = cls.env["service.performance"]
                for employee in cls.people:
                    rows |= cls.make_month(employee, month)
                cls.close_month(rows)
            cls.months |= rows
        cls.hr_months = cls.months.with_user(cls.user_hr)

    def pay(self, month):
        """The payslips of a month by the batch wizard, confirmed."""
        env = self.env(user=self.user_hr)
        end = month + relativedelta(months=1, days=-1)
        run = env["hr.payslip.run"].create({"name": "R", "date_start": month, "date_end": end})
        wizard = env["hr.payslip.employees"].with_context(active_id=run.id)
        wizard.create(
            {"employee_ids": [Command.set([one.id for one in self.people])]}
        ).compute_sheet()
        for slip in run.slip_ids:
            slip.action_payslip_done()
        return run.slip_ids

    def of(self, month):
        return self.hr_months.filtered(lambda row: row.month == month)

    def make_pack(self, month):
        action = self.of(month).action_pack()
        return self.env["service.performance.pack"].browse(action["res_id"]).with_user(self.user_hr)

    def book(self, pack):
        return Sheets(base64.b64decode(pack.file))

    def assertCalculates(self, book):
        formulas = book.every_formula()
        for sheet, cell in formulas:
            result, shown = book.value(sheet, cell), book.shown(sheet, cell)
            if isinstance(result, Decimal):
                result, shown = round(Decimal(result), 6), round(shown, 6)
            self.assertEqual(result, shown, (sheet, cell))
        return len(formulas)

    def test_a_year_agrees_to_the_cent(self):
        report = self.env["ir.actions.report"].with_user(self.user_hr)
        statement = "service_rating.report_performance_statement"
        year = Decimal(0)
        for month in YEAR:
            slips = self.pay(month).grouped("employee_id")
            rows = self.of(month)
            book = self.book(self.make_pack(month))
            self.assertCalculates(book)
            people = {line[0]: line for line in book.rows("People")}
            paid = {line[0]: line for line in book.rows("Reconciliation")}
            for row in rows:
                slip = slips[row.employee_id]
                pay = cents(slip.get_salary_line_total("SERVICE_SCORE"))
                hard = cents(slip.get_salary_line_total("SERVICE_DIFFICULTY"))
                year += pay + hard
                ledger = sum(Decimal(f"{line.points:.6f}") for line in row.score_line_ids)
                self.assertEqual(ledger, cents(row.score), row.display_name)
                owed = scoring.amount_of(row.base_amount, ledger, 40, 2)
                self.assertEqual(owed, pay, row.display_name)
                self.assertEqual((cents(row.amount), cents(row.difficulty_amount)), (pay, hard))
                inputs = {line.code: line for line in slip.input_line_ids}
                self.assertEqual(cents(inputs["SERVICE_SCORE"].amount_qty), cents(row.score))
                shown = people[row.employee_id.name]
                self.assertEqual([cents(shown[n]) for n in (8, 11, 14)], [ledger, pay, hard])
                self.assertEqual(cents(paid[row.employee_id.name][3]), pay)
                self.assertEqual(paid[row.employee_id.name][6], "agrees")
                html = str(report._render_qweb_html(statement, row.ids)[0])
                for amount in (f"{row.score:.2f}", f"{pay:,.2f}", f"{hard:,.2f}"):
                    self.assertIn(amount, html)
            self.assertEqual(
                cents(people["Total"][15]), sum(cents(paid[one.name][1]) for one in self.people)
            )
        self.assertEqual(
            year, sum(cents(row.amount) + cents(row.difficulty_amount) for row in self.hr_months)
        )

    def test_the_statements_of_a_month_print_the_same_figures(self):
        rows = self.of(YEAR[2])
        report = self.env["ir.actions.report"].with_context(force_report_rendering=True)
        with self.allow_pdf_render():
            content, _kind = report.with_user(self.user_hr)._render_qweb_pdf(
                "service_rating.report_performance_statement", rows.ids
            )
        text = " ".join(page.extract_text() for page in PdfFileReader(io.BytesIO(content)).pages)
        for row in rows:
            for figure in (row.score, row.amount, row.difficulty_amount):
                self.assertIn(f"{figure:,.2f}", text)

    # === THE WORKBOOK === #

    def test_every_sheet_has_its_rows(self):
        book = self.book(self.make_pack(YEAR[5]))
        self.assertEqual(len(book.cached.sheetnames), len(SHEETS))
        self.assertGreater(self.assertCalculates(book), 60)
        shown = dict(line[:2] for line in book.rows("Summary"))
        self.assertEqual((shown["People"], shown["not on a payslip"]), (3, 3))
        self.assertEqual(
            {line[0] for line in book.rows("Units")} & {"Mechanics", "=Body"},
            {"Mechanics", "=Body"},
        )
        self.assertTrue(any("Comeback" in str(line[3]) for line in book.rows("Cases")))
        self.assertEqual(
            len(book.rows("Ratings")) - 1,
            len(self.of(YEAR[5]).line_ids.filtered(lambda line: line.kind == "rating")),
        )
        self.assertEqual(
            [line[1] for line in book.rows("Sign-off")][:3],
            [self.user_officer.name, self.user_officer.name, self.user_officer_2.name],
        )
        may = {row.employee_id.name: row.score for row in self.of(YEAR[4])}
        for name, before, now, change, *_pay in book.rows("Difference")[:-1]:
            self.assertEqual(cents(before), cents(may[name]))
            self.assertEqual(cents(change), cents(now) - cents(before))

    def test_graded_repairs_stand_in_their_month(self):
        book = self.book(self.make_pack(YEAR[2]))
        rows = book.rows("Difficulty")
        self.assertEqual([line[3] for line in rows[:2]], [5, 5])
        self.assertEqual(cents(rows[2][5]), 5)

    def test_a_pack_is_rebuilt_byte_for_byte(self):
        pack = self.make_pack(YEAR[0])
        self.assertEqual(self.make_pack(YEAR[0]), pack)
        self.technician.name = "Renamed Since"
        kept = pack.sudo()
        self.assertEqual(pack_workbook(kept.facts), base64.b64decode(kept.file))
        self.assertEqual(pack.action_rebuild()["params"]["type"], "success")
        self.assertIn(pack.checksum, [line[1] for line in self.book(pack).rows("Checksum")])

    def test_a_second_pack_tells_of_the_payslips(self):
        pack = self.make_pack(YEAR[0])
        self.pay(YEAR[0])
        again = self.make_pack(YEAR[0])
        self.assertNotEqual(again, pack)
        self.assertEqual((pack.unpaid_count, again.unpaid_count), (3, 0))
        self.assertEqual(again.amount, pack.amount)

    def test_a_ledger_that_changed_is_noticed(self):
        pack = self.make_pack(YEAR[0])
        self.env.flush_all()
        # what no code of ours can do
        self.env.cr.execute(
            "UPDATE service_performance SET score = 199 WHERE id = %s", (self.of(YEAR[0])[0].id,)
        )
        self.env.invalidate_all()
        with self.assertRefused("something else today for: "):
            pack.action_rebuild()

    # === DOORS === #

    def test_a_month_that_is_open_has_no_pack(self):
        month = YEAR[-1] + relativedelta(months=1)
        row = self.make_month(self.technician, month).with_user(self.user_hr)
        with self.assertRefused("1 people are not locked"):
            row.action_pack()
        packs = self.env["service.performance.pack"]
        with self.assertRefused("compute it first"):
            packs._make(self.company, date(2020, 1, 1))
        with self.assertRefused("one branch and one month"):
            self.hr_months.action_pack()

    def test_only_hr_makes_sends_and_rebuilds(self):
        pack = self.make_pack(YEAR[0])
        with self.assertRefused("HR makes"):
            self.months[:1].with_user(self.user_officer).action_pack()
        for verb in ("action_send", "action_rebuild"):
            with self.assertRefused("HR looks after"):
                getattr(pack.with_user(self.user_officer).sudo(), verb)()

    def test_a_pack_is_never_written_past_its_buttons(self):
        pack = self.make_pack(YEAR[0]).sudo()
        with self.assertRefused("from a locked month only"):
            pack.checksum = "0"
        with self.assertRefused("from a locked month only"):
            pack.create({"name": "X"})
        with self.assertRefused("A pack stays"):
            pack.unlink()

    def test_the_mail_carries_the_workbook(self):
        pack = self.make_pack(YEAR[0])
        pack.action_send()
        mail = self.env["mail.mail"].search([], order="id desc", limit=1)
        self.assertIn("hr", mail.email_to)
        self.assertEqual(mail.attachment_ids.raw, base64.b64decode(pack.file))
        self.assertTrue(pack.sent_at)
        self.company.service_pack_email = "wages@house.example.com"
        pack.action_send()
        mail = self.env["mail.mail"].search([], order="id desc", limit=1)
        self.assertEqual(mail.email_to, "wages@house.example.com")
        self.assertIn("download=true", pack.action_download()["url"])

    def test_without_an_address_nothing_is_said_to_be_sent(self):
        self.user_hr.email = False
        self.env.ref("hr.group_hr_manager").all_user_ids.email = False
        pack = self.make_pack(YEAR[0])
        with self.assertRefused("HR's mail address"):
            pack.action_send()

    def test_the_schedule_makes_and_sends_what_is_locked_whole(self):
        packs = self.env["service.performance.pack"]
        cron = self.env.ref("service_rating.ir_cron_make_packs")
        open_month = YEAR[-1] + relativedelta(months=1)
        self.make_month(self.technician, open_month)
        for _again in range(2):
            with freeze_time("2026-02-03 03:00:00"), self.enter_registry_test_mode():
                cron.method_direct_trigger()
        made = packs.search([])
        self.assertEqual(sorted(made.mapped("month")), YEAR[-2:])
        self.assertTrue(all(made.mapped("sent_at")))
