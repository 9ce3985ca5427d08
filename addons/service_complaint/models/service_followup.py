from odoo import models


class ServiceFollowup(models.Model):
    _inherit = "service.followup"

    def _on_dissatisfied(self, call):
        """A dissatisfied answer becomes a complaint at once, in the customer's words (S3-97, S1-78)."""
        result = super()._on_dissatisfied(call)
        self.env["helpdesk.ticket"]._open_from_call(call)
        return result
