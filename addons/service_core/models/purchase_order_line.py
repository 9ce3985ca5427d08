from datetime import timedelta

from odoo import api, fields, models
from odoo.exceptions import AccessError, UserError

from ..rules import order_lifecycle as life

# An object, because a remote caller can send any context key but never this value.
CONFIRM_KEY = object()

# What still may bring something.
OPEN_STATES = ("draft", "sent", "to approve", "purchase")


class PurchaseOrderLine(models.Model):
    """A part on its way to a car. Ordered: a request exists. Confirmed: parts staff know the date."""

    _inherit = "purchase.order.line"

    service_line_id = fields.Many2one(
        "service.order.line",
        string="Work Order Line",
        compute="_compute_service_line_id",
        store=True,
        readonly=False,
        copy=False,
        ondelete="set null",
        index="btree_not_null",
        help="The line of the work order this part is bought for.",
    )
    service_order_id = fields.Many2one(
        "service.order", related="service_line_id.order_id", string="Work Order"
    )
    service_confirmed_date = fields.Datetime(
        string="Confirmed For",
        copy=False,
        help="The arrival date parts staff confirmed with the vendor. Until then the date is "
        "only an estimate. It is void as soon as the expected arrival is changed.",
    )
    service_confirmed_by = fields.Many2one(
        "res.users", string="Confirmed By", readonly=True, copy=False
    )
    service_confirmed_at = fields.Datetime(string="Confirmed At", readonly=True, copy=False)

    # === COMPUTES === #

    @api.depends("sale_line_id")
    def _compute_service_line_id(self):
        for line in self:
            # sudo: a buyer may serve branches whose work orders he does not read
            own = line.sudo().sale_line_id.service_line_ids[:1]
            line.service_line_id = own or line.service_line_id

    def _compute_price_unit_and_date_planned_and_name(self):
        """A changed quantity must not move the arrival to before the vendor can deliver (H4)."""
        res = super()._compute_price_unit_and_date_planned_and_name()
        for line in self:
            if line.service_confirmed_date:
                line.date_planned = line.service_confirmed_date
            elif line._service_is_ours() and line.date_planned:
                line.date_planned = max(
                    line.date_planned, self._service_earliest(line.selected_seller_id)
                )
        return res

    # === CRUD === #

    @api.model_create_multi
    def create(self, vals_list):
        return super().create([self._service_sign(vals) for vals in vals_list])

    def write(self, vals):
        if self.env.context.get("service_confirm_key") is CONFIRM_KEY:
            return super().write(vals)
        vals = self._service_sign(vals)
        if vals.get("date_planned") and "service_confirmed_date" not in vals:
            # what the vendor says after the confirmation has to be confirmed again
            date = fields.Datetime.to_datetime(vals["date_planned"])
            stale = self.filtered(
                lambda line: line.service_confirmed_date and line.service_confirmed_date != date
            )
            if stale:
                stale._service_void_confirmation()
        return super().write(vals)

    def _service_sign(self, vals):
        """A confirmed date carries the name of who wrote it and the time, nobody else's."""
        vals = {
            name: value
            for name, value in vals.items()
            if name not in ("service_confirmed_by", "service_confirmed_at")
        }
        if "service_confirmed_date" in vals:
            date = vals["service_confirmed_date"]
            vals["service_confirmed_by"] = self.env.uid if date else False
            vals["service_confirmed_at"] = fields.Datetime.now() if date else False
            if date:
                vals["date_planned"] = date
        return vals

    def _service_void_confirmation(self):
        self.with_context(service_confirm_key=CONFIRM_KEY).write(
            {
                "service_confirmed_date": False,
                "service_confirmed_by": False,
                "service_confirmed_at": False,
            }
        )

    # === CONFIRMING A DATE === #

    def action_service_confirm(self, date):
        """Write down the arrival date the vendor confirmed, with author and time (S4-44).

        :param date: a date or datetime that is not over
        :raises UserError: for a line that brings nothing any more, or a date in the past
        """
        if not (self.env.su or self.env.user.has_group("service_core.group_service_parts")):
            raise AccessError(self.env._("Parts staff confirm arrival dates."))
        when = fields.Datetime.to_datetime(date)
        if not when:
            raise UserError(self.env._("Say for which date the vendor confirmed the part."))
        if when.date() < fields.Date.context_today(self):
            raise UserError(self.env._("Confirm a date that is not over yet."))
        for line in self:
            if line.state not in OPEN_STATES or line._service_open_qty() <= 0:
                raise UserError(
                    self.env._(
                        "%(part)s on %(order)s is not expected any more.",
                        part=line.product_id.display_name,
                        order=line.order_id.name,
                    )
                )
        self.write({"service_confirmed_date": when})
        # sudo: the note is the system's own, whoever confirms
        for order, lines in self.sudo().grouped("service_order_id").items():
            if order:
                order.message_post(
                    body=self.env._(
                        "%(user)s confirmed %(parts)s for %(date)s.",
                        user=self.env.user.name,
                        parts=", ".join(lines.product_id.mapped("display_name")),
                        date=fields.Date.to_string(when.date()),
                    )
                )

    # === PROCUREMENT === #

    @api.model
    def _prepare_purchase_order_line_from_procurement(
        self,
        product_id,
        product_qty,
        product_uom,
        location_dest_id,
        name,
        origin,
        company_id,
        values,
        po,
    ):
        vals = super()._prepare_purchase_order_line_from_procurement(
            product_id,
            product_qty,
            product_uom,
            location_dest_id,
            name,
            origin,
            company_id,
            values,
            po,
        )
        if self.env["stock.rule"]._service_is_demand(values):
            if values.get("service_line_id"):
                vals["service_line_id"] = values["service_line_id"]
            # as soon as the vendor can (H4): the need date is when the car is promised, and a
            # part that comes only then makes it late
            vals["date_planned"] = self._service_earliest(values["supplier"])
        return vals

    def _find_candidate(
        self, product_id, product_qty, product_uom, location_id, name, origin, company_id, values
    ):
        """A pre-order grows its own line; a refill never grows a line that is for a car."""
        wanted = values.get("service_line_id")
        lines = self
        if wanted or not values.get("sale_line_id"):
            lines = self.filtered(
                lambda line: (line.service_line_id.id or False) == (wanted or False)
            )
        return super(PurchaseOrderLine, lines)._find_candidate(
            product_id, product_qty, product_uom, location_id, name, origin, company_id, values
        )

    @api.model
    def _service_earliest(self, seller):
        """When the vendor can deliver at the earliest."""
        return fields.Datetime.now() + timedelta(days=seller.delay if seller else 0)

    def _update_move_date_deadline(self, new_date):
        """The receipt follows the vendor's date, so that every forecast says the same (H4)."""
        res = super()._update_move_date_deadline(new_date)
        moves = self.filtered(lambda line: line._service_is_ours()).move_ids
        moves.filtered(lambda move: move.state not in ("done", "cancel")).date = new_date
        return res

    # === WHAT IT STILL BRINGS === #

    def _service_is_ours(self):
        self.ensure_one()
        return bool(self.sale_line_id or self.service_line_id)

    def _service_open_qty(self):
        """Ordered and not received yet, in the product's unit."""
        self.ensure_one()
        if self.order_id.state not in OPEN_STATES:
            return 0.0
        received = self.product_uom_id._compute_quantity(self.qty_received, self.product_id.uom_id)
        return max(self.product_uom_qty - received, 0.0)

    def _service_arrival(self):
        """The confirmed date, else the planned one."""
        self.ensure_one()
        return self.service_confirmed_date or self.date_planned

    def _service_is_held(self):
        """Whether it was pre-ordered for a car whose customer has yet to agree."""
        self.ensure_one()
        work = self.service_line_id
        return bool(
            work
            and work.job_id.approval == "pending"
            and work.order_id.state in (life.DRAFT, life.BOOKED, *life.STOPPABLE)
            and (not self.sale_line_id or self.sale_line_id.state == "cancel")
        )

    def _service_is_spare(self):
        """Whether its car has got the part from elsewhere meanwhile."""
        self.ensure_one()
        sale_line = self.sale_line_id
        return bool(
            sale_line
            and self.product_qty > 0
            and sale_line._service_ordered_qty() > sale_line._service_waiting_qty()
        )

    def _service_cut(self, quantity):
        """Take ``quantity`` (product's unit) off these request lines; say how much was cut."""
        cut = 0.0
        for line in self:
            part = min(line.product_uom_qty, quantity - cut)
            if part <= 0:
                continue
            line.product_qty -= line.product_id.uom_id._compute_quantity(
                part, line.product_uom_id, rounding_method="HALF-UP"
            )
            cut += part
        return cut

    def _service_drop(self):
        """Delete these request lines; a request left without lines is cancelled."""
        orders = self.order_id
        self.unlink()
        orders.filtered(lambda order: not order.order_line).button_cancel()

    def _service_give_up(self, label):
        """The demand behind these lines is gone: requests lose them, the buyer is told (H6).

        :param label: function of one line that says whose demand it was
        """
        requests = self.filtered(lambda line: line.order_id.state in ("draft", "sent"))
        ordered = self.filtered(
            lambda line: (
                line.order_id.state in ("to approve", "purchase") and line._service_open_qty() > 0
            )
        )
        notes = []
        for order, lines in requests.grouped("order_id").items():
            notes.append(
                (
                    order,
                    self.env._(
                        "%(order)s was cancelled: %(parts)s taken off this request.",
                        order=", ".join(dict.fromkeys(map(label, lines))),
                        parts=lines._service_parts_label(),
                    ),
                )
            )
        for order, lines in ordered.grouped("order_id").items():
            notes.append(
                (
                    order,
                    self.env._(
                        "%(order)s was cancelled: %(parts)s still on order.",
                        order=", ".join(dict.fromkeys(map(label, lines))),
                        parts=lines._service_parts_label(),
                    ),
                )
            )
        requests._service_drop()
        for order, note in notes:
            order._service_tell_buyer(note)

    def _service_parts_label(self):
        return ", ".join(
            f"{line.product_id.display_name} × {line._service_open_qty():g}" for line in self
        )
