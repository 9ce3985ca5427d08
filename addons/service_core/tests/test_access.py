from odoo.exceptions import AccessError
from odoo.tests import tagged

from .common import ROLES, ServiceCommon

OPERATIONS = ("read", "write", "create", "unlink")
WHO = ("portal", "plain", *ROLES)
SERVICE = ROLES
NOTHING, READ, ADD, CHANGE, KEEP, ALL = "----", "r---", "r-c-", "rw--", "rwc-", "rwcu"


def rights(**special):
    """Everybody of the service reads; who is named has what is said."""
    return {**dict.fromkeys(SERVICE, READ), **special}


CATALOGUE = rights(manager=ALL)
# a receptionist's rights are the advisor's, too; the manager has everybody's
TABLE = {
    "service.transition": rights(),
    "service.step": CATALOGUE,
    "service.order.kind": CATALOGUE,
    "service.order.kind.gate": CATALOGUE,
    "service.order": rights(receptionist=KEEP, advisor=KEEP, manager=ALL),
    "service.order.job": rights(
        receptionist=ALL, advisor=ALL, technician=CHANGE, team_leader=CHANGE, manager=ALL
    ),
    "service.order.line": rights(advisor=ALL, parts=ALL, manager=ALL),
    "service.approval": rights(),
    "service.claim": rights(cashier=CHANGE, manager=CHANGE),
    "service.waiver": rights(),
    "service.order.reason": dict.fromkeys(SERVICE, KEEP),
    "service.approval.answer": {"advisor": KEEP, "manager": KEEP},
    "service.approval.answer.line": {"advisor": KEEP, "manager": KEEP},
    "service.part.demand": rights(),
    "service.part.confirm": {"parts": KEEP, "manager": KEEP},
    "service.vehicle": rights(receptionist=KEEP, advisor=KEEP, manager=ALL),
    "service.vehicle.brand": rights(advisor=KEEP, manager=ALL),
    "service.vehicle.model": rights(advisor=KEEP, manager=ALL),
    "service.vehicle.system": CATALOGUE,
    "service.vehicle.plate": rights(),
    "service.vehicle.owner": rights(),
    "service.vehicle.odometer": rights(receptionist=ADD, advisor=ADD, manager=ADD),
    "service.operation": CATALOGUE,
    "service.bay": CATALOGUE,
    "service.capacity": rights(),
    "service.capacity.booking": rights(),
    "service.assignment": rights(advisor=ALL, team_leader=ALL, manager=ALL),
    "service.clocking": rights(manager=CHANGE),
    "service.clocking.pause": {"technician": KEEP, "team_leader": KEEP, "manager": KEEP},
    "service.inspection": rights(),
    "service.call": rights(receptionist=KEEP, advisor=KEEP, manager=ALL),
    "service.public.throttle": {},
}


@tagged("post_install", "-at_install")
class TestAccess(ServiceCommon):
    """Every model, every role, every operation; and whose rows each role sees."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.user_plain = cls.make_user("plain", "base.group_user")
        cls.user_portal = (
            cls.env["res.users"]
            .with_context(no_reset_password=True)
            .create(
                {
                    "name": "Portal",
                    "login": "test_portal",
                    "group_ids": [(6, 0, [cls.env.ref("base.group_portal").id])],
                }
            )
        )
        cls.branch = cls.env["res.company"].create({"name": "Other Branch"})
        cls.stranger = cls.make_user(
            "stranger",
            "service_core.group_service_manager",
            company_id=cls.branch.id,
            company_ids=[cls.branch.id],
        )

    def granted(self, model, user):
        records = self.env[model].with_user(user)
        return "".join(
            letter if records.has_access(operation) else "-"
            for letter, operation in zip("rwcu", OPERATIONS, strict=True)
        )

    def test_every_model_role_and_operation(self):
        for model, table in TABLE.items():
            for role in WHO:
                with self.subTest(model=model, role=role):
                    self.assertEqual(
                        self.granted(model, getattr(self, f"user_{role}")),
                        table.get(role, NOTHING),
                    )

    def test_no_model_is_forgotten(self):
        ours = {
            name
            for name, model in self.registry.items()
            if model._original_module == "service_core" and not model._abstract
        }
        self.assertEqual(ours - set(TABLE), set())

    def test_a_branch_sees_nothing_of_another(self):
        order = self.make_order(state="in_repair")
        self.env["service.assignment"].create(
            {"job_id": order.job_ids.id, "employee_id": self.technician.id}
        )
        self.env["service.clocking"]._clock_on(order.job_ids, self.technician)._clock_off()
        self.env["service.bay"].create({"name": "Lift 1"})
        self.env["service.call"].create({"partner_id": self.customer.id, "order_id": order.id})
        self.drive(order, "ready")
        self.assertTrue(order.inspection_ids)
        for model in (
            "service.order",
            "service.order.job",
            "service.order.line",
            "service.approval",
            "service.assignment",
            "service.clocking",
            "service.inspection",
            "service.bay",
            "service.call",
            "service.capacity",
            "service.capacity.booking",
        ):
            with self.subTest(model=model):
                rows = self.env[model].search([("company_id", "=", self.company.id)])
                self.assertTrue(rows, "nothing to hide")
                theirs = self.env[model].with_user(self.stranger)
                self.assertFalse(theirs.search([("id", "in", rows.ids)]))
                with self.assertRaises(AccessError):
                    theirs.browse(rows[:1].id).read(["display_name"])

    def test_verbs_of_another_branch_are_refused(self):
        order = self.make_order(state="booked")
        with self.assertRaises(AccessError):
            order.with_user(self.stranger).action_receive()

    def test_a_job_of_another_branch_is_not_clocked(self):
        job = self.make_order(state="in_repair").job_ids
        with self.assertRaises(AccessError):
            self.env["service.clocking"].with_user(self.stranger)._clock_on(
                job.with_user(self.stranger), self.technician.with_user(self.stranger)
            )

    def test_nobody_of_the_workshop_sees_a_price(self):
        for role in ("technician", "team_leader", "inspector", "receptionist"):
            user = getattr(self, f"user_{role}")
            for model, field in (
                ("service.order", "amount_total"),
                ("service.order", "amount_quoted"),
                ("service.order.line", "price_unit"),
            ):
                with self.subTest(role=role, field=field):
                    self.assertNotIn(field, self.env[model].with_user(user).fields_get())
