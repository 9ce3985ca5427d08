"""The demo dealership: a house with two branches, made before anybody comes to work."""

import base64
import io
import logging
import math
import random
from datetime import timedelta

from PIL import Image, ImageDraw

from odoo import fields
from odoo.fields import Command
from odoo.tools import file_open

from ..rules import vin as vin_rule
from . import tables

_logger = logging.getLogger(__name__)

HOUSE = "Northgate Motors"
BRANCHES = {1: "Northgate Motors Riverside", 2: "Northgate Motors Hillside"}
ADDRESSES = {
    1: ("1 Riverside Retail Park", "Dublin", "D04 X2Y8", "+353 20 911 0100"),
    2: ("90 Hillside Avenue", "Bray", "A98 K7T2", "+353 20 911 0200"),
}
TIME_ZONE = "Europe/Dublin"


def is_wanted(env, module):
    """Whether ``module`` was installed with its demo data."""
    # sudo: hooks run as the system anyway
    return env["ir.module.module"].sudo().search([("name", "=", module)]).demo


def signature(name):
    """A drawn signature, another one for every name, as the status page would send it."""
    rng = random.Random(name)
    image = Image.new("RGBA", (320, 90), (255, 255, 255, 0))
    draw = ImageDraw.Draw(image)
    points = []
    height, speed = rng.uniform(14, 26), rng.uniform(0.10, 0.16)
    for x in range(14, 290, 3):
        fade = 1 - x / 420
        y = 48 + height * fade * math.sin(x * speed) + rng.uniform(-3, 3)
        points.append((x + 7 * math.sin(x * speed * 1.7), y))
    draw.line(points, fill=(20, 30, 90, 255), width=3, joint="curve")
    draw.line([(20, 74), (rng.randint(200, 300), 66)], fill=(20, 30, 90, 255), width=2)
    stream = io.BytesIO()
    image.save(stream, "PNG")
    return base64.b64encode(stream.getvalue())


class House:
    """Finds what was built, and speaks as its people."""

    def __init__(self, env):
        self.env = env
        self.company = {
            number: env["res.company"].search([("name", "=", name)], limit=1)
            for number, name in BRANCHES.items()
        }
        self._users = {}
        self._found = {}
        self._technicians = {}

    def user(self, login):
        if login not in self._users:
            self._users[login] = self.env["res.users"].search([("login", "=", login)], limit=1)
        return self._users[login]

    def _find(self, model, field, value):
        key = (model, value)
        if key not in self._found:
            self._found[key] = self.env[model].search([(field, "=", value)], limit=1)
        return self._found[key]

    def operation(self, code):
        return self._find("service.operation", "code", code)

    def part(self, code):
        return self._find("product.product", "default_code", code)

    def as_user(self, login, branch=None, **context):
        """An environment of this person at work in a branch (his own by default)."""
        user = self.user(login)
        company = self.company[branch] if branch else user.company_id
        context = {
            "lang": "en_US",
            "tz": TIME_ZONE,
            "uid": user.id,
            "allowed_company_ids": company.ids,
            **context,
        }
        return self.env(user=user.id, context=context, su=False)

    def technicians(self, branch):
        if branch not in self._technicians:
            self._technicians[branch] = self.env["hr.employee"].search(
                [("service_technician", "=", True), ("company_id", "=", self.company[branch].id)],
                order="id",
            )
        return self._technicians[branch]


def build(env):
    """Everything that stands before the first customer comes; then the visits of three months."""
    from .rooms import build_rooms, build_rules
    from .visits import build_visits

    if House(env).company[1]:
        return
    env = env(context={"lang": "en_US", "tz": TIME_ZONE, "no_reset_password": True})
    _logger.info("Demo: building %s", HOUSE)
    outgoing = [("state", "=", "outgoing")]
    # the demo of others may have queued its own
    already = env["mail.mail"].search_count(outgoing)
    build_companies(env)
    house = House(env)
    build_people(env, house)
    build_catalogue(env, house)
    build_cars(env, house)
    build_rules(env, house)
    build_visits(env, house)
    build_rooms(env, house)
    close_post(env)
    unsent = env["mail.mail"].search_count(outgoing) - already
    if unsent:
        raise ValueError(f"The demo has queued {unsent} mails: nobody asked for any.")


def close_post(env):
    """What was written to customers of the past went out in the past; a new server sends none of it.

    1. A phone answer was confirmed in writing, and the queue forgets what it has sent.
    2. Who booked has the way by now; the appointments still to come stand in the list of whom
       the desk has yet to tell.
    3. Nobody of the demo leaves home: no reminder goes to an address that somebody else may own.
    """
    texts = [("state", "=", "outgoing"), ("model", "=", False)]
    env["mail.mail"].search([*texts, ("email_from", "ilike", "northgate")]).unlink()
    orders = env["service.order"]
    orders.search([("is_booking_due", "=", True)]).is_booking_due = False
    orders.search([("state", "=", "booked")]).reminder_at = fields.Datetime.now()


# === THE HOUSE === #


def build_companies(env):
    """The house, its accounts, and two branches that stand in them."""
    # a country alone must not bring its localization addon over the network of dependencies
    env = env(context={**env.context, "install_mode": True})
    house = env.ref("base.main_company")
    ireland = env.ref("base.ie")
    with file_open("service_core/demo/logo.png", "rb") as file:
        logo = base64.b64encode(file.read())
    house.write(
        {
            "name": HOUSE,
            "logo": logo,
            # nobody brings his car to the head office
            "service_book_online": False,
            "country_id": ireland.id,
            "street": "Northgate House",
            "city": "Dublin",
            "email": "office@northgate.example.com",
            "phone": "+353 20 911 0000",
        }
    )
    house.partner_id.tz = TIME_ZONE
    house.resource_calendar_id.tz = TIME_ZONE
    if not house.chart_template:
        env["account.chart.template"].try_loading("generic_coa", house, install_demo=False)
    if not house._existing_accounting():
        house.currency_id = env.ref("base.EUR")
        house.account_fiscal_country_id = ireland
        taxes = env["account.tax"].search([("company_id", "=", house.id)])
        env["account.tax.group"].search([("company_id", "=", house.id)]).country_id = ireland
        taxes.write({"country_id": ireland.id})
        # else every Irish customer would be taken for an export without tax
        env["account.fiscal.position"].search(
            [("company_id", "=", house.id), ("country_id", "!=", False)]
        ).country_id = ireland
        for tax in taxes.filtered(lambda tax: tax.amount == 15.0):
            tax.write({"amount": 23.0, "name": tax.name.replace("15%", "23%")})
    # a cashier of one branch may take payments without a foot in the head office
    chart = env["account.chart.template"].with_company(house)
    receipts = chart.ref("account_journal_payment_debit_account_id", raise_if_not_found=False)
    journals = env["account.journal"].search(
        [("company_id", "=", house.id), ("type", "in", ("bank", "cash"))]
    )
    if receipts:
        journals.inbound_payment_method_line_ids.payment_account_id = receipts
    for number, name in BRANCHES.items():
        street, city, code, phone = ADDRESSES[number]
        branch = env["res.company"].create(
            {
                "name": name,
                "parent_id": house.id,
                "logo": logo,
                "country_id": ireland.id,
                "currency_id": house.currency_id.id,
                "street": street,
                "city": city,
                "zip": code,
                "phone": phone,
                "email": f"{city.lower()}@northgate.example.com",
            }
        )
        # the branch takes over the accounts of the house before the transaction ends
        env.cr.precommit.run()
        branch.account_fiscal_country_id = house.account_fiscal_country_id
        branch.partner_id.tz = TIME_ZONE
        branch.resource_calendar_id.tz = TIME_ZONE
        branch.service_parallel_receptions = 3
        # core gives a new company its warehouse in tests only
        if not env["stock.warehouse"].search([("company_id", "=", branch.id)]):
            env["stock.warehouse"].create(
                {"name": name, "code": "RIV" if number == 1 else "HIL", "company_id": branch.id}
            )
        for code, prefix in (("service.order", "WO"), ("service.letter", "LT")):
            env["ir.sequence"].create(
                {
                    "name": f"{name}: {code}",
                    "code": code,
                    "prefix": f"{'RIV' if number == 1 else 'HIL'}/{prefix}/%(range_year)s/",
                    "padding": 4,
                    "use_date_range": True,
                    "company_id": branch.id,
                }
            )
        env["service.bay"].with_company(branch).create(
            [
                {"name": bay, "kind": kind, "company_id": branch.id, "sequence": sequence}
                for sequence, (bay, kind) in enumerate(_bays(number))
            ]
        )


def _bays(number):
    lifts = 5 if number == 1 else 2
    return [
        ("Customer Parking", "parking"),
        *((f"Customer Parking {place}", "parking") for place in (2, 3)),
        *((f"Lift {lift}", "workshop") for lift in range(1, lifts + 1)),
        ("Wheel Alignment", "workshop"),
        ("Washer", "wash"),
        ("Finished Cars", "ready"),
    ]


# === PEOPLE === #


def build_people(env, house):
    for login, (name, groups, branch) in tables.PEOPLE.items():
        groups = [f"service_core.{group}" for group in groups]
        desk = tables.DESKS.get(login.rstrip("2"), "service_order_action")
        add_user(env, house, login, name, groups, branch, f"service_core.{desk}")
    for branch, logins in ((1, tables.OFFICE), (2, tables.OFFICE_2)):
        for login in logins:
            add_employee(env, house, tables.PEOPLE[login][0], branch, login)
    today = fields.Date.today()
    permit = env.ref("service_core.skill_work_permit")
    for name, branch, login, span, certificates in tables.TECHNICIANS:
        employee = add_employee(env, house, name, branch, login, service_technician=True)
        if not span:
            continue
        begin = today + timedelta(days=span[0])
        end = span[1] and today + timedelta(days=span[1])
        for skill in [permit, *(env.ref(f"service_core.{code}") for code in certificates)]:
            env["hr.employee.skill"].create(
                {
                    "employee_id": employee.id,
                    "skill_type_id": env.ref("service_core.skill_type_service").id,
                    "skill_id": skill.id,
                    "skill_level_id": env.ref("service_core.skill_level_service_valid").id,
                    "valid_from": begin,
                    "valid_to": end,
                }
            )
    # whoever runs the demo looks into a branch, not into the empty head office
    env.ref("base.user_admin").write(
        {
            "company_ids": [Command.link(company.id) for company in house.company.values()],
            "company_id": house.company[1].id,
        }
    )


def add_user(env, house, login, name, groups, branch, desk=None):
    """A person of one branch (1, 2) or of both (0) with exactly these groups, who begins at ``desk``."""
    companies = [house.company[branch]] if branch else list(house.company.values())
    return env["res.users"].create(
        {
            "login": login,
            "password": login,
            "name": name,
            "email": f"{login}@northgate.example.com",
            "lang": "en_US",
            "tz": TIME_ZONE,
            "notification_type": "inbox",
            "action_id": env.ref(desk).id if desk else False,
            "company_id": companies[0].id,
            "company_ids": [Command.set([company.id for company in companies])],
            "group_ids": [
                Command.set([env.ref(group).id for group in ("base.group_user", *groups)])
            ],
        }
    )


def add_employee(env, house, name, branch, login=None, **values):
    company = house.company[branch]
    return (
        env["hr.employee"]
        .with_company(company)
        .create(
            {
                "name": name,
                "company_id": company.id,
                "user_id": house.user(login).id if login else False,
                "resource_calendar_id": company.resource_calendar_id.id,
                "tz": TIME_ZONE,
                **values,
            }
        )
    )


# === CATALOGUE === #


def build_catalogue(env, house):
    vendors = env["res.partner"].create(
        [
            {
                "name": name,
                "is_company": True,
                "email": f"orders@{name.split()[0].lower()}.example.com",
                "country_id": env.ref("base.ie").id,
                # one request a vendor and day, not one a car
                "group_rfq": "all",
                "buyer_id": house.user("parts").id,
            }
            for name, _delay in tables.VENDORS
        ]
    )
    category = env.ref("service_core.product_category_workshop")
    vat = env["account.tax"].search(
        [("company_id", "=", env.ref("base.main_company").id), ("type_tax_use", "=", "sale")],
        limit=1,
    )
    for code, name, price, vendor, riverside, hillside in tables.PARTS:
        part = env["product.product"].create(
            {
                "name": name,
                "default_code": code,
                "type": "consu",
                "is_storable": True,
                "categ_id": category.id,
                "list_price": price,
                "standard_price": round(price * 0.6, 2),
                "taxes_id": [Command.set(vat.ids)],
                "seller_ids": [
                    Command.create(
                        {
                            "partner_id": vendors[vendor].id,
                            "company_id": False,
                            "price": round(price * 0.6, 2),
                            "delay": tables.VENDORS[vendor][1],
                        }
                    )
                ],
            }
        )
        for company in house.company.values():
            # what a part costs is each branch's own
            part.with_company(company).standard_price = round(price * 0.6, 2)
        for number, pieces in ((1, riverside), (2, hillside)):
            warehouse = env["stock.warehouse"].search(
                [("company_id", "=", house.company[number].id)], limit=1
            )
            if pieces:
                env["stock.quant"].with_company(warehouse.company_id)._update_available_quantity(
                    part, warehouse.lot_stock_id, pieces
                )
    labour = env.ref("service_core.product_labour") | env.ref("service_core.product_diagnosis")
    labour.write({"list_price": 95.0, "taxes_id": [Command.set(vat.ids)]})
    env["service.operation"].create(
        [
            {
                "code": code,
                "name": name,
                "standard_hours": hours,
                "system_id": env.ref(f"service_core.service_vehicle_system_{system}").id,
                "required_skill_ids": [
                    Command.set([env.ref(f"service_core.{skill}").id for skill in skills])
                ],
            }
            for code, name, hours, system, skills in tables.OPERATIONS
        ]
    )
    for brand in env["service.vehicle.brand"].search([]):
        brand.partner_id = env["res.partner"].create(
            {"name": f"{brand.name} Importer", "is_company": True}
        )
    env["res.partner"].create({"name": "Shannon Insurance", "is_company": True})


# === CUSTOMERS AND CARS === #


def build_cars(env, house):
    """Forty cars by name, the last four of them the two firms' vans and cars, driven by their people; then the others."""
    rng = random.Random("cars")
    ireland = env.ref("base.ie")
    people = env["res.partner"].create(
        [
            {
                "name": name,
                "street": street,
                "city": city,
                "country_id": ireland.id,
                "phone": f"+353 20 912 {1000 + 37 * number:04d}",
                "email": f"{name.lower().replace(' ', '.').replace(chr(39), '')}@example.com",
                "lang": "en_US",
            }
            for number, (name, street, city) in enumerate(tables.CUSTOMERS)
        ]
    )
    terms = env.ref("account.account_payment_term_30days")
    firms, drivers = env["res.partner"], env["res.partner"]
    for number, (firm, driver, street, city) in enumerate(tables.FIRMS):
        firms |= env["res.partner"].create(
            {
                "name": firm,
                "is_company": True,
                "street": street,
                "city": city,
                "country_id": ireland.id,
                "phone": f"+353 20 914 {2000 + number:04d}",
                "email": f"fleet@{firm.split()[0].lower()}.example.com",
            }
        )
        for company in house.company.values():
            firms[-1].with_company(company).property_payment_term_id = terms
        drivers |= env["res.partner"].create(
            {
                "name": driver,
                "parent_id": firms[-1].id,
                "phone": f"+353 20 914 {2100 + number:04d}",
            }
        )
    vehicles = env["service.vehicle"]
    for number, (model, maker, descriptor, color) in enumerate(tables.CARS):
        firm = (number - len(tables.CARS) + 4) // 2 if number >= len(tables.CARS) - 4 else None
        age = rng.randint(90, 4200)
        registered = fields.Date.today() - timedelta(days=age)
        vehicles |= env["service.vehicle"].create(
            {
                "model_id": env.ref(f"service_core.service_vehicle_model_{model}").id,
                "vin": _vin(maker, descriptor, registered.year, rng),
                "license_plate": _plate(registered, rng),
                "country_id": ireland.id,
                "color": color,
                "first_registration": registered,
                "owner_id": (people[number % len(people)] if firm is None else firms[firm]).id,
                "driver_id": False if firm is None else drivers[firm].id,
            }
        )
        reading = int(age * rng.uniform(25, 55)) + 400
        vehicles[-1]._log_odometer(reading, read_on=fields.Datetime.now() - timedelta(days=120))
    return vehicles | build_more_cars(env)


def build_more_cars(env):
    """Customers with a car each, made together: the ones of whom nothing special is told."""
    rng = random.Random("more cars")
    ireland = env.ref("base.ie")
    # a firm's cars and the electric ones are told by name
    models = [
        car
        for car in tables.CARS[:-4]
        if env.ref(f"service_core.service_vehicle_model_{car[0]}").fuel != "electric"
    ]
    first, family = tables.FIRST_NAMES, tables.FAMILY_NAMES
    people, cars, readings = [], [], []
    plates = set()
    for number in range(tables.MORE_CARS):
        # a step that shares no divisor with the lists walks through all pairs
        name = f"{first[number % len(first)]} {family[(number * 7 + number // 20) % len(family)]}"
        people.append(
            {
                "name": name,
                "street": f"{rng.randint(1, 90)} {rng.choice(tables.STREETS)}",
                "city": rng.choice(tables.TOWNS),
                "country_id": ireland.id,
                "phone": f"+353 20 915 {1000 + 37 * number:04d}",
                "email": f"{name.lower().replace(' ', '.')}@example.com",
                "lang": "en_US",
            }
        )
        model, maker, descriptor, color = models[number % len(models)]
        age = rng.randint(130, 4200)
        registered = fields.Date.today() - timedelta(days=age)
        plate = _plate(registered, rng)
        while plate in plates:
            plate = _plate(registered, rng)
        plates.add(plate)
        cars.append(
            {
                "model_id": env.ref(f"service_core.service_vehicle_model_{model}").id,
                "vin": _vin(maker, descriptor, registered.year, rng),
                "license_plate": plate,
                "country_id": ireland.id,
                "color": color,
                "first_registration": registered,
            }
        )
        readings.append(int(age * rng.uniform(25, 55)) + 400)
    owners = env["res.partner"].create(people)
    vehicles = env["service.vehicle"].create(
        [{**car, "owner_id": owner.id} for car, owner in zip(cars, owners, strict=True)]
    )
    read_on = fields.Datetime.now() - timedelta(days=120)
    env["service.vehicle.odometer"].create(
        [
            {"vehicle_id": vehicle.id, "value": value, "read_on": read_on}
            for vehicle, value in zip(vehicles, readings, strict=True)
        ]
    )
    return vehicles


def _plate(registered, rng):
    """Irish: half-year of the first registration, county, number."""
    half = 1 if registered.month < 7 else 2
    county = rng.choice(["D", "D", "D", "WW", "KE", "MH", "LH"])
    return f"{registered.year % 100}{half}-{county}-{rng.randint(1000, 48000)}"


def _vin(maker, descriptor, year, rng):
    letter = tables.VIN_YEARS[(year - 1980) % 30]
    tail = f"{rng.choice('ABCDEFGHJKLM')}{rng.randint(1, 999999):06d}"
    vin = f"{maker}{descriptor}0{letter}{tail}"
    return vin[:8] + vin_rule.check_digit(vin) + vin[9:]
