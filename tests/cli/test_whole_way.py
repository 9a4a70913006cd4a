"""From an empty database to an exported ledger and a figure, each command a process of its own, on SQLite and on PostgreSQL."""

from __future__ import annotations

import uuid
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import openpyxl
import psycopg
import pytest

from tests.support.office import ENGINES
from tests.support.postgres import server_url
from tests.support.tables import parse_table, write_xlsx

from .conftest import Ran, fill_template, run_process

UNITS = """
| 代码         | 名称   | 级别 | 上级代码     |
| 990101000000 | 示例县 | 县   |              |
| 990101100000 | 示范镇 | 镇   | 990101000000 |
| 990101100201 | 甲村   | 村   | 990101100000 |
| 990101100202 | 乙村   | 村   | 990101100000 |
"""
TEA = """
| 单位 | 登记日期   | 地块号 | 户主姓名 | 茶园面积 | 茶叶品种 |
| 甲村 | 2023-03-01 | T001   | 张某某   | 2.5      | 绿茶     |
| 甲村 | 2023-05-01 | T002   | 李某某   | 1.25     | 红茶     |
| 乙村 | 2023-06-15 | T001   | 王某某   | 4        | 绿茶     |
"""


@pytest.fixture(scope="module", params=ENGINES)
def database(
    request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[str]:
    """URL of a database that nobody has used."""
    if request.param == "sqlite":
        yield f"sqlite:///{tmp_path_factory.mktemp('whole') / '账.sqlite3'}"
        return
    name = f"whole_{uuid.uuid4().hex[:8]}"
    with psycopg.connect(f"{server_url()}/postgres", autocommit=True) as server:
        server.execute(f'CREATE DATABASE "{name}"')
    yield f"{server_url()}/{name}"
    with psycopg.connect(f"{server_url()}/postgres", autocommit=True) as server:
        server.execute(f'DROP DATABASE "{name}" WITH (FORCE)')


@dataclass
class Way:
    """The office of this walk: its database, its definitions and its files."""

    url: str
    folder: Path
    own: Path

    def shuzhi(self, *arguments: object, actor: str = "管理员") -> Ran:
        return run_process(
            *arguments, url=self.url, actor=actor, cwd=self.folder, SHUZHI_CATALOGUE=str(self.own)
        )


def test_the_whole_way_from_an_empty_database_to_a_figure(
    database: str, tmp_path: Path, own_folder: Path
) -> None:
    way = Way(database, tmp_path, own_folder)
    shuzhi = way.shuzhi

    # nothing is there yet
    assert "OFFICE_001" in shuzhi("org", "list").err
    assert (
        shuzhi("init", "--code", "990101000000", "--name", "示例县", "--level", "county").code == 0
    )
    again = shuzhi("init", "--code", "990101000000", "--name", "示例县", "--json")
    assert (again.code, again.codes) == (1, ["OFFICE_002"])
    assert shuzhi("init", "--upgrade", "--json").done().json["ok"] is True

    # units, accounts, posts, books
    units = write_xlsx(tmp_path / "单位.xlsx", {"单位": parse_table(UNITS)})
    assert shuzhi("org", "import", units, "--json").done().json["opened"] == 3
    for name, role, place in (
        ("镇会计", "clerk", "示范镇"),
        ("镇办", "reviewer", "示范镇"),
        ("县领导", "leader", "示例县"),
    ):
        shuzhi("account", "add", name).done()
        shuzhi("post", "give", name, place, role).done()
    assert (
        shuzhi("book", "open", "示例县", 2023, "--json", actor="县领导").done().json["opened"] == 4
    )

    # the office's own ledger: a template, filled in, imported twice
    assert shuzhi("ledger", "template", "茶园台账").done()
    file = tmp_path / "茶园台账.xlsx"
    fill_template(file, parse_table(TEA))
    bring = ("ledger", "import", file, "--org", "示范镇", "--json")
    (made,) = shuzhi(*bring, actor="镇会计").done().json["files"]
    assert (made["ledger"], made["created"], made["unchanged"]) == ("tea", 3, 0)
    (same,) = shuzhi(*bring, actor="镇会计").done().json["files"]
    assert (same["created"], same["revised"], same["unchanged"]) == (0, 0, 3)

    # approved by somebody else, posted, added up
    show = ("figure", "show", "茶园面积", "--org", "示范镇", "--period", "2023", "--json")
    assert shuzhi(*show, actor="县领导").done().json["value"] is None
    mine = shuzhi("record", "approve", "--org", "示范镇", actor="镇会计")
    assert (mine.code, "PEOPLE_001" in mine.err) == (3, True)
    done = shuzhi(
        "record", "approve", "--org", "示范镇", "--batch", made["batch"], "--json", actor="镇办"
    )
    assert done.done().json["approved"] == 3
    figure = shuzhi(*show, actor="县领导").done().json
    assert (figure["value"], figure["unit"], figure["rows"]) == ("7.75", "亩", 3)
    half = shuzhi(*show[:-2], "2023H1", actor="县领导").done()
    assert "7.75 亩" in half.out
    quarter = shuzhi(*show[:-2], "2023Q1", "--children", "--json", actor="县领导").done().json
    assert [f["value"] for f in quarter] == ["2.5", "2.5", None]

    # out again, and proven
    shuzhi("ledger", "export", "tea", "--org", "甲村", "-o", "甲.xlsx", actor="镇办").done()
    assert openpyxl.load_workbook(tmp_path / "甲.xlsx").worksheets[0].max_row >= 4
    assert shuzhi("book", "reconcile", "--json").done().json["postings"] > 0
    assert shuzhi("book", "verify", "--json").done().json["revisions"] == 6
