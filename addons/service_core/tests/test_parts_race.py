import threading
from unittest.mock import patch

from odoo import SUPERUSER_ID, api
from odoo.exceptions import UserError
from odoo.modules.registry import Registry
from odoo.service.model import retrying
from odoo.tests import BaseCase, tagged
from odoo.tests.common import get_db_name
from odoo.tools import mute_logger

from .common import ROLES, ServiceFactory

ORDERS = 5
LINES = 10  # of each order, one piece each: fifty rounds


class RealFactory(ServiceFactory):
    """The factories on a connection of their own."""


@tagged("post_install", "-at_install")
class TestPartsRace(BaseCase):
    """Two clerks hand out the last piece, with real connections and real commits.

    No test transaction here: what it had written would lock the rows for the two.
    """

    def setUp(self):
        super().setUp()
        self.registry_real = Registry(get_db_name())
        self.addCleanup(self._clean)
        with self.registry_real.cursor() as cr:
            env = api.Environment(cr, SUPERUSER_ID, {"tracking_disable": True})
            made = type("Made", (RealFactory,), {"env": env})
            company = env.company
            self.before = (company.service_buffer_percent, company.service_parallel_receptions)
            made.setup_service()
            made.part.name = "Raced Part"
            env.flush_all()
            orders = env["service.order"].union(
                *(
                    made.make_order(
                        "agreed", jobs=[{"parts": [(made.part, 1)] * LINES}], planned_start=False
                    )
                    for _number in range(ORDERS)
                )
            )
            self.order_ids = orders.ids
            lines = orders.line_ids.filtered(lambda line: line.product_id == made.part)
            self.line_ids = lines.ids
            self.part_id = made.part.id
            # in the order in which they can be deleted
            self.made = {
                records._name: records.ids
                for records in (
                    orders.vehicle_id,
                    made.model,
                    made.brand,
                    made.operation,
                    made.technician,
                    env["res.users"].union(*(getattr(made, f"user_{role}") for role in ROLES)),
                    (made.part | made.scarce_part).seller_ids,
                    made.part | made.scarce_part,
                    made.customer | made.vendor | made.oem,
                )
            }
            # not one piece more than the cars were promised
            made.stock_up(made.part, len(lines) - made.part.qty_available)
            self.clerk_id = made.user_parts.id

    def _clean(self):
        with self.registry_real.cursor() as cr:
            # raw SQL: goods that went out are closed to the ORM, and must leave no trace here
            for query in (
                "DELETE FROM stock_move_line WHERE product_id = %(part)s",
                "DELETE FROM stock_move WHERE product_id = %(part)s",
                "DELETE FROM stock_picking WHERE sale_id IN %(sales)s",
                "DELETE FROM stock_quant WHERE product_id = %(part)s",
                "DELETE FROM service_order WHERE id IN %(orders)s",
                "DELETE FROM sale_order WHERE id IN %(sales)s",
            ):
                cr.execute(
                    query,
                    {
                        "part": self.part_id,
                        "orders": tuple(self.order_ids),
                        "sales": self._sales(cr),
                    },
                )
            env = api.Environment(cr, SUPERUSER_ID, {})
            company = env.company
            company.service_buffer_percent, company.service_parallel_receptions = self.before
            for name, ids in self.made.items():
                records = env[name].browse(ids)
                if name == "res.users":
                    for user in records:
                        user.write({"login": f"raced_{user.id}", "active": False})
                elif name in ("hr.employee", "product.product"):
                    records.action_archive()
                else:
                    records.unlink()

    def _sales(self, cr):
        if not hasattr(self, "sale_ids"):
            cr.execute(
                "SELECT id FROM sale_order WHERE service_order_id IN %s", [tuple(self.order_ids)]
            )
            self.sale_ids = tuple(row[0] for row in cr.fetchall()) or (None,)
        return self.sale_ids

    def _issue_at_once(self, line_id):
        together = threading.Barrier(2, timeout=20)
        answers = []

        def issue():
            with self.registry_real.cursor() as cr:
                env = api.Environment(cr, self.clerk_id, {"tracking_disable": True})
                line = env["service.order.line"].browse(line_id)
                line.reserved_qty  # noqa: B018  the snapshot begins here, both see the piece
                together.wait()
                try:
                    retrying(lambda: env["service.order.line"].browse(line_id)._issue(1), env)
                    answers.append("issued")
                except UserError as refusal:
                    cr.rollback()
                    answers.append(str(refusal))

        threads = [threading.Thread(target=issue) for _clerk in range(2)]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join(60)
        return answers

    # the pause before core repeats a request is not what is raced
    @patch("odoo.service.model.time.sleep", lambda seconds: None)
    @mute_logger("odoo.service.model", "odoo.sql_db")
    def test_the_last_piece_goes_out_once_in_fifty_rounds(self):
        for line_id in self.line_ids:
            answers = self._issue_at_once(line_id)
            self.assertEqual(len(answers), 2)
            self.assertEqual(answers.count("issued"), 1, answers)
            refused = next(answer for answer in answers if answer != "issued")
            self.assertRegex(refused, "only 0 reserved|nothing to issue")
        with self.registry_real.cursor() as cr:
            env = api.Environment(cr, SUPERUSER_ID, {})
            lines = env["service.order.line"].browse(self.line_ids)
            self.assertEqual(len(lines), ORDERS * LINES)
            self.assertEqual(set(lines.mapped("issued_qty")), {1})
            self.assertEqual(set(lines.sale_line_id.mapped("qty_delivered")), {1})
            part = env["product.product"].browse(self.part_id)
            self.assertEqual(part.qty_available, 0)
            self.assertFalse(lines.sale_line_id._service_open_moves())
            # one issue each, no second one left half done
            self.assertEqual(len(lines.sale_line_id.move_ids), ORDERS * LINES)
