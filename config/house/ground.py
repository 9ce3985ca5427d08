"""Paths, failures in one sentence, progress, locks and stamps: what every other part stands on."""

import contextlib
import errno
import fcntl
import hashlib
import json
import os
import re
import shutil
import socket
import subprocess
import sys
import threading
import time
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
CONFIG = ROOT / "config"
ADDONS = ROOT / "addons"
HOUSE = ROOT / ".house"
VENV = ROOT / ".venv"
LOGS = HOUSE / "logs"

STAMP = ".stamp"

# Locks are inherited by the commands we start: should we be killed, the next of us waits for them too.
_held_locks = []


class Stop(Exception):
    """A failure whose message is one sentence that says what to do."""


# Failure texts of apt, pip, npm and PostgreSQL, by what the person can do about them.
_CAUSES = (
    (
        r"No space left on device|ENOSPC|Disk quota exceeded",
        "The disk is full: make room under {root} and run the same command again.",
    ),
    (
        r"DO NOT MATCH THE HASHES|Hash Sum mismatch|EINTEGRITY|File has unexpected size",
        "A downloaded file is not the one we pinned: run the same command again, and if it "
        "stays so, distrust the mirror ({log}).",
    ),
    (
        r"Temporary failure (in name resolution|resolving)|Could not resolve|Name or service not known"
        r"|Failed to establish a new connection|NewConnectionError|Could not connect|Connection refused"
        r"|ENOTFOUND|EAI_AGAIN|ECONNREFUSED|ETIMEDOUT|Network is unreachable|timed out|Unable to connect"
        r"|Failed to fetch|network request|ConnectTimeout|No route to host",
        "{what} could not be downloaded: check the network and run the same command again ({log}).",
    ),
    (
        r"Permission denied|EACCES",
        "{what} was refused by the file system: give this user write access to {root} and run "
        "the same command again ({log}).",
    ),
)


def explain(what, text, log):
    """The sentence for a failed command, from what it printed."""
    for pattern, sentence in _CAUSES:
        if re.search(pattern, text, re.IGNORECASE):
            return sentence.format(what=what, root=ROOT, log=f"details in {log}")
    return (
        f"{what} failed: read the end of {log}, mend what it names and run the same command again."
    )


def explain_os_error(error):
    """The sentence for an OSError nobody foresaw."""
    if error.errno in (errno.ENOSPC, errno.EDQUOT):
        return f"The disk is full: make room under {ROOT} and run the same command again."
    if error.errno in (errno.EACCES, errno.EPERM, errno.EROFS):
        return (
            f"{error.filename or ROOT} cannot be written by this user: mend its owner or rights "
            "and run the same command again."
        )
    return f"{error.strerror or error} ({error.filename or 'no file'}): mend it and run the same command again."


def say(text=""):
    """Print a line at once, also through a pipe."""
    print(text, flush=True)


class Progress:
    """A step that tells how long it has been going on, and what the log says it is doing."""

    def __init__(self, title, log=None, pattern=None):
        self.title = title
        self.log = log
        self.pattern = re.compile(pattern) if pattern else None
        self._done = threading.Event()
        self._tty = sys.stdout.isatty()

    def __enter__(self):
        self.started = time.monotonic()
        print(f"  {self.title} ...", end="", flush=True)
        self._thread = threading.Thread(target=self._tick, daemon=True)
        self._thread.start()
        return self

    def __exit__(self, kind, error, traceback):
        self._done.set()
        self._thread.join()
        spent = time.monotonic() - self.started
        word = "done" if kind is None else "stopped"
        if self._tty:
            say(f"\r\033[K  {self.title}: {word}, {spent:.0f} s")
        else:
            say(f" {word}, {spent:.0f} s")

    def _tick(self):
        while not self._done.wait(1 if self._tty else 5):
            spent = time.monotonic() - self.started
            detail = self._detail()
            if self._tty:
                width = shutil.get_terminal_size().columns - 1
                line = f"  {self.title} ... {spent:.0f} s {detail}"
                print(f"\r\033[K{line[:width]}", end="", flush=True)
            else:
                print(f" {spent:.0f} s{' ' + detail if detail else ''} ...", end="", flush=True)

    def _detail(self):
        if not (self.pattern and self.log):
            return ""
        try:
            with open(self.log, "rb") as stream:
                stream.seek(0, os.SEEK_END)
                stream.seek(max(0, stream.tell() - 20000))
                found = self.pattern.findall(stream.read().decode(errors="replace"))
        except OSError:
            return ""
        return str(found[-1]) if found else ""


def run(command, what, log, env=None, cwd=None, append=False, **options):
    """Run a command with its output in a log; a failure becomes one sentence."""
    log.parent.mkdir(parents=True, exist_ok=True)
    offset = log.stat().st_size if append and log.exists() else 0
    with open(log, "ab" if append else "wb") as stream:
        try:
            process = subprocess.Popen(
                [str(part) for part in command],
                stdin=subprocess.DEVNULL,
                stdout=stream,
                stderr=subprocess.STDOUT,
                env=env,
                cwd=cwd,
                pass_fds=tuple(_held_locks),
                **options,
            )
        except FileNotFoundError as error:
            raise Stop(
                f"`{command[0]}` is missing: install it and run the same command again."
            ) from error
        with ended_with_us(process):
            code = process.wait()
    with open(log, "rb") as stream:
        stream.seek(offset)
        text = stream.read().decode(errors="replace")
    if code:
        # On a full disk the log has no room for the reason either.
        full = shutil.disk_usage(log.parent).free < 20e6
        raise Stop(explain(what, "ENOSPC" if full else text[-20000:], log))
    return text


@contextlib.contextmanager
def ended_with_us(process):
    """Do not leave a child behind when we are interrupted."""
    try:
        yield process
    except BaseException:
        if process.poll() is None:
            process.terminate()
            try:
                process.wait(10)
            except subprocess.TimeoutExpired:
                process.kill()
        raise


@contextlib.contextmanager
def lock(name, what):
    """Only one of us at a time; the other waits and says for whom."""
    HOUSE.mkdir(parents=True, exist_ok=True)
    path = HOUSE / f"{name}.lock"
    with open(path, "a+") as stream:
        try:
            fcntl.flock(stream, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            stream.seek(0)
            holder = stream.read().strip() or "another process"
            say(f"  Waiting for {what} that runs already (process {holder}) ...")
            deadline = time.monotonic() + 1800
            while True:
                try:
                    fcntl.flock(stream, fcntl.LOCK_EX | fcntl.LOCK_NB)
                    break
                except BlockingIOError:
                    if time.monotonic() > deadline:
                        raise Stop(
                            f"{what.capitalize()} of process {holder} has not ended in 30 minutes: "
                            f"end it with `kill {holder}` and run the same command again."
                        ) from None
                    time.sleep(0.5)
        stream.seek(0)
        stream.truncate()
        stream.write(str(os.getpid()))
        stream.flush()
        _held_locks.append(stream.fileno())
        try:
            yield
        finally:
            _held_locks.remove(stream.fileno())


def digest(*parts):
    """One hash of texts and of the contents of files."""
    total = hashlib.sha256()
    for part in parts:
        data = part.read_bytes() if isinstance(part, Path) else str(part).encode()
        total.update(f"{len(data)}:".encode())
        total.update(data)
    return total.hexdigest()


def file_sha256(path):
    total = hashlib.sha256()
    with open(path, "rb") as stream:
        while chunk := stream.read(1 << 20):
            total.update(chunk)
    return total.hexdigest()


def is_fresh(tree, key):
    """Whether a tree was finished from exactly these inputs."""
    try:
        return (tree / STAMP).read_text() == key
    except OSError:
        return False


def vouch(tree, key):
    """Say that a tree is finished: the very last thing written into it."""
    os.sync()
    partial = tree / (STAMP + ".partial")
    partial.write_text(key)
    os.replace(partial, tree / STAMP)


def remove(path):
    """Remove a file or a tree that is ours."""
    if path.is_symlink() or path.is_file():
        path.unlink()
    elif path.exists():
        # The stamp goes first, so that a removal cut short leaves nothing to trust.
        with contextlib.suppress(FileNotFoundError):
            (path / STAMP).unlink()
        for folder, _names, _files in os.walk(path):
            with contextlib.suppress(OSError):
                os.chmod(folder, 0o755)
        shutil.rmtree(path)


@contextlib.contextmanager
def staged(tree, key):
    """Build a tree beside its place and move it there when it is whole."""
    partial = tree.with_name(tree.name + ".partial")
    remove(partial)
    partial.mkdir(parents=True)
    yield partial
    vouch(partial, key)
    remove(tree)
    os.replace(partial, tree)


def write_whole(path, text, mode=0o644):
    """Write a file so that nobody ever sees half of it."""
    path.parent.mkdir(parents=True, exist_ok=True)
    partial = path.with_name(f"{path.name}.{os.getpid()}.partial")
    descriptor = os.open(partial, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, mode)
    with open(descriptor, "w") as stream:
        stream.write(text)
    os.chmod(partial, mode)
    os.replace(partial, path)


def read_json(path, default):
    try:
        return json.loads(path.read_text())
    except (OSError, ValueError):
        return default


def process_started(pid):
    """When a living process started, in kernel ticks: tells it from a later one with its number."""
    try:
        fields = Path(f"/proc/{pid}/stat").read_text().rsplit(")", 1)[1].split()
    except (OSError, IndexError):
        return None
    # A zombie only waits for its parent to notice.
    return None if fields[0] == "Z" else fields[19]


def port_is_free(port, host="127.0.0.1"):
    with socket.socket(socket.AF_INET, socket.SOCK_STREAM) as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind((host, port))
        except OSError:
            return False
    return True


def free_port():
    with socket.socket(socket.AF_INET, socket.SOCK_STREAM) as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]


def need_space(gigabytes):
    """Refuse to begin what the disk cannot hold."""
    free = shutil.disk_usage(ROOT).free / 1e9
    if free < gigabytes:
        raise Stop(
            f"Only {free:.1f} GB are free under {ROOT} and {gigabytes:g} GB are needed: "
            "make room and run the same command again."
        )
