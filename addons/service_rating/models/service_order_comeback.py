from odoo import SUPERUSER_ID, fields, models


class ServiceOrder(models.Model):
    """A car that comes back with the same fault is laid before the manager, not on anybody."""

    # one file for one job, the model is the sum of them
    _inherit = "service.order"  # pylint: disable=consider-merging-classes-inherited

    def _on_transition(self, verb, from_states):
        res = super()._on_transition(verb, from_states)
        if verb == "receive":
            self._propose_comebacks()
        return res

    def _propose_comebacks(self):
        """Propose, for who repaired it last time, the points a confirmed comeback takes.

        Nothing enters a month until a manager has confirmed it (S2-46, S3-36).
        """
        vals_list = []
        # sudo: who receives the car may read neither policies nor who did what
        for order in self.sudo().filtered(lambda one: one.is_comeback and one.recent_order_id):
            last = order.recent_order_id
            jobs = last.job_ids.filtered(lambda job: job.kind == "repair")
            policy = self.env["service.performance.policy"]._policy_for(
                order.company_id, order.company_id._service_local_date(fields.Datetime.now())
            )
            vals_list += [
                {
                    "kind": "sanction",
                    "employee_id": employee.id,
                    "points": policy.comeback_points,
                    "order_id": last.id,
                    "date": order.company_id._service_local_date(fields.Datetime.now()),
                    "reason": self.env._(
                        "%(order)s came back as %(again)s with the same fault",
                        order=last.name,
                        again=order.name,
                    ),
                }
                for employee in jobs.clocking_ids.employee_id or jobs.assignment_ids.employee_id
            ]
        # the house proposes, so that nobody is stopped who may not confirm his own proposal
        self.env["service.merit"].with_user(SUPERUSER_ID).create(vals_list)
