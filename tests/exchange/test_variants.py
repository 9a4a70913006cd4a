"""Files as people really send them: laid out their own way, and read all the same."""

from __future__ import annotations

import datetime
from pathlib import Path
from typing import Any

import pytest

from shuzhi.core.problems import Problem
from shuzhi.exchange.imports import ImportResult, read_ledger_file
from tests.exchange.conftest import GOOD, HEADER, MEETING, ORCHARD, OTHER, UNITS
from tests.support.tables import parse_table, write_text, write_xls, write_xlsx

SHEET = "果园台账"

FIRST = {
    "code": "0001", "name": "张某某", "date": "2023-08-01", "bearing": "2.5", "young": "1",
    "area": "3.5", "money": "1200", "people": "4", "kind": "苹果",
}  # fmt: skip
SECOND = {
    "code": "0002", "name": "李某某", "date": "2023-08-02", "bearing": "3", "young": "0",
    "area": "3", "money": "800", "people": "2", "kind": "花椒",
}  # fmt: skip


def read(path: Path, **options: Any) -> ImportResult:
    return read_ledger_file(path, ORCHARD, UNITS, **options)


def sheet(tmp_path: Path, *rows: list[Any], merged: tuple[str, ...] = ()) -> Path:
    return write_xlsx(tmp_path / "表.xlsx", {SHEET: list(rows)}, merged={SHEET: merged})


def payloads(result: ImportResult) -> list[dict[str, Any] | None]:
    return [draft.payload for draft in result.drafts]


def warnings(result: ImportResult) -> list[tuple[str, int | None]]:
    assert not result.is_blocked
    return [(problem.code, problem.place.row) for problem in result.problems]


def test_a_plain_sheet_is_read_without_a_word(tmp_path: Path) -> None:
    result = read(sheet(tmp_path, HEADER, GOOD, OTHER))

    assert result.problems == []
    assert payloads(result) == [FIRST, SECOND]
    assert (result.sheet, result.header_row, result.rows_read) == (SHEET, 1, 2)


def test_columns_may_stand_in_any_order(tmp_path: Path) -> None:
    rows = [list(reversed(row)) for row in (HEADER, GOOD, OTHER)]

    assert payloads(read(sheet(tmp_path, *rows))) == [FIRST, SECOND]


@pytest.mark.parametrize(
    "headers",
    [
        ["户编号", "户主", "日期", "挂果园", "幼园", "补贴金额", "家庭人口", "品种"],
        ["＊户号", "户主 姓名", "登记日期：", "挂果园面积(亩)", "幼园面积/亩", "补贴金额【元】", "家庭人口（人）", "品　种"],
        ["户号*", "姓名", "登记日期（年月日）", "挂果园面积\n（亩）", "幼园面积 亩", "补贴金额（单位：元）", "家庭人口（必填）", "品种（下拉选择）"],
        ["code", "name", "date", "bearing", "young", "money", "people", "kind"],
        ["Household", "Head", "Date", "Bearing", "Young", "Subsidy", "Members", "Kind"],
    ],
)  # fmt: skip
def test_headers_may_be_written_in_many_ways(headers: list[str], tmp_path: Path) -> None:
    result = read(sheet(tmp_path, headers, GOOD, OTHER))

    assert result.problems == []
    assert payloads(result) == [FIRST, SECOND]


@pytest.mark.parametrize(
    ("header", "money"),
    [
        ("补贴金额（万元）", 0.12),
        ("补贴金额/万元", "0.12"),
        ("补贴金额万元", 0.12),
        ("补贴金额（百元）", 12),
        ("补贴金额（元）", "1,200"),
        ("补贴金额", "０.１２万元"),
        ("补贴金额", "1,200.00 元"),
    ],
)
def test_another_unit_in_header_or_cell_is_converted(
    header: str, money: Any, tmp_path: Path
) -> None:
    path = sheet(tmp_path, [*HEADER[:5], header, *HEADER[6:]], [*GOOD[:5], money, *GOOD[6:]])

    result = read(path)

    assert result.problems == []
    assert payloads(result) == [FIRST]


def test_a_unit_line_under_the_title_holds_for_all_columns_of_its_kind(tmp_path: Path) -> None:
    header = [title.replace("（元）", "").replace("（亩）", "") for title in HEADER]
    path = sheet(
        tmp_path,
        ["果园登记表"],
        ["", "", "", "单位：亩、万元"],
        header,
        [*GOOD[:5], 0.12, *GOOD[6:]],
    )

    result = read(path)

    assert result.problems == []
    assert payloads(result) == [FIRST]
    money = (
        next(c for c in result.match.explanations if c.field == "money") if result.match else None
    )
    assert money is not None
    assert (money.unit, money.unit_from) == ("万元", "unit_line")


def test_titles_notes_and_the_reporting_village_may_stand_above(tmp_path: Path) -> None:
    path = sheet(
        tmp_path,
        ["某某镇2023年果园台账"],
        ["填报单位：青岭村", "", "", "", "填报日期：2023年8月"],
        ["说明：按户填写"],
        [],
        HEADER,
        GOOD,
        merged=("A1:H1",),
    )

    result = read(path)

    assert result.problems == []
    assert (result.header_row, result.organisation) == (5, "青岭村")
    assert payloads(result) == [FIRST]


def test_a_unit_line_that_names_an_organisation_is_no_unit(tmp_path: Path) -> None:
    result = read(sheet(tmp_path, ["单位：青岭村"], HEADER, GOOD))

    assert result.organisation == "青岭村"
    assert payloads(result) == [FIRST]


def test_headers_on_two_lines_are_joined(tmp_path: Path) -> None:
    path = sheet(
        tmp_path,
        ["户号", "户主姓名", "登记日期", "面积（亩）", "", "补贴金额（元）", "家庭人口", "品种"],
        ["", "", "", "挂果园", "幼园"],
        GOOD,
        OTHER,
        merged=("A1:A2", "B1:B2", "C1:C2", "D1:E1", "F1:F2", "G1:G2", "H1:H2"),
    )

    result = read(path)

    assert result.problems == []
    assert result.header_row == 2
    assert payloads(result) == [FIRST, SECOND]


def test_leading_blank_rows_and_columns_do_not_matter(tmp_path: Path) -> None:
    path = sheet(tmp_path, [], [], *(["", "", *row] for row in (HEADER, GOOD)))

    result = read(path)

    assert payloads(result) == [FIRST]
    assert result.columns[0].position == 2


def test_blank_and_numbered_rows_between_are_counted_as_blank(tmp_path: Path) -> None:
    path = sheet(tmp_path, ["序号", *HEADER], [1, *GOOD], [], ["", " ", ""], [2, *OTHER], [3], [4])

    result = read(path)

    assert result.problems == []
    assert payloads(result) == [FIRST, SECOND]
    assert (result.blank_rows, [draft.row for draft in result.drafts]) == (4, [2, 5])


@pytest.mark.parametrize(
    "written",
    [
        datetime.date(2023, 8, 1), "2023-8-1", "2023.8.1", "2023/08/01", "2023年8月1日", "20230801",
        "２０２３年８月１日", " 2023-08-01 ",
    ],
)  # fmt: skip
def test_dates_may_be_dates_or_text(written: Any, tmp_path: Path) -> None:
    assert payloads(read(sheet(tmp_path, HEADER, [*GOOD[:2], written, *GOOD[3:]]))) == [FIRST]


def test_full_width_digits_are_digits(tmp_path: Path) -> None:
    row = ["0001", "张某某", "2023-08-01", "２．５", "１", "１２００", "４", "苹果"]

    assert payloads(read(sheet(tmp_path, HEADER, row))) == [FIRST]


def test_an_old_xls_is_read(tmp_path: Path) -> None:
    dated = [*GOOD[:2], datetime.date(2023, 8, 1), *GOOD[3:]]
    path = write_xls(
        tmp_path / "表.xls", {"说明": [["看下一张"]], SHEET: [["果园台账"], HEADER, dated]}
    )

    result = read(path)

    assert result.problems == []
    assert payloads(result) == [FIRST]


@pytest.mark.parametrize(
    ("encoding", "delimiter"),
    [
        ("gb18030", ","), ("utf-8", ","), ("utf-8-sig", ","), ("utf-16", "\t"), ("utf-8", ";"),
        ("gb18030", "\t"), ("utf-16-le", ","),
    ],
)  # fmt: skip
def test_text_files_of_any_usual_encoding_are_read(
    encoding: str, delimiter: str, tmp_path: Path
) -> None:
    path = write_text(
        tmp_path / "表.csv", [HEADER, GOOD, OTHER], encoding=encoding, delimiter=delimiter
    )

    result = read(path)

    assert result.problems == []
    assert payloads(result) == [FIRST, SECOND]


def test_quoted_commas_and_codes_kept_as_text_formulas_are_read(tmp_path: Path) -> None:
    path = tmp_path / "表.csv"
    line = '="0001",张某某,2023-08-01,2.5,1,"1,200",4,苹果'
    path.write_text("\r\n".join([",".join(HEADER), line]), encoding="gb18030")

    assert payloads(read(path)) == [FIRST]


def test_the_right_sheet_is_found_by_name_and_else_by_its_headers(tmp_path: Path) -> None:
    other = [["会议日期", "议题"], ["2023-08-01", "议事"]]
    by_name = write_xlsx(
        tmp_path / "名.xlsx", {"Sheet1": [HEADER, OTHER], "2023年果园登记表": [HEADER, GOOD]}
    )
    by_header = write_xlsx(
        tmp_path / "头.xlsx", {"封面": [["台账"]], "会议": other, "Sheet3": [HEADER, GOOD]}
    )

    assert (read(by_name).sheet, payloads(read(by_name))) == ("2023年果园登记表", [FIRST])
    assert (read(by_header).sheet, payloads(read(by_header))) == ("Sheet3", [FIRST])


def test_a_unit_column_says_which_village_keeps_the_row(tmp_path: Path) -> None:
    path = sheet(tmp_path, ["所在村", *HEADER], ["甲村", *GOOD], ["乙村", *OTHER])

    assert [draft.organisation for draft in read(path).drafts] == ["甲村", "乙村"]
    ignored = read(path, organisation_column=False)
    assert [draft.organisation for draft in ignored.drafts] == ["", ""]


def test_the_same_household_code_in_two_villages_is_no_duplicate(tmp_path: Path) -> None:
    path = sheet(tmp_path, ["单位", *HEADER], ["甲村", *GOOD], ["乙村", *GOOD])

    assert payloads(read(path)) == [FIRST, FIRST]


def test_a_total_row_is_stepped_over_and_compared(tmp_path: Path) -> None:
    total = ["", "合　计", "", 5.5, 1, 2100, 6]

    result = read(sheet(tmp_path, HEADER, GOOD, OTHER, total))

    assert payloads(result) == [FIRST, SECOND]
    assert warnings(result) == [("EXCHANGE_043", 4), ("EXCHANGE_044", 4)]
    different = next(p for p in result.problems if p.code == "EXCHANGE_044")
    assert different.place.column == "补贴金额（元）"
    assert (different.params["stated"], different.params["sum"]) == ("2100", "2000")


def test_subtotals_are_compared_with_the_rows_since_the_last_one(tmp_path: Path) -> None:
    path = sheet(
        tmp_path,
        HEADER,
        GOOD,
        ["小计", "", "", 2.5, 1, 1200, 4],
        OTHER,
        ["小计", "", "", 3, 0, 800, 2],
        ["合计", "", "", 5.5, 1, 2000, 6],
    )

    assert warnings(read(path)) == [("EXCHANGE_043", 3), ("EXCHANGE_043", 5), ("EXCHANGE_043", 6)]


def test_a_total_in_another_unit_is_compared_in_the_fields_unit(tmp_path: Path) -> None:
    header = [*HEADER[:5], "补贴金额（万元）", *HEADER[6:]]
    path = sheet(tmp_path, header, [*GOOD[:5], 0.12, *GOOD[6:]], ["总计", "", "", 2.5, 1, 0.12, 4])

    assert warnings(read(path)) == [("EXCHANGE_043", 3)]


def test_a_header_repeated_on_every_page_is_stepped_over(tmp_path: Path) -> None:
    result = read(sheet(tmp_path, HEADER, GOOD, HEADER, OTHER))

    assert payloads(result) == [FIRST, SECOND]
    assert warnings(result) == [("EXCHANGE_035", 3)]


def test_signatures_below_the_table_are_stepped_over(tmp_path: Path) -> None:
    path = sheet(
        tmp_path, HEADER, GOOD, ["填表人：王某某", "", "审核人：赵某某"], ["注：面积以确权为准"]
    )

    result = read(path)

    assert payloads(result) == [FIRST]
    assert warnings(result) == [("EXCHANGE_038", 3), ("EXCHANGE_038", 4)]


def test_an_example_row_is_stepped_over_but_refused_when_it_holds_data(tmp_path: Path) -> None:
    example = ["示例", "0012", "张某某", "2023-08-01", 2.5]
    real = ["示例", "0099", "王某某", "2023-08-01", 7]
    header = ["序号", *HEADER[:4]]

    untouched = read(sheet(tmp_path, header, example, ["1", *GOOD[:4]]))
    overwritten = read(sheet(tmp_path, header, real, ["1", *GOOD[:4]]))

    assert warnings(untouched) == []
    assert [(p.code, p.severity) for p in overwritten.problems] == [("EXCHANGE_036", "error")]
    assert overwritten.is_blocked
    assert untouched.rows_read == 1


def test_a_row_that_only_looks_like_the_example_is_kept_and_pointed_out(tmp_path: Path) -> None:
    example = ["0012", "张某某", "2023-08-01", 2.5]

    result = read(sheet(tmp_path, HEADER[:4], example, GOOD[:4]))
    below = read(sheet(tmp_path, HEADER[:4], GOOD[:4], example))

    assert warnings(result) == [("EXCHANGE_037", 2)]
    assert warnings(below) == []
    assert result.rows_read == below.rows_read == 2


def test_columns_of_no_field_are_named_with_the_nearest_one(tmp_path: Path) -> None:
    path = sheet(tmp_path, [*HEADER, "联系电活", "身高厘米"], [*GOOD, "13800000000", 170])

    result = read(path)

    assert payloads(result) == [FIRST]
    assert warnings(result) == [("EXCHANGE_023", 1), ("EXCHANGE_022", 1)]
    assert result.problems[0].params == {"header": "联系电活", "suggestion": "联系电话"}


def test_a_person_may_correct_what_a_header_means(tmp_path: Path) -> None:
    path = sheet(tmp_path, [*HEADER, "手机", "品种"], [*GOOD, "13800000000", "核桃"])

    result = read(path, corrections={"手机": "phone", "品种": None})

    assert result.problems == []
    assert payloads(result) == [
        {k: v for k, v in FIRST.items() if k != "kind"} | {"phone": "13800000000"}
    ]


def test_a_correction_to_a_field_that_does_not_exist_is_refused(tmp_path: Path) -> None:
    result = read(sheet(tmp_path, [*HEADER, "手机"], [*GOOD, "1"]), corrections={"手机": "mobile"})

    assert [problem.code for problem in result.problems] == ["EXCHANGE_028"]
    assert result.is_blocked


def test_a_column_without_a_header_is_named_by_its_letter(tmp_path: Path) -> None:
    result = read(sheet(tmp_path, [*HEADER, ""], [*GOOD, "什么"]))

    assert warnings(result) == [("EXCHANGE_026", 1)]
    assert result.problems[0].params == {"letter": "I"}


def test_a_bracket_that_is_no_known_unit_is_pointed_out(tmp_path: Path) -> None:
    result = read(sheet(tmp_path, [*HEADER[:5], "补贴金额（美金）", *HEADER[6:]], GOOD))

    assert warnings(result) == [("EXCHANGE_029", 1)]


def test_a_computed_column_may_be_there_and_is_compared(tmp_path: Path) -> None:
    result = read(sheet(tmp_path, [*HEADER, "果园面积"], [*GOOD, 3.5], [*OTHER, 4]))

    assert payloads(result) == [FIRST, SECOND]
    assert [problem.code for problem in result.problems] == ["LEDGER_017"]


def test_a_sheet_with_a_header_and_no_rows_says_so(tmp_path: Path) -> None:
    result = read(sheet(tmp_path, HEADER))

    assert warnings(result) == [("EXCHANGE_042", 1)]


def test_equal_rows_of_a_journal_are_told_apart(tmp_path: Path) -> None:
    rows = parse_table("""
        | 会议日期   | 议题 | 参会人数 |
        | ---------- | ---- | -------- |
        | 2023-08-01 | 议事 | 9        |
        | 2023-08-01 | 议事 | 9        |
    """)
    path = write_xlsx(tmp_path / "会.xlsx", {"会议台账": rows})

    result = read_ledger_file(path, MEETING, UNITS)

    keys = [draft.key for draft in result.drafts]
    assert result.problems == []
    assert len(set(keys)) == 2
    assert [key.split("#")[1] for key in keys] == ["1", "2"]


def test_the_same_file_twice_gives_the_same_rows(tmp_path: Path) -> None:
    path = sheet(tmp_path, HEADER, GOOD, OTHER)

    first, second = read(path), read(path)

    assert [(d.key, d.payload) for d in first.drafts] == [(d.key, d.payload) for d in second.drafts]


def test_progress_is_told_on_long_files(tmp_path: Path) -> None:
    rows = [[f"{n:05d}", *GOOD[1:]] for n in range(4500)]
    told: list[tuple[int, int | None]] = []

    result = read(sheet(tmp_path, HEADER, *rows), progress=lambda done, of: told.append((done, of)))

    assert result.rows_read == 4500
    assert told == [(2000, 4501), (4000, 4501), (4501, 4501)]


def test_every_problem_has_a_place_a_person_can_go_to(tmp_path: Path) -> None:
    result = read(sheet(tmp_path, HEADER, GOOD, GOOD))

    duplicate: Problem = result.problems[0]
    assert duplicate.code == "LEDGER_020"
    assert (duplicate.place.sheet, duplicate.place.row, duplicate.place.column_number) == (
        SHEET,
        3,
        1,
    )


def test_a_sheet_that_cannot_be_read_does_not_matter_beside_the_right_one(tmp_path: Path) -> None:
    wide = [[f"列{n}" for n in range(600)]]
    path = write_xlsx(tmp_path / "表.xlsx", {"宽表": wide, "Sheet2": [HEADER, GOOD]})

    result = read(path)

    assert result.problems == []
    assert payloads(result) == [FIRST]
