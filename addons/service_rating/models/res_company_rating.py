from odoo import fields, models


class ResCompany(models.Model):
    """What a branch asks on its rating page, and how."""

    # one file for one job, the model is the sum of them
    _inherit = "res.company"  # pylint: disable=consider-merging-classes-inherited

    service_ask_suits = fields.Boolean(
        string="Ask Whether the Service Suits",
        default=True,
        help="Whether it suits; if so whom to praise, if not what happened and how to do better.",
    )
    service_ask_csat = fields.Boolean(string="Ask CSAT", help="How content with this visit, 1-5.")
    service_ask_ces = fields.Boolean(string="Ask CES", help="How easy this visit was, 1-7.")
    service_ask_nps = fields.Boolean(
        string="Ask NPS", help="Would he recommend the house, 0-10; not on every visit."
    )
    service_nps_days = fields.Integer(
        string="NPS Again After (days)",
        default=90,
        help="A customer is asked again about the house as a whole after this time.",
    )

    _service_nps_days_positive = models.Constraint(
        "CHECK(service_nps_days >= 0)", "The days between two NPS questions cannot be negative."
    )

    def _service_instruments(self, partner):
        """The questions apart from pay that this customer is asked today, in the order asked."""
        self.ensure_one()
        asked = [name for name in ("csat", "ces") if self[f"service_ask_{name}"]]
        if self.service_ask_nps and not self._service_nps_answered(partner):
            asked.append("nps")
        return asked

    def _service_nps_answered(self, partner):
        """Whether this customer has told lately whether he recommends the house."""
        since = fields.Date.subtract(
            self._service_local_date(fields.Datetime.now()), days=self.service_nps_days
        )
        # sudo: a visitor's own page asks about his own answers
        return bool(
            self.env["service.rating.answer"]
            .sudo()
            .search_count(
                [
                    ("instrument", "=", "nps"),
                    ("partner_id", "=", partner.id),
                    ("company_id", "=", self.id),
                    ("date", ">", since),
                ],
                limit=1,
            )
        )
