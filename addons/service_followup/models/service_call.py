from odoo import api, fields, models
from odoo.exceptions import UserError

from ..rules import contact_plan as plan

# A follow-up call is a record of who was reached and when; caps and windows are read from it.
FACTS = frozenset(("direction", "partner_id", "phone", "purpose", "result", "started", "order_id"))
# What the customer said is a record; afterwards nobody improves it (S3-96).
FROZEN = frozenset(
    ("satisfied", "car_use", "requirement", "wish", "complaint", "topic_ids", "followup_ids")
)


class ServiceCall(models.Model):
    """The call record of a follow-up: talking points apart, in the customer's words (S1-21)."""

    _inherit = "service.call"

    purpose = fields.Selection(
        selection_add=[("follow_up", "Follow-up")], ondelete={"follow_up": "set default"}
    )
    followup_ids = fields.Many2many(
        "service.followup",
        "service_followup_call_rel",
        "call_id",
        "followup_id",
        string="Follow-ups",
        readonly=True,
        help="Planned contacts this call was made for.",
    )
    phone_key = fields.Char(
        compute="_compute_phone_key",
        store=True,
        index="btree_not_null",
        export_string_translation=False,
    )
    satisfied = fields.Selection(
        [("yes", "Satisfied"), ("no", "Dissatisfied"), ("unknown", "Did Not Say")],
        string="Verdict",
        readonly=True,
        help="The customer's own answer, not the caller's impression.",
    )
    car_use = fields.Text(
        string="Use of the Car",
        readonly=True,
        help="How the car has been running, as told (S1-20).",
    )
    requirement = fields.Text(readonly=True, help="What the customer needs next.")
    wish = fields.Text(readonly=True, help="What he would like to have.")
    complaint = fields.Text(readonly=True, help="What he complains about.")
    topic_ids = fields.Many2many("service.contact.topic", string="Topics", readonly=True)

    @api.depends("phone")
    def _compute_phone_key(self):
        for call in self:
            call.phone_key = plan.phone_key(call.phone) or False

    def write(self, vals):
        # sudo: a call is a follow-up's whether or not the contact is of the user's branch
        frozen = FROZEN & set(vals) or (FACTS & set(vals) and self.sudo().followup_ids)
        if frozen and not self.env.su:
            raise UserError(
                self.env._("What was said in a call is not changed afterwards; log a new call.")
            )
        return super().write(vals)
