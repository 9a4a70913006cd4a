"""A record's content beside its pointers, so that a table reads one row per record; it must always follow from the sealed revisions.

The words to search by depend on the ledger's definition too: where a definition changed, `rebuild` makes them again.
"""

from __future__ import annotations

from collections.abc import Iterator

import orjson
from django.db import connection, transaction

from shuzhi.apps import storage
from shuzhi.apps.audit import actions as audit
from shuzhi.apps.ledgers import queries
from shuzhi.apps.people.permissions import Actor, is_allowed, require
from shuzhi.core.problems import Problem

_SLICE = 5000


def _contents(ledger: str = "") -> Iterator[list[tuple[int, str, str, str, str, str]]]:
    """(record, ledger, payload of its latest content, kept content, words, private words), in slices of bounded memory."""
    only = " AND r.ledger = %s" if ledger else ""
    last = 0
    while True:
        bounds = storage.fetch(
            f"SELECT id FROM record WHERE id > %s ORDER BY id LIMIT {_SLICE}", [last]
        )
        if not bounds:
            return
        yield storage.fetch(
            "SELECT r.id, r.ledger, v.payload, r.content, r.words, r.private_words FROM record r "
            "JOIN revision c ON c.record_id = r.id AND c.number = r.current AND c.action IN ('create', 'revise', 'withdraw') "
            # what is withdrawn keeps its content: that of the last create or revise before
            "JOIN revision v ON v.record_id = r.id AND v.number = CASE WHEN c.action <> 'withdraw' THEN r.current ELSE ("
            "SELECT MAX(e.number) FROM revision e WHERE e.record_id = r.id AND e.number < r.current AND e.action IN ('create', 'revise')) END "
            f"WHERE r.id > %s AND r.id <= %s{only} ORDER BY r.id",
            [last, bounds[-1][0], *([ledger] if ledger else [])],
        )
        last = bounds[-1][0]


@transaction.atomic
def rebuild_words(actor: Actor) -> int:
    """Make contents and words of all records again, after definitions changed; returns how many changed.

    Raises:
        ProblemsError: PEOPLE_001 no right to change the office.
    """
    home = actor.posts[0].path if actor.posts else "/"
    if not any(is_allowed(actor, "organisation.change", p.path) for p in actor.posts):
        require(actor, "organisation.change", home)
    audit.hold()
    changed = rebuild()
    audit.note("record.rebuilt", actor=actor.name, count=changed)
    return changed


def rebuild(ledger: str = "") -> int:
    """Make contents and words again from the revisions, of all records or one ledger's; returns how many changed."""
    changed = 0
    for rows in _contents(ledger):
        updates = []
        for record, key, payload, content, words, private in rows:
            fresh = queries.words(key, payload)
            if fresh != (words, private) or not _is_same(payload, content):
                updates.append((payload, *fresh, record))
        storage.execute_many(
            "UPDATE record SET content = %s, words = %s, private_words = %s WHERE id = %s", updates
        )
        changed += len(updates)
    return changed


def _is_same(payload: str, content: str) -> bool:
    """Whether both say the same; PostgreSQL keeps the keys of `jsonb` in another order."""
    if connection.vendor != "postgresql":
        return payload == content
    try:
        return bool(orjson.loads(payload) == orjson.loads(content))
    except orjson.JSONDecodeError:  # somebody altered the sealed revision itself
        return False


def wrong_contents(limit: int = 20) -> list[Problem]:
    """Records whose content, or the words to search them by, is not what their revisions say."""
    found: list[Problem] = []
    for rows in _contents():
        for record, ledger, payload, content, words, private in rows:
            if not _is_same(payload, content):
                found.append(Problem("VERIFY_009", {"record": record}))
            elif queries.words(ledger, payload) != (words, private):
                found.append(Problem("VERIFY_010", {"record": record}, severity="warning"))
            if len(found) >= limit:
                return found
    return found
