"""The hash chain over revisions: one per organisation and year of recording, so villages never wait for each other's seals."""

from __future__ import annotations

from collections.abc import Sequence
from hashlib import sha256
from typing import Any, NamedTuple

import orjson

from shuzhi.apps import storage
from shuzhi.core.problems import Problem


class Entry(NamedTuple):
    """A revision before it is sealed; the order of fields is the order they are hashed in."""

    seq: int
    record_id: int
    number: int
    action: str
    subject_number: int | None
    organisation_id: int
    year: int
    occurred_on: str
    payload: str
    ledger_version: int
    locked_through: int | None
    actor: str
    at: str
    reason: str
    source: str


COLUMNS = (*Entry._fields, "previous", "hash")


def entry(
    seq: int,
    record: int,
    number: int,
    action: str,
    organisation: int,
    *,
    actor: str,
    at: str,
    reason: str,
    subject: int | None = None,
    date: str = "",
    payload: str = "",
    version: int = 0,
) -> Entry:
    """An entry made by hand, one at a time: decisions and what they bring back. Imports build theirs as plain tuples."""
    year = int(at[:4])
    return Entry(
        seq, record, number, action, subject, organisation, year, date, payload, version, None, actor, at, reason, ""
    )  # fmt: skip


def canonical_json(payload: dict[str, Any]) -> str:
    """The one way a payload is written: keys sorted, no spaces, UTF-8."""
    return orjson.dumps(payload, option=orjson.OPT_SORT_KEYS).decode()


def entry_hash(previous: str, entry: Sequence[Any]) -> str:
    """The seal of an entry over its fields and the seal before it."""
    return sha256(previous.encode() + orjson.dumps(entry)).hexdigest()


def append(entries: Sequence[tuple[Any, ...]]) -> None:
    """Seal the entries (each an `Entry`, or a tuple of its fields) in order and write them with the new heads of their chains.

    The clock must be held.
    """
    if not entries:
        return
    place, year = Entry._fields.index("organisation_id"), Entry._fields.index("year")
    chains = {(e[place], e[year]) for e in entries}
    heads: dict[tuple[int, int], tuple[int, str]] = {}
    for chunk in storage.in_chunks(sorted({organisation for organisation, _ in chains})):
        rows = storage.fetch(
            f"SELECT organisation_id, year, length, head FROM chain WHERE organisation_id IN ({storage.marks(chunk)})",
            chunk,
        )
        heads.update({(o, y): (length, head) for o, y, length, head in rows if (o, y) in chains})
    known = set(heads)
    sealed = []
    dumps, digest = orjson.dumps, sha256
    for entry in entries:
        identity = (entry[place], entry[year])
        length, previous = heads.get(identity, (0, ""))
        plain = tuple(entry)
        seal = digest(previous.encode() + dumps(plain)).hexdigest()
        heads[identity] = (length + 1, seal)
        sealed.append((*plain, previous, seal))
    storage.insert_rows("revision", COLUMNS, sealed)
    storage.insert_rows(
        "chain",
        ("organisation_id", "year", "length", "head"),
        [(*i, *heads[i]) for i in sorted(chains - known)],
    )
    storage.execute_many(
        "UPDATE chain SET length = %s, head = %s WHERE organisation_id = %s AND year = %s",
        [(*heads[i], *i) for i in sorted(known)],
    )


def broken_chains() -> list[Problem]:
    """For each chain the first revision whose seal does not fit, or a chain whose length or head is off."""
    names = {f'"{c}"': None for c in COLUMNS}
    heads: dict[tuple[int, int], tuple[int, str]] = {}
    broken: dict[tuple[int, int], Problem] = {}
    last = 0
    while True:
        # by slices of the clock, so that eight million revisions need no more memory than eight thousand
        rows = storage.fetch(
            f"SELECT {', '.join(names)} FROM revision WHERE seq > %s ORDER BY seq LIMIT 20000",
            [last],
        )
        if not rows:
            break
        last = rows[-1][0]
        for row in rows:
            identity = (row[5], row[6])
            length, previous = heads.get(identity, (0, ""))
            if identity not in broken and (
                row[-2] != previous or row[-1] != entry_hash(previous, list(row[:-2]))
            ):
                broken[identity] = Problem(
                    "VERIFY_001",
                    {
                        "seq": row[0],
                        "record": row[1],
                        "number": row[2],
                        "organisation": _name(row[5]),
                    },
                )
            heads[identity] = (length + 1, row[-1])
    kept = {
        (o, y): (n, h)
        for o, y, n, h in storage.fetch("SELECT organisation_id, year, length, head FROM chain")
    }
    for identity in sorted(kept.keys() | heads.keys()):
        if identity not in broken and kept.get(identity) != heads.get(identity):
            broken[identity] = Problem(
                "VERIFY_002",
                {
                    "organisation": _name(identity[0]),
                    "year": identity[1],
                    "expected": kept.get(identity, (0, ""))[0],
                    "found": heads.get(identity, (0, ""))[0],
                },
            )
    return [broken[i] for i in sorted(broken)]


def _name(organisation_id: int) -> str:
    rows = storage.fetch("SELECT name FROM organisation WHERE id = %s", [organisation_id])
    return rows[0][0] if rows else str(organisation_id)
