"""How a running job tells how far it is while its own transaction is open, and hears that it should stop.

On PostgreSQL a helper thread writes into the job's row over a connection of its own. On SQLite the job's transaction keeps everybody
else from writing, so the helper writes a small file beside the office's files instead; an SQLite office is on one machine anyway.
"""

from __future__ import annotations

import contextlib
import os
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from threading import Event, Thread

import orjson
from django.conf import settings
from django.db import connection

from shuzhi.apps.audit.actions import timestamp
from shuzhi.apps.jobs.models import Job
from shuzhi.apps.jobs.registry import JobContext

TELL_EVERY = 0.5  #: seconds between two looks at the progress
BEAT_EVERY = 5.0  #: seconds between two signs of life


@dataclass(frozen=True, slots=True)
class Pulse:
    """How far a job is and when it was last alive."""

    stage: str
    done: int
    total: int
    heartbeat: str


def _folder() -> Path:
    return Path(settings.OFFICE_FILES) / "jobs"


def _write(path: Path, content: bytes) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    handle, temporary = tempfile.mkstemp(dir=path.parent)
    with os.fdopen(handle, "wb") as file:
        file.write(content)
    Path(temporary).replace(path)


def is_beside() -> bool:
    """Whether progress is kept in files, because the database takes one writer at a time."""
    return connection.vendor == "sqlite"


def read(job: Job) -> Pulse:
    """How far a job is, wherever that is written."""
    if job.state == "running" and is_beside():
        path = _folder() / job.number
        with contextlib.suppress(OSError, orjson.JSONDecodeError, KeyError):
            kept = orjson.loads(path.read_bytes())
            if kept["runner"] == job.runner:
                return Pulse(kept["stage"], kept["done"], kept["total"], kept["heartbeat"])
    return Pulse(job.stage, job.done, job.total, job.heartbeat)


def want_cancel(number: str) -> None:
    """Ask the run of a job to stop at its next sign."""
    if is_beside():
        _write(_folder() / f"{number}.cancel", b"")
    else:
        Job.objects.filter(number=number, state="running").update(is_cancel_wanted=True)


def is_cancel_wanted(job: Job) -> bool:
    """Whether somebody asked a running job to stop."""
    if is_beside():
        return (_folder() / f"{job.number}.cancel").exists()
    return bool(job.is_cancel_wanted)


def forget(number: str) -> None:
    """Remove what was written beside the database."""
    for path in (_folder() / number, _folder() / f"{number}.cancel"):
        path.unlink(missing_ok=True)


class _Helper(Thread):
    """Writes the progress of one run down until it is over."""

    def __init__(self, context: JobContext, runner: str, beside: bool) -> None:
        super().__init__(name=f"pulse-{context.number[:8]}", daemon=True)
        self.context, self.runner, self.beside = context, runner, beside
        self.over = Event()

    def run(self) -> None:
        told: tuple[str, int, int] | None = None
        since = BEAT_EVERY
        try:
            while not self.over.wait(TELL_EVERY):
                since += TELL_EVERY
                now = (self.context.stage, self.context.done, self.context.total)
                if now != told or since >= BEAT_EVERY:
                    self._tell(*now)
                    told, since = now, 0.0
                elif self.beside and self._wanted():
                    self.context.stop.set()
        finally:
            connection.close()

    def _wanted(self) -> bool:
        return (_folder() / f"{self.context.number}.cancel").exists()

    def _tell(self, stage: str, done: int, total: int) -> None:
        number, at = self.context.number, timestamp()
        if self.beside:
            line = {"runner": self.runner, "stage": stage, "done": done, "total": total, "heartbeat": at}  # fmt: skip
            _write(_folder() / number, orjson.dumps(line))
            if self._wanted():
                self.context.stop.set()
            return
        mine = Job.objects.filter(number=number, runner=self.runner, state="running")
        if not mine.update(stage=stage, done=done, total=total, heartbeat=at):
            self.context.stop.set()  # taken over or ended by somebody else
        elif mine.filter(is_cancel_wanted=True).exists():
            self.context.stop.set()


@contextmanager
def beating(context: JobContext, runner: str) -> Iterator[None]:
    """Tell how far the work inside the block is, until it is left."""
    helper = _Helper(context, runner, is_beside())
    helper.start()
    try:
        yield
    finally:
        helper.over.set()
        helper.join()
