from odoo.exceptions import AccessError, UserError
from odoo.tests import tagged

from .common import ServiceCommon


@tagged("post_install", "-at_install")
class TestOrderInspection(ServiceCommon):
    """Signing the quality card level by level (S0-94..S0-98)."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.signers = (
            cls.user_technician,
            cls.user_team_leader,
            cls.user_inspector,
            cls.user_advisor,
        )

    def inspected(self):
        return self.make_order(state="in_inspection", kind_id=self.kind_repair.id)

    def test_four_levels_are_signed_in_order_and_the_last_releases_the_car(self):
        order = self.inspected()
        for user in self.signers:
            self.assertEqual(order.state, "in_inspection")
            order.with_user(user).action_pass()
        self.assertEqual(order.state, "washing")
        self.assertEqual(
            order.inspection_ids.mapped("level"),
            ["technician", "team_leader", "inspector", "advisor"],
        )
        self.assertEqual(
            order.inspection_ids.inspector_id, self.env["res.users"].union(*self.signers)
        )

    def test_no_level_is_jumped(self):
        order = self.inspected()
        for user in self.signers[1:]:
            with self.assertRaises(AccessError):
                order.with_user(user).action_pass()

    def test_a_failure_returns_the_car_with_its_cause_and_all_levels_are_signed_anew(self):
        order = self.inspected()
        order.with_user(self.user_technician).action_pass()
        order.with_user(self.user_team_leader)._fail("It still squeaks")
        self.assertEqual(order.state, "in_repair")
        failure = order.inspection_ids.filtered(lambda i: i.result == "fail")
        self.assertEqual((failure.level, failure.cause), ("team_leader", "It still squeaks"))
        order.with_user(self.user_team_leader).action_finish()
        for user in self.signers:
            self.assertEqual(order.state, "in_inspection")
            order.with_user(user).action_pass()
        self.assertEqual(len(order.inspection_ids), 6)

    def test_a_failure_without_a_cause_is_refused(self):
        order = self.inspected()
        with self.assertRaisesRegex(UserError, "what failed and why"):
            order.with_user(self.user_technician)._fail("  ")

    def test_express_work_is_inspected_once(self):
        order = self.make_order(state="in_inspection", kind_id=self.kind_express.id)
        order.with_user(self.user_technician).action_pass()
        self.assertEqual(order.state, "ready")

    def test_who_repaired_is_refused_the_third_signature(self):
        order = self.make_order(state="in_repair", kind_id=self.kind_repair.id)
        self.user_technician.group_ids += self.env.ref("service_core.group_service_inspector")
        self.env["service.clocking"]._clock_on(order.job_ids, self.technician)
        self.drive(order, "in_inspection")
        order.with_user(self.user_technician).action_pass()
        order.with_user(self.user_team_leader).action_pass()
        with self.assertRaisesRegex(UserError, "worked on this car"), self.env.cr.savepoint():
            order.with_user(self.user_technician).action_pass()
        order.with_user(self.user_inspector).action_pass()
        self.assertEqual(order._next_level(), "advisor")

    def test_the_quality_card_shows_what_is_signed_and_what_is_not(self):
        order = self.inspected()
        self.env["service.assignment"].create(
            {"job_id": order.job_ids.id, "employee_id": self.technician.id}
        )
        order.with_user(self.user_technician).action_pass()
        order.with_user(self.user_team_leader)._fail("It still squeaks")
        order.with_user(self.user_team_leader).action_finish()
        order.with_user(self.user_technician).action_pass()
        html, _kind = (
            self.env["ir.actions.report"]
            .with_user(self.user_team_leader)
            ._render_qweb_html("service_core.report_quality_card", order.ids)
        )
        page = html.decode()
        for words in (
            order.license_plate,
            "Replace brake pads",
            "It squeaks when I brake",
            "It still squeaks",
            "Failed",
            self.user_technician.name,
        ):
            self.assertIn(words, page)
        self.assertEqual(page.count("1. Technician"), 2)
        self.assertEqual(page.count("3. Quality Inspector"), 1)
        self.assertNotIn("$", page)
