"""A checked draft made ready to be shown: every finding with its sentence, place and excerpt, every figure with its value.

The terminal, JSON, the page and the Word comments all show one sheet (核对单), so that they never say different things. A sheet
holds plain values only and may travel between processes. Nothing here knows how findings are made or where books are kept.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from decimal import Decimal
from pathlib import PurePath
from typing import TYPE_CHECKING, Any, Final

from shuzhi.core.checking.model import (
    SEVERITIES,
    Block,
    Draft,
    DraftPlace,
    Finding,
    FindingKind,
    FindingSeverity,
    OutlineNode,
    TextFigure,
)
from shuzhi.core.problems import Problem
from shuzhi.messages import Language, render
from shuzhi.messages.checking import finding_sentence, page_word, place_words

if TYPE_CHECKING:
    from shuzhi.core.checking.comparing import Outcome
    from shuzhi.core.checking.matching import How

_CONTEXT: Final = 18  # characters of the draft on either side of an excerpt
_PASSAGE: Final = 30  # of another report's passage in a sentence
_LONGEST: Final = 60  # of the excerpt itself; the middle of a longer one is left out


@dataclass(frozen=True, slots=True)
class Excerpt:
    """The words a finding speaks of, with what stands around them on the same line."""

    before: str
    words: str
    after: str


@dataclass(frozen=True, slots=True)
class Beside:
    """What another report says in the same words, to be shown next to the draft's own."""

    name: str
    passage: str
    start: int = 0  #: of the draft's own passage
    end: int = 0


@dataclass(frozen=True, slots=True)
class SheetFinding:
    """A finding as it is shown."""

    number: int  #: from 1, in the order of the draft
    code: str
    severity: FindingSeverity
    area: str
    start: int
    end: int
    sentence: str
    expected: str
    has_replacement: bool
    related: tuple[tuple[int, int], ...]
    place: DraftPlace
    place_words: str
    excerpt: Excerpt
    besides: tuple[Beside, ...] = ()  #: of one other report

    @property
    def has_expected(self) -> bool:
        """Whether it is known what should stand there (also nothing at all)."""
        return bool(self.expected) or self.has_replacement

    @property
    def adds_expected(self) -> bool:
        """Whether the sentence leaves it to be said what should stand there."""
        return self.has_expected and not (self.expected and self.expected in self.sentence)


@dataclass(frozen=True, slots=True)
class BookValue:
    """What the books say of a figure, ready to be shown."""

    outcome: Outcome
    shown: str  #: the books' value as the draft would print it; "" when there is none
    title: str  #: of the indicator it is taken for
    organisation: str = ""
    period: str = ""
    how: How = "none"
    confidence: str = ""  #: decimal, 0 to 1
    candidates: tuple[str, ...] = ()  #: titles of the next best indicators

    @property
    def has_ledger(self) -> bool:
        """Whether it is taken for a figure of the books at all."""
        return bool(self.title)


@dataclass(frozen=True, slots=True)
class SheetFigure:
    """A figure as it is shown."""

    figure: TextFigure
    place: DraftPlace
    place_words: str
    book: BookValue | None = None

    @property
    def value(self) -> str:
        """The value in the base unit, "" for a placeholder."""
        return "" if self.figure.value is None else plain_number(self.figure.value)


@dataclass(frozen=True, slots=True)
class Sheet:
    """Everything that is shown of one file. With problems the file could not be read and the rest is empty."""

    path: str  #: as the user named it
    language: Language
    draft: Draft = field(default_factory=lambda: Draft(""))
    findings: tuple[SheetFinding, ...] = ()
    figures: tuple[SheetFigure, ...] = ()
    outline: tuple[OutlineNode, ...] = ()
    silenced: int = 0
    problems: tuple[Problem, ...] = ()
    notes: tuple[Problem, ...] = ()  #: what was not done, and why; nothing is wrong with the draft

    def count(self, severity: FindingSeverity) -> int:
        """How many findings of a severity there are."""
        return sum(one.severity == severity for one in self.findings)

    @property
    def is_wrong(self) -> bool:
        """Whether a script should stop: something is wrong, must not go out, or could not be read."""
        return bool(self.problems or self.count("wrong") or self.count("error"))

    @property
    def rank(self) -> tuple[int, ...]:
        """Sorts the worst file first."""
        counts = [self.count(severity) for severity in SEVERITIES]
        return (-bool(self.problems), -counts[0] - counts[1], *(-count for count in counts))


def short_names(paths: Sequence[str]) -> dict[str, str]:
    """Paths without the folder they share, for tables.

    Examples:
        >>> short_names(["年报/甲村.docx", "年报/乙/乙村.docx"])
        {'年报/甲村.docx': '甲村.docx', '年报/乙/乙村.docx': '乙/乙村.docx'}
    """
    parts = [PurePath(path).parts for path in paths]
    shared = 0
    while all(len(one) > shared + 1 and one[shared] == parts[0][shared] for one in parts):
        shared += 1
    return {path: str(PurePath(*one[shared:])) for path, one in zip(paths, parts, strict=True)}


def make_sheet(
    path: str,
    draft: Draft,
    figures: Sequence[TextFigure],
    findings: Sequence[Finding],
    kinds: Mapping[str, FindingKind],
    *,
    outline: Sequence[OutlineNode] = (),
    language: Language = "zh",
    with_notes: bool = False,
    silenced: int = 0,
    books: Mapping[int, BookValue] | None = None,
    notes: Sequence[Problem] = (),
) -> Sheet:
    """The sheet of a checked draft.

    Args:
        path: The file as the user named it.
        draft: The draft that was checked.
        figures: Its figures, in order.
        findings: What was found, in any order.
        kinds: Every kind of finding by code, for the area.
        outline: Its parts, for a page that looks like a document.
        language: Of the sentences.
        with_notes: Whether findings of severity info are shown, too.
        silenced: How many findings the office has silenced.
        books: What the books say of a figure, by its index in `figures`.
        notes: What was not done with this draft.
    """
    told, pairs, left_out = _by_pairs(findings)
    # what another report says, too, comes last: a number that cannot be must not drown in it
    shown = sorted(
        (one for one in told if with_notes or one.severity != "info"),
        key=lambda one: (
            kinds[one.code].area == _SIMILARITY,
            one.start,
            one.end,
            SEVERITIES.index(one.severity),
            one.code,
        ),
    )
    if left_out:
        params = {"count": left_out, "limit": _PAIRS}
        notes = (*notes, Problem("CHECK_013", params, severity="warning"))
    blocks = draft_blocks(draft)
    known = books or {}

    def at(offset: int) -> tuple[DraftPlace, str]:
        # not Draft.place_of, which counts the lines of a plain text anew for each place
        block = block_at(blocks, offset) or Block(0, 0)
        return block.place, place_words(block.place, block.kind, language)

    made: list[SheetFinding] = []
    for number, one in enumerate(shown, 1):
        place, said = at(one.start)
        made.append(
            SheetFinding(
                number=number,
                code=one.code,
                severity=one.severity,
                area=kinds[one.code].area,
                start=one.start,
                end=one.end,
                sentence=_sentence(one, pairs, language),
                expected=one.expected,
                has_replacement=one.has_replacement,
                related=one.related,
                place=place,
                place_words=said,
                excerpt=excerpt(draft.text, one.start, one.end),
                besides=_besides(one, pairs),
            )
        )
    return Sheet(
        path=path,
        language=language,
        draft=draft,
        findings=tuple(made),
        figures=tuple(
            SheetFigure(one, *at(one.start), known.get(index)) for index, one in enumerate(figures)
        ),
        outline=tuple(outline),
        silenced=silenced,
        notes=tuple(notes),
    )


# ── what stands in another report, too ────────────────────────────────────────────────────────────────────────────────

_SIMILARITY: Final = "similarity"
#: Passages shared with one other report, and how much of the draft they are.
_PASSAGES: Final = frozenset({"SIMILARITY_001", "SIMILARITY_002"})
_WHOLE: Final = frozenset({"SIMILARITY_005", "SIMILARITY_006"})
#: With so many other reports, those that share most, a draft is shown side by side.
_PAIRS: Final = 3


@dataclass(frozen=True, slots=True)
class _Pair:
    """A draft and one other report: what they share."""

    whole: Finding | None
    passages: tuple[Finding, ...]

    @property
    def percent(self) -> int:
        """Percent of the draft that stands in the other report."""
        return int(str(self.whole.params.get("percent", 0))) if self.whole else 0


def _by_pairs(findings: Sequence[Finding]) -> tuple[list[Finding], dict[str, _Pair], int]:
    """One finding for each other report instead of one for each passage.

    Returns:
        The findings to show, the pairs by the other report's name, and how many other reports are left out.
    """
    passages: dict[str, list[Finding]] = {}
    wholes: dict[str, Finding] = {}
    told: list[Finding] = []
    for one in findings:
        name = str(one.params.get("name", ""))
        if one.code in _PASSAGES:
            passages.setdefault(name, []).append(one)
        elif one.code in _WHOLE:
            wholes[name] = one
        else:
            told.append(one)
    pairs = {}
    for name in {**passages, **wholes}:
        ordered = sorted(passages.get(name, ()), key=lambda one: (one.start, one.end))
        pairs[name] = _Pair(wholes.get(name), tuple(ordered))
    told += [pair.whole for pair in pairs.values() if not pair.passages and pair.whole]
    sharing = [name for name, pair in pairs.items() if pair.passages]
    sharing.sort(key=lambda name: (-pairs[name].percent, -len(pairs[name].passages), name))
    told += [_spoken_for(pairs[name]) for name in sharing[:_PAIRS]]
    return told, pairs, len(sharing[_PAIRS:])


def _spoken_for(pair: _Pair) -> Finding:
    """The one finding that stands for a pair: the gravest, at its place, with the others' places."""
    grave = [pair.whole] if pair.whole and pair.whole.severity != "info" else []
    chosen = min((*grave, *pair.passages), key=lambda one: SEVERITIES.index(one.severity))
    places = [(one.start, one.end) for one in pair.passages]
    return replace(
        chosen, related=tuple(one for one in places if one != (chosen.start, chosen.end))
    )


def _sentence(one: Finding, pairs: Mapping[str, _Pair], language: Language) -> str:
    said = finding_sentence(_without_passage(one), language)
    pair = pairs.get(str(one.params.get("name", "")))
    if one.code not in _PASSAGES or pair is None or len(pair.passages) < 2:
        return said
    params = {"percent": pair.percent, "name": one.params["name"], "count": len(pair.passages)}
    return page_word("shared", language, **params) + said


def _besides(one: Finding, pairs: Mapping[str, _Pair]) -> tuple[Beside, ...]:
    pair = pairs.get(str(one.params.get("name", "")))
    is_pair = pair is not None and one.code in _PASSAGES | _WHOLE
    members = pair.passages if pair is not None and is_pair else (one,)
    return tuple(
        Beside(str(each.params["name"]), str(each.params["passage"]), each.start, each.end)
        for each in members
        if each.params.get("passage")
    )


def _without_passage(finding: Finding) -> Finding:
    """The finding with only the first words of the other report's passage, which is shown beside."""
    passage = str(finding.params.get("passage", ""))
    if len(passage) <= _PASSAGE:
        return finding
    return replace(finding, params={**finding.params, "passage": f"{passage[:_PASSAGE]}……"})


def plain_number(value: Decimal) -> str:
    """A number without exponent and trailing zeros; a draft may hold numbers that no ledger would take.

    Examples:
        >>> plain_number(Decimal("1E+3")), plain_number(Decimal("48.2500")), plain_number(Decimal("-0"))
        ('1000', '48.25', '0')
    """
    text = format(value, "f")
    text = text.rstrip("0").rstrip(".") if "." in text else text
    return "0" if text == "-0" else text


def draft_blocks(draft: Draft) -> tuple[Block, ...]:
    """The blocks of a draft; of a plain text its lines."""
    if draft.blocks:
        return draft.blocks
    blocks = []
    start = 0
    for number, line in enumerate(draft.text.split("\n"), 1):
        blocks.append(Block(start, start + len(line), place=DraftPlace(line=number)))
        start += len(line) + 1
    return tuple(blocks)


def block_at(blocks: Sequence[Block], offset: int) -> Block | None:
    """The block a character stands in or, between blocks, the one before it."""
    low, high = 0, len(blocks)
    while low < high:
        middle = (low + high) // 2
        if blocks[middle].start <= offset:
            low = middle + 1
        else:
            high = middle
    return blocks[max(low - 1, 0)] if blocks else None


def excerpt(text: str, start: int, end: int) -> Excerpt:
    """The words at [start, end) with their surroundings; line ends become a mark, a long middle is left out.

    Examples:
        >>> excerpt("全村412户，其中脱贫户71户。", 2, 6)
        Excerpt(before='全村', words='412户', after='，其中脱贫户71户。')
    """
    words = text[start:end]
    if len(words) > _LONGEST:
        words = f"{words[: _LONGEST // 2]}……{words[-_LONGEST // 2 :]}"
    line_start = text.rfind("\n", 0, start) + 1
    line_end = text.find("\n", end)
    line_end = len(text) if line_end < 0 else line_end
    before = text[max(start - _CONTEXT, line_start) : start]
    after = text[end : min(end + _CONTEXT, line_end)]
    if start - _CONTEXT > line_start:
        before = "…" + before
    if end + _CONTEXT < line_end:
        after += "…"
    return Excerpt(before, words.replace("\n", "⏎"), after)


# ── JSON ──────────────────────────────────────────────────────────────────────────────────────────────────────────────


def sheet_document(sheet: Sheet) -> dict[str, Any]:
    """A sheet as one entry of the `files` of `shuzhi check --json`."""
    document: dict[str, Any] = {"path": sheet.path}
    if sheet.problems:
        document["problems"] = [
            {"code": one.code, "message": render(one, sheet.language)} for one in sheet.problems
        ]
    elif sheet.draft.format != "txt":
        # offsets count characters of what was read out of the file, so it is given along
        document["text"] = sheet.draft.text
    if sheet.notes:
        document["notes"] = [
            {"code": one.code, "message": render(one, sheet.language)} for one in sheet.notes
        ]
    return document | {
        "figures": [_figure_document(one) for one in sheet.figures],
        "findings": [_finding_document(one) for one in sheet.findings],
    }


def _figure_document(one: SheetFigure) -> dict[str, Any]:
    figure = one.figure
    document: dict[str, Any] = {
        "start": figure.start,
        "end": figure.end,
        "text": figure.text,
        "value": None if figure.value is None else plain_number(figure.value),
        "unit": figure.unit,
        "kind": figure.role,
        "approx": figure.approx,
        "subject": figure.subject,
        "organisation": figure.organisation,
        "period": figure.period,
        "upper": None if figure.upper is None else plain_number(figure.upper),
        "word": figure.word,
        "per": figure.per,
        "place": _place_document(one.place, one.place_words),
    }
    if one.book is not None:
        document["books"] = {
            "outcome": one.book.outcome,
            "value": one.book.shown,
            "indicator": one.book.title,
            "organisation": one.book.organisation,
            "period": one.book.period,
            "how": one.book.how,
            "confidence": one.book.confidence,
            "candidates": list(one.book.candidates),
        }
    return document


def _finding_document(one: SheetFinding) -> dict[str, Any]:
    document: dict[str, Any] = {
        "code": one.code,
        "severity": one.severity,
        "start": one.start,
        "end": one.end,
        "message": one.sentence,
        "expected": one.expected if one.has_expected else None,
        "area": one.area,
        "related": [list(pair) for pair in one.related],
        "has_replacement": one.has_replacement,
        "place": _place_document(one.place, one.place_words),
    }
    if one.besides:
        document["beside"] = [
            {"name": each.name, "start": each.start, "end": each.end, "passage": each.passage}
            for each in one.besides
        ]
    return document


def _place_document(place: DraftPlace, words: str) -> dict[str, Any]:
    numbers = ("paragraph", "page", "line", "table", "row", "column")
    document: dict[str, Any] = {
        name: getattr(place, name) for name in numbers if getattr(place, name)
    }
    if place.part:
        document["part"] = place.part
    return document | {"words": words}
