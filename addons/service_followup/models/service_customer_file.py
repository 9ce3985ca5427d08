from dateutil.relativedelta import relativedelta

from odoo import api, fields, models
from odoo.exceptions import UserError

from ..rules import followup_lifecycle as life


class ServiceCustomerFile(models.Model):
    """What the house knows about one customer with one car, and what it does next (S1-01..S1-09).

    Shared by the branches, as customers and cars are; each visit belongs to its branch and has
    its own day by which the file must be complete.
    """

    _name = "service.customer.file"
    _description = "Customer File"
    _inherit = ["mail.thread", "mail.activity.mixin"]
    _order = "due_date, last_visit_date desc, id desc"
    _rec_names_search = ["partner_id.name", "vehicle_id.license_plate", "vehicle_id.vin"]

    partner_id = fields.Many2one("res.partner", string="Customer", required=True, index=True)
    vehicle_id = fields.Many2one("service.vehicle", required=True, ondelete="restrict", index=True)
    company_id = fields.Many2one(
        related="partner_id.company_id",
        string="Customer's Branch",
        store=True,
        index="btree_not_null",
    )
    user_id = fields.Many2one(
        "res.users",
        string="Caller",
        index="btree_not_null",
        help="Follow-up salesperson of this customer, designated by the follow-up manager (S1-06).",
    )

    # The twelve facts (S1-03); what is known elsewhere is shown, not copied
    customer_name = fields.Char(related="partner_id.name", string="Name")
    customer_address = fields.Char(related="partner_id.contact_address", string="Address")
    phone = fields.Char(related="partner_id.phone", readonly=False)
    last_visit_date = fields.Date(string="Last Visit", compute="_compute_visits", store=True)
    brand_id = fields.Many2one(related="vehicle_id.brand_id", string="Make")
    model_id = fields.Many2one(related="vehicle_id.model_id")
    license_plate = fields.Char(related="vehicle_id.license_plate")
    maintenance_items = fields.Text(help="What is usually done on this car.")
    cycle_months = fields.Integer(
        string="Cycle (months)",
        compute="_compute_cycle",
        store=True,
        readonly=False,
        precompute=True,
        help="Maintenance cycle: the model's unless this customer drives differently.",
    )
    cycle_km = fields.Integer(
        string="Cycle (km)",
        compute="_compute_cycle",
        store=True,
        readonly=False,
        precompute=True,
    )
    next_service_date = fields.Date(
        string="Next Service",
        compute="_compute_next_service_date",
        help="By the car's card, else last visit plus cycle.",
    )
    services_desired = fields.Text(
        help='What the customer asked for. Write "none" when he was asked and wants nothing.'
    )
    order_ids = fields.Many2many(
        "service.order", string="Maintenance Records", compute="_compute_order_ids"
    )

    # What comes next (S1-07, S1-08, S1-09)
    needs = fields.Text(string="Needs Studied", help="What this customer will need, and why.")
    next_step = fields.Selection(
        [
            ("maintenance", "Scheduled maintenance notice"),
            ("social", "Social activity"),
            ("offer", "Preferential activity notice"),
            ("repair", "One-off factory repair"),
            ("test", "Free test or inspection"),
        ]
    )
    next_followup_id = fields.Many2one(
        "service.followup", string="Next Call", compute="_compute_next_followup_id"
    )

    visit_ids = fields.One2many("service.customer.visit", "file_id", string="Visits")
    due_date = fields.Date(
        string="Complete By",
        compute="_compute_visits",
        store=True,
        index="btree_not_null",
        help="Of the oldest visit that still waits for a complete file.",
    )
    missing = fields.Char(compute="_compute_missing", help="What is still to be filled in.")
    status = fields.Selection(
        [("open", "To Complete"), ("overdue", "Overdue"), ("complete", "Complete")],
        compute="_compute_status",
    )

    _customer_vehicle_uniq = models.UniqueIndex(
        "(partner_id, vehicle_id)", "This customer already has a file for this car."
    )

    # === COMPUTES === #

    @api.depends("partner_id.name", "vehicle_id.license_plate")
    def _compute_display_name(self):
        for file in self:
            file.display_name = " · ".join(
                filter(None, [file.vehicle_id.display_name, file.partner_id.name])
            )

    @api.depends("visit_ids.visit_date", "visit_ids.due_date", "visit_ids.completed_on")
    def _compute_visits(self):
        for file in self:
            file.last_visit_date = max(
                filter(None, file.visit_ids.mapped("visit_date")), default=False
            )
            waiting = file.visit_ids.filtered(lambda visit: not visit.completed_on)
            file.due_date = min(filter(None, waiting.mapped("due_date")), default=False)

    @api.depends("vehicle_id")
    def _compute_cycle(self):
        for file in self:
            file.cycle_months = file.cycle_months or file.vehicle_id.model_id.interval_months
            file.cycle_km = file.cycle_km or file.vehicle_id.model_id.interval_km

    @api.depends("vehicle_id.next_service_date", "last_visit_date", "cycle_months")
    def _compute_next_service_date(self):
        for file in self:
            file.next_service_date = file.vehicle_id.next_service_date or (
                file.last_visit_date
                and file.cycle_months
                and file.last_visit_date + relativedelta(months=file.cycle_months)
            )

    @api.depends("partner_id", "vehicle_id")
    def _compute_order_ids(self):
        groups = self.env["service.order"]._read_group(
            [("vehicle_id", "in", self.vehicle_id.ids), ("state", "!=", "cancelled")],
            ["vehicle_id"],
            ["id:recordset"],
        )
        by_vehicle = dict(groups)
        for file in self:
            file.order_ids = by_vehicle.get(file.vehicle_id)

    def _compute_next_followup_id(self):
        followups = self.env["service.followup"].search(
            [
                ("partner_id", "in", self.partner_id.ids),
                ("vehicle_id", "in", self.vehicle_id.ids),
                ("state", "in", life.OPEN),
            ],
            order="due_to desc, id desc",
        )
        # the earliest one is written last
        by_file = {(f.partner_id, f.vehicle_id): f for f in followups}
        for file in self:
            file.next_followup_id = by_file.get((file.partner_id, file.vehicle_id))

    @api.depends(
        "customer_name",
        "partner_id.street",
        "partner_id.city",
        "phone",
        "last_visit_date",
        "model_id",
        "license_plate",
        "maintenance_items",
        "cycle_months",
        "cycle_km",
        "services_desired",
    )
    def _compute_missing(self):
        for file in self:
            file.missing = ", ".join(file._missing_facts())

    @api.depends("due_date", "visit_ids")
    def _compute_status(self):
        today = self.env.company._contact_today()
        for file in self:
            if not file.due_date:
                file.status = "complete" if file.visit_ids else "open"
            else:
                file.status = "overdue" if file.due_date < today else "open"

    # === CRUD === #

    @api.model_create_multi
    def create(self, vals_list):
        self._check_designation(vals_list)
        return super().create(vals_list)

    def write(self, vals):
        self._check_designation([vals])
        return super().write(vals)

    def _check_designation(self, vals_list):
        if any(vals.get("user_id") for vals in vals_list) or (
            self.user_id and any("user_id" in vals for vals in vals_list)
        ):
            self.env["service.followup"]._check_manager(
                self.env._("Only the follow-up manager designates who calls a customer.")
            )

    # === ACTIONS === #

    def action_complete(self):
        """The file is complete: the visits that waited for it are done (S1-03, S1-09)."""
        for file in self:
            missing = file._missing_facts()
            if not file.next_followup_id and not file.partner_id._wants_no_call():
                missing.append(self.env._("next call"))
            if missing:
                raise UserError(
                    self.env._(
                        "The file of %(customer)s still lacks: %(facts)s.",
                        customer=file.partner_id.name,
                        facts=", ".join(missing),
                    )
                )
        self.visit_ids.filtered(lambda visit: not visit.completed_on)._complete()

    def action_plan_call(self):
        """Plan the next call by hand."""
        self.ensure_one()
        return {
            "type": "ir.actions.act_window",
            "name": self.env._("Next Call"),
            "res_model": "service.followup",
            "view_mode": "form",
            "target": "current",
            "context": {
                "default_partner_id": self.partner_id.id,
                "default_vehicle_id": self.vehicle_id.id,
            },
        }

    # === BUSINESS === #

    def _missing_facts(self):
        """Names of the twelve facts that are still empty (S1-03)."""
        self.ensure_one()
        facts = [
            (self.env._("name"), self.customer_name),
            (self.env._("address"), self.partner_id.street and self.partner_id.city),
            (self.env._("telephone"), self.phone),
            (self.env._("date of visit"), self.last_visit_date),
            (self.env._("make"), self.brand_id),
            (self.env._("plate"), self.license_plate),
            (self.env._("model"), self.model_id),
            (self.env._("maintenance items"), self.maintenance_items),
            (self.env._("maintenance cycle"), self.cycle_months or self.cycle_km),
            (self.env._("next maintenance"), self.next_service_date),
            (self.env._("services desired"), self.services_desired),
            (self.env._("maintenance records"), self.order_ids or self.visit_ids),
        ]
        return [name for name, value in facts if not value]

    @api.model
    def _callers_of(self, orders):
        """``{order: caller}`` by the customers' files, where he works for the order's branch."""
        files = self.search(
            [
                ("partner_id", "in", orders.partner_id.ids),
                ("vehicle_id", "in", orders.vehicle_id.ids),
                ("user_id", "!=", False),
            ]
        )
        callers = {(file.partner_id, file.vehicle_id): file.user_id for file in files}
        found = {}
        for order in orders:
            caller = callers.get((order.partner_id, order.vehicle_id))
            if caller and order.company_id in caller.company_ids:
                found[order] = caller
        return found

    @api.model
    def _open_after_delivery(self, orders):
        """Enter delivered orders as visits, opening the files that do not exist yet (S1-01).

        Work for the house itself has no customer to keep a file of.
        """
        orders = orders.filtered(
            lambda order: order.partner_id and order.vehicle_id and not order.kind_id.is_internal
        )
        known = self.env["service.customer.visit"].search([("order_id", "in", orders.ids)])
        orders -= known.order_id
        if not orders:
            return self.browse()
        files = {
            (file.partner_id, file.vehicle_id): file
            for file in self.search(
                [
                    ("partner_id", "in", orders.partner_id.ids),
                    ("vehicle_id", "in", orders.vehicle_id.ids),
                ]
            )
        }
        new = {}
        for order in orders:
            key = (order.partner_id, order.vehicle_id)
            if key not in files:
                new.setdefault(
                    key,
                    {
                        "partner_id": order.partner_id.id,
                        "vehicle_id": order.vehicle_id.id,
                        "maintenance_items": "\n".join(order.job_ids.mapped("name")),
                    },
                )
        created = self.with_context(mail_create_nolog=True, mail_create_nosubscribe=True).create(
            list(new.values())
        )
        files.update(zip(new, created, strict=True))
        self.env["service.customer.visit"]._enter(
            {order: files[order.partner_id, order.vehicle_id] for order in orders}
        )
        return self.union(*files.values())
