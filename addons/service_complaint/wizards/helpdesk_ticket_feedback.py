from odoo import fields, models


class HelpdeskTicketFeedback(models.TransientModel):
    """What a department found out, said to the hotline (S3-61)."""

    _name = "helpdesk.ticket.feedback"
    _description = "Department Feedback"

    ticket_id = fields.Many2one("helpdesk.ticket", string="Case", required=True, readonly=True)
    verbatim = fields.Text(related="ticket_id.verbatim")
    feedback = fields.Text(
        required=True, help="What you found out and did. The hotline tells the customer."
    )

    def action_apply(self):
        self.ensure_one()
        self.ticket_id._case_return(self.feedback)
        return {"type": "ir.actions.act_window_close"}
