from odoo.tests import tagged

from .common import ServiceCommon


@tagged("post_install", "-at_install")
class TestBlueprint(ServiceCommon):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.steps = cls.env["service.step"].search([])

    def lane(self, lane):
        return self.steps.filtered(lambda step: step.lane == lane).mapped("name")

    def test_fourteen_steps_from_the_first_call(self):
        self.assertEqual(self.steps.mapped("sequence"), list(range(1, 15)))
        self.assertEqual(self.steps[0].name, "Customer phones to book")
        self.assertEqual(self.steps[0].lane, "customer")

    def test_every_step_is_seen_from_one_lane(self):
        self.assertEqual(
            len(self.lane("customer") + self.lane("front") + self.lane("back")), len(self.steps)
        )

    def test_front_stage_has_its_four_actions_in_order(self):
        self.assertEqual(
            self.lane("front"),
            [
                "Appointment confirmed",
                "Advisor receives the customer",
                "Fault diagnosis",
                "Customer informed",
            ],
        )

    def test_back_stage_has_its_actions_in_order(self):
        self.assertEqual(
            self.lane("back"),
            [
                "Estimate of cost and time",
                "Job arranged and carried out",
                "Quality acceptance",
                "Vehicle cleaned",
            ],
        )
