"""The life of a unit's book as a person reads and prints it: opening, checks, closing, reopening, and what was adjusted since.

Points and people come from the sealed diary; nothing here is kept a second time.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

import orjson

from shuzhi.apps import storage
from shuzhi.apps.books.models import Book
from shuzhi.apps.books.workbench import label_of
from shuzhi.apps.office import definitions
from shuzhi.apps.organisations.models import Organisation
from shuzhi.core.definitions import LedgerDef, Text
from shuzhi.core.indicators import ROWS_SUFFIX, TARGET_SUFFIX
from shuzhi.core.periods import parse_period
from shuzhi.core.quantities import from_scaled


@dataclass(frozen=True, slots=True)
class Step:
    """Something done to a unit's book."""

    code: str  #: book.opened, book.checked, book.closed, book.reopened
    seq: int
    at: str
    by: str  #: name shown
    unit: str  #: code of the unit at which it was done: this one or one above it
    unit_name: str
    params: Mapping[str, Any]


_CODES = ("book.opened", "book.checked", "book.closed", "book.reopened")


def history_of(unit: Organisation, year: int) -> list[Step]:
    """What was done to the unit's book of a year, first to last, also from above."""
    book = Book.objects.filter(organisation=unit, year=year).first()
    if book is None:
        return []
    above = [int(part) for part in unit.path.strip("/").split("/")]
    rows = storage.fetch(
        "SELECT e.seq, e.code, e.at, a.display, e.actor, o.id, o.code, o.name, e.params FROM event e "
        "JOIN organisation o ON o.code = e.organisation LEFT JOIN account a ON a.name = e.actor "
        f"WHERE e.code IN ({storage.marks(_CODES)}) AND o.id IN ({storage.marks(above)}) AND e.seq >= %s ORDER BY e.seq",
        [*_CODES, *above, book.opened_seq],
    )
    found = []
    for seq, code, at, display, actor, place, unit_code, unit_name, text in rows:
        params = orjson.loads(text)
        if _concerns(code, params, year, place == unit.id, seq == book.opened_seq):
            found.append(Step(code, seq, at, display or actor, unit_code, unit_name, params))
    return found


def _concerns(
    code: str, params: Mapping[str, Any], year: int, is_own: bool, opened_it: bool
) -> bool:
    """Whether an event at the unit or above it is about this unit's book of the year."""
    if code == "book.opened":
        return opened_it
    if code == "book.checked":
        return is_own and params.get("year") == year
    if parse_period(str(params.get("period"))).year != year:
        return False
    return is_own or (code == "book.closed" and not params.get("only"))


@dataclass(frozen=True, slots=True)
class AdjustingEntry:
    """A posting that went to an open month because the month of its row was closed."""

    seq: int
    line: int
    indicator: str  #: key, empty for a count of rows or what is defined no more
    title: Text
    unit: str  #: code
    unit_name: str
    month: int  #: where it stands
    amount: Decimal
    measure: str  #: unit of measure
    rows: int
    is_target: bool
    record: int
    ledger: LedgerDef | None
    label: str
    occurred_on: str  #: date of the row
    by: str
    at: str
    reason: str


def adjusting_entries(
    unit: Organisation, year: int, before: tuple[int, int] | None = None, limit: int = 50
) -> list[AdjustingEntry]:
    """Adjusting entries that stand in a year at the unit and below, latest first.

    Args:
        before: (seq, line) of the last entry of the page before.
    """
    ids = [
        row[0]
        for row in storage.fetch(
            "SELECT id FROM organisation WHERE path LIKE %s", [unit.path + "%"]
        )
    ]
    rows: list[tuple[Any, ...]] = []
    keyset = " AND (p.seq < %s OR (p.seq = %s AND p.line > %s))" if before else ""
    extra = [before[0], before[0], before[1]] if before else []
    for chunk in storage.in_chunks(ids):
        rows += storage.fetch(
            'SELECT p.seq, p.line, i.key, o.code, o.name, p.month, p.amount, p."rows", v.record_id, r.ledger, '
            "c.occurred_on, c.payload, a.display, v.actor, v.at, v.reason FROM posting p "
            "JOIN indicator i ON i.id = p.indicator_id JOIN organisation o ON o.id = p.organisation_id "
            "JOIN revision v ON v.seq = p.seq JOIN record r ON r.id = v.record_id "
            "LEFT JOIN revision c ON c.record_id = v.record_id AND c.number = v.subject_number "
            "LEFT JOIN account a ON a.name = v.actor "
            f"WHERE p.adjusting AND p.organisation_id IN ({storage.marks(chunk)}) AND p.month >= %s AND p.month <= %s{keyset} "
            f"ORDER BY p.seq DESC, p.line LIMIT {int(limit)}",
            [*chunk, year * 100 + 1, year * 100 + 12, *extra],
        )
    rows.sort(key=lambda r: (-r[0], r[1]))
    return [_entry(row) for row in rows[:limit]]


def _entry(row: tuple[Any, ...]) -> AdjustingEntry:
    (
        seq,
        line,
        key,
        unit,
        name,
        month,
        amount,
        count,
        record,
        ledger_key,
        date,
        payload,
        *decision,
    ) = row
    display, actor, at, reason = decision
    defined = definitions()
    ledger = defined.catalogue.ledgers.get(ledger_key)
    indicator = defined.catalogue.indicators.get(key.removesuffix(TARGET_SUFFIX))
    if indicator is not None:
        title, measure = indicator.title, defined.units.base_of(indicator.unit)
    else:
        counted = defined.catalogue.ledgers.get(key.removesuffix(ROWS_SUFFIX))
        title, measure = (counted.title if counted is not None else Text(key)), ""
    content = orjson.loads(payload) if payload else {}
    return AdjustingEntry(
        seq,
        line,
        indicator.key if indicator is not None else "",
        title,
        unit,
        name,
        month,
        from_scaled(int(amount)),
        measure,
        int(count),
        key.endswith(TARGET_SUFFIX),
        record,
        ledger,
        label_of(ledger, content) if ledger is not None else "",
        date or "",
        display or actor,
        at,
        reason,
    )


def count_adjusting(unit: Organisation, year: int) -> int:
    """How many adjusting entries stand in a year at the unit and below."""
    return int(
        storage.fetch(
            "SELECT COUNT(*) FROM posting p JOIN organisation o ON o.id = p.organisation_id "
            "WHERE p.adjusting AND o.path LIKE %s AND p.month >= %s AND p.month <= %s",
            [unit.path + "%", year * 100 + 1, year * 100 + 12],
        )[0][0]
    )
