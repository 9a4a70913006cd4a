"""The pages of reports without scripts: made, read, changed by two people, brought back, signed, downloaded."""

from __future__ import annotations

import io
import re
from collections.abc import Iterator
from pathlib import Path

import docx
import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import connection
from django.test.utils import CaptureQueriesContext
from lxml import html

from shuzhi.apps.reports import signing
from shuzhi.apps.reports.models import Report
from tests.support.office import ENGINES, FAR_FIRST, FIRST, Office
from tests.support.reporting import (
    W,
    block_with,
    edited_word,
    latest,
    new_report,
    reporting_office,
)
from tests.web.conftest import Visit

HERE = f"/at/{FIRST}/reports/"


@pytest.fixture(params=ENGINES)
def desk(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Office]:
    """The office with one village report template and a little data, on each engine."""
    with reporting_office(request.param, tmp_path) as made:
        yield made


@pytest.fixture
def desk_sqlite(tmp_path: Path) -> Iterator[Office]:
    """The same on SQLite alone."""
    with reporting_office("sqlite", tmp_path) as made:
        yield made


def _text(answer: object) -> str:
    return re.sub(r"\s+", "", html.fromstring(answer.content).text_content())  # type: ignore[attr-defined]


def test_a_clerk_sees_what_is_missing_makes_the_report_and_finds_it_in_the_list(
    desk: Office, as_: Visit
) -> None:
    client = as_("村会计")

    before = client.get(f"{HERE}new/?genre=village_debrief&year=2023")
    made = client.post(f"{HERE}new/", {"genre": "village_debrief", "year": "2023"})
    listed = client.get(HERE)

    assert "按现在的账能写出4个数" in _text(before)
    assert made.status_code == 302
    assert "甲村2023年工作述职报告" in _text(listed)
    assert "待镇领导签发" in _text(listed)


def test_what_is_missing_leads_to_the_ledger_that_records_it(desk: Office, as_: Visit) -> None:
    from tests.support.office import SECOND

    answer = as_("镇会计").get(f"/at/{SECOND}/reports/new/?genre=village_debrief&year=2023")

    assert f'href="/at/{SECOND}/ledgers/orchard/new/"' in answer.content.decode()
    assert "还缺" in _text(answer)


def test_a_year_without_a_book_is_said_in_place(desk_sqlite: Office, as_: Visit) -> None:
    answer = as_("村会计").post(f"{HERE}new/", {"genre": "village_debrief", "year": "2019"})

    assert answer.status_code == 422
    assert "REPORT_042" in answer.content.decode()


def test_every_figure_on_the_sheet_leads_to_its_trace(desk: Office, as_: Visit) -> None:
    number = new_report(desk)

    page = html.fromstring(as_("检查员").get(f"{HERE}{number}/").content)

    links = page.xpath("//a[contains(@class, 'figure')]")
    as_of = latest(number).as_of
    assert [one.text for one in links] == ["32.5亩", "12亩", "1次", "300元"]
    assert links[0].get("href") == f"/at/{FIRST}/figures/orchard_area/2023/trace/?as_of={as_of}"
    assert links[0].get("data-rows") == "2"


def test_a_paragraph_is_changed_in_a_plain_form(desk: Office, as_: Visit) -> None:
    number = new_report(desk)
    block = block_with(number, "果园")
    client = as_("村会计")

    form = client.get(f"{HERE}{number}/edit/?block={block.id}").content.decode()
    done = client.post(
        f"{HERE}{number}/edit/",
        {"version": "1", "block": block.id, "text": "果园有[1:x]，新栽350亩。"},
        follow=True,
    )

    assert "[1:果园面积 32.5亩]" in form
    assert "果园有32.5亩，新栽350亩。" in _text(done)
    assert "350亩是手工输入的数，账上没有来源" in _text(done)
    assert 'class="typed"' in done.content.decode()


def test_what_was_typed_stays_when_it_cannot_be_saved(desk_sqlite: Office, as_: Visit) -> None:
    number = new_report(desk_sqlite)
    block = block_with(number, "果园")

    answer = as_("村会计").post(
        f"{HERE}{number}/edit/",
        {"version": "1", "block": block.id, "text": "果园[88:错]很好"},
    )

    assert answer.status_code == 422
    assert "REPORT_053" in answer.content.decode()
    assert "果园[88:错]很好" in answer.content.decode()


def test_two_people_on_one_paragraph_are_shown_both_texts(desk: Office, as_: Visit) -> None:
    number = new_report(desk)
    block = block_with(number, "果园")
    given = {"version": "1", "block": block.id}
    as_("镇会计").post(f"{HERE}{number}/edit/", {**given, "text": "先存的一稿。"})

    late = as_("村会计").post(f"{HERE}{number}/edit/", {**given, "text": "后存的一稿。"})
    page = html.fromstring(late.content)

    assert late.status_code == 409
    assert "先存的一稿" in _text(late)
    assert page.xpath("//textarea[@name='text']")[0].text.strip() == "后存的一稿。"
    assert page.xpath("//input[@name='version']/@value") == ["2"]
    assert "先存的一稿" in latest(number).shown(latest(number).block(block.id))


def test_deleting_can_be_undone_from_the_page(desk: Office, as_: Visit) -> None:
    number = new_report(desk)
    block = block_with(number, "件件有着落")
    client = as_("村会计")
    client.post(f"{HERE}{number}/edit/", {"version": "1", "block": block.id, "action": "delete"})
    page = client.get(f"{HERE}{number}/")
    assert "件件有着落" not in _text(page)

    client.post(f"{HERE}{number}/restore/", {"version": "2", "restore": "1"})

    assert "件件有着落" in _text(client.get(f"{HERE}{number}/"))
    versions = client.get(f"{HERE}{number}/versions/?a=2&b=3")
    assert "件件有着落" in "".join(html.fromstring(versions.content).xpath("//ins/text()"))


def test_a_reviewer_confirms_a_section_and_a_change_ends_it(desk: Office, as_: Visit) -> None:
    number = new_report(desk)
    section = block_with(number, "走访群众").id
    as_("镇办").post(
        f"{HERE}{number}/confirm/", {"version": "1", "section": section, "note": "已核"}
    )
    assert "镇办" in _text(as_("村会计").get(f"{HERE}{number}/"))

    block = block_with(number, "全年走访")
    as_("村会计").post(
        f"{HERE}{number}/edit/", {"version": "1", "block": block.id, "text": "走访不断线。"}
    )

    assert "之后有改动" in _text(as_("镇办").get(f"{HERE}{number}/"))


def test_a_leader_signs_and_the_downloads_stay_the_same_when_the_books_change(
    desk: Office, as_: Visit
) -> None:
    number = new_report(desk)
    client = as_("镇领导")

    shown = client.get(f"{HERE}{number}/sign/")
    client.post(f"{HERE}{number}/sign/", {"version": "1"})
    first = b"".join(client.get(f"{HERE}{number}/2/docx").streaming_content)  # type: ignore[attr-defined]
    desk.record("orchard", FIRST, plot="009", date="2023-04-01", bearing="9", young="0", variety="苹果")  # fmt: skip
    again = b"".join(client.get(f"{HERE}{number}/2/docx").streaming_content)  # type: ignore[attr-defined]

    assert "4个数" in _text(shown)
    assert Report.objects.get().state == "signed"
    assert first == again
    text = "".join(
        t.text or "" for t in docx.Document(io.BytesIO(again)).element.body.iter(f"{W}t")
    )
    assert "全村现有果园32.5亩" in text
    assert "已封存" in _text(client.get(f"{HERE}{number}/"))
    assert 'class="pen"' not in client.get(f"{HERE}{number}/").content.decode()


def test_signing_with_something_missing_asks_for_the_reason_in_place(
    desk: Office, as_: Visit
) -> None:
    from shuzhi.apps.reports.actions import make_report
    from tests.support.office import SECOND

    number = make_report(desk.actor("县会计"), "village_debrief", SECOND, 2023).number
    address = f"/at/{SECOND}/reports/{number}/sign/"
    client = as_("镇领导")

    refused = client.post(address, {"version": "1", "reason": ""})
    signed = client.post(address, {"version": "1", "reason": "年底急报"})

    assert refused.status_code == 422
    assert "REPORT_067" in refused.content.decode()
    assert signed.status_code == 302


def test_an_edited_word_file_is_taken_over_paragraph_by_paragraph(desk: Office, as_: Visit) -> None:
    number = new_report(desk)
    content = signing.get_file(desk.actor("村会计"), number, 1, "docx").content
    edited = edited_word(
        content, {"群众看得见变化": "群众都说好", "32.5亩": "325亩", "较好完成": "圆满完成"}
    )
    client = as_("村会计")

    shown = client.post(
        f"{HERE}{number}/bring-back/", {"file": SimpleUploadedFile("改.docx", edited)}
    )
    page = html.fromstring(shown.content)
    posted = {
        one.get("name"): one.get("value")
        for one in page.xpath("//form[contains(@action, 'accept')]//input[@type='hidden']")
    }
    taken = client.post(f"{HERE}{number}/bring-back/accept/", {**posted, "take": ["1"]})

    assert "账上32.5亩，文件里被改成325亩" in _text(shown)
    assert taken.status_code == 302
    text = "\n".join(latest(number).shown(one) for one in latest(number).blocks)
    assert "全村现有果园32.5亩" in text
    assert "群众都说好" in text
    assert "较好完成" in text


def test_a_file_that_is_no_report_is_refused_in_place(desk_sqlite: Office, as_: Visit) -> None:
    number = new_report(desk_sqlite)

    for file in (SimpleUploadedFile("a.docx", b"PK\x03\x04broken"), None):
        given = {"file": file} if file else {}
        answer = as_("村会计").post(f"{HERE}{number}/bring-back/", given)
        assert answer.status_code == 422


def test_nothing_of_another_unit_is_told(desk: Office, as_: Visit) -> None:
    number = new_report(desk)
    stranger, local = as_("外镇会计"), as_("村会计")

    for rest in ("", "findings/", "edit/?block=b1", "versions/", "1/docx", "1/pdf", "refresh/"):
        assert stranger.get(f"{HERE}{number}/{rest}").status_code == 403, rest
        assert stranger.get(f"/at/{FAR_FIRST}/reports/{number}/{rest}").status_code == 404, rest
        assert local.get(f"/at/{FAR_FIRST}/reports/{number}/{rest}").status_code == 403, rest
    assert stranger.post(f"/at/{FAR_FIRST}/reports/{number}/edit/", {}).status_code == 404


def test_findings_stand_beside_the_text(desk: Office, as_: Visit) -> None:
    number = new_report(desk)
    block = block_with(number, "果园")
    client = as_("村会计")
    client.post(
        f"{HERE}{number}/edit/", {"version": "1", "block": block.id, "text": "现有果园XX亩。"}
    )

    part = client.get(f"{HERE}{number}/findings/", headers={"HX-Request": "true"})
    whole = client.get(f"{HERE}{number}/findings/")

    assert f'href="#{block.id}"' in part.content.decode()
    assert "<html" not in part.content.decode()
    assert f"{number}/#{block.id}" in whole.content.decode()


def test_the_list_asks_no_more_questions_for_more_reports(desk_sqlite: Office, as_: Visit) -> None:
    client = as_("村会计")
    counts = []
    for wanted in (1, 8):
        while Report.objects.count() < wanted:
            new_report(desk_sqlite)
        client.get(HERE)
        with CaptureQueriesContext(
            connection,
        ) as asked:
            client.get(HERE)
        counts.append(len(asked))

    assert counts[0] == counts[1]


@pytest.mark.parametrize(
    "rest", ["", "new/?genre=village_debrief&year=2023", "{n}/", "{n}/edit/?block=b3", "{n}/edit/?after=b3", "{n}/versions/", "{n}/refresh/", "{n}/sign/", "{n}/bring-back/", "{n}/findings/"],
)  # fmt: skip
def test_every_page_speaks_english(desk_sqlite: Office, as_: Visit, rest: str) -> None:
    number = new_report(desk_sqlite)

    answer = as_("分管领导", "en").get(HERE + rest.replace("{n}", number))

    page = html.fromstring(answer.content)
    assert answer.status_code == 200
    assert page.get("lang") == "en"
    assert "style=" not in answer.content.decode()


def test_files_of_a_large_report_are_made_in_the_background_and_then_there_at_once(
    desk: Office, as_: Visit, monkeypatch: pytest.MonkeyPatch
) -> None:
    from shuzhi.apps.jobs import worker

    monkeypatch.setattr(signing, "MANY_ROWS", 1)
    number = new_report(desk)
    clerk, leader = as_("村会计"), as_("镇领导")

    asked = clerk.get(f"{HERE}{number}/1/docx")
    assert asked.status_code == 302
    assert worker.run_waiting() == 1
    assert clerk.get(f"{HERE}{number}/1/docx").status_code == 200

    asked = leader.post(f"{HERE}{number}/sign/", {"version": "1"})
    assert asked.status_code == 302
    assert Report.objects.get().state == "draft"
    assert worker.run_waiting() == 1
    assert Report.objects.get().state == "signed"
    assert clerk.get(f"{HERE}{number}/2/pdf").status_code == 200


def test_a_part_of_a_figure_has_its_source_on_a_page_of_the_report(
    desk: Office, as_: Visit
) -> None:
    number = new_report(desk)

    answer = as_("检查员").get(f"{HERE}{number}/sources/2/")

    assert "花椒面积" in _text(answer)
    assert "12亩" in _text(answer)
    assert as_("检查员").get(f"{HERE}{number}/sources/99/").status_code == 404
