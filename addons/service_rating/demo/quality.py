"""How the demo dealership looks at itself: trainings, reviews, goals, permits that run out."""

from datetime import timedelta

from odoo import fields
from odoo.fields import Command

# what the reviewer gave, item by item, over and over
GIVEN = "8797689789678"


def build(env, house, clocks):
    """Said by the people who say it; what the calendar would do by itself is done once."""
    officer, manager = house.as_user("officer", 1), house.as_user("manager", 1)
    technicians = house.technicians(1)
    build_trainings(env, officer, manager, technicians)
    build_reviews(env, house, officer, manager)
    build_goals(env, house, manager)
    build_answers(env, house, clocks)
    # the demo's calls last as long as the program took to make them
    calls = env["service.call"].search([("direction", "=", "in"), ("duration", "<", 5)])
    for number, call in enumerate(calls):
        call.duration = (140, 35, 260, 95, 180)[number % 5]
    for employee, level in zip(technicians, "53421", strict=False):
        employee.service_level = level
    build_merits(env, house, officer, manager)
    # the nightly jobs, so that what they find is there on the first day
    env["service.permit.notice"]._cron_warn()
    env["service.review"]._cron_plan()
    # the nightly job sends it once the server runs: a page is printed through it
    manager["service.difficulty.report"].create(
        {
            "company_id": house.company[1].id,
            "note": "Three gearboxes of the same series: I have asked the maker for a bulletin.",
        }
    )


def build_trainings(env, officer, manager, technicians):
    now = fields.Datetime.now()
    course = env.ref("service_rating.course_permit")
    session = manager["service.training"].create(
        {
            "course_id": course.id,
            "start": now - timedelta(days=40),
            "hours": course.hours,
            "attendance_ids": [
                Command.create({"employee_id": employee.id}) for employee in technicians
            ],
        }
    )
    session.action_held()
    for number, row in enumerate(session.attendance_ids):
        row.write(
            {
                "theory": 70 + number * 7 % 30,
                "practice": 75 + number * 11 % 25,
                "result": "passed",
            }
        )
    manager["service.training"].create(
        {
            "course_id": env.ref("service_rating.course_customers").id,
            "start": now + timedelta(days=9),
            "hours": 2,
            "form": "practice",
            "attendance_ids": [
                Command.create({"partner_id": partner.id})
                for partner in env["service.order"].search([], limit=6, order="id").contact_id[:4]
            ],
        }
    )
    officer["service.course"].browse(
        env.ref("service_rating.course_standards").ids
    ).action_give_to_read()


def fill(review, shift=0):
    for number, line in enumerate(review.line_ids):
        given = GIVEN[(number + shift) % len(GIVEN)]
        line.write(
            {
                "yes_no": {"yes_no": "no" if (number + shift) % 6 == 5 else "yes"},
                "score": {"score": given},
                "gap": {"expected": "8", "perceived": given},
                "text": {"note": "Nothing unusual."},
            }[line.answer]
        )


def build_reviews(env, house, officer, manager):
    today = fields.Date.today()
    staff = env["hr.employee"].search(
        [
            ("user_id.login", "in", ("advisor", "receptionist", "hotline")),
            ("company_id", "=", house.company[1].id),
        ]
    )
    customers = env["service.order"].search([("state", "=", "delivered")], limit=40).contact_id
    planned = [
        (code, employee, months, shift)
        for shift, (code, months) in enumerate(
            (("call", 0), ("call", 1), ("call", 2), ("quality", 1), ("values", 1))
        )
        for employee in staff
    ]
    for code, employee, months, shift in planned:
        review = officer["service.review"].create(
            {
                "template_id": env.ref(f"service_rating.review_{code}").id,
                "employee_id": employee.id,
                "date": fields.Date.subtract(today, months=months, days=shift),
                "conclusions": "Talked over with the colleague.",
            }
        )
        fill(review, shift + employee.id)
        review.action_done()
    for shift, partner in enumerate(customers[:8]):
        review = officer["service.review"].create(
            {
                "template_id": env.ref("service_rating.review_expectation").id,
                "partner_id": partner.id,
                "date": fields.Date.subtract(today, days=shift * 6),
            }
        )
        fill(review, shift)
        review.action_done()
    visit = officer["service.review"].create(
        {
            "template_id": env.ref("service_rating.review_shopper").id,
            "employee_id": staff[:1].id,
            "date": fields.Date.subtract(today, days=12),
            "scenario": "A hurried customer who has read on the internet what the repair may "
            "cost. Asks three times for a discount, then wants to speak to the boss.",
            "conclusions": "Friendly to the end, but gives the price before he has seen the car.",
        }
    )
    fill(visit, 3)
    visit.action_done()
    officer["service.review"].create(
        {
            "template_id": env.ref("service_rating.review_call").id,
            "employee_id": staff[-1:].id,
            "transcript": "Good morning, Northgate Motors Riverside. ...",
        }
    )
    manager["service.review"]._ask_staff(
        env.ref("service_rating.review_staff"), staff, fields.Date.add(today, days=7)
    )


def build_goals(env, house, manager):
    today = fields.Date.today()
    for months, rings, owner in ((0, 91.0, 88.0), (1, 87.0, 84.0), (2, 82.0, 85.0)):
        for code, value in (("rings", rings), ("same_day", owner)):
            manager["service.goal.result"].create(
                {
                    "goal_id": env.ref(f"service_rating.goal_{code}").id,
                    "date": fields.Date.subtract(today, months=months),
                    "value": value,
                    "company_id": house.company[1].id,
                }
            )


def build_merits(env, house, officer, manager):
    today = fields.Date.today()
    technicians = house.technicians(1)
    for kind, employee, reason, points, days in (
        (
            "commendation",
            technicians[0],
            "Stayed until nine so that a family could drive home",
            0,
            6,
        ),
        ("commendation", technicians[1], "Found the rattle that two others had not", 2, 35),
        ("sanction", technicians[-1], "Drove a customer's car to the canteen", 3, 35),
    ):
        merit = officer["service.merit"].create(
            {
                "kind": kind,
                "employee_id": employee.id,
                "date": fields.Date.subtract(today, days=days),
                "reason": reason,
                "points": points,
            }
        )
        merit.with_env(manager).action_confirm()
    officer["service.merit"].create(
        {
            "employee_id": technicians[0].id,
            "date": today,
            "reason": "A customer wrote to praise him by name",
        }
    )


def build_answers(env, house, clocks):
    """Every second customer said on the phone how content he was and how easy it had been."""
    orders = env["service.order"].search([("state", "=", "delivered")], order="delivered_date, id")
    for number, order in enumerate(orders[::2]):
        branch = next(key for key, one in house.company.items() if one == order.company_id)
        given = {"csat": "5434525"[number % 7], "ces": "6757647"[number % 7]}
        if number % 3 == 0:
            given["nps"] = ("9", "10", "8", "6", "10")[number // 3 % 5]
        with clocks[branch].at(order.delivered_date):
            env["service.rating.answer"]._record(
                {name: int(value) for name, value in given.items()},
                order,
                order.contact_id or order.partner_id,
                "phone",
            )
