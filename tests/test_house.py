"""The house itself: pins, the compose file, what fails a test run, how setup survives a kill."""

import ast
import configparser
import contextlib
import os
import re
import runpy
import shutil
import signal
import subprocess
import sys
import time
from collections import namedtuple
from pathlib import Path

import pytest
import yaml
from house import ground, postgres, service, stages, testing
from pytest_house import complaints_of_log, defined_tests, whole_files
from remote import STARTED_AGAIN

ROOT = ground.ROOT
CONFIG = ground.CONFIG


def bootstrap(*arguments, root=ROOT, **environment):
    """Run a command of the house as a person does."""
    return subprocess.run(
        [sys.executable, root / "config" / "bootstrap", *arguments],
        check=False,
        capture_output=True,
        text=True,
        timeout=300,
        env={**os.environ, **environment},
    )


def assert_one_sentence(result, expected):
    """A failure is one sentence that says what to do, a code that is not zero, and no traceback."""
    assert result.returncode not in (0, None)
    assert "Traceback" not in result.stdout + result.stderr
    lines = [line for line in result.stderr.splitlines() if line.strip()]
    assert len(lines) == 1, result.stderr
    assert expected in lines[0]
    assert lines[0].endswith((".", ")."))


@pytest.fixture
def clone(tmp_path):
    """A clone with nothing set up."""
    shutil.copytree(CONFIG, tmp_path / "config", ignore=shutil.ignore_patterns("__pycache__"))
    (tmp_path / "addons").mkdir()
    return tmp_path


# Pins


def test_every_python_package_is_pinned_with_a_hash():
    for path in CONFIG.glob("requirements*.txt"):
        entries = re.sub(r"\\\n\s*", " ", path.read_text()).splitlines()
        entries = [line for line in entries if line.strip() and not line.startswith("#")]
        assert entries, path
        for entry in entries:
            assert re.match(r"^[\w.-]+==\S+", entry), f"{path.name}: {entry}"
            assert "--hash=sha256:" in entry, f"{path.name}: {entry}"


def test_every_debian_and_npm_package_is_pinned_with_a_sum():
    debs, npm = stages.read_lock("debs.lock"), stages.read_lock("npm.lock")
    assert {row[1] for row in debs} >= {"odoo-19", "libjs-jquery", "fonts-font-awesome"}
    for row in debs:
        assert len(row) == 4
        assert re.fullmatch(r"[0-9a-f]{64}", row[3])
    for row in npm:
        assert len(row) == 5
        assert re.fullmatch(r"[0-9a-f]{64}", row[2])


def tracked_files():
    listed = subprocess.run(
        ["git", "ls-files", "-z"], check=True, capture_output=True, text=True, cwd=ROOT
    ).stdout
    return [ROOT / name for name in listed.split("\0") if name and (ROOT / name).is_file()]


def test_no_file_names_a_package_mirror():
    # In pieces, as this file is searched too.
    hosts = re.compile(
        "|".join(("debian" r"\.org", "pypi" r"\.org", "npmjs" r"\.", "python" + "hosted"))
    )
    for path in tracked_files():
        text = path.read_bytes().decode(errors="ignore")
        assert not hosts.search(text), f"{path.relative_to(ROOT)} names a package mirror"


def test_each_make_target_is_one_line_that_calls_config():
    text = (ROOT / "Makefile").read_text()
    targets = re.findall(r"^(\w+): ; (.*)$", text, re.MULTILINE)
    assert {name for name, _line in targets} >= {"setup", "run", "test", "lint", "stop", "reset"}
    assert all("config/" in line for _name, line in targets)


def test_licence_is_the_whole_agpl():
    assert ground.file_sha256(ROOT / "LICENSE") == (
        "0d96a4ff68ad6d4b6f1f30f713b18d5184912ba8dd389f86aa7710db079abcb0"
    )


def test_each_test_file_is_known_to_odoo_too():
    for path in sorted(ROOT.glob("addons/*/tests/test_*.py")):
        tree = ast.parse((path.parent / "__init__.py").read_text())
        imported = {
            alias.name
            for node in ast.walk(tree)
            if isinstance(node, ast.ImportFrom)
            for alias in node.names
        }
        assert path.stem in imported, f"{path.parent}/__init__.py does not import {path.stem}"


# What a fresh install is


def test_shipped_settings_let_nothing_in_and_nothing_out():
    parser = configparser.ConfigParser()
    parser.read(CONFIG / "odoo.conf")
    options = parser["options"]
    assert not options.getboolean("list_db")
    assert not options.getboolean("with_demo")
    assert not options.getboolean("proxy_mode")
    assert options["http_interface"] == "127.0.0.1"
    assert options.getint("workers") == 0
    assert options["smtp_server"] == "127.0.0.1"
    assert ground.port_is_free(options.getint("smtp_port"))
    assert not {"db_password", "db_host", "admin_passwd"} & set(options)


def test_fresh_database_has_no_mail_server(pg, database):
    name = database()
    assert pg.query(name, "SELECT count(*) FROM ir_mail_server") == "0"


def test_template_holds_every_addon(pg, database):
    assert set(service.installed(pg, database())) == set(service.addons())


# Docker


@pytest.fixture(scope="module")
def compose():
    return yaml.safe_load((ROOT / "docker-compose.yml").read_text())


def test_compose_uses_the_official_images(compose):
    dockerfile = (CONFIG / "Dockerfile").read_text()
    assert re.findall(r"^FROM (\S+)", dockerfile, re.MULTILINE) == ["odoo:19"]
    images = {body["image"] for body in compose["services"].values() if "build" not in body}
    assert images == {"postgres:17"}
    for body in compose["services"].values():
        if "build" in body:
            assert (ROOT / body["build"]["context"] / body["build"]["dockerfile"]).is_file()


def test_compose_copies_only_what_there_is():
    for source in re.findall(r"^COPY (\S+) ", (CONFIG / "Dockerfile").read_text(), re.MULTILINE):
        assert (ROOT / source).exists(), source
    assert os.access(CONFIG / "docker-setup", os.X_OK)
    ast.parse((CONFIG / "docker-setup").read_text())


def test_compose_sets_up_with_the_command_that_the_image_holds(compose):
    assert (
        "COPY config/docker-setup /usr/local/bin/service-setup"
        in (CONFIG / "Dockerfile").read_text()
    )
    assert compose["services"]["setup-demo"]["command"] == ["service-setup", "--with-demo"]
    assert compose["services"]["setup"]["command"] == ["service-setup"]


def test_compose_installs_the_pinned_addons():
    dockerfile = (CONFIG / "Dockerfile").read_text()
    assert "COPY config/requirements-oca.txt" in dockerfile
    assert "--require-hashes" in dockerfile


def test_compose_up_alone_is_the_demo(compose):
    assert "COMPOSE_PROFILES=demo" in (ROOT / ".env").read_text().splitlines()
    assert all(
        body["profiles"] in (["demo"], ["production"]) for body in compose["services"].values()
    )


def test_compose_checks_the_health_of_what_stays_up(compose):
    for name, body in compose["services"].items():
        if name.startswith("setup"):
            assert "restart" not in body
        else:
            assert body["healthcheck"]["test"]
        for other, condition in body.get("depends_on", {}).items():
            assert compose["services"][other]["profiles"] == body["profiles"]
            expected = (
                "service_completed_successfully" if other.startswith("setup") else "service_healthy"
            )
            assert condition == {"condition": expected}


def test_compose_has_no_password_outside_the_demo(compose):
    for name, body in compose["services"].items():
        for variable, value in body.get("environment", {}).items():
            if "PASSWORD" in variable and body["profiles"] != ["demo"]:
                assert variable.endswith("_FILE"), f"{name} carries {variable}"
                assert value.startswith("/run/secrets/")
                assert Path(value).name in body["secrets"]
    assert "admin_password" in compose["services"]["setup"]["secrets"]
    for secret in compose["secrets"].values():
        ignored = subprocess.run(
            ["git", "check-ignore", "-q", secret["file"]], check=False, cwd=ROOT
        ).returncode
        assert ignored == 0, f"{secret['file']} could be committed"


def test_compose_serves_this_machine_only(compose):
    ports = [port for body in compose["services"].values() for port in body.get("ports", [])]
    assert ports
    assert all(port.startswith("127.0.0.1:") for port in ports)


# What fails a test run


def pytest_on(tmp_path, source, *arguments):
    """Run pytest with our plugin on a file of its own, without Odoo."""
    path = tmp_path / "test_sample.py"
    path.write_text(source)
    return subprocess.run(
        [
            *(sys.executable, "-m", "pytest", "-p", "pytest_house", "-p", "no:odoo"),
            *(
                "-p",
                "no:cacheprovider",
                f"--rootdir={tmp_path}",
                "-c",
                os.devnull,
                path,
                *arguments,
            ),
        ],
        check=False,
        capture_output=True,
        text=True,
        env={
            **os.environ,
            "PYTHONPATH": str(CONFIG),
            "HOUSE_ALL_TESTS": "",
            "HOUSE_TEMPLATE_LOG": "",
        },
        cwd=tmp_path,
    )


def test_run_of_clean_tests_passes(tmp_path):
    result = pytest_on(tmp_path, "def test_a():\n    pass\n")
    assert result.returncode == 0, result.stdout + result.stderr
    assert "1 passed" in result.stdout.splitlines()[-1]


def test_run_with_a_skip_fails(tmp_path):
    result = pytest_on(tmp_path, "import pytest\ndef test_a():\n    pytest.skip('no browser')\n")
    assert result.returncode == 1
    assert "skipped: test_sample.py::test_a" in result.stdout
    assert "1 skipped" in result.stdout.splitlines()[-1]


def test_run_that_collects_nothing_fails(tmp_path):
    result = pytest_on(tmp_path, "def helper():\n    pass\n")
    assert result.returncode == 1
    assert "nothing was collected" in result.stdout


@pytest.mark.parametrize("level", ["warning", "error", "critical"])
def test_run_that_logs_a_complaint_fails(tmp_path, level):
    source = (
        f"import logging\ndef test_a():\n    logging.getLogger('odoo.x').{level}('no %s', 'good')\n"
    )
    result = pytest_on(tmp_path, source)
    assert result.returncode == 1
    assert f"{level.upper()} odoo.x: no good" in result.stdout


def test_run_that_logs_between_tests_fails(tmp_path):
    source = "import logging\nlogging.getLogger('odoo.x').warning('at import')\ndef test_a():\n    pass\n"
    result = pytest_on(tmp_path, source)
    assert result.returncode == 1
    assert "logged outside any test: WARNING odoo.x: at import" in result.stdout


def test_log_that_a_test_expects_is_no_complaint(tmp_path):
    source = (
        "import logging, unittest\nclass TestA(unittest.TestCase):\n    def test_a(self):\n"
        "        with self.assertLogs('odoo.x', 'WARNING'):\n"
        "            logging.getLogger('odoo.x').warning('meant')\n"
    )
    assert pytest_on(tmp_path, source).returncode == 0


def test_tests_are_counted_from_the_source(tmp_path):
    path = tmp_path / "test_sample.py"
    path.write_text(
        "class A:\n    def test_a(self): ...\n    def helper(self): ...\ndef test_b(): ...\n"
    )
    assert {name for name, _line in defined_tests(path)} == {"test_a", "test_b"}


def test_complaints_are_found_in_a_log():
    text = (
        "2026-01-01 00:00:00,001 7 INFO db odoo.a: fine\n"
        "2026-01-01 00:00:00,002 7 WARNING db odoo.b: so so\n"
        "Traceback (most recent call last):\n"
        "2026-01-01 00:00:00,003 7 ERROR ? odoo.c: bad\n"
    )
    assert complaints_of_log(text, []) == ["WARNING odoo.b: so so", "ERROR odoo.c: bad"]
    assert complaints_of_log(text, [re.compile("^WARNING odoo.b: so")]) == ["ERROR odoo.c: bad"]


def test_what_odoo_starts_again_is_no_complaint_and_what_it_gives_up_is():
    line = "2026-01-01 00:00:00,001 7 ERROR db odoo.sql_db: bad query: UPDATE a\n  WHERE b\nERROR: {}\n"
    text = line.format("could not serialize access due to concurrent update") + line.format("no b")
    [left] = complaints_of_log(text, [STARTED_AGAIN])
    assert left.endswith("ERROR: no b")


def test_each_allowed_warning_has_its_reason():
    lines = (CONFIG / "allowed_warnings.txt").read_text().splitlines()
    for number, line in enumerate(lines):
        if line.strip() and not line.startswith("#"):
            re.compile(line)
            assert lines[number - 1].startswith("#"), f"no reason above {line}"


# Failures in one sentence


def test_old_python_is_named(monkeypatch):
    version = namedtuple("version", "major minor micro")
    monkeypatch.setattr(sys, "version_info", version(3, 9, 1))
    with pytest.raises(SystemExit, match=r"Python 3\.10 or newer is needed and this is 3\.9"):
        runpy.run_path(str(CONFIG / "bootstrap"), run_name="__main__")


def test_too_new_python_is_named(monkeypatch):
    monkeypatch.setattr(sys, "version_info", (3, 14, 0))
    with pytest.raises(ground.Stop, match=r"Python 3\.10 to 3\.13 is needed and this is 3\.14"):
        stages.check_machine()


def test_missing_tool_is_named(monkeypatch):
    monkeypatch.setattr(shutil, "which", lambda name: None if name == "npm" else f"/usr/bin/{name}")
    with pytest.raises(ground.Stop, match="`npm` is missing: run `apt-get install npm` as root"):
        stages.check_machine()


def test_missing_browser_is_named_to_an_ordinary_user(monkeypatch):
    monkeypatch.setattr(shutil, "which", lambda name: None)
    monkeypatch.setattr(os, "getuid", lambda: 1000)
    with pytest.raises(ground.Stop, match="run `apt-get install chromium` as root"):
        testing.need_browser()


def test_full_disk_is_named_before_anything_begins(monkeypatch):
    usage = namedtuple("usage", "total used free")
    monkeypatch.setattr(shutil, "disk_usage", lambda path: usage(10**9, 10**9, 10**8))
    with pytest.raises(ground.Stop, match=r"Only 0\.1 GB are free under .* make room"):
        ground.need_space(2)


def test_file_that_is_not_the_pinned_one_is_named(monkeypatch, tmp_path):
    """The tool that downloads is real, what it brings is not."""
    tool = tmp_path / "bin" / "npm"
    tool.parent.mkdir()
    tool.write_text("#!/bin/sh\necho other > other.tgz\n")
    tool.chmod(0o755)
    monkeypatch.setenv("PATH", f"{tool.parent}{os.pathsep}{os.environ['PATH']}")
    monkeypatch.setattr(stages, "DOWNLOADS", tmp_path / "downloads")
    monkeypatch.setattr(stages, "LOGS", tmp_path / "logs")
    monkeypatch.setattr(stages, "HOUSE", tmp_path)
    with pytest.raises(ground.Stop, match="thing 1 is not the file we pinned"):
        stages.fetch_npm([("thing", "1", "0" * 64, "member", "place")])
    assert not list((tmp_path / "downloads").glob("*.tgz")), (
        "the false file must not be found next time"
    )


@pytest.mark.parametrize(
    ("printed", "sentence"),
    [
        ("E: Could not resolve 'mirror'", "check the network"),
        ("npm error code ENOTFOUND", "check the network"),
        ("OSError: [Errno 28] No space left on device", "The disk is full"),
        ("ERROR: THESE PACKAGES DO NOT MATCH THE HASHES", "not the one we pinned"),
        ("[Errno 13] Permission denied: 'x'", "write access"),
        ("segmentation fault", "read the end of"),
    ],
)
def test_failure_of_a_tool_becomes_one_sentence(printed, sentence):
    told = ground.explain("The thing", printed, Path("x.log"))
    assert sentence in told
    assert told.count("\n") == 0


def test_mirror_that_has_moved_on_gives_its_newest_version():
    assert stages.choose_version(["3-1", "2-1"], "sid", "thing", "2-1") == "2-1"
    assert stages.choose_version(["3-1", "2-2"], "sid", "thing", "2-1") == "3-1"


def test_package_that_the_mirror_lacks_is_named():
    with pytest.raises(ground.Stop, match="The mirror's sid has no package thing: name a checkout"):
        stages.choose_version([], "sid", "thing", "1-1")


def test_another_series_of_odoo_is_refused():
    with pytest.raises(ground.Stop, match=r"odoo-19 is now 20\.0\+dfsg-1, which is no Odoo 19\.0"):
        stages.choose_version(["20.0+dfsg-1"], "sid", "odoo-19", "19.0.0+dfsg-1")


def test_setup_without_network_says_so(clone):
    settings = clone / "apt.conf"
    settings.write_text(
        'Acquire::http::Proxy "http://127.0.0.1:9";\nAcquire::https::Proxy "http://127.0.0.1:9";\n'
    )
    result = bootstrap("setup", root=clone, APT_CONFIG=str(settings))
    assert_one_sentence(result, "could not be downloaded: check the network")
    assert not (clone / ".house" / "odoo").exists()


def test_dead_database_server_is_named(clone):
    result = bootstrap("odoo", "--version", PGHOST="127.0.0.1", PGPORT="9")
    assert_one_sentence(
        result, "The PostgreSQL server that PGHOST=127.0.0.1 names does not let us in"
    )


def test_wrong_port_is_refused():
    result = bootstrap("run", "--port", "70000")
    assert result.returncode == 2
    assert "give a number from 1 to 65535" in result.stderr


# Interruptions


def test_tree_is_trusted_only_when_it_is_whole(tmp_path):
    tree = tmp_path / "tree"
    with contextlib.suppress(RuntimeError), ground.staged(tree, "key") as partial:
        (partial / "half").write_text("x")
        raise RuntimeError
    assert not tree.exists()
    with ground.staged(tree, "key") as partial:
        assert not (partial / "half").exists(), "what an earlier run left is not taken over"
        (partial / "whole").write_text("x")
    assert ground.is_fresh(tree, "key")
    assert not ground.is_fresh(tree, "another key")


BUILDER = """
import sys, time
sys.dont_write_bytecode = True
sys.path.insert(0, {config!r})
from pathlib import Path
from house import ground
print("go", flush=True)
while True:
    tree = Path({tree!r})
    ground.remove(tree)
    with ground.staged(tree, "key") as partial:
        for number in range(40):
            (partial / str(number)).write_text("x" * 1000)
            time.sleep(0.0005)
"""


def test_builder_killed_at_any_moment_leaves_nothing_to_trust(tmp_path):
    tree = tmp_path / "tree"
    source = BUILDER.format(config=str(CONFIG), tree=str(tree))
    whole = 0
    for round_number in range(10):
        process = subprocess.Popen([sys.executable, "-c", source], stdout=subprocess.PIPE)
        process.stdout.readline()
        time.sleep(0.02 + 0.013 * round_number)
        process.kill()
        process.communicate()
        if ground.is_fresh(tree, "key"):
            whole += 1
            assert {path.name for path in tree.iterdir()} == {*map(str, range(40)), ground.STAMP}
    # Not every kill may hit the same side, or the test would prove nothing.
    assert whole < 10


LOCKER = """
import sys, time
sys.dont_write_bytecode = True
sys.path.insert(0, {config!r})
from pathlib import Path
from house import ground
ground.HOUSE = Path({home!r})
with ground.lock("x", "the test"):
    print("in", flush=True)
    ground.run(["sleep", "2"], "sleep", Path({home!r}) / "sleep.log")
print("out", flush=True)
"""


def test_second_setup_waits_for_the_children_of_a_killed_one(tmp_path):
    source = LOCKER.format(config=str(CONFIG), home=str(tmp_path))
    first = subprocess.Popen([sys.executable, "-c", source], stdout=subprocess.PIPE, text=True)
    assert first.stdout.readline() == "in\n"
    time.sleep(0.3)
    first.send_signal(signal.SIGKILL)
    first.communicate()
    began = time.monotonic()
    second = subprocess.run(
        [sys.executable, "-c", source], check=True, capture_output=True, text=True
    )
    assert second.stdout.startswith("  Waiting for the test that runs already")
    assert time.monotonic() - began > 3, "it must wait for the sleep that the killed one has left"


def test_stop_ends_only_the_process_we_started(monkeypatch, tmp_path):
    stranger = subprocess.Popen(["sleep", "60"])
    try:
        pidfile = tmp_path / "server.json"
        pidfile.write_text(f'{{"pid": {stranger.pid}, "started": "1", "port": 1, "db": "x"}}')
        monkeypatch.setattr(service, "PIDFILE", pidfile)
        monkeypatch.setattr(postgres, "clusters", list)
        assert service.running() is None
        service.stop()
        assert stranger.poll() is None, "another process has our old number by now"
    finally:
        stranger.kill()
        stranger.wait()


def test_half_made_database_is_never_used(pg, monkeypatch, tmp_path, template):
    """Making a database ends with its name; what stopped before that is made anew."""
    calls = []

    def half(server, log, *arguments, conf="odoo.conf"):
        calls.append(arguments)
        name = arguments[arguments.index("-d") + 1]
        pg.query("postgres", f'CREATE DATABASE "{name}"')
        raise ground.Stop("cut")

    database = f"{testing.PREFIX}half_{os.getpid()}"
    monkeypatch.setattr(service, "odoo", half)
    monkeypatch.setattr(service, "LOGS", tmp_path)
    monkeypatch.setattr(service, "DATA", tmp_path)
    try:
        for _attempt in range(2):
            with pytest.raises(ground.Stop, match="cut"):
                service.make_demo(pg, database)
            assert not pg.has(database)
        assert len(calls) == 2
    finally:
        pg.drop(f"{database}_partial", tmp_path)


def test_second_setup_is_instant():
    began = time.monotonic()
    assert bootstrap("setup").returncode == 0
    assert time.monotonic() - began < 3


def test_databases_of_a_killed_run_are_dropped(pg, monkeypatch):
    dropped = []
    mine = f"{testing.PREFIX}run_addons_{os.getpid()}"
    gone = [f"{testing.PREFIX}run_tests_99999999", f"{testing.PREFIX}test_a_matrix_99999999_2"]
    kept = [mine, f"{testing.PREFIX}ours_0123456789ab", f"{testing.PREFIX}demo_partial"]
    monkeypatch.setattr(pg, "databases", lambda prefix: gone + kept)
    monkeypatch.setattr(pg, "drop", lambda name, data: dropped.append(name))
    monkeypatch.setattr(pg, "ours", True)
    testing.forget_runs(pg)
    assert dropped == gone


def test_every_file_of_tests_belongs_to_one_session():
    found = [path for session in testing.halves() for path in whole_files(session.whole)]
    assert sorted(found) == sorted(
        [*ROOT.glob("addons/*/tests/test_*.py"), *ROOT.glob("tests/test_*.py")]
    )


def test_last_line_sums_up_both_sessions(tmp_path, capsys):
    sessions = testing.halves()
    for session, closing in zip(
        sessions,
        ("2 failed, 967 passed, 1 error in 97.6s (0:01:37)", "40 passed in 9.00s"),
        strict=True,
    ):
        session.log = tmp_path / session.name
        session.log.write_text(f"dots\n===== {closing} =====\n")
    testing.sum_up(*sessions)
    assert capsys.readouterr().out.splitlines()[-1] == "1007 passed, 3 failed, 0 skipped"
    sessions[1].log.write_text("killed")
    testing.sum_up(*sessions)
    assert capsys.readouterr().out.splitlines()[-1] == "967 passed, 4 failed, 0 skipped"
