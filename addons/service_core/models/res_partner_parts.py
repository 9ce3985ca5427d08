from odoo import fields, models
from odoo.exceptions import AccessError


class ResPartner(models.Model):
    """A parts supplier: until when he takes parts back, and when his data were last checked."""

    # one file for one job, the model is the sum of them
    _inherit = "res.partner"  # pylint: disable=consider-merging-classes-inherited

    service_return_days = fields.Integer(
        string="Takes Parts Back (days)",
        default=14,
        copy=False,
        groups="service_core.group_service_user",
        help="So many days after the receipt this supplier takes a part back.",
    )
    service_verified_on = fields.Date(
        string="Data Checked",
        readonly=True,
        copy=False,
        groups="service_core.group_service_user",
        help="When parts staff last checked phone, mail and person in charge (S1-56).",
    )
    service_verified_by = fields.Many2one(
        "res.users",
        string="Checked By",
        readonly=True,
        copy=False,
        groups="service_core.group_service_user",
    )

    _service_return_days = models.Constraint(
        "CHECK(service_return_days >= 0)", "The days to take a part back cannot be negative."
    )

    def action_service_verify(self):
        """The supplier's data were checked today and are right."""
        if not (self.env.su or self.env.user.has_group("service_core.group_service_parts")):
            raise AccessError(self.env._("Parts staff check the data of suppliers."))
        self.check_access("read")
        # sudo: the check is written by this button only; contacts are written by their own group
        self.sudo().write(
            {
                "service_verified_on": fields.Date.context_today(self),
                "service_verified_by": self.env.uid,
            }
        )
        return True


class ResUsers(models.Model):
    # one file for one job, the model is the sum of them
    _inherit = "res.users"  # pylint: disable=consider-merging-classes-inherited

    def _add_missing_default_values(self, values):
        """A user's contact takes its own default: handed down from here it would be refused to
        whoever makes users without being of the workshop."""
        vals = super()._add_missing_default_values(values)
        if "service_return_days" not in values:
            vals.pop("service_return_days", None)
        return vals
