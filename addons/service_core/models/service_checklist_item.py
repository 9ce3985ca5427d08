from odoo import fields, models


class ServiceChecklistItem(models.Model):
    """One thing to look at or to do."""

    _name = "service.checklist.item"
    _description = "Check List Item"
    _inherit = ["service.cached.rule"]
    _order = "checklist_id, sequence, id"

    checklist_id = fields.Many2one(
        "service.checklist", required=True, ondelete="cascade", index=True
    )
    sequence = fields.Integer(default=10)
    name = fields.Char(required=True, translate=True)
    is_mandatory = fields.Boolean(
        string="Mandatory", default=True, help="The verb of the list waits for it."
    )
