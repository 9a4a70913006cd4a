"""Hands a file back with its problems marked where they are: bad cells coloured and commented, all listed on a first page.

The clerk mends the marked cells and imports the same copy again. What else stands in a workbook is kept; text files, old
.xls files and very large sheets come back as a new .xlsx with the same cells. This module must not know what is wrong
with a row; it only shows the problems it is given.
"""

from __future__ import annotations

import contextlib
import datetime
import shutil
import tempfile
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import openpyxl
from openpyxl.cell import Cell as OpenpyxlCell
from openpyxl.comments import Comment
from openpyxl.styles import Alignment, Border, Font, PatternFill, Side
from openpyxl.utils.exceptions import InvalidFileException
from openpyxl.worksheet.hyperlink import Hyperlink
from openpyxl.worksheet.properties import PageSetupProperties

from shuzhi.core.problems import Place, Problem, ProblemsError
from shuzhi.exchange.columns import column_letter
from shuzhi.exchange.containers import DEFAULT_LIMITS, Limits
from shuzhi.exchange.templates import display_width, open_for_writing, set_up_printing, sheet_title
from shuzhi.exchange.workbooks import Sheets, open_workbook
from shuzhi.messages import Language, all_messages

PROBLEMS_SHEET = "导入问题"

_LISTED = (
    50_000  #: problems listed; somebody with more than that needs another file, not another line
)
_COMMENTED = 5_000  #: cells with a comment; more make Excel slow. All are coloured and listed
_LARGE = 600_000  #: cells from which a workbook is copied by value, because editing it in place takes minutes
_RED, _YELLOW = "FFC7CE", "FFEB9C"
_AUTHOR = "述职"
_WIDTHS = (6, 8, 18, 8, 18, 10, 96, 16)
_HEADERS = {
    "zh": ("序号", "程度", "工作表", "行", "列", "位置", "问题与改法", "编号"),
    "en": (
        "No.",
        "Severity",
        "Sheet",
        "Row",
        "Column",
        "Cell",
        "Problem and how to mend it",
        "Code",
    ),
}
_SEVERITY = {
    "zh": {"error": "须改正", "warning": "请留意"},
    "en": {"error": "must be mended", "warning": "please look"},
}


@dataclass(slots=True)
class _Mark:
    """What one cell gets."""

    sentences: list[str]
    blocking: bool


def mark_problems(
    path: str | Path,
    problems: Iterable[Problem],
    out_path: str | Path,
    *,
    language: Language = "zh",
    limits: Limits = DEFAULT_LIMITS,
) -> int:
    """Write a copy of `path` with the problems marked to `out_path`; returns how many cells were marked.

    A file that could not be opened at all gives a workbook with the list of problems alone.

    Raises:
        ProblemsError: EXCHANGE_046 when the copy cannot be written.
    """
    path, out_path = Path(path), Path(out_path)
    listed = list(problems)
    try:
        sheets = open_workbook(path, limits)
        names = {name: _heights(sheets, name) for name in sheets.names}
    except ProblemsError:
        return _copy_values(None, {}, listed, out_path, language)
    marks = _marks_of(listed, sheets, language)
    if sheets.kind == "xlsx" and sum(names.values()) <= _LARGE:
        with contextlib.suppress(_CannotEdit):
            return _edit_copy(path, marks, listed, out_path, language)
    return _copy_values(sheets, marks, listed, out_path, language)


class _CannotEdit(Exception):
    """The workbook can be read but not edited in place; a copy by value is made instead."""


def _heights(sheets: Sheets, name: str) -> int:
    sheet = sheets.load(name)
    return (sheet.height or 0) * max((len(row) for row in sheet.head(50)), default=0)


def _marks_of(
    problems: Sequence[Problem], sheets: Sheets, language: Language
) -> dict[tuple[str, int, int], _Mark]:
    """What to mark, by (sheet, row from 1, column from 1)."""
    marks: dict[tuple[str, int, int], _Mark] = {}
    for problem in problems:
        place = problem.place
        if place.row is None:
            continue
        name = place.sheet if place.sheet in sheets.names else sheets.names[0]
        mark = marks.setdefault((name, place.row, place.column_number or 1), _Mark([], False))
        sentence = sentence_of(problem, language)
        if sentence not in mark.sentences:
            mark.sentences.append(sentence)
        mark.blocking = mark.blocking or problem.severity == "error"
    return marks


def sentence_of(problem: Problem, language: Language = "zh") -> str:
    """The problem's sentence without its place, because it stands at the place."""
    return all_messages()[problem.code].fill(language, problem.params)


def _rows_of(problems: Sequence[Problem], language: Language) -> list[tuple[list[str], Place]]:
    rows = []
    for number, problem in enumerate(problems[:_LISTED], 1):
        place = problem.place
        cell = ""
        if place.row is not None:
            cell = f"{column_letter((place.column_number or 1) - 1)}{place.row}"
        texts = [
            str(number),
            _SEVERITY[language][problem.severity],
            place.sheet,
            "" if place.row is None else str(place.row),
            place.column,
            cell,
            sentence_of(problem, language),
            problem.code,
        ]
        rows.append((texts, place))
    return rows


def _heading(problems: Sequence[Problem], language: Language) -> str:
    errors = sum(1 for problem in problems if problem.severity == "error")
    warnings = len(problems) - errors
    cut = len(problems) > _LISTED
    if language == "zh":
        text = f"导入问题：{errors} 处须改正，{warnings} 处请留意。点“位置”可跳到单元格；改好后保存，直接导入本文件即可。"
        return text + (f"（只列出前 {_LISTED} 条）" if cut else "")
    text = f"Import problems: {errors} must be mended, {warnings} to look at. Click a cell to go there; mend, save and import this file."
    return text + (f" (first {_LISTED} listed)" if cut else "")


# ── in place ──────────────────────────────────────────────────────────────────────────────────────────────────────────


def _edit_copy(
    path: Path,
    marks: dict[tuple[str, int, int], _Mark],
    problems: Sequence[Problem],
    out_path: Path,
    language: Language,
) -> int:
    try:
        book = openpyxl.load_workbook(path, rich_text=True)
    except (
        InvalidFileException,
        ValueError,
        KeyError,
        TypeError,
        AttributeError,
        OSError,
    ) as error:
        raise _CannotEdit from error
    if PROBLEMS_SHEET in book.sheetnames:
        del book[PROBLEMS_SHEET]
    fills = {
        True: PatternFill("solid", start_color=_RED, end_color=_RED),
        False: PatternFill("solid", start_color=_YELLOW, end_color=_YELLOW),
    }
    marked = 0
    for (name, row, column), mark in marks.items():
        if name not in book.sheetnames:
            continue
        cell = _writable_cell(book[name], row, column)
        cell.fill = fills[mark.blocking]
        marked += 1
        if marked <= _COMMENTED:
            text = "\n".join(mark.sentences)
            if cell.comment is not None and cell.comment.author != _AUTHOR:
                text = f"{cell.comment.text}\n{text}"
            cell.comment = _comment(text)
    _list_in(book, problems, language)
    _save(book, out_path)
    return marked


def _writable_cell(sheet: Any, row: int, column: int) -> OpenpyxlCell:
    cell = sheet.cell(row, column)
    if isinstance(cell, OpenpyxlCell):
        return cell
    # inside a merged range only the first cell can be coloured
    for merged in sheet.merged_cells.ranges:
        if cell.coordinate in merged:
            first: OpenpyxlCell = sheet.cell(merged.min_row, merged.min_col)
            return first
    raise _CannotEdit


def _comment(text: str) -> Comment:
    lines = sum(1 + display_width(line) // 36 for line in text.split("\n"))
    return Comment(text, _AUTHOR, height=24 + 18 * lines, width=280)


def _list_in(book: Any, problems: Sequence[Problem], language: Language) -> None:
    sheet = book.create_sheet(PROBLEMS_SHEET, 0)
    line = Side("thin", color="BFBFBF")
    border = Border(line, line, line, line)
    sheet.merge_cells(start_row=1, start_column=1, end_row=1, end_column=len(_WIDTHS))
    title = sheet.cell(1, 1, _heading(problems, language))
    title.font = Font(name="黑体", size=12)
    title.alignment = Alignment(vertical="center", wrap_text=True)
    sheet.row_dimensions[1].height = 30
    for index, (text, width) in enumerate(zip(_HEADERS[language], _WIDTHS, strict=True), 1):
        cell = sheet.cell(2, index, text)
        cell.font = Font(name="黑体", size=11)
        cell.fill = PatternFill("solid", start_color="DCE6F1", end_color="DCE6F1")
        cell.border = border
        cell.alignment = Alignment(horizontal="center", vertical="center")
        sheet.column_dimensions[column_letter(index - 1)].width = width
    body = Font(name="宋体", size=10.5)
    link = Font(name="宋体", size=10.5, color="0563C1", underline="single")
    wrapped = Alignment(vertical="center", wrap_text=True)
    for row, (texts, place) in enumerate(_rows_of(problems, language), 3):
        for index, text in enumerate(texts, 1):
            cell = sheet.cell(row, index)
            _put(cell, text)
            cell.font, cell.border, cell.alignment = body, border, wrapped
        target = place.sheet if place.sheet in book.sheetnames else ""
        if target and texts[5]:
            cell = sheet.cell(row, 6)
            quoted = target.replace("'", "''")
            cell.hyperlink = Hyperlink(ref=cell.coordinate, location=f"'{quoted}'!{texts[5]}")
            cell.font = link
    sheet.freeze_panes = "A3"
    sheet.auto_filter.ref = f"A2:{column_letter(len(_WIDTHS) - 1)}{max(len(problems) + 2, 3)}"
    sheet.page_setup.orientation = "landscape"
    sheet.page_setup.paperSize = 9
    sheet.sheet_properties.pageSetUpPr = PageSetupProperties(fitToPage=True)
    sheet.page_setup.fitToHeight = 0
    sheet.print_title_rows = "2:2"
    book.active = 0
    for other in book.worksheets[1:]:
        other.sheet_view.tabSelected = False


def _put(cell: Any, text: str) -> None:
    if text.isdigit() and len(text) < 10:
        cell.value = int(text)
        return
    cell.value = "".join(c for c in text if c >= " " or c in "\n\t")
    # a text that begins with = is what somebody wrote, never a formula of ours
    cell.data_type = "s"


def _save(book: Any, out_path: Path) -> None:
    try:
        with tempfile.TemporaryDirectory() as folder:
            temporary = Path(folder) / "copy.xlsx"
            book.save(temporary)
            shutil.copyfile(temporary, out_path)
    except OSError as error:
        reason = error.strerror or str(error)
        raise ProblemsError(
            [Problem("EXCHANGE_046", {"reason": reason}, Place(file=out_path.name))]
        ) from error


# ── by value ──────────────────────────────────────────────────────────────────────────────────────────────────────────


def _copy_values(
    sheets: Sheets | None,
    marks: dict[tuple[str, int, int], _Mark],
    problems: Sequence[Problem],
    out_path: Path,
    language: Language,
) -> int:
    names = [name for name in sheets.names if name != PROBLEMS_SHEET] if sheets is not None else []
    titles = _titles(names, sheets)
    marked = 0
    with open_for_writing(out_path, constant_memory=True) as (workbook, _):
        _list_out(workbook, problems, titles, language)
        styles = _Styles(workbook)
        if sheets is not None:
            for property_name, value in sheets.properties.items():
                workbook.set_custom_property(property_name, value, "text")
        for name in names:
            assert sheets is not None
            source = sheets.load(name)
            target = workbook.add_worksheet(titles[name])
            here: dict[int, dict[int, _Mark]] = {}
            for (sheet, row, column), mark in marks.items():
                if sheet == name:
                    here.setdefault(row, {})[column] = mark
            last = max(here, default=0)
            number = 0
            # a text file may break off half-way; the list says where and why, the copy holds what came before
            with contextlib.suppress(ProblemsError):
                for number, cells in enumerate(source.rows(), 1):
                    marked += _write_row(
                        target, number, cells, here.get(number, {}), styles, marked
                    )
            for row in range(number + 1, last + 1):
                marked += _write_row(target, row, [], here.get(row, {}), styles, marked)
    return marked


class _Styles:
    """Formats of a copied cell: plain, date, text; each also in red and yellow."""

    def __init__(self, workbook: Any):
        self._made: dict[tuple[str, str], Any] = {}
        self._workbook = workbook

    def of(self, number_format: str, colour: str = "") -> Any:
        key = (number_format, colour)
        if key not in self._made:
            shape = {"num_format": number_format}
            if colour:
                shape["bg_color"] = f"#{colour}"
            self._made[key] = self._workbook.add_format(shape)
        return self._made[key]


def _write_row(
    target: Any,
    number: int,
    cells: Sequence[Any],
    marks: dict[int, _Mark],
    styles: _Styles,
    already: int,
) -> int:
    marked = 0
    for position in range(max(len(cells), max(marks, default=0))):
        cell = cells[position] if position < len(cells) else None
        mark = marks.get(position + 1)
        colour = "" if mark is None else (_RED if mark.blocking else _YELLOW)
        _write_cell(target, number - 1, position, cell, styles, colour)
        if mark is not None:
            marked += 1
            if already + marked <= _COMMENTED:
                text = "\n".join(mark.sentences)
                lines = sum(1 + display_width(line) // 36 for line in text.split("\n"))
                options = {"author": _AUTHOR, "x_scale": 2, "height": 24 + 18 * lines}
                target.write_comment(number - 1, position, text, options)
    return marked


def _write_cell(
    target: Any, row: int, column: int, cell: Any, styles: _Styles, colour: str
) -> None:
    if cell is None or cell == "":
        if colour:
            target.write_blank(row, column, None, styles.of("General", colour))
    elif isinstance(cell, bool):
        target.write_boolean(row, column, cell, styles.of("General", colour))
    elif isinstance(cell, int | float):
        if abs(cell) < 1e300:
            target.write_number(row, column, cell, styles.of("General", colour))
        else:
            target.write_string(row, column, str(cell), styles.of("@", colour))
    elif isinstance(cell, datetime.datetime) and cell.tzinfo is None and cell.year >= 1900:
        target.write_datetime(row, column, cell, styles.of("yyyy-mm-dd hh:mm", colour))
    elif isinstance(cell, datetime.date) and cell.year >= 1900:
        target.write_datetime(row, column, cell, styles.of("yyyy-mm-dd", colour))
    elif isinstance(cell, str):
        target.write_string(row, column, cell[:32_767], styles.of("@", colour))
    else:
        target.write_string(row, column, str(cell), styles.of("@", colour))


def _titles(names: Sequence[str], sheets: Sheets | None) -> dict[str, str]:
    titles: dict[str, str] = {}
    for name in names:
        stem = sheet_title(name or (sheets.path.stem if sheets is not None else ""))
        title, number = stem, 2
        while title.lower() in {one.lower() for one in titles.values()} or title == PROBLEMS_SHEET:
            title, number = f"{stem[:27]}({number})", number + 1
        titles[name] = title
    return titles


def _list_out(
    workbook: Any, problems: Sequence[Problem], titles: dict[str, str], language: Language
) -> None:
    sheet = workbook.add_worksheet(PROBLEMS_SHEET)
    for index, width in enumerate(_WIDTHS):
        sheet.set_column(index, index, width)
    ruled = {"border": 1, "border_color": "#BFBFBF", "valign": "vcenter", "text_wrap": True}
    title = workbook.add_format(
        {"font_name": "黑体", "font_size": 12, "valign": "vcenter", "text_wrap": True}
    )
    head = workbook.add_format(
        {**ruled, "font_name": "黑体", "bg_color": "#DCE6F1", "align": "center"}
    )
    body = workbook.add_format({**ruled, "font_name": "宋体", "font_size": 10.5})
    link = workbook.add_format(
        {**ruled, "font_name": "宋体", "font_size": 10.5, "font_color": "#0563C1", "underline": 1}
    )
    sheet.set_row(0, 30)
    sheet.merge_range(0, 0, 0, len(_WIDTHS) - 1, _heading(problems, language), title)
    for index, text in enumerate(_HEADERS[language]):
        sheet.write_string(1, index, text, head)
    for row, (texts, place) in enumerate(_rows_of(problems, language), 2):
        lines = 1 + display_width(texts[6]) // (_WIDTHS[6] - 2)
        sheet.set_row(row, 6 + 14 * lines)
        target = titles.get(place.sheet) or (next(iter(titles.values())) if titles else "")
        for index, text in enumerate(texts):
            if index == 5 and text and target:
                quoted = target.replace("'", "''")
                sheet.write_url(row, index, f"internal:'{quoted}'!{text}", link, text)
            elif index in (0, 3) and text:
                sheet.write_number(row, index, int(text), body)
            else:
                sheet.write_string(row, index, text, body)
    sheet.freeze_panes(2, 0)
    sheet.autofilter(1, 0, max(len(problems) + 1, 2), len(_WIDTHS) - 1)
    set_up_printing(sheet, repeat=1)
    sheet.activate()
