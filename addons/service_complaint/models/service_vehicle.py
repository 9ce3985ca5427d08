from odoo import api, fields, models


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

    def action_view_cases(self):
        self.ensure_one()
        return self.env["helpdesk.ticket"]._case_list_action(
            [("vehicle_id", "=", self.id)], self.ticket_ids
        )
