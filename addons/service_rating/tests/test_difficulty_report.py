from odoo import fields
from odoo.tests import freeze_time, tagged

from .common import MONTH, RatingCommon


@tagged("post_install", "-at_install")
class TestDifficultyReport(RatingCommon):
    """Every month, in writing, to the general manager (S3-50)."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.user_manager.email = "boss@example.com"
        difficulties = cls.env["service.difficulty"]
        for grade, people in (
            ("5", {cls.technician: 1.0, cls.technician_2: 1.0}),
            ("2", {cls.technician: 1.0}),
            (None, {cls.technician: 1.0}),
        ):
            difficulty = difficulties.create({"job_id": cls.make_worked_order(people).job_ids.id})
            difficulties |= difficulty
            if grade:
                difficulty.with_user(cls.user_technical_manager)._grade(grade)
        cls.env.flush_all()
        cls.env.cr.execute(
            "UPDATE service_difficulty SET graded_at = CASE WHEN grade IS NULL THEN NULL "
            "ELSE '2026-03-10'::timestamp END, create_date = '2026-03-09' WHERE id = ANY(%s)",
            [difficulties.ids],
        )
        difficulties.invalidate_recordset()
        cls.difficulties = difficulties

    def report(self, user=None, **values):
        return (
            self.env["service.difficulty.report"]
            .with_user(user or self.user_technical_manager)
            .create({"month": "2026-03-17", "company_id": self.company.id, **values})
        )

    def mails(self, report):
        return self.env["mail.mail"].search(
            [("model", "=", report._name), ("res_id", "=", report.id)]
        )

    def test_the_report_counts_by_engineer_and_names_what_waits(self):
        report = self.report()
        self.assertEqual(report.month, MONTH)
        self.assertEqual((report.graded_count, report.ungraded_count), (2, 1))
        self.assertEqual(report.mean_grade, 3.5)
        figures = report._figures()
        self.assertEqual(
            {row["name"]: (row["counts"], row["mean"]) for row in figures["people"]},
            {
                self.technician.name: ([0, 1, 0, 0, 1], 3.5),
                self.technician_2.name: ([0, 0, 0, 0, 1], 5.0),
            },
        )
        self.assertEqual(figures["hard"], self.difficulties[0])
        self.assertEqual(figures["waiting"], self.difficulties[2])
        self.assertEqual(figures["count"], [0, 1, 0, 0, 1])
        self.assertEqual(report.action_print()["report_name"], "service_rating.report_difficulty")
        html = (
            self.env["ir.actions.report"]
            ._render_qweb_html("service_rating.report_difficulty", report.ids)[0]
            .decode()
        )
        self.assertIn(self.technician_2.name, html)
        self.assertIn(self.difficulties[2].order_id.name, html)

    def test_sent_once_as_mail_with_the_page_and_then_it_stays(self):
        report = self.report(note="Two new gearboxes")
        with self.assertRefused("technical manager sends"):
            report.with_user(self.user_officer).action_send()
        report.action_send()
        mail = self.mails(report)
        self.assertIn("boss@example.com", mail.email_to)
        self.assertIn("Two new gearboxes", mail.body_html)
        self.assertEqual(len(mail.attachment_ids), 1)
        self.assertIn(self.user_manager.name, report.sent_to)
        with self.assertRefused("already sent"):
            report.action_send()
        with self.assertRefused("stays"):
            report.note = "Three"
        with self.assertRefused("stays"):
            report.unlink()
        with self.assertRefused("by its button"):
            self.report(month="2026-02-01").state = "sent"

    def test_who_has_no_mail_finds_it_in_his_activities(self):
        self.user_manager.email = False
        report = self.report()
        report.action_send()
        self.assertIn(self.user_manager, report.activity_ids.user_id)

    @freeze_time("2026-04-01 09:00:00")
    def test_what_nobody_wrote_is_sent_by_itself_after_the_month_once(self):
        reports = self.env["service.difficulty.report"]
        mine = [("company_id", "=", self.company.id), ("month", "=", MONTH)]
        reports._cron_send()
        report = reports.search(mine)
        self.assertEqual((report.state, len(report)), ("sent", 1))
        self.assertTrue(report.author_id.has_group("service_rating.group_technical_manager"))
        reports._cron_send()
        self.assertEqual(len(self.mails(report)), 1)
        # a branch without repairs has nothing to report
        with freeze_time("2020-02-01 09:00:00"):
            reports._cron_send()
            self.assertFalse(reports.search([("month", "=", fields.Date.to_date("2020-01-01"))]))

    @freeze_time("2026-04-02 09:00:00")
    def test_what_was_begun_in_writing_is_what_is_sent(self):
        report = self.report(note="My words")
        self.env["service.difficulty.report"]._cron_send()
        self.assertEqual(report.state, "sent")
        self.assertIn("My words", self.mails(report).body_html)
