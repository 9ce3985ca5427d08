from odoo import api, fields, models
from odoo.fields import Domain


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
        """Of the customer himself, of his company's people, and where he was the one to call."""
        family = self.with_context(active_test=False).search_fetch(
            [("id", "child_of", self.ids)], ["parent_id"]
        )
        self.followup_count = 0
        self.service_call_count = 0
        self.service_letter_count = 0
        for model, name, fields_of in (
            ("service.followup", "followup_count", ["partner_id", "contact_id"]),
            ("service.call", "service_call_count", ["partner_id"]),
            ("service.letter", "service_letter_count", ["partner_id"]),
        ):
            domain = Domain.OR(Domain(field, "in", family.ids) for field in fields_of)
            for *people, count in self.env[model]._read_group(domain, fields_of, ["__count"]):
                for partner in self & self.union(*map(self._ancestry, people)):
                    partner[name] += count

    @api.model
    def _ancestry(self, partner):
        """``partner`` and the companies above him."""
        found = partner
        while partner := partner.parent_id:
            found |= partner
        return found

    def write(self, vals):
        res = super().write(vals)
        if vals.get("service_do_not_call"):
            # sudo: who notes the wish need not be one of the callers, and it binds every branch
            self.env["service.followup"].sudo()._cancel_unwanted(self)
        return res

    def _wants_no_call(self):
        """Whether one of these people, or the company of one, asked not to be called."""
        return any((self | self.commercial_partner_id).mapped("service_do_not_call"))

    def _view_contacts(self, action, *fields_of):
        self.ensure_one()
        return {
            **self.env["ir.actions.act_window"]._for_xml_id(f"service_followup.{action}"),
            "domain": list(Domain.OR(Domain(field, "child_of", self.id) for field in fields_of)),
            "context": {"default_partner_id": self.id},
        }

    def action_view_followups(self):
        return self._view_contacts("service_followup_action_all", "partner_id", "contact_id")

    def action_view_service_calls(self):
        return self._view_contacts("service_call_action_register", "partner_id")

    def action_view_service_letters(self):
        return self._view_contacts("service_letter_action", "partner_id")
