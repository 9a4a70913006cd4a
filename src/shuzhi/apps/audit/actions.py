"""The clock and the diary: sequence numbers in the order of commits, and events chained by hash."""

from __future__ import annotations

from datetime import UTC, datetime
from hashlib import sha256
from typing import Any
from uuid import uuid4

import orjson
from django.db import connection

from shuzhi.apps import storage
from shuzhi.apps.audit.models import Clock
from shuzhi.core.problems import Problem, ProblemsError

#: every event that may be written; an unknown one is a programmer's error
EVENTS = frozenset(
    {
        "office.created", "organisation.opened", "organisation.renamed", "organisation.moved",
        "organisation.closed", "organisation.merged", "organisation.split", "organisation.located", "account.created", "account.closed",
        "account.reopened", "account.password_set", "account.password_changed", "account.signed_in", "account.signed_out",
        "account.sign_in_failed", "account.locked", "account.session_ended", "account.factor_added", "account.factor_removed",
        "post.given", "post.changed", "post.ended", "book.opened", "book.checked", "book.closed", "book.reopened", "book.backfilled", "book.proved",
        "ledger.imported", "ledger.exported", "report.made", "report.revised", "report.confirmed", "report.signed", "report.unsigned", "record.unmasked", "record.rebuilt",
        "definition.enforced", "definition.withdrawn", "backup.made", "backup.downloaded", "backup.removed", "office.restored",
        "match.confirmed", "match.withdrawn", "finding.silenced", "finding.unsilenced", "draft.handed_in", "draft.removed", "token.issued", "token.revoked",
    }
)  # fmt: skip


def timestamp() -> str:
    """Now, in UTC, as kept in revisions and events."""
    return datetime.now(UTC).isoformat(timespec="microseconds").replace("+00:00", "Z")


def today() -> str:
    """Today's date at the office (Beijing time), ISO."""
    from django.utils import timezone

    return timezone.localdate().isoformat()


def start_clock() -> str:
    """Make the clock of a new office; returns the office's id."""
    office = str(uuid4())
    Clock.objects.create(id=1, seq=0, office=office)
    return office


def take(count: int) -> int:
    """The first of `count` fresh sequence numbers; holds the clock until the transaction ends.

    Must be called inside a transaction: numbers then follow the order of commits.
    """
    if not connection.in_atomic_block:
        raise RuntimeError("sequence numbers are taken inside a transaction")
    if storage.execute("UPDATE clock SET seq = seq + %s WHERE id = 1", [count]) != 1:
        raise ProblemsError([Problem("OFFICE_001")])
    return int(storage.fetch("SELECT seq FROM clock WHERE id = 1")[0][0]) - count + 1


def hold() -> None:
    """Hold the clock from here to the end of the transaction, so that what is read now stays true until written."""
    take(0)


def current() -> int:
    """The last sequence number given out: the as-of point of now."""
    rows = storage.fetch("SELECT seq FROM clock WHERE id = 1")
    if not rows:
        raise ProblemsError([Problem("OFFICE_001")])
    return int(rows[0][0])


def office() -> str:
    """This office's id. Raises ProblemsError OFFICE_001 when the database holds none."""
    rows = storage.fetch("SELECT office FROM clock WHERE id = 1")
    if not rows:
        raise ProblemsError([Problem("OFFICE_001")])
    return str(rows[0][0])


def event_hash(previous: str, content: list[Any]) -> str:
    """The seal of an event over its content and the seal before it."""
    return sha256(previous.encode() + orjson.dumps(content)).hexdigest()


def note(code: str, *, actor: str, organisation: str = "", **params: Any) -> int:
    """Write an event; returns its sequence number.

    Raises:
        RuntimeError: unknown event code or no actor; both are mistakes in the program.
    """
    if code not in EVENTS or not actor:
        raise RuntimeError(f"event without actor or unknown: {code!r}")
    seq = take(1)
    previous = storage.fetch("SELECT event_hash FROM clock WHERE id = 1")[0][0]
    at = timestamp()
    text = orjson.dumps(params, option=orjson.OPT_SORT_KEYS).decode()
    sealed = event_hash(previous, [seq, code, actor, organisation, at, text])
    storage.insert_rows(
        "event",
        ("seq", "code", "actor", "organisation", "at", "params", "previous", "hash"),
        [(seq, code, actor, organisation, at, text, previous, sealed)],
    )
    storage.execute("UPDATE clock SET event_hash = %s WHERE id = 1", [sealed])
    return seq


def broken_events() -> list[Problem]:
    """The first event whose seal does not fit, if any."""
    previous = ""
    rows = storage.fetch(
        "SELECT seq, code, actor, organisation, at, params, previous, hash FROM event ORDER BY seq"
    )
    for seq, code, actor, organisation, at, params, before, sealed in rows:
        expected = event_hash(previous, [seq, code, actor, organisation, at, params])
        if before != previous or sealed != expected:
            return [Problem("VERIFY_004", {"seq": seq, "code": code})]
        previous = sealed
    head = storage.fetch("SELECT event_hash FROM clock WHERE id = 1")
    if head and head[0][0] != previous:
        return [Problem("VERIFY_005", {"count": len(rows)})]
    return []
