"""What stands beside the visits: rush hours, menus, fleets, findings, questions, agreements, deposits."""

import base64
import io
from datetime import timedelta

from PIL import Image, ImageDraw

from odoo import fields
from odoo.fields import Command

from . import tables


def sketch(color):
    """A wheel with the place marked, as the technician would take a picture of it."""
    image = Image.new("RGB", (480, 320), "#d8dbe0")
    draw = ImageDraw.Draw(image)
    for radius, shade in ((140, "#2b2b2e"), (100, "#8d9299"), (88, "#b9bec5"), (26, "#55585e")):
        draw.ellipse((240 - radius, 160 - radius, 240 + radius, 160 + radius), fill=shade)
    for x, y in ((240, 110), (287, 145), (269, 200), (211, 200), (193, 145)):
        draw.ellipse((x - 7, y - 7, x + 7, y + 7), fill="#3c3f44")
    mark = {"red": "#d62828", "yellow": "#f0a500"}[color]
    draw.ellipse((310, 40, 390, 120), outline=mark, width=8)
    stream = io.BytesIO()
    image.save(stream, "PNG")
    return base64.b64encode(stream.getvalue())


def build_rules(env, house):
    """What the house has decided before the first customer comes."""
    env["service.rush.hour"].create(
        [
            {
                "company_id": company.id,
                "dayofweek": str(day),
                "hour_from": begin,
                "hour_to": end,
            }
            for company in house.company.values()
            for day in range(5)
            for begin, end in ((8.0, 9.0), (17.0, 18.5))
        ]
    )
    for code, (months, km) in tables.INTERVALS.items():
        house.operation(code).write({"interval_months": months, "interval_km": km})
    points = env["service.health.point"]
    for name, code in tables.POINTS.items():
        points.search([("name", "=", name)]).operation_id = house.operation(code)
    env["service.menu"].create(
        [
            {
                "code": code,
                "name": name,
                "price_mode": "fixed" if price else "sum",
                "fixed_price": price,
                "line_ids": [
                    *(Command.create({"operation_id": house.operation(o).id}) for o in operations),
                    *(
                        Command.create({"product_id": house.part(part).id, "quantity": pieces})
                        for part, pieces in parts
                    ),
                ],
            }
            for code, name, price, operations, parts in tables.MENUS
        ]
    )
    firms = [name for name, *_rest in tables.FIRMS]
    env["res.partner"].search([("name", "in", firms), ("is_company", "=", True)]).write(
        {
            "service_collective": True,
            "property_payment_term_id": env.ref("account.account_payment_term_30days").id,
        }
    )


def build_rooms(env, house):
    """Said by the people of the house about the cars that stand there today."""
    orders = env["service.order"].search([("company_id", "=", house.company[1].id)], order="id")
    open_ones = {
        state: orders.filtered(lambda order, state=state: order.state == state)
        for state in ("booked", "diagnosed", "quoted", "agreed", "in_repair", "ready", "settled")
    }
    _menu(house, open_ones["diagnosed"][:1])
    calm = open_ones["in_repair"].filtered(lambda order: not order.waiting_for)
    _findings(house, calm.filtered(lambda order: order.kind_id.code == "maintenance")[:1])
    _questions(env, house, orders)
    _agreements(house, open_ones)
    _desk(env, house, open_ones)
    _pickups(house, orders, open_ones)
    _deposit(house, open_ones["agreed"].filtered(lambda order: order.waiting_for == "parts")[:1])
    # whoever has the way by now has his place, too
    env["service.order"].search([("state", "=", "booked")])._reserve_parking()
    home = orders.filtered(lambda order: order.state == "delivered" and not order.is_stopped)
    home[-1:].with_env(house.as_user("receptionist", 1)).action_come_back()


def _menu(house, order):
    advisor = house.as_user("advisor", 1, service_order_id=order.id)
    advisor["service.menu"].search([("code", "=", tables.MENUS[0][0])]).action_add()


def _findings(house, order):
    """The list filled in at the car: red is asked for at once, yellow proposed for later."""
    for one in order.with_env(house.as_user("technician", 1)):
        one.action_vehicle_check()
        one.finding_ids.write({"color": "green"})
        for name, color, note in tables.FINDINGS:
            finding = one.finding_ids.filtered(lambda found, name=name: found.name == name)
            finding.write({"color": color, "note": note, "photo": sketch(color)})
    for one in order.with_env(house.as_user("advisor", 1)):
        one.action_findings_to_jobs()
        one.action_ask()


def _questions(env, house, orders):
    """The counter's telephone: quick answers, a late one, one that went elsewhere, one open."""
    now = fields.Datetime.now()
    for words, code, answer, hours, minutes in tables.QUESTIONS:
        asked = now - timedelta(hours=hours)
        order = orders[-1 - hours % 7]
        # as superuser: a past question keeps its time, the clock is the server's for everybody else
        question = env["service.part.question"].create(
            {
                "name": words,
                "product_id": house.part(code).id,
                "partner_id": order.partner_id.id,
                "company_id": house.company[1].id,
                "asked_at": asked,
                "answer": answer,
            }
        )
        clerk = question.with_env(house.as_user("parts", 1))
        if answer:
            clerk.action_answer()
            _answered(env, question, asked + timedelta(minutes=minutes))
        elif minutes:
            clerk.action_lost_time()
            _answered(env, question, asked + timedelta(minutes=minutes))


def _answered(env, question, at):
    """The past answer and its clock tell the same time."""
    question.answered_at = at
    env["service.deadline"].search(
        [("res_model", "=", question._name), ("res_id", "=", question.id)]
    ).write({"met_at": at, "state": "missed" if question.is_late else "met"})


def _agreements(house, open_ones):
    """What was said beside the work."""
    promises = house.as_user("advisor", 1)["service.promise"]
    cars = open_ones["in_repair"] | open_ones["quoted"] | open_ones["ready"]
    due = fields.Datetime.now() + timedelta(hours=5)
    made = promises.create(
        [
            {"order_id": order.id, "text": words, "due": due + timedelta(hours=number)}
            for number, (order, words) in enumerate(zip(cars, tables.PROMISES, strict=False))
        ]
    )
    made[:2].action_keep()
    made[2:3].action_break()


def _desk(env, house, open_ones):
    """What the desk does beside the visits: a price by telephone, kept hours, an offer, the signs."""
    desk, advisor = house.as_user("receptionist", 1), house.as_user("advisor", 1)
    asked = open_ones["booked"].filtered(
        lambda order: order._is_phone_estimate() and order.line_ids
    )[:1]
    if asked:
        asked.with_env(advisor)._give_phone_estimate()
        asked.with_env(desk).write(
            {
                "extra_needs": "A child seat in the loan car",
                "possible_situations": "If the part is not in stock the car stays one night",
                "advice_given": "Drive no long way until the brakes are looked at",
                "booking_explained": True,
            }
        )
    trainee = env["hr.employee"].create(
        {"name": "Eoin Nolan", "company_id": house.company[1].id, "job_title": "Trainee"}
    )
    advisor["service.capacity.reserve"].create(
        {
            "name": "First clutch of a trainee",
            "company_id": house.company[1].id,
            "date": fields.Date.today() + timedelta(days=7),
            "hours": 3,
            "employee_id": trainee.id,
        }
    )
    waiting = open_ones["in_repair"][:1]
    if waiting:
        waiting.with_env(desk)._offer("Winter tyres on steel wheels", "Asked for a price by Friday")
    signs = env["service.site.check"].create(
        {
            "name": "Signs that guide customers",
            "company_id": house.company[1].id,
            "user_id": desk.uid,
            "line_ids": [
                Command.create({"name": name, "result": result, "note": note})
                for name, result, note in (
                    ("From the road to the gate", "fine", False),
                    ("Customer parking", "defect", "The sign of P3 is gone"),
                    ("From the parking to the desk", "fine", False),
                )
            ],
        }
    )
    signs.with_env(desk).action_checked()


def _pickups(house, orders, open_ones):
    """Who waits, who left, when they come; a doubt and a drive before the signature."""
    desk = house.as_user("receptionist", 1)
    advisor = house.as_user("advisor", 1)
    washing = orders.filtered(lambda order: order.state == "washing").with_env(desk)
    washing.write({"washer_id": desk.uid})
    washing.action_lounge()
    left = orders.filtered(lambda order: order.state == "in_inspection")[:1].with_env(desk)
    left.write({"mobile_today": left.contact_phone or "+353 85 020 4417", "transport": "public"})
    left.action_left()
    for order in (open_ones["ready"] | open_ones["settled"]).with_env(desk):
        ready = max(order.promised_date, fields.Datetime.now()).replace(minute=0, second=0)
        order.pickup_at = ready.replace(microsecond=0) + timedelta(hours=2)
        order.action_pickup_told()
    for order in open_ones["ready"][:1].with_env(advisor):
        order.write({"test_drive": "done", "test_drive_result": "Quiet, straight, no vibration"})
        doubt = advisor["service.charge.doubt"].create(
            {"order_id": order.id, "question": "Why is more than an hour of labour charged?"}
        )
        doubt.answer = "Both sides are done together, the operation has its fixed time."
    open_ones["in_repair"][:1].with_env(advisor).test_drive = "needed"


def _deposit(house, order):
    """A part is ordered for this car only: the customer pays a third ahead."""
    cashier = house.as_user("cashier", 1)
    for one in order.with_env(cashier):
        bill = one._take_deposit(round(one.sudo().amount_quoted / 3, -1))
        cashier["account.payment.register"].with_context(
            active_model="account.move", active_ids=bill.ids
        ).create({}).action_create_payments()
