from datetime import datetime

from odoo.exceptions import UserError
from odoo.fields import Command
from odoo.tests import freeze_time, tagged

from .common import ComplaintCommon


@tagged("post_install", "-at_install")
class TestCaseRouting(ComplaintCommon):
    def channel(self, name):
        return self.env.ref(f"helpdesk_mgmt.helpdesk_ticket_channel_{name}").id

    def test_each_problem_goes_where_the_charts_say(self):
        """S3-57..S3-60 by telephone, S3-71..S3-74 by internet."""
        expected = {
            ("phone", "sales"): "sales",
            ("phone", "technical"): "technical",
            ("phone", "service"): "customer_service",
            ("phone", "other"): "other",
            ("web", "sales"): "sales",
            ("web", "technical"): "technical",
            ("web", "service"): "customer_service",
            ("web", "other"): "hotline",
        }
        for (channel, problem), team in expected.items():
            with self.subTest(channel=channel, problem=problem):
                case = self.make_case(
                    "routed", channel_id=self.channel(channel), problem_type=problem
                )
                self.assertEqual(
                    case.team_id,
                    self.env.ref(f"service_complaint.helpdesk_ticket_team_{team}"),
                )

    def test_a_technical_problem_leaves_the_agent_a_choice(self):
        case = self.make_case("recorded")
        routes = self.env["service.route"]._candidates("phone", "technical", self.company)
        self.assertEqual(len(routes), 2)
        self.assertEqual(case.route_id, routes[0])
        case.route_id = routes[1]
        case.action_route()
        self.assertEqual(
            case.team_id, self.env.ref("service_complaint.helpdesk_ticket_team_workshop")
        )

    def test_a_branch_prefers_its_own_department(self):
        own = self.env["service.route"].create(
            {
                "channel": "phone",
                "problem_type": "sales",
                "team_id": self.team_technical.id,
                "company_id": self.company.id,
                "sequence": 99,
            }
        )
        self.assertEqual(self.make_case(problem_type="sales").route_id, own)

    def test_the_owner_stays_whoever_gets_the_case(self):
        case = self.make_case("routed")
        self.assertNotIn(case.user_id, case.team_id.user_ids)
        self.assertEqual(case.user_id, self.user_hotline)

    def test_routing_wants_a_type_of_problem(self):
        case = self.make_case("recorded", problem_type=False)
        with self.assertRaisesRegex(UserError, "Choose the type of problem"):
            case.action_route()

    def test_routing_wants_a_department(self):
        self.env["service.route"].search([("problem_type", "=", "sales")]).active = False
        case = self.make_case("recorded", problem_type="sales")
        with self.assertRaisesRegex(UserError, "adds a route"):
            case.action_route()

    def test_the_department_changes_by_routing_only(self):
        case = self.make_case("recorded")
        with self.assertRaisesRegex(UserError, "Use Route"):
            case.team_id = self.team_technical

    def test_the_wrong_department_costs_a_transfer(self):
        case = self.make_case("routed")
        case.problem_type = "sales"
        case.action_route()
        self.assertEqual(case.team_id, self.team_sales)
        self.assertEqual(case.transfer_count, 2)

    @freeze_time("2026-03-02 10:00:00")
    def test_the_department_has_its_hours_to_answer(self):
        self.env["service.route"].search([]).answer_hours = 4
        case = self.make_case("routed")
        self.assertEqual(case.answer_due, datetime(2026, 3, 2, 14))
        self.assertFalse(case.is_late)
        with freeze_time("2026-03-02 14:00:01"):
            case.invalidate_recordset(["is_late"])
            self.assertTrue(case.is_late)
            self.bring_back(case)
            self.assertFalse(case.is_late)

    def bring_back(self, case):
        case.with_user(self.user_department)._case_return("Found it.")

    @freeze_time("2026-03-06 15:00:00")  # a Friday
    def test_the_hours_to_answer_are_working_hours(self):
        self.company.resource_calendar_id = self.env["resource.calendar"].create(
            {
                "name": "Nine to five",
                "tz": "UTC",
                "company_id": self.company.id,
                "attendance_ids": [
                    Command.clear(),
                    *(
                        Command.create(
                            {
                                "name": "Day",
                                "dayofweek": day,
                                "hour_from": 9,
                                "hour_to": 17,
                                "day_period": "morning",
                            }
                        )
                        for day in "01234"
                    ),
                ],
            }
        )
        self.env["service.route"].search([]).answer_hours = 4
        self.assertEqual(self.make_case("routed").answer_due, datetime(2026, 3, 9, 11))

    def test_the_department_is_told_in_writing_and_with_a_date(self):
        case = self.make_case("routed")
        activity = case.sudo().activity_ids
        self.assertEqual(activity.user_id, self.user_department)
        self.assertEqual(
            activity.activity_type_id,
            self.env.ref("service_complaint.mail_activity_type_department"),
        )
        note = case.sudo().message_ids.filtered("partner_ids")[:1]
        self.assertEqual(note.partner_ids, self.user_department.partner_id)
        self.assertIn(case.verbatim, note.body)
        self.assertTrue(note.subtype_id.internal)

    def test_a_sister_branch_is_not_told_of_our_customer(self):
        branch, _caller = self.make_branch()
        sister = self.make_user(
            "sister",
            "service_core.group_service_user",
            company_id=branch.id,
            company_ids=branch.ids,
        )
        self.team_technical.write({"user_ids": [Command.link(sister.id)], "user_id": sister.id})
        case = self.make_case("routed").sudo()
        self.assertNotIn(sister.partner_id, case.message_ids.partner_ids)
        self.assertEqual(case.activity_ids.user_id, self.user_department)

    def test_feedback_brings_the_case_back_to_its_owner(self):
        case = self.make_case("returned")
        self.assertEqual(case.department_feedback, "Valve body adapted anew.")
        activity = case.sudo().activity_ids
        self.assertEqual(activity.user_id, self.user_hotline)
        self.assertEqual(
            activity.activity_type_id, self.env.ref("service_complaint.mail_activity_type_answer")
        )

    def test_empty_feedback_is_none(self):
        case = self.make_case("routed").with_user(self.user_department)
        with self.assertRaisesRegex(UserError, "found out about"):
            case._case_return("  ")
        action = case.action_return()
        self.assertEqual(action["res_model"], "helpdesk.ticket.feedback")
        wizard = self.wizard(action, user=self.user_department, feedback="Sensor replaced.")
        wizard.action_apply()
        self.assertEqual(case.case_state, "returned")
        self.assertEqual(case.department_feedback, "Sensor replaced.")

    def test_a_department_without_people_still_takes_a_case(self):
        self.team_technical.user_ids = False
        case = self.make_case("routed")
        self.assertFalse(case.sudo().activity_ids)
        case._case_return("The hotline asked around.")
        self.assertEqual(case.case_state, "returned")

    def test_the_department_sees_what_is_routed_to_it(self):
        Ticket = self.env["helpdesk.ticket"].with_user(self.user_department)
        routed, elsewhere = self.make_case("routed"), self.make_case("routed", problem_type="sales")
        mine = Ticket.search([("team_id.user_ids", "in", self.user_department.id)])
        self.assertIn(routed, mine)
        self.assertNotIn(elsewhere, Ticket.search([]))
