from odoo import api, fields, models

from ..rules import instruments


def _choices(name):
    return [(str(value), str(value)) for value in instruments.choices(name)]


class ServiceRatingInterview(models.TransientModel):
    """CSAT, CES and NPS asked by telephone, in the words of the page."""

    _name = "service.rating.interview"
    _description = "Phone Interview"

    call_id = fields.Many2one("service.call", required=True, readonly=True)
    questions = fields.Char(compute="_compute_questions")
    csat = fields.Selection(
        _choices(instruments.CSAT), string="How satisfied are you with this visit?"
    )
    ces = fields.Selection(
        _choices(instruments.CES), string="How easy was it for you to get this done?"
    )
    nps = fields.Selection(
        _choices(instruments.NPS), string="Would you recommend our house to friends or colleagues?"
    )

    @api.depends("call_id")
    def _compute_questions(self):
        for interview in self:
            interview.questions = ",".join(interview.call_id._interview_questions())

    def action_keep(self):
        """Keep what was answered; what stayed open is no answer."""
        self.call_id._keep_interview(
            {name: instruments.read(name, self[name]) for name in instruments.SCALES}
        )
        return {"type": "ir.actions.act_window_close"}
