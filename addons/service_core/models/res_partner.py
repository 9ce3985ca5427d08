from odoo import api, fields, models
from odoo.fields import Domain


class ResPartner(models.Model):
    _inherit = "res.partner"

    service_do_not_call = fields.Boolean(
        string="Do Not Call",
        tracking=True,
        help="The customer asked not to be called for surveys, reminders and campaigns.",
    )
    service_vehicle_ids = fields.One2many("service.vehicle", "owner_id", string="Vehicles")
    service_vehicle_count = fields.Integer(
        string="Vehicle Count", compute="_compute_service_vehicle_count"
    )
    service_order_count = fields.Integer(
        string="Work Order Count", compute="_compute_service_order_count"
    )
    no_show_count = fields.Integer(
        string="No-shows",
        compute="_compute_service_order_count",
        help="Appointments that this customer missed without a word.",
    )

    @api.depends("service_vehicle_ids")
    def _compute_service_vehicle_count(self):
        vehicle_model = self.env["service.vehicle"]
        if not vehicle_model.has_access("read"):
            self.service_vehicle_count = 0
            return
        counts = dict(
            vehicle_model._read_group([("owner_id", "in", self.ids)], ["owner_id"], ["__count"])
        )
        for partner in self:
            partner.service_vehicle_count = counts.get(partner, 0)

    def _compute_service_order_count(self):
        order_model = self.env["service.order"]
        self.service_order_count = 0
        self.no_show_count = 0
        if not order_model.has_access("read"):
            return
        for partner, missed, count in order_model._read_group(
            [("partner_id", "in", self.ids)], ["partner_id", "no_show"], ["__count"]
        ):
            partner = partner.with_env(self.env)
            partner.service_order_count += count
            if missed:
                partner.no_show_count += count

    def _service_vehicle_domain(self):
        """Cars this customer owns or drives."""
        return Domain("owner_id", "child_of", self.ids) | Domain("driver_id", "in", self.ids)

    def action_view_service_vehicles(self):
        self.ensure_one()
        return {
            "type": "ir.actions.act_window",
            "name": self.env._("Vehicles"),
            "res_model": "service.vehicle",
            "view_mode": "list,form",
            "domain": list(self._service_vehicle_domain()),
            "context": {"default_owner_id": self.id},
        }

    def action_view_service_orders(self):
        self.ensure_one()
        return {
            "type": "ir.actions.act_window",
            "name": self.env._("Work Orders"),
            "res_model": "service.order",
            "view_mode": "list,form",
            "domain": [("partner_id", "=", self.id)],
            "context": {"default_partner_id": self.id},
        }
