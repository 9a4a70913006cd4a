"""A sheet's figures are those of the books, whatever was done to them, and cost the same queries however many rows there are."""

from __future__ import annotations

import random
from pathlib import Path
from typing import Any

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from hypothesis import HealthCheck, Phase, given, settings

from shuzhi.apps import storage
from shuzhi.apps.books import counted
from shuzhi.apps.books.queries import Books
from shuzhi.apps.books.sheets import OWN, Sheet
from shuzhi.apps.ledgers.actions import withdraw_records
from shuzhi.apps.organisations.queries import get
from shuzhi.core.figures import FigureId
from shuzhi.core.periods import parse_period
from tests.apps.play import CLOSINGS, LOOK, REFORMS, Play, sequences
from tests.support.office import COUNTY, ENGINES, FIRST, OTHER_TOWN, TOWN, UNITS, Office
from tests.support.office import office as office_of

PERIODS = tuple(
    parse_period(p)
    for p in ("2022", "2023", "2024", "2023H1", "2023Q3", *(f"2023-{m:02d}" for m in range(1, 13)))
)


def _settings(engine: str) -> Any:
    return settings(
        max_examples={"sqlite": 25, "postgresql": 6}[engine],
        deadline=None,
        derandomize=True,
        database=None,
        suppress_health_check=list(HealthCheck),
        phases=(Phase.explicit, Phase.generate),
    )


def _identities(catalogue: Any, codes: list[str], chance: random.Random) -> list[FigureId]:
    actual = [FigureId(k, c, p) for k in catalogue.indicators for c in codes for p in PERIODS]
    promised = [
        FigureId(k, c, p, "target")
        for k in ("orchard_area", "visits")
        for c in codes
        for p in PERIODS[:3]
    ]
    return chance.sample(actual, min(150, len(actual))) + chance.sample(promised, 6)


@pytest.mark.parametrize("engine", ENGINES)
def test_a_sheets_figures_are_those_of_the_books_now_and_at_every_point(
    engine: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(counted, "_WORTH", 0)

    @_settings(engine)
    @given(sequences(CLOSINGS, REFORMS, LOOK))
    def check(acts: list[tuple[Any, ...]]) -> None:
        with office_of(engine, tmp_path) as made:
            play = Play(made)
            play.play(acts)
            chance = random.Random(len(acts))
            now = storage.fetch("SELECT seq FROM clock")[0][0]
            codes = [c for (c,) in storage.fetch("SELECT code FROM organisation ORDER BY code")]

            for point in (None, now - 1, now * 3 // 4, now // 3):
                root = chance.choice((COUNTY, TOWN, OTHER_TOWN, FIRST))
                sheet, books = Sheet(get(root), point), Books(point)
                inside = [c for c in codes if c in sheet.tree.units]
                wanted = _identities(made.catalogue, inside or [root], chance)
                half = len(wanted) // 2
                sheet.load(wanted[:half])
                sheet.load(wanted[half:])
                again = Sheet(get(root), point)
                again.load(wanted)
                for identity in wanted:
                    assert sheet.figure(identity) == books.figure(identity), (identity, point)
                    assert again.figure(identity) == books.figure(identity), (identity, point)

    check()


def test_what_a_unit_keeps_itself_and_its_children_make_the_whole(office: Office) -> None:
    office.record("project", TOWN, number="1", date="2023-01-05", budget="3")
    office.record("project", FIRST, number="1", date="2023-01-05", budget="2")
    sheet, year = Sheet(get(TOWN)), parse_period("2023")

    own = sheet.figure(FigureId("budget", TOWN + OWN, year))
    below = [sheet.figure(FigureId("budget", u.code, year)) for u in sheet.tree.children(TOWN)]

    assert own.value == 30000
    assert (
        own.value + sum(f.value or 0 for f in below)
        == sheet.figure(FigureId("budget", TOWN, year)).value
    )


def _queries(office: Office) -> list[int]:
    counts = []
    for root, codes in ((TOWN, (TOWN,)), (COUNTY, [c for c, *_ in UNITS])):
        for periods in (PERIODS[1:2], PERIODS[5:]):
            wanted = [
                FigureId(k, c, p)
                for k in office.catalogue.indicators
                for c in codes
                for p in periods
            ]
            wanted += [FigureId("visits", c, PERIODS[1], "target") for c in codes]
            with CaptureQueriesContext(
                connection,
            ) as seen:
                sheet = Sheet(get(root))
                sheet.load(wanted)
                for identity in wanted:
                    sheet.figure(identity)
            counts.append(len(seen))
    return counts


def test_the_number_of_queries_does_not_grow(office: Office) -> None:
    for number in range(2):
        _some_rows(office, number)
    before = _queries(office)

    for number in range(2, 30):
        _some_rows(office, number)

    assert _queries(office) == before
    assert max(before) < 50


def _some_rows(office: Office, number: int) -> None:
    key = f"{number:03d}"
    for village in (FIRST, "990101101201"):
        office.record("household", village, number=key, date="2023-01-05", members=3)
        office.record("orchard", village, plot=key, household=key, date="2023-02-05", bearing="2")
        office.record("visit", village, household=key, date="2023-03-05", topic="慰问", amount="20")


def _count(office: Office) -> Any:
    return Sheet(get(TOWN)).figure(FigureId("orchard_households", TOWN, PERIODS[1])).value


def test_a_kept_count_is_used_only_while_nothing_was_posted_since(
    office: Office, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(counted, "_WORTH", 0)
    record = office.record("orchard", FIRST, plot="1", household="1", date="2023-02-05")
    assert [_count(office), _count(office)] == [1, 1]

    with CaptureQueriesContext(connection) as seen:
        _count(office)
    assert not [q for q in seen.captured_queries if "participation" in q["sql"]]

    office.record("visit", FIRST, household="1", date="2023-03-05", topic="慰问")
    assert _count(office) == 1
    office.record("orchard", FIRST, plot="2", household="2", date="2023-02-06")
    assert _count(office) == 2
    withdraw_records(office.actor("县会计"), [record], reason="记重了")
    office.approve()
    assert _count(office) == 1


def test_a_kept_count_of_other_books_is_not_used(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A backup is put back while the program runs, and other rows are recorded up to the same point."""
    monkeypatch.setattr(counted, "_WORTH", 0)
    with office_of("sqlite", tmp_path) as made:
        made.open(2023)
        made.record("orchard", FIRST, plot="1", household="1", date="2023-02-05")
        connection.close()
        backup = tmp_path / "backup"
        database = Path(made.url.removeprefix("sqlite:///"))
        backup.write_bytes(database.read_bytes())
        for number in ("2", "3"):
            made.record("orchard", FIRST, plot=number, household=number, date="2023-02-06")
        assert _count(made) == 3

        connection.close()
        for left in tmp_path.glob(f"{database.name}-*"):
            left.unlink()
        database.write_bytes(backup.read_bytes())
        assert _count(made) == 1
        for number in ("2", "3", "4"):
            made.record("orchard", FIRST, plot=number, household="9", date="2023-02-06")
        assert _count(made) == 2
