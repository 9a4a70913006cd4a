"""The books on the pages: open, check, close, reopen, adjusting entries, who has not closed, reconcile and verify in plain words."""

from __future__ import annotations

import re
from typing import Any

import pytest
from django.test import override_settings

from shuzhi.apps import storage
from shuzhi.apps.books.actions import check_books, close_books, close_each
from shuzhi.apps.books.models import Book, Proof
from shuzhi.apps.books.proofs import latest_proofs, prove
from shuzhi.apps.ledgers.actions import return_records
from shuzhi.apps.organisations.queries import get
from shuzhi.core.periods import parse_period
from tests.support.office import COUNTY, FAR_FIRST, FIRST, SECOND, THIRD, TOWN, Office
from tests.web.conftest import Visit

TEA = {"date": "2023-03-01", "plot": "T001", "area": "2.5", "kind": "绿茶"}


def book(unit: str, rest: str = "", year: int = 2023) -> str:
    return f"/at/{unit}/books/{year}/{rest}"


def body(answer: Any) -> str:
    return str(answer.content.decode())


def closed_through(unit: str) -> int | None:
    return Book.objects.get(organisation__code=unit, year=2023).closed_through


def close(office: Office, unit: str, period: str, by: str = "分管领导") -> int:
    return close_books(office.actor(by), unit, parse_period(period))


# ── opening ───────────────────────────────────────────────────────────────────────────────────────────────────────────


def test_a_year_is_opened_with_everything_below(web: Office, as_: Visit) -> None:
    client = as_("镇领导")
    assert "还没有建账" in body(client.get(book(TOWN, year=2024)))

    answer = client.post(book(TOWN, "open/", 2024), follow=True)
    assert "已为 4 个单位建账" in body(answer)
    assert Book.objects.filter(year=2024).count() == 4

    again = client.post(book(TOWN, "open/", 2024))
    assert again.status_code == 422
    assert "BOOK_004" in body(again)


def test_targets_of_last_year_that_are_missing_are_named(web: Office, as_: Visit) -> None:
    web.open(2024)
    web.record(
        "annual_target", FIRST, year="2023", indicator="tea_area", amount="9", set_on="2023-01-05"
    )

    shown = body(as_("村会计").get(book(FIRST, year=2024)))
    assert "去年有目标、今年还没有的指标" in shown
    assert f"/at/{FIRST}/figures/tea_area/2024/" in shown


def test_a_year_too_far_is_not_found(web_sqlite: Office, as_: Visit) -> None:
    assert as_("镇领导").get(book(TOWN, year=2999)).status_code == 404
    assert as_("镇领导").get(book(TOWN, year=1900)).status_code == 404


# ── checking ──────────────────────────────────────────────────────────────────────────────────────────────────────────


def test_a_check_is_kept_as_it_was_whatever_changes_later(web: Office, as_: Visit) -> None:
    web.record("tea", FIRST, **TEA)
    web.record("tea", FIRST, **(TEA | {"plot": "T002", "kind": ""}))
    web.record(
        "annual_target", FIRST, year="2023", indicator="tea_area", amount="10", set_on="2023-01-05"
    )
    back = web.submit("tea_sale", FIRST, by="村会计", date="2023-04-01", amount="1")
    return_records(web.actor("镇办"), [back], reason="重复")

    answer = as_("镇办").post(book(FIRST, "checks/"))
    assert answer.status_code == 302
    address = answer["Location"]
    shown = body(as_("村会计").get(address))
    assert "请查没有填品种的地块" in shown
    assert re.search(
        r"茶园面积</a></th><td class=\"num\"[^>]*>10</td><td class=\"num\"[^>]*>5</td>", shown
    )
    assert "已退回" in shown

    web.record("tea", FIRST, **(TEA | {"plot": "T002", "kind": "红茶"}))
    later = body(as_("村会计").get(address))
    assert "请查没有填品种的地块" in later
    assert "have to" not in body(as_("村会计", "en").get(address))


def test_a_check_of_another_unit_is_not_found(web: Office, as_: Visit) -> None:
    seq = check_books(web.actor("外镇办"), FAR_FIRST, 2023).seq

    assert as_("镇办").get(book(FIRST, f"checks/{seq}/")).status_code == 404
    assert as_("镇办").get(book(FAR_FIRST, f"checks/{seq}/")).status_code == 403


def test_missing_months_of_all_villages_are_in_the_check(web: Office) -> None:
    for month in ("01", "02", "03", "05"):
        web.record("tea_sale", SECOND, date=f"2023-{month}-01", amount="1")

    found = check_books(web.actor("镇领导"), TOWN, 2023)
    assert [(m.name, m.ledger, m.months[:3]) for m in found.missing] == [
        ("乙村", "tea_sale", (202304, 202306, 202307))
    ]


# ── closing ───────────────────────────────────────────────────────────────────────────────────────────────────────────


def test_a_village_with_a_waiting_record_cannot_close_and_is_told_where_it_is(
    web: Office, as_: Visit
) -> None:
    web.submit("tea_sale", FIRST, by="村会计", date="2023-04-01", amount="1")
    client = as_("镇领导")

    shown = body(client.get(book(FIRST) + "?period=2023-04"))
    assert f"/at/{FIRST}/ledgers/tea_sale/?state=submitted" in shown
    assert f"/at/{FIRST}/approval/?ledger=tea_sale" in shown
    assert "可以结账" in body(client.get(book(FIRST) + "?period=2023-03"))

    refused = client.post(book(FIRST, "close/"), {"period": "2023-04", "how": "only"})
    assert refused.status_code == 422
    assert "BOOK_005" in body(refused)
    assert closed_through(FIRST) is None

    web.approve()
    done = client.post(book(FIRST, "close/"), {"period": "2023-04", "how": "only"}, follow=True)
    assert "1 个单位已结账（2023年4月）" in body(done)
    assert closed_through(FIRST) == 202304


@pytest.mark.parametrize(
    ("data", "code"),
    [
        ({"period": "2022-04", "how": "only"}, "BOOK_018"),
        ({"period": "junk", "how": "only"}, "BOOK_018"),
        ({"period": "2023-04"}, "BOOK_020"),
        ({"period": "2023-04", "how": "only"}, "BOOK_006"),
    ],
)
def test_a_closing_that_makes_no_sense_is_refused_beside_the_form(
    web_sqlite: Office, as_: Visit, data: dict[str, str], code: str
) -> None:
    answer = as_("镇领导").post(book(TOWN, "close/"), data)

    assert answer.status_code == 422
    assert code in body(answer)


def test_units_close_one_by_one_and_the_hindered_ones_say_why(web: Office, as_: Visit) -> None:
    web.submit("tea_sale", SECOND, by="镇会计", date="2023-04-01", amount="1")
    with override_settings(JOBS_AT_ONCE=True):
        answer = as_("镇领导").post(book(TOWN, "close/"), {"period": "2023H1", "how": "each"})
    number = answer["Location"].rstrip("/").rsplit("/", 1)[1]

    shown = body(as_("镇领导").get(book(TOWN, f"closings/{number}/")))
    assert "2 个单位已结，2 个没有结成" in shown
    assert "BOOK_005" in shown
    assert (closed_through(FIRST), closed_through(SECOND), closed_through(TOWN)) == (
        202306,
        None,
        None,
    )
    assert as_("分管领导").get(book(TOWN, f"closings/{number}/")).status_code == 404
    assert as_("镇领导").get(book(FIRST, f"closings/{number}/")).status_code == 404

    web.approve()
    outcomes = {
        c.name: c.outcome for c in close_each(web.actor("镇领导"), TOWN, parse_period("2023H1"))
    }
    assert outcomes == {"甲村": "already", "乙村": "closed", "丙村": "already", "示范镇": "closed"}
    assert closed_through(TOWN) == 202306


def test_who_has_not_closed_is_listed_for_the_own_subtree_alone(web: Office, as_: Visit) -> None:
    close_books(web.actor("镇领导"), THIRD, parse_period("2023"), only=True)

    shown = body(as_("镇领导").get(f"/at/{TOWN}/books/?year=2023"))
    assert "还没有交账" in shown
    assert "丁村" not in shown
    row = re.search(r"<th scope=\"row\"><a [^>]*>丙村</a>.*?</tr>", shown, re.S)
    assert row
    assert "已交" in row[0]


# ── reopening ─────────────────────────────────────────────────────────────────────────────────────────────────────────


def test_a_book_is_reopened_by_the_level_above_only_and_with_a_reason(
    web: Office, as_: Visit
) -> None:
    close(web, TOWN, "2023")

    assert "理由（记入审计日志）" not in body(as_("镇领导").get(book(TOWN)))
    own = as_("镇领导").post(book(TOWN, "reopen/"), {"period": "2023-12", "reason": "改数"})
    assert own.status_code == 403
    assert closed_through(TOWN) == 202312

    county = as_("分管领导")
    without = county.post(book(TOWN, "reopen/"), {"period": "2023-11", "reason": " "})
    assert without.status_code == 422
    assert "BOOK_009" in body(without)
    assert '<option value="2023-11" selected>' in body(without)
    done = county.post(
        book(TOWN, "reopen/"), {"period": "2023-11", "reason": "审计要求"}, follow=True
    )
    assert "已重开" in body(done)
    assert closed_through(TOWN) == 202310
    assert "审计要求" in body(as_("镇领导").get(book(TOWN, "statement/")))


# ── adjusting ─────────────────────────────────────────────────────────────────────────────────────────────────────────


def test_corrections_after_closing_appear_as_adjusting_entries_with_their_rows(
    web: Office, as_: Visit
) -> None:
    record = web.record("tea", FIRST, **TEA)
    web.open(2024)
    close(web, COUNTY, "2023")
    web.record("tea", FIRST, **(TEA | {"area": "3"}))

    shown = body(as_("村会计").get(book(FIRST, "adjusting/", 2024)))
    assert f"/at/{FIRST}/records/{record}/" in shown
    assert f"/at/{FIRST}/figures/tea_area/2024-01/" in shown
    assert "+0.5" in shown
    assert "没有调整分录" in body(as_("村会计").get(book(FIRST, "adjusting/")))
    assert "没有调整分录" in body(as_("外镇办").get(book(FAR_FIRST, "adjusting/", 2024)))


def test_adjusting_entries_come_a_page_at_a_time_each_once(web: Office, as_: Visit) -> None:
    for number in range(30):
        web.record("tea", FIRST, **(TEA | {"plot": f"T{number:03d}"}))
    web.open(2024)
    close(web, COUNTY, "2023")
    for number in range(30):
        web.record("tea", FIRST, **(TEA | {"plot": f"T{number:03d}", "area": "3"}))

    client, address, seen = as_("村会计"), book(FIRST, "adjusting/", 2024), []
    while address:
        shown = body(client.get(address))
        seen += re.findall(r"/figures/(\w+)/2024-01/.*?/records/(\d+)/", shown, re.S)
        following = re.search(r'rel="next" href="(\?after=[^"]+)"', shown)
        address = book(FIRST, "adjusting/", 2024) + following[1] if following else ""
    assert len(seen) == len(set(seen)) == 60


# ── the statement ─────────────────────────────────────────────────────────────────────────────────────────────────────


def test_the_statement_tells_opening_checks_closing_and_reopening_with_their_people(
    web: Office, as_: Visit
) -> None:
    check_books(web.actor("镇办"), FIRST, 2023)
    close(web, COUNTY, "2023")

    shown = body(as_("检查员").get(book(FIRST, "statement/")))
    for words in ("建账", "查账", "结账：2023年", "分管领导", "镇办", "示例县"):
        assert words in shown, words
    assert as_("检查员").get(book(FIRST, "statement/", 2020)).status_code == 404


# ── reconcile and verify ──────────────────────────────────────────────────────────────────────────────────────────────


def test_a_sound_book_is_said_to_be_in_plain_words(web: Office, as_: Visit) -> None:
    web.record("tea", FIRST, **TEA)
    client = as_("镇办")
    assert "还没有对过账" in body(client.get(f"/at/{TOWN}/books/proofs/"))

    with override_settings(JOBS_AT_ONCE=True):
        for kind in ("reconcile", "verify"):
            assert client.post(f"/at/{TOWN}/books/proofs/", {"kind": kind}).status_code == 302
    shown = body(client.get(f"/at/{TOWN}/books/proofs/"))
    assert "每一个数都从记录重新算过一遍：一致" in shown
    assert "没有被改动" in shown
    english = body(as_("镇办", "en").get(f"/at/{TOWN}/books/proofs/"))
    assert "Every figure was computed anew from the records: all agree." in english


def test_a_difference_says_where_what_and_what_to_do_to_those_it_concerns(
    web: Office, as_: Visit
) -> None:
    web.record("tea", FIRST, **TEA)
    storage.execute(
        "UPDATE cell SET amount = amount + 5000 WHERE organisation_id = %s AND indicator_id = "
        "(SELECT id FROM indicator WHERE key = 'tea_area')",
        [get(FIRST).id],
    )
    prove(web.actor("镇办"), "reconcile", TOWN)

    shown = body(as_("镇办").get(f"/at/{TOWN}/books/proofs/"))
    assert "甲村 2023-03“茶园面积”：从记录算出 2.5（1 行），账上的汇总数是 3（1 行）" in shown
    assert f"/at/{FIRST}/figures/tea_area/2023-03/" in shown
    assert "从备份恢复" in shown

    elsewhere = body(as_("外镇办").get("/at/990101101000/books/proofs/"))
    assert "甲村" not in elsewhere
    assert "另有 1 处没有列出" in elsewhere
    assert [p.is_sound for p in latest_proofs(get(TOWN))] == [False]
    assert Proof.objects.get().problem_count == 1


def test_backfilling_needs_a_reason(web: Office, as_: Visit) -> None:
    client = as_("镇领导")

    refused = client.post(f"/at/{TOWN}/books/backfill/", {"reason": ""})
    assert refused.status_code == 422
    assert "BOOK_019" in body(refused)
    with override_settings(JOBS_AT_ONCE=True):
        done = client.post(f"/at/{TOWN}/books/backfill/", {"reason": "增加了茶园指标"})
    assert done.status_code == 302


# ── growth ────────────────────────────────────────────────────────────────────────────────────────────────────────────


@pytest.mark.parametrize("address", [f"/at/{TOWN}/books/", book(TOWN), book(TOWN, "adjusting/")])
def test_the_number_of_queries_does_not_grow_with_the_rows(
    web: Office, as_: Visit, address: str
) -> None:
    from django.db import connection
    from django.test.utils import CaptureQueriesContext

    client = as_("镇领导")

    def queries() -> int:
        with CaptureQueriesContext(connection) as captured:
            assert client.get(address).status_code == 200
        return len(captured)

    web.record("tea", FIRST, **TEA)
    queries()
    few = queries()
    for number in range(20):
        web.record("tea", SECOND, **(TEA | {"plot": f"T{number:03d}"}))
        web.submit("tea_sale", FIRST, by="村会计", date="2023-04-01", amount="2")
    assert queries() <= few
