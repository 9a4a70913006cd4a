"""Figures as Excel workbooks: what a page shows, each number with its permanent link."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from urllib.parse import quote

from django.http import HttpRequest, HttpResponse

from shuzhi.apps.books import figure_pages, trace_pages
from shuzhi.apps.books.figure_pages import SIDES, Side
from shuzhi.apps.books.sheets import OWN
from shuzhi.apps.organisations.models import Organisation
from shuzhi.core.figures import Figure, FigureId
from shuzhi.core.problems import Problem, ProblemsError
from shuzhi.exchange.figure_sheets import Cell, FigureTable, workbook_of
from shuzhi.web.figures.asking import (
    address,
    asked_indicator,
    asked_measure,
    asked_period,
    asked_point,
    period_code,
    period_words,
    read_period,
)
from shuzhi.web.figures.lists import chosen_indicators
from shuzhi.web.figures.matrix import asked_matrix, measure_of
from shuzhi.web.figures.showing import area_words, formula_words, measured, unit_words, why
from shuzhi.web.figures.traces import may_read_rows
from shuzhi.web.problems import not_found
from shuzhi.web.words import say, titled

_TYPE = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
MOST_ROWS = 50_000


def _sent(request: HttpRequest, name: str, table: FigureTable) -> HttpResponse:
    response = HttpResponse(workbook_of(table), content_type=_TYPE)
    response["Content-Disposition"] = f"attachment; filename*=UTF-8''{quote(name)}.xlsx"
    return response


def _number(request: HttpRequest, figure: Figure | None, measure: str, as_of: int) -> Cell:
    """A figure as a number with its permanent link; what is not known stays empty."""
    if figure is None or figure.value is None:
        return Cell(None)
    own = figure.id.organisation.endswith(OWN)
    identity = replace(figure.id, organisation=figure.id.organisation.removesuffix(OWN))
    where = address("trace", identity, as_of=as_of, of=identity.organisation if own else "")
    if not own:
        where = address(
            "figure", identity, as_of=as_of, **({"in": measure} if measure != figure.unit else {})
        )
    return Cell(measured(figure.value, measure)[0], request.build_absolute_uri(where))


def figures_export(request: HttpRequest, unit: Organisation) -> HttpResponse:
    """The list of figures."""
    period, as_of = asked_period(request, unit), asked_point(request)
    words, area, wanted, _ = chosen_indicators(request, unit, period.year)
    found = figure_pages.list_figures(unit, period, wanted, as_of, with_months=False)
    rows = []
    for line in found.lines:
        measure = measure_of(line.definition)
        rows.append(
            [
                Cell(titled(line.definition)), Cell(area_words(line.definition.area)), Cell(unit_words(measure)),
                _number(request, line.this, measure, found.as_of), _number(request, line.last, measure, found.as_of),
                Cell(line.growth.rate), _number(request, line.target, measure, found.as_of), Cell(line.progress),
                Cell(formula_words(line.definition)), Cell(why(line.missing)),
            ]
        )  # fmt: skip
    heads = [
        say("指标", "Figure"), say("工作领域", "Line of work"), say("计量单位", "Unit"), period_words(period), say("上年同期", "Same period last year"),
        say("同比（%）", "Change (%)"), say("年度目标", "Target of the year"), say("完成目标（%）", "Target reached (%)"), say("口径", "How it is made"),
        say("缺什么", "What is missing"),
    ]  # fmt: skip
    title = say(
        "{unit} {period}指标",
        "Figures of {unit}, {period}",
        unit=unit.name,
        period=period_words(period),
    )
    return _sent(
        request,
        f"{unit.name}-{period_code(period)}-{words or area}",
        FigureTable(title, _note(found.as_of), heads, rows),
    )


def _note(as_of: int) -> str:
    return say(
        "时点 {n}（{on}）。点数字可回到系统中查它的来源。",
        "As of point {n} ({on}). Each number links to where it comes from.",
        n=as_of, on=figure_pages.time_of(as_of),
    )  # fmt: skip


def figure_export(
    request: HttpRequest, unit: Organisation, indicator: str, period: str
) -> HttpResponse:
    """One side of a figure."""
    definition = asked_indicator(indicator)
    span, as_of = read_period(period), asked_point(request)
    tab = request.GET.get("tab", "")
    side: Side = (
        tab if tab in SIDES else "below" if figure_pages.has_units_below(unit) else "months"
    )
    view = figure_pages.view_figure(unit, indicator, span, side, as_of, request.GET.get("by", ""))
    measure = asked_measure(request, definition)

    def number(figure: Figure | None) -> Cell:
        return _number(request, figure, measure, view.as_of)

    heads = [
        say("项目", "Item"), say("数值（{u}）", "Value ({u})", u=unit_words(measure)), say("上年同期", "Last year"), say("同比（%）", "Change (%)"),
        say("累计", "Year to date"), say("目标", "Target"), say("完成（%）", "Reached (%)"), say("占比（%）", "Share (%)"), say("缺什么", "What is missing"),
    ]  # fmt: skip
    rows = [
        [
            Cell(unit.name), number(view.figure), number(view.last), Cell(view.growth.rate), Cell(None), number(view.target),
            Cell(view.progress), Cell(None), Cell(why(view.missing)),
        ]
    ]  # fmt: skip
    for line in view.lines:
        label = (
            say("本级", "Kept by the unit itself")
            if line.is_own
            else line.label or period_words(line.figure.id.period)
        )
        if line.relation is not None:
            label = titled(asked_indicator(line.figure.id.indicator))
        value = number(line.figure)
        if line.figure.id.breakdown is not None:
            value = Cell(value.value)
        rows.append(
            [
                Cell(label), value, number(line.last), Cell(line.growth.rate if line.growth else None), number(line.so_far),
                number(line.target), Cell(line.progress), Cell(line.share), Cell(why(line.missing)),
            ]
        )  # fmt: skip
    title = say(
        "{unit} {period} {title}",
        "{title}, {unit}, {period}",
        unit=unit.name,
        period=period_words(span),
        title=titled(definition),
    )
    return _sent(
        request,
        f"{unit.name}-{period}-{titled(definition)}",
        FigureTable(title, _note(view.as_of), heads, rows),
    )


def compare_export(request: HttpRequest, unit: Organisation) -> HttpResponse:
    """The matrix."""
    period, wanted, _, found = asked_matrix(request, unit)
    measures = [measure_of(d) for d in wanted]
    heads = [
        say("单位", "Unit"),
        *(
            say("{t}（{u}）", "{t} ({u})", t=titled(d), u=unit_words(m))
            for d, m in zip(wanted, measures, strict=True)
        ),
    ]
    rows = [
        [
            Cell(name),
            *(_number(request, f, m, found.as_of) for f, m in zip(figures, measures, strict=True)),
        ]
        for name, figures in [*((u.name, f) for u, f in found.rows), (unit.name, found.total)]
    ]
    title = say(
        "{unit} {period}指标对照",
        "Figures of {unit} side by side, {period}",
        unit=unit.name,
        period=period_words(period),
    )
    return _sent(
        request,
        f"{unit.name}-{period_code(period)}",
        FigureTable(title, _note(found.as_of), heads, rows),
    )


def trace_export(
    request: HttpRequest, unit: Organisation, indicator: str, period: str
) -> HttpResponse:
    """All rows behind a figure, masked, with the link of each record.

    Raises:
        ProblemsError: FIGURE_004 when there are more rows than a workbook should hold.
    """
    definition = asked_indicator(indicator)
    if definition.nature != "derived" and not may_read_rows(request, unit, definition.source):
        return not_found(request)
    kind = "target" if request.GET.get("kind") == "target" else "actual"
    identity = FigureId(indicator, unit.code, read_period(period), kind)  # type: ignore[arg-type]
    measure = asked_measure(request, definition)
    as_of, only = asked_point(request), request.GET.get("of", "")[:20]
    first = trace_pages.trace_page(unit, identity, as_of, only=only)
    if first.figure.rows + first.figure.blanks > MOST_ROWS:
        params = {"rows": first.figure.rows + first.figure.blanks, "limit": MOST_ROWS}
        raise ProblemsError([Problem("FIGURE_004", params)])
    heads = [
        say("单位", "Unit"), say("台账", "Ledger"), say("记录", "Record"), say("日期", "Date"),
        say("数值（{u}）", "Amount ({u})", u=unit_words(measure)), say("调整", "Adjusting"),
    ]  # fmt: skip

    def pages() -> Iterator[trace_pages.TracePage]:
        found = first
        yield found
        while found.following:
            found = trace_pages.trace_page(unit, identity, as_of, found.following, only=only)
            yield found

    rows = []
    if first.kind == "derived":
        for one in first.inputs:
            value = one.figure.value
            cell = (
                Cell(None)
                if value is None
                else Cell(
                    value,
                    request.build_absolute_uri(address("trace", one.figure.id, as_of=first.as_of))
                    if one.figure.id.kind != "parameter"
                    else "",
                )
            )
            rows.append(
                [
                    Cell(one.unit),
                    Cell(""),
                    Cell(one.figure.title),
                    Cell(period_words(one.figure.id.period)),
                    cell,
                    Cell(""),
                ]
            )
    else:
        from django.urls import reverse

        for found in pages():
            for line in found.lines:
                row = line.row
                record = reverse("record", kwargs={"unit": row.organisation, "record": row.record})
                amount = None if row.amount is None else measured(row.amount, measure)[0]
                rows.append(
                    [
                        Cell(line.unit), Cell(titled(line.ledger) if line.ledger else row.ledger), Cell(row.label, request.build_absolute_uri(record)),
                        Cell(row.date), Cell(amount), Cell(say("是", "yes") if row.adjusting else ""),
                    ]
                )  # fmt: skip
        rows.append(
            [
                Cell(say("合计", "Total")),
                Cell(""),
                Cell(""),
                Cell(""),
                _number(request, first.figure, measure, first.as_of),
                Cell(""),
            ]
        )
    title = say(
        "{unit} {period} {title}：来源",
        "Sources of {title}, {unit}, {period}",
        unit=unit.name,
        period=period_words(identity.period),
        title=titled(definition),
    )
    return _sent(
        request,
        f"{unit.name}-{period}-{titled(definition)}-{say('来源', 'sources')}",
        FigureTable(title, _note(first.as_of), heads, rows),
    )
