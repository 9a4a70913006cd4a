"""The demonstration's rows give the figures of the seed reports (industry, infrastructure, environment, land, collective).

The facts stand in tests/gold; the rows go through the same posting code as the books.
"""

from __future__ import annotations

import importlib
import pkgutil
from collections.abc import Iterator, Mapping
from decimal import Decimal
from functools import cache
from pathlib import Path
from typing import Any

import pytest
import yaml

import shuzhi.demo
from shuzhi.catalogue.loader import shipped_catalogue
from shuzhi.core.figures import Figure, FigureId
from shuzhi.core.formatting import format_value
from shuzhi.core.indicators import MemoryBook
from shuzhi.core.periods import parse_period
from shuzhi.demo.shares import spread, spread_whole
from shuzhi.demo.world import VILLAGE_A, VILLAGE_B, units, villages

FACTS = yaml.safe_load(
    (Path(__file__).parents[1] / "gold" / "facts_C1.yaml").read_text(encoding="utf-8")
)


def _rows() -> Iterator[tuple[str, str, list[dict[str, object]]]]:
    for module in pkgutil.iter_modules(shuzhi.demo.__path__):
        if module.name.startswith("rows_"):
            yield from importlib.import_module(f"shuzhi.demo.{module.name}").rows()


def _new_book() -> MemoryBook:
    known = units()
    return MemoryBook(
        shipped_catalogue(),
        {unit.code: unit.parent for unit in known if unit.parent},
        levels={unit.code: unit.level for unit in known},
    )


@cache
def _book() -> MemoryBook:
    book = _new_book()
    for ledger, organisation, rows in _rows():
        for row in rows:
            book.approve(ledger, organisation, row)
    return book


@cache
def _part(indicator: str, field: str, value: str) -> MemoryBook:
    """A book of only those rows of the indicator's ledger that have `value` in `field`."""
    source = shipped_catalogue().indicators[indicator].source
    book = _new_book()
    for ledger, organisation, rows in _rows():
        for row in rows:
            if ledger == source and row.get(field) == value:
                book.approve(ledger, organisation, row)
    return book


def _figure(fact: Mapping[str, Any]) -> Figure:
    book = _part(fact["indicator"], *fact["by"]) if fact["by"] else _book()
    period = parse_period(fact["period"])
    return book.figure(FigureId(fact["indicator"], fact["organisation"], period, fact["kind"]))


@pytest.mark.parametrize("fact", FACTS, ids=lambda fact: fact["id"])
def test_the_rows_give_the_figure_as_written(fact: dict[str, Any]) -> None:
    value = _figure(fact).value

    assert value is not None
    assert value > 0
    if fact["value"] is not None:
        shown = format_value(value, fact["unit"], _book().units, fact["approx"])
        assert shown.number == fact["value"]
        assert shown.approx == bool(fact["approx"])


def test_every_figure_of_these_areas_is_stated_once() -> None:
    identities = [fact["id"] for fact in FACTS]

    assert len(identities) == 128
    assert len(set(identities)) == 128


def _value(indicator: str, organisation: str = VILLAGE_B, kind: str = "actual") -> Decimal:
    value = _book().figure(FigureId(indicator, organisation, parse_period("2023"), kind)).value  # type: ignore[arg-type]
    assert value is not None
    return value


@pytest.mark.parametrize("key", sorted(shipped_catalogue().relations))
def test_sums_and_products_hold_in_every_village_but_for_the_unnamed_fund(key: str) -> None:
    relation = shipped_catalogue().relations[key]
    standards = {
        f"parameter('{name}')": one.values[-1].value
        for name, one in shipped_catalogue().parameters.items()
    }
    for village in villages():
        keys = (relation.total, *relation.parts)
        period = parse_period("2023")
        figures = [_book().figure(FigureId(one, village.code, period)).value for one in keys]
        total, *parts = figures
        if total is None or None in parts:
            continue
        known = [part for part in parts if part is not None]
        gap = Decimal(38460) if key == "industry_fund_parts" and village.code == VILLAGE_B else 0
        if relation.kind == "sum":
            assert total - sum(known) == gap, village.name
        elif relation.kind == "part":
            assert all(part <= total for part in known), village.name
        elif relation.kind == "product":
            factor = standards.get(relation.factor) or Decimal(relation.factor)
            assert total == known[0] * factor, village.name


def test_the_unexplained_fund_is_exactly_as_large_as_in_the_seed() -> None:
    listed = sum(
        _value(key) for key in ("orchard_management_subsidy", "vegetable_subsidy", "cattle_subsidy")
    )

    assert _value("industry_fund_total") - listed == Decimal("38460")


def test_paved_roads_of_the_groups_add_up_to_the_village() -> None:
    parts = [
        _part("road_paved_length", "group", group)
        .figure(FigureId("road_paved_length", VILLAGE_B, parse_period("2023")))
        .value
        for group in ("一组", "二组", "三组")
    ]

    assert parts == [1020, 480, 420]
    assert sum(part for part in parts if part is not None) == _value("road_paved_length") == 1920


def test_no_post_holder_holds_two_posts() -> None:
    for ledger, organisation, rows in _rows():
        if ledger == "public_post":
            holders = [row["person"] for row in rows]
            assert len(holders) == len(set(holders)), organisation


def test_prime_orchard_stays_within_the_bearing_one() -> None:
    assert _value("orchard_prime_area", VILLAGE_A) < _value("orchard_bearing_area", VILLAGE_A)


@pytest.mark.parametrize(
    "total, count, step", [("601.5", 70, "0.01"), ("118", 8, "1"), ("3", 3, "1")]
)
def test_shares_sum_to_the_total_exactly(total: str, count: int, step: str) -> None:
    parts = spread(total, count, step)

    assert len(parts) == count
    assert sum(parts) == Decimal(total)
    assert all(part % Decimal(step) == 0 for part in parts)


def test_whole_shares_are_whole() -> None:
    assert sum(spread_whole(398, 12, 5)) == 398
