from odoo.tests import tagged

from .common import RatingCommon


@tagged("post_install", "-at_install")
class TestUnitHead(RatingCommon):
    """Heads of units are scored by the mean of their unit, whatever they did themselves."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        for hours, scores in (
            ({cls.technician: 1.0}, (50, 200)),
            ({cls.technician_2: 1.0}, (150, 100)),
        ):
            cls.vote(cls.make_rating(cls.make_worked_order(hours)), *scores)
        cls.advisor.sudo().service_unit_head = True

    def test_the_head_of_a_unit_is_scored_by_its_mean(self):
        months = self.make_month(self.advisor) | self.make_month(self.technician)
        self.close_month(months, "draft")
        head, engineer = months
        # both dimensions weigh half: (50 + 150) / 2 and (200 + 100) / 2
        self.assertEqual((head.unit_mean, head.score), (125.0, 125.0))
        self.assertEqual((head.answer_count, head.is_unit_head), (0, True))
        self.assertEqual(head.explanation, "The head of a unit is scored by the mean of the unit.")
        self.assertEqual(head.line_ids.mapped("kind"), ["unit"])
        self.assertEqual(head.line_ids.note, head.explanation)
        self.assertEqual(sum(head.line_ids.mapped("points")), head.score)
        # his own votes stay part of the unit's mean, and count for the others as before
        self.assertFalse(engineer.is_unit_head)
        self.assertEqual((engineer.answer_count, engineer.raw_score), (1, 50.0))

    def test_who_is_head_later_keeps_his_locked_month(self):
        month = self.make_month(self.technician)
        self.close_month(month)
        score = month.score
        self.technician.sudo().service_unit_head = True
        self.assertFalse(month.is_unit_head)
        self.assertEqual(month.score, score)
