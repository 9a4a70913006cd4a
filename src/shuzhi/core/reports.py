"""Reports (报告) composed from definitions: a template and a year's figures become a tree of headings and sentences.

A sentence stands only when every figure in it is known; what had to be left out is listed, so that the secretary knows
which ledger to complete before the debrief, and no placeholder is ever printed. Each printed number keeps the identity
of its figure, by which Word, the page and the PDF lead back to the rows. Nothing here knows a file format, a database
or a clock.
"""

from __future__ import annotations

import hashlib
import re
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from decimal import Decimal, InvalidOperation
from functools import lru_cache
from typing import Any, Literal

from shuzhi.core.definitions import (
    Catalogue,
    EachDef,
    FieldDef,
    ParagraphDef,
    PointDef,
    ReportDef,
    SectionDef,
    SentenceDef,
)
from shuzhi.core.figures import Figure, FigureId, FigureKind, FigureSource, Trace, TraceRow
from shuzhi.core.formatting import Display, format_date, format_value, parse_style
from shuzhi.core.formulas import FIGURE_FUNCTIONS, parse_expression
from shuzhi.core.numerals import ordinal_heading, point
from shuzhi.core.periods import (
    Period,
    format_period,
    half,
    next_year,
    parse_period,
    previous_year,
    since,
    up_to,
    year,
)
from shuzhi.core.problems import Place, Problem, ProblemsError
from shuzhi.core.quantities import Units

#: What a required section says when none of its sentences could be written.
EMPTY_SECTION = "（本部分尚无已入账的数据，待补。）"

#: Word refuses longer tags and titles of content controls.
TAG_LIMIT = 64

_DEEPEST_HEADING = 4
_PLAIN_WORDS = frozenset(
    {"organisation", "full_organisation", "superior", "year", "next_year", "previous_year"}
)
_EACH_WORDS = frozenset({"label", "value", "title", "unit"})
_FORECAST_WORDS = ("预计", "预期", "预算", "计划", "目标", "力争", "确保", "拟")


# ── slots ─────────────────────────────────────────────────────────────────────────────────────────────────────────────

_SLOT = re.compile(
    r"\{(?P<key>[^{}@!:|]*)(?:@(?P<period>[^{}!:|]*))?(?P<target>!target)?"
    r"(?::(?P<unit>[^{}|]*))?(?:\|(?P<style>[^{}]*))?\}"
)
_KEY = re.compile(r"[a-z][a-z0-9_]*(?:\.[a-z][a-z0-9_]*)?\Z")
_SINCE = re.compile(r"since(\d{4})\Z")
_PERIOD_WORDS = frozenset({"year", "h1", "previous", "next", "total", "h1next"})


@dataclass(frozen=True, slots=True)
class Slot:
    """A place in a template's text. `unit` None = the indicator's own unit, "" = the number alone."""

    key: str
    period: str = "year"
    target: bool = False
    unit: str | None = None
    style: str = ""


@lru_cache(maxsize=8192)
def parse_template(text: str) -> tuple[str | Slot, ...]:
    """Literal texts and slots in order. Raises ValueError naming what is malformed.

    Examples:
        >>> parse_template("现有果园{orchard_area:亩}。")
        ('现有果园', Slot(key='orchard_area', period='year', target=False, unit='亩', style=''), '。')
    """
    parts: list[str | Slot] = []
    at = 0
    for match in _SLOT.finditer(text):
        if match.start() > at:
            parts.append(text[at : match.start()])
        key = match["key"]
        word = match["period"] if match["period"] is not None else "year"
        if not _KEY.match(key):
            raise ValueError(match[0])
        if word not in _PERIOD_WORDS and not _SINCE.match(word):
            raise ValueError(match[0])
        parts.append(
            Slot(key, word, match["target"] is not None, match["unit"], match["style"] or "")
        )
        at = match.end()
    if at < len(text):
        parts.append(text[at:])
    for part in parts:
        if isinstance(part, str) and ("{" in part or "}" in part):
            raise ValueError(part)
    return tuple(parts)


def slot_period(word: str, of_year: int) -> Period:
    """The months a period word of a slot means in a report on the year `of_year`.

    Examples:
        >>> slot_period("h1next", 2023)
        Period(start=202401, end=202407)
    """
    here = year(of_year)
    found = _SINCE.match(word)
    if found:
        return since(int(found[1]), here)
    if word == "h1":
        return half(of_year, 1)
    if word == "h1next":
        return half(of_year + 1, 1)
    if word == "total":
        return up_to(here)
    return {"year": here, "previous": previous_year(here), "next": next_year(here)}[word]


# ── identities of printed figures ─────────────────────────────────────────────────────────────────────────────────────


@dataclass(frozen=True, slots=True)
class SlotIdentity:
    """What a printed figure is and how it is printed: all that is needed to print it again from newer books.

    `bare` prints the number without its unit.
    """

    figure: FigureId
    unit: str
    style: str = ""
    bare: bool = False


_KIND_CODES: dict[FigureKind, str] = {"actual": "a", "target": "t", "parameter": "p"}
_KIND_NAMES: dict[str, FigureKind] = {code: kind for kind, code in _KIND_CODES.items()}


def _escape(text: str) -> str:
    return text.replace("%", "%25").replace("|", "%7C").replace("=", "%3D").replace("#", "%23")


def _unescape(text: str) -> str:
    return text.replace("%23", "#").replace("%3D", "=").replace("%7C", "|").replace("%25", "%")


def identity_text(identity: SlotIdentity) -> str:
    """The identity in full, of whatever length; `parse_tag` reads it back."""
    figure = identity.figure
    parts = [
        "s1",
        figure.indicator,
        figure.organisation,
        format_period(figure.period, "code"),
        _KIND_CODES[figure.kind],
        _escape(identity.unit),
        ("#" if identity.bare else "") + _escape(identity.style),
    ]
    if figure.breakdown is not None:
        parts.append(f"{_escape(figure.breakdown[0])}={_escape(figure.breakdown[1])}")
    return "|".join(parts)


def tag_of(identity: SlotIdentity) -> str:
    """The identity in at most 64 characters: in full where it fits, else a digest of it."""
    full = identity_text(identity)
    if len(full) <= TAG_LIMIT:
        return full
    return digest_tag(identity_digest(full))


def identity_digest(full: str) -> str:
    """A digest of an identity text, for places too short for the text."""
    return hashlib.sha256(full.encode()).hexdigest()[:24]


def digest_tag(digest: str) -> str:
    """The tag that stands for an identity of which only the digest is known."""
    return f"s1#{digest}"


def is_tag(text: str) -> bool:
    """True when a content control's tag was written by Shuzhi."""
    return text.startswith(("s1|", "s1#"))


def parse_tag(text: str) -> SlotIdentity | None:
    """The identity a tag or an identity text holds.

    None for what is not ours or damaged, and for a digest, whose identity the rendering keeps in a part of its own.
    """
    parts = text.split("|")
    if parts[0] != "s1" or len(parts) not in (7, 8) or parts[4] not in _KIND_NAMES:
        return None
    try:
        period = parse_period(parts[3])
    except ProblemsError:
        return None
    breakdown = None
    if len(parts) == 8:
        by, equals, label = parts[7].partition("=")
        if not equals:
            return None
        breakdown = (_unescape(by), _unescape(label))
    figure = FigureId(parts[1], parts[2], period, _KIND_NAMES[parts[4]], breakdown)
    bare = parts[6].startswith("#")
    return SlotIdentity(figure, _unescape(parts[5]), _unescape(parts[6][bare:]), bare)


def show_figure(figure: Figure, identity: SlotIdentity, units: Units) -> str | None:
    """The text a figure is printed as; None when it is not known."""
    if figure.value is None:
        return None
    display = format_value(figure.value, identity.unit, units, identity.style)
    return display.number if identity.bare else display.text


# ── the composed report ───────────────────────────────────────────────────────────────────────────────────────────────


def figure_title(figure: Figure) -> str:
    """A figure's name, with the part it is narrowed to: 果园面积（丰产园）."""
    part = figure.id.breakdown
    return f"{figure.title}（{part[1] or '未注明'}）" if part else figure.title


@dataclass(frozen=True, slots=True)
class OrganisationName:
    """The organisation a report speaks for, as its text names it; `superior` is a name, too."""

    code: str
    name: str
    full_name: str = ""
    superior: str = ""
    level: str = ""


@dataclass(frozen=True, slots=True)
class TextRun:
    """Words without a figure."""

    text: str


@dataclass(frozen=True, slots=True)
class FigureRun:
    """A printed figure; `number` counts the report's figures from 1, in the order of reading."""

    figure: Figure
    display: Display
    identity: SlotIdentity
    number: int = 0

    @property
    def text(self) -> str:
        """As printed: 601.5亩, or the number alone where the template says the unit itself."""
        return self.display.number if self.identity.bare else self.display.text

    @property
    def title(self) -> str:
        """The figure's name, with the part it is narrowed to: 果园面积（丰产园）."""
        return figure_title(self.figure)


Run = TextRun | FigureRun


def tag(run: FigureRun) -> str:
    """The tag of a printed figure's content control."""
    return tag_of(run.identity)


@dataclass(frozen=True, slots=True)
class Heading:
    """A heading with its number: level 1 一、 2 （一） 3 1. 4 （1）."""

    level: int
    number: str
    text: str


@dataclass(frozen=True, slots=True)
class Paragraph:
    """A paragraph of words and figures."""

    runs: tuple[Run, ...]

    @property
    def text(self) -> str:
        return "".join(run.text for run in self.runs)


@dataclass(frozen=True, slots=True)
class Section:
    """A heading with what stands under it."""

    heading: Heading
    paragraphs: tuple[Paragraph, ...] = ()
    sections: tuple[Section, ...] = ()


MissingReason = Literal["figure", "parameter", "target", "breakdown", "rows", "targets", "section"]


@dataclass(frozen=True, slots=True)
class MissingFigure:
    """Why a sentence (or a required section) could not be written, and which ledger would mend it.

    `reason`: figure, parameter, target: not known · breakdown: a part is not known or there is none · rows: no row to quote, or a
    quoted field is blank · targets: none promised · section: nothing of a required section could be written.
    """

    indicator: str
    title: str
    organisation: str
    period: str
    ledger: str  #: title of the ledger to complete; several joined with 、
    sentence: str  #: the sentence left out, with 〔…〕 in place of its figures
    reason: MissingReason = "figure"


@dataclass(frozen=True, slots=True)
class ComposedReport:
    """A report ready to be rendered: title, addressee, lead, numbered sections, closing, signature, date."""

    key: str
    version: int
    organisation: OrganisationName
    year: int
    date: str  #: ISO
    as_of: int
    title: str
    addressee: str
    lead: tuple[Paragraph, ...]
    sections: tuple[Section, ...]
    closing: tuple[Paragraph, ...]
    signature: str
    missing: tuple[MissingFigure, ...] = ()
    optional_missing: tuple[
        MissingFigure, ...
    ] = ()  #: the same for optional sentences, which nobody need mend
    quotes_rows: bool = False  #: rows of a ledger are quoted somewhere in the text

    def blocks(self) -> Iterator[Heading | Paragraph]:
        """Headings and paragraphs in the order of reading."""
        yield from self.lead
        for section in self.sections:
            yield from _section_blocks(section)
        yield from self.closing

    @property
    def figures(self) -> tuple[FigureRun, ...]:
        """Every printed figure, in the order of its number."""
        return tuple(
            run
            for block in self.blocks()
            if isinstance(block, Paragraph)
            for run in block.runs
            if isinstance(run, FigureRun)
        )

    @property
    def is_empty(self) -> bool:
        """True when nothing of the books is in the text: no actual figure and no quoted row, at most targets and parameters."""
        return not self.quotes_rows and not any(
            run.figure.id.kind == "actual" for run in self.figures
        )

    def plain_text(self) -> str:
        """The whole report as lines of text."""
        lines = [self.title]
        if self.addressee:
            lines.append(self.addressee)
        for block in self.blocks():
            lines.append(block.number + block.text if isinstance(block, Heading) else block.text)
        if self.signature:
            lines.append(self.signature)
        lines.append(format_date(self.date))
        return "\n".join(lines)


def _section_blocks(section: Section) -> Iterator[Heading | Paragraph]:
    yield section.heading
    yield from section.paragraphs
    for inner in section.sections:
        yield from _section_blocks(inner)


# ── checking a template against the catalogue ─────────────────────────────────────────────────────────────────────────


def check_report(report: ReportDef, catalogue: Catalogue, units: Units) -> list[Problem]:
    """Everything in a template that could not be composed: broken slots, unknown indicators, units, ledgers, fields."""
    return list(_TemplateCheck(report, catalogue, units).run())


class _TemplateCheck:
    def __init__(self, report: ReportDef, catalogue: Catalogue, units: Units):
        self.report = report
        self.catalogue = catalogue
        self.units = units

    def run(self) -> Iterator[Problem]:
        report = self.report
        for path, text in (
            ("heading", report.heading),
            ("addressee", report.addressee),
            ("signature", report.signature),
        ):
            yield from self._plain(path, text)
        yield from self._paragraphs("lead", report.lead)
        yield from self._sections("sections", report.sections, 1)
        yield from self._paragraphs("closing", report.closing)

    def _problem(self, code: str, path: str, **params: object) -> Problem:
        return Problem(code, {"report": self.report.key, **params}, Place(path=path))

    def _sections(self, path: str, sections: Sequence[SectionDef], level: int) -> Iterator[Problem]:
        for index, section in enumerate(sections):
            here = f"{path}[{index}]"
            if level > _DEEPEST_HEADING:
                yield self._problem(
                    "REPORT_007", here, heading=section.heading, deepest=_DEEPEST_HEADING
                )
            yield from self._plain(f"{here}.heading", section.heading)
            yield from self._paragraphs(f"{here}.paragraphs", section.paragraphs)
            yield from self._sections(f"{here}.sections", section.sections, level + 1)

    def _paragraphs(self, path: str, paragraphs: Sequence[ParagraphDef]) -> Iterator[Problem]:
        for index, paragraph in enumerate(paragraphs):
            here = f"{path}[{index}]"
            yield from self._sentence(f"{here}.lead", SentenceDef(paragraph.lead))
            for number, sentence in enumerate(paragraph.sentences):
                yield from self._sentence(f"{here}.sentences[{number}]", sentence)
            for number, one in enumerate(paragraph.points):
                yield from self._sentence(f"{here}.points[{number}].lead", SentenceDef(one.lead))
                for inner, sentence in enumerate(one.sentences):
                    yield from self._sentence(
                        f"{here}.points[{number}].sentences[{inner}]", sentence
                    )

    def _slots(self, path: str, text: str) -> tuple[list[Slot], list[Problem]]:
        try:
            return [part for part in parse_template(text) if isinstance(part, Slot)], []
        except ValueError as error:
            return [], [self._problem("REPORT_001", path, slot=str(error))]

    def _plain(self, path: str, text: str) -> Iterator[Problem]:
        slots, problems = self._slots(path, text)
        yield from problems
        for slot in slots:
            if slot.key not in _PLAIN_WORDS:
                words = "、".join(sorted(_PLAIN_WORDS))
                yield self._problem("REPORT_002", path, slot=slot.key, words=words)

    def _sentence(self, path: str, sentence: SentenceDef) -> Iterator[Problem]:
        slots, problems = self._slots(path, sentence.text)
        yield from problems
        has_each = any(slot.key == "each" for slot in slots)
        if has_each != (sentence.each is not None):
            yield self._problem("REPORT_006", path, text=sentence.text)
        for slot in slots:
            if slot.key != "each":
                yield from self._figure_slot(path, slot, sentence.text)
        if sentence.when:
            yield from self._condition(f"{path}.when", sentence.when)
        if sentence.each is not None:
            yield from self._each(f"{path}.each", sentence.each)

    def _figure_slot(self, path: str, slot: Slot, text: str) -> Iterator[Problem]:
        if slot.key in _PLAIN_WORDS:
            return
        kind, _, key = slot.key.rpartition(".")
        known: Mapping[str, Any] = (
            self.catalogue.parameters if kind == "parameter" else self.catalogue.indicators
        )
        if kind not in ("", "parameter") or key not in known:
            yield self._problem("REPORT_003", path, key=slot.key)
            return
        yield from self._printing(path, slot, known[key].unit)
        is_result = (
            not kind and not slot.target and not any(word in text for word in _FORECAST_WORDS)
        )
        if is_result and self.catalogue.indicators[key].forecast:
            words = "、".join(_FORECAST_WORDS)
            yield self._problem("REPORT_008", path, key=key, words=words)

    def _printing(self, path: str, slot: Slot, own_unit: str) -> Iterator[Problem]:
        """A unit the value can be printed in, and a style that exists."""
        if slot.unit and not self.units.is_convertible(slot.unit, own_unit):
            yield self._problem("REPORT_004", path, key=slot.key, unit=slot.unit, own=own_unit)
        try:
            parse_style(slot.style)
        except ProblemsError as error:
            yield from (replace(one, place=Place(path=path)) for one in error.problems)

    def _condition(self, path: str, text: str) -> Iterator[Problem]:
        try:
            expression = parse_expression(text)
        except ProblemsError as error:
            yield from (replace(one, place=Place(path=path)) for one in error.problems)
            return
        for name in sorted(expression.names):
            if name not in self.catalogue.indicators:
                yield self._problem("REPORT_003", path, key=name)
        for name in sorted(expression.functions & FIGURE_FUNCTIONS):
            yield self._problem("REPORT_009", path, condition=text, function=name)

    def _each(self, path: str, each: EachDef) -> Iterator[Problem]:
        own: frozenset[str] = _EACH_WORDS
        if each.over == "rows":
            ledger = self.catalogue.ledgers.get(each.ledger)
            if ledger is None:
                yield self._problem("REPORT_005", path, ledger=each.ledger)
                return
            own = frozenset(one.key for one in ledger.fields)
            order = each.order.removeprefix("-")
            if order and order not in own:
                yield self._problem("REPORT_003", f"{path}.order", key=order)
        elif (
            each.over == "breakdown" or each.indicator
        ) and each.indicator not in self.catalogue.indicators:
            yield self._problem("REPORT_003", path, key=each.indicator)
        if each.unit and each.unit not in self.units:
            yield self._problem("REPORT_004", path, key=each.indicator, unit=each.unit, own="")
        slots, problems = self._slots(f"{path}.text", each.text)
        yield from problems
        for slot in slots:
            if slot.key not in own:
                yield from self._figure_slot(f"{path}.text", slot, each.text)
            elif slot.unit and slot.unit != "unit" and slot.unit not in self.units:
                yield self._problem("REPORT_004", path, key=slot.key, unit=slot.unit, own="")


# ── composing ─────────────────────────────────────────────────────────────────────────────────────────────────────────


def compose(
    report: ReportDef,
    catalogue: Catalogue,
    units: Units,
    source: FigureSource,
    *,
    organisation: OrganisationName,
    year: int,
    date: str,
) -> ComposedReport:
    """Write the report of an organisation on a year from the figures of `source`.

    Args:
        report: The template.
        catalogue: Where indicators, ledgers and parameters are defined.
        units: How values are converted for printing.
        source: Figures at a fixed as-of point.
        organisation: Whom the report speaks for.
        year: The year reported on.
        date: ISO date of the document.

    Raises:
        ProblemsError: The template refers to what the catalogue does not have.
    """
    problems = check_report(report, catalogue, units)
    if problems:
        raise ProblemsError(problems)
    return _Composer(catalogue, units, source, organisation, year, date).compose(report)


@dataclass(frozen=True, slots=True)
class _Gap:
    """One reason why a sentence does not stand."""

    reason: MissingReason
    key: str
    title: str
    period: Period
    ledgers: tuple[str, ...]


@dataclass(slots=True)
class _Piece:
    """What became of one text: its runs, or the gaps that keep it out."""

    runs: list[Run] = field(default_factory=list)
    gaps: list[_Gap] = field(default_factory=list)


class _Composer:
    def __init__(
        self,
        catalogue: Catalogue,
        units: Units,
        source: FigureSource,
        organisation: OrganisationName,
        year: int,
        date: str,
    ):
        self.catalogue = catalogue
        self.units = units
        self.source = source
        self.organisation = organisation
        self.year = year
        self.date = date
        self.missing: list[MissingFigure] = []
        self.optional_missing: list[MissingFigure] = []
        self.quotes_rows = False
        self._figures: dict[FigureId, Figure] = {}
        self._plain = {
            "organisation": organisation.name,
            "full_organisation": organisation.full_name or organisation.name,
            "superior": organisation.superior,
            "year": str(year),
            "next_year": str(year + 1),
            "previous_year": str(year - 1),
        }

    def compose(self, report: ReportDef) -> ComposedReport:
        lead = self._paragraphs(report.lead)
        sections = self._sections(report.sections, 1)
        closing = self._paragraphs(report.closing)
        numbered = _Numbering()
        return ComposedReport(
            key=report.key,
            version=report.version,
            organisation=self.organisation,
            year=self.year,
            date=self.date,
            as_of=self.source.as_of,
            title=self._words(report.heading),
            addressee=self._words(report.addressee),
            lead=numbered.paragraphs(lead),
            sections=tuple(numbered.section(section) for section in sections),
            closing=numbered.paragraphs(closing),
            signature=self._words(report.signature),
            missing=tuple(dict.fromkeys(self.missing)),
            optional_missing=tuple(dict.fromkeys(self.optional_missing)),
            quotes_rows=self.quotes_rows,
        )

    # sections and paragraphs

    def _sections(self, definitions: Sequence[SectionDef], level: int) -> tuple[Section, ...]:
        kept: list[Section] = []
        for definition in definitions:
            paragraphs = self._paragraphs(definition.paragraphs)
            inner = self._sections(definition.sections, level + 1)
            text = self._words(definition.heading)
            if not paragraphs and not inner:
                if not definition.required:
                    continue
                paragraphs = (Paragraph((TextRun(EMPTY_SECTION),)),)
                self.missing.append(self._missing_section(definition, text))
            heading = Heading(level, ordinal_heading(level, len(kept) + 1), text)
            kept.append(Section(heading, paragraphs, inner))
        return tuple(kept)

    def _missing_section(self, definition: SectionDef, text: str) -> MissingFigure:
        ledgers: dict[str, None] = {}
        for sentence in _sentences_of(definition):
            for slot in parse_template(sentence.text):
                if isinstance(slot, Slot):
                    ledgers |= dict.fromkeys(self._ledgers_of(slot.key))
            if sentence.each is not None:
                if sentence.each.ledger:
                    ledgers[self.catalogue.ledgers[sentence.each.ledger].title.zh] = None
                ledgers |= dict.fromkeys(self._ledgers_of(sentence.each.indicator))
        return MissingFigure(
            indicator="",
            title=text,
            organisation=self.organisation.name,
            period=format_period(slot_period("year", self.year)),
            ledger="、".join(ledgers),
            sentence=EMPTY_SECTION,
            reason="section",
        )

    def _paragraphs(self, definitions: Sequence[ParagraphDef]) -> tuple[Paragraph, ...]:
        made = (self._paragraph(definition) for definition in definitions)
        return tuple(one for one in made if one is not None)

    def _paragraph(self, definition: ParagraphDef) -> Paragraph | None:
        sentences = self._sentences(definition.sentences)
        points = self._points(definition.points)
        runs = list(sentences)
        if points:
            runs = [*_ended(runs), *points]
        elif runs:
            runs = _ended(runs)
        if not runs and (definition.sentences or definition.points):
            return None
        if definition.lead:
            lead = self._lead(definition.lead, "：" if points and not sentences else "，")
            runs = [*lead, *runs] if runs else _ended(lead)
        return Paragraph(_merged(runs)) if runs else None

    def _points(self, definitions: Sequence[PointDef]) -> list[Run]:
        bodies: list[list[Run]] = []
        for definition in definitions:
            body = self._sentences(definition.sentences)
            if not body and definition.sentences:
                continue
            if definition.lead:
                body = [*self._lead(definition.lead, "。" if body else ""), *body]
            if body:
                bodies.append(body)
        # A semicolon must not divide what holds full stops inside (GB/T 15834).
        long = any(_has_inner_stop(body) for body in bodies)
        runs: list[Run] = []
        for index, body in enumerate(bodies):
            last = index == len(bodies) - 1
            if len(bodies) > 1:
                runs.append(TextRun(point(index + 1)))
            runs += _ended(body, "。" if long or last else "；", force=not (long or last))
        return runs

    def _lead(self, text: str, mark: str) -> list[Run]:
        """The opening words, divided from what follows by `mark` unless they end with a mark of their own."""
        piece = self._piece(text, {})
        if piece.gaps:
            self._list_gaps(piece.gaps, text)
            return []
        runs = list(piece.runs)
        if runs and mark and not _ends_with_mark(runs):
            runs.append(TextRun(mark))
        return runs

    def _sentences(self, definitions: Sequence[SentenceDef]) -> list[Run]:
        """The sentences that stand. One ending in ，、； is a clause and runs on into the next one that stands.

        Where figures were to be told and not one is known, the words around them do not stand either: they would claim work of
        which the books know nothing.
        """
        runs: list[Run] = []
        tells, told = False, False
        for definition in definitions:
            sentence = self._sentence(definition)
            if self._tells_figures(definition):
                tells, told = tells or not definition.optional, told or bool(sentence)
            if sentence:
                if runs and not _ends_with_mark(runs):
                    runs.append(TextRun("。"))
                runs += sentence
        return [] if tells and not told else runs

    @staticmethod
    def _tells_figures(definition: SentenceDef) -> bool:
        slots = (part for part in parse_template(definition.text) if isinstance(part, Slot))
        return any(slot.key not in _PLAIN_WORDS for slot in slots)

    # sentences

    def _sentence(self, definition: SentenceDef) -> list[Run]:
        gaps: list[_Gap] = []
        holds = self._holds(definition.when, gaps)
        if holds is False:
            return []
        runs: list[Run] = []
        if holds:
            own: dict[str, Callable[[Slot], _Piece]] = {}
            if definition.each is not None:
                each = definition.each
                own["each"] = lambda slot: self._each(each)
            piece = self._piece(definition.text, own)
            gaps += piece.gaps
            runs = piece.runs
        if gaps:
            self._list_gaps(gaps, definition.text, optional=definition.optional)
            return []
        if runs and definition.each is not None and definition.each.over == "rows":
            self.quotes_rows = True
        return runs

    def _holds(self, condition: str, gaps: list[_Gap]) -> bool | None:
        """Whether a sentence's condition is true; None, with the reasons, when that cannot be known."""
        if not condition:
            return True
        expression = parse_expression(condition)
        figures = {
            name: self._figure(self._identity(Slot(name))) for name in sorted(expression.names)
        }
        result = expression.evaluate({name: figure.value for name, figure in figures.items()})
        if result is None:
            gaps += [self._gap_of(one) for one in figures.values() if one.value is None]
            return None
        return bool(result)

    def _piece(self, text: str, own: Mapping[str, Callable[[Slot], _Piece]]) -> _Piece:
        """A text with its slots filled. `own` fills slots of this place alone and goes before all others."""
        whole = _Piece()
        for part in parse_template(text):
            if isinstance(part, str):
                whole.runs.append(TextRun(part))
            elif part.key in own:
                inner = own[part.key](part)
                whole.runs += inner.runs
                whole.gaps += inner.gaps
            elif part.key in self._plain:
                whole.runs.append(TextRun(self._plain[part.key]))
            else:
                figure = self._figure(self._identity(part))
                if figure.value is None:
                    whole.gaps.append(self._gap_of(figure))
                else:
                    whole.runs.append(self._run(figure, part.unit, part.style))
        return whole

    def _words(self, text: str) -> str:
        return "".join(
            part if isinstance(part, str) else self._plain[part.key]
            for part in parse_template(text)
        )

    # figures

    def _identity(self, slot: Slot) -> FigureId:
        period = slot_period(slot.period, self.year)
        if slot.key.startswith("parameter."):
            key = slot.key.removeprefix("parameter.")
            return FigureId(key, self.organisation.code, period, "parameter")
        kind: FigureKind = "target" if slot.target else "actual"
        return FigureId(slot.key, self.organisation.code, period, kind)

    def _figure(self, identity: FigureId) -> Figure:
        found = self._figures.get(identity)
        if found is None:
            found = self._figures[identity] = self.source.figure(identity)
        return found

    def _own_unit(self, identity: FigureId) -> str:
        if identity.kind == "parameter":
            return self.catalogue.parameters[identity.indicator].unit
        return self.catalogue.indicators[identity.indicator].unit

    def _run(self, figure: Figure, unit: str | None, style: str, bare: bool = False) -> FigureRun:
        if figure.value is None:
            raise ValueError(f"an unknown figure is never printed: {figure.id}")
        printed = unit or self._own_unit(figure.id)
        bare = bare or unit == ""
        # Without its unit a number cannot carry 余 or 近, and rounded without the word it would be untrue.
        kept_style = "" if bare else style
        identity = SlotIdentity(figure.id, printed, kept_style, bare)
        display = format_value(figure.value, printed, self.units, kept_style)
        return FigureRun(figure, display, identity)

    # repeated parts

    def _each(self, each: EachDef) -> _Piece:
        items: list[_Piece]
        if each.over == "rows":
            items = self._row_items(each)
        elif each.over == "breakdown":
            items = self._breakdown_items(each)
        else:
            items = self._target_items(each)
        joined = _Piece(gaps=[gap for item in items for gap in item.gaps])
        for item in items:
            if not item.runs:
                continue
            if joined.runs:
                joined.runs = [*_stripped(joined.runs), TextRun(each.join)]
            joined.runs += item.runs
        joined.runs = _stripped(joined.runs)
        return joined

    def _breakdown_items(self, each: EachDef) -> list[_Piece]:
        period = slot_period("year", self.year)
        parts = self.source.breakdown(each.indicator, self.organisation.code, period, each.by)
        # A part that came to nothing (all of its rows withdrawn) adds nothing to the list.
        standing = [(label, part) for label, part in parts if part.value is None or part.value != 0]
        if not standing:
            return [_Piece(gaps=[self._gap(each.indicator, period, "breakdown")])]
        return [
            self._figure_item(each, label or "未注明", part, "breakdown")
            for label, part in standing[: each.limit]
        ]

    def _target_items(self, each: EachDef) -> list[_Piece]:
        period = slot_period("next", self.year)
        found = [
            figure
            for figure in self.source.targets(self.organisation.code, period)
            if not each.indicator or figure.id.indicator == each.indicator
        ]
        if not found:
            ledgers = tuple(
                one.title.zh for one in self.catalogue.ledgers.values() if one.targets is not None
            )
            title = self._title(each.indicator) if each.indicator else "下一年目标"
            return [_Piece(gaps=[_Gap("targets", each.indicator, title, period, ledgers)])]
        return [
            self._figure_item(each, figure.title, figure, "target")
            for figure in found[: each.limit]
        ]

    def _figure_item(
        self, each: EachDef, label: str, figure: Figure, reason: MissingReason
    ) -> _Piece:
        if figure.value is None:
            return _Piece(gaps=[self._gap(figure.id.indicator, figure.id.period, reason)])
        own_unit = each.unit or self._own_unit(figure.id)
        says_unit = any(
            isinstance(part, Slot) and part.key == "unit" for part in parse_template(each.text)
        )

        def value(slot: Slot) -> _Piece:
            unit = own_unit if slot.unit in (None, "unit") else slot.unit
            return _Piece([self._run(figure, unit, slot.style, bare=says_unit)])

        return self._piece(
            each.text,
            {
                "label": lambda slot: _Piece([TextRun(label)]),
                "title": lambda slot: _Piece([TextRun(figure.title)]),
                "unit": lambda slot: _Piece([TextRun(own_unit)]),
                "value": value,
            },
        )

    def _row_items(self, each: EachDef) -> list[_Piece]:
        period = slot_period("year", self.year)
        ledger = self.catalogue.ledgers[each.ledger]
        rows = list(self.source.rows(each.ledger, self.organisation.code, period, each.where))
        if not rows:
            gap = _Gap("rows", "", ledger.title.zh, period, (ledger.title.zh,))
            return [_Piece(gaps=[gap])]
        if each.order:
            key = each.order.removeprefix("-")
            rows.sort(
                key=lambda row: _sort_key(row.values.get(key)), reverse=each.order.startswith("-")
            )
        fields = {one.key: one for one in ledger.fields}
        used = [
            part.key
            for part in parse_template(each.text)
            if isinstance(part, Slot) and part.key in fields
        ]
        items: list[_Piece] = []
        for row in rows[: each.limit]:
            # A row with a blank among the quoted fields is passed over: half a clause helps nobody.
            if all(row.values.get(name) not in (None, "") for name in used):
                items.append(self._row_item(each, fields, row.values))
        if not items:
            titles = "、".join(fields[name].title.zh for name in used)
            gap = _Gap("rows", "", titles, period, (ledger.title.zh,))
            return [_Piece(gaps=[gap])]
        return items

    def _row_item(
        self, each: EachDef, fields: Mapping[str, FieldDef], values: Mapping[str, Any]
    ) -> _Piece:
        def quote(name: str) -> Callable[[Slot], _Piece]:
            return lambda slot: _Piece([TextRun(self._quoted(fields[name], values[name], slot))])

        return self._piece(each.text, {name: quote(name) for name in fields})

    def _quoted(self, definition: FieldDef, value: Any, slot: Slot) -> str:
        """A row's field as a sentence quotes it."""
        if definition.type in ("quantity", "integer") and definition.unit:
            amount = self.units.to_base(Decimal(str(value)), definition.unit)
            display = format_value(amount, slot.unit or definition.unit, self.units, slot.style)
            return display.number if slot.unit == "" else display.text
        if definition.type == "date":
            return format_date(str(value))
        if definition.type == "month":
            return format_period(parse_period(str(value)))
        if definition.type == "boolean":
            return "是" if value else "否"
        if definition.type == "indicator" and value in self.catalogue.indicators:
            return self.catalogue.indicators[str(value)].title.zh
        if definition.type == "ledger" and value in self.catalogue.ledgers:
            return self.catalogue.ledgers[str(value)].title.zh
        return str(value).strip().rstrip("。；;")

    # what is missing

    def _title(self, key: str) -> str:
        if key.startswith("parameter."):
            return self.catalogue.parameters[key.removeprefix("parameter.")].title.zh
        return self.catalogue.indicators[key].title.zh

    def _gap(self, key: str, period: Period, reason: MissingReason) -> _Gap:
        return _Gap(reason, key, self._title(key), period, self._ledgers_of(key))

    def _gap_of(self, figure: Figure) -> _Gap:
        identity = figure.id
        if identity.kind == "parameter":
            key = identity.indicator
            title = self.catalogue.parameters[key].title.zh
            return _Gap("parameter", key, title, identity.period, ())
        if identity.kind == "target":
            ledgers = tuple(
                one.title.zh for one in self.catalogue.ledgers.values() if one.targets is not None
            )
            title = self._title(identity.indicator)
            return _Gap("target", identity.indicator, title, identity.period, ledgers)
        return self._gap(identity.indicator, identity.period, "figure")

    def _ledgers_of(self, key: str) -> tuple[str, ...]:
        return tuple(
            self.catalogue.ledgers[one].title.zh
            for one in ledgers_behind(key, self.catalogue)
            if one in self.catalogue.ledgers
        )

    def _list_gaps(self, gaps: Iterable[_Gap], text: str, *, optional: bool = False) -> None:
        sentence = self._described(text)
        listed = self.optional_missing if optional else self.missing
        listed += [
            MissingFigure(
                indicator=gap.key,
                title=gap.title,
                organisation=self.organisation.name,
                period=format_period(gap.period),
                ledger="、".join(gap.ledgers),
                sentence=sentence,
                reason=gap.reason,
            )
            for gap in gaps
        ]

    def _described(self, text: str) -> str:
        """The sentence as the list of missing figures shows it, with titles in place of figures."""
        words: list[str] = []
        for part in parse_template(text):
            if isinstance(part, str):
                words.append(part)
            elif part.key in self._plain:
                words.append(self._plain[part.key])
            elif part.key == "each":
                words.append("〔逐项列出〕")
            else:
                words.append(f"〔{self._title(part.key)}〕")
        return "".join(words)


def ledgers_behind(indicator: str, catalogue: Catalogue) -> tuple[str, ...]:
    """Keys of the ledgers an indicator reads, through the indicators it is derived from."""
    found: dict[str, None] = {}
    seen: set[str] = set()

    def follow(key: str) -> None:
        definition = catalogue.indicators.get(key)
        if definition is None or key in seen:
            return
        seen.add(key)
        if definition.source:
            found[definition.source] = None
        if definition.nature == "derived":
            for name in re.findall(r"[a-z][a-z0-9_]*", definition.value):
                follow(name)

    follow(indicator)
    return tuple(found)


def _sentences_of(section: SectionDef) -> Iterator[SentenceDef]:
    for paragraph in section.paragraphs:
        yield from paragraph.sentences
        for one in paragraph.points:
            yield from one.sentences
    for inner in section.sections:
        yield from _sentences_of(inner)


def _sort_key(value: Any) -> tuple[int, Decimal, str]:
    """Numbers by size, then words; blanks first."""
    if value is None or value == "":
        return (0, Decimal(0), "")
    try:
        return (1, Decimal(str(value)), "")
    except InvalidOperation:
        return (2, Decimal(0), str(value))


class _Numbering:
    """Numbers the figures of a finished tree, so that what was left out leaves no gap."""

    def __init__(self) -> None:
        self.last = 0

    def paragraphs(self, paragraphs: Sequence[Paragraph]) -> tuple[Paragraph, ...]:
        return tuple(Paragraph(tuple(self._run(run) for run in one.runs)) for one in paragraphs)

    def section(self, section: Section) -> Section:
        return Section(
            section.heading,
            self.paragraphs(section.paragraphs),
            tuple(self.section(inner) for inner in section.sections),
        )

    def _run(self, run: Run) -> Run:
        if isinstance(run, TextRun):
            return run
        self.last += 1
        return replace(run, number=self.last)


# ── punctuation ───────────────────────────────────────────────────────────────────────────────────────────────────────

_STOPS = "。！？"
_CLAUSE_MARKS = "；;，,、"
_MARKS = _STOPS + _CLAUSE_MARKS + "：:…"
_CLOSERS = "”’）》〕"


def _merged(runs: Iterable[Run]) -> tuple[Run, ...]:
    merged: list[Run] = []
    for run in runs:
        if isinstance(run, TextRun):
            if not run.text:
                continue
            if merged and isinstance(merged[-1], TextRun):
                merged[-1] = TextRun(merged[-1].text + run.text)
                continue
        merged.append(run)
    return tuple(merged)


def _text(runs: Iterable[Run]) -> str:
    return "".join(run.text for run in runs)


def _ends_with_mark(runs: Sequence[Run]) -> bool:
    text = _text(runs).rstrip()
    return text[-1:] in tuple(_MARKS) or (
        text[-1:] in tuple(_CLOSERS) and text[-2:-1] in tuple(_STOPS)
    )


def _stripped(runs: Sequence[Run], marks: str = _CLAUSE_MARKS + "。") -> list[Run]:
    """Without the marks a clause ends with, so that none doubles when another is set behind."""
    kept = list(_merged(runs))
    if kept and isinstance(kept[-1], TextRun):
        text = kept[-1].text.rstrip().rstrip(marks)
        kept[-1:] = [TextRun(text)] if text else []
    return kept


def _ended(runs: Sequence[Run], mark: str = "。", *, force: bool = False) -> list[Run]:
    """With `mark` at the end, in place of a clause's mark; a stop, colon or closed quotation of its own stays unless `force`."""
    kept = _stripped(runs, _CLAUSE_MARKS + ("。" if force else ""))
    if not kept:
        return []
    if not force and _ends_with_mark(kept):
        return kept
    return [*kept, TextRun(mark)]


def _has_inner_stop(runs: Sequence[Run]) -> bool:
    return any(mark in _text(runs).rstrip().rstrip("。" + _CLAUSE_MARKS) for mark in _STOPS)


# ── the annex: where each figure comes from ───────────────────────────────────────────────────────────────────────────


@dataclass(frozen=True, slots=True)
class AnnexRow:
    """One row behind a figure: what it is, when, of which organisation, how much (in the figure's base unit)."""

    label: str
    date: str
    organisation: str
    amount: str  #: "" when the row is blank here
    adjusting: bool = False
    elsewhere: bool = (
        False  #: kept by another organisation than the figure's own, which is then named
    )

    @property
    def name(self) -> str:
        """The row as a list names it: 甲村001; a label that says the organisation itself stays as it is."""
        if not self.elsewhere or self.label.startswith(self.organisation):
            return self.label
        return f"{self.organisation}{self.label}"


@dataclass(frozen=True, slots=True)
class AnnexLedger:
    """The rows of one ledger behind a figure: how many, the first of them, their sum."""

    title: str
    count: int
    rows: tuple[AnnexRow, ...]
    total: str
    same_as: int = 0  #: number of an earlier figure with exactly these rows
    counts_rows: bool = False  #: each row gives one, so that the total says all about amounts

    @property
    def omitted(self) -> int:
        """Rows not shown."""
        return self.count - len(self.rows)

    def in_words(self) -> str:
        """For an annex on paper: 果园台账8行，合计600亩：甲村001（2023.5.1）60亩；……；另6行。"""
        same = f"（同第{self.same_as}项）" if self.same_as else ""
        total = f"，合计{self.total}" if self.count > 1 or not self.rows or same else ""
        head = f"{self.title}{self.count}行{same}{total}"
        if same or not self.rows:
            return f"{head}。"
        alike = self.counts_rows and bool(total)
        parts = [
            f"{row.name}（{_short_date(row.date)}{'，调整' if row.adjusting else ''}）"
            + ("" if alike else row.amount or "空白")
            for row in self.rows
        ]
        if self.omitted:
            parts.append(f"另{self.omitted}行")
        return f"{head}：{'；'.join(parts)}。"


@dataclass(frozen=True, slots=True)
class AnnexInput:
    """A figure another one is computed from."""

    title: str
    text: str
    period: str
    organisation: str
    ledgers: tuple[AnnexLedger, ...] = ()
    inputs: tuple[AnnexInput, ...] = ()


@dataclass(frozen=True, slots=True)
class AnnexEntry:
    """One line of the annex 数据来源表."""

    number: int
    tag: str
    text: str  #: as printed in the report
    title: str
    organisation: str
    period: str
    as_of: int  #: 0 where the books do not know the figure (any more)
    kind: FigureKind
    explanation: str  #: plain words, never an expression
    total: str  #: exact, in the base unit
    ledgers: tuple[AnnexLedger, ...] = ()
    inputs: tuple[AnnexInput, ...] = ()
    computation: str = ""  #: of a derived figure: 由甲（…）、乙（…）计算
    same_as: int = 0  #: number of the earlier entry for the very same figure
    remark: str = ""  #: what a reader must know before the sources, such as a change by hand

    def sources_in_words(self) -> tuple[str, ...]:
        """Where the figure comes from, a sentence for each ledger, for an annex on paper."""
        remark = (self.remark,) if self.remark else ()
        if self.same_as:
            return (*remark, f"同第{self.same_as}项。")
        if self.computation:
            return (*remark, f"{self.computation}。")
        if self.ledgers:
            return (*remark, *(one.in_words() for one in self.ledgers))
        if self.explanation:
            return (*remark, f"{self.explanation.rstrip('。')}。")
        return remark or ("未附来源行。",)


def _short_date(date: str) -> str:
    """2023-05-01 as tables write it: 2023.5.1."""
    return ".".join(part.lstrip("0") for part in date.split("-"))


_CODE = re.compile(r"[a-z][a-z0-9]*_|[a-z]{3}|[A-Za-z]\(|==|[<>]=")


def _is_plain(explanation: str) -> bool:
    """False when an expression of a definition stands in it: that is for the office's administrator, not for a reader."""
    return not _CODE.search(explanation)


def trace_figures(report: ComposedReport, source: FigureSource) -> dict[str, Trace]:
    """The trace of every printed figure, by tag."""
    traces: dict[str, Trace] = {}
    for run in report.figures:
        name = tag(run)
        if name not in traces:
            traces[name] = source.trace(run.figure)
    return traces


def annex(
    report: ComposedReport,
    traces: Mapping[str, Trace],
    catalogue: Catalogue,
    units: Units,
    *,
    organisations: Mapping[str, str] | None = None,
    rows: int = 6,
    examples: int | None = None,
) -> tuple[AnnexEntry, ...]:
    """The annex of a report: one entry for every printed figure, with rows of each ledger behind it.

    Args:
        report: The composed report.
        traces: By tag, as `trace_figures` gives them; a figure without one is listed without rows.
        catalogue: For the ledgers' titles.
        units: For the amounts.
        organisations: Names by code; a code without a name is printed itself.
        rows: Up to how many rows of a ledger are all shown.
        examples: How many rows are shown of a ledger that has more; `rows` when None.
    """
    names = {report.organisation.code: report.organisation.name, **(organisations or {})}
    writer = _AnnexWriter(catalogue, units, names, rows, rows if examples is None else examples)
    return tuple(
        writer.entry(run.number, run.figure, run.text, run.title, name, traces.get(name))
        for run, name in ((run, tag(run)) for run in report.figures)
    )


def annex_of(
    identities: Sequence[str],
    source: FigureSource,
    catalogue: Catalogue,
    units: Units,
    *,
    organisations: Mapping[str, str] | None = None,
    rows: int = 3,
    examples: int | None = 2,
) -> tuple[AnnexEntry, ...]:
    """The annex for figures that stand in a document already, read anew: one entry for each identity text, numbered from 1.

    Args:
        identities: Identity texts (or tags that hold them) in the order of the document, repetitions included.
        source: Figures as of the point the document is renewed to.
        catalogue: For the ledgers' titles.
        units: For the amounts.
        organisations: Names by code; a code without a name is printed itself.
        rows: Up to how many rows of a ledger are all shown.
        examples: How many rows are shown of a ledger that has more; `rows` when None.

    Raises:
        ValueError: A text is no identity.
    """
    shown = rows if examples is None else examples
    writer = _AnnexWriter(catalogue, units, organisations or {}, rows, shown)
    known: dict[str, tuple[Figure, Trace | None]] = {}
    entries: list[AnnexEntry] = []
    for number, text in enumerate(identities, 1):
        identity = parse_tag(text)
        if identity is None:
            raise ValueError(text)
        name = tag_of(identity)
        if name not in known:
            figure = source.figure(identity.figure)
            known[name] = figure, None if figure.value is None else source.trace(figure)
        figure, trace = known[name]
        printed = show_figure(figure, identity, units) or ""
        entries.append(writer.entry(number, figure, printed, figure_title(figure), name, trace))
    return tuple(entries)


class _AnnexWriter:
    """Writes entries one after another, and remembers which rows it has listed already."""

    def __init__(
        self,
        catalogue: Catalogue,
        units: Units,
        names: Mapping[str, str],
        limit: int,
        examples: int,
    ):
        self.catalogue = catalogue
        self.units = units
        self.names = names
        self.limit = limit
        self.examples = examples
        self._made: dict[str, AnnexEntry] = {}
        self._listed: dict[tuple[object, ...], int] = {}

    def entry(
        self, number: int, figure: Figure, text: str, title: str, name: str, trace: Trace | None
    ) -> AnnexEntry:
        known = self._made.get(name)
        if known is not None:
            return replace(known, number=number, same_as=known.number)
        computation = self._computation(trace) if trace else ""
        made = self._made[name] = AnnexEntry(
            number=number,
            tag=name,
            text=text,
            title=title,
            organisation=self._name(figure.id.organisation),
            period=format_period(figure.id.period),
            as_of=figure.as_of,
            kind=figure.id.kind,
            explanation=self._explanation(trace, computation) if trace else "",
            total=self._amount(figure.value, figure.unit),
            ledgers=self._ledgers(trace, figure.id, number) if trace else (),
            inputs=tuple(self._input(one, figure.id) for one in trace.inputs) if trace else (),
            computation=computation,
            remark=f"另有{figure.blanks}行未填，不在此数之内。" if figure.blanks else "",
        )
        return made

    @staticmethod
    def _explanation(trace: Trace, computation: str) -> str:
        # A parameter's explanation is the document it rests on, whatever that is called.
        if trace.figure.id.kind == "parameter" or _is_plain(trace.explanation):
            return trace.explanation
        return computation

    def _name(self, code: str) -> str:
        return self.names.get(code, code)

    def _input(self, trace: Trace, of: FigureId) -> AnnexInput:
        figure = trace.figure
        return AnnexInput(
            title=figure.title,
            text=self._amount(figure.value, figure.unit),
            period=format_period(figure.id.period),
            organisation=self._name(figure.id.organisation),
            ledgers=self._ledgers(trace, of),
            inputs=tuple(self._input(one, of) for one in trace.inputs),
        )

    def _computation(self, trace: Trace) -> str:
        """由甲（…）、乙（…）计算: the inputs of a derived figure, those of one name together."""
        groups: dict[str, list[Trace]] = {}
        for one in trace.inputs:
            groups.setdefault(one.figure.title, []).append(one)
        of = trace.figure.id
        parts = [f"{title}（{self._group(group, of)}）" for title, group in groups.items()]
        return f"由{'、'.join(parts)}计算" if parts else ""

    def _group(self, group: Sequence[Trace], of: FigureId) -> str:
        """Values of one input: 601.5亩 · 2022年13490元、2021年12595元 · 甲村31.5亩、乙村32.5亩等8个; then the ledgers behind."""
        places = any(one.figure.id.organisation != of.organisation for one in group)
        times = any(one.figure.id.period != of.period for one in group)
        shown = group if len(group) <= self.limit else group[: self.examples]
        values = "、".join(
            (self._name(one.figure.id.organisation) if places else "")
            + (format_period(one.figure.id.period) if times else "")
            + (self._amount(one.figure.value, one.figure.unit) or "不详")
            for one in shown
        )
        more = f"等{len(group)}个" if len(group) > len(shown) else ""
        records: dict[str, set[tuple[str, int]]] = {}
        for one in group:
            _collect_records(one, records)
        behind = (f"{self._ledger_title(key)}{len(found)}行" for key, found in records.items())
        return "，".join((values + more, *behind))

    def _amount(self, value: Decimal | None, unit: str) -> str:
        return "" if value is None else format_value(value, unit, self.units, "").text

    def _ledger_title(self, key: str) -> str:
        return self.catalogue.ledgers[key].title.zh if key in self.catalogue.ledgers else key

    def _ledgers(self, trace: Trace, of: FigureId, number: int = 0) -> tuple[AnnexLedger, ...]:
        """The rows by ledger. With `number` they are remembered, and rows listed before are said to be the same."""
        by_ledger: dict[str, list[TraceRow]] = {}
        for row in trace.rows:
            by_ledger.setdefault(row.ledger, []).append(row)
        made: list[AnnexLedger] = []
        for key, group in by_ledger.items():
            same_as = 0
            if number:
                rows = tuple(sorted((row.organisation, row.record, row.revision) for row in group))
                seen = self._listed.setdefault((key, of.organisation, of.period, rows), number)
                same_as = 0 if seen == number else seen
            made.append(self._ledger(key, group, trace.figure.unit, of.organisation, same_as))
        return tuple(made)

    def _ledger(
        self, key: str, group: Sequence[TraceRow], unit: str, own: str, same_as: int
    ) -> AnnexLedger:
        shown = group if len(group) <= self.limit else group[: self.examples]
        total = sum((row.amount for row in group if row.amount is not None), Decimal(0))
        return AnnexLedger(
            title=self._ledger_title(key),
            count=len(group),
            rows=tuple(
                AnnexRow(
                    label=mask_identifiers(row.label),
                    date=row.date,
                    organisation=self._name(row.organisation),
                    amount=self._amount(row.amount, unit),
                    adjusting=row.adjusting,
                    elsewhere=row.organisation != own,
                )
                for row in shown
            ),
            total=self._amount(total, unit),
            same_as=same_as,
            counts_rows=all(row.amount == 1 for row in group),
        )


def _collect_records(trace: Trace, found: dict[str, set[tuple[str, int]]]) -> None:
    """The records behind a figure by ledger; one that is behind several inputs counts once."""
    for row in trace.rows:
        found.setdefault(row.ledger, set()).add((row.organisation, row.record))
    for one in trace.inputs:
        _collect_records(one, found)


_IDENTITY_NUMBER = re.compile(r"(?<!\d)(\d{6})\d{8}(\d{3}[\dXx])(?!\d)")
_PHONE = re.compile(r"(?<!\d)(1[3-9]\d)\d{4}(\d{4})(?!\d)")


def mask_identifiers(text: str) -> str:
    """Text with identity numbers and mobile numbers masked: a printed annex goes further than the books do.

    Examples:
        >>> mask_identifiers("甲某 13812345678")
        '甲某 138****5678'
    """
    return _PHONE.sub(r"\1****\2", _IDENTITY_NUMBER.sub(r"\1********\2", text))
