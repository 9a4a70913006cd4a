"""Looks into a file's outer wrapping before anybody reads its cells: what it really is, how big it will grow, what it hides.

A clerk may hand in anything: a web page named .xls, a picture, a workbook with a password, a file made to burst the
machine. All of that is refused here with a sentence that says what to do. This module knows zip archives and the old
OLE files byte by byte; it must not know sheets, headers or ledgers.
"""

from __future__ import annotations

import re
import struct
import zipfile
import zlib
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import BinaryIO, Literal

from shuzhi.core.problems import Place, Problem, ProblemsError

Kind = Literal["xlsx", "xls", "text"]

OLE_MAGIC = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"
ZIP_MAGICS = (b"PK\x03\x04", b"PK\x05\x06", b"PK\x07\x08")
#: BIFF2 to BIFF4 files begin with a BOF record and have no OLE wrapping
_OLD_BIFF = (b"\x09\x00\x04\x00", b"\x09\x02\x06\x00", b"\x09\x04\x06\x00", b"\x09\x08\x08\x00")
_CHUNK = 1 << 18
_MEGABYTE = 1 << 20


@dataclass(frozen=True, slots=True)
class Limits:
    """How much one file may ask of the machine."""

    file_bytes: int = 100 * _MEGABYTE  #: on disk
    unpacked_bytes: int = 500 * _MEGABYTE  #: all parts of a .xlsx together
    ratio: int = 250  #: unpacked ÷ packed of one part, looked at from 16 MB on
    parts: int = 5_000  #: members of the archive
    cells: int = 24_000_000  #: rows × columns of one sheet, blank ones between included
    columns: int = 512


DEFAULT_LIMITS = Limits()

_ALLOWED = {".xlsx": "xlsx", ".xls": "xls", ".csv": "text", ".txt": "text", ".tsv": "text"}
_OTHER_SPREADSHEETS = {".et", ".ett", ".ods", ".xlsb", ".numbers", ".dbf", ".fods"}
_MACRO_SPREADSHEETS = {".xlsm", ".xltm", ".xlam", ".xla", ".xlsb"}


def refuse(code: str, file: str, **params: object) -> ProblemsError:
    """The exception that ends the reading of a whole file, with one problem."""
    return ProblemsError([Problem(code, params, Place(file=file))])


def megabytes(size: int) -> str:
    """A size as people say it: ``300`` for 300 MB, ``0.4`` for less than one."""
    value = size / _MEGABYTE
    return f"{value:.0f}" if value >= 1 else f"{value:.1f}"


def identify(path: Path, limits: Limits = DEFAULT_LIMITS) -> Kind:
    """What the file really is, or a refusal. Reads the first bytes and the archive's directory only.

    Raises:
        ProblemsError: with exactly one EXCHANGE problem.
    """
    name = path.name
    if not path.exists():
        raise refuse("EXCHANGE_001", name)
    if not path.is_file():
        raise refuse("EXCHANGE_002", name)
    try:
        size = path.stat().st_size
        if size == 0:
            raise refuse("EXCHANGE_003", name)
        if size > limits.file_bytes:
            raise refuse(
                "EXCHANGE_004", name, size=megabytes(size), limit=megabytes(limits.file_bytes)
            )
        with path.open("rb") as stream:
            head = stream.read(4096)
    except OSError as error:
        raise refuse("EXCHANGE_027", name, reason=error.strerror or str(error)) from error

    suffix = path.suffix.lower()
    if suffix in _MACRO_SPREADSHEETS:
        raise refuse("EXCHANGE_005", name)
    if suffix in _OTHER_SPREADSHEETS:
        raise refuse("EXCHANGE_006", name, suffix=suffix)
    if suffix not in _ALLOWED:
        raise refuse("EXCHANGE_007", name, suffix=suffix or "—")
    content = _content(head)
    if suffix in (".csv", ".txt", ".tsv"):
        if content in ("xlsx", "ole", "pdf", "picture", "old_xls"):
            raise refuse("EXCHANGE_008", name, suffix=suffix, found=_FOUND[content])
        return "text"
    if content in ("html", "xml"):
        raise refuse("EXCHANGE_009", name, suffix=suffix, found=_FOUND[content])
    if content == "old_xls":
        raise refuse("EXCHANGE_010", name)
    if content == "xlsx":
        _check_zip(path, limits)
        if suffix != ".xlsx":
            raise refuse("EXCHANGE_008", name, suffix=suffix, found=_FOUND[content])
        return "xlsx"
    if content == "ole":
        _check_ole(path, suffix)
        return "xls"
    raise refuse("EXCHANGE_008", name, suffix=suffix, found=_FOUND[content])


#: what stands in the file, in words both languages share
_FOUND = {
    "xlsx": ".xlsx",
    "ole": ".xls",
    "old_xls": "Excel 4",
    "pdf": "PDF",
    "picture": "PNG/JPEG",
    "html": "HTML",
    "xml": "XML",
    "text": "TXT",
    "binary": "?",
}


def _content(head: bytes) -> str:
    if head.startswith(ZIP_MAGICS):
        return "xlsx"
    if head.startswith(OLE_MAGIC):
        return "ole"
    if head.startswith(_OLD_BIFF):
        return "old_xls"
    if head.startswith(b"%PDF"):
        return "pdf"
    if head.startswith((b"\x89PNG", b"\xff\xd8\xff", b"GIF8")):
        return "picture"
    text = head
    if head[:2] in (b"\xff\xfe", b"\xfe\xff"):
        text = head.replace(b"\x00", b"")[2:]
    text = text.removeprefix(b"\xef\xbb\xbf").lstrip().lower()
    if text.startswith(b"<?xml"):
        return "html" if b"<html" in text else "xml"
    if text.startswith((b"<!doctype html", b"<html", b"<table", b"<meta", b"<head", b"<style")):
        return "html"
    return "binary" if b"\x00" in head and head[:2] not in (b"\xff\xfe", b"\xfe\xff") else "text"


# ── zip ───────────────────────────────────────────────────────────────────────────────────────────────────────────────


def _check_zip(path: Path, limits: Limits) -> None:
    """The archive's directory: complete, a workbook, no macros, no password, no bomb."""
    name = path.name
    try:
        with zipfile.ZipFile(path) as archive:
            members = archive.infolist()
    except (zipfile.BadZipFile, OSError, ValueError, struct.error, NotImplementedError) as error:
        raise refuse("EXCHANGE_011", name) from error
    if len(members) > limits.parts:
        raise refuse("EXCHANGE_012", name, size=str(len(members)), limit=str(limits.parts))
    unpacked = sum(member.file_size for member in members)
    steep = any(
        member.file_size > 16 * _MEGABYTE
        and member.file_size > limits.ratio * max(member.compress_size, 1)
        for member in members
    )
    if unpacked > limits.unpacked_bytes or steep:
        raise refuse(
            "EXCHANGE_012",
            name,
            size=f"{megabytes(unpacked)} MB",
            limit=f"{megabytes(limits.unpacked_bytes)} MB",
        )
    names = {member.filename for member in members}
    if len(names) != len(members):
        raise refuse("EXCHANGE_011", name)
    if any(member.flag_bits & 0x1 for member in members):
        raise refuse("EXCHANGE_013", name)
    if any(one.lower().endswith(("vbaproject.bin", "vbadata.xml")) for one in names):
        raise refuse("EXCHANGE_005", name)
    if "xl/workbook.bin" in names:
        raise refuse("EXCHANGE_006", name, suffix=".xlsb")
    if not any(one.lower().lstrip("/") == "xl/workbook.xml" for one in names):
        if any(one.startswith("word/") for one in names):
            found = ".docx"
        elif any(one.startswith("ppt/") for one in names):
            found = ".pptx"
        elif "content.xml" in names:
            found = ".ods"
        else:
            found = ".zip"
        raise refuse("EXCHANGE_008", name, suffix=path.suffix, found=found)


def stream_part(path: Path, part: str, limits: Limits = DEFAULT_LIMITS) -> Iterator[bytes]:
    """The bytes of one member, inflated here and counted, because the size an archive states need not be true.

    Raises:
        ProblemsError: EXCHANGE_012 when more comes out than was stated, EXCHANGE_011 when it cannot be inflated,
            EXCHANGE_014 when it declares a document type (no program writes one; it is the way to an entity bomb).
    """
    name = path.name
    with zipfile.ZipFile(path) as archive, path.open("rb") as stream:
        member = archive.getinfo(part)
        seen = 0
        for chunk in _inflate(stream, member, name):
            if seen == 0 and b"<!DOCTYPE" in chunk[:4096]:
                raise refuse("EXCHANGE_014", name)
            seen += len(chunk)
            if seen > member.file_size:
                raise refuse(
                    "EXCHANGE_012",
                    name,
                    size=f"> {megabytes(seen)} MB",
                    limit=f"{megabytes(limits.unpacked_bytes)} MB",
                )
            yield chunk
        if seen != member.file_size:
            raise refuse("EXCHANGE_011", name)


def _inflate(stream: BinaryIO, member: zipfile.ZipInfo, name: str) -> Iterator[bytes]:
    stream.seek(member.header_offset)
    header = stream.read(30)
    if len(header) < 30 or header[:4] != b"PK\x03\x04":
        raise refuse("EXCHANGE_011", name)
    name_length, extra_length = struct.unpack_from("<HH", header, 26)
    stream.seek(name_length + extra_length, 1)
    left = member.compress_size
    if member.compress_type == zipfile.ZIP_STORED:
        while left > 0 and (raw := stream.read(min(left, _CHUNK))):
            left -= len(raw)
            yield raw
        return
    if member.compress_type != zipfile.ZIP_DEFLATED:
        raise refuse("EXCHANGE_011", name)
    inflater = zlib.decompressobj(-15)
    try:
        while left > 0 and (raw := stream.read(min(left, _CHUNK))):
            left -= len(raw)
            while raw:
                # max_length keeps one small chunk from becoming gigabytes in a single call
                out = inflater.decompress(raw, 4 * _CHUNK)
                raw = inflater.unconsumed_tail
                if out:
                    yield out
        rest = inflater.flush()
    except zlib.error as error:
        raise refuse("EXCHANGE_011", name) from error
    if rest:
        yield rest


def read_part(path: Path, part: str, limits: Limits = DEFAULT_LIMITS) -> bytes:
    """One small member as a whole; empty when the archive has none of that name."""
    with zipfile.ZipFile(path) as archive:
        if part not in archive.namelist():
            return b""
    return b"".join(stream_part(path, part, limits))


# ── OLE ───────────────────────────────────────────────────────────────────────────────────────────────────────────────

_END_OF_CHAIN = 0xFFFFFFFE
_NO_STREAM = 0xFFFFFFFF


class OleFile:
    """The directory and streams of an OLE file (.xls, or the wrapping of an encrypted .xlsx).

    Raises:
        ValueError: when the structure is damaged. Chains that loop are cut by their length.
    """

    def __init__(self, data: bytes):
        self._data = data
        if len(data) < 512 or data[:8] != OLE_MAGIC:
            raise ValueError("not an OLE file")
        sector_shift, mini_shift = struct.unpack_from("<HH", data, 30)
        if not 7 <= sector_shift <= 16 or not 4 <= mini_shift <= sector_shift:
            raise ValueError("sector size")
        self._sector = 1 << sector_shift
        self._mini = 1 << mini_shift
        directory, self._cutoff = (
            struct.unpack_from("<I", data, 48)[0],
            struct.unpack_from("<I", data, 56)[0],
        )
        mini_fat, difat = (
            struct.unpack_from("<I", data, 60)[0],
            struct.unpack_from("<I", data, 68)[0],
        )
        self._fat = self._read_fat(difat)
        entries = self._chain(directory)
        self._entries: dict[str, tuple[int, int, int]] = {}
        root = (0, _END_OF_CHAIN, 0)
        for offset in range(0, len(entries) - 127, 128):
            entry = entries[offset : offset + 128]
            length = struct.unpack_from("<H", entry, 64)[0]
            kind = entry[66]
            if kind == 0 or length < 2 or length > 64:
                continue
            title = entry[: length - 2].decode("utf-16-le", "replace")
            start, size = struct.unpack_from("<II", entry, 116)
            if kind == 5:
                root = (kind, start, size)
            self._entries.setdefault(title, (kind, start, size))
        self._mini_stream = self._chain(root[1]) if root[1] != _END_OF_CHAIN else b""
        self._mini_fat = (
            _words(self._chain(mini_fat)) if mini_fat not in (_END_OF_CHAIN, _NO_STREAM) else ()
        )

    @property
    def names(self) -> frozenset[str]:
        """Names of all storages and streams, wherever in the tree."""
        return frozenset(self._entries)

    def stream(self, name: str) -> bytes:
        """The content of the stream of this name. Raises KeyError, ValueError."""
        _kind, start, size = self._entries[name]
        if size < self._cutoff and self._mini_fat:
            parts: list[bytes] = []
            at = start
            while at < len(self._mini_fat) and len(parts) <= len(self._mini_fat):
                parts.append(self._mini_stream[at * self._mini : (at + 1) * self._mini])
                at = self._mini_fat[at]
            return b"".join(parts)[:size]
        return self._chain(start)[:size]

    def _at(self, sector: int) -> bytes:
        start = (sector + 1) * self._sector
        block = self._data[start : start + self._sector]
        if not block:
            raise ValueError("sector outside the file")
        return block

    def _read_fat(self, difat: int) -> tuple[int, ...]:
        sectors = [s for s in struct.unpack_from("<109I", self._data, 76) if s < _END_OF_CHAIN - 1]
        guard = 0
        while difat < _END_OF_CHAIN - 1:
            guard += 1
            if guard * self._sector > len(self._data):
                raise ValueError("looping sector list")
            words = _words(self._at(difat))
            sectors.extend(s for s in words[:-1] if s < _END_OF_CHAIN - 1)
            difat = words[-1]
        if len(sectors) * self._sector > len(self._data):
            raise ValueError("sector list longer than the file")
        fat: list[int] = []
        for sector in sectors:
            fat.extend(_words(self._at(sector)))
        return tuple(fat)

    def _chain(self, start: int) -> bytes:
        parts: list[bytes] = []
        at = start
        while at < _END_OF_CHAIN - 1:
            if at >= len(self._fat) or len(parts) > len(self._fat):
                raise ValueError("broken sector chain")
            parts.append(self._at(at))
            at = self._fat[at]
        return b"".join(parts)


def _words(block: bytes) -> tuple[int, ...]:
    return struct.unpack(f"<{len(block) // 4}I", block[: len(block) // 4 * 4])


def open_ole(path: Path) -> OleFile:
    """The OLE file at `path`. Raises ProblemsError EXCHANGE_011 when damaged."""
    try:
        return OleFile(path.read_bytes())
    except (ValueError, struct.error, IndexError) as error:
        raise refuse("EXCHANGE_011", path.name) from error


def workbook_stream(ole: OleFile, name: str) -> bytes:
    """The stream of an .xls that holds its sheets."""
    for title in ("Workbook", "Book"):
        if title in ole.names:
            try:
                return ole.stream(title)
            except (ValueError, struct.error, IndexError) as error:
                raise refuse("EXCHANGE_011", name) from error
    raise refuse("EXCHANGE_008", name, suffix=".xls", found="OLE")


def _check_ole(path: Path, suffix: str) -> None:
    name = path.name
    ole = open_ole(path)
    if {"EncryptedPackage", "EncryptionInfo"} & ole.names:
        raise refuse("EXCHANGE_013", name)
    if "WordDocument" in ole.names:
        raise refuse("EXCHANGE_008", name, suffix=suffix, found=".doc")
    if "PowerPoint Document" in ole.names:
        raise refuse("EXCHANGE_008", name, suffix=suffix, found=".ppt")
    book = workbook_stream(ole, name)
    if _has_file_password(book):
        raise refuse("EXCHANGE_013", name)
    if {"_VBA_PROJECT_CUR", "_VBA_PROJECT"} & ole.names:
        raise refuse("EXCHANGE_005", name)
    if suffix != ".xls":
        raise refuse("EXCHANGE_008", name, suffix=suffix, found=".xls")


def iter_biff(book: bytes, start: int = 0) -> Iterator[tuple[int, int, int]]:
    """(record id, offset of its data, length) from `start` to the end of that substream."""
    at = start
    end = len(book)
    while at + 4 <= end:
        identifier = book[at] | book[at + 1] << 8
        length = book[at + 2] | book[at + 3] << 8
        if at + 4 + length > end:
            return
        yield identifier, at + 4, length
        if identifier == 0x000A:
            return
        at += 4 + length


def _has_file_password(book: bytes) -> bool:
    return any(identifier == 0x002F for identifier, _offset, _length in iter_biff(book))


# ── what is written in the XML of one sheet ───────────────────────────────────────────────────────────────────────────

Flaw = str  #: an error value as Excel shows it ("#REF!"), or "" for a formula that was never calculated

_CELL = re.compile(
    rb"<(?:\w+:)?c\s(?P<attributes>[^>]*?)(?:/>|>(?P<body>.*?)</(?:\w+:)?c>)", re.DOTALL
)
_REFERENCE = re.compile(rb'\br="([A-Z]{1,4})([0-9]{1,8})"')
_ERROR_VALUE = re.compile(rb"<(?:\w+:)?v>([^<]*)</")
_FORMULA = re.compile(rb"<(?:\w+:)?f[ />]")
_VALUE = re.compile(rb"<(?:\w+:)?v(?:\s[^>]*)?>[^<]|<(?:\w+:)?is>")
_VALUED = rb"[^>]*(?<!/)>\s*<(?:\w+:)?(?:v>[^<]|is>|f[ >])"
_WIDE = re.compile(rb' r="([A-Z]{2,4})[0-9]{1,8}"' + _VALUED)
_DEEP = re.compile(rb' r="[A-Z]{1,4}([0-9]{6,9})"' + _VALUED)
_VALUED_REFERENCE = re.compile(rb' r="([A-Z]{1,4})([0-9]{1,9})"' + _VALUED)
_FORMULA_MARKS = (b"<f>", b"<f ", b"<f/", b":f>", b":f ", b":f/")


@dataclass(slots=True)
class SheetScan:
    """What must be known of a sheet's XML before it is given to the fast reader."""

    flaws: dict[tuple[int, int], Flaw]  #: (row from 1, column from 0) → what is wrong with the cell
    last_row: int = 99_999  #: at least so many; only looked for beyond that
    last_column: int = 25  #: at least Z; only looked for beyond that


def column_index(letters: bytes | str) -> int:
    """0 for A, 25 for Z, 26 for AA."""
    index = 0
    for letter in letters.encode() if isinstance(letters, str) else letters:
        index = index * 26 + letter - 64
    return index - 1


def scan_sheet(path: Path, part: str, limits: Limits = DEFAULT_LIMITS) -> SheetScan:
    """One pass over a sheet's XML, row by row only where there is something to look at.

    The fast reader takes error values and uncalculated formulas for blanks, and allocates rows × columns at once;
    both must be seen before. Chunks without any suspicious mark cost a handful of substring searches.
    """
    scan = SheetScan({})
    for block in _blocks(path, part, limits):
        _scan_block(block, scan)
    if scan.last_column > 51:
        # a wide sheet: rows and columns are measured cell by cell
        scan.last_row = 0
        for block in _blocks(path, part, limits):
            for letters, number in _VALUED_REFERENCE.findall(block):
                scan.last_row = max(scan.last_row, int(number))
                scan.last_column = max(scan.last_column, column_index(letters))
    if scan.last_row * (scan.last_column + 1) > limits.cells:
        raise refuse(
            "EXCHANGE_015", path.name, rows=str(scan.last_row), columns=str(scan.last_column + 1)
        )
    return scan


def _blocks(path: Path, part: str, limits: Limits) -> Iterator[bytes]:
    """The XML in pieces that end behind a complete row, so that no cell is torn apart."""
    rest = b""
    for chunk in stream_part(path, part, limits):
        block = rest + chunk
        cut = max(block.rfind(b"</row>"), block.rfind(b":row>"))
        if cut < 0:
            if len(block) > 64 * _MEGABYTE:
                raise refuse("EXCHANGE_011", path.name)
            rest = block
            continue
        rest = block[cut + 5 :]
        yield block[: cut + 5]
    if rest:
        yield rest


def _scan_block(block: bytes, scan: SheetScan) -> None:
    has_formulas = (b"<f" in block or b":f" in block) and any(
        mark in block for mark in _FORMULA_MARKS
    )
    if has_formulas or b't="e"' in block:
        _scan_cells(block, scan)
    for letters in set(_WIDE.findall(block)):
        scan.last_column = max(scan.last_column, column_index(letters))
    for number in set(_DEEP.findall(block)):
        scan.last_row = max(scan.last_row, int(number))


def _scan_cells(block: bytes, scan: SheetScan) -> None:
    for found in _CELL.finditer(block):
        attributes, body = found["attributes"], found["body"]
        if not body:
            continue
        if b't="e"' in attributes:
            value = _ERROR_VALUE.search(body)
            flaw = value[1].decode("ascii", "replace") if value else "#N/A"
        elif _FORMULA.search(body) and not _VALUE.search(body):
            if b't="str"' in attributes and b"<v" in body:
                continue  # calculated, and the result is an empty text
            flaw = ""
        else:
            continue
        reference = _REFERENCE.search(attributes)
        if reference:
            scan.flaws[int(reference[2]), column_index(reference[1])] = flaw


_BIFF_ERRORS = {
    0: "#NULL!",
    7: "#DIV/0!",
    15: "#VALUE!",
    23: "#REF!",
    29: "#NAME?",
    36: "#NUM!",
    42: "#N/A",
}


def scan_biff_sheet(book: bytes, position: int) -> dict[tuple[int, int], Flaw]:
    """Error values and uncalculated formulas of the `position`-th sheet of an .xls."""
    offsets = [
        struct.unpack_from("<I", book, offset)[0]
        for identifier, offset, length in iter_biff(book)
        if identifier == 0x0085 and length >= 4
    ]
    flaws: dict[tuple[int, int], Flaw] = {}
    if position >= len(offsets):
        return flaws
    for identifier, offset, length in iter_biff(book, offsets[position]):
        if identifier == 0x0205 and length >= 8 and book[offset + 7] == 1:
            row, column = struct.unpack_from("<HH", book, offset)
            flaws[row + 1, column] = _BIFF_ERRORS.get(book[offset + 6], "#N/A")
        elif (
            identifier == 0x0006 and length >= 20 and book[offset + 12 : offset + 14] == b"\xff\xff"
        ):
            row, column = struct.unpack_from("<HH", book, offset)
            if book[offset + 6] == 2:
                flaws[row + 1, column] = _BIFF_ERRORS.get(book[offset + 8], "#N/A")
            elif (
                book[offset + 6] == 3 and b"\x17\x00\x00" not in book[offset + 20 : offset + length]
            ):
                # an empty text as result, and no empty text in the formula: it was never calculated
                flaws[row + 1, column] = ""
    return flaws
