from odoo import fields, models


class ServiceRatingProcess(models.TransientModel):
    """What the department did about a customer's comment."""

    _name = "service.rating.process"
    _description = "Process a Rating"

    rating_id = fields.Many2one("service.rating", required=True, readonly=True)
    comment = fields.Text(related="rating_id.comment")
    answer = fields.Text(help="What was done, and what the customer was told.")

    def action_process(self):
        self.rating_id._process(self.answer)
        return {"type": "ir.actions.act_window_close"}
