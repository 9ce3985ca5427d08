from odoo.exceptions import AccessError, UserError, ValidationError
from odoo.fields import Command
from odoo.tests import tagged

from odoo.addons.service_core.tests.common import SIGNATURE, ServiceCommon


@tagged("post_install", "-at_install")
class TestHealthMenu(ServiceCommon):
    """The vehicle check becomes work, and work is sold as one."""

    def test_findings_become_jobs_and_proposals_in_one_click(self):
        order = self.make_order("received")
        order.with_user(self.user_technician).action_vehicle_check()
        findings = order.finding_ids
        self.assertTrue(findings)
        order.with_user(self.user_technician).action_vehicle_check()
        self.assertEqual(order.finding_ids, findings)
        red, yellow, green = findings[:3]
        red.point_id.operation_id = self.operation
        as_technician = red.with_user(self.user_technician)
        as_technician.write({"color": "red", "note": "Leaks", "photo": SIGNATURE})
        yellow.with_user(self.user_technician).color = "yellow"
        green.with_user(self.user_technician).color = "green"
        self.assertEqual(red.user_id, self.user_technician)
        with self.assertRaises(AccessError):
            order.with_user(self.user_technician).action_findings_to_jobs()
        order.with_user(self.user_advisor).action_findings_to_jobs()
        self.assertEqual(red.job_id.approval, "pending")
        self.assertEqual(red.job_id.line_ids.product_uom_qty, self.operation.standard_hours)
        self.assertEqual(yellow.job_id.approval, "deferred")
        self.assertFalse(green.job_id)
        with self.assertRaisesRegex(UserError, "no finding is waiting"):
            order.with_user(self.user_advisor).action_findings_to_jobs()
        with self.assertRaisesRegex(UserError, "a job already"):
            as_technician.color = "green"

    def test_the_diagnosis_list_names_system_and_demand(self):
        order = self.make_order("received", kind_id=self.kind_repair.id)
        order.with_user(self.user_technician).action_vehicle_check()
        self.assertEqual(
            set(order.finding_ids.mapped("section")), {"System identification", "Demand diagnosis"}
        )

    def test_red_in_repair_is_the_advisors_task_once(self):
        order = self.make_order("in_repair")
        for name in ("Boot", "Hose"):
            self.env["service.health.finding"].with_user(self.user_technician).create(
                {"order_id": order.id, "name": name, "color": "red"}
            )
        tasks = order.activity_ids.filtered(lambda a: a.summary == "Additional work found")
        self.assertEqual(len(tasks), 1)
        self.assertEqual(tasks.user_id, self.user_advisor)
        order.with_user(self.user_advisor).action_findings_to_jobs()
        new = order.finding_ids.job_id
        for job in new:
            job.operation_id = self.operation
        order.with_user(self.user_advisor).action_ask()
        self.assertEqual(order.waiting_for, "customer")

    def make_menu(self, **values):
        return self.env["service.menu"].create(
            {
                "code": "M-1",
                "name": "Brake service",
                "line_ids": [
                    Command.create({"operation_id": self.operation.id}),
                    Command.create({"product_id": self.part.id, "quantity": 2}),
                ],
                **values,
            }
        )

    def test_a_menu_adds_its_lines_with_one_click(self):
        order = self.make_order("received")
        menu = self.make_menu().with_context(service_order_id=order.id)
        before = order.job_ids
        with self.assertRaises(AccessError):
            menu.with_user(self.user_technician).action_add()
        menu.with_user(self.user_advisor).action_add()
        job = order.job_ids - before
        self.assertEqual(job.name, "Brake service")
        self.assertEqual(job.standard_hours, self.operation.standard_hours)
        self.assertEqual(len(job.line_ids), 2)
        quoted = self.make_order("quoted")
        with self.assertRaises(UserError):
            menu.with_context(service_order_id=quoted.id).with_user(self.user_advisor).action_add()

    def test_a_fixed_price_is_met_to_the_cent(self):
        order = self.make_order("received")
        menu = self.make_menu(price_mode="fixed", fixed_price=199.99)
        before = order.job_ids
        menu.with_context(service_order_id=order.id).with_user(self.user_advisor).action_add()
        job = order.job_ids - before
        self.assertAlmostEqual(sum(job.line_ids.mapped("price_subtotal")), 199.99, 2)

    def test_a_menu_line_is_an_operation_or_a_part(self):
        with self.assertRaises(ValidationError):
            self.make_menu(line_ids=[Command.create({"quantity": 1})])
