from odoo import fields, models
from odoo.exceptions import UserError
from odoo.fields import Command

from ..rules import order_lifecycle as life
from .sale_order import SERVICE_KEY
from .service_order_booking import CRON
from .service_order_job import APPROVAL_KEY
from .service_order_line_parts import AWAITED

SLOTS_OFFERED = 2  # times proposed for the second visit


class ServiceOrder(models.Model):
    """The car drives off before its parts are here, and comes back for the rest.

    What waits moves to a second visit with everything that hangs on it: the answer of its payer,
    the sale, the reserved and the awaited goods and their purchases. Nothing is asked, ordered or
    promised anew.
    """

    # one file for one job, the model is the sum of them
    _inherit = "service.order"  # pylint: disable=consider-merging-classes-inherited

    next_visit_ids = fields.One2many("service.order", "origin_order_id", string="Comes Back With")

    def _waiting_jobs(self):
        """Approved jobs of which a part is not here yet."""
        return self.job_ids.filtered(
            lambda job: (
                job.approval == "approved"
                and any(line.availability in AWAITED for line in job.line_ids)
            )
        )

    def action_split(self):
        """Approved jobs that wait for parts become a booked second visit (S4-43).

        1. A job moves as a whole; what was handed out for it comes back to the shelf first.
        2. With its payer's answer go the sale lines, the goods reserved and the purchases.
        3. Work that is left goes its way through the inspection; with none left the car is ready.
        """
        orders = self._begin("split")
        # sudo: the second visit is opened by the verb, its guard is above
        visits = self.env["service.order"].sudo()
        targets = {}
        for order in orders:
            jobs = order._waiting_jobs()
            order._check_split(jobs)
            visit = order._split(jobs)
            visits |= visit
            left = order.job_ids.filtered(lambda job: job.approval in ("approved", "pending"))
            targets[order.id] = order.state if left else life.READY
            if not left:
                order.write(
                    {
                        "is_stopped": True,
                        "closed_reason": self.env._("Comes back with %s.", visit.name),
                    }
                )
            order.message_post(
                body=self.env._(
                    "%(jobs)s waits for parts: the car comes back with %(visit)s.",
                    jobs=", ".join(jobs.mapped("name")),
                    visit=visit._get_html_link(),
                )
            )
        orders._lifecycle_move("split", to_state=targets)
        return self._view(self.env._("Second Visit"), self.browse(visits.ids))

    def _check_split(self, jobs):
        self.ensure_one()
        if not jobs:
            raise UserError(self.env._("%s: no approved job waits for parts.", self.display_name))
        if self.approval_ids.filtered(lambda a: a.state == "asked" and a.job_ids & jobs):
            raise UserError(
                self.env._("%s: additional work still waits for its answer.", self.display_name)
            )
        issued = jobs.line_ids.filtered(lambda line: line.issued_qty > 0)
        if issued:
            raise UserError(
                self.env._(
                    "%(order)s: %(parts)s were handed out for work that waits: take them back to "
                    "the shelf first, they stay reserved for this car.",
                    order=self.display_name,
                    parts=", ".join(issued.product_id.mapped("display_name")),
                )
            )

    def _split(self, jobs):
        """Move ``jobs`` to a second visit and return it; called as superuser after the guard."""
        self.ensure_one()
        visit = self.create(self._prepare_next_visit())
        jobs.clocking_ids._close_open()
        # who was planned for today is not planned for a day nobody knows
        jobs.assignment_ids.unlink()
        rounds = self.approval_ids.filtered(lambda a: a.state == "answered" and a.job_ids & jobs)
        for approval in rounds:
            approval._move_to(visit, jobs)
        keyed = {"service_approval_key": APPROVAL_KEY}
        lines = jobs.line_ids
        jobs.with_context(**keyed).order_id = visit
        lines.with_context(**keyed).order_id = visit
        # pieces that were handed out and taken back are owed to the car again
        lines.sale_line_id.with_context(service_key=SERVICE_KEY)._action_launch_stock_rule()
        visit._ensure_token()
        visit._lifecycle_move("book")
        # the customer is told the time when there is one
        visit.is_booking_due = False
        return visit

    def _prepare_next_visit(self):
        """The same people, car and terms; the time is agreed when the parts are in."""
        self.ensure_one()
        return {
            "origin_order_id": self.id,
            "company_id": self.company_id.id,
            "kind_id": self.kind_id.id,
            "order_type": self.order_type,
            "vehicle_id": self.vehicle_id.id,
            "license_plate": self.license_plate,
            "model_name": self.model_name,
            "partner_id": self.partner_id.id,
            "contact_id": self.contact_id.id,
            "contact_phone": self.contact_phone,
            "client_ref": self.client_ref,
            "advisor_id": self.advisor_id.id,
            "payment_method": self.payment_method,
            "invoice_read_back": self.invoice_read_back,
            "parts_checked_at": self.parts_checked_at,
            "parts_checked_by": self.parts_checked_by.id,
            "wash_accepted": self.wash_accepted,
        }

    # === THE SECOND VISIT === #

    def write(self, vals):
        """With its time the second visit is an appointment like any other: the customer is told."""
        timed = self.browse()
        if vals.get("planned_start"):
            timed = self.filtered(
                lambda order: (
                    order.state == life.BOOKED and order.origin_order_id and not order.planned_start
                )
            )
        res = super().write(vals)
        if timed:
            # sudo: the mark is closed to everybody's write, scheduled actions to their read
            timed.sudo().is_booking_due = True
            self.env.ref(CRON).sudo()._trigger()
        return res

    def _is_agreed_visit(self):
        """Whether the car comes for work its payers have agreed to already."""
        self.ensure_one()
        return "approved" in self.job_ids.mapped("approval")

    def _on_parts_ready(self):
        """All parts of a second visit are in: its advisor offers the customer a time."""
        visits = self.filtered(lambda order: order.state == life.BOOKED and not order.planned_start)
        for visit in visits.filtered("advisor_id"):
            slots = self.env["service.capacity"]._free_slots(
                visit.company_id,
                visit._required_hours(),
                fields.Datetime.now(),
                count=SLOTS_OFFERED,
            )
            visit.activity_schedule(
                "mail.mail_activity_data_call",
                user_id=visit.advisor_id.id,
                summary=self.env._("All parts are in: offer the second visit"),
                note=self.env._(
                    "Every part of %(order)s is in stock. Call %(contact)s (%(phone)s) and offer: "
                    "%(slots)s.",
                    order=visit.display_name,
                    contact=visit.contact_id.display_name or "",
                    phone=visit.contact_phone or "",
                    slots=self.env["service.capacity"]._slots_text(visit.company_id, slots),
                ),
            )
        return super()._on_parts_ready()

    def action_view_next_visits(self):
        self.ensure_one()
        return self._view(self.env._("Second Visit"), self.next_visit_ids)


class ServiceApproval(models.Model):
    # one file for one job, the model is the sum of them
    _inherit = "service.approval"  # pylint: disable=consider-merging-classes-inherited

    def _move_to(self, visit, jobs):
        """This payer's answer about ``jobs`` goes along with them, and so does his sale order.

        Where the round is about other jobs too, it becomes two: what was answered, when, by whom
        and the signature are the same on both, each holds its own jobs and its own amount.
        """
        self.ensure_one()
        moved = self.job_ids & jobs
        rest = self.job_ids - moved
        sale = self.sale_order_id.with_context(service_key=SERVICE_KEY)
        sale_lines = moved._lines_of(self).sale_line_id.with_context(service_key=SERVICE_KEY)
        approved = rest.filtered(lambda job: job.approval == "approved")
        if approved._lines_of(self).sale_line_id:
            sale = sale._service_split(visit, sale_lines)
        else:
            sale.write({"service_order_id": visit.id, "origin": visit.name})
        if not rest:
            self.order_id = visit
            return self
        twin = self.copy(
            {
                "order_id": visit.id,
                "state": self.state,
                "job_ids": [Command.set(moved.ids)],
                "amount_total": moved._lines_of(self)._total_with_tax(),
                "amount_approved": moved._lines_of(self)._total_with_tax(),
                "sale_order_id": sale.id,
            }
        )
        self.write(
            {
                "job_ids": [Command.set(rest.ids)],
                "amount_total": rest._lines_of(self)._total_with_tax(),
                "amount_approved": approved._lines_of(self)._total_with_tax(),
                "sale_order_id": self.sale_order_id.id if self.sale_order_id != sale else False,
            }
        )
        return twin


class SaleOrder(models.Model):
    # one file for one job, the model is the sum of them
    _inherit = "sale.order"  # pylint: disable=consider-merging-classes-inherited

    def _service_split(self, visit, lines):
        """A confirmed order of the same payer that takes over ``lines`` with their goods.

        Nothing is procured: the lines keep their moves, reserved or waiting, and their purchases.
        """
        self.ensure_one()
        if not lines:
            return self.browse()
        twin = self.copy(
            {
                "order_line": [],
                "state": "sale",
                "date_order": self.date_order,
                "service_order_id": visit.id,
                "origin": visit.name,
                "client_order_ref": self.client_order_ref,
                "commitment_date": self.commitment_date,
            }
        )
        lines.order_id = twin
        moves = lines._service_open_moves()
        if moves:
            moves._service_split_picking(twin)
        return twin


class StockMove(models.Model):
    # one file for one job, the model is the sum of them
    _inherit = "stock.move"  # pylint: disable=consider-merging-classes-inherited

    def _service_split_picking(self, sale):
        """Open moves go on under ``sale``: own transfer, own reference, the same reservation."""
        reference = self.env["stock.reference"].create(
            self.sale_line_id[:1]._prepare_reference_vals()
        )
        for picking, moves in self.grouped("picking_id").items():
            target = picking
            if picking.move_ids - moves:
                # as core makes a back-order, but it is none
                target = picking.copy({"name": "/", "move_ids": [], "move_line_ids": []})
                moves.write({"picking_id": target.id})
                moves.move_line_ids.write({"picking_id": target.id})
            target.origin = sale.name
        self.write({"reference_ids": [Command.set(reference.ids)], "origin": sale.name})
        bought = self.sale_line_id.purchase_line_ids.filtered(
            lambda line: line._service_open_qty() > 0
        )
        bought.order_id.reference_ids |= reference
        receipts = bought.move_ids.filtered(lambda move: move.state not in ("done", "cancel"))
        receipts.reference_ids |= reference
