"""The demonstration county as an office: accounts, books, every workbook through the import a user has, years closed.

`shuzhi demo` tells each step on the terminal, `shuzhi serve --demo` and the first-run wizard only want the office made; both come here.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from pathlib import Path

from django.core.management import call_command
from django.db import connection, transaction

from shuzhi.apps.audit import actions as audit
from shuzhi.apps.audit.models import Clock
from shuzhi.apps.books.actions import close_books, open_books
from shuzhi.apps.books.models import Book
from shuzhi.apps.books.posting import approve_records
from shuzhi.apps.ledgers.actions import submit_drafts
from shuzhi.apps.office import definitions
from shuzhi.apps.organisations.actions import open_units
from shuzhi.apps.people.actions import create_account, give_post
from shuzhi.apps.people.models import Account, Post
from shuzhi.apps.people.permissions import ROLES, SYSTEM
from shuzhi.apps.people.queries import get_actor
from shuzhi.core.periods import year
from shuzhi.core.problems import Problem, ProblemsError
from shuzhi.demo import county, world
from shuzhi.demo.county import ADMINISTRATOR, CLERKS, LEADER, REVIEWERS, DemoFile
from shuzhi.exchange.imports import read_ledger_file
from shuzhi.exchange.organisations import read_units

Tick = Callable[[int, int | None], None]


@dataclass(frozen=True, slots=True)
class MadeOffice:
    """What was set up before the first row."""

    units: int
    accounts: int


@dataclass(slots=True)
class Imported:
    """What the workbooks became, by area of the catalogue: workbooks, rows, records, postings."""

    by_area: dict[str, list[int]] = field(default_factory=dict)


def make_office(folder: Path) -> MadeOffice | None:
    """Migrate the database and make the county's units, accounts and books; None when the demonstration is there already.

    Args:
        folder: where the list of units is written as the file it is read from.

    Raises:
        ProblemsError: CLI_032 the database holds another office.
    """
    is_office = Clock._meta.db_table in connection.introspection.table_names()
    if is_office and Clock.objects.exists() and not Account.objects.filter(name=LEADER).exists():
        raise ProblemsError([Problem("CLI_032")])
    call_command("migrate", verbosity=0, interactive=False)
    if Clock.objects.exists():
        return None
    folder.mkdir(parents=True, exist_ok=True)
    path = folder / "单位.csv"
    county.write_units(path)
    units = read_units(path)
    posts = (
        *((n, c, "clerk") for c, n in CLERKS.items()),
        *((n, c, "reviewer") for c, n in REVIEWERS.items()),
        (LEADER, world.COUNTY, "leader"),
        (ADMINISTRATOR, world.COUNTY, "administrator"),
    )
    with transaction.atomic():
        office = audit.start_clock()
        audit.note("office.created", actor=SYSTEM.name, office=office)
        open_units(SYSTEM, units, file=path.name)
        for name, code, role in posts:
            create_account(SYSTEM, name, name)
            give_post(SYSTEM, name, code, role, from_date="2020-01-01")
    leader = get_actor(LEADER)
    for each in county.YEARS:
        open_books(leader, world.COUNTY, each)
    return MadeOffice(len(units), len(posts))


def import_workbooks(files: Sequence[DemoFile], tick: Tick = lambda done, total: None) -> Imported:
    """Every workbook through the import a user has: read, submit as the clerk, approve as the reviewer."""
    defs = definitions()
    actors = {name: get_actor(name) for name in (*CLERKS.values(), *REVIEWERS.values())}
    imported = Imported()
    for index, file in enumerate(files, 1):
        ledger = defs.catalogue.ledgers[file.ledger]
        read = read_ledger_file(file.path, ledger, defs.units, catalogue=defs.catalogue)
        if read.is_blocked:
            raise ProblemsError(read.problems)
        made = submit_drafts(
            actors[CLERKS[file.organisation]],
            file.ledger,
            file.organisation,
            read.drafts,
            source=file.path.name,
        )
        posted = 0
        if made.records:
            done = approve_records(
                actors[REVIEWERS[file.organisation]], organisation_path="/", batch=made.batch
            )
            if done.refused:
                raise ProblemsError(done.refused)
            posted = done.postings
        sums = imported.by_area.setdefault(ledger.area, [0, 0, 0, 0])
        for place, number in enumerate((1, len(read.drafts), made.created + made.revised, posted)):
            sums[place] += number
        tick(index, len(files))
    return imported


def close_year(each: int) -> int | None:
    """Close the county's books of a year; how many units, or None when that was done before."""
    try:
        return close_books(get_actor(LEADER), world.COUNTY, year(each))
    except ProblemsError as error:
        if {p.code for p in error.problems} != {"BOOK_007"}:
            raise
        return None


def make_county(folder: Path, tick: Tick = lambda done, total: None) -> bool:
    """The whole demonstration, from an empty database to closed years; False when it was there already.

    Args:
        folder: where the workbooks that are imported are written.
    """
    if (
        make_office(folder) is None
        and Book.objects.filter(closed_through=max(county.YEARS) * 100 + 12).exists()
    ):
        return False  # one that was broken off on the way is gone on with
    defs = definitions()
    import_workbooks(county.write_workbooks(folder / "ledgers", defs.catalogue, defs.units), tick)
    for each in county.YEARS:
        close_year(each)
    return True


# ── who may look around ───────────────────────────────────────────────────────────────────────────────────────────────

#: accounts that the web demonstration has besides those of `shuzhi demo`
_MORE_POSTS = (
    ("甲村记账员", world.VILLAGE_A, "clerk"),
    ("乙村记账员", world.VILLAGE_B, "clerk"),
    ("示例县检查员", world.COUNTY, "inspector"),
    ("示例县安全员", world.COUNTY, "security_administrator"),
    ("示例县审计员", world.COUNTY, "auditor"),
)
#: stands on the sign-in page of a demonstration; an office's own accounts never get it
PASSWORD = "xiangcun-2024"


@dataclass(frozen=True, slots=True)
class DemonstrationAccount:
    """An account anybody may use in the demonstration."""

    name: str
    password: str
    unit: str  #: name of the unit of its post
    role: tuple[str, str]  #: Chinese, English


def open_to_all() -> list[DemonstrationAccount]:
    """Make the demonstration's accounts usable in the browser, and open the books of the years up to today.

    Raises:
        ProblemsError: CLI_032 the database is no demonstration.
    """
    if not Account.objects.filter(name=LEADER).exists():
        raise ProblemsError([Problem("CLI_032")])
    this_year = int(audit.today()[:4])
    present = set(Account.objects.values_list("name", flat=True))
    for name, code, role in _MORE_POSTS:
        if name not in present:
            with transaction.atomic():
                create_account(SYSTEM, name, name)
                is_inspection = role == "inspector"
                give_post(
                    SYSTEM,
                    name,
                    code,
                    role,
                    from_date="2020-01-01",
                    to_date=f"{this_year + 1}-12-31" if is_inspection else "",
                    order="演示检查通知" if is_inspection else "",
                )
    for account in Account.objects.filter(is_system=False, is_active=True):
        if not account.has_usable_password():
            account.set_password(PASSWORD)
            account.save(update_fields=["password"])
    leader = get_actor(LEADER)
    for each in range(max(county.YEARS) + 1, this_year + 1):
        if not Book.objects.filter(year=each).exists():
            open_books(leader, world.COUNTY, each)
    return demonstration_accounts()


def demonstration_accounts() -> list[DemonstrationAccount]:
    """The accounts with the posts they hold, for the terminal and the sign-in page."""
    posts = Post.objects.filter(account__is_active=True, account__is_system=False).select_related(
        "account", "organisation"
    )
    return [
        DemonstrationAccount(p.account.name, PASSWORD, p.organisation.name, ROLES[p.role][:2])
        for p in posts.order_by("id")
    ]
