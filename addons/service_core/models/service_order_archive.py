from datetime import timedelta

from odoo import api, fields, models
from odoo.exceptions import AccessError, UserError

from ..rules import order_lifecycle as life

# What an archived visit says for good. Calls and complaints about it go on.
FACTS = {
    "arrived_at",
    "contact_id",
    "custody_ids",
    "fuel_level",
    "job_ids",
    "line_ids",
    "mark_ids",
    "odometer",
    "order_type",
    "partner_id",
    "pickup_at",
    "planned_start",
    "promised_date",
    "test_drive",
    "vehicle_id",
}
LOOK_BACK = timedelta(days=366)


class ServiceOrder(models.Model):
    """A visit whose papers are complete is closed for good, and found again by its car (S2-101)."""

    # one file for one job, the model is the sum of them
    _inherit = "service.order"  # pylint: disable=consider-merging-classes-inherited

    archived_at = fields.Datetime(
        string="Filed",
        readonly=True,
        copy=False,
        help="When the file of this visit was complete: paid, claims answered, nothing open.",
    )
    archive_gap = fields.Char(
        string="Still Open",
        compute="_compute_archive_gap",
        help="Why the file of a delivered visit is not closed yet.",
    )

    _to_archive_idx = models.Index(
        "(delivered_date) WHERE delivered_date IS NOT NULL AND archived_at IS NULL"
    )

    @api.depends("state", "archived_at")
    def _compute_archive_gap(self):
        waiting = self.filtered(lambda order: order.state == life.DELIVERED)
        (self - waiting).archive_gap = False
        # sudo: whether a bill is paid is no secret of the amount
        for order in waiting.sudo():
            order.archive_gap = not order.archived_at and order._archive_gap()

    def _archive_gap(self):
        """The first thing that keeps the file open, as a sentence; nothing when it is complete."""
        self.ensure_one()
        claims = self.claim_ids
        if claims.filtered(lambda claim: claim.state in ("draft", "sent")):
            return self.env._("A claim waits for its payer's answer.")
        if claims.filtered("has_undecided"):
            return self.env._("Nobody has decided yet who carries what a payer refused.")
        if self._collective_sales():
            return self.env._("The collective invoice is still to be made.")
        if self.invoice_ids.filtered(
            lambda move: (
                move.state == "draft"
                or (
                    move.state == "posted"
                    and move.move_type == "out_invoice"
                    and move.payment_state in ("not_paid", "partial")
                )
            )
        ):
            return self.env._("A bill is not paid.")
        return False

    def _after_delivery(self):
        super()._after_delivery()
        self._archive_complete()

    def _archive_complete(self):
        """Close the files that have nothing open (called as superuser)."""
        complete = self.filtered(
            lambda order: (
                order.state == life.DELIVERED and not order.archived_at and not order._archive_gap()
            )
        )
        if complete:
            complete.archived_at = fields.Datetime.now()

    @api.model
    def _cron_archive(self):
        """Bills are paid and claims answered after the car has left: look again once a day."""
        self.search(
            [
                ("state", "=", life.DELIVERED),
                ("archived_at", "=", False),
                ("delivered_date", ">=", fields.Datetime.now() - LOOK_BACK),
            ]
        )._archive_complete()

    def action_archive_file(self):
        """Close the file now, or hear what is still open."""
        self.check_access("read")
        if not self.env.user.has_groups(
            "service_core.group_service_advisor,service_core.group_service_cashier,"
            "service_core.group_service_manager"
        ):
            raise AccessError(self.env._("Advisors and cashiers close the file of a visit."))
        # sudo: cashiers read orders, the guard is above
        for order in self.sudo():
            if order.state != life.DELIVERED:
                raise UserError(self.env._("%s: the car is still here.", order.display_name))
            if not order.archived_at and (gap := order._archive_gap()):
                raise UserError(
                    self.env._("%(order)s: %(sentence)s", order=order.display_name, sentence=gap)
                )
        self.sudo()._archive_complete()
        return True

    def write(self, vals):
        """What is filed stays as it was."""
        if not self.env.su and FACTS & set(vals):
            for order in self:
                if order.archived_at:
                    raise UserError(
                        self.env._("%s is filed: its facts stay as they are.", order.display_name)
                    )
        return super().write(vals)
