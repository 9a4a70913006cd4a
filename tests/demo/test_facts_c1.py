"""The demonstration's rows give the figures of the seed reports (industry, infrastructure, environment, land, collective).

The facts stand in tests/gold; the rows go through the same posting code as the books.
"""

from __future__ import annotations

from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest
import yaml

from shuzhi.catalogue.loader import shipped_catalogue
from shuzhi.core.figures import FigureId
from shuzhi.core.formatting import format_value
from shuzhi.core.indicators import MemoryBook
from shuzhi.core.periods import parse_period
from shuzhi.demo import (
    rows_collective,
    rows_environment,
    rows_industry,
    rows_infrastructure,
    rows_land,
    rows_people,
)
from shuzhi.demo.shares import spread, spread_whole
from shuzhi.demo.world import VILLAGE_B, units, villages

Batch = tuple[str, str, list[dict[str, object]]]

AREAS = ("industry", "infrastructure", "environment", "land", "collective")
FACTS = yaml.safe_load(
    (Path(__file__).parents[1] / "gold" / "facts_C1.yaml").read_text(encoding="utf-8")
)


def _new_book() -> MemoryBook:
    known = units()
    return MemoryBook(
        shipped_catalogue(),
        {unit.code: unit.parent for unit in known if unit.parent},
        levels={unit.code: unit.level for unit in known},
    )


@pytest.fixture(scope="module")
def batches() -> list[Batch]:
    """The rows of these areas, of the registers they refer to."""
    modules = (
        rows_people,
        rows_industry,
        rows_infrastructure,
        rows_environment,
        rows_land,
        rows_collective,
    )
    return [batch for module in modules for batch in module.rows()]


@pytest.fixture(scope="module")
def book(batches: list[Batch]) -> MemoryBook:
    """A book in which all these rows are approved."""
    made = _new_book()
    for ledger, organisation, rows in batches:
        for row in rows:
            made.approve(ledger, organisation, row)
    return made


def _part(batches: list[Batch], indicator: str, field: str, value: str) -> MemoryBook:
    """A book of only those rows of the indicator's ledger that have `value` in `field`."""
    source = shipped_catalogue().indicators[indicator].source
    made = _new_book()
    for ledger, organisation, rows in batches:
        for row in rows:
            if ledger == source and row.get(field) == value:
                made.approve(ledger, organisation, row)
    return made


def _value(
    book: MemoryBook, indicator: str, organisation: str = VILLAGE_B, period: str = "2023"
) -> Decimal | None:
    return book.figure(FigureId(indicator, organisation, parse_period(period))).value


@pytest.mark.parametrize("fact", FACTS, ids=lambda fact: fact["id"])
def test_the_rows_give_the_figure_as_written(
    fact: dict[str, Any], batches: list[Batch], book: MemoryBook
) -> None:
    source = _part(batches, fact["indicator"], *fact["by"]) if fact["by"] else book
    period = parse_period(fact["period"])
    identity = FigureId(fact["indicator"], fact["organisation"], period, fact["kind"])
    value = source.figure(identity).value

    assert value is not None
    assert value > 0
    if fact["value"] is not None:
        shown = format_value(value, fact["unit"], book.units, fact["approx"])
        assert shown.number == fact["value"]
        assert shown.approx == bool(fact["approx"])


def test_each_figure_of_the_seeds_is_stated_in_one_of_the_two_tables() -> None:
    other = yaml.safe_load(
        (Path(__file__).parents[1] / "gold" / "facts_C2.yaml").read_text(encoding="utf-8")
    )
    identities = [fact["id"] for fact in (*FACTS, *other)]

    assert len(identities) == 243
    assert len(set(identities)) == 243


def _checked_relations() -> list[str]:
    known = shipped_catalogue().relations.values()
    kinds = ("sum", "part", "product")
    return sorted(one.key for one in known if one.area in AREAS and one.kind in kinds)


@pytest.mark.parametrize("key", _checked_relations())
def test_relations_hold_in_every_village_but_for_the_unnamed_fund(
    key: str, book: MemoryBook
) -> None:
    relation = shipped_catalogue().relations[key]
    checked = 0
    for unit in units():
        total = _value(book, relation.total, unit.code)
        parts = [_value(book, part, unit.code) for part in relation.parts]
        known = [part for part in parts if part is not None]
        if total is None or len(known) < len(parts):
            continue
        checked += 1
        if relation.kind == "sum":
            holds_b = unit.level != "village" or unit.code == VILLAGE_B
            unnamed = key == "industry_fund_parts" and holds_b
            assert total - sum(known) == (38460 if unnamed else 0), unit.name
        elif relation.kind == "part":
            # a project of last year may come into use in this one
            assert key == "projects_in_use_part" or max(known) <= total, unit.name
        else:
            parameter = shipped_catalogue().parameters[relation.factor.split("'")[1]]
            assert total == known[0] * parameter.values[-1].value, unit.name
    assert checked > 0


def test_the_unexplained_fund_is_exactly_as_large_as_in_the_seed(book: MemoryBook) -> None:
    parts = ("orchard_management_subsidy", "vegetable_subsidy", "cattle_subsidy")
    listed = sum(_value(book, key) or 0 for key in parts)

    assert listed == Decimal("444415")
    assert _value(book, "industry_fund_total") == listed + Decimal("38460")


def test_paved_roads_of_the_groups_add_up_to_the_village(
    batches: list[Batch], book: MemoryBook
) -> None:
    parts = [
        _value(_part(batches, "road_paved_length", "group", group), "road_paved_length")
        for group in ("一组", "二组", "三组")
    ]

    assert parts == [1020, 480, 420]
    assert _value(book, "road_paved_length") == 1920


def test_every_village_grows_by_more_than_a_fifth(book: MemoryBook) -> None:
    grown = [
        _value(book, "collective_income_growth", village.code)
        for village in villages("990101200000")
    ]

    assert min(one for one in grown if one is not None) == Decimal("22.6")
    assert len(grown) == 12


def test_no_post_holder_holds_two_posts(batches: list[Batch]) -> None:
    for ledger, organisation, rows in batches:
        if ledger == "public_post":
            holders = [row["person"] for row in rows]
            assert len(holders) == len(set(holders)), organisation


def test_references_of_the_rows_lead_to_rows(batches: list[Batch]) -> None:
    catalogue = shipped_catalogue()
    known: dict[tuple[str, str], set[object]] = {}
    for ledger, organisation, rows in batches:
        for key in catalogue.ledgers[ledger].identified_by[:1]:
            known.setdefault((ledger, organisation), set()).update(row[key] for row in rows)

    for ledger, organisation, rows in batches:
        if catalogue.ledgers[ledger].area not in AREAS:
            continue
        for field in catalogue.ledgers[ledger].fields:
            if field.type == "reference":
                named = {row[field.key] for row in rows if field.key in row}
                assert named <= known.get((field.ledger, organisation), set()), (ledger, field.key)


@pytest.mark.parametrize(
    ("total", "count", "step"), [("601.5", 70, "0.01"), ("118", 8, "1"), ("3", 3, "1")]
)
def test_shares_sum_to_the_total_exactly(total: str, count: int, step: str) -> None:
    parts = spread(total, count, step)

    assert len(parts) == count
    assert sum(parts) == Decimal(total)
    assert all(part % Decimal(step) == 0 for part in parts)


def test_whole_shares_are_whole() -> None:
    assert sum(spread_whole(398, 12, 5)) == 398
