from datetime import timedelta

from odoo import api, fields, models

from .helpdesk_ticket_channel import CHANNELS

PROBLEM_TYPES = [
    ("sales", "Sales"),
    ("technical", "Technical Quality"),
    ("service", "Service Quality"),
    ("other", "Other"),
]


class ServiceRoute(models.Model):
    """Where a problem goes that the hotline cannot solve itself (S3-56..S3-60, S3-71..S3-74)."""

    _name = "service.route"
    _description = "Case Route"
    _order = "sequence, id"
    _rec_name = "team_id"
    _check_company_auto = True

    sequence = fields.Integer(default=10)
    active = fields.Boolean(default=True)
    channel = fields.Selection(CHANNELS, required=True, default="phone")
    problem_type = fields.Selection(PROBLEM_TYPES, required=True)
    team_id = fields.Many2one(
        "helpdesk.ticket.team",
        string="Department",
        required=True,
        index=True,
        check_company=True,
        ondelete="cascade",
        domain=[("is_service_case", "=", True)],
        help="Feeds the hotline back; the hotline answers the customer.",
    )
    answer_hours = fields.Integer(
        string="Answer Within (hours)",
        default=8,
        required=True,
        help="How long the department has to feed the hotline back, in working hours of the branch.",
    )
    company_id = fields.Many2one(
        "res.company",
        string="Branch",
        index="btree_not_null",
        help="Empty: all branches. A branch's own route is proposed before a common one.",
    )

    _answer_hours_positive = models.Constraint(
        "CHECK(answer_hours > 0)", "A department needs at least one hour to answer."
    )
    _uniq = models.UniqueIndex(
        "(channel, problem_type, team_id, COALESCE(company_id, 0))",
        "This department already gets these problems.",
    )

    @api.model
    def _candidates(self, channel, problem_type, company):
        """Routes open to a problem, the one to propose first."""
        routes = self.search(
            [
                ("channel", "=", channel),
                ("problem_type", "=", problem_type),
                ("company_id", "in", [False, company.id]),
            ]
        )
        return routes.sorted(lambda route: not route.company_id)

    def _answer_due(self, company):
        """When a department that gets a case now has to have answered (S4-58).

        Counted on the branch's working calendar; where it has none, hour by hour.
        """
        self.ensure_one()
        now = fields.Datetime.now()
        # sudo: the agent need not be able to read the branch's working calendar
        calendar = company.sudo().resource_calendar_id
        due = calendar and calendar.plan_hours(self.answer_hours, now, compute_leaves=True)
        return due or now + timedelta(hours=self.answer_hours)
