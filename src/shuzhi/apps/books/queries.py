"""Reading figures from cells and postings, their traces, restatements, dashboards, and the state of the books."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from decimal import Decimal
from typing import Any

import orjson

from shuzhi.apps import storage
from shuzhi.apps.audit import actions as audit
from shuzhi.apps.ledgers.actions import LEVEL_NAMES
from shuzhi.apps.office import definitions
from shuzhi.apps.organisations import queries as organisations
from shuzhi.apps.organisations.models import Organisation
from shuzhi.core.definitions import FieldDef, IndicatorDef, LedgerDef
from shuzhi.core.figures import Figure, FigureId, RowView, Trace, TraceRow
from shuzhi.core.formulas import parse_expression, parse_indicator_value
from shuzhi.core.indicators import (
    Amount,
    FigureReader,
    inputs_of,
    over_units,
    target_key,
)
from shuzhi.core.ledgers import environment_builder
from shuzhi.core.masking import mask_value
from shuzhi.core.periods import FIRST_MONTH, Period, add_months, month_of, next_month
from shuzhi.core.problems import Problem, ProblemsError
from shuzhi.core.quantities import SCALE, from_scaled

__all__ = ["Books", "figures_of", "over_units"]


#: field types that tell a person which row is meant
_TELLING = frozenset({"reference", "text", "choice", "organisation"})


_PARAMETER_CALL = re.compile(r"parameter\('([^']*)'\)")
_UNITS_CALL = re.compile(r"(count_units|min_units|max_units|sum_units)\('([^']*)',\s*")
_WORD = re.compile(r"[A-Za-z_][A-Za-z0-9_]*")
_UNIT_WORDS = {"count_units": "个数", "min_units": "最低", "max_units": "最高", "sum_units": "合计"}
_FUNCTION_WORDS = {
    "last_year": "上年", "coalesce": "取已知", "round": "四舍五入", "min": "较小", "max": "较大", "abs": "绝对值",
    "and": "且", "or": "或", "not": "非", "if": "若", "else": "否则",
}  # fmt: skip


class DatabaseCells:
    """Sums of postings from the database: now from the cells, as of an earlier point from the postings themselves."""

    def __init__(self, as_of: int | None = None):
        self.as_of = as_of
        self._ids: dict[str, list[int]] = {}
        known = storage.fetch("SELECT id, key, from_seq FROM indicator")
        self._numbers = {key: n for n, key, since in known if as_of is None or since <= as_of}

    def ids(self, code: str) -> list[int]:
        """Ids of the unit and those below it, in the tree of the as-of point."""
        found = self._ids.get(code)
        if found is None:
            found = self._ids[code] = organisations.below(organisations.get(code), self.as_of)
        return found

    def _sums(
        self, query: str, columns: int, number: int, ids: Sequence[int], params: Sequence[Any]
    ) -> list[int]:
        total = [0] * columns
        for chunk in storage.in_chunks(ids):
            row = storage.fetch(query.format(ids=storage.marks(chunk)), [number, *chunk, *params])[
                0
            ]
            total = [a + int(b or 0) for a, b in zip(total, row, strict=True)]
        return total

    def additive(self, indicator: str, organisation: str, start: int, end: int) -> Amount:
        return self._additive(indicator, self.ids(organisation), start, end)

    def _additive(self, indicator: str, ids: Sequence[int], start: int, end: int) -> Amount:
        number = self._numbers.get(indicator)
        if number is None:
            return Amount(0, 0, 0)
        table = "cell" if self.as_of is None else "posting"
        condition = "" if self.as_of is None else " AND seq <= %s"
        params = [start, end] + ([] if self.as_of is None else [self.as_of])
        query = (
            f'SELECT SUM(amount), SUM("rows"), SUM(blanks) FROM {table} '
            f"WHERE indicator_id = %s AND organisation_id IN ({{ids}}) AND month >= %s AND month < %s{condition}"
        )
        return Amount(*self._sums(query, 3, number, ids, params))

    def promising(self, indicator: str, organisation: str, start: int, end: int) -> list[int]:
        """Ids of the foremost units that have rows of this indicator in these months."""
        number = self._numbers.get(indicator, 0)
        table = "cell" if self.as_of is None else "posting"
        condition = "" if self.as_of is None else " AND seq <= %s"
        extra = [] if self.as_of is None else [self.as_of]
        found: list[int] = []
        for chunk in storage.in_chunks(self.ids(organisation)):
            rows = storage.fetch(
                f"SELECT organisation_id FROM {table} WHERE indicator_id = %s AND organisation_id IN ({storage.marks(chunk)}) "
                f'AND month >= %s AND month < %s{condition} GROUP BY organisation_id HAVING SUM("rows") > 0',
                [number, *chunk, start, end, *extra],
            )
            found += [row[0] for row in rows]
        return organisations.foremost(found, self.as_of)

    def foremost(self, indicator: str, organisation: str, start: int, end: int) -> Amount:
        ids = self.promising(indicator, organisation, start, end)
        return self._additive(indicator, ids, start, end)

    def _subject_query(self) -> tuple[str, list[int]]:
        """Subjects with rows in a span of months: the inner query of every distinct count."""
        if self.as_of is None:
            table, condition, extra = "participation", "", []
        else:
            table, condition, extra = "posting", " AND subject <> '' AND seq <= %s", [self.as_of]
        query = (
            f'SELECT organisation_id, subject, SUM(amount) AS amount, SUM("rows") AS n FROM {table} '
            f"WHERE indicator_id = %s AND organisation_id IN ({{ids}}) AND month >= %s AND month < %s{condition} "
            'GROUP BY organisation_id, subject HAVING SUM("rows") > 0'
        )
        return query, extra

    def distinct(self, indicator: str, organisation: str, start: int, end: int) -> tuple[int, int]:
        number = self._numbers.get(indicator)
        if number is None:
            return 0, 0
        inner, extra = self._subject_query()
        query = f"SELECT COUNT(*), SUM(n) FROM ({inner}) s"
        ids = self.ids(organisation)
        count, rows = self._sums(query, 2, number, ids, [start, end, *extra])
        return count, rows

    def weighted(
        self,
        indicator: str,
        weight: str,
        organisation: str,
        start: int,
        end: int,
        weight_start: int,
    ) -> Amount:
        number, weight_number = self._numbers.get(indicator), self._numbers.get(weight)
        if number is None:
            return Amount(0, 0, 0)
        inner, extra = self._subject_query()
        total = [0, 0, 0]
        for chunk in storage.in_chunks(self.ids(organisation)):
            ids = storage.marks(chunk)
            row = storage.fetch(
                f"SELECT SUM(w.amount), COUNT(w.subject), COUNT(*) - COUNT(w.subject) FROM ({inner.format(ids=ids)}) s "
                f"LEFT JOIN ({inner.format(ids=ids)}) w ON w.organisation_id = s.organisation_id AND w.subject = s.subject",
                [
                    number,
                    *chunk,
                    start,
                    end,
                    *extra,
                    weight_number or 0,
                    *chunk,
                    weight_start,
                    end,
                    *extra,
                ],
            )[0]
            total = [a + int(b or 0) for a, b in zip(total, row, strict=True)]
        return Amount(*total)

    def subjects(
        self, indicator: str, organisation: str, start: int, end: int
    ) -> list[tuple[int, str]]:
        """The different subjects themselves: (organisation id, subject)."""
        number = self._numbers.get(indicator, 0)
        inner, extra = self._subject_query()
        found: list[tuple[int, str]] = []
        for chunk in storage.in_chunks(self.ids(organisation)):
            rows = storage.fetch(
                f"SELECT organisation_id, subject FROM ({inner.format(ids=storage.marks(chunk))}) s ORDER BY 1, 2",
                [number, *chunk, start, end, *extra],
            )
            found += rows
        return found

    def is_posted(self, indicator: str) -> bool:
        return indicator in self._numbers

    def units_below(self, organisation: str, level: str, since: int = 0) -> Sequence[str]:
        return organisations.of_level(self.ids(organisation), level, self.as_of, since)


@dataclass(frozen=True, slots=True)
class _PostingRow:
    """What one record posted to an indicator in a span of months, net."""

    record: int
    organisation: str
    ledger: str
    key: str
    seq: int
    number: int
    month: int
    amount: int
    rows: int
    blanks: int
    subject: str
    adjusting: bool
    date: str


class Books:
    """Figures, traces and rows as of one point; the `FigureSource` of reports, pages and the command line.

    `as_of` None means now; the point is then pinned to the present sequence number for everything that is printed.
    """

    def __init__(self, as_of: int | None = None):
        self._defs = definitions()
        now = audit.current()
        if as_of is not None and not 0 <= as_of <= now:
            raise ProblemsError([Problem("FIGURE_003", {"as_of": as_of, "now": now})])
        self.as_of = now if as_of is None else as_of
        self._contents_of: dict[int, dict[str, Any]] = {}
        self.cells = DatabaseCells(None if as_of is None or as_of >= now else as_of)
        self._reader = FigureReader(self._defs.catalogue, self._defs.units, self.cells, self.as_of)

    # FigureSource

    def figure(self, identity: FigureId) -> Figure:
        """The figure; a `breakdown` narrows it to the rows whose field has that value."""
        if identity.breakdown is None:
            return self._reader.figure(identity)
        field, value = identity.breakdown
        whole = FigureId(identity.indicator, identity.organisation, identity.period, identity.kind)
        parts = dict(self.breakdown(whole.indicator, whole.organisation, whole.period, field))
        found = parts.get(value)
        if found is not None:
            return found
        figure = self._reader.figure(whole)
        return Figure(identity, None, figure.unit, figure.title, self.as_of)

    def breakdown(
        self, indicator: str, organisation: str, period: Period, by: str
    ) -> list[tuple[str, Figure]]:
        definition = self._definition(indicator)
        parts: dict[str, list[int]] = {}
        for row, payload in self._rows_with_payload(definition, organisation, period):
            sums = parts.setdefault(str(payload.get(by, "")), [0, 0, 0])
            for place, part in enumerate((row.amount, row.rows, row.blanks)):
                sums[place] += part
        unit = self._defs.units.base_of(definition.unit)
        return [
            (
                value,
                Figure(
                    FigureId(indicator, organisation, period, "actual", (by, value)),
                    from_scaled(sums[0]) if sums[1] else None,
                    unit,
                    definition.title.zh,
                    self.as_of,
                    sums[1],
                    sums[2],
                ),
            )
            for value, sums in parts.items()
            if any(sums)
        ]

    def rows(
        self, ledger: str, organisation: str, period: Period, where: str = ""
    ) -> list[RowView]:
        """Approved rows in force: events dated in the period, register rows as they stood at its end."""
        definition = self._defs.catalogue.ledgers[ledger]
        condition = parse_expression(where) if where else None
        build = environment_builder(
            definition, self._defs.units, condition.names if condition else ()
        )
        found = []
        for record, code, date, payload in self._contents(definition, organisation, period):
            if condition is not None and condition.evaluate(build(payload)) is not True:
                continue
            values = {
                f.key: mask_value(f, payload[f.key]) for f in definition.fields if f.key in payload
            }
            found.append(RowView(ledger, record, code, date, values))
        return found

    def targets(self, organisation: str, period: Period) -> list[Figure]:
        unit = organisations.get(organisation)
        rows = storage.fetch(
            "SELECT i.key, MIN(p.seq), SUM(p.rows) FROM posting p JOIN indicator i ON i.id = p.indicator_id "
            "WHERE p.organisation_id = %s AND i.key LIKE %s AND p.month >= %s AND p.month < %s AND p.seq <= %s "
            "GROUP BY i.key ORDER BY MIN(p.seq)",
            [unit.id, "%!target", period.start, period.end, self.as_of],
        )
        return [
            self.figure(FigureId(key.removesuffix("!target"), organisation, period, "target"))
            for key, _, count in rows
            if count
        ]

    def trace(self, figure: Figure) -> Trace:
        """The rows or inputs a figure is made of; for additive figures the rows' amounts sum to its value."""
        identity = figure.id
        if identity.kind == "parameter":
            parameter = self._defs.catalogue.parameters[identity.indicator]
            basis = parameter.values[-1].basis
            return Trace(figure, f"参数“{parameter.title.zh}”，依据：{basis.source}{basis.article}")
        definition = self._definition(identity.indicator)
        if identity.kind == "target":
            key, span = target_key(definition.key), (identity.period.start, identity.period.end)
            promising = {
                self._code(i) for i in self.cells.promising(key, identity.organisation, *span)
            }
            rows = [
                r
                for r in self._postings(key, identity.organisation, *span)
                if r.organisation in promising
            ]
            return Trace(
                figure, f"目标：{definition.title.zh}", tuple(self._trace_row(r) for r in rows)
            )
        value = parse_indicator_value(definition.value)
        if value.kind == "derived":
            inputs = inputs_of(
                definition, identity.organisation, identity.period, self.cells.units_below
            )
            traces = tuple(self.trace(self.figure(i)) for i in inputs)
            return Trace(
                figure, f"{definition.title.zh} = {self._in_words(definition.value)}", (), traces
            )
        ledger = self._defs.catalogue.ledgers[definition.source].title.zh
        start = FIRST_MONTH if definition.nature == "stock" else identity.period.start
        if value.kind == "distinct":
            rows = self._postings(definition.key, identity.organisation, start, identity.period.end)
            return Trace(figure, f"不重复计数，{ledger}", tuple(self._first_of_each_subject(rows)))
        if value.kind == "sum_distinct":
            return self._weighted_trace(figure, definition, value.indicator, start, ledger)
        if identity.breakdown is not None:
            by, wanted = identity.breakdown
            pairs = self._rows_with_payload(definition, identity.organisation, identity.period)
            rows = [r for r, payload in pairs if str(payload.get(by, "")) == wanted]
        else:
            rows = self._postings(definition.key, identity.organisation, start, identity.period.end)
        return Trace(
            figure, f"Σ {definition.title.zh}，{ledger}", tuple(self._trace_row(r) for r in rows)
        )

    # inside

    def _in_words(self, expression: str) -> str:
        """A derived indicator's expression with titles for keys and words for functions, as a person reads it."""
        catalogue = self._defs.catalogue
        text = _PARAMETER_CALL.sub(
            lambda m: catalogue.parameters[m[1]].title.zh if m[1] in catalogue.parameters else m[1],
            expression,
        )
        text = _UNITS_CALL.sub(
            lambda m: f"{_UNIT_WORDS[m[1]]}({LEVEL_NAMES.get(m[2], m[2])}，", text
        )
        return _WORD.sub(
            lambda m: (
                _FUNCTION_WORDS.get(m[0])
                or (catalogue.indicators[m[0]].title.zh if m[0] in catalogue.indicators else m[0])
            ),
            text,
        )

    def _definition(self, indicator: str) -> IndicatorDef:
        return self._defs.catalogue.indicators[indicator]

    def _postings(self, key: str, organisation: str, start: int, end: int) -> list[_PostingRow]:
        number = storage.fetch("SELECT id FROM indicator WHERE key = %s", [key])
        if not number:
            return []
        found: list[_PostingRow] = []
        for chunk in storage.in_chunks(self.cells.ids(organisation)):
            rows = storage.fetch(
                'SELECT v.record_id, o.code, r.ledger, r.key, MAX(p.seq), MAX(v.subject_number), MIN(p.month), SUM(p.amount), SUM(p."rows"), '
                "SUM(p.blanks), p.subject, p.adjusting, MAX(c.occurred_on) "
                "FROM posting p JOIN revision v ON v.seq = p.seq JOIN record r ON r.id = v.record_id "
                "LEFT JOIN revision c ON c.record_id = v.record_id AND c.number = v.subject_number "
                "JOIN organisation o ON o.id = p.organisation_id "
                f"WHERE p.indicator_id = %s AND p.organisation_id IN ({storage.marks(chunk)}) AND p.month >= %s AND p.month < %s "
                "AND p.seq <= %s GROUP BY v.record_id, o.code, r.ledger, r.key, p.subject, p.adjusting "
                "ORDER BY o.code, v.record_id, p.subject, p.adjusting",
                [number[0][0], *chunk, start, end, self.as_of],
            )
            found += [
                _PostingRow(
                    *r[:5],
                    r[5] or 0,
                    r[6],
                    int(r[7]),
                    int(r[8]),
                    int(r[9]),
                    r[10],
                    bool(r[11]),
                    r[12] or "",
                )
                for r in rows
                if r[7] or r[8] or r[9]
            ]
        return self._remember(found)

    def _label(self, ledger: LedgerDef, row: _PostingRow) -> str:
        """How a person finds the row again: its natural key, or for ledgers without one its first telling fields, masked."""
        if ledger.identified_by:
            fields, values = (
                ledger.identified_by,
                dict(zip(ledger.identified_by, row.key.split("|"), strict=False)),
            )
        else:
            values = self._contents_of.get(row.record, {})
            fields = tuple(f.key for f in ledger.fields if f.type in _TELLING and f.key in values)[
                :2
            ]
        shown = [self._shown(ledger.field(k), values[k]) for k in fields if values.get(k)]
        return "·".join(shown) or f"{row.record}"

    def _shown(self, field: FieldDef, value: Any) -> str:
        """A value as a person reads it: masked, definitions by their title."""
        catalogue = self._defs.catalogue
        named = {"indicator": catalogue.indicators, "ledger": catalogue.ledgers}.get(field.type, {})
        return named[value].title.zh if value in named else str(mask_value(field, value))

    def _remember(self, rows: list[_PostingRow]) -> list[_PostingRow]:
        """Load the contents of rows without a natural key, so that they can be labelled."""
        ledgers = self._defs.catalogue.ledgers
        unnamed = sorted(
            r.record
            for r in rows
            if r.record not in self._contents_of
            and r.ledger in ledgers
            and not ledgers[r.ledger].identified_by
        )
        for record, _, text, _ in self._approved(unnamed):
            self._contents_of[record] = orjson.loads(text)
        return rows

    def _trace_row(self, row: _PostingRow, amount: int | None = None) -> TraceRow:
        ledger = self._defs.catalogue.ledgers.get(row.ledger)
        shown = row.amount if amount is None else amount
        return TraceRow(
            row.ledger,
            row.organisation,
            row.record,
            row.number,
            row.seq,
            row.month,
            None if row.blanks and not row.rows and not shown else from_scaled(shown),
            row.date or f"{row.month // 100}-{row.month % 100:02d}-01",
            self._label(ledger, row) if ledger is not None else row.key,
            row.adjusting,
        )

    def _first_of_each_subject(self, rows: Sequence[_PostingRow]) -> list[TraceRow]:
        seen: dict[tuple[str, str], list[_PostingRow]] = {}
        for row in rows:
            seen.setdefault((row.organisation, row.subject), []).append(row)
        return [
            self._trace_row(group[0], SCALE)
            for group in seen.values()
            if sum(r.rows for r in group) > 0
        ]

    def _weighted_trace(
        self, figure: Figure, definition: IndicatorDef, weight: str, start: int, ledger: str
    ) -> Trace:
        identity = figure.id
        subjects = {
            (self._code(o), s)
            for o, s in self.cells.subjects(
                definition.key, identity.organisation, start, identity.period.end
            )
        }
        weights = self._postings(weight, identity.organisation, FIRST_MONTH, identity.period.end)
        rows = tuple(self._trace_row(r) for r in weights if (r.organisation, r.subject) in subjects)
        title = self._defs.catalogue.indicators[weight].title.zh
        return Trace(figure, f"{ledger}涉及的 {len(subjects)} 个不重复对象的{title}", rows)

    def _code(self, organisation_id: int) -> str:
        return str(
            storage.fetch("SELECT code FROM organisation WHERE id = %s", [organisation_id])[0][0]
        )

    def _rows_with_payload(
        self, definition: IndicatorDef, organisation: str, period: Period
    ) -> list[tuple[_PostingRow, dict[str, Any]]]:
        start = FIRST_MONTH if definition.nature == "stock" else period.start
        rows = self._postings(definition.key, organisation, start, period.end)
        payloads = self._payloads(definition, {r.record for r in rows}, period.end)
        return [(r, payloads.get(r.record, {})) for r in rows]

    def _payloads(
        self, definition: IndicatorDef, records: Iterable[int], end: int
    ) -> dict[int, dict[str, Any]]:
        """By record the content that says what its rows are before the month `end`.

        Not the last that posted: a revision that changes only the variety posts nothing to the area. One that was approved after its
        months were closed speaks from the first open month on, as its postings do.
        """
        found: dict[int, dict[str, Any]] = {}
        for record, date, text, locked in self._approved(sorted(records)):
            payload = orjson.loads(text)
            day = payload.get(definition.at) if definition.at else date
            month = max(month_of(str(day)) if day else 0, next_month(locked) if locked else 0)
            if month < end or record not in found:
                found[record] = payload
        return found

    def _approved(self, records: Sequence[int]) -> Iterator[tuple[int, str, str, int | None]]:
        """(record, date, payload, last closed month then) of every content approved as of the point, in the order of approval."""
        for chunk in storage.in_chunks(records):
            yield from storage.fetch(
                "SELECT d.record_id, c.occurred_on, c.payload, d.locked_through FROM revision d "
                "JOIN revision c ON c.record_id = d.record_id AND c.number = d.subject_number "
                f"WHERE d.action = 'approve' AND c.action <> 'withdraw' AND d.seq <= %s AND d.record_id IN ({storage.marks(chunk)}) "
                "ORDER BY d.seq",
                [self.as_of, *chunk],
            )

    def _contents(
        self, ledger: LedgerDef, organisation: str, period: Period
    ) -> list[tuple[int, str, str, dict[str, Any]]]:
        """(record, organisation code, date, payload) of what was approved as of the point and concerns the period."""
        moved = self._places_then()
        within = set(self.cells.ids(organisation))
        away = [record for record, place in moved.items() if place in within]
        latest: dict[int, tuple[int, str, dict[str, Any]]] = {}
        asked = [("r.organisation_id", chunk) for chunk in storage.in_chunks(sorted(within))]
        asked += [("r.id", chunk) for chunk in storage.in_chunks(away)]
        for column, chunk in asked:
            rows = storage.fetch(
                "SELECT d.record_id, r.organisation_id, c.occurred_on, c.payload, c.action FROM revision d "
                "JOIN revision c ON c.record_id = d.record_id AND c.number = d.subject_number "
                "JOIN record r ON r.id = d.record_id "
                f"WHERE d.action = 'approve' AND d.seq <= %s AND r.ledger = %s AND {column} IN ({storage.marks(chunk)}) "
                "ORDER BY d.seq",
                [self.as_of, ledger.key, *chunk],
            )
            for record, place, date, payload, action in rows:
                place = moved.get(record, place)
                if place not in within:
                    continue
                if action == "withdraw":
                    latest.pop(record, None)
                elif ledger.nature == "journal" or month_of(date) < period.end:
                    latest[record] = (place, date, orjson.loads(payload))
        codes = {place: self._code(place) for place in {p for p, _, _ in latest.values()}}
        journal = ledger.nature == "journal"
        return [
            (record, codes[place], date, payload)
            for record, (place, date, payload) in sorted(latest.items())
            if (
                period.contains(month_of(date))
                if journal
                else _is_in_force(ledger, payload, period)
            )
        ]

    def _places_then(self) -> dict[int, int]:
        """Where records hung at the as-of point that were given to another unit since."""
        if self.cells.as_of is None:
            return {}
        found: dict[int, int] = {}
        for record, payload in storage.fetch(
            "SELECT record_id, payload FROM revision WHERE seq > %s AND action = 'transfer' ORDER BY seq",
            [self.as_of],
        ):
            found.setdefault(record, orjson.loads(payload)["from"])
        return found


def _is_in_force(ledger: LedgerDef, payload: dict[str, Any], period: Period) -> bool:
    """Whether a register's row still counts at the period's end."""
    end = payload.get(ledger.until) if ledger.until else None
    return end is None or month_of(str(end)) >= period.end


@dataclass(frozen=True, slots=True)
class Restated:
    """A figure at two points of the books and the rows that explain the difference."""

    before: Figure
    after: Figure
    rows: tuple[TraceRow, ...]


def restate(identity: FigureId, first: int, second: int | None = None) -> Restated:
    """What changed in a figure between two as-of points, with the postings that changed it."""
    before, after = Books(first), Books(second)
    old, new = before.figure(identity), after.figure(identity)
    was, now = _by_record(before.trace(old)), _by_record(after.trace(new))
    changed = []
    for key in sorted(was.keys() | now.keys()):
        one, other = was.get(key), now.get(key)
        delta = (other.amount or Decimal(0) if other else Decimal(0)) - (
            one.amount or Decimal(0) if one else Decimal(0)
        )
        shown = other or one
        if shown is not None and (delta or (one is None) != (other is None)):
            known = [r.amount for r in (one, other) if r is not None and r.amount is not None]
            changed.append(replace(shown, amount=delta if known else None))
    return Restated(old, new, tuple(changed))


def _by_record(trace: Trace) -> dict[tuple[str, int, bool], TraceRow]:
    """What each record gives to a figure, its adjusting part kept apart."""
    found: dict[tuple[str, int, bool], TraceRow] = {}
    for row in _all_rows(trace):
        key = (row.organisation, row.record, row.adjusting)
        present = found.get(key)
        if present is not None and row.amount is not None:
            row = replace(row, amount=(present.amount or Decimal(0)) + row.amount)
        found[key] = row
    return found


def _all_rows(trace: Trace) -> list[TraceRow]:
    return [*trace.rows, *(r for t in trace.inputs for r in _all_rows(t))]


def figures_of(organisation: str, year: int) -> dict[str, dict[int, tuple[int, int, int]]]:
    """A unit's whole dashboard: indicator → month → (amount, rows, blanks) of the year, rolled up in one query."""
    unit: Organisation = organisations.get(organisation)
    keys = dict(storage.fetch("SELECT id, key FROM indicator"))
    rows = storage.fetch(
        'SELECT indicator_id, month, SUM(amount), SUM("rows"), SUM(blanks) FROM cell '
        "WHERE organisation_id IN (SELECT id FROM organisation WHERE path LIKE %s) AND month >= %s AND month <= %s "
        "GROUP BY indicator_id, month",
        [unit.path + "%", year * 100 + 1, year * 100 + 12],
    )
    board: dict[str, dict[int, tuple[int, int, int]]] = {}
    for number, month, amount, count, blanks in rows:
        board.setdefault(keys[number], {})[month] = (int(amount), int(count), int(blanks))
    return board


IDLE_MONTHS = (
    6  #: after so many months without a figure pages begin with the last year that has one
)


def last_worked_year(organisation: Organisation) -> int:
    """The year pages begin with: the present one, or the last one with figures where nothing was posted for half a year."""
    now = month_of(audit.today())
    rows = storage.fetch(
        "SELECT MAX(m) FROM (SELECT (SELECT MAX(c.month) FROM cell c WHERE c.organisation_id = o.id AND c.month <= %s) AS m "
        "FROM organisation o WHERE o.path LIKE %s) AS months",
        [now, organisation.path + "%"],
    )
    last = rows[0][0] if rows else None
    return (now if last is None or last >= add_months(now, -IDLE_MONTHS) else int(last)) // 100
