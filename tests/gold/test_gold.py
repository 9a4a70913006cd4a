"""The figures of the five seed reports stand in the five generated reports, and every one leads back to its rows.

The facts (which indicator, whose, of when, how much) are kept beside this file, so the test runs everywhere; where the annotated
seeds are at hand, the copy is held against them.
"""

from __future__ import annotations

import json
import os
import subprocess
import sys
from collections.abc import Iterator
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest
import yaml

from tests.support.office import set_up_django

HERE = Path(__file__).parent
GOLD = Path(__file__).parents[3] / "shared" / "seeds" / "gold" / "figures.jsonl"
GENRES = {
    "000": "village_committees",
    "001": "branch_secretary",
    "002": "township_party_committee",
    "003": "township_leadership",
    "004": "village_party_building",
}
FACTS: list[dict[str, Any]] = [
    fact
    for name in ("facts_C1.yaml", "facts_C2.yaml")
    for fact in yaml.safe_load((HERE / name).read_text("utf-8"))
]


@pytest.fixture(scope="module")
def demo(tmp_path_factory: pytest.TempPathFactory) -> Iterator[dict[str, Any]]:
    """The demonstration, made by the command a user types, with its five reports composed and traced."""
    folder = tmp_path_factory.mktemp("demo")
    environment = {k: v for k, v in os.environ.items() if k != "DATABASE_URL"}
    done = subprocess.run(
        [sys.executable, "-m", "shuzhi.cli.main", "demo", "-o", str(folder)],
        capture_output=True,
        text=True,
        env=environment,
        check=False,
    )
    assert done.returncode == 0, done.stdout[-3000:] + done.stderr[-3000:]
    set_up_django()
    from django.db import connections

    from shuzhi.apps.people.queries import get_actor
    from shuzhi.apps.reports.actions import make_report
    from shuzhi.demo import county
    from shuzhi.demo.county import LEADER
    from shuzhi.settings import database

    described = database(f"sqlite:///{folder / 'demo.sqlite3'}")
    connections["default"].close()
    connections.databases["default"] = connections.configure_settings({"default": described})[
        "default"
    ]
    del connections["default"]
    reports = {
        r.template: make_report(get_actor(LEADER), r.template, r.organisation, r.year)
        for r in county.REPORTS
    }
    yield {"folder": folder, "reports": reports, "output": done.stdout}
    connections["default"].close()
    del connections["default"]


def _runs(demo: dict[str, Any], fact: dict[str, Any]) -> list[Any]:
    """The printed figures of the genre's report that have the fact's identity."""
    from shuzhi.core.periods import parse_period

    report = demo["reports"][GENRES[fact["id"][1:4]]]
    breakdown = tuple(fact["by"]) if fact["by"] else None
    return [
        run
        for run in report.composed.figures
        if run.figure.id.indicator == fact["indicator"]
        and run.figure.id.organisation == fact["organisation"]
        and run.figure.id.period == parse_period(fact["period"])
        and run.figure.id.kind == fact["kind"]
        and run.figure.id.breakdown == breakdown
    ]


def _leaves(trace: Any) -> list[Any]:
    return [*trace.rows, *(leaf for inner in trace.inputs for leaf in _leaves(inner))]


def _assert_trace_ends_in_rows(trace: Any) -> None:
    """An additive figure is the sum of its rows; a derived one's inputs are traced the same way; a parameter names its basis."""
    identity = trace.figure.id
    if identity.kind == "parameter":
        assert "依据" in trace.explanation
        return
    if trace.inputs:
        assert not trace.rows
        for inner in trace.inputs:
            _assert_trace_ends_in_rows(inner)
        return
    if trace.figure.value is None:
        return
    assert (
        sum((r.amount for r in trace.rows if r.amount is not None), Decimal(0))
        == trace.figure.value
    )
    assert trace.rows or trace.figure.value == 0


WITH_VALUE = [f for f in FACTS if f["value"] is not None]
PLACEHOLDERS = [f for f in FACTS if f["value"] is None]


def test_all_243_figures_of_the_seeds_have_their_fact() -> None:
    assert len(WITH_VALUE) == 119
    assert len(PLACEHOLDERS) == 124
    assert len({f["id"] for f in FACTS}) == 243


@pytest.mark.parametrize("fact", WITH_VALUE, ids=lambda f: f["id"])
def test_a_figure_of_the_seed_stands_in_our_report_with_its_value_and_unit(
    demo: dict[str, Any], fact: dict[str, Any]
) -> None:
    shown = [(run.display.number.strip("余多近约"), run.display.unit) for run in _runs(demo, fact)]

    assert (fact["value"], fact["unit"].replace("％", "%")) in [
        (n, u.replace("％", "%")) for n, u in shown
    ]


@pytest.mark.parametrize("fact", PLACEHOLDERS, ids=lambda f: f["id"])
def test_a_placeholder_of_the_seed_is_a_filled_slot_of_our_report(
    demo: dict[str, Any], fact: dict[str, Any]
) -> None:
    runs = _runs(demo, fact)

    assert [r for r in runs if r.figure.value is not None], fact
    assert fact["unit"].replace("％", "%") in [r.display.unit.replace("％", "%") for r in runs]


@pytest.mark.parametrize("fact", FACTS, ids=lambda f: f["id"])
def test_the_trace_of_every_figure_sums_to_its_value_and_ends_in_rows(
    demo: dict[str, Any], fact: dict[str, Any]
) -> None:
    from shuzhi.core.reports import tag

    report = demo["reports"][GENRES[fact["id"][1:4]]]
    for run in _runs(demo, fact):
        trace = report.traces[tag(run)]
        _assert_trace_ends_in_rows(trace)
        if run.figure.id.kind != "parameter":
            assert _leaves(trace), fact


@pytest.mark.parametrize("genre", GENRES.values())
def test_no_report_has_a_placeholder_or_a_missing_figure(demo: dict[str, Any], genre: str) -> None:
    composed = demo["reports"][genre].composed
    text = composed.plain_text()

    assert not [mark for mark in ("XX", "X", "×", "＊", "*", "待补", "None") if mark in text]
    assert composed.missing == ()


@pytest.mark.parametrize("genre", GENRES.values())
def test_every_printed_figure_of_a_report_is_traced(demo: dict[str, Any], genre: str) -> None:
    from shuzhi.core.reports import tag

    made = demo["reports"][genre]
    for run in made.composed.figures:
        _assert_trace_ends_in_rows(made.traces[tag(run)])


SUMS = """
| relation                    | total   | parts                     |
| orchard_area                | 480     | 210 270                   |
| orchard_management_subsidy  | 113870  | 227.74                    |
| vegetable_subsidy           | 71545   | 143.09                    |
| cattle_subsidy              | 259000  | 45000 190000 24000        |
| village_public_posts        | 17      | 2 7 2 2 2 2               |
| road_paved_length           | 1920    | 1020 480 420              |
"""


@pytest.mark.parametrize("line", SUMS.strip().splitlines()[1:])
def test_the_known_sums_hold_in_the_books_and_are_declared(demo: dict[str, Any], line: str) -> None:
    from shuzhi.apps.books.queries import Books
    from shuzhi.apps.office import definitions
    from shuzhi.core.periods import year
    from shuzhi.core.relations import check_relation
    from shuzhi.demo import world

    total, value, parts = (cell.strip() for cell in line.strip("| ").split("|"))
    catalogue, books = definitions().catalogue, Books()
    matching = []
    for relation in catalogue.relations.values():
        if relation.total != total:
            continue
        result = check_relation(relation, catalogue, books, world.VILLAGE_B, year(2023))
        if result.known and result.finding is None and relation.kind != "part":
            matching.append(relation)

    assert matching, f"no declared relation for {total} holds"
    figures = [books.figure(_identity(r.total)).value for r in matching]
    assert set(figures) == {Decimal(value)}
    wanted = sorted(Decimal(p) for p in parts.split())
    found = []
    for relation in matching:
        if relation.kind == "breakdown":
            pieces = books.breakdown(relation.total, world.VILLAGE_B, year(2023), relation.by)
            found.append(sorted(f.value for _, f in pieces if f.value is not None))
        else:
            found.append(
                sorted(books.figure(_identity(p)).value or Decimal(0) for p in relation.parts)
            )
    assert wanted in found


def _identity(key: str) -> Any:
    from shuzhi.core.figures import FigureId
    from shuzhi.core.periods import year
    from shuzhi.demo import world

    return FigureId(key, world.VILLAGE_B, year(2023))


def test_what_the_list_does_not_explain_is_shown_as_unexplained_and_not_hidden(
    demo: dict[str, Any],
) -> None:
    from shuzhi.apps.books.actions import findings_of
    from shuzhi.core.periods import year
    from shuzhi.demo import world

    found = [
        f
        for f in findings_of(world.VILLAGE_B, year(2023))
        if f.total.id.indicator == "industry_fund_total"
    ]

    assert [(f.kind, f.total.value, f.difference) for f in found] == [
        ("unexplained", Decimal(482875), Decimal(38460))
    ]
    assert "38460" in demo["output"]


@pytest.mark.skipif(
    not GOLD.exists(), reason="the annotated seed reports are not beside this project"
)
@pytest.mark.parametrize("fact", FACTS, ids=lambda f: f["id"])
def test_our_copy_of_the_facts_agrees_with_the_annotated_seeds(fact: dict[str, Any]) -> None:
    from shuzhi.catalogue.loader import shipped_catalogue
    from shuzhi.core.quantities import Units

    units = Units(shipped_catalogue().units)
    gold = {row["id"]: row for row in map(json.loads, GOLD.read_text("utf-8").splitlines())}[
        fact["id"]
    ]

    assert (gold["value"] is None) == (fact["value"] is None)
    if gold["value"] is not None:
        ours = units.to_base(Decimal(fact["value"]), fact["unit"])
        assert ours == units.to_base(Decimal(gold["value"]), gold["unit"])
        if fact["kind"] != "parameter":  # 以上 behind a threshold belongs to the sentence
            assert bool(fact["approx"]) == (gold["approx"] or "以上" in gold.get("qualifier", ""))
    # 投工…个 means 个工, days of work: the annotators' note says so
    unit = "工日" if "个工" in gold.get("note", "") else gold["unit"]
    assert units.base_of(fact["unit"]) == units.base_of(unit)
