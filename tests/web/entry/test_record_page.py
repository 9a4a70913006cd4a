"""The page of one record: what it says and to whom, its history with differences, evidence, postings, unmasking, withdrawing."""

from __future__ import annotations

import re

from django.core.files.uploadedfile import SimpleUploadedFile

from shuzhi.apps.audit.models import Event
from shuzhi.apps.books.posting import approve_records
from shuzhi.apps.ledgers.actions import return_records
from shuzhi.apps.ledgers.attachments import attachments_of
from shuzhi.apps.ledgers.queries import get, history
from tests.support.office import FIRST, SECOND, TOWN, Office
from tests.web.conftest import Visit

PHOTO = b"\x89PNG\r\n\x1a\n" + b"a photo"


def tea(office: Office, village: str = FIRST, by: str = "县会计", **more: str) -> int:
    values = {"date": "2023-03-01", "plot": "T001", "area": "2.5", "kind": "绿茶", "owner": "张小三", "phone": "13812345678"}  # fmt: skip
    return office.submit("tea", village, by=by, **(values | more))


def page_of(client, record: int, unit: str = FIRST) -> str:
    answer = client.get(f"/at/{unit}/records/{record}/")
    assert answer.status_code == 200
    return answer.content.decode()


def test_the_history_puts_before_and_after_side_by_side(web: Office, as_: Visit) -> None:
    record = tea(web)
    web.approve(record)
    web.submit("tea", FIRST, date="2023-03-01", plot="T001", area="25", kind="绿茶", owner="张大三")

    page = page_of(as_("村会计"), record)

    assert "<del>2.5</del>" in page
    assert "<ins>25</ins>" in page
    assert "张小三" not in page
    assert "13812345678" not in page
    assert page.count("<del>138****5678</del>") == 1  # its going is shown, masked
    assert "各数仍按原来的内容" in page


def test_postings_and_figures_are_listed_with_links(web: Office, as_: Visit) -> None:
    record = tea(web)
    before = page_of(as_("村会计"), record)
    web.approve(record)

    page = page_of(as_("村会计"), record)

    assert "审核通过后才计入各数" in before
    assert f"/at/{FIRST}/figures/green_tea_area/2023/" in page
    assert f"/at/{FIRST}/figures/tea_sales_each/2023/" in page  # computed from it
    postings = page.split('id="postings-title"')[1]
    assert re.search(r"2\.5\s*<span class=\"unit\">亩", postings)
    assert "2023-03" in postings


def test_a_returned_record_says_for_whom_it_waits_and_why(web: Office, as_: Visit) -> None:
    record = tea(web, by="村会计")
    return_records(web.actor("镇办"), [record], reason="面积请实地丈量")

    page = page_of(as_("村会计"), record)

    assert "等 村会计 更正后重新提交" in page
    assert "面积请实地丈量" in page


def test_unmasking_needs_a_reason_and_is_noted_without_the_value(web: Office, as_: Visit) -> None:
    record = tea(web)
    clerk, address = as_("村会计"), f"/at/{FIRST}/records/{record}/unmask/"

    refused = clerk.post(address, {"reason": "  "})
    shown = clerk.post(address, {"reason": "核对补贴名单"}).content.decode()
    again = page_of(clerk, record)

    assert refused.status_code == 422
    assert "张小三" not in refused.content.decode()
    assert "张小三" in shown
    assert "13812345678" in shown
    assert "张小三" not in again
    event = Event.objects.get(code="record.unmasked")
    assert (event.actor, event.organisation) == ("村会计", FIRST)
    assert "核对补贴名单" in event.params
    assert "张小三" not in event.params
    inspector = as_("检查员")
    assert "查看未打码" not in page_of(inspector, record)
    assert inspector.post(address, {"reason": "看看"}).status_code == 403


def test_withdrawing_needs_a_reason(web: Office, as_: Visit) -> None:
    record, posted = tea(web), tea(web, plot="T002")
    web.approve(posted)
    clerk = as_("村会计")

    refused = clerk.post(f"/at/{FIRST}/records/{record}/withdraw/", {"reason": ""})
    clerk.post(f"/at/{FIRST}/records/{record}/withdraw/", {"reason": "重复登记"})
    clerk.post(f"/at/{FIRST}/records/{posted}/withdraw/", {"reason": "地块已征收"})

    assert refused.status_code == 422
    assert "ENTRY_004" in refused.content.decode()
    assert get(record).state == "withdrawn"
    page = page_of(clerk, record)
    assert "已撤回，不再计入任何数" in page
    assert "2.5" in page  # what it said stays readable
    assert f"/records/{record}/edit/" not in page
    assert "的撤回等待审核" in page_of(clerk, posted)
    assert web.value("tea_area", FIRST, 2023) == 2.5
    approve_records(web.actor("县办"), [posted])
    assert not web.value("tea_area", FIRST, 2023)


def test_photos_are_kept_shown_and_flagged_when_another_record_has_them(
    web: Office, as_: Visit
) -> None:
    first, second, away = tea(web), tea(web, plot="T002"), tea(web, SECOND)
    clerk = as_("村会计")

    def upload(client, unit: str, record: int, name: str, content: bytes):
        return client.post(
            f"/at/{unit}/records/{record}/files/", {"files": [SimpleUploadedFile(name, content)]}
        )

    upload(clerk, FIRST, first, "C:\\照片\\一组.png", PHOTO)
    upload(as_("县会计"), SECOND, away, "乙村.png", PHOTO)
    upload(clerk, FIRST, second, "再传.png", PHOTO)
    page = page_of(clerk, second)
    kept = attachments_of(first)[0]
    shown = clerk.get(f"/at/{FIRST}/records/{first}/files/{kept.digest}/")

    assert kept.name == "一组.png"
    assert f"/at/{FIRST}/records/{first}/" in page.split('id="files-title"')[1]
    assert f"/records/{away}/" not in page
    assert "另有 1 条您看不到的记录" in page
    assert (shown.content, shown["Content-Type"]) == (PHOTO, "image/png")
    assert shown["X-Content-Type-Options"] == "nosniff"
    assert "sandbox" in shown["Content-Security-Policy"]
    assert [e.action for e in history(first)] == ["create", "attach"]


def test_files_that_are_not_what_they_say_are_refused(web: Office, as_: Visit) -> None:
    record = tea(web)
    clerk, address = as_("村会计"), f"/at/{FIRST}/records/{record}/files/"
    wrong = {
        "脚本.svg": b"<svg/>",
        "网页.png": b"<html>",
        "照片.webp": b"RIFF0000WAVE",
        "空.pdf": b"",
    }

    for name, content in wrong.items():
        answer = clerk.post(address, {"files": [SimpleUploadedFile(name, content or b" ")]})
        assert answer.status_code == 422, name
        assert re.search("ATTACH_00[23]", answer.content.decode()), name
    assert clerk.post(address, {}).status_code == 422
    assert attachments_of(record) == []


def test_attachments_of_another_village_are_not_reached(web: Office, as_: Visit) -> None:
    record, away = tea(web), tea(web, SECOND)
    as_("县会计").post(
        f"/at/{SECOND}/records/{away}/files/", {"files": [SimpleUploadedFile("乙村.png", PHOTO)]}
    )
    digest = attachments_of(away)[0].digest
    clerk = as_("村会计")

    assert clerk.get(f"/at/{FIRST}/records/{record}/files/{digest}/").status_code == 404
    assert clerk.get(f"/at/{FIRST}/records/{away}/files/{digest}/").status_code == 404
    assert clerk.get(f"/at/{SECOND}/records/{away}/files/{digest}/").status_code == 403
    assert as_("镇会计").get(f"/at/{TOWN}/records/{away}/files/{digest}/").status_code == 200


def test_the_page_asks_the_database_no_more_for_a_longer_life(web: Office, as_: Visit) -> None:
    from django.db import connection
    from django.test.utils import CaptureQueriesContext

    record = tea(web)
    web.approve(record)
    clerk = as_("村会计")
    page_of(clerk, record)
    counts = []
    for turn in range(2):
        with CaptureQueriesContext(connection) as queries:
            page_of(clerk, record)
        counts.append(len(queries))
        for step in range(3):
            tea(web, area=str(turn * 10 + step + 3))
            web.approve(record)

    assert counts[0] == counts[1]
    assert counts[0] < 25
