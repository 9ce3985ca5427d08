from odoo import fields, models


class HelpdeskTicket(models.Model):
    _inherit = "helpdesk.ticket"

    rating_id = fields.Many2one(
        "service.rating",
        string="Customer Rating",
        readonly=True,
        copy=False,
        ondelete="restrict",
        index="btree_not_null",
        groups="service_rating.group_performance_officer,service_rating.group_technical_manager,"
        "service_core.group_service_manager",
        help="The rating whose comment this complaint comes from.",
    )
    difficulty_ids = fields.One2many(
        "service.difficulty",
        "ticket_id",
        string="Difficulty Grades",
        groups="service_rating.group_performance_officer,service_rating.group_technical_manager,"
        "service_core.group_service_manager",
    )

    def _on_transition(self, verb, from_states):
        """A trouble solved on the phone is graded like a repair (S3-49)."""
        res = super()._on_transition(verb, from_states)
        if verb == "direct":
            # sudo: the hotline has no right on grades
            self.env["service.difficulty"].sudo().create(
                [{"ticket_id": ticket.id} for ticket in self if not ticket.sudo().difficulty_ids]
            )
        return res
