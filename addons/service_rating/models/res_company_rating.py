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

    service_rating_step = fields.Selection(
        [("5", "5 %"), ("10", "10 %"), ("25", "25 %"), ("50", "50 %")],
        string="Steps of the Score",
        required=True,
        default="10",
        help="The customer chooses between -50 % and 200 % in these steps.",
    )
    service_rating_send = fields.Selection(
        [("manual", "By the advisor"), ("auto", "By itself after delivery")],
        string="Rating Links Go Out",
        required=True,
        default="manual",
    )
    service_rating_web = fields.Selection(
        [
            ("form", "The form at once"),
            ("link", "The link, sent to the customer's own phone or mail"),
            ("off", "Nothing"),
        ],
        string="On the Website",
        required=True,
        default="form",
        help="What order number and phone number open on the website. Colleagues know both, too: "
        "many customers' votes from one place are held.",
    )
    service_rating_onsite = fields.Boolean(
        string="Rating on Site",
        help="The second way of collecting ratings: at the customer's place, on a device on which "
        "no employee is logged in, opened at /service/rate?from=onsite (S3-33).",
    )
    service_rating_low = fields.Integer(
        string="Low Score (%)",
        required=True,
        default=50,
        help="A comment with words of extreme dissatisfaction is proposed as a complaint where one "
        "of the two scores is not above this.",
    )

    _service_rating_low_range = models.Constraint(
        "CHECK(service_rating_low BETWEEN -50 AND 200)",
        "The low score lies between -50 % and 200 %.",
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
