"""Drafts as PDF with text: lines become the paragraphs they were, page numbers and running heads are left out.

A PDF knows glyphs and places, no paragraphs; where a line is full, where one is indented and how far they stand apart tells them. A
scanned PDF is refused. This module knows pages and lines; it must not know what a report says.
"""

from __future__ import annotations

import itertools
import json
import os
import re
import statistics
import subprocess
import sys
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any, Final

from shuzhi.core.checking.model import Draft, DraftPlace
from shuzhi.exchange.containers import refuse
from shuzhi.exchange.docx_reports import ANNEX_NOTE_HEAD, ANNEX_TITLE
from shuzhi.exchange.drafts_text import DraftText

#: A page without more than so many characters is taken for a picture.
_EMPTY_PAGE: Final = 4

_SECONDS: Final = 90  #: for the process that takes the lines out, which stops by itself before
_PROGRAM: Final = Path(__file__).with_name("drafts_pdf_lines.py")

_PAGE_NUMBER: Final = re.compile(
    r"(?P<sure>[—–\-―－·•]{1,2}\s*(?P<a>\d{1,4})\s*[—–\-―－·•]{1,2}"
    r"|第\s*(?P<b>\d{1,4})\s*页(?:\s*[,，/／]?\s*共\s*\d{1,4}\s*页)?|(?P<c>\d{1,4})\s*[/／]\s*\d{1,4}"
    r"|[Pp]age\s*(?P<d>\d{1,4})(?:\s*of\s*\d{1,4})?)|(?P<bare>\d{1,4})"
)
_LATIN: Final = re.compile(r"[A-Za-zÀ-ɏ]")
_ENDS: Final = "。！？：；!?;"
_SIGNS: Final = _ENDS + "，、,”）)》"
_OPENING: Final = re.compile(
    r"(?:[一二三四五六七八九十百]{1,4}、|[（(][一二三四五六七八九十\d]{1,3}[）)]|\d{1,2}[.．、](?!\d)|附件|第[一二三四五六七八九十]{1,3}[章节条])"
)


#: What stands alone at the head of an attachment, and would else be taken for the end of a date set flush right.
_ATTACHED: Final = re.compile(r"附件\s?\d{0,2}[：:]?")


@dataclass(slots=True)
class _Line:
    """One line of a page, places in points from the bottom left."""

    text: str
    page: int  #: from 1
    left: float
    right: float
    bottom: float
    size: float  #: height of its characters
    is_row: bool = False  #: cells of a table beside each other


def read_pdf(content: bytes, name: str) -> Draft:
    """The draft in a PDF.

    Raises:
        ProblemsError: DRAFT_007 when it has a password, DRAFT_010 when it is damaged, DRAFT_014 when half of its pages or more
            are pictures, DRAFT_018 when it is too long, DRAFT_019 when it takes too long.
    """
    pages = _pages_of(content, name)
    empty = sum(1 for page in pages if sum(len(one.text) for one in page) <= _EMPTY_PAGE)
    if empty * 2 >= len(pages):
        raise refuse("DRAFT_014", name, pages=len(pages), empty=empty)
    out = DraftText()
    on_page: Counter[int] = Counter()  # paragraphs that begin there
    for text, page_number in _without_annex(
        [(_joined(one), one[0].page) for one in _paragraphs(_without_margins(pages))]
    ):
        on_page[page_number] += 1
        out.add(text, DraftPlace(page=page_number, paragraph=on_page[page_number]))
    if not out.text.strip():
        raise refuse("DRAFT_017", name)
    return Draft(out.text, name, "pdf", tuple(out.blocks))


def _without_annex(paragraphs: list[tuple[str, int]]) -> list[tuple[str, int]]:
    """Without the table of sources that Shuzhi puts behind its reports: the program made it, nobody wrote it."""
    for index, (text, _) in enumerate(paragraphs):
        if text.startswith(ANNEX_NOTE_HEAD):
            while index and paragraphs[index - 1][0] in ("附件", ANNEX_TITLE):
                index -= 1
            return paragraphs[:index]
    return paragraphs


def _pages_of(content: bytes, name: str) -> list[list[_Line]]:
    """The lines of all pages, taken out by a process that a hostile file may exhaust or crash alone."""
    environment = {**os.environ, "PYTHONPATH": os.pathsep.join(one for one in sys.path if one)}
    try:
        done = subprocess.run(
            [sys.executable, "-P", str(_PROGRAM)],
            input=content,
            capture_output=True,
            timeout=_SECONDS,
            env=environment,
            check=False,
        )
    except subprocess.TimeoutExpired as error:
        raise refuse("DRAFT_019", name, seconds=_SECONDS) from error
    except OSError as error:
        raise refuse("DRAFT_002", name, reason=error.strerror or str(error)) from error
    if done.returncode:
        # Stopped by the system for its hunger, or crashed by what it read.
        raise refuse("DRAFT_010", name, part="")
    said: dict[str, Any] = json.loads(done.stdout)
    if "refused" in said:
        raise refuse(said["refused"], name, **said["params"])
    return [
        [_Line(line[0], number, *line[1:]) for line in page]
        for number, page in enumerate(said["pages"], 1)
    ]


# ── page numbers and running heads ────────────────────────────────────────────────────────────────────────────────────


def _without_margins(pages: Sequence[list[_Line]]) -> list[_Line]:
    """All lines but page numbers and those that come again at the edge of most pages."""
    edges = [_edges(page) for page in pages]
    shown: Counter[int] = Counter()  #: page number less page, which is the same on all pages
    heads: Counter[str] = Counter()
    anywhere = Counter(_head(line.text) for page in pages for line in page)
    for page, edge in zip(pages, edges, strict=True):
        shown.update({number - page[index].page for index, number in _numbers(page, edge)})
        heads.update({_head(page[index].text) for index in edge})
    often = max(2, len(pages) // 2)
    kept: list[_Line] = []
    for page, edge in zip(pages, edges, strict=True):
        left_out = {
            index
            for index, number in _numbers(page, edge)
            if shown[number - page[index].page] > 1 or _is_sure(page[index].text)
        }
        # A line that also stands in the middle of pages is a sentence said often, no running head.
        left_out |= {
            index
            for index in edge
            if heads[head := _head(page[index].text)] >= often
            and anywhere[head] * 10 <= heads[head] * 12
        }
        kept += [line for index, line in enumerate(page) if index not in left_out]
    return kept


def _edges(page: list[_Line]) -> set[int]:
    """The two topmost and the two lowest lines of a page."""
    if len(page) < 2:
        return set(range(len(page)))
    order = sorted(range(len(page)), key=lambda index: page[index].bottom)
    return {*order[:2], *order[-2:]}


def _numbers(page: list[_Line], edge: set[int]) -> list[tuple[int, int]]:
    found: list[tuple[int, int]] = []
    for index in edge:
        match = _PAGE_NUMBER.fullmatch(page[index].text)
        if match:
            digits = next(
                match[one] for one in ("a", "b", "c", "d", "bare") if match[one] is not None
            )
            found.append((index, int(digits)))
    return found


def _is_sure(text: str) -> bool:
    match = _PAGE_NUMBER.fullmatch(text)
    return match is not None and match["sure"] is not None


def _head(text: str) -> str:
    return re.sub(r"\d+", "#", text)[:80]


# ── paragraphs ────────────────────────────────────────────────────────────────────────────────────────────────────────


def _paragraphs(lines: Sequence[_Line]) -> list[list[_Line]]:
    """Lines put together to the paragraphs they were broken from."""
    if not lines:
        return []
    settings = {size: _setting(lines, size) for size in {round(line.size) for line in lines}}
    found = [[lines[0]]]
    for above, below in itertools.pairwise(lines):
        if _continues(above, below, settings[round(above.size)]):
            found[-1].append(below)
        else:
            found.append([below])
    return found


@dataclass(frozen=True, slots=True)
class _Setting:
    """How the text of one size is set: where its lines begin and end, and how far they stand apart."""

    left: float
    right: float
    step: float
    is_indented: bool  #: paragraphs begin two characters in
    is_large: bool  #: a title's type


#: Lines of one size below which they have no edges of their own.
_FEW: Final = 4


def _setting(lines: Sequence[_Line], size: int) -> _Setting:
    """The setting of the lines of about this size; a table in small type says nothing of the text."""
    span = max(0.12 * size, 1.0)
    peers = [line for line in lines if abs(line.size - size) <= span]
    common = Counter(round(line.size) for line in lines).most_common(1)[0][0]
    if len(peers) < _FEW and common != size:
        # A line or two in a type of their own say nothing of where lines end; those of the text do.
        return replace(_setting(lines, common), is_large=size > 1.15 * common)
    long = [line for line in peers if len(line.text) > 8] or peers
    steps = [
        above.bottom - below.bottom
        for above, below in itertools.pairwise(lines)
        if above.page == below.page
        and abs(above.size - size) <= span
        and abs(below.size - size) <= span
        and 0.5 * size < above.bottom - below.bottom < 4 * size
    ]
    left = _edge([line.left for line in long], size, largest=False)
    indented = sum(1 for line in long if 1.2 * size < line.left - left < 2.8 * size)
    return _Setting(
        left,
        _edge([line.right for line in long], size, largest=True),
        statistics.median(steps) if steps else 1.8 * size,
        is_indented=indented >= max(3, len(long) // 20),
        is_large=size > 1.15 * common,
    )


def _edge(places: list[float], size: float, *, largest: bool) -> float:
    """Where most lines end or begin: the outermost place that a tenth of the lines share."""
    rounded = Counter(round(place / max(size / 2, 1.0)) for place in places)
    wanted = max(2, len(places) // 10)
    common = [place for place, count in rounded.items() if count >= wanted] or list(rounded)
    return (max(common) if largest else min(common)) * max(size / 2, 1.0)


def _continues(above: _Line, below: _Line, setting: _Setting) -> bool:
    """Whether a line carries on the paragraph of the line above it."""
    size = max(above.size, below.size, 1.0)
    if above.is_row or below.is_row or abs(above.size - below.size) > 0.25 * size:
        return False
    if _ATTACHED.fullmatch(below.text):
        return False
    if above.page == below.page:
        fall = above.bottom - below.bottom
        if fall > 1.45 * setting.step or fall < -0.5 * size:
            return False
    if above.text[-1] in _ENDS and _OPENING.match(below.text):
        return False
    room = setting.right - above.right
    is_full = room <= (_needed(below.text) + 1.5) * size
    if below.left > setting.left + 1.2 * size:
        # The second line of a long title stands in the middle under the first.
        return is_full and setting.is_large and _is_centred(below, setting)
    if is_full:
        return True
    # Where paragraphs begin indented, a flush line carries on even a line that was broken early for the sake of a quoted word.
    return (
        setting.is_indented
        and not setting.is_large
        and room < 0.3 * (setting.right - setting.left)
        and above.text[-1] not in _SIGNS
        and not _OPENING.match(below.text)
    )


def _is_centred(line: _Line, setting: _Setting) -> bool:
    return abs((line.left - setting.left) - (setting.right - line.right)) < 1.5 * line.size


#: What may not be broken at the end of a line: a number or word of letters, and the signs that may not begin the next.
_UNBROKEN: Final = re.compile(
    r"[（《“‘\[(]*(?:[A-Za-z0-9.%,+/:@_\-]{1,40}|.)[%％，。、；：！？）》”’\])]*", re.DOTALL
)


def _needed(text: str) -> float:
    """Room, in characters, that the first thing of a line would have needed on the line above."""
    match = _UNBROKEN.match(text)
    return sum(0.55 if one.isascii() else 1.0 for one in match[0]) if match else 1.0


def _joined(paragraph: Sequence[_Line]) -> str:
    """The text of a paragraph: nothing between Chinese characters, a blank between words of letters, hyphens closed."""
    text = paragraph[0].text
    for line in paragraph[1:]:
        last, following = text[-1], line.text[0]
        if last == "-" and len(text) > 1 and _LATIN.match(text[-2]) and following.islower():
            text = text[:-1] + line.text
        elif _LATIN.match(last) and _LATIN.match(following):
            text = f"{text} {line.text}"
        else:
            text += line.text
    return text
