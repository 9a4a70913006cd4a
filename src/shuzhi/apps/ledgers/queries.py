"""Reading records, their history and what waits for approval."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Any

import orjson

from shuzhi.apps import storage
from shuzhi.apps.organisations import queries as organisations
from shuzhi.apps.organisations.models import Organisation
from shuzhi.core.problems import Problem, ProblemsError

STATES = ("submitted", "approved", "returned", "withdrawn")


@dataclass(frozen=True, slots=True)
class RecordView:
    """A record with its current content."""

    id: int
    ledger: str
    organisation: str  #: code
    organisation_name: str
    key: str
    state: str
    number: int
    author: str
    occurred_on: str
    payload: dict[str, Any]


@dataclass(frozen=True, slots=True)
class EntryView:
    """One entry of a record's history."""

    seq: int
    number: int
    action: str
    subject_number: int | None
    actor: str
    at: str
    reason: str
    source: str
    occurred_on: str
    payload: dict[str, Any]
    hash: str


def records(
    organisation: Organisation,
    *,
    ledger: str = "",
    state: str = "",
    batch: str = "",
    limit: int | None = None,
    approved_content: bool = False,
) -> Iterator[RecordView]:
    """Records of a unit and the units below it, oldest first; with `approved_content`, what is posted rather than what is latest."""
    ids = organisations.below(organisation)
    content = "r.approved" if approved_content else "r.current"
    where, params = [], []
    for column, wanted in (("r.ledger", ledger), ("r.state", state), ("r.batch", batch)):
        if wanted:
            where.append(f" AND {column} = %s")
            params.append(wanted)
    rest = limit
    for chunk in storage.in_chunks(ids):
        query = (
            "SELECT r.id, r.ledger, o.code, o.name, r.key, r.state, r.number, r.author, v.occurred_on, v.payload "
            f"FROM record r JOIN revision v ON v.record_id = r.id AND v.number = {content} "
            "JOIN organisation o ON o.id = r.organisation_id "
            f"WHERE r.organisation_id IN ({storage.marks(chunk)}){''.join(where)} ORDER BY r.ledger, r.organisation_id, r.id"
        )
        if rest is not None:
            query += f" LIMIT {int(rest)}"
        for row in storage.fetch(query, [*chunk, *params]):
            if rest is not None:
                rest -= 1
            yield RecordView(*row[:9], orjson.loads(row[9]) if row[9] else {})
        if rest is not None and rest <= 0:
            return


def get(record_id: int) -> RecordView:
    """One record. Raises ProblemsError RECORD_001 when there is none."""
    rows = storage.fetch(
        "SELECT r.id, r.ledger, o.code, o.name, r.key, r.state, r.number, r.author, v.occurred_on, v.payload "
        "FROM record r JOIN revision v ON v.record_id = r.id AND v.number = r.current "
        "JOIN organisation o ON o.id = r.organisation_id WHERE r.id = %s",
        [record_id],
    )
    if not rows:
        raise ProblemsError([Problem("RECORD_001", {"record": record_id})])
    return RecordView(*rows[0][:9], orjson.loads(rows[0][9]) if rows[0][9] else {})


def history(record_id: int) -> list[EntryView]:
    """Every entry of a record, first to last. Raises ProblemsError RECORD_001 when there is none."""
    rows = storage.fetch(
        "SELECT seq, number, action, subject_number, actor, at, reason, source, occurred_on, payload, hash "
        "FROM revision WHERE record_id = %s ORDER BY number",
        [record_id],
    )
    if not rows:
        raise ProblemsError([Problem("RECORD_001", {"record": record_id})])
    return [EntryView(*r[:9], orjson.loads(r[9]) if r[9] else {}, r[10]) for r in rows]


def waiting(organisation: Organisation) -> list[tuple[str, str, int]]:
    """How many records wait for approval: (ledger, organisation name, count)."""
    found: list[tuple[str, str, int]] = []
    for chunk in storage.in_chunks(organisations.below(organisation)):
        found += storage.fetch(
            "SELECT r.ledger, o.name, COUNT(*) FROM record r JOIN organisation o ON o.id = r.organisation_id "
            f"WHERE r.state = 'submitted' AND r.organisation_id IN ({storage.marks(chunk)}) GROUP BY r.ledger, o.name ORDER BY r.ledger, o.name",
            chunk,
        )
    return found


def keys(ledger: str, organisation_ids: Sequence[int]) -> set[tuple[int, str]]:
    """Natural keys of the records that are not withdrawn, with their organisation."""
    found: set[tuple[int, str]] = set()
    for chunk in storage.in_chunks(list(organisation_ids)):
        found.update(
            storage.fetch(
                f"SELECT organisation_id, key FROM record WHERE ledger = %s AND state <> 'withdrawn' AND organisation_id IN ({storage.marks(chunk)})",
                [ledger, *chunk],
            )
        )
    return found
