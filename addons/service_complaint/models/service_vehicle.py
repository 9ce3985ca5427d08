from odoo import api, fields, models

from ..rules import case_lifecycle as life


class ServiceVehicle(models.Model):
    _inherit = "service.vehicle"

    ticket_ids = fields.One2many("helpdesk.ticket", "vehicle_id", string="Cases")
    ticket_count = fields.Integer(string="Cases Count", compute="_compute_ticket_count")

    @api.depends("ticket_ids")
    def _compute_ticket_count(self):
        counts = dict(
            self.env["helpdesk.ticket"]._read_group(
                [("vehicle_id", "in", self.ids), ("is_service_case", "=", True)],
                ["vehicle_id"],
                ["__count"],
            )
        )
        for vehicle in self:
            vehicle.ticket_count = counts.get(vehicle._origin, 0)

    def _reception_notes(self):
        """An open case is known at the counter before the customer has to tell it again."""
        notes = super()._reception_notes()
        # sudo: whoever receives the car is told of its case, the case itself stays with its team
        cases = self.env["helpdesk.ticket"].sudo()
        for case in cases.search(
            [
                ("vehicle_id", "=", self.id),
                ("is_service_case", "=", True),
                ("case_state", "in", life.OPEN),
            ]
        ):
            notes.append(
                self.env._(
                    "Open case %(number)s: %(subject)s (%(user)s).",
                    number=case.number,
                    subject=case.name,
                    user=case.user_id.name or self.env._("nobody yet"),
                )
            )
        return notes

    def action_view_cases(self):
        self.ensure_one()
        return self.env["helpdesk.ticket"]._case_list_action(
            [("vehicle_id", "=", self.id)], self.ticket_ids
        )
