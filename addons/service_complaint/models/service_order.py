from odoo import api, fields, models

from ..rules import case_lifecycle as life


class ServiceOrder(models.Model):
    _inherit = "service.order"

    ticket_ids = fields.One2many("helpdesk.ticket", "order_id", string="Cases")
    ticket_count = fields.Integer(string="Cases Count", compute="_compute_ticket_count")
    open_complaint_count = fields.Integer(string="Open Complaints", compute="_compute_ticket_count")

    @api.depends(
        "vehicle_id", "ticket_ids.case_state", "ticket_ids.is_complaint", "ticket_ids.vehicle_id"
    )
    def _compute_ticket_count(self):
        """Cases of this visit; open complaints of the car, whichever visit they come from."""
        Ticket = self.env["helpdesk.ticket"]
        cases = dict(
            Ticket._read_group(
                [("order_id", "in", self.ids), ("is_service_case", "=", True)],
                ["order_id"],
                ["__count"],
            )
        )
        complaints = dict(
            Ticket._read_group(
                [
                    ("vehicle_id", "in", self.vehicle_id.ids),
                    ("is_complaint", "=", True),
                    ("case_state", "in", life.OPEN),
                ],
                ["vehicle_id"],
                ["__count"],
            )
        )
        for order in self:
            order.ticket_count = cases.get(order._origin, 0)
            order.open_complaint_count = complaints.get(order.vehicle_id._origin, 0)

    def action_view_cases(self):
        self.ensure_one()
        return self.env["helpdesk.ticket"]._case_list_action(
            [("order_id", "=", self.id)], self.ticket_ids
        )

    def action_view_open_complaints(self):
        self.ensure_one()
        domain = [
            ("vehicle_id", "=", self.vehicle_id.id),
            ("is_complaint", "=", True),
            ("case_state", "in", life.OPEN),
        ]
        return self.env["helpdesk.ticket"]._case_list_action(
            domain, self.env["helpdesk.ticket"].search(domain)
        )

    def action_report_case(self):
        """Open the hotline's form with what the order already knows."""
        self.ensure_one()
        return self.env["helpdesk.ticket.intake"]._open(
            order_id=self.id,
            vehicle_id=self.vehicle_id.id,
            partner_id=(self.contact_id or self.partner_id).id,
            phone=self.contact_phone,
        )
