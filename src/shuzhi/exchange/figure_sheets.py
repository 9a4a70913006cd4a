"""A table of figures as an Excel workbook: numbers stay numbers, and each carries the link to where it comes from."""

from __future__ import annotations

import io
from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal

import xlsxwriter

_FONT = "宋体"
_MOST_LINKS = 60_000  #: Excel takes 65,530 on a sheet
_WIDEST = 46


@dataclass(frozen=True, slots=True)
class Cell:
    """One cell: a number, a text or nothing, with a link or none."""

    value: Decimal | str | None
    link: str = ""


@dataclass(frozen=True, slots=True)
class FigureTable:
    """A title, a line below it, heads and rows."""

    title: str
    note: str
    heads: Sequence[str]
    rows: Sequence[Sequence[Cell]]


def workbook_of(table: FigureTable) -> bytes:
    """The table as the bytes of an .xlsx file. Texts are never taken for formulas."""
    target = io.BytesIO()
    workbook = xlsxwriter.Workbook(
        target,
        {
            "in_memory": True,
            "strings_to_formulas": False,
            "strings_to_urls": False,
            "strings_to_numbers": False,
            "default_format_properties": {"font_name": _FONT, "font_size": 11},
        },
    )
    heading = workbook.add_format({"bold": True, "font_size": 14})
    note = workbook.add_format({"font_color": "#595959", "font_size": 9})
    head = workbook.add_format(
        {"bold": True, "bg_color": "#DCE6F1", "border": 1, "text_wrap": True, "valign": "vcenter"}
    )
    text = workbook.add_format({"border": 1, "text_wrap": True, "valign": "top"})
    linked_text = workbook.add_format(
        {"border": 1, "text_wrap": True, "valign": "top", "font_color": "#14568C", "underline": 1}
    )
    figure = workbook.add_format({"border": 1, "num_format": "#,##0.####", "valign": "top"})
    whole = workbook.add_format({"border": 1, "num_format": "#,##0", "valign": "top"})
    linked = workbook.add_format(
        {"border": 1, "num_format": "#,##0.####", "valign": "top", "font_color": "#14568C"}
    )
    linked_whole = workbook.add_format(
        {"border": 1, "num_format": "#,##0", "valign": "top", "font_color": "#14568C"}
    )
    sheet = workbook.add_worksheet()
    sheet.write_string(0, 0, table.title, heading)
    sheet.write_string(1, 0, table.note, note)
    sheet.write_row(2, 0, table.heads, head)
    widths = [_width(h) for h in table.heads]
    links = 0
    for place, cells in enumerate(table.rows, 3):
        for column, cell in enumerate(cells):
            link = cell.link if links < _MOST_LINKS else ""
            links += bool(link)
            if isinstance(cell.value, Decimal):
                if link:
                    sheet.write_url(place, column, link, linked, "")
                is_whole = cell.value == cell.value.to_integral_value()
                form = (
                    (linked_whole if link else whole) if is_whole else (linked if link else figure)
                )
                sheet.write_number(place, column, cell.value, form)  # Excel keeps 15 digits
                widths[column] = max(widths[column], len(f"{cell.value:,f}") + 2)
            elif cell.value:
                if link:
                    sheet.write_url(place, column, link, linked_text, cell.value)
                else:
                    sheet.write_string(place, column, cell.value, text)
                widths[column] = max(widths[column], _width(cell.value))
            else:
                sheet.write_blank(place, column, None, text)
    for column, width in enumerate(widths):
        sheet.set_column(column, column, min(max(width, 8), _WIDEST))
    sheet.freeze_panes(3, 1)
    sheet.set_landscape()
    sheet.set_paper(9)
    sheet.fit_to_pages(1, 0)
    sheet.repeat_rows(2)
    workbook.close()
    return target.getvalue()


def _width(text: str) -> int:
    """How wide a text is, a Chinese character counting two."""
    return sum(2 if ord(c) > 0x2E80 else 1 for c in text) + 2
