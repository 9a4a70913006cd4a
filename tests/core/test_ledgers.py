"""Rows as people type them: every way a value may be written, every problem found, keys, formulas, rules."""

from __future__ import annotations

from datetime import date, datetime
from decimal import Decimal as D
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from shuzhi.core.definitions import FieldDef, LedgerDef, RuleDef, Text, UnitDef
from shuzhi.core.ledgers import (
    ORGANISATION_COLUMN,
    ColumnPlan,
    check_identity_number,
    compile_reader,
    environment_builder,
    finish_rows,
    half_width,
    parse_date,
    plain_text,
    read_values,
    value_parser,
)
from shuzhi.core.quantities import Units

NOON = datetime(2023, 8, 1, 12)  # noqa: DTZ001 - a workbook cell knows no time zone
UNITS = Units(
    {
        u.key: u
        for u in (
            UnitDef("元", "元"), UnitDef("万元", "元", D(10_000)), UnitDef("亿元", "元", D(100_000_000)), UnitDef("亩", "亩"),
            UnitDef("公顷", "亩", D(15)), UnitDef("人", "人"), UnitDef("户", "户"),
        )
    }
)  # fmt: skip


def field(type: Any, unit: str = "", **more: Any) -> FieldDef:
    return FieldDef("x", Text("栏"), type, unit, **more)


def read(type: Any, raw: object, unit: str = "", header_unit: str = "", **more: Any) -> Any:
    """The canonical value, or the problem's code."""
    found = value_parser(field(type, unit, **more), UNITS, header_unit)(raw)
    return getattr(found, "code", found)


@pytest.mark.parametrize(
    ("raw", "unit", "header", "value"),
    [
        ("2.5", "亩", "", "2.5"), ("2.50", "亩", "", "2.5"), (" 2.5 ", "亩", "", "2.5"), ("２．５", "亩", "", "2.5"), ("0", "亩", "", "0"),
        ("-0.0", "亩", "", "0"), ("+3", "亩", "", "3"), ("1,234.5", "元", "", "1234.5"), ("12,345,678", "元", "", "12345678"),
        (2.5, "亩", "", "2.5"), (3.0, "亩", "", "3"), (0.1 + 0.2, "亩", "", "0.3"), (12, "人", "", "12"), ("007", "亩", "", "7"),
        ("3.5万元", "元", "", "35000"), ("1.2公顷", "亩", "", "18"), ("25.9", "元", "万元", "259000"), (25.9, "元", "万元", "259000"),
        (3, "元", "万元", "30000"), ("3.84625", "万元", "", "3.84625"), ("38462.5元", "万元", "", "3.84625"), ("", "亩", "", None), ("　", "亩", "", None),
        ("约30", "亩", "", "LEDGER_003"), ("三亩", "亩", "", "LEDGER_003"), ("1.2.3", "亩", "", "LEDGER_003"), ("1,23", "亩", "", "LEDGER_003"),
        ("1e5", "亩", "", "LEDGER_003"), (float("nan"), "亩", "", "LEDGER_003"), (float("inf"), "亩", "", "LEDGER_003"), (1e300, "亩", "", "LEDGER_003"),
        (True, "亩", "", "LEDGER_003"), (NOON, "亩", "", "LEDGER_003"), ("5元", "亩", "", "LEDGER_004"), ("5里", "亩", "", "LEDGER_004"),
        ("0.00001", "亩", "", "LEDGER_013"), ("1.23456", "公顷", "", "LEDGER_013"), ("9" * 19, "亩", "", "LEDGER_003"), ("9" * 60, "亩", "", "LEDGER_003"),
        ("900000000001", "元", "", "LEDGER_015"), ("9001", "亿元", "", "LEDGER_015"), ("9000", "亿元", "", "9000"), ("-900000000001", "元", "", "LEDGER_015"),
    ],
)  # fmt: skip
def test_quantities_as_people_type_them(
    raw: object, unit: str, header: str, value: str | None
) -> None:
    assert read("quantity", raw, unit, header) == value


@pytest.mark.parametrize(
    ("raw", "value"),
    [
        ("5", "5"),
        (5.0, "5"),
        ("5.0", "5"),
        ("5.5", "LEDGER_002"),
        (5.5, "LEDGER_002"),
        ("5人", "5"),
        ("五", "LEDGER_003"),
    ],
)
def test_whole_numbers(raw: object, value: str) -> None:
    assert read("integer", raw, "人") == value


def test_limits_hold_at_their_ends() -> None:
    limits = {"min": D(0), "max": D("9.5")}
    results = {raw: read("quantity", raw, "亩", **limits) for raw in ("0", "9.5", "-0.1", "9.6")}

    assert results == {"0": "0", "9.5": "9.5", "-0.1": "LEDGER_014", "9.6": "LEDGER_015"}


@pytest.mark.parametrize(
    ("raw", "value"),
    [
        ("2023-8-1", "2023-08-01"), ("2023.8.1", "2023-08-01"), ("2023/08/01", "2023-08-01"), ("2023年8月1日", "2023-08-01"), ("20230801", "2023-08-01"),
        ("２０２３－８－１", "2023-08-01"), ("2023-08-01 00:00:00", "2023-08-01"), (NOON, "2023-08-01"), (date(2023, 8, 1), "2023-08-01"),
        (20230801, "2023-08-01"), ("2024-2-29", "2024-02-29"), ("", None), ("2023-2-29", "LEDGER_006"), ("2023-13-1", "LEDGER_006"), ("8月1日", "LEDGER_006"),
        ("1899-12-31", "LEDGER_006"), ("2101-01-01", "LEDGER_006"), (date(1850, 1, 1), "LEDGER_006"), ("不详", "LEDGER_006"), ("2023-08", "LEDGER_006"),
    ],
)  # fmt: skip
def test_dates_as_people_type_them(raw: object, value: str | None) -> None:
    found = parse_date(raw)

    assert getattr(found, "code", found) == value


@pytest.mark.parametrize(
    ("type", "raw", "value"),
    [
        ("month", "2023-8", "2023-08"), ("month", "2023年08月", "2023-08"), ("month", "202308", "2023-08"), ("month", NOON, "2023-08"),
        ("month", "2023-08-05", "2023-08"), ("month", "2023-13", "LEDGER_007"), ("month", "八月", "LEDGER_007"), ("month", "", None),
        ("boolean", "是", True), ("boolean", "√", True), ("boolean", "没有", False), ("boolean", "Ｎ", False), ("boolean", 1, True), ("boolean", False, False),
        ("boolean", "也许", "LEDGER_008"), ("boolean", "", None),
        ("phone", "139 0000 0000", "13900000000"), ("phone", "0934-8888888", "0934-8888888"), ("phone", "123", "LEDGER_012"), ("phone", 13900000000, "13900000000"),
        ("identity_number", "11010519491231002x", "11010519491231002X"), ("identity_number", "620802199003071239", "LEDGER_010"),
        ("identity_number", 110105194912310021, "LEDGER_011"), ("identity_number", "", None),
        ("text", "  甲\u200b村\x07 ", "甲村"), ("text", 1.0, "1"), ("text", "x" * 4001, "LEDGER_009"), ("text", " ", None), ("reference", 7, "7"),
    ],
)  # fmt: skip
def test_other_values_as_people_type_them(type: str, raw: object, value: Any) -> None:
    assert read(type, raw) == value


def test_a_choice_is_read_by_its_word_and_the_nearest_is_suggested() -> None:
    parse = value_parser(field("choice", options=("花椒", "核桃", "其他（注明）")), UNITS)

    assert (parse("花椒"), parse(" 核 桃 "), parse("其他(注明)"), parse("")) == (
        "花椒",
        "核桃",
        "其他（注明）",
        None,
    )
    bad = parse("花椒树")
    assert bad.code == "LEDGER_005"  # type: ignore[union-attr]
    assert bad.params["suggestion"] == "花椒"  # type: ignore[union-attr]
    assert bad.params["options"] == "花椒、核桃、其他（注明）"  # type: ignore[union-attr]


def test_identity_numbers_are_checked_by_date_and_digit() -> None:
    assert check_identity_number("11010519491231002X")
    for wrong in (
        "110105194912310021",
        "11010519491331002X",
        "1101051949123100",
        "11010519491231002x",
        "",
    ):
        assert not check_identity_number(wrong), wrong


def test_half_width_leaves_chinese_signs_alone() -> None:
    assert (half_width("（１２．５％）　Ａ"), half_width("、。《》")) == ("(12.5%) A", "、。《》")
    assert plain_text(1e16) == "1e+16"


# ── rows ──────────────────────────────────────────────────────────────────────────────────────────────────────────────

LEDGER = LedgerDef(
    "orchard", Text("果园台账"), "industry", ("village",), "register",
    (
        FieldDef("number", Text("户号"), required=True),
        FieldDef("date", Text("日期"), "date"),
        FieldDef("bearing", Text("挂果面积"), "quantity", "亩", min=D(0)),
        FieldDef("young", Text("幼园面积"), "quantity", "亩", min=D(0)),
        FieldDef("area", Text("面积"), "quantity", "亩", computed="bearing + young"),
        FieldDef("price", Text("单价"), "quantity", "元"),
        FieldDef("subsidy", Text("补贴"), "quantity", "万元", computed="area * price"),
        FieldDef("person", Text("身份证号"), "identity_number", personal="sensitive"),
    ),
    identified_by=("number",),
    rules=(
        RuleDef("limit", "area <= 200", "单户果园超过 200 亩，请核实", "warning"),
        RuleDef("young", "young <= bearing", "幼园不应大于挂果园"),
    ),
)  # fmt: skip
GOOD = {"number": "001", "date": "2023-03-01", "bearing": "2.5", "young": "1"}


def test_a_good_row_becomes_a_canonical_payload() -> None:
    draft = read_values(LEDGER, UNITS, GOOD | {"price": "500"})

    assert draft.payload == {
        "number": "001", "date": "2023-03-01", "bearing": "2.5", "young": "1", "area": "3.5", "price": "500", "subsidy": "0.175",
    }  # fmt: skip
    assert (draft.key, draft.date, draft.problems) == ("001", "2023-03-01", [])


def test_a_blank_field_has_no_key_and_what_needs_it_is_blank() -> None:
    draft = read_values(
        LEDGER, UNITS, {"number": "001", "date": "2023-03-01", "bearing": "2.5", "young": ""}
    )

    assert draft.payload == {"number": "001", "date": "2023-03-01", "bearing": "2.5"}


@pytest.mark.parametrize(
    ("area", "price", "subsidy"),
    [
        ("1.0001", "0.5", "0.00005001"),
        ("0.0003", "0.5", "0.00000002"),
        ("0.0001", "0.5", "0.00000001"),
        ("227.74", "500", "11.387"),
    ],
)
def test_computed_amounts_are_rounded_half_up_to_what_the_books_keep(
    area: str, price: str, subsidy: str
) -> None:
    draft = read_values(LEDGER, UNITS, GOOD | {"bearing": area, "young": "0", "price": price})

    assert draft.payload is not None
    assert draft.payload["subsidy"] == subsidy


def test_every_problem_of_a_row_is_reported() -> None:
    draft = read_values(
        LEDGER, UNITS, {"date": "2023-2-30", "bearing": "-1", "young": "约1", "price": "5亩"}
    )

    assert draft.payload is None
    assert [(p.code, p.place.column) for p in draft.problems] == [
        ("LEDGER_006", "日期"), ("LEDGER_014", "挂果面积"), ("LEDGER_003", "幼园面积"), ("LEDGER_004", "单价"), ("LEDGER_001", "户号"),
    ]  # fmt: skip


@pytest.mark.parametrize(
    ("values", "codes", "is_kept"),
    [
        ({"bearing": "300", "young": "0"}, ["LEDGER_016"], True), ({"bearing": "1", "young": "2"}, ["LEDGER_016"], False),
        ({"bearing": "300", "young": "301"}, ["LEDGER_016", "LEDGER_016"], False), ({"young": "5", "bearing": ""}, [], True),
        ({"area": "3.5"}, [], True), ({"area": "9"}, ["LEDGER_017"], True), ({"heigth": "3"}, ["LEDGER_019"], False),
        ({"bearing": "800000000000", "young": "0", "price": "2"}, ["LEDGER_016", "LEDGER_015"], False),
    ],
)  # fmt: skip
def test_rules_and_computed_fields(values: dict[str, str], codes: list[str], is_kept: bool) -> None:
    draft = read_values(LEDGER, UNITS, GOOD | values)

    assert sorted(p.code for p in draft.problems) == sorted(codes)
    assert (draft.payload is not None) is is_kept


def test_an_empty_row_is_told() -> None:
    assert [p.code for p in read_values(LEDGER, UNITS, {}).problems] == ["LEDGER_018"]
    assert [p.code for p in read_values(LEDGER, UNITS, {"number": " "}).problems] == ["LEDGER_018"]


def test_a_sheet_is_read_by_its_plan_with_places() -> None:
    columns = [
        ColumnPlan(ORGANISATION_COLUMN, 0, "单位"), ColumnPlan("date", 1, "日期"), ColumnPlan("", 2, "备注"),
        ColumnPlan("bearing", 3, "挂果（公顷）", "公顷"), ColumnPlan("number", 4, "户号"),
    ]  # fmt: skip
    reader = compile_reader(LEDGER, UNITS, columns, file="甲村.xlsx", sheet="果园")

    good = reader.read(["乙村", date(2023, 3, 1), "随便写", 0.2, 7], 5)
    bad = reader.read(["乙村", date(2023, 3, 1), None, "很多"], 6)

    assert good is not None
    assert (good.organisation, good.key, good.payload) == (
        "乙村",
        "7",
        {"date": "2023-03-01", "bearing": "3", "number": "7"},
    )
    assert bad is not None
    first = bad.problems[0]
    assert (first.code, first.place.file, first.place.sheet, first.place.row, first.place.column, first.place.column_number) == (
        "LEDGER_003", "甲村.xlsx", "果园", 6, "挂果（公顷）", 4,
    )  # fmt: skip
    assert [p.code for p in bad.problems] == ["LEDGER_003", "LEDGER_001"]
    assert reader.read([None, "", None, None], 7) is None
    assert reader.read([], 8) is None


def test_the_same_natural_key_twice_is_a_problem_only_within_one_unit() -> None:
    drafts = [read_values(LEDGER, UNITS, GOOD) for _ in range(3)]
    for draft, (row, unit) in zip(drafts, [(4, "甲村"), (5, "乙村"), (6, "甲村")], strict=True):
        draft.row, draft.organisation = row, unit

    problems = finish_rows(LEDGER, drafts)

    assert [(p.code, p.place.row, p.params["first"], p.params["key"]) for p in problems] == [
        ("LEDGER_020", 6, 4, "001")
    ]
    assert [d.payload is None for d in drafts] == [False, False, True]


def test_a_personal_key_is_not_repeated_in_a_message() -> None:
    ledger = LedgerDef(
        "p",
        Text("人员"),
        "people",
        ("village",),
        "register",
        LEDGER.fields,
        identified_by=("person",),
    )
    drafts = [read_values(ledger, UNITS, GOOD | {"person": "11010519491231002X"}) for _ in range(2)]

    (problem,) = finish_rows(ledger, drafts)

    assert problem.params["key"] == "***"
    assert "11010519491231002X" not in str(problem)


def test_equal_rows_without_a_natural_key_are_numbered() -> None:
    ledger = LedgerDef("v", Text("走访"), "governance", ("village",), "journal", LEDGER.fields)
    drafts = [read_values(ledger, UNITS, GOOD | {"number": n}) for n in ("1", "1", "2", "1")]

    finish_rows(ledger, drafts)

    keys = [d.key for d in drafts]
    assert [k.split("#")[1] for k in keys] == ["1", "2", "1", "3"]
    assert len({k.split("#")[0] for k in keys}) == 2


def test_expressions_see_quantities_in_base_units() -> None:
    build = environment_builder(LEDGER, UNITS, ["subsidy", "number", "young"])

    assert build({"subsidy": "0.175", "number": "001", "bearing": "2"}) == {
        "subsidy": D(1750),
        "number": "001",
    }


@given(st.decimals(min_value=0, max_value=10**8, places=4, allow_nan=False))
def test_what_is_read_is_read_back_the_same(number: D) -> None:
    once = read("quantity", str(number), "亩")

    assert read("quantity", once, "亩") == once
    assert D(once) == number
    assert read("quantity", once, "元", "万元") == read("quantity", f"{once}万元", "元")


@given(st.text(max_size=30))
def test_no_text_makes_the_reader_stumble(text: str) -> None:
    for type, unit in (
        ("quantity", "亩"),
        ("integer", "人"),
        ("date", ""),
        ("month", ""),
        ("boolean", ""),
        ("phone", ""),
        ("identity_number", ""),
    ):
        found = value_parser(field(type, unit), UNITS)(text)
        assert found is None or isinstance(found, str | bool) or found.code.startswith("LEDGER_")
