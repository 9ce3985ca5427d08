from odoo import api, fields, models
from odoo.exceptions import UserError

from ..rules import integrity


class ServiceRatingFlag(models.Model):
    """Why a vote is looked at before it counts; written when the vote is, never changed."""

    _name = "service.rating.flag"
    _description = "Rating Flag"
    _order = "rating_id desc, id"
    _rec_name = "kind"

    rating_id = fields.Many2one(
        "service.rating", required=True, readonly=True, ondelete="cascade", index=True
    )
    company_id = fields.Many2one(related="rating_id.company_id")
    kind = fields.Selection(integrity.FLAGS, required=True, readonly=True)
    detail = fields.Char(readonly=True)

    _once = models.Constraint("UNIQUE(rating_id, kind)", "A vote carries each flag once.")

    def write(self, vals):
        if vals:
            raise UserError(self.env._("A flag is never changed: decide on the rating."))
        return super().write(vals)

    @api.ondelete(at_uninstall=False)
    def _unlink_except_never(self):
        raise UserError(self.env._("A flag is never deleted: decide on the rating."))
