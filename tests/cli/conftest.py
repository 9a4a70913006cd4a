"""Running `shuzhi` as a user does: as a process of its own, or (where the process boundary does not matter) inside this one.

Offices come from `tests.support.office`, with a catalogue that has a tea garden of the office's own on top of the shipped ledgers;
the demonstration is made once per run.
"""

from __future__ import annotations

import io
import json
import os
import shutil
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager, redirect_stderr, redirect_stdout
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any

import openpyxl
import pytest

from shuzhi.core.definitions import Catalogue
from tests.support.office import ENGINES, Office, connect
from tests.support.office import office as open_office

#: definitions an office made itself: a register, a journal, figures of each nature, and a relation
OWN_CATALOGUE = {
    "ledgers/industry/tea.yaml": """
key: tea
title: {zh: 茶园台账, en: Tea gardens}
kept_by: village
nature: register
identified_by: [plot]
basis: {source: 镇产业台账要求}
fields:
  - {key: date, title: {zh: 登记日期, en: Recorded on}, type: date, required: true, example: "2023-03-01"}
  - {key: plot, title: {zh: 地块号, en: Plot}, required: true, example: "T001"}
  - {key: owner, title: {zh: 户主姓名, en: Owner}, personal: personal, example: 张某某}
  - {key: phone, title: {zh: 联系电话, en: Telephone}, type: phone, personal: personal}
  - {key: area, title: {zh: 茶园面积, en: Tea area}, type: quantity, unit: 亩, min: "0", note: 不清楚的留空, example: "2.5"}
  - {key: kind, title: {zh: 茶叶品种, en: Kind of tea}, type: choice, options: [绿茶, 红茶], example: 绿茶}
  - {key: remark, title: {zh: 备注, en: Remarks}}
rules:
  - {key: large_plot, check: area <= 100, severity: warning, message: 单块茶园超过 100 亩，请核实}
""",
    "ledgers/industry/tea_sale.yaml": """
key: tea_sale
title: {zh: 茶叶销售台账, en: Tea sales}
kept_by: village
nature: journal
basis: {source: 镇产业台账要求}
fields:
  - {key: date, title: {zh: 销售日期, en: Sold on}, type: date, required: true, example: "2023-04-10"}
  - {key: buyer, title: {zh: 收购方, en: Buyer}, example: 某茶厂}
  - {key: amount, title: {zh: 销售收入, en: Sales}, type: quantity, unit: 元, min: "0", required: true, example: "1200"}
""",
    "indicators/industry/tea.yaml": """
- {key: tea_area, title: {zh: 茶园面积, en: Tea area}, unit: 亩, nature: stock, from: tea, value: sum(area), basis: {source: 镇产业台账要求}}
- {key: tea_plots, title: {zh: 茶园块数, en: Tea plots}, unit: 块, nature: stock, from: tea, value: count(), basis: {source: 镇产业台账要求}}
- {key: green_tea_area, title: {zh: 绿茶面积, en: Green tea area}, unit: 亩, nature: stock, from: tea, value: sum(area), where: kind == '绿茶', basis: {source: 镇产业台账要求}}
- {key: black_tea_area, title: {zh: 红茶面积, en: Black tea area}, unit: 亩, nature: stock, from: tea, value: sum(area), where: kind == '红茶', basis: {source: 镇产业台账要求}}
- {key: tea_sales, title: {zh: 茶叶销售收入, en: Tea sales}, unit: 元, nature: flow, from: tea_sale, value: sum(amount), basis: {source: 镇产业台账要求}}
- {key: tea_sales_each, title: {zh: 亩均茶叶收入, en: Tea sales per mu}, unit: 元, nature: derived, value: tea_sales / tea_area, basis: {source: 镇产业台账要求}}
""",
    "relations/industry/tea.yaml": """
- key: tea_area_parts
  title: {zh: 茶园面积＝绿茶＋红茶, en: Tea area is green plus black}
  kind: sum
  total: tea_area
  parts: [green_tea_area, black_tea_area]
  severity: error
  message: 请查没有填品种的地块
  basis: {source: 镇产业台账要求}
""",
}


@dataclass(frozen=True)
class Ran:
    """What a command did."""

    code: int
    out: str
    err: str

    @property
    def json(self) -> Any:
        """The document on standard output; nothing else may stand there."""
        return json.loads(self.out)

    @property
    def codes(self) -> list[str]:
        """Codes of the problems in a machine-readable answer."""
        return [p["code"] for p in self.json["problems"]]

    def done(self) -> Ran:
        """Itself, provided that the command succeeded."""
        assert self.code == 0, self.out + self.err
        return self


Run = Callable[..., Ran]


def run_process(
    *arguments: object, url: str = "", actor: str = "", cwd: Path | None = None, **environment: str
) -> Ran:
    """The command as a process of its own."""
    inherited = {k: v for k, v in os.environ.items() if not k.startswith(("SHUZHI_", "DATABASE_"))}
    given = {"DATABASE_URL": url, "SHUZHI_ACTOR": actor, "COLUMNS": "300", **environment}
    done = subprocess.run(
        [sys.executable, "-m", "shuzhi.cli.main", *map(str, arguments)],
        capture_output=True, text=True, check=False, cwd=cwd,
        env={**inherited, **{k: v for k, v in given.items() if v}},
    )  # fmt: skip
    assert "Traceback" not in done.stderr, done.stderr
    return Ran(done.returncode, done.stdout, done.stderr)


def run_inside(*arguments: object) -> Ran:
    """The command inside this process, on the database in use."""
    from shuzhi.cli.main import main

    out, err = io.StringIO(), io.StringIO()
    with redirect_stdout(out), redirect_stderr(err), pytest.raises(SystemExit) as ended:
        main([str(a) for a in arguments])
    assert isinstance(ended.value.code, int)
    return Ran(ended.value.code, out.getvalue(), err.getvalue())


@pytest.fixture
def shuzhi(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> Run:
    """The same for a test; `actor` is who acts. Files without a folder go to `tmp_path`."""
    monkeypatch.setenv("COLUMNS", "300")
    monkeypatch.chdir(tmp_path)
    for name in ("SHUZHI_ACTOR", "SHUZHI_LANG", "SHUZHI_CATALOGUE"):
        monkeypatch.delenv(name, raising=False)

    def run(*arguments: object, actor: str = "") -> Ran:
        return run_inside(*(("--as", actor) if actor else ()), *arguments)

    return run


def write_own_catalogue(folder: Path) -> Path:
    """The office's own definitions as files; returns the folder."""
    for name, text in OWN_CATALOGUE.items():
        path = folder / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text, encoding="utf-8")
    return folder


@cache
def own_catalogue(folder: Path) -> Catalogue:
    """The shipped definitions with the office's own on top."""
    from shuzhi.catalogue.loader import load_catalogue, shipped_folder

    catalogue, problems = load_catalogue(shipped_folder(), write_own_catalogue(folder))
    assert [p for p in problems if p.severity == "error"] == []
    return catalogue


@pytest.fixture(scope="session")
def own_folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder with the office's own definitions."""
    return write_own_catalogue(tmp_path_factory.mktemp("own") / "catalogue")


@pytest.fixture(params=ENGINES)
def tea_office(
    request: pytest.FixtureRequest, tmp_path: Path, own_folder: Path
) -> Iterator[Office]:
    """The small office on each engine, with its tea gardens and the books of 2023 open."""
    with open_office(request.param, tmp_path, own_catalogue(own_folder)) as made:
        made.open(2023)
        yield made


@pytest.fixture
def tea_sqlite(tmp_path: Path, own_folder: Path) -> Iterator[Office]:
    """The same on SQLite alone, for what the engine has no part in."""
    with open_office("sqlite", tmp_path, own_catalogue(own_folder)) as made:
        made.open(2023)
        yield made


def fill_template(template: Path, rows: list[list[str]]) -> None:
    """Type rows into a template as a person does: below the header, the example left where it is."""
    book = openpyxl.load_workbook(template)
    sheet = book.worksheets[0]
    header = next(r for r in sheet.iter_rows() if any(c.value == "单位" for c in r))
    columns = {str(c.value).lstrip("*").split("\n")[0]: c.column for c in header if c.value}
    first = header[0].row + 2
    for number, row in enumerate(rows[1:]):
        for title, cell in zip(rows[0], row, strict=True):
            sheet.cell(first + number, columns[title]).value = cell
    book.save(template)


# ── the demonstration ─────────────────────────────────────────────────────────────────────────────────────────────────


@dataclass(frozen=True)
class Demo:
    """The demonstration as the command left it."""

    folder: Path
    output: str

    @property
    def url(self) -> str:
        return f"sqlite:///{self.folder / 'demo.sqlite3'}"


def made_once(
    factory: pytest.TempPathFactory, name: str, make: Callable[[Path], str]
) -> tuple[Path, str]:
    """A folder filled by `make` once per run, however many workers want it; and what `make` said."""
    root = factory.getbasetemp()
    folder = (root.parent if "PYTEST_XDIST_WORKER" in os.environ else root) / name
    said = folder / "said.txt"
    try:
        folder.mkdir()
    except FileExistsError:
        for _ in range(3000):
            if said.exists():
                break
            time.sleep(0.1)
        text = said.read_text(encoding="utf-8")
        assert text, f"another worker could not make {name}"
        return folder, text
    text = ""
    try:
        text = make(folder)
    finally:
        fresh = folder / "said.tmp"
        fresh.write_text(text, encoding="utf-8")
        fresh.rename(said)  # whoever waits sees all of it or nothing
    return folder, text


@pytest.fixture(scope="session")
def demo(tmp_path_factory: pytest.TempPathFactory) -> Demo:
    """The demonstration, made once per run by the command a user types."""
    return Demo(
        *made_once(
            tmp_path_factory, "demo", lambda folder: run_process("demo", "-o", folder).done().out
        )
    )


@contextmanager
def connected(url: str) -> Iterator[None]:
    """Commands inside this process work on the database at `url`."""
    connect(url)
    try:
        yield
    finally:
        from django.db import connections

        connections["default"].close()
        del connections["default"]


@pytest.fixture
def demo_copy(demo: Demo, tmp_path: Path) -> Iterator[str]:
    """A copy of the demonstration's database that may be written to; its URL."""
    copy = tmp_path / "demo.sqlite3"
    for part in ("", "-wal"):  # the last connection's log, where it was not folded in
        source = demo.folder / f"demo.sqlite3{part}"
        if source.exists():
            shutil.copyfile(source, f"{copy}{part}")
    url = f"sqlite:///{copy}"
    with connected(url):
        yield url
