from odoo.tests import tagged

from odoo.addons.service_complaint.tests.common import ComplaintCommon


@tagged("post_install", "-at_install")
class TestPhoneFix(ComplaintCommon):
    """A trouble solved on the phone is graded like a repair (S3-49)."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.agent = cls.env["hr.employee"].create(
            {"name": "Agent", "user_id": cls.user_hotline.id, "company_id": cls.company.id}
        )
        cls.user_technical_manager = cls.make_user(
            "technical_manager", "service_rating.group_technical_manager"
        )

    def test_a_case_solved_directly_waits_for_a_grade(self):
        cases = self.make_case("direct") | self.make_case("direct")
        # the hotline that solved it reads no grades
        waiting = cases.sudo().difficulty_ids
        self.assertEqual(waiting.ticket_id, cases)
        self.assertEqual(waiting.mapped("grade"), [False, False])

    def test_a_case_passed_on_is_nobodys_phone_fix(self):
        self.assertFalse(self.make_case("routed").sudo().difficulty_ids)

    def test_the_points_are_the_agents(self):
        waiting = self.make_case("direct").sudo().difficulty_ids
        waiting.with_user(self.user_technical_manager).action_grade_2()
        self.assertEqual(list(waiting._workers()), [self.agent])
        self.assertEqual(
            waiting.with_user(self.user_technical_manager).technician_names, self.agent.name
        )
