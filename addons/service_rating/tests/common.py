from contextlib import contextmanager
from datetime import date, datetime, timedelta
from itertools import count

from odoo import fields
from odoo.exceptions import UserError
from odoo.tests import new_test_user
from odoo.tools import SQL

from odoo.addons.service_core.tests.common import ServiceCommon, ServiceFactory

# A month that is over, whatever day the tests run on.
MONTH = date(2026, 3, 1)
IN_MONTH = datetime(2026, 3, 10, 12, 0)


class RatingFactory(ServiceFactory):
    """People of the department, ratings and months on top of the workshop's factories."""

    _hours = count()

    @classmethod
    def setup_rating(cls):
        cls.company.partner_id.tz = "UTC"
        cls.policy = cls.env.ref("service_rating.service_performance_policy_default")
        officer = "service_rating.group_performance_officer"
        cls.user_officer, cls.user_officer_2, cls.user_technical_manager, cls.user_hr = (
            cls.make_users(
                {
                    "officer": officer,
                    "officer_2": officer,
                    "technical_manager": "service_rating.group_technical_manager",
                    "hr": "hr.group_hr_manager,payroll.group_payroll_manager",
                }
            )
        )
        cls.advisor = cls.env["hr.employee"].create(
            {"name": "Advisor", "user_id": cls.user_advisor.id, "company_id": cls.company.id}
        )
        cls.technician_2 = cls.make_technician(name="Second Technician")
        cls.customer.email = "ada@customer.example.com"

    @classmethod
    def make_worked_order(cls, hours=None, **values):
        """An order with one job and the hours each technician was clocked on it."""
        order = cls.make_order(jobs=[{}], **values)
        job = order.job_ids
        for employee, duration in (hours or {cls.technician: 1.0}).items():
            cls.clock(job, employee, duration)
        return order

    @classmethod
    def clock(cls, job, employee, hours):
        """A closed clocking; each call takes its own day, so that nothing overlaps."""
        start = datetime(2024, 1, 1, 6, 0) + timedelta(days=next(cls._hours))
        return cls.env["service.clocking"].create(
            {
                "job_id": job.id,
                "employee_id": employee.id,
                "start": start,
                "stop": start + timedelta(hours=hours),
            }
        )

    @classmethod
    def make_rating(cls, order=None, **values):
        """An open link, as delivery makes it."""
        order = order or cls.make_worked_order()
        return cls.env["service.rating"].create(
            {
                "order_id": order.id,
                "company_id": order.company_id.id,
                "partner_id": order.contact_id.id,
                "expires_at": fields.Datetime.now() + timedelta(days=30),
                **values,
            }
        )

    @classmethod
    def vote(cls, rating, technical=100, attitude=100, at=IN_MONTH, comment=None):
        """The customer's vote, stored at ``at``."""
        assert rating._submit(technical, attitude, comment, "origin")
        cls.move_vote(rating, at)
        return rating

    @classmethod
    def move_vote(cls, rating, at):
        """Put a vote into another time, which no code of ours can."""
        cls.env.flush_all()
        cls.env.cr.execute(
            "UPDATE service_rating SET submitted_at = %s WHERE id = %s", (at, rating.id)
        )
        rating.invalidate_recordset()

    @classmethod
    def vote_all(cls, votes, month, people):
        """Write generated votes straight into the database, in their month."""
        at = datetime.combine(month, datetime.min.time()) + timedelta(days=3)
        sale, ratings = cls.env["sale.order"].create({"partner_id": cls.customer.id}), {}
        for rating in {rating for rating, *_rest in votes}:
            values = {
                dimension: value for number, dimension, _weights, value in votes if number == rating
            }
            # raw SQL: a vote's time and its credit cannot be chosen otherwise
            [(ratings[rating],)] = cls.env.execute_query(
                SQL(
                    """
                    INSERT INTO service_rating (company_id, partner_id, project_group, state,
                        expires_at, submitted_at, sale_order_id, technical_score, attitude_score)
                    VALUES (%s, %s, 'aftersales', 'submitted', %s, %s, %s, %s, %s) RETURNING id
                    """,
                    *(cls.company.id, cls.customer.id, at, at + timedelta(hours=rating)),
                    *(sale.id, values["technical"], values["attitude"]),
                )
            )
        for rating, dimension, weights, _value in votes:
            for person, weight in weights.items():
                cls.env.cr.execute(
                    SQL(
                        "INSERT INTO service_rating_share "
                        "(rating_id, employee_id, dimension, weight) VALUES (%s, %s, %s, %s)",
                        *(ratings[rating], people[person].id, dimension, weight),
                    )
                )

    @classmethod
    def make_month(cls, employee=None, month=MONTH, **values):
        return cls.env["service.performance"].create(
            {
                "employee_id": (employee or cls.technician).id,
                "company_id": cls.company.id,
                "month": month,
                **values,
            }
        )

    @classmethod
    def close_month(cls, months, state="locked"):
        """Compute, check and lock by different people."""
        months.with_user(cls.user_officer).action_compute()
        if state in ("checked", "locked"):
            months.with_user(cls.user_officer).action_check()
        if state == "locked":
            months.with_user(cls.user_officer_2).action_lock()
        return months

    @classmethod
    def pay_employee(cls, employee, base=1000.0, wage=3000.0, start=date(2025, 1, 1)):
        """A contract with performance pay under our own structure."""
        employee.version_id.write(
            {
                "date_version": start,
                "contract_date_start": start,
                "wage": wage,
                "struct_id": employee.company_id._service_payroll_structure().id,
                "service_performance_base": base,
            }
        )
        return employee.version_id

    @contextmanager
    def assertRefused(self, sentence=""):
        """Refused with this sentence, and the database as before."""
        with self.assertRaises(UserError) as caught:
            yield
        if sentence:
            self.assertRegex(str(caught.exception), sentence)

    @classmethod
    def make_portal_user(cls):
        return new_test_user(cls.env, login="test_portal", groups="base.group_portal")


class RatingCommon(RatingFactory, ServiceCommon):
    """Base of the transaction tests of this addon."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.setup_rating()
