from odoo import fields, models

from ..rules import order_lifecycle as life


class ServiceOrder(models.Model):
    """The customer who wishes it hears when his parts come, and hears again when that slips."""

    # one file for one job, the model is the sum of them
    _inherit = "service.order"  # pylint: disable=consider-merging-classes-inherited

    tell_parts = fields.Boolean(
        string="Tell About Parts",
        help="The customer wishes to hear when his parts are expected, and when that changes.",
    )
    parts_told = fields.Datetime(
        string="Told for", readonly=True, copy=False, help="The day the customer was last told."
    )

    def _tell_parts_date(self):
        """Tell a date once: no message for a day the customer has heard already."""
        # sudo: whoever confirms the date need not write orders
        orders = self.sudo()
        # it depends on nothing and may have been read before the date changed
        orders.invalidate_recordset(["parts_expected"], flush=False)
        for order in orders:
            expected = order.parts_expected
            if (
                not order.tell_parts
                or order.state not in (life.BOOKED, *life.STOPPABLE)
                or not expected
                or (order.parts_told and order.parts_told.date() == expected.date())
            ):
                continue
            order.parts_told = expected
            order._tell("service_core.sms_template_parts_date")

    def _prepare_next_visit(self):
        return {**super()._prepare_next_visit(), "tell_parts": self.tell_parts}


class PurchaseOrderLine(models.Model):
    # one file for one job, the model is the sum of them
    _inherit = "purchase.order.line"  # pylint: disable=consider-merging-classes-inherited

    def action_service_confirm(self, date):
        res = super().action_service_confirm(date)
        # sudo: a buyer may serve branches whose work orders he does not read
        self.sudo().service_order_id._tell_parts_date()
        return res

    def write(self, vals):
        """A date the customer has heard and that is not true any more is told anew."""
        told = self.browse()
        if vals.get("date_planned") and "service_confirmed_date" not in vals:
            told = self.filtered(lambda line: line.sudo().service_order_id.parts_told)
        res = super().write(vals)
        if told:
            told.sudo().service_order_id._tell_parts_date()  # sudo: see action_service_confirm
        return res
