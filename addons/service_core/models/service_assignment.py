from odoo import api, fields, models


class ServiceAssignment(models.Model):
    """Who works on a job, and when (S0-88). Overlaps are shown, not forbidden."""

    _name = "service.assignment"
    _description = "Assignment"
    _order = "planned_start, id"
    _check_company_auto = True

    job_id = fields.Many2one("service.order.job", required=True, ondelete="cascade", index=True)
    order_id = fields.Many2one(related="job_id.order_id", store=True, index=True)
    company_id = fields.Many2one(related="order_id.company_id", store=True, index=True)
    employee_id = fields.Many2one(
        "hr.employee",
        string="Technician",
        required=True,
        index=True,
        check_company=True,
        domain="[('service_technician', '=', True)]",
    )
    planned_start = fields.Datetime(
        compute="_compute_planned_start", store=True, readonly=False, precompute=True
    )
    planned_end = fields.Datetime()
    # what a card and a calendar show without opening the order
    state = fields.Selection(related="order_id.state", string="Order Status")
    vehicle_id = fields.Many2one(related="order_id.vehicle_id")
    operation_id = fields.Many2one(related="job_id.operation_id")
    job_kind = fields.Selection(related="job_id.kind")
    standard_hours = fields.Float(related="job_id.standard_hours")
    customer_words = fields.Text(related="job_id.customer_words")
    bay_id = fields.Many2one(related="order_id.bay_id")
    promised_date = fields.Datetime(related="order_id.promised_date")
    is_mine = fields.Boolean(compute="_compute_is_mine", search="_search_is_mine")
    is_running = fields.Boolean(string="Clocked On", compute="_compute_is_running")
    is_overlapping = fields.Boolean(
        string="Overlaps",
        compute="_compute_is_overlapping",
        help="This person is planned elsewhere at the same time.",
    )

    _once = models.Constraint(
        "UNIQUE(job_id, employee_id)", "This person is already assigned to this job."
    )
    _dates = models.Constraint(
        "CHECK(planned_end IS NULL OR planned_start IS NULL OR planned_end >= planned_start)",
        "The work cannot end before it starts.",
    )

    # === COMPUTES === #

    @api.depends("job_id")
    def _compute_planned_start(self):
        for assignment in self:
            assignment.planned_start = (
                assignment.planned_start or assignment.job_id.order_id.planned_start
            )

    @api.depends("job_id.name", "employee_id.name")
    def _compute_display_name(self):
        for assignment in self:
            assignment.display_name = " · ".join(
                filter(None, [assignment.job_id.name, assignment.employee_id.display_name])
            )

    @api.depends_context("uid")
    def _compute_is_mine(self):
        mine = self.env.user.employee_ids
        for assignment in self:
            assignment.is_mine = assignment.employee_id in mine

    def _search_is_mine(self, operator, value):
        if operator != "in":
            return NotImplemented
        return [
            ("employee_id", "in" if True in value else "not in", self.env.user.employee_ids.ids)
        ]

    def _compute_is_running(self):
        running = set(
            self.env["service.clocking"]._read_group(
                [("job_id", "in", self.job_id.ids), ("stop", "=", False)],
                ["job_id", "employee_id"],
            )
        )
        for assignment in self:
            assignment.is_running = (assignment.job_id, assignment.employee_id) in running

    @api.depends("employee_id", "planned_start", "planned_end")
    def _compute_is_overlapping(self):
        planned = self.filtered(lambda a: a.planned_start and a.planned_end)
        (self - planned).is_overlapping = False
        if not planned:
            return
        others = self.search(
            [
                ("employee_id", "in", planned.employee_id.ids),
                ("planned_start", "<", max(planned.mapped("planned_end"))),
                ("planned_end", ">", min(planned.mapped("planned_start"))),
                ("state", "not in", ("delivered", "cancelled")),
            ]
        ).grouped("employee_id")
        for assignment in planned:
            assignment.is_overlapping = any(
                other.planned_start < assignment.planned_end
                and other.planned_end > assignment.planned_start
                for other in others.get(assignment.employee_id, self.browse())
                if other != assignment._origin
            )

    # === CRUD === #

    @api.model_create_multi
    def create(self, vals_list):
        assignments = super().create(vals_list)
        assignments._look_at_permits()
        return assignments

    def write(self, vals):
        res = super().write(vals)
        if {"employee_id", "job_id", "planned_start"} & set(vals):
            self._look_at_permits()
        return res

    def _look_at_permits(self):
        """A permit is needed on the day of the work, not on the day of the planning (S3-22)."""
        for assignment in self:
            assignment.job_id._check_permits(
                assignment.employee_id, assignment.planned_start or fields.Datetime.now()
            )

    # === ACTIONS === #

    def action_clock_on(self):
        """The technician starts, or comes back to, this job."""
        for assignment in self:
            self.env["service.clocking"]._clock_on(assignment.job_id, assignment.employee_id)

    def action_pause(self):
        """Ask for the reason; a change to another car counts as a pause too (S2-68)."""
        running = self._running_clocking()
        running._guard_running()
        return {
            "type": "ir.actions.act_window",
            "name": self.env._("Why do you stop?"),
            "res_model": "service.clocking.pause",
            "view_mode": "form",
            "target": "new",
            "context": {"default_clocking_id": running.id},
        }

    def action_clock_off(self):
        """The technician is done with this job."""
        for assignment in self:
            assignment._running_clocking()._clock_off()

    def _running_clocking(self):
        self.ensure_one()
        return self.env["service.clocking"].search(
            [
                ("job_id", "=", self.job_id.id),
                ("employee_id", "=", self.employee_id.id),
                ("stop", "=", False),
            ]
        )
