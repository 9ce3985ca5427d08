from odoo import fields
from odoo.tests import new_test_user

from odoo.addons.service_core.tests.common import ServiceCommon


class FollowupCommon(ServiceCommon):
    """A caller, a manager of callers, and calls with one line."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.user_caller, cls.user_followup_manager = cls.make_users(
            {
                "caller": "service_followup.group_followup_user",
                "followup_manager": "service_followup.group_followup_manager",
            }
        )
        cls.topic_use = cls.env.ref("service_followup.service_contact_topic_car_use")
        cls.topic_advice = cls.env.ref("service_followup.service_contact_topic_advice")
        # every day is a working day, so that the dates of a test speak for themselves
        cls.company.resource_calendar_id = cls.env["resource.calendar"].create(
            {
                "name": "Every day",
                "company_id": cls.company.id,
                "tz": "UTC",
                "attendance_ids": False,
            }
        )
        cls.company.partner_id.tz = "UTC"
        # an oil change is not followed up as shipped
        cls.kind_express.callback = True
        cls.policy = cls.env.ref("service_followup.service_contact_policy_general")

    @classmethod
    def make_delivered(cls, **values):
        """A delivered order without walking the road: followup begins where the road ends."""
        order = cls.make_order(**values)
        cls.set_state(order, "settled")
        order._lifecycle_move("deliver", values={"delivered_date": fields.Datetime.now()})
        # the scheduled job that the delivery wakes
        order._run_aftercare()
        return order

    @classmethod
    def set_state(cls, orders, state):
        """Put orders where the road would have brought them, past the lifecycle's own guard."""
        cls.env.flush_all()
        cls.env.cr.execute(
            "UPDATE service_order SET state = %s WHERE id IN %s", (state, tuple(orders.ids))
        )
        orders.invalidate_recordset(["state"])

    @classmethod
    def make_followup(cls, **values):
        """A contact planned by hand for today."""
        return cls.env["service.followup"].create(
            {
                "kind": "reminder",
                "partner_id": cls.customer.id,
                "company_id": cls.company.id,
                **values,
            }
        )

    @classmethod
    def conversation(cls, **values):
        """Values of a call in which the customer spoke and was content."""
        return {
            "result": "answered",
            "verbatim": "Runs like new, thank you.",
            "satisfied": "yes",
            "car_use": "Every day to work, no noise.",
            "topic_ids": cls.topic_use.ids,
            **values,
        }

    @classmethod
    def log(cls, followups, user=None, **values):
        return followups.with_user(user or cls.user_caller)._log_call(cls.conversation(**values))

    @classmethod
    def no_answer(cls, followups, user=None, **values):
        return followups.with_user(user or cls.user_caller)._log_call(
            {"result": "no_answer", **values}
        )

    @classmethod
    def make_branch(cls, name="North"):
        """A sister company with a caller of its own."""
        branch = cls.env["res.company"].create({"name": name})
        user = new_test_user(
            cls.env,
            login=f"test_caller_{name}",
            groups="base.group_user,service_followup.group_followup_user",
            company_id=branch.id,
            company_ids=[fields.Command.set(branch.ids)],
        )
        return branch, user
