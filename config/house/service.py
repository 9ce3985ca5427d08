"""`make run`, `make stop`, `make reset`: the demo dealership on this machine."""

import argparse
import os
import re
import signal
import subprocess
import time
import urllib.error
import urllib.request

from . import ground, postgres, stages
from .ground import ADDONS, HOUSE, LOGS, VENV, Progress, Stop, say

DATA = HOUSE / "data"
PIDFILE = HOUSE / "server.json"
DATABASES = HOUSE / "databases.json"
LOG = LOGS / "server.log"
LOADING = r"(?:Loading module|loading|Demo:) (\S+ (?:\(\d+/\d+\)|[a-z]+))"

# What the first page of the web client and of a customer would otherwise make while they wait.
_PAGES = """
for bundle in ("web.assets_web", "web.assets_frontend_minimal", "web.assets_frontend_lazy", "web.assets_frontend"):
    files = env["ir.qweb"]._get_asset_bundle(bundle, css=True, js=True, debug_assets=False)
    files.css()
    files.js()
env.cr.commit()
"""

# Who can log in as whom, in the order of a car's way through the house; password = login.
PEOPLE = {
    "receptionist": "reception: bookings, walk-ins, wash",
    "advisor": "service advisor: orders, quotations, the customer",
    "leader": "team leader: dispatch and waivers",
    "technician": "technician: my jobs, clock on and off",
    "inspector": "final inspection",
    "parts": "parts: what is missing, for which car, when it comes",
    "cashier": "settlement and invoices",
    "followup": "follow-up calls and letters",
    "hotline": "hotline: cases of unhappy customers",
    "officer": "customer-service department: ratings and scores",
    "hr": "human resources: payslips",
    "manager": "service manager: everything",
    "admin": "administrator of Odoo",
}


def port_number(text):
    if text.isdigit() and 1 <= int(text) <= 65535:
        return int(text)
    raise argparse.ArgumentTypeError(f"{text} is no port: give a number from 1 to 65535")


def database_name(text):
    if re.fullmatch(r"[A-Za-z0-9][A-Za-z0-9_.-]{0,50}", text):
        return text
    raise argparse.ArgumentTypeError(
        f"{text} is no database name: use letters, digits, `_`, `-` and `.`"
    )


def addons():
    """Our addons, in an order in which each stands on those before it."""
    manifests = {path.parent.name: manifest(path) for path in ADDONS.glob("*/__manifest__.py")}
    ordered = []

    def add(name):
        if name in manifests and name not in ordered:
            for other in manifests[name].get("depends", []):
                add(other)
            ordered.append(name)

    for name in sorted(manifests):
        add(name)
    return ordered


def manifest(path):
    import ast

    try:
        return ast.literal_eval(path.read_text())
    except (SyntaxError, ValueError) as error:
        raise Stop(
            f"{path} is no valid manifest ({error}): mend it and run the same command again."
        ) from error


def addons_key(leave_out=("tests", "readme", "static", "__pycache__")):
    """A hash of all that decides what an installation puts into a database."""
    files = [
        path
        for path in sorted(ADDONS.rglob("*"))
        if path.is_file() and not set(path.relative_to(ADDONS).parts) & set(leave_out)
    ]
    named = [part for path in files for part in (str(path.relative_to(ADDONS)), path)]
    return ground.digest("1", *named)


# Run


def run(database, port):
    """Start the server behind the caller's back, wait until it answers, say where and for whom."""
    with ground.lock("run", "another `make run`"):
        server = postgres.server("demo")
        server.start()
        current = running()
        wanted = current and current["db"] == database and port in (None, current["port"])
        if wanted and known_key(database) == addons_key() and healthy(current["port"]):
            return announce(server, current)
        if current:
            say(f"  Ending the server on port {current['port']}, database {current['db']}")
            end(current)
        if port is not None and not ground.port_is_free(port):
            raise Stop(
                f"Port {port} is taken by another program: choose another with `make run PORT=`."
            )
        prepare(server, database)
        return announce(server, launch(server, database, port or next_port()))


def known_key(database):
    return ground.read_json(DATABASES, {}).get(database)


def next_port():
    for port in range(8069, 8169):
        if ground.port_is_free(port):
            return port
    raise Stop("No port from 8069 to 8168 is free: choose one with `make run PORT=`.")


def prepare(server, database):
    """Make the database with its demo, or bring it up to the code; a half-made one is never used."""
    known = ground.read_json(DATABASES, {})
    key = addons_key()
    if not server.has(database):
        ground.need_space(1)
        make_demo(server, database)
    elif known.get(database) not in (None, key):
        update(server, database)
    elif not installed(server, database):
        raise Stop(
            f"Database {database} is there and holds none of our addons: choose another name with `make run DB=`."
        )
    known[database] = key
    write_known(known)


def write_known(known):
    import json

    ground.write_whole(DATABASES, json.dumps(known, indent=1) + "\n")


def make_demo(server, database):
    partial = f"{database}_partial"
    names = addons()
    if not names:
        raise Stop(f"{ADDONS} holds no addon: check the clone out again.")
    server.drop(partial, DATA)
    log = LOGS / f"demo-{database}.log"
    with Progress(f"Making database {database} with the demo dealership", log, LOADING):
        install_below(server, log, partial, names)
        with_demo(server, partial)
        odoo(server, log, "-d", partial, "-i", ",".join(names), "--stop-after-init")
        without_demo(server, partial, names)
    missing = set(names) - set(installed(server, partial))
    if missing:
        raise Stop(
            f"{', '.join(sorted(missing))} did not install: read {log} and mend what it names."
        )
    with Progress("Preparing the pages", log):
        odoo_shell(server, log, partial, _PAGES)
    server.rename(partial, database, DATA)


def install_below(server, log, database, names):
    from . import testing

    below = ",".join(["base", *testing.below_us(names)])
    odoo(server, log, "-d", database, "-i", below, "--stop-after-init")


def with_demo(server, database):
    """Let the next installation bring its demo data, although what is below us came without.

    Odoo gives demo data to an addon only where everything below has its own: first sight would
    be a furniture shop, not a dealership.
    """
    server.query(database, "UPDATE ir_module_module SET demo = TRUE WHERE state = 'installed'")


def without_demo(server, database, names):
    """The addons of others came without demo data, and an update must not bring it after all."""
    ours = ", ".join(postgres.literal(name) for name in names)
    server.query(database, f"UPDATE ir_module_module SET demo = FALSE WHERE name NOT IN ({ours})")


def update(server, database):
    log = LOGS / f"update-{database}.log"
    with Progress(f"Bringing database {database} up to the changed code", log, LOADING):
        odoo(
            server,
            log,
            "-d",
            database,
            "-u",
            ",".join(addons()),
            "-i",
            ",".join(addons()),
            "--stop-after-init",
        )


def installed(server, database):
    """Which of our addons a database holds; none when it is no Odoo database."""
    names = ", ".join(postgres.literal(name) for name in addons())
    found = server.try_query(
        database,
        f"SELECT name FROM ir_module_module WHERE state = 'installed' AND name IN ({names})",
    )
    return (found or "").split()


def odoo(server, log, *arguments, conf="odoo.conf"):
    ground.run(
        [stages.python(), "-m", "odoo", "server", "-c", HOUSE / conf, "--no-http", *arguments],
        "Odoo",
        log,
        env=server.environment(),
        cwd=HOUSE,
    )


def odoo_shell(server, log, database, script, conf="odoo.conf"):
    result = subprocess.run(
        [stages.python(), "-m", "odoo", "shell", "-c", HOUSE / conf, "-d", database, "--no-http"],
        check=False,
        input=script.encode(),
        capture_output=True,
        env=server.environment(),
        cwd=HOUSE,
    )
    with open(log, "ab") as stream:
        stream.write(result.stderr)
    if result.returncode or b"Traceback" in result.stderr:
        raise Stop(
            f"Odoo could not finish the database: read the end of {log} and mend what it names."
        )


def launch(server, database, port):
    LOGS.mkdir(parents=True, exist_ok=True)
    if LOG.exists():
        os.replace(LOG, LOG.with_suffix(".log.1"))
    server.set_address(database, f"http://localhost:{port}")
    with open(LOG, "wb") as stream:
        process = subprocess.Popen(
            [
                *(stages.python(), "-m", "odoo", "server", "-c", HOUSE / "odoo.conf"),
                *(
                    "-d",
                    database,
                    "--db-filter",
                    f"^{re.escape(database)}$",
                    "--http-port",
                    str(port),
                ),
            ],
            stdin=subprocess.DEVNULL,
            stdout=stream,
            stderr=subprocess.STDOUT,
            env=server.environment(),
            cwd=HOUSE,
            start_new_session=True,
        )
    current = {
        "pid": process.pid,
        "started": ground.process_started(process.pid),
        "port": port,
        "db": database,
    }
    import json

    ground.write_whole(PIDFILE, json.dumps(current) + "\n")
    with Progress(f"Starting the server on port {port}", LOG), ground.ended_with_us(process):
        deadline = time.monotonic() + 120
        while not healthy(port):
            if process.poll() is not None:
                text = LOG.read_text(errors="replace")
                if "Address already in use" in text:
                    raise Stop(
                        f"Port {port} is taken by another program: choose another with `make run PORT=`."
                    )
                raise Stop(
                    f"The server ended while starting: read the end of {LOG} and mend what it names."
                )
            if time.monotonic() > deadline:
                end(current)
                raise Stop(f"The server did not answer within two minutes: read the end of {LOG}.")
            time.sleep(0.2)
    return current


def healthy(port):
    """Whether the pages of the server answer, the database behind them included."""
    try:
        # A proxy of the machine is for the outside.
        direct = urllib.request.build_opener(urllib.request.ProxyHandler({}))
        with direct.open(f"http://127.0.0.1:{port}/web/login", timeout=60) as answer:
            return answer.status == 200
    except (urllib.error.URLError, OSError):
        return False


def announce(server, current):
    logins = ", ".join(postgres.literal(login) for login in PEOPLE)
    active = server.query(
        current["db"], f"SELECT login FROM res_users WHERE active AND login IN ({logins})"
    ).split()
    say()
    say(f"  http://localhost:{current['port']}")
    say()
    say("  Log in (the password is the login):")
    for login, role in PEOPLE.items():
        if login in active:
            say(f"    {login:<14}{role}")
    say()
    say(f"  `make stop` ends it; its log is {LOG}")
    return 0


# Stop and reset


def running():
    """The server we started, if it is still that very process."""
    current = ground.read_json(PIDFILE, None)
    if not current or ground.process_started(current["pid"]) != current["started"]:
        return None
    return current


def end(current):
    """End our server: politely, then not."""
    for number, patience in ((signal.SIGTERM, 15), (signal.SIGTERM, 5), (signal.SIGKILL, 5)):
        try:
            os.kill(current["pid"], number)
        except ProcessLookupError:
            break
        deadline = time.monotonic() + patience
        while time.monotonic() < deadline and alive(current):
            time.sleep(0.1)
        if not alive(current):
            break
    ground.remove(PIDFILE)


def alive(current):
    return ground.process_started(current["pid"]) == current["started"]


def stop():
    """End what we started, and nothing else."""
    current = running()
    if current:
        with Progress(f"Ending the server on port {current['port']}"):
            end(current)
    ground.remove(PIDFILE)
    stopped = bool(current)
    for cluster in postgres.clusters():
        # A cluster with this mark was started by hand for development.
        if (cluster.home / "keep").exists():
            say(
                f"  The {cluster.name} cluster is marked to be kept and goes on: remove {cluster.home / 'keep'} to end it"
            )
        elif cluster.running():
            with Progress(f"Stopping PostgreSQL ({cluster.name})"):
                stopped |= cluster.stop()
    say("  Stopped." if stopped else "  Nothing of ours was running.")
    return 0


def reset():
    """Remove all that we made: processes, databases, files."""
    stop()
    if any(cluster.running() for cluster in postgres.clusters()):
        raise Stop(
            "A database cluster is marked to be kept: stop it first, then run `make reset` again."
        )
    known = ground.read_json(DATABASES, {})
    if os.environ.get("PGHOST") and known:
        server = postgres.server("demo")
        for database in known:
            server.drop(database, DATA)
            server.drop(f"{database}_partial", DATA)
        from . import testing

        for database in server.databases(testing.PREFIX):
            server.drop(database, testing.DATA)
    with Progress("Removing what setup, run and test have made"):
        outside = postgres.outside()
        if outside.exists():
            ground.remove(outside)
        ground.remove(VENV)
        ground.remove(HOUSE)
    say("  Removed. `make run` begins anew.")
    return 0
