from odoo.tests import HttpCase, new_test_user, tagged


@tagged("post_install", "-at_install")
class TestLetterPdf(HttpCase):
    def test_a_sent_letter_is_kept_as_pdf(self):
        # the print tool fetches the letterhead's style from the server under test
        self.env["ir.config_parameter"].set_param("report.url", self.base_url())
        caller = new_test_user(
            self.env, "test_letter_caller", "base.group_user,service_followup.group_followup_user"
        )
        customer = self.env["res.partner"].create(
            {"name": "Ada Owner", "street": "Main Street 1", "city": "Springfield"}
        )
        letter = (
            self.env["service.letter"]
            .with_user(caller)
            .create(
                {"partner_id": customer.id, "subject": "Winter", "body": "<p>Winter is near.</p>"}
            )
        )
        letter.with_context(force_report_rendering=True).action_send()
        self.assertTrue(letter.attachment_id.raw.startswith(b"%PDF"))
        self.assertEqual(letter.attachment_id.mimetype, "application/pdf")
        self.assertTrue(letter.attachment_id.name.endswith(".pdf"))
