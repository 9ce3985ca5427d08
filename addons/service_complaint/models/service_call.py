from odoo import fields, models


class ServiceCall(models.Model):
    """Every call of a case, in and out, stays with the case."""

    _inherit = "service.call"

    purpose = fields.Selection(
        selection_add=[("hotline", "Hotline"), ("case", "Case Call-Back")],
        ondelete={"hotline": "set default", "case": "set default"},
    )
    ticket_id = fields.Many2one(
        "helpdesk.ticket", string="Case", index="btree_not_null", readonly=True
    )

    def action_view_case(self):
        self.ensure_one()
        return self.ticket_id._case_form_action()
