"""What followed the visits of the demo dealership: calls in the customers' words, files, letters."""

import logging
import random
from datetime import timedelta

from odoo import fields
from odoo.fields import Command

from odoo.addons.service_core.demo.clock import Clock
from odoo.addons.service_core.demo.dealership import House, add_employee, add_user

_logger = logging.getLogger(__name__)

TABLES = (
    "service_followup",
    "service_customer_file",
    "service_customer_visit",
    "service_letter",
)
# counted from the day of the visit or of the call, whatever day it is now
SAID = {
    "service_followup": ("due_from", "due_to", "next_attempt", "expires_on"),
    "service_customer_file": ("last_visit_date", "due_date"),
    "service_customer_visit": ("visit_date", "due_date"),
    "service_letter": ("activity_date",),
}

# what the customer says, how the car runs, what he needs next
CONTENT = [
    ("Runs like new, thank you.", "Every day to work, no noise.", "Winter tyres in November."),
    ("All fine. The young man explained everything well.", "Mostly short trips.", ""),
    ("Good work, but the waiting area was cold.", "Two long trips, no trouble.", ""),
    ("I am very pleased, the noise is gone.", "Quiet at last.", "An offer for the next service."),
    ("It is okay. A bit expensive.", "No complaints about the car.", ""),
    ("Great that you washed it, my wife noticed at once.", "She drives it daily.", "Wiper blades."),
    ("Everything as promised, even the time.", "To Cork and back last week.", ""),
    ("Friendly as always.", "Starts at once now, even in the cold.", "Insurance renewal advice."),
]
ANGRY = [
    ("The knocking is back after three days. I paid for nothing!", "It knocks over every bump."),
    ("You promised four o'clock and I stood there until six.", "The car itself runs well."),
    ("There is oil on my driveway since I was with you.", "I do not dare to drive far."),
    ("Nobody told me the bill would be that high.", "It drives, at least."),
]


def build(env):
    house = House(env)
    if not house.company[1] or env["service.followup"].search_count([], limit=1):
        return
    env = env(context={"lang": "en_US", "no_reset_password": True})
    house = House(env)
    groups = ["service_followup.group_followup_user"]
    desk = "service_followup.service_followup_action"
    add_user(env, house, "followup", "Grace Mooney", groups, 0, desk)
    add_employee(env, house, "Grace Mooney", 1, "followup")
    house.user("manager").group_ids = [
        Command.link(env.ref("service_followup.group_followup_manager").id)
    ]
    clocks = {
        number: Clock(env, company, TABLES, SAID) for number, company in house.company.items()
    }
    build_contacts(env, house, clocks)
    build_letters(env, house, clocks[1])


def branch_of(house, record):
    return next(number for number, company in house.company.items() if company == record.company_id)


def build_contacts(env, house, clocks):
    """Each delivered car gets its file and its calls, up to yesterday."""
    rng = random.Random("contacts")
    orders = env["service.order"].search([("state", "=", "delivered")], order="delivered_date, id")
    happy, angry = 0, 0
    for number, order in enumerate(orders):
        if number % 10 == 0:
            _logger.info("Demo: %s/%s customers followed up", number, len(orders))
        branch = branch_of(house, order)
        clock = clocks[branch]
        with clock.at(order.delivered_date):
            file = env["service.customer.file"]._open_after_delivery(order)
            first = env["service.followup"]._plan_after_delivery(order)
        complete(house, clock, branch, file, rng)
        if not first:
            continue
        unhappy = number % 8 == 3 and angry < len(ANGRY)
        if unhappy:
            words, car_use = ANGRY[angry]
            values = {"satisfied": "no", "complaint": words, "requirement": ""}
            angry += 1
        else:
            words, car_use, requirement = CONTENT[happy % len(CONTENT)]
            values = {"satisfied": "yes", "requirement": requirement}
            happy += 1
        values.update(verbatim=words, car_use=car_use)
        call_all(env, house, clocks[branch], branch, first, values, rng)
    late = env["service.followup"].search(
        [("state", "=", "planned"), ("due_to", "<", clocks[1].today)]
    )
    if late:
        late._lifecycle_move("miss")


def complete(house, clock, branch, file, rng):
    """Most files are complete two days later; some wait."""
    visit = file.visit_ids.filtered(lambda visit: not visit.completed_on)[:1]
    day = visit.visit_date and visit.visit_date + timedelta(days=1)
    if not visit or day >= clock.today or rng.random() < 0.15:
        return
    with clock.at(clock.moment(day, 11, rng.randint(0, 50))):
        env = house.as_user("followup", branch)
        file.with_env(env).write({"services_desired": rng.choice(["none", "Tyre storage"])})
        visit.with_env(env)._complete()


def call_all(env, house, clock, branch, first, values, rng):
    """First call in its window, now and then after a vain try; the second one a few days later."""
    day = first.due_from + timedelta(days=rng.randint(0, 2))
    while day.weekday() > 4:
        day += timedelta(days=1)
    if day >= clock.today or rng.random() < 0.12:
        return
    topics = {
        name: env.ref(f"service_followup.service_contact_topic_{name}").id
        for name in ("car_use", "new_needs", "advice", "activities", "promise")
    }
    if rng.random() < 0.2 and first.due_from < day:
        call(house, clock, branch, first, first.due_from, {"result": "no_answer"}, rng)
    asked = [topics["car_use"], topics[rng.choice(["new_needs", "advice"])]]
    call(
        house, clock, branch, first, day, {**values, "result": "answered", "topic_ids": asked}, rng
    )
    second = env["service.followup"].search([("previous_id", "=", first.id)])
    day += timedelta(days=5)
    while day.weekday() > 4:
        day += timedelta(days=1)
    if not second or values["satisfied"] == "no" or day >= clock.today or rng.random() < 0.25:
        return
    call(
        house,
        clock,
        branch,
        second,
        day,
        {
            "result": "answered",
            "verbatim": rng.choice(
                ["Still fine, thank you for asking.", "Yes, please put me down for the test week."]
            ),
            "satisfied": "yes",
            "car_use": "As last week.",
            "topic_ids": [topics["promise"], topics["activities"]],
        },
        rng,
    )


def call(house, clock, branch, followup, day, values, rng):
    moment = clock.moment(day, rng.choice([10, 11, 14, 15, 16]), rng.randint(0, 55))
    with clock.at(moment):
        followup.with_env(house.as_user("followup", branch))._log_call(
            {
                "started": moment,
                "rings": rng.randint(2, 6),
                "duration": rng.randint(70, 320) if values["result"] == "answered" else 0,
                **values,
            }
        )


def build_letters(env, house, clock):
    """Drafts on the desk: a notice, an invitation, a reply."""
    orders = env["service.order"].search(
        [("state", "=", "delivered"), ("company_id", "=", house.company[1].id)],
        order="delivered_date desc, id",
        limit=3,
    )
    texts = [
        (
            "notification",
            "Your next service",
            "<p>Dear customer,</p><p>your car is due for its next service soon. "
            "Call us and choose the day that suits you.</p>",
        ),
        (
            "invitation",
            "Winter test at Riverside",
            "<p>Dear customer,</p><p>we test battery, lights and tyres of your car "
            "free of charge, coffee included.</p>",
        ),
        (
            "reply",
            "Your question about the warranty",
            "<p>Dear customer,</p><p>the work of your last visit is covered for two years, "
            "parts and labour.</p>",
        ),
    ]
    writer = house.as_user("followup", 1)
    for order, (letter_type, subject, body) in zip(orders, texts, strict=False):
        invited = letter_type == "invitation"
        with clock.at(fields.Datetime.now() - timedelta(days=1)):
            writer["service.letter"].create(
                {
                    "letter_type": letter_type,
                    "company_id": order.company_id.id,
                    "partner_id": order.partner_id.id,
                    "vehicle_id": order.vehicle_id.id,
                    "order_id": order.id,
                    "subject": subject,
                    "body": body,
                    "activity_date": clock.workday(12) if invited else False,
                    "activity_place": order.company_id.street if invited else False,
                }
            )
