from odoo import api, models


class ResPartner(models.Model):
    """Customers and vendors from CSV, known again by their reference."""

    # one file for one job, the model is the sum of them
    _name = "res.partner"
    _inherit = ["res.partner", "service.import.mixin"]

    @api.model
    def get_import_templates(self):
        return [
            *super().get_import_templates(),
            {
                "label": self.env._("Import Template for Customers"),
                "template": "/service_core/static/import/customers.csv",
            },
        ]

    @api.model
    def _service_import_prepare(self, rows):
        everybody = self.with_context(active_test=False)
        index = everybody._service_import_index("ref", [row.values["ref"] for row in rows])
        countries = self.env["res.country"]._service_import_countries(
            [row.values.get("country_id") for row in rows]
        )
        for row in rows:
            vals = dict(row.values)
            found = index.get(vals["ref"])
            if found:
                row.record, row.reason = self._service_import_one(found, "Reference", vals["ref"])
            if cell := vals.get("country_id"):
                country, problem = countries(cell)
                vals["country_id"] = country.id
                row.reason = row.reason or problem
            if not row.reason:
                row.vals = row.record._service_import_changes(vals) if row.record else vals

    @api.model
    def _service_import_contacts(self, cells):
        """A function from a cell to its contact: by reference, else by exact name."""
        by_ref = self._service_import_index("ref", cells)
        by_name = self._service_import_index("name", {cell for cell in cells if cell not in by_ref})

        def contact(heading, cell):
            return self._service_import_one(
                by_ref.get(cell) or by_name.get(cell, self), heading, cell
            )

        return contact


class ResCountry(models.Model):
    _inherit = "res.country"

    @api.model
    def _service_import_countries(self, cells):
        """A function from a cell to its country: by name or code, in English or one's own language."""
        index = {}
        if any(cells):
            for env in (self.env, self.env(context={**self.env.context, "lang": "en_US"})):
                for country in self.with_env(env).search([("code", "!=", False)]):
                    index.setdefault(country.name.casefold(), country.id)
                    index.setdefault(country.code.casefold(), country.id)

        def country(cell):
            found = self.browse(index.get(cell.casefold()))
            if found:
                return found, None
            return found, self.env._('"%s" is no country: write its name or its two letters.', cell)

        return country
