"""Holds the numbers of a draft against the books: equal, rounded, different and why, not known, or without a ledger.

A number whose indicator is certain and whose value is another cannot be true; one whose indicator was only proposed from its
wording does not follow from the books. Figures come from a `FigureSource` as of one point; nothing here knows where they are kept.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from decimal import Decimal, InvalidOperation
from fractions import Fraction
from functools import cached_property
from typing import Final, Literal

from shuzhi.core.checking.matching import LIKELY, Match, Tree
from shuzhi.core.checking.model import Finding, FindingKind, TextFigure
from shuzhi.core.checking.study import Study
from shuzhi.core.definitions import Catalogue, ParagraphDef, ReportDef, SectionDef, SentenceDef
from shuzhi.core.figures import Figure, FigureId, FigureSource, Trace
from shuzhi.core.formatting import format_value, is_consistent
from shuzhi.core.periods import (
    FIRST_MONTH,
    Period,
    count_months,
    format_period,
    half,
    previous_year,
    up_to,
    year,
)
from shuzhi.core.quantities import Units, canonical, decimal_of, is_terminating
from shuzhi.core.reports import Slot, parse_template, show_figure, slot_period

#: equal: the very number · rounded: equal as far as it is shown · differs · unknown: the books hold no value · no_ledger: nothing
#: behind it · placeholder: a blank that the books could fill · empty: a content control without a number · missing: in the books, not
#: in the draft (then the match has no place in the text)
Outcome = Literal[
    "equal", "rounded", "differs", "unknown", "no_ledger", "placeholder", "empty", "missing"
]

#: What would explain a difference, in the order in which it is tried: the unit or a factor of ten · another period · another
#: organisation · another definition · the target · digits swapped, lost or mistyped · one row left out or counted twice.
ExplanationKind = Literal["unit", "period", "organisation", "definition", "target", "digits", "row"]

KINDS: Final = (
    FindingKind("COMPARE_001", "wrong", "books"),
    FindingKind("COMPARE_002", "wrong", "books"),
    FindingKind("COMPARE_003", "warning", "books"),
    FindingKind("COMPARE_004", "unexplained", "books"),
    FindingKind("COMPARE_005", "wrong", "books"),
    FindingKind("COMPARE_006", "unexplained", "books"),
    FindingKind("COMPARE_007", "error", "books"),
    FindingKind("COMPARE_008", "info", "books"),
    FindingKind("COMPARE_009", "info", "books"),
    FindingKind("COMPARE_010", "info", "books"),
    FindingKind("COMPARE_011", "info", "books"),
    FindingKind("COMPARE_012", "warning", "books"),
    FindingKind("COMPARE_013", "wrong", "books"),
    FindingKind("COMPARE_014", "wrong", "books"),
)

#: How many figures the draft does not mention are named at most.
MISSING_LIMIT: Final = 12

#: Rows are looked through for the one that explains a difference only where they are few, and for so many figures of a draft: a
#: draft in which everything differs has another fault than a row left out.
ROWS_LIMIT: Final = 300
TRACES_LIMIT: Final = 10


@dataclass(frozen=True, slots=True)
class Explanation:
    """Why a number may differ from the books, in the words its sentence needs."""

    kind: ExplanationKind
    words: str  #: the factor, the other period, organisation or title, the amount of the row …


@dataclass(frozen=True, slots=True)
class Comparison:
    """A match held against the books."""

    match: Match
    book: Figure | None  #: None when nothing matched
    outcome: Outcome
    shown: str = ""  #: the books' value, printed the way the draft prints its own
    explanation: Explanation | None = None
    is_word_untrue: bool = (
        False  #: the digits would do, but 余, 近, 以上, 100% … is not true of the exact value
    )
    printed: str = ""  #: what Shuzhi last printed in this control, where that is known
    is_changed_by_hand: bool = False  #: the control holds what Shuzhi never printed there
    organisation: str = ""  #: name of whom the figure of the books is
    period: str = ""  #: code of the period it is of


@dataclass(frozen=True)
class ComparingContext:
    """What comparing needs besides the draft and the books."""

    catalogue: Catalogue
    units: Units
    tree: Tree
    period: Period  #: the report's own
    #: tag → what Shuzhi has printed there, the latest first
    printed: Mapping[str, tuple[str, ...]] = field(default_factory=dict)

    @cached_property
    def slots(self) -> dict[str, list[Slot]]:
        """The figure slots of every report template of the writer's level, by template."""
        writer = self.tree.by_code.get(self.tree.writer)
        return {
            key: _slots(template)
            for key, template in self.catalogue.reports.items()
            if writer is not None and template.level == writer.level
        }


def compare_draft(
    study: Study, matches: Sequence[Match], source: FigureSource, known: ComparingContext
) -> tuple[Comparison, ...]:
    """Hold every match against the books.

    Args:
        study: The draft.
        matches: As `match_draft` gives them.
        source: Figures as of one point; asked for each figure once, and for others where one differs.
        known: Definitions, organisations, what was printed.

    Returns:
        One comparison for each match, in order, and behind them what the books hold and the draft does not mention.
    """
    comparer = _Comparer(study, source, known)
    compared = [comparer.compare(one) for one in matches]
    return (*compared, *comparer.missing(compared))


@dataclass(frozen=True, slots=True)
class OtherWriter:
    """Whose draft it looks like, when its figures are those of another unit."""

    name: str
    own_name: str  #: of the unit it was said to be of
    count: int  #: figures that are the other unit's
    own: int  #: figures that are the named unit's
    total: int  #: figures that were held against the books


def find_other_writer(
    study: Study, compared: Sequence[Comparison], source: FigureSource, known: ComparingContext
) -> OtherWriter | None:
    """The unit whose draft this looks like, when most figures differ from the named writer's and are another's; else None.

    Args:
        study: The draft.
        compared: As `compare_draft` gives them.
        source: Asked for the other units' figures, only when most of the writer's differ.
        known: Definitions, organisations.
    """
    return _Comparer(study, source, known).other_writer(compared)


def figures_needed(matches: Sequence[Match], known: ComparingContext) -> list[FigureId]:
    """What `compare_draft` will ask for when nothing differs, so that it can be read in one piece beforehand."""
    found = {one.identity: None for one in matches if one.identity is not None}
    told = {one.indicator for one in matches}
    for slot in _nearest_template(told, known):
        if slot.key in known.catalogue.indicators and slot.key not in told:
            period = slot_period(slot.period, known.period.year)
            found[FigureId(slot.key, known.tree.writer, period)] = None
    return [
        one
        for one in found
        if one.organisation in known.tree.by_code and one.indicator in known.catalogue.indicators
    ]


# ── is it the same number? ────────────────────────────────────────────────────────────────────────────────────────────

_WORDS: Final = frozenset(
    [
        "以上",
        "至少",
        "不少于",
        "不低于",
        "达到",
        "以下",
        "以内",
        "不超过",
        "超",
        "超过",
        "突破",
        "不足",
        "不满",
        "不到",
        "余",
        "多",
        "近",
        "约",
        "左右",
        "大约",
    ]
)
_SHARES: Final = frozenset({"%", "％"})
_TENTH: Final = Fraction(1, 10)


@dataclass(frozen=True, slots=True)
class _Shown:
    """A number of the draft in the base unit of the figure it is compared with."""

    value: Fraction
    step: Fraction
    upper: Fraction | None
    factor: Fraction  #: base units in one of the unit as written


def _in_base(figure: TextFigure, unit: str, units: Units) -> _Shown | None:
    """The draft's number in the books' base unit; None when the two units cannot be compared."""
    if figure.value is None:
        return None
    own = units.get(figure.unit) if figure.unit else None
    scale = Fraction(1)
    if own is not None and own.base == unit:
        scale = Fraction(own.factor)
    value = Fraction(figure.value) * scale
    written = _written(figure)
    factor = value / written if written else scale
    return _Shown(
        value=value,
        step=Fraction(figure.step) * scale,
        upper=None if figure.upper is None else Fraction(figure.upper) * scale,
        factor=factor,
    )


def _written(figure: TextFigure) -> Fraction | None:
    """The digits as written (5.27 of 5.27万亩); None for words and zero."""
    try:
        return Fraction(Decimal(figure.number.replace(",", "").replace("，", ""))) or None
    except InvalidOperation:
        return None


@dataclass(frozen=True, slots=True)
class _Agreement:
    outcome: Literal["equal", "rounded", "differs"]
    is_word_untrue: bool = False


def _agreement(figure: TextFigure, shown: _Shown, exact: Fraction) -> _Agreement:
    """Whether a number as the draft shows it, with its word, is true of the exact value."""
    if shown.upper is not None:
        inside = min(shown.value, shown.upper) <= exact <= max(shown.value, shown.upper)
        return _Agreement("rounded" if inside else "differs")
    is_share = figure.unit in _SHARES
    if is_share and shown.value == 100 and not figure.word and exact != 100:
        # All is all: 99.6 % does not round to it.
        return _Agreement("differs", is_word_untrue=abs(exact - 100) < 1)
    if figure.word in _WORDS:
        number, value = shown.value / shown.factor, exact / shown.factor
        digits = _digits(figure, number)
        if is_consistent(digits, figure.word, value):
            return _Agreement("rounded")
        is_close = abs(shown.value - exact) <= max(shown.step, abs(shown.value) * _TENTH)
        return _Agreement("differs", is_word_untrue=is_close)
    if exact == shown.value:
        return _Agreement("equal")
    if figure.approx:
        return _Agreement(
            "rounded" if abs(exact - shown.value) <= abs(shown.value) * _TENTH else "differs"
        )
    # Half up, or simply cut off behind the last digit shown.
    is_cut = 0 <= exact - shown.value < shown.step if exact >= 0 else False
    if abs(exact - shown.value) <= shown.step / 2 or is_cut:
        return _Agreement("rounded")
    return _Agreement("differs")


def _digits(figure: TextFigure, number: Fraction) -> Decimal:
    """The digits with the zeros that were written, because 5.20 was measured finer than 5.2."""
    written = _written(figure)
    if written is not None and written == number:
        return Decimal(figure.number.replace(",", "").replace("，", ""))
    return decimal_of(number)


# ── comparing ─────────────────────────────────────────────────────────────────────────────────────────────────────────


class _Comparer:
    def __init__(self, study: Study, source: FigureSource, known: ComparingContext) -> None:
        self.study = study
        self.source = source
        self.known = known
        self._traced = 0

    def compare(self, match: Match) -> Comparison:
        """One match held against the books."""
        identity = match.identity
        if identity is None:
            return Comparison(match, None, "no_ledger")
        printed = self.known.printed.get(match.control.tag, ()) if match.control else ()
        held = _squeezed(self._held(match))
        base = Comparison(
            match,
            None,
            "unknown",
            printed=printed[0] if printed else "",
            is_changed_by_hand=bool(match.control) and held not in map(_squeezed, printed),
            organisation=self.known.tree.name_of(identity.organisation),
            period=_period_code(identity.period),
        )
        book = self._figure(identity)
        if book is None or book.value is None:
            # The year alone may hold nothing where the beginning until now does.
            others = [one for one in self._other_readings(match) if one.value is not None]
            if not others:
                return replace(base, book=book)
            book = others[0]
            base = replace(base, period=_period_code(book.id.period))
        assert book.value is not None
        base = replace(base, book=book, shown=self._shown(match, book))
        if match.control is not None and self._is_as_printed(match, base.shown):
            return replace(base, outcome="equal")
        figure = match.figure
        if figure is None:
            return replace(base, outcome="empty")
        shown = _in_base(figure, book.unit, self.known.units)
        if shown is None:
            return replace(base, outcome="placeholder")
        exact = Fraction(book.value)
        found = _agreement(figure, shown, exact)
        if found.outcome != "differs":
            return replace(base, outcome=found.outcome)
        other = next((one for one in self._other_readings(match) if self._fits(figure, one)), None)
        if other is not None:
            return replace(
                base,
                book=other,
                outcome="equal",
                shown=self._shown(match, other),
                period=_period_code(other.id.period),
            )
        return replace(
            base,
            outcome="differs",
            is_word_untrue=found.is_word_untrue,
            explanation=None if found.is_word_untrue else self._explain(match, figure, shown, book),
        )

    def _held(self, match: Match) -> str:
        """The characters in a match's content control."""
        control = match.control
        return self.study.draft.text[control.start : control.end] if control else ""

    def _figure(self, identity: FigureId) -> Figure | None:
        """The figure of the books; None when the office does not (any more) define it or know whose it is."""
        catalogue = self.known.catalogue
        defined = catalogue.parameters if identity.kind == "parameter" else catalogue.indicators
        if (
            identity.indicator not in defined
            or identity.organisation not in self.known.tree.by_code
        ):
            return None
        return self.source.figure(identity)

    def _is_as_printed(self, match: Match, shown: str) -> bool:
        """Whether the control holds the very characters that would be printed now, and no word before them makes them another number."""
        held = self._held(match)
        if _squeezed(held) != _squeezed(shown):
            return False
        figure = match.figure
        return figure is None or not figure.word or figure.word in held or figure.word == "达到"

    def _shown(self, match: Match, book: Figure) -> str:
        """The books' value as the draft would print it: its unit, as many decimals as are needed."""
        assert book.value is not None
        units = self.known.units
        if match.slot is not None:
            return show_figure(book, match.slot, units) or ""
        figure = match.figure
        raw = figure.raw_unit if figure is not None else ""
        own = units.get(raw) if raw else None
        if own is not None and own.base == book.unit:
            return format_value(book.value, raw, units).text
        return canonical(book.value) + (raw or book.unit)

    def _other_readings(self, match: Match) -> Iterator[Figure]:
        """The words around may mean another period (累计 since the beginning, or this year)."""
        if match.identity is not None:
            for period in match.other_periods:
                found = self._figure(replace(match.identity, period=period))
                if found is not None:
                    yield found

    def _fits(self, figure: TextFigure, book: Figure | None) -> bool:
        """Whether the draft's number is true of this figure."""
        if book is None or book.value is None:
            return False
        shown = _in_base(figure, book.unit, self.known.units)
        return shown is not None and (
            _agreement(figure, shown, Fraction(book.value)).outcome != "differs"
        )

    # what would explain it

    def _explain(
        self, match: Match, figure: TextFigure, shown: _Shown, book: Figure
    ) -> Explanation | None:
        if not match.is_certain:
            meant = self._other_definition(match, figure, shown, book)
            if meant is not None:
                return meant
        for attempt in (
            self._unit_slip,
            self._other_period,
            self._other_organisation,
            self._other_definition,
            self._target_or_actual,
            self._mistyped,
            self._one_row,
        ):
            found = attempt(match, figure, shown, book)
            if found is not None:
                return found
        return None

    def _unit_slip(
        self, match: Match, figure: TextFigure, shown: _Shown, book: Figure
    ) -> Explanation | None:
        """A factor of ten or a unit beside it: 万元 for 元, 公里 for 米, 公顷 for 亩."""
        for one in (book, *self._other_readings(match)):
            if not one.value:
                continue
            exact = Fraction(one.value)
            for factor in (*_FACTORS, *_FACTORS_OF.get(book.unit, ())):
                for wanted in (exact * factor, exact / factor):
                    close = abs(shown.value - wanted) <= abs(wanted) * _CLOSE
                    if (close or figure.word in ("余", "多")) and _agreement(
                        figure, shown, wanted
                    ).outcome != "differs":
                        return Explanation("unit", str(factor))
        return None

    def _other_period(
        self, match: Match, figure: TextFigure, shown: _Shown, book: Figure
    ) -> Explanation | None:
        identity = book.id
        if identity.kind == "parameter":
            return None
        period = identity.period
        others = [previous_year(period)]
        if count_months(period) == 12 and period.start % 100 == 1:
            others.append(half(period.year, 1))
        elif period.start != FIRST_MONTH and count_months(period) < 12:
            others.append(year(period.year))
        if period.start != FIRST_MONTH:
            others.append(up_to(period))
        else:
            others.append(year(period.year))
        for other in others:
            if self._fits(figure, self._figure(replace(identity, period=other))):
                return Explanation("period", _period_code(other))
        return None

    def _other_organisation(
        self, match: Match, figure: TextFigure, shown: _Shown, book: Figure
    ) -> Explanation | None:
        if _is_common(shown.value) or book.id.kind == "parameter":
            return None
        for code in self.known.tree.neighbours(book.id.organisation)[:_NEIGHBOURS]:
            if self._fits(figure, self._figure(replace(book.id, organisation=code))):
                return Explanation("organisation", self.known.tree.name_of(code))
        return None

    def _other_definition(
        self, match: Match, figure: TextFigure, shown: _Shown, book: Figure
    ) -> Explanation | None:
        # 6 is somebody's number everywhere; where the words leave no doubt it explains nothing.
        if match.confidence >= _SURE and _is_common(shown.value):
            return None
        # Where the indicator was only proposed, a next best one with the very number was most likely meant.
        for candidate in match.candidates:
            found = self._figure(candidate.identity)
            if found is not None and found.unit == book.unit and self._fits(figure, found):
                return Explanation("definition", candidate.title)
        return None

    def _target_or_actual(
        self, match: Match, figure: TextFigure, shown: _Shown, book: Figure
    ) -> Explanation | None:
        if book.id.kind == "parameter":
            return None
        kind: Literal["actual", "target"] = "actual" if book.id.kind == "target" else "target"
        if self._fits(figure, self._figure(replace(book.id, kind=kind, breakdown=None))):
            return Explanation("target", kind)
        return None

    def _mistyped(
        self, match: Match, figure: TextFigure, shown: _Shown, book: Figure
    ) -> Explanation | None:
        """Two digits swapped, one lost, doubled or hit beside."""
        assert book.value is not None
        right = Fraction(book.value) / shown.factor
        if not is_terminating(right):
            return None
        ours = figure.number.replace(",", "").replace("，", "")
        theirs = canonical(decimal_of(right))
        return Explanation("digits", theirs) if _is_slip(ours, theirs) else None

    def _one_row(
        self, match: Match, figure: TextFigure, shown: _Shown, book: Figure
    ) -> Explanation | None:
        assert book.value is not None
        if book.id.kind != "actual" or book.rows > ROWS_LIMIT or self._traced >= TRACES_LIMIT:
            return None
        self._traced += 1
        difference = decimal_of(abs(shown.value - Fraction(book.value)))
        rows = _rows(self.source.trace(book))
        same = [label for label, amount in rows if amount == difference]
        # One row among many of the same size explains nothing.
        if not same or (len(same) > 1 and len(same) * 3 > len(rows)):
            return None
        return Explanation("row", same[0])

    # whose draft it is

    def other_writer(self, compared: Sequence[Comparison]) -> OtherWriter | None:
        """See `find_other_writer`."""
        writer = self.known.tree.writer
        told: dict[FigureId, Comparison] = {}
        for one in compared:
            figure, book = one.match.figure, one.book
            if figure is None or figure.value is None or book is None or book.value is None:
                continue
            shown = _in_base(figure, book.unit, self.known.units)
            is_telling = shown is not None and not _is_common(shown.value)
            if is_telling and book.id.kind == "actual" and one.match.confidence >= LIKELY:
                told.setdefault(book.id, one)
        # what a content control says of itself agrees with the unit it names, whoever is taken for the writer
        theirs = [
            one for one in told.values() if one.match.organisation == writer or one.match.control
        ]
        foreign = Counter(
            one.match.organisation
            for one in theirs
            if one.match.control and one.match.organisation != writer
        )
        asked = [one for one in theirs if one.match.organisation == writer]
        own = sum(one.outcome in ("equal", "rounded") for one in asked)
        total = len(asked) + sum(foreign.values())
        if total < _ENOUGH_TOLD or own * 2 >= total:
            return None
        counts = Counter(foreign)
        for code in self.known.tree.neighbours(writer)[:_NEIGHBOURS]:
            counts[code] += sum(
                self._fits(one.match.figure, self._figure(replace(one.book.id, organisation=code)))
                for one in asked
                if one.match.figure is not None and one.book is not None
            )
        ranked = counts.most_common(2)
        if not ranked or ranked[0][1] * 2 <= total:
            return None
        code, count = ranked[0]
        if len(ranked) > 1 and ranked[1][1] * 2 > count:
            return None  # two units with the same figures: nothing is known
        names = self.known.tree
        return OtherWriter(names.name_of(code), names.name_of(writer), count, own, total)

    # what the draft leaves out

    def missing(self, compared: Sequence[Comparison]) -> Iterator[Comparison]:
        """Figures that a report of this kind tells, that the books hold, and that the draft does not mention."""
        told = {one.match.indicator for one in compared if one.match.identity is not None}
        count = 0
        for slot in _nearest_template(told, self.known):
            if slot.key in told or slot.key not in self.known.catalogue.indicators or slot.target:
                continue
            told.add(slot.key)
            period = slot_period(slot.period, self.known.period.year)
            identity = FigureId(slot.key, self.known.tree.writer, period)
            book = self._figure(identity)
            if book is None or not book.value or count >= MISSING_LIMIT:
                continue
            count += 1
            end = len(self.study.draft.text.rstrip())
            definition = self.known.catalogue.indicators[slot.key]
            unit = slot.unit if slot.unit is not None else definition.unit
            yield Comparison(
                Match(
                    start=end,
                    end=end,
                    text="",
                    figure=None,
                    identity=identity,
                    confidence=Decimal(0),
                    how="none",
                    title=book.title,
                ),
                book,
                "missing",
                shown=format_value(book.value, unit or book.unit, self.known.units).text,
                organisation=self.known.tree.name_of(identity.organisation),
                period=_period_code(period),
            )


def _nearest_template(told: set[str], known: ComparingContext) -> list[Slot]:
    """The slots of the template of the writer's level that tells most of what the draft tells; none when none comes near."""
    shared = {key: len(told & {slot.key for slot in slots}) for key, slots in known.slots.items()}
    best = max(shared, key=lambda key: shared[key], default="")
    return known.slots[best] if shared.get(best, 0) >= _ENOUGH_SHARED else []


#: Factors by which digits slip, 十 … 万, 亿; and those between units of one kind: 公顷 and 亩, 斤 and 公斤.
_FACTORS: Final = (10_000, 1000, 100, 10, 100_000_000)
_TENFOLD: Final = frozenset(map(str, _FACTORS))
_FACTORS_OF: Final = {"亩": (15, 1500), "公斤": (2,)}
#: A shown 120余 hides up to a tenth; more than that is not the same digits.
_CLOSE: Final = Fraction(1, 10)
_NEIGHBOURS: Final = 24
_ENOUGH_SHARED: Final = 4
#: With fewer telling figures nothing is said of whose draft it is.
_ENOUGH_TOLD: Final = 5


def _is_common(value: Fraction) -> bool:
    """A number so small or round that somebody somewhere will have the same."""
    digits = (
        canonical(decimal_of(value)).replace(".", "").strip("0") if is_terminating(value) else "999"
    )
    return len(digits) < 2 or abs(value) < 20


def _is_slip(ours: str, theirs: str) -> bool:
    if len(ours.replace(".", "")) < 2 or not ours or ours == theirs:
        return False
    if ours.find(".") == theirs.find("."):
        # in 23.8 for 28.3 neighbouring digits are swapped, whatever stands between them
        ours, theirs = ours.replace(".", ""), theirs.replace(".", "")
    if len(ours) == len(theirs):
        at = [i for i in range(len(ours)) if ours[i] != theirs[i]]
        if len(at) == 1:
            return len(ours.replace(".", "")) >= 3
        return (
            len(at) == 2
            and at[1] == at[0] + 1
            and ours[at[0]] == theirs[at[1]]
            and ours[at[1]] == theirs[at[0]]
        )
    longer, shorter = sorted((ours, theirs), key=len, reverse=True)
    return (
        len(longer) == len(shorter) + 1
        and len(shorter.replace(".", "")) >= 2
        and any(longer[:i] + longer[i + 1 :] == shorter for i in range(len(longer)))
    )


def _rows(trace: Trace) -> list[tuple[str, Decimal]]:
    found = [(row.label, row.amount) for row in trace.rows if row.amount is not None]
    return [(label, amount) for label, amount in found if amount]


def _squeezed(text: str) -> str:
    return "".join(text.split())


def _period_code(period: Period) -> str:
    """2023, 2023H1, 2019–2023, –2023: as short as sentences in both languages can say it."""
    return format_period(period, "code").replace("..", "–")


def _slots(template: ReportDef) -> list[Slot]:
    """Every figure slot of a template, in order."""
    found: list[Slot] = []
    for sentence in _sentences(template.sections, (*template.lead, *template.closing)):
        found += [part for part in parse_template(sentence.text) if isinstance(part, Slot)]
    return found


def _sentences(
    sections: Iterable[SectionDef], paragraphs: Iterable[ParagraphDef]
) -> Iterator[SentenceDef]:
    for paragraph in paragraphs:
        yield from paragraph.sentences
        for point in paragraph.points:
            yield from point.sentences
    for section in sections:
        yield from _sentences(section.sections, section.paragraphs)


# ── findings ──────────────────────────────────────────────────────────────────────────────────────────────────────────

_SEVERITY: Final = {kind.code: kind.severity for kind in KINDS}
#: How far a number may be from the proposed figure, unexplained, before it is more likely to be something else altogether.
_FAR: Final = 4


def findings_of(
    comparisons: Sequence[Comparison],
    other: OtherWriter | None = None,
    title: tuple[int, int] = (0, 0),
) -> tuple[Finding, ...]:
    """What a writer should be told of the comparisons, in the order of the text.

    A difference is wrong where the figure is certain (content control, confirmed), unexplained where it was proposed from its
    wording with confidence `LIKELY` or more; below that it is only listed among the comparisons. Wrong, too, is a proposed one
    that is a mere slip of what it is proposed to be, where the figures around it are all those of the books.

    Args:
        comparisons: As `compare_draft` gives them.
        other: Whose draft it looks like: then this one thing is told instead of every figure that differs.
        title: The characters that finding stands at.
    """
    if other is not None:
        params = {
            "other": other.name,
            "organisation": other.own_name,
            "count": other.count,
            "own": other.own,
            "total": other.total,
        }
        return (Finding("COMPARE_014", _SEVERITY["COMPARE_014"], *title, params),)
    found = [finding for one in comparisons if (finding := _finding(one)) is not None]
    agreed = [one for one in comparisons if _agrees_tellingly(one)]
    slips = {
        (one.match.start, one.match.end): count
        for one in comparisons
        if _is_mere_slip(one) and (count := _agreed_around(one, agreed)) >= _ENOUGH_AROUND
    }
    found = [_surely(one, slips.get((one.start, one.end), 0)) for one in found]
    return tuple(sorted(found, key=lambda one: (one.start, one.end, one.code)))


def _finding(one: Comparison) -> Finding | None:
    match one.outcome:
        case "equal":
            return None
        case "rounded":
            # True as far as it goes, but somebody typed over what the books had put there.
            if not one.is_changed_by_hand:
                return None
            params = {"text": one.match.text, "shown": one.shown, "printed": one.printed}
            return _make(one, "COMPARE_012", params)
        case "differs":
            return _difference(one)
        case "empty":
            return _make(one, "COMPARE_007", {"shown": one.shown})
        case "no_ledger":
            return _make(one, "COMPARE_008", {"text": one.match.text})
        case "unknown":
            return _make(one, "COMPARE_009", {"text": one.match.text})
        case "missing":
            return _make(one, "COMPARE_010", {"shown": one.shown})
        case "placeholder":
            return _make(one, "COMPARE_011", {"text": one.match.text, "shown": one.shown})


def _difference(one: Comparison) -> Finding | None:
    match = one.match
    held = match.control is not None
    if held and not one.is_changed_by_hand:
        return _make(one, "COMPARE_003", {"text": match.text, "shown": one.shown})
    if match.how == "wording" and not _is_told(one):
        return None
    params: dict[str, object] = {"text": match.text, "shown": one.shown}
    if one.is_word_untrue:
        params["exact"] = _exact(one)
        return _make(one, "COMPARE_005" if match.is_certain else "COMPARE_006", params)
    why = one.explanation
    for kind in ("unit", "period", "organisation", "definition", "digits", "row"):
        params[f"like_{kind}"] = why.words if why is not None and why.kind == kind else ""
    for kind in ("target", "actual"):
        is_it = why is not None and why.kind == "target" and why.words == kind
        params[f"like_{kind}"] = match.text if is_it else ""
    if held:
        params["printed"] = one.printed if _squeezed(one.printed) != _squeezed(one.shown) else ""
        return _make(one, "COMPARE_002", params)
    return _make(one, "COMPARE_001" if match.is_certain else "COMPARE_004", params)


def _is_told(one: Comparison) -> bool:
    """Whether a difference to a merely proposed figure is worth a reader's time."""
    match, book = one.match, one.book
    if match.confidence < LIKELY or book is None or not book.value or match.figure is None:
        return False
    why = one.explanation
    if why is not None:
        # Another definition, or all years together: then most likely that was meant.
        return why.kind != "definition" and not (why.kind == "period" and why.words[0] == "–")
    value = match.figure.value
    if not value:
        return match.confidence >= Decimal("0.95")
    near = abs(book.value) <= abs(value) * _FAR and abs(value) <= abs(book.value) * _FAR
    return near


def _exact(one: Comparison) -> str:
    return (
        f"{canonical(one.book.value)}{one.book.unit}"
        if one.book and one.book.value is not None
        else ""
    )


# ── proposed only, and wrong for all that ─────────────────────────────────────────────────────────────────────────────

#: Confidence from which on a proposal is as good as certain where the figures around it agree, how many of them must, how far
#: they may stand off, and how many digits a number must have that is no coincidence.
_SURE: Final = Decimal("0.95")
_ENOUGH_AROUND: Final = 3
_AROUND: Final = 400
_TELLING_DIGITS: Final = 3


def _is_mere_slip(one: Comparison) -> bool:
    """Whether a proposed figure is that of the books but for a factor of ten or two swapped digits."""
    match, why, book = one.match, one.explanation, one.book
    if one.outcome != "differs" or match.how != "wording" or match.confidence < _SURE:
        return False
    if why is None or book is None or book.value is None or match.figure is None:
        return False
    if not _is_telling(match.figure):
        return False
    if why.kind == "unit":
        return why.words in _TENFOLD
    ours = match.figure.number.replace(",", "").replace("，", "")
    return (
        why.kind == "digits" and len(ours) == len(why.words) and sorted(ours) == sorted(why.words)
    )


def _is_telling(figure: TextFigure) -> bool:
    return len(figure.number.replace(".", "").strip("0")) >= _TELLING_DIGITS


def _agrees_tellingly(one: Comparison) -> bool:
    return (
        one.outcome in ("equal", "rounded")
        and one.match.figure is not None
        and len(one.match.figure.number.replace(".", "").strip("0")) >= 2
    )


def _agreed_around(one: Comparison, agreed: Sequence[Comparison]) -> int:
    """How many different figures near it are those of the books for the same unit and period."""
    assert one.match.identity is not None
    near = {
        other.match.indicator
        for other in agreed
        if abs(other.match.start - one.match.start) <= _AROUND
        and other.match.organisation == one.match.organisation
        and other.period == one.period
        and other.match.indicator != one.match.indicator
    }
    return len(near)


def _surely(found: Finding, around: int) -> Finding:
    """The finding of a mere slip as a certain one."""
    if not around or found.code != "COMPARE_004":
        return found
    kept = ("text", "shown", "title", "organisation", "period", "like_unit", "like_digits")
    params = {key: found.params[key] for key in kept} | {"count": around}
    code = "COMPARE_013"
    return replace(found, code=code, severity=_SEVERITY[code], params=params)


def _make(one: Comparison, code: str, params: Mapping[str, object]) -> Finding:
    match = one.match
    is_replaced = one.outcome in ("differs", "placeholder", "empty") and bool(one.shown)
    return Finding(
        code=code,
        severity=_SEVERITY[code],
        start=match.start,
        end=match.end,
        params={
            "title": match.title,
            "organisation": one.organisation,
            "period": one.period,
            **params,
        },
        expected=one.shown if is_replaced else "",
        has_replacement=is_replaced and match.is_certain and not one.is_word_untrue,
    )
