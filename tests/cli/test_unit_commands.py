"""`shuzhi org`, `account`, `post`: the tree of units from a file and its changes over the years, and who may do what."""

from __future__ import annotations

import csv
from pathlib import Path

import pytest

from tests.support.office import (
    COUNTY,
    FAR_FIRST,
    FAR_SECOND,
    FIRST,
    OTHER_TOWN,
    SECOND,
    THIRD,
    TOWN,
    Office,
)
from tests.support.tables import parse_table, write_text, write_xlsx

from .conftest import Run

ADMIN = "管理员"
NEW = """
| 单位代码     | 单位名称 | 级别 | 上级         |
| 990101102000 | 新设乡   | 乡   | 990101000000 |
| 990101102201 | 己村     | 村   | 990101102000 |
"""


@pytest.mark.parametrize("kind", ["xlsx", "utf-8", "gb18030"])
def test_units_come_in_from_a_file_once(
    tea_office: Office, shuzhi: Run, tmp_path: Path, kind: str
) -> None:
    rows = parse_table(NEW)
    file = (
        write_xlsx(tmp_path / "单位.xlsx", {"Sheet1": rows})
        if kind == "xlsx"
        else write_text(tmp_path / "单位.csv", rows, encoding=kind)
    )

    first = shuzhi("org", "import", file, "--json", actor=ADMIN).done().json
    second = shuzhi("org", "import", file, "--json", actor=ADMIN).done().json

    assert (first["opened"], second["opened"]) == (2, 0)
    below = shuzhi("org", "list", "--below", "新设乡", "--json").done().json
    assert [(u["name"], u["level"], u["parent"]) for u in below] == [
        ("新设乡", "township", COUNTY),
        ("己村", "village", "990101102000"),
    ]


def test_everything_wrong_with_a_file_of_units_is_told_at_once(
    tea_sqlite: Office, shuzhi: Run, tmp_path: Path
) -> None:
    table = """
    | 代码         | 名称 | 级别   | 上级代码     |
    | 990101100201 | 别村 | 村     | 990101100000 |
    | 990101100209 | 丑村 | 村     | 990199000000 |
    | 990101100210 | 寅村 | 大队   | 990101100000 |
    |              | 卯村 | 村     | 990101100000 |
    | 990101100211 | 辰乡 | 乡     | 990101100000 |
    """
    file = write_xlsx(tmp_path / "单位.xlsx", {"单位": parse_table(table)})

    ran = shuzhi("org", "import", file, "--json", actor=ADMIN)

    assert ran.code == 1
    assert [(p["code"], p["row"]) for p in ran.json["problems"]] == [
        ("ORG_003", 2), ("ORG_004", 3), ("ORG_005", 4), ("ORG_007", 5), ("ORG_006", 6),
    ]  # fmt: skip
    headless = write_xlsx(tmp_path / "缺列.xlsx", {"单位": [["代码", "名称"], ["1", "x"]]})
    assert shuzhi("org", "import", headless, "--json", actor=ADMIN).codes == ["ORG_016"]


def test_the_list_of_units_is_a_file_that_comes_in_again(
    tea_sqlite: Office, shuzhi: Run, tmp_path: Path
) -> None:
    shown = shuzhi("org", "list", "--csv", "单位.csv").done()

    with (tmp_path / "单位.csv").open(encoding="utf-8-sig") as file:
        assert len(list(csv.DictReader(file))) == 8
    assert "示例县" in shown.out
    assert shuzhi("org", "import", "单位.csv", "--json", actor=ADMIN).done().json["opened"] == 0


def test_a_renamed_unit_keeps_its_rows_and_figures(tea_office: Office, shuzhi: Run) -> None:
    tea_office.record("tea", FIRST, date="2023-03-01", plot="T001", area="2.5")

    ran = shuzhi("org", "rename", "甲村", "大甲村", "--reason", "县政府批复", "--json", actor=ADMIN)

    assert ran.done().json["name"] == "大甲村"
    found = shuzhi(
        "figure", "show", "tea_area", "--org", "大甲村", "--period", "2023", actor="县办"
    )
    assert "茶园面积 · 大甲村 · 2023年：2.5 亩" in found.done().out
    assert shuzhi("org", "list", "--below", "甲村").code == 1


def test_a_moved_village_counts_for_its_new_town_and_then_for_its_old_one(
    tea_office: Office, shuzhi: Run
) -> None:
    tea_office.record("tea", FIRST, date="2023-03-01", plot="T001", area="2.5")
    show = ("figure", "show", "tea_area", "--period", "2023", "--json", "--org")
    point = shuzhi(*show, TOWN, actor="县办").json["as_of"]

    shuzhi("org", "move", FIRST, OTHER_TOWN, "--reason", "区划调整", actor=ADMIN).done()

    values = [
        shuzhi(*show, unit, actor="县办").json["value"] for unit in (TOWN, OTHER_TOWN, COUNTY)
    ]
    assert values == [None, "2.5", "2.5"]
    then = shuzhi(
        "figure",
        "as-of",
        "tea_area",
        point,
        "--org",
        TOWN,
        "--period",
        "2023",
        "--json",
        actor="县办",
    )
    assert then.done().json["value"] == "2.5"
    assert tea_office.is_sound()


def test_a_closed_unit_takes_no_rows_and_stays_in_the_sums(tea_office: Office, shuzhi: Run) -> None:
    tea_office.record("tea", FIRST, date="2023-03-01", plot="T001", area="2.5")

    shuzhi("org", "close", FIRST, "--on", "2023-12-31", "--reason", "整村搬迁", actor=ADMIN).done()

    new = (
        "record",
        "add",
        "tea",
        "--org",
        FIRST,
        "--set",
        "登记日期=2023-12-01",
        "--set",
        "地块号=T9",
    )
    refused = shuzhi(*new, "--json", actor="县会计")
    assert (refused.code, refused.codes) == (1, ["ORG_011"])
    assert str(tea_office.value("tea_area", TOWN, "2023")) == "2.5"
    states = {u["code"]: u["closed_on"] for u in shuzhi("org", "list", "--json").json}
    assert (states[FIRST], states[SECOND]) == ("2023-12-31", "")
    assert "2023-12-31 关闭" in shuzhi("org", "list").out


def test_merged_units_are_the_sum_of_what_they_were(tea_office: Office, shuzhi: Run) -> None:
    for village, area in ((FIRST, "2.5"), (SECOND, "4"), (THIRD, "1")):
        tea_office.record("tea", village, date="2023-03-01", plot="T001", area=area)

    merged = shuzhi(
        "org", "merge", "甲村", "乙村", "--into", "990101100211", "--name", "甲乙村", "--on", "2023-11-01",
        "--reason", "合村并组", "--json", actor=ADMIN,
    ).done()  # fmt: skip

    assert (merged.json["code"], merged.json["name"]) == ("990101100211", "甲乙村")
    values = {c: str(tea_office.value("tea_area", c, "2023")) for c in ("990101100211", TOWN)}
    assert values == {"990101100211": "6.5", TOWN: "7.5"}
    listed = {u["code"]: u["merged_into"] for u in shuzhi("org", "list", "--json").json}
    assert (listed[FIRST], listed[SECOND], listed[THIRD]) == ("990101100211", "990101100211", "")
    assert tea_office.is_sound()


def test_a_split_unit_gives_every_row_to_one_of_its_parts(tea_office: Office, shuzhi: Run) -> None:
    for plot, kind, area in (("T001", "绿茶", "2"), ("T002", "红茶", "3"), ("T003", "", "5")):
        tea_office.record("tea", FIRST, date="2023-03-01", plot=plot, kind=kind, area=area)
    parts = ("--part", "990101100221=东村", "--part", "990101100222=西村")
    terms = ("--on", "2023-11-01", "--reason", "拆村", "--json")

    forgotten = shuzhi(
        "org", "split", FIRST, *parts, "--assign", "kind:红茶=990101100222", *terms, actor=ADMIN
    )
    done = shuzhi(
        "org", "split", FIRST, *parts, "--assign", "kind:红茶=990101100222", "--rest", "990101100221",
        *terms, actor=ADMIN,
    )  # fmt: skip

    assert (forgotten.code, forgotten.codes) == (1, ["ORG_014"])
    assert done.done().json["transferred"] == 3
    values = [
        str(tea_office.value("tea_area", c, "2023")) for c in ("990101100221", "990101100222", TOWN)
    ]
    assert values == ["7", "3", "10"]
    assert tea_office.is_sound()


@pytest.mark.parametrize(
    ("arguments", "codes"),
    [
        (("org", "merge", FIRST, FAR_FIRST, "--into", "990101100211", "--name", "x", "--on", "2023-11-01", "--reason", "y"), {"ORG_012"}),
        (("org", "merge", FIRST, "--into", "990101100211", "--name", "x", "--on", "2023-11-01", "--reason", "y"), {"ORG_010"}),
        (("org", "move", TOWN, FIRST, "--reason", "y"), {"ORG_008"}),
        (("org", "close", TOWN, "--on", "2023-11-01", "--reason", "y"), {"ORG_009"}),
        (("org", "close", FAR_SECOND, "--on", "2023-11-31", "--reason", "y"), {"QUANTITY_011"}),
        (("org", "split", FIRST, "--part", "990101100221=东村", "--on", "2023-11-01", "--reason", "y"), {"ORG_010"}),
        (("org", "split", FIRST, "--part", "990101100221", "--on", "2023-11-01", "--reason", "y"), {"CLI_015"}),
        (("org", "split", FIRST, "--part", "1=a", "--part", "2=b", "--assign", "x", "--on", "2023-11-01", "--reason", "y"), {"CLI_004"}),
        (("org", "rename", FIRST, "甲二村"), {"CLI_012"}),
    ],
)  # fmt: skip
def test_a_change_that_makes_no_sense_is_refused(
    tea_sqlite: Office, shuzhi: Run, arguments: tuple[str, ...], codes: set[str]
) -> None:
    before = shuzhi("org", "list", "--json").json

    ran = shuzhi(*arguments, "--json", actor=ADMIN)

    assert (ran.code, set(ran.codes)) == (2 if codes & {"CLI_012", "CLI_015"} else 1, codes)
    assert shuzhi("org", "list", "--json").json == before


@pytest.mark.parametrize("command", ["rename", "move", "close", "import"])
def test_only_the_administrator_changes_units(
    tea_sqlite: Office, shuzhi: Run, tmp_path: Path, command: str
) -> None:
    file = write_xlsx(tmp_path / "单位.xlsx", {"单位": parse_table(NEW)})
    arguments = {
        "rename": (FIRST, "某村", "--reason", "x"),
        "move": (FIRST, OTHER_TOWN, "--reason", "x"),
        "close": (FIRST, "--on", "2023-11-01", "--reason", "x"),
        "import": (file,),
    }[command]

    ran = shuzhi("org", command, *arguments, actor="分管领导")

    assert ran.code == 3
    assert "PEOPLE_001" in ran.err


# ── accounts and posts ────────────────────────────────────────────────────────────────────────────────────────────────


def test_a_post_lasts_from_its_first_to_its_last_day(tea_office: Office, shuzhi: Run) -> None:
    shuzhi("account", "add", "小王", "--display", "王干事", actor=ADMIN).done()
    add = (
        "record", "add", "tea_sale", "--org", FIRST, "--set", "date=2023-05-01", "--set", "amount=100", "--json"
    )  # fmt: skip

    assert shuzhi(*add, actor="小王").codes == ["PEOPLE_001"]
    past = ("post", "give", "小王", "甲村", "clerk", "--from", "2020-01-01", "--to", "2021-12-31")
    shuzhi(*past, actor=ADMIN).done()
    assert shuzhi(*add, actor="小王").code == 3
    given = (
        shuzhi("post", "give", "小王", "甲村", "clerk", "--json", actor=ADMIN).done().json["post"]
    )
    assert shuzhi(*add, actor="小王").done().json["created"] == 1
    shuzhi("post", "end", given, "--on", "2023-12-31", actor=ADMIN).done()
    assert shuzhi(*add, actor="小王").code == 3
    posts = [p for p in shuzhi("account", "list", "--json").json if p["account"] == "小王"]
    assert [(p["from"] <= p["to"], p["to"]) for p in posts if p["post"] != given] == [
        (True, "2021-12-31")
    ]
    assert "记账员" in shuzhi("account", "list").out


@pytest.mark.parametrize(
    ("arguments", "code"),
    [
        (("account", "add", "村会计"), "PEOPLE_003"),
        (("account", "add", ""), "PEOPLE_003"),
        (("post", "give", "没有的人", "甲村", "clerk"), "PEOPLE_002"),
        (("post", "give", "村会计", "甲村", "king"), "PEOPLE_004"),
        (("post", "give", "村会计", "火星村", "clerk"), "ORG_001"),
        (("post", "give", "村会计", "甲村", "administrator"), "PEOPLE_005"),
        (("post", "give", "村会计", "甲村", "reviewer", "--from", "明天"), "QUANTITY_011"),
        (("post", "end", "999"), "CLI_007"),
    ],
)
def test_a_post_that_cannot_be_is_refused(
    tea_sqlite: Office, shuzhi: Run, arguments: tuple[str, ...], code: str
) -> None:
    ran = shuzhi(*arguments, "--json", actor=ADMIN)

    assert (ran.code, ran.codes) == (1, [code])
