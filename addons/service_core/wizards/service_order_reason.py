from odoo import api, fields, models

from ..rules import gates


class ServiceOrderReason(models.TransientModel):
    """The question before a step that needs a person's words: why, who signed, what failed."""

    _name = "service.order.reason"
    _description = "Reason for a Step"

    order_id = fields.Many2one("service.order", required=True, readonly=True)
    currency_id = fields.Many2one(related="order_id.currency_id")
    verb = fields.Selection(
        [
            ("cancel", "Cancel"),
            ("stop", "Stop"),
            ("fail", "Inspection failed"),
            ("unsettle", "Take the bill back"),
            ("release", "Release unpaid"),
            ("waive", "Waive a check"),
            ("sign", "Sign the settlement form"),
        ],
        required=True,
        readonly=True,
    )
    amount_due = fields.Monetary(
        string="To Pay",
        compute="_compute_amount_due",
        help="What the customer's bill comes to, tax included.",
        groups="service_core.group_service_advisor,service_core.group_service_cashier",
    )
    reason = fields.Text()
    no_show = fields.Boolean(help="The customer did not come and did not call.")
    disposition = fields.Selection(
        [("declined", "Declined"), ("deferred", "For later")],
        string="Open Jobs Become",
        default="declined",
    )
    gate = fields.Selection(gates.SELECTION, string="Check")
    signed_by = fields.Char(compute="_compute_signed_by", store=True, readonly=False)
    signature = fields.Binary()

    @api.depends("order_id")
    def _compute_signed_by(self):
        for wizard in self:
            wizard.signed_by = wizard.order_id.contact_id.name

    @api.depends("order_id")
    def _compute_amount_due(self):
        for wizard in self:
            # sudo: deliveries are read by sales and stock users only
            lines = wizard.order_id.sudo()._billable_lines()
            wizard.amount_due = lines.filtered(lambda line: line.payer == "customer")._totals(
                delivered=True
            )["total"] - sum(wizard.order_id.sudo()._open_deposits().mapped("amount_total"))

    def action_confirm(self):
        """Say the verb with the words given."""
        self.ensure_one()
        order = self.order_id
        if self.verb == "cancel":
            order._cancel(self.reason, self.no_show)
        elif self.verb == "stop":
            order._stop(self.reason, self.disposition)
        elif self.verb == "fail":
            order._fail(self.reason)
        elif self.verb == "unsettle":
            order._unsettle(self.reason)
        elif self.verb == "release":
            order._release(self.reason)
        elif self.verb == "waive":
            order._waive(self.gate, self.reason)
        else:
            order._sign_settlement(self.signed_by, self.signature)
        return {"type": "ir.actions.act_window_close"}
