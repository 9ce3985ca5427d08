from odoo.tests import HttpCase, tagged
from odoo.tools import mute_logger

from .common import RatingFactory

ROLES = (
    "portal",
    "plain",
    "technician",
    "advisor",
    "team_leader",
    "cashier",
    "hotline",
    "technical_manager",
    "officer",
    "manager",
    "hr",
    "system",
)


@tagged("post_install", "-at_install")
class TestRatingRpc(RatingFactory, HttpCase):
    """Every group x every write path, over the wire: refused except the one it is for.

    Votes, credit, months and permits are pay. Nobody writes them, whatever his rights, and what a
    role may do it does by its own verb.
    """

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.setup_service()
        cls.setup_rating()
        cls.make_portal_user()
        cls.make_user("plain", "base.group_user")
        cls.make_user("hotline", "service_complaint.group_hotline_manager")
        cls.make_user("system", "base.group_system")
        cls.open = cls.make_rating()
        cls.voted = cls.vote(cls.make_rating(), comment="Too slow")
        cls.month = cls.close_month(cls.make_month(), "draft")
        cls.permit = cls.env["service.permit"].search(
            [("employee_id", "=", cls.technician.id)], limit=1
        )
        cls.skill = cls.technician.employee_skill_ids[:1]
        cls.answer = cls.env["service.rating.answer"]._record(
            {"csat": 1}, cls.voted.order_id, cls.customer, "web", cls.voted
        )
        cls.attack = cls.attacks()

    @classmethod
    def attacks(cls):
        """(model, method, arguments) that nobody at all may say."""
        vote = {"technical_score": 200, "attitude_score": 200, "comment": "Wonderful"}
        rating = {
            "order_id": cls.voted.order_id.id,
            "company_id": cls.company.id,
            "partner_id": cls.customer.id,
            "project_group": "presales",
            "expires_at": "2099-01-01 00:00:00",
        }
        share = cls.voted.share_ids[0]
        line = cls.month.line_ids[0]
        key = {"service_vote_key": True, "service_hold_key": True, "service_lifecycle_key": True}
        calls = []
        for record, vals in (
            (cls.open, vote),
            (cls.voted, {"technical_score": 200}),
            (cls.voted, {"state": "processed"}),
            (cls.voted, {"hold": "counted"}),
            (cls.voted, {"case_state": "refused"}),
            (cls.voted, {"expires_at": "2099-01-01 00:00:00"}),
            (cls.voted, {"suits": "yes"}),
            (share, {"weight": 1.0}),
            (share, {"employee_id": cls.technician_2.id}),
            (cls.month, {"score": 200.0}),
            (cls.month, {"state": "locked"}),
            (line, {"points": 200.0}),
            (cls.answer, {"value": 5}),
        ):
            calls.append((record._name, "write", [record.ids, vals], {"context": key}))
        for record, vals in (
            (cls.voted, {"technical_score": 200}),
            (share, {"weight": 1.0}),
            (cls.month, {"score": 200.0}),
        ):
            calls.append((record._name, "web_save", [record.ids, vals], {"specification": {}}))
        for record, vals in (
            (cls.voted, {**rating, **vote}),
            (cls.voted, rating),
            (share, {"rating_id": cls.open.id, "employee_id": 1, "dimension": "technical"}),
            (cls.month, {"employee_id": cls.technician_2.id, "month": "2026-02-01"}),
            (line, {"performance_id": cls.month.id, "points": 100.0}),
            (cls.answer, {"instrument": "nps", "value": 10}),
        ):
            calls.append((record._name, "create", [[vals]], {"context": key}))
        for record in (cls.open, cls.voted, share, cls.month, line, cls.answer):
            calls.append((record._name, "unlink", [record.ids], {}))
        for record in (cls.voted, share, cls.month, cls.answer):
            calls.append((record._name, "copy", [record.ids], {}))
        for method, arguments in (
            ("_submit", [200, 200, "x", "y"]),
            ("_send_link", []),
            ("_rating_url", []),
            ("_ticket", ["web"]),
            ("_move_vote", [vote]),
            ("_decide_hold", ["counted", "x"]),
        ):
            calls.append(("service.rating", method, [cls.open.ids, *arguments], {}))
        calls.append(("service.rating", "read", [cls.open.ids, ["access_token"]], {}))
        calls.append(("service.rating", "search", [[("token_digest", "!=", False)]], {}))
        calls.append(("service.order", "read", [cls.open.order_id.ids, ["contact_seen_email"]], {}))
        if cls.permit:
            calls.append(
                ("service.permit", "write", [cls.permit.ids, {"valid_to": "2099-01-01"}], {})
            )
            calls.append(("service.permit", "unlink", [cls.permit.ids], {}))
            calls.append(("service.permit", "create", [[{"employee_id": cls.technician.id}]], {}))
        return calls

    def rpc(self, model, method, args, kwargs=None):
        """(result, name of the error) of a call as the web client makes it."""
        response = self.url_open(
            f"/web/dataset/call_kw/{model}/{method}",
            json={
                "jsonrpc": "2.0",
                "method": "call",
                "params": {"model": model, "method": method, "args": args, "kwargs": kwargs or {}},
            },
        ).json()
        return response.get("result"), response.get("error", {}).get("data", {}).get("name")

    def facts(self):
        """Everything that is pay, as it stands in the database."""
        self.env.flush_all()
        self.env.cr.execute(
            """
            SELECT (SELECT ARRAY_AGG(t.* ORDER BY t.id)::text FROM service_rating t),
                   (SELECT ARRAY_AGG(t.* ORDER BY t.id)::text FROM service_rating_share t),
                   (SELECT ARRAY_AGG(t.* ORDER BY t.id)::text FROM service_performance t),
                   (SELECT ARRAY_AGG(t.* ORDER BY t.id)::text FROM service_rating_answer t),
                   (SELECT ARRAY_AGG(t.* ORDER BY t.id)::text FROM hr_employee_skill t)
            """
        )
        return self.env.cr.fetchone()

    @mute_logger("odoo.http", "odoo.addons.base.models.ir_model", "odoo.addons.base.models.ir_rule")
    def test_every_group_is_refused_every_write_path_over_the_wire(self):
        before = self.facts()
        for role in ROLES:
            self.authenticate(f"test_{role}", f"test_{role}" if role != "portal" else "test_portal")
            for model, method, args, kwargs in self.attack:
                with self.subTest(role=role, model=model, method=method, args=args[1:]):
                    result, error = self.rpc(model, method, args, kwargs)
                    self.assertTrue(error, f"{result}")
                    self.assertRegex(error, "AccessError|UserError|ValidationError|AttributeError")
        self.assertEqual(self.facts(), before)

    @mute_logger("odoo.http", "odoo.addons.base.models.ir_model", "odoo.addons.base.models.ir_rule")
    def test_each_verb_is_its_own_roles_and_nobody_elses(self):
        """The one write path a role has: its verb, guarded, logged."""
        allowed = {
            ("service.order", "action_send_rating_link"): {"advisor", "manager"},
            ("service.rating", "action_answer"): {"officer", "manager", "technical_manager", "hr"},
            ("service.rating", "action_process"): set(),
            ("service.rating", "action_decide"): set(),
            ("service.performance", "action_check"): {"officer"},
        }
        ids = {
            ("service.order", "action_send_rating_link"): self.open.order_id.ids,
            ("service.rating", "action_process"): self.voted.ids,
            ("service.rating", "action_answer"): self.voted.ids,
            ("service.rating", "action_decide"): self.voted.ids,
            ("service.performance", "action_check"): self.month.ids,
        }
        for role in ROLES:
            self.authenticate(f"test_{role}", f"test_{role}")
            for (model, method), roles in allowed.items():
                with self.subTest(role=role, verb=method):
                    _result, error = self.rpc(model, method, [ids[model, method]])
                    self.assertEqual(not error, role in roles, error)
        self.open.invalidate_recordset()
        self.assertTrue(self.open.sent_at)

    @mute_logger("odoo.http")
    def test_nobody_sends_himself_a_link(self):
        """Neither by his address on the contact nor by his number on the order."""
        self.user_technician.email = "tech@house.example.com"
        self.authenticate("test_advisor", "test_advisor")
        for address in ("tech@house.example.com", "TEST_ADVISOR"):
            self.customer.email = address
            _result, error = self.rpc(
                "service.order", "action_send_rating_link", [self.open.order_id.ids]
            )
            self.assertEqual(error, "odoo.exceptions.UserError")
        self.open.invalidate_recordset()
        self.assertFalse(self.open.sent_at)
