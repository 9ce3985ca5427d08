from odoo import api, fields, models
from odoo.exceptions import UserError

from ..rules import score as scoring


class ServiceRatingShare(models.Model):
    """What one employee holds of one score of a rating; written once, when the customer votes.

    Per rating and dimension the weights sum to exactly 1 (S3-40).
    """

    _name = "service.rating.share"
    _description = "Rating Share"
    _order = "rating_id desc, dimension desc, weight desc, id"
    _rec_name = "employee_id"

    rating_id = fields.Many2one(
        "service.rating", required=True, readonly=True, ondelete="cascade", index=True
    )
    company_id = fields.Many2one(related="rating_id.company_id")
    employee_id = fields.Many2one(
        "hr.employee", required=True, readonly=True, ondelete="restrict", index=True
    )
    dimension = fields.Selection(scoring.DIMENSIONS, required=True, readonly=True)
    weight = fields.Float(
        required=True,
        readonly=True,
        digits=(9, scoring.WEIGHT_DIGITS),
        help="Technical level: by clocked hours, else the assigned technicians equally. "
        "Service attitude: the advisor and those who met the customer, by policy.",
    )
    basis = fields.Selection(
        [
            ("clocked", "Clocked on the car"),
            ("assigned", "Assigned, nobody clocked"),
            ("advisor", "Service advisor"),
            ("met", "Received the customer or handed over"),
        ],
        string="Because",
        readonly=True,
    )
    hours = fields.Float(readonly=True, help="Clocked on this order, where that is the reason.")
    score = fields.Integer(compute="_compute_score", help="What the customer gave, in percent.")

    _once = models.Constraint(
        "UNIQUE(rating_id, dimension, employee_id)",
        "A person holds one share of a score.",
    )
    _weight_range = models.Constraint(
        "CHECK(weight > 0 AND weight <= 1)", "A share lies between 0 and 1."
    )

    def _compute_score(self):
        for share in self:
            share.score = share.rating_id[f"{share.dimension}_score"]

    def write(self, vals):
        if vals:
            raise UserError(self.env._("The credit of a rating is never changed."))
        return super().write(vals)

    @api.ondelete(at_uninstall=False)
    def _unlink_except_never(self):
        raise UserError(self.env._("The credit of a rating is never deleted."))
