from odoo import api, fields, models

from ..rules import contact_plan as plan


class ServiceContactPolicy(models.Model):
    """How many days after what a customer is called, how often, and by whom.

    The most specific policy decides: branch and kind, then branch, then kind, then the general one.
    """

    _name = "service.contact.policy"
    _description = "Contact Policy"
    _order = "company_id, kind_id, id"

    active = fields.Boolean(default=True)
    company_id = fields.Many2one(
        "res.company", string="Branch", index="btree_not_null", help="Empty: for every branch."
    )
    kind_id = fields.Many2one(
        "service.order.kind",
        string="Kind of Order",
        index="btree_not_null",
        help="Empty: for every kind of work order.",
    )
    first_from = fields.Integer(
        string="First Call From (days)",
        required=True,
        default=3,
        help="The first call is due from this many days after the car was collected.",
    )
    first_to = fields.Integer(
        string="First Call To (days)",
        required=True,
        default=7,
        help="A first call after this many days counts as late.",
    )
    second_to = fields.Integer(
        string="Second Call Within (days)",
        required=True,
        default=7,
        help="Counted from the day of the first conversation, not from the day it was planned for.",
    )
    callback_days = fields.Integer(
        string="Callback After (days)",
        required=True,
        default=1,
        help="Next-day callback of a fault.",
    )
    file_days = fields.Integer(
        string="Customer File Within (days)",
        required=True,
        default=2,
        help="The customer file must be complete this many days after the visit.",
    )
    file_working_days = fields.Boolean(
        string="Count Working Days", help="Count the days of the customer file in working days."
    )
    max_attempts = fields.Integer(
        required=True,
        default=3,
        help="After this many calls without a conversation the customer is left in peace.",
    )
    retry_days = fields.Integer(
        string="Try Again After (days)",
        required=True,
        default=1,
        help="A call that was not answered is tried again after this many days, never the same day.",
    )
    expiry_days = fields.Integer(
        string="Give Up After (days)",
        required=True,
        default=14,
        help="A missed contact expires this many days after its window has closed.",
    )
    user_id = fields.Many2one(
        "res.users",
        string="Caller",
        index="btree_not_null",
        help="Designated for new contacts. Empty: they stand on everybody's list.",
    )

    _scope_uniq = models.UniqueIndex(
        "(COALESCE(company_id, 0), COALESCE(kind_id, 0)) WHERE active",
        "There is already a policy for this branch and this kind of order.",
    )
    _window_order = models.Constraint(
        "CHECK(first_from >= 0 AND first_to >= first_from)",
        "The window of the first call must open before it closes.",
    )
    _days_positive = models.Constraint(
        "CHECK(second_to >= 1 AND callback_days >= 0 AND file_days >= 0"
        " AND retry_days >= 1 AND expiry_days >= 0)",
        "Days cannot be negative; a second call and a new attempt are a day later at the earliest.",
    )
    _attempts_positive = models.Constraint(
        "CHECK(max_attempts >= 1)", "At least one attempt is needed to reach anybody."
    )

    @api.depends("company_id", "kind_id")
    def _compute_display_name(self):
        for policy in self:
            scope = [policy.company_id.name, policy.kind_id.name]
            policy.display_name = ", ".join(filter(None, scope)) or self.env._("General Policy")

    @api.model
    def _resolver(self, companies, kinds):
        """``resolve(company, kind)`` -> policy, for a whole batch with one search."""
        # sudo: a policy decides also for those who may not open it
        policies = self.sudo().search(
            [
                ("company_id", "in", [*companies.ids, False]),
                ("kind_id", "in", [*kinds.ids, False]),
            ]
        )
        rows = [((policy.company_id.id, policy.kind_id.id), policy) for policy in policies]
        shipped = self.new(self.default_get(list(self._fields)))

        def resolve(company, kind):
            return plan.best_match(rows, (company.id, kind.id)) or shipped

        return resolve

    def _days(self, kind):
        """First and last day of a contact's window, counted from its reason."""
        self.ensure_one()
        return {
            plan.FIRST: (self.first_from, self.first_to),
            plan.SECOND: (1, self.second_to),
            plan.CALLBACK: (self.callback_days, self.callback_days),
        }.get(kind, (0, self.first_to))
