"""What the pages about figures show, each read in a constant number of queries: lists, one figure from every side, a matrix, a map.

Values are those of `Sheet`; what is added here is what people want beside a value: last year's, growth as the handbook computes it,
the target and how far it is reached, shares, and why a figure is not known. Reads only; rights are the caller's to ask.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta, timezone
from decimal import Decimal
from typing import Literal

import orjson

from shuzhi.apps import storage
from shuzhi.apps.audit import actions as audit
from shuzhi.apps.books.queries import last_worked_year
from shuzhi.apps.books.sheets import OWN, Sheet, Unit
from shuzhi.apps.office import definitions
from shuzhi.apps.organisations.models import Organisation
from shuzhi.core.definitions import FieldDef, IndicatorDef, LedgerDef, RelationDef
from shuzhi.core.figures import Figure, FigureId
from shuzhi.core.formulas import parse_indicator_value, round_half_up
from shuzhi.core.indicators import TARGET_SUFFIX
from shuzhi.core.periods import (
    FIRST_YEAR,
    Period,
    count_months,
    iterate_months,
    month,
    month_of,
    next_year,
    previous_year,
    year,
)
from shuzhi.core.problems import Problem, ProblemsError

YEARS_SHOWN = 5
#: up to so many rows a figure is split by a field while the page is made: the rows themselves must be read for it
ROWS_SPLIT = 4000
POINTS_SHOWN = 10
_HUNDRED = Decimal(100)
_OFFICE_TIME = timezone(timedelta(hours=8))
_POINT_EVENTS = (
    "book.opened", "book.checked", "book.closed", "book.reopened", "organisation.merged", "organisation.split", "organisation.moved",
)  # fmt: skip


# ── small sums ────────────────────────────────────────────────────────────────────────────────────────────────────────


@dataclass(frozen=True, slots=True)
class Growth:
    """Against the same period of last year. `rate` has one decimal; a share grows by percentage points, from zero there is no rate."""

    difference: Decimal | None
    rate: Decimal | None
    kind: Literal["rate", "points", "from_zero", "unknown"]


def growth(this: Figure, last: Figure) -> Growth:
    """(this - last) / last × 100, half up to one decimal (handbook §0.3)."""
    if this.value is None or last.value is None:
        return Growth(None, None, "unknown")
    difference = this.value - last.value
    if this.unit in ("%", "％", "百分点"):
        return Growth(difference, None, "points")
    if last.value <= 0:
        return Growth(difference, None, "from_zero")
    return Growth(difference, round_half_up(difference / last.value * _HUNDRED, 1), "rate")


def part_of(value: Decimal | None, whole: Decimal | None) -> Decimal | None:
    """Per cent of the whole with one decimal; nothing when either is not known or the whole is not above zero."""
    if value is None or whole is None or whole <= 0:
        return None
    return round_half_up(value / whole * _HUNDRED, 1)


@dataclass(frozen=True, slots=True)
class Missing:
    """Why a figure is not known, and where to record what is missing."""

    kind: Literal["no_rows", "blank", "inputs", "not_defined", "no_target"]
    ledgers: tuple[LedgerDef, ...] = ()
    blanks: int = 0
    inputs: tuple[FigureId, ...] = ()  #: unknown inputs of a derived figure


def why_unknown(sheet: Sheet, figure: Figure) -> Missing | None:
    """What is missing where a figure has no value; None when it has one."""
    if figure.value is not None:
        return None
    catalogue = definitions().catalogue
    identity = figure.id
    definition = catalogue.indicators.get(identity.indicator)
    if definition is None:
        return None
    if identity.kind == "target":
        holders = tuple(one for one in catalogue.ledgers.values() if one.targets is not None)
        return Missing("no_target", holders)
    if parse_indicator_value(definition.value).kind != "derived":
        ledger = catalogue.ledgers[definition.source]
        if figure.blanks:
            return Missing("blank", (ledger,), figure.blanks)
        return Missing("no_rows", (ledger,))
    inputs = sheet.inputs(identity)
    sheet.load(inputs)
    unknown = [i for i in inputs if i.kind != "parameter" and sheet.figure(i).value is None]
    ledgers = {
        one.key: one
        for i in unknown
        for found in (why_unknown(sheet, sheet.figure(i)),)
        if found is not None
        for one in found.ledgers
    }
    return Missing(
        "inputs" if unknown else "not_defined", tuple(ledgers.values()), 0, tuple(unknown)
    )


# ── points ────────────────────────────────────────────────────────────────────────────────────────────────────────────


@dataclass(frozen=True, slots=True)
class Point:
    """A point of the books somebody may want to look back to."""

    seq: int
    on: str  #: date and minute at the office
    what: str  #: event code, or ``report``
    note: str = ""  #: unit or report
    period: str = ""  #: the year or period it was about, as a code


def office_time(at: str) -> str:
    """An instant as kept (UTC) in the office's own time, to the minute."""
    if not at:
        return ""
    moment = datetime.fromisoformat(at.replace("Z", "+00:00"))
    return moment.astimezone(_OFFICE_TIME).strftime("%Y-%m-%d %H:%M")


def time_of(seq: int) -> str:
    """When the books stood at this point, in the office's time; empty before the first entry."""
    rows = [
        storage.fetch(
            f"SELECT at FROM {table} WHERE seq <= %s ORDER BY seq DESC LIMIT 1",
            [seq],
        )
        for table in ("revision", "event")
    ]
    return office_time(max((r[0][0] for r in rows if r), default=""))


def point_on(day: str) -> int:
    """The last point of a day at the office: what stood in the books when it ended.

    Numbers are given in the order of time, so it is found by halving.
    """
    end = datetime.fromisoformat(day).replace(tzinfo=_OFFICE_TIME) + timedelta(days=1)
    limit = end.astimezone(UTC).isoformat(timespec="microseconds").replace("+00:00", "Z")
    low, high = 0, audit.current()
    while low < high:
        middle = (low + high + 1) // 2
        if _at(middle) < limit:
            low = middle
        else:
            high = middle - 1
    return low


def _at(seq: int) -> str:
    found = [
        storage.fetch(f"SELECT at FROM {table} WHERE seq <= %s ORDER BY seq DESC LIMIT 1", [seq])
        for table in ("revision", "event")
    ]
    return max((rows[0][0] for rows in found if rows), default="")


def points(organisation: Organisation) -> list[Point]:
    """Closings, reforms and reports of the unit and those above it, newest first."""
    ids = [int(part) for part in organisation.path.strip("/").split("/")]
    names: dict[str, str] = dict(
        storage.fetch(
            f"SELECT code, name FROM organisation WHERE id IN ({storage.marks(ids)})", ids
        )
    )
    found = [
        Point(seq, office_time(at), code, names.get(place, ""), _about(params))
        for seq, code, place, at, params in storage.fetch(
            f"SELECT seq, code, organisation, at, params FROM event WHERE code IN ({storage.marks(_POINT_EVENTS)}) "
            f"AND organisation IN ({storage.marks(list(names))}) ORDER BY seq DESC LIMIT {POINTS_SHOWN}",
            [*_POINT_EVENTS, *names],
        )
    ]
    templates = definitions().catalogue.reports
    for seq, at, template, of_year in storage.fetch(
        f"SELECT as_of, at, template, year FROM report WHERE organisation_id = %s ORDER BY id DESC LIMIT {POINTS_SHOWN}",
        [organisation.id],
    ):
        title = templates[template].title.zh if template in templates else template
        found.append(Point(seq, office_time(at), "report", title, str(of_year)))
    return sorted(found, key=lambda p: -p.seq)[:POINTS_SHOWN]


def _about(params: str) -> str:
    """The year or period an event was about."""
    known = orjson.loads(params)
    return str(known.get("period") or known.get("year") or "")


# ── lists ─────────────────────────────────────────────────────────────────────────────────────────────────────────────


@dataclass(frozen=True, slots=True)
class ListLine:
    """One indicator in a list."""

    definition: IndicatorDef
    this: Figure
    last: Figure
    growth: Growth
    target: Figure
    progress: Decimal | None
    months: tuple[
        Decimal | None, ...
    ]  #: of the year, as far as it went; empty where months say nothing
    missing: Missing | None


@dataclass(frozen=True, slots=True)
class FigureList:
    """Many indicators of one unit in one period."""

    period: Period
    lines: tuple[ListLine, ...]
    as_of: int
    now: int

    @property
    def is_now(self) -> bool:
        """Whether it shows the books as they stand."""
        return self.as_of >= self.now


def areas() -> dict[str, list[IndicatorDef]]:
    """The office's indicators by area, in the catalogue's order."""
    found: dict[str, list[IndicatorDef]] = {}
    for definition in definitions().catalogue.indicators.values():
        found.setdefault(definition.area, []).append(definition)
    return found


def search(words: str, limit: int = 60) -> list[IndicatorDef]:
    """Indicators whose title, key or other names hold every one of the words."""
    wanted = [w.casefold() for w in words.split()]
    found = []
    for one in definitions().catalogue.indicators.values():
        text = " ".join((one.title.zh, one.title.en, one.key, *one.synonyms)).casefold()
        if all(w in text for w in wanted):
            found.append(one)
    return found[:limit]


def promised(organisation: Organisation, of_year: int) -> list[IndicatorDef]:
    """Indicators for which the unit or one below it has promised something for the year."""
    rows = storage.fetch(
        "SELECT i.key FROM cell c JOIN indicator i ON i.id = c.indicator_id "
        "WHERE c.organisation_id IN (SELECT id FROM organisation WHERE path LIKE %s) AND c.month = %s AND i.key LIKE %s "
        'GROUP BY i.key HAVING SUM(c."rows") > 0',
        [organisation.path + "%", of_year * 100 + 12, "%" + TARGET_SUFFIX],
    )
    keys = {key.removesuffix(TARGET_SUFFIX) for (key,) in rows}
    return [one for one in definitions().catalogue.indicators.values() if one.key in keys]


def _target_period(period: Period) -> Period:
    """Promises are made for years."""
    return year(period.year)


def _months_so_far(period: Period) -> list[Period]:
    """The months of the period's year up to the present one."""
    this_month = month_of(audit.today())
    return [month(m) for m in iterate_months(year(period.year)) if m <= this_month]


def list_figures(
    organisation: Organisation,
    period: Period,
    wanted: Sequence[IndicatorDef],
    as_of: int | None = None,
    *,
    with_months: bool = True,
) -> FigureList:
    """The indicators of the unit in the period with last year's, the target and the months of the year."""
    with storage.snapshot():
        sheet = Sheet(organisation, as_of)
        code, before = organisation.code, previous_year(period)
        months = _months_so_far(period) if with_months else []
        drawn = {d.key for d in wanted if parse_indicator_value(d.value).kind in ("sum", "count")}
        sheet.load(
            [
                *(FigureId(d.key, code, p) for d in wanted for p in (period, before)),
                *(FigureId(d.key, code, _target_period(period), "target") for d in wanted),
                *(FigureId(d.key, code, m) for d in wanted if d.key in drawn for m in months),
            ]
        )
        lines = []
        for one in wanted:
            this = sheet.figure(FigureId(one.key, code, period))
            last = sheet.figure(FigureId(one.key, code, before))
            target = sheet.figure(FigureId(one.key, code, _target_period(period), "target"))
            drawn_months = tuple(
                sheet.figure(FigureId(one.key, code, m)).value for m in months if one.key in drawn
            )
            lines.append(
                ListLine(
                    one, this, last, growth(this, last), target, part_of(this.value, target.value),
                    drawn_months, why_unknown(sheet, this),
                )
            )  # fmt: skip
        return FigureList(period, tuple(lines), sheet.as_of, sheet.now)


# ── one figure ────────────────────────────────────────────────────────────────────────────────────────────────────────


@dataclass(frozen=True, slots=True)
class SeriesLine:
    """One line of a figure's table: a unit, a month, a year or a part, with the figures beside it."""

    label: str  #: name of the unit, the value of the part; empty for periods, which the page names
    figure: Figure
    last: Figure | None = None
    growth: Growth | None = None
    so_far: Figure | None = None  #: flows by month: from January to here
    target: Figure | None = None
    progress: Decimal | None = None
    share: Decimal | None = None
    unit: Unit | None = None
    is_own: bool = False  #: what the unit keeps itself
    relation: RelationDef | None = None
    missing: Missing | None = None


@dataclass(frozen=True, slots=True)
class FigureView:
    """One figure with what stands around it."""

    definition: IndicatorDef
    figure: Figure
    last: Figure
    growth: Growth
    target: Figure
    progress: Decimal | None
    missing: Missing | None
    lines: tuple[SeriesLine, ...]
    is_additive: bool  #: the parts below add up to the whole
    units: tuple[str, ...]  #: it can be written in, the base first
    fields: tuple[FieldDef, ...]  #: its rows can be split by
    has_parts: bool
    has_children: bool
    as_of: int
    now: int
    too_many: bool = False  #: rows to be split by a field while a page is made

    @property
    def is_now(self) -> bool:
        """Whether it shows the books as they stand."""
        return self.as_of >= self.now


Side = Literal["below", "months", "years", "parts", "target"]
SIDES: tuple[Side, ...] = ("below", "months", "years", "parts", "target")


def convertible(unit: str) -> tuple[str, ...]:
    """The units a figure can be written in: its base unit, then the others of the same base, smaller first."""
    if not unit:
        return ()
    units = definitions().units
    base = units.base_of(unit)
    others = [d for d in units.definitions.values() if d.base == base and d.key != base]
    large = [f"万{base}"] if base in ("元", "亩", "人") else []
    keys = dict.fromkeys([base, *(d.key for d in sorted(others, key=lambda d: d.factor)), *large])
    return tuple(keys)


def choice_fields(definition: IndicatorDef) -> tuple[FieldDef, ...]:
    """The fields a sum or count can be split by: choices that are not personal."""
    if parse_indicator_value(definition.value).kind not in ("sum", "count"):
        return ()
    ledger = definitions().catalogue.ledgers[definition.source]
    return tuple(f for f in ledger.fields if f.type in ("choice", "boolean") and not f.personal)


def relations_of(indicator: str) -> list[RelationDef]:
    """What the catalogue says the figure is the sum of, or the whole of."""
    return [
        r
        for r in definitions().catalogue.relations.values()
        if r.total == indicator and r.kind in ("sum", "part") and r.parts
    ]


def view_figure(
    organisation: Organisation,
    indicator: str,
    period: Period,
    side: Side,
    as_of: int | None = None,
    by: str = "",
) -> FigureView:
    """A figure and one side of it.

    Raises:
        ProblemsError: FIGURE_001 no such indicator, FIGURE_003 no such point.
    """
    catalogue = definitions().catalogue
    definition = catalogue.indicators.get(indicator)
    if definition is None:
        raise ProblemsError([Problem("FIGURE_001", {"indicator": indicator})])
    with storage.snapshot():
        sheet = Sheet(organisation, as_of)
        code = organisation.code
        this_id = FigureId(indicator, code, period)
        last_id = FigureId(indicator, code, previous_year(period))
        target_id = FigureId(indicator, code, _target_period(period), "target")
        children = sheet.tree.children(code)
        asked = _asked(sheet, definition, period, side, children)
        sheet.load([this_id, last_id, target_id, *asked])
        this, last, target = (sheet.figure(i) for i in (this_id, last_id, target_id))
        kind = parse_indicator_value(definition.value).kind
        lines, too_many = _lines(sheet, definition, this, side, children, by)
        fields = choice_fields(definition)
        return FigureView(
            definition, this, last, growth(this, last), target, part_of(this.value, target.value), why_unknown(sheet, this),
            tuple(lines), kind != "derived", convertible(definition.unit), fields, bool(fields or relations_of(indicator)), bool(children),
            sheet.as_of, sheet.now, too_many,
        )  # fmt: skip


def _years(period: Period) -> list[Period]:
    """The same months of the last years, newest last; the year after too when something is planned for it is not shown."""
    found = [period]
    while len(found) < YEARS_SHOWN and found[0].start // 100 > FIRST_YEAR:
        found.insert(0, previous_year(found[0]))
    return found


def _asked(
    sheet: Sheet, definition: IndicatorDef, period: Period, side: Side, children: Sequence[Unit]
) -> list[FigureId]:
    """Everything one side of a figure needs."""
    key, code = definition.key, sheet.organisation.code
    before = previous_year(period)
    if side == "below":
        codes = [*(u.code for u in children), *([code + OWN] if _has_own(definition) else [])]
        return [FigureId(key, c, p) for c in codes for p in (period, before)]
    if side == "target":
        promises = _target_period(period)
        codes = [code, *(u.code for u in children)]
        return [
            *(FigureId(key, c, promises, "target") for c in codes),
            *(FigureId(key, c, promises) for c in codes),
            FigureId(key, code, next_year(promises), "target"),
        ]
    if side == "months":
        months = [month(m) for m in iterate_months(year(period.year))]
        asked = [FigureId(key, code, p) for m in months for p in (m, previous_year(m))]
        if definition.nature == "flow":
            asked += [FigureId(key, code, _so_far(m)) for m in months]
        return asked
    if side == "years":
        spans = _years(period)
        spans = [previous_year(spans[0]), *spans]
        return [
            *(FigureId(key, code, p) for p in spans),
            *(FigureId(key, code, _target_period(p), "target") for p in spans),
        ]
    return [FigureId(k, code, period) for r in relations_of(key) for k in r.parts]


def _so_far(one: Period) -> Period:
    """From January to this month's end."""
    return Period(one.year * 100 + 1, one.end)


def _has_own(definition: IndicatorDef) -> bool:
    return parse_indicator_value(definition.value).kind != "derived"


def _lines(
    sheet: Sheet,
    definition: IndicatorDef,
    this: Figure,
    side: Side,
    children: Sequence[Unit],
    by: str,
) -> tuple[list[SeriesLine], bool]:
    key, code, period = definition.key, sheet.organisation.code, this.id.period
    figure = sheet.figure
    if side == "below":
        return _below(sheet, definition, this, children), False
    if side == "target":
        promises = _target_period(period)
        lines = []
        for unit in children:
            actual = figure(FigureId(key, unit.code, promises))
            target = figure(FigureId(key, unit.code, promises, "target"))
            lines.append(
                SeriesLine(
                    unit.name, actual, target=target, progress=part_of(actual.value, target.value),
                    unit=unit, missing=why_unknown(sheet, actual),
                )
            )  # fmt: skip
        return lines, False
    if side == "months":
        return _by_month(sheet, definition, period), False
    if side == "years":
        lines = []
        for one in _years(period):
            actual, last = (
                figure(FigureId(key, code, one)),
                figure(FigureId(key, code, previous_year(one))),
            )
            target = figure(FigureId(key, code, _target_period(one), "target"))
            progress = part_of(actual.value, target.value) if count_months(one) == 12 else None
            lines.append(
                SeriesLine(
                    "", actual, last, growth(actual, last), target=target, progress=progress,
                    missing=why_unknown(sheet, actual),
                )
            )  # fmt: skip
        return lines, False
    return _parts(sheet, definition, this, by)


def _below(
    sheet: Sheet, definition: IndicatorDef, this: Figure, children: Sequence[Unit]
) -> list[SeriesLine]:
    key, period = definition.key, this.id.period
    before = previous_year(period)
    whole = this.value if _has_own(definition) else None
    lines = []
    own = sheet.organisation.code + OWN
    for unit in children:
        actual = sheet.figure(FigureId(key, unit.code, period))
        last = sheet.figure(FigureId(key, unit.code, before))
        lines.append(
            SeriesLine(
                unit.name, actual, last, growth(actual, last), share=part_of(actual.value, whole),
                unit=unit, missing=why_unknown(sheet, actual),
            )
        )  # fmt: skip
    if _has_own(definition):
        actual, last = (
            sheet.figure(FigureId(key, own, period)),
            sheet.figure(FigureId(key, own, before)),
        )
        if actual.rows or actual.blanks or last.rows:
            lines.append(
                SeriesLine(
                    "", actual, last, growth(actual, last), share=part_of(actual.value, whole),
                    is_own=True, missing=why_unknown(sheet, actual),
                )
            )  # fmt: skip
    return lines


def _by_month(sheet: Sheet, definition: IndicatorDef, period: Period) -> list[SeriesLine]:
    key, code = definition.key, sheet.organisation.code
    this_month = month_of(audit.today())
    lines = []
    for number in iterate_months(year(period.year)):
        one = month(number)
        actual = sheet.figure(FigureId(key, code, one))
        if number > this_month:
            actual = Figure(actual.id, None, actual.unit, actual.title, actual.as_of)
        last = sheet.figure(FigureId(key, code, previous_year(one)))
        so_far = (
            sheet.figure(FigureId(key, code, _so_far(one)))
            if definition.nature == "flow" and number <= this_month
            else None
        )
        lines.append(
            SeriesLine("", actual, last, growth(actual, last), so_far,
                       missing=why_unknown(sheet, actual) if number <= this_month else None)
        )  # fmt: skip
    return lines


def _parts(
    sheet: Sheet, definition: IndicatorDef, this: Figure, by: str
) -> tuple[list[SeriesLine], bool]:
    from shuzhi.apps.books.queries import Books

    key, code, period = definition.key, sheet.organisation.code, this.id.period
    lines = []
    for relation in relations_of(key):
        for part in relation.parts:
            actual = sheet.figure(FigureId(part, code, period))
            lines.append(
                SeriesLine(
                    "", actual, share=part_of(actual.value, this.value), relation=relation,
                    missing=why_unknown(sheet, actual),
                )
            )  # fmt: skip
    if by not in {f.key for f in choice_fields(definition)}:
        return lines, False
    if this.rows + this.blanks > ROWS_SPLIT:
        return lines, True
    books = Books(None if sheet.is_now else sheet.as_of)
    for value, figure in books.breakdown(key, code, period, by):
        lines.append(SeriesLine(value, figure, share=part_of(figure.value, this.value)))
    return lines, False


# ── several side by side ──────────────────────────────────────────────────────────────────────────────────────────────


@dataclass(frozen=True, slots=True)
class Matrix:
    """Several indicators (across) of several units (down)."""

    columns: tuple[IndicatorDef, ...]
    rows: tuple[tuple[Unit, tuple[Figure, ...]], ...]
    total: tuple[Figure, ...]  #: of the unit the matrix is about
    as_of: int
    now: int


def compare(
    organisation: Organisation,
    wanted: Sequence[IndicatorDef],
    codes: Sequence[str],
    period: Period,
    as_of: int | None = None,
) -> Matrix:
    """The figures of the units (below the unit; others are passed over) in the period; without codes those directly below."""
    with storage.snapshot():
        sheet = Sheet(organisation, as_of)
        units = [sheet.tree.units[c] for c in dict.fromkeys(codes) if c in sheet.tree.units]
        units = units or sheet.tree.children(organisation.code)
        sheet.load(
            FigureId(d.key, c, period)
            for d in wanted
            for c in (organisation.code, *(u.code for u in units))
        )
        rows = tuple(
            (u, tuple(sheet.figure(FigureId(d.key, u.code, period)) for d in wanted)) for u in units
        )
        total = tuple(sheet.figure(FigureId(d.key, organisation.code, period)) for d in wanted)
        return Matrix(tuple(wanted), rows, total, sheet.as_of, sheet.now)


def units_inside(organisation: Organisation) -> list[Unit]:
    """The unit and those below it, for choosing: in the order of the tree, at most 600."""
    rows = storage.fetch(
        "SELECT id, code, name, level, path, closed_on, merged_into_id FROM organisation WHERE path LIKE %s AND level <> 'group' "
        "ORDER BY code LIMIT 600",
        [organisation.path + "%"],
    )
    return [Unit(r[0], r[1], r[2], r[3], r[4], r[5] or "", r[6], True) for r in rows]


@dataclass(frozen=True, slots=True)
class Place:
    """A unit on the map with its figure."""

    unit: Unit
    figure: Figure
    longitude: Decimal | None
    latitude: Decimal | None
    boundary: str  #: GeoJSON geometry, or empty


def places(
    organisation: Organisation, indicator: str, period: Period, as_of: int | None = None
) -> list[Place]:
    """The units directly below with their figure and where they lie."""
    with storage.snapshot():
        sheet = Sheet(organisation, as_of)
        units = sheet.tree.children(organisation.code)
        sheet.load(FigureId(indicator, u.code, period) for u in units)
        where = {
            r[0]: r[1:]
            for chunk in storage.in_chunks([u.id for u in units])
            for r in storage.fetch(
                f"SELECT organisation_id, longitude, latitude, boundary FROM site WHERE organisation_id IN ({storage.marks(chunk)})",
                chunk,
            )
        }
        found = []
        for unit in units:
            longitude, latitude, boundary = where.get(unit.id, (None, None, ""))
            figure = sheet.figure(FigureId(indicator, unit.code, period))
            found.append(Place(unit, figure, _decimal(longitude), _decimal(latitude), boundary))
        return found


def _decimal(value: object) -> Decimal | None:
    return None if value is None else Decimal(str(value))


def known_years(organisation: Organisation) -> list[int]:
    """The years that can be chosen: from the first book of the unit to the present year, newest first."""
    rows = storage.fetch(
        "SELECT MIN(year) FROM book WHERE organisation_id IN (SELECT id FROM organisation WHERE path LIKE %s)",
        [organisation.path + "%"],
    )
    this_year = int(audit.today()[:4])
    first = rows[0][0] if rows and rows[0][0] is not None else this_year
    return list(range(max(this_year, first), first - 2, -1))


def last_booked(organisation: Organisation) -> int:
    """The year a page begins with: the newest year for which the unit's book is open, at most the last year with figures."""
    ids = [int(part) for part in organisation.path.strip("/").split("/")]
    this_year = last_worked_year(organisation)
    rows = storage.fetch(
        "SELECT MAX(year) FROM book WHERE year <= %s AND (organisation_id IN "
        f"(SELECT id FROM organisation WHERE path LIKE %s) OR organisation_id IN ({storage.marks(ids)}))",
        [this_year, organisation.path + "%", *ids],
    )
    return int(rows[0][0]) if rows and rows[0][0] is not None else this_year


def has_units_below(organisation: Organisation) -> bool:
    """Whether any unit hangs below, now or before it was closed."""
    return Organisation.objects.filter(parent=organisation).exists()


def named(keys: Iterable[str]) -> list[IndicatorDef]:
    """The indicators with these keys, each once; unknown ones are passed over."""
    known = definitions().catalogue.indicators
    return [known[k] for k in dict.fromkeys(keys) if k in known]
