"""From rows to postings and from postings to figures, in memory: differences, closed months, distinct counts, derived figures."""

from __future__ import annotations

from decimal import Decimal as D
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from shuzhi.core.figures import FigureId
from shuzhi.core.indicators import (
    Amount,
    Contribution,
    MemoryBook,
    Posters,
    PostingKey,
    Version,
    additive_keys,
    advance,
    difference,
    inputs_of,
    over_units,
    parameter_value,
    scaled_text,
    shift_locked,
)
from shuzhi.core.periods import parse_period
from shuzhi.core.problems import ProblemsError
from shuzhi.core.quantities import Units, to_scaled
from tests.support.office import COUNTY, FIRST, SECOND, TOWN, UNITS, small_catalogue

CATALOGUE = small_catalogue()
POSTERS = Posters(CATALOGUE, Units(CATALOGUE.units))
PLOT = {
    "plot": "1",
    "household": "H1",
    "date": "2023-03-01",
    "bearing": "2",
    "young": "1",
    "area": "3",
    "variety": "花椒",
}


@pytest.fixture
def book() -> MemoryBook:
    return MemoryBook(
        CATALOGUE,
        {c: p for c, _, _, p in UNITS if p},
        levels={c: level for c, _, level, _ in UNITS},
    )


def value(
    book: MemoryBook, indicator: str, organisation: str, period: str, kind: Any = "actual"
) -> D | None:
    return book.figure(FigureId(indicator, organisation, parse_period(period), kind)).value


def of(contribution: Contribution, indicator: str) -> dict[int, tuple[int, ...]]:
    """Month → sums of one indicator."""
    return {k.month: tuple(v) for k, v in contribution.items() if k.indicator == indicator}


# ── postings ──────────────────────────────────────────────────────────────────────────────────────────────────────────


def test_a_register_steps_from_state_to_state() -> None:
    versions = [
        Version("2023-03-01", PLOT),
        Version("2023-08-01", PLOT | {"area": "4", "variety": "核桃"}),
    ]

    contribution = POSTERS.of("orchard").timeline(versions)

    assert of(contribution, "orchard_area") == {202303: (30000, 1, 0), 202308: (10000, 0, 0)}
    assert of(contribution, "pepper_area") == {202303: (30000, 1, 0), 202308: (-30000, -1, 0)}
    assert of(contribution, "orchard_households") == {202303: (0, 1, 0)}


def test_states_of_one_month_leave_only_the_last() -> None:
    versions = [Version("2023-03-01", PLOT), Version("2023-03-28", PLOT | {"area": "7"})]

    assert of(POSTERS.of("orchard").timeline(versions), "orchard_area") == {202303: (70000, 1, 0)}


def test_a_blank_is_posted_as_a_blank() -> None:
    blank = {k: v for k, v in PLOT.items() if k != "area"}

    contribution = POSTERS.of("orchard").timeline(
        [Version("2023-03-01", blank), Version("2023-05-01", PLOT)]
    )

    assert of(contribution, "orchard_area") == {202303: (0, 0, 1), 202305: (30000, 1, -1)}


@pytest.mark.parametrize(
    ("left", "months"),
    [
        ("2023-08-09", {202303: 1, 202308: -1}),
        ("2023-03-30", {}),
        ("2022-12-31", {}),
        (None, {202303: 1}),
    ],
)
def test_a_row_counts_until_the_month_it_ends(left: str | None, months: dict[int, int]) -> None:
    payload = {"number": "H1", "members": "3"} | ({"left": left} if left else {})

    contribution = POSTERS.of("household").timeline([Version("2023-03-01", payload)])

    assert {m: v[1] for m, v in of(contribution, "households").items()} == months
    assert {m: v[0] for m, v in of(contribution, "members").items()} == {
        m: 30000 * n for m, n in months.items()
    }
    assert of(contribution, "household#rows") == {202303: (10000, 1, 0)}, (
        "that the ledger is kept stays true"
    )


def test_an_indicator_with_its_own_date_counts_the_latest_state_once() -> None:
    early = {"number": "1", "budget": "10", "finished": "2024-02-01"}
    late = early | {"budget": "12", "finished": "2024-05-01"}
    versions = [Version("2023-03-01", early), Version("2023-09-01", late)]

    contribution = POSTERS.of("project").timeline(versions)

    assert of(contribution, "finished_budget") == {202405: (1_200_000_000 // 1, 1, 0)}
    assert of(contribution, "budget") == {
        202303: (1_000_000_000, 1, 0),
        202309: (200_000_000, 0, 0),
    }
    assert of(contribution, "projects_started") == {}


def test_a_journal_counts_by_its_latest_state() -> None:
    versions = [
        Version("2023-03-01", {"result": "成功"}),
        Version("2023-06-01", {"result": "未成"}),
    ]

    contribution = POSTERS.of("dispute").timeline(versions)

    assert (of(contribution, "disputes"), of(contribution, "settled")) == (
        {202306: (10000, 1, 0)},
        {},
    )


def test_no_state_posts_nothing() -> None:
    assert POSTERS.of("orchard").timeline([]) == {}
    with pytest.raises(ProblemsError) as error:
        POSTERS.of("no_such_ledger")
    assert [p.code for p in error.value.problems] == ["LEDGER_035"]


_dates = st.sampled_from(["2023-01-05", "2023-03-01", "2023-03-20", "2023-08-01", "2024-02-01"])
_payloads = st.fixed_dictionaries(
    {"number": st.just("H1")},
    optional={
        "members": st.sampled_from(["0", "3", "12"]),
        "left": _dates,
        "kind": st.sampled_from(["脱贫户", "一般户"]),
    },
)


@given(_payloads, _dates)
def test_the_quick_way_for_new_rows_posts_what_the_timeline_says(
    payload: dict[str, Any], date: str
) -> None:
    poster = POSTERS.of("household")
    sums: dict[PostingKey, list[int]] = {}
    for key, amount in poster.first(payload, date):
        kept = sums.setdefault(PostingKey(*key), [0, 0, 0])
        for place, part in enumerate(amount):
            kept[place] += part

    assert {k: Amount(*v) for k, v in sums.items() if any(v)} == poster.timeline(
        [Version(date, payload)]
    )


@given(st.lists(st.tuples(_dates, _payloads), max_size=6))
def test_posting_differences_adds_up_to_posting_the_end(
    states: list[tuple[str, dict[str, Any]]],
) -> None:
    poster = POSTERS.of("household")
    versions: list[Version] = []
    posted: dict[PostingKey, list[int]] = {}
    for date, payload in states:
        before = poster.timeline(versions)
        versions = advance(versions, Version(date, payload))
        for key, amount in difference(before, poster.timeline(versions)).items():
            kept = posted.setdefault(key, [0, 0, 0])
            for place, part in enumerate(amount):
                kept[place] += part

    assert {k: Amount(*v) for k, v in posted.items() if any(v)} == poster.timeline(versions)
    assert [v.date for v in versions] == sorted(v.date for v in versions)


def test_an_earlier_state_replaces_what_came_after_it() -> None:
    versions: list[Version] = []
    for date in ("2023-03-01", "2023-08-01", "2023-05-01"):
        versions = advance(versions, Version(date, {}))
    assert [v.date for v in versions] == ["2023-03-01", "2023-05-01"]

    versions = advance(versions, Version("2023-05-01", {"new": True}))
    assert [(v.date, v.payload) for v in versions] == [
        ("2023-03-01", {}),
        ("2023-05-01", {"new": True}),
    ]


def test_closed_months_are_posted_to_the_next_open_one() -> None:
    amount = Amount(10000, 1, 0)
    keys = [PostingKey("area", m, "") for m in (202211, 202312, 202401)] + [
        PostingKey("area!target", 202212, "")
    ]

    shifted = shift_locked(dict.fromkeys(keys, amount), 202312)

    assert [(k.indicator, k.month, adjusting) for k, _, adjusting in shifted] == [
        ("area", 202401, True), ("area", 202401, True), ("area", 202401, False), ("area!target", 202212, False),
    ]  # fmt: skip


@given(st.decimals(min_value=-(10**9), max_value=10**9, places=4, allow_nan=False))
def test_decimal_texts_are_scaled_exactly(number: D) -> None:
    from shuzhi.core.quantities import canonical

    assert scaled_text(canonical(number)) == to_scaled(number)
    assert scaled_text(canonical(number / 10_000), 10_000) == to_scaled(number)


# ── figures ───────────────────────────────────────────────────────────────────────────────────────────────────────────


def test_stocks_stand_and_flows_flow(book: MemoryBook) -> None:
    book.approve("orchard", FIRST, PLOT)
    book.approve("orchard", FIRST, PLOT | {"date": "2023-08-01", "young": "2", "area": None})
    for date in ("2023-02-01", "2023-07-01"):
        book.approve("visit", FIRST, {"date": date, "topic": "慰问", "amount": "200"})

    assert [
        value(book, "orchard_area", TOWN, p) for p in ("2022", "2023H1", "2023", "2024-05")
    ] == [None, 3, 4, 4]
    assert [value(book, "visits", TOWN, p) for p in ("2022", "2023H1", "2023", "2024")] == [
        None,
        1,
        2,
        None,
    ]
    assert value(book, "visit_amount", COUNTY, "2023") == 400


def test_households_are_counted_once_and_persons_by_household(book: MemoryBook) -> None:
    for number, members in (("H1", 4), ("H2", 3), ("H3", None)):
        row = {"number": number, "date": "2020-01-01"} | ({"members": members} if members else {})
        book.approve("household", FIRST, row)
    for plot, household in (("1", "H1"), ("2", "H1"), ("3", "H2"), ("4", "H3"), ("5", "H9")):
        book.approve("orchard", FIRST, PLOT | {"plot": plot, "household": household})
    book.approve("orchard", SECOND, PLOT)

    assert value(book, "orchard_households", FIRST, "2023") == 4
    assert value(book, "orchard_households", TOWN, "2023") == 5, (
        "H1 of another village is another household"
    )
    people = book.figure(FigureId("orchard_people", TOWN, parse_period("2023")))
    assert (people.value, people.rows, people.blanks) == (7, 2, 3), (
        "of three households nobody knows how many they are"
    )


def test_derived_figures_are_recomputed_at_each_level(book: MemoryBook) -> None:
    book.approve("orchard", FIRST, PLOT | {"bearing": "9"})
    book.approve("orchard", SECOND, PLOT)
    book.approve("orchard", SECOND, PLOT | {"plot": "2", "household": "H2"})

    assert [value(book, "area_each", u, "2023") for u in (FIRST, SECOND, TOWN)] == [
        10,
        3,
        D("5.33"),
    ]
    assert value(book, "area_each", "990101100203", "2023") is None
    assert value(book, "orchard_subsidy", TOWN, "2023") == 16 * 500
    assert value(book, "orchard_subsidy", TOWN, "2022") is None
    assert value(book, "orchard_villages", TOWN, "2023") is None, "one village's books are blank"
    book.approve("orchard", "990101100203", PLOT)
    assert value(book, "orchard_villages", TOWN, "2023") == 2


def test_growth_compares_with_the_same_months_a_year_earlier(book: MemoryBook) -> None:
    for date in ("2022-02-01", "2022-09-01", "2023-02-01", "2023-03-01", "2023-04-01"):
        book.approve("visit", FIRST, {"date": date, "topic": "帮扶"})

    assert value(book, "visit_growth", TOWN, "2023H1") == 200
    assert value(book, "visit_growth", TOWN, "2023") == 50
    assert value(book, "visit_growth", TOWN, "2022") is None


def test_a_promise_of_ones_own_stands_for_those_below(book: MemoryBook) -> None:
    target = {"year": "2023", "indicator": "orchard_area", "amount": "60", "date": "2023-01-01"}
    book.approve("target", FIRST, target)
    book.approve("target", SECOND, target)
    assert value(book, "orchard_area", TOWN, "2023", "target") == 120

    book.approve("target", TOWN, target | {"amount": "150"})

    assert [value(book, "orchard_area", u, "2023", "target") for u in (TOWN, COUNTY)] == [150, 150]
    assert value(book, "orchard_area", TOWN, "2023") is None


def test_a_nil_report_makes_every_figure_of_the_ledger_known(book: MemoryBook) -> None:
    book.approve("nil", FIRST, {"ledger": "visit", "month": "2023-04", "date": "2023-05-01"})

    for key in ("visits", "visit_amount", "visited_households", "visited_people"):
        assert (value(book, key, FIRST, "2023-04"), value(book, key, FIRST, "2023-05")) == (
            0,
            None,
        ), key


def test_what_is_not_defined_is_named(book: MemoryBook) -> None:
    for kind in ("actual", "target", "parameter"):
        with pytest.raises(ProblemsError) as error:
            value(book, "no_such", TOWN, "2023", kind)
        assert [(p.code, p.params) for p in error.value.problems] == [
            ("FIGURE_001", {"indicator": "no_such"})
        ]


@pytest.mark.parametrize(
    ("name", "values", "result"),
    [
        ("count_units", [True, False, True], 2), ("count_units", [True, None], None), ("count_units", [], None),
        ("min_units", [D(2), D(1)], 1), ("max_units", [D(2), D(1)], 2), ("sum_units", [D(2), D(1)], 3), ("sum_units", [D(2), None], None),
    ],
)  # fmt: skip
def test_figures_over_units(name: str, values: list[Any], result: int | None) -> None:
    assert over_units(name, values) == result


@pytest.mark.parametrize(
    ("period", "expected"),
    [("2021", None), ("2022H1", 400), ("2022", 400), ("2023-01", 500), ("2030", 500)],
)
def test_a_parameter_holds_from_its_date(period: str, expected: int | None) -> None:
    assert (
        parameter_value(CATALOGUE.parameters["orchard_standard"], parse_period(period)) == expected
    )


def test_the_inputs_of_a_derived_figure_are_named_in_order() -> None:
    period = parse_period("2023")

    def inputs(key: str) -> list[tuple[str, str, Any, str]]:
        found = inputs_of(
            CATALOGUE.indicators[key], TOWN, period, lambda code, level, since: [FIRST, SECOND]
        )
        return [(i.indicator, i.organisation, i.period, i.kind) for i in found]

    last = parse_period("2022")
    assert inputs("visit_growth") == [
        ("visits", TOWN, period, "actual"),
        ("visits", TOWN, last, "actual"),
    ]
    assert inputs("orchard_villages") == [
        ("orchard_area", FIRST, period, "actual"),
        ("orchard_area", SECOND, period, "actual"),
    ]
    assert inputs("orchard_subsidy") == [
        ("pepper_area", TOWN, period, "actual"),
        ("orchard_standard", TOWN, period, "parameter"),
    ]
    assert inputs("orchard_area") == []


def test_sums_and_counts_are_what_adds() -> None:
    derived_or_distinct = {
        "orchard_households", "orchard_people", "visited_households", "visited_people",
        "area_each", "visit_growth", "orchard_villages", "orchard_subsidy",
    }  # fmt: skip

    assert set(additive_keys(CATALOGUE)) == set(CATALOGUE.indicators) - derived_or_distinct
