from odoo import fields, models


class ServiceVehicle(models.Model):
    _inherit = "service.vehicle"

    customer_file_ids = fields.One2many(
        "service.customer.file", "vehicle_id", string="Customer Files"
    )
    customer_file_count = fields.Integer(
        compute="_compute_customer_file_count", groups="service_followup.group_followup_user"
    )

    def _compute_customer_file_count(self):
        groups = self.env["service.customer.file"]._read_group(
            [("vehicle_id", "in", self.ids)], ["vehicle_id"], ["__count"]
        )
        counts = {vehicle.id: count for vehicle, count in groups}
        for vehicle in self:
            vehicle.customer_file_count = counts.get(vehicle.id, 0)

    def action_view_customer_files(self):
        self.ensure_one()
        return {
            **self.env["ir.actions.act_window"]._for_xml_id(
                "service_followup.service_customer_file_action"
            ),
            "domain": [("vehicle_id", "=", self.id)],
            "context": {"default_vehicle_id": self.id},
        }
