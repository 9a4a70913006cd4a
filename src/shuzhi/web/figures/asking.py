"""What an address or a form about figures asks for: period, point, unit of measure. Reading only; what is wrong becomes a problem."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import Any
from urllib.parse import urlencode

from django.http import Http404, HttpRequest
from django.urls import reverse

from shuzhi.apps.books import figure_pages
from shuzhi.apps.office import definitions
from shuzhi.apps.organisations.models import Organisation
from shuzhi.core.definitions import IndicatorDef
from shuzhi.core.figures import FigureId
from shuzhi.core.periods import (
    Period,
    count_months,
    format_period,
    iterate_months,
    parse_period,
    year,
)
from shuzhi.core.problems import ProblemsError
from shuzhi.web.words import language, say

#: the parts of a year a page offers: what stands in the address behind the year
PARTS = ("", "H1", "H2", "Q1", "Q2", "Q3", "Q4", *(f"-{m:02d}" for m in range(1, 13)))
_DAY = re.compile(r"\d{4}-\d{2}-\d{2}")


@dataclass(frozen=True, slots=True)
class Choice:
    """One thing that can be chosen on a page."""

    value: str
    label: str
    is_chosen: bool = False
    address: str = ""


def period_code(period: Period) -> str:
    """The period as it stands in an address."""
    return format_period(period, "code")


def period_words(period: Period) -> str:
    """The period as a person of the page's language calls it."""
    return format_period(period, language())


def part_words(part: str) -> str:
    """A part of a year in words: whole year, first half, a quarter, a month."""
    if not part:
        return say("全年", "Whole year")
    if part[0] == "H":
        return say("上半年", "First half") if part[1] == "1" else say("下半年", "Second half")
    if part[0] == "Q":
        return say("第 {n} 季度", "Quarter {n}", n=part[1])
    return say("{n} 月", "Month {n}", n=int(part[1:]))


def read_period(text: str) -> Period:
    """The period in an address; anything that is neither a year nor months of one is no page."""
    try:
        period = parse_period(text)
    except ProblemsError:
        raise Http404 from None
    if period_code(period) != text or count_months(period) > 12:
        raise Http404
    return period


def asked_period(request: HttpRequest, unit: Organisation) -> Period:
    """The period of a list: ``year`` and ``part`` of the query, else the newest year with an open book."""
    text = request.GET.get("year", "")
    if text.isdecimal() and len(text) == 4:
        part = request.GET.get("part", "")
        return read_period(text + (part if part in PARTS else ""))
    return year(figure_pages.last_booked(unit))


def asked_point(request: HttpRequest) -> int | None:
    """The point of the books a page is to show; None is now."""
    text = request.GET.get("as_of", "")
    if not text:
        return None
    if not text.isdecimal() or len(text) > 18:
        raise Http404
    return int(text)


def asked_day(request: HttpRequest) -> int | None:
    """The point at the end of the day chosen in ``date``, for turning a day into a point."""
    text = request.GET.get("date", "")
    if not _DAY.fullmatch(text):
        return None
    try:
        return figure_pages.point_on(text)
    except ValueError:
        return None


def asked_indicator(key: str) -> IndicatorDef:
    """The indicator an address names; an unknown one is no page."""
    found = definitions().catalogue.indicators.get(key)
    if found is None:
        raise Http404
    return found


def asked_measure(request: HttpRequest, definition: IndicatorDef) -> str:
    """The unit the values are written in: one of those the indicator can be written in, else its own."""
    text = request.GET.get("in", "")
    known = figure_pages.convertible(definition.unit)
    if text in known:
        return text
    return known[0] if known else ""


def keep(request: HttpRequest, *names: str) -> dict[str, Any]:
    """Those parts of the query that go along to the next page."""
    return {n: request.GET[n] for n in names if request.GET.get(n)}


def address(name: str, identity: FigureId, **query: object) -> str:
    """The address of a figure's page (``figure``, ``trace``, ``restatement``) with what is asked of it."""
    path = reverse(
        name,
        kwargs={
            "unit": identity.organisation,
            "indicator": identity.indicator,
            "period": period_code(identity.period),
        },
    )
    given = {k: str(v) for k, v in query.items() if v not in (None, "")}
    if identity.kind == "target":
        given["kind"] = "target"
    return f"{path}?{urlencode(given)}" if given else path


@dataclass(frozen=True, slots=True)
class PeriodPicker:
    """Year and part of it, for a form."""

    years: tuple[Choice, ...]
    parts: tuple[Choice, ...]


def picker(unit: Organisation, period: Period) -> PeriodPicker:
    """The years of the unit's books and the parts of a year, the present choice marked."""
    code = period_code(period)
    years = figure_pages.known_years(unit)
    if period.year not in years:
        years = sorted({*years, period.year}, reverse=True)
    return PeriodPicker(
        tuple(Choice(str(y), say("{y} 年", "{y}", y=y), str(y) == code[:4]) for y in years),
        tuple(Choice(p, part_words(p), p == code[4:]) for p in PARTS),
    )


def months_of(period: Period) -> list[int]:
    """The months of the period's year, YYYYMM."""
    return list(iterate_months(year(period.year)))
