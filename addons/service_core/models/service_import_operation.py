from odoo import api, models


class ServiceOperation(models.Model):
    """Operations from CSV, known again by their code."""

    # one file for one job, the model is the sum of them
    _name = "service.operation"
    _inherit = ["service.operation", "service.import.mixin"]

    @api.model
    def get_import_templates(self):
        return [
            {
                "label": self.env._("Import Template for Operations"),
                "template": "/service_core/static/import/operations.csv",
            }
        ]

    @api.model
    def _service_import_prepare(self, rows):
        codes = [row.values["code"] for row in rows]
        index = self.with_context(active_test=False)._service_import_index("code", codes)
        systems = {}
        if any(row.values.get("system_id") for row in rows):
            for system in self.env["service.vehicle.system"].search([("name", "!=", False)]):
                systems[system.name.casefold()] = system
        for row in rows:
            vals = dict(row.values)
            row.record = index.get(vals["code"])
            if cell := vals.get("system_id"):
                system, row.reason = self._service_import_one(
                    systems.get(cell.casefold(), self.env["service.vehicle.system"]), "System", cell
                )
                vals["system_id"] = system.id
            if not row.reason:
                row.vals = row.record._service_import_changes(vals) if row.record else vals
