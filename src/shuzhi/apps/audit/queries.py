"""Reading the diary: by time, actor, kind of event, unit and words, page by page from the newest.

A reader sees what concerns units below a post; what concerns no unit (accounts, the office itself) is seen by who reads at the top of
the tree. Identity and telephone numbers that somebody wrote into a reason are hidden.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

import orjson
from django.conf import settings

from shuzhi.apps import storage
from shuzhi.core.reports import mask_identifiers

PAGE = 50


@dataclass(frozen=True, slots=True)
class Entry:
    """One event as a person reads it."""

    seq: int
    code: str
    actor: str
    organisation: str  #: code; empty when it concerns no unit
    organisation_name: str
    at: datetime  #: at the office
    params: Mapping[str, Any]  #: identity and telephone numbers hidden
    hash: str


@dataclass(frozen=True, slots=True)
class Search:
    """What is looked for; empty parts do not narrow."""

    path: str  #: of the unit the reader looks below
    is_top: bool  #: whether that is the whole office
    since: str = ""  #: first day, ISO
    until: str = ""  #: last day, ISO
    actor: str = ""
    codes: Sequence[str] = ()
    text: str = ""
    before: int = 0  #: only events before this number
    after: int = 0  #: only events after this number


@dataclass(frozen=True, slots=True)
class Found:
    """One page, newest first, with the numbers to go on from in both directions (0: there is no more)."""

    entries: Sequence[Entry]
    older: int
    newer: int


def search(wanted: Search, limit: int = PAGE) -> Found:
    """One page of the diary. Costs the same however long the diary is, unless words are looked for."""
    conditions, params = _conditions(wanted)
    forwards = bool(wanted.after)
    if forwards:
        conditions.append("e.seq > %s")
        params.append(wanted.after)
    elif wanted.before:
        conditions.append("e.seq < %s")
        params.append(wanted.before)
    where = f"WHERE {' AND '.join(conditions)}" if conditions else ""
    rows = storage.fetch(
        "SELECT e.seq, e.code, e.actor, e.organisation, o.name, e.at, e.params, e.hash FROM event e "
        f"LEFT JOIN organisation o ON o.code = e.organisation AND e.organisation <> '' {where} "
        f"ORDER BY e.seq {'ASC' if forwards else 'DESC'} LIMIT %s",
        [*params, limit + 1],
    )
    more = len(rows) > limit
    rows = rows[:limit]
    if forwards:
        rows.reverse()
    entries = [_entry(row) for row in rows]
    if not entries:
        return Found((), 0, 0)
    has_older = bool(forwards) or more
    has_newer = more if forwards else bool(wanted.before)
    return Found(entries, entries[-1].seq if has_older else 0, entries[0].seq if has_newer else 0)


def _conditions(wanted: Search) -> tuple[list[str], list[Any]]:
    conditions: list[str] = []
    params: list[Any] = []

    def add(condition: str, *values: Any) -> None:
        conditions.append(condition)
        params.extend(values)

    if not wanted.is_top:
        add(
            "e.organisation IN (SELECT code FROM organisation WHERE path LIKE %s)",
            wanted.path + "%",
        )
    if wanted.since:
        add("e.at >= %s", _instant(wanted.since))
    if wanted.until:
        add("e.at < %s", _instant(wanted.until, days=1))
    if wanted.actor:
        add("e.actor = %s", wanted.actor)
    if wanted.codes:
        add(f"e.code IN ({storage.marks(wanted.codes)})", *wanted.codes)
    if wanted.text:
        escaped = wanted.text.replace("\\", "\\\\").replace("%", "\\%").replace("_", "\\_")
        add("LOWER(e.params) LIKE %s ESCAPE '\\'", f"%{escaped.lower()}%")
    return conditions, params


def _instant(day: str, days: int = 0) -> str:
    """The instant a day begins at the office, as events keep it."""
    start = datetime.combine(
        date.fromisoformat(day) + timedelta(days=days),
        datetime.min.time(),
        ZoneInfo(settings.TIME_ZONE),
    )
    return start.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%S.000000Z")


def _entry(row: tuple[Any, ...]) -> Entry:
    seq, code, actor, organisation, name, at, params, sealed = row
    moment = datetime.fromisoformat(at.replace("Z", "+00:00"))
    return Entry(
        seq,
        code,
        actor,
        organisation,
        name or "",
        moment.astimezone(ZoneInfo(settings.TIME_ZONE)),
        {key: _shown(value) for key, value in orjson.loads(params).items()},
        sealed,
    )


def _shown(value: Any) -> Any:
    if isinstance(value, str):
        return mask_identifiers(value)
    if isinstance(value, list):
        return [_shown(one) for one in value]
    return value


def actors(wanted: Search, limit: int = 500) -> list[str]:
    """Accounts that could be looked for: those with posts below the unit, and SYSTEM at the top."""
    rows = storage.fetch(
        "SELECT DISTINCT a.name FROM account a JOIN post p ON p.account_id = a.id "
        "JOIN organisation o ON o.id = p.organisation_id WHERE o.path LIKE %s ORDER BY a.name LIMIT %s",
        [wanted.path + "%", limit],
    )
    return [*(["SYSTEM"] if wanted.is_top else []), *(name for (name,) in rows)]
