"""Every page in a real browser, at both sizes and in both languages: nothing in the console, nothing for axe, nothing too wide, nothing heavy."""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import Browser

from shuzhi.web.urls import all_pages
from tests.cli.conftest import own_catalogue
from tests.e2e.conftest import Town
from tests.support.browser import DESKTOP, SIZES, served
from tests.support.office import FIRST, PERSONAS
from tests.support.office import office as open_office
from tests.web.rights import ANYONE, SIGNED_IN
from tests.web.test_rights import EXPECTED, sample_of

AXE = Path(__file__).parents[2] / "node_modules" / "axe-core" / "axe.min.js"
#: the set-up of an office is nobody's once it is done; tests/e2e/test_first_run.py goes through it
PAGES = {
    p.name: p
    for p in all_pages()
    if not p.fragment and "GET" in p.rights and EXPECTED[p.name, "GET"]
}
LIMIT = 300_000  #: bytes of a first load
#: pages that load the grid or charts may weigh more
HEAVY = frozenset({"grid", "figure", "compare", "map"})
#: personas in the order they are tried; all of them cover the first village
_TRIED = ("村会计", "镇办", "分管领导", "检查员", "审计员", "管理员", "安全员")


@pytest.fixture(scope="module")
def county(
    tmp_path_factory: pytest.TempPathFactory, own_folder: Path, browser: Browser
) -> Iterator[Town]:
    """One office for all pages, with something in every place a page speaks of."""
    from django.test import override_settings

    folder = tmp_path_factory.mktemp("pages")
    with (
        open_office("sqlite", folder, own_catalogue(own_folder)) as made,
        override_settings(OFFICE_FILES=folder / "files"),
    ):
        made.open(2023)
        for number in range(12):
            made.record(
                "tea",
                FIRST,
                date=f"2023-{number + 1:02d}-05",
                plot=f"B{number}",
                area=str(number + 1),
                kind="绿茶",
            )
            made.record(
                "tea_sale",
                FIRST,
                date=f"2023-{number + 1:02d}-09",
                buyer="某茶厂",
                amount=str(1000 * number + 200),
            )
        made.submit("tea", FIRST, date="2023-12-09", plot="B90", area="3", kind="红茶")
        with served(
            made.url, folder, SHUZHI_CATALOGUE=str(own_folder), SHUZHI_FILES=str(folder / "files")
        ) as address:
            yield Town(made, address, browser, DESKTOP)


def who_may(page: str) -> str:
    """A persona who may read the page."""
    who = EXPECTED[page, "GET"]
    if who == ANYONE:
        return ""
    if who == SIGNED_IN:
        return "村会计"
    return next(p for p in _TRIED if {p, PERSONAS[p][0]} & set(who.split()))


@pytest.mark.parametrize("page", sorted(PAGES))
def test_a_page_is_sound_at_both_sizes_and_in_both_languages(county: Town, page: str) -> None:
    path, _ = sample_of(county.office, page, who_may(page))
    wrong: list[str] = []
    for size, language in (("desktop", "zh"), ("phone", "en")):
        weight = 0

        with Town(county.office, county.address, county.browser, SIZES[size]).as_(
            who_may(page), language=language
        ) as seen:

            def weigh(response: Any) -> None:
                nonlocal weight
                weight += int(response.headers.get("content-length") or 0)

            seen.context.on("response", weigh)
            seen.open(path)
            if seen.page.title() and re.search(
                r"没有找到|Not found|没有这项权限|do not have", seen.page.title()
            ):
                wrong.append(f"{size}: {seen.page.title()}")
            if page not in HEAVY and weight > LIMIT:
                wrong.append(f"{size}: {weight} bytes")
            wide = seen.page.evaluate(
                "document.documentElement.scrollWidth - document.documentElement.clientWidth"
            )
            if wide > 1:
                wrong.append(f"{size}: {wide} px too wide")
            # the policy keeps scripts out of the page; the tool's own world is not the page's
            seen.page.evaluate("() => {" + AXE.read_text(encoding="utf-8") + "}")
            found = seen.page.evaluate(
                "axe.run().then(r => r.violations.filter(v => ['serious', 'critical'].includes(v.impact))"
                ".map(v => v.id + ': ' + v.nodes.map(n => n.target.join(' ')).slice(0, 3).join(' | ')))"
            )
            wrong += [f"{size}: axe {one}" for one in found]
    assert wrong == []
