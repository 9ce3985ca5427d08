from contextlib import contextmanager

from odoo.tests import tagged

from odoo.addons.service_core.tests.common import ServiceCommon

# The most a verb may ask the database for one order, and for each further one. Verbs that move
# goods or write bills carry core's own cost and are not counted here.
LIGHT = (25, 4)
LIMITS = {
    # each order locks its own day and reads the technicians' calendars of that day
    "book": (36, 14),
    "receive": LIGHT,
    "diagnose": LIGHT,
    # looks at the shelf twice: is there a supplier for what is missing, what is there now
    "quote": (42, 12),
    "start": LIGHT,
    "finish": LIGHT,
    "wash_done": LIGHT,
    # with the upper addons: the customer's file, his first call, the rating link and the grades
    "deliver": (60, 4),
}


@tagged("post_install", "-at_install")
class TestPerformance(ServiceCommon):
    def orders_in(self, state, count):
        """``count`` orders of the same shape in ``state``, nothing of them in the cache."""
        orders = self.env["service.order"].union(
            *(self.make_order(state, kind_id=self.kind_repair.id) for _number in range(count))
        )
        if state == "in_repair":
            for order in orders:
                order.with_user(self.user_parts).action_issue_parts()
        if state == "washing":
            orders.no_metal = True
        if state == "settled":
            for order in orders:
                self.pay(order)
            orders.custody_returned = True
        self.env.flush_all()
        self.env.invalidate_all()
        return orders

    @contextmanager
    def counting(self):
        start = self.cr.sql_log_count
        counter = []
        yield counter
        self.env.flush_all()
        counter.append(self.cr.sql_log_count - start)

    def queries(self, verb, state, user, count):
        orders = self.orders_in(state, count).with_user(user)
        # groups and access rules are cached by a running server
        orders.env.user.has_group("service_core.group_service_user")
        with self.counting() as counter:
            getattr(orders, f"action_{verb}")()
        return counter[0]

    def test_verbs_stay_within_their_queries(self):
        states = {
            "book": ("draft", self.user_receptionist),
            "receive": ("booked", self.user_receptionist),
            "diagnose": ("received", self.user_technician),
            "quote": ("diagnosed", self.user_advisor),
            "start": ("agreed", self.user_team_leader),
            "finish": ("in_repair", self.user_team_leader),
            "wash_done": ("washing", self.user_receptionist),
            "deliver": ("settled", self.user_advisor),
        }
        self.assertEqual(set(states), set(LIMITS))
        for verb, (state, user) in states.items():
            first, more = LIMITS[verb]
            # the first call warms the server's own caches
            self.queries(verb, state, user, 1)
            one = self.queries(verb, state, user, 1)
            five = self.queries(verb, state, user, 5)
            each = (five - one) / 4
            with self.subTest(verb=verb, one=one, each_further=each):
                self.assertLessEqual(one, first)
                self.assertLessEqual(each, more)

    def test_board_reads_without_one_query_per_card(self):
        orders = self.orders_in("received", 10).with_user(self.user_receptionist)
        specification = {
            name: {}
            for name in (
                "license_plate",
                "model_name",
                "state",
                "promised_date",
                "waiting_for",
                "progress_color",
            )
        }
        orders.search([], limit=1).web_read(specification)
        self.env.invalidate_all()
        with self.counting() as counter:
            orders.web_read(specification)
        self.assertLessEqual(counter[0], 10)
