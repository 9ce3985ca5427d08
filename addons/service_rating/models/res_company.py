from datetime import datetime, time

from dateutil.relativedelta import relativedelta
from pytz import utc

from odoo import api, fields, models
from odoo.exceptions import ValidationError

from ..rules import integrity


class ResCompany(models.Model):
    _inherit = "res.company"

    certification_gate = fields.Selection(
        [("off", "Off"), ("warn", "Warn"), ("block", "Block")],
        required=True,
        default="warn",
        help="What happens when someone without a valid work permit, or without the "
        "certificates an operation asks for, is assigned or clocks on (S3-22).",
    )
    certification_gate_start = fields.Date(
        string="Block From",
        help="Until this day a missing permit only warns, so that everybody can still pass the "
        "test. Empty: at once.",
    )

    service_networks = fields.Char(
        string="Own Networks",
        help="Addresses this branch uses on the internet, as 203.0.113.7 or 203.0.113.0/24. A vote "
        "from there is held until the manager decides.",
    )

    @api.constrains("service_networks")
    def _check_service_networks(self):
        for company in self:
            try:
                integrity.networks(company.service_networks)
            except ValueError as error:
                raise ValidationError(
                    self.env._("Own networks: %s. Write them as 203.0.113.0/24.", error)
                ) from error

    # === PAYROLL === #

    @api.model_create_multi
    def create(self, vals_list):
        companies = super().create(vals_list)
        companies._service_payroll_structure()
        return companies

    def _service_payroll_structure(self):
        """Our salary structure of each branch, made where it is missing.

        The payroll addon keeps structures per company; rules and categories are shared.
        """
        main = self.env.ref("service_rating.payroll_structure_service", raise_if_not_found=False)
        # sudo: whoever opens a branch need not be in payroll
        structures = self.env["hr.payroll.structure"].sudo()
        if not main:
            # our own data is still being loaded
            return structures
        found = structures.search(
            [("code", "=", main.sudo().code), ("company_id", "in", self.ids)], order="id"
        )
        missing = self - found.company_id
        return found | structures.create(
            [
                {
                    "name": main.sudo().name,
                    "code": main.sudo().code,
                    "company_id": company.id,
                    "parent_id": False,
                    "rule_ids": main.sudo().rule_ids.ids,
                }
                for company in missing
            ]
        )

    # === CLOCK === #

    def _service_local_date(self, moment):
        """The branch's calendar day at ``moment`` (naive UTC)."""
        return utc.localize(moment).astimezone(self._service_tz()).date()

    def _service_month_bounds(self, month):
        """First moment of ``month`` and of the next one in this branch, as naive UTC."""
        zone = self._service_tz()
        first = month.replace(day=1)
        return tuple(
            zone.localize(datetime.combine(day, time.min)).astimezone(utc).replace(tzinfo=None)
            for day in (first, first + relativedelta(months=1))
        )

    def _service_permit_blocks(self, moment):
        """Whether a missing permit stops work in this branch at ``moment``."""
        if self.certification_gate != "block":
            return False
        start = self.certification_gate_start
        return not start or self._service_local_date(moment) >= start
