from odoo import api, fields, models

PAYERS = [
    ("customer", "Customer"),
    ("manufacturer", "Manufacturer"),
    ("insurer", "Insurer"),
    ("internal", "Internal"),
]


class ServicePayer(models.AbstractModel):
    """Who pays: a kind of payer and the partner that gets the bill."""

    _name = "service.payer"
    _description = "Payer"

    payer = fields.Selection(PAYERS, required=True)
    payer_id = fields.Many2one("res.partner", string="Paid By", index="btree_not_null")

    @api.model
    def _payer_partner(self, order, payer):
        """The partner behind a kind of payer on this order; empty when only a person can tell."""
        if payer == "customer":
            return order.partner_id
        if payer == "manufacturer":
            return order.vehicle_id.model_id.brand_id.partner_id
        if payer == "internal":
            return order.company_id.partner_id
        return self.env["res.partner"]
