from odoo import api, fields, models
from odoo.exceptions import UserError, ValidationError

from ..rules import performance_lifecycle as life

MANAGER = "service_core.group_service_manager"
_VERB_FIELDS = frozenset(("state", "confirmed_by_id", "confirmed_at", "correction_id"))


class ServiceMerit(models.Model):
    """A commendation or a sanction of one colleague: an example to the others, or a warning (S2-121).

    One proposes, a manager confirms, nobody for himself. Points enter no month by themselves:
    once the month it happened in is locked they become a correction, which the next open month
    takes up with its reason.
    """

    _name = "service.merit"
    _description = "Commendation or Sanction"
    _inherit = ["mail.thread"]
    _order = "date desc, id desc"
    _rec_name = "reason"
    _mail_post_access = "read"

    kind = fields.Selection(
        [("commendation", "Commendation"), ("sanction", "Sanction")],
        required=True,
        default="commendation",
        index=True,
    )
    employee_id = fields.Many2one(
        "hr.employee", string="Colleague", required=True, index=True, ondelete="restrict"
    )
    company_id = fields.Many2one(
        "res.company",
        string="Branch",
        compute="_compute_company_id",
        store=True,
        precompute=True,
        index=True,
    )
    date = fields.Date(required=True, default=fields.Date.context_today)
    reason = fields.Char(required=True)
    points = fields.Float(
        help="What it moves the score by, in percent; 0: honor only. The sign comes from the kind."
    )
    order_id = fields.Many2one("service.order", string="Work Order", index="btree_not_null")
    ticket_id = fields.Many2one("helpdesk.ticket", string="Case", index="btree_not_null")
    proposed_by_id = fields.Many2one("res.users", readonly=True, default=lambda self: self.env.user)
    state = fields.Selection(
        [("draft", "Proposed"), ("confirmed", "Confirmed")],
        string="Status",
        required=True,
        readonly=True,
        default="draft",
        copy=False,
        index=True,
        tracking=True,
    )
    confirmed_by_id = fields.Many2one("res.users", readonly=True, copy=False)
    confirmed_at = fields.Datetime(readonly=True, copy=False)
    correction_id = fields.Many2one(
        "service.performance.correction",
        string="Entered As",
        readonly=True,
        copy=False,
        index="btree_not_null",
        groups="service_rating.group_performance_officer,service_core.group_service_manager,"
        "hr.group_hr_user",
    )

    _points_range = models.Constraint(
        "CHECK(points BETWEEN 0 AND 50)", "Points lie between 0 and 50."
    )

    @api.depends("employee_id")
    def _compute_company_id(self):
        for merit in self:
            # sudo: who proposes may not read employees
            merit.company_id = merit.sudo().employee_id.company_id

    @api.constrains("employee_id")
    def _check_not_own(self):
        for merit in self:
            # sudo: whose user an employee is may not be readable to who proposes
            if merit.sudo().employee_id.user_id == self.env.user:
                raise ValidationError(self.env._("Nobody commends or sanctions himself."))

    @api.model_create_multi
    def create(self, vals_list):
        for vals in vals_list:
            for name in (*_VERB_FIELDS, "proposed_by_id"):
                vals.pop(name, None)
        return super().create(vals_list)

    def write(self, vals):
        if not self.env.su:
            if _VERB_FIELDS & set(vals):
                raise UserError(self.env._("A manager confirms by the button."))
            if any(not name.startswith("message_") for name in vals):
                self._refuse_confirmed()
        return super().write(vals)

    @api.ondelete(at_uninstall=False)
    def _unlink_except_confirmed(self):
        self._refuse_confirmed()

    def _refuse_confirmed(self):
        if self.filtered(lambda merit: merit.state == "confirmed"):
            raise UserError(self.env._("What is confirmed stays as it is."))

    def action_confirm(self):
        """A manager stands for it; from now on the colleague reads it."""
        if not self.env.user.has_group(MANAGER):
            raise UserError(self.env._("A manager confirms commendations and sanctions."))
        self.check_access("read")
        self._check_not_own()
        for merit in self:
            if merit.state == "confirmed":
                raise UserError(self.env._("%s is already confirmed.", merit.display_name))
            if merit.points and merit.proposed_by_id == self.env.user:
                raise UserError(
                    self.env._("Points move pay: another manager confirms what you proposed.")
                )
        # sudo: the verb's fields are closed to everybody, the guards above are the permission
        confirmed = self.sudo()
        confirmed.write(
            {
                "state": "confirmed",
                "confirmed_by_id": self.env.uid,
                "confirmed_at": fields.Datetime.now(),
            }
        )
        confirmed._enter()

    def _enter(self):
        """Points whose month is locked become a correction, once; the others wait for the lock."""
        waiting = self.filtered(lambda merit: merit.points and not merit.correction_id)
        locked = set(
            self.env["service.performance"]._read_group(
                [
                    ("employee_id", "in", waiting.employee_id.ids),
                    ("state", "=", life.LOCKED),
                    ("month", "in", [merit.date.replace(day=1) for merit in waiting]),
                ],
                ["employee_id", "month:day"],
            )
        )
        locked = {(employee, day.replace(day=1)) for employee, day in locked}
        for merit in waiting:
            month = merit.date.replace(day=1)
            if (merit.employee_id, month) not in locked:
                continue
            points = merit.points
            if merit.kind == "sanction":
                points = -points
                if merit.order_id:
                    left = self.env["service.performance.correction"]._left_to_take(
                        merit.employee_id, merit.order_id, month
                    )
                    points = max(points, -left)
                if not points:
                    # what one case takes is limited, and this one has taken it
                    continue
            kinds = dict(self._fields["kind"]._description_selection(self.env))
            merit.correction_id = self.env["service.performance.correction"].create(
                {
                    "employee_id": merit.employee_id.id,
                    "corrected_month": month,
                    "points": points,
                    "reason": self.env._(
                        "%(kind)s of %(day)s, confirmed by %(user)s: %(reason)s",
                        kind=kinds[merit.kind],
                        day=merit.date,
                        user=merit.confirmed_by_id.name,
                        reason=merit.reason,
                    ),
                    "order_id": merit.order_id.id,
                }
            )

    @api.model
    def _cron_enter(self):
        """Take up what waited for its month to be locked."""
        self.search(
            [("state", "=", "confirmed"), ("points", ">", 0), ("correction_id", "=", False)]
        )._enter()
