from psycopg2 import IntegrityError

from odoo.exceptions import UserError
from odoo.tests import tagged
from odoo.tools import mute_logger

from ..models.service_rating import COMMENT_LENGTH
from ..rules import rating_lifecycle as life
from .common import RatingCommon


@tagged("post_install", "-at_install")
class TestRatingVote(RatingCommon):
    """The customer votes once; nobody else ever writes."""

    def test_a_vote_is_stored_as_given(self):
        rating = self.make_rating()
        self.assertTrue(rating._submit(-50, 200, "  Never again!  ", "hash"))
        self.assertEqual(rating.state, "submitted")
        self.assertEqual((rating.technical_score, rating.attitude_score), (-50, 200))
        self.assertEqual(rating.comment, "Never again!")
        self.assertEqual(rating.origin_hash, "hash")
        self.assertTrue(rating.submitted_at)

    def test_the_second_vote_changes_nothing(self):
        rating = self.make_rating()
        rating._submit(100, 100, None, "hash")
        self.assertFalse(rating._submit(200, 200, "again", "other"))
        self.assertEqual((rating.technical_score, rating.attitude_score), (100, 100))
        self.assertFalse(rating.comment)
        self.assertEqual(len(rating.share_ids), 2)

    def test_a_comment_is_capped(self):
        rating = self.make_rating()
        rating._submit(100, 100, "x" * (COMMENT_LENGTH + 50), "hash")
        self.assertEqual(len(rating.comment), COMMENT_LENGTH)

    def test_only_the_choices_are_scores(self):
        read = self.env["service.rating"]._read_score
        self.assertEqual([read("-50"), read("0"), read("200")], [-50, 0, 200])
        for text in ("", None, "-60", "210", "55", "100.0", "ten", "1e2"):
            self.assertIsNone(read(text), text)

    def test_the_database_refuses_what_lies_outside(self):
        rating = self.vote(self.make_rating())
        self.env.flush_all()
        for column in ("technical_score", "attitude_score"):
            for value in (-51, 201):
                with (
                    self.assertRaises(IntegrityError),
                    mute_logger("odoo.sql_db"),
                    self.env.cr.savepoint(),
                ):
                    self.env.cr.execute(
                        f"UPDATE service_rating SET {column} = %s WHERE id = %s",
                        (value, rating.id),
                    )

    def test_the_database_refuses_a_submission_without_scores(self):
        rating = self.make_rating()
        self.env.flush_all()
        with (
            self.assertRaises(IntegrityError),
            mute_logger("odoo.sql_db"),
            self.env.cr.savepoint(),
        ):
            self.env.cr.execute(
                "UPDATE service_rating SET state = 'submitted' WHERE id = %s", (rating.id,)
            )

    def test_not_even_the_system_changes_a_vote(self):
        rating = self.vote(self.make_rating())
        for vals in (
            {"technical_score": 200},
            {"attitude_score": 200},
            {"comment": "All well"},
            {"submitted_at": "2026-01-01 00:00:00"},
            {"order_id": self.make_order().id},
            {"access_token": "mine"},
            {"share_ids": [(5, 0, 0)]},
        ):
            with self.assertRefused("customer's"):
                rating.sudo().write(vals)
            with self.assertRefused("customer's"):
                rating.with_context(service_vote_key=True).write(vals)

    def test_nobody_deletes_a_rating(self):
        rating = self.make_rating()
        with self.assertRefused("nobody deletes"):
            rating.unlink()

    def test_nobody_creates_a_rating_with_scores(self):
        order = self.make_order()
        with self.assertRefused("Only the customer"):
            self.make_rating(order, technical_score=200)

    def test_state_moves_by_verbs_only(self):
        rating = self.make_rating()
        with self.assertRaises(UserError):
            rating.state = "processed"

    def test_every_state_and_verb(self):
        for state, _label in life.STATES:
            for verb in life.RATING.verbs:
                rating = self.make_rating()
                if state != life.SENT:
                    self.vote(rating)
                if state == life.PROCESSED:
                    rating.with_user(self.user_officer)._process("done")
                self.assertEqual(rating.state, state)
                if life.RATING.allows(verb, state):
                    rating._lifecycle_check(verb)
                else:
                    with self.assertRaises(UserError):
                        rating._lifecycle_check(verb)

    # === PROCESSING === #

    def test_a_comment_is_answered_before_it_is_closed(self):
        rating = self.vote(self.make_rating(), comment="Too slow").with_user(self.user_officer)
        with self.assertRefused("say what was done"):
            rating.action_process()
        action = rating.action_answer()
        wizard = (
            self.env[action["res_model"]]
            .with_user(self.user_officer)
            .with_context(**action["context"])
            .create({"answer": "Called the customer and apologised."})
        )
        wizard.action_process()
        self.assertEqual(rating.state, "processed")
        self.assertEqual(rating.answer, "Called the customer and apologised.")
        self.assertEqual(rating.processed_by_id, self.user_officer)
        self.assertEqual(rating.comment, "Too slow")

    def test_ratings_without_comment_are_processed_together(self):
        ratings = self.vote(self.make_rating()) | self.vote(self.make_rating())
        ratings.with_user(self.user_officer).action_process()
        self.assertEqual(set(ratings.mapped("state")), {"processed"})

    def test_an_open_link_is_not_processed(self):
        with self.assertRaises(UserError):
            self.make_rating().with_user(self.user_officer).action_answer()

    def test_only_the_department_processes(self):
        rating = self.vote(self.make_rating())
        for user in (self.user_manager, self.user_technical_manager):
            with self.assertRefused("customer-service department"):
                rating.with_user(user).action_process()

    # === CREDIT === #

    def weights(self, rating, dimension):
        return {
            share.employee_id: share.weight
            for share in rating.share_ids.filtered(lambda share: share.dimension == dimension)
        }

    def test_technical_level_is_credited_by_clocked_hours(self):
        order = self.make_worked_order({self.technician: 3.0, self.technician_2: 1.0})
        rating = self.vote(self.make_rating(order))
        self.assertEqual(
            self.weights(rating, "technical"), {self.technician: 0.75, self.technician_2: 0.25}
        )

    def test_nobody_clocked_then_the_assigned_share_equally(self):
        order = self.make_order(jobs=[{}])
        for employee in (self.technician, self.technician_2):
            self.env["service.assignment"].create(
                {"job_id": order.job_ids.id, "employee_id": employee.id}
            )
        rating = self.vote(self.make_rating(order))
        self.assertEqual(
            self.weights(rating, "technical"), {self.technician: 0.5, self.technician_2: 0.5}
        )

    def test_attitude_is_shared_with_who_received_the_customer(self):
        receptionist = self.env["hr.employee"].create(
            {"name": "Receptionist", "user_id": self.user_receptionist.id}
        )
        order = self.make_worked_order()
        self.drive(order, "booked")
        order.with_user(self.user_receptionist).action_receive()
        rating = self.vote(self.make_rating(order))
        self.assertEqual(self.weights(rating, "attitude"), {self.advisor: 0.7, receptionist: 0.3})

    def test_the_credit_says_why(self):
        """Each share is explained on the rating: basis and clocked hours (design 16)."""
        receptionist = self.env["hr.employee"].create(
            {"name": "Receptionist", "user_id": self.user_receptionist.id}
        )
        order = self.make_worked_order({self.technician: 3.0, self.technician_2: 1.0})
        self.drive(order, "booked")
        order.with_user(self.user_receptionist).action_receive()
        rating = self.vote(self.make_rating(order))
        self.assertEqual(
            {(one.employee_id, one.basis, one.hours) for one in rating.share_ids},
            {
                (self.technician, "clocked", 3.0),
                (self.technician_2, "clocked", 1.0),
                (self.advisor, "advisor", 0.0),
                (receptionist, "met", 0.0),
            },
        )
        idle = self.make_order(jobs=[{}])
        self.env["service.assignment"].create(
            {"job_id": idle.job_ids.id, "employee_id": self.technician.id}
        )
        shares = self.vote(self.make_rating(idle)).share_ids
        self.assertEqual(
            shares.filtered(lambda one: one.dimension == "technical").basis, "assigned"
        )

    def test_the_cashier_is_never_credited(self):
        self.env["hr.employee"].create({"name": "Cashier", "user_id": self.user_cashier.id})
        order = self.make_worked_order()
        self.env["service.transition"].create(
            {
                "res_model": order._name,
                "res_id": order.id,
                "verb": "deliver",
                "from_state": "settled",
                "to_state": "delivered",
                "user_id": self.user_cashier.id,
            }
        )
        rating = self.vote(self.make_rating(order))
        self.assertEqual(self.weights(rating, "attitude"), {self.advisor: 1.0})

    def test_credit_adds_up_to_one_in_the_database(self):
        order = self.make_worked_order(
            {self.technician: 1.0, self.technician_2: 1.0, self.make_technician(): 1.0}
        )
        rating = self.vote(self.make_rating(order))
        self.env.flush_all()
        self.env.cr.execute(
            "SELECT dimension, SUM(weight)::text FROM service_rating_share "
            "WHERE rating_id = %s GROUP BY dimension ORDER BY dimension",
            (rating.id,),
        )
        self.assertEqual(
            self.env.cr.fetchall(), [("attitude", "1.000000"), ("technical", "1.000000")]
        )

    def test_credit_is_never_changed_nor_deleted(self):
        share = self.vote(self.make_rating()).share_ids[0]
        with self.assertRefused("never changed"):
            share.sudo().weight = 1.0
        with self.assertRefused("never deleted"):
            share.sudo().unlink()

    def test_a_share_shows_what_the_customer_gave(self):
        rating = self.vote(self.make_rating(), technical=150, attitude=-20)
        self.assertEqual(
            {share.dimension: share.score for share in rating.share_ids},
            {"technical": 150, "attitude": -20},
        )
