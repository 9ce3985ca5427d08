from odoo import api, fields, models


class ServiceReviewAsk(models.TransientModel):
    """Ask several colleagues the same questions; each answers for himself."""

    _name = "service.review.ask"
    _description = "Ask Colleagues"

    template_id = fields.Many2one(
        "service.review.template",
        string="Questionnaire",
        required=True,
        domain="[('kind', 'in', ('staff', 'self', 'summary'))]",
    )
    date = fields.Date(
        string="Until",
        required=True,
        default=lambda self: fields.Date.add(fields.Date.context_today(self), days=7),
    )
    employee_ids = fields.Many2many(
        "hr.employee.public",
        string="Colleagues",
        required=True,
        compute="_compute_employee_ids",
        store=True,
        readonly=False,
    )

    @api.depends("template_id")
    def _compute_employee_ids(self):
        """Everybody of the branch who can be asked."""
        staff = self.env["hr.employee.public"].search(
            [("company_id", "=", self.env.company.id), ("user_id", "!=", False)]
        )
        for wizard in self:
            wizard.employee_ids = wizard.employee_ids or staff

    def action_confirm(self):
        """Plan one questionnaire for each of them."""
        employees = self.env["hr.employee"].browse(self.employee_ids.ids)
        self.env["service.review"]._ask_staff(self.template_id, employees, self.date)
        return {"type": "ir.actions.act_window_close"}
