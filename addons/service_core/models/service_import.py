import psycopg2

from odoo import api, models
from odoo.exceptions import AccessError, UserError
from odoo.tools import mute_logger, split_every

from ..importing import columns, reader

# rows that go in together, in one transaction
BATCH = 1000

MODELS = {
    "customers": "res.partner",
    "vehicles": "service.vehicle",
    "parts": "product.product",
    "operations": "service.operation",
}


class ServiceImport(models.AbstractModel):
    """Customers, vehicles, parts and operations from CSV, thousands at a time.

    1. A row is known again by its key (reference, VIN or plate, code): a second run changes what
       differs and never doubles anything. An empty cell changes nothing.
    2. Good rows go in; of the others each says in plain words what to mend.
    3. What a row needs is looked up for the whole batch at once, never row by row.
    """

    _name = "service.import"
    _description = "Import"

    # === THE FILE === #

    @api.model
    def _read(self, kind, data):
        """Everything that can be said of a file without the database.

        :return: dict of ``sign``, ``headings``, ``rows``, ``unread`` (headings nobody reads)
        :raises UserError: when it is no table of this kind
        """
        explain = self._explain
        try:
            sign, headings, rows = reader.read(data)
            unread = columns.understand(kind, headings, rows, explain)
        except reader.Unreadable as problem:
            raise UserError(self._explain_file(problem)) from None
        columns.mark_doubles(kind, rows, explain)
        return {"sign": sign, "headings": headings, "rows": rows, "unread": unread}

    @api.model
    def _write_refused(self, file, rows):
        return reader.write(file["sign"], file["headings"], rows, self.env._("Reason"))

    def _explain_file(self, problem):
        told = problem.told
        return {
            "empty": lambda: self.env._(
                "The file is empty: choose one with a heading line and rows."
            ),
            "no_rows": lambda: self.env._("The file has a heading line and no rows below it."),
            "workbook": lambda: self.env._(
                "This is a workbook: save it as CSV in your spreadsheet program and choose that file."
            ),
            "encoding": lambda: self.env._(
                "The file is not text this can read: save it again as CSV in UTF-8."
            ),
            "quotes": lambda: self.env._(
                'A quotation mark is not closed near line %(line)s: write it twice ("") inside a cell.',
                line=told["line"],
            ),
            "twice": lambda: self.env._(
                'The column "%(column)s" is there twice: keep one of them.', column=told["column"]
            ),
            "column": lambda: self.env._(
                "The column %(columns)s is missing; the file has: %(found)s.",
                columns=self.env._(" or ").join(f'"{name}"' for name in told["columns"]),
                found=", ".join(told["found"]),
            ),
        }[problem.code]()

    def _explain(self, code, heading, cell):
        """Why a row is refused, before the database was asked."""
        return {
            "cells": lambda: self.env._(
                "The row has %s cells, more than there are headings: put text with a separator in "
                "quotation marks.",
                cell,
            ),
            "no_key": lambda: self.env._("%s is empty: a row is known by it.", heading),
            "double": lambda: self.env._(
                "%(column)s stands in line %(line)s already.", column=heading, line=cell
            ),
            "truth": lambda: self.env._(
                '%(column)s: "%(cell)s" is neither yes nor no.', column=heading, cell=cell
            ),
            "number": lambda: self.env._(
                '%(column)s: "%(cell)s" is not a number.', column=heading, cell=cell
            ),
            "ambiguous": lambda: self.env._(
                '%(column)s: "%(cell)s" may be thousands or decimals. Write it without a point or '
                "comma, or with two decimals.",
                column=heading,
                cell=cell,
            ),
            "whole": lambda: self.env._(
                '%(column)s: "%(cell)s" is not a whole number.', column=heading, cell=cell
            ),
            "date": lambda: self.env._(
                '%(column)s: "%(cell)s" is not a date. Write it as 2024-03-31.',
                column=heading,
                cell=cell,
            ),
            "day_or_month": lambda: self.env._(
                '%(column)s: in "%(cell)s" day and month may be meant either way. Write it as '
                "2024-03-31.",
                column=heading,
                cell=cell,
            ),
        }[code]()

    # === THE ROWS === #

    @api.model
    def _run(self, kind, data, after_batch=None):
        """Import a whole file.

        :param after_batch: called with ``(rows done, rows in all)``; whoever wants a transaction
            for each batch commits there
        :return: counts as of :meth:`_take`, ``total``, ``unread`` and ``refused``, a CSV or None
        """
        file = self._read(kind, data)
        rows = file["rows"]
        result = {"created": 0, "updated": 0, "same": 0, "total": len(rows)}
        done = 0
        for batch in split_every(BATCH, rows, list):
            for name, count in self._take(kind, batch).items():
                result[name] += count
            done += len(batch)
            if after_batch:
                after_batch(done, len(rows))
        refused = [row for row in rows if row.reason]
        result["refused_count"] = len(refused)
        result["refused"] = self._write_refused(file, refused) if refused else None
        result["unread"] = file["unread"]
        return result

    @api.model
    def _look(self, kind, rows):
        """What would become of the rows, as far as can be told without writing.

        :return: the counts of :meth:`_take`
        """
        counts = {"created": 0, "updated": 0, "same": 0}
        for batch in split_every(BATCH, rows, list):
            _model, new, changed, same = self._sort(kind, batch)
            counts["created"] += len(new)
            counts["updated"] += len(changed)
            counts["same"] += len(same)
        return counts

    @api.model
    def _take(self, kind, rows):
        """One batch: create and change what can be, leave the reason on each row that cannot.

        :return: dict of how many rows were ``created``, ``updated`` and the ``same`` already
        """
        model, new, changed, same = self._sort(kind, rows)
        self._save(model, new, model._service_import_create)
        self._save(model, changed, model._service_import_write)
        return {
            "created": sum(not row.reason for row in new),
            "updated": sum(not row.reason for row in changed),
            "same": len(same),
        }

    def _sort(self, kind, rows):
        """``(model, new rows, rows that change something, rows that say what is known)``."""
        self._check_may_import()
        # sudo: whoever loads the house's records needs no rights of Odoo's other apps for it; the
        # line above is the gate
        model = (
            self.env[MODELS[kind]]
            .sudo()
            .with_context(
                tracking_disable=True, mail_create_nolog=True, mail_create_nosubscribe=True
            )
        )
        model._service_import_prepare([row for row in rows if not row.reason])
        _columns, _keys, needed = columns.KINDS[kind]
        for row in rows:
            missing = not row.record and [name for name in needed if not row.values.get(name)]
            if missing and not row.reason:
                row.reason = self._explain("no_key", model._fields[missing[0]].string, "")
        good = [row for row in rows if not row.reason]
        new = [row for row in good if not row.record]
        changed = [row for row in good if row.record and row.vals]
        same = [row for row in good if row.record and not row.vals]
        return model, new, changed, same

    def _check_may_import(self):
        if not (self.env.su or self.env.user.has_group("service_core.group_service_manager")):
            raise AccessError(self.env._("Only a service manager imports: ask one."))

    def _save(self, model, rows, save):
        """Save the rows together; when that fails, each half, down to the rows that are at fault."""
        if not rows:
            return
        try:
            # a row that the database refuses is told to the person, it is nothing for the log
            with mute_logger("odoo.sql_db"), self.env.cr.savepoint():
                save(rows)
                self.env.flush_all()
            return
        except (UserError, psycopg2.IntegrityError, psycopg2.DataError) as error:
            problem = error
        if len(rows) == 1:
            rows[0].reason = self._explain_error(model, problem)
            return
        middle = len(rows) // 2
        self._save(model, rows[:middle], save)
        self._save(model, rows[middle:], save)

    def _explain_error(self, model, error):
        if isinstance(error, psycopg2.Error):
            message = model._sql_error_to_message(error)
        else:
            message = error.args[0]
        return " ".join(message.split())


class ServiceImportMixin(models.AbstractModel):
    """What a model that can be imported answers; the defaults fit most.

    Each model brings ``_service_import_prepare(rows)`` itself: it finds the record of each row and
    puts what is to be written into ``vals``, or a ``reason``.
    """

    _name = "service.import.mixin"
    _description = "Can Be Imported"

    @api.model
    def _service_import_create(self, rows):
        records = self.create([dict(row.vals) for row in rows])
        for row, record in zip(rows, records, strict=True):
            row.record = record

    @api.model
    def _service_import_write(self, rows):
        for row in rows:
            row.record.with_env(self.env).write(row.vals)

    @api.model
    def _service_import_index(self, field, keys):
        """``{key: records}`` of one question; more than one record means the key is not unique."""
        keys = {key for key in keys if key}
        index = {}
        if keys:
            for record in self.search([(field, "in", list(keys))]):
                index[record[field]] = index.get(record[field], self.browse()) | record
        return index

    @api.model
    def _service_import_one(self, records, heading, cell):
        """The one record meant by a cell, or the reason why it is not clear."""
        if len(records) == 1:
            return records, None
        if records:
            return records, self.env._(
                '%(column)s: "%(cell)s" fits more than one: %(names)s.',
                column=heading,
                cell=cell,
                names=", ".join(records[:3].mapped("display_name")),
            )
        return records, self.env._(
            '%(column)s: "%(cell)s" is not known here: add it first, or correct it.',
            column=heading,
            cell=cell,
        )

    def _service_import_changes(self, values):
        """Of ``values`` those that differ from what the record has."""
        self.ensure_one()
        changes = {}
        for name, value in values.items():
            old = self[name]
            if isinstance(old, models.BaseModel):
                old = old.id
            if (old or False) != (value or False):
                changes[name] = value
        return changes
