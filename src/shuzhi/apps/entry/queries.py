"""Reading one's own drafts and held forms. Every question names the account; nothing answers about anybody else's."""

from __future__ import annotations

from dataclasses import dataclass
from uuid import UUID

import orjson

from shuzhi.apps.entry.actions import HELD_MINUTES, PERSONAL_DAYS, before
from shuzhi.apps.entry.models import EntryDraft, HeldForm
from shuzhi.apps.organisations.models import Organisation
from shuzhi.apps.people.models import Account


@dataclass(frozen=True, slots=True)
class DraftView:
    """A draft as the workbench and the pages of entry list it; without what was typed."""

    id: int
    ledger: str
    unit: str  #: code
    unit_name: str
    kind: str  #: form or grid
    record: int | None
    rows: int
    personal: bool
    at: str


def drafts(
    account: Account, ledger: str = "", unit: Organisation | None = None, kind: str = ""
) -> list[DraftView]:
    """The account's drafts, newest first."""
    found = EntryDraft.objects.filter(account=account).select_related("organisation")
    found = found.exclude(personal=True, at__lt=before(days=PERSONAL_DAYS))
    if ledger:
        found = found.filter(ledger=ledger)
    if unit is not None:
        found = found.filter(organisation=unit)
    if kind:
        found = found.filter(kind=kind)
    return [
        DraftView(
            d.id,
            d.ledger,
            d.organisation.code,
            d.organisation.name,
            d.kind,
            d.record,
            d.rows,
            d.personal,
            d.at,
        )
        for d in found.defer("content").order_by("-at")
    ]


def find_draft(
    account: Account, draft: int, ledger: str, unit: Organisation, record: int | None = None
) -> tuple[EntryDraft, list[dict[str, str]]] | None:
    """A draft of this account for this ledger and unit with its rows, or None."""
    found = (
        EntryDraft.objects.filter(
            id=draft, account=account, ledger=ledger, organisation=unit, record=record
        )
        .exclude(personal=True, at__lt=before(days=PERSONAL_DAYS))
        .first()
    )
    return None if found is None else (found, orjson.loads(found.content))


def find_held(account: Account, number: UUID) -> HeldForm | None:
    """A held form of this account whose hour is not over, or None."""
    return HeldForm.objects.filter(
        number=number, account=account, at__gte=before(minutes=HELD_MINUTES)
    ).first()
