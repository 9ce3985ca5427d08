from odoo import api, fields, models

CRON = "service_core.ir_cron_after_delivery"


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
    def _cron_aftercare(self):
        """Look after delivered orders; one that fails does not stop the others."""
        self._work_off(CRON, [([("is_aftercare_due", "=", True)], "_run_aftercare")])

    def _run_aftercare(self):
        """Do what delivery left to be done for these orders, once."""
        due = self.filtered("is_aftercare_due")
        if due:
            due._after_delivery()
            due.is_aftercare_due = False

    def _after_delivery(self):
        """Hook: these orders were delivered, at their ``delivered_date``; called as superuser."""
