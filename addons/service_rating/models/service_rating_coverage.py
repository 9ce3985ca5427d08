from odoo import fields, models
from odoo.tools import SQL

from ..rules import instruments


class ServiceRatingCoverage(models.Model):
    """Who was asked and who answered, one row per visit: nobody hides his unhappy customers.

    A SQL view that only shows. Visits inside the house and visits nobody could rate are not in it.
    """

    _name = "service.rating.coverage"
    _description = "Rating Coverage"
    _auto = False
    _order = "delivered_date desc, id desc"
    _rec_name = "order_id"

    order_id = fields.Many2one("service.order", string="Work Order", readonly=True)
    company_id = fields.Many2one("res.company", string="Branch", readonly=True)
    advisor_id = fields.Many2one("res.users", readonly=True)
    delivered_date = fields.Datetime(string="Delivered", readonly=True)
    sent = fields.Float(
        string="Asked (%)",
        readonly=True,
        aggregator="avg",
        help="Visits whose rating link was sent, of all that could be rated.",
    )
    answered = fields.Float(
        string="Answered (%)",
        readonly=True,
        aggregator="avg",
        help="Visits the customer rated, of all that could be rated.",
    )
    channel = fields.Selection(
        instruments.CHANNELS, readonly=True, help="How the vote came in, else how it was asked for."
    )
    held = fields.Float(
        string="Held (%)",
        readonly=True,
        aggregator="avg",
        help="Visits whose vote was flagged and does not count, or not yet.",
    )

    @property
    def _table_query(self):
        return SQL(
            """
            SELECT rating.id, rating.order_id, rating.company_id, service_order.advisor_id,
                   service_order.delivered_date,
                   CASE WHEN rating.sent_at IS NULL AND rating.state = 'sent' THEN 0 ELSE 100 END
                       AS sent,
                   CASE WHEN rating.state = 'sent' THEN 0 ELSE 100 END AS answered,
                   COALESCE(rating.channel, rating.sent_channel) AS channel,
                   CASE WHEN rating.hold IN ('held', 'excluded') THEN 100 ELSE 0 END AS held
              FROM service_rating rating
              JOIN service_order ON service_order.id = rating.order_id
             WHERE rating.main_id IS NULL
            """
        )
