from odoo import api, fields, models
from odoo.exceptions import UserError

# Written with the state by the two buttons only.
CLOSING = {"state", "closed_at", "closed_by_id"}
_CLOSING_KEY = object()


class ServicePromise(models.Model):
    """What was said to a customer beside the work, and whether it was kept (S2-49, S2-53)."""

    _name = "service.promise"
    _description = "Agreement"
    _order = "state desc, due, id"
    _rec_name = "text"

    text = fields.Char(string="Agreed", required=True)
    order_id = fields.Many2one("service.order", ondelete="cascade", index="btree_not_null")
    partner_id = fields.Many2one(
        "res.partner",
        string="Promised To",
        compute="_compute_partner_id",
        store=True,
        readonly=False,
        index="btree_not_null",
    )
    company_id = fields.Many2one(
        "res.company",
        string="Branch",
        compute="_compute_company_id",
        store=True,
        index=True,
        precompute=True,
    )
    due = fields.Datetime(help="By when. Empty: while the car is here.")
    user_id = fields.Many2one(
        "res.users", string="Promised By", readonly=True, default=lambda self: self.env.uid
    )
    state = fields.Selection(
        [("open", "Open"), ("kept", "Kept"), ("broken", "Broken")],
        string="Status",
        required=True,
        readonly=True,
        default="open",
        copy=False,
    )
    closed_at = fields.Datetime(string="Answered", readonly=True, copy=False)
    closed_by_id = fields.Many2one("res.users", string="Answered By", readonly=True, copy=False)

    @api.depends("order_id")
    def _compute_partner_id(self):
        for promise in self:
            promise.partner_id = promise.partner_id or promise.order_id.partner_id

    @api.depends("order_id")
    def _compute_company_id(self):
        for promise in self:
            promise.company_id = promise.order_id.company_id or self.env.company

    # === CRUD === #

    @api.model_create_multi
    def create(self, vals_list):
        if any(vals.get("state", "open") != "open" for vals in vals_list):
            raise UserError(self.env._("An agreement is open until it is kept or broken."))
        return super().create(
            [{k: v for k, v in vals.items() if k not in CLOSING} for vals in vals_list]
        )

    def write(self, vals):
        if self.env.context.get("service_closing_key") is not _CLOSING_KEY:
            if CLOSING & set(vals):
                raise UserError(self.env._("Use the buttons: an agreement is kept or broken."))
            closed = self.filtered(lambda promise: promise.state != "open")
            if {"text", "due", "partner_id", "order_id"} & set(vals) and closed:
                raise UserError(
                    self.env._('"%s" is answered and stays as it was agreed.', closed[0].text)
                )
        return super().write(vals)

    # === ACTIONS === #

    def action_keep(self):
        """What was promised has been done."""
        return self._close("kept")

    def action_break(self):
        """What was promised was not done, and we say so."""
        return self._close("broken")

    def _close(self, state):
        self.filtered(lambda promise: promise.state == "open").with_context(
            service_closing_key=_CLOSING_KEY
        ).write({"state": state, "closed_at": fields.Datetime.now(), "closed_by_id": self.env.uid})
        return True
