"""A version of a report as the sheet shows it: paragraphs of words, figures that lead to their trace, and numbers typed by hand."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from urllib.parse import urlencode

from shuzhi.apps.office import definitions
from shuzhi.apps.reports.queries import TypedNumber
from shuzhi.core.formatting import format_date, format_value
from shuzhi.core.periods import count_months, format_period
from shuzhi.core.quantities import Units
from shuzhi.core.report_versions import ReportText, TextBlock, is_unwritten
from shuzhi.core.reports import FigureRun
from shuzhi.exchange.docx_reports import title_lines
from shuzhi.web.words import language, say, titled


@dataclass(frozen=True, slots=True)
class FigureNote:
    """What a figure's note says, and where it leads."""

    key: int
    text: str  #: as printed
    title: str
    value: str  #: exact, with its unit
    period: str
    kind: str
    rows: int
    blanks: int
    address: str  #: of its trace, or of the report's own page about it


@dataclass(frozen=True, slots=True)
class Part:
    """A piece of a paragraph."""

    text: str
    note: FigureNote | None = None
    is_typed: bool = False  #: a number somebody typed: nothing of the books stands behind it


@dataclass(frozen=True, slots=True)
class SheetBlock:
    """A heading or paragraph of the sheet."""

    id: str
    level: int
    mark: str
    parts: Sequence[Part]
    is_unwritten: bool = False
    is_first: bool = False
    is_last: bool = False


@dataclass(frozen=True, slots=True)
class SheetView:
    """A whole version for the sheet."""

    title: str
    title_lines: Sequence[str]
    addressee: str
    blocks: Sequence[SheetBlock]
    signature: str
    date: str
    notes: Mapping[int, FigureNote] = field(default_factory=dict)


def figure_note(
    text: ReportText, key: int, run: FigureRun, units: Units, source: str = ""
) -> FigureNote:
    """The note of one figure; `source` is the address below which the report tells where its figures come from."""
    figure, identity = run.figure, run.identity.figure
    value = "" if figure.value is None else format_value(figure.value, figure.unit, units).text
    kinds = {
        "actual": say("账上的数", "from the books"),
        "target": say("目标", "target"),
        "parameter": say("标准", "standard"),
    }
    is_plain = identity.breakdown is None and count_months(identity.period) <= 12
    if identity.kind != "parameter" and is_plain:
        query = {"as_of": str(text.as_of)}
        if identity.kind == "target":
            query["kind"] = "target"
        period = format_period(identity.period, "code")
        address = (
            f"/at/{identity.organisation}/figures/{identity.indicator}/{period}/trace/"
            f"?{urlencode(query)}"
        )
    else:  # a part, a sum over years, a standard: the report's own page tells where it comes from
        address = f"{source}{key}/" if source else ""
    known = definitions().catalogue.indicators.get(identity.indicator)
    title = run.title
    if known is not None and language() == "en":
        part = identity.breakdown
        title = f"{titled(known)} ({part[1]})" if part else titled(known)
    return FigureNote(
        key,
        run.text,
        title,
        value,
        format_period(identity.period, "zh" if language() == "zh" else "en"),
        kinds[identity.kind],
        figure.rows,
        figure.blanks,
        address,
    )


def sheet_of(text: ReportText, typed: Sequence[TypedNumber] = (), source: str = "") -> SheetView:
    """The version as the sheet shows it."""
    units = definitions().units
    notes = {key: figure_note(text, key, run, units, source) for key, run in text.figures.items()}
    by_block: dict[str, list[TypedNumber]] = {}
    for one in typed:
        by_block.setdefault(one.block, []).append(one)
    last = len(text.blocks) - 1
    blocks = [
        SheetBlock(
            block.id,
            block.level,
            block.mark,
            _parts(text, block, notes, by_block.get(block.id, [])),
            is_unwritten(block),
            index == 0,
            index == last,
        )
        for index, block in enumerate(text.blocks)
    ]
    return SheetView(
        text.title,
        title_lines(text.title, text.organisation.name),
        text.addressee,
        blocks,
        text.signature,
        format_date(text.date),
        notes,
    )


def _parts(
    text: ReportText,
    block: TextBlock,
    notes: Mapping[int, FigureNote],
    typed: Sequence[TypedNumber],
) -> list[Part]:
    parts: list[Part] = []
    at = len(block.mark)
    for piece in block.pieces:
        words = text.piece(piece)
        if isinstance(piece, int):
            parts.append(Part(words, notes[piece]))
        else:
            here = 0
            for one in typed:
                start, end = one.start - at, one.end - at
                if start < here or end > len(words):
                    continue
                if start > here:
                    parts.append(Part(words[here:start]))
                parts.append(Part(words[start:end], is_typed=True))
                here = end
            if here < len(words):
                parts.append(Part(words[here:]))
        at += len(words)
    return parts
