"""Reading what administers an office: kept backups, the state of the system, and where a definition comes from."""

from __future__ import annotations

import platform
import shutil
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from importlib.metadata import version
from pathlib import Path

import django
from django.conf import settings
from django.db import connection

from shuzhi.apps import office, storage
from shuzhi.apps.administration import archives
from shuzhi.apps.administration.actions import backup_folder
from shuzhi.apps.administration.archives import Manifest
from shuzhi.apps.audit import actions as audit
from shuzhi.apps.books.models import Proof
from shuzhi.apps.jobs.models import Job
from shuzhi.catalogue.cases import Case, find_cases_files, load_cases
from shuzhi.catalogue.loader import load_folders
from shuzhi.core.problems import Problem, ProblemsError

_ESTIMATED_FROM = 200_000  #: rows from which PostgreSQL's own estimate is shown


@dataclass(frozen=True, slots=True)
class KeptBackup:
    """An archive in the office's folder; `problem` says why it cannot be used."""

    name: str
    size: int
    at: datetime
    manifest: Manifest | None
    problem: Problem | None = None


def backups(limit: int = 60) -> list[KeptBackup]:
    """Kept backups, newest first."""
    found = []
    paths = [p for p in backup_folder().glob("*.zip") if p.is_file()]
    for path in sorted(paths, key=lambda p: p.stat().st_mtime, reverse=True)[:limit]:
        manifest, problem = None, None
        try:
            manifest = archives.read_manifest(path)
        except ProblemsError as error:
            problem = error.problems[0]
        facts = path.stat()
        at = manifest.at if manifest is not None else ""
        moment = datetime.fromisoformat(at) if at else datetime.fromtimestamp(facts.st_mtime, UTC)
        found.append(KeptBackup(path.name, facts.st_size, moment, manifest, problem))
    return found


def last_backup() -> KeptBackup | None:
    """The newest backup that can be read and was made here."""
    return next((b for b in backups() if b.manifest is not None), None)


@dataclass(frozen=True, slots=True)
class SystemState:
    """What an administrator looks at in the morning."""

    engine: str
    engine_version: str
    database: str  #: file or name, without user and password
    size: int
    records: int
    is_estimate: bool
    office: str
    seq: int
    waiting: int
    running: int
    failed: int  #: jobs of the last seven days
    oldest_waiting: str
    free: int
    room: int
    files: str
    program: str
    python: str
    django: str
    definitions: str  #: version of own definitions
    backup: KeptBackup | None
    proofs: Sequence[Proof]


def system_state() -> SystemState:
    """The state of the system; a fixed number of queries."""
    records, is_estimate = _records()
    waiting = Job.objects.filter(state="waiting").order_by("at")
    files = Path(settings.OFFICE_FILES)
    place = next(p for p in (files.absolute(), *files.absolute().parents) if p.exists())
    disk = shutil.disk_usage(place)
    week = datetime.fromtimestamp(datetime.now(UTC).timestamp() - 7 * 86400, UTC).isoformat()
    first = waiting.first()
    latest: dict[str, Proof] = {}
    for proof in Proof.objects.order_by("-at")[:20]:
        latest.setdefault(proof.kind, proof)
    if connection.vendor == "sqlite":
        engine_version = str(storage.fetch("SELECT sqlite_version()")[0][0])
    else:
        engine_version = str(storage.fetch("SHOW server_version")[0][0])
    return SystemState(
        engine="PostgreSQL" if connection.vendor == "postgresql" else "SQLite",
        engine_version=engine_version,
        database=str(connection.settings_dict["NAME"]),
        size=archives.database_size(),
        records=records,
        is_estimate=is_estimate,
        office=audit.office(),
        seq=audit.current(),
        waiting=waiting.count(),
        running=Job.objects.filter(state="running").count(),
        failed=Job.objects.filter(state="failed", at__gte=week).count(),
        oldest_waiting=first.at if first is not None else "",
        free=disk.free,
        room=disk.total,
        files=str(files),
        program=version("shuzhi"),
        python=platform.python_version(),
        django=django.get_version(),
        definitions=office.own_version(),
        backup=last_backup(),
        proofs=list(latest.values()),
    )


def _records() -> tuple[int, bool]:
    if connection.vendor == "postgresql":
        rows = storage.fetch(
            "SELECT reltuples::bigint FROM pg_class WHERE oid = 'record'::regclass"
        )
        if rows and rows[0][0] >= _ESTIMATED_FROM:
            return int(rows[0][0]), True
    return int(storage.fetch("SELECT COUNT(*) FROM record")[0][0]), False


# ── definitions ───────────────────────────────────────────────────────────────────────────────────────────────────────


def cases_of(indicator: str) -> list[Case]:
    """The cases in which a figure of the indicator is promised; from the files that name it, nothing else is read."""
    catalogue = office.definitions().catalogue
    own = office.own_version()
    folders = [*office.folders_below(), *([office.version_folder(own)] if own else [])]
    found: list[Case] = []
    for folder in folders:
        for path in find_cases_files(folder):
            if indicator in path.read_text(encoding="utf-8", errors="replace"):
                cases, _ = load_cases(path, catalogue)
                found += [c for c in cases if any(e.indicator == indicator for e in c.expectations)]
    return found


def own_keys() -> set[tuple[str, str]]:
    """(kind, key) of the definitions that the office brought itself."""
    own = office.own_version()
    folders = [*settings.OFFICE_CATALOGUES, *([office.version_folder(own)] if own else [])]
    return set(load_folders(*folders).sources) if folders else set()
