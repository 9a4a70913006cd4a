"""Opens whatever table a village sends (.xlsx, .xls, .csv, .txt) and gives out its sheets as rows of plain cells.

Everything that could hurt or mislead is settled before the first row is given out: disguised, locked, macro-bearing and
bursting files are refused, encodings and separators of text files are found, error values and uncalculated formulas are
listed by cell. This module must not know ledgers or headers; a row is only a list of cells here.
"""

from __future__ import annotations

import codecs
import contextlib
import csv
import posixpath
import re
import xml.etree.ElementTree as ElementTree
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Literal

import python_calamine

from shuzhi.core.problems import Place, Problem, ProblemsError
from shuzhi.exchange.containers import (
    DEFAULT_LIMITS,
    Flaw,
    Limits,
    identify,
    open_ole,
    read_part,
    refuse,
    scan_biff_sheet,
    scan_sheet,
    stream_part,
    workbook_stream,
)

Cell = Any  #: str | float | int | bool | date | datetime | time | timedelta | None, as the reader gives it
MergedRange = tuple[tuple[int, int], tuple[int, int]]  #: both corners, (row, column) from 0

Encoding = Literal["utf-8-sig", "utf-16", "utf-16-le", "utf-16-be", "gb18030"]

_DELIMITERS = (",", "\t", ";", "|")
_CHUNK = 1 << 20
_MAIN = "{http://schemas.openxmlformats.org/spreadsheetml/2006/main}"
_STRICT = "{http://purl.oclc.org/ooxml/spreadsheetml/main}"
_TEXT_FORMULA = re.compile(r'="([^"]*)"')


@dataclass(slots=True)
class Sheet:
    """One sheet, ready to be read. Rows count from 1, columns from 0, both as Excel shows them."""

    name: str  #: "" for a text file, which has no sheets
    file: str
    height: int | None  #: rows, when it is known beforehand
    merged: tuple[MergedRange, ...] = ()
    flaws: dict[tuple[int, int], Flaw] = field(default_factory=dict)
    _source: Any = None
    _offset: int = 0

    def rows(self) -> Iterator[list[Cell]]:
        """All rows from the first one of the sheet, blank ones included, so that counting gives the row number."""
        if isinstance(self._source, _TextTable):
            yield from self._source.rows()
        elif self._offset:
            blank = [None] * self._offset
            for row in self._source.iter_rows():
                yield blank + row
        else:
            yield from self._source.iter_rows()

    def head(self, count: int) -> list[list[Cell]]:
        """The first `count` rows."""
        rows = self.rows()
        with contextlib.closing(rows):  # type: ignore[type-var]
            return [row for row, _ in zip(rows, range(count), strict=False)]


class Sheets:
    """An opened file. Sheets are loaded when asked for, because loading means reading all of a sheet."""

    def __init__(self, path: Path, limits: Limits):
        self.path = path
        self.file = path.name
        self.kind = identify(path, limits)
        self.names: tuple[str, ...] = ()
        self.hidden: frozenset[str] = frozenset()
        self.properties: dict[str, str] = {}  #: the document's own custom properties
        self._limits = limits
        self._loaded: dict[str, Sheet] = {}
        self._parts: dict[str, str] = {}
        self._book: Any = None
        self._text: _TextTable | None = None
        if self.kind == "text":
            self._text = _TextTable(path)
            self.names = ("",)
            return
        if self.kind == "xlsx":
            self._open_parts()
        try:
            self._book = python_calamine.CalamineWorkbook.from_path(str(path))
            metadata = self._book.sheets_metadata
        except python_calamine.PasswordError as error:
            raise refuse("EXCHANGE_013", self.file) from error
        except BaseException as error:
            raise _damaged(error, self.file) from error
        worksheets = [one for one in metadata if one.typ == python_calamine.SheetTypeEnum.WorkSheet]
        if not worksheets:
            raise refuse("EXCHANGE_016", self.file)
        self.names = tuple(one.name for one in worksheets)
        self.hidden = frozenset(
            one.name
            for one in worksheets
            if one.visible != python_calamine.SheetVisibleEnum.Visible
        )

    def load(self, name: str) -> Sheet:
        """The sheet of this name. Raises ProblemsError when it is damaged or too large, KeyError when there is none."""
        if name not in self.names:
            raise KeyError(name)
        if name not in self._loaded:
            self._loaded[name] = self._load_text() if self._text else self._load_sheet(name)
        return self._loaded[name]

    def _load_text(self) -> Sheet:
        return Sheet(name="", file=self.file, height=None, _source=self._text)

    def _load_sheet(self, name: str) -> Sheet:
        flaws: dict[tuple[int, int], Flaw] = {}
        if self.kind == "xlsx":
            part = self._parts.get(name)
            if part is None:
                raise refuse("EXCHANGE_011", self.file)
            try:
                flaws = scan_sheet(self.path, part, self._limits).flaws
            except KeyError as error:
                raise refuse("EXCHANGE_011", self.file) from error
        else:
            book = workbook_stream(open_ole(self.path), self.file)
            flaws = scan_biff_sheet(book, self._position(name))
        try:
            source = self._book.get_sheet_by_name(name)
            merged = tuple(source.merged_cell_ranges or ())
        except BaseException as error:
            raise _damaged(error, self.file) from error
        start = source.start
        end = source.end
        if end is not None and end[1] + 1 > self._limits.columns:
            raise ProblemsError(
                [
                    Problem(
                        "EXCHANGE_017",
                        {"columns": str(end[1] + 1), "limit": str(self._limits.columns)},
                        Place(file=self.file, sheet=name),
                    )
                ]
            )
        return Sheet(
            name=name,
            file=self.file,
            height=end[0] + 1 if end else 0,
            merged=merged,
            flaws=flaws,
            _source=source,
            _offset=start[1] if start else 0,
        )

    def _position(self, name: str) -> int:
        return list(self._book.sheet_names).index(name)

    def _open_parts(self) -> None:
        """Which part of the archive is which sheet; and a full count of the parts the reader unpacks on opening."""
        try:
            book = ElementTree.fromstring(read_part(self.path, "xl/workbook.xml", self._limits))
            links = ElementTree.fromstring(
                read_part(self.path, "xl/_rels/workbook.xml.rels", self._limits)
            )
            for part in ("xl/sharedStrings.xml", "xl/styles.xml"):
                with contextlib.suppress(KeyError):
                    for _ in stream_part(self.path, part, self._limits):
                        pass
            custom = read_part(self.path, "docProps/custom.xml", self._limits)
        except (ElementTree.ParseError, KeyError, OSError) as error:
            raise refuse("EXCHANGE_011", self.file) from error
        targets = {one.get("Id", ""): one.get("Target", "") for one in links}
        for sheet in [*book.iter(f"{_MAIN}sheet"), *book.iter(f"{_STRICT}sheet")]:
            link = next((value for key, value in sheet.attrib.items() if key.endswith("}id")), "")
            target = targets.get(link, "")
            if target:
                part = target.lstrip("/") if target.startswith("/") else f"xl/{target}"
                self._parts[sheet.get("name", "")] = posixpath.normpath(part)
        if custom:
            with contextlib.suppress(ElementTree.ParseError):
                for one in ElementTree.fromstring(custom):
                    self.properties[one.get("name", "")] = "".join(one.itertext())


def open_workbook(path: str | Path, limits: Limits = DEFAULT_LIMITS) -> Sheets:
    """Open a table file of any accepted kind.

    Raises:
        ProblemsError: when the file must not or cannot be read; it holds an EXCHANGE problem that says what to do.
    """
    return Sheets(Path(path), limits)


def _damaged(error: BaseException, file: str) -> BaseException:
    # the reader is written in Rust; its panics arrive as a BaseException of its own that cannot be imported
    if isinstance(error, Exception) or type(error).__name__ == "PanicException":
        return refuse("EXCHANGE_011", file)
    return error


# ── text files ────────────────────────────────────────────────────────────────────────────────────────────────────────


def find_encoding(path: Path) -> Encoding:
    """How a text file is encoded, proven by decoding all of it.

    Raises:
        ProblemsError: EXCHANGE_018 with the line where the likeliest encoding breaks, EXCHANGE_008 for binary content.
    """
    with path.open("rb") as stream:
        head = stream.read(4096)
        if head.startswith((codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)):
            candidates: tuple[Encoding, ...] = ("utf-16",)
        elif len(head) >= 4 and head[1::2].count(0) > len(head) // 5:
            candidates = ("utf-16-le",)
        elif len(head) >= 4 and head[::2].count(0) > len(head) // 5:
            candidates = ("utf-16-be",)
        elif b"\x00" in head:
            raise refuse("EXCHANGE_008", path.name, suffix=path.suffix, found="?")
        else:
            candidates = ("utf-8-sig", "gb18030")
        furthest: tuple[int, Encoding, int] = (-1, candidates[0], 0)
        for encoding in candidates:
            stream.seek(0)
            failed = _decode_all(stream, encoding)
            if failed is None:
                return encoding
            position, line = failed
            if position > furthest[0]:
                furthest = (position, encoding, line)
    raise ProblemsError(
        [
            Problem(
                "EXCHANGE_018",
                {"encoding": _ENCODING_NAMES[furthest[1]]},
                Place(file=path.name, row=furthest[2]),
            )
        ]
    )


_ENCODING_NAMES = {
    "utf-8-sig": "UTF-8",
    "gb18030": "GB18030",
    "utf-16": "UTF-16",
    "utf-16-le": "UTF-16",
    "utf-16-be": "UTF-16",
}


def _decode_all(stream: Any, encoding: Encoding) -> tuple[int, int] | None:
    """None when all of it decodes, else (characters decoded before, line)."""
    decoder = codecs.getincrementaldecoder(encoding)("strict")
    lines, done = 1, 0
    while True:
        chunk = stream.read(_CHUNK)
        try:
            text = decoder.decode(chunk, final=not chunk)
        except UnicodeDecodeError as error:
            before = error.object[: error.start]
            return done + error.start, lines + before.count(b"\n")
        if not chunk:
            return None
        lines += text.count("\n")
        done += len(chunk)


class _TextTable:
    """A table in a text file: its encoding and its separator."""

    def __init__(self, path: Path):
        self._path = path
        self._encoding = find_encoding(path)
        with path.open(encoding=self._encoding, newline="") as stream:
            sample = stream.read(1 << 16)
        if not sample.strip("\ufeff \t\r\n,;|"):
            raise refuse("EXCHANGE_003", path.name)
        stated = re.match(r"sep=(.)\r?\n", sample)
        self._skip = 1 if stated else 0
        self.delimiter = stated[1] if stated else find_delimiter(sample)

    def rows(self) -> Iterator[list[Cell]]:
        number = 0
        with self._path.open(encoding=self._encoding, newline="") as stream:
            reader = csv.reader(stream, delimiter=self.delimiter, strict=True)
            try:
                for number, row in enumerate(reader, 1):
                    if number <= self._skip:
                        yield []
                        continue
                    if any(cell.startswith("=") for cell in row):
                        # ="0012" is how programs keep Excel from eating the zeros of a code
                        row = [
                            found[1] if (found := _TEXT_FORMULA.fullmatch(cell)) else cell
                            for cell in row
                        ]
                    yield row
            except csv.Error as error:
                raise ProblemsError(
                    [Problem("EXCHANGE_019", {}, Place(file=self._path.name, row=number + 1))]
                ) from error


def find_delimiter(sample: str) -> str:
    """The separator with which most lines of the sample fall into the same number of columns, more than one."""
    lines = sample.splitlines()[:60]
    best, best_score = ",", 0
    for delimiter in _DELIMITERS:
        try:
            widths = [len(row) for row in csv.reader(lines, delimiter=delimiter) if row]
        except csv.Error:
            continue
        width, count = Counter(widths).most_common(1)[0] if widths else (1, 0)
        score = count * min(width, 40) if width > 1 else 0
        if score > best_score:
            best, best_score = delimiter, score
    return best
