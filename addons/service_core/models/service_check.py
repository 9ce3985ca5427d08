from odoo import api, fields, models
from odoo.exceptions import UserError

# An object, because a remote caller can send any context key but never this value.
CHECK_KEY = object()

RESULTS = [("done", "Done"), ("waived", "Waived"), ("incident", "Incident")]


class ServiceCheck(models.Model):
    """An item of a check list answered on one order: by whom, when. Never written in advance.

    What went wrong is an answer too: an incident with a note is counted by step (S0-52, S0-115).
    """

    _name = "service.check"
    _description = "Check"
    _order = "id desc"
    _rec_name = "item_id"

    order_id = fields.Many2one(
        "service.order", required=True, readonly=True, ondelete="cascade", index=True
    )
    company_id = fields.Many2one(
        related="order_id.company_id", store=True, index=True, precompute=True
    )
    item_id = fields.Many2one(
        "service.checklist.item", required=True, readonly=True, ondelete="restrict", index=True
    )
    checklist_id = fields.Many2one(related="item_id.checklist_id", store=True, precompute=True)
    step_id = fields.Many2one(related="checklist_id.step_id", store=True, precompute=True)
    result = fields.Selection(RESULTS, required=True, readonly=True)
    note = fields.Char(readonly=True)
    at = fields.Datetime(required=True, readonly=True)
    user_id = fields.Many2one("res.users", required=True, readonly=True)

    _once = models.Constraint("UNIQUE(order_id, item_id)", "This item is already answered.")
    _said_why = models.Constraint(
        "CHECK(result = 'done' OR note IS NOT NULL)", "What is not done has its note."
    )

    def _refuse_foreign(self):
        if self.env.context.get("service_check_key") is not CHECK_KEY:
            raise UserError(self.env._("A check is answered on its order only."))

    @api.model_create_multi
    def create(self, vals_list):
        self._refuse_foreign()
        return super().create(vals_list)

    def write(self, vals):
        if vals:
            self._refuse_foreign()
        return super().write(vals)
