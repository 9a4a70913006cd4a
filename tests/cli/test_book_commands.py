"""`shuzhi book`: the year's cycle with an office's own ledger and indicators, and the proofs that nothing was altered."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.support.office import COUNTY, FIRST, SECOND, TOWN, Office

from .conftest import Run, own_catalogue, write_own_catalogue

LEADER = "分管领导"
NEW_INDICATOR = """
- {key: large_tea_plots, title: {zh: 大块茶园数, en: Large tea plots}, unit: 块, nature: stock, from: tea, value: count(), where: area > 3, basis: {source: 镇产业台账要求}}
"""


def keep(office: Office) -> list[int]:
    """Three gardens, one without a kind, and two sales: green 2.5, black 1.25, unknown 4 亩; 1200 + 300 元."""
    return [
        office.record("tea", FIRST, date="2023-03-01", plot="T001", area="2.5", kind="绿茶"),
        office.record("tea", FIRST, date="2023-05-01", plot="T002", area="1.25", kind="红茶"),
        office.record("tea", SECOND, date="2023-06-15", plot="T001", area="4"),
        office.record("tea_sale", FIRST, date="2023-04-10", buyer="某茶厂", amount="1200"),
        office.record("tea_sale", FIRST, date="2023-09-10", buyer="某茶厂", amount="300"),
    ]


def test_the_year_from_opening_to_closing_and_reopening(tea_office: Office, shuzhi: Run) -> None:
    opened = shuzhi("book", "open", COUNTY, 2024, "--json", actor=LEADER)
    assert opened.done().json["opened"] == 8
    again = shuzhi("book", "open", COUNTY, 2024, "--json", actor=LEADER)
    assert (again.code, again.codes) == (1, ["BOOK_004"])

    keep(tea_office)
    early = shuzhi("book", "close", COUNTY, "2024", "--json", actor=LEADER)
    assert (early.code, set(early.codes)) == (1, {"BOOK_008"})
    tea_office.submit("tea", FIRST, date="2023-07-01", plot="T009", area="1")
    waiting = shuzhi("book", "close", COUNTY, "2023", "--json", actor=LEADER)
    assert (waiting.code, waiting.codes) == (1, ["BOOK_005"])
    tea_office.approve()

    half = shuzhi("book", "close", COUNTY, "2023H1", "--json", actor=LEADER).done().json
    assert half["closed"] == 8
    status = shuzhi("book", "status", TOWN, 2023, "--json").done().json
    assert {s["closed_through"] for s in status} == {202306}
    assert "2023-06" in shuzhi("book", "status", TOWN, 2023).out
    assert "还没有建账" in shuzhi("book", "status", TOWN, 2030).out

    # a correction to a closed month goes to the next open one
    tea_office.record("tea_sale", FIRST, date="2023-04-11", buyer="另一茶厂", amount="50")
    assert str(tea_office.value("tea_sales", TOWN, "2023H1")) == "1200"
    assert str(tea_office.value("tea_sales", TOWN, "2023-07")) == "50"
    assert str(tea_office.value("tea_sales", TOWN, "2023")) == "1550"
    traced = shuzhi(
        "figure", "explain", "tea_sales", "--org", TOWN, "--period", "2023", actor="县办"
    )
    assert "（调整）" in traced.done().out

    shuzhi("book", "close", COUNTY, "2023", actor=LEADER).done()
    twice = shuzhi("book", "close", COUNTY, "2023", "--json", actor=LEADER)
    assert (twice.code, twice.codes) == (1, ["BOOK_007"])
    reopen = ("book", "reopen", FIRST, "2023-11", "--reason", "漏记一笔", "--json")
    assert shuzhi(*reopen, actor="镇领导").codes == ["BOOK_012"]
    own = shuzhi("book", "reopen", TOWN, "2023-11", "--reason", "x", "--json", actor="镇领导")
    assert (own.code, own.codes) == (3, ["BOOK_010"])
    for unit in (COUNTY, TOWN):
        shuzhi("book", "reopen", unit, "2023-11", "--reason", "漏记一笔", actor=LEADER).done()
    assert shuzhi(*reopen, actor="镇领导").done().json["closed_through"] == 202310
    assert tea_office.is_sound()


def test_a_check_holds_figures_against_promises_and_relations(
    tea_office: Office, shuzhi: Run
) -> None:
    keep(tea_office)
    tea_office.record(
        "annual_target", TOWN, year="2023", indicator="tea_area", amount="10", set_on="2023-01-05"
    )
    tea_office.record(
        "annual_target",
        TOWN,
        year="2023",
        indicator="tea_sales",
        amount="1000",
        set_on="2023-01-05",
    )

    ran = shuzhi("book", "check", TOWN, 2023, "--json", actor=LEADER)
    assert ran.code == 1, "a relation is broken"
    found = ran.json
    told = shuzhi("book", "check", TOWN, 2023, actor=LEADER).out

    targets = {t["indicator"]: (t["target"], t["actual"], t["met"]) for t in found["targets"]}
    assert targets == {"tea_area": ("10", "7.75", False), "tea_sales": ("1000", "1500", True)}
    (finding,) = found["findings"]
    assert (finding["relation"], finding["difference"]) == ("tea_area_parts", "4")
    assert (finding["total"]["value"], finding["expected"]) == ("7.75", "3.75")
    assert (found["ok"], found["waiting"]) == (False, 0)
    assert "未达" in told
    assert (
        "茶园面积＝绿茶＋红茶：茶园面积 7.75亩，分项得 3.75亩，相差 4亩。请查没有填品种的地块"
        in told
    )
    promised = shuzhi(
        "figure",
        "show",
        "tea_area",
        "--org",
        TOWN,
        "--period",
        "2023",
        "--target",
        "--json",
        actor="县办",
    )
    assert promised.done().json["value"] == "10"


def test_findings_are_an_exit_code_for_scripts(tea_office: Office, shuzhi: Run) -> None:
    keep(tea_office)

    wrong = shuzhi("book", "findings", TOWN, "2023", "--json")
    right = shuzhi("book", "findings", FIRST, "2023", "--json")

    assert (wrong.code, [f["relation"] for f in wrong.json]) == (1, ["tea_area_parts"])
    assert (right.code, right.json) == (0, [])
    assert "全部成立" in shuzhi("book", "findings", FIRST, "2023").out


def test_a_cell_changed_behind_the_programs_back_is_found(tea_office: Office, shuzhi: Run) -> None:
    keep(tea_office)
    for command in ("reconcile", "verify"):
        assert "全部相符" in shuzhi("book", command).done().out
        assert shuzhi("book", command, "--json").json["ok"] is True

    from django.db import connection

    with connection.cursor() as cursor:
        cursor.execute("UPDATE cell SET amount = amount + 1 WHERE amount <> 0")

    found = shuzhi("book", "reconcile", "--json")
    assert (found.code, found.json["ok"]) == (1, False)
    assert any("RECONCILE_001" in p for p in found.json["problems"])
    told = shuzhi("book", "reconcile")
    assert (told.code, "处不符" in told.out, "RECONCILE_001" in told.err) == (1, True, True)


def test_a_new_indicator_counts_old_rows_after_a_backfill(
    tea_office: Office, shuzhi: Run, tmp_path: Path
) -> None:
    from shuzhi.apps.office import use_catalogue

    keep(tea_office)
    grown = write_own_catalogue(tmp_path / "own")
    file = grown / "indicators/industry/large.yaml"
    file.write_text(NEW_INDICATOR, encoding="utf-8")
    with use_catalogue(own_catalogue(grown)):
        show = ("figure", "show", "大块茶园数", "--org", TOWN, "--period", "2023", "--json")
        before = shuzhi("book", "reconcile", "--json")
        reason = ("--reason", "新增大块茶园指标", "--json")
        refused = shuzhi("book", "backfill", TOWN, *reason, actor="村会计")
        filled = shuzhi("book", "backfill", TOWN, *reason, actor=LEADER)

        assert before.code == 1
        assert refused.code == 3
        assert filled.done().json["records"] > 0
        assert shuzhi(*show, actor="县办").done().json["value"] == "1"
        assert shuzhi("book", "reconcile", "--json").done().json["ok"] is True
        assert shuzhi("book", "verify", "--json").done().json["ok"] is True


@pytest.mark.parametrize(
    ("arguments", "actor"),
    [
        (("book", "open", COUNTY, "2025"), "县办"),
        (("book", "close", COUNTY, "2023"), "县办"),
        (("book", "check", COUNTY, "2023"), "村会计"),
        (("book", "reopen", FIRST, "2023", "--reason", "x"), "县办"),
    ],
)
def test_the_books_are_the_leaders(
    tea_sqlite: Office, shuzhi: Run, arguments: tuple[str, ...], actor: str
) -> None:
    assert shuzhi(*arguments, actor=actor).code == 3
