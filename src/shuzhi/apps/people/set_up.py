"""Making the office in an empty database: its clock, its units, its first administrator. Done once, in one transaction."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from django.db import OperationalError, ProgrammingError, connection, transaction

from shuzhi.apps.audit import actions as audit
from shuzhi.apps.audit.models import Clock
from shuzhi.apps.organisations.actions import open_units
from shuzhi.apps.people.actions import create_account, give_post
from shuzhi.apps.people.models import Account
from shuzhi.apps.people.passwords import password_problems
from shuzhi.apps.people.permissions import SYSTEM
from shuzhi.core.problems import Problem, ProblemsError

#: databases that were found set up; an office is never taken back
_known: set[str] = set()


def is_set_up() -> bool:
    """Whether the database holds an office; asked before every page, so a yes is remembered."""
    name = str(connection.settings_dict["NAME"])
    if name in _known:
        return True
    try:
        found = Clock.objects.exists()
    except ProgrammingError:  # PostgreSQL: no table of ours is there
        return False
    except OperationalError as error:
        if "no such table" not in str(
            error
        ):  # SQLite's words for the same; anything else is trouble
            raise
        return False
    if found:
        _known.add(name)
    return found


def is_migrated() -> bool:
    """Whether the tables are there at all."""
    return Clock._meta.db_table in connection.introspection.table_names()


def check_units(rows: Sequence[Mapping[str, str]], file: str = "") -> None:
    """Try to open the units and take everything back, so that all problems are known before the office is made.

    Raises:
        ProblemsError: as `organisations.actions.open_units`; OFFICE_008 not exactly one unit without a superior.
    """
    tops = [row.get("name", "") for row in rows if not row.get("parent")]
    if len(tops) != 1:
        names = "、".join(tops[:5]) or "—"
        raise ProblemsError([Problem("OFFICE_008", {"count": len(tops), "names": names})])
    with transaction.atomic():
        audit.start_clock()
        open_units(SYSTEM, rows, file=file)
        transaction.set_rollback(True)


@transaction.atomic
def set_up(
    units: Sequence[Mapping[str, str]],
    administrator: str,
    display: str,
    password: str,
    file: str = "",
) -> str:
    """Make the office; returns its id. The administrator's post is at the first unit without a superior.

    Raises:
        ProblemsError: OFFICE_002 there is an office already, and whatever is wrong with units, name or password.
    """
    present = Clock.objects.first()
    if present is not None:
        raise ProblemsError([Problem("OFFICE_002", {"office": present.office})])
    problems = password_problems(password, administrator, display)
    if problems:
        raise ProblemsError(problems)
    office = audit.start_clock()
    audit.note("office.created", actor=SYSTEM.name, office=office)
    open_units(SYSTEM, units, file=file)
    top = next(u for u in units if not u.get("parent"))
    add_administrator(administrator, display, password, top["code"])
    return office


@transaction.atomic
def add_administrator(name: str, display: str, password: str, unit: str) -> Account:
    """The first administrator of an office that was just made."""
    account = create_account(SYSTEM, name, display, home=unit, password=password)
    give_post(SYSTEM, name, unit, "administrator", from_date=audit.today())
    return account


def share_password(owner: Account) -> None:
    """Give every other account the owner's password; only for the demonstration, whose accounts are nobody's."""
    Account.objects.exclude(pk=owner.pk).filter(is_system=False).update(password=owner.password)
