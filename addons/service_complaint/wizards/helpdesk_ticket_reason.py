from odoo import fields, models

from ..models.service_route import PROBLEM_TYPES


class HelpdeskTicketReason(models.TransientModel):
    """Why a case is closed without the customer's word, or opened again."""

    _name = "helpdesk.ticket.reason"
    _description = "Reason"

    ticket_id = fields.Many2one("helpdesk.ticket", string="Case", required=True, readonly=True)
    verb = fields.Selection(
        [("close", "Close"), ("reopen", "Re-Open")], required=True, readonly=True
    )
    reason = fields.Text(required=True)
    problem_type = fields.Selection(
        PROBLEM_TYPES,
        default=lambda self: self._default_problem_type(),
        help="Decides which department gets the case.",
    )

    def _default_problem_type(self):
        ticket = self.env["helpdesk.ticket"].browse(self.env.context.get("default_ticket_id"))
        return ticket.problem_type

    def action_apply(self):
        self.ensure_one()
        ticket = self.ticket_id
        if self.verb == "close":
            ticket._case_close(self.reason)
        else:
            if self.problem_type and self.problem_type != ticket.problem_type:
                ticket.problem_type = self.problem_type
            ticket._case_reopen(self.reason)
        return {"type": "ir.actions.act_window_close"}
