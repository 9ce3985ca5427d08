from odoo import api, fields, models

from ..rules import contact_plan as plan

# Long enough for any number of working days a policy asks for.
CALENDAR_DAYS = 90

VISIT_KINDS = [
    ("repair", "Repair or Maintenance"),
    ("consultation", "Consultation"),
    ("detailing", "Car Care, Accessories"),
]


class ServiceCustomerVisit(models.Model):
    """One visit in a customer's file, with the day by which the file must be complete (S1-01)."""

    _name = "service.customer.visit"
    _description = "Customer Visit"
    _inherit = ["service.contact.guard"]
    _order = "visit_date desc, id desc"
    _check_company_auto = True
    _guarded_fields = frozenset(("completed_on", "completed_by_id"))

    file_id = fields.Many2one(
        "service.customer.file", required=True, ondelete="restrict", index=True
    )
    company_id = fields.Many2one(
        "res.company",
        string="Branch",
        required=True,
        index=True,
        default=lambda self: self.env.company,
    )
    order_id = fields.Many2one(
        "service.order", string="Work Order", check_company=True, index="btree_not_null"
    )
    kind = fields.Selection(VISIT_KINDS, required=True, default="consultation")
    visit_date = fields.Date(
        required=True,
        default=lambda self: self.env.company._contact_today(),
        help="The day the car was collected, or of the consultation.",
    )
    due_date = fields.Date(
        compute="_compute_due_date",
        store=True,
        readonly=False,
        precompute=True,
        help="The file must be complete by this day.",
    )
    completed_on = fields.Datetime(readonly=True, copy=False)
    completed_by_id = fields.Many2one("res.users", readonly=True, copy=False)

    _order_uniq = models.UniqueIndex(
        "(order_id) WHERE order_id IS NOT NULL", "This work order is already in a customer file."
    )
    _open_idx = models.Index("(company_id, due_date) WHERE completed_on IS NULL")

    def write(self, vals):
        if "due_date" in vals:
            self.env["service.followup"]._check_manager(
                self.env._("Only the follow-up manager moves the day a file is due.")
            )
        return super().write(vals)

    @api.depends("kind", "visit_date")
    def _compute_display_name(self):
        kinds = dict(self._fields["kind"]._description_selection(self.env))
        for visit in self:
            visit.display_name = f"{kinds.get(visit.kind, '')} {visit.visit_date or ''}"

    @api.depends("visit_date", "company_id", "order_id")
    def _compute_due_date(self):
        resolve = self.env["service.contact.policy"]._resolver(
            self.company_id, self.order_id.kind_id
        )
        for visit in self:
            company = visit.company_id or self.env.company
            start = visit.visit_date or company._contact_today()
            visit.due_date = self._due_date(
                resolve(company, visit.order_id.kind_id),
                start,
                company._contact_working_days(start, CALENDAR_DAYS),
            )

    @api.model
    def _due_date(self, policy, start, is_working_day):
        return plan.add_days(start, policy.file_days, is_working_day, policy.file_working_days)

    @api.model
    def _enter(self, file_by_order):
        """Enter delivered orders into their files."""
        orders = self.env["service.order"].union(*file_by_order)
        resolve = self.env["service.contact.policy"]._resolver(orders.company_id, orders.kind_id)
        vals_list = []
        for company, branch_orders in orders.grouped("company_id").items():
            days = {
                order: company._contact_date(order.delivered_date or fields.Datetime.now())
                for order in branch_orders
            }
            working = company._contact_working_days(min(days.values()), CALENDAR_DAYS)
            vals_list += [
                {
                    "file_id": file_by_order[order].id,
                    "company_id": company.id,
                    "order_id": order.id,
                    "kind": "repair",
                    "visit_date": days[order],
                    "due_date": self._due_date(
                        resolve(company, order.kind_id), days[order], working
                    ),
                }
                for order in branch_orders
            ]
        return self.create(vals_list)

    def _complete(self):
        self._guarded().write(
            {"completed_on": fields.Datetime.now(), "completed_by_id": self.env.uid}
        )
