"""Saved views of a ledger's table: filters, columns and order under a name, for one account or shared in a unit."""

from __future__ import annotations

from dataclasses import dataclass

from django.db import transaction

from shuzhi.apps.ledgers.actions import get_ledger
from shuzhi.apps.ledgers.models import SavedView
from shuzhi.apps.organisations import queries as organisations
from shuzhi.apps.organisations.models import Organisation
from shuzhi.apps.people.permissions import Actor, is_allowed, require
from shuzhi.core.problems import Problem, ProblemsError

NAME_LIMIT = 40
QUERY_LIMIT = 4000
MOST = 50  #: of one account and ledger


@dataclass(frozen=True, slots=True)
class ViewShown:
    """A saved view as its reader sees it."""

    id: int
    name: str
    query: str  #: of the table's address; never with personal values
    is_shared: bool
    is_own: bool


def views_of(actor: Actor, ledger: str, organisation: Organisation) -> list[ViewShown]:
    """The actor's own views of a ledger, and those shared at the unit or above it, by name."""
    above = [int(part) for part in organisation.path.strip("/").split("/")]
    found = SavedView.objects.filter(ledger=ledger, organisation_id__in=above).order_by("name")
    return [
        ViewShown(v.pk, v.name, v.query, v.is_shared, v.account == actor.name)
        for v in found
        if v.account == actor.name or v.is_shared
    ]


@transaction.atomic
def save_view(
    actor: Actor,
    ledger_key: str,
    organisation_code: str,
    name: str,
    query: str,
    *,
    is_shared: bool = False,
) -> ViewShown:
    """Keep a view under a name; one's own of the same name is replaced.

    Raises:
        ProblemsError: TABLE_004 no name, or too long, TABLE_005 too many views, PEOPLE_001 no right to read the ledger, or to share.
    """
    ledger, organisation = get_ledger(ledger_key), organisations.get(organisation_code)
    require(actor, "record.read", organisation.path, organisation.name, area=ledger.area)
    if is_shared:
        # whoever records or approves there may put up a view for the others
        wanted = ("record.create", "record.approve")
        if not any(is_allowed(actor, p, organisation.path, ledger.area) for p in wanted):
            require(actor, wanted[0], organisation.path, organisation.name, area=ledger.area)
    name = name.strip()
    if not name or len(name) > NAME_LIMIT or len(query) > QUERY_LIMIT:
        raise ProblemsError([Problem("TABLE_004", {"limit": NAME_LIMIT})])
    own = SavedView.objects.filter(account=actor.name, ledger=ledger.key)
    kept = own.filter(organisation=organisation, name=name).first()
    if kept is None and own.count() >= MOST:
        raise ProblemsError([Problem("TABLE_005", {"limit": MOST})])
    if kept is None:
        kept = SavedView(
            account=actor.name, ledger=ledger.key, organisation=organisation, name=name
        )
    kept.query, kept.is_shared = query, is_shared
    kept.save()
    return ViewShown(kept.pk, kept.name, kept.query, kept.is_shared, True)


@transaction.atomic
def remove_view(actor: Actor, view: int, ledger_key: str) -> None:
    """Take one of the actor's own views away. Raises ProblemsError TABLE_006 when it is not there."""
    removed, _ = SavedView.objects.filter(id=view, account=actor.name, ledger=ledger_key).delete()
    if not removed:
        raise ProblemsError([Problem("TABLE_006")])
