"""Approval in the browser: nothing unseen, never one's own, differences side by side, and what changed afterwards."""

from __future__ import annotations

import re
from typing import Any

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from shuzhi.apps.jobs.models import Job
from shuzhi.apps.jobs.worker import run_one
from shuzhi.apps.ledgers import queries as ledgers
from shuzhi.apps.ledgers.actions import withdraw_records
from shuzhi.web.approval import views
from tests.support.office import FAR_FIRST, FIRST, SECOND, TOWN, Office
from tests.web.conftest import client_of


def at(unit: str = TOWN, ledger: str = "tea") -> str:
    """Address of a ledger's records."""
    return reverse("approval-ledger", kwargs={"unit": unit, "ledger": ledger})


def queue_at(unit: str = TOWN) -> str:
    """Address of the queue."""
    return reverse("approval", kwargs={"unit": unit})


def tea(office: Office, n: int, village: str = FIRST, by: str = "县会计", **more: object) -> int:
    """A tea garden waiting for approval."""
    values = {"date": "2023-03-01", "plot": f"T{n}", "area": n, "owner": "张小三"} | more
    return office.submit("tea", village, by=by, **values)


def text(answer: Any) -> str:
    """The page as text."""
    return str(answer.content.decode())


def test_the_queue_shows_ledgers_and_villages_with_counts(web: Office) -> None:
    tea(web, 1)
    tea(web, 2, SECOND)
    tea(web, 3, FAR_FIRST)
    web.submit("tea_sale", FIRST, date="2023-01-09", amount=5)

    shown = text(client_of("镇办").get(queue_at()))
    assert "共 3 条待审" in shown
    assert shown.index("茶叶销售台账") < shown.index("茶园台账")  # the earliest first
    assert "丁村" not in shown
    assert at(SECOND) in shown


def test_an_empty_queue_says_what_to_do(web_sqlite: Office) -> None:
    shown = text(client_of("镇办").get(queue_at()))

    assert "没有等您审核的记录" in shown
    assert reverse("workbench", kwargs={"unit": TOWN}) in shown


def test_the_workbench_link_leads_to_the_ledger(web_sqlite: Office) -> None:
    answer = client_of("镇办").get(queue_at(), {"ledger": "tea"})

    assert answer["Location"] == at()


def test_selected_records_are_approved_and_the_changed_figures_shown(web: Office) -> None:
    one, two = tea(web, 1), tea(web, 2)
    client = client_of("镇办")

    answer = client.post(at(), {"do": "approve", "r": [f"{one}:1", f"{two}:1"]})
    shown = text(client.get(answer["Location"]))

    assert {ledgers.get(r).state for r in (one, two)} == {"approved"}
    assert "已通过 2 条" in shown
    assert "茶园面积" in shown
    assert "全部审完" in shown
    assert "发现批错了怎么办" in shown


def test_values_are_side_by_side_and_personal_ones_masked(web: Office) -> None:
    web.approve(tea(web, 1, area="2.5", owner="张小三"))
    tea(web, 1, area="3", owner="李小四")

    shown = text(client_of("镇办").get(at()))
    assert re.search(r"<del>2\.5</del>\s*<ins>3</ins>", shown)
    assert re.search(r"<del>张\*三</del>\s*<ins>李\*四</ins>", shown)
    assert "李小四" not in shown


def test_a_withdrawal_is_marked(web_sqlite: Office) -> None:
    record = tea(web_sqlite, 1)
    web_sqlite.approve(record)
    withdraw_records(web_sqlite.actor("县会计"), [record], reason="重复登记")

    shown = text(client_of("镇办").get(at()))
    assert "is-withdrawal" in shown
    assert "重复登记" in shown


def test_ones_own_record_is_shown_but_cannot_be_selected(web_sqlite: Office) -> None:
    from shuzhi.apps.people.actions import give_post
    from shuzhi.apps.people.permissions import SYSTEM

    give_post(SYSTEM, "镇办", TOWN, "clerk", from_date="2020-01-01")
    own, other = tea(web_sqlite, 1, by="镇办"), tea(web_sqlite, 2)
    client = client_of("镇办")

    shown = text(client.get(at()))
    assert f'value="{own}:1"' not in shown
    assert f'value="{other}:1"' in shown
    assert "本人所记，由别人审核" in shown
    answer = client.post(at(), {"do": "approve", "r": [f"{own}:1", f"{other}:1"]})
    assert answer.status_code == 422
    assert "RECORD_006" in text(answer)
    assert ledgers.get(other).state == "submitted"


def test_a_record_changed_since_the_page_was_shown_is_not_approved_unseen(web: Office) -> None:
    one, two = tea(web, 1), tea(web, 2)
    client = client_of("镇办")
    client.get(at())
    tea(web, 1, area=99)

    answer = client.post(at(), {"do": "approve", "r": [f"{one}:1", f"{two}:1"]})
    shown = text(answer)

    assert answer.status_code == 422
    assert "APPROVAL_001" in shown
    assert {ledgers.get(r).state for r in (one, two)} == {"submitted"}
    # what stands in the way is not selected any more, the rest still is; pressing again approves it
    assert not re.search(rf'value="{one}:2"[^>]*checked', shown)
    assert re.search(rf'value="{two}:1"[^>]*checked', shown)
    assert client.post(at(), {"do": "approve", "r": [f"{two}:1"]}).status_code == 302


def test_returning_needs_a_reason_and_keeps_what_was_selected(web: Office) -> None:
    record = tea(web, 1)
    client = client_of("镇办")

    answer = client.post(at(), {"do": "return", "r": [f"{record}:1"], "reason": " "})
    assert answer.status_code == 422
    assert "APPROVAL_004" in text(answer)
    assert re.search(rf'value="{record}:1"[^>]*checked', text(answer))
    answer = client.post(at(), {"do": "return", "r": [f"{record}:1"], "reason": "面积请核实"})
    assert answer["Location"] == at()
    assert ledgers.get(record).state == "returned"
    tea(web, 2)
    assert "面积请核实" in text(client.get(at()))  # one's own reason is offered again


def test_selecting_nothing_is_said(web_sqlite: Office) -> None:
    tea(web_sqlite, 1)

    for do in ("approve", "return", "all"):
        answer = client_of("镇办").post(at(), {"do": do, "reason": "x"})
        assert "APPROVAL_003" in text(answer)


def test_all_of_a_ledger_is_approved_up_to_what_was_shown(web: Office) -> None:
    shown_records = [tea(web, n) for n in range(1, 4)]
    client = client_of("镇办")
    as_of = re.search(r'name="as_of" value="(\d+)"', text(client.get(at())))
    assert as_of
    later = tea(web, 9)

    client.post(at(), {"do": "all", "as_of": as_of[1]})
    assert {ledgers.get(r).state for r in shown_records} == {"approved"}
    assert ledgers.get(later).state == "submitted"


def test_very_many_are_approved_in_the_background(
    web: Office, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(views, "AT_ONCE", 2)
    made = [tea(web, n) for n in range(1, 5)]
    client = client_of("镇办")
    as_of = re.search(r'name="as_of" value="(\d+)"', text(client.get(at())))
    assert as_of

    answer = client.post(at(), {"do": "all", "as_of": as_of[1]})
    assert answer["Location"] == reverse("job", kwargs={"number": Job.objects.get().number})
    run_one()
    shown = text(client.get(answer["Location"]))
    found = re.search(r'href="([^"]*/approval/done/[^"]*)"', shown)
    assert found
    assert "已通过 4 条" in text(client.get(found[1]))
    assert {ledgers.get(r).state for r in made} == {"approved"}


def test_pages_follow_each_other(web: Office, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(views, "PAGE", 3)
    made = {tea(web, n, village) for n, village in zip(range(1, 9), [FIRST, SECOND] * 4, strict=True)}  # fmt: skip
    client = client_of("镇办")
    seen: set[int] = set()
    address = at()
    for _ in range(5):
        shown = text(client.get(address))
        seen |= {int(r) for r in re.findall(r'name="r" value="(\d+):', shown)}
        more = re.search(r'rel="next" href="([^"]+)"', shown)
        if not more:
            break
        address = at() + more[1].replace("&amp;", "&")

    assert seen == made


def test_records_of_another_town_are_out_of_reach(web: Office) -> None:
    far = tea(web, 1, FAR_FIRST)
    client = client_of("镇办")

    assert client.get(at(FAR_FIRST)).status_code == 403
    answer = client.post(at(), {"do": "approve", "r": [f"{far}:1"]})
    assert "RECORD_001" in text(answer)
    assert ledgers.get(far).state == "submitted"
    assert client.get(at(ledger="no-such")).status_code == 404


def test_a_year_without_a_book_is_said_and_nothing_approved(web_sqlite: Office) -> None:
    record = tea(web_sqlite, 1, date="2031-01-01")

    answer = client_of("镇办").post(at(), {"do": "approve", "r": [f"{record}:1"]})
    assert "BOOK_00" in text(answer)
    assert ledgers.get(record).state == "submitted"


def test_the_number_of_queries_does_not_grow(web_sqlite: Office) -> None:
    client = client_of("镇办")
    counts = []
    for n in (1, 40):
        for k in range(n):
            tea(web_sqlite, n * 100 + k, [FIRST, SECOND][k % 2])
        for address in (queue_at(), at()):
            client.get(address)
            with CaptureQueriesContext(connection) as asked:
                client.get(address)
            counts.append(len(asked))

    assert counts[:2] == counts[2:]


@pytest.mark.parametrize("language", ["zh", "en"])
def test_the_pages_are_there_in_both_languages(web_sqlite: Office, language: str) -> None:
    record = tea(web_sqlite, 1)
    client = client_of("镇办", language)

    assert client.get(queue_at()).status_code == 200
    shown = text(client.get(at()))
    assert ("Approve selected" if language == "en" else "通过选中的") in shown
    answer = client.post(at(), {"do": "approve", "r": [f"{record}:1"]})
    assert ("Which figures changed" if language == "en" else "哪些数变了") in text(client.get(answer["Location"]))  # fmt: skip


def test_rows_no_book_takes_are_marked_and_the_rest_stays_selected(web: Office) -> None:
    from shuzhi.apps.books.actions import close_books
    from shuzhi.core.periods import parse_period

    close_books(web.actor("分管领导"), SECOND, parse_period("2023"))
    closed, also, fine = tea(web, 1, SECOND), tea(web, 2, SECOND, date="2023-03-02"), tea(web, 3)
    client = client_of("镇办")

    answer = client.post(at(), {"do": "approve", "r": [f"{r}:1" for r in (closed, also, fine)]})
    shown = text(answer)

    assert shown.split("approval-table")[0].count("BOOK_003") == 1
    assert shown.split("approval-table")[1].count("BOOK_003") == 2
    assert not re.search(rf'value="{closed}:1"[^>]*checked', shown)
    assert re.search(rf'value="{fine}:1"[^>]*checked', shown)
