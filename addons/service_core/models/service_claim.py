from odoo import api, fields, models
from odoo.exceptions import UserError

from ..rules.claim_lifecycle import CLAIM, STATES
from .service_order import PRICE_GROUPS
from .service_payer import PAYERS


class ServiceClaim(models.Model):
    """What the manufacturer or insurer is asked to pay; invoiced on acceptance (S4-36)."""

    _name = "service.claim"
    _description = "Warranty Claim"
    _inherit = ["mail.thread", "service.lifecycle"]
    _order = "id desc"
    _lifecycle = CLAIM

    name = fields.Char(readonly=True, default="/", copy=False)
    order_id = fields.Many2one(
        "service.order", required=True, readonly=True, ondelete="restrict", index=True
    )
    company_id = fields.Many2one(related="order_id.company_id", store=True, index=True)
    currency_id = fields.Many2one(related="order_id.currency_id")
    vehicle_id = fields.Many2one(related="order_id.vehicle_id")
    owner_id = fields.Many2one(related="order_id.owner_id", help="The claim stands in his name.")
    payer = fields.Selection(PAYERS, required=True, readonly=True)
    payer_id = fields.Many2one(
        "res.partner", string="Paid By", required=True, readonly=True, index=True
    )
    payer_ref = fields.Char(string="Payer's Reference", help="Number the payer gave the claim.")
    amount_total = fields.Monetary(
        compute="_compute_amount_total", groups=PRICE_GROUPS, help="Delivered, tax included."
    )
    state = fields.Selection(
        STATES, required=True, readonly=True, default="draft", copy=False, tracking=True
    )
    invoice_id = fields.Many2one(
        "account.move", readonly=True, copy=False, index="btree_not_null", groups=PRICE_GROUPS
    )

    line_ids = fields.One2many("service.order.line", "claim_id", string="Claimed", readonly=True)
    has_undecided = fields.Boolean(compute="_compute_has_undecided")

    _one_per_payer = models.UniqueIndex(
        "(order_id, payer_id) WHERE state <> 'refused'",
        "This order already has a claim to this payer.",
    )

    @api.depends("line_ids.claim_result", "line_ids.refusal_decision", "state")
    def _compute_has_undecided(self):
        for claim in self:
            claim.has_undecided = claim.state in ("accepted", "refused") and bool(
                claim._undecided_lines()
            )

    def _undecided_lines(self):
        """Refused lines nobody has said yet who carries."""
        return self.line_ids.filtered(
            lambda line: line.claim_result == "refused" and not line.refusal_decision
        )

    @api.depends("order_id.line_ids.sale_line_id.qty_delivered", "line_ids.claim_result")
    def _compute_amount_total(self):
        for claim in self:
            lines = claim.order_id.line_ids.filtered(
                lambda line, c=claim: (
                    line.sale_line_id
                    and line.payer_id == c.payer_id
                    and line.claim_result != "refused"
                )
            )
            claim.amount_total = sum(
                line.price_total * line.sale_line_id.qty_delivered / line.product_uom_qty
                for line in lines
            )

    @api.model_create_multi
    def create(self, vals_list):
        for vals in vals_list:
            if vals.get("name", "/") == "/":
                # sudo: a sequence is read by settings users only
                vals["name"] = self.env["ir.sequence"].sudo().next_by_code("service.claim")
        return super().create(vals_list)

    def write(self, vals):
        """People write the payer's number; what is claimed of whom comes from the order."""
        if not self.env.su and {"order_id", "payer", "payer_id", "invoice_id"} & set(vals):
            raise UserError(self.env._("A claim follows its work order: write nothing but notes."))
        return super().write(vals)

    def _begin(self, verb):
        """Guard: a cashier or an advisor of the branch, in a state that knows the verb."""
        self.check_access("read")
        if not self.env.user.has_groups(
            "service_core.group_service_cashier,service_core.group_service_advisor"
        ):
            raise UserError(self.env._("Claims are handled by advisors and cashiers."))
        self._lifecycle_check(verb)
        # sudo: claims are written by their verbs only
        return self.sudo()

    def action_send(self):
        """The claim went to the payer."""
        self._begin("send")._lifecycle_move("send")
        return True

    def action_accept(self):
        """The payer accepts: one invoice over what was delivered and not refused line by line."""
        for claim in self._begin("accept"):
            accepted = claim.line_ids.filtered(
                lambda line: line.claim_result != "refused" and not line.share_pair_id
            )
            if claim.line_ids and not accepted:
                raise UserError(
                    self.env._("%s: every line is refused, refuse the claim.", claim.name)
                )
            accepted.filtered(lambda line: not line.claim_result).claim_result = "accepted"
            claim.invoice_id = claim.order_id._invoice_payer(claim.payer_id)
            claim._lifecycle_move("accept")
        return True

    def action_refuse(self):
        """The payer refuses: nothing is invoiced, a manager decides who carries it."""
        claims = self._begin("refuse")
        claims.line_ids.claim_result = "refused"
        claims._lifecycle_move("refuse")
        return True

    def action_decide(self):
        """Open the form in which a manager says who carries what was refused."""
        self.ensure_one()
        return {
            "type": "ir.actions.act_window",
            "name": self.env._("Who Pays What Was Refused"),
            "res_model": "service.claim.decision",
            "view_mode": "form",
            "target": "new",
            "context": {"default_claim_id": self.id},
        }
