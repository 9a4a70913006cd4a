"""Division codes, paths and names of places."""

from __future__ import annotations

import doctest

import pytest
from hypothesis import given
from hypothesis import strategies as st

from shuzhi.core import divisions
from shuzhi.core.divisions import (
    ROOT,
    ancestors,
    build_path,
    is_within,
    keys_of,
    names_match,
    normalise_name,
    parse_code,
    warnings_of_code,
)
from shuzhi.core.problems import Problem, ProblemsError
from shuzhi.messages import all_messages, render


def codes(error: pytest.ExceptionInfo[ProblemsError]) -> list[str]:
    return [problem.code for problem in error.value.problems]


def test_the_examples_in_the_docstrings_hold():
    result = doctest.testmod(divisions)
    assert result.attempted > 6
    assert result.failed == 0


@pytest.mark.parametrize(
    ("text", "level", "prefix", "parent"),
    [
        ("620000000000", "province", "62", None), ("620800000000", "prefecture", "6208", "620000000000"), ("620802000000", "county", "620802", "620800000000"),
        ("620802102000", "township", "620802102", "620802000000"), ("620802102203", "village", "620802102203", "620802102000"), ("62080210220301", "group", "62080210220301", "620802102203"),
        ("62080210220300", "village", "620802102203", "620802102000"), ("441900003000", "township", "441900003", "441900000000"), ("441900003001", "village", "441900003001", "441900003000"),
        (" ６２０８０２ 102203 ", "village", "620802102203", "620802102000"), ("419001001000", "township", "419001001", "419001000000"), ("110101001001", "village", "110101001001", "110101001000"),
    ],
)  # fmt: skip
def test_a_code_tells_its_level_and_parent(text, level, prefix, parent):
    code = parse_code(text)
    assert code.level == level
    assert code.prefix == prefix
    assert (str(code.parent) if code.parent else None) == parent


def test_a_code_knows_everything_above_it():
    group = parse_code("62080210220301")
    assert [str(above) for above in group.ancestors] == [
        "620000000000", "620800000000", "620802000000", "620802102000", "620802102203",
    ]  # fmt: skip
    assert group.is_within(parse_code("620802000000"))
    assert group.is_within(group)
    assert not group.is_within(parse_code("620801000000"))
    assert [str(above) for above in parse_code("441900003001").ancestors] == [
        "440000000000", "441900000000", "441900003000",
    ]  # fmt: skip


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("", ["DIVISION_001"]), ("620802", ["DIVISION_001"]), ("6208021022031", ["DIVISION_001"]), ("6.2E+11", ["DIVISION_002", "DIVISION_001"]), ("62080210220A", ["DIVISION_002"]), ("620802102-03", ["DIVISION_002"]),
        ("620099000000", ["DIVISION_003"]), ("620800102000", ["DIVISION_003"]), ("620802000203", ["DIVISION_003"]), ("620000000203", ["DIVISION_003"] * 3), ("000000000000", ["DIVISION_004"]),
        ("00080210220301", ["DIVISION_004"]), ("62080210200001", ["DIVISION_005"]), ("000000102000", ["DIVISION_004", "DIVISION_003", "DIVISION_003"]), ("٦20802102203", ["DIVISION_002"]),
    ],
)  # fmt: skip
def test_everything_wrong_with_a_code_is_reported(text, expected):
    with pytest.raises(ProblemsError) as error:
        parse_code(text)
    assert codes(error) == expected


@pytest.mark.parametrize(
    ("code", "name", "expected"),
    [
        ("620802102203", "示例村委会", []), ("620802102003", "示例社区居委会", []), ("620802102203", "", []), ("620802102000", "示例镇", []), ("620802001000", "示例街道办事处", []), ("620802000000", "示例县", []),
        ("620802102003", "示例村", ["DIVISION_007"]), ("620802102203", "示例居委会", ["DIVISION_007"]), ("620802102503", "示例嘎查", []), ("620802102403", "示例村", ["DIVISION_007"]),
        ("620802102000", "示例乡人民政府", ["DIVISION_007"]), ("620802202000", "示例苏木", []), ("620802402000", "示例农场", []), ("620802602000", "示例镇", ["DIVISION_006"]), ("620802102603", "示例村", ["DIVISION_006"]),
        ("620802102498", "虚拟社区", ["DIVISION_008"]), ("620802102598", "虚拟生活区", ["DIVISION_008"]), ("62080210220301", "一组", []),
    ],
)  # fmt: skip
def test_unusual_codes_warn_and_never_block(code, name, expected):
    warnings = warnings_of_code(parse_code(code), name)
    assert [warning.code for warning in warnings] == expected
    assert all(warning.severity == "warning" for warning in warnings)


def test_placeholders_of_the_statistics_bureau_are_virtual():
    assert parse_code("620802102498").is_virtual
    assert parse_code("620802102598").is_virtual
    assert not parse_code("620802102203").is_virtual


def test_a_path_never_confuses_11_and_110():
    eleven, one_hundred_ten = build_path(ROOT, "11"), build_path("", "110")
    assert (eleven, one_hundred_ten) == ("/11/", "/110/")
    assert not is_within(one_hundred_ten, eleven)
    assert is_within(build_path(eleven, "110"), eleven)
    assert is_within(eleven, eleven)
    assert not is_within(eleven, build_path(eleven, "110"))
    assert is_within(eleven, ROOT)


KEYS = st.text(alphabet="0123456789abcdef-", min_size=1, max_size=6)


@given(st.lists(KEYS, min_size=1, max_size=6), st.lists(KEYS, min_size=1, max_size=6))
def test_being_within_is_being_on_the_way_up(first, second):
    def path_of(keys: list[str]) -> str:
        path = ROOT
        for key in keys:
            path = build_path(path, key)
        return path

    a, b = path_of(first), path_of(second)

    assert keys_of(a) == tuple(first)
    assert is_within(a, b) == (first[: len(second)] == second)
    assert is_within(a, b) == (b == a or b in ancestors(a))


@pytest.mark.parametrize("key", ["", "6/2", "6 2", "62\n"])
def test_a_key_that_would_break_paths_is_a_problem(key):
    with pytest.raises(ProblemsError) as error:
        build_path(ROOT, key)
    assert codes(error) == ["DIVISION_009"]


@pytest.mark.parametrize("path", ["", "62", "/62", "62/", "/62//6208/"])
def test_a_path_without_separators_is_refused(path):
    with pytest.raises(ValueError, match="materialised"):
        is_within("/62/", path)


def test_the_root_has_no_keys():
    assert keys_of(ROOT) == ()
    assert ancestors(ROOT) == ()
    assert ancestors("/62/") == ()


@pytest.mark.parametrize(
    ("name", "stem"),
    [
        ("示例村", "示例村"), ("示例村委会", "示例村"), ("示例村村委会", "示例村"), ("示例村民委员会", "示例村"), ("示例村村民委员会", "示例村"), ("示例 村委", "示例村"), ("示例居委会", "示例社区"),
        ("示例社区居委会", "示例社区"), ("示例社区居民委员会", "示例社区"), ("示例社区", "示例社区"), ("新村居委会", "新村社区"), ("示例嘎查", "示例嘎查"), ("示例嘎查村民委员会", "示例嘎查"), ("示例嘎查委员会", "示例嘎查"),
        ("示例镇人民政府", "示例镇"), ("示例乡人民政府", "示例乡"), ("示例街道办事处", "示例街道"), ("示例街道办", "示例街道"), ("示例生活区", "示例生活区"), ("村委会", "村委会"), ("", ""),
    ],
)  # fmt: skip
def test_a_name_is_freed_of_its_committee(name, stem):
    assert normalise_name(name) == stem
    assert normalise_name(stem) == stem


def test_names_match_by_place_not_by_spelling():
    assert names_match("示例村村民委员会", "示例村委会")
    assert names_match("示例　镇", "示例镇人民政府")
    assert not names_match("示例一村", "示例村")
    assert not names_match("新村", "新村居委会")
    assert not names_match("", "")


DIVISION_PROBLEMS = [
    Problem("DIVISION_001", {"code": "6208", "length": 4}),
    Problem("DIVISION_002", {"code": "6.2E", "characters": ".E"}),
    Problem("DIVISION_003", {"code": "620099000000", "first": 3, "last": 4}),
    Problem("DIVISION_004", {"code": "000000000000"}),
    Problem("DIVISION_005", {"code": "62080210200001"}),
    Problem("DIVISION_006", {"code": "620802602000", "segment": "602", "limit": 599}),
    Problem(
        "DIVISION_007",
        {"code": "620802102003", "segment": "003", "kind": "居委会", "name": "示例村"},
    ),
    Problem("DIVISION_008", {"code": "620802102498"}),
    Problem("DIVISION_009", {"key": "6/2"}),
]


@pytest.mark.parametrize("problem", DIVISION_PROBLEMS, ids=lambda problem: problem.code)
def test_every_problem_reads_in_both_languages(problem):
    chinese, english = render(problem), render(problem, "en")
    for name, param in problem.params.items():
        assert str(param) in english
        assert str(param) in chinese, name
    assert "应" in chinese or "通常" in chinese
    assert chinese != english


def test_no_division_message_is_left_out_above():
    declared = {code for code in all_messages() if code.startswith("DIVISION_")}
    assert declared == {problem.code for problem in DIVISION_PROBLEMS}
