"""Backups: what is put back is what was there, only a whole archive is accepted, and what stood before is kept."""

from __future__ import annotations

import zipfile
from collections.abc import Iterator
from pathlib import Path

import pytest

from shuzhi.apps import storage
from shuzhi.core.problems import ProblemsError
from tests.support.office import ENGINES, FIRST, Office
from tests.support.office import office as open_office

COUNTED = (
    "record",
    "revision",
    "posting",
    "cell",
    "event",
    "account",
    "post",
    "organisation",
    "book",
)


def codes(action) -> list[str]:  # type: ignore[no-untyped-def]
    """The codes of the problems the action raises."""
    with pytest.raises(ProblemsError) as error:
        action()
    return [p.code for p in error.value.problems]


@pytest.fixture(autouse=True)
def files(tmp_path: Path) -> Iterator[Path]:
    """The office's files of this test."""
    from django.test import override_settings

    with override_settings(OFFICE_FILES=tmp_path / "files"):
        yield tmp_path / "files"


@pytest.fixture(params=ENGINES)
def recorded(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Office]:
    """An office with one approved and one waiting record, on each engine."""
    with open_office(request.param, tmp_path) as made:
        made.open(2023)
        made.record("orchard", FIRST, plot="1", date="2023-03-01", bearing="3", young="0")
        made.submit("orchard", FIRST, plot="2", date="2023-04-01", bearing="4", young="0")
        yield made


@pytest.fixture
def on_sqlite(tmp_path: Path) -> Iterator[Office]:
    """The same on SQLite alone."""
    with open_office("sqlite", tmp_path) as made:
        made.open(2023)
        made.record("orchard", FIRST, plot="1", date="2023-03-01", bearing="3", young="0")
        yield made


def contents() -> dict[str, list[tuple]]:  # type: ignore[type-arg]
    """Everything in the tables that hold the books."""
    return {t: sorted(map(str, storage.fetch(f"SELECT * FROM {t}"))) for t in COUNTED}  # type: ignore[misc]


def test_what_is_restored_is_what_was_backed_up(recorded: Office, files: Path) -> None:
    from shuzhi.apps.administration.actions import make_backup, restore_backup

    kept = files / "ab" / "abcd"
    kept.parent.mkdir(parents=True)
    kept.write_bytes(b"a photograph")
    admin = recorded.actor("管理员")
    before = contents()
    made = make_backup(admin)
    recorded.record("orchard", FIRST, plot="3", date="2023-05-01", bearing="5", young="0")
    kept.unlink()

    done = restore_backup(admin, made.path, reason="试")

    after = contents()
    added = set(after.pop("event")) - set(before.pop("event"))
    assert len(added) == 1, "only the restoring itself"
    assert after == before
    assert recorded.value("orchard_area", FIRST, 2023) == 3
    assert kept.read_bytes() == b"a photograph"
    assert done.safety is not None
    assert recorded.is_sound()
    recorded.record("orchard", FIRST, plot="4", date="2023-06-01", bearing="1", young="0")
    assert recorded.value("orchard_area", FIRST, 2023) == 4, "work goes on"


def test_what_stood_before_a_restore_can_be_restored_too(recorded: Office) -> None:
    from shuzhi.apps.administration.actions import make_backup, restore_backup

    admin = recorded.actor("管理员")
    first = make_backup(admin)
    recorded.record("orchard", FIRST, plot="3", date="2023-05-01", bearing="5", young="0")

    done = restore_backup(admin, first.path, reason="错了")
    assert recorded.value("orchard_area", FIRST, 2023) == 3
    assert done.safety is not None
    restore_backup(admin, done.safety, reason="还是回去")

    assert recorded.value("orchard_area", FIRST, 2023) == 8
    assert recorded.is_sound()


def test_sealed_tables_stay_sealed_after_a_restore(recorded: Office) -> None:
    from django.db import connection

    from shuzhi.apps.administration.actions import make_backup, restore_backup
    from shuzhi.apps.audit.sealing import missing_triggers

    admin = recorded.actor("管理员")

    restore_backup(admin, make_backup(admin).path, reason="试")

    assert missing_triggers(connection) == []


def test_everybody_signs_in_anew_and_work_that_waited_is_not_done_again(on_sqlite: Office) -> None:
    from django.contrib.sessions.backends.db import SessionStore
    from django.contrib.sessions.models import Session

    from shuzhi.apps.administration.actions import make_backup, restore_backup
    from shuzhi.apps.jobs import actions as jobs
    from shuzhi.apps.jobs.models import Job

    admin = on_sqlite.actor("管理员")
    SessionStore().create()
    waiting = jobs.start(admin, "backup.make", FIRST)

    restore_backup(admin, make_backup(admin).path, reason="试")

    assert not Session.objects.exists()
    assert Job.objects.get(number=waiting.number).state == "cancelled"


def test_the_job_that_restores_is_carried_over(recorded: Office) -> None:
    from shuzhi.apps.administration.actions import make_backup
    from shuzhi.apps.jobs import actions as jobs
    from shuzhi.apps.jobs.worker import run_one

    admin = recorded.actor("管理员")
    made = make_backup(admin)
    job = jobs.start(admin, "backup.restore", FIRST, {"file": made.path.name, "reason": "试"})

    ended = run_one(job.number)

    assert ended is not None
    assert (ended.state, ended.problems) == ("done", [])
    assert ended.result["safety"].startswith("before-restore-")


def rewritten(path: Path, changes: dict[str, bytes | None]) -> Path:
    """The archive with some members changed, or (None) left out."""
    target = path.with_name("changed.zip")
    with zipfile.ZipFile(path) as old, zipfile.ZipFile(target, "w") as new:
        for name in old.namelist():
            content = changes.get(name, old.read(name))
            if content is not None:
                new.writestr(name, content)
        for name, content in changes.items():
            if name not in old.namelist() and content is not None:
                new.writestr(name, content)
    return target


def test_only_a_whole_archive_is_restored(on_sqlite: Office, files: Path) -> None:
    from shuzhi.apps.administration.actions import make_backup, restore_backup
    from shuzhi.apps.administration.archives import MANIFEST

    (files / "ab").mkdir(parents=True)
    (files / "ab" / "abcd").write_bytes(b"a photograph")
    admin = on_sqlite.actor("管理员")
    made = make_backup(admin).path
    before = contents()

    def restore(changes: dict[str, bytes | None]) -> list[str]:
        return codes(lambda: restore_backup(admin, rewritten(made, changes), reason="试"))

    with zipfile.ZipFile(made) as archive:
        manifest = archive.read(MANIFEST)
    assert restore({"files/ab/abcd": b"another"}) == ["BACKUP_002"]
    assert restore({"files/ab/abcd": None}) == ["BACKUP_002"]
    assert restore({"files/../../evil": b"x"}) == ["BACKUP_002"]
    assert restore({MANIFEST: None}) == ["BACKUP_001"]
    assert restore({MANIFEST: manifest.replace(b'"format": 1', b'"format": 2')}) == ["BACKUP_003"]
    later = manifest.replace(b'"people.0001_initial"', b'"people.9999_later"')
    assert restore({MANIFEST: later}) == ["BACKUP_004"]
    other = manifest.replace(b'"sqlite"', b'"postgresql"')
    assert "BACKUP_005" in restore({MANIFEST: other})
    (files / "text.zip").write_text("no archive")
    assert codes(lambda: restore_backup(admin, files / "text.zip", reason="试")) == ["BACKUP_001"]
    assert contents() == before


def test_another_offices_archive_needs_to_be_asked_for(on_sqlite: Office) -> None:
    from shuzhi.apps.administration.actions import make_backup, restore_backup

    admin = on_sqlite.actor("管理员")
    made = make_backup(admin).path
    storage.execute("UPDATE clock SET office = 'somebody else'")

    assert codes(lambda: restore_backup(admin, made, reason="试")) == ["BACKUP_007"]
    restore_backup(admin, made, reason="试", allow_other_office=True)

    assert storage.fetch("SELECT office FROM clock") != [("somebody else",)]


def test_a_backup_needs_the_right_at_the_top_and_a_restore_a_reason(on_sqlite: Office) -> None:
    from shuzhi.apps.administration.actions import make_backup, restore_backup

    admin = on_sqlite.actor("管理员")
    made = make_backup(admin).path

    for persona in ("镇领导", "审计员", "县会计", "安全员"):
        actor = on_sqlite.actor(persona)
        assert codes(lambda actor=actor: make_backup(actor)) == ["PEOPLE_001"]  # type: ignore[misc]
        assert codes(lambda actor=actor: restore_backup(actor, made, reason="x")) == ["PEOPLE_001"]  # type: ignore[misc]
    assert codes(lambda: restore_backup(None, made, reason="x")) == ["OFFICE_005"]
    assert codes(lambda: restore_backup(admin, made, reason=" ")) == ["BACKUP_011"]


def test_names_lead_nowhere_but_to_kept_backups(on_sqlite: Office) -> None:
    from shuzhi.apps.administration.actions import find_backup

    for name in ("../x.zip", "x.zip", "", "..", "/etc/passwd"):
        assert codes(lambda name=name: find_backup(name)) == ["BACKUP_010"]  # type: ignore[misc]
