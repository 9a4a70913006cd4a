"""Two people at one record, and a session that ends while somebody types: nothing is lost, nobody's words are written over."""

from __future__ import annotations

from playwright.sync_api import expect

from shuzhi.apps.ledgers.models import Record
from shuzhi.apps.ledgers.queries import get
from tests.e2e.conftest import PASSWORD, Town
from tests.e2e.test_recording import cell, paste
from tests.support.office import FIRST

TEA = {"date": "2023-04-01", "plot": "T9", "area": "2", "kind": "绿茶"}


def test_two_people_at_one_record_see_both_contents_and_choose(town: Town) -> None:
    record = town.office.record("tea", FIRST, **TEA)
    edit = f"/at/{FIRST}/records/{record}/edit/"

    with town.as_("村会计") as mine, town.as_("镇会计") as theirs:
        mine.open(edit)
        mine.page.get_by_label("茶园面积").fill("5")
        theirs.open(edit)
        theirs.page.get_by_label("茶园面积").fill("3")
        theirs.page.get_by_role("button", name="提交更正").click()
        theirs.page.wait_for_url(lambda url: "/edit/" not in url)
        mine.page.get_by_role("button", name="提交更正").click()
        page = mine.page
        expect(page.get_by_role("heading", name="别人也改了这条记录")).to_be_visible()
        row = page.locator("table.conflict tbody tr")
        expect(row).to_have_count(1)
        expect(row).to_contain_text("3")
        expect(row).to_contain_text("5")
        row.locator('input[value="mine"]').check()
        page.get_by_role("button", name="按选定的提交").click()
        page.wait_for_url(lambda url: "/edit/" not in url)

    assert get(record).payload["area"] == "5"
    assert [e["area"] for e in _contents(record)] == ["2", "3", "5"]


def _contents(record: int) -> list[dict[str, str]]:
    """Every content the record ever had."""
    from shuzhi.apps.ledgers.queries import history

    return [e.payload for e in history(record) if e.action in ("create", "revise")]


def _password(persona: str) -> None:
    from shuzhi.apps.people.models import Account

    account = Account.objects.get(name=persona)
    account.set_password(PASSWORD)
    account.save()


def _end_all_sessions() -> None:
    from django.contrib.sessions.models import Session

    Session.objects.all().delete()


def test_a_session_that_ends_while_rows_are_typed_loses_nothing(town: Town) -> None:
    _password("村会计")
    with town.as_("村会计") as seen:
        page = seen.open(f"/at/{FIRST}/ledgers/tea/grid/")
        cell(seen, 0, "date").click()
        rows = "\r\n".join(f"2023-03-0{n}\tA{n}\t\t\t{n}\t红茶\t" for n in range(1, 6))
        paste(seen, rows)
        expect(page.locator("table.grid")).to_contain_text("A5")
        page.wait_for_timeout(1500)  # the rows were validated while the session lasted
        _end_all_sessions()
        page.locator('[data-do="submit"]').click()
        dialog = page.locator("#sign-in-again")
        expect(dialog).to_be_visible()
        dialog.locator("[name=password]").fill(PASSWORD)
        dialog.locator("[data-sign-in-go]").click()
        page.wait_for_url(lambda url: "/grid/" not in url)

    assert Record.objects.filter(ledger="tea", state="submitted").count() == 5


def test_a_form_sent_after_the_session_ended_comes_back_after_signing_in(town: Town) -> None:
    _password("村会计")
    with town.as_("村会计", java_script_enabled=False) as seen:
        page = seen.open(f"/at/{FIRST}/ledgers/tea/new/")
        page.get_by_label("登记日期").fill("2023-05-01")
        page.get_by_label("地块号").fill("N1")
        page.get_by_label("茶园面积").fill("4")
        _end_all_sessions()
        page.get_by_role("button", name="提交", exact=True).click()
        page.locator("main [name=login]").fill("村会计")
        page.locator("main [name=password]").fill(PASSWORD)
        page.locator("main [name=password]").press("Enter")
        expect(page.get_by_label("地块号")).to_have_value("N1")
        expect(page.get_by_label("茶园面积")).to_have_value("4")
        page.get_by_role("button", name="提交", exact=True).click()
        page.wait_for_url(lambda url: "/new/" not in url)

    assert Record.objects.filter(ledger="tea", key__startswith="N1").count() == 1
