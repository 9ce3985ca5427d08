from odoo import fields, models

from ..rules import instruments
from . import service_rating
from .service_rating_project import GROUPS

# characters of what a customer types in one line
LINE_LENGTH = 120
SAID_FIELDS = ("suits", "praise", "proposal", "place", "organization", "rater")


class ServiceRating(models.Model):
    """What the form asks besides the two scores, and how it is kept.

    One form is one vote: it is credited once, whatever number of projects the customer names.
    """

    # one file for one job, the model is the sum of them
    _inherit = "service.rating"  # pylint: disable=consider-merging-classes-inherited

    channel = fields.Selection(
        instruments.CHANNELS, readonly=True, copy=False, help="How the vote came in."
    )
    sent_channel = fields.Selection(
        [("sms", "Text message"), ("mail", "Mail")], string="Sent By", readonly=True, copy=False
    )
    main_id = fields.Many2one(
        "service.rating",
        string="Rating Form",
        readonly=True,
        copy=False,
        ondelete="restrict",
        index="btree_not_null",
        help="Set on what was named besides the first project: the same form, credited there.",
    )
    further_ids = fields.One2many("service.rating", "main_id", string="Further Projects")
    project_id = fields.Many2one(
        "service.rating.project", string="Rated Project", readonly=True, copy=False
    )
    place = fields.Char(readonly=True, copy=False)
    organization = fields.Char(readonly=True, copy=False)
    rater = fields.Char(string="Name Given", readonly=True, copy=False)
    suits = fields.Selection(
        [("yes", "Yes"), ("no", "No")], string="Service Suits", readonly=True, copy=False
    )
    praise = fields.Char(
        string="Deserves Praise", readonly=True, copy=False, help="Whom the customer names."
    )
    proposal = fields.Text(
        string="What to Do Better",
        readonly=True,
        copy=False,
        help="What happened, and what the customer proposes.",
    )
    answer_ids = fields.One2many("service.rating.answer", "rating_id", string="Apart From Pay")

    def _known_rater(self):
        """Place, organization and name as the house knows them, for the form to start with."""
        self.ensure_one()
        partner, company = self.partner_id, self.company_id
        firm = partner.commercial_partner_id
        home = partner if partner.city else company.partner_id
        place = ", ".join(filter(None, (home.city, home.state_id.name)))
        return {
            "place": place or company.name,
            "organization": firm.name if firm != partner else "",
            "rater": partner.name or "",
        }

    def _said_values(self, said):
        """What goes onto the rating itself of what was ``said``; see :meth:`_submit`."""
        known = self._known_rater()
        values = {
            name: (said.get(name) or known.get(name) or "").strip() or False for name in SAID_FIELDS
        }
        for name in ("praise", "place", "organization", "rater"):
            values[name] = values[name] and values[name][:LINE_LENGTH]
        values["proposal"] = (
            values["proposal"] and values["proposal"][: service_rating.COMMENT_LENGTH]
        )
        values["channel"] = said.get("channel") or self.sent_channel or "mail"
        values["project_id"] = said.get("projects", {}).get(self.project_group, False)
        return values

    def _keep_said(self, said, vote):
        """The further projects and the answers apart from pay, in the vote's own transaction."""
        others = {
            group: project
            for group, project in said.get("projects", {}).items()
            if project and group != self.project_group
        }
        # sudo: the visitor who votes has no rights, the form is his
        further = self.sudo().create(
            [
                {
                    "order_id": self.order_id.id,
                    "sale_order_id": self.sale_order_id.id,
                    "company_id": self.company_id.id,
                    "partner_id": self.partner_id.id,
                    "project_group": group,
                    "expires_at": self.expires_at,
                }
                for group, _label in GROUPS
                if group in others
            ]
        )
        told = ("technical_score", "attitude_score", "submitted_at", "origin_hash", "channel")
        for rating in further:
            rating._move_vote(
                {
                    **{name: vote[name] for name in told},
                    "main_id": self.id,
                    "project_id": others[rating.project_group],
                }
            )
        answers = said.get("answers", {})
        if answers:
            self.env["service.rating.answer"]._record(
                answers, self.sudo().order_id, self.partner_id, vote["channel"], self
            )
