from odoo import api, fields, models
from odoo.exceptions import UserError

from odoo.addons.service_followup.rules.contact_plan import phone_key

from ..models.service_route import PROBLEM_TYPES
from ..rules import case_lifecycle as life


class HelpdeskTicketIntake(models.TransientModel):
    """One call, one form, one case (S1-44, S3-53).

    The agent sees the customer's story while he listens (S4-83) and ends the call with one click:
    written down, handed to a department, or solved on the spot. Whoever is not at the hotline
    reports a trouble with the same form; the hotline finds it in its first column.
    """

    _name = "helpdesk.ticket.intake"
    _description = "New Call"

    phone = fields.Char(help="The caller's number: known customers are found by it.")
    partner_id = fields.Many2one(
        "res.partner",
        string="Customer",
        compute="_compute_partner_id",
        compute_sudo=False,
        store=True,
        readonly=False,
    )
    caller_name = fields.Char(help="Who is calling, when he has no customer card.")
    vehicle_id = fields.Many2one(
        "service.vehicle",
        compute="_compute_vehicle_id",
        compute_sudo=False,
        store=True,
        readonly=False,
        help="Type the tail of the plate.",
    )
    order_id = fields.Many2one(
        "service.order",
        string="Work Order",
        compute="_compute_order_id",
        compute_sudo=False,
        store=True,
        readonly=False,
        domain="[('vehicle_id', '=?', vehicle_id)]",
    )
    channel_id = fields.Many2one(
        "helpdesk.ticket.channel",
        required=True,
        default=lambda self: self.env.ref(
            "helpdesk_mgmt.helpdesk_ticket_channel_phone", raise_if_not_found=False
        ),
    )
    rings = fields.Integer(help="How often it rang before you answered.")
    started = fields.Datetime(default=fields.Datetime.now, readonly=True)
    verbatim = fields.Text(
        string="Customer's Words", required=True, help="Word for word, as the customer says it."
    )
    is_complaint = fields.Boolean(string="Complaint")
    category_id = fields.Many2one(
        "helpdesk.ticket.category", string="Standard Error", help="What went wrong, if it fits."
    )
    problem_type = fields.Selection(PROBLEM_TYPES)
    answer = fields.Text(
        string="Solution Given", help="What you told the customer, if you could help at once."
    )
    is_agent = fields.Boolean(compute="_compute_is_agent")
    open_ticket_ids = fields.Many2many(
        "helpdesk.ticket", string="Open Cases", compute="_compute_story"
    )
    recent_order_ids = fields.Many2many(
        "service.order", string="Last Visits", compute="_compute_story"
    )

    @api.depends_context("uid")
    def _compute_is_agent(self):
        self.is_agent = self.env["helpdesk.ticket"]._is_hotline()

    @api.depends("phone", "vehicle_id")
    def _compute_partner_id(self):
        for call in self:
            if call.partner_id:
                continue
            partner = self.env["res.partner"]
            number = phone_key(call.phone)
            if len(number) > 5:
                partner = partner.search([("phone_mobile_search", "ilike", number)], limit=2)
            if len(partner) != 1:
                partner = call.vehicle_id.driver_id or call.vehicle_id.owner_id
            call.partner_id = partner

    @api.depends("partner_id")
    def _compute_vehicle_id(self):
        for call in self:
            if call.vehicle_id or not call.partner_id:
                continue
            vehicles = self.env["service.vehicle"].search(
                [
                    "|",
                    ("owner_id", "=", call.partner_id.id),
                    ("driver_id", "=", call.partner_id.id),
                ],
                limit=2,
            )
            call.vehicle_id = vehicles if len(vehicles) == 1 else False

    @api.depends("vehicle_id")
    def _compute_order_id(self):
        for call in self:
            if not call.vehicle_id:
                call.order_id = False
            elif call.order_id.vehicle_id != call.vehicle_id:
                call.order_id = self.env["service.order"].search(
                    [("vehicle_id", "=", call.vehicle_id.id)], limit=1
                )

    @api.depends("partner_id", "vehicle_id")
    def _compute_story(self):
        for call in self:
            known = ["|", ("partner_id", "=", call.partner_id.id or -1)]
            known.append(("vehicle_id", "=", call.vehicle_id.id or -1))
            call.open_ticket_ids = self.env["helpdesk.ticket"].search(
                [*known, ("case_state", "in", life.OPEN)], limit=5
            )
            call.recent_order_ids = self.env["service.order"].search(known, limit=5)

    @api.model
    def _open(self, **defaults):
        """The form as an action, filled with what is known where it is opened."""
        action = self.env["ir.actions.act_window"]._for_xml_id(
            "service_complaint.helpdesk_ticket_intake_action"
        )
        action["context"] = {f"default_{name}": value for name, value in defaults.items() if value}
        return action

    def action_open(self):
        """Write the call down as a case."""
        case = self._create_case()
        if self.is_agent:
            case.action_record()
        return self._after(case)

    def action_route(self):
        """Write it down and hand it to the department of its type."""
        if not self.problem_type:
            raise UserError(
                self.env._("Choose the type of problem, it decides which department gets the case.")
            )
        case = self._create_case()
        case.action_record()
        case.action_route()
        return self._after(case)

    def action_solve(self):
        """Solved while the customer is on the line."""
        if not (self.answer or "").strip():
            raise UserError(self.env._("Write down which solution you gave the customer."))
        case = self._create_case()
        case.action_record()
        case.action_direct()
        case.action_reply()
        return self._after(case)

    def _create_case(self):
        self.ensure_one()
        Ticket = self.env["helpdesk.ticket"]
        company = self.order_id.company_id or self.env.company
        hotline = self.env["helpdesk.ticket.team"]._hotline(company)
        # sudo: advisors and the workshop report troubles too, but have no rights on tickets
        case = Ticket.sudo().create(self._prepare_case_vals(company, hotline))
        if self.channel_id.service_channel == "phone" and self.is_agent:
            duration = int((fields.Datetime.now() - self.started).total_seconds())
            case.call_id = case._log_call(
                "in",
                "hotline",
                self.verbatim,
                rings=self.rings,
                started=self.started,
                duration=max(duration, 0),
            )
        if not self.is_agent:
            case._announce_complaint()
        return case.sudo(False)

    def _prepare_case_vals(self, company, hotline):
        owner = self.env.user if self.is_agent else hotline._leader(company)
        return {
            "team_id": hotline.id,
            "user_id": owner.id,
            "company_id": company.id,
            "channel_id": self.channel_id.id,
            "partner_id": self.partner_id.id,
            "partner_name": self.partner_id.name or self.caller_name,
            "partner_email": self.partner_id.email,
            "caller_phone": self.phone or self.partner_id.phone,
            "vehicle_id": self.vehicle_id.id,
            "order_id": self.order_id.id,
            "is_complaint": self.is_complaint,
            "category_id": self.category_id.id,
            "problem_type": self.problem_type,
            "verbatim": self.verbatim,
            "answer": self.answer,
        }

    def _after(self, case):
        if self.is_agent or case.has_access("read"):
            return case._case_form_action()
        return {
            "type": "ir.actions.client",
            "tag": "display_notification",
            "params": {
                "type": "success",
                "message": self.env._("The hotline has it and will keep the customer informed."),
                "next": {"type": "ir.actions.act_window_close"},
            },
        }
