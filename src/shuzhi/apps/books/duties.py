"""What a unit still owes for a month: ledgers it keeps month by month, without a row and without a nil report.

Which ledgers those are follows from what the unit has done (`core.duties`); the months are read from the cells, which hold rows and
nil reports alike. What waits for approval counts as handed in.
"""

from __future__ import annotations

from calendar import monthrange
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass

import orjson
from django.db import transaction

from shuzhi.apps import storage
from shuzhi.apps.audit import actions as audit
from shuzhi.apps.ledgers.actions import Submission, get_ledger, submit_values
from shuzhi.apps.office import definitions
from shuzhi.apps.organisations import queries as organisations
from shuzhi.apps.organisations.models import Organisation
from shuzhi.apps.people.permissions import Actor, require
from shuzhi.core.definitions import LedgerDef
from shuzhi.core.duties import REACH, missing_months
from shuzhi.core.indicators import rows_key
from shuzhi.core.periods import add_months, format_month, month_of, parse_month
from shuzhi.core.problems import Problem, ProblemsError

Kept = dict[tuple[int, str], set[int]]  #: (unit, ledger) → months with a row or a nil report


@dataclass(frozen=True, slots=True)
class Duty:
    """A ledger for which a unit owes a row or a nil report."""

    ledger: LedgerDef
    months: tuple[int, ...]  #: YYYYMM, oldest first


def last_day(of_month: int) -> str:
    """The last day of a month, ISO: until then it can be handed in without being late."""
    return f"{of_month // 100:04d}-{of_month % 100:02d}-{monthrange(of_month // 100, of_month % 100)[1]:02d}"


def nil_ledger() -> LedgerDef | None:
    """The ledger of nil reports, if the catalogue has one."""
    return next((d for d in definitions().catalogue.ledgers.values() if d.nil is not None), None)


def monthly_ledgers(
    level: str | None = None, areas: Collection[str] | None = None
) -> list[LedgerDef]:
    """Ledgers of events that may be due by the month: journals kept at this level, without nil reports and targets."""
    return [
        d
        for d in definitions().catalogue.ledgers.values()
        if d.nature == "journal"
        and d.nil is None
        and d.targets is None
        and (level is None or level in d.kept_by)
        and (areas is None or d.area in areas)
    ]


def kept_months(units: Sequence[int], first: int, last: int) -> Kept:
    """In which months from `first` to `last` each unit has posted rows or nil reports, by ledger."""
    keys = {rows_key(d.key): d.key for d in monthly_ledgers()}
    numbers = {n: keys[k] for n, k in storage.fetch("SELECT id, key FROM indicator") if k in keys}
    found: Kept = {}
    if not numbers or not units:
        return found
    marks = storage.marks(list(numbers))
    for chunk in storage.in_chunks(list(units)):
        for unit, number, when in storage.fetch(
            f"SELECT organisation_id, indicator_id, month FROM cell WHERE organisation_id IN ({storage.marks(chunk)}) "
            f'AND month >= %s AND month <= %s AND indicator_id IN ({marks}) AND "rows" > 0',
            [*chunk, first, last, *numbers],
        ):
            found.setdefault((unit, numbers[number]), set()).add(when)
    return found


def waiting_months(units: Sequence[int], first: int, last: int) -> Kept:
    """The same for what waits for approval: rows dated in these months, and nil reports about them."""
    found: Kept = {}
    days = [f"{format_month(first)}-01", f"{format_month(last)}-31"]
    nil = nil_ledger()
    for chunk in storage.in_chunks(list(units)):
        for unit, ledger, when in storage.fetch(
            "SELECT DISTINCT organisation_id, ledger, SUBSTR(occurred_on, 1, 7) FROM record "
            f"WHERE state = 'submitted' AND organisation_id IN ({storage.marks(chunk)}) AND occurred_on >= %s AND occurred_on <= %s",
            [*chunk, *days],
        ):
            found.setdefault((unit, ledger), set()).add(month_of(when + "-01"))
        if nil is None or nil.nil is None:
            continue
        for unit, payload in storage.fetch(
            "SELECT r.organisation_id, v.payload FROM record r JOIN revision v ON v.record_id = r.id AND v.number = r.current "
            f"WHERE r.state = 'submitted' AND r.organisation_id IN ({storage.marks(chunk)}) AND r.ledger = %s AND v.payload <> ''",
            [*chunk, nil.key],
        ):
            content = orjson.loads(payload)
            named, when = content.get(nil.nil.ledger), content.get(nil.nil.month)
            if named and when:
                found.setdefault((unit, named), set()).add(month_of(f"{when}-01"))
    return found


def duties_of(
    units: Mapping[int, Iterable[LedgerDef]], months: Sequence[int], *, with_waiting: bool = True
) -> dict[int, list[Duty]]:
    """What each unit owes for these months: a ledger for which rows are due and nothing was handed in.

    Args:
        units: id of each unit → the ledgers it keeps.
        months: the months asked about, oldest first.
        with_waiting: count what waits for approval as handed in.
    """
    if not months or not units:
        return {}
    first, last = add_months(months[0], -REACH), months[-1]
    kept = kept_months(list(units), first, last)
    waiting = waiting_months(list(units), first, last) if with_waiting else {}
    owed: dict[int, list[Duty]] = {}
    for unit, ledgers in units.items():
        for ledger in ledgers:
            there = kept.get((unit, ledger.key), set()) | waiting.get((unit, ledger.key), set())
            gaps = missing_months(there, months) if there else []
            if gaps:
                owed.setdefault(unit, []).append(Duty(ledger, tuple(gaps)))
    return owed


def report_nil(actor: Actor, organisation_code: str, ledger_key: str, text: str) -> Submission:
    """Write the nil report (零报告) of a ledger for a month; like every record it waits for somebody else's approval.

    Args:
        text: the month, "2023-05".

    Raises:
        ProblemsError: BOOK_015 the catalogue has no ledger of nil reports, BOOK_016 rows are there already, BOOK_017 the month is
            still to come, and whatever recording refuses.
    """
    nil, ledger, when = nil_ledger(), get_ledger(ledger_key), parse_month(text)
    if nil is None or nil.nil is None:
        raise ProblemsError([Problem("BOOK_015")])
    organisation: Organisation = organisations.get(organisation_code)
    require(actor, "record.create", organisation.path, organisation.name, area=ledger.area)
    today = audit.today()
    if when > month_of(today):
        raise ProblemsError([Problem("BOOK_017", {"month": format_month(when)})])
    with transaction.atomic():
        audit.hold()
        has_rows = ledger.key in {
            key
            for found in (
                kept_months([organisation.id], when, when),
                waiting_months([organisation.id], when, when),
            )
            for _, key in found
        }
        if has_rows:
            params = {
                "name": organisation.name,
                "ledger": ledger.title.zh,
                "month": format_month(when),
            }
            raise ProblemsError([Problem("BOOK_016", params)])
        values = {
            nil.nil.ledger: ledger.key,
            nil.nil.month: format_month(when),
            nil.date: min(today, last_day(when)),
        }
        return submit_values(actor, nil.key, organisation.code, values)
