"""Units opened, renamed, moved, closed, merged and split: figures add up again, and the past stays as it was read."""

from __future__ import annotations

from collections.abc import Callable
from decimal import Decimal

import pytest

from shuzhi.apps import storage
from shuzhi.apps.books.actions import close_books, open_books, split_unit
from shuzhi.apps.books.queries import Books
from shuzhi.apps.ledgers import queries as ledgers
from shuzhi.apps.ledgers.actions import withdraw_records
from shuzhi.apps.organisations.actions import close_unit, merge, move, open_units, rename
from shuzhi.apps.organisations.queries import below, find, get
from shuzhi.apps.people.actions import create_account, give_post
from shuzhi.apps.people.permissions import SYSTEM
from shuzhi.core.figures import FigureId
from shuzhi.core.periods import year
from tests.apps.test_approval import ORCHARD, codes
from tests.support.office import COUNTY, FAR_FIRST, FIRST, OTHER_TOWN, SECOND, THIRD, TOWN, Office

NEW = "990101100301"


@pytest.fixture
def planted(office: Office) -> Office:
    """An orchard of 3, 4 and 5 亩 in the three villages of the town, household 001 in each."""
    office.open(2024)
    for village, young in ((FIRST, "1"), (SECOND, "2"), (THIRD, "3")):
        office.record("orchard", village, **(ORCHARD | {"young": young, "household": "001"}))
    return office


def areas(office: Office, *units: str, as_of: int | None = None) -> list[Decimal | None]:
    return [office.value("orchard_area", unit, 2023, as_of) for unit in units]


def test_a_unit_is_opened_with_its_place_in_the_tree(office: Office) -> None:
    opened = open_units(
        office.actor("管理员"),
        [
            {"code": NEW, "name": "新村", "level": "village", "parent": TOWN},
            {"code": NEW + "01", "name": "一组", "level": "group", "parent": NEW},
            {"code": FIRST, "name": "甲村", "level": "village", "parent": TOWN},
        ],
    )

    assert [(o.code, o.full_name) for o in opened] == [
        (NEW, "示范镇新村"),
        (NEW + "01", "示范镇新村一组"),
    ]
    assert get(NEW).path == f"{get(TOWN).path}{get(NEW).id}/"
    assert below(get(NEW)) == [get(NEW).id, get(NEW + "01").id]


@pytest.mark.parametrize(
    ("unit", "expected"),
    [
        ({"code": FIRST, "name": "别名村", "level": "village", "parent": TOWN}, "ORG_003"),
        ({"code": NEW, "name": "新村", "level": "village", "parent": "无此镇"}, "ORG_004"),
        ({"code": NEW, "name": "新村", "level": "hamlet", "parent": TOWN}, "ORG_005"),
        ({"code": NEW, "name": "新村", "level": "township", "parent": TOWN}, "ORG_006"),
        ({"code": NEW, "name": "", "level": "village", "parent": TOWN}, "ORG_007"),
        ({"code": "", "name": "新村", "level": "village", "parent": TOWN}, "ORG_007"),
    ],
)
def test_a_unit_that_does_not_fit_is_not_opened(
    office: Office, unit: dict[str, str], expected: str
) -> None:
    good = {"code": "990101100999", "name": "好村", "level": "village", "parent": TOWN}

    assert codes(lambda: open_units(office.actor("管理员"), [good, unit])) == [expected]
    assert find("好村") is None


def test_nobody_opens_a_new_top_of_the_tree_or_a_unit_elsewhere(office: Office) -> None:
    top = {"code": "990102000000", "name": "外县", "level": "county", "parent": ""}
    child = {"code": "990102100000", "name": "外镇", "level": "township", "parent": "990102000000"}
    for persona in ("县会计", "管理员", "分管领导"):
        assert codes(lambda p=persona: open_units(office.actor(p), [top])) == ["PEOPLE_001"]  # type: ignore[misc]
        assert codes(lambda p=persona: open_units(office.actor(p), [top, child])) == ["PEOPLE_001"]  # type: ignore[misc]
    village = {"code": NEW, "name": "新村", "level": "village", "parent": TOWN}
    assert codes(lambda: open_units(office.actor("镇领导"), [village])) == ["PEOPLE_001"]
    create_account(SYSTEM, "样板镇管理员", "")
    give_post(SYSTEM, "样板镇管理员", OTHER_TOWN, "administrator", from_date="2020-01-01")
    assert codes(lambda: open_units(office.actor("样板镇管理员"), [village])) == ["PEOPLE_001"]


def test_eleven_is_never_taken_for_a_hundred_and_ten(office: Office) -> None:
    """Ids 11 and 110 are both villages; what one has must not show in the other's figures."""
    open_units(
        SYSTEM,
        [
            {"code": f"9901011{n:05d}", "name": f"{n}号村", "level": "village", "parent": TOWN}
            for n in range(500, 610)
        ],
    )
    by_id = dict(storage.fetch("SELECT id, code FROM organisation"))
    eleven, hundred = by_id[11], by_id[110]
    open_books(office.actor("分管领导"), TOWN, 2023)

    office.record("orchard", hundred, **ORCHARD)

    assert areas(office, eleven, hundred) == [None, 3]
    assert below(get(eleven)) == [11]
    assert below(get(eleven), Books().as_of) == [11]
    create_account(SYSTEM, "十一号会计", "")
    give_post(SYSTEM, "十一号会计", eleven, "clerk", from_date="2020-01-01")
    assert codes(lambda: office.submit("orchard", hundred, by="十一号会计", **ORCHARD)) == [
        "PEOPLE_001"
    ]


def test_a_renamed_unit_keeps_its_rows(planted: Office) -> None:
    rename(planted.actor("管理员"), FIRST, "新甲村", reason="规范名称")

    assert (get(FIRST).name, get(FIRST).full_name) == ("新甲村", "示范镇新甲村")
    assert areas(planted, FIRST, TOWN) == [3, 12]
    assert codes(lambda: planted.actor("管理员") and get("甲村")) == ["ORG_001"]


def test_a_moved_unit_takes_its_figures_along_but_not_from_the_past(planted: Office) -> None:
    before = Books().as_of

    move(planted.actor("管理员"), FIRST, OTHER_TOWN, reason="区划调整")

    assert areas(planted, TOWN, OTHER_TOWN, COUNTY) == [9, 3, 12]
    assert areas(planted, TOWN, OTHER_TOWN, COUNTY, as_of=before) == [12, None, 12]
    assert planted.submit("orchard", FIRST, by="外镇会计", plot="7", date="2023-05-01") > 0
    assert codes(
        lambda: planted.submit("orchard", FIRST, by="镇会计", plot="8", date="2023-05-01")
    ) == ["PEOPLE_001"]


@pytest.mark.parametrize(
    ("act", "expected"),
    [
        (lambda o: move(o.actor("管理员"), COUNTY, TOWN, reason=""), ["ORG_008"]),
        (lambda o: move(o.actor("管理员"), TOWN, TOWN, reason=""), ["ORG_008"]),
        (lambda o: move(o.actor("管理员"), FIRST, SECOND, reason=""), ["ORG_006"]),
        (lambda o: move(o.actor("管理员"), OTHER_TOWN, TOWN, reason=""), ["ORG_006"]),
        (lambda o: move(o.actor("镇办"), FIRST, OTHER_TOWN, reason=""), ["PEOPLE_001"]),
        (lambda o: rename(o.actor("镇办"), FIRST, "新", reason=""), ["PEOPLE_001"]),
        (lambda o: close_unit(o.actor("管理员"), TOWN, on="2023-01-01", reason=""), ["ORG_009"]),
        (lambda o: merge(o.actor("管理员"), [FIRST], NEW, name="新", on="2023-01-01", reason=""), ["ORG_010"]),
        (lambda o: merge(o.actor("管理员"), [FIRST, FIRST], NEW, name="新", on="2023-01-01", reason=""), ["ORG_010"]),
        (lambda o: merge(o.actor("管理员"), [FIRST], FIRST, on="2023-01-01", reason=""), ["ORG_010"]),
        (lambda o: merge(o.actor("管理员"), [FIRST, FAR_FIRST], NEW, name="新", on="2023-01-01", reason=""), ["ORG_012"]),
        (lambda o: merge(o.actor("管理员"), [FIRST], TOWN, on="2023-01-01", reason=""), ["ORG_012"]),
        (lambda o: merge(o.actor("管理员"), [FIRST, SECOND], NEW, on="2023-01-01", reason=""), ["ORG_007"]),
        (lambda o: merge(o.actor("镇办"), [FIRST, SECOND], NEW, name="新", on="2023-01-01", reason=""), ["PEOPLE_001"]),
        (lambda o: split_unit(o.actor("管理员"), FIRST, [{"code": NEW, "name": "新"}], {}, on="2023-01-01", reason=""), ["ORG_010"]),
    ],
)  # fmt: skip
def test_reforms_that_make_no_sense_are_refused(
    office: Office, act: Callable[[Office], object], expected: list[str]
) -> None:
    assert codes(lambda: act(office)) == expected


def test_nothing_more_is_recorded_in_a_closed_unit_and_its_rows_stay(planted: Office) -> None:
    close_unit(planted.actor("管理员"), FIRST, on="2023-06-30", reason="整村搬迁")

    assert codes(lambda: planted.submit("orchard", FIRST, plot="9", date="2023-07-01")) == [
        "ORG_011"
    ]
    assert areas(planted, FIRST, TOWN) == [3, 12]
    admin = planted.actor("管理员")
    assert codes(lambda: close_unit(admin, FIRST, on="2023-07-01", reason="")) == ["ORG_011"]
    assert codes(lambda: move(admin, FIRST, OTHER_TOWN, reason="")) == ["ORG_011"]
    assert codes(lambda: merge(admin, [SECOND], FIRST, on="2023-07-01", reason="")) == ["ORG_011"]


def test_a_closed_village_is_counted_while_it_stood(planted: Office) -> None:
    """果园过三亩的村: 乙村 and 丙村. A village that closed keeps nobody's figure unknown in the years after."""
    for village in (FAR_FIRST, "990101101202"):
        planted.record("orchard", village, **ORCHARD)
    before = Books().as_of
    assert planted.value("orchard_villages", COUNTY, 2023) == 2

    close_unit(planted.actor("管理员"), THIRD, on="2023-12-31", reason="整村搬迁")

    assert planted.value("orchard_villages", COUNTY, 2023) == 2
    assert planted.value("orchard_villages", COUNTY, 2024) == 1
    assert planted.value("orchard_villages", COUNTY, 2024, before) == 2


def test_merged_villages_are_one_from_then_on(planted: Office) -> None:
    before = Books().as_of

    merge(
        planted.actor("管理员"), [FIRST, SECOND], NEW, name="合村", on="2024-05-01", reason="并村"
    )

    assert areas(planted, NEW, FIRST, SECOND, TOWN) == [7, 3, 4, 12]
    assert planted.value("orchard_households", NEW, 2023) == 2, (
        "001 of one village is not 001 of the other"
    )
    assert areas(planted, FIRST, SECOND, TOWN, as_of=before) == [3, 4, 12]
    assert areas(planted, NEW, as_of=before) == [None]
    same_plot = ORCHARD | {"date": "2024-06-01"}
    assert codes(lambda: planted.submit("orchard", NEW, **same_plot)) == ["LEDGER_034"], (
        "plot 1 stands in both former villages"
    )
    planted.record("orchard", NEW, **(same_plot | {"plot": "9"}))
    assert planted.value("orchard_area", NEW, 2024) == 10
    planted.record("orchard", FIRST, **(same_plot | {"young": "2", "household": "001"}))
    assert planted.value("orchard_area", NEW, 2024) == 11, "corrected by its former village's name"
    assert planted.value("orchard_area", FIRST, 2024) == 4
    assert planted.is_sound()


def test_a_count_of_villages_is_what_it_was_before_the_merger(planted: Office) -> None:
    for village in (FAR_FIRST, "990101101202"):
        planted.record("orchard", village, **ORCHARD)
    before = Books().as_of
    assert planted.value("orchard_villages", COUNTY, 2023) == 2

    merge(
        planted.actor("管理员"), [SECOND, THIRD], NEW, name="合村", on="2024-05-01", reason="并村"
    )

    assert planted.value("orchard_villages", COUNTY, 2023) == 1
    assert planted.value("orchard_villages", COUNTY, 2023, before) == 2
    split_unit(
        planted.actor("管理员"), FIRST, [{"code": NEW + "1", "name": "一"}, {"code": NEW + "2", "name": "二"}],
        {r.record: NEW + "1" for r in Books().rows("orchard", FIRST, year(2023))}, on="2024-06-01", reason="拆村",
    )  # fmt: skip
    for plot in ("8", "9"):
        planted.record("orchard", NEW + "2", plot=plot, date="2023-05-01", bearing="2", young="2")
    assert planted.value("orchard_villages", COUNTY, 2023) == 2, (
        "the village that was split is no village any more"
    )
    assert planted.value("orchard_villages", COUNTY, 2023, before) == 2


def test_a_successor_goes_on_where_the_predecessors_books_stand(planted: Office) -> None:
    close_books(planted.actor("分管领导"), COUNTY, year(2023))
    (row,) = Books().rows("orchard", FIRST, year(2023))

    merge(
        planted.actor("管理员"), [FIRST, SECOND], NEW, name="合村", on="2024-05-01", reason="并村"
    )

    planted.record("orchard", NEW, **(ORCHARD | {"plot": "5"}))
    assert areas(planted, NEW, TOWN) == [7, 12], "2023 is closed for the successor as well"
    close_books(planted.actor("分管领导"), COUNTY, year(2024))
    planted.open(2025)
    withdraw_records(planted.actor("县会计"), [row.record], reason="记重了")
    planted.approve(row.record)
    assert planted.value("orchard_area", NEW, 2024) == 10, (
        "2024 is closed for the predecessor's rows too"
    )
    assert planted.value("orchard_area", NEW, 2025) == 7
    assert planted.is_sound()


def test_a_village_merges_into_a_neighbour_and_that_into_a_third(planted: Office) -> None:
    admin = planted.actor("管理员")
    looks = [(Books().as_of, areas(planted, FIRST, SECOND, THIRD, TOWN))]
    for one, other in ((FIRST, SECOND), (SECOND, THIRD)):
        merge(admin, [one], other, on="2024-05-01", reason="并村")
        looks.append((Books().as_of, areas(planted, FIRST, SECOND, THIRD, TOWN)))

    assert [figures for _, figures in looks] == [[3, 4, 5, 12], [3, 7, 5, 12], [3, 7, 12, 12]]
    for as_of, figures in looks:
        assert areas(planted, FIRST, SECOND, THIRD, TOWN, as_of=as_of) == figures
    assert codes(lambda: merge(admin, [THIRD], SECOND, on="2024-06-01", reason=""))[0] == "ORG_011"


def test_a_split_gives_every_row_a_new_home_and_changes_no_superior(planted: Office) -> None:
    other = planted.record("orchard", FIRST, **(ORCHARD | {"plot": "002", "household": "002"}))
    waiting = planted.submit("orchard", FIRST, **(ORCHARD | {"plot": "003"}))
    close_books(planted.actor("分管领导"), OTHER_TOWN, year(2023))
    first = next(r.record for r in Books().rows("orchard", FIRST, year(2023)) if r.record != other)
    before, rows = Books().as_of, Books().rows("orchard", FIRST, year(2023))
    parts = [{"code": NEW, "name": "东村"}, {"code": NEW + "9", "name": "西村"}]
    admin = planted.actor("管理员")
    assert codes(
        lambda: split_unit(admin, FIRST, parts, {first: NEW}, on="2024-06-01", reason="拆")
    ) == ["ORG_014"]
    assert codes(
        lambda: split_unit(
            admin,
            FIRST,
            parts,
            {first: NEW, other: "x", waiting: NEW},
            on="2024-06-01",
            reason="拆",
        )
    ) == ["ORG_015"]

    moved = split_unit(
        admin,
        FIRST,
        parts,
        {first: NEW, other: NEW + "9", waiting: NEW},
        on="2024-06-01",
        reason="拆村",
    )

    assert moved == 3
    assert areas(planted, NEW, NEW + "9", FIRST, TOWN) == [3, 3, None, 15]
    assert areas(planted, FIRST, TOWN, as_of=before) == [6, 15]
    assert Books(before).rows("orchard", FIRST, year(2023)) == rows
    assert [r.record for r in Books().rows("orchard", NEW, year(2023))] == [first]
    assert [planted.value("orchard_households", u, 2023) for u in (NEW, NEW + "9", TOWN)] == [
        1,
        1,
        4,
    ]
    planted.approve(waiting)
    assert areas(planted, NEW, TOWN) == [6, 18]
    assert ledgers.get(waiting).organisation == NEW
    figure = Books().figure(FigureId("orchard_area", TOWN, year(2023)))
    assert sum(r.amount or 0 for r in Books().trace(figure).rows) == 18
    assert planted.is_sound()
    assert codes(lambda: split_unit(admin, FIRST, parts, {}, on="2024-06-01", reason="再拆")) == [
        "ORG_011"
    ]


def test_a_split_does_not_disturb_closed_months(planted: Office) -> None:
    close_books(planted.actor("分管领导"), COUNTY, year(2023))
    (row,) = Books().rows("orchard", FIRST, year(2023))

    split_unit(
        planted.actor("管理员"), FIRST, [{"code": NEW, "name": "东村"}, {"code": NEW + "9", "name": "西村"}],
        {row.record: NEW}, on="2024-06-01", reason="拆村",
    )  # fmt: skip
    planted.record("orchard", NEW, **(ORCHARD | {"young": "5"}))

    assert areas(planted, NEW, TOWN) == [3, 12]
    assert planted.value("orchard_area", NEW, 2024) == 7
    assert planted.is_sound()


def test_a_part_that_has_the_same_key_already_is_told_before_anything_moves(
    planted: Office,
) -> None:
    """Part of a village may be given to a neighbour; both may have a plot 001."""
    (row,) = Books().rows("orchard", FIRST, year(2023))
    parts = [{"code": SECOND, "name": "乙村"}, {"code": NEW, "name": "东村"}]

    assert codes(
        lambda: split_unit(
            planted.actor("管理员"),
            FIRST,
            parts,
            {row.record: SECOND},
            on="2024-06-01",
            reason="划入",
        )
    ) == ["ORG_017"]


def test_a_merged_unit_is_split_with_the_rows_of_its_former_units(planted: Office) -> None:
    admin = planted.actor("管理员")
    merge(admin, [FIRST, SECOND], NEW, name="合村", on="2024-05-01", reason="并村")
    parts = [{"code": "990101100298", "name": "上村"}, {"code": "990101100299", "name": "下村"}]
    rows = storage.fetch(
        "SELECT r.id, o.code FROM record r JOIN organisation o ON o.id = r.organisation_id "
        "WHERE o.code IN (%s, %s) ORDER BY r.id",
        [FIRST, SECOND],
    )
    apart = {r: "990101100298" if code == FIRST else "990101100299" for r, code in rows}
    together = dict.fromkeys(apart, "990101100298")

    def split(assignment: dict[int, str]) -> int:
        return split_unit(admin, NEW, parts, assignment, on="2024-06-01", reason="拆村")

    assert "ORG_017" in codes(lambda: split(together)), "001 stands in both former villages"
    assert split(apart) == len(apart)
    assert areas(planted, "990101100298", "990101100299", NEW, TOWN) == [3, 4, None, 12]
    assert codes(lambda: planted.submit("orchard", FIRST, **ORCHARD)) == ["ORG_011"]
    assert planted.is_sound()
