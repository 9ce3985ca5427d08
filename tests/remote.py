"""Odoo as its users meet it: a real server in a process of its own, spoken to over HTTP."""

import contextlib
import http.cookiejar
import itertools
import json
import re
import subprocess
import time
import urllib.error
import urllib.parse
import urllib.request

from house import ground, service, stages
from pytest_house import allowed_patterns, complaints_of_log

# Two at once on one record: PostgreSQL turns the second away, Odoo starts him again and only logs the first
# try as an error. If it gives up after five, it says so in a message of its own, which is a complaint.
STARTED_AGAIN = re.compile(
    r"^ERROR odoo\.sql_db: bad query: .*^ERROR: could not (serialize access|obtain lock)",
    re.DOTALL | re.MULTILINE,
)


class RemoteError(Exception):
    """What the server answered instead of a result: its message, and the name of its exception."""

    def __init__(self, message, name=""):
        super().__init__(message)
        self.message = message
        self.name = name


class Session:
    """A person logged in; calls models as the web client does."""

    _numbers = itertools.count(1)

    def __init__(self, url, database, login, password=None):
        self.url = url
        self.database = database
        self.login = login
        self._cookies = http.cookiejar.CookieJar()
        self.opener = opener(self._cookies)
        answer = self.json(
            "/web/session/authenticate",
            db=database,
            login=login,
            password=login if password is None else password,
        )
        self.uid = answer["uid"]
        self.context = answer.get("user_context", {})

    def json(self, path, **params):
        """POST a JSON-RPC call and return its result."""
        body = {"jsonrpc": "2.0", "method": "call", "id": next(self._numbers), "params": params}
        request = urllib.request.Request(
            self.url + path, json.dumps(body).encode(), {"Content-Type": "application/json"}
        )
        with self.opener.open(request, timeout=120) as response:
            answer = json.load(response)
        if "error" in answer:
            data = answer["error"].get("data", {})
            raise RemoteError(
                data.get("message") or answer["error"].get("message", ""), data.get("name", "")
            )
        return answer.get("result")

    def call(self, model, method, args=(), kwargs=None):
        """Call a public method of a model: `call("res.partner", "read", [[3], ["name"]])`."""
        kwargs = {"context": self.context, **(kwargs or {})}
        return self.json(
            f"/web/dataset/call_kw/{model}/{method}",
            model=model,
            method=method,
            args=list(args),
            kwargs=kwargs,
        )

    def get(self, path):
        """Status and text of a page."""
        return fetch(self.opener, self.url + path)

    def post(self, path, fields):
        """Status and text of a form's answer."""
        return fetch(self.opener, self.url + path, urllib.parse.urlencode(fields).encode())


def visitor():
    """Somebody without a login: an opener with a cookie jar of its own."""
    return opener(http.cookiejar.CookieJar())


def opener(cookies):
    """A browser without a proxy and with the given cookies."""
    return urllib.request.build_opener(
        urllib.request.ProxyHandler({}), urllib.request.HTTPCookieProcessor(cookies)
    )


def fetch(opener, url, data=None):
    """Status and text of a page, also when the status says that something is wrong."""
    try:
        with opener.open(url, data, timeout=120) as response:
            return response.status, response.read().decode()
    except urllib.error.HTTPError as error:
        with error:
            return error.code, error.read().decode(errors="replace")


class RunningServer:
    """Where a server answers and where it writes."""

    def __init__(self, url, database, log, process):
        self.url = url
        self.database = database
        self.log = log
        self.process = process

    def login(self, login, password=None):
        return Session(self.url, self.database, login, password)


@contextlib.contextmanager
def running_server(postgres, database, log, crons=False, allow=(), options=(), environment=None):
    """A server outside test mode on a free port; ends with a look at its log.

    `allow` holds regular expressions for log lines that this very run is meant to provoke,
    `options` more of Odoo's own, `environment` more variables of the process.
    """
    port = ground.free_port()
    postgres.set_address(database, f"http://127.0.0.1:{port}")
    with open(log, "wb") as stream:
        process = subprocess.Popen(
            [
                *(stages.python(), "-m", "odoo", "server", "-c", ground.HOUSE / "odoo-test.conf"),
                *("-d", database, "--db-filter", f"^{re.escape(database)}$"),
                *("--http-port", str(port), "--max-cron-threads", "1" if crons else "0"),
                *options,
            ],
            stdin=subprocess.DEVNULL,
            stdout=stream,
            stderr=subprocess.STDOUT,
            env={**postgres.environment(), **(environment or {})},
            cwd=ground.HOUSE,
        )
    server = RunningServer(f"http://127.0.0.1:{port}", database, log, process)
    try:
        deadline = time.monotonic() + 90
        while not service.healthy(port):
            assert process.poll() is None, (
                f"the server ended while starting:\n{log.read_text()[-3000:]}"
            )
            assert time.monotonic() < deadline, (
                f"the server does not answer:\n{log.read_text()[-3000:]}"
            )
            time.sleep(0.2)
        yield server
    finally:
        process.terminate()
        try:
            process.wait(20)
        except subprocess.TimeoutExpired:
            process.kill()
            process.wait()
    allowed = [*allowed_patterns(), STARTED_AGAIN, *(re.compile(pattern) for pattern in allow)]
    complaints = complaints_of_log(log.read_text(errors="replace"), allowed)
    assert not complaints, "the server's log holds:\n" + "\n".join(complaints)
