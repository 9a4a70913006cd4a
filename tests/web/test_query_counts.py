"""No page asks the database more often because there are more rows, units, drafts, reports, checks or events."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from shuzhi.web.urls import all_pages
from tests.support.office import COUNTY, FIRST, TOWN, VILLAGES, Office
from tests.support.office import office as open_office
from tests.web.conftest import client_of, own_catalogue

#: page → (who looks, at which unit, parts of the address besides the unit, query)
LOOKS: dict[str, tuple[str, str, dict[str, Any], dict[str, str]]] = {
    "workbench": ("镇会计", TOWN, {}, {}),
    "ledgers": ("镇会计", TOWN, {}, {}),
    "ledger": ("镇会计", TOWN, {"ledger": "tea"}, {}),
    "ledger-totals": ("镇会计", TOWN, {"ledger": "tea"}, {}),
    "search": ("镇会计", TOWN, {}, {"q": "T"}),
    "suggest": ("镇会计", TOWN, {"ledger": "tea"}, {"q": "T"}),
    "record-new": ("镇会计", TOWN, {"ledger": "tea"}, {}),
    "grid": ("镇会计", TOWN, {"ledger": "tea"}, {}),
    "import": ("村会计", FIRST, {}, {}),
    "approval": ("县办", TOWN, {}, {}),
    "approval-ledger": ("县办", TOWN, {"ledger": "tea"}, {}),
    "figures": ("镇领导", TOWN, {}, {}),
    "compare": ("镇领导", TOWN, {}, {"i": "tea_area"}),
    "map": ("镇领导", TOWN, {}, {"i": "tea_area"}),
    "figure": ("镇领导", TOWN, {"indicator": "tea_area", "period": "2023"}, {}),
    "trace": ("镇领导", TOWN, {"indicator": "tea_area", "period": "2023"}, {}),
    "restatement": ("镇领导", TOWN, {"indicator": "tea_area", "period": "2023"}, {"since": "1"}),
    "books": ("镇领导", TOWN, {}, {"year": "2023"}),
    "book": ("镇领导", TOWN, {"year": 2023}, {}),
    "book-adjusting": ("镇领导", TOWN, {"year": 2023}, {}),
    "book-statement": ("镇领导", TOWN, {"year": 2023}, {}),
    "proofs": ("镇领导", TOWN, {}, {}),
    "reports": ("镇领导", TOWN, {}, {"below": "1"}),
    "checking": ("村会计", FIRST, {}, {}),
    "checking-memory": ("村会计", FIRST, {}, {}),
    "administration": ("管理员", COUNTY, {}, {}),
    "organisations": ("管理员", COUNTY, {}, {}),
    "organisation": ("管理员", TOWN, {}, {}),
    "organisation-branches": ("管理员", TOWN, {}, {}),
    "organisation-merge": ("管理员", TOWN, {}, {}),
    "jobs": ("管理员", COUNTY, {}, {}),
    "people": ("管理员", COUNTY, {}, {}),
    "events": ("审计员", COUNTY, {}, {}),
    "system": ("管理员", COUNTY, {}, {}),
    "catalogue": ("镇领导", TOWN, {}, {}),
}
#: pages about one thing; what hangs on that one thing grows in the tests of their areas, or they list nothing
ABOUT_ONE = frozenset(
    [
        "record",
        "record-edit",
        "attachment",
        "import-template",
        "import-columns",
        "import-check",
        "import-marked",
        "import-result",
        "approval-done",
        "figures-export",
        "compare-export",
        "figure-export",
        "trace-export",
        "map-places",
        "book-check",
        "book-closings",
        "report-new",
        "report",
        "report-findings",
        "report-source",
        "report-edit",
        "report-versions",
        "report-refresh",
        "report-sign",
        "report-file",
        "report-bring-back",
        "check",
        "check-download",
        "organisation-split",
        "organisations-import",
        "catalogue-upload",
        "catalogue-version",
        "ledger-definition",
        "indicator-definition",
        "relation-definition",
        "report-definition",
        "parameters",
        "backup",
        "backup-file",
        "account-new",
        "roles",
        "account",
        "post-give",
        "post-change",
        "account-password",
    ]
)


def test_every_page_that_lists_things_is_counted() -> None:
    listing = {p.name for p in all_pages() if "GET" in p.rights and "<unit:unit>" in p.route}

    assert listing - set(LOOKS) - ABOUT_ONE == set()
    assert set(LOOKS) | ABOUT_ONE <= listing


def _grow(office: Office, first: int, last: int) -> None:
    """Rows, units, drafts, uploads, reports, checks, jobs, accounts, views and events, from one number up to another."""
    from shuzhi.apps.books.actions import check_books
    from shuzhi.apps.checking import checks
    from shuzhi.apps.entry.actions import save_draft
    from shuzhi.apps.entry.models import EntryDraft
    from shuzhi.apps.jobs.actions import start
    from shuzhi.apps.ledgers import uploaded
    from shuzhi.apps.ledgers.actions import submit_values
    from shuzhi.apps.ledgers.saved_views import save_view
    from shuzhi.apps.organisations.actions import open_units
    from shuzhi.apps.organisations.queries import get
    from shuzhi.apps.people.actions import create_account, give_post
    from shuzhi.apps.people.models import Account
    from shuzhi.apps.people.permissions import SYSTEM
    from shuzhi.apps.reports.actions import make_report

    clerk, town_clerk = office.actor("村会计"), office.actor("镇会计")
    account, town_account = (Account.objects.get(name=n) for n in ("村会计", "镇会计"))
    unit, town = get(FIRST), get(TOWN)
    units = [
        {"code": f"9901011003{n:02d}", "name": f"新{n}村", "level": "village", "parent": TOWN}
        for n in range(first, last, 3)
    ]
    open_units(SYSTEM, units)
    office.open(2023, at=TOWN)
    records: list[int] = []
    for n in range(first, last):
        place = units[n % len(units)]["code"] if n % 2 else FIRST
        values = {"date": f"2023-{n % 12 + 1:02d}-11", "plot": f"T{n:03d}", "area": str(n), "kind": "绿茶", "owner": "张某某"}  # fmt: skip
        records += submit_values(office.actor("县会计"), "tea", place, values).records
        sale = {"date": f"2023-{n % 12 + 1:02d}-12", "amount": str(n)}
        records += submit_values(office.actor("县会计"), "tea_sale", place, sale).records
        start(clerk, "import.commit", FIRST, {"upload": "none"})
        create_account(SYSTEM, f"新人{n}", f"新人{n}")
        give_post(SYSTEM, f"新人{n}", place, "clerk", from_date="2020-01-01")
    office.approve(*records[: len(records) // 2])
    # what comes in fives: enough to see whether a page asks for each
    for n in range(first, min(last, first + 8)):
        for who, whose, where in ((clerk, account, unit), (town_clerk, town_account, town)):
            if EntryDraft.objects.filter(account=whose).count() < 18:
                save_draft(who, whose, "tea", where, [{"plot": f"D{n}"}])
            save_view(who, "tea", where.code, f"视图{n}", f"q=T{n}")
        checks.run(clerk, checks.hand_in(clerk, FIRST, f"稿{n}.txt", f"茶园面积{n}亩。".encode()))
        content = f"登记日期,地块号,茶园面积\n2023-03-05,U{n},2\n".encode()
        uploaded.keep(clerk, unit, f"茶园{n}.csv", [content], "tea")
        make_report(clerk, "village_committees", FIRST, 2023, with_traces=False)
        check_books(office.actor("镇领导"), TOWN, 2023)


@pytest.fixture(scope="module")
def counted(tmp_path_factory: pytest.TempPathFactory) -> Iterator[dict[str, tuple[int, int]]]:
    """For each page how many queries it asked with few things, and with many."""
    from django.test import override_settings

    folder: Path = tmp_path_factory.mktemp("counted")
    with (
        override_settings(OFFICE_FILES=folder / "files", ALLOWED_HOSTS=["testserver"]),
        open_office("sqlite", folder, own_catalogue(folder / "catalogue")) as office,
    ):
        office.open(2023)
        _grow(office, 1, 4)
        few = {page: _queries(page) for page in LOOKS}
        _grow(office, 4, 61)
        many = {page: _queries(page) for page in LOOKS}
        yield {page: (few[page], many[page]) for page in LOOKS}


def _queries(page: str) -> int:
    persona, unit, parts, query = LOOKS[page]
    client = client_of(persona)
    address = reverse(page, kwargs={"unit": unit, **parts})
    client.get(address, query)  # what is remembered from one request to the next
    with CaptureQueriesContext(connection) as asked:
        answer = client.get(address, query)
    assert answer.status_code == 200, (page, answer.status_code, answer.headers.get("Location"))
    return len(asked)


@pytest.mark.parametrize("page", sorted(LOOKS))
def test_a_page_asks_no_more_questions_for_more_things(
    counted: dict[str, tuple[int, int]], page: str
) -> None:
    few, many = counted[page]

    # once there is more than one page of records, how many there are is asked for by itself
    assert many <= few + (page == "ledger")


# ── pages about one thing ─────────────────────────────────────────────────────────────────────────────────────────────


def _record(office: Office, size: int) -> tuple[str, str]:
    """A record revised and proved by files so many times."""
    from shuzhi.apps.ledgers.actions import submit_values
    from shuzhi.apps.ledgers.attachments import attach_content

    actor = office.actor("村会计")
    record = 0
    for n in range(size):
        values = {"date": "2023-03-01", "plot": f"R{size}", "area": str(n + 1)}
        record = submit_values(actor, "tea", FIRST, values).records[0]
        attach_content(actor, record, f"{n}.png", b"\x89PNG\r\n\x1a\n" + f"{size} {n}".encode())
    return "村会计", f"/at/{FIRST}/records/{record}/"


def _check(office: Office, size: int) -> tuple[str, str]:
    """A draft with so many figures."""
    from shuzhi.apps.checking import checks

    text = "".join(f"第{n}组茶园面积{n + 100}亩。" for n in range(1, size + 1))
    actor = office.actor("村会计")
    made = checks.run(actor, checks.hand_in(actor, FIRST, "稿.txt", text.encode()))
    return "村会计", f"/at/{FIRST}/checking/{made.number}/"


def _import(office: Office, size: int) -> tuple[str, str]:
    """An upload of so many rows, every other one wrong."""
    from shuzhi.apps.ledgers import uploaded
    from shuzhi.apps.organisations.queries import get

    rows = "".join(f"2023-03-05,I{n},{'x' if n % 2 else n}\n" for n in range(size))
    content = f"登记日期,地块号,茶园面积\n{rows}".encode()
    kept = uploaded.keep(office.actor("村会计"), get(FIRST), "茶园.csv", [content], "tea")
    return "村会计", f"/at/{FIRST}/import/{kept.number}/check/"


def _account(office: Office, size: int) -> tuple[str, str]:
    """An account with so many posts."""
    from shuzhi.apps.people.actions import create_account, give_post
    from shuzhi.apps.people.permissions import SYSTEM

    account = create_account(SYSTEM, f"多职{size}", "多职")
    for n in range(size):
        give_post(SYSTEM, account.name, VILLAGES[n % 3], "clerk", from_date=f"2020-01-{n + 1:02d}")
    return "管理员", f"/at/{COUNTY}/administration/people/{account.pk}/"


@pytest.mark.parametrize("make", [_record, _check, _import, _account])
def test_a_page_about_one_thing_asks_no_more_questions_when_much_hangs_on_it(
    web_sqlite: Office, make: Callable[[Office, int], tuple[str, str]]
) -> None:
    asked = []
    for size in (3, 20):
        persona, address = make(web_sqlite, size)
        client = client_of(persona)
        client.get(address)
        with CaptureQueriesContext(connection) as queries:
            answer = client.get(address)
        assert answer.status_code == 200
        asked.append(len(queries))

    assert asked[1] <= asked[0]
