"""Odoo in this very process, on a database of our own, spoken to as its users: for benches and soaks."""

import contextlib
import gc
import os
import statistics
import sys
import time
from pathlib import Path

import odoo
from odoo import api
from odoo.modules.registry import Registry

ROOT = Path(__file__).resolve().parents[1]


def open_database(database, *options):
    """The registry of ``database``, with our settings and without a server."""
    odoo.tools.config.parse_config(
        [
            *("-c", os.environ["ODOO_RC"], "-d", database, "--no-http", "--log-level=warn"),
            *options,
        ],
        setup_logging=True,
    )
    return Registry(database)


@contextlib.contextmanager
def transaction(registry, user=api.SUPERUSER_ID, **context):
    """An environment on a cursor of its own: what a request is. Commits unless something is raised."""
    with registry.cursor() as cr:
        yield api.Environment(cr, user, context)


class Meter:
    """Time and queries of what happens inside ``with meter:``, summed over its uses."""

    def __init__(self):
        self.seconds = 0.0
        self.queries = 0

    @contextlib.contextmanager
    def request(self, registry, user=api.SUPERUSER_ID, **context):
        """A measured transaction, its commit included."""
        gc.collect()
        with registry.cursor() as cr:
            env = api.Environment(cr, user, context)
            # groups are cached by a running server
            env.user.has_group("base.group_user")
            env.invalidate_all()
            queries, start = cr.sql_log_count, time.perf_counter()
            yield env
            env.flush_all()
            self.queries += cr.sql_log_count - queries
            cr.commit()
            self.seconds += time.perf_counter() - start


def median(values):
    return statistics.median(values) if values else 0.0


class Verdict:
    """Rows of a table, and whether every bound held."""

    def __init__(self):
        self.broken = []

    def title(self, *cells, widths=(44, 14, 14, 10, 10)):
        self.widths = widths
        self.line(*cells)
        print("-" * (sum(widths) + len(widths) - 1))

    def line(self, *cells):
        text = [
            f"{cell:<{width}}" if not number else f"{cell:>{width}}"
            for number, (cell, width) in enumerate(zip(cells, self.widths, strict=False))
        ]
        print(" ".join(text), flush=True)

    def bound(self, name, ours, theirs, limit, unit):
        """One comparison: ``ours`` may be at most ``limit`` times ``theirs``."""
        ratio = ours / theirs if theirs else float("inf")
        holds = ratio <= limit
        if not holds:
            self.broken.append(f"{name}: {ratio:.2f} times, at most {limit} allowed")
        self.line(
            name,
            f"{ours:.1f} {unit}",
            f"{theirs:.1f} {unit}",
            f"{ratio:.2f}",
            "ok" if holds else "TOO MUCH",
        )

    def finish(self):
        for sentence in self.broken:
            print(sentence, file=sys.stderr)
        return 1 if self.broken else 0
