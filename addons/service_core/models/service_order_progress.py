from datetime import timedelta

from odoo import api, fields, models
from odoo.fields import Domain

from ..rules import order_lifecycle as life

EXTRA = "extra_work"


class ServiceOrder(models.Model):
    """Who has to know how far a car is: the customer, the washer, whoever waits for it."""

    # one file for one job, the model is the sum of them
    _inherit = "service.order"  # pylint: disable=consider-merging-classes-inherited

    is_quiet = fields.Boolean(
        string="No News",
        compute="_compute_is_quiet",
        search="_search_is_quiet",
        help="The car is in the house, and for a while it has not moved on nor was its customer "
        "told anything (S0-90).",
    )
    washer_id = fields.Many2one(
        "res.users",
        string="Washed By",
        copy=False,
        index="btree_not_null",
        help="Is told when the car comes to the wash, and where it needs special care.",
    )
    wash_areas = fields.Char(
        string="Clean With Care",
        compute="_compute_wash_areas",
        help="Where the car was repaired (S0-111).",
    )

    # === NO NEWS === #

    def _compute_is_quiet(self):
        quiet = set(self._quiet_ids(self.ids))
        for order in self:
            order.is_quiet = order.id in quiet

    def _search_is_quiet(self, operator, value):
        if operator != "in":
            return NotImplemented
        return Domain("id", "in", self._quiet_ids())

    @api.model
    def _quiet_ids(self, ids=None):
        """Cars in the house without a step and without a word for longer than their branch lets."""
        domain = Domain("state", "in", life.IN_HOUSE)
        if ids is not None:
            domain &= Domain("id", "in", ids)
        now = fields.Datetime.now()
        found = []
        orders = self.search(domain)
        for company, group in orders.grouped("company_id").items():
            limit = now - timedelta(hours=company.service_quiet_hours)
            still = group.filtered(lambda order, limit=limit: (order.told_at or limit) <= limit)
            # sudo: the log is everybody's who sees the order
            moved = (
                self.env["service.transition"]
                .sudo()
                ._read_group(
                    [
                        ("res_model", "=", self._name),
                        ("res_id", "in", still.ids),
                        ("at", ">", limit),
                    ],
                    ["res_id"],
                )
            )
            found += list(set(still.ids) - {res_id for (res_id,) in moved})
        return found

    # === THE WASH === #

    @api.depends("job_ids.approval", "job_ids.system_id", "job_ids.name")
    def _compute_wash_areas(self):
        # where an oil change is done needs no brush of its own
        plain = self.env.ref(
            "service_core.service_vehicle_system_service", raise_if_not_found=False
        )
        for order in self:
            done = order.job_ids.filtered(
                lambda job: (
                    job.approval == "approved"
                    and job.kind == "repair"
                    and (not plain or job.system_id != plain)
                )
            )
            order.wash_areas = ", ".join(
                dict.fromkeys(job.system_id.name or job.name for job in done)
            )

    def _ring_wash(self):
        """The wash begins: advisor, team leader and washer know, and where care is needed."""
        for order in self:
            # sudo: people of the order are told, whoever signed the last inspection
            leaders = order.sudo().inspection_ids.filtered(
                lambda inspection: inspection.level == "team_leader"
            )
            people = order.advisor_id | leaders.inspector_id | order.washer_id
            for user in people.sudo():
                user._bus_send(
                    "simple_notification",
                    {
                        "title": self.env._("%s is being washed", order.display_name),
                        "message": self.env._("Clean with care: %s", order.wash_areas or "-"),
                        "type": "info",
                    },
                )

    # === EACH ITEM RIGHT AND IN TIME === #

    def _confirm_jobs(self):
        """What was entrusted to us is done as ordered: said item by item with the last signature."""
        jobs = self.job_ids.filtered(
            lambda job: job.approval == "approved" and not job.confirmed_at
        )
        if jobs:
            # sudo: the verb was guarded
            jobs.sudo().write(
                {"confirmed_at": fields.Datetime.now(), "confirmed_by_id": self.env.uid}
            )

    def action_ask(self):
        """Added work was told to the customer: its clock stops."""
        res = super().action_ask()
        self.env["service.deadline"]._meet(EXTRA, self)
        return res

    def _on_transition(self, verb, from_states):
        res = super()._on_transition(verb, from_states)
        if verb == "pass":
            self.filtered(lambda order: order.state == life.WASHING)._ring_wash()
            self.filtered(lambda order: order.state != life.IN_INSPECTION)._confirm_jobs()
        elif verb == "fail":
            confirmed = self.job_ids.filtered("confirmed_at")
            if confirmed:
                # sudo: the verb was guarded
                confirmed.sudo().write({"confirmed_at": False, "confirmed_by_id": False})
        elif verb == "stop":
            self.env["service.deadline"]._cancel(EXTRA, self)
        return res


class ServiceOrderJob(models.Model):
    # one file for one job, the model is the sum of them
    _inherit = "service.order.job"  # pylint: disable=consider-merging-classes-inherited

    confirmed_at = fields.Datetime(
        string="Confirmed",
        readonly=True,
        copy=False,
        help="When the last inspection found it done as ordered (S2-72).",
    )
    confirmed_by_id = fields.Many2one(
        "res.users", readonly=True, copy=False, index="btree_not_null"
    )
    is_in_time = fields.Boolean(
        string="In Time",
        compute="_compute_is_in_time",
        help="Done as ordered by the time the car was promised for.",
    )

    @api.depends("confirmed_at", "order_id.promised_date")
    def _compute_is_in_time(self):
        for job in self:
            promised = job.order_id.promised_date
            job.is_in_time = bool(job.confirmed_at and promised and job.confirmed_at <= promised)

    @api.model_create_multi
    def create(self, vals_list):
        """Work found while the car is taken apart: the customer hears of it at once (S2-86)."""
        jobs = super().create(vals_list)
        extra = jobs.filtered(
            lambda job: job.approval == "pending" and job.order_id.state == life.IN_REPAIR
        )
        if extra:
            self.env["service.deadline"]._start(EXTRA, extra.order_id)
        return jobs
