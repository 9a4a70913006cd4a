"""Units and exact amounts: what a clerk writes becomes 1/10000 of the base unit and comes back unchanged."""

from __future__ import annotations

import doctest
from decimal import Decimal
from fractions import Fraction
from pathlib import Path

import pytest
import yaml
from hypothesis import given
from hypothesis import strategies as st

import shuzhi
from shuzhi.core import quantities
from shuzhi.core.definitions import UnitDef
from shuzhi.core.problems import Problem, ProblemsError
from shuzhi.core.quantities import (
    Units,
    canonical,
    from_scaled,
    mu_of_square_metres,
    problems_of_units,
    square_metres_of_mu,
    to_scaled,
)
from shuzhi.messages import all_messages, render

UNITS_FILE = Path(shuzhi.__file__).parent / "catalogue" / "units.yaml"


def shipped_units() -> Units:
    entries = yaml.safe_load(UNITS_FILE.read_text(encoding="utf-8"))["units"]
    return Units(
        {
            entry["key"]: UnitDef(
                **{
                    **entry,
                    "factor": Decimal(entry["factor"]),
                    "aliases": tuple(entry.get("aliases", ())),
                }
            )
            for entry in entries
        }
    )


UNITS = shipped_units()


def codes(error: pytest.ExceptionInfo[ProblemsError]) -> list[str]:
    return [problem.code for problem in error.value.problems]


def test_the_examples_in_the_docstrings_hold():
    result = doctest.testmod(quantities)
    assert result.attempted >= 5
    assert result.failed == 0


@pytest.mark.parametrize(
    ("unit", "base", "factor"),
    [
        ("亩", "亩", "1"), ("公顷", "亩", "15"), ("万亩", "亩", "10000"),
        ("平方米", "平方米", "1"), ("平方千米", "平方米", "1000000"), ("平方公里", "平方米", "1000000"),
        ("米", "米", "1"), ("公里", "米", "1000"), ("千米", "米", "1000"), ("万公里", "米", "10000000"),
        ("元", "元", "1"), ("万元", "元", "10000"), ("亿元", "元", "100000000"), ("百万元", "元", "1000000"),
        ("千万元", "元", "10000000"), ("万", "元", "10000"), ("十万元", "元", "100000"),
        ("户", "户", "1"), ("人", "人", "1"), ("名", "人", "1"), ("万名", "人", "10000"), ("万人次", "人次", "10000"),
        ("万头", "头", "10000"), ("万只", "只", "10000"), ("件", "件", "1"), ("起", "件", "1"), ("村", "个", "1"),
        ("公斤", "公斤", "1"), ("千克", "公斤", "1"), ("吨", "公斤", "1000"), ("斤", "公斤", "0.5"),
        ("％", "%", "1"), ("%", "%", "1"), ("百分之", "%", "1"), ("个百分点", "百分点", "1"),
        ("座", "座", "1"), ("辆", "辆", "1"), ("盏", "盏", "1"), ("处", "处", "1"), ("间", "间", "1"), ("项", "项", "1"),
        ("场次", "场次", "1"), ("次", "次", "1"), ("期", "期", "1"), ("篇", "篇", "1"), ("条", "条", "1"), (" 万元 ", "元", "10000"),
    ],
)  # fmt: skip
def test_a_unit_is_found_by_any_of_its_spellings(unit, base, factor):
    assert UNITS.base_of(unit) == base
    assert UNITS.factor(unit) == Decimal(factor)
    assert unit in UNITS


@pytest.mark.parametrize("unit", ["", "万万亩", "斛", "亩万", "千瓦"])
def test_an_unknown_unit_is_not_guessed(unit):
    assert UNITS.get(unit) is None
    assert unit not in UNITS
    with pytest.raises(ProblemsError) as error:
        UNITS.factor(unit)
    assert codes(error) == ["QUANTITY_001"]


def test_an_unknown_unit_is_answered_with_near_spellings():
    with pytest.raises(ProblemsError) as error:
        UNITS.require("平方")
    assert "平方米" in error.value.problems[0].params["known"]


def test_looking_up_a_magnitude_twice_does_not_stack_it():
    assert UNITS.get("万亩") is not None
    assert UNITS.get("万亩") == UNITS.get("万亩")
    assert UNITS.get("万万亩") is None


@pytest.mark.parametrize(
    ("a", "b", "expected"),
    [("万元", "元", True), ("亩", "公顷", True), ("亩", "平方米", False), ("户", "人", False), ("斛", "斛", False)],
)  # fmt: skip
def test_only_units_of_one_base_convert(a, b, expected):
    assert UNITS.is_convertible(a, b) is expected


@pytest.mark.parametrize(
    ("value", "unit", "base_value"),
    [
        ("5.27", "万亩", "52700"), ("48.2875", "万元", "482875"), ("1.3", "公里", "1300"), ("3.1", "万人次", "31000"),
        ("0.54", "万头", "5400"), ("2", "公顷", "30"), ("113870.00", "元", "113870"), ("-2.5", "万元", "-25000"),
        ("12345678901234567890123456789.5", "元", "12345678901234567890123456789.5"),
    ],
)  # fmt: skip
def test_values_convert_to_the_base_and_back_exactly(value, unit, base_value):
    assert str(UNITS.to_base(Decimal(value), unit)) == base_value
    assert str(UNITS.from_base(Decimal(base_value), unit)) == canonical(Decimal(value))


def test_a_unit_that_does_not_divide_evenly_is_exact_only_as_a_fraction():
    assert UNITS.from_base_exactly(Decimal(100), "公顷") == Fraction(20, 3)
    assert str(UNITS.from_base(Decimal(100), "公顷")).startswith("6.6666666")


def test_units_of_different_bases_are_refused():
    assert UNITS.convert(Decimal("1.5"), "公里", "米") == 1500
    with pytest.raises(ProblemsError) as error:
        UNITS.convert(Decimal(1), "亩", "平方米")
    assert codes(error) == ["QUANTITY_002"]


def test_mu_and_square_metres_convert_only_by_an_explicit_call():
    assert square_metres_of_mu(Decimal(1)) == Fraction(2000, 3)
    assert mu_of_square_metres(Decimal(14)) == Fraction(21, 1000)
    assert mu_of_square_metres(Decimal(1_000_000)) == 1500


@pytest.mark.parametrize(
    ("value", "text"),
    [("2.50", "2.5"), ("1E+2", "100"), ("0.0", "0"), ("-0", "0"), ("100", "100"), ("-1.10", "-1.1"), ("1E-4", "0.0001")],
)  # fmt: skip
def test_a_number_has_one_written_form(value, text):
    assert canonical(Decimal(value)) == text


@pytest.mark.parametrize(
    ("value", "code"),
    [
        ("0.00001", "QUANTITY_003"), ("1.23456", "QUANTITY_003"), ("1" * 10 + "." + "1" * 450, "QUANTITY_003"), ("1E-999", "QUANTITY_003"),
        ("922337203685477.5808", "QUANTITY_004"), ("-1E+15", "QUANTITY_004"), ("1E+999999", "QUANTITY_004"),
        ("NaN", "QUANTITY_005"), ("Infinity", "QUANTITY_005"),
    ],
)  # fmt: skip
def test_an_amount_the_books_cannot_hold_is_a_problem(value, code):
    with pytest.raises(ProblemsError) as error:
        to_scaled(Decimal(value))
    assert codes(error) == [code]


def test_numbers_without_end_have_no_written_form():
    with pytest.raises(ProblemsError) as error:
        canonical(Decimal("1E+40"))
    assert codes(error) == ["QUANTITY_004"]
    with pytest.raises(ProblemsError) as error:
        UNITS.to_base(Decimal("1." + "1" * 450), "万元")
    assert codes(error) == ["QUANTITY_003"]


def test_the_largest_amount_still_fits():
    assert to_scaled(Decimal("922337203685477.5807")) == 2**63 - 1


@given(st.integers(min_value=-(2**63) + 1, max_value=2**63 - 1))
def test_a_kept_amount_comes_back_unchanged(scaled):
    value = from_scaled(scaled)
    assert to_scaled(value) == scaled
    assert str(value) == canonical(value)
    assert Decimal(canonical(value)) == value


@given(
    st.decimals(allow_nan=False, allow_infinity=False, places=4, min_value=-(10**8), max_value=10**8),
    st.sampled_from(["万元", "亿元", "公里", "万亩", "公顷", "斤", "％"]),
)  # fmt: skip
def test_converting_there_and_back_loses_nothing(value, unit):
    assert UNITS.from_base(UNITS.to_base(value, unit), unit) == value


def test_contradictions_between_definitions_are_all_reported():
    broken = {
        "甲": UnitDef("甲", "甲", Decimal(1), aliases=("乙",)),
        "乙": UnitDef("乙", "无", Decimal(2)),
        "丙": UnitDef("丙", "丁", Decimal(2)),
        "丁": UnitDef("丁", "甲", Decimal(10)),
        "戊": UnitDef("戊", "甲", Decimal(0)),
    }
    found = [(problem.code, problem.params["unit"]) for problem in problems_of_units(broken)]

    assert found == [
        ("QUANTITY_007", "乙"), ("QUANTITY_009", "乙"), ("QUANTITY_008", "丙"), ("QUANTITY_006", "戊"),
    ]  # fmt: skip
    with pytest.raises(ProblemsError) as error:
        Units(broken)
    assert len(error.value.problems) == 4


def test_the_shipped_units_have_english_titles_and_a_dimension_of_their_own():
    assert all(unit.title_en and unit.dimension for unit in UNITS.definitions.values())
    by_dimension: dict[str, set[str]] = {}
    for unit in UNITS.definitions.values():
        by_dimension.setdefault(unit.dimension, set()).add(unit.base)
    assert {dimension for dimension, bases in by_dimension.items() if len(bases) > 1} == set()


QUANTITY_PROBLEMS = [
    Problem("QUANTITY_001", {"unit": "斛", "known": "亩、元"}),
    Problem("QUANTITY_002", {"unit": "亩", "expected": "平方米"}),
    Problem("QUANTITY_003", {"value": "1.23456"}),
    Problem("QUANTITY_004", {"value": "1E+99"}),
    Problem("QUANTITY_005", {"value": "NaN"}),
    Problem("QUANTITY_006", {"unit": "甲", "factor": "0"}),
    Problem("QUANTITY_007", {"unit": "甲", "base": "乙"}),
    Problem("QUANTITY_008", {"unit": "甲", "base": "乙"}),
    Problem("QUANTITY_009", {"spelling": "丙", "unit": "甲", "other": "乙"}),
    Problem("QUANTITY_010", {"style": "余"}),
    Problem("QUANTITY_011", {"date": "2023-02-30"}),
]


@pytest.mark.parametrize("problem", QUANTITY_PROBLEMS, ids=lambda problem: problem.code)
def test_every_problem_reads_in_both_languages(problem):
    chinese, english = render(problem), render(problem, "en")
    for param in problem.params.values():
        assert str(param) in chinese
        assert str(param).replace("、", ", ") in english
    assert "应" in chinese or "只能" in chinese or "超出" in chinese
    assert chinese != english


def test_no_quantity_message_is_left_out_above():
    declared = {code for code in all_messages() if code.startswith("QUANTITY_")}
    assert declared == {problem.code for problem in QUANTITY_PROBLEMS}
