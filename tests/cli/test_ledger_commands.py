"""`shuzhi ledger`: templates a person can fill in, imports that are all or nothing, exports that hide who is who."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import openpyxl
import pytest

from tests.support.office import FIRST, SECOND, TOWN, Office
from tests.support.tables import parse_table, write_text, write_xls, write_xlsx

from .conftest import Run, fill_template

CLERK, REVIEWER, INSPECTOR = "县会计", "县办", "检查员"
HEADER = "| 单位 | 登记日期 | 地块号 | 户主姓名 | 联系电话 | 茶园面积（亩） | 茶叶品种 |"
ROWS = f"""
{HEADER}
| 甲村 | 2023-03-01 | T001 | 张大山 | 13800001234 | 2.5  | 绿茶 |
| 甲村 | 2023-05-01 | T002 | 李小河 |             | 1.25 | 红茶 |
| 乙村 | 2023-06-15 | T001 | 王五   |             | 4    | 绿茶 |
"""


def tea_file(folder: Path, text: str = ROWS, name: str = "茶园.xlsx") -> Path:
    return write_xlsx(folder / name, {"茶园台账": parse_table(text)})


def count_records() -> int:
    from shuzhi.apps.ledgers.models import Record

    return Record.objects.count()


def events(code: str) -> list[Any]:
    from shuzhi.apps.audit.models import Event

    return list(Event.objects.filter(code=code))


# ── templates ─────────────────────────────────────────────────────────────────────────────────────────────────────────


def test_a_template_opens_with_headers_units_and_choices(
    tea_sqlite: Office, shuzhi: Run, tmp_path: Path
) -> None:
    written = shuzhi("ledger", "template", "茶园台账", "--json").done().json["files"]

    assert written == ["茶园台账.xlsx"]
    book = openpyxl.load_workbook(tmp_path / "茶园台账.xlsx")
    sheet = book["茶园台账"]
    header = next(r for r in sheet.iter_rows(values_only=True) if "单位" in r)
    assert {"*登记日期", "*地块号", "茶园面积\n（亩）", "茶叶品种"} <= set(header)
    lists = [v.formula1 for v in sheet.data_validations.dataValidation if v.type == "list"]
    assert '"绿茶,红茶"' in lists
    assert book.sheetnames[1] == "填写说明"


def test_every_shipped_ledger_has_a_template_that_opens(
    tea_sqlite: Office, shuzhi: Run, tmp_path: Path
) -> None:
    written = shuzhi("ledger", "template", "all", "-o", "模板", "--json").done().json["files"]

    assert len(written) == len(tea_sqlite.catalogue.ledgers)
    for name in (written[0], written[-1]):
        assert openpyxl.load_workbook(tmp_path / name).worksheets[0].max_row > 3


def test_a_template_needs_no_database(shuzhi: Run, tmp_path: Path) -> None:
    before = sorted(tmp_path.iterdir())
    shuzhi("ledger", "template", "orchard", "-o", "果园.xlsx").done()

    assert sorted(p for p in tmp_path.iterdir() if p not in before) == [tmp_path / "果园.xlsx"]


def test_a_filled_in_template_comes_in(tea_office: Office, shuzhi: Run, tmp_path: Path) -> None:
    shuzhi("ledger", "template", "tea", "-o", "t.xlsx").done()
    fill_template(tmp_path / "t.xlsx", parse_table(ROWS.replace("（亩）", "")))

    (made,) = shuzhi("ledger", "import", "t.xlsx", "--org", TOWN, "--json", actor=CLERK).json[
        "files"
    ]

    assert (made["ok"], made["written"], made["created"]) == (True, True, 3)
    assert count_records() == 3


def test_a_template_filled_with_present_rows_comes_in_unchanged(
    tea_office: Office, shuzhi: Run, tmp_path: Path
) -> None:
    shuzhi("ledger", "import", tea_file(tmp_path), "--org", TOWN, actor=CLERK).done()

    shuzhi("ledger", "template", "tea", "--filled", TOWN, "-o", "现有.xlsx", actor=CLERK).done()
    again = shuzhi("ledger", "import", "现有.xlsx", "--org", TOWN, "--json", actor=CLERK).done()

    assert [(f["created"], f["revised"], f["unchanged"]) for f in again.json["files"]] == [
        (0, 0, 3)
    ]
    assert shuzhi("ledger", "template", "tea", "--filled", TOWN, actor=INSPECTOR).code == 3


# ── imports ───────────────────────────────────────────────────────────────────────────────────────────────────────────


@pytest.mark.parametrize("kind", ["xlsx", "xls", "utf-8", "gb18030"])
def test_the_same_rows_come_in_from_every_kind_of_file(
    tea_sqlite: Office, shuzhi: Run, tmp_path: Path, kind: str
) -> None:
    rows = parse_table(ROWS)
    if kind == "xlsx":
        file = tea_file(tmp_path)
    elif kind == "xls":
        file = write_xls(tmp_path / "茶园.xls", {"茶园台账": rows})
    else:
        file = write_text(tmp_path / "茶园台账.csv", rows, encoding=kind)

    ran = shuzhi("ledger", "import", file, "--org", TOWN, "--ledger", "tea", "--json", actor=CLERK)

    assert ran.done().json["files"][0]["created"] == 3


def test_the_same_file_twice_changes_nothing(
    tea_office: Office, shuzhi: Run, tmp_path: Path
) -> None:
    file = tea_file(tmp_path)
    first = shuzhi("ledger", "import", file, "--org", TOWN, actor=CLERK).done()
    second = shuzhi("ledger", "import", file, "--org", TOWN, actor=CLERK).done()

    assert "新增 3、更正 0、未变 0，待审" in first.out
    assert "新增 0、更正 0、未变 3，没有改动" in second.out
    assert count_records() == 3


def test_a_correction_comes_through_the_file(
    tea_office: Office, shuzhi: Run, tmp_path: Path
) -> None:
    shuzhi("ledger", "import", tea_file(tmp_path), "--org", TOWN, actor=CLERK).done()
    tea_office.approve()
    mended = tea_file(tmp_path, ROWS.replace("| 1.25 |", "| 1.5  |"), "更正.xlsx")

    ran = shuzhi(
        "ledger", "import", mended, "--org", TOWN, "--reason", "丈量有误", "--json", actor=CLERK
    )

    (made,) = ran.done().json["files"]
    assert (made["created"], made["revised"], made["unchanged"]) == (0, 1, 2)
    assert str(tea_office.value("tea_area", TOWN, "2023")) == "7.75"
    tea_office.approve()
    assert str(tea_office.value("tea_area", TOWN, "2023")) == "8"
    (row,) = [
        r
        for r in shuzhi("ledger", "show", "tea", "--org", FIRST, "--json", actor=CLERK).json
        if r["values"]["plot"] == "T002"
    ]
    entries = shuzhi("record", "history", row["record"], "--json", actor=CLERK).done().json
    assert [e["action"] for e in entries] == ["create", "approve", "revise", "approve"]
    assert entries[2]["changes"] == ["茶园面积：1.25 → 1.5"]
    assert (entries[2]["reason"], entries[2]["source"]) == ("丈量有误", "更正.xlsx#3")


WRONG = f"""
{HEADER}
| 甲村   | 2023-02-30 | T001 | 张一 | 13800001234 | 2.5   | 绿茶   |
| 甲村   | 昨天       | T002 | 张二 | 123         | 一些  | 绿茶   |
| 甲村   | 2023-03-01 |      | 张三 |             | -1    | 绿茶   |
| 火星村 | 2023-03-01 | T004 | 张四 |             | 1     | 绿茶   |
| 甲村   |            | T005 | 张五 |             | 1     | 乌龙茶 |
| 甲村   | 2023-13-01 | T006 | 张六 | 电话        | 约3   | 白茶   |
| 甲村   | 2023-03-01 | T007 | 张七 |             | 1亩半 | 茶     |
| 甲村   | 2023-3-32  | T008 | 张八 |             | --    | 黑茶   |
| 甲村   | 三月       | T009 | 张九 |             | 1,2,3 | 绿     |
| 甲村   | 2023-03-01 | T010 | 张十 |             | 1     | 绿茶   |
"""


def test_an_import_with_twenty_errors_writes_nothing_and_marks_every_wrong_cell(
    tea_office: Office, shuzhi: Run, tmp_path: Path
) -> None:
    file = tea_file(tmp_path, WRONG)

    ran = shuzhi("ledger", "import", file, "--org", TOWN, "--json", actor=CLERK)

    (outcome,) = ran.json["files"]
    errors = [p for p in outcome["problems"] if p["severity"] == "error"]
    assert ran.code == 1
    assert (ran.json["ok"], outcome["ok"], outcome["created"]) == (False, False, 0)
    assert len(errors) >= 20
    assert count_records() == 0
    copy = openpyxl.load_workbook(outcome["marked_copy"])
    assert Path(outcome["marked_copy"]) == tmp_path / "茶园-问题.xlsx"
    sheet = copy["茶园台账"]
    columns = {c.value: c.column for c in sheet[1]}
    wrong = {(p["row"], columns[p["column"]]) for p in outcome["problems"] if p["column"]}
    commented = {(c.row, c.column) for r in sheet.iter_rows() for c in r if c.comment}
    assert len(wrong) >= 20
    assert wrong == commented
    for p in errors:
        if p["column"]:
            comment = sheet.cell(p["row"], columns[p["column"]]).comment.text
            assert any(line in p["message"] for line in comment.splitlines()), comment
    # what was right is as it was
    assert [c.value for c in sheet[11]][2:4] == ["T010", "张十"]


def test_the_marked_copy_mended_comes_in(tea_sqlite: Office, shuzhi: Run, tmp_path: Path) -> None:
    file = tea_file(tmp_path, ROWS.replace("| 1.25 |", "| 约1  |"))
    assert (
        shuzhi("ledger", "import", file, "--org", TOWN, "--marked", "改.xlsx", actor=CLERK).code
        == 1
    )

    book = openpyxl.load_workbook(tmp_path / "改.xlsx")
    book["茶园台账"]["F3"].value = 1.25
    book.save(tmp_path / "改.xlsx")

    ran = shuzhi("ledger", "import", "改.xlsx", "--org", TOWN, "--json", actor=CLERK)
    assert ran.done().json["files"][0]["created"] == 3


def test_a_household_that_is_not_registered_is_marked_where_it_stands(
    tea_sqlite: Office, shuzhi: Run, tmp_path: Path
) -> None:
    rows = [
        ["单位", "登记日期", "地块号", "户号", "挂果园面积（亩）", "幼园面积（亩）"],
        ["甲村", "2023-03-01", "G001", "007", 2, 1],
    ]
    file = write_xlsx(tmp_path / "果园.xlsx", {"果园台账": rows})

    ran = shuzhi("ledger", "import", file, "--org", TOWN, "--json", actor=CLERK)

    (problem,) = [p for p in ran.json["files"][0]["problems"] if p["severity"] == "error"]
    assert (problem["code"], problem["row"], problem["column"]) == ("LEDGER_032", 2, "户号")
    sheet = openpyxl.load_workbook(tmp_path / "果园-问题.xlsx")["果园台账"]
    assert "007" in sheet["D2"].comment.text


def test_check_only_says_what_an_import_would_do_and_does_nothing(
    tea_office: Office, shuzhi: Run, tmp_path: Path
) -> None:
    from shuzhi.apps.audit.actions import current

    before = current()
    file = tea_file(tmp_path)

    ran = shuzhi("ledger", "import", file, "--org", TOWN, "--check-only", actor=CLERK).done()
    (said,) = shuzhi(
        "ledger", "import", file, "--org", TOWN, "--check-only", "--json", actor=CLERK
    ).json["files"]

    assert "3 行，可以导入（未写入）：新增 3、更正 0、未变 0" in ran.out
    assert (said["written"], said["created"], said["batch"]) == (False, 3, "")
    assert (count_records(), current()) == (0, before)
    assert tea_office.is_sound()


def test_check_only_finds_what_only_the_books_can_tell(
    tea_sqlite: Office, shuzhi: Run, tmp_path: Path
) -> None:
    far = tea_file(tmp_path, ROWS.replace("乙村", "丁村"))

    ran = shuzhi("ledger", "import", far, "--org", TOWN, "--check-only", "--json", actor=CLERK)
    right = shuzhi(
        "ledger", "import", far, "--org", TOWN, "--check-only", "--json", actor=INSPECTOR
    )

    (problem,) = ran.json["files"][0]["problems"]
    assert (ran.code, problem["code"], problem["row"], problem["column"]) == (
        1,
        "ORG_013",
        4,
        "单位",
    )
    assert (right.code, right.json["files"][0]["problems"][0]["code"]) == (3, "PEOPLE_001")


def test_without_a_right_nothing_is_imported_and_no_copy_is_made(
    tea_office: Office, shuzhi: Run, tmp_path: Path
) -> None:
    file = tea_file(tmp_path)

    ran = shuzhi("ledger", "import", file, "--org", TOWN, actor="村会计")

    assert ran.code == 3
    assert "PEOPLE_001" in ran.err
    assert "没有写入任何内容" in ran.out
    assert [p.name for p in tmp_path.glob("*.xlsx")] == ["茶园.xlsx"]
    assert count_records() == 0


def test_of_several_files_the_good_ones_come_in_and_each_is_accounted_for(
    tea_sqlite: Office, shuzhi: Run, tmp_path: Path
) -> None:
    good = tea_file(tmp_path)
    bad = tea_file(tmp_path, ROWS.replace("| 1.25 |", "| 约1  |"), "坏.xlsx")
    text = tmp_path / "别的.xlsx"
    text.write_text("这不是表格", encoding="utf-8")

    ran = shuzhi("ledger", "import", bad, text, good, "--org", TOWN, "--json", actor=CLERK)

    assert (ran.code, [f["ok"] for f in ran.json["files"]]) == (1, [False, False, True])
    assert count_records() == 3
    missing = shuzhi("ledger", "import", good, "没有.xlsx", "--org", TOWN, "--json", actor=CLERK)
    assert (missing.code, missing.codes) == (1, ["CLI_003"])


# ── exports ───────────────────────────────────────────────────────────────────────────────────────────────────────────


@pytest.fixture
def kept(tea_office: Office, shuzhi: Run, tmp_path: Path) -> Office:
    """Three tea gardens approved."""
    shuzhi("ledger", "import", tea_file(tmp_path), "--org", TOWN, actor=CLERK).done()
    tea_office.approve()
    return tea_office


def cells(path: Path) -> str:
    """Everything that stands in a workbook, as text."""
    sheets = openpyxl.load_workbook(path).worksheets
    return " ".join(str(c) for s in sheets for r in s.iter_rows(values_only=True) for c in r if c)


def test_an_export_masks_who_it_is_and_is_noted(kept: Office, shuzhi: Run, tmp_path: Path) -> None:
    ran = shuzhi(
        "ledger", "export", "tea", "--org", TOWN, "-o", "出.xlsx", "--json", actor=REVIEWER
    )

    assert ran.done().json["rows"] == 3
    text = cells(tmp_path / "出.xlsx")
    assert "张*山" in text
    assert "138****1234" in text
    assert not [name for name in ("张大山", "李小河", "王五", "13800001234") if name in text]
    (noted,) = events("ledger.exported")
    assert (noted.actor, noted.organisation) == (REVIEWER, TOWN)
    assert events("record.unmasked") == []


def test_names_are_exported_only_with_a_right_and_a_reason_and_that_is_noted(
    kept: Office, shuzhi: Run, tmp_path: Path
) -> None:
    export = ("ledger", "export", "tea", "--org", TOWN, "-o", "名.xlsx", "--unmasked", "--json")

    no_reason = shuzhi(*export, actor=REVIEWER)
    no_right = shuzhi(*export, "--reason", "想看看", actor=INSPECTOR)
    elsewhere = shuzhi(*export, "--reason", "核对一卡通", actor="外镇办")

    assert (no_reason.code, no_reason.codes) == (1, ["CLI_016"])
    assert (no_right.code, no_right.codes) == (3, ["PEOPLE_001"])
    assert (elsewhere.code, elsewhere.codes) == (3, ["PEOPLE_001"])
    assert not (tmp_path / "名.xlsx").exists()
    assert events("record.unmasked") == []

    assert shuzhi(*export, "--reason", "核对一卡通", actor=REVIEWER).done().json["rows"] == 3
    assert {"张大山", "13800001234"} <= set(cells(tmp_path / "名.xlsx").split())
    (noted,) = events("record.unmasked")
    assert (noted.actor, "核对一卡通" in noted.params) == (REVIEWER, True)
    assert kept.is_sound()


def test_an_unmasked_export_comes_in_unchanged(kept: Office, shuzhi: Run) -> None:
    shuzhi(
        "ledger",
        "export",
        "tea",
        "--org",
        TOWN,
        "-o",
        "名.xlsx",
        "--unmasked",
        "--reason",
        "核对",
        actor=CLERK,
    ).done()

    ran = shuzhi("ledger", "import", "名.xlsx", "--org", TOWN, "--json", actor=CLERK)

    assert [(f["created"], f["revised"], f["unchanged"]) for f in ran.done().json["files"]] == [
        (0, 0, 3)
    ]


def test_a_masked_export_never_overwrites_real_names(kept: Office, shuzhi: Run) -> None:
    shuzhi("ledger", "export", "tea", "--org", TOWN, "-o", "出.xlsx", actor=REVIEWER).done()

    ran = shuzhi("ledger", "import", "出.xlsx", "--org", TOWN, "--json", actor=CLERK)

    problems = ran.json["files"][0]["problems"]
    assert ran.code == 1
    assert [p["code"] for p in problems][:1] == ["EXCHANGE_032"], problems
    shown = shuzhi("ledger", "show", "tea", "--org", FIRST, "--json", actor=CLERK).json
    assert [r["values"]["owner"] for r in shown] == ["张*山", "李*河"]
    assert kept.is_sound()


def test_an_export_that_cannot_be_written_leaves_no_trace(kept: Office, shuzhi: Run) -> None:
    ran = shuzhi(
        "ledger",
        "export",
        "tea",
        "--org",
        TOWN,
        "-o",
        "没有的文件夹/出.xlsx",
        "--json",
        actor=REVIEWER,
    )

    assert (ran.code, ran.codes) == (1, ["EXCHANGE_046"])
    assert events("ledger.exported") == []


# ── looking ───────────────────────────────────────────────────────────────────────────────────────────────────────────


def test_rows_are_shown_by_state_and_place(kept: Office, shuzhi: Run) -> None:
    kept.submit("tea", SECOND, date="2023-07-01", plot="T009", area="1")

    approved = shuzhi(
        "ledger", "show", "tea", "--org", TOWN, "--state", "approved", "--json", actor=CLERK
    ).json
    waiting = shuzhi(
        "ledger", "show", "tea", "--org", TOWN, "--state", "submitted", "--json", actor=CLERK
    ).json
    limited = shuzhi(
        "ledger", "show", "tea", "--org", TOWN, "--limit", 2, "--json", actor=CLERK
    ).json
    empty = shuzhi("ledger", "show", "tea_sale", "--org", TOWN, actor=CLERK).done()

    assert [r["values"]["plot"] for r in approved] == ["T001", "T002", "T001"]
    assert [(r["values"]["plot"], r["state"]) for r in waiting] == [("T009", "submitted")]
    assert len(limited) == 2
    assert "还没有记录" in empty.out
    table = shuzhi("ledger", "show", "茶园台账", "--org", TOWN, actor=CLERK).done().out
    assert "张*山" in table
    assert "张大山" not in table
