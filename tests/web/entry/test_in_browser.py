"""The entry table and the form in a real browser: pasting, keys, marks while typing, drafts, a session that ends."""

from __future__ import annotations

import json
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import Browser, Page, expect

from shuzhi.apps.entry.models import EntryDraft
from shuzhi.apps.ledgers.models import Record
from tests.support.browser import DESKTOP, PHONE, Watched, served, session_cookie, window
from tests.support.office import FIRST, Office

GRID = f"/at/{FIRST}/ledgers/tea/grid/"
HEADER = "地块号\t登记日期\t茶园面积（公顷）\t茶叶品种\t备注\t无关"


@pytest.fixture
def site(web_sqlite: Office, own_folder: Path) -> Iterator[str]:
    from shuzhi.apps.people.models import Account

    account = Account.objects.get(name="村会计")
    account.set_password("稻谷入仓2023")
    account.save()
    with served(web_sqlite.url, web_sqlite.folder, SHUZHI_CATALOGUE=str(own_folder)) as address:
        yield address


@pytest.fixture
def clerk(site: str, browser: Browser) -> Iterator[Watched]:
    with window(browser, site, cookie=session_cookie("村会计"), size=DESKTOP) as opened:
        yield opened


def paste(page: Page, text: str) -> None:
    """As the browser delivers a paste into the active cell."""
    page.evaluate(
        """(text) => {
            const carried = new DataTransfer();
            carried.setData("text/plain", text);
            document.activeElement.dispatchEvent(new ClipboardEvent("paste", { clipboardData: carried, bubbles: true, cancelable: true }));
        }""",
        text,
    )


def cells(page: Page, column: int) -> list[str]:
    """What stands in a column, top to bottom, without the blank ones."""
    found: list[str] = page.evaluate(
        """(column) => [...document.querySelectorAll("table.grid tbody tr")].map((tr) => {
            const td = tr.children[column + 1];
            return td.firstElementChild ? td.firstElementChild.value : td.textContent;
        }).filter(Boolean)""",
        column,
    )
    return found


def test_fifty_rows_are_pasted_three_cells_mended_and_submitted(clerk: Watched) -> None:
    page = clerk.open(GRID)
    lines = [f"T{n:03d}\t2023-03-01\t2.5\t绿茶\t" for n in range(1, 51)]
    lines[4], lines[19], lines[49] = (
        "T005\t2023-02-30\t2.5\t绿茶\t", "T020\t2023-03-01\t约三亩\t绿茶\t", "T050\t2023-03-01\t2.5\t白茶\t",
    )  # fmt: skip
    paste(page, "\r\n".join(["地块号\t登记日期\t茶园面积\t茶叶品种\t备注", *lines, ""]))

    expect(page.locator("td.wrong")).to_have_count(3)
    expect(page.locator("[data-problem-list] li")).to_have_count(3)
    page.keyboard.press("Control+Enter")
    expect(page.locator("[data-refused]")).to_contain_text("3 行共有 3 处")
    assert Record.objects.count() == 0
    for text in ("2023-03-05", "3", "绿茶"):
        page.keyboard.type(text)
        page.keyboard.press("Enter")
        page.keyboard.press("F8")
    expect(page.locator("td.wrong")).to_have_count(0)
    assert page.locator('[data-total="area"]').inner_text() == "125.5"
    page.keyboard.press("Control+Enter")
    page.wait_for_url(f"**/at/{FIRST}/ledgers/tea/")
    assert Record.objects.count() == 50
    assert not EntryDraft.objects.exists()


def test_only_the_valid_rows_are_submitted_on_demand(clerk: Watched) -> None:
    page = clerk.open(GRID)
    paste(page, "2023-03-01\tT001\t\t\t1\n2023-03-01\tT002\t\t\tx\n2023-03-01\tT003\t\t\t3")
    page.keyboard.press("Control+Enter")
    page.get_by_role("button", name="只提交没有问题的 2 行").click()

    expect(page.locator(".toast").last).to_contain_text("已提交 2 行")
    assert cells(page, 1) == ["T002"]
    assert Record.objects.count() == 2


def test_a_header_decides_the_columns_and_names_the_unit(clerk: Watched) -> None:
    page = clerk.open(GRID)
    paste(page, f'{HEADER}\n T001 \t2023年3月1日\t0.2\t绿茶\t"两行\n备注"\t丢弃')

    expect(page.locator(".toast").last).to_contain_text("没有用到的列：无关")
    assert cells(page, 4) == ["0.2公顷"]
    assert cells(page, 6) == ["两行\n备注"]
    expect(page.locator("[data-state]")).to_contain_text("没有问题")
    page.keyboard.press("Control+Enter")
    page.wait_for_url("**/ledgers/tea/")
    record = json.loads(Record.objects.get().content)
    assert (record["area"], record["date"], record["remark"]) == ("3", "2023-03-01", "两行\n备注")


def test_the_keys_are_those_of_a_spreadsheet(clerk: Watched) -> None:
    page = clerk.open(GRID)
    keys = page.keyboard
    keys.press("ArrowRight")
    keys.type("T001")
    keys.press("Enter")
    keys.type("T002")
    keys.press("ArrowUp")
    keys.press("F2")
    keys.type("9")
    keys.press("Enter")
    assert cells(page, 1) == ["T0019", "T002"]
    assert len(cells(page, 0)) == 2  # the date is filled in with the row
    keys.press("Control+z")
    assert cells(page, 1) == ["T001", "T002"]
    keys.press("Control+y")
    assert cells(page, 1) == ["T0019", "T002"]
    keys.press("Delete")
    keys.press("ArrowDown")
    keys.press("Shift+ArrowUp")
    keys.press("Control+d")
    keys.press("Escape")
    assert page.evaluate("document.activeElement.dataset.do") == "submit"
    page.locator("table.grid tbody tr").nth(0).locator("td").nth(5).click()
    keys.type("绿茶")
    keys.press("Enter")
    keys.press("Control+d")
    assert cells(page, 5) == ["绿茶", "绿茶"]
    keys.press("Escape")


def test_enter_after_tabs_goes_back_to_where_the_tabs_began(clerk: Watched) -> None:
    page = clerk.open(GRID)
    keys = page.keyboard
    keys.press("ArrowRight")
    for text in ("T001", "", ""):
        keys.type(text)
        keys.press("Tab")
    keys.press("Enter")
    keys.type("T002")
    keys.press("Enter")
    assert cells(page, 1) == ["T001", "T002"]


def test_what_is_copied_can_be_pasted_again(clerk: Watched) -> None:
    page = clerk.open(GRID)
    paste(page, 'a\t"b\nc"\n"d ""e"""\tf')
    copied = page.evaluate(
        """() => {
            const carried = new DataTransfer();
            document.activeElement.dispatchEvent(new KeyboardEvent("keydown", { key: "ArrowRight", shiftKey: true, bubbles: true }));
            document.activeElement.dispatchEvent(new KeyboardEvent("keydown", { key: "ArrowDown", shiftKey: true, bubbles: true }));
            document.activeElement.dispatchEvent(new ClipboardEvent("copy", { clipboardData: carried, bubbles: true, cancelable: true }));
            return carried.getData("text/plain");
        }"""
    )
    assert copied == 'a\t"b\nc"\n"d ""e"""\tf'


def test_a_thousand_rows_are_pasted_without_a_stutter(clerk: Watched) -> None:
    page = clerk.open(GRID)
    lines = [f"2023-03-01\tT{n:04d}\t\t\t{n}\t绿茶\t" for n in range(1, 1001)]
    started = time.monotonic()
    took = page.evaluate(
        """async (text) => {
            const carried = new DataTransfer();
            carried.setData("text/plain", text);
            const started = performance.now();
            document.activeElement.dispatchEvent(new ClipboardEvent("paste", { clipboardData: carried, bubbles: true, cancelable: true }));
            await new Promise((done) => requestAnimationFrame(() => setTimeout(done)));
            return performance.now() - started;
        }""",
        "\n".join(lines),
    )
    keyed = page.evaluate(
        """async () => {
            const started = performance.now();
            for (let n = 0; n < 20; n += 1) {
                document.activeElement.dispatchEvent(new KeyboardEvent("keydown", { key: "ArrowDown", bubbles: true }));
                await new Promise((done) => requestAnimationFrame(() => setTimeout(done)));
            }
            return (performance.now() - started) / 20;
        }"""
    )
    expect(page.locator("[data-state]")).to_contain_text("已填 1000 行，没有问题", timeout=30_000)
    checked = time.monotonic() - started
    print(f"paste {took:.0f} ms, a key {keyed:.0f} ms, checked after {checked:.1f} s")
    assert took < 2500
    assert keyed < 120
    paste(page, "\n".join(lines))
    assert page.locator("[data-too-many]").is_visible()
    clerk.page.evaluate("window.onbeforeunload = null")


def test_more_than_a_thousand_rows_are_taken_along_to_the_import(clerk: Watched) -> None:
    page = clerk.open(GRID)
    page.keyboard.press("Tab")
    paste(page, "\n".join(f'T{n:04d}\t\t\t{n}\t绿茶\t"a ""{n}""\nb"' for n in range(1, 1102)))
    page.get_by_role("button", name="带着这些行去导入").click()

    page.wait_for_url("**/import/*/")
    main = page.locator("main")
    expect(main).to_contain_text("1101")
    expect(main).to_contain_text("T0001")


def test_blocks_headers_and_sums_are_read_exactly(clerk: Watched) -> None:
    page = clerk.open(f"/at/{FIRST}/ledgers/tea/new/")
    found = page.evaluate(
        """async () => {
            const grid = await import("/static/shuzhi/grid.js");
            const columns = [
                { title_zh: "面积", title_en: "Area", title: "面积", key: "area", synonyms: ["亩数"] },
                { title_zh: "户号", title_en: "", title: "户号", key: "household", synonyms: [] },
            ];
            const header = (...cells) => grid.matchHeader(cells, columns);
            return {
                blocks: [
                    'a\\tb\\r\\n"x\\ny"\\t"q""r"\\n', '"raw" t\\t5"', "a\\t\\n\\t\\n", "", "\\tb",
                ].map(grid.parseBlock),
                sums: [["1,234.50", "-0.5", "x", ""], ["0.1", "0.2"], ["-1", "0.25"], ["１２"], [], ["9007199254740993", "1"]].map(
                    (texts) => grid.sumOf(texts).text
                ),
                headers: [header("户 号*", "面积（公顷）", "别的"), header("亩数/亩"), header("1", "2.5"), header("户号", "x", "y"), header("AREA", "household")],
            };
        }"""
    )
    assert found["blocks"] == [
        [["a", "b"], ["x\ny", 'q"r']],
        [['"raw" t', '5"']],
        [["a", ""]],
        [],
        [["", "b"]],
    ]
    assert found["sums"] == ["1,234", "0.3", "-0.75", "12", "", "9,007,199,254,740,994"]
    assert found["headers"] == [
        [{"column": 1, "unit": ""}, {"column": 0, "unit": "公顷"}, None],
        [{"column": 0, "unit": "亩"}],
        None,
        None,
        [{"column": 0, "unit": ""}, {"column": 1, "unit": ""}],
    ]


def test_the_draft_outlives_the_window(clerk: Watched, site: str, browser: Browser) -> None:
    page = clerk.open(GRID)
    paste(page, "2023-03-01\tT001\t\t\t1\n2023-03-01\tT002\t\t\t不详")
    expect(page.locator("[data-draft-state]")).to_contain_text("草稿已保存", timeout=10_000)
    page.keyboard.type("T1")
    page.close(run_before_unload=True)

    with window(browser, site, cookie=session_cookie("村会计"), size=PHONE) as phone:
        again = phone.open(GRID)
        again.get_by_role("link", name="接着填").click()
        expect(again.locator("td.wrong")).to_have_count(1)
        assert "不详" in cells(again, 4)


def test_a_session_that_ends_loses_nothing(clerk: Watched, web_sqlite: Office) -> None:
    from django.contrib.sessions.models import Session

    page = clerk.open(GRID)
    paste(page, "2023-03-01\tT001\t\t\t1\n2023-03-01\tT002\t\t\t2")
    expect(page.locator("[data-state]")).to_contain_text("没有问题")
    Session.objects.all().delete()
    page.keyboard.press("Control+Enter")
    dialog = page.locator("#sign-in-again")
    expect(dialog).to_be_visible()
    dialog.locator("[name=login]").fill("村会计")
    dialog.locator("[name=password]").fill("稻谷入仓2023")
    dialog.locator("[data-sign-in-go]").click()

    page.wait_for_url(f"**/at/{FIRST}/ledgers/tea/")
    assert Record.objects.count() == 2


def test_the_form_checks_while_it_is_filled_in(clerk: Watched) -> None:
    page = clerk.open(f"/at/{FIRST}/ledgers/tea/new/")
    page.get_by_label("地块号").fill("T001")
    page.get_by_label("茶园面积").fill("两亩")
    page.get_by_label("联系电话").focus()

    expect(page.locator("#m-area")).to_contain_text("应为确切的数")
    assert page.locator("#m-date").inner_text() == ""
    page.get_by_label("茶园面积").fill("300")
    expect(page.locator("#m-area")).to_contain_text("请核实")
    expect(page.locator("[data-draft-state]")).to_have_text("草稿已保存", timeout=8_000)
    page.get_by_role("button", name="提交", exact=True).click()
    page.wait_for_url("**/records/*/")
    assert not EntryDraft.objects.exists()


def test_the_pages_are_accessible_in_both_sizes(
    site: str, browser: Browser, web_sqlite: Office
) -> None:
    record = web_sqlite.submit("tea", FIRST, by="村会计", date="2023-03-01", plot="T001", owner="张小三")  # fmt: skip
    axe = (Path(__file__).parents[3] / "node_modules/axe-core/axe.min.js").read_text("utf-8")
    cookie = session_cookie("村会计")
    for size in (DESKTOP, PHONE):
        with window(browser, site, cookie=cookie, size=size, bypass_csp=True) as opened:
            for part in ("ledgers/tea/grid/", "ledgers/tea/new/", f"records/{record}/", f"records/{record}/edit/"):  # fmt: skip
                page = opened.open(f"/at/{FIRST}/{part}")
                if part.endswith("grid/"):
                    page.locator(".cell-editor").focus()
                    paste(page, "2023-03-01\tT001\t\t\tx")
                    expect(page.locator("td.wrong")).to_have_count(1)
                    page.evaluate("document.querySelector('form[data-grid]').dataset.left = 1")
                page.add_script_tag(content=axe)
                found: list[dict[str, Any]] = page.evaluate(
                    "async () => (await axe.run()).violations"
                )
                bad = [(v["id"], v["nodes"][0]["target"]) for v in found if v["impact"] in ("serious", "critical")]  # fmt: skip
                assert bad == [], (part, size)
                wide = page.evaluate("document.documentElement.scrollWidth - innerWidth")
                assert wide <= 0, (part, size)
                page.on("dialog", lambda dialog: dialog.accept())
