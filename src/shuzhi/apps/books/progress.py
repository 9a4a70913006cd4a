"""How far a unit is with what it promised for a year: each target beside the figure of the books and the pace of the year.

All additive figures are read by one query, so that a page with thirty targets costs hardly more than one with three.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Sequence
from dataclasses import dataclass
from decimal import Decimal

from shuzhi.apps import storage
from shuzhi.apps.audit import actions as audit
from shuzhi.apps.books.queries import DatabaseCells
from shuzhi.apps.office import definitions
from shuzhi.apps.organisations.models import Organisation
from shuzhi.core.definitions import Catalogue, IndicatorDef
from shuzhi.core.figures import Figure, FigureId
from shuzhi.core.formulas import parse_indicator_value
from shuzhi.core.indicators import TARGET_SUFFIX, Amount, FigureReader, rows_key
from shuzhi.core.periods import year as year_period
from shuzhi.core.quantities import from_scaled


@dataclass(frozen=True, slots=True)
class Promise:
    """A target of a year with what the books say of it by now."""

    indicator: IndicatorDef
    target: Decimal  #: base unit
    actual: Decimal | None  #: base unit; None = not known
    unit: str
    share: int | None  #: reached, in whole per cent, rounded down; None = not known
    pace: (
        int | None
    )  #: per cent that an even pace would have reached by now; only for figures that add over months

    @property
    def is_met(self) -> bool | None:
        """Whether the promise is kept; unknown while the figure is."""
        return None if self.actual is None else self.actual >= self.target

    @property
    def is_behind(self) -> bool:
        """Below the even pace; a hint, no verdict."""
        return self.pace is not None and self.share is not None and self.share < min(self.pace, 100)

    @property
    def bar(self) -> int:
        """What a bar from 0 to 100 shows."""
        return max(0, min(self.share or 0, 100))


class LoadedCells(DatabaseCells):
    """The present cells, with the sums of one unit over some keys read beforehand by one query."""

    def load(self, organisation: str, keys: Collection[str], end: int) -> None:
        """Read every month before `end` of these posting keys for the unit and all below it."""
        self._loaded: dict[tuple[str, str], dict[int, Amount]] = {
            (organisation, k): {} for k in keys
        }
        self._end = end
        numbers = {self._numbers[k]: k for k in keys if k in self._numbers}
        if not numbers:
            return
        sums: dict[tuple[str, int], list[int]] = defaultdict(lambda: [0, 0, 0])
        marks = storage.marks(list(numbers))
        for chunk in storage.in_chunks(self.ids(organisation)):
            for number, month, *parts in storage.fetch(
                'SELECT indicator_id, month, SUM(amount), SUM("rows"), SUM(blanks) FROM cell '
                f"WHERE indicator_id IN ({marks}) AND organisation_id IN ({storage.marks(chunk)}) AND month < %s "
                "GROUP BY indicator_id, month",
                [*numbers, *chunk, end],
            ):
                total = sums[numbers[number], month]
                for place, part in enumerate(parts):
                    total[place] += int(part)
        for (key, month), total in sums.items():
            self._loaded[organisation, key][month] = Amount(*total)

    def additive(self, indicator: str, organisation: str, start: int, end: int) -> Amount:
        """From what was loaded where possible."""
        months = self._loaded.get((organisation, indicator)) if end <= self._end else None
        if months is None:
            return super().additive(indicator, organisation, start, end)
        inside = [amount for month, amount in months.items() if start <= month < end]
        return Amount(*(sum(part) for part in zip(*inside, strict=True))) if inside else _NONE


_NONE = Amount(0, 0, 0)


def _keys_behind(catalogue: Catalogue, indicators: Collection[str]) -> set[str]:
    """Posting keys of additive figures behind these indicators, through all derived ones."""
    keys: set[str] = set()
    seen: set[str] = set()
    open_ = list(indicators)
    while open_:
        definition = catalogue.indicators.get(open_.pop())
        if definition is None or definition.key in seen:
            continue
        seen.add(definition.key)
        value = parse_indicator_value(definition.value)
        if value.kind == "derived":
            assert value.expression is not None
            open_ += value.expression.names
            continue
        keys.add(rows_key(definition.source))
        if value.kind in ("sum", "count"):
            keys.add(definition.key)
    return keys


def _targets(unit: Organisation, year: int) -> list[tuple[str, int]]:
    """(indicator, promised amount) of the unit itself."""
    return [
        (key.removesuffix(TARGET_SUFFIX), int(amount))
        for key, amount in storage.fetch(
            "SELECT i.key, c.amount FROM cell c JOIN indicator i ON i.id = c.indicator_id "
            'WHERE c.organisation_id = %s AND c.month = %s AND i.key LIKE %s AND c."rows" > 0 ORDER BY i.key',
            [unit.id, year * 100 + 12, "%" + TARGET_SUFFIX],
        )
    ]


def promises_of(unit: Organisation, year: int, through: int) -> list[Promise]:
    """The unit's targets of a year, in the order of the catalogue, as of now.

    Args:
        through: month up to which the year has run, for the even pace.
    """
    catalogue, units = definitions().catalogue, definitions().units
    promised = {k: a for k, a in _targets(unit, year) if k in catalogue.indicators}
    if not promised:
        return []
    cells = LoadedCells()
    period = year_period(year)
    cells.load(unit.code, _keys_behind(catalogue, promised), period.end)
    reader = FigureReader(catalogue, units, cells, audit.current())
    elapsed = 12 if through >= period.last else max(through - year * 100, 0)
    found = []
    for key, definition in catalogue.indicators.items():
        if key not in promised:
            continue
        target = from_scaled(promised[key])
        figure: Figure = reader.figure(FigureId(key, unit.code, period))
        share = None
        if figure.value is not None:
            share = int(figure.value * 100 / target) if target else 100
        pace = elapsed * 100 // 12 if definition.nature == "flow" else None
        found.append(Promise(definition, target, figure.value, figure.unit, share, pace))
    return found


def furthest_behind(promises: Sequence[Promise], count: int) -> list[Promise]:
    """The targets that need looking at first: unknown ones and those least reached, the kept ones last."""
    order = sorted(
        promises,
        key=lambda p: (p.is_met is True, not p.is_behind, p.share if p.share is not None else -1),
    )
    return order[:count]


@dataclass(frozen=True, slots=True)
class TargetGaps:
    """Promises a year's book still lacks."""

    indicators: tuple[
        IndicatorDef, ...
    ]  #: promised by the unit for the year before, not for this one
    units: tuple[
        tuple[str, str], ...
    ]  #: code and name of standing units below without any target of the year
    has_own: bool  #: the unit itself has promised something


def target_gaps(unit: Organisation, year: int) -> TargetGaps:
    """Which targets are missing: what was promised last year and not this year, and who below has promised nothing."""
    catalogue = definitions().catalogue
    rows = storage.fetch(
        "SELECT DISTINCT c.organisation_id, c.month, i.key FROM cell c JOIN indicator i ON i.id = c.indicator_id "
        "JOIN organisation o ON o.id = c.organisation_id "
        'WHERE o.path LIKE %s AND c.month IN (%s, %s) AND i.key LIKE %s AND c."rows" > 0',
        [unit.path + "%", year * 100 + 12, year * 100 - 88, "%" + TARGET_SUFFIX],
    )
    now = {k for o, m, k in rows if o == unit.id and m == year * 100 + 12}
    before = {k for o, m, k in rows if o == unit.id and m != year * 100 + 12}
    promising = {o for o, m, _ in rows if m == year * 100 + 12}
    levels = {d.key: d.kept_by for d in catalogue.ledgers.values() if d.targets is not None}
    keeping = {level for kept in levels.values() for level in kept}
    below = storage.fetch(
        "SELECT id, code, name, level FROM organisation WHERE path LIKE %s AND closed_on = '' AND merged_into_id IS NULL ORDER BY path",
        [unit.path + "_%"],
    )
    missing = {k.removesuffix(TARGET_SUFFIX) for k in before - now}
    return TargetGaps(
        tuple(d for k, d in catalogue.indicators.items() if k in missing),
        tuple(
            (code, name)
            for id_, code, name, level in below
            if level in keeping and id_ not in promising
        ),
        bool(now),
    )


def target_ledger(level: str) -> str:
    """Key of the ledger in which a unit of this level records its targets; empty when there is none."""
    return next(
        (
            d.key
            for d in definitions().catalogue.ledgers.values()
            if d.targets is not None and level in d.kept_by
        ),
        "",
    )
