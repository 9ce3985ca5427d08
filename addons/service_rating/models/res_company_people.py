from odoo import api, fields, models


class ResCompany(models.Model):
    """Who in a branch has to hear of something."""

    # one file for one job, the model is the sum of them
    _inherit = "res.company"  # pylint: disable=consider-merging-classes-inherited

    service_front_min = fields.Float(
        string="Communication Skills From (%)",
        help="Who is named advisor with a lower result of the communication assessment, or "
        "without one, is pointed out; 0: nobody is looked at (S4-02).",
    )

    _service_front_min_range = models.Constraint(
        "CHECK(service_front_min BETWEEN 0 AND 100)", "Skills lie between 0 and 100 %."
    )

    @api.model
    def _service_workshops(self):
        """The branches that repair: they have technicians."""
        # sudo: asked by nightly jobs, for no one in particular
        groups = (
            self.env["hr.employee"]
            .sudo()
            ._read_group([("service_technician", "=", True)], ["company_id"])
        )
        return self.browse(company.id for (company,) in groups)

    def _service_people(self, group, but_not=None):
        """Active users of ``group`` who work in this branch, without ``but_not``.

        Who belongs to the branch comes first, who runs the program last.
        """
        self.ensure_one()
        # sudo: whoever sets something going may not read who holds which role
        users = self.env.ref(group).sudo().all_user_ids
        return users.filtered(
            lambda user: (
                user.active
                and not user.share
                and self in user.company_ids
                and user != (but_not or self.env["res.users"])
            )
        ).sorted(
            lambda user: (user.has_group("base.group_system"), user.company_id != self, user.id)
        )
