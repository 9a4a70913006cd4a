"""Several figures of several units side by side; the choice stands in the address, so that it can be kept and sent on."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from django.http import HttpRequest, HttpResponse
from django.urls import reverse

from shuzhi.apps.books import figure_pages
from shuzhi.apps.books.figure_pages import Matrix
from shuzhi.apps.organisations.models import Organisation
from shuzhi.core.definitions import IndicatorDef
from shuzhi.core.periods import Period
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
from shuzhi.web.figures.showing import Chart, Series, Value, area_words, unit_words, value_of
from shuzhi.web.words import titled

MOST_COLUMNS = 12
MOST_ROWS = 100


@dataclass(frozen=True, slots=True)
class Column:
    """One indicator of the matrix."""

    title: str
    unit: str
    address: str  #: of the matrix without it
    drop: str


@dataclass(frozen=True, slots=True)
class MatrixRow:
    """One unit of the matrix."""

    name: str
    code: str
    address: str
    values: tuple[Value, ...]


@dataclass(frozen=True, slots=True)
class ComparePage:
    """The matrix and what can be chosen."""

    unit: Organisation
    period: str
    columns: tuple[Column, ...]
    rows: tuple[MatrixRow, ...]
    total: tuple[Value, ...]
    by_area: tuple[tuple[str, tuple[Choice, ...]], ...]
    units: tuple[Choice, ...]
    chosen: tuple[str, ...]
    picker: PeriodPicker
    point: PointNotice | None
    chart: dict[str, Any] | None
    permanent: str
    export_address: str
    kept: dict[str, Any]
    too_many: bool


def asked_matrix(
    request: HttpRequest, unit: Organisation
) -> tuple[Period, list[IndicatorDef], list[str], Matrix]:
    """The period, the indicators, the units' codes and the figures a matrix is about; without a choice the year's targets, else the first area."""
    period = asked_period(request, unit)
    wanted = figure_pages.named(request.GET.getlist("i"))[:MOST_COLUMNS]
    if not wanted:
        wanted = (
            figure_pages.promised(unit, period.year)[:5]
            or next(iter(figure_pages.areas().values()))[:5]
        )
    codes = request.GET.getlist("u")[:MOST_ROWS]
    return (
        period,
        wanted,
        codes,
        figure_pages.compare(unit, wanted, codes, period, asked_point(request)),
    )


def measure_of(definition: IndicatorDef) -> str:
    """The unit an indicator's values are written in, in lists and matrices."""
    return definition.unit if definition.unit in figure_pages.convertible(definition.unit) else ""


def compare(request: HttpRequest, unit: Organisation) -> HttpResponse:
    """Several indicators of several units."""
    period, wanted, _, found = asked_matrix(request, unit)
    kept = keep(request, "as_of")
    measures = [measure_of(d) for d in wanted]

    def values(figures: Sequence[Any]) -> tuple[Value, ...]:
        return tuple(
            value_of(f, m, **({**kept, "in": m} if m != f.unit else kept))
            for f, m in zip(figures, measures, strict=True)
        )

    rows = tuple(
        MatrixRow(u.name, u.code, reverse("figures", kwargs={"unit": u.code}), values(figures)) for u, figures in found.rows
    )  # fmt: skip
    shown_codes = {u.code for u, _ in found.rows}
    keys = [d.key for d in wanted]
    chart = None
    if len(wanted) == 1 and len([r for r in rows if r.values[0].is_known]) > 1:
        chart = Chart(
            "bars", tuple(r.name for r in rows), (Series(titled(wanted[0]), tuple(r.values[0].plain for r in rows)),),
            unit_words(measures[0]), titled(wanted[0]),
        ).data()  # fmt: skip
    query = request.GET.copy()
    query.setlist("i", keys)
    query.setlist("u", [u.code for u, _ in found.rows])
    query["year"] = str(period.year)
    query["as_of"] = str(found.as_of)
    permanent = request.build_absolute_uri(f"{request.path}?{query.urlencode()}")
    point = None
    if found.as_of < found.now:
        here = request.GET.copy()
        here.pop("as_of", None)
        point = PointNotice(found.as_of, figure_pages.time_of(found.as_of), f"?{here.urlencode()}")
    units = figure_pages.units_inside(unit)
    context = ComparePage(
        unit=unit,
        period=period_words(period),
        columns=tuple(
            Column(titled(d), unit_words(m), reverse("figures", kwargs={"unit": unit.code}), _without(request, keys, d.key))
            for d, m in zip(wanted, measures, strict=True)
        ),
        rows=rows,
        total=values(found.total),
        by_area=tuple(
            (area_words(a), tuple(Choice(d.key, titled(d), d.key in keys) for d in defs)) for a, defs in figure_pages.areas().items()
        ),
        units=tuple(Choice(u.code, u.name, u.code in shown_codes) for u in units if u.code != unit.code),
        chosen=tuple(keys),
        picker=picker(unit, period),
        point=point,
        chart=chart,
        permanent=permanent,
        export_address=f"{reverse('compare-export', kwargs={'unit': unit.code})}?{query.urlencode()}",
        kept=kept,
        too_many=len(set(request.GET.getlist("i"))) > MOST_COLUMNS,
    )  # fmt: skip
    return page(request, "figures/compare.html", context)


def _without(request: HttpRequest, keys: list[str], key: str) -> str:
    query = request.GET.copy()
    query.setlist("i", [k for k in keys if k != key])
    return f"?{query.urlencode()}"
