"""Reading records, their history and what waits for approval."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Sequence
from dataclasses import dataclass
from typing import Any

import orjson

from shuzhi.apps import storage
from shuzhi.apps.office import definitions
from shuzhi.apps.organisations import queries as organisations
from shuzhi.apps.organisations.models import Organisation
from shuzhi.core.problems import Problem, ProblemsError
from shuzhi.core.searching import words_of

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


def keys(
    ledger: str, organisation_ids: Sequence[int], among: Collection[str] | None = None
) -> set[tuple[int, str]]:
    """Natural keys of the records that are not withdrawn, with their organisation; of those in `among` only, when it is given."""
    found: set[tuple[int, str]] = set()
    wanted = sorted(among) if among is not None and len(among) <= 400 else None
    if wanted == []:
        return found
    narrowed = f" AND key IN ({storage.marks(wanted)})" if wanted else ""
    for chunk in storage.in_chunks(list(organisation_ids)):
        found.update(
            storage.fetch(
                f"SELECT organisation_id, key FROM record WHERE ledger = %s AND state <> 'withdrawn' AND organisation_id IN ({storage.marks(chunk)}){narrowed}",
                [ledger, *chunk, *(wanted or ())],
            )
        )
    return found


def keys_like(
    ledger: str, organisation_id: int, query: str, limit: int = 20
) -> list[tuple[str, dict[str, Any]]]:
    """(natural key, content) of the unit's records whose key begins with `query`, or else whose open words contain it."""
    base = "SELECT \"key\", content FROM record WHERE ledger = %s AND organisation_id = %s AND state <> 'withdrawn' "
    ending = f' ORDER BY "key" LIMIT {int(limit)}'
    params: list[Any] = [ledger, organisation_id]
    escaped = query.replace("\\", "\\\\").replace("%", "\\%").replace("_", "\\_")
    rows = storage.fetch(
        f"{base} AND \"key\" LIKE %s ESCAPE '\\' {ending}", [*params, escaped + "%"]
    )
    if not rows and query:
        rows = storage.fetch(
            f"{base} AND words LIKE %s ESCAPE '\\' {ending}",
            [*params, f"%{escaped.lower()}%"],
        )
    return [(key, content_of(text)) for key, text in rows]


def count_referring(ledger: str, organisation_id: int, fields: Sequence[str], key: str) -> int:
    """How many records of a unit's ledger name `key` in one of these reference fields; the withdrawn ones do not count."""
    found = 0
    for (text,) in storage.fetch(
        "SELECT content FROM record WHERE ledger = %s AND organisation_id = %s AND state <> 'withdrawn'",
        [ledger, organisation_id],
    ):
        payload = content_of(text)
        found += any(payload.get(one) == key for one in fields)
    return found


def words(ledger: str, payload: str) -> tuple[str, str]:
    """The words a content (canonical JSON) is searched by: of its open fields, and of its personal ones."""
    return words_of(definitions().catalogue.ledgers.get(ledger))(orjson.loads(payload or "{}"))


def content_of(text: str) -> dict[str, Any]:
    """The column `record.content` as a payload."""
    found: dict[str, Any] = orjson.loads(text or "{}")
    return found
