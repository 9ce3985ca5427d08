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
    is_service_unknown = fields.Boolean(
        string="No Maintenance Known",
        copy=False,
        help="A new car, or nobody can say when it was maintained last.",
    )
    booking_odometer = fields.Integer(
        string="Mileage as Told (km)",
        copy=False,
        help="What the customer says on the phone; the odometer itself is read at reception.",
    )

    _booking_odometer_positive = models.Constraint(
        "CHECK(booking_odometer >= 0)", "The mileage cannot be negative."
    )

    def _gate_booking_vehicle(self):
        """Mileage and last maintenance are asked; what the car's card knows counts (S2-36)."""
        vehicle = self.vehicle_id
        known = {
            "booking_odometer": self.booking_odometer or vehicle.odometer,
            "last_service_date": self.last_service_date
            or self.is_service_unknown
            or vehicle.last_service_date,
        }
        missing = [
            self._fields[name]._description_string(self.env)
            for name, value in known.items()
            if not value
        ]
        return self.env._("ask about the car: %s.", ", ".join(missing)) if missing else False

    def _tick_booking_tasks(self):
        """What booking leaves behind, ticked as far as it is there (S2-37)."""
        self.ensure_one()
        facts = {
            "vehicle": not self._gate_booking_vehicle(),
            "customer": bool(self.customer_confirmed_on and self.contact_phone),
            "problem": bool(self.job_ids),
            "agreements": bool(self.promise_ids),
            "estimate": bool(self.phone_estimate_at),
        }
        items = self.env["service.checklist.item"].union(
            *(
                self.env.ref(f"service_core.service_checklist_booking_{name}", False)
                or self.env["service.checklist.item"]
                for name, is_there in facts.items()
                if is_there
            )
        )
        if items.checklist_id.filtered("active"):
            self._tick("booking", items=items)

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
                "default_booking_odometer": self.booking_odometer,
                "default_last_service_date": self.last_service_date,
                "default_is_service_unknown": self.is_service_unknown,
                "default_extra_needs": self.extra_needs,
                "default_possible_situations": self.possible_situations,
                "default_advice_given": self.advice_given,
                "default_is_explained": self.booking_explained,
                **({"default_from_date": self.planned_start} if self.planned_start else {}),
            },
        }
