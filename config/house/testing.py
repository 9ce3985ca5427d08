"""`make test` and `make lint`: one template database, a copy of it, every test there is."""

import os
import re
import shutil
import subprocess
import sys

from . import ground, postgres, service, stages
from .ground import ADDONS, CONFIG, HOUSE, LOGS, ROOT, VENV, Progress, Stop, run, say

DATA = HOUSE / "test-data"
CONF = "odoo-test.conf"
# Every database that tests make begins so; nothing else is ever dropped by them.
PREFIX = "housetest_"

_BROWSERS = ("google-chrome", "chromium", "chromium-browser", "google-chrome-stable")


def test(arguments):
    """Prepare and run pytest; what it says last is said last.

    All tests run as two sessions side by side, each on a copy of its own: one waits for PostgreSQL
    or a browser while the other computes.
    """
    need_browser()
    server = postgres.server("test")
    started = server.start()
    sessions = [Session("run", arguments)] if arguments else halves()
    try:
        forget_runs(server)
        template = ensure_template(server)
        for session in sessions:
            server.copy(template, session.database, DATA)
        if arguments:
            return sessions[0].in_front(server, template)
        return side_by_side(server, template, *sessions)
    finally:
        for session in sessions:
            server.drop(session.database, DATA)
        if started:
            server.stop()


def measure(script):
    """Run `tests/<script>.py` on a copy of the template; it says itself what it found."""
    server = postgres.server("test")
    started = server.start()
    database = f"{PREFIX}run_{script}_{os.getpid()}"
    try:
        forget_runs(server)
        server.copy(ensure_template(server), database, DATA)
        environment = server.environment()
        environment.update(ODOO_RC=str(HOUSE / CONF), PYTHONPATH=str(CONFIG))
        process = subprocess.Popen(
            [str(stages.python()), str(ROOT / "tests" / f"{script}.py"), database],
            env=environment,
            cwd=ROOT,
        )
        with ground.ended_with_us(process):
            return process.wait()
    finally:
        server.drop(database, DATA)
        if started:
            server.stop()


def halves():
    """All tests there are, in two sessions that take about as long as each other."""
    first, *others = (f"addons/{name}" for name in service.addons())
    return [Session("core", whole=[first]), Session("others", whole=[*others, "tests"])]


class Session:
    """One run of pytest on a database of its own.

    `whole` are folders of which no test may stay out, `arguments` are what a person asked for.
    """

    def __init__(self, name, arguments=(), whole=()):
        self.name = name
        self.whole = list(whole)
        self.arguments = [*arguments, *whole]
        self.database = f"{PREFIX}run_{name}_{os.getpid()}"
        self.log = LOGS / f"pytest-{name}.log"

    def start(self, server, template, output=None):
        environment = server.environment()
        environment.update(
            PYTHONPATH=str(CONFIG),
            PYTHONDONTWRITEBYTECODE="1",
            HOUSE_TEMPLATE=template,
            HOUSE_TEMPLATE_LOG=str(template_log(template)),
            # Counting only makes sense when nobody asked for a part of the tests.
            HOUSE_ALL_TESTS=" ".join(self.whole),
        )
        command = [
            *(stages.python(), "-m", "pytest", "-p", "pytest_house"),
            *(f"--odoo-database={self.database}", f"--odoo-config={HOUSE / CONF}"),
            *("--odoo-http", "--odoo-log-level=warn", *self.arguments),
        ]
        return subprocess.Popen(
            [str(part) for part in command],
            env=environment,
            cwd=ROOT,
            stdout=output,
            stderr=subprocess.STDOUT if output else None,
        )

    def in_front(self, server, template):
        process = self.start(server, template)
        with ground.ended_with_us(process):
            return process.wait()


def side_by_side(server, template, front, back):
    """One session to be watched, the other into a log that is shown when both are done."""
    with open(back.log, "wb") as output:
        behind = back.start(server, template, output)
    with ground.ended_with_us(behind):
        say(f"  `{back.name}` runs beside `{front.name}` and is shown after it")
        with open(front.log, "wb") as copy:
            process = front.start(server, template, subprocess.PIPE)
            with ground.ended_with_us(process):
                while part := process.stdout.read1(4096):
                    sys.stdout.buffer.write(part)
                    sys.stdout.flush()
                    copy.write(part)
                code = process.wait()
        if behind.poll() is None:
            with Progress(f"Waiting for `{back.name}`", back.log, r"(tests/test_\w+\.py)"):
                behind.wait()
    sys.stdout.buffer.write(back.log.read_bytes())
    sys.stdout.flush()
    sum_up(front, back)
    return code or behind.returncode


def sum_up(*sessions):
    """Both closing lines, and their sum as the last line."""
    total = dict.fromkeys(("passed", "failed", "skipped"), 0)
    for session in sessions:
        text = session.log.read_text(errors="replace")
        closing = re.findall(r"^=+ (.* in [\d.]+s.*?) =+$", text, re.MULTILINE)
        say(f"  {session.name}: {closing[-1] if closing else 'did not come to its end'}")
        for number, word in re.findall(r"(\d+) (\w+)", closing[-1] if closing else "1 failed"):
            word = "failed" if word.startswith("error") else word
            if word in total:
                total[word] += int(number)
    say(", ".join(f"{number} {word}" for word, number in total.items()))


def forget_runs(server):
    """Drop what a killed run has left: its databases carry the number of a process that is no more."""
    if not server.ours:
        # On a server for many machines that number may live elsewhere.
        return
    for name in server.databases(PREFIX):
        match = re.search(r"_(?:run_[a-z]+|test_\w+?(?=_\d+_\d+$))_(\d+)(?:_\d+)?$", name)
        if match and not os.path.exists(f"/proc/{match[1]}"):
            server.drop(name, DATA)


def need_browser():
    """Browser tours run in Chromium; without it Odoo would skip them in silence."""
    if any(shutil.which(name) for name in _BROWSERS):
        return
    if os.getuid() or not shutil.which("apt-get"):
        raise Stop(
            "Browser tours need Chromium: run `apt-get install chromium` as root, then `make test` again."
        )
    log = LOGS / "chromium.log"
    environment = {**os.environ, "DEBIAN_FRONTEND": "noninteractive"}
    with Progress("Installing Chromium"):
        run(["apt-get", "-q", "update"], "Debian's package list", log, env=environment)
        run(
            ["apt-get", "-q", "-y", "install", "--no-install-recommends", "chromium"],
            "Chromium",
            log,
            env=environment,
            append=True,
        )


# Template databases


def ensure_template(server, demo=False):
    """A database with all our addons, cached by what decides its contents.

    It stands on a second one that holds only what is below us, so that a change of ours costs
    the installation of ours alone.
    """
    with ground.lock("template", "another run's template database"):
        names = service.addons()
        below = below_us(names)
        pins = [
            CONFIG / name
            for name in ("debs.lock", "npm.lock", "requirements.txt", "requirements-oca.txt")
        ]
        deps_key = ground.digest("1", str(stages.odoo_path()), *pins, *below)[:12]
        key = ground.digest("1", deps_key, service.addons_key(), *names)[:12]
        kind = "demo" if demo else "ours"
        template = f"{PREFIX}{kind}_{key}"
        if server.has(template) and template_log(template).exists():
            return template
        ground.need_space(1)
        forget(server, kind, template)
        partial = f"{PREFIX}{kind}_partial"
        server.copy(deps_template(server, deps_key, below), partial, DATA)
        if demo:
            service.with_demo(server, partial)
        log = template_log(template)
        log.unlink(missing_ok=True)
        building = log.with_suffix(".partial")
        title = f"Making the template database{' with demo data' if demo else ''}"
        with Progress(title, building, service.LOADING):
            if names:
                service.odoo(
                    server,
                    building,
                    "-d",
                    partial,
                    "-i",
                    ",".join(names),
                    "--stop-after-init",
                    conf=CONF,
                )
        if demo:
            service.without_demo(server, partial, names)
        missing = set(names) - set(service.installed(server, partial))
        if missing:
            raise Stop(
                f"{', '.join(sorted(missing))} did not install: read {building} and mend what it names."
            )
        server.rename(partial, template, DATA)
        building.touch()
        os.replace(building, log)
        return template


def deps_template(server, key, below):
    template = f"{PREFIX}deps_{key}"
    if server.has(template):
        return template
    forget(server, "deps", template)
    partial = f"{PREFIX}deps_partial"
    server.drop(partial, DATA)
    log = LOGS / "deps.log"
    with Progress("Making the database of what is below us", log, service.LOADING):
        service.odoo(
            server,
            log,
            "-d",
            partial,
            "-i",
            ",".join(["base", *below]),
            "--stop-after-init",
            conf=CONF,
        )
    server.rename(partial, template, DATA)
    return template


def below_us(names):
    """The addons of others that ours depend on."""
    found = set()
    for name in names:
        found.update(service.manifest(ADDONS / name / "__manifest__.py").get("depends", []))
    return sorted(found - set(names))


def template_log(template):
    return LOGS / f"{template}.log"


def forget(server, kind, keep):
    """Drop the templates of earlier code."""
    for name in server.databases(f"{PREFIX}{kind}_"):
        if name != keep:
            server.drop(name, DATA)
            template_log(name).unlink(missing_ok=True)


# Lint


def lint():
    """All linters, as pre-commit knows them."""
    environment = stages.clean_environment()
    environment["PRE_COMMIT_HOME"] = str(HOUSE / "pre-commit")
    process = subprocess.Popen(
        [str(VENV / "bin" / "pre-commit"), "run", "--all-files", "--show-diff-on-failure"],
        env=environment,
        cwd=ROOT,
    )
    with ground.ended_with_us(process):
        code = process.wait()
    if code:
        say("  Mend what is named above (ruff has mended what it could) and run `make lint` again.")
    return code
