"""A checked draft as one web page that may be mailed: the text with its marks, beside it the findings and figures.

The page asks nothing of any other place, is readable without its script, prints, and fits a phone. Over several drafts stands a
page with a table, the worst first. Nothing here knows how findings are made; it shows a `Sheet`.
"""

from __future__ import annotations

import difflib
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from functools import cache
from itertools import groupby
from pathlib import Path, PurePath
from typing import Any, Final

import jinja2
from markupsafe import Markup

from shuzhi.core.checking.model import (
    SEVERITIES,
    Block,
    DraftPlace,
    FindingSeverity,
    OutlineNode,
)
from shuzhi.exchange.checked_sheets import (
    BookValue,
    Sheet,
    SheetFigure,
    draft_blocks,
    plain_number,
    short_names,
)
from shuzhi.messages import Language, render
from shuzhi.messages.checking import (
    AREA_WORDS,
    PAGE_WORDS,
    ROLE_WORDS,
    SEVERITY_MEANINGS,
    area_word,
    page_word,
    place_words,
    severity_word,
    word,
)

_SHORT: Final = 24  # characters of the draft quoted in a link
_MARKED: Final = 6  # characters marked of a passage that another report has, too
_LONGEST: Final = 400  # of two passages shown side by side


@cache
def _environment() -> jinja2.Environment:
    environment = jinja2.Environment(
        loader=jinja2.FileSystemLoader(Path(__file__).with_name("templates_html")),
        autoescape=True,
        undefined=jinja2.StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    environment.filters["short"] = _short
    return environment


@cache
def _raw(name: str) -> Markup:
    """A style sheet or script of ours, which goes into the page as it is."""
    return Markup(Path(__file__).with_name("templates_html").joinpath(name).read_text("utf-8"))


def _short(text: str) -> str:
    text = text.replace("\n", "⏎")
    return text if len(text) <= _SHORT else f"{text[: _SHORT - 1]}…"


def render_page(sheet: Sheet, *, title: str = "", index_link: str = "") -> str:
    """A checked draft as a whole page.

    Args:
        sheet: What to show; the language of its words is the sheet's.
        title: The page's head; the file's name when empty.
        index_link: Address of the page over several drafts, relative to this one.
    """
    language = sheet.language
    areas = [
        {"key": area, "word": area_word(area, language), "count": count}
        for area, count in _counted(one.area for one in sheet.findings).items()
    ]
    has_books = any(one.book is not None for one in sheet.figures)
    return (
        _environment()
        .get_template("checked.html.j2")
        .render(
            word=_words(language),
            colon="：" if language == "zh" else ": ",
            title=title or PurePath(sheet.path).name,
            index_link=index_link,
            sheet=sheet,
            text=sheet.draft.text,
            severities=_severities([sheet]),
            severity_words={one: severity_word(one, language) for one in SEVERITIES},
            area_words={one.area: area_word(one.area, language) for one in sheet.findings},
            areas=sorted(areas, key=lambda one: list(AREA_WORDS).index(str(one["key"]))),
            groups=text_groups(sheet),
            compared={
                one.number: [
                    _compared(sheet.draft.text[each.start : each.end], each.passage)
                    for each in one.besides
                ]
                for one in sheet.findings
            },
            figure_rows=[figure_row(one, language) for one in sheet.figures],
            has_books=has_books,
            silenced=page_word("silenced", language, count=sheet.silenced)
            if sheet.silenced
            else "",
            notes=[render(one, language) for one in sheet.notes],
            css=_raw("checked.css"),
            script=_raw("checked.js"),
        )
    )


def render_index(sheets: Sequence[Sheet], links: Mapping[str, str], language: Language) -> str:
    """The page over several drafts.

    Args:
        sheets: One for each draft, in any order.
        links: Address of each draft's page by the sheet's path; a draft without one is not linked.
        language: Of the words.
    """
    severities = _severities(sheets)
    names = short_names([one.path for one in sheets])
    rows = [
        {
            "name": names[sheet.path],
            "link": links.get(sheet.path, ""),
            "figures": len(sheet.figures),
            "severities": [
                {"key": one["key"], "count": sheet.count(one["key"])} for one in severities
            ],
            "trouble": " ".join(render(one, language) for one in sheet.problems),
        }
        for sheet in sorted(sheets, key=lambda one: one.rank)
    ]
    return (
        _environment()
        .get_template("checked_index.html.j2")
        .render(
            word=_words(language),
            colon="：" if language == "zh" else ": ",
            files=page_word("files", language, count=len(sheets)),
            rows=rows,
            totals={"figures": sum(len(one.figures) for one in sheets), "severities": severities},
            css=_raw("checked.css"),
        )
    )


def _words(language: Language) -> dict[str, str]:
    return {key: word(pair, language) for key, pair in PAGE_WORDS.items()}


def _counted(keys: Iterable[str]) -> dict[str, int]:
    counts: dict[str, int] = {}
    for key in keys:
        counts[key] = counts.get(key, 0) + 1
    return counts


def _severities(sheets: Sequence[Sheet]) -> list[dict[str, Any]]:
    """Each severity with its count; notes only where some are shown."""
    language = sheets[0].language if sheets else "zh"
    return [
        {
            "key": one,
            "word": severity_word(one, language),
            "meaning": word(SEVERITY_MEANINGS[one], language),
            "count": sum(sheet.count(one) for sheet in sheets),
        }
        for one in SEVERITIES
        if one != "info" or any(sheet.count(one) for sheet in sheets)
    ]


@dataclass(frozen=True, slots=True)
class _Shared:
    """Characters of a passage, and whether the other report has them, too."""

    text: str
    is_shared: bool


def _compared(own: str, other: str) -> tuple[list[_Shared], list[_Shared]]:
    """Two passages side by side, each cut into what both have and what only one has."""
    ours, theirs = " ".join(own.split())[:_LONGEST], other[:_LONGEST]
    left: list[_Shared] = []
    right: list[_Shared] = []
    matcher = difflib.SequenceMatcher(None, ours, theirs, autojunk=False)
    for kind, a, b, c, d in matcher.get_opcodes():
        for side, text in ((left, ours[a:b]), (right, theirs[c:d])):
            if text:
                side.append(_Shared(text, kind == "equal"))
    return left, right


# ── the figures ───────────────────────────────────────────────────────────────────────────────────────────────────────


def figure_row(one: SheetFigure, language: Language) -> dict[str, Any]:
    """A figure as a row of the table of figures, in words."""
    figure = one.figure
    value = one.value
    if value and figure.upper is not None:
        value += f"–{plain_number(figure.upper)}"
    return {
        "text": figure.text,
        "value": f"{value} {figure.unit}" if value else "",
        "kind": word(ROLE_WORDS[figure.role], language),
        "approx": page_word("approx", language) if figure.approx else "",
        "subject": figure.subject,
        "about": " · ".join(filter(None, (figure.organisation, figure.period))),
        "book": None if one.book is None else _book_words(one.book, language),
    }


def _book_words(book: BookValue, language: Language) -> dict[str, str]:
    how = page_word(f"match_{book.how}", language)
    detail = [book.title, book.organisation, book.period, how] if book.has_ledger else []
    return {
        "outcome": book.outcome,
        "words": book.shown or page_word(f"book_{book.outcome}", language),
        "detail": " · ".join(filter(None, detail)),
    }


def _figure_title(one: SheetFigure, language: Language) -> str:
    """What is shown when the pointer rests on a figure."""
    row = figure_row(one, language)
    said = [" ".join(filter(None, (row["value"], row["kind"], row["subject"], row["about"])))]
    if one.book is not None:
        state = page_word(f"book_{one.book.outcome}", language)
        head = page_word("books", language)
        shown = [head, one.book.shown, row["book"]["detail"], f"({state})"]
        said.append(" ".join(filter(None, shown)))
    return " | ".join(said)


# ── the text, cut where a mark begins or ends ─────────────────────────────────────────────────────────────────────────


@dataclass(frozen=True, slots=True)
class _Ref:
    """The small number behind the words of a finding."""

    number: int
    severity: FindingSeverity


@dataclass(slots=True)
class TextPiece:
    """Characters of the text that are all marked alike."""

    text: str
    anchors: list[str] = field(default_factory=list)
    refs: list[_Ref] = field(default_factory=list)
    severity: str = ""
    numbers: str = ""
    related: str = ""
    figure: str = ""
    title: str = ""
    is_lead: bool = False


@dataclass(slots=True)
class TextParagraph:
    """A block of the draft in pieces. `label` is its number in the margin."""

    block: Block
    pieces: list[TextPiece]
    style: str = ""
    label: str = ""


@dataclass(slots=True)
class TextGroup:
    """Paragraphs that stand together: plain ones, a table, what stands apart from the text, or the end of a page."""

    kind: str
    paragraphs: list[TextParagraph] = field(default_factory=list)
    rows: list[list[list[TextParagraph]]] = field(default_factory=list)
    label: str = ""


@dataclass(frozen=True, slots=True)
class _Span:
    """Something that marks characters: a finding, what it speaks of besides, a figure, or a heading run into its paragraph."""

    start: int
    end: int
    kind: str  #: finding, related, figure, lead
    anchor: str = ""
    number: int = 0
    severity: FindingSeverity = "info"
    figure: str = ""
    title: str = ""


def _spans(sheet: Sheet) -> list[_Span]:
    spans = []
    for one in sheet.findings:
        # whole paragraphs that stand elsewhere, too, are not painted over: only their first words
        end = min(one.end, one.start + _MARKED) if one.area == "similarity" else one.end
        spans.append(_Span(one.start, end, "finding", f"t{one.number}", one.number, one.severity))
        if end < one.end:
            spans.append(_Span(end, one.end, "related", number=one.number))
        spans += [
            _Span(start, end, "related", f"r{one.number}-{index}", one.number)
            for index, (start, end) in enumerate(one.related, 1)
        ]
    for index, figure in enumerate(sheet.figures, 1):
        spans.append(
            _Span(
                figure.figure.start,
                figure.figure.end,
                "figure",
                f"g{index}",
                figure=figure.book.outcome if figure.book else "read",
                title=_figure_title(figure, sheet.language),
            )
        )
    spans += [
        _Span(node.start, node.end, "lead")
        for node in sheet.outline
        if node.kind in ("heading", "point")
    ]
    return sorted(spans, key=lambda span: (span.start, span.end))


def text_groups(sheet: Sheet) -> list[TextGroup]:
    """The draft as it is shown, in order. Every character that is no line end stands in exactly one piece."""
    text = sheet.draft.text
    blocks = _whole(text, draft_blocks(sheet.draft))
    styles = _styles(sheet.outline)
    spans = _spans(sheet)
    paragraphs: list[TextParagraph] = []
    begun: list[_Span] = []  # in an earlier block, and reaching into this one
    at = 0
    for number, block in enumerate(blocks):
        is_last = number == len(blocks) - 1
        first = at
        # a span that begins between blocks belongs to the one before
        while at < len(spans) and (is_last or spans[at].start < blocks[number + 1].start):
            at += 1
        fresh = spans[first:at]
        open_ends = [span for span in (*begun, *fresh) if not is_last and span.end > block.end + 1]
        paragraphs.append(_paragraph(text, block, begun, fresh, open_ends, styles))
        begun = open_ends
    return _arranged(paragraphs, sheet.language)


def _whole(text: str, blocks: Sequence[Block]) -> list[Block]:
    """The blocks, with characters that a reader left between them in blocks of their own."""
    whole: list[Block] = []
    at = 0
    for block in blocks:
        if text[at : block.start].strip():
            whole.append(Block(at, block.start, place=block.place))
        whole.append(block)
        at = block.end
    if text[at:].strip():
        whole.append(Block(at, len(text)))
    return whole or [Block(0, len(text))]


def _styles(outline: Sequence[OutlineNode]) -> dict[int, tuple[str, int]]:
    """Style and end of each part of the outline by the character it begins with."""
    names = {"heading": "h{level}", "label": "h3"}
    return {
        node.start: (names.get(node.kind, node.kind).format(level=min(node.level, 4)), node.end)
        for node in outline
        if node.kind not in ("lead", "point", "closing")
    }


def _paragraph(
    text: str,
    block: Block,
    begun: Sequence[_Span],
    fresh: Sequence[_Span],
    open_ends: Sequence[_Span],
    styles: Mapping[int, tuple[str, int]],
) -> TextParagraph:
    """A block in pieces: `begun` spans reach in from above, `fresh` ones begin here, `open_ends` of both reach further down."""
    words = text[block.start : block.end]
    name, styled_to = styles.get(block.start + len(words) - len(words.lstrip()), ("", 0))
    # a heading run into its paragraph is set apart by its words only
    has_style = bool(name) and (not name.startswith("h") or styled_to >= block.end - 1)
    number = block.place.paragraph or (0 if block.place.table else block.place.line)
    starts: dict[int, list[_Span]] = {}
    ends: dict[int, list[_Span]] = {}
    for span in (*begun, *fresh):
        if span.kind != "lead" or not has_style:
            start = min(max(span.start, block.start), block.end)
            starts.setdefault(start, []).append(span)
            ends.setdefault(min(max(span.end, start), block.end), []).append(span)
    cuts = sorted({block.start, block.end, *starts, *ends})
    reaching = set(map(id, open_ends))
    older = set(map(id, begun))
    active: dict[int, _Span] = {}
    pieces = [TextPiece("")]
    for index, cut in enumerate(cuts):
        closing, opening = ends.get(cut, []), starts.get(cut, [])
        for span in closing:
            if active.pop(id(span), None) is not None and id(span) not in reaching:
                _refer(pieces[-1], span)
        empty = [span for span in opening if any(span is one for one in closing)]
        for span in empty:
            is_new = span.anchor and id(span) not in older
            pieces.append(TextPiece("", anchors=[span.anchor] if is_new else []))
            if id(span) not in reaching:
                _refer(pieces[-1], span)
        active |= {id(span): span for span in opening if span not in empty}
        anchors = [
            span.anchor
            for span in opening
            if span.anchor and span not in empty and id(span) not in older
        ]
        if index + 1 < len(cuts):
            pieces.append(_piece(text[cut : cuts[index + 1]], anchors, list(active.values())))
    style = name if has_style else "" if words.strip() else "blank"
    shown = [one for one in pieces if one.text or one.anchors or one.refs]
    return TextParagraph(block, shown, style, str(number) if number and words.strip() else "")


def _refer(piece: TextPiece, span: _Span) -> None:
    if span.kind == "finding":
        piece.refs.append(_Ref(span.number, span.severity))


def _piece(text: str, anchors: list[str], covering: Sequence[_Span]) -> TextPiece:
    piece = TextPiece(text, anchors)
    findings = [span for span in covering if span.kind == "finding"]
    if findings:
        piece.severity = min((span.severity for span in findings), key=SEVERITIES.index)
        piece.numbers = " ".join(str(span.number) for span in findings)
    piece.related = " ".join(str(span.number) for span in covering if span.kind == "related")
    for span in covering:
        if span.kind == "figure":
            piece.figure, piece.title = span.figure, span.title
    piece.is_lead = any(span.kind == "lead" for span in covering)
    return piece


def _arranged(paragraphs: Sequence[TextParagraph], language: Language) -> list[TextGroup]:
    """Cells of one table together, headers and footnotes apart with their name, a line where a page ends."""

    def key(one: TextParagraph) -> tuple[str, object]:
        if one.block.kind == "cell":
            return "table", one.block.place.table
        if one.block.kind == "paragraph":
            return "text", one.block.place.page
        return "apart", one.block.kind

    groups: list[TextGroup] = []
    page = 0
    for (kind, _), some in groupby(paragraphs, key):
        members = list(some)
        found = members[0].block.place.page
        if found and page and found != page:
            groups.append(TextGroup("page", label=page_word("page", language, page=found)))
        page = found or page
        if kind == "table":
            rows = [
                [list(cell) for _, cell in groupby(row, lambda one: one.block.place.column)]
                for _, row in groupby(members, lambda one: one.block.place.row)
            ]
            groups.append(TextGroup("table", rows=rows))
        elif kind == "apart":
            label = place_words(DraftPlace(), members[0].block.kind, language)
            groups.append(TextGroup("apart", members, label=label))
        else:
            groups.append(TextGroup("text", members))
    return groups
