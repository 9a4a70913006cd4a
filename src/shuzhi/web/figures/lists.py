"""The list of figures: by line of work, with search, this year against target and last year."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.urls import reverse

from shuzhi.apps.books import figure_pages
from shuzhi.apps.organisations.models import Organisation
from shuzhi.core.definitions import IndicatorDef
from shuzhi.web.context import page
from shuzhi.web.figures.asking import (
    Choice,
    PeriodPicker,
    asked_day,
    asked_period,
    asked_point,
    keep,
    period_code,
    period_words,
    picker,
)
from shuzhi.web.figures.showing import (
    Change,
    Spark,
    Value,
    area_words,
    change_of,
    percent,
    spark,
    unit_words,
    value_of,
)
from shuzhi.web.words import say, titled

GOALS = "goals"  #: the part of the list that holds what has a target
WITHOUT_ROWS = "empty"


@dataclass(frozen=True, slots=True)
class Line:
    """One indicator of the list."""

    key: str
    title: str
    address: str
    unit: str
    this: Value
    last: Value
    change: Change
    target: Value
    progress: str  #: per cent, digits
    is_behind: bool
    spark: Spark | None
    also: str  #: another name it was found by


@dataclass(frozen=True, slots=True)
class PointNotice:
    """Which point of the books a page shows, when it is not now."""

    seq: int
    on: str
    now_address: str


@dataclass(frozen=True, slots=True)
class ListPage:
    """The list of figures."""

    unit: Organisation
    period: str
    period_code: str
    areas: tuple[Choice, ...]
    area: str
    area_title: str
    query: str
    lines: tuple[Line, ...]
    unknown: tuple[Line, ...]  #: those without a value, shown below and folded
    picker: PeriodPicker
    point: PointNotice | None
    kept: dict[str, Any]
    export_address: str
    limit_reached: bool


def figures(request: HttpRequest, unit: Organisation) -> HttpResponse:
    """Figures of a unit."""
    day = asked_day(request)
    if day is not None:
        query = request.GET.copy()
        query.pop("date")
        query["as_of"] = str(day)
        return HttpResponseRedirect(f"{request.path}?{query.urlencode()}")
    return page(request, "figures/figures.html", list_page(request, unit))


def chosen_indicators(
    request: HttpRequest, unit: Organisation, year: int
) -> tuple[str, str, list[IndicatorDef], list[IndicatorDef]]:
    """(words searched for, area, the indicators, those with a target) that a list is about."""
    by_area = figure_pages.areas()
    words = request.GET.get("q", "").strip()[:60]
    goals = figure_pages.promised(unit, year)
    if words:
        return words, "", figure_pages.search(words), goals
    area = request.GET.get("area", "")
    if area not in by_area and area != GOALS:
        area = GOALS if goals else next(iter(by_area))
    return "", area, goals if area == GOALS else by_area[area], goals


def list_page(request: HttpRequest, unit: Organisation) -> ListPage:
    """What the list shows."""
    period = asked_period(request, unit)
    as_of = asked_point(request)
    words, area, wanted, goals = chosen_indicators(request, unit, period.year)
    shown = figure_pages.list_figures(unit, period, wanted, as_of)
    kept = keep(request, "year", "part", "as_of")
    lines = [_line(x, unit, kept.get("as_of", ""), words) for x in shown.lines]
    known = [x for x in lines if x.this.is_known]
    areas = [
        *([Choice(GOALS, say("年度目标", "Targets"), area == GOALS)] if goals else []),
        *(Choice(a, area_words(a), a == area) for a in figure_pages.areas()),
    ]
    point = None
    if as_of is not None and not shown.is_now:
        query = request.GET.copy()
        query.pop("as_of", None)
        point = PointNotice(as_of, figure_pages.time_of(as_of), f"?{query.urlencode()}")
    export = reverse("figures-export", kwargs={"unit": unit.code})
    return ListPage(
        unit=unit,
        period=period_words(period),
        period_code=period_code(period),
        areas=tuple(areas),
        area=area,
        area_title=say("年度目标", "Targets") if area == GOALS else area_words(area),
        query=words,
        lines=tuple(known),
        unknown=tuple(x for x in lines if not x.this.is_known),
        picker=picker(unit, period),
        point=point,
        kept=kept,
        export_address=f"{export}?{request.GET.urlencode()}",
        limit_reached=bool(words) and len(wanted) == 60,
    )


def _line(one: figure_pages.ListLine, unit: Organisation, as_of: str, words: str) -> Line:
    definition = one.definition
    measure = (
        definition.unit if definition.unit in figure_pages.convertible(definition.unit) else ""
    )
    given: dict[str, Any] = {"as_of": as_of}
    if measure and measure != one.this.unit:
        given["in"] = measure
    this = value_of(one.this, measure, one.missing, **given)
    progress = one.progress
    return Line(
        key=definition.key,
        title=titled(definition),
        address=this.address or _address(one, given),
        unit=unit_words(measure),
        this=this,
        last=value_of(one.last, measure, **given),
        change=change_of(one.growth, measure),
        target=value_of(one.target, measure, **given),
        progress=percent(progress),
        is_behind=progress is not None and progress < 100,
        spark=spark(one.months, measure, bars=definition.nature == "flow"),
        also=_also(definition, words),
    )


def _address(one: figure_pages.ListLine, given: dict[str, Any]) -> str:
    from shuzhi.web.figures.asking import address

    return address("figure", one.this.id, **given)


def _also(definition: IndicatorDef, words: str) -> str:
    """The other name of the indicator that was searched for."""
    if not words or words.casefold() in titled(definition).casefold():
        return ""
    return next((s for s in definition.synonyms if words.casefold() in s.casefold()), "")
