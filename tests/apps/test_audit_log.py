"""The audit log: found by time, person, kind, unit and words; nothing of other units, nothing personal; page by page."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.support.office import COUNTY, ENGINES, FAR_FIRST, FIRST, TOWN, Office
from tests.support.office import office as open_office


@pytest.fixture(params=ENGINES)
def noted(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Office]:
    """An office in whose diary something stands for two townships and for no unit."""
    from django.db import transaction

    from shuzhi.apps.audit import actions as audit

    with open_office(request.param, tmp_path) as made:
        with transaction.atomic():
            for n in range(30):
                audit.note(
                    "ledger.exported", actor="村会计", organisation=FIRST, reason=f"第{n}次 100%_a"
                )
                audit.note(
                    "ledger.exported", actor="外镇会计", organisation=FAR_FIRST, reason="外镇"
                )
            audit.note(
                "record.unmasked",
                actor="镇会计",
                organisation=TOWN,
                reason="核对 620102199003071238 与 13812345678",
            )
            audit.note("backup.made", actor="管理员", file="x.zip")
        yield made  # fmt: skip


def search(unit: str, **wanted: object):  # type: ignore[no-untyped-def]
    """One page as a reader at the unit sees it."""
    from shuzhi.apps.audit.queries import Search
    from shuzhi.apps.audit.queries import search as find
    from shuzhi.apps.organisations.queries import get

    found = get(unit)
    return find(Search(found.path, found.parent_id is None, **wanted))  # type: ignore[arg-type]


def test_a_reader_sees_the_units_below_alone(noted: Office) -> None:
    assert {e.organisation for e in search(TOWN).entries} <= {TOWN, FIRST}
    assert {e.organisation for e in search(FIRST).entries} == {FIRST}
    assert {e.actor for e in search(FIRST, actor="外镇会计").entries} == set()
    assert "backup.made" in {e.code for e in search(COUNTY).entries}
    assert "backup.made" not in {e.code for e in search(TOWN).entries}


def test_pages_follow_each_other_without_gap_or_double(noted: Office) -> None:
    def walk(step: str) -> list[int]:
        seen: list[int] = []
        page = search(COUNTY)
        while True:
            seen += [e.seq for e in page.entries]
            if not page.older:
                return seen
            page = search(COUNTY, before=page.older)
            if step == "and back":
                again = search(COUNTY, after=page.newer)
                assert again.entries[-1].seq > page.entries[0].seq

    seqs = walk("on")

    assert seqs == sorted(set(seqs), reverse=True)
    assert len(seqs) > 80
    assert walk("and back") == seqs


def test_words_are_found_as_they_are_written(noted: Office) -> None:
    assert [e.params["reason"] for e in search(COUNTY, text="第7次").entries] == ["第7次 100%_a"]
    assert len(search(COUNTY, text="100%_A").entries) == 30
    assert search(COUNTY, text="100__").entries == ()


def test_days_are_those_of_the_office(noted: Office) -> None:
    from shuzhi.apps import storage
    from shuzhi.apps.audit.actions import today

    exported = search(TOWN, since=today(), until=today(), codes=["ledger.exported"])
    assert len(exported.entries) == 30
    assert search(TOWN, until="2020-01-01").entries == ()
    # 00:30 in Beijing is still the day before in UTC
    storage.insert_rows(
        "event",
        ("seq", "code", "actor", "organisation", "at", "params", "previous", "hash"),
        [(10**9, "book.closed", "镇领导", TOWN, "2024-02-29T16:30:00.000000Z", "{}", "", "")],
    )
    assert len(search(TOWN, since="2024-03-01", until="2024-03-01").entries) == 1
    assert search(TOWN, since="2024-02-29", until="2024-02-29").entries == ()


def test_numbers_of_persons_in_a_reason_are_hidden(noted: Office) -> None:
    (entry,) = search(TOWN, codes=["record.unmasked"]).entries

    assert entry.params["reason"] == "核对 620102********1238 与 138****5678"


def test_a_page_costs_the_same_however_long_the_diary_is(noted: Office) -> None:
    from django.db import connection
    from django.test.utils import CaptureQueriesContext

    with CaptureQueriesContext(connection) as few:
        search(FIRST)
    with CaptureQueriesContext(connection) as many:
        search(COUNTY)

    assert len(few) == len(many)
