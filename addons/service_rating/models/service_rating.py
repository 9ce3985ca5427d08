import hashlib
import secrets
from collections import defaultdict

from odoo import api, fields, models
from odoo.exceptions import LockError, UserError
from odoo.fields import Domain
from odoo.tools import consteq

from ..rules import credit
from ..rules import rating_lifecycle as life
from ..rules import score as scoring
from .service_rating_project import GROUPS

# An object, because a remote caller can send any context key but never this value.
_VOTE_KEY = object()
# The same for a manager's decision on a flagged vote.
HOLD_KEY = object()

# Facts of the vote: written by the customer's own post and by nothing else.
_VOTE_FIELDS = frozenset(
    (
        "technical_score",
        "attitude_score",
        "comment",
        "submitted_at",
        "origin_hash",
        "channel",
        "main_id",
        "project_id",
        "place",
        "organization",
        "rater",
        "suits",
        "praise",
        "proposal",
    )
)

_HOLD_FIELDS = frozenset(("hold", "hold_reason", "hold_decided_at", "hold_decided_by_id"))

COMMENT_LENGTH = 2000


class ServiceRating(models.Model):
    """What the customer thinks of one served project: technical level and attitude apart.

    Kept away from ``rating.rating`` on purpose: every employee may write there, and it knows
    neither -50 nor 200. Here the customer writes once, by the link, and nobody else ever
    (S3-25, S3-29, S3-30, S3-34).
    """

    _name = "service.rating"
    _description = "Customer Rating"
    _inherit = ["mail.thread", "mail.activity.mixin", "service.lifecycle"]
    _order = "id desc"
    _rec_name = "order_id"
    _mail_post_access = "read"
    _lifecycle = life.RATING

    company_id = fields.Many2one(
        "res.company", string="Branch", required=True, readonly=True, index=True
    )
    order_id = fields.Many2one(
        "service.order",
        string="Work Order",
        readonly=True,
        ondelete="restrict",
        index="btree_not_null",
    )
    sale_order_id = fields.Many2one(
        "sale.order",
        readonly=True,
        ondelete="restrict",
        index="btree_not_null",
        help="For projects served without a work order.",
    )
    vehicle_id = fields.Many2one(
        "service.vehicle", related="order_id.vehicle_id", store=True, index="btree_not_null"
    )
    advisor_id = fields.Many2one(
        "res.users", string="Advisor", related="order_id.advisor_id", store=True
    )
    partner_id = fields.Many2one(
        "res.partner", string="Rated By", required=True, readonly=True, index=True
    )
    project_group = fields.Selection(
        GROUPS,
        required=True,
        readonly=True,
        default="aftersales",
    )
    state = fields.Selection(
        life.STATES, string="Status", required=True, readonly=True, default=life.SENT, index=True
    )
    access_token = fields.Char(readonly=True, copy=False, groups=fields.NO_ACCESS)
    token_digest = fields.Char(readonly=True, copy=False, groups=fields.NO_ACCESS)
    expires_at = fields.Datetime(
        string="Link Valid Until", required=True, readonly=True, help="Nobody can vote after this."
    )
    is_expired = fields.Boolean(compute="_compute_is_expired", search="_search_is_expired")
    sent_at = fields.Datetime(string="Link Sent", readonly=True, copy=False)
    sent_by_id = fields.Many2one("res.users", string="Link Sent By", readonly=True, copy=False)
    technical_score = fields.Integer(
        string="Technical Level (%)",
        readonly=True,
        copy=False,
        aggregator="avg",
        help="From -50 % to 200 %; 100 % is as expected.",
    )
    attitude_score = fields.Integer(
        string="Service Attitude (%)",
        readonly=True,
        copy=False,
        aggregator="avg",
        help="From -50 % to 200 %; 100 % is as expected.",
    )
    comment = fields.Text(
        string="Customer's Comment", readonly=True, copy=False, help="Word for word."
    )
    submitted_at = fields.Datetime(readonly=True, copy=False)
    origin_hash = fields.Char(
        readonly=True,
        copy=False,
        groups="base.group_system",
        help="Fingerprint of the address the vote came from; the address itself is not kept.",
    )
    share_ids = fields.One2many("service.rating.share", "rating_id", string="Credit", readonly=True)
    answer = fields.Text(readonly=True, copy=False, help="What was done about the comment.")
    processed_at = fields.Datetime(readonly=True, copy=False)
    processed_by_id = fields.Many2one("res.users", readonly=True, copy=False)

    _technical_range = models.Constraint(
        "CHECK(technical_score BETWEEN -50 AND 200)",
        "The technical level lies between -50 % and 200 %.",
    )
    _attitude_range = models.Constraint(
        "CHECK(attitude_score BETWEEN -50 AND 200)",
        "The service attitude lies between -50 % and 200 %.",
    )
    _submitted_whole = models.Constraint(
        "CHECK(state = 'sent' OR (technical_score IS NOT NULL AND attitude_score IS NOT NULL "
        "AND submitted_at IS NOT NULL))",
        "A submitted rating has both scores and its time.",
    )
    _subject = models.Constraint(
        "CHECK(order_id IS NOT NULL OR sale_order_id IS NOT NULL)",
        "A rating belongs to a work order or a sale order.",
    )
    _token_uniq = models.UniqueIndex("(access_token)", "A link serves one rating.")
    _digest_uniq = models.UniqueIndex("(token_digest)", "A link serves one rating.")
    _project_uniq = models.UniqueIndex(
        "(order_id, project_group) WHERE order_id IS NOT NULL",
        "This work order already has its rating.",
    )
    _month_idx = models.Index("(submitted_at, company_id) WHERE submitted_at IS NOT NULL")

    # === COMPUTES === #

    @api.depends("expires_at", "state")
    def _compute_is_expired(self):
        now = fields.Datetime.now()
        for rating in self:
            rating.is_expired = rating.state == life.SENT and rating.expires_at <= now

    def _search_is_expired(self, operator, value):
        if operator != "in":
            return NotImplemented
        expired = Domain("state", "=", life.SENT) & Domain(
            "expires_at", "<=", fields.Datetime.now()
        )
        return Domain.OR(expired if wanted else ~expired for wanted in value)

    @api.depends("order_id", "sale_order_id")
    def _compute_display_name(self):
        for rating in self:
            # sudo: the number is shown to people who may not open the sale order
            document = rating.sudo().order_id or rating.sudo().sale_order_id
            rating.display_name = self.env._("Rating of %s", document.display_name or "")

    # === CRUD === #

    @api.model_create_multi
    def create(self, vals_list):
        for vals in vals_list:
            if (_VOTE_FIELDS | _HOLD_FIELDS) & set(vals):
                raise UserError(self.env._("Only the customer rates, by the link."))
            token = secrets.token_urlsafe(32)
            vals.update(access_token=token, token_digest=self._token_digest(token))
        return super().create(vals_list)

    def write(self, vals):
        """Refuse what would turn a vote into something the customer did not say.

        1. Scores, comment, time and origin come from the customer's post only, also under sudo.
        2. What is rated, by whom and under which link never changes.
        """
        if self.env.context.get("service_vote_key") is not _VOTE_KEY:
            fixed = ("order_id", "sale_order_id", "partner_id", "project_group", "company_id")
            link = ("access_token", "token_digest", "share_ids", "answer_ids", "further_ids")
            if (_VOTE_FIELDS | {*fixed, *link}) & set(vals):
                raise UserError(self.env._("A rating is the customer's: nobody changes it."))
        held = _HOLD_FIELDS & set(vals)
        if held and self.env.context.get("service_hold_key") is not HOLD_KEY:
            raise UserError(self.env._("Whether a flagged rating counts is decided by its button."))
        return super().write(vals)

    @api.ondelete(at_uninstall=False)
    def _unlink_except_never(self):
        raise UserError(self.env._("A rating is the customer's: nobody deletes it."))

    # === LINK === #

    @api.model
    def _token_digest(self, token):
        return hashlib.sha256(token.encode()).hexdigest()

    @api.model
    def _by_token(self, token):
        """The open rating behind ``token``, or an empty recordset.

        Unknown, expired and used take the same one query and the same comparison: the index is
        searched by digest, so its timing says nothing about the token.
        """
        # sudo: the customer has no login, the token is the key
        rating = self.sudo().search_fetch(
            [("token_digest", "=", self._token_digest(token))],
            ["access_token", "state", "expires_at"],
            limit=1,
        )
        # bytes: the comparison takes no other text than ASCII, a guesser sends any
        known = rating.access_token or secrets.token_urlsafe(32)
        genuine = consteq(known.encode(), token.encode())
        is_open = rating.state == life.SENT and rating.expires_at > fields.Datetime.now()
        return rating if genuine and is_open else self.browse()

    # === VOTE === #

    def _score_choices(self):
        """The scores the branch of this rating offers."""
        return scoring.choices(self.company_id.service_rating_step or scoring.STEP)

    def _read_score(self, text):
        """The score a form value stands for, or None: one of the choices and nothing else."""
        try:
            value = int(text)
        except (TypeError, ValueError):
            return None
        return value if value in self._score_choices() else None

    def _submit(self, technical, attitude, comment, origin_hash, address=None, said=None):
        """Store the customer's vote, once.

        :param dict said: what else the form asked: ``channel``, the fields of ``SAID_FIELDS``,
            ``projects`` as {group: project id}, ``answers`` as {instrument: value}
        :param str address: where it came from, compared with the house's own network and forgotten
        :return: False where another post was first
        """
        self.ensure_one()
        try:
            self.lock_for_update()
        except LockError:
            return False
        self.invalidate_recordset(["state"])
        if self.state != life.SENT:
            return False
        said = said or {}
        vote = {
            **self._said_values(said),
            "technical_score": technical,
            "attitude_score": attitude,
            "comment": (comment or "").strip()[:COMMENT_LENGTH] or False,
            "submitted_at": fields.Datetime.now(),
            "origin_hash": origin_hash,
        }
        self._move_vote(vote)
        self._create_shares()
        self._keep_said(said, vote)
        self._flag_vote(address)
        self._propose_case()
        return True

    def _move_vote(self, vote):
        self.with_context(service_vote_key=_VOTE_KEY)._lifecycle_move("submit", values=vote)

    # === CREDIT === #

    def _create_shares(self):
        """Credit those who did the work and those who met the customer (design 16)."""
        vals_list = []
        for rating in self:
            facts = rating._credit_facts()
            shares = credit.shares(**facts)
            vals_list += [
                {
                    "rating_id": rating.id,
                    "employee_id": employee_id,
                    "dimension": dimension,
                    "weight": weight,
                    **credit.reason(dimension, employee_id, facts),
                }
                for dimension, weights in shares.items()
                for employee_id, weight in weights.items()
                if weight
            ]
        # sudo: nobody writes credit; it follows from the vote
        self.env["service.rating.share"].sudo().create(vals_list)

    def _credit_facts(self):
        """Hours, assignments and faces of the rated order, by employee id."""
        self.ensure_one()
        # sudo: the vote comes from a visitor without login
        order = self.sudo().order_id
        hours = defaultdict(float)
        for clocking in order.clocking_ids:
            hours[clocking.employee_id.id] += clocking.duration
        policy = self.env["service.performance.policy"]._policy_for(
            self.company_id, self.company_id._service_local_date(self.submitted_at)
        )
        advisor = self._employee_of(order.advisor_id)
        return {
            "clocked_hours": hours,
            "assigned": order.job_ids.assignment_ids.employee_id.ids,
            "advisor": advisor.id or None,
            "others": (self._met_customer(order) - advisor).ids,
            "advisor_percent": policy.attitude_advisor_percent,
        }

    @api.model
    def _met_customer(self, order):
        """Employees who received the car or handed it over; never the cashier as such."""
        # sudo: the log of steps is closed to the visitor who votes
        steps = (
            self.env["service.transition"]
            .sudo()
            .search(
                [
                    ("res_model", "=", order._name),
                    ("res_id", "=", order.id),
                    ("verb", "in", ("receive", "deliver")),
                ],
                order="id",
            )
        )
        users = steps.user_id.filtered(
            lambda user: user.has_group("service_core.group_service_receptionist")
        )
        employees = self.env["hr.employee"]
        for user in users:
            employees |= self._employee_of(user)
        return employees

    def _employee_of(self, user):
        """The employee behind a user, of the rated branch where he has several."""
        # sudo: the vote comes from a visitor without login
        employees = user.sudo().employee_ids
        return (
            employees.filtered(lambda employee: employee.company_id == self.company_id) or employees
        )[:1]

    # === PROCESSING === #

    def action_answer(self):
        """Open the window in which the department says what it did about the comment (S3-38)."""
        self.ensure_one()
        self._lifecycle_check("process")
        return {
            "type": "ir.actions.act_window",
            "name": self.env._("Process the Rating"),
            "res_model": "service.rating.process",
            "view_mode": "form",
            "target": "new",
            "context": {"default_rating_id": self.id},
        }

    def _process(self, answer):
        """Close the rating with what was done about it; the scores stay as they are."""
        if not self.env.user.has_group("service_rating.group_performance_officer"):
            raise UserError(self.env._("Ratings are processed by the customer-service department."))
        for rating in self:
            if rating.comment and not (answer or "").strip():
                raise UserError(
                    self.env._("%s has a comment: say what was done.", rating.display_name)
                )
        # sudo: nobody has write access to ratings; the guard above is the permission
        ratings = self.sudo()
        # what was named besides the first project is the same form
        ratings |= ratings.further_ids.filtered(lambda rating: rating.state == life.SUBMITTED)
        ratings._lifecycle_move(
            "process",
            values={
                "answer": (answer or "").strip() or False,
                "processed_at": fields.Datetime.now(),
                "processed_by_id": self.env.uid,
            },
        )

    def action_process(self):
        """Mark ratings without a comment as processed, many at once."""
        self._process(False)
