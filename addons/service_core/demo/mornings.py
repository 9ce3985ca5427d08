"""The ordinary visits of three months: each verb is said once for all cars of a morning.

They are told in less detail than those of ``visits.py``: routine work, everything on the shelf,
signed at the counter, paid, driven home the same day.
"""

from datetime import timedelta

from . import tables
from .dealership import signature
from .visits import Visit


class Morning(Visit):
    """The cars of one morning, from the phone call to the drive home."""

    def __init__(self, env, house, clock, spec, cars, busy, jobs):
        branch, day, kind, work = spec
        super().__init__(
            env,
            house,
            clock,
            (branch, day, 8, kind, "delivered", work, ""),
            cars[:1],
            busy,
            jobs,
        )
        self.cars = cars

    def run(self):
        self.make()
        self.book()
        self.receive()
        if self.kind.needs_diagnosis:
            self.diagnose()
        self.quote()
        self.agree()
        self.start()
        with self.later(8):
            self.as_("leader").action_finish()
        self.inspect()
        self.wash()
        self.settle()
        self.deliver()

    def make(self):
        env = self.as_("receptionist").env
        lead = self.rng.randint(1, 4)
        with self.clock.at(self.moment(10, 15, -lead)):
            orders = env["service.order"].create(
                [
                    {
                        "kind_id": self.kind.id,
                        "vehicle_id": car.id,
                        "company_id": self.house.company[self.branch].id,
                        "advisor_id": self.house.user(self.logins["advisor"]).id,
                        "planned_start": start,
                        "departure_time": start - timedelta(minutes=30),
                        "eta": start,
                    }
                    for number, car in enumerate(self.cars)
                    # between the full hours, which the detailed visits take
                    for start in [self.moment(8 + number // 3, 30)]
                ]
            )
            env["service.order.job"].create(
                [
                    {
                        "order_id": order.id,
                        "customer_words": tables.WORK[key][0],
                        "operation_id": self.house.operation(tables.WORK[key][3]).id,
                    }
                    for order, key in zip(orders, self.work, strict=True)
                ]
            )
            orders.write({"booking_confirmed": True, "is_service_unknown": True})
            for order in orders:
                order.booking_odometer = order.vehicle_id.odometer or 30000
        self.order = orders.with_env(self.env)

    def receive(self):
        with self.later(5):
            for order in self.as_("advisor"):
                order.write(
                    {
                        "odometer": order.vehicle_id.odometer + self.rng.randint(150, 2500),
                        "fuel_level": self.rng.choice(["1", "2", "3"]),
                        "licence_custody": "taken",
                        "manual_custody": "taken",
                        "belongings": self.rng.choice(["", "", "Child seat", "Umbrella"]),
                        "invoice_read_back": True,
                        "payment_method": self.rng.choice(["card", "card", "cash"]),
                    }
                )
            self.as_("advisor").write({"promised_date": self.promise()})
            self.as_("advisor", self.order.job_ids).write({"is_read_back": True})
            if long_jobs := self.order.filtered("is_long_job"):
                self.as_("advisor", long_jobs).action_tell_long_job()
            self.as_("advisor").action_receive()

    def diagnose(self):
        with self.later(25):
            for job in self.as_("technician", self.order.job_ids):
                _words, cause, correction, *_rest = tables.WORK[self.key_of(job)]
                job.write({"cause": cause, "correction": correction})
            self.as_("technician").action_diagnose()

    def add_parts(self):
        self.as_("advisor", self.env["service.order.line"]).create(
            [
                {
                    "job_id": job.id,
                    "product_id": self.house.part(code).id,
                    "product_uom_qty": pieces,
                }
                for job in self.order.job_ids
                for code, pieces in tables.WORK[self.key_of(job)][4]
            ]
        )

    def agree(self):
        with self.later(20):
            for approval in self.as_("advisor", self.order.approval_ids):
                name = approval.order_id.contact_id.name
                answers = dict.fromkeys(approval.job_ids.ids, "approved")
                approval._answer(answers, "signature", name, signature(name))
            quoted = self.as_("advisor").filtered(lambda order: order.state == "quoted")
            quoted.action_agree()

    def start(self):
        with self.later(12):
            for order in self.as_("advisor"):
                order.bay_id = self.lift()
            self.dispatch()
            self.as_("leader").action_start()
        self.work_on()

    def work_on(self):
        """The technicians work side by side, each at one car after the other."""
        leader = self.as_("leader", self.env["service.clocking"])
        with self.later(6):
            self.as_("parts").action_issue_parts()
        begin = end = self.now
        for job in self.order.job_ids:
            self.now = begin
            self.clock_job(leader, job)
            end = max(end, self.now)
        self.now = end

    def inspect(self):
        signers = {"technician": "technician", "team_leader": "leader"}
        for level in self.kind._inspection_levels():
            with self.later(15):
                self.as_(signers.get(level, level)).action_pass()

    def wash(self):
        waiting = self.order.filtered(lambda order: order.state == "washing")
        if waiting:
            with self.later(35):
                self.as_("receptionist", waiting).write({"no_metal": True})
                self.as_("receptionist", waiting).action_wash_done()

    def settle(self):
        with self.later(20):
            self.as_("advisor")._tick("delivery_data")
            for order in self.as_("cashier"):
                name = order.contact_id.name
                order._sign_settlement(name, signature(name))
            self.as_("cashier").action_settle()

    def deliver(self):
        with self.later(6):
            self.pay(self.order.invoice_ids.filtered(lambda move: move.payment_state == "not_paid"))
        with self.later(8):
            self.as_("advisor").write({"custody_returned": True})
            for code in ("delivery_pre", "departure"):
                self.as_("advisor")._tick(code)
            self.as_("advisor").action_deliver()
            self.order.sudo()._run_aftercare()
            self.order.sudo()._plan_next_service(self.day)

    def pay(self, invoices):
        self.as_("cashier").env["account.payment.register"].with_context(
            active_model="account.move", active_ids=invoices.ids
        ).create({"group_payment": False}).action_create_payments()
