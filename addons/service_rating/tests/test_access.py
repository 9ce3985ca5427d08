from odoo.exceptions import AccessError
from odoo.fields import Command
from odoo.tests import tagged

from .common import MONTH, RatingCommon

OPERATIONS = ("read", "write", "create", "unlink")
NOTHING, READ, ALL, WIZARD = "----", "r---", "rwcu", "rwc-"

ROLES = (
    "portal",
    "plain",
    "technician",
    "advisor",
    "team_leader",
    "cashier",
    "manager",
    "technical_manager",
    "officer",
    "hr_user",
    "hr",
)

MANAGEMENT = ("manager", "technical_manager", "officer", "hr")

# model -> {role: rights}; who is not named has nothing
TABLE = {
    "service.rating": dict.fromkeys(
        ("manager", "technical_manager", "officer", "hr_user", "hr"), READ
    ),
    "service.rating.share": dict.fromkeys(
        ("manager", "technical_manager", "officer", "hr_user", "hr"), READ
    ),
    "service.difficulty": dict.fromkeys(("manager", "technical_manager", "officer"), READ),
    "service.performance": dict.fromkeys(ROLES[2:], READ),
    "service.performance.line": dict.fromkeys(ROLES[2:], READ),
    "service.performance.policy": {
        **dict.fromkeys(("manager", "officer", "hr_user"), READ),
        "hr": ALL,
    },
    "service.performance.correction": {
        **dict.fromkeys(("manager", "hr_user", "hr"), READ),
        "officer": ALL,
    },
    "service.performance.pack": {"hr": READ},
    "service.permit": dict.fromkeys(
        ("team_leader", "manager", "technical_manager", "officer", "hr_user", "hr"), READ
    ),
    "service.permit.override": {**dict.fromkeys(ROLES[2:9], READ), "manager": "r-c-"},
    "service.permit.notice": dict.fromkeys(
        ("manager", "technical_manager", "officer", "hr_user", "hr"), READ
    ),
    "service.permit.withdraw": dict.fromkeys(("technical_manager", "officer"), WIZARD),
    "service.expectation": {**dict.fromkeys(ROLES[2:9], READ), "manager": ALL, "hr": READ},
    "service.review.template": {
        **dict.fromkeys(ROLES[2:9], READ),
        **dict.fromkeys(("manager", "officer"), ALL),
        "hr": WIZARD,
    },
    "service.review.item": {
        **dict.fromkeys(ROLES[2:9], READ),
        **dict.fromkeys(("manager", "officer"), ALL),
        "hr": WIZARD,
    },
    "service.review": {**dict.fromkeys(ROLES[2:6], WIZARD), **dict.fromkeys(MANAGEMENT, ALL)},
    "service.review.line": {**dict.fromkeys(ROLES[2:6], WIZARD), **dict.fromkeys(MANAGEMENT, ALL)},
    "service.review.ask": dict.fromkeys(MANAGEMENT[:3], WIZARD),
    "service.course": {**dict.fromkeys(ROLES[2:], READ), **dict.fromkeys(MANAGEMENT[:3], ALL)},
    "service.training": {**dict.fromkeys(ROLES[2:], READ), **dict.fromkeys(MANAGEMENT[:3], ALL)},
    "service.training.attendance": {
        **dict.fromkeys(ROLES[2:], READ),
        **dict.fromkeys(MANAGEMENT[:3], ALL),
    },
    "service.goal": {**dict.fromkeys(MANAGEMENT[1:3], READ), "manager": ALL},
    "service.goal.result": {
        **dict.fromkeys(("manager", "officer"), ALL),
        "technical_manager": READ,
    },
    "service.goal.fact": dict.fromkeys(MANAGEMENT[:3], READ),
    "service.ltv": dict.fromkeys(("manager", "officer"), READ),
    "service.merit": {
        **dict.fromkeys(ROLES[2:], READ),
        **dict.fromkeys(MANAGEMENT[:3], ALL),
        "team_leader": WIZARD,
    },
    "service.difficulty.report": {
        "officer": READ,
        "manager": "rw--",
        "technical_manager": ALL,
    },
    "service.rating.flag": dict.fromkeys(
        ("manager", "technical_manager", "officer", "hr_user", "hr"), READ
    ),
    "service.rating.coverage": dict.fromkeys(("manager", "technical_manager", "officer"), READ),
    "service.rating.hold": {"manager": WIZARD},
    "service.performance.dispute": dict.fromkeys(ROLES[2:], READ),
    "service.performance.dispute.open": dict.fromkeys(ROLES[2:9], WIZARD),
    "service.performance.dispute.answer": dict.fromkeys(("manager", "officer"), WIZARD),
    "service.performance.quarter": dict.fromkeys(("manager", "officer", "hr_user", "hr"), READ),
    "service.performance.whatif": {"hr": WIZARD},
    "service.performance.whatif.line": {"hr": ALL},
    "service.rating.answer": dict.fromkeys(("manager", "technical_manager", "officer"), READ),
    "service.rating.process": {"officer": WIZARD},
    # the follow-up and the hotline, who are not among the roles here
    "service.rating.interview": {},
    "service.rating.no.case": {"officer": WIZARD},
    "service.rating.project": {
        **dict.fromkeys(("technical_manager", "hr_user", "hr"), READ),
        **dict.fromkeys(("manager", "officer"), ALL),
    },
    "service.rating.word": dict.fromkeys(("manager", "officer"), ALL),
    "service.performance.month": {"officer": WIZARD},
}


@tagged("post_install", "-at_install")
class TestAccess(RatingCommon):
    """Every model, every role, every operation; and whose rows each sees."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.user_portal = cls.make_portal_user()
        cls.user_plain = cls.make_user("plain", "base.group_user")
        cls.user_hr_user = cls.make_user("hr_user", "hr.group_hr_user")

    def test_every_model_role_and_operation(self):
        for model, rights in TABLE.items():
            for role in ROLES:
                records = self.env[model].with_user(getattr(self, f"user_{role}"))
                granted = "".join(
                    letter if records.has_access(operation) else "-"
                    for letter, operation in zip("rwcu", OPERATIONS, strict=True)
                )
                with self.subTest(model=model, role=role):
                    self.assertEqual(granted, rights.get(role, NOTHING))

    def test_the_table_names_every_model_of_the_addon(self):
        own = {
            name
            for name, model in self.env.registry.items()
            if model._original_module == "service_rating"
        }
        self.assertEqual(own, set(TABLE))

    def test_no_role_writes_by_remote_call_what_the_customer_wrote(self):
        rating = self.vote(self.make_rating())
        share = rating.share_ids[0]
        month = self.close_month(self.make_month(), "draft")
        users = [getattr(self, f"user_{role}") for role in ROLES] + [
            self.env.ref("base.user_admin")
        ]
        for user in users:
            for record, vals in (
                (rating, {"technical_score": 200}),
                (rating, {"state": "processed"}),
                (share, {"weight": 1.0}),
                (month, {"score": 200.0}),
                (month.line_ids[0], {"points": 200.0}),
            ):
                with self.assertRefused():
                    record.with_user(user).write(vals)
                with self.assertRefused():
                    record.with_user(user).unlink()
                with self.assertRefused():
                    record.with_user(user).create(vals)

    # === WHOSE ROWS === #

    def seen(self, user, model="service.performance"):
        return self.env[model].with_user(user).search([])

    def test_an_engineer_sees_his_own_month_and_nobody_elses(self):
        mine = self.close_month(self.make_month(self.technician), "draft")
        others = self.close_month(self.make_month(self.technician_2), "draft")
        self.assertEqual(self.seen(self.user_technician), mine)
        self.assertEqual(self.seen(self.user_technician, "service.performance.line"), mine.line_ids)
        with self.assertRaises(AccessError):
            others.with_user(self.user_technician).read(["score"])
        self.assertFalse(self.seen(self.user_advisor))

    def test_the_department_and_hr_see_the_whole_branch(self):
        months = self.make_month(self.technician) | self.make_month(self.technician_2)
        for user in (self.user_officer, self.user_manager, self.user_hr, self.user_hr_user):
            self.assertEqual(self.seen(user), months)

    def test_nobody_sees_another_branch(self):
        branch = self.env["res.company"].create({"name": "Other Branch"})
        elsewhere = self.make_technician(name="Elsewhere", company_id=branch.id)
        month = self.make_month(elsewhere, MONTH, company_id=branch.id)
        order = self.make_order()
        rating = self.make_rating(order, company_id=branch.id)
        correction = self.env["service.performance.correction"]
        for user in (self.user_officer, self.user_manager, self.user_hr):
            self.assertNotIn(month, self.seen(user))
            self.assertNotIn(rating, self.seen(user, "service.rating"))
            self.assertNotIn(elsewhere, self.seen(user, "service.permit").employee_id)
        self.assertFalse(self.seen(self.user_officer, correction._name))
        self.user_officer.company_ids = [Command.link(branch.id)]
        both = (self.company | branch).ids
        self.assertIn(
            month,
            self.env["service.performance"]
            .with_user(self.user_officer)
            .with_context(allowed_company_ids=both)
            .search([]),
        )

    def test_an_engineer_opens_his_month_with_every_line(self):
        self.vote(self.make_rating())
        month = self.close_month(self.make_month(), "draft").with_user(self.user_technician)
        self.env.invalidate_all()
        shown = month.web_read(
            {
                "display_name": {},
                "employee_id": {"fields": {"display_name": {}}},
                "explanation": {},
                "score": {},
                "line_ids": {
                    "fields": {
                        "kind": {},
                        "points": {},
                        "order_id": {"fields": {"display_name": {}}},
                        "vehicle_id": {"fields": {"display_name": {}}},
                        "note": {},
                    }
                },
            }
        )[0]
        self.assertEqual(len(shown["line_ids"]), 2)
        self.assertEqual(shown["employee_id"]["display_name"], self.technician.name)
