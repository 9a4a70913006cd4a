"""The text of a report as people work on it: blocks that can be reworded and moved, with the report's own figures locked in them.

A composed report becomes a list of headings and paragraphs in which a figure is only ever named by its key; its words are computed
from the books, so that no editor, form or Word file can change a number unseen. Versions are compared word by word, and a file edited
outside is read back paragraph by paragraph. Nothing here knows a database, a file format or a page.
"""

from __future__ import annotations

import datetime
import difflib
import re
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from decimal import Decimal
from fractions import Fraction
from functools import lru_cache
from typing import Any, Literal

from shuzhi.core.checking.model import Block as DraftBlock
from shuzhi.core.checking.model import Control, Draft
from shuzhi.core.definitions import Catalogue
from shuzhi.core.figures import Figure, FigureId
from shuzhi.core.formatting import Display, format_date, format_value
from shuzhi.core.numerals import ordinal_heading
from shuzhi.core.problems import Problem, ProblemsError
from shuzhi.core.quantities import Units
from shuzhi.core.reports import (
    EMPTY_SECTION,
    ComposedReport,
    FigureRun,
    Heading,
    MissingFigure,
    OrganisationName,
    Paragraph,
    Run,
    Section,
    TextRun,
    digest_tag,
    figure_title,
    identity_digest,
    identity_text,
    parse_tag,
    tag_of,
)

#: Characters of one paragraph; more is no paragraph but a file pasted in whole.
PARAGRAPH_LIMIT = 4000
#: Blocks of one report.
BLOCKS_LIMIT = 600
_DEEPEST = 4

Piece = str | int  #: words, or the key of one of the report's own figures


@dataclass(frozen=True, slots=True)
class TextBlock:
    """A heading or a paragraph. `id` stays the same through all versions of a report."""

    id: str
    pieces: tuple[Piece, ...]
    level: int = 0  #: of a heading, 1 to 4; 0 = a paragraph
    mark: str = ""  #: the heading's number, computed
    is_closing: bool = False  #: stands behind all sections

    @property
    def words(self) -> str:
        """The words alone, without figures."""
        return "".join(piece for piece in self.pieces if isinstance(piece, str))


@dataclass(frozen=True, slots=True)
class ReportText:
    """A report's text at one version. `figures` are all it ever had, by key, also those that stand nowhere at present."""

    key: str
    version: int  #: of the template
    organisation: OrganisationName
    year: int
    date: str
    as_of: int
    title: str
    addressee: str
    signature: str
    blocks: tuple[TextBlock, ...]
    figures: Mapping[int, FigureRun]
    last: int  #: the number in the last id given out
    missing: tuple[MissingFigure, ...] = ()
    optional_missing: tuple[MissingFigure, ...] = ()
    quotes_rows: bool = False

    def block(self, block_id: str) -> TextBlock:
        """The block with this id. Raises ProblemsError REPORT_052 when it is no longer there."""
        for one in self.blocks:
            if one.id == block_id:
                return one
        raise ProblemsError([Problem("REPORT_052", {})])

    def shown(self, block: TextBlock) -> str:
        """A block as a reader sees it."""
        return block.mark + "".join(self.piece(one) for one in block.pieces)

    def piece(self, piece: Piece) -> str:
        """Words, or a figure as printed."""
        return piece if isinstance(piece, str) else self.figures[piece].text

    @property
    def used(self) -> frozenset[int]:
        """Keys of the figures that stand in the text."""
        return frozenset(p for block in self.blocks for p in block.pieces if isinstance(p, int))

    @property
    def open_missing(self) -> int:
        """How many things are still to be recorded, sections without a word among them."""
        return len(self.missing)


# ── from a composed report and back ───────────────────────────────────────────────────────────────────────────────────


def text_of(composed: ComposedReport) -> ReportText:
    """The first version of a composed report."""
    figures: dict[int, FigureRun] = {}
    blocks: list[TextBlock] = []

    def add(block: Heading | Paragraph, *, is_closing: bool = False) -> None:
        number = f"b{len(blocks) + 1}"
        if isinstance(block, Heading):
            blocks.append(TextBlock(number, (block.text,), block.level, block.number))
            return
        pieces: list[Piece] = []
        for run in block.runs:
            if isinstance(run, FigureRun):
                key = len(figures) + 1
                figures[key] = replace(run, number=key)
                pieces.append(key)
            else:
                pieces.append(run.text)
        blocks.append(TextBlock(number, _joined(pieces), is_closing=is_closing))

    ends = len(composed.closing)
    everything = list(composed.blocks())
    for index, one in enumerate(everything):
        add(one, is_closing=index >= len(everything) - ends)
    return ReportText(
        key=composed.key,
        version=composed.version,
        organisation=composed.organisation,
        year=composed.year,
        date=composed.date,
        as_of=composed.as_of,
        title=composed.title,
        addressee=composed.addressee,
        signature=composed.signature,
        blocks=_numbered(blocks),
        figures=figures,
        last=len(blocks),
        missing=composed.missing,
        optional_missing=composed.optional_missing,
        quotes_rows=composed.quotes_rows,
    )


def composed_of(text: ReportText) -> ComposedReport:
    """The text as a composed report that can be rendered; its figures are numbered in the order of reading."""
    last = 0

    def runs(block: TextBlock) -> tuple[Run, ...]:
        nonlocal last
        made: list[Run] = []
        for piece in block.pieces:
            if isinstance(piece, str):
                made.append(TextRun(piece))
            else:
                last += 1
                made.append(replace(text.figures[piece], number=last))
        return tuple(made)

    lead: list[Paragraph] = []
    closing: list[Paragraph] = []
    top: list[_OpenSection] = []
    path: list[_OpenSection] = []
    for block in text.blocks:
        if block.level:
            opened = _OpenSection(Heading(block.level, block.mark, block.words))
            path = [one for one in path if one.heading.level < block.level]
            (path[-1].sections if path else top).append(opened)
            path.append(opened)
        elif block.is_closing:
            closing.append(Paragraph(runs(block)))
        else:
            paragraphs = path[-1].paragraphs if path else lead
            paragraphs.append(Paragraph(runs(block)))
    return ComposedReport(
        key=text.key,
        version=text.version,
        organisation=text.organisation,
        year=text.year,
        date=text.date,
        as_of=text.as_of,
        title=text.title,
        addressee=text.addressee,
        lead=tuple(lead),
        sections=tuple(one.made() for one in top),
        closing=tuple(closing),
        signature=text.signature,
        missing=text.missing,
        optional_missing=text.optional_missing,
        quotes_rows=text.quotes_rows,
    )


class _OpenSection:
    """A section that is still being filled."""

    __slots__ = ("heading", "paragraphs", "sections")

    def __init__(self, heading: Heading) -> None:
        self.heading = heading
        self.paragraphs: list[Paragraph] = []
        self.sections: list[_OpenSection] = []

    def made(self) -> Section:
        """As the tree keeps it. Paragraphs behind an inner heading belong to that one."""
        return Section(
            self.heading, tuple(self.paragraphs), tuple(one.made() for one in self.sections)
        )


def _joined(pieces: Iterable[Piece]) -> tuple[Piece, ...]:
    """Neighbouring words as one piece, empty ones left out."""
    made: list[Piece] = []
    for piece in pieces:
        if piece == "":
            continue
        if isinstance(piece, str) and made and isinstance(made[-1], str):
            made[-1] = made[-1] + piece
        else:
            made.append(piece)
    return tuple(made)


def _numbered(blocks: Iterable[TextBlock]) -> tuple[TextBlock, ...]:
    """Headings with their numbers counted anew."""
    counts = [0] * (_DEEPEST + 1)
    made: list[TextBlock] = []
    for block in blocks:
        if block.level:
            counts[block.level] += 1
            counts[block.level + 1 :] = [0] * (_DEEPEST - block.level)
            mark = ordinal_heading(block.level, counts[block.level])
            block = block if block.mark == mark else replace(block, mark=mark)
        made.append(block)
    return tuple(made)


# ── as kept ───────────────────────────────────────────────────────────────────────────────────────────────────────────


def pack(text: ReportText) -> dict[str, Any]:
    """The text as plain values, for keeping; `unpack` gives it back."""
    return {
        "report": text.key,
        "version": text.version,
        "organisation": [
            text.organisation.code,
            text.organisation.name,
            text.organisation.full_name,
            text.organisation.superior,
            text.organisation.level,
        ],
        "year": text.year,
        "date": text.date,
        "as_of": text.as_of,
        "title": text.title,
        "addressee": text.addressee,
        "signature": text.signature,
        "last": text.last,
        "quotes_rows": text.quotes_rows,
        "blocks": [
            {
                "id": block.id,
                "level": block.level,
                "mark": block.mark,
                "closing": block.is_closing,
                "runs": [
                    {"text": piece} if isinstance(piece, str) else {"figure": piece}
                    for piece in block.pieces
                ],
            }
            for block in text.blocks
        ],
        "figures": {str(key): _pack_figure(run) for key, run in text.figures.items()},
        "missing": [_pack_missing(one) for one in text.missing],
        "optional_missing": [_pack_missing(one) for one in text.optional_missing],
    }


def _pack_figure(run: FigureRun) -> dict[str, Any]:
    figure, display = run.figure, run.display
    return {
        "identity": identity_text(run.identity),
        "value": None if figure.value is None else str(figure.value),
        "unit": figure.unit,
        "title": figure.title,
        "as_of": figure.as_of,
        "rows": figure.rows,
        "blanks": figure.blanks,
        "display": [display.text, display.number, display.unit, display.approx, str(display.shown)],
    }


def _pack_missing(one: MissingFigure) -> list[str]:
    return [
        one.indicator,
        one.title,
        one.organisation,
        one.period,
        one.ledger,
        one.sentence,
        one.reason,
    ]


def unpack(kept: Mapping[str, Any]) -> ReportText:
    """The text `pack` made plain values of."""
    return ReportText(
        key=kept["report"],
        version=kept["version"],
        organisation=OrganisationName(*kept["organisation"]),
        year=kept["year"],
        date=kept["date"],
        as_of=kept["as_of"],
        title=kept["title"],
        addressee=kept["addressee"],
        signature=kept["signature"],
        last=kept["last"],
        quotes_rows=kept["quotes_rows"],
        blocks=tuple(
            TextBlock(
                one["id"],
                tuple(run["text"] if "text" in run else run["figure"] for run in one["runs"]),
                one["level"],
                one["mark"],
                one["closing"],
            )
            for one in kept["blocks"]
        ),
        figures={
            key: _unpack_figure(key, kept["figures"][str(key)])
            for key in sorted(map(int, kept["figures"]))
        },
        missing=tuple(MissingFigure(*one) for one in kept["missing"]),
        optional_missing=tuple(MissingFigure(*one) for one in kept["optional_missing"]),
    )


def _unpack_figure(key: int, kept: Mapping[str, Any]) -> FigureRun:
    identity = parse_tag(kept["identity"])
    if identity is None:
        raise ValueError(f"a kept figure without identity: {kept['identity']!r}")
    value = None if kept["value"] is None else Decimal(kept["value"])
    figure = Figure(
        identity.figure,
        value,
        kept["unit"],
        kept["title"],
        kept["as_of"],
        kept["rows"],
        kept["blanks"],
    )
    shown, number, unit, approx, amount = kept["display"]
    return FigureRun(figure, Display(shown, number, unit, approx, Decimal(amount)), identity, key)


# ── words with figures in them, as a person types them ────────────────────────────────────────────────────────────────

_TOKEN = re.compile(r"\[(\d{1,4})[:：]([^\[\]\n]*)\]")
_SPACE = re.compile(r"[\t\r\n\u3000 ]+")


def tokens_of(text: ReportText, block: TextBlock) -> str:
    """A block for editing as plain text: figures stand as [key:name words], which only the key matters of."""
    return "".join(
        piece if isinstance(piece, str) else token_of(text.figures[piece], piece)
        for piece in block.pieces
    )


def token_of(run: FigureRun, key: int) -> str:
    """A figure as it stands among words that can be typed.

    The name is for the person; whatever is typed into it is ignored.
    """
    label = f"{figure_title(run.figure)} {run.text}".replace("[", "（").replace("]", "）")
    return f"[{key}:{label}]"


def parse_tokens(text: ReportText, typed: str) -> tuple[Piece, ...]:
    """What a person typed as pieces; the figures are the report's own, whatever stands behind their numbers.

    Raises:
        ProblemsError: REPORT_050 nothing typed, REPORT_051 too long, REPORT_053 a figure the report does not have.
    """
    if len(typed) > PARAGRAPH_LIMIT:
        raise ProblemsError(
            [Problem("REPORT_051", {"length": len(typed), "limit": PARAGRAPH_LIMIT})]
        )
    pieces: list[Piece] = []
    problems: list[Problem] = []
    at = 0
    for match in _TOKEN.finditer(typed):
        pieces.append(_SPACE.sub(" ", typed[at : match.start()]))
        key = int(match[1])
        if key in text.figures:
            pieces.append(key)
        else:
            problems.append(Problem("REPORT_053", {"token": match[0]}))
        at = match.end()
    pieces.append(_SPACE.sub(" ", typed[at:]))
    if problems:
        raise ProblemsError(problems)
    made = list(_joined(pieces))
    if made and isinstance(made[0], str):
        made[0] = made[0].lstrip()
    if made and isinstance(made[-1], str):
        made[-1] = made[-1].rstrip()
    if not (cleaned := _joined(made)):
        raise ProblemsError([Problem("REPORT_050", {})])
    return cleaned


# ── changes ───────────────────────────────────────────────────────────────────────────────────────────────────────────


def reworded(text: ReportText, block_id: str, pieces: Sequence[Piece]) -> ReportText:
    """With another wording of one block. A heading takes words only (REPORT_054)."""
    old = text.block(block_id)
    made = replace(old, pieces=_pieces_for(old.level, pieces))
    return replace(text, blocks=tuple(made if one is old else one for one in text.blocks))


def inserted(
    text: ReportText, after: str, pieces: Sequence[Piece], level: int = 0
) -> tuple[ReportText, str]:
    """With a new block behind another one ("" = at the very beginning), and the new block's id."""
    if len(text.blocks) >= BLOCKS_LIMIT:
        raise ProblemsError([Problem("REPORT_055", {"limit": BLOCKS_LIMIT})])
    if not 0 <= level <= _DEEPEST:
        raise ValueError(level)
    number = text.last + 1
    made = TextBlock(f"b{number}", _pieces_for(level, pieces), level)
    at = 0
    if after:
        before = text.block(after)
        at = text.blocks.index(before) + 1
        if not level and before.is_closing:
            made = replace(made, is_closing=True)
    blocks = (*text.blocks[:at], made, *text.blocks[at:])
    return replace(text, blocks=_numbered(blocks), last=number), made.id


def _pieces_for(level: int, pieces: Sequence[Piece]) -> tuple[Piece, ...]:
    if level and any(isinstance(piece, int) for piece in pieces):
        raise ProblemsError([Problem("REPORT_054", {})])
    return tuple(pieces)


def deleted(text: ReportText, block_id: str) -> ReportText:
    """Without one block; what stood below a deleted heading belongs to the heading before it."""
    old = text.block(block_id)
    return replace(text, blocks=_numbered(one for one in text.blocks if one is not old))


def moved(text: ReportText, block_id: str, by: int) -> ReportText:
    """With one block a place further up (-1) or down (1); at an end it stays."""
    old = text.block(block_id)
    at = text.blocks.index(old)
    to = at + by
    if not 0 <= to < len(text.blocks):
        return text
    blocks = [one for one in text.blocks if one is not old]
    neighbour = text.blocks[to]
    blocks.insert(to, replace(old, is_closing=neighbour.is_closing and not old.level))
    return replace(text, blocks=_numbered(blocks))


#: what stands around the text and can be changed: longest in characters, and whether it may be empty
FRAME: Mapping[str, tuple[int, bool]] = {
    "title": (120, False),
    "addressee": (60, True),
    "signature": (60, True),
    "date": (10, False),
}


def reframed(text: ReportText, which: str, words: str) -> ReportText:
    """With another title, addressee, signature or date (ISO).

    Raises:
        ProblemsError: REPORT_056 empty or too long, REPORT_059 no date.
    """
    longest, may_be_empty = FRAME[which]
    cleaned = _SPACE.sub("", words)
    if (not cleaned and not may_be_empty) or len(cleaned) > longest:
        raise ProblemsError([Problem("REPORT_056", {"limit": longest})])
    if which == "date":
        try:
            cleaned = datetime.date.fromisoformat(cleaned).isoformat()
        except ValueError:
            raise ProblemsError([Problem("REPORT_059", {"found": cleaned})]) from None
    if which == "title":
        return replace(text, title=cleaned)
    if which == "addressee":
        return replace(text, addressee=cleaned)
    if which == "signature":
        return replace(text, signature=cleaned)
    return replace(text, date=cleaned)


def frame_of(text: ReportText, which: str) -> str:
    """Title, addressee, signature or date as kept."""
    return str(getattr(text, which))


@dataclass(frozen=True, slots=True)
class FigureRenewal:
    """A figure of the report before and after a refresh; `after` is "" when the books do not know it now."""

    key: int
    title: str
    before: str
    after: str
    value_before: Decimal | None
    value_after: Decimal | None
    unit: str
    is_used: bool


def refreshed(
    text: ReportText, read: Callable[[FigureId], Figure], units: Units, as_of: int
) -> tuple[ReportText, tuple[FigureRenewal, ...]]:
    """The text with every figure as the books say it now, and which of them change.

    A figure that is not known now stays as it was and comes back with an empty `after`; the caller decides what that means.
    """
    used = text.used
    figures: dict[int, FigureRun] = {}
    changes: list[FigureRenewal] = []
    for key, run in text.figures.items():
        figure = read(run.identity.figure)
        after = ""
        made = run
        if figure.value is not None:
            identity = run.identity
            display = format_value(figure.value, identity.unit, units, identity.style)
            made = FigureRun(figure, display, identity, key)
            after = made.text
        figures[key] = made
        if figure.value != run.figure.value or after != run.text:
            changes.append(
                FigureRenewal(
                    key, run.title, run.text, after, run.figure.value, figure.value, figure.unit,
                    key in used,
                )
            )  # fmt: skip
    return replace(text, figures=figures, as_of=as_of), tuple(changes)


@dataclass(frozen=True, slots=True)
class NewSentences:
    """A paragraph that could be written now, because figures have become known since the report was made."""

    heading: str  #: the heading it belongs under
    pieces: tuple[Piece, ...]  #: with keys of the text it was offered for
    shown: str


def with_new_figures(
    text: ReportText, fresh: ReportText
) -> tuple[ReportText, tuple[NewSentences, ...]]:
    """The text with the figures that a fresh composition has and this one lacks, and the paragraphs those stand in."""
    known = {identity_text(run.identity): key for key, run in text.figures.items()}
    figures = dict(text.figures)
    offered: list[NewSentences] = []
    heading = ""
    for block in fresh.blocks:
        if block.level:
            heading = fresh.shown(block)
            continue
        pieces: list[Piece] = []
        is_new = False
        for piece in block.pieces:
            if isinstance(piece, str):
                pieces.append(piece)
                continue
            run = fresh.figures[piece]
            identity = identity_text(run.identity)
            if identity not in known:
                is_new = True
                known[identity] = max(figures, default=0) + 1
                figures[known[identity]] = replace(run, number=known[identity])
            pieces.append(known[identity])
        if is_new:
            offered.append(NewSentences(heading, tuple(pieces), fresh.shown(block)))
    made = replace(
        text,
        figures=figures,
        missing=fresh.missing,
        optional_missing=fresh.optional_missing,
    )
    return made, tuple(offered)


# ── sections, for those who confirm them ──────────────────────────────────────────────────────────────────────────────


@dataclass(frozen=True, slots=True)
class TextSection:
    """A section of the first level with what stands in it, and the lines of work its figures come from."""

    id: str  #: of its heading
    mark: str
    title: str
    words: str  #: everything a reader sees in it, to tell whether it changed
    areas: tuple[str, ...]


def sections_of(text: ReportText, catalogue: Catalogue) -> tuple[TextSection, ...]:
    """The sections of the first level, in order."""
    made: list[TextSection] = []
    opened: list[list[TextBlock]] = []
    for block in text.blocks:
        if block.level == 1:
            opened.append([block])
        elif opened and not block.is_closing:
            opened[-1].append(block)
    for blocks in opened:
        head = blocks[0]
        areas: dict[str, None] = {}
        for block in blocks:
            for piece in block.pieces:
                if isinstance(piece, int):
                    found = catalogue.indicators.get(text.figures[piece].identity.figure.indicator)
                    if found is not None and found.area:
                        areas[found.area] = None
        words = "\n".join("".join(text.piece(piece) for piece in block.pieces) for block in blocks)
        made.append(TextSection(head.id, head.mark, head.words, words, tuple(areas)))
    return tuple(made)


# ── comparing ─────────────────────────────────────────────────────────────────────────────────────────────────────────

_WORDS = re.compile(r"\d+(?:[.,]\d+)*|[A-Za-z]+|\s+|.", re.S)

Change = Literal["same", "changed", "added", "removed", "moved"]


@dataclass(frozen=True, slots=True)
class Stretch:
    """Characters of a text that are in both versions, or in this one alone."""

    text: str
    is_different: bool = False


@dataclass(frozen=True, slots=True)
class BlockChange:
    """One block in two versions side by side; a side that is not there is empty."""

    change: Change
    id: str
    level: int
    before: tuple[Stretch, ...] = ()
    after: tuple[Stretch, ...] = ()


@lru_cache(maxsize=2048)
def compare_words(before: str, after: str) -> tuple[tuple[Stretch, ...], tuple[Stretch, ...]]:
    """Two wordings with what differs marked, numbers as whole words.

    Examples:
        >>> compare_words("果园32亩。", "果园33亩。")[1]
        (Stretch(text='果园', is_different=False), Stretch(text='33', is_different=True), Stretch(text='亩。', is_different=False))
    """
    old, new = _WORDS.findall(before), _WORDS.findall(after)
    left: list[Stretch] = []
    right: list[Stretch] = []
    for kind, a, b, c, d in difflib.SequenceMatcher(None, old, new, autojunk=False).get_opcodes():
        same = kind == "equal"
        if b > a:
            left.append(Stretch("".join(old[a:b]), not same))
        if d > c:
            right.append(Stretch("".join(new[c:d]), not same))
    return tuple(left), tuple(right)


def compare_texts(before: ReportText, after: ReportText) -> tuple[BlockChange, ...]:
    """Two versions block by block, in the order of the later one; what it has no more stands where it stood."""
    old = {block.id: block for block in before.blocks}
    new = {block.id for block in after.blocks}
    kept = [block.id for block in before.blocks if block.id in new]
    stays = _in_order(kept, [block.id for block in after.blocks if block.id in old])
    gone = list(_gone(before, new))
    made: list[BlockChange] = []
    for which in FRAME:
        old_words, new_words = frame_of(before, which), frame_of(after, which)
        if old_words != new_words:
            made.append(BlockChange("changed", which, 0, *compare_words(old_words, new_words)))
    made += [_removed(before, block) for anchor, block in gone if anchor == ""]
    for block in after.blocks:
        earlier = old.get(block.id)
        shown = after.shown(block)
        if earlier is None:
            made.append(
                BlockChange(
                    "added", block.id, block.level, (), (Stretch(shown, is_different=True),)
                )
            )
        elif before.shown(earlier) == shown:
            change: Change = "same" if block.id in stays else "moved"
            made.append(
                BlockChange(change, block.id, block.level, (Stretch(shown),), (Stretch(shown),))
            )
        else:
            made.append(
                BlockChange(
                    "changed", block.id, block.level, *compare_words(before.shown(earlier), shown)
                )
            )
        made += [_removed(before, one) for anchor, one in gone if anchor == block.id]
    return tuple(made)


def _in_order(old: Sequence[str], new: Sequence[str]) -> frozenset[str]:
    """The ids that kept their order: all but those that were moved."""
    found = difflib.SequenceMatcher(None, old, new, autojunk=False).get_matching_blocks()
    return frozenset(one for match in found for one in old[match.a : match.a + match.size])


def _gone(before: ReportText, new: set[str]) -> Iterator[tuple[str, TextBlock]]:
    """Blocks that are no longer there, with the id of the last one before them that is."""
    anchor = ""
    for block in before.blocks:
        if block.id in new:
            anchor = block.id
        else:
            yield anchor, block


def _removed(text: ReportText, block: TextBlock) -> BlockChange:
    return BlockChange(
        "removed", block.id, block.level, (Stretch(text.shown(block), is_different=True),)
    )


# ── checking ──────────────────────────────────────────────────────────────────────────────────────────────────────────


@dataclass(frozen=True, slots=True)
class TextDraft:
    """A version as a draft that can be checked, with where each block stands in it."""

    draft: Draft
    places: tuple[tuple[str, int, int], ...]  #: block id ("" for title and signature), start, end

    def place(self, offset: int) -> tuple[str, int]:
        """The block a character stands in, and its place among the block's characters."""
        found = self.places[0]
        for one in self.places:
            if one[1] > offset:
                break
            found = one
        return found[0], offset - found[1]


def draft_of(text: ReportText) -> TextDraft:
    """The version as a draft: figures as content controls, headings marked."""
    parts: list[str] = []
    blocks: list[DraftBlock] = []
    controls: list[Control] = []
    places: list[tuple[str, int, int]] = []
    at = 0

    def add(line: str, block_id: str = "", level: int = 0) -> None:
        nonlocal at
        parts.append(line)
        blocks.append(DraftBlock(at, at + len(line), level=level))
        places.append((block_id, at, at + len(line)))
        at += len(line) + 1

    add(text.title)
    if text.addressee:
        add(text.addressee)
    for block in text.blocks:
        place = at + len(block.mark)
        for piece in block.pieces:
            words = text.piece(piece)
            if isinstance(piece, int):
                identity = text.figures[piece].identity
                controls.append(Control(place, place + len(words), tag_of(identity)))
            place += len(words)
        add(text.shown(block), block.id, block.level)
    if text.signature:
        add(text.signature)
    add(format_date(text.date))
    draft = Draft("\n".join(parts), text.title, "docx", tuple(blocks), tuple(controls))
    return TextDraft(draft, tuple(places))


# ── a file edited outside ─────────────────────────────────────────────────────────────────────────────────────────────


@dataclass(frozen=True, slots=True)
class ChangedFigure:
    """A figure of the report that says something else in the file; the report keeps its own."""

    key: int
    title: str
    printed: str
    found: str


@dataclass(frozen=True, slots=True)
class BroughtChange:
    """A paragraph that is another in the file. `pieces` is what would stand in the report, its figures those of the books."""

    change: Literal["changed", "added", "removed", "figures"]
    block: str  #: id in the version; of what was added "" = new
    after: str  #: of what was added: the id it would stand behind
    level: int
    pieces: tuple[Piece, ...]
    before: tuple[Stretch, ...]
    now: tuple[Stretch, ...]
    figures: tuple[ChangedFigure, ...] = ()
    dropped: tuple[int, ...] = ()  #: keys of figures the file no longer has in this paragraph


@dataclass(frozen=True, slots=True)
class Brought:
    """A file held against a version of its report."""

    changes: tuple[BroughtChange, ...]
    same: int  #: blocks that are as they were
    left_out: int  #: cells of tables and text boxes, which a report does not have
    title: str = ""  #: as the file has it, when it is another
    figures: int = 0  #: controls of the report's own figures in the file


@dataclass(frozen=True, slots=True)
class _FileBlock:
    text: str
    level: int
    pieces: tuple[Piece, ...]
    figures: tuple[ChangedFigure, ...]


_MARK = re.compile(
    r"^(?:[一二三四五六七八九十百]+、|（[一二三四五六七八九十百]+）|\d{1,2}[.．]|（\d{1,2}）)\s*"
)
#: how alike two paragraphs must be to be one that was reworded
_SIMILAR = Fraction(35, 100)


def brought_back(text: ReportText, draft: Draft) -> Brought:
    """What a Word file says otherwise than the version it was made from.

    Args:
        text: The version.
        draft: The file as `exchange.drafts` reads it.
    """
    keys = _keys(text)
    paragraphs = [one for one in draft.blocks if one.kind == "paragraph"]
    left_out = sum(
        one.kind in ("cell", "textbox") and bool(draft.text[one.start : one.end].strip())
        for one in draft.blocks
    )
    body, title = _body(text, draft, paragraphs)
    file = [_file_block(text, draft, one, keys) for one in body]
    changes: list[BroughtChange] = []
    same = 0
    anchor = ""
    for old, new in _aligned(text, file):
        if old is not None:
            anchor = old.id
        if new is None:
            assert old is not None
            left = (Stretch(text.shown(old), is_different=True),)
            changes.append(BroughtChange("removed", old.id, "", old.level, old.pieces, left, ()))
            continue
        if old is None:
            right = (Stretch(new.text, is_different=True),)
            level = min(new.level, _DEEPEST)
            pieces = _heading_words(new.pieces) if level else new.pieces
            if pieces:
                changes.append(
                    BroughtChange("added", "", anchor, level, pieces, (), right, new.figures)
                )
            continue
        pieces = _heading_words(new.pieces) if old.level else new.pieces
        kept = {p for p in pieces if isinstance(p, int)}
        dropped = tuple(p for p in old.pieces if isinstance(p, int) and p not in kept)
        if not pieces or _plain(text, pieces) == _plain(text, old.pieces):
            if not new.figures:
                same += 1
                continue
            changes.append(
                BroughtChange(
                    "figures", old.id, "", old.level, old.pieces,
                    *compare_words(text.shown(old), new.text), new.figures,
                )
            )  # fmt: skip
            continue
        changes.append(
            BroughtChange(
                "changed", old.id, "", old.level, pieces,
                *compare_words(text.shown(old), new.text), new.figures, dropped,
            )
        )  # fmt: skip
    found = sum(one.tag in keys for one in draft.controls)
    return Brought(tuple(changes), same, left_out, title, found)


def likeness(text: ReportText, draft: Draft) -> Fraction:
    """How much of a version stands in a file, in paragraphs: one that was reworded counts as far as it is the same.

    Figures count as what the version prints, so that one changed by hand does not tell against it.
    """
    keys = _keys(text)
    lines = [
        _plain(text, _file_block(text, draft, one, keys).pieces)
        for one in draft.blocks
        if one.kind == "paragraph"
    ]
    own = [_bare(text.shown(block)) for block in text.blocks]
    there, left = set(lines), set(lines) - set(own)
    total = Fraction(0)
    for words in own:
        if words in there:
            total += 1
            continue
        matcher = difflib.SequenceMatcher(None, b=words, autojunk=False)
        best = Fraction(0)
        for line in left:
            best = max(best, _alike(matcher, line, words))
        total += best
    return total


def _keys(text: ReportText) -> dict[str, int]:
    """Keys of the report's figures by the tags their content controls may have."""
    keys: dict[str, int] = {}
    for key, run in text.figures.items():
        full = identity_text(run.identity)
        keys.setdefault(tag_of(run.identity), key)
        keys.setdefault(digest_tag(identity_digest(full)), key)
    return keys


def _bare(words: str) -> str:
    return re.sub(r"\s+", "", words)


def _plain(text: ReportText, pieces: Iterable[Piece]) -> str:
    return _bare("".join(text.piece(one) for one in pieces))


def _heading_words(pieces: tuple[Piece, ...]) -> tuple[Piece, ...]:
    """A heading without the number a file carries; figures cannot stand in it."""
    words = "".join(piece for piece in pieces if isinstance(piece, str))
    return _joined([_MARK.sub("", words).strip()])


def _body(
    text: ReportText, draft: Draft, paragraphs: Sequence[DraftBlock]
) -> tuple[list[DraftBlock], str]:
    """The paragraphs between title and signature, and the title when it is another."""
    lines = [(one, _bare(draft.text[one.start : one.end])) for one in paragraphs]
    lines = [(one, words) for one, words in lines if words]
    first = {_bare(text.addressee)} - {""}
    if text.blocks:
        first.add(_bare(text.shown(text.blocks[0])))
    title, start = "", 0
    joined = ""
    for index, (_, words) in enumerate(lines[:8]):
        if words in first:
            start = index + (words == _bare(text.addressee))
            title = joined
            break
        if not words.startswith("（草稿"):
            joined += words
        if joined == _bare(text.title):
            start, title = index + 1, joined
            break
    body = lines[start:]
    if body and body[0][1] == _bare(text.addressee) != "":
        body = body[1:]
    ends = {_bare(text.signature), _bare(format_date(text.date)), "附件：数据来源表", "附件"} - {""}
    while body and body[-1][1] in ends:
        body.pop()
    is_other = bool(title) and title != _bare(text.title) and len(title) <= 120
    return [one for one, _ in body], title if is_other else ""


def _file_block(
    text: ReportText, draft: Draft, block: DraftBlock, keys: Mapping[str, int]
) -> _FileBlock:
    """A paragraph of the file with the report's own figures in their places."""
    pieces: list[Piece] = []
    changed: list[ChangedFigure] = []
    at = block.start
    for control in draft.controls:
        if control.start < at or control.end > block.end or control.tag not in keys:
            continue
        key = keys[control.tag]
        pieces.append(draft.text[at : control.start])
        found = draft.text[control.start : control.end]
        run = text.figures[key]
        pieces.append(key)
        if _bare(found) != _bare(run.text):
            changed.append(ChangedFigure(key, run.title, run.text, found))
        at = control.end
    pieces.append(draft.text[at : block.end])
    cleaned = [_SPACE.sub(" ", one) if isinstance(one, str) else one for one in pieces]
    if isinstance(cleaned[0], str):
        cleaned[0] = cleaned[0].lstrip()
    if isinstance(cleaned[-1], str):
        cleaned[-1] = cleaned[-1].rstrip()
    words = _SPACE.sub(" ", draft.text[block.start : block.end]).strip()
    return _FileBlock(words, block.level, _joined(cleaned), tuple(changed))


def _aligned(
    text: ReportText, file: Sequence[_FileBlock]
) -> Iterator[tuple[TextBlock | None, _FileBlock | None]]:
    """Blocks of the version with those of the file, in order; None where one side has nothing."""
    old = [_bare(text.shown(block)) for block in text.blocks]
    new = [_shown_of_file(text, block) for block in file]
    matcher = difflib.SequenceMatcher(None, old, new, autojunk=False)
    for kind, a, b, c, d in matcher.get_opcodes():
        if kind == "equal":
            yield from zip(text.blocks[a:b], file[c:d], strict=True)
            continue
        yield from (
            (
                text.blocks[a + i] if i is not None else None,
                file[c + j] if j is not None else None,
            )
            for i, j in _paired(old[a:b], new[c:d])
        )


def _shown_of_file(text: ReportText, block: _FileBlock) -> str:
    """A paragraph of the file as it would read with the report's own figures."""
    return _plain(text, block.pieces)


def _alike(matcher: difflib.SequenceMatcher[str], one: str, other: str) -> Fraction:
    """How much of two texts is the same, from 0 to 1; `matcher` holds `other` as its second text."""
    matcher.set_seq1(one)
    same = sum(match.size for match in matcher.get_matching_blocks())
    return Fraction(2 * same, max(len(one) + len(other), 1))


def _paired(old: Sequence[str], new: Sequence[str]) -> list[tuple[int | None, int | None]]:
    """The pairing, in order, that makes the paired texts most alike altogether."""
    rows, columns = len(old), len(new)
    alike: list[list[Fraction]] = [[] for _ in range(rows)]
    for words in new:
        matcher = difflib.SequenceMatcher(None, b=words, autojunk=False)
        for i, before in enumerate(old):
            alike[i].append(_alike(matcher, before, words))
    best = [[Fraction(0)] * (columns + 1) for _ in range(rows + 1)]
    for i in range(rows - 1, -1, -1):
        for j in range(columns - 1, -1, -1):
            best[i][j] = max(best[i + 1][j], best[i][j + 1])
            if alike[i][j] >= _SIMILAR:
                best[i][j] = max(best[i][j], alike[i][j] + best[i + 1][j + 1])
    pairs: list[tuple[int | None, int | None]] = []
    i = j = 0
    while i < rows or j < columns:
        if (
            i < rows
            and j < columns
            and alike[i][j] >= _SIMILAR
            and alike[i][j] + best[i + 1][j + 1] >= best[i][j]
        ):
            pairs.append((i, j))
            i, j = i + 1, j + 1
        elif i < rows and (j >= columns or best[i + 1][j] >= best[i][j + 1]):
            pairs.append((i, None))
            i += 1
        else:
            pairs.append((None, j))
            j += 1
    return pairs


def is_unwritten(block: TextBlock) -> bool:
    """True for the line that stands in a section of which nothing could be written."""
    return block.words == EMPTY_SECTION
