from odoo import fields, models


class ResPartner(models.Model):
    _inherit = "res.partner"

    followup_count = fields.Integer(
        compute="_compute_contact_counts", groups="service_followup.group_followup_user"
    )
    service_call_count = fields.Integer(
        compute="_compute_contact_counts", groups="service_followup.group_followup_user"
    )
    service_letter_count = fields.Integer(
        compute="_compute_contact_counts", groups="service_followup.group_followup_user"
    )

    def _compute_contact_counts(self):
        def counts(model):
            groups = self.env[model]._read_group(
                [("partner_id", "in", self.ids)], ["partner_id"], ["__count"]
            )
            return {partner.id: count for partner, count in groups}

        followups, calls, letters = map(
            counts, ("service.followup", "service.call", "service.letter")
        )
        for partner in self:
            partner.followup_count = followups.get(partner.id, 0)
            partner.service_call_count = calls.get(partner.id, 0)
            partner.service_letter_count = letters.get(partner.id, 0)

    def write(self, vals):
        res = super().write(vals)
        if vals.get("service_do_not_call"):
            # sudo: who notes the wish need not be one of the callers, and it binds every branch
            self.env["service.followup"].sudo()._cancel_unwanted(self)
        return res

    def _wants_no_call(self):
        """Whether one of these people, or the company of one, asked not to be called."""
        return any((self | self.commercial_partner_id).mapped("service_do_not_call"))

    def _view_contacts(self, action):
        self.ensure_one()
        return {
            **self.env["ir.actions.act_window"]._for_xml_id(f"service_followup.{action}"),
            "domain": [("partner_id", "=", self.id)],
            "context": {"default_partner_id": self.id},
        }

    def action_view_followups(self):
        return self._view_contacts("service_followup_action_all")

    def action_view_service_calls(self):
        return self._view_contacts("service_call_action_register")

    def action_view_service_letters(self):
        return self._view_contacts("service_letter_action")
