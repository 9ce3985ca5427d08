"""Kill the setup at random moments, run it again, and compare with one that nobody disturbed.

    python3 tests/soak_setup.py [kills] [seed]

Not part of `make test`: it sets up two clones from nothing and takes minutes. Half of the kills hit
the whole family of processes, as a power cut would; half hit the parent alone, as an impatient
person does, and leave its children running. After each kill it checks that whatever counts as
finished is whole: same files, same contents as in the undisturbed clone.
"""

import hashlib
import os
import random
import shutil
import signal
import subprocess
import sys
import tempfile
import time
from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]
TREES = (".house/odoo", ".venv")


def clone(target):
    shutil.copytree(
        ROOT / "config", target / "config", ignore=shutil.ignore_patterns("__pycache__")
    )
    (target / "addons").mkdir()


def start(root):
    log = open(root / "soak.log", "ab")  # noqa: SIM115 - the process keeps the file
    return subprocess.Popen(
        [sys.executable, root / "config" / "bootstrap", "setup"],
        stdout=log,
        stderr=log,
        stdin=subprocess.DEVNULL,
        start_new_session=True,
    )


def contents(root, tree):
    """Path and hash of every file that does not depend on where the clone lies or when it was made."""
    found = {}
    for path in sorted((root / tree).rglob("*")):
        name = str(path.relative_to(root / tree))
        if (
            "__pycache__" in name
            or name.startswith(("bin/", ".stamp"))
            or name.endswith(("RECORD", ".pth"))
        ):
            continue
        if path.is_symlink():
            found[name] = os.readlink(path)
        elif path.is_file():
            data = path.read_bytes().replace(str(root).encode(), b"ROOT")
            found[name] = hashlib.sha256(data).hexdigest()
    return found


def check(root, reference):
    """What carries a stamp must equal the undisturbed one; returns what carries one."""
    trusted = []
    for tree in TREES:
        if (root / tree / ".stamp").exists():
            mine = contents(root, tree)
            different = {
                name
                for name in set(mine) | set(reference[tree])
                if mine.get(name) != reference[tree].get(name)
            }
            assert not different, f"{tree} is trusted and differs: {sorted(different)[:5]}"
            trusted.append(tree)
    return trusted


def main(kills=10, seed=None):
    seed = seed or random.randrange(10**6)
    dice = random.Random(seed)
    folder = Path(tempfile.mkdtemp(prefix="soak-", dir=os.environ.get("SOAK_DIR")))
    print(f"{kills} kills, seed {seed}, in {folder}", flush=True)
    try:
        calm, shaken = folder / "calm", folder / "shaken"
        clone(calm)
        clone(shaken)
        began = time.monotonic()
        assert start(calm).wait() == 0, (calm / "soak.log").read_text()
        whole = time.monotonic() - began
        print(f"undisturbed: {whole:.0f} s", flush=True)
        reference = {tree: contents(calm, tree) for tree in TREES}
        done = 0
        while done < kills:
            process = start(shaken)
            moment = dice.uniform(0.2, whole)
            try:
                code = process.wait(moment)
            except subprocess.TimeoutExpired:
                family = done % 2 == 0
                if family:
                    os.killpg(process.pid, signal.SIGKILL)
                else:
                    process.kill()
                process.wait()
                done += 1
                trusted = check(shaken, reference)
                print(
                    f"kill {done} after {moment:.1f} s ({'all processes' if family else 'the parent'}): "
                    f"trusted {', '.join(trusted) or 'nothing'}",
                    flush=True,
                )
            else:
                # It ended before the kill: begin anew from nothing, or from the half of it.
                assert code == 0, (shaken / "soak.log").read_text()[-2000:]
                check(shaken, reference)
                shutil.rmtree(shaken / dice.choice([".house", ".venv"]))
        assert start(shaken).wait() == 0, (shaken / "soak.log").read_text()[-2000:]
        assert check(shaken, reference) == list(TREES)
        version = subprocess.run(
            [shaken / ".venv" / "bin" / "python", "-m", "odoo", "--version"],
            check=True,
            capture_output=True,
            text=True,
            cwd=shaken,
        ).stdout.strip()
        print(f"{done} kills survived; the last setup equals the undisturbed one: {version}")
    finally:
        shutil.rmtree(folder, ignore_errors=True)


if __name__ == "__main__":
    main(*(int(argument) for argument in sys.argv[1:]))
