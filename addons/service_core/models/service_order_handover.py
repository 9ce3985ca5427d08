import contextlib
import logging

from odoo import api, fields, models

_logger = logging.getLogger(__name__)

CRON = "service_core.ir_cron_after_delivery"
BATCH = 50


class ServiceOrder(models.Model):
    """What the house does once the customer has driven off.

    Nobody at the counter waits for it: the verb leaves a mark with the delivery itself and a job
    that starts at once does the rest, so nothing is lost and the customer's keys are quicker.
    """

    # one file for one job, the model is the sum of them
    _inherit = "service.order"  # pylint: disable=consider-merging-classes-inherited

    is_aftercare_due = fields.Boolean(readonly=True, copy=False, export_string_translation=False)

    _aftercare_idx = models.Index("(id) WHERE is_aftercare_due")

    def _on_transition(self, verb, from_states):
        """Mark the orders just delivered, and wake the job that looks after them."""
        res = super()._on_transition(verb, from_states)
        if verb == "deliver":
            # sudo: the mark is closed to everybody's write, scheduled actions to their read
            self.sudo().is_aftercare_due = True
            self.env.ref(CRON).sudo()._trigger()
        return res

    @api.model
    def _cron_aftercare(self, limit=BATCH):
        """Look after delivered orders, some at a time; one that fails does not stop the others."""
        domain = [("is_aftercare_due", "=", True)]
        progress = self.env["ir.cron"]._commit_progress
        progress(remaining=self.search_count(domain))
        orders = self.search(domain, order="id", limit=limit).try_lock_for_update()
        try:
            with self.env.cr.savepoint():
                orders._run_aftercare()
        except Exception:
            # whoever is at fault keeps the mark and is tried again with the next run
            _logger.exception("Orders %s could not be looked after together", orders.ids)
            for order in orders:
                with contextlib.suppress(Exception), self.env.cr.savepoint():
                    order._run_aftercare()
        progress(len(orders))

    def _run_aftercare(self):
        """Do what delivery left to be done for these orders, once."""
        due = self.filtered("is_aftercare_due")
        if due:
            due._after_delivery()
            due.is_aftercare_due = False

    def _after_delivery(self):
        """Hook: these orders were delivered, at their ``delivered_date``; called as superuser."""
