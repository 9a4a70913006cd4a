"""Since when things are new to somebody: the point of the clock at which they last opened a workbench on an earlier day.

Kept for the person alone, so that a page can say "since you were last here". It is no attendance list: one row per account,
overwritten, shown to nobody else.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

from django.db import transaction
from django.utils import timezone

from shuzhi.apps.audit import actions as audit
from shuzhi.apps.people.models import LastSeen

#: how long an opening of the workbench stands before the next one is written; most openings write nothing
_WRITE_EVERY = timedelta(minutes=10)


@dataclass(frozen=True, slots=True)
class Since:
    """From which point on things are new; on the very first day there is none."""

    seq: int
    at: str  #: instant, UTC; empty on the first day


def _day(at: str) -> str:
    """The day at the office of an instant."""
    return timezone.localtime(datetime.fromisoformat(at)).date().isoformat()


def look(account_id: int) -> Since:
    """Note that the account looks at its workbench now; returns since when things are new to it."""
    now, seq = audit.timestamp(), audit.current()
    seen = LastSeen.objects.filter(account_id=account_id).first()
    if seen is None:
        with transaction.atomic():
            LastSeen.objects.get_or_create(
                account_id=account_id,
                defaults={"since_seq": seq, "since_at": "", "seen_seq": seq, "seen_at": now},
            )
        return Since(seq, "")
    if _day(seen.seen_at) < audit.today():
        seen.since_seq, seen.since_at = seen.seen_seq, seen.seen_at
        is_due = True
    else:
        is_due = datetime.now(UTC) - datetime.fromisoformat(seen.seen_at) > _WRITE_EVERY
    if is_due:
        # a filter, so that two pages opened at once on a new day do not move `since` twice
        LastSeen.objects.filter(account_id=account_id, seen_at=seen.seen_at).update(
            since_seq=seen.since_seq, since_at=seen.since_at, seen_seq=seq, seen_at=now
        )
    return Since(seen.since_seq, seen.since_at)
