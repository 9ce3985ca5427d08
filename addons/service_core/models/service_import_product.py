from odoo import api, models
from odoo.fields import Command

# columns that are fields of the part itself
PLAIN = ("default_code", "name", "list_price", "standard_price", "is_storable")


class ProductProduct(models.Model):
    """Parts with stock and vendor from CSV, known again by their code.

    The quantity is what lies on the shelf of the branch's warehouse. Once a part has come or gone
    it is no longer taken from a file: an old list would undo what the workshop has moved since.
    """

    # one file for one job, the model is the sum of them
    _name = "product.product"
    _inherit = ["product.product", "service.import.mixin"]

    @api.model
    def get_import_templates(self):
        return self.env["product.template"].get_import_templates()

    @api.model
    def _service_import_prepare(self, rows):
        codes = [row.values["default_code"] for row in rows]
        index = self.with_context(active_test=False)._service_import_index("default_code", codes)
        vendors = self.env["res.partner"]._service_import_contacts(
            {row.values.get("vendor") for row in rows} - {None}
        )
        warehouse = self._service_import_warehouse()
        known = self.union(*index.values())
        here = known.with_context(warehouse_id=warehouse.id)
        stock = {part.id: part.qty_available for part in here}
        moved = {
            product.id
            for (product,) in self.env["stock.move"]._read_group(
                [
                    ("product_id", "in", known.ids),
                    ("state", "=", "done"),
                    ("is_inventory", "=", False),
                    ("company_id", "=", self.env.company.id),
                ],
                ["product_id"],
            )
        }
        for row in rows:
            found = index.get(row.values["default_code"])
            if found:
                row.record, row.reason = self._service_import_one(
                    found, "Internal Reference", row.values["default_code"]
                )
            vals = {name: row.values[name] for name in PLAIN if name in row.values}
            seller = None
            if cell := row.values.get("vendor"):
                seller, problem = vendors("Vendors/Vendor", cell)
                row.reason = row.reason or problem
            if row.reason:
                continue
            part = row.record or self
            row.vals = part._service_import_changes(vals) if part else vals
            if seller:
                row.vals.update(part._service_import_seller(seller, row.values))
            pieces = row.values.get("qty_available")
            if pieces is None or pieces == stock.get(part.id, 0.0):
                continue
            if pieces < 0:
                row.reason = self.env._(
                    "Quantity On Hand: less than nothing cannot lie on the shelf."
                )
            elif part.id in moved:
                row.reason = self.env._(
                    "Quantity On Hand: %(now)g lie there and the part has moved since it came in. "
                    "Leave the quantity empty, or count it in Inventory.",
                    now=stock[part.id],
                )
            row.vals["qty_available"] = pieces

    def _service_import_seller(self, vendor, values):
        """The vendor's line on the part: a new one, or what differs on the one there."""
        line = {}
        if "vendor_price" in values:
            line["price"] = values["vendor_price"]
        if "vendor_delay" in values:
            line["delay"] = values["vendor_delay"]
        seller = self.seller_ids.filtered(lambda one: one.partner_id == vendor)[:1]
        if not seller:
            return {"seller_ids": [Command.create({"partner_id": vendor.id, **line})]}
        changed = {name: value for name, value in line.items() if seller[name] != value}
        return {"seller_ids": [Command.update(seller.id, changed)]} if changed else {}

    @api.model
    def _service_import_warehouse(self):
        return self.env["stock.warehouse"].search(
            [("company_id", "=", self.env.company.id)], limit=1
        )

    @api.model
    def _service_import_create(self, rows):
        category = self.env.ref("service_core.product_category_workshop")
        records = self.create(
            [
                {
                    "type": "consu",
                    "is_storable": True,
                    "categ_id": category.id,
                    **{name: row.vals[name] for name in row.vals if name != "qty_available"},
                }
                for row in rows
            ]
        )
        for row, record in zip(rows, records, strict=True):
            row.record = record
        self._service_import_stock(rows)

    @api.model
    def _service_import_write(self, rows):
        for row in rows:
            if vals := {name: row.vals[name] for name in row.vals if name != "qty_available"}:
                row.record.with_env(self.env).write(vals)
        self._service_import_stock(rows)

    def _service_import_stock(self, rows):
        """One inventory for all of them, as if they had been counted."""
        location = self._service_import_warehouse().lot_stock_id
        quants = (
            self.env["stock.quant"]
            .with_context(inventory_mode=True)
            .create(
                [
                    {
                        "product_id": row.record.id,
                        "location_id": location.id,
                        "inventory_quantity": row.vals["qty_available"],
                    }
                    for row in rows
                    if "qty_available" in row.vals and row.record.is_storable
                ]
            )
        )
        if quants:
            quants._apply_inventory()
