"""年初建账、年中查账、年底交账: which months take postings, where corrections go, who may reopen."""

from __future__ import annotations

from decimal import Decimal

from shuzhi.apps import storage
from shuzhi.apps.books.actions import (
    check_books,
    close_books,
    findings_of,
    open_books,
    reopen_books,
)
from shuzhi.apps.books.models import Book
from shuzhi.apps.books.posting import approve_records
from shuzhi.apps.books.queries import Books, figures_of, restate
from shuzhi.apps.books.reconciling import backfill, reconcile
from shuzhi.apps.ledgers.actions import return_records, withdraw_records
from shuzhi.apps.office import use_catalogue
from shuzhi.core.figures import FigureId
from shuzhi.core.periods import parse_period, year
from tests.apps.test_approval import ORCHARD, codes
from tests.support.office import COUNTY, FIRST, SECOND, TOWN, Office, small_catalogue


def close(office: Office, unit: str, period: str, by: str = "分管领导", only: bool = False) -> int:
    return close_books(office.actor(by), unit, parse_period(period), only=only)


def reopen(
    office: Office, unit: str, period: str, by: str = "分管领导", reason: str = "审计要求"
) -> Book:
    return reopen_books(office.actor(by), unit, parse_period(period), reason=reason)


def adjusting(indicator: str) -> list[tuple[int, int]]:
    """(month, amount) of the postings marked adjusting."""
    return storage.fetch(
        "SELECT p.month, p.amount FROM posting p JOIN indicator i ON i.id = p.indicator_id "
        "WHERE i.key = %s AND p.adjusting ORDER BY p.seq, p.line",
        [indicator],
    )


def test_no_row_is_posted_without_a_book(office: Office) -> None:
    Book.objects.filter(organisation__code=FIRST).delete()
    record = office.submit("orchard", FIRST, **ORCHARD)
    assert codes(lambda: office.approve(record)) == ["BOOK_001"]

    result = approve_records(office.actor("县办"), organisation_path="/")
    assert (result.approved, [p.code for p in result.refused]) == (0, ["BOOK_001"])


def test_a_row_of_a_year_to_come_waits_for_its_book(office: Office) -> None:
    record = office.submit("orchard", FIRST, **(ORCHARD | {"date": "2024-01-01"}))
    assert codes(lambda: office.approve(record)) == ["BOOK_002"]

    office.open(2024)

    assert office.approve(record).approved == 1


def test_rows_from_before_the_first_book_are_taken(office: Office) -> None:
    office.record("orchard", FIRST, **(ORCHARD | {"date": "1998-05-01"}))

    assert office.value("orchard_area", FIRST, 2023) == 3


def test_books_are_opened_once_and_by_a_leader(office: Office) -> None:
    assert codes(lambda: office.open(2023)) == ["BOOK_004"]
    assert codes(lambda: open_books(office.actor("镇办"), TOWN, 2024)) == ["PEOPLE_001"]
    assert codes(lambda: open_books(office.actor("镇领导"), COUNTY, 2024)) == ["PEOPLE_001"]
    assert open_books(office.actor("镇领导"), TOWN, 2024, only=True) == 1
    assert open_books(office.actor("分管领导"), TOWN, 2024) == 3


def test_a_correction_into_a_closed_period_is_posted_to_the_next_open_month(office: Office) -> None:
    office.record("orchard", FIRST, **ORCHARD)
    close(office, COUNTY, "2023H1")

    office.record("orchard", FIRST, **(ORCHARD | {"young": "2"}))

    assert adjusting("orchard_area") == [(202307, 10000)]
    assert office.value("orchard_area", TOWN, "2023H1") == 3
    assert office.value("orchard_area", TOWN, 2023) == 4
    rows = Books().trace(Books().figure(FigureId("orchard_area", TOWN, year(2023)))).rows
    assert [(r.adjusting, r.amount, r.month) for r in rows] == [
        (False, Decimal(3), 202303),
        (True, Decimal(1), 202307),
    ]
    assert office.is_sound()


def test_a_whole_closed_year_is_corrected_in_the_next(office: Office) -> None:
    record = office.record("orchard", FIRST, **ORCHARD)
    close(office, COUNTY, "2023")
    office.submit("orchard", FIRST, **(ORCHARD | {"young": "2"}))
    assert codes(lambda: office.approve(record)) == ["BOOK_003"], "no book is open to take it"
    return_records(office.actor("县办"), [record], reason="等建账")
    withdraw_records(office.actor("县会计"), [record], reason="重复")
    assert codes(lambda: office.approve(record)) == ["BOOK_003"], (
        "a withdrawal needs an open book like any correction"
    )

    office.open(2024)
    office.approve(record)

    assert adjusting("orchard_area") == [(202401, -30000)]
    assert (office.value("orchard_area", TOWN, 2023), office.value("orchard_area", TOWN, 2024)) == (
        3,
        None,
    )
    assert office.is_sound()


def test_reopening_brings_corrections_back_to_their_month(office: Office) -> None:
    office.record("orchard", FIRST, **ORCHARD)
    close(office, COUNTY, "2023H1")
    office.record("orchard", FIRST, **(ORCHARD | {"young": "2"}))

    for unit in (COUNTY, TOWN, FIRST):
        reopen(office, unit, "2023H1")
    office.record("orchard", FIRST, **(ORCHARD | {"young": "3"}))

    assert office.value("orchard_area", TOWN, "2023H1") == 5
    assert office.value("orchard_area", TOWN, 2023) == 5
    assert office.is_sound()


def test_only_a_post_above_reopens(office: Office) -> None:
    close(office, COUNTY, "2023")

    assert codes(lambda: reopen(office, TOWN, "2023", by="镇领导")) == ["BOOK_010"], "not its own"
    assert codes(lambda: reopen(office, FIRST, "2023", by="镇领导")) == ["BOOK_012"], (
        "the town is closed too"
    )
    assert codes(lambda: reopen(office, FIRST, "2023", by="县办")) == ["BOOK_010"], "not a leader"
    assert codes(lambda: reopen(office, TOWN, "2023", by="分管领导")) == ["BOOK_012"]
    assert codes(lambda: reopen(office, COUNTY, "2023", reason=" ")) == ["BOOK_009"]
    reopen(office, COUNTY, "2023")  # nobody is above the top
    reopen(office, TOWN, "2023")
    assert codes(lambda: reopen(office, TOWN, "2023")) == ["BOOK_011"]
    assert reopen(office, FIRST, "2023H2", by="镇领导").closed_through == 202306


def test_the_later_year_is_reopened_first(office: Office) -> None:
    office.open(2024)
    close(office, COUNTY, "2023")
    close(office, COUNTY, "2024H1")

    assert codes(lambda: reopen(office, COUNTY, "2023")) == ["BOOK_013"]
    reopen(office, COUNTY, "2024H1")
    assert reopen(office, COUNTY, "2023").closed_through is None


def test_closing_waits_for_what_waits(office: Office) -> None:
    record = office.submit("orchard", FIRST, **ORCHARD)
    later = office.submit("orchard", FIRST, **(ORCHARD | {"plot": "2", "date": "2023-09-01"}))
    assert codes(lambda: close(office, TOWN, "2023H1")) == ["BOOK_005"]
    return_records(office.actor("县办"), [record], reason="再核")
    assert codes(lambda: close(office, TOWN, "2023H1")) == ["BOOK_005"], (
        "returned rows wait for their author"
    )
    withdraw_records(office.actor("县会计"), [record], reason="重复")

    assert close(office, TOWN, "2023H1") == 4
    assert codes(lambda: close(office, TOWN, "2023")) == ["BOOK_005"]
    office.approve(later)
    assert close(office, TOWN, "2023") == 4


def test_closing_tells_everything_that_is_in_the_way(office: Office) -> None:
    office.open(2024)
    office.submit("orchard", FIRST, **ORCHARD)
    Book.objects.filter(organisation__code=SECOND, year=2024).delete()

    assert set(codes(lambda: close(office, TOWN, "2024H1"))) == {"BOOK_001", "BOOK_005", "BOOK_008"}


def test_closing_goes_on_where_it_stopped(office: Office) -> None:
    for period in ("2023-02", "2023H1", "2023"):
        assert close(office, COUNTY, period) == 8
        assert codes(lambda p=period: close(office, COUNTY, p)) == ["BOOK_007"]  # type: ignore[misc]
    assert codes(lambda: close(office, COUNTY, "2023H1")) == ["BOOK_007"]


def test_a_year_closed_by_half_is_still_open_for_the_next(office: Office) -> None:
    office.open(2024)
    close(office, COUNTY, "2023H1")

    assert set(codes(lambda: close(office, COUNTY, "2024H1"))) == {"BOOK_008"}, (
        "or the second half would be closed unsaid"
    )
    close(office, COUNTY, "2023")
    assert close(office, COUNTY, "2024H1") == 8


def test_a_unit_closes_alone_only_after_those_below(office: Office) -> None:
    assert codes(lambda: close(office, TOWN, "2023H1", only=True)) == ["BOOK_006"]
    for village in (FIRST, SECOND, "丙村"):
        close(office, village, "2023H1", by="镇领导")

    assert close(office, TOWN, "2023H1", by="镇领导", only=True) == 1
    assert codes(lambda: close(office, COUNTY, "2023H1", by="镇领导")) == ["PEOPLE_001"]


def test_a_unit_opened_late_cannot_change_what_its_superior_closed(office: Office) -> None:
    from shuzhi.apps.organisations.actions import open_units

    office.record("orchard", FIRST, **ORCHARD)
    close(office, COUNTY, "2023H1")
    open_units(
        office.actor("管理员"),
        [{"code": "990101100299", "name": "新村", "level": "village", "parent": TOWN}],
    )
    open_books(office.actor("分管领导"), "新村", 2023)

    office.record("orchard", "新村", **ORCHARD)

    assert office.value("orchard_area", TOWN, "2023H1") == 3
    assert office.value("orchard_area", TOWN, 2023) == 6
    assert office.is_sound()


def test_targets_are_promises_and_stay_in_their_year(office: Office) -> None:
    office.record(
        "target", TOWN, year="2023", indicator="orchard_area", amount="10", date="2023-01-01"
    )
    office.open(2024)
    close(office, COUNTY, "2023")

    office.record(
        "target", TOWN, year="2023", indicator="orchard_area", amount="12", date="2023-01-01"
    )

    assert office.value("orchard_area", TOWN, 2023, kind="target") == 12
    assert office.value("orchard_area", TOWN, 2024, kind="target") is None
    assert office.is_sound()


def test_a_mid_year_check_holds_figures_against_promises_and_relations(office: Office) -> None:
    office.record(
        "target", TOWN, year="2023", indicator="orchard_area", amount="10", date="2023-01-01"
    )
    office.record("target", TOWN, year="2023", indicator="visits", amount="1", date="2023-01-01")
    office.record("orchard", FIRST, **ORCHARD)
    office.submit("orchard", FIRST, **(ORCHARD | {"plot": "2"}))

    checked = check_books(office.actor("检查员"), TOWN, 2023)

    assert [(t.target.value, t.actual.value, t.is_met) for t in checked.targets] == [
        (Decimal(10), Decimal(3), False), (Decimal(1), None, None),
    ]  # fmt: skip
    assert (checked.findings, checked.waiting) == ((), 1)
    assert Book.objects.get(organisation__code=TOWN, year=2023).checked_seq > checked.as_of
    assert codes(lambda: check_books(office.actor("检查员"), TOWN, 2024)) == ["BOOK_001"]
    assert codes(lambda: check_books(office.actor("镇会计"), TOWN, 2023)) == ["PEOPLE_001"]


def test_a_restatement_lists_the_rows_behind_the_difference(office: Office) -> None:
    office.record("orchard", FIRST, **ORCHARD)
    office.record("orchard", SECOND, **ORCHARD)
    before = Books().as_of
    office.record("orchard", SECOND, **(ORCHARD | {"young": "0.5"}))
    office.record("orchard", SECOND, **(ORCHARD | {"plot": "9"}))

    restated = restate(FigureId("orchard_area", TOWN, year(2023)), before)

    assert (restated.before.value, restated.after.value) == (Decimal(6), Decimal("8.5"))
    assert [(r.organisation, r.label, r.amount) for r in restated.rows] == [
        (SECOND, "001", Decimal("-0.5")), (SECOND, "9", Decimal(3)),
    ]  # fmt: skip


def test_a_dashboard_is_the_sum_of_cells_by_month(office: Office) -> None:
    for village, date in ((FIRST, "2023-03-01"), (SECOND, "2023-03-09"), (SECOND, "2023-07-01")):
        office.record("visit", village, date=date, topic="慰问", amount="200")

    board = figures_of(TOWN, 2023)

    assert board["visit_amount"] == {202303: (4_000_000, 2, 0), 202307: (2_000_000, 1, 0)}
    assert figures_of(FIRST, 2023)["visits"] == {202303: (10_000, 1, 0)}


def test_a_breakdown_follows_a_revision_that_changes_only_the_kind(office: Office) -> None:
    """A revision from 花椒 to 核桃 posts nothing to the area, and yet the parts must change."""
    office.record("orchard", FIRST, **(ORCHARD | {"variety": "花椒"}))
    before = Books().as_of
    office.record("orchard", FIRST, **(ORCHARD | {"variety": "核桃"}))

    def parts(as_of: int | None = None) -> dict[str, Decimal | None]:
        return {
            k: f.value
            for k, f in Books(as_of).breakdown("orchard_area", TOWN, year(2023), "variety")
        }

    assert parts() == {"核桃": Decimal(3)}
    assert parts(before) == {"花椒": Decimal(3)}
    assert findings_of(TOWN, year(2023)) == []


def test_a_row_whose_subject_changed_is_traced_under_the_new_one(office: Office) -> None:
    for household, plot in (("H1", "001"), ("H1", "002"), ("H9", "003")):
        office.record("orchard", FIRST, **(ORCHARD | {"household": household, "plot": plot}))
    office.record("orchard", FIRST, **(ORCHARD | {"household": "A0", "plot": "003"}))

    books = Books()
    figure = books.figure(FigureId("orchard_households", FIRST, year(2023)))

    assert figure.value == 2
    assert [r.amount for r in books.trace(figure).rows] == [1, 1]


def test_a_row_that_ended_is_no_longer_shown(office: Office) -> None:
    office.record(
        "household", FIRST, number="H1", date="2020-01-01", members="3", left="2023-05-20"
    )

    for period, count in (("2023-04", 1), ("2023-05", 0), ("2023", 0)):
        assert office.value("households", FIRST, period) == count
        assert len(Books().rows("household", FIRST, parse_period(period))) == count, period


def test_an_indicator_new_to_the_catalogue_is_filled_in(office: Office) -> None:
    from dataclasses import replace

    catalogue = small_catalogue()
    late = catalogue.indicators.pop("pepper_area")
    with use_catalogue(catalogue):
        office.record("orchard", FIRST, **(ORCHARD | {"variety": "花椒"}))
        office.record("orchard", SECOND, **(ORCHARD | {"variety": "核桃"}))
        office.record("orchard", SECOND, **(ORCHARD | {"plot": "2", "variety": "花椒"}))
    with use_catalogue(
        replace(catalogue, indicators={**catalogue.indicators, "pepper_area": late})
    ):
        assert {p.code for p in reconcile().problems} == {"RECONCILE_001", "RECONCILE_002"}
        before, then = Books().as_of, office.value("pepper_area", TOWN, 2023)

        assert backfill(office.actor("分管领导"), COUNTY, reason="新增指标") == 2

        assert office.value("pepper_area", TOWN, 2023) == 6
        assert office.value("pepper_area", TOWN, 2023, before) == then != 6
        office.record("orchard", FIRST, **(ORCHARD | {"variety": "花椒", "young": "2"}))
        assert office.value("pepper_area", TOWN, 2023) == 7
        assert backfill(office.actor("分管领导"), COUNTY, reason="再来一次") == 0
        assert office.is_sound()
