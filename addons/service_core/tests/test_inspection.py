from odoo.exceptions import ValidationError
from odoo.tests import tagged

from .common import ServiceCommon


@tagged("post_install", "-at_install")
class TestInspection(ServiceCommon):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.order = cls.make_order(state="in_repair")

    def sign(self, level, user, result="pass", cause=False):
        return self.env["service.inspection"].create(
            {
                "order_id": self.order.id,
                "level": level,
                "result": result,
                "cause": cause,
                "inspector_id": user.id,
            }
        )

    def test_a_failure_names_its_cause(self):
        for cause in (False, "", "  "):
            with self.assertRaisesRegex(ValidationError, "Say why"):
                self.sign("technician", self.user_technician, "fail", cause)
        inspection = self.sign("technician", self.user_technician, "fail", "Noise is still there")
        self.assertEqual(inspection.cause, "Noise is still there")

    def test_who_was_assigned_does_not_sign_the_final_inspection(self):
        self.env["service.assignment"].create(
            {"job_id": self.order.job_ids.id, "employee_id": self.technician.id}
        )
        with self.assertRaisesRegex(ValidationError, "another inspector"):
            self.sign("inspector", self.user_technician)

    def test_who_clocked_on_does_not_sign_the_final_inspection(self):
        clocking = self.env["service.clocking"]._clock_on(self.order.job_ids, self.technician)
        clocking._clock_off()
        self.order.job_ids.assignment_ids.unlink()
        with self.assertRaisesRegex(ValidationError, "another inspector"):
            self.sign("inspector", self.user_technician)

    def test_the_repairer_signs_the_first_inspection(self):
        self.env["service.clocking"]._clock_on(self.order.job_ids, self.technician)
        self.assertTrue(self.sign("technician", self.user_technician))

    def test_another_inspector_signs(self):
        self.env["service.clocking"]._clock_on(self.order.job_ids, self.technician)
        self.assertTrue(self.sign("inspector", self.user_inspector))

    def test_work_on_another_car_does_not_matter(self):
        other = self.make_order(state="in_repair")
        self.env["service.clocking"]._clock_on(other.job_ids, self.technician)
        self.assertTrue(self.sign("inspector", self.user_technician))
