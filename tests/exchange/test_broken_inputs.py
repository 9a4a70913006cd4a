"""Files nobody should have sent: each is answered with the right code and a sentence, and nothing of it is recorded."""

from __future__ import annotations

import io
import struct
import zipfile
from collections.abc import Callable
from pathlib import Path

import openpyxl
import pytest
import xlsxwriter
import xlwt

from shuzhi.core.problems import ProblemsError
from shuzhi.exchange.containers import Limits
from shuzhi.exchange.imports import read_ledger_file
from shuzhi.exchange.marking import mark_problems
from shuzhi.exchange.workbooks import open_workbook
from shuzhi.messages import render
from tests.exchange.conftest import GOOD, HEADER, ORCHARD, OTHER, UNITS
from tests.support.tables import write_text, write_xls, write_xlsx

MEGABYTE = 1 << 20
SHEET = "果园台账"

Maker = Callable[[Path], Path]


def ole_file(*names: str, content: bytes = b"\x00" * 4096) -> bytes:
    """A small OLE file with streams of these names, all with the same content of 4096 bytes."""
    sectors = len(content) // 512
    free, end, fat_sector = 0xFFFFFFFF, 0xFFFFFFFE, 0xFFFFFFFD
    directory_sectors = (len(names) + 1 + 3) // 4
    fat = [fat_sector]
    fat += [index + 2 for index in range(directory_sectors)]
    fat[-1] = end
    starts = []
    for _ in names:
        starts.append(len(fat))
        fat += [len(fat) + index + 1 for index in range(sectors)]
        fat[-1] = end
    fat += [free] * (128 - len(fat))
    header = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + b"\x00" * 16
    header += struct.pack("<HHHHH", 0x3E, 3, 0xFFFE, 9, 6) + b"\x00" * 6
    header += struct.pack("<IIIIIIIII", 0, 1, 1, 0, 4096, end, 0, end, 0)
    header += struct.pack("<109I", 0, *[free] * 108)
    entries = b""
    for name, kind, start in [
        ("Root Entry", 5, end),
        *((n, 2, s) for n, s in zip(names, starts, strict=True)),
    ]:
        raw = name.encode("utf-16-le") + b"\x00\x00"
        entry = raw.ljust(64, b"\x00") + struct.pack("<HBB", len(raw), kind, 1)
        entry += struct.pack("<III", free, free, free) + b"\x00" * 36
        entry += struct.pack("<II", start, 0 if kind == 5 else len(content)) + b"\x00" * 4
        entries += entry
    entries = entries.ljust(directory_sectors * 512, b"\x00")
    return header + struct.pack("<128I", *fat) + entries + content * len(names)


def good_workbook(path: Path) -> Path:
    return write_xlsx(path, {SHEET: [HEADER, GOOD, OTHER]})


def change_part(path: Path, part: str, change: Callable[[bytes], bytes]) -> Path:
    """Rewrite one member of a workbook."""
    with zipfile.ZipFile(path) as archive:
        members = {name: archive.read(name) for name in archive.namelist()}
    members[part] = change(members.get(part, b""))
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, data in members.items():
            archive.writestr(name, data)
    return path


def changed(part: str, change: Callable[[bytes], bytes]) -> Maker:
    return lambda folder: change_part(good_workbook(folder / "表.xlsx"), part, change)


def named(name: str, content: bytes) -> Maker:
    def make(folder: Path) -> Path:
        (folder / name).write_bytes(content)
        return folder / name

    return make


def rows(*lines: list[object], sheet: str = SHEET) -> Maker:
    return lambda folder: write_xlsx(folder / "表.xlsx", {sheet: list(lines)})


def with_cell(header: str, value: object) -> Maker:
    """The good row with one cell replaced."""
    index = HEADER.index(header)
    return rows(HEADER, [*GOOD[:index], value, *GOOD[index + 1 :]])


def with_column(header: str, value: object) -> Maker:
    return rows([*HEADER, header], [*GOOD, value])


def sparse_file(folder: Path) -> Path:
    path = folder / "大.xlsx"
    with path.open("wb") as stream:
        stream.write(b"PK\x03\x04")
        stream.truncate(300 * MEGABYTE)
    return path


def zip_bomb(folder: Path) -> Path:
    path = good_workbook(folder / "表.xlsx")
    with zipfile.ZipFile(path, "a", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("xl/media/image1.bin", b"\x00" * (40 * MEGABYTE))
    return path


def lying_bomb(folder: Path) -> Path:
    """The archive's directory says the shared strings have 100 bytes; they have 8 MB."""
    path = good_workbook(folder / "表.xlsx")
    change_part(path, "xl/sharedStrings.xml", lambda old: old + b" " * (8 * MEGABYTE))
    data = bytearray(path.read_bytes())
    with zipfile.ZipFile(io.BytesIO(bytes(data))) as archive:
        size = archive.getinfo("xl/sharedStrings.xml").file_size
    true_size, small = struct.pack("<I", size), struct.pack("<I", 100)
    at = data.find(true_size)
    while at >= 0:
        data[at : at + 4] = small
        at = data.find(true_size, at + 4)
    path.write_bytes(data)
    return path


def word_file(folder: Path) -> Path:
    with zipfile.ZipFile(folder / "文.xlsx", "w") as archive:
        archive.writestr("word/document.xml", "<w:document/>")
    return folder / "文.xlsx"


def locked_zip(folder: Path) -> Path:
    path = good_workbook(folder / "表.xlsx")
    data = bytearray(path.read_bytes())
    at = data.find(b"PK\x01\x02")
    while at >= 0:
        data[at + 8] |= 1
        at = data.find(b"PK\x01\x02", at + 4)
    path.write_bytes(data)
    return path


def bad_crc(folder: Path) -> Path:
    path = good_workbook(folder / "表.xlsx")
    with zipfile.ZipFile(path) as archive:
        member = archive.getinfo("xl/worksheets/sheet1.xml")
    data = bytearray(path.read_bytes())
    start = member.header_offset + 30 + len(member.filename) + 20
    data[start : start + 40] = b"\xff" * 40
    path.write_bytes(data)
    return path


def uncalculated(folder: Path) -> Path:
    book = openpyxl.Workbook()
    sheet = book.active
    sheet.title = SHEET
    sheet.append(HEADER)
    sheet.append([*GOOD[:5], "=1200+0", *GOOD[6:]])
    book.save(folder / "公式.xlsx")
    return folder / "公式.xlsx"


def all_uncalculated(folder: Path) -> Path:
    book = openpyxl.Workbook()
    for column, _ in enumerate(HEADER, 1):
        book.active.cell(1, column, "=A9&B9")
    book.save(folder / "公式.xlsx")
    return folder / "公式.xlsx"


def uncalculated_xls(folder: Path) -> Path:
    book = xlwt.Workbook(encoding="utf-8")
    sheet = book.add_sheet(SHEET)
    for column, (title, value) in enumerate(zip(HEADER, GOOD, strict=True)):
        sheet.write(0, column, title)
        sheet.write(1, column, xlwt.Formula("1200+0") if column == 5 else value)
    book.save(str(folder / "公式.xls"))
    return folder / "公式.xls"


def error_cell(folder: Path) -> Path:
    book = xlsxwriter.Workbook(folder / "错.xlsx")
    sheet = book.add_worksheet(SHEET)
    sheet.write_row(0, 0, HEADER)
    sheet.write_row(1, 0, GOOD)
    sheet.write_formula(1, 5, "=#REF!*2", None, "#REF!")
    book.close()
    return folder / "错.xlsx"


def error_cell_xls(folder: Path) -> Path:
    book = xlwt.Workbook(encoding="utf-8")
    sheet = book.add_sheet(SHEET)
    for column, (title, value) in enumerate(zip(HEADER, GOOD, strict=True)):
        sheet.write(0, column, title)
        if column != 5:
            sheet.write(1, column, value)
    sheet.row(1).set_cell_error(5, 42)
    book.save(str(folder / "错.xls"))
    return folder / "错.xls"


def far_cell(folder: Path) -> Path:
    cell = b'<row r="1048576"><c r="XFD1048576"><v>1</v></c></row></sheetData>'
    path = good_workbook(folder / "远.xlsx")
    return change_part(
        path, "xl/worksheets/sheet1.xml", lambda old: old.replace(b"</sheetData>", cell)
    )


def chart_only(folder: Path) -> Path:
    book = openpyxl.Workbook()
    book.create_chartsheet("图")
    del book["Sheet"]
    book.save(folder / "图.xlsx")
    return folder / "图.xlsx"


def text_rows(*lines: list[object], encoding: str = "utf-8") -> Maker:
    return lambda folder: write_text(folder / "表.csv", lines, encoding=encoding)


def bad_bytes(folder: Path) -> Path:
    path = write_text(folder / "表.csv", [HEADER, GOOD], encoding="gb18030")
    path.write_bytes(path.read_bytes() + b"0002,\xff\xff,2023-08-02,1\r\n")
    return path


def xls_as(name: str) -> Maker:
    def make(folder: Path) -> Path:
        write_xls(folder / "x.xls", {SHEET: [HEADER, GOOD]}).rename(folder / name)
        return folder / name

    return make


def xlsx_as(name: str) -> Maker:
    return lambda folder: good_workbook(folder / "x.xlsx").rename(folder / name)


def stamped_as_other(folder: Path) -> Path:
    book = xlsxwriter.Workbook(folder / "表.xlsx")
    book.set_custom_property("shuzhi_ledger", "meeting")
    book.add_worksheet(SHEET).write_row(0, 0, HEADER)
    book.close()
    return folder / "表.xlsx"


def masked_export(folder: Path) -> Path:
    book = xlsxwriter.Workbook(folder / "表.xlsx")
    book.set_custom_property("shuzhi_masked", "1", "text")
    book.add_worksheet(SHEET).write_row(0, 0, HEADER)
    book.close()
    return folder / "表.xlsx"


def folder_itself(folder: Path) -> Path:
    (folder / "夹.xlsx").mkdir()
    return folder / "夹.xlsx"


ENTITY = b'<!DOCTYPE x [<!ENTITY a "aaaa">]>'
HTML = "<html><head><meta charset='gb2312'></head><table><tr><td>户号</td></tr></table></html>".encode()
XML = b'<?xml version="1.0"?><Workbook xmlns="urn:schemas-microsoft-com:office:spreadsheet"></Workbook>'

BROKEN: dict[str, tuple[str, Maker]] = {
    # the file
    "文件不存在": ("EXCHANGE_001", lambda folder: folder / "没有.xlsx"),
    "选了文件夹": ("EXCHANGE_002", folder_itself),
    "零字节": ("EXCHANGE_003", named("空.xlsx", b"")),
    "只有空行的文本": ("EXCHANGE_003", named("空.csv", b"\r\n,,,\r\n")),
    "三百兆": ("EXCHANGE_004", sparse_file),
    "宏文件": ("EXCHANGE_005", xlsx_as("表.xlsm")),
    "改名的宏文件": ("EXCHANGE_005", changed("xl/vbaProject.bin", lambda old: b"vba")),
    "带宏的旧格式": ("EXCHANGE_005", named("宏.xls", ole_file("Workbook", "_VBA_PROJECT_CUR"))),
    "金山格式": ("EXCHANGE_006", named("表.et", ole_file("Workbook"))),
    "二进制工作簿": ("EXCHANGE_006", changed("xl/workbook.bin", lambda old: b"x")),
    "图片": ("EXCHANGE_007", named("表.png", b"\x89PNG\r\n")),
    "没有扩展名": ("EXCHANGE_007", named("表", b"x")),
    "文档冒充表格": ("EXCHANGE_008", word_file),
    "旧格式改名": ("EXCHANGE_008", xls_as("表.xlsx")),
    "新格式改名": ("EXCHANGE_008", xlsx_as("表.xls")),
    "表格改名为文本": ("EXCHANGE_008", xlsx_as("表.csv")),
    "可移植文档改名": ("EXCHANGE_008", named("表.xlsx", b"%PDF-1.7 ...")),
    "照片改名": ("EXCHANGE_008", named("表.xls", b"\xff\xd8\xff\xe0 JFIF")),
    "纯文本冒充表格": ("EXCHANGE_008", named("表.xlsx", "户号,姓名".encode())),
    "文稿冒充旧格式": ("EXCHANGE_008", named("表.xls", ole_file("WordDocument"))),
    "二进制冒充文本": ("EXCHANGE_008", named("表.csv", b"a,b\x00\x01\x02\x03cccccccccccccccccccccccc")),
    "网页冒充旧格式": ("EXCHANGE_009", named("表.xls", HTML)),
    "标记文本冒充旧格式": ("EXCHANGE_009", named("表.xls", XML)),
    "古老格式": ("EXCHANGE_010", named("表.xls", b"\x09\x04\x06\x00\x00\x00\x10\x00")),
    "断掉的压缩包": ("EXCHANGE_011", named("表.xlsx", b"PK\x03\x04" + b"x" * 500)),
    "压缩内容损坏": ("EXCHANGE_011", bad_crc),
    "工作簿清单损坏": ("EXCHANGE_011", changed("xl/workbook.xml", lambda old: old[:60])),
    "旧格式截断": ("EXCHANGE_011", named("表.xls", ole_file("Workbook")[:1024])),
    "压缩炸弹": ("EXCHANGE_012", zip_bomb),
    "谎报大小的压缩炸弹": ("EXCHANGE_012", lying_bomb),
    "加密工作簿": ("EXCHANGE_013", named("密.xlsx", ole_file("EncryptionInfo", "EncryptedPackage"))),
    "加密的旧格式": (
        "EXCHANGE_013",
        named("密.xls", ole_file("Workbook", content=(b"\x2f\x00\x02\x00\x00\x00" + b"\x0a\x00\x00\x00").ljust(4096, b"\x00"))),
    ),
    "加密的压缩包": ("EXCHANGE_013", locked_zip),
    "实体声明": ("EXCHANGE_014", changed("xl/sharedStrings.xml", lambda old: ENTITY + old)),
    "天边的单元格": ("EXCHANGE_015", far_cell),
    "只有图表": ("EXCHANGE_016", chart_only),
    "六百列": ("EXCHANGE_017", rows([*HEADER, *(f"列{n}" for n in range(600))], GOOD)),
    "国标文本里有坏字节": ("EXCHANGE_018", bad_bytes),
    "引号没有关": ("EXCHANGE_019", named("表.csv", ",".join(HEADER).encode() + b'\n0001,"a\nb,c\n')),
    # the sheet and its header
    "选错文件": ("EXCHANGE_020", rows(["会议日期", "议题", "参会人数"], ["2023-08-01", "议事", 9], sheet="会议台账")),
    "没有表头": ("EXCHANGE_020", rows(GOOD, OTHER)),
    "空工作表": ("EXCHANGE_020", rows([])),
    "缺必填列": ("EXCHANGE_021", rows(HEADER[1:], GOOD[1:])),
    "两列一个栏目": ("EXCHANGE_024", rows([*HEADER, "户主"], [*GOOD, "王某某"])),
    "单位不能换算": ("EXCHANGE_025", rows([*HEADER[:3], "挂果园面积（平方米）", *HEADER[4:]], GOOD)),
    "表头上写了两种单位": (
        "EXCHANGE_030",
        rows(["单位：公顷、万元、百元"], [h.replace("（元）", "") for h in HEADER], GOOD),
    ),
    "别的台账的模板": ("EXCHANGE_031", stamped_as_other),
    "隐去个人信息的导出件": ("EXCHANGE_032", masked_export),
    # rows and cells
    "姓名带星号": ("EXCHANGE_034", with_cell("户主姓名", "张*某")),
    "错误值": ("EXCHANGE_039", error_cell),
    "旧格式的错误值": ("EXCHANGE_039", error_cell_xls),
    "公式没有结果": ("EXCHANGE_040", uncalculated),
    "旧格式公式没有结果": ("EXCHANGE_040", uncalculated_xls),
    "全是没有结果的公式": ("EXCHANGE_041", all_uncalculated),
    "千分位没加引号": ("EXCHANGE_045", text_rows(HEADER, ["0001", "张某某", "2023-08-01", "2.5", "1", "1", "200", "4", "苹果"])),
    "必填为空": ("LEDGER_001", with_cell("户号", "")),
    "人口有小数": ("LEDGER_002", with_cell("家庭人口", 4.5)),
    "数里写约": ("LEDGER_003", with_cell("挂果园面积（亩）", "约30")),
    "天文数字": ("LEDGER_003", with_cell("补贴金额（元）", "1e400")),
    "非数": ("LEDGER_003", with_cell("补贴金额（元）", "NaN")),
    "数量栏里是日期": ("LEDGER_003", with_cell("挂果园面积（亩）", "2023-08-01")),
    "格内单位不能换算": ("LEDGER_004", with_cell("挂果园面积（亩）", "30平方米")),
    "选择不在列": ("LEDGER_005", with_cell("品种", "苹菓")),
    "二月三十日": ("LEDGER_006", with_cell("登记日期", "2023-02-30")),
    "公元前": ("LEDGER_006", with_cell("登记日期", "0023-08-01")),
    "第十三月": ("LEDGER_007", with_column("兑付月份", "2023-13")),
    "不是是或否": ("LEDGER_008", with_column("是否兑付", "也许")),
    "整篇文章": ("LEDGER_009", with_column("备注", "长" * 5000)),
    "身份证校验码不符": ("LEDGER_010", with_column("身份证号", "620802199003071239")),
    "身份证成了数值": ("LEDGER_011", with_column("身份证号", 620802199003071238)),
    "电话太短": ("LEDGER_012", with_column("联系电话", "123")),
    "小数太多": ("LEDGER_013", with_cell("挂果园面积（亩）", "2.123456")),
    "负数": ("LEDGER_014", with_cell("挂果园面积（亩）", -1)),
    "超过上限": ("LEDGER_015", with_cell("补贴金额（元）", 100001)),
    "户号重复": ("LEDGER_020", rows(HEADER, GOOD, [*OTHER[:0], *GOOD[:1], *OTHER[1:]])),
}  # fmt: skip


def test_there_are_enough_of_them() -> None:
    assert len(BROKEN) >= 45


@pytest.mark.parametrize("name", BROKEN)
def test_a_broken_file_is_refused_with_its_reason(name: str, tmp_path: Path) -> None:
    code, make = BROKEN[name]
    path = make(tmp_path)

    result = read_ledger_file(path, ORCHARD, UNITS)

    assert code in [problem.code for problem in result.problems], [
        render(problem) for problem in result.problems
    ]
    assert result.is_blocked
    for problem in result.problems:
        chinese, english = render(problem), render(problem, "en")
        assert problem.code in chinese
        assert problem.code in english
        assert chinese != english
        assert problem.place.file == path.name


@pytest.mark.parametrize("name", BROKEN)
def test_a_broken_file_comes_back_with_a_list_of_its_problems(name: str, tmp_path: Path) -> None:
    path = BROKEN[name][1](tmp_path)
    result = read_ledger_file(path, ORCHARD, UNITS)

    mark_problems(path, result.problems, tmp_path / "标注.xlsx")

    sheet = openpyxl.load_workbook(tmp_path / "标注.xlsx")["导入问题"]
    codes = [row[7] for row in sheet.iter_rows(min_row=3, values_only=True)]
    assert codes == [problem.code for problem in result.problems]


def test_a_huge_file_is_refused_without_reading_it(tmp_path: Path) -> None:
    path = sparse_file(tmp_path)

    result = read_ledger_file(path, ORCHARD, UNITS)

    assert [problem.code for problem in result.problems] == ["EXCHANGE_004"]
    assert result.problems[0].params == {"size": "300", "limit": "100"}


def test_the_limit_can_be_set_by_the_office(tmp_path: Path) -> None:
    path = good_workbook(tmp_path / "表.xlsx")

    with pytest.raises(ProblemsError) as refused:
        open_workbook(path, Limits(file_bytes=1000))

    assert refused.value.problems[0].code == "EXCHANGE_004"


def test_all_problems_of_a_file_are_told_not_only_the_first(tmp_path: Path) -> None:
    bad = ["", "张某某", "2023-02-30", "约3", -1, "abc", 4.5, "梨"]
    path = write_xlsx(tmp_path / "表.xlsx", {SHEET: [HEADER, GOOD, bad]})

    result = read_ledger_file(path, ORCHARD, UNITS)

    assert [(p.code, p.place.row, p.place.column_number) for p in result.problems] == [
        ("LEDGER_001", 3, 1),
        ("LEDGER_006", 3, 3),
        ("LEDGER_003", 3, 4),
        ("LEDGER_014", 3, 5),
        ("LEDGER_003", 3, 6),
        ("LEDGER_002", 3, 7),
        ("LEDGER_005", 3, 8),
    ]
    assert [draft.payload is None for draft in result.drafts] == [False, True]


def test_a_missing_column_is_said_once_and_the_rows_are_still_checked(tmp_path: Path) -> None:
    header = [*HEADER[:3], "挂果面", *HEADER[4:]]
    path = write_xlsx(tmp_path / "表.xlsx", {SHEET: [header, GOOD, [*OTHER[:6], 4.5, "花椒"]]})

    result = read_ledger_file(path, ORCHARD, UNITS)

    assert [p.code for p in result.problems] == ["EXCHANGE_021", "EXCHANGE_023", "LEDGER_002"]
    assert result.problems[1].params["suggestion"] == "挂果园面积"
    assert all(draft.payload is None for draft in result.drafts)


def test_the_sheets_of_a_wrong_file_are_listed(tmp_path: Path) -> None:
    path = write_xlsx(tmp_path / "表.xlsx", {"道路": [["路名"]], "水利": [["渠名"]]})

    result = read_ledger_file(path, ORCHARD, UNITS)

    assert result.problems[0].params["sheets"] == "道路、水利"


def test_an_export_without_marks_of_a_bomb_is_accepted(tmp_path: Path) -> None:
    path = good_workbook(tmp_path / "表.xlsx")
    styled = b'<row r="1048576"><c r="XFD1048576" s="0"/></row></sheetData>'
    change_part(path, "xl/worksheets/sheet1.xml", lambda old: old.replace(b"</sheetData>", styled))

    result = read_ledger_file(path, ORCHARD, UNITS)

    assert result.problems == []
    assert result.rows_read == 2


def test_deflated_data_is_counted_while_it_comes_out(tmp_path: Path) -> None:
    path = lying_bomb(tmp_path)

    with pytest.raises(ProblemsError) as refused:
        open_workbook(path)

    assert refused.value.problems[0].code == "EXCHANGE_012"
