from odoo import api, models
from odoo.exceptions import UserError

# An object, because a remote caller can send any context key but never this value.
_GUARD_KEY = object()


class ServiceContactGuard(models.AbstractModel):
    """Facts that follow from what was done and are therefore written by no hand.

    A child names them in ``_guarded_fields``; its own rules write them on ``self._guarded()``.
    """

    _name = "service.contact.guard"
    _description = "Guarded Facts"

    _guarded_fields = frozenset()

    def _guarded(self):
        """The same records, with the right to write their guarded facts."""
        return self.with_context(service_guard_key=_GUARD_KEY)

    def _check_guarded(self, vals):
        if self.env.su or self.env.context.get("service_guard_key") is _GUARD_KEY:
            return
        touched = [name for name in vals if name in self._guarded_fields and vals[name]]
        if self and not touched:
            touched = [name for name in vals if name in self._guarded_fields]
        if touched:
            raise UserError(
                self.env._(
                    '"%s" follows from what was done; it is not entered by hand.',
                    self._fields[touched[0]]._description_string(self.env),
                )
            )

    @api.model_create_multi
    def create(self, vals_list):
        for vals in vals_list:
            self.browse()._check_guarded(vals)
        return super().create(vals_list)

    def write(self, vals):
        self._check_guarded(vals)
        return super().write(vals)
