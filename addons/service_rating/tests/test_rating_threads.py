import threading
from contextlib import closing
from datetime import timedelta

from psycopg2.errors import SerializationFailure

from odoo import SUPERUSER_ID, api, fields
from odoo.modules.registry import Registry
from odoo.tests import BaseCase, get_db_name, tagged
from odoo.tools import mute_logger

POSTS = 200
# As many as a server lets into the database at once; the others wait, as requests do.
CURSORS = 40


@tagged("post_install", "-at_install")
class TestRatingThreads(BaseCase):
    """Many posts of one link at the same time, each in its own transaction: one vote."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.registry = Registry(get_db_name())
        with closing(cls.registry.cursor()) as cr:
            env = api.Environment(cr, SUPERUSER_ID, {})
            partner = env["res.partner"].create({"name": "Thread Customer"})
            vehicle = env["service.vehicle"].create({"license_plate": "THR 1"})
            order = env["service.order"].create(
                {"partner_id": partner.id, "vehicle_id": vehicle.id}
            )
            order.contact_id = partner
            rating = env["service.rating"].create(
                {
                    "order_id": order.id,
                    "company_id": order.company_id.id,
                    "partner_id": partner.id,
                    "expires_at": fields.Datetime.now() + timedelta(days=1),
                }
            )
            cls.ids = (rating.id, order.id, vehicle.id, partner.id)
            # the threads' own transactions must see it
            cr.commit()  # pylint: disable=invalid-commit

    @classmethod
    def tearDownClass(cls):
        rating, order, vehicle, partner = cls.ids
        with closing(cls.registry.cursor()) as cr:
            # what was committed for the threads is taken away by hand: a rating refuses to go
            cr.execute("DELETE FROM service_rating WHERE id = %s", (rating,))
            cr.execute("DELETE FROM service_order WHERE id = %s", (order,))
            cr.execute(
                "DELETE FROM service_transition WHERE res_model = 'service.rating' AND res_id = %s",
                (rating,),
            )
            cr.execute("DELETE FROM service_vehicle WHERE id = %s", (vehicle,))
            cr.execute("DELETE FROM res_partner WHERE id = %s", (partner,))
            # what the threads left is gone for the tests after them
            cr.commit()  # pylint: disable=invalid-commit
        super().tearDownClass()

    def vote(self, number, results, barrier):
        """One post, retried as the server retries a serialization failure."""
        score = -50 + 10 * number % 260
        barrier.wait()
        for _attempt in range(5):
            with self.places, closing(self.registry.cursor()) as cr:
                rating = api.Environment(cr, SUPERUSER_ID, {})["service.rating"].browse(self.ids[0])
                try:
                    stored = rating.state == "sent" and rating._submit(score, score, None, "t")
                    # each post ends its own transaction, as a request does
                    cr.commit()  # pylint: disable=invalid-commit
                except SerializationFailure:
                    cr.rollback()
                    continue
                results.append(score if stored else None)
                return
        results.append("gave up")

    def test_many_posts_at_once_are_one_vote(self):
        results, barrier = [], threading.Barrier(POSTS)
        self.places = threading.Semaphore(CURSORS)
        threads = [
            threading.Thread(target=self.vote, args=(number, results, barrier))
            for number in range(POSTS)
        ]
        # who comes second is turned back by the database and tries again, as the server does
        with mute_logger("odoo.sql_db"):
            # two hundred default stacks do not fit into the memory a server may take
            size = threading.stack_size(1024 * 1024)
            for thread in threads:
                thread.start()
            threading.stack_size(size)
            for thread in threads:
                thread.join()
        stored = [score for score in results if score is not None]
        self.assertEqual(len(results), POSTS)
        self.assertEqual(len(stored), 1, results)
        with closing(self.registry.cursor()) as cr:
            cr.execute(
                "SELECT state, technical_score, attitude_score FROM service_rating WHERE id = %s",
                (self.ids[0],),
            )
            self.assertEqual(cr.fetchall(), [("submitted", stored[0], stored[0])])
            cr.execute(
                "SELECT COUNT(*) FROM service_transition "
                "WHERE res_model = 'service.rating' AND res_id = %s AND verb = 'submit'",
                (self.ids[0],),
            )
            self.assertEqual(cr.fetchone(), (1,))
