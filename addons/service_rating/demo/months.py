"""How the demo dealership was judged and paid: votes by link, grades, a locked month on payslips."""

import logging
import random
from datetime import timedelta

from dateutil.relativedelta import relativedelta

from odoo import fields
from odoo.fields import Command

from odoo.addons.service_core.demo.clock import Clock
from odoo.addons.service_core.demo.dealership import House, add_employee, add_user

from . import quality

_logger = logging.getLogger(__name__)

TABLES = (
    "service_rating",
    "service_rating_share",
    "service_rating_answer",
    "service_difficulty",
    "service_performance",
)
SAID = {
    "service_performance": ("month",),
    "service_rating": ("expires_at",),
}

# technical level, attitude, comment
VOTES = [
    (120, 150, "Quick, clean, and they explained the bill."),
    (100, 100, ""),
    (100, 120, ""),
    (150, 150, "Best garage in town."),
    (90, 110, ""),
    (100, 80, "Had to wait at the desk for twenty minutes."),
    (200, 200, "They stayed late for me. Thank you!"),
    (100, 100, ""),
    (110, 130, ""),
    (60, 100, "The noise is better but not gone."),
    (130, 120, ""),
    (100, 140, "Very friendly lady at the reception."),
    (-20, 30, "Came back with the same fault. Not good."),
    (120, 100, ""),
    (-50, 20, "Never again! Two weeks for a wiper motor, and nobody said sorry."),
]

# how the votes come in, and what else their customers say
CHANNELS = ("mail", "mail", "qr", "mail", "web", "qr", "social")
PRAISED = ("the lady at the desk", "the technician who showed me the old part", "")

# monthly wage, performance pay at 100 %
WAGES = {"technician": (3100.0, 600.0), "office": (2900.0, 350.0)}
PAID_OFFICE = ("receptionist", "advisor", "advisor2", "leader", "leader2")


def build(env):
    house = House(env)
    if not house.company[1] or env["service.rating"].search_count([], limit=1):
        return
    env = env(context={"lang": "en_US", "no_reset_password": True})
    # what the installation left in the cache would be looked up again in the middle of making a
    # person, before he has his groups
    env.invalidate_all()
    house = House(env)
    for company in house.company.values():
        company.certification_gate = "block"
        company.write({"service_ask_csat": True, "service_ask_nps": True})
    build_people(env, house)
    clocks = {
        number: Clock(env, company, TABLES, SAID) for number, company in house.company.items()
    }
    build_contracts(env, house)
    build_ratings(env, house, clocks)
    for branch, clock in clocks.items():
        build_month(env, house, clock, branch)
    quality.build(env, house, clocks)


def build_people(env, house):
    desk = "service_rating.service_performance_action"
    officer = ["service_rating.group_performance_officer"]
    add_user(env, house, "officer", "Deirdre Blake", officer, 0, desk)
    add_employee(env, house, "Deirdre Blake", 1, "officer")
    hr = ["hr.group_hr_manager", "payroll.group_payroll_manager"]
    add_user(env, house, "hr", "Rory Mac Mahon", hr, 0, desk)
    add_employee(env, house, "Rory Mac Mahon", 1, "hr")
    house.user("manager").group_ids = [
        Command.link(env.ref("service_rating.group_technical_manager").id)
    ]


def build_contracts(env, house):
    """Wage and performance pay since last year, under the branch's own salary structure."""
    start = fields.Date.today().replace(month=1, day=1) - relativedelta(years=1)
    office = env["hr.employee"].search([("user_id.login", "in", PAID_OFFICE)])
    for branch, company in house.company.items():
        structure = company._service_payroll_structure()
        for employee in house.technicians(branch) | office:
            if employee.company_id != company:
                continue
            wage, base = WAGES["technician" if employee.service_technician else "office"]
            employee.version_id.write(
                {
                    "date_version": start,
                    "contract_date_start": start,
                    "wage": wage,
                    "struct_id": structure.id,
                    "service_performance_base": base,
                }
            )


def build_ratings(env, house, clocks):
    """Every delivered car has its link; three in four customers have used it."""
    rng = random.Random("ratings")
    orders = env["service.order"].search([("state", "=", "delivered")], order="delivered_date, id")
    votes = 0
    for number, order in enumerate(orders):
        if number % 10 == 0:
            _logger.info("Demo: %s/%s ratings", number, len(orders))
        branch = next(key for key, one in house.company.items() if one == order.company_id)
        clock = clocks[branch]
        with clock.at(order.delivered_date):
            order._open_ratings()
            order._open_difficulties()
        graded = order.delivered_date + timedelta(days=1)
        difficulties = order.job_ids.difficulty_ids
        if difficulties and graded < fields.Datetime.now() - timedelta(days=2):
            with clock.at(graded):
                for difficulty in difficulties:
                    grade = "12334"[rng.randint(0, 4)]
                    difficulty.with_env(house.as_user("manager", branch))._grade(grade)
        rating = order.rating_ids
        moment = order.delivered_date + timedelta(
            days=rng.randint(1, 3), minutes=rng.randint(0, 300)
        )
        if not rating or moment > fields.Datetime.now() or rng.random() < 0.22:
            continue
        technical, attitude, comment = VOTES[votes % len(VOTES)]
        votes += 1
        with clock.at(moment):
            # sudo: this is how the page of the link does it, the token being the key
            page = rating.with_user(env.ref("base.public_user")).sudo()
            page = page.with_context(allowed_company_ids=order.company_id.ids)
            # the office's people were made after the cache had learned that they are nobody
            env["res.users"].invalidate_model(["employee_ids"])
            page = page.with_company(order.company_id)
            said = what_else(rng, page, votes, min(technical, attitude))
            page._submit(technical, attitude, comment, f"demo-{order.id}", None, said)
        answered = moment + timedelta(days=1)
        if answered < fields.Datetime.now() - timedelta(days=3):
            with clock.at(answered):
                mine = rating.with_env(house.as_user("officer", branch))
                if rating.case_state == "proposed":
                    mine.action_make_case()
                mine._process("Thanked, and told the team." if comment else False)


def what_else(rng, page, number, lowest):
    """Channel, projects, the direct question and the answers apart from pay of one form."""
    projects = page.env["service.rating.project"]._offered(page.company_id)
    happy = lowest >= 100
    said = {
        "channel": CHANNELS[number % len(CHANNELS)],
        "projects": {
            "implementation": rng.choice(projects["implementation"]).id,
            "aftersales": rng.choice(projects["aftersales"]).id,
        },
        "answers": {
            "csat": rng.choice((4, 5, 5) if happy else (1, 2, 3)),
            "nps": rng.choice((8, 9, 10) if happy else (2, 5, 6)),
        },
    }
    if number % 3 == 0:
        said["suits"] = "yes" if happy else "no"
        said["praise"] = PRAISED[number % len(PRAISED)] if happy else ""
        said["proposal"] = "" if happy else "Call when it takes longer than you said."
    return said


def build_month(env, house, clock, branch):
    """The month that is over: computed and checked by the department, locked by HR, then paid."""
    company = house.company[branch]
    this_month = company._service_local_date(fields.Datetime.now()).replace(day=1)
    month = this_month - relativedelta(months=1)
    _logger.info("Demo: %s months locked and paid", branch)
    # the current month is open, so that the board shows it growing
    officer, hr = house.as_user("officer", branch), house.as_user("hr", branch)
    moment = clock.moment(this_month, 9)
    with clock.at(moment):
        officer["service.performance.month"].create(
            {"company_id": company.id, "month": month}
        ).action_compute()
        rows = officer["service.performance"].search(
            [("company_id", "=", company.id), ("month", "=", month)]
        )
        rows.action_check()
    with clock.at(moment + timedelta(hours=2)):
        rows.with_env(hr).action_lock()
    officer["service.performance.month"].create(
        {"company_id": company.id, "month": this_month}
    ).action_compute()
    employees = rows.sudo().employee_id.filtered(lambda one: one.version_id.struct_id)
    run = hr["hr.payslip.run"].create(
        {
            "name": f"{company.name}, {month:%B %Y}",
            "company_id": company.id,
            "date_start": month,
            "date_end": this_month - timedelta(days=1),
        }
    )
    wizard = hr["hr.payslip.employees"].with_context(active_id=run.id)
    wizard.create({"employee_ids": [Command.set(employees.ids)]}).compute_sheet()
    for slip in run.slip_ids:
        slip.action_payslip_done()
    rows.with_env(hr).action_pack()
