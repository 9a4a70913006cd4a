"""Many people at once on PostgreSQL: no deadlock, one winner for each record, sequence numbers in the order of commits."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from django.db import connections

from shuzhi.apps import storage
from shuzhi.apps.books.actions import close_books
from shuzhi.apps.books.posting import approve_records
from shuzhi.apps.ledgers.actions import submit_values
from shuzhi.apps.office import definitions
from shuzhi.apps.people.queries import get_actor
from shuzhi.core.periods import year
from shuzhi.core.problems import ProblemsError
from tests.apps.test_approval import ORCHARD
from tests.support.office import COUNTY, FAR_FIRST, FIRST, SECOND, Office, office


@pytest.fixture
def busy(tmp_path: Path) -> Iterator[Office]:
    with office("postgresql", tmp_path) as made:
        made.open(2023)
        yield made


def at_once(*acts: Callable[[], object]) -> list[object]:
    """Runs the acts in threads that start together, each with its own connection; results or problems, in order."""
    barrier = threading.Barrier(len(acts))
    results: list[object] = [None] * len(acts)

    def run(number: int) -> None:
        try:
            barrier.wait(20)
            results[number] = acts[number]()
        except ProblemsError as error:
            results[number] = [p.code for p in error.problems]
        except Exception as error:  # a deadlock or a broken constraint must show, not hang the test
            results[number] = error
        finally:
            connections["default"].close()

    threads = [threading.Thread(target=run, args=(n,)) for n in range(len(acts))]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(60)
        assert not thread.is_alive(), "threads wait for each other for ever"
    return results


def test_villages_are_approved_at_once(busy: Office) -> None:
    villages = (FIRST, SECOND, FAR_FIRST)
    waiting = {
        village: [
            busy.submit("orchard", village, **(ORCHARD | {"plot": str(n)})) for n in range(20)
        ]
        for village in villages
    }
    assert definitions()

    def approve(village: str, record: int) -> Callable[[], object]:
        return lambda: approve_records(get_actor("县办"), [record]).approved

    for n in range(20):
        assert at_once(*(approve(v, waiting[v][n]) for v in villages)) == [1, 1, 1]

    assert busy.value("orchard_area", COUNTY, 2023) == 3 * 60
    assert busy.is_sound()


def test_of_two_who_approve_one_record_one_wins(busy: Office) -> None:
    for n in range(15):
        record = busy.submit("orchard", FIRST, **(ORCHARD | {"plot": str(n)}))

        results = at_once(
            lambda r=record: approve_records(get_actor("县办"), [r]).approved,  # type: ignore[misc]
            lambda r=record: approve_records(get_actor("镇办"), [r]).approved,  # type: ignore[misc]
        )

        assert sorted(results, key=str) == [1, ["RECORD_003"]]
    assert busy.value("orchard_area", FIRST, 2023) == 3 * 15
    assert busy.is_sound()


def test_two_clerks_who_enter_the_same_event_enter_two(busy: Office) -> None:
    visit = {"date": "2023-05-01", "topic": "帮扶"}
    for _ in range(10):
        at_once(
            *(
                lambda p=persona: submit_values(get_actor(p), "visit", FIRST, visit)  # type: ignore[misc]
                for persona in ("县会计", "镇会计")
            )
        )

    assert storage.fetch("SELECT COUNT(*) FROM record")[0][0] == 20


def test_two_clerks_who_enter_one_household_make_one_record(busy: Office) -> None:
    for n in range(10):
        results = at_once(
            *(
                lambda p=persona, m=members, number=str(n): submit_values(  # type: ignore[misc]
                    get_actor(p),
                    "household",
                    FIRST,
                    {"number": number, "date": "2023-01-01", "members": m},
                )
                for persona, members in (("县会计", "3"), ("镇会计", "4"))
            )
        )
        assert sorted((s.created, s.revised) for s in results) == [(0, 1), (1, 0)]  # type: ignore[attr-defined]

    assert busy.is_sound()


def test_nothing_slips_into_a_book_that_is_being_closed(
    busy: Office, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A row that arrives after closing has counted what waits must come after the closing."""
    from shuzhi.apps.books import actions

    busy.open(2024)
    counted, count = threading.Event(), actions._hindrances

    def count_slowly(*arguments: Any) -> Any:
        found = count(*arguments)
        counted.set()
        time.sleep(0.5)  # long enough for the clerk, if nothing keeps her out
        return found

    monkeypatch.setattr(actions, "_hindrances", count_slowly)

    def submit() -> object:
        counted.wait(20)
        return submit_values(get_actor("县会计"), "orchard", FIRST, ORCHARD).records[0]

    record, closed = at_once(submit, lambda: close_books(get_actor("分管领导"), COUNTY, year(2023)))

    assert closed == 8
    ((closed_seq,),) = storage.fetch("SELECT DISTINCT closed_seq FROM book WHERE year = 2023")
    assert record > closed_seq  # type: ignore[operator]
    busy.approve(record)  # type: ignore[arg-type]
    assert (busy.value("orchard_area", FIRST, 2023), busy.value("orchard_area", FIRST, 2024)) == (
        None,
        3,
    )
    assert busy.is_sound()


def test_sequence_numbers_follow_the_order_of_commits(busy: Office) -> None:
    """What an as-of point shows may not change: no number may be committed after a higher one was seen."""
    waiting = [
        busy.submit("orchard", v, **(ORCHARD | {"plot": str(n)}))
        for n in range(15)
        for v in (FIRST, SECOND)
    ]
    seen: list[list[tuple[int, ...]]] = []
    stop = threading.Event()

    def watch() -> None:
        while not stop.is_set():
            # one statement sees one state: the clock and the numbers used up to it
            seen.append(
                storage.fetch(
                    "SELECT c.seq, (SELECT COUNT(*) FROM revision r WHERE r.seq <= c.seq) FROM clock c WHERE c.id = 1"
                )
            )

    def approve(part: int) -> Callable[[], object]:
        def run() -> object:
            for record in waiting[part::3]:
                approve_records(get_actor("县办"), [record])
            return part

        return run

    def approve_all() -> object:
        workers = at_once(*(approve(part) for part in range(3)))
        stop.set()
        return workers

    assert at_once(watch, approve_all)[1] == [0, 1, 2]

    counts = {point: count for ((point, count),) in seen}
    now = dict(storage.fetch("SELECT seq, 1 FROM revision"))
    assert len(counts) > 3
    for point, count in counts.items():
        assert count == sum(1 for seq in now if seq <= point), (
            "something was added below a point already seen"
        )
    assert busy.is_sound()
