from dateutil.relativedelta import relativedelta

from odoo import api, fields, models
from odoo.tools import ormcache

MONTHS = "How long the work holds, in months; 0: see the kind of order, then the model."
KM = "How far the work holds, in km; 0: see the kind of order, then the model."


class ServiceOperation(models.Model):
    # one file for one job, the model is the sum of them
    _inherit = "service.operation"  # pylint: disable=consider-merging-classes-inherited

    interval_months = fields.Integer(string="Due Again After (months)", help=MONTHS)
    interval_km = fields.Integer(string="Due Again After (km)", help=KM)

    _interval_positive = models.Constraint(
        "CHECK(COALESCE(interval_months, 0) >= 0 AND COALESCE(interval_km, 0) >= 0)",
        "Intervals cannot be negative.",
    )


class ServiceOrderKind(models.Model):
    # one file for one job, the model is the sum of them
    _inherit = "service.order.kind"  # pylint: disable=consider-merging-classes-inherited

    interval_months = fields.Integer(
        string="Next Service After (months)", help="0: as the car's model says."
    )
    interval_km = fields.Integer(
        string="Next Service After (km)", help="0: as the car's model says."
    )

    _interval_positive = models.Constraint(
        "CHECK(COALESCE(interval_months, 0) >= 0 AND COALESCE(interval_km, 0) >= 0)",
        "Intervals cannot be negative.",
    )

    def _interval(self):
        """``{field: value}`` of this kind, as every delivery asks, without a query."""
        return dict(self._intervals_of(self.id))

    @api.model
    @ormcache("kind_id")
    def _intervals_of(self, kind_id):
        # sudo: the verb asks, whoever says it
        kind = self.sudo().browse(kind_id)
        return tuple((name, kind[name]) for name in ("interval_months", "interval_km"))


class ServiceOrder(models.Model):
    """The next service by date and odometer, from what was done today (S2-83, S2-95)."""

    # one file for one job, the model is the sum of them
    _inherit = "service.order"  # pylint: disable=consider-merging-classes-inherited

    next_service_date = fields.Date(
        string="Next Service",
        compute="_compute_next_service",
        compute_sudo=True,
        help="Counted from the delivery, or from today, by what was done.",
    )
    next_service_odometer = fields.Integer(
        string="Next Service (km)", compute="_compute_next_service", compute_sudo=True
    )

    @api.depends("job_ids.approval", "job_ids.operation_id", "kind_id", "vehicle_id", "odometer")
    def _compute_next_service(self):
        for order in self:
            months, km = order._service_interval()
            moment = order.delivered_date or fields.Datetime.now()
            day = fields.Datetime.context_timestamp(
                order.with_context(tz=order.company_id._service_tz().zone), moment
            ).date()
            order.next_service_date = months and day + relativedelta(months=months)
            reading = max(order.odometer, order.vehicle_id.odometer) if km else 0
            order.next_service_odometer = km and reading + km

    def _service_interval(self):
        """``(months, km)`` to the next service: the shortest of the operations done.

        An operation without an interval of its own leaves it to the kind of order, and that to
        the car's model.
        """
        self.ensure_one()
        done = self.job_ids.filtered(lambda job: job.approval == "approved").operation_id
        kind = self.kind_id._interval()
        return tuple(
            min(filter(None, done.mapped(name)), default=0)
            or kind[name]
            or self.vehicle_id.model_id[name]
            for name in ("interval_months", "interval_km")
        )

    def _plan_next_service(self, on_date):
        """Write the next service of each car as its work of today says."""
        for order in self:
            order.vehicle_id._plan_next_service(on_date, order._service_interval())
