from odoo import api, fields, models
from odoo.exceptions import UserError


class PurchaseOrder(models.Model):
    """A vendor's request of the day: open for every car until the cut-off."""

    _inherit = "purchase.order"

    service_cutoff_at = fields.Datetime(
        string="Closed for New Parts",
        readonly=True,
        copy=False,
        help="When the day's request was closed: what is needed later goes on the next one.",
    )
    service_order_ids = fields.Many2many(
        "service.order", string="Work Orders", compute="_compute_service_order_ids"
    )
    service_order_count = fields.Integer(compute="_compute_service_order_ids")

    @api.depends("order_line.service_line_id")
    def _compute_service_order_ids(self):
        for order in self:
            # sudo: a buyer may serve several branches; a name and a plate are no secret to him
            works = order.sudo().order_line.service_line_id.order_id
            order.service_order_ids = works.ids
            order.service_order_count = len(works)

    # === ACTIONS === #

    def action_view_service_orders(self):
        self.ensure_one()
        return {
            "type": "ir.actions.act_window",
            "name": self.env._("Work Orders"),
            "res_model": "service.order",
            "view_mode": "list,form",
            "domain": [("id", "in", self.service_order_ids.ids)],
        }

    def action_merge(self):
        """Put requests of one vendor together without mixing up whose part is whose (H2).

        Core would add up the lines of several cars and keep one link; requests that hold
        workshop lines keep every line as it is.
        """
        requests = self.filtered(lambda order: order.state in ("draft", "sent"))
        groups = [
            group
            for group in requests.grouped(requests._prepare_grouped_data).values()
            if len(group) > 1
        ]
        ours = [
            group
            for group in groups
            if group.order_line.filtered(lambda line: line.sale_line_id or line.service_line_id)
        ]
        if not ours:
            return super().action_merge()
        plain = self.browse().union(*(group for group in groups if group not in ours))
        if plain:
            super(PurchaseOrder, plain).action_merge()
        targets = self.browse().union(*(group._service_merge() for group in ours))
        return {
            "type": "ir.actions.act_window",
            "name": self.env._("Merged Requests"),
            "res_model": "purchase.order",
            "view_mode": "list,form",
            "domain": [("id", "in", targets.ids)],
        }

    # === MERGING AND TELLING === #

    def _service_merge(self):
        """Move all lines of these requests of one vendor to the oldest of them."""
        target = min(self, key=lambda order: (order.date_order, order.id))
        rest = self - target
        # cancelling cuts the merged requests off their sale orders: the target takes them first
        target.reference_ids |= rest.reference_ids
        for name in ("origin", "partner_ref"):
            values = [order[name] for order in target | rest if order[name]]
            target[name] = ", ".join(dict.fromkeys(", ".join(values).split(", ")))
        rest.order_line.order_id = target
        for order in rest:
            order.message_post(body=self.env._("Merged into %s.", target._get_html_link()))
        target.message_post(
            body=self.env._("Took over the lines of %s.", ", ".join(rest.mapped("name")))
        )
        rest.button_cancel()
        return target

    def _service_tell_buyer(self, note):
        """Never silence: the buyer is told what the workshop no longer needs, or still owes."""
        for order in self:
            warehouse = order.picking_type_id.warehouse_id
            buyer = order.user_id or warehouse._service_buyer(order.partner_id)
            order.activity_schedule(
                "service_core.mail_activity_type_parts", user_id=buyer.id, note=note
            )

    # === DAILY CUT-OFF === #

    @api.model
    def _cron_service_cut_off(self):
        """Close the day's requests of every vendor and ask the buyers to send them.

        Nothing is sent by itself; what is needed from now on opens the next day's request.
        """
        requests = self.search(
            [
                ("state", "=", "draft"),
                ("service_cutoff_at", "=", False),
                "|",
                ("order_line.service_line_id", "!=", False),
                ("order_line.sale_line_id.route_ids", "in", self._service_route_ids()),
            ]
        )
        self.env["ir.cron"]._commit_progress(remaining=len(requests))
        for request in requests:
            request._service_cut_off()
            if not self.env["ir.cron"]._commit_progress(1):
                break

    @api.model
    def _service_route_ids(self):
        return self.env["stock.warehouse"]._service_route().ids

    def _service_cut_off(self):
        for order in self:
            order.service_cutoff_at = fields.Datetime.now()
            lines = order.order_line.filtered(lambda line: line.product_qty > 0)
            parts = ", ".join(
                f"{line.product_id.display_name} × {line.product_qty:g}" for line in lines
            )
            note = self.env._("The day's request is complete, send it: %s.", parts)
            spare = order.order_line.filtered(lambda line: line._service_is_spare())
            if spare:
                note += " " + self.env._(
                    "Meanwhile in stock, perhaps not needed any more: %s.",
                    ", ".join(spare.product_id.mapped("display_name")),
                )
            order._service_tell_buyer(note)

    def action_service_cut_off(self):
        """Close this request now, before the daily cut-off."""
        if any(order.state != "draft" or order.service_cutoff_at for order in self):
            raise UserError(self.env._("Only an open request can be closed for new parts."))
        self._service_cut_off()
