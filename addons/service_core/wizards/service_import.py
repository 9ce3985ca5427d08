import base64

from odoo import api, fields, models

from ..models.service_import import BATCH, MODELS


class ServiceImportFile(models.TransientModel):
    """A file on its way in: looked at first, then taken a thousand rows at a time.

    Each call of :meth:`action_step` is a request and so a transaction of its own; the web client
    calls it until everything is done and shows how far it is.
    """

    _name = "service.import.file"
    _description = "Import a File"

    kind = fields.Selection(
        [
            ("customers", "Customers"),
            ("vehicles", "Vehicles"),
            ("parts", "Parts"),
            ("operations", "Operations"),
        ],
        required=True,
        default="vehicles",
        string="What",
    )
    state = fields.Selection(
        [("choose", "Choose"), ("look", "Look"), ("run", "Running"), ("done", "Done")],
        default="choose",
        required=True,
    )
    data = fields.Binary(string="CSV File", attachment=True)
    filename = fields.Char()
    company_id = fields.Many2one(
        "res.company", string="Branch", required=True, default=lambda self: self.env.company
    )
    template_url = fields.Char(compute="_compute_template_url")
    total = fields.Integer(string="Rows", readonly=True)
    unread = fields.Char(string="Columns Not Used", readonly=True)
    position = fields.Integer(string="Rows Done", readonly=True)
    created = fields.Integer(string="New", readonly=True)
    updated = fields.Integer(string="Changed", readonly=True)
    same = fields.Integer(string="Same Already", readonly=True)
    refused = fields.Integer(readonly=True)
    reasons = fields.Json(readonly=True, help="Line and reason of each refused row.")
    refused_data = fields.Binary(string="Refused Rows", readonly=True, attachment=True)
    refused_name = fields.Char(readonly=True)

    @api.depends("kind")
    def _compute_template_url(self):
        for wizard in self:
            wizard.template_url = f"/service_core/static/import/{wizard.kind}.csv"

    def _open(self):
        return {
            "type": "ir.actions.act_window",
            "name": self.env._("Import"),
            "res_model": self._name,
            "res_id": self.id,
            "view_mode": "form",
            "target": "new",
        }

    def _file(self):
        importer = self.env["service.import"].with_company(self.company_id)
        # with_context: the size alone is what a binary field says to the web client by default
        data = base64.b64decode(self.with_context(bin_size=False).data or b"")
        return importer, importer._read(self.kind, data)

    def action_look(self):
        """Read the file and count what would become of it; nothing is written yet."""
        self.ensure_one()
        importer, file = self._file()
        counts = importer._look(self.kind, file["rows"])
        self.write(
            {
                "state": "look",
                "total": len(file["rows"]),
                "unread": ", ".join(file["unread"]),
                "position": 0,
                "refused": sum(bool(row.reason) for row in file["rows"]),
                **counts,
                "reasons": {},
                "refused_data": False,
            }
        )
        return self._open()

    def action_back(self):
        self.ensure_one()
        self.state = "choose"
        return self._open()

    def action_step(self):
        """Take the next thousand rows.

        :return: ``(rows done, rows in all)``
        """
        self.ensure_one()
        importer, file = self._file()
        rows = file["rows"][self.position : self.position + BATCH]
        counts = importer._take(self.kind, rows)
        reasons = {**(self.reasons or {}), **{str(r.line): r.reason for r in rows if r.reason}}
        position = self.position + len(rows)
        values = {
            "state": "run" if position < self.total else "done",
            "position": position,
            "reasons": reasons,
            "refused": len(reasons),
            # until the first thousand are in, the counts are those of the look
            **{name: count + (self.position and self[name]) for name, count in counts.items()},
        }
        if position >= self.total and reasons:
            refused = [row for row in file["rows"] if str(row.line) in reasons]
            for row in refused:
                row.reason = reasons[str(row.line)]
            values["refused_data"] = base64.b64encode(importer._write_refused(file, refused))
            values["refused_name"] = f"{self.kind}_refused.csv"
        self.write(values)
        return position, self.total

    def action_view_records(self):
        self.ensure_one()
        return {
            "type": "ir.actions.act_window",
            "name": dict(self._fields["kind"]._description_selection(self.env))[self.kind],
            "res_model": MODELS[self.kind],
            "view_mode": "list,form",
        }
