"""The rows behind a figure, a page at a time, and what changed it between two points: never all of them at once.

A county's figure may stand on a million rows. Units with few rows are read together by their postings; a unit with very many is
walked through record by record. Labels are masked as in `Books`. Reads only; rights are the caller's to ask.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import Any, Literal

from shuzhi.apps import storage
from shuzhi.apps.books.queries import Books, _PostingRow, restate
from shuzhi.apps.books.sheets import NEAR, Sheet, Unit
from shuzhi.apps.office import definitions
from shuzhi.apps.organisations.models import Organisation
from shuzhi.core.definitions import IndicatorDef, LedgerDef
from shuzhi.core.figures import Figure, FigureId, TraceRow
from shuzhi.core.formulas import parse_indicator_value
from shuzhi.core.indicators import target_key
from shuzhi.core.periods import FIRST_MONTH
from shuzhi.core.problems import Problem, ProblemsError
from shuzhi.core.quantities import SCALE, from_scaled

PAGE = 50
DENSE = 4000  #: rows of one unit from which it is walked through record by record
EXACT = 3000  #: rows up to which a restatement of distinct counts compares both traces
CHECKED = 20_000  #: rows up to which the sum over all of them is formed without being asked for
_BATCH_UNITS = 200
_STEPS = 4  #: reads at most for one page; a page may then be shorter
INPUTS_SHOWN = 300
_DEPTH = 3


@dataclass(frozen=True, slots=True)
class TraceLine:
    """One row behind a figure with the name of its unit."""

    row: TraceRow
    unit: str  #: name
    ledger: LedgerDef | None


@dataclass(frozen=True, slots=True)
class InputLine:
    """One input of a derived figure, with its own inputs."""

    figure: Figure
    unit: str
    inputs: tuple[InputLine, ...] = ()


@dataclass(frozen=True, slots=True)
class TracePage:
    """One page of a figure's trace."""

    definition: IndicatorDef
    figure: Figure
    kind: Literal["sum", "count", "distinct", "sum_distinct", "derived", "target"]
    ledger: LedgerDef | None
    lines: tuple[TraceLine, ...]
    units: tuple[tuple[Unit, int], ...]  #: where the rows stand, with how many
    inputs: tuple[InputLine, ...]
    more_inputs: int
    following: str  #: cursor of the next page, empty on the last
    page_sum: Decimal
    total: Decimal | None  #: the sum over all postings, formed anew; None when not asked for
    as_of: int
    now: int

    @property
    def is_now(self) -> bool:
        """Whether it shows the books as they stand."""
        return self.as_of >= self.now

    @property
    def agrees(self) -> bool:
        """Whether the rows come to the figure."""
        return self.total is not None and self.total == (self.figure.value or Decimal(0))


class _Tracing(Books):
    """Reads rows of postings for units and records given by number."""

    def __init__(self, sheet: Sheet):
        super().__init__(None if sheet.is_now else sheet.as_of)
        self.sheet = sheet

    def read(
        self,
        key: str,
        span: tuple[int, int],
        condition: str,
        params: Sequence[Any],
        limit: int,
        *,
        after: int = 0,
    ) -> list[_PostingRow]:
        """Net amounts by record of postings that meet the condition, in the order of units and records."""
        numbers = storage.fetch("SELECT id FROM indicator WHERE key = %s", [key])
        if not numbers:
            return []
        # a plus before a column keeps the engine from reading by figure where records or points lead the way
        plus = "+" if condition.startswith(("v.record_id", "p.seq")) else ""
        rows = storage.fetch(
            'SELECT v.record_id, o.code, r.ledger, r.key, MAX(p.seq), MAX(v.subject_number), MIN(p.month), SUM(p.amount), SUM(p."rows"), '
            "SUM(p.blanks), p.subject, p.adjusting, MAX(c.occurred_on) "
            "FROM posting p JOIN revision v ON v.seq = p.seq JOIN record r ON r.id = v.record_id "
            "LEFT JOIN revision c ON c.record_id = v.record_id AND c.number = v.subject_number "
            "JOIN organisation o ON o.id = p.organisation_id "
            f"WHERE {condition} AND {plus}p.indicator_id = %s AND p.month >= %s AND p.month < %s AND p.seq > %s AND p.seq <= %s "
            "GROUP BY v.record_id, o.code, r.ledger, r.key, p.subject, p.adjusting "
            'HAVING SUM(p.amount) <> 0 OR SUM(p."rows") <> 0 OR SUM(p.blanks) <> 0 '
            f"ORDER BY o.code, v.record_id, p.subject, p.adjusting LIMIT {int(limit)}",
            [*params, numbers[0][0], *span, after, self.as_of],
        )
        return [
            _PostingRow(
                r[0], r[1], r[2], r[3], r[4], r[5] or 0, r[6], int(r[7]), int(r[8]), int(r[9]), r[10], bool(r[11]), r[12] or ""
            )
            for r in rows
        ]  # fmt: skip

    def shown(
        self, rows: list[_PostingRow], amounts: Sequence[int] | None = None
    ) -> list[TraceLine]:
        """Rows as a page shows them, masked."""
        self._remember(rows)
        ledgers = self._defs.catalogue.ledgers
        lines = []
        for place, row in enumerate(rows):
            unit = self.sheet.tree.units.get(row.organisation)
            traced = self._trace_row(row, None if amounts is None else amounts[place])
            lines.append(
                TraceLine(traced, unit.name if unit else row.organisation, ledgers.get(row.ledger))
            )
        return lines

    def records_of(
        self, key: str, ledgers: Sequence[str], unit: Unit, span: tuple[int, int], after: int
    ) -> list[int]:
        """The next records of a unit that posted to the figure, found by walking through the unit's records."""
        number = storage.fetch("SELECT id FROM indicator WHERE key = %s", [key])[0][0]
        rows = storage.fetch(
            f"SELECT r.id FROM record r WHERE r.organisation_id = %s AND r.ledger IN ({storage.marks(ledgers)}) AND r.id > %s AND EXISTS ("
            "SELECT 1 FROM revision v JOIN posting p ON p.seq = v.seq WHERE v.record_id = r.id AND +p.indicator_id = %s "
            f"AND p.organisation_id = %s AND p.month >= %s AND p.month < %s) ORDER BY r.id LIMIT {PAGE}",
            [unit.id, *ledgers, after, number, unit.id, *span],
        )
        return [r[0] for r in rows]


def _span(definition: IndicatorDef, identity: FigureId) -> tuple[int, int]:
    is_stock = definition.nature == "stock" and identity.kind != "target"
    return (FIRST_MONTH if is_stock else identity.period.start, identity.period.end)


def _cursor(text: str) -> tuple[str, int]:
    unit, _, number = text.rpartition("~")
    return (unit, int(number)) if number.isdecimal() and len(number) < 19 else ("", 0)


def trace_page(
    organisation: Organisation,
    identity: FigureId,
    as_of: int | None = None,
    cursor: str = "",
    *,
    only: str = "",
    check: bool = False,
) -> TracePage:
    """The page of a figure's rows behind `cursor`; `only` narrows it to the rows one unit below keeps.

    Raises:
        ProblemsError: FIGURE_001 no such indicator, FIGURE_003 no such point.
    """
    definition = definitions().catalogue.indicators.get(identity.indicator)
    if definition is None:
        raise ProblemsError([Problem("FIGURE_001", {"indicator": identity.indicator})])
    with storage.snapshot():
        sheet = Sheet(organisation, as_of)
        sheet.load([identity])
        figure = sheet.figure(identity)
        kind = (
            "target" if identity.kind == "target" else parse_indicator_value(definition.value).kind
        )
        if kind == "derived":
            inputs = sheet.inputs(identity)
            sheet.load(inputs)
            shown = tuple(_input(sheet, i, 1) for i in inputs[:INPUTS_SHOWN])
            return TracePage(
                definition, figure, "derived", None, (), (), shown, max(0, len(inputs) - INPUTS_SHOWN), "", Decimal(0), None,
                sheet.as_of, sheet.now,
            )  # fmt: skip
        tracing = _Tracing(sheet)
        span = _span(definition, identity)
        if kind in ("distinct", "sum_distinct"):
            return _subjects_page(tracing, definition, figure, kind, span, cursor, only)
        return _rows_page(tracing, definition, figure, kind, span, cursor, only, check)


def _input(sheet: Sheet, identity: FigureId, depth: int) -> InputLine:
    figure = sheet.figure(identity)
    unit = sheet.tree.units.get(identity.organisation)
    inner: tuple[InputLine, ...] = ()
    if identity.kind == "actual" and depth < _DEPTH:
        definition = definitions().catalogue.indicators[identity.indicator]
        if parse_indicator_value(definition.value).kind == "derived":
            inner = tuple(
                _input(sheet, i, depth + 1) for i in sheet.inputs(identity)[:INPUTS_SHOWN]
            )
    return InputLine(figure, unit.name if unit else identity.organisation, inner)


def _rows_page(
    tracing: _Tracing, definition: IndicatorDef, figure: Figure, kind: Any, span: tuple[int, int], cursor: str, only: str, check: bool
) -> TracePage:  # fmt: skip
    sheet, catalogue = tracing.sheet, definitions().catalogue
    key = target_key(definition.key) if kind == "target" else definition.key
    kept = sheet.by_unit(key, *span)
    if kind == "target":
        promising = set(sheet.promising(key, figure.id.organisation, *span))
        kept = {n: a for n, a in kept.items() if n in promising}
    inside = set(sheet.tree.ids(figure.id.organisation))
    places = sorted(
        ((sheet.tree.by_id[n], a.rows + a.blanks) for n, a in kept.items() if n in inside),
        key=lambda p: p[0].code,
    )
    ledgers = (
        [k for k, one in catalogue.ledgers.items() if one.targets is not None]
        if kind == "target"
        else [
            definition.source,
            *(k for k, one in catalogue.ledgers.items() if one.nil is not None),
        ]
    )
    rows, following = _walk(
        tracing, key, ledgers, [p for p in places if only in ("", p[0].code)], span, cursor
    )
    lines = tracing.shown(rows)
    total = None
    if check or figure.rows + figure.blanks <= CHECKED:
        total = _total(tracing, key, [u.id for u, _ in places], span)
    return TracePage(
        definition, figure, kind, catalogue.ledgers.get(ledgers[0]) if ledgers else None, tuple(lines),
        tuple((u, n) for u, n in places if n), (), 0, following,
        sum((line.row.amount or Decimal(0) for line in lines), Decimal(0)), total, sheet.as_of, sheet.now,
    )  # fmt: skip


def _walk(
    tracing: _Tracing,
    key: str,
    ledgers: Sequence[str],
    places: Sequence[tuple[Unit, int]],
    span: tuple[int, int],
    cursor: str,
) -> tuple[list[_PostingRow], str]:
    """The next rows behind the cursor, unit by unit, and where to go on."""
    code, after = _cursor(cursor)
    position = (
        next((i for i, (u, _) in enumerate(places) if u.code >= code), len(places)) if code else 0
    )
    if code and position < len(places) and places[position][0].code != code:
        after = 0
    rows: list[_PostingRow] = []
    for _ in range(_STEPS):
        if position >= len(places) or len(rows) >= PAGE:
            break
        unit, count = places[position]
        if count > DENSE and tracing.sheet.is_now:
            records = tracing.records_of(key, ledgers, unit, span, after)
            if records:
                rows += tracing.read(
                    key, span, f"v.record_id IN ({storage.marks(records)}) AND p.organisation_id = %s", [*records, unit.id], PAGE * 10,
                )  # fmt: skip
            if len(records) < PAGE:
                position, after = position + 1, 0
            else:
                after = records[-1]
            continue
        batch, weight = [unit], count
        while (
            position + len(batch) < len(places)
            and len(batch) < _BATCH_UNITS
            and weight + places[position + len(batch)][1] <= DENSE
        ):
            weight += places[position + len(batch)][1]
            batch.append(places[position + len(batch)][0])
        condition = f"p.organisation_id IN ({storage.marks(batch)})"
        params: list[Any] = [u.id for u in batch]
        if after:
            condition += " AND (p.organisation_id <> %s OR v.record_id > %s)"
            params += [unit.id, after]
        wanted = PAGE - len(rows)
        found = tracing.read(key, span, condition, params, wanted + 9)
        if len(found) <= wanted:
            rows += found
            position, after = position + len(batch), 0
            continue
        # a record's lines stay together on one page
        last = found[wanted - 1]
        if (found[wanted].organisation, found[wanted].record) == (last.organisation, last.record):
            whole = [
                r
                for r in found[:wanted]
                if (r.organisation, r.record) != (last.organisation, last.record)
            ]
            found = whole or found
        else:
            found = found[:wanted]
        rows += found
        position = next(i for i, (u, _) in enumerate(places) if u.code == found[-1].organisation)
        after = found[-1].record
        break
    following = f"{places[position][0].code}~{after}" if position < len(places) else ""
    return rows, following


def _total(tracing: _Tracing, key: str, ids: Sequence[int], span: tuple[int, int]) -> Decimal:
    """The sum over all postings, formed anew from them."""
    total = 0
    for chunk in storage.in_chunks(ids):
        total += int(
            storage.fetch(
                f"SELECT SUM(p.amount) FROM posting p WHERE p.indicator_id = (SELECT id FROM indicator WHERE key = %s) "
                f"AND p.organisation_id IN ({storage.marks(chunk)}) AND p.month >= %s AND p.month < %s AND p.seq <= %s",
                [key, *chunk, *span, tracing.as_of],
            )[0][0]
            or 0
        )
    return from_scaled(total)


def _subjects_page(
    tracing: _Tracing, definition: IndicatorDef, figure: Figure, kind: Any, span: tuple[int, int], cursor: str, only: str
) -> TracePage:  # fmt: skip
    """Pages of subjects: for a distinct count the first row of each, for the sum over them the rows that say how much each is."""
    sheet, catalogue = tracing.sheet, definitions().catalogue
    counts = sheet.subjects_by_unit(definition.key, *span)
    inside = set(sheet.tree.ids(figure.id.organisation))
    places = sorted(
        ((sheet.tree.by_id[n], c) for n, c in counts.items() if n in inside),
        key=lambda p: p[0].code,
    )
    chosen = [p for p in places if only in ("", p[0].code)]
    code, offset = _cursor(cursor)
    position = (
        next((i for i, (u, _) in enumerate(chosen) if u.code >= code), len(chosen)) if code else 0
    )
    batch: list[Unit] = []
    room = PAGE + offset
    for unit, count in chosen[position : position + _BATCH_UNITS]:
        if batch and room < 0:
            break
        batch.append(unit)
        room -= count
    pairs: list[tuple[int, str]] = []
    following = ""
    if batch:
        inner, extra = tracing.cells._subject_query()
        ids = [u.id for u in batch]
        order = " ".join(f"WHEN {u.id} THEN {place}" for place, u in enumerate(batch))
        pairs = storage.fetch(
            f"SELECT organisation_id, subject FROM ({inner.format(ids=storage.marks(ids))}) s "
            f"ORDER BY CASE organisation_id {order} END, subject LIMIT {PAGE + 1} OFFSET {offset}",
            [tracing.cells._numbers.get(definition.key, 0), *ids, *span, *extra],
        )
        if len(pairs) > PAGE:
            pairs = pairs[:PAGE]
            last = pairs[-1][0]
            seen = sum(1 for place, _ in pairs if place == last)
            begun = offset if last == batch[0].id else 0
            following = f"{sheet.tree.by_id[last].code}~{begun + seen}"
        elif position + len(batch) < len(chosen):
            following = f"{chosen[position + len(batch)][0].code}~0"
    value = parse_indicator_value(definition.value)
    read = definition.key if kind == "distinct" else value.indicator
    months = span if kind == "distinct" else (FIRST_MONTH, span[1])
    rows: list[_PostingRow] = []
    if pairs:
        ids = sorted({p[0] for p in pairs})
        subjects = sorted({p[1] for p in pairs})
        rows = tracing.read(
            read, months, f"p.organisation_id IN ({storage.marks(ids)}) AND p.subject IN ({storage.marks(subjects)})",
            [*ids, *subjects], PAGE * 200,
        )  # fmt: skip
    shown = {(sheet.tree.by_id[place].code, subject) for place, subject in pairs}
    rows = [r for r in rows if (r.organisation, r.subject) in shown]
    amounts: list[int] | None = None
    if kind == "distinct":
        first: dict[tuple[str, str], _PostingRow] = {}
        for row in rows:
            first.setdefault((row.organisation, row.subject), row)
        rows = list(first.values())
        amounts = [SCALE] * len(rows)
    lines = tracing.shown(rows, amounts)
    return TracePage(
        definition, figure, kind, catalogue.ledgers.get(definition.source), tuple(lines), tuple(places), (), 0, following,
        sum((line.row.amount or Decimal(0) for line in lines), Decimal(0)), None, sheet.as_of, sheet.now,
    )  # fmt: skip


# ── restatement ───────────────────────────────────────────────────────────────────────────────────────────────────────


@dataclass(frozen=True, slots=True)
class Restatement:
    """A figure at two points, and a page of the rows that explain the difference."""

    definition: IndicatorDef
    before: Figure
    after: Figure
    difference: Decimal | None
    lines: tuple[TraceLine, ...]
    following: str
    total: Decimal | None  #: the sum of all changes; None where rows do not add up to the figure
    came: tuple[Unit, ...]  #: units that hang below now and did not then
    went: tuple[Unit, ...]
    inputs: tuple[
        tuple[Figure, Figure, str], ...
    ]  #: of a derived figure: each input before and after, with its unit


def restatement(
    organisation: Organisation,
    identity: FigureId,
    first: int,
    second: int | None = None,
    cursor: str = "",
) -> Restatement:
    """What changed in a figure between two points.

    Raises:
        ProblemsError: FIGURE_001 no such indicator, FIGURE_003 no such point.
    """
    definition = definitions().catalogue.indicators.get(identity.indicator)
    if definition is None:
        raise ProblemsError([Problem("FIGURE_001", {"indicator": identity.indicator})])
    with storage.snapshot():
        old, new = Sheet(organisation, first), Sheet(organisation, second)
        before, after = old.figure(identity), new.figure(identity)
        kind = (
            "target" if identity.kind == "target" else parse_indicator_value(definition.value).kind
        )
        difference = (
            None if before.value is None and after.value is None
            else (after.value or Decimal(0)) - (before.value or Decimal(0))
        )  # fmt: skip
        came = tuple(u for c, u in new.tree.units.items() if c not in old.tree.units)
        went = tuple(u for c, u in old.tree.units.items() if c not in new.tree.units)
        lines: list[TraceLine] = []
        following, total = "", None
        inputs: tuple[tuple[Figure, Figure, str], ...] = ()
        if kind == "derived":
            inputs = _changed_inputs(old, new, identity)
        elif kind in ("sum", "count"):
            lines, following, total = _changes(new, definition, identity, first, cursor)
        elif before.rows + after.rows <= EXACT:
            names = {c: u.name for sheet in (old, new) for c, u in sheet.tree.units.items()}
            ledgers = definitions().catalogue.ledgers
            lines = [
                TraceLine(r, names.get(r.organisation, r.organisation), ledgers.get(r.ledger))
                for r in restate(identity, first, second).rows
            ]
        return Restatement(
            definition,
            before,
            after,
            difference,
            tuple(lines),
            following,
            total,
            came,
            went,
            inputs,
        )


def _changed_inputs(
    old: Sheet, new: Sheet, identity: FigureId
) -> tuple[tuple[Figure, Figure, str], ...]:
    wanted = list(dict.fromkeys([*old.inputs(identity), *new.inputs(identity)]))
    for sheet in (old, new):
        sheet.load(wanted)
    found = []
    for one in wanted[:INPUTS_SHOWN]:
        then, now = old.figure(one), new.figure(one)
        unit = new.tree.units.get(one.organisation) or old.tree.units.get(one.organisation)
        if then.value != now.value:
            found.append((then, now, unit.name if unit else one.organisation))
    return tuple(found)


def _changes(
    sheet: Sheet, definition: IndicatorDef, identity: FigureId, first: int, cursor: str
) -> tuple[list[TraceLine], str, Decimal]:
    """Rows whose postings between the two points changed a sum."""
    tracing = _Tracing(sheet)
    span = _span(definition, identity)
    ids = sheet.tree.ids(identity.organisation)
    scope, params = sheet._within("p.organisation_id")
    if identity.organisation != sheet.organisation.code:
        scope, params = f"p.organisation_id IN ({storage.marks(ids)})", [*ids]
    # few entries lie between near points: read them in their own order rather than by figure
    plus = "+" if sheet.as_of - first <= NEAR else ""
    if plus:
        scope = "+" + scope
    number = storage.fetch("SELECT id FROM indicator WHERE key = %s", [definition.key])
    if not number or not ids:
        return [], "", Decimal(0)
    total = storage.fetch(
        f"SELECT SUM(p.amount) FROM posting p WHERE p.seq > %s AND p.seq <= %s AND {plus}p.indicator_id = %s AND {scope} "
        "AND p.month >= %s AND p.month < %s",
        [first, sheet.as_of, number[0][0], *params, *span],
    )[0][0]
    code, after = _cursor(cursor)
    condition = f"{'p.seq' if plus else '+p.seq'} > %s AND {scope}"
    given: list[Any] = [first, *params]
    if code:
        condition += " AND (o.code > %s OR (o.code = %s AND v.record_id > %s))"
        given += [code, code, after]
    rows = tracing.read(definition.key, span, condition, given, PAGE + 9, after=first)
    following = ""
    if len(rows) > PAGE:
        last = rows[PAGE]
        kept = [
            r for r in rows[:PAGE] if (r.organisation, r.record) != (last.organisation, last.record)
        ]
        rows = kept or rows
        following = f"{rows[-1].organisation}~{rows[-1].record}"
    return tracing.shown(rows), following, from_scaled(int(total or 0))
