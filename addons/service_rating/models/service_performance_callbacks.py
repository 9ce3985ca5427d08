from odoo import fields, models


class ServicePerformance(models.Model):
    """What customers said on the telephone about an engineer's work, beside his month.

    Evidence to praise or to correct by (S3-104); it changes no score by itself: a complaint that
    comes from such a call does, once it is confirmed.
    """

    # one file for one job, the model is the sum of them
    _inherit = "service.performance"  # pylint: disable=consider-merging-classes-inherited

    callback_count = fields.Integer(
        compute="_compute_callback_count", help="Follow-up calls with a verdict on his work."
    )

    def _compute_callback_count(self):
        for performance in self:
            calls = self.env["service.call"]
            performance.callback_count = calls.search_count(performance._callback_domain())

    def _callback_domain(self):
        """Calls of the month with a verdict, about orders the person worked on or advised."""
        self.ensure_one()
        start, end = self.company_id._service_month_bounds(self.month)
        # sudo: whose user the engineer is may not be readable to himself
        user = self.employee_id.sudo().user_id
        return [
            ("satisfied", "in", ("yes", "no")),
            ("started", ">=", start),
            ("started", "<", end),
            "|",
            ("order_id.job_ids.assignment_ids.employee_id", "=", self.employee_id.id),
            "&",
            ("order_id.advisor_id", "!=", False),
            ("order_id.advisor_id", "=", user.id),
        ]

    def action_view_callbacks(self):
        """The customers' verdicts by telephone, the dissatisfied first."""
        self.ensure_one()
        return {
            "type": "ir.actions.act_window",
            "name": self.env._("Callback Results"),
            "res_model": "service.call",
            "view_mode": "list,form",
            "domain": self._callback_domain(),
            "context": {"create": False},
        }
