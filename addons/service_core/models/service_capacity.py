import collections
from datetime import datetime, time, timedelta

import pytz

from odoo import api, fields, models
from odoo.exceptions import UserError
from odoo.tools import SQL, format_date, format_datetime

from ..rules import order_lifecycle as life
from ..rules import slots as slot_rule

# how a time is told on the phone
DAY = "EEE d MMM"
MOMENT = "EEE d MMM HH:mm"
LOOK_AHEAD = 30  # days a big job may spread over, and days that are offered instead


class ServiceCapacity(models.Model):
    """What one branch can do on one day, and how much of it is promised (S0-92, S2-12).

    A booking takes one reception slot and its standard hours. Every booking locks the day's row,
    so the last slot is given away once. A branch without technicians is not limited in hours.
    """

    _name = "service.capacity"
    _description = "Workshop Day"
    _order = "date, company_id"
    _rec_name = "date"

    company_id = fields.Many2one(
        "res.company", string="Branch", required=True, readonly=True, index=True
    )
    date = fields.Date(required=True, readonly=True, index=True)
    hours = fields.Float(
        string="Bookable Hours",
        readonly=True,
        help="The technicians' calendar hours of the day less the share kept free.",
    )
    booked = fields.Float(string="Booked Hours", readonly=True)
    free = fields.Float(string="Free Hours", compute="_compute_free")
    load = fields.Float(string="Load (%)", compute="_compute_free")
    booking_ids = fields.One2many("service.capacity.booking", "capacity_id", string="Bookings")
    reception_count = fields.Integer(string="Receptions", compute="_compute_reception_count")

    _day_uniq = models.Constraint("UNIQUE(company_id, date)", "This day is already planned.")

    # === COMPUTES === #

    @api.depends("hours", "booked")
    def _compute_free(self):
        for day in self:
            day.free = day.hours - day.booked
            day.load = 100 * day.booked / day.hours if day.hours else 0.0

    @api.depends("booking_ids.start")
    def _compute_reception_count(self):
        for day in self:
            day.reception_count = len(day.booking_ids.filtered("start"))

    # === BOOKING === #

    @api.model
    def _take(self, orders):
        """Take each order's slot and hours; what it held before is given back.

        :raises UserError: when the slot or the day is full, naming times that are free
        """
        for order in orders:
            if not order.planned_start:
                raise UserError(
                    self.env._("Say when %s comes before booking it.", order.display_name)
                )
        # sudo: nobody writes the days but this method, called by a guarded verb
        days = self.sudo()
        # a draft holds nothing: booking gives it, undoing takes it back
        days._give_back(orders.filtered(lambda order: order.state != life.DRAFT))
        for company, of_branch in orders.grouped("company_id").items():
            days._take_in_branch(company, of_branch)

    @api.model
    def _take_in_branch(self, company, orders):
        """Rule of :meth:`_take` for one branch: its days are locked and drawn once for all."""
        start_of = {order: self._local_date(company, order.planned_start) for order in orders}
        days, limited = self._days(company, set(start_of.values()))
        needed = orders._hours_needed()
        values = []
        # what this very batch has taken so far: it is written in one go at the end
        hours_taken, slots_taken = collections.Counter(), collections.Counter()
        for order, date in start_of.items():
            first, hours = days[date], needed[order.id]
            slot = self._slot_of(company, order.planned_start)
            if first._receptions(slot) + slots_taken[slot] >= company.service_parallel_receptions:
                raise first._slot_full(slot, hours)
            # what was kept for this very order is free for it
            hours_taken[first] -= first._own_reserve(order)
            if limited:
                self._draw_for_big_job(company, days, first, hours, hours_taken)
                row = [days[key] for key in sorted(days) if key >= date]
                shares = slot_rule.spread(
                    hours, [(day.hours, day.free - hours_taken[day]) for day in row]
                )
            else:
                row, shares = [first], [hours]
            if not shares:
                raise first._day_full(slot, hours, first.free - hours_taken[first])
            slots_taken[slot] += 1
            for day, share in zip(row, shares, strict=False):
                hours_taken[day] += share
                values.append(
                    {
                        "capacity_id": day.id,
                        "order_id": order.id,
                        "start": slot if day == first else False,
                        "hours": share,
                    }
                )
        self.env["service.capacity.booking"].create(values)
        self.browse(day.id for day in hours_taken)._count_booked()

    @api.model
    def _draw_for_big_job(self, company, days, first, hours, hours_taken):
        """A job bigger than its first day: draw as many following days as it takes."""
        if hours <= first.hours:
            return
        reached = first.date
        last = first.date + timedelta(days=LOOK_AHEAD - 1)
        while (
            sum(
                max(day.free - hours_taken[day], 0)
                for date, day in days.items()
                if date >= first.date
            )
            < hours
            and reached < last
        ):
            week = {
                reached + timedelta(days=offset)
                for offset in range(1, 8)
                if reached + timedelta(days=offset) <= last
            }
            reached = max(week)
            days.update(self._days(company, week - days.keys())[0])

    def _slot_full(self, slot, hours):
        tz = self.company_id._service_tz()
        return UserError(
            self.env._(
                "Reception at %(time)s is full. Free: %(others)s.",
                time=format_datetime(self.env, slot, tz=tz.zone, dt_format=MOMENT),
                others=self._free_slots_text(self.company_id, hours, slot),
            )
        )

    def _day_full(self, slot, hours, free):
        return UserError(
            self.env._(
                "%(date)s has %(free)s free workshop hours left and %(needed)s are needed. "
                "Free: %(others)s.",
                date=format_date(self.env, self.date, date_format=DAY),
                free=round(max(free, 0), 1),
                needed=round(hours, 1),
                others=self._free_slots_text(self.company_id, hours, slot),
            )
        )

    @api.model
    def _give_back(self, orders):
        """Free the slot and the hours of these orders."""
        if not orders:
            return
        # sudo: nobody writes the days but this method, called by a guarded verb
        bookings = (
            self.env["service.capacity.booking"].sudo().search([("order_id", "in", orders.ids)])
        )
        days = bookings.capacity_id
        days._lock()
        bookings.unlink()
        days._count_booked()

    @api.model
    def _day(self, company, date):
        """The locked and refreshed row of this day, made when it is missing."""
        return self._days(company, {date})[0][date]

    @api.model
    def _days(self, company, dates):
        """Lock and draw the rows of these days, made where they are missing.

        :return: ``{date: day}``, and whether hours are counted: only where somebody works them
        """
        if not dates:
            return {}, False
        self.flush_model()
        # SQL: a lock that waits, see _lock
        self.env.cr.execute(
            SQL(
                "SELECT id, date FROM service_capacity WHERE company_id = %s AND date IN %s "
                "ORDER BY date, id FOR UPDATE",
                company.id,
                tuple(dates),
            ),
            log_exceptions=False,
        )
        found = self.env.cr.fetchall()
        missing = dates - {date for _id, date in found}
        if missing:
            found += self._make_days(company, missing)
        days = self.browse(day_id for day_id, _date in found)
        days.invalidate_recordset()
        worked = self.env["hr.employee"]._service_work_hours(company, min(dates), max(dates))
        for day in days:
            hours = slot_rule.after_buffer(
                (worked or {}).get(day.date, 0.0), company.service_buffer_percent
            )
            if day.hours != hours:
                day.hours = hours
        return {day.date: day for day in days}, worked is not None

    @api.model
    def _make_days(self, company, dates):
        """``[(id, date)]`` of new rows; they are ours until the end of the transaction."""
        # SQL: two bookings may both find the day missing, only the database can make it once;
        # the loser is told to try again, which Odoo does by itself and without a log line
        self.env.cr.execute(
            SQL(
                """
                INSERT INTO service_capacity
                    (company_id, date, hours, booked, create_uid, create_date, write_uid, write_date)
                SELECT %(company)s, day, 0, 0, %(uid)s, %(now)s, %(uid)s, %(now)s
                  FROM unnest(%(dates)s) AS day
                ON CONFLICT (company_id, date) DO NOTHING
                RETURNING id, date
                """,
                company=company.id,
                dates=sorted(dates),
                uid=self.env.uid,
                now=fields.Datetime.now(),
            ),
            log_exceptions=False,
        )
        return self.env.cr.fetchall()

    def _lock(self):
        """Wait for whoever books the same day.

        Core's lock gives up at once; here the second receptionist waits a moment, and when the
        first has changed the day the database asks for a retry, which Odoo does by itself.
        """
        if self:
            self.flush_recordset()
            # SQL: a lock that waits; in the order of dates, so that two never wait for each other
            self.env.cr.execute(
                SQL(
                    "SELECT id FROM service_capacity WHERE id IN %s ORDER BY date, id FOR UPDATE",
                    tuple(self.ids),
                ),
                log_exceptions=False,
            )
            self.invalidate_recordset()

    def _own_reserve(self, order):
        """Hook: hours of this day that are kept for just this order."""
        return 0.0

    def _count_booked(self):
        for day in self:
            day.booked = sum(day.booking_ids.mapped("hours"))

    def _receptions(self, slot):
        """Cars already to be received in this slot."""
        self.ensure_one()
        return len(self.booking_ids.filtered(lambda booking: booking.start == slot))

    # === WHAT IS FREE === #

    @api.model
    def _local_date(self, company, moment):
        return pytz.utc.localize(moment).astimezone(company._service_tz()).date()

    @api.model
    def _slot_of(self, company, start):
        """Beginning (UTC) of the reception slot that ``start`` falls in."""
        tz = company._service_tz()
        local = pytz.utc.localize(start).astimezone(tz).replace(tzinfo=None)
        slot = slot_rule.slot_start(local, company.service_slot_minutes)
        return tz.localize(slot).astimezone(pytz.utc).replace(tzinfo=None)

    @api.model
    def _free_slots(self, company, hours, start, count=4):
        """The next reception slots from ``start`` on whose day has ``hours`` left (S2-38).

        Looks only, takes nothing and locks nothing.

        :return: beginnings of slots, UTC without time zone
        """
        # sudo: the public booking page and receptionists look at calendars they may not read
        days = self.sudo()
        company = company.sudo()
        tz = company._service_tz()
        first = self._local_date(company, start)
        last = first + timedelta(days=LOOK_AHEAD)
        planned = {
            day.date: day
            for day in days.search(
                [("company_id", "=", company.id), ("date", ">=", first), ("date", "<=", last)]
            )
        }
        opening = days._opening_hours(company, first, last)
        worked = self.env["hr.employee"]._service_work_hours(company, first, last)
        found = []
        for offset in range(LOOK_AHEAD):
            date = first + timedelta(days=offset)
            day = planned.get(date, days.browse())
            if worked is not None:
                total = slot_rule.after_buffer(
                    worked.get(date, 0.0), company.service_buffer_percent
                )
                left = total - day.booked - day.reserved
                # a job bigger than a day only has to begin on it
                if left + 0.001 < (hours if hours <= total else 0.1):
                    continue
            # one slot a day is no choice, the whole morning is no answer
            of_day = 0
            for begin, end in opening.get(date, []):
                for local in slot_rule.slots_between(begin, end, company.service_slot_minutes):
                    slot = tz.localize(local).astimezone(pytz.utc).replace(tzinfo=None)
                    if slot < start or of_day >= 2:
                        continue
                    taken = day._receptions(slot) if day else 0
                    if taken < company.service_parallel_receptions:
                        found.append(slot)
                        of_day += 1
                        if len(found) == count:
                            return found
        return found

    @api.model
    def _free_slots_text(self, company, hours, slot):
        start = max(slot, fields.Datetime.now())
        return self._slots_text(company, self._free_slots(company, hours, start))

    @api.model
    def _slots_text(self, company, slots):
        tz = company._service_tz()
        if not slots:
            return self.env._("nothing in the next %s days", LOOK_AHEAD)
        return ", ".join(
            format_datetime(self.env, moment, tz=tz.zone, dt_format=MOMENT) for moment in slots
        )

    @api.model
    def _opening_hours(self, company, first, last):
        """``{date: [(begin, end), ...]}`` of the branch's calendar, local time."""
        tz = company._service_tz()
        calendar = company.resource_calendar_id
        begin = tz.localize(datetime.combine(first, time.min))
        end = tz.localize(datetime.combine(last, time.max))
        hours = {}
        for start, stop, _attendance in calendar._work_intervals_batch(begin, end)[False]:
            start = start.astimezone(tz).replace(tzinfo=None)
            stop = stop.astimezone(tz).replace(tzinfo=None)
            hours.setdefault(start.date(), []).append((start, stop))
        return hours

    def _technician_hours(self):
        self.ensure_one()
        worked = self.env["hr.employee"]._service_work_hours(self.company_id, self.date, self.date)
        return slot_rule.after_buffer(
            (worked or {}).get(self.date, 0.0), self.company_id.service_buffer_percent
        )

    # === CRON === #

    @api.model
    def _cron_refresh(self, days_ahead=LOOK_AHEAD):
        """Draw the coming days of every branch, so that leave and new people show on the board."""
        companies = self.env["hr.employee"].search([("service_technician", "=", True)]).company_id
        self.env["ir.cron"]._commit_progress(remaining=len(companies))
        for company in companies:
            today = self._local_date(company, fields.Datetime.now())
            for offset in range(days_ahead):
                self._day(company, today + timedelta(days=offset))
            if not self.env["ir.cron"]._commit_progress(1):
                break

    def action_refresh(self):
        """Draw the shown days anew from the technicians' calendars."""
        self.check_access("read")
        for day in self.sudo():  # sudo: the numbers come from calendars, not from the user
            day._lock()
            day.hours = day._technician_hours()
