from odoo import api, fields, models
from odoo.exceptions import AccessError

# what a technician writes down at the car
FOUND_FIELDS = {"diagnosis_result", "detailed_diagnosis", "system_id"}
# what somebody else says about it afterwards
VERDICT_FIELDS = {"is_misdiagnosed", "misdiagnosis_note"}


class ServiceOrderJob(models.Model):
    """What was found, how sure, and whether it proved right (S0-65, S0-66, S0-67)."""

    # one file for one job, the model is the sum of them
    _inherit = "service.order.job"  # pylint: disable=consider-merging-classes-inherited

    system_id = fields.Many2one(
        "service.vehicle.system",
        compute="_compute_system_id",
        store=True,
        readonly=False,
        index="btree_not_null",
        help="The system the fault lies in.",
    )
    diagnosis_result = fields.Selection(
        [("conclusive", "Conclusive"), ("inconclusive", "Inconclusive")],
        string="First Diagnosis",
        copy=False,
        help="An inconclusive one asks for the detailed diagnosis before anything is quoted.",
    )
    detailed_diagnosis = fields.Text(
        copy=False, help="What was measured and found when the first look was not enough."
    )
    diagnosed_by_id = fields.Many2one(
        "res.users", readonly=True, copy=False, index="btree_not_null"
    )
    diagnosed_at = fields.Datetime(readonly=True, copy=False)
    is_misdiagnosed = fields.Boolean(
        string="Wrong Diagnosis",
        copy=False,
        help="It proved to be something else; counted per technician and system.",
    )
    misdiagnosis_note = fields.Char(string="What It Really Was", copy=False)
    misdiagnosis_count = fields.Integer(
        string="Wrong Diagnoses", compute="_compute_misdiagnosis_count", store=True
    )

    @api.depends("operation_id")
    def _compute_system_id(self):
        for job in self:
            job.system_id = job.operation_id.system_id or job.system_id

    @api.depends("is_misdiagnosed")
    def _compute_misdiagnosis_count(self):
        for job in self:
            job.misdiagnosis_count = int(job.is_misdiagnosed)

    def write(self, vals):
        """Who diagnosed and when is written with the result; a verdict is not his own."""
        if (
            VERDICT_FIELDS & set(vals)
            and not self.env.su
            and not self.env.user.has_groups(
                "service_core.group_service_team_leader,service_core.group_service_advisor"
            )
        ):
            raise AccessError(
                self.env._("Team leaders and advisors record that a diagnosis was wrong.")
            )
        if {"diagnosis_result", "detailed_diagnosis"} & set(vals):
            vals = {
                **vals,
                "diagnosed_by_id": self.env.uid,
                "diagnosed_at": fields.Datetime.now(),
            }
        return super().write(vals)

    def _needs_detailed_diagnosis(self):
        """Jobs whose first diagnosis left it open and nobody has looked closer."""
        return self.filtered(
            lambda job: (
                job.approval == "pending"
                and job.diagnosis_result == "inconclusive"
                and not (job.detailed_diagnosis or "").strip()
            )
        )


class ServiceOrder(models.Model):
    """The diagnosis of the whole order is what its jobs say."""

    # one file for one job, the model is the sum of them
    _inherit = "service.order"  # pylint: disable=consider-merging-classes-inherited

    def action_diagnose(self):
        """A job that has its cause and no other word about it was conclusive (S0-65)."""
        res = super().action_diagnose()
        # sudo: the verb has been guarded; who says it may not write every job
        jobs = self.sudo().job_ids.filtered(lambda job: job.cause and not job.diagnosis_result)
        if jobs:
            jobs.diagnosis_result = "conclusive"
        return res
