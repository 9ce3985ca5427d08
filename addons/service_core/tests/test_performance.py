from contextlib import contextmanager

from odoo.tests import tagged

from odoo.addons.service_core.tests.common import ServiceCommon

# The most a verb may ask the database for one order, and for each further one.
LIGHT = (25, 4)


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

    def queries(self, say, state, user, count):
        orders = self.orders_in(state, count).with_user(user)
        # groups and access rules are cached by a running server
        orders.env.user.has_group("service_core.group_service_user")
        with self.counting() as counter:
            say(orders)
        return counter[0]

    def test_verbs_stay_within_their_queries(self):
        """Verbs that move goods or write bills are measured beside core's own, by the bench."""

        def verb(name, *args):
            return lambda orders: getattr(orders, name)(*args)

        cases = {
            "book": ("draft", self.user_receptionist, verb("action_book")),
            "receive": ("booked", self.user_receptionist, verb("action_receive")),
            "diagnose": ("received", self.user_technician, verb("action_diagnose")),
            "quote": ("diagnosed", self.user_advisor, verb("action_quote")),
            "start": ("agreed", self.user_team_leader, verb("action_start")),
            "finish": ("in_repair", self.user_team_leader, verb("action_finish")),
            "pass": ("in_inspection", self.user_technician, verb("action_pass")),
            "fail": ("in_inspection", self.user_inspector, verb("_fail", "Noise is back")),
            "wash_done": ("washing", self.user_receptionist, verb("action_wash_done")),
            "deliver": ("settled", self.user_advisor, verb("action_deliver")),
            "revise": ("quoted", self.user_advisor, verb("action_revise")),
            "stop": ("received", self.user_advisor, verb("_stop", "Too expensive")),
            "cancel": ("booked", self.user_receptionist, verb("_cancel", "Sold the car")),
            "undo book": ("booked", self.user_receptionist, verb("action_undo")),
            "undo receive": ("received", self.user_receptionist, verb("action_undo")),
            "undo quote": ("quoted", self.user_team_leader, verb("action_undo")),
        }
        for name, (state, user, say) in cases.items():
            first, more = LIGHT
            # the first call warms the server's own caches
            self.queries(say, state, user, 1)
            one = self.queries(say, state, user, 1)
            five = self.queries(say, state, user, 5)
            each = (five - one) / 4
            with self.subTest(verb=name, one=one, each_further=each):
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
