from odoo import fields, models

from ..models.service_clocking import PAUSE_REASONS


class ServiceClockingPause(models.TransientModel):
    """Asks a technician why he stops."""

    _name = "service.clocking.pause"
    _description = "Pause"

    clocking_id = fields.Many2one("service.clocking", required=True, readonly=True)
    reason = fields.Selection(PAUSE_REASONS, required=True)

    def action_pause(self):
        self.ensure_one()
        self.clocking_id._pause(self.reason)
        return {"type": "ir.actions.act_window_close"}
