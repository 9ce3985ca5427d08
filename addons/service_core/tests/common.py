"""Factories for the tests of all four addons: people, cars, parts and orders, made by the verbs.

Nothing here reads demo data. The clock is the test's own: freeze it with ``freeze_time`` where
a day matters.
"""

from datetime import datetime, time, timedelta

import pytz

from odoo import fields
from odoo.fields import Command
from odoo.tests import TransactionCase

ROLES = (
    "receptionist",
    "advisor",
    "technician",
    "team_leader",
    "inspector",
    "parts",
    "cashier",
    "manager",
)

# 1 x 1 transparent PNG
SIGNATURE = (
    "iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mNkYPhfDwAChwGA60e6kgAAAABJRU5ErkJg"
    "gg=="
)

# The main road, in order: state -> what brings an order from the one before it.
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


class ServiceFactory:
    """Class methods that make things; mixed into transaction and HTTP cases alike."""

    @classmethod
    def setup_service(cls):
        """A branch with accounts, a warehouse, one person per role, a vendor and parts."""
        cls.env = cls.env(context={**cls.env.context, "tracking_disable": True})
        cls.company = cls.env.company
        if not cls.company.chart_template:
            cls.env["account.chart.template"].try_loading("generic_coa", cls.company, False)
        cls.company.service_buffer_percent = 0
        cls.company.service_parallel_receptions = 20
        cls.warehouse = cls.env["stock.warehouse"].search(
            [("company_id", "=", cls.company.id)], limit=1
        )
        users = cls.make_users({role: f"service_core.group_service_{role}" for role in ROLES})
        for role, user in zip(ROLES, users, strict=True):
            setattr(cls, f"user_{role}", user)
        cls.technician = cls.make_technician(user=cls.user_technician)
        cls.vendor = cls.env["res.partner"].create({"name": "Parts Vendor", "is_company": True})
        cls.oem = cls.env["res.partner"].create({"name": "Car Maker", "is_company": True})
        cls.brand = cls.env["service.vehicle.brand"].create(
            {"name": "Test Brand", "partner_id": cls.oem.id}
        )
        cls.model = cls.env["service.vehicle.model"].create(
            {"name": "Test Model", "brand_id": cls.brand.id}
        )
        cls.customer = cls.make_customer()
        cls.part = cls.make_part("Brake Pads", price=80, stock=100)
        cls.scarce_part = cls.make_part("Steering Rack", price=400, stock=0)
        cls.operation = cls.env["service.operation"].create(
            {"code": "T-BRK", "name": "Replace brake pads", "standard_hours": 1.5}
        )
        cls.kind_express = cls.env.ref("service_core.service_order_kind_express")
        cls.kind_maintenance = cls.env.ref("service_core.service_order_kind_maintenance")
        cls.kind_repair = cls.env.ref("service_core.service_order_kind_repair")

    # === PEOPLE === #

    @classmethod
    def make_users(cls, groups_of, **values):
        """Internal users of the branch with exactly these groups, in one go and uninvited.

        :param dict groups_of: login without its prefix -> the groups' external ids, comma separated
        """
        company = values.pop("company_id", cls.company.id)
        return (
            cls.env["res.users"]
            .with_context(no_reset_password=True)
            .create(
                [
                    {
                        "name": f"test_{login} ({groups})",
                        "login": f"test_{login}",
                        "password": f"test_{login}",
                        "email": "t.t@example.com",
                        "group_ids": [
                            Command.set(
                                [
                                    cls.env.ref(group.strip()).id
                                    for group in ("base.group_user", *groups.split(","))
                                ]
                            )
                        ],
                        "company_id": company,
                        "company_ids": [Command.link(company)],
                        **values,
                    }
                    for login, groups in groups_of.items()
                ]
            )
        )

    @classmethod
    def make_user(cls, login, groups, **values):
        """One internal user of the branch with exactly these groups."""
        return cls.make_users({login: groups}, **values)

    @classmethod
    def make_technician(cls, user=None, permit=True, name=None, **values):
        """An employee who works on cars, with a permit from last year unless told otherwise."""
        employee = cls.env["hr.employee"].create(
            {
                "name": name or (user.name if user else "Technician"),
                "user_id": user.id if user else False,
                "service_technician": True,
                "company_id": cls.company.id,
                **values,
            }
        )
        if permit:
            cls.give_permit(employee)
        return employee

    @classmethod
    def give_permit(cls, employee, valid_from=None, valid_to=False, skill=None):
        """Certify ``employee``; by default for good, from a year ago."""
        today = fields.Date.today()
        return cls.env["hr.employee.skill"].create(
            {
                "employee_id": employee.id,
                "skill_type_id": cls.env.ref("service_core.skill_type_service").id,
                "skill_id": (skill or cls.env.ref("service_core.skill_work_permit")).id,
                "skill_level_id": cls.env.ref("service_core.skill_level_service_valid").id,
                "valid_from": valid_from or today - timedelta(days=365),
                "valid_to": valid_to,
            }
        )

    @classmethod
    def make_customer(cls, **values):
        return cls.env["res.partner"].create(
            {"name": "Ada Owner", "phone": "+1 555 0100", **values}
        )

    # === THINGS === #

    @classmethod
    def make_part(cls, name, price=10.0, stock=0.0, vendor=True, **values):
        """A storable part, sold at ``price``, bought from the vendor, ``stock`` on hand."""
        part = cls.env["product.product"].create(
            {
                "name": name,
                "type": "consu",
                "is_storable": True,
                "list_price": price,
                "standard_price": price / 2,
                "taxes_id": [Command.clear()],
                "supplier_taxes_id": [Command.clear()],
                "seller_ids": [
                    Command.create({"partner_id": cls.vendor.id, "price": price / 2, "delay": 3})
                ]
                if vendor
                else [],
                **values,
            }
        )
        if stock:
            cls.stock_up(part, stock)
        return part

    @classmethod
    def stock_up(cls, part, quantity, warehouse=None):
        cls.env["stock.quant"]._update_available_quantity(
            part, (warehouse or cls.warehouse).lot_stock_id, quantity
        )

    @classmethod
    def make_vehicle(cls, plate=None, owner=None, **values):
        """A car of the test brand; every call makes another plate."""
        cls._plate_number = getattr(cls, "_plate_number", 1000) + 1
        return cls.env["service.vehicle"].create(
            {
                "license_plate": plate or f"TST {cls._plate_number}",
                "model_id": cls.model.id,
                "owner_id": (owner or cls.customer).id,
                **values,
            }
        )

    # === ORDERS === #

    @classmethod
    def next_workday(cls, days=1, hour=9):
        """The morning ``days`` weekdays from today, in the branch's own time, as naive UTC."""
        tz = cls.company._service_tz()
        day = fields.Datetime.now().date()
        for _step in range(days):
            day += timedelta(days=1)
            while day.weekday() > 4:
                day += timedelta(days=1)
        local = tz.localize(datetime.combine(day, time(hour)))
        return local.astimezone(pytz.utc).replace(tzinfo=None)

    @classmethod
    def make_order(cls, state="draft", jobs=None, **values):
        """An order brought to ``state`` by saying the verbs as the people who say them.

        :param list jobs: dicts for ``service.order.job``; ``parts`` in it is a list of
            ``(product, quantity)``. Default: one brake job with one part in stock.
        """
        now = fields.Datetime.now()
        # one technician works eight hours: a few orders a day
        cls._order_count = getattr(cls, "_order_count", 0) + 1
        start = cls.next_workday(days=1 + cls._order_count // 4)
        values = {
            "kind_id": cls.kind_maintenance.id,
            "vehicle_id": values.pop("vehicle_id", None) or cls.make_vehicle().id,
            "company_id": cls.company.id,
            "advisor_id": cls.user_advisor.id,
            "planned_start": start,
            "departure_time": start - timedelta(hours=1),
            "eta": start,
            "booking_confirmed": True,
            "booking_odometer": 42000,
            "last_service_date": start.date() - timedelta(days=300),
            "odometer": 42000,
            "licence_custody": "taken",
            "manual_custody": "taken",
            "payment_method": "cash",
            "invoice_read_back": True,
            "promised_date": max(start, now) + timedelta(hours=8),
            **values,
        }
        order = cls.env["service.order"].create(values)
        for job_values in jobs if jobs is not None else [{"parts": [(cls.part, 1)]}]:
            cls.make_job(order, **job_values)
        cls.drive(order, state)
        return order

    @classmethod
    def make_job(cls, order, parts=(), **values):
        """A job read back, with a cause, the test operation and its parts."""
        job = cls.env["service.order.job"].create(
            {
                "order_id": order.id,
                "customer_words": "It squeaks when I brake",
                "is_read_back": True,
                "cause": "Worn pads",
                "operation_id": cls.operation.id,
                **values,
            }
        )
        cls.env["service.order.line"].create(
            [
                {"job_id": job.id, "product_id": product.id, "product_uom_qty": quantity}
                for product, quantity in parts
            ]
        )
        return job

    @classmethod
    def drive(cls, order, state):
        """Say the verbs of the main road until ``order`` is in ``state``."""
        road = [step for step in ROAD if step != "diagnosed" or order.kind_id.needs_diagnosis]
        goal = road.index(state)
        while road.index(order.state) < goal:
            before = order.state
            getattr(cls, f"_drive_{before}")(order)
            assert order.state != before, f"stuck in {before}"
            if order.state not in road:  # nothing to wash
                break
            if order.state == "ready" and state == "washing":
                break
        if order.state == "ready":
            cls.tick_lists(order)

    @classmethod
    def tick_lists(cls, order):
        """The lists that stand before settlement and delivery, as the advisor ticks them."""
        for code in ("delivery_data", "delivery_pre", "departure"):
            order.with_user(cls.user_advisor)._tick(code)

    @classmethod
    def _drive_draft(cls, order):
        if order.planned_start:
            order.with_user(cls.user_receptionist).action_book()
        else:
            order.with_user(cls.user_advisor).action_receive()

    @classmethod
    def _drive_booked(cls, order):
        order.with_user(cls.user_advisor).action_receive()

    @classmethod
    def _drive_received(cls, order):
        if order.kind_id.needs_diagnosis:
            order.with_user(cls.user_technician).action_diagnose()
        else:
            order.with_user(cls.user_advisor).action_quote()

    @classmethod
    def _drive_diagnosed(cls, order):
        order.with_user(cls.user_advisor).action_quote()

    @classmethod
    def _drive_quoted(cls, order):
        long_jobs = order.filtered("is_long_job")
        if long_jobs:
            long_jobs.with_user(cls.user_advisor).action_tell_long_job()
        cls.approve(order)
        order.with_user(cls.user_advisor).action_agree()

    @classmethod
    def approve(cls, order, answer="approved", channel="signature"):
        """Every open round of the order gets the same answer for all its jobs."""
        for approval in order.approval_ids.filtered(lambda a: a.state == "asked"):
            approval.with_user(cls.user_advisor)._answer(
                dict.fromkeys(approval.job_ids.ids, answer),
                channel,
                order.contact_id.name or "Ada Owner",
                SIGNATURE if channel == "signature" else False,
            )

    @classmethod
    def _drive_agreed(cls, order):
        order.with_user(cls.user_team_leader).action_start()

    @classmethod
    def _drive_in_repair(cls, order):
        order.with_user(cls.user_parts).action_issue_parts()
        order.with_user(cls.user_team_leader).action_finish()

    @classmethod
    def _drive_in_inspection(cls, order):
        signers = {
            "technician": cls.user_technician,
            "team_leader": cls.user_team_leader,
            "inspector": cls.user_inspector,
            "advisor": cls.user_advisor,
        }
        while order.state == "in_inspection":
            order.with_user(signers[order._next_level()]).action_pass()

    @classmethod
    def _drive_washing(cls, order):
        order.no_metal = True
        order.with_user(cls.user_receptionist).action_wash_done()

    @classmethod
    def _drive_ready(cls, order):
        cls.tick_lists(order)
        order.with_user(cls.user_cashier)._sign_settlement("Ada Owner", SIGNATURE)
        order.with_user(cls.user_cashier).action_settle()

    @classmethod
    def _drive_settled(cls, order):
        cls.pay(order)
        order.custody_returned = True
        order.with_user(cls.user_advisor).action_deliver()
        # the scheduled job that the delivery wakes
        order.sudo()._run_aftercare()

    @classmethod
    def pay(cls, order):
        """Register the payment of every open bill of the order."""
        for invoice in order.invoice_ids.filtered(
            lambda move: (
                move.state == "posted"
                and move.move_type == "out_invoice"
                and move.payment_state == "not_paid"
            )
        ):
            cls.env["account.payment.register"].with_context(
                active_model="account.move", active_ids=invoice.ids
            ).create({}).action_create_payments()


class ServiceCommon(ServiceFactory, TransactionCase):
    """Base of the transaction tests of all four addons."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.setup_service()
