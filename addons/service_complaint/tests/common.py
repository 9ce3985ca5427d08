from odoo.fields import Command

from odoo.addons.service_followup.tests.common import FollowupCommon

from ..rules import case_lifecycle as life

WORDS = "The gearbox jerks when I brake, again!"


class ComplaintCommon(FollowupCommon):
    """An agent, his manager, a department with one member, and cases brought along by the verbs."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.user_hotline, cls.user_hotline_manager, cls.user_department = cls.make_users(
            {
                "hotline": "service_complaint.group_hotline_user",
                "hotline_manager": "service_complaint.group_hotline_manager",
                "department": "service_core.group_service_user",
            }
        )
        cls.team_hotline = cls.env.ref("service_complaint.helpdesk_ticket_team_hotline")
        cls.team_hotline.user_id = cls.user_hotline_manager
        cls.team_hotline.user_ids = [Command.set((cls.user_hotline | cls.user_hotline_manager).ids)]
        cls.team_technical = cls.env.ref("service_complaint.helpdesk_ticket_team_technical")
        cls.team_technical.user_ids = [Command.set(cls.user_department.ids)]
        cls.team_sales = cls.env.ref("service_complaint.helpdesk_ticket_team_sales")
        cls.team_plain = cls.env["helpdesk.ticket.team"].create({"name": "IT Support"})
        cls.vehicle = cls.make_vehicle()

    @classmethod
    def make_case(cls, state="draft", **values):
        """A case of the agent, brought to ``state`` by saying the verbs."""
        case = (
            cls.env["helpdesk.ticket"]
            .with_user(cls.user_hotline)
            .create(
                {
                    "team_id": cls.team_hotline.id,
                    "user_id": cls.user_hotline.id,
                    "partner_id": cls.customer.id,
                    "vehicle_id": cls.vehicle.id,
                    "channel_id": cls.env.ref("helpdesk_mgmt.helpdesk_ticket_channel_phone").id,
                    "problem_type": "technical",
                    "verbatim": WORDS,
                    **values,
                }
            )
        )
        cls.bring(case, state)
        return case

    @classmethod
    def bring(cls, case, state):
        """Say the verbs up to ``state``; ``direct`` is the side road."""
        case = case.with_user(cls.user_hotline)
        if state == life.DRAFT:
            return
        case.action_record()
        if state == life.RECORDED:
            return
        if state == life.DIRECT:
            case.answer = "Adapt the gearbox by driving gently for a week."
            case.action_direct()
            return
        case.action_route()
        if state == life.ROUTED:
            return
        case.with_user(cls.user_department)._case_return("Valve body adapted anew.")
        if state == life.RETURNED:
            return
        case.answer = "We adapted the valve body; please come by for a test drive."
        case.action_reply()
        if state == life.REPLIED:
            return
        case._case_call_back("Smooth again, thank you.", True)
        if state == life.CALLED_BACK:
            return
        case.action_close()

    def wizard(self, action, user=None, **values):
        """The wizard that ``action`` opens, filled."""
        return (
            self.env[action["res_model"]]
            .with_user(user or self.user_hotline)
            .with_context(**action["context"])
            .create(values)
        )

    def logged(self, case):
        """What was said about the case, as (verb, from, to), the oldest first."""
        return [
            (line.verb, line.from_state, line.to_state)
            for line in self.env["service.transition"]
            .search([("res_model", "=", "helpdesk.ticket"), ("res_id", "=", case.id)])
            .sorted("id")
        ]
