from odoo import api, fields, models
from odoo.exceptions import AccessError, UserError

from ..rules import order_lifecycle as life

PROMISE = "promise"
TRANSPORT = "transport"
REACH = "reach"
# the work is agreed and not yet done
PROMISED = (life.AGREED, life.IN_REPAIR, life.IN_INSPECTION, life.WASHING)
RISKS = "service_core.service_checklist"


class ServiceOrder(models.Model):
    """Moments that go wrong after the estimate: each is a clock or an exception with somebody's task.

    1. The work is not done when promised (S0-76): the advisor calls and agrees a new time.
    2. The data on the bill are not those the customer confirmed (S0-76): they are read back anew.
    3. The customer has no way to leave (S0-84): the desk finds him one.
    4. Who left must be reached at once (S0-84): somebody does, or it is told upwards.
    """

    # one file for one job, the model is the sum of them
    _inherit = "service.order"  # pylint: disable=consider-merging-classes-inherited

    # what the customer confirmed, word for word
    invoice_data_read = fields.Char(readonly=True, copy=False, export_string_translation=False)

    # === CRUD === #

    @api.model_create_multi
    def create(self, vals_list):
        orders = super().create(vals_list)
        orders.filtered("invoice_read_back")._keep_invoice_data()
        return orders

    def write(self, vals):
        """A new promise winds its clock up again; a tick keeps what was read back."""
        if "transport" in vals:
            helpless = self.filtered(lambda order: order.transport == "none")
        res = super().write(vals)
        if vals.get("invoice_read_back"):
            self._keep_invoice_data()
        if "promised_date" in vals:
            self.filtered(lambda order: order.state in PROMISED)._promise_clock()
        if "transport" in vals and vals["transport"] != "none" and helpless:
            self.env["service.deadline"]._meet(TRANSPORT, helpless)
        return res

    # === 1. PROMISED AND NOT DONE === #

    def _promise_clock(self):
        deadlines = self.env["service.deadline"]
        promised = self.filtered("promised_date")
        deadlines._start(PROMISE, promised)
        if self - promised:
            deadlines._cancel(PROMISE, self - promised)

    def _on_transition(self, verb, from_states):
        """The promise runs while the work is agreed and not done; nobody is owed a way home after."""
        res = super()._on_transition(verb, from_states)
        before = self.filtered(lambda order: from_states[order.id] in PROMISED)
        deadlines = self.env["service.deadline"]
        if verb == "agree":
            self._promise_clock()
        done = before.filtered(lambda order: order.state == life.READY)
        if done:
            deadlines._meet(PROMISE, done)
        if verb in ("deliver", "cancel", "stop"):
            away = self.filtered("stay")
            if away:
                deadlines._cancel(TRANSPORT, away)
                deadlines._cancel(REACH, away)
        return res

    def _deadline_stands(self, code):
        """A promise is owed while the work is agreed and not done; a revised one is made anew."""
        return self if code != PROMISE else self.filtered(lambda order: order.state in PROMISED)

    def _on_deadline_missed(self, code):
        """A clock of ours ran out: it is counted as what went wrong at its step."""
        if code == PROMISE:
            self._record_risk(
                f"{RISKS}_estimate_risks_promise",
                self.env._("Not done when it was promised."),
            )
        elif code == REACH:
            self._record_risk(
                f"{RISKS}_waiting_risks_reached",
                self.env._("The customer could not be reached in time."),
            )

    # === 2. THE BILL'S NAME AND ADDRESS === #

    def _invoice_data(self):
        """Name, tax number and address as they would be printed now."""
        self.ensure_one()
        partner = self.partner_id.commercial_partner_id
        address = partner._display_address(without_company=True) if partner else ""
        words = (partner.name, partner.vat, *address.splitlines())
        return ", ".join(word.strip() for word in words if word and word.strip()).upper()

    def _keep_invoice_data(self):
        """What was read back now; another text than before is an exception that was mended."""
        for order in self.sudo():  # sudo: the tick is theirs, the copy is the house's
            data, before = order._invoice_data(), order.invoice_data_read
            order.invoice_data_read = data
            if before and before != data and order.state not in (life.DRAFT, life.BOOKED):
                order._record_risk(
                    f"{RISKS}_estimate_risks_invoice",
                    self.env._("Read back first as %s.", before),
                )

    def _gate_invoice_unchanged(self):
        """The bill says what the customer confirmed (S0-76)."""
        read = self.invoice_read_back and self.invoice_data_read
        if not read or "customer" not in self.job_ids.mapped("payer"):
            return False
        if read == self._invoice_data():
            return False
        return self.env._(
            'name or address on the bill have changed since they were read back: press "Read '
            'Back Again".'
        )

    def action_read_invoice_data(self):
        """The changed name and address were read back to the customer once more."""
        self.check_access("write")
        self.invoice_read_back = True
        return True

    # === 3. NO WAY TO LEAVE === #

    def _stays(self, stay):
        res = super()._stays(stay)
        helpless = self.filtered(lambda order: stay == "left" and order.transport == "none")
        if helpless:
            self.env["service.deadline"]._start(TRANSPORT, helpless)
            helpless._record_risk(
                f"{RISKS}_waiting_risks_transport",
                self.env._("No way to leave; one has to be found."),
            )
        return res

    # === 4. REACHED AT ONCE === #

    def action_reach(self):
        """Something cannot wait: the customer who left is to be reached now."""
        self.check_access("read")
        if not self.env.user.has_group("service_core.group_service_user"):
            raise AccessError(self.env._("Staff of the service asks for the customer."))
        for order in self:
            if order.stay != "left":
                raise UserError(self.env._("%s: the customer has not left.", order.display_name))
        self.env["service.deadline"]._start(REACH, self)
        return True

    def _told(self, channel, text):
        """Who was spoken to has been reached."""
        res = super()._told(channel, text)
        self.env["service.deadline"]._meet(REACH, self)
        return res
