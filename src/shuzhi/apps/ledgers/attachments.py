"""Evidence (佐证): photos, scans and papers that prove a row, kept by what they contain.

A file is stored once under its SHA-256; that a record has it is a sealed entry of the record's history, so neither the file nor the
link can change unnoticed. What a file shows is never looked into beyond its first bytes.
"""

from __future__ import annotations

import os
import tempfile
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from hashlib import sha256
from pathlib import Path

import orjson
from django.conf import settings
from django.db import transaction

from shuzhi.apps import storage
from shuzhi.apps.audit import actions as audit
from shuzhi.apps.ledgers import sealing
from shuzhi.apps.organisations.models import Organisation
from shuzhi.apps.people.permissions import Actor, require
from shuzhi.core.problems import Problem, ProblemsError

LIMIT = 20 * 2**20  #: bytes of one file
#: suffix → what such a file begins with
TYPES: Mapping[str, tuple[bytes, ...]] = {
    ".jpg": (b"\xff\xd8\xff",), ".jpeg": (b"\xff\xd8\xff",), ".png": (b"\x89PNG\r\n\x1a\n",), ".pdf": (b"%PDF-",),
    ".docx": (b"PK\x03\x04",), ".xlsx": (b"PK\x03\x04",), ".doc": (b"\xd0\xcf\x11\xe0",), ".xls": (b"\xd0\xcf\x11\xe0",),
}  # fmt: skip


@dataclass(frozen=True, slots=True)
class Attachment:
    """A file that belongs to a record."""

    record: int
    digest: str  #: SHA-256 of the content
    name: str
    size: int
    actor: str
    at: str


@dataclass(frozen=True, slots=True)
class Attached:
    """What attaching did; `also` lists other records that have the very same file."""

    attachment: Attachment
    also: tuple[int, ...]


def path_of(digest: str) -> Path:
    """Where a content is kept."""
    return Path(settings.OFFICE_FILES) / digest[:2] / digest


def _checked(path: Path) -> bytes:
    """The content of a file that may be kept. Raises ProblemsError ATTACH_001 to ATTACH_003."""
    size = path.stat().st_size
    if size > LIMIT:
        raise ProblemsError(
            [
                Problem(
                    "ATTACH_001",
                    {"name": path.name, "size": f"{size / 2**20:.0f}", "limit": LIMIT // 2**20},
                )
            ]
        )
    starts = TYPES.get(path.suffix.lower())
    if starts is None:
        allowed = "、".join(TYPES)
        raise ProblemsError([Problem("ATTACH_002", {"name": path.name, "allowed": allowed})])
    content = path.read_bytes()
    if not content.startswith(starts):
        raise ProblemsError([Problem("ATTACH_003", {"name": path.name, "suffix": path.suffix})])
    return content


def _keep(digest: str, content: bytes) -> None:
    """Write a content under its digest, whole or not at all."""
    target = path_of(digest)
    if target.exists():
        return
    target.parent.mkdir(parents=True, exist_ok=True)
    handle, temporary = tempfile.mkstemp(dir=target.parent)
    with os.fdopen(handle, "wb") as file:
        file.write(content)
        file.flush()
        os.fsync(file.fileno())
    Path(temporary).replace(target)


def attach(actor: Actor, record: int, path: Path, *, reason: str = "") -> Attached:
    """Put a file to a record. The same file twice changes nothing.

    Raises:
        ProblemsError: RECORD_001 no such record, RECORD_004 withdrawn, ATTACH_001 too large, ATTACH_002 not a kind that is kept,
            ATTACH_003 the content is not what the name says, PEOPLE_001 no right.
    """
    content = _checked(path)
    digest = sha256(content).hexdigest()
    with transaction.atomic():
        audit.hold()
        rows = storage.fetch(
            "SELECT organisation_id, number, state FROM record WHERE id = %s", [record]
        )
        if not rows:
            raise ProblemsError([Problem("RECORD_001", {"record": record})])
        organisation, number, state = rows[0]
        unit = Organisation.objects.get(id=organisation)
        require(actor, "record.revise", unit.path, unit.name)
        if state == "withdrawn":
            raise ProblemsError([Problem("RECORD_004", {"record": record})])
        same = list(_entries(digest=digest))
        also = tuple(sorted({a.record for a in same} - {record}))
        mine = next((a for a in same if a.record == record), None)
        if mine is not None:
            return Attached(mine, also)
        _keep(digest, content)
        at = audit.timestamp()
        made = Attachment(record, digest, path.name, len(content), actor.name, at)
        payload = sealing.canonical_json({"name": made.name, "sha256": digest, "size": made.size})
        sealing.append(
            [
                sealing.entry(
                    audit.take(1),
                    record,
                    number + 1,
                    "attach",
                    organisation,
                    actor=actor.name,
                    at=at,
                    reason=reason,
                    payload=payload,
                )
            ]
        )
        storage.execute("UPDATE record SET number = %s WHERE id = %s", [number + 1, record])
        return Attached(made, also)


def _entries(record: int | None = None, digest: str = "") -> Iterator[Attachment]:
    where, params = "", []
    if record is not None:
        where, params = " AND record_id = %s", [record]
    elif digest:
        where, params = " AND payload LIKE %s", [f'%"{digest}"%']
    for one, payload, actor, at in storage.fetch(
        f"SELECT record_id, payload, actor, at FROM revision WHERE action = 'attach'{where} ORDER BY seq",
        params,
    ):
        kept = orjson.loads(payload)
        yield Attachment(one, kept["sha256"], kept["name"], kept["size"], actor, at)


def attachments_of(record: int) -> list[Attachment]:
    """The files of a record, oldest first."""
    return list(_entries(record))


def broken_attachments() -> list[Problem]:
    """Files that a record has and that are gone or altered."""
    problems: list[Problem] = []
    states: dict[str, str] = {}
    for one in _entries():
        state = states.get(one.digest)
        if state is None:
            path = path_of(one.digest)
            state = "gone"
            if path.is_file():
                state = (
                    "whole" if sha256(path.read_bytes()).hexdigest() == one.digest else "altered"
                )
            states[one.digest] = state
        if state != "whole":
            code = "VERIFY_007" if state == "gone" else "VERIFY_008"
            problems.append(Problem(code, {"record": one.record, "name": one.name}))
    return problems
