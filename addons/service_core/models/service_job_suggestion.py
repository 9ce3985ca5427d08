from odoo import api, fields, models
from odoo.exceptions import AccessError, UserError
from odoo.fields import Domain

from ..rules import order_lifecycle as life

CRON = "service_core.cron_service_suggestions"
PUT_OFF = ("declined", "deferred")
# work can be added to a visit in these states
TAKES_WORK = (life.DRAFT, life.BOOKED, life.RECEIVED, life.DIAGNOSED, life.AGREED, life.IN_REPAIR)
BATCH = 100


class ServiceOrderJob(models.Model):
    """Work that was declined or put off: why, until when, and how it comes back (S2-58)."""

    # one file for one job, the model is the sum of them
    _inherit = "service.order.job"  # pylint: disable=consider-merging-classes-inherited

    answer_reason = fields.Char(
        string="Why Not Now", copy=False, help="The customer's reason for no or later."
    )
    propose_again_on = fields.Date(
        string="Propose Again", copy=False, help="When it is worth asking again."
    )
    put_off_at = fields.Datetime(string="Answered", readonly=True, copy=False)
    revived_from_id = fields.Many2one(
        "service.order.job",
        string="Proposed Before",
        readonly=True,
        copy=False,
        index="btree_not_null",
    )
    revived_job_ids = fields.One2many("service.order.job", "revived_from_id", string="Taken Up As")
    opportunity_id = fields.Many2one("crm.lead", readonly=True, copy=False, index="btree_not_null")
    is_lead_due = fields.Boolean(readonly=True, copy=False, export_string_translation=False)
    vehicle_id = fields.Many2one(related="order_id.vehicle_id")
    partner_id = fields.Many2one(related="order_id.partner_id", string="Customer")

    _lead_due_idx = models.Index("(id) WHERE is_lead_due")

    def write(self, vals):
        """No and later are kept with their time; what they mean for CRM follows by itself."""
        answer = vals.get("approval")
        if answer in PUT_OFF:
            vals = {**vals, "put_off_at": fields.Datetime.now(), "is_lead_due": True}
        res = super().write(vals)
        came_back = self.browse()
        if answer == "approved":
            came_back = self.filtered("revived_from_id")
            if came_back:
                came_back.is_lead_due = True
        if answer in PUT_OFF or came_back:
            # sudo: scheduled actions are closed to everybody
            self.env.ref(CRON).sudo()._trigger()
        return res

    def action_revive(self):
        """The same work once more, as a pending job of the car's open visit or of a new one."""
        self.check_access("read")
        if not self.env.user.has_group("service_core.group_service_advisor"):
            raise AccessError(self.env._("Advisors propose work to the customer."))
        self.order_id._lock()
        made = self.browse()
        for job in self:
            if job.approval not in PUT_OFF:
                raise UserError(
                    self.env._('"%s" was neither declined nor put off.', job.display_name)
                )
            again = job.revived_job_ids.filtered(lambda other: other.approval not in PUT_OFF)
            if again:
                raise UserError(
                    self.env._(
                        '"%(job)s" is taken up already on %(order)s.',
                        job=job.name,
                        order=again[0].order_id.display_name,
                    )
                )
            made |= self.create(job._prepare_revived(job._visit_to_join()))
        orders = made.order_id
        return orders._view(self.env._("Work Order"), orders)

    def _visit_to_join(self):
        """This visit while work can be added to it, else the car's open one, else a new one."""
        self.ensure_one()
        if self.order_id.state in TAKES_WORK:
            return self.order_id
        if self.order_id.state == life.QUOTED:
            raise UserError(
                self.env._(
                    "%s: revise the estimate first, then take the work up again.",
                    self.order_id.display_name,
                )
            )
        open_visit = self.env["service.order"].search(
            [
                ("vehicle_id", "=", self.order_id.vehicle_id.id),
                ("company_id", "=", self.company_id.id),
                ("state", "in", TAKES_WORK),
            ],
            limit=1,
        )
        return open_visit or self.env["service.order"].create(
            {
                "vehicle_id": self.order_id.vehicle_id.id,
                "partner_id": self.order_id.partner_id.id,
                "contact_id": self.order_id.contact_id.id,
                "company_id": self.company_id.id,
                "kind_id": self.order_id.kind_id.id,
            }
        )

    def _prepare_revived(self, order):
        self.ensure_one()
        return {
            "order_id": order.id,
            "revived_from_id": self.id,
            "name": self.name,
            "customer_words": self.customer_words,
            "is_read_back": self.is_read_back,
            "extra_info": self.extra_info,
            "cause": self.cause,
            "correction": self.correction,
            "kind": self.kind,
            "operation_id": self.operation_id.id,
            "standard_hours": self.standard_hours,
            "payer": self.payer,
            "payer_id": self.payer_id.id,
            # priced anew: a list may have changed since
            "line_ids": [
                fields.Command.create(
                    {
                        "order_id": order.id,
                        "kind": line.kind,
                        "name": line.name,
                        "product_id": line.product_id.id,
                        "product_uom_qty": line.product_uom_qty,
                        "payer": line.payer,
                        "payer_id": line.payer_id.id,
                    }
                )
                for line in self.line_ids
            ],
        }

    # === CRM === #

    @api.model
    def _cron_suggestions(self, limit=BATCH):
        """What was put off stands in CRM once; what came back and was approved is won there."""
        domain = Domain("is_lead_due", "=", True)
        self.env["ir.cron"]._commit_progress(remaining=self.search_count(domain))
        while jobs := self.search(domain, limit=limit):
            jobs._follow_in_crm()
            if not self.env["ir.cron"]._commit_progress(len(jobs)):
                break

    def _follow_in_crm(self):
        # sudo: reached by the scheduled action; leads are closed to the workshop
        jobs = self.sudo()
        for job in jobs:
            job.opportunity_id = job.opportunity_id or job.revived_from_id.opportunity_id
        won = jobs.filtered(lambda job: job.approval == "approved" and job.opportunity_id)
        if won:
            won.opportunity_id.action_set_won()
        new = jobs.filtered(
            lambda job: (
                job.approval in PUT_OFF
                and job.payer == "customer"
                and not job.opportunity_id
                and not job.revived_job_ids
            )
        )
        leads = (
            self.env["crm.lead"]
            .sudo()  # sudo: see above
            # the advisor knows: it is his customer
            .with_context(mail_auto_subscribe_no_notify=True, mail_create_nosubscribe=True)
            .create([job._prepare_lead() for job in new])
        )
        for job, lead in zip(new, leads, strict=True):
            job.opportunity_id = lead
        jobs.is_lead_due = False

    def _prepare_lead(self):
        self.ensure_one()
        order = self.order_id
        return {
            "name": f"{self.name} - {order.license_plate or ''}".strip(" -"),
            "type": "opportunity",
            "partner_id": order.partner_id.id,
            "company_id": order.company_id.id,
            "user_id": order.advisor_id.id,
            "expected_revenue": sum(self.line_ids.mapped("price_subtotal")),
            "date_deadline": self.propose_again_on,
            "description": self.answer_reason,
            "service_vehicle_id": order.vehicle_id.id,
            "service_job_id": self.id,
        }


class CrmLead(models.Model):
    _inherit = "crm.lead"

    service_vehicle_id = fields.Many2one(
        "service.vehicle",
        string="Car",
        index="btree_not_null",
        groups="service_core.group_service_user",
    )
    service_job_id = fields.Many2one(
        "service.order.job",
        string="Proposed Work",
        readonly=True,
        index="btree_not_null",
        groups="service_core.group_service_user",
    )

    def action_service_revive(self):
        """Take the proposed work up on the car's open visit or on a new one."""
        return self.service_job_id.action_revive()
