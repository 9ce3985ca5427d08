from odoo import api, fields, models
from odoo.fields import Command
from odoo.tools import SQL


class StockRule(models.Model):
    """Requests for quotation that still know which car each line is for (parts.md, H1 and H4a)."""

    _inherit = "stock.rule"

    @api.model
    def _service_is_demand(self, values):
        """Whether a procurement with ``values`` is for a car in the workshop."""
        if values.get("service_line_id"):
            return True
        routes = values.get("route_ids")
        return bool(
            values.get("sale_line_id")
            and routes
            and self.env["stock.warehouse"]._service_route() in routes
        )

    @api.model
    def _get_procurements_to_merge_groupby(self, procurement):
        """One line per demand: core would merge two and keep only the last one's link (H1)."""
        key = super()._get_procurements_to_merge_groupby(procurement)
        if procurement.values.get("move_dest_ids"):
            return key
        return (
            *key,
            procurement.values.get("sale_line_id"),
            procurement.values.get("service_line_id"),
        )

    @api.model
    def _run_buy(self, procurements):
        demand = [item for item, _rule in procurements if self._service_is_demand(item.values)]
        if demand:
            products = self.env["product.product"].union(*(item.product_id for item in demand))
            self._service_lock_vendors(products.seller_ids.partner_id)
        return super()._run_buy(procurements)

    @api.model
    def _service_lock_vendors(self, vendors):
        """Two agreements at once must end on one request of the day, not on two.

        The rows are written, not only locked: whoever waited then meets a changed row, and Odoo
        repeats his request, which finds the request that was opened meanwhile.
        """
        if not vendors:
            return
        # raw SQL: the ORM writes nothing when nothing changes, and knows no lock that waits
        self.env.cr.execute(
            SQL(
                """
                WITH locked AS (
                    SELECT id FROM res_partner WHERE id IN %s ORDER BY id FOR NO KEY UPDATE
                )
                UPDATE res_partner SET write_uid = write_uid
                 WHERE id IN (SELECT id FROM locked)
                """,
                tuple(vendors.ids),
            )
        )

    def _make_po_get_domain(self, company_id, values, partner):
        """One request per vendor and day for the workshop, however the vendor is set up.

        It is open for every car until the daily cut-off, whoever's name stands on it.
        """
        domain = super()._make_po_get_domain(company_id, values, partner)
        if self._service_is_demand(values):
            loose = {"reference_ids", "date_planned", "user_id"}
            domain = tuple(term for term in domain if term[0] not in loose)
        return (*domain, ("service_cutoff_at", "=", False))

    def _prepare_purchase_order(self, company_id, origins, values):
        vals = super()._prepare_purchase_order(company_id, origins, values)
        if any(self._service_is_demand(value) for value in values):
            # core takes the references of the first procurement only (H1)
            references = self.env["stock.reference"]
            for value in values:
                references |= value.get("reference_ids") or references
            vals["reference_ids"] = [Command.set(references.ids)]
            # a car waits: it is ordered today, neither four days ago nor just in time
            vals["date_order"] = fields.Datetime.now()
        return vals

    def _update_purchase_order_line(
        self, product_id, product_qty, product_uom, company_id, values, line
    ):
        """Never below zero: core writes -1 without unit, and that request can't be confirmed (H4a)."""
        vals = super()._update_purchase_order_line(
            product_id, product_qty, product_uom, company_id, values, line
        )
        if vals["product_qty"] <= 0:
            vals.update(
                product_qty=0.0, product_uom_id=line.product_uom_id.id, price_unit=line.price_unit
            )
        return vals
