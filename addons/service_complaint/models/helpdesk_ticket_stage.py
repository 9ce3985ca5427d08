from odoo import api, fields, models
from odoo.exceptions import UserError

from ..rules import case_lifecycle as life


class HelpdeskTicketStage(models.Model):
    """A stage that mirrors one step of the case; the others stay what helpdesk made of them."""

    _inherit = "helpdesk.ticket.stage"

    case_state = fields.Selection(
        life.STATES,
        string="Step of the Case",
        readonly=True,
        help="Service cases stand in this column while they are at this step. "
        "Empty: a stage of other helpdesk teams.",
    )

    _case_state_uniq = models.UniqueIndex(
        "(case_state, COALESCE(company_id, 0)) WHERE case_state IS NOT NULL",
        "This step of the case already has its stage.",
    )

    @api.ondelete(at_uninstall=False)
    def _unlink_except_case_stage(self):
        if self.filtered("case_state"):
            raise UserError(
                self.env._(
                    "The columns of the case board belong to its steps and cannot be deleted."
                )
            )

    @api.model
    def _case_stages(self, company=None):
        """Columns of the case board, the first step first."""
        # sudo: stages are settings that every reader of a case needs, whatever his rights
        return (
            self.sudo()
            .search(
                [
                    ("case_state", "!=", False),
                    ("company_id", "in", [False, (company or self.env.company).id]),
                ]
            )
            .sorted(lambda stage: stage.case_state != life.DRAFT)
        )
