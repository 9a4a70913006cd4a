"""``shuzhi catalogue``: exit codes, machine-readable output and plain words in both languages."""

from __future__ import annotations

import json
import string
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner, Result

from shuzhi.cli import catalogue as command
from shuzhi.messages.catalogue import LABELS, MESSAGES
from shuzhi.messages.message import Message

SOUND = Path(__file__).parent / "sound"


@pytest.fixture(autouse=True)
def _only_the_sound_catalogue_is_shipped(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(command, "shipped_folder", lambda: SOUND)


def run(*arguments: str, language: str = "zh") -> Result:
    return CliRunner().invoke(command.catalogue, list(arguments), obj={"language": language})


def run_json(*arguments: str) -> Any:
    return json.loads(run(*arguments, "--json").stdout)


@pytest.fixture
def broken(tmp_path: Path) -> str:
    path = tmp_path / "indicators/own/x.yaml"
    path.parent.mkdir(parents=True)
    path.write_text("key: x\ntitle: 某数\nunit: 亩\nnature: stock\nfrom: pond\nvalue: count()\n")
    return str(tmp_path)


def test_check_of_sound_definitions_exits_with_zero() -> None:
    result = run("check")

    assert result.exit_code == 0
    assert "没有发现错误" in result.stdout
    assert "no errors found" in run("check", language="en").stdout


def test_check_of_broken_definitions_exits_with_one_and_says_where(broken: str) -> None:
    result = run("check", broken)

    assert result.exit_code == 1
    assert "没有名为“pond”的台账" in result.stdout
    assert "第 5 行" in result.stdout


def test_check_tells_machines_code_file_line_column_and_path(broken: str) -> None:
    document = run_json("check", broken)

    first = document["problems"][0]
    assert document["ok"] is False
    assert (first["code"], first["line"], first["column"], first["path"]) == (
        "CATALOGUE_030",
        5,
        7,
        "from",
    )
    assert first["file"].endswith("x.yaml")
    assert document["definitions"]["ledgers"] == 3


def test_advice_is_counted_and_listed_only_when_asked() -> None:
    assert "没有用例" not in run("check").stdout
    assert "没有用例" in run("check", "--advice").stdout


def test_test_runs_the_cases_and_tells_how_many_hold() -> None:
    result = run("test")

    assert result.exit_code == 0
    assert "8" in result.stdout
    assert run_json("test")["passed"] == 8


def test_test_fails_with_one_when_a_promise_does_not_hold(tmp_path: Path) -> None:
    path = tmp_path / "indicators/own/orchard_area.cases.yaml"
    path.parent.mkdir(parents=True)
    path.write_text(
        "- name: 错的用例\n  given: |\n    | 单位 | 户 | 日期 | 挂果 | 幼园 |\n"
        "    | 甲村 | 1 | 2023-01-01 | 1 | 1 |\n  then: {org: 甲村, period: 2023, value: 3}\n",
        encoding="utf-8",
    )

    result = run("test", str(tmp_path))

    assert result.exit_code == 1
    assert "错的用例" in result.stdout
    assert run_json("test", str(tmp_path))["failed"] == 1


def test_test_reports_a_broken_catalogue_instead_of_running_cases(broken: str) -> None:
    result = run("test", broken)

    assert result.exit_code == 1
    assert "CATALOGUE_030" in result.stdout


def test_list_gives_all_or_one_kind() -> None:
    assert {one["kind"] for one in run_json("list")} == {
        "unit",
        "ledger",
        "indicator",
        "relation",
        "parameter",
        "report",
    }
    assert [one["key"] for one in run_json("list", "ledger")] == ["orchard", "plot", "household"]
    assert "户台账" in run("list", "ledger").stdout
    assert "Households" in run("list", "ledger", language="en").stdout
    assert run("list", "ledgers").exit_code == 2


def test_show_explains_a_ledger_in_plain_words() -> None:
    shown = run("show", "orchard").stdout

    for words in (
        "果园台账",
        "挂果园面积",
        "亩",
        "自动计算",
        "单户果园",
        "测试口径",
        "果园户数",
    ):
        assert words in shown


def test_show_explains_an_indicator_in_plain_words_in_both_languages() -> None:
    shown = run("show", "orchard_persons").stdout
    assert "不重复的“户号”的“在册人数（household_members）”合计" in shown

    shown = run("show", "bearing_share", language="en").stdout
    assert "Bearing orchard area / Orchard area * 100" in shown


@pytest.mark.parametrize(
    "key",
    ["亩", "orchard", "orchard_subsidy", "subsidy_by_standard", "orchard_standard", "work_report"],
)
def test_show_knows_every_kind_and_says_where_it_is_used(key: str) -> None:
    result = run("show", key)
    (document,) = run_json("show", key)

    assert result.exit_code == 0
    assert document["file"].startswith(str(SOUND))
    assert document["line"] >= 1
    assert ("用在哪里" in result.stdout) is bool(document["used_by"])


def test_show_of_an_unknown_key_names_the_nearest_and_exits_with_one() -> None:
    result = run("show", "orchrad")

    assert result.exit_code == 1
    assert "orchard" in result.stderr
    assert run("show", "orchrad", "--json").exit_code == 1


def test_schemas_are_written_where_asked(tmp_path: Path) -> None:
    result = run("schemas", str(tmp_path))

    assert result.exit_code == 0
    assert (tmp_path / "ledger.json").exists()


@pytest.mark.parametrize("table", [MESSAGES, LABELS], ids=["sentences", "labels"])
def test_chinese_and_english_say_the_same_parameters(table: dict[str, Message]) -> None:
    def placeholders(text: str) -> set[str]:
        return {name for _, name, _, _ in string.Formatter().parse(text) if name}

    assert [key for key, one in table.items() if placeholders(one.zh) != placeholders(one.en)] == []
