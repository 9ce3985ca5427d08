from datetime import timedelta

from dateutil.relativedelta import relativedelta

from odoo import fields
from odoo.exceptions import AccessError, UserError
from odoo.tests import tagged

from odoo.addons.service_core.tests.common import ServiceCommon


@tagged("post_install", "-at_install")
class TestOrderWayHome(ServiceCommon):
    """What the customer takes home besides his car: old parts, answers, the next date, a clean file."""

    def warranty_order(self, state="ready"):
        return self.make_order(
            state,
            jobs=[
                {"parts": [(self.part, 1)]},
                {"payer": "manufacturer", "parts": [(self.part, 2)]},
            ],
        )

    def lines(self, order, payer="customer"):
        return order.line_ids.filtered(lambda line: line.kind == "part" and line.payer == payer)

    # === OLD PARTS === #

    def test_old_parts_go_home_and_claimed_ones_are_kept_for_their_payer(self):
        orders = self.warranty_order("in_repair") | self.warranty_order("in_repair")
        self.assertEqual(set(self.lines(orders).mapped("old_part")), {"boot"})
        self.assertEqual(set(self.lines(orders, "manufacturer").mapped("old_part")), {"payer"})
        # nothing was taken out yet
        self.assertFalse(any(orders.mapped("has_old_parts")))
        for order in orders:
            self.drive(order, "in_inspection")
        self.assertTrue(all(orders.mapped("has_old_parts")))
        orders.with_user(self.user_technician).action_old_parts_placed()
        parts = self.lines(orders) | self.lines(orders, "manufacturer")
        self.assertEqual(parts.old_part_by_id, self.user_technician)
        self.assertTrue(all(parts.mapped("old_part_at")))
        self.assertFalse(any(orders.mapped("has_old_parts")))
        labour = orders.line_ids.filtered(lambda line: line.kind == "labour")
        self.assertFalse(any(labour.mapped("old_part")) or any(labour.mapped("old_part_at")))

    def test_the_check_list_before_delivery_confirms_where_they_are(self):
        order = self.warranty_order("in_inspection")
        while order.state == "in_inspection":
            self._drive_in_inspection(order)
        self._drive_washing(order)
        mine = self.lines(order)
        self.assertFalse(mine.old_part_at)
        order.with_user(self.user_advisor)._tick("departure")
        self.assertFalse(mine.old_part_at)
        item = self.env.ref("service_core.service_checklist_delivery_pre_08")
        order.with_user(self.user_advisor)._tick("delivery_pre", items=item)
        self.assertEqual(mine.old_part_by_id, self.user_advisor)
        with self.assertRaisesRegex(UserError, "placed already"):
            mine.with_user(self.user_advisor).old_part = "none"

    def test_what_is_kept_is_handed_to_the_payer_once(self):
        order = self.warranty_order()
        kept = self.lines(order, "manufacturer")
        with self.assertRaisesRegex(UserError, "not kept for its payer"):
            self.lines(order).with_user(self.user_parts).action_old_part_gone()
        with self.assertRaises(AccessError):
            kept.with_user(self.user_technician).action_old_part_gone()
        with self.assertRaisesRegex(UserError, "by their buttons"):
            kept.with_user(self.user_advisor).old_part_gone_at = fields.Datetime.now()
        kept.with_user(self.user_parts).action_old_part_gone()
        self.assertTrue(kept.old_part_gone_at)
        with self.assertRaisesRegex(UserError, "not kept for its payer"):
            kept.with_user(self.user_parts).action_old_part_gone()

    def test_old_parts_are_placed_while_the_car_is_here(self):
        order = self.make_order("received")
        with self.assertRaisesRegex(UserError, "while the car is in repair"):
            order.with_user(self.user_technician).action_old_parts_placed()

    # === BEFORE THE SIGNATURE === #

    def test_a_doubt_is_answered_before_the_customer_signs(self):
        order = self.warranty_order()
        action = order.with_user(self.user_cashier).action_note_doubt()
        doubts = self.env["service.charge.doubt"].with_user(self.user_cashier)
        line = self.lines(order)
        doubt = doubts.with_context(**action["context"]).create(
            {"line_id": line.id, "question": "Why two hours?", "user_id": self.user_manager.id}
        )
        self.assertEqual((doubt.user_id, doubt.order_id), (self.user_cashier, order))
        incident = order.check_ids.filtered(lambda check: check.result == "incident")
        self.assertEqual(incident.note, "Why two hours?")
        self.assertEqual(incident.step_id, self.env.ref("service_core.service_step_13"))
        with self.assertRaisesRegex(UserError, "answer the doubt first"):
            order.with_user(self.user_cashier)._sign_settlement("Ada Owner")
        self.assertFalse(order.settlement_signed_by)
        self.assertEqual(doubt.action_answer()["res_id"], doubt.id)
        doubt.with_user(self.user_advisor).answer = "  The rear axle needs both sides.  "
        self.assertEqual(doubt.answered_by_id, self.user_advisor)
        self.assertEqual(doubt.answer, "The rear axle needs both sides.")
        self.assertTrue(doubt.answered_at)
        order.with_user(self.user_cashier)._sign_settlement("Ada Owner")
        self.assertEqual(order.settlement_signed_by, "Ada Owner")

    def test_a_doubt_concerns_a_charge_of_its_order_while_it_is_open(self):
        order, other = self.make_order("ready"), self.make_order("delivered")
        doubts = self.env["service.charge.doubt"].with_user(self.user_advisor)
        with self.assertRaisesRegex(UserError, "Choose a charge"):
            doubts.create(
                {"order_id": order.id, "line_id": other.line_ids[0].id, "question": "Why?"}
            )
        with self.assertRaisesRegex(UserError, "open a complaint"):
            doubts.create({"order_id": other.id, "question": "Why?"})

    def test_a_drive_that_is_needed_is_done_before_the_signature(self):
        orders = self.make_order("ready") | self.make_order("ready")
        orders.with_user(self.user_advisor).test_drive = "needed"
        with self.assertRaisesRegex(UserError, "drive with the customer"):
            orders[0].with_user(self.user_cashier)._sign_settlement("Ada Owner")
        orders.with_user(self.user_advisor).write(
            {
                "test_drive": "done",
                "test_drive_result": "Quiet now",
                "test_drive_by_id": self.user_manager.id,
            }
        )
        self.assertEqual(orders.test_drive_by_id, self.user_advisor)
        self.assertTrue(all(orders.mapped("test_drive_at")))
        orders[0].with_user(self.user_cashier)._sign_settlement("Ada Owner")

    # === THE NEXT SERVICE === #

    def test_the_next_service_comes_from_what_was_done(self):
        self.model.write({"interval_months": 24, "interval_km": 30000})
        short = self.env["service.operation"].create(
            {"code": "T-OIL", "name": "Oil", "interval_months": 12, "interval_km": 10000}
        )
        long = self.env["service.operation"].create(
            {"code": "T-FLU", "name": "Brake fluid", "interval_months": 18}
        )
        today = fields.Date.today()
        order = self.make_order(
            "settled", jobs=[{"operation_id": short.id}, {"operation_id": long.id}]
        )
        self.assertEqual(order.next_service_date, today + relativedelta(months=12))
        self.assertEqual(order.next_service_odometer, 52000)
        only_long = self.make_order("ready", jobs=[{"operation_id": long.id}])
        self.assertEqual(only_long.next_service_date, today + relativedelta(months=18))
        self.assertEqual(only_long.next_service_odometer, 72000)
        # neither operation nor kind say anything: the model does
        plain = self.make_order("ready")
        self.assertEqual(plain.next_service_date, today + relativedelta(months=24))
        self.kind_maintenance.write({"interval_months": 6, "interval_km": 5000})
        plain.invalidate_recordset(["next_service_date", "next_service_odometer"])
        self.assertEqual(plain.next_service_date, today + relativedelta(months=6))
        self.assertEqual(plain.next_service_odometer, 47000)
        self.drive(order, "delivered")
        self.assertEqual(order.vehicle_id.next_service_date, today + relativedelta(months=12))
        self.assertEqual(order.vehicle_id.next_service_odometer, 52000)

    # === THE FILE === #

    def test_a_paid_visit_is_filed_and_its_facts_stay(self):
        orders = self.make_order("delivered") | self.make_order("delivered")
        self.assertTrue(all(orders.mapped("archived_at")))
        self.assertFalse(any(orders.mapped("archive_gap")))
        with self.assertRaisesRegex(UserError, "is filed"):
            orders[0].with_user(self.user_advisor).odometer = 1
        with self.assertRaisesRegex(UserError, "buttons only"):
            orders[0].with_user(self.user_manager).archived_at = False
        found = self.env["service.order"].search(
            [("license_plate", "=", orders[0].license_plate), ("archived_at", "!=", False)]
        )
        self.assertEqual(found, orders[0])

    def test_a_file_with_an_open_claim_or_bill_stays_open_until_it_is_answered(self):
        order = self.warranty_order("delivered")
        advisor = order.with_user(self.user_advisor)
        self.assertFalse(order.archived_at)
        self.assertIn("claim", order.archive_gap)
        with self.assertRaisesRegex(UserError, "claim waits"):
            advisor.action_archive_file()
        with self.assertRaises(AccessError):
            order.with_user(self.user_technician).action_archive_file()
        claim = order.claim_ids.with_user(self.user_cashier)
        claim.action_send()
        claim.action_accept()
        order.invalidate_recordset(["archive_gap"])
        self.assertIn("not paid", order.archive_gap)
        self.env["service.order"]._cron_archive()
        self.assertFalse(order.archived_at)
        self.pay(order)
        self.env["service.order"]._cron_archive()
        self.assertTrue(order.archived_at)
        waiting = self.make_order("settled")
        with self.assertRaisesRegex(UserError, "still here"):
            waiting.with_user(self.user_cashier).action_archive_file()

    # === THE NEXT VISIT === #

    def test_a_comeback_is_a_request_with_the_words_of_this_visit(self):
        orders = self.make_order("delivered") | self.make_order("delivered")
        desk = orders.with_user(self.user_receptionist)
        desk.action_come_back()
        for order in orders:
            visit = self.env["service.order"].search(
                [("vehicle_id", "=", order.vehicle_id.id), ("state", "=", "draft")]
            )
            self.assertTrue(visit.is_comeback)
            self.assertEqual(visit.recent_order_id, order)
            self.assertEqual(
                visit.job_ids.mapped("customer_words"), order.job_ids.mapped("customer_words")
            )
            self.assertEqual(visit.activity_ids.user_id, self.user_advisor)
        with self.assertRaises(AccessError):
            orders.with_user(self.user_technician).action_come_back()
        with self.assertRaisesRegex(UserError, "when this one is done"):
            self.make_order("agreed").with_user(self.user_receptionist).action_come_back()

    def test_the_next_appointment_is_arranged_before_the_car_leaves(self):
        order = self.make_order("settled")
        action = order.with_user(self.user_advisor).action_next_visit()
        visit = self.env["service.order"].browse(action["res_id"])
        self.assertFalse(visit.is_comeback)
        start = self.next_workday(days=40)
        visit.with_user(self.user_receptionist).write(
            {
                "planned_start": start,
                "eta": start,
                "departure_time": start - timedelta(hours=1),
                "booking_confirmed": True,
            }
        )
        visit.with_user(self.user_receptionist).action_book()
        self.assertEqual(visit.state, "booked")
