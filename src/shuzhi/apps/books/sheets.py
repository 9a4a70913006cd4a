"""Many figures at once: what a page shows is planned first, loaded with a handful of grouped queries, then computed as ever.

A `Sheet` answers for one unit and all below it as of one point. It is a `CellSource`, so the arithmetic is that of
`core.indicators`, and its figures are those of `Books`; only the way to the sums differs. The number of queries depends on what
kinds of figures are asked for, never on how many rows, units or indicators there are.
"""

from __future__ import annotations

from bisect import bisect_left
from collections import defaultdict
from collections.abc import Hashable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from itertools import pairwise
from typing import Any

from shuzhi.apps import storage
from shuzhi.apps.audit import actions as audit
from shuzhi.apps.books.counted import Counted
from shuzhi.apps.office import definitions
from shuzhi.apps.organisations.models import Organisation
from shuzhi.core.figures import Figure, FigureId
from shuzhi.core.formulas import parse_indicator_value
from shuzhi.core.indicators import Amount, FigureReader, inputs_of, rows_key, target_key
from shuzhi.core.periods import FIRST_MONTH, next_month
from shuzhi.core.problems import Problem, ProblemsError

_EACH = ""  #: stands for every unit by itself
OWN = "#own"  #: behind a unit's code: only what the unit keeps itself, without the units below
_FEW_IDS = 300  #: up to so many units their numbers are written into the query
_FEW_BOUNDS = 4  #: up to so many boundaries between months are told apart in the query itself
NEAR = 200_000  #: an earlier point is near when so few entries came after it that reading them all is quick


@dataclass(frozen=True, slots=True)
class Unit:
    """A unit as it stood at the sheet's point."""

    id: int
    code: str
    name: str
    level: str
    path: str
    closed_on: str
    merged_into: int | None
    is_placed: bool  #: hangs in the tree; a unit that was split hangs nowhere any more

    @property
    def above(self) -> str:
        """The path of what it hangs below."""
        return self.path[: self.path.rstrip("/").rfind("/") + 1]


class Tree:
    """The unit and those below it at a point: one query."""

    def __init__(self, organisation: Organisation, as_of: int | None):
        self.as_of = as_of
        if as_of is None:
            rows = storage.fetch(
                "SELECT o.id, o.code, o.name, o.level, o.path, o.closed_on, o.merged_into_id, p.id FROM organisation o "
                "LEFT JOIN placement p ON p.organisation_id = o.id AND p.to_seq IS NULL WHERE o.path LIKE %s ORDER BY o.code",
                [organisation.path + "%"],
            )
        else:
            rows = storage.fetch(
                "SELECT o.id, o.code, p.name, o.level, p.path, o.closed_on, o.merged_into_id, p.id FROM placement p "
                "JOIN organisation o ON o.id = p.organisation_id "
                "WHERE p.from_seq <= %s AND (p.to_seq IS NULL OR p.to_seq > %s) AND p.path LIKE %s ORDER BY o.code",
                [as_of, as_of, f"%/{organisation.id}/%"],
            )
        self.units = {
            r[1]: Unit(r[0], r[1], r[2], r[3], r[4], r[5] or "", r[6], r[7] is not None)
            for r in rows
        }
        self.by_id = {u.id: u for u in self.units.values()}
        self.root = self.units.get(organisation.code)
        self._below: dict[int, list[int]] = defaultdict(list)
        for unit in self.units.values():
            for part in unit.path.strip("/").split("/"):
                if int(part) in self.by_id:
                    self._below[int(part)].append(unit.id)
        self._closings: dict[str, int] | None = None

    def ids(self, code: str) -> Sequence[int]:
        """Numbers of the unit and those below it; of a code with `OWN` only its own."""
        if code.endswith(OWN):
            unit = self.units.get(code.removesuffix(OWN))
            return [] if unit is None else [unit.id]
        unit = self.units.get(code)
        return [] if unit is None else self._below[unit.id]

    def children(self, code: str) -> list[Unit]:
        """The units directly below, by code."""
        unit = self.units.get(code)
        if unit is None:
            return []
        return [u for u in self.units.values() if u.above == unit.path]

    def of_level(self, code: str, level: str, since: int) -> list[str]:
        """Codes of the separate units of a level; see `organisations.queries.of_level`, which answers the same with queries."""
        found = []
        for number in self.ids(code):
            unit = self.by_id[number]
            if unit.level != level or not unit.is_placed:
                continue
            if unit.merged_into is not None and f"/{unit.merged_into}/" in unit.path:
                continue
            is_over = bool(unit.closed_on) and int(unit.closed_on[:4] + unit.closed_on[5:7]) < since
            if not (is_over and (self.as_of is None or self._was_closed(unit.code))):
                found.append(unit.code)
        return found

    def _was_closed(self, code: str) -> bool:
        if self._closings is None:
            self._closings = dict(
                storage.fetch(
                    "SELECT organisation, MIN(seq) FROM event WHERE code = 'organisation.closed' GROUP BY organisation"
                )
            )
        closed = self._closings.get(code)
        return closed is not None and self.as_of is not None and closed <= self.as_of

    def foremost(self, ids: Iterable[int]) -> list[int]:
        """Those of the units that have none of the others above them."""
        units = sorted(
            (self.by_id[i] for i in ids if self.by_id[i].is_placed), key=lambda u: len(u.path)
        )
        chosen: list[Unit] = []
        for unit in units:
            if not any(unit.path.startswith(c.path) for c in chosen):
                chosen.append(unit)
        return [u.id for u in chosen]


class _Line:
    """Sums by month as running totals, so that any span is two look-ups."""

    __slots__ = ("_months", "_totals")

    def __init__(self, sums: Mapping[int, Sequence[int]]):
        self._months = sorted(sums)
        total = (0, 0, 0)
        self._totals = [total]
        for month in self._months:
            amount, rows, blanks = sums[month]
            total = (total[0] + amount, total[1] + rows, total[2] + blanks)
            self._totals.append(total)

    def between(self, start: int, end: int) -> Amount:
        first, last = (
            self._totals[bisect_left(self._months, start)],
            self._totals[bisect_left(self._months, end)],
        )
        return Amount(last[0] - first[0], last[1] - first[1], last[2] - first[2])


_NOTHING = _Line({})
_Span = tuple[int, int]


class Sheet:
    """Figures of a unit and those below it as of a point; ask `load` for all that will be shown, then `figure` for each.

    Figures that were not loaded are loaded when asked for, which costs their queries.
    """

    def __init__(self, organisation: Organisation, as_of: int | None = None):
        self._defs = definitions()
        now = audit.current()
        if as_of is not None and not 0 <= as_of <= now:
            raise ProblemsError([Problem("FIGURE_003", {"as_of": as_of, "now": now})])
        self.now = now
        self.as_of = now if as_of is None else as_of
        self._point = None if as_of is None or as_of >= now else as_of
        self.organisation = organisation
        self.tree = Tree(organisation, self._point)
        known = storage.fetch("SELECT id, key, from_seq FROM indicator")
        self._numbers = {
            key: n for n, key, since in known if self._point is None or since <= self._point
        }
        self._reader = FigureReader(self._defs.catalogue, self._defs.units, self, self.as_of)
        self._reset()

    def _reset(self) -> None:
        self._planned: set[FigureId] = set()
        #: what is wanted and not loaded yet: key → unit → spans
        self._want_sums: set[str] = set()
        self._want_subjects: dict[_Span, set[str]] = defaultdict(set)
        self._want_weights: dict[_Span, set[tuple[str, str]]] = defaultdict(set)
        #: all spans ever asked of a sum, by unit; a target's sums are always kept unit by unit
        self._sum_spans: dict[str, dict[str, set[_Span]]] = {}
        #: what is loaded
        self._have: set[tuple[Any, ...]] = set()
        self._lines: dict[tuple[str, str], _Line] = {}
        self._by_unit: dict[str, dict[int, dict[int, list[int]]]] = {}
        self._subjects: dict[tuple[str, _Span], dict[int, tuple[int, int]]] = {}
        self._weights: dict[tuple[str, str, _Span], dict[int, Amount]] = {}

    @property
    def is_now(self) -> bool:
        """Whether the sheet shows the books as they stand."""
        return self._point is None

    # ── asking ────────────────────────────────────────────────────────────────────────────────────────────────────────

    def figure(self, identity: FigureId) -> Figure:
        """The figure; loaded by itself when it was not planned."""
        if identity not in self._planned:
            self.load([identity])
        return self._reader.figure(identity)

    def load(self, identities: Iterable[FigureId]) -> None:
        """Load everything these figures need: a few grouped queries together."""
        for identity in identities:
            self._plan(identity)
        if self._want_sums:
            self._load_sums()
        if self._want_subjects or self._want_weights:
            self._count()

    def inputs(self, identity: FigureId) -> list[FigureId]:
        """The figures a derived one is computed from, each once."""
        definition = self._defs.catalogue.indicators[identity.indicator]
        return inputs_of(definition, identity.organisation, identity.period, self.units_below)

    def by_unit(self, key: str, start: int, end: int) -> dict[int, Amount]:
        """What each unit keeps itself of a posting key: unit number → amount; units with nothing ever posted there are left out."""
        self._want_sum(key, _EACH, (start, end))
        if self._want_sums:
            self._load_sums()
        found: dict[int, Amount] = {}
        for number, months in self._by_unit.get(key, {}).items():
            sums = [v for m, v in months.items() if start <= m < end]
            if sums:
                found[number] = Amount(*(sum(part) for part in zip(*sums, strict=True)))
        return found

    def subjects_by_unit(self, key: str, start: int, end: int) -> dict[int, int]:
        """How many different subjects each unit has."""
        self._want_subject(key, (start, end))
        if self._want_subjects:
            self._count()
        return {n: c for n, (c, _) in self._subjects.get((key, (start, end)), {}).items() if c}

    # ── planning ──────────────────────────────────────────────────────────────────────────────────────────────────────

    def _plan(self, identity: FigureId) -> None:
        if identity in self._planned:
            return
        self._planned.add(identity)
        definition = self._defs.catalogue.indicators.get(identity.indicator)
        if identity.kind == "parameter" or definition is None:
            return  # parameters are in the catalogue; what is not defined the reader refuses
        period, unit = identity.period, identity.organisation
        if identity.kind == "target":
            self._want_sum(target_key(definition.key), _EACH, (period.start, period.end))
            return
        value = parse_indicator_value(definition.value)
        if value.kind == "derived":
            for one in self.inputs(identity):
                self._plan(one)
            return
        start = FIRST_MONTH if definition.nature == "stock" else period.start
        span = (start, period.end)
        if value.kind == "distinct":
            self._want_subject(definition.key, span)
        elif value.kind == "sum_distinct":
            self._want_weight((definition.key, value.indicator), span)
        else:
            self._want_sum(definition.key, unit, span)
        is_register = self._defs.catalogue.ledgers[definition.source].nature == "register"
        since = FIRST_MONTH if is_register else period.start
        self._want_sum(rows_key(definition.source), unit, (since, period.end))

    def _want_sum(self, key: str, unit: str, span: _Span) -> None:
        if ("sum", key, unit, span) not in self._have:
            self._have.add(("sum", key, unit, span))
            self._want_sums.add(key)
            self._sum_spans.setdefault(key, {}).setdefault(unit, set()).add(span)

    def _want_subject(self, key: str, span: _Span) -> None:
        if ("subject", key, span) not in self._have:
            self._have.add(("subject", key, span))
            self._want_subjects[span].add(key)

    def _want_weight(self, pair: tuple[str, str], span: _Span) -> None:
        if ("weight", pair, span) not in self._have:
            self._have.add(("weight", pair, span))
            self._want_weights[span].add(pair)

    # ── the sources of sums ───────────────────────────────────────────────────────────────────────────────────────────

    def _within(self, column: str = "organisation_id") -> tuple[str, list[Any]]:
        """The condition that a row belongs to the unit or one below it."""
        root = self.tree.root
        if root is None:
            return f"{column} = 0", []
        ids = self.tree.ids(root.code)
        if len(ids) <= _FEW_IDS:
            return f"{column} IN ({storage.marks(ids)})", [*ids]
        if self._point is None:
            return f"{column} IN (SELECT id FROM organisation WHERE path LIKE %s)", [
                self.organisation.path + "%"
            ]
        return (
            f"{column} IN (SELECT organisation_id FROM placement WHERE from_seq <= %s AND (to_seq IS NULL OR to_seq > %s) AND path LIKE %s)",
            [self._point, self._point, f"%/{root.id}/%"],
        )

    def _source(
        self,
        table: str,
        columns: Sequence[str],
        sums: Sequence[str],
        condition: str,
        params: list[Any],
    ) -> tuple[str, list[Any]]:
        """Rows of `cell` or `participation` as of the point, as something to select from.

        An earlier point is read from the postings up to it, or from the present less the postings after it: whichever is less work.
        """
        plain = ", ".join((*columns, *(f'"{s}"' for s in sums)))
        subject = " AND subject <> ''" if table == "participation" else ""
        if self._point is None:
            return f"(SELECT {plain} FROM {table} WHERE {condition}) s", params
        if self.as_of * 2 < self.now:
            return (
                f"(SELECT {plain} FROM posting WHERE {condition}{subject} AND seq <= %s) s",
                [*params, self._point],
            )
        taken = ", ".join((*columns, *(f'-"{s}" AS "{s}"' for s in sums)))
        later = condition
        if self.now - self.as_of <= NEAR:
            # read the few later postings in their own order rather than by figure
            later = condition.replace("indicator_id", "+indicator_id").replace(
                "organisation_id IN", "+organisation_id IN"
            )
        return (
            f"(SELECT {plain} FROM {table} WHERE {condition} UNION ALL "
            f"SELECT {taken} FROM posting WHERE {later}{subject} AND seq > %s) s",
            [*params, *params, self._point],
        )

    # ── loading ───────────────────────────────────────────────────────────────────────────────────────────────────────

    def _load_sums(self) -> None:
        pending, self._want_sums = sorted(self._want_sums), set()
        root = self.tree.root.code if self.tree.root else ""
        whole = [k for k in pending if set(self._sum_spans[k]) == {root}]
        parted = [k for k in pending if set(self._sum_spans[k]) != {root}]
        for keys, by_unit in ((whole, False), (parted, True)):
            spans = {s for k in keys for found in self._sum_spans[k].values() for s in found}
            self._read_sums(keys, spans, by_unit)

    def _read_sums(self, keys: Sequence[str], spans: set[_Span], by_unit: bool) -> None:
        """Sums of these keys by month, over all units together or unit by unit."""
        wanted = {self._numbers[k]: k for k in keys if k in self._numbers}
        for key in keys:
            self._by_unit.pop(key, None)
        self._lines = {place: line for place, line in self._lines.items() if place[0] not in keys}
        if not wanted or not spans:
            return
        bounds = sorted({b for span in spans for b in span})
        scope, params = self._within()
        condition = f"indicator_id IN ({storage.marks(list(wanted))}) AND {scope} AND month >= %s AND month < %s"
        source, params = self._source(
            "cell",
            ("indicator_id", "organisation_id", "month"),
            ("amount", "rows", "blanks"),
            condition,
            [*wanted, *params, bounds[0], bounds[-1]],
        )
        month = "month"
        if len(bounds) <= _FEW_BOUNDS:
            cases = " ".join(
                f"WHEN month < {after} THEN {before}" for before, after in pairwise(bounds)
            )
            month = f"CASE {cases} END"
        unit = "organisation_id" if by_unit else "0"
        grouping = "indicator_id, organisation_id, 3" if by_unit else "indicator_id, 3"
        rows = storage.fetch(
            f'SELECT indicator_id, {unit}, {month}, SUM(amount), SUM("rows"), SUM(blanks) FROM {source} GROUP BY {grouping}',
            params,
        )
        lines: dict[str, dict[int, dict[int, list[int]]]] = {k: {} for k in wanted.values()}
        for number, place, when, amount, count, blanks in rows:
            lines[wanted[number]].setdefault(place, {})[when] = [
                int(amount),
                int(count),
                int(blanks),
            ]
        if by_unit:
            self._by_unit.update(lines)
        elif self.tree.root is not None:
            for key, places in lines.items():
                self._lines[key, self.tree.root.code] = _Line(places.get(0, {}))

    def _count(self) -> None:
        """Load distinct counts: those formed before that still hold, and the others anew."""
        root = self.tree.root
        counted = Counted(self.tree.ids(root.code) if root else (), self.now, self._point)
        subjects = {
            ("subject", key, span): (key, span)
            for span, keys in self._want_subjects.items()
            for key in keys
        }
        weights = {
            ("weight", *pair, span): (*pair, span)
            for span, pairs in self._want_weights.items()
            for pair in pairs
        }
        wanted: dict[Hashable, list[int]] = {}
        for what, (key, _) in subjects.items():
            wanted[what] = [self._numbers.get(key, 0)]
        for pair_what, (key, weight, _) in weights.items():
            wanted[pair_what] = [self._numbers.get(key, 0), self._numbers.get(weight, 0)]
        held = counted.held(wanted)
        for what, (key, span) in subjects.items():
            if what in held:
                self._subjects[key, span] = held[what]
                self._want_subjects[span].discard(key)
        for pair_what, (key, weight, span) in weights.items():
            if pair_what in held:
                self._weights[key, weight, span] = held[pair_what]
                self._want_weights[span].discard((key, weight))
        self._load_subjects()
        self._load_weights()
        formed: dict[Hashable, tuple[int, Any]] = {}
        for what, place in subjects.items():
            if what not in held:
                counts = self._subjects[place]
                formed[what] = (sum(c for c, _ in counts.values()), counts)
        for pair_what, pair_place in weights.items():
            if pair_what not in held:
                sums = self._weights[pair_place]
                formed[pair_what] = (sum(a.rows + a.blanks for a in sums.values()), sums)
        counted.keep(formed)

    def _load_subjects(self) -> None:
        wanted = {span: keys for span, keys in self._want_subjects.items() if keys}
        self._want_subjects = defaultdict(set)
        scope, scope_params = self._within()
        to_the_end = {s for s in wanted if s[0] == FIRST_MONTH}
        months = {s for s in wanted if s not in to_the_end and next_month(s[0]) == s[1]}
        if len(to_the_end) > 2:
            self._read_presence(to_the_end, wanted, scope, scope_params)
            wanted = {s: k for s, k in wanted.items() if s not in to_the_end}
        if len(months) > 2:
            self._read_monthly(months, wanted, scope, scope_params)
            wanted = {s: k for s, k in wanted.items() if s not in months}
        for span, keys in wanted.items():
            numbers = self._numbered(keys, (span,))
            if not numbers:
                continue
            source, params = self._subject_source(numbers, scope, scope_params, span)
            rows = storage.fetch(
                "SELECT indicator_id, organisation_id, COUNT(*), SUM(n) FROM (SELECT indicator_id, organisation_id, subject, "
                f'SUM("rows") AS n FROM {source} GROUP BY indicator_id, organisation_id, subject HAVING SUM("rows") > 0) g '
                "GROUP BY indicator_id, organisation_id",
                params,
            )
            for number, place, count, total in rows:
                self._subjects[numbers[number], span][place] = (int(count), int(total))

    def _numbered(self, keys: Iterable[str], spans: Iterable[_Span]) -> dict[int, str]:
        for key in keys:
            for span in spans:
                self._subjects.setdefault((key, span), {})
        return {self._numbers[k]: k for k in keys if k in self._numbers}

    def _subject_source(
        self, numbers: Mapping[int, str], scope: str, scope_params: list[Any], span: _Span
    ) -> tuple[str, list[Any]]:
        return self._source(
            "participation",
            ("indicator_id", "organisation_id", "month", "subject"),
            ("amount", "rows"),
            f"indicator_id IN ({storage.marks(list(numbers))}) AND {scope} AND month >= %s AND month < %s",
            [*numbers, *scope_params, *span],
        )

    def _read_presence(
        self,
        spans: set[_Span],
        wanted: Mapping[_Span, set[str]],
        scope: str,
        scope_params: list[Any],
    ) -> None:
        """How many subjects there are at the end of many months: each subject's rows run up once, and each coming and going is counted."""
        keys = set().union(*(wanted[s] for s in spans))
        numbers = self._numbered(keys, spans)
        if not numbers:
            return
        last = max(end for _, end in spans)
        source, params = self._subject_source(numbers, scope, scope_params, (FIRST_MONTH, last))
        rows = storage.fetch(
            "SELECT indicator_id, organisation_id, month, SUM(CASE WHEN run > 0 THEN 1 ELSE 0 END - CASE WHEN run - n > 0 THEN 1 ELSE 0 END), "
            "SUM(CASE WHEN run > 0 THEN run ELSE 0 END - CASE WHEN run - n > 0 THEN run - n ELSE 0 END) FROM ("
            "SELECT indicator_id, organisation_id, month, n, SUM(n) OVER (PARTITION BY indicator_id, organisation_id, subject ORDER BY month) AS run "
            f'FROM (SELECT indicator_id, organisation_id, subject, month, SUM("rows") AS n FROM {source} '
            "GROUP BY indicator_id, organisation_id, subject, month) m) w GROUP BY indicator_id, organisation_id, month ORDER BY month",
            params,
        )
        changes: dict[tuple[int, int], list[tuple[int, int, int]]] = defaultdict(list)
        for number, place, month, come, count in rows:
            changes[number, place].append((month, int(come), int(count)))
        for (number, place), steps in changes.items():
            for span in spans:
                within = [s for s in steps if s[0] < span[1]]
                self._subjects[numbers[number], span][place] = (
                    sum(s[1] for s in within),
                    sum(s[2] for s in within),
                )

    def _read_monthly(
        self,
        spans: set[_Span],
        wanted: Mapping[_Span, set[str]],
        scope: str,
        scope_params: list[Any],
    ) -> None:
        """How many subjects each single month has."""
        keys = set().union(*(wanted[s] for s in spans))
        numbers = self._numbered(keys, spans)
        if not numbers:
            return
        bounds = (min(s for s, _ in spans), max(e for _, e in spans))
        source, params = self._subject_source(numbers, scope, scope_params, bounds)
        rows = storage.fetch(
            "SELECT indicator_id, organisation_id, month, COUNT(*), SUM(n) FROM (SELECT indicator_id, organisation_id, month, subject, "
            f'SUM("rows") AS n FROM {source} GROUP BY indicator_id, organisation_id, month, subject HAVING SUM("rows") > 0) g '
            "GROUP BY indicator_id, organisation_id, month",
            params,
        )
        for number, place, month, count, total in rows:
            span = (month, next_month(month))
            if span in spans:
                self._subjects[numbers[number], span][place] = (int(count), int(total))

    def _load_weights(self) -> None:
        wanted = {span: pairs for span, pairs in self._want_weights.items() if pairs}
        self._want_weights = defaultdict(set)
        scope, scope_params = self._within()
        for span, pairs in wanted.items():
            for pair in pairs:
                self._weights.setdefault((*pair, span), {})
            numbers = {self._numbers[k]: (k, w) for k, w in pairs if k in self._numbers}
            if not numbers:
                continue
            subjects, params = self._subject_source(
                {n: k for n, (k, _) in numbers.items()}, scope, scope_params, span
            )
            weights = {self._numbers.get(w, 0): w for _, w in numbers.values()}
            weighing, weight_params = self._subject_source(
                weights, scope, scope_params, (FIRST_MONTH, span[1])
            )
            cases = " ".join(
                f"WHEN {number} THEN {self._numbers.get(weight, 0)}"
                for number, (_, weight) in numbers.items()
            )
            inner = (
                "SELECT indicator_id, organisation_id, subject, SUM(amount) AS amount FROM {source} "
                'GROUP BY indicator_id, organisation_id, subject HAVING SUM("rows") > 0'
            )
            rows = storage.fetch(
                "SELECT a.indicator_id, a.organisation_id, SUM(w.amount), COUNT(w.subject), COUNT(*) - COUNT(w.subject) "
                f"FROM ({inner.format(source=subjects)}) a LEFT JOIN ({inner.format(source=weighing)}) w "
                f"ON w.organisation_id = a.organisation_id AND w.subject = a.subject AND w.indicator_id = CASE a.indicator_id {cases} END "
                "GROUP BY a.indicator_id, a.organisation_id",
                [*params, *weight_params],
            )
            for number, place, amount, known, unknown in rows:
                self._weights[(*numbers[number], span)][place] = Amount(
                    int(amount or 0), int(known), int(unknown)
                )

    # ── CellSource ────────────────────────────────────────────────────────────────────────────────────────────────────

    def _line(self, key: str, unit: str) -> _Line:
        line = self._lines.get((key, unit))
        if line is None:
            places = self._by_unit.get(key)
            if not places:
                return _NOTHING
            total: dict[int, list[int]] = {}
            for number in self.tree.ids(unit):
                for month, sums in places.get(number, {}).items():
                    present = total.get(month)
                    total[month] = (
                        sums
                        if present is None
                        else [a + b for a, b in zip(present, sums, strict=True)]
                    )
            line = self._lines[key, unit] = _Line(total)
        return line

    def additive(self, indicator: str, organisation: str, start: int, end: int) -> Amount:
        return self._line(indicator, organisation).between(start, end)

    def promising(self, indicator: str, organisation: str, start: int, end: int) -> list[int]:
        """Numbers of the foremost units that have rows of this indicator in these months."""
        places = self._by_unit.get(indicator, {})
        having = [
            number
            for number in self.tree.ids(organisation)
            if sum(
                sums[1] for month, sums in places.get(number, {}).items() if start <= month < end
            )
            > 0
        ]
        return self.tree.foremost(having)

    def foremost(self, indicator: str, organisation: str, start: int, end: int) -> Amount:
        places = self._by_unit.get(indicator, {})
        total = [0, 0, 0]
        for number in self.promising(indicator, organisation, start, end):
            for month, sums in places[number].items():
                if start <= month < end:
                    total = [a + b for a, b in zip(total, sums, strict=True)]
        return Amount(*total)

    def distinct(self, indicator: str, organisation: str, start: int, end: int) -> tuple[int, int]:
        places = self._subjects.get((indicator, (start, end)), {})
        found = [places[i] for i in self.tree.ids(organisation) if i in places]
        return sum(f[0] for f in found), sum(f[1] for f in found)

    def weighted(
        self,
        indicator: str,
        weight: str,
        organisation: str,
        start: int,
        end: int,
        weight_start: int,
    ) -> Amount:
        places = self._weights.get((indicator, weight, (start, end)), {})
        found = [places[i] for i in self.tree.ids(organisation) if i in places]
        return Amount(
            sum(f.amount for f in found), sum(f.rows for f in found), sum(f.blanks for f in found)
        )

    def is_posted(self, indicator: str) -> bool:
        return indicator in self._numbers

    def units_below(self, organisation: str, level: str, since: int = 0) -> Sequence[str]:
        return self.tree.of_level(organisation, level, since)
