from odoo import api, fields, models


class ServiceDeposit(models.TransientModel):
    """How much a customer pays ahead."""

    _name = "service.deposit"
    _description = "Deposit"

    order_id = fields.Many2one("service.order", required=True, readonly=True)
    currency_id = fields.Many2one(related="order_id.currency_id")
    approved = fields.Monetary(compute="_compute_approved", help="Tax included.")
    paid_before = fields.Monetary(string="Paid Ahead Before", compute="_compute_approved")
    amount = fields.Monetary(string="Paid Ahead", required=True)

    @api.depends("order_id")
    def _compute_approved(self):
        for wizard in self:
            # sudo: rounds are read by service users, the cashier asks what was approved
            order = wizard.order_id.sudo()
            wizard.approved = order._approved_total(order.partner_id)
            wizard.paid_before = order.deposit_total

    def action_take(self):
        """Make the down payment and go on to its payment."""
        self.ensure_one()
        invoice = self.order_id._take_deposit(self.amount)
        return invoice.action_register_payment()
