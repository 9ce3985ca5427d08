from odoo import fields, models
from odoo.exceptions import UserError


class ServiceOrderJob(models.Model):
    _inherit = "service.order.job"

    difficulty_ids = fields.One2many(
        "service.difficulty",
        "job_id",
        string="Difficulty Grades",
        groups="service_rating.group_performance_officer,service_rating.group_technical_manager,"
        "service_core.group_service_manager",
    )
    permit_override_ids = fields.One2many(
        "service.permit.override",
        "job_id",
        string="Permit Overrides",
        groups="service_core.group_service_user",
    )

    def _check_permits(self, employees, when):
        """Stop who may not do this job, as strictly as the branch says (S3-22).

        1. ``off``: nothing is looked at.
        2. ``warn``, or before the start date: a note on the order, as service_core does.
        3. ``block``: refused, at assignment and again at clock-on, but for whom a manager let
           work on this very job, with a reason that is printed on the order.
        4. A level below what the operation asks for is noted, and stops nobody (S2-07).
        """
        looked_at = self.filtered(lambda job: job.company_id.certification_gate != "off")
        blocking = looked_at.filtered(lambda job: job.company_id._service_permit_blocks(when))
        lacking = {}
        for job in blocking:
            gaps = employees._service_permit_gap(job, when)
            lacking.update({(job, who): sentence for who, sentence in gaps.items() if sentence})
        if lacking:
            # sudo: the gate asks for whoever assigns or clocks on
            allowed = self.env["service.permit.override"].sudo()._allowed(blocking, employees)
            sentences = [sentence for key, sentence in lacking.items() if key not in allowed]
            if sentences:
                raise UserError("\n".join(dict.fromkeys(sentences)))
        res = super(ServiceOrderJob, looked_at - blocking)._check_permits(employees, when)
        looked_at._note_levels(employees)
        return res

    def _note_levels(self, employees):
        """Say on the order that a job is above somebody's level."""
        for job in self.filtered("operation_id.service_level"):
            for sentence in employees._service_level_gap(job).values():
                if sentence:
                    # sudo: the note is the system's own, whoever assigns
                    job.order_id.sudo().message_post(body=sentence)

    def action_permit_override(self):
        """Let somebody without a permit do this job; asks for the reason."""
        self.ensure_one()
        return {
            "type": "ir.actions.act_window",
            "name": self.env._("Allow Without a Permit"),
            "res_model": "service.permit.override",
            "view_mode": "form",
            "target": "new",
            "context": {"default_job_id": self.id},
        }
