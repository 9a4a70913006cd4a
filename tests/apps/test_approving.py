"""What an approver sees and decides: nothing unseen, never one's own, and what it changed in the figures."""

from __future__ import annotations

from decimal import Decimal

import pytest

from shuzhi.apps.audit.actions import current
from shuzhi.apps.books.approving import (
    approve_all_shown,
    approve_seen,
    changes_of,
    queue,
    return_seen,
    waiting_page,
)
from shuzhi.apps.jobs import actions as jobs
from shuzhi.apps.jobs import queries as job_queries
from shuzhi.apps.jobs.worker import run_one
from shuzhi.apps.ledgers import queries as ledgers
from shuzhi.apps.ledgers.actions import get_ledger, return_records, withdraw_records
from shuzhi.apps.organisations.queries import get as unit
from shuzhi.core.problems import ProblemsError
from tests.support.office import COUNTY, FAR_FIRST, FIRST, SECOND, TOWN, Office


def _page(office: Office, ledger: str = "visit", *, by: str = "镇办", after: int | None = None, size: int = 50):  # type: ignore[no-untyped-def]  # fmt: skip
    actor = office.actor(by)
    (line,) = queue(actor, unit(TOWN), ledger)
    return waiting_page(actor, get_ledger(ledger), line.lines, after, size)


def _visit(office: Office, village: str = FIRST, day: int = 1, **more: object) -> int:
    return office.submit("visit", village, date=f"2023-03-{day:02d}", topic="帮扶", **more)


def test_the_queue_counts_by_ledger_and_village(office: Office) -> None:
    _visit(office, FIRST, 2)
    _visit(office, FIRST, 1)
    _visit(office, SECOND, 3)
    _visit(office, FAR_FIRST, 3)
    office.submit("dispute", FIRST, number="1", date="2023-01-05", result="成功")

    found = queue(office.actor("镇办"), unit(TOWN))

    assert [(q.ledger.key, q.count, q.oldest) for q in found] == [
        ("dispute", 1, "2023-01-05"),
        ("visit", 3, "2023-03-01"),
    ]
    assert [(line.unit.code, line.count) for line in found[1].lines] == [(FIRST, 2), (SECOND, 1)]


def test_ones_own_records_are_counted_apart_and_marked(office: Office) -> None:
    _visit(office)
    from shuzhi.apps.people.actions import give_post
    from shuzhi.apps.people.permissions import SYSTEM

    give_post(SYSTEM, "镇办", TOWN, "clerk", from_date="2020-01-01")
    _visit(office, day=2, by="镇办")

    (line,) = queue(office.actor("镇办"), unit(TOWN))
    assert (line.count, line.own) == (2, 1)
    assert {r.author: r.is_own for r in _page(office).records} == {"县会计": False, "镇办": True}
    assert queue(office.actor("县办"), unit(TOWN))[0].own == 0


def test_pages_follow_each_other_without_gaps(office: Office) -> None:
    made = {_visit(office, village, day) for village in (FIRST, SECOND) for day in range(1, 8)}
    seen: list[int] = []
    after = None
    while True:
        page = _page(office, after=after, size=3)
        seen += [r.id for r in page.records]
        if page.after is None:
            break
        after = page.after

    assert len(seen) == len(made)
    assert set(seen) == made


def test_a_page_goes_on_behind_a_record_that_was_decided_meanwhile(office: Office) -> None:
    for day in range(1, 7):
        _visit(office, day=day)
    first = _page(office, size=3)
    office.approve(first.records[-1].id)

    assert [r.occurred_on[-2:] for r in _page(office, after=first.after, size=3).records] == [
        "04",
        "05",
        "06",
    ]


def test_a_revision_is_shown_beside_what_was_approved(office: Office) -> None:
    office.record("orchard", FIRST, plot="1", date="2023-01-01", bearing=5, young=0, variety="花椒")
    office.submit("orchard", FIRST, plot="1", date="2023-01-01", bearing=7, young=0, variety="花椒")

    (shown,) = _page(office, "orchard").records
    assert (shown.action, shown.is_new) == ("revise", False)
    assert [(c.field.key, c.before, c.after) for c in shown.changed] == [
        ("bearing", "5", "7"),
        ("area", "5", "7"),
    ]


def test_a_withdrawal_is_marked_with_what_was_approved(office: Office) -> None:
    record = office.record("orchard", FIRST, plot="1", date="2023-01-01", bearing=5)
    withdraw_records(office.actor("县会计"), [record], reason="重复登记")

    (shown,) = _page(office, "orchard").records
    assert (shown.is_withdrawal, shown.reason) == (True, "重复登记")
    assert ("bearing", "5", None) in [(c.field.key, c.before, c.after) for c in shown.changed]


def test_a_record_changed_since_it_was_shown_is_not_approved_unseen(office: Office) -> None:
    other = _visit(office, day=2)
    record = office.submit("dispute", FIRST, number="1", date="2023-03-01")
    seen = {record: 1, other: 1}
    office.submit("dispute", FIRST, number="1", date="2023-03-02")

    with pytest.raises(ProblemsError, match="APPROVAL_001"):
        approve_seen(office.actor("镇办"), unit(TOWN), seen)
    with pytest.raises(ProblemsError, match="APPROVAL_001"):
        return_seen(office.actor("镇办"), unit(TOWN), seen, reason="日期不对")
    assert {ledgers.get(r).state for r in seen} == {"submitted"}


def test_all_that_stands_in_the_way_is_said_at_once(office: Office) -> None:
    gone, far = _visit(office), _visit(office, FAR_FIRST)
    return_records(office.actor("镇办"), [gone], reason="补日期")

    with pytest.raises(ProblemsError) as caught:
        approve_seen(office.actor("县办"), unit(TOWN), {gone: 1, far: 1, 999_999: 1})
    assert [p.code for p in caught.value.problems] == ["APPROVAL_002", "RECORD_001", "RECORD_001"]
    with pytest.raises(ProblemsError, match="APPROVAL_003"):
        approve_seen(office.actor("县办"), unit(TOWN), {})


def test_returning_needs_a_reason_and_reaches_all_selected(office: Office) -> None:
    seen = {_visit(office, day=1): 1, _visit(office, day=2): 1}

    with pytest.raises(ProblemsError, match="APPROVAL_004"):
        return_seen(office.actor("镇办"), unit(TOWN), seen, reason="  ")
    assert return_seen(office.actor("镇办"), unit(TOWN), seen, reason="补事由") == 2
    assert {ledgers.get(r).state for r in seen} == {"returned"}


def test_approving_all_leaves_what_was_written_afterwards(office: Office) -> None:
    before = _visit(office, day=1)
    shown = current()
    after = _visit(office, day=2)

    made = approve_all_shown(office.actor("镇办"), unit(TOWN), "visit", shown)

    assert made.approved == 1
    assert (ledgers.get(before).state, ledgers.get(after).state) == ("approved", "submitted")


def test_the_job_approves_all_and_says_where_to_look(office: Office) -> None:
    for day in range(1, 6):
        _visit(office, day=day)
    params = {"ledger": "visit", "up_to": current()}
    asked = jobs.start(office.actor("镇办"), "approval.approve", TOWN, params)
    run_one()

    view = job_queries.get_job(office.actor("镇办"), asked.number)
    assert (view.state, view.result["approved"], view.result["page"]) == ("done", 5, "approval-done")  # fmt: skip
    assert office.value("visits", TOWN, "2023") == 5


def test_what_an_approval_changed_in_the_figures(office: Office) -> None:
    office.record("orchard", FIRST, plot="1", date="2023-01-01", bearing=5, young=0, household="1")
    record = office.submit("orchard", SECOND, plot="2", date="2023-02-01", bearing=2.5, young=0, household="2")  # fmt: skip
    made = approve_seen(office.actor("镇办"), unit(TOWN), {record: 1})

    found = changes_of(office.actor("镇办"), unit(TOWN), made.first, made.last)

    assert found is not None
    assert (found.approved, [(d.key, n) for d, n in found.ledgers]) == (1, [("orchard", 1)])
    changed = {f.indicator.key: (f.before, f.after) for f in found.figures}
    assert changed["orchard_area"] == (Decimal(5), Decimal("7.5"))
    assert changed["orchard_households"] == (Decimal(1), Decimal(2))


def test_a_figure_that_was_not_known_before_says_so(office: Office) -> None:
    record = _visit(office)
    made = approve_seen(office.actor("镇办"), unit(TOWN), {record: 1})

    found = changes_of(office.actor("镇办"), unit(TOWN), made.first, made.last)
    assert found is not None
    changed = {f.indicator.key: (f.before, f.after) for f in found.figures}
    assert changed["visits"] == (None, Decimal(1))


def test_another_persons_approval_is_not_shown(office: Office) -> None:
    made = approve_seen(office.actor("镇办"), unit(TOWN), {_visit(office): 1})

    assert changes_of(office.actor("县办"), unit(COUNTY), made.first, made.last) is None
    assert changes_of(office.actor("镇办"), unit(SECOND), made.first, made.last) is None


def test_somebody_without_the_right_approves_nothing(office: Office) -> None:
    with pytest.raises(ProblemsError, match="PEOPLE_001"):
        approve_seen(office.actor("外镇办"), unit(TOWN), {_visit(office): 1})
