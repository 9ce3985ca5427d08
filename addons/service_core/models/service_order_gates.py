from odoo import fields, models
from odoo.exceptions import AccessError, UserError

from ..rules import gates


class ServiceOrder(models.Model):
    """What must be true before a verb: each gate is one method that returns a sentence or nothing."""

    # one file for one job, the model is the sum of them
    _inherit = "service.order"  # pylint: disable=consider-merging-classes-inherited

    def _check_gates(self, verb):
        """Raise on the first blocking gate, note the warning ones; waived gates are passed."""
        codes = gates.gates_of(verb)
        if "vendor" in codes:
            # one look at the shelf for all of them
            self.line_ids._service_check_stock()
        for order in self:
            levels = order.kind_id._gate_levels()
            for code in codes:
                level = levels.get(code, gates.BLOCK)
                if level == gates.OFF:
                    continue
                sentence = getattr(order, f"_gate_{code}")()
                # most orders pass: who waived what is asked only where something is missing
                if not sentence or code in order.waiver_ids.mapped("gate"):
                    continue
                if level == gates.BLOCK:
                    raise UserError(
                        self.env._(
                            "%(order)s: %(sentence)s",
                            order=order.display_name,
                            sentence=sentence,
                        )
                    )
                order.message_post(body=sentence)

    def _gate_blocks(self, code):
        """Whether this order must pass the gate: its kind blocks and nobody waived it."""
        self.ensure_one()
        level = self.kind_id._gate_levels().get(code, gates.BLOCK)
        return level == gates.BLOCK and code not in self.waiver_ids.mapped("gate")

    def _gate_asked(self, code):
        """Whether the order's kind asks for this check at all."""
        self.ensure_one()
        return self.kind_id._gate_levels().get(code, gates.BLOCK) != gates.OFF

    def action_waive(self):
        """Open the form in which a leader lets this order pass one check."""
        return self._ask_reason("waive")

    def _waive(self, gate, reason):
        """A team leader or manager lets this order pass one check, with a reason."""
        self.ensure_one()
        self.check_access("read")
        if not self.env.user.has_groups(
            "service_core.group_service_team_leader,service_core.group_service_manager"
        ):
            raise AccessError(self.env._("Team leaders and managers waive checks."))
        if not (reason or "").strip():
            raise UserError(self.env._("Say why the check is waived."))
        # sudo: waivers are closed to everybody's write, the guard is above
        return (
            self.env["service.waiver"]
            .sudo()
            .create(
                {
                    "order_id": self.id,
                    "gate": gate,
                    "reason": reason.strip(),
                    "user_id": self.env.uid,
                }
            )
        )

    # --- book --- #

    def _gate_booking_facts(self):
        missing = [
            self._fields[name]._description_string(self.env)
            for name in ("departure_time", "eta", "license_plate", "model_name")
            if not self[name]
        ]
        if missing:
            return self.env._("still to ask: %s.", ", ".join(missing))
        if not self.booking_confirmed:
            return self.env._('read the four facts back to the customer and tick "Read Back".')
        return False

    # --- receive --- #

    def _gate_custody(self):
        if not self.licence_custody or not self.manual_custody:
            return self.env._("take the licence and the manual, or record that they are missing.")
        return False

    # --- diagnose, quote --- #

    def _gate_read_back(self):
        open_words = self.job_ids.filtered(
            lambda job: (
                job.customer_words and not job.is_read_back and not (job.extra_info or "").strip()
            )
        )
        if open_words:
            return self.env._('read "%s" back to the customer.', open_words[0].name)
        return False

    def _gate_read_back_quote(self):
        return False if self.kind_id._wants_diagnosis() else self._gate_read_back()

    def _gate_diagnosis(self):
        open_jobs = self.job_ids._needs_detailed_diagnosis()
        if open_jobs:
            return self.env._(
                'the first diagnosis of "%s" is inconclusive: write down the detailed one.',
                open_jobs[0].name,
            )
        if not self.kind_id._wants_diagnosis():
            return False
        unknown = self.job_ids.filtered(
            lambda job: job.kind == "repair" and job.customer_words and not job.cause
        )
        if unknown:
            return self.env._('write down the cause of "%s".', unknown[0].name)
        return False

    def _gate_vendor(self):
        lines = self.line_ids.filtered(
            lambda line: line.availability != "available"
        )._parts_without_vendor()
        if lines:
            return self.env._(
                "%s is not in stock and has no supplier: add one or choose another part.",
                lines[0].product_id.display_name,
            )
        return False

    # --- agree --- #

    def _gate_promise(self):
        return False if self.promised_date else self.env._("promise a completion time.")

    def _gate_payment(self):
        if self.payment_method or "customer" not in self.job_ids.mapped("payer"):
            return False
        return self.env._("ask for the way of payment.")

    def _gate_invoice_data(self):
        if self.invoice_read_back or "customer" not in self.job_ids.mapped("payer"):
            return False
        return self.env._("read the invoice name and tax number back and tick it.")

    def _gate_parts_checked(self):
        if self.parts_checked_at:
            return False
        parts = self.line_ids.filtered(
            lambda line: line.product_id.is_storable and line.job_id.approval == "approved"
        )
        if parts:
            return self.env._("look on the shelf for %s first.", parts[0].product_id.display_name)
        return False

    def _gate_long_job(self):
        if not self.is_long_job or self.long_job_told_at:
            return False
        return self.env._('tell the customer that it takes long, then press "Told: Takes Long".')

    def _gate_signature(self):
        answered = self.approval_ids.filtered(
            lambda a: a.payer == "customer" and a.state == "answered" and a._approved_lines()
        )
        if answered and not {"link", "signature"} & set(answered.mapped("channel")):
            return self.env._("the first approval needs a signature or an answer by link.")
        return False

    # --- wash --- #

    def _gate_no_metal(self):
        return False if self.no_metal else self.env._('tick "No metal, items protected".')

    # --- settle --- #

    def _gate_explained(self):
        if self.charges_explained or not self._billable_lines():
            return False
        return self.env._("explain the charges from the settlement form.")

    def _gate_settlement_signed(self):
        if self.settlement_signature or self.settlement_signed_by or not self._billable_lines():
            return False
        return self.env._("have the settlement form signed.")

    # --- deliver --- #

    def _gate_paid(self):
        if self.release_user_id:
            return False
        unbilled = self._billable_lines().filtered(
            lambda line: line.payer == "customer" and line.sale_line_id.qty_to_invoice > 0
        )
        monthly = unbilled.filtered(
            lambda line: (
                self.collective_month and line.payer_id.commercial_partner_id.service_collective
            )
        )
        for partner in monthly.payer_id.commercial_partner_id:
            if not self._within_credit(partner):
                return self.env._(
                    "%s is above the credit limit: take a payment or ask a manager to release "
                    "the car.",
                    partner.display_name,
                )
        unbilled -= monthly
        if unbilled:
            return self.env._(
                '"%s" is not on a bill: take the settlement back and settle again.',
                unbilled[0].name,
            )
        for invoice in self.invoice_ids.filtered(lambda move: move.move_type == "out_invoice"):
            if invoice.state == "draft":
                return self.env._("%s is not posted: post the bill first.", invoice.display_name)
            if invoice.state == "cancel" or invoice.payment_state in (
                "paid",
                "in_payment",
                "reversed",
            ):
                continue
            claim = self.claim_ids.filtered(lambda c, i=invoice: c.invoice_id == i)
            if not claim and not self._on_account(invoice):
                return self.env._(
                    "%(invoice)s is not paid: take the payment or ask a manager to release the car.",
                    invoice=invoice.name,
                )
        return False

    def _on_account(self, invoice):
        """Whether this bill goes on account: payment on account, terms, and room in the limit."""
        partner = invoice.partner_id.commercial_partner_id.with_company(self.company_id)
        if self.payment_method != "account" or not partner.property_payment_term_id:
            return False
        if not self.company_id.account_use_credit_limit or not partner.credit_limit:
            return True
        return partner.credit <= partner.credit_limit

    def _within_credit(self, partner):
        """Whether what ``partner`` owes, billed or still to be billed, is within his limit."""
        partner = partner.with_company(self.company_id)
        if not self.company_id.account_use_credit_limit or not partner.credit_limit:
            return True
        return partner.credit + partner.credit_to_invoice <= partner.credit_limit

    def action_release(self):
        """Open the form in which a manager lets the car go unpaid."""
        return self._ask_reason("release")

    def _release(self, reason):
        self.ensure_one()
        self.check_access("read")
        if not self.env.user.has_group("service_core.group_service_manager"):
            raise AccessError(self.env._("A manager releases an unpaid car."))
        if not (reason or "").strip():
            raise UserError(self.env._("Say why the car is released unpaid."))
        # sudo: the release is closed to everybody's write, the guard is above
        self.sudo().write({"release_reason": reason.strip(), "release_user_id": self.env.uid})
        self.message_post(
            body=self.env._("Released unpaid: %s", reason), date=fields.Datetime.now()
        )
