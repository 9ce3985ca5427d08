from odoo import api, fields, models
from odoo.exceptions import ValidationError


class ServicePermitOverride(models.Model):
    """A manager let one person do one job without the permit, and said why (S3-22).

    Written once: it stands on the order and on its prints, and is never changed.
    """

    _name = "service.permit.override"
    _description = "Permit Override"
    _order = "id desc"
    _rec_name = "employee_id"

    job_id = fields.Many2one("service.order.job", required=True, index=True, ondelete="restrict")
    order_id = fields.Many2one(related="job_id.order_id", store=True, index=True)
    company_id = fields.Many2one(related="order_id.company_id", store=True, index=True)
    employee_id = fields.Many2one(
        "hr.employee",
        string="Technician",
        required=True,
        index=True,
        ondelete="restrict",
        domain="[('service_technician', '=', True)]",
    )
    employee_name = fields.Char(compute="_compute_employee_name", compute_sudo=True)
    missing = fields.Char(readonly=True, help="What the person lacked when the work was allowed.")
    reason = fields.Char(required=True)
    user_id = fields.Many2one(
        "res.users",
        string="Allowed By",
        required=True,
        readonly=True,
        default=lambda self: self.env.user,
    )

    _once = models.Constraint(
        "UNIQUE(job_id, employee_id)", "This person is already allowed to do this job."
    )

    @api.depends("employee_id")
    def _compute_employee_name(self):
        for override in self:
            override.employee_name = override.employee_id.name

    @api.model_create_multi
    def create(self, vals_list):
        """Recorded under the name of who decides, whatever was sent, and told on the order."""
        for vals in vals_list:
            vals["user_id"] = self.env.uid
        overrides = super().create(vals_list)
        now = fields.Datetime.now()
        # sudo: what is missing and the note are the system's own
        for override in overrides.sudo():
            gaps = override.employee_id._service_permit_gap(override.job_id, now)
            override.missing = gaps[override.employee_id]
            override.order_id.message_post(
                author_id=self.env.user.partner_id.id, body=override._sentence()
            )
        return overrides

    @api.constrains("employee_id", "reason")
    def _check_decision(self):
        for override in self:
            # sudo: whose user an employee is may not be readable to the manager
            if override.sudo().employee_id.user_id == self.env.user:
                raise ValidationError(
                    self.env._("Nobody allows himself to work: another manager decides.")
                )
            if not override.reason.strip():
                raise ValidationError(self.env._("Say why: the reason is printed on the order."))

    def _sentence(self):
        """What the order and its prints say."""
        self.ensure_one()
        return self.env._(
            '%(employee)s does "%(job)s" without a valid permit, allowed by %(user)s: %(reason)s',
            employee=self.employee_name,
            job=self.job_id.name,
            # sudo: the name of who decided is for every reader of the order
            user=self.sudo().user_id.name,
            reason=self.reason,
        )

    @api.model
    def _allowed(self, jobs, employees):
        """``{(job, employee)}`` that a manager let pass."""
        found = self.search([("job_id", "in", jobs.ids), ("employee_id", "in", employees.ids)])
        return {
            (jobs.browse(override.job_id.id), employees.browse(override.employee_id.id))
            for override in found
        }
