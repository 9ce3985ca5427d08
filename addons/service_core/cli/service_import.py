"""``odoo service_import``: files of a folder into a database, a thousand rows a transaction."""

import argparse
import logging
import sys
from pathlib import Path

from odoo import api
from odoo.cli import Command
from odoo.exceptions import UserError
from odoo.modules.registry import Registry
from odoo.tools import config

# the order in which a folder is read: owners before their cars, vendors before their parts
KINDS = ("customers", "vehicles", "parts", "operations")


class ServiceImport(Command):
    """Import customers.csv, vehicles.csv, parts.csv and operations.csv.

    Good rows go in; refused ones are written beside their file, as <name>_refused.csv, each with
    its reason. The same file may be imported again: rows are known by their key.
    """

    name = "service_import"

    def run(self, args):
        self.parser.formatter_class = argparse.RawDescriptionHelpFormatter
        self.parser.add_argument("path", type=Path, help="a folder, or one CSV file")
        self.parser.add_argument("--db", default="service", help="default: service")
        self.parser.add_argument("--kind", choices=KINDS, help="of one file with another name")
        self.parser.add_argument("--company", help="the branch by name; default: the first one")
        asked = self.parser.parse_args(args)
        files = self._files(asked.path, asked.kind)
        config.parse_config(["-d", asked.db, "--no-http"], setup_logging=True)
        logging.getLogger().setLevel(logging.WARNING)
        refused = sum(self._import(asked, kind, file) for kind, file in files)
        sys.exit(1 if refused else 0)

    def _files(self, path, kind):
        """``[(kind, file)]`` in the order in which they are read."""
        if path.is_dir():
            files = [(name, path / f"{name}.csv") for name in KINDS]
            files = [(name, file) for name, file in files if file.exists()]
            if not files:
                names = ", ".join(f"{name}.csv" for name in KINDS)
                sys.exit(f"Nothing to import in {path}: it has none of {names}.")
            return files
        if not path.is_file():
            sys.exit(f"There is no {path}: name a folder or a CSV file.")
        kind = kind or next((name for name in KINDS if path.stem.startswith(name)), None)
        if not kind:
            sys.exit(f"What is in {path.name}? Say --kind with one of {', '.join(KINDS)}.")
        return [(kind, path)]

    def _import(self, asked, kind, file):
        """One file; how many rows of it were refused."""
        with Registry(asked.db).cursor() as cr:
            env = api.Environment(cr, api.SUPERUSER_ID, {})
            if "service.import" not in env:
                sys.exit(f"{asked.db} has no after-sales addons: install service_core first.")
            company = env["res.company"].search(
                [("name", "=", asked.company)] if asked.company else [], order="id", limit=1
            )
            if not company:
                sys.exit(f"There is no branch {asked.company}: write its name as Odoo shows it.")
            importer = env["service.import"].with_context(allowed_company_ids=company.ids)

            def after_batch(done, total):
                # each batch is a transaction of its own, so that what is in stays in
                cr.commit()  # pylint: disable=invalid-commit
                say(f"\r{kind}: {done} of {total}")

            try:
                result = importer._run(kind, file.read_bytes(), after_batch)
            except UserError as error:
                say(f"{file.name}: {error}\n")
                return 1
        say(
            f"\r{kind}: {result['created']} new, {result['updated']} changed, {result['same']} the "
            f"same already, {result['refused_count']} refused\n"
        )
        if result["unread"]:
            say(f"Columns not used: {', '.join(result['unread'])}\n")
        if result["refused"]:
            out = file.with_name(f"{file.stem}_refused.csv")
            out.write_bytes(result["refused"])
            say(f"Their reasons are in {out}\n")
        return result["refused_count"]


def say(text):
    sys.stdout.write(text)
    sys.stdout.flush()
