"""Which part of a unit that is split gets which record: by what stands in a field, and then by whom the row refers to.

A person follows the household, a visit follows the person; what no rule reaches goes to the part named for the rest.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from shuzhi.apps import storage
from shuzhi.apps.ledgers import queries as ledgers
from shuzhi.apps.ledgers.queries import RecordView
from shuzhi.apps.office import definitions
from shuzhi.apps.organisations.models import Organisation
from shuzhi.core.definitions import Text

#: kinds of fields that say to which part of a village a row belongs
_DIVIDING = frozenset({"text", "choice", "reference", "organisation"})
_MOST_VALUES = 40


@dataclass(frozen=True, slots=True)
class Rule:
    """Rows in which `field` holds `value` go to the part with this code."""

    field: str
    value: str
    part: str


@dataclass(frozen=True, slots=True)
class Dividing:
    """A field a unit could be split by, with what stands in it and how often."""

    key: str
    title: Text
    ledgers: Sequence[str]  #: titles
    values: Sequence[tuple[str, int]]
    rows: int


def rows_of(organisation: Organisation) -> list[RecordView]:
    """The records of a unit and of those merged into it."""
    merged = {
        code
        for (code,) in storage.fetch(
            "SELECT code FROM organisation WHERE path LIKE %s AND (id = %s OR merged_into_id IS NOT NULL)",
            [organisation.path + "%", organisation.id],
        )
    }
    return [row for row in ledgers.records(organisation) if row.organisation in merged]


def dividing_fields(rows: Sequence[RecordView]) -> list[Dividing]:
    """Fields the rows could be divided by, those that reach most rows first; personal ones are none of them."""
    known = definitions().catalogue.ledgers
    counted: dict[str, Counter[str]] = {}
    titles: dict[str, Text] = {}
    where: dict[str, dict[str, None]] = {}
    for row in rows:
        ledger = known.get(row.ledger)
        for one in ledger.fields if ledger is not None else ():
            if one.type not in _DIVIDING or one.personal or one.key in (ledger.identified_by if ledger else ()):  # fmt: skip
                continue
            value = row.payload.get(one.key)
            if value not in (None, ""):
                counted.setdefault(one.key, Counter())[str(value)] += 1
                titles.setdefault(one.key, one.title)
                where.setdefault(one.key, {})[ledger.title.zh if ledger else ""] = None
    found = [
        Dividing(key, titles[key], list(where[key]), sorted(values.items()), values.total())
        for key, values in counted.items()
        if 2 <= len(values) <= _MOST_VALUES
    ]
    return sorted(found, key=lambda d: -d.rows)


def assign(rows: Sequence[RecordView], rules: Sequence[Rule], rest: str = "") -> dict[int, str]:
    """Record → code of its part. Without `rest`, what no rule reaches is left out."""
    known = definitions().catalogue.ledgers
    wanted: Mapping[tuple[str, str], str] = {(r.field, r.value): r.part for r in reversed(rules)}
    order = list(dict.fromkeys(r.field for r in rules))
    assignment: dict[int, str] = {}
    by_key: dict[tuple[str, str], str] = {}
    for row in rows:
        for key in order:
            part = wanted.get((key, str(row.payload.get(key, ""))))
            if part:
                assignment[row.id] = by_key[row.ledger, row.key] = part
                break
    grown = True
    while grown:
        grown = False
        for row in rows:
            if row.id in assignment or row.ledger not in known:
                continue
            for one in known[row.ledger].fields:
                if one.type != "reference":
                    continue
                part = by_key.get((one.ledger, str(row.payload.get(one.key, ""))))
                if part:
                    assignment[row.id] = by_key[row.ledger, row.key] = part
                    grown = True
                    break
    if rest:
        for row in rows:
            assignment.setdefault(row.id, rest)
    return assignment


@dataclass(frozen=True, slots=True)
class Outcome:
    """How many rows of a ledger each part would get."""

    ledger: str
    title: Text | None
    counts: Sequence[int]  #: in the order of the parts
    left: int  #: to no part yet


def outcome(
    rows: Sequence[RecordView], assignment: Mapping[int, str], parts: Sequence[str]
) -> list[Outcome]:
    """What an assignment comes to, ledger by ledger."""
    known = definitions().catalogue.ledgers
    counts: dict[str, Counter[str]] = {}
    for row in rows:
        counts.setdefault(row.ledger, Counter())[assignment.get(row.id, "")] += 1
    return [
        Outcome(
            key,
            known[key].title if key in known else None,
            [found[part] for part in parts],
            sum(n for part, n in found.items() if part not in parts),
        )
        for key, found in sorted(counts.items())
    ]
