"""Reads many figures of the books with few questions to the database: what a whole report needs of one unit comes in one piece.

The figures are those of `Books`, computed by the same reader; only the cells under them are fetched ahead.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Sequence

from shuzhi.apps import storage
from shuzhi.apps.books.queries import Books, DatabaseCells
from shuzhi.core.definitions import Catalogue
from shuzhi.core.figures import FigureId
from shuzhi.core.formulas import parse_indicator_value
from shuzhi.core.indicators import Amount, FigureReader, inputs_of, rows_key


class CellsReadAhead(DatabaseCells):
    """Cells of which those asked for in advance are kept, rolled up for each unit."""

    def __init__(self, as_of: int | None = None) -> None:
        super().__init__(as_of)
        self._kept: dict[tuple[str, str], list[tuple[int, int, int, int]]] = {}
        self._levels: dict[tuple[str, str, int], Sequence[str]] = {}
        self._below: dict[str, list[int]] = {}

    def read_tree(self, path: str) -> None:
        """Keep which units hang below each unit of this subtree, so that nobody asks one by one."""
        if self.as_of is not None:
            return  # the tree of an earlier point is asked for as it was
        rows = storage.fetch(
            "SELECT id, code, path FROM organisation WHERE path LIKE %s ORDER BY path", [path + "%"]
        )
        for number, code, own in rows:
            self._below[code] = [n for n, _, other in rows if other.startswith(own)] or [number]

    def ids(self, code: str) -> list[int]:
        """Ids of the unit and those below it, in the tree of the as-of point."""
        found = self._below.get(code)
        return super().ids(code) if found is None else found

    def read(self, organisation: str, keys: Iterable[str]) -> None:
        """Keep the months of these posting keys for one unit with all below it."""
        wanted = {
            self._numbers[key]: key
            for key in keys
            if key in self._numbers and (key, organisation) not in self._kept
        }
        if not wanted:
            return
        table = "cell" if self.as_of is None else "posting"
        condition = "" if self.as_of is None else " AND seq <= %s"
        extra = [] if self.as_of is None else [self.as_of]
        sums: dict[str, dict[int, list[int]]] = defaultdict(dict)
        for places in storage.in_chunks(self.ids(organisation)):
            for numbers in storage.in_chunks(sorted(wanted)):
                rows = storage.fetch(
                    f'SELECT indicator_id, month, SUM(amount), SUM("rows"), SUM(blanks) FROM {table} '
                    f"WHERE organisation_id IN ({storage.marks(places)}) AND indicator_id IN ({storage.marks(numbers)})"
                    f"{condition} GROUP BY indicator_id, month",
                    [*places, *numbers, *extra],
                )
                for number, month, *parts in rows:
                    kept = sums[wanted[number]].setdefault(month, [0, 0, 0])
                    for place, part in enumerate(parts):
                        kept[place] += int(part or 0)
        for key in wanted.values():
            self._kept[key, organisation] = [
                (month, *parts)  # type: ignore[misc]  # three sums
                for month, parts in sums[key].items()
            ]

    def additive(self, indicator: str, organisation: str, start: int, end: int) -> Amount:
        """The sum over the months; from what was read ahead where it was."""
        kept = self._kept.get((indicator, organisation))
        if kept is None:
            return super().additive(indicator, organisation, start, end)
        found = [0, 0, 0]
        for month, *parts in kept:
            if start <= month < end:
                for place, part in enumerate(parts):
                    found[place] += part
        return Amount(*found)

    def units_below(self, organisation: str, level: str, since: int = 0) -> Sequence[str]:
        """Codes of the units of a level; asked for once."""
        key = (organisation, level, since)
        found = self._levels.get(key)
        if found is None:
            found = self._levels[key] = super().units_below(organisation, level, since)
        return found


class BooksReadAhead(Books):
    """The books as of one point, with the cells of the figures a draft speaks of read ahead."""

    def __init__(self, as_of: int | None = None) -> None:
        super().__init__(as_of)
        self.ahead = CellsReadAhead(self.cells.as_of)
        self.cells = self.ahead
        self._reader = FigureReader(self._defs.catalogue, self._defs.units, self.ahead, self.as_of)

    def read_ahead(self, identities: Iterable[FigureId], path: str) -> None:
        """Fetch what these figures, and those they are computed from, are the sums of.

        Args:
            identities: What will be asked for.
            path: Of the writer: the subtree most of them belong to.
        """
        self.ahead.read_tree(path)
        wanted: dict[str, set[str]] = defaultdict(set)
        seen: set[FigureId] = set()
        waiting = [one for one in identities if one.kind == "actual"]
        while waiting:
            one = waiting.pop()
            if one in seen:
                continue
            seen.add(one)
            waiting += self._needed(one, self._defs.catalogue, wanted[one.organisation])
        for organisation, keys in wanted.items():
            self.ahead.read(organisation, keys)

    def _needed(self, one: FigureId, catalogue: Catalogue, keys: set[str]) -> list[FigureId]:
        definition = catalogue.indicators.get(one.indicator)
        if definition is None:
            return []
        value = parse_indicator_value(definition.value)
        if value.kind == "derived":
            return [
                inner
                for inner in inputs_of(
                    definition, one.organisation, one.period, self.ahead.units_below
                )
                if inner.kind == "actual"
            ]
        keys |= {definition.key, rows_key(definition.source)}
        return []
