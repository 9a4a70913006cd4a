"""The demonstration's rows give the figures of the seed reports (people, party, livelihood, governance, training, targets).

The facts stand in tests/gold; the rows go through the same posting code as the books.
"""

from __future__ import annotations

from collections.abc import Iterator
from decimal import Decimal
from functools import cache
from pathlib import Path
from typing import Any, cast

import pytest
import yaml

from shuzhi.catalogue.loader import shipped_catalogue
from shuzhi.core.definitions import RelationDef
from shuzhi.core.figures import FigureId, FigureSource
from shuzhi.core.formatting import format_value
from shuzhi.core.indicators import MemoryBook
from shuzhi.core.periods import parse_period
from shuzhi.core.relations import check_relation
from shuzhi.demo import (
    rows_governance,
    rows_livelihood,
    rows_organisations,
    rows_party,
    rows_people,
    rows_supervision,
    rows_targets,
    rows_training,
)
from shuzhi.demo.world import TOWN, TOWNSHIP, VILLAGE_A, VILLAGE_B, VILLAGE_C, units, villages

FACTS = yaml.safe_load(
    (Path(__file__).parents[1] / "gold" / "facts_C2.yaml").read_text(encoding="utf-8")
)
AREAS = (
    "organisations",
    "people",
    "party",
    "livelihood",
    "governance",
    "training",
    "supervision",
)
MODULES = (
    rows_people,
    rows_organisations,
    rows_party,
    rows_livelihood,
    rows_governance,
    rows_training,
    rows_supervision,
    rows_targets,
)


def _rows() -> Iterator[tuple[str, str, list[dict[str, object]]]]:
    for module in MODULES:
        yield from module.rows()


@cache
def _book() -> MemoryBook:
    known = units()
    book = MemoryBook(
        shipped_catalogue(),
        {unit.code: unit.parent for unit in known if unit.parent},
        levels={unit.code: unit.level for unit in known},
    )
    for ledger, organisation, rows in _rows():
        for row in rows:
            book.approve(ledger, organisation, row)
    return book


def _value(indicator: str, organisation: str, period: str, kind: Any = "actual") -> Decimal:
    found = _book().figure(FigureId(indicator, organisation, parse_period(period), kind)).value
    assert found is not None, f"{indicator} of {organisation} in {period} is not known"
    return found


@pytest.mark.parametrize("fact", FACTS, ids=lambda fact: fact["id"])
def test_the_rows_give_the_figure_as_written(fact: dict[str, Any]) -> None:
    value = _value(fact["indicator"], fact["organisation"], fact["period"], fact["kind"])

    assert value > 0
    shown = format_value(value, fact["unit"], _book().units, fact["approx"])
    if fact["value"] is not None:
        assert shown.number == fact["value"]
        assert shown.approx == bool(fact["approx"])


@pytest.mark.parametrize(
    "relation",
    [
        relation
        for relation in shipped_catalogue().relations.values()
        if relation.area in AREAS and relation.kind != "breakdown"
    ],
    ids=lambda relation: relation.key,
)
def test_a_relation_holds_wherever_its_figures_are_known(relation: RelationDef) -> None:
    source = cast("FigureSource", _book())  # these kinds of relations ask for figures only

    results = [
        check_relation(relation, shipped_catalogue(), source, unit.code, parse_period(period))
        for unit in units()
        for period in ("2022", "2023H1", "2023", "..2023")
    ]

    assert any(result.known for result in results)
    assert [result.finding for result in results if result.finding] == []


def test_every_row_of_the_registers_is_accepted_without_a_warning() -> None:
    book = MemoryBook(shipped_catalogue())

    warnings = [
        (ledger, organisation, problem.code)
        for module in MODULES
        for ledger, organisation, rows in module.rows()
        for row in rows[:40]
        for problem in book.approve(ledger, organisation, row)
    ]

    assert warnings == []


def test_a_natural_key_stands_only_once_in_a_village() -> None:
    seen: set[tuple[str, ...]] = set()
    for ledger, organisation, rows in _rows():
        keys = shipped_catalogue().ledgers[ledger].identified_by
        for row in rows if keys else []:
            identity = (ledger, organisation, *(str(row[key]) for key in keys))
            assert identity not in seen, identity
            seen.add(identity)


def test_every_reference_leads_to_a_row_of_the_same_organisation() -> None:
    held: dict[tuple[str, str], set[str]] = {}
    for ledger, organisation, rows in _rows():
        keys = shipped_catalogue().ledgers[ledger].identified_by
        if len(keys) == 1:
            held.setdefault((ledger, organisation), set()).update(str(r[keys[0]]) for r in rows)

    for ledger, organisation, rows in _rows():
        for field in shipped_catalogue().ledgers[ledger].fields:
            if field.type != "reference":
                continue
            for row in rows:
                if field.key in row:
                    assert str(row[field.key]) in held[field.ledger, organisation], (ledger, row)


def test_the_rows_are_the_same_on_every_run() -> None:
    assert [list(m.rows()) for m in MODULES] == [list(m.rows()) for m in MODULES]


def test_the_town_is_the_sum_of_its_villages() -> None:
    for indicator in ("registered_persons", "pension_recipients", "labor_transferred"):
        parts = [_value(indicator, v.code, "2023") for v in villages(TOWN)]
        assert sum(parts) == _value(indicator, TOWN, "2023")


def test_each_debriefing_organisation_has_open_and_closed_problems_and_targets() -> None:
    for organisation, year in (
        (VILLAGE_A, 2023),
        (VILLAGE_B, 2023),
        (VILLAGE_C, 2022),
        (TOWN, 2023),
        (TOWNSHIP, 2023),
    ):
        found = _value("problems_found", organisation, str(year))
        assert 0 < _value("problems_closed", organisation, str(year)) < found
        promised = [
            row
            for ledger, code, rows in rows_targets.rows()
            if ledger == "annual_target" and code == organisation
            for row in rows
        ]
        assert {row["year"] for row in promised} == {year, year + 1}
        assert all(row["indicator"] in shipped_catalogue().indicators for row in promised)
