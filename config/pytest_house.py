"""What `make test` demands beyond passing: nothing skipped, nothing uncollected, a clean log.

A plugin for pytest. Each complaint makes the run fail, and pytest's own closing line stays the last.
"""

import ast
import gc
import inspect
import logging
import os
import re
from pathlib import Path
from unittest.mock import patch

import pytest

CONFIG = Path(__file__).resolve().parent
ROOT = CONFIG.parent

LOG_LINE = re.compile(
    r"^\d{4}-\d\d-\d\d \d\d:\d\d:\d\d,\d+ \d+ (?P<level>[A-Z]+) (?P<database>\S+) (?P<logger>[\w.?-]+): (?P<message>.*)$"
)
BASE_URL_SQL = (
    "INSERT INTO ir_config_parameter (key, value) VALUES (%s, %s) "
    "ON CONFLICT (key) DO UPDATE SET value = EXCLUDED.value"
)
BAD_LEVELS = ("WARNING", "ERROR", "CRITICAL")


def allowed_patterns():
    """The shipped list of log lines that a run may hold."""
    lines = (CONFIG / "allowed_warnings.txt").read_text().splitlines()
    return [re.compile(line) for line in lines if line.strip() and not line.startswith("#")]


def complaints_of_log(text, allowed):
    """The messages of an Odoo log that are warnings or worse and not on the list.

    A message is matched whole, with the lines that follow it (what PostgreSQL says stands in the second
    line of Odoo's "bad query"); without its traceback it is told.
    In: `2026-01-01 00:00:00,000 7 WARNING db odoo.x: no`. Out: `["WARNING odoo.x: no"]`.
    """
    messages = []
    for line in text.splitlines():
        match = LOG_LINE.match(line)
        if match:
            messages.append((match, []))
        elif messages:
            messages[-1][1].append(line)
    found = []
    for match, more in messages:
        if match["level"] not in BAD_LEVELS:
            continue
        complaint = "\n".join((f"{match['level']} {match['logger']}: {match['message']}", *more))
        if not any(pattern.search(complaint) for pattern in allowed):
            found.append(complaint.partition("\nTraceback (most recent call last):")[0])
    return found


def defined_tests(path):
    """The names of the tests that a file defines: functions of the module and methods of its classes."""
    tree = ast.parse(path.read_text(), str(path))
    bodies = [tree.body, *(node.body for node in tree.body if isinstance(node, ast.ClassDef))]
    return {
        (node.name, node.lineno)
        for body in bodies
        for node in body
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef)
        and node.name.startswith("test_")
    }


def whole_files(folders):
    """The files of tests under these folders of the house, of which none may stay out."""
    return sorted(path for folder in folders for path in (ROOT / folder).rglob("test_*.py"))


class LogGuard(logging.Handler):
    """Keeps what Odoo logs at level WARNING and above, with the test during which it did."""

    def __init__(self, allowed):
        super().__init__(logging.WARNING)
        self.allowed = allowed
        self.current = "outside any test"
        self.kept = []

    def emit(self, record):
        complaint = f"{record.levelname} {record.name}: {record.getMessage()}"
        if not any(pattern.search(complaint) for pattern in self.allowed):
            self.kept.append((self.current, complaint))


class House:
    """The demands, gathered while pytest runs and told at its end."""

    def __init__(self):
        self.allowed = allowed_patterns()
        self.guard = LogGuard(self.allowed)
        self.skipped = []
        self.executed = set()
        self.items = []
        self.complaints = []

    # Log

    @pytest.hookimpl(tryfirst=True)
    def pytest_sessionstart(self):
        logging.getLogger().addHandler(self.guard)

    @pytest.hookimpl(wrapper=True)
    def pytest_runtest_protocol(self, item):
        self.guard.current = item.nodeid
        try:
            return (yield)
        finally:
            self.guard.current = "outside any test"

    @pytest.hookimpl(wrapper=True, tryfirst=True)
    def pytest_runtest_teardown(self, item):
        result = yield
        mine = [complaint for nodeid, complaint in self.guard.kept if nodeid == item.nodeid]
        if mine:
            raise AssertionError(
                "the log holds what config/allowed_warnings.txt does not:\n" + "\n".join(mine)
            )
        return result

    # Skips and counts

    def pytest_collectreport(self, report):
        if report.skipped:
            self.skipped.append(report.nodeid)

    def pytest_runtest_logreport(self, report):
        if report.skipped:
            self.skipped.append(report.nodeid)

    def pytest_collection_finish(self, session):
        self.items = list(session.items)
        for item in session.items:
            function = inspect.unwrap(item.function) if hasattr(item, "function") else None
            if function is not None:
                self.executed.add((function.__code__.co_filename, function.__name__))

    def uncollected(self):
        """The tests that stand in a file and did not run."""
        missing = []
        names_by_file = {}
        for filename, name in self.executed:
            names_by_file.setdefault(os.path.realpath(filename), set()).add(name)
        for path in whole_files(os.environ["HOUSE_ALL_TESTS"].split()):
            ran = names_by_file.get(os.path.realpath(path), set())
            missing += [
                f"{path.relative_to(ROOT)}:{line} {name}"
                for name, line in sorted(defined_tests(path))
                if name not in ran
            ]
        return missing

    # Verdict

    @pytest.hookimpl(tryfirst=True)
    def pytest_sessionfinish(self, session):
        logging.getLogger().removeHandler(self.guard)
        if session.config.option.collectonly:
            return
        tell = self.complaints.append
        for nodeid in self.skipped:
            tell(f"skipped: {nodeid}")
        if not self.items and not session.testsfailed:
            tell("nothing was collected")
        if os.environ.get("HOUSE_ALL_TESTS"):
            for missing in self.uncollected():
                tell(f"stands in the code and did not run: {missing}")
        for nodeid, complaint in self.guard.kept:
            if nodeid == "outside any test":
                tell(f"logged {nodeid}: {complaint}")
        log = os.environ.get("HOUSE_TEMPLATE_LOG")
        if log:
            text = Path(log).read_text(errors="replace") if Path(log).exists() else ""
            for complaint in complaints_of_log(text, self.allowed):
                tell(f"logged while installing: {complaint}")
        if self.complaints and session.exitstatus in (0, pytest.ExitCode.NO_TESTS_COLLECTED):
            session.exitstatus = pytest.ExitCode.TESTS_FAILED

    def pytest_terminal_summary(self, terminalreporter):
        if self.complaints:
            terminalreporter.section("what the house does not accept", red=True, bold=True)
            for complaint in self.complaints:
                terminalreporter.line(complaint)


@pytest.fixture(scope="session", autouse=True)
def _registry_is_no_garbage(request):
    """What Odoo has loaded stays to the end: looking through it for garbage again and again costs time."""
    if not request.config.getoption("--odoo-database", default=None):
        return
    request.getfixturevalue("load_registry")
    gc.collect()
    gc.freeze()
    gc.set_threshold(50_000, 20, 50)


@pytest.fixture(scope="session", autouse=True)
def _caches_live_as_long_as_they_are_true(request):
    """A test ends with the caches cleared that it has touched, as a transaction rolled back does.

    Odoo's own test case empties every cache after each test; a fifth of all queries only filled them again.
    """
    if not request.config.getoption("--odoo-database", default=None):
        yield
        return
    request.getfixturevalue("load_registry")
    from odoo.orm.registry import _CACHES_BY_KEY, Registry
    from odoo.tests.common import TransactionCase

    touched = set()
    clear_cache, clear_all_caches = Registry.clear_cache, Registry.clear_all_caches
    set_up = TransactionCase.setUp

    def clear_cache_noted(registry, *names):
        touched.update(names or ("default",))
        clear_cache(registry, *names)

    def clear_all_caches_noted(registry):
        touched.update(_CACHES_BY_KEY)
        clear_all_caches(registry)

    def set_up_sparing_caches(case):
        touched.clear()

        def clear_touched():
            if touched:
                clear_cache(case.registry, *touched)

        # what it registers as its own clean-up is this name of the registry
        with patch.object(case.registry, "clear_all_caches", clear_touched):
            set_up(case)

    with (
        patch.object(Registry, "clear_cache", clear_cache_noted),
        patch.object(Registry, "clear_all_caches", clear_all_caches_noted),
        patch.object(TransactionCase, "setUp", set_up_sparing_caches),
    ):
        yield


@pytest.fixture(scope="session", autouse=True)
def _reports_reach_the_test_server(request):
    """The PDF printer fetches style sheets from the server of this run, whose port is drawn anew each time."""
    if not request.config.getoption("--odoo-http", default=False):
        return
    request.getfixturevalue("load_http")
    import odoo.sql_db
    from odoo.tools import config

    with odoo.sql_db.db_connect(config["db_name"][0]).cursor() as cursor:
        # Raw SQL: a registry's environment would hold the value in a cache of its own.
        cursor.execute(BASE_URL_SQL, ("report.url", f"http://127.0.0.1:{config['http_port']}"))


def pytest_configure(config):
    config.pluginmanager.register(House(), "house")
