"""What goes out comes in again: templates, exports, marked copies; and what must not come in again does not."""

from __future__ import annotations

import zipfile
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import openpyxl
import pytest

from shuzhi.core.definitions import Catalogue, FieldDef, IndicatorDef, LedgerDef, Text
from shuzhi.core.masking import mask_payload, mask_value
from shuzhi.core.problems import ProblemsError
from shuzhi.exchange.exports import write_rows
from shuzhi.exchange.imports import find_ledger, read_ledger_file
from shuzhi.exchange.marking import mark_problems
from shuzhi.exchange.templates import write_template
from tests.exchange.conftest import GOOD, HEADER, MEETING, ORCHARD, OTHER, UNITS
from tests.support.tables import write_text, write_xls, write_xlsx

ROWS: list[dict[str, Any]] = [
    {
        "@organisation": "甲村", "code": "0001", "name": "张小三", "date": "2023-08-01", "bearing": "2.5",
        "young": "1", "area": "3.5", "money": "1200.05", "people": "4", "kind": "苹果", "paid": True,
        "identity": "11010519491231002X", "phone": "13800001234", "month": "2023-08", "remark": "=1+1",
    },
    {
        "@organisation": "乙村", "code": "0002", "name": "+李四", "date": "2023-12-31", "bearing": "0",
        "paid": False, "remark": "@SUM(A1)",
    },
]  # fmt: skip

TARGET = LedgerDef(
    key="annual_target",
    title=Text("年度目标"),
    area="targets",
    kept_by=("village",),
    nature="register",
    identified_by=("indicator",),
    fields=(
        FieldDef("date", Text("日期"), type="date", required=True, example="2023-01-01"),
        FieldDef(
            "indicator", Text("指标"), type="indicator", required=True, example="orchard_area"
        ),
    ),
)
CATALOGUE = Catalogue(
    units=UNITS.definitions,
    ledgers={one.key: one for one in (ORCHARD, MEETING, TARGET)},
    indicators={
        "orchard_area": IndicatorDef(
            "orchard_area", Text("果园面积"), "亩", "stock", "sum(area)", synonyms=("现有果园",)
        )
    },
)


def with_organisation(result: Any) -> list[Mapping[str, Any]]:
    return [{"@organisation": draft.organisation, **draft.payload} for draft in result.drafts]


def test_a_template_is_read_back_without_a_word(tmp_path: Path) -> None:
    for ledger in (ORCHARD, MEETING, TARGET):
        write_template(ledger, UNITS, tmp_path / "模板.xlsx", catalogue=CATALOGUE)

        result = read_ledger_file(tmp_path / "模板.xlsx", ledger, UNITS, catalogue=CATALOGUE)

        assert [p.code for p in result.problems if p.code != "EXCHANGE_042"] == []
        assert (result.rows_read, result.blank_rows) == (0, 0)


def test_a_template_offers_every_field_a_person_fills(tmp_path: Path) -> None:
    write_template(ORCHARD, UNITS, tmp_path / "模板.xlsx")

    book = openpyxl.load_workbook(tmp_path / "模板.xlsx")
    sheet = book["果园台账"]
    headers = [cell.value for cell in sheet[3]]

    assert headers[:5] == ["序号", "单位", "*户号", "户主姓名", "*登记日期"]
    assert "*挂果园面积\n（亩）" in headers
    assert "果园面积\n（亩）" not in headers
    assert sheet["A4"].value == "示例"
    assert sheet["C4"].value == "0012"
    assert sheet["C4"].number_format == "@"
    assert "有收成的面积" in sheet["F3"].comment.text
    assert sheet.freeze_panes == "C4"
    assert sheet.auto_filter.ref is not None
    assert (sheet.page_setup.orientation, sheet.page_setup.paperSize) == ("landscape", 9)
    assert sheet.print_title_rows == "$3:$3"
    lists = {rule.formula1 for rule in sheet.data_validations.dataValidation if rule.type == "list"}
    assert lists == {'"苹果,花椒,核桃"', '"是,否"'}
    assert {rule.type for rule in sheet.data_validations.dataValidation} == {
        "list", "decimal", "whole", "date", "textLength",
    }  # fmt: skip
    assert all(len(rule.error) <= 255 for rule in sheet.data_validations.dataValidation)
    assert book.sheetnames == ["果园台账", "填写说明"]


def test_a_filled_template_gives_its_rows(tmp_path: Path) -> None:
    path = tmp_path / "模板.xlsx"
    write_template(ORCHARD, UNITS, path, rows=ROWS)

    result = read_ledger_file(path, ORCHARD, UNITS)

    assert result.problems == []
    assert with_organisation(result) == ROWS


def test_indicators_are_chosen_by_title_and_kept_by_key(tmp_path: Path) -> None:
    path = tmp_path / "目标.xlsx"
    write_template(TARGET, UNITS, path, catalogue=CATALOGUE)
    book = openpyxl.load_workbook(path)
    book["年度目标"].append([1, "", "2023-01-02", "现有果园"])
    book["年度目标"].append([2, "", "2023-01-02", "果圆面积"])
    book["年度目标"].delete_rows(5, 20)
    book.save(path)

    result = read_ledger_file(path, TARGET, UNITS, catalogue=CATALOGUE)

    assert [draft.payload and draft.payload["indicator"] for draft in result.drafts] == [
        "orchard_area",
        None,
    ]
    assert result.drafts[0].key == "orchard_area"
    assert [(p.code, p.params["suggestion"]) for p in result.problems] == [
        ("EXCHANGE_048", "orchard_area")
    ]


def test_long_lists_of_choices_stand_on_a_hidden_sheet(tmp_path: Path) -> None:
    many = tuple(f"第{n}类整治事项" for n in range(60))
    ledger = LedgerDef(
        "many", Text("多选台账"), "x", ("village",), "journal",
        (FieldDef("date", Text("日期"), type="date"), FieldDef("kind", Text("类别"), type="choice", options=many)),
    )  # fmt: skip
    write_template(ledger, UNITS, tmp_path / "模板.xlsx")

    book = openpyxl.load_workbook(tmp_path / "模板.xlsx")

    assert book["选项"].sheet_state == "hidden"
    assert [row[0] for row in book["选项"].iter_rows(values_only=True)] == ["类别", *many]


def test_an_export_comes_in_again_unchanged(tmp_path: Path) -> None:
    path = tmp_path / "导出.xlsx"

    count = write_rows(ORCHARD, UNITS, ROWS, path, unmasked=True)
    result = read_ledger_file(path, ORCHARD, UNITS)

    assert count == 2
    assert result.problems == []
    assert with_organisation(result) == ROWS


def test_amounts_excel_cannot_hold_are_exported_as_text(tmp_path: Path) -> None:
    row = {
        **ROWS[0],
        "people": "4",
        "bearing": "2.5",
        "young": "123456789012.3456",
        "area": "123456789014.8456",
    }
    ledger = LedgerDef(**{f: getattr(ORCHARD, f) for f in ORCHARD.__slots__} | {"rules": ()})
    write_rows(ledger, UNITS, [row], tmp_path / "导出.xlsx", unmasked=True)

    result = read_ledger_file(tmp_path / "导出.xlsx", ledger, UNITS)

    assert with_organisation(result) == [row]


def test_what_looks_like_a_formula_stays_text(tmp_path: Path) -> None:
    write_rows(ORCHARD, UNITS, ROWS, tmp_path / "导出.xlsx", unmasked=True)
    bad = write_text(
        tmp_path / "坏.csv",
        [[*HEADER, "备注"], ["=cmd|' /C calc'!A0", *GOOD[1:5], "@x", *GOOD[6:], "+1"]],
    )
    problems = read_ledger_file(bad, ORCHARD, UNITS).problems
    mark_problems(bad, problems, tmp_path / "标注.xlsx")

    for name in ("导出.xlsx", "标注.xlsx"):
        with zipfile.ZipFile(tmp_path / name) as archive:
            parts = [
                archive.read(n) for n in archive.namelist() if n.startswith("xl/worksheets/sheet")
            ]
        assert parts
        assert not any(b"<f>" in part or b"<f " in part for part in parts)


def test_personal_values_are_masked_unless_asked_for(tmp_path: Path) -> None:
    write_rows(ORCHARD, UNITS, ROWS, tmp_path / "导出.xlsx")

    sheet = openpyxl.load_workbook(tmp_path / "导出.xlsx")["果园台账"]
    shown = [cell.value for cell in sheet[4]]

    assert "张*三" in shown
    assert "110105********002X" in shown
    assert "138****1234" in shown
    assert not {"张小三", "11010519491231002X", "13800001234"} & set(shown)


def test_a_masked_export_can_not_overwrite_real_names(tmp_path: Path) -> None:
    write_rows(ORCHARD, UNITS, ROWS, tmp_path / "导出.xlsx")

    result = read_ledger_file(tmp_path / "导出.xlsx", ORCHARD, UNITS)

    assert [problem.code for problem in result.problems] == ["EXCHANGE_032"]
    assert result.drafts == []


def test_a_ledger_without_personal_fields_is_exported_as_it_is(tmp_path: Path) -> None:
    rows = [{"@organisation": "甲村", "date": "2023-08-01", "topic": "议事", "present": "9"}]
    write_rows(MEETING, UNITS, rows, tmp_path / "导出.xlsx")

    result = read_ledger_file(tmp_path / "导出.xlsx", MEETING, UNITS)

    assert with_organisation(result) == rows


@pytest.mark.parametrize(
    ("kind", "personal", "value", "shown"),
    [
        ("text", "personal", "张三", "张*"),
        ("text", "personal", "欧阳小明", "欧**明"),
        ("text", "personal", "6217000012345678", "************5678"),
        ("text", "personal", "某某镇甲村三组", "某某镇***"),
        ("text", "sensitive", "肢体二级", "***"),
        ("text", "", "苹果", "苹果"),
        ("identity_number", "sensitive", "11010519491231002X", "110105********002X"),
        ("identity_number", "sensitive", "123", "***"),
        ("phone", "personal", "13800001234", "138****1234"),
        ("phone", "personal", "8212345", "*****45"),
        ("date", "personal", "1990-03-07", "1990-**-**"),
        ("month", "personal", "1990-03", "1990-**"),
        ("integer", "personal", "34", "***"),
        ("boolean", "sensitive", True, "***"),
    ],
)
def test_each_kind_of_value_has_its_mask(kind: Any, personal: Any, value: Any, shown: Any) -> None:
    field = FieldDef("x", Text("某栏"), type=kind, personal=personal)

    assert mask_value(field, value) == shown
    assert mask_value(field, None) is None


def test_masking_leaves_the_original_payload_alone() -> None:
    masked = mask_payload(ORCHARD, ROWS[0])

    assert masked["name"] == "张*三"
    assert ROWS[0]["name"] == "张小三"
    assert {k: v for k, v in masked.items() if k not in ("name", "identity", "phone")} == {
        k: v for k, v in ROWS[0].items() if k not in ("name", "identity", "phone")
    }


def test_an_unwritable_place_is_a_problem_and_leaves_nothing_behind(tmp_path: Path) -> None:
    with pytest.raises(ProblemsError) as refused:
        write_rows(ORCHARD, UNITS, ROWS, tmp_path / "没有" / "导出.xlsx")

    assert refused.value.problems[0].code == "EXCHANGE_046"
    assert list(tmp_path.iterdir()) == []


def test_an_export_that_fails_half_way_leaves_the_old_file(tmp_path: Path) -> None:
    path = tmp_path / "导出.xlsx"
    path.write_bytes(b"old")

    def breaking() -> Any:
        yield from ROWS * 200
        raise RuntimeError

    with pytest.raises(RuntimeError):
        write_rows(ORCHARD, UNITS, breaking(), path)

    assert [one.name for one in tmp_path.iterdir()] == ["导出.xlsx"]
    assert path.read_bytes() == b"old"


# ── marked copies ─────────────────────────────────────────────────────────────────────────────────────────────────────

BAD = ["0002", "李某某", "2023-02-30", "约3", 0, 800, 2, "花椒"]


def test_bad_cells_are_coloured_commented_and_linked(tmp_path: Path) -> None:
    path = write_xlsx(
        tmp_path / "表.xlsx",
        {"果园台账": [["果园台账"], HEADER, GOOD, BAD], "别的": [["不动"]]},
        merged={"果园台账": ["A1:H1"]},
    )
    problems = read_ledger_file(path, ORCHARD, UNITS).problems

    marked = mark_problems(path, problems, tmp_path / "标注.xlsx")

    book = openpyxl.load_workbook(tmp_path / "标注.xlsx")
    sheet = book["果园台账"]
    assert marked == 2
    assert book.sheetnames == ["导入问题", "果园台账", "别的"]
    assert book["别的"]["A1"].value == "不动"
    assert [str(one) for one in sheet.merged_cells.ranges] == ["A1:H1"]
    assert sheet["C4"].fill.start_color.rgb == "00FFC7CE"
    assert "2023-02-30" in sheet["C4"].comment.text
    assert sheet["D4"].comment is not None
    assert sheet["A4"].comment is None
    listed = book["导入问题"]
    assert listed["F3"].value == "C4"
    assert listed["F3"].hyperlink.location == "'果园台账'!C4"


def test_a_marked_copy_can_be_mended_and_imported(tmp_path: Path) -> None:
    path = write_xlsx(tmp_path / "表.xlsx", {"果园台账": [HEADER, GOOD, BAD]})
    mark_problems(path, read_ledger_file(path, ORCHARD, UNITS).problems, tmp_path / "标注.xlsx")
    book = openpyxl.load_workbook(tmp_path / "标注.xlsx")
    book["果园台账"]["C3"], book["果园台账"]["D3"] = "2023-02-28", 3
    book.save(tmp_path / "改好.xlsx")

    result = read_ledger_file(tmp_path / "改好.xlsx", ORCHARD, UNITS)

    assert result.problems == []
    assert result.rows_read == 2


def test_marking_twice_lists_the_problems_once(tmp_path: Path) -> None:
    path = write_xlsx(tmp_path / "表.xlsx", {"果园台账": [HEADER, BAD]})
    problems = read_ledger_file(path, ORCHARD, UNITS).problems
    mark_problems(path, problems, tmp_path / "一.xlsx")
    again = read_ledger_file(tmp_path / "一.xlsx", ORCHARD, UNITS).problems

    mark_problems(tmp_path / "一.xlsx", again, tmp_path / "二.xlsx")

    book = openpyxl.load_workbook(tmp_path / "二.xlsx")
    assert book.sheetnames == ["导入问题", "果园台账"]
    assert book["果园台账"]["C2"].comment.text.count("2023-02-30") == 1


@pytest.mark.parametrize("suffix", [".xls", ".csv"])
def test_other_kinds_come_back_as_a_new_workbook_with_the_same_cells(
    suffix: str, tmp_path: Path
) -> None:
    path = tmp_path / f"表{suffix}"
    if suffix == ".xls":
        write_xls(path, {"果园台账": [HEADER, GOOD, BAD]})
    else:
        write_text(path, [HEADER, GOOD, BAD], encoding="gb18030")
    before = read_ledger_file(path, ORCHARD, UNITS)

    marked = mark_problems(path, before.problems, tmp_path / "标注.xlsx", language="en")
    after = read_ledger_file(tmp_path / "标注.xlsx", ORCHARD, UNITS)

    assert marked == 2
    assert [d.payload for d in after.drafts] == [d.payload for d in before.drafts]
    assert [(p.code, p.place.row, p.place.column) for p in after.problems] == [
        (p.code, p.place.row, p.place.column) for p in before.problems
    ]
    book = openpyxl.load_workbook(tmp_path / "标注.xlsx")
    assert book["导入问题"]["G2"].value == "Problem and how to mend it"
    assert book[book.sheetnames[1]]["D3"].comment is not None


# ── which ledger ──────────────────────────────────────────────────────────────────────────────────────────────────────


def test_a_file_is_recognised_by_its_headers(tmp_path: Path) -> None:
    path = write_xlsx(tmp_path / "表.xlsx", {"Sheet1": [HEADER, GOOD, OTHER]})

    candidates = find_ledger(path, CATALOGUE)

    assert candidates[0].ledger is ORCHARD
    assert (candidates[0].sheet, candidates[0].missing) == ("Sheet1", ())


def test_a_template_says_itself_which_ledger_it_is(tmp_path: Path) -> None:
    write_template(MEETING, UNITS, tmp_path / "x.xlsx")

    candidates = find_ledger(tmp_path / "x.xlsx", CATALOGUE)

    assert (candidates[0].ledger, candidates[0].score) == (MEETING, 1.0)


def test_a_file_that_is_no_ledger_has_no_candidates(tmp_path: Path) -> None:
    path = write_xlsx(tmp_path / "表.xlsx", {"Sheet1": [["渠名", "长度"], ["东渠", 3]]})

    assert find_ledger(path, CATALOGUE) == []
