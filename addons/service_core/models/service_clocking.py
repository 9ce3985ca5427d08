from odoo import api, fields, models
from odoo.exceptions import AccessError, UserError, ValidationError

from ..rules import order_lifecycle as life

PAUSE_REASONS = [
    ("parts", "Waiting for parts"),
    ("customer", "Waiting for the customer's answer"),
    ("other_job", "Changed to another car"),
    ("break", "Break"),
    ("shift_end", "End of shift"),
    ("other", "Other"),
]

# A diagnosis may begin as soon as the car is here; a repair waits for the customer's word.
DIAGNOSIS_STATES = (life.RECEIVED, life.DIAGNOSED, life.QUOTED, life.AGREED, life.IN_REPAIR)


class ServiceClocking(models.Model):
    """One person's time on one job, from clocking on to a pause or the end (S4-48).

    One running line per person, kept by the database; the standard hours are billed, these
    hours tell what it really took.
    """

    _name = "service.clocking"
    _description = "Clocking"
    _order = "start desc, id desc"
    _check_company_auto = True

    employee_id = fields.Many2one(
        "hr.employee", string="Technician", required=True, index=True, ondelete="restrict"
    )
    job_id = fields.Many2one("service.order.job", required=True, index=True, ondelete="restrict")
    order_id = fields.Many2one(related="job_id.order_id", store=True, index=True)
    company_id = fields.Many2one(related="order_id.company_id", store=True, index=True)
    start = fields.Datetime(required=True, default=fields.Datetime.now)
    stop = fields.Datetime()
    duration = fields.Float(
        string="Hours", compute="_compute_duration", store=True, help="0 while it is running."
    )
    pause_reason = fields.Selection(
        PAUSE_REASONS, help="Why the work was interrupted; empty when the job was done."
    )

    _one_running = models.UniqueIndex(
        "(employee_id) WHERE stop IS NULL",
        "This person is already clocked on somewhere: pause or clock off there first.",
    )
    _order_of_time = models.Constraint(
        "CHECK(stop IS NULL OR stop >= start)", "Work cannot stop before it starts."
    )

    @api.depends("start", "stop")
    def _compute_duration(self):
        for clocking in self:
            clocking.duration = (
                (clocking.stop - clocking.start).total_seconds() / 3600 if clocking.stop else 0.0
            )

    @api.depends("job_id.name", "employee_id.name")
    def _compute_display_name(self):
        for clocking in self:
            clocking.display_name = " · ".join(
                filter(None, [clocking.employee_id.display_name, clocking.job_id.name])
            )

    @api.constrains("employee_id", "start", "stop")
    def _check_overlap(self):
        for clocking in self:
            domain = [
                ("employee_id", "=", clocking.employee_id.id),
                ("id", "!=", clocking.id),
                "|",
                ("stop", "=", False),
                ("stop", ">", clocking.start),
            ]
            if clocking.stop:
                domain.append(("start", "<", clocking.stop))
            # sudo: the other line may be of a branch that the user does not see
            other = self.sudo().search(domain, limit=1)
            if other and not (clocking.stop and clocking.stop == clocking.start):
                raise ValidationError(
                    self.env._(
                        '%(employee)s was already on "%(job)s" at that time.',
                        employee=clocking.employee_id.display_name,
                        job=other.job_id.name,
                    )
                )

    def write(self, vals):
        """A corrected time is visible on the order: it may end up in somebody's pay."""
        if not self.env.su and set(vals) - {"start", "stop", "pause_reason"}:
            raise UserError(
                self.env._("Only the times of a clocking can be corrected, not who did what.")
            )
        before = {clocking: (clocking.start, clocking.stop) for clocking in self}
        res = super().write(vals)
        if not self.env.su and {"start", "stop"} & set(vals):
            for clocking, (start, stop) in before.items():
                # sudo: the note is the system's own, whoever corrects
                clocking.order_id.sudo().message_post(
                    author_id=self.env.user.partner_id.id,
                    body=self.env._(
                        "Time of %(who)s corrected from %(old_start)s - %(old_stop)s to "
                        "%(new_start)s - %(new_stop)s (UTC).",
                        who=clocking.display_name,
                        old_start=start,
                        old_stop=stop or "",
                        new_start=clocking.start,
                        new_stop=clocking.stop or "",
                    ),
                )
        return res

    # === VERBS === #

    @api.model
    def _clock_on(self, job, employee, when=None):
        """``employee`` starts on ``job``.

        1. Technicians clock themselves; a team leader or a manager clocks anybody.
        2. A diagnosis may be clocked once the car is received, everything else only in repair.
        3. A repair needs its payer's approval (S2-62).
        4. Nobody works on two jobs at once: the first is paused with a reason (S2-68).
        5. The permit is looked at again: it may have lapsed since the planning (S3-22).
        """
        when = when or fields.Datetime.now()
        job.ensure_one()
        employee.ensure_one()
        job.order_id.check_access("read")
        self._guard_person(employee)
        self._guard_job(job)
        self._guard_free(employee)
        # sudo: times are written by these verbs only, after the guards above
        assignments = self.env["service.assignment"].sudo()
        if assignments.search_count([("job_id", "=", job.id), ("employee_id", "=", employee.id)]):
            job._check_permits(employee, when)
        else:
            # a helper is assigned by helping; assigning looks at the permit
            assignments.create(
                {"job_id": job.id, "employee_id": employee.id, "planned_start": when}
            )
        # sudo: as above
        return (
            self.sudo()
            .create({"job_id": job.id, "employee_id": employee.id, "start": when})
            .sudo(False)
        )

    def _pause(self, reason, when=None):
        """Interrupt the work and say why."""
        if reason not in dict(PAUSE_REASONS):
            raise UserError(self.env._("Choose the reason of the pause."))
        self._guard_running()
        self._close_open(when, reason)

    def _clock_off(self, when=None):
        """End the work on this job."""
        self._guard_running()
        self._close_open(when)

    def _close_open(self, when=None, reason=False):
        """Stop what is running; the caller has its own guard (finish, stop of the order)."""
        # sudo: times are written by guarded verbs only
        self.sudo().filtered(lambda clocking: not clocking.stop).write(
            {"stop": when or fields.Datetime.now(), "pause_reason": reason}
        )

    # === GUARDS === #

    @api.model
    def _guard_person(self, employees):
        user = self.env.user
        if (
            self.env.su
            or user.has_group("service_core.group_service_team_leader")
            or user.has_group("service_core.group_service_manager")
        ):
            return
        if not user.has_group("service_core.group_service_technician"):
            raise AccessError(
                self.env._("Only technicians, team leaders and service managers clock work.")
            )
        # sudo: the login behind an employee is not readable by everybody
        if employees.sudo().user_id != user or not employees:
            raise AccessError(
                self.env._("You clock your own work; a team leader clocks that of others.")
            )

    @api.model
    def _guard_job(self, job):
        order = job.order_id
        if job.kind == "diagnosis":
            if order.state not in DIAGNOSIS_STATES:
                raise UserError(
                    self.env._(
                        "%s: a diagnosis can be clocked from the reception to the repair.",
                        order.display_name,
                    )
                )
            return
        if order.state != life.IN_REPAIR:
            raise UserError(
                self.env._(
                    "%s is not in repair: the advisor hands it to the workshop first.",
                    order.display_name,
                )
            )
        if job.approval != "approved":
            raise UserError(
                self.env._(
                    '"%s" is not approved: ask the advisor for the customer\'s answer first.',
                    job.name,
                )
            )

    @api.model
    def _guard_free(self, employee):
        # sudo: the running line may be in a branch that the user does not see
        running = self.sudo().search([("employee_id", "=", employee.id), ("stop", "=", False)])
        if running:
            raise UserError(
                self.env._(
                    '%(employee)s is still clocked on "%(job)s" of %(order)s: pause it with a '
                    "reason or clock off first.",
                    employee=employee.display_name,
                    job=running.job_id.name,
                    order=running.order_id.display_name,
                )
            )

    def _guard_running(self):
        if not self.filtered(lambda clocking: not clocking.stop):
            raise UserError(self.env._("Nobody is clocked on this job: clock on first."))
        self._guard_person(self.employee_id)
