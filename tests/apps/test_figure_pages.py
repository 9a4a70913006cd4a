"""Lists, sides of a figure, traces page by page and restatements say what the books say."""

from __future__ import annotations

import random
from collections import Counter
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from hypothesis import HealthCheck, Phase, given, settings

from shuzhi.apps import storage
from shuzhi.apps.books import figure_pages, trace_pages
from shuzhi.apps.books.queries import Books, restate
from shuzhi.apps.organisations.queries import get
from shuzhi.core.figures import Figure, FigureId
from shuzhi.core.periods import parse_period
from tests.apps.play import CLOSINGS, LOOK, REFORMS, Play, sequences
from tests.support.office import COUNTY, ENGINES, FIRST, OTHER_TOWN, SECOND, TOWN, Office, office

YEAR = parse_period("2023")
SUMS = ("households", "members", "orchard_area", "visits", "visit_amount", "projects_started")
COUNTED = ("orchard_households", "orchard_people", "visited_households", "visited_people")


def _all_pages(root: str, identity: FigureId, point: int | None) -> list[Any]:
    lines, cursor = [], ""
    for _ in range(500):
        page = trace_pages.trace_page(get(root), identity, point, cursor)
        lines += page.lines
        if page.total is not None:
            assert page.agrees, (identity, point)
        cursor = page.following
        if not cursor:
            return lines
    raise AssertionError("pages without end")


@pytest.mark.parametrize("engine", ENGINES)
@pytest.mark.parametrize(("size", "dense"), [(3, 4000), (2, 3)])
def test_all_pages_of_a_trace_are_the_trace(
    engine: str, size: int, dense: int, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(trace_pages, "PAGE", size)
    monkeypatch.setattr(trace_pages, "DENSE", dense)

    @settings(
        max_examples={"sqlite": 12, "postgresql": 4}[engine], deadline=None, derandomize=True, database=None,
        suppress_health_check=list(HealthCheck), phases=(Phase.explicit, Phase.generate),
    )  # fmt: skip
    @given(sequences(CLOSINGS, REFORMS, LOOK))
    def check(acts: list[tuple[Any, ...]]) -> None:
        with office(engine, tmp_path) as made:
            Play(made).play(acts)
            chance = random.Random(len(acts))
            now = storage.fetch("SELECT seq FROM clock")[0][0]
            for point in (None, now * 3 // 4):
                root = chance.choice((COUNTY, TOWN, OTHER_TOWN))
                books = Books(point)
                wanted = [
                    FigureId(k, root, parse_period(p))
                    for k in (*SUMS, *COUNTED)
                    for p in ("2023", "2024")
                ]
                for identity in (
                    *chance.sample(wanted, 6),
                    FigureId("visits", root, YEAR, "target"),
                ):
                    expected = books.trace(books.figure(identity)).rows
                    found = _all_pages(root, identity, point)
                    assert Counter(line.row for line in found) == Counter(expected), (
                        identity,
                        point,
                    )
            first = now // 2
            identity = FigureId(chance.choice(SUMS), COUNTY, YEAR)
            was, lines, cursor = restate(identity, first), [], ""
            while True:
                page = trace_pages.restatement(get(COUNTY), identity, first, None, cursor)
                lines += page.lines
                cursor = page.following
                if not cursor:
                    break
            assert page.before == was.before
            assert page.after == was.after
            if not page.came and not page.went:
                assert page.total == page.difference or page.total == 0
                assert sum((line.row.amount or 0 for line in lines), Decimal(0)) == page.total

    check()


def _rows(office: Office) -> None:
    office.open(2022)
    for village, amount in ((FIRST, "2"), (SECOND, "3"), ("990101101201", "5")):
        office.record(
            "orchard",
            village,
            plot="1",
            household="1",
            date="2022-05-01",
            bearing="1",
            young="0",
            variety="核桃",
        )
        office.record(
            "orchard",
            village,
            plot="2",
            household="1",
            date="2023-02-01",
            bearing=amount,
            young="0",
            variety="花椒",
        )
    office.record(
        "target", TOWN, year=2023, indicator="orchard_area", amount="10", date="2023-01-01"
    )
    office.record(
        "target", FIRST, year=2023, indicator="orchard_area", amount="4", date="2023-01-01"
    )


def test_a_list_shows_last_year_growth_target_and_months(office: Office) -> None:
    _rows(office)
    catalogue = office.catalogue.indicators

    shown = figure_pages.list_figures(get(TOWN), YEAR, list(catalogue.values()))

    line = next(x for x in shown.lines if x.definition.key == "orchard_area")
    assert (line.this.value, line.last.value) == (Decimal(7), Decimal(2))
    assert (line.growth.difference, line.growth.rate) == (Decimal(5), Decimal("250.0"))
    assert (line.target.value, line.progress) == (Decimal(10), Decimal("70.0"))
    assert line.months == (2,) + (7,) * 11
    visits = next(x for x in shown.lines if x.definition.key == "visits")
    assert visits.this.value is None
    assert visits.missing is not None
    assert [x.key for x in visits.missing.ledgers] == ["visit"]
    assert [d.key for d in figure_pages.promised(get(TOWN), 2023)] == ["orchard_area"]


def test_the_parts_below_and_their_shares(office: Office) -> None:
    _rows(office)

    view = figure_pages.view_figure(get(TOWN), "orchard_area", YEAR, "below")

    assert [(x.label, x.figure.value, x.share) for x in view.lines] == [
        ("甲村", Decimal(3), Decimal("42.9")),
        ("乙村", Decimal(4), Decimal("57.1")),
        ("丙村", None, None),
    ]
    assert view.has_children
    parts = figure_pages.view_figure(get(TOWN), "orchard_area", YEAR, "parts", by="variety").lines
    assert {x.label: x.figure.value for x in parts} == {"核桃": Decimal(2), "花椒": Decimal(5)}
    goals = figure_pages.view_figure(get(TOWN), "orchard_area", YEAR, "target").lines
    assert next((x.target.value, x.progress) for x in goals if x.target) == (
        Decimal(4),
        Decimal("75.0"),
    )


def test_growth_from_zero_has_no_rate_and_a_share_grows_by_points() -> None:
    def figure(value: str | None, unit: str = "亩") -> Figure:
        number = None if value is None else Decimal(value)
        return Figure(FigureId("x", FIRST, YEAR), number, unit, "x", 0)

    assert figure_pages.growth(figure("3"), figure("0")).kind == "from_zero"
    assert figure_pages.growth(figure("3"), figure(None)).kind == "unknown"
    assert figure_pages.growth(figure("98.5", "%"), figure("97", "%")).difference == Decimal("1.5")
    assert figure_pages.growth(figure("98.5", "%"), figure("97", "%")).kind == "points"
    assert figure_pages.growth(figure("2"), figure("3")).rate == Decimal("-33.3")


def test_pages_about_figures_cost_the_same_queries_however_many_rows_there_are(
    office: Office,
) -> None:
    def counts() -> list[int]:
        found = []
        for act in (
            lambda: figure_pages.list_figures(
                get(COUNTY), YEAR, list(office.catalogue.indicators.values())
            ),
            *(
                lambda side=side: figure_pages.view_figure(get(COUNTY), "orchard_area", YEAR, side)
                for side in figure_pages.SIDES
            ),
            lambda: figure_pages.compare(
                get(COUNTY), list(office.catalogue.indicators.values()), [], YEAR
            ),
            lambda: trace_pages.trace_page(get(COUNTY), FigureId("orchard_area", COUNTY, YEAR)),
            lambda: trace_pages.trace_page(
                get(COUNTY), FigureId("orchard_households", COUNTY, YEAR)
            ),
        ):
            with CaptureQueriesContext(connection) as seen:
                act()
            found.append(len(seen))
        return found

    _rows(office)
    before = counts()

    for number in range(60):
        office.submit(
            "orchard",
            FIRST,
            plot=f"p{number}",
            household=f"{number}",
            date="2023-03-01",
            bearing="1",
            variety="花椒",
        )
    office.approve()

    assert counts() == before
    assert max(before) < 35
    assert trace_pages.trace_page(get(COUNTY), FigureId("orchard_area", COUNTY, YEAR)).following


def test_a_point_is_found_by_its_day(office: Office) -> None:
    _rows(office)

    assert figure_pages.time_of(figure_pages.point_on("2000-01-01")) == ""
    assert figure_pages.point_on("2999-01-01") == storage.fetch("SELECT seq FROM clock")[0][0]
    assert figure_pages.time_of(10**9).startswith("20")
