"""Drafts are handed in, looked at, mended by suggestions, given back; nobody else's can be reached."""

from __future__ import annotations

import io

import docx
import pytest
from django.core.files.uploadedfile import SimpleUploadedFile

from shuzhi.apps.checking.models import Check
from tests.support.office import FAR_FIRST, FIRST, SECOND, Office
from tests.web.conftest import Visit

DRAFT = "甲村工作报告\n全村茶园面积1200亩，其中绿茶700亩、红茶600亩。"


def word_file(*paragraphs: str) -> bytes:
    """A Word file with these paragraphs."""
    made = docx.Document()
    for one in paragraphs:
        made.add_paragraph(one)
    out = io.BytesIO()
    made.save(out)
    return out.getvalue()


def hand_in(client: object, name: str, content: bytes, unit: str = FIRST) -> str:
    """Hand a draft in as the page does; the address it leads to."""
    answer = client.post(f"/at/{unit}/checking/", {"drafts": SimpleUploadedFile(name, content)})  # type: ignore[attr-defined]
    assert answer.status_code == 302, answer.content.decode()
    return str(answer.url)


def test_a_draft_is_held_against_the_books_and_each_finding_leads_to_its_words(
    web: Office, as_: Visit
) -> None:
    web.record("tea", FIRST, date="2023-03-01", plot="T1", area="1300", kind="绿茶")
    client = as_("村会计")

    address = hand_in(client, "报告.txt", DRAFT.encode())
    text = client.get(address).content.decode()

    assert "1200亩" in text
    assert 'href="#f1"' in text
    assert 'id="f1"' in text


def test_what_cannot_be_read_is_told_and_nothing_else_breaks(
    web_sqlite: Office, as_: Visit
) -> None:
    client = as_("村会计")

    address = hand_in(client, "报告.docx", b"no word file")
    answer = client.get(address)

    assert answer.status_code == 200
    assert "DRAFT_" in answer.content.decode()


@pytest.mark.parametrize(
    ("given", "code"),
    [({}, "CHECK_024"), ({"drafts": SimpleUploadedFile("空.txt", b"")}, "CHECK_020")],
)
def test_a_wrong_upload_is_told_on_the_page(
    web_sqlite: Office, as_: Visit, given: dict[str, object], code: str
) -> None:
    answer = as_("村会计").post(f"/at/{FIRST}/checking/", given)

    assert answer.status_code == 422
    assert code in answer.content.decode()


def test_many_drafts_are_checked_in_the_background(web: Office, as_: Visit) -> None:
    from shuzhi.apps.jobs.worker import run_one

    client = as_("村会计")
    files = [SimpleUploadedFile(f"{n}.txt", DRAFT.encode()) for n in range(3)]
    answer = client.post(f"/at/{FIRST}/checking/", {"drafts": files})
    waiting = client.get(f"/at/{FIRST}/checking/").content.decode()
    run_one()
    done = client.get(f"/at/{FIRST}/checking/").content.decode()

    assert answer.status_code == 302
    assert waiting.count("正在核对") == 3
    assert "正在核对" not in done


def test_a_suggestion_is_taken_and_the_corrected_word_file_differs_only_there(
    web_sqlite: Office, as_: Visit
) -> None:
    client = as_("村会计")
    address = hand_in(
        client,
        "报告.docx",
        word_file("甲村工作报告", "一年来，我村认真贯彻落实各项政策，，扎实推进工作。"),
    )
    check = Check.objects.get()
    answer = client.post(f"{address}accept/", {"all": "1"})
    check.refresh_from_db()
    mended = client.get(f"{address}corrected/")

    assert answer.status_code == 302
    assert check.accepted
    paragraphs = [p.text for p in docx.Document(io.BytesIO(mended.content)).paragraphs]
    assert paragraphs[0] == "甲村工作报告"
    assert "，，" not in paragraphs[1]
    assert paragraphs[1].startswith("一年来，我村认真贯彻落实各项政策")


def test_taking_is_undone_by_leaving(web_sqlite: Office, as_: Visit) -> None:
    client = as_("村会计")
    address = hand_in(client, "报告.txt", "政策，，落实。".encode())
    client.post(f"{address}accept/", {"all": "1"})
    key = Check.objects.get().accepted[0]
    client.post(f"{address}accept/", {"key": key, "taken": "0"})

    assert Check.objects.get().accepted == []


@pytest.mark.parametrize("what", ["comments", "json", "page", "original"])
def test_the_results_can_be_taken_away(web_sqlite: Office, as_: Visit, what: str) -> None:
    client = as_("村会计")
    address = hand_in(client, "报告.txt", DRAFT.encode())

    answer = client.get(f"{address}{what}/")

    assert answer.status_code == 200
    assert "attachment" in answer["Content-Disposition"]


def test_a_draft_of_another_village_is_not_there(web: Office, as_: Visit) -> None:
    address = hand_in(as_("村会计"), "报告.txt", DRAFT.encode())
    number = address.rstrip("/").rsplit("/", 1)[1]

    assert as_("外镇会计").get(address).status_code == 403
    assert as_("外镇会计").get(f"/at/{FAR_FIRST}/checking/{number}/").status_code == 404
    assert as_("镇会计").get(f"/at/{SECOND}/checking/{number}/comments/").status_code == 404


def test_a_removed_draft_is_gone_with_its_file_and_stays_in_the_log(
    web_sqlite: Office, as_: Visit
) -> None:
    from shuzhi.apps.audit.models import Event
    from shuzhi.apps.checking.checks import path_of

    client = as_("村会计")
    address = hand_in(client, "报告.txt", DRAFT.encode())
    digest = Check.objects.get().digest
    client.post(f"{address}remove/")

    assert client.get(address).status_code == 404
    assert not path_of(digest).exists()
    assert Event.objects.filter(code="draft.removed").exists()


def test_silencing_needs_a_reason_and_can_be_taken_back(web_sqlite: Office, as_: Visit) -> None:
    client = as_("分管领导")
    address = hand_in(client, "报告.txt", "政策，，落实。".encode())
    code = client.get(address).content.decode().split("<code>")[1].split("<")[0]

    assert client.post(f"{address}silence/", {"code": code, "reason": " "}).status_code == 422
    assert (
        client.post(f"{address}silence/", {"code": code, "reason": "本县不用"}).status_code == 302
    )
    assert f"<code>{code}</code>" not in client.get(address).content.decode()
    assert code in client.get(f"/at/{FIRST}/checking-memory/").content.decode()
    client.post(f"/at/{FIRST}/checking-memory/", {"code": code, "reason": "又要用"})
    assert f"<code>{code}</code>" in client.get(address).content.decode()
