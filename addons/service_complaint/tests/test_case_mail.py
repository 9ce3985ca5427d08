from odoo.tests import tagged

from .common import ComplaintCommon


@tagged("post_install", "-at_install")
class TestCaseMail(ComplaintCommon):
    """Nothing goes to a customer by itself."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        # tracking on: that is what sends a stage's template
        cls.env = cls.env(context={**cls.env.context, "tracking_disable": False})
        cls.customer = cls.customer.with_env(cls.env)
        cls.customer.email = "ada@example.com"

    def mails_to_customer(self):
        self.env.cr.flush()
        self.env.cr.precommit.run()
        messages = self.env["mail.message"].search(
            [("notified_partner_ids", "in", self.customer.ids)]
        )
        mails = self.env["mail.mail"].search(
            [
                "|",
                ("recipient_ids", "in", self.customer.ids),
                ("email_to", "ilike", "ada@example.com"),
            ]
        )
        return messages, mails

    def test_the_whole_road_of_a_complaint_mails_no_customer(self):
        case = self.make_case("done", is_complaint=True, partner_email="ada@example.com")
        self.wizard(case.action_reopen(), reason="Back again.").action_apply()
        messages, mails = self.mails_to_customer()
        self.assertFalse(messages)
        self.assertFalse(mails)
        self.assertNotIn(self.customer, case.sudo().message_partner_ids)

    def test_our_stages_carry_no_template_and_no_portal_button(self):
        stages = self.env["helpdesk.ticket.stage"].search([("case_state", "!=", False)])
        self.assertEqual(len(stages), 8)
        self.assertFalse(stages.mail_template_id)
        self.assertFalse(any(stages.mapped("close_from_portal")))

    def test_a_template_that_the_manager_sets_is_sent(self):
        """The proof that the proof above can fail."""
        stage = self.env.ref("service_complaint.helpdesk_ticket_stage_done")
        stage.mail_template_id = self.env.ref("helpdesk_mgmt.closed_ticket_template")
        self.make_case("done", partner_email="ada@example.com")
        messages, mails = self.mails_to_customer()
        self.assertTrue(messages or mails)
