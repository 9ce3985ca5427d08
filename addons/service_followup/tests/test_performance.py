from odoo.tests import freeze_time, tagged

from .common import FollowupCommon


@tagged("post_install", "-at_install")
@freeze_time("2026-11-03 10:00:00")
class TestPerformance(FollowupCommon):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.orders = cls.env["service.order"].concat(
            *(
                cls.make_order(partner_id=cls.make_customer(phone=f"+1 555 {n:04}").id)
                for n in range(42)
            )
        )
        cls.set_state(cls.orders, "settled")

    def deliver(self, orders):
        """Queries of what delivery adds: files, visits, first calls."""
        self.env.flush_all()
        self.env.invalidate_all()
        before = self.cr.sql_log_count
        self.env["service.customer.file"]._open_after_delivery(orders)
        self.env["service.followup"]._plan_after_delivery(orders)
        self.env.flush_all()
        return self.cr.sql_log_count - before

    def test_twenty_deliveries_take_no_more_queries_than_two(self):
        self.deliver(self.orders[:2])
        few = self.deliver(self.orders[2:4])
        many = self.deliver(self.orders[4:24])
        self.assertEqual(len(self.orders[4:24].followup_ids), 20)
        self.assertLessEqual(many, few + 2)

    def test_board_of_many_contacts_takes_a_handful_of_queries(self):
        self.deliver(self.orders)
        with freeze_time("2026-11-07 10:00:00"):
            board = self.env["service.followup"].with_user(self.user_caller)
            spec = {
                name: {}
                for name in ("phone", "urgency", "kind", "due_to", "attempts", "verbatim", "state")
            }
            spec.update(
                {name: {"fields": {"display_name": {}}} for name in ("partner_id", "vehicle_id")}
            )
            board.web_search_read([("is_today", "=", True)], spec, limit=5)
            self.env.invalidate_all()
            before = self.cr.sql_log_count
            found = board.web_search_read([("is_today", "=", True)], spec, limit=80)
            self.assertGreaterEqual(found["length"], 40)
            self.assertLessEqual(self.cr.sql_log_count - before, 25)
