from odoo.tests import Form, tagged

from .common import ServiceCommon


@tagged("post_install", "-at_install")
class TestOrderEntry(ServiceCommon):
    """What a form fills in by itself, so that an advisor does not type it twice."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.operation = cls.env["service.operation"].create(
            {"code": "T-WIP", "name": "Replace wipers", "standard_hours": 0.4}
        )

    def test_operation_names_the_job_that_had_only_words(self):
        order = self.make_order("draft", jobs=[])
        with Form(order.with_user(self.user_advisor)) as form, form.job_ids.new() as job:
            job.customer_words = "It leaves streaks.\nOnly in the rain."
            self.assertEqual(job.name, "It leaves streaks.")
            job.operation_id = self.operation
            self.assertEqual(job.name, "Replace wipers")
        self.assertEqual(order.job_ids.mapped("name"), ["Replace wipers"])

    def test_typed_name_of_a_job_stays(self):
        order = self.make_order("draft", jobs=[])
        with Form(order.with_user(self.user_advisor)) as form, form.job_ids.new() as job:
            job.name = "Wipers, both"
            job.operation_id = self.operation
        self.assertEqual(order.job_ids.name, "Wipers, both")

    def test_line_typed_into_the_order_joins_the_last_open_job(self):
        order = self.make_order("received", jobs=[{}, {}])
        with Form(order.with_user(self.user_advisor)) as form, form.line_ids.new() as line:
            line.product_id = self.make_part("Wiper blade")
        added = order.line_ids.filtered(lambda line: line.kind == "part")
        self.assertEqual(added.job_id, order.job_ids[-1])

    def test_advisor_who_receives_the_car_speaks_for_it(self):
        order, named = self.make_order("booked") | self.make_order("booked")
        (order | named).advisor_id = False
        named.advisor_id = self.user_manager
        (order | named).with_user(self.user_advisor).action_receive()
        self.assertEqual(order.advisor_id, self.user_advisor)
        self.assertEqual(named.advisor_id, self.user_manager)

    def test_receptionist_who_receives_the_car_is_no_advisor(self):
        order = self.make_order("booked")
        order.advisor_id = False
        order.with_user(self.user_receptionist).action_receive()
        self.assertFalse(order.advisor_id)
