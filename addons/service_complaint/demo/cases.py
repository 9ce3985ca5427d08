"""Cases of the demo dealership: the angry answers of the calls, and what the hotline took itself."""

import logging
import random
from datetime import timedelta

from odoo import fields
from odoo.fields import Command

from odoo.addons.service_core.demo.clock import Clock
from odoo.addons.service_core.demo.dealership import House, add_employee, add_user

_logger = logging.getLogger(__name__)

TABLES = ("helpdesk_ticket",)
ROAD = ("draft", "recorded", "routed", "returned", "replied", "called_back", "done")

# (days ago, step reached, standard error of a complaint, type, words, feedback, answer)
CASES = [
    (
        16,
        "done",
        "09",
        "service",
        "The interior was dirty when I got the car back.",
        "Washer was in a hurry, spoken to him.",
        "We apologise and offer an interior cleaning free of charge.",
    ),
    (
        14,
        "direct",
        None,
        "other",
        "When are you open on Saturdays?",
        "",
        "Reception is open from nine to one on Saturdays.",
    ),
    (
        11,
        "done",
        "01",
        "technical",
        "It pulls to the right since the tyres were changed.",
        "Toe was out by three minutes, set again.",
        "The alignment was set again, please try it on the motorway.",
    ),
    (
        8,
        "direct",
        None,
        "technical",
        "The tyre pressure light is on after the service.",
        "",
        "Reset it in the vehicle menu under Settings, Tyres, Initialise.",
    ),
    (
        6,
        "replied",
        None,
        "sales",
        "You promised me a second set of mats with the car.",
        "Mats are in the order, were out of stock.",
        "The mats have come, we hand them over with your next visit.",
    ),
    (
        4,
        "called_back",
        "04",
        "service",
        "Nobody called me back about the price of the belt.",
        "Advisor was ill, note was lost.",
        "The price is 480 euro with tax, we hold it for a month.",
    ),
    (
        3,
        "returned",
        "01",
        "technical",
        "The window squeaks again on the way down.",
        "Guide rail dry, needs ten minutes.",
        "",
    ),
    (
        2,
        "routed",
        None,
        "technical",
        "My range went down after the update. Is that normal?",
        "",
        "",
    ),
    (1, "recorded", None, "service", "I want to know who drove my car two kilometres.", "", ""),
]

# What became of the complaints that the follow-up calls brought, oldest first.
FROM_CALLS = ["done", "returned", "routed", "draft"]


def build(env):
    house = House(env)
    if not house.company[1] or env["helpdesk.ticket"].search_count(
        [("is_service_case", "=", True)], limit=1
    ):
        return
    env = env(context={"lang": "en_US", "no_reset_password": True})
    house = House(env)
    groups = ["service_complaint.group_hotline_user"]
    desk = "service_complaint.helpdesk_ticket_action"
    add_user(env, house, "hotline", "Tara Sweeney", groups, 0, desk)
    add_employee(env, house, "Tara Sweeney", 1, "hotline")
    house.user("manager").group_ids = [
        Command.link(env.ref("service_complaint.group_hotline_manager").id)
    ]
    build_teams(env, house)
    clock = Clock(env, house.company[1], TABLES)
    build_from_calls(env, house, clock)
    build_own(env, house, clock)


def build_teams(env, house):
    """Who feeds the hotline back; the hotline's leader hears of every complaint."""
    for team, leader, members in (
        ("hotline", "manager", ["hotline", "manager"]),
        ("sales", "advisor", ["advisor", "advisor2"]),
        ("technical", "leader", ["leader", "leader2"]),
        ("workshop", "leader", ["leader", "inspector"]),
        ("customer_service", "manager", ["manager"]),
        ("other", "receptionist", ["receptionist"]),
    ):
        env.ref(f"service_complaint.helpdesk_ticket_team_{team}").write(
            {
                "user_id": house.user(leader).id,
                "user_ids": [Command.set([house.user(login).id for login in members])],
            }
        )


def build_from_calls(env, house, clock):
    """Whoever was not satisfied has a case since that call."""
    calls = env["service.call"].search([("satisfied", "=", "no")], order="started, id")
    for number, call in enumerate(calls):
        _logger.info("Demo: %s/%s complaints of calls", number + 1, len(calls))
        with clock.at(call.started + timedelta(minutes=2)):
            case = env["helpdesk.ticket"]._open_from_call(call)
        goal = FROM_CALLS[number % len(FROM_CALLS)]
        with clock.at(call.started + timedelta(minutes=15)):
            case.problem_type = "technical" if number % 2 == 0 else "service"
            case.category_id = standard_error(env, "01" if number % 2 == 0 else "05")
        bring(
            house,
            clock,
            case,
            goal,
            call.started + timedelta(minutes=20),
            "Looked at again together with the customer: a clip was loose.",
            "We have mended it at once and without a bill. Please excuse the trouble.",
        )


def standard_error(env, number):
    return env.ref(f"service_complaint.helpdesk_ticket_category_error_{number}")


def build_own(env, house, clock):
    rng = random.Random("cases")
    vehicles = env["service.vehicle"].search([("owner_id.is_company", "=", False)], order="id")
    phone = env.ref("helpdesk_mgmt.helpdesk_ticket_channel_phone")
    for number, (days, goal, error, problem, words, feedback, answer) in enumerate(CASES):
        if number % 5 == 0:
            _logger.info("Demo: %s/%s cases of the hotline", number, len(CASES))
        car = rng.choice(vehicles)
        moment = clock.moment(clock.workday(-days), rng.choice([9, 11, 14]), rng.randint(0, 55))
        agent = house.as_user("hotline", 1)
        with clock.at(moment):
            form = agent["helpdesk.ticket.intake"].create(
                {
                    "phone": car.owner_id.phone,
                    "partner_id": car.owner_id.id,
                    "vehicle_id": car.id,
                    "channel_id": phone.id,
                    "rings": rng.randint(1, 4),
                    "verbatim": words,
                    "is_complaint": bool(error),
                    "problem_type": problem,
                    "answer": answer if goal == "direct" else False,
                }
            )
            if goal == "direct":
                form.action_solve()
            else:
                form.action_open()
        case = env["helpdesk.ticket"].search(
            [("is_service_case", "=", True)], order="id desc", limit=1
        )
        if error:
            case.with_env(agent).category_id = standard_error(env, error)
        if goal == "direct":
            with clock.at(moment + timedelta(minutes=12)):
                case.with_env(agent).confirmed_satisfied = True
                case.with_env(agent).action_close()
            continue
        bring(house, clock, case, goal, moment, feedback, answer)


def bring(house, clock, case, goal, moment, feedback, answer):
    """The hotline's road: recorded, routed, answered by the department, told to the customer."""
    company = case.company_id
    branch = next(number for number, one in house.company.items() if one == company)
    agent = house.as_user("hotline", branch)

    def later(hours):
        nonlocal moment
        moment += timedelta(hours=hours)
        return clock.at(min(moment, fields.Datetime.now()))

    for step in ROAD[1 : ROAD.index(goal) + 1]:
        case = case.with_env(agent)
        if case.case_state == step:
            continue
        if step == "recorded":
            with later(0.2):
                case.action_record()
        elif step == "routed":
            with later(0.3):
                case.action_route()
        elif step == "returned":
            # sudo: an agent may not look into what branches a colleague works for
            members = case.sudo().team_id.user_ids.filtered(lambda one: company in one.company_ids)
            with later(5):
                case.with_env(house.as_user(members[:1].login, branch))._case_return(feedback)
        elif step == "replied":
            with later(1):
                case.answer = answer
                case.action_reply()
        elif step == "called_back":
            with later(20):
                case._case_call_back("Yes, that is fine for me now.", True, duration=95)
        elif step == "done":
            with later(0.1):
                case.action_close()
