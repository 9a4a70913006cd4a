"""A filtered table as an Excel file in the shape of the ledger's template, and personal values shown for a reason: both are noted."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

from django.db import transaction

from shuzhi.apps.audit import actions as audit
from shuzhi.apps.ledgers.tables import TableQuery, every
from shuzhi.apps.office import definitions
from shuzhi.apps.organisations.models import Organisation
from shuzhi.apps.people.permissions import Actor, require
from shuzhi.core.definitions import LedgerDef
from shuzhi.core.ledgers import ORGANISATION_COLUMN
from shuzhi.core.problems import Problem, ProblemsError
from shuzhi.exchange.exports import write_rows


@transaction.atomic
def note_unmasking(
    actor: Actor, ledger: LedgerDef, organisation: Organisation, reason: str
) -> None:
    """Write down that somebody looks at a ledger's personal values, and why.

    Raises:
        ProblemsError: TABLE_007 no reason, PEOPLE_001 no right.
    """
    require(actor, "record.unmask", organisation.path, organisation.name, area=ledger.area)
    if not reason.strip():
        raise ProblemsError([Problem("TABLE_007")])
    audit.note(
        "record.unmasked",
        actor=actor.name,
        organisation=organisation.code,
        ledger=ledger.key,
        reason=reason.strip(),
    )


@transaction.atomic
def note_private_search(actor: Actor, organisation: Organisation, reason: str) -> None:
    """Write down that somebody looks for people by their personal values, and why; never what was looked for.

    Raises:
        ProblemsError: TABLE_007 no reason, PEOPLE_001 no right.
    """
    require(actor, "record.unmask", organisation.path, organisation.name)
    if not reason.strip():
        raise ProblemsError([Problem("TABLE_007")])
    audit.note(
        "record.unmasked",
        actor=actor.name,
        organisation=organisation.code,
        reason=reason.strip()[:500],
    )


def export_table(actor: Actor, query: TableQuery, path: Path, *, reason: str = "") -> int:
    """Write the rows of a query to an Excel file; masked unless the query is private. Returns how many rows.

    The note in the audit log stands before the file: a file that could not be written was still asked for.

    Raises:
        ProblemsError: PEOPLE_001 no right, TABLE_007 private without a reason, EXCHANGE_047 more rows than a sheet holds.
    """
    organisation, ledger = query.organisation, query.ledger
    require(actor, "ledger.export", organisation.path, organisation.name, area=ledger.area)
    defs = definitions()
    with transaction.atomic():
        if query.is_private:
            note_unmasking(actor, ledger, organisation, reason)
        audit.note(
            "ledger.exported", actor=actor.name, organisation=organisation.code, ledger=ledger.key
        )
    return write_rows(
        ledger, defs.units, _payloads(query), path, unmasked=query.is_private,
        heading=f"{organisation.name}{ledger.title.zh}", catalogue=defs.catalogue,
    )  # fmt: skip


def _payloads(query: TableQuery) -> Iterator[dict[str, Any]]:
    for row in every(query):
        yield {ORGANISATION_COLUMN: row.unit_name, **row.values}
