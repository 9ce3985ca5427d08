from odoo import fields, models
from odoo.exceptions import UserError

from ..rules import order_lifecycle as life


class ServiceOrder(models.Model):
    """What is talked about while an appointment is made (document 002, process 1)."""

    # one file for one job, the model is the sum of them
    _inherit = "service.order"  # pylint: disable=consider-merging-classes-inherited

    customer_confirmed_on = fields.Date(
        string="Customer Data Confirmed",
        copy=False,
        help="Name, phone and address were confirmed, of known customers too (S2-29).",
    )
    extra_needs = fields.Text(help="What the customer asks for beside the work (S2-31).")
    possible_situations = fields.Text(
        help="What may come up and was told beforehand: waiting time, parts, cost (S2-32)."
    )
    advice_given = fields.Text(help="Professional advice given on the phone (S2-35).")
    booking_explained = fields.Boolean(
        string="Work Explained",
        copy=False,
        help="The work was explained item by item when the appointment was made (S2-39).",
    )
    last_service_date = fields.Date(
        string="Last Maintenance",
        copy=False,
        help="As told by the customer; what the house has done itself is in the car's history.",
    )

    def action_offer_times(self):
        """Open the sheet with the next free times for this order's work."""
        self.ensure_one()
        if self.state != life.DRAFT:
            raise UserError(
                self.env._("%s is already booked: change its reception time.", self.display_name)
            )
        return {
            **self.env["ir.actions.act_window"]._for_xml_id("service_core.service_booking_action"),
            "context": {
                "default_order_id": self.id,
                "default_company_id": self.company_id.id,
                "default_kind_id": self.kind_id.id,
                "default_vehicle_id": self.vehicle_id.id,
                "default_license_plate": self.license_plate,
                "default_model_name": self.model_name,
                "default_partner_id": self.partner_id.id,
                "default_caller_name": self.caller_name,
                "default_contact_phone": self.contact_phone,
                "default_departure_time": self.departure_time,
                **({"default_from_date": self.planned_start} if self.planned_start else {}),
            },
        }
