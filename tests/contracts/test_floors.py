"""The floors: every import-linter contract holds in the tree, and each of them is shown to fail when it is broken.

The proof runs on a copy of the tree's skeleton (the same modules, empty) with one forbidden import planted, so that it
shows the contract's own strength and not the state of the code.
"""

from __future__ import annotations

import ast
import configparser
import json
import subprocess
import sys
from functools import cache
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]
SOURCE = ROOT / "src" / "shuzhi"
CONFIG = ROOT / ".importlinter"

#: contract → imports that it must refuse: (module that imports, statement)
PLANTED: dict[str, list[tuple[str, str]]] = {
    "floors": [
        ("shuzhi.core.indicators", "import shuzhi.apps.books.posting"),
        ("shuzhi.core.problems", "from shuzhi.messages import render"),
        ("shuzhi.messages.office", "import shuzhi.catalogue.loader"),
        ("shuzhi.catalogue.loader", "import shuzhi.exchange.workbooks"),
        ("shuzhi.exchange.imports", "from shuzhi.catalogue import loader"),
        ("shuzhi.exchange.imports", "import shuzhi.apps.ledgers.actions"),
        ("shuzhi.apps.books.posting", "import shuzhi.demo.world"),
        ("shuzhi.demo.world", "import shuzhi.cli.main"),
    ],
    "core-knows-no-technique": [
        ("shuzhi.core.ledgers", "import yaml"),
        ("shuzhi.core.indicators", "from django.db import connection"),
        ("shuzhi.core.reports", "from lxml import etree"),
        ("shuzhi.core.reports", "import shuzhi.settings"),
    ],
    "catalogue-knows-no-sentences": [
        ("shuzhi.catalogue.loader", "from shuzhi.messages import render"),
        ("shuzhi.catalogue.schema", "from django.conf import settings"),
    ],
    "exchange-knows-no-database": [
        ("shuzhi.exchange.imports", "from django.db import models"),
        ("shuzhi.exchange.templates", "import rich"),
        ("shuzhi.messages.office", "import django"),
    ],
    "apps-know-no-terminal": [
        ("shuzhi.apps.books.actions", "import click"),
        ("shuzhi.apps.storage", "from rich.console import Console"),
    ],
    "apps": [
        ("shuzhi.apps.ledgers.actions", "import shuzhi.apps.books.posting"),
        ("shuzhi.apps.books.queries", "import shuzhi.apps.reports.models"),
        ("shuzhi.apps.organisations.actions", "import shuzhi.apps.ledgers.queries"),
        ("shuzhi.apps.audit.actions", "import shuzhi.apps.people.permissions"),
        ("shuzhi.apps.storage", "import shuzhi.apps.audit.actions"),
    ],
    "settings": [
        ("shuzhi.settings", "import shuzhi.core.periods"),
        ("shuzhi.settings", "import shuzhi.apps.office"),
    ],
}

#: Checks one tree after the other; a process of its own, because the package must not have been imported before.
_RUNNER = """
import contextlib, io, json, sys
from importlinter.application import use_cases
from importlinter.configuration import configure

configure()
config, trees = sys.argv[1], json.load(sys.stdin)
found = []
for tree in trees:
    sys.path.insert(0, tree)
    with contextlib.redirect_stdout(io.StringIO()):
        options = use_cases.read_user_options(config)
        use_cases._register_contract_types(options)
        report = use_cases.create_report(options, cache_dir=None)
    sys.path.remove(tree)
    ids = {c["name"]: c["id"] for c in options.contracts_options}
    found.append({
        "broken": [ids[c.name] for c, check in report.get_contracts_and_checks() if not check.kept],
        "invalid": {ids.get(name, name): str(e) for name, e in report.invalid_contract_options.items()},
        "kept": report.kept_count,
    })
json.dump(found, sys.stdout)
"""


def _check(trees: list[Path]) -> list[dict[str, object]]:
    done = subprocess.run(
        [sys.executable, "-P", "-c", _RUNNER, str(CONFIG)],
        input=json.dumps([str(t) for t in trees]),
        capture_output=True,
        text=True,
        cwd=ROOT,
        check=False,
    )
    assert done.returncode == 0, done.stderr
    found: list[dict[str, object]] = json.loads(done.stdout)
    return found


def _contracts() -> list[str]:
    parser = configparser.ConfigParser()
    parser.read(CONFIG, encoding="utf-8")
    start = "importlinter:contract:"
    return [s.removeprefix(start) for s in parser.sections() if s.startswith(start)]


def _modules() -> list[Path]:
    return [p.relative_to(SOURCE) for p in sorted(SOURCE.rglob("*.py"))]


def _skeleton(folder: Path, module: str = "", statement: str = "") -> Path:
    for path in _modules():
        made = folder / "shuzhi" / path
        made.parent.mkdir(parents=True, exist_ok=True)
        made.touch()
    if module:
        target = folder.joinpath(*module.split(".")).with_suffix(".py")
        assert target.exists(), f"{module} is no longer in the tree; plant the import elsewhere"
        target.write_text(statement + "\n", encoding="utf-8")
    return folder


@pytest.fixture(scope="module")
def verdicts(tmp_path_factory: pytest.TempPathFactory) -> dict[tuple[str, str], dict[str, object]]:
    """What import-linter says of the real tree, of the untouched skeleton, and of each planted import."""
    base = tmp_path_factory.mktemp("floors")
    trees = [SOURCE.parent, _skeleton(base / "untouched")]
    cases = [("real", ""), ("untouched", "")]
    for number, (module, statement) in enumerate(
        p for planted in PLANTED.values() for p in planted
    ):
        trees.append(_skeleton(base / str(number), module, statement))
        cases.append((module, statement))
    return dict(zip(cases, _check(trees), strict=True))


def test_every_contract_holds_in_the_tree(verdicts):
    assert verdicts["real", ""] == {"broken": [], "invalid": {}, "kept": len(_contracts())}


def test_the_skeleton_alone_breaks_nothing(verdicts):
    assert verdicts["untouched", ""] == {"broken": [], "invalid": {}, "kept": len(_contracts())}


def test_every_contract_has_a_planted_violation():
    assert sorted(PLANTED) == sorted(_contracts())


@pytest.mark.parametrize(
    ("contract", "module", "statement"),
    [(c, m, s) for c, planted in PLANTED.items() for m, s in planted],
)
def test_a_planted_import_breaks_its_contract(verdicts, contract, module, statement):
    assert contract in verdicts[module, statement]["broken"]


# ── what import-linter does not see ───────────────────────────────────────────────────────────────────────────────────

#: modules of the standard library through which core would reach files, the clock, the network or chance
_OUTSIDE = frozenset(
    {
        "asyncio", "glob", "http", "io", "locale", "logging", "multiprocessing", "os", "pathlib", "random", "secrets",
        "shutil", "socket", "sqlite3", "subprocess", "tempfile", "threading", "time", "urllib", "uuid", "zoneinfo",
    }
)  # fmt: skip
#: libraries that only compute on what they are given: automata, likeness of words, readings of characters
_PURE_LIBRARIES = frozenset({"ahocorasick", "pypinyin", "rapidfuzz"})
_CLOCKS = frozenset({"now", "utcnow", "today", "time", "time_ns", "monotonic", "perf_counter"})
_FORBIDDEN_CALLS = frozenset({"open", "eval", "exec", "compile", "input", "print", "__import__"})


def impurities(code: str) -> list[str]:
    """What in this source text reaches outside the domain: foreign imports, the clock, files, execution of text, floats."""
    found = []
    tree = ast.parse(code)
    # the likeness of two words is no quantity
    likeness = {
        id(inner)
        for node in ast.walk(tree)
        if isinstance(node, ast.Call) and "get_close_matches" in ast.unparse(node.func)
        for inner in ast.walk(node)
    }
    for node in ast.walk(tree):
        names: list[str] = []
        if isinstance(node, ast.Import):
            names = [a.name for a in node.names]
        elif isinstance(node, ast.ImportFrom):
            names = ["shuzhi.relative"] if node.level else [node.module or ""]
        for name in names:
            first = name.split(".")[0]
            if first == "shuzhi":
                if not (name == "shuzhi.core" or name.startswith("shuzhi.core.")):
                    found.append(f"import {name}")
            elif first in _OUTSIDE or first not in sys.stdlib_module_names | _PURE_LIBRARIES:
                found.append(f"import {name}")
        if isinstance(node, ast.Call):
            if isinstance(node.func, ast.Name) and node.func.id in _FORBIDDEN_CALLS | {"float"}:
                found.append(f"{node.func.id}()")
            elif isinstance(node.func, ast.Attribute) and node.func.attr in _CLOCKS:
                found.append(f".{node.func.attr}()")
        # a whole number written 1e15 bounds what a spreadsheet's cell can hold; a fraction would be a quantity
        if (
            isinstance(node, ast.Constant)
            and isinstance(node.value, float)
            and not node.value.is_integer()
            and id(node) not in likeness
        ):
            found.append(f"float {node.value}")
    return found


@pytest.mark.parametrize(
    ("code", "expected"),
    [
        ("from datetime import datetime\nx = datetime.now()", [".now()"]),
        ("import datetime\nx = datetime.date.today()", [".today()"]),
        ("import time", ["import time"]),
        ("from pathlib import Path", ["import pathlib"]),
        ("x = open('a')", ["open()"]),
        ("x = eval('1')", ["eval()"]),
        ("import yaml", ["import yaml"]),
        ("from shuzhi.apps import storage", ["import shuzhi.apps"]),
        ("from . import periods", ["import shuzhi.relative"]),
        ("x = 0.1", ["float 0.1"]),
        ("x = float('1')", ["float()"]),
        ("x = get_close_matches(a, b, 1, 0.4)", []),
        ("import re\nfrom shuzhi.core.periods import year\nx = year(2023)", []),
    ],
)
def test_the_purity_check_sees_what_it_must_see(code, expected):
    assert impurities(code) == expected


@cache
def _core_modules() -> tuple[Path, ...]:
    return tuple(sorted((SOURCE / "core").glob("**/*.py")))


@pytest.mark.parametrize("path", _core_modules(), ids=lambda p: p.stem)
def test_core_touches_no_file_no_clock_and_no_float(path):
    assert impurities(path.read_text(encoding="utf-8")) == []


def test_no_module_is_called_utils_helpers_or_services():
    forbidden = {"utils", "util", "helpers", "helper", "services", "common", "misc"}
    assert [str(p) for p in _modules() if p.stem in forbidden or forbidden & set(p.parts)] == []


def _is_written_by_hand(path: Path) -> bool:
    text = (SOURCE / path).read_text(encoding="utf-8")
    return bool(text.strip()) and not text.startswith("# Generated by Django")


@pytest.mark.parametrize("path", [p for p in _modules() if _is_written_by_hand(p)], ids=str)
def test_every_module_says_what_it_is_for(path):
    assert ast.get_docstring(ast.parse((SOURCE / path).read_text(encoding="utf-8")))
