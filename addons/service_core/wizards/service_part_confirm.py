from odoo import api, fields, models
from odoo.exceptions import UserError


class ServicePartConfirm(models.TransientModel):
    """The vendor said when: write it down for the parts chosen on the board."""

    _name = "service.part.confirm"
    _description = "Confirm Arrival"

    line_ids = fields.Many2many("service.order.line", string="Parts", required=True)
    date = fields.Datetime(
        string="Arrives",
        required=True,
        compute="_compute_date",
        store=True,
        readonly=False,
        help="When the vendor confirmed the parts will be here.",
    )
    place_order = fields.Boolean(
        string="Place the Order",
        default=True,
        help="Also turn the vendor's request, with everything on it, into a purchase order, so that "
        "it can be received.",
    )

    @api.depends("line_ids")
    def _compute_date(self):
        """The vendor's usual delay is the best first guess."""
        for wizard in self:
            dates = [date for date in wizard.line_ids.mapped("expected_date") if date]
            wizard.date = wizard.date or max(dates, default=False)

    def action_apply(self):
        """Confirm the date of everything on order for these parts."""
        self.ensure_one()
        lines = self.line_ids.purchase_line_ids.filtered(lambda line: line._service_open_qty() > 0)
        if not lines:
            raise UserError(self.env._("Nothing is ordered for these parts: order them first."))
        lines.action_service_confirm(self.date)
        if self.place_order:
            lines.order_id.filtered(lambda order: order.state in ("draft", "sent")).button_confirm()
        return {"type": "ir.actions.act_window_close"}
