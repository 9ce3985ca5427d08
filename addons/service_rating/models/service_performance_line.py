from odoo import api, fields, models
from odoo.exceptions import UserError

from ..rules import score as scoring

# An object, because a remote caller can send any context key but never this value.
LEDGER_KEY = object()


class ServicePerformanceLine(models.Model):
    """One plus or minus of a person's month, with its cause.

    Score lines of a month add up to the month's score, difficulty lines to its points. Lines are
    never changed; computing an open month again writes them anew, a locked month keeps its own.
    """

    _name = "service.performance.line"
    _description = "Performance Ledger"
    _order = "performance_id, sequence, id"
    _rec_name = "note"

    performance_id = fields.Many2one(
        "service.performance", required=True, readonly=True, ondelete="cascade", index=True
    )
    employee_id = fields.Many2one(
        "hr.employee", required=True, readonly=True, ondelete="restrict", index=True
    )
    company_id = fields.Many2one(
        "res.company", string="Branch", required=True, readonly=True, index=True
    )
    month = fields.Date(required=True, readonly=True)
    sequence = fields.Integer(readonly=True)
    kind = fields.Selection(
        [
            ("rating", "Rating"),
            ("unit", "Unit mean"),
            ("correction", "Correction"),
            ("limit", "Limit"),
            ("difficulty", "Difficulty"),
        ],
        required=True,
        readonly=True,
    )
    dimension = fields.Selection(scoring.DIMENSIONS, readonly=True)
    share_id = fields.Many2one(
        "service.rating.share", string="Rating Share", readonly=True, ondelete="restrict"
    )
    correction_id = fields.Many2one(
        "service.performance.correction", readonly=True, ondelete="restrict", index=True
    )
    difficulty_id = fields.Many2one("service.difficulty", readonly=True, ondelete="restrict")
    order_id = fields.Many2one(
        "service.order", string="Work Order", readonly=True, ondelete="restrict"
    )
    vehicle_id = fields.Many2one("service.vehicle", readonly=True, ondelete="restrict")
    given = fields.Integer(readonly=True, help="The customer's score, or the difficulty grade.")
    weight = fields.Float(
        string="Share", readonly=True, digits=(9, scoring.WEIGHT_DIGITS), aggregator=None
    )
    points = fields.Float(
        readonly=True,
        digits=(12, scoring.POINT_DIGITS),
        help="What this line adds to the month's score, or to its difficulty points.",
    )
    note = fields.Char(readonly=True)

    _share_uniq = models.UniqueIndex(
        "(share_id) WHERE share_id IS NOT NULL", "A share of a rating is counted once."
    )
    _correction_uniq = models.UniqueIndex(
        "(correction_id) WHERE correction_id IS NOT NULL", "A correction is counted once."
    )
    _difficulty_uniq = models.UniqueIndex(
        "(difficulty_id, employee_id) WHERE difficulty_id IS NOT NULL",
        "A difficulty grade is counted once.",
    )

    def _refuse_foreign(self):
        if self.env.context.get("service_ledger_key") is not LEDGER_KEY:
            raise UserError(self.env._("The ledger is written by computing the month only."))

    @api.model_create_multi
    def create(self, vals_list):
        self._refuse_foreign()
        return super().create(vals_list)

    def write(self, vals):
        if vals:
            raise UserError(self.env._("The ledger is never changed."))
        return super().write(vals)

    def unlink(self):
        self._refuse_foreign()
        return super().unlink()
