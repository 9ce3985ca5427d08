from odoo import api, fields, models
from odoo.exceptions import UserError

RINGS = 3  # the house's standard: answered by the third ring (S0-35)


class ServiceCall(models.Model):
    """How a call was taken: in time, with an apology where it was not, and never forgotten."""

    _name = "service.call"
    _inherit = ["service.call", "mail.activity.mixin"]

    caller_name = fields.Char(string="Name as Told")
    greeting = fields.Char(compute="_compute_greeting", help="What is said first (S0-36).")
    is_late = fields.Boolean(
        string="Answered Late",
        compute="_compute_is_late",
        store=True,
        help="It rang more than three times before somebody answered (S0-21).",
    )
    apology_given = fields.Boolean(
        help="We said sorry for the wait; asked before a late call closes."
    )
    is_closed = fields.Boolean(string="Closed", readonly=True, copy=False)

    @api.depends("rings", "direction")
    def _compute_is_late(self):
        for call in self:
            call.is_late = call.direction == "in" and call.rings > RINGS

    @api.depends("employee_id", "company_id")
    def _compute_greeting(self):
        for call in self:
            # sudo: a first name is no secret, a receptionist may not read employees
            call.greeting = self.env._(
                "Hello, this is %(agent)s of %(company)s. May I have your name?",
                agent=call.employee_id.sudo().name or self.env.user.name,
                company=call.company_id.name or self.env.company.name,
            )

    @api.model_create_multi
    def create(self, vals_list):
        calls = super().create(vals_list)
        calls._call_back()
        return calls

    def write(self, vals):
        if "is_closed" in vals and not self.env.su:
            raise UserError(self.env._("A call is closed by its button."))
        res = super().write(vals)
        if "result" in vals:
            self._call_back()
        return res

    def _call_back(self):
        """Rang and nobody answered: somebody calls back (S0-38)."""
        order_model = self.env["service.order"]
        for call in self:
            missed = call.direction == "in" and call.result == "no_answer"
            if missed and not call.activity_ids:
                user = self.env.user
                if not order_model._is_person(user):
                    user = order_model._desk_of(call.company_id) or user
                call.activity_schedule(
                    "mail.mail_activity_data_call",
                    user_id=user.id,
                    summary=self.env._("Missed call: call back %s", call.phone or ""),
                )

    def action_close(self):
        """Nothing is open on this call: we know who called, and said sorry if it took long."""
        self.check_access("write")
        for call in self:
            if not (call.partner_id or call.caller_name) and call.result != "no_answer":
                raise UserError(self.env._("Write down the caller's name first."))
            if call.is_late and call.result == "answered" and not call.apology_given:
                raise UserError(
                    self.env._(
                        "It rang %s times: confirm that you apologized for the wait.", call.rings
                    )
                )
        self.sudo().is_closed = True  # sudo: closed by this button only
        return True

    def action_book(self):
        """The sheet for an appointment, with what the call already told."""
        self.ensure_one()
        return {
            **self.env["ir.actions.act_window"]._for_xml_id("service_core.service_booking_action"),
            "context": {
                "default_partner_id": self.partner_id.id,
                "default_caller_name": self.caller_name,
                "default_contact_phone": self.phone,
                "default_wish": self.verbatim,
                "default_call_id": self.id,
            },
        }
