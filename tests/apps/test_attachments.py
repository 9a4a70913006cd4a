"""Evidence: kept by content, linked by a sealed entry, missed and noticed when it is altered."""

from __future__ import annotations

from pathlib import Path

import pytest
from django.conf import settings

from shuzhi.apps.books.reconciling import reconcile, verify
from shuzhi.apps.ledgers import attachments
from shuzhi.apps.ledgers.attachments import attach, attachments_of, path_of
from shuzhi.apps.ledgers.queries import history
from tests.apps.test_approval import ORCHARD, codes
from tests.support.office import FIRST, SECOND, Office

PHOTO = b"\x89PNG\r\n\x1a\n" + b"a photo"


@pytest.fixture(autouse=True)
def files(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setattr(settings, "OFFICE_FILES", tmp_path / "files")
    (tmp_path / "照片.png").write_bytes(PHOTO)
    return tmp_path


def test_a_file_is_kept_once_and_named_in_the_sealed_history(office: Office, files: Path) -> None:
    record = office.record("orchard", FIRST, **ORCHARD)

    attach(office.actor("村会计"), record, files / "照片.png")
    attach(office.actor("村会计"), record, files / "照片.png")

    assert [(a.name, a.size) for a in attachments_of(record)] == [("照片.png", len(PHOTO))]
    assert [e.action for e in history(record)] == ["create", "approve", "attach"]
    assert [*reconcile().problems, *verify().problems] == []


def test_an_attachment_changes_no_figure_and_no_later_approval(office: Office, files: Path) -> None:
    record = office.submit("orchard", FIRST, **ORCHARD)
    attach(office.actor("村会计"), record, files / "照片.png")
    office.approve(record)
    assert office.value("orchard_area", FIRST, 2023) == 3

    office.record("orchard", FIRST, **(ORCHARD | {"young": "2"}))

    assert office.value("orchard_area", FIRST, 2023) == 4
    assert office.is_sound()


def test_the_same_photo_on_two_records_is_pointed_out(office: Office, files: Path) -> None:
    first = office.record("orchard", FIRST, **ORCHARD)
    second = office.record("orchard", SECOND, **ORCHARD)
    attach(office.actor("县会计"), first, files / "照片.png")

    done = attach(office.actor("县会计"), second, files / "照片.png")

    assert done.also == (first,)


def test_a_missing_and_an_altered_file_are_named_by_verify(office: Office, files: Path) -> None:
    record = office.record("orchard", FIRST, **ORCHARD)
    kept = path_of(attach(office.actor("村会计"), record, files / "照片.png").attachment.digest)

    kept.write_bytes(PHOTO + b"!")
    assert [p.code for p in verify().problems] == ["VERIFY_008"]
    kept.unlink()
    assert [p.code for p in verify().problems] == ["VERIFY_007"]


def test_what_cannot_be_evidence_is_refused(
    office: Office, files: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    record = office.record("orchard", FIRST, **ORCHARD)
    (files / "程序.exe").write_bytes(b"MZ")
    (files / "假.png").write_bytes(b"not a picture")

    def problems(name: str, actor: str = "村会计", number: int = record) -> list[str]:
        return codes(lambda: attach(office.actor(actor), number, files / name))

    assert problems("程序.exe") == ["ATTACH_002"]
    assert problems("假.png") == ["ATTACH_003"]
    assert problems("照片.png", number=999999) == ["RECORD_001"]
    assert problems("照片.png", actor="检查员") == ["PEOPLE_001"]
    monkeypatch.setattr(attachments, "LIMIT", 5)
    assert problems("照片.png") == ["ATTACH_001"]
    assert attachments_of(record) == []
