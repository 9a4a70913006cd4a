"""A record's life as a person reads it: who did what and why, what each change changed, and for whom it waits.

Values come out masked unless the caller was allowed to see them; whether a field changed is judged by the real values.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from django.db import transaction
from django.db.models import Q

from shuzhi.apps import storage
from shuzhi.apps.audit import actions as audit
from shuzhi.apps.audit.actions import today
from shuzhi.apps.ledgers import queries
from shuzhi.apps.ledgers.queries import EntryView
from shuzhi.apps.office import definitions
from shuzhi.apps.organisations.models import Organisation
from shuzhi.apps.people.models import Account, Post
from shuzhi.apps.people.permissions import ROLES, Actor, is_allowed, require
from shuzhi.core.definitions import FieldDef, LedgerDef
from shuzhi.core.masking import mask_value
from shuzhi.core.problems import Problem, ProblemsError

#: entries that carry content; the others are decisions about it
CONTENT = frozenset({"create", "revise"})


@dataclass(frozen=True, slots=True)
class RecordState:
    """A record with its unit, as its page needs it."""

    id: int
    ledger: LedgerDef
    unit: Organisation
    key: str
    state: str
    number: int  #: of the latest entry
    current: int  #: of the latest content
    approved: int | None
    author: str
    occurred_on: str
    batch: str
    payload: Mapping[str, Any]  #: the latest content, kept when withdrawn


@dataclass(frozen=True, slots=True)
class FieldChange:
    """A field before and after; None where it was blank."""

    field: FieldDef
    before: Any
    after: Any
    is_changed: bool


@dataclass(frozen=True, slots=True)
class Chapter:
    """One entry of the history with what it changed against the content before it."""

    entry: EntryView
    name: str  #: of the actor, as shown
    is_present: bool  #: the latest content
    changes: Sequence[FieldChange] = field(default_factory=tuple)

    @property
    def changed(self) -> list[FieldChange]:
        """Only what differs."""
        return [c for c in self.changes if c.is_changed]


def find(actor: Actor, unit: Organisation, record: int) -> RecordState | None:
    """The record, when it belongs to the unit or below it and the actor may read it there; else None."""
    rows = storage.fetch(
        'SELECT id, ledger, organisation_id, "key", state, number, current, approved, author, occurred_on, batch, content FROM record WHERE id = %s',
        [record],
    )
    if not rows:
        return None
    place = Organisation.objects.select_related("parent", "merged_into").get(id=rows[0][2])
    ledger = definitions().catalogue.ledgers.get(rows[0][1])
    if ledger is None or not place.path.startswith(unit.path):
        return None
    if not is_allowed(actor, "record.read", place.path, ledger.area):
        return None
    identity, _, _, key, *rest, content = rows[0]
    return RecordState(identity, ledger, place, key, *rest, queries.content_of(content))


def get(actor: Actor, unit: Organisation, record: int) -> RecordState:
    """Like `find`. Raises ProblemsError RECORD_001."""
    found = find(actor, unit, record)
    if found is None:
        raise ProblemsError([Problem("RECORD_001", {"record": record})])
    return found


def compare(
    ledger: LedgerDef,
    before: Mapping[str, Any],
    after: Mapping[str, Any],
    *,
    unmasked: bool = False,
) -> list[FieldChange]:
    """Field by field, what one content has in place of another's."""

    def shown(one: FieldDef, value: Any) -> Any:
        return value if unmasked else mask_value(one, value)

    return [
        FieldChange(
            one,
            shown(one, before.get(one.key)),
            shown(one, after.get(one.key)),
            before.get(one.key) != after.get(one.key),
        )
        for one in ledger.fields
        if one.key in before or one.key in after
    ]


def story(record: RecordState, *, unmasked: bool = False) -> list[Chapter]:
    """The history, newest first."""
    entries = queries.history(record.id)
    names = names_of({e.actor for e in entries})
    chapters: list[Chapter] = []
    before: Mapping[str, Any] = {}
    for entry in entries:
        changes: Sequence[FieldChange] = ()
        if entry.action in CONTENT:
            changes = compare(record.ledger, before, entry.payload, unmasked=unmasked)
            before = entry.payload
        name = names.get(entry.actor, entry.actor)
        chapters.append(Chapter(entry, name, entry.number == record.current, changes))
    return chapters[::-1]


def names_of(accounts: set[str]) -> dict[str, str]:
    """What accounts are called, by their name."""
    return dict(Account.objects.filter(name__in=accounts).values_list("name", "display"))


def holders(permission: str, path: str, area: str) -> list[tuple[str, str, str]]:
    """Who has a permission at the unit today: (account, display, unit of the post), the nearest posts first."""
    day = today()
    ids = [int(part) for part in path.strip("/").split("/")]
    roles = [role for role, (_, _, held) in ROLES.items() if permission in held]
    found = (
        Post.objects.filter(
            Q(to_date="") | Q(to_date__gte=day),
            organisation_id__in=ids,
            role__in=roles,
            from_date__lte=day,
            account__is_active=True,
            account__is_system=False,
        )
        .select_related("account", "organisation")
        .order_by("-organisation__path", "account__display")
    )
    listed: dict[str, tuple[str, str, str]] = {}
    for post in found:
        lines = {line for line in post.lines.split(",") if line}
        if not lines or area in lines:
            listed.setdefault(
                post.account.name, (post.account.name, post.account.display, post.organisation.name)
            )
    return list(listed.values())


def within_reach(actor: Actor, records: Sequence[int]) -> dict[int, tuple[str, LedgerDef]]:
    """Of these records the ones the actor may read, with the name of the unit and the ledger."""
    found: dict[int, tuple[str, LedgerDef]] = {}
    ledgers = definitions().catalogue.ledgers
    for chunk in storage.in_chunks(list(records)):
        for record, key, path, name in storage.fetch(
            "SELECT r.id, r.ledger, o.path, o.name FROM record r JOIN organisation o ON o.id = r.organisation_id "
            f"WHERE r.id IN ({storage.marks(chunk)})",
            chunk,
        ):
            ledger = ledgers.get(key)
            if ledger is not None and is_allowed(actor, "record.read", path, ledger.area):
                found[record] = (name, ledger)
    return found


@transaction.atomic
def note_unmasking(actor: Actor, record: RecordState, reason: str) -> None:
    """Note in the audit log that the actor reads the record's personal fields, and why; nothing personal is in the note.

    Raises:
        ProblemsError: ENTRY_004 no reason, PEOPLE_001 no right.
    """
    if not reason.strip():
        raise ProblemsError([Problem("ENTRY_004")])
    require(actor, "record.unmask", record.unit.path, record.unit.name, area=record.ledger.area)
    audit.note(
        "record.unmasked",
        actor=actor.name,
        organisation=record.unit.code,
        ledger=record.ledger.key,
        record=record.id,
        reason=reason.strip()[:500],
    )
