"""The workbench: what waits for whom, what is missing this month, how the villages stand, what is new."""

from __future__ import annotations

import re
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from shuzhi.apps import storage
from shuzhi.apps.books.actions import close_books
from shuzhi.apps.books.duties import report_nil
from shuzhi.apps.books.workbench import open_counts, own_duties, unit_states, work_month
from shuzhi.apps.ledgers.actions import return_records
from shuzhi.apps.organisations.queries import get
from shuzhi.core.periods import parse_period
from shuzhi.core.problems import ProblemsError
from tests.support.office import COUNTY, FAR_FIRST, FIRST, SECOND, TOWN, Office
from tests.web.conftest import Visit


def at(unit: str, month: str = "2023-05") -> str:
    return f"/at/{unit}/workbench/?month={month}"


def page(visit: Visit, persona: str, address: str, language: str = "zh") -> str:
    answer = visit(persona, language).get(address)
    assert answer.status_code == 200, answer.status_code
    return answer.content.decode()


def sale(office: Office, month: str, unit: str = FIRST, **more: Any) -> int:
    """A sale of tea in a month, approved."""
    return office.record("tea_sale", unit, date=f"2023-{month}-10", amount="100", **more)


def three_months(office: Office, unit: str = FIRST) -> None:
    for month in ("01", "02", "03"):
        sale(office, month, unit)


# ── what waits for me ─────────────────────────────────────────────────────────────────────────────────────────────────


def test_a_returned_record_is_shown_to_its_author_with_the_reason_and_the_way_to_mend_it(
    web: Office, as_: Visit
) -> None:
    record = web.submit(
        "tea_sale", FIRST, by="村会计", date="2023-05-01", buyer="某茶厂", amount="1"
    )
    return_records(web.actor("镇办"), [record], reason="金额少写了两个零")

    shown = page(as_, "村会计", at(FIRST))
    assert "金额少写了两个零" in shown
    assert f"/at/{FIRST}/records/{record}/edit/" in shown

    for other in ("镇会计", "镇办", "镇领导", "检查员", "审计员"):
        assert "金额少写了两个零" not in page(as_, other, at(FIRST)), other


def test_who_may_approve_sees_what_waits_by_ledger_without_their_own(
    web: Office, as_: Visit
) -> None:
    for day in ("01", "02", "03"):
        web.submit("tea_sale", FIRST, by="村会计", date=f"2023-05-{day}", amount="1")

    shown = page(as_, "镇办", at(TOWN))
    assert re.search(r"茶叶销售台账.*?甲村</a> 3", shown, re.S)
    assert f"/at/{FIRST}/approval/?ledger=tea_sale" in shown
    assert "等我审核" not in page(as_, "村会计", at(FIRST))
    assert "您写的 3 条记录正在等审核" in page(as_, "村会计", at(FIRST))


def test_nothing_of_another_town_is_counted(web: Office, as_: Visit) -> None:
    web.submit("tea_sale", FAR_FIRST, by="外镇会计", date="2023-05-01", amount="1")

    shown = page(as_, "镇办", at(TOWN))
    assert "没有等您审核的记录" in shown
    assert "丁村" not in shown
    assert as_("镇办").get(at(FAR_FIRST)).status_code in (403, 404)


def test_an_unfinished_draft_leads_back_to_its_form_for_its_owner_alone(
    web_sqlite: Office, as_: Visit
) -> None:
    from shuzhi.apps.entry.actions import save_draft
    from shuzhi.apps.people.models import Account

    me = Account.objects.get(name="村会计")
    kept = save_draft(
        web_sqlite.actor("村会计"), me, "tea_sale", get(FIRST), [{"amount": "12"}], kind="form"
    )

    assert f"/at/{FIRST}/ledgers/tea_sale/new/?draft={kept.id}" in page(as_, "村会计", at(FIRST))
    assert f"?draft={kept.id}" not in page(as_, "镇会计", at(FIRST))


def test_a_post_for_one_line_of_work_sees_what_waits_in_that_line(
    web_sqlite: Office, as_: Visit
) -> None:
    web_sqlite.submit("tea_sale", FIRST, by="村会计", date="2023-05-01", amount="1")
    storage.execute("UPDATE post SET lines = 'party' WHERE role = 'reviewer'")
    assert "没有等您审核的记录" in page(as_, "镇办", at(TOWN))

    storage.execute("UPDATE post SET lines = 'industry' WHERE role = 'reviewer'")
    assert "茶叶销售台账" in page(as_, "镇办", at(TOWN))


# ── what is missing ───────────────────────────────────────────────────────────────────────────────────────────────────


def test_a_ledger_kept_in_three_of_six_months_is_due_in_the_next(web: Office, as_: Visit) -> None:
    unit = get(FIRST)
    sale(web, "01")
    sale(web, "02")
    assert own_duties(unit, 202304) == ([], [])

    sale(web, "03")
    late, due = own_duties(unit, 202304)
    assert ([d.ledger.key for d in late], [d.ledger.key for d in due]) == ([], ["tea_sale"])

    late, due = own_duties(unit, 202305)
    assert [(d.ledger.key, d.months) for d in late] == [("tea_sale", (202304,))]
    assert "茶叶销售台账" in page(as_, "村会计", at(FIRST))


def test_what_waits_for_approval_counts_as_handed_in(web: Office) -> None:
    three_months(web)
    web.submit("tea_sale", FIRST, by="村会计", date="2023-04-02", amount="1")

    assert own_duties(get(FIRST), 202304) == ([], [])


def test_one_press_writes_the_nil_report(web: Office, as_: Visit) -> None:
    three_months(web)
    client = as_("村会计")

    answer = client.post(
        f"/at/{FIRST}/workbench/nil/", {"ledger": "tea_sale", "month": "2023-04"}, follow=True
    )
    assert "零报告，等待审核" in answer.content.decode()
    assert own_duties(get(FIRST), 202304) == ([], [])
    assert web.value("tea_sales", FIRST, "2023-04") is None

    web.approve()
    assert web.value("tea_sales", FIRST, "2023-04") == 0
    assert own_duties(get(FIRST), 202304) == ([], [])


@pytest.mark.parametrize(
    ("ledger", "month", "code"),
    [
        ("tea_sale", "2023-03", "BOOK_016"),
        ("tea_sale", "2099-01", "BOOK_017"),
        ("none", "2023-04", "LEDGER_030"),
    ],
)
def test_a_nil_report_that_cannot_be_is_refused(
    web_sqlite: Office, as_: Visit, ledger: str, month: str, code: str
) -> None:
    three_months(web_sqlite)
    with pytest.raises(ProblemsError) as refused:
        report_nil(web_sqlite.actor("村会计"), FIRST, ledger, month)
    assert [p.code for p in refused.value.problems] == [code]

    answer = as_("村会计").post(
        f"/at/{FIRST}/workbench/nil/", {"ledger": ledger, "month": month}, follow=True
    )
    assert code in answer.content.decode()


def test_a_closed_month_is_late_no_more(web: Office) -> None:
    three_months(web)
    close_books(web.actor("分管领导"), COUNTY, parse_period("2023-04"))

    late, due = own_duties(get(FIRST), 202305)
    assert ([d.ledger.key for d in late], [d.ledger.key for d in due]) == ([], ["tea_sale"])


# ── the villages ──────────────────────────────────────────────────────────────────────────────────────────────────────


def states(office: Office, persona: str, unit: str, month: int) -> dict[str, tuple[Any, ...]]:
    actor, place = office.actor(persona), get(unit)
    return {
        s.name: (s.recorded, s.waiting, s.returned, s.missing, s.is_closed)
        for s in unit_states(place, month, open_counts(actor, place))
    }


def test_the_matrix_says_for_each_village_what_is_recorded_waiting_returned_missing_and_closed(
    web: Office, as_: Visit
) -> None:
    three_months(web, FIRST)
    three_months(web, SECOND)
    sale(web, "04", SECOND)
    close_books(web.actor("镇领导"), "990101100203", parse_period("2023-04"), only=True)
    web.submit("tea_sale", FIRST, by="村会计", date="2023-01-02", amount="1")
    back = web.submit("tea_sale", SECOND, by="镇会计", date="2023-04-03", amount="1")
    return_records(web.actor("镇办"), [back], reason="重复")

    assert states(web, "镇领导", TOWN, 202304) == {
        "甲村": (0, 1, 0, 1, False),
        "乙村": (1, 0, 1, 0, False),
        "丙村": (0, 0, 0, 0, True),
    }
    shown = page(as_, "镇领导", at(TOWN, "2023-04"))
    assert [name in shown for name in ("甲村", "乙村", "丙村", "丁村", "戊村")] == [
        True,
        True,
        True,
        False,
        False,
    ]


def test_a_county_sees_its_towns_with_everything_below_them(web: Office) -> None:
    sale(web, "04", FIRST)
    sale(web, "04", SECOND)
    sale(web, "04", FAR_FIRST)

    found = states(web, "分管领导", COUNTY, 202304)
    assert {k: v[0] for k, v in found.items()} == {"示范镇": 2, "样板镇": 1}


# ── the year, and what is new ─────────────────────────────────────────────────────────────────────────────────────────


def target(office: Office, amount: str, indicator: str = "tea_sales") -> None:
    office.record(
        "annual_target",
        FIRST,
        year="2023",
        indicator=indicator,
        amount=amount,
        set_on="2023-01-05",
    )


def test_targets_are_shown_with_their_pace(web: Office, as_: Visit) -> None:
    target(web, "1000")
    sale(web, "02")

    shown = page(as_, "村会计", at(FIRST, "2023-06"))
    assert re.search(r'<progress max="100" value="10" class="behind"', shown)
    assert '<line x1="50" x2="50"' in shown
    assert "10％，均匀推进应到 50％" in shown
    assert "10%; an even pace would be 50%" in page(as_, "村会计", at(FIRST, "2023-06"), "en")


def look_again(days: int) -> None:
    """As if everybody had last opened the workbench some days ago."""
    then = (datetime.now(UTC) - timedelta(days=days)).isoformat().replace("+00:00", "Z")
    storage.execute("UPDATE last_seen SET seen_at = %s", [then])


def test_what_others_did_since_the_last_day_here_is_listed(web: Office, as_: Visit) -> None:
    record = web.submit("tea_sale", FIRST, by="村会计", date="2023-05-01", amount="1")
    assert "今天是您第一次打开工作台" in page(as_, "村会计", at(FIRST))

    look_again(1)
    web.approve(record)
    web.submit("tea_sale", FIRST, by="村会计", date="2023-05-02", amount="1")
    shown = page(as_, "村会计", at(FIRST))
    assert "审核通过" in shown
    assert "（其中我的 1 条）" in shown
    assert "审核通过" in page(as_, "村会计", at(FIRST)), "still new for the rest of the day"

    look_again(1)
    assert "没有新的变化" in page(as_, "村会计", at(FIRST))


def test_closing_from_above_is_news_below(web: Office, as_: Visit) -> None:
    page(as_, "村会计", at(FIRST))
    look_again(1)
    close_books(web.actor("分管领导"), COUNTY, parse_period("2023-03"))

    assert "结账 2023年3月" in page(as_, "村会计", at(FIRST))


def test_without_a_month_the_last_open_year_is_worked_at(web_sqlite: Office) -> None:
    work = work_month(get(FIRST))

    assert (work.month, work.has_book) == (202312, True)


# ── for each role ─────────────────────────────────────────────────────────────────────────────────────────────────────


@pytest.mark.parametrize("language", ["zh", "en"])
@pytest.mark.parametrize(
    "persona", ["村会计", "镇办", "镇领导", "检查员", "管理员", "安全员", "审计员"]
)
def test_every_role_has_its_workbench(
    web_sqlite: Office, as_: Visit, persona: str, language: str
) -> None:
    three_months(web_sqlite)
    unit = FIRST if persona == "村会计" else TOWN

    shown = page(as_, persona, at(unit, "2023-04"), language)

    assert ("nil/" in shown) == (persona == "村会计"), "only who records may report nil"
    assert (f"/at/{unit}/books/2023/" in shown) == (persona not in ("管理员", "安全员"))
    assert (f"/at/{unit}/administration/" in shown) == (persona in ("管理员", "安全员", "审计员"))


def test_an_administrator_sees_where_nobody_may_record(web_sqlite: Office, as_: Visit) -> None:
    storage.execute("UPDATE post SET to_date = '2020-12-31' WHERE role = 'clerk'")

    shown = page(as_, "管理员", at(COUNTY))
    assert "没有人能记账" in shown
    assert "人员安排的空缺" not in page(as_, "镇领导", at(TOWN))


def test_the_number_of_queries_does_not_grow_with_the_rows(web: Office, as_: Visit) -> None:
    from django.db import connection
    from django.test.utils import CaptureQueriesContext

    client = as_("镇领导")

    def queries() -> int:
        with CaptureQueriesContext(connection) as captured:
            assert client.get(at(TOWN, "2023-04")).status_code == 200
        return len(captured)

    three_months(web, FIRST)
    web.submit("tea_sale", FIRST, by="村会计", date="2023-04-01", amount="1")
    queries()
    few = queries()
    for day in range(1, 21):
        web.record("tea_sale", SECOND, date=f"2023-04-{day:02d}", amount="1")
        web.submit("tea_sale", FIRST, by="村会计", date=f"2023-04-{day:02d}", amount="2")
    assert queries() <= few
    assert few < 32
