from odoo import api, fields, models
from odoo.exceptions import UserError

from ..rules import order_lifecycle as life

KINDS = [
    ("key", "Keys"),
    ("licence", "Vehicle Licence"),
    ("manual", "Maintenance Manual"),
    ("belonging", "Belongings"),
]
# Written by the house's own clock and user, whatever a form sends.
STAMPS = {"taken_at", "taken_by_id", "returned_at", "returned_by_id"}


class ServiceCustodyItem(models.Model):
    """One thing the customer hands over with the car, or did not bring; given back item by item.

    Who took it and who gave it back are written by the system (S0-57, S0-117).
    """

    _name = "service.custody.item"
    _description = "Custody Item"
    _order = "order_id, sequence, id"

    order_id = fields.Many2one("service.order", required=True, ondelete="cascade", index=True)
    company_id = fields.Many2one(related="order_id.company_id", store=True, index=True)
    sequence = fields.Integer(
        compute="_compute_sequence", store=True, readonly=False, precompute=True
    )
    kind = fields.Selection(KINDS, required=True, default="belonging")
    name = fields.Char(
        string="Item",
        required=True,
        compute="_compute_name",
        store=True,
        readonly=False,
        precompute=True,
    )
    quantity = fields.Integer(default=1)
    status = fields.Selection(
        [("taken", "Taken"), ("missing", "Not brought")], required=True, default="taken"
    )
    taken_by_id = fields.Many2one("res.users", string="Recorded By", readonly=True)
    taken_at = fields.Datetime(string="Recorded", readonly=True)
    is_returned = fields.Boolean(string="Returned")
    returned_by_id = fields.Many2one("res.users", readonly=True)
    returned_at = fields.Datetime(readonly=True)

    _quantity_positive = models.Constraint(
        "CHECK(quantity > 0)", "Count at least one of each item."
    )
    _paper_once = models.UniqueIndex(
        "(order_id, kind) WHERE kind IN ('licence', 'manual')",
        "Licence and manual stand on the custody list once.",
    )

    @api.depends("kind")
    def _compute_sequence(self):
        rank = {kind: index for index, (kind, _label) in enumerate(KINDS)}
        for item in self:
            item.sequence = 10 * rank.get(item.kind, len(rank))

    @api.depends("kind")
    def _compute_name(self):
        labels = dict(self._fields["kind"]._description_selection(self.env))
        for item in self:
            item.name = item.name or labels.get(item.kind)

    # === CRUD === #

    @api.model_create_multi
    def create(self, vals_list):
        now = fields.Datetime.now()
        return super().create([self._stamped(vals, now, new=True) for vals in vals_list])

    def write(self, vals):
        return super().write(self._stamped(vals, fields.Datetime.now()))

    @api.model
    def _stamped(self, vals, now, new=False):
        """The values with the user and the time of what happens in them, nobody else's."""
        vals = {name: value for name, value in vals.items() if name not in STAMPS}
        if new or "status" in vals:
            vals.update(taken_by_id=self.env.uid, taken_at=now)
        if "is_returned" in vals:
            returned = vals["is_returned"]
            vals.update(
                returned_by_id=self.env.uid if returned else False,
                returned_at=now if returned else False,
            )
        return vals

    @api.ondelete(at_uninstall=False)
    def _unlink_except_received(self):
        for item in self:
            if item.order_id.state not in (life.DRAFT, life.BOOKED, life.RECEIVED, life.CANCELLED):
                raise UserError(
                    self.env._(
                        '"%s" is on the custody list: give it back and tick it as returned.',
                        item.name,
                    )
                )

    # === ACTIONS === #

    def action_return(self):
        """The customer has these things back."""
        self.filtered(lambda item: item.status == "taken").write({"is_returned": True})
        return True
