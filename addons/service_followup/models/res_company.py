from datetime import datetime, time, timedelta

from pytz import utc

from odoo import fields, models


class ResCompany(models.Model):
    _inherit = "res.company"

    def _contact_date(self, moment):
        """The branch's date at ``moment`` (UTC, naive)."""
        return utc.localize(moment).astimezone(self._service_tz()).date()

    def _contact_today(self):
        """The branch's date now."""
        return self._contact_date(fields.Datetime.now())

    def _contact_day_bounds(self, day):
        """Begin and end of the branch's ``day``, as stored (UTC, naive); the end is outside."""
        tz = self._service_tz()
        return tuple(
            tz.localize(datetime.combine(midnight, time.min)).astimezone(utc).replace(tzinfo=None)
            for midnight in (day, day + timedelta(days=1))
        )

    def _contact_working_days(self, start, days):
        """Whether the branch works on a day between ``start`` and ``days`` later, as a callable.

        Closing days of the calendar count as closed. A branch whose calendar has no hours at all
        in that time works on every day: a missing calendar must not stop the planning.
        """
        self.ensure_one()
        tz = self._service_tz()
        begin = tz.localize(datetime.combine(start, time.min))
        end = tz.localize(datetime.combine(start + timedelta(days=days), time.max))
        calendar = self.resource_calendar_id
        intervals = calendar._work_intervals_batch(begin, end, tz=tz)[False] if calendar else ()
        working = {interval[0].date() for interval in intervals}
        return (lambda day: day in working) if working else (lambda _day: True)
