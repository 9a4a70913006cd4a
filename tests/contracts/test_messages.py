"""Every problem has its sentence in both languages, every sentence has a problem, and both name the same parameters."""

from __future__ import annotations

import ast
import re
import string
from collections import defaultdict
from pathlib import Path

import pytest

from shuzhi.core.problems import Place, Problem
from shuzhi.messages import all_messages, render

ROOT = Path(__file__).resolve().parents[2]
SOURCE = ROOT / "src" / "shuzhi"
MESSAGES = all_messages()
_CODE = re.compile(r"[A-Z]+_\d{3}")
_HAN = re.compile(r"[\u4e00-\u9fff]")
#: calls that make a problem from a code and a mapping, and those that take the parameters as keywords
_FROM_MAPPING = frozenset({"Problem"})
_FROM_KEYWORDS = frozenset({"_Bad", "refuse"})
#: what is added on the way: a bad cell becomes a problem with the title of its field
_ADDED: dict[str, set[str]] = {"_Bad": {"field"}, "refuse": set()}


def placeholders(text: str) -> set[str]:
    """The names a sentence needs."""
    return {name for _, name, _, _ in string.Formatter().parse(text) if name is not None}


def codes_in(code: str) -> set[str]:
    """Every problem code that a source text names in a string of its own."""
    return {
        node.value
        for node in ast.walk(ast.parse(code))
        if isinstance(node, ast.Constant)
        and isinstance(node.value, str)
        and _CODE.fullmatch(node.value)
    }


def given_params(code: str) -> list[tuple[str, set[str], int]]:
    """(code, names of its parameters, line) of each problem whose parameters are written out where it is made."""
    found = []
    for node in ast.walk(ast.parse(code)):
        if not isinstance(node, ast.Call) or not node.args:
            continue
        first = node.args[0]
        if not (isinstance(first, ast.Constant) and isinstance(first.value, str)):
            continue
        if not _CODE.fullmatch(first.value):
            continue
        name = node.func.id if isinstance(node.func, ast.Name) else getattr(node.func, "attr", "")
        keywords = {k.arg: k.value for k in node.keywords}
        if None in keywords:
            continue
        if name in _FROM_KEYWORDS:
            found.append((first.value, set(keywords) - {"severity"} | _ADDED[name], node.lineno))
        elif name in _FROM_MAPPING:
            params = node.args[1] if len(node.args) > 1 else keywords.get("params")
            if params is None:
                found.append((first.value, set(), node.lineno))
            elif isinstance(params, ast.Dict) and all(
                isinstance(k, ast.Constant) for k in params.keys
            ):
                names = {str(k.value) for k in params.keys if isinstance(k, ast.Constant)}
                found.append((first.value, names, node.lineno))
    return found


def _sources() -> dict[str, str]:
    return {
        str(p.relative_to(SOURCE)): p.read_text(encoding="utf-8")
        for p in sorted(SOURCE.rglob("*.py"))
        if p.relative_to(SOURCE).parts[0] != "messages"
    }


SOURCES = _sources()
USED: dict[str, list[str]] = defaultdict(list)
for _path, _text in SOURCES.items():
    for _code in codes_in(_text):
        USED[_code].append(_path)


@pytest.mark.parametrize("code", sorted(USED))
def test_every_code_in_use_has_a_sentence(code):
    assert code in MESSAGES, f"{code} is used in {USED[code]} and has no sentence"


@pytest.mark.parametrize("code", sorted(MESSAGES))
def test_no_sentence_is_without_use(code):
    assert code in USED, f"{code} has a sentence and no code says it"


@pytest.mark.parametrize("code", sorted(MESSAGES))
def test_both_languages_are_there_and_name_the_same_parameters(code):
    message = MESSAGES[code]
    assert _HAN.search(message.zh), "the Chinese sentence is not Chinese"
    assert re.search(r"[A-Za-z]{2,}", re.sub(r"\{.*?\}", "", message.en)), "not English"
    assert placeholders(message.zh) == placeholders(message.en)


@pytest.mark.parametrize("code", sorted(MESSAGES))
def test_a_sentence_ends_without_a_full_stop_in_both_languages_or_in_neither(code):
    # `render` puts the code behind the sentence; a stop before the bracket would stand alone
    message = MESSAGES[code]
    assert not message.zh.endswith(("。", "，", "；"))
    assert not message.en.endswith((".", ",", ";")) or message.en.endswith("…")


@pytest.mark.parametrize("path", sorted(SOURCES))
def test_the_parameters_a_sentence_needs_are_given_where_the_problem_is_made(path):
    wrong = [
        f"{path}:{line} {code} lacks {sorted(placeholders(MESSAGES[code].zh) - names)}"
        for code, names, line in given_params(SOURCES[path])
        if code in MESSAGES and placeholders(MESSAGES[code].zh) - names
    ]
    assert wrong == []


@pytest.mark.parametrize("path", sorted(SOURCES))
def test_no_parameter_is_given_that_no_sentence_shows(path):
    wrong = [
        f"{path}:{line} {code} gives {sorted(names - placeholders(MESSAGES[code].zh))}"
        for code, names, line in given_params(SOURCES[path])
        if code in MESSAGES and names - placeholders(MESSAGES[code].zh) - {"field"}
    ]
    assert wrong == []


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ('Problem("ORG_001", {"name": a, "near": b})', [("ORG_001", {"name", "near"}, 1)]),
        ('Problem("ORG_001")', [("ORG_001", set(), 1)]),
        ('Problem(code="ORG_001")', []),
        ('Problem("ORG_001", params)', []),
        (
            '_Bad("LEDGER_003", found=a, severity="warning")',
            [("LEDGER_003", {"found", "field"}, 1)],
        ),
        ('refuse("EXCHANGE_001", file, **more)', []),
        ('print("ORG_001")', []),
    ],
)
def test_the_scan_reads_parameters_where_they_are_written_out(text, expected):
    assert given_params(text) == expected


def test_a_sentence_is_rendered_with_place_and_code():
    problem = Problem("BOOK_001", {"name": "甲村", "year": 2023}, Place("村.xlsx", "果园台账", 12))
    chinese, english = render(problem), render(problem, "en")
    assert chinese.startswith("村.xlsx · 工作表“果园台账” · 第 12 行：")
    assert chinese.endswith("（BOOK_001）")
    assert "甲村" in chinese
    assert "2023" in english
    assert english.endswith("(BOOK_001)")
