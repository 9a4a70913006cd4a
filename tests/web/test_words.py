"""Both languages on every page: Chinese stands nowhere but in a pair with its English."""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator
from pathlib import Path

import pytest

import shuzhi.web

ROOT = Path(shuzhi.web.__file__).parent
CHINESE = re.compile(r"[\u3400-\u9fff\uf900-\ufaff\uff01-\uff5e\u3000-\u303f]")
PAIR = re.compile(r"""\{%\s*t\s+(?P<zh>"[^"]*"|'[^']*')\s+(?P<en>"[^"]*"|'[^']*')[^%]*%\}""")
COMMENT = re.compile(r"\{#.*?#\}|\{%\s*comment.*?endcomment\s*%\}", re.DOTALL)
PLACE = re.compile(r"\{(\w+)\}")
#: constructors and functions that take (zh, en)
PAIRS = {"say": 2, "Words": 2, "Text": 2}

TEMPLATES = sorted(ROOT.glob("templates/**/*.html"))
MODULES = sorted(ROOT.glob("**/*.py"))
SCRIPTS = sorted(ROOT.glob("static/shuzhi/**/*.js"))


def short(path: Path) -> str:
    return str(path.relative_to(ROOT))


@pytest.mark.parametrize("path", TEMPLATES, ids=short)
def test_a_template_has_chinese_only_in_pairs(path: Path) -> None:
    text = COMMENT.sub("", path.read_text(encoding="utf-8"))

    for pair in PAIR.finditer(text):
        zh, en = pair["zh"][1:-1], pair["en"][1:-1]
        assert en.strip(), f"no English for {zh!r}"
        assert not CHINESE.search(en), f"Chinese in the English of {zh!r}"
        assert set(PLACE.findall(zh)) == set(PLACE.findall(en)), zh
    rest = PAIR.sub("", text)
    assert [line.strip() for line in rest.splitlines() if CHINESE.search(line)] == []


def chinese_outside_pairs(tree: ast.Module) -> Iterator[tuple[int, str]]:
    """Chinese string literals that are neither docstrings nor in a pair, with their lines."""
    allowed: set[int] = set()
    for node in ast.walk(tree):
        if isinstance(node, ast.Module | ast.ClassDef | ast.FunctionDef | ast.AsyncFunctionDef):
            first = node.body[0] if node.body else None
            if isinstance(first, ast.Expr) and isinstance(first.value, ast.Constant):
                allowed.add(id(first.value))
        name = (
            node.func.attr
            if isinstance(node, ast.Call) and isinstance(node.func, ast.Attribute)
            else ""
        )
        name = (
            node.func.id if isinstance(node, ast.Call) and isinstance(node.func, ast.Name) else name
        )
        if isinstance(node, ast.Call) and name in PAIRS and len(node.args) >= 2:
            zh, en = node.args[:2]
            allowed.update(id(n) for n in ast.walk(zh))
            english = "".join(
                n.value
                for n in ast.walk(en)
                if isinstance(n, ast.Constant) and isinstance(n.value, str)
            )
            if CHINESE.search(english):
                yield node.lineno, f"Chinese in the English: {english}"
            if isinstance(zh, ast.Constant) and isinstance(en, ast.Constant):
                if not str(en.value).strip():
                    yield node.lineno, f"no English: {zh.value}"
                if set(PLACE.findall(zh.value)) != set(PLACE.findall(en.value)):
                    yield node.lineno, f"other placeholders: {zh.value}"
    for node in ast.walk(tree):
        if (
            isinstance(node, ast.Constant)
            and isinstance(node.value, str)
            and id(node) not in allowed
        ) and CHINESE.search(node.value):
            yield node.lineno, node.value


@pytest.mark.parametrize("path", MODULES, ids=short)
def test_a_module_has_chinese_only_in_pairs(path: Path) -> None:
    assert list(chinese_outside_pairs(ast.parse(path.read_text(encoding="utf-8")))) == []


@pytest.mark.parametrize("path", SCRIPTS, ids=short)
def test_a_script_has_no_words_of_its_own(path: Path) -> None:
    code = re.sub(r"//.*|/\*.*?\*/", "", path.read_text(encoding="utf-8"))

    assert not CHINESE.search(code)


@pytest.mark.parametrize("path", TEMPLATES, ids=short)
def test_a_template_has_no_inline_script_style_or_handler(path: Path) -> None:
    text = COMMENT.sub("", path.read_text(encoding="utf-8"))

    assert not re.search(r"<style\b|\sstyle\s*=|\son\w+\s*=|javascript:|hx-on", text), path
    for script in re.finditer(r"<script\b([^>]*)>", text):
        assert "src=" in script[1] or "application/json" in script[1], script[0]
    assert not re.search(r"""(?:src|href|action)\s*=\s*["']?(?:https?:)?//""", text), "another host"


@pytest.mark.parametrize(
    ("code", "found"),
    [
        ('x = "中文"', 1),
        ('say("中文", "Chinese")', 0),
        ('say("中文 {n}", "Chinese {m}")', 1),
        ('Words("中文", "")', 1),
        ('def f():\n    """中文"""', 0),
    ],
)
def test_the_test_itself_finds_what_it_is_for(code: str, found: int) -> None:
    assert len(list(chinese_outside_pairs(ast.parse(code)))) == found
