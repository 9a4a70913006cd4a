"""What somebody of one village can reach of another by changing identifiers: nothing, in pages, API, exports, attachments, search.

Two villages of one town are filled alike. People of the first (one for each role) then use every identifier of the second, below
their own address and below the second's, and no word of the second village may come back.
"""

from __future__ import annotations

import inspect
import io
import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from functools import cache
from pathlib import Path
from typing import Any
from urllib.parse import unquote

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
        approve_seen(office.actor(reviewer), unit, dict.fromkeys(meetings, 1))
    village.report = make_report(
        office.actor(leader), "village_committees", code, 2023, with_traces=False
    ).number
    village.seq = check_books(office.actor(leader), code, 2023).seq
    draft = save_draft(
        actor, account, "tea", unit, [{"plot": f"{mark}草稿", "owner": village.owner}]
    )
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
    create_account(SYSTEM, "产业专干", "产业专干")
    give_post(SYSTEM, "产业专干", FIRST, "clerk", from_date="2020-01-01", lines=["industry"])
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
def two(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Two]:
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
    text = content.decode(errors="replace") + unquote(answer.headers.get("Location", ""))
    return re.sub(r"\\u([0-9a-f]{4})", lambda m: chr(int(m[1], 16)), text)  # as scripts read it


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
        again = answer.headers.get("Location", "").startswith("/me/again/")  # first: is it you?
        if not (again or answer.status_code in (403, 404)) or told(answer, two.foreign):
            wrong[page, method] = answer.status_code, told(answer, two.foreign)
    assert wrong == {}


BELOW_A_UNIT = sorted((p.name, m) for p in PAGES.values() for m in p.rights if "<unit:unit>" in p.route)  # fmt: skip


@pytest.mark.parametrize(
    "persona",
    [*OWN.values(), "外镇会计", "无任职", "到期检查员", "未来会计", "党建专干", "调来会计"],
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
        if not any(status < 400 or status == 422 for status in found):
            missed[page] = found
    assert missed == {}


# ── what stands behind the question mark ──────────────────────────────────────────────────────────────────────────────

#: pages of the own village that answer GET, with the own identifiers
OWN_PAGES = sorted(p.name for p in PAGES.values() if "GET" in p.rights and "<unit:unit>" in p.route)


def own_address(two: Two, page: str) -> str:
    return reverse(page, kwargs={**two.own.parts(page), "unit": FIRST})


@pytest.mark.parametrize("role", ROLES)
def test_a_query_that_names_another_village_brings_nothing_of_it(two: Two, role: str) -> None:
    from django.core.signing import Signer

    theirs, cursor = two.foreign, Signer(salt="ledgers.table")
    queries: list[dict[str, Any]] = [
        {
            "unit": SECOND, "below": SECOND, "copy": theirs.record, "draft": theirs.draft, "held": theirs.held, "of": SECOND, "u": SECOND,
            "batch": theirs.upload, "view": theirs.view, "file": theirs.upload, "record": theirs.record, "organisation": SECOND,
        },
        {"after": theirs.record, "before": theirs.record, "code": "record", "actor": "乙村clerk"},
        {"after": theirs.approved, "i": "tea_area"},
        {"after": cursor.sign(str(theirs.record)), "before": ""},
        {"before": cursor.sign(str(theirs.record)), "after": ""},
        {"after": f"{SECOND}~0", "of": SECOND, "since": "1", "as_of": "1"},
        {"q": "乙乙", "unit": SECOND},
        {"q": theirs.owner[:2], "unit": TOWN, "f-@unit": SECOND, "below": "1"},
    ]  # fmt: skip
    wrong = {}
    for page in OWN_PAGES:
        for number, query in enumerate(queries):
            answer = two.visitor(OWN[role]).get(own_address(two, page), query)
            if answer.status_code >= 500 or told(answer, theirs):
                wrong[page, number] = answer.status_code, told(answer, theirs)
    assert wrong == {}


def test_the_queue_of_approval_goes_on_behind_no_record_of_another_village(two: Two) -> None:
    client = two.visitor(OWN["reviewer"])

    answer = client.get(f"/at/{FIRST}/approval/tea/", {"after": two.foreign.approved})

    assert two.foreign.mark not in answer.content.decode()
    assert two.own.mark in answer.content.decode()  # the first page, as if nothing had been asked


@pytest.mark.parametrize("text", ["乙乙", "乙乙秘1", "司马乙乙", "13900002222", "乙乙秘的备注"])
def test_search_and_suggestions_know_nothing_of_another_village(two: Two, text: str) -> None:
    client = two.visitor(OWN["clerk"])
    mine = text.replace("乙", "甲")
    found = [
        client.get(f"/at/{FIRST}/search/", {"q": text}),
        client.post(f"/at/{FIRST}/search/", {"q": text, "reason": "核对"}),
        client.get(f"/at/{FIRST}/suggest/tea/", {"q": text}),
        client.get(f"/at/{FIRST}/ledgers/tea/", {"q": text}),
        client.post(f"/at/{FIRST}/ledgers/tea/keys/", {"field": "household", "q": text, "unit": SECOND}, content_type="application/json"),
    ]  # fmt: skip

    for answer in found:
        body = body_of(answer)
        assert "地块" not in body or f"/records/{two.foreign.record}/" not in body
        assert f"/records/{two.foreign.approved}/" not in body
        assert not [s for s in two.foreign.secrets if s in body and s not in text]
    assert mine  # the own words are looked for below


def test_units_named_in_rows_and_files_must_lie_below_the_own(two: Two) -> None:
    client = two.visitor(OWN["clerk"])
    before = _count(two)
    row = {"date": "2023-05-01", "plot": "Q1", "organisation": SECOND}
    by_form = client.post(f"/at/{FIRST}/ledgers/tea/new/", {f"f-{k}": v for k, v in row.items()})
    by_grid = client.post(
        f"/at/{FIRST}/ledgers/tea/grid/",
        {"rows": [{"id": 1, "values": row}]},
        content_type="application/json",
    )

    assert by_form.status_code in (302, 422)
    assert by_grid.status_code in (200, 422)
    assert _count(two) == before


def _count(two: Two) -> list[tuple[Any, ...]]:
    """Everything of the second village that a write could change."""
    from shuzhi.apps import storage

    return storage.fetch(
        "SELECT r.id, r.state, r.number, r.current FROM record r JOIN organisation o ON o.id = r.organisation_id WHERE o.code = %s ORDER BY r.id",
        [SECOND],
    )


@pytest.mark.parametrize("persona", [OWN["clerk"], OWN["reviewer"], OWN["leader"], "外镇会计"])
def test_posted_identifiers_of_another_village_change_nothing_there(two: Two, persona: str) -> None:
    from shuzhi.apps.entry.models import EntryDraft
    from shuzhi.apps.ledgers.models import SavedView
    from shuzhi.apps.people.models import Token

    client, theirs, at = client_of(persona), two.foreign, f"/at/{FIRST}"
    client.raise_request_exception = False
    before = _count(two)
    seen = [f"{theirs.record}:1", f"{theirs.approved}:1"]
    tries: list[tuple[str, dict[str, Any]]] = [
        (f"{at}/approval/tea/", {"do": "approve", "r": seen}),
        (f"{at}/approval/tea/", {"do": "return", "r": seen, "reason": "试"}),
        (f"{at}/ledgers/tea/withdraw/", {"record": [theirs.record, theirs.approved], "reason": "试"}),
        (f"{at}/ledgers/tea/withdraw/", {"record": [two.own.record, theirs.record], "reason": "试"}),
        (f"{at}/ledgers/tea/views/remove/", {"view": theirs.view}),
        (f"{at}/ledgers/tea/views/", {"name": "偷看", "back": f"unit={SECOND}&batch={theirs.upload}"}),
        (f"{at}/ledgers/tea/export/?unit={SECOND}&batch={theirs.upload}", {}),
        (f"{at}/ledgers/tea/unmask/", {"reason": "试", "back": f"unit={SECOND}", "organisation": SECOND}),
        (f"{at}/ledgers/tea/new/", {"f-plot": "偷写", "f-date": "2023-05-01", "draft": theirs.draft, "held": theirs.held, "do": "draft"}),
        (f"{at}/reports/{two.own.report}/restore/", {"restore": "1", "version": "1", "number": theirs.report}),
        (f"{at}/checking-memory/", {"subject": "茶园|亩|", "unit": SECOND}),
        ("/me/keys/", {"name": "偷", "unit": SECOND, "scopes": ["records.read"], "days": "9"}),
        (f"{at}/workbench/nil/", {"ledger": "tea_sale", "month": "2023-05", "unit": SECOND, "back": "//evil.example"}),
    ]  # fmt: skip
    wrong = {}
    for address, posted in tries:
        answer = client.post(address, posted)
        if answer.status_code >= 500 or told(answer, theirs):
            wrong[address, str(posted)[:60]] = answer.status_code, told(answer, theirs)
    fragments = [
        ("drafts/", {"rows": [], "draft": theirs.draft, "record": theirs.record}),
        ("check/", {"rows": [{"id": 1, "values": {"plot": "x"}}], "record": theirs.record}),
    ]
    for name, body in fragments:
        answer = client.post(f"{at}/ledgers/tea/{name}", body, content_type="application/json")
        if answer.status_code not in (403, 404) or told(answer, theirs):
            wrong[name] = answer.status_code

    assert wrong == {}
    assert _count(two) == before
    assert SavedView.objects.filter(id=theirs.view).exists()
    assert theirs.mark in EntryDraft.objects.get(id=theirs.draft).content
    assert not Token.objects.filter(account__name=persona, organisation__code=SECOND).exists()


# ── the API ───────────────────────────────────────────────────────────────────────────────────────────────────────────


def test_a_key_of_one_village_reaches_nothing_of_another(two: Two) -> None:
    theirs, before = two.foreign, _count(two)
    client = Client(headers={"Authorization": f"Bearer {two.own.key}"})
    client.raise_request_exception = False
    base = "/api/v1"
    reads = [
        f"{base}/units/{SECOND}/ledgers/tea/records", f"{base}/records/{theirs.record}", f"{base}/records/{theirs.approved}/history",
        f"{base}/units/{SECOND}/figures/tea_area/2023", f"{base}/units/{SECOND}/figures?period=2023&indicator=tea_area",
        f"{base}/units/{SECOND}/figures/tea_area/2023/trace", f"{base}/units/{SECOND}/reports", f"{base}/units?below={SECOND}",
        f"{base}/units/{SECOND}/reports/{theirs.report}/html", f"{base}/units/{FIRST}/reports/{theirs.report}/html",
        f"{base}/units/{SECOND}/checks/{theirs.check}", f"{base}/units/{FIRST}/checks/{theirs.check}", f"{base}/units/{TOWN}/reports",
        f"{base}/units/{TOWN}/figures/tea_area/2023/trace",
    ]  # fmt: skip
    seen = {one: client.get(one) for one in reads}
    open_ones = [
        client.get(f"{base}/units/{FIRST}/ledgers/tea/records", {"after": theirs.record}),
        client.get(f"{base}/units/{FIRST}/ledgers/tea/records", {"text": "乙乙"}),
        client.get(f"{base}/units/{FIRST}/figures/tea_area/2023/trace", {"cursor": f"{SECOND}~0"}),
        client.get(f"{base}/units"),
    ]
    written = [
        client.put(f"{base}/records/{theirs.record}", {"values": {"plot": "x", "date": "2023-01-01"}, "expected": 1}, content_type="application/json"),
        client.post(f"{base}/records/{theirs.record}/withdraw", {"reason": "试"}, content_type="application/json"),
        client.post(f"{base}/units/{SECOND}/ledgers/tea/records", {"rows": [{"plot": "x", "date": "2023-01-01"}]}, content_type="application/json"),
        client.post(f"{base}/units/{FIRST}/ledgers/tea/records", {"rows": [{"plot": "x", "date": "2023-01-01", "@organisation": SECOND}]}, content_type="application/json"),
    ]  # fmt: skip

    assert {one: a.status_code for one, a in seen.items() if a.status_code not in (403, 404)} == {}
    assert [a.status_code for a in open_ones] == [200] * 4
    assert [a.status_code for a in written] == [404, 404, 404, 422]
    for answer in (*seen.values(), *open_ones, *written):
        assert told(answer, theirs) == []
    assert "乙村" not in body_of(open_ones[3])
    assert _count(two) == before


def test_the_api_masks_personal_values_and_does_not_search_in_them(two: Two) -> None:
    client = Client(headers={"Authorization": f"Bearer {two.own.key}"})
    listed = client.get(f"/api/v1/units/{FIRST}/ledgers/tea/records")
    one = client.get(f"/api/v1/records/{two.own.record}/history")

    for answer in (listed, one):
        assert two.own.mark in body_of(answer)
        assert two.own.owner not in body_of(answer)
        assert two.own.phone not in body_of(answer)
    for text in (two.own.owner, two.own.owner[:2], two.own.phone, two.own.phone[-4:]):
        found = client.get(f"/api/v1/units/{FIRST}/ledgers/tea/records", {"text": text})
        assert found.json()["records"] == []


def test_a_post_limited_to_another_line_of_work_reads_no_rows_by_the_trace(two: Two) -> None:
    from shuzhi.apps.people import tokens

    _, key = tokens.issue(two.office.actor("党建专干"), "试", list(tokens.SCOPES), FIRST, days=9)
    client = Client(headers={"Authorization": f"Bearer {key}"})
    browser = two.visitor("党建专干")
    tea = [f"{two.own.mark}{rest}" for rest in ("1", "2", "的备注")]

    answers = [
        client.get(f"/api/v1/units/{FIRST}/figures/tea_area/2023/trace"),
        client.get(f"/api/v1/units/{FIRST}/ledgers/tea/records"),
        client.get(f"/api/v1/records/{two.own.approved}"),
        browser.get(f"/at/{FIRST}/figures/tea_area/2023/trace/"),
        browser.get(f"/at/{FIRST}/figures/tea_area/2023/trace/export/"),
        browser.get(f"/at/{FIRST}/figures/tea_area/2023/restatement/"),
        browser.get(f"/at/{FIRST}/records/{two.own.approved}/"),
        browser.get(f"/at/{FIRST}/ledgers/tea/"),
        browser.get(f"/at/{FIRST}/search/", {"q": "甲甲"}),
        browser.get(f"/at/{FIRST}/suggest/tea/", {"q": "甲甲"}),
        browser.get(f"/at/{FIRST}/workbench/"),
        browser.get(f"/at/{FIRST}/ledgers/"),
        browser.get(f"/at/{FIRST}/records/{two.own.record}/files/{two.own.digest}/"),
    ]

    assert [n for n, one in enumerate(answers) if any(t in body_of(one) for t in tea)] == []
    assert [one.status_code for one in answers if one.status_code >= 500] == []
    assert browser.post(f"/at/{FIRST}/ledgers/tea/export/").status_code in (403, 404)
    assert browser.post(f"/at/{FIRST}/ledgers/tea/new/", {"f-plot": "x"}).status_code in (403, 404)


def test_the_source_of_a_reports_figure_shows_rows_only_to_who_may_read_their_ledger(
    two: Two,
) -> None:
    address = own_address(two, "report-source")
    whole, limited = (two.visitor(who).get(address) for who in (OWN["clerk"], "产业专干"))

    assert "2023-04-10" in body_of(whole)  # the day of a meeting
    assert limited.status_code == 200
    assert "2023-04-10" not in body_of(limited)


# ── personal values ───────────────────────────────────────────────────────────────────────────────────────────────────


def test_masked_fields_answer_no_questions(two: Two) -> None:
    client = two.visitor(OWN["auditor"])  # reads records, but may not see personal values
    address = f"/at/{FIRST}/ledgers/tea/"
    whole = body_of(client.get(address))

    assert two.own.mark in whole
    assert two.own.owner not in whole
    assert two.own.phone not in whole
    rows = re.findall(r"/records/(\d+)/", whole)
    for query in (
        {"f-owner": two.own.owner}, {"f-owner": "没有这个人"}, {"f-owner-blank": "1"}, {"f-phone": "139"}, {"f-phone-blank": "1"},
        {"sort": "owner"}, {"sort": "-phone"}, {"f-owner-from": "a", "f-owner-to": "b"}, {"private_text": two.own.owner},
    ):  # fmt: skip
        assert re.findall(r"/records/(\d+)/", body_of(client.get(address, query))) == rows, query
        assert client.get(f"{address}totals/", query).status_code == 200
    for text in (two.own.owner, two.own.phone):
        assert not re.findall(r"/records/(\d+)/", body_of(client.get(address, {"q": text})))
        assert f"/records/{two.own.record}/" not in body_of(client.get(f"/at/{FIRST}/search/", {"q": text}))  # fmt: skip
    assert (
        client.post(f"/at/{FIRST}/search/", {"q": two.own.owner, "reason": "x"}).status_code == 403
    )
    assert client.post(f"{address}unmask/", {"reason": "试"}).status_code == 403


def test_personal_values_are_shown_only_for_a_reason_that_is_noted(two: Two) -> None:
    from shuzhi.apps.audit.models import Event

    client = client_of(OWN["clerk"])
    record = f"/at/{FIRST}/records/{two.own.record}/"
    noted = Event.objects.filter(code="record.unmasked").count()

    assert client.post(f"{record}unmask/", {"reason": " "}).status_code == 422
    assert client.post(f"/at/{FIRST}/ledgers/tea/unmask/", {"reason": ""}).status_code == 422
    client.post(f"/at/{FIRST}/ledgers/tea/unmask/", {"do": "find", "text": two.own.owner})
    assert two.own.owner not in body_of(client.get(f"/at/{FIRST}/ledgers/tea/"))
    assert Event.objects.filter(code="record.unmasked").count() == noted
    shown = body_of(client.post(f"{record}unmask/", {"reason": "核对名单"}))
    assert two.own.owner in shown
    assert Event.objects.filter(code="record.unmasked").count() == noted + 1
    assert two.own.owner not in (re.search(r"<title>(.*?)</title>", shown, re.S) or [""])[0]
    assert two.own.owner not in body_of(client.get(record))


def test_exports_hold_masked_values(two: Two) -> None:
    answer = two.visitor(OWN["reviewer"]).post(f"/at/{FIRST}/ledgers/tea/export/")
    body = body_of(answer)

    assert two.own.mark in body
    assert two.own.owner not in body
    assert two.own.phone not in body


def test_pages_of_the_own_village_show_no_personal_value_in_full(two: Two) -> None:
    shown = {}
    for page in OWN_PAGES:
        if page in ("grid", "record-new"):
            continue  # a draft of one's own
        for role in ROLES:
            body = body_of(two.visitor(OWN[role]).get(own_address(two, page)))
            found = [s for s in (two.own.owner, two.own.phone) if s in body]
            if found:
                shown[page, role] = found
    assert shown == {}


# ── what nobody types ─────────────────────────────────────────────────────────────────────────────────────────────────

HUGE = "9" * 30
STRANGE = ("²", HUGE, "9" * 5000, "-1", "0", "\x00", "x" * 5000, "%", "'\"; DROP TABLE record; --", "１２", "2023-99", "../../etc/passwd", "9" * 18)  # fmt: skip
#: names of query parts and of posted fields that views read
ASKED = (
    "after", "before", "as_of", "since", "until", "date", "year", "month", "part", "page", "state", "q", "unit", "sort", "col", "f-area-from",
    "f-area", "f-kind", "f-date-from", "f-area-blank", "batch", "version", "a", "b", "draft", "copy", "held", "genre", "i", "u", "in", "of", "by", "tab", "kind", "check",
    "period", "at", "code", "actor", "file", "show", "totals", "below", "ledger", "sheet", "record", "view", "number",
)  # fmt: skip


#: pages that need no other role than the one before; each is tried by the first who may
FIRST_WHO_MAY = ("clerk", "leader", "administrator", "auditor")


def _reads(page: Page, name: str) -> bool:
    """Whether the package of the page's view speaks of such a part at all."""
    folder = Path(str(inspect.getsourcefile(inspect.unwrap(page.view)))).parent
    return f'"{name}"' in _source(folder)


@cache
def _source(folder: Path) -> str:
    return "".join(one.read_text(encoding="utf-8") for one in sorted(folder.glob("*.py")))


@pytest.mark.slow
def test_a_forged_query_never_makes_the_program_fail(two: Two) -> None:
    failed = {}
    for page in OWN_PAGES:
        address = own_address(two, page)
        clients = [two.visitor(OWN[role]) for role in FIRST_WHO_MAY]
        client = next((c for c in clients if c.get(address).status_code < 400), None)
        if client is None:
            continue
        queries = [dict.fromkeys(ASKED, strange) for strange in STRANGE]
        # one part alone, so that another one does not stop the view before it
        queries += [{n: v} for n in ASKED if _reads(PAGES[page], n) for v in (STRANGE[0], HUGE)]
        for query in queries:
            if client.get(address, query).status_code >= 500:
                failed[page, str(query)[:40]] = client.get(address, query).status_code
    assert failed == {}


FORMS = (
    *ASKED, "r", "reason", "take", "take-1", "level-1", "restore", "sentence", "section", "block", "text", "expected", "rows", "payload",
    "key", "subject", "indicator", "days", "name", "scopes", "role", "place", "from_date", "to_date", "lines", "on", "parent", "into", "codes", "level",
    "back", "next", "field", "how", "only", "note", "to", "area", "f-date", "f-plot", "r1-area", "header", "corrections", "shared",
)  # fmt: skip


@pytest.mark.slow
def test_forged_forms_never_make_the_program_fail(two: Two) -> None:
    from shuzhi.apps.people.models import Account

    failed = {}
    spare = Account.objects.get(name="调来会计").pk  # may lose its password and its posts
    # these keep what is sent, a new thing each time, or take away what the other tests look at
    skipped = {"ledger-view-save", "draft-save", "import-discard", "report-new", "check-remove", "record-withdraw"}  # fmt: skip
    for page, spec in PAGES.items():
        if "POST" not in spec.rights or page in skipped or "<unit:unit>" not in spec.route:
            continue
        address = own_address(two, page).replace(f"/people/{two.own.account}/", f"/people/{spare}/")
        clients = [client_of(OWN[role]) for role in ("clerk", "leader", "administrator")]
        client = next((c for c in clients if c.post(address).status_code not in (403, 404)), None)
        if client is None:
            continue
        client.raise_request_exception = False
        for strange in STRANGE[:10]:
            if client.post(address, dict.fromkeys(FORMS, strange)).status_code >= 500:
                failed[page, strange[:12]] = 500
        for kind, content in (
            ("application/json", "{"), ("application/json", "[1]"), ("application/json", '{"rows": 3}'), ("text/plain", "x"),
            ("application/json", '{"rows": [{"values": {"plot": {}}}], "record": 1e99}'), ("multipart/form-data", "x"),
            ("application/json", '{"rows": [{"values": {}, "number": 9e20}], "record": 99999999999999999999, "draft": 99999999999999999999}'),
        ):  # fmt: skip
            if client.generic("POST", address, content, content_type=kind).status_code >= 500:
                failed[page, kind, content] = 500
    assert failed == {}


@pytest.mark.parametrize("number", [0, 2**63 - 1, 2**63, 10**40])
def test_huge_numbers_in_addresses_are_not_found(two: Two, number: int) -> None:
    failed = {}
    for page, method in ADDRESSES:
        route = PAGES[page].route
        numbers = re.findall(r"<int:(\w+)>", route)
        if not numbers:
            continue
        parts = {**two.own.parts(page), **dict.fromkeys(numbers, number)}
        if "<unit:unit>" in route:
            parts["unit"] = FIRST
        for role in ("clerk", "leader", "administrator"):
            client = two.visitor(OWN[role])
            address = reverse(page, kwargs=parts)
            status = (client.get if method == "GET" else client.post)(address).status_code
            # 0 is the latest version of a report; of a version that is not there it is told
            allowed = (200, 422) if page == "report-file" else ()
            if status not in (302, 403, 404, *allowed):
                failed[page, method, role] = status
    for year in (0, number):
        for page in ("book", "book-statement", "book-adjusting"):
            status = two.visitor(OWN["leader"]).get(reverse(page, kwargs={"unit": FIRST, "year": year})).status_code  # fmt: skip
            if status >= 500:
                failed[page, "GET", str(year)] = status
    assert failed == {}


def test_strange_texts_in_addresses_are_not_found(two: Two) -> None:
    client = two.visitor(OWN["clerk"])
    long = "x" * 3000
    for address in (
        f"/at/{long}/ledgers/", f"/at/{FIRST}/ledgers/{long}/", f"/at/{FIRST}/figures/tea_area/{long}/", f"/at/{FIRST}/figures/{long}/2023/",
        f"/at/{FIRST}/records/{two.own.record}/files/{long}/", f"/at/{FIRST}/checking/{two.own.check}/{long}/", "/at/%00/ledgers/",
        f"/at/{FIRST}/figures/tea_area/%00/", f"/at/{FIRST}/figures/tea_area/..%2f..%2f/", f"/at/{FIRST}/reports/{two.own.report}/1/{long}",
        f"/at/{FIRST}/catalogue/ledgers/{long}/", "/at/１/ledgers/",
    ):  # fmt: skip
        assert client.get(address).status_code == 404, address[:60]
    top = client_of("管理员")
    top.raise_request_exception = False
    for name in ("..%2F..%2Fetc%2Fpasswd", "x" * 3000 + ".zip", "%00.zip", "../shuzhi.sqlite3"):
        assert top.get(f"/at/{COUNTY}/administration/backup/{name}/").status_code in (404, 422), name[:30]  # fmt: skip
    assert top.get(f"/at/{COUNTY}/catalogue/own/{'9' * 3000}/").status_code in (404, 422)


# ── forms of other sites, addresses of other hosts ────────────────────────────────────────────────────────────────────


@pytest.mark.slow
def test_every_form_needs_its_token(two: Two) -> None:
    from shuzhi.apps.people.models import Account

    open_to_all = {}
    for role in ROLES:
        client = Client(enforce_csrf_checks=True)
        client.force_login(Account.objects.get(name=OWN[role]))
        for page, spec in PAGES.items():
            if "POST" not in spec.rights:
                continue
            status = send(client, page, "POST", FIRST, two.own).status_code
            if status != 403:
                open_to_all[page, role] = status
    assert open_to_all == {}


@pytest.mark.parametrize(
    "target",
    ["https://evil.example/", "//evil.example", "/\\evil.example", "javascript:alert(1)", "http:///evil.example", "\r\nSet-Cookie: a=b", "https:evil.example", " //evil.example"],
)  # fmt: skip
def test_nobody_is_led_to_another_host(two: Two, target: str) -> None:
    from shuzhi.apps.people.models import Account

    account = Account.objects.get(name=OWN["auditor"])
    account.set_password("Long-enough-9")
    account.save()
    anonymous, mine = Client(), client_of(OWN["clerk"])
    answers = [
        anonymous.post("/language/", {"language": "en", "next": target}),
        mine.get("/sign-in/", {"next": target}),
        mine.post(f"/at/{FIRST}/ledgers/tea/unmask/", {"do": "end", "back": target, "next": target}),
        mine.post(f"/at/{FIRST}/ledgers/tea/views/remove/", {"view": "999", "back": target}),
        mine.post(f"/at/{FIRST}/workbench/nil/", {"ledger": "x", "month": "2023-05", "back": target}),
        Client().post("/sign-in/", {"login": account.name, "name": account.name, "password": "Long-enough-9", "next": target}),
        Client().get("/me/", {"next": target}),
    ]  # fmt: skip

    for answer in answers:
        location = answer.headers.get("Location", "/")
        assert location.startswith(("/", "?"))
        assert not location.startswith(("//", "/\\"))
        assert "evil.example" not in location.split("?")[0]
        assert "a=b" not in str(answer.cookies)


def test_a_host_that_is_not_the_offices_is_refused(two: Two) -> None:
    client = client_of(OWN["clerk"])
    client.raise_request_exception = False

    refused = client.get(f"/at/{FIRST}/workbench/", headers={"host": "evil.example"})
    assert refused.status_code in (400, 404)
    assert "甲村" not in body_of(refused)
    assert "evil.example" not in body_of(refused)
    body = body_of(client.get(f"/at/{FIRST}/workbench/", headers={"x-forwarded-host": "evil.example"}))  # fmt: skip
    assert "evil.example" not in body


# ── files ─────────────────────────────────────────────────────────────────────────────────────────────────────────────


def test_files_are_never_shown_as_pages(two: Two) -> None:
    client = two.visitor(OWN["clerk"])
    record = f"/at/{FIRST}/records/{two.own.record}/files/"
    for name, content in (
        ("a.html", b"<script>alert(1)</script>"), ("a.svg", b"<svg onload=alert(1)>"), ("a.png", b"<svg onload=alert(1)>"), ("a.js", b"alert(1)"),
        ("a.png.html", PHOTO), ("a", PHOTO), ("a.htm%00.png", b"<html>"),
    ):  # fmt: skip
        refused = client.post(record, {"files": SimpleUploadedFile(name, content)})
        assert refused.status_code == 422, name
    polyglot = PHOTO + b"<script>alert(1)</script>"
    client.post(record, {"files": SimpleUploadedFile("图.png", polyglot)})
    found = re.findall(rf"{record}\w+/", body_of(client.get(f"/at/{FIRST}/records/{two.own.record}/")))  # fmt: skip
    shown = [client.get(address) for address in set(found)]
    for answer in shown:
        assert answer["Content-Type"] == "image/png"
        assert answer["X-Content-Type-Options"] == "nosniff"
        assert "sandbox" in answer["Content-Security-Policy"]
    for what in ("original", "page", "json", "comments", "corrected"):
        answer = client.get(f"/at/{FIRST}/checking/{two.own.check}/{what}/")
        assert answer["Content-Disposition"].startswith("attachment"), what
        assert answer["X-Content-Type-Options"] == "nosniff"
    for kind in ("html", "docx"):
        answer = client.get(f"/at/{FIRST}/reports/{two.own.report}/1/{kind}")
        assert answer["Content-Disposition"].startswith("attachment"), kind


# ── what people type, and what programs make of it ────────────────────────────────────────────────────────────────────

NASTY = "<script>alert(7)</script>\"><img src=x onerror=alert(7)>{{7*7}}'"
#: what must never stand in a page as it is
RAW = ("<script>alert(7)", "<img src=x", "onerror=alert(7)>{{")


@pytest.fixture
def nasty(tmp_path: Path, two: Two) -> Iterator[dict[str, str]]:
    """Every text a person can type, typed by somebody who means ill; addresses of pages about single things."""
    from shuzhi.apps.audit.models import Event
    from shuzhi.apps.people.models import Account
    from shuzhi.apps.people.permissions import SYSTEM

    assert Event.objects.exists()
    folder = two.folder / f"nasty{len(list(two.folder.glob('nasty*')))}"
    folder.mkdir()
    from shuzhi.apps.organisations.actions import rename

    clerk, leader, top = client_of("村会计"), client_of("甲村leader"), client_of("管理员")
    at = f"/at/{FIRST}"
    rename(SYSTEM, FIRST, f"甲{NASTY}"[:60], reason=NASTY)
    made = clerk.post(f"{at}/ledgers/tea/new/", {"f-date": "2023-06-01", "f-plot": f"X{NASTY}", "f-owner": NASTY, "f-remark": NASTY, "f-kind": NASTY, "f-area": NASTY, "reason": NASTY})  # fmt: skip
    assert made.status_code == 422
    refused = body_of(made)
    made = clerk.post(f"{at}/ledgers/tea/new/", {"f-date": "2023-06-01", "f-plot": f"X{NASTY}", "f-owner": NASTY, "f-remark": NASTY, "reason": NASTY})  # fmt: skip
    assert made.status_code == 302, body_of(made)
    record = made["Location"]
    clerk.post(f"{record}files/", {"files": SimpleUploadedFile(f"{NASTY.replace('/', '')}.png", PHOTO + b"n"), "reason": NASTY})  # fmt: skip
    clerk.post(
        f"{at}/ledgers/tea/new/", {"f-plot": f"草稿{NASTY}", "f-remark": NASTY, "do": "draft"}
    )
    clerk.post(
        f"{at}/ledgers/tea/views/", {"name": f"v{NASTY}"[:40], "back": f"q={NASTY}", "shared": "1"}
    )
    grid = clerk.post(f"{at}/ledgers/tea/grid/", {"rows": "1", "r1-plot": NASTY, "r1-area": NASTY, "r1-remark": NASTY, "do": "draft"})  # fmt: skip
    checked = clerk.post(f"{at}/checking/", {"drafts": SimpleUploadedFile("n<script>alert(7)<.txt", f"{NASTY} 全村茶园面积1200亩。".encode())})  # fmt: skip
    table = _workbook([["登记日期", "地块号", f"茶园面积{NASTY}"[:60], NASTY], ["2023-03-05", f"W{NASTY}", NASTY, NASTY]])  # fmt: skip
    uploaded = clerk.post(f"{at}/import/", {"files": SimpleUploadedFile("n.xlsx", table), "ledger": "tea"})  # fmt: skip
    report = f"{at}/reports/{two.own.report}/"
    edited = leader.post(f"{report}edit/", {"block": "title", "version": "1", "text": NASTY, "reason": NASTY})  # fmt: skip
    clerk.post("/me/keys/", {"name": NASTY, "unit": FIRST, "scopes": ["records.read"], "days": "9"})
    number = int(record.rstrip("/").rsplit("/", 1)[1])
    reviewer = client_of("甲村reviewer")
    returned = reviewer.post(
        f"{at}/approval/tea/", {"do": "return", "r": f"{number}:1", "reason": NASTY}
    )
    Account.objects.filter(name="调来会计").update(display=NASTY[:60])
    yield {
        "refused": refused, "record": record, "grid": grid["Location"], "check": checked["Location"], "upload": uploaded.headers.get("Location", f"{at}/import/"),
        "report": report, "edited": body_of(edited), "returned": body_of(returned), "top": body_of(top.get(f"/at/{COUNTY}/workbench/")),
    }  # fmt: skip
    rename(SYSTEM, FIRST, "甲村", reason="复原")
    client_of("村会计").post(f"{record}withdraw/", {"reason": "复原"})


def test_nothing_that_was_typed_becomes_part_of_a_page(two: Two, nasty: dict[str, str]) -> None:
    at = f"/at/{FIRST}"
    addresses = {
        "村会计": [
            nasty["record"], f"{nasty['record']}edit/", nasty["grid"], nasty["check"], nasty["upload"], f"{nasty['upload']}check/", f"{at}/ledgers/tea/",
            f"{at}/ledgers/tea/?q=%3Cscript%3Ealert(7)&f-remark=%3Cscript%3Ealert(7)%3C/script%3E&since=%3Cscript%3Ealert(7)", f"{at}/ledgers/", f"{at}/ledgers/tea/new/", f"{at}/ledgers/tea/grid/",
            f"{at}/search/?q=%3Cscript%3Ealert(7)%3C/script%3E", f"{at}/workbench/", f"{at}/import/", f"{at}/checking/", f"{at}/reports/", nasty["report"],
            f"{nasty['report']}versions/", f"{nasty['report']}edit/", f"{at}/figures/?q=%3Cscript%3Ealert(7)%3C/script%3E", f"{at}/figures/tea_area/2023/", f"{at}/figures/map/", "/me/", "/me/keys/",
            f"{at}/catalogue/?q=%3Cscript%3Ealert(7)%3C/script%3E", f"{at}/books/", f"{at}/books/2023/", f"{at}/suggest/tea/?q=X", f"{nasty['check']}page/", f"{nasty['report']}1/html", f"{nasty['report']}2/html",
        ],
        "镇办": [f"/at/{TOWN}/approval/", f"/at/{TOWN}/approval/tea/", f"{at}/approval/tea/", f"/at/{TOWN}/workbench/", f"/at/{TOWN}/figures/compare/?i=tea_area"],
        "管理员": [f"/at/{COUNTY}/administration/people/", f"/at/{COUNTY}/administration/units/", f"{at}/administration/unit/", f"/at/{COUNTY}/administration/jobs/", f"/at/{TOWN}/administration/merge/", f"{at}/administration/people/{two.own.account}/"],
        "审计员": [f"/at/{COUNTY}/administration/events/?q=%3Cscript%3Ealert(7)", f"/at/{COUNTY}/administration/events/"],
    }  # fmt: skip
    wrong, seen = {}, 0
    for persona, several in addresses.items():
        client = client_of(persona)
        client.raise_request_exception = False
        for address in several:
            answer = client.get(address)
            content = b"".join(answer.streaming_content) if answer.streaming else answer.content
            text = content.decode(errors="replace")  # as the parser of a browser reads it
            seen += "alert(7)" in text
            found = [one for one in RAW if one in text and "json" not in answer["Content-Type"]]
            if found or answer.status_code >= 500 or "49'" in text:
                wrong[persona, address] = answer.status_code, found
    for name in ("refused", "edited", "returned"):
        if any(one in nasty[name] for one in RAW):
            wrong[name] = nasty[name][:0]
    assert wrong == {}
    assert seen > 12  # the words were there, as words


def test_cells_of_exports_are_never_formulas(two: Two) -> None:
    client = client_of("村会计")
    typed = ("=1+1", "+1", "-1", "@SUM(A1)", '=HYPERLINK("http://evil.example","x")', "\t=1")
    for n, text in enumerate(typed):
        client.post(f"/at/{FIRST}/ledgers/tea/new/", {"f-date": "2023-07-01", "f-plot": f"F{n}", "f-remark": text, "f-owner": text})  # fmt: skip
    files = [
        client.post(f"/at/{FIRST}/ledgers/tea/export/"),
        client.get(f"/at/{FIRST}/figures/export/"),
        client.get(f"/at/{FIRST}/figures/tea_area/2023/trace/export/"),
    ]
    for answer in files:
        content = b"".join(answer.streaming_content) if answer.streaming else answer.content
        book = openpyxl.load_workbook(io.BytesIO(content))
        formulas = [c.coordinate for sheet in book for row in sheet.iter_rows() for c in row if c.data_type == "f"]  # fmt: skip
        assert formulas == []


# ── what is written elsewhere ─────────────────────────────────────────────────────────────────────────────────────────


def test_personal_values_stand_in_no_log_no_event_and_no_address(
    two: Two, caplog: pytest.LogCaptureFixture
) -> None:
    from shuzhi.apps import storage

    client, at = client_of("村会计"), f"/at/{FIRST}/ledgers/tea/"
    client.raise_request_exception = False
    name, phone = "诸葛不留", "13700003333"
    with caplog.at_level("DEBUG", logger="django.request"), caplog.at_level("DEBUG", logger="shuzhi"):  # fmt: skip
        answers = [
            client.post(f"{at}new/", {"f-date": "2023-08-01", "f-plot": "L1", "f-owner": name, "f-phone": phone}),
            client.post(f"{at}new/", {"f-date": "没有", "f-plot": "L2", "f-owner": name, "f-phone": phone + "x"}),
            client.post(f"/at/{FIRST}/search/", {"q": name, "reason": "核对"}),
            client.post(f"{at}unmask/", {"reason": "核对"}),
            client.post(f"{at}unmask/", {"do": "find", "text": name}),
            client.get(at),
            client.post(f"{at}export/"),
            client.post(f"/at/{SECOND}/ledgers/tea/new/", {"f-owner": name}),
        ]  # fmt: skip
    events = " ".join(str(row) for row in storage.fetch("SELECT code, params FROM event"))

    for secret in (name, phone):
        assert secret not in caplog.text
        assert secret not in events
        for answer in answers:
            assert secret not in unquote(answer.headers.get("Location", ""))
            assert secret not in answer.headers.get("Content-Disposition", "")
    for answer in answers:
        if not answer.streaming:
            title = re.search(r"<title>(.*?)</title>", answer.content.decode(), re.S)
            assert title is None or name not in title[1]
            assert not re.search(rf'(href|action)="[^"]*({name}|{phone})', answer.content.decode())
    assert name not in body_of(answers[-1])  # refused: what was sent is not said again
