import contextlib
import logging
from datetime import timedelta

from odoo import api, fields, models

_logger = logging.getLogger(__name__)

BATCH = 50


class ServiceOrder(models.Model):
    """What is done for orders after somebody has gone on working: marked by a verb, done by a job."""

    # one file for one job, the model is the sum of them
    _inherit = "service.order"  # pylint: disable=consider-merging-classes-inherited

    @api.model
    def _work_off(self, cron, todo, limit=BATCH):
        """Do what is due, some orders at a time, inside a scheduled action.

        An order that fails stays due for the next run; one that somebody is writing just now comes
        up again a minute later, and is no work that was left undone.

        :param str cron: xmlid of the scheduled action this runs in
        :param list todo: ``(domain of the due orders, name of the method that does it)``
        """
        due = sum(self.search_count(domain) for domain, _work in todo)
        done = held = 0
        for domain, work in todo:
            found = self.search(domain, order="id", limit=limit)
            orders = found.try_lock_for_update()
            orders._one_by_one(work)
            done += len(orders)
            held += len(found) - len(orders)
            self.env["ir.cron"]._commit_progress(len(orders), remaining=max(due - done - held, 0))
        if held:
            # sudo: scheduled actions are closed to everybody's read
            self.env.ref(cron).sudo()._trigger(at=fields.Datetime.now() + timedelta(minutes=1))

    def _one_by_one(self, work):
        """All together; where that fails each alone, so that one does not stop the others."""
        if not self:
            return
        try:
            with self.env.cr.savepoint():
                getattr(self, work)()
        except Exception:
            # whoever is at fault stays due and is tried again with the next run
            _logger.exception("%s failed for orders %s together", work, self.ids)
            for order in self:
                with contextlib.suppress(Exception), self.env.cr.savepoint():
                    getattr(order, work)()
