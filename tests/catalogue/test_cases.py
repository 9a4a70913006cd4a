"""The cases beside the indicators: the shipped ones all hold, and the runner itself is honest."""

from __future__ import annotations

from pathlib import Path

import pytest

from shuzhi.catalogue.cases import (
    find_cases_files,
    indicators_tested,
    load_cases,
    run_case,
    run_cases_file,
)
from shuzhi.catalogue.loader import load_catalogue, shipped_catalogue, shipped_folder
from shuzhi.core.definitions import Catalogue
from shuzhi.messages import render

SOUND = Path(__file__).parent / "sound"
SHIPPED = find_cases_files(shipped_folder())


@pytest.fixture(scope="module")
def catalogue() -> Catalogue:
    return load_catalogue(SOUND)[0]


@pytest.mark.parametrize(
    "path", SHIPPED, ids=[str(path.relative_to(shipped_folder())) for path in SHIPPED]
)
def test_a_shipped_case_gives_the_figures_it_promises(path: Path) -> None:
    results, problems = run_cases_file(path, shipped_catalogue())

    assert [render(one) for one in problems] == []
    assert results
    assert [render(one) for result in results for one in result.problems] == []


def write(folder: Path, text: str, name: str = "orchard_area") -> Path:
    path = folder / f"{name}.cases.yaml"
    path.write_text(text, encoding="utf-8")
    return path


def test_the_sound_cases_hold_and_name_what_they_test(catalogue: Catalogue) -> None:
    (path,) = find_cases_files(SOUND)

    cases, problems = load_cases(path, catalogue)
    results = [result for case in cases for result in run_case(case, catalogue)]

    assert problems == []
    assert [(one.expected, one.found) for one in results if not one.passed] == []
    assert len(results) == 8
    assert indicators_tested(cases) == {
        "orchard_area",
        "orchard_persons",
        "orchard_households",
        "bearing_share",
        "orchard_subsidy",
    }


@pytest.mark.parametrize(
    ("wrong", "expected", "found"),
    [("value: 3.4", "3.4", "3.5"), ("value: null", "null", "3.5"), ("value: 0", "0", "3.5")],
)
def test_a_wrong_promise_fails_with_both_values_and_its_line(
    tmp_path: Path, catalogue: Catalogue, wrong: str, expected: str, found: str
) -> None:
    path = write(
        tmp_path,
        f"""\
- name: 一行
  given: |
    | 单位 | 户  | 日期       | 挂果 | 幼园 |
    | 甲村 | 001 | 2023-03-01 | 2.5  | 1    |
  then:
    - {{org: 甲村, period: 2023, {wrong}}}
""",
    )

    ((result,), problems) = run_cases_file(path, catalogue)

    assert problems == []
    assert (result.passed, result.expected, result.found) == (False, expected, found)
    assert result.line == 6
    sentence = render(result.problems[0])
    assert all(word in sentence for word in ("一行", "甲村", "2023", expected, found))


def test_a_blank_cell_is_unknown_and_not_zero(tmp_path: Path, catalogue: Catalogue) -> None:
    path = write(
        tmp_path,
        """\
- name: 幼园不详
  given: |
    | 单位 | 户  | 日期       | 挂果 | 幼园 |
    | 甲村 | 001 | 2023-03-01 | 2.5  |      |
  then: {org: 甲村, period: 2023, value: null}
- name: 幼园没有
  given: |
    | 单位 | 户  | 日期       | 挂果 | 幼园 |
    | 甲村 | 001 | 2023-03-01 | 2.5  | 0    |
  then: {org: 甲村, period: 2023, value: 2.5}
""",
    )

    results, problems = run_cases_file(path, catalogue)

    assert problems == []
    assert [one.passed for one in results] == [True, True]


def test_a_row_the_ledger_refuses_fails_the_case_at_the_row_line(
    tmp_path: Path, catalogue: Catalogue
) -> None:
    path = write(
        tmp_path,
        """\
- name: 不是数
  given: |
    | 单位 | 户  | 日期       | 挂果 |
    | 甲村 | 001 | 2023-03-01 | 3    |
    | 甲村 | 002 | 2023-03-01 | 约三 |
  then: {org: 甲村, period: 2023, value: 3}
""",
    )

    ((result,), _) = run_cases_file(path, catalogue)

    assert not result.passed
    assert [(one.code, one.place.line) for one in result.problems] == [("LEDGER_003", 5)]


GOOD = """\
- name: 用例
  given: |
    | 单位 | 户  | 日期       | 挂果 |
    | 甲村 | 001 | 2023-03-01 | 3    |
  then: {org: 甲村, period: 2023, value: 3}
"""


@pytest.mark.parametrize(
    ("old", "new", "code", "line"),
    [
        ("挂果 |\n", "梨树 |\n", "CATALOGUE_072", 3),
        ("| 3    |", "| 3 | 4 |", "CATALOGUE_071", 4),
        ("| 甲村 | 001", "|      | 001", "CATALOGUE_073", 4),
        ("挂果 |\n", "状态 |\n", "CATALOGUE_074", 4),
        ("value: 3", "value: 三", "CATALOGUE_077", 5),
        ("value: 3", "value: NaN", "CATALOGUE_077", 5),
        (", value: 3", "", "CATALOGUE_012", 5),
        ("period: 2023", "period: 去年春天", "PERIOD_001", 5),
        ("org: 甲村", "org: 乙村", "CATALOGUE_081", 5),
        ("value: 3", "value: 3, indicator: orchard_aera", "CATALOGUE_034", 5),
        ("value: 3", "value: 3, unit: 亩", "CATALOGUE_021", 5),
        ("  given: |", "  givn: |", "CATALOGUE_011", 2),
        ("  given: |", "  given: 见下 |", "CATALOGUE_070", 2),
        ("- name: 用例", "- name: 用例\n  indicator: bearing_share", "CATALOGUE_076", 3),
        ("- name: 用例\n  given: |", "- name: 用例\n  given:\n   orchrad: |", "CATALOGUE_030", 3),
        ("- name: 用例", "- name: 用例\n  units: 某镇", "CATALOGUE_018", 2),
    ],
)
def test_a_badly_written_case_is_reported_with_its_line(
    tmp_path: Path, catalogue: Catalogue, old: str, new: str, code: str, line: int
) -> None:
    assert old in GOOD
    path = write(tmp_path, GOOD.replace(old, new, 1))

    cases, problems = load_cases(path, catalogue)

    assert cases == []
    assert (code, line) in [(one.code, one.place.line) for one in problems]
    assert all(render(one) and render(one, "en") for one in problems)


def test_the_same_name_twice_is_reported(tmp_path: Path, catalogue: Catalogue) -> None:
    cases, problems = load_cases(write(tmp_path, GOOD + GOOD), catalogue)

    assert len(cases) == 1
    assert [(one.code, one.place.line) for one in problems] == [("CATALOGUE_079", 6)]


def test_a_file_named_after_no_indicator_must_say_what_it_tests(
    tmp_path: Path, catalogue: Catalogue
) -> None:
    _, problems = load_cases(write(tmp_path, GOOD, "orchards"), catalogue)

    assert {one.code for one in problems} == {"CATALOGUE_075"}
