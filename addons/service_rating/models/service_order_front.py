from odoo import api, models


class ServiceOrder(models.Model):
    """Who stands in front of customers has shown that he can talk with them (S4-02)."""

    # one file for one job, the model is the sum of them
    _inherit = "service.order"  # pylint: disable=consider-merging-classes-inherited

    @api.onchange("advisor_id")
    def _onchange_advisor_skills(self):
        """Say so where the advisor chosen has not, or not well enough; it stops nobody."""
        minimum = self.company_id.service_front_min
        if not minimum or not self.advisor_id:
            return None
        # sudo: whoever opens the order may not read reviews, only whether there is one
        review = (
            self.env["service.review"]
            .sudo()
            .search(
                [
                    ("kind", "=", "communication"),
                    ("state", "=", "done"),
                    ("employee_id.user_id", "=", self.advisor_id.id),
                ],
                limit=1,
            )
        )
        if review and review.score >= minimum:
            return None
        return {
            "warning": {
                "title": self.env._("Communication skills"),
                "message": self.env._(
                    "%s has not been assessed for work with customers, or not well enough: "
                    "choose somebody else, or plan the assessment.",
                    self.advisor_id.name,
                ),
            }
        }
