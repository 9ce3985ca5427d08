from odoo.tests import freeze_time, tagged

from .common import FollowupCommon


@tagged("post_install", "-at_install")
@freeze_time("2026-11-07 10:00:00")
class TestFollowupBoard(FollowupCommon):
    def board(self, user=None):
        return (
            self.env["service.followup"]
            .with_user(user or self.user_caller)
            .search([("is_today", "=", True), ("partner_id.name", "=like", "Board%")])
        )

    def contact(self, name, phone, **values):
        partner = self.make_customer(name=f"Board {name}", phone=phone)
        return self.make_followup(partner_id=partner.id, **values)

    def test_due_contacts_are_listed_by_due_date(self):
        later = self.contact("A", "1", due_from="2026-11-01", due_to="2026-11-09")
        sooner = self.contact("B", "2", due_from="2026-11-01", due_to="2026-11-08")
        self.assertEqual(self.board(), sooner + later)

    def test_what_is_not_due_yet_is_not_listed(self):
        self.contact("A", "1", due_from="2026-11-08", due_to="2026-11-09")
        self.assertFalse(self.board())

    def test_missed_contacts_stay_on_the_list(self):
        missed = self.contact("A", "1", due_from="2026-11-01", due_to="2026-11-02")
        missed._lifecycle_move("miss")
        self.assertEqual(self.board(), missed)
        self.assertEqual(missed.urgency, "overdue")

    def test_a_number_stands_once_and_names_the_others(self):
        lead = self.contact("A", "0176 1234567", due_from="2026-11-01", due_to="2026-11-08")
        other = self.contact("B", "+49 176 1234567", due_from="2026-11-01", due_to="2026-11-09")
        self.assertEqual(self.board(), lead)
        self.assertEqual(lead.other_ids, other)

    def test_a_number_called_today_is_off_the_list_until_tomorrow(self):
        contact = self.contact("A", "1", due_from="2026-11-01", due_to="2026-11-09")
        waiting = self.contact("B", "1", due_from="2026-11-01", due_to="2026-11-09")
        self.no_answer(contact)
        self.assertFalse(self.board())
        with freeze_time("2026-11-08 08:00:00"):
            self.assertEqual(self.board(), contact)
            self.assertFalse(waiting.is_today)

    def test_day_begins_at_the_branchs_midnight(self):
        self.company.partner_id.tz = "Asia/Shanghai"
        contact = self.contact("A", "1", due_from="2026-11-08", due_to="2026-11-09")
        with freeze_time("2026-11-07 15:59:00"):
            self.assertFalse(self.board())
        with freeze_time("2026-11-07 16:01:00"):
            self.assertEqual(self.board(), contact)

    def test_contacts_of_another_branch_are_not_listed(self):
        branch, stranger = self.make_branch()
        window = {"due_from": "2026-11-01", "due_to": "2026-11-09"}
        theirs = self.contact("A", "1", company_id=branch.id, **window)
        ours = self.contact("B", "2", **window)
        self.assertEqual(self.board(), ours)
        self.assertEqual(self.board(stranger), theirs)

    def test_urgency_of_each_day(self):
        for due_from, due_to, urgency in (
            ("2026-11-01", "2026-11-06", "overdue"),
            ("2026-11-01", "2026-11-07", "today"),
            ("2026-11-07", "2026-11-08", "open"),
            ("2026-11-08", "2026-11-09", "later"),
        ):
            contact = self.contact(urgency, "1", due_from=due_from, due_to=due_to)
            self.assertEqual(contact.urgency, urgency)

    def test_smart_buttons_count_per_order_and_customer(self):
        orders = self.make_delivered() + self.make_delivered()
        self.log(orders[0].followup_ids, user=self.user_caller)
        orders = orders.with_user(self.user_caller)
        self.assertEqual(orders.mapped("followup_count"), [2, 1])
        self.assertEqual(orders.mapped("followup_call_count"), [1, 0])
        customer = self.customer.with_user(self.user_caller)
        self.assertEqual(customer.followup_count, 3)
        self.assertEqual(customer.service_call_count, 1)
        for action in (orders[0].action_view_followups(), customer.action_view_followups()):
            found = self.env["service.followup"].search(action["domain"])
            self.assertIn(orders[0].followup_ids[0], found)
        call = orders[0].followup_ids.call_id
        for action in (
            orders[0].action_view_followup_calls(),
            customer.action_view_service_calls(),
            call.followup_ids.action_view_calls(),
        ):
            self.assertEqual(self.env["service.call"].search(action["domain"]), call)
        self.assertEqual(orders[0].followup_ids[0].action_view_order()["res_id"], orders[0].id)
        driver = self.make_customer(name="Driver", phone="+1 555 0199")
        fleet = self.make_customer(name="Fleet", is_company=True)
        clerk = self.make_customer(name="Clerk", parent_id=fleet.id)
        order = self.make_delivered(partner_id=clerk.id, contact_id=driver.id)
        people = (driver + fleet + clerk).with_user(self.user_caller)
        self.assertEqual(people.mapped("followup_count"), [1, 1, 1])
        for partner in people:
            self.assertEqual(
                self.env["service.followup"].search(partner.action_view_followups()["domain"]),
                order.followup_ids,
            )
        self.assertFalse(
            self.env["service.letter"].search(customer.action_view_service_letters()["domain"])
        )
