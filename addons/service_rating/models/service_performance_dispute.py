from datetime import timedelta

from odoo import api, fields, models
from odoo.exceptions import UserError

from ..rules import performance_lifecycle as life
from ..rules import score as scoring

OPEN = "open"
ACCEPTED = "accepted"
REJECTED = "rejected"

OFFICER = "service_rating.group_performance_officer"
MANAGER = "service_core.group_service_manager"


class ServicePerformanceDispute(models.Model):
    """An engineer's objection to a rating that counts in his month.

    While it is open, and once it is accepted, the disputed share counts in no open month. What is
    rejected after the month was locked is taken up by the next open one; what is accepted after it
    becomes a correction. A locked month never changes.
    """

    _name = "service.performance.dispute"
    _description = "Performance Dispute"
    _inherit = ["mail.thread", "mail.activity.mixin"]
    _order = "id desc"
    _rec_name = "performance_id"
    _mail_post_access = "read"

    performance_id = fields.Many2one(
        "service.performance",
        string="Month",
        required=True,
        readonly=True,
        ondelete="restrict",
        index=True,
    )
    employee_id = fields.Many2one(
        related="performance_id.employee_id", store=True, precompute=True, index=True
    )
    company_id = fields.Many2one(
        related="performance_id.company_id", store=True, precompute=True, index=True
    )
    share_id = fields.Many2one(
        "service.rating.share",
        string="Disputed Share",
        required=True,
        readonly=True,
        ondelete="restrict",
        index=True,
    )
    order_id = fields.Many2one(
        "service.order", string="Work Order", required=True, readonly=True, ondelete="restrict"
    )
    dimension = fields.Selection(scoring.DIMENSIONS, readonly=True)
    given = fields.Integer(string="Given (%)", readonly=True)
    reason = fields.Text(required=True, readonly=True, help="The engineer's words.")
    state = fields.Selection(
        [(OPEN, "Open"), (ACCEPTED, "Accepted"), (REJECTED, "Rejected")],
        string="Status",
        required=True,
        readonly=True,
        default=OPEN,
        index=True,
        tracking=True,
    )
    decide_until = fields.Datetime(
        readonly=True, required=True, help="When the department has to have answered."
    )
    decision = fields.Text(readonly=True, help="Why, in the words of who decided.")
    decided_at = fields.Datetime(readonly=True)
    decided_by_id = fields.Many2one("res.users", readonly=True)
    correction_id = fields.Many2one(
        "service.performance.correction",
        readonly=True,
        help="What an accepted dispute of a locked month adds to the next open one.",
    )

    _share_uniq = models.Constraint("UNIQUE(share_id)", "This rating is already disputed.")
    _decided = models.Constraint(
        "CHECK(state = 'open' OR (decision IS NOT NULL AND decided_by_id IS NOT NULL))",
        "A decision has its reason and its author.",
    )

    @api.model
    def _open_for(self, line, reason):
        """Dispute one ledger line of one's own month.

        :raises UserError: for a colleague's month, after the deadline, without a reason, for
            what no customer gave, or a second time
        """
        month = line.performance_id
        month.check_access("read")
        # sudo: whose user an employee is may not be readable to himself
        if month.sudo().employee_id.user_id != self.env.user:
            raise UserError(self.env._("You dispute your own month only."))
        if line.kind != "rating":
            raise UserError(self.env._("Choose a rating: nothing else is disputed."))
        if not (reason or "").strip():
            raise UserError(self.env._("Say why: the reason is read by who decides."))
        # sudo: the engineer does not read policies
        policy = month.sudo().policy_id
        now = fields.Datetime.now()
        if (
            month.state == life.LOCKED
            and month.locked_at + timedelta(days=policy.dispute_days) < now
        ):
            raise UserError(
                self.env._(
                    "%(month)s was locked more than %(days)s days ago: it can no longer be "
                    "disputed.",
                    month=month.display_name,
                    days=policy.dispute_days,
                )
            )
        # sudo: nobody writes disputes; the guards above are the permission
        disputes = self.sudo()
        if disputes.search_count([("share_id", "=", line.sudo().share_id.id)], limit=1):
            raise UserError(self.env._("This rating is already disputed."))
        dispute = disputes.create(
            {
                "performance_id": month.id,
                "share_id": line.sudo().share_id.id,
                "order_id": line.order_id.id,
                "dimension": line.dimension,
                "given": line.given,
                "reason": reason.strip(),
                "decide_until": now + timedelta(days=policy.dispute_days),
            }
        )
        if month.state == life.CHECKED:
            # a figure that somebody signed is no longer right: it is computed and signed again
            # sudo: the engineer may not reopen a month, his objection does
            month.sudo()._lifecycle_move(
                "reopen", values={"checked_at": False, "checked_by_id": False}
            )
        month._make_stale()
        dispute._ask_department()
        return dispute

    def _ask_department(self):
        """An activity for an officer of the branch, due when the answer is."""
        self.ensure_one()
        officers = (
            # sudo: who is an officer is asked for an engineer who may not read groups
            self.env.ref(OFFICER)
            .sudo()
            .all_user_ids.filtered(
                lambda user: (
                    self.company_id in user.company_ids and user != self.employee_id.user_id
                )
            )
        )
        if officers:
            self.activity_schedule(
                "mail.mail_activity_data_todo",
                date_deadline=self.company_id._service_local_date(self.decide_until),
                summary=self.env._("Decide the dispute"),
                user_id=officers[0].id,
            )

    # === DECISION === #

    def action_decide(self):
        self.ensure_one()
        self._guard_decision()
        return {
            "type": "ir.actions.act_window",
            "name": self.env._("Decide the Dispute"),
            "res_model": "service.performance.dispute.answer",
            "view_mode": "form",
            "target": "new",
            "context": {"default_dispute_id": self.id},
        }

    def _guard_decision(self):
        if not self.env.user.has_groups(f"{OFFICER},{MANAGER}"):
            raise UserError(self.env._("The customer-service department decides disputes."))
        self.check_access("read")
        for dispute in self:
            if dispute.state != OPEN:
                raise UserError(self.env._("This dispute is already decided."))
            # sudo: whose user an employee is may not be readable to the officer
            if dispute.sudo().employee_id.user_id == self.env.user:
                raise UserError(self.env._("Nobody decides his own dispute."))

    def _decide(self, accepted, decision):
        """Accept or reject, with a reason that is kept (S3-34: the vote itself never changes)."""
        self._guard_decision()
        if not (decision or "").strip():
            raise UserError(self.env._("Give the reason: the engineer reads it."))
        self.lock_for_update()
        # sudo: nobody writes disputes or corrections of others; the guard above is the permission
        for dispute in self.sudo():
            values = {
                "state": ACCEPTED if accepted else REJECTED,
                "decision": decision.strip(),
                "decided_at": fields.Datetime.now(),
                "decided_by_id": self.env.uid,
            }
            if accepted:
                values["correction_id"] = dispute._correct_locked_month().id
            dispute.write(values)
            dispute.activity_unlink(["mail.mail_activity_data_todo"])
            dispute.performance_id._make_stale()

    def _correct_locked_month(self):
        """The correction of a month that was locked with the disputed share in it, or none."""
        self.ensure_one()
        correction = self.env["service.performance.correction"]
        # the month it counted in: its own, or a later one that took it up
        months = self.env["service.performance"].search(
            [
                ("employee_id", "=", self.employee_id.id),
                ("month", ">=", self.performance_id.month),
            ]
        )
        month = months.line_ids.filtered(lambda line: line.share_id == self.share_id).performance_id
        if month.state != life.LOCKED:
            return correction
        points = month._score_without(self.share_id) - scoring.exact(month.score)
        points = scoring.round_half_up(points, scoring.SCORE_DIGITS)
        if not points:
            return correction
        return correction.create(
            {
                "employee_id": month.employee_id.id,
                "corrected_month": month.month,
                "points": points,
                "reason": self.env._("Dispute accepted: %s", self.order_id.name),
                "order_id": self.order_id.id,
            }
        )
