"""Periods: what is written names exactly the months it says, in both directions."""

from __future__ import annotations

import doctest
from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from shuzhi.core import periods
from shuzhi.core.periods import (
    FIRST_MONTH,
    Period,
    add_months,
    count_months,
    format_period,
    half,
    iterate_months,
    month,
    month_of,
    next_month,
    next_year,
    parse_month,
    parse_period,
    previous_year,
    quarter,
    since,
    up_to,
    year,
)
from shuzhi.core.problems import Problem, ProblemsError
from shuzhi.messages import all_messages, render


def codes(error: pytest.ExceptionInfo[ProblemsError]) -> list[str]:
    return [problem.code for problem in error.value.problems]


def test_the_examples_in_the_docstrings_hold():
    result = doctest.testmod(periods)
    assert result.attempted > 12
    assert result.failed == 0


@pytest.mark.parametrize(
    ("text", "start", "end"),
    [
        ("2023", 202301, 202401), ("2023H1", 202301, 202307), ("2023h2", 202307, 202401), ("2023Q1", 202301, 202304), ("2023Q4", 202310, 202401), ("2023-07", 202307, 202308),
        ("2023-12", 202312, 202401), ("2023/7", 202307, 202308), ("2023.7", 202307, 202308), ("2019..2023", 201901, 202401), ("..2023", FIRST_MONTH, 202401), ("..2023H1", FIRST_MONTH, 202307), ("2023-02..2023-06", 202302, 202307),
        ("2023年", 202301, 202401), ("2023年度", 202301, 202401), ("2023年全年", 202301, 202401), ("2023年上半年", 202301, 202307), ("2023年下半年", 202307, 202401), ("2023年第三季度", 202307, 202310),
        ("2023年一季度", 202301, 202304), ("2023年第4季度", 202310, 202401), ("2023年7月", 202307, 202308), ("2023 年 7 月份", 202307, 202308), ("２０２３年７月", 202307, 202308), ("二〇二三年七月", None, None),
        ("二〇二三年上半年", 202301, 202307), ("2021—2023年", 202101, 202401), ("2021年至2023年", 202101, 202401), ("2023年1-6月", 202301, 202307), ("2023年11月至2024年2月", 202311, 202403),
        ("截至2023年底", FIRST_MONTH, 202401), ("截至2023年7月底", FIRST_MONTH, 202308), ("截至2023年6月", FIRST_MONTH, 202307), ("1900", 190001, 190101),
    ],
)  # fmt: skip
def test_a_written_period_is_read(text, start, end):
    if start is None:
        with pytest.raises(ProblemsError) as error:
            parse_period(text)
        assert codes(error) == ["PERIOD_001"]
    else:
        assert parse_period(text) == Period(start, end)


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("", ["PERIOD_007"]), ("　", ["PERIOD_007"]), ("去年", ["PERIOD_001"]), ("23", ["PERIOD_001"]), ("2023-", ["PERIOD_001"]), ("2023..", ["PERIOD_001"]), ("2023..2024..2025", ["PERIOD_001"]),
        ("2023-13", ["PERIOD_002"]), ("2023-00", ["PERIOD_002"]), ("2023年13月", ["PERIOD_002"]), ("1899", ["PERIOD_003"]), ("3000年", ["PERIOD_003"]), ("2023H3", ["PERIOD_004"]), ("2023Q0", ["PERIOD_005"]),
        ("2023Q5", ["PERIOD_005"]), ("2023..2019", ["PERIOD_006"]), ("2023年6月至2023年2月", ["PERIOD_006"]), ("2023年6-2月", ["PERIOD_006"]), ("2023-13..1800", ["PERIOD_002", "PERIOD_003"]),
    ],
)  # fmt: skip
def test_what_is_no_period_is_reported(text, expected):
    with pytest.raises(ProblemsError) as error:
        parse_period(text)
    assert codes(error) == expected


MONTHS = st.integers(min_value=1900 * 12, max_value=2999 * 12 + 11).map(
    lambda index: index // 12 * 100 + index % 12 + 1
)


@st.composite
def any_periods(draw: st.DrawFn) -> Period:
    first = draw(MONTHS)
    length = draw(st.one_of(st.sampled_from([1, 3, 6, 12, 24]), st.integers(1, 200)))
    kind = draw(st.sampled_from(["any", "year", "open"]))
    start = {"any": first, "year": first // 100 * 100 + 1, "open": FIRST_MONTH}[kind]
    return Period(start, min(add_months(start, length), 300001))


@given(any_periods(), st.sampled_from(["code", "zh"]))
def test_a_period_is_read_back_from_its_name(period, language):
    assert parse_period(format_period(period, language)) == period


@given(any_periods())
def test_the_months_inside_are_those_it_contains(period):
    inside = list(iterate_months(period))
    assert len(inside) == count_months(period)
    assert inside[0] == period.start
    assert inside[-1] == period.last
    assert all(period.contains(one) for one in inside)
    assert not period.contains(period.end)
    assert all(next_month(a) == b for a, b in pairwise(inside))


@given(st.integers(1901, 2998), st.integers(1, 12), st.integers(1, 24))
def test_a_year_later_and_earlier_is_the_same_period(number, first, length):
    period = Period(number * 100 + first, min(add_months(number * 100 + first, length), 299901))
    assert previous_year(next_year(period)) == period
    assert count_months(next_year(period)) == count_months(period)
    assert next_year(period).year == period.year + 1


@pytest.mark.parametrize(
    ("period", "zh", "code", "en"),
    [
        (year(2023), "2023年", "2023", "2023"), (half(2023, 2), "2023年下半年", "2023H2", "second half of 2023"), (quarter(2023, 1), "2023年第一季度", "2023Q1", "first quarter of 2023"),
        (month(202307), "2023年7月", "2023-07", "July 2023"), (since(2019, year(2023)), "2019年至2023年", "2019..2023", "2019–2023"), (up_to(year(2023)), "截至2023年底", "..2023", "up to the end of 2023"),
        (up_to(half(2023, 1)), "截至2023年6月底", "..2023-06", "up to the end of June 2023"), (Period(202302, 202307), "2023年2月至6月", "2023-02..2023-06", "February 2023 to June 2023"),
        (Period(202311, 202403), "2023年11月至2024年2月", "2023-11..2024-02", "November 2023 to February 2024"),
    ],
)  # fmt: skip
def test_a_period_is_named_in_three_ways(period, zh, code, en):
    assert [format_period(period, language) for language in ("zh", "code", "en")] == [zh, code, en]
    assert format_period(period) == zh


def test_periods_follow_from_one_another():
    assert up_to(quarter(2023, 2)) == Period(FIRST_MONTH, 202307)
    assert since(2023, year(2023)) == year(2023)
    assert previous_year(up_to(year(2023))) == up_to(year(2022))
    assert next_year(half(2023, 1)) == half(2024, 1)
    assert next_year(year(1900)) == year(1901)
    assert month_of("2023-08-01") == 202308
    assert year(2023).year == 2023


def test_a_period_cannot_be_made_out_of_what_is_none():
    for make, expected in [
        (lambda: year(1800), "PERIOD_003"), (lambda: half(2023, 0), "PERIOD_004"), (lambda: quarter(2023, 5), "PERIOD_005"), (lambda: month(202313), "PERIOD_002"),
        (lambda: since(2024, year(2023)), "PERIOD_006"), (lambda: previous_year(year(1900)), "PERIOD_003"), (lambda: next_year(year(2999)), "PERIOD_003"),
    ]:  # fmt: skip
        with pytest.raises(ProblemsError) as error:
            make()
        assert codes(error) == [expected]


def test_a_month_is_a_single_month():
    assert parse_month("2023-07") == 202307
    assert parse_month("2023年7月") == 202307
    with pytest.raises(ProblemsError) as error:
        parse_month("2023Q1")
    assert codes(error) == ["PERIOD_008"]


PERIOD_PROBLEMS = [
    Problem("PERIOD_001", {"text": "去年"}),
    Problem("PERIOD_002", {"month": 13}),
    Problem("PERIOD_003", {"year": 1800, "first": 1900, "last": 2999}),
    Problem("PERIOD_004", {"number": 3}),
    Problem("PERIOD_005", {"number": 5}),
    Problem("PERIOD_006", {"start": "2023-06", "end": "2023-02"}),
    Problem("PERIOD_007"),
    Problem("PERIOD_008", {"text": "2023Q1"}),
]


@pytest.mark.parametrize("problem", PERIOD_PROBLEMS, ids=lambda problem: problem.code)
def test_every_problem_reads_in_both_languages(problem):
    chinese, english = render(problem), render(problem, "en")
    for param in problem.params.values():
        assert str(param) in chinese
        assert str(param) in english
    assert "应" in chinese
    assert chinese != english


def test_no_period_message_is_left_out_above():
    declared = {code for code in all_messages() if code.startswith("PERIOD_")}
    assert declared == {problem.code for problem in PERIOD_PROBLEMS}
