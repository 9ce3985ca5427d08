"""The demo's calendar: what the verbs do now is moved to the day on which it is said to have happened.

The verbs read the real clock and must go on doing so. The demo therefore says them today and then
re-dates, table by table, what that step stamped "now".
"""

import contextlib
from datetime import datetime, time, timedelta

import pytz

from odoo import fields
from odoo.tools import SQL

TABLES = (
    "account_move",
    "account_move_line",
    "account_partial_reconcile",
    "account_payment",
    "mail_activity",
    "mail_message",
    "purchase_order",
    "purchase_order_line",
    "sale_order",
    "sale_order_line",
    "service_approval",
    "service_assignment",
    "service_call",
    "service_claim",
    "service_clocking",
    "service_inspection",
    "service_order",
    "service_order_job",
    "service_order_line",
    "service_transition",
    "service_vehicle_odometer",
    "service_waiver",
    "stock_move",
    "stock_move_line",
    "stock_picking",
)

# Said by somebody, not stamped by the clock: they stay as they were said.
SAID = {
    "service_order": (
        "planned_start",
        "planned_end",
        "departure_time",
        "eta",
        "promised_date",
        "parts_expected",
    ),
    "service_assignment": ("planned_start", "planned_end"),
    "service_clocking": ("start", "stop"),
    "sale_order": ("commitment_date",),
}


class Clock:
    """Workdays and moments of a branch, and the way to let something happen at one of them.

    :param tables: more tables to re-date, of the addon whose demo uses this clock
    :param dict said: columns of theirs that stay as they were said
    """

    def __init__(self, env, company, tables=(), said=None):
        self.env = env
        self.said = {**SAID, **(said or {})}
        self.tz = company._service_tz()
        self.tables = self._columns((*TABLES, *tables))
        self.models = [name for name, model in env.registry.items() if model._table in self.tables]
        today = pytz.utc.localize(fields.Datetime.now()).astimezone(self.tz).date()
        while today.weekday() > 4:
            today -= timedelta(days=1)
        self.today = today

    def _columns(self, tables):
        # raw SQL: the catalogue of the database itself
        rows = self.env.execute_query(
            SQL(
                """
                SELECT table_name, column_name, data_type = 'date'
                  FROM information_schema.columns
                 WHERE table_schema = current_schema() AND table_name IN %s
                   AND data_type IN ('date', 'timestamp without time zone')
                   AND column_name NOT IN ('create_date', 'write_date')
                """,
                tuple(tables),
            )
        )
        found = {table: [] for table in sorted(set(tables))}
        for table, column, is_date in rows:
            if column in self.said.get(table, ()):
                continue
            found[table].append((column, is_date))
        return found

    # Days

    def workday(self, shift):
        """The day ``shift`` weekdays from today; today itself, or the last weekday, is 0."""
        day = self.today
        step = timedelta(days=1 if shift > 0 else -1)
        for _number in range(abs(shift)):
            day += step
            while day.weekday() > 4:
                day += step
        return day

    def moment(self, day, hour, minute=0):
        """``hour:minute`` of ``day`` in the branch, as it is stored."""
        local = self.tz.localize(datetime.combine(day, time(hour, minute)))
        return local.astimezone(pytz.utc).replace(tzinfo=None)

    # Re-dating

    @contextlib.contextmanager
    def at(self, moment):
        """What happens inside is dated ``moment``; a moment to come is now."""
        start = fields.Datetime.now()
        before = self._last_ids()
        yield
        # what waits for the commit (chatter, parts that came) belongs to this step, too
        self.env.flush_all()
        self.env.cr.precommit.run()
        self.env.flush_all()
        end = fields.Datetime.now()
        if moment < start:
            self._move(before, start, end, moment)
            for name in self.models:
                self.env[name].invalidate_model(flush=False)

    def _last_ids(self):
        # raw SQL: one question instead of one per model
        query = SQL(" UNION ALL ").join(
            SQL("SELECT %s, COALESCE(MAX(id), 0) FROM %s", table, SQL.identifier(table))
            for table in self.tables
        )
        return dict(self.env.execute_query(query))

    def _move(self, before, start, end, moment):
        """Re-date the step that ran from ``start`` to ``end``.

        1. Rows made by the step move whole: "in three days" stays three days later.
        2. Of older rows only what was stamped "now" moves.
        3. What was dated by hand lies outside that time and stays.
        """
        shift = start - moment
        days = (start.date() - moment.date()).days
        after = self._last_ids()
        updates = []
        for table, columns in self.tables.items():
            name = SQL.identifier(table)
            made = [SQL("create_date = %s, write_date = %s", moment, moment)]
            stamped, where = [], []
            for column, is_date in columns:
                field = SQL.identifier(column)
                if is_date:
                    made.append(
                        SQL(
                            "%s = CASE WHEN %s >= %s THEN %s - %s ELSE %s END",
                            *(field, field, start.date(), field, days, field),
                        )
                    )
                    continue
                made.append(
                    SQL(
                        "%s = CASE WHEN %s >= %s THEN %s - %s ELSE %s END",
                        *(field, field, start, field, shift, field),
                    )
                )
                stamped.append(
                    SQL(
                        "%s = CASE WHEN %s BETWEEN %s AND %s THEN %s - %s ELSE %s END",
                        *(field, field, start, end, field, shift, field),
                    )
                )
                where.append(SQL("%s BETWEEN %s AND %s", field, start, end))
            if after[table] > before[table]:
                updates.append(
                    SQL("UPDATE %s SET %s WHERE id > %s", name, SQL(", ").join(made), before[table])
                )
            if stamped:
                updates.append(
                    SQL(
                        "UPDATE %s SET %s WHERE id <= %s AND (%s)",
                        *(name, SQL(", ").join(stamped), before[table], SQL(" OR ").join(where)),
                    )
                )
        # raw SQL: the log, the ledger and what was signed are closed to the ORM, rightly
        self.env.cr.execute(SQL("; ").join(updates))
