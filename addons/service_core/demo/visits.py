"""Seventy visits in detail and the mornings between them, said by the people of the house in the verbs of the product."""

import collections
import logging
import random
import time
from datetime import timedelta

from odoo import fields
from odoo.fields import Command
from odoo.tools import SQL

from . import tables
from .clock import Clock
from .dealership import signature

_logger = logging.getLogger(__name__)

ROAD = (
    "draft",
    "booked",
    "received",
    "diagnosed",
    "quoted",
    "agreed",
    "in_repair",
    "in_inspection",
    "washing",
    "ready",
    "settled",
    "delivered",
)

# (branch, workday, hour, kind, state reached, work, how it went)
# Days before today are history, oldest first; the workshop of today; appointments to come.
HISTORY = [
    (1, -42, 8, "maintenance", ["large"], ""),
    (1, -41, 9, "repair", ["front"], "link"),
    (2, -40, 8, "maintenance", ["small"], ""),
    (1, -39, 8, "express", ["oil"], ""),
    (1, -38, 10, "repair", ["links", "cool"], "deferred"),
    (1, -37, 8, "repair", ["window"], "received"),
    (1, -36, 9, "maintenance", ["large", "rear"], "link"),
    (2, -35, 9, "repair", ["dampers"], ""),
    (1, -34, 8, "repair", ["abs"], "warranty accepted received"),
    (1, -33, 8, "express", ["tyres"], ""),
    (1, -32, 9, "repair", ["battery"], "extra"),
    (1, -31, 8, "maintenance", ["small"], "link"),
    (1, -30, 8, "repair", ["belt"], "refused"),
    (2, -29, 8, "maintenance", ["large"], "link"),
    (1, -28, 10, "repair", ["cool"], "failed"),
    (1, -27, 8, "repair", ["clutch"], "received"),
    (1, -26, 9, "express", ["wipers"], ""),
    (1, -25, 8, "maintenance", ["large"], "account"),
    (1, -24, 8, "repair", ["front", "links"], "link"),
    (1, -23, 9, "repair", ["dampers"], "warranty rejected"),
    (2, -22, 8, "express", ["oil"], ""),
    (1, -20, 8, "internal", ["prepare"], ""),
    (1, -19, 8, "body", ["bumper"], "insurer received"),
    (1, -18, 9, "maintenance", ["small", "front"], "link"),
    (1, -17, 8, "repair", ["high_voltage"], ""),
    (1, -15, 8, "repair", ["compressor"], "stopped"),
    (1, -13, 9, "maintenance", ["large"], "link"),
    (2, -12, 8, "repair", ["belt"], ""),
    (1, -11, 8, "express", ["bulb"], ""),
    (1, -9, 9, "repair", ["rear", "battery"], "deferred"),
    (1, -7, 8, "maintenance", ["small"], "link"),
    (1, -6, 8, "repair", ["abs"], "warranty sent received"),
    (1, -5, 9, "express", ["tyres"], ""),
    (1, -4, 8, "repair", ["links"], "extra"),
    (1, -3, 8, "maintenance", ["large"], "account"),
    (1, -2, 9, "repair", ["cool"], ""),
]

WORKSHOP = [
    (1, -6, 8, "repair", "agreed", ["steering"], "late"),
    (1, -5, 9, "repair", "in_repair", ["turbo"], "confirmed"),
    (1, -4, 10, "repair", "in_repair", ["compressor"], "missing"),
    (1, -2, 8, "repair", "agreed", ["clutch", "front"], "requested"),
    (2, -2, 8, "repair", "in_repair", ["window"], "confirmed"),
    (1, -2, 9, "repair", "in_repair", ["front"], "extra asked"),
    (1, -1, 8, "maintenance", "in_repair", ["large"], "running"),
    (1, -1, 9, "repair", "in_repair", ["dampers"], "running"),
    (2, -1, 9, "maintenance", "in_repair", ["small"], "running"),
    (1, -1, 8, "maintenance", "in_inspection", ["small"], "half"),
    (1, -1, 10, "repair", "in_inspection", ["links"], ""),
    (1, -1, 9, "maintenance", "washing", ["large"], ""),
    (1, -1, 10, "maintenance", "ready", ["rear"], ""),
    (1, -2, 10, "repair", "settled", ["battery"], ""),
    (1, -1, 11, "repair", "quoted", ["belt"], ""),
    (1, -1, 13, "repair", "quoted", ["abs"], "warranty"),
    (2, -1, 11, "repair", "quoted", ["front"], ""),
    (1, -5, 11, "repair", "quoted", ["dampers"], ""),
    (1, -1, 14, "repair", "diagnosed", ["cool"], ""),
    (1, -1, 15, "repair", "received", ["links"], "diagnosis"),
    (2, -1, 14, "repair", "received", ["dampers"], ""),
    (1, 0, 9, "maintenance", "booked", ["large"], ""),
    (1, 0, 10, "repair", "booked", ["front"], ""),
    (2, 0, 11, "express", "booked", ["oil"], ""),
    (1, 1, 10, "maintenance", "booked", ["small"], ""),
    (1, 1, 8, "maintenance", "booked", ["small"], ""),
    (1, 1, 9, "express", "booked", ["oil"], ""),
    (2, 1, 8, "maintenance", "booked", ["large"], ""),
    (1, 2, 10, "repair", "booked", ["battery"], ""),
    (1, 3, 8, "repair", "booked", ["steering"], "preorder"),
    (1, 4, 9, "maintenance", "booked", ["small"], ""),
    (1, 2, 8, "maintenance", "draft", ["large"], ""),
    (2, 3, 9, "repair", "draft", ["links"], ""),
    (1, -3, 8, "maintenance", "cancelled", ["small"], "no_show"),
    (1, -2, 8, "express", "cancelled", ["tyres"], ""),
]


# (branch, workday, kind, what the cars of that morning come for)
MORNINGS = [
    (1, -64, "maintenance", ["large", "small", "large", "small", "rear", "small"]),
    (1, -62, "repair", ["front", "links", "battery", "rear", "links"]),
    (1, -58, "maintenance", ["small", "large", "small", "large", "small", "large"]),
    (2, -57, "maintenance", ["large", "small", "small"]),
    (1, -55, "repair", ["links", "front", "dampers", "battery", "links", "rear"]),
    (1, -50, "express", ["oil", "wipers", "tyres", "oil", "bulb", "oil"]),
    (1, -46, "repair", ["battery", "links", "front", "dampers", "rear"]),
    (2, -45, "maintenance", ["small", "large", "small"]),
    (1, -43, "maintenance", ["large", "small", "small", "large", "small", "large"]),
    (1, -35, "maintenance", ["small", "large", "small", "small", "large"]),
    (1, -20, "maintenance", ["small", "large", "small", "small", "large"]),
    (2, -7, "maintenance", ["small", "large", "small"]),
]


def build_visits(env, house):
    """History first, in the order of its days, so that odometers and stock run forward."""
    started = time.monotonic()
    plan = [(*spec[:4], "delivered", *spec[4:]) for spec in HISTORY] + WORKSHOP
    # whoever is on the clock right now gets on it last
    plan.sort(
        key=lambda spec: (
            bool({"running", "diagnosis"} & set(spec[6].split())),
            min(spec[1], 0),
            spec[4] != "delivered",
        )
    )
    clocks = {number: Clock(env, house.company[number]) for number in house.company}
    cars = list(env["service.vehicle"].search([], order="id").ids)
    random.Random("visits").shuffle(cars)
    by_fuel = {"high_voltage": "electric"}
    busy, jobs = {}, collections.Counter()
    mornings = sorted(MORNINGS, key=lambda morning: morning[1])
    for number, spec in enumerate(plan):
        if number % 10 == 0:
            _logger.info(
                "Demo: %s/%s orders (%.0f s)", number, len(plan), time.monotonic() - started
            )
            _learn_sizes(env, clocks[1].tables)
        branch, day, _hour, _kind, _state, work, how = spec
        while mornings and mornings[0][1] <= day:
            tell_morning(env, house, clocks, mornings.pop(0), cars, busy, jobs)
            _learn_sizes(env, clocks[1].tables)
            _logger.info(
                "Demo: %s mornings to come (%.0f s)", len(mornings), time.monotonic() - started
            )
        car = _pick_car(env, cars, by_fuel.get(work[0]), how)
        Visit(env, house, clocks[branch], spec, car, busy, jobs).run()
    _logger.info("Demo: %s orders in %.0f s", len(plan), time.monotonic() - started)


def _learn_sizes(env, names):
    """Tell the planner how much this very transaction has added; it walks the ledger row by row else."""
    env.flush_all()
    # raw SQL: ANALYZE has no other spelling
    env.cr.execute(
        SQL(
            "ANALYZE %s, account_account, account_journal, stock_quant",
            SQL(", ").join(map(SQL.identifier, names)),
        )
    )


def tell_morning(env, house, clocks, spec, cars, busy, jobs):
    from .mornings import Morning

    branch, _day, _kind, work = spec
    chosen = env["service.vehicle"].union(*(_pick_car(env, cars, None, "") for _key in work))
    Morning(env, house, clocks[branch], spec, chosen, busy, jobs).run()


def _pick_car(env, cars, fuel, how):
    """The car that was not here for the longest time, is not here now, and fits the work."""

    def fits(car):
        return (
            car.owner_id.is_company == ("account" in how)
            and (not fuel or car.model_id.fuel == fuel)
            and (fuel or car.model_id.fuel != "electric")
        )

    fitting = env["service.vehicle"].browse(cars).filtered(fits)
    here = env["service.order"].search(env["service.order"]._open_domain()).vehicle_id
    car = (fitting - here)[:1]
    if not car:
        raise ValueError(f"Every car for {fuel} {how} stands in the workshop already")
    cars.remove(car.id)
    cars.append(car.id)
    return car


class Visit:
    """One car's way through the house, up to the state the plan names."""

    def __init__(self, env, house, clock, spec, car, busy, jobs):
        branch, day, hour, kind, goal, work, how = spec
        self.env, self.house, self.clock, self.branch = env, house, clock, branch
        self.goal, self.work, self.how = goal, work, how
        self.day = clock.workday(day)
        self.hour = hour
        self.kind = env.ref(f"service_core.service_order_kind_{kind}")
        self.car = car
        self.busy, self.jobs = busy, jobs
        self.rng = random.Random(f"{spec}")
        suffix = "2" if branch == 2 else ""
        own = ("advisor", "technician", "leader", "inspector")
        self.logins = {role: f"{role}{suffix}" for role in own}
        self.order = env["service.order"]
        # what is long over needs no tracked values beside its log of steps
        self.context = {"tracking_disable": True} if goal == "delivered" else {}
        # when the last thing happened; every step moves it on
        self.now = self.moment(hour)

    # === HELPERS === #

    def moment(self, hour, minute=0, shift=0):
        day = self.day
        for _number in range(abs(shift)):
            day += timedelta(days=1 if shift > 0 else -1)
            while day.weekday() > 4:
                day += timedelta(days=1 if shift > 0 else -1)
        return self.clock.moment(day, hour, minute)

    def later(self, minutes):
        self.now += timedelta(minutes=minutes)
        return self.clock.at(min(self.now, fields.Datetime.now()))

    def as_(self, role, record=None):
        """``record`` (this order by default) in the hands of the person with that role."""
        env = self.house.as_user(self.logins.get(role, role), self.branch, **self.context)
        return (self.order if record is None else record).with_env(env)

    def is_(self, word):
        return word in self.how.split()

    # === THE ROAD === #

    def run(self):
        self.make()
        if self.goal == "cancelled":
            self.book()
            self.cancel()
            return
        road = [step for step in ROAD if step != "diagnosed" or self.kind.needs_diagnosis]
        steps = {
            "booked": self.book,
            "received": self.receive,
            "diagnosed": self.diagnose,
            "quoted": self.quote,
            "agreed": self.agree,
            "in_repair": self.start,
            "in_inspection": self.finish,
            "washing": self.inspect,
            "ready": self.wash,
            "settled": self.settle,
            "delivered": self.deliver,
        }
        for state in road[1 : road.index(self.goal) + 1]:
            if self.order.is_stopped and state not in ("settled", "delivered"):
                continue
            steps[state]()
        getattr(self, f"at_{self.goal}", bool)()

    def make(self):
        """The phone call: when, which car, what is it about."""
        lead = self.rng.randint(1, 4)
        env = self.as_("receptionist").env
        start = self.moment(self.hour)
        with self.clock.at(min(self.moment(10, 15, -lead), fields.Datetime.now())):
            self.order = env["service.order"].create(
                {
                    "kind_id": self.kind.id,
                    "order_type": "warranty" if self.is_("warranty") else "commercial",
                    "vehicle_id": self.car.id,
                    "company_id": self.house.company[self.branch].id,
                    "advisor_id": self.house.user(self.logins["advisor"]).id,
                    "planned_start": start,
                    "departure_time": start - timedelta(minutes=self.rng.choice([20, 30, 45])),
                    "eta": start,
                    "booking_odometer": self.car.odometer or 30000,
                    "last_service_date": start.date() - timedelta(days=330),
                }
            )
            self.order = self.order.with_env(self.env)
            for key in self.work:
                self.add_job(key, "receptionist")
            if self.goal != "draft":
                self.as_("receptionist").booking_confirmed = True

    def add_job(self, key, role, **values):
        words, _cause, _correction, code, _parts = tables.WORK[key]
        operation = self.house.operation(code)
        if self.is_("insurer"):
            insurer = self.env["res.partner"].search([("name", "=", "Shannon Insurance")])
            values.update(payer="insurer", payer_id=insurer.id)
        job = self.as_(role, self.env["service.order.job"]).create(
            {
                "order_id": self.order.id,
                "customer_words": words,
                "operation_id": operation.id,
                **values,
            }
        )
        return job.with_env(self.env)

    def book(self):
        lead = self.rng.randint(1, 3)
        with self.clock.at(min(self.moment(10, 20, -lead), fields.Datetime.now())):
            self.as_("receptionist").action_book()
        if self.is_("preorder"):
            with self.clock.at(fields.Datetime.now() - timedelta(minutes=30)):
                self.add_parts()
                self.as_("parts", self.order.line_ids).filtered(
                    lambda line: line.kind == "part"
                ).action_preorder()

    def cancel(self):
        no_show = self.is_("no_show")
        reason = "Did not come, did not answer." if no_show else "Has no time, will call again."
        with self.later(120):
            self.as_("receptionist")._cancel(reason, no_show)

    def receive(self):
        with self.later(self.rng.randint(0, 9)):
            km = self.car.odometer + self.rng.randint(150, 2500)
            self.as_("advisor").write(
                {
                    "odometer": km,
                    "fuel_level": self.rng.choice(["1", "2", "3"]),
                    "licence_custody": "taken",
                    "manual_custody": self.rng.choice(["taken", "taken", "missing"]),
                    "belongings": self.rng.choice(["", "Sunglasses", "Child seat", "Umbrella"]),
                    "custody_ids": [Command.create({"kind": "key", "quantity": 1 + km % 2})],
                    "mark_ids": [Command.create(mark) for mark in tables.MARKS[km % 5]],
                    "invoice_read_back": True,
                    "payment_method": self.rng.choice(["card", "card", "cash", "transfer"]),
                    "promised_date": self.promise(),
                }
            )
            if self.is_("account"):
                self.as_("advisor").payment_method = "account"
            self.as_("advisor", self.order.job_ids).write({"is_read_back": True})
            if km % 3:
                self.as_("receptionist").action_arrive()
            if self.order.is_long_job:
                self.as_("advisor").action_tell_long_job()
            self.as_("advisor").action_receive()

    def promise(self):
        days = 0
        if self.is_("late"):
            days = 1
        elif {"confirmed", "missing", "requested", "received"} & set(self.how.split()):
            days = 7
        return self.moment(17, 0, days)

    def diagnose(self):
        job = self.order.job_ids[:1]
        with self.later(20):
            self.as_("technician", job).write({"cause": tables.WORK[self.work[0]][1]})
            for job, key in zip(self.order.job_ids, self.work, strict=True):
                self.as_("technician", job).write(
                    {"cause": tables.WORK[key][1], "correction": tables.WORK[key][2]}
                )
            self.as_("technician").action_diagnose()

    def quote(self):
        with self.later(15):
            self.add_parts()
            self.as_("advisor").action_quote()

    def add_parts(self):
        for job, key in zip(self.order.job_ids, self.work, strict=True):
            if job.line_ids.filtered(lambda line: line.kind == "part"):
                continue
            self.add_lines(job, key)

    def add_lines(self, job, key):
        for code, pieces in tables.WORK[key][4]:
            part = self.house.part(code)
            self.as_("advisor", self.env["service.order.line"]).create(
                {"job_id": job.id, "product_id": part.id, "product_uom_qty": pieces}
            )

    def agree(self):
        rounds = self.order.approval_ids.filtered(lambda approval: approval.state == "asked")
        customer = rounds.filtered(lambda approval: approval.payer == "customer")
        with self.later(self.rng.randint(10, 45)):
            for approval in rounds - customer:
                answers = dict.fromkeys(approval.job_ids.ids, "approved")
                self.as_("advisor", approval)._answer(answers, "message", "Claims desk")
            if customer:
                self.answer(customer)
        if self.is_("refused"):
            with self.later(20):
                reason = self.rng.choice(tables.STOP_REASONS)
                self.as_("advisor")._stop(reason, "declined")
            return
        if self.order.state == "quoted":
            with self.later(3):
                self.as_("advisor").action_agree()
        self.handle_parts()

    def answer(self, approval):
        """By the link without a login, or with a signature at the counter."""
        jobs = approval.job_ids
        answers = dict.fromkeys(jobs.ids, "declined" if self.is_("refused") else "approved")
        if self.is_("deferred"):
            answers[jobs[-1:].id] = "deferred"
        name = self.order.contact_id.name
        if self.is_("link"):
            public = self.env.ref("base.public_user")
            # sudo: this is how the page of the link does it, the token being the key
            page = approval.with_user(public).sudo()
            page.with_context(
                allowed_company_ids=approval.company_id.ids, lang="en_US"
            ).with_company(approval.company_id)._answer(answers, "link", name)
        else:
            self.as_("advisor", approval)._answer(answers, "signature", name, signature(name))

    def handle_parts(self):
        """What was not on the shelf: asked for, confirmed with a date, here, or forgotten."""
        bought = self.order.line_ids.purchase_line_ids
        if not bought or self.is_("requested"):
            return
        purchase = bought.order_id
        if self.is_("missing"):
            with self.later(60):
                self.as_("parts", purchase).button_cancel()
            return
        if not {"confirmed", "late", "received"} & set(self.how.split()):
            return
        with self.later(90):
            arrival = fields.Datetime.now() + timedelta(days=3)
            self.as_("parts", bought).action_service_confirm(arrival)
            self.as_("parts", purchase).button_confirm()
        if self.is_("late"):
            # raw SQL: the vendor's date has gone by; nobody can confirm one that is over
            self.env.cr.execute(
                "UPDATE purchase_order_line SET service_confirmed_date = %s, date_planned = %s "
                "WHERE id IN %s",
                [self.moment(12, 0, 2), self.moment(12, 0, 2), tuple(bought.ids)],
            )
            self.env.invalidate_all()
            self.order.line_ids._service_check_stock()
        elif self.is_("received"):
            self.now += timedelta(days=1)
            with self.later(15):
                for picking in purchase.picking_ids:
                    self.as_("parts", picking).button_validate()
        else:
            # a date to come stays to come: it was said the other day, but for next week
            self.env.cr.execute(
                "UPDATE purchase_order_line SET service_confirmed_date = %s, date_planned = %s "
                "WHERE id IN %s",
                [*[fields.Datetime.now() + timedelta(days=2)] * 2, tuple(bought.ids)],
            )
            self.env.invalidate_all()
            self.order.line_ids._service_check_stock()

    # === WORKSHOP === #

    def start(self):
        with self.later(12):
            self.as_("advisor").bay_id = self.lift()
            self.dispatch()
            self.as_("leader").action_start()
        if self.is_("missing") or self.is_("confirmed") or self.goal == "in_repair":
            return
        self.work_on()

    def lift(self):
        return self.rng.choice(
            self.env["service.bay"].search(
                [
                    ("company_id", "=", self.house.company[self.branch].id),
                    ("kind", "=", "workshop"),
                ]
            )
        )

    def dispatch(self, jobs=None):
        """The leader gives each job to somebody who may do it on that day."""
        jobs = jobs or self.order.job_ids.filtered(lambda job: job.approval == "approved")
        for job in jobs.filtered(lambda job: not job.assignment_ids):
            able = [
                employee
                for employee, gap in self.house.technicians(self.branch)
                ._service_permit_gap(job, self.now)
                .items()
                if not gap
            ]
            worker = min(
                able,
                key=lambda one: (max(self.busy.get(one.id, self.now), self.now), self.jobs[one.id]),
            )
            self.jobs[worker.id] += 1
            self.as_("leader", self.env["service.assignment"]).create(
                {
                    "job_id": job.id,
                    "employee_id": worker.id,
                    "planned_start": self.now,
                    "planned_end": self.now + timedelta(hours=job.standard_hours or 0.5),
                }
            )

    def work_on(self):
        """Clocked hours near the standard ones, one car a person at a time."""
        leader = self.as_("leader", self.env["service.clocking"])
        jobs = self.order.job_ids.filtered(lambda job: job.approval == "approved")
        if self.order.line_ids.filtered(lambda line: line.reserved_qty):
            with self.later(6):
                self.as_("parts").action_issue_parts()
        for job in jobs.filtered(lambda job: not job.clocking_ids):
            self.clock_job(leader, job)

    def clock_job(self, leader, job):
        worker = job.assignment_ids.employee_id[:1]
        begin = max(self.now, self.busy.get(worker.id, self.now))
        minutes = int((job.standard_hours or 0.5) * self.rng.uniform(48, 75))
        middle = begin + timedelta(minutes=int(minutes * self.rng.uniform(0.3, 0.7)))
        end = begin + timedelta(minutes=minutes)
        clocking = leader._clock_on(job.with_env(leader.env), worker.with_env(leader.env), begin)
        if minutes > 90:
            clocking._pause("break", middle)
            again = middle + timedelta(minutes=30)
            end += timedelta(minutes=30)
            clocking = leader._clock_on(
                job.with_env(leader.env), worker.with_env(leader.env), again
            )
        clocking._clock_off(end)
        self.busy[worker.id] = self.now = end
        self.as_("technician", job).write({"correction": tables.WORK[self.key_of(job)][2]})

    def key_of(self, job):
        return next(key for key, work in tables.WORK.items() if work[0] == job.customer_words)

    def extra(self):
        """Something found in repair: one more round, answered on the telephone."""
        key = next(key for key in tables.EXTRA if key not in self.work)
        with self.later(25):
            job = self.add_job(key, "advisor", is_read_back=True, cause=tables.WORK[key][1])
            self.add_lines(job, key)
            self.as_("advisor").action_ask()
        if self.is_("asked"):
            return
        with self.later(30):
            approval = self.order.approval_ids.filtered(lambda a: a.state == "asked")
            self.as_("advisor", approval)._answer(
                {job.id: "approved"}, "phone", self.order.contact_id.name
            )
        with self.later(5):
            self.dispatch(job)
        self.work_on()

    def finish(self):
        if self.is_("extra"):
            self.extra()
        if self.is_("stopped"):
            with self.later(30):
                self.as_("advisor")._stop(self.rng.choice(tables.STOP_REASONS), "deferred")
            return
        with self.later(8):
            self.as_("leader").action_finish()

    def inspect(self):
        signers = {"technician": "technician", "team_leader": "leader"}
        if self.is_("failed") and not self.order.inspection_ids:
            with self.later(15):
                self.as_("leader")._fail("Vent on the left still blows warm.")
            with self.later(40):
                self.as_("leader").action_finish()
        while self.order.state == "in_inspection":
            level = self.order._next_level()
            with self.later(9):
                self.as_(signers.get(level, level)).action_pass()
            if self.is_("half"):
                return

    def wash(self):
        if self.order.state != "washing":
            return
        with self.later(35):
            self.as_("receptionist").no_metal = True
            self.as_("receptionist").action_wash_done()

    # === THE BILL AND THE KEYS === #

    def settle(self):
        name = self.order.contact_id.name
        with self.later(20):
            if not self.order.is_stopped:
                self.as_("advisor")._tick("delivery_data")
            if self.order._billable_lines():
                self.as_("cashier")._sign_settlement(name, signature(name))
            self.as_("cashier").action_settle()

    def deliver(self):
        invoices = self.order.invoice_ids.filtered(
            lambda move: move.state == "posted" and move.payment_state == "not_paid"
        )
        if invoices and not self.is_("account"):
            with self.later(6):
                self.pay(invoices)
        with self.later(8):
            self.as_("advisor").custody_returned = True
            if not self.order.is_stopped:
                for code in ("delivery_pre", "departure"):
                    self.as_("advisor")._tick(code)
            self.as_("advisor").action_deliver()
            self.order.sudo()._run_aftercare()
            if not self.order.is_stopped:
                self.order.sudo()._plan_next_service(self.day)
        self.claims()

    def pay(self, invoices):
        env = self.as_("cashier").env
        for invoice in invoices:
            env["account.payment.register"].with_context(
                active_model="account.move", active_ids=invoice.ids
            ).create({}).action_create_payments()

    def claims(self):
        """What the manufacturer or the insurer was asked, and what they said."""
        claims = self.order.claim_ids
        if not claims:
            return
        with self.later(60):
            self.as_("cashier", claims).action_send()
        self.now += timedelta(days=4)
        if self.is_("accepted") or self.is_("insurer"):
            with self.later(0):
                self.as_("cashier", claims).write(
                    {"payer_ref": f"CL-{self.rng.randint(10000, 99999)}"}
                )
                self.as_("cashier", claims).action_accept()
        elif self.is_("rejected"):
            with self.later(0):
                self.as_("cashier", claims).action_refuse()

    # === WHERE IT STANDS NOW === #

    def at_received(self):
        if not self.is_("diagnosis"):
            return
        with self.clock.at(fields.Datetime.now() - timedelta(minutes=50)):
            job = self.as_("advisor", self.env["service.order.job"]).create(
                {
                    "order_id": self.order.id,
                    "kind": "diagnosis",
                    "operation_id": self.house.operation("DIA").id,
                    "is_read_back": True,
                }
            )
        self.clock_on_now(job.with_env(self.env), 25)

    def at_in_repair(self):
        if self.is_("extra"):
            self.work_on()
            self.extra()
        elif self.is_("running"):
            with self.later(5):
                self.as_("parts").action_issue_parts()
            self.clock_on_now(self.order.job_ids[:1], self.rng.randint(20, 70))

    def at_in_inspection(self):
        if self.is_("half"):
            self.inspect()

    def clock_on_now(self, job, minutes):
        """Somebody stands at the car right now."""
        begin = fields.Datetime.now() - timedelta(minutes=minutes)
        running = self.env["service.clocking"].search([("stop", "=", False)]).employee_id
        able = [
            employee
            for employee, gap in self.house.technicians(self.branch)
            ._service_permit_gap(job, begin)
            .items()
            if not gap and employee not in running and self.busy.get(employee.id, begin) <= begin
        ]
        assigned = [one for one in job.assignment_ids.employee_id if one in able]
        worker = (assigned or able)[0]
        leader = self.as_("leader", self.env["service.clocking"])
        with self.clock.at(begin):
            leader._clock_on(job.with_env(leader.env), worker.with_env(leader.env), begin)
