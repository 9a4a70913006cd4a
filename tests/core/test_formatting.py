"""Values in reports: as many digits as needed, and 余, 近, 以上 only where they are true."""

from __future__ import annotations

import doctest
from decimal import Decimal

import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from shuzhi.core import formatting
from shuzhi.core.definitions import UnitDef
from shuzhi.core.formatting import (
    format_date,
    format_month,
    format_value,
    is_consistent,
    last_place,
    parse_style,
)
from shuzhi.core.problems import ProblemsError
from shuzhi.core.quantities import Units

UNITS = Units(
    {
        key: UnitDef(key, base, Decimal(factor), aliases=aliases)
        for key, base, factor, aliases in [
            ("元", "元", "1", ()),
            ("万元", "元", "10000", ("万",)),
            ("亿元", "元", "100000000", ()),
            ("亩", "亩", "1", ()),
            ("公顷", "亩", "15", ()),
            ("米", "米", "1", ()),
            ("公里", "米", "1000", ("千米",)),
            ("人", "人", "1", ("名",)),
            ("人次", "人次", "1", ()),
            ("户", "户", "1", ()),
            ("个", "个", "1", ()),
            ("件", "件", "1", ()),
            ("篇", "篇", "1", ()),
            ("%", "%", "1", ("％",)),
            ("百分点", "百分点", "1", ("个百分点",)),
        ]
    }
)


def codes(error: pytest.ExceptionInfo[ProblemsError]) -> list[str]:
    return [problem.code for problem in error.value.problems]


def test_the_examples_in_the_docstrings_hold():
    result = doctest.testmod(formatting)
    assert result.attempted >= 4
    assert result.failed == 0


@pytest.mark.parametrize(
    ("value", "unit", "style", "text", "shown", "approx"),
    [
        ("52700", "万亩", "", "5.27万亩", "52700", False), ("482875", "万元", "", "48.2875万元", "482875", False), ("482875", "元", "", "482875元", "482875", False),
        ("2840", "人", "", "2840人", "2840", False), ("1E+2", "户", "", "100户", "100", False), ("6.00", "个", "", "6个", "6", False), ("0", "件", "", "0件", "0", False),
        ("23", "名", "", "23名", "23", False), ("1920", "公里", "", "1.92公里", "1920", False), ("1920", "千米", "", "1.92千米", "1920", False), ("0.01", "万元", "", "0.000001万元", "0.01", False),
        ("100", "％", "", "100%", "100", False), ("2.3", "百分点", "", "2.3个百分点", "2.3", False), ("-3.5", "%", "", "-3.5%", "-3.5", False),
        ("128", "篇", "余100", "100余篇", "100", True), ("100", "篇", "余100", "100篇", "100", False), ("99", "篇", "余100", "99篇", "99", False),
        ("214", "人", "多100", "200多人", "200", True), ("2480", "米", "余1000", "2000余米", "2000", True), ("53000", "万元", "余1", "5万余元", "50000", True),
        ("50000", "万元", "余1", "5万元", "50000", False), ("31234", "万人次", "多0.1", "3.1万多人次", "31000", True), ("2480", "千米", "余1", "2余千米", "2000", True),
        ("2480", "千亩", "余1", "2千余亩", "2000", True), ("170", "亩", "余50", "170亩", "170", False), ("-128", "元", "余100", "-128元", "-128", False),
        ("63.5", "%", "以上10", "60%以上", "60", True), ("60", "%", "以上10", "60%以上", "60", True), ("5", "%", "以上10", "5%", "5", False), ("1034000", "万元", "以上100", "100万元以上", "1000000", True),
        ("98", "户", "近10", "近100户", "100", True), ("100", "户", "近10", "100户", "100", False), ("61", "户", "近100", "61户", "61", False), ("638", "人", "近10", "近640人", "640", True),
        ("98", "户", "约10", "约100户", "100", True), ("645", "人", "约10", "约650人", "650", True), ("150", "亩", "约100", "150亩", "150", False), ("4", "人", "约10", "4人", "4", False), ("640", "人", "约10", "640人", "640", False),
        ("100", "公顷", "", "约6.6667公顷", "100.0005", True), ("30", "公顷", "", "2公顷", "30", False), ("100", "公顷", "余1", "6余公顷", "90", True), ("-100", "公顷", "", "约-6.6667公顷", "-100.0005", True),
    ],
)  # fmt: skip
def test_a_value_is_printed(value, unit, style, text, shown, approx):
    display = format_value(Decimal(value), unit, UNITS, style)

    assert display.text == text
    assert str(display.shown) == shown
    assert display.approx is approx
    assert display.number in display.text


def test_number_and_unit_are_also_given_apart():
    display = format_value(Decimal("53000"), "万元", UNITS, "余1")
    assert (display.number, display.unit) == ("5", "万元")


@pytest.mark.parametrize("style", ["余", "余0", "几100", "100余", "余-1", "余10 "])
def test_an_unknown_style_is_a_problem(style):
    with pytest.raises(ProblemsError) as error:
        format_value(Decimal(1), "人", UNITS, style)
    assert codes(error) == ["QUANTITY_010"]
    assert parse_style("") is None


def test_an_unknown_unit_is_a_problem():
    with pytest.raises(ProblemsError) as error:
        format_value(Decimal(1), "斛", UNITS)
    assert codes(error) == ["QUANTITY_001"]


@pytest.mark.parametrize(
    ("shown", "word", "true_of", "untrue_of"),
    [
        ("480", "", ["480"], ["479", "481"]),
        ("640", "余", ["641", "649.9"], ["640", "650", "639"]), ("200", "多", ["201", "299"], ["200", "300"]), ("2000", "余", ["2480"], ["2000", "3000"]),
        ("5.2", "余", ["5.27"], ["5.3"]), ("50000", "余", ["53000"], ["60000"]),
        ("60", "以上", ["60", "95"], ["59.9"]), ("100", "至少", ["100"], ["99"]), ("100", "不少于", ["101"], ["99"]), ("100", "不低于", ["100"], ["99"]), ("100", "达到", ["100"], ["99"]),
        ("60", "以下", ["60"], ["61"]), ("60", "以内", ["60"], ["61"]), ("60", "不超过", ["60"], ["60.1"]),
        ("100", "超", ["101"], ["100"]), ("100", "超过", ["101"], ["100"]), ("100", "突破", ["101"], ["100"]),
        ("100", "不足", ["99"], ["100"]), ("100", "不满", ["99"], ["100"]), ("100", "不到", ["99"], ["100"]),
        ("100", "近", ["91", "99"], ["100", "60", "101"]), ("640", "近", ["638"], ["629", "641"]),
        ("100", "约", ["90", "100", "110"], ["89", "111"]), ("640", "左右", ["636", "645"], ["634", "646"]), ("640", "大约", ["640"], ["650"]),
    ],
)  # fmt: skip
def test_a_word_is_true_or_not(shown, word, true_of, untrue_of):
    assert [is_consistent(Decimal(shown), word, Decimal(exact)) for exact in true_of] == [
        True
    ] * len(true_of)
    assert [is_consistent(Decimal(shown), word, Decimal(exact)) for exact in untrue_of] == [
        False
    ] * len(untrue_of)


def test_a_word_without_a_rule_is_refused():
    with pytest.raises(ValueError, match="大概"):
        is_consistent(Decimal(1), "大概", Decimal(1))


@pytest.mark.parametrize(
    ("shown", "place"),
    [("640", "10"), ("2000", "1000"), ("7", "1"), ("0", "1"), ("5.27", "0.01"), ("5.20", "0.01"), ("5.0", "0.1"), ("1E+3", "1000"), ("-120", "10")],
)  # fmt: skip
def test_the_last_meant_digit_is_found(shown, place):
    assert last_place(Decimal(shown)) == Decimal(place)


@given(
    st.decimals(min_value=-(10**6), max_value=10**9, places=2),
    st.sampled_from(["元", "万元", "亿元", "公里", "户", "公顷"]),
    st.sampled_from(["", "余100", "多10", "余0.1", "以上10", "近10", "近100", "约10", "约1"]),
)  # fmt: skip
def test_what_is_printed_is_true_and_plain(value, unit, style):
    display = format_value(value, unit, UNITS, style)
    shown = Decimal(display.number)
    exact = UNITS.from_base_exactly(value, unit)

    assert "E" not in display.text
    assert "." not in display.number or not display.number.endswith("0")
    if not display.approx:
        assert exact == shown
    elif unit != "公顷":
        assert is_consistent(shown, style.rstrip("0123456789."), exact)
    else:
        assert "约" in display.text or is_consistent(shown, style.rstrip("0123456789."), exact)


@given(st.decimals(min_value=1, max_value=10**6, places=1), st.sampled_from([1, 10, 100]))
def test_the_shown_value_never_exceeds_an_exact_one_said_to_be_more(value, step):
    assume(value >= step)
    assert format_value(value, "户", UNITS, f"余{step}").shown <= value


def test_dates_are_written_without_padding():
    assert format_date("2024-01-05") == "2024年1月5日"
    assert format_date("2024-01-05", "code") == "2024-01-05"
    assert format_date("2023-12-31", "en") == "31 December 2023"
    assert format_month(202307) == "2023年7月"
    for wrong in ("2023-02-30", "明天", ""):
        with pytest.raises(ProblemsError) as error:
            format_date(wrong)
        assert codes(error) == ["QUANTITY_011"]
