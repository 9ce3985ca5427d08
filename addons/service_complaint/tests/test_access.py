from odoo.exceptions import AccessError
from odoo.tests import new_test_user, tagged

from .common import ComplaintCommon

OPERATIONS = ("read", "write", "create", "unlink")

GROUPS = {
    "employee": "base.group_user",
    "service": "base.group_user,service_core.group_service_user",
    "advisor": "base.group_user,service_core.group_service_advisor",
    "hotline": "base.group_user,service_complaint.group_hotline_user",
    "hotline_manager": "base.group_user,service_complaint.group_hotline_manager",
    "portal": "base.group_portal",
    "public": "base.group_public",
}
# Roles of the house that have no more to do with cases than to read and to report.
READERS = {
    **{
        role: f"base.group_user,service_core.group_service_{role}"
        for role in (
            "receptionist",
            "technician",
            "team_leader",
            "inspector",
            "parts",
            "cashier",
            "manager",
        )
    },
    "followup_user": "base.group_user,service_followup.group_followup_user",
    "followup_manager": "base.group_user,service_followup.group_followup_manager",
}

# model -> group -> operations allowed; what is not listed is refused
TABLE = {
    "helpdesk.ticket": {
        "employee": "r",
        "service": "r",
        "advisor": "r",
        "hotline": "rwc",
        "hotline_manager": "rwcu",
        "portal": "r",
    },
    "helpdesk.ticket.stage": {
        "employee": "r",
        "service": "r",
        "advisor": "r",
        "hotline": "r",
        "hotline_manager": "rwcu",
        "portal": "r",
        "public": "r",
    },
    "helpdesk.ticket.team": {
        "employee": "r",
        "service": "r",
        "advisor": "r",
        "hotline": "r",
        "hotline_manager": "rwcu",
        "portal": "r",
    },
    "helpdesk.ticket.channel": {
        "employee": "r",
        "service": "r",
        "advisor": "r",
        "hotline": "r",
        "hotline_manager": "rwcu",
    },
    "helpdesk.ticket.category": {
        "employee": "r",
        "service": "r",
        "advisor": "r",
        "hotline": "r",
        "hotline_manager": "rwcu",
        "portal": "r",
        "public": "r",
    },
    "service.route": {
        "employee": "r",
        "service": "r",
        "advisor": "r",
        "hotline": "r",
        "hotline_manager": "rwcu",
    },
    "service.transition": {
        "service": "r",
        "advisor": "r",
        "hotline": "r",
        "hotline_manager": "r",
    },
    "helpdesk.ticket.intake": {
        "service": "rwc",
        "advisor": "rwc",
        "hotline": "rwc",
        "hotline_manager": "rwc",
    },
    "helpdesk.ticket.feedback": {
        "employee": "rwc",
        "service": "rwc",
        "advisor": "rwc",
        "hotline": "rwc",
        "hotline_manager": "rwc",
    },
    "helpdesk.ticket.callback": {"hotline": "rwc", "hotline_manager": "rwc"},
    "helpdesk.ticket.reason": {"hotline": "rwc", "hotline_manager": "rwc"},
}


@tagged("post_install", "-at_install", "security")
class TestAccess(ComplaintCommon):
    def test_every_model_for_every_group_and_operation(self):
        for role, groups in {**GROUPS, **READERS}.items():
            user = new_test_user(self.env, login=f"access_{role}", groups=groups)
            row = "service" if role in READERS else role
            for model, rights in TABLE.items():
                for operation in OPERATIONS:
                    with self.subTest(role=role, model=model, operation=operation):
                        self.assertEqual(
                            self.env[model].with_user(user).has_access(operation),
                            operation[0] in rights.get(row, ""),
                        )

    def test_no_model_of_ours_is_missing_from_the_table(self):
        made_here = {
            name
            for name, model in self.registry.items()
            if model._original_module == "service_complaint"
        }
        self.assertTrue(made_here)
        self.assertFalse(made_here - TABLE.keys())

    def test_cases_stay_in_their_branch(self):
        branch, _caller = self.make_branch()
        stranger = new_test_user(
            self.env,
            login="north_hotline",
            groups="base.group_user,service_complaint.group_hotline_manager",
            company_id=branch.id,
            company_ids=branch.ids,
        )
        case = self.make_case("replied")
        Ticket = self.env["helpdesk.ticket"].with_user(stranger)
        self.assertNotIn(case, Ticket.search([]))
        with self.assertRaises(AccessError):
            case.with_user(stranger).with_company(branch)._case_close("Mine now")

    def test_a_case_stands_in_its_orders_branch(self):
        branch, _caller = self.make_branch()
        order = self.make_order(jobs=[], planned_start=False)
        case = (
            self.env["helpdesk.ticket"]
            .with_company(branch)
            .create({"team_id": self.team_hotline.id, "order_id": order.id, "verbatim": "Hm"})
        )
        self.assertEqual(case.company_id, self.company)

    def test_who_sees_which_case(self):
        """The hotline all of its branch, advisors too, a department its own, nobody else any."""
        mine, other = self.make_case("routed"), self.make_case("routed", problem_type="sales")
        expected = {
            self.user_hotline: mine | other,
            self.user_hotline_manager: mine | other,
            self.user_advisor: mine | other,
            self.user_manager: mine | other,
            self.user_department: mine,
            self.user_technician: mine.browse(),
            self.user_parts: mine.browse(),
            self.user_caller: mine.browse(),
        }
        for user, cases in expected.items():
            with self.subTest(user=user.login):
                found = (
                    self.env["helpdesk.ticket"]
                    .with_user(user)
                    .search([("id", "in", (mine | other).ids)])
                )
                self.assertEqual(found, cases)

    def test_the_customer_reads_no_internal_word_of_his_own_case(self):
        portal = new_test_user(
            self.env, login="portal_ada", groups="base.group_portal", partner_id=self.customer.id
        )
        case = self.make_case("returned").with_user(portal)
        self.assertTrue(case.has_access("read"))
        for name in ("department_feedback", "closed_reason", "announced_at"):
            with self.subTest(field=name), self.assertRaises(AccessError):
                case.read([name])
        self.assertTrue(
            case.read(["name", "verbatim", "case_state", "can_give_feedback", "is_late"])
        )
        for verb in ("action_record", "action_route", "action_return", "action_close"):
            with self.subTest(verb=verb), self.assertRaises(AccessError):
                getattr(case, verb)()
