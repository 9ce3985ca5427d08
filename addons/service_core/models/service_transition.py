from odoo import api, fields, models
from odoo.exceptions import UserError


class ServiceTransition(models.Model):
    """Who moved what, from where to where, when. Durations and waiting times are read here."""

    _name = "service.transition"
    _description = "Service Transition"
    _order = "id desc"
    _rec_name = "verb"

    res_model = fields.Char(string="Document Model", required=True, readonly=True)
    res_id = fields.Many2oneReference(
        string="Document", model_field="res_model", required=True, readonly=True
    )
    verb = fields.Char(required=True, readonly=True)
    from_state = fields.Char(required=True, readonly=True)
    to_state = fields.Char(required=True, readonly=True)
    at = fields.Datetime(required=True, readonly=True, default=fields.Datetime.now)
    user_id = fields.Many2one("res.users", string="By", required=True, readonly=True)

    _document_idx = models.Index("(res_model, res_id, id)")

    # append-only: there is nothing that super() may be asked to do
    def write(self, vals):  # pylint: disable=method-required-super
        raise UserError(self.env._("The log of steps is never changed."))

    @api.ondelete(at_uninstall=False)
    def _unlink_never(self):
        raise UserError(self.env._("The log of steps is never deleted."))
