"""`shuzhi figure`: values reckoned by hand, the rows behind them, what they were, and what changed since."""

from __future__ import annotations

import pytest

from tests.support.office import COUNTY, FIRST, SECOND, TOWN, Office

from .conftest import Run
from .test_book_commands import keep

READER = "检查员"


@pytest.fixture
def kept(tea_office: Office) -> Office:
    """Tea gardens of 2.5 + 1.25 亩 in 甲村 and 4 亩 in 乙村; sales of 1200 and 300 元 in 甲村."""
    keep(tea_office)
    return tea_office


#: by hand: sales per 亩 are 1500 / 7.75 in the town, 1500 / 3.75 in 甲村, and not known where nothing was sold
VALUES = [
    ("tea_area", TOWN, "2023", "7.75"),
    ("tea_area", FIRST, "2023", "3.75"),
    ("tea_area", FIRST, "2023-04", "2.5"),
    ("tea_area", FIRST, "2023Q1", "2.5"),
    ("tea_area", FIRST, "2022", None),
    ("tea_area", COUNTY, "..2023", "7.75"),
    ("tea_plots", TOWN, "2023", "3"),
    ("green_tea_area", TOWN, "2023", "2.5"),
    ("tea_sales", TOWN, "2023", "1500"),
    ("tea_sales", FIRST, "2023H1", "1200"),
    ("tea_sales", FIRST, "2023-09", "300"),
    ("tea_sales", FIRST, "2023-10", None),  # nobody said that nothing was sold
    ("tea_sales_each", FIRST, "2023", "400"),
    ("tea_sales_each", FIRST, "2023H1", "320"),
    ("tea_sales_each", TOWN, "2023", "193.548387096774"),
    ("tea_sales_each", SECOND, "2023", None),
]


def test_figures_are_what_they_are_by_hand(kept: Office, shuzhi: Run) -> None:
    for indicator, unit, period, expected in VALUES:
        found = (
            shuzhi(
                "figure",
                "show",
                indicator,
                "--org",
                unit,
                "--period",
                period,
                "--json",
                actor=READER,
            )
            .done()
            .json
        )
        value = found["value"]
        if expected is not None and value is not None and len(expected) > 8:
            value = value[: len(expected)]
        assert value == expected, (indicator, unit, period)


def test_an_indicator_is_known_by_its_key_and_its_title(kept: Office, shuzhi: Run) -> None:
    by_key = shuzhi("figure", "show", "tea_sales", "--org", TOWN, "--period", "2023", actor=READER)
    by_title = shuzhi(
        "figure", "show", "茶叶销售收入", "--org", "示范镇", "--period", "2023年", actor=READER
    )

    assert by_key.done().out == by_title.done().out
    assert "茶叶销售收入 · 示范镇 · 2023年：1500 元（时点" in by_key.out


def test_an_explained_figure_is_the_sum_of_its_rows(kept: Office, shuzhi: Run) -> None:
    explain = ("figure", "explain", "tea_area", "--org", TOWN, "--period", "2023")
    trace = shuzhi(*explain, "--json", actor=READER).done().json
    told = shuzhi(*explain, "--all", actor=READER).done().out

    assert [(r["organisation"], r["amount"], r["month"]) for r in trace["rows"]] == [
        (FIRST, "2.5", "2023-03"), (FIRST, "1.25", "2023-05"), (SECOND, "4", "2023-06"),
    ]  # fmt: skip
    assert all(r["record"] and r["revision"] for r in trace["rows"])
    assert "Σ 茶园面积，茶园台账" in told
    assert told.count("记录 ") == 3


def test_a_derived_figure_is_explained_by_its_inputs_down_to_rows(
    kept: Office, shuzhi: Run
) -> None:
    trace = (
        shuzhi(
            "figure",
            "explain",
            "tea_sales_each",
            "--org",
            FIRST,
            "--period",
            "2023",
            "--json",
            actor=READER,
        )
        .done()
        .json
    )

    inputs = {i["figure"]["indicator"]: i for i in trace["inputs"]}
    assert trace["rows"] == []
    assert {k: i["figure"]["value"] for k, i in inputs.items()} == {
        "tea_sales": "1500",
        "tea_area": "3.75",
    }
    assert [r["amount"] for r in inputs["tea_sales"]["rows"]] == ["1200", "300"]


def test_a_part_of_a_figure_is_explained(kept: Office, shuzhi: Run) -> None:
    explain = ("figure", "explain", "tea_area", "--org", TOWN, "--period", "2023", "--json", "--by")

    green = shuzhi(*explain, "茶叶品种=绿茶", actor=READER).done().json
    nobody = shuzhi(*explain, "户主姓名=张大山", actor=READER)
    nothing = shuzhi(*explain, "绿茶", actor=READER)

    assert (green["figure"]["value"], green["figure"]["breakdown"]) == ("2.5", ["kind", "绿茶"])
    assert [r["amount"] for r in green["rows"]] == ["2.5"]
    assert (nobody.code, nobody.codes, nothing.codes) == (1, ["CLI_008"], ["CLI_008"])
    derived = (
        "figure", "explain", "tea_sales_each", "--org", TOWN, "--period", "2023", "--by", "kind=绿茶", "--json"
    )  # fmt: skip
    assert shuzhi(*derived, actor=READER).codes == ["CLI_009"]


def test_a_figure_is_what_it_was_and_the_change_is_explained(kept: Office, shuzhi: Run) -> None:
    ask = ("--org", TOWN, "--period", "2023", "--json")
    then = shuzhi("figure", "show", "tea_area", *ask, actor=READER).done().json
    kept.record("tea", FIRST, date="2023-03-01", plot="T001", area="3", kind="绿茶")
    kept.record("tea", SECOND, date="2023-08-01", plot="T002", area="1", kind="绿茶")

    now = shuzhi("figure", "show", "tea_area", *ask, actor=READER).done().json
    before = shuzhi("figure", "as-of", "tea_area", then["as_of"], *ask, actor=READER).done().json
    restated = shuzhi("figure", "restate", "tea_area", *ask, "--since", then["as_of"], actor=READER)
    nothing = shuzhi(
        "figure", "restate", "tea_area", *ask[:-1], "--since", now["as_of"], actor=READER
    )

    assert (before["value"], now["value"]) == ("7.75", "9.25")
    found = restated.done().json
    assert (found["before"]["value"], found["after"]["value"]) == ("7.75", "9.25")
    assert sorted(r["amount"] for r in found["rows"]) == ["0.5", "1"]
    assert "没有变化" in nothing.done().out


def test_there_is_no_figure_of_a_point_yet_to_come(kept: Office, shuzhi: Run) -> None:
    ask = ("--org", TOWN, "--period", "2023", "--json")

    future = shuzhi("figure", "as-of", "tea_area", 10**9, *ask, actor=READER)
    since = shuzhi("figure", "restate", "tea_area", *ask, "--since", 10**9, actor=READER)

    assert (future.code, future.codes, since.codes) == (1, ["CLI_006"], ["CLI_006"])
    assert shuzhi("figure", "as-of", "tea_area", 0, *ask, actor=READER).done().json["value"] is None


@pytest.mark.parametrize("actor", ["管理员", "外镇会计"])
@pytest.mark.parametrize("command", ["show", "explain", "as-of", "restate"])
def test_figures_are_shown_to_those_who_may_read_them(
    tea_sqlite: Office, shuzhi: Run, command: str, actor: str
) -> None:
    more = {"as-of": (0,), "restate": ("--since", 0)}.get(command, ())

    ran = shuzhi(
        "figure", command, "tea_area", *more, "--org", TOWN, "--period", "2023", actor=actor
    )

    assert ran.code == 3
