"""Files that people uploaded to be worked on: kept by content, private to the account, thrown away after seven days.

What was chosen on the way (`choices`) is kept with them, so that a page can be reloaded or gone back to. What a file holds is not
this module's business.
"""

from __future__ import annotations

import os
import tempfile
from collections.abc import Iterable, Mapping
from datetime import UTC, datetime, timedelta
from hashlib import sha256
from pathlib import Path, PurePath
from typing import Any
from uuid import uuid4

from django.conf import settings

from shuzhi.apps.audit.actions import timestamp
from shuzhi.apps.jobs.models import Upload
from shuzhi.apps.organisations.models import Organisation
from shuzhi.apps.people.permissions import Actor
from shuzhi.core.problems import Problem, ProblemsError

LIMIT = 50 * 2**20  #: bytes of one file
KEPT_DAYS = 7


def path_of(digest: str) -> Path:
    """Where a content is kept."""
    return Path(settings.OFFICE_FILES) / "uploads" / digest[:2] / digest


def keep(
    actor: Actor,
    purpose: str,
    organisation: Organisation,
    name: str,
    chunks: Iterable[bytes],
    choices: Mapping[str, Any] | None = None,
) -> Upload:
    """Keep a file. Raises ProblemsError JOB_006 when it is too large, JOB_007 when it is empty."""
    name = PurePath(name.replace("\\", "/")).name.strip()[-200:] or "—"
    folder = Path(settings.OFFICE_FILES) / "uploads"
    folder.mkdir(parents=True, exist_ok=True)
    digest, size = sha256(), 0
    handle, temporary = tempfile.mkstemp(dir=folder)
    try:
        with os.fdopen(handle, "wb") as file:
            for chunk in chunks:
                size += len(chunk)
                if size > LIMIT:
                    params = {"name": name, "limit": LIMIT // 2**20}
                    raise ProblemsError([Problem("JOB_006", params)])
                digest.update(chunk)
                file.write(chunk)
        if not size:
            raise ProblemsError([Problem("JOB_007", {"name": name})])
        target = path_of(digest.hexdigest())
        target.parent.mkdir(parents=True, exist_ok=True)
        Path(temporary).replace(target)
    finally:
        Path(temporary).unlink(missing_ok=True)
    return Upload.objects.create(
        number=str(uuid4()),
        purpose=purpose,
        organisation=organisation,
        actor=actor.name,
        name=name,
        digest=digest.hexdigest(),
        size=size,
        choices=dict(choices or {}),
        at=timestamp(),
    )


def get(actor: Actor, number: str, purpose: str) -> Upload:
    """One's own upload. Raises ProblemsError JOB_008 when there is none, or its content is gone."""
    found = (
        Upload.objects.select_related("organisation")
        .filter(number=str(number), actor=actor.name, purpose=purpose)
        .first()
    )
    if found is None or (found.state == "open" and not path_of(found.digest).is_file()):
        raise ProblemsError([Problem("JOB_008", {"days": KEPT_DAYS})])
    return found


def uploads_of(
    actor: Actor, purpose: str, organisation: Organisation | None = None, limit: int = 50
) -> list[Upload]:
    """One's own uploads, latest first, at a unit and below it where one is given."""
    found = Upload.objects.select_related("organisation").filter(actor=actor.name, purpose=purpose)
    if organisation is not None:
        found = found.filter(organisation__path__startswith=organisation.path)
    return list(found.order_by("-at")[:limit])


def choose(upload: Upload, **choices: Any) -> None:
    """Note what the person chose."""
    upload.choices = {**upload.choices, **choices}
    upload.save(update_fields=["choices"])


def finish(upload: Upload, outcome: Mapping[str, Any]) -> None:
    """Note what came of it; the row stays as a note."""
    upload.state, upload.outcome = "done", dict(outcome)
    upload.save(update_fields=["state", "outcome"])


def drop(upload: Upload) -> None:
    """Throw an upload away before its time."""
    upload.delete()
    _drop_content(upload.digest)


def _drop_content(digest: str) -> None:
    if not Upload.objects.filter(digest=digest).exists():
        path_of(digest).unlink(missing_ok=True)


def clean() -> int:
    """Throw away what is older than seven days: open uploads wholly, of finished ones the content. Returns how many."""
    moment = datetime.now(UTC) - timedelta(days=KEPT_DAYS)
    limit = moment.isoformat(timespec="microseconds").replace("+00:00", "Z")
    count = 0
    for upload in Upload.objects.filter(at__lt=limit).exclude(digest=""):
        digest = upload.digest
        if upload.state == "open":
            upload.delete()
        else:
            upload.digest = ""
            upload.save(update_fields=["digest"])
        _drop_content(digest)
        count += 1
    return count
