from odoo import fields, models
from odoo.exceptions import AccessError, UserError


class ServiceOrder(models.Model):
    """What else interests a customer while he waits: an offer that sales can follow (S0-82)."""

    # one file for one job, the model is the sum of them
    _inherit = "service.order"  # pylint: disable=consider-merging-classes-inherited

    offer_ids = fields.One2many(
        "crm.lead", "service_order_id", string="Offers", groups="sales_team.group_sale_salesman"
    )
    offer_count = fields.Integer(compute="_compute_offer_count", compute_sudo=True)

    def _compute_offer_count(self):
        counts = dict(
            self.env["crm.lead"]._read_group(
                [("service_order_id", "in", self.ids)], ["service_order_id"], ["__count"]
            )
        )
        for order in self:
            order.offer_count = counts.get(order._origin, 0)

    def _offer(self, interest, note=False):
        """Log an offer made while the customer waits, as an opportunity of the order's advisor."""
        self.check_access("read")
        if not self.env.user.has_group("service_core.group_service_receptionist"):
            raise AccessError(self.env._("Reception and advisors make offers."))
        interest = (interest or "").strip()
        if not interest:
            raise UserError(self.env._("Write down what the customer is interested in."))
        for order in self:
            if not order.partner_id:
                raise UserError(
                    self.env._("%s: say who the customer is first.", order.display_name)
                )
        leads = (
            # sudo: leads are closed to the workshop, the guard is above
            self.env["crm.lead"]
            .sudo()
            # who follows it up sees it on his list, nobody is mailed about it
            .with_context(mail_auto_subscribe_no_notify=True, mail_create_nosubscribe=True)
            .create([order._prepare_offer(interest, note) for order in self])
        )
        for order in self:
            order.message_post(body=self.env._("Offered while waiting: %s", interest))
        return leads

    def _prepare_offer(self, interest, note):
        self.ensure_one()
        return {
            "name": interest,
            "type": "opportunity",
            "partner_id": self.partner_id.id,
            "company_id": self.company_id.id,
            "user_id": self.advisor_id.id,
            "description": note,
            "service_vehicle_id": self.vehicle_id.id,
            "service_order_id": self.id,
        }

    def action_view_offers(self):
        """The opportunities that began while this car was here."""
        self.ensure_one()
        return self.offer_ids._service_view(self.env._("Offers"))


class CrmLead(models.Model):
    _inherit = "crm.lead"

    service_order_id = fields.Many2one(
        "service.order",
        string="Work Order",
        readonly=True,
        index="btree_not_null",
        groups="service_core.group_service_user",
    )

    def _service_view(self, name):
        action = {
            "type": "ir.actions.act_window",
            "name": name,
            "res_model": self._name,
            "view_mode": "list,form",
            "domain": [("id", "in", self.ids)],
            "context": {"create": False},
        }
        if len(self) == 1:
            action.update(view_mode="form", res_id=self.id)
        return action
