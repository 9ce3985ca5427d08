from dateutil.relativedelta import relativedelta

from odoo import api, fields, models
from odoo.exceptions import UserError
from odoo.tools import format_date

from ..models.service_performance import OFFICER
from ..rules import performance_lifecycle as life


class ServicePerformanceMonth(models.TransientModel):
    """One click from a month to its board: rows for everybody, computed."""

    _name = "service.performance.month"
    _description = "Compute a Month"

    company_id = fields.Many2one(
        "res.company", string="Branch", required=True, default=lambda self: self.env.company
    )
    month = fields.Date(
        required=True,
        default=lambda self: self._default_month(),
        help="Any day of the month.",
    )
    month_name = fields.Char(compute="_compute_month_name")

    @api.model
    def _default_month(self):
        """The month that has just ended."""
        return fields.Date.context_today(self).replace(day=1) - relativedelta(months=1)

    @api.depends("month")
    def _compute_month_name(self):
        for wizard in self:
            wizard.month_name = wizard.month and format_date(
                self.env, wizard.month, date_format="MMMM yyyy"
            )

    def action_compute(self):
        """Open the rows of the month, compute those still open, show the board."""
        self.ensure_one()
        if not self.env.user.has_group(OFFICER):
            raise UserError(self.env._("The customer-service department computes the month."))
        if self.company_id not in self.env.companies:
            raise UserError(self.env._("Switch to this branch first."))
        month = self.month.replace(day=1)
        rows = self.env["service.performance"]._open_month(self.company_id, month)
        rows.filtered(lambda row: row.state == life.DRAFT).action_compute()
        action = self.env["ir.actions.act_window"]._for_xml_id(
            "service_rating.service_performance_action"
        )
        return {
            **action,
            "domain": [("month", "=", month), ("company_id", "=", self.company_id.id)],
            "context": {"search_default_group_month": 1},
            "target": "main",
        }
