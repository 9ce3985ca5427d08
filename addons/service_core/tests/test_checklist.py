from psycopg2 import IntegrityError

from odoo.exceptions import AccessError, UserError
from odoo.tests import Form, freeze_time, new_test_user, tagged
from odoo.tools import mute_logger

from .common import SIGNATURE, ServiceCommon


@tagged("post_install", "-at_install")
class TestChecklist(ServiceCommon):
    """Lists are data; one click ticks one; each answer has its author and its time."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.list = cls.env.ref("service_core.service_checklist_delivery_data")

    def ready(self):
        """A car that is ready and whose lists nobody has touched."""
        order = self.make_order("washing")
        order.no_metal = True
        order.with_user(self.user_receptionist).action_wash_done()
        order.with_user(self.user_cashier)._sign_settlement("Ada Owner", SIGNATURE)
        return order

    def test_the_house_comes_with_its_eight_and_its_ten(self):
        lists = self.env["service.checklist"]
        self.assertEqual(len(self.list.item_ids), 8)
        self.assertEqual(len(lists.search([("code", "=", "delivery_pre")]).item_ids), 10)
        self.assertEqual(len(lists.search([("code", "=", "delivery")]).item_ids), 8)

    def test_each_list_names_what_its_step_asks_for(self):
        named = {
            "reception": ("Belongings",),
            "waiting": ("seen off", "taxi", "Other offers"),
            "wash": ("no outside force", "Boot", "Engine", "ashtrays", "Repaired area", "exit"),
            "cashier": ("came along", "Outside charges", "both hands", "Thanked"),
            "departure": ("belongings", "Advisor's contact", "thanked"),
            "delivery": ("old parts", "Gift", "Accompanied", "Test drive"),
            "delivery_pre": ("its keys", "settlement", "Old parts", "Next appointment"),
            "delivery_data": ("Quality", "Time and cost", "payment", "delivery area"),
        }
        for code, words in named.items():
            checklist = self.env.ref(f"service_core.service_checklist_{code}")
            names = " / ".join(checklist.item_ids.mapped("name"))
            for word in words:
                with self.subTest(code=code, word=word):
                    self.assertIn(word, names)

    def test_a_belonging_left_behind_is_an_incident_of_the_last_step(self):
        order = self.make_order("ready")
        reminder = self.env.ref("service_core.service_checklist_departure_01")
        order.with_user(self.user_advisor)._tick(
            "departure", "incident", reminder, "Umbrella, found under the seat, sent on Friday"
        )
        incident = order.check_ids.filtered(lambda check: check.result == "incident")
        self.assertEqual(incident.step_id.sequence, 14)

    @freeze_time("2026-03-02 08:00:00")
    def test_one_click_ticks_a_list_on_every_order(self):
        orders = self.make_order("received") | self.make_order("received")
        orders.with_user(self.user_advisor).with_context(
            checklist_code="reception"
        ).action_tick_list()
        for order in orders:
            self.assertEqual(len(order.check_ids), 4)
            self.assertEqual(set(order.check_ids.mapped("result")), {"done"})
            self.assertEqual(order.check_ids.user_id, self.user_advisor)
            self.assertEqual(str(order.check_ids[0].at), "2026-03-02 08:00:00")

    def test_nothing_is_written_in_advance(self):
        self.assertFalse(self.make_order("received").check_ids)

    def test_what_is_still_open_is_told_per_order(self):
        one, two = self.make_order("received"), self.make_order("received")
        one._tick("delivery_data", items=self.list.item_ids[:3])
        still = (one | two)._check_open("delivery_data")
        self.assertEqual(len(still[one]), 5)
        self.assertEqual(len(still[two]), 8)

    def test_settlement_waits_for_the_eight(self):
        order = self.ready()
        with self.assertRaisesRegex(UserError, "Delivery data complete"):
            order.with_user(self.user_cashier).action_settle()
        order.with_user(self.user_advisor)._tick("delivery_data")
        order.with_user(self.user_cashier).action_settle()
        self.assertEqual(order.state, "settled")

    def test_delivery_waits_for_the_ten_and_the_reminder(self):
        order = self.ready()
        order._tick("delivery_data")
        order.with_user(self.user_cashier).action_settle()
        self.pay(order)
        order.custody_returned = True
        with self.assertRaisesRegex(UserError, "Documents, work order"):
            order.with_user(self.user_advisor).action_deliver()
        order.with_user(self.user_advisor)._tick("delivery_pre")
        with self.assertRaisesRegex(UserError, "reminded"):
            order.with_user(self.user_advisor).action_deliver()
        order.with_user(self.user_advisor)._tick("departure")
        order.with_user(self.user_advisor).action_deliver()
        self.assertEqual(order.state, "delivered")

    def test_an_optional_item_holds_nobody_up(self):
        order = self.make_order("ready")
        etiquette = self.env.ref("service_core.service_checklist_departure_03")
        self.assertFalse(etiquette.is_mandatory)
        self.assertFalse(order._open_before("deliver"))

    def test_an_express_job_asks_for_no_list(self):
        order = self.make_order("received", kind_id=self.kind_express.id)
        levels = order.kind_id._gate_levels()
        self.assertEqual((levels["checks_settle"], levels["checks_deliver"]), ("off", "off"))

    def test_a_list_of_another_kind_is_not_asked_for(self):
        order = self.ready()
        self.list.kind_ids = self.kind_express
        self.assertFalse(order._open_before("settle"))
        self.assertNotIn(self.list, order.checklist_ids)

    def test_a_stopped_job_leaves_the_short_way(self):
        order = self.make_order("quoted")
        order.with_user(self.user_advisor)._stop("Too dear")
        self.assertFalse(order._open_before("settle"))

    def test_an_incident_and_a_waiver_say_why(self):
        order = self.make_order("received")
        item = self.list.item_ids[0]
        for result in ("waived", "incident"):
            with self.assertRaisesRegex(UserError, "Say what happened"):
                order._tick("delivery_data", result, items=item)
        order._tick("delivery_data", "incident", items=item, note="Key left at home")
        self.assertEqual(order.check_ids.note, "Key left at home")

    def test_an_answer_given_again_replaces_the_one_before(self):
        order = self.make_order("received")
        item = self.list.item_ids[0]
        order.with_user(self.user_advisor)._tick("delivery_data", "waived", item, "No time")
        order.with_user(self.user_manager)._tick("delivery_data", items=item)
        check = order.check_ids
        self.assertEqual((check.result, check.note), ("done", False))
        self.assertEqual(check.user_id, self.user_manager)

    def test_a_list_nobody_knows_is_refused(self):
        with self.assertRaisesRegex(UserError, "no check list"):
            self.make_order("received")._tick("nonsense")

    def test_a_closed_order_keeps_its_answers(self):
        order = self.make_order("delivered")
        with self.assertRaisesRegex(UserError, "is closed"):
            order.with_user(self.user_advisor)._tick("wash")

    def test_a_stranger_answers_nothing(self):
        order = self.make_order("received")
        outsider = new_test_user(self.env, login="outsider", groups="base.group_user")
        with self.assertRaises(AccessError):
            order.with_user(outsider)._tick("reception")

    def test_nobody_writes_checks_past_the_order(self):
        order = self.make_order("ready")
        with self.assertRaisesRegex(UserError, "on its order only"):
            order.check_ids[0].sudo().write({"result": "waived", "note": "x"})
        with self.assertRaisesRegex(UserError, "on its order only"):
            self.env["service.check"].create({"order_id": order.id})

    @mute_logger("odoo.sql_db")
    def test_the_database_keeps_one_answer_an_item(self):
        order = self.make_order("ready")
        self.env.flush_all()
        with self.assertRaises(IntegrityError):
            self.env.cr.execute(
                "INSERT INTO service_check (order_id, item_id, result, at, user_id) "
                "SELECT order_id, item_id, result, at, user_id FROM service_check WHERE id = %s",
                (order.check_ids[0].id,),
            )

    def test_the_window_answers_one_by_one(self):
        order = self.make_order("received")
        self.list.first_state = "received"
        context = {"service_order_id": order.id}
        action = self.list.with_user(self.user_advisor).with_context(**context).action_open()
        form = Form(
            self.env["service.check.answer"]
            .with_user(self.user_advisor)
            .with_context(**action["context"])
        )
        with form.line_ids.edit(0) as line:
            line.result = "incident"
            line.note = "Papers missing"
        with form.line_ids.edit(1) as line:
            line.result = "done"
        form.save().action_confirm()
        self.assertEqual(sorted(order.check_ids.mapped("result")), ["done", "incident"])
        shown = self.list.with_context(**context)
        self.assertEqual((shown.progress, shown.is_answered), ("2 / 8", False))
        shown.with_user(self.user_advisor).action_tick()
        self.env.invalidate_all()
        self.assertEqual((shown.progress, shown.is_answered), ("8 / 8", True))
        # what went wrong stays so
        self.assertIn("incident", order.check_ids.mapped("result"))

    def test_a_list_shows_from_its_step_on(self):
        order = self.make_order("received")
        codes = order.checklist_ids.mapped("code")
        self.assertIn("reception", codes)
        self.assertNotIn("departure", codes)
        drafted = self.make_order("draft").checklist_ids.mapped("code")
        self.assertFalse({"reception", "departure"} & set(drafted))
