from odoo import fields, models
from odoo.exceptions import UserError


class HelpdeskTicketCallback(models.TransientModel):
    """The customer is called again: his words, and whether he is satisfied (S3-62, S1-79)."""

    _name = "helpdesk.ticket.callback"
    _description = "Case Call-Back"

    ticket_id = fields.Many2one("helpdesk.ticket", string="Case", required=True, readonly=True)
    partner_id = fields.Many2one(related="ticket_id.partner_id", string="Customer")
    phone = fields.Char(related="ticket_id.caller_phone")
    answer = fields.Text(related="ticket_id.answer", string="Told Before")
    started = fields.Datetime(default=fields.Datetime.now, readonly=True)
    verbatim = fields.Text(string="Customer's Words", help="Word for word.")
    result = fields.Selection(
        [
            ("no_answer", "No Answer"),
            ("busy", "Busy"),
            ("refused", "Refused to Talk"),
            ("wrong_number", "Wrong Number"),
        ],
        string="No Conversation",
        help="Why nobody talked; leave it empty after a conversation.",
    )

    def _duration(self):
        return int((fields.Datetime.now() - self.started).total_seconds())

    def action_satisfied(self):
        """The customer is satisfied: that is the end of the case."""
        self.ensure_one()
        self.ticket_id._case_call_back(self.verbatim, True, duration=self._duration())
        self.ticket_id.action_close()
        return {"type": "ir.actions.act_window_close"}

    def action_unsatisfied(self):
        """He is not: the case is opened again, with his words for the department."""
        self.ensure_one()
        self.ticket_id._case_call_back(self.verbatim, False, duration=self._duration())
        if not self.ticket_id.problem_type:
            return {"type": "ir.actions.act_window_close"}
        self.ticket_id._case_reopen(self.verbatim)
        return {"type": "ir.actions.act_window_close"}

    def action_not_reached(self):
        """Nobody talked: the try is logged, the case waits."""
        self.ensure_one()
        if not self.result:
            raise UserError(self.env._("Choose why there was no conversation."))
        self.ticket_id._case_call_back(False, False, result=self.result)
        return {"type": "ir.actions.act_window_close"}
