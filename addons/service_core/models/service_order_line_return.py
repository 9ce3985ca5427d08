from odoo import models
from odoo.exceptions import UserError


class ServiceOrderLine(models.Model):
    # one file for one job, the model is the sum of them
    _inherit = "service.order.line"  # pylint: disable=consider-merging-classes-inherited

    def action_take_back(self):
        """The counter's button: everything handed out for these lines lies on the shelf again.

        From the settlement on it is on a bill: the bill is taken back first.
        """
        self._service_check_parts_user()
        for line in self:
            if line.order_id.state in ("settled", "delivered", "cancelled"):
                raise UserError(
                    self.env._(
                        "%s is billed: take the bill back before its parts come back.",
                        line.order_id.display_name,
                    )
                )
            line._return_issued()
        return True
