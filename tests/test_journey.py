"""One car's day, from the telephone call to the payslip, said over HTTP by the people whose work it is.

Nobody here is a superuser: each step is a JSON-RPC call of a login of the demo dealership or a form of
a public page, and each refusal is what that person would read. The tests stand in the order of the
day and share it; the last three end in the month's pay.
"""

import base64
import contextlib
import re
import urllib.parse
from datetime import date, datetime, timedelta

import pytest
from remote import RemoteError, fetch, visitor

PLATE = "241-D-77001"
WORDS = "The steering wheel has play and it knocks when I park."
VERDICT = "The knocking is back after two days, I am not happy at all."
# 1 x 1 transparent PNG
DRAWN = (
    "data:image/png;base64,iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mNkYPhfDwAC"
    "hwGA60e6kgAAAABJRU5ErkJggg=="
)
# a refusal is an answer to a person, and a line in the log
REFUSALS = (r"^WARNING odoo\.http: ", r"^WARNING odoo\.addons\.base\.models\.ir_rule: ")


class Person:
    """A login at work: short words for what the web client does."""

    def __init__(self, session):
        self.session = session

    def do(self, model, ids, method, *args, **context):
        ids = [ids] if isinstance(ids, int) else list(ids)
        kwargs = {"context": {**self.session.context, **context}}
        return self.session.call(model, method, [ids, *args], kwargs)

    def make(self, model, **values):
        return self.session.call(model, "create", [values])

    def put(self, model, ids, **values):
        return self.do(model, ids, "write", values)

    def read(self, model, record, field):
        [row] = self.do(model, record, "read", [field])
        value = row[field]
        # a many2one is read as [id, name]
        return (
            value[0]
            if isinstance(value, list) and value[1:] and isinstance(value[1], str)
            else value
        )

    def find(self, model, *domain, **kwargs):
        return self.session.call(model, "search", [list(domain)], kwargs)

    def one(self, model, *domain):
        found = self.find(model, *domain)
        assert len(found) == 1, f"{model} {domain}: {found}"
        return found[0]

    def answer(self, model, method="action_confirm", context=None, **values):
        """Fill in a form that a step has opened, and press its button."""
        kwargs = {"context": {**self.session.context, **(context or {})}}
        form = self.session.call(model, "create", [values], kwargs)
        return self.session.call(model, method, [[form]], kwargs)


class Day:
    """The people, and what the day has brought so far."""

    def __init__(self, running, pg):
        self.running, self.pg = running, pg
        self.people = {}

    def __getattr__(self, login):
        """Whoever is named walks in: ``day.advisor``."""
        if login not in self.people:
            self.people[login] = Person(self.running.login(login))
        return self.people[login]

    def state(self):
        return self.advisor.read("service.order", self.order, "state")

    def say(self, login, verb):
        return getattr(self, login).do("service.order", self.order, verb)

    def path(self, url):
        return "/" + url.split("/", 3)[3]

    def open(self, guest, path):
        return fetch(guest, self.running.url + path)

    def post(self, guest, path, page, **form):
        form["csrf_token"] = re.search(r'name="csrf_token" value="([^"]+)"', page)[1]
        data = urllib.parse.urlencode(form).encode()
        return fetch(guest, self.running.url + path, data)


@pytest.fixture(scope="module")
def day(pg, database, server):
    with server(database(demo=True), allow=REFUSALS) as running:
        yield Day(running, pg)


def refused(sentence):
    """What is inside meets a rule, and this sentence of it."""
    return pytest.raises(RemoteError, match=sentence)


@contextlib.contextmanager
def denied():
    """What is inside is not this person's to do, or not his to see."""
    with pytest.raises(RemoteError) as caught:
        yield
    assert caught.value.name == "odoo.exceptions.AccessError", caught.value.message


def stamp(moment):
    return moment.strftime("%Y-%m-%d %H:%M:%S")


def workday(days, hour=10):
    moment = datetime.combine(date.today(), datetime.min.time()) + timedelta(days=days, hours=hour)
    while moment.weekday() > 4:
        moment += timedelta(days=1)
    return moment


# === BOOKING AND RECEPTION === #


def test_receptionist_books_and_the_day_gives_its_hours(day):
    desk = day.receptionist
    day.customer = day.advisor.make(
        "res.partner",
        name="Ada Journey",
        phone="+353 20 919 0001",
        email="ada.journey@example.com",
        street="1 Long Road",
        city="Dublin",
    )
    [model] = desk.find("service.vehicle.model", ("name", "=", "Corolla"))
    day.car = desk.make(
        "service.vehicle", license_plate=PLATE, model_id=model, owner_id=day.customer
    )
    [kind] = desk.find("service.order.kind", ("code", "=", "repair"))
    start = workday(7)
    day.order = desk.make(
        "service.order",
        kind_id=kind,
        vehicle_id=day.car,
        advisor_id=day.advisor.session.uid,
        planned_start=stamp(start),
        departure_time=stamp(start - timedelta(minutes=30)),
        eta=stamp(start),
    )
    operations = {
        code: desk.one("service.operation", ("code", "=", code)) for code in ("STR", "WIP")
    }
    day.job = desk.make(
        "service.order.job",
        order_id=day.order,
        customer_words=WORDS,
        operation_id=operations["STR"],
    )
    day.wipers = desk.make(
        "service.order.job",
        order_id=day.order,
        customer_words="The wipers smear.",
        operation_id=operations["WIP"],
    )
    with refused("read the four facts back"):
        day.say("receptionist", "action_book")
    desk.put("service.order", day.order, booking_confirmed=True)
    with refused("ask about the car"):
        day.say("receptionist", "action_book")
    desk.put("service.order", day.order, booking_odometer=61000, is_service_unknown=True)
    day.say("receptionist", "action_book")
    assert day.state() == "booked"
    assert desk.find("service.capacity.booking", ("order_id", "=", day.order))


def test_colleague_of_the_other_branch_sees_nothing_of_it(day):
    assert not day.advisor2.find("service.order", ("license_plate", "=", PLATE))
    with denied():
        day.advisor2.read("service.order", day.order, "state")
    with denied():
        day.say("advisor2", "action_receive")
    # the car itself is known to the whole house
    assert day.advisor2.find("service.vehicle", ("license_plate", "=", PLATE)) == [day.car]


def test_advisor_receives_the_car_with_its_papers(day):
    day.advisor.put(
        "service.order",
        day.order,
        odometer=48200,
        manual_custody="missing",
        payment_method="card",
        invoice_read_back=True,
        promised_date=stamp(workday(9, 16)),
    )
    with refused("licence"):
        day.say("advisor", "action_receive")
    # the part takes its days: the customer knows before he leaves the car
    day.say("advisor", "action_tell_long_job")
    day.advisor.put("service.order", day.order, licence_custody="taken")
    day.say("advisor", "action_receive")
    assert day.state() == "received"
    assert day.advisor.read("service.vehicle", day.car, "odometer") == 48200


# === DIAGNOSIS AND ESTIMATE === #


def test_technician_diagnoses_and_sees_no_price(day):
    with refused("back to the customer"):
        day.say("technician", "action_diagnose")
    day.advisor.put("service.order.job", [day.job, day.wipers], is_read_back=True)
    day.technician.put("service.order.job", day.job, cause="Rack worn on the left")
    day.technician.put("service.order.job", day.wipers, cause="Rubber hardened")
    day.say("technician", "action_diagnose")
    assert day.state() == "diagnosed"
    with denied():
        day.technician.read("service.order", day.order, "amount_total")


def test_advisor_quotes_and_the_customer_gets_his_link(day):
    parts = {
        code: day.advisor.one("product.product", ("default_code", "=", code))
        for code in ("RCK-STR", "WIP-SET")
    }
    day.line = day.advisor.make(
        "service.order.line", job_id=day.job, product_id=parts["RCK-STR"], product_uom_qty=1
    )
    day.advisor.make(
        "service.order.line", job_id=day.wipers, product_id=parts["WIP-SET"], product_uom_qty=1
    )
    day.say("advisor", "action_quote")
    assert day.state() == "quoted"
    day.link = day.path(day.advisor.read("service.order", day.order, "status_url"))
    day.approval = day.advisor.one("service.approval", ("order_id", "=", day.order))


def test_customer_approves_job_by_job_with_a_signature_and_once(day):
    guest = visitor()
    status, page = day.open(guest, day.link)
    assert status == 200
    assert WORDS in page
    form = {
        "approval": day.approval,
        f"job_{day.job}": "approved",
        f"job_{day.wipers}": "deferred",
        "name": "Ada Journey",
        "signature": DRAWN,
    }
    colleague = day.advisor.session.opener
    _status, seen = day.open(colleague, day.link)
    _status, staff = day.post(colleague, f"{day.link}/answer", seen, **form)
    assert "Staff cannot answer" in staff
    assert day.state() == "quoted"
    status, answered = day.post(guest, f"{day.link}/answer", page, **form)
    assert status == 200
    assert "we have your answer" in answered
    assert day.state() == "agreed"
    assert day.advisor.read("service.approval", day.approval, "channel") == "signature"
    _status, again = day.post(guest, f"{day.link}/answer", page, **form)
    assert "already answered" in again


# === PARTS === #


def test_missing_part_became_a_request_to_its_supplier(day):
    day.bought = day.parts.one("purchase.order.line", ("service_line_id", "=", day.line))
    assert day.parts.read("purchase.order.line", day.bought, "state") == "draft"
    assert day.advisor.read("service.order", day.order, "waiting_for") == "parts"
    assert day.parts.find("service.part.demand", ("line_id", "=", day.line))
    with denied():
        day.technician.answer(
            "service.part.confirm", "action_apply", line_ids=[day.line], date=stamp(workday(3))
        )


def test_parts_clerk_confirms_a_date_receives_and_issues(day):
    arrival = stamp(workday(3))
    day.parts.answer(
        "service.part.confirm",
        "action_apply",
        line_ids=[[6, 0, [day.line]]],
        date=arrival,
        place_order=True,
    )
    assert day.advisor.read("service.order.line", day.line, "expected_date") == arrival
    purchase = day.parts.read("purchase.order.line", day.bought, "order_id")
    receipt = day.parts.one("stock.picking", ("purchase_id", "=", purchase))
    day.parts.do("stock.picking", receipt, "button_validate")
    assert day.advisor.read("service.order.line", day.line, "availability") == "available"
    assert not day.advisor.read("service.order", day.order, "waiting_for")
    day.say("leader", "action_start")
    day.say("parts", "action_issue_parts")
    assert day.advisor.read("service.order.line", day.line, "availability") == "issued"


# === WORKSHOP === #


def test_leader_cannot_assign_who_has_no_permit(day):
    people = {
        name: day.leader.one("hr.employee.public", ("name", "=", name))
        for name in ("Katie Power", "Jack Brennan", "Liam Doyle")
    }
    for name in ("Katie Power", "Jack Brennan"):  # never had one; it has run out
        with refused("no valid"):
            day.leader.make("service.assignment", job_id=day.job, employee_id=people[name])
    day.task = day.leader.make(
        "service.assignment", job_id=day.job, employee_id=people["Liam Doyle"]
    )


def test_technician_clocks_on_pauses_and_off(day):
    # whoever is still on another car says so first
    for running in day.leader.find(
        "service.clocking", ("employee_id.name", "=", "Liam Doyle"), ("stop", "=", False)
    ):
        with refused("still clocked on"):
            day.technician.do("service.assignment", day.task, "action_clock_on")
        day.technician.answer(
            "service.clocking.pause", "action_pause", clocking_id=running, reason="other_job"
        )
    day.technician.do("service.assignment", day.task, "action_clock_on")
    running = day.technician.one("service.clocking", ("job_id", "=", day.job), ("stop", "=", False))
    day.technician.answer(
        "service.clocking.pause", "action_pause", clocking_id=running, reason="break"
    )
    assert day.leader.read("service.clocking", running, "pause_reason") == "break"
    day.technician.do("service.assignment", day.task, "action_clock_on")
    with refused("still clocked on"):
        day.technician.do("service.assignment", day.task, "action_clock_on")
    day.technician.do("service.assignment", day.task, "action_clock_off")
    assert len(day.leader.find("service.clocking", ("job_id", "=", day.job))) == 2


def test_four_inspections_are_signed_by_four_people(day):
    day.say("leader", "action_finish")
    for login in ("technician", "leader", "inspector", "advisor"):
        if login == "inspector":
            with refused("somebody of that role"):
                day.say("technician", "action_pass")
        day.say(login, "action_pass")
    assert day.state() == "washing"
    with refused("No metal"):
        day.say("receptionist", "action_wash_done")
    day.receptionist.put("service.order", day.order, no_metal=True)
    day.say("receptionist", "action_wash_done")
    assert day.state() == "ready"


# === THE BILL AND THE KEYS === #


def test_bill_above_the_approved_total_is_not_posted(day):
    [sale] = day.advisor.do("service.order", day.order, "read", ["sale_order_ids"])
    [sale_line, *_rest] = day.cashier.find(
        "sale.order.line", ("order_id", "in", sale["sale_order_ids"])
    )
    bill = day.cashier.make(
        "account.move",
        move_type="out_invoice",
        partner_id=day.customer,
        invoice_line_ids=[
            [
                0,
                0,
                {
                    "name": "By hand",
                    "quantity": 1,
                    "price_unit": 5000,
                    "sale_line_ids": [[6, 0, [sale_line]]],
                },
            ]
        ],
    )
    with refused("approved are"):
        day.cashier.do("account.move", bill, "action_post")
    day.cashier.do("account.move", bill, "unlink")


def test_cashier_settles_what_was_explained_and_signed(day):
    with refused("answer the check lists first"):
        day.say("cashier", "action_settle")
    for code in ("delivery_data", "delivery_pre", "departure"):
        day.advisor.do("service.order", day.order, "action_tick_list", code)
    with refused("explain the charges"):
        day.say("cashier", "action_settle")
    day.cashier.answer(
        "service.order.reason",
        order_id=day.order,
        verb="sign",
        signed_by="Ada Journey",
        signature=DRAWN.partition(",")[2],
    )
    day.say("cashier", "action_settle")
    assert day.state() == "settled"
    [row] = day.cashier.do("service.order", day.order, "read", ["invoice_ids", "amount_quoted"])
    [day.invoice] = row["invoice_ids"]
    total = day.cashier.read("account.move", day.invoice, "amount_total")
    assert total == pytest.approx(row["amount_quoted"])


def test_car_leaves_when_it_is_paid(day):
    day.advisor.put("service.order", day.order, custody_returned=True)
    with refused("not paid"):
        day.say("advisor", "action_deliver")
    day.cashier.answer(
        "account.payment.register",
        "action_create_payments",
        context={"active_model": "account.move", "active_ids": [day.invoice]},
    )
    day.say("advisor", "action_deliver")
    assert day.state() == "delivered"
    # this server runs no scheduled jobs; the delivery has woken this one
    job = day.admin.one("ir.cron", ("code", "=", "model._cron_aftercare()"))
    day.admin.do("ir.cron", job, "method_direct_trigger")


# === KEEPING IN TOUCH === #


def test_first_call_is_due_and_logging_it_plans_the_second(day):
    first = day.followup.one(
        "service.followup", ("order_id", "=", day.order), ("kind", "=", "first")
    )
    due = date.fromisoformat(day.followup.read("service.followup", first, "due_from"))
    assert timedelta(days=2) <= due - date.today() <= timedelta(days=6)
    topics = day.followup.find("service.contact.topic", limit=2)
    call = {
        "followup_id": first,
        "phone": day.followup.read("service.followup", first, "phone"),
        "result": "answered",
        "satisfied": "no",
        "car_use": "Not much since.",
        "topic_ids": [[6, 0, topics]],
    }
    with refused("own words"):
        day.followup.answer("service.followup.log", "action_log", **call)
    day.followup.answer("service.followup.log", "action_log", verbatim=VERDICT, **call)
    assert day.followup.read("service.followup", first, "state") == "done"
    day.followup.one("service.followup", ("order_id", "=", day.order), ("kind", "=", "second"))
    day.call = day.followup.read("service.followup", first, "call_id")
    with refused("not changed"):
        day.followup.put("service.call", day.call, verbatim="He is happy.")


def test_letter_is_printed_as_pdf_and_registered(day):
    letter = day.followup.make(
        "service.letter",
        letter_type="reply",
        partner_id=day.customer,
        vehicle_id=day.car,
        order_id=day.order,
        subject="Your call",
        body="<p>Dear Ms Journey, we look at your steering again at once.</p>",
    )
    day.followup.do("service.letter", letter, "action_send")
    assert day.followup.read("service.letter", letter, "name")
    attachment = day.followup.read("service.letter", letter, "attachment_id")
    [row] = day.followup.do("ir.attachment", attachment, "read", ["datas", "mimetype"])
    assert row["mimetype"] == "application/pdf"
    assert base64.b64decode(row["datas"]).startswith(b"%PDF")
    with refused("stays as it is"):
        day.followup.put("service.letter", letter, subject="Something else")


# === THE COMPLAINT === #


def test_dissatisfied_answer_is_a_case_and_ends_with_the_customers_word(day):
    case = day.hotline.one("helpdesk.ticket", ("call_id", "=", day.call))
    assert day.hotline.read("helpdesk.ticket", case, "is_complaint")
    assert day.hotline.read("helpdesk.ticket", case, "verbatim") == VERDICT
    day.hotline.put("helpdesk.ticket", case, problem_type="technical")
    day.hotline.do("helpdesk.ticket", case, "action_record")
    day.hotline.do("helpdesk.ticket", case, "action_route")
    with denied():
        day.leader.put("helpdesk.ticket", case, answer="I tell him myself.")
    day.leader.answer(
        "helpdesk.ticket.feedback", "action_apply", ticket_id=case, feedback="Tie rod was loose."
    )
    day.hotline.put("helpdesk.ticket", case, answer="We have tightened it, no charge.")
    day.hotline.do("helpdesk.ticket", case, "action_reply")
    with refused("call the customer back"):
        day.hotline.do("helpdesk.ticket", case, "action_close")
    day.hotline.answer(
        "helpdesk.ticket.callback", "action_satisfied", ticket_id=case, verbatim="Good. Now it is."
    )
    assert day.hotline.read("helpdesk.ticket", case, "case_state") == "done"


# === THE SCORE AND THE PAY === #


def test_customer_rates_by_link_and_only_once(day):
    day.say("advisor", "action_send_rating_link")
    # what the customer would find in the mail box
    body = day.pg.query(
        day.running.database,
        "SELECT body_html FROM mail_mail WHERE email_to LIKE '%ada.journey%' ORDER BY id DESC LIMIT 1",
    )
    link = day.path(re.search(r'href="([^"]+/service/rate/[^"]+)"', body)[1])
    assert day.open(day.advisor.session.opener, link)[0] == 403
    guest = visitor()
    status, page = day.open(guest, link)
    assert status == 200
    form = {"technical": "120", "attitude": "150", "comment": "Quick in the end.", "button": "ok"}
    assert day.post(guest, link, page, **{**form, "technical": "300"})[0] == 400
    assert day.post(guest, link, page, **form)[0] == 200
    assert day.post(guest, link, page, **{**form, "technical": "-50"})[0] == 404
    day.rating = day.officer.one("service.rating", ("order_id", "=", day.order))
    assert day.officer.read("service.rating", day.rating, "technical_score") == 120
    with refused("nobody changes it"):
        day.officer.put("service.rating", day.rating, technical_score=200)


def test_month_is_computed_checked_and_locked_by_different_people(day):
    this_month = date.today().replace(day=1)
    day.month = (this_month - timedelta(days=45)).replace(day=1)
    # A month is checked when it is over. The vote is of today, and no code of ours moves a vote:
    # the database is told that it came in the middle of a month that is over and not yet locked.
    day.pg.query(
        day.running.database,
        f"UPDATE service_rating SET submitted_at = '{day.month:%Y-%m}-15 12:00:00' "
        f"WHERE id = {day.rating}",
    )
    company = day.officer.read("service.rating", day.rating, "company_id")
    day.company = company
    day.officer.answer(
        "service.performance.month",
        "action_compute",
        company_id=company,
        month=day.month.isoformat(),
    )
    day.months = day.officer.find(
        "service.performance", ("company_id", "=", company), ("month", "=", day.month.isoformat())
    )
    day.mine = day.officer.one(
        "service.performance",
        ("id", "in", day.months),
        ("employee_id.name", "=", "Liam Doyle"),
    )
    assert day.officer.read("service.performance", day.mine, "answer_count") >= 1
    with refused("customer-service department checks"):
        day.technician.do("service.performance", day.mine, "action_check")
    day.officer.do("service.performance", day.months, "action_check")
    with refused("somebody else locks"):
        day.officer.do("service.performance", day.months, "action_lock")
    day.hr.do("service.performance", day.months, "action_lock")
    assert day.hr.read("service.performance", day.mine, "state") == "locked"
    with refused("only while it is Draft"):
        day.officer.do("service.performance", day.months, "action_compute")


def test_locked_score_is_on_the_payslip_and_in_the_workbook(day):
    hr = day.hr
    last = (day.month + timedelta(days=31)).replace(day=1) - timedelta(days=1)
    run = hr.make(
        "hr.payslip.run",
        name="Journey",
        company_id=day.company,
        date_start=day.month.isoformat(),
        date_end=last.isoformat(),
    )
    employee = hr.read("service.performance", day.mine, "employee_id")
    hr.answer(
        "hr.payslip.employees",
        "compute_sheet",
        context={"active_id": run},
        employee_ids=[[6, 0, [employee]]],
    )
    slip = hr.one("hr.payslip", ("payslip_run_id", "=", run))
    [given] = hr.find("hr.payslip.input", ("payslip_id", "=", slip), ("code", "=", "SERVICE_SCORE"))
    score = hr.read("service.performance", day.mine, "score")
    assert hr.read("hr.payslip.input", given, "amount_qty") == pytest.approx(score)
    [line] = hr.find("hr.payslip.line", ("slip_id", "=", slip), ("code", "=", "SERVICE_SCORE"))
    base = hr.read("service.performance", day.mine, "base_amount")
    total = hr.read("hr.payslip.line", line, "total")
    assert total == pytest.approx(round(base * score / 100, 2), abs=0.005)
    assert total > 0
    hr.do("hr.payslip", slip, "action_payslip_done")
    assert hr.read("service.performance", day.mine, "payslip_id") == slip
    path = f"/service/performance/xlsx?company_id={day.company}&month={day.month:%Y-%m}"
    with hr.session.opener.open(day.running.url + path, timeout=60) as answer:
        assert answer.read(2) == b"PK"
    assert day.officer.session.get(path)[0] == 403
