"""Down to the rows: which records a figure is the sum of, what it was computed from, and what changed it since."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import Any

from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.urls import reverse

from shuzhi.apps.books import figure_pages, trace_pages
from shuzhi.apps.books.sheets import Unit
from shuzhi.apps.books.trace_pages import InputLine, TraceLine, TracePage
from shuzhi.apps.office import definitions
from shuzhi.apps.organisations.models import Organisation
from shuzhi.apps.people.permissions import is_allowed
from shuzhi.core.figures import Figure, FigureId
from shuzhi.core.periods import format_month
from shuzhi.web.context import page
from shuzhi.web.figures.asking import (
    Choice,
    address,
    asked_day,
    asked_indicator,
    asked_measure,
    asked_point,
    keep,
    period_words,
    read_period,
)
from shuzhi.web.figures.lists import PointNotice
from shuzhi.web.figures.one import point_words
from shuzhi.web.figures.showing import (
    DASH,
    Value,
    figure_title,
    formula_words,
    measured,
    nature_words,
    unit_words,
    value_of,
)
from shuzhi.web.templatetags.office import number
from shuzhi.web.words import say, titled


@dataclass(frozen=True, slots=True)
class RowLine:
    """One row of a trace."""

    unit: str
    unit_address: str
    ledger: str
    label: str
    date: str
    month: str  #: posted to, where it is another than that of the date
    amount: str
    is_blank: bool
    is_adjusting: bool
    address: str
    record: int


@dataclass(frozen=True, slots=True)
class InputRow:
    """One input of a derived figure, indented by its depth."""

    title: str
    unit: str
    value: Value
    measure: str
    inputs: tuple[InputRow, ...]


@dataclass(frozen=True, slots=True)
class TraceView:
    """The trace of a figure."""

    unit: Organisation
    title: str
    period: str
    value: Value
    measure: str
    measures: tuple[Choice, ...]
    formula: str
    nature: str
    kind: str
    ledger: str
    lines: tuple[RowLine, ...]
    places: tuple[tuple[Choice, int], ...]
    only: str
    inputs: tuple[InputRow, ...]
    more_inputs: int
    following: str
    is_first: bool
    page_sum: str
    total: str  #: the sum formed anew; empty when it was not
    agrees: bool
    check_address: str
    rows: int
    blanks: int
    figure_address: str
    export_address: str
    point: PointNotice | None
    may_read: bool
    may_export: bool
    several_ledgers: bool


def _identity(request: HttpRequest, unit: Organisation, indicator: str, period: str) -> FigureId:
    asked_indicator(indicator)
    kind = "target" if request.GET.get("kind") == "target" else "actual"
    return FigureId(indicator, unit.code, read_period(period), kind)  # type: ignore[arg-type]


def may_read_rows(request: HttpRequest, unit: Organisation, ledger: str) -> bool:
    """Whether the visitor may see the rows of this ledger: a post may be limited to other lines of work."""
    known = definitions().catalogue.ledgers.get(ledger)
    visit = request.visit  # type: ignore[attr-defined]
    return is_allowed(
        visit.actor, "record.read", unit.path, known.area if known is not None else ""
    )


def trace(request: HttpRequest, unit: Organisation, indicator: str, period: str) -> HttpResponse:
    """The rows or inputs of a figure, a page at a time."""
    identity = _identity(request, unit, indicator, period)
    as_of = asked_point(request)
    kept = keep(request, "as_of", "in", "of")
    definition = asked_indicator(indicator)
    allowed = definition.nature == "derived" or may_read_rows(request, unit, definition.source)
    found = trace_pages.trace_page(
        unit, identity, as_of, request.GET.get("after", "")[:60],
        only=request.GET.get("of", "")[:20], check=request.GET.get("check") == "1",
    )  # fmt: skip
    return page(request, "figures/trace.html", _view(request, unit, found, kept, allowed))


def _view(
    request: HttpRequest, unit: Organisation, found: TracePage, kept: dict[str, Any], allowed: bool
) -> TraceView:
    definition, identity = found.definition, found.figure.id
    measure = asked_measure(request, definition)
    given: dict[str, Any] = {k: v for k, v in kept.items() if k in ("as_of", "in")}
    point = None
    if not found.is_now:
        point = PointNotice(
            found.as_of, figure_pages.time_of(found.as_of), address("trace", identity, **{**kept, "as_of": ""})
        )  # fmt: skip
    lines = tuple(row_line(x, measure, unit) for x in found.lines) if allowed else ()
    return TraceView(
        unit=unit,
        title=titled(definition),
        period=period_words(identity.period),
        value=value_of(found.figure, measure, name="figure", **given),
        measure=unit_words(measure),
        measures=tuple(
            Choice(m, unit_words(m), m == measure, address("trace", identity, **{**kept, "in": m}))
            for m in figure_pages.convertible(definition.unit)
        ),
        formula=say("目标：各单位承诺的数", "targets: what units promised") if found.kind == "target" else formula_words(definition),
        nature=nature_words(definition),
        kind=found.kind,
        ledger=titled(found.ledger) if found.ledger is not None else "",
        lines=lines,
        places=tuple(
            (Choice(u.code, u.name, u.code == kept.get("of"), _rows_of(u, found, given)), n)
            for u, n in found.units
        )
        if len(found.units) > 1
        else (),
        only=next((u.name for u, _ in found.units if u.code == kept.get("of")), ""),
        inputs=tuple(_input(i, given) for i in found.inputs),
        more_inputs=found.more_inputs,
        following=found.following if allowed else "",
        is_first=not request.GET.get("after"),
        page_sum=number(measured(found.page_sum, measure)[0]),
        total="" if found.total is None else number(measured(found.total, measure)[0]),
        agrees=found.agrees,
        check_address=address("trace", identity, **{**kept, "check": 1}),
        rows=found.figure.rows,
        blanks=found.figure.blanks,
        figure_address=address("figure", identity, **given),
        export_address=address("trace-export", identity, **kept),
        point=point,
        may_read=allowed,
        may_export=allowed and request.visit.may("ledger.export", unit),  # type: ignore[attr-defined]
        several_ledgers=len({x.row.ledger for x in found.lines}) > 1,
    )  # fmt: skip


def _rows_of(place: Unit, found: TracePage, given: dict[str, Any]) -> str:
    """The trace of one unit: its own page, or of a unit with others below it only the rows it keeps itself."""
    identity = found.figure.id
    if any(u.path.startswith(place.path) and u is not place for u, _ in found.units):
        return address("trace", identity, **{**given, "of": place.code})
    return address("trace", replace(identity, organisation=place.code), **given)


def row_line(line: TraceLine, measure: str, home: Organisation) -> RowLine:
    """A row of postings as a page shows it, linked to its record."""
    row = line.row
    month = format_month(row.month)
    return RowLine(
        unit=line.unit,
        unit_address=reverse("ledger", kwargs={"unit": row.organisation, "ledger": row.ledger}),
        ledger=titled(line.ledger) if line.ledger is not None else row.ledger,
        label=row.label,
        date=row.date,
        month="" if row.date.startswith(month) else month,
        amount=DASH if row.amount is None else number(measured(row.amount, measure)[0]),
        is_blank=row.amount is None,
        is_adjusting=row.adjusting,
        address=reverse("record", kwargs={"unit": row.organisation, "record": row.record}),
        record=row.record,
    )


def _input(line: InputLine, given: dict[str, Any]) -> InputRow:
    figure = line.figure
    catalogue = definitions().catalogue
    if figure.id.kind == "parameter":
        parameter = catalogue.parameters[figure.id.indicator]
        value = value_of(figure, parameter.unit, link=False)
        return InputRow(
            say("参数：{p}", "parameter: {p}", p=titled(parameter)),
            "",
            value,
            unit_words(parameter.unit),
            (),
        )
    definition = catalogue.indicators[figure.id.indicator]
    measure = definition.unit if definition.unit else figure.unit
    as_of = {k: v for k, v in given.items() if k == "as_of"}
    value = value_of(figure, measure, name="trace", **as_of)
    return InputRow(
        figure_title(figure), line.unit, value, unit_words(measure), tuple(_input(i, given) for i in line.inputs)
    )  # fmt: skip


# ── restatement ───────────────────────────────────────────────────────────────────────────────────────────────────────


@dataclass(frozen=True, slots=True)
class ChangedInput:
    """An input of a derived figure before and after."""

    title: str
    unit: str
    before: Value
    after: Value
    measure: str
    address: str


@dataclass(frozen=True, slots=True)
class RestatementView:
    """What changed in a figure between two points."""

    unit: Organisation
    title: str
    period: str
    measure: str
    since: int
    since_on: str
    until: int | None
    until_on: str
    before: Value
    after: Value
    difference: str
    is_changed: bool
    lines: tuple[RowLine, ...]
    following: str
    total: str
    came: tuple[str, ...]
    went: tuple[str, ...]
    inputs: tuple[ChangedInput, ...]
    points: tuple[Choice, ...]
    figure_address: str
    may_read: bool
    is_chosen: bool


def restatement(
    request: HttpRequest, unit: Organisation, indicator: str, period: str
) -> HttpResponse:
    """Two points side by side and the rows between them."""
    identity = _identity(request, unit, indicator, period)
    day = asked_day(request)
    if day is not None:
        return HttpResponseRedirect(
            address("restatement", identity, **{**keep(request, "until", "in"), "since": day})
        )
    definition = asked_indicator(indicator)
    measure = asked_measure(request, definition)
    choices = figure_pages.points(unit)
    since, until = _seq(request, "since"), _seq(request, "until")
    chosen = since is not None
    if since is None:
        since = choices[0].seq if choices else 0
    found = trace_pages.restatement(unit, identity, since, until, request.GET.get("after", "")[:60])
    allowed = definition.nature == "derived" or may_read_rows(request, unit, definition.source)
    shown = RestatementView(
        unit=unit,
        title=titled(definition),
        period=period_words(identity.period),
        measure=unit_words(measure),
        since=since,
        since_on=figure_pages.time_of(since),
        until=until,
        until_on=figure_pages.time_of(until) if until is not None else "",
        before=value_of(found.before, measure, as_of=since),
        after=value_of(found.after, measure, as_of=until),
        difference="" if found.difference is None else _signed(found.difference, measure),
        is_changed=found.before.value != found.after.value,
        lines=tuple(row_line(x, measure, unit) for x in found.lines) if allowed else (),
        following=found.following if allowed else "",
        total="" if found.total is None else _signed(found.total, measure),
        came=tuple(u.name for u in found.came),
        went=tuple(u.name for u in found.went),
        inputs=tuple(_changed(b, a, name, since, until) for b, a, name in found.inputs),
        points=tuple(
            Choice(
                str(p.seq),
                say("{what}（{on}）", "{what} ({on})", what=point_words(p), on=p.on),
                p.seq == since,
                address("restatement", identity, since=p.seq, until=until),
            )
            for p in choices
        ),
        figure_address=address("figure", identity),
        may_read=allowed,
        is_chosen=chosen,
    )  # fmt: skip
    return page(request, "figures/restatement.html", shown)


def _seq(request: HttpRequest, name: str) -> int | None:
    text = request.GET.get(name, "")
    return int(text) if text.isdecimal() and len(text) <= 18 else None


def _signed(value: object, measure: str) -> str:
    shown = measured(value, measure)[0]  # type: ignore[arg-type]
    return ("+" if shown > 0 else "") + number(shown)


def _changed(
    before: Figure, after: Figure, name: str, since: int, until: int | None
) -> ChangedInput:
    definition = definitions().catalogue.indicators[before.id.indicator]
    measure = definition.unit if definition.unit else before.unit
    return ChangedInput(
        figure_title(before),
        name,
        value_of(before, measure, as_of=since),
        value_of(after, measure, as_of=until),
        unit_words(measure),
        address("restatement", before.id, since=since, until=until),
    )
