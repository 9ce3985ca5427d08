from odoo import fields, models


class ServiceOrder(models.Model):
    _inherit = "service.order"

    followup_ids = fields.One2many("service.followup", "order_id", string="Follow-ups")
    followup_count = fields.Integer(compute="_compute_followup_count")
    followup_call_count = fields.Integer(compute="_compute_followup_count")

    def _compute_followup_count(self):
        def counts(model):
            groups = self.env[model]._read_group(
                [("order_id", "in", self.ids)], ["order_id"], ["__count"]
            )
            return {order.id: count for order, count in groups}

        followups, calls = counts("service.followup"), counts("service.call")
        for order in self:
            order.followup_count = followups.get(order.id, 0)
            order.followup_call_count = calls.get(order.id, 0)

    def _after_delivery(self):
        """Delivery opens the customer file and plans the first call (S1-01, S1-19, S2-98)."""
        res = super()._after_delivery()
        # sudo: who hands the car over need not be one of the callers
        self.env["service.customer.file"].sudo()._open_after_delivery(self)
        self.env["service.followup"].sudo()._plan_after_delivery(self)
        return res

    def _view_contacts(self, action):
        self.ensure_one()
        return {
            **self.env["ir.actions.act_window"]._for_xml_id(f"service_followup.{action}"),
            "domain": [("order_id", "=", self.id)],
            "context": {
                "default_order_id": self.id,
                "default_partner_id": self.partner_id.id,
                "default_company_id": self.company_id.id,
            },
        }

    def action_view_followups(self):
        return self._view_contacts("service_followup_action_all")

    def action_view_followup_calls(self):
        return self._view_contacts("service_call_action_register")
