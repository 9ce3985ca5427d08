from odoo import api, fields, models
from odoo.exceptions import ValidationError

LEVELS = [
    ("technician", "1. Technician"),
    ("team_leader", "2. Team Leader"),
    ("inspector", "3. Quality Inspector"),
    ("advisor", "4. Advisor"),
]


class ServiceInspection(models.Model):
    """One signature on the quality card: level, result and, when it failed, why (S0-94..S0-98).

    Signed by the verbs of the work order; here stands what must hold whoever writes the line.
    """

    _name = "service.inspection"
    _description = "Inspection"
    _order = "order_id, id"
    _rec_name = "level"
    _check_company_auto = True

    order_id = fields.Many2one(
        "service.order", required=True, readonly=True, ondelete="cascade", index=True
    )
    company_id = fields.Many2one(related="order_id.company_id", store=True, index=True)
    vehicle_id = fields.Many2one(related="order_id.vehicle_id")
    level = fields.Selection(LEVELS, required=True, readonly=True)
    result = fields.Selection(
        [("pass", "Passed"), ("fail", "Failed")], required=True, readonly=True
    )
    cause = fields.Text(
        readonly=True, help="Why it failed; goes back to the team with the car (S0-98)."
    )
    inspector_id = fields.Many2one(
        "res.users", string="Signed By", required=True, readonly=True, index=True
    )
    signed_at = fields.Datetime(required=True, readonly=True, default=fields.Datetime.now)

    @api.constrains("result", "cause")
    def _check_cause(self):
        for inspection in self:
            if inspection.result == "fail" and not (inspection.cause or "").strip():
                raise ValidationError(
                    self.env._("Say why the inspection failed: the team needs the cause.")
                )

    @api.constrains("level", "inspector_id", "order_id")
    def _check_not_own_repair(self):
        """Whoever worked on the car does not sign its final inspection (S0-95)."""
        for inspection in self:
            if inspection.level == "inspector" and inspection.inspector_id in self._repairers(
                inspection.order_id
            ):
                raise ValidationError(
                    self.env._(
                        "%s worked on this car: another inspector signs the third inspection.",
                        inspection.inspector_id.name,
                    )
                )

    @api.model
    def _levels_to_sign(self, order):
        """Labels of the levels that are still open, for the quality card (S0-97)."""
        labels = dict(self._fields["level"]._description_selection(self.env))
        signed = order._current_inspections().mapped("level")
        return [
            labels[level] for level in order.kind_id._inspection_levels() if level not in signed
        ]

    @api.model
    def _repairers(self, order):
        """Logins of everybody who was assigned to or clocked on this order."""
        # sudo: who worked on the car is asked about people the user may not read
        order = order.sudo()
        employees = order.job_ids.assignment_ids.employee_id | order.clocking_ids.employee_id
        return employees.user_id.sudo(False)
