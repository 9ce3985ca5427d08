"""Fixtures for what no single addon can prove: databases of their own and real servers on them."""

import itertools
import os

import pytest
from house import postgres, testing
from remote import running_server


@pytest.fixture(scope="session")
def pg():
    """The PostgreSQL server of the tests."""
    return postgres.server("test")


@pytest.fixture(scope="session")
def template(pg):
    """The template database with all addons and no demo data."""
    return os.environ.get("HOUSE_TEMPLATE") or testing.ensure_template(pg)


@pytest.fixture(scope="session")
def demo_template(pg):
    """The template database with all addons and the demo dealership."""
    return testing.ensure_template(pg, demo=True)


@pytest.fixture(scope="module")
def database(pg, request):
    """A factory of databases: `database()` copies the template, `database(demo=True)` the one with demo data,
    `database(template="x")` any other; all are dropped when the module ends.
    """
    numbers = itertools.count(1)
    made = []

    def make(demo=False, template=None):
        source = template or request.getfixturevalue("demo_template" if demo else "template")
        name = f"{testing.PREFIX}{request.module.__name__}_{os.getpid()}_{next(numbers)}"
        made.append(name)
        pg.copy(source, name, testing.DATA)
        return name

    yield make
    for name in made:
        pg.drop(name, testing.DATA)


@pytest.fixture(scope="module")
def server(pg, tmp_path_factory):
    """A factory of servers outside test mode: `with server(db) as running: running.login("advisor").call(...)`."""
    folder = tmp_path_factory.mktemp("servers")
    numbers = itertools.count(1)

    def start(database, crons=False, allow=(), **more):
        log = folder / f"server-{next(numbers)}.log"
        return running_server(pg, database, log, crons, allow, **more)

    return start
