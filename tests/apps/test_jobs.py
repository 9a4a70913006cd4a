"""Work in the background: done once, told how far it is, stopped, and taken up again when a worker dies."""

from __future__ import annotations

import time
from collections.abc import Callable
from pathlib import Path
from threading import Event, Thread
from typing import Any

import pytest
from django.db import connection

from shuzhi.apps import storage
from shuzhi.apps.jobs import actions, pulse, queries, uploads, worker
from shuzhi.apps.jobs.models import Job, Upload
from shuzhi.apps.jobs.registry import JobContext, job
from shuzhi.apps.ledgers.actions import submit_values
from shuzhi.apps.organisations.queries import get as unit
from shuzhi.core.definitions import Text
from shuzhi.core.problems import Place, Problem, ProblemsError
from tests.support.office import COUNTY, FIRST, SECOND, TOWN, Office

_steps: dict[str, Callable[[JobContext], Any]] = {}


@job("test.plain", Text("试验", "test"), stages={"write": Text("写入", "writing")})
def _plain(context: JobContext) -> Any:
    return _steps["plain"](context)


@job("test.atomic", atomic=True)
def _atomic(context: JobContext) -> Any:
    return _steps["atomic"](context)


@pytest.fixture(autouse=True)
def _files(tmp_path: Path, settings_folder: Callable[[Path], None]) -> None:
    settings_folder(tmp_path / "files")


@pytest.fixture
def settings_folder(monkeypatch: pytest.MonkeyPatch) -> Callable[[Path], None]:
    from django.conf import settings

    return lambda path: monkeypatch.setattr(settings, "OFFICE_FILES", path)


def _visit(context: JobContext) -> dict[str, Any]:
    made = submit_values(context.actor, "visit", FIRST, {"date": "2023-03-01", "topic": "帮扶"})
    return {"records": made.records}


def _records() -> int:
    return int(storage.fetch("SELECT COUNT(*) FROM record")[0][0])


def _wait_for(truth: Callable[[], bool]) -> None:
    for _ in range(200):
        if truth():
            return
        time.sleep(0.05)
    raise AssertionError("waited ten seconds in vain")


def test_a_job_is_done_once_and_its_result_kept(office: Office) -> None:
    _steps["plain"] = _visit
    asked = actions.start(office.actor("村会计"), "test.plain", FIRST)

    done = worker.run_one()

    assert done is not None
    assert done.number == asked.number
    assert worker.run_one() is None
    view = queries.get_job(office.actor("村会计"), asked.number)
    assert (view.state, view.result["records"] != [], view.title.en) == ("done", True, "test")
    assert view.is_over


def test_the_oldest_job_comes_first(office: Office) -> None:
    seen: list[str] = []
    _steps["plain"] = lambda context: seen.append(context.params["name"])
    for name in ("first", "second"):
        actions.start(office.actor("村会计"), "test.plain", FIRST, {"name": name})

    assert worker.run_waiting() == 2
    assert seen == ["first", "second"]


def test_two_workers_never_do_the_same_job(office: Office) -> None:
    seen: list[int] = []
    _steps["plain"] = lambda context: seen.append(context.params["n"])
    for n in range(20):
        actions.start(office.actor("村会计"), "test.plain", FIRST, {"n": n})

    def work() -> None:
        try:
            worker.run_waiting()
        finally:
            connection.close()

    threads = [Thread(target=work) for _ in range(3)]
    for one in threads:
        one.start()
    for one in threads:
        one.join()

    assert sorted(seen) == list(range(20))


def test_progress_can_be_seen_while_the_jobs_own_transaction_is_open(office: Office) -> None:
    go = Event()

    def step(context: JobContext) -> dict[str, Any]:
        made = _visit(context)
        context.progress(3, 10)
        assert go.wait(20)
        return made

    _steps["atomic"] = step
    asked = actions.start(office.actor("村会计"), "test.atomic", FIRST)

    def work() -> None:
        try:
            worker.run_one()
        finally:
            connection.close()

    thread = Thread(target=work)
    thread.start()

    def view() -> queries.JobView:
        return queries.get_job(office.actor("村会计"), asked.number)

    try:
        _wait_for(lambda: view().done == 3)
        assert (view().state, view().total, _records()) == ("running", 10, 0)
    finally:
        go.set()
        thread.join()
    assert (view().state, view().done, _records()) == ("done", 10, 1)


def test_a_running_job_is_stopped_and_takes_back_what_it_wrote(office: Office) -> None:
    begun = Event()

    def step(context: JobContext) -> None:
        _visit(context)
        begun.set()
        for n in range(400):
            time.sleep(0.05)
            context.progress(n, 400)

    _steps["atomic"] = step
    asked = actions.start(office.actor("村会计"), "test.atomic", FIRST)

    def work() -> None:
        try:
            worker.run_one()
        finally:
            connection.close()

    thread = Thread(target=work)
    thread.start()
    assert begun.wait(10)
    actions.cancel(office.actor("村会计"), asked.number)
    thread.join()

    assert queries.get_job(office.actor("村会计"), asked.number).state == "cancelled"
    assert _records() == 0


def test_a_waiting_job_is_stopped_at_once_and_one_that_is_over_not_at_all(office: Office) -> None:
    asked = actions.start(office.actor("村会计"), "test.plain", FIRST)

    assert actions.cancel(office.actor("村会计"), asked.number).state == "cancelled"
    assert worker.run_one() is None
    with pytest.raises(ProblemsError, match="JOB_004"):
        actions.cancel(office.actor("村会计"), asked.number)


def test_problems_of_the_work_are_kept_with_their_places(office: Office) -> None:
    def step(context: JobContext) -> None:
        place = Place("甲.xlsx", "表", 5, "面积", 3)
        raise ProblemsError([Problem("RECORD_001", {"record": 7}, place), Problem("RECORD_002")])

    _steps["plain"] = step
    asked = actions.start(office.actor("村会计"), "test.plain", FIRST)
    worker.run_one()

    view = queries.get_job(office.actor("村会计"), asked.number)
    assert view.state == "failed"
    assert view.problems[0] == Problem(
        "RECORD_001", {"record": 7}, Place("甲.xlsx", "表", 5, "面积", 3)
    )


def test_a_fault_of_the_program_becomes_a_number_and_tells_no_values(
    office: Office, caplog: pytest.LogCaptureFixture
) -> None:
    def step(context: JobContext) -> None:
        _visit(context)
        raise ValueError("".join(("620802", "199003071238")))

    _steps["atomic"] = step
    asked = actions.start(office.actor("村会计"), "test.atomic", FIRST)
    worker.run_one()

    view = queries.get_job(office.actor("村会计"), asked.number)
    (problem,) = view.problems
    assert (view.state, problem.code, _records()) == ("failed", "JOB_001", 0)
    assert problem.params["fault"] in caplog.text
    assert "620802199003071238" not in caplog.text


def _die(number: str) -> None:
    """As if the worker had been killed long ago."""
    Job.objects.filter(number=number).update(
        state="running", started="2023-01-01T00:00:00.000000Z", heartbeat="2023-01-01T00:00:00.000000Z",
        runner="dead", attempts=1,
    )  # fmt: skip


def test_atomic_work_of_a_dead_worker_is_begun_anew(office: Office) -> None:
    _steps["atomic"] = _visit
    asked = actions.start(office.actor("村会计"), "test.atomic", FIRST)
    _die(asked.number)

    assert worker.run_one() is None
    assert worker.recover() == 1
    worker.run_one()

    assert queries.get_job(office.actor("村会计"), asked.number).state == "done"
    assert _records() == 1


def test_other_work_of_a_dead_worker_is_said_to_be_broken_off(office: Office) -> None:
    asked = actions.start(office.actor("村会计"), "test.plain", FIRST)
    _die(asked.number)

    assert worker.recover() == 1
    view = queries.get_job(office.actor("村会计"), asked.number)
    assert (view.state, [p.code for p in view.problems]) == ("failed", ["JOB_002"])


def test_a_worker_that_was_taken_for_dead_cannot_write_its_result(office: Office) -> None:
    def step(context: JobContext) -> dict[str, Any]:
        Job.objects.filter(number=context.number).update(runner="another")
        return _visit(context)

    _steps["atomic"] = step
    asked = actions.start(office.actor("村会计"), "test.atomic", FIRST)
    worker.run_one()

    assert _records() == 0
    assert Job.objects.get(number=asked.number).state == "running"


def test_a_job_that_shows_life_is_left_alone(office: Office) -> None:
    asked = actions.start(office.actor("村会计"), "test.plain", FIRST)
    _die(asked.number)
    if pulse.is_beside():
        pulse._write(pulse._folder() / asked.number, b'{"runner":"dead","stage":"write","done":1,"total":2,"heartbeat":"2999"}')  # fmt: skip
    else:
        Job.objects.filter(number=asked.number).update(heartbeat="2999", stage="write")

    assert worker.recover() == 0
    stage = queries.get_job(office.actor("村会计"), asked.number).stage
    assert stage is not None
    assert stage.zh == "写入"


def test_only_its_actor_and_who_administers_the_unit_see_a_job(office: Office) -> None:
    asked = actions.start(office.actor("村会计"), "test.plain", FIRST)

    assert queries.get_job(office.actor("管理员"), asked.number).actor == "村会计"
    for other in ("镇会计", "县会计", "镇办", "审计员"):
        with pytest.raises(ProblemsError, match="JOB_003"):
            queries.get_job(office.actor(other), asked.number)
        with pytest.raises(ProblemsError, match="JOB_003"):
            actions.cancel(office.actor(other), asked.number)
    assert [j.number for j in queries.jobs_at(unit(TOWN))] == [asked.number]
    assert queries.jobs_at(unit(SECOND)) == []
    assert queries.jobs_of(office.actor("镇会计")) == []


def test_rights_are_those_of_the_moment_the_work_is_done(office: Office) -> None:
    from shuzhi.apps.people.models import Account, Post

    _steps["plain"] = _visit
    asked = actions.start(office.actor("村会计"), "test.plain", FIRST)
    Post.objects.filter(account=Account.objects.get(name="村会计")).update(to_date="2020-01-01")
    worker.run_one()

    view = queries.get_job(office.actor("村会计"), asked.number)
    assert [p.code for p in view.problems] == ["PEOPLE_001"]


def test_work_of_an_unknown_kind_fails_clearly(office: Office) -> None:
    asked = actions.start(office.actor("村会计"), "test.plain", FIRST)
    Job.objects.filter(number=asked.number).update(kind="gone.kind")
    worker.run_one()

    view = queries.get_job(office.actor("村会计"), asked.number)
    assert ([p.code for p in view.problems], view.title.zh) == (["JOB_005"], "gone.kind")


def test_a_worker_runs_until_it_is_stopped(office: Office) -> None:
    seen = Event()
    stop = Event()
    _steps["plain"] = lambda context: seen.set()

    def work() -> None:
        try:
            worker.run_forever(stop)
        finally:
            connection.close()

    thread = Thread(target=work)
    thread.start()
    try:
        actions.start(office.actor("村会计"), "test.plain", FIRST)
        assert seen.wait(10)
    finally:
        stop.set()
        thread.join()


def test_jobs_run_at_once_where_that_is_set(
    office: Office, monkeypatch: pytest.MonkeyPatch
) -> None:
    from django.conf import settings

    monkeypatch.setattr(settings, "JOBS_AT_ONCE", True, raising=False)
    _steps["plain"] = _visit
    asked = actions.start(office.actor("村会计"), "test.plain", FIRST)

    assert queries.get_job(office.actor("村会计"), asked.number).state == "done"


def test_old_jobs_are_thrown_away(office: Office) -> None:
    _steps["plain"] = lambda context: None
    asked = actions.start(office.actor("村会计"), "test.plain", FIRST)
    worker.run_one()
    Job.objects.filter(number=asked.number).update(at="2023-01-01T00:00:00.000000Z")

    assert worker.clean() == 1
    assert not Job.objects.exists()


# ── uploads ───────────────────────────────────────────────────────────────────────────────────────────────────────────


def test_an_upload_is_kept_by_content_and_seen_by_its_owner_alone(office: Office) -> None:
    mine = office.actor("村会计")
    kept = uploads.keep(mine, "import", unit(FIRST), "C:\\表\\甲.xlsx", [b"a", b"b"])

    assert (kept.name, uploads.path_of(kept.digest).read_bytes()) == ("甲.xlsx", b"ab")
    assert uploads.get(mine, kept.number, "import").digest == kept.digest
    assert [u.number for u in uploads.uploads_of(mine, "import", unit(COUNTY))] == [kept.number]
    assert uploads.uploads_of(mine, "import", unit(SECOND)) == []
    for actor, purpose in ((office.actor("镇会计"), "import"), (mine, "check")):
        with pytest.raises(ProblemsError, match="JOB_008"):
            uploads.get(actor, kept.number, purpose)


def test_an_upload_that_is_empty_or_too_large_is_refused(
    office: Office, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(uploads, "LIMIT", 3)
    with pytest.raises(ProblemsError, match="JOB_007"):
        uploads.keep(office.actor("村会计"), "import", unit(FIRST), "甲.xlsx", [])
    with pytest.raises(ProblemsError, match="JOB_006"):
        uploads.keep(office.actor("村会计"), "import", unit(FIRST), "甲.xlsx", [b"abcd"])
    assert not Upload.objects.exists()


def test_a_content_goes_when_nobody_has_it_any_more(office: Office) -> None:
    mine = office.actor("村会计")
    one, two = (uploads.keep(mine, "import", unit(FIRST), "甲.xlsx", [b"ab"]) for _ in range(2))

    uploads.drop(one)
    assert uploads.path_of(one.digest).exists()
    uploads.drop(two)
    assert not uploads.path_of(one.digest).exists()


def test_uploads_older_than_seven_days_are_cleaned_and_finished_ones_noted(office: Office) -> None:
    mine = office.actor("村会计")
    left, done, fresh = (
        uploads.keep(mine, "import", unit(FIRST), f"{n}.xlsx", [n.encode()]) for n in "abc"
    )
    uploads.finish(done, {"created": 3})
    Upload.objects.exclude(number=fresh.number).update(at="2023-01-01T00:00:00.000000Z")

    assert uploads.clean() == 2
    assert uploads.clean() == 0
    assert not uploads.path_of(left.digest).exists()
    assert not uploads.path_of(done.digest).exists()
    assert uploads.path_of(fresh.digest).exists()
    assert {u.name for u in Upload.objects.all()} == {"b.xlsx", "c.xlsx"}
