from odoo import models


class StockPicking(models.Model):
    """Parts that go from the shelf to the lift are no delivery: nobody is written to."""

    _inherit = "stock.picking"

    def _service_without_workshop(self):
        # sudo: a storekeeper need not read sale orders
        return self.filtered(
            lambda picking: (
                not picking.picking_type_id.service_workshop
                and not picking.sudo().sale_id.service_order_id
            )
        )

    def _send_confirmation_email(self):
        return super(StockPicking, self._service_without_workshop())._send_confirmation_email()

    def _check_warn_sms(self):
        return super(StockPicking, self._service_without_workshop())._check_warn_sms()
