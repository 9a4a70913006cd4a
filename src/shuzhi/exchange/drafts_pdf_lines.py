"""Takes the lines out of a PDF, in a process of its own that can be stopped.

A PDF can be made so that one page draws millions of words, and the library that reads it is no Python: whatever happens here must not
happen to the office's server. So this file is run as a program, with bytes in and JSON out; it knows glyphs and their places, and must
not import anything of Shuzhi.
"""

from __future__ import annotations

import ctypes
import json
import re
import statistics
import sys
import time
import unicodedata
from dataclasses import dataclass
from typing import Any, Final

import pypdfium2
from pypdfium2 import raw

_PAGES_LIMIT: Final = 3000
_CHARACTERS_LIMIT: Final = 10_000_000
_SECONDS: Final = 60  #: for all pages; nobody writes what takes longer
_MEMORY: Final = 2 << 30

#: Radicals and compatibility forms, which PDF fonts give in place of the characters that look the same.
_FORMS: Final = {
    code: normal
    for code in (*range(0x2E80, 0x2FE0), *range(0xF900, 0xFB00))
    if len(normal := unicodedata.normalize("NFKC", chr(code))) == 1 and normal != chr(code)
} | {
    ord(one): plain
    for one, plain in zip(
        "⺟⺠⻁⻄⻅⻆⻉⻋⻓⻔⻘⻙⻚⻛⻜⻝⻢⻣⻤⻥⻦⻨⻩⻬⻮⻰⻳",
        "母民虎西见角贝车长门青韦页风飞食马骨鬼鱼鸟麦黄齐齿龙龟",
        strict=True,
    )
}  # fmt: skip

_WIDE: Final = re.compile(r"[⺀-鿿豈-﫿　-〿＀-￯“”‘’…—]")

#: Text, left, right, bottom, height in points, and whether it is a row of cells.
Line = tuple[str, float, float, float, float, bool]


class Refused(Exception):
    """The PDF cannot be read; `code` and `params` are those of a problem."""

    def __init__(self, code: str, **params: object):
        super().__init__(code)
        self.code = code
        self.params = params


def lines_of_pages(content: bytes) -> list[list[Line]]:
    """The lines of each page.

    Raises:
        Refused: with the code of a DRAFT problem.
    """
    try:
        document = pypdfium2.PdfDocument(content)
    except pypdfium2.PdfiumError as error:
        if raw.FPDF_GetLastError() == raw.FPDF_ERR_PASSWORD or "password" in str(error).lower():
            raise Refused("DRAFT_007") from error
        raise Refused("DRAFT_010", part="") from error
    try:
        count = len(document)
        if count > _PAGES_LIMIT:
            raise Refused("DRAFT_018", pages=count, limit=_PAGES_LIMIT)
        if count < 1:
            raise Refused("DRAFT_010", part="")
        pages: list[list[Line]] = []
        total = 0
        started = time.monotonic()
        for index in range(count):
            try:
                lines = _lines_of(document, index)
            except pypdfium2.PdfiumError as error:
                raise Refused("DRAFT_010", part=f"第 {index + 1} 页 / page {index + 1}") from error
            total += sum(len(line[0]) for line in lines)
            if total > _CHARACTERS_LIMIT:
                raise Refused("DRAFT_018", pages=count, limit=index + 1)
            if time.monotonic() - started > _SECONDS:
                raise Refused("DRAFT_019", seconds=_SECONDS)
            pages.append(lines)
        return pages
    finally:
        document.close()


def _lines_of(document: Any, index: int) -> list[Line]:
    page = document[index]
    try:
        words = page.get_textpage()
        try:
            return _cut_lines(words)
        finally:
            words.close()
    finally:
        page.close()


@dataclass(slots=True)
class _Glyph:
    """One character on its page; `left` and `right` are those of the room it takes, not of its ink."""

    text: str
    left: float
    right: float
    bottom: float
    height: float


@dataclass(slots=True)
class _Row:
    """Characters that stand on one baseline."""

    baseline: float
    glyphs: list[_Glyph]


#: So many of the last rows a character can still belong to: programs draw the signs of another font behind those of the line.
_OPEN_ROWS: Final = 3


def _cut_lines(words: Any) -> list[Line]:
    """The characters of a page in lines, each from left to right whatever order they were drawn in."""
    rows: list[_Row] = []
    handle, box = words.raw, raw.FS_RECTF()
    x, y = ctypes.c_double(), ctypes.c_double()
    for at in range(words.count_chars()):
        code = raw.FPDFText_GetUnicode(handle, at)
        if raw.FPDFText_IsGenerated(handle, at) == 1 and code != 0x02:
            continue
        text = "-" if code in (0xFFFE, 0x02) else _character(code)
        if not text:
            continue
        raw.FPDFText_GetLooseCharBox(handle, at, box)
        raw.FPDFText_GetCharOrigin(handle, at, x, y)
        height = max(box.top - box.bottom, 1.0)
        glyph = _Glyph(text, box.left, box.right, box.bottom, height)
        for row in reversed(rows[-_OPEN_ROWS:]):
            if abs(row.baseline - y.value) <= 0.3 * height:
                row.glyphs.append(glyph)
                break
        else:
            rows.append(_Row(y.value, [glyph]))
    lines = (_line_of(row) for row in rows)
    return [line for line in lines if line is not None]


def _character(code: int) -> str:
    """The character of a code; "" for what is none, and the plain form of a radical or compatibility character."""
    if code < 0x20 or 0xD800 <= code <= 0xDFFF or (code >= 0xFFFE and code & 0xFFFE == 0xFFFE):
        return ""
    return _FORMS.get(code) or (chr(code) if code <= 0x10FFFF else "")


def _line_of(row: _Row) -> Line | None:
    """The words of a row, with a blank where there is one or a gap that means one."""
    glyphs = sorted(row.glyphs, key=lambda one: one.left)
    inked = [one for one in glyphs if not one.text.isspace()]
    if not inked:
        return None
    wide = [one.right - one.left for one in inked if _WIDE.match(one.text)]
    size = statistics.median(wide) if wide else statistics.median(one.height for one in inked)
    size = max(size, 1.0)
    pieces: list[str] = []
    is_row = False
    before: _Glyph | None = None
    for one in glyphs:
        if before is not None:
            gap = one.left - before.right
            has_blank = one.text.isspace() or before.text.isspace()
            is_letters = not _WIDE.match(one.text) and not _WIDE.match(before.text)
            is_row = is_row or gap > 1.2 * size
            # Type-setting puts air between Chinese and digits; only a wide gap beside Chinese is a blank.
            if not has_blank and gap > (0.25 if is_letters else 1.2) * size:
                pieces.append(" ")
        pieces.append(one.text)
        before = one
    text = "".join(pieces).strip()
    bottom = min(one.bottom for one in inked)
    return (text, inked[0].left, max(one.right for one in inked), bottom, size, is_row)


def main() -> None:
    """Read a PDF from standard input and write its lines, or why there are none, to standard output."""
    _limit_memory()
    try:
        said: dict[str, object] = {"pages": lines_of_pages(sys.stdin.buffer.read())}
    except Refused as error:
        said = {"refused": error.code, "params": error.params}
    sys.stdout.buffer.write(json.dumps(said).encode())


def _limit_memory() -> None:
    try:
        import resource
    except ImportError:  # Windows has no such limits
        return
    _, most = resource.getrlimit(resource.RLIMIT_AS)
    resource.setrlimit(resource.RLIMIT_AS, (_MEMORY, most))
    resource.setrlimit(resource.RLIMIT_CPU, (_SECONDS, _SECONDS + 5))


if __name__ == "__main__":
    main()
