"""Tables in tests: Markdown in a docstring becomes rows, and rows become workbooks of every kind a village may send."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

import xlsxwriter
import xlwt


def parse_table(text: str) -> list[list[str]]:
    """The cells of a Markdown table, header first; a blank cell is an empty text."""
    rows = []
    for line in text.strip().splitlines():
        cells = [cell.strip() for cell in line.strip().strip("|").split("|")]
        if not all(cell and set(cell) <= set(":-") for cell in cells):
            rows.append(cells)
    return rows


def parse_records(text: str) -> list[dict[str, str]]:
    """The rows of a Markdown table as mappings from header to cell."""
    header, *rows = parse_table(text)
    return [dict(zip(header, row, strict=True)) for row in rows]


def write_xlsx(
    path: Path,
    sheets: Mapping[str, Sequence[Sequence[Any]]],
    *,
    merged: Mapping[str, Sequence[str]] | None = None,
) -> Path:
    """An .xlsx with these sheets; dates become dates, everything else is written as it is, nothing as a formula."""
    workbook = xlsxwriter.Workbook(
        path,
        {
            "strings_to_formulas": False,
            "strings_to_urls": False,
            "default_date_format": "yyyy-mm-dd",
        },
    )
    for name, rows in sheets.items():
        sheet = workbook.add_worksheet(name)
        for number, row in enumerate(rows):
            for column, cell in enumerate(row):
                if cell is not None and cell != "":
                    sheet.write(number, column, cell)
        for area in (merged or {}).get(name, ()):
            first = area.split(":")[0]
            row, column = _cell(first)
            value = rows[row][column] if row < len(rows) and column < len(rows[row]) else ""
            sheet.merge_range(area, value)
    workbook.close()
    return path


def write_xls(path: Path, sheets: Mapping[str, Sequence[Sequence[Any]]]) -> Path:
    """An old .xls with these sheets."""
    workbook = xlwt.Workbook(encoding="utf-8")
    dated = xlwt.easyxf(num_format_str="yyyy-mm-dd")
    for name, rows in sheets.items():
        sheet = workbook.add_sheet(name)
        for number, row in enumerate(rows):
            for column, cell in enumerate(row):
                if cell is None or cell == "":
                    continue
                if hasattr(cell, "isoformat"):
                    sheet.write(number, column, cell, dated)
                else:
                    sheet.write(number, column, cell)
    workbook.save(str(path))
    return path


def write_text(
    path: Path, rows: Sequence[Sequence[Any]], *, encoding: str = "utf-8", delimiter: str = ","
) -> Path:
    """A text file with these rows, cells joined as they are, without quoting."""
    lines = [delimiter.join("" if c is None else str(c) for c in row) for row in rows]
    path.write_bytes(("\r\n".join(lines) + "\r\n").encode(encoding))
    return path


def _cell(reference: str) -> tuple[int, int]:
    letters = "".join(c for c in reference if c.isalpha())
    column = 0
    for letter in letters:
        column = column * 26 + ord(letter) - 64
    return int(reference[len(letters) :]) - 1, column - 1
