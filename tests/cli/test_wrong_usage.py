"""Whatever a person types, the answer is a sentence with a code and an exit code a script can rely on; never a traceback."""

from __future__ import annotations

import json
import os
import re
import shutil
from collections.abc import Iterator
from pathlib import Path

import click
import psycopg
import pytest

from shuzhi.cli.main import cli
from tests.support.office import FIRST, Office
from tests.support.postgres import server_url
from tests.support.tables import parse_table

from .conftest import Run, run_process

LEADER, CLERK, ADMIN = "分管领导", "县会计", "管理员"
_CODE = re.compile(r"[A-Z]+_\d{3}")

#: what is typed, by whom, exit code, problem code
WRONG = """
| init                                                             |       | 2 | CLI_015    |
| init --code 12 --name 某县                                       |       | 1 | DIVISION_001 |
| init --code 990101000000 --name 示例县                           |       | 1 | OFFICE_002 |
| init --code 990101000000 --name 示例县 --level state             |       | 2 | CLI_013    |
| org list --below 火星村                                          |       | 1 | ORG_001    |
| org rename 甲村 新名                                             | admin | 2 | CLI_012    |
| org import 没有.xlsx                                             | admin | 1 | CLI_003    |
| org import .                                                     | admin | 1 | EXCHANGE_002 |
| org list --csv 没有的/单位.csv                                   |       | 1 | CLI_005    |
| account list extra                                               |       | 2 | CLI_015    |
| account add                                                      | admin | 2 | CLI_012    |
| post end -1                                                      | admin | 2 | CLI_010    |
| post end 0                                                       | admin | 2 | CLI_014    |
| post give 县会计 甲村 clerk --to 2023-13-01                      | admin | 1 | QUANTITY_011 |
| ledger template 没有的台账                                       |       | 1 | LEDGER_030 |
| ledger template tea -o 没有的/x.xlsx                             |       | 1 | EXCHANGE_046 |
| ledger import 没有.xlsx --org 甲村                               | clerk | 1 | CLI_003    |
| ledger import . --org 甲村 --ledger tea                          | clerk | 1 | EXCHANGE_002 |
| ledger import 文字.txt --org 甲村                                | clerk | 1 |            |
| ledger import 文字.txt --org 甲村 --ledger teaa                  | clerk | 1 | LEDGER_030 |
| ledger import 文字.txt                                           | clerk | 2 | CLI_012    |
| ledger show tea --org 甲村 --limit -5                            | clerk | 2 | CLI_014    |
| ledger show tea --org 甲村 --state lost                          | clerk | 2 | CLI_013    |
| ledger export tea --org 甲村 --unmasked                          | clerk | 1 | CLI_016    |
| record add tea --org 甲村 --set 茶园面积                         | clerk | 1 | CLI_001    |
| record add tea --org 示例县 --set date=2023-01-01 --set plot=1   | clerk | 1 | LEDGER_031 |
| record approve 999                                               | clerk | 1 | RECORD_001 |
| record approve x                                                 | clerk | 2 | CLI_014    |
| record approve 99999999999999999999                              | clerk | 2 | CLI_014    |
| record return 1 --reason x                                       | clerk | 1 | RECORD_001 |
| record return 1                                                  | clerk | 2 | CLI_012    |
| record withdraw --batch 没有 --reason x                          | clerk | 1 | RECORD_005 |
| record history 999                                               | clerk | 1 | RECORD_001 |
| record histroy 1                                                 | clerk | 2 | CLI_011    |
| book open 甲村 99999                                             | leader | 2 | CLI_014   |
| book open 甲村 今年                                              | leader | 2 | CLI_014   |
| book close 甲村 2023-13                                          | leader | 1 | PERIOD_002 |
| book close 甲村 2031                                             | leader | 1 | BOOK_001  |
| book reopen 甲村 2023 --reason x                                 | leader | 1 | BOOK_011  |
| book findings 甲村 昨天                                          |       | 1 | PERIOD_001 |
| book status 火星村 2023                                          |       | 1 | ORG_001    |
| figure show 没有的指标 --org 甲村 --period 2023                  | leader | 1 | FIGURE_002 |
| figure show tea_area --org 甲村                                  | leader | 2 | CLI_012   |
| figure show tea_area --org 甲村 --period 2023Q5                  | leader | 1 |           |
| figure show tea_area --org 甲村 --period 2023..2019              | leader | 1 |           |
| figure as-of tea_area junk --org 甲村 --period 2023              | leader | 2 | CLI_014   |
| figure restate tea_area --org 甲村 --period 2023 --since -1      | leader | 2 | CLI_014   |
| figure explain tea_area --org 甲村 --period 2023 --by ==         | leader | 1 | CLI_008   |
| report render 没有的报告 --org 甲村 --year 2023                  | leader | 1 | REPORT_040 |
| report render village_committees --org 甲村 --year 2023 -o 文字.txt/出 | leader | 1 | CLI_005 |
| report refresh 没有.docx                                         | leader | 1 | CLI_003   |
| report refresh .                                                 | leader | 1 | CLI_017   |
| report refresh 文字.txt                                          | leader | 1 | REPORT_020 |
| report list --made=yes                                           |       | 2 | CLI_015    |
| catalogue show 没有的定义                                        |       | 1 | CATALOGUE_080 |
| catalogue check 没有的文件夹                                     |       | 1 | CATALOGUE_001 |
| catalogue list animal                                            |       | 2 | CLI_013    |
| record approve 1                                                 |       | 1 | OFFICE_005 |
| record approve 1                                                 | 无此人 | 1 | PEOPLE_002 |
| nonsense                                                         |       | 2 | CLI_011    |
| --lang fr org list                                               |       | 2 | CLI_013    |
| --colour                                                         |       | 2 | CLI_010    |
"""
ACTORS = {"admin": ADMIN, "clerk": CLERK, "leader": LEADER}
CASES = parse_table(WRONG)


@pytest.fixture
def told(tea_sqlite: Office, tmp_path: Path) -> Office:
    """An office, and a file that is no workbook in the working folder."""
    (tmp_path / "文字.txt").write_text("这不是台账", encoding="utf-8")
    return tea_sqlite


def test_wrong_usage_is_answered_with_a_sentence_and_a_code(told: Office, shuzhi: Run) -> None:
    from shuzhi.apps.audit.actions import current

    before = current()
    for line, who, exit_code, code in CASES:
        actor = ACTORS.get(who, who)
        spoken = shuzhi(*line.split(), actor=actor)
        machine = shuzhi(*line.split(), "--json", actor=actor)

        assert (spoken.code, machine.code) == (int(exit_code), int(exit_code)), line
        said = spoken.err + spoken.out
        assert "Traceback" not in said
        assert len(_CODE.sub("", said)) > 10, line
        assert _CODE.search(said), (line, said)
        assert code in said, (line, said)
        document = json.loads(machine.out)
        problems = document.get("problems") or [p for f in document["files"] for p in f["problems"]]
        assert document.get("ok") is False, line
        assert all(p["code"] and p["message"] for p in problems), line
        assert code in [p["code"] for p in problems] or not code, line
        assert machine.err == "", line
    assert current() == before


def test_no_command_alone_is_help_and_not_an_error_with_a_traceback(shuzhi: Run) -> None:
    for arguments in ((), ("org",), ("record",)):
        ran = shuzhi(*arguments)
        assert (ran.code, "Usage:" in ran.out + ran.err) == (2, True)


# ── databases that cannot be used ─────────────────────────────────────────────────────────────────────────────────────


@pytest.fixture(scope="module")
def rubbish(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Path]:
    """A folder with files that are no databases, and an empty database on the server."""
    folder = tmp_path_factory.mktemp("rubbish")
    (folder / "text.sqlite3").write_text("这不是数据库，只是一个文本文件。" * 100, encoding="utf-8")
    (folder / "empty.sqlite3").touch()
    broken = folder / "catalogue/ledgers/own"
    broken.mkdir(parents=True)
    (broken / "x.yaml").write_text("key: x\ntitel: 某账\n", encoding="utf-8")
    with psycopg.connect(f"{server_url()}/postgres", autocommit=True) as server:
        server.execute("CREATE DATABASE rubbish")
    yield folder
    with psycopg.connect(f"{server_url()}/postgres", autocommit=True) as server:
        server.execute("DROP DATABASE rubbish WITH (FORCE)")


@pytest.mark.parametrize(
    ("database", "code"),
    [
        ("{folder}/text.sqlite3", "OFFICE_003"),
        ("{folder}/empty.sqlite3", "OFFICE_001"),
        ("{folder}/none.sqlite3", "OFFICE_001"),
        ("{folder}/none/none.sqlite3", "OFFICE_003"),
        ("{folder}", "OFFICE_003"),
        ("{server}/rubbish", "OFFICE_001"),
        ("{server}/none", "OFFICE_003"),
        ("postgres://u:geheim@127.0.0.1:1/x", "OFFICE_003"),
        ("postgres://u:geheim@127.0.0.1:port/x", "OFFICE_006"),
        ("nosuch://u:geheim@host/x", "OFFICE_006"),
    ],
)
def test_a_database_that_cannot_be_used_is_told_in_words(
    rubbish: Path, database: str, code: str
) -> None:
    url = database.format(folder=rubbish, server=server_url())
    before = sorted(rubbish.iterdir())

    ran = run_process("--database", url, "org", "list", "--json", cwd=rubbish)

    assert (ran.code, ran.codes) == (1, [code])
    assert "geheim" not in ran.out + ran.err
    assert (
        sorted(p for p in rubbish.iterdir() if p.suffix not in (".sqlite3-wal", ".sqlite3-shm"))
        == before
    )


def test_a_broken_definition_of_the_offices_own_stops_with_its_place(
    rubbish: Path, tmp_path: Path
) -> None:
    own = str(rubbish / "catalogue")
    ran = run_process("report", "list", "--json", cwd=tmp_path, SHUZHI_CATALOGUE=own)
    checked = run_process("catalogue", "check", "--json", cwd=tmp_path, SHUZHI_CATALOGUE=own)

    assert ran.code == checked.code == 1
    assert {c.split("_")[0] for c in ran.codes} == {"CATALOGUE"}
    assert any("titel" in p["message"] and "x.yaml" in p["file"] for p in ran.json["problems"])
    assert set(ran.codes) <= {p["code"] for p in checked.json["problems"]}
    assert list(tmp_path.iterdir()) == []


def test_a_database_that_may_only_be_read_says_so(
    tea_sqlite: Office, shuzhi: Run, tmp_path: Path
) -> None:
    from django.db import connection

    with connection.cursor() as cursor:
        cursor.execute("PRAGMA query_only = ON")
    add = (
        "record",
        "add",
        "tea",
        "--org",
        FIRST,
        "--set",
        "date=2023-01-01",
        "--set",
        "plot=1",
        "--json",
    )
    try:
        ran = shuzhi(*add, actor=CLERK)
    finally:
        with connection.cursor() as cursor:
            cursor.execute("PRAGMA query_only = OFF")

    assert (ran.code, ran.codes) == (1, ["OFFICE_007"])


@pytest.mark.skipif(
    os.geteuid() == 0, reason="the administrator of the machine may write everywhere"
)
def test_a_folder_that_may_only_be_read_says_so(
    tea_sqlite: Office, shuzhi: Run, tmp_path: Path
) -> None:
    folder = tmp_path / "只读"
    folder.mkdir(mode=0o555)

    for arguments in (
        (
            "report",
            "render",
            "village_committees",
            "--org",
            FIRST,
            "--year",
            2023,
            "-o",
            folder / "出",
        ),
        ("ledger", "template", "tea", "-o", folder / "x.xlsx"),
        ("org", "list", "--csv", folder / "x.csv"),
    ):
        ran = shuzhi(*arguments, "--json", actor="村会计")
        assert (ran.code, ran.codes[0] in ("CLI_005", "EXCHANGE_046")) == (1, True)


def test_a_reader_that_goes_away_is_no_error(tmp_path: Path) -> None:
    import subprocess
    import sys

    done = subprocess.run(
        f"{sys.executable} -m shuzhi.cli.main catalogue list | head -1",
        shell=True, capture_output=True, text=True, check=False, cwd=tmp_path,
    )  # fmt: skip

    assert done.stderr == ""


# ── both languages ────────────────────────────────────────────────────────────────────────────────────────────────────


def commands(group: click.Group = cli, path: str = "") -> Iterator[tuple[str, click.Command]]:
    """Every command and group, by what is typed."""
    for name, command in group.commands.items():
        yield f"{path} {name}".strip(), command
        if isinstance(command, click.Group):
            yield from commands(command, f"{path} {name}".strip())


HAN = re.compile(r"[\u3000-\u303f\u4e00-\u9fff\uff00-\uffef]")


@pytest.mark.parametrize(
    ("path", "command"), [("", cli), *commands()], ids=lambda v: v if isinstance(v, str) else ""
)
def test_help_is_in_both_languages(path: str, command: click.Command, shuzhi: Run) -> None:
    told = shuzhi(*path.split(), "--help").done().out

    paragraphs = (command.help or "").split("\n\n")
    assert HAN.search(paragraphs[0]), path
    assert any(not HAN.search(p) and re.search("[a-z]{3}", p) for p in paragraphs), path
    assert "Usage:" in told
    for one in command.params:
        if isinstance(one, click.Option) and one.name not in ("help", "version"):
            zh, slash, en = (one.help or "").partition(" / ")
            assert slash, (path, one.opts)
            assert HAN.search(zh), (path, one.opts)
            assert re.search("[A-Za-z]{3}", en), (path, one.opts)


@pytest.mark.parametrize(
    ("path", "command"), list(commands()), ids=lambda v: v if isinstance(v, str) else ""
)
def test_every_command_speaks_to_machines(path: str, command: click.Command) -> None:
    if isinstance(command, click.Group):
        return
    options = {o for p in command.params for o in p.opts}
    # the demonstration is for people, and what runs until it is stopped answers nothing
    assert "--json" in options or path in ("demo", "serve", "worker")


ENGLISH_UNITS = "code,name,level,parent\n" + "\n".join(
    (
        "990101100000,Model Town,township,990101000000",
        "990101100201,East,village,990101100000",
        "990101100202,West,village,990101100000",
    )
)


def test_with_english_chosen_the_program_speaks_english(
    tmp_path: Path, shuzhi: Run, own_folder: Path
) -> None:
    from shuzhi.apps.office import use_catalogue
    from tests.support.office import database

    from .conftest import own_catalogue

    said: list[str] = []

    def english(*arguments: object, actor: str = "admin", code: int = 0) -> str:
        ran = shuzhi("--lang", "en", *arguments, actor=actor)
        assert ran.code == code, (arguments, ran.out, ran.err)
        text = ran.out + ran.err
        # units of measure are words of the ledgers, and so is what people wrote
        for data in (
            "茶园面积＝绿茶＋红茶",
            "请查没有填品种的地块",
            "不清楚的留空",
            "单块茶园超过 100 亩，请核实",
            "镇产业台账要求",
            "茶园面积",
            "茶园台账",
            "绿茶",
            "红茶",
            "亩",
            "块",
            "元",
        ):
            text = text.replace(data, "")
        assert not HAN.search(text), (arguments, text)
        said.append(text)
        return text

    (tmp_path / "units.csv").write_text(ENGLISH_UNITS, encoding="utf-8")
    rows = "单位,登记日期,地块号,茶园面积(亩),茶叶品种\nEast,2023-03-01,T1,2.5,绿茶\nWest,2023-03-01,T1,4,\n"
    (tmp_path / "tea.csv").write_text(rows, encoding="utf-8")
    (tmp_path / "bad.csv").write_text(rows.replace("2.5", "some"), encoding="utf-8")
    with database("sqlite", tmp_path), use_catalogue(own_catalogue(own_folder)):
        english("init", code=2)
        english("org", "list", code=1)
        english(
            "init",
            "--code",
            "990101000000",
            "--name",
            "Sample County",
            "--level",
            "county",
            "--administrator",
            "admin",
        )
        english("init", "--code", "990101000000", "--name", "Sample County", code=1)
        english("init", "--upgrade")
        english("org", "import", "units.csv")
        english("org", "list")
        for name, role in (("clerk", "clerk"), ("reviewer", "reviewer"), ("leader", "leader")):
            english("account", "add", name)
            english("post", "give", name, "Sample County", role)
        english("account", "list")
        english("book", "status", "Sample County", 2023)
        english("book", "open", "Sample County", 2023, actor="leader")
        english("ledger", "template", "tea", "-o", "tea.xlsx")
        english("ledger", "show", "tea", "--org", "East", actor="clerk")
        english(
            "ledger",
            "import",
            "bad.csv",
            "--org",
            "Model Town",
            "--ledger",
            "tea",
            actor="clerk",
            code=1,
        )
        english(
            "ledger",
            "import",
            "tea.csv",
            "--org",
            "Model Town",
            "--ledger",
            "tea",
            "--check-only",
            actor="clerk",
        )
        english(
            "ledger", "import", "tea.csv", "--org", "Model Town", "--ledger", "tea", actor="clerk"
        )
        english(
            "ledger", "import", "tea.csv", "--org", "Model Town", "--ledger", "tea", actor="clerk"
        )
        english("ledger", "show", "tea", "--org", "East", actor="clerk")
        english("ledger", "export", "tea", "--org", "East", "-o", "out.xlsx", actor="clerk")
        english("record", "waiting", "--org", "East")
        english("record", "approve", "--org", "Sample County", actor="reviewer")
        english("record", "waiting", "--org", "East")
        add = (
            "record",
            "add",
            "tea",
            "--org",
            "East",
            "--set",
            "date=2023-04-01",
            "--set",
            "plot=T1",
            "--set",
        )
        english(*add, "area=3", "--reason", "measured again", actor="clerk")
        english(*add, "area=3", actor="clerk")
        english("record", "approve", "1", actor="clerk", code=1)
        from shuzhi.apps.ledgers.models import Record

        first, second = Record.objects.order_by("id").values_list("id", flat=True)
        english("record", "return", first, "--reason", "wrong again", actor="reviewer")
        english("record", "history", first, actor="clerk")
        english("record", "withdraw", second, "--reason", "not ours", actor="clerk")
        english("book", "check", "Model Town", 2023, actor="leader", code=1)
        english("book", "findings", "Model Town", "2023", code=1)
        english("book", "findings", "East", "2023")
        english("book", "close", "Sample County", "2023", actor="leader", code=1)
        english("record", "approve", "--org", "Sample County", actor="leader", code=0)
        for command in ("reconcile", "verify"):
            english("book", command)
        english("book", "backfill", "Sample County", "--reason", "new figures", actor="leader")
        ask = ("--org", "Model Town", "--period", "2023")
        english("figure", "show", "tea_area", *ask, "--children", actor="leader")
        english("figure", "explain", "tea_area", *ask, actor="leader")
        english("figure", "explain", "tea_sales_each", *ask, actor="leader")
        english("figure", "as-of", "tea_area", 1, *ask, actor="leader")
        english("figure", "restate", "tea_area", *ask, "--since", 1, actor="leader")
        english("figure", "show", "tea_aera", *ask, actor="leader", code=1)
        english(
            "figure", "show", "tea_area", "--org", "Est", "--period", "2023", actor="leader", code=1
        )
        english("report", "list")
        english("report", "list", "--made")
        english("org", "rename", "West", "Far West", "--reason", "decided")
        english("org", "move", "East", "Sample County", "--reason", "decided")
        english("org", "close", "Far West", "--on", "2023-12-31", "--reason", "decided")
        english("org", "list")
        english("catalogue", "show", "tea_areas", code=1)
        english("catalogue", "show", "tea", "--folder", own_folder)
        english("catalogue", "show", "tea_sales_each", "--folder", own_folder)
        english("catalogue", "check", own_folder)
        english("catalogue", "test", own_folder)
        english("post", "end", 2)
    assert len(said) > 50


def test_the_language_is_taken_from_the_environment(tmp_path: Path) -> None:
    ran = run_process("org", "list", cwd=tmp_path, SHUZHI_LANG="en")

    assert (ran.code, "has no office yet" in ran.err) == (1, True)
    assert shutil.which("python3") is None or list(tmp_path.iterdir()) == []
