from odoo import api, fields, models
from odoo.exceptions import UserError
from odoo.fields import Domain

from ..rules import order_lifecycle as life
from ..rules import plate as plate_rule


class ServiceOrder(models.Model):
    """Who and which car it is, when an appointment came with nothing but typed words.

    The page in public looks nothing up; here somebody of the house sees what fits and says with
    one click "this is that car" or "this is that customer".
    """

    # one file for one job, the model is the sum of them
    _inherit = "service.order"  # pylint: disable=consider-merging-classes-inherited

    booking_source = fields.Selection(
        [("desk", "Desk"), ("phone", "Phone"), ("web", "Web Page")],
        string="Booked By",
        default="desk",
        copy=False,
    )
    caller_name = fields.Char(string="Name as Told", copy=False)
    match_vehicle_id = fields.Many2one(
        "service.vehicle", string="Known Car", compute="_compute_match"
    )
    match_partner_id = fields.Many2one(
        "res.partner", string="Known Customer", compute="_compute_match"
    )
    no_show_count = fields.Integer(related="partner_id.no_show_count", string="Missed Before")

    @api.depends("license_plate", "contact_phone", "vehicle_id", "partner_id", "state")
    def _compute_match(self):
        self.match_vehicle_id = self.match_partner_id = False
        for order in self:
            if order.state not in (life.DRAFT, life.BOOKED):
                continue
            if not order.vehicle_id:
                order.match_vehicle_id = order._find_car()
            if not order.partner_id and not order.match_vehicle_id:
                order.match_partner_id = order._find_customer()

    def _find_car(self):
        key = plate_rule.normalise(self.license_plate)
        vehicle_model = self.env["service.vehicle"]
        return vehicle_model.search([("plate_key", "=", key)], limit=1) if key else vehicle_model

    def _find_customer(self):
        partner_model = self.env["res.partner"]
        if not self.contact_phone:
            return partner_model
        number = self._phone_format(number=self.contact_phone, country=self.company_id.country_id)
        domain = Domain("phone", "=", self.contact_phone)
        if number:
            domain |= Domain("phone_sanitized", "=", number)
        return partner_model.search(domain, limit=1)

    def action_match_vehicle(self):
        """This is that car: its owner orders, its driver comes; the phone stays as typed."""
        self._match("match_vehicle_id", "vehicle_id")
        return True

    def action_match_partner(self):
        """This is that customer."""
        self._match("match_partner_id", "partner_id")
        return True

    def _match(self, found, field):
        for order in self:
            if not order[found]:
                raise UserError(
                    self.env._("%s: nothing we know fits what was typed.", order.display_name)
                )
            phone = order.contact_phone
            order[field] = order[found]
            if phone:
                order.contact_phone = phone

    def action_new_customer(self):
        """Nobody we know: a new customer with the name and phone as typed."""
        self.check_access("write")
        for order in self:
            if order.partner_id:
                raise UserError(self.env._("%s already has a customer.", order.display_name))
            if not order.caller_name:
                raise UserError(
                    self.env._("%s: write down the caller's name first.", order.display_name)
                )
            # sudo: whoever may book an appointment may write down whose it is
            order.partner_id = (
                self.env["res.partner"]
                .sudo()
                .create({"name": order.caller_name, "phone": order.contact_phone})
                .with_env(self.env)
            )
        return True

    def _ask_desk_to_call(self):
        """A request from the web page waits for a call back, in somebody's list of things to do."""
        for order in self:
            order.activity_schedule(
                "mail.mail_activity_data_call",
                user_id=(order._desk_of(order.company_id) or self.env.ref("base.user_admin")).id,
                summary=self.env._("Appointment asked for on the web page: call back and confirm"),
            )
