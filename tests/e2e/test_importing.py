"""A workbook of 5,000 rows with 20 errors: all twenty told with their cells, nothing written; mended, written in the background, undone."""

from __future__ import annotations

import io
from pathlib import Path

import openpyxl
import xlsxwriter
from playwright.sync_api import expect

from shuzhi.apps.jobs.worker import run_one
from shuzhi.apps.ledgers.models import Record
from tests.e2e.conftest import Town
from tests.support.office import FIRST

ROWS = 5000
WRONG = range(100, 2100, 100)  #: twenty rows whose area is no number


def workbook(path: Path, *, wrong: bool) -> Path:
    """The tea ledger as a village keeps it in Excel."""
    book = xlsxwriter.Workbook(str(path))
    sheet = book.add_worksheet("茶园台账")
    sheet.write_row(0, 0, ["登记日期", "地块号", "茶园面积（亩）", "茶叶品种"])
    for number in range(ROWS):
        area = "约三亩" if wrong and number in WRONG else 1 + number % 9
        sheet.write_row(1 + number, 0, ["2023-03-01", f"T{number:05d}", area, "绿茶"])
    book.close()
    return path


def test_twenty_errors_among_five_thousand_rows_are_told_mended_and_imported(
    town: Town, tmp_path: Path
) -> None:
    bad = workbook(tmp_path / "茶园.xlsx", wrong=True)
    good = workbook(tmp_path / "茶园-改.xlsx", wrong=False)

    with town.as_("村会计") as seen:
        page = seen.open(f"/at/{FIRST}/import/")
        page.locator("#files").set_input_files(bad)
        expect(page.get_by_text("每一列认作什么")).to_be_visible()
        page.get_by_role("button", name="下一步").click()
        expect(page.get_by_role("heading", name="有 20 处须改正")).to_be_visible(timeout=30_000)
        cells = page.locator("#problems tbody th code").all_inner_texts()
        assert cells == [f"C{number + 2}" for number in WRONG]
        with page.expect_download() as marked:
            page.get_by_role("link", name="下载标出问题的副本").first.click()
        copy = openpyxl.load_workbook(io.BytesIO(marked.value.path().read_bytes()))
        assert "约三亩" in str(copy["茶园台账"]["C102"].value)
        assert copy["茶园台账"]["C102"].comment is not None
        assert Record.objects.filter(ledger="tea").count() == 0

        page.locator("#again").set_input_files(good)
        page.locator("form[data-uploads] button").click()
        button = page.get_by_role("button", name="导入：新增 5,000")
        expect(button).to_be_visible(timeout=30_000)
        button.click()
        page.wait_for_url("**/jobs/**")
        run_one()  # the worker beside the server
        expect(page.get_by_text("5,000").first).to_be_visible(timeout=30_000)
        page.reload()
        expect(page.get_by_text("5,000").first).to_be_visible()
    assert Record.objects.filter(ledger="tea", state="submitted").count() == ROWS
