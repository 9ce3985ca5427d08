import secrets
from datetime import timedelta

from odoo import api, fields, models
from odoo.exceptions import UserError
from odoo.fields import Domain

from ..rules import order_lifecycle as life

PRICE_GROUPS = ",".join(
    f"service_core.group_service_{role}" for role in ("advisor", "parts", "cashier", "manager")
)

# Written by the verbs only: who signed, who released, how it ended.
VERB_FIELDS = {
    "archived_at",
    "arrived_at",
    "charges_explained",
    "closed_reason",
    "collective_month",
    "comeback_of_id",
    "delivered_date",
    "arrival_checked_eta",
    "is_aftercare_due",
    "is_arrival_task",
    "is_booking_due",
    "is_stopped",
    "long_job_told_at",
    "long_job_told_by_id",
    "no_show",
    "origin_order_id",
    "phone_estimate_at",
    "phone_estimate_by_id",
    "phone_estimate_sent_at",
    "phone_estimate_total",
    "pickup_told_at",
    "prepared_at",
    "prepared_by_id",
    "release_reason",
    "release_user_id",
    "reminder_at",
    "route_channel",
    "route_sent_at",
    "settlement_signature",
    "settlement_signed_by",
    "settlement_signed_on",
}
# What an estimate rests on: who, which car, which branch, which checks.
ESTIMATE_FIELDS = {"company_id", "kind_id", "partner_id", "vehicle_id"}

STATUS_LINK_DAYS = 30  # the status page stays readable this long after delivery


class ServiceOrder(models.Model):
    """One visit of one car, from the phone call to the drive home.

    The order holds what the house and the customer agree on; money and goods are Odoo's: what
    was approved becomes one sale order per payer and round.
    """

    _name = "service.order"
    _description = "Work Order"
    _inherit = ["mail.thread", "mail.activity.mixin", "service.lifecycle"]
    _order = "id desc"
    _rec_names_search = ["name", "license_plate", "client_ref"]
    _check_company_auto = True
    _lifecycle = life.ORDER

    name = fields.Char(readonly=True, copy=False, default="/", index="trigram")
    state = fields.Selection(
        life.STATES,
        required=True,
        readonly=True,
        copy=False,
        default=life.DRAFT,
        tracking=True,
        group_expand="_expand_states",
    )
    company_id = fields.Many2one(
        "res.company",
        string="Branch",
        required=True,
        index=True,
        default=lambda self: self.env.company,
    )
    currency_id = fields.Many2one(related="company_id.currency_id")
    kind_id = fields.Many2one(
        "service.order.kind",
        required=True,
        default=lambda self: self.env["service.order.kind"].search([], limit=1),
        tracking=True,
        help="Decides which checks, inspections and courtesies this order goes through.",
    )
    needs_diagnosis = fields.Boolean(related="kind_id.needs_diagnosis")
    has_pending = fields.Boolean(compute="_compute_has_pending")
    order_type = fields.Selection(
        [("commercial", "Commercial"), ("warranty", "Warranty")],
        required=True,
        default="commercial",
        tracking=True,
        help="Who pays for new jobs unless a job says otherwise.",
    )

    # People and car
    vehicle_id = fields.Many2one("service.vehicle", index="btree_not_null", tracking=True)
    license_plate = fields.Char(
        compute="_compute_license_plate",
        store=True,
        readonly=False,
        index="trigram",
        help="As told by the customer until the car is known.",
    )
    model_name = fields.Char(
        string="Model",
        compute="_compute_model_name",
        store=True,
        readonly=False,
        help="As told by the customer until the car is known.",
    )
    owner_id = fields.Many2one("res.partner", related="vehicle_id.owner_id", string="Owner")
    partner_id = fields.Many2one(
        "res.partner",
        string="Ordered By",
        compute="_compute_partner_id",
        store=True,
        readonly=False,
        index=True,
        tracking=True,
        help="Who orders the work and, for customer jobs, pays the bill.",
    )
    contact_id = fields.Many2one(
        "res.partner",
        compute="_compute_contact_id",
        store=True,
        readonly=False,
        index="btree_not_null",
        help="Who brought the car today: is called, texted and asked.",
    )
    contact_phone = fields.Char(
        string="Phone Today",
        compute="_compute_contact_phone",
        store=True,
        readonly=False,
        help="Reachable during this visit.",
    )
    client_ref = fields.Char(string="Customer Reference")
    advisor_id = fields.Many2one(
        "res.users",
        default=lambda self: self._default_advisor(),
        index="btree_not_null",
        tracking=True,
    )

    # Time and place
    planned_start = fields.Datetime(
        string="Reception", tracking=True, index="btree_not_null", help="Reception slot."
    )
    planned_end = fields.Datetime(compute="_compute_planned_end", store=True, readonly=False)
    departure_time = fields.Datetime(
        string="Departure", help="When the customer leaves home; the reminder goes out then."
    )
    eta = fields.Datetime(
        string="Arrival (ETA)",
        compute="_compute_eta",
        store=True,
        readonly=False,
        help="When the customer expects to arrive.",
    )
    booking_confirmed = fields.Boolean(
        string="Read Back",
        help="Departure, arrival, plate and model were read back to the customer (S0-43).",
    )
    promised_date = fields.Datetime(
        string="Promised",
        tracking=True,
        help="When the car was promised to be ready.",
    )
    bay_id = fields.Many2one("service.bay", check_company=True, index="btree_not_null")
    delivered_date = fields.Datetime(readonly=True, copy=False)

    # Intake
    odometer = fields.Integer(string="Odometer (km)", tracking=True, copy=False)
    fuel_level = fields.Selection(
        [("0", "Empty"), ("1", "1/4"), ("2", "1/2"), ("3", "3/4"), ("4", "Full")], copy=False
    )

    # Work
    job_ids = fields.One2many("service.order.job", "order_id", string="Jobs")
    line_ids = fields.One2many("service.order.line", "order_id", string="Lines")
    approval_ids = fields.One2many("service.approval", "order_id", string="Approvals")
    claim_ids = fields.One2many("service.claim", "order_id", string="Claims")
    waiver_ids = fields.One2many("service.waiver", "order_id", string="Waived Checks")
    inspection_ids = fields.One2many("service.inspection", "order_id", string="Inspections")
    clocking_ids = fields.One2many("service.clocking", "order_id", string="Clockings")
    origin_order_id = fields.Many2one(
        "service.order", string="Comes From", index="btree_not_null", copy=False, readonly=True
    )
    wash_accepted = fields.Boolean(
        string="Wash",
        compute="_compute_wash_accepted",
        store=True,
        readonly=False,
        help="The customer accepts the free wash (S0-104).",
    )
    no_metal = fields.Boolean(
        string="No Metal, Items Protected",
        copy=False,
        help="The washer wears no metal objects and the repaired area was pointed out (S0-110).",
    )

    # Money
    sale_order_ids = fields.Many2many(
        "sale.order",
        string="Sale Orders",
        compute="_compute_documents",
        compute_sudo=True,
        groups=PRICE_GROUPS,
    )
    picking_ids = fields.Many2many(
        "stock.picking", string="Parts Issues", compute="_compute_documents", compute_sudo=True
    )
    invoice_ids = fields.Many2many(
        "account.move",
        string="Invoices",
        compute="_compute_documents",
        compute_sudo=True,
        groups=PRICE_GROUPS,
    )
    sale_order_count = fields.Integer(
        compute="_compute_documents", compute_sudo=True, groups=PRICE_GROUPS
    )
    picking_count = fields.Integer(compute="_compute_documents", compute_sudo=True)
    invoice_count = fields.Integer(
        compute="_compute_documents", compute_sudo=True, groups=PRICE_GROUPS
    )
    amount_total = fields.Monetary(
        string="Estimate",
        compute="_compute_amount_total",
        store=True,
        groups=PRICE_GROUPS,
        help="Open and approved jobs, tax included.",
    )
    amount_quoted = fields.Monetary(
        string="Approved",
        compute="_compute_amount_quoted",
        store=True,
        groups=PRICE_GROUPS,
        help="Sum of the approved rounds, tax included: the ceiling of the bill.",
    )
    payment_method = fields.Selection(
        [
            ("cash", "Cash"),
            ("card", "Card"),
            ("transfer", "Bank transfer"),
            ("account", "On account"),
        ],
        copy=False,
    )
    charges_explained = fields.Boolean(
        copy=False, help="The charges were explained from the settlement form (S0-116)."
    )
    settlement_signature = fields.Binary(copy=False, attachment=True)
    settlement_signed_by = fields.Char(copy=False)
    settlement_signed_on = fields.Datetime(copy=False, readonly=True)
    release_reason = fields.Char(
        copy=False, readonly=True, help="Why a manager let the car go unpaid."
    )
    release_user_id = fields.Many2one("res.users", copy=False, readonly=True)

    # Where it stands
    waiting_for = fields.Selection(
        [
            ("parts", "Parts"),
            ("customer", "Customer"),
            ("payer", "Payer"),
            ("sublet", "Sublet"),
            ("bay", "Bay"),
        ],
        compute="_compute_waiting_for",
        store=True,
        index="btree_not_null",
    )
    progress_color = fields.Selection(
        [("red", "Red"), ("yellow", "Yellow"), ("green", "Green")],
        string="Progress Card",
        compute="_compute_progress_color",
        store=True,
        help="Red: received, not in work. Yellow: in work. Green: work done (S0-87).",
    )
    no_show = fields.Boolean(copy=False, readonly=True)
    closed_reason = fields.Char(copy=False, readonly=True, help="Why it was cancelled or stopped.")
    is_stopped = fields.Boolean(copy=False, readonly=True)
    access_token = fields.Char(copy=False, readonly=True, groups="base.group_system")
    status_url = fields.Char(
        string="Status Link",
        compute="_compute_status_url",
        groups="service_core.group_service_advisor",
        help="The page the customer follows, approves and signs on. Send it to the contact only.",
    )

    _token_uniq = models.UniqueIndex("(access_token) WHERE access_token IS NOT NULL")
    _board_idx = models.Index("(company_id, state, promised_date)")
    # the board: few orders are open, however many there were
    _open_idx = models.Index(
        "(company_id, state, id) WHERE state NOT IN ('delivered', 'cancelled')"
    )
    _reception_idx = models.Index("(company_id, planned_start) WHERE planned_start IS NOT NULL")
    _odometer_positive = models.Constraint(
        "CHECK(odometer >= 0)", "The odometer cannot be negative."
    )
    _dates = models.Constraint(
        "CHECK(departure_time IS NULL OR eta IS NULL OR departure_time <= eta)",
        "The customer cannot arrive before leaving home.",
    )

    def _default_advisor(self):
        user = self.env.user
        return user if user.has_group("service_core.group_service_advisor") else False

    @api.model
    def _expand_states(self, states, _domain):
        """The board shows the whole road of open work, in its order, empty steps too."""
        return [state for state, _label in life.STATES if state in states or state in life.OPEN]

    # === COMPUTES === #

    @api.depends("vehicle_id.license_plate")
    def _compute_license_plate(self):
        for order in self:
            order.license_plate = order.vehicle_id.license_plate or order.license_plate

    @api.depends("vehicle_id.model_id")
    def _compute_model_name(self):
        for order in self:
            order.model_name = order.vehicle_id.model_id.display_name or order.model_name

    @api.depends("vehicle_id")
    def _compute_partner_id(self):
        for order in self:
            order.partner_id = order.partner_id or order.vehicle_id.owner_id

    @api.depends("vehicle_id", "partner_id")
    def _compute_contact_id(self):
        for order in self:
            order.contact_id = order.contact_id or order.vehicle_id.driver_id or order.partner_id

    @api.depends("contact_id")
    def _compute_contact_phone(self):
        for order in self:
            order.contact_phone = order.contact_id.phone or order.contact_phone

    @api.depends("planned_start", "job_ids.standard_hours")
    def _compute_planned_end(self):
        for order in self:
            order.planned_end = order.planned_start and order.planned_start + timedelta(
                hours=order._required_hours()
            )

    @api.depends("planned_start")
    def _compute_eta(self):
        for order in self:
            order.eta = order.eta or order.planned_start

    @api.depends("kind_id")
    def _compute_wash_accepted(self):
        for order in self:
            order.wash_accepted = order.kind_id.wash_offered

    @api.depends(
        "line_ids.sale_line_id.order_id.picking_ids", "line_ids.sale_line_id.invoice_lines"
    )
    def _compute_documents(self):
        # as superuser: technicians see that parts were issued, prices stay behind the groups
        for order in self:
            sales = order.line_ids.sale_line_id.order_id
            pickings = sales.picking_ids
            invoices = sales.invoice_ids
            order.sale_order_ids = sales.ids
            order.picking_ids = pickings.ids
            order.invoice_ids = invoices.ids
            order.sale_order_count = len(sales)
            order.picking_count = len(pickings)
            order.invoice_count = len(invoices)

    @api.depends("job_ids.approval", "approval_ids.state")
    def _compute_has_pending(self):
        for order in self:
            asked = order.approval_ids.filtered(lambda a: a.state == "asked").job_ids
            order.has_pending = "pending" in (order.job_ids - asked).mapped("approval")

    @api.depends("line_ids.price_total", "job_ids.approval")
    def _compute_amount_total(self):
        for order in self:
            order.amount_total = sum(
                order.line_ids.filtered(
                    lambda line: line.job_id.approval not in ("declined", "deferred")
                ).mapped("price_total")
            )

    @api.depends("approval_ids.state", "approval_ids.amount_approved")
    def _compute_amount_quoted(self):
        for order in self:
            order.amount_quoted = sum(
                order.approval_ids.filtered(lambda a: a.state == "answered").mapped(
                    "amount_approved"
                )
            )

    @api.depends(
        "state",
        "origin_order_id",
        "approval_ids.state",
        "approval_ids.payer",
        "line_ids.availability",
        "job_ids.approval",
    )
    def _compute_waiting_for(self):
        """A question to a payer outranks a missing part: nothing may be done about the part."""
        # a second visit waits for its parts before the car is here again
        waitable = self.filtered(
            lambda order: (
                order.state in life.STOPPABLE
                or (order.state == life.BOOKED and order.origin_order_id)
            )
        )
        (self - waitable).waiting_for = False
        for order in waitable:
            asked = order.approval_ids.filtered(lambda a: a.state == "asked")
            if asked:
                order.waiting_for = "customer" if "customer" in asked.mapped("payer") else "payer"
            elif order.state in life.AWAITING_PARTS and order.line_ids.filtered(
                lambda line: (
                    line.job_id.approval == "approved"
                    and line.availability in ("expected", "late", "missing")
                )
            ):
                order.waiting_for = "parts"
            else:
                order.waiting_for = False

    @api.depends("state", "waiting_for")
    def _compute_progress_color(self):
        for order in self:
            if order.state in (life.RECEIVED, life.DIAGNOSED, life.QUOTED, life.AGREED):
                order.progress_color = "red"
            elif order.state == life.IN_REPAIR:
                order.progress_color = "red" if order.waiting_for else "yellow"
            elif order.state in (life.IN_INSPECTION, life.WASHING, life.READY, life.SETTLED):
                order.progress_color = "green"
            else:
                order.progress_color = False

    @api.depends("access_token")
    def _compute_status_url(self):
        base = self.get_base_url()
        for order in self:
            # sudo: the token itself is hidden, the advisor needs the link to send it
            token = order.sudo().access_token
            order.status_url = f"{base}/service/status/{token}" if token else False

    @api.depends("name", "license_plate")
    @api.depends_context("service_plate_first")
    def _compute_display_name(self):
        # a crowded calendar shows the first word only: there the car is looked for
        step = -1 if self.env.context.get("service_plate_first") else 1
        for order in self:
            words = [order.name, order.license_plate][::step]
            order.display_name = " ".join(filter(None, words))

    # === CRUD === #

    @api.model_create_multi
    def create(self, vals_list):
        for vals in vals_list:
            self._refuse_verb_fields(vals)
            if vals.get("name", "/") == "/":
                company = vals.get("company_id") or self.env.company.id
                # sudo: a sequence is read by settings users only
                vals["name"] = (
                    self.env["ir.sequence"]
                    .sudo()
                    .with_company(company)
                    .next_by_code("service.order")
                )
        return super().create(vals_list)

    @api.ondelete(at_uninstall=False)
    def _unlink_except_started(self):
        for order in self:
            if order.state not in (life.DRAFT, life.CANCELLED) or order.approval_ids:
                raise UserError(
                    self.env._("%s has begun: cancel or stop it instead.", order.display_name)
                )

    def write(self, vals):
        """Keep what was promised: the slot follows the booking, facts stay with the signed bill."""
        self._refuse_verb_fields(vals)
        self._refuse_estimate_change(vals)
        res = super().write(vals)
        if "planned_start" in vals or "company_id" in vals:
            booked = self.filtered(lambda order: order.state == life.BOOKED)
            self.env["service.capacity"]._take(booked)
        return res

    def _refuse_verb_fields(self, vals):
        """Signatures, releases and endings are written by the verbs, whatever a caller sends."""
        if self.env.su:
            return
        for name in sorted(VERB_FIELDS & set(vals)):
            # a form may send an empty field of a new order
            if self or vals[name]:
                raise UserError(
                    self.env._(
                        '"%s" is filled in by the order\'s buttons only.',
                        self._fields[name]._description_string(self.env),
                    )
                )

    def _refuse_estimate_change(self, vals):
        """Once an estimate is out, what it rests on stays; revise it first."""
        if self.env.su or not ESTIMATE_FIELDS & set(vals):
            return
        for order in self:
            if order.state not in (life.DRAFT, life.BOOKED, life.RECEIVED, life.DIAGNOSED):
                raise UserError(
                    self.env._(
                        "%s: customer, car, branch and kind stay as they were quoted. Revise the "
                        "estimate first.",
                        order.display_name,
                    )
                )

    # === HELPERS === #

    def _required_hours(self):
        """Standard hours this order takes out of a day, at least half an hour."""
        self.ensure_one()
        open_jobs = self.job_ids.filtered(lambda job: job.approval not in ("declined", "deferred"))
        return max(sum(open_jobs.mapped("standard_hours")), 0.5)

    def _hours_needed(self):
        """``{order id: hours}``: :meth:`_required_hours` of many orders in one question."""
        rows = self.env["service.order.job"]._read_group(
            [("order_id", "in", self.ids), ("approval", "not in", ("declined", "deferred"))],
            ["order_id"],
            ["standard_hours:sum"],
        )
        hours = {order.id: total for order, total in rows}
        return {order.id: max(hours.get(order.id, 0.0), 0.5) for order in self}

    def _ensure_token(self):
        """Give each order an unguessable link of its own."""
        # sudo: the token is readable by nobody but the system
        for order in self.sudo().filtered(lambda order: not order.access_token):
            order.access_token = secrets.token_urlsafe(32)

    def _status_link_open(self):
        """Whether the customer's page still answers."""
        self.ensure_one()
        if self.state == life.CANCELLED:
            return False
        return not self.delivered_date or (
            self.delivered_date + timedelta(days=STATUS_LINK_DAYS) > fields.Datetime.now()
        )

    @api.model
    def _open_domain(self):
        return Domain("state", "in", life.OPEN)

    def _on_parts_ready(self):
        """Hook: all approved parts of these orders have just come in (S4-42)."""
        for order in self.filtered(lambda order: order.state in (life.AGREED, life.IN_REPAIR)):
            if order.advisor_id:
                order.activity_schedule(
                    "mail.mail_activity_data_todo",
                    user_id=order.advisor_id.id,
                    summary=self.env._("All parts are in"),
                    note=self.env._("Every approved part of %s is in stock.", order.display_name),
                )

    # === BUTTONS TO RELATED DOCUMENTS === #

    def _view(self, name, records):
        action = {
            "type": "ir.actions.act_window",
            "name": name,
            "res_model": records._name,
            "view_mode": "list,form",
            "domain": [("id", "in", records.ids)],
            "context": {"create": False},
        }
        if len(records) == 1:
            action.update(view_mode="form", res_id=records.id)
        return action

    def action_view_sale_orders(self):
        """Sale orders of this work order."""
        return self._view(self.env._("Sales"), self.sale_order_ids)

    def action_view_pickings(self):
        """Parts issued and returned for this work order."""
        return self._view(self.env._("Parts Issues"), self.picking_ids)

    def action_view_invoices(self):
        """Bills and credit notes of this work order."""
        return self._view(self.env._("Invoices"), self.invoice_ids)

    def action_view_history(self):
        """Every visit of this car that the user may see."""
        self.ensure_one()
        return self._view(
            self.env._("Car History"), self.search([("vehicle_id", "=", self.vehicle_id.id)])
        )
