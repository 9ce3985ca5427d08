from odoo import api, fields, models
from odoo.exceptions import AccessError, UserError

from ..rules import order_lifecycle as life

PLACES = [
    ("boot", "In the boot"),
    ("payer", "Kept for the payer"),
    ("none", "Nothing to return"),
]
STAMPS = {"old_part_at", "old_part_by_id", "old_part_gone_at"}
# Answered on a check list, these items say that the replaced parts are where they belong.
SAID_BY = (
    "service_core.service_checklist_delivery_data_06",
    "service_core.service_checklist_delivery_pre_08",
)
PLACEABLE = (life.IN_REPAIR, life.IN_INSPECTION, life.WASHING, life.READY, life.SETTLED)


class ServiceOrderLine(models.Model):
    """Where a replaced part went: with the customer, or aside for who pays and wants to see it.

    Who put it there and when is written by the system (S2-75, S2-83).
    """

    # one file for one job, the model is the sum of them
    _inherit = "service.order.line"  # pylint: disable=consider-merging-classes-inherited

    old_part = fields.Selection(
        PLACES,
        compute="_compute_old_part",
        store=True,
        readonly=False,
        precompute=True,
        help="Where the part that was taken out goes.",
    )
    old_part_at = fields.Datetime(string="Old Part Placed", readonly=True, copy=False)
    old_part_by_id = fields.Many2one(
        "res.users", string="Placed By", readonly=True, copy=False, index="btree_not_null"
    )
    old_part_gone_at = fields.Datetime(
        string="Handed to Payer",
        readonly=True,
        copy=False,
        help="When the payer, or who looks for him, got the part that was kept.",
    )

    _old_part_kept_idx = models.Index(
        "(id) WHERE old_part = 'payer' AND old_part_at IS NOT NULL AND old_part_gone_at IS NULL"
    )

    @api.depends("payer", "kind")
    def _compute_old_part(self):
        """Home with the customer, but what a maker or insurer pays for is kept for him."""
        for line in self.filtered(lambda line: not line.old_part_at):
            if line.kind != "part":
                line.old_part = False
            elif line.payer in ("manufacturer", "insurer"):
                line.old_part = "payer"
            else:
                line.old_part = "boot"

    def write(self, vals):
        """What was put somewhere stays said; the stamps are written by the buttons."""
        if not self.env.su and STAMPS & set(vals):
            raise UserError(self.env._("Old parts are placed and handed over by their buttons."))
        if not self.env.su and "old_part" in vals and self.filtered("old_part_at"):
            raise UserError(self.env._("This old part is placed already."))
        return super().write(vals)

    def _old_parts(self):
        """Lines whose new part went into the car and whose old one has a place."""
        return self.filtered(
            lambda line: line.old_part in ("boot", "payer") and line.sale_line_id.qty_delivered > 0
        )

    def action_old_part_gone(self):
        """The payer has the part that was kept for him."""
        self.check_access("read")
        if not self.env.user.has_groups(
            "service_core.group_service_parts,service_core.group_service_advisor,"
            "service_core.group_service_manager"
        ):
            raise AccessError(self.env._("Parts clerks and advisors hand old parts over."))
        for line in self:
            if line.old_part != "payer" or not line.old_part_at or line.old_part_gone_at:
                raise UserError(
                    self.env._('"%s" is not kept for its payer.', line.name or line.display_name)
                )
        # sudo: an agreed line is frozen, the guard is above
        self.sudo().old_part_gone_at = fields.Datetime.now()
        return True


class ServiceOrder(models.Model):
    # one file for one job, the model is the sum of them
    _inherit = "service.order"  # pylint: disable=consider-merging-classes-inherited

    has_old_parts = fields.Boolean(
        compute="_compute_has_old_parts",
        compute_sudo=True,
        help="Replaced parts that nobody has put in their place yet.",
    )

    @api.depends("line_ids.old_part", "line_ids.old_part_at", "line_ids.sale_line_id.qty_delivered")
    def _compute_has_old_parts(self):
        for order in self:
            order.has_old_parts = bool(
                order.line_ids._old_parts().filtered(lambda line: not line.old_part_at)
            )

    def action_old_parts_placed(self):
        """One click: the replaced parts lie in the boot or aside, each where its line says."""
        self.check_access("read")
        if not self.env.user.has_group("service_core.group_service_user"):
            raise AccessError(self.env._("Staff of the service put old parts in their place."))
        for order in self:
            if order.state not in PLACEABLE:
                raise UserError(
                    self.env._(
                        "%s: old parts are placed while the car is in repair or waits for its "
                        "customer.",
                        order.display_name,
                    )
                )
        self._place_old_parts()
        return True

    def _place_old_parts(self):
        # sudo: an agreed line is frozen and deliveries are read by few, the caller was guarded
        lines = self.sudo().line_ids._old_parts().filtered(lambda line: not line.old_part_at)
        if lines:
            lines.write({"old_part_at": fields.Datetime.now(), "old_part_by_id": self.env.uid})

    def _tick(self, code, result="done", items=None, note=False):
        """Who ticks that the old parts are where they belong has said it of each."""
        checks = super()._tick(code, result=result, items=items, note=note)
        if code in ("delivery_data", "delivery_pre") and result == "done":
            said = [self.env.ref(xmlid, raise_if_not_found=False) for xmlid in SAID_BY]
            if items is None or any(item in items for item in said if item):
                self._place_old_parts()
        return checks
