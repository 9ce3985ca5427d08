import base64
import io

from odoo.tests import HttpCase, new_test_user, tagged
from odoo.tools import mute_logger

from odoo.addons.mail.tests.common import mail_new_test_user


@tagged("post_install", "-at_install", "security")
class TestPortalDoors(HttpCase):
    """The doors that helpdesk leaves open are shut."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.alice = mail_new_test_user(
            cls.env, login="alice", groups="base.group_portal", name="Alice", password="alice"
        )
        cls.bob = mail_new_test_user(
            cls.env, login="bob", groups="base.group_portal", name="Bob", password="bob"
        )
        cls.team = cls.env["helpdesk.ticket.team"].create({"name": "IT Support"})
        cls.done = cls.env.ref("helpdesk_mgmt.helpdesk_ticket_stage_done")
        cls.done.mail_template_id = False
        cls.ticket = cls.env["helpdesk.ticket"].create(
            {
                "name": "Printer",
                "description": "Broken",
                "team_id": cls.team.id,
                "partner_id": cls.alice.partner_id.id,
            }
        )
        cls.case = cls.env["helpdesk.ticket"].create(
            {
                "team_id": cls.env.ref("service_complaint.helpdesk_ticket_team_hotline").id,
                "partner_id": cls.alice.partner_id.id,
                "verbatim": "It jerks.",
            }
        )

    def close(self, ticket_id, stage_id, **extra):
        query = "&".join(f"{key}={value}" for key, value in extra.items())
        return self.url_open(
            f"/ticket/close?ticket_id={ticket_id}&stage_id={stage_id}&{query}",
            allow_redirects=False,
        )

    def test_a_stranger_does_not_close_a_ticket(self):
        self.authenticate("bob", "bob")
        self.assertEqual(self.close(self.ticket.id, self.done.id).status_code, 404)
        self.assertFalse(self.ticket.closed)

    def test_a_follower_of_another_firm_does_not_close_it_either(self):
        self.ticket.message_subscribe(self.bob.partner_id.ids)
        self.authenticate("bob", "bob")
        self.assertEqual(self.close(self.ticket.id, self.done.id).status_code, 404)
        self.assertFalse(self.ticket.closed)

    def test_the_owner_closes_his_ticket(self):
        self.authenticate("alice", "alice")
        answer = self.close(self.ticket.id, self.done.id)
        self.assertIn(answer.status_code, (302, 303))
        self.assertTrue(self.ticket.closed)

    def test_an_employee_without_rights_does_not_close_it(self):
        new_test_user(self.env, login="clerk", groups="base.group_user", password="clerk_1234")
        self.authenticate("clerk", "clerk_1234")
        self.assertEqual(self.close(self.ticket.id, self.done.id).status_code, 404)
        self.assertFalse(self.ticket.closed)

    def test_nonsense_is_not_found_and_no_server_error(self):
        self.authenticate("alice", "alice")
        for ticket_id, stage_id, extra in (
            ("abc", self.done.id, {}),
            ("", "", {}),
            (self.ticket.id, "x", {}),
            (-1, self.done.id, {}),
            (99999999, self.done.id, {}),
            ("9" * 40, self.done.id, {}),
        ):
            with self.subTest(ticket=ticket_id, stage=stage_id):
                self.assertEqual(self.close(ticket_id, stage_id, **extra).status_code, 404)
        self.assertEqual(self.url_open("/ticket/close").status_code, 404)
        # an id that nobody asked for does not get a word in
        answer = self.close(self.ticket.id, self.done.id, foo_id="abc")
        self.assertIn(answer.status_code, (302, 303))

    def test_a_stage_that_is_not_offered_closes_nothing(self):
        self.authenticate("alice", "alice")
        progress = self.env.ref("helpdesk_mgmt.helpdesk_ticket_stage_in_progress")
        self.assertEqual(self.close(self.ticket.id, progress.id).status_code, 302)
        self.assertNotEqual(self.ticket.stage_id, progress)
        self.assertFalse(self.ticket.closed)

    def test_a_case_is_not_closed_by_its_link(self):
        ours = self.env.ref("service_complaint.helpdesk_ticket_stage_done")
        ours.close_from_portal = True
        self.authenticate("alice", "alice")
        for stage in (ours, self.done):
            self.assertEqual(self.close(self.case.id, stage.id).status_code, 302)
        self.assertEqual(self.case.case_state, "draft")
        page = self.url_open(f"/my/ticket/{self.case.id}")
        self.assertEqual(page.status_code, 200)
        self.assertNotIn("/ticket/close", page.text)

    def test_the_public_reads_stages_and_writes_none(self):
        stage = self.env["helpdesk.ticket.stage"].with_user(self.env.ref("base.public_user"))
        self.assertTrue(stage.has_access("read"))
        for operation in ("write", "create", "unlink"):
            self.assertFalse(stage.has_access(operation), operation)

    # === NEW TICKETS === #

    def submit(self, files=None, **values):
        page = self.url_open("/new/ticket")
        token = page.text.split('name="csrf_token"')[1].split('value="')[1].split('"')[0]
        return self.url_open(
            "/submitted/ticket",
            data={
                "csrf_token": token,
                "subject": "My car",
                "description": "It stinks",
                **values,
            },
            files=files,
            allow_redirects=False,
        )

    def tickets_of(self, user):
        return self.env["helpdesk.ticket"].search([("partner_id", "=", user.partner_id.id)])

    def test_a_link_makes_no_ticket(self):
        self.authenticate("bob", "bob")
        answer = self.url_open("/submitted/ticket?subject=spam&description=spam")
        self.assertEqual(answer.status_code, 405)
        self.assertFalse(self.tickets_of(self.bob))

    def test_a_foreign_page_makes_no_ticket(self):
        self.authenticate("bob", "bob")
        with mute_logger("odoo.http"):
            answer = self.url_open(
                "/submitted/ticket", data={"subject": "spam", "description": "spam"}
            )
        self.assertEqual(answer.status_code, 400)
        self.assertFalse(self.tickets_of(self.bob))

    def test_the_form_makes_one(self):
        self.authenticate("bob", "bob")
        answer = self.submit(
            files=[("attachment", ("smell.txt", io.BytesIO(b"very"), "text/plain"))]
        )
        self.assertIn(answer.status_code, (302, 303))
        ticket = self.tickets_of(self.bob)
        self.assertEqual(ticket.name, "My car")
        self.assertEqual(ticket.attachment_ids.name, "smell.txt")

    def test_enquiries_become_cases_where_the_hotline_wants_them(self):
        self.env.ref("service_complaint.helpdesk_ticket_team_hotline").show_in_portal = True
        self.authenticate("bob", "bob")
        self.submit()
        case = self.tickets_of(self.bob)
        self.assertEqual((case.case_state, case.stage_id.case_state), ("draft", "draft"))
        self.assertEqual(case.verbatim, "It stinks")
        self.assertEqual(case.case_channel, "internet")
        self.assertEqual(self.url_open(f"/my/ticket/{case.id}").status_code, 200)

    def test_an_empty_form_makes_none(self):
        self.authenticate("bob", "bob")
        for empty in ({"subject": " "}, {"description": ""}):
            self.assertEqual(self.submit(**empty).status_code, 400)
        self.assertFalse(self.tickets_of(self.bob))

    def test_ids_that_the_form_does_not_offer_are_ignored(self):
        hidden = self.env["helpdesk.ticket.category"].create(
            {"name": "Hidden", "show_in_portal": False}
        )
        self.env.company.helpdesk_mgmt_portal_select_category = True
        self.env.company.helpdesk_mgmt_portal_select_team = True
        self.authenticate("bob", "bob")
        hotline = self.env.ref("service_complaint.helpdesk_ticket_team_hotline")
        for values in (
            {"category": "abc", "team": "xyz"},
            {"category": str(hidden.id), "team": str(hotline.id)},
        ):
            self.assertIn(self.submit(**values).status_code, (302, 303))
        tickets = self.tickets_of(self.bob)
        self.assertEqual(len(tickets), 2)
        self.assertFalse(tickets.category_id)
        self.assertFalse(tickets.team_id)

    def test_a_file_above_the_promised_size_is_refused(self):
        self.env["ir.config_parameter"].set_param("web.max_file_upload_size", "10")
        self.authenticate("bob", "bob")
        with mute_logger("odoo.http"):
            answer = self.submit(
                files=[("attachment", ("big.txt", io.BytesIO(b"x" * 11), "text/plain"))]
            )
        self.assertEqual(answer.status_code, 413)
        self.assertFalse(self.tickets_of(self.bob))

    # === FILES === #

    def test_files_of_internal_notes_stay_in_the_house(self):
        def file(name):
            return self.env["ir.attachment"].create(
                {
                    "name": name,
                    "datas": base64.b64encode(b"x"),
                    "res_model": "helpdesk.ticket",
                    "res_id": self.case.id,
                }
            )

        noted, sent, own = file("noted.txt"), file("sent.txt"), file("own.txt")
        file("filed.txt")
        self.env.cr.execute(
            "UPDATE ir_attachment SET create_uid = %s WHERE id = %s", (self.alice.id, own.id)
        )
        own.invalidate_recordset(["create_uid"])
        self.case.message_post(body="Ours", subtype_xmlid="mail.mt_note", attachment_ids=noted.ids)
        self.case.message_post(
            body="Yours", subtype_xmlid="mail.mt_comment", attachment_ids=sent.ids
        )
        self.assertEqual(self.case._portal_attachments(), sent | own)
        self.authenticate("alice", "alice")
        page = self.url_open(f"/my/ticket/{self.case.id}").text
        self.assertIn("sent.txt", page)
        self.assertIn("own.txt", page)
        self.assertNotIn("noted.txt", page)
        self.assertNotIn("filed.txt", page)

    def test_a_helpdesk_ticket_still_shows_what_was_filed(self):
        filed, noted = self.env["ir.attachment"].create(
            [
                {"name": name, "res_model": "helpdesk.ticket", "res_id": self.ticket.id}
                for name in ("filed.txt", "noted.txt")
            ]
        )
        self.ticket.message_post(
            body="Ours",
            subtype_xmlid="mail.mt_note",
            attachment_ids=noted.ids,
        )
        self.assertEqual(self.ticket._portal_attachments(), filed)
