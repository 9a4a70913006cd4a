"""What the pages on checking promise: the example of the library runs, and every field of the JSON has its row."""

from __future__ import annotations

import doctest
import json
import re
from pathlib import Path

from shuzhi.cli.check import check
from shuzhi.cli.finding import finding

from .conftest import run_inside

ROOT = Path(__file__).resolve().parents[2]
PAGE = ROOT / "docs" / "reference" / "checking-json.md"
HOWTO = ROOT / "docs" / "howto" / "check-a-draft.md"


def test_the_example_of_the_library_runs():
    done = doctest.testfile(str(PAGE), module_relative=False, encoding="utf-8")
    assert (done.failed, done.attempted > 8) == (0, True)


def test_every_field_of_the_json_is_described(tmp_path: Path):
    draft = tmp_path / "稿.md"
    draft.write_text("全村共有412户，其中一组210户、二组302户，新修渠道8—10公里。\n", "utf-8")
    answer = json.loads(run_inside("check", draft, "--no-books", "--json").out)
    (one,) = answer["files"]
    described = set(re.findall(r"`(\w+)`", PAGE.read_text("utf-8")))
    fields = {*answer, *one, *one["figures"][0], *one["findings"][0], *one["figures"][0]["place"]}
    assert fields - described - {"files"} == set()


def test_every_option_of_the_howto_exists():
    known = {
        name
        for command in (check, *finding.commands.values())
        for parameter in command.params
        for name in (*parameter.opts, *parameter.secondary_opts)
    }
    assert set(re.findall(r"(?<![\w-])--[a-z][a-z-]*", HOWTO.read_text("utf-8"))) <= known


def test_both_pages_are_linked_from_the_list_of_pages():
    listed = (ROOT / "docs" / "README.md").read_text("utf-8")
    assert "howto/check-a-draft.md" in listed
    assert "reference/checking-json.md" in listed
