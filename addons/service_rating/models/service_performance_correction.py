from odoo import api, fields, models
from odoo.exceptions import UserError, ValidationError

from ..rules import performance_lifecycle
from ..rules import score as scoring


class ServicePerformanceCorrection(models.Model):
    """Points for what was confirmed after a month was locked.

    The locked month stays; the employee's next open month takes the points up.
    """

    _name = "service.performance.correction"
    _description = "Performance Correction"
    _order = "id desc"
    _rec_name = "reason"

    employee_id = fields.Many2one("hr.employee", required=True, index=True, ondelete="restrict")
    company_id = fields.Many2one(
        "res.company",
        string="Branch",
        compute="_compute_company_id",
        store=True,
        precompute=True,
        index=True,
    )
    corrected_month = fields.Date(
        required=True, help="The locked month the fact belongs to; its first day."
    )
    points = fields.Float(required=True, digits=(6, scoring.SCORE_DIGITS))
    reason = fields.Char(required=True, help="What was confirmed, by whom and when.")
    order_id = fields.Many2one("service.order", string="Work Order", index="btree_not_null")
    counted_in = fields.Many2one(
        "service.performance",
        string="Counted In Month",
        readonly=True,
        copy=False,
        # an open month that is deleted gives its corrections back
        ondelete="set null",
        index="btree_not_null",
        help="Written by computing the month.",
    )

    _points_range = models.Constraint(
        "CHECK(points BETWEEN -250 AND 250 AND points <> 0)",
        "A correction moves a score by at most 250 points, up or down.",
    )

    @api.depends("employee_id")
    def _compute_company_id(self):
        for correction in self:
            # sudo: the officer may not read employees
            correction.company_id = correction.sudo().employee_id.company_id

    @api.constrains("employee_id")
    def _check_not_own(self):
        for correction in self:
            # sudo: the officer may not read employees
            if correction.sudo().employee_id.user_id == self.env.user:
                raise ValidationError(self.env._("Nobody corrects his own score."))

    @api.constrains("corrected_month", "employee_id")
    def _check_corrected_month(self):
        for correction in self:
            month = correction.corrected_month.replace(day=1)
            # sudo: asked for whoever records the correction
            locked = (
                self.env["service.performance"]
                .sudo()
                .search_count(
                    [
                        ("employee_id", "=", correction.employee_id.id),
                        ("month", "=", month),
                        ("state", "=", performance_lifecycle.LOCKED),
                    ],
                    limit=1,
                )
            )
            if not locked:
                raise ValidationError(
                    self.env._("Only a locked month is corrected: compute an open one again.")
                )

    @api.constrains("employee_id", "order_id", "points", "corrected_month")
    def _check_case_cap(self):
        for correction in self.filtered(lambda one: one.order_id and one.points < 0):
            left = correction._left_to_take(
                correction.employee_id, correction.order_id, correction.corrected_month, correction
            )
            if -correction.points > left + 0.001:
                raise ValidationError(
                    self.env._(
                        "%(order)s may take %(left)s more points from %(name)s: the policy limits "
                        "what one case takes.",
                        order=correction.order_id.name,
                        left=f"{left:g}",
                        # sudo: the officer may not read employees
                        name=correction.sudo().employee_id.name,
                    )
                )

    @api.model
    def _left_to_take(self, employee, order, month, besides=None):
        """Points that one case may still take from a person, by the policy of the month."""
        # sudo: asked for whoever records the correction
        policy = self.env["service.performance.policy"]._policy_for(
            employee.sudo().company_id, month
        )
        taken = self.sudo().search(
            [
                ("employee_id", "=", employee.id),
                ("order_id", "=", order.id),
                ("points", "<", 0),
                ("id", "not in", besides.ids if besides else []),
            ]
        )
        return max(policy.case_cap + sum(taken.mapped("points")), 0.0)

    @api.model_create_multi
    def create(self, vals_list):
        for vals in vals_list:
            if vals.get("counted_in"):
                raise UserError(self.env._("A correction is counted by computing the month only."))
        return super().create(vals_list)

    def write(self, vals):
        self._refuse_counted()
        if "counted_in" in vals:
            raise UserError(self.env._("A correction is counted by computing the month only."))
        return super().write(vals)

    @api.ondelete(at_uninstall=False)
    def _unlink_except_counted(self):
        self._refuse_counted()

    def _refuse_counted(self):
        # sudo: the month decides, whoever asks
        if self.sudo().counted_in:
            raise UserError(
                self.env._("This correction is already counted: record another one instead.")
            )
