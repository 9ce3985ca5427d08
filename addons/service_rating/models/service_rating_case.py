from odoo import fields, models
from odoo.exceptions import UserError

from ..rules import dissatisfaction
from ..rules import rating_lifecycle as life

AGENT = "service_rating.group_performance_officer"


class ServiceRating(models.Model):
    """An extremely dissatisfied comment becomes a complaint of the hotline, linked both ways.

    The house's words and a low score propose; an agent says whether it is one; both are logged
    (S3-39). An agent may also make a complaint of any comment.
    """

    # one file for one job, the model is the sum of them
    _inherit = "service.rating"  # pylint: disable=consider-merging-classes-inherited

    case_state = fields.Selection(
        dissatisfaction.STATES,
        string="Complaint",
        readonly=True,
        copy=False,
        index="btree_not_null",
    )
    case_words = fields.Char(
        string="Words Found", readonly=True, copy=False, help="What the proposal rests on."
    )
    case_reason = fields.Text(string="Why No Complaint", readonly=True, copy=False)
    case_decided_at = fields.Datetime(readonly=True, copy=False)
    case_decided_by_id = fields.Many2one("res.users", readonly=True, copy=False)
    ticket_id = fields.Many2one(
        "helpdesk.ticket",
        string="Complaint Case",
        readonly=True,
        copy=False,
        ondelete="restrict",
        index="btree_not_null",
    )

    def _propose_case(self):
        """Propose the vote just stored as a complaint, where words and score both say so."""
        self.ensure_one()
        low = min(self.technical_score, self.attitude_score) <= self.company_id.service_rating_low
        words = low and self.env["service.rating.word"]._found_in(
            "\n".join(filter(None, (self.comment, self.proposal)))
        )
        if not words:
            return
        # sudo: the visitor who votes has no rights; the proposal follows from his words
        rating = self.sudo()
        rating.write({"case_state": dissatisfaction.PROPOSED, "case_words": ", ".join(words)})
        rating.message_post(
            body=self.env._(
                "Proposed as a complaint. Words found: %(words)s. Technical level %(technical)s, "
                "service attitude %(attitude)s percent.",
                words=", ".join(words),
                technical=rating.technical_score,
                attitude=rating.attitude_score,
            )
        )

    def action_make_case(self):
        """Hand these comments to the hotline as complaints."""
        self._guard_case()
        self.lock_for_update()
        # sudo: nobody has write access to ratings or makes cases by hand; the guard is above
        for rating in self.sudo():
            rating.ticket_id = rating._open_case()
            rating._decide_case(dissatisfaction.CONFIRMED)
            rating.message_post(
                body=self.env._(
                    "%(user)s made a complaint of it: %(case)s.",
                    user=self.env.user.name,
                    case=rating.ticket_id.display_name,
                )
            )
            rating.ticket_id.message_post(
                body=self.env._(
                    "From the customer's rating of %(order)s, confirmed by %(user)s.",
                    order=rating.order_id.display_name or rating.display_name,
                    user=self.env.user.name,
                )
            )
        return self.action_view_case() if len(self) == 1 else True

    def action_no_case(self):
        """Open the window in which the agent says why it is no complaint."""
        self._guard_case()
        return {
            "type": "ir.actions.act_window",
            "name": self.env._("No Complaint"),
            "res_model": "service.rating.no.case",
            "view_mode": "form",
            "target": "new",
            "context": {"default_rating_ids": self.ids},
        }

    def _refuse_case(self, reason):
        """Keep why a proposal is no complaint.

        :raises UserError: without a reason, on what is not proposed
        """
        self._guard_case()
        reason = (reason or "").strip()
        if not reason:
            raise UserError(self.env._("Say why it is no complaint: it is kept with the rating."))
        for rating in self.sudo():  # sudo: as above
            if rating.case_state != dissatisfaction.PROPOSED:
                raise UserError(
                    self.env._("%s is not proposed as a complaint.", rating.display_name)
                )
            rating._decide_case(dissatisfaction.REFUSED, reason)
            rating.message_post(
                body=self.env._(
                    "%(user)s: no complaint. %(reason)s", user=self.env.user.name, reason=reason
                )
            )

    def action_view_case(self):
        self.ensure_one()
        return {
            "type": "ir.actions.act_window",
            "res_model": "helpdesk.ticket",
            "res_id": self.sudo().ticket_id.id,  # sudo: the agent may not read every team's cases
            "view_mode": "form",
        }

    def _guard_case(self):
        if not self.env.user.has_group(AGENT):
            raise UserError(self.env._("The customer-service department decides on complaints."))
        self.check_access("read")
        for rating in self:
            if rating.state == life.SENT:
                raise UserError(self.env._("%s is not rated yet.", rating.display_name))
            if rating.case_state == dissatisfaction.CONFIRMED:
                raise UserError(self.env._("%s already is a complaint.", rating.display_name))
            if not (rating.comment or rating.proposal):
                raise UserError(
                    self.env._("%s has no comment that could be a complaint.", rating.display_name)
                )

    def _decide_case(self, state, reason=False):
        self.write(
            {
                "case_state": state,
                "case_reason": reason,
                "case_decided_at": fields.Datetime.now(),
                "case_decided_by_id": self.env.uid,
            }
        )

    def _open_case(self):
        """The hotline's complaint in the customer's words."""
        self.ensure_one()
        hotline = self.env["helpdesk.ticket.team"]._hotline(self.company_id)
        case = self.env["helpdesk.ticket"].create(
            {
                "name": self.env._("Rated with dissatisfaction: %s", self.display_name),
                "team_id": hotline.id,
                "user_id": hotline._leader(self.company_id).id,
                "company_id": self.company_id.id,
                "channel_id": self.env.ref("helpdesk_mgmt.helpdesk_ticket_channel_web").id,
                "partner_id": self.partner_id.id,
                "partner_name": self.partner_id.name,
                "partner_email": self.partner_id.email,
                "caller_phone": self.order_id.contact_phone or self.partner_id.phone,
                "order_id": self.order_id.id,
                "vehicle_id": self.vehicle_id.id,
                "is_complaint": True,
                "verbatim": "\n\n".join(filter(None, (self.comment, self.proposal))),
                "rating_id": self.id,
            }
        )
        case._announce_complaint()
        return case
