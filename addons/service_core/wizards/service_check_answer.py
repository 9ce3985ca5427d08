from odoo import api, fields, models
from odoo.fields import Command

from ..models.service_check import RESULTS


class ServiceCheckAnswer(models.TransientModel):
    """A check list answered one by one."""

    _name = "service.check.answer"
    _description = "Answer a Check List"

    order_id = fields.Many2one("service.order", required=True, readonly=True)
    checklist_id = fields.Many2one("service.checklist", required=True, readonly=True)
    line_ids = fields.One2many("service.check.answer.line", "answer_id")

    @api.model
    def default_get(self, fields_list):
        """One line per item, with what was answered before."""
        values = super().default_get(fields_list)
        order = self.env["service.order"].browse(values.get("order_id"))
        checklist = self.env["service.checklist"].browse(values.get("checklist_id"))
        given = {check.item_id: check for check in order.check_ids}
        none = self.env["service.check"]
        values["line_ids"] = [
            Command.create(
                {
                    "item_id": item.id,
                    "result": given.get(item, none).result,
                    "note": given.get(item, none).note,
                }
            )
            for item in checklist.item_ids
        ]
        return values

    def action_confirm(self):
        given = {check.item_id: check for check in self.order_id.check_ids}
        for line in self.line_ids:
            before = given.get(line.item_id)
            if line.result and (
                not before or (before.result, before.note) != (line.result, line.note)
            ):
                self.order_id._tick(
                    self.checklist_id.code, line.result, items=line.item_id, note=line.note
                )
        return {"type": "ir.actions.client", "tag": "soft_reload"}


class ServiceCheckAnswerLine(models.TransientModel):
    """One item and its answer."""

    _name = "service.check.answer.line"
    _description = "Answer to a Check"

    answer_id = fields.Many2one(
        "service.check.answer", required=True, ondelete="cascade", index=True
    )
    item_id = fields.Many2one("service.checklist.item", required=True, readonly=True)
    result = fields.Selection(RESULTS)
    note = fields.Char()
