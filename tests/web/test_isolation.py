"""What somebody of one village can reach of another by changing identifiers: nothing, in pages, API, exports, attachments, search.

Two villages of one town are filled alike. People of the first (one for each role) then use every identifier of the second, below
their own address and below the second's, and no word of the second village may come back.
"""

from __future__ import annotations

import io
import logging
import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any
from uuid import uuid4

import openpyxl
import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client, override_settings
from django.urls import reverse

from shuzhi.web.pages import Page
from shuzhi.web.urls import all_pages
from tests.support.office import COUNTY, ENGINES, FIRST, SECOND, TOWN, Office
from tests.support.office import office as open_office
from tests.web.conftest import client_of, own_catalogue

PAGES: dict[str, Page] = {page.name: page for page in all_pages()}
ROLES = ("clerk", "reviewer", "leader", "administrator", "security_administrator", "auditor")
#: role → the account that has it in the first village alone; the clerk is the usual one
OWN = {role: "村会计" if role == "clerk" else f"甲村{role}" for role in ROLES}
PHOTO = b"\x89PNG\r\n\x1a\n"
#: parts of addresses that name a thing of the office, not a definition of its catalogue or a day
THINGS = frozenset(
    "record digest upload number draft first last key_of_figure version seq token account post pk name".split()
)


@dataclass
class Village:
    """What one village has, by the part of an address that names it."""

    code: str
    mark: str  #: a word that stands in everything of this village and nowhere else
    owner: str  #: name of a person, personal
    phone: str
    record: int = 0  #: submitted
    approved: int = 0
    digest: str = ""
    upload: str = ""
    job: str = ""
    check: str = ""
    report: str = ""
    closings: str = ""
    held: str = ""
    seq: int = 0
    first: int = 0
    last: int = 0
    draft: int = 0
    view: int = 0
    token: int = 0
    account: int = 0
    post: int = 0
    session: int = 0
    passkey: int = 0
    key: str = ""  #: of the API

    @property
    def secrets(self) -> tuple[str, ...]:
        """What nobody of another village may read."""
        return (self.mark, self.owner, self.phone)

    def parts(self, page: str) -> dict[str, Any]:
        """The address parts of a page that name this village's things."""
        area = PAGES[page].view.__module__.split(".")[2]
        number = {
            "imports": self.job, "reports": self.report, "checking": self.check, "books": self.closings, "entry": self.held,
        }.get(area, "")  # fmt: skip
        values: dict[str, Any] = {
            "record": self.record, "digest": self.digest, "upload": self.upload, "number": number, "draft": self.draft,
            "first": self.first, "last": self.last, "seq": self.seq, "token": self.token, "account": self.account,
            "post": self.post, "pk": self.passkey, "version": 1, "ledger": "tea", "indicator": "tea_area", "period": "2023",
            "year": 2023, "what": "original", "kind": "docx", "provider_id": "office", "name": "none.zip",
        }  # fmt: skip
        if page == "session-end":
            values["number"] = self.session
        values["key"] = {
            "ledger-definition": "tea", "indicator-definition": "tea_area", "relation-definition": "tea_area_parts",
            "report-definition": "village_committees", "report-source": 1,
        }.get(page, "tea")  # fmt: skip
        if page == "catalogue-version":
            values["version"] = "none"
        return {one: values[one] for one in re.findall(r"<\w+:(\w+)>", PAGES[page].route) if one != "unit"}  # fmt: skip


def _workbook(rows: list[list[object]]) -> bytes:
    book = openpyxl.Workbook()
    sheet = book.active
    assert sheet is not None
    for row in rows:
        sheet.append(row)
    out = io.BytesIO()
    book.save(out)
    return out.getvalue()


def _fill(office: Office, village: Village, clerk: str, leader: str, reviewer: str) -> None:
    """Give a village one of everything, each with the village's mark in it."""
    from allauth.mfa.models import Authenticator
    from django.contrib.sessions.backends.db import SessionStore

    from shuzhi.apps.books.actions import check_books
    from shuzhi.apps.books.approving import approve_seen
    from shuzhi.apps.checking import checks
    from shuzhi.apps.entry.actions import hold_form, save_draft
    from shuzhi.apps.jobs.actions import start
    from shuzhi.apps.jobs.models import Job
    from shuzhi.apps.ledgers import uploaded
    from shuzhi.apps.ledgers.actions import submit_values
    from shuzhi.apps.ledgers.attachments import attach_content
    from shuzhi.apps.ledgers.saved_views import save_view
    from shuzhi.apps.organisations.queries import get
    from shuzhi.apps.people import tokens
    from shuzhi.apps.people.models import Account, Post, SignIn
    from shuzhi.apps.reports.actions import make_report

    code, mark = village.code, village.mark
    unit, actor = get(code), office.actor(clerk)
    account = Account.objects.get(name=clerk)

    def submit(plot: str, area: str) -> int:
        values = {
            "date": "2023-03-01", "plot": f"{mark}{plot}", "owner": village.owner, "phone": village.phone, "area": area,
            "kind": "绿茶", "remark": f"{mark}的备注",
        }  # fmt: skip
        return submit_values(actor, "tea", code, values, reason=f"{mark}的理由").records[0]

    village.approved, village.record = submit("1", "3"), submit("2", "4")
    made = approve_seen(office.actor(reviewer), unit, {village.approved: 1})
    village.first, village.last = made.first, made.last
    attached = attach_content(actor, village.record, f"{mark}照片.png", PHOTO + mark.encode())
    village.digest = attached.attachment.digest
    table = _workbook([["登记日期", "地块号", "茶园面积"], ["2023-03-05", f"{mark}导入", 2]])
    kept = uploaded.keep(actor, unit, f"{mark}茶园.xlsx", [table], "tea")
    village.upload = kept.number
    village.job = start(actor, "import.commit", code, {"upload": kept.number}).number
    village.closings = start(office.actor(leader), "books.close", code, {"period": "2023"}).number
    Job.objects.filter(number=village.closings).update(
        state="done",
        result={"period": "2023", "closings": [{"unit": code, "name": f"{mark}结账", "outcome": "closed", "problems": []}]},
    )  # fmt: skip
    text = f"{mark}草稿：全村茶园面积1200亩，共计3户。".encode()
    village.check = checks.run(actor, checks.hand_in(actor, code, f"{mark}稿子.txt", text)).number
    for kind in ("党员大会", "主题党日", "党课"):
        values = {"date": "2023-04-10", "kind": kind, "topic": f"{mark}会议"}
        meetings = submit_values(actor, "meeting", code, values).records
        approve_seen(office.actor(reviewer), unit, {one: 1 for one in meetings})
    village.report = make_report(
        office.actor(leader), "village_committees", code, 2023, with_traces=False
    ).number
    village.seq = check_books(office.actor(leader), code, 2023).seq
    draft = save_draft(actor, account, "tea", unit, [{"plot": f"{mark}草稿", "owner": village.owner}])
    village.draft = draft.id
    view = save_view(actor, "tea", code, f"{mark}视图", f"q={mark}", is_shared=True)
    village.view = view.id
    village.held = str(hold_form(account, f"/at/{code}/ledgers/tea/new/", {"f-plot": [f"{mark}保留"]}))  # fmt: skip
    token, village.key = tokens.issue(actor, f"{mark}密钥", list(tokens.SCOPES), code, days=9)
    village.token, village.account = token.id, account.pk
    village.post = Post.objects.filter(account=account).values_list("id", flat=True)[0]
    store = SessionStore()
    store.create()
    village.session = SignIn.objects.create(
        account=account, session=store.session_key, address="10.0.0.8", browser="6|Windows"
    ).pk
    village.passkey = Authenticator.objects.create(
        user=account, type="webauthn", data={"name": f"{mark}电脑", "credential": {}}
    ).pk


@dataclass
class Two:
    """The office with both villages."""

    office: Office
    own: Village
    foreign: Village
    folder: Path = field(default_factory=Path)
    visitors: dict[str, Client] = field(default_factory=dict)

    def visitor(self, persona: str) -> Client:
        """The persona's browser, signed in once; a fault of the program is an answer, not an exception."""
        if persona not in self.visitors:
            self.visitors[persona] = client_of(persona)
            self.visitors[persona].raise_request_exception = False
        return self.visitors[persona]


def _people() -> None:
    from shuzhi.apps.people.actions import create_account, end_post, give_post
    from shuzhi.apps.people.models import Post
    from shuzhi.apps.people.permissions import SYSTEM

    for code, name in ((FIRST, "甲村"), (SECOND, "乙村")):
        for role in ROLES:
            if (code, role) == (FIRST, "clerk"):
                continue
            create_account(SYSTEM, f"{name}{role}", f"{name}{role}")
            give_post(SYSTEM, f"{name}{role}", code, role, from_date="2020-01-01")
    for name in ("无任职", "到期检查员", "党建专干", "未来会计"):
        create_account(SYSTEM, name, name)
    give_post(SYSTEM, "到期检查员", FIRST, "inspector", from_date="2020-01-01", to_date="2020-12-31", order="示检〔2020〕1 号")  # fmt: skip
    give_post(SYSTEM, "党建专干", FIRST, "clerk", from_date="2020-01-01", lines=["party"])
    give_post(SYSTEM, "未来会计", FIRST, "clerk", from_date="2999-01-01")
    # somebody who once was the second village's clerk and is the first's now
    create_account(SYSTEM, "调来会计", "调来会计")
    give_post(SYSTEM, "调来会计", SECOND, "clerk", from_date="2020-01-01")
    end_post(SYSTEM, Post.objects.get(account__name="调来会计").id, on="2020-12-31")
    give_post(SYSTEM, "调来会计", FIRST, "clerk", from_date="2021-01-01")


@pytest.fixture(scope="module", params=ENGINES)
def two(
    request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[Two]:
    """Both villages filled once for the whole module; nothing that is tried here may change the second."""
    folder = tmp_path_factory.mktemp("two")
    catalogue = own_catalogue(folder / "catalogue")
    with (
        override_settings(OFFICE_FILES=folder / "files", ALLOWED_HOSTS=["testserver"]),
        open_office(request.param, folder, catalogue) as office,
    ):
        office.open(2023)
        _people()
        own = Village(FIRST, "甲甲秘", "欧阳甲甲", "13900001111")
        foreign = Village(SECOND, "乙乙秘", "司马乙乙", "13900002222")
        _fill(office, own, "村会计", "甲村leader", "甲村reviewer")
        _fill(office, foreign, "乙村clerk", "乙村leader", "乙村reviewer")
        yield Two(office, own, foreign, folder)


@pytest.fixture(autouse=True)
def same_files(office_files: Path, two: Two) -> Iterator[None]:
    """The module's own folder instead of each test's."""
    with override_settings(OFFICE_FILES=two.folder / "files", ALLOWED_HOSTS=["testserver"]):
        yield


def body_of(answer: Any) -> str:
    """Everything a browser is sent, redirects and cookies included; of a workbook, its cells."""
    content = b"".join(answer.streaming_content) if answer.streaming else answer.content
    if content.startswith(b"PK"):
        import zipfile

        with zipfile.ZipFile(io.BytesIO(content)) as archive:
            content = b"\n".join(archive.read(n) for n in archive.namelist())
    return content.decode(errors="replace") + answer.headers.get("Location", "")


def told(answer: Any, village: Village) -> list[str]:
    """The secrets of a village that an answer gives away."""
    body = body_of(answer)
    return [one for one in village.secrets if one in body]


def names_things(page: Page) -> bool:
    """Whether an address names something besides the unit, a definition or a day."""
    named = set(re.findall(r"<\w+:(\w+)>", page.route)) - {"unit", "ledger", "indicator", "period", "year", "what", "kind"}  # fmt: skip
    return bool(named - {"key", "provider_id"})


ADDRESSES = sorted(
    (p.name, method) for p in PAGES.values() for method in p.rights if names_things(p)
)
#: addresses that name a thing no village has: backups and own definitions are the whole office's
OF_THE_OFFICE = frozenset({"backup-file", "catalogue-version"})


def send(client: Client, page: str, method: str, unit: str, village: Village) -> Any:
    """Ask for a page with a village's identifiers below a unit's address."""
    parts = village.parts(page)
    if "<unit:unit>" in PAGES[page].route:
        parts["unit"] = unit
    address = reverse(page, kwargs=parts)
    if method == "GET":
        return client.get(address)
    posted = {
        "reason": "试试", "version": "1", "key": "x", "subject": "茶园|亩|", "indicator": "tea_area", "text": "x", "code": "BOOKS_001",
        "restore": "1", "section": "b2", "take": "0", "block": "title", "password": "Long-enough-9", "role": "clerk", "place": unit,
        "from_date": "2024-01-01", "files": SimpleUploadedFile("p.png", PHOTO + b"z"), "do": "draft", "f-plot": "Z9", "rows": "1",
    }  # fmt: skip
    return client.post(address, posted)


@pytest.mark.parametrize("role", ROLES)
def test_an_identifier_of_another_village_is_not_found_below_the_own_address(
    two: Two, role: str
) -> None:
    wrong = {}
    for page, method in ADDRESSES:
        answer = send(two.visitor(OWN[role]), page, method, FIRST, two.foreign)
        if answer.status_code not in (403, 404) or told(answer, two.foreign):
            wrong[page, method] = answer.status_code, told(answer, two.foreign), answer.headers.get("Location")  # fmt: skip
    assert wrong == {}


BELOW_A_UNIT = sorted((p.name, m) for p in PAGES.values() for m in p.rights if "<unit:unit>" in p.route)  # fmt: skip


@pytest.mark.parametrize(
    "persona", (*OWN.values(), "外镇会计", "无任职", "到期检查员", "未来会计", "党建专干", "调来会计")
)
def test_below_another_villages_address_there_is_nothing_whatever_identifier_is_named(
    two: Two, persona: str
) -> None:
    wrong = {}
    for page, method in BELOW_A_UNIT:
        for village in (two.foreign, two.own)[: 2 if names_things(PAGES[page]) else 1]:
            answer = send(two.visitor(persona), page, method, SECOND, village)
            if answer.status_code not in (403, 404) or told(answer, two.foreign):
                wrong[page, method, village.code] = answer.status_code, told(answer, two.foreign)
    assert wrong == {}


def test_the_identifiers_do_lead_somewhere_for_their_own_people(two: Two) -> None:
    """Otherwise the tests above would prove nothing."""
    missed = {}
    for page, method in ADDRESSES:
        if method != "GET" or page in OF_THE_OFFICE:
            continue
        found = [
            send(two.visitor(f"乙村{role}"), page, method, SECOND, two.foreign).status_code
            for role in ROLES
        ]
        if not any(status < 400 for status in found):
            missed[page] = found
    assert missed == {}
