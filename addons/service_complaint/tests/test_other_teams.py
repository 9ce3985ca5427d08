from odoo.exceptions import UserError
from odoo.tests import tagged

from odoo.addons.service_complaint.hooks import uninstall_hook

from .common import ComplaintCommon


@tagged("post_install", "-at_install")
class TestOtherTeams(ComplaintCommon):
    """Tickets of other teams stay what helpdesk made of them (S3-41)."""

    def make_ticket(self, **values):
        return self.env["helpdesk.ticket"].create(
            {"name": "Printer", "description": "Broken", "team_id": self.team_plain.id, **values}
        )

    def test_another_teams_ticket_is_no_case(self):
        ticket = self.make_ticket()
        self.assertFalse(ticket.is_service_case)
        self.assertFalse(ticket.case_state)
        self.assertFalse(ticket.stage_id.case_state)
        self.assertFalse(ticket.verbatim)

    def test_another_teams_ticket_moves_by_its_stage(self):
        done = self.env.ref("helpdesk_mgmt.helpdesk_ticket_stage_done")
        tickets = self.make_ticket() | self.make_ticket()
        tickets.stage_id = done
        self.assertEqual(tickets.stage_id, done)
        self.assertTrue(all(tickets.mapped("closed_date")))
        tickets.unlink()
        self.assertFalse(tickets.exists())

    def test_another_teams_ticket_takes_no_verb(self):
        ticket = self.make_ticket().with_user(self.user_hotline)
        for verb in ("action_record", "action_route", "action_close", "action_return"):
            with self.assertRaisesRegex(UserError, "does not work on service cases"):
                getattr(ticket, verb)()

    def test_another_teams_ticket_takes_no_step_of_ours(self):
        stage = self.env.ref("service_complaint.helpdesk_ticket_stage_routed")
        with self.assertRaisesRegex(UserError, "belongs to another team"):
            self.make_ticket().stage_id = stage
        with self.assertRaisesRegex(UserError, "belongs to another team"):
            (self.make_ticket() | self.make_case("recorded").sudo()).stage_id = stage

    def test_a_ticket_in_the_wrong_inbox_changes_sides(self):
        ticket = self.make_ticket()
        ticket.team_id = self.team_hotline
        self.assertEqual(ticket.case_state, "draft")
        self.assertEqual(ticket.stage_id.case_state, "draft")
        ticket.team_id = self.team_plain
        self.assertFalse(ticket.case_state)
        self.assertFalse(ticket.stage_id.case_state)

    def test_a_team_with_tickets_keeps_its_way_of_working(self):
        self.make_ticket(active=False)
        with self.assertRaisesRegex(UserError, "keeps its way of working"):
            self.team_plain.is_service_case = True
        self.make_case()
        with self.assertRaisesRegex(UserError, "keeps its way of working"):
            self.team_hotline.is_service_case = False
        self.team_sales.is_service_case = True  # the form sends what it has

    def test_a_copied_case_starts_anew(self):
        copy = self.make_case("done", is_complaint=True).copy()
        self.assertEqual(copy.case_state, "draft")
        self.assertFalse(copy.answer)
        self.assertFalse(copy.confirmed_satisfied)

    def test_uninstalling_gives_the_cases_back_as_tickets(self):
        open_case, closed_case = self.make_case("routed").sudo(), self.make_case("done").sudo()
        activities = open_case.activity_ids
        uninstall_hook(self.env)
        todo = self.env.ref("mail.mail_activity_data_todo")
        self.assertEqual(activities.activity_type_id, todo)
        self.assertFalse(open_case.stage_id.case_state)
        self.assertFalse(open_case.stage_id.closed)
        self.assertFalse(closed_case.stage_id.case_state)
        self.assertTrue(closed_case.stage_id.closed)
