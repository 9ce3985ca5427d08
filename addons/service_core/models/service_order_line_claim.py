from odoo import fields, models
from odoo.exceptions import AccessError, UserError

from .sale_order import SERVICE_KEY
from .service_order_job import APPROVAL_KEY

DECISIONS = [("internal", "The house pays"), ("customer", "The customer pays")]


class ServiceOrderLine(models.Model):
    """What the payer of a claim said to one line, and who carries it when he refused (design 3)."""

    # one file for one job, the model is the sum of them
    _inherit = "service.order.line"  # pylint: disable=consider-merging-classes-inherited

    claim_id = fields.Many2one(
        "service.claim", readonly=True, copy=False, index="btree_not_null", ondelete="set null"
    )
    claim_result = fields.Selection(
        [("accepted", "Accepted"), ("refused", "Refused")],
        string="Payer's Answer",
        readonly=True,
        copy=False,
    )
    refusal_decision = fields.Selection(DECISIONS, string="Decision", readonly=True, copy=False)
    refusal_reason = fields.Char(string="Reason", readonly=True, copy=False)
    refusal_user_id = fields.Many2one(
        "res.users", string="Decided By", readonly=True, copy=False, index="btree_not_null"
    )
    refusal_at = fields.Datetime(string="Decided At", readonly=True, copy=False)

    def _claim_guard(self):
        """The same people as for the whole claim, while the payer has not answered it."""
        self.check_access("read")
        for line in self:
            if line.claim_id.state != "sent":
                raise UserError(
                    self.env._("Lines are answered while the claim is with its payer: send it.")
                )
            if line.share_pair_id:
                raise UserError(
                    self.env._("A share follows the lines it was taken from: answer those.")
                )
        self.claim_id._begin("accept")
        # sudo: a claimed line is frozen, the guard is above
        return self.sudo()

    def action_claim_refuse(self):
        """The payer refuses this line."""
        self._claim_guard().claim_result = "refused"
        return True

    def action_claim_accept(self):
        """The payer accepts this line after all."""
        self._claim_guard().claim_result = "accepted"
        return True

    def _decide_refused(self, decision, reason, signed_by=False, signature=False):
        """A manager says who carries what the payer refused.

        1. The line becomes internal: price zero, its value is kept. Goods stay where they went.
        2. The customer carries it only if he signed for it: his signed round and a bill of his own.
        """
        self.check_access("read")
        if not self.env.user.has_group("service_core.group_service_manager"):
            raise AccessError(self.env._("A manager decides who carries what was refused."))
        if decision not in dict(DECISIONS):
            raise UserError(self.env._("Say who pays: the house or the customer."))
        if not (reason or "").strip():
            raise UserError(self.env._("Say why."))
        if decision == "customer" and not ((signed_by or "").strip() and signature):
            raise UserError(self.env._("The customer pays only what he signed for."))
        for line in self:
            if (
                line.claim_result != "refused"
                or line.refusal_decision
                or line.claim_id.state not in ("accepted", "refused")
            ):
                raise UserError(
                    self.env._('"%s" does not wait for a decision.', line.name or line.display_name)
                )
        # sudo: a claimed line is frozen, the guard is above
        lines = self.sudo().with_context(service_approval_key=APPROVAL_KEY)
        lines.order_id._lock()
        if decision == "customer":
            for order, group in lines.grouped("order_id").items():
                group._move_to_customer(order, signed_by.strip(), signature)
        for line in lines:
            line.write(
                {
                    "payer": "internal",
                    "payer_id": line.company_id.partner_id.id,
                    "price_unit": 0.0,
                    "refusal_decision": decision,
                    "refusal_reason": reason.strip(),
                    "refusal_user_id": self.env.uid,
                    "refusal_at": fields.Datetime.now(),
                }
            )
        lines.claim_id._message_log_batch(
            bodies={
                claim.id: self.env._(
                    "%(decision)s for %(lines)s: %(reason)s",
                    decision=dict(
                        self._fields["refusal_decision"]._description_selection(self.env)
                    )[decision],
                    lines=", ".join(
                        lines.filtered(lambda r, c=claim: r.claim_id == c).mapped("name")
                    ),
                    reason=reason.strip(),
                )
                for claim in lines.claim_id
            }
        )

    def _move_to_customer(self, order, signed_by, signature):
        """A signed round over what was delivered of these lines, sold and billed at once."""
        customer = order.partner_id
        product = self.env.ref("service_core.product_share")
        pluses = self.create(
            [
                {
                    "order_id": order.id,
                    "job_id": line.job_id.id,
                    "kind": "fee",
                    "product_id": product.id,
                    "name": line.name,
                    "product_uom_qty": 1.0,
                    "payer": "customer",
                    "payer_id": customer.id,
                    "share_tax_ids": [fields.Command.set(line.product_id.taxes_id.ids)],
                    "share_amount": line._share_price_for(
                        line.price_unit * line.sale_line_id.qty_delivered, customer
                    ),
                    "claim_id": False,
                }
                for line in self
            ]
        )
        now = fields.Datetime.now()
        approval = self.env["service.approval"].create(
            {
                "order_id": order.id,
                "payer": "customer",
                "payer_id": customer.id,
                "job_ids": [fields.Command.set(self.job_id.ids)],
                "amount_total": pluses._total_with_tax(),
                "amount_approved": pluses._total_with_tax(),
                "state": "answered",
                "channel": "signature",
                "answered_by": signed_by,
                "answered_at": now,
                "user_id": self.env.uid,
                "signature": signature,
            }
        )
        keyed = self.env["sale.order"].with_context(
            service_key=SERVICE_KEY, mail_auto_subscribe_no_notify=True
        )
        sale = keyed.create(
            {
                **approval._prepare_sale_order(),
                "order_line": [fields.Command.create(line._prepare_sale_line()) for line in pluses],
            }
        )
        approval.sale_order_id = sale
        for line, sale_line in zip(pluses, sale.order_line, strict=True):
            line.sale_line_id = sale_line
        sale.action_confirm()
        for sale_line in sale.order_line:
            sale_line.qty_delivered = sale_line.product_uom_qty
        order._invoice_payer(customer)
