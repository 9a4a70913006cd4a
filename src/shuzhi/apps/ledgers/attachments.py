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
from shuzhi.apps.office import area_of
from shuzhi.apps.organisations.models import Organisation
from shuzhi.apps.people.permissions import Actor, require
from shuzhi.core.problems import Problem, ProblemsError

LIMIT = 20 * 2**20  #: bytes of one file
NAME_LIMIT = 120  #: characters of a file's name
EACH = 40  #: files of one record


@dataclass(frozen=True, slots=True)
class FileType:
    """A kind of file that is kept: what it begins with (`starts` at `offset`), and how a browser may show it."""

    starts: tuple[bytes, ...]
    media: str
    offset: int = 0
    is_picture: bool = False  #: shown in the page; everything else is only downloaded


_ZIP, _OLE = (b"PK\x03\x04",), (b"\xd0\xcf\x11\xe0",)
_JPEG = FileType((b"\xff\xd8\xff",), "image/jpeg", is_picture=True)
_HEIC = FileType((b"ftypheic", b"ftypheix", b"ftypmif1", b"ftyphevc"), "image/heic", 4)
_DOWNLOAD = "application/octet-stream"
#: suffix → its kind
TYPES: Mapping[str, FileType] = {
    ".jpg": _JPEG, ".jpeg": _JPEG, ".png": FileType((b"\x89PNG\r\n\x1a\n",), "image/png", is_picture=True),
    ".webp": FileType((b"WEBP",), "image/webp", 8, is_picture=True), ".heic": _HEIC, ".pdf": FileType((b"%PDF-",), "application/pdf"),
    ".docx": FileType(_ZIP, _DOWNLOAD), ".xlsx": FileType(_ZIP, _DOWNLOAD), ".ofd": FileType(_ZIP, _DOWNLOAD),
    ".doc": FileType(_OLE, _DOWNLOAD), ".xls": FileType(_OLE, _DOWNLOAD), ".wps": FileType(_OLE, _DOWNLOAD), ".et": FileType(_OLE, _DOWNLOAD),
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


def type_of(name: str) -> FileType | None:
    """The kind of file a name says it is, or None for one that is not kept."""
    return TYPES.get(Path(name).suffix.lower())


def _too_large(name: str, size: int) -> ProblemsError:
    params = {"name": name, "size": f"{size / 2**20:.0f}", "limit": LIMIT // 2**20}
    return ProblemsError([Problem("ATTACH_001", params)])


def _check(name: str, content: bytes) -> None:
    """Raise ProblemsError ATTACH_001 to ATTACH_003 for a file that may not be kept."""
    if len(content) > LIMIT:
        raise _too_large(name, len(content))
    kind = type_of(name)
    if kind is None:
        raise ProblemsError([Problem("ATTACH_002", {"name": name, "allowed": "、".join(TYPES)})])
    if not content.startswith(kind.starts, kind.offset):
        raise ProblemsError(
            [Problem("ATTACH_003", {"name": name, "suffix": Path(name).suffix.lower()})]
        )


def file_name(name: str) -> str:
    """A file's name without folders and invisible characters, short enough to keep."""
    plain = "".join(
        c for c in name.replace("\\", "/").rsplit("/", 1)[-1] if c.isprintable()
    ).strip()
    suffix = Path(plain).suffix
    return plain[: NAME_LIMIT - len(suffix)].removesuffix(suffix) + suffix


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
    """Put a file to a record; raises what `attach_content` raises."""
    size = path.stat().st_size
    if size > LIMIT:
        raise _too_large(path.name, size)
    return attach_content(actor, record, path.name, path.read_bytes(), reason=reason)


def attach_content(
    actor: Actor, record: int, name: str, content: bytes, *, reason: str = ""
) -> Attached:
    """Put a content under a name to a record. The same content twice changes nothing.

    Raises:
        ProblemsError: RECORD_001 no such record, RECORD_004 withdrawn, ATTACH_001 too large, ATTACH_002 not a kind that is kept,
            ATTACH_003 the content is not what the name says, ATTACH_004 too many files, PEOPLE_001 no right.
    """
    name = file_name(name)
    _check(name, content)
    digest = sha256(content).hexdigest()
    with transaction.atomic():
        audit.hold()
        rows = storage.fetch(
            "SELECT organisation_id, number, state, ledger FROM record WHERE id = %s", [record]
        )
        if not rows:
            raise ProblemsError([Problem("RECORD_001", {"record": record})])
        organisation, number, state, ledger = rows[0]
        unit = Organisation.objects.get(id=organisation)
        require(actor, "record.revise", unit.path, unit.name, area=area_of(ledger))
        if state == "withdrawn":
            raise ProblemsError([Problem("RECORD_004", {"record": record})])
        same = list(_entries(digest=digest))
        also = tuple(sorted({a.record for a in same} - {record}))
        mine = next((a for a in same if a.record == record), None)
        if mine is not None:
            return Attached(mine, also)
        if len(attachments_of(record)) >= EACH:
            raise ProblemsError([Problem("ATTACH_004", {"record": record, "limit": EACH})])
        _keep(digest, content)
        at = audit.timestamp()
        made = Attachment(record, digest, name, len(content), actor.name, at)
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


def shared_with(record: int) -> dict[str, list[int]]:
    """Of each file of a record, the other records that have the very same content."""
    digests = sorted({a.digest for a in attachments_of(record)})
    found: dict[str, list[int]] = {}
    if not digests:
        return found
    either = " OR ".join(["payload LIKE %s"] * len(digests))
    for one, payload in storage.fetch(
        f"SELECT record_id, payload FROM revision WHERE action = 'attach' AND record_id <> %s AND ({either}) ORDER BY seq",
        [record, *(f'%"{d}"%' for d in digests)],
    ):
        others = found.setdefault(orjson.loads(payload)["sha256"], [])
        if one not in others:
            others.append(one)
    return found


def find_attachment(record: int, digest: str) -> tuple[Attachment, bytes] | None:
    """A file of this record with its content, or None when the record has no such file (or it is gone)."""
    mine = next((a for a in _entries(record) if a.digest == digest), None)
    if mine is None or not path_of(digest).is_file():
        return None
    return mine, path_of(digest).read_bytes()


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
