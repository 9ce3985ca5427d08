from psycopg2 import IntegrityError

from odoo.exceptions import UserError
from odoo.tests import freeze_time, tagged
from odoo.tools import mute_logger

from .common import ServiceCommon


@tagged("post_install", "-at_install")
@freeze_time("2026-03-02 08:00:00")
class TestCall(ServiceCommon):
    def call(self, **values):
        return (
            self.env["service.call"]
            .with_user(self.user_receptionist)
            .create({"partner_id": self.customer.id, **values})
        )

    def test_the_number_comes_from_the_customer(self):
        self.assertEqual(self.call().phone, "+1 555 0100")

    def test_the_number_of_the_visit_comes_first(self):
        order = self.make_order(jobs=[], contact_phone="+1 555 0199")
        self.assertEqual(self.call(order_id=order.id).phone, "+1 555 0199")

    def test_a_typed_number_stays(self):
        call = self.call(phone="+1 555 7777")
        self.assertEqual(call.phone, "+1 555 7777")
        self.assertIn("Ada Owner", call.display_name)

    def test_the_customers_words_are_never_rewritten(self):
        one, two = self.call(verbatim="It still squeaks"), self.call()
        two.verbatim = "All fine"
        with self.assertRaisesRegex(UserError, "not changed once saved"):
            (one | two).write({"verbatim": "All fine"})
        one.write({"verbatim": "It still squeaks", "note": "He sounded calm"})
        self.assertEqual(one.verbatim, "It still squeaks")

    def test_a_call_with_words_is_kept(self):
        spoken, silent = self.call(verbatim="Hello"), self.call()
        with self.assertRaisesRegex(UserError, "is kept"):
            spoken.with_user(self.user_manager).unlink()
        silent.with_user(self.user_manager).unlink()
        self.assertFalse(silent.exists())

    def test_do_not_call_is_shown_on_the_call(self):
        self.customer.service_do_not_call = True
        self.assertTrue(self.call().do_not_call)

    @mute_logger("odoo.sql_db")
    def test_seconds_and_rings_are_not_negative(self):
        with self.assertRaises(IntegrityError), self.env.cr.savepoint():
            self.call(duration=-1)
        with self.assertRaises(IntegrityError):
            self.call(rings=-1)
