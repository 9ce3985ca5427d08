from datetime import timedelta

from odoo import api, fields, models
from odoo.exceptions import AccessError, UserError

from ..rules import rating_lifecycle


class ServiceOrder(models.Model):
    _inherit = "service.order"

    rating_ids = fields.One2many(
        "service.rating",
        "order_id",
        string="Ratings",
        groups="service_rating.group_performance_officer,service_rating.group_technical_manager,"
        "service_core.group_service_manager",
    )
    rating_progress = fields.Selection(
        [
            ("open", "Link not sent"),
            ("sent", "Link sent"),
            ("done", "Rated"),
            ("expired", "Expired"),
        ],
        string="Customer Rating",
        compute="_compute_rating_progress",
        help="Whether the customer has rated this visit; the score itself is not shown here.",
    )

    # the contact as he was when the car came in: compared when he votes, shown to nobody
    contact_seen_at = fields.Datetime(readonly=True, copy=False, groups=fields.NO_ACCESS)
    contact_seen_email = fields.Char(readonly=True, copy=False, groups=fields.NO_ACCESS)
    contact_seen_phone = fields.Char(readonly=True, copy=False, groups=fields.NO_ACCESS)
    contact_seen_number = fields.Char(readonly=True, copy=False, groups=fields.NO_ACCESS)

    @api.depends("rating_ids.state", "rating_ids.sent_at", "rating_ids.expires_at")
    def _compute_rating_progress(self):
        now = fields.Datetime.now()
        for order in self:
            # sudo: the advisor sees that there is a rating, not what it says
            rating = order.sudo().rating_ids.filtered(lambda one: not one.main_id)[:1]
            if not rating:
                order.rating_progress = False
            elif rating.state != rating_lifecycle.SENT:
                order.rating_progress = "done"
            elif rating.expires_at <= now:
                order.rating_progress = "expired"
            else:
                order.rating_progress = "sent" if rating.sent_at else "open"

    def _on_transition(self, verb, from_states):
        """Remember the contact when the car is first spoken of: later changes are flagged."""
        res = super()._on_transition(verb, from_states)
        if verb in ("book", "receive"):
            # sudo: the snapshot is closed to everybody
            for order in self.sudo():
                if order.contact_id and not order.contact_seen_at:
                    order.contact_seen_at = fields.Datetime.now()
                    order.contact_seen_email = order.contact_id.email_normalized
                    order.contact_seen_phone = order.contact_id.phone
                    order.contact_seen_number = order.contact_phone
        return res

    def _after_delivery(self):
        """On delivery the visit becomes ratable and its repairs wait for a difficulty grade."""
        res = super()._after_delivery()
        self._open_ratings()
        self._open_difficulties()
        # sudo: as in _open_ratings
        unasked = self.sudo().filtered(lambda order: order.company_id.service_rating_send == "auto")
        unasked.rating_ids.filtered(lambda rating: not rating.sent_at)._send_links_unasked()
        return res

    def _open_ratings(self):
        """One rating link per delivered visit, also after a refused estimate; nothing is sent."""
        vals_list = []
        # sudo: the cashier who hands the keys over has no right on ratings
        for order in self.sudo():
            rater = order.contact_id or order.partner_id
            if order.kind_id.is_internal or not rater or order.rating_ids:
                continue
            now = order.delivered_date or fields.Datetime.now()
            policy = self.env["service.performance.policy"]._policy_for(
                order.company_id, order.company_id._service_local_date(now)
            )
            vals_list.append(
                {
                    "order_id": order.id,
                    "company_id": order.company_id.id,
                    "partner_id": rater.id,
                    "project_group": "aftersales",
                    "expires_at": now + timedelta(days=policy.link_days),
                }
            )
        # sudo: as above
        self.env["service.rating"].sudo().create(vals_list)

    def _open_difficulties(self):
        """Every repair done waits for its grade, so that the ungraded can be listed (S3-49)."""
        # sudo: as above
        jobs = self.sudo().job_ids.filtered(
            lambda job: (
                job.kind == "repair" and job.approval == "approved" and not job.difficulty_ids
            )
        )
        self.env["service.difficulty"].sudo().create([{"job_id": job.id} for job in jobs])

    def action_send_rating_link(self):
        """Mail the link to the contact; the sender never sees it."""
        allowed = ("service_core.group_service_advisor", "service_core.group_service_manager")
        if not self.env.user.has_groups(",".join(allowed)):
            raise AccessError(self.env._("The advisor sends the rating link."))
        self.check_access("read")
        # sudo: a link is wanted before the job behind the delivery has come round
        self.sudo()._run_aftercare()
        # sudo: the advisor may not read ratings; the guard above is the permission
        ratings = self.sudo().rating_ids.filtered(lambda one: not one.main_id).sudo(False)
        for order in self:
            if not order.sudo().rating_ids:
                raise UserError(
                    self.env._(
                        "%s has no rating link: it is made when the car is handed over.",
                        order.display_name,
                    )
                )
        ratings._send_link()
        return {
            "type": "ir.actions.client",
            "tag": "display_notification",
            "params": {
                "type": "success",
                "message": self.env._("The rating link is on its way to the customer."),
                "next": {"type": "ir.actions.client", "tag": "soft_reload"},
            },
        }

    def action_view_ratings(self):
        self.ensure_one()
        return {
            "type": "ir.actions.act_window",
            "name": self.env._("Customer Rating"),
            "res_model": "service.rating",
            "view_mode": "form" if len(self.rating_ids) == 1 else "list,form",
            "res_id": self.rating_ids.id if len(self.rating_ids) == 1 else False,
            "domain": [("order_id", "=", self.id)],
        }
