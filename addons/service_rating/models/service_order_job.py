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

    def _check_permits(self, employees, when):
        """Stop who may not do this job, as strictly as the branch says (S3-22).

        1. ``off``: nothing is looked at.
        2. ``warn``, or before the start date: a note on the order, as service_core does.
        3. ``block``: refused, at assignment and again at clock-on.
        """
        looked_at = self.filtered(lambda job: job.company_id.certification_gate != "off")
        blocking = looked_at.filtered(lambda job: job.company_id._service_permit_blocks(when))
        sentences = []
        for job in blocking:
            gaps = employees._service_permit_gap(job, when)
            sentences += [sentence for sentence in gaps.values() if sentence]
        if sentences:
            raise UserError("\n".join(dict.fromkeys(sentences)))
        return super(ServiceOrderJob, looked_at - blocking)._check_permits(employees, when)
