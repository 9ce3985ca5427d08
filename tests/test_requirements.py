"""The list of what is asked of us and where each line is proven (``requirements.csv``).

A proof is a test (``addons/x/tests/test_y.py::Class::test``), several of them separated by a
space, or a sentence that says why there is none: ``open: ...`` or ``out: ...``.
"""

import ast
import csv
from functools import cache
from pathlib import Path

HOUSE = Path(__file__).resolve().parent.parent
ADDONS = {"service_core", "service_followup", "service_complaint", "service_rating"}
COUNTS = {"S0": 121, "S1": 79, "S2": 125, "S3": 108, "S4": 88}


def _rows():
    with (HOUSE / "tests" / "requirements.csv").open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file))


@cache
def _tests_of(path):
    """Names a test file defines: ``test_x`` and ``Class::test_x``."""
    names = set()
    for node in ast.parse(path.read_text(encoding="utf-8")).body:
        if isinstance(node, ast.FunctionDef):
            names.add(node.name)
        elif isinstance(node, ast.ClassDef):
            names |= {
                f"{node.name}::{item.name}"
                for item in node.body
                if isinstance(item, ast.FunctionDef)
            }
    return {name for name in names if name.rpartition("::")[2].startswith("test_")}


def _is_reason(proof):
    return proof.startswith(("open: ", "out: ")) and len(proof) > 12


def test_every_requirement_stands_once():
    rows = _rows()
    ids = [row["id"] for row in rows]
    assert len(ids) == len(set(ids)) == 521
    for seed, count in COUNTS.items():
        assert sum(name.startswith(f"{seed}-") for name in ids) == count, seed


def test_every_requirement_says_what_and_where():
    for row in _rows():
        assert row["requirement"].strip(), row["id"]
        assert row["addon"] in ADDONS, row["id"]


def test_every_requirement_has_a_proof_or_a_reason():
    silent = [row["id"] for row in _rows() if not row["proof"].strip()]
    assert not silent


def test_every_named_test_exists():
    missing = []
    for row in _rows():
        if _is_reason(row["proof"]):
            continue
        for proof in row["proof"].split():
            name, _, test = proof.partition("::")
            path = HOUSE / name
            if not path.is_file() or test not in _tests_of(path):
                missing.append((row["id"], proof))
    assert not missing
