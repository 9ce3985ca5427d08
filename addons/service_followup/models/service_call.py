from odoo import api, fields, models
from odoo.exceptions import UserError

from ..rules import contact_plan as plan

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
        if FROZEN & set(vals) and not self.env.su:
            raise UserError(
                self.env._("What was said in a call is not changed afterwards; log a new call.")
            )
        return super().write(vals)
