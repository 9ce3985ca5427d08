from odoo import api, fields, models
from odoo.exceptions import AccessError, UserError

from ..rules import order_lifecycle as life
from .service_job_suggestion import TAKES_WORK
from .service_order_job import APPROVAL_KEY

COLORS = [("green", "Good"), ("yellow", "Soon"), ("red", "Now")]
CHECKABLE = (life.RECEIVED, life.DIAGNOSED, life.QUOTED, life.AGREED, life.IN_REPAIR)


class ServiceHealthTemplate(models.Model):
    """A list of points to look at on a car of certain kinds of order (S0-68)."""

    _name = "service.health.template"
    _description = "Vehicle Check Template"
    _order = "sequence, id"

    name = fields.Char(required=True, translate=True)
    sequence = fields.Integer(default=10)
    active = fields.Boolean(default=True)
    kind_ids = fields.Many2many(
        "service.order.kind", string="Kinds of Order", help="Empty: every kind."
    )
    is_for_customer = fields.Boolean(
        string="Shown to the Customer",
        default=True,
        help="What is found stands on the customer's page, as soon as it was told.",
    )
    point_ids = fields.One2many("service.health.point", "template_id", string="Points", copy=True)


class ServiceHealthPoint(models.Model):
    """One thing to look at, and the work it means when it is not good."""

    _name = "service.health.point"
    _description = "Vehicle Check Point"
    _order = "template_id, sequence, id"

    template_id = fields.Many2one(
        "service.health.template", required=True, ondelete="cascade", index=True
    )
    sequence = fields.Integer(default=10)
    section = fields.Char(translate=True)
    name = fields.Char(required=True, translate=True)
    system_id = fields.Many2one("service.vehicle.system", index="btree_not_null")
    operation_id = fields.Many2one(
        "service.operation", index="btree_not_null", help="What has to be done when it is not good."
    )


class ServiceHealthFinding(models.Model):
    """What was seen at one point of one car: good, soon or now, with a note and a photo."""

    _name = "service.health.finding"
    _description = "Finding"
    _order = "order_id, sequence, id"

    order_id = fields.Many2one("service.order", required=True, ondelete="cascade", index=True)
    company_id = fields.Many2one(
        related="order_id.company_id", store=True, index=True, precompute=True
    )
    vehicle_id = fields.Many2one(related="order_id.vehicle_id")
    point_id = fields.Many2one("service.health.point", ondelete="set null", index="btree_not_null")
    sequence = fields.Integer(default=10)
    section = fields.Char()
    name = fields.Char(string="What", required=True)
    color = fields.Selection(COLORS, string="Finding", index="btree_not_null")
    note = fields.Char()
    photo = fields.Image(max_width=1920, max_height=1920)
    user_id = fields.Many2one("res.users", string="Seen By", readonly=True)
    seen_at = fields.Datetime(readonly=True)
    job_id = fields.Many2one(
        "service.order.job", readonly=True, ondelete="set null", index="btree_not_null"
    )

    @api.model_create_multi
    def create(self, vals_list):
        for vals in vals_list:
            if vals.get("color"):
                vals.update(user_id=self.env.uid, seen_at=fields.Datetime.now())
        findings = super().create(vals_list)
        findings._report_extra_work()
        return findings

    def write(self, vals):
        """A finding carries who saw it; what became a job stays as it was."""
        if {"color", "name", "note"} & set(vals):
            done = self.filtered("job_id")
            if done:
                raise UserError(self.env._('"%s" is a job already: change the job.', done[0].name))
        if vals.get("color"):
            vals = {**vals, "user_id": self.env.uid, "seen_at": fields.Datetime.now()}
        res = super().write(vals)
        if vals.get("color"):
            self._report_extra_work()
        return res

    def _report_extra_work(self):
        """Red while the car is in repair: the advisor has to ask the customer (S2-62)."""
        summary = self.env._("Additional work found")
        red = self.filtered(lambda f: f.color == "red" and f.order_id.state == life.IN_REPAIR)
        for order in red.order_id.sudo():  # sudo: a technician does not write the order
            if summary not in order.activity_ids.mapped("summary"):
                order.activity_schedule(
                    "mail.mail_activity_data_todo",
                    user_id=order._desk_user().id,
                    summary=summary,
                    note=self.env._("Look at the vehicle check and ask the customer."),
                )

    def _prepare_job(self):
        self.ensure_one()
        point = self.point_id
        return {
            "order_id": self.order_id.id,
            "name": self.name if not self.note else f"{self.name}: {self.note}",
            "cause": self.note or self.name,
            "operation_id": point.operation_id.id,
            "system_id": (point.system_id or point.operation_id.system_id).id,
        }


class ServiceOrder(models.Model):
    """The vehicle check of a visit, and what becomes of its findings."""

    # one file for one job, the model is the sum of them
    _inherit = "service.order"  # pylint: disable=consider-merging-classes-inherited

    finding_ids = fields.One2many("service.health.finding", "order_id", string="Findings")
    finding_count = fields.Integer(compute="_compute_finding_counts")
    finding_todo_count = fields.Integer(compute="_compute_finding_counts")

    @api.depends("finding_ids.color", "finding_ids.job_id")
    def _compute_finding_counts(self):
        for order in self:
            order.finding_count = len(order.finding_ids)
            order.finding_todo_count = len(order._findings_todo())

    def _findings_todo(self):
        return self.finding_ids.filtered(lambda f: f.color in ("yellow", "red") and not f.job_id)

    def action_vehicle_check(self):
        """The points of this kind of order, to be filled in at the car."""
        self.ensure_one()
        self.check_access("read")
        if not self.env["service.health.finding"].has_access("create"):
            raise AccessError(self.env._("The workshop and the advisor check the car."))
        if not self.finding_ids and self.state in CHECKABLE:
            points = (
                self.env["service.health.template"]
                .search(["|", ("kind_ids", "=", False), ("kind_ids", "in", self.kind_id.ids)])
                .point_ids
            )
            self.env["service.health.finding"].create(
                [
                    {
                        "order_id": self.id,
                        "point_id": point.id,
                        "sequence": number,
                        "section": point.section or point.template_id.name,
                        "name": point.name,
                    }
                    for number, point in enumerate(points)
                ]
            )
        return {
            "type": "ir.actions.act_window",
            "name": self.env._("Vehicle Check %s", self.display_name),
            "res_model": "service.health.finding",
            "view_mode": "list,form",
            "domain": [("order_id", "=", self.id)],
            "context": {"default_order_id": self.id},
        }

    def action_findings_to_jobs(self):
        """Red becomes a job to ask for, yellow a proposal for later; each finding once."""
        self.check_access("read")
        if not self.env.user.has_group("service_core.group_service_advisor"):
            raise AccessError(self.env._("Advisors propose work to the customer."))
        self._lock()
        for order in self:
            findings = order._findings_todo()
            if not findings:
                raise UserError(self.env._("%s: no finding is waiting.", order.display_name))
            if order.state not in TAKES_WORK:
                raise UserError(
                    self.env._(
                        "%s: revise the estimate first, then add the findings.", order.display_name
                    )
                )
            jobs = self.env["service.order.job"].create(
                [finding._prepare_job() for finding in findings]
            )
            for finding, job in zip(findings, jobs, strict=True):
                finding.job_id = job
            later = findings.filtered(lambda f: f.color == "yellow").job_id
            later.with_context(service_approval_key=APPROVAL_KEY).write({"approval": "deferred"})
        return True
