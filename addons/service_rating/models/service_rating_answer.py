from odoo import api, fields, models
from odoo.exceptions import UserError

from ..rules import instruments

# An object, because a remote caller can send any context key but never this value.
ANSWER_KEY = object()


class ServiceRatingAnswer(models.Model):
    """One answer to CSAT, CES or NPS: a trend of the house, apart from anybody's pay.

    Asked on the rating page where the branch has switched the question on, or by phone. CSAT and
    CES are about one visit; NPS is about the house, so it names no employee (S4-74, S4-75, S4-76).
    """

    _name = "service.rating.answer"
    _description = "Answer Apart From Pay"
    _order = "date desc, id desc"
    _rec_name = "instrument"

    instrument = fields.Selection(instruments.INSTRUMENTS, required=True, readonly=True)
    value = fields.Integer(
        string="Answer",
        required=True,
        readonly=True,
        aggregator="avg",
        help="As the customer gave it: CSAT 1 to 5, CES 1 to 7, NPS 0 to 10; more is better.",
    )
    points = fields.Integer(
        string="Index",
        required=True,
        readonly=True,
        aggregator="avg",
        help="The mean of these is the index: CSAT and CES the share of content customers in "
        "percent, NPS promoters less detractors from -100 to 100.",
    )
    date = fields.Date(required=True, readonly=True, index=True, help="The branch's calendar day.")
    channel = fields.Selection(
        instruments.CHANNELS, readonly=True, help="How the customer was asked (S4-72)."
    )
    company_id = fields.Many2one(
        "res.company", string="Branch", required=True, readonly=True, index=True
    )
    partner_id = fields.Many2one("res.partner", string="Customer", readonly=True, index=True)
    order_id = fields.Many2one(
        "service.order", string="Work Order", readonly=True, index="btree_not_null"
    )
    advisor_id = fields.Many2one(
        "res.users", readonly=True, help="Whose visit it was; empty for a question on the house."
    )
    rating_id = fields.Many2one(
        "service.rating", readonly=True, ondelete="restrict", index="btree_not_null"
    )

    call_id = fields.Many2one(
        "service.call", readonly=True, ondelete="restrict", index="btree_not_null"
    )

    _once_by_phone = models.UniqueIndex(
        "(call_id, instrument) WHERE call_id IS NOT NULL",
        "A call answers each question once.",
    )
    _once = models.UniqueIndex(
        "(rating_id, instrument) WHERE rating_id IS NOT NULL",
        "A form answers each question once.",
    )
    _scale = models.Constraint(
        "CHECK((instrument = 'csat' AND value BETWEEN 1 AND 5)"
        " OR (instrument = 'ces' AND value BETWEEN 1 AND 7)"
        " OR (instrument = 'nps' AND value BETWEEN 0 AND 10))",
        "CSAT lies between 1 and 5, CES between 1 and 7, NPS between 0 and 10.",
    )

    @api.model
    def _record(self, answers, order, partner, channel, rating=None, call=None):
        """Keep what a customer answered; questions left open are no answer.

        :param dict answers: instrument -> value
        """
        company = order.company_id
        vals_list = [
            {
                "instrument": instrument,
                "value": value,
                "points": instruments.points(instrument, value),
                "date": company._service_local_date(fields.Datetime.now()),
                "channel": channel,
                "company_id": company.id,
                "partner_id": partner.id,
                "order_id": order.id,
                "advisor_id": instrument != instruments.NPS and order.advisor_id.id,
                "rating_id": rating and rating.id,
                "call_id": call and call.id,
            }
            for instrument, value in answers.items()
            if value is not None
        ]
        # sudo: nobody writes answers but the customer's own form
        return self.sudo().with_context(service_answer_key=ANSWER_KEY).create(vals_list)

    @api.model_create_multi
    def create(self, vals_list):
        if self.env.context.get("service_answer_key") is not ANSWER_KEY:
            raise UserError(self.env._("Only the customer answers."))
        return super().create(vals_list)

    def write(self, vals):
        if vals:
            raise UserError(self.env._("A customer's answer is never changed."))
        return super().write(vals)

    @api.ondelete(at_uninstall=False)
    def _unlink_except_never(self):
        raise UserError(self.env._("A customer's answer is never deleted."))
