"""Making, removing and restoring backups. The office's own definitions have actions of their own (`own_definitions`)."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from django.conf import settings
from django.contrib.sessions.models import Session
from django.db import transaction
from django.utils import timezone

from shuzhi.apps.administration import archives
from shuzhi.apps.administration.archives import Manifest, Tell
from shuzhi.apps.audit import actions as audit
from shuzhi.apps.jobs.models import Job
from shuzhi.apps.organisations.models import Organisation
from shuzhi.apps.people.permissions import Actor, is_allowed, refusal
from shuzhi.core.problems import Problem, ProblemsError

KEEPS_BACKUPS, CHANGES_DEFINITIONS = "office.backup", "definition.change"


def tops() -> list[Organisation]:
    """The units that have none above them; what concerns the whole office is asked there."""
    return list(Organisation.objects.filter(parent=None).order_by("id"))


def may_everywhere(actor: Actor, permission: str) -> bool:
    """Whether the actor has the permission for the whole office, not only for a part of it."""
    return all(is_allowed(actor, permission, top.path) for top in tops())


def require_everywhere(actor: Actor, permission: str) -> None:
    """Raise ProblemsError PEOPLE_001 unless the actor has the permission at the top of the tree."""
    lacking = [t for t in tops() if not is_allowed(actor, permission, t.path)]
    if lacking:
        raise ProblemsError([refusal(actor, permission, lacking[0].path, lacking[0].name)])


# ── backups ───────────────────────────────────────────────────────────────────────────────────────────────────────────


@dataclass(frozen=True, slots=True)
class Backup:
    """A backup that was made or received."""

    path: Path
    manifest: Manifest


def backup_folder() -> Path:
    """Where backups are kept unless another place is named."""
    return Path(settings.OFFICE_FILES) / "backups"


def fresh_path(prefix: str = "shuzhi", folder: Path | None = None) -> Path:
    """``shuzhi-20240105-093000.zip``, office time; a name that is not there yet, so that no backup is ever written over."""
    place = folder or backup_folder()
    stem = f"{prefix}-{timezone.localtime():%Y%m%d-%H%M%S}"
    path, number = place / f"{stem}.zip", 1
    while path.exists():
        number += 1
        path = place / f"{stem}-{number}.zip"
    return path


def _make(target: Path, tell: Tell) -> Backup:
    return Backup(target, archives.write_archive(target, tell))


def make_backup(
    actor: Actor, target: Path | None = None, *, tell: Tell = lambda done, total: None
) -> Backup:
    """Back up the whole office into one archive, while others go on working.

    Raises:
        ProblemsError: PEOPLE_001 no right, BACKUP_008, BACKUP_009, BACKUP_012 it could not be made.
    """
    require_everywhere(actor, KEEPS_BACKUPS)
    made = _make(target or fresh_path(), tell)
    with transaction.atomic():
        audit.note("backup.made", actor=actor.name, file=made.path.name, point=made.manifest.seq)
    return made


def find_backup(name: str) -> Path:
    """A kept backup by its name. Raises ProblemsError BACKUP_010 when there is none."""
    path = backup_folder() / name[:120]  # longer than any name given here
    if path.parent != backup_folder() or path.suffix != ".zip" or not path.is_file():
        raise ProblemsError([Problem("BACKUP_010", {"file": name})])
    return path


@transaction.atomic
def download_backup(actor: Actor, name: str) -> Path:
    """A kept backup to be taken away; who took it is noted."""
    require_everywhere(actor, KEEPS_BACKUPS)
    path = find_backup(name)
    audit.note("backup.downloaded", actor=actor.name, file=path.name)
    return path


@transaction.atomic
def remove_backup(actor: Actor, name: str) -> None:
    """Throw a kept backup away."""
    require_everywhere(actor, KEEPS_BACKUPS)
    path = find_backup(name)
    audit.note("backup.removed", actor=actor.name, file=path.name)
    path.unlink()


def receive_backup(actor: Actor, chunks: Iterable[bytes]) -> Backup:
    """Keep an archive that somebody brought, once it was read through and found whole.

    Raises:
        ProblemsError: what `archives.check_archive` finds.
    """
    require_everywhere(actor, KEEPS_BACKUPS)
    with archives.received(iter(chunks), backup_folder()) as path:
        manifest = archives.check_archive(path)
        target = fresh_path("received")
        path.rename(target)
    return Backup(target, manifest)


@dataclass(frozen=True, slots=True)
class Restored:
    """What was put in place, and where the state before it is kept."""

    manifest: Manifest
    safety: Path | None


def restore_backup(
    actor: Actor | None,
    path: Path,
    *,
    reason: str,
    job: str = "",
    allow_other_office: bool = False,
    tell: Tell = lambda done, total: None,
) -> Restored:
    """Put a backup in place of the office: checked first, with a backup of what stands now. Everybody signs in anew afterwards.

    Args:
        actor: who does it; None only for a database that holds no office.
        job: number of the job that does this; it is carried over, so that its page can tell the end.
        allow_other_office: also an archive of another office.

    Raises:
        ProblemsError: PEOPLE_001 no right, BACKUP_011 no reason, BACKUP_007 another office's archive, and what
            `archives.check_archive` and `archives.unpack_archive` find; the office then stands as it did.
    """
    is_new = archives.is_empty()
    if actor is None and not is_new:
        raise ProblemsError([Problem("OFFICE_005")])
    if actor is not None:
        require_everywhere(actor, KEEPS_BACKUPS)
    if not is_new and not reason.strip():
        raise ProblemsError([Problem("BACKUP_011")])
    manifest = archives.check_archive(path, tell)
    safety: Backup | None = None
    carried: Mapping[str, Any] | None = None
    if not is_new:
        here = audit.office()
        if manifest.office != here and not allow_other_office:
            raise ProblemsError([Problem("BACKUP_007", {"name": manifest.name})])
        safety = _make(fresh_path("before-restore"), lambda done, total: None)
        carried = Job.objects.filter(number=job).values().first() if job else None
    archives.unpack_archive(path, manifest)
    with transaction.atomic():
        Session.objects.all().delete()  # accounts may have other numbers there
        # the job that wrote this archive was still running in it
        Job.objects.filter(kind="backup.make", state="running").update(
            state="done", ended=manifest.at
        )
        Job.objects.filter(state__in=("waiting", "running")).update(
            state="cancelled", ended=audit.timestamp()
        )
        if carried is not None:
            unit = carried["organisation_id"]
            known = Organisation.objects.filter(id=unit).exists()
            Job.objects.update_or_create(
                number=job,
                defaults={**carried, "organisation_id": unit if known else None},
            )
        audit.note(
            "office.restored",
            actor=actor.name if actor is not None else "SYSTEM",
            file=path.name,
            at=manifest.at,
            point=manifest.seq,
            safety=safety.path.name if safety is not None else "",
            reason=reason,
        )
    return Restored(manifest, safety.path if safety is not None else None)
