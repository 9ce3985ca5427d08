from datetime import datetime, time, timedelta

import pytz

from odoo import api, fields, models

from odoo.addons.sms.tools.sms_api import SmsApi


class ResCompany(models.Model):
    _inherit = "res.company"

    service_ceiling_tolerance = fields.Float(
        string="Bill Tolerance (%)",
        default=0.0,
        help="How far a bill may exceed the approved total, in percent.",
    )
    service_stalled_days = fields.Integer(
        string="Unanswered After (days)",
        default=2,
        help="An estimate without an answer becomes a task of its advisor after this time.",
    )
    service_long_job_days = fields.Integer(
        string="Long Job (days)",
        default=3,
        help="Work that keeps the car longer is announced to the customer; 0: never.",
    )
    service_contract_terms = fields.Text(
        string="Contract Terms", translate=True, help="Printed on the work contract."
    )
    service_buffer_percent = fields.Integer(
        string="Kept Free (%)",
        default=20,
        help="Share of the technicians' hours that bookings leave to those who come unannounced.",
    )
    service_quiet_hours = fields.Integer(
        string="No News After (h)",
        default=8,
        help="A car in the house that has not moved on, and whose customer heard nothing for so "
        "long, is listed.",
    )
    service_slot_minutes = fields.Integer(
        string="Reception Slot (minutes)", default=30, help="How long receiving one car takes."
    )
    service_parallel_receptions = fields.Integer(
        string="Receptions at Once", default=2, help="Cars that are received in the same slot."
    )

    service_book_online = fields.Boolean(
        string="Booked on the Web",
        default=True,
        help="The public page offers free slots of this branch.",
    )
    service_gate_user_id = fields.Many2one(
        "res.users",
        string="Security",
        help="Is told which bay to keep free for which plate, and when.",
    )
    service_route_text = fields.Text(
        string="Way to Us",
        translate=True,
        help="How to find the branch and where to drive in; sent after each booking.",
    )
    service_dispatch_target = fields.Float(
        string="Right Parts Target (%)",
        default=98.0,
        help="Lines handed out of which nothing comes back, per hundred (S1-52).",
    )
    service_map_url = fields.Char(
        string="Map Link", help="A link to the branch on any map; sent after each booking."
    )

    _service_buffer = models.Constraint(
        "CHECK(service_buffer_percent BETWEEN 0 AND 90)",
        "Between 0 and 90 percent of the hours can be kept free.",
    )
    _service_slot = models.Constraint(
        "CHECK(service_slot_minutes BETWEEN 5 AND 240)",
        "A reception slot lasts between 5 minutes and 4 hours.",
    )
    _service_receptions = models.Constraint(
        "CHECK(service_parallel_receptions > 0)", "At least one car is received at a time."
    )

    @api.model_create_multi
    def create(self, vals_list):
        """A new branch is not looked up at an outside service unless somebody asks for it."""
        if "iap_enrich_auto_done" in self._fields:
            for vals in vals_list:
                vals.setdefault("iap_enrich_auto_done", True)
        return super().create(vals_list)

    def _service_day(self, moment):
        """Beginning and end (naive UTC) of the branch's own day that ``moment`` falls in."""
        tz = self._service_tz()
        local = pytz.utc.localize(moment).astimezone(tz).date()
        return tuple(
            tz.localize(datetime.combine(local + timedelta(days=days), time.min))
            .astimezone(pytz.utc)
            .replace(tzinfo=None)
            for days in (0, 1)
        )

    def _service_tz(self):
        """Time zone that this branch's days and deadlines are counted in."""
        self.ensure_one()
        # sudo: a time zone is no secret, a technician may not read the partner or the calendar
        company = self.sudo()
        return pytz.timezone(company.partner_id.tz or company.resource_calendar_id.tz or "UTC")

    def _service_has_sms(self):
        """Whether texts of this branch would really leave the house."""
        self.ensure_one()
        if self._get_sms_api_class() is not SmsApi:
            return True  # a provider of its own
        # sudo: accounts are read by administrators only; looked for, never made
        return bool(
            self.env["iap.account"]
            .sudo()
            .search_count(
                [
                    ("service_name", "=", "sms"),
                    ("state", "=", "registered"),
                    "|",
                    ("company_ids", "in", self.ids),
                    ("company_ids", "=", False),
                ],
                limit=1,
            )
        )
