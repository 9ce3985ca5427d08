from odoo import models

from .service_order_line_parts import REFUSED


class ServiceOrderJob(models.Model):
    """A refused job needs no parts: what was ordered ahead for it is given up."""

    _inherit = "service.order.job"

    def write(self, vals):
        res = super().write(vals)
        if vals.get("approval") in REFUSED:
            self.line_ids._service_give_up_preorders()
        return res
