from odoo.exceptions import AccessError
from odoo.tests import tagged

from odoo.addons.service_core.tests.common import ROLES

from .common import FollowupCommon

# model -> {role: operations}; a role not named may do nothing. r read, w write, c create, u unlink
CALLERS = ("caller", "followup_manager")
TABLE = {
    "service.followup": {**dict.fromkeys(ROLES, "r"), **dict.fromkeys(CALLERS, "rwc")},
    "service.contact.topic": {
        **dict.fromkeys(ROLES, "r"),
        "caller": "r",
        "followup_manager": "rwcu",
    },
    "service.contact.policy": {"caller": "r", "followup_manager": "rwcu"},
    "service.call.script": {"caller": "r", "followup_manager": "rwcu"},
    "service.customer.file": {**dict.fromkeys(ROLES, "r"), **dict.fromkeys(CALLERS, "rwc")},
    "service.customer.visit": {**dict.fromkeys(ROLES, "r"), **dict.fromkeys(CALLERS, "rwc")},
    "service.letter": dict.fromkeys(CALLERS, "rwcu"),
    "service.followup.log": dict.fromkeys(CALLERS, "rwc"),
    "service.followup.cancel": dict.fromkeys(CALLERS, "rwc"),
}
OPERATIONS = {"r": "read", "w": "write", "c": "create", "u": "unlink"}


@tagged("post_install", "-at_install", "security")
class TestAccess(FollowupCommon):
    def test_every_model_role_and_operation(self):
        stranger = self.make_user("stranger", "base.group_user")
        portal = self.env["res.users"].create(
            {
                "name": "Portal",
                "login": "test_portal",
                "group_ids": [self.env.ref("base.group_portal").id],
            }
        )
        users = {role: getattr(self, f"user_{role}") for role in (*ROLES, *CALLERS)}
        users.update(stranger=stranger, portal=portal)
        for model, rights in TABLE.items():
            for role, user in users.items():
                for letter, operation in OPERATIONS.items():
                    with self.subTest(model=model, role=role, operation=operation):
                        self.assertEqual(
                            self.env[model].with_user(user).has_access(operation),
                            letter in rights.get(role, ""),
                        )

    def test_the_table_names_every_model_of_the_addon(self):
        models = (
            self.env["ir.model"]
            .search([("model", "like", "service.")])
            .filtered(
                lambda model: (
                    self.env[model.model]._original_module == "service_followup"
                    and not self.env[model.model]._abstract
                )
            )
        )
        self.assertEqual(set(models.mapped("model")), set(TABLE))

    def test_calls_are_logged_by_callers_and_deleted_by_none_of_them(self):
        for user in (self.user_caller, self.user_followup_manager):
            calls = self.env["service.call"].with_user(user)
            for operation, allowed in (("create", 1), ("write", 1), ("unlink", 0)):
                self.assertEqual(calls.has_access(operation), bool(allowed))

    def test_branches_do_not_see_each_others_contacts(self):
        branch, stranger = self.make_branch()
        followup = self.make_followup()
        letter = self.env["service.letter"].create(
            {"partner_id": self.customer.id, "subject": "Hello"}
        )
        visit = self.env["service.customer.visit"].create(
            {
                "file_id": self.env["service.customer.file"]
                .create({"partner_id": self.customer.id, "vehicle_id": self.make_vehicle().id})
                .id
            }
        )
        for record in (followup, letter, visit):
            with self.subTest(model=record._name), self.assertRaises(AccessError):
                record.with_user(stranger).read(["display_name"])
            record.company_id = branch
            self.assertTrue(record.with_user(stranger).read(["display_name"]))

    def test_file_of_a_shared_customer_is_shared(self):
        branch, stranger = self.make_branch()
        file = self.env["service.customer.file"].create(
            {"partner_id": self.customer.id, "vehicle_id": self.make_vehicle().id}
        )
        self.assertTrue(file.with_user(stranger).read(["display_name"]))
        self.customer.company_id = self.company
        with self.assertRaises(AccessError):
            file.with_user(stranger).read(["display_name"])

    def test_policies_and_scripts_of_a_branch_are_its_own(self):
        _branch, stranger = self.make_branch()
        policy = self.policy.copy({"company_id": self.company.id})
        script = self.env.ref("service_followup.service_call_script_first").copy(
            {"company_id": self.company.id}
        )
        for record in (policy, script):
            with self.assertRaises(AccessError):
                record.with_user(stranger).read(["display_name"])
        self.assertTrue(self.policy.with_user(stranger).read(["display_name"]))

    def test_service_manager_is_not_thereby_a_caller(self):
        self.assertFalse(self.user_manager.has_group("service_followup.group_followup_user"))

    def test_who_delivers_needs_no_right_on_contacts(self):
        order = self.make_order()
        self.set_state(order, "settled")
        order.with_user(self.user_advisor).sudo()._lifecycle_move("deliver")
        order._run_aftercare()
        self.assertTrue(order.followup_ids)
