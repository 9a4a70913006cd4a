"""The import wizard's work: a file that was uploaded, what its person chose on the way, and what came of it.

Each step reads the file again with the choices made so far, so that a page can be reloaded, gone back to, or left until tomorrow.
"""

from __future__ import annotations

import tempfile
from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path, PurePath
from typing import Any

from django.db import transaction

from shuzhi.apps import storage
from shuzhi.apps.audit import actions as audit
from shuzhi.apps.jobs import actions as jobs
from shuzhi.apps.jobs import uploads
from shuzhi.apps.jobs.models import Job, Upload
from shuzhi.apps.ledgers import importing
from shuzhi.apps.ledgers.actions import Progress, withdraw_batch
from shuzhi.apps.office import definitions
from shuzhi.apps.organisations.models import Organisation
from shuzhi.apps.people.permissions import Actor
from shuzhi.core.definitions import LedgerDef
from shuzhi.core.problems import Problem, ProblemsError
from shuzhi.exchange.marking import mark_problems
from shuzhi.messages import Language

PURPOSE = "import"
SUFFIXES = (".xlsx", ".xls", ".csv", ".txt", ".et")
AT_ONCE = 2_000  #: rows up to which an import is written while the person waits


def keep(
    actor: Actor,
    unit: Organisation,
    name: str,
    chunks: Iterable[bytes],
    ledger: str = "",
    like: Upload | None = None,
) -> Upload:
    """Keep a file to be imported and look which ledger it is.

    Args:
        ledger: the ledger the person says it is; empty: recognised from the file.
        like: an earlier upload whose choices (ledger, columns) hold for this mended file too.

    Raises:
        ProblemsError: JOB_006, JOB_007, IMPORT_006, or why the file cannot be opened; nothing was kept.
    """
    suffix = PurePath(name).suffix.lower()
    if suffix not in SUFFIXES:
        raise ProblemsError([Problem("IMPORT_006", {"name": name, "suffix": suffix or "—"})])
    upload = uploads.keep(actor, PURPOSE, unit, name, chunks)
    try:
        with opened(upload) as path:
            found = importing.candidates(actor, path, unit)
    except ProblemsError:
        uploads.drop(upload)
        raise
    choices: dict[str, Any] = {
        "ledger": ledger or (found[0].ledger if found else ""),
        "candidates": [[one.ledger, one.share] for one in found[:8]],
        "sheet": "",
        "corrections": {},
    }
    if like is not None:
        choices |= {k: like.choices[k] for k in ("ledger", "corrections") if k in like.choices}
    uploads.choose(upload, **choices)
    return upload


def get(actor: Actor, number: str) -> Upload:
    """One's own upload. Raises ProblemsError JOB_008."""
    return uploads.get(actor, number, PURPOSE)


@contextmanager
def opened(upload: Upload) -> Iterator[Path]:
    """The content under the name the person gave it, because problems name the file and its suffix says how to read it."""
    with tempfile.TemporaryDirectory(prefix="shuzhi-import-") as folder:
        path = Path(folder) / _fitting(upload.name)
        path.symlink_to(uploads.path_of(upload.digest).absolute())
        yield path


def _fitting(name: str) -> str:
    """A name no longer than file systems take (255 bytes, and Chinese needs three each), the suffix kept."""
    stem, suffix = PurePath(name).stem, PurePath(name).suffix
    room = 240 - len(suffix.encode())
    return stem.encode()[:room].decode(errors="ignore") + suffix


def ledger_of(upload: Upload) -> LedgerDef | None:
    """The ledger chosen so far, if any."""
    return definitions().catalogue.ledgers.get(upload.choices.get("ledger", ""))


def choose_table(upload: Upload, ledger: str, sheet: str) -> None:
    """Say which ledger and which sheet it is; what was said about columns of another one is forgotten."""
    _require_open(upload)
    changed = (ledger, sheet) != (upload.choices.get("ledger"), upload.choices.get("sheet"))
    corrections = {} if changed else upload.choices.get("corrections", {})
    uploads.choose(upload, ledger=ledger, sheet=sheet, corrections=corrections, clear_rows=0)


def choose_columns(upload: Upload, corrections: Mapping[str, str | None]) -> None:
    """Say what columns are: header → field key, ``@organisation``, or None to leave it out."""
    _require_open(upload)
    known = upload.choices.get("corrections", {})
    uploads.choose(upload, corrections={**known, **corrections}, clear_rows=0)


def forget_columns(upload: Upload) -> None:
    """Take back what was said about columns."""
    _require_open(upload)
    uploads.choose(upload, corrections={}, clear_rows=0)


def _require_open(upload: Upload) -> None:
    if upload.state != "open":
        raise ProblemsError([Problem("IMPORT_007")])


def _read(upload: Upload, path: Path) -> importing.Reading:
    return importing.read(
        path,
        upload.organisation,
        upload.choices.get("ledger", ""),
        sheet=upload.choices.get("sheet", ""),
        corrections=upload.choices.get("corrections") or None,
    )


def understand(upload: Upload) -> importing.Understanding:
    """What was understood of the file with the choices made so far. Raises ProblemsError when it cannot be opened."""
    with opened(upload) as path:
        return importing.understand(path, _read(upload, path))


def preview(actor: Actor, upload: Upload) -> importing.Preview:
    """What importing would do, and everything that is wrong; nothing is written."""
    with opened(upload) as path:
        made = importing.preview(actor, _read(upload, path), upload.organisation, upload.name)
    rows = made.rows if made.created + made.revised and not made.is_blocked else 0
    if upload.state == "open" and upload.choices.get("clear_rows") != rows:
        uploads.choose(upload, clear_rows=rows)
    return made


def clear_rows(upload: Upload) -> int:
    """Rows of a file that was looked at and found without errors, as it is read now; 0 when it was not."""
    return int(upload.choices.get("clear_rows", 0))


def write_marked(actor: Actor, upload: Upload, target: Path, language: Language) -> None:
    """Write the person's own file with everything that is wrong marked in it. Raises ProblemsError EXCHANGE_046."""
    with opened(upload) as path:
        reading = _read(upload, path)
        problems, _ = importing.all_problems(actor, reading, upload.organisation, upload.name)
        mark_problems(path, problems, target, language=language)


def commit(actor: Actor, upload: Upload, *, rows: int, reason: str) -> str:
    """Import: at once when there are few rows, in the background when there are many. Returns the job's number, or nothing.

    Raises:
        ProblemsError: everything that is wrong; nothing was written.
    """
    if upload.state == "done":
        return ""
    if rows <= AT_ONCE:
        commit_now(actor, upload, reason=reason)
        return ""
    running = job_of(upload)
    if running is not None and running.state in ("waiting", "running"):
        return str(running.number)
    params = {"upload": upload.number, "reason": reason}
    made = jobs.start(actor, "import.commit", upload.organisation.code, params)
    uploads.choose(upload, job=made.number)
    return str(made.number)


def job_of(upload: Upload) -> Job | None:
    """The import's job, when it was begun as one."""
    number = upload.choices.get("job")
    return Job.objects.filter(number=number).first() if number else None


def commit_now(
    actor: Actor, upload: Upload, *, reason: str, progress: Progress | None = None
) -> Mapping[str, Any]:
    """Write the file's rows as one batch; a second time it only says again what the first did."""
    with opened(upload) as path:
        reading = _read(upload, path)
    with transaction.atomic():
        audit.hold()
        upload.refresh_from_db(fields=["state", "outcome"])
        if upload.state == "done":
            return dict(upload.outcome)
        made = importing.submit(
            actor,
            reading,
            upload.organisation,
            source=upload.name,
            reason=reason,
            batch=upload.number,
            progress=progress,
        )
        outcome = {
            "ledger": made.ledger,
            "rows": len(reading.result.drafts),
            "created": made.created,
            "revised": made.revised,
            "unchanged": made.unchanged,
            "at": audit.timestamp(),
        }
        uploads.finish(upload, outcome)
        return outcome


def undo(actor: Actor, upload: Upload, *, reason: str) -> int:
    """Take the whole import back as one. Raises ProblemsError RECORD_002, RECORD_005, PEOPLE_001."""
    return withdraw_batch(actor, upload.number, reason=reason)


@dataclass(frozen=True, slots=True)
class Import:
    """One of a person's imports, with what became of its records."""

    upload: Upload
    ledger: LedgerDef | None
    states: Mapping[str, int]  #: state → records that are still as this import wrote them

    @property
    def is_done(self) -> bool:
        """It was written."""
        return bool(self.upload.state == "done")

    @property
    def left(self) -> int:
        """Records that undoing would take back."""
        return sum(n for state, n in self.states.items() if state != "withdrawn")

    @property
    def approved(self) -> int:
        """Of these, approved ones, whose withdrawal must be approved as well."""
        return self.states.get("approved", 0)

    @property
    def is_undone(self) -> bool:
        """It wrote records and nothing of them is left."""
        outcome = self.upload.outcome
        return self.is_done and bool(outcome["created"] + outcome["revised"]) and not self.left


def imports_of(actor: Actor, unit: Organisation, limit: int = 30) -> list[Import]:
    """One's own imports at a unit and below it, latest first."""
    return with_states(uploads.uploads_of(actor, PURPOSE, unit, limit))


def with_states(found: Sequence[Upload]) -> list[Import]:
    """Imports with what became of their records; one query for all."""
    batches = [one.number for one in found if one.state == "done"]
    states: dict[str, dict[str, int]] = {}
    if batches:
        for batch, state, count in storage.fetch(
            f"SELECT batch, state, COUNT(*) FROM record WHERE batch IN ({storage.marks(batches)}) AND batch > '' GROUP BY batch, state",
            batches,
        ):
            states.setdefault(batch, {})[state] = count
    ledgers = definitions().catalogue.ledgers
    return [
        Import(
            one,
            ledgers.get(one.outcome.get("ledger") or one.choices.get("ledger", "")),
            states.get(one.number, {}),
        )
        for one in found
    ]


def discard(upload: Upload) -> None:
    """Throw an upload away that was not imported. Raises ProblemsError IMPORT_007."""
    _require_open(upload)
    uploads.drop(upload)
