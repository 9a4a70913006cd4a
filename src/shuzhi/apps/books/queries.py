"""Reading figures from cells and postings, their traces, restatements, dashboards, and the state of the books."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

import orjson

from shuzhi.apps import storage
from shuzhi.apps.audit import actions as audit
from shuzhi.apps.office import definitions
from shuzhi.apps.organisations import queries as organisations
from shuzhi.apps.organisations.models import Organisation
from shuzhi.core.definitions import IndicatorDef, LedgerDef
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
from shuzhi.core.periods import FIRST_MONTH, Period, month_of
from shuzhi.core.quantities import SCALE, from_scaled

__all__ = ["Books", "figures_of", "over_units"]


class DatabaseCells:
    """Sums of postings from the database: now from the cells, as of an earlier point from the postings themselves."""

    def __init__(self, as_of: int | None = None):
        self.as_of = as_of
        self._ids: dict[str, list[int]] = {}
        self._numbers = {
            key: number for number, key in storage.fetch("SELECT id, key FROM indicator")
        }

    def ids(self, code: str) -> list[int]:
        """Ids of the unit and those below it, in the tree of the as-of point."""
        found = self._ids.get(code)
        if found is None:
            found = self._ids[code] = organisations.below(organisations.get(code), self.as_of)
        return found

    def _sums(
        self, query: str, columns: int, number: int, code: str, params: Sequence[Any]
    ) -> list[int]:
        total = [0] * columns
        for chunk in storage.in_chunks(self.ids(code)):
            row = storage.fetch(query.format(ids=storage.marks(chunk)), [number, *chunk, *params])[
                0
            ]
            total = [a + int(b or 0) for a, b in zip(total, row, strict=True)]
        return total

    def additive(self, indicator: str, organisation: str, start: int, end: int) -> Amount:
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
        return Amount(*self._sums(query, 3, number, organisation, params))

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
        count, rows = self._sums(query, 2, number, organisation, [start, end, *extra])
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
        self.as_of = now if as_of is None else as_of
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
            rows = self._postings(
                target_key(definition.key),
                identity.organisation,
                identity.period.start,
                identity.period.end,
            )
            return Trace(
                figure, f"目标：{definition.title.zh}", tuple(self._trace_row(r) for r in rows)
            )
        value = parse_indicator_value(definition.value)
        if value.kind == "derived":
            inputs = inputs_of(
                definition, identity.organisation, identity.period, self.cells.units_below
            )
            traces = tuple(self.trace(self.figure(i)) for i in inputs)
            return Trace(figure, f"{definition.title.zh} = {definition.value}", (), traces)
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
                "SUM(p.blanks), p.subject, MAX(CASE WHEN p.adjusting THEN 1 ELSE 0 END), MAX(c.occurred_on) "
                "FROM posting p JOIN revision v ON v.seq = p.seq JOIN record r ON r.id = v.record_id "
                "LEFT JOIN revision c ON c.record_id = v.record_id AND c.number = v.subject_number "
                "JOIN organisation o ON o.id = p.organisation_id "
                f"WHERE p.indicator_id = %s AND p.organisation_id IN ({storage.marks(chunk)}) AND p.month >= %s AND p.month < %s "
                "AND p.seq <= %s GROUP BY v.record_id, o.code, r.ledger, r.key, p.subject ORDER BY o.code, v.record_id, p.subject",
                [number[0][0], *chunk, start, end, self.as_of],
            )
            found += [
                _PostingRow(
                    *r[:5], r[5] or 0, r[6], int(r[7]), int(r[8]), int(r[9]), r[10], bool(r[11]), r[12] or ""
                )
                for r in rows
                if r[7] or r[8] or r[9]
            ]
        return found

    def _label(self, ledger: LedgerDef, key: str) -> str:
        hidden = [ledger.field(k).personal for k in ledger.identified_by]
        if any(hidden):
            parts = key.split("|")
            masked = [
                str(mask_value(ledger.field(k), p))
                for k, p in zip(ledger.identified_by, parts, strict=False)
            ]
            return "|".join(masked)
        return key if ledger.identified_by else key.split("#")[0][:8]

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
            self._label(ledger, row.key) if ledger is not None else row.key,
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
        payloads = self._payloads([(r.record, r.number) for r in rows])
        return [(r, payloads.get(r.record, {})) for r in rows]

    def _payloads(self, wanted: Sequence[tuple[int, int]]) -> dict[int, dict[str, Any]]:
        numbers = dict(wanted)
        found: dict[int, dict[str, Any]] = {}
        for chunk in storage.in_chunks(sorted(numbers)):
            for record, number, payload in storage.fetch(
                f"SELECT record_id, number, payload FROM revision WHERE record_id IN ({storage.marks(chunk)}) AND payload <> '' AND action IN ('create', 'revise') ORDER BY number",
                chunk,
            ):
                if number <= numbers[record] or record not in found:
                    found[record] = orjson.loads(payload)
        return found

    def _contents(
        self, ledger: LedgerDef, organisation: str, period: Period
    ) -> list[tuple[int, str, str, dict[str, Any]]]:
        """(record, organisation code, date, payload) of what was approved as of the point and concerns the period."""
        latest: dict[int, tuple[str, str, str, str]] = {}
        for chunk in storage.in_chunks(self.cells.ids(organisation)):
            rows = storage.fetch(
                "SELECT d.record_id, o.code, c.occurred_on, c.payload, c.action FROM revision d "
                "JOIN revision c ON c.record_id = d.record_id AND c.number = d.subject_number "
                "JOIN record r ON r.id = d.record_id JOIN organisation o ON o.id = r.organisation_id "
                f"WHERE d.action = 'approve' AND d.seq <= %s AND r.ledger = %s AND r.organisation_id IN ({storage.marks(chunk)}) "
                "ORDER BY d.seq",
                [self.as_of, ledger.key, *chunk],
            )
            for record, code, date, payload, action in rows:
                if action == "withdraw":
                    latest.pop(record, None)
                elif ledger.nature == "journal" or month_of(date) < period.end:
                    latest[record] = (code, date, payload, action)
        journal = ledger.nature == "journal"
        return [
            (record, code, date, orjson.loads(payload))
            for record, (code, date, payload, _) in sorted(latest.items())
            if not journal or period.contains(month_of(date))
        ]


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
    was = {(r.organisation, r.record): r for r in _all_rows(before.trace(old))}
    now = {(r.organisation, r.record): r for r in _all_rows(after.trace(new))}
    changed = []
    for key in sorted(was.keys() | now.keys()):
        one, other = was.get(key), now.get(key)
        delta = (other.amount if other and other.amount is not None else Decimal(0)) - (
            one.amount if one and one.amount is not None else Decimal(0)
        )
        if delta or (one is None) != (other is None):
            shown = other or one
            assert shown is not None
            changed.append(
                TraceRow(
                    shown.ledger,
                    shown.organisation,
                    shown.record,
                    shown.revision,
                    shown.seq,
                    shown.month,
                    delta,
                    shown.date,
                    shown.label,
                    shown.adjusting,
                )
            )
    return Restated(old, new, tuple(changed))


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
