"""From the books to a signed report and back: a figure clicked down to its rows, a sentence edited, signed, downloaded, changed, found."""

from __future__ import annotations

import io
import re
from pathlib import Path

import docx
from docx.oxml.ns import qn
from playwright.sync_api import expect

from tests.e2e.conftest import Town
from tests.support.office import FIRST


def orchards(town: Town) -> None:
    """Households and their orchards of 2023."""
    office = town.office
    for number in ("001", "002", "003"):
        office.record(
            "household",
            FIRST,
            number=number,
            group="一组",
            head="赵某某",
            residence="常住",
            registered_on="2022-01-01",
        )
    for number, area in (("001", "12.5"), ("002", "30"), ("003", "7.5")):
        office.record(
            "orchard",
            FIRST,
            date="2023-02-01",
            plot=f"G{number}",
            household=number,
            variety="苹果",
            bearing_area=area,
            prime_area="5",
            young_area="10",
        )


def changed(source: Path, target: Path, old: str, new: str) -> Path:
    """A copy of the Word file in which somebody typed another number over a figure."""
    document = docx.Document(str(source))
    for text in document.element.body.iter(qn("w:t")):
        if text.text == old:
            text.text = new
            document.save(str(target))
            return target
    raise AssertionError(f"{old} does not stand in the report")


def test_a_report_is_made_followed_edited_signed_and_a_change_in_it_is_found(
    town: Town, tmp_path: Path
) -> None:
    orchards(town)

    with town.as_("村会计") as seen:
        page = seen.open(f"/at/{FIRST}/reports/new/?genre=village_committees&year=2023")
        page.locator(".report-make button").click()
        page.wait_for_url(re.compile(r"/reports/[0-9a-f-]{36}/"))
        address = page.url.removeprefix(town.address)
        figure = page.locator("article.sheet a.figure", has_text="80").first
        expect(figure).to_be_visible()
        page.goto(town.address + str(figure.get_attribute("href")))
        rows = page.locator("main table tbody tr")
        expect(page.locator("main")).to_contain_text("G002")
        assert rows.count() >= 3
        page.get_by_role("link", name="G002").first.click()
        expect(page.locator("main")).to_contain_text("G002")
        assert "/records/" in page.url

        page = seen.open(address)
        block = (
            page.locator("article.sheet .block", has=page.locator("a.figure"))
            .filter(has_text="果园")
            .first
        )
        page.goto(town.address + str(block.locator("a.pen").first.get_attribute("href")))
        page.evaluate("document.querySelector('[data-editor] textarea').value")
        editor = page.locator(".editor [contenteditable]").first
        if editor.count():
            editor.click()
            page.keyboard.press("Control+End")
            page.keyboard.type("群众反映良好。")
        else:
            field = page.locator(".editor textarea")
            field.fill(field.input_value() + "群众反映良好。")
        page.locator('.editor button[value="save"]').click()
        page.wait_for_url(lambda url: "/edit/" not in url)
        expect(page.locator("article.sheet")).to_contain_text("群众反映良好。")
        expect(page.locator("article.sheet a.figure", has_text="80").first).to_be_visible()

    with town.as_("镇领导") as seen:
        page = seen.open(address)
        page.get_by_role("link", name="签发").click()
        reason = page.locator("textarea[name=reason], input[name=reason]")
        if reason.count():
            reason.first.fill("其余台账本年未建，先行上报")
        page.locator("main form button.primary[name], main form button.primary").last.click()
        expect(page.locator(".notice.ok")).to_contain_text("封存")
        with page.expect_download() as download:
            page.get_by_text("下载", exact=True).click()
            page.get_by_role("link", name="Word（.docx）").click()
        signed = tmp_path / "签发.docx"
        download.value.save_as(signed)
    assert "群众反映良好" in "".join(
        p.text for p in docx.Document(io.BytesIO(signed.read_bytes())).paragraphs
    )

    forged = changed(signed, tmp_path / "改动.docx", "80亩", "88亩")
    with town.as_("检查员") as seen:
        page = seen.open(f"/at/{FIRST}/checking/")
        page.locator("input[name=drafts]").set_input_files([signed])
        page.get_by_role("button", name="开始核对").click()
        page.wait_for_url(re.compile(r"/checking/[0-9a-f-]{36}/"))
        before = page.locator("li.finding.s-wrong").count()
        page = seen.open(f"/at/{FIRST}/checking/")
        page.locator("input[name=drafts]").set_input_files([forged])
        page.get_by_role("button", name="开始核对").click()
        page.wait_for_url(re.compile(r"/checking/[0-9a-f-]{36}/"))
        wrong = page.locator("li.finding.s-wrong")
        assert before == 0
        expect(wrong).to_have_count(1)
        expect(wrong).to_contain_text("88亩")
        expect(wrong.locator(".behind")).to_contain_text("80亩")
