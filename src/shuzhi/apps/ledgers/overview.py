"""All ledgers of a unit at a glance: how many records, what waits, and whether this month has rows, a nil report or nothing yet.

A constant number of statements, whatever the number of records; each ledger and unit is answered from an index.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection
from dataclasses import dataclass

from shuzhi.apps import storage
from shuzhi.apps.ledgers import columns as c
from shuzhi.apps.ledgers.remembering import remembered
from shuzhi.apps.ledgers.tables import Count
from shuzhi.apps.office import definitions
from shuzhi.apps.organisations.models import Organisation
from shuzhi.core.definitions import LedgerDef

LEVELS = ("province", "prefecture", "county", "township", "village", "group")


@dataclass(frozen=True, slots=True)
class LedgerState:
    """One ledger at a unit and below."""

    ledger: LedgerDef
    count: Count
    waiting: int
    returned: int
    latest: str  #: date of the newest record; empty when there is none
    keepers: int  #: units at or below that keep it
    with_rows: int  #: of them, those with a row dated in the month
    with_nil: int  #: without a row, but with a nil report for the month

    @property
    def missing(self) -> int:
        """Keepers with neither this month."""
        return self.keepers - self.with_rows - self.with_nil


@dataclass(frozen=True, slots=True)
class _Place:
    id: int
    level: str
    is_open: bool


def kept_at(level: str, areas: Collection[str] | None = None) -> list[LedgerDef]:
    """Ledgers kept by units of this level or below it, in the order of the catalogue; nil reports last."""
    rank = LEVELS.index(level)
    found = [
        d
        for d in definitions().catalogue.ledgers.values()
        if any(LEVELS.index(one) >= rank for one in d.kept_by)
        and (areas is None or d.area in areas)
    ]
    return sorted(found, key=lambda d: d.nil is not None)


def overview(
    organisation: Organisation, month: str, areas: Collection[str] | None = None
) -> list[LedgerState]:
    """Every ledger kept at the unit or below.

    Args:
        month: ``YYYY-MM``, of which the state is told.
        areas: areas of ledgers that may be seen; None = all.
    """
    ledgers = kept_at(organisation.level, areas)
    if not ledgers:
        return []
    places = [
        _Place(*row)
        for row in storage.fetch(
            "SELECT id, level, CASE WHEN closed_on = '' AND merged_into_id IS NULL THEN 1 ELSE 0 END FROM organisation WHERE path LIKE %s",
            [organisation.path + "%"],
        )
    ]
    within = "organisation_id IN (SELECT id FROM organisation WHERE path LIKE %s)"
    below = [organisation.path + "%"]
    waiting = dict(
        storage.fetch(
            f"SELECT ledger, COUNT(*) FROM record{c.indexed('record_waiting_counts')} WHERE state = 'submitted' AND {within} GROUP BY ledger",
            below,
        )
    )
    returned = dict(
        storage.fetch(
            f"SELECT ledger, COUNT(*) FROM record{c.indexed('record_returned')} WHERE state = 'returned' AND {within} GROUP BY ledger",
            below,
        )
    )
    keys = tuple(one.key for one in ledgers)
    counts = remembered(("counts", organisation.path, keys), lambda: _counts(ledgers, below))
    latest, rows_in = _dates(ledgers, organisation, month)
    nil = _nil_reports(organisation, month)
    found = []
    for one in ledgers:
        keepers = {p.id for p in places if p.is_open and p.level in one.kept_by}
        has_rows = rows_in[one.key] & keepers
        has_nil = (nil[one.key] & keepers) - has_rows
        found.append(
            LedgerState(
                one,
                Count(counts.get(one.key, 0)),
                waiting.get(one.key, 0),
                returned.get(one.key, 0),
                latest.get(one.key, ""),
                len(keepers),
                len(has_rows),
                len(has_nil),
            )
        )
    return found


def _counts(ledgers: list[LedgerDef], below: list[str]) -> dict[str, int]:
    """Records that are not withdrawn, by ledger: all of them without the withdrawn ones, both from indexes alone."""
    keys = [one.key for one in ledgers]
    query = (
        "SELECT ledger, COUNT(*) FROM record{index} WHERE {state}ledger IN ({marks}) "
        "AND organisation_id IN (SELECT id FROM organisation WHERE path LIKE %s) GROUP BY ledger"
    )
    marks = storage.marks(keys)
    counts: dict[str, int] = dict(
        storage.fetch(
            query.format(index=c.indexed("record_by_date"), state="", marks=marks), [*keys, *below]
        )
    )
    for key, withdrawn in storage.fetch(
        query.format(
            index=c.indexed("record_withdrawn"), state="state = 'withdrawn' AND ", marks=marks
        ),
        [*keys, *below],
    ):
        counts[key] -= withdrawn
    return counts


def _dates(
    ledgers: list[LedgerDef], organisation: Organisation, month: str
) -> tuple[dict[str, str], dict[str, set[int]]]:
    """The newest date by ledger, and the units with a row dated in the month."""
    named = " UNION ALL ".join(["SELECT %s AS ledger"] + ["SELECT %s"] * (len(ledgers) - 1))
    here = f"FROM record AS r{c.indexed('record_by_date')} WHERE r.ledger = l.ledger AND r.organisation_id = o.id"
    latest: dict[str, str] = {}
    rows_in: dict[str, set[int]] = defaultdict(set)
    for key, unit, newest, has_rows in storage.fetch(
        f"SELECT l.ledger, o.id, (SELECT MAX(r.occurred_on) {here}), "
        f"CASE WHEN EXISTS (SELECT 1 {here} AND r.occurred_on >= %s AND r.occurred_on <= %s AND r.state <> 'withdrawn') THEN 1 ELSE 0 END "
        f"FROM organisation o CROSS JOIN ({named}) AS l WHERE o.path LIKE %s",
        [f"{month}-01", f"{month}-31", *(one.key for one in ledgers), organisation.path + "%"],
    ):
        if newest:
            latest[key] = max(latest.get(key, ""), newest)
        if has_rows:
            rows_in[key].add(unit)
    return latest, rows_in


def _nil_reports(organisation: Organisation, month: str) -> dict[str, set[int]]:
    """By ledger, the units that reported that there was nothing in the month."""
    found: dict[str, set[int]] = defaultdict(set)
    for one in definitions().catalogue.ledgers.values():
        if one.nil is None or set(one.identified_by) != {one.nil.ledger, one.nil.month}:
            continue
        order = [one.nil.ledger, one.nil.month]
        keys = {}
        for ledger in definitions().catalogue.ledgers:
            parts = {one.nil.ledger: ledger, one.nil.month: month}
            keys["|".join(parts[k] for k in (one.identified_by or order))] = ledger
        for unit, key in storage.fetch(
            'SELECT r.organisation_id, r."key" FROM record r WHERE r.ledger = %s '
            "AND r.organisation_id IN (SELECT id FROM organisation WHERE path LIKE %s) "
            f"AND r.\"key\" IN ({storage.marks(list(keys))}) AND r.state <> 'withdrawn'",
            [one.key, organisation.path + "%", *keys],
        ):
            found[keys[key]].add(unit)
    return found
