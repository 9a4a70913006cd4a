"""The clerk's and the reviewer's way: fifty rows pasted, three cells mended, two rows returned, mended and approved in the end."""

from __future__ import annotations

import re

from playwright.sync_api import Locator, expect

from shuzhi.apps.ledgers.models import Record
from tests.e2e.conftest import Town
from tests.support.browser import Watched
from tests.support.office import FIRST, TOWN

GRID = f"/at/{FIRST}/ledgers/tea/grid/"
#: what stands wrong in the pasted block: row (from 0) → (column, wrong, right)
WRONG = {
    6: ("area", "约3亩", "3"),
    21: ("date", "2023-02-30", "2023-02-28"),
    40: ("kind", "白毫", "绿茶"),
}
COLUMNS = ("date", "plot", "owner", "phone", "area", "kind", "remark")


def block(rows: int = 50) -> str:
    """Rows as Excel puts them on the clipboard."""
    lines = []
    for number in range(rows):
        row = {
            "date": f"2023-{1 + number % 12:02d}-15", "plot": f"T{number:03d}", "owner": "", "phone": "",
            "area": f"{1 + number % 7}.5", "kind": "红茶" if number % 2 else "绿茶", "remark": "",
        }  # fmt: skip
        if number in WRONG:
            column, wrong, _ = WRONG[number]
            row[column] = wrong
        lines.append("\t".join(row[c] for c in COLUMNS))
    return "\r\n".join(lines) + "\r\n"


def paste(seen: Watched, text: str) -> None:
    """Put text on the clipboard and paste it with the keyboard into what has the focus."""
    seen.context.grant_permissions(["clipboard-read", "clipboard-write"])
    seen.page.evaluate("text => navigator.clipboard.writeText(text)", text)
    seen.page.keyboard.press("Control+v")


def cell(seen: Watched, row: int, column: str) -> Locator:
    """The grid's cell in a row (from 0) and column."""
    rows = seen.page.locator("table.grid tbody tr")
    return rows.nth(row).locator("td").nth(COLUMNS.index(column))


def states() -> dict[str, int]:
    """How many records of the tea ledger are in which state."""
    found: dict[str, int] = {}
    for state in Record.objects.filter(ledger="tea").values_list("state", flat=True):
        found[state] = found.get(state, 0) + 1
    return found


def test_fifty_pasted_rows_are_mended_approved_returned_and_mended_again(town: Town) -> None:
    with town.as_("村会计") as seen:
        page = seen.open(GRID)
        cell(seen, 0, "date").click()
        paste(seen, block())
        expect(page.locator("td.wrong")).to_have_count(3)
        for row, (column, _, right) in WRONG.items():
            place = cell(seen, row, column)
            expect(place).to_have_class(re.compile(r"\bwrong\b"))
            place.click()
            page.keyboard.type(right)
            page.keyboard.press("Enter")
        expect(page.locator("td.wrong")).to_have_count(0)
        page.locator('[data-do="submit"]').click()
        page.wait_for_url(lambda url: "/grid/" not in url)
    assert states() == {"submitted": 50}

    with town.as_("镇办") as seen:
        page = seen.open(f"/at/{TOWN}/approval/")
        page.get_by_role("link", name="茶园台账").click()
        boxes = page.locator('input[name="r"]')
        expect(boxes).to_have_count(50)
        boxes.nth(3).check()
        boxes.nth(17).check()
        page.get_by_label("退回的理由").fill("面积与上年不符，请核实")
        page.get_by_role("button", name="退回选中的").click()
        expect(page.locator('input[name="r"]')).to_have_count(48)
        if town.is_phone:
            for box in page.locator('input[name="r"]').all():
                box.check()
        else:
            page.locator("#select-all").check()
        page.get_by_role("button", name="通过选中的").click()
        expect(page.get_by_role("heading", name="已通过 48 条")).to_be_visible()
    assert states() == {"approved": 48, "returned": 2}

    with town.as_("村会计") as seen:
        page = seen.open(f"/at/{FIRST}/workbench/")
        for _ in range(2):
            expect(page.get_by_text("面积与上年不符，请核实").first).to_be_visible()
            page.get_by_role("link", name="去改").first.click()
            area = page.get_by_label("茶园面积")
            area.fill("2")
            page.get_by_role("button", name="提交更正").click()
            page.wait_for_url(lambda url: "/edit/" not in url)
            page = seen.open(f"/at/{FIRST}/workbench/")
    assert states() == {"approved": 48, "submitted": 2}
