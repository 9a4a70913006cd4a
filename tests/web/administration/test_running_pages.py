"""Backups, audit log, jobs and the state of the system in the browser."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import override_settings

from tests.support.office import COUNTY, FAR_FIRST, FIRST, TOWN, Office
from tests.web.conftest import Visit, client_of


@pytest.fixture(autouse=True)
def at_once() -> Iterator[None]:
    """Jobs are done where they are asked for."""
    with override_settings(JOBS_AT_ONCE=True):
        yield


def address(unit: str, rest: str) -> str:
    """A page of this area."""
    return f"/at/{unit}/administration/{rest}"


def kept(files: Path) -> list[str]:
    """Names of the kept backups."""
    return sorted(path.name for path in (files / "backups").glob("*.zip"))


def test_a_backup_is_made_taken_away_brought_back_and_restored(
    web: Office, as_: Visit, office_files: Path
) -> None:
    web.record("tea", FIRST, date="2023-03-01", plot="T1", area="3", kind="绿茶")
    client = as_("管理员")

    made = client.post(address(COUNTY, "backup/"), {"action": "make"})
    assert made.status_code == 302
    assert made["Location"].startswith("/jobs/")
    (name,) = kept(office_files)
    taken = b"".join(client.get(address(COUNTY, f"backup/{name}/")).streaming_content)  # type: ignore[arg-type]
    assert (
        client.post(address(COUNTY, "backup/"), {"action": "remove", "file": name}).status_code
        == 302
    )
    assert kept(office_files) == []

    web.record("tea", FIRST, date="2023-04-01", plot="T2", area="4", kind="绿茶")
    brought = client.post(
        address(COUNTY, "backup/"), {"action": "bring", "archive": SimpleUploadedFile(name, taken)}
    )
    assert brought.status_code == 302
    (back,) = kept(office_files)
    refused = client.post(
        address(COUNTY, "backup/"), {"action": "restore", "file": back, "reason": " "}
    )
    assert refused.status_code == 422
    assert "BACKUP_011" in refused.content.decode()
    assert web.value("tea_area", FIRST, 2023) == 7

    done = client.post(
        address(COUNTY, "backup/"), {"action": "restore", "file": back, "reason": "试"}
    )

    assert done.status_code == 302
    assert web.value("tea_area", FIRST, 2023) == 3
    assert [n.startswith("before-restore") for n in kept(office_files)] == [True, False]
    again = client.get(address(COUNTY, "backup/"))
    assert again.status_code == 302, "everybody signs in anew"
    assert web.is_sound()


def test_a_file_that_is_no_backup_is_refused_in_place(
    web_sqlite: Office, as_: Visit, office_files: Path
) -> None:
    done = as_("管理员").post(
        address(COUNTY, "backup/"),
        {"action": "bring", "archive": SimpleUploadedFile("x.zip", b"no archive")},
    )

    assert done.status_code == 422
    assert "BACKUP_001" in done.content.decode()
    assert list((office_files / "backups").iterdir()) == []


def test_who_downloaded_a_backup_is_noted(
    web_sqlite: Office, as_: Visit, office_files: Path
) -> None:
    client = as_("管理员")
    client.post(address(COUNTY, "backup/"), {"action": "make"})
    (name,) = kept(office_files)

    client.get(address(COUNTY, f"backup/{name}/"))

    page = as_("审计员").get(address(COUNTY, "events/?code=backup.downloaded")).content.decode()
    assert name in page
    assert "管理员" in page


def test_the_audit_log_shows_what_concerns_the_units_below(web_sqlite: Office) -> None:
    from shuzhi.apps.people.actions import create_account, give_post
    from shuzhi.apps.people.permissions import SYSTEM

    create_account(SYSTEM, "镇审计", "镇审计")
    give_post(SYSTEM, "镇审计", TOWN, "auditor", from_date="2020-01-01")
    client = client_of("镇审计")

    own = client.get(address(TOWN, "events/"))
    assert own.status_code == 200
    assert "甲村" in own.content.decode()
    for unit in (COUNTY, FAR_FIRST):
        assert client.get(address(unit, "events/")).status_code == 403
    text = client.get(address(TOWN, "events/?q=外镇会计")).content.decode()
    assert "没有找到" in text


def test_a_day_that_is_none_is_told_beside_the_search(web_sqlite: Office, as_: Visit) -> None:
    page = as_("审计员").get(address(COUNTY, "events/?since=2023-02-30"))

    assert page.status_code == 422
    assert "QUANTITY_011" in page.content.decode()


@pytest.mark.parametrize("language", ["zh", "en"])
@pytest.mark.parametrize("rest", ["", "jobs/", "system/", "backup/", "units/"])
def test_pages_stand_in_both_languages(web_sqlite: Office, language: str, rest: str) -> None:
    page = client_of("管理员", language).get(address(COUNTY, rest))

    assert page.status_code == 200
    assert ("System" in page.content.decode() or "Administration" in page.content.decode()) == (
        language == "en"
    )


def test_somebody_without_a_post_there_gets_nowhere(web_sqlite: Office, as_: Visit) -> None:
    for persona in ("外镇会计", "外镇办", "村会计"):
        for rest in ("", "units/", "events/", "system/", "backup/", "jobs/"):
            assert as_(persona).get(address(FIRST, rest)).status_code in (403, 404)


def test_whoever_watches_the_server_needs_no_account(web: Office, as_: Visit) -> None:
    answer = as_("").get("/alive/")

    assert (answer.status_code, answer.content) == (200, b"alive\n")


def test_the_state_of_the_system_says_what_needs_attention(web: Office, as_: Visit) -> None:
    client = as_("管理员")
    assert "还没有备份过" in client.get(address(COUNTY, "system/")).content.decode()

    client.post(address(COUNTY, "backup/"), {"action": "make"})

    page = client.get(address(COUNTY, "system/")).content.decode()
    assert "还没有备份过" not in page
    assert ("PostgreSQL" if web.engine == "postgresql" else "SQLite") in page
