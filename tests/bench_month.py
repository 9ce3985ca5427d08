"""The close of a big month beside the bare SQL aggregate, killed at random, and its payslips.

A million ratings lie in the table; the month that is closed has 20,000 of them and 300 people. The
rows are written straight into the database: what is measured is the close, not the voting.
"""

import json
import os
import random
import signal
import subprocess
import sys
import time
from contextlib import ExitStack
from datetime import date
from decimal import Decimal
from pathlib import Path
from unittest.mock import patch

from bench_money import House
from dateutil.relativedelta import relativedelta
from workbench import Meter, median, transaction

from odoo.fields import Command
from odoo.tools import SQL

RATINGS = 1_000_000
MONTHLY = 20_000
ENGINEERS = 300
ADVISORS = 30  # of the engineers
MONTH = date(2026, 3, 1)
EMPTY_MONTH = MONTH + relativedelta(months=1)
PAID_MONTH = MONTH + relativedelta(months=2)
COMPUTE_LIMIT = 5.0
ROUNDS = 7  # the first two warm the caches
KILLS = 20
SLIPS = 2000
SLIPS_LIMIT = 1.3


class People:
    """Who is scored and who closes, by id."""

    @classmethod
    def build(cls, registry):
        with transaction(registry, tracking_disable=True) as env:
            House.bind(env)
            House.company.partner_id.tz = "UTC"
            cls.company_id = House.company.id
            officer = "service_rating.group_performance_officer"
            cls.officer, cls.locker, cls.hr = (
                House.make_user(f"bench_{name}", groups).id
                for name, groups in (
                    ("officer", officer),
                    ("locker", officer),
                    ("hr", "hr.group_hr_manager,payroll.group_payroll_manager"),
                )
            )
            cls.ids = cls.hire(env, ENGINEERS)
            cls.order = House.make_order("booked", jobs=[{}]).id
            cls.sale = env["sale.order"].create({"partner_id": House.customer_id}).id

    @classmethod
    def hire(cls, env, count):
        """Ids of new people with a wage and performance pay under our structure."""
        company = env["res.company"].browse(cls.company_id)
        start = date(2020, 1, 1)
        people = env["hr.employee"].create(
            [
                {
                    "name": f"Engineer {number}",
                    "company_id": company.id,
                    "date_version": start,
                    "contract_date_start": start,
                    "wage": 2000 + number,
                    "struct_id": company._service_payroll_structure().id,
                    "service_performance_base": 800.0 + number,
                }
                for number in range(count)
            ]
        )
        return people.ids


# === FILLING === #


def fill(registry):
    """Write the ratings and their credit, the measured month last."""
    with transaction(registry) as env:
        # raw SQL: a million votes, and the keys are right by construction
        env.cr.execute("SET LOCAL session_replication_role = replica")
        first_order = copy_orders(env)
        for back in range(RATINGS // MONTHLY - 1, -1, -1):
            start = MONTH - relativedelta(months=back)
            seconds = (start + relativedelta(months=1) - start).days * 86400 - 7200
            env.cr.execute(
                SQL(
                    """
                    WITH votes AS (
                        INSERT INTO service_rating (
                            company_id, partner_id, project_group, state, expires_at, submitted_at,
                            order_id, sale_order_id, vehicle_id, technical_score, attitude_score,
                            access_token, token_digest, create_uid, create_date, write_date)
                        SELECT %(company)s, %(partner)s, 'aftersales', 'submitted',
                               %(start)s::timestamp + interval '90 days', at,
                               CASE WHEN %(back)s = 0 THEN %(first)s + n END,
                               CASE WHEN %(back)s > 0 THEN %(sale)s END, %(vehicle)s,
                               (((n * 7919 + %(back)s) %% 26) - 5) * 10,
                               (((n * 104729 + %(back)s) %% 26) - 5) * 10,
                               md5(n || '-' || %(back)s), md5(%(back)s || '+' || n), 1, at, at
                          FROM generate_series(0, %(count)s - 1) n
                    CROSS JOIN LATERAL (
                               SELECT %(start)s::timestamp + interval '1 hour'
                                      + n * (%(seconds)s / %(count)s.0) * interval '1 second' AS at
                               ) moment
                        RETURNING id
                    )
                    INSERT INTO service_rating_share (rating_id, employee_id, dimension, weight)
                    SELECT id, people[1 + %(advisors)s + id %% %(hands)s], 'technical',
                           CASE WHEN id %% 5 = 0 THEN 0.650000 ELSE 1 END
                      FROM votes, (SELECT %(people)s::int[] AS people) p
                     UNION ALL
                    SELECT id, people[1 + %(advisors)s + (id + 1) %% %(hands)s], 'technical',
                           0.350000
                      FROM votes, (SELECT %(people)s::int[] AS people) p WHERE id %% 5 = 0
                     UNION ALL
                    SELECT id, people[1 + id %% %(advisors)s], 'attitude', 1
                      FROM votes, (SELECT %(people)s::int[] AS people) p
                    """,
                    company=People.company_id,
                    partner=House.customer_id,
                    start=start,
                    seconds=seconds,
                    count=MONTHLY,
                    back=back,
                    first=first_order,
                    sale=People.sale,
                    vehicle=env["service.order"].browse(People.order).vehicle_id.id,
                    advisors=ADVISORS,
                    hands=ENGINEERS - ADVISORS,
                    people=People.ids,
                )
            )
    vacuum(registry, "service_order", "service_rating", "service_rating_share")


def copy_orders(env):
    """One order for each vote of the measured month; the id of the first."""
    columns = SQL(", ").join(
        SQL.identifier(name)
        for name, field in env["service.order"]._fields.items()
        if field.store and field.column_type and name not in ("id", "name", "access_token")
    )
    rows = env.execute_query(
        SQL(
            "INSERT INTO service_order (name, %s) "
            "SELECT 'BENCH' || n, %s FROM service_order, generate_series(1, %s) n "
            "WHERE id = %s RETURNING id",
            *(columns, columns, MONTHLY, People.order),
        )
    )
    return min(row[0] for row in rows)


def vacuum(registry, *tables):
    cursor = registry.cursor()
    cursor._cnx.set_session(autocommit=True)
    try:
        for table in tables:
            cursor.execute(SQL("VACUUM ANALYZE %s", SQL.identifier(table)))
    finally:
        cursor._cnx.set_session(autocommit=False)
        cursor.close()


# === CLOSING === #

AGGREGATE = """
    SELECT share.employee_id, COUNT(DISTINCT rating.id),
           SUM(share.weight * rating.technical_score) FILTER (WHERE dimension = 'technical'),
           SUM(share.weight) FILTER (WHERE dimension = 'technical'),
           SUM(share.weight * rating.attitude_score) FILTER (WHERE dimension = 'attitude'),
           SUM(share.weight) FILTER (WHERE dimension = 'attitude')
      FROM service_rating rating
      JOIN service_rating_share share ON share.rating_id = rating.id
     WHERE rating.submitted_at >= %s AND rating.submitted_at < %s AND rating.company_id = %s
       AND (rating.hold IS NULL OR rating.hold = 'counted')
     GROUP BY share.employee_id
"""


def months(env, month=MONTH):
    return env["service.performance"].search(
        [("company_id", "=", People.company_id), ("month", "=", month)]
    )


def open_month(env, month):
    company = env["res.company"].browse(People.company_id)
    env["service.performance"]._open_month(company, month)


def compute(registry, month=MONTH):
    meter = Meter()
    with meter.request(registry, People.officer) as env:
        months(env, month).action_compute()
    return meter


def close(registry, verdict):
    """Compute beside the bare aggregate; then the whole road of the month."""
    bare, ours = [], []
    bounds = (MONTH, MONTH + relativedelta(months=1), People.company_id)
    opening = Meter()
    with opening.request(registry, People.officer) as env:
        open_month(env, MONTH)
    compute(registry)
    before = peak()
    for number in range(ROUNDS):
        meter = Meter()
        with meter.request(registry) as env:
            rows = env.execute_query(SQL(AGGREGATE, *bounds))
            assert len(rows) == ENGINEERS, len(rows)
        computing = compute(registry)
        if number > 1:
            bare.append(meter.seconds)
            ours.append(computing.seconds)
    verdict.bound(
        f"Compute, {computing.queries} q (worst {max(ours) * 1000:.0f} ms)",
        median(ours) * 1000,
        median(bare) * 1000,
        COMPUTE_LIMIT,
        "ms",
    )
    verdict.line("Memory on top of what was held before", f"{peak() - before:.1f} MB")
    signing = Meter()
    with signing.request(registry, People.officer) as env:
        months(env).action_check()
    with signing.request(registry, People.locker) as env:
        months(env).action_lock()
    total = opening.seconds + computing.seconds + signing.seconds
    verdict.line(
        f"Whole close, {opening.queries + computing.queries + signing.queries} q",
        f"{total * 1000:.0f} ms",
    )
    return computing.queries


def peak():
    """The most memory this process ever held, in MB."""
    for line in Path("/proc/self/status").read_text().splitlines():
        if line.startswith("VmHWM"):
            return int(line.split()[1]) / 1024
    return 0.0


# === KILLING === #

CHILD = """
import json, os, sys
from workbench import open_database
registry = open_database(sys.argv[1])
import bench_month
for name, value in json.loads(sys.argv[2]).items():
    setattr(bench_month.People, name, value)
print("ready", flush=True)
sys.stdin.readline()
bench_month.walk(registry)
print("done", flush=True)
"""


def walk(registry):
    """The road of the month, each verb a request of its own; goes on where another stopped."""
    with transaction(registry, People.officer) as env:
        open_month(env, MONTH)
    for user, state, verb in (
        (People.officer, "draft", "action_compute"),
        (People.officer, "draft", "action_check"),
        (People.locker, "checked", "action_lock"),
    ):
        with transaction(registry, user) as env:
            getattr(months(env).filtered(lambda month, s=state: month.state == s), verb)()


def ledger(registry):
    """What payroll would read, to the last digit."""
    with transaction(registry) as env:
        return env.execute_query(
            SQL(
                "SELECT employee_id, state, answer_count, raw_score::text, unit_mean::text, "
                "score::text, counted::text, unit_points::text, limit_points::text "
                "FROM service_performance WHERE month = %s ORDER BY employee_id",
                MONTH,
            )
        )


def forget(registry):
    """Take the month away, as no verb can."""
    with transaction(registry) as env:
        env.cr.execute(SQL("DELETE FROM service_performance WHERE month = %s", MONTH))


def kill(registry, database, verdict, points=KILLS):
    """SIGKILL at random points of the close: nothing half-closed, a rerun gives the same ledger."""
    people = {name: value for name, value in vars(People).items() if isinstance(value, (int, list))}
    forget(registry)
    lasts = child_walks(database, people)
    wanted = ledger(registry)
    seen = {}
    rng = random.Random(os.environ.get("SEED", "close"))
    for _point in range(points):
        forget(registry)
        child_walks(database, people, rng.random() * lasts)
        settle(registry)
        found = whole(registry)
        seen[found] = seen.get(found, 0) + 1
        walk(registry)
        assert ledger(registry) == wanted, "another ledger after a kill"
    text = ", ".join(f"{count} {state}" for state, count in sorted(seen.items()))
    verdict.line(f"Killed at {points} points of {lasts * 1000:.0f} ms: {text}")
    verdict.line("Nothing half-closed, each rerun gave the same ledger")


def child_walks(database, people, killed_after=None):
    """Walk the road in a process of its own; the seconds it took, or its sudden end."""
    with subprocess.Popen(
        [sys.executable, "-c", CHILD, database, json.dumps(people)],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
        env={**os.environ, "PYTHONPATH": os.pathsep.join(sys.path)},
    ) as child:
        assert child.stdout.readline() == "ready\n"
        child.stdin.write("\n")
        child.stdin.flush()
        start = time.perf_counter()
        if killed_after is None:
            assert child.stdout.readline() == "done\n"
        else:
            time.sleep(killed_after)
            child.send_signal(signal.SIGKILL)
        return time.perf_counter() - start


def settle(registry):
    """Wait until the server has noticed that its client is gone."""
    while True:
        with transaction(registry) as env:
            [(busy,)] = env.execute_query(
                SQL(
                    "SELECT COUNT(*) FROM pg_stat_activity WHERE datname = current_database() "
                    "AND pid <> pg_backend_pid() AND state <> 'idle'"
                )
            )
        if not busy:
            return
        time.sleep(0.05)


def whole(registry):
    """The one step everybody stands at; fails where the month is torn."""
    rows = ledger(registry)
    if not rows:
        return "not opened"
    assert len(rows) == ENGINEERS, f"{len(rows)} rows of {ENGINEERS}"
    steps = {(state, counted is not None) for _id, state, *_f, counted, _u, _l in rows}
    assert len(steps) == 1, steps
    [(state, computed)] = steps
    return {"draft": "computed" if computed else "opened"}.get(state, state)


# === PAYING === #


def pay(registry, verdict):
    """2,000 payslips by the batch wizard, with our months and without our addon's part."""
    with transaction(registry, tracking_disable=True) as env:
        House.bind(env)
        people = People.ids + People.hire(env, SLIPS - ENGINEERS)
        structure = House.company._service_payroll_structure()
        plain = structure.copy({"code": "PLAIN", "rule_ids": False, "parent_id": False})
        plain.rule_ids = structure.rule_ids.filtered(lambda rule: rule.code == "SERVICE_WAGE")
        plain_id = plain.id
    for user, verb in (
        (People.officer, "action_compute"),
        (People.officer, "action_check"),
        (People.locker, "action_lock"),
    ):
        with transaction(registry, user) as env:
            open_month(env, PAID_MONTH)
            getattr(months(env, PAID_MONTH), verb)()
    # both ways once in the small, to warm the caches
    for struct in (plain_id, False):
        batch(registry, people[:20], struct)
    theirs, ours = batch(registry, people, plain_id), batch(registry, people, False)
    verdict.bound(
        f"Payslips of {SLIPS:,} by the batch wizard, {ours.queries / SLIPS:.1f} q each",
        ours.seconds,
        theirs.seconds,
        SLIPS_LIMIT,
        "s",
    )
    with transaction(registry, People.hr) as env:
        # the batch before was for twenty
        slips = env["hr.payslip.run"].search([], order="id desc", limit=1).slip_ids
        inputs = sum(cents(line.amount) for line in slips.input_line_ids)
        owed = sum(
            cents(month.amount) + cents(month.difficulty_amount)
            for month in months(env, PAID_MONTH)
        )
        assert len(slips) == SLIPS, len(slips)
        assert inputs == owed, (inputs, owed)
        verdict.line(f"Sum of the inputs equals the ledger: {inputs}")


def cents(amount):
    return Decimal(f"{amount:.2f}")


def batch(registry, people, struct):
    """One run of the wizard; with ``struct`` as if our addon had no part in payroll."""
    meter = Meter()
    with ExitStack() as stack:
        if struct:
            slips = registry["hr.payslip"]
            stack.enter_context(patch.object(slips, "_service_sync_inputs", lambda self: None))
            stack.enter_context(
                patch.object(slips, "_service_input_vals", lambda self, contracts, month: [])
            )
            stack.enter_context(
                patch.object(
                    registry["service.performance"],
                    "_for_payslips",
                    lambda self, *args: self.browse(),
                )
            )
        with transaction(registry, People.hr) as env:
            run = env["hr.payslip.run"].create(
                {
                    "name": "Bench",
                    "date_start": PAID_MONTH,
                    "date_end": PAID_MONTH + relativedelta(months=1, days=-1),
                    "struct_id": struct,
                }
            )
            run_id = run.id
        with meter.request(registry, People.hr) as env:
            wizard = env["hr.payslip.employees"].with_context(active_id=run_id)
            wizard.create({"employee_ids": [Command.set(people)]}).compute_sheet()
    return meter


def run(registry, verdict, database):
    start = time.perf_counter()
    People.build(registry)
    fill(registry)
    print()
    verdict.title(
        f"A month of {MONTHLY:,} ratings, {ENGINEERS} people", "ours", "bare SQL", "ratio", ""
    )
    verdict.line(f"-- {RATINGS:,} ratings, made in {time.perf_counter() - start:.0f} s")
    queries = close(registry, verdict)
    with transaction(registry, People.officer) as env:
        open_month(env, EMPTY_MONTH)
    compute(registry, EMPTY_MONTH)
    few = compute(registry, EMPTY_MONTH).queries
    verdict.bound("Queries of a full month beside an empty one", queries, few, 1.0, "q")
    kill(registry, database, verdict)
    print()
    verdict.title("Payslips", "ours", "without us", "ratio", "")
    pay(registry, verdict)
