"""`make soak`: a month in the workshop, lived by its people, and whether all goods and money are there.

    make soak                          22 days of 75 cars, 30 of 100 parts not on the shelf
    make soak SEED=7 DAYS=2 ORDERS=12  another, smaller month; the same seed is the same month

Every step is said by the person who says it, in a request of its own on a cursor of its own, by
several people at once: each desk is a process. What goes wrong on the way belongs to it: refused
estimates, cars stopped mid-way, no-shows, changed estimates, failed inspections, bills taken back,
parts that come in pieces, cars that drive off and come back for the rest, shared bills, fleets
with one bill a month, claims that are refused whole or line by line. After each day and at the end
the books are asked (invariants.py).
"""

import collections
import json
import logging
import os
import random
import sys
import time
from datetime import timedelta

import invariants
from psycopg2.errors import SerializationFailure
from workbench import open_database, transaction

from odoo import api, sql_db
from odoo.exceptions import UserError
from odoo.service.model import retrying

SHORT = 0.30  # of the parts asked for
PEOPLE = 2  # desks at work at the same time
PRESSES = 3  # of a button before its person calls for help
CARS = 150
# what becomes of an order: out of 100
FATES = {
    "cancelled": 4,
    "no_show": 3,
    "refused": 6,
    "partly_refused": 8,
    "stopped_early": 2,
    "stopped": 5,
    "revised": 5,
    "revised_after": 4,
    "undone": 4,
    "failed": 5,
    "unsettled": 5,
    "returned": 4,
    "preordered": 6,
    "extra": 6,
    "split": 6,
    "shared": 5,
    "fleet": 5,
    "claimed": 4,
}


class Stuck(Exception):
    """An order that nobody can move any more."""


class Month:
    """The house, its people and all its orders."""

    def __init__(self, registry, seed, days, orders):
        from odoo.addons.service_core.tests.common import SIGNATURE, ServiceFactory

        self.registry, self.seed, self.days, self.orders = registry, seed, days, orders
        self.signature = SIGNATURE
        self.said = collections.Counter()
        self.deck = list(FATES)
        random.Random(f"{seed} deck").shuffle(self.deck)
        self.build(type("House", (ServiceFactory,), {}))

    def build(self, house):
        with transaction(self.registry, tracking_disable=True) as env:
            house.env = env
            house.setup_service()
            house.company.service_parallel_receptions = 1000
            house.oem.email = "claims@example.com"
            self.fleet_id = house.make_customer(
                name="Fleet Company", is_company=True, service_collective=True
            ).id
            env["res.partner"].browse(self.fleet_id).property_payment_term_id = env.ref(
                "account.account_payment_term_30days"
            )
            # hours for all cars of a day
            for number in range(max(6, self.orders // 2)):
                house.make_technician(name=f"Technician {number}")
            self.users = {
                role: getattr(house, f"user_{role}").id
                for role in [
                    "receptionist",
                    "advisor",
                    "technician",
                    "team_leader",
                    "inspector",
                    "parts",
                    "cashier",
                    "manager",
                ]
            }
            self.vehicles = []
            for number in range(min(CARS, self.days * self.orders)):
                owner = house.make_customer(name=f"Owner {number}", phone=f"+1 555 {number:04}")
                self.vehicles.append(house.make_vehicle(plate=f"SK {number:04}", owner=owner).id)
            pieces = self.days * self.orders * 3
            self.stocked = [
                house.make_part(f"Stocked Part {number}", price=20 + number, stock=pieces).id
                for number in range(20)
            ]
            # some are there, a few pieces that several cars want at once
            self.scarce = [
                house.make_part(f"Scarce Part {number}", price=90 + number, stock=number % 3).id
                for number in range(20)
            ]
            self.operations = [house.operation.id] + [
                env["service.operation"]
                .create({"code": f"SK{n}", "name": f"Repair {n}", "standard_hours": 0.5 + n / 2})
                .id
                for n in range(3)
            ]
            self.kinds = [
                house.kind_express.id,
                house.kind_maintenance.id,
                house.kind_maintenance.id,
                house.kind_repair.id,
            ]
            self.company_id = house.company.id
            self.mornings = [house.next_workday(days=1 + day) for day in range(self.days)]
            env.flush_all()
            self.shelf = invariants.shelf(env)

    def fate(self, place, dice):
        """What becomes of a car; a small month has each fate once, a long one its share of each."""
        if place < len(self.deck):
            return self.deck[place]
        straight = 100 - sum(FATES.values())
        return dice.choices([*FATES, "straight"], [*FATES.values(), straight])[0]

    # People

    def say(self, role, work):
        """``work(env)`` as ``role`` in a request of its own.

        A lost race is tried again, as Odoo does, five times; who is turned away then presses his button
        again. A month in half an hour is some four hundred times as dense as a real one.
        """
        for press in range(PRESSES):
            with self.registry.cursor() as cr:
                env = api.Environment(cr, self.users[role], {"lang": "en_US"})
                try:
                    return retrying(lambda env=env: work(env), env)
                except SerializationFailure:
                    cr.rollback()
                    self.said["(pressed again)"] += 1
                    if press + 1 == PRESSES:
                        raise
        return None

    def verb(self, role, car, name, *args):
        """One verb about one car; says where the car is then."""

        def work(env):
            order = env["service.order"].browse(car.order_id)
            getattr(order, name)(*args)
            return order.sudo().state

        self.said[name.removeprefix("action_").strip("_")] += 1
        return self.say(role, work)

    # Days

    def live(self):
        """Every car is moved as far as it can be, by several desks at once; then vendors deliver."""
        # no connection may be shared by two processes
        sql_db.close_all()
        desks = [Desk(self, number) for number in range(PEOPLE)]
        try:
            # after the last day no new cars; those in the house go home
            for day in range(self.days + 14):
                for desk in desks:
                    desk.begin(day)
                news = [desk.end() for desk in desks]
                if errors := [error for new in news for error in new["errors"]]:
                    raise Stuck("\n".join(errors[:10]))
                self.buy(day)
                came, home = (sum(new[name] for new in news) for name in ("came", "home"))
                yield day, came, home
                if day + 1 >= self.days and came == home:
                    return
        finally:
            for desk in desks:
                self.said.update(desk.close())

    def buy(self, day):
        """The parts clerk sends the day's requests; what was sent the day before comes, mostly."""
        dice = random.Random(f"{self.seed} vendor {day}")

        def receive(env):
            pickings = env["stock.picking"].search(
                [("picking_type_code", "=", "incoming"), ("state", "=", "assigned")], order="id"
            )
            for picking in pickings:
                if picking.picking_type_id.service_workshop:
                    continue
                partial = dice.random() < 0.3
                for move in picking.move_ids:
                    # some come tomorrow
                    whole = not partial or dice.random() < 0.5
                    move.quantity = move.product_uom_qty if whole else 0
                    move.picked = whole
                if not any(picking.move_ids.mapped("picked")):
                    continue
                picking.with_context(
                    skip_backorder=True, picking_ids_not_to_backorder=[]
                ).button_validate()

        def order(env):
            requests = env["purchase.order"].search(
                [("state", "in", ("draft", "sent")), ("order_line.service_line_id", "!=", False)]
            )
            requests.filtered("order_line").button_confirm()

        self.say("parts", receive)
        self.say("parts", order)

    def aftercare(self):
        with transaction(self.registry) as env:
            while due := env["service.order"].search([("is_aftercare_due", "=", True)], limit=100):
                due._run_aftercare()

    def claims(self):
        """Payers answer: all of it, nothing of it, or line by line; a manager says who carries that."""

        def answer(env):
            claims = env["service.claim"].search([("state", "=", "draft")], order="id")
            for number, claim in enumerate(claims):
                claim.action_send()
                open_lines = claim.line_ids.filtered(lambda line: not line.share_pair_id)
                if number % 3 == 0:
                    claim.action_refuse()
                    continue
                if number % 3 == 1 and len(open_lines) > 1:
                    open_lines[0].action_claim_refuse()
                claim.action_accept()
            self.said["claim"] += len(claims)

        def decide(env):
            claims = env["service.claim"].search([], order="id").filtered("has_undecided")
            for number, claim in enumerate(claims):
                lines = claim._undecided_lines().filtered(lambda line: not line.share_pair_id)
                if number % 2 and lines:
                    lines._decide_refused(
                        "customer", "Out of warranty", "Ada Owner", self.signature
                    )
                claim._undecided_lines()._decide_refused("internal", "Goodwill")
            self.said["decide"] += len(claims)

        self.say("cashier", answer)
        self.say("manager", decide)

    def bill_fleets(self):
        """The month is over: one bill for all cars of a fleet; then what is due is paid."""

        def bill(env):
            env["service.order"].search([("collective_month", "!=", False)]).filtered(
                lambda order: order._collective_sales()
            ).action_invoice_collective()

        self.say("cashier", bill)
        self.said["invoice_collective"] += 1

    def cash(self):
        """Customers pay what came to them after they had gone home."""

        def pay(env):
            bills = (
                env["service.order"]
                .search([])
                .invoice_ids.filtered(
                    lambda bill: (
                        bill.move_type == "out_invoice"
                        and bill.state == "posted"
                        and bill.payment_state == "not_paid"
                        and bill.partner_id.name != "Car Maker"
                    )
                )
            )
            take_payment(env, bills)

        self.say("cashier", pay)


def take_payment(env, bills):
    for bill in bills:
        env["account.payment.register"].with_context(
            active_model="account.move", active_ids=bill.ids
        ).create({}).action_create_payments()


class Desk:
    """One of the desks: a process of its own that moves its own cars, day by day."""

    def __init__(self, month, number):
        orders, self.orders = os.pipe()
        self.news, news = os.pipe()
        self.pid = os.fork()
        if not self.pid:
            # a desk opened before has left its ends to this one: only theirs to close
            os.close(self.orders)
            os.close(self.news)
            code = 1
            try:
                with os.fdopen(orders) as told, os.fdopen(news, "w") as tells:
                    work(month, number, told, tells)
                code = 0
            finally:
                os._exit(code)
        os.close(orders)
        os.close(news)
        self.tells = os.fdopen(self.orders, "w")
        self.told = os.fdopen(self.news)

    def begin(self, day):
        print(day, file=self.tells, flush=True)

    def end(self):
        """What became of the day, ``{}``-like, or a sentence when the desk is gone."""
        line = self.told.readline()
        return json.loads(line) if line else {"errors": ["a desk is gone"], "came": 0, "home": 0}

    def close(self):
        """What was said at this desk."""
        print("home", file=self.tells, flush=True)
        line = self.told.readline()
        self.tells.close()
        self.told.close()
        os.waitpid(self.pid, 0)
        return json.loads(line) if line else {}


def work(month, number, told, tells):
    """The life of a desk: a day for each line it is told, until it is sent home."""
    cars = []
    month.said.clear()
    for line in told:
        if line.strip() == "home":
            print(json.dumps(month.said), file=tells, flush=True)
            return
        day = int(line)
        if day < month.days:
            cars += [Car(month, day, place) for place in range(number, month.orders, PEOPLE)]
        errors = []
        for car in [car for car in cars if not car.done]:
            try:
                car.move()
                if car.second_visit:
                    cars.append(SecondVisit(car))
                    car.second_visit = False
            except Exception as error:
                logging.getLogger("soak").exception("car %s", car)
                errors.append(f"{car}: {error}")
                car.done = True
        home = sum(car.done for car in cars)
        print(
            json.dumps({"errors": errors, "came": len(cars), "home": home}), file=tells, flush=True
        )


class Car:
    """One visit, and what becomes of it."""

    def __init__(self, month, day, number):
        self.month, self.day, self.number = month, day, number
        dice = self.dice = random.Random(f"{month.seed} {day} {number}")
        self.order_id = False
        self.state = "draft"
        self.done = False
        self.second_visit = False
        self.fate = month.fate(day * month.orders + number, dice)
        self.kind = dice.choice(month.kinds)
        self.vehicle = dice.choice(month.vehicles)
        self.jobs = [self.plan_job() for _job in range(dice.choice((1, 1, 1, 2, 2, 3)))]
        if self.fate == "split":
            # one is done at once, the other wants more than any shelf holds
            self.jobs = [self.plan_job(False), self.plan_job(True)]
        if self.fate == "claimed":
            self.jobs[0]["payer"] = "manufacturer"
        if self.fate in ("split", "shared", "fleet"):
            for job in self.jobs:
                job["payer"] = "customer"
        self.once = set()

    def plan_job(self, short=None):
        dice, month = self.dice, self.month
        parts = []
        for _part in range(dice.choice((1, 1, 2, 3))):
            scarce = dice.random() < SHORT if short is None else short
            parts.append(
                (
                    dice.choice(month.scarce if scarce else month.stocked),
                    dice.choice((1, 1, 1, 2, 4)),
                )
            )
        payer = dice.choices(("customer", "manufacturer", "internal"), (85, 10, 5))[0]
        return {"parts": parts, "payer": payer, "operation": dice.choice(month.operations)}

    def __str__(self):
        return f"day {self.day} car {self.number} ({self.fate}, order {self.order_id})"

    def first(self, word):
        """Whether ``word`` is asked for the first time."""
        if word in self.once:
            return False
        self.once.add(word)
        return True

    # The road

    def move(self):
        """As far as it goes today."""
        if not self.order_id:
            self.call()
        for _step in range(60):
            if self.state in ("delivered", "cancelled"):
                self.done = True
                return
            if getattr(self, f"at_{self.state}")() == "wait":
                return
        raise Stuck(f"{self} goes round in circles in {self.state}")

    def ask(self, question):
        """What somebody sees on the screen: ``question(order)``."""
        with transaction(self.month.registry) as env:
            return question(env["service.order"].browse(self.order_id))

    def say(self, role, name, *args):
        self.state = self.month.verb(role, self, name, *args)

    def call(self):
        """The customer calls, or stands at the counter."""
        month = self.month
        self.walk_in = self.dice.random() < 0.3 and self.fate not in ("cancelled", "no_show")
        start = month.mornings[self.day]
        facts = {
            "kind_id": self.kind,
            "vehicle_id": self.vehicle,
            "company_id": month.company_id,
            "advisor_id": month.users["advisor"],
            # one car may come twice, and nobody knows which visit is received first
            "odometer": 40000,
            "licence_custody": "taken",
            "manual_custody": "missing",
            "payment_method": "card",
            "invoice_read_back": True,
            "promised_date": start + timedelta(days=2),
        }
        if self.fate == "fleet":
            facts.update(partner_id=month.fleet_id, payment_method="account")
        if not self.walk_in:
            facts.update(
                planned_start=start,
                departure_time=start - timedelta(hours=1),
                eta=start,
                booking_confirmed=True,
                booking_odometer=39000,
                is_service_unknown=True,
            )

        def create(env):
            order = env["service.order"].create(facts)
            self.job_ids = (
                env["service.order.job"]
                .create(
                    [
                        {
                            "order_id": order.id,
                            "customer_words": f"Something is wrong ({number})",
                            "is_read_back": True,
                            "operation_id": job["operation"],
                            **({} if job["payer"] == "customer" else {"payer": job["payer"]}),
                        }
                        for number, job in enumerate(self.jobs)
                    ]
                )
                .ids
            )
            return order.id

        self.order_id = month.say("advisor" if self.walk_in else "receptionist", create)

    def at_draft(self):
        if self.walk_in:
            # the month lies ahead of the clock: who comes today is promised a far day
            self.say("receptionist", "action_tell_long_job")
        self.say("receptionist", "action_receive" if self.walk_in else "action_book")

    def at_booked(self):
        if self.fate in ("cancelled", "no_show"):
            self.say("receptionist", "_cancel", "Called off", self.fate == "no_show")
        else:
            self.say("advisor", "action_receive")

    def at_received(self):
        if self.fate == "undone" and self.first("undone"):
            self.say("receptionist", "action_undo")
            return
        if self.fate == "stopped_early":
            self.say("advisor", "_stop", "Needs the car today")
            return
        self.write_lines()
        if self.needs_diagnosis():
            self.say("technician", "action_diagnose")
        else:
            self.say("advisor", "action_quote")

    def needs_diagnosis(self):
        return self.ask(lambda order: order.kind_id.needs_diagnosis)

    def write_lines(self):
        if not self.first("lines"):
            return

        def write(env):
            for job_id, job in zip(self.job_ids, self.jobs, strict=True):
                env["service.order.job"].browse(job_id).cause = "Worn"
                env["service.order.line"].create(
                    [
                        {"job_id": job_id, "product_id": part, "product_uom_qty": quantity}
                        for part, quantity in job["parts"]
                    ]
                )

        self.month.say("advisor", write)
        if self.fate == "shared":
            self.share()
        if self.fate == "preordered":

            def preorder(env):
                lines = env["service.order"].browse(self.order_id).line_ids
                short = lines.filtered(lambda line: line.availability in ("missing", "late"))
                if short:
                    short.action_preorder()

            self.month.say("parts", preorder)

    def share(self):
        """The maker takes a part of the first job, or the house does."""
        payer = self.dice.choice(("manufacturer", "internal"))

        def give(env):
            env["service.share"].create(
                {"job_id": self.job_ids[0], "payer": payer, "percent": 30}
            ).action_share()

        self.month.said["share"] += 1
        self.month.say("advisor", give)

    def at_diagnosed(self):
        self.say("advisor", "action_quote")

    def at_quoted(self):
        if self.fate == "revised" and self.first("revised"):
            self.say("advisor", "action_revise")
            self.change_line()
            return
        if not self.answered():
            self.answer()
            if self.fate == "refused":
                self.say(
                    "advisor", "_stop", "Too expensive", self.dice.choice(("declined", "deferred"))
                )
                return
        if not self.approved():
            self.say("advisor", "_stop", "Nothing approved")
            return
        self.say("advisor", "action_agree")
        return

    def change_line(self):
        def change(env):
            line = (
                env["service.order"]
                .browse(self.order_id)
                .line_ids.filtered(lambda line: line.kind == "part")[:1]
            )
            line.product_uom_qty += 1

        self.month.say("advisor", change)

    def answered(self):
        return self.ask(
            lambda order: order.approval_ids and "asked" not in order.approval_ids.mapped("state")
        )

    def approved(self):
        return self.ask(lambda order: "approved" in order.job_ids.mapped("approval"))

    def answer(self, channel="signature"):
        def decide(env):
            rounds = env["service.order"].browse(self.order_id).approval_ids
            for asked in rounds.filtered(lambda a: a.state == "asked"):
                decisions = dict.fromkeys(asked.job_ids.ids, "approved")
                if self.fate == "refused" and asked.payer == "customer":
                    decisions = dict.fromkeys(asked.job_ids.ids, "declined")
                if self.fate == "partly_refused":
                    for number, job_id in enumerate(sorted(decisions)):
                        if number % 2:
                            decisions[job_id] = ("declined", "deferred")[number % 4 == 1]
                asked._answer(
                    decisions,
                    channel,
                    "Ada Owner",
                    self.month.signature if channel == "signature" else False,
                )

        self.month.say("advisor", decide)

    def at_agreed(self):
        if self.fate == "revised_after" and self.first("revised_after"):
            self.say("advisor", "action_revise")
            self.change_line()
            return
        if self.fate == "split" and self.number % 2 and self.drive_off():
            return
        if self.fate != "split":
            self.issue()
        self.say("team_leader", "action_start")

    def drive_off(self):
        """What waits for parts comes back another day; whether anything did."""
        if not self.first("split") or not self.ask(lambda order: order._waiting_jobs().ids):
            return False
        self.say("advisor", "action_split")
        self.second_visit = self.ask(lambda order: order.next_visit_ids.id)
        return True

    def issue(self):
        """The parts clerk hands out what is here."""

        def hand_out(env):
            env["service.order"].browse(self.order_id).action_issue_parts()

        if self.ask(lambda order: order.part_issuable_count):
            self.month.said["issue"] += 1
            self.month.say("parts", hand_out)

    def at_in_repair(self):
        if self.fate == "split" and self.drive_off():
            return None
        self.issue()
        if self.fate == "stopped":
            self.say("advisor", "_stop", "Sold the car", self.dice.choice(("declined", "deferred")))
            return None
        if self.fate == "extra" and self.first("extra"):
            self.find_more()
            return None
        if self.missing():
            return "wait"
        if self.fate == "returned" and self.first("returned"):
            self.bring_back()
        self.say("team_leader", "action_finish")
        return None

    def find_more(self):
        """More is found on the lift; the customer says yes on the phone."""
        job = self.plan_job()

        def add(env):
            order = env["service.order"].browse(self.order_id)
            found = env["service.order.job"].create(
                {
                    "order_id": order.id,
                    "customer_words": "Found on the lift",
                    "is_read_back": True,
                    "cause": "Worn",
                    "operation_id": job["operation"],
                }
            )
            env["service.order.line"].create(
                [
                    {"job_id": found.id, "product_id": part, "product_uom_qty": quantity}
                    for part, quantity in job["parts"]
                ]
            )

        self.month.say("advisor", add)
        self.say("advisor", "action_ask")
        try:
            self.answer("phone" if self.dice.random() < 0.5 else "signature")
        except UserError:
            # the house or the maker paid until now: his first yes wants a signature
            self.answer()

    def missing(self):
        return self.ask(
            lambda order: (
                order.waiting_for == "parts"
                or order._service_parts_owed().filtered(
                    lambda line: line.job_id.approval == "approved"
                )
            )
        )

    def bring_back(self):
        """One piece was not needed."""

        def back(env):
            lines = env["service.order"].browse(self.order_id).line_ids
            issued = lines.filtered(lambda line: line.issued_qty >= 1)[:1]
            if issued:
                issued._return_issued(1)

        self.month.say("parts", back)

    def at_in_inspection(self):
        if self.fate == "failed" and self.first("failed"):
            self.say("inspector", "_fail", "Noise is back")
            return
        level = self.ask(lambda order: order._next_level())
        self.say(level or "advisor", "action_pass")

    def at_washing(self):
        def protect(env):
            env["service.order"].browse(self.order_id).no_metal = True

        self.month.say("receptionist", protect)
        self.say("receptionist", "action_wash_done")

    def at_ready(self):
        for code in ("delivery_data", "delivery_pre", "departure"):
            self.say("advisor", "action_tick_list", code)
        self.say("cashier", "_sign_settlement", "Ada Owner", self.month.signature)
        self.say("cashier", "action_settle")

    def at_settled(self):
        taken_back = self.fate == "unsettled" or (self.fate == "fleet" and self.number % 4 == 3)
        if taken_back and self.first("unsettled"):
            self.say("manager", "_unsettle", "Wrong discount")
            return

        def pay(env):
            bills = (
                env["service.order"]
                .browse(self.order_id)
                .invoice_ids.filtered(
                    lambda bill: (
                        bill.move_type == "out_invoice"
                        and bill.state == "posted"
                        and bill.payment_state == "not_paid"
                    )
                )
            )
            take_payment(env, bills)

        self.month.say("cashier", pay)

        def return_things(env):
            env["service.order"].browse(self.order_id).custody_returned = True

        self.month.say("advisor", return_things)
        self.say("advisor", "action_deliver")


class SecondVisit(Car):
    """The car comes back for what waited for its parts."""

    def __init__(self, first):
        self.__dict__.update(first.__dict__)
        self.order_id, self.state = first.second_visit, "booked"
        self.second_visit = self.done = False
        self.fate = "second visit"
        self.once = {"lines"}

    def at_booked(self):
        if self.ask(lambda order: order.waiting_for):
            return "wait"

        def agree_on_a_time(env):
            start = self.month.mornings[self.day]
            env["service.order"].browse(self.order_id).write(
                {
                    "planned_start": start,
                    "promised_date": start + timedelta(days=2),
                    "odometer": 40000,
                    "licence_custody": "taken",
                    "manual_custody": "missing",
                }
            )

        self.month.say("receptionist", agree_on_a_time)
        # the month lies ahead of the clock: who comes today is promised a far day
        self.say("receptionist", "action_tell_long_job")
        self.say("advisor", "action_receive")
        return None


def main(database):
    # a lost race is tried again, nobody needs to read of it
    logging.getLogger("odoo.sql_db").setLevel(logging.CRITICAL)
    seed = int(os.environ.get("SEED") or 1)
    days = int(os.environ.get("DAYS") or 22)
    orders = int(os.environ.get("ORDERS") or 75)
    registry = open_database(database)
    if os.environ.get("CHECK"):
        # only ask the books, whoever has written them
        with transaction(registry) as env:
            return tell(
                invariants.broken(env, invariants.ALWAYS, invariants.QUIET, invariants.HOME)
            )
    start = time.monotonic()
    month = Month(registry, seed, days, orders)
    print(f"seed {seed}: {days} days of {orders} cars, {PEOPLE} desks at once", flush=True)
    found = {}
    try:
        for day, came, home in month.live():
            with transaction(registry) as env:
                found = invariants.broken(env, invariants.ALWAYS, invariants.QUIET)
            print(
                f"day {day + 1}: {came} came, {home} gone, {time.monotonic() - start:.0f} s",
                flush=True,
            )
            if found:
                break
    except Stuck as stuck:
        found = {"nobody can move a car any more": [str(stuck)]}
    if not found:
        month.claims()
        month.bill_fleets()
        month.cash()
        month.aftercare()
        found = reckon(month)
    print(", ".join(f"{count} {name}" for name, count in sorted(month.said.items())))
    return tell(found)


def tell(found):
    for sentence, rows in found.items():
        print(f"BROKEN: {sentence}: {len(rows)}, for example {rows[:5]}", file=sys.stderr)
    return 1 if found else 0


def reckon(month):
    """Everybody has gone home: nothing stuck, nothing twice, nothing lost."""
    with transaction(month.registry) as env:
        found = invariants.broken(env, invariants.ALWAYS, invariants.QUIET, invariants.HOME)
        if lost := invariants.goods_balance(env, month.shelf):
            found["parts were lost or came from nowhere (part, before, bought, issued, now)"] = lost
        balance = invariants.money_balance(env)
        if wrong := [
            (payer, *sums) for payer, sums in balance.items() if abs(sums[0] - sums[1]) > 0.005
        ]:
            found["a payer's bills are not what was delivered for him"] = wrong
        billed, owed = (sum(sums) for sums in zip(*balance.values(), strict=True))
        print(f"billed {billed:.2f}, delivered {owed:.2f}, {len(balance)} payers")
    return found


if __name__ == "__main__":
    sys.exit(main(*sys.argv[1:]))
