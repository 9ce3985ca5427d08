from odoo import api, models

from ..rules import plate as plate_rule
from ..rules import vin as vin_rule


class ServiceVehicle(models.Model):
    """Vehicles from CSV, known again by their VIN, else by their plate.

    A plate that is on another car is refused: whether it has moved is for a person to say.
    """

    # one file for one job, the model is the sum of them
    _name = "service.vehicle"
    _inherit = ["service.vehicle", "service.import.mixin"]

    @api.model
    def get_import_templates(self):
        return [
            {
                "label": self.env._("Import Template for Vehicles"),
                "template": "/service_core/static/import/vehicles.csv",
            }
        ]

    @api.model
    def _service_import_prepare(self, rows):
        def cells(*names):
            return {row.values[name] for row in rows for name in names if row.values.get(name)}

        vins = {vin_rule.normalise(cell) for cell in cells("vin")}
        plates = {plate_rule.normalise(cell) for cell in cells("license_plate")}
        by_vin = self.with_context(active_test=False)._service_import_index("vin", vins)
        by_plate = {
            (vehicle.plate_key, vehicle.country_id.id): vehicle
            for vehicle in self.search([("plate_key", "in", list(plates))])
        }
        find = {
            "model": self._service_import_models(cells("model_id")),
            "contact": self.env["res.partner"]._service_import_contacts(
                cells("owner_id", "driver_id")
            ),
            "country": self.env["res.country"]._service_import_countries(cells("country_id")),
            "fuel": self._service_import_fuels(),
        }
        for row in rows:
            vals = self._service_import_values(row, find)
            if row.reason:
                continue
            country_id = vals.get("country_id", self.env.company.country_id.id)
            same_vin = by_vin.get(vals.get("vin"), self)
            same_plate = by_plate.get(
                (plate_rule.normalise(vals.get("license_plate")), country_id), self
            )
            vehicle = same_vin or same_plate
            row.record = vehicle or None
            row.reason = self._service_import_conflict(same_vin, same_plate, vals)
            kilometers = row.values.get("odometer")
            if vehicle and kilometers is not None and kilometers < vehicle.odometer:
                row.reason = row.reason or self.env._(
                    "Odometer (km): the car stood at %(before)s km already, %(value)s is lower.",
                    before=vehicle.odometer,
                    value=kilometers,
                )
            if not row.reason:
                row.vals = vehicle._service_import_changes(vals) if vehicle else vals
                if kilometers and kilometers != vehicle.odometer:
                    row.vals["odometer"] = kilometers

    def _service_import_values(self, row, find):
        """What the row says, in the words of the model; a ``reason`` when a name is not known."""
        vals = {
            name: row.values[name]
            for name in ("variant", "color", "first_registration")
            if name in row.values
        }
        if cell := row.values.get("vin"):
            vals["vin"] = vin_rule.normalise(cell)
        if cell := row.values.get("license_plate"):
            vals["license_plate"] = plate_rule.tidy(cell)
        names = {
            "country_id": find["country"],
            "model_id": find["model"],
            "owner_id": lambda cell: find["contact"]("Owner", cell),
            "driver_id": lambda cell: find["contact"]("Driver", cell),
        }
        for name, known in names.items():
            if cell := row.values.get(name):
                record, problem = known(cell)
                vals[name] = record.id if not problem else False
                row.reason = row.reason or problem
        if cell := row.values.get("fuel"):
            vals["fuel"] = find["fuel"].get(cell.casefold())
            if not vals["fuel"]:
                row.reason = row.reason or self.env._('Fuel: "%s" is not one we know.', cell)
        return vals

    def _service_import_conflict(self, same_vin, same_plate, vals):
        """Why the row cannot be the car its plate says."""
        if not same_plate or same_plate == same_vin:
            return None
        if not same_vin and (not same_plate.vin or not vals.get("vin")):
            return None
        return self.env._(
            "License Plate: %(plate)s is on the car with VIN %(vin)s. If it has moved, say so on the "
            "vehicle first.",
            plate=vals["license_plate"],
            vin=same_plate.vin or self.env._("unknown"),
        )

    @api.model
    def _service_import_models(self, cells):
        """A function from a cell to its model: ``Corolla`` or ``Toyota Corolla``."""
        index = {}
        if cells:
            for model in self.env["service.vehicle.model"].search([("name", "!=", False)]):
                for name in {model.name.casefold(), model.display_name.casefold()}:
                    index[name] = index.get(name, model.browse()) | model

        def model(cell):
            found = index.get(" ".join(cell.casefold().split()))
            return self._service_import_one(
                found or self.env["service.vehicle.model"], "Model", cell
            )

        return model

    @api.model
    def _service_import_fuels(self):
        field = self._fields["fuel"]
        fuels = {value: value for value in field.get_values(self.env)}
        for value, label in (*field.selection, *field._description_selection(self.env)):
            fuels[label.casefold()] = value
        return fuels

    @api.model
    def _service_import_create(self, rows):
        vehicles = self.create(
            [{name: row.vals[name] for name in row.vals if name != "odometer"} for row in rows]
        )
        for row, vehicle in zip(rows, vehicles, strict=True):
            row.record = vehicle
        self._service_import_read(rows)

    @api.model
    def _service_import_write(self, rows):
        """Histories are written for all cars at once; that no plate is taken is known already."""
        moved = {"license_plate": self.browse(), "owner_id": self.browse()}
        for row in rows:
            vehicle = row.record.with_env(self.env).with_context(service_import=True)
            for name in moved.keys() & row.vals.keys():
                moved[name] |= row.record.with_env(self.env)
            if vals := {name: row.vals[name] for name in row.vals if name != "odometer"}:
                vehicle.write(vals)
        for name, vehicles in moved.items():
            vehicles._write_history({name})
        self._service_import_read(rows)

    def _service_import_read(self, rows):
        """The readings of all these cars."""
        self.env["service.vehicle.odometer"].create(
            [
                {"vehicle_id": row.record.id, "value": row.vals["odometer"]}
                for row in rows
                if row.vals.get("odometer")
            ]
        )
