from odoo import fields, models
from odoo.exceptions import AccessError, UserError

from ..rules import order_lifecycle as life


class ServiceOrder(models.Model):
    """The next visit is arranged before this one is forgotten (S2-84, S2-100)."""

    # one file for one job, the model is the sum of them
    _inherit = "service.order"  # pylint: disable=consider-merging-classes-inherited

    comeback_of_id = fields.Many2one(
        "service.order",
        string="Comeback Of",
        readonly=True,
        copy=False,
        check_company=True,
        index="btree_not_null",
        help="The visit whose work has to be done once more (S2-46).",
    )
    comeback_ids = fields.One2many("service.order", "comeback_of_id", string="Comebacks")
    comeback_count = fields.Integer(compute="_compute_comeback_count")

    def _compute_comeback_count(self):
        counts = dict(
            self._read_group([("comeback_of_id", "in", self.ids)], ["comeback_of_id"], ["__count"])
        )
        for order in self:
            order.comeback_count = counts.get(order._origin, 0)

    def action_come_back(self):
        """The same fault again: a request tied to this visit, and the sheet with its free times."""
        waiting = self.comeback_ids.filtered(lambda visit: visit.state == life.DRAFT)
        visits = waiting | (self - waiting.comeback_of_id)._arrange_visits(is_comeback=True)
        if len(visits) == 1:
            return visits.action_offer_times()
        return self._view(self.env._("Comeback"), visits)

    def action_view_comebacks(self):
        """The visits that came back for this one's work."""
        self.ensure_one()
        return self._view(self.env._("Comebacks"), self.comeback_ids)

    def action_next_visit(self):
        """The next service: a request that the desk books with the customer."""
        visits = self._arrange_visits(is_comeback=False)
        return self._view(self.env._("Next Visit"), visits)

    def _arrange_visits(self, is_comeback):
        """One request a car, to be booked with its customer; whoever looks after it has a task."""
        self.check_access("read")
        if not self.env.user.has_group("service_core.group_service_receptionist"):
            raise AccessError(self.env._("The desk arranges visits."))
        for order in self:
            if order.state not in (life.READY, life.SETTLED, life.DELIVERED):
                raise UserError(
                    self.env._(
                        "%s: the next visit is arranged when this one is done.",
                        order.display_name,
                    )
                )
        # sudo: the tie between two visits is nobody's to write, the guard is above
        visits = self.sudo().create([order._prepare_visit(is_comeback) for order in self])
        visits = visits.sudo(False)
        for order, visit in zip(self, visits, strict=True):
            visit.activity_schedule(
                "mail.mail_activity_data_todo",
                user_id=order._desk_user().id,
                summary=self.env._("Agree on a date with the customer"),
                note=self.env._("After %s", order.display_name),
            )
            order.message_post(body=self.env._("Next visit requested: %s", visit.display_name))
        return visits

    def _prepare_visit(self, is_comeback):
        self.ensure_one()
        done = self.job_ids.filtered(lambda job: job.approval == "approved")
        if is_comeback:
            jobs = [
                {"customer_words": job.customer_words, "name": job.name, "kind": job.kind}
                for job in done
            ]
        else:
            jobs = [{"name": self.env._("Service"), "customer_words": self.env._("Next service")}]
        return {
            "kind_id": self.kind_id.id,
            "company_id": self.company_id.id,
            "vehicle_id": self.vehicle_id.id,
            "partner_id": self.partner_id.id,
            "contact_id": self.contact_id.id,
            "contact_phone": self.contact_phone,
            "advisor_id": self.advisor_id.id,
            "is_comeback": is_comeback,
            "comeback_of_id": self.id if is_comeback else False,
            # what is asked on the phone, and known after this visit
            "booking_odometer": self.odometer,
            "last_service_date": self.delivered_date or fields.Date.context_today(self),
            "job_ids": [(0, 0, values) for values in jobs],
        }
