from odoo import fields, models
from odoo.exceptions import UserError


class HelpdeskTicketTeam(models.Model):
    """A team of ours works on cases; any other team of helpdesk stays as it is (S3-41)."""

    _inherit = "helpdesk.ticket.team"

    is_service_case = fields.Boolean(
        string="Works on Service Cases",
        help="Tickets of this team follow the road of a case: recorded, solved or routed, answered "
        "by the hotline, confirmed by the customer. Other teams are not touched.",
    )
    is_hotline = fields.Boolean(
        string="Takes the Calls",
        help="New cases arrive here and its leader is told of every complaint. "
        "A branch may have its own hotline, otherwise the common one is used.",
    )

    def write(self, vals):
        if "is_service_case" in vals:
            changed = self.filtered(lambda team: team.is_service_case != vals["is_service_case"])
            # sudo: tickets of every branch count, seen or not
            if changed.sudo().with_context(active_test=False).ticket_ids:
                raise UserError(
                    self.env._(
                        "A team that already has tickets keeps its way of working. "
                        "Make a new team for service cases."
                    )
                )
        return super().write(vals)

    def _get_applicable_stages(self):
        if self.is_service_case:
            return self.env["helpdesk.ticket.stage"]._case_stages(self.company_id).sudo(self.env.su)
        return super()._get_applicable_stages().filtered(lambda stage: not stage.case_state)

    def _find_hotline(self, company):
        """The team that takes ``company``'s calls, or none."""
        return self.search(
            [
                ("is_service_case", "=", True),
                ("is_hotline", "=", True),
                ("company_id", "in", [False, company.id]),
            ],
            order="company_id, sequence, id",
            limit=1,
        )

    def _hotline(self, company):
        """The team that takes ``company``'s calls."""
        # sudo: whoever reports a trouble need not be able to read the hotline's team
        hotline = self.sudo()._find_hotline(company)
        if not hotline:
            raise UserError(
                self.env._(
                    "No team takes the calls of %(company)s. A hotline manager names one under "
                    "Configuration / Departments.",
                    company=company.display_name,
                )
            )
        return hotline

    def _people(self, company):
        """Members who work for ``company``: a team may be shared by all branches."""
        # sudo: which branches a colleague works for is closed to most
        return (
            self.sudo()
            .user_ids.filtered(lambda user: not user.share and company in user.company_ids)
            .sudo(self.env.su)
        )

    def _leader(self, company):
        """Who answers for the team in ``company``: its leader, else its first member there."""
        leader = self.sudo().user_id
        if company not in leader.company_ids:
            leader = self._people(company)[:1]
        return leader.sudo(self.env.su)
