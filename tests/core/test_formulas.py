"""The expression language: what it computes, what it does with the unknown, and all that it refuses."""

from __future__ import annotations

from decimal import Decimal as D

import pytest
from hypothesis import given
from hypothesis import strategies as st

from shuzhi.core.formulas import (
    Environment,
    Value,
    compile_node,
    parse_expression,
    parse_indicator_value,
    round_half_up,
)
from shuzhi.core.problems import ProblemsError

ROW: Environment = {
    "a": D(3), "b": D("1.5"), "zero": D(0), "kind": "脱贫户", "yes": True, "no": False, "day": "2023-08-15", "other": "2024-02-01",
}  # fmt: skip


@pytest.mark.parametrize(
    ("text", "value"),
    [
        ("a + b", D("4.5")), ("a - b * 2", D(0)), ("-a", D(-3)), ("a / b", D(2)), ("(a + b) * b", D("6.75")),
        ("0.1 + 0.2 == 0.3", True), ("1e3", D(1000)), ("a / zero", None), ("zero / zero", None), ("unknown + a", None),
        ("a > b", True), ("a <= 3", True), ("1 < b < a", True), ("1 < a < b", False), ("a != 3", False), ("unknown > 1", None),
        ("kind == '脱贫户'", True), ("kind in ('脱贫户', '监测户')", True), ("kind not in ('监测户',)", True),
        ("unknown in ('x',)", None), ("unknown == None", None), ("a in (b, 3)", True),
        ("yes and a > 1", True), ("no and unknown", False), ("unknown and no", False), ("yes and unknown", None),
        ("yes or unknown", True), ("unknown or no", None), ("not no", True), ("not unknown", None),
        ("a if yes else b", D(3)), ("a if unknown else b", None), ("a if no else unknown", None),
        ("round(b)", D(2)), ("round(2.345, 2)", D("2.35")), ("round(-2.5)", D(-3)), ("round(0.5) + round(1.5)", D(3)),
        ("abs(-b)", D("1.5")), ("min(a, b)", D("1.5")), ("max(a, b, 7)", D(7)), ("max(a, unknown)", None),
        ("coalesce(unknown, b, a)", D("1.5")), ("coalesce(unknown)", None), ("known(a)", True), ("known(unknown)", False),
        ("year(day)", D(2023)), ("month(day)", D(8)), ("days_between(day, other)", D(170)), ("year(unknown)", None),
        ("yes + yes", D(2)),
    ],
)  # fmt: skip
def test_expressions_and_the_unknown(text: str, value: Value) -> None:
    expression = parse_expression(text)

    for found in (expression.evaluate(ROW), expression.compiled()(ROW)):
        assert found == value
        assert type(found) is type(value)


@pytest.mark.parametrize(
    ("text", "code"),
    [
        ("", "FORMULA_001"), ("a +", "FORMULA_001"), ("a = 3", "FORMULA_001"), ("a\nb", "FORMULA_001"), ("面积 ＋ 1", "FORMULA_001"),
        ("total(a)", "FORMULA_002"), ("eval('1')", "FORMULA_002"), ("__import__('os')", "FORMULA_002"), ("open('x')", "FORMULA_002"),
        ("a.real", "FORMULA_003"), ("a[0]", "FORMULA_003"), ("a ** 9999", "FORMULA_003"), ("a % 2", "FORMULA_003"), ("a // 2", "FORMULA_003"),
        ("lambda: 1", "FORMULA_003"), ("[x for x in a]", "FORMULA_003"), ("{'a': 1}", "FORMULA_003"), ("f'{a}'", "FORMULA_003"),
        ("a is None", "FORMULA_003"), ("(lambda: 1)()", "FORMULA_003"), ("round(a, n=2)", "FORMULA_003"), ("max(*a)", "FORMULA_003"),
        ("(a := 3)", "FORMULA_003"), ("1j", "FORMULA_003"), ("b'x'", "FORMULA_003"), ("...", "FORMULA_003"), ("~a", "FORMULA_003"), ("+a", "FORMULA_003"),
        ("sum(a)", "FORMULA_003"), ("1 + count()", "FORMULA_003"),
    ],
)  # fmt: skip
def test_what_is_no_expression_is_refused_with_its_text(text: str, code: str) -> None:
    with pytest.raises(ProblemsError) as error:
        parse_expression(text)

    (problem,) = error.value.problems
    assert problem.code == code
    assert problem.params["expression"] == text


def test_a_deeply_nested_text_is_refused_and_not_a_crash() -> None:
    with pytest.raises(ProblemsError):
        parse_expression("(" * 5000 + "1" + ")" * 5000)


@pytest.mark.parametrize(
    ("text", "kind", "field", "indicator"),
    [
        ("sum(bearing + young)", "sum", "", ""), ("count()", "count", "", ""), ("distinct(household)", "distinct", "household", ""),
        ("sum_distinct(household, members)", "sum_distinct", "household", "members"), ("area / households", "derived", "", ""),
        ("last_year(area)", "derived", "", ""), ("count_units('village', area > 3)", "derived", "", ""),
    ],
)  # fmt: skip
def test_what_an_indicator_says(text: str, kind: str, field: str, indicator: str) -> None:
    value = parse_indicator_value(text)

    assert (value.kind, value.field, value.indicator) == (kind, field, indicator)


@pytest.mark.parametrize(
    ("text", "code"),
    [
        ("sum()", "FORMULA_004"), ("sum(a, b)", "FORMULA_004"), ("sum(sum(a))", "FORMULA_004"), ("count(a)", "FORMULA_004"),
        ("distinct()", "FORMULA_004"), ("distinct(a + b)", "FORMULA_004"), ("distinct('a')", "FORMULA_004"),
        ("sum_distinct(a)", "FORMULA_004"), ("sum_distinct(a, b, c)", "FORMULA_004"), ("sum(a) / count()", "FORMULA_003"),
    ],
)  # fmt: skip
def test_aggregates_with_wrong_arguments_are_refused(text: str, code: str) -> None:
    with pytest.raises(ProblemsError) as error:
        parse_indicator_value(text)

    assert [p.code for p in error.value.problems] == [code]


def test_names_functions_and_trace_are_those_of_the_text() -> None:
    expression = parse_expression("round(a / b, 1) if known(kind) else last_year(area)")

    assert expression.names == {"a", "b", "kind", "area"}
    assert expression.functions == {"round", "known", "last_year"}
    assert parse_expression("a + c").trace({"a": D(1), "b": D(2)}) == (None, {"a": D(1), "c": None})


@pytest.mark.parametrize(
    ("value", "places", "rounded"),
    [("2.5", 0, "3"), ("-2.5", 0, "-3"), ("2.445", 2, "2.45"), ("2.4449", 2, "2.44"), ("0.00005", 4, "0.0001"), ("1250", -2, "1300")],
)  # fmt: skip
def test_halves_are_rounded_away_from_zero(value: str, places: int, rounded: str) -> None:
    assert round_half_up(D(value), places) == D(rounded)


# ── the closure and the tree say the same ─────────────────────────────────────────────────────────────────────────────

_numbers = st.sampled_from(["a", "b", "unknown", "0", "1", "2.5"])
_conditions = st.sampled_from(
    ["a > b", "kind == '脱贫户'", "unknown == 1", "yes", "no", "kind in ('脱贫户',)"]
)
_expressions = st.recursive(
    _numbers,
    lambda inner: st.one_of(
        st.tuples(inner, st.sampled_from("+-*/"), inner).map(lambda t: f"({t[0]} {t[1]} {t[2]})"),
        st.tuples(inner, _conditions, inner).map(lambda t: f"({t[0]} if {t[1]} else {t[2]})"),
        st.tuples(inner, inner).map(lambda t: f"coalesce({t[0]}, {t[1]})"),
        inner.map(lambda t: f"(-{t})"),
    ),
    max_leaves=8,
)


@given(_expressions)
def test_a_compiled_expression_gives_what_the_tree_gives(text: str) -> None:
    expression = parse_expression(text)

    assert compile_node(expression.node)(ROW) == expression.evaluate(ROW)


@given(_expressions)
def test_an_expression_without_a_name_does_not_depend_on_it(text: str) -> None:
    expression = parse_expression(text)
    needed = {k: v for k, v in ROW.items() if k in expression.names}

    assert expression.evaluate(needed) == expression.evaluate(ROW)
