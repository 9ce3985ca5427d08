from odoo import api, fields, models
from odoo.tools import ormcache

from ..rules import order_lifecycle as life


class ServiceChecklist(models.Model):
    """What is looked at or done at one step: etiquette, readiness, hand-over. Data, not fields.

    A list with a verb stands before it: its mandatory items are answered first, as strictly as the
    kind of order asks (S0-02, S2-87, S2-97).
    """

    _name = "service.checklist"
    _description = "Check List"
    _inherit = ["service.cached.rule"]
    _order = "sequence, id"

    name = fields.Char(required=True, translate=True)
    code = fields.Char(required=True)
    sequence = fields.Integer(default=10)
    active = fields.Boolean(default=True)
    step_id = fields.Many2one("service.step", index="btree_not_null")
    verb = fields.Selection(
        [("settle", "Settle"), ("deliver", "Deliver")],
        string="Before",
        help="The verb this list stands before. Empty: it is ticked where it helps, nothing waits.",
    )
    first_state = fields.Selection(
        life.STATES, string="Shown From", required=True, default=life.RECEIVED
    )
    kind_ids = fields.Many2many(
        "service.order.kind", string="Kinds of Order", help="Empty: every kind."
    )
    item_ids = fields.One2many("service.checklist.item", "checklist_id", string="Items")
    progress = fields.Char(compute="_compute_progress")
    is_answered = fields.Boolean(compute="_compute_progress")

    _code_uniq = models.Constraint("UNIQUE(code)", "Another check list has this code.")

    @api.depends_context("service_order_id")
    @api.depends("item_ids")
    def _compute_progress(self):
        """How far the order in the context is, for the list shown on it."""
        order = self.env["service.order"].browse(self.env.context.get("service_order_id") or [])
        answered = order.check_ids.item_id if order else self.env["service.checklist.item"]
        for checklist in self:
            count = len(checklist.item_ids & answered)
            checklist.progress = f"{count} / {len(checklist.item_ids)}"
            checklist.is_answered = count == len(checklist.item_ids)

    def action_tick(self):
        """Tick all of this list for the order in the context, in one click."""
        order = self.env["service.order"].browse(self.env.context["service_order_id"])
        for checklist in self:
            order._tick(checklist.code)
        return {"type": "ir.actions.client", "tag": "soft_reload"}

    def action_open(self):
        """Answer this list one by one for the order in the context."""
        self.ensure_one()
        return {
            "type": "ir.actions.act_window",
            "name": self.name,
            "res_model": "service.check.answer",
            "view_mode": "form",
            "target": "new",
            "context": {
                "default_order_id": self.env.context["service_order_id"],
                "default_checklist_id": self.id,
            },
        }

    # === WHAT STANDS BEFORE A VERB === #

    @api.model
    @ormcache("verb", "kind_id")
    def _mandatory(self, verb, kind_id):
        """Ids of the items that orders of this kind answer before ``verb``; rarely changed."""
        # sudo: the verb asks, whoever says it
        lists = self.sudo().search([("verb", "=", verb)])
        return tuple(
            lists.filtered(lambda one: not one.kind_ids or kind_id in one.kind_ids.ids)
            .item_ids.filtered("is_mandatory")
            .ids
        )
