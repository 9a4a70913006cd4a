"""One figure from every side: the value, how it came about, below it, by month, by year, its parts, its target."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.urls import reverse

from shuzhi.apps.books import figure_pages
from shuzhi.apps.books.figure_pages import SIDES, FigureView, Point, SeriesLine, Side
from shuzhi.apps.office import definitions
from shuzhi.apps.organisations.models import Organisation
from shuzhi.core.figures import FigureId
from shuzhi.core.formulas import parse_indicator_value
from shuzhi.core.periods import count_months, parse_period, previous_year
from shuzhi.web.context import page
from shuzhi.web.figures.asking import (
    PARTS,
    Choice,
    PeriodPicker,
    address,
    asked_day,
    asked_indicator,
    asked_measure,
    asked_point,
    keep,
    period_code,
    period_words,
    picker,
    read_period,
)
from shuzhi.web.figures.lists import PointNotice
from shuzhi.web.figures.showing import (
    Change,
    Chart,
    Series,
    Value,
    area_words,
    change_of,
    formula_words,
    nature_words,
    percent,
    unit_words,
    value_of,
    why,
)
from shuzhi.web.words import Words, language, say, titled

SIDE_WORDS: dict[str, Words] = {
    "below": Words("下级单位", "Units below"),
    "months": Words("各月", "Months"),
    "years": Words("历年", "Years"),
    "parts": Words("构成", "Parts"),
    "target": Words("目标完成", "Against target"),
}
POINT_WORDS: dict[str, Words] = {
    "book.opened": Words("建账", "book opened"), "book.checked": Words("查账", "mid-year check"), "book.closed": Words("结账", "book closed"),
    "book.reopened": Words("重开账册", "book reopened"), "organisation.merged": Words("撤并单位", "units merged"),
    "organisation.split": Words("拆分单位", "unit split"), "organisation.moved": Words("调整隶属", "unit moved"), "report": Words("报告", "report"),
}  # fmt: skip


@dataclass(frozen=True, slots=True)
class Row:
    """One line of the table of a side."""

    label: str
    address: str  #: of the label
    value: Value
    last: Value | None = None
    change: Change | None = None
    so_far: Value | None = None
    target: Value | None = None
    progress: str = ""
    share: str = ""
    note: str = ""
    unit: str = ""  #: of measure, where it differs from the page's


@dataclass(frozen=True, slots=True)
class PointChoice:
    """A point one can look back to."""

    seq: int
    on: str
    what: str
    address: str
    restatement: str


@dataclass(frozen=True, slots=True)
class FigurePage:
    """One figure."""

    unit: Organisation
    title: str
    english_title: str
    area: str
    area_address: str
    period: str
    code: str
    last_period: str
    value: Value
    measure: str
    measures: tuple[Choice, ...]
    last: Value
    change: Change
    target: Value
    progress: str
    missing: str
    missing_address: str
    formula: str
    nature: str
    basis: str
    description: str
    is_forecast: bool
    rows: int
    blanks: int
    ledger: str
    ledger_address: str
    trace_address: str
    side: str
    sides: tuple[Choice, ...]
    table: tuple[Row, ...]
    columns: dict[str, bool]  #: which columns the table has
    label_head: str
    caption: str
    adds_up: bool
    fields: tuple[Choice, ...]
    too_many: bool
    gaps: str  #: why periods of the table are not known, said once
    gaps_address: str
    target_ledger: str  #: where targets are recorded, when the side of targets has none
    chart: dict[str, Any] | None
    picker: PeriodPicker
    point: PointNotice | None
    points: tuple[PointChoice, ...]
    permanent: str
    export_address: str
    kept: dict[str, Any]
    as_of: int
    above: tuple[str, str] | None  #: name and address of the same figure one level up


def figure(request: HttpRequest, unit: Organisation, indicator: str, period: str) -> HttpResponse:
    """A figure and one of its sides."""
    definition = asked_indicator(indicator)
    span = read_period(period)
    kept = keep(request, "as_of", "in", "tab", "by")
    moved = _moved(request, FigureId(indicator, unit.code, span))
    if moved:
        return HttpResponseRedirect(moved)
    as_of = asked_point(request)
    side = request.GET.get("tab", "")
    if request.GET.get("kind") == "target" and side not in SIDES:
        side = "target"
    has_children = side in SIDES or figure_pages.has_units_below(unit)
    chosen: Side = side if side in SIDES else "below" if has_children else "months"
    fields = figure_pages.choice_fields(definition)
    by = request.GET.get("by", "") or (fields[0].key if fields and chosen == "parts" else "")
    view = figure_pages.view_figure(unit, indicator, span, chosen, as_of, by)
    return page(request, "figures/figure.html", _page(request, unit, view, chosen, by, kept))


def _moved(request: HttpRequest, identity: FigureId) -> str:
    """Where a form's choice of period or day leads: the figure's own address."""
    kept = keep(request, "as_of", "in", "tab", "by", "kind")
    day = asked_day(request)
    if day is not None:
        return address("figure", identity, **{**kept, "as_of": day})
    year, part = request.GET.get("year", ""), request.GET.get("part", "")
    if year.isdecimal() and len(year) == 4:
        span = read_period(year + (part if part in PARTS else ""))
        return address("figure", FigureId(identity.indicator, identity.organisation, span), **kept)
    return ""


def _page(
    request: HttpRequest,
    unit: Organisation,
    view: FigureView,
    side: Side,
    by: str,
    kept: dict[str, Any],
) -> FigurePage:
    definition, identity = view.definition, view.figure.id
    measure = asked_measure(request, definition)
    given: dict[str, Any] = {k: v for k, v in kept.items() if k in ("as_of", "in")}
    value = value_of(view.figure, measure, view.missing, name="trace", **given)
    table = [_row(view, line, side, measure, given, unit) for line in view.lines]
    catalogue = definitions().catalogue
    ledger = catalogue.ledgers.get(definition.source)
    point = None
    if not view.is_now:
        here = address("figure", identity, **{**kept, "as_of": ""})
        point = PointNotice(view.as_of, figure_pages.time_of(view.as_of), here)
    english = titled(definition) if language() == "en" else definition.title.en
    basis = definition.basis
    permanent = request.build_absolute_uri(address("figure", identity, as_of=view.as_of))
    sides = [s for s in SIDES if _has_side(s, view)]
    above = None
    parent = unit.parent
    visit = request.visit  # type: ignore[attr-defined]
    if parent is not None and visit.may("figure.read", parent):
        higher = FigureId(identity.indicator, parent.code, identity.period)
        above = (parent.name, address("figure", higher, **{**given, "tab": kept.get("tab", "")}))
    return FigurePage(
        unit=unit,
        title=titled(definition),
        english_title=english if language() == "zh" else definition.title.zh,
        area=area_words(definition.area),
        area_address=f"{reverse('figures', kwargs={'unit': unit.code})}?area={definition.area}&year={identity.period.year}",
        period=period_words(identity.period),
        code=period_code(identity.period),
        last_period=period_words(previous_year(identity.period)),
        value=value,
        measure=unit_words(measure),
        measures=tuple(
            Choice(m, unit_words(m), m == measure, address("figure", identity, **{**kept, "in": m}))
            for m in view.units
        ),
        last=value_of(view.last, measure, **given),
        change=change_of(view.growth, measure),
        target=value_of(view.target, measure, **given),
        progress=percent(view.progress),
        missing=why(view.missing),
        missing_address=value.ledger,
        formula=formula_words(definition),
        nature=nature_words(definition),
        basis="" if basis is None else say("{source}{article}", "{source} {article}", source=basis.source, article=basis.article),
        description=definition.description if language() == "zh" else "",
        is_forecast=definition.forecast,
        rows=view.figure.rows,
        blanks=view.figure.blanks,
        ledger=titled(ledger) if ledger is not None else "",
        ledger_address=reverse("ledger", kwargs={"unit": unit.code, "ledger": ledger.key}) if ledger is not None else "",
        trace_address=address("trace", identity, **given),
        side=side,
        sides=tuple(
            Choice(s, str(SIDE_WORDS[s]), s == side, address("figure", identity, **{**given, "tab": s})) for s in sides
        ),
        table=tuple(table),
        columns=_columns(table, view, side),
        label_head=_label_head(side),
        caption=say("{title}，{period}，{unit}", "{title}, {period}, {unit}", title=titled(definition), period=period_words(identity.period), unit=unit.name),
        adds_up=view.is_additive and side == "below",
        fields=tuple(
            Choice(f.key, titled(f), f.key == by, address("figure", identity, **{**given, "tab": "parts", "by": f.key}))
            for f in view.fields
        ) if side == "parts" else (),
        too_many=view.too_many,
        gaps=next((why(x.missing) for x in view.lines if x.missing is not None), "") if side in ("months", "years") else "",
        gaps_address=next((r.value.ledger for r in table if r.value.ledger), ""),
        target_ledger=_target_ledger(unit, view, side),
        chart=_chart(view, table, side, measure),
        picker=picker(unit, identity.period),
        point=point,
        points=tuple(_point(p, identity, given) for p in figure_pages.points(unit)),
        permanent=permanent,
        export_address=address("figure-export", identity, **kept),
        kept={k: v for k, v in kept.items() if k != "as_of"},
        as_of=view.as_of,
        above=above,
    )  # fmt: skip


def _target_ledger(unit: Organisation, view: FigureView, side: Side) -> str:
    """Where a target is recorded, when nobody has set one."""
    has = view.target.value is not None or any(
        x.target is not None and x.target.value is not None for x in view.lines
    )
    if side != "target" or has:
        return ""
    holders = [k for k, d in definitions().catalogue.ledgers.items() if d.targets is not None]
    return reverse("ledger", kwargs={"unit": unit.code, "ledger": holders[0]}) if holders else ""


def _has_side(side: Side, view: FigureView) -> bool:
    if side == "below":
        return view.has_children
    return view.has_parts if side == "parts" else True


def point_words(point: Point) -> str:
    """What happened at a point: what, where, about which period."""
    about = ""
    if point.period:
        about = say("{p}", "{p} ", p=period_words(parse_period(point.period)))
    what = str(POINT_WORDS[point.what])
    if not point.note:
        return f"{about}{what}"
    return say(
        "{about}{what}：{note}", "{about}{what}: {note}", about=about, what=what, note=point.note
    )


def _point(point: Point, identity: FigureId, given: dict[str, Any]) -> PointChoice:
    what = point_words(point)
    return PointChoice(
        point.seq,
        point.on,
        what,
        address("figure", identity, **{**given, "as_of": point.seq}),
        address("restatement", identity, since=point.seq),
    )


def _label_head(side: Side) -> str:
    heads = {
        "below": Words("单位", "Unit"), "target": Words("单位", "Unit"), "months": Words("月份", "Month"),
        "years": Words("期间", "Period"), "parts": Words("部分", "Part"),
    }  # fmt: skip
    return str(heads[side])


def _row(
    view: FigureView,
    line: SeriesLine,
    side: Side,
    measure: str,
    given: dict[str, Any],
    unit: Organisation,
) -> Row:
    query: dict[str, Any] = dict(given)
    figure = line.figure
    own_unit = ""
    if side == "parts" and line.relation is not None and figure.unit != view.figure.unit:
        measure, own_unit = figure.unit, unit_words(figure.unit)
        query.pop("in", None)
    identity = figure.id
    if side == "parts" and line.relation is None:
        value = value_of(figure, measure, link=False)
        label, where = line.label or say("（未填）", "(blank)"), ""
    else:
        home = line.unit.code if line.unit is not None else unit.code
        value = value_of(figure, measure, line.missing, home=home, short=True, **query)
        label, where = _label(line, side), ""
        if line.unit is not None or side in ("months", "years") or line.relation is not None:
            where = address("figure", identity, **query)
    if line.is_own:
        label = say("本级", "Kept by the unit itself")
    note = ""
    if line.unit is not None and line.unit.merged_into is not None:
        note = say("已并入", "merged")
    elif line.unit is not None and line.unit.closed_on:
        note = say("已撤销", "closed")
    if line.relation is not None and line.relation.kind == "part":
        note = say("其中", "of which")
    return Row(
        label,
        where,
        value,
        None if line.last is None else value_of(line.last, measure, **query),
        change_of(line.growth, measure) if line.growth is not None else None,
        None if line.so_far is None else value_of(line.so_far, measure, **query),
        None if line.target is None else value_of(line.target, measure, **query),
        percent(line.progress),
        percent(line.share),
        note,
        own_unit,
    )


def _label(line: SeriesLine, side: Side) -> str:
    if line.unit is not None or line.label:
        return line.label
    period = line.figure.id.period
    if side == "months":
        return say("{n} 月", "{n}", n=period.start % 100)
    if side == "years":
        return period_words(period)
    definition = definitions().catalogue.indicators.get(line.figure.id.indicator)
    return titled(definition) if definition is not None else line.figure.title


def _columns(table: list[Row], view: FigureView, side: Side) -> dict[str, bool]:
    """Which columns say anything."""
    return {
        "last": any(r.last is not None and (r.last.is_known or r.value.is_known) for r in table),
        "so_far": any(r.so_far is not None for r in table),
        "target": side == "target"
        or any(r.target is not None and r.target.is_known for r in table),
        "share": any(r.share for r in table),
    }


def _chart(view: FigureView, table: list[Row], side: Side, measure: str) -> dict[str, Any] | None:
    """The chart of a side: bars below, lines by month, bars by year, a ring for parts."""
    known = [r for r in table if r.value.is_known]
    if len(known) < 2 and not (side == "target" and known):
        return None
    title = titled(view.definition)
    period = view.figure.id.period
    labels = tuple(r.label for r in table)
    values = tuple(r.value.plain for r in table)
    last = tuple(r.last.plain if r.last is not None else "" for r in table)
    this_name, last_name = period_words(period), period_words(previous_year(period))
    unit = unit_words(measure)
    if side == "months":
        this_name, last_name = str(period.year), str(period.year - 1)
        series = [
            Series(this_name, values),
            *([Series(last_name, last, is_faint=True)] if any(last) else []),
        ]
        kind = "bar" if view.definition.nature == "flow" else "line"
        return Chart(kind, labels, tuple(series), unit, title).data()
    if side == "years":
        goals = tuple(
            r.target.plain if r.target is not None and count_months(period) == 12 else ""
            for r in table
        )
        series = [
            Series(title, values),
            *([Series(say("目标", "Target"), goals, "line")] if any(goals) else []),
        ]
        return Chart("bar", labels, tuple(series), unit, title).data()
    if side == "target":
        goals = tuple(r.target.plain if r.target is not None else "" for r in table)
        series = [
            Series(say("完成", "Done"), values),
            Series(say("目标", "Target"), goals, is_faint=True),
        ]
        return Chart("bars", labels, tuple(series), unit, title).data()
    if side == "parts":
        whole = [r for r in known if r.share]
        if not whole or parse_indicator_value(view.definition.value).kind not in ("sum", "count"):
            return None
        return Chart(
            "bars", tuple(r.label for r in whole), (Series(title, tuple(r.value.plain for r in whole)),), unit, title
        ).data()  # fmt: skip
    series = [
        Series(this_name, values),
        *([Series(last_name, last, is_faint=True)] if any(last) else []),
    ]
    return Chart("bars" if len(table) > 6 else "bar", labels, tuple(series), unit, title).data()
