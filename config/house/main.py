"""The commands of `config/bootstrap`."""

import argparse
import contextlib
import os
import signal
import sys
import traceback

from . import ground, postgres, service, stages, testing
from .ground import Stop, say


def main(arguments):
    """Run one command; whatever fails ends in one sentence and a non-zero code."""
    parser = argparse.ArgumentParser(prog="config/bootstrap", description=__doc__)
    commands = parser.add_subparsers(dest="command", required=True, metavar="command")
    commands.add_parser("setup", help="bring Odoo, PostgreSQL and the virtual environment")
    run = commands.add_parser("run", help="the demo dealership in a browser")
    run.add_argument("--port", type=service.port_number, help="default: 8069 or the next free one")
    run.add_argument("--db", type=service.database_name, default="service", help="default: service")
    commands.add_parser("stop", help="end the server and its PostgreSQL")
    commands.add_parser("reset", help="stop, and remove all that setup, run and test have made")
    commands.add_parser("lint", help="every linter over every file")
    commands.add_parser("test", help="all tests; what follows goes to pytest")
    commands.add_parser(
        "bench", help="what ours costs beside core's; ONLY=money|boards|month, BIG=1"
    )
    commands.add_parser("soak", help="a month in the workshop; SEED=, DAYS=, ORDERS=")
    commands.add_parser("odoo", help="Odoo's own command line")
    passed_on = []
    if arguments[:1] in (["test"], ["odoo"]):
        arguments, passed_on = arguments[:1], arguments[1:]
    chosen = parser.parse_args(arguments)
    # A polite end is an interruption, so that what was begun is cleaned up.
    signal.signal(signal.SIGTERM, _interrupt)
    try:
        return _dispatch(chosen, passed_on)
    except Stop as stop:
        say()
        print(stop, file=sys.stderr, flush=True)
    except KeyboardInterrupt:
        print("\nStopped by you: run the same command again to go on.", file=sys.stderr, flush=True)
        return 130
    except OSError as error:
        with contextlib.suppress(OSError):
            say()
        print(ground.explain_os_error(error), file=sys.stderr, flush=True)
    except Exception:
        # A mistake of ours: the details go where they can be sent from, the person gets a sentence.
        log = ground.LOGS / "mistake.log"
        ground.write_whole(log, traceback.format_exc())
        print(
            f"This is a mistake in config/: please report it with {log}.",
            file=sys.stderr,
            flush=True,
        )
    return 1


def _interrupt(_number, _frame):
    raise KeyboardInterrupt


def _dispatch(chosen, passed_on):
    if chosen.command == "setup":
        stages.setup()
        say("Set up. `make run` starts the demo, `make test` the tests.")
        return 0
    if chosen.command == "run":
        stages.setup()
        return service.run(chosen.db, chosen.port)
    if chosen.command == "stop":
        return service.stop()
    if chosen.command == "reset":
        return service.reset()
    if chosen.command == "lint":
        stages.setup()
        return testing.lint()
    if chosen.command == "test":
        stages.setup()
        return testing.test(passed_on)
    if chosen.command in ("bench", "soak"):
        stages.setup()
        return testing.measure(chosen.command)
    stages.setup()
    return _odoo(passed_on)


def _odoo(arguments):
    """Become Odoo, with our settings unless the caller names others."""
    server = postgres.server(os.environ.get("HOUSE_CLUSTER", "demo"))
    with contextlib.redirect_stdout(sys.stderr):
        server.start()
    environment = server.environment()
    test = os.environ.get("HOUSE_CLUSTER") == "test"
    environment["ODOO_RC"] = str(ground.HOUSE / ("odoo-test.conf" if test else "odoo.conf"))
    sys.stdout.flush()
    os.execve(stages.python(), ["python", "-m", "odoo", *arguments], environment)
