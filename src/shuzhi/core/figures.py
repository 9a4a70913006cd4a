"""A figure (数): indicator + organisation + period + as-of point → value, with the trace down to rows.

Reports, forms, checks and pages all read figures through `FigureSource`; the books app implements it over the database,
tests implement it over a dict. Nothing here knows where figures are kept.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from decimal import Decimal
from typing import Any, Literal, Protocol

from shuzhi.core.periods import Period

FigureKind = Literal["actual", "target", "parameter"]


@dataclass(frozen=True, slots=True)
class FigureId:
    """What a figure is. `breakdown` = (row field, value) narrows it to part of its rows."""

    indicator: str  #: indicator key, or parameter key when kind is ``parameter``
    organisation: str  #: organisation code
    period: Period
    kind: FigureKind = "actual"
    breakdown: tuple[str, str] | None = None


@dataclass(frozen=True, slots=True)
class Figure:
    """A value in the indicator's base unit; None = not known (never printed as 0)."""

    id: FigureId
    value: Decimal | None
    unit: str  #: base unit of `value`
    title: str  #: the indicator's Chinese title
    as_of: int  #: sequence number up to which entries were read
    rows: int = 0  #: rows with a value behind it
    blanks: int = 0  #: rows that should have a value and have none


@dataclass(frozen=True, slots=True)
class TraceRow:
    """One posting's source: which row of which ledger gave how much, and when."""

    ledger: str
    organisation: str
    record: int
    revision: int  #: number of the approved revision
    seq: int
    month: int  #: YYYYMM
    amount: Decimal | None  #: signed, base unit; None = the row is blank here
    date: str
    label: str  #: the row's natural key or short description, personal fields masked
    adjusting: bool = False


@dataclass(frozen=True, slots=True)
class Trace:
    """How a figure came about: rows for additive figures, inputs (each with its own trace) for derived ones."""

    figure: Figure
    explanation: str  #: in words, e.g. ``Σ 面积，果园台账``
    rows: tuple[TraceRow, ...] = ()
    inputs: tuple[Trace, ...] = ()


@dataclass(frozen=True, slots=True)
class RowView:
    """An approved row as a report may quote it: field key → value as kept in the payload (personal fields masked)."""

    ledger: str
    record: int
    organisation: str
    date: str
    values: dict[str, Any] = field(default_factory=dict)


class FigureSource(Protocol):
    """Where figures come from. Every method answers as of the source's fixed `as_of` point."""

    as_of: int

    def figure(self, identity: FigureId) -> Figure: ...

    def breakdown(
        self, indicator: str, organisation: str, period: Period, by: str
    ) -> Sequence[tuple[str, Figure]]:
        """The figure split by a row field: (field value, part), in the order of first appearance; parts sum to the whole."""
        ...

    def rows(
        self, ledger: str, organisation: str, period: Period, where: str = ""
    ) -> Sequence[RowView]: ...

    def targets(self, organisation: str, period: Period) -> Sequence[Figure]:
        """Figures promised by this organisation itself for exactly this period."""
        ...

    def trace(self, figure: Figure) -> Trace: ...
