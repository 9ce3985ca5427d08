from odoo import api, fields, models
from odoo.exceptions import UserError
from odoo.tools import format_date

from .service_capacity import DAY


class ServiceCapacityReserve(models.Model):
    """Workshop hours kept back for special work, or for a trainee who is to do it (S2-47).

    They are taken out of what everybody else may book; the order that names the reserve uses them.
    """

    _name = "service.capacity.reserve"
    _description = "Hours Kept for Special Work"
    _order = "date, id"
    _check_company_auto = True

    name = fields.Char(string="Kept For", required=True)
    company_id = fields.Many2one(
        "res.company",
        string="Branch",
        required=True,
        index=True,
        default=lambda self: self.env.company,
    )
    date = fields.Date(string="Day", required=True)
    hours = fields.Float(required=True, help="Hours of that day nobody else can book.")
    employee_id = fields.Many2one(
        "hr.employee",
        string="Person",
        help="The specialist or the trainee this work is for.",
        index="btree_not_null",
    )
    capacity_id = fields.Many2one("service.capacity", readonly=True, index=True, ondelete="cascade")
    order_ids = fields.One2many("service.order", "reserve_id", string="Work Orders")
    is_used = fields.Boolean(
        string="Used", readonly=True, copy=False, help="An order is booked into these hours."
    )

    _positive = models.Constraint("CHECK(hours > 0)", "Keep more than zero hours.")

    @api.model_create_multi
    def create(self, vals_list):
        reserves = super().create(vals_list)
        reserves._keep()
        return reserves

    def write(self, vals):
        if not {"date", "hours", "company_id", "employee_id"} & set(vals):
            return super().write(vals)
        used = self.filtered("is_used")
        if used:
            raise UserError(
                self.env._('"%s" is booked already: move its work order instead.', used[0].name)
            )
        before = self.capacity_id
        res = super().write(vals)
        self._keep()
        before.sudo()._recount_reserved()  # sudo: nobody writes the days but their own methods
        return res

    def unlink(self):
        # sudo: nobody writes the days but their own methods
        days = self.capacity_id.sudo()
        days._lock()
        res = super().unlink()
        days._recount_reserved()
        return res

    def _counted_hours(self):
        """Hours of the day this takes; a trainee's own hours were never in it."""
        self.ensure_one()
        # sudo: whoever books may not read employees
        person = self.employee_id.sudo()
        return self.hours if not person or person.service_technician else 0.0

    def _keep(self):
        """Take the hours out of their days; what is not free cannot be kept."""
        capacity = self.env["service.capacity"].sudo()  # sudo: see write
        for reserve in self:
            days, limited = capacity._days(reserve.company_id, {reserve.date})
            day = days[reserve.date]
            # sudo: the day is closed to everybody's write
            reserve.sudo().capacity_id = day
            day._recount_reserved()
            if limited and day.free < -0.001:
                raise UserError(
                    self.env._(
                        "%(date)s has %(free)s free workshop hours, %(hours)s cannot be kept.",
                        date=format_date(self.env, reserve.date, date_format=DAY),
                        free=round(max(day.free + reserve._counted_hours(), 0), 1),
                        hours=round(reserve.hours, 1),
                    )
                )


class ServiceCapacity(models.Model):
    """What special work keeps back counts as gone until its order takes it."""

    # one file for one job, the model is the sum of them
    _inherit = "service.capacity"  # pylint: disable=consider-merging-classes-inherited

    reserved = fields.Float(
        string="Kept Back", readonly=True, help="Hours kept for special work, not booked yet."
    )
    reserve_ids = fields.One2many("service.capacity.reserve", "capacity_id")

    @api.depends("reserved")
    def _compute_free(self):
        super()._compute_free()
        for day in self:
            day.free -= day.reserved

    def _own_reserve(self, order):
        """Hours kept on this day for just this order, as long as they are not used."""
        self.ensure_one()
        reserve = order.reserve_id
        if reserve.capacity_id != self or reserve.is_used:
            return 0.0
        return reserve._counted_hours()

    @api.model
    def _take(self, orders):
        super()._take(orders)
        self._recount_for(orders)

    @api.model
    def _give_back(self, orders):
        super()._give_back(orders)
        self._recount_for(orders)

    @api.model
    def _recount_for(self, orders):
        """The hours kept for these orders are used, or held once more."""
        reserves = orders.reserve_id
        if reserves:
            # sudo: nobody writes the days but their own methods
            reserves.sudo().capacity_id._recount_reserved()

    def _recount_reserved(self):
        """Which of the kept hours have found their order; the rest is held."""
        reserves = self.env["service.capacity.reserve"].search([("capacity_id", "in", self.ids)])
        if reserves:
            bookings = self.env["service.capacity.booking"].search(
                [("capacity_id", "in", self.ids), ("order_id.reserve_id", "in", reserves.ids)]
            )
            for reserve in reserves:
                used = (
                    reserve
                    in bookings.filtered(
                        lambda line, day=reserve.capacity_id: line.capacity_id == day
                    ).order_id.reserve_id
                )
                if reserve.is_used != used:
                    reserve.is_used = used
        held = reserves.filtered(lambda reserve: not reserve.is_used).grouped("capacity_id")
        for day in self:
            hours = sum(reserve._counted_hours() for reserve in held.get(day, ()))
            if day.reserved != hours:
                day.reserved = hours


class ServiceOrder(models.Model):
    # one file for one job, the model is the sum of them
    _inherit = "service.order"  # pylint: disable=consider-merging-classes-inherited

    reserve_id = fields.Many2one(
        "service.capacity.reserve",
        string="Kept Hours",
        copy=False,
        check_company=True,
        domain="[('company_id', '=', company_id), ('is_used', '=', False)]",
        index="btree_not_null",
        help="The hours that were kept for this special work.",
    )

    _reserve_uniq = models.UniqueIndex(
        "(reserve_id) WHERE reserve_id IS NOT NULL AND state != 'cancelled'",
        "These hours are kept for another work order.",
    )
