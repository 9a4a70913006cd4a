"""The demonstration county as files a user would have: a list of units and one workbook per ledger and township.

Rows come from the generators of this folder; they are written with the same templates that people fill in, so that the demonstration
goes the whole way: Excel → import → approval → posting → figures → reports.
"""

from __future__ import annotations

import csv
import importlib
import pkgutil
from collections import defaultdict
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from shuzhi import demo
from shuzhi.core.definitions import Catalogue, LedgerDef
from shuzhi.core.ledgers import read_values
from shuzhi.core.problems import ProblemsError, is_blocking
from shuzhi.core.quantities import Units
from shuzhi.demo import world
from shuzhi.exchange.templates import write_template


@dataclass(frozen=True, slots=True)
class DemoFile:
    """One workbook of the demonstration."""

    ledger: str
    organisation: str  #: code of the unit that hands it in: a township, or the county
    path: Path
    rows: int


@dataclass(frozen=True, slots=True)
class DemoReport:
    """A report of the demonstration."""

    template: str
    organisation: str
    year: int


REPORTS = (
    DemoReport("village_committees", world.VILLAGE_A, 2023),
    DemoReport("branch_secretary", world.VILLAGE_B, 2023),
    DemoReport("township_party_committee", world.TOWN, 2023),
    DemoReport("township_leadership", world.TOWNSHIP, 2023),
    DemoReport("village_party_building", world.VILLAGE_C, 2022),
)
YEARS = (2022, 2023)

#: accounts, by the unit they hand in or approve for
CLERKS = {
    "990101100000": "示范镇记账员",
    "990101200000": "样板乡记账员",
    "990101000000": "示例县记账员",
}
REVIEWERS = {
    "990101100000": "示范镇审核员",
    "990101200000": "样板乡审核员",
    "990101000000": "示例县审核员",
}
LEADER = "示例县负责人"
ADMINISTRATOR = "示例县管理员"


def all_rows() -> Iterator[tuple[str, str, list[dict[str, object]]]]:
    """(ledger, organisation code, rows as typed) of every generator."""
    for module_info in sorted(pkgutil.iter_modules(demo.__path__), key=lambda m: m.name):
        if module_info.name.startswith("rows_"):
            yield from importlib.import_module(f"{demo.__name__}.{module_info.name}").rows()


def in_order(catalogue: Catalogue) -> list[str]:
    """Ledger keys so that a register comes before the ledgers that refer to it."""
    ordered: dict[str, None] = {}

    def visit(key: str, trail: tuple[str, ...] = ()) -> None:
        if key in ordered or key in trail:
            return
        for one in catalogue.ledgers[key].fields:
            if one.type == "reference" and one.ledger:
                visit(one.ledger, (*trail, key))
        ordered[key] = None

    for key in catalogue.ledgers:
        visit(key)
    return list(ordered)


def write_units(path: Path) -> int:
    """The list of units as a CSV to import; returns how many."""
    units = world.units()
    with path.open("w", newline="", encoding="utf-8-sig") as file:
        writer = csv.writer(file)
        writer.writerow(["代码", "名称", "级别", "上级代码", "全称"])
        writer.writerows([u.code, u.name, u.level, u.parent, u.full_name] for u in units)
    return len(units)


def write_workbooks(folder: Path, catalogue: Catalogue, units: Units) -> list[DemoFile]:
    """Write the workbooks, in the order they must be imported.

    Raises:
        ProblemsError: a generated row does not fit its ledger; then the generator is wrong.
    """
    places = {u.code: u for u in world.units()}
    sheets: dict[tuple[str, str], list[dict[str, Any]]] = defaultdict(list)
    for ledger_key, code, rows in all_rows():
        unit = places[code]
        giver = unit.parent if unit.level == "village" else unit.code
        ledger = catalogue.ledgers[ledger_key]
        for row in rows:
            sheets[ledger_key, giver].append(
                {"@organisation": unit.name, **_payload(ledger, units, row)}
            )
    files = []
    folder.mkdir(parents=True, exist_ok=True)
    for ledger_key in in_order(catalogue):
        for (key, giver), payloads in sheets.items():
            if key != ledger_key:
                continue
            ledger = catalogue.ledgers[key]
            path = folder / f"{places[giver].name}-{ledger.title.zh}.xlsx"
            write_template(ledger, units, path, catalogue=catalogue, rows=payloads)
            files.append(DemoFile(key, giver, path, len(payloads)))
    return files


def _payload(ledger: LedgerDef, units: Units, row: dict[str, object]) -> dict[str, Any]:
    draft = read_values(ledger, units, row)
    if draft.payload is None or is_blocking(draft.problems):
        raise ProblemsError(draft.problems)
    computed = {f.key for f in ledger.fields if f.computed}
    return {k: v for k, v in draft.payload.items() if k not in computed}
