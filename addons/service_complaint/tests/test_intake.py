from odoo.exceptions import AccessError, UserError
from odoo.tests import Form, freeze_time, tagged

from .common import WORDS, ComplaintCommon


@tagged("post_install", "-at_install")
class TestIntake(ComplaintCommon):
    """One call, one form, one case (S1-44)."""

    def intake(self, user=None, **values):
        return (
            self.env["helpdesk.ticket.intake"]
            .with_user(user or self.user_hotline)
            .create({"phone": "+1 (555) 01-00", "verbatim": WORDS, **values})
        )

    def case_of(self, action):
        return self.env["helpdesk.ticket"].browse(action["res_id"])

    def test_the_number_finds_customer_car_and_last_visit(self):
        owner = self.make_customer(name="Bo", phone="+1 555 7788 99")
        vehicle = self.make_vehicle(owner=owner)
        order = self.make_order(vehicle_id=vehicle.id)
        with Form(self.env["helpdesk.ticket.intake"].with_user(self.user_hotline)) as form:
            form.phone = "555-778899"
            self.assertEqual(form.partner_id, owner)
            self.assertEqual(form.vehicle_id, vehicle)
            self.assertEqual(form.order_id, order)
            self.assertEqual(form.recent_order_ids[:], order)
            form.verbatim = WORDS

    def test_the_plate_finds_the_customer(self):
        vehicle = self.make_vehicle(owner=self.make_customer(name="Cy", phone=False))
        intake = self.intake(phone=False, vehicle_id=vehicle.id)
        self.assertEqual(intake.partner_id, vehicle.owner_id)

    def test_a_sister_branchs_visit_is_not_proposed(self):
        branch, _caller = self.make_branch()
        vehicle = self.make_vehicle()
        self.env["service.order"].create({"vehicle_id": vehicle.id, "company_id": branch.id})
        self.assertFalse(self.intake(phone=False, vehicle_id=vehicle.id).order_id)

    def test_two_customers_with_one_number_are_not_guessed(self):
        self.make_customer(name="One", phone="+1 555 9999 11")
        self.make_customer(name="Two", phone="+1 555 9999 11")
        self.assertFalse(self.intake(phone="555 999911").partner_id)

    def test_the_agent_sees_the_open_case_before_he_opens_another(self):
        case = self.make_case("routed")
        self.assertIn(case, self.intake(vehicle_id=self.vehicle.id).open_ticket_ids)

    def test_a_form_shows_a_case_at_its_step(self):
        """A form computes on copies; they start where their record stands."""
        case = self.make_case("routed")
        self.assertEqual(case.new(origin=case).case_state, "routed")

    @freeze_time("2026-03-02 10:00:00")
    def test_a_call_is_written_down_as_one_case(self):
        intake = self.intake(vehicle_id=self.vehicle.id, rings=2, is_complaint=True)
        with freeze_time("2026-03-02 10:03:00"):
            case = self.case_of(intake.action_open())
        self.assertEqual(case.case_state, "recorded")
        self.assertEqual(case.user_id, self.user_hotline)
        self.assertEqual(case.verbatim, WORDS)
        call = case.call_id
        self.assertEqual(call, case.call_ids)
        self.assertEqual((call.direction, call.purpose, call.rings), ("in", "hotline", 2))
        self.assertEqual(call.duration, 180)
        self.assertTrue(case.announced_at)

    def test_the_line_is_open_on_a_sunday_night(self):
        """S3-15, S3-16: intake never depends on working hours."""
        with freeze_time("2026-03-01 03:00:00"):
            case = self.case_of(self.intake(is_complaint=True).action_open())
        self.assertEqual(case.case_state, "recorded")

    def test_a_call_is_routed_at_once(self):
        with self.assertRaisesRegex(UserError, "Choose the type of problem"):
            self.intake().action_route()
        case = self.case_of(self.intake(problem_type="technical").action_route())
        self.assertEqual(case.case_state, "routed")
        self.assertEqual(case.team_id, self.team_technical)

    def test_a_call_is_solved_at_once(self):
        with self.assertRaisesRegex(UserError, "which solution"):
            self.intake().action_solve()
        case = self.case_of(self.intake(answer="Press reset for 3 s.").action_solve())
        self.assertEqual(case.case_state, "replied")
        self.assertTrue(case.is_direct)

    def test_a_written_enquiry_is_no_call(self):
        channel = self.env.ref("helpdesk_mgmt.helpdesk_ticket_channel_web")
        case = self.case_of(self.intake(channel_id=channel.id).action_open())
        self.assertFalse(case.call_id)
        self.assertFalse(case.call_ids)

    def test_a_stranger_is_written_down_by_name(self):
        case = self.case_of(
            self.intake(phone="+44 20 0000", caller_name="Mr. Unknown").action_open()
        )
        self.assertFalse(case.partner_id)
        self.assertEqual(case.partner_name, "Mr. Unknown")

    def test_the_counter_reports_to_the_hotlines_inbox(self):
        order = self.make_order()
        action = order.with_user(self.user_advisor).action_report_case()
        self.assertEqual(action["context"]["default_order_id"], order.id)
        intake = self.wizard(action, user=self.user_advisor, verbatim=WORDS, is_complaint=True)
        case = self.case_of(intake.action_open())
        self.assertEqual(case.case_state, "draft")
        self.assertEqual(case.order_id, order)
        self.assertEqual(case.user_id, self.user_hotline_manager)
        self.assertTrue(case.sudo().announced_at)
        self.assertFalse(case.sudo().call_id)

    def test_who_may_not_read_cases_is_told_that_it_arrived(self):
        intake = self.intake(user=self.user_technician, vehicle_id=self.vehicle.id)
        self.assertEqual(intake.action_open()["tag"], "display_notification")
        with self.assertRaises(AccessError):
            self.intake(user=self.user_technician, problem_type="sales").action_route()

    def test_no_hotline_is_said_in_a_sentence(self):
        self.env["helpdesk.ticket.team"].search([("is_hotline", "=", True)]).is_hotline = False
        with self.assertRaisesRegex(UserError, "No team takes the calls"):
            self.intake().action_open()

    def test_a_case_is_found_by_plate_and_by_any_spelling_of_the_phone(self):
        case = self.make_case(caller_phone="+1 (555) 123-4567")
        Ticket = self.env["helpdesk.ticket"].with_user(self.user_hotline)
        for number in ("5551234567", "123 45 67", "+1 555 123 4567"):
            self.assertIn(case, Ticket.search([("phone_search", "ilike", number)]), number)
        self.assertNotIn(case, Ticket.search([("phone_search", "ilike", "999")]))
        plate = self.vehicle.license_plate
        self.assertIn(case, Ticket.search([("vehicle_id", "ilike", plate[-4:])]))

    def test_the_form_of_a_new_case_is_half_filled(self):
        defaults = (
            self.env["helpdesk.ticket"]
            .with_user(self.user_hotline)
            .with_context(service_case=True)
            .default_get(["team_id", "user_id", "channel_id"])
        )
        self.assertEqual(defaults["team_id"], self.team_hotline.id)
        self.assertEqual(defaults["user_id"], self.user_hotline.id)

    def test_a_case_typed_into_the_form_is_saved_and_recorded(self):
        view = "service_complaint.helpdesk_ticket_view_form"
        Ticket = self.env["helpdesk.ticket"].with_user(self.user_hotline)
        with Form(Ticket.with_context(service_case=True), view=view) as form:
            form.name = "Jerks"
            form.vehicle_id = self.vehicle
            form.verbatim = WORDS
            form.problem_type = "technical"
        case = form.record
        self.assertEqual(case.partner_id, self.customer)
        self.assertEqual(case.team_id, self.team_hotline)
        self.assertEqual(case.user_id, self.user_hotline)
        self.assertTrue(case.route_id)
        case.action_record()
        self.assertEqual(case.case_state, "recorded")
        with Form(case, view=view) as form:
            form.problem_type = "sales"
            self.assertEqual(form.case_state, "recorded")
        self.assertEqual(case.route_id.team_id, self.team_sales)
