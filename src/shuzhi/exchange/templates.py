"""Makes the Excel template of a ledger: a sheet a village clerk can fill without asking, and a page that explains it.

Headers are Chinese with their units, required ones carry a red star, choices are lists, wrong types are stopped while
typing, and the example row shows how. The sheet is laid out so that the import reads it back without a word. Exports use
the same sheet. This module must not know records or people.
"""

from __future__ import annotations

import os
import tempfile
from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from itertools import chain, islice
from pathlib import Path
from typing import Any

import xlsxwriter
from xlsxwriter.exceptions import FileCreateError

from shuzhi.core.definitions import Catalogue, FieldDef, LedgerDef
from shuzhi.core.ledgers import ORGANISATION_COLUMN, value_parser
from shuzhi.core.problems import Place, Problem, ProblemsError
from shuzhi.core.quantities import Units
from shuzhi.exchange.columns import column_letter
from shuzhi.exchange.imports import LEDGER_PROPERTY, MASKED_PROPERTY, VERSION_PROPERTY

HEADER_ROW = (
    2  #: index of the header in every sheet made here; title and reporting line stand above
)
ROW_LIMIT = 1_048_576 - HEADER_ROW - 1
INSTRUCTIONS_SHEET = "填写说明"
OPTIONS_SHEET = "选项"
EXAMPLE_MARK = "示例"

_VALIDATED_ROWS = 5_000  #: rows that get lists and checks
_RULED_ROWS = 20  #: blank rows drawn with lines, so that a printed template can be filled by hand
_INLINE_LIST = 250  #: Excel allows 255 characters of options written into the cell itself
_SAMPLE = 200  #: rows looked at for the widths of columns

_RED, _GREY, _LINE, _HEAD = "#C00000", "#7F7F7F", "#BFBFBF", "#DCE6F1"
_SONG, _HEI = "宋体", "黑体"

_TYPE_NAMES = {
    "text": "文字",
    "integer": "整数",
    "quantity": "数",
    "date": "日期",
    "month": "年月",
    "choice": "选择",
    "boolean": "是或否",
    "reference": "编号",
    "organisation": "单位名称",
    "identity_number": "身份证号",
    "phone": "电话号码",
    "indicator": "指标名称",
    "ledger": "台账名称",
}
#: types whose values must never be taken for numbers or dates by Excel
_TEXT_TYPES = frozenset(
    {
        "text",
        "month",
        "reference",
        "organisation",
        "identity_number",
        "phone",
        "indicator",
        "ledger",
        "choice",
    }
)


@dataclass(frozen=True, slots=True)
class SheetColumn:
    """One column of a sheet made for people. The first two, 序号 and 单位, belong to no field."""

    header: str
    field: FieldDef | None = None
    key: str = ""  #: key of the value in a row
    unit: str = ""
    required: bool = False
    note: str = ""


def sheet_columns(ledger: LedgerDef, *, computed: bool) -> list[SheetColumn]:
    """The columns of a ledger's sheet, in the order of its fields; computed ones only where values are shown."""
    columns = [
        SheetColumn("序号", note="只为看着方便，可以不填，导入时不读。"),
        SheetColumn(
            "单位",
            key=ORGANISATION_COLUMN,
            note="这一行归哪个村（组）。整张表都是同一个单位时可以不填，只填左上角的“填报单位”。",
        ),
    ]
    for one in ledger.fields:
        if one.computed and not computed:
            continue
        columns.append(
            SheetColumn(
                header=one.title.zh,
                field=one,
                key=one.key,
                unit=one.unit,
                required=(one.required or one.key == ledger.date) and not one.computed,
                note=one.note,
            )
        )
    return columns


def write_template(
    ledger: LedgerDef,
    units: Units,
    path: str | Path,
    *,
    catalogue: Catalogue | None = None,
    rows: Iterable[Mapping[str, Any]] | None = None,
) -> None:
    """Write the template of `ledger` to `path`.

    Args:
        ledger: the ledger.
        units: the units known.
        path: the .xlsx to write; replaced only when all of it has been written.
        catalogue: gives the lists of ledgers and indicators to fields that name one.
        rows: payloads (with ``@organisation``) to fill in beforehand, such as last year's register.

    Raises:
        ProblemsError: EXCHANGE_046 when the file cannot be written, EXCHANGE_047 when there are too many rows.
    """
    with open_for_writing(path) as (workbook, _):
        stamp(workbook, ledger, masked=False)
        writer = LedgerSheet(
            workbook, ledger, units, sheet_columns(ledger, computed=False), catalogue
        )
        writer.begin(example=True)
        writer.write_rows(rows or ())
        writer.finish(for_filling=True)
        _write_instructions(workbook, ledger, writer)
        writer.write_options()


@contextmanager
def open_for_writing(
    path: str | Path, *, constant_memory: bool = False
) -> Iterator[tuple[Any, Path]]:
    """A workbook that takes the place of `path` only when it was written completely.

    Texts are never turned into formulas, links or numbers.
    """
    path = Path(path)
    try:
        handle, name = tempfile.mkstemp(prefix=".", suffix=".xlsx", dir=path.parent)
    except OSError as error:
        raise _unwritable(path, error) from error
    os.close(handle)
    temporary = Path(name)
    workbook = xlsxwriter.Workbook(
        name,
        {
            "constant_memory": constant_memory,
            "strings_to_formulas": False,
            "strings_to_urls": False,
            "strings_to_numbers": False,
            "nan_inf_to_errors": False,
            "default_format_properties": {"font_name": _SONG, "font_size": 11},
        },
    )
    try:
        yield workbook, temporary
        workbook.close()
        temporary.chmod(0o644)  # mkstemp lets only its owner read
        temporary.replace(path)
    except (FileCreateError, OSError) as error:
        raise _unwritable(path, error) from error
    finally:
        temporary.unlink(missing_ok=True)


def _unwritable(path: Path, error: Exception) -> ProblemsError:
    reason = getattr(error, "strerror", None) or str(error)
    return ProblemsError([Problem("EXCHANGE_046", {"reason": reason}, Place(file=path.name))])


def stamp(workbook: Any, ledger: LedgerDef, *, masked: bool) -> None:
    """Write into the document's properties which ledger this is, so that the import knows it again."""
    workbook.set_properties({"title": ledger.title.zh, "subject": ledger.description})
    workbook.set_custom_property(LEDGER_PROPERTY, ledger.key)
    workbook.set_custom_property(VERSION_PROPERTY, str(ledger.version), "text")
    if masked:
        workbook.set_custom_property(MASKED_PROPERTY, "1", "text")


def sheet_title(name: str) -> str:
    """A name Excel accepts for a sheet."""
    for sign in "[]:*?/\\":
        name = name.replace(sign, " ")
    return name.strip("' ")[:31] or "Sheet"


def display_width(text: str) -> int:
    """How many half-width columns a text takes; the longest line counts."""
    return max(
        (sum(2 if ord(c) > 0x2E7F else 1 for c in line) for line in text.split("\n")), default=0
    )


class LedgerSheet:
    """The sheet of one ledger, written row by row from top to bottom."""

    def __init__(
        self,
        workbook: Any,
        ledger: LedgerDef,
        units: Units,
        columns: Sequence[SheetColumn],
        catalogue: Catalogue | None = None,
    ):
        self.workbook, self.ledger, self.units = workbook, ledger, units
        self.columns, self.catalogue = list(columns), catalogue
        self.sheet = workbook.add_worksheet(sheet_title(ledger.title.zh))
        self.next_row = HEADER_ROW + 1
        self._long_lists: list[tuple[str, Sequence[str]]] = []
        self._formats: dict[tuple[str, str], Any] = {}
        self._titles = _titles_of(catalogue)

    def begin(
        self, *, example: bool, sample: Sequence[Mapping[str, Any]] = (), heading: str = ""
    ) -> None:
        """Column widths, title, reporting line, header and, for a template, the example row."""
        sheet, workbook, last = self.sheet, self.workbook, len(self.columns) - 1
        for index, column in enumerate(self.columns):
            sheet.set_column(index, index, self._width(column, sample), self._column_format(column))
        title = workbook.add_format(
            {"font_name": _HEI, "font_size": 18, "align": "center", "valign": "vcenter"}
        )
        sheet.set_default_row(19)
        sheet.set_row(0, 34)
        _merge(sheet, 0, 0, last, heading or self.ledger.title.zh, title)
        left = workbook.add_format({"font_name": _SONG, "font_size": 11, "valign": "vcenter"})
        right = workbook.add_format(
            {
                "font_name": _SONG,
                "font_size": 10,
                "font_color": _GREY,
                "align": "right",
                "valign": "vcenter",
            }
        )
        sheet.set_row(1, 22)
        split = min(3, max(last - 1, 0))
        _merge(sheet, 1, 0, split, "填报单位：", left)
        hint = (
            "带红色 * 的栏目必须填写；计量单位见表头；不清楚的留空，没有的填 0"
            if example
            else "计量单位见表头"
        )
        if last > split:
            _merge(sheet, 1, split + 1, last, hint, right)
        self._write_header()
        if example:
            self._write_example()

    def _write_header(self) -> None:
        base = {
            "font_name": _HEI,
            "font_size": 11,
            "bg_color": _HEAD,
            "border": 1,
            "border_color": _LINE,
            "align": "center",
            "valign": "vcenter",
            "text_wrap": True,
        }
        cell = self.workbook.add_format(base)
        plain = self.workbook.add_format({"font_name": _HEI, "font_size": 11})
        red = self.workbook.add_format(
            {"font_name": _HEI, "font_size": 11, "font_color": _RED, "bold": True}
        )
        small = self.workbook.add_format({"font_name": _SONG, "font_size": 10, "font_color": _GREY})
        self.sheet.set_row(HEADER_ROW, 38)
        for index, column in enumerate(self.columns):
            parts: list[Any] = [plain, column.header]
            if column.required:
                parts = [red, "*", *parts]
            if column.unit:
                parts += [small, f"\n（{column.unit}）"]
            if len(parts) == 2:
                self.sheet.write_string(HEADER_ROW, index, column.header, cell)
            else:
                self.sheet.write_rich_string(HEADER_ROW, index, *parts, cell)
            comment = self._comment(column)
            if comment:
                lines = sum(1 + display_width(line) // 34 for line in comment.split("\n"))
                self.sheet.write_comment(
                    HEADER_ROW,
                    index,
                    comment,
                    {"author": "述职", "width": 260, "height": 24 + 18 * lines, "font_size": 10},
                )

    def _comment(self, column: SheetColumn) -> str:
        if column.field is None:
            return column.note
        lines = [
            f"{column.header}：{_type_text(column.field)}"
            + ("，必填" if column.required else "，可不填")
        ]
        options = self.options_of(column.field)
        if options:
            shown = "、".join(options[:12])
            lines.append(f"可选：{shown}{'…' if len(options) > 12 else ''}")
        limits = _limits_text(column.field)
        if limits:
            lines.append(f"范围：{limits}")
        if column.field.computed:
            lines.append("由系统计算，不用填写。")
        if column.note:
            lines.append(column.note)
        return "\n".join(lines)

    def _write_example(self) -> None:
        row = self.next_row
        self.next_row += 1
        if not any(column.field and column.field.example for column in self.columns):
            self.next_row = row
            return
        self.sheet.set_row(row, 20)
        for index, column in enumerate(self.columns):
            style = self._example_format(column)
            if index == 0:
                self.sheet.write_string(row, index, EXAMPLE_MARK, style)
            elif column.field is None:
                self.sheet.write_blank(row, index, None, style)
            else:
                parsed = self._example_value(column.field)
                self._write_value(row, index, column, parsed, style)
        self.sheet.write_comment(
            row, 0, "这一行是示例，导入时自动跳过。请从下一行开始填写，不要改动“示例”二字。",
            {"author": "述职", "width": 240, "height": 60, "font_size": 10},
        )  # fmt: skip

    def _example_value(self, definition: FieldDef) -> Any:
        """The example as its canonical value, so that a date is a date and a number a number."""
        if not definition.example:
            return None
        parsed = value_parser(definition, self.units)(definition.example)
        # what cannot be read is shown as it was written; the catalogue's own check names it
        return parsed if isinstance(parsed, str | bool) else definition.example

    def write_rows(self, rows: Iterable[Mapping[str, Any]]) -> int:
        """Write payloads below; returns how many. Raises ProblemsError EXCHANGE_047 when the sheet is full."""
        count = 0
        styles = [self._cell_format(column) for column in self.columns]
        for payload in rows:
            if self.next_row > ROW_LIMIT + HEADER_ROW:
                problem = Problem(
                    "EXCHANGE_047", {"count": f">{ROW_LIMIT}", "limit": str(ROW_LIMIT)}
                )
                raise ProblemsError([problem])
            count += 1
            for index, column in enumerate(self.columns):
                if index == 0:
                    self.sheet.write_number(self.next_row, 0, count, styles[0])
                elif column.field is None:
                    organisation = payload.get(ORGANISATION_COLUMN) or payload.get("单位")
                    self._write_value(self.next_row, index, column, organisation, styles[index])
                else:
                    self._write_value(
                        self.next_row, index, column, payload.get(column.key), styles[index]
                    )
            self.next_row += 1
        return count

    def _write_value(
        self, row: int, index: int, column: SheetColumn, value: Any, style: Any
    ) -> None:
        sheet = self.sheet
        if value is None or value == "":
            sheet.write_blank(row, index, None, style)
            return
        kind = column.field.type if column.field else "text"
        if isinstance(value, bool):
            sheet.write_string(row, index, "是" if value else "否", style)
        elif kind in ("integer", "quantity") and (number := _exact_float(str(value))) is not None:
            sheet.write_number(row, index, number, style)
        elif kind == "date" and (day := _date(str(value))) is not None:
            sheet.write_datetime(row, index, day, style)
        elif kind in ("ledger", "indicator"):
            sheet.write_string(row, index, self._titles.get((kind, str(value)), str(value)), style)
        else:
            sheet.write_string(row, index, str(value), style)

    def finish(self, *, for_filling: bool) -> None:
        """Frozen header, filter, print setup; for a template also ruled rows, lists and checks."""
        sheet, last = self.sheet, len(self.columns) - 1
        if for_filling:
            for row in range(self.next_row, self.next_row + _RULED_ROWS):
                for index, column in enumerate(self.columns):
                    sheet.write_blank(row, index, None, self._cell_format(column))
            first = HEADER_ROW + 1
            for index, column in enumerate(self.columns):
                self._validate(index, column, first, first + _VALIDATED_ROWS)
            sheet.conditional_format(
                self.next_row + _RULED_ROWS, 0, first + _VALIDATED_ROWS, last,
                {
                    "type": "formula",
                    "criteria": f"=COUNTA($B{self.next_row + _RULED_ROWS + 1}:${column_letter(last)}{self.next_row + _RULED_ROWS + 1})>0",
                    "format": self.workbook.add_format({"border": 1, "border_color": _LINE}),
                },
            )  # fmt: skip
        bottom = max(self.next_row - 1, HEADER_ROW + 1)
        if for_filling:
            bottom += _RULED_ROWS
        sheet.autofilter(HEADER_ROW, 0, bottom, last)
        sheet.freeze_panes(HEADER_ROW + 1, 2)
        set_up_printing(sheet, repeat=HEADER_ROW)
        sheet.print_area(0, 0, bottom, last)
        sheet.activate()

    def options_of(self, definition: FieldDef) -> Sequence[str]:
        """What a list offers for this field."""
        if definition.type == "choice":
            return definition.options
        if definition.type == "boolean":
            return ("是", "否")
        if self.catalogue is not None and definition.type in ("ledger", "indicator"):
            known = (
                self.catalogue.ledgers if definition.type == "ledger" else self.catalogue.indicators
            )
            return tuple(one.title.zh for one in known.values())
        return ()

    def _validate(self, index: int, column: SheetColumn, first: int, last: int) -> None:
        definition = column.field
        if definition is None:
            return
        rule: dict[str, Any] = {
            "ignore_blank": True,
            "error_title": f"{column.header}填得不对"[:32],
            "error_type": "stop",
        }
        options = self.options_of(definition)
        if options:
            rule["validate"] = "list"
            if sum(len(option) + 1 for option in options) <= _INLINE_LIST and not any(
                "," in option for option in options
            ):
                rule["source"] = list(options)
            else:
                letter = column_letter(len(self._long_lists))
                self._long_lists.append((column.header, options))
                rule["source"] = f"='{OPTIONS_SHEET}'!${letter}$2:${letter}${len(options) + 1}"
            rule["error_message"] = f"请从下拉列表中选择“{column.header}”，不要手工输入别的内容。"
        elif definition.type in ("integer", "quantity"):
            rule["validate"] = "integer" if definition.type == "integer" else "decimal"
            low = definition.min if definition.min is not None else Decimal(-(10**12))
            high = definition.max if definition.max is not None else Decimal(10**12)
            rule |= {"criteria": "between", "minimum": float(low), "maximum": float(high)}
            kind = "整数" if definition.type == "integer" else "数"
            limits = _limits_text(definition)
            rule["error_message"] = (
                f"“{column.header}”应为{kind}{'，' + limits if limits else ''}"
                f"{'，单位：' + definition.unit if definition.unit else ''}。只填数字；不清楚的留空，没有的填 0。"
            )
        elif definition.type == "date":
            rule |= {
                "validate": "date",
                "criteria": "between",
                "minimum": date(1900, 1, 1),
                "maximum": date(2100, 12, 31),
                "error_message": f"“{column.header}”应为日期，如 2023-08-01 或 2023/8/1。",
            }
        elif definition.type == "identity_number":
            rule |= {
                "validate": "length",
                "criteria": "==",
                "value": 18,
                "error_message": "身份证号应为 18 位，请对照证件填写；本栏已设为文本格式。",
            }
        elif definition.type == "phone":
            rule |= {
                "validate": "length",
                "criteria": "between",
                "minimum": 7,
                "maximum": 20,
                "error_message": "电话号码应为 11 位手机号或带区号的座机号。",
            }
        elif definition.type == "month":
            rule |= {
                "validate": "length",
                "criteria": "between",
                "minimum": 6,
                "maximum": 8,
                "error_message": "应为年月，如 2023-08 或 2023年8月。",
            }
        else:
            return
        self.sheet.data_validation(first, index, last, index, rule)

    def write_options(self) -> None:
        """The hidden sheet behind lists too long for a cell."""
        if not self._long_lists:
            return
        sheet = self.workbook.add_worksheet(OPTIONS_SHEET)
        for index, (title, options) in enumerate(self._long_lists):
            sheet.write_string(0, index, title)
            for row, option in enumerate(options, 1):
                sheet.write_string(row, index, option)
        sheet.hide()

    # ── looks ─────────────────────────────────────────────────────────────────────────────────────────────────────────

    def _width(self, column: SheetColumn, sample: Sequence[Mapping[str, Any]]) -> float:
        if column.field is None:
            return 6 if not column.key else 14
        definition = column.field
        header = display_width(column.header) + (1 if column.required else 0)
        widest = max(
            [
                display_width(definition.example),
                *(display_width(option) for option in definition.options),
                *(display_width(str(row.get(column.key, ""))) for row in sample),
            ]
        )
        floor = {"identity_number": 20, "date": 11, "phone": 13}.get(definition.type, 8)
        # a header may wrap once, a value should not wrap at all
        return min(max(floor, header * 0.75, min(header, 14), widest) + 2.5, 36)

    def _number_format(self, column: SheetColumn) -> str:
        kind = column.field.type if column.field else ("text" if column.key else "integer")
        if kind in _TEXT_TYPES:
            return "@"
        return {"date": "yyyy-mm-dd", "integer": "0"}.get(kind, "General")

    def _align(self, column: SheetColumn) -> str:
        if column.field is None:
            return "left" if column.key else "center"
        if column.field.type in ("integer", "quantity"):
            return "right"
        return "left" if column.field.type == "text" else "center"

    def _format(self, name: str, column: SheetColumn, extra: Mapping[str, Any]) -> Any:
        signature = (name, self._number_format(column) + self._align(column))
        if signature not in self._formats:
            self._formats[signature] = self.workbook.add_format(
                {
                    "font_name": _SONG,
                    "font_size": 11,
                    "valign": "vcenter",
                    "num_format": self._number_format(column),
                    "align": self._align(column),
                    **extra,
                }
            )
        return self._formats[signature]

    def _column_format(self, column: SheetColumn) -> Any:
        return self._format("column", column, {})

    def _cell_format(self, column: SheetColumn) -> Any:
        return self._format("cell", column, {"border": 1, "border_color": _LINE})

    def _example_format(self, column: SheetColumn) -> Any:
        extra = {"border": 1, "border_color": _LINE, "italic": True, "font_color": _GREY}
        return self._format("example", column, {**extra, "bg_color": "#F7F7F7"})


def sampled(
    rows: Iterable[Mapping[str, Any]],
) -> tuple[list[Mapping[str, Any]], Iterator[Mapping[str, Any]]]:
    """The first rows, for widths, and all of them again."""
    iterator = iter(rows)
    sample = list(islice(iterator, _SAMPLE))
    return sample, chain(sample, iterator)


def set_up_printing(sheet: Any, *, repeat: int | None) -> None:
    """A4 landscape, as wide as the page, header on every page, page numbers."""
    sheet.set_landscape()
    sheet.set_paper(9)
    sheet.fit_to_pages(1, 0)
    sheet.set_margins(left=0.5, right=0.5, top=0.6, bottom=0.6)
    sheet.center_horizontally()
    sheet.set_footer("&C第 &P 页，共 &N 页")
    if repeat is not None:
        sheet.repeat_rows(repeat)


def _merge(sheet: Any, row: int, first: int, last: int, text: str, style: Any) -> None:
    if last > first:
        sheet.merge_range(row, first, row, last, text, style)
    else:
        sheet.write_string(row, first, text, style)


def _titles_of(catalogue: Catalogue | None) -> dict[tuple[str, str], str]:
    if catalogue is None:
        return {}
    titles = {("ledger", key): one.title.zh for key, one in catalogue.ledgers.items()}
    return titles | {("indicator", key): one.title.zh for key, one in catalogue.indicators.items()}


def _exact_float(text: str) -> float | None:
    """The number as Excel can hold it, or None when it would lose digits there."""
    try:
        number = float(text)
    except ValueError:
        return None
    return number if abs(number) < 1e15 and Decimal(f"{number:.15g}") == Decimal(text) else None


def _date(text: str) -> date | None:
    try:
        return date.fromisoformat(text)
    except ValueError:
        return None


def _type_text(definition: FieldDef) -> str:
    name = _TYPE_NAMES[definition.type]
    return f"{name}（{definition.unit}）" if definition.unit else name


def _limits_text(definition: FieldDef) -> str:
    low, high = definition.min, definition.max
    if low is not None and high is not None:
        return f"{low:f} 至 {high:f}"
    if low is not None:
        return f"不小于 {low:f}"
    return f"不大于 {high:f}" if high is not None else ""


# ── the page of instructions ──────────────────────────────────────────────────────────────────────────────────────────


def _write_instructions(workbook: Any, ledger: LedgerDef, writer: LedgerSheet) -> None:
    sheet = workbook.add_worksheet(INSTRUCTIONS_SHEET)
    widths = (18, 14, 8, 8, 30, 44, 22)
    for index, width in enumerate(widths):
        sheet.set_column(index, index, width)
    last = len(widths) - 1
    title = workbook.add_format(
        {"font_name": _HEI, "font_size": 16, "align": "center", "valign": "vcenter"}
    )
    heading = workbook.add_format({"font_name": _HEI, "font_size": 12, "valign": "vcenter"})
    body = workbook.add_format(
        {"font_name": _SONG, "font_size": 11, "valign": "vcenter", "text_wrap": True}
    )
    head = workbook.add_format(
        {
            "font_name": _HEI, "font_size": 11, "bg_color": _HEAD, "border": 1,
            "border_color": _LINE, "align": "center", "valign": "vcenter",
        }
    )  # fmt: skip
    cell = workbook.add_format(
        {
            "font_name": _SONG, "font_size": 10.5, "border": 1, "border_color": _LINE,
            "valign": "vcenter", "text_wrap": True, "num_format": "@",
        }
    )  # fmt: skip
    row = 0
    sheet.set_row(row, 32)
    _merge(sheet, row, 0, last, f"{ledger.title.zh}填写说明", title)

    def paragraphs(caption: str, lines: Sequence[str]) -> None:
        nonlocal row
        row += 1
        sheet.set_row(row, 24)
        _merge(sheet, row, 0, last, caption, heading)
        for number, line in enumerate(lines, 1):
            row += 1
            text = f"{number}. {line}"
            sheet.set_row(row, 18 * (1 + display_width(text) // (sum(widths) - 6)))
            _merge(sheet, row, 0, last, text, body)

    intro = [ledger.description] if ledger.description else []
    paragraphs("一、怎样填写", [*intro, *_how_to_fill(ledger)])
    row += 1
    sheet.set_row(row, 24)
    _merge(sheet, row, 0, last, "二、各栏说明", heading)
    row += 1
    for index, text in enumerate(
        ("栏目", "填什么", "单位", "必填", "可选内容或范围", "说明", "示例")
    ):
        sheet.write_string(row, index, text, head)
    for column in writer.columns:
        if column.field is None:
            continue
        row += 1
        definition = column.field
        options = writer.options_of(definition)
        shown = "、".join(options[:40]) + ("…" if len(options) > 40 else "")
        values = (
            column.header,
            _TYPE_NAMES[definition.type],
            definition.unit,
            "是" if column.required else "",
            shown or _limits_text(definition),
            definition.note,
            definition.example,
        )
        lines = max(
            1 + display_width(value) // (width - 1) if value else 1
            for value, width in zip(values, widths, strict=True)
        )
        sheet.set_row(row, 6 + 15 * lines)
        for index, value in enumerate(values):
            sheet.write_string(row, index, value, cell)
    paragraphs("三、常见错误", _common_mistakes(ledger))
    paragraphs("四、填错了怎样更正", _how_to_correct(ledger))
    set_up_printing(sheet, repeat=None)


def _how_to_fill(ledger: LedgerDef) -> list[str]:
    grain = (
        "每个对象占一行，情况变了再填新的一行"
        if ledger.nature == "register"
        else "每发生一次填一行"
    )
    return [
        f"在“{sheet_title(ledger.title.zh)}”表中填写，{grain}；灰色斜体的示例行导入时自动跳过，可以保留。",
        "整张表都是一个单位时，在左上角“填报单位：”后面写上单位名称即可；几个单位合在一张表时，每行填“单位”。",
        "带红色 * 的栏目必须填写。其余栏目：不清楚的留空，确实没有的填 0；留空和 0 意思不同。",
        "数量只填数字，单位见表头。习惯用别的单位的，可把表头的单位改掉，例如把“（元）”改为“（万元）”，系统会自动换算。",
        "列的先后可以调整，不用的列可以删去，但不要删去必填的列，也不要改动表头的栏目名称。",
        "不必填合计行；填了也不会当作数据，只用来核对。",
    ]


def _common_mistakes(ledger: LedgerDef) -> list[str]:
    kinds = {one.type for one in ledger.fields}
    lines = ["数量栏里写“约30”“30左右”“三十”：应写确切的数 30。"]
    if "date" in kinds:
        lines.append(
            "日期写成 8.1 或 2023-02-30：应写全年月日，而且是真实存在的日期，如 2023-08-01。"
        )
    if "identity_number" in kinds:
        lines.append(
            "身份证号显示为 6.20802E+17：末几位已经丢失，应先把该列设为“文本”格式再重新填写。"
        )
    if "choice" in kinds:
        lines.append("选择栏里自己写别的词：应从下拉列表中选择。")
    lines += [
        "从别的表格粘贴时带进公式：请用“选择性粘贴—数值”。出现 #REF!、#N/A 的，应改成真实内容。",
        "一格里写几件事：应分成几行。",
    ]
    return lines


def _how_to_correct(ledger: LedgerDef) -> list[str]:
    if ledger.identified_by:
        names = "、".join(ledger.field(key).title.zh for key in ledger.identified_by)
        same = f"改好后再导入一次即可：同一单位、{names}相同的行视为对原记录的修订，原来的内容保留在修订记录里，不会重复计数。"
    else:
        same = "内容完全相同的行再导入一次不会重复计数；要改动已导入的行，请在系统里找到这条记录进行修订，或先撤回再导入。"
    return [
        same,
        "导入时如有问题，系统会列出每一处，并给出一份标好位置的表格；改好标出的格子，再导入那份表格就行。",
        "已经结账的月份，更正会记入当前月份，并注明是调整。",
    ]
