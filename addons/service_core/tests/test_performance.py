from contextlib import contextmanager

from odoo import fields
from odoo.fields import Command
from odoo.tests import tagged

from odoo.addons.service_core.tests.common import ServiceCommon

# The most a verb may ask the database for one order, and for each further one.
LIGHT = (25, 4)
# A verb that takes core's documents back, in a batch, beside core taking back the same ones.
BESIDE_CORE = 1.3


@tagged("post_install", "-at_install")
class TestPerformance(ServiceCommon):
    def orders_in(self, state, count, paid=True):
        """``count`` orders of the same shape in ``state``, nothing of them in the cache."""
        orders = self.env["service.order"].union(
            *(self.make_order(state, kind_id=self.kind_repair.id) for _number in range(count))
        )
        if state == "in_repair":
            for order in orders:
                order.with_user(self.user_parts).action_issue_parts()
        if state == "washing":
            orders.no_metal = True
        if state == "settled" and paid:
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
        return self.count(say, self.orders_in(state, count), user)

    def count(self, say, records, user):
        """Queries of ``say(records)`` as ``user``, nothing of them in the cache."""
        self.env.flush_all()
        self.env.invalidate_all()
        records = records.with_user(user)
        # groups and access rules are cached by a running server
        records.env.user.has_group("service_core.group_service_user")
        with self.counting() as counter:
            say(records)
        return counter[0]

    def sales(self, count, billed=False):
        """What core alone holds of the same goods and labour: sold, and issued and billed too."""
        labour = self.env.ref("service_core.product_labour")
        sales = self.env["sale.order"].create(
            [
                {
                    "partner_id": self.customer.id,
                    "order_line": [
                        Command.create({"product_id": product.id, "product_uom_qty": quantity})
                        for product, quantity in ((self.part, 1), (labour, 1.5))
                    ],
                }
                for _number in range(count)
            ]
        )
        sales.action_confirm()
        if billed:
            for move in sales.picking_ids.move_ids:
                move.quantity = move.product_uom_qty
                move.picked = True
            sales.picking_ids.with_context(skip_sms=True).button_validate()
            for line in sales.order_line.filtered(lambda line: line.product_id == labour):
                line.qty_delivered = line.product_uom_qty
            sales._create_invoices(grouped=True, final=True).action_post()
        return sales

    def credit(self, sales):
        """Core's own credit notes for all that was billed, by its wizard, and posted."""
        bills = sales.invoice_ids
        wizard = (
            sales.env["account.move.reversal"]
            .with_context(active_model="account.move", active_ids=bills.ids)
            .create({"journal_id": bills.journal_id.id, "date": fields.Date.today()})
        )
        wizard.refund_moves()
        wizard.new_move_ids.action_post()

    def test_taking_back_agreed_work_costs_what_core_asks_for_the_same_documents(self):
        """Sales, deliveries and bills are core's: ours comes on top of what core itself asks."""
        seller = self.make_user(
            "seller",
            "sales_team.group_sale_salesman_all_leads,stock.group_stock_user,"
            "account.group_account_invoice",
        )
        cases = {
            "revise": (
                *("agreed", self.user_advisor, lambda orders: orders.action_revise()),
                *(False, lambda sales: sales.action_cancel()),
            ),
            "stop": (
                *("agreed", self.user_advisor, lambda orders: orders._stop("Sold the car")),
                *(False, lambda sales: sales.action_cancel()),
            ),
            "unsettle": (
                *("settled", self.user_manager, lambda orders: orders._unsettle("Wrong price")),
                *(True, self.credit),
            ),
        }
        first, more = LIGHT
        for name, (state, user, say, billed, undo) in cases.items():
            ours, core = [], []
            # the first call warms the server's own caches
            for count in (1, 1, 5):
                ours.append(self.count(say, self.orders_in(state, count, paid=False), user))
                core.append(self.count(undo, self.sales(count, billed), seller))
            with self.subTest(verb=name, ours=ours, core=core):
                self.assertLessEqual(ours[1] - core[1], first)
                self.assertLessEqual(((ours[2] - core[2]) - (ours[1] - core[1])) / 4, more)
                self.assertLessEqual(ours[2] / core[2], BESIDE_CORE)

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
