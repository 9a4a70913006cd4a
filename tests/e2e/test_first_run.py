"""An empty database becomes an office in the browser, and its first administrator signs in and opens an account for a clerk."""

from __future__ import annotations

from pathlib import Path

import pytest
from playwright.sync_api import Browser, expect

from tests.e2e.conftest import PASSWORD
from tests.support.browser import SIZES, served, window
from tests.support.office import ENGINES, database


@pytest.mark.parametrize("size", SIZES)
@pytest.mark.parametrize("engine", ENGINES)
def test_an_empty_database_becomes_an_office(
    engine: str, size: str, tmp_path: Path, browser: Browser
) -> None:
    from django.db import connections

    with database(engine, tmp_path):
        described = connections["default"].settings_dict
        url = (
            f"sqlite:///{described['NAME']}"
            if engine == "sqlite"
            else f"postgresql://{described['USER']}:{described['PASSWORD']}@{described['HOST']}:{described['PORT']}/{described['NAME']}"
        )
        with (
            served(url, tmp_path) as address,
            window(browser, address, size=SIZES[size]) as seen,
        ):
            page = seen.open("/")
            assert "/setup/" in page.url
            typed = page.locator("details", has_text="手工填写")
            if typed.get_attribute("open") is None:
                typed.locator("summary").click()
            page.get_by_label("本单位名称").fill("新设镇")
            page.locator("select[name=level]").select_option("township")
            page.get_by_label("12 位区划代码").fill("990103100000")
            page.get_by_label("下级单位").fill("东村 990103100201\n西村")
            page.get_by_role("button", name="下一步：核对").click()
            expect(page.get_by_role("row")).to_have_count(4)
            expect(page.locator("main")).to_contain_text("西村")
            page.get_by_role("button", name="对，下一步").click()
            page.get_by_label("帐号名").fill("管理员")
            page.locator("#new").fill("123456")
            page.locator("#again").fill("123456")
            page.get_by_role("button", name="建账").click()
            expect(page.locator("#new-error")).to_be_visible()
            page.locator("#new").fill(PASSWORD)
            page.locator("#again").fill(PASSWORD)
            page.get_by_role("button", name="建账").click()
            expect(page.get_by_role("heading", name="建好了")).to_be_visible()
            page.get_by_role("link", name="去登录").click()
            page.locator("main [name=login]").fill("管理员")
            page.locator("main [name=password]").fill(PASSWORD)
            page.locator("main [name=password]").press("Enter")
            page.wait_for_url("**/workbench/")
            assert page.goto(f"{address}/setup/").status == 404  # type: ignore[union-attr]
            seen.open("/at/990103100000/administration/")
            expect(page.locator("h1")).to_be_visible()

        from shuzhi.apps.organisations.models import Organisation

        assert sorted(Organisation.objects.values_list("name", flat=True)) == [
            "东村",
            "新设镇",
            "西村",
        ]
