from odoo import models


class ServiceOrder(models.Model):
    """The way to the rating that stands on the customer's paper."""

    # one file for one job, the model is the sum of them
    _inherit = "service.order"  # pylint: disable=consider-merging-classes-inherited

    def _rating_page_url(self):
        """Where the QR on the settlement form leads; harmless in anybody's hands."""
        self.ensure_one()
        code = self.env["service.rating"]._visit_code(self)
        return f"{self.get_base_url()}/service/rate/visit/{code}"

    def _rating_code(self):
        """The same as a picture; nothing for work that nobody rates."""
        self.ensure_one()
        if self.kind_id.is_internal or not (self.contact_id or self.partner_id):
            return False
        return self._picture_of(self._rating_page_url())
