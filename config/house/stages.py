"""Setup: Odoo's tree, our virtual environment, each finished whole or not at all."""

import os
import platform
import re
import shlex
import shutil
import subprocess
import sys
import urllib.parse
from pathlib import Path

from . import ground
from .ground import ADDONS, CONFIG, HOUSE, LOGS, ROOT, VENV, Progress, Stop, run, say

ODOO = HOUSE / "odoo"
PACKAGES = "usr/lib/python3/dist-packages"
DOWNLOADS = HOUSE / "downloads"
# A checkout of Odoo 19 to use instead of the Debian package.
ODOO_HOME = os.environ.get("ODOO_HOME", "")

# pip's complaints about Odoo's own metadata that are right by the letter and harmless:
# the binary build of psycopg2 has another name, pypdf is PyPDF2's successor, and the addon
# that reads OFX files is not part of the Community edition.
_KNOWN_GAPS = re.compile(r"^odoo 19\.0\S* requires (psycopg2|pypdf2|ofxparse)\b", re.IGNORECASE)


_FONTS = """\
<?xml version="1.0"?>
<!DOCTYPE fontconfig SYSTEM "fonts.dtd">
<fontconfig>
  <include ignore_missing="yes">{fonts}</include>
  <dir>{odoo}/usr/share/fonts</dir>
  <cachedir>{house}/fonts-cache</cachedir>
  <alias>
    <family>sans-serif</family>
    <prefer><family>DejaVu Sans</family><family>Droid Sans Fallback</family></prefer>
  </alias>
</fontconfig>
"""


def setup():
    """Bring everything that running and testing need; a second call costs a fraction of a second."""
    if is_set_up():
        return
    with ground.lock("setup", "the setup"):
        if is_set_up():
            return
        say("Setting up, once for this clone:")
        check_machine()
        if not ODOO_HOME and not ground.is_fresh(ODOO, odoo_key()):
            ground.need_space(2)
            fetch_odoo()
        if not ground.is_fresh(VENV, venv_key()):
            ground.need_space(1)
            build_venv()
        write_settings()


def is_set_up():
    odoo_ready = bool(ODOO_HOME) or ground.is_fresh(ODOO, odoo_key())
    return (
        odoo_ready
        and ground.is_fresh(VENV, venv_key())
        and all(path.exists() for path in (HOUSE / "odoo.conf", HOUSE / "odoo-test.conf"))
        and (HOUSE / "settings.key").exists()
        and (HOUSE / "settings.key").read_text() == settings_key()
    )


def check_machine():
    """Name what this machine lacks before anything is downloaded."""
    if sys.version_info >= (3, 14):
        raise Stop(
            "Python 3.10 to 3.13 is needed and this is {}.{}: run it again with `make PYTHON=python3.13`, "
            "or whichever of them this machine has.".format(*sys.version_info[:2])
        )
    if platform.system() != "Linux" or platform.machine() != "x86_64":
        raise Stop(
            f"This is {platform.system()} on {platform.machine()} and the packages here are for Linux on "
            "x86_64: use `docker compose up` instead."
        )
    try:
        import ensurepip  # noqa: F401 - only its presence matters
        import venv  # noqa: F401
    except ImportError:
        raise Stop(
            "Python's venv module is missing: run `apt-get install python3-venv` as root and try again."
        ) from None
    if not ODOO_HOME:
        for tool, package in (("apt-get", "apt"), ("dpkg-deb", "dpkg"), ("npm", "npm")):
            if not shutil.which(tool):
                raise Stop(
                    f"`{tool}` is missing: run `apt-get install {package}` as root and try again, or name a "
                    "checkout of Odoo 19 with ODOO_HOME=, or use `docker compose up`."
                )
    elif not (Path(ODOO_HOME) / "odoo" / "release.py").is_file():
        raise Stop(
            f"ODOO_HOME={ODOO_HOME} holds no Odoo: let it name the root of an Odoo 19 checkout."
        )


def read_lock(name):
    """The rows of a lock file, comments left out."""
    lines = (CONFIG / name).read_text().splitlines()
    return [tuple(line.split()) for line in lines if line.strip() and not line.startswith("#")]


# Odoo's tree


def odoo_key():
    return ground.digest("1", CONFIG / "debs.lock", CONFIG / "npm.lock")


def fetch_odoo():
    """Download what the locks name, unpack it in one tree, check that no link dangles."""
    rows = read_lock("debs.lock")
    debs = fetch_debs(rows)
    tarballs = fetch_npm(read_lock("npm.lock"))
    with Progress("Unpacking Odoo"), ground.staged(ODOO, odoo_key()) as tree:
        for deb in debs:
            run(
                ["dpkg-deb", "-x", deb, tree],
                "Unpacking " + deb.name,
                LOGS / "unpack.log",
                append=True,
            )
        for tarball, member, place in tarballs:
            target = tree / PACKAGES / "odoo" / "addons" / place
            target.parent.mkdir(parents=True, exist_ok=True)
            data = subprocess.run(
                ["tar", "-xzOf", tarball, member], check=False, capture_output=True
            ).stdout
            if not data:
                raise Stop(
                    f"{tarball} holds no {member}: remove the file and run the same command again."
                )
            target.write_bytes(data)
        dangling = [
            path
            for path in (tree / "usr" / "lib").rglob("*")
            if path.is_symlink() and not path.exists()
        ]
        if dangling:
            raise Stop(
                f"{len(dangling)} files of Odoo point to nothing, the first is {dangling[0].name}: a package "
                "in config/debs.lock has changed its contents, so pin one that has the file."
            )
    # The tree is whole: the 130 MB of archives have served.
    ground.remove(DOWNLOADS)


def apt(suite, mirror):
    """Options that give apt-get a state of its own, for one suite of the machine's own mirror."""
    home = HOUSE / "apt" / suite
    for folder in ("lists/partial", "cache/archives/partial"):
        (home / folder).mkdir(parents=True, exist_ok=True)
    keyring = Path("/usr/share/keyrings/debian-archive-keyring.gpg")
    signed = f" [signed-by={keyring}]" if keyring.exists() else ""
    (home / "sources.list").write_text(f"deb{signed} {mirror} {suite} main\n")
    options = {
        "Dir::Etc::SourceList": home / "sources.list",
        "Dir::Etc::SourceParts": "/dev/null",
        "Dir::State::Lists": home / "lists",
        "Dir::Cache": home / "cache",
        "APT::Sandbox::User": "root",
        "Acquire::Languages": "none",
        "Acquire::Retries": "3",
    }
    return [part for name, value in options.items() for part in ("-o", f"{name}={value}")]


def mirrors():
    """Where this machine's own APT settings get Debian from, the likeliest first."""
    empty = HOUSE / "apt" / "none"
    (empty / "partial").mkdir(parents=True, exist_ok=True)
    printed = run(
        ["apt-get", "-o", f"Dir::State::Lists={empty}", "update", "--print-uris"],
        "Reading APT's settings",
        LOGS / "apt-settings.log",
    )
    found = []
    for uri, _suite in re.findall(r"^'(\S+?)/dists/(\S+?)/InRelease'", printed, re.MULTILINE):
        if "security" not in uri and uri not in found:
            found.append(uri)
    # A mirror of Debian ends in /debian; others of the machine's sources carry no Odoo.
    found.sort(key=lambda uri: not urllib.parse.urlsplit(uri).path.rstrip("/").endswith("debian"))
    if not found:
        raise Stop(
            "APT's settings name no Debian mirror: add one to its sources, or name a checkout of Odoo 19 "
            "with ODOO_HOME=, or use `docker compose up`."
        )
    return found


def fetch_debs(rows):
    """Every locked package, as a file whose sum or signature was checked."""
    suites = {}
    for suite, package, version, sha256 in rows:
        suites.setdefault(suite, []).append((package, version, sha256))
    DOWNLOADS.mkdir(parents=True, exist_ok=True)
    files, moved = [], []
    for suite, packages in suites.items():
        wanted = [(row, deb_file(*row)) for row in packages]
        missing = [row for row, path in wanted if not path.exists()]
        files += [path for row, path in wanted if row not in missing]
        if missing:
            with Progress(f"Reading the package list of {suite}"):
                options = update_lists(suite)
            with Progress(f"Downloading {len(missing)} packages of {suite}"):
                for path, package, version, locked in fetch_suite(options, suite, missing):
                    files.append(path)
                    if version != locked:
                        moved.append(f"{package} {version}")
    if moved:
        say(f"  Newer than our lock, verified by APT's signature: {', '.join(moved)}")
    return files


def update_lists(suite):
    log = LOGS / f"apt-{suite}.log"
    failure = None
    for mirror in mirrors():
        options = apt(suite, mirror)
        try:
            # `Error-Mode=any` makes a failed index an error, not a warning.
            run(
                ["apt-get", *options, "-o", "APT::Update::Error-Mode=any", "-q", "update"],
                f"Debian's package list of {suite}",
                log,
            )
            return options
        except Stop as error:
            failure = failure or error
    raise failure


def deb_file(package, version, sha256):
    return DOWNLOADS / f"{package}_{sha256[:16]}.deb"


def fetch_suite(options, suite, rows):
    """Download the locked versions of one suite; (file, package, version, locked version) of each."""
    log = LOGS / f"apt-{suite}.log"
    offered = offered_versions(options, [row[0] for row in rows])
    chosen = {row[0]: choose_version(offered[row[0]], suite, *row[:2]) for row in rows}
    partial = DOWNLOADS / f"{suite}.partial"
    ground.remove(partial)
    partial.mkdir()
    # apt-get checks each file against the signed index it has just read.
    wanted = [f"{package}={version}" for package, version in chosen.items()]
    run(
        ["apt-get", *options, "-q", "download", *wanted],
        "A Debian package",
        log,
        cwd=partial,
        append=True,
    )
    found = []
    for package, locked, sha256 in rows:
        (deb,) = partial.glob(f"{package}_*.deb")
        if chosen[package] == locked and ground.file_sha256(deb) != sha256:
            raise Stop(
                f"{package} {locked} is not the file we pinned: distrust the mirror, or correct "
                "config/debs.lock if you know why."
            )
        path = deb_file(package, locked, sha256)
        os.replace(deb, path)
        found.append((path, package, chosen[package], locked))
    ground.remove(partial)
    return found


def choose_version(offered, suite, package, locked):
    """The locked version, or the newest of the suite when the mirror has moved on."""
    if not offered:
        raise Stop(
            f"The mirror's {suite} has no package {package}: name a checkout of Odoo 19 with "
            "ODOO_HOME=, or use `docker compose up`."
        )
    chosen = locked if locked in offered else offered[0]
    if package == "odoo-19" and not chosen.startswith("19.0"):
        raise Stop(
            f"The mirror's {package} is now {chosen}, which is no Odoo 19.0: name a checkout of "
            "Odoo 19 with ODOO_HOME=."
        )
    return chosen


def offered_versions(options, packages):
    """The versions that a suite has of each package, the newest first."""
    printed = subprocess.run(
        ["apt-cache", *options, "madison", *packages], check=False, capture_output=True, text=True
    ).stdout
    offered = {package: [] for package in packages}
    for line in printed.splitlines():
        fields = [field.strip() for field in line.split("|")]
        # A row of another architecture or of sources repeats or adds what we do not want.
        if len(fields) == 3 and fields[0] in offered and fields[2].endswith("Packages"):
            offered[fields[0]].append(fields[1])
    return offered


def fetch_npm(rows):
    """The tarballs that npm.lock names, checked against it."""
    found = []
    for package, version, sha256, member, place in rows:
        path = DOWNLOADS / f"npm_{sha256[:16]}.tgz"
        if not path.exists():
            partial = DOWNLOADS / "npm.partial"
            ground.remove(partial)
            partial.mkdir(parents=True)
            with Progress(f"Downloading {package}"):
                run(
                    ["npm", "pack", "--cache", HOUSE / "npm", f"{package}@{version}"],
                    package,
                    LOGS / "npm.log",
                    cwd=partial,
                )
            (tarball,) = partial.glob("*.tgz")
            if ground.file_sha256(tarball) != sha256:
                raise Stop(
                    f"{package} {version} is not the file we pinned: distrust the registry, or correct "
                    "config/npm.lock if you know why."
                )
            os.replace(tarball, path)
            ground.remove(partial)
        found.append((path, member, place))
    ground.remove(HOUSE / "npm")
    return found


# The virtual environment


def venv_key():
    pins = [CONFIG / f"requirements{part}.txt" for part in ("-build", "", "-oca", "-dev")]
    return ground.digest("1", sys.version, str(ROOT), str(odoo_path()), *pins)


def odoo_path():
    return Path(ODOO_HOME).resolve() if ODOO_HOME else ODOO / PACKAGES


def python():
    return VENV / "bin" / "python"


def site_packages():
    return VENV / "lib" / "python{}.{}".format(*sys.version_info[:2]) / "site-packages"


def build_venv():
    """A virtual environment cannot be moved, so it is built in place and vouched for last."""
    log = LOGS / "pip.log"
    ground.remove(VENV)
    with Progress("Making the virtual environment"):
        run([sys.executable, "-m", "venv", VENV], "The virtual environment", log)
    pip = [python(), "-m", "pip", "--disable-pip-version-check", "--no-input"]
    install = [*pip, "install", "--no-compile", "--require-hashes"]
    pins = {part: CONFIG / f"requirements{part}.txt" for part in ("-build", "", "-oca", "-dev")}
    with Progress(
        "Installing Python packages", log, r"(?:Collecting|Downloading|Installing) ([\w.-]+)"
    ):
        run([*install, "-r", pins["-build"]], "pip", log, append=True)
        # No isolation: what has no wheel is built with the pinned setuptools, not with any newer one.
        run(
            [*install, "--no-build-isolation", "-r", pins[""], "-r", pins["-dev"]],
            "A Python package",
            log,
            append=True,
        )
        # Odoo itself is no package of an index, so the community addons come without dependencies.
        run([*install, "--no-deps", "-r", pins["-oca"]], "A community addon", log, append=True)
        (site_packages() / "house_odoo.pth").write_text(f"{odoo_path()}\n")
        check_pins(pip)
        place_printer()
        run(
            [python(), "-m", "odoo", "--version"], "Odoo", log, env=clean_environment(), append=True
        )
        ground.vouch(VENV, venv_key())


def check_pins(pip):
    """`pip check`, less what is known and harmless."""
    result = subprocess.run([*pip, "check"], check=False, capture_output=True, text=True)
    lines = [
        line
        for line in result.stdout.splitlines()
        if " requires " in line or " has requirement " in line
    ]
    gaps = [line for line in lines if not _KNOWN_GAPS.match(line)]
    if gaps:
        raise Stop(
            f"The pins in config/ do not fit together ({gaps[0]}): compile them anew with `config/lock`."
        )


def place_printer():
    """The patched wkhtmltopdf under the name that Odoo looks for, with libraries where the machine has none."""
    binary = VENV / "bin" / "wkhtmltopdf-pack"
    lines = ["#!/bin/sh"]
    linked = subprocess.run(["ldd", binary], check=False, capture_output=True, text=True).stdout
    if "not found" in linked and not ODOO_HOME:
        lines.append(
            f"export LD_LIBRARY_PATH={shlex.quote(str(ODOO / 'usr/lib/x86_64-linux-gnu'))}"
        )
    if not ODOO_HOME:
        # Our fonts beside the machine's, so that a page looks the same everywhere, Chinese included.
        machine = Path("/etc/fonts/fonts.conf")
        fonts = machine if machine.exists() else ODOO / "etc" / "fonts" / "fonts.conf"
        ground.write_whole(HOUSE / "fonts.conf", _FONTS.format(fonts=fonts, odoo=ODOO, house=HOUSE))
        lines.append(f"export FONTCONFIG_FILE={shlex.quote(str(HOUSE / 'fonts.conf'))}")
    lines.append(f'exec {shlex.quote(str(binary))} "$@"')
    ground.write_whole(VENV / "bin" / "wkhtmltopdf", "\n".join(lines) + "\n", 0o755)


def clean_environment():
    """The caller's environment with our programs first and nobody else's Odoo or Python settings."""
    environment = {
        name: value
        for name, value in os.environ.items()
        if name not in ("PYTHONPATH", "PYTHONHOME", "PGDATABASE")
        and not name.startswith(("ODOO_", "OPENERP_"))
    }
    environment["PATH"] = f"{VENV / 'bin'}{os.pathsep}{os.environ.get('PATH', os.defpath)}"
    return environment


# Odoo's settings


def settings_key():
    return ground.digest("1", CONFIG / "odoo.conf", str(ROOT), str(odoo_path()))


def write_settings():
    """config/odoo.conf with this clone's folders added, once for the demo and once for tests."""
    shipped = (CONFIG / "odoo.conf").read_text()
    addons = str(ADDONS)
    if ODOO_HOME:
        addons += f",{Path(ODOO_HOME).resolve() / 'addons'}"
    for name, data in (("odoo.conf", "data"), ("odoo-test.conf", "test-data")):
        (HOUSE / data).mkdir(exist_ok=True)
        ground.write_whole(
            HOUSE / name,
            "# Made from config/odoo.conf by the setup; change that one.\n"
            f"{shipped}addons_path = {addons}\ndata_dir = {HOUSE / data}\n",
        )
    ground.write_whole(HOUSE / "settings.key", settings_key())
