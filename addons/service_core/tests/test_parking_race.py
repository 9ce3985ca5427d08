import threading
from datetime import timedelta
from unittest.mock import patch

from odoo import SUPERUSER_ID, api, fields
from odoo.exceptions import UserError
from odoo.modules.registry import Registry
from odoo.service.model import retrying
from odoo.tests import BaseCase, tagged
from odoo.tests.common import get_db_name
from odoo.tools import mute_logger


@tagged("post_install", "-at_install")
class TestParkingRace(BaseCase):
    """Two people on the last parking place: real connections and real commits, fifty times."""

    ROUNDS = 50
    START = fields.Datetime.to_datetime("2032-03-01 09:00:00")

    def setUp(self):
        super().setUp()
        self.registry_real = Registry(get_db_name())
        self.addCleanup(self._clean)
        with self.registry_real.cursor() as cr:
            env = self.environment(cr)
            others = env["service.bay"].search([("kind", "=", "parking")])
            self.others = others.ids
            others.active = False
            self.bays = (
                env["service.bay"]
                .create([{"name": f"Race {number}", "kind": "parking"} for number in range(3)])
                .ids
            )
            self.user_ids = (
                env["res.users"]
                .with_context(no_reset_password=True)
                .create(
                    [
                        {
                            "name": login,
                            "login": login,
                            "group_ids": [
                                (4, env.ref("base.group_user").id),
                                (4, env.ref("service_core.group_service_receptionist").id),
                            ],
                        }
                        for login in ("race_gate_one", "race_gate_two")
                    ]
                )
                .ids
            )
            self.order_ids = (
                env["service.order"]
                .create(
                    [
                        {"eta": self.moment(number), "license_plate": f"PARK {number} {desk}"}
                        for number in range(self.ROUNDS)
                        for desk in range(2)
                    ]
                )
                .ids
            )

    def environment(self, cr, uid=SUPERUSER_ID):
        return api.Environment(cr, uid, {"tracking_disable": True})

    def moment(self, number):
        return self.START + timedelta(days=number)

    def _clean(self):
        with self.registry_real.cursor() as cr:
            env = self.environment(cr)
            env["service.order"].browse(self.order_ids).unlink()
            env["service.bay"].browse(self.bays).unlink()
            env["service.bay"].browse(self.others).active = True
            env["res.users"].browse(self.user_ids).unlink()

    def at_once(self, act):
        """``act(env, number, round)`` of both people at the same moment, round after round."""
        together = threading.Barrier(2, timeout=60)
        answers = [[], []]

        def person(number):
            for one in range(self.ROUNDS):
                with self.registry_real.cursor() as cr:
                    env = self.environment(cr, self.user_ids[number])
                    # the snapshot begins before the other one has the place
                    env["service.bay"].search([("id", "=", self.bays[2])]).mapped("name")
                    together.wait()
                    try:
                        retrying(lambda env=env, one=one: act(env, number, one), env)
                        answers[number].append("kept")
                    except UserError as refusal:
                        cr.rollback()
                        answers[number].append(str(refusal))

        threads = [threading.Thread(target=person, args=(number,)) for number in range(2)]
        # the loser is replayed at once instead of after a random pause
        with patch("odoo.service.model.random.uniform", return_value=0.005):
            for thread in threads:
                thread.start()
            for thread in threads:
                thread.join(120)
        self.assertEqual([len(own) for own in answers], [self.ROUNDS] * 2, answers)
        return answers

    def kept(self, env):
        """``{round: orders that have the last place}``."""
        held = env["service.parking"].search([("bay_id", "=", self.bays[2])])
        return {
            number: held.filtered(
                lambda one, number=number: one.start.date() == self.moment(number).date()
            ).order_id
            for number in range(self.ROUNDS)
        }

    @mute_logger("odoo.service.model", "odoo.sql_db")
    def test_two_desks_want_the_same_place_and_one_is_told_so(self):
        with self.registry_real.cursor() as cr:
            env = self.environment(cr)
            env["service.parking"].create(
                [
                    {
                        "order_id": order_id,
                        "bay_id": self.bays[position % 2],
                        "start": self.moment(position // 2),
                        "stop": self.moment(position // 2) + timedelta(hours=1),
                    }
                    for position, order_id in enumerate(self.order_ids)
                ]
            )

        def move(env, number, one):
            order_id = self.order_ids[2 * one + number]
            reservation = env["service.parking"].search([("order_id", "=", order_id)])
            reservation.bay_id = self.bays[2]

        answers = self.at_once(move)
        for pair in zip(*answers, strict=True):
            self.assertEqual(sorted(answer == "kept" for answer in pair), [False, True], pair)
            self.assertIn("already kept free", next(text for text in pair if text != "kept"))
        with self.registry_real.cursor() as cr:
            for orders in self.kept(self.environment(cr)).values():
                self.assertEqual(len(orders), 1)

    @mute_logger("odoo.service.model", "odoo.sql_db")
    def test_two_bookings_take_the_last_place_and_one_goes_without(self):
        with self.registry_real.cursor() as cr:
            self.environment(cr)["service.bay"].browse(self.bays[:2]).active = False

        def reserve(env, number, one):
            # sudo: as the job after booking does it
            env["service.order"].browse(self.order_ids[2 * one + number]).sudo()._reserve_parking()

        self.assertEqual(self.at_once(reserve), [["kept"] * self.ROUNDS] * 2)
        with self.registry_real.cursor() as cr:
            env = self.environment(cr)
            for orders in self.kept(env).values():
                self.assertEqual(len(orders), 1)
            held = env["service.parking"].search([("order_id", "in", self.order_ids)])
            self.assertEqual(len(held), self.ROUNDS)
