from psycopg2 import IntegrityError

from odoo.tests import tagged
from odoo.tools import mute_logger

from ..rules import case_lifecycle as life
from .common import ComplaintCommon


@tagged("post_install", "-at_install")
class TestSetupData(ComplaintCommon):
    def test_every_step_has_its_column(self):
        stages = self.env["helpdesk.ticket.stage"]._case_stages(self.company)
        self.assertEqual(set(stages.mapped("case_state")), {state for state, _label in life.STATES})
        self.assertEqual(stages[0].case_state, "draft")

    def test_a_step_has_one_column(self):
        with mute_logger("odoo.sql_db"), self.assertRaises(IntegrityError):
            self.env["helpdesk.ticket.stage"].create(
                {"name": "Again", "case_state": "done", "company_id": False}
            )

    def test_there_are_exactly_ten_standard_errors(self):
        """S2-113."""
        errors = self.env["ir.model.data"].search(
            [
                ("module", "=", "service_complaint"),
                ("model", "=", "helpdesk.ticket.category"),
            ]
        )
        self.assertEqual(len(errors), 10)

    def test_both_channels_know_all_types_of_problem(self):
        types = dict(self.env["service.route"]._fields["problem_type"].selection)
        for channel in ("phone", "internet"):
            routes = self.env["service.route"].search([("channel", "=", channel)])
            self.assertEqual(set(routes.mapped("problem_type")), set(types))

    def test_a_route_is_not_written_twice(self):
        route = self.env["service.route"].search([], limit=1)
        with mute_logger("odoo.sql_db"), self.assertRaises(IntegrityError):
            route.copy()

    def test_a_department_has_at_least_an_hour(self):
        with mute_logger("odoo.sql_db"), self.assertRaises(IntegrityError):
            self.env["service.route"].search([], limit=1).answer_hours = 0

    def test_a_branch_may_have_its_own_hotline(self):
        branch, _caller = self.make_branch()
        Team = self.env["helpdesk.ticket.team"]
        own = Team.create(
            {
                "name": "North Hotline",
                "is_service_case": True,
                "is_hotline": True,
                "company_id": branch.id,
            }
        )
        self.assertEqual(Team._hotline(branch), own)
        self.assertEqual(Team._hotline(self.company), self.team_hotline)

    def test_a_case_opens_in_its_own_form(self):
        view = self.env.ref("service_complaint.helpdesk_ticket_view_form")
        self.assertEqual(self.make_case().get_formview_id(), view.id)
        ticket = self.env["helpdesk.ticket"].create(
            {"name": "Printer", "description": "Broken", "team_id": self.team_plain.id}
        )
        self.assertNotEqual(ticket.get_formview_id(), view.id)
