"""The map: units coloured by a figure, without any tiles from elsewhere, and the page to upload where they lie."""

from __future__ import annotations

from dataclasses import dataclass, field
from decimal import Decimal
from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.urls import reverse

from shuzhi.apps.books import figure_pages
from shuzhi.apps.books.figure_pages import Place
from shuzhi.apps.organisations.models import Organisation
from shuzhi.apps.organisations.places import place_units
from shuzhi.core.problems import Problem, ProblemsError
from shuzhi.web.context import page
from shuzhi.web.figures.asking import (
    Choice,
    PeriodPicker,
    asked_period,
    asked_point,
    keep,
    period_words,
    picker,
)
from shuzhi.web.figures.lists import PointNotice
from shuzhi.web.figures.matrix import measure_of
from shuzhi.web.figures.showing import Value, area_words, measured, unit_words, value_of
from shuzhi.web.templatetags.office import number
from shuzhi.web.words import say, titled

CLASSES = 5


@dataclass(frozen=True, slots=True)
class Band:
    """One colour of the legend."""

    number: int  #: 1 to 5, light to dark
    text: str
    count: int


@dataclass(frozen=True, slots=True)
class MapRow:
    """One unit of the table beside the map."""

    name: str
    value: Value
    band: int  #: 0 = not known
    is_placed: bool


@dataclass(frozen=True, slots=True)
class MapPage:
    """The map with its table."""

    unit: Organisation
    title: str
    measure: str
    period: str
    rows: tuple[MapRow, ...]
    bands: tuple[Band, ...]
    unknown: int
    data: dict[str, Any] | None
    placed: int
    by_area: tuple[tuple[str, tuple[Choice, ...]], ...]
    picker: PeriodPicker
    point: PointNotice | None
    kept: dict[str, Any]
    figure_address: str
    may_place: bool
    has_children: bool


def bands_of(values: list[Decimal], classes: int = CLASSES) -> list[Decimal]:
    """Upper bounds of classes with about as many values in each; alike values stay together."""
    ordered = sorted(values)
    bounds: list[Decimal] = []
    for place in range(1, classes + 1):
        bound = ordered[(len(ordered) * place + classes - 1) // classes - 1]
        if not bounds or bound > bounds[-1]:
            bounds.append(bound)
    return bounds


def figure_map(request: HttpRequest, unit: Organisation) -> HttpResponse:
    """Units below coloured by a figure."""
    period = asked_period(request, unit)
    chosen = figure_pages.named([request.GET.get("i", "")])
    definition = (
        chosen
        or figure_pages.promised(unit, period.year)
        or next(iter(figure_pages.areas().values()))
    )[0]
    as_of = asked_point(request)
    places = figure_pages.places(unit, definition.key, period, as_of)
    measure = measure_of(definition)
    kept = keep(request, "as_of")
    known = [p.figure.value for p in places if p.figure.value is not None]
    bounds = bands_of(known) if known else []
    rows = [_row(p, bounds, measure, kept) for p in places]
    placed = [p for p in places if p.longitude is not None]
    data = None
    if placed:
        data = {
            "units": [_drawn(p, r) for p, r in zip(places, rows, strict=True) if p.longitude is not None],
            "unit": unit_words(measure),
        }  # fmt: skip
    point = None
    if as_of is not None:
        here = request.GET.copy()
        here.pop("as_of", None)
        point = PointNotice(as_of, figure_pages.time_of(as_of), f"?{here.urlencode()}")
    from shuzhi.core.figures import FigureId
    from shuzhi.web.figures.asking import address

    visit = request.visit  # type: ignore[attr-defined]
    context = MapPage(
        unit=unit,
        title=titled(definition),
        measure=unit_words(measure),
        period=period_words(period),
        rows=tuple(rows),
        bands=_bands(bounds, known, measure),
        unknown=len(places) - len(known),
        data=data,
        placed=len(placed),
        by_area=tuple(
            (area_words(a), tuple(Choice(d.key, titled(d), d.key == definition.key) for d in defs))
            for a, defs in figure_pages.areas().items()
        ),
        picker=picker(unit, period),
        point=point,
        kept=kept,
        figure_address=address("figure", FigureId(definition.key, unit.code, period), **kept),
        may_place=visit.may("organisation.change", unit),
        has_children=bool(places),
    )
    return page(request, "figures/map.html", context)


def _band(value: Decimal | None, bounds: list[Decimal]) -> int:
    """The class of a value: 1 to 5 from light to dark, so that fewer classes still reach the dark end."""
    if value is None:
        return 0
    place = next(i for i, b in enumerate(bounds) if value <= b)
    return CLASSES - len(bounds) + 1 + place


def _row(place: Place, bounds: list[Decimal], measure: str, kept: dict[str, Any]) -> MapRow:
    query: dict[str, Any] = dict(kept)
    if measure != place.figure.unit:
        query["in"] = measure
    return MapRow(
        place.unit.name,
        value_of(place.figure, measure, **query),
        _band(place.figure.value, bounds),
        place.longitude is not None,
    )


def _drawn(place: Place, row: MapRow) -> dict[str, Any]:
    return {
        "name": row.name, "value": row.value.text, "address": row.value.address, "band": row.band,
        "at": [str(place.latitude), str(place.longitude)], "boundary": place.boundary,
    }  # fmt: skip


def _bands(bounds: list[Decimal], values: list[Decimal], measure: str) -> tuple[Band, ...]:
    found = []
    for place, bound in enumerate(bounds):
        inside = sorted(v for v in values if _band(v, bounds) == CLASSES - len(bounds) + 1 + place)
        low, high = number(measured(inside[0], measure)[0]), number(measured(bound, measure)[0])
        text = low if low == high else say("{a} 至 {b}", "{a} to {b}", a=low, b=high)
        found.append(Band(CLASSES - len(bounds) + 1 + place, text, len(inside)))
    return tuple(found)


# ── where units lie ───────────────────────────────────────────────────────────────────────────────────────────────────


@dataclass(frozen=True, slots=True)
class PlacesPage:
    """The upload of a file of boundaries."""

    unit: Organisation
    may_see: bool  #: the map; administrators of units do not read figures
    problems: tuple[Problem, ...] = ()
    warnings: tuple[Problem, ...] = ()
    placed: tuple[str, ...] = field(default_factory=tuple)
    file: str = ""


def map_places(request: HttpRequest, unit: Organisation) -> HttpResponse:
    """Upload where the units lie."""
    visit = request.visit  # type: ignore[attr-defined]
    may_see = visit.may("figure.read", unit)
    if request.method != "POST":
        return page(request, "figures/places.html", PlacesPage(unit, may_see))
    upload = request.FILES.get("file")
    if upload is None:
        missing = PlacesPage(unit, may_see, (Problem("PLACE_010"),))
        return page(request, "figures/places.html", missing, status=422)
    name = str(upload.name)[:100]
    try:
        done = place_units(visit.actor, unit, upload.read(), name)
    except ProblemsError as error:
        shown = PlacesPage(
            unit,
            may_see,
            tuple(p for p in error.problems if p.severity == "error"),
            tuple(p for p in error.problems if p.severity == "warning"),
            file=name,
        )
        return page(request, "figures/places.html", shown, status=422)
    if done.problems or not may_see:
        shown = PlacesPage(unit, may_see, (), done.problems, done.units, name)
        return page(request, "figures/places.html", shown)
    messages.success(
        request, say("已记下 {n} 个单位的位置。", "{n} units have a place now.", n=len(done.units))
    )
    return HttpResponseRedirect(reverse("map", kwargs={"unit": unit.code}))
