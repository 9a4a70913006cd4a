"""What checking speaks of: a draft, the figures read in it, its outline, and the findings.

A draft is any text somebody hands in; it is never changed here. Offsets are characters of `Draft.text`, start inclusive, end
exclusive, everywhere. Nothing here knows files, databases or languages of messages: readers are in `exchange`, sentences in `messages`.
"""

from __future__ import annotations

import bisect
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from decimal import Decimal
from typing import Any, Literal

# ── the draft ─────────────────────────────────────────────────────────────────────────────────────────────────────────

DraftFormat = Literal["txt", "md", "html", "docx", "pdf"]
BlockKind = Literal["paragraph", "cell", "header", "footer", "footnote", "textbox"]


@dataclass(frozen=True, slots=True)
class DraftPlace:
    """Where a block stands in the original file; numbers count from 1, 0 = not known."""

    paragraph: int = 0  #: of the body, tables not counted
    page: int = 0
    line: int = 0
    table: int = 0
    row: int = 0
    column: int = 0
    part: str = ""  #: .docx: the package part, e.g. word/document.xml


@dataclass(frozen=True, slots=True)
class Block:
    """One paragraph or table cell of the draft: its characters in `Draft.text` and where they stand in the file."""

    start: int
    end: int
    kind: BlockKind = "paragraph"
    place: DraftPlace = DraftPlace()
    level: int = 0  #: heading level by the file's own marking (Word style, # of Markdown, h1 of HTML); 0 = none


@dataclass(frozen=True, slots=True)
class Control:
    """A Word content control that Shuzhi wrote around a figure: its characters and its tag."""

    start: int
    end: int
    tag: str


@dataclass(frozen=True, slots=True)
class Draft:
    """A text to be checked, as read from a file."""

    text: str
    name: str = ""
    format: DraftFormat = "txt"
    blocks: tuple[
        Block, ...
    ] = ()  #: in order, not overlapping; empty = each line of `text` is a block
    controls: tuple[Control, ...] = ()
    layout: LayoutFacts | None = None  #: .docx only

    def place_of(self, offset: int) -> DraftPlace:
        """The place of the block a character stands in; for a plain text its line."""
        if self.blocks:
            index = bisect.bisect_right([block.start for block in self.blocks], offset) - 1
            return self.blocks[max(index, 0)].place
        return DraftPlace(line=self.text.count("\n", 0, offset) + 1)


@dataclass(frozen=True, slots=True)
class ParagraphLayout:
    """How one paragraph of a .docx is set: what GB/T 9704-2012 speaks of. None = the file does not say."""

    start: int
    end: int
    font: str | None = None  #: East Asian font of most of its characters
    size: Decimal | None = None  #: points
    bold: bool | None = None
    alignment: str | None = None  #: left, center, right, both
    first_line_chars: Decimal | None = None  #: first-line indent in characters
    line_spacing: Decimal | None = None  #: points, when fixed


@dataclass(frozen=True, slots=True)
class LayoutFacts:
    """Page geometry (millimetres) of the first section and the set of each paragraph."""

    page_width: Decimal | None = None
    page_height: Decimal | None = None
    margins: tuple[Decimal, Decimal, Decimal, Decimal] | None = None  #: top, right, bottom, left
    has_page_numbers: bool | None = None
    paragraphs: tuple[ParagraphLayout, ...] = ()


# ── figures ───────────────────────────────────────────────────────────────────────────────────────────────────────────

FigureRole = Literal["achieved", "target", "rate", "comparison", "threshold", "placeholder"]


@dataclass(frozen=True, slots=True)
class TextFigure:
    """A number in a draft that counts something.

    `text` is number and unit, with 余, 多, 几 and 来 where they stand inside (5万余元); words around it (近, 约, 超 before, 以上,
    左右 behind, 共, 累计) are in `word` and `qualifiers`. `value` is in `unit`, which is the unit as written without 万 and 亿
    (万元 → 元, 万亩 → 亩), with lengths in 米, square kilometres in 平方米 and 公顷 in 亩; a bare 万 or 亿 is money.
    Ranges (8—10公里) are one figure: `value` is the lower end, `upper` the upper one.
    """

    start: int  #: in Draft.text
    end: int
    at: tuple[int, int]  #: the same characters in Reading.clean
    text: str
    value: Decimal | None  #: None for a placeholder
    unit: str
    raw_unit: str  #: as written: 万元, ％, 余 left out
    number: str  #: the digits as written: 48.2875, 二十三, XX
    role: FigureRole  #: JSON: kind
    approx: bool = False
    word: str = ""  #: one of core.formatting.is_consistent's words when approximate, else ""
    upper: Decimal | None = None
    step: Decimal = Decimal(
        1
    )  #: what one of the last digit written is worth, in `unit` (5.27万亩 → 100)
    subject: str = ""  #: what is counted, as the text names it
    organisation: str = ""  #: whom it speaks of, as the text names them; "" = the writer
    period: str = (
        ""  #: 2023 · 2023H1 · 2023Q2 · 2023-07 · 2019-2023 · "" when the text does not say
    )
    per: str = ""  #: 每亩500元, 人均1.3万元, 40元/亩: the unit it is counted by (亩, 人)
    qualifiers: tuple[
        str, ...
    ] = ()  #: 共 累计 其中 现有 新增 全年 计划 同比 比去年 增长 下降 分别 …
    sentence: int = 0  #: index into Reading.sentences


# ── outline ───────────────────────────────────────────────────────────────────────────────────────────────────────────

OutlineKind = Literal[
    "title", "addressee", "lead", "heading", "point", "label", "closing", "signature", "date"
]


@dataclass(frozen=True, slots=True)
class OutlineNode:
    """One part of the draft. `level` 1–4 for headings (一、（一）1.（1）), 5 for points (一是)."""

    kind: OutlineKind
    start: int  #: of the number or first character
    end: int  #: of the heading's or part's own words (a heading run into its paragraph ends with its sentence)
    level: int = 0
    number: int | None = None  #: as written: 3 for 三、
    mark: str = ""  #: the number as written: （三）
    text: str = ""
    body_end: int = 0  #: where what belongs to it ends (next node of the same or a higher level)


# ── findings ──────────────────────────────────────────────────────────────────────────────────────────────────────────

#: wrong: cannot be true as written · error: must not go out like this · unexplained: does not follow from what is written ·
#: warning: most probably a slip · info: a matter of style, given only on demand.
FindingSeverity = Literal["wrong", "error", "unexplained", "warning", "info"]
SEVERITIES: tuple[FindingSeverity, ...] = ("wrong", "error", "unexplained", "warning", "info")


@dataclass(frozen=True, slots=True)
class FindingKind:
    """A kind of finding: its code (never reused), its severity, and what a user may silence it by."""

    code: str
    severity: FindingSeverity
    area: str  #: figures, outline, placeholders, punctuation, wording, names, arithmetic, similarity, layout, books


@dataclass(frozen=True, slots=True)
class Finding:
    """One thing found at one place of the draft. The sentence behind `code` is in `messages`, filled with `params`."""

    code: str
    severity: FindingSeverity
    start: int
    end: int
    params: Mapping[str, Any] = field(default_factory=dict)
    expected: str = ""  #: what should stand at [start, end) instead, where that is known; else ""
    related: tuple[
        tuple[int, int], ...
    ] = ()  #: other characters it speaks of (the parts of a total)
    has_replacement: bool = (
        False  #: True when `expected` may simply be put in place (also an empty one: delete it)
    )


# ── what is known besides the text ────────────────────────────────────────────────────────────────────────────────────


@dataclass(frozen=True, slots=True)
class EarlierText:
    """Another report to hold the draft against: last year's own, or a neighbour's."""

    name: str
    text: str
    is_own: bool = False


@dataclass(frozen=True, slots=True)
class CheckingContext:
    """What an office knows that is not in the draft; all of it optional."""

    organisation: str = ""  #: name of the office the draft speaks for
    organisations: frozenset[str] = (
        frozenset()
    )  #: names in the organisation tree; empty = no tree to hold against
    year: int | None = None  #: year the report is for, when the draft does not say
    today: str = ""  #: ISO date, for programmes that have ended; "" = the report's own year decides
    earlier: Sequence[EarlierText] = ()
    silenced: frozenset[str] = (
        frozenset()
    )  #: finding codes and word-list entries (code:text) an office has silenced
