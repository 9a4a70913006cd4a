"""Chinese numerals as clerks write them, and as headings print them."""

from __future__ import annotations

import doctest
from decimal import Decimal
from fractions import Fraction

import cn2an
import pytest
from hypothesis import given
from hypothesis import strategies as st

from shuzhi.core import numerals
from shuzhi.core.numerals import (
    ordinal_heading,
    parse_fraction,
    parse_numeral,
    point,
    to_chinese,
)


def test_the_examples_in_the_docstrings_hold():
    result = doctest.testmod(numerals)
    assert result.attempted > 4
    assert result.failed == 0


@pytest.mark.parametrize(
    ("text", "value"),
    [
        ("0", "0"), ("12", "12"), ("１２", "12"), ("1,920", "1920"), ("1，234，567.5", "1234567.5"), ("２．５", "2.5"), ("-3", "-3"), ("－3", "-3"),
        ("负三", "-3"), ("+7", "7"), (" 8 ", "8"), ("1.2万", "12000"), ("48.2875万", "482875"), ("3亿2000万", "320000000"), ("5万2千", "52000"),
        ("1万2000", "12000"), ("3百万", "3000000"), ("1,200万", "12000000"), ("0.54万", "5400"),
        ("零", "0"), ("〇", "0"), ("一", "1"), ("两", "2"), ("兩", "2"), ("十", "10"), ("十二", "12"), ("二十", "20"), ("二十五", "25"),
        ("一百", "100"), ("一百零三", "103"), ("一百一十", "110"), ("一百二", "120"), ("一百十二", "112"), ("两百五", "250"), ("一千零一", "1001"), ("一千零三十", "1030"),
        ("三千六百四十七", "3647"), ("三千六", "3600"), ("一千二百五", "1250"), ("一万二千", "12000"), ("两万五", "25000"), ("一万零五", "10005"), ("一万三百", "10300"),
        ("十万零一十", "100010"), ("一百万零一千", "1001000"), ("一亿二", "120000000"), ("一万亿", "1000000000000"), ("二百亿零三", "20000000003"),
        ("壹万贰仟叁佰", "12300"), ("二〇二三", "2023"), ("二零二三", "2023"), ("二○○八", "2008"), ("一二三", "123"), ("零五", "5"),
        ("半", "0.5"), ("两个半", "2.5"), ("三点五", "3.5"), ("零点零五", "0.05"), ("十二点七五", "12.75"), ("三点五万", "35000"),
    ],
)  # fmt: skip
def test_a_written_number_is_read(text, value):
    assert parse_numeral(text) == Decimal(value)


@pytest.mark.parametrize(
    "text",
    [
        "", " ", "几", "几十", "十几", "三四十", "三四", "一两", "百余", "多", "XX", "*", "1,23", "12,34", "1.2.3", "1..2", "1万5", "2千3万", "1.5万2000", "3万万",
        "万", "百", "千", "零百", "一百零", "一零十", "一百百", "十百", "亩", "三亩", "十亿亿", "一亿一亿", "零亿", "一万零", "点五", "三点", "三点十", "个半",
        "三分之二", "百分之八十", "六成", "-", "负", "约30", "12人", "万1", "一百3", "3一", "零万", "一零零零零万", "零零点", "1十百",
    ],
)  # fmt: skip
def test_what_is_no_definite_number_is_not_guessed(text):
    assert parse_numeral(text) is None


def test_digits_are_kept_as_written():
    assert str(parse_numeral("2.50")) == "2.50"
    assert str(parse_numeral("1.2万")) == "12000"


@pytest.mark.parametrize(
    ("text", "value"),
    [
        ("三分之二", Fraction(2, 3)), ("三分之一", Fraction(1, 3)), ("百分之八十", Fraction(4, 5)), ("百分之百", None), ("百分之一百", Fraction(1)),
        ("百分之三十七点五", Fraction(3, 8)), ("百分之80", Fraction(4, 5)), ("千分之三", Fraction(3, 1000)), ("万分之五", Fraction(1, 2000)), ("六成", Fraction(3, 5)),
        ("六成五", Fraction(13, 20)), ("六成半", Fraction(13, 20)), ("7成", Fraction(7, 10)), ("十成", Fraction(1)), ("十一成", None), ("几成", None), ("80%", Fraction(4, 5)), ("８０％", Fraction(4, 5)),
        ("3‰", Fraction(3, 1000)), ("2/3", Fraction(2, 3)), ("2/0", None), ("一半", Fraction(1, 2)), ("半数", Fraction(1, 2)), ("零分之一", None),
        ("三分之几", None), ("八十", None), ("成", None), ("", None),
    ],
)  # fmt: skip
def test_a_share_is_read_as_an_exact_fraction(text, value):
    assert parse_fraction(text) == value


@pytest.mark.parametrize(
    ("number", "text"),
    [
        (0, "零"), (1, "一"), (10, "十"), (11, "十一"), (20, "二十"), (100, "一百"), (101, "一百零一"), (110, "一百一十"), (111, "一百一十一"), (1001, "一千零一"),
        (1010, "一千零一十"), (10001, "一万零一"), (10010, "一万零一十"), (100000, "十万"), (100010, "十万零一十"), (10**8, "一亿"), (10**8 + 10**5, "一亿零一十万"),
        (10**12, "一万亿"), (10**12 + 10**8, "一万零一亿"), (-5, "负五"),
    ],
)  # fmt: skip
def test_an_integer_is_written_in_chinese(number, text):
    assert to_chinese(number) == text


@given(st.integers(min_value=0, max_value=10**12))
def test_what_is_written_is_read_back(number):
    assert parse_numeral(to_chinese(number)) == number


@given(st.integers(min_value=0, max_value=10**8))
def test_writing_agrees_with_the_common_library(number):
    assert to_chinese(number) == cn2an.an2cn(number)


@given(
    st.text(alphabet="零一二三四五六七八九十百千万亿两半点个分之成1234567890.,%负-", max_size=12)
)
def test_no_text_makes_the_readers_fail(text):
    number = parse_numeral(text)
    share = parse_fraction(text)
    assert number is None or number.is_finite()
    assert share is None or share >= -(10**20)


def test_numbers_beyond_custom_are_refused():
    with pytest.raises(ValueError, match="customary"):
        to_chinese(10**16)


def test_headings_are_numbered_by_level():
    assert [ordinal_heading(level, 12) for level in (1, 2, 3, 4)] == [
        "十二、",
        "（十二）",
        "12.",
        "（12）",
    ]
    assert [point(n) for n in (1, 2, 10)] == ["一是", "二是", "十是"]
    with pytest.raises(ValueError, match="four levels"):
        ordinal_heading(5, 1)
    with pytest.raises(ValueError, match="from 1"):
        ordinal_heading(1, 0)
