from datetime import date

from odoo.tests import freeze_time, tagged

from .common import MONTH, RatingCommon

APRIL = date(2026, 4, 1)


@tagged("post_install", "-at_install")
class TestCase(RatingCommon):
    """Liability and comebacks: confirmed they enter, unconfirmed they do not, and none too much."""

    def sanction(self, points, order):
        return (
            self.env["service.merit"]
            .with_user(self.user_team_leader)
            .create(
                {
                    "kind": "sanction",
                    "employee_id": self.technician.id,
                    "points": points,
                    "order_id": order.id,
                    "date": "2026-03-20",
                    "reason": "Wheel bolts not tightened",
                }
            )
        )

    def april(self):
        april = self.make_month(month=APRIL)
        april.with_user(self.user_officer).action_compute()
        return april

    def test_only_a_confirmed_liability_enters(self):
        order = self.make_worked_order()
        confirmed, waiting = self.sanction(6, order), self.sanction(9, order)
        self.close_month(self.make_month())
        confirmed.with_user(self.user_manager).action_confirm()
        april = self.april()
        self.assertEqual(april.correction_points, -6.0)
        self.assertFalse(waiting.sudo().correction_id)
        line = april.line_ids.filtered(lambda line: line.kind == "correction")
        self.assertEqual((line.order_id, line.points), (order, -6.0))
        self.assertIn("Wheel bolts", line.note)

    def test_a_case_takes_no_more_than_the_policy_allows(self):
        self.policy.case_cap = 10.0
        order = self.make_worked_order()
        self.close_month(self.make_month())
        sanctions = self.sanction(6, order) | self.sanction(9, order) | self.sanction(3, order)
        sanctions.with_user(self.user_manager).action_confirm()
        self.assertEqual(sanctions.sudo().correction_id.mapped("points"), [-6.0, -4.0])
        self.assertEqual(self.april().correction_points, -10.0)
        corrections = self.env["service.performance.correction"].with_user(self.user_officer)
        values = {
            "employee_id": self.technician.id,
            "corrected_month": MONTH,
            "points": -1.0,
            "reason": "Once more",
        }
        with self.assertRefused("may take 0 more points"):
            corrections.create({**values, "order_id": order.id})
        corrections.create({**values, "order_id": self.make_worked_order().id})

    def test_a_comeback_is_proposed_and_enters_once_confirmed(self):
        merits = self.env["service.merit"]
        with freeze_time("2026-03-10 09:00:00"):
            first = self.make_worked_order({self.technician: 2.0})
            self.drive(first, "delivered")
        with freeze_time("2026-03-20 09:00:00"):
            again = self.make_order("booked", jobs=[{}], vehicle_id=first.vehicle_id.id)
            again.is_comeback = True
            self.drive(again, "received")
            other = self.make_order("received", jobs=[{}])
        proposed = merits.search([("order_id", "in", (first | again | other).ids)])
        self.assertEqual(proposed.employee_id, self.technician)
        self.assertEqual((proposed.state, proposed.points), ("draft", 5.0))
        self.assertEqual(proposed.order_id, first)
        self.close_month(self.make_month())
        proposed.with_user(self.user_manager).action_confirm()
        self.assertEqual(self.april().correction_points, -5.0)
