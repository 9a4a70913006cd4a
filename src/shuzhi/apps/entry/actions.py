"""Keeping what somebody is typing: drafts, and forms of a session that ended.

A draft belongs to the account that typed it and to nobody else. Drafts with something in a personal field are deleted after 30 days
(`PERSONAL_DAYS`), held forms after an hour; both are deleted, not withdrawn, for they never were records.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import UUID, uuid4

import orjson
from django.db import transaction

from shuzhi.apps.audit import actions as audit
from shuzhi.apps.entry.models import EntryDraft, HeldForm
from shuzhi.apps.ledgers.actions import get_ledger
from shuzhi.apps.organisations.models import Organisation
from shuzhi.apps.people.models import Account
from shuzhi.apps.people.permissions import Actor, require
from shuzhi.core.definitions import LedgerDef
from shuzhi.core.problems import Problem, ProblemsError

PERSONAL_DAYS = 30  #: days a draft with personal data is kept
HELD_MINUTES = 60  #: minutes a form of a session that ended is kept
DRAFT_LIMIT = 4 * 2**20  #: bytes of one draft
HELD_LIMIT = 2 * 2**20  #: bytes of one held form
_DRAFTS_EACH = 20  #: drafts of one account for one ledger
_HELD_EACH = 5  #: held forms of one account

#: rows of a draft: the values as typed, by field key
Rows = Sequence[Mapping[str, str]]


def before(**ago: int) -> str:
    """The instant that long ago, as kept in `at`."""
    moment = datetime.now(UTC) - timedelta(**ago)
    return moment.isoformat(timespec="microseconds").replace("+00:00", "Z")


def purge_drafts() -> int:
    """Delete the drafts with personal data that are older than `PERSONAL_DAYS`; returns how many."""
    expired = EntryDraft.objects.filter(personal=True, at__lt=before(days=PERSONAL_DAYS))
    return int(expired.delete()[0])


def _filled(rows: Rows) -> list[Mapping[str, str]]:
    return [row for row in rows if any(str(v).strip() for v in row.values())]


def _is_personal(ledger: LedgerDef, rows: Rows) -> bool:
    personal = [f.key for f in ledger.fields if f.personal]
    return any(str(row.get(key, "")).strip() for row in rows for key in personal)


@transaction.atomic
def save_draft(
    actor: Actor,
    account: Account,
    ledger_key: str,
    organisation: Organisation,
    rows: Rows,
    *,
    kind: str = "grid",
    draft: int | None = None,
    record: int | None = None,
    expected: int | None = None,
) -> EntryDraft:
    """Keep what is typed; with `draft`, in place of what that draft of the same account held.

    Raises:
        ProblemsError: ENTRY_001 too large, ENTRY_002 too many drafts, PEOPLE_001 no right to record there.
    """
    ledger = get_ledger(ledger_key)
    require(
        actor,
        "record.revise" if record else "record.create",
        organisation.path,
        organisation.name,
        area=ledger.area,
    )
    text = orjson.dumps([dict(row) for row in rows]).decode()
    if len(text) > DRAFT_LIMIT:
        raise ProblemsError([Problem("ENTRY_001", {"limit": DRAFT_LIMIT // 2**20})])
    purge_drafts()
    own = EntryDraft.objects.filter(account=account, ledger=ledger.key)
    kept = own.filter(id=draft, organisation=organisation, kind=kind).first() if draft else None
    if kept is None:
        if own.count() >= _DRAFTS_EACH:
            raise ProblemsError(
                [Problem("ENTRY_002", {"ledger": ledger.title.zh, "limit": _DRAFTS_EACH})]
            )
        kept = EntryDraft(
            account=account, ledger=ledger.key, organisation=organisation, kind=kind, record=record
        )
    kept.expected = expected
    kept.content = text
    kept.rows = len(_filled(rows))
    kept.personal = _is_personal(ledger, rows)
    kept.at = audit.timestamp()
    kept.save()
    return kept


def discard_draft(account: Account, draft: int) -> bool:
    """Delete a draft of this account; False when it has no such draft."""
    return bool(EntryDraft.objects.filter(id=draft, account=account).delete()[0])


# ── forms of a session that ended ─────────────────────────────────────────────────────────────────────────────────────


def purge_held() -> int:
    """Delete the held forms whose hour is over; returns how many."""
    return int(HeldForm.objects.filter(at__lt=before(minutes=HELD_MINUTES)).delete()[0])


@transaction.atomic
def hold_form(
    account: Account, address: str, values: Mapping[str, Sequence[str]], *, restores: bool = False
) -> UUID | None:
    """Keep a posted form for its account; None when it is too large to keep.

    The oldest of an account's held forms gives way when there are too many.
    """
    purge_held()
    text = orjson.dumps({k: list(v) for k, v in values.items()}).decode()
    if len(text) > HELD_LIMIT:
        return None
    older = HeldForm.objects.filter(account=account).order_by("-at")[_HELD_EACH - 1 :]
    for one in older:
        one.delete()
    made = HeldForm.objects.create(
        number=uuid4(),
        account=account,
        address=address[:500],
        restores=restores,
        content=text,
        at=audit.timestamp(),
    )
    return UUID(str(made.number))


def release_form(account: Account, number: UUID) -> bool:
    """Delete a held form of this account, once it was submitted or given up."""
    return bool(HeldForm.objects.filter(number=number, account=account).delete()[0])


def held_values(form: HeldForm) -> dict[str, list[str]]:
    """What a held form carried, by name."""
    found: Any = orjson.loads(form.content)
    return {str(k): [str(one) for one in v] for k, v in found.items()}
