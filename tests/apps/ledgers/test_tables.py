"""A ledger as a table: what is filtered, sorted, paged, counted and added up, compared with the same done by hand in Python."""

from __future__ import annotations

import random
from collections.abc import Callable, Iterator
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest

from shuzhi.core.definitions import Catalogue, FieldDef, LedgerDef, Text, UnitDef
from shuzhi.core.problems import ProblemsError
from tests.support.office import COUNTY, ENGINES, FAR_FIRST, FIRST, SECOND, TOWN, Office
from tests.support.office import office as open_office

_FIELDS = (
    FieldDef("number", Text("编号"), required=True),
    FieldDef("date", Text("日期"), "date", required=True),
    FieldDef("holder", Text("户主"), personal="personal"),
    FieldDef("kind", Text("类型"), "choice", options=("甲类", "乙类", "丙类")),
    FieldDef("area", Text("面积"), "quantity", "公顷"),
    FieldDef("price", Text("金额"), "quantity", "万元"),
    FieldDef("plots", Text("块数"), "integer", "块"),
    FieldDef("month", Text("月份"), "month"),
    FieldDef("paid", Text("已付"), "boolean"),
    FieldDef("remark", Text("备注")),
)


def _catalogue() -> Catalogue:
    plot = LedgerDef(
        "plot", Text("地块台账", "Plots"), "land", ("village",), "register", _FIELDS, identified_by=("number",)
    )  # fmt: skip
    units = (
        UnitDef("亩", "亩"), UnitDef("公顷", "亩", Decimal(15)), UnitDef("元", "元"),
        UnitDef("万元", "元", Decimal(10_000)), UnitDef("块", "块"),
    )  # fmt: skip
    return Catalogue(units={u.key: u for u in units}, ledgers={"plot": plot})


@pytest.fixture(params=ENGINES)
def land(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Office]:
    """An office with 240 plots in three villages, many of them with blanks and equal values."""
    with open_office(request.param, tmp_path, _catalogue()) as made:
        made.open(2023)
        _fill(made)
        yield made


ROWS: list[dict[str, Any]] = []


def _fill(office: Office) -> None:
    from shuzhi.apps.ledgers.actions import submit_drafts
    from shuzhi.apps.office import definitions
    from shuzhi.core.ledgers import finish_rows, read_values

    chance = random.Random(11)
    ledger, units = office.catalogue.ledgers["plot"], definitions().units
    ROWS.clear()
    for village in (FIRST, SECOND, FAR_FIRST):
        drafts = []
        for n in range(80):
            values: dict[str, object] = {
                "number": f"{n:03d}",
                "date": f"2023-0{1 + n % 6}-1{n % 3}",
                "holder": "张" + chance.choice("三四五") if n % 4 else None,
                "kind": chance.choice(("甲类", "乙类", None)),
                "area": chance.choice(("0.5", "10", "9", "2.25", "-3.1", None, "0")),
                "price": chance.choice(("0.00000001", "123456.7", None)),
                "plots": chance.choice((1, 2, 10, None)),
                "month": f"2023-0{1 + n % 9}",
                "paid": chance.choice((True, False, None)),
                "remark": chance.choice(("东沟新修", "西坡ＡＢ维修", "Abc", "50%_x", None)),
            }
            values = {k: v for k, v in values.items() if v is not None}
            drafts.append(read_values(ledger, units, values))
        assert not [p for d in drafts for p in d.problems]
        finish_rows(ledger, drafts)
        made = submit_drafts(office.actor("县会计"), "plot", village, drafts)
        ROWS.extend(
            {"id": i, "unit": village, **(d.payload or {})}
            for i, d in zip(made.records, drafts, strict=True)
        )


def _query(office: Office, at: str = TOWN, **more: Any) -> Any:
    from shuzhi.apps.ledgers.tables import TableQuery
    from shuzhi.apps.organisations.queries import get

    return TableQuery(office.catalogue.ledgers["plot"], get(at), **more)


def _all(query: Any, size: int = 7) -> list[int]:
    """Ids page after page, and the same backwards."""
    from shuzhi.apps.ledgers.tables import read

    page = read(query, size=size)
    assert not page.before
    found = [r.id for r in page.rows]
    last = page
    while page.after:
        page = read(query, after=page.after, size=size)
        found += [r.id for r in page.rows]
        last = page
    back = [r.id for r in last.rows]
    while last.before:
        last = read(query, before=last.before, size=size)
        back = [r.id for r in last.rows] + back
    assert back == found
    return found


def _here(test: Callable[[dict[str, Any]], bool] = lambda r: True) -> list[dict[str, Any]]:
    return [r for r in ROWS if r["unit"] in (FIRST, SECOND) and test(r)]


@pytest.mark.parametrize("key", ["area", "price", "plots", "date", "month", "kind", "remark", "paid", "number"])  # fmt: skip
@pytest.mark.parametrize("descending", [False, True])
def test_every_column_sorts_numbers_exactly_and_blanks_last(
    land: Office, key: str, descending: bool
) -> None:
    def value(row: dict[str, Any]) -> Any:
        found = row[key]
        return Decimal(found) if key in ("area", "price", "plots") else found

    known = sorted(_here(lambda r: key in r), key=lambda r: (value(r), r["id"]), reverse=descending)
    blank = sorted(_here(lambda r: key not in r), key=lambda r: r["id"], reverse=descending)

    found = _all(_query(land, sort=("-" if descending else "") + key))

    assert found == [r["id"] for r in known + blank]


def test_without_a_choice_the_newest_date_comes_first(land: Office) -> None:
    assert _all(_query(land)) == [
        r["id"] for r in sorted(_here(), key=lambda r: (r["date"], r["id"]), reverse=True)
    ]


def test_filters_find_what_python_finds(land: Office) -> None:
    from shuzhi.apps.ledgers.tables import Filter

    def number(row: dict[str, Any], key: str) -> Decimal:
        return Decimal(row.get(key, "-99999"))

    cases: list[tuple[Any, Callable[[dict[str, Any]], bool]]] = [
        (Filter("area", at_least="2.25"), lambda r: number(r, "area") >= Decimal("2.25")),
        (Filter("area", at_least="-3.1", at_most="0.49999999"), lambda r: Decimal("-3.1") <= number(r, "area") <= Decimal("0.49999999")),
        (Filter("price", at_most="0.00000001"), lambda r: "price" in r and number(r, "price") <= Decimal("0.00000001")),
        (Filter("price", at_least="0.000000005", at_most="1"), lambda r: number(r, "price") == Decimal("0.00000001")),
        (Filter("plots", at_least="99999999999999999999"), lambda r: False),
        (Filter("area", is_blank=True), lambda r: "area" not in r),
        (Filter("area", is_blank=False), lambda r: "area" in r),
        (Filter("kind", one_of=("甲类", "丙类")), lambda r: r.get("kind") in ("甲类", "丙类")),
        (Filter("paid", one_of=("true",)), lambda r: r.get("paid") is True),
        (Filter("paid", one_of=("false",)), lambda r: r.get("paid") is False),
        (Filter("remark", contains="ab"), lambda r: "ab" in r.get("remark", "").lower()),
        (Filter("remark", contains="%"), lambda r: "%" in r.get("remark", "")),
        (Filter("remark", one_of=("Abc",)), lambda r: r.get("remark") == "Abc"),
        (Filter("date", at_least="2023-03-01", at_most="2023-04-30"), lambda r: "2023-03-01" <= r["date"] <= "2023-04-30"),
        (Filter("month", at_least="2023-04-01", at_most="2023-05-31"), lambda r: r["month"] in ("2023-04", "2023-05")),
    ]  # fmt: skip
    for one, test in cases:
        found = _all(_query(land, filters=(one,)), size=50)
        assert sorted(found) == sorted(r["id"] for r in _here(test)), one


def test_filters_text_author_and_days_narrow_together(land: Office) -> None:
    from shuzhi.apps.ledgers.tables import Filter, count, read

    query = _query(
        land, filters=(Filter("kind", one_of=("甲类",)),), text="ａｂ 西坡", since="2023-02-01", until="2023-05-31",
        author="县会计", sort="-area",
    )  # fmt: skip
    wanted = _here(
        lambda r: (
            r.get("kind") == "甲类"
            and "西坡" in r.get("remark", "")
            and "2023-02-01" <= r["date"] <= "2023-05-31"
        )
    )
    assert wanted
    assert {r.id for r in read(query).rows} == {r["id"] for r in wanted}
    assert count(query).number == len(wanted)
    assert read(_query(land, author="村会计")).rows == ()


def test_nothing_outside_the_subtree_is_found(land: Office) -> None:
    from shuzhi.apps.ledgers.tables import count, narrowed, read

    far = [r["id"] for r in ROWS if r["unit"] == FAR_FIRST]

    assert not {r.id for r in read(_query(land, TOWN), size=500).rows} & set(far)
    assert {r.id for r in read(_query(land, FAR_FIRST), size=500).rows} == set(far)
    assert count(_query(land, COUNTY)).number == len(ROWS)
    assert narrowed(_query(land, FIRST), [far[0], ROWS[0]["id"]]) == [ROWS[0]["id"]]
    # a cursor of elsewhere tells nothing: the first page is shown
    assert read(_query(land), after=far[3]).rows == read(_query(land)).rows


def test_totals_are_exact_and_tell_blanks_from_zero(land: Office) -> None:
    from shuzhi.apps.ledgers.tables import Filter, totals

    for filters, test in (
        ((), lambda r: True),
        ((Filter("kind", one_of=("甲类",)),), lambda r: r.get("kind") == "甲类"),
        ((Filter("remark", contains="没有"),), lambda r: False),
    ):
        found = totals(_query(land, filters=filters))
        rows = _here(test)
        assert found.count == len(rows)
        assert set(found.fields) == {"area", "price", "plots"}
        for key, total in found.fields.items():
            known = [Decimal(r[key]) for r in rows if key in r]
            assert total.value == (sum(known) if known else None)
            assert (total.filled, total.blank) == (len(known), len(rows) - len(known))


def test_withdrawn_rows_are_shown_only_when_asked_for(land: Office) -> None:
    from shuzhi.apps.ledgers.actions import withdraw_records
    from shuzhi.apps.ledgers.tables import count, read, totals

    gone = ROWS[0]["id"]
    withdraw_records(land.actor("县会计"), [gone], reason="重复")

    assert gone not in _all(_query(land), size=50)
    assert count(_query(land)).number == totals(_query(land)).count == len(_here()) - 1
    withdrawn = read(_query(land, states=("withdrawn",))).rows
    assert [(r.id, r.values["number"]) for r in withdrawn] == [(gone, "000")]
    assert count(_query(land, states=("withdrawn",))).number == 1


def test_counting_with_a_filter_stops_at_a_thousand(
    land: Office, monkeypatch: pytest.MonkeyPatch
) -> None:
    from shuzhi.apps.ledgers import tables

    monkeypatch.setattr(tables, "COUNTED", 10)
    found = tables.count(_query(land, text="a"))
    assert (found.number, found.is_exact) == (10, False)
    assert tables.count(_query(land)).is_exact


def test_personal_fields_are_masked_and_neither_filtered_nor_sorted_by(land: Office) -> None:
    from shuzhi.apps.ledgers.tables import Filter, read

    shown = {r.values.get("holder") for r in read(_query(land), size=500).rows}
    assert shown == {"张*", None}
    for refused in (
        {"filters": (Filter("holder", contains="张三"),)},
        {"sort": "holder"},
        {"private_text": "张三"},
    ):
        with pytest.raises(ProblemsError) as caught:
            read(_query(land, **refused))
        assert caught.value.problems[0].code == "TABLE_001"
    assert read(_query(land, text="张三")).rows == ()

    mine = read(_query(land, is_private=True, private_text="张三", sort="holder"), size=500).rows
    assert {r.values["holder"] for r in mine} == {"张三"}
    assert len(mine) == len(_here(lambda r: r.get("holder") == "张三"))


def test_an_unknown_column_is_a_problem_not_a_statement(land: Office) -> None:
    from shuzhi.apps.ledgers.tables import Filter, read

    for bad in ({"sort": "area; DROP TABLE record"}, {"filters": (Filter("x' OR 1=1"),)}):
        with pytest.raises(ProblemsError) as caught:
            read(_query(land, **bad))
        assert caught.value.problems[0].code == "TABLE_002"


def test_contents_follow_the_revisions_through_every_action(land: Office) -> None:
    from shuzhi.apps import storage
    from shuzhi.apps.ledgers.actions import submit_values, withdraw_records
    from shuzhi.apps.ledgers.contents import rebuild, wrong_contents

    one, other = ROWS[0], ROWS[1]
    clerk = land.actor("县会计")
    again = {k: v for k, v in one.items() if k not in ("id", "unit")} | {"remark": "改过"}
    submit_values(clerk, "plot", FIRST, again)
    withdraw_records(clerk, [other["id"]], reason="重复")
    assert wrong_contents() == []
    assert "改过" in storage.fetch("SELECT words FROM record WHERE id = %s", [one["id"]])[0][0]

    storage.execute("UPDATE record SET content = '{}' WHERE id = %s", [one["id"]])
    storage.execute("UPDATE record SET words = '' WHERE id = %s", [ROWS[2]["id"]])
    assert {p.code for p in wrong_contents()} == {"VERIFY_009", "VERIFY_010"}
    assert rebuild() == 2
    assert wrong_contents() == []


def test_words_are_made_again_by_the_administrator_alone(land: Office) -> None:
    from shuzhi.apps import storage
    from shuzhi.apps.ledgers.contents import rebuild_words

    storage.execute("UPDATE record SET words = 'old' WHERE id = %s", [ROWS[0]["id"]])
    with pytest.raises(ProblemsError) as caught:
        rebuild_words(land.actor("县会计"))
    assert caught.value.problems[0].code == "PEOPLE_001"
    assert rebuild_words(land.actor("管理员")) == 1
    assert land.is_sound()


def test_a_definition_that_hides_a_field_takes_its_words_out_of_the_open_ones() -> None:
    from dataclasses import replace

    from shuzhi.core.searching import words_of

    ledger = _catalogue().ledgers["plot"]
    hidden = replace(
        ledger,
        fields=tuple(
            replace(f, personal="personal") if f.key == "remark" else f for f in ledger.fields
        ),
    )
    payload = {"number": "Ａ1", "remark": "某某病", "paid": True, "date": "2023-01-01"}

    assert words_of(ledger)(payload) == ("a1\n某某病", "")
    assert words_of(hidden)(payload) == ("a1", "某某病")
    assert words_of(None)(payload)[0] == ""
