from dateutil.relativedelta import relativedelta

from odoo import api, fields, models
from odoo.exceptions import UserError

CLOCK = "site_check"


class ServiceSiteCheck(models.Model):
    """A list of things on the site that somebody looks at in turn, such as the signs (S0-55)."""

    _name = "service.site.check"
    _description = "Site Check"
    _inherit = ["mail.thread", "mail.activity.mixin"]
    _order = "next_check, id"
    _check_company_auto = True

    name = fields.Char(required=True, translate=True)
    active = fields.Boolean(default=True)
    company_id = fields.Many2one(
        "res.company",
        string="Branch",
        required=True,
        index=True,
        default=lambda self: self.env.company,
    )
    user_id = fields.Many2one(
        "res.users",
        string="Responsible",
        required=True,
        default=lambda self: self.env.user,
        tracking=True,
    )
    interval_days = fields.Integer(string="Every (days)", required=True, default=30)
    last_check = fields.Date(readonly=True, copy=False, tracking=True)
    last_user_id = fields.Many2one("res.users", string="Checked By", readonly=True, copy=False)
    next_check = fields.Date(
        string="Next", required=True, default=fields.Date.context_today, copy=False
    )
    is_overdue = fields.Boolean(compute="_compute_is_overdue")
    line_ids = fields.One2many("service.site.check.line", "check_id", string="List", copy=True)
    defect_count = fields.Integer(string="Defects", compute="_compute_defect_count")

    _interval_positive = models.Constraint(
        "CHECK(interval_days > 0)", "A check comes back after at least one day."
    )

    @api.depends("next_check")
    def _compute_is_overdue(self):
        today = fields.Date.context_today(self)
        for check in self:
            check.is_overdue = bool(check.next_check and check.next_check < today)

    @api.depends("line_ids.result")
    def _compute_defect_count(self):
        for check in self:
            check.defect_count = len(check.line_ids.filtered(lambda line: line.result == "defect"))

    @api.model_create_multi
    def create(self, vals_list):
        checks = super().create(vals_list)
        self.env["service.deadline"]._start(CLOCK, checks)
        return checks

    def write(self, vals):
        """The clock follows its day and its person."""
        res = super().write(vals)
        deadlines = self.env["service.deadline"]
        if vals.get("active") is False or "user_id" in vals:
            deadlines._cancel(CLOCK, self)
        if {"next_check", "user_id", "active"} & set(vals):
            deadlines._start(CLOCK, self.filtered("active"))
        return res

    @api.ondelete(at_uninstall=False)
    def _unlink_clocks(self):
        self.env["service.deadline"]._cancel(CLOCK, self)

    def action_checked(self):
        """The walk is done: every line has its answer, a defect its note."""
        self.check_access("write")
        for check in self:
            open_lines = check.line_ids.filtered(lambda line: not line.result)
            if not check.line_ids or open_lines:
                raise UserError(
                    self.env._(
                        "%(check)s: still to look at: %(lines)s.",
                        check=check.name,
                        lines=", ".join(open_lines.mapped("name")) or self.env._("the list"),
                    )
                )
            mute = check.line_ids.filtered(
                lambda line: line.result == "defect" and not (line.note or "").strip()
            )
            if mute:
                raise UserError(
                    self.env._(
                        '%(check)s: say what is wrong with "%(line)s".',
                        check=check.name,
                        line=mute[0].name,
                    )
                )
        self.env["service.deadline"]._meet(CLOCK, self)
        today = fields.Date.context_today(self)
        for check in self:
            defects = check.line_ids.filtered(lambda line: line.result == "defect")
            check.message_post(
                body=self.env._(
                    "Checked: %(good)s in order, %(bad)s with a defect. %(words)s",
                    good=len(check.line_ids - defects),
                    bad=len(defects),
                    words="; ".join(f"{line.name}: {line.note}" for line in defects),
                )
            )
            if defects:
                check.activity_schedule(
                    "mail.mail_activity_data_todo",
                    user_id=check.user_id.id,
                    summary=self.env._("Put right: %s", ", ".join(defects.mapped("name"))),
                )
            # the next walk begins with an empty list
            check.line_ids.write({"result": False, "note": False})
            check.write(
                {
                    "last_check": today,
                    "last_user_id": self.env.uid,
                    "next_check": today + relativedelta(days=check.interval_days),
                }
            )
        return True


class ServiceSiteCheckLine(models.Model):
    """One thing to look at on the walk."""

    _name = "service.site.check.line"
    _description = "Site Check Line"
    _order = "sequence, id"

    check_id = fields.Many2one("service.site.check", required=True, ondelete="cascade", index=True)
    company_id = fields.Many2one(
        related="check_id.company_id", store=True, index=True, precompute=True
    )
    sequence = fields.Integer(default=10)
    name = fields.Char(required=True, translate=True)
    result = fields.Selection([("fine", "In Order"), ("defect", "Defect")])
    note = fields.Char()
