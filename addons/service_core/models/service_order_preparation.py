from datetime import timedelta

from odoo import api, fields, models
from odoo.exceptions import AccessError, UserError

from ..rules import order_lifecycle as life

COMEBACK_DAYS = 30
LEADERS = ",".join(
    f"service_core.group_service_{role}" for role in ("advisor", "team_leader", "manager")
)


class ServiceOrder(models.Model):
    """The day before: is everything there that the visit needs (document 002, process 2)."""

    # one file for one job, the model is the sum of them
    _inherit = "service.order"  # pylint: disable=consider-merging-classes-inherited

    is_comeback = fields.Boolean(
        string="Comeback", copy=False, help="The same fault as at the last visit (S2-46)."
    )
    recent_order_id = fields.Many2one(
        "service.order",
        string="Was Here Lately",
        compute="_compute_recent_order_id",
        help="The car's last visit, when it left less than 30 days ago.",
    )
    documents_ready = fields.Boolean(
        copy=False,
        help="Technical data and papers that the work needs are attached (S2-48).",
    )
    prepared_at = fields.Datetime(
        string="Prepared", readonly=True, copy=False, help="Everything is there for the visit."
    )
    prepared_by_id = fields.Many2one("res.users", string="Prepared By", readonly=True, copy=False)
    parts_state = fields.Selection(
        [("ready", "In Stock"), ("ordered", "On Order"), ("missing", "Missing")],
        string="Parts Ready",
        compute="_compute_preparation",
    )
    preparation_missing = fields.Char(string="Still to Do", compute="_compute_preparation")
    preparation_color = fields.Selection(
        [("red", "Not Ready"), ("yellow", "Almost"), ("green", "Ready")],
        string="Readiness",
        compute="_compute_preparation",
        help="Red: the visit would begin unprepared (S2-42).",
    )

    @api.depends("vehicle_id")
    def _compute_recent_order_id(self):
        since = fields.Datetime.now() - timedelta(days=COMEBACK_DAYS)
        recent = {}
        for order in self.search(
            [
                ("vehicle_id", "in", self.vehicle_id.ids),
                ("state", "=", life.DELIVERED),
                ("delivered_date", ">=", since),
            ],
            order="delivered_date",
        ):
            recent[order.vehicle_id] = order
        for order in self:
            last = recent.get(order.vehicle_id) if order.vehicle_id else None
            order.recent_order_id = last if last and last != order._origin else False

    @api.depends(
        "state",
        "line_ids.availability",
        "documents_ready",
        "route_sent_at",
        "booking_missing",
        "job_ids",
    )
    def _compute_preparation(self):
        self.parts_state = self.preparation_missing = self.preparation_color = False
        for order in self:
            parts = set(order.line_ids.filtered("product_id").mapped("availability")) - {False}
            if parts & {"missing", "late"}:
                order.parts_state = "missing"
            elif "expected" in parts:
                order.parts_state = "ordered"
            elif parts:
                order.parts_state = "ready"
            if order.state != life.BOOKED:
                continue
            blocking, small = order._preparation_gaps()
            order.preparation_missing = ", ".join(blocking + small)
            order.preparation_color = "red" if blocking else "yellow" if small else "green"

    def _preparation_gaps(self):
        """What would stop the visit, and what only should be done: two lists of words."""
        self.ensure_one()
        blocking, small = [], []
        if self.booking_missing:
            blocking.append(self.env._("facts to ask"))
        if not self.job_ids:
            blocking.append(self.env._("no work written down"))
        if self.parts_state == "missing":
            blocking.append(self.env._("parts missing"))
        if self.parts_state == "ordered":
            small.append(self.env._("parts on their way"))
        if not self.documents_ready:
            small.append(self.env._("documents"))
        if not self.route_sent_at:
            small.append(self.env._("way not told"))
        if self._gate_booking_vehicle() and self._gate_asked("booking_vehicle"):
            small.append(self.env._("mileage, last maintenance"))
        return blocking, small

    def action_prepared(self):
        """The visit is prepared: work, parts and papers are there (S2-42, S2-43).

        1. Service reception leads it; reception does so for fixed work, as its kind says.
        2. What would stop the visit is settled first.
        """
        self.check_access("read")
        user = self.env.user
        for order in self:
            reception = order.kind_id.is_reception_led and user.has_group(
                "service_core.group_service_receptionist"
            )
            if not reception and not user.has_groups(LEADERS):
                raise AccessError(
                    self.env._(
                        "An advisor prepares work of the kind %s; reception prepares fixed work "
                        "only.",
                        order.kind_id.name,
                    )
                )
            if order.state != life.BOOKED:
                raise UserError(self.env._("%s is not booked.", order.display_name))
            if order.preparation_color == "red":
                raise UserError(
                    self.env._(
                        "%(order)s is not ready: %(gaps)s.",
                        order=order.display_name,
                        gaps=order.preparation_missing,
                    )
                )
        # sudo: who prepared it is written by this button only, the guard is above
        self.sudo().write({"prepared_at": fields.Datetime.now(), "prepared_by_id": self.env.uid})
        return True

    def action_documents_ready(self):
        """The papers are attached and laid out."""
        self.check_access("write")
        self.documents_ready = True
        return True
