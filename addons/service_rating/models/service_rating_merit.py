from odoo import api, models

# of a reason; what was said stands whole where it was said
REASON_LENGTH = 120


class ServiceMerit(models.Model):
    """Customers' words as evidence: from the rating page or from a call (S3-104, S4-27)."""

    # one file for one job, the model is the sum of them
    _inherit = "service.merit"  # pylint: disable=consider-merging-classes-inherited

    @api.model
    def _propose_by(self, words, order, kind, employees):
        """The form of a commendation or sanction, filled with what the customer said."""
        return {
            "type": "ir.actions.act_window",
            "name": self.env._("Commendation or Sanction"),
            "res_model": self._name,
            "view_mode": "form",
            "target": "current",
            "context": {
                "default_kind": kind,
                "default_reason": (words or "").strip().replace("\n", " ")[:REASON_LENGTH],
                "default_order_id": order.id,
                "default_employee_id": employees.id if len(employees) == 1 else False,
            },
        }


class ServiceRating(models.Model):
    _inherit = "service.rating"

    def action_commend(self):
        """Propose who was praised on the form, of those who served this customer."""
        self.ensure_one()
        self.check_access("read")
        staff = self.share_ids.employee_id
        named = staff.filtered(lambda one: one.name.casefold() in (self.praise or "").casefold())
        words = self.env._("Praised by the customer: %s", self.praise or self.comment or "")
        return self.env["service.merit"]._propose_by(
            words, self.order_id, "commendation", named or staff
        )


class ServiceCall(models.Model):
    _inherit = "service.call"

    def action_merit(self):
        """Propose a commendation or a sanction by what the customer said on the telephone."""
        self.ensure_one()
        self.check_access("read")
        # sudo: whoever reads the call sees who worked on the car, not their files
        staff = self.order_id.sudo().job_ids.assignment_ids.employee_id
        kind = "sanction" if self.satisfied == "no" else "commendation"
        return self.env["service.merit"]._propose_by(
            self.verbatim or self.complaint, self.order_id, kind, staff
        )
