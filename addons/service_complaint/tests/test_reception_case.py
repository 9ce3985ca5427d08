from odoo.tests import tagged

from .common import ComplaintCommon


@tagged("post_install", "-at_install")
class TestReceptionCase(ComplaintCommon):
    def notes(self, user):
        return "\n".join(self.vehicle.with_user(user)._reception_notes())

    def test_an_open_case_is_known_at_the_counter(self):
        case = self.make_case("routed")
        self.assertIn(case.number, self.notes(self.user_receptionist))

    def test_a_closed_case_is_left_alone(self):
        case = self.make_case("done")
        self.assertNotIn(case.number, self.notes(self.user_receptionist))
