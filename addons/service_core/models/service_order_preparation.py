from datetime import timedelta

from odoo import api, fields, models

from ..rules import order_lifecycle as life

COMEBACK_DAYS = 30


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
        return blocking, small

    def action_documents_ready(self):
        """The papers are attached and laid out."""
        self.check_access("write")
        self.documents_ready = True
        return True
